//! The demo, from its start to Ctrl-C.

use super::{say, start_log};
use crate::demo::Demo;
use crate::progress::Progress;
use crate::{Error, serve};

pub async fn run(port: u16, fresh: bool) -> Result<(), Error> {
    // Of two nodes that talk to each other only what goes wrong is of interest.
    start_log(&std::env::var("OUTLOUD_LOG").unwrap_or_else(|_| "warn".to_owned()), false)?;
    let mut progress = Progress::default();
    progress.step("starting two nodes");
    let mut signals = serve::Signals::listen()?;
    let demo = tokio::select! {
        demo = Demo::start(port, fresh, &mut progress) => demo?,
        // What was begun is begun anew the next time.
        () = signals.asked_to_stop() => return Ok(()),
    };
    drop(progress);
    say(&demo.welcome);
    signals.asked_to_stop().await;
    tokio::select! {
        () = demo.stop() => {}
        () = signals.asked_to_stop() => {}
    }
    Ok(())
}
