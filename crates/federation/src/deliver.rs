//! Delivery: hosts are leased, what waits for each is sent in order, and the outcome is written down.

use std::collections::HashSet;
use std::sync::PoisonError;
use std::time::Duration;

use bytes::Bytes;
use model::account::{Account, hosts_of_lane};
use model::clock::{DAY, HOUR, MINUTE, Millis, SECOND};
use model::id::Id;
use moka::future::Cache;
use node::deed::Kind;
use serde_json::Value;
use storage::{Deed, Delivery, HostState};
use url::Url;

use crate::client::FetchError;
use crate::documents::activity;
use crate::json::{is_public, list};
use crate::signature::{Scheme, Signer};
use crate::{Error, Federation, jobs};

/// How long a worker has a host. It begins no request after half of that, and no request takes so long as the other half: so
/// nobody else sends what it is sending, and what a worker leaves behind that dies is taken up soon.
pub const LEASE: Millis = 90 * SECOND;
/// Deliveries that are sent before the outcome is written down.
const BATCH: usize = 20;
/// A host that fails for so long is given up until it is heard of again.
const DEAD: Millis = 7 * DAY;
/// No server puts us off for longer at a time: it has its own to lose, and may have said so by mistake.
const PUT_OFF: Millis = 8 * HOUR;
/// A delivery is tried this often.
const ATTEMPTS: i64 = 9;

/// Bytes of documents that are remembered while they are sent, and for how long, for keys do not last for ever.
const REMEMBERED: u64 = 16 * 1024 * 1024;
const KEPT: Duration = Duration::from_secs(600);

/// Documents by deed; where there is none, that.
pub(crate) type Documents = Cache<Id, Option<Rendered>>;

pub(crate) fn documents() -> Documents {
    let weigh = |_: &Id, rendered: &Option<Rendered>| {
        u32::try_from(rendered.as_ref().map_or(0, |r| r.body.len()) + 256).unwrap_or(u32::MAX)
    };
    Cache::builder().weigher(weigh).max_capacity(REMEMBERED).time_to_live(KEPT).build()
}

/// A deed's document.
#[derive(Clone)]
pub struct Rendered {
    body: Bytes,
    /// Whose deed it is.
    account: Id,
    /// With the key they had when it was done.
    signer: Signer,
    takes_back: bool,
    /// It is for followers and no wider: their lists are compared with it (FEP-8fcf).
    for_followers: bool,
}

/// What an answer that is no outcome yet says of its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// It heard the request.
    Lives,
    /// Something answered, and not what was asked.
    IsInDoubt,
    /// It hears nobody just now.
    IsDown,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Delivered,
    /// 410: nobody lives there any more.
    Gone,
    /// The server does not want it and will not.
    Refused,
    /// No document could be made of the deed, which is no fault of the server.
    Broken,
    /// Try again, at the earliest after this long.
    Later {
        wait: Option<Millis>,
        server: Server,
    },
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Gone => "gone",
            Self::Refused => "refused",
            Self::Broken => "broken",
            Self::Later { .. } => "later",
        }
    }
}

/// A delivery's next try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Again {
    /// Those that count until then.
    attempts: i64,
    /// How long after it is written down: the clock may be set back until then.
    wait: Millis,
}

/// What was done for a host in one go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    pub delivered: usize,
    pub failed: usize,
}

impl Federation {
    /// Takes hosts that are due, for `owner` (a name of this worker, unlike any other's).
    pub async fn lease_hosts(&self, owner: &str, limit: i64) -> Result<Vec<HostState>, Error> {
        let now = self.node.now();
        let mut tx = self.node.store.begin().await?;
        let hosts = tx.lease_hosts(owner, now, now + LEASE, limit).await?;
        tx.commit().await?;
        Ok(hosts)
    }

    /// Sends what waits for a leased host, then gives it back.
    pub async fn serve_host(&self, owner: &str, mut host: HostState) -> Result<Sent, Error> {
        let mut sent = Sent::default();
        if hosts_of_lane(&host.name).into_iter().any(|name| self.node.is_domain_blocked(name)) {
            let mut tx = self.node.store.begin().await?;
            tx.drop_deliveries_of_host(&host.name).await?;
            tx.release_host(owner, &host, self.node.now()).await?;
            tx.commit().await?;
            return Ok(sent);
        }
        let taken = host.lease_until - LEASE;
        // Who stops gives the host back with what is left; nobody else may have it before what was done is written down.
        // By a clock that was set back the lease would end later than it does.
        let is_late = |now: Millis| now < taken || now > taken + LEASE / 2;
        let is_over = |me: &Self| me.node.shutdown.begun.is_cancelled() || is_late(me.node.now());
        loop {
            let now = self.node.now();
            let is_broken = |deed: Id| self.broken.contains_key(&deed);
            let mut batch = self.node.store.read().await?.ready_for_host(&host.name, now, is_broken).await?;
            let ready = batch.len();
            if host.failing_since.is_some() {
                first_who_waited_longest(&mut batch);
            }
            batch.truncate(BATCH);
            let mut results = Vec::with_capacity(batch.len());
            let mut down = false;
            let mut failure = None;
            for delivery in batch {
                if is_over(self) {
                    break;
                }
                let sending = self.send(&mut host, &delivery);
                let Some(result) = self.node.shutdown.over.run_until_cancelled(sending).await else { break };
                let outcome = match result {
                    Err(error) if !error.is_temporary() => {
                        tracing::error!(deed = delivery.deed_id, inbox = delivery.inbox, %error, "a deed cannot be told");
                        self.broken.insert(delivery.deed_id, ()).await;
                        Outcome::Broken
                    }
                    Ok(outcome) => outcome,
                    // What was done until now is written down all the same.
                    Err(error) => {
                        failure = Some(error);
                        break;
                    }
                };
                metrics::counter!("outloud_deliveries_total", "outcome" => outcome.name()).increment(1);
                down = matches!(outcome, Outcome::Later { server: Server::IsDown, .. });
                let (was_up, now) = (host.failing_since.is_none(), self.node.now());
                learn(&mut host, outcome, now);
                match outcome {
                    Outcome::Delivered => sent.delivered += 1,
                    _ => sent.failed += 1,
                }
                let again = again(&delivery, outcome, was_up, &host, now);
                results.push((delivery, again));
                // Nobody else may have the host before what was done is written down, however slowly it answers.
                if down || is_over(self) {
                    break;
                }
            }
            // With nothing left, as far as is known: what came meanwhile is found when the host is given back.
            let all = results.len() == ready && results.iter().all(|(_, again)| again.is_none());
            let done = results.is_empty() || all || down || is_over(self);
            self.write_down(owner, &mut host, &results, done && failure.is_none()).await?;
            if let Some(error) = failure {
                return Err(error);
            }
            if done {
                return Ok(sent);
            }
        }
    }

    /// Gives a host back that was interrupted, so that it need not wait for the end of its lease.
    pub async fn give_back(&self, owner: &str, host: &str, lease_until: Millis) -> Result<(), Error> {
        let mut tx = self.node.store.begin().await?;
        tx.give_back_host(owner, host, lease_until, self.node.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The clock was set back, from `was`: what was put off by it comes as soon as it was to come. Each table on its own, so that this holds
    /// nothing that somebody waits for while it waits. Other processes notice, too: what is brought forward twice comes early, and no lease
    /// ends before its time.
    pub async fn clock_was_set_back(&self, was: Millis) -> Result<(), Error> {
        let now = self.node.now();
        // What was due already, and had no turn yet, is due still.
        let (from, by) = (was - HOUR, was - now);
        let mut tx = self.node.store.begin().await?;
        tx.bring_deliveries_forward(from, by).await?;
        tx.commit().await?;
        let mut tx = self.node.store.begin().await?;
        tx.bring_hosts_forward(from, by, now + LEASE).await?;
        tx.commit().await?;
        let mut tx = self.node.store.begin().await?;
        tx.bring_jobs_forward(from, by, now + jobs::LEASE).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Gives all hosts back that this worker still has, at its end.
    pub async fn release_leases(&self, owner: &str) -> Result<(), Error> {
        let mut tx = self.node.store.begin().await?;
        tx.release_leases(owner, self.node.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Outcomes and the host's state in one transaction: a delivery goes with what became of it.
    async fn write_down(
        &self,
        owner: &str,
        host: &mut HostState,
        results: &[(Delivery, Option<Again>)],
        done: bool,
    ) -> Result<(), Error> {
        let now = self.node.now();
        let mut tx = self.node.store.begin().await?;
        let mut finished: Vec<Id> = Vec::new();
        for (delivery, again) in results {
            let (deed, inbox) = (delivery.deed_id, &delivery.inbox);
            if let Some(Again { attempts, wait }) = *again {
                tx.postpone_delivery(&host.name, deed, inbox, attempts, now + wait).await?;
            } else {
                tx.finish_delivery(&host.name, deed, inbox).await?;
                finished.push(deed);
            }
        }
        if host.failing_since.is_some_and(|since| since < now - DEAD) && host.dead_since.is_none() {
            host.dead_since = Some(now);
            tx.drop_deliveries_of_host(&host.name).await?;
            tracing::info!(host = host.name, "given up: no delivery for seven days");
        }
        if done {
            tx.release_host(owner, host, now).await?;
        }
        tx.commit().await?;
        self.finished.lock().unwrap_or_else(PoisonError::into_inner).extend(finished);
        Ok(())
    }

    /// Drops deeds of which nothing waits any more, of those for which something was sent since the last time. A deed goes to many
    /// hosts: to look with each of them whether it is the last would make all wait for one row. What a process that dies leaves is
    /// found by housekeeping.
    pub async fn drop_finished(&self) -> Result<(), Error> {
        let finished: Vec<Id> = self.finished.lock().unwrap_or_else(PoisonError::into_inner).drain().collect();
        for some in finished.chunks(500) {
            let mut tx = self.node.store.begin().await?;
            tx.drop_finished_deeds(some).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Whether [`Federation::drop_finished`] has anything to look at.
    pub fn has_finished(&self) -> bool {
        !self.finished.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// One request.
    async fn send(&self, host: &mut HostState, delivery: &Delivery) -> Result<Outcome, Error> {
        let Some(rendered) = self.rendered(delivery.deed_id).await? else {
            // What it told of is gone, and so there is nothing to tell.
            return Ok(Outcome::Refused);
        };
        // What still waits is not said any more.
        if !rendered.takes_back && delivery.silenced {
            return Ok(Outcome::Refused);
        }
        let Ok(url) = Url::parse(&delivery.inbox) else { return Ok(Outcome::Refused) };
        let synchronisation = match rendered.for_followers {
            true => self.synchronisation_header(rendered.account, &url).await?,
            false => None,
        };
        let first = Scheme::from_name(&host.scheme).unwrap_or(Scheme::Cavage);
        let now = self.node.now();
        let reply = self
            .client
            .post_activity(&url, rendered.body, synchronisation.as_deref(), &rendered.signer, first, now)
            .await;
        let outcome = match reply {
            Ok(reply) => {
                let outcome = judge(reply.status, reply.retry_after.and_then(|d| Millis::try_from(d.as_millis()).ok()));
                if outcome == Outcome::Delivered {
                    reply.scheme.name().clone_into(&mut host.scheme);
                }
                outcome
            }
            Err(error) => judge_error(&error),
        };
        if outcome != Outcome::Delivered {
            tracing::debug!(inbox = delivery.inbox, ?outcome, "a delivery was not taken");
        }
        Ok(outcome)
    }

    /// The document of a deed, rendered once and then kept, so that everybody gets the same bytes; whoever wants it meanwhile waits.
    async fn rendered(&self, deed: Id) -> Result<Option<Rendered>, Error> {
        match self.rendered.try_get_with(deed, self.render(deed)).await {
            Ok(rendered) => Ok(rendered),
            // The error belongs to all who waited: each sees for themselves.
            Err(_) => self.render(deed).await,
        }
    }

    async fn render(&self, deed: Id) -> Result<Option<Rendered>, Error> {
        let mut tx = self.node.store.read().await?;
        let Some(row) = tx.deed(deed).await? else { return Ok(None) };
        let document = match &row.document {
            Some(document) => Some(document.clone()),
            None => activity::render(&self.node.config, &mut tx, &row, self.node.now()).await?.map(|d| d.to_string()),
        };
        let Some(mut document) = document else { return Ok(None) };
        let by = tx.account(row.account_id).await?;
        drop(tx);
        if row.document.is_none() {
            let mut tx = self.node.store.begin().await?;
            let kept = tx.keep_document(deed, &document).await?;
            tx.commit().await?;
            // Another process may have been faster, or the deed is gone.
            let Some(kept) = kept else { return Ok(None) };
            document = kept;
        }
        Ok(Some(Rendered {
            for_followers: by.is_some_and(|by| is_for_followers(&by, &row, &document)),
            account: row.account_id,
            signer: self.signer_of(row.account_id, row.created_at).await?,
            takes_back: Kind::from_name(&row.kind).is_some_and(Kind::takes_back),
            body: document.into(),
        }))
    }
}

/// Whether a document is addressed to the followers of its actor, and to nobody but those it names.
fn is_for_followers(by: &Account, deed: &Deed, document: &str) -> bool {
    if ![Kind::Create, Kind::UpdatePost, Kind::Announce].iter().any(|kind| kind.name() == deed.kind) {
        return false;
    }
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let addressed: Vec<&str> =
        ["to", "cc"].into_iter().flat_map(|name| list(document.get(name))).filter_map(Value::as_str).collect();
    addressed.contains(&by.followers.as_str()) && !addressed.iter().any(|a| is_public(a))
}

/// Where a host did not answer, the inbox comes first whose turn was the longest ago: one that never answers does not keep the others from
/// showing that the host is up again. Each inbox keeps its order.
fn first_who_waited_longest(ready: &mut [Delivery]) {
    let mut seen = HashSet::new();
    let firsts = ready.iter().enumerate().filter(|(_, delivery)| seen.insert(delivery.inbox.as_str()));
    let longest = firsts.min_by_key(|(_, delivery)| delivery.next_at).map(|(place, _)| place);
    if let Some(before) = longest.and_then(|place| ready.get_mut(..=place)) {
        before.rotate_right(1);
    }
}

/// When a delivery is tried again after this outcome, if at all. `host`: as it is known to be since.
fn again(delivery: &Delivery, outcome: Outcome, was_up: bool, host: &HostState, now: Millis) -> Option<Again> {
    let asked = match outcome {
        Outcome::Delivered | Outcome::Gone | Outcome::Refused => return None,
        // The whole host waits, and what is for its other inboxes comes first then. An outage is one attempt at most: that of the delivery
        // which met it first, and may be what the host does not answer to.
        Outcome::Later { server: Server::IsDown, .. } if !was_up => {
            return Some(Again { attempts: delivery.attempts, wait: host.not_before + 1 - now });
        }
        Outcome::Later { wait, .. } => wait.unwrap_or(0),
        Outcome::Broken => 0,
    };
    let attempts = delivery.attempts + 1;
    (attempts < ATTEMPTS).then(|| Again { attempts, wait: asked.max(back_off(attempts)) })
}

/// 1 m, 5 m, 30 m, 2 h, 8 h, 1 d, 2 d.
fn back_off(attempts: i64) -> Millis {
    let steps = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 8 * HOUR, DAY];
    usize::try_from(attempts - 1).ok().and_then(|i| steps.get(i)).copied().unwrap_or(2 * DAY)
}

fn judge(status: u16, retry_after: Option<Millis>) -> Outcome {
    let retry_after = retry_after.map(|wait| wait.min(PUT_OFF));
    match status {
        200..=299 => Outcome::Delivered,
        410 => Outcome::Gone,
        408 | 429 | 503 => Outcome::Later { wait: retry_after, server: Server::IsDown },
        501 => Outcome::Refused,
        // A server whose clock, whose copy of our key or whose addresses are wrong may be right tomorrow.
        401 | 500 => Outcome::Later { wait: retry_after, server: Server::Lives },
        300..=399 | 502..=599 => Outcome::Later { wait: retry_after, server: Server::IsInDoubt },
        _ => Outcome::Refused,
    }
}

fn judge_error(error: &FetchError) -> Outcome {
    match error {
        FetchError::RefusedUrl(_) | FetchError::Signing(_) => Outcome::Refused,
        _ => Outcome::Later { wait: None, server: Server::IsDown },
    }
}

/// What a request teaches about its host.
fn learn(host: &mut HostState, outcome: Outcome, now: Millis) {
    match outcome {
        Outcome::Broken => {}
        Outcome::Delivered | Outcome::Gone | Outcome::Refused => {
            (host.fail_count, host.failing_since, host.not_before) = (0, None, 0);
            host.last_error.clear();
        }
        Outcome::Later { wait, server } => {
            host.fail_count += 1;
            host.failing_since = host.failing_since.or(Some(now)).filter(|_| server != Server::Lives);
            let is_down = server == Server::IsDown;
            host.last_error = if is_down { "no answer" } else { "an error" }.to_owned();
            // An error of one request holds up the others only when errors pile up.
            if is_down || host.fail_count >= 5 {
                let pause = back_off((host.fail_count + 1) / 2).min(PUT_OFF);
                host.not_before = now + pause.max(wait.unwrap_or(0)).max(30 * SECOND);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(deed_id: Id, inbox: &str, next_at: Millis) -> Delivery {
        Delivery { deed_id, inbox: inbox.to_owned(), attempts: 0, next_at, silenced: false }
    }

    #[test]
    fn whoever_waited_longest_comes_first_and_overtakes_nothing_of_their_own() {
        // The second of a has waited longest of all, and comes after the first of a all the same.
        let mut list = vec![waiting(1, "a", 9), waiting(2, "a", 1), waiting(3, "b", 5), waiting(4, "b", 2)];
        first_who_waited_longest(&mut list);
        assert_eq!(list.iter().map(|d| d.deed_id).collect::<Vec<_>>(), [3, 1, 2, 4]);
        first_who_waited_longest(&mut []);
    }

    #[test]
    fn statuses_have_their_outcomes() {
        assert_eq!(judge(202, None), Outcome::Delivered);
        assert_eq!(judge(410, None), Outcome::Gone);
        for refused in [400, 403, 404, 405, 406, 422] {
            assert_eq!(judge(refused, None), Outcome::Refused, "{refused}");
        }
        assert_eq!(judge(503, Some(5)), Outcome::Later { wait: Some(5), server: Server::IsDown });
        assert_eq!(judge(503, Some(7 * DAY)), Outcome::Later { wait: Some(PUT_OFF), server: Server::IsDown });
        for (status, expected) in [(500, Server::Lives), (401, Server::Lives), (502, Server::IsInDoubt)] {
            assert_eq!(judge(status, None), Outcome::Later { wait: None, server: expected }, "{status}");
        }
    }
}
