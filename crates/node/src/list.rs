//! Lists: some of those whom a member follows, in a timeline of their own.

use model::account::Account;
use model::id::Id;
use model::list::{List, RepliesPolicy};
use storage::Tx;

use crate::follow::FILL;
use crate::{Error, Node};

/// Most lists of a member, as on Mastodon.
pub const LISTS: usize = 50;
/// Longest title, in characters.
pub const TITLE_LENGTH: usize = 256;

/// What a member says of a list; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct ListChange {
    pub title: Option<String>,
    pub replies_policy: Option<RepliesPolicy>,
    pub exclusive: Option<bool>,
}

/// Makes a list, empty.
pub async fn create(node: &Node, tx: &mut Tx, who: &Account, wanted: &ListChange) -> Result<List, Error> {
    tx.hold_account(who.id).await?;
    if tx.lists(who.id).await?.len() >= LISTS {
        return Err(Error::invalid("Validation failed: You have reached the maximum number of lists"));
    }
    let list = List {
        id: node.id(),
        account_id: who.id,
        title: title(wanted.title.as_deref().unwrap_or_default())?,
        replies_policy: wanted.replies_policy.unwrap_or_default(),
        exclusive: wanted.exclusive.unwrap_or(false),
    };
    tx.insert_list(&list).await?;
    Ok(list)
}

/// Changes a list. What becomes exclusive goes from the home, what no longer is comes back.
pub async fn update(tx: &mut Tx, who: &Account, id: Id, change: &ListChange) -> Result<List, Error> {
    let old = find(tx, who, id).await?;
    let list = List {
        title: change.title.as_deref().map_or_else(|| Ok(old.title.clone()), title)?,
        replies_policy: change.replies_policy.unwrap_or(old.replies_policy),
        exclusive: change.exclusive.unwrap_or(old.exclusive),
        ..old
    };
    tx.update_list(&list).await?;
    match (old.exclusive, list.exclusive) {
        (false, true) => drop(tx.set_list_apart(&list, 0).await?),
        (true, false) => drop(tx.bring_list_home(&list, 0).await?),
        _ => {}
    }
    Ok(list)
}

pub async fn delete(tx: &mut Tx, who: &Account, id: Id) -> Result<(), Error> {
    let list = find(tx, who, id).await?;
    if list.exclusive {
        tx.take_out_of_list(list.id, 0).await?;
        tx.bring_list_home(&list, 0).await?;
    }
    tx.delete_list(list.id).await?;
    Ok(())
}

/// Puts people into a list, all or none: those whom its owner follows or asked to, and themselves.
pub async fn add(tx: &mut Tx, who: &Account, id: Id, accounts: &[Id]) -> Result<(), Error> {
    let list = find(tx, who, id).await?;
    for account in accounts {
        if *account != who.id && tx.follow(who.id, *account).await?.is_none() {
            return Err(Error::NotFound);
        }
        if !tx.put_in_list(&list, *account).await? {
            return Err(Error::invalid("Validation failed: Account has already been taken"));
        }
        fill(tx, &list, *account).await?;
    }
    Ok(())
}

/// Takes people out of a list; who is not in it is none the less out of it.
pub async fn remove(tx: &mut Tx, who: &Account, id: Id, accounts: &[Id]) -> Result<(), Error> {
    let list = find(tx, who, id).await?;
    for account in accounts {
        if tx.take_out_of_list(list.id, *account).await? > 0 {
            if list.exclusive {
                tx.bring_list_home(&list, *account).await?;
            }
            tx.clear_list_of(list.id, *account).await?;
        }
    }
    Ok(())
}

/// What somebody who is new in a list wrote last comes into it.
async fn fill(tx: &mut Tx, list: &List, account: Id) -> Result<(), Error> {
    tx.fill_lists(list.account_id, account, list.id, FILL).await?;
    if list.exclusive {
        tx.set_list_apart(list, account).await?;
    }
    Ok(())
}

/// Somebody is no longer followed: they are in no list of `owner`'s any more.
pub(crate) async fn leave(tx: &mut Tx, owner: Id, account: Id) -> Result<(), Error> {
    for list in tx.lists_with(owner, account).await? {
        tx.take_out_of_list(list.id, account).await?;
        tx.clear_list_of(list.id, account).await?;
    }
    Ok(())
}

/// Somebody moved, and a member follows them to where they are now: `to` is in the lists that `from` was in.
pub(crate) async fn take_along(tx: &mut Tx, owner: Id, from: Id, to: Id) -> Result<(), Error> {
    if tx.copy_in_lists(owner, from, to).await? > 0 {
        for list in tx.lists_with(owner, to).await? {
            fill(tx, &list, to).await?;
        }
    }
    Ok(())
}

async fn find(tx: &mut Tx, who: &Account, id: Id) -> Result<List, Error> {
    tx.list_of(who.id, id).await?.ok_or(Error::NotFound)
}

fn title(text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("Validation failed: Title can't be blank"));
    }
    if text.chars().count() > TITLE_LENGTH {
        let words = format!("Validation failed: Title is too long (maximum is {TITLE_LENGTH} characters)");
        return Err(Error::Invalid(words));
    }
    Ok(text.to_owned())
}
