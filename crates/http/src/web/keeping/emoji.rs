//! The node's own emoji.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use model::account::Role;
use node::emoji::{self, NewEmoji};

use super::super::frame::Frame;
use super::super::visitor::Visitor;
use super::Keeper;
use crate::params::Params;
use crate::{ApiError, App};

struct Row {
    shortcode: String,
    picture: String,
    category: String,
    visible: bool,
}

#[derive(Template)]
#[template(path = "keeping_emoji.html")]
struct EmojiPage {
    frame: Frame,
    rows: Vec<Row>,
    most: usize,
}

/// `GET /keeping/emoji`.
pub async fn list(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let all = app.node.store.read().await?.emojis().await?;
    let row = |e: storage::NodeEmoji| Row {
        picture: app.node.config.media_url(if e.still_path.is_empty() { &e.path } else { &e.still_path }),
        shortcode: e.shortcode,
        category: e.category,
        visible: e.visible,
    };
    let rows = all.into_iter().map(row).collect();
    keeper.show(&EmojiPage { frame: keeper.frame(), rows, most: emoji::BYTES / 1024 })
}

/// `POST /keeping/emoji` with `shortcode`, `category`, `hidden` and the file `picture`.
pub async fn add(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let deed = async {
        let new = NewEmoji {
            shortcode: params.text("shortcode").unwrap_or_default(),
            category: params.text("category").unwrap_or_default(),
            visible: !params.flag("hidden").unwrap_or(false),
        };
        let picture = params.file("picture").filter(|f| !f.is_empty()).cloned();
        let picture = picture.ok_or_else(|| ApiError::unprocessable(keeper.t().say("keep-no-file")))?;
        let stored = emoji::store(&app.node, &new, picture).await?;
        let mut tx = keeper.begin().await?;
        emoji::add(&app.node, &mut tx, &keeper.name(), &stored).await?;
        keeper.commit(tx).await
    };
    keeper.done(&params, "/keeping/emoji", deed).await
}

/// `POST /keeping/emoji/remove` with `shortcode`.
pub async fn remove(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Admin)?;
    let deed = async {
        let mut tx = keeper.begin().await?;
        emoji::remove(&app.node, &mut tx, &keeper.name(), &params.required("shortcode")?).await?;
        keeper.commit(tx).await
    };
    keeper.done(&params, "/keeping/emoji", deed).await
}
