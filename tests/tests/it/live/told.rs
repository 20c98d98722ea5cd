//! Each event, in each stream where it belongs, and in none where it does not.

use model::audience::Audience;
use model::post::Draft;
use serde_json::Value;
use suite::live::Reader;

use super::*;

/// Reads a stream as a member.
async fn reads(who: &Person<'_>, path: &str) -> Reader {
    Reader::open(who.on.address(), path, &token(who, "read").await).await
}

on_engines! {
    async fn a_member_is_told_of_their_home_and_of_what_concerns_them(engine: Engine) {
        let node = start(engine).await;
        let (alice, bob) = (node.member("alice").await, node.member("bob").await);
        follow(&bob, &alice).await;
        let (mut home, mut notices) = (reads(&bob, "user").await, reads(&bob, "user/notification").await);

        let post = alice.says("Good morning").await;
        let (event, data) = home.next().await.unwrap();
        let status: Value = serde_json::from_str(&data).unwrap();
        assert_eq!((event.as_str(), status["id"].as_str().unwrap()), ("update", id(&post).as_str()));
        assert_eq!(status["favourited"], false, "as the one who reads it sees it");
        assert_eq!(status["account"]["username"], "alice");

        let own = bob.says("And to you").await;
        assert_eq!(home.next_id().await, pair("update", own.id));
        edit(&alice, &post, "Good evening").await;
        let (event, data) = home.next().await.unwrap();
        assert_eq!(event, "status.update");
        assert!(data.contains("Good evening"));

        deed!(alice, |node, tx, me| node::react::favourite(node, &mut tx, &me, &own, None));
        let (event, data) = home.next().await.unwrap();
        let notification: Value = serde_json::from_str(&data).unwrap();
        assert_eq!((event.as_str(), notification["type"].as_str().unwrap()), ("notification", "favourite"));
        assert_eq!(notification["status"]["id"], id(&own).as_str());
        assert_eq!(notices.next_id().await, pair("notification", notification["id"].as_str().unwrap()));

        let boosted = boost(&alice, &own).await;
        let mut events = [home.next_id().await, home.next_id().await];
        events.sort();
        assert_eq!(events[0].0, "notification");
        assert_eq!(events[1], pair("update", boosted.id));
        assert_eq!(notices.next().await.unwrap().0, "notification");
        deed!(alice, |node, tx, me| node::react::unboost(node, &mut tx, &me, &own));
        assert_eq!(home.next_id().await, pair("delete", boosted.id));
        delete(&alice, &post).await;
        assert_eq!(home.next_id().await, pair("delete", post.id));

        let mut tx = node.node().store.begin().await.unwrap();
        node::live::filters_changed(&mut tx, bob.id);
        node::live::notifications_merged(&mut tx, bob.id);
        node::live::filters_changed(&mut tx, alice.id);
        node::live::announcement_deleted(&mut tx, 77);
        node.node().commit(tx).await.unwrap();
        let mut told = [home.next().await, home.next().await, home.next().await].map(Option::unwrap);
        told.sort();
        let wanted = [pair("announcement.delete", 77), pair("filters_changed", "undefined"), pair("notifications_merged", "1")];
        assert_eq!(told, wanted, "each once");
        assert_eq!(notices.next().await, Some(pair("notifications_merged", "1")));
        node.running.stop().await;
    }

    async fn public_streams_have_what_public_timelines_have(engine: Engine) {
        let node = start(engine).await;
        let (alice, bob, cleo) = (node.member("alice").await, node.member("bob").await, node.member("cleo").await);
        let (mut public, mut media) = (reads(&bob, "public").await, reads(&bob, "public?only_media=true").await);
        let (mut local, mut tag) = (reads(&bob, "public/local").await, reads(&bob, "hashtag/local?tag=Tea").await);
        let mut remote = reads(&bob, "public/remote").await;
        for audience in [Audience::Unlisted, Audience::Followers, Audience::Direct, Audience::Draft] {
            alice.says_to(audience, "#tea for some").await;
        }
        let first = alice.says("#tea for all").await;
        alice.replies(&bob.says("What is there?").await, "#tea to you").await;
        boost(&cleo, &first).await;
        let cleo_id = cleo.id;
        let visits = deed!(alice, |node, tx, me| node::team::create(node, &mut tx, &me, "Visits", &[cleo_id]));
        let among = Draft { text: "#tea for a team".to_owned(), team_id: Some(visits.id), ..Draft::default() };
        let among = alice.posts(among).await;
        delete(&alice, &among).await;
        let inside = alice.says_to(Audience::Organisation, "#tea for us").await;
        let last = alice.says("#tea again").await;
        assert_eq!(public.next_id().await, pair("update", first.id));
        let question = public.next_id().await;
        assert_eq!(local.next_id().await, pair("update", first.id));
        assert_eq!(local.next_id().await, question);
        assert_eq!(local.next_id().await, pair("update", inside.id), "members see what is inside");
        assert_eq!(local.next_id().await, pair("update", last.id));
        assert_eq!(public.next_id().await, pair("update", last.id), "no answer, no boost, nothing for few");
        assert_eq!(tag.next_id().await, pair("update", first.id));
        // An answer is no part of public timelines, and of those of tags it is.
        assert_eq!(tag.next_id().await.0, "update");
        assert_eq!(tag.next_id().await, pair("update", inside.id), "members see what is inside");
        assert_eq!(tag.next_id().await, pair("update", last.id));

        edit(&alice, &last, "#tea once more").await;
        assert_eq!(tag.next_id().await, pair("status.update", last.id));
        assert_eq!(public.next_id().await, pair("status.update", last.id));
        delete(&alice, &inside).await;
        delete(&alice, &last).await;
        assert_eq!(tag.next_id().await, pair("delete", inside.id));
        assert_eq!(tag.next_id().await, pair("delete", last.id));
        assert_eq!(public.next_id().await, pair("delete", last.id));
        assert_eq!(local.next_id().await.0, "status.update");
        assert_eq!(local.next_id().await, pair("delete", inside.id));
        assert_eq!(local.next_id().await, pair("delete", last.id));
        assert_eq!(media.next_id().await, pair("delete", last.id), "nothing here came with a file");
        // Of other servers there is nothing, and what was asked for is still heard.
        node.running.stop().await;
        assert_eq!(remote.next().await, None);
    }

    async fn nobody_is_told_of_what_they_may_not_see(engine: Engine) {
        let node = start(engine).await;
        let (alice, bob) = (node.member("alice").await, node.member("bob").await);
        let (muting, blocked, fan) = (node.member("cleo").await, node.member("dora").await, node.member("eve").await);
        for who in [&muting, &fan] {
            follow(who, &alice).await;
        }
        let them = alice.account().await;
        deed!(muting, |node, tx, me| node::moderate::mute(node, &mut tx, &me, &them, true, None));
        block(&alice, &blocked.account().await).await;
        let mut deaf = Vec::new();
        for who in [&muting, &blocked] {
            for path in ["user", "public", "hashtag?tag=tea"] {
                deaf.push((reads(who, path).await, path));
            }
        }
        let (mut stranger, mut fans) = (reads(&bob, "user").await, reads(&fan, "user").await);
        let public = alice.says("#tea for all").await;
        let narrow = alice.says_to(Audience::Followers, "#tea for friends").await;
        let direct = alice.says_to(Audience::Direct, "For @bob alone").await;
        edit(&alice, &public, "#tea #again").await;
        // A mention is a notification, and no part of a home that does not follow.
        let (event, data) = stranger.next().await.unwrap();
        assert_eq!(event, "notification");
        assert!(data.contains(&id(&direct)));
        assert_eq!(fans.next_id().await, pair("update", public.id));
        assert_eq!(fans.next_id().await, pair("update", narrow.id));
        assert_eq!(fans.next_id().await, pair("status.update", public.id));
        // What is gone is gone for whoever was told of it.
        delete(&alice, &direct).await;
        assert_eq!(stranger.next_id().await, pair("delete", direct.id));

        let seen = bob.says("#tea by another").await;
        for (reader, path) in &mut deaf {
            if *path != "user" {
                assert_eq!(reader.next_id().await, pair("update", seen.id), "{path}");
            }
        }
        let mut tx = node.node().store.begin().await.unwrap();
        for who in [muting.id, blocked.id] {
            node::live::filters_changed(&mut tx, who);
        }
        node.node().commit(tx).await.unwrap();
        for (reader, _) in deaf.iter_mut().filter(|(_, path)| *path == "user") {
            assert_eq!(reader.next().await, Some(pair("filters_changed", "undefined")));
        }
        node.running.stop().await;
    }

    async fn a_token_shows_what_its_scopes_allow(engine: Engine) {
        let node = start(engine).await;
        let (alice, bob) = (node.member("alice").await, node.member("bob").await);
        follow(&bob, &alice).await;
        let narrow = async |scopes: &str| Reader::open(node.address(), "user", &token(&bob, scopes).await).await;
        let (mut statuses, mut notices) = (narrow("read:statuses").await, narrow("read:notifications").await);
        let post = alice.posts(Draft { text: "Hello @bob".to_owned(), ..Draft::default() }).await;
        assert_eq!(statuses.next_id().await, pair("update", post.id));
        assert_eq!(notices.next().await.unwrap().0, "notification");
        delete(&alice, &post).await;
        assert_eq!(statuses.next_id().await, pair("delete", post.id));
        node.running.stop().await;
        assert_eq!(notices.next().await, None);
    }
}
