//! Notifications as letters: at once, of the kinds that a member wants so, or now and then with all that they have not read.
//!
//! What is to be told at once is a job ([`jobs::Job::GatherNews`]), one for each member, which waits a little: what comes meanwhile goes
//! into the same letter, and who is here reads it here. It decides what a letter tells, and how far the member is told by that, in one
//! transaction with the job that sends the letter. So nothing is told in two letters, whenever a process dies; a mail server may only be handed
//! the same letter again, which then has the same name. What of it may still be told is looked at once more when it is sent.
//!
//! A letter goes through the hands of others, so it has no words of a post but of those that everybody may read, without a warning on
//! them.

use std::collections::{HashMap, HashSet};

use model::account::{Account, Member, Role};
use model::audience::{Audience, Viewer};
use model::clock::{HOUR, MINUTE, Millis};
use model::filter::{FilterAction, Matcher};
use model::html;
use model::id::{Id, first_id};
use model::notification::{Digest, Notification, NotificationKind};
use model::page::Page;
use model::post::Post;
use storage::{LetterWishes, Tx};

use crate::mail::{self, Letter, Mail};
use crate::{Error, Node, jobs, login};

/// So long a letter waits for what else comes.
const WAIT: Millis = 5 * MINUTE;
/// What is younger than that is not told yet: it may not all be committed in the order of its ids.
const SETTLE: Millis = MINUTE;
/// Who was seen within that time is here. When somebody was last seen is known to the hour.
const HERE: Millis = HOUR;
/// Most letters to a member within an hour; what comes then waits for the next, all in one.
const IN_AN_HOUR: i64 = 4;
/// Most notifications of one letter.
const TOLD: usize = 20;
/// Characters of a name, and of what somebody said.
const NAME: usize = 60;
const WORDS: usize = 600;

/// Which letters are ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Kind(NotificationKind),
    Digest,
    All,
}

impl Which {
    /// As it stands in the address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kind(kind) => kind.name(),
            Self::Digest => "digest",
            Self::All => "all",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "digest" => Some(Self::Digest),
            "all" => Some(Self::All),
            kind => NotificationKind::from_name(kind).map(Self::Kind),
        }
    }
}

/// What a letter tells of one notification.
#[derive(Clone, Debug)]
pub struct Item {
    pub kind: NotificationKind,
    /// Who did it; empty where a letter does not say.
    pub name: String,
    /// What they said, as far as a letter may say it; else empty.
    pub words: String,
    /// Where it is.
    pub url: String,
}

/// A letter that is to be put into words.
#[derive(Clone, Debug)]
pub struct News {
    /// The language that the node speaks to the member (BCP 47).
    pub locale: String,
    pub title: String,
    pub username: String,
    /// The newest first.
    pub items: Vec<Item>,
    /// There is more than these.
    pub is_more: bool,
    /// Of a digest: how often it comes.
    pub digest: Option<Digest>,
    /// Ends such letters, and what that is.
    pub stop: (String, Which),
    /// Ends all letters.
    pub stop_all: String,
    pub notifications: String,
    pub settings: String,
}

/// Puts a letter into words: its subject, and its text. Handed in, since what a node says in which language is the pages'.
pub type Writer = fn(&News) -> (String, String);

/// What a member wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wishes {
    pub kinds: Vec<NotificationKind>,
    /// Also while they are here.
    pub always: bool,
    pub digest: Digest,
}

/// What a member wants; what is usual, where they have not chosen.
pub async fn wishes(tx: &mut Tx, who: Id) -> Result<Wishes, Error> {
    Ok(tx.letter_wishes(who).await?.as_ref().map_or_else(usual, of_row))
}

fn usual() -> Wishes {
    Wishes { kinds: NotificationKind::USUAL_IN_LETTERS.to_vec(), always: false, digest: Digest::Never }
}

fn of_row(row: &LetterWishes) -> Wishes {
    if !row.chosen {
        return usual();
    }
    let kinds = row.kinds.iter().filter_map(|name| NotificationKind::from_name(name)).collect();
    Wishes { kinds, always: row.always, digest: row.digest }
}

/// A member chooses. What came until now is not told any more: they are here.
///
/// # Errors
/// [`Error::Invalid`] for a kind of which there are no letters.
pub async fn choose(node: &Node, tx: &mut Tx, who: Id, wanted: &Wishes) -> Result<(), Error> {
    if wanted.kinds.iter().any(|kind| !NotificationKind::IN_LETTERS.contains(kind)) {
        return Err(Error::invalid("Validation failed: Of some of these there are no letters"));
    }
    tx.member(who).await?.ok_or(Error::NotFound)?;
    let now = node.id();
    let known = begin(node, tx, who, now).await?;
    // Who changes something else gets the next digest when they would have.
    let (digest_at, digest_told) = match wanted.digest.pause() {
        Some(_) if wanted.digest == known.digest => (known.digest_at, known.digest_told),
        Some(pause) => (node.now() + pause, now),
        None => (0, 0),
    };
    let kinds = wanted.kinds.iter().map(|kind| kind.name().to_owned()).collect();
    let (always, digest) = (wanted.always, wanted.digest);
    let row = LetterWishes { chosen: true, kinds, always, digest, told: now, digest_at, digest_told, ..known };
    Ok(tx.choose_letters(&row).await?)
}

/// The row of a member; a new one begins with what comes after `told`.
async fn begin(node: &Node, tx: &mut Tx, who: Id, told: Id) -> Result<LetterWishes, Error> {
    if let Some(known) = tx.letter_wishes(who).await? {
        return Ok(known);
    }
    let new = LetterWishes {
        account_id: who,
        chosen: false,
        kinds: Vec::new(),
        always: false,
        digest: Digest::Never,
        secret: node.random.secret(),
        told,
        hour_began: 0,
        hour_count: 0,
        digest_at: 0,
        digest_told: 0,
    };
    tx.begin_letter_wishes(&new).await?;
    // Somebody else may have been first.
    tx.letter_wishes(who).await?.ok_or(Error::NotFound)
}

/// Whose letters a secret ends.
pub async fn of_secret(tx: &mut Tx, secret: &str) -> Result<Id, Error> {
    Ok(tx.letter_wishes_by_secret(secret).await?.ok_or(Error::NotFound)?.account_id)
}

/// Ends letters, for whoever has the secret that stands in them. To end them twice is to end them.
pub async fn stop(node: &Node, tx: &mut Tx, secret: &str, which: Which) -> Result<(), Error> {
    let row = tx.letter_wishes_by_secret(secret).await?.ok_or(Error::NotFound)?;
    let mut wanted = of_row(&row);
    match which {
        Which::Kind(kind) => wanted.kinds.retain(|k| *k != kind),
        Which::Digest => wanted.digest = Digest::Never,
        Which::All => wanted = Wishes { kinds: Vec::new(), digest: Digest::Never, ..wanted },
    }
    choose(node, tx, row.account_id, &wanted).await
}

/// A notification was made: whoever wants letters of such gets one.
pub(crate) async fn heed(node: &Node, tx: &mut Tx, notification: &Notification) -> Result<(), Error> {
    let (who, kind) = (notification.account_id, notification.kind);
    if !node.config.mail || !NotificationKind::IN_LETTERS.contains(&kind) {
        return Ok(());
    }
    let known = tx.letter_wishes(who).await?;
    if !known.as_ref().map_or_else(usual, of_row).kinds.contains(&kind) {
        return Ok(());
    }
    if known.is_none() {
        begin(node, tx, who, notification.id - 1).await?;
    }
    jobs::enqueue_at(node, tx, &jobs::Job::GatherNews { account: who }, node.now() + WAIT).await
}

/// Writes what a member is to be told at once into a letter, if they are to be told now; else answers when to look again.
pub async fn gather(node: &Node, tx: &mut Tx, who: Id) -> Result<Option<Millis>, Error> {
    let Some((row, account, member)) = reader(tx, who).await? else { return Ok(None) };
    let (now, wanted) = (node.now(), of_row(&row));
    let kinds = heard(&member, &wanted.kinds);
    let since = row.told.max(read_until(tx, &member, wanted.always).await?);
    let settled = first_id(now - SETTLE);
    if kinds.is_empty() || at(tx, &account, &kinds, (since, Id::MAX), 1).await?.is_empty() {
        return Ok(None);
    }
    // Whoever is here is told here; if they do not look, they get it when they have gone.
    if let Some(seen) = member.last_active_at.filter(|seen| !wanted.always && now - HERE < *seen && *seen <= now) {
        return Ok(Some(seen + HERE));
    }
    let hour = if now - row.hour_began < HOUR { (row.hour_began, row.hour_count) } else { (now, 0) };
    if hour.1 >= IN_AN_HOUR {
        return Ok(Some(hour.0 + HOUR));
    }
    let found = at(tx, &account, &kinds, (since, settled), TOLD + 1).await?;
    if found.is_empty() {
        return Ok(Some(now + SETTLE));
    }
    tx.told_by_letter(who, settled - 1, (hour.0, hour.1 + 1)).await?;
    write_later(node, tx, who, &found, None).await?;
    let left = at(tx, &account, &kinds, (settled - 1, Id::MAX), 1).await?;
    Ok((!left.is_empty()).then_some(now + WAIT))
}

/// Writes the digest of the member whose turn it is; whether there was one.
pub(crate) async fn digest_step(node: &Node) -> Result<bool, Error> {
    if !node.config.mail {
        return Ok(false);
    }
    let now = node.now();
    let mut tx = node.store.begin().await?;
    let Some(due) = tx.due_digest(now).await? else { return Ok(false) };
    let pause = due.digest.pause().unwrap_or(HOUR);
    // At the same time of the day, however late it is now.
    let next = due.digest_at + ((now - due.digest_at) / pause + 1) * pause;
    let settled = first_id(now - SETTLE);
    tx.put_next_digest(due.account_id, settled - 1, next).await?;
    if let Some((row, account, member)) = reader(&mut tx, due.account_id).await? {
        let since = due.digest_told.max(read_until(&mut tx, &member, false).await?);
        let kinds = heard(&member, &in_digest(&of_row(&row)));
        let found = at(&mut tx, &account, &kinds, (since, settled), TOLD + 1).await?;
        if !found.is_empty() {
            write_later(node, &mut tx, account.id, &found, Some(due.digest)).await?;
        }
    }
    node.commit(tx).await?;
    Ok(true)
}

/// What is not told at once anyway.
fn in_digest(wanted: &Wishes) -> Vec<NotificationKind> {
    NotificationKind::IN_LETTERS.into_iter().filter(|kind| !wanted.kinds.contains(kind)).collect()
}

/// Those of the kinds that are for this member.
fn heard(member: &Member, kinds: &[NotificationKind]) -> Vec<NotificationKind> {
    let keeps = member.role >= Role::Moderator;
    kinds.iter().copied().filter(|kind| keeps || !kind.is_for_keepers()).collect()
}

/// A member to whom letters may go.
async fn reader(tx: &mut Tx, who: Id) -> Result<Option<(LetterWishes, Account, Member)>, Error> {
    let (Some(row), Some(account), Some(member)) =
        (tx.letter_wishes(who).await?, tx.account(who).await?, tx.member(who).await?)
    else {
        return Ok(None);
    };
    let may = !member.email.is_empty() && login::may_act(&account, &member).is_ok();
    Ok(may.then_some((row, account, member)))
}

/// Up to where a member knows what came: what they have read, and what came before they were last here, unless they want letters `always`.
async fn read_until(tx: &mut Tx, member: &Member, always: bool) -> Result<Id, Error> {
    let read = tx.markers(member.account_id, &["notifications"]).await?.first().map_or(0, |marker| marker.1);
    Ok(read.max(member.last_active_at.filter(|_| !always).map_or(0, first_id)))
}

/// Notifications of a member of these kinds between two ids (exclusive), the newest first: of nobody whom they muted or blocked since.
async fn at(
    tx: &mut Tx,
    who: &Account,
    kinds: &[NotificationKind],
    (above, below): (Id, Id),
    limit: usize,
) -> Result<Vec<Notification>, Error> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let page = Page { since_id: Some(above), max_id: Some(below), ..Page::first(limit) };
    Ok(tx.notifications(who.id, kinds, &[], 0, &page).await?)
}

/// Has a letter sent that tells of these, which are one more than a letter has room for if there are more.
async fn write_later(
    node: &Node,
    tx: &mut Tx,
    account: Id,
    found: &[Notification],
    digest: Option<Digest>,
) -> Result<(), Error> {
    let told = found.iter().take(TOLD).map(|n| n.id).collect();
    let (is_more, digest) = (found.len() > TOLD, digest.map(|d| d.name().to_owned()));
    mail::send(node, tx, Letter::News { account, told, is_more, digest, name: node.random.secret() }).await
}

/// A letter as it is sent; nothing if there is nothing left to say, or nobody to say it to.
pub(crate) async fn letter(node: &Node, tx: &mut Tx, letter: &Letter) -> Result<Option<Mail>, Error> {
    let Letter::News { account, told, is_more, digest, name } = letter else { return Ok(None) };
    let Some((row, account, member)) = reader(tx, *account).await? else { return Ok(None) };
    let digest = digest.as_deref().and_then(Digest::from_name);
    let wanted = of_row(&row);
    let kinds = match digest {
        // They want none any more.
        Some(_) if wanted.digest == Digest::Never => return Ok(None),
        Some(_) => in_digest(&wanted),
        None => wanted.kinds,
    };
    let items = items(node, tx, &account, &heard(&member, &kinds), told).await?;
    let Some(first) = items.first() else { return Ok(None) };
    let which = match digest {
        Some(_) => Which::Digest,
        None if items.iter().all(|item| item.kind == first.kind) => Which::Kind(first.kind),
        None => Which::All,
    };
    let origin = &node.config.origin;
    let stop = |which: Which| format!("{origin}/letters/stop?key={}&of={}", row.secret, which.name());
    let news = News {
        locale: member.locale,
        title: node.config.title.clone(),
        username: account.username,
        items,
        is_more: *is_more,
        digest,
        stop: (stop(which), which),
        stop_all: stop(Which::All),
        notifications: format!("{origin}/notifications"),
        settings: format!("{origin}/settings/mail"),
    };
    let writer = node.writer.get().ok_or_else(|| Error::Internal("nobody puts letters into words".to_owned()))?;
    let (subject, text) = writer(&news);
    Ok(Some(Mail {
        id: name.clone(),
        to: member.email,
        subject: one_line(&subject),
        text,
        unsubscribe: Some(news.stop.0),
    }))
}

/// What may be told of these notifications now.
async fn items(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    kinds: &[NotificationKind],
    told: &[Id],
) -> Result<Vec<Item>, Error> {
    let (Some(first), Some(last)) = (told.iter().min(), told.iter().max()) else { return Ok(Vec::new()) };
    let mut found = at(tx, who, kinds, (first - 1, last + 1), TOLD).await?;
    found.retain(|n| told.contains(&n.id));
    let ids: Vec<Id> = found.iter().filter_map(|n| n.post_id).collect();
    let posts = tx.visible_posts(&ids, Viewer::Member(who.id)).await?;
    let caught = caught(node, tx, who.id, &posts).await?;
    let posts: HashMap<Id, Post> = posts.into_iter().map(|p| (p.id, p)).collect();
    let from: Vec<Id> = found.iter().map(|n| n.from_account_id).collect();
    let from: HashMap<Id, Account> = tx.accounts(&from).await?.into_iter().map(|a| (a.id, a)).collect();
    let one = |n: &Notification| {
        let post = match n.post_id {
            // What may not be seen any more is not told of.
            Some(id) => Some(posts.get(&id)?),
            None => None,
        };
        let filter = n.post_id.and_then(|id| caught.get(&id));
        (filter != Some(&FilterAction::Hide))
            .then(|| from.get(&n.from_account_id))
            .flatten()
            .map(|from| item(node, n, from, post, filter.is_some()))
    };
    Ok(found.iter().filter_map(one).collect())
}

fn item(node: &Node, n: &Notification, from: &Account, post: Option<&Post>, is_filtered: bool) -> Item {
    let is_open = post.is_none_or(|p| matches!(p.audience, Audience::Public | Audience::Unlisted));
    let words = match post {
        Some(p) if is_open && !is_filtered && n.kind.is_of_words() && p.summary.is_empty() && !p.sensitive => {
            html::truncate(&html::to_text(&p.content), WORDS)
        }
        _ => String::new(),
    };
    // Not even who writes to whom where it was not said to everybody.
    let is_said = is_open || !n.kind.is_of_words();
    let name = if is_said { html::truncate(&one_line(from.shown_name()), NAME) } else { String::new() };
    Item { kind: n.kind, name, words, url: address(node, n, from) }
}

fn address(node: &Node, n: &Notification, from: &Account) -> String {
    let origin = &node.config.origin;
    match (n.kind, n.post_id, n.report_id) {
        (NotificationKind::AdminReport, _, Some(report)) => format!("{origin}/keeping/reports/{report}"),
        (NotificationKind::AdminSignUp, ..) => format!("{origin}/keeping/accounts/{}", from.id),
        (NotificationKind::FollowRequest, ..) => format!("{origin}/requests"),
        (NotificationKind::LookAgain, Some(post), _) => format!("{origin}/posts/{post}/outcome"),
        (_, Some(post), _) => format!("{origin}/posts/{post}"),
        (NotificationKind::SeveredRelationships, ..) => format!("{origin}/notifications"),
        _ => format!("{origin}/@{}", from.acct()),
    }
}

/// Which of these posts a member's filters catch where notifications are shown: the stricter counts.
async fn caught(node: &Node, tx: &mut Tx, who: Id, posts: &[Post]) -> Result<HashMap<Id, FilterAction>, Error> {
    let mut active = tx.filters(who).await?;
    active.retain(|f| !f.is_over(node.now()) && f.contexts.iter().any(|c| c == "notifications"));
    let ids: Vec<Id> = active.iter().map(|f| f.id).collect();
    if ids.is_empty() || posts.is_empty() {
        return Ok(HashMap::new());
    }
    let of: Vec<Id> = posts.iter().map(|p| p.id).collect();
    let mut hits: HashSet<(Id, Id)> =
        tx.filter_posts_among(&ids, &of).await?.into_iter().map(|hit| (hit.filter_id, hit.post_id)).collect();
    let media = tx.media_of(&of).await?;
    let matcher = Matcher::new(tx.filter_keywords(&ids).await?);
    for post in posts {
        let mut text = format!("{}\n\n{}", post.summary, html::to_text(&post.content));
        for described in media.iter().filter(|m| m.post_id == Some(post.id)) {
            text.push_str("\n\n");
            text.push_str(&described.description);
        }
        hits.extend(matcher.found_in(&text).iter().map(|k| (k.filter_id, post.id)));
    }
    let mut caught = HashMap::new();
    for (filter, post) in hits {
        let action = active.iter().find(|f| f.id == filter).map_or(FilterAction::Warn, |f| f.action);
        let known = caught.entry(post).or_insert(action);
        if action == FilterAction::Hide {
            *known = action;
        }
    }
    Ok(caught)
}

/// Without what could begin another line of a letter's head.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}
