//! A node into a file, and back.

use std::path::Path;

use super::say;
use crate::backup::{self, Counts};
use crate::check::{self, Finding};
use crate::config::Media;
use crate::progress::{Progress, size};
use crate::{Error, Settings, serve};

/// Within the data folder, where a restore is tried.
const TEST: &str = "restore-test";

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

/// Restores a backup of this node into a folder that is removed again, and looks at all of it there.
pub async fn test(settings: &Settings, file: &Path) -> Result<(), Error> {
    let mut progress = Progress::default();
    let node = serve::look(settings).await?;
    let checked = backup::check(file, &mut progress)?;
    if checked.manifest.origin != settings.node.origin {
        return Err(Error::Usage(format!(
            "This is a backup of {}, and the node here is {}.",
            checked.manifest.origin, settings.node.origin
        )));
    }
    let folder = settings.data_dir.join(TEST);
    let mut private = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut private, 0o700);
    if let Err(error) = private.create(&folder) {
        let words = format!("Somebody tries a restore already, or was cut off: remove {} then.", folder.display());
        return Err(match error.kind() {
            std::io::ErrorKind::AlreadyExists => Error::Usage(words),
            _ => Error::io(format!("cannot make {}", folder.display()))(error),
        });
    }
    let trial = Settings {
        database_url: format!("sqlite://{}", folder.join("outloud.db").display()),
        media: Media::Folder(folder.join("media")),
        data_dir: folder.clone(),
        ..settings.clone()
    };
    let outcome = tried(&trial, &checked, &mut progress).await;
    progress.step("removing what was tried");
    let removed = std::fs::remove_dir_all(&folder).map_err(Error::io(format!("cannot remove {}", folder.display())));
    progress.clear();
    let (counts, problems) = outcome?;
    removed?;
    if !problems.is_empty() {
        problems.iter().for_each(|problem| say(&format!("FAILED  {problem}")));
        return Err(Error::Checks);
    }
    node::start::restore_tested(&node).await?;
    say(&format!("{} can be restored, and is whole: {}.", file.display(), amount(&counts)));
    Ok(())
}

/// How much was restored, and what is not in order there.
async fn tried(
    trial: &Settings,
    checked: &backup::Checked,
    progress: &mut Progress,
) -> Result<(Counts, Vec<String>), Error> {
    let counts = backup::restore(trial, checked, false, progress).await?;
    let node = serve::look(trial).await?;
    let mut problems = Vec::new();
    let mut tell = |finding: Finding| {
        if let Some(problem) = finding.problem {
            problems.push(format!("{}: {problem}", finding.what));
        }
    };
    check::deep::all(&node, &mut tell, progress).await?;
    node.store.close().await;
    Ok((counts, problems))
}

fn amount(counts: &Counts) -> String {
    let files = if counts.files == 1 { "file" } else { "files" };
    format!("{} rows, {} {files} ({})", counts.rows, counts.files, size(counts.bytes))
}
