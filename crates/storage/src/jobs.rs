//! Durable work: what needs the network or time and must happen all the same.

use model::clock::{MINUTE, Millis};
use model::id::Id;

use crate::{Error, Event, Tx};

#[derive(Clone, Debug)]
pub struct Job {
    pub id: Id,
    pub kind: String,
    /// JSON.
    pub payload: String,
    /// How often it was begun, this time included.
    pub attempts: i64,
}

/// A job that is to be added.
#[derive(Clone, Copy, Debug)]
pub struct NewJob<'a> {
    pub id: Id,
    pub kind: &'a str,
    /// JSON.
    pub payload: &'a str,
    /// Of one key only one job waits.
    pub dedupe: Option<&'a str>,
    /// It waits for other servers.
    pub asks_others: bool,
    pub run_at: Millis,
}

/// The longest that a job waits after it was asked for anew.
const SOON: Millis = 30 * MINUTE;

row!(Job: id, kind, payload, attempts);

impl Tx {
    /// Adds a job; with a `dedupe` key only if none of this key waits: `false` if one did. One that is being run counts as not
    /// waiting, since it may have looked already: it will be run once more, when it is due anew and with the new payload. One that waits long after it
    /// failed is brought forward to half an hour from now.
    pub async fn insert_job(&mut self, job: &NewJob<'_>, now: Millis) -> Result<bool, Error> {
        self.ring(Event::Work);
        Ok(self
            .run(
                "insert into jobs (id, kind, payload, dedupe, asks_others, run_at, created_at) values ($1, $2, $3, $4, $5, $6, $7) \
                 on conflict (dedupe) do update set payload = excluded.payload, \
                 again_at = case when jobs.lease_until = 0 then 0 \
                 when jobs.again_at > 0 and jobs.again_at < excluded.run_at then jobs.again_at else excluded.run_at end, \
                 run_at = case when jobs.lease_until > 0 then jobs.run_at else excluded.run_at + $8 end \
                 where jobs.lease_until > 0 or jobs.run_at > excluded.run_at + $8",
                args![job.id, job.kind, job.payload, job.dedupe, job.asks_others, job.run_at, now, SOON],
            )
            .await?
            > 0)
    }

    /// Takes jobs that are due until `lease_until`, of those that wait for other servers or of the rest: whoever dies with one
    /// leaves it to the next.
    pub async fn lease_jobs(
        &mut self,
        asks_others: bool,
        now: Millis,
        lease_until: Millis,
        limit: i64,
    ) -> Result<Vec<Job>, Error> {
        let sql = if self.is_sqlite() {
            "update jobs set lease_until = $2, run_at = $2, attempts = attempts + 1, again_at = 0 where id in \
             (select j.id from jobs j where j.asks_others = $4 and j.run_at <= $1 order by j.run_at limit $3) \
             returning id, kind, payload, attempts"
        } else {
            // Materialized: a plan that looks into a subquery for each row would take others than those counted.
            "with due as materialized (select j.id from jobs j where j.asks_others = $4 and j.run_at <= $1 order by j.run_at limit $3 \
             for update skip locked) \
             update jobs set lease_until = $2, run_at = $2, attempts = attempts + 1, again_at = 0 where id in (select id from due) \
             returning id, kind, payload, attempts"
        };
        self.all(sql, args![now, lease_until, limit, asks_others]).await
    }

    /// Ends a job, unless it was asked for again meanwhile: then it begins anew.
    pub async fn finish_job(&mut self, id: Id) -> Result<(), Error> {
        if self.run("delete from jobs where id = $1 and again_at = 0", args![id]).await? == 0 {
            self.run(
                "update jobs set again_at = 0, attempts = 0, lease_until = 0, run_at = again_at where id = $1",
                args![id],
            )
            .await?;
        }
        Ok(())
    }

    /// Whoever runs a job is still at it, until then.
    pub async fn extend_lease(&mut self, id: Id, lease_until: Millis) -> Result<(), Error> {
        let sql = "update jobs set lease_until = $2, run_at = $2 where id = $1 and lease_until > 0";
        self.run(sql, args![id, lease_until]).await?;
        Ok(())
    }

    pub async fn postpone_job(&mut self, id: Id, run_at: Millis) -> Result<(), Error> {
        self.run("update jobs set run_at = $2, lease_until = 0 where id = $1", args![id, run_at]).await?;
        Ok(())
    }

    /// A job was taken and not begun: it waits until `run_at`, and that was no attempt.
    pub async fn return_job(&mut self, id: Id, run_at: Millis) -> Result<(), Error> {
        self.ring(Event::Work);
        self.run(
            "update jobs set run_at = $2, lease_until = 0, attempts = attempts - 1 where id = $1",
            args![id, run_at],
        )
        .await?;
        Ok(())
    }

    /// A step of a job is done and the next is due: what failed before does not count against it.
    pub async fn restart_job(&mut self, id: Id, run_at: Millis) -> Result<(), Error> {
        self.run("update jobs set run_at = $2, lease_until = 0, attempts = 0 where id = $1", args![id, run_at]).await?;
        Ok(())
    }

    /// The clock was set back by `by`: jobs that are to run at `from` or later were put off by the clock as it was, and are brought forward.
    /// A lease ends at `longest` at the latest, as one that is taken now.
    pub async fn bring_jobs_forward(&mut self, from: Millis, by: Millis, longest: Millis) -> Result<(), Error> {
        let sql = if self.is_sqlite() {
            "update jobs set run_at = case when lease_until > $3 then $3 \
             when lease_until = 0 and run_at >= $1 then run_at - $2 else run_at end, \
             lease_until = case when lease_until > $3 then $3 else lease_until end, \
             again_at = case when again_at >= $1 then again_at - $2 else again_at end \
             where run_at >= $1 or lease_until >= $1 or again_at >= $1"
        } else {
            // Whoever has one now sets its time anew, and must not be waited for: they may wait for another of these.
            "with late as materialized (select j.id from jobs j where j.run_at >= $1 or j.lease_until >= $1 or j.again_at >= $1 \
             for update skip locked) \
             update jobs set run_at = case when lease_until > $3 then $3 \
             when lease_until = 0 and run_at >= $1 then run_at - $2 else run_at end, \
             lease_until = case when lease_until > $3 then $3 else lease_until end, \
             again_at = case when again_at >= $1 then again_at - $2 else again_at end \
             where id in (select id from late)"
        };
        self.run(sql, args![from, by, longest]).await?;
        Ok(())
    }

    /// Whether a job of this key waits or runs.
    pub async fn has_job(&mut self, dedupe: &str) -> Result<bool, Error> {
        Ok(self.value("select true from jobs where dedupe = $1", args![dedupe]).await?.unwrap_or(false))
    }

    pub async fn count_jobs(&mut self) -> Result<i64, Error> {
        Ok(self.value("select count(*) from (select 1 from jobs limit 100000) x", args![]).await?.unwrap_or(0))
    }
}
