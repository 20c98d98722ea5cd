//! Accounts that move: their other names, where they went, whom that concerns here, and what is left of those who are gone.

use model::account::Account;
use model::clock::Millis;
use model::id::Id;

use crate::follows::{Follow, WithRow};
use crate::row::{ids, json};
use crate::{Error, Tx};

/// A member's mute of somebody who moved.
#[derive(Clone, Debug)]
pub struct Muting {
    pub id: Id,
    pub account_id: Id,
    pub hide_notifications: bool,
    pub expires_at: Option<Millis>,
}

row!(Muting, muting_columns, "x.": id, account_id, hide_notifications, expires_at);

impl Tx {
    pub async fn set_also_known_as(&mut self, account: Id, uris: &[String], now: Millis) -> Result<(), Error> {
        self.run(
            "update accounts set also_known_as = $2, updated_at = $3 where id = $1",
            &[account.into(), json(uris), now.into()],
        )
        .await?;
        Ok(())
    }

    /// Where an account is now, by actor id; empty: here.
    pub async fn set_moved_to(&mut self, account: Id, uri: &str, now: Millis) -> Result<(), Error> {
        self.run("update accounts set moved_to = $2, updated_at = $3 where id = $1", args![account, uri, now]).await?;
        Ok(())
    }

    /// Remembers where an account moved, and when (0: only its document says so, which changes no earlier time).
    pub async fn put_move(&mut self, account: Id, target: Id, at: Millis) -> Result<(), Error> {
        self.run(
            "insert into moves (account_id, target_id, moved_at) values ($1, $2, $3) on conflict (account_id) do update \
             set target_id = excluded.target_id, moved_at = case when excluded.moved_at = 0 then moves.moved_at else excluded.moved_at end",
            args![account, target, at],
        )
        .await?;
        Ok(())
    }

    /// When an account last moved.
    pub async fn moved_at(&mut self, account: Id) -> Result<Option<Millis>, Error> {
        self.value("select moved_at from moves where account_id = $1 and moved_at > 0", args![account]).await
    }

    /// Where those of the accounts went that have moved, each with its own id.
    pub async fn moved_accounts(&mut self, list: &[Id]) -> Result<Vec<(Id, Account)>, Error> {
        let rows: Vec<WithRow> = self
            .all(
                concat!(
                    "select m.account_id, ",
                    account_columns!(),
                    " from moves m join accounts o on o.id = m.account_id join accounts a on a.id = m.target_id \
                     where m.account_id in (select value from json_each($1)) and a.uri = o.moved_to and a.deleted_at is null"
                ),
                &[ids(list)],
            )
            .await?;
        Ok(rows.into_iter().map(|r| (r.0, r.1)).collect())
    }

    /// Accepted follows of an account by members, in steps by id.
    pub async fn member_follows(&mut self, target: Id, after: Id, limit: i64) -> Result<Vec<Follow>, Error> {
        self.all(
            concat!(
                "select ",
                follow_columns!(),
                " from follows f where f.target_id = $1 and f.accepted = true and f.id > $2 \
                 and exists (select 1 from members m where m.account_id = f.follower_id) order by f.id limit $3"
            ),
            args![target, after, limit],
        )
        .await
    }

    /// Members who block an account, in steps by the id of the block, which comes first.
    pub async fn member_blocks(&mut self, target: Id, after: Id, limit: i64) -> Result<Vec<(Id, Id)>, Error> {
        self.all(
            "select b.id, b.account_id from blocks b where b.target_id = $1 and b.id > $2 \
             and exists (select 1 from members m where m.account_id = b.account_id) order by b.id limit $3",
            args![target, after, limit],
        )
        .await
    }

    /// Mutes of an account, in steps by id.
    pub async fn mutes_of(&mut self, target: Id, after: Id, limit: i64) -> Result<Vec<Muting>, Error> {
        self.all(
            concat!(
                "select ",
                muting_columns!(),
                " from mutes x where x.target_id = $1 and x.id > $2 order by x.id limit $3"
            ),
            args![target, after, limit],
        )
        .await
    }

    /// What a deleted account kept for itself, and what it was told and told others: all but its follows (of hashtags, too),
    /// posts and favourites, which are counted elsewhere.
    pub async fn forget_account(&mut self, account: Id) -> Result<(), Error> {
        for sql in [
            "delete from bookmarks where account_id = $1",
            "delete from reactions where account_id = $1",
            "delete from pins where account_id = $1",
            "delete from blocks where account_id = $1",
            "delete from blocks where target_id = $1",
            "delete from mutes where account_id = $1",
            "delete from mutes where target_id = $1",
            "delete from thread_mutes where account_id = $1",
            "delete from home_entries where account_id = $1",
            "delete from notifications where account_id = $1",
            "delete from notifications where from_account_id = $1",
            "delete from markers where account_id = $1",
            "delete from idempotency_keys where account_id = $1",
            "delete from account_notes where account_id = $1",
            "delete from account_notes where target_id = $1",
            "delete from endorsements where account_id = $1",
            "delete from endorsements where target_id = $1",
            "delete from domain_mutes where account_id = $1",
            "delete from profile_settings where account_id = $1",
            "delete from dismissed_suggestions where account_id = $1",
            "delete from dismissed_suggestions where target_id = $1",
            "delete from scheduled_posts where account_id = $1",
            "delete from announcement_reads where account_id = $1",
            "delete from announcement_reactions where account_id = $1",
            "delete from lists where account_id = $1",
            "delete from filters where account_id = $1",
            "delete from conversations where account_id = $1",
            "delete from featured_tags where account_id = $1",
            "delete from list_accounts where account_id = $1",
            "delete from hats where account_id = $1",
            "delete from could_go_public where account_id = $1",
            // A team whose last member goes ends.
            "delete from teams where id in (select x.team_id from team_members x where x.account_id = $1) \
             and not exists (select 1 from team_members o where o.team_id = teams.id and o.account_id <> $1)",
            "delete from team_members where account_id = $1",
            "delete from withdrawn where account_id = $1",
            "delete from pairing_seekers where account_id = $1",
            "delete from pairings where account_id = $1",
            "delete from pairings where other_id = $1",
            // What a subject is for is everybody's by now; another view is somebody's own.
            "delete from purposes where account_id = $1 and is_view",
            // What they asked of actors of ours that carry, and where they had no say.
            "delete from carrier_refusals where account_id = $1",
            "delete from challenge_blocks where account_id = $1",
            // If it is an actor of ours that carries: who refused it, what it asked, what came, and what that is for.
            "delete from carrier_refusals where carrier_id = $1",
            "delete from challenges where account_id = $1",
            "delete from subjects where challenge_id = $1",
        ] {
            self.run(sql, args![account]).await?;
        }
        Ok(())
    }

    /// Ends a membership: nobody can sign in with it any more.
    pub async fn delete_member(&mut self, account: Id) -> Result<(), Error> {
        self.run("delete from oauth_codes where account_id = $1", args![account]).await?;
        self.run("delete from members where account_id = $1", args![account]).await?;
        Ok(())
    }
}
