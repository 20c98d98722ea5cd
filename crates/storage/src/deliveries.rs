//! What has to be sent to whom: deeds, deliveries, and the hosts they go to.
//!
//! A host is the unit of work. Its row says when something is due (`next_at`, which is null when nothing waits, and the end of
//! the lease while a worker has it), how it fared, and how to sign for it. Workers lease hosts, so that order is kept for each
//! and a slow one holds up nobody else. An inbox on another host than its actor is a host of its own here (see `model::account::lane`).

use std::collections::HashSet;

use model::clock::Millis;
use model::id::Id;
use model::post::CARRIED;

use crate::row::ids;
use crate::{Error, Event, Names, Tx};

/// Who did what to what. The document is rendered from it once, when it is first sent.
#[derive(Clone, Debug)]
pub struct Deed {
    pub id: Id,
    /// The activity: create, update, delete, announce, undo_announce, like, undo_like, follow, undo_follow, accept, reject, …
    pub kind: String,
    /// Who did it.
    pub account_id: Id,
    /// The post or account it was done to.
    pub subject_id: Option<Id>,
    /// JSON: what the document needs and the database may no longer have.
    pub data: String,
    pub document: Option<String>,
    pub created_at: Millis,
}

row!(Deed, deed_columns, "d.": id, kind, account_id, subject_id, data, document, created_at);

/// One request to be made.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub deed_id: Id,
    pub inbox: String,
    pub attempts: i64,
    pub next_at: Millis,
    /// Who did it is suspended or deleted.
    pub silenced: bool,
}

/// How many deliveries of a host are looked at in one go, and how often where nothing among them may be sent.
pub const LOOK: i64 = 200;
const LOOKS: usize = 50;

impl Delivery {
    /// While it waits for one of its first tries, nothing newer goes to the same inbox; after that it holds nobody up.
    fn holds_back(&self) -> bool {
        self.attempts <= 3
    }
}

row!(Delivery: deed_id, inbox, attempts, next_at, silenced);

/// What we know of a host that we send to.
#[derive(Clone, Debug)]
pub struct HostState {
    pub name: String,
    pub not_before: Millis,
    pub fail_count: i64,
    pub failing_since: Option<Millis>,
    pub dead_since: Option<Millis>,
    pub scheme: String,
    pub last_error: String,
    /// When the lease ends of whoever has it.
    pub lease_until: Millis,
}

row!(HostState, host_columns, "h.": name, not_before, fail_count, failing_since, dead_since, scheme, last_error, lease_until);

/// When the next of each kind is due, if any waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    pub host: Option<Millis>,
    /// Jobs that wait for other servers.
    pub asking_job: Option<Millis>,
    /// Those that need nobody.
    pub lone_job: Option<Millis>,
}

/// How much waits to be sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Queue {
    pub deliveries: i64,
    pub jobs: i64,
    /// When the oldest deed that still waits was done.
    pub oldest: Option<Millis>,
}

/// Where there is an inbox of accounts `a` at all, and something may be sent there.
macro_rules! reachable {
    () => {
        "a.domain <> '' and a.inbox <> '' and a.inbox_host <> '' and a.suspended_at is null and a.deleted_at is null"
    };
}

/// `insert into deliveries … select` over accounts `a`: their shared inbox, or their own where they have none or `$4` is false. How it is
/// with a server is asked once for each inbox, not for each of the accounts.
macro_rules! deliver_to {
    ($from:expr) => {
        concat!(
            "insert into deliveries (deed_id, host, inbox, attempts, next_at) select $1, x.host, x.inbox, cast(0 as bigint), $3 \
             from (select distinct a.inbox_host as host, a.shared_inbox as shared, \
             case when a.shared_inbox <> '' and $4 then a.shared_inbox else a.inbox end as inbox ",
            $from,
            " and ",
            reachable!(),
            ") x where not exists (select 1 from hosts h where h.name = x.host and h.dead_since is not null) \
             and not exists (select 1 from deliveries w where w.host = x.host and w.deed_id = $1 and w.inbox = x.shared) \
             order by 2, 3 on conflict do nothing"
        )
    };
}

/// The end of a lease, on a condition.
macro_rules! released {
    ($condition:literal) => {
        concat!(
            "update hosts set lease_until = 0, not_before = $2, fail_count = $3, failing_since = $4, dead_since = $5, \
             scheme = case when $6 = '' then scheme else $6 end, \
             last_error = $7, last_success_at = case when $3 = 0 then $8 else last_success_at end, next_at = $9 where name = $1 ",
            $condition
        )
    };
}

impl Tx {
    pub async fn insert_deed(&mut self, d: &Deed) -> Result<(), Error> {
        self.run(
            "insert into deeds (id, kind, account_id, subject_id, data, created_at) values ($1, $2, $3, $4, $5, $6)",
            args![d.id, &d.kind, d.account_id, d.subject_id, &d.data, d.created_at],
        )
        .await?;
        Ok(())
    }

    /// To all followers of an account on other servers, one request for each shared inbox.
    pub async fn deliver_to_followers(&mut self, deed: Id, account: Id, now: Millis) -> Result<u64, Error> {
        self.run(
            deliver_to!("from follows f join accounts a on a.id = f.follower_id where f.target_id = $2 and f.accepted"),
            args![deed, account, now, true],
        )
        .await
    }

    /// To those followers of an account who are on a node that the owner named. `former`: or had named.
    pub async fn deliver_to_partners(
        &mut self,
        deed: Id,
        account: Id,
        former: bool,
        now: Millis,
    ) -> Result<u64, Error> {
        self.run(
            deliver_to!(
                "from follows f join accounts a on a.id = f.follower_id join peers q on q.host = a.host \
                 where f.target_id = $2 and f.accepted and q.discovered = false and (q.ignored = false or $5)"
            ),
            args![deed, account, now, true, former],
        )
        .await
    }

    /// What waits in a lane of what is for partners alone: whose it is is none any more.
    pub async fn drop_partner_deliveries(&mut self, lane: &str) -> Result<u64, Error> {
        self.run(
            "delete from deliveries where host = $1 and deed_id in (select d.id from deliveries w cross join deeds d cross join posts p \
             where w.host = $1 and d.id = w.deed_id and p.id = d.subject_id and p.audience = 40)",
            args![lane],
        )
        .await
    }

    /// The lanes of the people of these names.
    pub async fn lanes_of(&mut self, of: &Names) -> Result<Vec<String>, Error> {
        let sql = "select distinct a.inbox_host from accounts a where a.domain <> '' and a.domain = $1 and a.host = $2 and a.inbox_host <> ''";
        self.list(sql, args![&of.domain, &of.host]).await
    }

    /// Each of the deeds to all followers of who did it, on other servers: one request for each deed and shared inbox.
    pub async fn deliver_each_to_followers(&mut self, deeds: &[Id], now: Millis) -> Result<u64, Error> {
        self.run(
            concat!(
                "insert into deliveries (deed_id, host, inbox, attempts, next_at) select x.deed_id, x.host, x.inbox, cast(0 as bigint), $2 \
                 from (select distinct d.id as deed_id, a.inbox_host as host, \
                 case when a.shared_inbox <> '' then a.shared_inbox else a.inbox end as inbox \
                 from deeds d join follows f on f.target_id = d.account_id join accounts a on a.id = f.follower_id \
                 where d.id in (select value from json_each($1)) and f.accepted and ",
                reachable!(),
                ") x where not exists (select 1 from hosts h where h.name = x.host and h.dead_since is not null) \
                 order by 2, 1, 3 on conflict do nothing"
            ),
            &[ids(deeds), now.into()],
        )
        .await
    }

    /// To all followers of the actors of ours that carry a post.
    pub async fn deliver_to_followers_of_carriers(&mut self, deed: Id, post: Id, now: Millis) -> Result<u64, Error> {
        self.run(
            deliver_to!(
                "from posts p join follows f on f.target_id = p.account_id join accounts a on a.id = f.follower_id \
                 where p.boost_of_id = $2 and p.kind = $5 and f.accepted"
            ),
            args![deed, post, now, true, CARRIED],
        )
        .await
    }

    /// To these accounts, as far as they live elsewhere. `shared`: through their servers' shared inboxes.
    pub async fn deliver_to_accounts(
        &mut self,
        deed: Id,
        accounts: &[Id],
        shared: bool,
        now: Millis,
    ) -> Result<u64, Error> {
        if accounts.is_empty() {
            return Ok(0);
        }
        self.run(
            deliver_to!("from accounts a where a.id in (select value from json_each($2))"),
            &[deed.into(), ids(accounts), now.into(), shared.into()],
        )
        .await
    }

    /// To everybody who boosted, favourited, answered or quoted a post.
    pub async fn deliver_to_engaged(&mut self, deed: Id, post: Id, now: Millis) -> Result<u64, Error> {
        self.run(
            deliver_to!(
                "from accounts a where a.id in (select b.account_id from posts b where b.boost_of_id = $2 \
                 union select v.account_id from favourites v where v.post_id = $2 \
                 union select r.account_id from posts r where r.in_reply_to_id = $2 \
                 union select p.account_id from quotes q join posts p on p.id = q.post_id where q.quoted_id = $2)"
            ),
            args![deed, post, now, true],
        )
        .await
    }

    /// To everybody who voted in a poll.
    pub async fn deliver_to_voters(&mut self, deed: Id, post: Id, now: Millis) -> Result<u64, Error> {
        self.run(
            deliver_to!("from accounts a where a.id in (select v.account_id from poll_votes v where v.post_id = $2)"),
            args![deed, post, now, true],
        )
        .await
    }

    /// To one inbox.
    pub async fn deliver_to_inbox(&mut self, deed: Id, host: &str, inbox: &str, now: Millis) -> Result<u64, Error> {
        self.run(
            "insert into deliveries (deed_id, host, inbox, attempts, next_at) values ($1, $2, $3, 0, $4) on conflict do nothing",
            args![deed, host, inbox, now],
        )
        .await
    }

    /// To every server that any of our accounts met: for deletions and moves of accounts.
    pub async fn deliver_to_all_known(&mut self, deed: Id, now: Millis) -> Result<u64, Error> {
        self.run(deliver_to!("from accounts a where a.id <> $2"), args![deed, 0, now, true]).await
    }

    /// Ends the enqueueing of a deed: its hosts become due, or the deed goes if nobody gets it. Answers whether anybody does.
    pub async fn wake_hosts(&mut self, deed: Id, now: Millis) -> Result<bool, Error> {
        // One deed, named as such: its deliveries are found along their index, whatever is known of how many there are.
        let woken = self
            .run(
                "insert into hosts (name, next_at) select distinct v.host, $2 from deliveries v where v.deed_id = $1 order by 1 \
                 on conflict (name) do update set next_at = case \
                 when hosts.lease_until > $2 then hosts.next_at \
                 when hosts.not_before > $2 then hosts.not_before \
                 when hosts.next_at is not null and hosts.next_at < $2 then hosts.next_at else $2 end",
                args![deed, now],
            )
            .await?;
        if woken > 0 {
            self.ring(Event::Work);
        } else {
            self.drop_deed(deed).await?;
        }
        Ok(woken > 0)
    }

    pub async fn drop_deed(&mut self, deed: Id) -> Result<(), Error> {
        self.run("delete from deeds where id = $1", args![deed]).await?;
        Ok(())
    }

    // The worker's side.

    /// Takes up to `limit` hosts that are due.
    pub async fn lease_hosts(
        &mut self,
        owner: &str,
        now: Millis,
        until: Millis,
        limit: i64,
    ) -> Result<Vec<HostState>, Error> {
        let sql = if self.is_sqlite() {
            "update hosts set lease_until = $2, next_at = $2, lease_owner = $3 where name in \
             (select h.name from hosts h where h.next_at <= $1 order by h.next_at limit $4) \
             returning name, not_before, fail_count, failing_since, dead_since, scheme, last_error, lease_until"
        } else {
            // Materialized: a plan that looks into a subquery for each row would take others than those counted.
            "with due as materialized (select h.name from hosts h where h.next_at <= $1 order by h.next_at limit $4 for update skip locked) \
             update hosts set lease_until = $2, next_at = $2, lease_owner = $3 where name in (select name from due) \
             returning name, not_before, fail_count, failing_since, dead_since, scheme, last_error, lease_until"
        };
        self.all(sql, args![now, until, owner, limit]).await
    }

    /// When the next host and the next jobs are due.
    pub async fn next_due(&mut self) -> Result<Due, Error> {
        let sql = "select (select min(next_at) from hosts where next_at is not null), \
                   (select min(run_at) from jobs where asks_others), (select min(run_at) from jobs where not asks_others)";
        let due: Option<(Option<Millis>, Option<Millis>, Option<Millis>)> = self.one(sql, args![]).await?;
        let (host, asking_job, lone_job) = due.unwrap_or_default();
        Ok(Due { host, asking_job, lone_job })
    }

    /// What waits for a host, oldest deed first, whether it is due or not.
    pub async fn deliveries_of_host(&mut self, host: &str, limit: i64) -> Result<Vec<Delivery>, Error> {
        self.all(
            "select v.deed_id, v.inbox, v.attempts, v.next_at, exists (select 1 from deeds d join accounts a on a.id = d.account_id \
             where d.id = v.deed_id and (a.suspended_at is not null or a.deleted_at is not null)) \
             from deliveries v where v.host = $1 order by v.deed_id, v.inbox limit $2",
            args![host, limit],
        )
        .await
    }

    /// What may be sent to a host now, some of it, in the order of the deeds: what waits for one of its first tries holds back what is newer
    /// for the same inbox, what failed more often or `is_broken` nothing.
    pub async fn ready_for_host(
        &mut self,
        host: &str,
        now: Millis,
        is_broken: impl Fn(Id) -> bool,
    ) -> Result<Vec<Delivery>, Error> {
        let mut held: HashSet<String> = HashSet::new();
        let mut after = (0, String::new());
        // However much is held back, what is due for another inbox does not wait behind it.
        for _ in 0..LOOKS {
            let waiting = self.due_of_host(host, now, after, LOOK).await?;
            let is_full = i64::try_from(waiting.len()).is_ok_and(|count| count >= LOOK);
            after = waiting.last().map(|last| (last.deed_id, last.inbox.clone())).unwrap_or_default();
            let mut ready = Vec::new();
            for delivery in waiting {
                if held.contains(&delivery.inbox) {
                    continue;
                }
                if delivery.next_at <= now {
                    ready.push(delivery);
                } else if delivery.holds_back() && !is_broken(delivery.deed_id) {
                    held.insert(delivery.inbox);
                }
            }
            if !ready.is_empty() || !is_full {
                return Ok(ready);
            }
        }
        Ok(Vec::new())
    }

    /// What waits for a host, without what waits longer and holds nothing back.
    async fn due_of_host(
        &mut self,
        host: &str,
        now: Millis,
        (deed, inbox): (Id, String),
        limit: i64,
    ) -> Result<Vec<Delivery>, Error> {
        self.all(
            "select v.deed_id, v.inbox, v.attempts, v.next_at, exists (select 1 from deeds d join accounts a on a.id = d.account_id \
             where d.id = v.deed_id and (a.suspended_at is not null or a.deleted_at is not null)) \
             from deliveries v where v.host = $1 and (v.deed_id, v.inbox) > ($4, $5) and (v.next_at <= $3 or v.attempts <= 3) \
             order by v.deed_id, v.inbox limit $2",
            args![host, limit, now, deed, inbox],
        )
        .await
    }

    pub async fn deed(&mut self, id: Id) -> Result<Option<Deed>, Error> {
        self.one(concat!("select ", deed_columns!(), " from deeds d where d.id = $1"), args![id]).await
    }

    /// Keeps the document of a deed, unless one is kept already; answers the one that counts.
    pub async fn keep_document(&mut self, deed: Id, document: &str) -> Result<Option<String>, Error> {
        self.value(
            "update deeds set document = coalesce(document, $2) where id = $1 returning document",
            args![deed, document],
        )
        .await
    }

    pub async fn finish_delivery(&mut self, host: &str, deed: Id, inbox: &str) -> Result<(), Error> {
        self.run("delete from deliveries where host = $1 and deed_id = $2 and inbox = $3", args![host, deed, inbox])
            .await?;
        Ok(())
    }

    pub async fn postpone_delivery(
        &mut self,
        host: &str,
        deed: Id,
        inbox: &str,
        attempts: i64,
        next_at: Millis,
    ) -> Result<(), Error> {
        self.run(
            "update deliveries set attempts = $4, next_at = $5 where host = $1 and deed_id = $2 and inbox = $3",
            args![host, deed, inbox, attempts, next_at],
        )
        .await?;
        Ok(())
    }

    /// Those of the deeds that wait for nobody any more go.
    pub async fn drop_finished_deeds(&mut self, list: &[Id]) -> Result<u64, Error> {
        if !self.is_sqlite() {
            // Two workers may be done with the last two deliveries of a deed at once, and neither sees what the other has not
            // committed yet: they take turns at the deed, and the next statement sees what the first of them did.
            self.run(
                "select d.id from deeds d where d.id in (select value from json_each($1)) order by d.id for update",
                &[ids(list)],
            )
            .await?;
        }
        self.run(
            "delete from deeds where id in (select value from json_each($1)) and not exists (select 1 from deliveries v where v.deed_id = deeds.id)",
            &[ids(list)],
        )
        .await
    }

    /// Gives a leased host back with what was learnt about it. `owner` must still have it by the same lease.
    pub async fn release_host(&mut self, owner: &str, h: &HostState, now: Millis) -> Result<bool, Error> {
        // The first statement takes the row, so that the next ones see whatever was enqueued until then. A lease that was taken after
        // this one had run out ends later.
        let ours = self
            .run(
                "update hosts set lease_owner = '' where name = $1 and lease_owner = $2 and lease_until <= $3",
                args![&h.name, owner, h.lease_until],
            )
            .await?;
        if ours == 0 {
            return Ok(false);
        }
        // Where nothing waits nothing fails: what goes wrong much later is the first failure of many, not the last.
        let content = HostState { failing_since: None, ..h.clone() };
        let nothing_waits = released!("and not exists (select 1 from deliveries v where v.host = $1)");
        let sleeps = self.put_host(nothing_waits, &content, now, None);
        if !sleeps.await? {
            let ready = self.ready_for_host(&h.name, now, |_| false).await?;
            let next_at = match ready.iter().map(|delivery| delivery.next_at).min() {
                Some(since) => Some(since),
                None => self.next_of_host(&h.name, now).await?,
            };
            let next_at = next_at.map(|at| at.max(h.not_before));
            if next_at.is_some_and(|at| at <= now) {
                self.ring(Event::Work);
            }
            self.put_host(released!(""), h, now, next_at).await?;
        }
        Ok(true)
    }

    /// When the first comes of what is not due yet.
    async fn next_of_host(&mut self, host: &str, now: Millis) -> Result<Option<Millis>, Error> {
        let sql = "select min(v.next_at) from deliveries v where v.host = $1 and v.next_at > $2";
        Ok(self.value::<Option<Millis>>(sql, args![host, now]).await?.flatten())
    }

    async fn put_host(
        &mut self,
        sql: &'static str,
        h: &HostState,
        now: Millis,
        next_at: Option<Millis>,
    ) -> Result<bool, Error> {
        let values = args![
            &h.name,
            h.not_before,
            h.fail_count,
            h.failing_since,
            h.dead_since,
            &h.scheme,
            &h.last_error,
            now,
            next_at
        ];
        Ok(self.run(sql, values).await? > 0)
    }

    /// Gives a host back of which nothing new is known: whoever had it, until `lease_until`, was interrupted.
    pub async fn give_back_host(
        &mut self,
        owner: &str,
        host: &str,
        lease_until: Millis,
        now: Millis,
    ) -> Result<(), Error> {
        self.run(
            "update hosts set lease_owner = '', lease_until = 0, next_at = case when not_before > $3 then not_before else $3 end \
             where name = $1 and lease_owner = $2 and lease_until <= $4",
            args![host, owner, now, lease_until],
        )
        .await?;
        Ok(())
    }

    /// The clock was set back by `by`: what is to be sent at `from` or later was put off by the clock as it was, and is brought forward.
    pub async fn bring_deliveries_forward(&mut self, from: Millis, by: Millis) -> Result<(), Error> {
        let sql = if self.is_sqlite() {
            "update deliveries set next_at = next_at - $2 where next_at >= $1"
        } else {
            // Whoever has one now puts it off anew, and must not be waited for: they may wait for another of these.
            "with late as materialized (select v.host, v.deed_id, v.inbox from deliveries v where v.next_at >= $1 for update skip locked) \
             update deliveries v set next_at = v.next_at - $2 from late l \
             where v.host = l.host and v.deed_id = l.deed_id and v.inbox = l.inbox"
        };
        self.run(sql, args![from, by]).await?;
        Ok(())
    }

    /// The same for hosts: a back-off would last a day more where the clock was a day ahead. A lease ends at `longest` at the latest, as one
    /// that is taken now; however many processes notice, and whoever has it.
    pub async fn bring_hosts_forward(&mut self, from: Millis, by: Millis, longest: Millis) -> Result<(), Error> {
        if !self.is_sqlite() {
            // In the order in which everybody takes them.
            self.run(
                "select h.name from hosts h where h.next_at >= $1 or h.not_before >= $1 or h.lease_until >= $1 or h.failing_since >= $1 \
                 order by h.name for update",
                args![from],
            )
            .await?;
        }
        self.run(
            "update hosts set next_at = case when lease_until > 0 and next_at > $3 then $3 \
             when lease_until = 0 and next_at >= $1 then next_at - $2 else next_at end, \
             not_before = case when not_before >= $1 then not_before - $2 else not_before end, \
             lease_until = case when lease_until > $3 then $3 else lease_until end, \
             failing_since = case when failing_since >= $1 then failing_since - $2 else failing_since end \
             where next_at >= $1 or not_before >= $1 or lease_until >= $1 or failing_since >= $1",
            args![from, by, longest],
        )
        .await?;
        Ok(())
    }

    /// Gives back whatever a worker had, at its end.
    pub async fn release_leases(&mut self, owner: &str, now: Millis) -> Result<u64, Error> {
        self.ring(Event::Work);
        if !self.is_sqlite() {
            // In the order in which everybody takes them.
            self.run("select h.name from hosts h where h.lease_owner = $1 order by h.name for update", args![owner])
                .await?;
        }
        self.run(
            "update hosts set lease_owner = '', lease_until = 0, next_at = case when not_before > $2 then not_before else $2 end \
             where lease_owner = $1",
            args![owner, now],
        )
        .await
    }

    /// Ends all leases, of hosts and of jobs: when the only process of a database starts, nobody can have any.
    pub async fn forget_leases(&mut self, now: Millis) -> Result<(), Error> {
        self.run(
            "update hosts set lease_owner = '', lease_until = 0, next_at = case when not_before > $1 then not_before else $1 end \
             where lease_until > 0",
            args![now],
        )
        .await?;
        self.run("update jobs set lease_until = 0, run_at = $1 where lease_until > 0", args![now]).await?;
        Ok(())
    }

    /// Drops all that waits for a host that is dead or blocked.
    pub async fn drop_deliveries_of_host(&mut self, host: &str) -> Result<u64, Error> {
        self.run("delete from deliveries where host = $1", args![host]).await
    }

    pub async fn host(&mut self, name: &str) -> Result<Option<HostState>, Error> {
        self.one(concat!("select ", host_columns!(), " from hosts h where h.name = $1"), args![name]).await
    }

    /// A host that we had given up showed life.
    pub async fn revive_host(&mut self, name: &str) -> Result<bool, Error> {
        Ok(self
            .run(
                "update hosts set dead_since = null, failing_since = null, fail_count = 0, not_before = 0 where name = $1 \
                 and dead_since is not null",
                args![name],
            )
            .await?
            > 0)
    }

    /// How to sign for a host, by its own word: it counts until a request teaches better.
    pub async fn suggest_host_scheme(&mut self, name: &str, scheme: &str) -> Result<(), Error> {
        self.run(
            "insert into hosts (name, scheme) values ($1, $2) on conflict (name) do update set scheme = excluded.scheme \
             where hosts.scheme = ''",
            args![name, scheme],
        )
        .await?;
        Ok(())
    }

    /// Hosts that take nothing from us, those first for which that is so for longest.
    pub async fn failing_hosts(&mut self, limit: i64) -> Result<Vec<HostState>, Error> {
        let sql = concat!(
            "select ",
            host_columns!(),
            " from hosts h where h.failing_since is not null order by h.failing_since limit $1"
        );
        self.all(sql, args![limit]).await
    }

    /// Servers we have sent to or heard of.
    pub async fn count_hosts(&mut self) -> Result<i64, Error> {
        Ok(self.value("select count(*) from hosts", args![]).await?.unwrap_or(0))
    }

    /// At most 100,000 deliveries, and as many jobs, are counted: both as they were in the same moment, as a job that
    /// ends leaves deliveries behind.
    pub async fn queue(&mut self) -> Result<Queue, Error> {
        let sql = "select (select count(*) from (select 1 from deliveries limit 100000) x), \
                   (select count(*) from (select 1 from jobs limit 100000) y)";
        let (deliveries, jobs) = self.one::<(i64, i64)>(sql, args![]).await?.unwrap_or_default();
        let oldest = self.value::<Millis>("select d.created_at from deeds d order by d.id limit 1", args![]).await?;
        Ok(Queue { deliveries, jobs, oldest: oldest.filter(|_| deliveries > 0) })
    }

    // Activities already taken in.

    /// Remembers an activity; `false` if it was taken in before.
    pub async fn mark_seen(&mut self, signer_host: &str, activity: &str, now: Millis) -> Result<bool, Error> {
        Ok(self
            .run(
                "insert into inbox_seen (signer_host, activity_id, received_at) values ($1, $2, $3) on conflict do nothing",
                args![signer_host, activity, now],
            )
            .await?
            > 0)
    }
}
