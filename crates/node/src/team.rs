//! Teams: members who say something among themselves. Anybody makes one, and whoever is in it says who else is. Moderators see that
//! there is one and who is in it, and can end it; what is said there they see if they are in it.

use model::account::{Account, MemberState};
use model::audience::Audience;
use model::id::Id;
use model::permission::MANAGE_REPORTS;
use model::post::Post;
use storage::{Team, Tx};

use crate::login::may_be_heard;
use crate::{Error, Node};

/// Teams that one member made and that there still are.
pub const MADE: i64 = 50;
/// Members of one team.
pub const MEMBERS: i64 = 500;
/// Longest name, in characters.
pub const NAME_LENGTH: usize = 60;

/// Makes a team of a member and those whom they name.
pub async fn create(node: &Node, tx: &mut Tx, who: &Account, name: &str, others: &[Id]) -> Result<Team, Error> {
    may_be_heard(tx, who.id).await?;
    tx.hold_account(who.id).await?;
    if tx.count_teams_made_by(who.id).await? >= MADE {
        return Err(Error::invalid(format!("Validation failed: You have made {MADE} teams already")));
    }
    let team = Team { id: node.id(), name: checked(name)?, made_by: who.id, created_at: node.now() };
    tx.insert_team(&team).await?;
    tx.put_in_team(team.id, who.id, who.id, node.now()).await?;
    put(node, tx, &team, who, others).await?;
    Ok(team)
}

/// A team that somebody may know of: whoever is in it, and moderators.
pub async fn find(tx: &mut Tx, who: &Account, id: Id) -> Result<Team, Error> {
    let team = tx.team(id).await?.ok_or(Error::NotFound)?;
    if tx.is_in_team(id, who.id).await? || is_moderator(tx, who).await? { Ok(team) } else { Err(Error::NotFound) }
}

pub async fn rename(node: &Node, tx: &mut Tx, who: &Account, id: Id, name: &str) -> Result<Team, Error> {
    let team = own(tx, who, id).await?;
    let name = checked(name)?;
    tx.rename_team(id, &name).await?;
    log(node, tx, &who.username, "team rename", &Team { name: name.clone(), ..team.clone() }, &team.name).await?;
    Ok(Team { name, ..team })
}

/// Takes members into a team, all or none. Who is in it stays in it.
pub async fn add(node: &Node, tx: &mut Tx, who: &Account, id: Id, accounts: &[Id]) -> Result<Team, Error> {
    let team = own(tx, who, id).await?;
    put(node, tx, &team, who, accounts).await?;
    Ok(team)
}

/// Takes members out of a team: they see nothing of it any more. Whoever takes themselves out leaves; the last one ends it.
pub async fn remove(node: &Node, tx: &mut Tx, who: &Account, id: Id, accounts: &[Id]) -> Result<(), Error> {
    let team = own(tx, who, id).await?;
    for account in accounts {
        take_out(node, tx, &who.username, &team, *account).await?;
    }
    Ok(())
}

/// A moderator ends a team. What was said in it is its authors' alone from then on.
pub async fn dissolve(node: &Node, tx: &mut Tx, who: &Account, id: Id) -> Result<(), Error> {
    let team = find(tx, who, id).await?;
    if !is_moderator(tx, who).await? {
        return Err(Error::forbidden("Only a moderator can end a team: its members can leave it"));
    }
    end(node, tx, &who.username, &team).await
}

/// Whoever has the command line, or a moderator, ends a team.
pub async fn end(node: &Node, tx: &mut Tx, by: &str, team: &Team) -> Result<(), Error> {
    tx.delete_team(team.id).await?;
    log(node, tx, by, "team dissolve", team, "").await
}

/// Takes somebody out, in the name of `by`.
pub async fn take_out(node: &Node, tx: &mut Tx, by: &str, team: &Team, account: Id) -> Result<(), Error> {
    tx.hold_team(team.id).await?.ok_or(Error::NotFound)?;
    if !tx.take_out_of_team(team.id, account).await? {
        return Ok(());
    }
    if let Some(account) = tx.account(account).await? {
        log(node, tx, by, "team remove", team, &account.username).await?;
    }
    if tx.count_team_members(team.id).await? == 0 {
        tx.delete_team(team.id).await?;
    }
    Ok(())
}

/// Whoever has the command line makes a team of these members.
pub async fn found(node: &Node, tx: &mut Tx, by: &str, name: &str, members: &[Account]) -> Result<Team, Error> {
    let first = members.first().ok_or_else(|| Error::invalid("A team has at least one member."))?;
    let team = Team { id: node.id(), name: checked(name)?, made_by: first.id, created_at: node.now() };
    tx.insert_team(&team).await?;
    for member in members {
        take_in(node, tx, by, &team, member.id, member).await?;
    }
    Ok(team)
}

/// Takes a member in, whom `added_by` added, in the name of `by`.
pub async fn take_in(
    node: &Node,
    tx: &mut Tx,
    by: &str,
    team: &Team,
    added_by: Id,
    account: &Account,
) -> Result<(), Error> {
    // It does not end meanwhile.
    tx.hold_team(team.id).await?.ok_or(Error::NotFound)?;
    let member = tx.member(account.id).await?.filter(|m| matches!(m.state, MemberState::Active | MemberState::Frozen));
    if member.is_none() || account.is_suspended() || account.deleted_at.is_some() {
        return Err(Error::NotFound);
    }
    if !tx.put_in_team(team.id, account.id, added_by, node.now()).await? {
        return Ok(());
    }
    if tx.count_team_members(team.id).await? > MEMBERS {
        return Err(Error::invalid(format!("Validation failed: A team has {MEMBERS} members at most")));
    }
    log(node, tx, by, "team add", team, &account.username).await
}

async fn put(node: &Node, tx: &mut Tx, team: &Team, who: &Account, accounts: &[Id]) -> Result<(), Error> {
    for id in accounts {
        let account = tx.account(*id).await?.ok_or(Error::NotFound)?;
        // Whoever blocks somebody is not put together with them by them.
        let ties = tx.relationships(who.id, &[account.id]).await?;
        if ties.iter().any(|r| r.blocking || r.blocked_by) {
            return Err(Error::NotFound);
        }
        take_in(node, tx, &who.username, team, who.id, &account).await?;
    }
    Ok(())
}

/// A team that somebody is in, while nobody else changes who is.
async fn own(tx: &mut Tx, who: &Account, id: Id) -> Result<Team, Error> {
    may_be_heard(tx, who.id).await?;
    let team = tx.hold_team(id).await?.ok_or(Error::NotFound)?;
    if tx.is_in_team(id, who.id).await? { Ok(team) } else { Err(Error::NotFound) }
}

pub(crate) async fn is_moderator(tx: &mut Tx, who: &Account) -> Result<bool, Error> {
    Ok(tx.member(who.id).await?.is_some_and(|m| m.role.may(MANAGE_REPORTS)))
}

fn checked(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(Error::invalid("Validation failed: Name can't be blank"));
    }
    if name.chars().count() > NAME_LENGTH {
        return Err(Error::invalid(format!("Validation failed: Name is longer than {NAME_LENGTH} characters")));
    }
    Ok(name.to_owned())
}

async fn log(node: &Node, tx: &mut Tx, by: &str, action: &str, team: &Team, detail: &str) -> Result<(), Error> {
    tx.log_action(node.id(), by, action, &format!("{} ({})", team.name, team.id), detail, node.now()).await?;
    Ok(())
}

// What is said in a team.

/// Makes a post no wider than another one that it answers or quotes, and what is said below a team's post stay in that team.
///
/// # Errors
/// [`Error::Invalid`] if it would be in two teams.
pub(crate) fn within(audience: Audience, team: Option<Id>, other: &Post) -> Result<(Audience, Option<Id>), Error> {
    let narrowed = audience.for_reply(other.audience);
    if !matches!(narrowed, Audience::Team | Audience::Inside) {
        return Ok((narrowed, None));
    }
    match (team, other.team_id) {
        (Some(mine), Some(theirs)) if mine != theirs => {
            Err(Error::invalid("Validation failed: What was said in one team cannot be answered or quoted in another"))
        }
        (mine, theirs) => Ok((narrowed, theirs.or(mine))),
    }
}

/// Whether somebody may say something in a team.
pub(crate) async fn check(tx: &mut Tx, who: &Account, audience: Audience, team: Option<Id>) -> Result<(), Error> {
    match (audience, team) {
        (_, Some(team)) if tx.is_in_team(team, who.id).await? => Ok(()),
        (_, Some(_)) => Err(Error::invalid("Validation failed: There is no such team that you are in")),
        (Audience::Team, None) => Err(Error::invalid("Validation failed: Say which team it is for (outloud[team_id])")),
        (_, None) => Ok(()),
    }
}
