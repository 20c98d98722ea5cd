//! Challenges, what came of them, and who has no say.

use model::account::{Account, ActorKind};
use model::audience::{Audience, Viewer};
use model::challenge::{Challenge, Contribution, Standing, State};
use model::clock::Millis;
use model::id::Id;
use model::page::Page;
use model::post::Post;
use model::subject::Subject;
use storage::{ChallengeOrder, Tx};
use suite::on_both;

use super::{NOW, account_ids, ids, local, member, post, put, stranger};

const ALL: (Id, Id) = (0, Id::MAX);

fn challenge(account: Id, owner: Id) -> Challenge {
    Challenge {
        account_id: account,
        question: format!("Question {account}?"),
        owner_id: Some(owner),
        adoptable: false,
        tag_id: None,
        state: State::Open,
        answer: String::new(),
        opens_at: NOW + account,
        closes_at: None,
        opening_id: None,
        harvest_id: None,
        answer_id: None,
        contributions_count: 0,
        last_contribution_at: None,
        created_at: NOW,
    }
}

/// Asks it, with an actor.
async fn ask(tx: &mut Tx, c: Challenge) -> Account {
    let account = Account { kind: ActorKind::Group, ..local(c.account_id, &format!("ask{}", c.account_id)) };
    assert!(tx.insert_account(&account).await.unwrap());
    tx.put_challenge(&c).await.unwrap();
    account
}

async fn give(tx: &mut Tx, challenge: Id, post: &Post, state: Standing) {
    let n = Contribution {
        challenge_id: challenge,
        post_id: post.id,
        account_id: post.account_id,
        state,
        by_mention: true,
        decided_by: None,
        decided_at: None,
        created_at: NOW,
    };
    tx.put_contribution(&n).await.unwrap();
}

fn asked(list: &[Challenge]) -> Vec<Id> {
    list.iter().map(|c| c.account_id).collect()
}

fn of(list: &[Contribution]) -> Vec<(Id, Id)> {
    list.iter().map(|n| (n.challenge_id, n.post_id)).collect()
}

on_both! {
    async fn challenges_are_kept_listed_and_left(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let (alice, bea) = (member(&mut tx, 1, "alice").await, member(&mut tx, 2, "bea").await);
        for (id, owner) in [(61, &alice), (62, &bea), (63, &alice), (64, &alice)] {
            ask(&mut tx, challenge(id, owner.id)).await;
        }
        tx.count_follow(1_000, 62, 2).await.unwrap();
        let closed = Challenge {
            question: "Another?".to_owned(),
            adoptable: true,
            state: State::Closed,
            answer: "So it is".to_owned(),
            closes_at: Some(NOW + 9),
            opening_id: Some(7),
            harvest_id: Some(8),
            answer_id: Some(9),
            contributions_count: 77,
            ..challenge(64, 1)
        };
        tx.put_challenge(&closed).await.unwrap();
        let known = tx.lock_challenge(64).await.unwrap().unwrap();
        let expected = Challenge { contributions_count: 0, ..closed };
        assert_eq!(format!("{known:?}"), format!("{expected:?}"), "what is counted is counted elsewhere");
        assert!(tx.challenge(1).await.unwrap().is_none());

        // Something came to the first of the three that are open.
        tx.count_contribution(61, 1, Some(NOW + 500)).await.unwrap();
        let list = async |tx: &mut Tx, order, limit| asked(&tx.challenges(State::Open, order, limit).await.unwrap());
        assert_eq!(list(&mut tx, ChallengeOrder::Newest, 9).await, [63, 62, 61]);
        assert_eq!(list(&mut tx, ChallengeOrder::Newest, 1).await, [63]);
        assert_eq!(list(&mut tx, ChallengeOrder::Neglected, 9).await, [62, 63, 61]);
        assert_eq!(list(&mut tx, ChallengeOrder::Followed, 9).await, [62, 63, 61]);
        tx.set_suspended(63, Some(NOW), "moderator").await.unwrap();
        assert_eq!(list(&mut tx, ChallengeOrder::Newest, 9).await, [62, 61]);
        assert_eq!(asked(&tx.challenges(State::Closed, ChallengeOrder::Newest, 9).await.unwrap()), [64]);
        assert_eq!(asked(&tx.all_challenges(&Page::first(3)).await.unwrap()), [64, 63, 62]);
        assert_eq!(asked(&tx.all_challenges(&Page { max_id: Some(62), ..Page::first(3) }).await.unwrap()), [61]);
        assert_eq!(asked(&tx.all_challenges(&Page { min_id: Some(61), ..Page::first(1) }).await.unwrap()), [62]);

        assert_eq!(asked(&tx.challenges_owned_by(1).await.unwrap()), [64, 63, 61]);
        tx.leave_challenges(1).await.unwrap();
        assert!(tx.challenges_owned_by(1).await.unwrap().is_empty());
        assert_eq!(tx.challenge(61).await.unwrap().unwrap().owner_id, None);
        assert_eq!(asked(&tx.challenges_owned_by(2).await.unwrap()), [62]);

        tx.set_display_name(61, "Another?", NOW + 1).await.unwrap();
        tx.set_note(61, "<p>Why</p>", "Why", NOW + 2).await.unwrap();
        let account = tx.account(61).await.unwrap().unwrap();
        assert_eq!((account.display_name.as_str(), account.note.as_str(), account.note_source.as_str()), ("Another?", "<p>Why</p>", "Why"));
        assert_eq!(account.updated_at, NOW + 2);
    }

    async fn a_challenge_follows_its_hashtag_as_long_as_it_is_not_over(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        for (id, name) in [(101, "tea"), (102, "milk"), (103, "ale")] {
            tx.use_tag(id, name, name, NOW).await.unwrap();
        }
        let tagged = |id, tag, state| Challenge { tag_id: Some(tag), state, ..challenge(id, 1) };
        ask(&mut tx, tagged(61, 101, State::Open)).await;
        ask(&mut tx, tagged(62, 102, State::Closed)).await;
        ask(&mut tx, tagged(63, 101, State::Planned)).await;
        tx.follow_tag(5, alice.id, 103).await.unwrap();
        tx.follow_tag(6, alice.id, 101).await.unwrap();
        assert_eq!(tx.tags_with_followers(0, 9).await.unwrap(), [101, 102, 103], "each once");
        assert_eq!(tx.tags_with_followers(101, 1).await.unwrap(), [102]);
        tx.set_suspended(alice.id, Some(NOW), "moderator").await.unwrap();
        assert!(tx.is_tag_followed(101).await.unwrap(), "the challenge needs it");
        assert!(!tx.is_tag_followed(102).await.unwrap(), "it is over");
        assert!(!tx.is_tag_followed(103).await.unwrap());
        let said = put(&mut tx, post(10, &alice)).await;
        for tag in [101, 102] {
            tx.tag_post(tag, said.id).await.unwrap();
        }
        assert_eq!(tx.challenges_of_tags(10).await.unwrap(), [61], "the others take nothing in");
        give(&mut tx, 62, &said, Standing::Accepted).await;
        let mut both = tx.challenges_of_tags(10).await.unwrap();
        both.sort_unstable();
        assert_eq!(both, [61, 62], "what came before it was over is there");
        tx.untag_post(10).await.unwrap();
        let (_, gone) = tx.drop_unused_tags(0, NOW + 1, 9).await.unwrap();
        assert_eq!(gone, 0, "a challenge keeps its hashtag, and who follows one theirs");
    }

    async fn contributions_are_decided_counted_and_shown(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 3, "bob", "far.example").await;
        let carl = stranger(&mut tx, 4, "carl", "far.example").await;
        ask(&mut tx, challenge(61, alice.id)).await;
        ask(&mut tx, challenge(62, alice.id)).await;
        let mut said = Vec::new();
        for (id, who) in [(10, &alice), (11, &bob), (12, &bob), (13, &carl)] {
            said.push(put(&mut tx, post(id, who)).await);
        }
        let inside = put(&mut tx, Post { audience: Audience::Organisation, ..post(14, &alice) }).await;
        for post in said.iter().take(3).chain([&inside]) {
            give(&mut tx, 61, post, Standing::Accepted).await;
        }
        give(&mut tx, 61, &said[3], Standing::Waiting).await;
        give(&mut tx, 62, &said[0], Standing::Refused).await;

        assert_eq!(of(&tx.contributions_of_post(10).await.unwrap()), [(61, 10), (62, 10)]);
        assert!(tx.contribution(62, 11).await.unwrap().is_none());
        let shown = async |tx: &mut Tx, state, viewer, page: Page| ids(&tx.contributed(61, state, viewer, &page).await.unwrap());
        assert_eq!(shown(&mut tx, Standing::Accepted, Viewer::Anyone, Page::first(9)).await, [12, 11, 10]);
        assert_eq!(shown(&mut tx, Standing::Accepted, Viewer::Member(1), Page::first(1)).await, [14]);
        let later = Page { min_id: Some(10), ..Page::first(1) };
        assert_eq!(shown(&mut tx, Standing::Accepted, Viewer::Anyone, later).await, [11]);
        let earlier = Page { max_id: Some(11), ..Page::first(9) };
        assert_eq!(shown(&mut tx, Standing::Accepted, Viewer::Anyone, earlier).await, [10]);
        assert_eq!(shown(&mut tx, Standing::Waiting, Viewer::Anyone, Page::first(9)).await, [13]);
        assert_eq!((tx.count_waiting(61).await.unwrap(), tx.count_waiting(62).await.unwrap()), (1, 0));
        assert_eq!(tx.contributors(61, Id::MAX).await.unwrap(), (2, 2), "people, servers");
        assert_eq!(tx.contributors(61, 10).await.unwrap(), (1, 1));
        assert_eq!(tx.contributors(62, Id::MAX).await.unwrap(), (0, 0));
        assert_eq!((tx.count_accepted(61, Id::MAX).await.unwrap(), tx.count_accepted(61, 11).await.unwrap()), (4, 2));
        assert!(tx.has_contributed(61, bob.id).await.unwrap());
        assert!(!tx.has_contributed(61, carl.id).await.unwrap() && !tx.has_contributed(62, alice.id).await.unwrap());
        assert_eq!(tx.count_contributions_of(61, bob.id, 0).await.unwrap(), 2);
        assert_eq!(tx.count_contributions_of(61, bob.id, Millis::MAX).await.unwrap(), 0);
        assert_eq!(of(&tx.contributions_after(61, 11, 1).await.unwrap()), [(61, 12)]);
        assert_eq!(tx.lock_contribution(61, 12).await.unwrap().map(|n| n.post_id), Some(12));
        assert_eq!(of(&tx.contributions_by(61, bob.id, (0, 0), 9).await.unwrap()), [(61, 11), (61, 12)]);
        assert_eq!(of(&tx.contributions_by(61, bob.id, (0, 0), 1).await.unwrap()), [(61, 11)]);
        assert_eq!(of(&tx.contributions_by(61, bob.id, (NOW, 11), 9).await.unwrap()), [(61, 12)]);

        // Decided: nothing else of it is another.
        let decided = Contribution {
            state: Standing::Accepted,
            by_mention: false,
            decided_by: Some(1),
            decided_at: Some(NOW + 2),
            created_at: NOW + 1,
            ..tx.contribution(61, 13).await.unwrap().unwrap()
        };
        tx.put_contribution(&decided).await.unwrap();
        let known = tx.contribution(61, 13).await.unwrap().unwrap();
        assert_eq!((known.state, known.by_mention, known.created_at), (Standing::Accepted, false, NOW));
        assert_eq!((known.decided_by, known.decided_at), (Some(1), Some(NOW + 2)));

        // Kept counts.
        for (by, at) in [(5, Some(NOW + 5)), (1, Some(NOW + 3)), (-2, None)] {
            tx.count_contribution(61, by, at).await.unwrap();
        }
        let c = tx.challenge(61).await.unwrap().unwrap();
        assert_eq!((c.contributions_count, c.last_contribution_at), (4, Some(NOW + 5)));
        let name = |id: Id| format!("ask{id}");
        assert_eq!(tx.challenge_counts(0, 9).await.unwrap(), [(61, name(61), 4, 5), (62, name(62), 0, 0)]);
        assert_eq!(tx.challenge_counts(61, 9).await.unwrap(), [(62, name(62), 0, 0)]);
        assert!(tx.delete_contribution(61, 13).await.unwrap() && !tx.delete_contribution(61, 13).await.unwrap());

        // What it said of them.
        for harvest in [12, 11] {
            tx.put_harvest(61, harvest).await.unwrap();
        }
        tx.put_harvest(62, 13).await.unwrap();
        assert_eq!(tx.harvests(61, 0, 9).await.unwrap(), [11, 12]);
        assert_eq!((tx.harvests(61, 0, 1).await.unwrap(), tx.harvests(61, 11, 9).await.unwrap()), (vec![11], vec![12]));
        let said = Challenge { opening_id: Some(10), harvest_id: Some(11), answer_id: Some(12), ..tx.challenge(61).await.unwrap().unwrap() };
        tx.put_challenge(&said).await.unwrap();
        for (gone, left) in [(77, [Some(10), Some(11), Some(12)]), (11, [Some(10), None, Some(12)]), (10, [None, None, Some(12)])] {
            tx.forget_post_of_challenge(61, gone).await.unwrap();
            let c = tx.challenge(61).await.unwrap().unwrap();
            assert_eq!([c.opening_id, c.harvest_id, c.answer_id], left);
        }
        assert_eq!(tx.count_challenges_since(alice.id, NOW - 1).await.unwrap(), 2);
        assert_eq!(tx.count_challenges_since(alice.id, NOW).await.unwrap(), 0);

        // They go with their challenge.
        tx.tend(Subject::Challenge(61)).await.unwrap();
        tx.forget_account(61).await.unwrap();
        assert!(tx.challenge(61).await.unwrap().is_none() && tx.contributions_of_post(11).await.unwrap().is_empty());
        assert!(tx.harvests(61, 0, 9).await.unwrap().is_empty());
        assert_eq!(tx.subject(61).await.unwrap(), None);
        assert_eq!(of(&tx.contributions_of_post(10).await.unwrap()), [(62, 10)]);
    }

    async fn who_has_no_say_in_a_challenge(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 3, "bob", "far.example").await;
        let carl = stranger(&mut tx, 4, "carl", "far.example").await;
        ask(&mut tx, challenge(61, alice.id)).await;
        for who in [&carl, &bob, &bob] {
            tx.block_contributor(61, who.id, NOW).await.unwrap();
        }
        assert!(tx.is_contributor_blocked(61, 3).await.unwrap() && !tx.is_contributor_blocked(61, 1).await.unwrap());
        assert_eq!(account_ids(&tx.blocked_contributors(61, 9).await.unwrap()), [3, 4]);
        assert_eq!(account_ids(&tx.blocked_contributors(61, 1).await.unwrap()), [3]);
        assert_eq!(tx.unseen_accounts(&[3], NOW + 1).await.unwrap(), [] as [Id; 0]);
        tx.forget_account(bob.id).await.unwrap();
        assert_eq!(tx.unseen_accounts(&[3], NOW + 1).await.unwrap(), [3]);
        assert!(tx.unblock_contributor(61, carl.id).await.unwrap() && !tx.unblock_contributor(61, carl.id).await.unwrap());
        assert!(tx.blocked_contributors(61, 9).await.unwrap().is_empty());
    }

    async fn hats_look_at_the_contributions_of_a_challenge(db: Db) {
        let mut tx = db.store.begin().await.unwrap();
        let alice = member(&mut tx, 1, "alice").await;
        let bob = stranger(&mut tx, 3, "bob", "far.example").await;
        let trust = Subject::Challenge(61);
        ask(&mut tx, challenge(61, alice.id)).await;
        ask(&mut tx, challenge(62, alice.id)).await;
        tx.use_tag(101, "criticalfriend", "CriticalFriend", NOW).await.unwrap();
        for id in 10..13 {
            let said = put(&mut tx, post(id, &bob)).await;
            give(&mut tx, 61, &said, Standing::Accepted).await;
        }
        let waits = put(&mut tx, post(13, &bob)).await;
        give(&mut tx, 61, &waits, Standing::Waiting).await;
        tx.tag_post(101, 11).await.unwrap();
        let mine = put(&mut tx, post(14, &alice)).await;
        give(&mut tx, 61, &mine, Standing::Accepted).await;
        give(&mut tx, 62, &mine, Standing::Accepted).await;
        let me = alice.id;
        assert_eq!(ids(&tx.newcomers(trust, ALL, me).await.unwrap()), [14, 10], "the first of each");
        assert_eq!(ids(&tx.unanswered(trust, ALL, me).await.unwrap()), [14, 12, 11, 10]);
        assert_eq!(ids(&tx.calls(trust, ALL, me, 101, "%(as one)%").await.unwrap()), [11]);
        assert_eq!(ids(&tx.never_looked_at_again(trust, ALL, me).await.unwrap()), [14, 12, 11, 10]);
        assert!(tx.long_threads(trust, ALL, me).await.unwrap().is_empty());
        assert!(tx.gone_quiet(trust, (9, 13), me).await.unwrap().is_empty(), "who waits is not quiet");
        assert_eq!(account_ids(&tx.gone_quiet(trust, (9, 14), me).await.unwrap()), [bob.id]);
        assert_eq!(ids(&tx.strangers_to(trust, ALL, me, Subject::Challenge(62)).await.unwrap()), [12, 11, 10]);
        assert_eq!(ids(&tx.strangers_to(trust, ALL, me, Subject::Tag(101)).await.unwrap()), [14]);
        assert_eq!(ids(&tx.strangers_to(Subject::Tag(101), ALL, me, Subject::Challenge(62)).await.unwrap()), [11]);
        assert!(tx.could_go_public(trust, 0, me).await.unwrap().is_empty());
    }
}
