//! Posts of others: what arrives from other servers, after its origin was verified.

use model::account::{Account, ActorKind, Emoji};
use model::audience::Audience;
use model::clock::{DAY, MINUTE, Millis, SECOND};
use model::hashtag::Hashtag;
use model::id::{Id, Ids};
use model::notification::NotificationKind;
use model::policy::Policy;
use model::post::{Media, MediaKind, Origin, Post};
use model::text::Format;
use storage::Tx;

use crate::experiment::ReceivedExperiment;
use crate::moderate::is_shut_out;
use crate::policy::{Wish, needs_approval};
use crate::poll::{self, ReceivedPoll};
use crate::publish::{TAGS_PER_POST, count_post, put_tags, remove, spread, tell_boosters, version};
use crate::quote::{self, ReceivedQuote};
use crate::{
    Error, Node, cards, carry, challenge, conversation, experiment, index, jobs, live, pairing, policy, quarantine,
    threads,
};

/// A post of another server, read and cleaned: `content` is sanitised, lists are bounded, ids are on its author's server.
#[derive(Clone, Debug)]
pub struct ReceivedPost {
    pub uri: String,
    pub url: String,
    pub audience: Audience,
    pub in_reply_to: String,
    pub context: String,
    pub content: String,
    pub summary: String,
    pub sensitive: bool,
    pub language: String,
    pub emojis: Vec<Emoji>,
    pub published: Option<Millis>,
    pub updated: Option<Millis>,
    /// Actor ids of `Mention` tags.
    pub mentions: Vec<String>,
    /// Everybody in `to` and `cc`.
    pub addressed: Vec<String>,
    pub hashtags: Vec<Hashtag>,
    pub media: Vec<ReceivedMedia>,
    pub poll: Option<ReceivedPoll>,
    pub origin: Origin,
    pub quote: Option<ReceivedQuote>,
    pub experiment: Option<ReceivedExperiment>,
    pub policy: Policy,
    /// Where the author of what it answers is said to allow it, or empty.
    pub approved_by: String,
    /// Whether that was read there, and says so.
    pub is_approved: bool,
}

#[derive(Clone, Debug)]
pub struct ReceivedMedia {
    pub url: String,
    pub mime: String,
    pub kind: MediaKind,
    pub description: String,
    pub blurhash: String,
    pub width: Option<i64>,
    pub height: Option<i64>,
    pub duration_ms: Option<i64>,
    pub focus: (f64, f64),
}

/// What was made longer ago is sent by no server any more.
pub const SENT_WITHIN: Millis = 7 * DAY;
/// How far up a conversation is fetched.
const THREAD_DEPTH: u8 = 20;

/// Why a post came, which decides whether it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its author sent it: kept if it concerns somebody here.
    Delivered,
    /// We asked for it (a thread, a boost, a link that a member looked up): kept. `depth` counts the steps up a thread.
    Fetched { depth: u8 },
    /// It was found where its server lists it (a thread, an outbox): kept if everybody may read it. It is news to nobody, and
    /// nothing is fetched because of it.
    Listed,
    /// Somebody passed it on whom the node follows for that (an account of a hashtag, a relay): kept if it was written for everybody,
    /// after `since`, and not by somebody limited. Nothing is fetched for the conversation that it is in.
    Relayed { since: Millis },
    /// It is quoted by a post that is here: kept, without its thread. `depth` counts the quotes that led to it.
    Quoted { depth: u8 },
}

/// Takes a post in. `None` if it is dead, or concerns nobody here; the known one if it is known.
pub async fn post(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    received: &ReceivedPost,
    reason: Reason,
) -> Result<Option<Post>, Error> {
    if author.is_local() || is_shut_out(node, author) {
        return Ok(None);
    }
    if let Some(known) = tx.post_by_uri(&received.uri).await? {
        return again(node, tx, author, received, reason, known).await;
    }
    if is_dead(tx, author, &received.uri).await? {
        return Ok(None);
    }
    let parent = match received.in_reply_to.as_str() {
        "" => None,
        uri => tx.hold_post_by_uri(uri).await?,
    };
    let named = named_by(tx, author, received).await?;
    if !is_wanted(tx, author, received, reason, parent.as_ref(), &named).await? {
        return Ok(None);
    }
    // As GoToSocial has it: what the author of its parent did not allow is not part of the conversation.
    let decider = match &parent {
        Some(parent) if needs_approval(tx, author, parent, Wish::Reply).await? => Some(parent.account_id),
        _ => None,
    };
    if let Some(decider) = decider
        && !(received.is_approved && policy::is_valid(tx, decider, &received.approved_by).await?)
    {
        if reason == Reason::Delivered && !received.approved_by.is_empty() {
            jobs::enqueue(node, tx, &jobs::Job::FetchThread { uri: received.uri.clone(), depth: 0 }).await?;
        }
        return Ok(None);
    }
    let now = node.now();
    let created_at = received.published.map_or(now, |at| at.min(now + 5 * MINUTE));
    let id = Ids::dated(created_at.min(now), node.random.salt());
    let mut post = Post {
        id,
        uri: received.uri.clone(),
        url: received.url.clone(),
        account_id: author.id,
        local: false,
        kind: "note".to_owned(),
        audience: parent.as_ref().map_or(received.audience, |p| received.audience.heard_below(p.audience)),
        in_reply_to_id: parent.as_ref().map(|p| p.id),
        in_reply_to_account_id: parent.as_ref().map(|p| p.account_id),
        in_reply_to_uri: received.in_reply_to.clone(),
        root_id: parent.as_ref().map_or(id, |p| p.root_id),
        context: received.context.clone(),
        boost_of_id: None,
        content: received.content.clone(),
        source: String::new(),
        format: Format::Plain,
        summary: received.summary.clone(),
        sensitive: received.sensitive,
        language: received.language.clone(),
        emojis: emojis(node, author, received),
        app_id: None,
        created_at,
        // Written again within the second it was made (PeerTube), it was not edited.
        edited_at: received.updated.filter(|at| *at >= created_at + SECOND),
        replies_count: 0,
        boosts_count: 0,
        favourites_count: 0,
        team_id: None,
    };
    if !tx.insert_dated_post(&mut post).await? {
        // Somebody else took it in meanwhile: the one that stands counts.
        return match tx.post_by_uri(&received.uri).await? {
            Some(known) => again(node, tx, author, received, reason, known).await,
            None => Ok(None),
        };
    }
    let id = post.id;
    if created_at < now - DAY {
        tx.note_late_post(id, now).await?;
    }
    if received.origin != Origin::default() {
        tx.put_origin(id, &received.origin).await?;
    }
    put_media(node, tx, author, &post, &received.media).await?;
    if received.poll.is_some() {
        poll::receive(node, tx, &post, received.poll.as_ref(), true).await?;
    }
    for (account, silent) in &named {
        tx.put_mention(id, account.id, *silent).await?;
    }
    put_tags(node, tx, &post, capped(&received.hashtags)).await?;
    cards::hang(node, tx, &post).await?;
    count_post(tx, &post, 1).await?;
    index::note_new(tx, author, &post, named.iter().any(|(a, _)| a.is_local())).await?;
    if let Some(parent) = parent.as_ref().filter(|_| post.audience.is_open()) {
        tx.count_reply(parent.id, 1).await?;
    }
    if let Some(decider) = decider {
        policy::keep_approval(tx, &post, decider, &received.approved_by).await?;
    }
    fetch_around(node, tx, &post, reason).await?;
    adopt(node, tx, &post).await?;
    if received.policy != Policy::default() {
        tx.put_policy(id, &received.policy).await?;
    }
    let depth = match reason {
        Reason::Quoted { depth } => depth,
        Reason::Listed => quote::DEPTH,
        Reason::Delivered | Reason::Fetched { .. } | Reason::Relayed { .. } => 0,
    };
    if received.quote.is_some() {
        quote::receive(node, tx, author, &post, received.quote.as_ref(), depth).await?;
    }
    let is_news = is_news(node, reason, created_at);
    if is_news {
        tell(node, tx, author, &post, parent.as_ref(), named).await?;
        if reason == Reason::Delivered {
            carry::heed_as_hub(node, tx, author, &post).await?;
        }
    } else if created_at > now - SENT_WITHIN {
        tx.note_unheard(id).await?;
    }
    experiment::receive(node, tx, author, &post, received, is_news).await?;
    Ok(Some(post))
}

/// A known post comes once more. One that was only found where it is listed is news when it is sent.
async fn again(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    received: &ReceivedPost,
    reason: Reason,
    known: Post,
) -> Result<Option<Post>, Error> {
    // An answer may have come in at the same moment as what it answers, each not seeing the other.
    adopt(node, tx, &known).await?;
    if known.account_id != author.id || !is_news(node, reason, known.created_at) {
        return Ok(Some(known));
    }
    let parent = match known.in_reply_to_id {
        Some(id) => tx.post(id).await?,
        None => None,
    };
    let mut named = named_by(tx, author, received).await?;
    if is_wanted(tx, author, received, reason, parent.as_ref(), &named).await? {
        if tx.hear(known.id).await? {
            fetch_around(node, tx, &known, reason).await?;
            quote::look_after(node, tx, &known).await?;
            // It is told as it stands here.
            let stored = tx.mentions(&[known.id]).await?;
            named.retain(|(a, _)| stored.iter().any(|m| m.account_id == a.id && !m.silent));
            tell(node, tx, author, &known, parent.as_ref(), named).await?;
            experiment::heard(node, tx, author, &known).await?;
        }
        if reason == Reason::Delivered {
            carry::heed_as_hub(node, tx, author, &known).await?;
        }
    }
    Ok(Some(known))
}

/// Whom a post names that is known here, each with whether it is kept from them that they are.
async fn named_by(tx: &mut Tx, author: &Account, received: &ReceivedPost) -> Result<Vec<(Account, bool)>, Error> {
    let mut named: Vec<(Account, bool)> = Vec::new();
    let only_addressed = received.addressed.iter().filter(|u| !received.mentions.contains(u));
    for (uri, silent) in received.mentions.iter().map(|u| (u, false)).chain(only_addressed.map(|u| (u, true))) {
        if let Some(account) = tx.account_by_uri(uri).await?
            && account.id != author.id
            && !named.iter().any(|(a, _)| a.id == account.id)
        {
            // A mention that is not addressed must not reach: it is kept without a notification.
            let silent = silent || !received.addressed.contains(uri);
            named.push((account, silent));
        }
    }
    Ok(named)
}

async fn is_wanted(
    tx: &mut Tx,
    author: &Account,
    received: &ReceivedPost,
    reason: Reason,
    parent: Option<&Post>,
    named: &[(Account, bool)],
) -> Result<bool, Error> {
    match reason {
        Reason::Delivered => concerns_us(tx, author, parent, named, received.quote.as_ref()).await,
        Reason::Fetched { .. } | Reason::Quoted { .. } => Ok(true),
        Reason::Relayed { since } => {
            let is_fresh = received.published.is_some_and(|at| at > since);
            Ok(received.audience == Audience::Public && author.limited_at.is_none() && is_fresh)
        }
        // Whom a moderator has limited is read by those who follow them.
        Reason::Listed => {
            Ok(received.audience.is_open() && (author.limited_at.is_none() || tx.is_followed_here(author.id).await?))
        }
    }
}

/// Whether a post that comes for this reason is told to whom it concerns. What is old when it arrives is not news, unless it was sent.
fn is_news(node: &Node, reason: Reason, created_at: Millis) -> bool {
    reason == Reason::Delivered || (reason != Reason::Listed && created_at > node.now() - DAY)
}

/// Brings a post to those whom it concerns: into homes, to who is named in it, to challenges and to who pairs people.
async fn tell(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    post: &Post,
    parent: Option<&Post>,
    named: Vec<(Account, bool)>,
) -> Result<(), Error> {
    let told: Vec<Account> = named.into_iter().filter(|(_, silent)| !silent).map(|(a, _)| a).collect();
    spread(node, tx, author, post, &told).await?;
    challenge::heed(node, tx, author, post, &told).await?;
    pairing::notice(node, tx, post, &told, parent).await
}

/// What is fetched because a post came: what it answers, and of one that we asked for ourselves the first of its replies.
async fn fetch_around(node: &Node, tx: &mut Tx, post: &Post, reason: Reason) -> Result<(), Error> {
    let depth = match reason {
        Reason::Delivered => 0,
        Reason::Fetched { depth } => depth + 1,
        Reason::Listed | Reason::Quoted { .. } | Reason::Relayed { .. } => return Ok(()),
    };
    if post.in_reply_to_id.is_none() && !post.in_reply_to_uri.is_empty() && depth < THREAD_DEPTH {
        jobs::enqueue(node, tx, &jobs::Job::FetchThread { uri: post.in_reply_to_uri.clone(), depth }).await?;
    }
    if reason == (Reason::Fetched { depth: 0 }) {
        threads::glance(node, tx, post).await?;
    }
    Ok(())
}

/// Ties to a post what answered it before it was here. Only now is it known whose homes those answers belong in.
pub async fn adopt(node: &Node, tx: &mut Tx, post: &Post) -> Result<(), Error> {
    let tied = tx.adopt_replies(post).await?;
    let counted = tied.iter().filter(|p| p.audience.is_open()).count();
    if counted > 0 {
        tx.count_reply(post.id, i64::try_from(counted).unwrap_or(0)).await?;
    }
    for reply in tied.iter().filter(|p| p.created_at > node.now() - DAY && p.audience != Audience::Draft) {
        if tx.fan_out_home(reply, &reply.language).await? > 0 {
            live::posted(tx, reply);
        }
        challenge::heed_answer(node, tx, reply.id, false).await?;
    }
    Ok(())
}

/// A new version of somebody's post. Only a newer `updated` counts; the audience never changes. The counts of its poll, who may do
/// what with it, and what leave it has to quote another, may change without a new version.
pub async fn update(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    received: &ReceivedPost,
) -> Result<Option<Post>, Error> {
    let Some(old) = tx.post_by_uri(&received.uri).await?.filter(|p| p.account_id == author.id && !p.local) else {
        return Ok(None);
    };
    if received.origin != Origin::default() {
        tx.put_origin(old.id, &received.origin).await?;
    }
    if tx.policy(old.id).await? != received.policy {
        tx.put_policy(old.id, &received.policy).await?;
    }
    quote::receive(node, tx, author, &old, received.quote.as_ref(), 0).await?;
    let Some(updated) = received.updated.filter(|at| *at > old.edited_at.unwrap_or(old.created_at)) else {
        if received.poll.is_some() {
            poll::receive(node, tx, &old, received.poll.as_ref(), false).await?;
        }
        return Ok(Some(old));
    };
    let before = tx.media_of(&[old.id]).await?;
    let asked = tx.poll(old.id).await?;
    // What the account of a challenge elsewhere said before is kept by nobody: it takes back what it said of others.
    if author.kind != ActorKind::Group {
        tx.insert_edit(&version(&old, &before, asked.as_ref())).await?;
    }
    let post = Post {
        url: received.url.clone(),
        content: received.content.clone(),
        summary: received.summary.clone(),
        sensitive: received.sensitive,
        language: received.language.clone(),
        emojis: emojis(node, author, received),
        edited_at: Some(updated.min(node.now() + 5 * MINUTE)),
        ..old.clone()
    };
    tx.update_post(&post).await?;
    poll::receive(node, tx, &post, received.poll.as_ref(), true).await?;
    let same = |m: &Media, r: &ReceivedMedia| m.remote_url == r.url;
    for gone in before.iter().filter(|m| !received.media.iter().any(|r| same(m, r))) {
        tx.retire_media(gone.id).await?;
    }
    for known in &before {
        if let Some(r) = received.media.iter().find(|r| same(known, r)) {
            tx.describe_media(known.id, &r.description, r.focus).await?;
        }
    }
    let fresh: Vec<ReceivedMedia> =
        received.media.iter().filter(|r| !before.iter().any(|m| same(m, r))).cloned().collect();
    put_media(node, tx, author, &post, &fresh).await?;
    let named = tx.mentions(&[post.id]).await?;
    for mention in named.iter().filter(|m| !m.silent && !received.mentions.contains(&m.uri)) {
        tx.put_mention(post.id, mention.account_id, true).await?;
    }
    for uri in &received.mentions {
        if let Some(account) = tx.account_by_uri(uri).await? {
            tx.put_mention(post.id, account.id, !received.addressed.contains(uri)).await?;
            if received.addressed.contains(uri) && !named.iter().any(|m| m.account_id == account.id && !m.silent) {
                conversation::mention(node, tx, account.id, author, &post).await?;
            }
        }
    }
    tx.untag_post(post.id).await?;
    put_tags(node, tx, &post, capped(&received.hashtags)).await?;
    quarantine::look_again(node, tx, author, &post).await?;
    cards::hang(node, tx, &post).await?;
    index::note_changed(tx, post.id).await?;
    live::edited(tx, &post);
    let is_learned = experiment::is_learned_now(tx, post.id, received).await?;
    experiment::receive(node, tx, author, &post, received, true).await?;
    let kind = if is_learned { NotificationKind::Outcome } else { NotificationKind::Update };
    tell_boosters(node, tx, author, &post, kind).await?;
    if is_learned && !tx.local_triers(post.id).await?.is_empty() {
        threads::read_again(node, tx, &post).await?;
    }
    let named = tx.mentions(&[post.id]).await?;
    let named: Vec<Id> = named.iter().filter(|m| m.domain.is_empty() && !m.silent).map(|m| m.account_id).collect();
    let named = tx.accounts(&named).await?;
    challenge::heed(node, tx, author, &post, &named).await?;
    // What was passed on, and what of it has the hashtag no more.
    if !tx.carried_by_tags(post.id).await?.is_empty() {
        carry::heed_as_hub(node, tx, author, &post).await?;
    }
    Ok(Some(post))
}

/// A post (or boost) that its author deleted. What is not known is remembered, so that a late copy stays dead.
pub async fn delete(node: &Node, tx: &mut Tx, author: &Account, uri: &str) -> Result<bool, Error> {
    let known = tx.post_by_uri(uri).await?;
    if known.as_ref().is_some_and(|p| p.account_id != author.id || p.local) {
        return Ok(false);
    }
    tx.put_tombstone(uri, &author.uri, node.now()).await?;
    match known {
        Some(post) if post.boost_of_id.is_some() => drop(crate::react::drop_boost(tx, &post).await?),
        Some(post) => remove(node, tx, &post).await?,
        None => return Ok(false),
    }
    Ok(true)
}

/// Whether its author deleted it. That somebody else on the same server says so does not count.
pub(crate) async fn is_dead(tx: &mut Tx, author: &Account, uri: &str) -> Result<bool, Error> {
    Ok(tx.tombstone(uri, &author.uri).await?.is_some())
}

/// Whether a delivered post has any business here: its author is followed (or was asked: that we may follow can come in after what
/// was posted next, and the post is in the home then), it names one of us, it answers one of us or somebody we follow, or it quotes
/// one of us.
async fn concerns_us(
    tx: &mut Tx,
    author: &Account,
    parent: Option<&Post>,
    named: &[(Account, bool)],
    quote: Option<&ReceivedQuote>,
) -> Result<bool, Error> {
    if named.iter().any(|(a, _)| a.is_local())
        || parent.is_some_and(|p| p.local)
        || tx.is_followed_or_asked_here(author.id).await?
    {
        return Ok(true);
    }
    if let Some(quote) = quote
        && tx.post_by_uri(&quote.uri).await?.is_some_and(|p| p.local)
    {
        return Ok(true);
    }
    match parent {
        Some(parent) => Ok(tx.is_followed_here(parent.account_id).await?),
        None => Ok(false),
    }
}

fn emojis(node: &Node, author: &Account, received: &ReceivedPost) -> Vec<Emoji> {
    if node.rejects_media_by(author) { Vec::new() } else { received.emojis.clone() }
}

async fn put_media(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    post: &Post,
    media: &[ReceivedMedia],
) -> Result<(), Error> {
    if node.rejects_media_by(author) {
        return Ok(());
    }
    for (position, m) in (0..).zip(media) {
        tx.insert_media(&Media {
            id: node.id(),
            account_id: author.id,
            post_id: Some(post.id),
            position,
            kind: m.kind,
            mime: m.mime.clone(),
            path: String::new(),
            small_path: String::new(),
            remote_url: m.url.clone(),
            size: 0,
            width: m.width,
            height: m.height,
            small_width: None,
            small_height: None,
            duration_ms: m.duration_ms,
            blurhash: m.blurhash.clone(),
            description: m.description.clone(),
            focus_x: m.focus.0,
            focus_y: m.focus.1,
            created_at: post.created_at,
        })
        .await?;
    }
    Ok(())
}

fn capped(tags: &[Hashtag]) -> &[Hashtag] {
    &tags[..tags.len().min(TAGS_PER_POST)]
}
