//! Peers and relays, as an owner names them.

use crate::in_database;
use crate::place::{Place, free_port, until};

const LAB: (&str, &str) = ("OUTLOUD_ALLOW_PRIVATE_NETWORKS", "127.0.0.0/8");

fn lab() -> Place {
    let place = Place::new().with(LAB.0, LAB.1);
    place.ok(&["member", "add", "olga", "--email", "olga@work.example", "--role", "owner"]);
    place
}

#[test]
fn a_peer_is_asked_what_it_runs_and_said_what_it_learns() {
    let (here, there) = (lab(), lab());
    let _served = there.serve();
    let (origin, host) = (there.origin(), format!("localhost:{}", there.port));
    let said = here.ok(&["peer", "add", &origin]);
    assert!(said.starts_with(&format!("{host} is a peer. It runs outloud ")), "{said}");
    assert!(said.contains(&format!("the node follows @tag-HASHTAG@{host} there")), "{said}");
    assert!(said.ends_with("and gets what members say to partners, for their followers there."), "{said}");
    let list = here.ok(&["peer", "list"]);
    assert!(list.starts_with(&format!("{host}\t@tag-{{slug}}\t0 of 0 hashtags\tnamed by the owner ")), "{list}");
    assert!(list.contains("outloud "), "{list}");
    here.ok(&["peer", "add", &origin]);
    assert!(here.refused(&["peer", "add", &origin, "--handles", "{tag}"], 1).contains("remove it first"));
    let said = here.ok(&["peer", "remove", &origin]);
    assert!(said.contains("is not a peer any more"), "{said}");
    assert_eq!(here.ok(&["peer", "list"]), "There are no peers.");
    assert!(here.refused(&["peer", "remove", &origin], 1).contains("is not a peer"));
    let log = here.ok(&["log"]);
    assert!(log.contains("peer add") && log.contains("peer remove"), "{log}");
}

#[test]
fn a_server_that_says_nothing_is_named_with_a_warning_and_what_cannot_be_is_refused() {
    let place = lab();
    let silent = format!("http://localhost:{}", free_port());
    let output = place.run(&["peer", "add", &silent]);
    let warning = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.success() && warning.contains("warning: ") && warning.contains("did not say what it runs"),
        "{warning}"
    );
    place.ok(&["peer", "add", "http://localhost:1", "--handles", "hash-{tag}"]);
    for (arguments, words) in [
        (vec!["peer", "add", "https://a.example/path"], "is not the address of a server"),
        (vec!["peer", "add", "ftp://a.example"], "is not the address of a server"),
        (vec!["peer", "add", "https://a.example", "--handles", "hashtags"], "does not say how accounts are called"),
        (
            vec!["peer", "add", "https://a.example", "--handles", "{tag}@a.example"],
            "does not say how accounts are called",
        ),
    ] {
        assert!(place.refused(&arguments, 1).contains(words), "{arguments:?}");
    }
    place.ok(&["domain", "block", "bad.example"]);
    assert!(place.refused(&["peer", "add", "https://social.bad.example"], 1).contains("blocked here"));
    assert!(place.refused(&["peer", "add", &place.origin()], 1).contains("is this node itself"));
    assert_eq!(place.ok(&["peer", "list"]).lines().count(), 2);
}

#[test]
fn a_hashtag_that_a_member_follows_is_asked_for_at_a_peer_that_is_named_while_the_node_runs() {
    let (here, there) = (lab(), lab());
    let _there = there.serve();
    in_database(&here.database(), async |store| {
        let mut tx = store.begin().await.unwrap();
        let olga = tx.account_by_handle("olga", "").await.unwrap().unwrap();
        let tag = tx.use_tag(7, "rust", "rust", 1).await.unwrap();
        tx.follow_tag(8, olga.id, tag).await.unwrap();
        tx.commit().await.unwrap();
    });
    let _here = here.serve();
    here.ok(&["peer", "add", &there.origin()]);
    until("it is asked for", || here.ok(&["peer", "list"]).contains("of 1 hashtags").then_some(()));
}

#[test]
fn a_relay_is_asked_to_let_the_node_in_and_left_again() {
    let (here, there) = (lab(), lab());
    let _served = there.serve();
    let inbox = format!("{}/inbox", there.origin());
    let said = here.ok(&["relay", "add", &inbox]);
    assert!(said.contains("is asked to let this node in, as an inbox (Mastodon)"), "{said}");
    let actor = format!("{}/actor", there.origin());
    let said = here.ok(&["relay", "add", &actor]);
    assert!(said.contains("as an actor (LitePub)"), "{said}");
    let list = here.ok(&["relay", "list"]);
    let lines: Vec<&str> = list.lines().collect();
    assert!(lines[0].starts_with(&format!("{inbox}\tmastodon\twaits for an answer\tsince ")), "{list}");
    assert!(lines[1].starts_with(&format!("{actor}\tlitepub\twaits for an answer\tsince ")), "{list}");
    assert!(here.refused(&["relay", "add", &inbox], 1).contains("takes part in"));
    assert!(
        here.refused(&["relay", "add", &format!("{}/nothing", there.origin()), "--style", "litepub"], 1)
            .contains("not the address of an actor")
    );
    assert!(here.refused(&["relay", "add", &format!("{}/inbox", here.origin())], 1).contains("is this node itself"));
    assert!(here.refused(&["relay", "add", "nonsense"], 1).contains("is not the address of a relay"));
    let away = format!("http://localhost:{}/inbox", free_port());
    assert!(here.refused(&["relay", "add", &away], 1).contains("--style mastodon"));
    here.ok(&["relay", "add", &away, "--style", "mastodon"]);
    for url in [&inbox, &actor, &away] {
        assert!(here.ok(&["relay", "remove", url]).contains("does not take part"));
    }
    assert!(here.refused(&["relay", "remove", &inbox], 1).contains("does not take part"));
    assert_eq!(here.ok(&["relay", "list"]), "There are no relays.");
}
