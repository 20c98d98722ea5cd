//! Quotes and their count, stamps, policies, and what waits for leave.

use model::audience::{Audience, Viewer};
use model::id::Id;
use model::page::Page;
use model::policy::{Policy, QuotePolicy};
use model::post::Post;
use model::quote::{Approval, Quote, QuoteState, Stamp, StampKind};
use storage::Tx;
use suite::on_both;

use super::{NOW, ids, member, post, put, stranger};

pub(super) fn quote(post: Id, quoted: &Post, state: QuoteState) -> Quote {
    Quote {
        post_id: post,
        quoted_id: Some(quoted.id),
        quoted_uri: quoted.uri.clone(),
        state,
        stamp: format!("stamp {post}"),
        request: format!("request {post}"),
        legacy: false,
        checked_at: NOW + post,
        quoted_url: quoted.url.clone(),
    }
}

async fn count(tx: &mut Tx, post: Id) -> i64 {
    tx.policies(&[post]).await.unwrap().first().map_or(0, |(_, _, n)| *n)
}

on_both! {
    async fn quotes_are_counted_as_long_as_they_are_accepted_and_for_everybody(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 2, "bob", "far.example").await;
        let quoted = put(&mut tx, post(10, &alice)).await;
        put(&mut tx, post(11, &bob)).await;
        put(&mut tx, Post { audience: Audience::Followers, ..post(12, &bob) }).await;
        tx.put_quote(&quote(11, &quoted, QuoteState::Pending)).await.unwrap();
        assert_eq!(count(&mut tx, 10).await, 0);
        let pending = tx.quote(11).await.unwrap().unwrap();
        assert_eq!(pending, quote(11, &quoted, QuoteState::Pending));
        for _ in 0..2 {
            tx.put_quote(&quote(11, &quoted, QuoteState::Accepted)).await.unwrap();
            tx.put_quote(&quote(12, &quoted, QuoteState::Accepted)).await.unwrap();
            assert_eq!(count(&mut tx, 10).await, 1, "the narrow one is nobody's business");
        }
        tx.set_audience(12, Audience::Public).await.unwrap();
        tx.set_audience(12, Audience::Followers).await.unwrap();
        let page = Page::first(9);
        assert_eq!(ids(&tx.quotes_of(10, Viewer::Anyone, &page).await.unwrap()), [11]);
        assert_eq!(ids(&tx.quotes_of(10, Viewer::Remote(2), &page).await.unwrap()), [12, 11]);
        assert_eq!(ids(&tx.quotes_of(10, Viewer::Remote(2), &Page { min_id: Some(0), limit: 1, ..Page::default() }).await.unwrap()), [11]);
        assert_eq!(tx.quote_by_request("request 12").await.unwrap().unwrap().post_id, 12);
        assert!(tx.quote_by_request("").await.unwrap().is_none());
        assert_eq!(tx.quotes_by_stamp("stamp 11").await.unwrap().len(), 1);
        assert!(tx.local_quotes(10).await.unwrap().is_empty(), "others are not told by us");
        put(&mut tx, post(13, &alice)).await;
        tx.put_quote(&Quote { checked_at: 0, ..quote(13, &quoted, QuoteState::Accepted) }).await.unwrap();
        assert_eq!(tx.local_quotes(10).await.unwrap(), [(13, 1)]);
        tx.delete_quote(13).await.unwrap();
        assert_eq!(tx.quotes_to_check(NOW + 13, 9).await.unwrap(), [11, 12]);
        assert_eq!(tx.quotes_to_check(NOW + 12, 9).await.unwrap(), [11]);
        let known = tx_quote(&mut tx, 11).await;
        tx.set_quote_state(&known, QuoteState::Revoked).await.unwrap();
        assert_eq!((count(&mut tx, 10).await, tx.quotes_to_check(NOW * 2, 9).await.unwrap()), (0, vec![12]));
        tx.put_quote(&quote(11, &quoted, QuoteState::Accepted)).await.unwrap();
        tx.delete_quote(11).await.unwrap();
        assert_eq!((count(&mut tx, 10).await, tx.quote(11).await.unwrap()), (0, None));
    }

    async fn what_goes_leaves_no_quote_of_it_and_no_count(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let quoted = put(&mut tx, post(10, &alice)).await;
        for id in [11, 12, 13] {
            put(&mut tx, post(id, &alice)).await;
        }
        tx.put_quote(&quote(11, &quoted, QuoteState::Accepted)).await.unwrap();
        tx.put_quote(&quote(12, &quoted, QuoteState::Revoked)).await.unwrap();
        tx.put_quote(&quote(13, &quoted, QuoteState::Accepted)).await.unwrap();
        tx.delete_post(13).await.unwrap();
        assert_eq!(count(&mut tx, 10).await, 1, "who quoted is gone");
        let counts = tx.post_counts(9, 1).await.unwrap();
        assert_eq!((counts[0].quotes, counts[0].quotes_found), (1, 1));
        tx.delete_post(10).await.unwrap();
        let (left, revoked) = (tx_quote(&mut tx, 11).await, tx_quote(&mut tx, 12).await);
        assert_eq!((left.state, left.quoted_id, left.quoted_url.as_str()), (QuoteState::Deleted, None, ""));
        assert_eq!(revoked.state, QuoteState::Revoked);
        assert!(tx.policies(&[10]).await.unwrap().is_empty());
    }

    async fn a_stamp_is_given_once_and_found_until_it_is_taken_back(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        stranger(&mut tx, 2, "bob", "far.example").await;
        let quoted = put(&mut tx, post(10, &alice)).await;
        let stamp = |id, target: &str, target_id, kind| Stamp {
            id, kind, account_id: 1, target: target.to_owned(), target_id, object: "theirs".to_owned(), actor_id: 2,
        };
        assert_eq!(tx.put_stamp(&stamp(20, &quoted.uri, Some(10), StampKind::Quote), NOW).await.unwrap().id, 20);
        assert_eq!(tx.put_stamp(&stamp(21, &quoted.uri, Some(10), StampKind::Quote), NOW).await.unwrap().id, 20);
        assert_eq!(tx.put_stamp(&stamp(22, &alice.uri, None, StampKind::Feature), NOW).await.unwrap().id, 22);
        let found = tx.stamp(20).await.unwrap().unwrap();
        assert_eq!((found.kind, found.object.as_str(), found.actor_id), (StampKind::Quote, "theirs", 2));
        assert_eq!(tx.stamp_of(&alice.uri, "theirs").await.unwrap().unwrap().id, 22);
        assert_eq!(tx.stamps_by(1, StampKind::Feature, 9).await.unwrap().len(), 1);
        tx.put_stamp(&Stamp { object: "other".to_owned(), ..stamp(23, &quoted.uri, Some(10), StampKind::Quote) }, NOW).await.unwrap();
        tx.revoke_stamp(23).await.unwrap();
        for (id, object, revoked) in [(20, "theirs", false), (23, "other", true), (24, "never asked for", false)] {
            assert_eq!(tx.is_stamp_revoked(&quoted.uri, object).await.unwrap(), revoked);
            let found = (tx.stamp(id).await.unwrap().is_some(), tx.stamp_of(&quoted.uri, object).await.unwrap().is_some());
            assert_eq!(found, (id == 20, id == 20), "{object}");
        }
        tx.delete_stamp(22).await.unwrap();
        assert!(tx.stamps_by(1, StampKind::Feature, 9).await.unwrap().is_empty());
        tx.delete_post(10).await.unwrap();
        assert!(tx.stamp(20).await.unwrap().is_none(), "what it was about is gone");
    }

    async fn policies_and_approvals_are_kept_beside_the_post(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        put(&mut tx, post(10, &alice)).await;
        assert_eq!(tx.policy(10).await.unwrap(), Policy::default());
        for policy in [QuotePolicy::Followers, QuotePolicy::Nobody] {
            let policy = Policy { quote: Some(policy.rule()), ..Policy::default() };
            tx.put_policy(10, &policy).await.unwrap();
            assert_eq!(tx.policy(10).await.unwrap(), policy);
        }
        assert!(tx.approval(10).await.unwrap().is_none());
        let waiting = Approval { post_id: 10, decider_id: 2, audience: Audience::Public, approved_by: String::new() };
        tx.put_approval(&waiting).await.unwrap();
        tx.put_approval(&Approval { approved_by: "yes".to_owned(), ..waiting }).await.unwrap();
        let known = tx.approval(10).await.unwrap().unwrap();
        assert_eq!((known.decider_id, known.audience, known.approved_by.as_str()), (2, Audience::Public, "yes"));
        put(&mut tx, post(11, &alice)).await;
        tx.put_approval(&Approval { post_id: 11, approved_by: String::new(), ..known }).await.unwrap();
        let resting = tx.approvals_by("yes").await.unwrap();
        assert_eq!(resting.iter().map(|a| a.post_id).collect::<Vec<_>>(), [10]);
        assert!(tx.approvals_by("").await.unwrap().is_empty(), "what waits rests on nothing");
    }
}

async fn tx_quote(tx: &mut Tx, post: Id) -> Quote {
    tx.quote(post).await.unwrap().unwrap()
}
