//! Whose streams something belongs in, for all who are connected in one question.

use model::clock::Millis;
use model::id::Id;

use crate::audience::{not_hidden, not_limited, visible};
use crate::row::ids;
use crate::{Error, Tx};

impl Tx {
    /// Which of these posts are in the homes of which of these members, and shown there, as in [`Tx::home`].
    pub async fn shown_in_homes(&mut self, members: &[Id], posts: &[Id]) -> Result<Vec<(Id, Id)>, Error> {
        self.all(
            concat!(
                "select e.account_id, e.post_id from json_each($1) v cross join json_each($2) q \
                 join home_entries e on e.account_id = v.value and e.post_id = q.value join posts p on p.id = e.post_id where ",
                visible!("p", "e.account_id", "true"),
                " and ",
                not_hidden!("p", "e.account_id"),
                " and (p.boost_of_id is null or exists (select 1 from posts o where o.id = p.boost_of_id and ",
                visible!("o", "e.account_id", "true"),
                " and ",
                not_hidden!("o", "e.account_id"),
                "))"
            ),
            &[ids(members), ids(posts)],
        )
        .await
    }

    /// Which of these lists have which of these posts, as [`Tx::list_timeline`] shows them to their owners.
    pub async fn shown_in_lists(&mut self, lists: &[Id], posts: &[Id]) -> Result<Vec<(Id, Id)>, Error> {
        self.all(
            concat!(
                "select e.list_id, e.post_id from json_each($1) v cross join json_each($2) q \
                 join list_entries e on e.list_id = v.value and e.post_id = q.value join lists l on l.id = e.list_id \
                 join posts p on p.id = e.post_id where ",
                visible!("p", "l.account_id", "true"),
                " and ",
                not_hidden!("p", "l.account_id"),
                " and (p.boost_of_id is null or exists (select 1 from posts o where o.id = p.boost_of_id and ",
                visible!("o", "l.account_id", "true"),
                " and ",
                not_hidden!("o", "l.account_id"),
                "))"
            ),
            &[ids(lists), ids(posts)],
        )
        .await
    }

    /// Which of these lists an author is in.
    pub async fn lists_of_author(&mut self, lists: &[Id], author: Id) -> Result<Vec<Id>, Error> {
        self.list(
            "select x.list_id from list_accounts x where x.account_id = $2 and x.list_id in (select value from json_each($1))",
            &[ids(lists), author.into()],
        )
        .await
    }

    /// Which of these members had a post in their homes that may be gone.
    pub async fn had_in_homes(&mut self, members: &[Id], post: Id) -> Result<Vec<Id>, Error> {
        self.list(
            "select e.account_id from json_each($1) v join home_entries e on e.account_id = v.value and e.post_id = $2",
            &[ids(members), post.into()],
        )
        .await
    }

    /// Which of these posts are shown to which of these members where they did not ask for their authors: in public timelines and
    /// those of tags, whatever else these ask for.
    pub async fn shown_in_public(&mut self, members: &[Id], posts: &[Id]) -> Result<Vec<(Id, Id)>, Error> {
        self.all(
            concat!(
                "select v.value, p.id from json_each($1) v cross join json_each($2) q join posts p on p.id = q.value where ",
                visible!("p", "v.value", "true"),
                " and ",
                not_hidden!("p", "v.value"),
                " and ",
                not_limited!("p")
            ),
            &[ids(members), ids(posts)],
        )
        .await
    }

    /// Those of the posts that come with files.
    pub async fn with_media(&mut self, posts: &[Id]) -> Result<Vec<Id>, Error> {
        self.list(
            "select distinct x.post_id from media x where x.post_id in (select value from json_each($1)) and x.position >= 0",
            &[ids(posts)],
        )
        .await
    }

    /// Those of the tokens that still are somebody's who may act.
    pub async fn open_tokens(&mut self, tokens: &[Id], now: Millis) -> Result<Vec<Id>, Error> {
        self.list(
            "select t.id from tokens t join accounts a on a.id = t.account_id join members m on m.account_id = t.account_id \
             where t.id in (select value from json_each($1)) and coalesce(t.expires_at, $2 + 1) > $2 \
             and a.suspended_at is null and a.deleted_at is null and m.state in ('active', 'frozen')",
            &[ids(tokens), now.into()],
        )
        .await
    }
}
