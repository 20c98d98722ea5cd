//! Actors of ours that carry hashtags, and what they carry. What one carries is a row of `posts` like any boost, of the kind
//! [`CARRIED`], which counts as nobody's boost.

use model::account::Account;
use model::clock::Millis;
use model::id::{Id, first_id};
use model::post::{CARRIED, Post};

use crate::{Error, Tx};

/// A hashtag that is carried nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockedTag {
    /// Normalised.
    pub name: String,
    pub comment: String,
    pub created_at: Millis,
}

row!(BlockedTag: name, comment, created_at);

impl Tx {
    pub async fn put_tag_actor(&mut self, account: Id, tag: Id) -> Result<(), Error> {
        let sql = "insert into tag_actors (account_id, tag_id) values ($1, $2) on conflict do nothing";
        self.run(sql, args![account, tag]).await?;
        Ok(())
    }

    /// Whether this account of ours is the actor of a hashtag, and of which (its key).
    pub async fn tag_of_actor(&mut self, account: Id) -> Result<Option<String>, Error> {
        let sql = "select t.name from tag_actors x join tags t on t.id = x.tag_id where x.account_id = $1";
        self.value(sql, args![account]).await
    }

    /// The actors that carry the tags of a post, as far as anybody follows them and its author lets them.
    pub async fn carriers_of_tags(&mut self, post: Id, author: Id) -> Result<Vec<Account>, Error> {
        self.all(
            concat!(
                "select ",
                account_columns!(),
                " from post_tags y join tag_actors x on x.tag_id = y.tag_id join accounts a on a.id = x.account_id \
                 where y.post_id = $1 and a.followers_count > 0 and a.suspended_at is null and a.deleted_at is null \
                 and not exists (select 1 from carrier_refusals r where r.carrier_id = a.id and r.account_id = $2) \
                 and not exists (select 1 from blocks b where b.account_id = $2 and b.target_id = a.id) order by a.id"
            ),
            args![post, author],
        )
        .await
    }

    /// What actors of hashtags made of a post.
    pub async fn carried_by_tags(&mut self, post: Id) -> Result<Vec<Post>, Error> {
        self.all(
            concat!(
                "select ",
                post_columns!(),
                " from posts p where p.boost_of_id = $1 and p.kind = $2 and exists (select 1 from tag_actors x where x.account_id = p.account_id)"
            ),
            args![post, CARRIED],
        )
        .await
    }

    /// What an actor carries, the newest first, at most `limit`.
    pub async fn carried_by(&mut self, carrier: Id, limit: i64) -> Result<Vec<Post>, Error> {
        self.all(
            concat!(
                "select ",
                post_columns!(),
                " from posts p where p.account_id = $1 and p.kind = $2 order by p.id desc limit $3"
            ),
            args![carrier, CARRIED, limit],
        )
        .await
    }

    /// The ids of somebody's posts, in steps.
    pub async fn ids_of_posts_by(&mut self, author: Id, after: Id, limit: i64) -> Result<Vec<Id>, Error> {
        let sql = "select p.id from posts p where p.account_id = $1 and p.id > $2 order by p.id limit $3";
        self.list(sql, args![author, after, limit]).await
    }

    /// How many of somebody's posts since then are carried by anybody.
    pub async fn count_carried(&mut self, author: Id, since: Millis) -> Result<i64, Error> {
        let sql = "select count(*) from posts p where p.account_id = $1 and p.id >= $2 \
                   and coalesce((select true from posts b where b.boost_of_id = p.id and b.kind = $3 limit 1), false)";
        Ok(self.value(sql, args![author, first_id(since), CARRIED]).await?.unwrap_or(0))
    }

    /// Whether anybody may read a post with this tag.
    pub async fn is_tag_public(&mut self, tag: Id) -> Result<bool, Error> {
        let sql = "select true from (select y.post_id from post_tags y where y.tag_id = $1 order by y.post_id desc limit 200) n \
                   join posts p on p.id = n.post_id where p.audience = 70 limit 1";
        Ok(self.value(sql, args![tag]).await?.unwrap_or(false))
    }

    pub async fn keep_from_carriers(&mut self, post: Id, kept: bool) -> Result<(), Error> {
        let sql = match kept {
            true => "insert into uncarried_posts (post_id) values ($1) on conflict do nothing",
            false => "delete from uncarried_posts where post_id = $1",
        };
        self.run(sql, args![post]).await?;
        Ok(())
    }

    pub async fn is_kept_from_carriers(&mut self, post: Id) -> Result<bool, Error> {
        let sql = "select true from uncarried_posts where post_id = $1";
        Ok(self.value(sql, args![post]).await?.unwrap_or(false))
    }

    pub async fn set_tag_sharing(&mut self, member: Id, on: bool) -> Result<(), Error> {
        self.run("update members set tag_sharing = $2 where account_id = $1", args![member, on]).await?;
        Ok(())
    }

    // Hashtags that are carried nowhere.

    pub async fn block_tag(&mut self, name: &str, comment: &str, now: Millis) -> Result<(), Error> {
        let sql = "insert into blocked_tags (name, comment, created_at) values ($1, $2, $3) \
                   on conflict (name) do update set comment = excluded.comment";
        self.run(sql, args![name, comment, now]).await?;
        Ok(())
    }

    pub async fn unblock_tag(&mut self, name: &str) -> Result<bool, Error> {
        Ok(self.run("delete from blocked_tags where name = $1", args![name]).await? > 0)
    }

    pub async fn is_tag_blocked(&mut self, name: &str) -> Result<bool, Error> {
        Ok(self.value("select true from blocked_tags where name = $1", args![name]).await?.unwrap_or(false))
    }

    /// In steps by name.
    pub async fn blocked_tags(&mut self, after: &str, limit: i64) -> Result<Vec<BlockedTag>, Error> {
        let sql =
            "select b.name, b.comment, b.created_at from blocked_tags b where b.name > $1 order by b.name limit $2";
        self.all(sql, args![after, limit]).await
    }

    // Housekeeping.

    /// Follows of actors for hashtags by accounts on servers that were given up, at most `limit`.
    pub async fn follows_by_the_dead(&mut self, after: Id, limit: i64) -> Result<Vec<(Id, bool)>, Error> {
        self.all(
            "select f.id, exists (select 1 from tag_actors x where x.account_id = f.target_id) \
             and exists (select 1 from accounts a join hosts h on h.name = a.inbox_host where a.id = f.follower_id and h.dead_since is not null) \
             from follows f where f.id > $1 order by f.id limit $2",
            args![after, limit],
        )
        .await
    }

    /// Actors for hashtags in steps: those that nobody follows and that carry nothing go. One that somebody asked to leave them alone
    /// stays, so that it remembers.
    pub async fn drop_idle_tag_actors(
        &mut self,
        after: Id,
        before: Millis,
        limit: i64,
    ) -> Result<(Option<Id>, u64), Error> {
        let step: Vec<Id> = self
            .list(
                "select x.account_id from tag_actors x where x.account_id > $1 order by x.account_id limit $2",
                args![after, limit],
            )
            .await?;
        let gone = self
            .run(
                "delete from accounts where id in (select value from json_each($1)) and created_at < $2 and suspended_at is null \
                 and not exists (select 1 from follows f where f.target_id = accounts.id) \
                 and not exists (select 1 from posts p where p.account_id = accounts.id) \
                 and not exists (select 1 from mentions m where m.account_id = accounts.id) \
                 and not exists (select 1 from blocks b where b.account_id = accounts.id or b.target_id = accounts.id) \
                 and not exists (select 1 from carrier_refusals r where r.carrier_id = accounts.id) \
                 and not exists (select 1 from deeds d where d.account_id = accounts.id)",
                &[crate::row::ids(&step), before.into()],
            )
            .await?;
        let is_full = i64::try_from(step.len()).is_ok_and(|n| n >= limit);
        Ok((step.last().copied().filter(|_| is_full), gone))
    }
}
