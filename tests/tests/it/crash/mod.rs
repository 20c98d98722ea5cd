//! Killed at random moments, a node loses nothing that it acknowledged, nobody sees anything twice, and what it keeps agrees with
//! itself.
//!
//! By default a few kills are made; with `OUTLOUD_TEST_FULL=1` there are more than 200 on each engine, shared out among the tests.

mod backup;
mod restore;
mod serving;
mod start;

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use suite::db::{Db, Engine};
use tokio::process::Child;

/// How often a node is killed: of the sample, and of all.
fn kills(sample: usize, all: usize) -> usize {
    if suite::is_full() { all } else { sample }
}

/// After this kill everything is looked at: after the last, and after each tenth.
fn is_looked_at(round: usize, total: usize) -> bool {
    round % 10 == 9 || round + 1 == total
}

/// The same moments in every run.
fn chance() -> StdRng {
    StdRng::seed_from_u64(20_261_121)
}

/// Kills a command at some moment of the time that it takes; whether it was still at it.
async fn kill_within(mut child: Child, takes: Duration, chance: &mut StdRng) -> bool {
    tokio::time::sleep(takes.mul_f64(chance.random_range(0.0..1.1))).await;
    let was_at_it = child.try_wait().unwrap().is_none();
    child.kill().await.unwrap();
    was_at_it
}

/// What the dead process had is taken up when its leases end: on PostgreSQL, where another process may have them, after a
/// minute and a half, which is over now. On SQLite, where there is one process, it is taken up at once.
async fn leases_run_out(db: &Db) {
    if db.engine == Engine::Postgres {
        let over = "update hosts set lease_until = 0, next_at = 1 where lease_until > 0; \
                    update jobs set lease_until = 0, run_at = 1 where lease_until > 0";
        sqlx::raw_sql(over).execute(&mut db.postgres().await).await.unwrap();
    }
}
