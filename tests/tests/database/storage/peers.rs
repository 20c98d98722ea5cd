//! Peers with their accounts of hashtags, relays, and what servers say that they run.

use model::account::Account;
use model::clock::DAY;
use model::id::first_id;
use storage::{Names, Peer, Relay, RelayStyle, Server, TagSubscription, Tx};
use suite::on_both;

use super::deliveries::deed;
use super::{NOW, follow, local, member, post, put, reply, stranger};

fn peer(host: &str) -> Peer {
    Peer {
        host: host.to_owned(),
        origin: format!("https://{host}"),
        handles: "tag-{slug}".to_owned(),
        origin_only: true,
        discovered: true,
        ignored: false,
        created_at: NOW,
    }
}

fn relay(id: i64, style: RelayStyle, account: Option<&Account>) -> Relay {
    Relay {
        id,
        url: format!("https://relay{id}.example/inbox"),
        style: style.name().to_owned(),
        inbox: format!("https://relay{id}.example/inbox"),
        lane: format!("relay{id}.example"),
        account_id: account.map(|a| a.id),
        state: "asked".to_owned(),
        uri: format!("https://here.example/actor#follows/{id}"),
        follows_us: false,
        created_at: NOW,
    }
}

async fn subscriptions(tx: &mut Tx, tag: i64) -> Vec<(i64, String)> {
    tx.tag_subscriptions_of_tag(tag).await.unwrap().into_iter().map(|s| (s.id, s.state)).collect()
}

on_both! {
    async fn a_server_is_asked_what_it_runs_once_in_a_while(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert!(tx.look_at_server("a.example", NOW, NOW - 10).await.unwrap());
        assert!(!tx.look_at_server("a.example", NOW + 10, NOW).await.unwrap());
        assert!(tx.look_at_server("a.example", NOW + 11, NOW + 1).await.unwrap());
        assert!(tx.look_at_server("b.example", NOW, NOW - 10).await.unwrap());
        let server = Server { host: "a.example".to_owned(), software: "outloud".to_owned(), version: "1".to_owned(), asked_at: NOW + 12 };
        tx.put_server(&server).await.unwrap();
        assert_eq!(tx.server("a.example").await.unwrap(), Some(server));
        assert_eq!(tx.server("c.example").await.unwrap(), None);
        assert_eq!(tx.forget_servers(NOW + 1, 9).await.unwrap(), 1);
        assert!(tx.server("b.example").await.unwrap().is_none() && tx.server("a.example").await.unwrap().is_some());
    }

    async fn a_peer_is_kept_with_what_the_owner_said_of_it(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for host in ["b.example", "a.example"] {
            tx.put_peer(&peer(host)).await.unwrap();
        }
        let ignored = Peer { ignored: true, handles: "{tag}".to_owned(), created_at: NOW + 1, ..peer("a.example") };
        tx.put_peer(&ignored).await.unwrap();
        assert_eq!(tx.peer("a.example").await.unwrap(), Some(Peer { created_at: NOW, ..ignored.clone() }));
        assert_eq!(tx.peers().await.unwrap(), [Peer { created_at: NOW, ..ignored }, peer("b.example")]);
        assert_eq!(tx.peer("c.example").await.unwrap(), None);
    }

    async fn who_follows_a_hashtag_is_counted_as_long_as_they_are_here(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bea) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bea").await);
        let mut tags = Vec::new();
        for (id, name) in [(101, "a"), (102, "b"), (103, "c")] {
            tags.push(tx.use_tag(id, name, name, NOW).await.unwrap());
        }
        for (id, who, tag) in [(1, &alice, 101), (2, &alice, 103), (3, &bea, 103)] {
            tx.follow_tag(id, who.id, tag).await.unwrap();
        }
        assert_eq!(tx.tags_with_followers(0, 9).await.unwrap(), [101, 103]);
        assert_eq!((tx.tags_with_followers(0, 1).await.unwrap(), tx.tags_with_followers(101, 9).await.unwrap()), (vec![101], vec![103]));
        assert_eq!(tx.tag_follows_of(1, 0, 9).await.unwrap(), [(1, 101), (2, 103)]);
        assert_eq!(tx.tag_follows_of(1, 1, 9).await.unwrap(), [(2, 103)]);
        tx.hold_tag(101).await.unwrap();
        assert!(tx.is_tag_followed(101).await.unwrap() && !tx.is_tag_followed(102).await.unwrap());
        tx.set_suspended(1, Some(NOW), "moderator").await.unwrap();
        assert!(!tx.is_tag_followed(101).await.unwrap() && tx.is_tag_followed(103).await.unwrap());
        assert_eq!(tx.drop_tag_follows(1, 1).await.unwrap(), [101]);
        assert_eq!(tx.drop_tag_follows(1, 9).await.unwrap(), [103]);
        assert_eq!(tx.drop_tag_follows(1, 9).await.unwrap(), Vec::<i64>::new());
        assert!(tx.is_tag_followed(103).await.unwrap());
    }

    async fn for_each_hashtag_and_peer_there_is_one_account(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let actor = stranger(&mut tx, 5, "tag-a", "a.example").await;
        for (id, name) in [(101, "a"), (102, "b")] {
            tx.use_tag(id, name, name, NOW).await.unwrap();
        }
        for (id, tag, host, new) in [(1, 101, "a.example", true), (2, 101, "a.example", false), (3, 101, "b.example", true), (4, 102, "a.example", true)] {
            assert_eq!(tx.insert_tag_subscription(id, tag, host, NOW + id).await.unwrap(), new, "{id}");
        }
        assert_eq!(subscriptions(&mut tx, 101).await.len(), 2);
        let found = tx.tag_subscription(1).await.unwrap().unwrap();
        assert_eq!((found.tag.as_str(), found.state.as_str(), found.account_id), ("a", "wanted", None));
        let asked = TagSubscription {
            account_id: Some(actor.id),
            state: "accepted".to_owned(),
            uri: "https://here.example/actor#follows/1".to_owned(),
            due_at: NOW + 100,
            ..found
        };
        tx.set_tag_subscription(&asked).await.unwrap();
        assert_eq!(tx.tag_subscriptions_of_account(actor.id).await.unwrap(), std::slice::from_ref(&asked));
        assert_eq!(tx.count_subscriptions_of_tag(101).await.unwrap(), 1, "the other is only wanted");
        let of_peer: Vec<i64> = tx.tag_subscriptions_of_peer("a.example", 9).await.unwrap().iter().map(|s| s.id).collect();
        assert_eq!(of_peer, [1, 4]);
        let due: Vec<i64> = tx.due_tag_subscriptions(NOW + 50, 9).await.unwrap().iter().map(|s| s.id).collect();
        assert_eq!(due, [3, 4]);
        assert_eq!(tx.count_tag_subscriptions("a.example").await.unwrap(), (1, 2));
        assert_eq!(tx.count_tag_subscriptions("c.example").await.unwrap(), (0, 0));
        let (_, gone) = tx.drop_unused_tags(0, NOW + 1, 9).await.unwrap();
        assert_eq!(gone, 0, "they are followed elsewhere");
        let unseen = tx.unseen_accounts(&[actor.id], NOW + 1).await.unwrap();
        assert!(unseen.is_empty(), "the account is needed");
        tx.delete_tag_subscription(1).await.unwrap();
        assert_eq!(tx.tag_subscription(1).await.unwrap(), None);
        assert_eq!(tx.unseen_accounts(&[actor.id], NOW + 1).await.unwrap(), [actor.id]);
    }

    async fn what_was_found_before_it_was_sent_is_heard_of_once(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let (old, new) = (first_id(NOW - 8 * DAY) + 1, first_id(NOW) + 1);
        let posts = [put(&mut tx, post(old, &bob)).await, put(&mut tx, post(new, &bob)).await];
        assert!(tx.is_heard(&posts[1].uri).await.unwrap(), "it came as it should");
        assert!(!tx.is_heard("https://far.example/gone").await.unwrap());
        for post in &posts {
            tx.note_unheard(post.id).await.unwrap();
            tx.note_unheard(post.id).await.unwrap();
            assert!(!tx.is_heard(&post.uri).await.unwrap());
        }
        assert_eq!(tx.forget_unheard(NOW - 7 * DAY, 9).await.unwrap(), 1, "the old one");
        assert_eq!(tx.forget_unheard(NOW - 7 * DAY, 9).await.unwrap(), 0);
        assert!(!tx.hear(old).await.unwrap() && tx.hear(new).await.unwrap() && !tx.hear(new).await.unwrap());
        assert!(tx.is_heard(&posts[1].uri).await.unwrap());
    }

    async fn who_gave_word_of_a_post_is_remembered_as_long_as_it_is_here(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let here = put(&mut tx, post(10, &bob)).await;
        for (uri, account, at) in [(here.uri.as_str(), 5, 1), (here.uri.as_str(), 6, 2), ("https://far.example/gone", 5, 3), ("https://far.example/new", 5, 9)] {
            tx.put_relayed(uri, account, NOW + at).await.unwrap();
            tx.put_relayed(uri, account, NOW + 100).await.unwrap();
        }
        assert!(tx.is_relayed("https://far.example/gone").await.unwrap() && !tx.is_relayed("https://far.example/other").await.unwrap());
        assert_eq!(tx.forget_relayed(0, NOW + 5, 2).await.unwrap(), (Some(NOW + 2), 0));
        assert_eq!(tx.forget_relayed(NOW + 2, NOW + 5, 2).await.unwrap(), (None, 1));
        assert_eq!(tx.forget_relayed(NOW + 3, NOW + 5, 2).await.unwrap(), (None, 0));
        assert!(!tx.is_relayed("https://far.example/gone").await.unwrap() && tx.is_relayed("https://far.example/new").await.unwrap());
        assert!(tx.delete_relayed(&here.uri, 5).await.unwrap() && !tx.delete_relayed(&here.uri, 5).await.unwrap());
        assert!(tx.is_relayed(&here.uri).await.unwrap(), "somebody else said it, too");
        assert!(!tx.is_touched_here(here.id).await.unwrap());
        put(&mut tx, reply(11, &alice, &here)).await;
        assert!(tx.is_touched_here(here.id).await.unwrap());
    }

    async fn a_peer_that_was_found_goes_and_one_that_was_named_stays(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for (host, discovered, ignored) in [("found.example", true, false), ("named.example", false, false), ("unwanted.example", true, true)] {
            let peer = Peer { discovered, ignored, ..peer(host) };
            tx.put_peer(&peer).await.unwrap();
            assert!(tx.look_at_server(host, NOW, NOW - 1).await.unwrap());
            assert!(!tx.look_at_server(host, NOW, NOW - 1).await.unwrap());
            tx.drop_peer(host).await.unwrap();
        }
        let left: Vec<String> = tx.peers().await.unwrap().into_iter().map(|p| p.host).collect();
        assert_eq!(left, ["named.example", "unwanted.example"]);
        assert!(tx.look_at_server("found.example", NOW, NOW - 1).await.unwrap(), "it may be found again");
    }

    async fn who_follows_what_of_a_server(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let zoe = stranger(&mut tx, 3, "zoe", "other.example").await;
        let names = |who: &Account| Names { domain: who.domain.clone(), host: model::account::authority(&who.uri).to_owned() };
        let tag = local(9, "tag-tea");
        tx.insert_account(&tag).await.unwrap();
        tx.use_tag(101, "tea", "Tea", NOW).await.unwrap();
        tx.put_tag_actor(tag.id, 101).await.unwrap();
        follow(&mut tx, &bob, &tag).await;
        follow(&mut tx, &bob, &alice).await;
        follow(&mut tx, &alice, &zoe).await;
        assert!(!tx.is_anybody_followed_of(&names(&bob)).await.unwrap(), "that they follow us is another thing");
        assert!(tx.is_anybody_followed_of(&names(&zoe)).await.unwrap());
        assert_eq!(tx.followers_of_hashtags_of(&names(&bob)).await.unwrap(), [bob.id]);
        assert!(tx.followers_of_hashtags_of(&names(&zoe)).await.unwrap().is_empty());
    }

    async fn an_activity_that_is_forgotten_counts_again(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert!(tx.mark_seen("a.example", "1", NOW).await.unwrap());
        tx.unmark_seen("b.example", "1").await.unwrap();
        assert!(!tx.mark_seen("a.example", "1", NOW).await.unwrap());
        tx.unmark_seen("a.example", "1").await.unwrap();
        assert!(tx.mark_seen("a.example", "1", NOW).await.unwrap());
    }

    async fn a_deed_goes_to_the_relays_that_have_let_us_in(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        let actor = stranger(&mut tx, 5, "relay", "relay2.example").await;
        for (id, style) in [(1, RelayStyle::Mastodon), (2, RelayStyle::LitePub), (3, RelayStyle::Mastodon)] {
            let account = (id == 2).then_some(&actor);
            assert!(tx.insert_relay(&relay(id, style, account)).await.unwrap());
            assert!(!tx.insert_relay(&relay(id, style, account)).await.unwrap(), "there it is");
        }
        tx.insert_deed(&deed(7)).await.unwrap();
        assert_eq!(tx.deliver_to_relays(7, RelayStyle::Mastodon, NOW).await.unwrap(), 0);
        for relay in tx.relays().await.unwrap().into_iter().take(2) {
            tx.set_relay(&Relay { state: "accepted".to_owned(), follows_us: true, ..relay }).await.unwrap();
        }
        assert_eq!(tx.relays().await.unwrap().iter().map(|r| r.follows_us).collect::<Vec<_>>(), [true, true, false]);
        assert_eq!(tx.deliver_to_relays(7, RelayStyle::Mastodon, NOW).await.unwrap(), 1);
        assert_eq!(tx.deliver_to_relays(7, RelayStyle::LitePub, NOW).await.unwrap(), 1);
        assert_eq!(tx.deliveries_of_host("relay1.example", 9).await.unwrap().len(), 1);
        tx.delete_relay(1).await.unwrap();
        assert_eq!(tx.relays().await.unwrap().iter().map(|r| r.id).collect::<Vec<_>>(), [2, 3]);
        assert_eq!((RelayStyle::from_name("litepub"), RelayStyle::from_name("other")), (Some(RelayStyle::LitePub), None));
    }
}
