//! Challenges: a question with an owner, its own actor, and what people anywhere contribute: by naming it, or with its hashtag. Its actor
//! passes contributions on to those who follow it. A stranger's first waits for somebody who looks after the challenge.

use model::account::{Account, ActorKind, Member, MemberState, Role};
use model::audience::Audience;
use model::challenge::{Challenge, Contribution, Standing, State};
use model::clock::{DAY, HOUR, MINUTE, Millis, SECOND, date, deadline};
use model::handle::valid_local_username;
use model::hashtag::Hashtag;
use model::hat::Verb;
use model::id::Id;
use model::notification::NotificationKind;
use model::page::Page;
use model::post::{Draft, Post, Revision};
use model::subject::Subject;
use model::text::{Format, length};
use storage::Tx;

use crate::accounts::local_account;
use crate::carry::{announce, is_carrier, lets_hashtags, take_back};
use crate::login::may_be_heard;
use crate::moderate::is_shut_out;
use crate::notify::notify;
use crate::{Error, Node, hat, jobs, peers, publish, subject};

/// Most characters of a question, and of an answer.
pub const QUESTION: usize = 300;
pub const ANSWER: usize = 2_000;
/// Open and planned challenges that one member looks after.
pub const OWNED: usize = 20;
/// Challenges that one member asks within a day.
pub const A_DAY: i64 = 10;
/// Contributions that a harvest links, and characters of each that it quotes.
const LINKS: i64 = 30;
const EXCERPT: usize = 120;
/// Characters that are left for the last line of a harvest.
const ROOM: usize = 60;
/// Of one person so many contributions an hour are passed on without a look.
const AN_HOUR: i64 = 10;
/// Contributions that are taken back in one step.
const STEP: i64 = 50;
/// Posts that say what came which are said anew in one step.
const SAID: i64 = 10;
/// When that is done: many that go at once make one new version.
const SAID_AFTER: Millis = MINUTE;
/// Contributions that are looked at in one step.
const REVIEWED: i64 = 100;
/// How long it may take to learn whom a post answers that names a challenge. Then somebody decides about it without.
const FOUND_OUT: Millis = 10 * MINUTE;

/// What somebody asks.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// Of its actor: a username like any other.
    pub name: String,
    pub question: String,
    /// What it is for: Markdown.
    pub purpose: String,
    /// A hashtag with which people contribute, or empty.
    pub tag: String,
    /// When it opens; at once, if that is past.
    pub opens_at: Option<Millis>,
    pub closes_at: Option<Millis>,
}

/// What of it is to be another; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub question: Option<String>,
    /// Empty: none.
    pub tag: Option<String>,
    /// `Some(None)`: it stays open until somebody closes it.
    pub closes_at: Option<Option<Millis>>,
    pub adoptable: Option<bool>,
}

/// A challenge with its actor.
#[derive(Clone, Debug)]
pub struct Asked {
    pub account: Account,
    pub challenge: Challenge,
}

/// By the name of its actor.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Asked, Error> {
    let account = tx.account_by_handle(name.trim_start_matches('@'), "").await?;
    let account = account.filter(|a| is_carrier(a) && !a.is_suspended()).ok_or(Error::NotFound)?;
    let challenge = tx.challenge(account.id).await?.ok_or(Error::NotFound)?;
    Ok(Asked { account, challenge })
}

/// The same, for somebody who may look after it.
pub async fn kept(node: &Node, tx: &mut Tx, who: &Account, name: &str) -> Result<Asked, Error> {
    let asked = find(tx, name).await?;
    match may_keep(node, tx, who, &asked.challenge).await? {
        true => Ok(asked),
        false => Err(Error::forbidden("This challenge is looked after by others.")),
    }
}

/// The same, to do something about it that others see.
pub async fn tended(node: &Node, tx: &mut Tx, who: &Account, name: &str) -> Result<Asked, Error> {
    crate::moving::check_here(who)?;
    may_be_heard(tx, who.id).await?;
    kept(node, tx, who, name).await
}

/// The same, to change how far it is: two who do so at once take turns.
pub async fn own(node: &Node, tx: &mut Tx, who: &Account, name: &str) -> Result<Asked, Error> {
    let asked = tended(node, tx, who, name).await?;
    let challenge = tx.lock_challenge(asked.account.id).await?.ok_or(Error::NotFound)?;
    Ok(Asked { challenge, ..asked })
}

/// Whether somebody may say what belongs to a challenge and how far it is: its owner, those who keep it, and moderators.
pub async fn may_keep(node: &Node, tx: &mut Tx, who: &Account, challenge: &Challenge) -> Result<bool, Error> {
    hat::may(node, tx, who, Verb::Gather, Subject::Challenge(challenge.account_id)).await
}

/// A member asks a question. It opens when its time comes, or now.
///
/// # Errors
/// [`Error::Field`] for a name that cannot be had; [`Error::Invalid`] for everything else that cannot be.
pub async fn open(node: &Node, tx: &mut Tx, who: &Account, form: &Form) -> Result<Asked, Error> {
    crate::moving::check_here(who)?;
    may_be_heard(tx, who.id).await?;
    let now = node.now();
    let question = question(&form.question)?;
    within(&form.purpose, subject::LENGTH, "Purpose")?;
    let name = form.name.trim().trim_start_matches('@');
    let field = |code, message: String| Error::Field { field: "name", code, message };
    valid_local_username(name).map_err(|e| field("ERR_INVALID", e.to_string()))?;
    let opens_at = form.opens_at.unwrap_or(now).max(now);
    if form.closes_at.is_some_and(|at| at <= opens_at) {
        return Err(Error::invalid("Validation failed: Closes at must be after the challenge opens"));
    }
    refuse_limited(who)?;
    has_room(tx, who).await?;
    if tx.count_challenges_since(who.id, now - DAY).await? >= A_DAY {
        let asked = format!("@{} asked {A_DAY} questions within a day already", who.username);
        return Err(Error::invalid(format!("Validation failed: {asked}")));
    }
    let taken = || field("ERR_TAKEN", "has already been taken".to_owned());
    if tx.account_by_handle(name, "").await?.is_some() {
        return Err(taken());
    }
    let account = Account { display_name: question.clone(), ..local_account(node, name, ActorKind::Group) };
    if !tx.insert_account(&account).await? {
        return Err(taken());
    }
    let challenge = Challenge {
        account_id: account.id,
        question,
        owner_id: Some(who.id),
        adoptable: false,
        tag_id: tag(node, tx, &form.tag).await?,
        state: State::Planned,
        answer: String::new(),
        opens_at,
        closes_at: form.closes_at,
        opening_id: None,
        harvest_id: None,
        answer_id: None,
        contributions_count: 0,
        last_contribution_at: None,
        created_at: now,
    };
    tx.put_challenge(&challenge).await?;
    if !form.purpose.trim().is_empty() {
        subject::write(node, tx, who, Subject::Challenge(account.id), &form.purpose).await?;
    }
    peers::settle_challenge(node, tx, None, challenge.tag_id).await?;
    if opens_at > now {
        let job = jobs::Job::OpenChallenge { challenge: account.id, at: opens_at };
        jobs::enqueue_at(node, tx, &job, opens_at).await?;
        return Ok(Asked { account, challenge });
    }
    begin(node, tx, Asked { account, challenge }).await
}

fn refuse_limited(who: &Account) -> Result<(), Error> {
    match who.limited_at {
        None => Ok(()),
        Some(_) => {
            Err(Error::forbidden("Your account is limited: what you ask would reach those alone who follow you."))
        }
    }
}

/// Whether a member can look after one more.
async fn has_room(tx: &mut Tx, who: &Account) -> Result<(), Error> {
    tx.hold_account(who.id).await?;
    let owned = tx.challenges_owned_by(who.id).await?;
    match owned.iter().filter(|c| matches!(c.state, State::Open | State::Planned)).count() < OWNED {
        true => Ok(()),
        false => {
            let looks = format!("@{} looks after {OWNED} open challenges already", who.username);
            Err(Error::invalid(format!("Validation failed: {looks}")))
        }
    }
}

/// Its time came: it is asked.
pub async fn open_due(node: &Node, tx: &mut Tx, challenge: Id, at: Millis) -> Result<(), Error> {
    let Some(planned) = tx.lock_challenge(challenge).await? else { return Ok(()) };
    let Some(account) = tx.account(challenge).await?.filter(|a| !a.is_suspended()) else { return Ok(()) };
    if planned.state == State::Planned && planned.opens_at == at {
        begin(node, tx, Asked { account, challenge: planned }).await?;
    }
    Ok(())
}

async fn begin(node: &Node, tx: &mut Tx, mut asked: Asked) -> Result<Asked, Error> {
    asked.challenge.state = State::Open;
    let text = opening(node, tx, &asked).await?;
    asked.challenge.opening_id = Some(say(node, tx, &asked.account, &text, None).await?.id);
    tx.put_challenge(&asked.challenge).await?;
    close_later(node, tx, &asked.challenge).await?;
    Ok(asked)
}

async fn close_later(node: &Node, tx: &mut Tx, challenge: &Challenge) -> Result<(), Error> {
    let Some(at) = challenge.closes_at else { return Ok(()) };
    let job = jobs::Job::CloseChallenge { challenge: challenge.account_id, at };
    jobs::enqueue_at(node, tx, &job, at).await
}

/// What it says when it opens, and once it is closed: a post like any other.
async fn opening(node: &Node, tx: &mut Tx, asked: &Asked) -> Result<String, Error> {
    let Asked { account, challenge } = asked;
    let purpose = tx.purpose(Subject::Challenge(account.id)).await?;
    let purpose = purpose.map_or_else(String::new, |p| format!("{}\n\n", p.source));
    let how = match challenge.state {
        State::Planned | State::Open => how_to_contribute(node, tx, asked).await?,
        State::Closed | State::Answered => how_it_ended(tx, challenge).await?,
    };
    Ok(format!("**{}**\n\n{purpose}{how}", challenge.question))
}

async fn how_to_contribute(node: &Node, tx: &mut Tx, asked: &Asked) -> Result<String, Error> {
    let by_tag = match tag_name(tx, &asked.challenge).await? {
        Some(tag) => format!(", or post with #{tag}"),
        None => String::new(),
    };
    let until = asked.challenge.closes_at.map(|at| format!(" Open until {}.", deadline(at, asked.challenge.opens_at)));
    let until = until.unwrap_or_default();
    let handle = node.config.full_handle(&asked.account);
    Ok(format!("To contribute, mention @{handle}{by_tag}, from any server. I pass on what comes.{until}"))
}

async fn how_it_ended(tx: &mut Tx, challenge: &Challenge) -> Result<String, Error> {
    let on = challenge.closes_at.map_or_else(String::new, |at| format!(" on {}", date(at)));
    let harvest = said(tx, challenge.harvest_id).await?;
    let harvest = harvest.map_or_else(String::new, |post| format!(" What came: <{}>", post.url));
    Ok(format!("Closed{on}: I take nothing more in.{harvest}"))
}

/// One of its own posts.
async fn said(tx: &mut Tx, id: Option<Id>) -> Result<Option<Post>, Error> {
    match id {
        Some(id) => Ok(tx.post(id).await?),
        None => Ok(None),
    }
}

/// The hashtag with which people contribute, if the node carries it.
async fn tag_name(tx: &mut Tx, challenge: &Challenge) -> Result<Option<String>, Error> {
    let Some(id) = challenge.tag_id else { return Ok(None) };
    let Some(tag) = tx.tags_by_id(&[id]).await?.pop() else { return Ok(None) };
    Ok((!tx.is_tag_blocked(&tag.name).await?).then_some(tag.display))
}

/// The actor of a challenge says something to everybody.
async fn say(node: &Node, tx: &mut Tx, account: &Account, text: &str, answers: Option<Id>) -> Result<Post, Error> {
    let draft = Draft {
        text: text.to_owned(),
        format: Format::Markdown,
        audience: Some(Audience::Public),
        in_reply_to_id: answers,
        ..Draft::default()
    };
    publish::publish(node, tx, account, &voice(account), &draft).await
}

/// What an actor has in place of a member's preferences.
pub(crate) fn voice(account: &Account) -> Member {
    Member {
        account_id: account.id,
        email: String::new(),
        password_hash: String::new(),
        role: Role::Member,
        state: MemberState::Active,
        reason: String::new(),
        locale: "en".to_owned(),
        default_audience: Audience::Public,
        default_sensitive: false,
        default_language: String::new(),
        tag_sharing: true,
        confirmed: true,
        created_at: account.created_at,
        last_active_at: None,
    }
}

fn question(text: &str) -> Result<String, Error> {
    let question = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if question.is_empty() {
        return Err(Error::invalid("Validation failed: Question can't be blank"));
    }
    within(&question, QUESTION, "Question")?;
    Ok(question)
}

fn within(text: &str, most: usize, what: &str) -> Result<(), Error> {
    match text.chars().count() <= most {
        true => Ok(()),
        false => Err(Error::invalid(format!("Validation failed: {what} is too long (maximum is {most} characters)"))),
    }
}

async fn tag(node: &Node, tx: &mut Tx, name: &str) -> Result<Option<Id>, Error> {
    if name.trim().is_empty() {
        return Ok(None);
    }
    let wanted = Hashtag::whole(name).ok_or_else(|| Error::invalid("Validation failed: Tag is not a hashtag"))?;
    if tx.is_tag_blocked(&wanted.key).await? {
        return Err(Error::invalid("Validation failed: Tag is a hashtag that this node does not carry"));
    }
    Ok(Some(tx.use_tag(node.id(), &wanted.key, &wanted.name, node.now()).await?))
}

/// What a challenge is for is another now: its profile and what it said when it opened say so.
pub(crate) async fn retell(node: &Node, tx: &mut Tx, challenge: Id) -> Result<(), Error> {
    let Some(account) = tx.account(challenge).await? else { return Ok(()) };
    let Some(challenge) = tx.challenge(challenge).await? else { return Ok(()) };
    let source = tx.purpose(Subject::Challenge(account.id)).await?.map(|p| p.source).unwrap_or_default();
    tx.set_note(account.id, &crate::texts::html(node, &source), &source, node.now()).await?;
    if challenge.opening_id.is_some() {
        crate::accounts::tell_profile(node, tx, account.id).await?;
    }
    revise_opening(node, tx, &Asked { account, challenge }).await
}

async fn revise_opening(node: &Node, tx: &mut Tx, asked: &Asked) -> Result<(), Error> {
    let Some(post) = said(tx, asked.challenge.opening_id).await? else { return Ok(()) };
    let text = opening(node, tx, asked).await?;
    if text != post.source {
        let revision = Revision { text, format: Some(Format::Markdown), ..Revision::default() };
        publish::edit(node, tx, &asked.account, post.id, &revision).await?;
    }
    Ok(())
}

/// Changes what is asked, with which hashtag, or until when. What it said when it opened says so, too.
pub async fn change(node: &Node, tx: &mut Tx, asked: Asked, change: &Change) -> Result<Asked, Error> {
    let Asked { mut account, mut challenge } = asked;
    if matches!(challenge.state, State::Closed | State::Answered)
        && (change.tag.is_some() || change.closes_at.is_some())
    {
        return Err(Error::invalid("Validation failed: This challenge is closed"));
    }
    if let Some(text) = &change.question {
        challenge.question = question(text)?;
        account.display_name.clone_from(&challenge.question);
        tx.set_display_name(account.id, &account.display_name, node.now()).await?;
    }
    let had = challenge.tag_id;
    if let Some(name) = &change.tag {
        challenge.tag_id = tag(node, tx, name).await?;
    }
    if let Some(closes_at) = change.closes_at {
        if closes_at.is_some_and(|at| at <= node.now().max(challenge.opens_at)) {
            return Err(Error::invalid("Validation failed: Closes at must be in the future"));
        }
        challenge.closes_at = closes_at;
        if challenge.state == State::Open {
            close_later(node, tx, &challenge).await?;
        }
    }
    if let Some(adoptable) = change.adoptable {
        challenge.adoptable = adoptable;
    }
    tx.put_challenge(&challenge).await?;
    peers::settle_challenge(node, tx, had, challenge.tag_id).await?;
    let asked = Asked { account, challenge };
    revise_opening(node, tx, &asked).await?;
    if change.question.is_some() {
        crate::accounts::tell_profile(node, tx, asked.account.id).await?;
    }
    Ok(asked)
}

/// Nothing more is taken in, and what came is said in a post that links it.
pub async fn close(node: &Node, tx: &mut Tx, asked: Asked) -> Result<Asked, Error> {
    let Asked { account, mut challenge } = asked;
    match challenge.state {
        State::Open => {}
        State::Planned => {
            challenge.state = State::Closed;
            challenge.closes_at = Some(node.now());
            tx.put_challenge(&challenge).await?;
            peers::settle_challenge(node, tx, challenge.tag_id, None).await?;
            return Ok(Asked { account, challenge });
        }
        State::Closed | State::Answered => {
            return Err(Error::invalid("Validation failed: This challenge is closed already"));
        }
    }
    challenge.state = State::Closed;
    challenge.closes_at = Some(node.now());
    challenge.harvest_id = Some(say_harvest(node, tx, &account, &challenge).await?.id);
    tx.put_challenge(&challenge).await?;
    peers::settle_challenge(node, tx, challenge.tag_id, None).await?;
    let asked = Asked { account, challenge };
    revise_opening(node, tx, &asked).await?;
    Ok(asked)
}

/// What came so far is said in a post, while the challenge stays open: of those who may, by whoever thinks that it is time.
pub async fn harvest_now(node: &Node, tx: &mut Tx, who: &Account, name: &str) -> Result<Post, Error> {
    crate::moving::check_here(who)?;
    let Asked { account, .. } = find(tx, name).await?;
    hat::must(node, tx, who, Verb::Harvest, Subject::Challenge(account.id)).await?;
    let challenge = tx.lock_challenge(account.id).await?.ok_or(Error::NotFound)?;
    if challenge.state != State::Open {
        return Err(Error::invalid("Validation failed: This challenge is not open"));
    }
    say_harvest(node, tx, &account, &challenge).await
}

/// Its time is over, unless that is another now.
pub async fn close_due(node: &Node, tx: &mut Tx, challenge: Id, at: Millis) -> Result<(), Error> {
    let Some(open) = tx.lock_challenge(challenge).await? else { return Ok(()) };
    let Some(account) = tx.account(challenge).await?.filter(|a| !a.is_suspended()) else { return Ok(()) };
    if open.state == State::Open && open.closes_at == Some(at) {
        close(node, tx, Asked { account, challenge: open }).await?;
    }
    Ok(())
}

async fn say_harvest(node: &Node, tx: &mut Tx, account: &Account, challenge: &Challenge) -> Result<Post, Error> {
    let text = harvest(node, tx, challenge, Id::MAX).await?;
    let post = say(node, tx, account, &text, challenge.opening_id).await?;
    tx.put_harvest(challenge.account_id, post.id).await?;
    Ok(post)
}

/// Something that was accepted went, or says something else now: what was said of it is said anew, a little later.
async fn say_anew(node: &Node, tx: &mut Tx, challenge: Id) -> Result<(), Error> {
    if tx.harvests(challenge, 0, 1).await?.is_empty() {
        return Ok(());
    }
    let job = jobs::Job::SayHarvests { challenge, after: 0 };
    jobs::enqueue_at(node, tx, &job, node.now() + SAID_AFTER).await
}

/// A step of that: some of the posts that say what came, behind this one. What they said before is kept by nobody. Answers where
/// the next step begins.
pub async fn say_anew_step(node: &Node, tx: &mut Tx, challenge: Id, after: Id) -> Result<Option<Id>, Error> {
    let Some(account) = tx.account(challenge).await?.filter(|a| !a.is_suspended()) else { return Ok(None) };
    let Some(challenge) = tx.lock_challenge(challenge).await? else { return Ok(None) };
    let said = tx.harvests(challenge.account_id, after, SAID).await?;
    for id in &said {
        let Some(post) = tx.post(*id).await? else { continue };
        let text = harvest(node, tx, &challenge, post.id).await?;
        if text != post.source {
            let revision = Revision { text, format: Some(Format::Markdown), ..Revision::default() };
            publish::edit(node, tx, &account, post.id, &revision).await?;
            tx.forget_edits(post.id).await?;
        }
    }
    let is_full = i64::try_from(said.len()).is_ok_and(|n| n >= SAID);
    Ok(said.last().copied().filter(|_| is_full))
}

/// What came, in words, with links to the newest: of what was posted until then (the id of a post).
async fn harvest(node: &Node, tx: &mut Tx, challenge: &Challenge, until: Id) -> Result<String, Error> {
    let mut text = format!("**What came of “{}”**\n\n", plain(&challenge.question));
    let count = tx.count_accepted(challenge.account_id, until).await?;
    if count == 0 {
        text.push_str(match until {
            Id::MAX => "Nobody has contributed. That is an answer, too.",
            _ => "Nothing of it is here any more.",
        });
        return Ok(text);
    }
    let (people, servers) = tx.contributors(challenge.account_id, until).await?;
    text.push_str(&format!(
        "{} from {} on {}.\n\n",
        many(count, "contribution"),
        many(people, "person"),
        many(servers, "server")
    ));
    let page = Page { max_id: Some(until.saturating_add(1)), ..Page::first(LINKS) };
    let viewer = model::audience::Viewer::Anyone;
    let posts = tx.contributed(challenge.account_id, Standing::Accepted, viewer, &page).await?;
    let mut shown = 0;
    for post in posts {
        let author = tx.account(post.account_id).await?.map(|a| a.shown_name().to_owned()).unwrap_or_default();
        // Not what stands behind a warning.
        let words = if post.summary.is_empty() { model::html::to_text(&post.content) } else { post.summary.clone() };
        let words = words.split_whitespace().filter(|w| !w.starts_with('@')).collect::<Vec<_>>().join(" ");
        let excerpt = model::html::truncate(&words, EXCERPT);
        let line = format!("- {}: {} <{}>\n", plain(&author), plain(&excerpt), post.url);
        if length(&text) + length(&line) + ROOM > node.config.post_length {
            break;
        }
        text.push_str(&line);
        shown += 1;
    }
    if count > shown {
        text.push_str(&format!("\nand {} more, on my page.", count - shown));
    }
    Ok(text)
}

/// Words of others, so that they are nothing but words: in Markdown they name nobody, link nothing and tag nothing.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in quiet(text).chars() {
        if c.is_ascii_punctuation() && !matches!(c, '.' | ',' | '?' | '!' | '\'' | '"' | ':' | ';' | '-' | '/') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The same for a text that is no Markdown.
pub(crate) fn quiet(text: &str) -> String {
    let text = text.replace(['#', '＃'], "").replace(['@', '＠'], "·").replace(char::is_control, " ");
    // What looks like an address would be a link.
    text.replace("://", ": //")
}

fn many(count: i64, what: &str) -> String {
    match (count, what) {
        (1, what) => format!("1 {what}"),
        (count, "person") => format!("{count} people"),
        (count, what) => format!("{count} {what}s"),
    }
}

/// What came of it in the end.
pub async fn answer(node: &Node, tx: &mut Tx, asked: Asked, answer: &str) -> Result<Asked, Error> {
    let answer = answer.trim();
    if answer.is_empty() {
        return Err(Error::invalid("Validation failed: Answer can't be blank"));
    }
    within(answer, ANSWER, "Answer")?;
    let Asked { account, mut challenge } = match asked.challenge.state {
        State::Open => close(node, tx, asked).await?,
        State::Closed | State::Answered => asked,
        State::Planned => return Err(Error::invalid("Validation failed: This challenge has not been asked yet")),
    };
    answer.clone_into(&mut challenge.answer);
    challenge.state = State::Answered;
    let text = format!("**{}**\n\n{answer}", plain(&challenge.question));
    if let Some(post) = said(tx, challenge.answer_id).await? {
        let revision = Revision { text, format: Some(Format::Markdown), ..Revision::default() };
        publish::edit(node, tx, &account, post.id, &revision).await?;
    } else {
        challenge.answer_id = Some(say(node, tx, &account, &text, challenge.opening_id).await?.id);
    }
    tx.put_challenge(&challenge).await?;
    Ok(Asked { account, challenge })
}

/// A member looks after a challenge from now on, whose owner left it or offers it.
pub async fn adopt(node: &Node, tx: &mut Tx, who: &Account, name: &str) -> Result<Asked, Error> {
    crate::moving::check_here(who)?;
    may_be_heard(tx, who.id).await?;
    refuse_limited(who)?;
    has_room(tx, who).await?;
    let Asked { account, .. } = find(tx, name).await?;
    let mut challenge = tx.lock_challenge(account.id).await?.ok_or(Error::NotFound)?;
    let owner = owner(tx, &challenge).await?;
    if owner.is_some_and(|o| o.id != who.id) && !challenge.adoptable {
        return Err(Error::forbidden("This challenge has an owner who has not offered it."));
    }
    let before = challenge.owner_id;
    (challenge.owner_id, challenge.adoptable) = (Some(who.id), false);
    tx.put_challenge(&challenge).await?;
    if let Some(before) = before {
        tell_change(node, tx, before, NotificationKind::Adopted, who, &challenge).await?;
    }
    Ok(Asked { account, challenge })
}

/// Who looks after it, if they are still here: else any member may.
pub async fn owner(tx: &mut Tx, challenge: &Challenge) -> Result<Option<Account>, Error> {
    let owner = match challenge.owner_id {
        Some(owner) => tx.account(owner).await?,
        None => None,
    };
    Ok(owner.filter(|o| !o.is_suspended() && o.moved_to.is_empty()))
}

/// Another member looks after a challenge: whoever may say so gives it to them.
pub async fn give(node: &Node, tx: &mut Tx, asked: Asked, to: &Account) -> Result<Asked, Error> {
    tx.member(to.id).await?.ok_or(Error::NotFound)?;
    let mut challenge = tx.lock_challenge(asked.account.id).await?.ok_or(Error::NotFound)?;
    let before = challenge.owner_id.filter(|owner| *owner != to.id);
    let is_news = challenge.owner_id != Some(to.id);
    (challenge.owner_id, challenge.adoptable) = (Some(to.id), false);
    tx.put_challenge(&challenge).await?;
    if is_news {
        tell_change(node, tx, to.id, NotificationKind::Given, &asked.account, &challenge).await?;
    }
    if let Some(before) = before {
        tell_change(node, tx, before, NotificationKind::Adopted, to, &challenge).await?;
    }
    Ok(Asked { challenge, ..asked })
}

/// A member hears that they, or others, look after a challenge now, by what it said when it opened. Of one that has not said anything yet
/// nobody hears: apps want to show a post.
async fn tell_change(
    node: &Node,
    tx: &mut Tx,
    to: Id,
    kind: NotificationKind,
    from: &Account,
    challenge: &Challenge,
) -> Result<(), Error> {
    let Some(opening) = said(tx, challenge.opening_id).await? else { return Ok(()) };
    // It may have gone to and fro.
    tx.drop_notification(to, kind, from.id, Some(opening.id)).await?;
    notify(node, tx, to, kind, from, Some(&opening)).await?;
    Ok(())
}

// What comes.

/// Somebody's post contributes to what it names, and to what has one of its hashtags: after it was made, and after it was changed. One
/// that only asks actors of ours to leave its author alone has that effect. Where it is not known yet whom it answers, that is seen
/// to when what it answers comes ([`heed_answer`]), or a little later.
pub(crate) async fn heed(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    post: &Post,
    mentioned: &[Account],
) -> Result<(), Error> {
    if is_unplaced(post) && mentioned.iter().any(is_carrier) {
        let job = jobs::Job::HeedAnswer { post: post.id };
        jobs::enqueue_at(node, tx, &job, node.now() + FOUND_OUT).await?;
    }
    heed_now(node, tx, author, post, mentioned, false).await
}

/// It answers something that is not here, so that nobody can say whom.
fn is_unplaced(post: &Post) -> bool {
    post.in_reply_to_account_id.is_none() && !post.in_reply_to_uri.is_empty()
}

/// What a post answers came, so that it is known whether it is an answer to somebody else; or `is_last`: it did not come in time, and
/// whoever names a challenge is heard all the same.
pub async fn heed_answer(node: &Node, tx: &mut Tx, post: Id, is_last: bool) -> Result<(), Error> {
    let Some(post) = tx.post(post).await?.filter(|p| !p.local && (!is_last || is_unplaced(p))) else { return Ok(()) };
    let Some(author) = tx.account(post.account_id).await? else { return Ok(()) };
    let named = tx.mentions(&[post.id]).await?;
    let named: Vec<Id> = named.iter().filter(|m| m.domain.is_empty() && !m.silent).map(|m| m.account_id).collect();
    let named = tx.accounts(&named).await?;
    heed_now(node, tx, &author, &post, &named, is_last).await
}

async fn heed_now(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    post: &Post,
    mentioned: &[Account],
    is_last: bool,
) -> Result<(), Error> {
    let named: Vec<&Account> = mentioned.iter().filter(|a| is_carrier(a)).collect();
    // What is said to somebody else is not meant for these.
    let answers_another = match post.in_reply_to_account_id {
        Some(to) => to != author.id && !named.iter().any(|a| a.id == to),
        None => is_unplaced(post) && !is_last,
    };
    match wish(&post.content).filter(|_| !named.is_empty() && !is_carrier(author) && !answers_another) {
        Some(Wish::Stop) => {
            for carrier in named {
                stop(node, tx, carrier, author).await?;
            }
            Ok(())
        }
        Some(Wish::Start) => {
            for carrier in named {
                tx.forget_refusal(carrier.id, author.id).await?;
            }
            Ok(())
        }
        None => gather(node, tx, author, post, &named, is_last).await,
    }
}

async fn gather(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    post: &Post,
    named: &[&Account],
    is_last: bool,
) -> Result<(), Error> {
    if post.audience != Audience::Public || post.boost_of_id.is_some() || is_carrier(author) {
        return Ok(());
    }
    let known = tx.contributions_of_post(post.id).await?;
    let by_tag =
        if lets_hashtags(tx, author, post).await? { tx.challenges_of_tags(post.id).await? } else { Vec::new() };
    for n in &known {
        let by_mention = named.iter().any(|a| a.id == n.challenge_id);
        follow_edit(node, tx, n, post, by_mention, by_tag.contains(&n.challenge_id)).await?;
    }
    let mut answers: Vec<(Id, bool)> = named.iter().map(|a| (a.id, true)).collect();
    for challenge in by_tag {
        if !answers.iter().any(|(id, _)| *id == challenge) {
            answers.push((challenge, false));
        }
    }
    answers.retain(|(id, _)| !known.iter().any(|n| n.challenge_id == *id));
    // With the hashtag alone what nobody can place does not count.
    answers.retain(|(_, by_mention)| !is_unplaced(post) || is_last && *by_mention);
    for (challenge, by_mention) in answers {
        contribute(node, tx, challenge, author, post, by_mention).await?;
    }
    Ok(())
}

/// A post that contributes is another now: it names the challenge, has its hashtag, or neither any more.
async fn follow_edit(
    node: &Node,
    tx: &mut Tx,
    n: &Contribution,
    post: &Post,
    by_mention: bool,
    by_tag: bool,
) -> Result<(), Error> {
    // What was refused stays refused, whatever its author does with it.
    if !by_mention && !by_tag && n.state != Standing::Refused {
        return drop_contribution(node, tx, n, post).await;
    }
    if !tx.hold_post(post.id).await? {
        return Ok(());
    }
    let Some(n) = tx.lock_contribution(n.challenge_id, n.post_id).await? else { return Ok(()) };
    if n.by_mention != by_mention {
        tx.put_contribution(&Contribution { by_mention, ..n.clone() }).await?;
    }
    match n.state {
        Standing::Accepted => say_anew(node, tx, n.challenge_id).await,
        Standing::Waiting | Standing::Refused => Ok(()),
    }
}

async fn contribute(
    node: &Node,
    tx: &mut Tx,
    challenge: Id,
    author: &Account,
    post: &Post,
    by_mention: bool,
) -> Result<(), Error> {
    let Some(carrier) = tx.account(challenge).await?.filter(|a| !a.is_suspended()) else { return Ok(()) };
    let Some(asked) = tx.challenge(challenge).await?.filter(|c| c.state == State::Open) else { return Ok(()) };
    // An answer to somebody else that names it, as answers do which name all whom the other named, is between the two.
    let answers_another = post.in_reply_to_account_id.is_some_and(|to| to != challenge && to != author.id);
    // Others give their times in whole seconds.
    let opened = asked.opens_at - asked.opens_at.rem_euclid(SECOND);
    let is_old = post.created_at < opened.max(node.now() - DAY);
    let is_unwelcome = is_shut_out(node, author) || tx.is_contributor_blocked(challenge, author.id).await?;
    if answers_another || is_old || is_unwelcome || tx.refuses_carrier(challenge, author.id).await? {
        return Ok(());
    }
    let is_known = author.is_local() || tx.has_contributed(challenge, author.id).await?;
    let hour = node.now() - HOUR;
    let waits = !is_known
        || is_unplaced(post)
        || author.limited_at.is_some()
        || is_stilled(tx, &asked).await?
        || tx.count_contributions_of(challenge, author.id, hour).await? >= AN_HOUR;
    let contribution = Contribution {
        challenge_id: challenge,
        post_id: post.id,
        account_id: author.id,
        state: if waits { Standing::Waiting } else { Standing::Accepted },
        by_mention,
        decided_by: None,
        decided_at: None,
        created_at: node.now(),
    };
    tx.put_contribution(&contribution).await?;
    match waits {
        false => carry(node, tx, &carrier, post).await,
        true => tell_waiting(node, tx, &asked, author, post).await,
    }
}

/// Whether moderators hold the owner of a challenge back: then it passes on nothing by itself.
async fn is_stilled(tx: &mut Tx, challenge: &Challenge) -> Result<bool, Error> {
    let Some(owner) = challenge.owner_id else { return Ok(false) };
    Ok(tx.account(owner).await?.is_some_and(|o| o.is_suspended() || o.limited_at.is_some()))
}

/// Who may decide hears that something waits: its owner and its keepers, and where nobody of these can, moderators.
async fn tell_waiting(
    node: &Node,
    tx: &mut Tx,
    challenge: &Challenge,
    author: &Account,
    post: &Post,
) -> Result<(), Error> {
    let subject = Subject::Challenge(challenge.account_id);
    let mut ids = tx.keepers_of(subject, node.now()).await?;
    ids.extend(challenge.owner_id.filter(|owner| !ids.contains(owner)));
    let mut told = tx.accounts(&ids).await?;
    told.retain(|a| !a.is_suspended() && a.limited_at.is_none() && a.moved_to.is_empty());
    if told.is_empty() {
        for role in [Role::Owner, Role::Admin, Role::Moderator] {
            told.extend(tx.members_with_role(role).await?);
        }
    }
    for keeper in told {
        notify(node, tx, keeper.id, NotificationKind::Waiting, author, Some(post)).await?;
    }
    Ok(())
}

async fn carry(node: &Node, tx: &mut Tx, carrier: &Account, post: &Post) -> Result<(), Error> {
    tx.count_contribution(carrier.id, 1, Some(node.now())).await?;
    announce(node, tx, carrier, post).await?;
    Ok(())
}

/// What is no contribution any more.
async fn drop_contribution(node: &Node, tx: &mut Tx, n: &Contribution, post: &Post) -> Result<(), Error> {
    // If it goes just now, so does this.
    if !tx.hold_post(post.id).await? {
        return Ok(());
    }
    let Some(n) = tx.lock_contribution(n.challenge_id, n.post_id).await? else { return Ok(()) };
    tx.delete_contribution(n.challenge_id, n.post_id).await?;
    put_down(node, tx, &n, post).await
}

/// What was accepted waits again, or what is there is refused: it is passed on no more.
async fn set_aside(node: &Node, tx: &mut Tx, n: &Contribution, post: &Post, state: Standing) -> Result<(), Error> {
    if !tx.hold_post(post.id).await? {
        return Ok(());
    }
    let Some(n) = tx.lock_contribution(n.challenge_id, n.post_id).await? else { return Ok(()) };
    if n.state == Standing::Accepted || n.state == Standing::Waiting && state == Standing::Refused {
        put_down(node, tx, &n, post).await?;
        tx.put_contribution(&Contribution { state, decided_by: None, decided_at: None, ..n }).await?;
    }
    Ok(())
}

/// Whether it was accepted before moderators limited its author: then somebody is to look at it again.
fn is_doubtful(author: &Account, n: &Contribution) -> bool {
    let accepted_at = n.decided_at.unwrap_or(n.created_at);
    n.state == Standing::Accepted && author.limited_at.is_some_and(|at| accepted_at <= at)
}

/// What is no contribution any more, since its author changed their mind, goes; what was accepted of somebody who was limited or
/// suspended since waits, for the time when that is lifted.
pub(crate) async fn review(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    post: &Post,
    contributions: &[Contribution],
) -> Result<(), Error> {
    let by_tag = !author.is_suspended() && lets_hashtags(tx, author, post).await?;
    for n in contributions {
        if !author.is_suspended() && !n.by_mention && !by_tag {
            drop_contribution(node, tx, n, post).await?;
        } else if author.is_suspended() || is_doubtful(author, n) {
            set_aside(node, tx, n, post, Standing::Waiting).await?;
        }
    }
    Ok(())
}

/// A step through all contributions, after servers were shut out or limited: those of who is not to be passed on any more wait, from
/// behind this one on. Answers where the next step begins.
pub async fn review_step(node: &Node, tx: &mut Tx, after: (Id, Id)) -> Result<Option<(Id, Id)>, Error> {
    let step = tx.contributions_after(after.0, after.1, REVIEWED).await?;
    for n in &step {
        let author = tx.account(n.account_id).await?;
        let is_out = author.as_ref().is_none_or(|a| is_shut_out(node, a));
        if !is_out && !author.is_some_and(|a| is_doubtful(&a, n)) {
            continue;
        }
        if let Some(post) = tx.post(n.post_id).await? {
            set_aside(node, tx, n, &post, Standing::Waiting).await?;
        }
    }
    let is_full = i64::try_from(step.len()).is_ok_and(|n| n >= REVIEWED);
    Ok(step.last().map(|n| (n.challenge_id, n.post_id)).filter(|_| is_full))
}

/// It is passed on no more.
async fn put_down(node: &Node, tx: &mut Tx, n: &Contribution, post: &Post) -> Result<(), Error> {
    if n.state == Standing::Accepted {
        uncount(node, tx, n.challenge_id).await?;
    }
    match tx.boost_of(n.challenge_id, post.id).await? {
        Some(boost) => take_back(node, tx, &boost, post).await,
        None => Ok(()),
    }
}

/// What was accepted is not there any more.
async fn uncount(node: &Node, tx: &mut Tx, challenge: Id) -> Result<(), Error> {
    tx.count_contribution(challenge, -1, None).await?;
    say_anew(node, tx, challenge).await
}

/// A post goes, and with it what it was for challenges: a contribution, or what one of them said.
pub(crate) async fn forget(node: &Node, tx: &mut Tx, post: &Post) -> Result<(), Error> {
    for n in tx.contributions_of_post(post.id).await? {
        if tx.delete_contribution(n.challenge_id, n.post_id).await? && n.state == Standing::Accepted {
            uncount(node, tx, n.challenge_id).await?;
        }
    }
    if post.local {
        tx.forget_post_of_challenge(post.account_id, post.id).await?;
    }
    Ok(())
}

/// Somebody who looks after a challenge says what becomes of a contribution, also of one that was decided before. `who`: nobody is whoever
/// has the command line.
pub async fn decide(
    node: &Node,
    tx: &mut Tx,
    who: Option<&Account>,
    asked: &Asked,
    post: Id,
    accepted: bool,
) -> Result<Contribution, Error> {
    let challenge = asked.account.id;
    if !tx.hold_post(post).await? {
        return Err(Error::NotFound);
    }
    let mut n = tx.lock_contribution(challenge, post).await?.ok_or(Error::NotFound)?;
    let post = tx.post(post).await?.ok_or(Error::NotFound)?;
    let author = tx.account(n.account_id).await?.ok_or(Error::NotFound)?;
    let wanted = if accepted { Standing::Accepted } else { Standing::Refused };
    if n.state == wanted {
        return Ok(n);
    }
    if accepted {
        if who.is_some_and(|w| w.limited_at.is_some()) {
            return Err(Error::forbidden("Your account is limited: moderators decide what is passed on."));
        }
        check_acceptable(node, tx, &n, &author, &post).await?;
        carry(node, tx, &asked.account, &post).await?;
    } else {
        put_down(node, tx, &n, &post).await?;
    }
    (n.state, n.decided_by, n.decided_at) = (wanted, who.map(|w| w.id), Some(node.now()));
    tx.put_contribution(&n).await?;
    Ok(n)
}

/// Whether what somebody contributed can be passed on.
async fn check_acceptable(
    node: &Node,
    tx: &mut Tx,
    n: &Contribution,
    author: &Account,
    post: &Post,
) -> Result<(), Error> {
    if is_shut_out(node, author) || post.audience != Audience::Public {
        return Err(Error::NotFound);
    }
    if tx.is_contributor_blocked(n.challenge_id, author.id).await? {
        return Err(Error::invalid("Validation failed: Its author has no say in this challenge"));
    }
    // What was refused is kept, whatever became of it since.
    let is_one =
        n.by_mention || n.state != Standing::Refused || tx.challenges_of_tags(post.id).await?.contains(&n.challenge_id);
    let is_let = is_one && (n.by_mention || lets_hashtags(tx, author, post).await?);
    if !is_let || tx.refuses_carrier(n.challenge_id, author.id).await? {
        return Err(Error::invalid("Validation failed: Its author does not want it to be passed on"));
    }
    Ok(())
}

/// Somebody has no say in a challenge any more, and what they contributed is refused.
pub async fn block(node: &Node, tx: &mut Tx, asked: &Asked, account: &Account) -> Result<(), Error> {
    tx.block_contributor(asked.account.id, account.id, node.now()).await?;
    withdraw(node, tx, asked.account.id, account.id, (0, 0)).await
}

/// They have a say again. What was refused stays so until somebody accepts it.
/// Answers `false` if they had one all the time.
pub async fn unblock(tx: &mut Tx, asked: &Asked, account: &Account) -> Result<bool, Error> {
    Ok(tx.unblock_contributor(asked.account.id, account.id).await?)
}

/// The actor of a challenge is taken away, with all that it said and carried: for what should not have been asked. Its name is never
/// given again.
pub async fn remove(node: &Node, tx: &mut Tx, by: &str, asked: &Asked) -> Result<(), Error> {
    let over = Challenge { state: State::Closed, ..asked.challenge.clone() };
    tx.put_challenge(&over).await?;
    peers::settle_challenge(node, tx, over.tag_id, None).await?;
    crate::accounts::delete_actor(node, tx, by, &asked.account).await
}

/// What somebody contributed is passed on no more: some of what came after this one (when, and the post), and the rest later. Of whoever
/// does not want to be passed on it goes; of whoever has no say any more it is refused.
pub async fn withdraw(node: &Node, tx: &mut Tx, challenge: Id, author: Id, after: (Millis, Id)) -> Result<(), Error> {
    let wants_out = tx.refuses_carrier(challenge, author).await?;
    if !wants_out && !tx.is_contributor_blocked(challenge, author).await? {
        return Ok(());
    }
    let step = tx.contributions_by(challenge, author, after, STEP).await?;
    for n in step.iter().filter(|n| n.state != Standing::Refused) {
        match tx.post(n.post_id).await? {
            Some(post) if wants_out => drop_contribution(node, tx, n, &post).await?,
            Some(post) => set_aside(node, tx, n, &post, Standing::Refused).await?,
            None => {}
        }
    }
    match step.last().filter(|_| i64::try_from(step.len()).is_ok_and(|n| n >= STEP)) {
        Some(n) => {
            let job = jobs::Job::WithdrawContributions { challenge, author, came: n.created_at, post: n.post_id };
            jobs::enqueue(node, tx, &job).await
        }
        None => Ok(()),
    }
}

/// What somebody asks of the actors that they name, who says nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    /// To pass on nothing of theirs.
    Stop,
    /// To do so again.
    Start,
}

fn wish(html: &str) -> Option<Wish> {
    let text = model::html::to_text(html);
    let words: Vec<String> = text
        .split_whitespace()
        .filter(|w| !w.starts_with('@'))
        .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
        .filter(|w| !w.is_empty())
        .collect();
    match words.join(" ").trim_start_matches("please ") {
        "stop" | "stop boosting me" | "nobot" => Some(Wish::Stop),
        "start" | "start boosting me" => Some(Wish::Start),
        _ => None,
    }
}

/// Somebody wants one of our actors to pass on nothing of theirs: from now on, and of what was.
async fn stop(node: &Node, tx: &mut Tx, carrier: &Account, author: &Account) -> Result<(), Error> {
    tx.refuse_carrier(carrier.id, author.id, node.now()).await?;
    let_go(node, tx, carrier, author).await
}

/// Somebody blocks one of our actors, or wrote `stop` to it: what it passed on of theirs is taken back. A block is its own mark for as
/// long as it stands: who lifts it is heard again, unless they wrote `stop` as well.
pub(crate) async fn let_go(node: &Node, tx: &mut Tx, carrier: &Account, author: &Account) -> Result<(), Error> {
    withdraw(node, tx, carrier.id, author.id, (0, 0)).await?;
    // What a hashtag carries of theirs goes step by step.
    crate::carry::withdraw(node, tx, author.id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_enough_to_be_left_alone() {
        for text in ["@trust@node stop", "@trust Stop!", "STOP boosting me, @trust@node", "@trust #nobot"] {
            assert_eq!(wish(text), Some(Wish::Stop), "{text}");
        }
        assert_eq!(wish("<p><a>@trust</a> please start</p>"), Some(Wish::Start));
        for text in ["@trust we had to stop the trial", "@trust", "stop the bus @trust"] {
            assert_eq!(wish(text), None, "{text}");
        }
    }

    #[test]
    fn what_others_wrote_is_quoted_as_words() {
        assert_eq!(
            plain("@bob #tag <b> [a](https://x.example) *x*"),
            "·bob tag \\<b\\> \\[a\\]\\(https: //x.example\\) \\*x\\*"
        );
    }
}
