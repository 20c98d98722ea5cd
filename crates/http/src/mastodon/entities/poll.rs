//! Polls (entities/Poll).

use model::audience::Viewer;
use model::clock::rfc3339;
use model::poll;
use model::post::Post;
use node::Node;
use node::remote::Owner;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Emoji, emojis};

#[derive(Debug, Serialize, ToSchema)]
pub struct Poll {
    id: String,
    #[schema(required, format = DateTime)]
    expires_at: Option<String>,
    expired: bool,
    multiple: bool,
    votes_count: i64,
    #[schema(required)]
    voters_count: Option<i64>,
    options: Vec<Choice>,
    emojis: Vec<Emoji>,
    #[serde(flatten)]
    #[schema(value_type = Own)]
    own: Option<Own>,
}

/// An option (entities/Poll#Option); its count is null as long as it is hidden.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Poll_Option)]
pub struct Choice {
    title: String,
    #[schema(required)]
    votes_count: Option<i64>,
}

/// What the one who asks chose; missing where nobody is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Poll_Own)]
pub struct Own {
    /// Whether they may vote no more; in their own poll they never may.
    #[schema(required = false)]
    voted: bool,
    #[schema(required = false)]
    own_votes: Vec<i64>,
}

/// The poll of a post, for a viewer who chose `own_votes` in it.
pub fn render(node: &Node, poll: &poll::Poll, post: &Post, viewer: Viewer, own_votes: Vec<i64>) -> Poll {
    let now = node.now();
    let shown = poll.shows_totals(now);
    let choice = |o: &poll::PollOption| Choice { title: o.title.clone(), votes_count: shown.then_some(o.votes) };
    let voted = post.account_id == viewer.id() || !own_votes.is_empty();
    Poll {
        id: poll.post_id.to_string(),
        expires_at: poll.ends_at().map(rfc3339),
        expired: poll.is_over(now),
        multiple: poll.multiple,
        votes_count: poll.votes(),
        voters_count: poll.voters_count,
        options: poll.options.iter().map(choice).collect(),
        emojis: emojis(&node.config, Owner::PostEmoji, post.id, &post.emojis),
        own: viewer.is_member().then_some(Own { voted, own_votes }),
    }
}
