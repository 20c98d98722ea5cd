//! What the operator's commands ask of a database: is it ours, is it whole, does what is counted agree with what is there.

use model::clock::Millis;
use model::id::Id;
use sqlx::{AssertSqlSafe, Executor as _};

use crate::copy::TABLES;
use crate::store::Engine;
use crate::{Error, Store, Tx};

/// How the tables of a database stand to this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Nothing is there yet.
    Empty,
    /// Made by an earlier version; [`Store::migrate`] brings it up to date.
    Older,
    Current,
    /// Made by a later version than this.
    Newer,
}

/// Counts kept with an account of this node, each followed by what is really there.
#[derive(Clone, Debug)]
pub struct AccountCounts {
    pub id: Id,
    pub username: String,
    pub followers: i64,
    pub followers_found: i64,
    pub following: i64,
    pub following_found: i64,
    pub posts: i64,
    pub posts_found: i64,
}

row!(AccountCounts: id, username, followers, followers_found, following, following_found, posts, posts_found);

/// Counts kept with a post, each followed by what is really there.
#[derive(Clone, Debug)]
pub struct PostCounts {
    pub id: Id,
    pub uri: String,
    pub replies: i64,
    pub replies_found: i64,
    pub boosts: i64,
    pub boosts_found: i64,
    pub favourites: i64,
    pub favourites_found: i64,
    pub quotes: i64,
    pub quotes_found: i64,
}

row!(PostCounts: id, uri, replies, replies_found, boosts, boosts_found, favourites, favourites_found, quotes, quotes_found);

/// Counts kept with a poll of ours, each followed by what is really there.
#[derive(Clone, Debug)]
pub struct PollCounts {
    pub id: Id,
    pub uri: String,
    pub votes: i64,
    pub votes_found: i64,
    pub voters: i64,
    pub voters_found: i64,
}

row!(PollCounts: id, uri, votes, votes_found, voters, voters_found);

/// The latest version of the tables that this program knows.
pub fn newest_schema() -> i64 {
    known_schemas().into_iter().max().unwrap_or(0)
}

fn known_schemas() -> Vec<i64> {
    sqlx::migrate!("../../migrations").iter().map(|m| m.version).collect()
}

impl Store {
    /// Looks at the tables without touching them.
    pub async fn schema(&self) -> Result<Schema, Error> {
        let mut tx = self.read().await?;
        let tables = if tx.is_sqlite() {
            "select count(*) from sqlite_master where name = '_sqlx_migrations'"
        } else {
            "select count(*) from information_schema.tables where table_schema = current_schema() and table_name = '_sqlx_migrations'"
        };
        if tx.value::<i64>(tables, args![]).await?.unwrap_or(0) == 0 {
            return Ok(Schema::Empty);
        }
        let applied: Vec<i64> =
            tx.list("select version from _sqlx_migrations where success order by version", args![]).await?;
        let known = known_schemas();
        Ok(if applied.iter().any(|v| !known.contains(v)) {
            Schema::Newer
        } else if known.iter().all(|v| applied.contains(v)) {
            Schema::Current
        } else {
            Schema::Older
        })
    }
}

impl Tx {
    /// What SQLite finds wrong in its own file; nothing for PostgreSQL, which has its own tools for that. Reads all of it.
    pub async fn integrity(&mut self) -> Result<Vec<String>, Error> {
        if !self.is_sqlite() {
            return Ok(Vec::new());
        }
        let mut found: Vec<String> = self.list("pragma integrity_check(20)", args![]).await?;
        found.retain(|line| line != "ok");
        let broken: Vec<(String, Option<i64>, String, i64)> = self.all("pragma foreign_key_check", args![]).await?;
        found.extend(broken.into_iter().take(20).map(|(table, row, parent, _)| {
            format!("row {} of {table} names a row of {parent} that is not there", row.unwrap_or(0))
        }));
        Ok(found)
    }

    /// When the latest thing was done here that a member did: it cannot lie in the future.
    pub async fn latest_activity(&mut self) -> Result<Option<Millis>, Error> {
        let latest = "select max(case when m.last_active_at > m.created_at then m.last_active_at else m.created_at end) from members m";
        Ok(self.value::<Option<Millis>>(latest, args![]).await?.flatten())
    }

    /// The name of the member who was here first.
    pub async fn first_member(&mut self) -> Result<Option<String>, Error> {
        self.value(
            "select a.username from members m join accounts a on a.id = m.account_id where a.suspended_at is null \
             and a.deleted_at is null order by m.account_id limit 1",
            args![],
        )
        .await
    }

    /// Counts of the accounts of this node, in steps by id.
    pub async fn account_counts(&mut self, after: Id, limit: i64) -> Result<Vec<AccountCounts>, Error> {
        self.all(
            "select a.id, a.username, \
             a.followers_count, (select count(*) from follows f where f.target_id = a.id and f.accepted), \
             a.following_count, (select count(*) from follows f where f.follower_id = a.id and f.accepted), \
             a.posts_count, (select count(*) from posts p where p.account_id = a.id and p.audience >= 50) \
             from accounts a where a.domain = '' and a.deleted_at is null and a.id > $1 order by a.id limit $2",
            args![after, limit],
        )
        .await
    }

    /// Counts of all posts, in steps by id.
    pub async fn post_counts(&mut self, after: Id, limit: i64) -> Result<Vec<PostCounts>, Error> {
        self.all(
            "select p.id, p.uri, \
             p.replies_count, (select count(*) from posts r where r.in_reply_to_id = p.id and r.audience >= 60), \
             p.boosts_count, (select count(*) from posts b where b.boost_of_id = p.id and b.kind <> 'carried' \
             and not exists (select 1 from approvals w where w.post_id = b.id and w.approved_by = '')), \
             p.favourites_count, (select count(*) from favourites v where v.post_id = p.id), \
             coalesce((select i.quotes_count from interactions i where i.post_id = p.id), 0), \
             (select count(*) from quotes q join posts o on o.id = q.post_id where q.quoted_id = p.id and q.state = 'accepted' \
             and o.audience >= 60) \
             from posts p where p.id > $1 order by p.id limit $2",
            args![after, limit],
        )
        .await
    }

    /// Counts of the polls of this node, in steps by id.
    pub async fn poll_counts(&mut self, after: Id, limit: i64) -> Result<Vec<PollCounts>, Error> {
        self.all(
            "select l.post_id, p.uri, \
             (select cast(coalesce(sum(o.votes_count), 0) as bigint) from poll_options o where o.post_id = l.post_id), \
             (select count(*) from poll_votes v where v.post_id = l.post_id), \
             coalesce(l.voters_count, 0), (select count(distinct w.account_id) from poll_votes w where w.post_id = l.post_id) \
             from polls l join posts p on p.id = l.post_id where p.local and l.post_id > $1 order by l.post_id limit $2",
            args![after, limit],
        )
        .await
    }

    /// Keys of the files that media rows name, in steps by id: the row, its file and its small file (empty: none).
    pub async fn media_files(&mut self, after: Id, limit: i64) -> Result<Vec<(Id, String, String)>, Error> {
        self.all(
            "select x.id, x.path, x.small_path from media x where x.path <> '' and x.id > $1 order by x.id limit $2",
            args![after, limit],
        )
        .await
    }

    /// Keys of the pictures of our own accounts, in steps by id: the account, its avatar and its header (empty: none).
    pub async fn profile_files(&mut self, after: Id, limit: i64) -> Result<Vec<(Id, String, String)>, Error> {
        self.all(
            "select a.id, a.avatar, a.header from accounts a where a.domain = '' and a.id > $1 order by a.id limit $2",
            args![after, limit],
        )
        .await
    }

    /// Keys of the pictures of our own emoji, in steps by id: the row, its picture and the still one.
    pub async fn emoji_files(&mut self, after: Id, limit: i64) -> Result<Vec<(Id, String, String)>, Error> {
        self.all(
            "select e.id, e.path, e.still_path from emojis e where e.id > $1 order by e.id limit $2",
            args![after, limit],
        )
        .await
    }

    /// Deliveries that name a deed that is not there.
    pub async fn count_stray_deliveries(&mut self) -> Result<i64, Error> {
        let sql = "select count(*) from deliveries v where not exists (select 1 from deeds d where d.id = v.deed_id)";
        Ok(self.value(sql, args![]).await?.unwrap_or(0))
    }

    /// Hosts for which something waits and which nobody would ever take up.
    pub async fn sleeping_hosts(&mut self) -> Result<Vec<String>, Error> {
        self.list(
            "select distinct v.host from deliveries v where not exists \
             (select 1 from hosts h where h.name = v.host and h.next_at is not null) order by 1 limit 20",
            args![],
        )
        .await
    }

    /// Deeds made before `before` that wait for nobody and were left behind.
    pub async fn stale_deeds(&mut self, before: Millis, limit: i64) -> Result<Vec<Id>, Error> {
        self.list(
            "select d.id from deeds d where d.created_at < $1 and not exists (select 1 from deliveries v where v.deed_id = d.id) \
             order by d.id limit $2",
            args![before, limit],
        )
        .await
    }

    /// Takes every row out of every one of [`TABLES`].
    pub async fn clear_tables(&mut self) -> Result<(), Error> {
        if let Engine::Postgres(c, _) = self.engine()? {
            // There may be much.
            sqlx::raw_sql("set local statement_timeout = 0").execute(c).await?;
        }
        for table in TABLES.into_iter().rev() {
            let sql = format!("delete from {table}");
            match self.engine()? {
                Engine::Sqlite(c) => c.execute_batch(&sql)?,
                Engine::Postgres(c, _) => c.execute(sqlx::query(AssertSqlSafe(sql))).await.map(drop)?,
            }
        }
        Ok(())
    }
}
