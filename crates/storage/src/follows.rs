//! Who follows whom, and who asked to.

use model::account::Account;
use model::clock::Millis;
use model::id::Id;
use model::page::Page;

use crate::row::json;
use crate::timelines::paged;
use crate::{Error, Tx};

#[derive(Clone, Debug)]
pub struct Follow {
    pub id: Id,
    pub follower_id: Id,
    pub target_id: Id,
    /// False while the target has not answered.
    pub accepted: bool,
    /// The id of the `Follow` activity.
    pub uri: String,
    pub show_boosts: bool,
    pub notify: bool,
    pub languages: Vec<String>,
    pub created_at: Millis,
}

row!(Follow, follow_columns, "f.": id, follower_id, target_id, accepted, uri, show_boosts, notify, languages, created_at);

impl Tx {
    pub async fn follow(&mut self, follower: Id, target: Id) -> Result<Option<Follow>, Error> {
        self.one(
            concat!("select ", follow_columns!(), " from follows f where f.follower_id = $1 and f.target_id = $2"),
            args![follower, target],
        )
        .await
    }

    pub async fn follow_by_id(&mut self, id: Id) -> Result<Option<Follow>, Error> {
        self.one(concat!("select ", follow_columns!(), " from follows f where f.id = $1"), args![id]).await
    }

    pub async fn follow_by_uri(&mut self, uri: &str) -> Result<Option<Follow>, Error> {
        self.one(concat!("select ", follow_columns!(), " from follows f where f.uri = $1"), args![uri]).await
    }

    /// Adds or changes a follow. One that stands already keeps its id, and if it was accepted stays so.
    pub async fn put_follow(&mut self, f: &Follow) -> Result<(), Error> {
        self.run(
            "insert into follows (id, follower_id, target_id, accepted, uri, show_boosts, notify, languages, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (follower_id, target_id) do update set \
             accepted = follows.accepted or excluded.accepted, uri = excluded.uri, show_boosts = excluded.show_boosts, \
             notify = excluded.notify, languages = excluded.languages",
            &[
                f.id.into(),
                f.follower_id.into(),
                f.target_id.into(),
                f.accepted.into(),
                (&f.uri).into(),
                f.show_boosts.into(),
                f.notify.into(),
                json(&f.languages),
                f.created_at.into(),
            ],
        )
        .await?;
        Ok(())
    }

    pub async fn accept_follow(&mut self, id: Id) -> Result<bool, Error> {
        Ok(self.run("update follows set accepted = true where id = $1 and not accepted", args![id]).await? > 0)
    }

    /// Removes a follow; answers whether it was accepted, nothing if somebody else removed it.
    pub async fn delete_follow(&mut self, id: Id) -> Result<Option<bool>, Error> {
        self.value("delete from follows where id = $1 returning accepted", args![id]).await
    }

    /// Adds to the kept counts of both sides.
    pub async fn count_follow(&mut self, follower: Id, target: Id, by: i64) -> Result<(), Error> {
        let following = "update accounts set following_count = following_count + $2 where id = $1";
        let followers = "update accounts set followers_count = followers_count + $2 where id = $1";
        // Always the lower id first, so that two who follow each other at once do not wait for each other.
        if follower < target {
            self.run(following, args![follower, by]).await?;
            self.run(followers, args![target, by]).await?;
        } else {
            self.run(followers, args![target, by]).await?;
            self.run(following, args![follower, by]).await?;
        }
        Ok(())
    }

    // `accepted = true` and not bare `accepted`: only so does SQLite see that the index has the order asked for.

    /// Accepted followers, newest follow first; the page runs over follow ids, which come with the accounts.
    pub async fn followers_of(&mut self, account: Id, page: &Page) -> Result<Vec<(Id, Account)>, Error> {
        let list: Result<Vec<WithRow>, Error> = paged!(
            self,
            page,
            "f.id",
            concat!("select f.id, ", account_columns!(), " from follows f join accounts a on a.id = f.follower_id"),
            "f.target_id = $1 and f.accepted = true and a.suspended_at is null",
            [account],
            "$2",
            "$3",
            "$4"
        );
        Ok(list?.into_iter().map(|r| (r.0, r.1)).collect())
    }

    pub async fn following_of(&mut self, account: Id, page: &Page) -> Result<Vec<(Id, Account)>, Error> {
        let list: Result<Vec<WithRow>, Error> = paged!(
            self,
            page,
            "f.id",
            concat!("select f.id, ", account_columns!(), " from follows f join accounts a on a.id = f.target_id"),
            "f.follower_id = $1 and f.accepted = true and a.suspended_at is null",
            [account],
            "$2",
            "$3",
            "$4"
        );
        Ok(list?.into_iter().map(|r| (r.0, r.1)).collect())
    }

    /// Those who wait for an answer.
    pub async fn follow_requests_of(&mut self, account: Id, page: &Page) -> Result<Vec<(Id, Account)>, Error> {
        let list: Result<Vec<WithRow>, Error> = paged!(
            self,
            page,
            "f.id",
            concat!("select f.id, ", account_columns!(), " from follows f join accounts a on a.id = f.follower_id"),
            "f.target_id = $1 and f.accepted = false and a.suspended_at is null",
            [account],
            "$2",
            "$3",
            "$4"
        );
        Ok(list?.into_iter().map(|r| (r.0, r.1)).collect())
    }

    /// How many wait for an answer.
    pub async fn count_follow_requests(&mut self, account: Id) -> Result<i64, Error> {
        Ok(self
            .value(
                "select count(*) from follows f join accounts a on a.id = f.follower_id \
                 where f.target_id = $1 and not f.accepted and a.suspended_at is null",
                args![account],
            )
            .await?
            .unwrap_or(0))
    }

    /// Every follow from or to an account, for suspensions and deletions.
    pub async fn follows_touching(&mut self, account: Id, limit: i64) -> Result<Vec<Follow>, Error> {
        self.all(
            concat!(
                "select ",
                follow_columns!(),
                " from follows f where f.follower_id = $1 or f.target_id = $1 limit $2"
            ),
            args![account, limit],
        )
        .await
    }

    /// Members who want to be told of every post of this account.
    pub async fn bell_ringers(&mut self, target: Id) -> Result<Vec<Id>, Error> {
        self.list(
            "select f.follower_id from follows f join members m on m.account_id = f.follower_id where f.target_id = $1 and f.accepted and f.notify",
            args![target],
        )
        .await
    }

    /// Members who follow this account and asked to since `since`.
    pub async fn new_followers_here(&mut self, target: Id, since: Millis) -> Result<Vec<Id>, Error> {
        self.list(
            "select f.follower_id from follows f join members m on m.account_id = f.follower_id \
             where f.target_id = $1 and f.accepted = true and f.created_at >= $2",
            args![target, since],
        )
        .await
    }

    /// Actor ids of the accepted followers of an account who live elsewhere, in steps by the id of the follow, which comes with
    /// each.
    pub async fn followers_elsewhere(
        &mut self,
        account: Id,
        after: Id,
        limit: i64,
    ) -> Result<Vec<(Id, String)>, Error> {
        self.all(
            "select f.id, a.uri from follows f join accounts a on a.id = f.follower_id \
             where f.target_id = $1 and f.accepted = true and f.id > $2 and a.domain <> '' order by f.id limit $3",
            args![account, after, limit],
        )
        .await
    }

    /// Members who follow an account elsewhere or asked to, by actor id.
    pub async fn followers_here(&mut self, account: Id) -> Result<Vec<(String, Follow)>, Error> {
        let rows: Vec<WithUri> = self
            .all(
                concat!(
                    "select a.uri, ",
                    follow_columns!(),
                    " from follows f join members m on m.account_id = f.follower_id join accounts a on a.id = f.follower_id where f.target_id = $1"
                ),
                args![account],
            )
            .await?;
        Ok(rows.into_iter().map(|r| (r.0, r.1)).collect())
    }

    /// Whether any member follows this account.
    pub async fn is_followed_here(&mut self, account: Id) -> Result<bool, Error> {
        Ok(self
            .value(
                "select true from follows f join members m on m.account_id = f.follower_id where f.target_id = $1 and f.accepted limit 1",
                args![account],
            )
            .await?
            .unwrap_or(false))
    }

    /// Whether any member follows this account or asked to, and was not answered yet.
    pub async fn is_followed_or_asked_here(&mut self, account: Id) -> Result<bool, Error> {
        Ok(self
            .value(
                "select true from follows f join members m on m.account_id = f.follower_id where f.target_id = $1 limit 1",
                args![account],
            )
            .await?
            .unwrap_or(false))
    }
}

struct WithUri(String, Follow);

impl crate::row::FromRow for WithUri {
    fn from_row(row: &crate::row::Row) -> Result<Self, Error> {
        let uri: (String,) = crate::row::FromRow::from_row(row)?;
        Ok(Self(uri.0, crate::row::from_row_at(row, 1)?))
    }
}

/// An account with the id of the row that brought it.
pub(crate) struct WithRow(pub Id, pub Account);

impl crate::row::FromRow for WithRow {
    fn from_row(row: &crate::row::Row) -> Result<Self, Error> {
        let id: (Id,) = crate::row::FromRow::from_row(row)?;
        Ok(Self(id.0, crate::row::from_row_at(row, 1)?))
    }
}
