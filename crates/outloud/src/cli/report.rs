//! Reports and the moderators' log, on the command line.

use clap::Subcommand;
use model::clock;
use model::id::Id;
use model::page::Page;
use node::report::{self, Keeper};
use storage::{Report as Known, ReportFilter};

use super::{BY, say};
use crate::{Error, Settings, serve};

#[derive(Debug, Subcommand)]
pub enum Report {
    /// Print the reports that wait, newest first.
    List {
        /// Closed ones, too.
        #[arg(long)]
        all: bool,
        /// How many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        lines: i64,
    },
    /// Print a report with what was reported, as it was.
    Show {
        /// The number in the list.
        #[arg(value_parser = number)]
        id: Id,
    },
    /// Be done with a report.
    Close {
        /// The number in the list.
        #[arg(value_parser = number)]
        id: Id,
        /// What was decided: for the log, and for who looks at the report later.
        #[arg(long, default_value = "")]
        comment: String,
    },
}

impl Report {
    pub async fn run(self, settings: &Settings) -> Result<(), Error> {
        let node = serve::existing(settings).await?;
        match self {
            Self::List { all, lines } => {
                let by = ReportFilter { closed: (!all).then_some(false), ..ReportFilter::default() };
                let reports = node.store.read().await?.reports(&by, &Page::first(lines)).await?;
                if reports.is_empty() {
                    say("There are no reports.");
                }
                for report in &reports {
                    say(&line(report));
                }
            }
            Self::Show { id } => {
                let mut tx = node.store.read().await?;
                let found = tx.report(id).await?.ok_or_else(|| none(id))?;
                let assignee = match found.assigned_id {
                    Some(id) => tx.account(id).await?.map(|a| node.config.full_handle(&a)),
                    None => None,
                };
                show(&found, assignee.as_deref(), &tx.report_note(id).await?);
            }
            Self::Close { id, comment } => {
                let mut tx = node.store.begin().await?;
                let closed = match report::close(&node, &mut tx, Keeper { name: BY, id: None }, id, &comment).await {
                    Err(node::Error::NotFound) => return Err(none(id)),
                    other => other?,
                };
                node.commit(tx).await?;
                say(&format!("The report {id} about @{} is closed.", closed.target));
            }
        }
        Ok(())
    }
}

fn number(typed: &str) -> Result<Id, String> {
    typed.parse().map_err(|_| "it must be a number, as report list prints it".to_owned())
}

fn none(id: Id) -> Error {
    Error::Usage(format!("There is no report {id}."))
}

fn line(r: &Known) -> String {
    let state = if r.closed_at.is_some() { "closed" } else { "open" };
    let posts = match r.posts.len() {
        0 => String::new(),
        1 => ", 1 post".to_owned(),
        n => format!(", {n} posts"),
    };
    let comment = r.comment.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = format!(
        "{}  {}  {state:6}  {:9}  @{}{posts}, by {}  {comment}",
        r.id,
        clock::date(r.created_at),
        r.category,
        r.target,
        r.reporter
    );
    text.trim_end().to_owned()
}

/// `assignee`: the handle of who looks after it. `note`: what was decided when it was closed.
fn show(r: &Known, assignee: Option<&str>, note: &str) {
    say(&format!(
        "Report {} of {}, about @{}, by {} ({})",
        r.id,
        clock::rfc3339(r.created_at),
        r.target,
        r.reporter,
        r.category
    ));
    if r.forwarded {
        say("It was sent on to their server, without saying who reports.");
    }
    if let Some(at) = r.closed_at {
        let note = if note.is_empty() { String::new() } else { format!(" {note}") };
        say(&format!("Closed {} by {}.{note}", clock::rfc3339(at), r.closed_by));
    }
    match assignee {
        Some(handle) => say(&format!("@{handle} looks after it.")),
        None if r.closed_at.is_none() => say("Nobody looks after it yet."),
        None => {}
    }
    if !r.comment.is_empty() {
        say(&format!("\nThey say: {}", r.comment));
    }
    for post in &r.posts {
        let warning = if post.summary.is_empty() { String::new() } else { format!("[{}] ", post.summary) };
        say(&format!("\n{} {}\n{warning}{}", clock::rfc3339(post.created_at), post.uri, post.text));
    }
}

/// `outloud log`.
pub async fn log(settings: &Settings, lines: i64) -> Result<(), Error> {
    let node = serve::existing(settings).await?;
    let actions = node.store.read().await?.actions(&Page::first(lines)).await?;
    if actions.is_empty() {
        say("The moderators have done nothing yet.");
    }
    for a in actions {
        let detail = a.detail.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = format!("{}  {}  {}  {}  {detail}", clock::rfc3339(a.created_at), a.actor, a.action, a.subject);
        say(text.trim_end());
    }
    Ok(())
}
