//! Quotes (FEP-044f): who may quote what, asking for leave and giving it, and taking it back.

use model::account::Account;
use model::audience::{Audience, Viewer};
use model::id::Id;
use model::notification::NotificationKind;
use model::policy::{Leave, Policy, QuotePolicy, Rule};
use model::post::Post;
use model::quote::{Quote, QuoteState, StampKind};
use storage::Tx;

use crate::config::authority;
use crate::deed::{Data, Kind};
use crate::notify::notify;
use crate::policy::standing;
use crate::publish::{everyone_named, own_post, reach, tell_boosters};
use crate::receive::{self, Reason, ReceivedPost};
use crate::stamp::{self, Request, Target};
use crate::{Error, Node, jobs, live};

/// How far a quote of a quote of a quote is fetched.
pub const DEPTH: u8 = 2;

/// What a post of another server says that it quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceivedQuote {
    /// Empty if what it quoted is gone.
    pub uri: String,
    /// The document that is said to allow it; empty if none is.
    pub stamp: String,
    pub legacy: bool,
}

/// Who may quote a post. What is not for everybody is quoted by its author alone; who says nothing elsewhere does not want it,
/// who says nothing here does.
pub fn rule(post: &Post, policy: &Policy) -> Rule {
    if !post.audience.is_open() || post.boost_of_id.is_some() {
        return Rule::default();
    }
    policy.quote.clone().unwrap_or_else(|| if post.local { Rule::everybody() } else { Rule::default() })
}

/// What a member wants to quote, and what its author says to that.
pub(crate) async fn quotable(tx: &mut Tx, who: &Account, id: Id) -> Result<(Post, Leave), Error> {
    let post = tx.visible_post(id, Viewer::Member(who.id)).await?.ok_or(Error::NotFound)?;
    if !tx.hold_post(post.id).await? {
        return Err(Error::NotFound);
    }
    if post.boost_of_id.is_some() {
        return Err(Error::forbidden("A boost cannot be quoted."));
    }
    let policy = tx.policy(post.id).await?;
    let leave = rule(&post, &policy).leave(standing(tx, who, post.account_id).await?);
    if leave == Leave::Denied {
        return Err(Error::forbidden("The author of this post does not let you quote it."));
    }
    Ok((post, leave))
}

/// Ties a member's new post to what it quotes: with our own stamp at once if that is ours, else its author is asked.
pub(crate) async fn put(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    post: &Post,
    (quoted, leave): &(Post, Leave),
) -> Result<(), Error> {
    let mut quote = Quote {
        post_id: post.id,
        quoted_id: Some(quoted.id),
        quoted_uri: quoted.uri.clone(),
        state: QuoteState::Accepted,
        stamp: String::new(),
        request: String::new(),
        legacy: false,
        checked_at: 0,
        quoted_url: String::new(),
    };
    if quoted.account_id == author.id {
        // Nobody is asked for leave to quote themselves.
    } else if quoted.local {
        let by = tx.account(quoted.account_id).await?.ok_or(Error::NotFound)?;
        quote.stamp = stamp::give(node, tx, &by, &target(quoted), &post.uri, author.id).await?;
    } else if post.audience.calls_strangers() {
        quote.state = QuoteState::Pending;
        quote.request = format!("{}#quote", post.uri);
    } else if *leave != Leave::Automatic {
        return Err(Error::forbidden("The author of this post would have to be asked, and this post stays inside."));
    }
    tx.put_quote(&quote).await?;
    if quote.state == QuoteState::Accepted {
        notify(node, tx, quoted.account_id, NotificationKind::Quote, author, Some(post)).await?;
    }
    Ok(())
}

/// Asks the author of what a member's post quotes, if they have to be asked.
pub(crate) async fn ask(node: &Node, tx: &mut Tx, post: &Post, quoted: &Post) -> Result<(), Error> {
    let Some(quote) = tx.quote(post.id).await?.filter(|q| q.state == QuoteState::Pending) else { return Ok(()) };
    let data = Data { uri: quote.request, object: quoted.uri.clone(), ..Data::default() };
    node.tell(tx, Kind::QuoteRequest, post.account_id, Some(post.id), &data)
        .await?
        .accounts(tx, &[quoted.account_id])
        .await?
        .done(tx)
        .await
}

/// A member says who may quote a post of theirs; quotes that were allowed stay.
pub async fn set_policy(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    post: Id,
    policy: QuotePolicy,
) -> Result<Post, Error> {
    let post = own_post(tx, author, post).await?;
    if post.boost_of_id.is_some() {
        return Err(Error::NotFound);
    }
    if keep_policy(tx, &post, policy).await? {
        tell_update(node, tx, &post).await?;
    }
    Ok(post)
}

/// Writes down who may quote a post; whether that is something new.
pub(crate) async fn keep_policy(tx: &mut Tx, post: &Post, policy: QuotePolicy) -> Result<bool, Error> {
    let known = tx.policy(post.id).await?;
    if !post.audience.is_open() || rule(post, &known) == policy.rule() {
        return Ok(false);
    }
    tx.put_policy(post.id, &Policy { quote: Some(policy.rule()), ..known }).await?;
    Ok(true)
}

/// Tells everybody who has a member's post how it stands now.
async fn tell_update(node: &Node, tx: &mut Tx, post: &Post) -> Result<(), Error> {
    if !post.audience.leaves_the_node() {
        return Ok(());
    }
    let telling = node.tell(tx, Kind::UpdatePost, post.account_id, Some(post.id), &Data::default()).await?;
    let named = everyone_named(tx, post).await?;
    reach(tx, telling, post, &named, true).await?.done(tx).await
}

/// Who has a post here hears how what it quotes stands now: on streams, and as of an edit, as on Mastodon.
async fn tell_here(node: &Node, tx: &mut Tx, post: &Post) -> Result<(), Error> {
    live::edited(tx, post);
    match tx.account(post.account_id).await? {
        Some(author) => tell_boosters(node, tx, &author, post, NotificationKind::Update).await,
        None => Ok(()),
    }
}

/// A member takes back the leave to quote a post of theirs.
pub async fn revoke(node: &Node, tx: &mut Tx, who: &Account, post: Id, quoting: Id) -> Result<(), Error> {
    let post = own_post(tx, who, post).await?;
    let quote = tx.quote(quoting).await?.filter(|q| q.quoted_id == Some(post.id));
    let quote = quote.filter(|q| q.state == QuoteState::Accepted).ok_or(Error::NotFound)?;
    let quoting = tx.visible_post(quoting, Viewer::Member(who.id)).await?.ok_or(Error::NotFound)?;
    tx.set_quote_state(&quote, QuoteState::Revoked).await?;
    tx.drop_notification(who.id, NotificationKind::Quote, quoting.account_id, Some(quoting.id)).await?;
    if let Some(stamp) = tx.stamp_of(&post.uri, &quoting.uri).await? {
        tx.revoke_stamp(stamp.id).await?;
        let data = Data { uri: node.config.stamp_uri(who, stamp.id), ..Data::default() };
        node.tell(tx, Kind::RevokeStamp, who.id, None, &data)
            .await?
            .followers(tx)
            .await?
            .followers_of(tx, quoting.account_id)
            .await?
            .engaged(tx, post.id)
            .await?
            .done(tx)
            .await?;
    }
    tell_here(node, tx, &quoting).await?;
    if quoting.local { tell_update(node, tx, &quoting).await } else { Ok(()) }
}

/// Somebody elsewhere asks for leave to quote `quoted`, which they may see, with a post of theirs: `received`, or one that we have.
/// If it quotes something else, is not theirs, or had leave that was taken back, the answer is no.
pub async fn receive_request(
    node: &Node,
    tx: &mut Tx,
    who: &Account,
    quoted: &Post,
    request: Request<'_>,
    received: Option<&ReceivedPost>,
) -> Result<(), Error> {
    let Some(author) = tx.account(quoted.account_id).await?.filter(Account::is_local) else { return Ok(()) };
    let known = tx.post_by_uri(request.instrument).await?;
    let is_theirs = known.as_ref().map_or(received.is_some(), |p| p.account_id == who.id);
    let policy = tx.policy(quoted.id).await?;
    let leave = rule(quoted, &policy).leave(standing(tx, who, author.id).await?);
    let quote = match &known {
        Some(post) => tx.quote(post.id).await?.filter(|q| q.quoted_uri == quoted.uri),
        None => None,
    };
    let quotes_it = received.map_or(quote.is_some(), |r| r.quote.as_ref().is_some_and(|q| q.uri == quoted.uri));
    let is_over = tx.is_stamp_revoked(&quoted.uri, request.instrument).await?;
    if leave != Leave::Automatic || is_over || !is_theirs || !quotes_it {
        if let Some(quote) = quote.filter(|q| is_theirs && q.state == QuoteState::Pending) {
            tx.set_quote_state(&quote, QuoteState::Rejected).await?;
        }
        return stamp::answer(node, tx, &author, who, &quoted.uri, request, None).await;
    }
    let stamp = stamp::give(node, tx, &author, &target(quoted), request.instrument, who.id).await?;
    match (known, quote, received) {
        (Some(post), Some(quote), _) => {
            let quote = Quote { stamp: stamp.clone(), request: request.id.to_owned(), ..quote };
            accept(node, tx, who, &post, quoted, quote).await?;
        }
        (None, _, Some(received)) => drop(receive::post(node, tx, who, received, Reason::Delivered).await?),
        _ => {}
    }
    stamp::answer(node, tx, &author, who, &quoted.uri, request, Some(stamp)).await
}

/// The quoted author's answer to our request. Only a quote that waits is accepted; `stamp` is on their server.
pub async fn receive_accept(node: &Node, tx: &mut Tx, by: &Account, quote: &Quote, stamp: &str) -> Result<(), Error> {
    let Some(post) = waiting_on(tx, by, quote).await? else { return Ok(()) };
    if quote.state == QuoteState::Pending {
        let checked_at = node.now();
        tx.put_quote(&Quote { state: QuoteState::Accepted, stamp: stamp.to_owned(), checked_at, ..quote.clone() })
            .await?;
        tell_here(node, tx, &post).await?;
        tell_update(node, tx, &post).await?;
    }
    Ok(())
}

pub async fn receive_reject(tx: &mut Tx, by: &Account, quote: &Quote) -> Result<(), Error> {
    if let Some(post) = waiting_on(tx, by, quote).await? {
        refuse(tx, quote).await?;
        live::edited(tx, &post);
    }
    Ok(())
}

/// The post of ours that quotes somebody, if that is who speaks.
async fn waiting_on(tx: &mut Tx, by: &Account, quote: &Quote) -> Result<Option<Post>, Error> {
    let quoted = match quote.quoted_id {
        Some(id) => tx.post(id).await?,
        None => None,
    };
    if quoted.is_none_or(|q| q.account_id != by.id) {
        return Ok(None);
    }
    Ok(tx.post(quote.post_id).await?.filter(|p| p.local))
}

/// A quoted author took a stamp back. Answers whether it was one that we knew of.
pub(crate) async fn receive_revocation(node: &Node, tx: &mut Tx, by: &Account, stamp: &str) -> Result<bool, Error> {
    let mut any = false;
    for quote in tx.quotes_by_stamp(stamp).await? {
        let quoted = match quote.quoted_id {
            Some(id) => tx.post(id).await?,
            None => None,
        };
        if quoted.is_none_or(|q| q.account_id != by.id) {
            continue;
        }
        any = true;
        refuse(tx, &quote).await?;
        let Some(post) = tx.post(quote.post_id).await? else { continue };
        tell_here(node, tx, &post).await?;
        if post.local {
            tell_update(node, tx, &post).await?;
        }
    }
    Ok(any)
}

/// There is no leave (any more).
pub async fn refuse(tx: &mut Tx, quote: &Quote) -> Result<(), Error> {
    let state = match quote.state {
        QuoteState::Pending => QuoteState::Rejected,
        QuoteState::Accepted => QuoteState::Revoked,
        ended => ended,
    };
    tx.set_quote_state(quote, state).await?;
    Ok(())
}

/// A quote is as it should be: its state says so, and a member who is quoted hears of it.
pub async fn accept(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    post: &Post,
    quoted: &Post,
    quote: Quote,
) -> Result<(), Error> {
    if !tx.hold_post(quoted.id).await? {
        return Ok(());
    }
    let is_news = quote.state != QuoteState::Accepted;
    // Until now it was shown as one that waits.
    if is_news && tx.quote(post.id).await?.is_some() {
        live::edited(tx, post);
    }
    tx.put_quote(&Quote { state: QuoteState::Accepted, quoted_id: Some(quoted.id), ..quote }).await?;
    if is_news {
        notify(node, tx, quoted.account_id, NotificationKind::Quote, author, Some(post)).await?;
    }
    Ok(())
}

/// Takes in what somebody's post says that it quotes: the first time, or in a later version. `depth`: how many quotes led here.
pub(crate) async fn receive(
    node: &Node,
    tx: &mut Tx,
    author: &Account,
    post: &Post,
    received: Option<&ReceivedQuote>,
    depth: u8,
) -> Result<(), Error> {
    let known = tx.quote(post.id).await?;
    let Some(received) = received else {
        if known.is_some() {
            tx.delete_quote(post.id).await?;
        }
        return Ok(());
    };
    let same = known.filter(|q| q.quoted_uri == received.uri || received.uri.is_empty());
    if let Some(known) = &same
        && (received.uri.is_empty() || known.stamp == received.stamp || known.state == QuoteState::Deleted)
    {
        return Ok(());
    }
    let quoted = tx.hold_post_by_uri(&received.uri).await?.filter(|p| p.boost_of_id.is_none());
    let mut quote = Quote {
        post_id: post.id,
        quoted_id: quoted.as_ref().map(|q| q.id),
        quoted_uri: received.uri.clone(),
        state: if received.uri.is_empty() { QuoteState::Deleted } else { QuoteState::Pending },
        stamp: received.stamp.clone(),
        request: String::new(),
        legacy: received.legacy,
        checked_at: 0,
        quoted_url: String::new(),
    };
    match &quoted {
        Some(quoted) if quoted.account_id == author.id => return accept(node, tx, author, post, quoted, quote).await,
        // Of our own posts we know ourselves who may quote them, whatever is claimed.
        Some(quoted) if quoted.local => {
            let stamp = tx.stamp_of(&quoted.uri, &post.uri).await?;
            let by = tx.account(quoted.account_id).await?;
            quote.stamp = match (stamp, by) {
                (Some(stamp), Some(by)) => node.config.stamp_uri(&by, stamp.id),
                _ => String::new(),
            };
            if !quote.stamp.is_empty() {
                let state = same.map_or(QuoteState::Pending, |q| q.state);
                return accept(node, tx, author, post, quoted, Quote { state, ..quote }).await;
            }
            if let Some(known) = same {
                return Ok(tx.set_quote_state(&Quote { stamp: String::new(), ..known.clone() }, known.state).await?);
            }
        }
        _ => {}
    }
    tx.put_quote(&quote).await?;
    let may_be_own = authority(&received.uri) == authority(&post.uri);
    let is_ours = quoted.is_some_and(|q| q.local);
    if depth < DEPTH && !is_ours && (may_be_own || (!received.legacy && !received.stamp.is_empty())) {
        jobs::enqueue(node, tx, &jobs::Job::VerifyQuote { post: post.id, depth }).await?;
    }
    Ok(())
}

/// Whether a post may quote what it does is found out now, where that was not worth it when the post was only found.
pub(crate) async fn look_after(node: &Node, tx: &mut Tx, post: &Post) -> Result<(), Error> {
    let waits = |q: &Quote| {
        let may_be_own = authority(&q.quoted_uri) == authority(&post.uri);
        q.state == QuoteState::Pending && (may_be_own || (!q.legacy && !q.stamp.is_empty()))
    };
    if tx.quote(post.id).await?.as_ref().is_some_and(waits) {
        jobs::enqueue(node, tx, &jobs::Job::VerifyQuote { post: post.id, depth: 0 }).await?;
    }
    Ok(())
}

fn target(quoted: &Post) -> Target<'_> {
    Target { kind: StampKind::Quote, uri: &quoted.uri, post: Some(quoted.id) }
}

/// In a direct message only those are quoted who get it: the quoted author is shown what quotes them.
pub(crate) fn check_direct(
    audience: Audience,
    author: &Account,
    quoted: Option<&(Post, Leave)>,
    mentioned: &[Account],
) -> Result<(), Error> {
    match quoted {
        Some((quoted, _))
            if audience == Audience::Direct
                && quoted.account_id != author.id
                && !mentioned.iter().any(|a| a.id == quoted.account_id) =>
        {
            Err(Error::invalid("Validation failed: Somebody who is not mentioned cannot be quoted in a direct message"))
        }
        _ => Ok(()),
    }
}
