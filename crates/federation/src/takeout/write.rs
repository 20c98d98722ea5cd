//! The archive of all that is a member's own, laid out as Mastodon's (its `BackupService`): `actor.json`, `outbox.json`, `likes.json`,
//! `bookmarks.json`, `avatar.*`, `header.*`, `media_attachments/…`; and beside these the lists as CSV, and `experiments.json`.

use std::collections::HashSet;
use std::sync::Arc;

use model::account::Account;
use model::audience::Viewer;
use model::clock::{Millis, rfc3339};
use model::experiment::Standing;
use model::id::Id;
use model::post::{CARRIED, Post};
use model::takeout::{Archive, Export, Progress};
use node::takeout::{self, Writer};
use serde_json::{Value, json};
use storage::{Category, Files};

use crate::documents::{activity, actor, experiment, note, with_context};
use crate::jobs::Next;
use crate::{Error, Federation};

/// Posts of a page, and ids of one.
const POSTS: i64 = 50;
const IDS: i64 = 500;
/// The id of an archive of which no row is kept.
const NOT_KEPT: Id = 0;
/// How a post says for whom it is where ActivityStreams has no word for it. Whoever takes it in must not take it for anything wider.
pub(super) const AUDIENCE: &str = "outloudAudience";

/// What stands in the way of going on: the account or the archive is gone, or the process ends.
enum Broken {
    Gone,
    Left,
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Broken {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Federation {
    /// Makes an archive. What was begun is begun anew if the process dies: only a whole one is anything.
    pub(crate) async fn make_archive(&self, id: i64) -> Result<Next, Error> {
        let node = &self.node;
        let Ok(_leave) = Arc::clone(&node.archives).try_acquire_owned() else { return Ok(Next::Busy) };
        let Some(archive) = node.store.read().await?.archive(id).await?.filter(|a| !a.state.is_over()) else {
            return Ok(Next::Done);
        };
        match self.write_archive(archive.clone()).await {
            Ok(()) => Ok(Next::Done),
            Err(Broken::Gone) => {
                node.files.delete(&archive.path).await.map_err(node::Error::from)?;
                Ok(Next::Done)
            }
            Err(Broken::Left) => Ok(Next::Left),
            Err(Broken::Failed(error)) if error.is_temporary() => Err(error),
            Err(Broken::Failed(error)) => {
                let failed = Archive { state: Progress::Failed, finished_at: Some(node.now()), ..archive };
                let mut tx = node.store.begin().await?;
                tx.update_archive(&failed).await?;
                node.commit(tx).await?;
                Err(error)
            }
        }
    }

    /// Writes an archive to another place, for who runs the node: how large it is, and how many posts are in it. Nothing is kept of it.
    pub async fn export(&self, who: &Account, files: &Files, key: &str) -> Result<Archive, Error> {
        let mut archive = Archive {
            id: NOT_KEPT,
            account_id: who.id,
            state: Progress::Running,
            path: key.to_owned(),
            size: 0,
            total: 0,
            done: 0,
            created_at: self.node.now(),
            finished_at: None,
        };
        match self.write_parts(files, &mut archive).await {
            Ok(()) => Ok(archive),
            Err(Broken::Failed(error)) => Err(error),
            Err(Broken::Gone | Broken::Left) => Err(node::Error::NotFound.into()),
        }
    }

    async fn write_archive(&self, mut archive: Archive) -> Result<(), Broken> {
        let node = &self.node;
        archive.state = Progress::Running;
        archive.done = 0;
        self.write_parts(&node.files, &mut archive).await?;
        archive.state = Progress::Finished;
        archive.total = archive.done;
        archive.finished_at = Some(node.now());
        let mut tx = node.store.begin().await?;
        if !tx.update_archive(&archive).await? {
            return Err(Broken::Gone);
        }
        tx.count_bytes(Category::Takeouts, archive.size).await?;
        node.commit(tx).await?;
        Ok(())
    }

    async fn write_parts(&self, files: &Files, archive: &mut Archive) -> Result<(), Broken> {
        let node = &self.node;
        let who = self.go_on(archive).await?;
        let mut writer = Writer::new(files, &archive.path);
        self.write_actor(&mut writer, &who).await?;
        self.write_files(&mut writer, &who, archive).await?;
        self.write_outbox(&mut writer, &who, archive).await?;
        self.write_ids(&mut writer, &who, "likes.json", archive).await?;
        self.write_ids(&mut writer, &who, "bookmarks.json", archive).await?;
        for what in Export::ALL {
            writer.begin(what.file_name(), false).await?;
            let mut from = None;
            loop {
                let (text, next) = takeout::export_page(node, &mut node.store.read().await?, &who, what, from).await?;
                writer.write(text.as_bytes()).await?;
                match next {
                    Some(next) => from = Some(next),
                    None => break,
                }
            }
        }
        self.write_experiments(&mut writer, &who, archive).await?;
        self.go_on(archive).await?;
        archive.size = i64::try_from(writer.finish().await?).unwrap_or(i64::MAX);
        Ok(())
    }

    /// Writes down how far it is, and answers whose it is, if it is to be gone on with.
    async fn go_on(&self, archive: &Archive) -> Result<Account, Broken> {
        if self.node.shutdown.begun.is_cancelled() {
            return Err(Broken::Left);
        }
        let mut tx = self.node.store.begin().await?;
        let is_there = archive.id == NOT_KEPT || tx.update_archive(archive).await?;
        let who = tx.account(archive.account_id).await?.filter(|a| a.deleted_at.is_none());
        self.node.commit(tx).await?;
        who.filter(|_| is_there).ok_or(Broken::Gone)
    }

    async fn write_actor(&self, writer: &mut Writer, who: &Account) -> Result<(), Broken> {
        let node = &self.node;
        let mut tx = node.store.read().await?;
        let key = tx.signing_key(who.id).await?.ok_or(Error::Node(node::Error::NotFound))?;
        let attribution = tx.profile_settings(who.id).await?.attribution_domains;
        drop(tx);
        let mut document = with_context(actor::render(&node.config, who, &key, &attribution));
        let named =
            |what: &str, path: &str| format!("{what}.{}", path.rsplit_once('.').map_or("", |(_, ending)| ending));
        for (what, property, path) in [("avatar", "icon", &who.avatar), ("header", "image", &who.header)] {
            if path.is_empty() {
                continue;
            }
            if self.copy(writer, &named(what, path), path).await?
                && let Some(picture) = document.get_mut(property)
            {
                picture["url"] = json!(named(what, path));
            }
        }
        for (property, file) in [("outbox", "outbox.json"), ("likes", "likes.json"), ("bookmarks", "bookmarks.json")] {
            document[property] = json!(file);
        }
        writer.begin("actor.json", false).await?;
        Ok(writer.write(document.to_string().as_bytes()).await?)
    }

    /// Copies a file of ours into the archive; `false` if it is not there.
    async fn copy(&self, writer: &mut Writer, name: &str, key: &str) -> Result<bool, Broken> {
        let mut reader = match self.node.files.read(key).await {
            Ok(reader) => reader,
            Err(error) if error.is_not_found() => return Ok(false),
            Err(error) => return Err(node::Error::from(error).into()),
        };
        writer.begin(name, true).await?;
        while let Some(piece) = reader.next().await.map_err(node::Error::from)? {
            writer.write(&piece).await?;
        }
        Ok(true)
    }

    /// All that a member said and boosted, whoever it is for, in its order.
    async fn write_outbox(&self, writer: &mut Writer, who: &Account, archive: &mut Archive) -> Result<(), Broken> {
        let node = &self.node;
        writer.begin("outbox.json", false).await?;
        let head = with_context(json!({"id": "outbox.json", "type": "OrderedCollection", "totalItems": archive.total}))
            .to_string();
        writer.write(head.trim_end_matches('}').as_bytes()).await?;
        writer.write(b",\"orderedItems\":[").await?;
        let mut after = 0;
        loop {
            let mut tx = node.store.read().await?;
            let posts = tx.all_posts_of(who.id, after, POSTS).await?;
            let Some(last) = posts.last() else { break };
            after = last.id;
            let posts: Vec<Post> = posts.into_iter().filter(|p| p.kind != CARRIED).collect();
            let mut items = Vec::new();
            for parts in note::load(&mut tx, posts).await? {
                let item = match parts.post.boost_of_id {
                    Some(_) => activity::announce(&mut tx, &parts).await?,
                    None => Some(said(&node.config, &parts, node.now())),
                };
                items.extend(item);
            }
            drop(tx);
            for item in items {
                if archive.done > 0 {
                    writer.write(b",").await?;
                }
                writer.write(item.to_string().as_bytes()).await?;
                archive.done += 1;
            }
            self.go_on(archive).await?;
        }
        Ok(writer.write(b"]}").await?)
    }

    /// The files of all posts, which are counted meanwhile.
    async fn write_files(&self, writer: &mut Writer, who: &Account, archive: &mut Archive) -> Result<(), Broken> {
        let mut after = 0;
        archive.total = 0;
        loop {
            let mut tx = self.node.store.read().await?;
            let posts: Vec<Id> = tx.all_posts_of(who.id, after, POSTS).await?.iter().map(|p| p.id).collect();
            let Some(last) = posts.last() else { return Ok(()) };
            after = *last;
            archive.total += i64::try_from(posts.len()).unwrap_or(0);
            let media = tx.media_of(&posts).await?;
            drop(tx);
            for file in media.iter().filter(|m| !m.path.is_empty()) {
                self.copy(writer, &place(&file.path), &file.path).await?;
            }
            self.go_on(archive).await?;
        }
    }

    /// What a member favourited, or keeps: the ids of the posts.
    async fn write_ids(&self, writer: &mut Writer, who: &Account, file: &str, archive: &Archive) -> Result<(), Broken> {
        writer.begin(file, false).await?;
        let head = with_context(json!({"id": file, "type": "OrderedCollection"})).to_string();
        writer.write(head.trim_end_matches('}').as_bytes()).await?;
        writer.write(b",\"orderedItems\":[").await?;
        let (mut from, mut count) = (if file == "likes.json" { 0 } else { Id::MAX }, 0);
        loop {
            let mut tx = self.node.store.read().await?;
            let some: Vec<(Id, String)> = match file {
                "likes.json" => tx.favourited(who.id, from, IDS).await?,
                _ => tx.bookmarked(who.id, from, IDS).await?.into_iter().map(|(id, _, uri)| (id, uri)).collect(),
            };
            drop(tx);
            let Some((last, _)) = some.last() else { break };
            from = *last;
            for (_, uri) in &some {
                let comma = if count > 0 { "," } else { "" };
                writer.write(format!("{comma}{}", json!(uri)).as_bytes()).await?;
                count += 1;
            }
            self.go_on(archive).await?;
        }
        Ok(writer.write(format!("],\"totalItems\":{count}}}").as_bytes()).await?)
    }

    /// A member's experiments: their sentences, outcomes and licences, what they try again, and who tries them.
    async fn write_experiments(&self, writer: &mut Writer, who: &Account, archive: &Archive) -> Result<(), Broken> {
        writer.begin("experiments.json", false).await?;
        writer.write(b"{\"experiments\":[").await?;
        let (mut after, mut count) = (0, 0);
        loop {
            let mut tx = self.node.store.read().await?;
            let some = tx.experiments_by(who.id, after, POSTS).await?;
            let Some(last) = some.last() else { break };
            after = *last;
            let posts = tx.posts(&some).await?;
            let mut items = Vec::new();
            for parts in note::load(&mut tx, posts).await? {
                let Some(x) = &parts.experiment else { continue };
                let tries: Vec<Id> = tx
                    .tries_of(parts.post.id, Standing::Confirmed, 0, IDS)
                    .await?
                    .iter()
                    .map(|other| other.post_id)
                    .collect();
                let seen = tx.visible_posts(&tries, Viewer::Member(who.id)).await?;
                let mut item = experiment::render(&parts.post, x, &parts.outcome_uri);
                item["id"] = json!(parts.post.uri);
                item["url"] = json!(parts.post.url);
                item["published"] = json!(rfc3339(parts.post.created_at));
                item["audience"] =
                    json!(parts.post.audience.own_name().unwrap_or_else(|| parts.post.audience.mastodon_name()));
                item["triedBy"] = json!(seen.iter().map(|p| p.uri.as_str()).collect::<HashSet<_>>());
                items.push(item);
            }
            drop(tx);
            for item in items {
                let comma = if count > 0 { "," } else { "" };
                writer.write(format!("{comma}{item}").as_bytes()).await?;
                count += 1;
            }
            self.go_on(archive).await?;
        }
        Ok(writer.write(format!("],\"totalItems\":{count}}}").as_bytes()).await?)
    }
}

/// Where a file of a post lies in the archive.
fn place(path: &str) -> String {
    format!("media_attachments/files/{path}")
}

/// A post as it stands in the archive: its files are those of the archive.
fn said(config: &node::Config, parts: &note::Parts, now: Millis) -> Value {
    let mut item = activity::create(config, parts, now);
    let files = item.pointer_mut("/object/attachment").and_then(Value::as_array_mut);
    for (document, media) in files.into_iter().flatten().zip(&parts.media) {
        if !media.path.is_empty() {
            document["url"] = json!(place(&media.path));
        }
    }
    let note = item.get_mut("object").and_then(Value::as_object_mut);
    if let Some(note) = note {
        // What was written, which others get only where it is in Markdown.
        if !parts.post.source.is_empty() && !note.contains_key("source") {
            note.insert("source".to_owned(), json!({"content": parts.post.source, "mediaType": "text/plain"}));
        }
        if let Some(name) = parts.post.audience.own_name() {
            note.insert(AUDIENCE.to_owned(), json!(name));
        } else if parts.post.audience == model::audience::Audience::Inside {
            note.insert(AUDIENCE.to_owned(), json!("inside"));
        }
    }
    item
}
