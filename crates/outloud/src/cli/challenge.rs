//! Challenges, from the command line.

use clap::Subcommand;
use model::clock::{self, Millis, parse_rfc3339};
use model::page::Page;
use node::challenge::{self, Asked, Change, Form};
use node::{Node, moderate};
use storage::Tx;

use super::{BY, local_account, say};
use crate::{Error, Settings, serve};

/// Lines that are read at a time.
const STEP: i64 = 100;

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
        #[arg(long, value_name = "TIME", value_parser = time)]
        opens: Option<Millis>,
        /// When it closes. Without it, when somebody closes it.
        #[arg(long, value_name = "TIME", value_parser = time)]
        closes: Option<Millis>,
    },
    /// Take nothing more in, and say in a post what came.
    Close { name: String },
    /// Say what came of it in the end, in Markdown.
    Answer { name: String, answer: String },
    /// Have another member look after it.
    Give { name: String, username: String },
    /// Let any member take it over.
    Offer { name: String },
    /// Take it away, with all that it said. Its name is never given again.
    Remove { name: String },
    /// Print the challenges, the newest first.
    List,
}

/// A day, or a moment in it.
fn time(text: &str) -> Result<Millis, String> {
    parse_rfc3339(text)
        .or_else(|| parse_rfc3339(&format!("{text}T00:00:00Z")))
        .ok_or_else(|| "must be a time, like 2027-01-31 or 2027-01-31T09:00:00Z".to_owned())
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
                asked = challenge::give(&mut tx, asked, &owner).await?;
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
            let until = c.closes_at.map_or_else(String::new, |at| format!(" until {}", clock::date(at)));
            say(&format!(
                "@{}  {}{until}  {} contributions  {}",
                account.username,
                c.state.name(),
                c.contributions_count,
                c.question
            ));
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
