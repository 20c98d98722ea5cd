//! Who wants to be introduced to somebody, and who was introduced to whom.

use model::clock::Millis;
use model::id::Id;
use model::page::Page;
use model::pairing::{Kind, Seeker};

use crate::row::ids;
use crate::timelines::paged;
use crate::{Error, Tx};

row!(Seeker, seeker_columns, "s.": account_id, kind, role, about, from_at, until_at, since, looked_at);

/// Two who were introduced, from the side of one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// Of the post that introduced them.
    pub id: Id,
    pub account_id: Id,
    pub other_id: Id,
    pub kind: Kind,
    pub agreed: bool,
    /// When they are asked what they learnt, if that is to come.
    pub asks_at: Option<Millis>,
    pub created_at: Millis,
}

row!(Pairing, pairing_columns, "p.": id, account_id, other_id, kind, agreed, asks_at, created_at);

impl Tx {
    /// Somebody is in for a kind of pairing, or says anew what they say of themselves: since when they wait stays.
    pub async fn put_seeker(&mut self, s: &Seeker) -> Result<(), Error> {
        self.run(
            "insert into pairing_seekers (account_id, kind, role, about, from_at, until_at, since, looked_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (account_id, kind) do update set role = excluded.role, \
             about = excluded.about, from_at = excluded.from_at, until_at = excluded.until_at",
            args![s.account_id, s.kind, &s.role, &s.about, s.from_at, s.until_at, s.since, s.looked_at],
        )
        .await?;
        Ok(())
    }

    /// What somebody is in for.
    pub async fn seeking(&mut self, account: Id) -> Result<Vec<Seeker>, Error> {
        self.all(
            concat!("select ", seeker_columns!(), " from pairing_seekers s where s.account_id = $1 order by s.kind"),
            args![account],
        )
        .await
    }

    /// `false` if they were not in for it.
    pub async fn drop_seeker(&mut self, account: Id, kind: Kind) -> Result<bool, Error> {
        let sql = "delete from pairing_seekers where account_id = $1 and kind = $2";
        Ok(self.run(sql, args![account, kind]).await? > 0)
    }

    /// Somebody is in for nothing any more, and hears nothing more of those to whom they were introduced. `false` if there was nothing.
    pub async fn leave_pairings(&mut self, account: Id) -> Result<bool, Error> {
        let left = self.run("delete from pairing_seekers where account_id = $1", args![account]).await?;
        let sql = "update pairings set asks_at = null where account_id = $1 and asks_at is not null";
        Ok(left + self.run(sql, args![account]).await? > 0)
    }

    /// Those whom the round of `round` has to look at: who came until then, is there on a server that answers, and is a person who may be heard.
    /// Who shadows has to have a day left from `today` on. Those whom no round has looked at for longest come first.
    pub async fn seekers(
        &mut self,
        kind: Kind,
        round: Millis,
        today: Millis,
        limit: i64,
    ) -> Result<Vec<Seeker>, Error> {
        self.all(
            concat!(
                "select ",
                seeker_columns!(),
                " from pairing_seekers s cross join accounts a where s.kind = $1 and s.looked_at < $2 and s.since <= $2 \
                 and (s.kind <> 'shadowing' or s.until_at >= $3) and a.id = s.account_id and a.kind = 'Person' \
                 and a.suspended_at is null and a.limited_at is null and a.deleted_at is null and a.moved_to = '' \
                 and (a.domain <> '' or exists (select 1 from members m where m.account_id = a.id and m.state = 'active')) \
                 and not exists (select 1 from hosts h where h.name = a.inbox_host and h.dead_since is not null) \
                 order by s.looked_at, s.since limit $4"
            ),
            args![kind, round, today, limit],
        )
        .await
    }

    /// Those of the accounts that must not be introduced to each other: one follows the other or asked to, blocks or mutes them, or
    /// they were introduced before, if only under the account that somebody had before they moved.
    pub async fn pairing_ties(&mut self, list: &[Id]) -> Result<Vec<(Id, Id)>, Error> {
        // With a sum no index is looked into once for each two of them.
        self.all(
            "select f.follower_id, f.target_id from follows f where f.follower_id in (select value from json_each($1)) \
             and f.target_id + 0 in (select value from json_each($1)) \
             union all select b.account_id, b.target_id from blocks b where b.account_id in (select value from json_each($1)) \
             and b.target_id + 0 in (select value from json_each($1)) \
             union all select m.account_id, m.target_id from mutes m where m.account_id in (select value from json_each($1)) \
             and m.target_id + 0 in (select value from json_each($1)) \
             union all select p.account_id, p.other_id from pairings p where p.account_id in (select value from json_each($1)) \
             union all select v.target_id, p.other_id from moves v cross join pairings p \
             where v.target_id in (select value from json_each($1)) and p.account_id = v.account_id",
            &[ids(list)],
        )
        .await
    }

    /// Servers of which some of the accounts want to hear nothing.
    pub async fn domain_mutes_by(&mut self, list: &[Id]) -> Result<Vec<(Id, String)>, Error> {
        self.all(
            "select d.account_id, d.domain from domain_mutes d where d.account_id in (select value from json_each($1))",
            &[ids(list)],
        )
        .await
    }

    /// Takes somebody for the pair that a round makes, if they are still in and the round has not taken them before. For a cuppa they
    /// stay in and wait from now on; for the rest they are in no more.
    pub async fn take_seeker(&mut self, account: Id, kind: Kind, round: Millis) -> Result<Option<Seeker>, Error> {
        let sql = match kind {
            Kind::Cuppa => {
                "update pairing_seekers set since = $3, looked_at = $3 where account_id = $1 and kind = $2 and looked_at < $3 \
                 returning account_id, kind, role, about, from_at, until_at, since, looked_at"
            }
            Kind::Shadowing | Kind::Mentoring => {
                "delete from pairing_seekers where account_id = $1 and kind = $2 and looked_at < $3 \
                 returning account_id, kind, role, about, from_at, until_at, since, looked_at"
            }
        };
        self.one(sql, args![account, kind, round]).await
    }

    /// A round looked at these and took those alone whom it took.
    pub async fn pass_over_seekers(&mut self, list: &[Id], kind: Kind, round: Millis) -> Result<(), Error> {
        self.run(
            "update pairing_seekers set looked_at = $3 where account_id in (select value from json_each($1)) and kind = $2 \
             and looked_at < $3",
            &[ids(list), kind.into(), round.into()],
        )
        .await?;
        Ok(())
    }

    /// Those who could shadow until `before` at the latest are in no more.
    pub async fn forget_seekers(&mut self, before: Millis) -> Result<u64, Error> {
        self.run("delete from pairing_seekers where kind = 'shadowing' and until_at < $1", args![before]).await
    }

    /// How many are in for each kind.
    pub async fn count_seekers(&mut self, kind: Kind) -> Result<i64, Error> {
        let sql = "select count(*) from pairing_seekers s where s.kind = $1";
        Ok(self.value(sql, args![kind]).await?.unwrap_or(0))
    }

    /// Two were introduced, from the side of one of them; `false` if they were before.
    pub async fn insert_pairing(&mut self, p: &Pairing) -> Result<bool, Error> {
        Ok(self
            .run(
                "insert into pairings (id, account_id, other_id, kind, agreed, asks_at, created_at) values ($1, $2, $3, $4, $5, $6, $7) \
                 on conflict do nothing",
                args![p.id, p.account_id, p.other_id, p.kind, p.agreed, p.asks_at, p.created_at],
            )
            .await?
            > 0)
    }

    /// Both sides of a pair.
    pub async fn pairing(&mut self, id: Id) -> Result<Vec<Pairing>, Error> {
        self.all(
            concat!("select ", pairing_columns!(), " from pairings p where p.id = $1 order by p.account_id"),
            args![id],
        )
        .await
    }

    /// Of these pairs those to which somebody else than this one has agreed.
    pub async fn agreed_by_other(&mut self, pairs: &[Id], account: Id) -> Result<Vec<Id>, Error> {
        let sql = "select p.id from json_each($1) j cross join pairings p where p.id = j.value and p.account_id <> $2 and p.agreed";
        self.list(sql, &[ids(pairs), account.into()]).await
    }

    /// The pairs that somebody is in, newest first.
    pub async fn pairings_of(&mut self, account: Id, page: &Page) -> Result<Vec<Pairing>, Error> {
        paged!(
            self,
            page,
            "p.id",
            concat!("select ", pairing_columns!(), " from pairings p"),
            "p.account_id = $1",
            [account],
            "$2",
            "$3",
            "$4"
        )
    }

    /// `false` if they had agreed before.
    pub async fn agree_to_pairing(&mut self, id: Id, account: Id) -> Result<bool, Error> {
        let sql = "update pairings set agreed = true where id = $1 and account_id = $2 and not agreed";
        Ok(self.run(sql, args![id, account]).await? > 0)
    }

    /// Pairs that are to be asked what they learnt.
    pub async fn pairings_to_ask(&mut self, now: Millis, limit: i64) -> Result<Vec<Id>, Error> {
        self.list(
            "select p.id from pairings p where p.asks_at is not null and p.asks_at <= $1 order by p.asks_at limit $2",
            args![now, limit],
        )
        .await
    }

    /// They were asked; `false` if somebody else just did.
    pub async fn asked_of_pairing(&mut self, id: Id) -> Result<bool, Error> {
        Ok(self.run("update pairings set asks_at = null where id = $1 and asks_at is not null", args![id]).await? > 0)
    }

    /// How many posts of an account name somebody, from this id on.
    pub async fn count_said_to(&mut self, account: Id, to: Id, from: Id) -> Result<i64, Error> {
        let sql = "select count(*) from mentions m cross join posts p where m.account_id = $2 and m.post_id >= $3 and p.id = m.post_id \
                   and p.account_id = $1";
        Ok(self.value(sql, args![account, to, from]).await?.unwrap_or(0))
    }

    /// Gives a setting another value, if it has this one: of several who ask at the same time one gets `true`.
    pub async fn swap_setting(&mut self, name: &str, old: &str, new: &str) -> Result<bool, Error> {
        let sql = "update settings set value = $3 where name = $1 and value = $2";
        Ok(self.run(sql, args![name, old, new]).await? > 0)
    }
}
