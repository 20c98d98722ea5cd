//! What waits, how the node does, and where everything is.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use model::account::Role;
use model::clock::DAY;
use model::id::Id;
use model::page::Page;
use storage::{Category, HostState, MemberSearch, ReportFilter, Tx};

use super::super::frame::Frame;
use super::super::language::{Language, When};
use super::super::visitor::Visitor;
use super::{Keeper, size};
use crate::{ApiError, App};

/// Most of a kind that are counted.
const COUNTED: i64 = 50;
/// Challenges in which contributions may wait, and servers that fail, as far as they are shown.
const CHALLENGES: i64 = 50;
const FAILING: i64 = 10;

/// Contributions that wait in a challenge.
struct Held {
    question: String,
    url: String,
    count: i64,
}

/// A server that takes nothing.
struct Failing {
    name: String,
    since: When,
    error: String,
    /// It was given up.
    is_dead: bool,
}

#[derive(Template)]
#[template(path = "keeping.html")]
struct DashboardPage {
    frame: Frame,
    is_admin: bool,
    /// Something is left that the owner sees to before others come.
    is_starting: bool,
    /// When the last backup was made.
    backup: Option<When>,
    /// When a backup was last restored on trial.
    restore: Option<When>,
    /// In words; empty: none wait.
    reports: String,
    sign_ups: String,
    held: Vec<Held>,
    deliveries: i64,
    jobs: i64,
    /// When the oldest of what waits to be sent was done.
    oldest: Option<When>,
    failing: Vec<Failing>,
    database: String,
    media: String,
    profiles: String,
    remote: String,
    budget: String,
    members: i64,
    active: i64,
    posts: i64,
    version: &'static str,
}

/// `GET /keeping`.
pub async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Moderator)?;
    let (t, now, config) = (keeper.t(), app.node.now(), &app.node.config);
    let mut tx = app.node.store.read().await?;
    let by = ReportFilter { closed: Some(false), ..ReportFilter::default() };
    let reports = tx.reports(&by, &Page::first(COUNTED)).await?.len();
    let pending = MemberSearch { status: "pending".to_owned(), ..MemberSearch::default() };
    let sign_ups = tx.search_members(&pending, &Page::first(COUNTED)).await?.len();
    let queue = tx.queue().await?;
    let failing = tx.failing_hosts(FAILING).await?;
    let (members, active, _) = tx.member_counts(now - 30 * DAY, now).await?;
    let room = |bytes: i64| size(u64::try_from(bytes).unwrap_or(0));
    let page = DashboardPage {
        frame: keeper.frame(),
        is_admin: keeper.is_admin(),
        is_starting: keeper.role() == Role::Owner && super::start::is_open(&app, &mut tx).await?,
        backup: node::start::backed_up_at(&mut tx).await?.map(|at| t.when(at, now)),
        restore: node::start::restore_tested_at(&mut tx).await?.map(|at| t.when(at, now)),
        reports: counted(t, reports),
        sign_ups: counted(t, sign_ups),
        held: held(&mut tx).await?,
        deliveries: queue.deliveries,
        jobs: queue.jobs,
        oldest: queue.oldest.map(|at| t.when(at, now)),
        failing: failing.into_iter().map(|h| failing_row(t, h, now)).collect(),
        database: room(tx.database_size().await?),
        media: room(tx.disk_use(Category::Media).await?),
        profiles: room(tx.disk_use(Category::Profiles).await?),
        remote: room(tx.disk_use(Category::Remote).await?),
        budget: size(config.remote_media_budget),
        members,
        active,
        posts: tx.count_local_posts().await?,
        version: env!("CARGO_PKG_VERSION"),
    };
    drop(tx);
    keeper.show(&page)
}

/// A number that was not counted to its end says so.
fn counted(t: Language, count: usize) -> String {
    match i64::try_from(count).unwrap_or(COUNTED) {
        0 => String::new(),
        COUNTED => t.one("keep-many", "count", COUNTED),
        fewer => fewer.to_string(),
    }
}

fn failing_row(t: Language, host: HostState, now: i64) -> Failing {
    Failing {
        since: t.when(host.failing_since.unwrap_or(now), now),
        is_dead: host.dead_since.is_some(),
        name: host.name,
        error: host.last_error,
    }
}

/// Challenges in which something waits for those who look after them, of the newest.
async fn held(tx: &mut Tx) -> Result<Vec<Held>, ApiError> {
    let challenges = tx.all_challenges(&Page::first(CHALLENGES)).await?;
    let ids: Vec<Id> = challenges.iter().map(|c| c.account_id).collect();
    let accounts = tx.accounts(&ids).await?;
    let mut held = Vec::new();
    for challenge in challenges {
        let count = tx.count_waiting(challenge.account_id).await?;
        let account = accounts.iter().find(|a| a.id == challenge.account_id && !a.is_suspended());
        if let Some(account) = account.filter(|_| count > 0) {
            let url = format!("/@{}/keep", account.username);
            held.push(Held { question: challenge.question, url, count });
        }
    }
    Ok(held)
}
