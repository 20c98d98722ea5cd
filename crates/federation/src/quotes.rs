//! Looking at what others claim of quotes and approvals: stamps are fetched from the server of whoever is said to have given them.

use model::account::Account;
use model::audience::Viewer;
use model::clock::DAY;
use model::id::Id;
use model::post::Post;
use model::quote::{Quote, QuoteState};
use node::jobs::{self, Job};
use node::policy::{Wish, needs_approval};
use node::quote;
use node::react::ReceivedBoost;
use node::receive::{Reason, ReceivedPost};
use node::stamp::Request;
use storage::Tx;

use crate::client::{Budget, FetchError};
use crate::documents::consent::{Expected, is_approval, is_quote_stamp, no_stamp};
use crate::documents::note;
use crate::json::same_origin;
use crate::{Error, Federation};

/// How old what we know of a stamp may be, and how many are looked at in one go.
const CHECKED: i64 = 7 * DAY;
const HANDFUL: i64 = 50;

impl Federation {
    /// Enqueues a look at stamps that were not looked at for a week.
    pub async fn recheck_quotes(&self, tx: &mut Tx) -> Result<(), Error> {
        for post in tx.quotes_to_check(self.node.now() - CHECKED, HANDFUL).await? {
            jobs::enqueue(&self.node, tx, &Job::VerifyQuote { post, depth: 0 }).await?;
        }
        Ok(())
    }

    /// Fetches what a post quotes, if it is not here, and looks whether its author allows that.
    pub(crate) async fn verify_quote(&self, post: Id, depth: u8, budget: &Budget) -> Result<(), Error> {
        let mut tx = self.node.store.read().await?;
        let (Some(post), Some(row)) = (tx.post(post).await?, tx.quote(post).await?) else { return Ok(()) };
        let Some(author) = tx.account(post.account_id).await? else { return Ok(()) };
        drop(tx);
        let quoted = match self.quoted(&row, depth, budget).await {
            Ok(quoted) => quoted,
            Err(Error::Fetch(FetchError::Gone | FetchError::NotFound)) => {
                return self.end(&row, |known| Quote { state: QuoteState::Deleted, checked_at: 0, ..known }).await;
            }
            Err(error) => return Err(error),
        };
        if quoted.account_id == author.id {
            return self.accept_quote(&author, &post, &quoted, &row, 0).await;
        }
        // Of our own posts the stamps we gave decide, and nothing else.
        if row.legacy || row.stamp.is_empty() || quoted.local || quoted.boost_of_id.is_some() {
            return Ok(());
        }
        match self.is_stamped(&row.stamp, &post, &quoted, budget).await {
            Ok(true) => self.accept_quote(&author, &post, &quoted, &row, self.node.now()).await,
            Err(error) if error.is_temporary() => Err(error),
            _ => {
                let state = if row.state == QuoteState::Accepted { QuoteState::Revoked } else { QuoteState::Rejected };
                self.end(&row, |known| Quote { state, checked_at: 0, ..known }).await
            }
        }
    }

    async fn quoted(&self, row: &Quote, depth: u8, budget: &Budget) -> Result<Post, Error> {
        if let Some(known) = self.node.store.read().await?.post_by_uri(&row.quoted_uri).await? {
            return Ok(known);
        }
        let document = self.document(&row.quoted_uri, budget).await?;
        let quoted = self.take_post(&document, Reason::Quoted { depth: depth + 1 }, budget).await?;
        if quoted.uri == row.quoted_uri { Ok(quoted) } else { Err(Error::bad("a quote of what has another id")) }
    }

    async fn is_stamped(&self, stamp: &str, post: &Post, quoted: &Post, budget: &Budget) -> Result<bool, Error> {
        let by = self.node.store.read().await?.account(quoted.account_id).await?;
        let by = by.filter(|a| !a.is_suspended() && same_origin(stamp, &a.uri)).ok_or_else(no_stamp)?;
        let document = self.document(stamp, budget).await?;
        Ok(is_quote_stamp(&document, &Expected { by: &by.uri, object: &post.uri, target: &quoted.uri }))
    }

    async fn accept_quote(
        &self,
        author: &Account,
        post: &Post,
        quoted: &Post,
        seen: &Quote,
        checked_at: i64,
    ) -> Result<(), Error> {
        let mut tx = self.node.store.begin().await?;
        if let Some(known) = unchanged(&mut tx, seen).await? {
            quote::accept(&self.node, &mut tx, author, post, quoted, Quote { checked_at, ..known }).await?;
        }
        self.node.commit(tx).await?;
        Ok(())
    }

    async fn end(&self, seen: &Quote, change: impl FnOnce(Quote) -> Quote) -> Result<(), Error> {
        let mut tx = self.node.store.begin().await?;
        if let Some(known) = unchanged(&mut tx, seen).await? {
            tx.put_quote(&change(known)).await?;
        }
        self.node.commit(tx).await?;
        Ok(())
    }

    /// Fetches the post with which somebody asks for leave to quote, and answers them. What cannot be had is not answered.
    pub(crate) async fn answer_quote_request(
        &self,
        request: Request<'_>,
        actor: &str,
        object: &str,
        budget: &Budget,
    ) -> Result<(), Error> {
        let Some(who) = self.node.store.read().await?.account_by_uri(actor).await? else { return Ok(()) };
        let document = self.document(request.instrument, budget).await?;
        let received = note::read(&document, &who, None, self.node.now()).ok();
        let mut tx = self.node.store.begin().await?;
        if let Some(quoted) = tx.post_by_uri(object).await?.filter(|p| p.local)
            && let Some(quoted) = tx.visible_post(quoted.id, Viewer::Remote(who.id)).await?
        {
            quote::receive_request(&self.node, &mut tx, &who, &quoted, request, received.as_ref()).await?;
        }
        self.node.commit(tx).await?;
        Ok(())
    }

    /// Looks whether the author of what a post answers allows that, where it takes that to be taken in.
    pub(crate) async fn look_at_approval(
        &self,
        author: &Account,
        received: &mut ReceivedPost,
        budget: &Budget,
    ) -> Result<(), Error> {
        if received.in_reply_to.is_empty() || received.approved_by.is_empty() {
            return Ok(());
        }
        let parent = self.node.store.read().await?.post_by_uri(&received.in_reply_to).await?;
        if let Some(parent) = parent
            && self.is_decided(author, &parent, Wish::Reply).await?
        {
            let (approval, reply) = (&received.approved_by, &received.uri);
            received.is_approved = self.is_approved(approval, &parent, reply, budget).await?;
        }
        Ok(())
    }

    /// Looks whether the author of what is boosted allows that, where it takes that: an approval that says nothing is left out, and
    /// the boost then comes to nothing.
    pub(crate) async fn look_at_boost(
        &self,
        who: &Account,
        post: &Post,
        boost: &mut ReceivedBoost,
        budget: &Budget,
    ) -> Result<(), Error> {
        if !self.is_decided(who, post, Wish::Boost).await?
            || !self.is_approved(&boost.approved_by, post, &boost.uri, budget).await?
        {
            boost.approved_by.clear();
        }
        Ok(())
    }

    async fn is_decided(&self, who: &Account, target: &Post, wish: Wish) -> Result<bool, Error> {
        Ok(needs_approval(&mut self.node.store.read().await?, who, target, wish).await?)
    }

    /// Whether a document on the server of a post's author is their approval of what somebody did with the post.
    async fn is_approved(&self, approval: &str, target: &Post, object: &str, budget: &Budget) -> Result<bool, Error> {
        let by = self.node.store.read().await?.account(target.account_id).await?;
        let Some(by) = by.filter(|a| same_origin(approval, &a.uri)) else { return Ok(false) };
        let document = self.document(approval, budget).await?;
        Ok(is_approval(&document, &Expected { by: &by.uri, object, target: &target.uri }))
    }
}

/// What is known of a quote now, if it is still what was looked at.
async fn unchanged(tx: &mut Tx, seen: &Quote) -> Result<Option<Quote>, Error> {
    let known = tx.quote(seen.post_id).await?;
    Ok(known.filter(|k| k.quoted_uri == seen.quoted_uri && k.stamp == seen.stamp && k.state == seen.state))
}
