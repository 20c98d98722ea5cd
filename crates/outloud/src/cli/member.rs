//! Members and their tokens.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use federation::signature;
use model::account::{Account, MemberState, Role};
use model::clock::rfc3339;
use model::handle::Handle;
use model::id::Id;
use node::Node;
use node::accounts::{self, SignUp, add_member, delete_member};
use node::login::{self, Scopes};
use node::publish::by_handle;
use node::{identity, moderate, moving};

use super::moderate::restrictions;
use super::{BY, local_account, say, takeout};
use crate::{Error, Parts, Settings, serve};

#[derive(Debug, Subcommand)]
pub enum Member {
    /// Add a member. Prints a password, unless one is given.
    Add {
        /// Letters a to z, digits, and _ . - between them; it cannot be changed later.
        username: String,
        /// Where they can be written to, and with which they sign in.
        #[arg(long)]
        email: String,
        /// What they may do: owner, admin, moderator or member.
        #[arg(long, default_value = "member")]
        role: Role,
        /// Read the password from standard input (its first line).
        #[arg(long)]
        password_stdin: bool,
    },
    /// List all members: name, e-mail address, role, and state: active, or what is in their way (they wait for approval, their
    /// address is not confirmed, they are frozen, disabled, suspended, limited, or moved away).
    List,
    /// Give a member another role: owner, admin, moderator or member.
    Role { username: String, role: Role },
    /// Give a member a new password, and sign them out everywhere. Prints it, unless one is given.
    Password {
        username: String,
        /// Read the password from standard input (its first line).
        #[arg(long)]
        password_stdin: bool,
    },
    /// List who asked to join and waits for a decision.
    Waiting,
    /// Let somebody in who asked to join.
    Approve { username: String },
    /// Refuse somebody who asked to join. Nothing of them is kept.
    Refuse { username: String },
    /// Shut a member out: they are signed out and cannot sign in. What they wrote stays.
    Disable { username: String },
    /// Let a member in again who was shut out.
    Enable { username: String },
    /// Take a member's e-mail address as confirmed, without the link in the letter: for whom it did not reach.
    Confirm { username: String },
    /// Let a member sign in with their password alone, who lost their authenticator app and their recovery codes.
    TotpOff { username: String },
    /// Other names of a member: accounts elsewhere that are theirs, too. An account can move here only if it is one of them.
    Alias {
        username: String,
        #[command(flatten)]
        change: AliasChange,
    },
    /// Whether hashtags carry what a member says to everybody beyond those who follow them, if they asked you to change it.
    TagSharing {
        username: String,
        #[arg(value_parser = ["on", "off"])]
        on: String,
    },
    /// Let a member move away. Their followers go along; they can read on here, but not post.
    Move {
        username: String,
        #[command(flatten)]
        whither: Whither,
    },
    /// Write everything of a member's into one file (a zip like Mastodon's), for them to take along.
    Export { username: String, file: PathBuf },
    /// Take in what a member brings: a list as Mastodon or GoToSocial exports it (CSV), or an archive with their posts (Mastodon's or
    /// ours; zip or tar.gz). The running node does it, little by little.
    Import {
        username: String,
        file: PathBuf,
        /// What is not in the list goes.
        #[arg(long)]
        overwrite: bool,
        /// What the list is for, where neither its first line nor its name says so.
        #[arg(long = "as", value_name = "KIND", value_parser = ["following", "lists", "muting", "blocking", "domain_blocking", "bookmarks"])]
        kind: Option<String>,
    },
    /// List what a member has brought, and how far it is.
    Imports { username: String },
    /// Delete a member for good, with all they wrote and sent. Every other server is told, and the name is never given again.
    Delete {
        username: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct AliasChange {
    /// A handle (sam@example.org) or the address of a profile.
    #[arg(long, value_name = "ACTOR")]
    add: Option<String>,
    #[arg(long, value_name = "ACTOR")]
    remove: Option<String>,
    #[arg(long)]
    list: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Whither {
    /// A handle (sam@example.org) or the address of a profile, which names the member among its other names.
    #[arg(long, value_name = "ACTOR")]
    to: Option<String>,
    /// They stay after all. Followers who have gone already do not come back.
    #[arg(long)]
    cancel: bool,
}

impl Member {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        match self {
            Self::Add { username, email, role, password_stdin } => {
                // With it a node can be set up before it is first run.
                let node = serve::open(settings, Parts::default()).await?;
                let (password, given) = new_password(&node, password_stdin)?;
                let hash = login::hash_password(&node, &password)?;
                let keys = signature::generate_key().map_err(federation::Error::from)?;
                let form = SignUp {
                    username,
                    email,
                    password: String::new(),
                    role,
                    state: MemberState::Active,
                    reason: String::new(),
                    locale: "en".to_owned(),
                };
                let mut tx = node.store.begin().await?;
                let account = add_member(&node, &mut tx, BY, &form, &hash, &keys).await?;
                node.commit(tx).await?;
                let handle = node.config.full_handle(&account);
                say(&with_password(format!("@{handle} is a member now."), &password, given));
                Ok(())
            }
            Self::List => {
                let node = serve::existing(settings).await?;
                let (mut last, mut tx) = (0, node.store.read().await?);
                loop {
                    let members = tx.members(last, 200).await?;
                    let accounts = tx.accounts(&members.iter().map(|(_, m)| m.account_id).collect::<Vec<_>>()).await?;
                    for (name, m) in &members {
                        let account = accounts.iter().find(|a| a.id == m.account_id);
                        say(&format!("{name}\t{}\t{}\t{}", m.email, m.role.name(), state(m, account)));
                    }
                    match members.last() {
                        Some((_, m)) => last = m.account_id,
                        None => return Ok(()),
                    }
                }
            }
            Self::Role { username, role } => {
                let node = serve::existing(settings).await?;
                let account = local_account(&node, &username).await?;
                let mut tx = node.store.begin().await?;
                accounts::set_role(&node, &mut tx, BY, &account, role).await?;
                node.commit(tx).await?;
                say(&format!("@{} is {} now.", node.config.full_handle(&account), role.name()));
                Ok(())
            }
            Self::Password { username, password_stdin } => {
                let node = serve::existing(settings).await?;
                let account = local_account(&node, &username).await?;
                let (password, given) = new_password(&node, password_stdin)?;
                let hash = login::hash_password(&node, &password)?;
                let mut tx = node.store.begin().await?;
                accounts::reset_password(&node, &mut tx, BY, &account, &hash).await?;
                node.commit(tx).await?;
                let done =
                    format!("@{} has a new password and is signed out everywhere.", node.config.full_handle(&account));
                say(&with_password(done, &password, given));
                Ok(())
            }
            Self::Waiting => {
                let node = serve::existing(settings).await?;
                let waiting = node.store.read().await?.waiting_members(1_000).await?;
                if waiting.is_empty() {
                    say("Nobody waits.");
                }
                for (username, email, reason, asked_at) in waiting {
                    say(&format!("{username}\t{email}\t{}\t{}", rfc3339(asked_at), reason.replace(['\n', '\t'], " ")));
                }
                Ok(())
            }
            Self::Approve { username } => decide(settings, &username, Decision::Approve).await,
            Self::Refuse { username } => decide(settings, &username, Decision::Refuse).await,
            Self::Disable { username } => decide(settings, &username, Decision::Disable).await,
            Self::Enable { username } => decide(settings, &username, Decision::Enable).await,
            Self::Confirm { username } => decide(settings, &username, Decision::Confirm).await,
            Self::TotpOff { username } => decide(settings, &username, Decision::TotpOff).await,
            Self::Alias { username, change } => change.run(settings, &username).await,
            Self::TagSharing { username, on } => tag_sharing(settings, &username, on == "on").await,
            Self::Move { username, whither } => whither.run(settings, &username).await,
            Self::Export { username, file } => takeout::export(settings, &username, &file).await,
            Self::Import { username, file, overwrite, kind } => {
                takeout::import(settings, &username, &file, kind.as_deref(), overwrite).await
            }
            Self::Imports { username } => takeout::list(settings, &username).await,
            Self::Delete { username, yes } => delete(settings, &username, yes).await,
        }
    }
}

/// What is in a member's way, in words; `active` if nothing is.
fn state(member: &model::account::Member, account: Option<&Account>) -> String {
    let own = match member.state {
        MemberState::Active => "",
        MemberState::Pending => "waits for approval",
        MemberState::Disabled => "disabled",
        MemberState::Frozen => "frozen",
    };
    let address = if member.confirmed { "" } else { "address not confirmed" };
    let others = account.map(restrictions).unwrap_or_default();
    let all: Vec<&str> = [own, address, &others].into_iter().filter(|words| !words.is_empty()).collect();
    if all.is_empty() { "active".to_owned() } else { all.join(", ") }
}

#[derive(Clone, Copy)]
enum Decision {
    Approve,
    Refuse,
    Disable,
    Enable,
    Confirm,
    TotpOff,
}

async fn decide(settings: &Settings, username: &str, decision: Decision) -> Result<(), Error> {
    let node = serve::existing(settings).await?;
    let account = local_account(&node, username).await?;
    let mut tx = node.store.begin().await?;
    let done = match decision {
        Decision::Approve => {
            accounts::approve(&node, &mut tx, BY, &account).await?;
            "is a member now."
        }
        Decision::Refuse => {
            accounts::refuse(&node, &mut tx, BY, &account).await?;
            "was refused; the name is free again."
        }
        Decision::Disable => {
            moderate::disable(&node, &mut tx, BY, &account).await?;
            "is signed out and cannot sign in."
        }
        Decision::Confirm => {
            identity::confirm_by(&node, &mut tx, BY, &account).await?;
            match tx.member(account.id).await? {
                Some(m) if m.state == MemberState::Pending => "has a confirmed address, and waits for approval now.",
                _ => "has a confirmed address now, and can sign in.",
            }
        }
        Decision::TotpOff => {
            identity::stop_factor_by(&node, &mut tx, BY, &account).await?;
            "signs in with their password alone now."
        }
        Decision::Enable => {
            moderate::enable(&node, &mut tx, BY, &account).await?;
            "can sign in again."
        }
    };
    node.commit(tx).await?;
    say(&format!("@{} {done}", node.config.full_handle(&account)));
    Ok(())
}

/// A password from standard input, or one that is made up; whether it was given.
fn new_password(node: &Node, from_stdin: bool) -> Result<(String, bool), Error> {
    Ok(if from_stdin { (read_password()?, true) } else { (node.random.secret()[..20].to_owned(), false) })
}

fn with_password(done: String, password: &str, given: bool) -> String {
    if given { done } else { format!("{done} Password: {password}") }
}

async fn tag_sharing(settings: &Settings, username: &str, on: bool) -> Result<(), Error> {
    let node = serve::existing(settings).await?;
    let who = local_account(&node, username).await?;
    let mut tx = node.store.begin().await?;
    node::carry::set_consent(&node, &mut tx, &who, on).await?;
    let word = if on { "on" } else { "off" };
    moderate::log(&node, &mut tx, BY, "member tag-sharing", &who, word).await?;
    node.commit(tx).await?;
    let what = if on { "Hashtags carry" } else { "Hashtags do not carry" };
    say(&format!("{what} what @{} says to everybody.", node.config.full_handle(&who)));
    Ok(())
}

impl AliasChange {
    async fn run(self, settings: &Settings, username: &str) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        let who = local_account(&node, username).await?;
        if let Some(typed) = self.add {
            let other = elsewhere(settings, &node, &typed).await?;
            let mut tx = node.store.begin().await?;
            moving::add_alias(&node, &mut tx, &who, &other).await?;
            moderate::log(&node, &mut tx, BY, "member alias add", &who, &other.uri).await?;
            node.commit(tx).await?;
            say(&format!("{} is another name of @{} now.", other.uri, node.config.full_handle(&who)));
        } else if let Some(typed) = self.remove {
            let mut tx = node.store.begin().await?;
            // By its id, or by the handle that it had when it was added: it may be gone by now.
            let uri = match Handle::parse(&typed) {
                Ok(handle) => by_handle(&node, &mut tx, &handle).await?.map(|a| a.uri),
                Err(_) => None,
            };
            let uri = uri.unwrap_or(typed);
            moving::remove_alias(&node, &mut tx, &who, &uri).await?;
            moderate::log(&node, &mut tx, BY, "member alias remove", &who, &uri).await?;
            node.commit(tx).await?;
            say(&format!("{uri} is no longer another name of @{}.", node.config.full_handle(&who)));
        } else {
            let mut tx = node.store.read().await?;
            for uri in &who.also_known_as {
                let known = tx.account_by_uri(uri).await?;
                let handle = known.map(|a| format!("  @{}", node.config.full_handle(&a))).unwrap_or_default();
                say(&format!("{uri}{handle}"));
            }
        }
        Ok(())
    }
}

impl Whither {
    async fn run(self, settings: &Settings, username: &str) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        let who = local_account(&node, username).await?;
        let handle = node.config.full_handle(&who);
        if let Some(typed) = self.to {
            let target = elsewhere(settings, &node, &typed).await?;
            let mut tx = node.store.begin().await?;
            moving::move_away(&node, &mut tx, &who, &target).await?;
            moderate::log(&node, &mut tx, BY, "member move", &who, &target.uri).await?;
            node.commit(tx).await?;
            say(&format!("@{handle} has moved to {}. Their followers are told.", target.uri));
        } else {
            let mut tx = node.store.begin().await?;
            moving::stay(&node, &mut tx, &who).await?;
            moderate::log(&node, &mut tx, BY, "member stay", &who, "").await?;
            node.commit(tx).await?;
            say(&format!("@{handle} stays: other servers are told that the move is taken back."));
        }
        Ok(())
    }
}

/// Somebody elsewhere, by handle or by the address of their profile, as their server has them now.
async fn elsewhere(settings: &Settings, node: &Arc<Node>, typed: &str) -> Result<Account, Error> {
    let found = serve::federate(settings, node).await?.find_fresh(typed).await;
    found.map_err(|e| match (Handle::parse(typed), e) {
        (_, federation::Error::Node(e @ node::Error::Invalid(_))) => e.into(),
        (Ok(Handle { domain: None, .. }), _) => {
            Error::Usage(format!("There is no member “{typed}” on this node; elsewhere a handle is like sam@example.org."))
        }
        (_, federation::Error::Node(node::Error::NotFound)) => Error::Usage(format!(
            "“{typed}” is neither a handle, like sam@example.org, nor the address of a profile, like https://example.org/@sam."
        )),
        (_, e) => Error::Usage(format!("{typed} cannot be found just now: {e}.")),
    })
}

async fn delete(settings: &Settings, username: &str, yes: bool) -> Result<(), Error> {
    let node = serve::existing(settings).await?;
    let who = local_account(&node, username).await?;
    let handle = node.config.full_handle(&who);
    if !yes {
        say(&format!("Everything of @{handle} will be deleted, here and elsewhere. Type the username to go on:"));
        if read_line()?.trim() != who.username {
            return Err(Error::Usage(format!("@{handle} was not deleted.")));
        }
    }
    let mut tx = node.store.begin().await?;
    delete_member(&node, &mut tx, BY, &who).await?;
    node.commit(tx).await?;
    say(&format!("@{handle} is deleted. What they wrote goes in the next minutes."));
    Ok(())
}

fn read_password() -> Result<String, Error> {
    let line = read_line()?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn read_line() -> Result<String, Error> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(Error::io("cannot read from standard input"))?;
    Ok(line)
}

#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a bearer token for a member and print it, and nothing else.
    Issue {
        /// Whose name what is done with it will bear.
        username: String,
        /// What it allows, as docs.joinmastodon.org/api/oauth-scopes names it.
        #[arg(long, default_value = "read write follow push")]
        scopes: String,
    },
    /// Print what a member is signed in with: ids, apps or browsers, since when, last use, and what it allows.
    List { username: String },
    /// End one of these, by its id in the list. Nothing can be done with it from then on.
    Revoke { username: String, id: Id },
}

/// Most that are shown.
const TOKENS: i64 = 1_000;

impl Token {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        match self {
            Self::Issue { username, scopes } => issue(settings, &username, &scopes).await,
            Self::List { username } => {
                let node = serve::existing(settings).await?;
                let account = local_account(&node, &username).await?;
                let list = node.store.read().await?.signed_in(account.id, node.now(), TOKENS).await?;
                if list.is_empty() {
                    say(&format!("@{} is signed in nowhere.", node.config.full_handle(&account)));
                }
                for t in list {
                    let name = match (t.is_app, t.agent.as_str()) {
                        (true, _) => &t.app,
                        (false, "") => "a browser",
                        (false, agent) => agent,
                    };
                    let used = t.last_used_at.map_or_else(|| "never".to_owned(), rfc3339);
                    let since = rfc3339(t.created_at);
                    say(&format!("{}\t{name}\tsince {since}\tlast used {used}\t{}", t.id, t.scopes));
                }
                Ok(())
            }
            Self::Revoke { username, id } => {
                let node = serve::existing(settings).await?;
                let account = local_account(&node, &username).await?;
                let mut tx = node.store.begin().await?;
                match identity::sign_out_by(&node, &mut tx, BY, &account, id).await {
                    Err(node::Error::NotFound) => {
                        let words = format!("{username} has no token {id} (see: outloud token list {username}).");
                        return Err(Error::Usage(words));
                    }
                    other => other?,
                }
                node.commit(tx).await?;
                say(&format!("The token {id} of @{} is ended.", node.config.full_handle(&account)));
                Ok(())
            }
        }
    }
}

async fn issue(settings: &Settings, username: &str, scopes: &str) -> Result<(), Error> {
    let scopes = Scopes::parse(scopes)
        .ok_or_else(|| Error::Usage(format!("--scopes: “{scopes}” names a scope that does not exist.")))?;
    let node = serve::existing(settings).await?;
    let account = local_account(&node, username).await?;
    let mut tx = node.store.begin().await?;
    let redirect = vec!["urn:ietf:wg:oauth:2.0:oob".to_owned()];
    let (app, _) = login::register_app(&node, &mut tx, "Command line", "", redirect, &scopes).await?;
    let (secret, token) = login::issue_token(&node, &mut tx, Some(app.id), Some(account.id), &scopes).await?;
    moderate::log(&node, &mut tx, BY, "token issue", &account, &format!("{} ({scopes})", token.id)).await?;
    node.commit(tx).await?;
    say(&secret);
    Ok(())
}
