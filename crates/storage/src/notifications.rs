//! Notifications and read markers.

use model::account::Account;
use model::clock::Millis;
use model::id::Id;
use model::notification::{Notification, NotificationKind};
use model::page::Page;

use crate::timelines::paged;
use crate::{Error, Tx};

/// Whose notifications a member is shown: `$n` names the row.
macro_rules! heard {
    ($n:literal) => {
        concat!(
            "not exists (select 1 from blocks b where b.account_id = ", $n, ".account_id and b.target_id = ", $n, ".from_account_id) \
             and not exists (select 1 from mutes m where m.account_id = ", $n, ".account_id and m.target_id = ", $n, ".from_account_id \
             and m.hide_notifications) and not exists (select 1 from accounts u join domain_mutes d on d.domain = u.domain \
             where u.id = ", $n, ".from_account_id and d.account_id = ", $n, ".account_id) and not exists (select 1 from accounts a where a.id = ", $n, ".from_account_id \
             and (a.suspended_at is not null or a.deleted_at is not null))"
        )
    };
}

row!(Notification, notification_columns, "n.": id, account_id, kind, from_account_id, post_id, report_id, event_id, created_at);

/// The kinds wanted, as a list of names for `replace`: no name is part of another with its bars.
pub(crate) fn wanted(kinds: &[NotificationKind], not: &[NotificationKind]) -> String {
    let all = NotificationKind::ALL.into_iter();
    let wanted: Vec<&str> = all
        .filter(|k| (kinds.is_empty() || kinds.contains(k)) && !not.contains(k))
        .map(NotificationKind::name)
        .collect();
    format!("|{}|", wanted.join("|"))
}

impl Tx {
    /// Forgets what somebody was told who looks after the node no more.
    pub async fn forget_what_keepers_are_told(&mut self, account: Id) -> Result<(), Error> {
        let sql = "delete from notifications where account_id = $1 and kind in ('admin.sign_up', 'admin.report')";
        self.run(sql, args![account]).await?;
        Ok(())
    }

    /// Adds a notification; `false` if the same stands there already.
    pub async fn insert_notification(&mut self, n: &Notification) -> Result<bool, Error> {
        Ok(self
            .run(
                "insert into notifications (id, account_id, kind, from_account_id, post_id, report_id, event_id, group_key, created_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                 on conflict (account_id, kind, from_account_id, coalesce(post_id, report_id, event_id, 0)) do nothing",
                args![
                    n.id,
                    n.account_id,
                    n.kind,
                    n.from_account_id,
                    n.post_id,
                    n.report_id,
                    n.event_id,
                    n.group_key(),
                    n.created_at
                ],
            )
            .await?
            > 0)
    }

    /// A member's notifications, newest first. `kinds` are those wanted (all, if empty), `not` those not wanted; `from` 0 is anybody.
    pub async fn notifications(
        &mut self,
        account: Id,
        kinds: &[NotificationKind],
        not: &[NotificationKind],
        from: Id,
        page: &Page,
    ) -> Result<Vec<Notification>, Error> {
        let wanted = wanted(kinds, not);
        paged!(
            self,
            page,
            "n.id",
            concat!("select ", notification_columns!(), " from notifications n"),
            concat!(
                "n.account_id = $1 and replace($2, '|' || n.kind || '|', '') <> $2 and ($3 = 0 or n.from_account_id = $3) and ",
                heard!("n")
            ),
            [account, &wanted, from],
            "$4",
            "$5",
            "$6"
        )
    }

    /// The same of what is held back.
    pub async fn held_notifications(
        &mut self,
        account: Id,
        kinds: &[NotificationKind],
        not: &[NotificationKind],
        from: Id,
        page: &Page,
    ) -> Result<Vec<Notification>, Error> {
        let wanted = wanted(kinds, not);
        paged!(
            self,
            page,
            "n.id",
            "select n.id, n.account_id, n.kind, n.from_account_id, n.post_id, cast(null as bigint), cast(null as bigint), n.created_at from held_notifications n",
            concat!(
                "n.account_id = $1 and replace($2, '|' || n.kind || '|', '') <> $2 and ($3 = 0 or n.from_account_id = $3) and ",
                heard!("n")
            ),
            [account, &wanted, from],
            "$4",
            "$5",
            "$6"
        )
    }

    pub async fn notification(&mut self, account: Id, id: Id) -> Result<Option<Notification>, Error> {
        self.one(
            concat!("select ", notification_columns!(), " from notifications n where n.account_id = $1 and n.id = $2"),
            args![account, id],
        )
        .await
    }

    pub async fn delete_notification(&mut self, account: Id, id: Id) -> Result<bool, Error> {
        Ok(self.run("delete from notifications where account_id = $1 and id = $2", args![account, id]).await? > 0)
    }

    pub async fn clear_notifications(&mut self, account: Id) -> Result<u64, Error> {
        self.run("delete from notifications where account_id = $1", args![account]).await
    }

    /// Takes several away.
    pub async fn delete_notifications(&mut self, account: Id, list: &[Id]) -> Result<u64, Error> {
        self.run(
            "delete from notifications where account_id = $1 and id in (select value from json_each($2))",
            &[account.into(), crate::row::ids(list)],
        )
        .await
    }

    /// Takes back what a withdrawn deed announced, also where it is still held back.
    pub async fn drop_notification(
        &mut self,
        account: Id,
        kind: NotificationKind,
        from: Id,
        post: Option<Id>,
    ) -> Result<bool, Error> {
        self.run(
            "delete from held_notifications where account_id = $1 and kind = $2 and from_account_id = $3 and coalesce(post_id, 0) = $4",
            args![account, kind, from, post.unwrap_or(0)],
        )
        .await?;
        Ok(self
            .run(
                "delete from notifications where account_id = $1 and kind = $2 and from_account_id = $3 and coalesce(post_id, report_id, event_id, 0) = $4",
                args![account, kind, from, post.unwrap_or(0)],
            )
            .await?
            > 0)
    }

    pub async fn drop_notifications_from(&mut self, account: Id, from: Id) -> Result<(), Error> {
        self.run("delete from notifications where account_id = $1 and from_account_id = $2", args![account, from])
            .await?;
        Ok(())
    }

    /// Posts of members of this node that quote a post with its author's leave, with their authors: told when it is edited.
    pub async fn local_quotes(&mut self, post: Id) -> Result<Vec<(Id, Id)>, Error> {
        self.all(
            "select p.id, p.account_id from quotes q join posts p on p.id = q.post_id where q.quoted_id = $1 and q.state = 'accepted' \
             and p.local order by p.id",
            args![post],
        )
        .await
    }

    /// Members of this node that boosted a post: told when it is edited.
    pub async fn local_boosters(&mut self, post: Id) -> Result<Vec<Account>, Error> {
        self.all(
            concat!(
                "select ",
                account_columns!(),
                " from posts p join accounts a on a.id = p.account_id where p.boost_of_id = $1 and a.domain = '' order by a.id"
            ),
            args![post],
        )
        .await
    }

    /// Markers of the named timelines: (timeline, last read id, version, updated at).
    pub async fn markers(&mut self, account: Id, timelines: &[&str]) -> Result<Vec<(String, Id, i64, Millis)>, Error> {
        let all: Vec<(String, Id, i64, Millis)> = self
            .all(
                "select timeline, last_read_id, version, updated_at from markers where account_id = $1",
                args![account],
            )
            .await?;
        Ok(all.into_iter().filter(|m| timelines.contains(&m.0.as_str())).collect())
    }

    pub async fn put_marker(&mut self, account: Id, timeline: &str, last_read: Id, now: Millis) -> Result<(), Error> {
        self.run(
            "insert into markers (account_id, timeline, last_read_id, version, updated_at) values ($1, $2, $3, 1, $4) \
             on conflict (account_id, timeline) do update set last_read_id = excluded.last_read_id, version = markers.version + 1, \
             updated_at = excluded.updated_at",
            args![account, timeline, last_read, now],
        )
        .await?;
        Ok(())
    }
}
