//! Posts that a member made elsewhere become posts of theirs here: dated as they were, and told to nobody.

use std::fmt::Write as _;

use model::account::Account;
use model::audience::{Audience, Viewer};
use model::clock::{Millis, SECOND};
use model::html;
use model::id::{Id, Ids};
use model::poll::Poll;
use model::post::{MediaKind, Post};
use model::takeout::{Import, ImportRow, RowState};
use model::text::Format;
use storage::{Counted, Tx};

use crate::policy::{Wish, must_ask};
use crate::poll::{OPTION_LENGTH, OPTIONS, ReceivedPoll};
use crate::publish::{TAGS_PER_POST, count_post, put_tags};
use crate::receive::ReceivedPost;
use crate::upload::{self, Stored};
use crate::{Error, Node, emoji, experiment, index};

/// Notes about what could not be taken in that are kept of one archive.
const NOTES: i64 = 1_000;

/// What an archive has at a place.
#[derive(Debug)]
pub enum Item {
    /// A post of its owner, read and cleaned.
    Post(Box<Brought>),
    /// A boost, a direct message, what is for members alone, or somebody else's: not taken in.
    Other,
    /// Nothing that can be read: its id, and why.
    Odd(String, String),
}

#[derive(Debug)]
pub struct Brought {
    pub post: ReceivedPost,
    /// What was written, where the archive says so, and in which format; else it is made of the text.
    pub source: Option<(String, Format)>,
    /// Files that could not be taken in, each with the reason.
    pub lost: Vec<String>,
}

/// Whether a member has a post already that was this one, or is it.
pub async fn is_here(tx: &mut Tx, who: Id, uri: &str) -> Result<bool, Error> {
    let own = tx.post_by_uri(uri).await?.is_some_and(|p| p.account_id == who);
    Ok(own || tx.imported(who, uri).await?.is_some())
}

/// Takes in what stands at `place`, the next of the archive, and goes on behind it: all in one unit of work, so that nothing is taken in
/// twice. `false`: the import was stopped, or somebody else is further.
pub async fn take(node: &Node, import: Id, place: i64, item: Item, files: Vec<Stored>) -> Result<bool, Error> {
    let mut tx = node.store.begin().await?;
    let import = tx.lock_import(import).await?.filter(|i| !i.state.is_over() && i.cursor == place);
    let Some(mut import) = import else { return Ok(false) };
    let who = tx.account(import.account_id).await?.filter(|a| !a.is_suspended());
    let Some(who) = who else { return Ok(false) };
    let mut counted = Counted::default();
    match item {
        Item::Other => counted.skipped = 1,
        Item::Odd(uri, reason) => {
            counted.failed = 1;
            note(&mut tx, &import, place, &uri, &reason).await?;
        }
        Item::Post(brought) if is_here(&mut tx, who.id, &brought.post.uri).await? => counted.skipped = 1,
        Item::Post(brought) => {
            for reason in brought.lost.iter().take(1) {
                note(&mut tx, &import, place, &brought.post.uri, reason).await?;
            }
            file(node, &mut tx, &who, &brought, files).await?;
            counted.done = 1;
        }
    }
    import.cursor = place + 1;
    import.total = import.total.max(import.cursor);
    tx.update_import(&import).await?;
    tx.count_import(import.id, counted).await?;
    node.commit(tx).await?;
    Ok(true)
}

/// Keeps why something could not be taken in.
async fn note(tx: &mut Tx, import: &Import, place: i64, uri: &str, reason: &str) -> Result<(), Error> {
    if import.failed >= NOTES {
        return Ok(());
    }
    let row = ImportRow {
        import_id: import.id,
        position: place,
        name: uri.chars().take(500).collect(),
        cells: vec![uri.chars().take(500).collect()],
        state: RowState::Failed,
        retry_at: 0,
        attempts: 0,
        reason: reason.chars().take(500).collect(),
    };
    Ok(tx.insert_import_row(&row).await?)
}

/// Makes it a post. Nobody is told, nobody's home has it, no hashtag carries it, and no page is read because of it.
async fn file(node: &Node, tx: &mut Tx, who: &Account, brought: &Brought, files: Vec<Stored>) -> Result<(), Error> {
    let Brought { post: received, source, .. } = brought;
    let parent = parent(tx, who, &received.in_reply_to).await?;
    let now = node.now();
    let created_at = received.published.unwrap_or(now).min(now);
    let id = Ids::dated(created_at, node.random.salt());
    let mut content = received.content.clone();
    let poll = received.poll.as_ref().filter(|poll| is_simple(poll) && files.is_empty());
    if let (Some(poll), None) = (&received.poll, poll) {
        content = html::sanitise(&(content + &in_words(poll)));
    }
    let (source, format) = source.clone().unwrap_or_else(|| (html::to_text(&content), Format::Plain));
    let mut post = Post {
        id,
        uri: String::new(),
        url: String::new(),
        account_id: who.id,
        local: true,
        kind: "note".to_owned(),
        audience: parent.as_ref().map_or(received.audience, |p| received.audience.heard_below(p.audience)),
        in_reply_to_id: parent.as_ref().map(|p| p.id),
        in_reply_to_account_id: parent.as_ref().map(|p| p.account_id),
        in_reply_to_uri: parent.as_ref().map_or_else(|| received.in_reply_to.clone(), |p| p.uri.clone()),
        root_id: parent.as_ref().map_or(id, |p| p.root_id),
        context: String::new(),
        boost_of_id: None,
        emojis: emoji::used(tx, &[&source, &received.summary]).await?,
        content,
        source,
        format,
        summary: received.summary.clone(),
        sensitive: received.sensitive,
        language: received.language.clone(),
        app_id: None,
        created_at,
        edited_at: received.updated.filter(|at| *at >= created_at + SECOND).map(|at| at.min(now)),
        replies_count: 0,
        boosts_count: 0,
        favourites_count: 0,
        team_id: None,
    };
    // Its address is made of its id, which therefore has to be free before.
    post.id = tx.free_post_id(id).await?;
    if post.root_id == id {
        post.root_id = post.id;
    }
    post.uri = node.config.post_uri(&who.username, post.id);
    post.url = node.config.post_url(&who.username, post.id);
    post.context = parent.as_ref().map_or_else(|| node.config.context_uri(post.id), |p| p.context.clone());
    if !tx.insert_post(&post).await? {
        return Err(Error::Storage(storage::Error::IdTaken(post.id)));
    }
    tx.put_imported(&post, &received.uri, &received.url).await?;
    tx.keep_from_carriers(post.id, true).await?;
    for (position, stored) in (0..).zip(files) {
        let media = upload::attach(tx, stored).await?;
        tx.attach_media(media.id, post.id, position).await?;
    }
    if let Some(poll) = poll {
        tx.put_poll(&closed(poll, &post, now)).await?;
    }
    for uri in &received.mentions {
        if let Some(named) = tx.account_by_uri(uri).await?.filter(|a| a.id != who.id && !a.is_suspended()) {
            tx.put_mention(post.id, named.id, false).await?;
        }
    }
    put_tags(node, tx, &post, &received.hashtags[..received.hashtags.len().min(TAGS_PER_POST)]).await?;
    count_post(tx, &post, 1).await?;
    if let Some(parent) = parent.as_ref().filter(|_| post.audience.is_open()) {
        tx.count_reply(parent.id, 1).await?;
    }
    // Answers of theirs to it that stand before it in the archive.
    let tied = tx.adopt_own_replies(&post, &received.uri).await?;
    let counted = tied.iter().filter(|p| p.audience.is_open()).count();
    if counted > 0 {
        tx.count_reply(post.id, i64::try_from(counted).unwrap_or(0)).await?;
    }
    index::note_changed(tx, post.id).await?;
    if received.experiment.is_some() {
        experiment::receive(node, tx, who, &post, received, false).await?;
    }
    Ok(())
}

/// What it answers: a post of theirs that came along, or one that is known here, if they may see it, and answer it without being asked.
async fn parent(tx: &mut Tx, who: &Account, uri: &str) -> Result<Option<Post>, Error> {
    if uri.is_empty() {
        return Ok(None);
    }
    let known = match tx.imported(who.id, uri).await? {
        Some(id) => Some(id),
        None => tx.post_by_uri(uri).await?.map(|p| p.id),
    };
    let Some(id) = known else { return Ok(None) };
    let Some(parent) = tx.visible_post(id, Viewer::Member(who.id)).await?.filter(|p| p.boost_of_id.is_none()) else {
        return Ok(None);
    };
    // What was said among some is not answered by what everybody may read.
    let is_free = parent.account_id == who.id
        || parent.audience >= Audience::Followers && !must_ask(tx, who, &parent, Wish::Reply).await.unwrap_or(true);
    Ok(if is_free && tx.hold_post(parent.id).await? { Some(parent) } else { None })
}

/// It can be shown as a poll of this node.
fn is_simple(poll: &ReceivedPoll) -> bool {
    let fits = |title: &str| title.chars().count() <= OPTION_LENGTH;
    (2..=OPTIONS).contains(&poll.options.len()) && poll.options.iter().all(|o| fits(&o.title))
}

/// As it ended, or as it stood when the archive was made: nobody votes in it here.
fn closed(poll: &ReceivedPoll, post: &Post, now: Millis) -> Poll {
    let end = poll.closed_at.into_iter().chain(poll.expires_at).min().unwrap_or(now).clamp(post.created_at, now);
    Poll {
        post_id: post.id,
        multiple: poll.multiple,
        hide_totals: false,
        expires_at: Some(end),
        closed_at: Some(end),
        voters_count: poll.voters_count.or(Some(0)),
        synced_at: Some(now),
        options: poll.options.clone(),
    }
}

fn in_words(poll: &ReceivedPoll) -> String {
    let mut list = String::from("<ul>");
    for option in &poll.options {
        let _ = write!(list, "<li>{} ({})</li>", html::escape(&option.title), option.votes);
    }
    list + "</ul>"
}

/// A post without words, and without any file that it had, says nothing.
pub fn says_nothing(brought: &Brought, files: usize) -> bool {
    files == 0 && brought.post.poll.is_none() && html::to_text(&brought.post.content).trim().is_empty()
}

/// Whether files may hang on one post together: pictures, or one film or sound.
pub fn go_together(files: &[Stored]) -> bool {
    files.len() < 2 || !files.iter().any(|f| matches!(f.kind(), MediaKind::Video | MediaKind::Audio))
}
