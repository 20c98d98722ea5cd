//! A database of a test's own on the PostgreSQL server that `OUTLOUD_TEST_POSTGRES_URL` names.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

/// Dropped with this.
pub struct Database {
    pub url: String,
    server: String,
    name: String,
}

impl Database {
    /// `None`, loudly, where there is no server; a failure where nothing may be skipped.
    pub fn make() -> Option<Self> {
        let Some(server) = std::env::var("OUTLOUD_TEST_POSTGRES_URL").ok().filter(|u| !u.is_empty()) else {
            let may_skip = std::env::var("OUTLOUD_TEST_NO_SKIP").as_deref() != Ok("1");
            assert!(may_skip, "OUTLOUD_TEST_POSTGRES_URL is not set, and nothing may be skipped");
            eprintln!("\nSKIPPED on PostgreSQL: OUTLOUD_TEST_POSTGRES_URL is not set\n");
            return None;
        };
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("outloud_commands_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        run(&server, format!("drop database if exists {name} with (force)"));
        run(&server, format!("create database {name}"));
        let mut url = url::Url::parse(&server).unwrap();
        url.set_path(&name);
        Some(Self { url: url.into(), server, name })
    }

    /// Does something on the server.
    pub fn does(&self, sql: &str) {
        run(&self.server, sql.to_owned());
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        run(&self.server, format!("drop database if exists {} with (force)", self.name));
    }
}

fn run(server: &str, sql: String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = PgConnection::connect(server).await.unwrap();
        connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
    });
}
