//! Posts (entities/Status and its kin). Whoever renders one renders a list: everything that a page of posts needs is read in a
//! handful of queries.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use model::account::Account as Person;
use model::audience::{Audience, Viewer};
use model::card::Card;
use model::clock::rfc3339;
use model::experiment::Experiment as Tried;
use model::id::Id;
use model::poll::Poll as Asked;
use model::post::{Edit, Media, Mention, Post, Tag, Touch};
use node::remote::Owner;
use node::{Node, cards};
use serde::Serialize;
use storage::{App as Client, OriginCounts, Tx};
use utoipa::ToSchema;

use super::account::{self, Account, Moves};
use super::card::{self, PreviewCard};
use super::experiment::{self, Experiment};
use super::filter::{Caught, Filters};
use super::html::clean;
use super::media::{self, Attachment};
use super::poll::{self, Poll};
use super::quote::{Approval, Quote, Quotes};
use super::{Emoji, emojis, filled};
use crate::{ApiError, App};
use federation::documents::consent::fallback;

#[derive(Debug, Serialize, ToSchema)]
pub struct Status {
    pub id: String,
    created_at: String,
    #[schema(required)]
    in_reply_to_id: Option<String>,
    #[schema(required)]
    in_reply_to_account_id: Option<String>,
    sensitive: bool,
    spoiler_text: String,
    visibility: &'static str,
    #[schema(required)]
    language: Option<String>,
    uri: String,
    url: String,
    replies_count: i64,
    reblogs_count: i64,
    favourites_count: i64,
    quotes_count: i64,
    quote_approval: Approval,
    #[schema(required, format = DateTime)]
    edited_at: Option<String>,
    content: String,
    #[schema(required)]
    reblog: Option<Box<Status>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    application: Option<Application>,
    account: Account,
    media_attachments: Vec<Attachment>,
    mentions: Vec<Named>,
    tags: Vec<Tagged>,
    emojis: Vec<Emoji>,
    #[schema(required)]
    card: Option<PreviewCard>,
    // What this node does not have is null where clients look for it.
    #[schema(required)]
    poll: Option<Poll>,
    #[schema(required)]
    quote: Option<Quote>,
    #[serde(flatten)]
    #[schema(value_type = Own)]
    own: Option<Own>,
    /// What its author wrote; only in the answer to a deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    outloud: Option<Outloud>,
}

/// What Mastodon has no word for.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = Status_Outloud)]
pub struct Outloud {
    /// Whoever writes the post anew sends this `visibility`, so that it is for the same people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    visibility: Option<&'static str>,
    /// The team that it is for; with `visibility` it is sent back, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    team_id: Option<String>,
    /// The post for more people that became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    opened_as: Option<String>,
    /// The post inside that it came of, for whoever may see that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    opened_from: Option<String>,
    /// It is an experiment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    experiment: Option<Experiment>,
}

impl Outloud {
    pub fn of(audience: Audience, team: Option<Id>) -> Self {
        let team_id = team.filter(|_| audience == Audience::Team).map(|id| id.to_string());
        Self { visibility: audience.own_name(), team_id, ..Self::default() }
    }

    /// Nothing, if there is nothing in it.
    pub fn filled(self) -> Option<Self> {
        let ids = [&self.team_id, &self.opened_as, &self.opened_from];
        let is_filled = self.visibility.is_some() || self.experiment.is_some() || ids.iter().any(|id| id.is_some());
        is_filled.then_some(self)
    }
}

/// What the one who asks did with the post; missing where nobody is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Status_Own)]
pub struct Own {
    #[schema(required = false)]
    favourited: bool,
    #[schema(required = false)]
    reblogged: bool,
    #[schema(required = false)]
    muted: bool,
    #[schema(required = false)]
    bookmarked: bool,
    /// Of one's own posts only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pinned: Option<bool>,
    #[schema(required = false)]
    filtered: Vec<Caught>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Status_Application)]
pub struct Application {
    name: String,
    #[schema(required)]
    website: Option<String>,
}

/// An account named in a post (entities/Status#Mention).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Status_Mention)]
pub struct Named {
    id: String,
    username: String,
    url: String,
    acct: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Status_Tag)]
pub struct Tagged {
    name: String,
    url: String,
}

/// Posts with everything that is shown of them.
pub struct Batch {
    node: Arc<Node>,
    viewer: Viewer,
    pub(crate) posts: HashMap<Id, Post>,
    pub(crate) accounts: HashMap<Id, Person>,
    moves: Moves,
    pub(crate) mentions: HashMap<Id, Vec<Mention>>,
    pub(crate) tags: HashMap<Id, Vec<Tag>>,
    pub(crate) media: HashMap<Id, Vec<Media>>,
    pub(crate) polls: HashMap<Id, Asked>,
    /// What the viewer chose in them.
    pub(crate) votes: HashMap<Id, Vec<i64>>,
    pub(crate) experiments: HashMap<Id, Tried>,
    /// What became of what was said inside, and what that came of, as far as the viewer may see it.
    pub(crate) opened_as: HashMap<Id, Id>,
    pub(crate) opened_from: HashMap<Id, Id>,
    pub(crate) cards: HashMap<Id, Card>,
    pub(crate) touches: HashMap<Id, Touch>,
    clients: HashMap<Id, Client>,
    /// What the servers of others say of their posts.
    pub(crate) origins: HashMap<Id, OriginCounts>,
    pub(crate) quotes: Quotes,
    /// What the viewer does not want to read.
    pub(crate) filters: Filters,
    /// The viewer's actor id; empty if the viewer is no member.
    own_uri: String,
}

impl Batch {
    /// Reads what belongs to `posts`, which the viewer may see; of the posts they boost, those that the viewer may see.
    pub async fn load(app: &App, tx: &mut Tx, posts: Vec<Post>, viewer: Viewer) -> Result<Self, ApiError> {
        let boosted: Vec<Id> = posts.iter().filter_map(|p| p.boost_of_id).collect();
        let boosted = if boosted.is_empty() { Vec::new() } else { tx.visible_posts(&boosted, viewer).await? };
        let mut posts: HashMap<Id, Post> = posts.into_iter().chain(boosted).map(|p| (p.id, p)).collect();
        let quotes = Quotes::load(tx, &mut posts, viewer).await?;
        let mut batch = Self {
            node: Arc::clone(&app.node),
            viewer,
            posts,
            accounts: HashMap::new(),
            moves: Moves::default(),
            mentions: HashMap::new(),
            tags: HashMap::new(),
            media: HashMap::new(),
            polls: HashMap::new(),
            votes: HashMap::new(),
            experiments: HashMap::new(),
            opened_as: HashMap::new(),
            opened_from: HashMap::new(),
            cards: HashMap::new(),
            touches: HashMap::new(),
            clients: HashMap::new(),
            origins: HashMap::new(),
            quotes,
            filters: Filters::default(),
            own_uri: String::new(),
        };
        if batch.posts.is_empty() {
            return Ok(batch);
        }
        let ids: Vec<Id> = batch.posts.keys().copied().collect();
        let mut authors: HashSet<Id> = batch.posts.values().map(|p| p.account_id).collect();
        if viewer.is_member() {
            authors.insert(viewer.id());
        }
        let authors = tx.accounts(&authors.into_iter().collect::<Vec<_>>()).await?;
        batch.moves = Moves::of(tx, authors.iter()).await?;
        batch.accounts = authors.into_iter().map(|a| (a.id, a)).collect();
        if let Some(own) = batch.accounts.get(&viewer.id()).filter(|_| viewer.is_member()) {
            batch.own_uri.clone_from(&own.uri);
        }
        for mention in tx.mentions(&ids).await?.into_iter().filter(|m| !m.silent) {
            batch.mentions.entry(mention.post_id).or_default().push(mention);
        }
        for (post, tag) in tx.tags_of(&ids).await? {
            batch.tags.entry(post).or_default().push(tag);
        }
        for media in tx.media_of(&ids).await? {
            batch.media.entry(media.post_id.unwrap_or_default()).or_default().push(media);
        }
        batch.experiments = tx.experiments(&ids).await?.into_iter().map(|x| (x.post_id, x)).collect();
        batch.polls = tx.polls(&ids).await?.into_iter().map(|p| (p.post_id, p)).collect();
        let foreign: Vec<Id> =
            batch.posts.values().filter(|p| !p.local && p.boost_of_id.is_none()).map(|p| p.id).collect();
        if !foreign.is_empty() {
            batch.origins = tx.origin_counts(&foreign).await?.into_iter().map(|o| (o.post_id, o)).collect();
        }
        batch.cards = cards::shown(&app.node, tx, &ids).await?.into_iter().collect();
        batch.hide_rejected_media();
        if viewer.is_member() {
            for (post, other, is_inside) in tx.openings(&ids, viewer).await? {
                let ties = if is_inside { &mut batch.opened_as } else { &mut batch.opened_from };
                ties.insert(post, other);
            }
            batch.filters = Filters::load(app, tx, viewer.id(), &batch.posts, &batch.media, &batch.polls).await?;
            batch.touches = tx.touches(viewer.id(), &ids).await?;
            if !batch.polls.is_empty() {
                for (post, choice) in tx.votes_of(viewer.id(), &ids).await? {
                    batch.votes.entry(post).or_default().push(choice);
                }
            }
        }
        let clients: HashSet<Id> = batch.posts.values().filter_map(|p| p.app_id).collect();
        if !clients.is_empty() {
            let clients = tx.apps(&clients.into_iter().collect::<Vec<_>>()).await?;
            batch.clients = clients.into_iter().map(|c| (c.id, c)).collect();
        }
        Ok(batch)
    }

    /// What came in before its server was told not to send any is not shown either, as long as the rule stands.
    fn hide_rejected_media(&mut self) {
        for post in self.posts.values_mut().filter(|p| !p.local) {
            if self.accounts.get(&post.account_id).is_some_and(|a| self.node.rejects_media_by(a)) {
                self.media.remove(&post.id);
                post.emojis.clear();
            }
        }
    }

    /// One of the posts; nothing if it is a boost of what the viewer may not see.
    pub fn render(&self, id: Id) -> Option<Status> {
        let post = self.posts.get(&id)?;
        match post.boost_of_id {
            None => self.status(post, None, true),
            Some(original) => {
                let original = self.status(self.posts.get(&original)?, None, true)?;
                self.status(post, Some(Box::new(original)), true)
            }
        }
    }

    /// `whole`: with what it quotes; else only with the id of that.
    fn status(&self, post: &Post, reblog: Option<Box<Status>>, whole: bool) -> Option<Status> {
        let config = &self.node.config;
        let author = self.accounts.get(&post.account_id)?;
        let tagged = |t: &Tag| Tagged { name: t.name.clone(), url: config.tag_url(&t.name) };
        let client = post.app_id.and_then(|id| self.clients.get(&id));
        let application = |c: &Client| Application { name: c.name.clone(), website: filled(&c.website) };
        // We hear of some of the boosts and favourites of others' posts; their servers of all, if they say so.
        let origin = self.origins.get(&post.id).copied().unwrap_or_default();
        // For clients that know no quotes.
        let fallback = self.quotes.of(post.id).map(fallback).unwrap_or_default();
        Some(Status {
            id: post.id.to_string(),
            created_at: rfc3339(post.created_at),
            in_reply_to_id: post.in_reply_to_id.map(|id| id.to_string()),
            in_reply_to_account_id: post.in_reply_to_account_id.map(|id| id.to_string()),
            sensitive: post.sensitive,
            spoiler_text: post.summary.clone(),
            visibility: post.audience.mastodon_name(),
            language: filled(&post.language),
            uri: post.uri.clone(),
            url: if post.url.is_empty() { post.uri.clone() } else { post.url.clone() },
            replies_count: post.replies_count.max(0),
            reblogs_count: post.boosts_count.max(origin.shares.unwrap_or(0)),
            favourites_count: post.favourites_count.max(origin.likes.unwrap_or(0)),
            quotes_count: self.quotes.count(post.id),
            quote_approval: self.quotes.approval(post, self.viewer, &self.own_uri),
            edited_at: post.edited_at.map(rfc3339),
            content: fallback + &clean(&post.content),
            reblog,
            application: client.map(application),
            account: self.moves.render(config, author),
            media_attachments: all(&self.media, post.id).map(|m| media::render(config, m)).collect(),
            mentions: all(&self.mentions, post.id).map(named).collect(),
            tags: all(&self.tags, post.id).map(tagged).collect(),
            emojis: emojis(config, Owner::PostEmoji, post.id, &post.emojis),
            card: self.cards.get(&post.id).map(|c| card::render(config, c)),
            poll: self.polls.get(&post.id).map(|asked| self.poll(post, asked)),
            quote: self.quote(post.id, whole),
            own: self.viewer.is_member().then(|| self.own(post)),
            text: None,
            outloud: self.outloud(post).filled(),
        })
    }

    fn outloud(&self, post: &Post) -> Outloud {
        let other = |ties: &HashMap<Id, Id>| ties.get(&post.id).map(ToString::to_string);
        Outloud {
            opened_as: other(&self.opened_as),
            opened_from: other(&self.opened_from),
            experiment: self.experiments.get(&post.id).map(|x| experiment::render(x, self.viewer.id())),
            ..Outloud::of(post.audience, post.team_id)
        }
    }

    fn poll(&self, post: &Post, asked: &Asked) -> Poll {
        let own_votes = self.votes.get(&post.id).cloned().unwrap_or_default();
        poll::render(&self.node, asked, post, self.viewer, own_votes)
    }

    fn quote(&self, post: Id, whole: bool) -> Option<Quote> {
        let quote = self.quotes.of(post)?;
        let (state, quoted) = self.quotes.state(quote);
        if !whole {
            return Some(Quote::Shallow { state, quoted_status_id: quoted.map(|id| id.to_string()) });
        }
        let quoted = quoted.and_then(|id| self.posts.get(&id));
        Some(Quote::Full { state, quoted_status: quoted.and_then(|p| self.status(p, None, false)).map(Box::new) })
    }

    /// Of a boost: what was done with the post that it carries.
    fn own(&self, post: &Post) -> Own {
        let touch = self.touches.get(&post.boost_of_id.unwrap_or(post.id)).copied().unwrap_or_default();
        let is_mine = post.account_id == self.viewer.id() && post.boost_of_id.is_none();
        Own {
            favourited: touch.favourited,
            reblogged: touch.boosted,
            muted: touch.muted,
            bookmarked: touch.bookmarked,
            pinned: is_mine.then_some(touch.pinned),
            filtered: self.filters.caught(post),
        }
    }
}

fn all<T>(map: &HashMap<Id, Vec<T>>, id: Id) -> std::slice::Iter<'_, T> {
    map.get(&id).map(Vec::as_slice).unwrap_or_default().iter()
}

fn named(m: &Mention) -> Named {
    Named {
        id: m.account_id.to_string(),
        username: m.username.clone(),
        url: if m.url.is_empty() { m.uri.clone() } else { m.url.clone() },
        acct: if m.domain.is_empty() { m.username.clone() } else { format!("{}@{}", m.username, m.domain) },
    }
}

/// Posts that the viewer may see, in the order given. A boost of what they may not see is left out.
pub async fn list(app: &App, tx: &mut Tx, posts: Vec<Post>, viewer: Viewer) -> Result<Vec<Status>, ApiError> {
    let order: Vec<Id> = posts.iter().map(|p| p.id).collect();
    let batch = Batch::load(app, tx, posts, viewer).await?;
    Ok(order.into_iter().filter_map(|id| batch.render(id)).collect())
}

/// One post that the viewer may see.
pub async fn one(app: &App, tx: &mut Tx, post: Post, viewer: Viewer) -> Result<Status, ApiError> {
    list(app, tx, vec![post], viewer).await?.pop().ok_or_else(ApiError::not_found)
}

impl Status {
    /// With what its author wrote, to write it anew.
    pub fn with_text(mut self, text: String) -> Self {
        self.text = Some(text);
        self
    }
}

/// A version of a post (entities/StatusEdit).
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusEdit {
    content: String,
    spoiler_text: String,
    sensitive: bool,
    #[schema(format = DateTime)]
    created_at: String,
    account: Account,
    media_attachments: Vec<Attachment>,
    emojis: Vec<Emoji>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    poll: Option<EditedPoll>,
}

/// What could be chosen in a version of a post.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatusEdit_Poll)]
pub struct EditedPoll {
    options: Vec<Title>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatusEdit_Poll_Option)]
pub struct Title {
    title: String,
}

/// The versions of a post, the first one first (entities/StatusEdit). `files`: all media that any version names; `poll`: its poll
/// now.
pub fn history(
    node: &Node,
    author: &Person,
    post: &Post,
    now: &[Media],
    before: &[Edit],
    files: &[Media],
    poll: Option<&Asked>,
) -> Vec<StatusEdit> {
    let entity = |at, content: &str, summary: &str, sensitive: bool, media: Vec<Attachment>, poll: &[String]| {
        let options: Vec<Title> = poll.iter().map(|title| Title { title: title.clone() }).collect();
        StatusEdit {
            content: clean(content),
            spoiler_text: summary.to_owned(),
            sensitive,
            created_at: rfc3339(at),
            account: account::render(&node.config, author),
            media_attachments: media,
            emojis: emojis(&node.config, Owner::PostEmoji, post.id, &post.emojis),
            poll: (!options.is_empty()).then_some(EditedPoll { options }),
        }
    };
    let earlier = before.iter().map(|e| {
        let as_it_was = |m: &model::post::EditMedia| {
            let file = files.iter().find(|f| f.id == m.id)?;
            Some(media::render(&node.config, &Media { description: m.description.clone(), ..file.clone() }))
        };
        let media = e.media.iter().filter_map(as_it_was).collect();
        entity(e.created_at, &e.content, &e.summary, e.sensitive, media, &e.poll)
    });
    let current = now.iter().map(|m| media::render(&node.config, m)).collect();
    let at = post.edited_at.unwrap_or(post.created_at);
    let titles = poll.map(Asked::titles).unwrap_or_default();
    earlier.chain([entity(at, &post.content, &post.summary, post.sensitive, current, &titles)]).collect()
}
