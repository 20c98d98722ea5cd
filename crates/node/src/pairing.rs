//! Pairings: people here and elsewhere who asked for it are introduced to somebody they have no link with, by an account of the node's own
//! (`@cuppa`). They ask by the API, or in words: by a post that names the account. It answers nobody else, and whoever says “stop” to it
//! hears nothing of it any more.
//!
//! A round is due every so many days. What it found before the first introduction is looked at again with each pair: who is in, and what is
//! between the two. Each pair is written down with the post that introduces it, so that a round that breaks off goes on where it was, and
//! several processes make nobody two introductions.

use std::collections::{HashMap, HashSet};

use model::account::{Account, ActorKind, Relationship};
use model::audience::{Audience, Viewer};
use model::clock::{DAY, MINUTE, Millis, date};
use model::handle::Handle;
use model::id::{Id, first_id};
use model::pairing::{Kind, Seeker, Wish, about, pairs, wish};
use model::post::{Draft, Post};
use model::text::Format;
use storage::{Pairing, Tx};

use crate::accounts::local_account;
use crate::challenge::{quiet, voice};
use crate::error::missing;
use crate::login::may_be_heard;
use crate::moderate::is_shut_out;
use crate::{Error, Node, jobs, publish};

/// The name of the account that introduces people.
pub const CUPPA: &str = "cuppa";
/// What it says to one person within a day before it answers no more: what they asked for counts all the same.
pub const A_DAY: i64 = 6;
/// How many a round looks at, of each kind. Those whom no round has looked at for longest come first.
pub const LOOKED_AT: i64 = 1_000;
/// Where nobody says until when, whoever shadows could for so long after the next round.
const SHADOWING: Millis = 28 * DAY;
/// After that time those who mentor are asked what they learnt.
const MENTORING: Millis = 12 * 7 * DAY;
/// How often a round looks anew when somebody was taken, or left, meanwhile.
const TRIES: usize = 5;
/// Most characters of a name in an introduction.
const NAME: usize = 60;
/// What it says to one person within a day of their being out, at most.
const OUT_A_DAY: i64 = 12;
/// Pairs that are asked in one step.
const STEP: i64 = 50;
/// Where it is kept when the last round began; before the first, since when that is waited for, behind [`WAITS`].
const ROUND: &str = "cuppa round";
const WAITS: &str = "from ";

/// What two people can begin with.
const QUESTIONS: [&str; 6] = [
    "What did you try lately that went otherwise than you thought?",
    "What does a good day at your work look like?",
    "What do people outside get wrong about what you do?",
    "What are you trying to change just now, and what is in the way?",
    "Whom do you do it for, and when did you last hear from them?",
    "What would you ask somebody who has never seen the inside of your organisation?",
];

/// What has to be in place for reverse mentoring to work.
const CONDITIONS: &str = "Five things make it work, and you both say that you want them:\n\
    1. Expectations: you tell each other what you hope for.\n\
    2. Rules: you agree how often you meet, how, and what stays between you.\n\
    3. Willingness: both of you are here to learn.\n\
    4. Trust: what is said in confidence stays so.\n\
    5. Transparency: you say so when it does not work.\n\
    Answer “agreed” when you do.";

/// What it says where it understood nothing.
const KNOWN: &str = "I know these words, at the beginning of a post: “cuppa” (and a line about you, if you like), “shadow offer”, “shadow ask”, \
    “mentor”, “mentee”; and “stop”.";

/// Whether this is the account that introduces people.
pub fn is_cuppa(account: &Account) -> bool {
    account.is_local() && account.username == CUPPA
}

/// Whether a handle means it.
pub fn is_named(node: &Node, handle: &Handle) -> bool {
    handle.username.eq_ignore_ascii_case(CUPPA)
        && handle.domain.as_deref().is_none_or(|domain| node.config.is_own_domain(domain))
}

/// The account that introduces people, made when it is first needed; `None` where nobody is introduced.
pub async fn account(node: &Node, tx: &mut Tx) -> Result<Option<Account>, Error> {
    if node.config.cuppa_days == 0 {
        return Ok(None);
    }
    if let Some(known) = tx.account_by_handle(CUPPA, "").await? {
        return Ok(Some(known));
    }
    let title = model::html::escape(&node.config.title);
    let note = format!(
        "<p>I introduce people to somebody they do not know yet, from another organisation if I can. To be in, from any server, mention me \
         with the word “cuppa” and a line about you. “shadow offer” and “shadow ask” find somebody to be at work with for some days, \
         “mentor” and “mentee” somebody for reverse mentoring.</p><p>“stop” gets you out. I write to nobody who did not ask me to, and \
         nobody sees who is in. {title} answers for me.</p>"
    );
    let display_name = "Have a cuppa".to_owned();
    let new = local_account(node, CUPPA, ActorKind::Service);
    tx.insert_account(&Account { display_name, note, hide_collections: true, ..new }).await?;
    Ok(tx.account_by_handle(CUPPA, "").await?)
}

/// Makes the account if this handle means it, so that whoever looks for it finds it.
pub async fn wake(node: &Node, handle: &Handle) -> Result<(), Error> {
    if !is_named(node, handle) || node.store.read().await?.account_by_handle(CUPPA, "").await?.is_some() {
        return Ok(());
    }
    let mut tx = node.store.begin().await?;
    account(node, &mut tx).await?;
    node.commit(tx).await
}

/// At the start of a node: the account is there or not, as the owner has it now.
pub async fn prepare(node: &Node) -> Result<(), Error> {
    let Some(known) = node.store.read().await?.account_by_handle(CUPPA, "").await? else { return Ok(()) };
    let is_on = node.config.cuppa_days > 0;
    if known.is_suspended() == is_on {
        let mut tx = node.store.begin().await?;
        let since = (!is_on).then(|| node.now());
        // As somebody who waits to be let in: of them nobody is told that they are there.
        tx.set_suspended(known.id, since, if is_on { "" } else { model::account::WAITING }).await?;
        node.commit(tx).await?;
    }
    Ok(())
}

/// When the last round began.
pub async fn last_round(tx: &mut Tx) -> Result<Option<Millis>, Error> {
    Ok(tx.setting(ROUND).await?.and_then(|at| at.parse().ok()))
}

/// When the next round is; `None` before anybody was in.
pub async fn next_round(node: &Node, tx: &mut Tx) -> Result<Option<Millis>, Error> {
    Ok(tx.setting(ROUND).await?.map(|last| due_after(node, &last).max(node.now())))
}

fn due_after(node: &Node, last: &str) -> Millis {
    last.trim_start_matches(WAITS).parse().unwrap_or(0) + node.config.cuppa_days * DAY
}

// Who is in.

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Form {
    pub kind: Kind,
    pub role: String,
    pub about: String,
    /// Shadowing: the first and the last day on which they could; from today until some weeks after the next round where they do not say.
    pub days: Option<(Millis, Millis)>,
}

/// Somebody is in for a kind of pairing, or says another thing of themselves.
///
/// # Errors
/// [`Error::Invalid`] for a role that the kind does not have, for days that are over, and for somebody who is a bot, has moved, or blocks
/// the account; [`Error::Forbidden`] for somebody whom nobody may hear.
pub async fn join(node: &Node, tx: &mut Tx, who: &Account, form: Form) -> Result<Seeker, Error> {
    let cuppa = account(node, tx).await?.ok_or(Error::NotFound)?;
    may_be_heard(tx, who.id).await?;
    if is_shut_out(node, who) || who.limited_at.is_some() {
        return Err(Error::forbidden("Your account is limited: nobody is introduced to you."));
    }
    if who.kind != ActorKind::Person || !who.moved_to.is_empty() {
        return Err(Error::invalid("Validation failed: Only a person who is here is introduced to others"));
    }
    if tx.is_blocking(who.id, cuppa.id).await? {
        return Err(Error::invalid("Validation failed: You block the account that would introduce you"));
    }
    let handle = format!("@{}", node.config.full_handle(who));
    if model::text::scan(&handle, Format::Plain).mentions.len() != 1 {
        return Err(Error::invalid("Validation failed: Nobody can be told of a name like yours"));
    }
    let Form { kind, role, about: line, days } = form;
    if !kind.roles().contains(&role.as_str()) {
        let roles = kind.roles().join(" or ");
        return Err(Error::invalid(format!("Validation failed: Role must be {roles}")));
    }
    let now = node.now();
    tx.setting_or(ROUND, &format!("{WAITS}{now}")).await?;
    let today = now - now % DAY;
    let next = next_round(node, tx).await?.unwrap_or(now);
    let (from_at, until_at) = match (kind, days) {
        (Kind::Shadowing, Some(days)) => days,
        (Kind::Shadowing, None) => (today, next - next % DAY + SHADOWING),
        _ => (0, 0),
    };
    if kind == Kind::Shadowing && (until_at < today || until_at < from_at) {
        return Err(Error::invalid("Validation failed: Until must be a day to come, and not before from"));
    }
    let account_id = who.id;
    let seeker = Seeker { account_id, kind, role, about: about(&line), from_at, until_at, since: now, looked_at: 0 };
    tx.put_seeker(&seeker).await?;
    let in_for = tx.seeking(who.id).await?;
    in_for.into_iter().find(|s| s.kind == kind).ok_or_else(|| missing("seeker", who.id))
}

/// Somebody's post may ask something of the account: it names it, or answers what it said. That is read a little later.
pub(crate) async fn notice(
    node: &Node,
    tx: &mut Tx,
    post: &Post,
    named: &[Account],
    parent: Option<&Post>,
) -> Result<(), Error> {
    // A draft is said to nobody.
    if post.audience == Audience::Draft {
        return Ok(());
    }
    let mut is_meant = named.iter().any(is_cuppa);
    if let Some(parent) = parent.filter(|p| !is_meant && p.local && p.audience == Audience::Direct) {
        is_meant = tx.account(parent.account_id).await?.as_ref().is_some_and(is_cuppa);
    }
    if is_meant { jobs::enqueue(node, tx, &jobs::Job::HeedCuppa { post: post.id }).await } else { Ok(()) }
}

/// Does what a post asks. Doing it again changes nothing and says nothing.
pub async fn heed(node: &Node, tx: &mut Tx, post: Id) -> Result<(), Error> {
    let Some(post) = tx.post(post).await? else { return Ok(()) };
    let Some(author) = tx.account(post.account_id).await? else { return Ok(()) };
    // Whoever wants to be out is, also of what is turned off, and whatever they have become.
    let cuppa = account(node, tx).await?;
    let is_answer = cuppa.as_ref().is_some_and(|c| post.in_reply_to_account_id == Some(c.id));
    let wish = wish(&model::html::to_text(&post.content), is_answer);
    let is_out = wish == Some(Wish::Stop) && tx.leave_pairings(author.id).await?;
    let Some(cuppa) = cuppa.filter(|_| author.kind == ActorKind::Person) else { return Ok(()) };
    if is_out {
        let text = "You are out, and hear nothing more of me. Mention me with “cuppa” if you ever want to be in again.";
        return reply(node, tx, &cuppa, &author, &post, text, OUT_A_DAY).await;
    }
    let is_to_another =
        !post.in_reply_to_uri.is_empty() && !is_answer && post.in_reply_to_account_id != Some(author.id);
    let mentions = tx.mentions(&[post.id]).await?;
    // What is said to others as well is no word to the account.
    let is_to_others = mentions.iter().any(|m| !m.silent && m.account_id != cuppa.id && m.account_id != author.id);
    match wish {
        Some(Wish::Agree) => match agree(node, tx, &author, post.root_id).await {
            Err(Error::NotFound | Error::Invalid(_)) => Ok(()),
            done => done,
        },
        Some(Wish::Join { kind, role, about, days }) if !is_to_another && !is_to_others => {
            let before = tx.seeking(author.id).await?;
            // What was said to some, or behind a warning, is not told to somebody else.
            let is_open = post.audience.is_open() || post.audience == Audience::Direct;
            let about = if is_open && post.summary.is_empty() { about } else { String::new() };
            let seeker = match join(node, tx, &author, Form { kind, role: role.to_owned(), about, days }).await {
                Err(Error::Forbidden(_)) => return Ok(()),
                Err(Error::Invalid(why)) => {
                    let why = why.trim_start_matches("Validation failed: ");
                    return reply(node, tx, &cuppa, &author, &post, &format!("That did not work. {why}."), A_DAY).await;
                }
                seeker => seeker?,
            };
            if before.contains(&seeker) {
                return Ok(());
            }
            let text = welcome(node, tx, &seeker).await?;
            reply(node, tx, &cuppa, &author, &post, &text, A_DAY).await
        }
        // Whoever writes to it alone, and nothing that it knows, is told what it knows.
        None if post.audience == Audience::Direct && post.in_reply_to_uri.is_empty() && !is_to_others => {
            reply(node, tx, &cuppa, &author, &post, KNOWN, A_DAY).await
        }
        _ => Ok(()),
    }
}

/// What somebody hears who is in.
async fn welcome(node: &Node, tx: &mut Tx, seeker: &Seeker) -> Result<String, Error> {
    let days = format!("from {} to {}", date(seeker.from_at), date(seeker.until_at));
    let what = match (seeker.kind, seeker.role.as_str()) {
        (Kind::Cuppa, _) => "for a cuppa with somebody you do not know yet".to_owned(),
        (Kind::Shadowing, "offer") => format!("for shadowing: somebody can be with you at work, {days}"),
        (Kind::Shadowing, _) => format!("for shadowing: you would be with somebody at work, {days}"),
        (Kind::Mentoring, role) => format!("for reverse mentoring, as a {role}"),
    };
    let next = next_round(node, tx).await?.map(date).unwrap_or_default();
    let then = match seeker.kind {
        Kind::Cuppa => format!("then every {} days", node.config.cuppa_days),
        Kind::Shadowing | Kind::Mentoring => "for one introduction".to_owned(),
    };
    Ok(format!("You are in {what}. The next round is on {next}, {then}. Answer “stop” and you are out."))
}

/// Answers somebody, unless much was said to them today.
async fn reply(
    node: &Node,
    tx: &mut Tx,
    cuppa: &Account,
    to: &Account,
    post: &Post,
    text: &str,
    a_day: i64,
) -> Result<(), Error> {
    let today = tx.count_said_to(cuppa.id, to.id, first_id(node.now() - DAY)).await?;
    let is_unwanted = tx.is_blocking(to.id, cuppa.id).await?;
    if today >= a_day || is_unwanted || is_shut_out(node, to) || to.limited_at.is_some() {
        return Ok(());
    }
    // What it may not see it cannot answer.
    let answers = tx.visible_post(post.id, Viewer::Member(cuppa.id)).await?.map(|p| p.id);
    say(node, tx, cuppa, &[to], text, answers).await.map(drop)
}

/// Says something to these and to nobody else.
async fn say(
    node: &Node,
    tx: &mut Tx,
    cuppa: &Account,
    to: &[&Account],
    text: &str,
    in_reply_to_id: Option<Id>,
) -> Result<Post, Error> {
    let handles: Vec<String> = to.iter().map(|a| format!("@{}", node.config.full_handle(a))).collect();
    let text = format!("{} {text}", handles.join(" "));
    // Not Markdown: what strangers say of themselves is in it.
    let format = Format::Plain;
    let draft = Draft { text, format, audience: Some(Audience::Direct), in_reply_to_id, ..Draft::default() };
    let post = publish::publish(node, tx, cuppa, &voice(cuppa), &draft).await?;
    let named: Vec<Id> = tx.mentions(&[post.id]).await?.iter().map(|m| m.account_id).collect();
    // Somebody else may have the handle by now.
    match named.len() == to.len() && to.iter().all(|a| named.contains(&a.id)) {
        true => Ok(post),
        false => Err(Error::Internal(format!("{} do not lead to whom they should", handles.join(" ")))),
    }
}

// Rounds.

/// Begins a round if one is due, and asks those what they learnt whose time is over. Answers how many are not in any more, since the days that
/// they named are over.
pub async fn due_step(node: &Node) -> Result<u64, Error> {
    let now = node.now();
    let mut tx = node.store.begin().await?;
    let Some(last) = tx.setting(ROUND).await?.filter(|_| node.config.cuppa_days > 0) else { return Ok(0) };
    if due_after(node, &last) <= now && claim(&mut tx, &last, now).await? {
        jobs::enqueue(node, &mut tx, &jobs::Job::HoldRound { at: now }).await?;
    }
    let gone = tx.forget_seekers(now - now % DAY).await?;
    let due = tx.pairings_to_ask(now, STEP).await?;
    node.commit(tx).await?;
    for id in due {
        let mut tx = node.store.begin().await?;
        match ask(node, &mut tx, id).await {
            Ok(()) => {}
            Err(error) if error.is_temporary() => return Err(error),
            // It would go wrong each minute.
            Err(_) => {
                drop(tx);
                tx = node.store.begin().await?;
                tx.asked_of_pairing(id).await?;
            }
        }
        node.commit(tx).await?;
    }
    Ok(gone)
}

/// Of several who begin the same round one does.
async fn claim(tx: &mut Tx, last: &str, now: Millis) -> Result<bool, Error> {
    Ok(tx.swap_setting(ROUND, last, &now.to_string()).await?)
}

/// Holds a round now; the next is due as long after it as after any other. Answers how many pairs were introduced.
///
/// # Errors
/// [`Error::Conflict`] if another round has just begun; [`Error::NotFound`] where nobody is introduced.
pub async fn hold_now(node: &Node) -> Result<usize, Error> {
    if node.config.cuppa_days == 0 {
        return Err(Error::NotFound);
    }
    let now = node.now();
    let mut tx = node.store.begin().await?;
    let last = tx.setting_or(ROUND, "0").await?;
    let has_just_begun = last.parse::<Millis>().is_ok_and(|at| at > now - MINUTE);
    if has_just_begun || !claim(&mut tx, &last, now).await? {
        return Err(Error::Conflict("A round has just begun. Hold another in a minute.".to_owned()));
    }
    node.commit(tx).await?;
    hold(node, now).await
}

/// Holds the round that began at this time, or what is left of it. Answers how many pairs were introduced.
pub async fn hold(node: &Node, at: Millis) -> Result<usize, Error> {
    if node.config.cuppa_days == 0 {
        return Ok(0);
    }
    let mut made = 0;
    // One pair that cannot be introduced is in nobody's way.
    let mut failed = None;
    for kind in Kind::ALL {
        loop {
            let (count, pairs) = hold_part(node, kind, at, &mut failed).await?;
            made += pairs;
            if count < usize::try_from(LOOKED_AT).unwrap_or(usize::MAX) {
                break;
            }
        }
    }
    failed.map_or(Ok(made), Err)
}

/// Of the round of a kind as many people as are looked at together. Answers how many they were, and how many pairs were made.
async fn hold_part(node: &Node, kind: Kind, at: Millis, failed: &mut Option<Error>) -> Result<(usize, usize), Error> {
    let (mut made, mut count) = (0, None);
    let (mut apart, mut ids) = (HashSet::new(), Vec::new());
    // With whom it went wrong twice it is not tried again: others would be left for it.
    let mut wrong: HashMap<Id, u32> = HashMap::new();
    for _ in 0..TRIES {
        let (seekers, organisations, known) = looked_at(node, kind, at, &mut apart).await?;
        ids = seekers.iter().map(|s| s.account_id).collect();
        count = count.or(Some(ids.len()));
        let seed = u64::from_le_bytes(node.random.bytes());
        let mut is_over = true;
        for (a, b) in pairs(&seekers, &organisations, &apart, seed) {
            let (a, b) = (ids[a].min(ids[b]), ids[a].max(ids[b]));
            let mut tx = node.store.begin().await?;
            match introduce(node, &mut tx, kind, at, [&known[&a], &known[&b]]).await {
                Ok(true) => {
                    node.commit(tx).await?;
                    made += 1;
                    continue;
                }
                Ok(false) => {}
                Err(error) if error.is_temporary() => return Err(error),
                Err(error) => {
                    *failed = Some(error);
                    for id in [a, b] {
                        let times = wrong.entry(id).or_default();
                        *times += 1;
                        if *times > 1 {
                            apart.extend(ids.iter().map(|other| (id, *other)));
                        }
                    }
                }
            }
            // Each of them may be put together with somebody else.
            apart.insert((a, b));
            is_over = false;
        }
        if is_over {
            break;
        }
    }
    let mut tx = node.store.begin().await?;
    tx.pass_over_seekers(&ids, kind, at).await?;
    node.commit(tx).await?;
    Ok((count.unwrap_or(0), made))
}

type Known = (Vec<Seeker>, Vec<String>, HashMap<Id, Account>);

/// Those whom a round looks at, their organisations, and their accounts. Adds to `apart` who must not be introduced to whom.
async fn looked_at(node: &Node, kind: Kind, at: Millis, apart: &mut HashSet<(Id, Id)>) -> Result<Known, Error> {
    let mut tx = node.store.read().await?;
    let today = node.now() - node.now() % DAY;
    let mut seekers = tx.seekers(kind, at, today, LOOKED_AT).await?;
    let ids: Vec<Id> = seekers.iter().map(|s| s.account_id).collect();
    let known: HashMap<Id, Account> = tx.accounts(&ids).await?.into_iter().map(|a| (a.id, a)).collect();
    seekers.retain(|s| known.get(&s.account_id).is_some_and(|a| !is_shut_out(node, a)));
    // Of the handle; of members it is the node.
    let organisations: Vec<String> = seekers.iter().map(|s| known[&s.account_id].domain.clone()).collect();
    apart.extend(tx.pairing_ties(&ids).await?);
    for (who, domain) in tx.domain_mutes_by(&ids).await? {
        let theirs = seekers.iter().zip(&organisations).filter(|(_, of)| **of == domain);
        apart.extend(theirs.map(|(s, _)| (who, s.account_id)));
    }
    Ok((seekers, organisations, known))
}

/// Introduces two people to each other. `false`, with what was done to be dropped, if they are not to be any more.
/// Whoever has the smaller id comes first, so that two rounds never wait for each other.
async fn introduce(node: &Node, tx: &mut Tx, kind: Kind, at: Millis, [a, b]: [&Account; 2]) -> Result<bool, Error> {
    let Some(cuppa) = account(node, tx).await? else { return Ok(false) };
    let Some(first) = tx.take_seeker(a.id, kind, at).await? else { return Ok(false) };
    let Some(second) = tx.take_seeker(b.id, kind, at).await? else { return Ok(false) };
    let mut ties: Vec<Relationship> = tx.relationships(a.id, &[b.id]).await?;
    ties.extend(tx.relationships(b.id, &[a.id]).await?);
    let is_tied = |t: &Relationship| {
        t.following || t.requested || t.followed_by || t.requested_by || t.blocking || t.muting || t.domain_blocking
    };
    if ties.iter().any(is_tied) || !first.fits(&second) {
        return Ok(false);
    }
    let (from, until) = first.common_days(&second);
    let text = introduction(node, kind, [(a, &first), (b, &second)], (from, until));
    let post = say(node, tx, &cuppa, &[a, b], &text, None).await?;
    let asks_at = match kind {
        Kind::Cuppa => None,
        Kind::Shadowing => Some(until + DAY),
        Kind::Mentoring => Some(at + MENTORING),
    };
    for (account, other) in [(a, b), (b, a)] {
        let (account_id, other_id) = (account.id, other.id);
        let side = Pairing { id: post.id, account_id, other_id, kind, agreed: false, asks_at, created_at: node.now() };
        if !tx.insert_pairing(&side).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Words of somebody in one line, so that they are nothing but words: no emoji of the node's, and nothing that turns the line around.
fn words(text: &str) -> String {
    let is_turn = |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let text = quiet(text).replace(is_turn, "").replace(':', "\u{2236}");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What both read. What they say of themselves are words, and nothing else.
fn introduction(node: &Node, kind: Kind, people: [(&Account, &Seeker); 2], days: (Millis, Millis)) -> String {
    let line = |(account, seeker): (&Account, &Seeker)| {
        let organisation = match account.is_local() {
            true if node.config.title == node.config.handle_domain => node.config.title.clone(),
            true => format!("{} ({})", words(&node.config.title), node.config.handle_domain),
            false => account.domain.clone(),
        };
        let role = match seeker.role.as_str() {
            "" => String::new(),
            "offer" => " (offers)".to_owned(),
            "ask" => " (asks)".to_owned(),
            role => format!(" ({role})"),
        };
        let about = if seeker.about.is_empty() { String::new() } else { format!(": {}", words(&seeker.about)) };
        format!("• {}, {organisation}{role}{about}", model::html::truncate(&words(account.shown_name()), NAME))
    };
    let why = match kind {
        Kind::Cuppa => {
            "meet somebody new: you both asked for a cuppa, and have no link with each other yet.".to_owned()
        }
        Kind::Shadowing => {
            let (from, until) = (date(days.0), date(days.1));
            format!(
                "one of you offers to be shadowed at work, and the other asks for it. You both could from {from} to {until}."
            )
        }
        Kind::Mentoring => {
            "you both asked for reverse mentoring: who is at the start mentors who has been there for long.".to_owned()
        }
    };
    let conditions = if kind == Kind::Mentoring { format!("{CONDITIONS}\n\n") } else { String::new() };
    let place = usize::try_from(node.random.below(QUESTIONS.len() as u64)).unwrap_or(0);
    let question = QUESTIONS.get(place).copied().unwrap_or_default();
    format!(
        "{why}\n\n{}\n{}\n\n{conditions}To begin with: {question}\n\nNobody else reads this. Where and when you talk is up to you. Whoever answers \
         “stop” is introduced to nobody any more.",
        line(people[0]),
        line(people[1])
    )
}

/// Somebody keeps to the conditions. When both do, they hear so.
///
/// # Errors
/// [`Error::NotFound`] for a pair that they are not in; [`Error::Invalid`] for one that has no conditions.
pub async fn agree(node: &Node, tx: &mut Tx, who: &Account, id: Id) -> Result<(), Error> {
    // Of two who agree at once one sees the other.
    tx.lock_posts(&[id]).await?;
    let sides = tx.pairing(id).await?;
    let mine = sides.iter().find(|s| s.account_id == who.id).ok_or(Error::NotFound)?;
    if mine.kind != Kind::Mentoring {
        return Err(Error::invalid("Validation failed: There is nothing to agree to"));
    }
    let is_new = tx.agree_to_pairing(id, who.id).await?;
    // Whoever left hears nothing more, and nobody of somebody whom they block.
    let hears = |s: &Pairing| s.asks_at.is_some();
    let other = sides.iter().find(|s| s.account_id != who.id && s.agreed && hears(s)).filter(|_| is_new && hears(mine));
    let Some(other) = other else { return Ok(()) };
    for (one, of) in [(who.id, other.account_id), (other.account_id, who.id)] {
        if tx.is_blocking(one, of).await? {
            return Ok(());
        }
    }
    let text = "you have both agreed. Enjoy it, and say so to each other if something does not work.";
    tell(node, tx, id, &sides, text).await
}

/// Asks those who were introduced what they learnt.
async fn ask(node: &Node, tx: &mut Tx, id: Id) -> Result<(), Error> {
    let mut sides = tx.pairing(id).await?;
    sides.retain(|s| s.asks_at.is_some());
    if !tx.asked_of_pairing(id).await? {
        return Ok(());
    }
    let text = "what did you learn? Answer if you like, here or in a post for everybody. I will not ask again.";
    // Each by themselves: they may have parted.
    for side in &sides {
        tell(node, tx, id, std::slice::from_ref(side), text).await?;
    }
    Ok(())
}

/// Says something to those of a pair who may hear it.
async fn tell(node: &Node, tx: &mut Tx, id: Id, sides: &[Pairing], text: &str) -> Result<(), Error> {
    let ids: Vec<Id> = sides.iter().map(|s| s.account_id).collect();
    let mut people = tx.accounts(&ids).await?;
    people.retain(|a| !is_shut_out(node, a) && a.deleted_at.is_none() && a.moved_to.is_empty());
    let Some(cuppa) = account(node, tx).await?.filter(|_| !people.is_empty()) else { return Ok(()) };
    let introduced = tx.post(id).await?.map(|p| p.id);
    say(node, tx, &cuppa, &people.iter().collect::<Vec<_>>(), text, introduced).await.map(drop)
}
