//! `demo`: two nodes come up that know each other.

use crate::in_database;
use crate::place::{Place, get, until};

#[test]
fn the_demo_comes_up_with_people_who_follow_each_other_across_the_nodes() {
    let place = Place::new();
    let port = place.port.to_string();
    let (council, trust) = (place.port, place.port + 1);
    let demo = place.start(&["demo", "--port", &port], council);
    let out = until("the demo to be ready", || Some(demo.out()).filter(|o| o.contains("Stop with Ctrl-C")));
    for needed in [
        format!("http://localhost:{council}"),
        format!("http://localhost:{trust}"),
        "maya".to_owned(),
        "working-out-loud".to_owned(),
    ] {
        assert!(out.contains(&needed), "{out}");
    }
    let followers = |port: u16, name: &str| get(port, &format!("/users/{name}/followers?page=true")).unwrap().body;
    assert!(followers(council, "maya").contains(&format!("http://localhost:{trust}/users/ines")));
    assert!(followers(trust, "ines").contains(&format!("http://localhost:{council}/users/maya")));
    // What the council says inside, that its challenge is open, and what that passes on the trust does not have.
    for (folder, rows) in [("council", 29), ("trust", 26)] {
        let database = format!("sqlite://{}", place.path("outloud-demo").join(folder).join("outloud.db").display());
        let (posts, failed) = in_database(&database, async |store| {
            let mut tx = store.read().await.unwrap();
            (tx.post_counts(0, 100).await.unwrap(), tx.queue().await.unwrap().deliveries)
        });
        assert_eq!((posts.len(), failed), (rows, 0), "{folder}");
        let sum = |f: fn(&storage::PostCounts) -> i64| posts.iter().map(f).sum::<i64>();
        assert_eq!(sum(|p| p.replies), 10, "{folder}");
        assert_eq!(sum(|p| p.boosts), 7, "{folder}");
    }
    // A block of the other node, and its end: nobody has to follow anew.
    let names = |port: u16| format!("localhost:{port}");
    let mut admin = Place::new();
    admin.settings = vec![
        ("OUTLOUD_LISTEN", format!("127.0.0.1:{council}")),
        ("OUTLOUD_DATA_DIR", place.path("outloud-demo/council").display().to_string()),
    ];
    let database = format!("sqlite://{}", place.path("outloud-demo/council/outloud.db").display());
    let ines = || {
        in_database(&database, async |store| {
            let mut tx = store.read().await.unwrap();
            let ines = tx.account_by_handle("ines", &names(trust)).await.unwrap().unwrap();
            let maya = tx.account_by_handle("maya", "").await.unwrap().unwrap();
            (ines.is_suspended(), tx.follow(maya.id, ines.id).await.unwrap().is_some_and(|f| f.accepted))
        })
    };
    admin.ok(&["domain", "block", &names(trust)]);
    assert_eq!(ines(), (true, true));
    admin.ok(&["account", "unsuspend", &format!("ines@{}", names(trust))]);
    assert_eq!(ines(), (true, true), "her domain stays blocked");
    admin.ok(&["domain", "limit", &names(trust)]);
    assert_eq!(ines(), (false, true));
    admin.ok(&["domain", "block", &names(trust)]);
    admin.ok(&["domain", "allow", &names(trust)]);
    assert_eq!(ines(), (false, true));
    demo.stop();

    let again = place.start(&["demo", "--port", &port], council);
    until("the demo to be ready again", || Some(again.out()).filter(|o| o.contains("Stop with Ctrl-C")));
    assert!(followers(council, "maya").contains(&format!("http://localhost:{trust}/users/ines")));
    let line = place.refused(&["demo", "--port", &port], 1);
    assert!(line.contains("--port") && line.contains("in use"), "{line}");
    again.stop();
    let line = place.refused(&["demo", "--port", &Place::new().port.to_string()], 1);
    assert!(line.contains(&format!("was made for port {port}")), "{line}");
}
