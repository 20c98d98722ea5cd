//! Hashtags that members follow, and those that they put forward on their profiles.

use model::clock::Millis;
use model::id::Id;
use model::page::Page;
use model::post::{Post, Tag};

use crate::row::{FromRow, Row, from_row_at, ids};
use crate::timelines::paged;
use crate::{Error, Tx};

/// A hashtag on somebody's profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeaturedTag {
    pub id: Id,
    pub account_id: Id,
    pub tag_id: Id,
    /// Normalised.
    pub key: String,
    /// As its owner wrote it.
    pub name: String,
    /// Posts of the owner's with it that everybody may read.
    pub posts_count: i64,
    pub last_post_at: Option<Millis>,
}

row!(FeaturedTag: id, account_id, tag_id, key, name, posts_count, last_post_at);

/// The columns of a [`FeaturedTag`].
macro_rules! featured {
    () => {
        "select f.id, f.account_id, f.tag_id, t.name, f.name, f.posts_count, f.last_post_at from featured_tags f join tags t on t.id = f.tag_id"
    };
}

/// `with_tag!("p", "$1", "t.id")`: post `p` of the account has the tag, and everybody may read it.
macro_rules! with_tag {
    ($p:literal, $account:literal, $tag:literal) => {
        concat!(
            $p,
            ".account_id = ",
            $account,
            " and ",
            $p,
            ".audience >= 60 and ",
            $p,
            ".boost_of_id is null and exists (select 1 from post_tags y where y.tag_id = ",
            $tag,
            " and y.post_id = ",
            $p,
            ".id)"
        )
    };
}

/// The part of a fan-out that brings a post into the homes of those who follow one of its tags: `$1` is the post, `$2` its author,
/// `$6` its conversation, `$8` whether it comes by its
/// tags at all.
macro_rules! by_tag {
    () => {
        concat!(
            "select t.account_id, $1 from post_tags y cross join tag_follows t where $8 and y.post_id = $1 and t.tag_id = y.tag_id and t.account_id <> $2 \
             and not exists (select 1 from blocks b where b.account_id = t.account_id and b.target_id = $2) \
             and not exists (select 1 from blocks b where b.account_id = $2 and b.target_id = t.account_id) \
             and not exists (select 1 from thread_mutes h where h.account_id = t.account_id and h.root_id = $6) \
             and not exists (select 1 from accounts a where a.id = $2 and a.limited_at is not null) and ",
            not_set_apart!("t.account_id", "$2")
        )
    };
}
pub(crate) use by_tag;

/// A tag with the id of the row that brought it.
struct Followed(Id, Tag);

impl FromRow for Followed {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let id: (Id,) = FromRow::from_row(row)?;
        Ok(Self(id.0, from_row_at(row, 1)?))
    }
}

impl Tx {
    /// `false` if the member follows the tag already.
    pub async fn follow_tag(&mut self, id: Id, account: Id, tag: Id) -> Result<bool, Error> {
        let put = "insert into tag_follows (id, account_id, tag_id) values ($1, $2, $3) on conflict (account_id, tag_id) do nothing";
        Ok(self.run(put, args![id, account, tag]).await? > 0)
    }

    /// Ends that, and takes out of the home what came by this tag alone: not what the member or somebody whom they follow wrote, nor
    /// what has another tag that they follow.
    pub async fn unfollow_tag(&mut self, account: Id, tag: Id) -> Result<bool, Error> {
        if self.run("delete from tag_follows where account_id = $1 and tag_id = $2", args![account, tag]).await? == 0 {
            return Ok(false);
        }
        self.run(
            "delete from home_entries where account_id = $1 and post_id in (select e.post_id from home_entries e \
             join post_tags y on y.post_id = e.post_id and y.tag_id = $2 join posts p on p.id = e.post_id \
             where e.account_id = $1 and p.account_id <> $1 \
             and not exists (select 1 from follows f where f.follower_id = $1 and f.target_id = p.account_id and f.accepted) \
             and not exists (select 1 from post_tags z cross join tag_follows t where z.post_id = e.post_id and t.account_id = $1 and t.tag_id = z.tag_id))",
            args![account, tag],
        )
        .await?;
        Ok(true)
    }

    /// The tags that a member follows, the last one first; the page runs over the ids of the follows, which come with them.
    pub async fn followed_tags(&mut self, account: Id, page: &Page) -> Result<Vec<(Id, Tag)>, Error> {
        let list: Result<Vec<Followed>, Error> = paged!(
            self,
            page,
            "f.id",
            concat!("select f.id, ", tag_columns!(), " from tag_follows f join tags t on t.id = f.tag_id"),
            "f.account_id = $1",
            [account],
            "$2",
            "$3",
            "$4"
        );
        Ok(list?.into_iter().map(|r| (r.0, r.1)).collect())
    }

    pub async fn count_followed_tags(&mut self, account: Id) -> Result<i64, Error> {
        let sql = "select count(*) from tag_follows f where f.account_id = $1";
        Ok(self.value(sql, args![account]).await?.unwrap_or(0))
    }

    /// Which of these tags a member follows, and (true) which are on their profile.
    pub async fn tag_ties(&mut self, account: Id, tags: &[Id]) -> Result<Vec<(Id, bool)>, Error> {
        self.all(
            "select f.tag_id, false from tag_follows f where f.account_id = $1 and f.tag_id in (select value from json_each($2)) \
             union all select f.tag_id, true from featured_tags f where f.account_id = $1 and f.tag_id in (select value from json_each($2))",
            &[account.into(), ids(tags)],
        )
        .await
    }

    // Tags on profiles.

    /// The hashtags on somebody's profile, those first that they used most.
    pub async fn featured_tags(&mut self, account: Id) -> Result<Vec<FeaturedTag>, Error> {
        self.all(concat!(featured!(), " where f.account_id = $1 order by f.posts_count desc, f.id"), args![account])
            .await
    }

    pub async fn featured_tag(&mut self, account: Id, tag: Id) -> Result<Option<FeaturedTag>, Error> {
        self.one(concat!(featured!(), " where f.account_id = $1 and f.tag_id = $2"), args![account, tag]).await
    }

    /// Puts a hashtag on a profile, with the count of what was written with it so far; `false` if it is there already.
    pub async fn feature_tag(&mut self, id: Id, account: Id, tag: Id, name: &str) -> Result<bool, Error> {
        Ok(self
            .run(
                concat!(
                    "insert into featured_tags (id, account_id, tag_id, name, posts_count, last_post_at) select $1, $2, $3, $4, c.posts, c.last from \
                     (select count(*) as posts, max(p.created_at) as last from posts p where ",
                    with_tag!("p", "$2", "$3"),
                    ") c where true on conflict (account_id, tag_id) do nothing"
                ),
                args![id, account, tag, name],
            )
            .await?
            > 0)
    }

    pub async fn unfeature_tag(&mut self, account: Id, tag: Id) -> Result<bool, Error> {
        let gone = "delete from featured_tags where account_id = $1 and tag_id = $2";
        Ok(self.run(gone, args![account, tag]).await? > 0)
    }

    /// Counts a post that everybody may read with the hashtags on its author's profile.
    pub async fn count_in_featured_tags(&mut self, post: &Post) -> Result<(), Error> {
        self.run(
            "update featured_tags set posts_count = posts_count + 1, \
             last_post_at = case when coalesce(last_post_at, 0) < $3 then $3 else last_post_at end \
             where account_id = $1 and tag_id in (select y.tag_id from post_tags y where y.post_id = $2)",
            args![post.account_id, post.id, post.created_at],
        )
        .await?;
        Ok(())
    }

    /// The same when it goes, or before its hashtags do.
    pub async fn uncount_in_featured_tags(&mut self, post: &Post) -> Result<(), Error> {
        self.run(
            concat!(
                "update featured_tags set posts_count = posts_count - 1, last_post_at = (select p.created_at from posts p where p.id <> $2 and ",
                with_tag!("p", "$1", "featured_tags.tag_id"),
                " order by p.id desc limit 1) where account_id = $1 and tag_id in (select y.tag_id from post_tags y where y.post_id = $2)"
            ),
            args![post.account_id, post.id],
        )
        .await?;
        Ok(())
    }

    /// Hashtags of the last posts of somebody's that everybody may read, those first that they used most, and none that is on their
    /// profile.
    pub async fn tags_used_by(&mut self, account: Id, last: i64, limit: i64) -> Result<Vec<Tag>, Error> {
        self.all(
            concat!(
                "select ",
                tag_columns!(),
                " from (select y.tag_id, count(*) as uses from (select p.id from posts p where p.account_id = $1 and p.audience >= 60 \
                 and p.boost_of_id is null order by p.id desc limit $2) r join post_tags y on y.post_id = r.id \
                 where not exists (select 1 from featured_tags f where f.account_id = $1 and f.tag_id = y.tag_id) group by y.tag_id) u \
                 join tags t on t.id = u.tag_id order by u.uses desc, t.id desc limit $3"
            ),
            args![account, last, limit],
        )
        .await
    }

    /// Counts kept with the hashtags on profiles, in steps by id: name, what is kept, what is there.
    pub async fn featured_tag_counts(&mut self, after: Id, limit: i64) -> Result<Vec<(Id, String, i64, i64)>, Error> {
        self.all(
            concat!(
                "select f.id, f.name, f.posts_count, (select count(*) from posts p where ",
                with_tag!("p", "f.account_id", "f.tag_id"),
                ") from featured_tags f where f.id > $1 order by f.id limit $2"
            ),
            args![after, limit],
        )
        .await
    }
}
