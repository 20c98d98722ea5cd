//! What the servers of others say of their posts, and how far we have read what they have: collections of replies, outboxes.

use model::clock::Millis;
use model::id::Id;
use model::post::{Origin, Post};

use crate::row::ids;
use crate::{Error, Tx};

/// How many replies, favourites and boosts the server of a post says it has; `None` where it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OriginCounts {
    pub post_id: Id,
    pub replies: Option<i64>,
    pub likes: Option<i64>,
    pub shares: Option<i64>,
}

row!(OriginCounts: post_id, replies, likes, shares);

/// How far the replies of a post were read at its server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub replies_uri: String,
    pub read_at: Option<Millis>,
    /// The page at which it goes on, or empty.
    pub cursor: String,
}

row!(Reading: replies_uri, read_at, cursor);

impl Tx {
    /// Keeps what the server of a post says of it now. What it does not say any more stays as it was.
    pub async fn put_origin(&mut self, post: Id, origin: &Origin) -> Result<(), Error> {
        self.run(
            "insert into post_origins (post_id, replies_uri, replies, likes, shares) values ($1, $2, $3, $4, $5) \
             on conflict (post_id) do update set \
             replies_uri = case when excluded.replies_uri = '' then post_origins.replies_uri else excluded.replies_uri end, \
             replies = coalesce(excluded.replies, post_origins.replies), likes = coalesce(excluded.likes, post_origins.likes), \
             shares = coalesce(excluded.shares, post_origins.shares)",
            args![post, &origin.replies_uri, origin.replies, origin.likes, origin.shares],
        )
        .await?;
        Ok(())
    }

    /// What is said of these posts.
    pub async fn origin_counts(&mut self, posts: &[Id]) -> Result<Vec<OriginCounts>, Error> {
        self.all(
            "select o.post_id, o.replies, o.likes, o.shares from post_origins o where o.post_id in (select value from json_each($1))",
            &[ids(posts)],
        )
        .await
    }

    pub async fn reading(&mut self, post: Id) -> Result<Option<Reading>, Error> {
        self.one("select o.replies_uri, o.read_at, o.cursor from post_origins o where o.post_id = $1", args![post])
            .await
    }

    /// The replies of a post were read at `at`, up to the page `cursor` (empty: to the end). `replies`: how many there were, if
    /// that is known now.
    pub async fn put_reading(&mut self, post: Id, at: Millis, cursor: &str, replies: Option<i64>) -> Result<(), Error> {
        self.run(
            "update post_origins set read_at = $2, cursor = $3, replies = coalesce($4, replies) where post_id = $1",
            args![post, at, cursor, replies],
        )
        .await?;
        Ok(())
    }

    /// Posts of a conversation whose replies can be read elsewhere, and were not since `before` or not to the end.
    pub async fn unread_in_thread(&mut self, root: Id, before: Millis, limit: i64) -> Result<Vec<Post>, Error> {
        self.all(
            concat!(
                "select ",
                post_columns!(),
                // A cross join is read from left to right by SQLite.
                " from posts p cross join post_origins o where o.post_id = p.id and p.root_id = $1 and p.boost_of_id is null and p.audience >= 60 and not p.local \
                 and o.replies_uri <> '' and (o.read_at is null or o.read_at <= $2 or o.cursor <> '') order by p.id limit $3"
            ),
            args![root, before, limit],
        )
        .await
    }

    /// How many posts of a conversation that everybody may read are here, counted up to `limit`.
    pub async fn count_thread(&mut self, root: Id, limit: i64) -> Result<i64, Error> {
        let sql = "select count(*) from (select p.id from posts p where p.root_id = $1 and p.boost_of_id is null and p.audience >= 60 limit $2) c";
        Ok(self.value(sql, args![root, limit]).await?.unwrap_or(0))
    }

    /// Notes that a member opened a post at `now`: `false` if that was so since `before` already.
    pub async fn open_thread(&mut self, post: Id, now: Millis, before: Millis) -> Result<bool, Error> {
        Ok(self
            .run(
                "insert into post_origins (post_id, opened_at) values ($1, $2) on conflict (post_id) do update \
                 set opened_at = excluded.opened_at, found = 0 where post_origins.opened_at is null or post_origins.opened_at <= $3",
                args![post, now, before],
            )
            .await?
            > 0)
    }

    /// When a member last had the conversation of a post looked for, and what that has brought so far.
    pub async fn thread_opened(&mut self, post: Id) -> Result<Option<(Millis, i64)>, Error> {
        self.one(
            "select o.opened_at, o.found from post_origins o where o.post_id = $1 and o.opened_at is not null",
            args![post],
        )
        .await
    }

    pub async fn count_found(&mut self, post: Id, more: i64) -> Result<(), Error> {
        self.run("update post_origins set found = found + $2 where post_id = $1", args![post, more]).await?;
        Ok(())
    }

    /// Notes that an account's last posts are asked for at `now`: `false` if they were since `before` already.
    pub async fn open_outbox(&mut self, account: Id, now: Millis, before: Millis) -> Result<bool, Error> {
        Ok(self
            .run(
                "insert into outbox_reads (account_id, asked_at) values ($1, $2) on conflict (account_id) do update \
                 set asked_at = excluded.asked_at where outbox_reads.asked_at <= $3",
                args![account, now, before],
            )
            .await?
            > 0)
    }

    /// When an account's last posts were asked for.
    pub async fn outbox_opened(&mut self, account: Id) -> Result<Option<Millis>, Error> {
        self.value("select o.asked_at from outbox_reads o where o.account_id = $1", args![account]).await
    }
}
