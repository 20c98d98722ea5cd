//! Filters: what a member does not want to read.

use model::filter::{Filter, FilteredPost, Keyword};
use model::id::Id;

use crate::row::{ids, json};
use crate::{Error, Tx};

row!(Filter, filter_columns, "f.": id, account_id, title, contexts, action, expires_at);
row!(Keyword, keyword_columns, "k.": id, filter_id, keyword, whole_word);
row!(FilteredPost, filtered_columns, "s.": id, filter_id, post_id);

impl Tx {
    /// A member's filters, those that are over among them, the oldest first.
    pub async fn filters(&mut self, account: Id) -> Result<Vec<Filter>, Error> {
        self.all(
            concat!("select ", filter_columns!(), " from filters f where f.account_id = $1 order by f.id"),
            args![account],
        )
        .await
    }

    /// One of a member's filters.
    pub async fn filter_of(&mut self, account: Id, id: Id) -> Result<Option<Filter>, Error> {
        self.one(
            concat!("select ", filter_columns!(), " from filters f where f.id = $2 and f.account_id = $1"),
            args![account, id],
        )
        .await
    }

    /// Adds or changes a filter.
    pub async fn put_filter(&mut self, f: &Filter) -> Result<(), Error> {
        self.run(
            "insert into filters (id, account_id, title, contexts, action, expires_at) values ($1, $2, $3, $4, $5, $6) \
             on conflict (id) do update set title = excluded.title, contexts = excluded.contexts, action = excluded.action, \
             expires_at = excluded.expires_at",
            &[
                f.id.into(),
                f.account_id.into(),
                (&f.title).into(),
                json(&f.contexts),
                f.action.into(),
                f.expires_at.into(),
            ],
        )
        .await?;
        Ok(())
    }

    /// Removes a filter with its keywords.
    pub async fn delete_filter(&mut self, id: Id) -> Result<(), Error> {
        self.run("delete from filters where id = $1", args![id]).await?;
        Ok(())
    }

    /// What these filters look for.
    pub async fn filter_keywords(&mut self, filters: &[Id]) -> Result<Vec<Keyword>, Error> {
        self.all(
            concat!(
                "select ",
                keyword_columns!(),
                " from filter_keywords k where k.filter_id in (select value from json_each($1)) order by k.filter_id, k.id"
            ),
            &[ids(filters)],
        )
        .await
    }

    /// One keyword of a member's filters.
    pub async fn filter_keyword(&mut self, account: Id, id: Id) -> Result<Option<Keyword>, Error> {
        self.one(
            concat!(
                "select ",
                keyword_columns!(),
                " from filter_keywords k join filters f on f.id = k.filter_id where k.id = $2 and f.account_id = $1"
            ),
            args![account, id],
        )
        .await
    }

    /// How many keywords a member's filters have.
    pub async fn count_filter_keywords(&mut self, account: Id) -> Result<i64, Error> {
        let sql = "select count(*) from filters f join filter_keywords k on k.filter_id = f.id where f.account_id = $1";
        Ok(self.value(sql, args![account]).await?.unwrap_or(0))
    }

    /// Adds or changes a keyword.
    pub async fn put_filter_keyword(&mut self, k: &Keyword) -> Result<(), Error> {
        self.run(
            "insert into filter_keywords (id, filter_id, keyword, whole_word) values ($1, $2, $3, $4) \
             on conflict (id) do update set keyword = excluded.keyword, whole_word = excluded.whole_word",
            args![k.id, k.filter_id, &k.keyword, k.whole_word],
        )
        .await?;
        Ok(())
    }

    pub async fn delete_filter_keyword(&mut self, id: Id) -> Result<(), Error> {
        self.run("delete from filter_keywords where id = $1", args![id]).await?;
        Ok(())
    }

    /// The single posts that these filters catch.
    pub async fn filter_posts(&mut self, filters: &[Id]) -> Result<Vec<FilteredPost>, Error> {
        self.all(
            concat!(
                "select ",
                filtered_columns!(),
                " from filter_posts s where s.filter_id in (select value from json_each($1)) order by s.filter_id, s.post_id"
            ),
            &[ids(filters)],
        )
        .await
    }

    /// Those of them among these posts.
    pub async fn filter_posts_among(&mut self, filters: &[Id], posts: &[Id]) -> Result<Vec<FilteredPost>, Error> {
        self.all(
            concat!(
                "select ",
                filtered_columns!(),
                " from filter_posts s where s.filter_id in (select value from json_each($1)) \
                 and s.post_id in (select value from json_each($2)) order by s.filter_id, s.post_id"
            ),
            &[ids(filters), ids(posts)],
        )
        .await
    }

    /// One post that a member's filters catch.
    pub async fn filter_post(&mut self, account: Id, id: Id) -> Result<Option<FilteredPost>, Error> {
        self.one(
            concat!(
                "select ",
                filtered_columns!(),
                " from filter_posts s join filters f on f.id = s.filter_id where s.id = $2 and f.account_id = $1"
            ),
            args![account, id],
        )
        .await
    }

    /// `false` if the filter catches the post already.
    pub async fn put_filter_post(&mut self, s: &FilteredPost) -> Result<bool, Error> {
        let put = "insert into filter_posts (id, filter_id, post_id) values ($1, $2, $3) on conflict (filter_id, post_id) do nothing";
        Ok(self.run(put, args![s.id, s.filter_id, s.post_id]).await? > 0)
    }

    pub async fn delete_filter_post(&mut self, id: Id) -> Result<(), Error> {
        self.run("delete from filter_posts where id = $1", args![id]).await?;
        Ok(())
    }
}
