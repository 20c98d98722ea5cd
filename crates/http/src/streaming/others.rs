//! What streams show of things that have streams of their own: lists, conversations, announcements.

use std::sync::Arc;

use model::id::Id;
use model::post::Post;
use storage::Tx;

use super::dispatch::written;
use crate::mastodon::{announcements, conversations};
use crate::{ApiError, App};

/// Whether a list is this member's, who alone may listen to it.
pub async fn owns_list(tx: &mut Tx, account: Id, list: Id) -> Result<bool, ApiError> {
    Ok(tx.list_of(account, list).await?.is_some())
}

/// Which of these lists (with their owners) get which of these posts, as the timelines of the lists do: pairs of list and post.
pub async fn reached_lists(tx: &mut Tx, lists: &[(Id, Id)], posts: &[Post]) -> Result<Vec<(Id, Id)>, ApiError> {
    let lists: Vec<Id> = lists.iter().map(|(list, _)| *list).collect();
    let posts: Vec<Id> = posts.iter().map(|p| p.id).collect();
    Ok(tx.shown_in_lists(&lists, &posts).await?)
}

/// Which of these lists hold posts of an author: what is gone may have been in them.
pub async fn lists_with(tx: &mut Tx, lists: &[(Id, Id)], author: Id) -> Result<Vec<Id>, ApiError> {
    let lists: Vec<Id> = lists.iter().map(|(list, _)| *list).collect();
    Ok(tx.lists_of_author(&lists, author).await?)
}

/// A conversation as its member sees it; nothing if it is gone.
pub async fn conversation(app: &App, tx: &mut Tx, account: Id, id: Id) -> Result<Option<Arc<str>>, ApiError> {
    let Some(known) = tx.conversation(account, id).await? else { return Ok(None) };
    let shown = conversations::render(app, tx, &[known], account).await?;
    shown.first().map(written).transpose()
}

/// An announcement as a member sees it; nothing if it is not shown.
pub async fn announcement(app: &App, tx: &mut Tx, account: Id, id: Id) -> Result<Option<Arc<str>>, ApiError> {
    let Some(account) = tx.account(account).await? else { return Ok(None) };
    let shown = announcements::shown(app, tx, id, &account).await?;
    shown.as_ref().map(written).transpose()
}

/// `{name, count, announcement_id}`; with a count of 0 if nobody reacts so any more.
pub async fn reaction(app: &App, tx: &mut Tx, announcement: Id, name: &str) -> Result<Option<Arc<str>>, ApiError> {
    Ok(Some(announcements::reaction(app, tx, announcement, name).await?.to_string().into()))
}
