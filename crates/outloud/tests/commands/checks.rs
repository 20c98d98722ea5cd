//! `check`.

use crate::place::Place;
use crate::spoil;

/// What it says, a line for each check, and its status.
fn check(place: &Place, arguments: &[&str]) -> (Vec<String>, i32) {
    let output = place.run(&[&["check"], arguments].concat());
    let lines: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    assert!(lines.iter().all(|l| l.starts_with("ok      ") || l.starts_with("FAILED  ")), "{lines:?}");
    (lines, output.status.code().unwrap())
}

fn failed(lines: &[String]) -> Vec<&String> {
    lines.iter().filter(|l| l.starts_with("FAILED")).collect()
}

#[test]
fn a_node_that_runs_well_passes_and_one_that_does_not_run_is_told_so() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    let served = place.serve();
    let (lines, status) = check(&place, &["--deep"]);
    assert_eq!((failed(&lines).len(), status), (0, 0), "{lines:?}");
    assert_eq!(lines.len(), 13, "{lines:?}");
    served.stop();
    let (lines, status) = check(&place, &[]);
    assert_eq!(status, 1);
    let failed = failed(&lines);
    assert_eq!(failed.len(), 2, "{lines:?}");
    assert!(failed.iter().all(|l| l.contains("is outloud serve running")), "{lines:?}");
}

#[test]
fn another_node_under_our_name_is_found_out() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    drop(place.serve());
    let mut other = place.twin();
    other.settings = vec![("OUTLOUD_LISTEN", format!("127.0.0.1:{}", place.port))];
    other.port = place.port;
    let _other = other.serve();
    let (lines, status) = check(&place, &[]);
    assert_eq!(status, 1);
    assert!(failed(&lines)[0].contains("another node answers"), "{lines:?}");
    assert!(failed(&lines)[1].contains("WebFinger"), "{lines:?}");
}

#[test]
fn without_a_database_it_says_so_and_makes_none() {
    let place = Place::new();
    let (lines, status) = check(&place, &[]);
    assert_eq!(status, 1);
    assert!(failed(&lines)[0].contains("There is no database at"), "{lines:?}");
    assert!(!place.path("outloud-data/outloud.db").exists());
}

#[test]
fn looking_deeper_it_finds_wrong_counts_missing_files_and_what_nobody_takes_up() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    let served = place.serve();
    let database = place.path("outloud-data/outloud.db");
    spoil(&database, "update accounts set followers_count = 5, avatar = 'gone.png' where username = 'sam'");
    spoil(
        &database,
        "insert into deeds (id, kind, account_id, created_at) values (2, 'create', 1, strftime('%s', 'now') * 1000)",
    );
    spoil(
        &database,
        "insert into deliveries (deed_id, host, inbox, next_at) values (2, 'lost.example', 'https://lost.example/inbox', 0)",
    );
    let (lines, status) = check(&place, &["--deep"]);
    assert_eq!(status, 1);
    let failed = failed(&lines);
    assert_eq!(failed.len(), 3, "{lines:?}");
    assert!(failed[0].contains("@sam keeps 5 followers, and has 0"), "{lines:?}");
    assert!(failed[1].contains("lost.example"), "{lines:?}");
    assert!(failed[2].contains("gone.png"), "{lines:?}");
    assert_eq!(check(&place, &[]).1, 0, "what is not deep is in order");
    drop(served);
}

#[test]
fn a_clock_that_was_set_back_is_noticed() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    spoil(&place.path("outloud-data/outloud.db"), "update members set last_active_at = 9999999999999");
    let (lines, _) = check(&place, &[]);
    assert!(failed(&lines)[0].contains("clock") && failed(&lines)[0].contains("yet to come"), "{lines:?}");
}
