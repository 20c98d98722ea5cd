use std::path::Path;
use std::time::{Duration, Instant};

use super::reading::pages;
use crate::http::get;
use crate::table::Promise::{AtMost, None};
use crate::table::Table;
use crate::target::{Engine, Target, percentiles};

const FEW: i64 = 1_000;
const READS: usize = 400;

pub async fn play(binary: &Path, engine: Engine, many: i64, table: &mut Table) {
    let mut medians: [Vec<(&str, f64)>; 2] = [Vec::new(), Vec::new()];
    let mut start = Duration::ZERO;
    for (size, medians) in [FEW, many].into_iter().zip(&mut medians) {
        let mut target = Target::prepare(binary, engine, "outloud_load").await;
        target.start().await;
        let alice = target.member("alice").await;
        target.stop().await;
        let seeded = target.fill(size).await;
        target.start().await;
        start = target.restart().await;
        let mut connection = target.connection().await;
        for (name, path, _) in pages(&seeded) {
            let mut times = Vec::new();
            for n in 0..READS {
                // A question that was never asked, so that nothing is answered from memory.
                let request = get(target.host(), &format!("{path}?unknown={n}"), Some(&alice));
                let started = Instant::now();
                connection.send(&request).await.unwrap().good();
                times.push(started.elapsed());
            }
            medians.push((name, percentiles(&mut times).0));
        }
        target.stop().await;
    }
    let [few, many] = medians;
    for ((name, few), (_, many)) in few.into_iter().zip(many) {
        table.put(engine, &format!("{name} at a thousand posts, median, ms"), None, few);
        table.put(engine, &format!("{name} at a million posts, times that"), AtMost(1.5), many / few);
    }
    table.put(engine, "start to first answer, a million posts, ms", AtMost(150.0), start.as_secs_f64() * 1e3);
}
