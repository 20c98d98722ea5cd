//! The worker: leases hosts that are due and jobs that are due, and sees them through. Everything it does can be done again
//! after a crash.

use std::sync::Arc;
use std::time::Duration;

use federation::Federation;
use model::clock::{MINUTE, Millis, SECOND};
use node::Node;
use storage::Event;
use tokio::sync::{Notify, Semaphore};
use tokio_util::task::TaskTracker;

use crate::{housekeeping, indexing};

/// Hosts that are served at the same time: each costs a socket, and a slow one nothing else.
const HOSTS: usize = 512;
/// Jobs at the same time: those that wait for other servers, and those that need nobody, which never wait behind them.
const ASKING: usize = 24;
const ALONE: usize = 8;
/// Hosts taken in one go.
const HANDFUL: usize = 64;
/// The longest rest where nobody rings for what other processes enqueue, and where they are heard.
const REST: Millis = 1_000;
const LONG_REST: Millis = 10_000;

/// Works until the node's shutdown begins, then lets what is under way come to its end.
pub async fn run(federation: Federation) {
    let stop = federation.node.shutdown.begun.clone();
    let mut bell = federation.node.store.bell().listen();
    let owner = federation.node.random.secret();
    let worker = Worker {
        owner,
        hosts: Arc::new(Semaphore::new(HOSTS)),
        asking: Arc::new(Semaphore::new(ASKING)),
        alone: Arc::new(Semaphore::new(ALONE)),
        freed: Arc::new(Notify::new()),
        tasks: TaskTracker::new(),
        federation,
    };
    let mut latest = latest(&worker.federation.node).await;
    worker.tasks.spawn(housekeeping::run(worker.federation.clone(), stop.clone()));
    let (node, over) = (Arc::clone(&worker.federation.node), stop.clone());
    worker.tasks.spawn(async move { indexing::run(&node, over).await });
    let mut tidied = 0;
    while !stop.is_cancelled() {
        let now = worker.federation.node.now();
        if now < latest - MINUTE {
            tracing::warn!(seconds = (latest - now) / SECOND, "the clock was set back");
            if let Err(error) = worker.federation.clock_was_set_back(latest).await {
                tracing::warn!(%error, "what was put off by the clock as it was could not be brought forward");
                // Tried again in the next turn.
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        }
        latest = now;
        let rest = match worker.turn().await {
            Ok(rest) => rest,
            Err(error) => {
                tracing::warn!(%error, "the worker could not look for work");
                REST
            }
        };
        let now = worker.federation.node.now();
        if (now - tidied).abs() >= REST {
            tidied = now;
            worker.tidy().await;
        }
        if rest > 0 {
            tokio::select! {
                () = stop.cancelled() => {}
                () = bell.wait_for(Event::Work) => {}
                () = worker.freed.notified() => {}
                () = rest_for(&worker.federation.node, rest) => {}
            }
        }
    }
    worker.tasks.close();
    worker.tasks.wait().await;
    worker.tidy().await;
    if let Err(error) = worker.federation.release_leases(&worker.owner).await {
        tracing::warn!(%error, "leases could not be given back; they will run out");
    }
}

/// How late it was at the latest: now, or when the house was last put in order, if the clock was set back while nobody was here to see it.
/// To be asked before it is put in order anew.
async fn latest(node: &Node) -> Millis {
    let last = node::housekeeping::last_round(node).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "whether the clock was set back could not be looked up");
        0
    });
    last.max(node.now())
}

/// Rests by the node's clock. That may jump, so it is looked at every second.
async fn rest_for(node: &Node, rest: Millis) {
    let begun = node.now();
    loop {
        tokio::time::sleep(Duration::from_millis(u64::try_from(rest.min(REST)).unwrap_or(0))).await;
        let now = node.now();
        if now - begun >= rest || now < begun {
            return;
        }
    }
}

struct Worker {
    federation: Federation,
    owner: String,
    hosts: Arc<Semaphore>,
    asking: Arc<Semaphore>,
    alone: Arc<Semaphore>,
    /// Rung when a place is free again.
    freed: Arc<Notify>,
    tasks: TaskTracker,
}

impl Worker {
    async fn tidy(&self) {
        if let Err(error) = self.federation.drop_finished().await {
            tracing::warn!(%error, "deeds that are done were left behind; housekeeping will find them");
        }
    }

    /// Takes what is due; answers how long to rest (0: look again at once).
    async fn turn(&self) -> Result<Millis, federation::Error> {
        let node = &self.federation.node;
        let mut tx = node.store.read().await?;
        let due = tx.next_due().await?;
        drop(tx);
        let now = node.now();
        let is_due = |at: Option<Millis>| at.is_some_and(|at| at <= now);
        let mut taken = 0;
        if is_due(due.host) && self.hosts.available_permits() > 0 {
            taken += self.take_hosts().await?;
        }
        for (asks_others, at) in [(false, due.lone_job), (true, due.asking_job)] {
            if is_due(at) && self.places(asks_others).available_permits() > 0 {
                taken += self.take_jobs(asks_others).await?;
            }
        }
        if taken > 0 {
            return Ok(0);
        }
        // What is due and could not be taken waits for a free place, which rings.
        let next = [due.host, due.asking_job, due.lone_job].into_iter().flatten().filter(|at| *at > now).min();
        // Where others are heard, looking now and then only makes good what was lost. What is done here leaves deeds behind.
        let is_rung = node.store.bell().is_heard() && !self.federation.has_finished();
        let longest = if is_rung { LONG_REST } else { REST };
        Ok(next.map_or(longest, |at| (at - now).clamp(1, longest)))
    }

    async fn take_hosts(&self) -> Result<usize, federation::Error> {
        let room = self.hosts.available_permits().min(HANDFUL);
        let hosts = self.federation.lease_hosts(&self.owner, i64::try_from(room).unwrap_or(1)).await?;
        let taken = hosts.len();
        for host in hosts {
            let Ok(permit) = Arc::clone(&self.hosts).acquire_owned().await else { break };
            let (federation, owner, freed) = (self.federation.clone(), self.owner.clone(), Arc::clone(&self.freed));
            self.tasks.spawn(async move {
                let (name, until) = (host.name.clone(), host.lease_until);
                if let Err(error) = federation.serve_host(&owner, host).await {
                    tracing::warn!(host = name, %error, "deliveries were interrupted; they will be taken up again");
                    if error.is_for_want_of_the_database() {
                        let begun = &federation.node.shutdown.begun;
                        begun.run_until_cancelled(give_back(&federation, &owner, &name, until)).await;
                    }
                }
                drop(permit);
                freed.notify_one();
            });
        }
        Ok(taken)
    }

    fn places(&self, asks_others: bool) -> &Arc<Semaphore> {
        if asks_others { &self.asking } else { &self.alone }
    }

    async fn take_jobs(&self, asks_others: bool) -> Result<usize, federation::Error> {
        let places = self.places(asks_others);
        let room = places.available_permits();
        let jobs = self.federation.lease_jobs(asks_others, i64::try_from(room).unwrap_or(1)).await?;
        let taken = jobs.len();
        for job in jobs {
            let Ok(permit) = Arc::clone(places).acquire_owned().await else { break };
            let (federation, freed) = (self.federation.clone(), Arc::clone(&self.freed));
            self.tasks.spawn(async move {
                let kind = job.kind.clone();
                if let Err(error) = federation.serve_job(job).await {
                    tracing::warn!(kind, %error, "a job was interrupted; it will be taken up again");
                }
                drop(permit);
                freed.notify_one();
            });
        }
        Ok(taken)
    }
}

/// Gives a host back as soon as the database is there again. Otherwise its lease runs out.
async fn give_back(federation: &Federation, owner: &str, host: &str, lease_until: Millis) {
    for _ in 0..federation::deliver::LEASE / SECOND {
        // First, so that whatever goes wrong goes wrong once a second.
        tokio::time::sleep(Duration::from_secs(1)).await;
        if federation.give_back(owner, host, lease_until).await.is_ok() {
            return;
        }
    }
}
