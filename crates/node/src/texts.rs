//! What the node says about itself: its rules, its texts, and what it announces to its members.

use model::account::Account;
use model::clock::Millis;
use model::emoji::is_unicode_emoji;
use model::handle::Handle;
use model::text::{self, Format, Links, MentionLink};
use storage::{Announcement, Rule, Text, Tx};

use crate::{Error, Node, live};

/// Longest rule with its explanation, longest text, longest announcement, in characters.
const RULE: usize = 1_000;
const TEXT: usize = 200_000;
const ANNOUNCEMENT: usize = 10_000;
/// Different reactions to one announcement.
const REACTIONS: usize = 8;

/// The texts that a node can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    ExtendedDescription,
    PrivacyPolicy,
    TermsOfService,
    Accessibility,
    /// What those who look after the node say often to people whom they warn. It is shown to nobody else.
    ReadyWords,
}

impl About {
    pub const ALL: [Self; 5] =
        [Self::ExtendedDescription, Self::PrivacyPolicy, Self::TermsOfService, Self::Accessibility, Self::ReadyWords];

    pub fn name(self) -> &'static str {
        match self {
            Self::ExtendedDescription => "extended-description",
            Self::PrivacyPolicy => "privacy-policy",
            Self::TermsOfService => "terms-of-service",
            Self::Accessibility => "accessibility",
            Self::ReadyWords => "ready-words",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }
}

/// What the node does with what it knows, in the words of the program (Markdown), for as long as nobody here wrote a policy. Mastodon
/// has one, too, and apps that let people sign up count on it.
const PRIVACY: &str = include_str!("privacy.md");
/// When those words were last changed: 2026-11-30.
const PRIVACY_AT: Millis = 1_795_996_800_000;

/// The privacy policy that holds (Markdown), and when it was written: the words of the program, where the owner wrote none.
pub async fn privacy(node: &Node, tx: &mut Tx) -> Result<(String, Millis), storage::Error> {
    let text = tx.text_at(About::PrivacyPolicy.name(), node.now()).await?;
    Ok(text.map_or_else(|| (PRIVACY.to_owned(), PRIVACY_AT), |t| (t.source, t.created_at)))
}

/// How accessible the pages are, in the words of the program (Markdown), for as long as nobody here wrote a statement: public bodies need
/// one (in the United Kingdom: Public Sector Bodies Accessibility Regulations 2018).
const ACCESSIBILITY: &str = include_str!("accessibility.md");
/// When those words were last changed: 2026-11-30.
const ACCESSIBILITY_AT: Millis = 1_795_996_800_000;

/// What the program says where the owner wrote nothing (Markdown, English); empty: nothing.
pub fn own_words(which: About) -> &'static str {
    match which {
        About::PrivacyPolicy => PRIVACY,
        About::Accessibility => ACCESSIBILITY,
        About::ExtendedDescription | About::TermsOfService | About::ReadyWords => "",
    }
}

/// Whether a text is one of the program's own words, which are English.
pub fn is_built_in(source: &str) -> bool {
    [PRIVACY, ACCESSIBILITY].contains(&source)
}

/// The accessibility statement of the node, and since when it stands.
pub async fn accessibility(node: &Node, tx: &mut Tx) -> Result<(String, Millis), storage::Error> {
    let text = tx.text_at(About::Accessibility.name(), node.now()).await?;
    Ok(text.map_or_else(|| (ACCESSIBILITY.to_owned(), ACCESSIBILITY_AT), |t| (t.source, t.created_at)))
}

/// What is said often to people who are warned: each paragraph is one.
pub async fn ready_words(node: &Node, tx: &mut Tx) -> Result<Vec<String>, storage::Error> {
    let text = tx.text_at(About::ReadyWords.name(), node.now()).await?.map_or_else(String::new, |t| t.source);
    let paragraphs = text.split("\n\n").map(str::trim).filter(|p| !p.is_empty());
    Ok(paragraphs.map(str::to_owned).collect())
}

/// The HTML of a text of the node (Markdown). Hashtags lead to their pages, mentions stay text. It is safe to show: nothing in it is
/// the author's but text and addresses.
pub fn html(node: &Node, source: &str) -> String {
    text::render_document(source, &OwnLinks(node))
}

/// The HTML of a short text of a member (Markdown), in which a line end is a line end. Otherwise as [`html`].
pub fn short_html(node: &Node, source: &str) -> String {
    text::render(source, Format::Markdown, &OwnLinks(node))
}

struct OwnLinks<'a>(&'a Node);

impl Links for OwnLinks<'_> {
    fn mention(&self, _: &Handle) -> Option<MentionLink> {
        None
    }

    fn hashtag(&self, key: &str, _: &str) -> String {
        self.0.config.tag_url(key)
    }
}

/// Sets a text, from `effective_at` on. What held before can still be read as terms of its date.
pub async fn set(
    node: &Node,
    tx: &mut Tx,
    by: &str,
    which: About,
    source: &str,
    effective_at: Millis,
) -> Result<(), Error> {
    check(source, TEXT)?;
    let text = Text { id: node.id(), source: source.to_owned(), effective_at, created_at: node.now() };
    tx.insert_text(which.name(), &text).await?;
    log(node, tx, by, "text set", which.name()).await
}

/// Takes a text away, with all its versions.
pub async fn remove(node: &Node, tx: &mut Tx, by: &str, which: About) -> Result<(), Error> {
    if !tx.drop_text(which.name()).await? {
        return Err(Error::NotFound);
    }
    log(node, tx, by, "text remove", which.name()).await
}

/// Adds a rule after the others.
pub async fn add_rule(node: &Node, tx: &mut Tx, by: &str, text: &str, hint: &str) -> Result<Rule, Error> {
    let rule = new_rule(node, text, hint)?;
    tx.insert_rule(&rule, None).await?;
    log(node, tx, by, "rule add", &rule.text).await?;
    Ok(rule)
}

fn new_rule(node: &Node, text: &str, hint: &str) -> Result<Rule, Error> {
    check(text, RULE)?;
    let (text, hint) = (text.trim().to_owned(), hint.trim().to_owned());
    if hint.chars().count() > RULE {
        return Err(too_long(RULE));
    }
    Ok(Rule { id: node.id(), text, hint, created_at: node.now(), removed_at: None })
}

async fn rule_at(tx: &mut Tx, place: usize) -> Result<Rule, Error> {
    tx.rules().await?.into_iter().nth(place.wrapping_sub(1)).ok_or(Error::NotFound)
}

/// The rule at this place of the list, from 1, says something else from now on. What it said can still be read, and reports go on
/// to name that. Without a `hint` that stays.
pub async fn change_rule(
    node: &Node,
    tx: &mut Tx,
    by: &str,
    place: usize,
    text: &str,
    hint: Option<&str>,
) -> Result<Rule, Error> {
    let old = rule_at(tx, place).await?;
    let new = new_rule(node, text, hint.unwrap_or(&old.hint))?;
    if (&old.text, &old.hint) == (&new.text, &new.hint) {
        return Ok(old);
    }
    tx.insert_rule(&new, Some(old.id)).await?;
    tx.remove_rule(old.id, new.created_at).await?;
    log(node, tx, by, "rule change", &new.text).await?;
    Ok(new)
}

/// The rule at this place of the list, from 1, no longer holds.
pub async fn remove_rule(node: &Node, tx: &mut Tx, by: &str, place: usize) -> Result<Rule, Error> {
    let rule = rule_at(tx, place).await?;
    tx.remove_rule(rule.id, node.now()).await?;
    log(node, tx, by, "rule remove", &rule.text).await?;
    Ok(rule)
}

/// What is to be announced.
#[derive(Clone, Debug, Default)]
pub struct NewAnnouncement {
    /// Markdown.
    pub text: String,
    /// When what it speaks of begins and ends. Without an end it stays until it is removed.
    pub starts_at: Option<Millis>,
    pub ends_at: Option<Millis>,
    /// Of those the day alone counts.
    pub all_day: bool,
}

/// Tells all members something.
pub async fn announce(node: &Node, tx: &mut Tx, by: &str, new: &NewAnnouncement) -> Result<Announcement, Error> {
    check(&new.text, ANNOUNCEMENT)?;
    if new.starts_at.zip(new.ends_at).is_some_and(|(from, to)| to < from) {
        return Err(Error::invalid("It would end before it begins."));
    }
    let now = node.now();
    if new.ends_at.is_some_and(|end| has_ended(end, new.all_day, now)) {
        return Err(Error::invalid("It would be over already."));
    }
    let announcement = Announcement {
        id: node.id(),
        source: new.text.trim().to_owned(),
        content: short_html(node, &new.text),
        starts_at: new.starts_at,
        ends_at: new.ends_at,
        all_day: new.all_day,
        created_at: now,
        updated_at: now,
    };
    tx.insert_announcement(&announcement).await?;
    log(node, tx, by, "announcement add", &announcement.id.to_string()).await?;
    live::announcement(tx, announcement.id);
    Ok(announcement)
}

pub async fn unannounce(node: &Node, tx: &mut Tx, by: &str, id: i64) -> Result<(), Error> {
    if !tx.delete_announcement(id).await? {
        return Err(Error::NotFound);
    }
    live::announcement_deleted(tx, id);
    log(node, tx, by, "announcement remove", &id.to_string()).await
}

/// What is announced now.
pub async fn announcements(node: &Node, tx: &mut Tx) -> Result<Vec<Announcement>, Error> {
    let mut all = tx.announcements().await?;
    all.retain(|a| !is_over(a, node.now()));
    Ok(all)
}

/// Whether what an announcement speaks of has ended: it is no longer told.
pub fn is_over(a: &Announcement, now: Millis) -> bool {
    a.ends_at.is_some_and(|end| has_ended(end, a.all_day, now))
}

/// A day lasts until its end.
fn has_ended(end: Millis, all_day: bool, now: Millis) -> bool {
    end + if all_day { model::clock::DAY } else { 0 } <= now
}

/// A member is done with an announcement.
pub async fn dismiss(tx: &mut Tx, who: &Account, id: i64) -> Result<(), Error> {
    tx.announcement(id).await?.ok_or(Error::NotFound)?;
    Ok(tx.read_announcement(id, who.id).await?)
}

/// A member reacts to an announcement, with an emoji or with the shortcode of one of ours.
pub async fn react(tx: &mut Tx, who: &Account, id: i64, name: &str) -> Result<(), Error> {
    if !tx.hold_announcement(id).await? {
        return Err(Error::NotFound);
    }
    let known = tx.announcement_reactions(id, who.id).await?;
    let is_own = tx.emojis().await?.iter().any(|e| e.shortcode == name);
    if !is_own && !is_unicode_emoji(name) {
        return Err(Error::invalid("Validation failed: Name is not a recognized emoji"));
    }
    if known.len() >= REACTIONS && !known.iter().any(|(n, ..)| n == name) {
        return Err(Error::invalid("Validation failed: Limit of different reactions reached"));
    }
    live::announcement_reaction(tx, id, name);
    Ok(tx.put_announcement_reaction(id, who.id, name).await?)
}

pub async fn unreact(tx: &mut Tx, who: &Account, id: i64, name: &str) -> Result<(), Error> {
    tx.announcement(id).await?.ok_or(Error::NotFound)?;
    live::announcement_reaction(tx, id, name);
    Ok(tx.delete_announcement_reaction(id, who.id, name).await?)
}

fn check(text: &str, most: usize) -> Result<(), Error> {
    if text.trim().is_empty() {
        return Err(Error::invalid("There is no text."));
    }
    if text.chars().count() > most { Err(too_long(most)) } else { Ok(()) }
}

fn too_long(most: usize) -> Error {
    Error::invalid(format!("The text is longer than {most} characters."))
}

async fn log(node: &Node, tx: &mut Tx, by: &str, action: &str, subject: &str) -> Result<(), Error> {
    tx.log_action(node.id(), by, action, subject, "", node.now()).await?;
    Ok(())
}
