//! Hashtags that the node does not carry.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use model::account::Role;
use node::{carry, moderate};

use super::super::frame::Frame;
use super::super::visitor::Visitor;
use super::{Keeper, ROWS, query};
use crate::params::Params;
use crate::{ApiError, App};

struct Row {
    name: String,
    comment: String,
    since: String,
}

#[derive(Template)]
#[template(path = "keeping_tags.html")]
struct TagsPage {
    frame: Frame,
    rows: Vec<Row>,
    further: String,
}

/// `GET /keeping/tags?after=…`: by name.
pub async fn list(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let after = params.text("after").unwrap_or_default();
    let found = app.node.store.read().await?.blocked_tags(&after, ROWS).await?;
    let full = i64::try_from(found.len()).is_ok_and(|n| n >= ROWS);
    let t = keeper.t();
    let page = TagsPage {
        frame: keeper.frame(),
        further: found.last().filter(|_| full).map_or_else(String::new, |last| {
            format!("/keeping/tags?{}", query(&[("after", &last.name)]).trim_end_matches('&'))
        }),
        rows: found
            .into_iter()
            .map(|tag| Row { since: t.day(tag.created_at), name: tag.name, comment: tag.comment })
            .collect(),
    };
    keeper.show(&page)
}

/// `POST /keeping/tags` with `name` and `comment`.
pub async fn block(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let deed = async {
        let (name, comment) = (params.required("name")?, params.text("comment").unwrap_or_default());
        if name.trim().contains(char::is_whitespace) {
            return Err(ApiError::unprocessable("Validation failed: Tag is not a hashtag"));
        }
        if comment.chars().count() > moderate::WORDS {
            return Err(ApiError::unprocessable(format!("A comment can have at most {} characters", moderate::WORDS)));
        }
        let mut tx = keeper.begin().await?;
        carry::block(&app.node, &mut tx, &keeper.name(), name.trim().trim_start_matches('#'), comment.trim()).await?;
        keeper.commit(tx).await
    };
    keeper.done(&params, "/keeping/tags", deed).await
}

/// `POST /keeping/tags/unblock` with `name`.
pub async fn unblock(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let deed = async {
        let mut tx = keeper.begin().await?;
        carry::unblock(&app.node, &mut tx, &keeper.name(), &params.required("name")?).await?;
        keeper.commit(tx).await
    };
    keeper.done(&params, "/keeping/tags", deed).await
}
