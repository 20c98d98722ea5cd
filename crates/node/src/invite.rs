//! Invitations: a link that lets somebody sign up. The code is in the link alone; we keep its hash.

use model::account::{Account, Role};
use model::clock::{DAY, Millis};
use model::id::Id;
use storage::{Invite, Tx};

use crate::accounts::{KeyPair, SignUp, add_member};
use crate::random::hash;
use crate::{Error, Node};

/// How long the link of the first start works.
const FIRST: Millis = 7 * DAY;
/// Days that a link works at most.
const LONGEST: i64 = 3_650;

/// Makes an invitation; answers the link.
pub async fn invite(
    node: &Node,
    tx: &mut Tx,
    by: Option<Id>,
    role: Role,
    uses: i64,
    days: i64,
) -> Result<String, Error> {
    if uses < 1 || days < 1 {
        return Err(Error::invalid("An invitation needs at least one use and one day."));
    }
    if days > LONGEST {
        return Err(Error::invalid(format!("An invitation works for at most {LONGEST} days.")));
    }
    let code = node.random.secret();
    let now = node.now();
    tx.insert_invite(&Invite {
        code_hash: hash(&code),
        role,
        uses_left: uses,
        expires_at: now + days * DAY,
        created_by: by,
        created_at: now,
    })
    .await?;
    Ok(link(node, &code))
}

/// Makes an invitation and writes down who did; answers the link. `by`: who looks after the node.
pub async fn invite_by(node: &Node, tx: &mut Tx, by: &str, role: Role, uses: i64, days: i64) -> Result<String, Error> {
    let link = invite(node, tx, None, role, uses, days).await?;
    let code = link.rsplit('/').next().unwrap_or_default();
    let (hash, detail) = (hash(code), format!("{} × {uses}, {days} days", role.name()));
    tx.log_action(node.id(), by, "invite", short(&hash), &detail, node.now()).await?;
    Ok(link)
}

/// By what an invitation is known to those who may not use it: the beginning of its hash.
pub fn id(invite: &Invite) -> &str {
    short(&invite.code_hash)
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

/// Ends an invitation that is still open. `which`: its [`id`], or its link.
pub async fn revoke(node: &Node, tx: &mut Tx, by: &str, which: &str) -> Result<(), Error> {
    let which = which.trim().trim_end_matches('/');
    let hashed = which.rsplit_once("/invite/").map(|(_, code)| hash(code));
    let is_meant = |i: &Invite| match &hashed {
        Some(hashed) => i.code_hash == *hashed,
        None => id(i) == which,
    };
    let found = tx.open_invites(node.now()).await?.into_iter().find(is_meant).ok_or(Error::NotFound)?;
    tx.delete_invite(&found.code_hash).await?;
    tx.log_action(node.id(), by, "invite revoke", id(&found), found.role.name(), node.now()).await?;
    Ok(())
}

/// The link with which the first owner signs up, while there is none. A new one ends the one before.
pub async fn first_link(node: &Node, tx: &mut Tx) -> Result<Option<String>, Error> {
    if !tx.members_with_role(Role::Owner).await?.is_empty() {
        return Ok(None);
    }
    tx.drop_unsigned_invites(Role::Owner).await?;
    Ok(Some(invite(node, tx, None, Role::Owner, 1, FIRST / DAY).await?))
}

fn link(node: &Node, code: &str) -> String {
    format!("{}/invite/{code}", node.config.origin)
}

/// The invitation behind a code, if it still works.
pub async fn find(node: &Node, tx: &mut Tx, code: &str) -> Result<Invite, Error> {
    tx.invite(&hash(code), node.now()).await?.ok_or(Error::NotFound)
}

/// Signs somebody up with an invitation. Whoever invites lets in, unless the form says that they wait.
pub async fn accept(
    node: &Node,
    tx: &mut Tx,
    code: &str,
    mut form: SignUp,
    password_hash: &str,
    keys: &KeyPair,
) -> Result<Account, Error> {
    let invite = find(node, tx, code).await?;
    if !tx.use_invite(&invite.code_hash, node.now()).await? {
        return Err(Error::NotFound);
    }
    form.role = invite.role;
    add_member(node, tx, "invitation", &form, password_hash, keys).await
}
