//! Looking at what was posted, beside the work of the worker: for the index that posts are found by, and for what many use.

use std::time::Duration;

use node::{Node, index};
use tokio_util::sync::CancellationToken;

/// How often it is looked whether something waits.
const LOOK: Duration = Duration::from_millis(500);

/// Looks until `stop`. What waits then is looked at by the next process.
pub async fn run(node: &Node, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let full = usize::try_from(index::STEP).unwrap_or(0);
        let more = match index::step(node).await {
            Ok(count) => count >= full,
            Err(error) => {
                tracing::warn!(%error, "posts could not be looked at for the index; it is tried again");
                false
            }
        };
        // Whoever waits to write has their turn.
        tokio::task::yield_now().await;
        if !more {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
}
