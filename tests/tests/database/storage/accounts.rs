//! Accounts, keys, members, invitations.

use model::account::{ActorKind, Emoji, Field, MemberState, Role};
use model::audience::Audience;
use model::page::Page;
use storage::{Invite, Key, Profile};
use suite::on_both;

use super::{NOW, account_ids, local, member, membership, remote, stranger};

on_both! {
    async fn an_account_comes_back_as_it_was_stored(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let mut account = remote(7, "Björn", "far.example");
        account.kind = ActorKind::Service;
        account.display_name = "B — ✂".to_owned();
        account.fields = vec![Field { name: "site".to_owned(), value: "<a>x</a>".to_owned(), source: "x".to_owned(), verified_at: Some(NOW) }];
        account.emojis = vec![Emoji { shortcode: "cat".to_owned(), url: "https://far.example/cat.png".to_owned(), ..Emoji::default() }];
        account.also_known_as = vec!["https://old.example/b".to_owned()];
        account.locked = true;
        account.followers_count = 12;
        account.following_count = 3;
        account.posts_count = 5;
        assert!(tx.insert_account(&account).await.unwrap());
        let read = tx.account(7).await.unwrap().unwrap();
        assert_eq!(format!("{read:?}"), format!("{account:?}"));
        assert_eq!(tx.account_by_uri(&account.uri).await.unwrap().unwrap().id, 7);
        assert!(tx.account(8).await.unwrap().is_none(), "what is not found is None");
    }

    async fn a_uri_is_taken_in_once_and_a_local_name_is_taken_whatever_its_case(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        stranger(&mut tx, 1, "bob", "far.example").await;
        let mut same = remote(2, "bob", "far.example");
        assert!(!tx.insert_account(&same).await.unwrap());
        same.uri.push('2');
        assert!(tx.insert_account(&same).await.unwrap(), "elsewhere a handle may pass to a new actor");
        member(&mut tx, 3, "alice").await;
        tx.commit().await.unwrap();

        let mut tx = db.store.begin().await.unwrap();
        let error = tx.insert_account(&local(4, "ALICE")).await.unwrap_err();
        assert!(error.is_duplicate() && !error.is_temporary(), "{error}");
        assert!(tx.commit().await.is_err(), "a transaction with a failed statement is not committed on either engine");
    }

    async fn a_text_with_a_nul_is_kept_without_it(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        tx.put_setting("odd", "a\0b").await.unwrap();
        assert_eq!(tx.setting("odd").await.unwrap().as_deref(), Some("ab"));
    }

    async fn a_handle_finds_the_account_that_had_it_last_whatever_the_case(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let mut old = remote(1, "Bob", "far.example");
        old.uri.push_str("/old");
        old.fetched_at = Some(NOW - 1);
        tx.insert_account(&old).await.unwrap();
        stranger(&mut tx, 2, "bob", "far.example").await;
        let mut third = remote(3, "bob", "far.example");
        third.uri.push_str("/third");
        third.fetched_at = Some(NOW - 2);
        tx.insert_account(&third).await.unwrap();
        member(&mut tx, 4, "bob").await;
        tx.insert_account(&remote(5, "ÄNNE", "far.example")).await.unwrap();
        let of = |a: Option<model::account::Account>| a.map(|a| a.id);
        assert_eq!(of(tx.account_by_handle("BOB", "far.example").await.unwrap()), Some(2));
        assert_eq!(of(tx.account_by_handle("bob", "").await.unwrap()), Some(4));
        assert_eq!(of(tx.account_by_handle("bob", "near.example").await.unwrap()), None);
        assert_eq!(of(tx.account_by_handle("ÄNNE", "far.example").await.unwrap()), Some(5), "letters beyond ASCII as they stand");
    }

    async fn a_prefix_finds_our_own_people_first_then_by_name(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        stranger(&mut tx, 1, "anna", "far.example").await;
        stranger(&mut tx, 2, "Anton", "far.example").await;
        stranger(&mut tx, 3, "an", "far.example").await;
        stranger(&mut tx, 4, "bernd", "far.example").await;
        member(&mut tx, 5, "antje").await;
        member(&mut tx, 6, "angela").await;
        member(&mut tx, 7, "anselm").await;
        tx.set_suspended(7, Some(NOW), "moderator").await.unwrap();
        stranger(&mut tx, 8, "annika", "far.example").await;
        tx.mark_account_deleted(8, NOW).await.unwrap();
        stranger(&mut tx, 9, "anders", "far.example").await;
        tx.set_hidden_inbox(9).await.unwrap();
        assert_eq!(account_ids(&tx.accounts_by_prefix("an", 10, 0).await.unwrap()), [6, 5, 3, 1, 2]);
        assert_eq!(account_ids(&tx.accounts_by_prefix("an", 2, 1).await.unwrap()), [5, 3], "a page of it");
        assert_eq!(account_ids(&tx.accounts_by_prefix("ann", 10, 0).await.unwrap()), [1]);
        assert!(tx.accounts_by_prefix("x", 10, 0).await.unwrap().is_empty());
    }

    async fn a_remote_document_changes_what_it_says_and_not_what_we_decided(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let mut bob = stranger(&mut tx, 1, "bob", "far.example").await;
        tx.set_suspended(1, Some(NOW), "moderator").await.unwrap();
        tx.set_limited(1, Some(NOW)).await.unwrap();
        bob.display_name = "Bob II".to_owned();
        bob.moved_to = "https://new.example/bob".to_owned();
        bob.memorial = true;
        bob.locked = true;
        bob.fetched_at = Some(NOW + 5);
        bob.followers_count = 99;
        tx.update_remote_account(&bob).await.unwrap();
        let read = tx.account(1).await.unwrap().unwrap();
        assert_eq!((read.display_name.as_str(), read.moved_to.as_str(), read.locked), ("Bob II", "https://new.example/bob", true));
        assert!(read.memorial);
        assert_eq!((read.fetched_at, read.suspended_at, read.limited_at), (Some(NOW + 5), Some(NOW), Some(NOW)));
        assert_eq!((read.suspended_by.as_str(), read.followers_count), ("moderator", 0), "counts are kept by us");
        tx.set_suspended(1, None, "").await.unwrap();
        tx.set_limited(1, None).await.unwrap();
        let read = tx.account(1).await.unwrap().unwrap();
        assert_eq!((read.suspended_at, read.limited_at), (None, None));
    }

    async fn a_handle_has_one_holder_and_who_had_it_before_loses_it(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "bob").await;
        stranger(&mut tx, 2, "Bob", "far.example").await;
        let mut other = remote(3, "bob", "far.example");
        other.uri = "https://far.example/ap/3".to_owned();
        tx.insert_account(&other).await.unwrap();
        stranger(&mut tx, 4, "bob", "near.example").await;
        assert_eq!(tx.take_handle("bob", "far.example", 3).await.unwrap(), ["https://far.example/users/Bob"]);
        assert_eq!(tx.account_by_handle("bob", "far.example").await.unwrap().unwrap().id, 3);
        assert_eq!(tx.account(2).await.unwrap().unwrap().username, "Bob.2");
        assert!(tx.take_handle("bob", "far.example", 3).await.unwrap().is_empty());
        assert!(tx.take_handle("bob", "", 3).await.unwrap().is_empty(), "never that of a member");
        assert_eq!(tx.account(4).await.unwrap().unwrap().username, "bob");
    }

    async fn a_profile_is_changed_by_its_owner(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        let field = Field { name: "tea".to_owned(), value: "green".to_owned(), ..Field::default() };
        let profile = Profile {
            display_name: "Alice".to_owned(),
            note: "<p>hi</p>".to_owned(),
            note_source: "hi".to_owned(),
            fields: vec![field.clone()],
            emojis: vec![Emoji { shortcode: "tea".to_owned(), url: "t.png".to_owned(), still: "t.png".to_owned(), own: Some(7) }],
            avatar: "a.png".to_owned(),
            avatar_description: "me".to_owned(),
            header: "h.png".to_owned(),
            header_description: "hills".to_owned(),
            kind: ActorKind::Service,
            locked: true,
            discoverable: false,
            indexable: true,
            hide_collections: true,
        };
        tx.update_profile(1, &profile, NOW + 1).await.unwrap();
        let read = tx.account(1).await.unwrap().unwrap();
        assert_eq!((read.display_name.as_str(), read.note.as_str(), read.header_description.as_str()), ("Alice", "<p>hi</p>", "hills"));
        assert_eq!((read.kind, read.locked, read.discoverable, read.indexable, read.hide_collections), (ActorKind::Service, true, false, true, true));
        assert_eq!(read.emojis, profile.emojis);
        assert_eq!((read.fields, read.updated_at), (vec![field.clone()], NOW + 1));
        let verified = Field { verified_at: Some(NOW), ..field };
        tx.set_fields(1, std::slice::from_ref(&verified)).await.unwrap();
        assert_eq!(tx.account(1).await.unwrap().unwrap().fields, [verified]);
    }

    async fn a_deleted_account_keeps_its_name_and_none_of_its_texts(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let mut alice = local(1, "alice");
        for text in [&mut alice.display_name, &mut alice.note, &mut alice.note_source, &mut alice.avatar, &mut alice.avatar_description,
            &mut alice.header, &mut alice.header_description] {
            "secret".clone_into(text);
        }
        alice.fields = vec![Field { name: "secret".to_owned(), ..Field::default() }];
        alice.emojis = vec![Emoji { shortcode: "secret".to_owned(), ..Emoji::default() }];
        tx.insert_account(&alice).await.unwrap();
        tx.mark_account_deleted(1, NOW).await.unwrap();
        let read = tx.account(1).await.unwrap().unwrap();
        assert_eq!((read.deleted_at, read.username.as_str()), (Some(NOW), "alice"));
        assert!(!format!("{read:?}").contains("secret"), "{read:?}");
    }

    async fn the_count_of_posts_and_the_time_of_the_last_are_kept(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        tx.count_post(1, 1, Some(NOW)).await.unwrap();
        tx.count_post(1, 1, Some(NOW - 5)).await.unwrap();
        tx.count_post(1, -1, None).await.unwrap();
        let read = tx.account(1).await.unwrap().unwrap();
        assert_eq!((read.posts_count, read.last_post_at), (1, Some(NOW)), "an older post does not move it back");
        stranger(&mut tx, 2, "bob", "far.example").await;
        tx.count_post(2, 7, Some(NOW)).await.unwrap();
        assert_eq!(tx.count_local_posts().await.unwrap(), 1);
    }

    async fn the_directory_shows_active_members_who_want_to_be_found(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert!(!tx.has_members().await.unwrap());
        for (id, name) in [(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, "e")] {
            member(&mut tx, id, name).await;
        }
        assert!(tx.has_members().await.unwrap());
        tx.set_member_state(2, MemberState::Pending).await.unwrap();
        tx.set_suspended(3, Some(NOW), "moderator").await.unwrap();
        let mut shy = local(6, "f");
        shy.discoverable = false;
        tx.insert_account(&shy).await.unwrap();
        tx.insert_member(&membership(6, Role::Member)).await.unwrap();
        stranger(&mut tx, 7, "g", "far.example").await;
        assert_eq!(account_ids(&tx.local_people(&Page::first(10)).await.unwrap()), [5, 4, 1]);
        assert_eq!(account_ids(&tx.local_people(&Page { max_id: Some(5), limit: 1, ..Page::default() }).await.unwrap()), [4]);
        let mut several = account_ids(&tx.accounts(&[7, 99, 1]).await.unwrap());
        several.sort_unstable();
        assert_eq!(several, [1, 7]);
    }

    async fn we_sign_with_our_newest_key_and_remote_keys_go_when_they_are_no_longer_named(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        stranger(&mut tx, 2, "bob", "far.example").await;
        let key = |id: &str, account, private: bool, at| Key {
            id: id.to_owned(),
            account_id: account,
            public_pem: format!("public {id}"),
            private_pem: private.then(|| format!("private {id}")),
            created_at: at,
            fetched_at: at,
        };
        for k in [key("ours#1", 1, true, 1), key("ours#2", 1, true, 2), key("ours#3", 1, false, 3), key("theirs#1", 2, false, 1), key("theirs#2", 2, false, 2)] {
            tx.put_key(&k).await.unwrap();
        }
        let signing = tx.signing_key(1).await.unwrap().unwrap();
        assert_eq!((signing.id.as_str(), signing.private_pem.as_deref()), ("ours#2", Some("private ours#2")));
        assert!(tx.signing_key(2).await.unwrap().is_none());
        for (at, then) in [(0, "ours#1"), (1, "ours#1"), (2, "ours#2"), (9, "ours#2")] {
            assert_eq!(tx.signing_key_at(1, at).await.unwrap().unwrap().id, then, "what was done at {at}");
        }
        assert!(tx.signing_key_at(2, 9).await.unwrap().is_none());
        assert!(!tx.drop_replaced_key("ours#2").await.unwrap(), "nothing replaced it");
        assert!(!tx.drop_replaced_key("theirs#1").await.unwrap(), "it is not ours to drop");
        assert!(tx.drop_replaced_key("ours#1").await.unwrap());
        assert_eq!(tx.signing_key_at(1, 0).await.unwrap().unwrap().id, "ours#2", "the oldest that is left");
        tx.put_key(&key("ours#2", 2, false, 9)).await.unwrap();
        assert_eq!(tx.key("ours#2").await.unwrap().unwrap().account_id, 1, "nobody takes a key of ours by naming it");
        tx.put_key(&Key { public_pem: "new".to_owned(), ..key("theirs#2", 2, false, 9) }).await.unwrap();
        tx.drop_other_keys(2, "theirs#2").await.unwrap();
        assert!(tx.key("theirs#1").await.unwrap().is_none());
        let kept = tx.key("theirs#2").await.unwrap().unwrap();
        assert_eq!((kept.public_pem.as_str(), kept.fetched_at, kept.created_at), ("new", 9, 2));
        tx.drop_other_keys(1, "nothing").await.unwrap();
        assert!(tx.signing_key(1).await.unwrap().is_some(), "our own stay");
    }

    async fn a_member_is_found_by_account_and_address_and_changes_what_is_theirs(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        member(&mut tx, 1, "alice").await;
        tx.insert_account(&local(2, "olga")).await.unwrap();
        tx.insert_member(&membership(2, Role::Owner)).await.unwrap();
        let read = tx.member(1).await.unwrap().unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", membership(1, Role::Member)));
        assert_eq!(tx.member_by_email("2@mail.example").await.unwrap().unwrap().account_id, 2);
        assert!(tx.member_by_email("9@mail.example").await.unwrap().is_none());
        assert_eq!(account_ids(&tx.members_with_role(Role::Owner).await.unwrap()), [2]);
        tx.set_password(1, "other").await.unwrap();
        tx.set_posting_defaults(1, Audience::Followers, true, "de").await.unwrap();
        tx.set_member_state(1, MemberState::Disabled).await.unwrap();
        let read = tx.member(1).await.unwrap().unwrap();
        assert_eq!((read.password_hash.as_str(), read.default_audience, read.default_sensitive), ("other", Audience::Followers, true));
        assert_eq!((read.default_language.as_str(), read.state), ("de", MemberState::Disabled));
        let error = {
            let mut twin = membership(1, Role::Member);
            twin.email = "2@mail.example".to_owned();
            tx.insert_account(&local(3, "eve")).await.unwrap();
            twin.account_id = 3;
            tx.insert_member(&twin).await.unwrap_err()
        };
        assert!(error.is_duplicate(), "one address, one member: {error}");
    }

    async fn who_waits_to_be_let_in_is_listed_and_can_be_forgotten(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        for (id, name) in [(1, "alice"), (2, "bea"), (3, "cy")] {
            member(&mut tx, id, name).await;
        }
        tx.set_member_state(3, MemberState::Pending).await.unwrap();
        let waiting = tx.waiting_members(9).await.unwrap();
        assert_eq!(waiting.iter().map(|w| w.0.as_str()).collect::<Vec<_>>(), ["cy"]);
        assert_eq!(tx.member_ids(1, 9).await.unwrap(), [2, 3]);
        let names: Vec<String> = tx.members(1, 9).await.unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["bea", "cy"]);
        tx.set_role(2, Role::Admin).await.unwrap();
        assert_eq!(tx.member(2).await.unwrap().unwrap().role, Role::Admin);
        tx.hold_account(3).await.unwrap();
        tx.remove_waiting_account(3).await.unwrap();
        assert_eq!((tx.account(3).await.unwrap().is_none(), tx.member_ids(0, 9).await.unwrap()), (true, vec![1, 2]));
    }

    async fn members_are_counted_by_when_they_were_last_here(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.member_counts(0, 0).await.unwrap(), (0, 0, 0));
        for (id, name) in [(1, "a"), (2, "b"), (3, "c"), (4, "d")] {
            member(&mut tx, id, name).await;
        }
        tx.touch_member(1, NOW, NOW - 10).await.unwrap();
        tx.touch_member(2, NOW - 50, NOW - 60).await.unwrap();
        tx.touch_member(4, NOW, NOW - 10).await.unwrap();
        tx.set_member_state(4, MemberState::Disabled).await.unwrap();
        assert_eq!(tx.member_counts(NOW - 20, NOW - 100).await.unwrap(), (3, 1, 2));
        tx.touch_member(1, NOW + 5, NOW - 10).await.unwrap();
        assert_eq!(tx.member(1).await.unwrap().unwrap().last_active_at, Some(NOW), "seen lately: not written again");
    }

    async fn an_invitation_works_as_often_as_it_says_and_as_long(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let invite = |code: &str, role, by| Invite {
            code_hash: code.to_owned(),
            role,
            uses_left: 2,
            expires_at: NOW + 10,
            created_by: by,
            created_at: NOW,
        };
        tx.insert_invite(&invite("x", Role::Moderator, Some(1))).await.unwrap();
        let read = tx.invite("x", NOW).await.unwrap().unwrap();
        assert_eq!((read.role, read.uses_left, read.created_by), (Role::Moderator, 2, Some(1)));
        assert!(tx.invite("x", NOW + 10).await.unwrap().is_none(), "it is over");
        assert!(!tx.use_invite("x", NOW + 10).await.unwrap());
        assert!(tx.use_invite("x", NOW).await.unwrap());
        assert!(tx.use_invite("x", NOW).await.unwrap());
        assert!(!tx.use_invite("x", NOW).await.unwrap(), "used up");
        assert!(tx.invite("x", NOW).await.unwrap().is_none());
        tx.insert_invite(&invite("first start", Role::Owner, None)).await.unwrap();
        tx.insert_invite(&invite("by somebody", Role::Owner, Some(1))).await.unwrap();
        tx.insert_invite(&invite("other role", Role::Member, None)).await.unwrap();
        tx.drop_unsigned_invites(Role::Owner).await.unwrap();
        assert!(tx.invite("first start", NOW).await.unwrap().is_none());
        assert!(tx.invite("by somebody", NOW).await.unwrap().is_some());
        assert!(tx.invite("other role", NOW).await.unwrap().is_some());
        let open: Vec<_> = tx.open_invites(NOW).await.unwrap().into_iter().map(|i| i.code_hash).collect();
        assert_eq!(open, ["by somebody", "other role"]);
        assert!(tx.open_invites(NOW + 10).await.unwrap().is_empty());
        assert!(tx.delete_invite("other role").await.unwrap() && !tx.delete_invite("other role").await.unwrap());
        assert!(tx.invite("other role", NOW).await.unwrap().is_none());
    }
}
