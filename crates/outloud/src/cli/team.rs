//! Teams of members, from the command line.

use clap::Subcommand;
use model::clock::date;
use model::id::Id;
use node::{Node, team};
use storage::{Team as Known, Tx};

use super::{BY, local_account, say};
use crate::{Error, Settings, serve};

/// Teams that are read at a time.
const STEP: i64 = 100;

#[derive(Debug, Subcommand)]
pub enum Team {
    /// Print the teams, or those of one member: number, name, how many are in it, and since when there is one.
    List {
        #[arg(long, value_name = "USERNAME")]
        member: Option<String>,
    },
    /// Make a team of these members.
    Create {
        name: String,
        #[arg(required = true)]
        usernames: Vec<String>,
    },
    /// Print who is in a team.
    Members {
        /// Its number, as list prints it, or its name.
        team: String,
    },
    /// Take members into a team.
    Add {
        /// Its number, as list prints it, or its name.
        team: String,
        #[arg(required = true)]
        usernames: Vec<String>,
    },
    /// Take members out of a team: they see nothing of it any more. When nobody is left, it ends.
    Remove {
        /// Its number, as list prints it, or its name.
        team: String,
        #[arg(required = true)]
        usernames: Vec<String>,
    },
    /// End a team. What was said in it is its authors' alone from then on.
    Dissolve {
        /// Its number, as list prints it, or its name.
        team: String,
    },
}

impl Team {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = &*serve::existing(settings).await?;
        match self {
            Self::List { member } => list(node, member).await,
            Self::Create { name, usernames } => {
                let mut members = Vec::new();
                for username in &usernames {
                    members.push(local_account(node, username).await?);
                }
                let mut tx = node.store.begin().await?;
                let made = team::found(node, &mut tx, BY, &name, &members).await?;
                let words = line(&mut tx, &made).await?;
                node.commit(tx).await?;
                say(&words);
                Ok(())
            }
            Self::Members { team } => {
                let mut tx = node.store.read().await?;
                let team = find(&mut tx, &team).await?;
                for account in tx.team_members(team.id).await? {
                    say(&format!("@{}", account.username));
                }
                Ok(())
            }
            Self::Add { team, usernames } => change(node, &team, &usernames, true).await,
            Self::Remove { team, usernames } => change(node, &team, &usernames, false).await,
            Self::Dissolve { team } => {
                let mut tx = node.store.begin().await?;
                let known = find(&mut tx, &team).await?;
                team::end(node, &mut tx, BY, &known).await?;
                node.commit(tx).await?;
                say(&format!("{} is no team any more. What was said in it is its authors' alone.", known.name));
                Ok(())
            }
        }
    }
}

async fn list(node: &Node, member: Option<String>) -> Result<(), Error> {
    if let Some(username) = member {
        let account = local_account(node, &username).await?;
        let mut tx = node.store.read().await?;
        for known in tx.teams_of(account.id).await? {
            say(&line(&mut tx, &known).await?);
        }
        return Ok(());
    }
    let mut tx = node.store.read().await?;
    let mut after = 0;
    loop {
        let step = tx.all_teams(after, STEP).await?;
        let Some(last) = step.last() else { return Ok(()) };
        after = last.id;
        for known in &step {
            say(&line(&mut tx, known).await?);
        }
    }
}

async fn change(node: &Node, team: &str, usernames: &[String], is_in: bool) -> Result<(), Error> {
    let mut accounts = Vec::new();
    for username in usernames {
        accounts.push(local_account(node, username).await?);
    }
    let mut tx = node.store.begin().await?;
    let known = find(&mut tx, team).await?;
    for account in &accounts {
        match is_in {
            true => team::take_in(node, &mut tx, BY, &known, account.id, account).await?,
            false => team::take_out(node, &mut tx, BY, &known, account.id).await?,
        }
    }
    let words = match tx.team(known.id).await? {
        Some(known) => line(&mut tx, &known).await?,
        None => format!("Nobody is left in {}: it is no team any more.", known.name),
    };
    node.commit(tx).await?;
    say(&words);
    Ok(())
}

/// By its number, or by its name, if no other team has that.
async fn find(tx: &mut Tx, named: &str) -> Result<Known, Error> {
    let named = named.trim();
    if let Ok(id) = named.parse::<Id>()
        && let Some(known) = tx.team(id).await?
    {
        return Ok(known);
    }
    let mut called = tx.teams_called(named).await?;
    match (called.pop(), called.is_empty()) {
        (Some(known), true) => Ok(known),
        (Some(_), false) => Err(Error::Usage(format!("Several teams are called “{named}”: say its number."))),
        (None, _) => Err(Error::Usage(format!("There is no team “{named}”."))),
    }
}

async fn line(tx: &mut Tx, team: &Known) -> Result<String, Error> {
    let count = tx.count_team_members(team.id).await?;
    let members = if count == 1 { "1 member".to_owned() } else { format!("{count} members") };
    Ok(format!("{}\t{}\t{members}\tsince {}", team.id, team.name, date(team.created_at)))
}
