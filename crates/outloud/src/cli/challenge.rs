//! Challenges, from the command line.

use clap::Subcommand;
use model::account::Account;
use model::audience::Viewer;
use model::challenge::{Challenge as Known, Standing, State};
use model::clock::{Millis, date, deadline, parse_from, parse_until};
use model::html;
use model::id::Id;
use model::page::Page;
use node::challenge::{self, Asked, Change, Form};
use node::{Node, moderate};
use storage::Tx;

use super::moderate::find;
use super::{BY, local_account, say};
use crate::{Error, Settings, serve};

/// Lines that are read at a time.
const STEP: i64 = 100;
/// Characters that are shown of a contribution.
const EXCERPT: usize = 80;

#[derive(Debug, Subcommand)]
pub enum Challenge {
    /// Ask a question that people anywhere can follow and answer, as @NAME.
    Open {
        /// A username for it, like trust-challenge.
        name: String,
        #[arg(long)]
        question: String,
        /// The member who looks after it.
        #[arg(long, value_name = "USERNAME")]
        owner: String,
        /// What it is for, in Markdown.
        #[arg(long, default_value = "")]
        purpose: String,
        /// What is posted with this hashtag contributes, too.
        #[arg(long, default_value = "")]
        tag: String,
        /// When it opens, like 2027-01-31 or 2027-01-31T09:00:00Z. Without it, now.
        #[arg(long, value_name = "TIME", value_parser = from)]
        opens: Option<Millis>,
        /// When it closes: of a day at its end. Without it, when somebody closes it.
        #[arg(long, value_name = "TIME", value_parser = until)]
        closes: Option<Millis>,
    },
    /// Take nothing more in, and say in a post what came.
    Close { name: String },
    /// Say what came of it in the end, in Markdown. One that is open is closed with that, and says in a post what came.
    Answer { name: String, answer: String },
    /// Have another member look after it.
    Give { name: String, username: String },
    /// Let any member take it over.
    Offer { name: String },
    /// Take it away, with all that it said. Its name is never given again.
    Remove { name: String },
    /// Print the challenges, the newest first: how far each is, who looks after it, and what came.
    List,
    /// Print what waits for a decision: of one challenge, or of all.
    Waiting {
        name: Option<String>,
        /// What was refused, in place of what waits.
        #[arg(long, conflicts_with = "accepted")]
        refused: bool,
        /// What was accepted, in place of what waits.
        #[arg(long)]
        accepted: bool,
    },
    /// Pass a contribution on.
    Accept {
        name: String,
        /// The number in the list of what waits.
        #[arg(value_parser = number)]
        post: Id,
    },
    /// Do not pass a contribution on (any more).
    Refuse {
        name: String,
        /// The number in the list of what waits.
        #[arg(value_parser = number)]
        post: Id,
    },
    /// Give somebody no say in it any more, and refuse all that they contributed.
    Block {
        name: String,
        /// A member (sam, @sam), or somebody elsewhere who is known here (sam@example.org).
        handle: String,
    },
    /// Give them a say again. What was refused stays so until it is accepted.
    Unblock { name: String, handle: String },
}

fn number(typed: &str) -> Result<Id, String> {
    typed.parse().map_err(|_| "it must be a number, as challenge waiting prints it".to_owned())
}

fn from(text: &str) -> Result<Millis, String> {
    parse_from(text).ok_or_else(no_time)
}

fn until(text: &str) -> Result<Millis, String> {
    parse_until(text).ok_or_else(no_time)
}

fn no_time() -> String {
    "must be a day or a time, like 2027-01-31 or 2027-01-31T09:00:00Z".to_owned()
}

impl Challenge {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        match self {
            Self::Open { name, question, owner, purpose, tag, opens, closes } => {
                let owner = local_account(&node, &owner).await?;
                let form = Form { name, question, purpose, tag, opens_at: opens, closes_at: closes };
                let mut tx = node.store.begin().await?;
                let asked = challenge::open(&node, &mut tx, &owner, &form).await?;
                log(&node, &mut tx, "challenge open", &asked).await?;
                node.commit(tx).await?;
                let when = if asked.challenge.opening_id.is_some() { "is open" } else { "opens when its time comes" };
                say(&format!("@{} {when}: {}", node.config.full_handle(&asked.account), asked.account.url));
            }
            Self::Close { name } => {
                let mut tx = node.store.begin().await?;
                let asked = challenge::find(&mut tx, &name).await.map_err(|e| named(e, &name))?;
                let asked = challenge::close(&node, &mut tx, asked).await?;
                log(&node, &mut tx, "challenge close", &asked).await?;
                node.commit(tx).await?;
                say(&format!("@{} is closed.", node.config.full_handle(&asked.account)));
            }
            Self::Answer { name, answer } => {
                let mut tx = node.store.begin().await?;
                let asked = challenge::find(&mut tx, &name).await.map_err(|e| named(e, &name))?;
                let asked = challenge::answer(&node, &mut tx, asked, &answer).await?;
                log(&node, &mut tx, "challenge answer", &asked).await?;
                node.commit(tx).await?;
                say(&format!("@{} is answered.", node.config.full_handle(&asked.account)));
            }
            Self::Give { name, username } => {
                let owner = local_account(&node, &username).await?;
                let mut tx = node.store.begin().await?;
                let mut asked = challenge::find(&mut tx, &name).await.map_err(|e| named(e, &name))?;
                asked = challenge::give(&node, &mut tx, asked, &owner).await?;
                log(&node, &mut tx, "challenge give", &asked).await?;
                node.commit(tx).await?;
                let owner = node.config.full_handle(&owner);
                say(&format!("@{owner} looks after @{} now.", node.config.full_handle(&asked.account)));
            }
            Self::Offer { name } => {
                let mut tx = node.store.begin().await?;
                let asked = challenge::find(&mut tx, &name).await.map_err(|e| named(e, &name))?;
                let change = Change { adoptable: Some(true), ..Change::default() };
                let asked = challenge::change(&node, &mut tx, asked, &change).await?;
                log(&node, &mut tx, "challenge offer", &asked).await?;
                node.commit(tx).await?;
                say(&format!("Any member can look after @{} now.", node.config.full_handle(&asked.account)));
            }
            Self::Remove { name } => {
                let mut tx = node.store.begin().await?;
                let asked = challenge::find(&mut tx, &name).await.map_err(|e| named(e, &name))?;
                challenge::remove(&node, &mut tx, BY, &asked).await?;
                node.commit(tx).await?;
                say(&format!("@{} is gone.", node.config.full_handle(&asked.account)));
            }
            Self::List => list(&node).await?,
            Self::Waiting { name, refused, accepted } => {
                let standing = match (refused, accepted) {
                    (true, _) => Standing::Refused,
                    (_, true) => Standing::Accepted,
                    _ => Standing::Waiting,
                };
                waiting(&node, name.as_deref(), standing).await?;
            }
            Self::Accept { name, post } => decide(&node, &name, post, true).await?,
            Self::Refuse { name, post } => decide(&node, &name, post, false).await?,
            Self::Block { name, handle } => {
                let mut tx = node.store.begin().await?;
                let asked = challenge::find(&mut tx, &name).await.map_err(|e| named(e, &name))?;
                let account = find(&node, &mut tx, &handle).await?;
                challenge::block(&node, &mut tx, &asked, &account).await?;
                let (whom, what) = (node.config.full_handle(&account), node.config.full_handle(&asked.account));
                moderate::log(&node, &mut tx, BY, "challenge block", &asked.account, &format!("@{whom}")).await?;
                node.commit(tx).await?;
                say(&format!("@{whom} has no say in @{what} any more."));
            }
            Self::Unblock { name, handle } => {
                let mut tx = node.store.begin().await?;
                let asked = challenge::find(&mut tx, &name).await.map_err(|e| named(e, &name))?;
                let account = find(&node, &mut tx, &handle).await?;
                let (whom, what) = (node.config.full_handle(&account), node.config.full_handle(&asked.account));
                if challenge::unblock(&mut tx, &asked, &account).await? {
                    moderate::log(&node, &mut tx, BY, "challenge unblock", &asked.account, &format!("@{whom}")).await?;
                    node.commit(tx).await?;
                    say(&format!("@{whom} has a say in @{what} again."));
                } else {
                    say(&format!("@{whom} had a say in @{what} all the time."));
                }
            }
        }
        Ok(())
    }
}

fn named(error: node::Error, name: &str) -> Error {
    match error {
        node::Error::NotFound => Error::Usage(format!("There is no challenge @{} here.", name.trim_start_matches('@'))),
        other => other.into(),
    }
}

async fn log(node: &Node, tx: &mut Tx, action: &str, asked: &Asked) -> Result<(), Error> {
    Ok(moderate::log(node, tx, BY, action, &asked.account, &asked.challenge.question).await?)
}

async fn list(node: &Node) -> Result<(), Error> {
    let (mut page, mut count) = (Page::first(STEP), 0);
    loop {
        let mut tx = node.store.read().await?;
        let step = tx.all_challenges(&page).await?;
        for c in &step {
            let Some(account) = tx.account(c.account_id).await?.filter(|a| a.deleted_at.is_none()) else { continue };
            say(&line(node, &mut tx, &account, c).await?);
            count += 1;
        }
        match step.last() {
            Some(last) => page.max_id = Some(last.account_id),
            None => break,
        }
    }
    if count == 0 {
        say("There are no challenges.");
    }
    Ok(())
}

/// `@trust  open until 2027-01-31  @sam  #TrustUs  1 contribution, 2 waiting  How do we establish trust?`
async fn line(node: &Node, tx: &mut Tx, account: &Account, c: &Known) -> Result<String, Error> {
    let owner = match challenge::owner(tx, c).await? {
        Some(owner) if c.adoptable => format!("@{}, who offers it", owner.username),
        Some(owner) => format!("@{}", owner.username),
        None => "nobody looks after it".to_owned(),
    };
    let tag = match c.tag_id {
        Some(tag) => tx.tags_by_id(&[tag]).await?.pop(),
        None => None,
    };
    let came = match (c.contributions_count, tx.count_waiting(account.id).await?) {
        (1, 0) => "1 contribution".to_owned(),
        (1, waiting) => format!("1 contribution, {waiting} waiting"),
        (came, 0) => format!("{came} contributions"),
        (came, waiting) => format!("{came} contributions, {waiting} waiting"),
    };
    let parts = [
        Some(format!("@{}", account.username)),
        Some(stage(c, node.now())),
        Some(owner),
        tag.map(|t| format!("#{}", t.display)),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().chain([came, c.question.clone()]).collect();
    Ok(parts.join("  "))
}

fn stage(c: &Known, now: Millis) -> String {
    let day = |word: &str, at: Option<Millis>| at.map_or_else(String::new, |at| format!(" {word} {}", date(at)));
    match c.state {
        State::Planned => format!("planned{}{}", day("from", Some(c.opens_at)), day("until", c.closes_at)),
        State::Open => c.closes_at.map_or_else(|| "open".to_owned(), |at| format!("open until {}", deadline(at, now))),
        State::Closed => format!("closed{}", day("since", c.closes_at)),
        State::Answered => format!("answered{}", day("after it closed on", c.closes_at)),
    }
}

/// What waits, or what was decided so: of one challenge, or of all.
async fn waiting(node: &Node, name: Option<&str>, standing: Standing) -> Result<(), Error> {
    let mut count = 0;
    if let Some(name) = name {
        let mut tx = node.store.read().await?;
        let asked = challenge::find(&mut tx, name).await.map_err(|e| named(e, name))?;
        count = waiting_for(node, &mut tx, &asked.account, standing).await?;
    } else {
        let mut page = Page::first(STEP);
        loop {
            let mut tx = node.store.read().await?;
            let step = tx.all_challenges(&page).await?;
            for c in &step {
                if let Some(account) = tx.account(c.account_id).await?.filter(|a| a.deleted_at.is_none()) {
                    count += waiting_for(node, &mut tx, &account, standing).await?;
                }
            }
            match step.last() {
                Some(last) => page.max_id = Some(last.account_id),
                None => break,
            }
        }
    }
    if count == 0 {
        say(match standing {
            Standing::Waiting => "Nothing waits.",
            Standing::Refused => "Nothing is refused.",
            Standing::Accepted => "Nothing is accepted.",
        });
    }
    Ok(())
}

/// `@trust  116349872873472  2027-01-31  @bob@far.example  We bake bread`
async fn waiting_for(node: &Node, tx: &mut Tx, account: &Account, standing: Standing) -> Result<usize, Error> {
    let (mut page, mut count) = (Page::first(STEP), 0);
    loop {
        let step = tx.contributed(account.id, standing, Viewer::Anyone, &page).await?;
        for post in &step {
            let author = tx.account(post.account_id).await?.map(|a| node.config.full_handle(&a)).unwrap_or_default();
            let words = if post.summary.is_empty() { html::to_text(&post.content) } else { post.summary.clone() };
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            let words = html::truncate(&words, EXCERPT);
            say(&format!("@{}  {}  {}  @{author}  {words}", account.username, post.id, date(post.created_at)));
            count += 1;
        }
        match step.last() {
            Some(last) => page.max_id = Some(last.id),
            None => return Ok(count),
        }
    }
}

async fn decide(node: &Node, name: &str, post: Id, accepted: bool) -> Result<(), Error> {
    let mut tx = node.store.begin().await?;
    let asked = challenge::find(&mut tx, name).await.map_err(|e| named(e, name))?;
    let handle = node.config.full_handle(&asked.account);
    let decided = match challenge::decide(node, &mut tx, None, &asked, post, accepted).await {
        Err(node::Error::NotFound) => {
            return Err(Error::Usage(format!("There is no contribution {post} to @{handle} that can be decided.")));
        }
        other => other?,
    };
    let author = tx.account(decided.account_id).await?.map(|a| node.config.full_handle(&a)).unwrap_or_default();
    let action = if accepted { "challenge accept" } else { "challenge refuse" };
    moderate::log(node, &mut tx, BY, action, &asked.account, &format!("{post} by @{author}")).await?;
    node.commit(tx).await?;
    let done = if accepted { "passes it on" } else { "does not pass it on" };
    say(&format!("What @{author} contributed is {}: @{handle} {done}.", decided.state.name()));
    Ok(())
}
