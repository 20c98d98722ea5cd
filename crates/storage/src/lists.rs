//! Lists and their timelines, which are kept as entries, like homes.

use model::account::Account;
use model::audience::Audience;
use model::id::Id;
use model::list::List;
use model::page::Page;
use model::post::Post;

use crate::audience::{not_hidden, visible};
use crate::follows::WithRow;
use crate::timelines::{paged, wanted};
use crate::{Error, Tx};

row!(List, list_columns, "l.": id, account_id, title, replies_policy, exclusive);

/// `not_set_apart!(owner, author)`: no exclusive list of the owner's has the author.
macro_rules! not_set_apart {
    ($owner:literal, $author:literal) => {
        concat!(
            "not exists (select 1 from list_accounts sx cross join lists sl where sx.account_id = ",
            $author,
            " and sx.owner_id = ",
            $owner,
            " and sl.id = sx.list_id and sl.exclusive)"
        )
    };
}
pub(crate) use not_set_apart;

/// `in_list!(is_boost, reply_to, language, author, root)`: list `l`, which has the author (`x`), wants such a post of theirs; `f` is its
/// owner's follow, if there is one.
macro_rules! in_list {
    ($is_boost:literal, $reply_to:literal, $language:literal, $author:literal, $root:literal) => {
        concat!(
            "(x.owner_id = ",
            $author,
            " or f.id is not null and ",
            wanted!($is_boost, $reply_to, $language, $author),
            ") and (",
            $reply_to,
            " in (0, x.owner_id, ",
            $author,
            ") or l.replies_policy = 'followed' or (l.replies_policy = 'list' \
             and exists (select 1 from list_accounts o where o.list_id = l.id and o.account_id = ",
            $reply_to,
            "))) and not exists (select 1 from blocks b where b.account_id = x.owner_id and b.target_id = ",
            $author,
            ") and not exists (select 1 from thread_mutes t where t.account_id = x.owner_id and t.root_id = ",
            $root,
            ")"
        )
    };
}

impl Tx {
    /// A member's lists, the oldest first.
    pub async fn lists(&mut self, account: Id) -> Result<Vec<List>, Error> {
        self.all(
            concat!("select ", list_columns!(), " from lists l where l.account_id = $1 order by l.id"),
            args![account],
        )
        .await
    }

    /// One of a member's lists.
    pub async fn list_of(&mut self, account: Id, id: Id) -> Result<Option<List>, Error> {
        self.one(
            concat!("select ", list_columns!(), " from lists l where l.id = $2 and l.account_id = $1"),
            args![account, id],
        )
        .await
    }

    /// Those of a member's lists that have somebody.
    pub async fn lists_with(&mut self, owner: Id, account: Id) -> Result<Vec<List>, Error> {
        self.all(
            concat!(
                "select ",
                list_columns!(),
                " from list_accounts x join lists l on l.id = x.list_id where x.account_id = $2 and x.owner_id = $1 order by x.list_id"
            ),
            args![owner, account],
        )
        .await
    }

    pub async fn insert_list(&mut self, l: &List) -> Result<(), Error> {
        self.run(
            "insert into lists (id, account_id, title, replies_policy, exclusive) values ($1, $2, $3, $4, $5)",
            args![l.id, l.account_id, &l.title, l.replies_policy, l.exclusive],
        )
        .await?;
        Ok(())
    }

    pub async fn update_list(&mut self, l: &List) -> Result<(), Error> {
        self.run(
            "update lists set title = $2, replies_policy = $3, exclusive = $4 where id = $1",
            args![l.id, &l.title, l.replies_policy, l.exclusive],
        )
        .await?;
        Ok(())
    }

    /// Removes a list with all that is in it.
    pub async fn delete_list(&mut self, list: Id) -> Result<bool, Error> {
        Ok(self.run("delete from lists where id = $1", args![list]).await? > 0)
    }

    /// Who is in a list; the page runs over the ids of the accounts.
    pub async fn accounts_in_list(&mut self, list: Id, page: &Page) -> Result<Vec<(Id, Account)>, Error> {
        let found: Result<Vec<WithRow>, Error> = paged!(
            self,
            page,
            "x.account_id",
            concat!("select x.account_id, ", account_columns!(), " from list_accounts x cross join accounts a"),
            // A cross join is read from left to right by SQLite.
            "x.list_id = $1 and a.id = x.account_id and a.suspended_at is null",
            [list],
            "$2",
            "$3",
            "$4"
        );
        Ok(found?.into_iter().map(|r| (r.0, r.1)).collect())
    }

    /// `false` if they are in it already.
    pub async fn put_in_list(&mut self, list: &List, account: Id) -> Result<bool, Error> {
        let put =
            "insert into list_accounts (list_id, account_id, owner_id) values ($1, $2, $3) on conflict do nothing";
        Ok(self.run(put, args![list.id, account, list.account_id]).await? > 0)
    }

    /// Takes somebody out of a list; `account` 0: everybody. Their posts are still in it: [`Tx::clear_list_of`].
    pub async fn take_out_of_list(&mut self, list: Id, account: Id) -> Result<u64, Error> {
        self.run("delete from list_accounts where list_id = $1 and ($2 = 0 or account_id = $2)", args![list, account])
            .await
    }

    /// Takes an author's posts out of a list.
    pub async fn clear_list_of(&mut self, list: Id, author: Id) -> Result<u64, Error> {
        self.run(
            "delete from list_entries where list_id = $1 and post_id in \
             (select e.post_id from list_entries e join posts p on p.id = e.post_id where e.list_id = $1 and p.account_id = $2)",
            args![list, author],
        )
        .await
    }

    /// Puts `to` into all lists of the owner's that have `from`.
    pub async fn copy_in_lists(&mut self, owner: Id, from: Id, to: Id) -> Result<u64, Error> {
        self.run(
            "insert into list_accounts (list_id, account_id, owner_id) select x.list_id, $3, x.owner_id from list_accounts x \
             where x.account_id = $2 and x.owner_id = $1 on conflict do nothing",
            args![owner, from, to],
        )
        .await
    }

    /// Puts a post into the lists that have its author, as far as they want it. What is only for those whom it names is in no list.
    pub(crate) async fn fan_out_lists(&mut self, post: &Post, language: &str) -> Result<u64, Error> {
        if post.audience < Audience::Team {
            return Ok(0);
        }
        self.run(
            concat!(
                "insert into list_entries (list_id, post_id) select l.id, $1 from list_accounts x cross join lists l \
                 left join follows f on f.follower_id = x.owner_id and f.target_id = $2 and f.accepted \
                 where x.account_id = $2 and l.id = x.list_id and ",
                in_list!("$3", "$4", "$6", "$2", "$5"),
                " and ($7 = 0 or exists (select 1 from team_members z where z.team_id = $7 and z.account_id = x.owner_id)) on conflict do nothing"
            ),
            args![
                post.id,
                post.account_id,
                post.boost_of_id.is_some(),
                post.in_reply_to_account_id.unwrap_or(0),
                post.root_id,
                language,
                post.team_id.unwrap_or(0)
            ],
        )
        .await
    }

    /// Fills the owner's lists that have an author (or one of them, if `list` is not 0) with what the author's newest posts have for them.
    pub async fn fill_lists(&mut self, owner: Id, author: Id, list: Id, limit: i64) -> Result<u64, Error> {
        self.run(
            concat!(
                "insert into list_entries (list_id, post_id) select l.id, p.id from \
                 (select * from posts q where q.account_id = $2 and q.audience >= 50 order by q.id desc limit $4) p \
                 cross join list_accounts x cross join lists l \
                 left join follows f on f.follower_id = $1 and f.target_id = $2 and f.accepted \
                 where x.account_id = $2 and x.owner_id = $1 and ($3 = 0 or x.list_id = $3) and l.id = x.list_id \
                 and (p.in_reply_to_uri = '' or p.in_reply_to_account_id is not null) and ",
                in_list!(
                    "p.boost_of_id is not null",
                    "coalesce(p.in_reply_to_account_id, 0)",
                    "p.language",
                    "$2",
                    "p.root_id"
                ),
                " on conflict do nothing"
            ),
            args![owner, author, list, limit],
        )
        .await
    }

    /// What those in a list wrote goes from its owner's home: it is exclusive now. `account` 0: everybody's.
    pub async fn set_list_apart(&mut self, list: &List, account: Id) -> Result<u64, Error> {
        self.run(
            "delete from home_entries where account_id = $1 and post_id in (select e.post_id from home_entries e \
             join posts p on p.id = e.post_id join list_accounts x on x.list_id = $2 and x.account_id = p.account_id \
             where e.account_id = $1 and p.account_id <> $1 and ($3 = 0 or p.account_id = $3))",
            args![list.account_id, list.id, account],
        )
        .await
    }

    /// What is in a list comes into its owner's home, unless it is set apart (still, or by another list). `account` 0: everybody's.
    pub async fn bring_list_home(&mut self, list: &List, account: Id) -> Result<u64, Error> {
        self.run(
            concat!(
                "insert into home_entries (account_id, post_id) select $1, e.post_id from list_entries e join posts p on p.id = e.post_id \
                 where e.list_id = $2 and ($3 = 0 or p.account_id = $3) and ",
                not_set_apart!("$1", "p.account_id"),
                " on conflict do nothing"
            ),
            args![list.account_id, list.id, account],
        )
        .await
    }

    /// Keeps the newest `keep` entries of each of a member's lists.
    pub async fn trim_lists(&mut self, account: Id, keep: i64) -> Result<u64, Error> {
        let mut gone = 0;
        for list in self.lists(account).await? {
            gone += self
                .run(
                    "delete from list_entries where list_id = $1 and post_id <= \
                     (select e.post_id from list_entries e where e.list_id = $1 order by e.post_id desc limit 1 offset $2)",
                    args![list.id, keep],
                )
                .await?;
        }
        Ok(gone)
    }

    /// What is in a list, newest first. A boost shows only if what it boosts does.
    pub async fn list_timeline(&mut self, list: &List, page: &Page) -> Result<Vec<Post>, Error> {
        paged!(
            self,
            page,
            "e.post_id",
            concat!("select ", post_columns!(), " from list_entries e join posts p on p.id = e.post_id"),
            concat!(
                "e.list_id = $2 and ",
                visible!("p", "$1", "true"),
                " and ",
                not_hidden!("p", "$1"),
                " and (p.boost_of_id is null or exists (select 1 from posts o where o.id = p.boost_of_id and ",
                visible!("o", "$1", "true"),
                " and ",
                not_hidden!("o", "$1"),
                "))"
            ),
            [list.account_id, list.id],
            "$3",
            "$4",
            "$5"
        )
    }
}
