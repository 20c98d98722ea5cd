//! Posts out of an archive that a member brings, Mastodon's or ours. What is in it is read as what any server sends is, and believed no
//! more than that.

use std::sync::Arc;
use std::time::{Duration, Instant};

use model::account::Account;
use model::audience::Audience;
use model::handle::{Handle, username_prefix};
use model::html;
use model::takeout::{Import, Stage};
use model::text::Format;
use node::media::Limits;
use node::publish::DESCRIPTION_LENGTH;
use node::takeout::posts::{self, Brought, Item};
use node::takeout::{self, Reader, Writer};
use node::upload::{self, Stored};
use serde_json::Value;
use storage::FileSeeker;
use tokio::sync::mpsc;

use super::write::AUDIENCE;
use crate::documents::{actor, note};
use crate::jobs::Next;
use crate::json::{id_of, kind, list, text};
use crate::{Error, Federation};

/// How long one go lasts at most; the next begins where it ended.
const TURN: Duration = Duration::from_secs(120);
/// Posts that are read ahead.
const AHEAD: usize = 16;
/// Files of a post that are looked at, and people whom it names.
const FILES: usize = 16;
const NAMED: usize = 200;

/// A file that a post of an archive names.
struct Attached {
    url: String,
    description: String,
    focus: (f64, f64),
}

impl Federation {
    /// Goes on with an archive. What cannot be read ends it, with the reason for the member.
    pub(crate) async fn import_posts(&self, id: i64) -> Result<Next, Error> {
        let node = &self.node;
        let Ok(_leave) = Arc::clone(&node.archives).try_acquire_owned() else { return Ok(Next::Busy) };
        let import = node.store.read().await?.import(id).await?.filter(|i| !i.state.is_over());
        let Some(import) = import else { return Ok(Next::Done) };
        match self.take_posts(import).await {
            Ok(next) => Ok(next),
            Err(error) if error.is_temporary() => Err(error),
            Err(Error::Node(node::Error::Files(error))) if !error.is_not_found() => {
                Err(Error::Node(node::Error::Files(error)))
            }
            Err(error) => {
                let words = match &error {
                    Error::Node(node::Error::Invalid(words)) => words.clone(),
                    Error::BadDocument(words) => format!("This archive cannot be read: {words}."),
                    Error::Node(node::Error::Files(_)) => "The archive is not there any more.".to_owned(),
                    _ => "Something went wrong.".to_owned(),
                };
                takeout::end_posts(node, id, Some(words)).await?;
                Err(error)
            }
        }
    }

    async fn take_posts(&self, import: Import) -> Result<Next, Error> {
        let node = &self.node;
        let Some(who) = node.store.read().await?.account(import.account_id).await? else { return Ok(Next::Done) };
        let Some((import, owner, reader)) = self.looked_into(import, &who).await? else { return Ok(Next::Done) };
        let (send, mut items) = mpsc::channel::<(i64, Value)>(AHEAD);
        let (start, mut outbox) = (import.cursor, reader.clone());
        let reading = tokio::task::spawn_blocking(move || {
            let mut place = 0;
            outbox.outbox(&mut |item| {
                place += 1;
                place <= start || send.blocking_send((place - 1, item)).is_ok()
            })
        });
        let began = Instant::now();
        let mut next = None;
        while let Some((place, item)) = items.recv().await {
            let (item, files) = self.look_at(&who, &owner, &reader, &item).await?;
            let keys: Vec<String> = files.iter().flat_map(Stored::keys).collect();
            if !posts::take(node, import.id, place, item, files).await? {
                for key in keys {
                    node.files.delete(&key).await.map_err(node::Error::from)?;
                }
                next = Some(Next::Done);
            } else if node.shutdown.begun.is_cancelled() {
                next = Some(Next::Left);
            } else if began.elapsed() > TURN {
                next = Some(Next::Again);
            }
            if next.is_some() {
                break;
            }
        }
        // Whoever reads ahead notices that nobody wants more.
        drop(items);
        let read = reading.await.map_err(|e| node::Error::Internal(e.to_string()))?;
        if let Some(next) = next {
            return Ok(next);
        }
        read?;
        takeout::end_posts(node, import.id, None).await?;
        Ok(Next::Done)
    }

    /// The archive, and whose it is, if it is one, and may be taken in by this member. A tarball is made a zip.
    async fn looked_into(&self, mut import: Import, who: &Account) -> Result<Option<(Import, Account, Reader)>, Error> {
        let node = &self.node;
        let is_new = import.stage == Stage::Clear;
        let mut path = import.path.clone();
        let mut file = node.files.seek(&path).await.map_err(node::Error::from)?;
        if is_new {
            let gzip = blocking({
                let mut file = file.clone();
                move || takeout::is_gzip(&mut file)
            });
            if gzip.await? {
                path = takeout::unpacked_key(&path);
                let writer = Writer::new(&node.files, &path);
                blocking({
                    let file = file.clone();
                    move || repack(file, writer)
                })
                .await?;
                file = node.files.seek(&path).await.map_err(node::Error::from)?;
            }
        }
        let (owner, reader, total) = match self.whose(file, who).await {
            Ok(found) => found,
            Err(error) => {
                // What was made of a tarball is in no sum yet, and no row has its name.
                if path != import.path {
                    node.files.delete(&path).await.map_err(node::Error::from)?;
                }
                return Err(error);
            }
        };
        if !is_new {
            return Ok(Some((import, owner, reader)));
        }
        import.origin.clone_from(&owner.uri);
        import.total = total;
        let begun = takeout::begin_posts(node, import, path).await?;
        Ok(begun.map(|import| (import, owner, reader)))
    }

    /// Whose archive a zip is, and how many posts it says that it has.
    async fn whose(&self, file: FileSeeker, who: &Account) -> Result<(Account, Reader, i64), Error> {
        let node = &self.node;
        let (reader, document, total) = blocking(move || {
            let mut reader = Reader::open(file)?;
            let document = reader.actor()?;
            let total = reader.total()?;
            Ok((reader, document, total))
        })
        .await?;
        let owner = actor::read(&document)?.account;
        if node.config.is_own_url(&owner.uri) && owner.uri != who.uri {
            return Err(node::Error::invalid("This archive is somebody else's.").into());
        }
        let known = node.store.read().await?.account_by_uri(&owner.uri).await?;
        if node.is_blocked(&owner) || known.is_some_and(|a| a.id != who.id && a.is_suspended()) {
            return Err(node::Error::invalid("This archive is of an account that is shut out here.").into());
        }
        Ok((owner, reader, total))
    }

    /// What an item of the outbox is, and the files of a post, ready to be hung on it.
    async fn look_at(
        &self,
        who: &Account,
        owner: &Account,
        reader: &Reader,
        item: &Value,
    ) -> Result<(Item, Vec<Stored>), Error> {
        let nothing = |item: Item| Ok((item, Vec::new()));
        let object = match kind(item) {
            "Create" => item.get("object").filter(|o| o.is_object()),
            "Note" | "Question" => Some(item),
            _ => None,
        };
        let Some(object) = object else { return nothing(Item::Other) };
        let is_theirs = |by: &str, value: &Value| list(value.get(by)).iter().filter_map(id_of).any(|a| a == owner.uri);
        if !is_theirs("attributedTo", object) || item.get("actor").is_some() && !is_theirs("actor", item) {
            return nothing(Item::Other);
        }
        if object.get(AUDIENCE).is_some() {
            return nothing(Item::Other);
        }
        let uri = id_of(object).unwrap_or_default().to_owned();
        let mut post = match note::read(object, owner, Some(item), self.node.now()) {
            Ok(post) => post,
            Err(error) => return nothing(Item::Odd(uri, error.to_string())),
        };
        if post.audience < Audience::Followers {
            return nothing(Item::Other);
        }
        if post.published.is_none() {
            return nothing(Item::Odd(uri, "It does not say when it was made.".to_owned()));
        }
        if let Some(quote) = &post.quote {
            let link = html::escape(&quote.uri);
            post.content = html::sanitise(&format!("{}<p><a href=\"{link}\">{link}</a></p>", post.content));
        }
        let source = object.get("source").and_then(|source| {
            let format = match text(source, "mediaType")? {
                "text/markdown" => Format::Markdown,
                "text/plain" => Format::Plain,
                _ => return None,
            };
            text(source, "content").map(|content| (content.to_owned(), format))
        });
        // As it would have to be written here: a bare @bob was somebody on the server where it was made.
        let source = source.or_else(|| {
            Some((with_whole_handles(&html::to_text(&post.content), &named(object, owner)), Format::Plain))
        });
        let mut brought = Brought { post, source, lost: Vec::new() };
        if posts::is_here(&mut self.node.store.read().await?, who.id, &uri).await? {
            return nothing(Item::Post(Box::new(brought)));
        }
        let files = self.take_files(who, reader, object, &mut brought).await?;
        if posts::says_nothing(&brought, files.len()) {
            let reason = brought.lost.pop().unwrap_or_else(|| "It says nothing.".to_owned());
            return nothing(Item::Odd(uri, reason));
        }
        Ok((Item::Post(Box::new(brought)), files))
    }

    /// Stores the files of a post like any upload. What cannot be taken in is noted.
    async fn take_files(
        &self,
        who: &Account,
        reader: &Reader,
        object: &Value,
        brought: &mut Brought,
    ) -> Result<Vec<Stored>, Error> {
        let limits = Limits::default();
        let most = [limits.image_bytes, limits.video_bytes, limits.audio_bytes].into_iter().max().unwrap_or(0);
        let mut files: Vec<Stored> = Vec::new();
        for attached in list(object.get("attachment")).iter().take(FILES).filter_map(attached) {
            let found = blocking({
                let (mut reader, url) = (reader.clone(), attached.url);
                move || reader.attachment(&url, most)
            });
            let bytes = match found.await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => {
                    brought.lost.push("One of its files is not in the archive.".to_owned());
                    continue;
                }
                Err(Error::Node(node::Error::Invalid(words))) => {
                    brought.lost.push(format!("One of its files could not be taken in: {words}"));
                    continue;
                }
                Err(error) => return Err(error),
            };
            let mut fits = files.len() < self.node.config.post_media;
            if fits {
                match upload::store(&self.node, who, bytes, &attached.description, attached.focus).await {
                    Ok(stored) => {
                        files.push(stored);
                        fits = posts::go_together(&files);
                        if !fits && let Some(apart) = files.pop() {
                            for key in apart.keys() {
                                self.node.files.delete(&key).await.map_err(node::Error::from)?;
                            }
                        }
                    }
                    Err(node::Error::Media(error)) => {
                        brought.lost.push(format!("One of its files could not be taken in: {error}"));
                        continue;
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            if !fits {
                brought.lost.push("It has more files than a post can have here.".to_owned());
            }
        }
        Ok(files)
    }
}

/// On a thread that may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, node::Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|e| node::Error::Internal(e.to_string()))?;
    Ok(done?)
}

/// Makes a zip of what is needed of a tarball, on a thread that may block.
fn repack(file: FileSeeker, mut writer: Writer) -> Result<(), node::Error> {
    let runtime = tokio::runtime::Handle::current();
    let mut is_begun = false;
    takeout::unpack(file, |name, piece| {
        let is_needed =
            name.ends_with("actor.json") || name.ends_with("outbox.json") || name.contains("media_attachments/");
        if !is_needed {
            return Ok(());
        }
        if !is_begun {
            is_begun = true;
            runtime.block_on(writer.begin(name, !name.ends_with(".json")))?;
        }
        is_begun = !piece.is_empty();
        runtime.block_on(writer.write(piece))
    })?;
    runtime.block_on(writer.finish()).map(drop)
}

/// Whom a post names: username, and the domain of the handle.
fn named(object: &Value, owner: &Account) -> Vec<(String, String)> {
    let tags = list(object.get("tag")).iter().filter(|t| kind(t) == "Mention").take(NAMED);
    let handles = tags.filter_map(|t| Handle::parse(text(t, "name")?).ok());
    handles.map(|h| (h.username, h.domain.unwrap_or_else(|| owner.domain.clone()))).collect()
}

/// Puts the domain behind the names in a text that have none.
fn with_whole_handles(text: &str, named: &[(String, String)]) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, behind) = rest.split_at(at);
        whole.push_str(before);
        let length = 1 + username_prefix(&behind[1..]);
        let (name, more) = behind.split_at(length);
        whole.push_str(name);
        let is_begun = !before.ends_with(|c: char| c.is_alphanumeric() || "@/_.-".contains(c));
        let known = named.iter().find(|(username, _)| username.eq_ignore_ascii_case(&name[1..]));
        match known {
            Some((_, domain)) if is_begun && !more.starts_with('@') => {
                whole.push('@');
                whole.push_str(domain);
            }
            // The domain of a handle is no name.
            _ if more.starts_with('@') => {
                whole.push('@');
                rest = &more[1..];
                continue;
            }
            _ => {}
        }
        rest = more;
    }
    whole + rest
}

fn attached(document: &Value) -> Option<Attached> {
    let url = list(document.get("url")).first().and_then(id_of)?.to_owned();
    let description = text(document, "summary").or_else(|| text(document, "name")).unwrap_or("");
    let focus = list(document.get("focalPoint"));
    let axis = |at: usize| focus.get(at).and_then(Value::as_f64).unwrap_or(0.0).clamp(-1.0, 1.0);
    let description = html::truncate(description, DESCRIPTION_LENGTH);
    Some(Attached { url, description, focus: (axis(0), axis(1)) })
}

#[cfg(test)]
mod tests {
    use super::with_whole_handles;

    #[test]
    fn names_get_the_domain_that_they_had() {
        let named = [("bob".to_owned(), "old.example".to_owned()), ("Cat".to_owned(), "far.example".to_owned())];
        for (text, whole) in [
            ("@bob and @cat, hello", "@bob@old.example and @cat@far.example, hello"),
            (
                "(@bob) @bob@new.example me@bob.example @bobby @",
                "(@bob@old.example) @bob@new.example me@bob.example @bobby @",
            ),
            ("https://old.example/@bob", "https://old.example/@bob"),
            ("", ""),
        ] {
            assert_eq!(with_whole_handles(text, &named), whole);
        }
    }
}
