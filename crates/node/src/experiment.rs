//! Experiments: said as a post, learned from in an edit and an answer, tried again by others.
//!
//! A post is an experiment because a member says so, because its text has the sentences of one, or because the server that it comes
//! from says so. What is kept beside it ([`Experiment`]) never says more than the post does: whoever may read one may read the other.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::account::Account;
use model::audience::{Audience, Viewer};
use model::clock::{DAY, Millis};
use model::experiment::{
    Experiment, Form, LEARNING, Learned, Licence, NAME, Outcome, SENTENCE, Sentences, Standing, State, TRYING_THIS,
    Wanted, answer, is_one, paragraph, read, sentence, tell, write,
};
use model::hashtag::Hashtag;
use model::id::Id;
use model::notification::NotificationKind;
use model::page::Page;
use model::poll::PollDraft;
use model::post::{Draft, Post, Revision};
use model::text::{self, Format};
use storage::{ASKED, Tx};

use crate::login::may_be_heard;
use crate::notify::notify;
use crate::publish::{self, own_post};
use crate::receive::ReceivedPost;
use crate::{Error, Node, carry, index, jobs, react};

/// So long after the day on which its author looks again they are asked what it was worth.
pub const SO_WHAT_AFTER: Millis = 182 * DAY;
/// Hashtags of an experiment that the answer about its outcome has, too.
const HASHTAGS: usize = 5;
/// Those that try an experiment again: as many as are shown, and how deep.
const CHAIN: usize = 200;
const DEPTH: usize = 5;
/// Those of an experiment that came before it did.
const LOST: i64 = 100;
/// Of one person elsewhere so many wait for a word about one experiment.
const WAITING: i64 = 10;

/// What a member's post becomes beside what they wrote.
pub(crate) struct Drawn {
    pub experiment: Experiment,
    /// The author's own words, with the sentences in them.
    pub source: String,
    pub format: Format,
}

impl Drawn {
    /// The whole post, part by part.
    pub fn told(&self, language: &str) -> Vec<(String, Format)> {
        let (before, behind) = tell(&self.experiment, language);
        vec![(before, Format::Markdown), (self.source.clone(), self.format), (behind, Format::Markdown)]
    }

    /// What of it has to be within the length of a post, and must not be empty.
    pub fn said(&self) -> String {
        format!("{}{}", self.source, self.experiment.changed)
    }
}

/// What another server says of an experiment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedExperiment {
    pub state: State,
    pub sentences: Sentences,
    pub testers: bool,
    pub critical_friend: bool,
    pub place: String,
    pub organisation: String,
    pub licence: Option<Licence>,
    pub look_again_at: Option<Millis>,
    pub outcome: Option<Outcome>,
    pub learning: String,
    pub so_what: String,
    pub outcome_at: Option<Millis>,
    /// The answer that says so.
    pub outcome_uri: String,
    /// The experiment that is tried again.
    pub tries: String,
    pub changed: String,
}

/// The form of a draft, if it has one.
fn form_of(wanted: Option<&Wanted>) -> Option<&Form> {
    match wanted {
        Some(Wanted::Is(form)) => Some(form),
        _ => None,
    }
}

/// What a draft answers, if it says nothing of that: the experiment that it tries again, unless it quotes it.
pub(crate) fn answered(draft: &Draft) -> Option<Id> {
    let tries = form_of(draft.experiment.as_ref()).and_then(|form| form.tries);
    draft.in_reply_to_id.or(tries.filter(|id| draft.quoted_id != Some(*id)))
}

/// The experiment that a draft is; nothing if it is none. A text says so by itself where somebody begins with it; what actors of ours
/// say is put together of others' words.
pub(crate) async fn draw_up(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    draft: &Draft,
    language: &str,
) -> Result<Option<Drawn>, Error> {
    let redrafted = publish::redrafted(node, tx, author, draft).await?;
    let Some(form) = form_of(draft.experiment.as_ref()).or(redrafted.as_ref()) else {
        let begins = draft.in_reply_to_id.is_none() && draft.experiment.is_none() && !carry::is_carrier(author);
        if !(begins && is_one(&draft.text)) {
            return Ok(None);
        }
        let (found, _) = read(&draft.text);
        let experiment = fill(node, Experiment::blank(0, author.id), &Form::default(), found)?;
        // As it was typed.
        return Ok(Some(Drawn { experiment, source: draft.text.clone(), format: draft.format }));
    };
    let (sentences, rest) = told_in(form, &draft.text, None);
    let mut experiment = fill(node, Experiment::blank(0, author.id), form, sentences)?;
    if let Some(id) = form.tries {
        // Who tries something says so to whoever they answer or quote: it is for no more people than that.
        if ![answered(draft), draft.quoted_id].contains(&Some(id)) {
            return Err(Error::invalid(
                "Validation failed: What is tried again has to be what the post answers or quotes",
            ));
        }
        let original = react::target(tx, author, id).await?;
        let is_local = original.local;
        let known = tx.experiment(original.id).await?.filter(|x| x.gone_at.is_none());
        let Some(known) = known else {
            return Err(Error::invalid("Validation failed: What is tried again has to be an experiment"));
        };
        if known.account_id == Some(author.id) {
            return Err(Error::invalid("Validation failed: This experiment is your own: say what came of it"));
        }
        experiment.tries_uri = original.uri;
        experiment.tries_id = Some(original.id);
        experiment.standing = Some(standing_of(author, &known, is_local));
    } else {
        experiment.changed = String::new();
    }
    if experiment.sentences.is_empty() && rest.is_empty() && experiment.changed.is_empty() {
        return Err(Error::invalid("Validation failed: Say at least what you try, in one of the sentences"));
    }
    let source = write(&experiment.sentences, &rest, language);
    Ok(Some(Drawn { experiment, source, format: Format::Markdown }))
}

/// Who says so here is known here, but for whom moderators have limited. Of what is tried on another node of our kind, which is known by its
/// licence, that node lists who tries it again.
fn standing_of(author: &Account, original: &Experiment, is_local: bool) -> Standing {
    let is_listed_there = !is_local && original.licence.is_some();
    if author.limited_at.is_some() || is_listed_there { Standing::Waiting } else { Standing::Confirmed }
}

/// The sentences of a form and those of a text that came with it, and what else is in the text. Nothing that was typed is lost: where
/// both have the same sentence otherwise, that of the text stays in it, unless it is the one that stood there before. A form that has no
/// sentence at all leaves them to the text.
fn told_in(form: &Form, text: &str, before: Option<&Sentences>) -> (Sentences, String) {
    let (found, mut rest) = read(text);
    let mut sentences = form.sentences.clone().tidy();
    let before = before.filter(|_| !sentences.is_empty());
    for (which, (own, typed)) in sentences.all_mut().into_iter().zip(found.all()).enumerate() {
        if own.is_empty() && before.is_none() {
            own.clone_from(typed);
        } else if !typed.is_empty() && own != typed && before.is_none_or(|b| b.all()[which] != typed) {
            rest = format!("{rest}\n\n{}", sentence(which, typed)).trim().to_owned();
        }
    }
    (sentences, rest)
}

/// What an edit makes of a post.
pub(crate) enum Redrawn {
    /// What is kept of it stays as it is, if there is anything.
    AsItWas,
    To(Box<Drawn>),
    /// It is no experiment any more.
    IsNone,
}

/// What an edit makes of what was kept of a post.
pub(crate) async fn redraw(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    post: &Post,
    revision: &Revision,
) -> Result<Redrawn, Error> {
    let known = tx.lock_experiment(post.id).await?;
    let format = revision.format.unwrap_or(post.format);
    let drawn = |experiment, source, format| Ok(Redrawn::To(Box::new(Drawn { experiment, source, format })));
    match (known, &revision.experiment) {
        (None, Some(Wanted::IsNone)) => Ok(Redrawn::AsItWas),
        (Some(x), Some(Wanted::IsNone)) if x.tries_count > 0 => {
            Err(Error::invalid("Validation failed: Others try this experiment: it stays one"))
        }
        (Some(_), Some(Wanted::IsNone)) => Ok(Redrawn::IsNone),
        (None, None) => {
            let begins = post.in_reply_to_uri.is_empty() && !carry::is_carrier(author);
            if !(begins && is_one(&revision.text)) {
                return Ok(Redrawn::AsItWas);
            }
            let (found, _) = read(&revision.text);
            drawn(
                fill(node, Experiment::blank(post.id, author.id), &Form::default(), found)?,
                revision.text.clone(),
                format,
            )
        }
        (Some(x), None) if x.by_words => Ok(Redrawn::AsItWas),
        (Some(x), None) => {
            // As it was written, in whichever app.
            let (found, _) = read(&revision.text);
            let says_nothing = found.is_empty() && !x.sentences.is_empty();
            if says_nothing && x.tries_uri.is_empty() && x.tries_count == 0 && x.outcome.is_none() {
                return Ok(Redrawn::IsNone);
            }
            drawn(Experiment { sentences: found, ..x }, revision.text.clone(), format)
        }
        (known, Some(Wanted::Is(form))) => {
            let known = known.unwrap_or_else(|| Experiment::blank(post.id, author.id));
            let (sentences, rest) = told_in(form, &revision.text, Some(&known.sentences));
            let mut experiment = Experiment { by_words: false, ..fill(node, known, form, sentences)? };
            if experiment.tries_uri.is_empty() {
                experiment.changed = String::new();
            }
            let language = revision.language.as_ref().unwrap_or(&post.language);
            let source = write(&experiment.sentences, &rest, language);
            drawn(experiment, source, Format::Markdown)
        }
    }
}

/// What somebody filled in, by the rules.
fn fill(node: &Node, x: Experiment, form: &Form, sentences: Sentences) -> Result<Experiment, Error> {
    let changed = paragraph(&form.changed);
    let labels = ["What you believe", "What it will lead to", "How you test it", "How you share the learning"];
    for (label, sentence) in labels.iter().zip(sentences.all()).chain([(&"What you changed", &changed)]) {
        within(sentence, SENTENCE, label)?;
    }
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let place = one_line(&form.place);
    let organisation = form.organisation.as_deref().map_or_else(|| node.config.title.clone(), one_line);
    within(&place, NAME, "Place")?;
    within(&organisation, NAME, "Organisation")?;
    let is_learned = x.state == State::Learned;
    is_to_come(node, form.look_again_at.filter(|at| Some(*at) != x.look_again_at))?;
    let asked = if form.look_again_at == x.look_again_at { x.asked } else { 0 };
    let state = form.state.unwrap_or(x.state);
    if state == State::Learned && !is_learned {
        return Err(Error::invalid("Validation failed: Say what came of it, and the experiment is learned from"));
    }
    Ok(Experiment {
        state: if is_learned { State::Learned } else { state },
        sentences,
        testers: form.testers,
        critical_friend: form.critical_friend,
        place,
        organisation,
        licence: Some(form.licence.unwrap_or(node.config.licence)),
        look_again_at: form.look_again_at,
        asked,
        changed,
        ..x
    })
}

/// Nobody looks again on a day that is over.
fn is_to_come(node: &Node, look_again_at: Option<Millis>) -> Result<(), Error> {
    match look_again_at.is_some_and(|at| at <= node.now() - DAY) {
        true => Err(Error::invalid("Validation failed: Look again on must be today or a day to come")),
        false => Ok(()),
    }
}

fn within(text: &str, most: usize, what: &str) -> Result<(), Error> {
    match text.chars().count() <= most {
        true => Ok(()),
        false => Err(Error::invalid(format!("Validation failed: {what} is too long (maximum is {most} characters)"))),
    }
}

/// A member's new post is one: it is kept, and whoever it concerns is told.
pub(crate) async fn begin(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    post: &Post,
    drawn: Option<Drawn>,
    hashtags: &[Hashtag],
) -> Result<(), Error> {
    let experiment = match drawn {
        Some(drawn) => Experiment { post_id: post.id, ..drawn.experiment },
        None => match tried_in_words(tx, author, post, hashtags).await? {
            Some(original) => {
                let is_local = tx.post(original.post_id).await?.is_some_and(|p| p.local);
                let standing = Some(standing_of(author, &original, is_local));
                Experiment { standing, ..in_words(post.id, author.id, &original) }
            }
            None => return Ok(()),
        },
    };
    put(tx, &experiment).await?;
    if let Some(original) = experiment.tries_id {
        recount(tx, original).await?;
        tell_author(node, tx, NotificationKind::Trying, original, author, post).await?;
    }
    look_again_later(node, tx, &experiment).await
}

/// A member's post has another text: what is kept follows it.
pub(crate) async fn go_on(
    node: &Node,
    tx: &mut Tx,
    post: &Post,
    redrawn: Redrawn,
    hashtags: &[Hashtag],
) -> Result<(), Error> {
    match redrawn {
        Redrawn::To(drawn) => {
            put(tx, &drawn.experiment).await?;
            find_lost(tx, post).await?;
            look_again_later(node, tx, &drawn.experiment).await
        }
        Redrawn::IsNone => match tx.lock_experiment(post.id).await? {
            Some(x) => take_out(tx, &x).await,
            None => Ok(()),
        },
        Redrawn::AsItWas => match tx.lock_experiment(post.id).await? {
            // The word was taken back.
            Some(x) if x.by_words && !hashtags.iter().any(|t| t.key == TRYING_THIS) => take_out(tx, &x).await,
            _ => Ok(()),
        },
    }
}

/// Those who try an experiment again that was not here, or was none, hang on it from now on.
async fn find_lost(tx: &mut Tx, post: &Post) -> Result<(), Error> {
    for lost in tx.lost_tries(&post.uri, LOST).await? {
        let Some(account) = lost.account_id.filter(|account| *account != post.account_id) else { continue };
        if tx.count_waiting_tries(post.id, account).await? < WAITING
            && tx.visible_post(post.id, Viewer::Remote(account)).await?.is_some()
        {
            put(tx, &Experiment { tries_id: Some(post.id), ..lost }).await?;
        }
    }
    recount(tx, post.id).await
}

/// The experiment that a post says it tries, with the hashtag, as an answer to it, and which its author may read.
async fn tried_in_words(
    tx: &mut Tx,
    author: &Account,
    post: &Post,
    hashtags: &[Hashtag],
) -> Result<Option<Experiment>, Error> {
    let Some(parent) = post.in_reply_to_id.filter(|_| hashtags.iter().any(|t| t.key == TRYING_THIS)) else {
        return Ok(None);
    };
    may_try(tx, author, parent).await
}

/// The experiment, if somebody may read it and it is not their own.
async fn may_try(tx: &mut Tx, who: &Account, post: Id) -> Result<Option<Experiment>, Error> {
    let viewer = if who.is_local() { Viewer::Member(who.id) } else { Viewer::Remote(who.id) };
    if tx.visible_post(post, viewer).await?.is_none() {
        return Ok(None);
    }
    Ok(tx.experiment(post).await?.filter(|x| x.gone_at.is_none() && x.account_id != Some(who.id)))
}

fn in_words(post: Id, account: Id, original: &Experiment) -> Experiment {
    Experiment {
        state: State::Running,
        by_words: true,
        tries_id: Some(original.post_id),
        ..Experiment::blank(post, account)
    }
}

/// Writes what is kept, with the hashtags of the post.
async fn put(tx: &mut Tx, x: &Experiment) -> Result<(), Error> {
    let mut x = x.clone();
    if let Some(original) = x.tries_id.filter(|_| x.tries_uri.is_empty()) {
        x.tries_uri = tx.post(original).await?.map(|p| p.uri).unwrap_or_default();
    }
    let tags: Vec<Id> = tx.tags_of(&[x.post_id]).await?.into_iter().map(|(_, tag)| tag.id).collect();
    tx.put_experiment(&x, &tags).await?;
    match x.gone_at {
        None => index::note_changed(tx, x.post_id).await,
        Some(_) => Ok(()),
    }
}

async fn take_out(tx: &mut Tx, x: &Experiment) -> Result<(), Error> {
    tx.delete_experiment(x.post_id).await?;
    match x.tries_id {
        Some(original) => recount(tx, original).await,
        None => Ok(()),
    }
}

/// How many others try an experiment is another number now.
async fn recount(tx: &mut Tx, original: Id) -> Result<(), Error> {
    let Some(mut x) = tx.lock_experiment(original).await? else { return Ok(()) };
    let count = tx.count_tries(original).await?;
    if count != x.tries_count {
        x.tries_count = count;
        put(tx, &x).await?;
    }
    Ok(())
}

async fn tell_author(
    node: &Node,
    tx: &mut Tx,
    kind: NotificationKind,
    original: Id,
    from: &Account,
    post: &Post,
) -> Result<(), Error> {
    let Some(original) = tx.post(original).await? else { return Ok(()) };
    // That they were named in it goes without saying.
    tx.drop_notification(original.account_id, NotificationKind::Mention, from.id, Some(post.id)).await?;
    tx.drop_notification(original.account_id, kind, from.id, Some(post.id)).await?;
    notify(node, tx, original.account_id, kind, from, Some(post)).await?;
    Ok(())
}

/// A post that was found before it was sent is told of now, also to the author of what it tries again.
pub(crate) async fn heard(node: &Node, tx: &mut Tx, author: &Account, post: &Post) -> Result<(), Error> {
    match tx.experiment(post.id).await?.and_then(|x| x.tries_id) {
        Some(original) => tell_author(node, tx, NotificationKind::Trying, original, author, post).await,
        None => Ok(()),
    }
}

/// A member's own experiment.
pub async fn own(tx: &mut Tx, who: &Account, post: Id) -> Result<Experiment, Error> {
    own_post(tx, who, post).await?;
    tx.experiment(post).await?.ok_or(Error::NotFound)
}

/// The author says what came of it, or says it better: the post has it from now on, and an answer in its thread. Whoever boosted the
/// post is told, here and on other servers.
pub async fn learn(node: &Node, tx: &mut Tx, who: &Account, post: Id, learned: &Learned) -> Result<Experiment, Error> {
    let post = own_post(tx, who, post).await?;
    let mut x = tx.lock_experiment(post.id).await?.ok_or(Error::NotFound)?;
    let said = |new: &Option<String>, before: &String| new.as_deref().map_or_else(|| before.clone(), paragraphs);
    let (learning, so_what) = (said(&learned.learning, &x.learning), said(&learned.so_what, &x.so_what));
    within(&learning, LEARNING, "What you’d tell the next team")?;
    within(&so_what, LEARNING, "So what")?;
    is_to_come(node, learned.look_again_at)?;
    let before = x.clone();
    x.outcome = Some(learned.outcome);
    x.state = learned.outcome.state();
    x.learning = learning;
    x.so_what = so_what;
    if before.outcome != x.outcome || before.by_words {
        x.outcome_at = Some(node.now());
    }
    x.by_words = false;
    if let Some(at) = learned.look_again_at.filter(|at| Some(*at) != x.look_again_at) {
        (x.look_again_at, x.asked) = (Some(at), 0);
    }
    let hashtags = text::scan(&post.source, post.format).hashtags;
    let hashtags: Vec<String> =
        hashtags.into_iter().filter(|t| t.key != TRYING_THIS).take(HASHTAGS).map(|t| t.name).collect();
    // Of what only some were told, those hear who were named.
    let named = if post.audience <= Audience::Inside { named_in(node, tx, who, &post).await? } else { String::new() };
    let said = |x: &Experiment| format!("{named}{}", answer(x, &hashtags, &post.language));
    // What the author of the original wrote down before was nobody's word.
    let is_first = before.outcome.is_none() || before.by_words;
    let kind = if is_first { NotificationKind::Outcome } else { NotificationKind::Update };
    rewrite(node, tx, who, &post, x.clone(), kind).await?;
    let told = match x.outcome_post_id {
        Some(id) => tx.post(id).await?.filter(|p| p.account_id == who.id),
        None => None,
    };
    let id = match told {
        // Whoever wrote it in their own words since meant it so.
        Some(told) if told.source != said(&before) => told.id,
        Some(told) => {
            let revision = Revision { text: said(&x), ..as_it_is(tx, &told).await? };
            publish::edit(node, tx, who, told.id, &revision).await?.id
        }
        None => {
            let draft = Draft {
                text: said(&x),
                format: Format::Markdown,
                summary: post.summary.clone(),
                sensitive: Some(post.sensitive),
                language: post.language.clone(),
                audience: Some(post.audience),
                in_reply_to_id: Some(post.id),
                tag_sharing: tx.is_kept_from_carriers(post.id).await?.then_some(false),
                ..Draft::default()
            };
            let member = tx.member(who.id).await?.ok_or(Error::NotFound)?;
            publish::publish(node, tx, who, &member, &draft).await?.id
        }
    };
    x.outcome_post_id = Some(id);
    put(tx, &x).await?;
    let is_news = kind == NotificationKind::Outcome && x.standing == Some(Standing::Confirmed);
    if let Some(original) = x.tries_id.filter(|_| is_news) {
        tell_author(node, tx, NotificationKind::Outcome, original, who, &post).await?;
    }
    Ok(x)
}

/// Those whom a post names, as the beginning of another.
async fn named_in(node: &Node, tx: &mut Tx, who: &Account, post: &Post) -> Result<String, Error> {
    let named = publish::everyone_named(tx, post).await?;
    let handles = named.iter().filter(|a| a.id != who.id).map(|a| format!("@{} ", node.config.full_handle(a)));
    Ok(handles.collect())
}

/// Each paragraph of its own, without blank space around.
fn paragraphs(text: &str) -> String {
    let parts = text.split("\n\n").map(paragraph).filter(|p| !p.is_empty());
    parts.collect::<Vec<_>>().join("\n\n")
}

/// The author says how far it is, or when they want to be asked.
pub async fn change(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    post: Id,
    state: Option<State>,
    look_again_at: Option<Option<Millis>>,
) -> Result<Experiment, Error> {
    let post = own_post(tx, who, post).await?;
    let before = tx.lock_experiment(post.id).await?.ok_or(Error::NotFound)?;
    let mut x = Experiment { by_words: false, ..before.clone() };
    match (x.state, state) {
        (_, None) => {}
        (State::Learned, _) => {
            return Err(Error::invalid("Validation failed: What came of it was said: say it anew if it goes on"));
        }
        (_, Some(State::Learned)) => {
            return Err(Error::invalid("Validation failed: Say what came of it, and the experiment is learned from"));
        }
        (_, Some(state)) => x.state = state,
    }
    if let Some(at) = look_again_at
        && at != x.look_again_at
    {
        is_to_come(node, at)?;
        (x.look_again_at, x.asked) = (at, 0);
    }
    if (x.state, x.look_again_at) != (before.state, before.look_again_at) {
        rewrite(node, tx, who, &post, x.clone(), NotificationKind::Update).await?;
    }
    Ok(x)
}

/// The post says what is kept now.
async fn rewrite(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    post: &Post,
    experiment: Experiment,
    kind: NotificationKind,
) -> Result<(), Error> {
    let revision = as_it_is(tx, post).await?;
    let drawn = Drawn { experiment, source: post.source.clone(), format: post.format };
    publish::revise(node, tx, who, post, &revision, Redrawn::To(Box::new(drawn)), kind).await?;
    Ok(())
}

/// A revision that changes nothing.
pub(crate) async fn as_it_is(tx: &mut Tx, post: &Post) -> Result<Revision, Error> {
    let poll = tx.poll(post.id).await?.map(|poll| PollDraft {
        options: poll.titles(),
        multiple: poll.multiple,
        hide_totals: poll.hide_totals,
        expires_in: None,
    });
    Ok(Revision {
        text: post.source.clone(),
        format: Some(post.format),
        summary: post.summary.clone(),
        sensitive: Some(post.sensitive),
        media_ids: tx.media_of(&[post.id]).await?.iter().map(|m| m.id).collect(),
        poll,
        ..Revision::default()
    })
}

/// When its author is to be asked next.
fn next_look(x: &Experiment) -> Option<Millis> {
    match x.asked {
        0 => x.look_again_at,
        1 => x.look_again_at.map(|day| day + SO_WHAT_AFTER),
        _ => None,
    }
}

/// One job waits for each experiment, whichever days its author named.
async fn look_again_later(node: &Node, tx: &mut Tx, x: &Experiment) -> Result<(), Error> {
    match next_look(x) {
        Some(at) => jobs::enqueue_at(node, tx, &jobs::Job::LookAgain { post: x.post_id }, at.max(node.now())).await,
        None => Ok(()),
    }
}

/// The day may have come on which its author wanted to look again, or half a year may have passed since: they are asked.
pub async fn look_again(node: &Node, tx: &mut Tx, post: Id) -> Result<(), Error> {
    let Some(mut x) = tx.lock_experiment(post).await?.filter(|x| x.gone_at.is_none()) else { return Ok(()) };
    let Some(at) = next_look(&x) else { return Ok(()) };
    if at <= node.now() {
        let (Some(account), Some(post)) = (x.account_id, tx.post(post).await?) else { return Ok(()) };
        let Some(author) = tx.account(account).await? else { return Ok(()) };
        // Whoever said it before was asked is not asked; what it was worth they are.
        if x.asked > 0 || x.state != State::Learned {
            tx.drop_notification(account, NotificationKind::LookAgain, account, Some(post.id)).await?;
            notify(node, tx, account, NotificationKind::LookAgain, &author, Some(&post)).await?;
        }
        x.asked += 1;
        put(tx, &x).await?;
    }
    look_again_later(node, tx, &x).await
}

/// The author does not want to be asked of it any more.
pub async fn leave_be(tx: &mut Tx, who: &Account, post: Id) -> Result<Experiment, Error> {
    own_post(tx, who, post).await?;
    let mut x = tx.lock_experiment(post).await?.ok_or(Error::NotFound)?;
    x.asked = ASKED;
    put(tx, &x).await?;
    tx.drop_notification(who.id, NotificationKind::LookAgain, who.id, Some(post)).await?;
    Ok(x)
}

/// What somebody may be asked of and said nothing of yet: experiments past their day, newest first.
pub async fn to_look_at(node: &Node, tx: &mut Tx, who: &Account, page: &model::page::Page) -> Result<Vec<Post>, Error> {
    let shelf = storage::Shelf { author: Some(who.id), due_before: Some(node.now()), ..storage::Shelf::default() };
    Ok(tx.library(&shelf, Viewer::Member(who.id), page).await?)
}

// Others who try it.

/// The author of an experiment says whether somebody tries it again.
pub async fn decide(tx: &mut Tx, who: &Account, original: Id, post: Id, is_so: bool) -> Result<Experiment, Error> {
    may_be_heard(tx, who.id).await?;
    let original = own_post(tx, who, original).await?;
    let mut x = tried(tx, original.id, post).await?;
    x.standing = Some(if is_so { Standing::Confirmed } else { Standing::Refused });
    put(tx, &x).await?;
    recount(tx, original.id).await?;
    Ok(x)
}

async fn tried(tx: &mut Tx, original: Id, post: Id) -> Result<Experiment, Error> {
    tx.hold_post(post).await?;
    tx.lock_experiment(post).await?.filter(|x| x.tries_id == Some(original)).ok_or(Error::NotFound)
}

/// What somebody elsewhere told in words: the author of the experiment writes it down for the chain.
#[derive(Clone, Debug, Default)]
pub struct Noted {
    pub place: Option<String>,
    pub organisation: Option<String>,
    pub changed: Option<String>,
    pub outcome: Option<Option<Outcome>>,
    pub learning: Option<String>,
}

/// The author of an experiment writes down what somebody told who tries it and said so in words alone.
pub async fn note(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    original: Id,
    post: Id,
    noted: &Noted,
) -> Result<Experiment, Error> {
    may_be_heard(tx, who.id).await?;
    let original = own_post(tx, who, original).await?;
    let mut x = tried(tx, original.id, post).await?;
    if !x.by_words || x.gone_at.is_some() {
        return Err(Error::forbidden("Whoever tries it says themselves what comes of it."));
    }
    if x.standing != Some(Standing::Confirmed) {
        return Err(Error::forbidden("Confirm first that they try it."));
    }
    let one_line = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(place) = &noted.place {
        x.place = one_line(place);
    }
    if let Some(organisation) = &noted.organisation {
        x.organisation = one_line(organisation);
    }
    if let Some(changed) = &noted.changed {
        x.changed = paragraph(changed);
    }
    if let Some(learning) = &noted.learning {
        x.learning = paragraphs(learning);
    }
    if let Some(outcome) = noted.outcome {
        x.outcome = outcome;
        x.state = outcome.map_or(State::Running, Outcome::state);
        x.outcome_at = outcome.map(|_| node.now());
    }
    within(&x.place, NAME, "Place")?;
    within(&x.organisation, NAME, "Organisation")?;
    within(&x.changed, SENTENCE, "What was changed")?;
    within(&x.learning, LEARNING, "What they’d tell the next team")?;
    x.kept_by = Some(who.id);
    put(tx, &x).await?;
    Ok(x)
}

/// One of those who try an experiment again.
#[derive(Clone, Debug)]
pub struct Link {
    pub experiment: Experiment,
    /// 1: that experiment; 2: one that tries it again; and so on.
    pub depth: usize,
}

/// Of each of these all who try it again as far as its authors confirmed them and the viewer may read them, each followed by those who
/// try that one; what is gone stands there as gone.
pub async fn chains(tx: &mut Tx, originals: &[Id], viewer: Viewer) -> Result<HashMap<Id, Vec<Link>>, Error> {
    let mut tries: HashMap<Id, Vec<Experiment>> = HashMap::new();
    let (mut level, mut left) = (originals.to_vec(), CHAIN);
    for _ in 0..DEPTH {
        level.retain(|id| !tries.contains_key(id));
        if level.is_empty() || left == 0 {
            break;
        }
        let mut next = Vec::new();
        for id in tx.tried_among(&level).await? {
            let found = tx.shown_tries(id, viewer, i64::try_from(left).unwrap_or(i64::MAX)).await?;
            left = left.saturating_sub(found.len());
            next.extend(found.iter().map(|x| x.post_id));
            tries.insert(id, found);
        }
        level = next;
    }
    Ok(originals.iter().map(|original| (*original, walk(*original, &tries))).collect())
}

/// From an experiment down; nobody stands there twice.
fn walk(original: Id, tries: &HashMap<Id, Vec<Experiment>>) -> Vec<Link> {
    let below = |of: Id, depth: usize| {
        tries.get(&of).into_iter().flatten().rev().map(move |x| Link { experiment: x.clone(), depth })
    };
    let mut seen: HashSet<Id> = HashSet::from([original]);
    let mut chain = Vec::new();
    let mut stack: Vec<Link> = below(original, 1).collect();
    while let Some(link) = stack.pop() {
        if !seen.insert(link.experiment.post_id) {
            continue;
        }
        if link.depth < DEPTH {
            stack.extend(below(link.experiment.post_id, link.depth + 1));
        }
        chain.push(link);
    }
    chain
}

/// What came of passing it on: how often somebody of a server boosted an experiment, answered it or tries it again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    pub boosts: i64,
    pub replies: i64,
    pub tries: i64,
}

/// How far a member's own experiment went, which is nobody else's business.
#[derive(Clone, Debug, Default)]
pub struct Travels {
    /// By the domain of whoever did it; the member's own doings are not in it.
    pub servers: BTreeMap<String, Passed>,
    pub people: usize,
    /// Where it is tried again, as whoever does wrote it; each once.
    pub places: Vec<String>,
    /// More was done than is looked at.
    pub is_sampled: bool,
}

/// Boosts, and answers, that are looked at.
const TRAVELS: i64 = 1_000;

pub async fn travels(node: &Node, tx: &mut Tx, who: &Account, post: Id) -> Result<Travels, Error> {
    own(tx, who, post).await?;
    let viewer = Viewer::Member(who.id);
    let boosts: Vec<Account> =
        tx.boosted_by(post, &Page::first(TRAVELS)).await?.into_iter().map(|(_, account)| account).collect();
    let replies = tx.descendants(post, viewer, 20, TRAVELS).await?;
    let tries = chains(tx, &[post], viewer).await?.remove(&post).unwrap_or_default();
    let is_full = |count: usize| i64::try_from(count).is_ok_and(|count| count >= TRAVELS);
    let mut found = Travels { is_sampled: is_full(boosts.len()) || is_full(replies.len()), ..Travels::default() };
    let authors: Vec<Id> =
        replies.iter().map(|p| p.account_id).chain(tries.iter().filter_map(|l| l.experiment.account_id)).collect();
    let known: HashMap<Id, Account> = tx.accounts(&authors).await?.into_iter().map(|a| (a.id, a)).collect();
    let mut people = HashSet::new();
    let mut count = |account: Option<&Account>, one: fn(&mut Passed) -> &mut i64| {
        let Some(account) = account.filter(|a| a.id != who.id) else { return };
        people.insert(account.id);
        let domain = if account.is_local() { &node.config.handle_domain } else { &account.domain };
        *one(found.servers.entry(domain.clone()).or_default()) += 1;
    };
    boosts.iter().for_each(|a| count(Some(a), |p| &mut p.boosts));
    replies.iter().for_each(|r| count(known.get(&r.account_id), |p| &mut p.replies));
    for link in &tries {
        count(link.experiment.account_id.and_then(|id| known.get(&id)), |p| &mut p.tries);
    }
    found.people = people.len();
    for link in tries {
        let place = link.experiment.place;
        if !place.is_empty() && !found.places.contains(&place) {
            found.places.push(place);
        }
    }
    Ok(found)
}

/// A post goes. Where others hang on it, or it stood in a chain for everybody for longer than a day, its place stays.
pub(crate) async fn forget(node: &Node, tx: &mut Tx, post: &Post) -> Result<(), Error> {
    if let Some(parent) = post.in_reply_to_id
        && let Some(x) = tx.lock_experiment(parent).await?.filter(|x| x.outcome_post_id == Some(post.id))
    {
        put(tx, &Experiment { outcome_post_id: None, ..x }).await?;
    }
    let Some(x) = tx.lock_experiment(post.id).await? else { return Ok(()) };
    let stood = x.standing == Some(Standing::Confirmed)
        && post.audience.is_open()
        && (post.created_at < node.now() - DAY || x.outcome.is_some());
    if !stood && x.tries_count == 0 {
        return take_out(tx, &x).await;
    }
    let gone = Experiment {
        state: x.state,
        outcome: x.outcome,
        tries_uri: x.tries_uri.clone(),
        tries_id: x.tries_id,
        standing: x.standing,
        tries_count: x.tries_count,
        account_id: None,
        gone_at: Some(node.now()),
        ..Experiment::blank(post.id, 0)
    };
    tx.put_experiment(&gone, &[]).await?;
    match x.tries_id {
        Some(original) => recount(tx, original).await,
        None => Ok(()),
    }
}

// From other servers.

/// What another server says of a post of its own, or what its words say. `is_news`: those whom it concerns are told.
pub(crate) async fn receive(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    post: &Post,
    whole: &ReceivedPost,
    is_news: bool,
) -> Result<(), Error> {
    let known = tx.lock_experiment(post.id).await?;
    let Some(received) = &whole.experiment else {
        return receive_words(node, tx, author, post, known, &whole.hashtags, is_news).await;
    };
    let quoted = whole.quote.as_ref().map_or("", |q| &q.uri);
    let mut x = known.unwrap_or_else(|| Experiment::blank(post.id, author.id));
    let is_learned = received.outcome.is_some() && (x.outcome.is_none() || x.by_words);
    let outcome_post = match received.outcome_uri.as_str() {
        "" => None,
        uri => tx.post_by_uri(uri).await?.filter(|p| p.account_id == author.id),
    };
    // What the author of the original wrote down stays where its own says nothing.
    let or_noted = |said: &String, noted: &String| match said.is_empty() && x.kept_by.is_some() {
        true => noted.clone(),
        false => said.clone(),
    };
    x = Experiment {
        state: received.state,
        sentences: received.sentences.clone(),
        testers: received.testers,
        critical_friend: received.critical_friend,
        place: or_noted(&received.place, &x.place),
        organisation: or_noted(&received.organisation, &x.organisation),
        licence: received.licence,
        look_again_at: received.look_again_at,
        outcome: received.outcome,
        learning: received.learning.clone(),
        so_what: received.so_what.clone(),
        // What is said to have been learned in the future would be the latest for ever.
        outcome_at: received.outcome_at.map(|at| at.min(node.now())),
        outcome_post_id: outcome_post.map(|p| p.id),
        changed: or_noted(&received.changed, &x.changed),
        by_words: false,
        ..x
    };
    // What it tries again it has to answer or to quote, and its author has to be able to read it: else anybody could hang anything on
    // anything.
    let is_tied = received.tries == post.in_reply_to_uri || received.tries == quoted;
    if x.tries_uri.is_empty() && !received.tries.is_empty() && is_tied {
        x.tries_uri.clone_from(&received.tries);
        x.standing = Some(Standing::Waiting);
    }
    let was_tied = x.tries_id.is_some();
    if x.tries_id.is_none()
        && !x.tries_uri.is_empty()
        && let Some(original) = tx.post_by_uri(&x.tries_uri).await?
        && tx.count_waiting_tries(original.id, author.id).await? < WAITING
    {
        x.tries_id = may_try(tx, author, original.id).await?.map(|o| o.post_id);
    }
    put(tx, &x).await?;
    find_lost(tx, post).await?;
    let Some(original) = x.tries_id.filter(|_| is_news) else { return Ok(()) };
    if !was_tied {
        tell_author(node, tx, NotificationKind::Trying, original, author, post).await?;
    } else if is_learned && x.standing == Some(Standing::Confirmed) {
        tell_author(node, tx, NotificationKind::Outcome, original, author, post).await?;
    }
    Ok(())
}

/// The server of an experiment lists who tries it again: those are confirmed by its author, and if the list is whole (`is_whole`), nobody
/// else is.
pub async fn as_listed(tx: &mut Tx, original: Id, uris: &[String], is_whole: bool) -> Result<(), Error> {
    if tx.post(original).await?.is_none_or(|p| p.local) {
        return Ok(());
    }
    let limit = i64::try_from(CHAIN).unwrap_or(i64::MAX);
    for (standing, other) in [(Standing::Waiting, Standing::Confirmed), (Standing::Confirmed, Standing::Waiting)] {
        let list = tx.tries_of(original, standing, 0, limit).await?;
        let posts = tx.posts(&list.iter().map(|x| x.post_id).collect::<Vec<_>>()).await?;
        for x in list {
            let Some(post) = posts.iter().find(|p| p.id == x.post_id) else { continue };
            let is_listed = uris.contains(&post.uri);
            let is_other = if other == Standing::Confirmed { is_listed } else { is_whole && !is_listed };
            if is_other {
                put(tx, &Experiment { standing: Some(other), ..x }).await?;
            }
        }
    }
    recount(tx, original).await
}

/// Whether an outcome is new that another server says.
pub(crate) async fn is_learned_now(tx: &mut Tx, post: Id, received: &ReceivedPost) -> Result<bool, Error> {
    if received.experiment.as_ref().is_none_or(|r| r.outcome.is_none()) {
        return Ok(false);
    }
    Ok(tx.experiment(post).await?.is_some_and(|x| x.outcome.is_none()))
}

async fn receive_words(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    post: &Post,
    known: Option<Experiment>,
    hashtags: &[Hashtag],
    is_news: bool,
) -> Result<(), Error> {
    match (known, tried_in_words(tx, author, post, hashtags).await?) {
        (None, Some(original)) => {
            if tx.count_waiting_tries(original.post_id, author.id).await? >= WAITING {
                return Ok(());
            }
            put(tx, &Experiment { standing: Some(Standing::Waiting), ..in_words(post.id, author.id, &original) })
                .await?;
            match is_news {
                true => tell_author(node, tx, NotificationKind::Trying, original.post_id, author, post).await,
                false => Ok(()),
            }
        }
        // A word can be taken back. What was refused stays so, and what others hang on stays.
        (Some(x), None) if x.standing != Some(Standing::Refused) && tx.count_tries(post.id).await? == 0 => {
            take_out(tx, &x).await
        }
        _ => Ok(()),
    }
}
