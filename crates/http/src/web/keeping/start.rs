//! What an owner sees to before others come: what is done, what is not, and how to do it.

use std::borrow::Cow;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use federation::self_test;
use model::account::Role;
use node::mail;
use node::start::{self, Step};
use storage::Tx;

use super::super::frame::Frame;
use super::super::language::{Language, When};
use super::super::visitor::Visitor;
use super::Keeper;
use crate::params::Params;
use crate::rate::Address;
use crate::{ApiError, App};

/// One thing to see to.
struct Line {
    /// Of the element.
    id: &'static str,
    title: Cow<'static, str>,
    about: String,
    is_done: bool,
    /// When it was last done.
    at: Option<When>,
    /// What is typed beside the node.
    command: &'static str,
    /// Where it is done: address and words.
    door: Option<(&'static str, Cow<'static, str>)>,
    /// What is done with a button: address and words.
    button: Option<(&'static str, Cow<'static, str>)>,
    /// What just came of that: what was looked at, and what is wrong with it.
    found: Vec<(Cow<'static, str>, Option<String>)>,
}

#[derive(Template)]
#[template(path = "keeping_start.html")]
struct StartPage {
    frame: Frame,
    lines: Vec<Line>,
    is_all_done: bool,
}

/// Whether anything is left to see to.
pub async fn is_open(app: &App, tx: &mut Tx) -> Result<bool, ApiError> {
    for step in Step::ALL {
        if !start::is_done(&app.node, tx, step).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `GET /keeping/start`.
pub async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    shown(&Keeper::of(&app, &visitor, Role::Owner)?, None).await
}

/// `POST /keeping/start/letter`: a letter to whoever asks.
pub async fn letter(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Owner)?;
    visitor.check(&params)?;
    app.limits.mail(address, &keeper.signed.account.username, app.node.now())?;
    let (t, title, to) = (keeper.t(), &app.node.config.title, &keeper.signed.member.email);
    let text = format!("{}\n\n{title}\n{}\n", t.one("start-letter-text", "title", title), app.node.config.origin);
    let sent = mail::prove(&app.node, to, &t.one("start-letter-subject", "title", title), text).await;
    let said = match sent {
        Ok(()) => (t.one("start-letter-sent", "email", to).into(), None),
        Err(node::Error::Mail(refused)) => (t.say("start-letter-refused"), Some(refused.words)),
        Err(error) => return Err(error.into()),
    };
    shown(&keeper, Some((Step::Letters, vec![said]))).await
}

/// `POST /keeping/start/reach`: the node looks for itself.
pub async fn reach(
    State(app): State<App>,
    Address(address): Address,
    visitor: Visitor,
    params: Params,
) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Owner)?;
    visitor.check(&params)?;
    app.limits.look_up(address, app.node.now())?;
    let t = keeper.t();
    let found = self_test::all(&app.federation.client, &app.node).await;
    if found.iter().all(Result::is_ok) {
        start::reached(&app.node).await?;
    }
    let looked_at = [t.say("start-reach-address"), t.say("start-reach-handles"), t.say("start-reach-signatures")];
    let found = looked_at.into_iter().zip(found.map(Result::err)).collect();
    shown(&keeper, Some((Step::Reach, found))).await
}

/// What just came of a step.
type Came = (Step, Vec<(Cow<'static, str>, Option<String>)>);

async fn shown(keeper: &Keeper<'_>, came: Option<Came>) -> Result<Response, ApiError> {
    let mut tx = keeper.app.node.store.read().await?;
    let mut lines = Vec::new();
    for step in Step::ALL {
        let is_done = start::is_done(&keeper.app.node, &mut tx, step).await?;
        let at = match step {
            Step::Letters => mail::proved_at(&mut tx).await?,
            Step::Reach => start::reached_at(&mut tx).await?,
            Step::Backup => start::backed_up_at(&mut tx).await?,
            _ => None,
        };
        let at = at.map(|at| keeper.t().when(at, keeper.app.node.now()));
        lines.push(Line { is_done, at, ..line(keeper, step) });
    }
    drop(tx);
    if let Some((step, found)) = came {
        let place = Step::ALL.iter().position(|s| *s == step).and_then(|at| lines.get_mut(at));
        if let Some(line) = place {
            line.found = found;
        }
    }
    let is_all_done = lines.iter().all(|line| line.is_done);
    keeper.show(&StartPage { frame: keeper.frame(), lines, is_all_done })
}

fn line(keeper: &Keeper<'_>, step: Step) -> Line {
    let (t, config): (Language, _) = (keeper.t(), &keeper.app.node.config);
    let plain = |id, title, about| Line {
        id,
        title,
        about,
        is_done: false,
        at: None,
        command: "",
        door: None,
        button: None,
        found: Vec::new(),
    };
    match step {
        Step::Address => {
            let words = t.two("start-address-about", "origin", &config.origin, "domain", &config.handle_domain);
            plain("address", t.say("start-address"), words)
        }
        Step::About => {
            let door = Some(("/about", t.say("start-about-look")));
            Line { door, ..plain("about", t.say("start-about"), t.one("start-about-about", "title", &config.title)) }
        }
        Step::Rules => {
            let door = Some(("/keeping/rules", t.say("keep-rules")));
            Line { door, ..plain("rules", t.say("start-rules"), t.say("start-rules-about").into_owned()) }
        }
        Step::Letters if !config.mail => {
            plain("letters", t.say("start-letters"), t.say("start-letters-none").into_owned())
        }
        Step::Letters => {
            let about = t.one("start-letters-about", "email", &keeper.signed.member.email);
            let button = Some(("/keeping/start/letter", t.say("start-letters-do")));
            Line { button, ..plain("letters", t.say("start-letters"), about) }
        }
        Step::Reach => {
            let now = t.when(keeper.app.node.now(), keeper.app.node.now()).full;
            let button = Some(("/keeping/start/reach", t.say("start-reach-do")));
            Line { button, ..plain("reach", t.say("start-reach"), t.one("start-reach-about", "now", now)) }
        }
        Step::Backup => {
            let command = "outloud backup outloud.tar";
            Line { command, ..plain("backup", t.say("start-backup"), t.say("start-backup-about").into_owned()) }
        }
        Step::People => {
            let door = Some(("/keeping/invitations", t.say("keep-invitations")));
            Line { door, ..plain("people", t.say("start-people"), t.say("start-people-about").into_owned()) }
        }
    }
}
