//! Jobs that need the network, run by the worker.

use std::time::Duration;

use model::account::Field;
use model::audience::Audience;
use model::clock::{MINUTE, Millis, SECOND};
use model::html;
use model::id::Id;
use node::config::authority;
use node::jobs::{Job, retry_at};
use node::react::{self, ReceivedBoost};
use node::stamp::Request;
use node::{
    accounts, carry, challenge, circle, experiment, follow, moving, news, pairing, peers, poll, receive, remote,
    schedule, upload,
};
use storage::Job as Row;
use url::Url;

use crate::client::{Budget, FetchError};
use crate::documents::note;
use crate::featured::ask_for_pins;
use crate::strangers::Denied;
use crate::{Error, Federation};

/// How long a worker has a job.
pub const LEASE: Millis = 5 * MINUTE;
/// How often it is renewed while the job runs.
const RENEWAL: Duration = Duration::from_secs(2 * 60);
/// How long a job may wait for other servers: less than that, or somebody else would take it up meanwhile.
const PATIENCE: Duration = Duration::from_secs(4 * 60);
/// A job whose server is busy with others of ours waits so long.
const BUSY: Millis = 10 * SECOND;
/// How many requests one job may cause.
const BUDGET: u32 = 20;

impl Federation {
    /// Takes jobs that are due, of those that wait for other servers or of the rest.
    pub async fn lease_jobs(&self, asks_others: bool, limit: i64) -> Result<Vec<Row>, Error> {
        let now = self.node.now();
        let mut tx = self.node.store.begin().await?;
        let jobs = tx.lease_jobs(asks_others, now, now + LEASE, limit).await?;
        tx.commit().await?;
        Ok(jobs)
    }

    /// Runs a leased job and writes down its end: done, to be tried again, given up, or given back because this process ends.
    pub async fn serve_job(&self, row: Row) -> Result<(), Error> {
        let shutdown = &self.node.shutdown;
        let result = match serde_json::from_str::<Job>(&row.payload) {
            Ok(_) if shutdown.begun.is_cancelled() => Ok(Next::Left),
            Ok(job) => {
                let work = self.with_lease(row.id, Box::pin(self.run_where_welcome(job)));
                shutdown.over.run_until_cancelled(work).await.unwrap_or(Ok(Next::Left))
            }
            Err(error) => Err(Error::bad(error.to_string())),
        };
        let again = match &result {
            Ok(Next::Done | Next::Again | Next::Busy | Next::Left) => None,
            Ok(Next::At(at)) => Some(*at),
            Err(error) if error.is_temporary() => retry_at(self.node.now(), row.attempts),
            Err(_) => None,
        };
        if let Err(error) = &result {
            tracing::info!(kind = row.kind, %error, again = again.is_some(), "a job failed");
        }
        let outcome = match &result {
            Ok(Next::Left) => "left",
            Ok(_) => "done",
            Err(_) => "failed",
        };
        metrics::counter!("outloud_jobs_total", "kind" => row.kind.clone(), "outcome" => outcome).increment(1);
        let mut tx = self.node.store.begin().await?;
        match (again, &result) {
            (Some(at), _) => tx.postpone_job(row.id, at).await?,
            (None, Ok(Next::Busy)) => tx.return_job(row.id, self.node.now() + BUSY).await?,
            (None, Ok(Next::Left)) => tx.return_job(row.id, self.node.now()).await?,
            (None, Ok(Next::Again)) => tx.restart_job(row.id, self.node.now()).await?,
            (None, _) => tx.finish_job(row.id).await?,
        }
        self.node.commit(tx).await?;
        Ok(())
    }

    /// Keeps a job that takes long for as long as it takes.
    async fn with_lease<T>(&self, id: Id, mut work: impl Future<Output = T> + Unpin) -> T {
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(RENEWAL) => {}
            }
            let extended = async {
                let mut tx = self.node.store.begin().await?;
                tx.extend_lease(id, self.node.now() + LEASE).await?;
                self.node.commit(tx).await
            };
            if let Err(error) = extended.await {
                tracing::warn!(%error, "a job could not be kept longer; somebody else may take it up meanwhile");
            }
        }
    }

    /// Runs a job unless its server is busy with others of ours, or did not answer them of late: places are few, and whoever
    /// answers slowly or not at all must not have them all.
    async fn run_where_welcome(&self, job: Job) -> Result<Next, Error> {
        let host = self.host_of(&job).await?;
        let leave = host.as_deref().map(|host| self.asked.leave_to_ask(host)).transpose();
        let _leave = match leave {
            Ok(leave) => leave,
            Err(Denied::Busy) => return Ok(Next::Busy),
            Err(Denied::Failing) => return Err(FetchError::Timeout.into()),
        };
        let asks_others = job.asks_others();
        let work = self.run_job(job);
        let result = if asks_others {
            tokio::time::timeout(PATIENCE, work).await.unwrap_or(Err(FetchError::Timeout.into()))
        } else {
            work.await
        };
        if let Some(host) = host {
            self.asked.heed(&host, &result);
        }
        result
    }

    /// The server that a job needs an answer of, where that is known before it begins. A job that goes on without an answer asks for
    /// leave itself.
    async fn host_of(&self, job: &Job) -> Result<Option<String>, Error> {
        let url = match job {
            Job::ReadOutbox { account, .. } => {
                self.node.store.read().await?.account(*account).await?.map(|author| author.outbox)
            }
            Job::VerifyQuote { post, .. } => {
                self.node.store.read().await?.quote(*post).await?.map(|quote| quote.quoted_uri)
            }
            Job::Push { subscription, .. } => {
                self.node.store.read().await?.subscription(*subscription).await?.map(|s| s.endpoint)
            }
            Job::SubscribeTag { subscription } => {
                let known = self.node.store.read().await?.tag_subscription(*subscription).await?;
                return Ok(known.map(|s| s.peer));
            }
            named => return Ok(named.host()),
        };
        Ok(url.filter(|url| !self.is_own(url)).map(|url| authority(&url).to_lowercase()))
    }

    async fn run_job(&self, job: Job) -> Result<Next, Error> {
        let budget = Budget::new(BUDGET);
        match job {
            Job::FetchThread { uri, depth } => {
                let post = self.post(&uri, depth, &budget).await?;
                // It may have come in at the same moment as its answer, neither seeing the other.
                let mut tx = self.node.store.begin().await?;
                receive::adopt(&self.node, &mut tx, &post).await?;
                self.node.commit(tx).await?;
            }
            Job::FetchDelivered { uri } => self.delivered_post(&uri, &budget).await?,
            Job::FillThread { post, glance } => return self.fill_thread(post, glance).await,
            Job::ReadOutbox { account, follower } => self.read_outbox(account, follower).await?,
            Job::DeleteFiles { keys } => upload::delete_files(&self.node, &keys).await?,
            Job::ReadPage { card } => return self.read_page(card, &budget).await,
            Job::Push { subscription, account, notification } => {
                return self.push(subscription, account, notification).await;
            }
            Job::GatherNews { account } => {
                let mut tx = self.node.store.begin().await?;
                let again = news::gather(&self.node, &mut tx, account).await?;
                self.node.commit(tx).await?;
                if let Some(at) = again {
                    return Ok(Next::At(at));
                }
            }
            Job::SendMail { letter } => node::mail::deliver(&self.node, &letter).await?,
            Job::DropRejectedFiles => remote::drop_rejected(&self.node).await?,
            Job::SubscribeTag { subscription } => self.subscribe(subscription, &budget).await?,
            Job::ReadNodeInfo { origin } => self.read_node_info(&origin).await?,
            Job::LeaveRelayed { uri } => self.leave_relayed(&uri, &budget).await?,
            Job::FetchRelayed { uri, by_relay } => self.relayed_post(&uri, by_relay, &budget).await?,
            Job::SubscribePeer { peer, after } => {
                let mut tx = self.node.store.begin().await?;
                peers::subscribe_step(&self.node, &mut tx, &peer, after).await?;
                self.node.commit(tx).await?;
            }
            Job::LeavePeer { peer } => {
                let mut tx = self.node.store.begin().await?;
                let finished = peers::leave_step(&self.node, &mut tx, &peer).await?;
                self.node.commit(tx).await?;
                return Ok(if finished { Next::Done } else { Next::Again });
            }
            Job::SettleTags { account, after } => {
                let mut tx = self.node.store.begin().await?;
                peers::settle_step(&self.node, &mut tx, account, after).await?;
                self.node.commit(tx).await?;
            }
            Job::CheckPost { uri } => self.check_post(&uri, &budget).await?,
            Job::RefreshActor { uri } => self.refresh_actor(&uri, &budget).await?,
            Job::FetchBoosted { announce, actor, object, audience, published, approved_by } => {
                let post = self.post(&object, 0, &budget).await?;
                let who = self.node.store.read().await?.account_by_uri(&actor).await?;
                let Some(who) = who else { return Ok(Next::Done) };
                let audience = Audience::from_stored(audience).unwrap_or(Audience::Public);
                let mut boost = ReceivedBoost { uri: announce, audience, published, approved_by };
                self.look_at_boost(&who, &post, &mut boost, &budget).await?;
                let mut tx = self.node.store.begin().await?;
                react::receive_boost(&self.node, &mut tx, &who, &post, &boost).await?;
                self.node.commit(tx).await?;
            }
            Job::FetchFeatured { uri } => self.fetch_featured(&uri, &budget).await?,
            Job::FetchPinned { actor, object } => self.fetch_pinned(&actor, &object, &budget).await?,
            Job::CheckMove { actor, target } => self.check_move(&actor, &target, &budget).await?,
            Job::FollowMove { from, to, stage, after } => {
                let mut tx = self.node.store.begin().await?;
                moving::step(&self.node, &mut tx, (from, to), stage, after).await?;
                self.node.commit(tx).await?;
            }
            Job::VerifyQuote { post, depth } => self.verify_quote(post, depth, &budget).await?,
            Job::AnswerQuoteRequest { request, actor, object, instrument } => {
                let request = Request { id: &request, kind: "QuoteRequest", instrument: &instrument };
                self.answer_quote_request(request, &actor, &object, &budget).await?;
            }
            Job::CheckLinks { account } => return self.check_links(account, &budget).await,
            Job::TellTotals { post } => {
                let mut tx = self.node.store.begin().await?;
                let wait = poll::tell_totals(&self.node, &mut tx, post).await?;
                self.node.commit(tx).await?;
                if let Some(at) = wait {
                    return Ok(Next::At(at));
                }
            }
            Job::ClosePoll { post, .. } => {
                let mut tx = self.node.store.begin().await?;
                poll::close(&self.node, &mut tx, post).await?;
                self.node.commit(tx).await?;
            }
            Job::TellVoters { post, after } => {
                let mut tx = self.node.store.begin().await?;
                poll::tell_voters(&self.node, &mut tx, post, after).await?;
                self.node.commit(tx).await?;
            }
            Job::SynchroniseFollowers { account, url, digest } => {
                self.synchronise_followers(account, &url, &digest, &budget).await?;
            }
            Job::DropKey { key } => {
                let mut tx = self.node.store.begin().await?;
                tx.drop_replaced_key(&key).await?;
                self.node.commit(tx).await?;
            }
            Job::PurgeAccount { account } => {
                let mut tx = self.node.store.begin().await?;
                let finished = accounts::purge_step(&self.node, &mut tx, account).await?;
                self.node.commit(tx).await?;
                return Ok(if finished { Next::Done } else { Next::Again });
            }
            Job::PublishScheduled { scheduled, at } => match schedule::publish_due(&self.node, scheduled, at).await {
                // It is never given up while nobody was told.
                Err(error) if error.is_temporary() => return Ok(Next::At(self.node.now() + MINUTE)),
                done => done?,
            },
            Job::LeaveDomain { account, domain } => {
                let mut tx = self.node.store.begin().await?;
                let finished = circle::leave_step(&self.node, &mut tx, account, &domain).await?;
                self.node.commit(tx).await?;
                return Ok(if finished { Next::Done } else { Next::Again });
            }
            Job::ReviewContributions { challenge, post } => {
                let mut tx = self.node.store.begin().await?;
                if let Some((challenge, post)) = challenge::review_step(&self.node, &mut tx, (challenge, post)).await? {
                    node::jobs::enqueue(&self.node, &mut tx, &Job::ReviewContributions { challenge, post }).await?;
                }
                self.node.commit(tx).await?;
            }
            Job::WithdrawContributions { challenge, author, came, post } => {
                let mut tx = self.node.store.begin().await?;
                challenge::withdraw(&self.node, &mut tx, challenge, author, (came, post)).await?;
                self.node.commit(tx).await?;
            }
            Job::HeedAnswer { post } => {
                let mut tx = self.node.store.begin().await?;
                challenge::heed_answer(&self.node, &mut tx, post, true).await?;
                self.node.commit(tx).await?;
            }
            Job::SayHarvests { challenge, after } => {
                let mut tx = self.node.store.begin().await?;
                if let Some(after) = challenge::say_anew_step(&self.node, &mut tx, challenge, after).await? {
                    node::jobs::enqueue(&self.node, &mut tx, &Job::SayHarvests { challenge, after }).await?;
                }
                self.node.commit(tx).await?;
            }
            Job::OpenChallenge { challenge, at } => {
                let mut tx = self.node.store.begin().await?;
                challenge::open_due(&self.node, &mut tx, challenge, at).await?;
                self.node.commit(tx).await?;
            }
            Job::CloseChallenge { challenge, at } => {
                let mut tx = self.node.store.begin().await?;
                challenge::close_due(&self.node, &mut tx, challenge, at).await?;
                self.node.commit(tx).await?;
            }
            Job::LookAgain { post } => {
                let mut tx = self.node.store.begin().await?;
                experiment::look_again(&self.node, &mut tx, post).await?;
                self.node.commit(tx).await?;
            }
            Job::HeedCuppa { post } => {
                let mut tx = self.node.store.begin().await?;
                pairing::heed(&self.node, &mut tx, post).await?;
                self.node.commit(tx).await?;
            }
            Job::ImportList { import } => return self.never_given_up(self.import_list(import).await),
            Job::ImportPosts { import } => return self.never_given_up(self.import_posts(import).await),
            Job::MakeArchive { archive } => return self.make_archive(archive).await,
            Job::HoldRound { at } => drop(pairing::hold(&self.node, at).await?),
            Job::TakeBack { author, after } => {
                let mut tx = self.node.store.begin().await?;
                let next = carry::withdraw_step(&self.node, &mut tx, author, after).await?;
                if let Some(after) = next {
                    node::jobs::enqueue(&self.node, &mut tx, &Job::TakeBack { author, after }).await?;
                }
                self.node.commit(tx).await?;
            }
            Job::EmptyCarrier { carrier } => {
                let mut tx = self.node.store.begin().await?;
                let finished = carry::empty_step(&self.node, &mut tx, carrier).await?;
                self.node.commit(tx).await?;
                return Ok(if finished { Next::Done } else { Next::Again });
            }
            Job::AcceptRequests { account } => {
                let mut tx = self.node.store.begin().await?;
                let finished = follow::accept_step(&self.node, &mut tx, account).await?;
                self.node.commit(tx).await?;
                return Ok(if finished { Next::Done } else { Next::Again });
            }
        }
        Ok(Next::Done)
    }

    /// Whatever keeps it from going on now, it goes on later, however often that was.
    fn never_given_up(&self, result: Result<Next, Error>) -> Result<Next, Error> {
        match result {
            Err(error) if error.is_temporary() => {
                tracing::info!(%error, "an import goes on in a moment");
                Ok(Next::At(self.node.now() + MINUTE))
            }
            other => other,
        }
    }

    /// Asks a post's own server for it: what is gone there goes here, what is newer there is taken over.
    pub(crate) async fn check_post(&self, uri: &str, budget: &Budget) -> Result<(), Error> {
        let mut tx = self.node.store.read().await?;
        let Some(post) = tx.post_by_uri(uri).await?.filter(|p| !p.local) else { return Ok(()) };
        let Some(author) = tx.account(post.account_id).await? else { return Ok(()) };
        drop(tx);
        let is_gone = match self.document(uri, budget).await {
            Ok(document) => {
                let received = note::read(&document, &author, None, self.node.now())?;
                let mut tx = self.node.store.begin().await?;
                receive::update(&self.node, &mut tx, &author, &received).await?;
                self.node.commit(tx).await?;
                false
            }
            Err(Error::Fetch(FetchError::Gone)) => true,
            // What not everybody may see may be hidden from us.
            Err(Error::Fetch(FetchError::NotFound)) => post.audience.is_open(),
            Err(error) => return Err(error),
        };
        if is_gone {
            let mut tx = self.node.store.begin().await?;
            receive::delete(&self.node, &mut tx, &author, uri).await?;
            self.node.commit(tx).await?;
        }
        Ok(())
    }

    /// Reads an actor again. Gone for good is gone here, too.
    async fn refresh_actor(&self, uri: &str, budget: &Budget) -> Result<(), Error> {
        match self.fetch_actor(uri, budget).await {
            Ok(account) => {
                let mut tx = self.node.store.begin().await?;
                if tx.is_followed_here(account.id).await? {
                    ask_for_pins(&self.node, &mut tx, &account).await?;
                }
                self.node.commit(tx).await?;
                Ok(())
            }
            Err(Error::Fetch(FetchError::Gone)) => {
                let mut tx = self.node.store.begin().await?;
                if let Some(account) = tx.account_by_uri(uri).await? {
                    accounts::receive_delete(&self.node, &mut tx, &account).await?;
                }
                self.node.commit(tx).await?;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Asks the account that somebody says they moved to; if it agrees, those who follow them here come along.
    async fn check_move(&self, actor: &str, target: &str, budget: &Budget) -> Result<(), Error> {
        let target = self.fresh(target, budget).await?;
        let mut tx = self.node.store.begin().await?;
        if let Some(old) = tx.account_by_uri(actor).await? {
            let moved = moving::receive(&self.node, &mut tx, &old, &target).await?;
            tracing::info!(from = actor, to = target.uri, moved, "a move");
        }
        self.node.commit(tx).await?;
        Ok(())
    }

    /// Looks for `rel="me"` links back to a member's profile on the pages that it names.
    async fn check_links(&self, account: i64, budget: &Budget) -> Result<Next, Error> {
        let Some(account) = self.node.store.read().await?.account(account).await? else { return Ok(Next::Done) };
        let mut fields = account.fields.clone();
        let page_of = |field: &Field| {
            let url = Url::parse(&field.source).ok().filter(|u| u.scheme() == "https" && field.verified_at.is_none());
            url.map(|url| (authority(url.as_str()).to_owned(), url))
        };
        let hosts = fields.iter().filter_map(page_of).map(|(host, _)| host).collect();
        let Some(leaves) = self.asked.leave_to_ask_of(hosts) else { return Ok(Next::Busy) };
        let mut found = false;
        for field in &mut fields {
            let Some((host, url)) = page_of(field).filter(|(host, _)| !leaves.silent.contains(host)) else { continue };
            let page = self.client.get_text(&url, "text/html", 1024 * 1024, budget).await.map_err(Error::from);
            self.asked.heed(&host, &page);
            let is_back = |l: &html::PageLink| {
                l.rel.iter().any(|r| r == "me") && (l.href == account.url || l.href == account.uri)
            };
            if page.is_ok_and(|p| html::links(&p.text).iter().any(is_back)) {
                field.verified_at = Some(self.node.now());
                found = true;
            }
        }
        if found {
            let mut tx = self.node.store.begin().await?;
            // The profile may have changed meanwhile: only lines that stand there still are marked.
            let mut current = tx.account(account.id).await?.map(|a| a.fields).unwrap_or_default();
            for field in &mut current {
                if let Some(checked) = fields.iter().find(|f| f.source == field.source) {
                    field.verified_at = checked.verified_at;
                }
            }
            tx.set_fields(account.id, &current).await?;
            accounts::tell_profile(&self.node, &mut tx, account.id).await?;
            self.node.commit(tx).await?;
        }
        Ok(Next::Done)
    }
}

/// What comes after a job that did not fail.
pub(crate) enum Next {
    Done,
    /// There is more of the same.
    Again,
    /// It was not begun.
    Busy,
    /// It was not brought to its end, since this process ends.
    Left,
    /// It was too early.
    At(Millis),
}
