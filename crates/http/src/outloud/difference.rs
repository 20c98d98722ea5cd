//! The difference lens: for whoever is signed in, of themselves alone.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use model::audience::Viewer;
use model::clock::rfc3339;
use model::id::Id;
use node::difference;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::mastodon::entities::account::{self, Account};
use crate::mastodon::entities::status::{self, Status};
use crate::{ApiError, App};

/// What of somebody's reading came from elsewhere, and whom they never meet.
#[derive(Debug, Serialize, ToSchema)]
pub struct Difference {
    /// Posts of others that stood in their home.
    posts: usize,
    /// Those by people of this node.
    own: usize,
    /// From so many other servers came the rest.
    servers: usize,
    /// From when on.
    #[schema(format = DateTime)]
    since: String,
    /// There was more than what was looked at: `since` is later than a month ago.
    sampled: bool,
    people: Vec<Stranger>,
}

/// Somebody on one's hashtags to whom there is no path.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stranger {
    account: Account,
    /// The hashtags on which they are, as they are written here.
    tags: Vec<String>,
    /// Their newest post there.
    status: Status,
}

/// `GET /api/outloud/v1/difference`.
pub async fn show(State(app): State<App>, caller: Caller) -> Result<Json<Difference>, ApiError> {
    let who = &caller.member("read:statuses")?.account;
    let viewer = Viewer::Member(who.id);
    let mut tx = app.node.store.read().await?;
    let lens = difference::lens(&app.node, &mut tx, who).await?;
    let posts: Vec<Id> = lens.people.iter().map(|p| p.post).collect();
    let shown = tx.visible_posts(&posts, viewer).await?;
    let order: Vec<Id> = shown.iter().map(|p| p.id).collect();
    let mut shown: HashMap<Id, Status> =
        order.into_iter().zip(status::list(&app, &mut tx, shown, viewer).await?).collect();
    let mut people = Vec::new();
    for known in lens.people {
        let Some(status) = shown.remove(&known.post) else { continue };
        people.push(Stranger {
            account: account::one(&app.node.config, &mut tx, &known.account).await?,
            tags: tx.tags_by_id(&known.tags).await?.into_iter().map(|tag| tag.display).collect(),
            status,
        });
    }
    Ok(Json(Difference {
        posts: lens.reading.posts,
        own: lens.reading.own,
        servers: lens.reading.servers,
        since: rfc3339(lens.since),
        sampled: lens.sampled,
        people,
    }))
}
