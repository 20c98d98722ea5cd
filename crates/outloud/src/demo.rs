//! Two nodes on this machine that know each other: a council and a health trust. What their people do is done as members do it,
//! and what one node knows of the other came to it through federation.

mod story;

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use federation::{Federation, signature};
use model::account::{Account, Member, MemberState};
use model::audience::Audience;
use model::clock::DAY;
use model::experiment::{Form, Learned, Sentences, Wanted};
use model::handle::Handle;
use model::hat::Hat;
use model::post::{Draft, Post};
use model::subject::Subject;
use node::accounts::{ProfileChange, SignUp, change_profile, create_member};
use node::follow::{self, Wishes};
use node::texts::{self, NewAnnouncement};
use node::{Node, challenge, experiment, hat, login, publish, react, subject, tag, upload};
use tokio::net::TcpListener;

use crate::progress::Progress;
use crate::serve::{self, Role};
use crate::{Error, Parts, Running, Settings};
use story::{CHART, Deed, NODES, PEOPLE, Person, STORY};

/// Where the demo keeps its two nodes, below the folder in which it is started.
const FOLDER: &str = "outloud-demo";
/// Everybody's: the nodes are for this machine only.
pub const PASSWORD: &str = "working-out-loud";
/// How long one step may take.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The demo, running.
pub struct Demo {
    nodes: [Running; 2],
    /// What to tell whoever started it.
    pub welcome: String,
}

impl Demo {
    /// Starts both nodes, on `port` and the one after. Made once, it is taken up again, unless it shall be `fresh`.
    pub async fn start(port: u16, fresh: bool, progress: &mut Progress) -> Result<Self, Error> {
        let second = port.checked_add(1).filter(|_| port > 0);
        let second = second.ok_or_else(|| Error::Usage("--port: it must be a number from 1 to 65534.".to_owned()))?;
        let listeners = [listen(port).await?, listen(second).await?];
        let folder = Path::new(FOLDER);
        let settings = [settings(folder, 0, port)?, settings(folder, 1, second)?];
        let marker = folder.join("port");
        let made_for = std::fs::read_to_string(&marker).ok().and_then(|text| text.trim().parse::<u16>().ok());
        let reuse = match made_for {
            Some(made_for) if made_for != port && !fresh => {
                return Err(Error::Usage(format!(
                    "--port: the demo in {FOLDER} was made for port {made_for}. Use --port {made_for}, or --fresh to make it anew."
                )));
            }
            Some(_) => !fresh,
            None => false,
        };
        if !reuse {
            clear(&settings, &marker)?;
        }
        let [one, other] = listeners;
        let nodes = [start(&settings[0], one).await?, start(&settings[1], other).await?];
        if !reuse {
            Stage::new(&nodes, progress).play().await?;
            progress.clear();
            // Only now it is complete: what was broken off is made anew.
            std::fs::write(&marker, format!("{port}\n"))
                .map_err(Error::io(format!("cannot write {}", marker.display())))?;
        }
        let welcome = welcome(&nodes);
        Ok(Self { nodes, welcome })
    }

    /// Ends both.
    pub async fn stop(self) {
        let [one, other] = self.nodes;
        tokio::join!(one.stop(), other.stop());
    }
}

async fn listen(port: u16) -> Result<TcpListener, Error> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let advice = "name another with --port (the demo takes that and the next one)";
    TcpListener::bind(address).await.map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => {
            Error::Usage(format!("--port: {port} is in use by another program: {advice}."))
        }
        _ => Error::Usage(format!("--port: cannot listen on {address} ({e}): {advice}.")),
    })
}

/// Settings of one of the two, whatever those of a real node on this machine are.
fn settings(folder: &Path, which: usize, port: u16) -> Result<Settings, Error> {
    let data = folder.join(NODES[which].folder);
    let values = [
        ("OUTLOUD_LISTEN", format!("127.0.0.1:{port}")),
        ("OUTLOUD_ORIGIN", format!("http://localhost:{port}")),
        ("OUTLOUD_DATA_DIR", data.display().to_string()),
        ("OUTLOUD_TITLE", NODES[which].title.to_owned()),
        // The other node is on this machine; nothing else private is reached.
        ("OUTLOUD_ALLOW_PRIVATE_NETWORKS", "127.0.0.0/8, ::1/128".to_owned()),
    ];
    Settings::of(BTreeMap::from(values.map(|(name, value)| (name.to_owned(), value))))
}

/// Removes an earlier demo, and nothing else that may lie in the folder.
fn clear(settings: &[Settings; 2], marker: &Path) -> Result<(), Error> {
    let gone = |path: PathBuf, done: std::io::Result<()>| match done {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Io { context: format!("cannot remove {}", path.display()), source: e })
        }
        _ => Ok(()),
    };
    for one in settings {
        // Not from under another demo that runs.
        drop(serve::only(one)?);
        gone(one.data_dir.clone(), std::fs::remove_dir_all(&one.data_dir))?;
    }
    gone(marker.to_owned(), std::fs::remove_file(marker))
}

async fn start(settings: &Settings, listener: TcpListener) -> Result<Running, Error> {
    Running::start(settings, Role::All, Parts::default(), Some(listener)).await
}

fn welcome(nodes: &[Running; 2]) -> String {
    let mut text = "Two nodes are running on this machine, and know each other:\n".to_owned();
    for (which, running) in nodes.iter().enumerate() {
        text.push_str(&format!("\n  {}: {}\n", NODES[which].title, running.app.node.config.origin));
        for person in PEOPLE.iter().filter(|p| p.node == which) {
            text.push_str(&format!("    {:6}  {}, {}\n", person.username, person.name, person.job));
        }
    }
    text.push_str(&format!("\nSign in with any of these names and the password  {PASSWORD}\n"));
    text.push_str(&format!(
        "\nStop with Ctrl-C. The next start goes on with what is in {FOLDER}; --fresh makes it anew.\n"
    ));
    text
}

/// The two nodes while their people are made and do what the story says.
struct Stage<'a> {
    nodes: &'a [Running; 2],
    progress: &'a mut Progress,
    people: HashMap<&'static str, (&'static Person, Account, Member)>,
    posts: HashMap<&'static str, Post>,
}

impl<'a> Stage<'a> {
    fn new(nodes: &'a [Running; 2], progress: &'a mut Progress) -> Self {
        Self { nodes, progress, people: HashMap::new(), posts: HashMap::new() }
    }

    fn node(&self, which: usize) -> &'a Arc<Node> {
        &self.nodes[which].app.node
    }

    fn federation(&self, which: usize) -> &'a Federation {
        &self.nodes[which].app.federation
    }

    async fn play(mut self) -> Result<(), Error> {
        for person in &PEOPLE {
            self.progress.show(&format!("{} joins {}", person.name, NODES[person.node].title));
            let joined = join(self.node(person.node), person).await?;
            self.people.insert(person.username, (person, joined.0, joined.1));
        }
        self.befriend().await?;
        for (number, deed) in (1..).zip(&STORY) {
            self.progress.show(&format!("update {number} of {}", STORY.len()));
            self.act(deed).await?;
        }
        for which in [0, 1] {
            let node = self.node(which);
            until("everything to be delivered", || async {
                let queue = node.store.read().await?.queue().await?;
                Ok((queue.deliveries == 0).then_some(()))
            })
            .await?;
        }
        Ok(())
    }

    /// Everybody follows everybody, those on the other node by their handles.
    async fn befriend(&mut self) -> Result<(), Error> {
        for follower in &PEOPLE {
            for target in PEOPLE.iter().filter(|t| t.username != follower.username) {
                self.progress.show(&format!("{} follows {}", follower.name, target.name));
                let node = self.node(follower.node);
                let there = self.node(target.node).config.handle_domain.clone();
                let handle = Handle { username: target.username.to_owned(), domain: Some(there) };
                let target = self.federation(follower.node).find_handle(&handle).await?;
                let mut tx = node.store.begin().await?;
                follow::follow(node, &mut tx, &self.person(follower.username)?.1, &target, &Wishes::default()).await?;
                node.commit(tx).await?;
            }
        }
        for follower in &PEOPLE {
            let node = self.node(follower.node);
            let id = self.person(follower.username)?.1.id;
            let wanted = i64::try_from(PEOPLE.len() - 1).unwrap_or(0);
            until("follows to be accepted", || async {
                let account = node.store.read().await?.account(id).await?;
                Ok(account.filter(|a| a.following_count == wanted).map(drop))
            })
            .await?;
        }
        Ok(())
    }

    fn person(&self, username: &str) -> Result<&(&'static Person, Account, Member), Error> {
        self.people.get(username).ok_or_else(|| Error::Usage(format!("nobody is called {username}")))
    }

    async fn act(&mut self, deed: &Deed) -> Result<(), Error> {
        match *deed {
            Deed::Says { by, key, to, text } => {
                let (person, ..) = self.person(by)?.clone();
                let parent = match to {
                    Some(to) => Some(self.arrived(to, person.node).await?.id),
                    None => None,
                };
                let draft = Draft { text: self.with_handles(text)?, in_reply_to_id: parent, ..story::draft() };
                self.says(by, key, draft).await?;
            }
            Deed::SaysInside { by, text } => {
                let inside = Draft { text: text.to_owned(), audience: Some(Audience::Organisation), ..story::draft() };
                self.says(by, "", inside).await?;
            }
            Deed::Shows { by, key, to, text, alt } => {
                let (person, account, _) = self.person(by)?.clone();
                let node = self.node(person.node);
                let stored = upload::store(node, &account, Bytes::from_static(CHART), alt, (0.0, 0.0)).await?;
                let mut tx = node.store.begin().await?;
                let media = upload::attach(&mut tx, stored).await?;
                node.commit(tx).await?;
                let parent = self.arrived(to, person.node).await?.id;
                let draft = Draft {
                    text: text.to_owned(),
                    media_ids: vec![media.id],
                    in_reply_to_id: Some(parent),
                    ..story::draft()
                };
                self.says(by, key, draft).await?;
            }
            Deed::Tries { by, key, of, changed, sentences: [believe, leads_to, test, share], text, days } => {
                let (person, ..) = self.person(by)?.clone();
                let tries = match of {
                    Some(of) => Some(self.arrived(of, person.node).await?.id),
                    None => None,
                };
                let sentences = Sentences {
                    believe: believe.to_owned(),
                    leads_to: leads_to.to_owned(),
                    test: test.to_owned(),
                    share: share.to_owned(),
                };
                let look_again_at = Some(self.node(person.node).now() + days * DAY);
                let form = Form { sentences, tries, changed: changed.to_owned(), look_again_at, ..Form::default() };
                let experiment = Some(Wanted::Is(Box::new(form)));
                self.says(by, key, Draft { text: text.to_owned(), experiment, ..story::draft() }).await?;
            }
            Deed::Learns { by, of, outcome, learning, so_what } => {
                let (person, account, _) = self.person(by)?.clone();
                let post = self.arrived(of, person.node).await?;
                let said = Learned {
                    outcome,
                    learning: Some(learning.to_owned()),
                    so_what: Some(so_what.to_owned()),
                    look_again_at: None,
                };
                let node = self.node(person.node);
                let mut tx = node.store.begin().await?;
                experiment::learn(node, &mut tx, &account, post.id, &said).await?;
                node.commit(tx).await?;
            }
            Deed::Asks { by, name, question, purpose, tag, days } => {
                let (person, account, _) = self.person(by)?.clone();
                let node = self.node(person.node);
                let form = challenge::Form {
                    name: name.to_owned(),
                    question: question.to_owned(),
                    purpose: purpose.to_owned(),
                    tag: tag.to_owned(),
                    opens_at: None,
                    closes_at: Some(node.now() + days * DAY),
                };
                let mut tx = node.store.begin().await?;
                challenge::open(node, &mut tx, &account, &form).await?;
                node.commit(tx).await?;
            }
            Deed::Keeps { by, tag, purpose } => {
                let (person, account, _) = self.person(by)?.clone();
                let node = self.node(person.node);
                let mut tx = node.store.begin().await?;
                let on = Subject::Tag(tag::named(node, &mut tx, tag).await?.id);
                hat::put_on(node, &mut tx, &account, Hat::CommunityKeeper, on, None).await?;
                subject::write(node, &mut tx, &account, on, purpose).await?;
                node.commit(tx).await?;
            }
            Deed::Differs { by, tag, view } => {
                let (person, account, _) = self.person(by)?.clone();
                let node = self.node(person.node);
                let mut tx = node.store.begin().await?;
                let on = Subject::Tag(tag::named(node, &mut tx, tag).await?.id);
                subject::add_view(node, &mut tx, &account, on, view).await?;
                node.commit(tx).await?;
            }
            Deed::Tells { by, text } => {
                let node = self.node(self.person(by)?.0.node);
                let new = NewAnnouncement { text: text.to_owned(), starts_at: None, ends_at: None, all_day: false };
                let mut tx = node.store.begin().await?;
                texts::announce(node, &mut tx, by, &new).await?;
                node.commit(tx).await?;
            }
            Deed::Boosts { by, of } => {
                let (person, account, _) = self.person(by)?.clone();
                let post = self.arrived(of, person.node).await?;
                let node = self.node(person.node);
                let mut tx = node.store.begin().await?;
                react::boost(node, &mut tx, &account, &post, None).await?;
                node.commit(tx).await?;
            }
            Deed::Likes { by, of } => {
                let (person, account, _) = self.person(by)?.clone();
                let post = self.arrived(of, person.node).await?;
                let node = self.node(person.node);
                let mut tx = node.store.begin().await?;
                react::favourite(node, &mut tx, &account, &post, None).await?;
                node.commit(tx).await?;
            }
        }
        Ok(())
    }

    async fn says(&mut self, by: &str, key: &'static str, draft: Draft) -> Result<(), Error> {
        let (person, account, member) = self.person(by)?.clone();
        let node = self.node(person.node);
        let mut tx = node.store.begin().await?;
        let post = publish::publish(node, &mut tx, &account, &member, &draft).await?;
        node.commit(tx).await?;
        self.posts.insert(key, post);
        Ok(())
    }

    /// A post as a node has it: its own at once, the other's when it has come.
    async fn arrived(&self, key: &str, which: usize) -> Result<Post, Error> {
        let post = self.posts.get(key).ok_or_else(|| Error::Usage(format!("nobody has said {key}")))?;
        let node = self.node(which);
        until("a post to arrive", || async { Ok(node.store.read().await?.post_by_uri(&post.uri).await?) }).await
    }

    /// `{name}` becomes that person's full handle.
    fn with_handles(&self, text: &str) -> Result<String, Error> {
        let mut text = text.to_owned();
        for person in &PEOPLE {
            let handle = self.node(person.node).config.full_handle(&self.person(person.username)?.1);
            text = text.replace(&format!("{{{}}}", person.username), &format!("@{handle}"));
        }
        Ok(text)
    }
}

async fn join(node: &Arc<Node>, person: &Person) -> Result<(Account, Member), Error> {
    let hashing = Arc::clone(node);
    let made =
        tokio::task::spawn_blocking(move || (signature::generate_key(), login::hash_password(&hashing, PASSWORD)));
    let (keys, hash) = made.await.map_err(|e| Error::Node(node::Error::Internal(e.to_string())))?;
    let form = SignUp {
        username: person.username.to_owned(),
        email: format!("{}@{}", person.username, NODES[person.node].mail),
        password: PASSWORD.to_owned(),
        role: person.role,
        state: MemberState::Active,
        reason: String::new(),
        locale: "en-GB".to_owned(),
    };
    let mut tx = node.store.begin().await?;
    let account = create_member(node, &mut tx, &form, &hash?, &keys.map_err(federation::Error::from)?).await?;
    let profile = ProfileChange {
        display_name: Some(person.name.to_owned()),
        note: Some(person.note.to_owned()),
        fields: Some(vec![
            ("Works at".to_owned(), NODES[person.node].title.to_owned()),
            ("As".to_owned(), person.job.to_owned()),
            ("Ask me about".to_owned(), person.ask.to_owned()),
        ]),
        indexable: Some(true),
        ..ProfileChange::default()
    };
    let account = change_profile(node, &mut tx, &account, profile).await?;
    let member = tx.member(account.id).await?;
    node.commit(tx).await?;
    Ok((account, member.ok_or(node::Error::NotFound)?))
}

/// Looks until there is something to see, or patience is at its end.
async fn until<T, F>(what: &str, look: impl Fn() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<Option<T>, Error>>,
{
    let looking = async {
        loop {
            if let Some(seen) = look().await? {
                return Ok(seen);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    let late = |_| {
        Error::Usage(format!(
            "The two nodes do not reach each other: waited in vain for {what}. Is something between them?"
        ))
    };
    tokio::time::timeout(PATIENCE, looking).await.map_err(late)?
}
