//! Links with which people join.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use model::account::Role;
use node::invite;

use super::super::frame::Frame;
use super::super::visitor::Visitor;
use super::{Keeper, role_words};
use crate::params::Params;
use crate::{ApiError, App};

/// Most people for one link, and most days, as for the command.
const USES: i64 = 10_000;
const DAYS: i64 = 365;

/// One that can still be used. The link itself is not kept.
struct Open {
    id: String,
    role: String,
    uses: i64,
    until: String,
    made: String,
    /// Who looks may end it.
    may_end: bool,
}

#[derive(Template)]
#[template(path = "keeping_invitations.html")]
struct InvitationsPage {
    frame: Frame,
    /// One that was just made; empty: none.
    link: String,
    /// Name and words of those that who looks may give.
    roles: Vec<(&'static str, String)>,
    open: Vec<Open>,
    most_uses: i64,
    most_days: i64,
}

/// Whether somebody may invite people who then have that role: those below their own, an owner whomever.
fn may_give(own: Role, role: Role) -> bool {
    role < own || own == Role::Owner
}

/// `GET /keeping/invitations`.
pub async fn list(State(app): State<App>, visitor: Visitor) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Moderator)?;
    shown(&keeper, String::new()).await
}

async fn shown(keeper: &Keeper<'_>, link: String) -> Result<Response, ApiError> {
    let (t, own, node) = (keeper.t(), keeper.role(), &keeper.app.node);
    let known = node.store.read().await?.open_invites(node.now()).await?;
    let open = known.iter().map(|i| Open {
        id: invite::id(i).to_owned(),
        role: role_words(t, i.role),
        uses: i.uses_left,
        until: t.day(i.expires_at),
        made: t.day(i.created_at),
        may_end: may_give(own, i.role),
    });
    let all = [Role::Member, Role::Moderator, Role::Admin, Role::Owner];
    let page = InvitationsPage {
        frame: keeper.frame(),
        link,
        roles: all.into_iter().filter(|r| may_give(own, *r)).map(|r| (r.name(), role_words(t, r))).collect(),
        open: open.collect(),
        most_uses: USES,
        most_days: DAYS,
    };
    keeper.show(&page)
}

/// `POST /keeping/invitations` with `role`, `uses`, `days`: shows the link, this once.
pub async fn make(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Moderator)?;
    let made = async {
        visitor.check(&params)?;
        let role = params.text("role").and_then(|r| r.parse().ok()).unwrap_or(Role::Member);
        if !may_give(keeper.role(), role) {
            return Err(ApiError::forbidden(keeper.t().say("keep-not-yours")));
        }
        let number = |name: &str, most: i64| {
            params.number(name).filter(|n| (1..=most).contains(n)).ok_or_else(|| {
                ApiError::unprocessable(keeper.t().one("keep-invite-number", "most", most))
            })
        };
        let (uses, days) = (number("uses", USES)?, number("days", DAYS)?);
        let mut tx = keeper.begin().await?;
        let link = invite::invite_by(&app.node, &mut tx, &keeper.name(), role, uses, days).await?;
        keeper.commit(tx).await?;
        Ok(link)
    };
    match made.await {
        Ok(link) => shown(&keeper, link).await,
        Err(error) => keeper.failed(&params, &error),
    }
}

/// `POST /keeping/invitations/revoke` with `id` of the list.
pub async fn revoke(State(app): State<App>, visitor: Visitor, params: Params) -> Result<Response, ApiError> {
    let keeper = Keeper::of(&app, &visitor, Role::Moderator)?;
    let deed = async {
        let which = params.required("id")?;
        let mut tx = keeper.begin().await?;
        let known = tx.open_invites(app.node.now()).await?;
        let meant = known.iter().find(|i| invite::id(i) == which).ok_or_else(ApiError::not_found)?;
        if !may_give(keeper.role(), meant.role) {
            return Err(ApiError::forbidden(keeper.t().say("keep-not-yours")));
        }
        invite::revoke(&app.node, &mut tx, &keeper.name(), &which).await?;
        keeper.commit(tx).await
    };
    keeper.done(&params, "/keeping/invitations", deed).await
}
