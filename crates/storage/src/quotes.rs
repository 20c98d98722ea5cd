//! Quotes, how often a post is quoted, and the stamps that our people gave.

use model::audience::Viewer;
use model::clock::Millis;
use model::id::Id;
use model::page::Page;
use model::post::Post;
use model::quote::{Quote, QuoteState, Stamp, StampKind};

use crate::audience::{not_hidden, visible};
use crate::row::ids;
use crate::timelines::paged;
use crate::{Error, Tx};

row!(Quote: post_id, quoted_id, quoted_uri, state, stamp, request, legacy, checked_at, quoted_url);
row!(Stamp, stamp_columns, "s.": id, kind, account_id, target, target_id, object, actor_id);

macro_rules! quotes_where {
    ($where:literal) => {
        concat!(
            "select q.post_id, q.quoted_id, q.quoted_uri, q.state, q.stamp, q.request, q.legacy, q.checked_at, \
             coalesce(t.url, '') from quotes q left join posts t on t.id = q.quoted_id where ",
            $where
        )
    };
}

impl Tx {
    /// Writes what a post quotes, and keeps the count of the quoted post.
    pub async fn put_quote(&mut self, q: &Quote) -> Result<(), Error> {
        if !self.is_sqlite() {
            // Of two who say yes at once the second finds that it is counted.
            self.run("select q.post_id from quotes q where q.post_id = $1 for update", args![q.post_id]).await?;
        }
        self.count_quote(q.post_id, -1).await?;
        self.run(
            "insert into quotes (post_id, quoted_id, quoted_uri, state, stamp, request, legacy, checked_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (post_id) do update set quoted_id = excluded.quoted_id, \
             quoted_uri = excluded.quoted_uri, state = excluded.state, stamp = excluded.stamp, request = excluded.request, \
             legacy = excluded.legacy, checked_at = excluded.checked_at",
            args![q.post_id, q.quoted_id, &q.quoted_uri, q.state, &q.stamp, &q.request, q.legacy, q.checked_at],
        )
        .await?;
        self.count_quote(q.post_id, 1).await
    }

    /// Accepted quotes that everybody may see: that there are others is nobody's business.
    async fn count_quote(&mut self, post: Id, by: i64) -> Result<(), Error> {
        self.run(
            "insert into interactions (post_id, quotes_count) select q.quoted_id, $2 from quotes q join posts p on p.id = q.post_id \
             where q.post_id = $1 and q.state = 'accepted' and q.quoted_id is not null and p.audience >= 60 \
             on conflict (post_id) do update set quotes_count = interactions.quotes_count + excluded.quotes_count",
            args![post, by],
        )
        .await?;
        Ok(())
    }

    /// Before a post goes: it quotes no more, and what quotes it quotes what is gone.
    pub(crate) async fn leave_quotes(&mut self, post: Id) -> Result<(), Error> {
        self.count_quote(post, -1).await?;
        self.run(
            "update quotes set quoted_id = null, checked_at = 0, \
             state = case when state in ('accepted', 'pending') then 'deleted' else state end where quoted_id = $1",
            args![post],
        )
        .await?;
        Ok(())
    }

    pub async fn delete_quote(&mut self, post: Id) -> Result<(), Error> {
        self.count_quote(post, -1).await?;
        self.run("delete from quotes where post_id = $1", args![post]).await?;
        Ok(())
    }

    /// What these posts quote.
    pub async fn quotes(&mut self, posts: &[Id]) -> Result<Vec<Quote>, Error> {
        self.all(quotes_where!("q.post_id in (select value from json_each($1))"), &[ids(posts)]).await
    }

    pub async fn quote(&mut self, post: Id) -> Result<Option<Quote>, Error> {
        Ok(self.quotes(&[post]).await?.pop())
    }

    pub async fn quote_by_request(&mut self, request: &str) -> Result<Option<Quote>, Error> {
        self.one(quotes_where!("q.request = $1 and q.request <> '' limit 1"), args![request]).await
    }

    /// The quotes that rest on this stamp: one, unless somebody claims another's.
    pub async fn quotes_by_stamp(&mut self, stamp: &str) -> Result<Vec<Quote>, Error> {
        self.all(quotes_where!("q.stamp = $1 and q.stamp <> '' limit 100"), args![stamp]).await
    }

    /// Posts whose stamps on other servers were last seen before `before`, the longest unseen first.
    pub async fn quotes_to_check(&mut self, before: Millis, limit: i64) -> Result<Vec<Id>, Error> {
        self.list(
            "select q.post_id from quotes q where q.checked_at > 0 and q.checked_at < $1 order by q.checked_at limit $2",
            args![before, limit],
        )
        .await
    }

    /// Accepted quotes of a post that the viewer may see and has not hidden.
    pub async fn quotes_of(&mut self, post: Id, viewer: Viewer, page: &Page) -> Result<Vec<Post>, Error> {
        paged!(
            self,
            page,
            "q.post_id",
            concat!("select ", post_columns!(), " from quotes q join posts p on p.id = q.post_id"),
            concat!(
                "q.quoted_id = $1 and q.state = 'accepted' and ",
                visible!("p", "$2", "$3"),
                " and ",
                not_hidden!("p", "$2")
            ),
            [post, viewer.id(), viewer.is_member()],
            "$4",
            "$5",
            "$6"
        )
    }

    // Stamps.

    /// Adds a stamp; the one that stands there already, if the same was given before.
    pub async fn put_stamp(&mut self, s: &Stamp, now: Millis) -> Result<Stamp, Error> {
        self.run(
            "insert into stamps (id, kind, account_id, target, target_id, object, actor_id, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (target, object) do nothing",
            args![s.id, s.kind, s.account_id, &s.target, s.target_id, &s.object, s.actor_id, now],
        )
        .await?;
        Ok(self.stamp_of(&s.target, &s.object).await?.unwrap_or_else(|| s.clone()))
    }

    pub async fn stamp(&mut self, id: Id) -> Result<Option<Stamp>, Error> {
        self.one(concat!("select ", stamp_columns!(), " from stamps s where s.id = $1 and not s.revoked"), args![id])
            .await
    }

    pub async fn stamp_of(&mut self, target: &str, object: &str) -> Result<Option<Stamp>, Error> {
        self.one(
            concat!(
                "select ",
                stamp_columns!(),
                " from stamps s where s.target = $1 and s.object = $2 and not s.revoked"
            ),
            args![target, object],
        )
        .await
    }

    /// Takes a stamp back for good: nobody finds it, and the same is not given again.
    pub async fn revoke_stamp(&mut self, id: Id) -> Result<(), Error> {
        self.run("update stamps set revoked = true where id = $1", args![id]).await?;
        Ok(())
    }

    pub async fn is_stamp_revoked(&mut self, target: &str, object: &str) -> Result<bool, Error> {
        Ok(self
            .value("select revoked from stamps where target = $1 and object = $2", args![target, object])
            .await?
            .unwrap_or(false))
    }

    /// Stamps of one kind that an account gave, oldest first.
    pub async fn stamps_by(&mut self, account: Id, kind: StampKind, limit: i64) -> Result<Vec<Stamp>, Error> {
        self.all(
            concat!(
                "select ",
                stamp_columns!(),
                " from stamps s where s.account_id = $1 and s.kind = $2 order by s.id limit $3"
            ),
            args![account, kind, limit],
        )
        .await
    }

    pub async fn delete_stamp(&mut self, id: Id) -> Result<(), Error> {
        self.run("delete from stamps where id = $1", args![id]).await?;
        Ok(())
    }

    /// Sets the state of a quote; what else is known of it stays.
    pub async fn set_quote_state(&mut self, quote: &Quote, state: QuoteState) -> Result<(), Error> {
        self.put_quote(&Quote { state, checked_at: 0, ..quote.clone() }).await
    }
}
