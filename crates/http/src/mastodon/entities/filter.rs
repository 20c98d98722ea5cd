//! Filters (entities/Filter, FilterResult, V1_Filter), and which posts they catch. That is worked out here and not by clients, over
//! the text that a reader reads: what was written, the warning, the options of a poll and what is said of media.

use std::collections::{HashMap, HashSet};

use model::clock::rfc3339;
use model::filter::{Filter as Known, FilteredPost, Keyword};
use model::html;
use model::id::Id;
use model::poll::Poll;
use model::post::{Media, Post};
use serde::Serialize;
use storage::Tx;
use utoipa::ToSchema;

use crate::{ApiError, App, memory};

/// What a filter catches in a post (entities/FilterResult).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FilterResult)]
pub struct Caught {
    filter: Filter,
    #[schema(required)]
    keyword_matches: Option<Vec<String>>,
    #[schema(required)]
    status_matches: Option<Vec<String>>,
}

/// What a member does not want to read (entities/Filter).
#[derive(Debug, Serialize, ToSchema)]
pub struct Filter {
    id: String,
    title: String,
    context: Vec<String>,
    #[schema(required, format = DateTime)]
    expires_at: Option<String>,
    filter_action: &'static str,
    /// What it looks for; not said in a post that it caught.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    keywords: Option<Vec<FilterKeyword>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    statuses: Option<Vec<FilterStatus>>,
}

/// entities/FilterKeyword.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilterKeyword {
    id: String,
    keyword: String,
    whole_word: bool,
}

/// entities/FilterStatus.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilterStatus {
    id: String,
    status_id: String,
}

/// A keyword with its filter, as version 1 of the API knows it (entities/V1_Filter).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = V1_Filter)]
pub struct Single {
    id: String,
    phrase: String,
    context: Vec<String>,
    whole_word: bool,
    #[schema(required, format = DateTime)]
    expires_at: Option<String>,
    irreversible: bool,
}

/// The filters of whoever reads, held against the posts of a page.
#[derive(Default)]
pub struct Filters {
    /// Those that catch anything.
    active: Vec<Known>,
    /// The keywords in each post, by filter.
    words: HashMap<Id, Vec<(Id, String)>>,
    /// Filter and post.
    posts: HashSet<(Id, Id)>,
}

impl Filters {
    /// Of most members, who have no filters, nothing is read but that.
    pub async fn load(
        app: &App,
        tx: &mut Tx,
        reader: Id,
        posts: &HashMap<Id, Post>,
        media: &HashMap<Id, Vec<Media>>,
        polls: &HashMap<Id, Poll>,
    ) -> Result<Self, ApiError> {
        let now = app.node.now();
        let mut active = tx.filters(reader).await?;
        active.retain(|f| !f.is_over(now));
        let ids: Vec<Id> = active.iter().map(|f| f.id).collect();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        if let Some(end) = active.iter().filter_map(|f| f.expires_at).min() {
            memory::true_until(end);
        }
        let of: Vec<Id> = posts.keys().copied().collect();
        let single = tx.filter_posts_among(&ids, &of).await?;
        let matcher = app.memory.matcher(reader, tx.filter_keywords(&ids).await?);
        let mut words = HashMap::new();
        for post in posts.values().filter(|p| p.boost_of_id.is_none() && !matcher.keywords().is_empty()) {
            let text = text(post, media.get(&post.id), polls.get(&post.id));
            let found: Vec<_> = matcher.found_in(&text).iter().map(|k| (k.filter_id, k.keyword.clone())).collect();
            if !found.is_empty() {
                words.insert(post.id, found);
            }
        }
        Ok(Self { active, words, posts: single.into_iter().map(|s| (s.filter_id, s.post_id)).collect() })
    }

    /// Those that catch anything in a post, or in what it boosts.
    pub fn catching(&self, post: &Post) -> impl Iterator<Item = &Known> {
        let proper = post.boost_of_id.unwrap_or(post.id);
        let ids = [post.id, proper];
        self.active.iter().filter(move |f| {
            self.words.get(&proper).into_iter().flatten().any(|(filter, _)| *filter == f.id)
                || ids.iter().any(|id| self.posts.contains(&(f.id, *id)))
        })
    }

    /// What is caught in a post; of a boost, in what it boosts.
    pub fn caught(&self, post: &Post) -> Vec<Caught> {
        let proper = post.boost_of_id.unwrap_or(post.id);
        let mut ids = vec![post.id, proper];
        ids.dedup();
        let one = |f: &Known| {
            let words = self.words.get(&proper).into_iter().flatten().filter(|(filter, _)| *filter == f.id);
            let words: Vec<String> = words.map(|(_, word)| word.clone()).collect();
            let posts: Vec<String> =
                ids.iter().filter(|id| self.posts.contains(&(f.id, **id))).map(Id::to_string).collect();
            let filled = |list: Vec<String>| (!list.is_empty()).then_some(list);
            let (keyword_matches, status_matches) = (filled(words), filled(posts));
            (keyword_matches.is_some() || status_matches.is_some()).then(|| Caught {
                filter: head(f),
                keyword_matches,
                status_matches,
            })
        };
        self.active.iter().filter_map(one).collect()
    }
}

fn text(post: &Post, media: Option<&Vec<Media>>, poll: Option<&Poll>) -> String {
    let mut parts = vec![post.summary.clone(), html::to_text(&post.content)];
    parts.extend(poll.map(Poll::titles).unwrap_or_default());
    parts.extend(media.into_iter().flatten().map(|m| m.description.clone()));
    parts.retain(|p| !p.is_empty());
    parts.join("\n\n")
}

/// A filter without what it looks for.
fn head(f: &Known) -> Filter {
    Filter {
        id: f.id.to_string(),
        title: f.title.clone(),
        context: f.contexts.clone(),
        expires_at: f.expires_at.map(rfc3339),
        filter_action: f.action.name(),
        keywords: None,
        statuses: None,
    }
}

/// Filters with all that they look for.
pub async fn list(tx: &mut Tx, filters: &[Known]) -> Result<Vec<Filter>, ApiError> {
    let ids: Vec<Id> = filters.iter().map(|f| f.id).collect();
    let (keywords, posts) = (tx.filter_keywords(&ids).await?, tx.filter_posts(&ids).await?);
    let whole = |f: &Known| Filter {
        keywords: Some(keywords.iter().filter(|k| k.filter_id == f.id).map(keyword).collect()),
        statuses: Some(posts.iter().filter(|s| s.filter_id == f.id).map(post).collect()),
        ..head(f)
    };
    Ok(filters.iter().map(whole).collect())
}

pub fn keyword(k: &Keyword) -> FilterKeyword {
    FilterKeyword { id: k.id.to_string(), keyword: k.keyword.clone(), whole_word: k.whole_word }
}

pub fn post(s: &FilteredPost) -> FilterStatus {
    FilterStatus { id: s.id.to_string(), status_id: s.post_id.to_string() }
}

pub fn single(f: &Known, k: &Keyword) -> Single {
    Single {
        id: k.id.to_string(),
        phrase: k.keyword.clone(),
        context: f.contexts.clone(),
        whole_word: k.whole_word,
        expires_at: f.expires_at.map(rfc3339),
        irreversible: f.action == model::filter::FilterAction::Hide,
    }
}
