//! How members show that they are who they say: by an address that is theirs, by a password, by a second factor.

use model::account::{Account, Member, MemberState, Role, WAITING};
use model::clock::{DAY, MINUTE, Millis};
use model::id::Id;
use storage::Tx;

use crate::mail::{self, Letter, Notice};
use crate::random::hash;
use crate::{Error, Node, gates, login, totp};

/// How long the second factor may take to come after the password.
const FACTOR: Millis = 10 * MINUTE;
/// How long somebody has to confirm their address.
const UNCONFIRMED: Millis = 7 * DAY;
/// How many recovery codes a member gets.
const RECOVERY_CODES: usize = 10;

/// Has the letter sent once more with which a member confirms their address; to another one, if they mistyped it.
pub async fn ask_again(node: &Node, tx: &mut Tx, member: &Member, email: Option<&str>) -> Result<(), Error> {
    if member.confirmed {
        return Err(Error::forbidden("This method is only available while the e-mail is awaiting confirmation"));
    }
    if let Some(email) = email {
        take_email(tx, email, member).await?;
    }
    mail::send(node, tx, Letter::Confirm { account: member.account_id }).await
}

/// Somebody opened the link of a letter: the address is theirs. Answers whose.
pub async fn confirm(node: &Node, tx: &mut Tx, secret: &str) -> Result<Account, Error> {
    let (now, hash) = (node.now(), hash(secret));
    let found = match tx.one_time(&hash, "confirm", now).await? {
        Some(found) => Some(found),
        None => tx.one_time(&hash, "change", now).await?,
    };
    let found = found.ok_or(Error::NotFound)?;
    let account = tx.account(found.account_id).await?.ok_or(Error::NotFound)?;
    let mut member = tx.member(found.account_id).await?.ok_or(Error::NotFound)?;
    if !tx.take_one_time(&hash).await? {
        return Err(Error::NotFound);
    }
    if found.purpose == "change" {
        member.state = take_email(tx, &found.email, &member).await?;
        mail::tell(node, tx, &member, Notice::Address).await?;
    } else if found.email != member.email {
        // They gave another address meanwhile.
        return Err(Error::NotFound);
    }
    accept(tx, &account, &member).await?;
    Ok(account)
}

/// An address counts as confirmed. Who waits for nothing else is a member now.
pub async fn accept(tx: &mut Tx, account: &Account, member: &Member) -> Result<(), Error> {
    tx.set_confirmed(account.id).await?;
    if account.is_waiting() && member.state != MemberState::Pending {
        tx.set_suspended(account.id, None, "").await?;
    }
    Ok(())
}

/// Whoever runs the node knows that a member's address is theirs. `by`: who says so.
pub async fn confirm_by(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    let member = tx.member(account.id).await?.ok_or(Error::NotFound)?;
    if member.confirmed {
        return Err(Error::invalid(format!("The address of {} is confirmed already.", account.username)));
    }
    accept(tx, account, &member).await?;
    crate::moderate::log(node, tx, by, "member confirm", account, "").await
}

/// A member takes another address. With one of a provider whose people have to be let in, who is not a member yet waits for that as if
/// they had come with it. Answers their state.
async fn take_email(tx: &mut Tx, email: &str, member: &Member) -> Result<MemberState, Error> {
    let (email, waits) = free_email(tx, email, member.account_id).await?;
    tx.set_email(member.account_id, &email).await?;
    if waits && !member.confirmed && member.state == MemberState::Active {
        tx.set_member_state(member.account_id, MemberState::Pending).await?;
        return Ok(MemberState::Pending);
    }
    Ok(member.state)
}

/// An address that a member may take, and whether who comes with it has to be let in.
async fn free_email(tx: &mut Tx, email: &str, account: Id) -> Result<(String, bool), Error> {
    let field = |code, message: &str| Error::Field { field: "email", code, message: message.to_owned() };
    let email = login::normal_email(email).ok_or_else(|| field("ERR_INVALID", "is not an e-mail address"))?;
    match tx.member_by_email(&email).await? {
        Some(other) if other.account_id != account => Err(field("ERR_TAKEN", "has already been taken")),
        // Their own they may keep.
        Some(_) => Ok((email, false)),
        None => {
            let waits = gates::check_email(tx, &email).await?;
            Ok((email, waits))
        }
    }
}

/// A member wants another address: it counts when they have confirmed it, where letters can be sent. That somebody else has it is
/// said to nobody but them. Answers whether a letter is under way.
pub async fn change_email(node: &Node, tx: &mut Tx, member: &Member, email: &str) -> Result<bool, Error> {
    let wrong = || Error::Field { field: "email", code: "ERR_INVALID", message: "is not an e-mail address".to_owned() };
    let email = login::normal_email(email).ok_or_else(wrong)?;
    if node.config.mail {
        gates::check_email(tx, &email).await?;
        mail::send(node, tx, Letter::Change { account: member.account_id, email }).await?;
        return Ok(true);
    }
    take_email(tx, &email, member).await?;
    Ok(false)
}

/// A member chose another password: whatever else is signed in as them is signed out. `session`: what they did it with.
pub async fn change_password(
    node: &Node,
    tx: &mut Tx,
    member: &Member,
    new_hash: &str,
    session: Id,
) -> Result<(), Error> {
    tx.set_password(member.account_id, new_hash).await?;
    tx.delete_other_tokens(member.account_id, session).await?;
    tx.drop_one_time_of(member.account_id).await?;
    mail::tell(node, tx, member, Notice::Password).await
}

/// Somebody forgot their password, and may be a member: whether they are shows nowhere but in their letters.
pub async fn forgot(node: &Node, tx: &mut Tx, email: &str) -> Result<(), Error> {
    let email = login::normal_email(email).ok_or_else(|| Error::invalid("That is not an e-mail address."))?;
    mail::send(node, tx, Letter::Reset { email }).await
}

/// Whose new password a letter's secret allows.
pub async fn resets(node: &Node, tx: &mut Tx, secret: &str) -> Result<Account, Error> {
    let found = tx.one_time(&hash(secret), "reset", node.now()).await?.ok_or(Error::NotFound)?;
    tx.account(found.account_id).await?.ok_or(Error::NotFound)
}

/// Chooses a new password with a letter's secret, which works once. All that was signed in is signed out.
pub async fn reset(node: &Node, tx: &mut Tx, secret: &str, new_hash: &str) -> Result<(), Error> {
    let account = resets(node, tx, secret).await?;
    let member = tx.member(account.id).await?.ok_or(Error::NotFound)?;
    if !tx.take_one_time(&hash(secret)).await? {
        return Err(Error::NotFound);
    }
    change_password(node, tx, &member, new_hash, 0).await
}

/// The password was right, and a second factor is asked for: a secret with which that can be given.
pub async fn begin_factor(node: &Node, tx: &mut Tx, account: Id) -> Result<String, Error> {
    mail::one_time(node, tx, account, "factor", "", FACTOR).await
}

/// Who gave the right password a moment ago.
pub async fn at_factor(node: &Node, tx: &mut Tx, secret: &str) -> Result<Account, Error> {
    let found = tx.one_time(&hash(secret), "factor", node.now()).await?.ok_or(Error::NotFound)?;
    tx.account(found.account_id).await?.ok_or(Error::NotFound)
}

/// The second factor was given: `false` if the same form was sent twice.
pub async fn end_factor(tx: &mut Tx, secret: &str) -> Result<bool, Error> {
    Ok(tx.take_one_time(&hash(secret)).await?)
}

/// Whether what was typed is a member's second factor: a code of now that was not used, or one of their recovery codes.
pub async fn is_factor(node: &Node, tx: &mut Tx, account: Id, typed: &str) -> Result<bool, Error> {
    let Some(factor) = tx.second_factor(account).await?.filter(|f| f.on_since.is_some()) else { return Ok(false) };
    if let Some(step) = totp::step_of(&factor.secret, typed, node.now()) {
        return Ok(tx.use_step(account, step).await?);
    }
    Ok(tx.take_recovery_code(account, &hash(&plain_code(typed))).await?)
}

/// As it is hashed: without what people put between.
fn plain_code(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// The secret of a second factor that is not in use yet; the same until it is.
pub async fn factor_secret(node: &Node, tx: &mut Tx, account: Id) -> Result<String, Error> {
    match tx.second_factor(account).await? {
        Some(factor) if factor.on_since.is_some() => Err(Error::invalid("Your second factor is on.")),
        Some(factor) => Ok(factor.secret),
        None => {
            let secret = totp::base32(&node.random.bytes::<20>());
            tx.put_second_factor(account, &secret).await?;
            Ok(secret)
        }
    }
}

/// A member shows that their app has the secret: from now on its codes are asked for. Answers the recovery codes, which are kept
/// nowhere.
pub async fn start_factor(node: &Node, tx: &mut Tx, member: &Member, typed: &str) -> Result<Vec<String>, Error> {
    let account = member.account_id;
    let wrong =
        || Error::Field { field: "code", code: "ERR_INVALID", message: "is not the one of this moment".to_owned() };
    let factor = tx.second_factor(account).await?.filter(|f| f.on_since.is_none()).ok_or(Error::NotFound)?;
    let step = totp::step_of(&factor.secret, typed, node.now()).ok_or_else(wrong)?;
    if !tx.use_step(account, step).await? {
        return Err(wrong());
    }
    tx.start_second_factor(account, node.now()).await?;
    mail::tell(node, tx, member, Notice::FactorOn).await?;
    recovery_codes(node, tx, account).await
}

/// New recovery codes instead of the old ones.
pub async fn recovery_codes(node: &Node, tx: &mut Tx, account: Id) -> Result<Vec<String>, Error> {
    let code = || {
        let text = totp::base32(&node.random.bytes::<10>()).to_ascii_lowercase();
        format!("{}-{}-{}-{}", &text[..4], &text[4..8], &text[8..12], &text[12..])
    };
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| code()).collect();
    let hashes: Vec<String> = codes.iter().map(|c| hash(&plain_code(c))).collect();
    tx.put_recovery_codes(account, &hashes).await?;
    Ok(codes)
}

/// A member does without a second factor.
pub async fn stop_factor(node: &Node, tx: &mut Tx, member: &Member) -> Result<(), Error> {
    tx.drop_second_factor(member.account_id).await?;
    mail::tell(node, tx, member, Notice::FactorOff).await
}

/// The same for who lost everything. `by`: who does it for them.
pub async fn stop_factor_by(node: &Node, tx: &mut Tx, by: &str, account: &Account) -> Result<(), Error> {
    let member = tx.member(account.id).await?.ok_or(Error::NotFound)?;
    if tx.second_factor(account.id).await?.is_none() {
        return Err(Error::invalid(format!("{} has no second factor.", account.username)));
    }
    stop_factor(node, tx, &member).await?;
    crate::moderate::log(node, tx, by, "member totp-off", account, "").await
}

/// Ends one of the things a member is signed in with.
pub async fn sign_out(tx: &mut Tx, account: Id, token: Id) -> Result<(), Error> {
    if tx.delete_token_of(account, token).await? { Ok(()) } else { Err(Error::NotFound) }
}

/// Whoever runs the node ends something that a member is signed in with. `by`: who does so.
pub async fn sign_out_by(node: &Node, tx: &mut Tx, by: &str, account: &Account, token: Id) -> Result<(), Error> {
    sign_out(tx, account.id, token).await?;
    crate::moderate::log(node, tx, by, "token revoke", account, &token.to_string()).await
}

/// Forgets who joined and did not confirm their address in a week; the name is free again. At most `limit`; answers how many.
pub async fn forget_unconfirmed(node: &Node, tx: &mut Tx, limit: i64) -> Result<u64, Error> {
    let late = tx.unconfirmed_members(node.now() - UNCONFIRMED, limit).await?;
    for account in &late {
        tx.remove_waiting_account(*account).await?;
    }
    Ok(u64::try_from(late.len()).unwrap_or(0))
}

/// Somebody has just joined: where addresses are confirmed they wait for that, seen by nobody, and a letter is sent. Whoever comes
/// as the owner has nobody to turn to if it does not arrive, and need not. Answers whether they wait.
pub async fn must_confirm(node: &Node, tx: &mut Tx, account: &Account) -> Result<bool, Error> {
    let member = tx.member(account.id).await?.ok_or(Error::NotFound)?;
    if !node.config.mail || !node.config.confirm_email || member.role == Role::Owner {
        return Ok(false);
    }
    tx.set_unconfirmed(account.id).await?;
    tx.set_suspended(account.id, Some(node.now()), WAITING).await?;
    mail::send(node, tx, Letter::Confirm { account: account.id }).await?;
    Ok(true)
}
