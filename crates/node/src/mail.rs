//! Letters to members. A letter is a job, which makes the secret that it carries when it is sent: none lies in the database.

use std::pin::Pin;
use std::sync::Arc;

use model::account::{Account, Member};
use model::clock::{DAY, HOUR, Millis};
use model::id::Id;
use serde::{Deserialize, Serialize};
use storage::{AccountWarning, OneTime, Tx};

use crate::random::hash;
use crate::warn::Measure;
use crate::{Error, Node, jobs, login, news};

/// How long the links in letters work.
const CONFIRM: Millis = 2 * DAY;
const RESET: Millis = HOUR;

/// What a letter is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    /// A new member's address has to be confirmed.
    Confirm { account: Id },
    /// A member wants to be reached at another address.
    Change { account: Id, email: String },
    /// Somebody has forgotten their password, who may be a member.
    Reset { email: String },
    /// Something that a member should know of, at the address they had then.
    Notice { account: Id, email: String, about: Notice },
    /// What the moderators did about a member, at the address they had then. `warning`: that says what.
    Warning { account: Id, email: String, warning: Id },
    /// Notifications, by their ids ([`crate::news`]). `digest`: how often it comes, if it is one. `name`: the [`Mail::id`], which stays the same
    /// when the letter is sent again.
    News { account: Id, told: Vec<Id>, is_more: bool, digest: Option<String>, name: String },
}

/// What was done to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    Password,
    Address,
    FactorOn,
    FactorOff,
}

/// A letter as it is sent: plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// By which mail servers know it (RFC 5322 3.6.4, the part before the @).
    pub id: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    /// Where a single click ends such letters (RFC 8058); `None` where they are not to be ended.
    pub unsubscribe: Option<String>,
}

/// Why a letter was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub words: String,
    /// Trying again later may help.
    pub temporary: bool,
}

type Sent = Pin<Box<dyn Future<Output = Result<(), Refused>> + Send>>;

/// Who carries letters: handed in, like all that reaches the network.
pub type Carrier = Arc<dyn Fn(Mail) -> Sent + Send + Sync>;

/// Has a letter sent, if the node can send any.
pub async fn send(node: &Node, tx: &mut Tx, letter: Letter) -> Result<(), Error> {
    if node.config.mail { jobs::enqueue(node, tx, &jobs::Job::SendMail { letter }).await } else { Ok(()) }
}

/// Writes a letter and hands it over.
///
/// # Errors
/// [`Error::Mail`] where it was not taken; if that may pass, it is temporary.
pub async fn deliver(node: &Node, letter: &Letter) -> Result<(), Error> {
    let mut tx = node.store.begin().await?;
    let mail = write(node, &mut tx, letter).await?;
    node.commit(tx).await?;
    let Some(mail) = mail else { return Ok(()) };
    let carrier = node.carrier.get().ok_or_else(|| Error::Internal("nobody carries letters".to_owned()))?;
    carrier(mail).await.map_err(Error::Mail)
}

/// Under which name it is kept when the owner last had a letter sent to see whether that works.
const PROVED: &str = "letter sent";

/// Sends a letter at once, for an owner who wants to see whether that works, and remembers that it did.
///
/// # Errors
/// [`Error::Mail`] with what the mail server answered.
pub async fn prove(node: &Node, to: &str, subject: &str, text: String) -> Result<(), Error> {
    let none = || Error::Mail(Refused { words: "OUTLOUD_SMTP_URL is not set".to_owned(), temporary: false });
    let carrier = node.carrier.get().ok_or_else(none)?;
    let (id, to, subject) = (node.random.secret(), to.to_owned(), subject.to_owned());
    carrier(Mail { id, to, subject, text, unsubscribe: None }).await.map_err(Error::Mail)?;
    let mut tx = node.store.begin().await?;
    tx.put_setting(PROVED, &node.now().to_string()).await?;
    node.commit(tx).await
}

/// When that last worked.
pub async fn proved_at(tx: &mut Tx) -> Result<Option<Millis>, Error> {
    Ok(tx.setting(PROVED).await?.and_then(|at| at.parse().ok()))
}

/// `None`: there is nothing to say any more, or nobody to say it to.
async fn write(node: &Node, tx: &mut Tx, letter: &Letter) -> Result<Option<Mail>, Error> {
    let known = match letter {
        Letter::News { .. } => return news::letter(node, tx, letter).await,
        Letter::Reset { email } => tx.member_by_email(email).await?,
        Letter::Confirm { account }
        | Letter::Change { account, .. }
        | Letter::Notice { account, .. }
        | Letter::Warning { account, .. } => tx.member(*account).await?,
    };
    let Some(member) = known else { return Ok(None) };
    let Some(account) = tx.account(member.account_id).await? else { return Ok(None) };
    let title = &node.config.title;
    Ok(match letter {
        Letter::Confirm { .. } if member.confirmed => None,
        Letter::Confirm { .. } => {
            let link = link(node, tx, &account, "confirm", &member.email, CONFIRM).await?;
            Some(compose(
                node,
                &member.email,
                &format!("Confirm your address for {title}"),
                &format!(
                    "Somebody, most likely you, joined {title} as @{} with this address. To show that it is yours, open this within two days:\n\n\
                     {link}\n\nIf it was not you, do nothing: then nothing comes of it.",
                    account.username
                ),
            ))
        }
        Letter::Change { email, .. } => {
            let link = link(node, tx, &account, "change", email, CONFIRM).await?;
            Some(compose(
                node,
                email,
                &format!("Confirm your new address for {title}"),
                &format!(
                    "@{} wants to be reached at this address. To agree, open this within two days:\n\n{link}\n\n\
                     If that is not you, do nothing.",
                    account.username
                ),
            ))
        }
        Letter::Reset { .. } if login::is_closed(&account, &member) => None,
        Letter::Reset { .. } => {
            let link = link(node, tx, &account, "reset", &member.email, RESET).await?;
            Some(compose(
                node,
                &member.email,
                &format!("A new password for {title}"),
                &format!(
                    "Somebody, most likely you, wants a new password for @{}. To choose one, open this within the hour:\n\n{link}\n\n\
                     If it was not you, do nothing: your password stays as it is.",
                    account.username
                ),
            ))
        }
        Letter::Notice { email, about, .. } => Some(notice(node, &account, email, *about)),
        Letter::Warning { email, warning: id, .. } => {
            let found = tx.warnings(&[*id]).await?.pop();
            found.map(|found| warning(node, &account, email, &found))
        }
        Letter::News { .. } => None,
    })
}

fn notice(node: &Node, account: &Account, email: &str, about: Notice) -> Mail {
    let what = match about {
        Notice::Password => "The password was changed, and everything else that was signed in is signed out.",
        Notice::Address => "The address was changed: letters go to the new one from now on.",
        Notice::FactorOn => "Signing in needs a code from an app from now on.",
        Notice::FactorOff => "Signing in no longer needs a code from an app.",
    };
    let (title, name) = (&node.config.title, &account.username);
    compose(
        node,
        email,
        &format!("Your account on {title} was changed"),
        &format!("This is about @{name}. {what}\n\nIf it was not you, tell those who run {title} at once."),
    )
}

fn warning(node: &Node, account: &Account, email: &str, warning: &AccountWarning) -> Mail {
    let what = match Measure::from_name(&warning.action) {
        Some(Measure::Freeze) => "You can sign in and read, and do nothing that others see. What you wrote stays.",
        Some(Measure::Disable) => "You can no longer sign in. What you wrote stays.",
        Some(Measure::Silence) => "Your posts are out of public timelines now; who follows you sees them still.",
        Some(Measure::Suspend) => "Your account is suspended: nothing of it is shown, and you can no longer sign in.",
        Some(Measure::None) | None => "Nothing was done; they want you to know something.",
    };
    let (title, name, words) = (&node.config.title, &account.username, warning.text.trim());
    let words = if words.is_empty() { String::new() } else { format!("\n\nThey say:\n\n{words}") };
    let whom = match node.config.contact_email.as_str() {
        "" => format!("those who run {title}"),
        address => address.to_owned(),
    };
    compose(
        node,
        email,
        &format!("The moderators of {title} on your account"),
        &format!("This is about @{name}. {what}{words}\n\nIf you think that this is wrong, write to {whom}."),
    )
}

fn compose(node: &Node, to: &str, subject: &str, body: &str) -> Mail {
    // A title is one line; so is a subject.
    let subject = subject.chars().filter(|c| !c.is_control()).collect();
    let text = format!("Hello,\n\n{body}\n\n{}\n{}\n", node.config.title, node.config.origin);
    Mail { id: node.random.secret(), to: to.to_owned(), subject, text, unsubscribe: None }
}

async fn link(
    node: &Node,
    tx: &mut Tx,
    account: &Account,
    purpose: &str,
    email: &str,
    time: Millis,
) -> Result<String, Error> {
    let secret = one_time(node, tx, account.id, purpose, email, time).await?;
    let path = if purpose == "reset" { "/password/new" } else { "/confirm" };
    Ok(format!("{}{path}?secret={secret}", node.config.origin))
}

/// Makes a secret that works once, and ends those of the same purpose.
pub(crate) async fn one_time(
    node: &Node,
    tx: &mut Tx,
    account: Id,
    purpose: &str,
    email: &str,
    time: Millis,
) -> Result<String, Error> {
    let secret = node.random.secret();
    tx.put_one_time(&OneTime {
        secret_hash: hash(&secret),
        account_id: account,
        purpose: purpose.to_owned(),
        email: email.to_owned(),
        expires_at: node.now() + time,
    })
    .await?;
    Ok(secret)
}

/// Tells a member what was done to their account.
pub(crate) async fn tell(node: &Node, tx: &mut Tx, member: &Member, about: Notice) -> Result<(), Error> {
    let letter = Letter::Notice { account: member.account_id, email: member.email.clone(), about };
    send(node, tx, letter).await
}
