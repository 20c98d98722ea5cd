//! Streams over real sockets: what is new is told at once to those who may see it.

mod crowd;
mod ends;
mod remote;
mod socket;
mod told;
mod two_processes;

use model::account::Account;
use model::post::Post;
use node::login::{self, Scopes};
use suite::db::Engine;
use suite::node::{Options, Person, TestNode};

/// A node without its worker: nothing here leaves it.
async fn start(engine: Engine) -> TestNode {
    TestNode::start_with(engine, Options { no_worker: true, ..Options::default() }).await
}

/// A token of a member.
async fn token(who: &Person<'_>, scopes: &str) -> String {
    let node = who.on.node();
    let scopes = Scopes::parse(scopes).unwrap();
    let mut tx = node.store.begin().await.unwrap();
    let (app, _) = login::register_app(node, &mut tx, "Pencil", "", Vec::new(), &scopes).await.unwrap();
    let (secret, _) = login::issue_token(node, &mut tx, Some(app.id), Some(who.id), &scopes).await.unwrap();
    node.commit(tx).await.unwrap();
    secret
}

async fn follow(who: &Person<'_>, target: &Person<'_>) {
    let (node, me, them) = (who.on.node(), who.account().await, target.account().await);
    let mut tx = node.store.begin().await.unwrap();
    node::follow::follow(node, &mut tx, &me, &them, &node::follow::Wishes::default()).await.unwrap();
    node.commit(tx).await.unwrap();
}

/// One deed of a member, committed.
macro_rules! deed {
    ($who:expr, |$node:ident, $tx:ident, $me:ident| $deed:expr) => {{
        let ($node, $me) = ($who.on.node(), $who.account().await);
        let mut $tx = $node.store.begin().await.unwrap();
        let done = $deed.await.unwrap();
        $node.commit($tx).await.unwrap();
        done
    }};
}
use deed;

async fn boost(who: &Person<'_>, post: &Post) -> Post {
    deed!(who, |node, tx, me| node::react::boost(node, &mut tx, &me, post, None))
}

async fn delete(who: &Person<'_>, post: &Post) -> Post {
    deed!(who, |node, tx, me| node::publish::delete(node, &mut tx, &me, post.id))
}

async fn edit(who: &Person<'_>, post: &Post, text: &str) -> Post {
    let revision = model::post::Revision { text: text.to_owned(), ..model::post::Revision::default() };
    deed!(who, |node, tx, me| node::publish::edit(node, &mut tx, &me, post.id, &revision))
}

async fn block(who: &Person<'_>, other: &Account) {
    deed!(who, |node, tx, me| node::moderate::block(node, &mut tx, &me, other));
}

fn id(post: &Post) -> String {
    post.id.to_string()
}

fn pair(event: &str, id: impl ToString) -> (String, String) {
    (event.to_owned(), id.to_string())
}

fn triple(stream: &str, event: &str, id: impl ToString) -> (String, String, String) {
    (stream.to_owned(), event.to_owned(), id.to_string())
}

/// Makes two tests, one for each engine, of a function that takes one.
macro_rules! on_engines {
    ($(async fn $name:ident($engine:ident: Engine) $body:block)*) => {
        $(mod $name {
            use super::*;

            async fn body($engine: suite::db::Engine) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body(suite::db::Engine::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if suite::db::Engine::Postgres.is_there() {
                    body(suite::db::Engine::Postgres).await;
                }
            }
        })*
    };
}
use on_engines;
