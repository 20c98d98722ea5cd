//! `serve`: how it starts, refuses to start, and stops.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::place::{Place, until};
use crate::postgres::Database;
use crate::spoil;

#[test]
fn the_first_start_prints_a_link_for_the_owner_and_logs_no_secret() {
    let place = Place::new();
    let served = place.serve();
    let link = format!("{}/invite/", place.origin());
    let out = until("the link", || served.log().contains("ready").then(|| served.out()));
    assert_eq!(out.matches(&link).count(), 1, "{out}");
    let code = out.split(&link).nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    assert_eq!(served.get(&format!("/invite/{code}x")).status, 404);
    assert!(!served.log().contains(&code), "{}", served.log());
    assert!(!served.log().contains('\u{1b}'), "no colours in a file");
}

#[test]
fn it_stops_at_once_though_connections_stand_idle() {
    let place = Place::new();
    let served = place.serve();
    let mut used = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
    used.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut first = [0; 12];
    used.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    let silent = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
    let took = served.stop();
    assert!(took < Duration::from_secs(6), "{took:?}");
    drop((used, silent));
}

#[test]
fn while_it_drains_it_says_so_and_answers_and_asked_again_it_goes_at_once() {
    let place = Place::new().with("OUTLOUD_DRAIN", "100");
    let served = place.serve();
    let mut used = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
    used.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut first = [0; 12];
    used.read_exact(&mut first).unwrap();
    served.is_told_to_stop();
    until("it to say that others should be asked", || (served.get("/healthz").status == 503).then_some(()));
    assert_eq!(served.get("/.well-known/nodeinfo").status, 200, "who asks all the same is answered");
    used.write_all(b"GET /.well-known/nodeinfo HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut rest = String::new();
    used.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("HTTP/1.1 200") && rest.contains("connection: close"), "{rest}");
    let took = served.stop();
    assert!(took < Duration::from_secs(15), "{took:?}");
}

#[test]
fn a_request_that_never_ends_holds_up_the_stop_for_seconds_only() {
    let place = Place::new();
    let served = place.serve();
    let mut half = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
    half.write_all(b"GET /healthz HT").unwrap();
    let took = served.stop();
    assert!(took < Duration::from_secs(15), "{took:?}");
}

#[test]
fn a_second_start_names_what_is_in_the_way_and_harms_nothing() {
    let place = Place::new();
    let served = place.serve();
    let line = place.refused(&["serve"], 1);
    assert!(line.starts_with("outloud: OUTLOUD_LISTEN: ") && line.contains("in use"), "{line}");
    let mut other = place.twin();
    other.settings.push(("OUTLOUD_DATA_DIR", place.path("outloud-data").display().to_string()));
    let line = other.refused(&["serve"], 1);
    assert!(line.contains("only one process"), "{line}");
    assert_eq!(served.get("/healthz").body, "ok\n");
    served.stop();
    let other = other.serve();
    assert_eq!(other.get("/healthz").status, 200);
}

#[test]
fn folders_that_cannot_be_written_are_named_with_their_setting() {
    let place = Place::new();
    std::fs::write(place.path("file"), "").unwrap();
    for (name, value) in [
        ("OUTLOUD_DATA_DIR", "file"),
        ("OUTLOUD_MEDIA_URL", "file://file/media"),
        ("OUTLOUD_DATABASE_URL", "sqlite://file/x.db"),
    ] {
        let mut wrong = place.twin();
        std::fs::write(wrong.path("file"), "").unwrap();
        wrong.settings.push((name, value.to_owned()));
        let line = wrong.refused(&["serve"], 1);
        assert!(line.starts_with(&format!("outloud: {name}: ")) && line.contains("file"), "{line}");
    }
}

#[test]
fn a_database_that_is_away_is_named_without_its_password() {
    let place = Place::new().with("OUTLOUD_DATABASE_URL", "postgres://outloud:hush@127.0.0.1:1/outloud");
    let line = place.refused(&["serve"], 1);
    assert!(
        line.contains("cannot open the database postgres://outloud:") && line.contains("127.0.0.1:1/outloud"),
        "{line}"
    );
    assert!(!line.contains("hush"), "{line}");
    assert!(line.contains("Is PostgreSQL running there"), "{line}");
    let place = Place::new().with("OUTLOUD_DATABASE_URL", "postgres://outloud:hu/sh@127.0.0.1:1/outloud");
    let line = place.refused(&["serve"], 1);
    assert!(line.starts_with("outloud: OUTLOUD_DATABASE_URL: ") && line.contains("%2F"), "{line}");
    assert!(!line.contains("hu/sh"), "{line}");
}

#[test]
fn a_database_of_postgresql_that_is_missing_or_of_no_use_is_told_with_what_to_do() {
    let Some(database) = Database::make() else { return };
    let (server, name) = database.url.rsplit_once('/').unwrap();
    let missing = Place::new().with("OUTLOUD_DATABASE_URL", &format!("{server}/no_such_database"));
    let line = missing.refused(&["serve"], 1);
    assert!(line.contains("createdb"), "{line}");
    let ascii = format!("{name}_ascii");
    database
        .does(&format!("create database {ascii} encoding 'SQL_ASCII' template template0 lc_collate 'C' lc_ctype 'C'"));
    let line = Place::new().with("OUTLOUD_DATABASE_URL", &format!("{server}/{ascii}")).refused(&["serve"], 1);
    database.does(&format!("drop database {ascii} with (force)"));
    assert!(line.contains("SQL_ASCII") && line.contains("UTF8"), "{line}");
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    let place = Place::with_owner();
    spoil(
        &place.path("outloud-data/outloud.db"),
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (99999999, 'later', true, x'00', 0)",
    );
    for arguments in [&["serve"][..], &["domain", "list"], &["backup", "b.tar"]] {
        let line = place.refused(arguments, 1);
        assert!(line.contains("newer version"), "{line}");
    }
}

#[test]
fn the_origin_is_fixed_once_there_is_a_member() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    let mut moved = place.twin();
    moved.settings = vec![
        ("OUTLOUD_LISTEN", format!("127.0.0.1:{}", moved.port)),
        ("OUTLOUD_DATA_DIR", place.path("outloud-data").display().to_string()),
    ];
    let line = moved.refused(&["serve"], 1);
    assert!(line.starts_with("outloud: OUTLOUD_ORIGIN: ") && line.contains(&place.origin()), "{line}");
}

#[test]
fn a_command_that_does_not_know_where_the_node_is_served_changes_nothing_of_it() {
    let place = Place::new();
    let served = place.serve();
    let mut lost = place.twin();
    lost.settings = vec![("OUTLOUD_DATA_DIR", place.path("outloud-data").display().to_string())];
    for command in [&["invite"][..], &["member", "add", "sam", "--email", "sam@work.example"]] {
        let line = lost.refused(command, 1);
        assert!(line.contains(&format!("OUTLOUD_ORIGIN={}", place.origin())), "{line}");
    }
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    assert_eq!(served.get("/users/sam").status, 200);
}

#[test]
fn the_page_of_measures_says_what_each_means() {
    let place = Place::new();
    let served = place.serve();
    served.get("/users/nobody");
    crate::place::request(served.port, "DANCE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("an answer");
    let page = served.get("/metrics").body;
    assert!(page.contains("method=\"other\"") && !page.contains("DANCE"), "{page}");
    for needed in [
        "# HELP outloud_requests_total ",
        "outloud_requests_total{method=\"GET\",route=\"/users/{name}\",status=\"404\"} 1",
        "outloud_request_seconds_bucket{le=\"",
        "# HELP outloud_database_commit_seconds ",
        "outloud_database_commit_seconds_bucket{le=\"",
        "outloud_database_statement_seconds_bucket{kind=\"read\",le=\"",
        "outloud_database_wait_seconds_count",
    ] {
        assert!(page.contains(needed), "{needed} is not in {page}");
    }
    let page = until("the queue to be measured", || {
        let page = served.get("/metrics").body;
        page.contains("outloud_queue_deliveries 0").then_some(page)
    });
    assert!(page.contains("outloud_queue_jobs 0") && page.contains("outloud_queue_oldest_seconds 0"), "{page}");
}
