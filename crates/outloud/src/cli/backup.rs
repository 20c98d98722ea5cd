//! A node into a file, and back.

use std::path::Path;

use super::say;
use crate::backup::{self, Counts};
use crate::progress::{Progress, size};
use crate::{Error, Settings, serve};

pub async fn backup(settings: &Settings, file: &Path) -> Result<(), Error> {
    if file.is_dir() {
        return Err(Error::Usage(format!("{} is a folder: name a file, like outloud.tar.", file.display())));
    }
    let node = serve::look(settings).await?;
    let counts = backup::backup(&node, file, &mut Progress::default()).await?;
    say(&format!(
        "{} is written: {}. It holds private keys: keep it as safe as the node.",
        file.display(),
        amount(&counts)
    ));
    // The backup is there, whether or not the node can be told of it.
    if let Err(error) = node::start::backed_up(&node).await {
        say(&format!("The node could not be told, so that its page goes on to name an earlier backup: {error}"));
    }
    Ok(())
}

pub async fn restore(settings: &Settings, file: &Path, force: bool) -> Result<(), Error> {
    let mut progress = Progress::default();
    let checked = backup::check(file, &mut progress)?;
    let counts = backup::restore(settings, &checked, force, &mut progress).await?;
    drop(progress);
    let manifest = checked.manifest;
    say(&format!("Restored {}, as it was on {}: {}.", manifest.origin, manifest.created_at, amount(&counts)));
    say("It is the same node, with its keys and with what it had yet to send: never serve both it and the original.");
    if settings.node.origin != manifest.origin {
        say(&format!("This node is {0} now: set OUTLOUD_ORIGIN={0} before you serve it.", manifest.origin));
    }
    if settings.node.handle_domain != manifest.handle_domain
        && manifest.origin != format!("https://{}", manifest.handle_domain)
    {
        say(&format!("Its handles end in @{0}: set OUTLOUD_HANDLE_DOMAIN={0}, too.", manifest.handle_domain));
    }
    Ok(())
}

fn amount(counts: &Counts) -> String {
    let files = if counts.files == 1 { "file" } else { "files" };
    format!("{} rows, {} {files} ({})", counts.rows, counts.files, size(counts.bytes))
}
