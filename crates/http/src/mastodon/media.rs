//! Uploads (docs.joinmastodon.org/methods/media). Everything is ready when the answer is given, so both versions of the upload
//! answer 200.

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use node::upload;
use serde_json::{Value, json};

use super::At;
use super::entities::media::{Attachment, render};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App};

/// `POST /api/v1/media` and `/api/v2/media`. The token is looked at before a file is taken in.
pub async fn upload(State(app): State<App>, caller: Caller, request: Request) -> Result<Json<Attachment>, ApiError> {
    let who = &caller.member("write:media")?.account;
    let params = Params::from_request(request, &app).await?;
    let bytes = params.file("file").ok_or_else(|| ApiError::unprocessable("Validation failed: File can't be blank"))?;
    let description = params.text("description").unwrap_or_default();
    let focus = focus(&params).unwrap_or_default();
    let stored = upload::store(&app.node, who, bytes.clone(), &description, focus).await?;
    let mut tx = app.node.store.begin().await?;
    let media = upload::attach(&mut tx, stored).await?;
    app.node.commit(tx).await?;
    Ok(Json(render(&app.node.config, &media)))
}

/// `GET /api/v1/media/:id`: one's own.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Attachment>, ApiError> {
    let who = &caller.member("write:media")?.account;
    let media = app.node.store.read().await?.media(id).await?;
    let media = media.filter(|m| m.account_id == who.id).ok_or_else(ApiError::not_found)?;
    Ok(Json(render(&app.node.config, &media)))
}

/// `PUT /api/v1/media/:id`.
pub async fn describe(
    State(app): State<App>,
    caller: Caller,
    At(id): At,
    params: Params,
) -> Result<Json<Attachment>, ApiError> {
    let who = &caller.member("write:media")?.account;
    let description = params.text("description");
    let mut tx = app.node.store.begin().await?;
    let media = upload::describe(&mut tx, who, id, description.as_deref(), focus(&params)).await?;
    app.node.commit(tx).await?;
    Ok(Json(render(&app.node.config, &media)))
}

/// `DELETE /api/v1/media/:id`: one that no post has taken.
pub async fn discard(State(app): State<App>, caller: Caller, At(id): At) -> Result<Json<Value>, ApiError> {
    let who = &caller.member("write:media")?.account;
    let mut tx = app.node.store.begin().await?;
    upload::discard(&app.node, &mut tx, who, id).await?;
    app.node.commit(tx).await?;
    Ok(Json(json!({})))
}

/// `focus=x,y`, each from −1 to 1.
pub fn focus(params: &Params) -> Option<upload::Focus> {
    let text = params.filled("focus")?;
    let (x, y) = text.split_once(',')?;
    let number = |t: &str| t.trim().parse::<f64>().ok().filter(|n| n.is_finite()).map(|n| n.clamp(-1.0, 1.0));
    Some((number(x)?, number(y)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_focus_is_two_numbers_within_the_picture() {
        let read = |text: &str| focus(&Params::from_urlencoded(&format!("focus={text}")));
        assert_eq!(read("0.5,-0.25"), Some((0.5, -0.25)));
        assert_eq!(read("7, -7"), Some((1.0, -1.0)));
        for none in ["", "0.5", "x,y", "NaN,0", "inf,0"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
