//! What is done with a post at the moment at which it goes, or is opened. On PostgreSQL the two really meet; on SQLite the second
//! waits for the first.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use model::account::Account;
use model::audience::Audience;
use model::clock::DAY;
use model::id::Id;
use model::policy::{Circle, Policy, Rule};
use model::post::{Draft, Origin, Post};
use model::quote::{Quote, QuoteState};
use node::receive::{Reason, ReceivedPost};
use node::{Node, policy, publish, quote, react, receive};
use storage::Tx;
use suite::db::{Db, Engine};
use suite::on_both;

use super::sweeps::{is_sound, node};
use super::{NOW, member, post, put, stranger};

/// Looks until a connection of this database waits for another's lock, or until nobody is about to.
async fn until_it_waits(db: &Db, is_done: &AtomicBool) {
    let mut server = db.postgres().await;
    let waiting = "select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')";
    while !is_done.load(Ordering::Relaxed) {
        if sqlx::query_scalar::<_, bool>(waiting).fetch_one(&mut server).await.unwrap() {
            return;
        }
    }
}

/// Commits what the first did when the second waits for it, or came to its end without.
async fn meet<T>(db: &Db, first: Tx, second: impl Future<Output = T>) -> T {
    let is_done = AtomicBool::new(false);
    let second = async {
        let answer = second.await;
        is_done.store(true, Ordering::Relaxed);
        answer
    };
    let first = async {
        if db.engine == Engine::Postgres {
            until_it_waits(db, &is_done).await;
        }
        first.commit().await.unwrap();
    };
    futures::join!(second, first).0
}

/// Alice, of here, and a post of zoe's, of elsewhere, with whom nobody had to do.
struct Scene {
    node: Node,
    alice: Account,
    zoe: Account,
    post: Post,
}

async fn scene(db: &Db, node: Node, policy: Policy) -> Scene {
    let mut tx = db.store.begin().await.unwrap();
    let (alice, zoe) = (member(&mut tx, 1, "alice").await, stranger(&mut tx, 2, "zoe", "zoe.example").await);
    let said = put(&mut tx, post(1_000, &zoe)).await;
    tx.count_post(zoe.id, 1, None).await.unwrap();
    tx.put_policy(said.id, &policy).await.unwrap();
    tx.commit().await.unwrap();
    Scene { node, alice, zoe, post: said }
}

fn for_everybody() -> Policy {
    Policy { quote: Some(Rule::everybody()), ..Policy::default() }
}

fn for_who_asks() -> Policy {
    let rule = Rule { automatic: Circle::default(), manual: Circle { everybody: true, ..Circle::default() } };
    Policy { reply: Some(rule.clone()), announce: Some(rule), ..Policy::default() }
}

type Deed = for<'a> fn(&'a Scene, &'a mut Tx) -> BoxFuture<'a, Result<(), node::Error>>;

async fn says(scene: &Scene, tx: &mut Tx, draft: Draft) -> Result<(), node::Error> {
    let row = tx.member(scene.alice.id).await?.unwrap();
    publish::publish(&scene.node, tx, &scene.alice, &row, &draft).await.map(drop)
}

/// What may be done with a post, each by its name.
const DEEDS: [(&str, Deed); 4] = [
    ("answers", |scene, tx| {
        let draft = Draft { text: "Hm".to_owned(), in_reply_to_id: Some(scene.post.id), ..Draft::default() };
        says(scene, tx, draft).boxed()
    }),
    ("quotes", |scene, tx| {
        let draft = Draft { text: "Hm".to_owned(), quoted_id: Some(scene.post.id), ..Draft::default() };
        says(scene, tx, draft).boxed()
    }),
    ("boosts", |scene, tx| {
        react::boost(&scene.node, tx, &scene.alice, &scene.post, None).map(|done| done.map(drop)).boxed()
    }),
    ("is answered from elsewhere", |scene, tx| {
        async {
            let reason = Reason::Fetched { depth: 0 };
            receive::post(&scene.node, tx, &scene.zoe, &answer(scene), reason).await.map(drop)
        }
        .boxed()
    }),
];

fn answer(scene: &Scene) -> ReceivedPost {
    let uri = format!("{}/answer", scene.post.uri);
    ReceivedPost { uri, audience: Audience::Unlisted, in_reply_to: scene.post.uri.clone(), ..received() }
}

/// A post that comes from elsewhere, with nothing said of it.
pub fn received() -> ReceivedPost {
    ReceivedPost {
        uri: String::new(),
        url: String::new(),
        audience: Audience::Public,
        in_reply_to: String::new(),
        context: String::new(),
        content: String::new(),
        summary: String::new(),
        sensitive: false,
        language: String::new(),
        emojis: Vec::new(),
        published: Some(NOW),
        updated: None,
        mentions: Vec::new(),
        addressed: Vec::new(),
        hashtags: Vec::new(),
        media: Vec::new(),
        poll: None,
        origin: Origin::default(),
        quote: None,
        experiment: None,
        policy: Policy::default(),
        approved_by: String::new(),
        is_approved: false,
    }
}

/// The ways in which a post goes: by its author's word, and because nobody here had to do with it.
const ENDS: [(&str, Deed); 2] = [
    ("is deleted", |scene, tx| {
        receive::delete(&scene.node, tx, &scene.zoe, &scene.post.uri).map(|r| r.map(drop)).boxed()
    }),
    ("goes as unseen", |scene, tx| {
        async {
            tx.drop_posts(&[scene.post.id], NOW - 180 * DAY).await?;
            Ok(())
        }
        .boxed()
    }),
];

on_both! {
    async fn what_is_done_with_a_post_while_it_goes_hangs_on_nothing(db: Db) {
        for deed_first in [true, false] {
            for (end_name, end) in ENDS {
                for (deed_name, deed) in DEEDS {
                    let db = Db::fresh(db.engine).await;
                    let (node, _folder) = node(&db);
                    let scene = scene(&db, node, for_everybody()).await;
                    let (first, second) = if deed_first { (deed, end) } else { (end, deed) };
                    let mut tx = db.store.begin().await.unwrap();
                    first(&scene, &mut tx).await.unwrap();
                    let done = meet(&db, tx, async {
                        let mut tx = db.store.begin().await.unwrap();
                        second(&scene, &mut tx).await?;
                        tx.commit().await.map_err(node::Error::from)
                    })
                    .await;
                    let what = format!("it {end_name}, she {deed_name}, that first: {deed_first}");
                    if deed_first || deed_name.contains("elsewhere") {
                        done.expect(&what);
                    } else {
                        assert!(matches!(done, Err(node::Error::NotFound)), "{what}: {done:?}");
                    }
                    let is_here = db.store.read().await.unwrap().post(scene.post.id).await.unwrap().is_some();
                    assert_eq!(is_here, deed_first && end_name.contains("unseen"), "{what}");
                    is_sound(&scene.node).await;
                }
            }
        }
    }

    async fn what_waits_for_leave_is_opened_once_and_closed_for_good(db: Db) {
        let ends: [(&str, Deed); 4] = [
            ("allowed once more", |s, tx| async {
                let waiting = waiting(s, tx).await;
                policy::receive_approval(&s.node, tx, &s.zoe, &waiting.uri, "https://zoe.example/2").await.map(drop)
            }.boxed()),
            ("refused", |s, tx| async {
                let waiting = waiting(s, tx).await;
                policy::receive_refusal(&s.node, tx, &s.zoe, &waiting.uri).await.map(drop)
            }.boxed()),
            ("taken back by its author", |s, tx| async {
                let waiting = waiting(s, tx).await;
                publish::delete(&s.node, tx, &s.alice, waiting.id).await.map(drop)
            }.boxed()),
            ("no more allowed", |s, tx| async {
                policy::receive_revocation(&s.node, tx, &s.zoe, "https://zoe.example/1").await?;
                Ok(())
            }.boxed()),
        ];
        for (deed_name, deed) in [DEEDS[0], DEEDS[2]] {
            for (end_name, end) in ends {
                let db = Db::fresh(db.engine).await;
                let (node, _folder) = node(&db);
                let scene = scene(&db, node, for_who_asks()).await;
                let mut tx = db.store.begin().await.unwrap();
                deed(&scene, &mut tx).await.unwrap();
                tx.commit().await.unwrap();
                let mut tx = db.store.begin().await.unwrap();
                let waiting = waiting(&scene, &mut tx).await;
                assert!(!policy::is_taken_back(&mut tx, &scene.zoe, "https://zoe.example/1").await.unwrap());
                assert!(policy::receive_approval(&scene.node, &mut tx, &scene.zoe, &waiting.uri, "https://zoe.example/1").await.unwrap());
                let second = async {
                    let mut tx = db.store.begin().await.unwrap();
                    end(&scene, &mut tx).await.unwrap();
                    tx.commit().await.unwrap();
                };
                meet(&db, tx, second).await;
                let what = format!("she {deed_name}, which is {end_name}");
                let left = db.store.read().await.unwrap().post(waiting.id).await.unwrap();
                let stays = end_name == "allowed once more";
                assert_eq!(left.map(|p| p.audience), stays.then_some(Audience::Public), "{what}");
                is_sound(&scene.node).await;
            }
        }
    }
}

on_both! {
    async fn leave_to_quote_counts_once_and_is_none_when_it_is_taken_back(db: Db) {
        let stamp = "https://zoe.example/1";
        let ends: [(&str, Deed); 2] = [
            ("given once more", |s, tx| async {
                let quote = quote_that_waits(s, tx).await;
                quote::receive_accept(&s.node, tx, &s.zoe, &quote, "https://zoe.example/2").await
            }.boxed()),
            ("taken back", |s, tx| async {
                policy::receive_revocation(&s.node, tx, &s.zoe, "https://zoe.example/1").await.map(drop)
            }.boxed()),
        ];
        for (name, end) in ends {
            let db = Db::fresh(db.engine).await;
            let (node, _folder) = node(&db);
            let scene = scene(&db, node, for_everybody()).await;
            let mut tx = db.store.begin().await.unwrap();
            DEEDS[1].1(&scene, &mut tx).await.unwrap();
            tx.commit().await.unwrap();
            let mut tx = db.store.begin().await.unwrap();
            let quote = quote_that_waits(&scene, &mut tx).await;
            assert!(!policy::is_taken_back(&mut tx, &scene.zoe, stamp).await.unwrap());
            quote::receive_accept(&scene.node, &mut tx, &scene.zoe, &quote, stamp).await.unwrap();
            let second = async {
                let mut tx = db.store.begin().await.unwrap();
                end(&scene, &mut tx).await.unwrap();
                tx.commit().await.unwrap();
            };
            meet(&db, tx, second).await;
            let state = quote_that_waits(&scene, &mut db.store.read().await.unwrap()).await.state;
            assert_eq!(state, if name == "taken back" { QuoteState::Revoked } else { QuoteState::Accepted }, "{name}");
            is_sound(&scene.node).await;
        }
    }
}

async fn quote_that_waits(scene: &Scene, tx: &mut Tx) -> Quote {
    let quoting = waiting(scene, tx).await;
    tx.quote(quoting.id).await.unwrap().unwrap()
}

/// What alice did that waits.
async fn waiting(scene: &Scene, tx: &mut Tx) -> Post {
    let all = tx.all_posts_of(scene.alice.id, 0, 9).await.unwrap();
    let ids: Vec<Id> = all.iter().map(|p| p.id).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    all.into_iter().next().unwrap()
}
