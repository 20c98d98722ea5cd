//! Whether a node is set up as it should be, as the operator sees it here and as others see it from outside. Reports only.

pub mod deep;

use std::path::Path;
use std::sync::Arc;

use federation::self_test;
use model::clock::{self, MINUTE};
use node::Node;
use storage::{Category, Schema};

use crate::config::Media;
use crate::progress::size;
use crate::{Error, Settings, serve};

/// 1 January 2025: no clock is before that.
const EARLIEST: clock::Millis = 1_735_689_600_000;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub what: String,
    /// What is wrong, and what to do.
    pub problem: Option<String>,
}

impl Finding {
    pub fn good(what: impl Into<String>) -> Self {
        Self { what: what.into(), problem: None }
    }

    pub fn bad(what: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { what: what.into(), problem: Some(problem.into()) }
    }

    fn of(what: impl Into<String>, outcome: Result<(), String>) -> Self {
        Self { what: what.into(), problem: outcome.err() }
    }
}

/// What can be seen from within: database, media, clock. An error if the database cannot be opened at all.
pub async fn here(settings: &Settings, tell: &mut impl FnMut(Finding)) -> Result<Arc<Node>, Error> {
    let node = serve::look(settings).await?;
    let engine = if node.store.is_sqlite() { "SQLite" } else { "PostgreSQL" };
    tell(Finding::of(format!("database: {engine}, up to date, can be written"), database(&node).await));
    tell(Finding::of("media: files can be written, read and removed", media(settings, &node).await));
    tell(match disk(settings, &node).await {
        Ok((sizes, free)) if free.is_some_and(|free| free < ROOM) => {
            Finding::bad("disk", format!("nearly full, so that soon nothing can be kept any more: make room ({sizes})"))
        }
        Ok((sizes, _)) => Finding::good(format!("disk: {sizes}")),
        Err(error) => Finding::bad("disk", error.to_string()),
    });
    tell(Finding::good(match &settings.mail {
        Some(mail) => format!("mail: set up, {}", mail.words()),
        None => format!("mail: not set up{NO_MAIL}"),
    }));
    tell(Finding::of(format!("clock: {}", clock::rfc3339(node.now())), time(&node).await));
    Ok(node)
}

async fn database(node: &Node) -> Result<(), String> {
    let known = async {
        if node.store.schema().await? != Schema::Current {
            return Ok(Some("its tables are of another version: run outloud serve once".to_owned()));
        }
        let origin = node.store.read().await?.setting("origin").await?;
        if let Some(origin) = origin.filter(|o| *o != node.config.origin) {
            return Ok(Some(format!("it belongs to {origin}: set OUTLOUD_ORIGIN to that")));
        }
        // Never committed.
        let mut tx = node.store.begin().await?;
        tx.put_setting("check", "1").await?;
        Ok::<_, storage::Error>(None)
    };
    match known.await {
        Ok(None) => Ok(()),
        Ok(Some(problem)) => Err(problem),
        Err(error) => Err(format!("{error}: is it full, or not ours to write?")),
    }
}

async fn media(settings: &Settings, node: &Node) -> Result<(), String> {
    let advice = match &settings.media {
        Media::Folder(_) => "see OUTLOUD_MEDIA_URL, who owns that folder, and whether the disk is in order",
        Media::Bucket(_) => "see OUTLOUD_MEDIA_URL, and what the bucket lets us do",
    };
    let tried = node.files.prove(&format!("{}{}", serve::PROBE, node.random.secret())).await;
    tried.map_err(|error| format!("{error}: {advice}"))
}

/// Bytes below which a disk counts as full.
const ROOM: u64 = 4 << 20;

/// What takes how much room, and bytes that are free where media lie. Sums that are kept, so that nothing is walked through.
async fn disk(settings: &Settings, node: &Node) -> Result<(String, Option<u64>), storage::Error> {
    let mut tx = node.store.read().await?;
    let shown = |bytes: i64| size(u64::try_from(bytes).unwrap_or(0));
    let mut words = format!(
        "database {}, uploads {}, profile pictures {}, copies of other servers' files {} of {}",
        shown(tx.database_size().await?),
        shown(tx.disk_use(Category::Media).await?),
        shown(tx.disk_use(Category::Profiles).await?),
        shown(tx.disk_use(Category::Remote).await?),
        size(node.config.remote_media_budget),
    );
    let free = match &settings.media {
        Media::Folder(folder) => free_space(folder),
        Media::Bucket(_) => None,
    };
    if let Some(free) = free {
        words.push_str(&format!("; {} free", size(free)));
    }
    Ok((words, free))
}

#[cfg(unix)]
fn free_space(folder: &Path) -> Option<u64> {
    let system = rustix::fs::statvfs(folder).ok()?;
    system.f_bavail.checked_mul(system.f_frsize)
}

#[cfg(not(unix))]
fn free_space(_: &Path) -> Option<u64> {
    None
}

async fn time(node: &Node) -> Result<(), String> {
    let now = node.now();
    if now < EARLIEST {
        return Err(
            "it is years behind: set the time, best by NTP, or no other server will believe our signatures".to_owned()
        );
    }
    let latest = async { node.store.read().await?.latest_activity().await };
    match latest.await {
        Ok(Some(at)) if at > now + MINUTE => Err(format!(
            "something was done here at {}, which is yet to come: set the time, best by NTP",
            clock::rfc3339(at)
        )),
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// What does not work then.
const NO_MAIL: &str = " (OUTLOUD_SMTP_URL is not set): who forgot their password asks you for a new one, addresses are not confirmed, \
                       and members are told only on this node what was changed or done about them";

/// What others see: that our handles lead here, that here is this very node, and that letters find their way out.
pub async fn reach(settings: &Settings, node: &Node, tell: &mut impl FnMut(Finding)) -> Result<(), Error> {
    let mut asking = settings.clone();
    if settings.node.origin.starts_with("http://") {
        // A node on localhost is reached there by nobody else, and asks itself.
        asking.allowed_private.extend(crate::config::loopback());
    }
    let client = serve::client(&asking)?;
    let origin = &node.config.origin;
    let [address, handles, signatures] = self_test::all(&client, node).await;
    tell(Finding::of(format!("public address: {origin} is this node"), address));
    let domain = &node.config.handle_domain;
    tell(Finding::of(format!("handles: WebFinger on {domain} leads here"), handles));
    tell(Finding::of("signatures: what is signed comes as it was sent", signatures));
    if let Some(mail) = &settings.mail {
        let advice = |error| format!("{error}: see OUTLOUD_SMTP_URL, or no letter is sent");
        tell(Finding::of("mail server: it lets us in", mail.knock().await.map_err(advice)));
    }
    Ok(())
}
