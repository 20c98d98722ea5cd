//! What members take along and bring: archives, lists that are taken in row by row, and posts that were made elsewhere.

use model::id::Id;
use model::post::Post;
use model::takeout::{Archive, Import, ImportRow, RowState};

use crate::row::{ids, json};
use crate::{Error, Tx};

/// Somebody whom a member follows, mutes or blocks, or who follows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tied {
    /// Of the follow, the mute or the block: what such lists are in order by.
    pub id: Id,
    pub account_id: Id,
    pub username: String,
    /// Empty for who is of this node.
    pub domain: String,
    /// Of a follow: boosts are shown. Of a mute: notifications are hidden.
    pub flag: bool,
    pub notify: bool,
    pub languages: Vec<String>,
}

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circle {
    Following,
    Followers,
    Muting,
    Blocking,
}

/// How many rows of an import are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    pub done: i64,
    pub failed: i64,
    pub skipped: i64,
}

row!(Tied: id, account_id, username, domain, flag, notify, languages);
row!(Archive, archive_columns, "v.": id, account_id, state, path, size, total, done, created_at, finished_at);
row!(Import, import_columns, "i.": id, account_id, kind, overwrite, state, stage, cursor, total, done, failed, skipped, path, origin, failure,
    created_at, finished_at);
row!(ImportRow, import_row_columns, "r.": import_id, position, name, cells, state, retry_at, attempts, reason);

impl Tx {
    // What goes along.

    /// Whom a member follows (as far as they were let), mutes or blocks, or who follows them; the last first, below the row `below`.
    pub async fn circle_of(&mut self, account: Id, of: Circle, below: Id, limit: i64) -> Result<Vec<Tied>, Error> {
        let sql = match of {
            Circle::Following => {
                "select f.id, f.target_id, a.username, a.domain, f.show_boosts, f.notify, f.languages from follows f \
                 cross join accounts a where f.follower_id = $1 and f.accepted = true and f.id < $2 and a.id = f.target_id \
                 order by f.id desc limit $3"
            }
            Circle::Followers => {
                "select f.id, f.follower_id, a.username, a.domain, true, false, '[]' from follows f cross join accounts a \
                 where f.target_id = $1 and f.accepted = true and f.id < $2 and a.id = f.follower_id order by f.id desc limit $3"
            }
            Circle::Muting => {
                "select m.id, m.target_id, a.username, a.domain, m.hide_notifications, false, '[]' from mutes m join accounts a on a.id = m.target_id \
                 where m.account_id = $1 and m.id < $2 order by m.id desc limit $3"
            }
            Circle::Blocking => {
                "select b.id, b.target_id, a.username, a.domain, true, false, '[]' from blocks b join accounts a on a.id = b.target_id \
                 where b.account_id = $1 and b.id < $2 order by b.id desc limit $3"
            }
        };
        self.all(sql, args![account, below, limit]).await
    }

    /// Who is in a list, by the ids of the accounts, from `after` on: id, username, domain.
    pub async fn names_in_list(&mut self, list: Id, after: Id, limit: i64) -> Result<Vec<(Id, String, String)>, Error> {
        self.all(
            "select x.account_id, a.username, a.domain from list_accounts x cross join accounts a \
             where x.list_id = $1 and x.account_id > $2 and a.id = x.account_id order by x.account_id limit $3",
            args![list, after, limit],
        )
        .await
    }

    /// A member's bookmarks, the last first: the row, the post, its id for everybody.
    pub async fn bookmarked(&mut self, account: Id, below: Id, limit: i64) -> Result<Vec<(Id, Id, String)>, Error> {
        self.all(
            "select v.id, v.post_id, p.uri from bookmarks v cross join posts p where v.account_id = $1 and v.id < $2 \
             and p.id = v.post_id order by v.id desc limit $3",
            args![account, below, limit],
        )
        .await
    }

    /// What a member favourited, the first first: the row, and the post's id for everybody.
    pub async fn favourited(&mut self, account: Id, after: Id, limit: i64) -> Result<Vec<(Id, String)>, Error> {
        self.all(
            "select v.id, p.uri from favourites v cross join posts p where v.account_id = $1 and v.id > $2 \
             and p.id = v.post_id order by v.id limit $3",
            args![account, after, limit],
        )
        .await
    }

    /// A member's experiments, the first first: their posts.
    pub async fn experiments_by(&mut self, account: Id, after: Id, limit: i64) -> Result<Vec<Id>, Error> {
        self.list(
            "select x.post_id from experiments x where x.account_id = $1 and x.post_id > $2 order by x.post_id limit $3",
            args![account, after, limit],
        )
        .await
    }

    // Archives.

    pub async fn insert_archive(&mut self, a: &Archive) -> Result<(), Error> {
        self.run(
            "insert into archives (id, account_id, state, path, size, total, done, created_at, finished_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            args![a.id, a.account_id, a.state.name(), &a.path, a.size, a.total, a.done, a.created_at, a.finished_at],
        )
        .await?;
        Ok(())
    }

    pub async fn archive(&mut self, id: Id) -> Result<Option<Archive>, Error> {
        self.one(concat!("select ", archive_columns!(), " from archives v where v.id = $1"), args![id]).await
    }

    /// A member's archives, the last first; there are few.
    pub async fn archives(&mut self, account: Id) -> Result<Vec<Archive>, Error> {
        self.all(
            concat!(
                "select ",
                archive_columns!(),
                " from archives v where v.account_id = $1 order by v.id desc limit 100"
            ),
            args![account],
        )
        .await
    }

    /// All archives, in steps by id.
    pub async fn archives_after(&mut self, after: Id, limit: i64) -> Result<Vec<Archive>, Error> {
        self.all(
            concat!("select ", archive_columns!(), " from archives v where v.id > $1 order by v.id limit $2"),
            args![after, limit],
        )
        .await
    }

    /// Writes down how far an archive is; `false` if there is none any more.
    pub async fn update_archive(&mut self, a: &Archive) -> Result<bool, Error> {
        let sql = "update archives set state = $2, size = $3, total = $4, done = $5, finished_at = $6 where id = $1";
        let changed = self.run(sql, args![a.id, a.state.name(), a.size, a.total, a.done, a.finished_at]).await?;
        Ok(changed > 0)
    }

    pub async fn delete_archive(&mut self, id: Id) -> Result<bool, Error> {
        Ok(self.run("delete from archives where id = $1", args![id]).await? > 0)
    }

    // Imports.

    pub async fn insert_import(&mut self, i: &Import) -> Result<(), Error> {
        self.run(
            "insert into imports (id, account_id, kind, overwrite, state, stage, cursor, total, done, failed, skipped, path, origin, \
             failure, created_at, finished_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            args![
                i.id,
                i.account_id,
                i.kind.name(),
                i.overwrite,
                i.state.name(),
                i.stage.name(),
                i.cursor,
                i.total,
                i.done,
                i.failed,
                i.skipped,
                &i.path,
                &i.origin,
                &i.failure,
                i.created_at,
                i.finished_at
            ],
        )
        .await?;
        Ok(())
    }

    pub async fn import(&mut self, id: Id) -> Result<Option<Import>, Error> {
        self.one(concat!("select ", import_columns!(), " from imports i where i.id = $1"), args![id]).await
    }

    /// The same, which stays as it is until this work ends.
    pub async fn lock_import(&mut self, id: Id) -> Result<Option<Import>, Error> {
        if self.is_sqlite() {
            return self.import(id).await;
        }
        let sql = concat!("select ", import_columns!(), " from imports i where i.id = $1 for update");
        self.one(sql, args![id]).await
    }

    /// A member's imports, the last first, below the one `below`.
    pub async fn imports(&mut self, account: Id, below: Id, limit: i64) -> Result<Vec<Import>, Error> {
        self.all(
            concat!(
                "select ",
                import_columns!(),
                " from imports i where i.account_id = $1 and i.id < $2 order by i.id desc limit $3"
            ),
            args![account, below, limit],
        )
        .await
    }

    /// All imports, in steps by id.
    pub async fn imports_after(&mut self, after: Id, limit: i64) -> Result<Vec<Import>, Error> {
        self.all(
            concat!("select ", import_columns!(), " from imports i where i.id > $1 order by i.id limit $2"),
            args![after, limit],
        )
        .await
    }

    /// Writes down how far an import is, but for what is counted.
    pub async fn update_import(&mut self, i: &Import) -> Result<(), Error> {
        self.run(
            "update imports set state = $2, stage = $3, cursor = $4, total = $5, path = $6, origin = $7, failure = $8, finished_at = $9 \
             where id = $1",
            args![
                i.id,
                i.state.name(),
                i.stage.name(),
                i.cursor,
                i.total,
                &i.path,
                &i.origin,
                &i.failure,
                i.finished_at
            ],
        )
        .await?;
        Ok(())
    }

    pub async fn count_import(&mut self, id: Id, more: Counted) -> Result<(), Error> {
        self.run(
            "update imports set done = done + $2, failed = failed + $3, skipped = skipped + $4 where id = $1",
            args![id, more.done, more.failed, more.skipped],
        )
        .await?;
        Ok(())
    }

    pub async fn delete_import(&mut self, id: Id) -> Result<bool, Error> {
        Ok(self.run("delete from imports where id = $1", args![id]).await? > 0)
    }

    pub async fn insert_import_row(&mut self, r: &ImportRow) -> Result<(), Error> {
        self.run(
            "insert into import_rows (import_id, position, name, cells, state, retry_at, attempts, reason) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
            &[
                r.import_id.into(),
                r.position.into(),
                (&r.name).into(),
                json(&r.cells),
                r.state.name().into(),
                r.retry_at.into(),
                r.attempts.into(),
                (&r.reason).into(),
            ],
        )
        .await?;
        Ok(())
    }

    /// Rows that wait to be done, those first whose time comes first.
    pub async fn waiting_rows(&mut self, import: Id, limit: i64) -> Result<Vec<ImportRow>, Error> {
        self.all(
            concat!(
                "select ",
                import_row_columns!(),
                " from import_rows r where r.import_id = $1 and r.state = 'waiting' order by r.retry_at, r.position limit $2"
            ),
            args![import, limit],
        )
        .await
    }

    /// Rows that could not be done, in their order, from `after` on.
    pub async fn failed_rows(&mut self, import: Id, after: i64, limit: i64) -> Result<Vec<ImportRow>, Error> {
        self.all(
            concat!(
                "select ",
                import_row_columns!(),
                " from import_rows r where r.import_id = $1 and r.state = 'failed' and r.position > $2 order by r.position limit $3"
            ),
            args![import, after, limit],
        )
        .await
    }

    /// Writes down what became of a row that waited; `false` if that is known, or the row is gone.
    pub async fn settle_row(&mut self, r: &ImportRow, target: Option<Id>) -> Result<bool, Error> {
        let changed = self
            .run(
                "update import_rows set state = $3, retry_at = $4, attempts = $5, reason = $6, target_id = $7 \
                 where import_id = $1 and position = $2 and state = 'waiting'",
                args![r.import_id, r.position, r.state.name(), r.retry_at, r.attempts, &r.reason, target],
            )
            .await?;
        Ok(changed > 0)
    }

    /// Whether a list that is taken in names this, or has a row that turned out to be this account or post.
    pub async fn import_names(&mut self, import: Id, name: &str, target: Id) -> Result<bool, Error> {
        let by_name = "select true from import_rows where import_id = $1 and name = $2 limit 1";
        if self.value(by_name, args![import, name]).await?.unwrap_or(false) {
            return Ok(true);
        }
        let by_target = "select true from import_rows where import_id = $1 and target_id = $2 limit 1";
        Ok(target != 0 && self.value(by_target, args![import, target]).await?.unwrap_or(false))
    }

    /// Removes rows in one of these states, so many.
    pub async fn drop_import_rows(&mut self, import: Id, state: RowState, limit: i64) -> Result<u64, Error> {
        self.run(
            "delete from import_rows where import_id = $1 and position in \
             (select r.position from import_rows r where r.import_id = $1 and r.state = $2 order by r.retry_at, r.position limit $3)",
            args![import, state.name(), limit],
        )
        .await
    }

    // Posts that were made elsewhere.

    /// Remembers what a post was where it was made; `false` if the member has one that was the same.
    pub async fn put_imported(&mut self, post: &Post, uri: &str, url: &str) -> Result<bool, Error> {
        let sql =
            "insert into imported_posts (post_id, account_id, uri, url) values ($1, $2, $3, $4) on conflict do nothing";
        Ok(self.run(sql, args![post.id, post.account_id, uri, url]).await? > 0)
    }

    /// The post of a member that was this one elsewhere.
    pub async fn imported(&mut self, account: Id, uri: &str) -> Result<Option<Id>, Error> {
        self.value("select post_id from imported_posts where account_id = $1 and uri = $2", args![account, uri]).await
    }

    /// Which of these posts were made elsewhere, with the address of the page that each had there.
    pub async fn imported_from(&mut self, posts: &[Id]) -> Result<Vec<(Id, String)>, Error> {
        self.all(
            "select m.post_id, m.url from imported_posts m where m.post_id in (select value from json_each($1))",
            &[ids(posts)],
        )
        .await
    }

    /// Nothing of what a member took along or brought is kept any more; answers the keys of the files.
    pub async fn forget_takeouts(&mut self, account: Id) -> Result<Vec<String>, Error> {
        let mut keys: Vec<String> =
            self.list("delete from archives where account_id = $1 returning path", args![account]).await?;
        let archives: Vec<String> =
            self.list("delete from imports where account_id = $1 returning path", args![account]).await?;
        keys.extend(archives.into_iter().filter(|key| !key.is_empty()));
        Ok(keys)
    }
}
