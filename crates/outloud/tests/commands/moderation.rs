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
