//! Whole conversations and last posts: what other servers have and we do not. When it is looked for is decided in `node::threads`;
//! here is how, and within which bounds.
//!
//! A conversation is read where its first post is, if there is a collection of it (FEP-7888, FEP-f228), then from the `replies` of
//! its posts, breadth first. A collection is believed in nothing: every post that it names is fetched from its own server, and is
//! kept only if everybody may read it and what it answers is part of this conversation. So nobody fills us with posts that have
//! nothing to do with it, nor makes us ask servers that have nothing of it for long.

use std::collections::{HashMap, HashSet, VecDeque};

use model::clock::{MINUTE, Millis};
use model::experiment::Standing;
use model::id::Id;
use model::post::Post;
use node::config::authority;
use node::receive::{self, Reason};
use node::threads::{LAST_POSTS, PAUSE};
use node::{experiment, follow, jobs};
use serde_json::Value;
use storage::Reading;

use crate::client::{Budget, FetchError};
use crate::collections::Reader;
use crate::documents::note;
use crate::jobs::Next;
use crate::json::{has_kind, id, id_of, kind, same_origin};
use crate::{Error, Federation};

/// Requests that one look at a conversation may cause, and one glance.
const REQUESTS: u32 = 250;
const GLANCE: u32 = 10;
/// Pages of collections that are read in one look.
const PAGES: u32 = 60;
/// Posts that one look may bring.
const POSTS: usize = 200;
/// Posts of one conversation, beyond which we do not look for more.
const THREAD: i64 = 1_000;
/// Documents that are asked of one server, other than that of the collection, in one look: a collection may name whomever it likes.
const FROM_OTHERS: u32 = 40;
/// A server is asked for no more documents after so many, and as many as it had good ones, that were none or had no place in the
/// conversation.
const IN_VAIN: u32 = 3;
/// How long one look goes on; the job is ours for longer than that.
const TIME: Millis = MINUTE;
/// Bytes of documents that wait for their parents in one look. More of them come the next time, when their parents are here.
const WAITING: usize = 8 * 1024 * 1024;
/// The largest collection, in bytes, that is kept with a post that came until it is its turn; others are asked for then.
const EMBEDDED: usize = 16 * 1024;
/// Posts of a conversation whose replies are looked for in one look, besides those that it brings.
const KNOWN: i64 = 100;
/// Pages of an outbox that are read, and requests.
const OUTBOX_PAGES: u32 = 3;
const OUTBOX_REQUESTS: u32 = 40;

/// Who tries an experiment again: how many pages of them are read, how many are fetched, and of how many the same is asked.
const TRIES_PAGES: u32 = 3;
const TRIES_FETCHED: usize = 40;
const TRIES: i64 = 10;

/// One look at one conversation.
struct Look<'f> {
    federation: &'f Federation,
    /// The post that was opened.
    opened: Id,
    /// Only the beginning is read, and where that ends is not kept: who opens the thread a moment later shall have the rest.
    glance: bool,
    budget: Budget,
    until: Millis,
    pages: u32,
    posts: usize,
    servers: HashMap<String, Asked>,
    /// Servers that gave no answer, of late or in this look: they are asked no more.
    silent: HashSet<String>,
    /// Ids that were looked at.
    tried: HashSet<String>,
    /// Posts whose parents may come yet, by the id of the parent: as text, since read JSON takes many times the memory.
    waiting: HashMap<String, Vec<String>>,
    /// Bytes that may yet wait.
    room: usize,
    /// Posts whose replies are to be read, with the collection as their document has it.
    queue: VecDeque<(Post, Option<Value>)>,
    queued: HashSet<Id>,
}

/// What one server was asked for.
#[derive(Clone, Copy, Default)]
struct Asked {
    documents: u32,
    in_vain: u32,
}

/// How far a collection was read.
struct Progress {
    /// The page at which it goes on; empty at the end.
    cursor: String,
    /// How many items the collection says it has or, where it was read from its beginning to its end, how many there are.
    total: Option<i64>,
}

impl Federation {
    /// Fetches what is missing of the conversation of a post. `glance`: only the beginning.
    pub(crate) async fn fill_thread(&self, post: Id, glance: bool) -> Result<Next, Error> {
        let mut tx = self.node.store.read().await?;
        let Some(opened) = tx.post(post).await?.filter(|p| p.audience.is_open()) else { return Ok(Next::Done) };
        let root = if opened.root_id == opened.id { None } else { tx.post(opened.root_id).await? };
        let here = tx.count_thread(opened.root_id, THREAD).await?;
        let now = self.node.now();
        let known = if glance { Vec::new() } else { tx.unread_in_thread(opened.root_id, now - PAUSE, KNOWN).await? };
        drop(tx);
        let first = root.as_ref().unwrap_or(&opened);
        let asked = [&opened, first].into_iter().filter(|p| !p.local).map(|p| host_of(&p.uri));
        let Some(leaves) = self.asked.leave_to_ask_of(asked.collect()) else { return Ok(Next::Busy) };
        let mut look = Look {
            federation: self,
            opened: opened.id,
            glance,
            budget: Budget::new(if glance { GLANCE } else { REQUESTS }),
            until: now + TIME,
            pages: PAGES,
            posts: POSTS.min(usize::try_from(THREAD - here).unwrap_or(0)),
            servers: HashMap::new(),
            silent: leaves.silent.clone(),
            tried: HashSet::new(),
            waiting: HashMap::new(),
            room: WAITING,
            queue: VecDeque::new(),
            queued: HashSet::new(),
        };
        if !glance {
            self.look_above(first).await?;
            let document = look.read_again(&opened).await?;
            look.tries(&opened, document.as_ref()).await?;
            look.enqueue(opened.clone(), document.and_then(|d| d.get("replies").cloned()));
        }
        look.context(first).await?;
        look.enqueue(opened.clone(), None);
        for post in root.iter().chain(&known) {
            look.enqueue(post.clone(), None);
        }
        while let Some((post, replies)) = look.queue.pop_front() {
            if !look.may_go_on() {
                break;
            }
            look.replies(&post, replies).await?;
        }
        Ok(Next::Done)
    }

    /// What the first post that we know of a conversation answers is asked for once more: it may have been out of reach.
    async fn look_above(&self, first: &Post) -> Result<(), Error> {
        if !first.in_reply_to_uri.is_empty() {
            let mut tx = self.node.store.begin().await?;
            let job = jobs::Job::FetchThread { uri: first.in_reply_to_uri.clone(), depth: 0 };
            jobs::enqueue(&self.node, &mut tx, &job).await?;
            self.node.commit(tx).await?;
        }
        Ok(())
    }

    /// Fetches the last posts of somebody elsewhere.
    pub(crate) async fn read_outbox(&self, account: Id, follower: Option<Id>) -> Result<(), Error> {
        let Some(author) = self.node.store.read().await?.account(account).await? else { return Ok(()) };
        if author.is_local() || author.is_suspended() {
            return Ok(());
        }
        let budget = Budget::new(OUTBOX_REQUESTS);
        let Some(mut outbox) = Reader::at(&author.outbox, &author.uri, OUTBOX_PAGES) else { return Ok(()) };
        let (until, mut left) = (self.node.now() + TIME, usize::try_from(LAST_POSTS).unwrap_or(0));
        let mut tried = HashSet::new();
        while let Some(items) = outbox.page(self, &budget).await? {
            for uri in items.iter().filter_map(written).filter(|uri| same_origin(uri, &author.uri)) {
                if left == 0 || budget.left() == 0 || self.node.now() > until {
                    break;
                }
                if !tried.insert(uri.to_owned()) {
                    continue;
                }
                left -= 1;
                if self.node.store.read().await?.post_by_uri(uri).await?.is_none() {
                    self.own_post(&author.uri, uri, &budget).await.or_else(passed_over)?;
                }
            }
            if left == 0 || self.node.now() > until {
                break;
            }
        }
        let mut tx = self.node.store.begin().await?;
        follow::posts_came(&self.node, &mut tx, account, follower).await?;
        self.node.commit(tx).await?;
        Ok(())
    }

    /// Takes in a post that has to be by `author`.
    async fn own_post(&self, author: &str, uri: &str, budget: &Budget) -> Result<(), Error> {
        let document = self.document(uri, budget).await?;
        if id(&document, "attributedTo") != Some(author) {
            return Err(Error::bad(format!("{uri} is not by {author}")));
        }
        self.take_post(&document, Reason::Listed, budget).await.map(drop)
    }
}

/// The post in an item of an outbox that its owner wrote: of a `Create` its object, or the item itself; nothing of a boost.
fn written(item: &Value) -> Option<&str> {
    match item {
        Value::Object(_) if kind(item) == "Create" => id(item, "object"),
        Value::Object(_) if !has_kind(item, &note::KINDS) => None,
        other => id_of(other),
    }
}

fn host_of(url: &str) -> String {
    authority(url).to_lowercase()
}

/// What cannot be had is left out; only what is wrong on our side stops the work, to be done again.
fn passed_over(error: Error) -> Result<(), Error> {
    match error {
        Error::Node(ours) if ours.is_temporary() => Err(Error::Node(ours)),
        error => {
            tracing::debug!(%error, "left out of a conversation");
            Ok(())
        }
    }
}

impl Look<'_> {
    fn may_go_on(&self) -> bool {
        self.posts > 0 && self.budget.left() > 0 && self.federation.node.now() <= self.until
    }

    fn enqueue(&mut self, post: Post, replies: Option<Value>) {
        if !post.local && post.audience.is_open() && self.queued.insert(post.id) {
            self.queue.push_back((post, replies));
        }
    }

    fn is_silent(&self, url: &str) -> bool {
        self.silent.contains(&host_of(url))
    }

    /// Writes down whether the server of `url` answered.
    fn heed<T>(&mut self, url: &str, answer: &Result<T, Error>) {
        self.federation.asked.heed(&host_of(url), answer);
        if let Err(Error::Fetch(FetchError::Timeout | FetchError::Connect(_))) = answer {
            self.silent.insert(host_of(url));
        }
    }

    /// The post that was opened as its server has it now.
    async fn read_again(&mut self, post: &Post) -> Result<Option<Value>, Error> {
        if post.local || self.is_silent(&post.uri) {
            return Ok(None);
        }
        let federation = self.federation;
        let answer = federation.document(&post.uri, &self.budget).await;
        self.heed(&post.uri, &answer);
        let document = match answer {
            Ok(document) => document,
            Err(error) => return passed_over(error).map(|()| None),
        };
        let Some(author) = federation.node.store.read().await?.account(post.account_id).await? else { return Ok(None) };
        match note::read(&document, &author, None, self.federation.node.now()) {
            Ok(received) => {
                let mut tx = federation.node.store.begin().await?;
                receive::update(&federation.node, &mut tx, &author, &received).await?;
                federation.node.commit(tx).await?;
                Ok(Some(document))
            }
            Err(error) => passed_over(error).map(|()| None),
        }
    }

    /// Who tries an experiment again, as the server of its author lists them; and the same of those who do.
    async fn tries(&mut self, opened: &Post, document: Option<&Value>) -> Result<(), Error> {
        let mut tx = self.federation.node.store.read().await?;
        if tx.experiment(opened.id).await?.is_none() {
            return Ok(());
        }
        drop(tx);
        if let Some(document) = document {
            self.tries_of(opened, document).await?;
        }
        let mut tx = self.federation.node.store.read().await?;
        let next = tx.tries_of(opened.id, Standing::Confirmed, 0, TRIES).await?;
        let next: Vec<Id> = next.iter().filter(|x| x.gone_at.is_none()).map(|x| x.post_id).collect();
        let next = tx.posts(&next).await?;
        drop(tx);
        for post in next.into_iter().filter(|p| !p.local) {
            if self.may_go_on()
                && let Some(document) = self.read_again(&post).await?
            {
                self.tries_of(&post, &document).await?;
            }
        }
        Ok(())
    }

    async fn tries_of(&mut self, post: &Post, document: &Value) -> Result<(), Error> {
        let listed = document.get("experiment").and_then(|x| x.get("replications"));
        let Some(mut reader) = listed.and_then(|l| Reader::of(l, &post.uri, TRIES_PAGES)) else { return Ok(()) };
        let mut uris: Vec<String> = Vec::new();
        loop {
            let page = reader.page(self.federation, &self.budget).await;
            self.heed(&post.uri, &page);
            let items = match page {
                Ok(items) => items,
                // What was read so far says nothing of who is not in it.
                Err(error) => return passed_over(error),
            };
            let Some(items) = items else { break };
            uris.extend(items.iter().filter_map(id_of).map(str::to_owned));
        }
        for uri in uris.iter().take(TRIES_FETCHED) {
            if !self.may_go_on() {
                break;
            }
            if self.tried.insert(uri.clone()) {
                self.try_again(post, uri).await.or_else(passed_over)?;
            }
        }
        let node = &self.federation.node;
        let mut tx = node.store.begin().await?;
        experiment::as_listed(&mut tx, post.id, &uris, reader.is_whole).await?;
        node.commit(tx).await?;
        Ok(())
    }

    /// Takes in a post that tries the experiment of another again, and says so.
    async fn try_again(&mut self, original: &Post, uri: &str) -> Result<(), Error> {
        let federation = self.federation;
        if federation.is_own(uri) || federation.is_blocked(uri) || self.is_silent(uri) {
            return Ok(());
        }
        if federation.node.store.read().await?.post_by_uri(uri).await?.is_some() {
            return Ok(());
        }
        let answer = federation.document(uri, &self.budget).await;
        self.heed(uri, &answer);
        let document = answer?;
        let tries = document.get("experiment").and_then(|x| id(x, "tries"));
        if tries != Some(&original.uri) && id(&document, "inReplyTo") != Some(&original.uri) {
            return Err(Error::bad(format!("{uri} does not try {}", original.uri)));
        }
        federation.take_post(&document, Reason::Listed, &self.budget).await?;
        self.posts -= 1;
        Ok(())
    }

    /// The collection of the whole conversation, where the server of its first post has one.
    async fn context(&mut self, first: &Post) -> Result<(), Error> {
        if first.local
            || !same_origin(&first.context, &first.uri)
            || self.is_silent(&first.uri)
            || self.due(first).await?.is_none()
        {
            return Ok(());
        }
        if let Some(reader) = Reader::at(&first.context, &first.uri, self.pages) {
            self.read(reader, &first.uri).await?;
        }
        Ok(())
    }

    /// The replies to one post, from where they were left, unless they were read a moment ago.
    async fn replies(&mut self, post: &Post, replies: Option<Value>) -> Result<(), Error> {
        if self.is_silent(&post.uri) {
            return Ok(());
        }
        let Some(kept) = self.due(post).await? else { return Ok(()) };
        let from = if kept.cursor.is_empty() { &kept.replies_uri } else { &kept.cursor };
        let reader = match replies.filter(|_| kept.cursor.is_empty()) {
            Some(replies) => Reader::of(&replies, &post.uri, self.pages),
            None if from.is_empty() => None,
            None => Reader::at(from, &post.uri, self.pages),
        };
        let before = self.posts;
        let read = match reader {
            Some(reader) => self.read(reader, &post.uri).await?,
            None => Progress { cursor: String::new(), total: None },
        };
        if self.glance {
            return Ok(());
        }
        // Pages without end that bring nothing are begun anew the next time.
        let cursor = if self.posts < before { read.cursor } else { String::new() };
        let total = read.total.filter(|_| kept.cursor.is_empty());
        let mut tx = self.federation.node.store.begin().await?;
        tx.put_reading(post.id, self.federation.node.now(), &cursor, total).await?;
        self.federation.node.commit(tx).await?;
        Ok(())
    }

    /// How far the replies to a post were read, unless that was a moment ago and to their end.
    async fn due(&self, post: &Post) -> Result<Option<Reading>, Error> {
        let node = &self.federation.node;
        let kept = node.store.read().await?.reading(post.id).await?.unwrap_or_default();
        let is_due = self.glance || !kept.cursor.is_empty() || kept.read_at.is_none_or(|at| at <= node.now() - PAUSE);
        Ok(is_due.then_some(kept))
    }

    /// Reads a collection of the server of `owner` and takes in what belongs here.
    async fn read(&mut self, mut reader: Reader, owner: &str) -> Result<Progress, Error> {
        let mut seen: HashSet<String> = HashSet::new();
        loop {
            let here = reader.cursor().to_owned();
            let page = reader.page(self.federation, &self.budget).await;
            self.heed(owner, &page);
            let items = match page {
                Ok(items) => items,
                Err(error) => passed_over(error).map(|()| None)?,
            };
            self.pages = reader.pages_left();
            let Some(items) = items else { break };
            let before = self.posts;
            for item in items.iter().filter_map(id_of) {
                if !self.may_go_on() {
                    self.found(before).await?;
                    // It is read once more from this page on, which was not read to its end.
                    return Ok(Progress { cursor: here, total: reader.total });
                }
                seen.insert(item.to_owned());
                self.item(item, owner).await.or_else(passed_over)?;
            }
            self.found(before).await?;
        }
        let counted = reader.is_whole.then(|| i64::try_from(seen.len()).unwrap_or(i64::MAX));
        Ok(Progress { cursor: reader.cursor().to_owned(), total: reader.total.or(counted) })
    }

    /// Counts for whoever waits what came since `before` posts were still allowed.
    async fn found(&self, before: usize) -> Result<(), Error> {
        let more = i64::try_from(before - self.posts).unwrap_or(0);
        if more > 0 {
            let mut tx = self.federation.node.store.begin().await?;
            tx.count_found(self.opened, more).await?;
            self.federation.node.commit(tx).await?;
        }
        Ok(())
    }

    /// Something that a collection of the server of `owner` names.
    async fn item(&mut self, uri: &str, owner: &str) -> Result<(), Error> {
        let federation = self.federation;
        if !self.tried.insert(uri.to_owned()) || federation.is_own(uri) || federation.is_blocked(uri) {
            return Ok(());
        }
        if federation.node.store.read().await?.post_by_uri(uri).await?.is_some() {
            return Ok(());
        }
        let host = host_of(uri);
        if self.silent.contains(&host) {
            return Ok(());
        }
        let asked = self.servers.entry(host.clone()).or_default();
        let good = asked.documents - asked.in_vain;
        if asked.in_vain >= IN_VAIN + good || (asked.documents >= FROM_OTHERS && !same_origin(uri, owner)) {
            return Ok(());
        }
        asked.documents += 1;
        let answer = federation.document(uri, &self.budget).await;
        self.heed(uri, &answer);
        let taken = match answer {
            Ok(document) => self.take(document).await,
            Err(error) => Err(error),
        };
        // Whom we do not want is not the server's fault.
        if matches!(taken, Err(Error::Fetch(_) | Error::BadDocument(_)))
            && let Some(asked) = self.servers.get_mut(&host)
        {
            asked.in_vain += 1;
        }
        taken
    }

    /// Takes in a post that answers one of this conversation, then those that waited for it.
    async fn take(&mut self, document: Value) -> Result<(), Error> {
        let mut came = self.take_one(document).await?;
        while let Some(uri) = came.pop() {
            for waiting in self.waiting.remove(&uri).unwrap_or_default() {
                self.room += waiting.len();
                let waiting = serde_json::from_str(&waiting).map_err(|e| Error::bad(e.to_string()))?;
                match self.take_one(waiting).await {
                    Ok(more) => came.extend(more),
                    Err(error) => passed_over(error)?,
                }
            }
        }
        Ok(())
    }

    /// One that answers a post of this conversation is kept; its id is the answer. One whose parent is not here waits.
    async fn take_one(&mut self, document: Value) -> Result<Vec<String>, Error> {
        let federation = self.federation;
        let parent = id(&document, "inReplyTo").ok_or_else(|| Error::bad("a post that answers nothing"))?;
        let mut tx = federation.node.store.read().await?;
        let root = tx.post(self.opened).await?.map(|p| p.root_id);
        let known = tx.post_by_uri(parent).await?;
        drop(tx);
        match known {
            None => {
                let (parent, document) = (parent.to_owned(), document.to_string());
                if let Some(room) = self.room.checked_sub(document.len()) {
                    self.room = room;
                    self.waiting.entry(parent).or_default().push(document);
                }
                Ok(Vec::new())
            }
            Some(parent) if Some(parent.root_id) != root => Err(Error::bad("a post of another conversation")),
            Some(_) if self.posts == 0 => Ok(Vec::new()),
            Some(_) => {
                let post = federation.take_post(&document, Reason::Listed, &self.budget).await?;
                self.posts -= 1;
                let uri = post.uri.clone();
                let embedded = document.get("replies").filter(|r| r.to_string().len() <= EMBEDDED);
                self.enqueue(post, embedded.cloned());
                Ok(vec![uri])
            }
        }
    }
}
