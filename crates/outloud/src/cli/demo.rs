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
    let demo = Demo::start(port, fresh, &mut progress).await?;
    drop(progress);
    say(&demo.welcome);
    serve::asked_to_stop().await;
    tokio::select! {
        () = demo.stop() => {}
        () = serve::asked_to_stop() => {}
    }
    Ok(())
}
