//! The commands.

mod backup;
mod challenge;
mod check;
mod cuppa;
mod demo;
mod domain;
mod emoji;
mod gates;
mod hat;
mod invite;
mod key;
mod member;
mod moderate;
mod peer;
mod relay;
mod report;
mod tag;
mod takeout;
mod team;
mod texts;

use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum as _};
use node::Node;

use crate::serve::{self, Role};
use crate::{Error, Parts, Running, Settings, measures};

/// A fediverse node for people who work out loud.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
struct Arguments {
    /// Settings file [default: outloud.toml, if it is there]. Each setting can also stand in the environment, as OUTLOUD_…
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the node. The first start prints a link with which the owner signs up.
    Serve {
        /// Serve pages and APIs (web), deliver and fetch (worker), or both. Several processes need PostgreSQL.
        #[arg(long, default_value = "all")]
        role: Role,
    },
    /// Try it out: two nodes on this machine that follow each other, with people and updates. Takes no settings; keeps
    /// everything in the folder outloud-demo.
    Demo {
        /// Port of the first node; the second takes the next one.
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Forget what was done in an earlier demo.
        #[arg(long)]
        fresh: bool,
    },
    /// Members: add them, let them in and shut them out, let them move in and out, delete them.
    #[command(subcommand)]
    Member(member::Member),
    /// Make a link with which somebody can sign up; list the links that still work, and end them.
    Invite(invite::Invite),
    /// Tokens for apps and scripts.
    #[command(subcommand)]
    Token(member::Token),
    /// Keys with which accounts sign what they send.
    #[command(subcommand)]
    Key(key::Key),
    /// Suspend, limit or freeze accounts. A running node heeds it within half a second.
    #[command(subcommand)]
    Account(moderate::Account),
    /// The node's own emoji.
    #[command(subcommand)]
    Emoji(emoji::Emoji),
    /// Hats that members wear on hashtags.
    #[command(subcommand)]
    Hat(hat::Hat),
    /// What the node says about itself: description, privacy policy, terms of service.
    #[command(subcommand)]
    Text(texts::Text),
    /// The node's rules for its members.
    #[command(subcommand)]
    Rule(texts::Rule),
    /// What all members are told in their apps.
    #[command(subcommand)]
    Announcement(texts::Announcement),
    /// Rules for other servers. A running node heeds them within a second.
    #[command(subcommand)]
    Domain(domain::Domain),
    /// Questions that people anywhere can follow and answer.
    #[command(subcommand)]
    Challenge(challenge::Challenge),
    /// Introductions of people who do not know each other yet.
    #[command(subcommand)]
    Cuppa(cuppa::Cuppa),
    /// Hashtags that the node does not carry to other servers.
    #[command(subcommand)]
    Tag(tag::Tag),
    /// Servers from which hashtags come that members follow.
    #[command(subcommand)]
    Peer(peer::Peer),
    /// Teams: members who say something among themselves.
    #[command(subcommand)]
    Team(team::Team),
    /// Relays, which pass on the public posts of all who take part.
    #[command(subcommand)]
    Relay(relay::Relay),
    /// E-mail providers with whose addresses nobody joins.
    #[command(subcommand)]
    EmailDomainBlock(gates::ProviderBlock),
    /// Single e-mail addresses with which nobody joins.
    #[command(subcommand)]
    EmailBlock(gates::EmailBlock),
    /// Networks from which nobody joins, or to which nothing is answered.
    #[command(subcommand)]
    IpBlock(gates::NetworkBlock),
    /// What members and other servers reported.
    #[command(subcommand)]
    Report(report::Report),
    /// Print what the moderators did, newest first.
    Log {
        /// How many lines.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        lines: i64,
    },
    /// Prove that the node is set up well: settings, database, media, clock, and that it can be reached under its name.
    /// The status is 1 if anything is not as it should be.
    Check {
        /// Read the whole database, too: is it whole, do kept counts agree, are files missing? Takes long on a large node.
        #[arg(long)]
        deep: bool,
        /// Do not ask whether the node can be reached: for one that does not run, like a backup that was restored to be looked at.
        #[arg(long)]
        offline: bool,
    },
    /// Write everything into one file: database, keys, media. The node may run meanwhile.
    Backup {
        /// A tar file. One that is there already is replaced when the new one is complete.
        file: PathBuf,
    },
    /// Read a backup into an empty database (OUTLOUD_DATABASE_URL) and an empty place for media (OUTLOUD_MEDIA_URL). The node must not run.
    Restore {
        /// A file that backup wrote.
        file: PathBuf,
        /// Replace what is in the database. Media files that are not in the backup stay.
        #[arg(long)]
        force: bool,
        /// Only try it: restore into a new folder within the data folder, look at everything, and remove it again. The node may run
        /// meanwhile; the disk needs room for a second one.
        #[arg(long, conflicts_with = "force")]
        test: bool,
    },
}

/// Runs what was typed. The status is 0 when it was done, 1 when it could not be done, 2 when it was typed wrongly.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => return typed_wrongly(&error),
        // Help and version, which are asked for.
        Err(error) => error.exit(),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("cannot start: {error}")),
    };
    let result = runtime.block_on(run(arguments));
    // What still computes on another thread (a picture, a password) is not waited for.
    runtime.shutdown_timeout(Duration::from_secs(1));
    match result {
        Ok(()) if UNSAID.load(Ordering::Relaxed) => ExitCode::FAILURE,
        Ok(()) => ExitCode::SUCCESS,
        // It was said line by line.
        Err(Error::Checks) => ExitCode::FAILURE,
        Err(error) => fail(&words(&error)),
    }
}

/// One line instead of a page. Without any command the page is what helps.
fn typed_wrongly(error: &clap::Error) -> ExitCode {
    if error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        error.exit();
    }
    let page = error.to_string();
    let lines: Vec<&str> =
        page.lines().take_while(|l| !l.starts_with("Usage:") && !l.starts_with("For more")).collect();
    let line = lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    fail(&format!("{} (see --help)", line.trim_start_matches("error: ")));
    ExitCode::from(2)
}

/// An error with what caused it, in one line.
fn words(error: &Error) -> String {
    let mut words = match error {
        Error::Node(node::Error::Field { field, message, .. }) => format!("{field}: {message}"),
        other => other.to_string(),
    };
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause {
        let more = deeper.to_string();
        if !words.contains(&more) {
            words = format!("{words}: {more}");
        }
        cause = deeper.source();
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn run(arguments: Arguments) -> Result<(), Error> {
    let settings = || Settings::load(arguments.config.as_deref(), std::env::vars());
    match arguments.command {
        Command::Serve { role } => run_server(&settings()?, role).await,
        Command::Demo { port, fresh } => demo::run(port, fresh).await,
        Command::Member(command) => command.run(&settings()?).await,
        Command::Invite(command) => command.run(&settings()?).await,
        Command::Token(command) => command.run(&settings()?).await,
        Command::Key(command) => command.run(&settings()?).await,
        Command::Account(command) => command.run(&settings()?).await,
        Command::Emoji(command) => command.run(&settings()?).await,
        Command::Hat(command) => command.run(&settings()?).await,
        Command::Text(command) => command.run(&settings()?).await,
        Command::Rule(command) => command.run(&settings()?).await,
        Command::Announcement(command) => command.run(&settings()?).await,
        Command::Domain(command) => command.run(&settings()?).await,
        Command::Challenge(command) => command.run(&settings()?).await,
        Command::Cuppa(command) => command.run(&settings()?).await,
        Command::Tag(command) => command.run(&settings()?).await,
        Command::Peer(command) => command.run(&settings()?).await,
        Command::Team(command) => command.run(&settings()?).await,
        Command::Relay(command) => command.run(&settings()?).await,
        Command::EmailDomainBlock(command) => command.run(&settings()?).await,
        Command::EmailBlock(command) => command.run(&settings()?).await,
        Command::IpBlock(command) => command.run(&settings()?).await,
        Command::Report(command) => command.run(&settings()?).await,
        Command::Log { lines } => report::log(&settings()?, lines).await,
        Command::Check { deep, offline } => check::run(&settings()?, deep, offline).await,
        Command::Backup { file } => backup::backup(&settings()?, &file).await,
        Command::Restore { file, test: true, .. } => backup::test(&settings()?, &file).await,
        Command::Restore { file, force, .. } => backup::restore(&settings()?, &file, force).await,
    }
}

async fn run_server(settings: &Settings, role: Role) -> Result<(), Error> {
    if role != Role::All && settings.database_url.starts_with("sqlite:") {
        return Err(Error::Usage("--role web and --role worker need PostgreSQL (OUTLOUD_DATABASE_URL).".to_owned()));
    }
    start_log(&settings.log, settings.log_json)?;
    let parts = Parts { metrics: measures::collect()?, ..Parts::default() };
    let mut signals = serve::Signals::listen()?;
    let running = tokio::select! {
        running = Running::start(settings, role, parts, None) => running?,
        () = signals.asked_to_stop() => return Ok(()),
    };
    if let Some(link) = &running.first_link {
        say(&format!(
            "\nWelcome. Sign up as the owner of this node here (the link works once, for seven days):\n\n  {link}\n"
        ));
    }
    let engine = if settings.database_url.starts_with("sqlite:") { "SQLite" } else { "PostgreSQL" };
    tracing::info!(
        origin = settings.node.origin,
        listen = %running.address,
        role = role.to_possible_value().map_or(String::new(), |r| r.get_name().to_owned()),
        database = engine,
        "ready"
    );
    signals.asked_to_stop().await;
    match settings.drain.as_secs() {
        0 => tracing::info!("stopping"),
        seconds => tracing::info!(seconds, "stopping, after serving for as long as OUTLOUD_DRAIN says"),
    }
    tokio::select! {
        () = running.stop() => tracing::info!("stopped"),
        // Asked twice, it goes at once: everything that counts is on disk.
        () = signals.asked_to_stop() => tracing::warn!("stopped at once"),
    }
    Ok(())
}

fn start_log(filter: &str, json: bool) -> Result<(), Error> {
    let wrong = || {
        Error::setting(
            "OUTLOUD_LOG",
            format!("“{filter}” does not work: it must be a filter, like info or outloud=debug,warn"),
        )
    };
    // The name of a part alone would silence everything else: a word must be a level.
    let is_level = |word: &str| word.parse::<tracing::level_filters::LevelFilter>().is_ok();
    if !filter.split(',').map(str::trim).all(|part| part.contains(['=', '[']) || is_level(part)) {
        return Err(wrong());
    }
    let filter = tracing_subscriber::EnvFilter::try_new(with_libraries(filter)).map_err(|_| wrong())?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    if json {
        log.json().init()
    } else {
        log.init()
    }
    Ok(())
}

/// A level alone is meant for us. Libraries say at most what they warn of unless they are named: some would write down what people
/// say to each other.
fn with_libraries(filter: &str) -> String {
    let parts = filter.split(',').map(str::trim).filter(|p| !p.is_empty());
    let of_ours = |level: &str| OURS.map(|name| format!("{name}={level}")).join(",");
    let read = |part: &str| if part.contains(['=', '[']) { part.to_owned() } else { of_ours(part) };
    ["warn".to_owned()].into_iter().chain(parts.map(read)).collect::<Vec<_>>().join(",")
}

/// Our crates, as the log names them.
const OURS: [&str; 6] = ["outloud", "http_api", "federation", "node", "storage", "model"];

/// The account of this node with this name (with or without `@`), for commands.
async fn local_account(node: &Node, name: &str) -> Result<model::account::Account, Error> {
    let name = name.trim().trim_start_matches('@');
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    let account = node.store.read().await?.account_by_handle(name, "").await?;
    let account = account.filter(|a| a.deleted_at.is_none() && !node::carry::is_carrier(a));
    account.ok_or_else(|| Error::Usage(format!("There is no member “{name}” on this node.")))
}

/// Who did it, in the log of what moderators do.
const BY: &str = "command line";

/// Something could not be said, though somebody listens: the disk is full, for example, where it should have been written.
static UNSAID: AtomicBool = AtomicBool::new(false);

/// What a command answers. Whoever reads no further (`outloud member list | head`) wants no more: what is done is done all the same.
fn say(text: &str) {
    if let Err(error) = writeln!(std::io::stdout(), "{}", harmless(text))
        && error.kind() != ErrorKind::BrokenPipe
        && !UNSAID.swap(true, Ordering::Relaxed)
    {
        aside(&format!("cannot write to standard output: {error}"));
    }
}

/// Without what a terminal would do instead of show it: strangers wrote some of what is said.
fn harmless(text: &str) -> String {
    let does = |c: char| {
        c.is_control() && c != '\n' && c != '\t' || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if does(c) { '\u{FFFD}' } else { c }).collect()
}

/// What is not the answer. If it cannot be said there is nobody to tell.
fn aside(words: &str) {
    let _ = writeln!(std::io::stderr(), "outloud: {}", harmless(words));
}

fn fail(words: &str) -> ExitCode {
    aside(words);
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::{harmless, with_libraries};

    #[test]
    fn what_strangers_wrote_does_nothing_to_a_terminal() {
        assert_eq!(harmless("a\u{1b}[2J\r\u{7}\u{202e}b\tc\nd é"), "a\u{FFFD}[2J\u{FFFD}\u{FFFD}\u{FFFD}b\tc\nd é");
    }

    #[test]
    fn libraries_write_down_nothing_of_what_people_say() {
        let debug = with_libraries("debug");
        assert!(debug.starts_with("warn,outloud=debug,http_api=debug,"), "{debug}");
        assert_eq!(with_libraries("html5ever=trace, info").matches("=info").count(), 6);
        assert!(with_libraries("node=debug,warn").contains("warn,node=debug,outloud=warn"));
    }
}
