//! Notifications as groups: those of one kind, about one post, of one half of a day are shown as one, at the place of the newest.

use model::id::Id;
use model::notification::{Notification, NotificationKind};
use model::page::Page;

use crate::notifications::wanted;
use crate::row::ids;
use crate::timelines::paged;
use crate::{Error, Tx};

/// Most accounts that stand for a group.
const SAMPLES: i64 = 8;

/// Which notifications a list of groups is made of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Grouping<'a> {
    /// Those wanted; all, if empty.
    pub kinds: &'a [NotificationKind],
    pub not: &'a [NotificationKind],
    /// Of this account alone; 0: of anybody.
    pub from: Id,
    /// The kinds of which many are one.
    pub grouped: &'a [NotificationKind],
}

/// Somebody of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupMember {
    /// The newest notification of the group.
    pub newest: Id,
    pub account_id: Id,
    /// How many notifications the group has.
    pub total: i64,
    /// The oldest of them on the page.
    pub oldest: Id,
}

row!(GroupMember: newest, account_id, total, oldest);

impl Tx {
    /// The newest notifications of a member's groups, newest first.
    pub async fn notification_groups(
        &mut self,
        account: Id,
        by: &Grouping<'_>,
        page: &Page,
    ) -> Result<Vec<Notification>, Error> {
        let kinds = wanted(by.kinds, by.not);
        let grouped = wanted(by.grouped, if by.grouped.is_empty() { &NotificationKind::ALL } else { &[] });
        paged!(
            self,
            page,
            "n.id",
            concat!("select ", notification_columns!(), " from notifications n"),
            concat!(
                "n.account_id = $1 and replace($2, '|' || n.kind || '|', '') <> $2 and ($3 = 0 or n.from_account_id = $3) and ",
                heard!("n"),
                " and (n.group_key = '' or replace($4, '|' || n.kind || '|', '') = $4 or not exists (select 1 from notifications g \
                 where g.account_id = n.account_id and g.group_key = n.group_key and g.group_key <> '' and g.id > n.id \
                 and ($3 = 0 or g.from_account_id = $3) and ",
                heard!("g"),
                "))"
            ),
            [account, &kinds, by.from, &grouped],
            "$5",
            "$6",
            "$7"
        )
    }

    /// Who belongs to the groups that these notifications are the newest of, the last to come first, a few of each; `lowest` is where
    /// the page ends.
    pub async fn group_members(
        &mut self,
        account: Id,
        newest: &[Id],
        from: Id,
        lowest: Id,
    ) -> Result<Vec<GroupMember>, Error> {
        self.all(
            concat!(
                "select x.newest, x.account_id, x.total, x.oldest from (select t.id as newest, g.from_account_id as account_id, \
                 count(*) over (partition by t.id) as total, \
                 min(case when g.id >= $3 then g.id else t.id end) over (partition by t.id) as oldest, \
                 row_number() over (partition by t.id order by g.id desc) as place \
                 from notifications t cross join notifications g where t.account_id = $1 and t.id in (select value from json_each($2)) \
                 and g.account_id = t.account_id and g.group_key = t.group_key and g.group_key <> '' \
                 and ($5 = 0 or g.from_account_id = $5) and ",
                heard!("g"),
                ") x where x.place <= $4 order by x.newest, x.place"
            ),
            &[account.into(), ids(newest), lowest.into(), SAMPLES.into(), from.into()],
        )
        .await
    }

    /// The notifications of one group, newest first.
    pub async fn group(&mut self, account: Id, key: &str, page: &Page) -> Result<Vec<Notification>, Error> {
        paged!(
            self,
            page,
            "n.id",
            concat!("select ", notification_columns!(), " from notifications n"),
            concat!("n.account_id = $1 and n.group_key = $2 and n.group_key <> '' and ", heard!("n")),
            [account, key],
            "$3",
            "$4",
            "$5"
        )
    }

    /// A member is done with a group.
    pub async fn delete_group(&mut self, account: Id, key: &str) -> Result<u64, Error> {
        self.run(
            "delete from notifications where account_id = $1 and group_key = $2 and group_key <> ''",
            args![account, key],
        )
        .await
    }
}
