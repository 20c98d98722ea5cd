//! Whole tables in and out, for backups that either engine can take in.

use futures::TryStreamExt as _;
use rusqlite::types::ValueRef;
use serde_json::{Map, Value as Json};
use sqlx::{AssertSqlSafe, Column as _, Row as _, TypeInfo as _, ValueRef as _};

use crate::row::Value;
use crate::store::{Engine, postgres_arguments};
use crate::{Error, Tx, sqlite};

/// Every table, parents before children.
pub const TABLES: [&str; 126] = [
    "settings",
    "accounts",
    "moves",
    "emojis",
    "keys",
    "members",
    "invites",
    "outbox_reads",
    "posts",
    "post_origins",
    "late_posts",
    "unheard_posts",
    "post_edits",
    "mentions",
    "tags",
    "post_tags",
    "tag_actors",
    "blocked_tags",
    "uncarried_posts",
    "carrier_refusals",
    "challenges",
    "contributions",
    "harvests",
    "challenge_blocks",
    "experiments",
    "experiment_facets",
    "media",
    "polls",
    "poll_options",
    "poll_votes",
    "interactions",
    "quotes",
    "stamps",
    "approvals",
    "remote_files",
    "disk_use",
    "cards",
    "post_cards",
    "favourites",
    "reactions",
    "bookmarks",
    "pins",
    "follows",
    "blocks",
    "mutes",
    "thread_mutes",
    "home_entries",
    "notifications",
    "notification_requests",
    "held_notifications",
    "notification_policies",
    "one_time_secrets",
    "second_factors",
    "recovery_codes",
    "markers",
    "tombstones",
    "inbox_seen",
    "jobs",
    "deeds",
    "deliveries",
    "hosts",
    "domain_rules",
    "reports",
    "audit_log",
    "email_domain_blocks",
    "canonical_email_blocks",
    "ip_blocks",
    "account_warnings",
    "severances",
    "apps",
    "oauth_codes",
    "tokens",
    "push_subscriptions",
    "idempotency_keys",
    "post_texts",
    "search_queue",
    "trend_days",
    "trend_users",
    "activity",
    "account_notes",
    "endorsements",
    "domain_mutes",
    "profile_settings",
    "dismissed_suggestions",
    "scheduled_posts",
    "scheduled_media",
    "rules",
    "texts",
    "announcements",
    "announcement_reads",
    "announcement_reactions",
    "lists",
    "list_accounts",
    "list_entries",
    "filters",
    "filter_keywords",
    "filter_posts",
    "tag_follows",
    "featured_tags",
    "conversations",
    "conversation_posts",
    "servers",
    "peers",
    "tag_subscriptions",
    "relayed_posts",
    "relays",
    "subjects",
    "purposes",
    "subject_links",
    "shelf_links",
    "shelf_posts",
    "hats",
    "could_go_public",
    "draft_aims",
    "teams",
    "team_members",
    "openings",
    "withdrawn",
    "pairing_seekers",
    "pairings",
    "archives",
    "imports",
    "import_rows",
    "imported_posts",
    "cleanups",
    "letter_wishes",
];

/// Those of [`TABLES`] that say what lies in the media of this place and of no other: what is kept of other servers, sums of sizes, and
/// archives, which can be made again.
pub const OF_THE_PLACE: [&str; 3] = ["remote_files", "disk_use", "archives"];

/// A row, by column name.
pub type Record = Map<String, Json>;

impl Tx {
    /// Makes everything that this work reads come from one moment.
    pub async fn freeze(&mut self) -> Result<(), Error> {
        // If nobody thaws it, the next to get the connection must not see the past.
        self.spend();
        match self.engine()? {
            Engine::Sqlite(c) => c.execute_batch("begin; select 1 from settings limit 1")?,
            Engine::Postgres(c, _) => {
                sqlx::raw_sql("begin isolation level repeatable read read only; set local statement_timeout = 0")
                    .execute(c)
                    .await
                    .map(drop)?;
            }
        }
        Ok(())
    }

    /// Ends what [`Tx::freeze`] began.
    pub async fn thaw(&mut self) -> Result<(), Error> {
        match self.engine()? {
            Engine::Sqlite(c) => c.execute_batch("rollback")?,
            Engine::Postgres(c, _) => sqlx::raw_sql("rollback").execute(c).await.map(drop)?,
        }
        Ok(())
    }

    /// Gives every row of one of [`TABLES`] to `take`, one at a time.
    pub async fn export_table(
        &mut self,
        table: &'static str,
        mut take: impl FnMut(Record) -> std::io::Result<()>,
    ) -> Result<u64, Error> {
        let sql = format!("select * from {}", known(table)?);
        let mut count = 0;
        match self.engine()? {
            Engine::Sqlite(c) => {
                let mut statement = c.prepare(&sql)?;
                let columns: Vec<(String, String)> = statement
                    .columns()
                    .iter()
                    .map(|c| (c.name().to_owned(), c.decl_type().unwrap_or_default().to_lowercase()))
                    .collect();
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    let mut record = Record::new();
                    for (at, (name, declared)) in columns.iter().enumerate() {
                        let value = match row.get_ref(at)? {
                            ValueRef::Null => Json::Null,
                            ValueRef::Integer(v) if declared == "boolean" => Json::Bool(v != 0),
                            ValueRef::Integer(v) if declared != "text" => Json::from(v),
                            ValueRef::Real(v) => serde_json::Number::from_f64(v).map_or(Json::Null, Json::Number),
                            _ => Json::String(row.get(at)?),
                        };
                        record.insert(name.clone(), value);
                    }
                    take(record).map_err(sqlx::Error::Io)?;
                    count += 1;
                }
            }
            Engine::Postgres(c, _) => {
                let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(c);
                while let Some(row) = rows.try_next().await? {
                    let mut record = Record::new();
                    for column in row.columns() {
                        let raw = row.try_get_raw(column.ordinal())?;
                        let value = if raw.is_null() {
                            Json::Null
                        } else {
                            match column.type_info().name() {
                                "BOOL" => Json::Bool(row.try_get(column.ordinal())?),
                                "INT8" => Json::from(row.try_get::<i64, _>(column.ordinal())?),
                                "FLOAT8" => serde_json::Number::from_f64(row.try_get(column.ordinal())?)
                                    .map_or(Json::Null, Json::Number),
                                _ => Json::String(row.try_get(column.ordinal())?),
                            }
                        };
                        record.insert(column.name().to_owned(), value);
                    }
                    take(record).map_err(sqlx::Error::Io)?;
                    count += 1;
                }
            }
        }
        Ok(count)
    }

    /// Names of the columns of a table, with whether each holds yes or no, and whether it holds fractions.
    pub async fn columns_of(&mut self, table: &'static str) -> Result<Vec<(String, String)>, Error> {
        let table = known(table)?;
        if self.is_sqlite() {
            self.all("select name, lower(type) from pragma_table_info($1) order by cid", &[table.into()]).await
        } else {
            self.all(
                "select cast(column_name as text), cast(data_type as text) from information_schema.columns \
                 where table_schema = current_schema() and table_name = $1 order by ordinal_position",
                &[table.into()],
            )
            .await
        }
    }

    /// Puts rows into one of [`TABLES`]. Columns that the row lacks get their defaults; columns the table lacks are an error.
    pub async fn import_rows(
        &mut self,
        table: &'static str,
        columns: &[(String, String)],
        rows: &[Record],
    ) -> Result<(), Error> {
        let table = known(table)?;
        for row in rows {
            let mut names = Vec::new();
            let mut places = Vec::new();
            let mut values = Vec::new();
            for (name, value) in row {
                let Some((_, kind)) = columns.iter().find(|(n, _)| n == name) else {
                    return Err(Error::Corrupt(format!(
                        "no column {name} in {table}: the backup is of a newer version"
                    )));
                };
                names.push(name.as_str());
                places.push(format!("${}", names.len()));
                values.push(typed(kind, value)?);
            }
            let sql = format!("insert into {table} ({}) values ({})", names.join(", "), places.join(", "));
            let result = match self.engine()? {
                Engine::Sqlite(c) => sqlite::run(c, &sql, &values).map(drop).map_err(Error::from),
                Engine::Postgres(c, _) => {
                    let done = sqlx::query_with(AssertSqlSafe(sql), postgres_arguments(&values)?).execute(c).await;
                    done.map(drop).map_err(Error::from)
                }
            };
            self.noted(result)?;
        }
        Ok(())
    }
}

fn typed<'v>(kind: &str, value: &'v Json) -> Result<Value<'v>, Error> {
    let fits = match kind {
        "bigint" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "double precision" => value.is_number(),
        _ => value.is_string(),
    };
    if !fits && !value.is_null() {
        return Err(Error::Corrupt(format!("{value} in a column of type {kind}")));
    }
    Ok(match kind {
        "bigint" => Value::Int(value.as_i64()),
        "boolean" => Value::Bool(value.as_bool()),
        "double precision" => Value::Real(value.as_f64()),
        "text" => Value::Text(value.as_str().map(Into::into)),
        other => return Err(Error::Corrupt(format!("a column of type {other}"))),
    })
}

/// Only names from our own list become part of a statement.
fn known(table: &str) -> Result<&'static str, Error> {
    TABLES.into_iter().find(|t| *t == table).ok_or_else(|| Error::Corrupt(format!("no table {table}")))
}
