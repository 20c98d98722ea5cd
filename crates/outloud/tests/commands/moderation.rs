//! Accounts and domains: a running node heeds the command line.

use model::clock::Millis;
use storage::Deed;

use crate::in_database;
use crate::place::{Place, Served, request, until};
use crate::postgres::Database;

#[test]
fn a_suspended_member_is_shown_no_more_and_signed_out_until_it_is_lifted() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    let token = place.ok(&["token", "issue", "sam"]);
    let served = place.serve();
    assert_eq!(served.get("/users/sam").status, 200);
    let handle = format!("@Sam@localhost:{}", place.port);
    assert_eq!(place.ok(&["account", "suspend", &handle]), format!("@sam@localhost:{} is suspended.", place.port));
    assert_eq!(served.get("/users/sam").status, 403);
    let is_valid = || {
        in_database(&place.database(), async |store| {
            store.read().await.unwrap().token(&node::random::hash(&token), 0).await.unwrap().is_some()
        })
    };
    assert!(!is_valid());
    place.ok(&["account", "unsuspend", "sam"]);
    assert_eq!(served.get("/users/sam").status, 200);
    assert!(!is_valid(), "who was signed out signs in again");
    place.ok(&["account", "limit", "sam"]);
    place.ok(&["account", "unlimit", "sam"]);
    let limited = in_database(&place.database(), async |store| {
        store.read().await.unwrap().account_by_handle("sam", "").await.unwrap().unwrap().limited_at
    });
    assert_eq!(limited, None);
}

/// What a server is answered that signs with a key of this host.
fn greets(served: &Served, host: &str) -> u16 {
    let body = "{}";
    let text = format!(
        "POST /inbox HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\nContent-Type: application/activity+json\r\nContent-Length: {}\r\n\
         Date: Sat, 21 Nov 2026 12:00:00 GMT\r\nDigest: SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=\r\n\
         Signature: keyId=\"https://{host}/actor#main-key\",algorithm=\"rsa-sha256\",headers=\"(request-target) host date digest\",signature=\"AAAA\"\r\n\r\n{body}",
        served.port,
        body.len()
    );
    request(served.port, &text).expect("an answer").status
}

#[test]
fn a_running_node_shuts_a_blocked_domain_out_and_lets_it_in_again() {
    let place = Place::new();
    let served = place.serve();
    let before = greets(&served, "evil.example");
    assert_ne!(before, 403);
    let said = place.ok(&[
        "domain",
        "block",
        "https://EVIL.example/",
        "--comment",
        "spam from day one",
        "--public-comment",
        "Spam",
    ]);
    assert_eq!(said, "evil.example is blocked.");
    until("the block to be heeded", || (greets(&served, "evil.example") == 403).then_some(()));
    assert_eq!(greets(&served, "sub.evil.example"), 403);
    assert_eq!(greets(&served, "evil.example:8443"), 403);
    assert_eq!(greets(&served, "devil.example"), before);
    place.ok(&["domain", "limit", "loud.example"]);
    place.ok(&["domain", "reject-media", "loud.example", "other.example"]);
    let table = place.ok(&["domain", "list"]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 4, "{table}");
    assert!(lines[0].starts_with("DOMAIN"));
    assert!(lines[1].starts_with("evil.example") && lines[1].ends_with("spam from day one (public: Spam)"), "{table}");
    assert!(
        lines[2].starts_with("loud.example") && lines[2].contains("limited") && lines[2].contains("rejected"),
        "{table}"
    );
    assert!(lines[3].starts_with("other.example") && !lines[3].contains("limited"), "{table}");
    place.ok(&["domain", "allow", "evil.example"]);
    until("the block to be lifted", || (greets(&served, "evil.example") == before).then_some(()));
    assert!(!place.ok(&["domain", "list"]).contains("evil"));
}

#[test]
fn a_block_drops_what_waits_for_a_domain_and_for_everything_below_it_on_sqlite() {
    let place = Place::new();
    drops_what_waits(&place);
}

#[test]
fn a_block_drops_what_waits_for_a_domain_and_for_everything_below_it_on_postgresql() {
    let Some(database) = Database::make() else { return };
    drops_what_waits(&Place::new().with("OUTLOUD_DATABASE_URL", &database.url));
}

fn drops_what_waits(place: &Place) {
    place.ok(&["domain", "list"]);
    let hosts = [
        "evil.example",
        "evil.example:8443",
        "a.evil.example",
        "b.a.evil.example:99",
        "devil.example",
        "evil.example.org",
        "example",
        "e",
    ];
    let now: Millis = 1_000;
    in_database(&place.database(), async |store| {
        let mut tx = store.begin().await.unwrap();
        let deed = Deed {
            id: 7,
            kind: "create".to_owned(),
            account_id: 1,
            subject_id: None,
            data: "{}".to_owned(),
            document: None,
            created_at: now,
        };
        tx.insert_deed(&deed).await.unwrap();
        for host in hosts {
            tx.deliver_to_inbox(7, host, &format!("https://{host}/inbox"), now).await.unwrap();
        }
        tx.commit().await.unwrap();
        store.close().await;
    });
    place.ok(&["domain", "block", "evil.example"]);
    let left: Vec<usize> = in_database(&place.database(), async |store| {
        let mut left = Vec::new();
        for host in hosts {
            left.push(store.read().await.unwrap().deliveries_of_host(host, 10).await.unwrap().len());
        }
        left
    });
    assert_eq!(left, [0, 0, 0, 0, 1, 1, 1, 1]);
}

#[test]
fn a_list_of_rules_is_previewed_read_and_written_as_mastodon_has_it() {
    let place = Place::new();
    let file = place.path("rules.csv");
    let text = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
                bad.example,suspend,false,true,\"Spam, all of it\",true\n\
                loud.example,silence,true,false,,false\n";
    std::fs::write(&file, format!("{text}ba*.example,suspend,false,false,,false\n")).unwrap();
    let file = file.to_str().unwrap();
    let said = place.ok(&["domain", "import", file, "--dry-run"]);
    assert!(said.contains("Left out: line 4: “ba*.example” is not a domain."), "{said}");
    assert!(
        said.contains("bad.example: 0 accounts; 0 follows from here, 0 from there; 0 posts, 0 media files."),
        "{said}"
    );
    assert!(place.ok(&["domain", "list"]).contains("no rules"), "nothing was changed");
    place.ok(&["domain", "import", file]);
    assert_eq!(place.ok(&["domain", "export"]), text.trim_end());
    let again = place.ok(&["domain", "import", file]);
    assert!(again.contains("0 rules were made; 2 stood already"), "{again}");
    place.ok(&["domain", "block", "--preview", "other.example"]);
    assert!(!place.ok(&["domain", "list"]).contains("other.example"));
    let log = place.ok(&["log"]);
    assert!(log.contains("command line  domain suspend, reject reports  bad.example"), "{log}");
    assert!(place.refused(&["domain", "import", "no-such-file.csv"], 1).contains("cannot read no-such-file.csv"));
}

#[test]
fn a_member_is_frozen_and_disabled_and_gets_everything_back() {
    let place = Place::new();
    place.ok(&["member", "add", "sam", "--email", "sam@work.example"]);
    let token = place.ok(&["token", "issue", "sam"]);
    let signed_in = || {
        in_database(&place.database(), async |store| {
            store.read().await.unwrap().token(&node::random::hash(&token), 0).await.unwrap().is_some()
        })
    };
    let handle = format!("@sam@localhost:{}", place.port);
    assert_eq!(place.ok(&["account", "freeze", "sam"]), format!("{handle} is frozen."));
    assert!(signed_in(), "a frozen member still reads");
    assert_eq!(place.ok(&["account", "unfreeze", "sam"]), format!("{handle} is no longer frozen."));
    assert!(place.refused(&["account", "unfreeze", "sam"], 1).contains("is active"));
    assert_eq!(place.ok(&["account", "disable", "sam"]), format!("{handle} is disabled."));
    assert!(!signed_in());
    assert_eq!(place.ok(&["account", "enable", "sam"]), format!("{handle} is no longer disabled."));
    assert_eq!(place.ok(&["log"]).lines().count(), 4);
}

#[test]
fn reports_are_listed_shown_and_closed() {
    let place = Place::new();
    assert_eq!(place.ok(&["report", "list"]), "There are no reports.");
    in_database(&place.database(), async |store| {
        let mut tx = store.begin().await.unwrap();
        let post = storage::Snapshot { text: "Buy pills".to_owned(), ..Default::default() };
        let report = storage::Report {
            id: 77,
            uri: "https://far.example/flags/1".to_owned(),
            reporter_id: None,
            reporter: "far.example".to_owned(),
            target_id: 5,
            target: "sam@here.example".to_owned(),
            category: "spam".to_owned(),
            comment: "Please\nlook".to_owned(),
            rule_ids: Vec::new(),
            posts: vec![post],
            forwarded: false,
            created_at: 0,
            closed_at: None,
            closed_by: String::new(),
        };
        tx.insert_report(&report).await.unwrap();
        tx.commit().await.unwrap();
        store.close().await;
    });
    let list = place.ok(&["report", "list"]);
    assert_eq!(list, "77  1970-01-01  open    spam       @sam@here.example, 1 post, by far.example  Please look");
    assert!(place.ok(&["report", "show", "77"]).contains("Buy pills"));
    place.ok(&["report", "close", "77", "--comment", "warned"]);
    assert!(place.refused(&["report", "close", "77"], 1).contains("closed already"));
    assert!(place.refused(&["report", "show", "78"], 1).contains("There is no report 78."));
    assert_eq!(place.ok(&["report", "list"]), "There are no reports.");
    assert!(place.ok(&["report", "list", "--all"]).contains("closed"));
    assert!(place.ok(&["log"]).ends_with("close report  report 77 about sam@here.example  warned"));
}
