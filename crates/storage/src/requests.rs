//! Strangers who want to be heard: what they said waits until the member decides.

use model::clock::Millis;
use model::id::Id;
use model::notification::Notification;
use model::page::Page;

use crate::timelines::paged;
use crate::{Error, Tx};

/// Somebody who waits to be heard by a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub id: Id,
    pub from_account_id: Id,
    /// How many of their notifications are held back.
    pub held: i64,
    pub last_post_id: Option<Id>,
    pub created_at: Millis,
    pub updated_at: Millis,
}

row!(Request: id, from_account_id, held, last_post_id, created_at, updated_at);

/// The columns of a [`Request`]. What one stranger said to one member is little, and found by an index.
macro_rules! request_columns {
    () => {
        "r.id, r.from_account_id, (select count(*) from held_notifications h where h.account_id = r.account_id \
         and h.from_account_id = r.from_account_id), (select max(h.post_id) from held_notifications h where h.account_id = r.account_id \
         and h.from_account_id = r.from_account_id), r.created_at, r.updated_at"
    };
}

/// Requests with something behind them, from those whom the member may be shown.
macro_rules! waiting {
    () => {
        "r.account_id = $1 and not r.accepted \
         and exists (select 1 from held_notifications h where h.account_id = r.account_id and h.from_account_id = r.from_account_id) \
         and not exists (select 1 from blocks b where b.account_id = $1 and b.target_id = r.from_account_id) \
         and not exists (select 1 from mutes m where m.account_id = $1 and m.target_id = r.from_account_id) \
         and not exists (select 1 from accounts a where a.id = r.from_account_id and (a.suspended_at is not null or a.deleted_at is not null))"
    };
}

impl Tx {
    /// Holds a notification back, and asks the member. `request` is the id of the request if it is the first.
    pub async fn hold_notification(&mut self, request: Id, n: &Notification) -> Result<(), Error> {
        self.run(
            "insert into notification_requests (id, account_id, from_account_id, created_at, updated_at) values ($1, $2, $3, $4, $4) \
             on conflict (account_id, from_account_id) do update set updated_at = excluded.updated_at",
            args![request, n.account_id, n.from_account_id, n.created_at],
        )
        .await?;
        self.run(
            "insert into held_notifications (id, account_id, kind, from_account_id, post_id, created_at) values ($1, $2, $3, $4, $5, $6) \
             on conflict (account_id, kind, from_account_id, coalesce(post_id, 0)) do nothing",
            args![n.id, n.account_id, n.kind, n.from_account_id, n.post_id, n.created_at],
        )
        .await?;
        Ok(())
    }

    /// Those who wait to be heard by a member, newest first.
    pub async fn requests(&mut self, account: Id, page: &Page) -> Result<Vec<Request>, Error> {
        paged!(
            self,
            page,
            "r.id",
            concat!("select ", request_columns!(), " from notification_requests r"),
            waiting!(),
            [account],
            "$2",
            "$3",
            "$4"
        )
    }

    pub async fn request(&mut self, account: Id, id: Id) -> Result<Option<Request>, Error> {
        self.one(
            concat!(
                "select ",
                request_columns!(),
                " from notification_requests r where ",
                waiting!(),
                " and r.id = $2"
            ),
            args![account, id],
        )
        .await
    }

    /// Whether a member has let somebody in for good.
    pub async fn is_let_in(&mut self, account: Id, from: Id) -> Result<bool, Error> {
        Ok(self
            .value(
                "select accepted from notification_requests where account_id = $1 and from_account_id = $2",
                args![account, from],
            )
            .await?
            .unwrap_or(false))
    }

    /// The posts of what somebody said that is held back, the first one first.
    pub async fn held_posts(&mut self, account: Id, from: Id) -> Result<Vec<Id>, Error> {
        self.list(
            "select distinct h.post_id from held_notifications h where h.account_id = $1 and h.from_account_id = $2 and h.post_id is not null order by 1",
            args![account, from],
        )
        .await
    }

    /// Lets somebody in: what was held back becomes notifications. Answers how many.
    pub async fn let_in(&mut self, account: Id, from: Id) -> Result<u64, Error> {
        self.run(
            "update notification_requests set accepted = true where account_id = $1 and from_account_id = $2",
            args![account, from],
        )
        .await?;
        let held: Vec<Notification> = self
            .all(
                "select n.id, n.account_id, n.kind, n.from_account_id, n.post_id, cast(null as bigint), cast(null as bigint), n.created_at from held_notifications n \
                 where n.account_id = $1 and n.from_account_id = $2 order by n.id",
                args![account, from],
            )
            .await?;
        let mut told = 0;
        for n in &held {
            told += u64::from(self.insert_notification(n).await?);
        }
        self.drop_held_from(account, from).await?;
        Ok(told)
    }

    /// Forgets a request and what was held back with it.
    pub async fn drop_request(&mut self, account: Id, from: Id) -> Result<(), Error> {
        self.run(
            "delete from notification_requests where account_id = $1 and from_account_id = $2",
            args![account, from],
        )
        .await?;
        self.drop_held_from(account, from).await
    }

    async fn drop_held_from(&mut self, account: Id, from: Id) -> Result<(), Error> {
        self.run("delete from held_notifications where account_id = $1 and from_account_id = $2", args![account, from])
            .await?;
        Ok(())
    }

    /// Whether a member has ever had to do with somebody: named them in a post, or boosted or favourited one of theirs. Looked
    /// for from the side of the other, of whom little is known here.
    pub async fn has_reached_out_to(&mut self, member: Id, other: Id) -> Result<bool, Error> {
        Ok(self
            .value(
                "select true where exists (select 1 from mentions m cross join posts p where m.account_id = $2 and p.id = m.post_id \
                 and p.account_id = $1) \
                 or exists (select 1 from posts p cross join favourites v where p.account_id = $2 and v.post_id = p.id and v.account_id = $1) \
                 or exists (select 1 from posts p cross join posts b where p.account_id = $2 and b.boost_of_id = p.id and b.account_id = $1)",
                args![member, other],
            )
            .await?
            .unwrap_or(false))
    }
}
