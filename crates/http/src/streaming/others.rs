//! What streams show of things that have streams of their own: lists, conversations, announcements.

use std::sync::Arc;

use model::id::Id;
use model::post::Post;
use storage::Tx;

use crate::mastodon::announcements;
use crate::{ApiError, App};

/// Whether a list is this member's, who alone may listen to it.
pub async fn owns_list(_tx: &mut Tx, _account: Id, _list: Id) -> Result<bool, ApiError> {
    Ok(false)
}

/// Which of these lists (with their owners) get which of these posts, as the timelines of the lists do: pairs of list and post.
pub async fn reached_lists(_tx: &mut Tx, _lists: &[(Id, Id)], _posts: &[Post]) -> Result<Vec<(Id, Id)>, ApiError> {
    Ok(Vec::new())
}

/// Which of these lists hold posts of an author: what is gone may have been in them.
pub async fn lists_with(_tx: &mut Tx, _lists: &[(Id, Id)], _author: Id) -> Result<Vec<Id>, ApiError> {
    Ok(Vec::new())
}

/// A conversation as its member sees it; nothing if it is gone.
pub async fn conversation(_app: &App, _tx: &mut Tx, _account: Id, _id: Id) -> Result<Option<Arc<str>>, ApiError> {
    Ok(None)
}

/// An announcement as a member sees it; nothing if it is not shown.
pub async fn announcement(app: &App, tx: &mut Tx, account: Id, id: Id) -> Result<Option<Arc<str>>, ApiError> {
    let Some(account) = tx.account(account).await? else { return Ok(None) };
    let shown = announcements::shown(app, tx, id, &account).await?;
    Ok(shown.map(|shown| shown.to_string().into()))
}

/// `{name, count, announcement_id}`; with a count of 0 if nobody reacts so any more.
pub async fn reaction(app: &App, tx: &mut Tx, announcement: Id, name: &str) -> Result<Option<Arc<str>>, ApiError> {
    Ok(Some(announcements::reaction(app, tx, announcement, name).await?.to_string().into()))
}
