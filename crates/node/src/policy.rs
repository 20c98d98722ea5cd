//! What the authors of posts elsewhere let others do with them (GoToSocial's interaction policies): asking for leave, waiting for it,
//! and what comes of it.

use model::account::Account;
use model::audience::Audience;
use model::id::Id;
use model::policy::{Leave, Rule, Standing};
use model::post::Post;
use model::quote::Approval;
use storage::Tx;

use crate::deed::{Data, Kind};
use crate::publish::{count_post, everyone_named, spread, tell_new};
use crate::receive::is_dead;
use crate::{Error, Node, publish, quote, react};

/// What somebody wants to do with a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    Like,
    Reply,
    Boost,
}

/// How somebody stands to an author.
pub(crate) async fn standing<'a>(tx: &mut Tx, who: &'a Account, author: Id) -> Result<Standing<'a>, Error> {
    let accepted = |follow: Option<storage::Follow>| follow.is_some_and(|f| f.accepted);
    Ok(Standing {
        uri: &who.uri,
        is_author: who.id == author,
        follows: accepted(tx.follow(who.id, author).await?),
        is_followed: accepted(tx.follow(author, who.id).await?),
    })
}

/// The rule of another server's post, unless it lets everybody do it.
async fn rule_for(tx: &mut Tx, who: &Account, post: &Post, wish: Wish) -> Result<Option<Rule>, Error> {
    if post.local || post.account_id == who.id {
        return Ok(None);
    }
    let policy = tx.policy(post.id).await?;
    let rule = match wish {
        Wish::Like => policy.like,
        Wish::Reply => policy.reply,
        Wish::Boost => policy.announce,
    };
    // Whoever was addressed may always answer.
    let is_named = wish == Wish::Reply && tx.mentions(&[post.id]).await?.iter().any(|m| m.account_id == who.id);
    Ok(rule.filter(|_| !is_named))
}

/// Whether a member has to wait for leave; an error if there is none to be had. What only followers may do at once needs the
/// author's word, too: nobody else can tell who follows whom.
pub(crate) async fn must_ask(tx: &mut Tx, who: &Account, post: &Post, wish: Wish) -> Result<bool, Error> {
    let Some(rule) = rule_for(tx, who, post, wish).await? else { return Ok(false) };
    let standing = standing(tx, who, post.account_id).await?;
    if rule.is_plain_for(standing) {
        return Ok(false);
    }
    match rule.leave(standing) {
        Leave::Automatic | Leave::Manual => Ok(true),
        Leave::Denied => Err(Error::forbidden(match wish {
            Wish::Like => "The author of this post does not want it to be favourited by you.",
            Wish::Reply => "The author of this post does not take replies from you.",
            Wish::Boost => "The author of this post does not want it to be boosted by you.",
        })),
    }
}

/// Whether what somebody elsewhere did with a post elsewhere counts only with its author's word.
pub async fn needs_approval(tx: &mut Tx, who: &Account, post: &Post, wish: Wish) -> Result<bool, Error> {
    let rule = rule_for(tx, who, post, wish).await?;
    Ok(rule.is_some_and(|r| !r.is_plain_for(Standing { uri: &who.uri, ..Standing::default() })))
}

/// An approval that was read on its giver's server and says what it should: whether they gave it and have not taken it back since.
pub(crate) async fn is_valid(tx: &mut Tx, giver: Id, approval: &str) -> Result<bool, Error> {
    let Some(giver) = tx.account(giver).await? else { return Ok(false) };
    Ok(!approval.is_empty() && !is_taken_back(tx, &giver, approval).await?)
}

/// Whether its giver took an approval back. That they do so is heard of before this work begins, or after it ends.
pub async fn is_taken_back(tx: &mut Tx, giver: &Account, approval: &str) -> Result<bool, Error> {
    tx.hold_approval(approval).await?;
    is_dead(tx, giver, approval).await
}

/// Remembers that a reply or boost of another server rests on a valid approval by `decider_id`, who may take it back.
pub(crate) async fn keep_approval(tx: &mut Tx, post: &Post, decider_id: Id, approval: &str) -> Result<(), Error> {
    let (post_id, audience, approved_by) = (post.id, post.audience, approval.to_owned());
    tx.put_approval(&Approval { post_id, decider_id, audience, approved_by }).await?;
    Ok(())
}

/// The author of a post says yes to a reply or boost of ours: it is opened, and told to everybody. `approval` is on their server.
/// Answers whether anything of ours was meant. That it was not taken back ([`is_taken_back`]) is known.
pub async fn receive_approval(
    node: &Node,
    tx: &mut Tx,
    decider: &Account,
    object: &str,
    approval: &str,
) -> Result<bool, Error> {
    let Some((post, known)) = decided(tx, decider, object).await? else { return Ok(false) };
    if !known.approved_by.is_empty() {
        return Ok(true);
    }
    tx.put_approval(&Approval { approved_by: approval.to_owned(), ..known.clone() }).await?;
    let post = open(tx, post, known.audience).await?;
    let Some(author) = tx.account(post.account_id).await? else { return Ok(true) };
    let named = everyone_named(tx, &post).await?;
    spread(node, tx, &author, &post, &named).await?;
    if let Some(original) = post.boost_of_id {
        tx.count_boost(original, 1).await?;
        let telling = node.tell(tx, Kind::Announce, author.id, Some(post.id), &Data::default()).await?;
        telling.followers(tx).await?.accounts(tx, &[decider.id]).await?.done(tx).await?;
    } else {
        if let Some(parent) = post.in_reply_to_id.filter(|_| post.audience.is_open()) {
            tx.count_reply(parent, 1).await?;
        }
        tell_new(node, tx, &post, &named).await?;
    }
    Ok(true)
}

/// The author of a post says no: what a member did with it is undone, and what somebody elsewhere did with their leave goes here.
pub async fn receive_refusal(node: &Node, tx: &mut Tx, decider: &Account, object: &str) -> Result<bool, Error> {
    if let Some((post, known)) = decided(tx, decider, object).await? {
        withdraw(node, tx, decider, &post, &known).await?;
        return Ok(true);
    }
    let Some(who) = tx.account_by_uri(object.split('#').next().unwrap_or("")).await?.filter(Account::is_local) else {
        return Ok(false);
    };
    let Some(liked) = tx.favourite_by_uri(who.id, object).await? else { return Ok(false) };
    match tx.post(liked).await?.filter(|p| p.account_id == decider.id) {
        Some(post) => react::unfavourite(node, tx, &who, &post).await,
        None => Ok(false),
    }
}

/// Somebody takes an approval or the stamp of a quote back, which is as if they had said no. Answers whether it was one that they gave
/// for anything here.
pub async fn receive_revocation(node: &Node, tx: &mut Tx, decider: &Account, approval: &str) -> Result<bool, Error> {
    tx.hold_approval(approval).await?;
    let mut any = quote::receive_revocation(node, tx, decider, approval).await?;
    for known in tx.approvals_by(approval).await? {
        if known.decider_id == decider.id
            && let Some((post, known)) = locked(tx, known.post_id).await?
        {
            any = true;
            withdraw(node, tx, decider, &post, &known).await?;
        }
    }
    Ok(any)
}

/// Undoes a reply or boost that there is no leave for. The approval it had counts no more, whoever may show it again.
async fn withdraw(node: &Node, tx: &mut Tx, decider: &Account, post: &Post, known: &Approval) -> Result<(), Error> {
    if !known.approved_by.is_empty() {
        tx.put_tombstone(&known.approved_by, &decider.uri, node.now()).await?;
    }
    if !post.local && post.boost_of_id.is_some() {
        react::drop_boost(tx, post).await?;
    } else if !post.local {
        publish::remove(node, tx, post).await?;
    } else if let Some(author) = tx.account(post.account_id).await? {
        publish::delete(node, tx, &author, post.id).await?;
    }
    Ok(())
}

/// The post that an answer is about, by its id or that of its activity, if this is who decides about it.
async fn decided(tx: &mut Tx, decider: &Account, object: &str) -> Result<Option<(Post, Approval)>, Error> {
    for uri in [object, object.strip_suffix("/activity").unwrap_or("")] {
        if let Some(post) = tx.post_by_uri(uri).await?
            && let Some(approval) = tx.approval(post.id).await?
        {
            return if approval.decider_id == decider.id { locked(tx, post.id).await } else { Ok(None) };
        }
    }
    Ok(None)
}

/// A post that is decided about as it is now, and stays until this work ends: two answers may come at once.
async fn locked(tx: &mut Tx, post: Id) -> Result<Option<(Post, Approval)>, Error> {
    tx.lock_posts(&[post]).await?;
    Ok(tx.post(post).await?.zip(tx.approval(post).await?))
}

/// Gives a post the audience that it was written for, and those whom it quotes their count.
async fn open(tx: &mut Tx, post: Post, audience: Audience) -> Result<Post, Error> {
    let quote = tx.quote(post.id).await?;
    if quote.is_some() {
        tx.delete_quote(post.id).await?;
    }
    tx.set_audience(post.id, audience).await?;
    crate::index::note_changed(tx, post.id).await?;
    let post = Post { audience, ..post };
    count_post(tx, &post, 1).await?;
    if let Some(quote) = quote {
        tx.put_quote(&quote).await?;
    }
    Ok(post)
}
