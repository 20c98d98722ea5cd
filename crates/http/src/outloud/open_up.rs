//! Opening up what was said inside.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use model::audience::Viewer;
use node::open_up::{self, Check as Asked, Opening, What};
use serde::Serialize;
use storage::Tx;
use utoipa::ToSchema;

use super::entities::people;
use crate::auth::Caller;
use crate::mastodon::At;
use crate::mastodon::entities::account::Account;
use crate::mastodon::entities::status::{self, Status};
use crate::mastodon::posts;
use crate::params::Params;
use crate::{ApiError, App};

/// What an author is asked to look at before a post is opened up.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checklist {
    items: Vec<Check>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Checklist_Item)]
pub struct Check {
    /// Sent back in `confirmed[]`.
    id: String,
    /// person, quote, description, email, phone, postcode, address, answer
    kind: String,
    /// The words that it is about, as they stand in the post.
    #[schema(required)]
    text: Option<String>,
    /// Who is named, quoted or answered, if they are known here.
    #[schema(required)]
    account: Option<Account>,
    /// What is quoted or answered.
    #[schema(required)]
    status_id: Option<String>,
    /// The file without a description.
    #[schema(required)]
    media_id: Option<String>,
}

/// `GET /api/outloud/v1/statuses/:id/open_up`.
pub async fn checklist(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Checklist>, ApiError> {
    let who = &caller.member("read:statuses")?.account;
    let mut tx = app.node.store.read().await?;
    let list = open_up::checklist(&mut tx, who, id).await?;
    Ok(Json(Checklist { items: render(&app, &mut tx, list).await? }))
}

async fn render(app: &App, tx: &mut Tx, list: Vec<Asked>) -> Result<Vec<Check>, ApiError> {
    let concerned = |what: &What| match what {
        What::Person { account, .. } | What::Quote { account, .. } => *account,
        What::Answer { account, .. } => Some(*account),
        What::NoDescription { .. } | What::Personal { .. } => None,
    };
    let ids: Vec<i64> = list.iter().filter_map(|check| concerned(&check.what)).collect();
    let people = people(&app.node.config, tx, &ids).await?;
    let shown = list.into_iter().map(|check| {
        let account = concerned(&check.what).and_then(|id| people.get(&id).cloned());
        let (kind, text, status, media) = match check.what {
            What::Person { handle, .. } => ("person", Some(handle), None, None),
            What::Quote { post, .. } => ("quote", None, post, None),
            What::NoDescription { media } => ("description", None, None, Some(media)),
            What::Personal { kind, text } => (kind.name(), Some(text), None, None),
            What::Answer { post, .. } => ("answer", None, Some(post), None),
        };
        let written = |id: Option<i64>| id.map(|id| id.to_string());
        Check {
            id: check.id,
            kind: kind.to_owned(),
            text,
            account,
            status_id: written(status),
            media_id: written(media),
        }
    });
    Ok(shown.collect())
}

/// `POST /api/outloud/v1/statuses/:id/open_up`: answers the new post.
pub async fn open(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    headers: HeaderMap,
    params: Params,
) -> Result<Json<Status>, ApiError> {
    let signed = caller.member("write:statuses")?;
    let mut draft = posts::draft(&params)?;
    draft.app_id = signed.token.app_id;
    draft.idempotency_key = posts::idempotency_key(&headers);
    app.federation.learn_handles(&draft.text, draft.format).await?;
    let opening = Opening { draft, confirmed: params.list("confirmed") };
    let mut tx = app.node.store.begin().await?;
    let post = open_up::open(&app.node, &mut tx, &signed.account, &signed.member, id, &opening).await?;
    app.node.commit(tx).await?;
    let mut tx = app.node.store.read().await?;
    Ok(Json(status::one(&app, &mut tx, post, Viewer::Member(signed.account.id)).await?))
}
