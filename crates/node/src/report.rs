//! Reports: members and other servers bring somebody before the moderators. What was reported is kept as it was, and in words, so
//! that the report outlives its subjects.

use std::collections::BTreeSet;

use model::account::{Account, ActorKind, Role};
use model::audience::{Audience, Viewer};
use model::clock::DAY;
use model::html;
use model::id::Id;
use model::notification::{Notification, NotificationKind};
use model::post::Post;
use storage::{Report, Snapshot, Tx};

use crate::config::authority;
use crate::deed::{Data, Kind};
use crate::{Error, Node, notify};

/// Most characters of a comment: a member's, as Mastodon has it, and another server's, of which the rest is cut off.
pub const COMMENT_LENGTH: usize = 1_000;
const RECEIVED_LENGTH: usize = 5_000;
/// Most posts of one report.
const POSTS: usize = 100;
/// Reports that are kept of one other server: in a day, and as long as nobody is done with them.
const A_DAY: i64 = 50;
const OPEN: i64 = 200;
/// What a report may be about.
pub const CATEGORIES: [&str; 4] = ["spam", "legal", "violation", "other"];

/// What a member reports (`POST /api/v1/reports`).
#[derive(Clone, Debug, Default)]
pub struct NewReport {
    pub post_ids: Vec<Id>,
    pub comment: String,
    /// Tell the other server, too, without saying who reports.
    pub forward: bool,
    /// One of [`CATEGORIES`], or empty.
    pub category: String,
    pub rule_ids: Vec<String>,
}

/// A member reports somebody.
pub async fn file(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    target: &Account,
    asked: &NewReport,
) -> Result<Report, Error> {
    if asked.comment.chars().count() > COMMENT_LENGTH {
        return Err(Error::invalid(format!(
            "Validation failed: Comment is too long (maximum is {COMMENT_LENGTH} characters)"
        )));
    }
    let category = match asked.category.as_str() {
        _ if !asked.rule_ids.is_empty() => "violation",
        "" => "other",
        given if CATEGORIES.contains(&given) => given,
        _ => return Err(Error::invalid("Validation failed: Category is not included in the list")),
    };
    check_rules(tx, &asked.rule_ids).await?;
    let viewer = Viewer::Member(who.id);
    let asked_posts: Vec<Id> = asked.post_ids.iter().copied().take(POSTS).collect();
    let mut posts = tx.visible_posts(&asked_posts, viewer).await?;
    posts.retain(|p| p.account_id == target.id && p.boost_of_id.is_none());
    if posts.len() < asked_posts.len() {
        return Err(Error::NotFound);
    }
    let id = node.id();
    let report = Report {
        id,
        uri: format!("{}/reports/{id}", node.config.origin),
        reporter_id: Some(who.id),
        reporter: node.config.full_handle(who),
        target_id: target.id,
        target: node.config.full_handle(target),
        category: category.to_owned(),
        comment: plain(&asked.comment, COMMENT_LENGTH),
        rule_ids: asked.rule_ids.iter().take(POSTS).cloned().collect(),
        posts: posts.iter().map(snapshot).collect(),
        forwarded: asked.forward && !target.is_local(),
        created_at: node.now(),
        closed_at: None,
        closed_by: String::new(),
        closed_by_id: None,
        assigned_id: None,
        updated_at: node.now(),
    };
    keep(node, tx, &report, who).await?;
    if report.forwarded {
        forward(node, tx, &report, target, &posts).await?;
    }
    Ok(report)
}

/// Sends a report on in the name of the node, so that nobody there learns who reported.
async fn forward(node: &Node, tx: &mut Tx, report: &Report, target: &Account, posts: &[Post]) -> Result<(), Error> {
    let actor = instance_actor(node, tx).await?;
    let objects = [&target.uri].into_iter().chain(posts.iter().map(|p| &p.uri)).cloned().collect();
    let data = Data { uri: report.uri.clone(), objects, comment: report.comment.clone(), ..Data::default() };
    node.tell(tx, Kind::Flag, actor.id, None, &data).await?.accounts(tx, &[target.id]).await?.done(tx).await
}

async fn instance_actor(node: &Node, tx: &mut Tx) -> Result<Account, Error> {
    let actor = tx.account_by_uri(&node.config.instance_actor_uri()).await?;
    actor.ok_or_else(|| Error::Internal("the instance actor is missing".to_owned()))
}

/// Another server reports: `objects` are actor and post ids, of which those of ours count. One report for each member that is
/// meant; none for the same activity twice, nor for the same complaint while nobody is done with it. Answers how many were not kept
/// because there are too many of this server.
pub async fn receive(
    node: &Node,
    tx: &mut Tx,
    by: &Account,
    uri: &str,
    objects: &[String],
    comment: &str,
) -> Result<usize, Error> {
    if node.rejects_reports_by(by) {
        return Ok(0);
    }
    let host = by.host().to_lowercase();
    // Of a person who signs the report nobody is told here, either.
    let messenger = if by.kind == ActorKind::Application { by.clone() } else { instance_actor(node, tx).await? };
    let mut meant: Vec<(Id, Vec<Snapshot>)> = Vec::new();
    for object in objects.iter().take(POSTS) {
        if !node.config.is_own_url(object) {
            continue;
        }
        let (target, post) = match tx.post_by_uri(object).await? {
            Some(post) if post.local && is_known_to(tx, &post, &host).await? => {
                (post.account_id, Some(snapshot(&post)))
            }
            Some(_) => continue,
            None => match tx.account_by_uri(object).await? {
                Some(account) => (account.id, None),
                None => continue,
            },
        };
        let at = meant.iter().position(|(id, _)| *id == target).unwrap_or_else(|| {
            meant.push((target, Vec::new()));
            meant.len() - 1
        });
        if let Some(post) = post.filter(|p| meant[at].1.iter().all(|known| known.id != p.id)) {
            meant[at].1.push(post);
        }
    }
    let comment = plain(comment, RECEIVED_LENGTH);
    let (sent, open) = tx.count_reports_of(&host, node.now() - DAY, OPEN).await?;
    let (mut room, mut left_out) = ((A_DAY - sent).min(OPEN - open), 0);
    for (target, posts) in meant {
        // The node's own actors say nothing that could be reported.
        if tx.member(target).await?.is_none() {
            continue;
        }
        let waiting = tx.open_reports_of(&host, target).await?;
        if waiting.iter().any(|known| known.comment == comment && ids(&known.posts) == ids(&posts)) {
            continue;
        }
        if room <= 0 {
            left_out += 1;
            continue;
        }
        room -= 1;
        let target = tx.account(target).await?.ok_or(Error::NotFound)?;
        let report = Report {
            id: node.id(),
            uri: uri.to_owned(),
            reporter_id: None,
            reporter: host.clone(),
            target_id: target.id,
            target: node.config.full_handle(&target),
            category: "other".to_owned(),
            comment: comment.clone(),
            rule_ids: Vec::new(),
            posts,
            forwarded: false,
            created_at: node.now(),
            closed_at: None,
            closed_by: String::new(),
            closed_by_id: None,
            assigned_id: None,
            updated_at: node.now(),
        };
        keep(node, tx, &report, &messenger).await?;
    }
    Ok(left_out)
}

fn ids(posts: &[Snapshot]) -> BTreeSet<Id> {
    posts.iter().map(|p| p.id).collect()
}

/// Who does something with a report: how they stand in the log, and which member they are, if one.
#[derive(Clone, Copy, Debug)]
pub struct Keeper<'a> {
    pub name: &'a str,
    pub id: Option<Id>,
}

/// A moderator is done with a report; again, if somebody was before.
pub async fn close(node: &Node, tx: &mut Tx, by: Keeper<'_>, report: Id, note: &str) -> Result<Report, Error> {
    let known = tx.report(report).await?.ok_or(Error::NotFound)?;
    if tx.close_report(report, by.name, by.id, node.now()).await? {
        if !note.is_empty() {
            tx.set_report_note(report, note).await?;
        }
        log(node, tx, by, "close report", &known, note).await?;
    }
    Ok(known)
}

/// A moderator is not done with a report after all; or nobody was.
pub async fn reopen(node: &Node, tx: &mut Tx, by: Keeper<'_>, report: Id) -> Result<(), Error> {
    let known = tx.report(report).await?.ok_or(Error::NotFound)?;
    if tx.reopen_report(report, node.now()).await? {
        log(node, tx, by, "reopen report", &known, "").await?;
    }
    Ok(())
}

/// A moderator looks after a report, or with `to` nobody does any more.
pub async fn assign(node: &Node, tx: &mut Tx, by: Keeper<'_>, report: Id, to: Option<Id>) -> Result<(), Error> {
    let known = tx.report(report).await?.ok_or(Error::NotFound)?;
    tx.assign_report(report, to, node.now()).await?;
    log(node, tx, by, if to.is_some() { "assign report" } else { "unassign report" }, &known, "").await
}

/// A moderator says what a report is about: `category` is one of [`CATEGORIES`], and rules are broken by a violation alone.
/// What is `None` stays.
pub async fn refile(
    node: &Node,
    tx: &mut Tx,
    by: Keeper<'_>,
    report: Id,
    category: Option<&str>,
    rule_ids: Option<&[String]>,
) -> Result<(), Error> {
    let known = tx.report(report).await?.ok_or(Error::NotFound)?;
    let category = category.unwrap_or(&known.category);
    if !CATEGORIES.contains(&category) {
        return Err(Error::invalid("Validation failed: Category is not included in the list"));
    }
    let named = rule_ids.unwrap_or(&known.rule_ids);
    check_rules(tx, rule_ids.unwrap_or_default()).await?;
    let named = if category == "violation" { named } else { &[] };
    tx.file_report_under(report, category, named, node.now()).await?;
    log(node, tx, by, "change report", &known, category).await
}

/// As on Mastodon, what is said to be broken has to be a rule of this node.
async fn check_rules(tx: &mut Tx, named: &[String]) -> Result<(), Error> {
    if named.is_empty() {
        return Ok(());
    }
    let rules: BTreeSet<String> = tx.rules().await?.iter().map(|rule| rule.id.to_string()).collect();
    match named.iter().find(|id| !rules.contains(*id)) {
        Some(wrong) => Err(Error::invalid(format!("Validation failed: Rules: there is no rule {wrong}"))),
        None => Ok(()),
    }
}

async fn log(
    node: &Node,
    tx: &mut Tx,
    by: Keeper<'_>,
    action: &str,
    report: &Report,
    detail: &str,
) -> Result<(), Error> {
    let subject = format!("report {} about {}", report.id, report.target);
    tx.log_action(node.id(), by.name, action, &subject, detail, node.now()).await?;
    Ok(())
}

/// Keeps a report and tells the moderators, unless the same came before.
async fn keep(node: &Node, tx: &mut Tx, report: &Report, by: &Account) -> Result<(), Error> {
    if !tx.insert_report(report).await? {
        return Ok(());
    }
    for role in [Role::Owner, Role::Admin, Role::Moderator] {
        for keeper in tx.members_with_role(role).await? {
            let notification = Notification {
                id: node.id(),
                account_id: keeper.id,
                kind: NotificationKind::AdminReport,
                from_account_id: by.id,
                post_id: None,
                report_id: Some(report.id),
                event_id: None,
                created_at: report.created_at,
            };
            notify::keep(node, tx, &notification, None).await?;
        }
    }
    Ok(())
}

/// Whether a post was written for a server: what it cannot know it cannot bring before anybody, whatever address it guessed.
async fn is_known_to(tx: &mut Tx, post: &Post, host: &str) -> Result<bool, Error> {
    if post.audience.is_open() {
        return Ok(true);
    }
    if post.audience == Audience::Partners {
        return Ok(tx.peer(&host.to_lowercase()).await?.is_some_and(|peer| !peer.discovered && !peer.ignored));
    }
    if !matches!(post.audience, Audience::Followers | Audience::Direct) {
        return Ok(false);
    }
    let named = tx.mentions(&[post.id]).await?;
    Ok(post.audience == Audience::Followers || named.iter().any(|m| authority(&m.uri).eq_ignore_ascii_case(host)))
}

fn snapshot(post: &Post) -> Snapshot {
    Snapshot {
        id: post.id,
        uri: post.uri.clone(),
        created_at: post.created_at,
        summary: post.summary.clone(),
        text: plain(&html::to_text(&post.content), RECEIVED_LENGTH),
    }
}

/// Text that can be shown anywhere, also on a terminal: cut, and without control characters but for line breaks.
fn plain(text: &str, longest: usize) -> String {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).take(longest).collect()
}
