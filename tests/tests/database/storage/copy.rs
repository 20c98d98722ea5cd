//! Whole tables out of one engine and into the other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use storage::{Error, Record, Store, TABLES};
use suite::db::{Db, Engine};
use suite::on_both;

use super::jobs::job;
use super::{NOW, follow, member, picture, post, put, reply, stranger};

type Tables = BTreeMap<&'static str, Vec<Record>>;

/// Everything, in an order that does not depend on the engine.
async fn export(store: &Store) -> Tables {
    let mut tx = store.read().await.unwrap();
    tx.freeze().await.unwrap();
    let mut tables = Tables::new();
    for table in TABLES {
        let mut rows: Vec<Record> = Vec::new();
        let count = tx.export_table(table, |row| {
            rows.push(row);
            Ok(())
        });
        assert_eq!(count.await.unwrap(), u64::try_from(rows.len()).unwrap());
        rows.sort_by_key(|row| {
            let sorted: BTreeMap<_, _> = row.iter().collect();
            serde_json::to_string(&sorted).unwrap()
        });
        tables.insert(table, rows);
    }
    tx.thaw().await.unwrap();
    tables
}

async fn import(store: &Store, tables: &Tables) {
    let mut tx = store.begin().await.unwrap();
    for table in TABLES {
        let columns = tx.columns_of(table).await.unwrap();
        tx.import_rows(table, &columns, &tables[table]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Two rows in every table: one with something in each column, one of everyday use with its gaps.
async fn fill(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    for table in TABLES {
        let columns = tx.columns_of(table).await.unwrap();
        assert!(!columns.is_empty(), "{table}");
        let row: Record = columns
            .iter()
            .map(|(name, kind)| {
                let value = match kind.as_str() {
                    "bigint" if name.ends_with("_at") || name.ends_with("_until") => json!(NOW),
                    "bigint" => json!(1),
                    "boolean" => json!(true),
                    "double precision" => json!(-0.125),
                    "text" => json!(format!("{table} {name} — ✂ 'quoted' \"twice\" \\ 123\n")),
                    other => panic!("{table}.{name} is a {other}"),
                };
                (name.clone(), value)
            })
            .collect();
        tx.import_rows(table, &columns, &[row]).await.unwrap();
    }
    let alice = member(&mut tx, 100, "alice").await;
    let bob = stranger(&mut tx, 101, "bob", "far.example").await;
    follow(&mut tx, &alice, &bob).await;
    let top = put(&mut tx, post(200, &alice)).await;
    put(&mut tx, reply(201, &bob, &top)).await;
    tx.insert_media(&picture(300, &alice, None)).await.unwrap();
    tx.insert_job(&job(400, "123", None, i64::MAX), NOW).await.unwrap();
    tx.put_setting("number", "0012").await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_goes_from_sqlite_to_postgres_and_back_unchanged() {
    let first = Db::fresh(Engine::Sqlite).await;
    fill(&first.store).await;
    let written = export(&first.store).await;
    assert!(written.values().all(|rows| !rows.is_empty()), "every table is filled");
    let again = Db::fresh(Engine::Sqlite).await;
    if !Engine::Postgres.is_there() {
        import(&again.store, &written).await;
        assert_eq!(export(&again.store).await, written);
        return;
    }
    let between = Db::fresh(Engine::Postgres).await;
    import(&between.store, &written).await;
    let middle = export(&between.store).await;
    assert_eq!(middle, written);
    import(&again.store, &middle).await;
    assert_eq!(export(&again.store).await, written);
    let mut tx = again.store.read().await.unwrap();
    assert_eq!(tx.account_by_handle("alice", "").await.unwrap().unwrap().id, 100);
}

on_both! {
    async fn every_table_of_the_schema_is_listed_and_parents_come_before_children(db: Db) {
        let (tables, parents): (Vec<String>, Vec<(String, String)>) = match db.engine {
            Engine::Sqlite => {
                let mut c = db.sqlite().await;
                (
                    sqlx::query_scalar("select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not glob '*_words*' and name <> '_sqlx_migrations'")
                        .fetch_all(&mut c).await.unwrap(),
                    sqlx::query_as("select t.name, f.\"table\" from sqlite_master t join pragma_foreign_key_list(t.name) f where t.type = 'table'")
                        .fetch_all(&mut c).await.unwrap(),
                )
            }
            Engine::Postgres => {
                let mut c = db.postgres().await;
                (
                    sqlx::query_scalar("select table_name::text from information_schema.tables where table_schema = 'public' and table_name <> '_sqlx_migrations'")
                        .fetch_all(&mut c).await.unwrap(),
                    sqlx::query_as("select conrelid::regclass::text, confrelid::regclass::text from pg_constraint where contype = 'f'")
                        .fetch_all(&mut c).await.unwrap(),
                )
            }
        };
        let listed: BTreeSet<String> = TABLES.into_iter().map(str::to_owned).collect();
        assert_eq!(listed, tables.into_iter().collect::<BTreeSet<_>>());
        assert!(parents.len() > 20, "there are foreign keys: {parents:?}");
        let place = |name: &str| TABLES.iter().position(|t| *t == name).unwrap();
        for (child, parent) in parents {
            assert!(place(&parent) < place(&child), "{parent} before {child}");
        }
    }

    async fn a_row_that_does_not_fit_is_refused(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let columns = tx.columns_of("settings").await.unwrap();
        assert_eq!(columns, [("name".to_owned(), "text".to_owned()), ("value".to_owned(), "text".to_owned())]);
        let row = |value: Json| -> Record { value.as_object().unwrap().clone() };
        let newer = tx.import_rows("settings", &columns, &[row(json!({"name": "a", "value": "b", "colour": "c"}))]).await;
        assert!(matches!(newer, Err(Error::Corrupt(_))), "{newer:?}");
        let other = tx.import_rows("settings", &columns, &[row(json!({"name": "a", "value": 7}))]).await;
        assert!(matches!(other, Err(Error::Corrupt(_))), "{other:?}");
        assert!(matches!(tx.columns_of("sqlite_master").await, Err(Error::Corrupt(_))));
        tx.import_rows("settings", &columns, &[row(json!({"name": "a", "value": "b"}))]).await.unwrap();
        assert_eq!(tx.setting("a").await.unwrap().as_deref(), Some("b"));
    }

    async fn what_is_frozen_stays_at_one_moment_and_binds_nobody_afterwards(db: Db) {
        let put = async |value: &str| {
            let mut tx = db.store.begin().await.unwrap();
            tx.put_setting("a", value).await.unwrap();
            tx.commit().await.unwrap();
        };
        put("old").await;
        let mut frozen = db.store.read().await.unwrap();
        frozen.freeze().await.unwrap();
        assert_eq!(frozen.setting("a").await.unwrap().as_deref(), Some("old"));
        put("new").await;
        assert_eq!(frozen.setting("a").await.unwrap().as_deref(), Some("old"));
        frozen.thaw().await.unwrap();
        assert_eq!(frozen.setting("a").await.unwrap().as_deref(), Some("new"));
        frozen.freeze().await.unwrap();
        drop(frozen);
        put("newest").await;
        for _ in 0..8 {
            let mut tx = db.store.read().await.unwrap();
            assert_eq!(tx.setting("a").await.unwrap().as_deref(), Some("newest"), "a forgotten thaw is nobody else's");
        }
    }
}
