//! What a member keeps about others, and whom they might want to know.

use model::account::Account;
use model::audience::Viewer;
use model::notification::{Notification, NotificationKind};
use model::page::Page;
use model::post::Post;
use storage::{ProfileSettings, PublicFilter};
use suite::on_both;

use super::{NOW, account_ids, follow, ids, local, member, post, put, stranger};

on_both! {
    async fn notes_and_endorsements_are_ones_own(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bob) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bob").await);
        tx.put_account_note(1, 2, "met at the fair").await.unwrap();
        tx.put_account_note(1, 2, "met at the zoo").await.unwrap();
        assert_eq!(tx.account_notes(1, &[2, 3]).await.unwrap(), [(2, "met at the zoo".to_owned())]);
        assert!(tx.account_notes(2, &[1]).await.unwrap().is_empty());
        tx.put_account_note(1, 2, "").await.unwrap();
        assert!(tx.account_notes(1, &[2]).await.unwrap().is_empty());
        follow(&mut tx, &alice, &bob).await;
        assert!(tx.put_endorsement(50, 1, 2).await.unwrap() && !tx.put_endorsement(51, 1, 2).await.unwrap());
        let shown = tx.endorsed_by(1, &Page::first(10)).await.unwrap();
        assert_eq!((shown.len(), shown[0].0, shown[0].1.id), (1, 50, 2));
        assert!(tx.endorsed_by(1, &Page { min_id: Some(50), ..Page::first(10) }).await.unwrap().is_empty());
        assert!(tx.relationships(1, &[2]).await.unwrap()[0].endorsed);
        assert!(tx.delete_endorsement(1, 2).await.unwrap() && !tx.delete_endorsement(1, 2).await.unwrap());
        let settings = ProfileSettings {
            show_media: false,
            attribution_domains: vec!["a.example".to_owned()],
            quote_policy: "nobody".to_owned(),
            ..ProfileSettings::default()
        };
        assert_eq!(tx.profile_settings(1).await.unwrap(), ProfileSettings::default());
        tx.put_profile_settings(1, &settings).await.unwrap();
        assert_eq!(tx.profile_settings(1).await.unwrap(), settings);
        tx.commit().await.unwrap();
    }

    async fn nothing_of_a_blocked_server_is_seen_or_heard(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        member(&mut tx, 2, "bob").await;
        let (far, near) = (stranger(&mut tx, 3, "x", "far.example").await, stranger(&mut tx, 4, "y", "near.example").await);
        put(&mut tx, post(10, &far)).await;
        put(&mut tx, post(11, &near)).await;
        for (id, from) in [(20, 3), (21, 4)] {
            let told = Notification {
                id, account_id: 1, kind: NotificationKind::Follow, from_account_id: from, post_id: None, report_id: None, event_id: None, created_at: NOW,
            };
            tx.insert_notification(&told).await.unwrap();
        }
        follow(&mut tx, &alice, &far).await;
        follow(&mut tx, &far, &alice).await;
        let seen = async |tx: &mut storage::Tx, who| {
            ids(&tx.public(PublicFilter::default(), Viewer::Member(who), &Page::first(10)).await.unwrap())
        };
        assert_eq!(seen(&mut tx, 1).await, [11, 10]);
        assert!(tx.put_domain_mute(30, 1, "far.example").await.unwrap());
        assert!(!tx.put_domain_mute(31, 1, "far.example").await.unwrap());
        assert_eq!((seen(&mut tx, 1).await, seen(&mut tx, 2).await), (vec![11], vec![11, 10]));
        let heard = tx.notifications(1, &[], &[], 0, &Page::first(10)).await.unwrap();
        assert_eq!(heard.iter().map(|n| n.id).collect::<Vec<_>>(), [21]);
        tx.drop_notifications_of_domain(1, "far.example").await.unwrap();
        assert!(tx.notification(1, 20).await.unwrap().is_none() && tx.notification(1, 21).await.unwrap().is_some());
        let ties = tx.relationships(1, &[3, 4]).await.unwrap();
        assert_eq!([ties[0].domain_blocking, ties[1].domain_blocking], [true, false]);
        assert!(tx.mutes_domain(1, "far.example").await.unwrap() && !tx.mutes_domain(2, "far.example").await.unwrap());
        assert_eq!(tx.count_domain_mutes(1).await.unwrap(), 1);
        assert_eq!(tx.domain_mutes(1, &Page::first(10)).await.unwrap(), [(30, "far.example".to_owned())]);
        assert!(tx.domain_mutes(1, &Page { min_id: Some(30), ..Page::first(10) }).await.unwrap().is_empty());
        let (followed, followers) = tx.ties_with_domain(1, "far.example", 10).await.unwrap();
        assert_eq!((account_ids(&followed), account_ids(&followers)), (vec![3], vec![3]));
        assert!(tx.delete_domain_mute(1, "far.example").await.unwrap());
        assert_eq!(seen(&mut tx, 1).await, [11, 10]);
        tx.commit().await.unwrap();
    }

    async fn what_somebody_reads_and_with_whom_they_talk_is_found(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bob) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bob").await);
        let far = stranger(&mut tx, 3, "far", "far.example").await;
        for (id, author) in [(10, &bob), (11, &far), (12, &alice)] {
            put(&mut tx, post(id, author)).await;
            tx.put_home_entry(1, id).await.unwrap();
        }
        put(&mut tx, Post { boost_of_id: Some(11), ..post(13, &bob) }).await;
        tx.put_home_entry(1, 13).await.unwrap();
        let read = tx.read_at_home(1, 0, i64::MAX, 10).await.unwrap();
        assert_eq!(read.iter().map(|(id, by, _)| (*id, *by)).collect::<Vec<_>>(), [(13, 3), (12, 1), (11, 3), (10, 2)]);
        assert_eq!((read[0].2.as_str(), read[3].2.as_str()), ("far.example", ""));
        assert_eq!(tx.read_at_home(1, 10, 12, 1).await.unwrap().len(), 1);
        tx.put_mention(12, 2, false).await.unwrap();
        tx.put_mention(11, 1, false).await.unwrap();
        assert_eq!(tx.talked_with(1, 10).await.unwrap(), [3, 2]);
        assert_eq!(tx.talked_with(2, 10).await.unwrap(), [1]);
    }

    async fn people_are_suggested_who_stand_near(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bob) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bob").await);
        let hidden = Account { discoverable: false, ..local(3, "hidden") };
        tx.insert_account(&hidden).await.unwrap();
        let far = stranger(&mut tx, 4, "far", "far.example").await;
        assert_eq!(account_ids(&tx.colleagues(1, 10).await.unwrap()), [2]);
        let tag = tx.use_tag(70, "tea", "Tea", NOW).await.unwrap();
        for (id, author) in [(10, &alice), (11, &far), (12, &bob)] {
            put(&mut tx, post(id, author)).await;
            tx.tag_post(tag, id).await.unwrap();
        }
        assert_eq!(tx.own_tags(1, 10).await.unwrap(), [tag]);
        let on_tag: Vec<_> = tx.people_on_tag(1, tag, 10).await.unwrap().into_iter().map(|(post, who)| (post, who.id)).collect();
        assert_eq!(on_tag, [(12, 2), (11, 4)]);
        tx.dismiss_suggestion(1, 4).await.unwrap();
        tx.dismiss_suggestion(1, 4).await.unwrap();
        follow(&mut tx, &alice, &bob).await;
        assert!(tx.people_on_tag(1, tag, 10).await.unwrap().is_empty() && tx.colleagues(1, 10).await.unwrap().is_empty());
        follow(&mut tx, &bob, &far).await;
        let familiar = tx.familiar_followers(1, &[4, 2], 10).await.unwrap();
        assert_eq!(familiar.iter().map(|(of, who)| (*of, who.id)).collect::<Vec<_>>(), [(4, 2)]);
        tx.commit().await.unwrap();
    }

    async fn the_directory_and_the_servers_are_listed_along_an_index(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bob) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bob").await);
        let far = stranger(&mut tx, 4, "far", "far.example").await;
        stranger(&mut tx, 5, "fur", "far.example").await;
        stranger(&mut tx, 6, "fir", "fir.example").await;
        for (id, author) in [(10, &bob), (11, &far), (12, &alice)] {
            put(&mut tx, post(id, author)).await;
            tx.count_post(author.id, 1, Some(NOW + id)).await.unwrap();
        }
        let mut list = async |local, newest| account_ids(&tx.directory(local, newest, 10, 0).await.unwrap());
        assert_eq!(list(true, false).await, [1, 2]);
        assert_eq!(list(true, true).await, [2, 1]);
        assert_eq!(list(false, false).await, [1, 4, 2]);
        assert_eq!(list(false, true).await, [6, 5, 4, 2, 1]);
        assert_eq!(account_ids(&tx.directory(false, true, 1, 1).await.unwrap()), [5]);
        assert_eq!(tx.domains(10).await.unwrap(), ["far.example", "fir.example"]);
        assert_eq!(tx.domains_by_prefix("f", 10).await.unwrap(), ["far.example", "fir.example"]);
        assert_eq!(tx.domains_by_prefix("fi", 10).await.unwrap(), ["fir.example"]);
        assert_eq!(tx.domains_by_prefix("f", 1).await.unwrap(), ["far.example"]);
        tx.commit().await.unwrap();
    }
}
