//! Posts: writing, reading one, editing, deleting.

use model::audience::{Audience, Viewer};
use model::clock::Millis;
use model::id::Id;
use model::page::Page;
use model::post::{Edit, Mention, Post};

use crate::audience::{not_limited, visible};
use crate::row::{ids, json};
use crate::{Error, Tx};

row!(Post, post_columns, "p.": id, uri, url, account_id, local, kind, audience, in_reply_to_id, in_reply_to_account_id, in_reply_to_uri,
    root_id, context, boost_of_id, content, source, format, summary, sensitive, language, emojis, app_id, created_at, edited_at,
    replies_count, boosts_count, favourites_count, team_id);

row!(Edit, edit_columns, "e.": post_id, created_at, content, source, summary, sensitive, media, poll);

row!(Mention: post_id, account_id, silent, kind, username, domain, uri, url);

impl Tx {
    /// Adds a post; `false` if its uri is known, or if it is a boost that its author made before. [`Error::IdTaken`] if another
    /// post has its id: nothing was added, and a new id will do.
    pub async fn insert_post(&mut self, p: &Post) -> Result<bool, Error> {
        let changed = self
            .run(
                "insert into posts (id, uri, url, account_id, local, kind, audience, in_reply_to_id, in_reply_to_account_id, \
                 in_reply_to_uri, root_id, context, boost_of_id, content, source, format, summary, sensitive, language, emojis, app_id, \
                 created_at, edited_at, team_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
                 $19, $20, $21, $22, $23, $24) on conflict do nothing",
                &[
                    p.id.into(),
                    (&p.uri).into(),
                    (&p.url).into(),
                    p.account_id.into(),
                    p.local.into(),
                    (&p.kind).into(),
                    p.audience.into(),
                    p.in_reply_to_id.into(),
                    p.in_reply_to_account_id.into(),
                    (&p.in_reply_to_uri).into(),
                    p.root_id.into(),
                    (&p.context).into(),
                    p.boost_of_id.into(),
                    (&p.content).into(),
                    (&p.source).into(),
                    p.format.into(),
                    (&p.summary).into(),
                    p.sensitive.into(),
                    (&p.language).into(),
                    json(&p.emojis),
                    p.app_id.into(),
                    p.created_at.into(),
                    p.edited_at.into(),
                    p.team_id.into(),
                ],
            )
            .await?;
        if changed > 0 {
            return Ok(true);
        }
        let known: Option<bool> = self
            .value(
                "select true from posts where uri = $1 or (account_id = $2 and boost_of_id = $3) limit 1",
                args![&p.uri, p.account_id, p.boost_of_id],
            )
            .await?;
        if known.is_some() { Ok(false) } else { Err(Error::IdTaken(p.id)) }
    }

    /// Adds a post whose id says when it was made, or the next id if another post has it; `false` if its uri is known.
    pub async fn insert_dated_post(&mut self, p: &mut Post) -> Result<bool, Error> {
        match self.insert_post(p).await {
            Err(Error::IdTaken(taken)) => {
                p.id = self.free_post_id(taken).await?;
                if p.root_id == taken {
                    p.root_id = p.id;
                }
                self.insert_post(p).await
            }
            other => other,
        }
    }

    /// The first id from `wanted` on that no post has. Posts from elsewhere get their id from their own time, which many
    /// servers give in whole seconds, so that two may well want the same.
    pub async fn free_post_id(&mut self, wanted: Id) -> Result<Id, Error> {
        let mut free = wanted;
        loop {
            let taken: Vec<Id> =
                self.list("select p.id from posts p where p.id >= $1 order by p.id limit 32", args![free]).await?;
            let run = taken.iter().zip(free..).take_while(|(id, expected)| *id == expected).count();
            free += Id::try_from(run).unwrap_or(0);
            if run < 32 {
                return Ok(free);
            }
        }
    }

    /// For the node's own work, whoever may see it. What is shown to somebody goes through [`Tx::visible_post`].
    pub async fn post(&mut self, id: Id) -> Result<Option<Post>, Error> {
        self.one(concat!("select ", post_columns!(), " from posts p where p.id = $1"), args![id]).await
    }

    pub async fn posts(&mut self, list: &[Id]) -> Result<Vec<Post>, Error> {
        self.all(
            concat!("select ", post_columns!(), " from posts p where p.id in (select value from json_each($1))"),
            &[ids(list)],
        )
        .await
    }

    pub async fn post_by_uri(&mut self, uri: &str) -> Result<Option<Post>, Error> {
        self.one(concat!("select ", post_columns!(), " from posts p where p.uri = $1"), args![uri]).await
    }

    /// The post with this uri, which stays until this work ends: for what is to hang on it by its id alone.
    pub async fn hold_post_by_uri(&mut self, uri: &str) -> Result<Option<Post>, Error> {
        if self.is_sqlite() {
            return self.post_by_uri(uri).await;
        }
        self.one(concat!("select ", post_columns!(), " from posts p where p.uri = $1 for key share"), args![uri]).await
    }

    /// The same of a post that was read before: `false` if it is gone meanwhile.
    pub async fn hold_post(&mut self, id: Id) -> Result<bool, Error> {
        let sql = if self.is_sqlite() {
            "select true from posts where id = $1"
        } else {
            "select true from posts where id = $1 for key share"
        };
        Ok(self.value(sql, args![id]).await?.unwrap_or(false))
    }

    /// Nobody else changes these posts, or hangs anything on them, until this work ends; nor what they answer and boost, which is
    /// asked for first, by whoever removes something. What was read of them before may have changed.
    pub async fn lock_posts(&mut self, posts: &[Id]) -> Result<(), Error> {
        if !self.is_sqlite() {
            self.run(
                "select p.id from posts p where p.id in (select value from json_each($1) \
                 union select c.in_reply_to_id from posts c where c.id in (select value from json_each($1)) \
                 union select c.boost_of_id from posts c where c.id in (select value from json_each($1))) order by p.id for update",
                &[ids(posts)],
            )
            .await?;
        }
        Ok(())
    }

    /// One post, if the viewer may see it.
    pub async fn visible_post(&mut self, id: Id, viewer: Viewer) -> Result<Option<Post>, Error> {
        self.one(
            concat!("select ", post_columns!(), " from posts p where p.id = $1 and ", visible!("p", "$2", "$3")),
            args![id, viewer.id(), viewer.is_member()],
        )
        .await
    }

    /// Those of the posts that the viewer may see, in no order.
    pub async fn visible_posts(&mut self, list: &[Id], viewer: Viewer) -> Result<Vec<Post>, Error> {
        self.all(
            concat!(
                "select ",
                post_columns!(),
                " from posts p where p.id in (select value from json_each($1)) and ",
                visible!("p", "$2", "$3")
            ),
            &[ids(list), viewer.id().into(), viewer.is_member().into()],
        )
        .await
    }

    /// The author's boost of a post.
    pub async fn boost_of(&mut self, account: Id, post: Id) -> Result<Option<Post>, Error> {
        self.one(
            concat!("select ", post_columns!(), " from posts p where p.account_id = $1 and p.boost_of_id = $2"),
            args![account, post],
        )
        .await
    }

    /// Writes a new version; the old one is kept by [`Tx::insert_edit`] before.
    pub async fn update_post(&mut self, p: &Post) -> Result<(), Error> {
        self.run(
            "update posts set content = $2, source = $3, format = $4, summary = $5, sensitive = $6, language = $7, emojis = $8, \
             edited_at = $9, url = $10 where id = $1",
            &[
                p.id.into(),
                (&p.content).into(),
                (&p.source).into(),
                p.format.into(),
                (&p.summary).into(),
                p.sensitive.into(),
                (&p.language).into(),
                json(&p.emojis),
                p.edited_at.into(),
                (&p.url).into(),
            ],
        )
        .await?;
        Ok(())
    }

    /// Opens what only few might see until now.
    pub async fn set_audience(&mut self, post: Id, audience: Audience) -> Result<(), Error> {
        self.run("update posts set audience = $2 where id = $1", args![post, audience]).await?;
        Ok(())
    }

    pub async fn insert_edit(&mut self, e: &Edit) -> Result<(), Error> {
        self.run(
            "insert into post_edits (post_id, created_at, content, source, summary, sensitive, media, poll) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
            &[
                e.post_id.into(),
                e.created_at.into(),
                (&e.content).into(),
                (&e.source).into(),
                (&e.summary).into(),
                e.sensitive.into(),
                json(&e.media),
                json(&e.poll),
            ],
        )
        .await?;
        Ok(())
    }

    /// Earlier versions of a post are kept no more.
    pub async fn forget_edits(&mut self, post: Id) -> Result<(), Error> {
        self.run("delete from post_edits where post_id = $1", args![post]).await?;
        Ok(())
    }

    /// Earlier versions, oldest first.
    pub async fn edits(&mut self, post: Id) -> Result<Vec<Edit>, Error> {
        self.all(
            concat!(
                "select ",
                edit_columns!(),
                " from post_edits e where e.post_id = $1 order by e.created_at limit 1000"
            ),
            args![post],
        )
        .await
    }

    /// Removes a post and everything that hangs on it: mentions, media rows, reactions, notifications. Replies stay and know
    /// their parent by its URI. Boosts are removed by the caller first, since each is a deed of its own; so that nothing is hung on
    /// it meanwhile, the caller has it locked.
    pub async fn delete_post(&mut self, id: Id) -> Result<bool, Error> {
        self.run("update posts set in_reply_to_id = null where in_reply_to_id = $1", args![id]).await?;
        self.leave_quotes(id).await?;
        Ok(self.run("delete from posts where id = $1", args![id]).await? > 0)
    }

    /// Boosts of a post, oldest first, from `after` on.
    pub async fn boosts_of(&mut self, post: Id, after: Id, limit: i64) -> Result<Vec<Post>, Error> {
        self.all(
            concat!(
                "select ",
                post_columns!(),
                " from posts p where p.boost_of_id = $1 and p.id > $2 order by p.id limit $3"
            ),
            args![post, after, limit],
        )
        .await
    }

    /// Posts of an account for its owner or for cleaning up, oldest first.
    pub async fn all_posts_of(&mut self, account: Id, after: Id, limit: i64) -> Result<Vec<Post>, Error> {
        self.all(
            concat!(
                "select ",
                post_columns!(),
                " from posts p where p.account_id = $1 and p.id > $2 order by p.id limit $3"
            ),
            args![account, after, limit],
        )
        .await
    }

    /// Replies that everybody may see: that there are others is nobody's business.
    pub async fn count_reply(&mut self, post: Id, by: i64) -> Result<(), Error> {
        self.run("update posts set replies_count = replies_count + $2 where id = $1", args![post, by]).await?;
        Ok(())
    }

    pub async fn count_boost(&mut self, post: Id, by: i64) -> Result<(), Error> {
        self.run("update posts set boosts_count = boosts_count + $2 where id = $1", args![post, by]).await?;
        Ok(())
    }

    pub async fn count_favourite(&mut self, post: Id, by: i64) -> Result<(), Error> {
        self.run("update posts set favourites_count = favourites_count + $2 where id = $1", args![post, by]).await?;
        Ok(())
    }

    // Mentions.

    pub async fn put_mention(&mut self, post: Id, account: Id, silent: bool) -> Result<(), Error> {
        self.run(
            "insert into mentions (post_id, account_id, silent) values ($1, $2, $3) \
             on conflict (post_id, account_id) do update set silent = excluded.silent",
            args![post, account, silent],
        )
        .await?;
        Ok(())
    }

    /// Mentions of these posts with what is needed to show them.
    pub async fn mentions(&mut self, posts: &[Id]) -> Result<Vec<Mention>, Error> {
        self.all(
            "select m.post_id, m.account_id, m.silent, a.kind, a.username, a.domain, a.uri, a.url from mentions m \
             join accounts a on a.id = m.account_id where m.post_id in (select value from json_each($1)) order by m.post_id, m.account_id",
            &[ids(posts)],
        )
        .await
    }

    // Objects that are gone.

    pub async fn put_tombstone(&mut self, uri: &str, account_uri: &str, now: Millis) -> Result<(), Error> {
        self.run(
            "insert into tombstones (uri, account_uri, deleted_at, local) values ($1, $2, $3, \
             exists (select 1 from accounts a where a.uri = $2 and a.domain = '')) on conflict (uri, account_uri) do nothing",
            args![uri, account_uri, now],
        )
        .await?;
        Ok(())
    }

    /// When its owner deleted an object.
    pub async fn tombstone(&mut self, uri: &str, account_uri: &str) -> Result<Option<Millis>, Error> {
        self.value("select deleted_at from tombstones where uri = $1 and account_uri = $2", args![uri, account_uri])
            .await
    }

    // Idempotency.

    /// The post that a key of this account made since `since`. Whoever asks in a work that writes has the key to themselves
    /// until its end, so that of two equal requests at once the second finds what the first made.
    pub async fn idempotent_post(&mut self, account: Id, key: &str, since: Millis) -> Result<Option<Id>, Error> {
        if !self.is_sqlite() {
            self.run("select pg_advisory_xact_lock(hashtextextended($2, $1))", args![account, key]).await?;
        }
        self.value(
            "select post_id from idempotency_keys where account_id = $1 and key = $2 and created_at >= $3",
            args![account, key, since],
        )
        .await
    }

    pub async fn put_idempotency_key(&mut self, account: Id, key: &str, post: Id, now: Millis) -> Result<(), Error> {
        self.run(
            "insert into idempotency_keys (account_id, key, post_id, created_at) values ($1, $2, $3, $4) \
             on conflict (account_id, key) do update set post_id = excluded.post_id, created_at = excluded.created_at",
            args![account, key, post, now],
        )
        .await?;
        Ok(())
    }

    /// What an account has in its outbox for everybody: public and unlisted posts and boosts, newest first.
    pub async fn outbox(&mut self, account: Id, page: &Page) -> Result<Vec<Post>, Error> {
        if page.upwards() {
            let mut list = self
                .all(
                    concat!(
                        "select ",
                        post_columns!(),
                        " from posts p where p.account_id = $1 and p.audience >= 60 and (p.boost_of_id is null or exists (select 1 from posts o where o.id = p.boost_of_id and o.audience >= 60 \
                         and not exists (select 1 from accounts x where x.id = o.account_id and (x.suspended_at is not null or x.deleted_at is not null)))) and p.id > $2 and p.id < $3 order by p.id limit $4"
                    ),
                    args![account, page.above(), page.below(), page.limit],
                )
                .await?;
            list.reverse();
            return Ok(list);
        }
        self.all(
            concat!(
                "select ",
                post_columns!(),
                " from posts p where p.account_id = $1 and p.audience >= 60 and (p.boost_of_id is null or exists (select 1 from posts o where o.id = p.boost_of_id and o.audience >= 60 \
                         and not exists (select 1 from accounts x where x.id = o.account_id and (x.suspended_at is not null or x.deleted_at is not null)))) and p.id < $2 and p.id > $3 order by p.id desc limit $4"
            ),
            args![account, page.below(), page.above(), page.limit],
        )
        .await
    }

    /// Public and unlisted answers to a post, for its `replies` collection: `own` picks those of its author or those of the others.
    /// Authors who are suspended or limited here are not recommended to others.
    pub async fn open_replies(
        &mut self,
        post: Id,
        own: bool,
        after: Id,
        limit: i64,
    ) -> Result<Vec<(Id, String)>, Error> {
        let sql = if own {
            concat!(
                "select p.id, p.uri from posts p where p.in_reply_to_id = $1 and p.in_reply_to_account_id = p.account_id \
                 and p.audience >= 60 and p.id > $2 and ",
                visible!("p", "0", "false"),
                " and ",
                not_limited!("p"),
                " order by p.id limit $3"
            )
        } else {
            concat!(
                "select p.id, p.uri from posts p where p.in_reply_to_id = $1 and p.in_reply_to_account_id <> p.account_id \
                 and p.audience >= 60 and p.id > $2 and ",
                visible!("p", "0", "false"),
                " and ",
                not_limited!("p"),
                " order by p.id limit $3"
            )
        };
        self.all(sql, args![post, after, limit]).await
    }

    /// Public and unlisted posts of a conversation after its first one, oldest first: for its `context` collection.
    pub async fn open_posts_of_thread(&mut self, root: Id, after: Id, limit: i64) -> Result<Vec<(Id, String)>, Error> {
        self.all(
            concat!(
                "select p.id, p.uri from posts p where p.root_id = $1 and p.id <> $1 and p.boost_of_id is null and p.audience >= 60 \
                 and p.id > $2 and ",
                visible!("p", "0", "false"),
                " and ",
                not_limited!("p"),
                " order by p.id limit $3"
            ),
            args![root, after, limit],
        )
        .await
    }

    /// Ties replies that came before their parent to it, and the threads under them to its conversation. Answers them.
    /// A reply that the parent itself hangs below is left alone: a conversation has no circles, whatever others claim.
    pub async fn adopt_replies(&mut self, parent: &Post) -> Result<Vec<Post>, Error> {
        let orphans: Vec<Id> = self
            .list(
                "select c.id from posts c where c.in_reply_to_uri = $1 and c.in_reply_to_id is null and c.in_reply_to_uri <> ''",
                args![&parent.uri],
            )
            .await?;
        self.adopt(parent, orphans).await
    }

    /// The same of its author's own replies to what it was elsewhere (`uri`). What others answered there is not tied to it: anybody can
    /// say that their post was another's.
    pub async fn adopt_own_replies(&mut self, parent: &Post, uri: &str) -> Result<Vec<Post>, Error> {
        let orphans: Vec<Id> = self
            .list(
                "select c.id from posts c where c.in_reply_to_uri = $1 and c.in_reply_to_id is null and c.in_reply_to_uri <> '' \
                 and c.account_id = $2",
                args![uri, parent.account_id],
            )
            .await?;
        self.adopt(parent, orphans).await
    }

    async fn adopt(&mut self, parent: &Post, orphans: Vec<Id>) -> Result<Vec<Post>, Error> {
        if orphans.is_empty() {
            return Ok(Vec::new());
        }
        // What stands above the parent cannot hang below it.
        let above: Vec<Id> = self
            .list(
                "with recursive up (id) as (select $1 union select q.in_reply_to_id from up cross join posts q where q.id = up.id \
                 and q.in_reply_to_id is not null) select id from up",
                args![parent.id],
            )
            .await?;
        let orphans: Vec<Id> = orphans.into_iter().filter(|id| !above.contains(id)).collect();
        if orphans.is_empty() {
            return Ok(Vec::new());
        }
        // Who muted one of the conversations that become one has muted the whole.
        self.run(
            "insert into thread_mutes (account_id, root_id) select distinct t.account_id, $2 from thread_mutes t \
             where t.root_id in (select value from json_each($1)) on conflict do nothing",
            &[ids(&orphans), parent.root_id.into()],
        )
        .await?;
        self.run(
            "update posts set root_id = $2 where root_id in (select value from json_each($1))",
            &[ids(&orphans), parent.root_id.into()],
        )
        .await?;
        for root in &orphans {
            self.join_conversations(*root, parent.root_id).await?;
        }
        // Two who adopt at once: each is answered those that it tied.
        let tied: Vec<Id> = self
            .list(
                "update posts set in_reply_to_id = $2, in_reply_to_account_id = $3 where id in (select value from json_each($1)) \
                 and in_reply_to_id is null returning id",
                &[ids(&orphans), parent.id.into(), parent.account_id.into()],
            )
            .await?;
        self.posts(&tied).await
    }
}
