//! Accounts that move, in and out, and accounts that go for good.

use model::account::Account;
use model::clock::DAY;
use model::page::Page;
use model::post::Draft;
use node::list::{self, ListChange};
use node::{accounts, follow, moderate, moving, publish, react};
use serde_json::{Value, json};
use suite::fediverse::{Answer, Letter, Server, Stage};
use suite::node::{Person, TestNode, eventually};
use suite::on_both;

async fn get(stage: &Stage, url: &str) -> Answer {
    Letter::get(&stage.node, url.strip_prefix(&stage.node.origin).unwrap()).send(&stage.node).await
}

/// Says on one node that an account elsewhere is `who`'s, too.
async fn names(who: Person<'_>, other: &str) {
    let node = who.on.node();
    let other = who.on.federation().find_fresh(other).await.unwrap();
    let mut tx = node.store.begin().await.unwrap();
    moving::add_alias(node, &mut tx, &who.account().await, &other).await.unwrap();
    node.commit(tx).await.unwrap();
}

async fn moves(who: Person<'_>, target: &str) -> Result<(), node::Error> {
    let node = who.on.node();
    let target = who.on.federation().find_fresh(target).await.unwrap();
    let mut tx = node.store.begin().await.unwrap();
    moving::move_away(node, &mut tx, &who.account().await, &target).await?;
    node.commit(tx).await
}

async fn follows(node: &TestNode, who: i64, target: i64) -> bool {
    node.node().store.read().await.unwrap().follow(who, target).await.unwrap().is_some_and(|f| f.accepted)
}

async fn has_in_a_list(who: Person<'_>, target: i64) -> i64 {
    let (node, account) = (who.on.node(), who.account().await);
    let mut tx = node.store.begin().await.unwrap();
    let wanted = ListChange { title: Some("Friends".to_owned()), ..ListChange::default() };
    let made = list::create(node, &mut tx, &account, &wanted).await.unwrap();
    list::add(&mut tx, &account, made.id, &[target]).await.unwrap();
    node.commit(tx).await.unwrap();
    made.id
}

on_both! {
    async fn b32_b33_a_member_moves_from_one_node_to_another_and_their_followers_come_along(db: Db) {
        let (a, b) = (TestNode::start(db.engine).await, TestNode::start(db.engine).await);
        let (alice, carl) = (a.member("alice").await, a.member("carl").await);
        let (anna, bob) = (b.member("anna").await, b.member("bob").await);
        bob.follows(&alice.handle().await).await;
        carl.follows("@alice").await;
        a.idle().await;
        assert!(moves(alice, &anna.uri().await).await.is_err(), "anna does not know of alice");
        assert!(alice.account().await.moved_to.is_empty());

        let list = has_in_a_list(carl, alice.id).await;
        names(anna, &alice.handle().await).await;
        assert_eq!(anna.account().await.also_known_as, [alice.uri().await]);
        moves(alice, &anna.handle().await).await.unwrap();
        let anna_id = anna.id;
        eventually("bob follows anna", || async { follows(&b, bob.id, anna_id).await.then_some(()) }).await;
        let there = eventually("anna is known to carl's node", || async { a.known(&anna.uri().await).await }).await;
        eventually("carl follows anna", || async { follows(&a, carl.id, there.id).await.then_some(()) }).await;
        a.idle().await;
        b.idle().await;
        let listed = a.node().store.read().await.unwrap().accounts_in_list(list, &Page::first(9)).await.unwrap();
        assert_eq!(listed.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [there.id], "carl has anna in his list now");
        let old = b.known(&alice.uri().await).await.unwrap();
        assert!(!follows(&b, bob.id, old.id).await && !follows(&a, carl.id, alice.id).await, "and nobody follows alice");
        assert_eq!((anna.account().await.followers_count, alice.account().await.followers_count), (2, 0));
        assert_eq!(old.moved_to, anna.uri().await);
        let told: Vec<String> = anna.notifications().await.into_iter().map(|(_, from)| from).collect();
        assert!(!told.contains(&"bob".to_owned()), "anna brought bob along and is not told: {told:?}");
        let post = anna.says("Here I am").await;
        eventually("carl reads anna", || async { carl.home().await.into_iter().find(|p| p.uri == post.uri) }).await;
        a.running.stop().await;
        b.running.stop().await;
    }
}

/// Bob, who follows alice; and where she may go.
async fn about_to_move() -> (Stage, Value) {
    let stage = Stage::empty().await;
    stage.follows_alice(&stage.server.person("bob")).await;
    let mut anna = stage.server.actor_at("/users/anna", "anna");
    anna["alsoKnownAs"] = json!([stage.alice().uri().await]);
    stage.server.publish(&anna);
    stage.server.finger("anna", anna["id"].as_str().unwrap());
    stage.node.idle().await;
    stage.server.forget();
    (stage, anna)
}

#[tokio::test(flavor = "multi_thread")]
async fn b32_followers_hear_of_the_changed_actor_first_and_then_of_the_move() {
    let (stage, anna) = about_to_move().await;
    let alice = stage.alice();
    moves(alice, anna["id"].as_str().unwrap()).await.unwrap();
    stage.node.idle().await;
    let told: Vec<Value> = stage.server.posts().into_iter().map(|(_, a)| a).collect();
    assert_eq!(told.iter().map(|a| a["type"].as_str().unwrap()).collect::<Vec<_>>(), ["Update", "Move"]);
    assert_eq!(told[0]["object"]["movedTo"], anna["id"]);
    let uri = json!(alice.uri().await);
    assert_eq!((&told[1]["actor"], &told[1]["object"], &told[1]["target"]), (&uri, &uri, &anna["id"]));
    assert_eq!(get(&stage, uri.as_str().unwrap()).await.json()["movedTo"], anna["id"]);

    let (node, account, row) = (stage.node.node(), alice.account().await, alice.row().await);
    let mut tx = node.store.begin().await.unwrap();
    let draft = Draft { text: "Still here".to_owned(), ..Draft::default() };
    assert!(publish::publish(node, &mut tx, &account, &row, &draft).await.is_err(), "who moved away posts no more");
    assert!(react::boost(node, &mut tx, &account, &stage.post, None).await.is_err());
    assert!(react::favourite(node, &mut tx, &account, &stage.post, None).await.is_err());
    let bob = tx.account_by_uri(&stage.server.url("/users/bob")).await.unwrap().unwrap();
    assert!(follow::follow(node, &mut tx, &account, &bob, &follow::Wishes::default()).await.is_err());
    drop(tx);
    let eve = stage.server.person("eve");
    stage.follows_alice(&eve).await;
    assert!(!stage.is_followed_by(&eve).await, "nor is followed");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b32_who_stays_after_all_may_post_again_but_not_move_within_a_week() {
    let (stage, anna) = about_to_move().await;
    let (alice, node) = (stage.alice(), stage.node.node());
    moves(alice, anna["id"].as_str().unwrap()).await.unwrap();
    assert!(moves(alice, anna["id"].as_str().unwrap()).await.is_err(), "once is enough");
    let mut tx = node.store.begin().await.unwrap();
    moving::stay(node, &mut tx, &alice.account().await).await.unwrap();
    node.commit(tx).await.unwrap();
    stage.node.idle().await;
    assert!(stage.server.received("Update").last().unwrap()["object"].get("movedTo").is_none());
    alice.says("Here I am again").await;
    let refused = moves(alice, anna["id"].as_str().unwrap()).await.unwrap_err();
    assert!(refused.to_string().contains("seven days"), "{refused}");
    let mut tx = node.store.begin().await.unwrap();
    let target = tx.account_by_uri(anna["id"].as_str().unwrap()).await.unwrap().unwrap();
    tx.put_move(alice.id, target.id, node.now() - 8 * DAY).await.unwrap();
    node.commit(tx).await.unwrap();
    moves(alice, anna["id"].as_str().unwrap()).await.unwrap();
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b33_other_names_are_told_to_followers_and_can_be_taken_back() {
    let (stage, anna) = about_to_move().await;
    let (alice, node) = (stage.alice(), stage.node.node());
    names(alice, &format!("@anna@{}", stage.server.host())).await;
    let update = stage.server.receives("Update").await;
    assert_eq!(update["object"]["alsoKnownAs"], json!([anna["id"]]));
    assert_eq!(get(&stage, &alice.uri().await).await.json()["alsoKnownAs"], json!([anna["id"]]));
    let mut tx = node.store.begin().await.unwrap();
    let account = alice.account().await;
    moving::remove_alias(node, &mut tx, &account, anna["id"].as_str().unwrap()).await.unwrap();
    assert!(moving::remove_alias(node, &mut tx, &account, anna["id"].as_str().unwrap()).await.is_err());
    assert!(moving::add_alias(node, &mut tx, &account, &account).await.is_err(), "oneself is no other");
    node.commit(tx).await.unwrap();
    assert!(get(&stage, &alice.uri().await).await.json().get("alsoKnownAs").is_none());
    stage.end().await;
}

/// Alice follows bob, whom dora blocks and erik mutes, and who has a new account on another server, which may name him.
struct Leaving {
    stage: Stage,
    other: Server,
    bob: Value,
    new: Value,
}

async fn leaving(named: bool) -> Leaving {
    let stage = Stage::empty().await;
    let other = Server::start("other").await;
    let bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    let new = new_account(&other, "robert", if named { json!([bob["id"]]) } else { json!([]) });
    Leaving { stage, other, bob, new }
}

fn new_account(other: &Server, name: &str, names: Value) -> Value {
    let mut new = other.actor_at(&format!("/users/{name}"), name);
    new["alsoKnownAs"] = names;
    other.publish(&new);
    other.finger(name, new["id"].as_str().unwrap());
    new
}

impl Leaving {
    async fn says_so(&self, to: &Value) {
        let mut activity = self.stage.server.activity("Move", &self.bob, self.bob["id"].clone());
        activity["target"] = to["id"].clone();
        self.stage.takes(&activity).await;
        self.stage.node.idle().await;
    }

    async fn bob(&self) -> Account {
        self.stage.known(&self.bob).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b34_a_move_to_somebody_who_does_not_agree_is_ignored() {
    let l = leaving(false).await;
    l.says_so(&l.new).await;
    assert!(l.stage.alice_is_following(&l.bob).await);
    assert!(l.bob().await.moved_to.is_empty() && l.other.received("Follow").is_empty());

    // Nobody moves somebody else.
    let named = new_account(&l.other, "named", json!([l.bob["id"]]));
    let eve = l.stage.server.person("eve");
    let mut activity = l.stage.server.activity("Move", &eve, l.bob["id"].clone());
    activity["target"] = named["id"].clone();
    l.stage.takes(&activity).await;
    let mut pulled = l.other.activity("Move", &named, l.bob["id"].clone());
    pulled["target"] = named["id"].clone();
    assert_eq!(l.stage.send_from(&l.other, &pulled).await.status, 202);
    l.stage.node.idle().await;
    assert!(l.stage.alice_is_following(&l.bob).await && l.other.received("Follow").is_empty());

    // What is refused does not use up the week.
    l.says_so(&named).await;
    assert_eq!(l.bob().await.moved_to, named["id"].as_str().unwrap());
    l.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b34_followers_blocks_and_mutes_go_along_once_in_seven_days() {
    let l = leaving(true).await;
    let (stage, node) = (&l.stage, l.stage.node.node());
    let (dora, erik) = (stage.node.member("dora").await, stage.node.member("erik").await);
    let mut tx = node.store.begin().await.unwrap();
    let bob = l.bob().await;
    moderate::block(node, &mut tx, &dora.account().await, &bob).await.unwrap();
    moderate::mute(node, &mut tx, &erik.account().await, &bob, false, None).await.unwrap();
    node.commit(tx).await.unwrap();
    l.says_so(&l.new).await;
    let follow = l.other.receives("Follow").await;
    assert_eq!((&follow["actor"], &follow["object"]), (&json!(stage.alice().uri().await), &l.new["id"]));
    let undone = stage.server.receives("Undo").await;
    assert_eq!((&undone["object"]["type"], &undone["object"]["object"]), (&json!("Follow"), &l.bob["id"]));
    assert!(!stage.alice_is_following(&l.bob).await);
    let new = stage.known(&l.new).await;
    let mut tx = node.store.read().await.unwrap();
    assert!(tx.is_blocking(dora.id, new.id).await.unwrap());
    let tie = tx.relationships(erik.id, &[new.id]).await.unwrap();
    assert!(tie[0].muting && !tie[0].muting_notifications);
    drop(tx);

    let third = new_account(&l.other, "third", json!([l.bob["id"]]));
    l.says_so(&third).await;
    assert_eq!(l.bob().await.moved_to, l.new["id"].as_str().unwrap(), "not twice in a week");
    let mut tx = node.store.begin().await.unwrap();
    tx.put_move(bob.id, new.id, node.now() - 8 * DAY).await.unwrap();
    node.commit(tx).await.unwrap();
    l.says_so(&third).await;
    assert_eq!(l.bob().await.moved_to, third["id"].as_str().unwrap());
    l.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b36_a_block_ends_both_follows_and_hides_until_it_is_lifted() {
    let stage = Stage::empty().await;
    let bob = stage.server.person("bob");
    stage.alice_follows(&bob).await;
    stage.follows_alice(&bob).await;
    let note = stage.server.note(&bob, "/notes/1", "News", json!({}));
    stage.takes(&stage.server.activity("Create", &bob, note.clone())).await;
    let alice = stage.alice();
    let seen = async || {
        let post = stage.stored(&note).await.unwrap();
        let viewer = model::audience::Viewer::Member(alice.id);
        stage.node.node().store.read().await.unwrap().visible_post(post.id, viewer).await.unwrap().is_some()
    };
    assert!(seen().await && !alice.home().await.is_empty());
    let block = stage.server.activity("Block", &bob, json!(alice.uri().await));
    stage.takes(&block).await;
    assert!(!stage.alice_is_following(&bob).await && !stage.is_followed_by(&bob).await);
    let counts = alice.account().await;
    assert_eq!((counts.followers_count, counts.following_count), (0, 0));
    assert!(
        !seen().await && alice.home().await.iter().all(|p| p.uri != note["id"]),
        "bob's posts are hidden from alice"
    );
    let (node, bobs) = (stage.node.node(), stage.known(&bob).await);
    let mut tx = node.store.begin().await.unwrap();
    let refused = follow::follow(node, &mut tx, &alice.account().await, &bobs, &follow::Wishes::default()).await;
    assert!(refused.is_err(), "and alice cannot follow");
    drop(tx);
    stage.takes(&stage.server.activity("Undo", &bob, block)).await;
    assert!(seen().await);

    let mut tx = node.store.begin().await.unwrap();
    moderate::block(node, &mut tx, &alice.account().await, &bobs).await.unwrap();
    node.commit(tx).await.unwrap();
    let ours = stage.server.receives("Block").await;
    assert_eq!((&ours["actor"], &ours["object"]), (&json!(alice.uri().await), &bob["id"]));
    stage.follows_alice(&bob).await;
    assert_eq!(stage.server.receives("Reject").await["object"]["actor"], bob["id"]);
    assert!(!stage.is_followed_by(&bob).await);
    let mut tx = node.store.begin().await.unwrap();
    moderate::unblock(node, &mut tx, &alice.account().await, &bobs).await.unwrap();
    node.commit(tx).await.unwrap();
    let find = || async { stage.server.received("Undo").into_iter().find(|u| u["object"]["type"] == "Block") };
    assert_eq!(eventually("the block is lifted", find).await["object"]["id"], ours["id"]);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b38_a_deleted_member_is_told_of_to_every_server_and_gone_for_good() {
    let stage = Stage::empty().await;
    let (bob, other) = (stage.server.person("bob"), Server::start("other").await);
    stage.follows_alice(&bob).await;
    // Known here, and has nothing to do with alice.
    stage.node.federation().find(other.person("eve")["id"].as_str().unwrap()).await.unwrap();
    let (alice, node) = (stage.alice(), stage.node.node());
    let dora = stage.node.member("dora").await;
    let hers = dora.says("Hello").await;
    let who = alice.account().await;
    let mut tx = node.store.begin().await.unwrap();
    react::favourite(node, &mut tx, &who, &hers, None).await.unwrap();
    react::boost(node, &mut tx, &who, &hers, None).await.unwrap();
    react::favourite(node, &mut tx, &dora.account().await, &stage.post, None).await.unwrap();
    follow::follow(node, &mut tx, &dora.account().await, &who, &follow::Wishes::default()).await.unwrap();
    node.commit(tx).await.unwrap();
    stage.node.idle().await;

    let mut tx = node.store.begin().await.unwrap();
    accounts::delete_member(node, &mut tx, "test", &who).await.unwrap();
    node.commit(tx).await.unwrap();
    for server in [&stage.server, &other] {
        let delete = server.receives("Delete").await;
        assert_eq!((&delete["actor"], &delete["object"]), (&json!(who.uri), &json!(who.uri)));
    }
    stage.node.idle().await;
    let finger = format!("{}/.well-known/webfinger?resource=acct:{}", stage.node.origin, node.config.full_handle(&who));
    for url in [&who.uri, &finger, &stage.post.uri, &who.outbox, &who.featured, &who.url] {
        assert_eq!(get(&stage, url).await.status, 410, "{url}");
    }
    let follow = stage.server.activity("Follow", &bob, json!(who.uri));
    stage.takes(&follow).await;
    let mut tx = node.store.read().await.unwrap();
    assert!(tx.all_posts_of(who.id, 0, 9).await.unwrap().is_empty());
    assert!(tx.follows_touching(who.id, 9).await.unwrap().is_empty());
    assert!(tx.member(who.id).await.unwrap().is_none());
    let left = tx.post(hers.id).await.unwrap().unwrap();
    assert_eq!((left.favourites_count, left.boosts_count), (0, 0));
    assert_eq!(dora.account().await.following_count, 0);
    drop(tx);
    let form = accounts::SignUp {
        username: "Alice".to_owned(),
        email: "alice@example.org".to_owned(),
        password: String::new(),
        role: model::account::Role::Member,
        state: model::account::MemberState::Active,
        reason: String::new(),
        locale: "en".to_owned(),
    };
    let mut tx = node.store.begin().await.unwrap();
    let again = accounts::create_member(node, &mut tx, &form, "hash", &suite::node::test_keys()).await;
    assert!(again.is_err(), "the name is never given again");
    stage.node.running.stop().await;
}
