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

/// What of a node that does not run is wrong.
fn wrong(place: &Place) -> Vec<String> {
    let (lines, _) = check(place, &["--deep", "--offline"]);
    failed(&lines).into_iter().map(|l| l["FAILED  ".len()..].split(" (").next().unwrap().to_owned()).collect()
}

#[test]
fn a_node_that_runs_well_passes_and_one_that_does_not_run_is_told_so() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    let served = place.serve();
    let (lines, status) = check(&place, &["--deep"]);
    assert_eq!((failed(&lines).len(), status), (0, 0), "{lines:?}");
    assert_eq!(lines.len(), 18, "{lines:?}");
    served.stop();
    let (lines, status) = check(&place, &[]);
    assert_eq!(status, 1);
    let failed = failed(&lines);
    assert_eq!(failed.len(), 3, "{lines:?}");
    assert!(failed.iter().all(|l| l.contains("is outloud serve running")), "{lines:?}");
    assert_eq!(check(&place, &["--deep", "--offline"]).1, 0, "which is not to be known of a copy");
}

#[test]
fn it_tells_whether_letters_are_sent_and_whether_the_mail_server_takes_them() {
    let place = Place::with_owner();
    let (lines, _) = check(&place, &["--offline"]);
    assert!(lines.iter().any(|l| l.starts_with("ok      mail: not set up (OUTLOUD_SMTP_URL")), "{lines:?}");
    // Nobody listens there.
    let url = format!("smtp://sam:hush@127.0.0.1:{}", crate::place::free_port());
    let place = place.with("OUTLOUD_SMTP_URL", &url).with("OUTLOUD_MAIL_FROM", "node@work.example");
    let (lines, _) = check(&place, &[]);
    let says = |words: &str| lines.iter().any(|l| l.contains(words));
    assert!(says("mail: set up, 127.0.0.1:") && says("takes letters from node@work.example"), "{lines:?}");
    assert!(says("FAILED  mail server: ") && !says("hush"), "{lines:?}");
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
    assert!(failed(&lines)[2].contains("signatures"), "{lines:?}");
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
        "insert into deeds (id, kind, account_id, created_at) select 2, 'create', id, strftime('%s', 'now') * 1000 from accounts \
         where username = 'sam'",
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
fn looking_deeper_it_finds_what_names_what_is_gone_and_homes_that_hold_what_they_should_not() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    let database = place.path("outloud-data/outloud.db");
    let id = "(select id from accounts where username = 'sam')";
    let (post, entry) = (
        "insert into posts (id, uri, url, account_id, local, audience, root_id, created_at",
        "insert into home_entries (account_id, post_id)",
    );
    // A boost of nothing; one that only sam may see, in a home of sam's and of nobody; one that is gone, which is allowed.
    spoil(&database, &format!("{post}, boost_of_id) select 1, 'u1', 'u1', {id}, true, 10, 1, 0, 77"));
    spoil(&database, &format!("{entry} values ({id}, 1), ({id}, 99)"));
    assert_eq!(wrong(&place), ["what rows name is there"]);
    spoil(&database, "update posts set boost_of_id = null");
    assert!(wrong(&place).is_empty());
    spoil(&database, &format!("{entry} values (12345, 1)"));
    assert_eq!(wrong(&place), ["homes and lists are in order"]);
    spoil(&database, "delete from home_entries where account_id = 12345");
    place.ok(&["member", "add", "ann", "--email", "ann@work.example"]);
    spoil(&database, &format!("{entry} select id, 1 from accounts where username = 'ann'"));
    assert_eq!(wrong(&place), ["homes and lists are in order"]);
    spoil(&database, "delete from home_entries");
    let many = format!(
        "with recursive n (i) as (select 2 union all select i + 1 from n where i < 1700) {entry} select {id}, i from n"
    );
    spoil(&database, &many);
    assert_eq!(wrong(&place), ["homes and lists are in order"]);
    spoil(&database, "delete from home_entries where post_id > 1000");
    assert!(wrong(&place).is_empty());
    let list = "insert into lists (id, account_id, title, replies_policy, exclusive) select 5, id, 'a', 'list', false from accounts";
    spoil(
        &database,
        &format!("{list} where username = 'ann'; insert into list_entries (list_id, post_id) values (5, 99)"),
    );
    assert!(wrong(&place).is_empty(), "an entry may be of a post that is gone");
    spoil(&database, "insert into tags (id, name, display, created_at, last_used_at) values (6, 'tea', 'tea', 0, 0)");
    let featured =
        "insert into featured_tags (id, account_id, tag_id, name, posts_count) select 7, id, 6, 'Tea', 1 from accounts";
    spoil(&database, &format!("{featured} where username = 'ann'"));
    assert_eq!(wrong(&place), ["counts kept with our accounts agree"]);
    spoil(&database, "delete from featured_tags");
    let conversation = "insert into conversations (id, account_id, root_id, participants, last_post_id, unread) select 8, id, 1, '[]', 98, true";
    spoil(&database, &format!("{conversation} from accounts where username = 'ann'"));
    assert_eq!(wrong(&place), ["what rows name is there"]);
    spoil(&database, "delete from conversations");
    spoil(&database, "insert into list_entries (list_id, post_id) values (5, 1)");
    assert_eq!(wrong(&place), ["homes and lists are in order"]);
}

#[test]
fn looking_deeper_it_finds_files_that_nothing_names() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    let database = place.path("outloud-data/outloud.db");
    let stray = place.path("outloud-data/media/ab/cd/1-abcd.png");
    std::fs::create_dir_all(stray.parent().unwrap()).unwrap();
    std::fs::write(&stray, "a picture").unwrap();
    let (lines, _) = check(&place, &["--deep"]);
    let told = lines.iter().find(|l| l.contains("named by something")).unwrap();
    assert!(told.starts_with("ok") && told.contains("but for 1 of the last day"), "{told}");
    let old = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    std::fs::File::options().write(true).open(&stray).unwrap().set_modified(old).unwrap();
    assert_eq!(wrong(&place), ["files are named by something"]);
    // It was never finished.
    let half = stray.with_extension("png#1");
    std::fs::rename(&stray, &half).unwrap();
    assert_eq!(wrong(&place), ["files are named by something"]);
    std::fs::rename(&half, &stray).unwrap();
    // It is about to be deleted.
    spoil(
        &database,
        "insert into jobs (id, kind, payload, asks_others, run_at, created_at) \
         values (1, 'delete_files', '{\"kind\": \"delete_files\", \"keys\": [\"ab/cd/1-abcd.png\"]}', false, 9e15, 0)",
    );
    assert!(wrong(&place).is_empty());
}

#[test]
fn a_clock_that_was_set_back_is_noticed() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    spoil(&place.path("outloud-data/outloud.db"), "update members set last_active_at = 9999999999999");
    let (lines, _) = check(&place, &[]);
    assert!(failed(&lines)[0].contains("clock") && failed(&lines)[0].contains("yet to come"), "{lines:?}");
}
