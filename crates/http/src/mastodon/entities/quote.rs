//! Quotes and who may quote (entities/Quote, ShallowQuote, QuoteApproval): read for a page of posts at once.

use std::collections::{HashMap, HashSet};

use model::account::Relationship;
use model::audience::Viewer;
use model::id::Id;
use model::policy::{Leave, Policy, Rule, Standing};
use model::post::Post;
use model::quote::{Quote as Known, QuoteState};
use serde::Serialize;
use storage::Tx;
use utoipa::ToSchema;

use super::status::Status;
use crate::ApiError;

#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Quote {
    Full {
        state: &'static str,
        #[schema(required)]
        quoted_status: Option<Box<Status>>,
    },
    /// Of a post that is quoted itself.
    Shallow {
        state: &'static str,
        #[schema(required)]
        quoted_status_id: Option<String>,
    },
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QuoteApproval)]
pub struct Approval {
    automatic: Vec<&'static str>,
    manual: Vec<&'static str>,
    current_user: &'static str,
}

/// What the posts of a page quote, and who may quote them.
#[derive(Default)]
pub struct Quotes {
    quotes: HashMap<Id, Known>,
    /// The authors of those quoted posts that the viewer may see.
    authors: HashMap<Id, Id>,
    ties: HashMap<Id, Relationship>,
    policies: HashMap<Id, (Policy, i64)>,
}

impl Quotes {
    /// Reads it, and adds to `posts` what they quote and the viewer may see.
    pub async fn load(tx: &mut Tx, posts: &mut HashMap<Id, Post>, viewer: Viewer) -> Result<Self, ApiError> {
        let mut quotes = Self::default();
        if posts.is_empty() {
            return Ok(quotes);
        }
        let ids: Vec<Id> = posts.keys().copied().collect();
        let quoted = quotes.follow(tx, &ids, viewer).await?;
        if !quoted.is_empty() {
            let ids: Vec<Id> = quoted.iter().map(|p| p.id).collect();
            quotes.follow(tx, &ids, viewer).await?;
            for post in quoted {
                posts.entry(post.id).or_insert(post);
            }
        }
        let ids: Vec<Id> = posts.keys().copied().collect();
        quotes.policies = tx.policies(&ids).await?.into_iter().map(|(id, policy, n)| (id, (policy, n))).collect();
        if viewer.is_member() {
            let needs_ties = |p: &&Post| {
                let Rule { automatic, manual } = quotes.rule(p);
                [automatic, manual].iter().any(|c| c.followers || c.following)
            };
            let mut others: HashSet<Id> = posts.values().filter(needs_ties).map(|p| p.account_id).collect();
            others.extend(quotes.authors.values());
            others.remove(&viewer.id());
            if !others.is_empty() {
                let others: Vec<Id> = others.into_iter().collect();
                let ties = tx.relationships(viewer.id(), &others).await?;
                quotes.ties = ties.into_iter().map(|r| (r.target_id, r)).collect();
            }
        }
        Ok(quotes)
    }

    /// What these posts quote, as far as the viewer may see it.
    async fn follow(&mut self, tx: &mut Tx, ids: &[Id], viewer: Viewer) -> Result<Vec<Post>, ApiError> {
        let found = tx.quotes(ids).await?;
        let accepted = found.iter().filter(|q| q.state == QuoteState::Accepted);
        let quoted: Vec<Id> = accepted.filter_map(|q| q.quoted_id).collect();
        let quoted = if quoted.is_empty() { Vec::new() } else { tx.visible_posts(&quoted, viewer).await? };
        self.authors.extend(quoted.iter().map(|p| (p.id, p.account_id)));
        self.quotes.extend(found.into_iter().map(|q| (q.post_id, q)));
        Ok(quoted)
    }

    pub fn of(&self, post: Id) -> Option<&Known> {
        self.quotes.get(&post)
    }

    pub fn count(&self, post: Id) -> i64 {
        self.policies.get(&post).map_or(0, |(_, n)| (*n).max(0))
    }

    /// The state for the viewer, and the quoted post if there is one that they may see.
    pub fn state(&self, quote: &Known) -> (&'static str, Option<Id>) {
        if quote.state != QuoteState::Accepted {
            return (quote.state.name(), None);
        }
        let Some(quoted) = quote.quoted_id.filter(|id| self.authors.contains_key(id)) else {
            return ("unauthorized", None);
        };
        let tie = self.authors.get(&quoted).and_then(|author| self.ties.get(author));
        let state = match tie {
            Some(tie) if tie.blocking => "blocked_account",
            Some(tie) if tie.domain_blocking => "blocked_domain",
            Some(tie) if tie.muting => "muted_account",
            _ => quote.state.name(),
        };
        (state, Some(quoted))
    }

    fn rule(&self, post: &Post) -> Rule {
        match self.policies.get(&post.id) {
            Some((policy, _)) => node::quote::rule(post, policy),
            None => node::quote::rule(post, &Policy::default()),
        }
    }

    /// Whether the viewer may quote a post. `own_uri`: their actor id, where that is known.
    pub fn leave(&self, post: &Post, viewer: Viewer, own_uri: &str) -> Leave {
        let tie = self.ties.get(&post.account_id);
        let standing = Standing {
            uri: own_uri,
            is_author: post.account_id == viewer.id() && post.boost_of_id.is_none(),
            follows: tie.is_some_and(|t| t.following),
            is_followed: tie.is_some_and(|t| t.followed_by),
        };
        if viewer.is_member() { self.rule(post).leave(standing) } else { Leave::Denied }
    }

    /// `own_uri`: the viewer's actor id, where that is known.
    pub fn approval(&self, post: &Post, viewer: Viewer, own_uri: &str) -> Approval {
        let rule = self.rule(post);
        let leave = self.leave(post, viewer, own_uri);
        let names = |circle: &model::policy::Circle| {
            let groups = [
                (circle.everybody, "public"),
                (circle.followers, "followers"),
                (circle.following, "following"),
                (!circle.named.is_empty(), "unsupported_policy"),
            ];
            groups.into_iter().filter(|(is_in, _)| *is_in).map(|(_, name)| name).collect()
        };
        Approval {
            automatic: names(&rule.automatic),
            manual: names(&rule.manual),
            current_user: match leave {
                Leave::Automatic => "automatic",
                Leave::Manual => "manual",
                Leave::Denied => "denied",
            },
        }
    }
}
