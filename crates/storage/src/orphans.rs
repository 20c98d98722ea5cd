//! What a check of everything asks: rows that name what is gone, where no foreign key watches, and homes and lists that hold what they
//! should not.

use model::clock::Millis;
use model::id::Id;

use crate::audience::visible;
use crate::{Error, Tx};

/// Tables with columns that name rows of others by their id alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    Posts,
    Quotes,
    Approvals,
    Stamps,
    Notifications,
    Deeds,
    Conversations,
}

impl Ties {
    pub const ALL: [Self; 7] = [
        Self::Posts,
        Self::Quotes,
        Self::Approvals,
        Self::Stamps,
        Self::Notifications,
        Self::Deeds,
        Self::Conversations,
    ];

    /// One of its rows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Posts => "post",
            Self::Quotes => "quote of post",
            Self::Approvals => "approval of post",
            Self::Stamps => "stamp",
            Self::Notifications => "notification",
            Self::Deeds => "deed",
            Self::Conversations => "conversation",
        }
    }
}

/// What an entry of a home is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeEntry {
    pub account_id: Id,
    pub post_id: Id,
    /// Whose home it is is nobody of this node, or left it before the moment that was asked for.
    pub is_stray: bool,
    /// It is of a post that is here, and that its owner may not see. Not of one whose author is suspended: that can be lifted.
    pub is_hidden: bool,
}

row!(HomeEntry: account_id, post_id, is_stray, is_hidden);

/// The same of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListEntry {
    pub list_id: Id,
    pub post_id: Id,
    /// The list does not have the post's author.
    pub is_stray: bool,
    pub is_hidden: bool,
}

row!(ListEntry: list_id, post_id, is_stray, is_hidden);

/// `gone!("posts", "p.boost_of_id")`: the column names a row that is not there.
macro_rules! gone {
    ($table:literal, $id:literal) => {
        concat!("(", $id, " is not null and not exists (select 1 from ", $table, " g where g.id = ", $id, "))")
    };
}

impl Tx {
    /// Rows of a table in steps by id, each with what it names and is not there (empty: nothing is missing).
    pub async fn ties(&mut self, of: Ties, after: Id, limit: i64) -> Result<Vec<(Id, String)>, Error> {
        let sql = match of {
            Ties::Posts => concat!(
                "select p.id, case when ",
                gone!("posts", "p.in_reply_to_id"),
                " then 'the post that it answers' when ",
                gone!("accounts", "p.in_reply_to_account_id"),
                " then 'whom it answers' when ",
                gone!("posts", "p.boost_of_id"),
                " then 'what it boosts' else '' end from posts p where p.id > $1 order by p.id limit $2"
            ),
            Ties::Quotes => concat!(
                "select q.post_id, case when ",
                gone!("posts", "q.quoted_id"),
                " then 'what is quoted' else '' end from quotes q where q.post_id > $1 order by q.post_id limit $2"
            ),
            Ties::Approvals => concat!(
                "select v.post_id, case when ",
                gone!("accounts", "v.decider_id"),
                " then 'who decides' else '' end from approvals v where v.post_id > $1 order by v.post_id limit $2"
            ),
            Ties::Stamps => concat!(
                "select s.id, case when ",
                gone!("accounts", "s.actor_id"),
                " then 'whom it was given' else '' end from stamps s where s.id > $1 order by s.id limit $2"
            ),
            Ties::Notifications => concat!(
                "select n.id, case when ",
                gone!("reports", "n.report_id"),
                " then 'the report' when ",
                gone!("account_warnings", "n.event_id"),
                " and ",
                gone!("severances", "n.event_id"),
                " then 'what it tells of' else '' end from notifications n where n.id > $1 order by n.id limit $2"
            ),
            Ties::Deeds => concat!(
                "select d.id, case when ",
                gone!("accounts", "d.account_id"),
                " then 'who did it' else '' end from deeds d where d.id > $1 order by d.id limit $2"
            ),
            Ties::Conversations => concat!(
                "select c.id, case when ",
                gone!("posts", "c.last_post_id"),
                " then 'its last post' else '' end from conversations c where c.id > $1 order by c.id limit $2"
            ),
        };
        self.all(sql, args![after, limit]).await
    }

    /// Accounts that are not there and that keys against posting twice are kept for.
    pub async fn stray_idempotency_keys(&mut self, limit: i64) -> Result<Vec<Id>, Error> {
        self.list(
            "select distinct k.account_id from idempotency_keys k where not exists \
             (select 1 from accounts a where a.id = k.account_id) order by 1 limit $1",
            args![limit],
        )
        .await
    }

    /// The entries of all homes, in steps by account and post. What was said in a team is not shown to who has left it, and stays for
    /// when they come back. `left`: who left the node before that has no home any more.
    pub async fn home_entries(
        &mut self,
        (account, post): (Id, Id),
        left: Millis,
        limit: i64,
    ) -> Result<Vec<HomeEntry>, Error> {
        self.all(
            concat!(
                "select e.account_id, e.post_id, not exists (select 1 from accounts a where a.id = e.account_id and a.domain = '' \
                 and (a.deleted_at is null or a.deleted_at > $3)), exists (select 1 from posts p join accounts o on o.id = p.account_id \
                 where p.id = e.post_id and p.team_id is null and o.suspended_at is null and o.deleted_at is null and not ",
                visible!("p", "e.account_id", "true"),
                ") from home_entries e where (e.account_id, e.post_id) > ($1, $2) order by e.account_id, e.post_id limit $4"
            ),
            args![account, post, left, limit],
        )
        .await
    }

    /// The entries of all lists, in steps by list and post.
    pub async fn list_entries(&mut self, (list, post): (Id, Id), limit: i64) -> Result<Vec<ListEntry>, Error> {
        self.all(
            concat!(
                "select e.list_id, e.post_id, exists (select 1 from posts p where p.id = e.post_id \
                 and not exists (select 1 from list_accounts x where x.list_id = e.list_id and x.account_id = p.account_id)), \
                 exists (select 1 from posts p join accounts o on o.id = p.account_id \
                 where p.id = e.post_id and p.team_id is null and o.suspended_at is null and o.deleted_at is null and not ",
                visible!("p", "l.account_id", "true"),
                ") from list_entries e join lists l on l.id = e.list_id where (e.list_id, e.post_id) > ($1, $2) \
                 order by e.list_id, e.post_id limit $3"
            ),
            args![list, post, limit],
        )
        .await
    }

    /// Payloads of the jobs of a kind, in steps by id.
    pub async fn payloads(&mut self, kind: &str, after: Id, limit: i64) -> Result<Vec<(Id, String)>, Error> {
        self.all(
            "select j.id, j.payload from jobs j where j.id > $2 and j.kind = $1 order by j.id limit $3",
            args![kind, after, limit],
        )
        .await
    }
}
