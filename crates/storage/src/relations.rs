//! Blocks, mutes, and how two accounts stand to each other.

use model::account::{Account, Relationship};
use model::clock::Millis;
use model::id::Id;
use model::page::Page;

use crate::follows::WithRow;
use crate::row::ids;
use crate::timelines::paged;
use crate::{Error, Tx};

/// What ties two accounts: 1 follows, 2 is followed, 3 blocks, 4 is blocked, 5 mutes, 6 endorses, 7 blocks the server of.
struct Tie {
    kind: i64,
    account: Id,
    /// The follow was accepted; the mute hides notifications.
    flag: bool,
    show_boosts: bool,
    notify: bool,
    languages: Vec<String>,
    until: Option<Millis>,
}

row!(Tie: kind, account, flag, show_boosts, notify, languages, until);

impl Tx {
    pub async fn put_block(&mut self, id: Id, account: Id, target: Id, uri: &str, now: Millis) -> Result<bool, Error> {
        Ok(self
            .run(
                "insert into blocks (id, account_id, target_id, uri, created_at) values ($1, $2, $3, $4, $5) \
                 on conflict (account_id, target_id) do nothing",
                args![id, account, target, uri, now],
            )
            .await?
            > 0)
    }

    /// Ends a block; answers its activity's id.
    pub async fn delete_block(&mut self, account: Id, target: Id) -> Result<Option<String>, Error> {
        self.value("delete from blocks where account_id = $1 and target_id = $2 returning uri", args![account, target])
            .await
    }

    pub async fn is_blocking(&mut self, account: Id, target: Id) -> Result<bool, Error> {
        Ok(self
            .value("select true from blocks where account_id = $1 and target_id = $2", args![account, target])
            .await?
            .unwrap_or(false))
    }

    pub async fn put_mute(
        &mut self,
        id: Id,
        account: Id,
        target: Id,
        hide_notifications: bool,
        expires_at: Option<Millis>,
        now: Millis,
    ) -> Result<(), Error> {
        self.run(
            "insert into mutes (id, account_id, target_id, hide_notifications, expires_at, created_at) values ($1, $2, $3, $4, $5, $6) \
             on conflict (account_id, target_id) do update set hide_notifications = excluded.hide_notifications, \
             expires_at = excluded.expires_at",
            args![id, account, target, hide_notifications, expires_at, now],
        )
        .await?;
        Ok(())
    }

    pub async fn delete_mute(&mut self, account: Id, target: Id) -> Result<bool, Error> {
        Ok(self.run("delete from mutes where account_id = $1 and target_id = $2", args![account, target]).await? > 0)
    }

    /// Ends mutes whose time is over.
    pub async fn expire_mutes(&mut self, now: Millis) -> Result<u64, Error> {
        self.run("delete from mutes where expires_at is not null and expires_at <= $1", args![now]).await
    }

    pub async fn blocked_by(&mut self, account: Id, page: &Page) -> Result<Vec<(Id, Account)>, Error> {
        let list: Result<Vec<WithRow>, Error> = paged!(
            self,
            page,
            "b.id",
            concat!("select b.id, ", account_columns!(), " from blocks b join accounts a on a.id = b.target_id"),
            "b.account_id = $1",
            [account],
            "$2",
            "$3",
            "$4"
        );
        Ok(list?.into_iter().map(|r| (r.0, r.1)).collect())
    }

    pub async fn muted_by(&mut self, account: Id, page: &Page) -> Result<Vec<(Id, Account)>, Error> {
        let list: Result<Vec<WithRow>, Error> = paged!(
            self,
            page,
            "m.id",
            concat!("select m.id, ", account_columns!(), " from mutes m join accounts a on a.id = m.target_id"),
            "m.account_id = $1",
            [account],
            "$2",
            "$3",
            "$4"
        );
        Ok(list?.into_iter().map(|r| (r.0, r.1)).collect())
    }

    /// How `viewer` stands to each of `targets`, in their order; what they noted about them is in [`Tx::account_notes`].
    pub async fn relationships(&mut self, viewer: Id, targets: &[Id]) -> Result<Vec<Relationship>, Error> {
        let ties: Vec<Tie> = self
            .all(
                "select cast(1 as bigint), target_id, accepted, show_boosts, notify, languages, cast(null as bigint) from follows \
                 where follower_id = $1 and target_id in (select value from json_each($2)) \
                 union all select cast(2 as bigint), follower_id, accepted, false, false, '[]', null from follows \
                 where target_id = $1 and follower_id in (select value from json_each($2)) \
                 union all select cast(3 as bigint), target_id, false, false, false, '[]', null from blocks \
                 where account_id = $1 and target_id in (select value from json_each($2)) \
                 union all select cast(4 as bigint), account_id, false, false, false, '[]', null from blocks \
                 where target_id = $1 and account_id in (select value from json_each($2)) \
                 union all select cast(5 as bigint), target_id, hide_notifications, false, false, '[]', expires_at from mutes \
                 where account_id = $1 and target_id in (select value from json_each($2)) \
                 union all select cast(6 as bigint), target_id, false, false, false, '[]', null from endorsements \
                 where account_id = $1 and target_id in (select value from json_each($2)) \
                 union all select cast(7 as bigint), a.id, false, false, false, '[]', null from json_each($2) j cross join accounts a \
                 cross join domain_mutes d where a.id = j.value and d.account_id = $1 and d.domain = a.domain",
                &[viewer.into(), ids(targets)],
            )
            .await?;
        let of = |id: Id| {
            let mut r = Relationship { target_id: id, ..Relationship::default() };
            for tie in ties.iter().filter(|tie| tie.account == id) {
                match tie.kind {
                    1 => {
                        r.following = tie.flag;
                        r.requested = !tie.flag;
                        r.showing_boosts = tie.flag && tie.show_boosts;
                        r.notifying = tie.flag && tie.notify;
                        r.languages.clone_from(&tie.languages);
                    }
                    2 => {
                        r.followed_by = tie.flag;
                        r.requested_by = !tie.flag;
                    }
                    3 => r.blocking = true,
                    4 => r.blocked_by = true,
                    6 => r.endorsed = true,
                    7 => r.domain_blocking = true,
                    _ => {
                        r.muting = true;
                        r.muting_notifications = tie.flag;
                        r.muting_expires_at = tie.until;
                    }
                }
            }
            r
        };
        Ok(targets.iter().map(|id| of(*id)).collect())
    }
}
