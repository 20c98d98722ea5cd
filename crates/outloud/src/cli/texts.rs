//! What the node says about itself: texts, rules, announcements.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use model::clock::{Millis, date, parse_rfc3339, rfc3339};
use node::texts::{self, About, NewAnnouncement};

use super::{BY, aside, say};
use crate::{Error, Settings, serve};

/// Longest file that is read, in bytes.
const FILE: u64 = 1024 * 1024;

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Which {
    /// What the node is, at length. Without it apps show the description.
    ExtendedDescription,
    PrivacyPolicy,
    Accessibility,
    TermsOfService,
    /// What moderators say often to people whom they warn, a paragraph each. It is shown to nobody else.
    ReadyWords,
}

impl From<Which> for About {
    fn from(which: Which) -> Self {
        match which {
            Which::ExtendedDescription => Self::ExtendedDescription,
            Which::PrivacyPolicy => Self::PrivacyPolicy,
            Which::Accessibility => Self::Accessibility,
            Which::TermsOfService => Self::TermsOfService,
            Which::ReadyWords => Self::ReadyWords,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Text {
    /// Set a text from a file (Markdown). What held before stays readable as terms of its date.
    Set {
        which: Which,
        /// - reads from standard input.
        file: PathBuf,
        /// The day from which it holds, like 2026-01-31 [default: now].
        #[arg(long, value_name = "DAY")]
        from: Option<String>,
    },
    /// Print the text that holds.
    Show { which: Which },
    /// Take a text away, with all its versions.
    Remove { which: Which },
}

impl Text {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        match self {
            Self::Set { which, file, from } => {
                let source = read(&file)?;
                let from = from.as_deref().map(time).transpose()?.unwrap_or_else(|| node.now());
                let mut tx = node.store.begin().await?;
                texts::set(&node, &mut tx, BY, which.into(), &source, from).await?;
                let holds = tx.text_at(About::from(which).name(), node.now()).await?;
                node.commit(tx).await?;
                match holds.filter(|held| held.effective_at > from) {
                    Some(held) => say(&format!(
                        "It is kept as the version of {}; that of {} holds now.",
                        date(from),
                        date(held.effective_at)
                    )),
                    None => say(&format!("It holds from {} on.", date(from))),
                }
            }
            Self::Show { which } => {
                let (which, mut tx) = (About::from(which), node.store.read().await?);
                let found = tx.text_at(which.name(), node.now()).await?.map(|text| text.source);
                let usual = texts::own_words(which);
                if found.is_none() && !usual.is_empty() {
                    aside("there is none of this node: these are the program's own words, which hold until there is");
                    say(usual.trim_end());
                    return Ok(());
                }
                say(found.ok_or_else(|| none(which))?.trim_end());
            }
            Self::Remove { which } => {
                let mut tx = node.store.begin().await?;
                match texts::remove(&node, &mut tx, BY, which.into()).await {
                    Err(node::Error::NotFound) => return Err(none(which.into())),
                    other => other?,
                }
                node.commit(tx).await?;
                say("It is gone, with all its versions.");
            }
        }
        Ok(())
    }
}

fn none(which: About) -> Error {
    Error::Usage(format!("There is no text {} of this node.", which.name()))
}

#[derive(Debug, Subcommand)]
pub enum Rule {
    /// Add a rule after the others.
    Add {
        text: String,
        /// What it means, in more words.
        #[arg(long, default_value = "")]
        hint: String,
    },
    /// Say a rule in other words, by its number. What it said before can still be read.
    Change {
        number: usize,
        text: String,
        /// What it means, in more words [default: as before].
        #[arg(long)]
        hint: Option<String>,
    },
    /// Print the rules with their numbers.
    List,
    /// Take a rule away, by its number.
    Remove { number: usize },
}

fn no_rule(number: usize, error: node::Error) -> Error {
    match error {
        node::Error::NotFound => Error::Usage(format!("There is no rule {number} (see: outloud rule list).")),
        other => other.into(),
    }
}

impl Rule {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        match self {
            Self::Add { text, hint } => {
                let mut tx = node.store.begin().await?;
                texts::add_rule(&node, &mut tx, BY, &text, &hint).await?;
                node.commit(tx).await?;
                say("The rule holds.");
            }
            Self::Change { number, text, hint } => {
                let mut tx = node.store.begin().await?;
                let changed = texts::change_rule(&node, &mut tx, BY, number, &text, hint.as_deref()).await;
                changed.map_err(|e| no_rule(number, e))?;
                node.commit(tx).await?;
                say("The rule holds as it stands now.");
            }
            Self::List => {
                let rules = node.store.read().await?.rules().await?;
                if rules.is_empty() {
                    say("There are no rules.");
                }
                for (number, rule) in (1..).zip(rules) {
                    say(&format!("{number}. {}", rule.text));
                    if !rule.hint.is_empty() {
                        say(&format!("   {}", rule.hint));
                    }
                }
            }
            Self::Remove { number } => {
                let mut tx = node.store.begin().await?;
                let rule = texts::remove_rule(&node, &mut tx, BY, number).await.map_err(|e| no_rule(number, e))?;
                node.commit(tx).await?;
                say(&format!("It holds no longer: {}", rule.text));
            }
        }
        Ok(())
    }
}

#[derive(Debug, Subcommand)]
pub enum Announcement {
    /// Tell all members something: apps show it until they are done with it.
    Add {
        /// Markdown.
        text: String,
        /// When what it speaks of begins: 2026-01-31T18:00:00Z, or a day.
        #[arg(long, value_name = "TIME")]
        starts: Option<String>,
        /// When that ends. Then the announcement is gone, too.
        #[arg(long, value_name = "TIME")]
        ends: Option<String>,
        /// Of those the days alone count.
        #[arg(long)]
        all_day: bool,
    },
    /// Print the announcements with their ids.
    List,
    /// Take an announcement away, by its id.
    Remove { id: i64 },
}

impl Announcement {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        match self {
            Self::Add { text, starts, ends, all_day } => {
                let starts_at = starts.as_deref().map(time).transpose()?;
                let ends_at = ends.as_deref().map(time).transpose()?;
                let mut tx = node.store.begin().await?;
                let new = NewAnnouncement { text, starts_at, ends_at, all_day };
                let made = texts::announce(&node, &mut tx, BY, &new).await?;
                node.commit(tx).await?;
                say(&made.id.to_string());
            }
            Self::List => {
                let all = node.store.read().await?.announcements().await?;
                if all.is_empty() {
                    say("There are no announcements.");
                }
                for a in all {
                    let first = a.source.lines().next().unwrap_or_default();
                    let until = if texts::is_over(&a, node.now()) { "over since" } else { "until" };
                    let ends = a.ends_at.map(|at| format!("  ({until} {})", rfc3339(at))).unwrap_or_default();
                    say(&format!("{}  {first}{ends}", a.id));
                }
            }
            Self::Remove { id } => {
                let mut tx = node.store.begin().await?;
                match texts::unannounce(&node, &mut tx, BY, id).await {
                    Err(node::Error::NotFound) => {
                        let words = format!("There is no announcement {id} (see: outloud announcement list).");
                        return Err(Error::Usage(words));
                    }
                    other => other?,
                }
                node.commit(tx).await?;
                say("It is gone.");
            }
        }
        Ok(())
    }
}

/// A time as it is typed: with its hour, or the beginning of a day (UTC).
fn time(typed: &str) -> Result<Millis, Error> {
    let found = parse_rfc3339(typed).or_else(|| parse_rfc3339(&format!("{}T00:00:00Z", typed.trim())));
    found.ok_or_else(|| Error::Usage(format!("“{typed}” is no time, like 2026-01-31T18:00:00Z or 2026-01-31.")))
}

fn read(file: &Path) -> Result<String, Error> {
    let cannot = || Error::io(format!("cannot read {}", file.display()));
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin().take(FILE).read_to_string(&mut text).map_err(cannot())?;
    } else {
        std::fs::File::open(file).map_err(cannot())?.take(FILE).read_to_string(&mut text).map_err(cannot())?;
    }
    Ok(text)
}
