//! `backup` and `restore`.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};

use crate::place::{Place, until};
use crate::postgres::Database;

/// A place with a member, a rule and some files.
fn inhabited() -> Place {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example", "--role", "owner"]);
    place.ok(&["token", "issue", "sam"]);
    place.ok(&["domain", "block", "evil.example", "--comment", "“quotes”, ünïcode and a 'tick'"]);
    let media = place.path("outloud-data/media");
    std::fs::create_dir_all(media.join("ab")).unwrap();
    std::fs::write(media.join("ab/one.png"), b"first").unwrap();
    // More than one piece, and not all alike.
    let large: Vec<u8> = (0..3_000_000u32).map(|i| (i % 251) as u8).collect();
    std::fs::write(media.join("two.mp4"), large).unwrap();
    place
}

/// The entries of a backup.
fn entries(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut archive = tar::Archive::new(std::fs::File::open(path).unwrap());
    let mut found = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        found.insert(name, bytes);
    }
    found
}

/// Rows of all tables, in an order that no engine decides. The node's own actor is signed anew by nobody.
fn rows(path: &Path) -> BTreeMap<String, Vec<serde_json::Value>> {
    let tables = entries(path).into_iter().filter(|(name, _)| name.starts_with("tables/"));
    let sorted = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        lines.into_iter().map(|l| serde_json::from_str(l).unwrap()).collect()
    };
    tables.map(|(name, bytes)| (name, sorted(bytes))).collect()
}

#[test]
fn a_backup_of_a_running_node_becomes_the_same_node_elsewhere() {
    let place = inhabited();
    let served = place.serve();
    let actor = served.get("/users/sam");
    assert_eq!(actor.status, 200);
    let said = place.ok(&["backup", "b.tar"]);
    assert!(said.contains("2 files"), "{said}");
    assert_eq!(served.get("/healthz").status, 200);
    served.stop();
    let file = place.path("b.tar");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(!place.path("b.tar.part").exists());

    let twin = place.twin();
    let said = twin.ok(&["restore", &file.display().to_string()]);
    assert!(said.contains(&place.origin()) && said.contains("2 files"), "{said}");
    for name in ["ab/one.png", "two.mp4"] {
        let read = |p: &Place| std::fs::read(p.path("outloud-data/media").join(name)).unwrap();
        assert!(read(&place) == read(&twin), "{name}");
    }
    let served = twin.serve();
    assert_eq!(served.get("/users/sam"), actor);
    assert!(!served.out().contains("/invite/"), "somebody is here already");
    served.stop();

    let line = twin.refused(&["restore", &file.display().to_string()], 1);
    assert!(line.contains("not empty"), "{line}");
    twin.ok(&["member", "add", "late", "--email", "late@work.example"]);
    twin.ok(&["restore", &file.display().to_string(), "--force"]);
    twin.refused(&["token", "issue", "late"], 1);
}

#[test]
fn a_restore_is_tried_while_the_node_runs_and_leaves_nothing_behind() {
    let place = inhabited();
    let served = place.serve();
    place.ok(&["backup", "b.tar"]);
    let folder = place.path("outloud-data/restore-test");
    let said = place.ok(&["restore", "b.tar", "--test"]);
    assert!(said.contains("can be restored") && said.contains("2 files") && !folder.exists(), "{said}");
    assert_eq!(served.get("/healthz").status, 200);
    served.stop();
    place.ok(&["backup", "later.tar"]);
    assert!(rows(&place.path("later.tar"))["tables/settings.jsonl"].iter().any(|row| row["name"] == "restore tested"));
    // A file that is not whole, one of another node, and a folder that somebody works in.
    let whole = std::fs::read(place.path("b.tar")).unwrap();
    std::fs::write(place.path("half.tar"), &whole[..whole.len() / 2]).unwrap();
    place.refused(&["restore", "half.tar", "--test"], 1);
    let other = place.twin().with("OUTLOUD_ORIGIN", "https://other.example");
    other.ok(&["member", "add", "kim", "--email", "kim@other.example"]);
    let line = other.refused(&["restore", &place.path("b.tar").display().to_string(), "--test"], 1);
    assert!(line.contains("a backup of"), "{line}");
    std::fs::create_dir(&folder).unwrap();
    let line = place.refused(&["restore", "b.tar", "--test"], 1);
    assert!(line.contains("restore-test") && folder.exists(), "{line}");
    place.refused(&["restore", "b.tar", "--test", "--force"], 2);
}

#[test]
fn a_backup_moves_a_node_from_one_engine_to_the_other_and_back() {
    let Some(database) = Database::make() else { return };
    let place = inhabited();
    let served = place.serve();
    let actor = served.get("/users/sam");
    served.stop();
    place.ok(&["backup", "sqlite.tar"]);
    let file = place.path("sqlite.tar");
    let big = place.twin().with("OUTLOUD_DATABASE_URL", &database.url);
    big.ok(&["restore", &file.display().to_string()]);
    big.ok(&["backup", "postgres.tar"]);
    assert_eq!(rows(&file)["tables/audit_log.jsonl"][0]["actor"], "command line");
    assert_eq!(rows(&file), rows(&big.path("postgres.tar")));
    let served = big.serve();
    assert_eq!(served.get("/users/sam"), actor);
    served.stop();
    let line = big.refused(&["restore", &file.display().to_string()], 1);
    assert!(line.contains("not empty"), "{line}");

    let back = place.twin();
    back.ok(&["restore", &big.path("postgres.tar").display().to_string()]);
    back.ok(&["backup", "again.tar"]);
    assert_eq!(rows(&file), rows(&back.path("again.tar")));
    assert_eq!(back.serve().get("/users/sam"), actor);
}

#[test]
fn a_damaged_or_shortened_backup_is_refused_before_anything_is_written() {
    let place = inhabited();
    place.ok(&["backup", "b.tar"]);
    let whole = std::fs::read(place.path("b.tar")).unwrap();
    let bad = place.path("bad.tar");
    let refuse = |bytes: &[u8], why: &str| {
        std::fs::write(&bad, bytes).unwrap();
        let other = Place::new();
        let line = other.refused(&["restore", &bad.display().to_string()], 1);
        assert!(line.contains("Nothing was written") || line.contains("is not a backup"), "{why}: {line}");
        assert_eq!(std::fs::read_dir(other.dir.path()).unwrap().count(), 0, "{why}");
    };
    for cut in [0, 100, 512, 1_024, 5_000, whole.len() / 2, whole.len() - 4_000] {
        refuse(&whole[..cut], &format!("cut to {cut}"));
    }
    let find = |needle: &[u8]| whole.windows(needle.len()).position(|w| w == needle).unwrap();
    let places = [
        ("a row", find(b"sam@work.example")),
        ("a private key", find(b"BEGIN PRIVATE KEY")),
        ("a file", find(b"first")),
        ("a large file", whole.len() / 2),
        ("the name of a file", find(b"media/two.mp4")),
        ("the sums", find(b"  media/two.mp4\n") - 10),
    ];
    for (what, at) in places {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        refuse(&bytes, what);
    }
    let place = Place::new();
    place.ok(&["restore", &bad.display().to_string().replace("bad.tar", "b.tar")]);
}

#[test]
fn what_is_no_backup_or_of_a_later_version_or_another_node_is_refused() {
    let place = inhabited();
    std::fs::write(place.path("text"), "not a tar file at all").unwrap();
    let line = place.refused(&["restore", "text", "--force"], 1);
    assert!(line.contains("damaged") || line.contains("not a backup"), "{line}");
    place.ok(&["backup", "b.tar"]);
    let bytes = std::fs::read(place.path("b.tar")).unwrap();
    let at = bytes.windows(11).position(|w| w == b"\"format\": 1").unwrap() + 10;
    let mut later = bytes;
    later[at] = b'9';
    std::fs::write(place.path("later.tar"), later).unwrap();
    let line = place.refused(&["restore", "later.tar", "--force"], 1);
    assert!(line.contains("newer version"), "{line}");
    let other = Place::new().with("OUTLOUD_ORIGIN", "https://other.example");
    let line = other.refused(&["restore", &place.path("b.tar").display().to_string()], 1);
    assert!(line.starts_with("outloud: OUTLOUD_ORIGIN: ") && line.contains(&place.origin()), "{line}");
    // Where no origin is set, that of the backup is taken over, and it is said what to set.
    let other = Place::new();
    let said = other.ok(&["restore", &place.path("b.tar").display().to_string()]);
    assert!(said.contains(&format!("set OUTLOUD_ORIGIN={}", place.origin())), "{said}");
}

#[test]
fn nothing_is_restored_under_a_running_node() {
    let place = inhabited();
    let served = place.serve();
    place.ok(&["backup", "b.tar"]);
    let line = place.refused(&["restore", "b.tar", "--force"], 1);
    assert!(line.contains("running"), "{line}");
    assert_eq!(served.get("/users/sam").status, 200);
    served.stop();

    let Some(database) = Database::make() else { return };
    let file = place.path("b.tar").display().to_string();
    let big = place.twin().with("OUTLOUD_DATABASE_URL", &database.url);
    big.ok(&["restore", &file]);
    let served = big.serve();
    // It has the database a moment after it is ready.
    let refused = (0..100).map(|_| big.run(&["restore", &file, "--force"])).find(|said| !said.status.success());
    let words = refused.map(|said| String::from_utf8_lossy(&said.stderr).into_owned()).unwrap_or_default();
    assert!(words.contains("running"), "{words}");
    assert_eq!(served.get("/users/sam").status, 200);
    served.stop();
    big.ok(&["restore", &file, "--force"]);
}

/// A transaction of somebody else, who holds what a restore is about to replace: so long it stands in the middle of its work.
enum InTheWay {
    Sqlite(#[expect(dead_code, reason = "it is there to be held")] SqliteConnection),
    Postgres(PgConnection),
}

impl InTheWay {
    async fn of(url: &str) -> Self {
        if url.starts_with("sqlite") {
            let mut connection = SqliteConnection::connect(url).await.unwrap();
            connection.execute("begin immediate").await.unwrap();
            return Self::Sqlite(connection);
        }
        let mut connection = PgConnection::connect(url).await.unwrap();
        connection.execute(sqlx::raw_sql("begin; lock table accounts in share mode")).await.unwrap();
        Self::Postgres(connection)
    }

    /// Whether somebody restores.
    async fn is_met(&mut self, place: &Place) -> bool {
        match self {
            Self::Sqlite(_) => {
                std::fs::File::open(place.path("outloud-data/outloud.db.lock")).unwrap().try_lock().is_err()
            }
            Self::Postgres(connection) => {
                let sql = "select exists (select from pg_locks l join pg_database d on d.oid = l.database \
                    where d.datname = current_database() and not l.granted)";
                sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
            }
        }
    }
}

#[test]
fn nothing_is_served_while_a_backup_is_being_restored() {
    let place = inhabited();
    place.ok(&["backup", "b.tar"]);
    let file = place.path("b.tar").display().to_string();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let database = Database::make();
    let places = [Some(place.twin()), database.as_ref().map(|d| place.twin().with("OUTLOUD_DATABASE_URL", &d.url))];
    for other in places.into_iter().flatten() {
        other.ok(&["restore", &file]);
        let mut held = runtime.block_on(InTheWay::of(&other.database()));
        let mut restoring = other.command(&["restore", &file, "--force"]).spawn().unwrap();
        until("the restore to wait", || runtime.block_on(held.is_met(&other)).then_some(()));
        let line = other.refused(&["serve"], 1);
        assert!(line.contains("is being restored"), "{line}");
        drop(held);
        assert!(restoring.wait().unwrap().success());
        let served = other.serve();
        assert_eq!(served.get("/users/sam").status, 200);
        served.stop();
    }
}

#[test]
fn what_a_restore_that_was_cut_off_left_behind_is_no_node_and_can_be_restored_again() {
    let place = inhabited();
    place.ok(&["backup", "b.tar"]);
    let file = place.path("b.tar").display().to_string();
    let Some(database) = Database::make() else { return };
    let other = place.twin().with("OUTLOUD_DATABASE_URL", &database.url);
    other.serve().stop();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut held = runtime.block_on(InTheWay::of(&other.database()));
    let mut restoring = other.command(&["restore", &file]).spawn().unwrap();
    until("the restore to wait", || runtime.block_on(held.is_met(&other)).then_some(()));
    restoring.kill().unwrap();
    restoring.wait().unwrap();
    drop(held);
    for arguments in [&["serve"][..], &["member", "list"]] {
        let line = other.refused(arguments, 1);
        assert!(line.contains("did not come to its end"), "{line}");
    }
    let check = other.run(&["check", "--offline"]);
    let said = String::from_utf8_lossy(&check.stdout);
    assert!(!check.status.success() && said.contains("did not come to its end"), "{said}");
    // The server may need a moment to see that the first is gone.
    until("the restore", || other.run(&["restore", &file]).status.success().then_some(()));
    let served = other.serve();
    assert_eq!(served.get("/users/sam").status, 200);
    served.stop();
}

#[test]
fn two_backups_to_the_same_file_do_not_spoil_each_other() {
    let place = inhabited();
    let part = std::fs::File::create(place.path("b.tar.part")).unwrap();
    part.lock().unwrap();
    let line = place.refused(&["backup", "b.tar"], 1);
    assert!(line.contains("another backup is being written there"), "{line}");
    assert!(place.path("b.tar.part").exists() && !place.path("b.tar").exists());
    // One that was killed has left it.
    drop(part);
    place.ok(&["backup", "b.tar"]);
    assert!(place.path("b.tar").exists() && !place.path("b.tar.part").exists());
}

#[test]
fn a_backup_that_cannot_be_written_leaves_nothing_behind() {
    let place = inhabited();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/dev/null", place.path("pipe.tar")).unwrap();
    for (name, words) in
        [("missing/b.tar", "missing/b.tar"), ("outloud-data", "is a folder"), ("pipe.tar", "is no ordinary file")]
    {
        let line = place.refused(&["backup", name], 1);
        assert!(line.contains(words), "{line}");
    }
    let empty = Place::new();
    let line = empty.refused(&["backup", "b.tar"], 1);
    assert!(line.contains("There is no database"), "{line}");
    assert!(!empty.path("b.tar").exists() && !empty.path("b.tar.part").exists());
}
