//! What goes when its time has come, what stays, and that each step of it is small and may be the last for a while.

use std::sync::atomic::{AtomicUsize, Ordering};

use model::account::Account;
use model::audience::Audience;
use model::clock::{Clock, DAY, MINUTE};
use model::id::{Id, first_id};
use model::notification::{Notification, NotificationKind};
use model::post::{Edit, Media, Origin, Post};
use model::quote::{Quote, QuoteState, Stamp, StampKind};
use node::housekeeping::{Chore, Step, step};
use node::{Config, Node, Random};
use outloud::check::deep;
use outloud::progress::Progress;
use storage::{App, Category, Files, RemoteFile, Report, Snapshot, Token, Tx};
use suite::db::Db;
use suite::node::round;
use suite::on_both;
use tempfile::TempDir;

use super::polls::poll;
use super::{NOW, boost, follow, member, picture, post, put, reply, stranger};

/// A node at [`NOW`] on this database.
pub fn node(db: &Db) -> (Node, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::folder(folder.path()).unwrap();
    (Node::new(Config::at("https://here.example"), db.store.clone(), files, Clock::manual(NOW), Random::System), folder)
}

/// Does a chore from its beginning to its end; answers how much went, and in how many steps.
async fn all_of(node: &Node, chore: Chore) -> (u64, usize) {
    let (mut at, mut gone) = (0, 0);
    for steps in 1..1_000 {
        let done = step(node, chore, at).await.unwrap();
        gone += done.gone;
        match done.next {
            Some(next) => at = next,
            None => return (gone, steps),
        }
    }
    panic!("{chore:?} comes to no end");
}

/// Where the walk through posts stands, and when it is to go on.
async fn place(node: &Node) -> (Id, i64) {
    let place = node.store.read().await.unwrap().setting("chore remote_posts").await.unwrap().unwrap();
    let (at, due) = place.split_once(' ').unwrap();
    (at.parse().unwrap(), due.parse().unwrap())
}

async fn is_here(tx: &mut Tx, post: Id) -> bool {
    tx.post(post).await.unwrap().is_some()
}

/// The whole database agrees with itself.
pub async fn is_sound(node: &Node) {
    let mut problems = Vec::new();
    let mut tell = |finding: outloud::check::Finding| problems.extend(finding.problem);
    deep::all(node, &mut tell, &mut Progress::default()).await.unwrap();
    assert!(problems.is_empty(), "{problems:?}");
}

/// Why a post of somebody elsewhere stays, whatever its age.
const REASONS: [&str; 24] = [
    "a member answered it",
    "it answers a member",
    "a member boosted it",
    "a member favourited it",
    "a member bookmarked it",
    "a member voted in it",
    "a member quotes it",
    "it quotes a member",
    "it was reported",
    "its author is reported and that is open",
    "it names a member",
    "a member was told of it",
    "a member will be told of it",
    "it is in a home",
    "a boost of it is in a home",
    "it is for followers, and a member follows",
    "it is pinned by somebody whom a member follows",
    "a member muted its conversation",
    "a member opened it lately",
    "it came lately",
    "it is young",
    "a member favourited an answer to it",
    "a member favourited what it answers",
    "a post that stays quotes it",
];

/// What looks like one and is none.
const NO_REASONS: [&str; 10] = [
    "nothing",
    "others answered, boosted and favourited it",
    "it names others, in a tag, with a file and a card, and was edited",
    "others voted in it",
    "a member follows its author",
    "it is for followers, and no member follows",
    "it is pinned by somebody whom no member follows",
    "it came long ago, and was opened long ago",
    "another post of its own conversation quotes it",
    "it was reported by words alone, and that is closed",
];

struct Scene {
    alice: Account,
    /// Somebody else elsewhere.
    zoe: Account,
    next: Id,
}

impl Scene {
    fn id(&mut self) -> Id {
        self.next += 1;
        self.next
    }

    async fn is_told(&mut self, tx: &mut Tx, about: &Post, held: bool) {
        let n = Notification {
            id: self.id(),
            account_id: self.alice.id,
            kind: NotificationKind::Mention,
            from_account_id: about.account_id,
            post_id: Some(about.id),
            report_id: None,
            event_id: None,
            created_at: NOW,
        };
        if held {
            tx.hold_notification(n.id + 500_000, &n).await.unwrap();
        } else {
            tx.insert_notification(&n).await.unwrap();
        }
    }

    async fn favourites(&mut self, tx: &mut Tx, who: Id, what: Id) {
        assert!(tx.put_favourite(self.id(), who, what, "", NOW).await.unwrap());
        tx.count_favourite(what, 1).await.unwrap();
    }

    async fn answers(&mut self, tx: &mut Tx, who: &Account, parent: &Post) -> Post {
        let answer = put(tx, reply(self.id(), who, parent)).await;
        tx.count_reply(parent.id, 1).await.unwrap();
        tx.count_post(who.id, 1, None).await.unwrap();
        answer
    }

    async fn boosts(&mut self, tx: &mut Tx, who: &Account, what: &Post) -> Post {
        let boost = put(tx, boost(self.id(), who, what)).await;
        tx.count_boost(what.id, 1).await.unwrap();
        tx.count_post(who.id, 1, None).await.unwrap();
        boost
    }

    async fn says(&mut self, tx: &mut Tx, who: &Account) -> Post {
        tx.count_post(who.id, 1, None).await.unwrap();
        put(tx, post(self.id(), who)).await
    }

    async fn quotes(&mut self, tx: &mut Tx, post: &Post, quoted: &Post) {
        let quote = Quote {
            post_id: post.id,
            quoted_id: Some(quoted.id),
            quoted_uri: quoted.uri.clone(),
            state: QuoteState::Accepted,
            stamp: String::new(),
            request: String::new(),
            legacy: false,
            checked_at: 0,
            quoted_url: String::new(),
        };
        tx.put_quote(&quote).await.unwrap();
    }

    async fn reports(&mut self, tx: &mut Tx, author: &Account, named: Option<&Post>, is_closed: bool) {
        let id = self.id();
        let snapshot = |p: &Post| Snapshot { id: p.id, uri: p.uri.clone(), created_at: NOW, ..Snapshot::default() };
        let report = Report {
            id,
            uri: format!("report {id}"),
            reporter_id: Some(self.alice.id),
            reporter: "alice".to_owned(),
            target_id: author.id,
            target: author.username.clone(),
            category: "spam".to_owned(),
            comment: String::new(),
            rule_ids: Vec::new(),
            posts: named.map(snapshot).into_iter().collect(),
            forwarded: false,
            created_at: NOW,
            closed_at: None,
            closed_by: String::new(),
            closed_by_id: None,
            assigned_id: None,
            updated_at: NOW,
        };
        assert!(tx.insert_report(&report).await.unwrap());
        if is_closed {
            assert!(tx.close_report(id, "alice", None, NOW).await.unwrap());
        }
    }

    /// Makes a post by `author` of which this is to be said.
    async fn makes(&mut self, tx: &mut Tx, author: &Account, what: &str) -> Id {
        let (alice, zoe) = (self.alice.clone(), self.zoe.clone());
        let id = self.id();
        let mut p = post(id, author);
        match what {
            "it answers a member" => {
                let parent = self.says(tx, &alice).await;
                return self.answers(tx, author, &parent).await.id;
            }
            "a member favourited what it answers" => {
                let parent = self.says(tx, &zoe).await;
                self.favourites(tx, alice.id, parent.id).await;
                return self.answers(tx, author, &parent).await.id;
            }
            "it is young" => p = post(first_id(NOW - 179 * DAY), author),
            "it is for followers, and a member follows" => {
                follow(tx, &alice, author).await;
                p.audience = Audience::Followers;
            }
            "it is for followers, and no member follows" => p.audience = Audience::Followers,
            _ => {}
        }
        tx.count_post(author.id, 1, None).await.unwrap();
        let p = put(tx, p).await;
        match what {
            "a member answered it" => drop(self.answers(tx, &alice, &p).await),
            "a member boosted it" => drop(self.boosts(tx, &alice, &p).await),
            "a member favourited it" => self.favourites(tx, alice.id, p.id).await,
            "a member bookmarked it" => drop(tx.put_bookmark(self.id(), alice.id, p.id).await.unwrap()),
            "a member voted in it" | "others voted in it" => {
                tx.put_poll(&poll(p.id, &["Tea", "Coffee"])).await.unwrap();
                let who = if what.starts_with("a member") { alice.id } else { zoe.id };
                tx.put_vote(self.id(), p.id, who, 0, "", NOW).await.unwrap();
            }
            "a member quotes it" => {
                let own = self.says(tx, &alice).await;
                self.quotes(tx, &own, &p).await;
            }
            "it quotes a member" => {
                let own = self.says(tx, &alice).await;
                self.quotes(tx, &p, &own).await;
            }
            "a post that stays quotes it" => {
                let other = self.says(tx, &zoe).await;
                self.favourites(tx, alice.id, other.id).await;
                self.quotes(tx, &other, &p).await;
            }
            "another post of its own conversation quotes it" => {
                let answer = self.answers(tx, &zoe, &p).await;
                self.quotes(tx, &answer, &p).await;
            }
            "it was reported" => self.reports(tx, author, Some(&p), true).await,
            "its author is reported and that is open" => self.reports(tx, author, None, false).await,
            "it was reported by words alone, and that is closed" => self.reports(tx, author, None, true).await,
            "it names a member" => tx.put_mention(p.id, alice.id, true).await.unwrap(),
            "a member was told of it" => self.is_told(tx, &p, false).await,
            "a member will be told of it" => self.is_told(tx, &p, true).await,
            "it is in a home" => {
                follow(tx, &alice, author).await;
                tx.put_home_entry(alice.id, p.id).await.unwrap();
            }
            "a boost of it is in a home" => {
                let booster = stranger(tx, p.id + 900_000, "booster", "booster.example").await;
                follow(tx, &alice, &booster).await;
                let boost = self.boosts(tx, &booster, &p).await;
                tx.put_home_entry(alice.id, boost.id).await.unwrap();
            }
            "a member follows its author" => drop(follow(tx, &alice, author).await),
            "it is pinned by somebody whom a member follows" => {
                follow(tx, &alice, author).await;
                tx.put_pin(author.id, p.id, NOW).await.unwrap();
            }
            "it is pinned by somebody whom no member follows" => {
                tx.put_pin(author.id, p.id, NOW).await.unwrap();
            }
            "a member muted its conversation" => tx.mute_thread(alice.id, p.root_id).await.unwrap(),
            "a member opened it lately" => drop(tx.open_thread(p.id, NOW - 179 * DAY, 0).await.unwrap()),
            "it came lately" => tx.note_late_post(p.id, NOW - 179 * DAY).await.unwrap(),
            "it came long ago, and was opened long ago" => {
                tx.note_late_post(p.id, NOW - 181 * DAY).await.unwrap();
                tx.open_thread(p.id, NOW - 181 * DAY, 0).await.unwrap();
            }
            "a member favourited an answer to it" => {
                let answer = self.answers(tx, &zoe, &p).await;
                let answer = self.answers(tx, author, &answer).await;
                self.favourites(tx, alice.id, answer.id).await;
            }
            "others answered, boosted and favourited it" => {
                let answer = self.answers(tx, &zoe, &p).await;
                self.answers(tx, author, &answer).await;
                self.boosts(tx, &zoe, &p).await;
                self.favourites(tx, zoe.id, p.id).await;
            }
            "it names others, in a tag, with a file and a card, and was edited" => self.adorns(tx, author, &p).await,
            _ => {}
        }
        p.id
    }

    async fn adorns(&mut self, tx: &mut Tx, author: &Account, p: &Post) {
        tx.put_mention(p.id, self.zoe.id, false).await.unwrap();
        let tag = tx.use_tag(self.id(), "tea", "Tea", NOW).await.unwrap();
        tx.tag_post(tag, p.id).await.unwrap();
        let remote_url = FILE.to_owned();
        let media = Media { path: String::new(), remote_url, ..picture(self.id(), author, Some(p.id)) };
        tx.insert_media(&media).await.unwrap();
        let (card, _) = tx.use_card(self.id(), "page", "https://page.example/").await.unwrap();
        tx.hang_card(p.id, card).await.unwrap();
        tx.put_origin(p.id, &Origin { likes: Some(3), ..Origin::default() }).await.unwrap();
        tx.insert_edit(&Edit {
            post_id: p.id,
            created_at: NOW,
            content: String::new(),
            source: String::new(),
            summary: String::new(),
            sensitive: false,
            media: Vec::new(),
            poll: Vec::new(),
        })
        .await
        .unwrap();
        let file = RemoteFile {
            url_hash: node::random::hash(FILE),
            domain: "far.example".to_owned(),
            server: "far.example".to_owned(),
            host: "far.example".to_owned(),
            path: "remote/a.png".to_owned(),
            size: 7,
            seen_at: NOW,
            retry_at: 0,
        };
        assert!(tx.put_remote_file(&file).await.unwrap());
        tx.count_bytes(Category::Remote, 7).await.unwrap();
    }
}

const FILE: &str = "https://far.example/picture.png";

async fn scene(tx: &mut Tx) -> Scene {
    let (alice, zoe) = (member(tx, 1, "alice").await, stranger(tx, 2, "zoe", "zoe.example").await);
    Scene { alice, zoe, next: 1_000 }
}

on_both! {
    async fn posts_of_others_stay_with_whom_somebody_here_had_to_do(db: Db) {
        let (node, _folder) = node(&db);
        let mut tx = db.store.begin().await.unwrap();
        let mut scene = scene(&mut tx).await;
        let mut made = Vec::new();
        for (what, stays) in REASONS.iter().map(|r| (*r, true)).chain(NO_REASONS.iter().map(|r| (*r, false))) {
            let (id, name) = (100 + i64::try_from(made.len()).unwrap(), format!("author{}", made.len()));
            let author = stranger(&mut tx, id, &name, "far.example").await;
            made.push((what, scene.makes(&mut tx, &author, what).await, stays));
        }
        tx.commit().await.unwrap();
        count_follows(&db).await;
        is_sound(&node).await;
        let (gone, _) = all_of(&node, Chore::RemotePosts).await;
        let mut tx = db.store.read().await.unwrap();
        let mut wrong = Vec::new();
        for (what, id, stays) in &made {
            if is_here(&mut tx, *id).await != *stays {
                wrong.push(*what);
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
        // With their answers and boosts.
        assert_eq!(gone, u64::try_from(NO_REASONS.len()).unwrap() + 4);
        assert!(tx.remote_file(&node::random::hash(FILE)).await.unwrap().is_none());
        assert_eq!(tx.disk_use(Category::Remote).await.unwrap(), 0);
        assert_eq!(all_of(&node, Chore::RemotePosts).await.0, 0);
        is_sound(&node).await;
        drop(tx);
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.use_card(7, "page", "https://page.example/").await.unwrap(), (7, 0), "there is none any more");
        let uri = format!("https://far.example/users/author24/posts/{}", made[24].1);
        assert!(tx.tombstone(&uri, "https://far.example/users/author24").await.unwrap().is_none(), "it may come again");
    }

    async fn nothing_goes_where_everything_is_kept(db: Db) {
        let (mut node, _folder) = node(&db);
        node.config.keep_remote_posts = None;
        let mut tx = db.store.begin().await.unwrap();
        let mut scene = scene(&mut tx).await;
        let zoe = scene.zoe.clone();
        let id = scene.says(&mut tx, &zoe).await.id;
        tx.commit().await.unwrap();
        for chore in [Chore::RemotePosts, Chore::RemoteAccounts] {
            assert_eq!(step(&node, chore, 0).await.unwrap(), Step { gone: 0, next: None });
        }
        assert!(is_here(&mut db.store.read().await.unwrap(), id).await);
    }

    async fn a_long_conversation_goes_in_steps_and_is_sound_after_each(db: Db) {
        let (node, _folder) = node(&db);
        let mut tx = db.store.begin().await.unwrap();
        let mut scene = scene(&mut tx).await;
        let zoe = scene.zoe.clone();
        let root = scene.says(&mut tx, &zoe).await;
        let mut last = root.clone();
        for n in 0..119 {
            last = scene.answers(&mut tx, &zoe, if n % 3 == 0 { &root } else { &last }).await;
        }
        tx.commit().await.unwrap();
        let mut at = 0;
        for expected in [50, 50, 20] {
            let done = step(&node, Chore::RemotePosts, at).await.unwrap();
            assert_eq!(done.gone, expected);
            at = done.next.unwrap();
            is_sound(&node).await;
        }
        assert_eq!(all_of(&node, Chore::RemotePosts).await.0, 0);
        assert_eq!(db.store.read().await.unwrap().account(zoe.id).await.unwrap().unwrap().posts_count, 0);
    }

    async fn a_round_goes_on_where_the_last_one_was_interrupted(db: Db) {
        let (node, _folder) = node(&db);
        let mut tx = db.store.begin().await.unwrap();
        let mut scene = scene(&mut tx).await;
        let (alice, zoe) = (scene.alice.clone(), scene.zoe.clone());
        for n in 0..120 {
            let said = scene.says(&mut tx, &zoe).await;
            // Of the first hundred none goes.
            if n < 100 {
                scene.favourites(&mut tx, alice.id, said.id).await;
            }
        }
        tx.commit().await.unwrap();
        let Clock::Manual(clock) = &node.clock else { panic!("it stands still") };
        let mut places = Vec::new();
        for minutes in [2, 4] {
            clock.store(NOW + minutes * MINUTE, Ordering::Relaxed);
            // Asked after each chore before this one, and then after its first step.
            let asked = AtomicUsize::new(0);
            assert!(round(&node, || asked.fetch_add(1, Ordering::Relaxed) < 14).await.is_empty());
            assert!(round(&node, || true).await.is_empty(), "there was one a moment ago");
            places.push(place(&node).await);
        }
        let (first, second) = (places[0].0, places[1].0);
        assert!(1_000 < first && first < second && second < scene.next, "{places:?}");
        clock.store(NOW + 6 * MINUTE, Ordering::Relaxed);
        assert_eq!(round(&node, || true).await.get(&Chore::RemotePosts), Some(&20));
        assert_eq!(place(&node).await, (0, NOW + 366 * MINUTE), "it came to its end, and rests");
        let mut tx = node.store.begin().await.unwrap();
        scene.says(&mut tx, &zoe).await;
        tx.commit().await.unwrap();
        clock.store(NOW + 365 * MINUTE, Ordering::Relaxed);
        assert!(round(&node, || true).await.is_empty());
        clock.store(NOW + 367 * MINUTE, Ordering::Relaxed);
        assert_eq!(round(&node, || true).await.get(&Chore::RemotePosts), Some(&1));
    }

    async fn no_chore_waits_for_a_time_that_the_clock_took_back(db: Db) {
        let (node, _folder) = node(&db);
        node.clock.advance(400 * DAY);
        round(&node, || true).await;
        assert!(place(&node).await.1 > node.now());
        node.clock.advance(-400 * DAY);
        round(&node, || true).await;
        let (_, due) = place(&node).await;
        assert!(due > node.now() && due < node.now() + DAY, "{due}");
    }

    async fn accounts_of_others_stay_with_whom_somebody_here_has_to_do(db: Db) {
        let (node, _folder) = node(&db);
        let mut tx = db.store.begin().await.unwrap();
        let mut scene = scene(&mut tx).await;
        let (alice, zoe) = (scene.alice.clone(), scene.zoe.clone());
        let own = scene.says(&mut tx, &alice).await;
        let reasons = ["follows", "followed", "asks to follow", "blocks", "blocked", "muted", "wrote", "named", "favourited", "reacted", "voted",
            "told", "held", "let in", "reported", "moved to", "suspended", "limited", "read lately", "known lately", "has a stamp", "was answered"];
        let mut accounts = Vec::new();
        for (id, what) in (100..).zip(reasons.into_iter().chain(["nothing", "moved away", "gone"])) {
            let id = if what == "known lately" { first_id(NOW - DAY) } else { id };
            let who = stranger(&mut tx, id, &format!("who{id}"), "far.example").await;
            match what {
                "follows" => drop(follow(&mut tx, &who, &alice).await),
                "followed" => drop(follow(&mut tx, &alice, &who).await),
                "asks to follow" => {
                    let asked = storage::Follow { id, accepted: false, ..follow(&mut tx, &who, &alice).await };
                    tx.put_follow(&asked).await.unwrap();
                }
                "blocks" => drop(tx.put_block(id, who.id, alice.id, "", NOW).await.unwrap()),
                "blocked" => drop(tx.put_block(id, alice.id, who.id, "", NOW).await.unwrap()),
                "muted" => tx.put_mute(id, alice.id, who.id, true, None, NOW).await.unwrap(),
                "wrote" => drop(scene.says(&mut tx, &who).await),
                "named" => tx.put_mention(own.id, who.id, false).await.unwrap(),
                "favourited" => scene.favourites(&mut tx, who.id, own.id).await,
                "reacted" => {
                    let cat = model::emoji::Reaction { emoji: "🐈".to_owned(), url: String::new() };
                    tx.put_reaction(who.id, own.id, &cat, "", NOW).await.unwrap();
                }
                "voted" => {
                    tx.put_poll(&poll(own.id, &["Tea"])).await.unwrap();
                    tx.put_vote(id, own.id, who.id, 0, "", NOW).await.unwrap();
                }
                "told" | "held" => {
                    let about = Post { account_id: who.id, ..own.clone() };
                    scene.is_told(&mut tx, &about, what == "held").await;
                }
                "let in" => {
                    scene.is_told(&mut tx, &Post { account_id: who.id, ..own.clone() }, true).await;
                    tx.let_in(alice.id, who.id).await.unwrap();
                    tx.clear_notifications(alice.id).await.unwrap();
                    scene.is_told(&mut tx, &Post { account_id: accounts[11], ..own.clone() }, false).await;
                }
                "reported" => scene.reports(&mut tx, &who, None, true).await,
                "moved to" => tx.put_move(zoe.id, who.id, NOW).await.unwrap(),
                "has a stamp" => {
                    let stamp = Stamp {
                        id,
                        kind: StampKind::Feature,
                        account_id: alice.id,
                        target: alice.uri.clone(),
                        target_id: None,
                        object: format!("{}/collection", who.uri),
                        actor_id: who.id,
                    };
                    tx.put_stamp(&stamp, NOW).await.unwrap();
                }
                "was answered" => {
                    let said = scene.says(&mut tx, &who).await;
                    scene.answers(&mut tx, &zoe, &said).await;
                    assert!(tx.delete_post(said.id).await.unwrap());
                    tx.count_post(who.id, -1, None).await.unwrap();
                }
                "moved away" => tx.put_move(who.id, zoe.id, NOW).await.unwrap(),
                "suspended" => tx.set_suspended(who.id, Some(NOW), "moderator").await.unwrap(),
                "limited" => tx.set_limited(who.id, Some(NOW)).await.unwrap(),
                "gone" => tx.mark_account_deleted(who.id, 0).await.unwrap(),
                _ => {}
            }
            if what != "read lately" {
                let read = tx.account(who.id).await.unwrap().unwrap();
                tx.update_remote_account(&Account { fetched_at: Some(NOW - 181 * DAY), ..read }).await.unwrap();
            }
            accounts.push(who.id);
        }
        tx.commit().await.unwrap();
        let (gone, _) = all_of(&node, Chore::RemoteAccounts).await;
        let mut tx = db.store.read().await.unwrap();
        let mut stayed = Vec::new();
        for (what, id) in reasons.into_iter().zip(&accounts) {
            if tx.account(*id).await.unwrap().is_some() {
                stayed.push(what);
            }
        }
        assert_eq!(stayed, reasons);
        assert_eq!(gone, 3);
        assert!(tx.account(alice.id).await.unwrap().is_some());
        assert_eq!(tx.integrity().await.unwrap(), [""; 0]);
    }

    async fn a_conversation_stays_in_which_somebody_says_something_while_it_goes(db: Db) {
        let (node, _folder) = node(&db);
        let mut tx = db.store.begin().await.unwrap();
        let mut scene = scene(&mut tx).await;
        let (alice, zoe) = (scene.alice.clone(), scene.zoe.clone());
        for what in ["a member answers", "somebody answers", "somebody boosts", "somebody quotes in an answer", "nobody"] {
            let root = scene.says(&mut tx, &zoe).await;
            let answer = scene.answers(&mut tx, &zoe, &root).await;
            // What was found to go before that.
            let going = tx.end_of_conversation(root.id, 9).await.unwrap();
            match what {
                "a member answers" => drop(scene.answers(&mut tx, &alice, &answer).await),
                "somebody answers" => drop(scene.answers(&mut tx, &zoe, &root).await),
                "somebody boosts" => drop(scene.boosts(&mut tx, &zoe, &answer).await),
                "somebody quotes in an answer" => {
                    let quoting = scene.answers(&mut tx, &zoe, &root).await;
                    scene.quotes(&mut tx, &quoting, &answer).await;
                }
                _ => {}
            }
            let (gone, _) = tx.drop_posts(&going, NOW - 180 * DAY).await.unwrap();
            assert_eq!(gone, if what == "nobody" { 2 } else { 0 }, "{what}");
        }
        tx.commit().await.unwrap();
        is_sound(&node).await;
    }

    async fn what_is_old_goes_in_bounded_steps(db: Db) {
        let (node, _folder) = node(&db);
        let mut tx = db.store.begin().await.unwrap();
        let alice = scene(&mut tx).await.alice;
        let old = NOW - 91 * DAY;
        for n in 0..501 {
            tx.mark_seen("far.example", &format!("old {n}"), old).await.unwrap();
            tx.put_idempotency_key(alice.id, &format!("old {n}"), 7, old).await.unwrap();
            tx.put_tombstone(&format!("https://far.example/{n}"), "https://far.example/users/bob", old).await.unwrap();
        }
        tx.mark_seen("far.example", "new", NOW - 29 * DAY).await.unwrap();
        tx.put_idempotency_key(alice.id, "new", 8, NOW).await.unwrap();
        tx.put_tombstone("https://far.example/new", "https://far.example/users/bob", NOW - 89 * DAY).await.unwrap();
        tx.put_tombstone("https://here.example/old", &alice.uri, old).await.unwrap();
        tx.commit().await.unwrap();
        for chore in [Chore::Seen, Chore::IdempotencyKeys, Chore::Tombstones] {
            assert_eq!(step(&node, chore, 0).await.unwrap(), Step { gone: 500, next: Some(0) });
            assert_eq!(all_of(&node, chore).await, (1, 1));
        }
        let mut tx = db.store.begin().await.unwrap();
        assert!(!tx.mark_seen("far.example", "new", NOW).await.unwrap());
        assert_eq!(tx.idempotent_post(alice.id, "new", 0).await.unwrap(), Some(8));
        assert!(tx.tombstone("https://far.example/new", "https://far.example/users/bob").await.unwrap().is_some());
        assert!(tx.tombstone("https://here.example/old", &alice.uri).await.unwrap().is_some(), "ours answer for ever that they are gone");
    }

    async fn notifications_and_requests_have_their_bounds(db: Db) {
        let (node, _folder) = node(&db);
        let mut tx = db.store.begin().await.unwrap();
        let mut scene = scene(&mut tx).await;
        let (alice, zoe) = (scene.alice.clone(), scene.zoe.clone());
        let own = scene.says(&mut tx, &alice).await;
        for (id, at, accepted) in [(300, NOW - 91 * DAY, false), (301, NOW - 89 * DAY, false), (302, NOW - 91 * DAY, true)] {
            let who = stranger(&mut tx, id, &format!("who{id}"), "far.example").await;
            let n = Notification { id, account_id: alice.id, kind: NotificationKind::Mention, from_account_id: who.id, post_id: Some(own.id), report_id: None, event_id: None, created_at: at };
            tx.hold_notification(id, &n).await.unwrap();
            if accepted {
                tx.let_in(alice.id, who.id).await.unwrap();
            }
        }
        for id in 1..5 {
            let said = scene.says(&mut tx, &zoe).await;
            let n = Notification { id, account_id: alice.id, kind: NotificationKind::Status, from_account_id: zoe.id, post_id: Some(said.id), report_id: None, event_id: None, created_at: NOW };
            tx.insert_notification(&n).await.unwrap();
        }
        assert_eq!(tx.trim_notifications(alice.id, 2, 2).await.unwrap(), 2, "no more than asked");
        assert_eq!(tx.trim_notifications(alice.id, 2, 9).await.unwrap(), 1);
        assert_eq!(tx.trim_notifications(alice.id, 2, 9).await.unwrap(), 0);
        for id in [4, 302] {
            assert!(tx.notification(alice.id, id).await.unwrap().is_some(), "the newest stay");
        }
        tx.commit().await.unwrap();
        assert_eq!(all_of(&node, Chore::Notifications).await, (0, 1));
        assert_eq!(all_of(&node, Chore::Requests).await, (1, 1));
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.requests(alice.id, &model::page::Page::first(9)).await.unwrap().len(), 1);
        assert!(tx.is_let_in(alice.id, 302).await.unwrap());
    }

    async fn tags_and_apps_that_nobody_uses_go(db: Db) {
        let (node, _folder) = node(&db);
        let mut tx = db.store.begin().await.unwrap();
        let mut scene = scene(&mut tx).await;
        let alice = scene.alice.clone();
        let own = scene.says(&mut tx, &alice).await;
        let old = NOW - 31 * DAY;
        for (id, name, at) in [(50, "unused", old), (51, "used", old), (52, "new", NOW)] {
            tx.use_tag(id, name, name, at).await.unwrap();
        }
        tx.tag_post(51, own.id).await.unwrap();
        for (id, created_at) in [(60, old), (61, old), (62, old), (63, NOW), (64, old)] {
            let app = App {
                id, client_id: id.to_string(), client_secret_hash: String::new(), name: String::new(), website: String::new(),
                redirect_uris: Vec::new(), scopes: String::new(), created_at,
            };
            tx.insert_app(&app).await.unwrap();
        }
        let token = Token {
            id: 70, token_hash: "a".to_owned(), app_id: Some(61), account_id: Some(alice.id), scopes: String::new(), created_at: NOW,
            last_used_at: None, expires_at: None,
        };
        tx.insert_token(&token).await.unwrap();
        put(&mut tx, Post { app_id: Some(62), ..post(scene.id(), &alice) }).await;
        let code = storage::Code {
            code_hash: "c".to_owned(), app_id: 64, account_id: alice.id, redirect_uri: String::new(), scopes: String::new(),
            code_challenge: String::new(), expires_at: NOW,
        };
        tx.insert_code(&code).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((all_of(&node, Chore::Tags).await, all_of(&node, Chore::Apps).await), ((1, 1), (1, 1)));
        let mut tx = db.store.read().await.unwrap();
        let mut apps: Vec<Id> = tx.apps(&[60, 61, 62, 63, 64]).await.unwrap().iter().map(|a| a.id).collect();
        apps.sort_unstable();
        assert_eq!(apps, [61, 62, 63, 64]);
    }

    async fn what_members_were_told_of_moderators_goes_with_its_notification_once_it_is_old(db: Db) {
        let (node, _folder) = node(&db);
        let mut tx = db.store.begin().await.unwrap();
        let alice = scene(&mut tx).await.alice;
        let at = |days: i64| model::id::first_id(NOW - days * DAY);
        for (id, created_at) in [(at(60), NOW - 60 * DAY), (at(50), NOW - 50 * DAY), (at(1), NOW - DAY)] {
            let warning = storage::AccountWarning {
                id, account_id: alice.id, action: "none".to_owned(), text: String::new(), report_id: None, created_at,
            };
            tx.insert_warning(&warning).await.unwrap();
            let cut = storage::Severance {
                id: id + 1, account_id: alice.id, kind: "domain_block".to_owned(), target: "far.example".to_owned(),
                followers: 1, following: 0, created_at,
            };
            tx.insert_severance(&cut).await.unwrap();
        }
        for (id, kind, event) in [
            (900, NotificationKind::ModerationWarning, at(60)),
            (901, NotificationKind::SeveredRelationships, at(60) + 1),
        ] {
            let told = Notification {
                id, account_id: alice.id, kind, from_account_id: alice.id, post_id: None, report_id: None,
                event_id: Some(event), created_at: NOW - 60 * DAY,
            };
            tx.insert_notification(&told).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!((all_of(&node, Chore::Warnings).await, all_of(&node, Chore::Severances).await), ((1, 1), (1, 1)));
        let mut tx = db.store.begin().await.unwrap();
        let ids = [at(60), at(50), at(1)];
        let mut kept: Vec<Id> = tx.warnings(&ids).await.unwrap().iter().map(|w| w.id).collect();
        kept.sort_unstable();
        assert_eq!(kept, [at(60), at(1)], "what is told, and what is young");
        let cuts = tx.severances(&ids.map(|id| id + 1)).await.unwrap();
        assert_eq!(cuts.len(), 2);
    }

    async fn uploads_that_no_post_took_go_with_their_files(db: Db) {
        let (node, _folder) = node(&db);
        let mut tx = db.store.begin().await.unwrap();
        let alice = scene(&mut tx).await.alice;
        for (id, created_at) in [(20, NOW - 2 * DAY), (21, NOW)] {
            tx.insert_media(&Media { created_at, ..picture(id, &alice, None) }).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(all_of(&node, Chore::Uploads).await, (1, 1));
        let mut tx = db.store.begin().await.unwrap();
        assert!(tx.media(20).await.unwrap().is_none() && tx.media(21).await.unwrap().is_some());
        let jobs = tx.lease_jobs(false, NOW, NOW + 1, 9).await.unwrap();
        assert!(jobs.len() == 1 && jobs[0].payload.contains("media/20.png"), "{jobs:?}");
    }

    async fn a_round_leaves_the_database_in_order(db: Db) {
        let (node, _folder) = node(&db);
        let mut tx = db.store.begin().await.unwrap();
        let mut scene = scene(&mut tx).await;
        let zoe = scene.zoe.clone();
        scene.says(&mut tx, &zoe).await;
        tx.update_remote_account(&Account { fetched_at: Some(0), ..zoe.clone() }).await.unwrap();
        tx.mark_seen("far.example", "old", 0).await.unwrap();
        tx.commit().await.unwrap();
        let gone = round(&node, || true).await;
        let told: Vec<(Chore, u64)> = gone.into_iter().collect();
        assert_eq!(told, [(Chore::Seen, 1), (Chore::RemotePosts, 1), (Chore::RemoteAccounts, 1)]);
        assert!(db.store.read().await.unwrap().account(zoe.id).await.unwrap().is_none());
        node.store.optimize().await.unwrap();
        node.store.checkpoint(0).await.unwrap();
        is_sound(&node).await;
    }
}

/// Makes the counts of follows agree, which the helpers leave alone.
async fn count_follows(db: &Db) {
    let mut tx = db.store.begin().await.unwrap();
    let wrong = tx.account_counts(0, 99).await.unwrap();
    for a in wrong {
        assert_eq!(a.followers, a.followers_found);
        for _ in a.following..a.following_found {
            tx.count_follow(a.id, 2, 1).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_of_sqlite_is_copied_while_others_write_and_emptied_when_it_is_long() {
    let db = Db::fresh(suite::db::Engine::Sqlite).await;
    let log = db.folder().join("outloud.db-wal");
    let size = || std::fs::metadata(&log).map_or(0, |m| m.len());
    let mut tx = db.store.begin().await.unwrap();
    tx.put_setting("a", &"x".repeat(100_000)).await.unwrap();
    tx.commit().await.unwrap();
    let long = size();
    assert!(long > 100_000);
    let mut open = db.store.begin().await.unwrap();
    open.put_setting("b", "1").await.unwrap();
    db.store.checkpoint(1_000_000_000).await.unwrap();
    db.store.checkpoint(0).await.unwrap();
    assert_eq!(size(), long, "somebody writes");
    open.commit().await.unwrap();
    db.store.checkpoint(1_000_000_000).await.unwrap();
    assert!(size() >= long, "it is not long");
    db.store.checkpoint(0).await.unwrap();
    assert_eq!(size(), 0);
    let mut tx = db.store.begin().await.unwrap();
    assert_eq!(tx.setting("b").await.unwrap().as_deref(), Some("1"));
    tx.put_setting("c", "1").await.unwrap();
    tx.commit().await.unwrap();
    db.store.optimize().await.unwrap();
}
