//! The commands, as they are typed: what they print, what they refuse, and what a running node makes of it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "helpers of tests: what fails here fails a test"
)]

mod backups;
mod challenges;
mod checks;
mod cuppa;
mod demo;
mod hats;
mod members;
mod moderation;
mod peers;
mod place;
mod postgres;
mod serving;
mod teams;
mod texts;

/// What the tests must look up or spoil in a database.
fn in_database<T>(url: &str, work: impl AsyncFnOnce(storage::Store) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = storage::Store::open(&storage::Options::new(url)).await.unwrap();
        work(store).await
    })
}

/// Changes a SQLite database as no command would.
fn spoil(path: &std::path::Path, sql: &str) {
    use sqlx::Connection as _;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
        let changed = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
        assert!(changed.rows_affected() > 0, "{sql}");
        connection.close().await.unwrap();
    });
}
