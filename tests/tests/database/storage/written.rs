//! Every statement runs on both engines, and none scans what grows.
//!
//! What the other tests ran in this process is held against the SQL in the sources, and each statement's plan is looked at. Tests begin
//! in the order of their names, so that here, at the end, nearly all have run. Those that have not (they were not asked for, or are still
//! at it) are run in another process, which writes down the SQL it meets.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;

use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use suite::db::{Db, Engine};
use suite::statements::{VARIABLE, all_that_ran, heard, recorded};
use tokio::sync::OnceCell;

/// What the other tests ran, by engine.
async fn run() -> &'static [(Engine, String)] {
    static RUN: OnceCell<Vec<(Engine, String)>> = OnceCell::const_new();
    RUN.get_or_init(|| async {
        let missing = tokio::task::spawn_blocking(missing).await.unwrap();
        let mut all = heard();
        if !missing.is_empty() {
            all.extend(tokio::task::spawn_blocking(move || run_elsewhere(&missing)).await.unwrap());
        }
        // Each once.
        all.sort_by(|a, b| (a.0 as u8, &a.1).cmp(&(b.0 as u8, &b.1)));
        all.dedup();
        all
    })
    .await
}

/// Names of the tests beside these that have not come to their end in this process.
fn missing() -> Vec<String> {
    let output = Command::new(std::env::current_exe().unwrap()).arg("--list").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let list = String::from_utf8(output.stdout).unwrap();
    let all: Vec<&str> = list.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    assert!(all.len() > 200, "{} tests", all.len());
    let ran = all_that_ran();
    let others = all.into_iter().filter(|name| !name.starts_with("storage::written::"));
    others.filter(|name| !ran.contains(*name)).map(str::to_owned).collect()
}

/// Runs these tests in another process, and answers what was heard there.
fn run_elsewhere(tests: &[String]) -> Vec<(Engine, String)> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("statements");
    let mut process = Command::new(std::env::current_exe().unwrap());
    process.args(["--exact", "--quiet"]).args(tests).env(VARIABLE, &file);
    let output = process.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    // None of them may have asked a database for anything.
    std::fs::read_to_string(&file).map(|text| recorded(&text)).unwrap_or_default()
}

/// The string literals of the sources that are SQL, as the compiler reads them.
fn literals() -> BTreeSet<String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/storage/src");
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(sources).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        // Comments and what is no statement of ours hold no quotes that begin with a word of SQL.
        for piece in text.split('"').map(unescaped) {
            let words = [
                "select ",
                "insert into ",
                "update ",
                "delete from ",
                "with recursive ",
                " from ",
                " where ",
                " order by ",
                "from ",
            ];
            if words.iter().any(|word| piece.starts_with(word)) {
                found.insert(piece);
            }
        }
    }
    found
}

/// A `\` at the end of a line swallows the break and the indent.
fn unescaped(literal: &str) -> String {
    let mut parts = literal.trim_end_matches('\\').split("\\\n");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.trim_start())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_statement_of_the_sources_runs_on_both_engines() {
    let literals = literals();
    assert!(literals.len() > 150, "{} pieces of SQL found", literals.len());
    let run = run().await;
    for (engine, other) in [(Engine::Sqlite, Engine::Postgres), (Engine::Postgres, Engine::Sqlite)] {
        if !engine.is_there() {
            continue;
        }
        let ran: Vec<&str> = run.iter().filter(|(on, _)| *on == engine).map(|(_, sql)| sql.as_str()).collect();
        let missing: Vec<&String> = literals
            .iter()
            .filter(|literal| !ran.iter().any(|sql| sql.contains(literal.trim())))
            .filter(|literal| !only_on(other, literal))
            .collect();
        assert!(missing.is_empty(), "never run on {engine:?}: {missing:#?}");
    }
}

/// Texts that one engine alone has, and those that are put together from names of tables.
fn only_on(engine: Engine, sql: &str) -> bool {
    if sql.contains('{') {
        return true;
    }
    match engine {
        Engine::Sqlite => {
            sql.contains("pragma_table_info")
                || sql.contains("pragma_page_count")
                || sql.contains("sqlite_master")
                || (["set lease_until = $2", "next_at = next_at - $2", "run_at - $2"]
                    .iter()
                    .any(|word| sql.contains(word))
                    && !sql.contains("skip locked"))
                || sql.contains("_words match $1")
                || sql.contains("order by a.domain limit 1")
        }
        Engine::Postgres => [
            "for update",
            "for no key update",
            "for key share",
            "statement_timeout",
            "pg_advisory",
            "pg_try_advisory",
            "pg_current_snapshot",
            "pg_notify",
            "information_schema",
            "pg_database_size",
            "to_tsquery",
            "coalesce(max(x.post_id), 0)",
            "t.post_id + 0",
            " collate ",
        ]
        .iter()
        .any(|word| sql.contains(word)),
    }
}

/// Tables that grow with use, whose whole length no request may walk.
const GROWING: [&str; 96] = [
    "accounts",
    "outbox_reads",
    "posts",
    "post_origins",
    "late_posts",
    "unheard_posts",
    "post_edits",
    "mentions",
    "post_tags",
    "media",
    "polls",
    "poll_options",
    "poll_votes",
    "remote_files",
    "cards",
    "post_cards",
    "favourites",
    "reactions",
    "mutes",
    "interactions",
    "quotes",
    "stamps",
    "approvals",
    "bookmarks",
    "follows",
    "home_entries",
    "lists",
    "list_accounts",
    "list_entries",
    "filters",
    "filter_keywords",
    "filter_posts",
    "featured_tags",
    "tag_follows",
    "conversations",
    "conversation_posts",
    "notifications",
    "notification_requests",
    "held_notifications",
    "reports",
    "audit_log",
    "email_domain_blocks",
    "canonical_email_blocks",
    "account_warnings",
    "severances",
    "tombstones",
    "inbox_seen",
    "jobs",
    "deeds",
    "deliveries",
    "hosts",
    "tags",
    "apps",
    "idempotency_keys",
    "post_texts",
    "search_queue",
    "trend_days",
    "trend_users",
    "account_notes",
    "endorsements",
    "domain_mutes",
    "scheduled_posts",
    "scheduled_media",
    "push_subscriptions",
    "servers",
    "tag_subscriptions",
    "relayed_posts",
    "subjects",
    "purposes",
    "subject_links",
    "shelf_links",
    "shelf_posts",
    "hats",
    "could_go_public",
    "teams",
    "team_members",
    "openings",
    "withdrawn",
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
    "pairing_seekers",
    "pairings",
    "archives",
    "imports",
    "import_rows",
    "imported_posts",
    "cleanups",
    "letter_wishes",
];

/// Rare work that may: what it is, and a piece of its text.
const MAY_SCAN: [(&str, &str); 18] = [
    ("a check of everything", "from deliveries v where not exists (select 1 from"),
    ("once a minute, of what waits", "from deeds d where d.created_at < $1"),
    ("deletion of an account, told to everybody", "where a.id <> $2"),
    ("numbers for the metrics, at most 100,000", "from (select 1 from deliveries limit"),
    ("numbers for the metrics, at most 100,000", "from (select 1 from jobs limit"),
    ("somebody who asked to join is refused", "delete from notifications where from_account_id"),
    ("somebody who asked to join is refused", "delete from accounts where id = $1"),
    ("numbers for the metrics", "select count(*) from hosts"),
    ("a worker ends", "where lease_owner = $1"),
    ("a backup", "select * from "),
    ("a check of everything: a day's keys", "from idempotency_keys k where not exists"),
    ("a first start under another origin", "delete from accounts where domain = ''"),
    ("the queue of the index, from one end", "from search_queue"),
    ("the start of a node: no more hosts than there are servers", "set lease_owner = '', lease_until = 0"),
    ("the start of a node: what was left to do", "update jobs set lease_until = 0, run_at"),
    ("the clock was set back", "update hosts set next_at = case when lease_until > 0"),
    ("the clock was set back", "update deliveries set next_at = next_at - $2"),
    ("the clock was set back", "update jobs set run_at = case when lease_until > $3"),
];

/// Lists that are sorted when they are asked for, and why they stay short.
const MAY_SORT: [(&str, &str); 21] = [
    (
        "challenges of one state are some dozens",
        "from challenges c join accounts a on a.id = c.account_id where c.state = $1",
    ),
    ("a member's own blocks and mutes", "from blocks b join"),
    ("a member's own blocks and mutes", "from mutes m join"),
    ("accounts that had one handle one after the other", "lower(a.username) = lower($1)"),
    ("those who look after the node", "where m.role = $1"),
    ("two pages of accounts, each from its index", "union all select * from (select 1 as place"),
    ("a handful of pins", "from pins n join"),
    ("at most 500 tags of one beginning", "from tags n where n.name >= $1"),
    ("what stands above one post", "with recursive up"),
    ("tags of a page of posts", "from post_tags pt join"),
    ("hashtags of some posts", "order by u.uses desc"),
    ("media of a page of posts", "x.post_id in (select value"),
    ("whom a member endorses", "from endorsements e join"),
    ("servers that a member blocks", "from domain_mutes d where"),
    ("tags of a member's newest posts", "select distinct x.tag_id"),
    ("who stands between two", "from follows g cross join follows f"),
    ("whom a member follows whose name begins so", "(substr(lower(a.username), 1,"),
    ("members, or the authors of the newest 2,000 posts", "a.moved_to = '' and a.kind <> 'Application' order by"),
    ("at most 200 accounts, in their order", "from account_words"),
    ("a version of a text", "from texts t"),
    ("at most 500 accounts with a name", "json_each($6)) and a.id > $7"),
];

/// The plans that SQLite makes of the statements that the other tests ran: on a new database, and on one of which it knows how
/// much is in some of its tables, and that there is nothing in others.
async fn plans() -> Vec<(&'static str, Vec<String>)> {
    // First, so that what this does itself is not among it.
    run().await;
    let (new, (used, ..)) = (Db::fresh(Engine::Sqlite).await, suite::seed::filled(Engine::Sqlite, 1_000).await);
    let large = "update sqlite_stat1 set stat = '1000000' || substr(stat || ' ', instr(stat || ' ', ' '))";
    sqlx::raw_sql(large).execute(&mut used.sqlite().await).await.unwrap();
    let mut plans = plans_on(&new).await;
    plans.extend(plans_on(&used).await);
    plans
}

async fn plans_on(db: &Db) -> Vec<(&'static str, Vec<String>)> {
    let mut connection = db.sqlite().await;
    let mut plans = Vec::new();
    for (_, sql) in run().await.iter().filter(|(on, _)| *on == Engine::Sqlite) {
        let ours =
            ["select ", "insert into ", "update ", "delete from ", "with "].iter().any(|verb| sql.starts_with(verb));
        if ours && !sql.contains("sqlite_master") && !sql.contains("pragma_") {
            let plan = sqlx::query(AssertSqlSafe(format!("explain query plan {sql}"))).fetch_all(&mut connection).await;
            plans.push((sql.as_str(), plan.unwrap().iter().map(|row| row.get("detail")).collect()));
        }
    }
    assert!(plans.len() > 150, "{}", plans.len());
    plans
}

/// A restore begins with that.
fn empties_a_table(sql: &str) -> bool {
    sql.strip_prefix("delete from ").is_some_and(|rest| storage::TABLES.contains(&rest))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_walks_through_what_grows() {
    let mut scans = Vec::new();
    for (sql, plan) in plans().await {
        if MAY_SCAN.iter().any(|(_, piece)| sql.contains(piece)) || empties_a_table(sql) {
            continue;
        }
        for step in plan {
            // `SCAN x` without an index walks the table; with one it walks the index, which is as long.
            if let Some(table) = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next())
                && GROWING.contains(&named(sql, table))
                && !is_bounded(sql, &step)
            {
                scans.push(format!("{step}\n    {sql}"));
            }
        }
    }
    assert!(scans.is_empty(), "{} statements:\n{}", scans.len(), scans.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_is_sorted_out_of_a_list_that_grows() {
    let mut sorted = Vec::new();
    for (sql, plan) in plans().await {
        let is_page = sql.contains(" order by ") && sql.contains("limit $");
        if is_page
            && plan.iter().any(|step| step.starts_with("USE TEMP B-TREE FOR"))
            && !MAY_SORT.iter().any(|(_, piece)| sql.contains(piece))
        {
            sorted.push(format!("{plan:?}\n    {sql}"));
        }
    }
    assert!(sorted.is_empty(), "{} statements:\n{}", sorted.len(), sorted.join("\n"));
}

/// What PostgreSQL makes of a statement: its `explain (format json)`, beside the tables in which there is something.
type PlanOfPostgres = (&'static str, serde_json::Value, Rc<BTreeSet<String>>);

/// The plans that PostgreSQL makes of them on a database with five thousand posts. Where it knows that there is nothing in a table, any way
/// through it is as good: it plans anew when that has changed.
async fn plans_of_postgres() -> Vec<PlanOfPostgres> {
    run().await;
    let (used, ..) = suite::seed::filled(Engine::Postgres, 5_000).await;
    let mut connection = used.postgres().await;
    for sql in suite::seed::circle() {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }
    plans_in(&mut connection).await
}

async fn plans_in(connection: &mut PgConnection) -> Vec<PlanOfPostgres> {
    let sql = "select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and reltuples >= 200";
    let large: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *connection).await.unwrap();
    assert!(large.len() > 6, "{large:?}");
    let large = Rc::new(large.into_iter().filter(|table| GROWING.contains(&table.as_str())).collect::<BTreeSet<_>>());
    for (name, value) in storage::PLANNING {
        sqlx::raw_sql(AssertSqlSafe(format!("set {name} = {value}"))).execute(&mut *connection).await.unwrap();
    }
    let mut plans = Vec::new();
    for (_, sql) in run().await.iter().filter(|(on, _)| *on == Engine::Postgres) {
        let ours =
            ["select ", "insert into ", "update ", "delete from ", "with "].iter().any(|verb| sql.starts_with(verb));
        if !ours || ["pg_", "information_schema"].iter().any(|word| sql.contains(word)) {
            continue;
        }
        let values =
            (1..).take_while(|n| sql.contains(&format!("${n}"))).map(|_| "null").collect::<Vec<_>>().join(", ");
        let values = if values.is_empty() { values } else { format!("({values})") };
        let prepare = format!("prepare looked_at as {sql}");
        // Some are only understood with the types of what is put in.
        if sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *connection).await.is_err() {
            continue;
        }
        let explain = format!("explain (format json, costs off) execute looked_at{values}");
        let plan = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_one(&mut *connection).await.unwrap();
        sqlx::raw_sql("deallocate looked_at").execute(&mut *connection).await.unwrap();
        let plan = serde_json::from_str(&plan.get_unchecked::<String, _>(0)).unwrap();
        plans.push((sql.as_str(), plan, Rc::clone(&large)));
    }
    assert!(plans.len() > 150, "{}", plans.len());
    plans
}

/// Indexes of few of a table's rows.
const PARTIAL: [&str; 3] = ["accounts_limited", "accounts_local_prefix", "media_unattached"];

/// What PostgreSQL walks through because of what is in this database: why, and a piece of the text.
const MAY_WALK: [(&str, &str); 4] = [
    ("all posts have the one hashtag", "delete from tags where id in"),
    ("no post is a boost", "select o.boost_of_id"),
    ("one member has all the entries", "delete from home_entries where account_id = $1 and post_id in"),
    ("a hundred of five thousand posts, in one go", "and p.root_id not in (select"),
];

/// Steps of a plan that walk through a table, or an index of it, from one end to the other, with nothing above that ends them soon.
fn walks(step: &serde_json::Value, ends_soon: bool, large: &BTreeSet<String>, found: &mut Vec<String>) {
    let text = |name: &str| step[name].as_str().unwrap_or_default();
    let kind = text("Node Type");
    let (is_walk, table) = (kind.ends_with("Scan") && step["Index Cond"].is_null(), text("Relation Name"));
    let index = text("Index Name");
    if is_walk && large.contains(table) && !ends_soon && kind != "Bitmap Heap Scan" && !PARTIAL.contains(&index) {
        found.push(format!("{kind} on {table} {index}"));
    }
    let ends_soon = match kind {
        "Limit" => true,
        "Sort" | "Aggregate" | "Unique" | "WindowAgg" | "Hash" | "Materialize" => false,
        _ => ends_soon,
    };
    for below in step["Plans"].as_array().into_iter().flatten() {
        walks(below, ends_soon, large, found);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_walks_through_what_grows_on_postgres() {
    if !Engine::Postgres.is_there() {
        return;
    }
    let mut scans = BTreeSet::new();
    for (sql, plan, large) in plans_of_postgres().await {
        if MAY_SCAN.iter().chain(&MAY_WALK).any(|(_, piece)| sql.contains(piece)) || empties_a_table(sql) {
            continue;
        }
        let mut found = Vec::new();
        walks(&plan[0]["Plan"], false, &large, &mut found);
        scans.extend(found.into_iter().map(|step| format!("{step}\n    {sql}")));
    }
    assert!(scans.is_empty(), "{} statements:\n{}", scans.len(), Vec::from_iter(scans).join("\n"));
}

/// The table behind an alias.
fn named<'a>(sql: &'a str, alias: &'a str) -> &'a str {
    let words: Vec<&str> = sql.split([' ', '(', ')', ',']).filter(|word| !word.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == alias && GROWING.contains(&pair[0])).map_or(alias, |pair| pair[0])
}

/// Walking an index from one end until a page is full.
fn is_bounded(sql: &str, step: &str) -> bool {
    ["posts_public", "remote_files_seen"].iter().any(|index| step.contains(&format!("USING INDEX {index}")))
        && sql.contains("limit $")
        || sql.starts_with("select min(") && step.contains("INDEX")
        || sql.ends_with("order by d.id limit 1")
}
