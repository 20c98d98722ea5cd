//! A scene: one of our nodes with its member alice and her first post, and a server of another kind that speaks as the fixtures do.

use std::path::PathBuf;

use model::account::Account;
use model::id::Id;
use model::post::Post;
use serde_json::{Value, json};

use super::{Answer, Letter, Server, Style};
use crate::db::Engine;
use crate::node::{Options, Person, TestNode, eventually};

/// What stands in the place of `node.example` and what is on it.
#[derive(Clone, Debug)]
pub struct Ours {
    pub origin: String,
    pub alice: String,
    /// `…/posts/1`.
    pub post: String,
}

pub struct Stage {
    pub node: TestNode,
    pub server: Server,
    alice: Id,
    /// Her post 1, as it was made.
    pub post: Post,
    software: String,
}

impl Server {
    /// A server with the fixtures of this kind: its actors, posts and WebFinger are served, all its documents are at hand.
    pub async fn from_fixtures(software: &str, ours: &Ours) -> Self {
        let server = Self::start(software).await;
        server.load(software, ours);
        server
    }

    fn load(&self, software: &str, ours: &Ours) {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(software);
        let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        for path in files {
            let file = path.file_stem().unwrap().to_str().unwrap();
            let text = self.rewrite(&std::fs::read_to_string(&path).unwrap(), software, ours);
            let document: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            self.keep(file, document.clone());
            self.serve_fixture(file, document);
        }
    }

    fn rewrite(&self, text: &str, software: &str, ours: &Ours) -> String {
        let theirs = if software == "gotosocial" { "gts.example".to_owned() } else { format!("{software}.example") };
        let node = ours.origin.trim_start_matches("https://");
        let root = ours.post.rsplit('/').next().unwrap();
        let mut text = text
            .replace(&format!("https://{theirs}"), &self.origin)
            .replace(&format!("@{theirs}"), &format!("@{}", self.host()));
        for end in ["\"", "/", "#", "\\"] {
            text =
                text.replace(&format!("https://node.example/users/alice/posts/1{end}"), &format!("{}{end}", ours.post));
            text = text.replace(
                &format!("https://node.example/contexts/1{end}"),
                &format!("{}/contexts/{root}{end}", ours.origin),
            );
        }
        text.replace("https://node.example/users/alice", &ours.alice)
            .replace("https://node.example", &ours.origin)
            .replace("@node.example", &format!("@{node}"))
    }

    fn serve_fixture(&self, file: &str, document: Value) {
        let of_another = |d: &Value| d["id"].as_str().is_none_or(|id| !id.starts_with(&format!("{}/", self.origin)));
        match file {
            "webfinger" => {
                let subject = document["subject"].as_str().unwrap().to_owned();
                self.put_finger(&subject, document);
            }
            "key_stub" => {
                let id = document["publicKey"]["id"].as_str().unwrap().to_owned();
                self.serve(id.strip_prefix(&self.origin).unwrap(), super::Reply::document(&document));
            }
            _ if document["publicKey"].is_object() && document["inbox"].is_string() => {
                self.publish(&document);
                let name = document["preferredUsername"].as_str().unwrap();
                // The document of its own, where there is one, comes later in the alphabet.
                self.finger(name, document["id"].as_str().unwrap());
            }
            _ if file.starts_with("create_") => {
                let mut object = document["object"].clone();
                if !of_another(&object) {
                    object["@context"] = document["@context"].clone();
                    self.publish(&object);
                }
            }
            _ if is_fetched(&document) && !of_another(&document) => self.publish(&document),
            _ => {}
        }
    }
}

impl Stage {
    /// With a server of this kind, as in `tests/fixtures`.
    pub async fn of(software: &str) -> Self {
        Self::with(software, Engine::Sqlite, Options::default()).await
    }

    pub async fn with(software: &str, engine: Engine, options: Options) -> Self {
        let stage = Self::empty_with(software, engine, options).await;
        let ours =
            Ours { origin: stage.node.origin.clone(), alice: stage.alice().uri().await, post: stage.post.uri.clone() };
        stage.server.load(software, &ours);
        stage
    }

    /// With a server on which nobody is yet.
    pub async fn empty() -> Self {
        Self::empty_with("elsewhere", Engine::Sqlite, Options::default()).await
    }

    pub async fn empty_with(name: &str, engine: Engine, options: Options) -> Self {
        let (node, server) = (TestNode::start_with(engine, options).await, Server::start(name).await);
        let (alice, post) = {
            let alice = node.member("alice").await;
            (alice.id, alice.says("Something good").await)
        };
        Self { node, server, alice, post, software: name.to_owned() }
    }

    pub fn alice(&self) -> Person<'_> {
        Person { on: &self.node, id: self.alice }
    }

    /// Her post 1, as it is now.
    pub async fn post_now(&self) -> Post {
        self.node.post_by_uri(&self.post.uri).await.expect("the post is there")
    }

    pub fn style(&self) -> Style {
        Style::of(&self.software)
    }

    /// A fixture is delivered to the shared inbox, signed by its actor; it must be taken.
    pub async fn deliver(&self, file: &str) -> Answer {
        self.deliver_to("/inbox", file).await
    }

    pub async fn deliver_to(&self, inbox: &str, file: &str) -> Answer {
        let answer = self.letter(inbox, &self.server.document(file)).send(&self.node).await;
        assert_eq!(answer.status, 202, "{file}: {answer:?}");
        answer
    }

    /// An activity is delivered, signed by its actor; it must be taken.
    pub async fn takes(&self, activity: &Value) {
        let answer = self.send(activity).await;
        assert_eq!(answer.status, 202, "{activity:#}: {answer:?}");
    }

    /// The same, whatever comes of it.
    pub async fn send(&self, activity: &Value) -> Answer {
        self.letter("/inbox", activity).send(&self.node).await
    }

    /// An activity is delivered from yet another server, whatever comes of it.
    pub async fn send_from(&self, server: &Server, activity: &Value) -> Answer {
        let key = server.key_of(activity["actor"].as_str().unwrap());
        Letter::post(&self.node, "/inbox", activity.to_string()).signed(&key, self.style()).send(&self.node).await
    }

    /// The request that delivers an activity, signed by its actor.
    pub fn letter(&self, inbox: &str, activity: &Value) -> Letter {
        let key = self.server.key_of(activity["actor"].as_str().unwrap());
        Letter::post(&self.node, inbox, activity.to_string()).signed(&key, self.style())
    }

    /// An account of the other server as the node knows it.
    pub async fn known(&self, actor: &Value) -> Account {
        let id = actor["id"].as_str().unwrap();
        self.node.known(id).await.unwrap_or_else(|| panic!("{id} is not known"))
    }

    /// The post with the id of this document, if it was taken in.
    pub async fn stored(&self, document: &Value) -> Option<Post> {
        self.node.post_by_uri(document["id"].as_str().unwrap()).await
    }

    /// Somebody there follows alice.
    pub async fn follows_alice(&self, actor: &Value) {
        let follow = self.server.activity("Follow", actor, json!(self.alice().uri().await));
        self.takes(&follow).await;
    }

    /// Alice follows somebody there, who accepts.
    pub async fn alice_follows(&self, actor: &Value) {
        self.alice_follows_there(&self.server, actor).await;
    }

    /// The same with somebody on yet another server.
    pub async fn alice_follows_there(&self, server: &Server, actor: &Value) {
        let handle = format!("@{}@{}", actor["preferredUsername"].as_str().unwrap(), server.host());
        self.alice().asks_to_follow(&handle).await;
        let follow = asked_of(server, actor).await;
        let answer = self.send_from(server, &server.activity("Accept", actor, follow)).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        assert!(self.alice_is_following(actor).await, "the follow was accepted");
    }

    /// The Follow that alice's server sent for the main actor.
    pub async fn asked(&self) -> Value {
        asked_of(&self.server, &self.server.document("actor")).await
    }

    pub async fn alice_is_following(&self, actor: &Value) -> bool {
        let target = self.known(actor).await.id;
        let follow = self.node.node().store.read().await.unwrap().follow(self.alice, target).await.unwrap();
        follow.is_some_and(|f| f.accepted)
    }

    pub async fn is_followed_by(&self, actor: &Value) -> bool {
        let who = self.known(actor).await.id;
        let follow = self.node.node().store.read().await.unwrap().follow(who, self.alice).await.unwrap();
        follow.is_some_and(|f| f.accepted)
    }

    /// Ends the node.
    pub async fn end(self) {
        self.node.running.stop().await;
    }
}

/// What others ask for by its id.
fn is_fetched(document: &Value) -> bool {
    let kinds = ["Note", "Page", "Video", "OrderedCollection", "OrderedCollectionPage", "Collection"];
    kinds.iter().any(|kind| document["type"] == *kind)
}

/// The newest Follow of this actor that came, without its context.
async fn asked_of(server: &Server, actor: &Value) -> Value {
    let find = || async { server.received("Follow").into_iter().rfind(|f| f["object"] == actor["id"]) };
    let mut follow = eventually("the Follow arrives", find).await;
    follow.as_object_mut().unwrap().remove("@context");
    follow
}
