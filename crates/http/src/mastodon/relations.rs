//! Following, blocking and muting (docs.joinmastodon.org/methods/accounts, follow_requests, blocks, mutes).

use axum::Json;
use axum::extract::{OriginalUri, State};
use model::clock::rfc3339;
use model::id::Id;
use node::follow::{self, Wishes};
use node::moderate;
use storage::Tx;

use super::entities::account::{Account, Moves, Muted};
use super::entities::small::{self, Relationship};
use super::{ACCOUNTS, At, Listed, account, accounts_page, link};
use crate::auth::Caller;
use crate::params::Params;
use crate::{ApiError, App, page};

/// Most languages that one wants to read somebody in.
const LANGUAGES: usize = 100;
/// Most accounts of one question.
const SEVERAL: usize = 80;

pub type Answer = Result<Json<Relationship>, ApiError>;

/// `GET /api/v1/accounts/relationships?id[]=`.
pub async fn relationships(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<Vec<Relationship>>, ApiError> {
    let signed = caller.member("read:follows")?;
    let mut ids = params.ids("id");
    ids.truncate(SEVERAL);
    let mut tx = app.node.store.read().await?;
    let there = tx.accounts(&ids).await?;
    ids.retain(|id| there.iter().any(|a| a.id == *id));
    Ok(Json(ties(&mut tx, signed.account.id, &ids).await?))
}

/// How a member stands to others, with what they noted about them.
async fn ties(tx: &mut Tx, who: Id, ids: &[Id]) -> Result<Vec<Relationship>, ApiError> {
    let mut ties = tx.relationships(who, ids).await?;
    for (about, note) in tx.account_notes(who, ids).await? {
        if let Some(tie) = ties.iter_mut().find(|t| t.target_id == about) {
            tie.note = note;
        }
    }
    Ok(ties.iter().map(small::relationship).collect())
}

/// Commits, then answers how the member stands to the other.
pub async fn done(app: &App, tx: Tx, who: Id, target: Id) -> Answer {
    app.node.commit(tx).await?;
    let found = ties(&mut app.node.store.read().await?, who, &[target]).await?;
    Ok(Json(found.into_iter().next().unwrap_or_default()))
}

/// `POST /api/v1/accounts/:id/follow`. What is not said stays as it was.
pub async fn follow(State(app): State<App>, caller: Caller, At(id): At, params: Params) -> Answer {
    let signed = caller.member("write:follows")?;
    let mut tx = app.node.store.begin().await?;
    let target = account(&mut tx, id).await?;
    let before = tx.follow(signed.account.id, target.id).await?;
    let before = before.map(|f| Wishes { show_boosts: f.show_boosts, notify: f.notify, languages: f.languages });
    let before = before.unwrap_or_default();
    let languages = params.list("languages");
    let languages = languages.iter().take(LANGUAGES).filter_map(|tag| model::language::valid_bcp47(tag)).collect();
    let wishes = Wishes {
        show_boosts: params.flag("reblogs").unwrap_or(before.show_boosts),
        notify: params.flag("notify").unwrap_or(before.notify),
        languages: if params.has("languages") { languages } else { before.languages },
    };
    follow::follow(&app.node, &mut tx, &signed.account, &target, &wishes).await?;
    done(&app, tx, signed.account.id, target.id).await
}

/// `POST /api/v1/accounts/:id/unfollow`.
pub async fn unfollow(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let signed = caller.member("write:follows")?;
    let mut tx = app.node.store.begin().await?;
    let target = account(&mut tx, id).await?;
    follow::unfollow(&app.node, &mut tx, &signed.account, &target).await?;
    done(&app, tx, signed.account.id, target.id).await
}

/// `POST /api/v1/accounts/:id/remove_from_followers`.
pub async fn remove_from_followers(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let signed = caller.member("write:follows")?;
    let mut tx = app.node.store.begin().await?;
    let who = account(&mut tx, id).await?;
    follow::remove_follower(&app.node, &mut tx, &signed.account, &who).await?;
    done(&app, tx, signed.account.id, who.id).await
}

/// `POST /api/v1/accounts/:id/block`.
pub async fn block(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let signed = caller.member("write:blocks")?;
    let mut tx = app.node.store.begin().await?;
    let target = account(&mut tx, id).await?;
    moderate::block(&app.node, &mut tx, &signed.account, &target).await?;
    done(&app, tx, signed.account.id, target.id).await
}

/// `POST /api/v1/accounts/:id/unblock`.
pub async fn unblock(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let signed = caller.member("write:blocks")?;
    let mut tx = app.node.store.begin().await?;
    let target = account(&mut tx, id).await?;
    moderate::unblock(&app.node, &mut tx, &signed.account, &target).await?;
    done(&app, tx, signed.account.id, target.id).await
}

/// `POST /api/v1/accounts/:id/mute`; `duration` in seconds, 0 for ever.
pub async fn mute(State(app): State<App>, caller: Caller, At(id): At, params: Params) -> Answer {
    let signed = caller.member("write:mutes")?;
    let notifications = params.flag("notifications").unwrap_or(true);
    let duration = params.span("duration", "Duration")?.filter(|d| *d > 0);
    let mut tx = app.node.store.begin().await?;
    let target = account(&mut tx, id).await?;
    moderate::mute(&app.node, &mut tx, &signed.account, &target, notifications, duration).await?;
    done(&app, tx, signed.account.id, target.id).await
}

/// `POST /api/v1/accounts/:id/unmute`.
pub async fn unmute(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let signed = caller.member("write:mutes")?;
    let mut tx = app.node.store.begin().await?;
    let target = account(&mut tx, id).await?;
    moderate::unmute(&mut tx, &signed.account, &target).await?;
    done(&app, tx, signed.account.id, target.id).await
}

/// `GET /api/v1/follow_requests`.
pub async fn follow_requests(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Account> {
    let signed = caller.member("read:follows")?;
    let page = page::page(&params, ACCOUNTS);
    let mut tx = app.node.store.read().await?;
    let rows = tx.follow_requests_of(signed.account.id, &page).await?;
    accounts_page(&app, &mut tx, &uri, &page, rows).await
}

/// `POST /api/v1/follow_requests/:account_id/authorize`.
pub async fn authorize(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let signed = caller.member("write:follows")?;
    let mut tx = app.node.store.begin().await?;
    let who = account(&mut tx, id).await?;
    follow::accept_request(&app.node, &mut tx, &signed.account, &who).await?;
    done(&app, tx, signed.account.id, who.id).await
}

/// `POST /api/v1/follow_requests/:account_id/reject`.
pub async fn reject(State(app): State<App>, caller: Caller, At(id): At) -> Answer {
    let signed = caller.member("write:follows")?;
    let mut tx = app.node.store.begin().await?;
    let who = account(&mut tx, id).await?;
    follow::reject_request(&app.node, &mut tx, &signed.account, &who).await?;
    done(&app, tx, signed.account.id, who.id).await
}

/// `GET /api/v1/blocks`.
pub async fn blocks(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Account> {
    let signed = caller.member("read:blocks")?;
    let page = page::page(&params, ACCOUNTS);
    let mut tx = app.node.store.read().await?;
    let rows = tx.blocked_by(signed.account.id, &page).await?;
    accounts_page(&app, &mut tx, &uri, &page, rows).await
}

/// `GET /api/v1/mutes`, with the time at which each ends.
pub async fn mutes(
    State(app): State<App>,
    caller: Caller,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Listed<Muted> {
    let signed = caller.member("read:mutes")?;
    let page = page::page(&params, ACCOUNTS);
    let mut tx = app.node.store.read().await?;
    let rows = tx.muted_by(signed.account.id, &page).await?;
    let ids: Vec<Id> = rows.iter().map(|(_, a)| a.id).collect();
    let ties = tx.relationships(signed.account.id, &ids).await?;
    let moves = Moves::of(&mut tx, rows.iter().map(|(_, a)| a)).await?;
    let muted = |(_, a): &(Id, model::account::Account)| Muted {
        account: moves.render(&app.node.config, a),
        mute_expires_at: ties.iter().find(|r| r.target_id == a.id).and_then(|r| r.muting_expires_at).map(rfc3339),
    };
    Ok((link(&app, &uri, &page, &rows), Json(rows.iter().map(muted).collect())))
}
