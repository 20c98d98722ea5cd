//! What is answered under `/api/outloud/v1`, beside the entities of Mastodon.

use std::collections::HashMap;

use model::account::Account as Person;
use model::clock::{Millis, rfc3339};
use model::hat::{Hat as Kind, Worn};
use model::id::{Id, made_at};
use model::post::Tag as Used;
use model::subject::{Completeness as Known, Purpose, SubjectLink};
use node::config::Config;
use node::shelf::Shelved;
use node::{Node, texts};
use serde::Serialize;
use storage::Tx;
use utoipa::ToSchema;

use crate::ApiError;
use crate::mastodon::entities::account::{self, Account};
use crate::mastodon::entities::card::{self, PreviewCard};
use crate::mastodon::entities::html::clean;
use crate::mastodon::entities::small::{Tag, tag_with};
use crate::mastodon::entities::status::Status;

/// Accounts by their ids, as they are shown; not those that are gone.
pub async fn people(config: &Config, tx: &mut Tx, ids: &[Id]) -> Result<HashMap<Id, Account>, ApiError> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let found: Vec<Person> = tx.accounts(&ids).await?.into_iter().filter(|a| a.deleted_at.is_none()).collect();
    let shown = account::list(config, tx, &found).await?;
    Ok(found.iter().map(|a| a.id).zip(shown).collect())
}

/// A version of what a hashtag is for, or another view of that.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurposeVersion {
    id: String,
    /// Markdown; empty for who may not read what was taken down.
    text: String,
    /// HTML.
    content: String,
    /// Who wrote it, if they are still here.
    #[schema(required)]
    account: Option<Account>,
    #[schema(format = DateTime)]
    created_at: String,
    /// The earlier version that was put back with this one.
    #[schema(required)]
    restored_from: Option<String>,
    /// Who put it back, if they are still here.
    #[schema(required)]
    restored_by: Option<Account>,
    /// It was taken down or withdrawn.
    gone: bool,
}

/// `readable`: of what is gone, what it said is shown.
pub async fn purposes(
    node: &Node,
    tx: &mut Tx,
    list: &[Purpose],
    readable: impl Fn(&Purpose) -> bool,
) -> Result<Vec<PurposeVersion>, ApiError> {
    let ids: Vec<Id> = list.iter().flat_map(|p| [Some(p.account_id), p.restored_by]).flatten().collect();
    let people = people(&node.config, tx, &ids).await?;
    Ok(list
        .iter()
        .map(|p| {
            let text = if readable(p) { p.source.clone() } else { String::new() };
            PurposeVersion {
                id: p.id.to_string(),
                content: clean(&texts::short_html(node, &text)),
                text,
                account: people.get(&p.account_id).cloned(),
                created_at: rfc3339(p.created_at),
                restored_from: p.restored_id.map(|id| id.to_string()),
                restored_by: p.restored_by.and_then(|by| people.get(&by).cloned()),
                gone: p.gone_at.is_some(),
            }
        })
        .collect())
}

/// A hashtag that another is linked with.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagLink {
    /// The other hashtag, or the other challenge, by its name.
    #[schema(required)]
    tag: Option<Tag>,
    #[schema(required)]
    challenge: Option<String>,
    /// Who linked them, if they are still here.
    #[schema(required)]
    account: Option<Account>,
    #[schema(format = DateTime)]
    created_at: String,
}

pub async fn links(node: &Node, tx: &mut Tx, list: &[SubjectLink]) -> Result<Vec<TagLink>, ApiError> {
    let others: Vec<Id> = list.iter().map(|l| l.other_id).collect();
    let tags: HashMap<Id, Used> = tx.tags_by_id(&others).await?.into_iter().map(|t| (t.id, t)).collect();
    let ids: Vec<Id> = list.iter().map(|l| l.account_id).collect();
    let people = people(&node.config, tx, &ids).await?;
    let challenges = names(tx, &others).await?;
    let shown = list.iter().map(|l| TagLink {
        tag: tags.get(&l.other_id).map(|tag| tag_with(node, tag, Vec::new())),
        challenge: challenges.get(&l.other_id).cloned(),
        account: people.get(&l.account_id).cloned(),
        created_at: rfc3339(l.created_at),
    });
    Ok(shown.filter(|link| link.tag.is_some() || link.challenge.is_some()).collect())
}

/// The names of challenges that are here, by their ids.
async fn names(tx: &mut Tx, ids: &[Id]) -> Result<HashMap<Id, String>, ApiError> {
    let accounts = tx.accounts(ids).await?.into_iter().filter(|a| !a.is_suspended());
    Ok(accounts.map(|a| (a.id, a.username)).collect())
}

/// A page on the web that was posted with a hashtag.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShelfLink {
    id: String,
    card: PreviewCard,
    /// Who posted it first, and with what, as far as that is still there.
    account: Account,
    status_url: String,
    status_id: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// How many people posted it.
    people_count: i64,
    /// What its keepers say of it; plain text.
    note: String,
    /// What they grouped it under, or empty.
    heading: String,
    pinned: bool,
    hidden: bool,
}

pub async fn shelf(config: &Config, tx: &mut Tx, list: &[Shelved]) -> Result<Vec<ShelfLink>, ApiError> {
    let ids: Vec<Id> = list.iter().map(|s| s.author.id).collect();
    let people = people(config, tx, &ids).await?;
    let shown = list.iter().filter_map(|s| {
        Some(ShelfLink {
            id: s.link.card_id.to_string(),
            card: card::render(config, &s.card),
            account: people.get(&s.author.id)?.clone(),
            status_url: s.post.url.clone(),
            status_id: s.post.id.to_string(),
            created_at: rfc3339(s.post.created_at),
            people_count: s.people,
            note: s.link.note.clone(),
            heading: s.link.heading.clone(),
            pinned: s.link.pinned,
            hidden: s.link.hidden,
        })
    });
    Ok(shown.collect())
}

/// A hat that somebody wears.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hat {
    id: String,
    hat: &'static str,
    /// What whoever wears it asks.
    question: &'static str,
    account: Account,
    /// The hashtag that it is worn on, or the challenge, by its name.
    #[schema(required)]
    tag: Option<Tag>,
    #[schema(required)]
    challenge: Option<String>,
    #[schema(format = DateTime)]
    since: String,
    /// From then on it is off.
    #[schema(format = DateTime)]
    until: String,
    /// The rights that come with it are given; of a hat without any always so.
    confirmed: bool,
}

pub async fn hats(node: &Node, tx: &mut Tx, list: &[Worn]) -> Result<Vec<Hat>, ApiError> {
    let on: Vec<Id> = list.iter().map(|w| w.subject_id).collect();
    let tags: HashMap<Id, Used> = tx.tags_by_id(&on).await?.into_iter().map(|t| (t.id, t)).collect();
    let ids: Vec<Id> = list.iter().map(|w| w.account_id).collect();
    let people = people(&node.config, tx, &ids).await?;
    let challenges = names(tx, &on).await?;
    let shown = list.iter().filter_map(|w| {
        Some(Hat {
            id: w.id.to_string(),
            hat: w.hat.name(),
            question: w.hat.question(),
            account: people.get(&w.account_id)?.clone(),
            tag: tags.get(&w.subject_id).map(|t| tag_with(node, t, Vec::new())),
            challenge: challenges.get(&w.subject_id).cloned(),
            since: rfc3339(w.since),
            until: rfc3339(w.until),
            confirmed: w.confirmed,
        })
    });
    Ok(shown.collect())
}

/// How much of what is posted with a hashtag is known here: of its last 200 public posts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tag_Completeness)]
pub struct Completeness {
    posts_count: i64,
    /// From how many servers they came, this one among them.
    servers_count: i64,
    /// When the first and the last of them were made.
    #[schema(required, format = DateTime)]
    since: Option<String>,
    #[schema(required, format = DateTime)]
    until: Option<String>,
    /// Servers that send what is posted with it there.
    subscribed_servers_count: i64,
}

impl Completeness {
    pub fn new(known: &Known, subscribed: i64) -> Self {
        let time = |id: Option<Id>| id.map(made_at).map(|at: Millis| rfc3339(at));
        Self {
            posts_count: known.posts,
            servers_count: known.servers,
            since: time(known.first_id),
            until: time(known.last_id),
            subscribed_servers_count: subscribed,
        }
    }
}

/// Where the same is for readers of feeds, and the shelf for other programs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tag_Feeds)]
pub struct Feeds {
    rss: String,
    atom: String,
    json: String,
    shelf_opml: String,
    shelf_csv: String,
    shelf_json: String,
}

impl Feeds {
    pub fn of(page: &str) -> Self {
        Self {
            rss: format!("{page}.rss"),
            atom: format!("{page}.atom"),
            json: format!("{page}.json"),
            shelf_opml: format!("{page}/shelf.opml"),
            shelf_csv: format!("{page}/shelf.csv"),
            shelf_json: format!("{page}/shelf.json"),
        }
    }
}

/// All that stands about a hashtag on its page.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tag_Page)]
pub struct TagPage {
    pub name: String,
    pub url: String,
    /// The account that carries it, by which it is followed from elsewhere: `@tag-tea@social.example.org`. None where the node
    /// does not carry it.
    #[schema(required)]
    pub handle: Option<String>,
    #[schema(required)]
    pub purpose: Option<PurposeVersion>,
    /// Other views of that, the last one first; more of them are listed by themselves.
    pub views: Vec<PurposeVersion>,
    pub keepers: Vec<Account>,
    pub links: Vec<TagLink>,
    pub completeness: Completeness,
    pub feeds: Feeds,
}

/// A list of what a hat looks at: posts, or people.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = View_List)]
pub struct ViewList {
    pub name: &'static str,
    pub statuses: Vec<Status>,
    pub accounts: Vec<Account>,
}

/// What a hat looks at.
#[derive(Debug, Serialize, ToSchema)]
pub struct View {
    pub hat: &'static str,
    pub question: &'static str,
    pub lists: Vec<ViewList>,
}

impl View {
    pub fn of(hat: Kind, lists: Vec<ViewList>) -> Self {
        Self { hat: hat.name(), question: hat.question(), lists }
    }
}
