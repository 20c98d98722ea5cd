//! Favourites, bookmarks, pins, and what a viewer did with a post.

use std::collections::HashMap;

use model::account::Account;
use model::audience::Viewer;
use model::clock::Millis;
use model::emoji::Reaction;
use model::id::Id;
use model::page::Page;
use model::post::{Post, Touch};

use crate::audience::visible;
use crate::follows::WithRow;
use crate::row::{FromRow, Row, from_row_at, ids};
use crate::timelines::paged;
use crate::{Error, Tx};

/// A post with the id of the row that brought it.
struct PostWithRow(Id, Post);

impl FromRow for PostWithRow {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let id: (Id,) = FromRow::from_row(row)?;
        Ok(Self(id.0, from_row_at(row, 1)?))
    }
}

impl Tx {
    pub async fn put_favourite(
        &mut self,
        id: Id,
        account: Id,
        post: Id,
        uri: &str,
        now: Millis,
    ) -> Result<bool, Error> {
        Ok(self
            .run(
                "insert into favourites (id, account_id, post_id, uri, created_at) values ($1, $2, $3, $4, $5) \
                 on conflict (post_id, account_id) do nothing",
                args![id, account, post, uri, now],
            )
            .await?
            > 0)
    }

    /// Takes a favourite back; answers its activity's id.
    pub async fn delete_favourite(&mut self, account: Id, post: Id) -> Result<Option<String>, Error> {
        self.value("delete from favourites where post_id = $1 and account_id = $2 returning uri", args![post, account])
            .await
    }

    /// The post that this account favourited with the activity of this id.
    pub async fn favourite_by_uri(&mut self, account: Id, uri: &str) -> Result<Option<Id>, Error> {
        self.value(
            "select post_id from favourites where account_id = $1 and uri = $2 order by id desc limit 1",
            args![account, uri],
        )
        .await
    }

    /// The favourite counts from now on as made by this activity.
    pub async fn rename_favourite(&mut self, account: Id, post: Id, uri: &str) -> Result<(), Error> {
        self.run("update favourites set uri = $3 where post_id = $2 and account_id = $1", args![account, post, uri])
            .await?;
        Ok(())
    }

    /// Some of the posts that an account favourited.
    pub async fn favourites_by(&mut self, account: Id, limit: i64) -> Result<Vec<Id>, Error> {
        self.list(
            "select v.post_id from favourites v where v.account_id = $1 order by v.id limit $2",
            args![account, limit],
        )
        .await
    }

    // Reactions: favourites with an emoji.

    pub async fn put_reaction(
        &mut self,
        account: Id,
        post: Id,
        reaction: &Reaction,
        uri: &str,
        now: Millis,
    ) -> Result<(), Error> {
        self.run(
            "insert into reactions (post_id, account_id, emoji, url, uri, created_at) values ($1, $2, $3, $4, $5, $6) \
             on conflict (post_id, account_id, emoji) do update set url = excluded.url, uri = excluded.uri",
            args![post, account, &reaction.emoji, &reaction.url, uri, now],
        )
        .await?;
        Ok(())
    }

    /// What an account reacted to a post with, oldest first: the emoji and the activity's id.
    pub async fn reactions_by(&mut self, account: Id, post: Id) -> Result<Vec<(String, String)>, Error> {
        self.all(
            "select r.emoji, r.uri from reactions r where r.post_id = $2 and r.account_id = $1 order by r.created_at, r.emoji",
            args![account, post],
        )
        .await
    }

    /// The post that the activity of this id reacted to, and the emoji.
    pub async fn reaction_by_uri(&mut self, account: Id, uri: &str) -> Result<Option<(Id, String)>, Error> {
        self.one(
            "select r.post_id, r.emoji from reactions r where r.account_id = $1 and r.uri = $2 limit 1",
            args![account, uri],
        )
        .await
    }

    pub async fn delete_reaction(&mut self, account: Id, post: Id, emoji: &str) -> Result<bool, Error> {
        Ok(self
            .run(
                "delete from reactions where post_id = $2 and account_id = $1 and emoji = $3",
                args![account, post, emoji],
            )
            .await?
            > 0)
    }

    pub async fn delete_reactions(&mut self, account: Id, post: Id) -> Result<(), Error> {
        self.run("delete from reactions where post_id = $2 and account_id = $1", args![account, post]).await?;
        Ok(())
    }

    /// With which emoji a post was reacted to and by how many, the most frequent first, among so many reactions that one look
    /// stays cheap. Those of suspended accounts do not count.
    pub async fn reaction_counts(&mut self, post: Id) -> Result<Vec<(String, i64)>, Error> {
        self.all(
            "select x.emoji, count(*) from (select r.emoji, r.account_id from reactions r where r.post_id = $1 limit 1000) x \
             join accounts a on a.id = x.account_id where a.suspended_at is null and a.deleted_at is null \
             group by x.emoji order by 2 desc, 1 limit 20",
            args![post],
        )
        .await
    }

    pub async fn favourited_by(&mut self, post: Id, page: &Page) -> Result<Vec<(Id, Account)>, Error> {
        let list: Result<Vec<WithRow>, Error> = paged!(
            self,
            page,
            "v.id",
            concat!("select v.id, ", account_columns!(), " from favourites v join accounts a on a.id = v.account_id"),
            "v.post_id = $1 and a.suspended_at is null and a.deleted_at is null",
            [post],
            "$2",
            "$3",
            "$4"
        );
        Ok(list?.into_iter().map(|r| (r.0, r.1)).collect())
    }

    pub async fn boosted_by(&mut self, post: Id, page: &Page) -> Result<Vec<(Id, Account)>, Error> {
        let list: Result<Vec<WithRow>, Error> = paged!(
            self,
            page,
            "p.id",
            concat!("select p.id, ", account_columns!(), " from posts p join accounts a on a.id = p.account_id"),
            "p.boost_of_id = $1 and p.kind <> 'carried' and p.audience >= 60 and a.suspended_at is null",
            [post],
            "$2",
            "$3",
            "$4"
        );
        Ok(list?.into_iter().map(|r| (r.0, r.1)).collect())
    }

    pub async fn favourites_of(&mut self, account: Id, page: &Page) -> Result<Vec<(Id, Post)>, Error> {
        let list: Result<Vec<PostWithRow>, Error> = paged!(
            self,
            page,
            "v.id",
            concat!("select v.id, ", post_columns!(), " from favourites v join posts p on p.id = v.post_id"),
            concat!("v.account_id = $1 and ", visible!("p", "$1", "true")),
            [account],
            "$2",
            "$3",
            "$4"
        );
        Ok(list?.into_iter().map(|r| (r.0, r.1)).collect())
    }

    pub async fn put_bookmark(&mut self, id: Id, account: Id, post: Id) -> Result<bool, Error> {
        Ok(self
            .run("insert into bookmarks (id, account_id, post_id) values ($1, $2, $3) on conflict (post_id, account_id) do nothing", args![id, account, post])
            .await?
            > 0)
    }

    pub async fn delete_bookmark(&mut self, account: Id, post: Id) -> Result<bool, Error> {
        Ok(self.run("delete from bookmarks where post_id = $1 and account_id = $2", args![post, account]).await? > 0)
    }

    pub async fn bookmarks_of(&mut self, account: Id, page: &Page) -> Result<Vec<(Id, Post)>, Error> {
        let list: Result<Vec<PostWithRow>, Error> = paged!(
            self,
            page,
            "v.id",
            concat!("select v.id, ", post_columns!(), " from bookmarks v join posts p on p.id = v.post_id"),
            concat!("v.account_id = $1 and ", visible!("p", "$1", "true")),
            [account],
            "$2",
            "$3",
            "$4"
        );
        Ok(list?.into_iter().map(|r| (r.0, r.1)).collect())
    }

    pub async fn put_pin(&mut self, account: Id, post: Id, now: Millis) -> Result<bool, Error> {
        Ok(self
            .run(
                "insert into pins (account_id, post_id, created_at) values ($1, $2, $3) on conflict do nothing",
                args![account, post, now],
            )
            .await?
            > 0)
    }

    pub async fn delete_pin(&mut self, account: Id, post: Id) -> Result<bool, Error> {
        Ok(self.run("delete from pins where account_id = $1 and post_id = $2", args![account, post]).await? > 0)
    }

    pub async fn count_pins(&mut self, account: Id) -> Result<i64, Error> {
        Ok(self.value("select count(*) from pins where account_id = $1", args![account]).await?.unwrap_or(0))
    }

    /// Takes all pins of an account away, to set them anew.
    pub async fn clear_pins(&mut self, account: Id) -> Result<(), Error> {
        self.run("delete from pins where account_id = $1", args![account]).await?;
        Ok(())
    }

    /// Pinned posts that the viewer may see, the last pinned first.
    pub async fn pinned(&mut self, account: Id, viewer: Viewer) -> Result<Vec<Post>, Error> {
        self.all(
            concat!(
                "select ",
                post_columns!(),
                " from pins n join posts p on p.id = n.post_id where n.account_id = $3 and ",
                visible!("p", "$1", "$2"),
                " order by n.created_at desc, n.post_id desc limit 40"
            ),
            args![viewer.id(), viewer.is_member(), account],
        )
        .await
    }

    /// What the account did with each of the posts; those it never touched are missing.
    pub async fn touches(&mut self, account: Id, posts: &[Id]) -> Result<HashMap<Id, Touch>, Error> {
        let rows: Vec<(Id, i64)> = self
            .all(
                "select post_id, cast(1 as bigint) from favourites where account_id = $1 and post_id in (select value from json_each($2)) \
                 union all select boost_of_id, cast(2 as bigint) from posts where account_id = $1 and boost_of_id in (select value from json_each($2)) \
                 union all select post_id, cast(4 as bigint) from bookmarks where account_id = $1 and post_id in (select value from json_each($2)) \
                 union all select post_id, cast(8 as bigint) from pins where account_id = $1 and post_id in (select value from json_each($2)) \
                 union all select p.id, cast(16 as bigint) from thread_mutes t join posts p on p.root_id = t.root_id \
                 where t.account_id = $1 and p.id in (select value from json_each($2))",
                &[account.into(), ids(posts)],
            )
            .await?;
        let mut touches: HashMap<Id, Touch> = HashMap::new();
        for (post, what) in rows {
            let touch = touches.entry(post).or_default();
            match what {
                1 => touch.favourited = true,
                2 => touch.boosted = true,
                4 => touch.bookmarked = true,
                8 => touch.pinned = true,
                _ => touch.muted = true,
            }
        }
        Ok(touches)
    }
}
