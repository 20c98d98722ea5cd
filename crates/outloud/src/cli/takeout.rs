//! What a member takes along and brings, from the command line.

use std::io::Read as _;
use std::path::Path;

use bytes::Bytes;
use model::clock::rfc3339;
use model::takeout::Kind;
use node::{moderate, takeout};
use storage::Files;

use super::{BY, local_account, say};
use crate::{Error, Settings, serve};

/// Bytes of a file that are read at a time.
const PIECE: usize = 1024 * 1024;

pub async fn export(settings: &Settings, username: &str, file: &Path) -> Result<(), Error> {
    let node = serve::existing(settings).await?;
    let who = local_account(&node, username).await?;
    let cannot = |e| Error::io(format!("cannot write {}", file.display()))(e);
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(cannot(std::io::ErrorKind::NotFound.into()));
    }
    let folder = std::path::absolute(folder).map_err(cannot)?;
    // Under another name until it is whole.
    let key = format!("outloud-{}.part", node.random.secret());
    let federation = serve::federate(settings, &node).await?;
    let archive = federation.export(&who, &Files::folder(&folder)?, &key).await?;
    let part = folder.join(&key);
    let finished = make_private(&part).and_then(|()| std::fs::rename(&part, file));
    if let Err(error) = finished {
        // What cannot be given its name is of no use.
        let _ = std::fs::remove_file(&part);
        return Err(cannot(error));
    }
    let mut tx = node.store.begin().await?;
    moderate::log(&node, &mut tx, BY, "member export", &who, "").await?;
    node.commit(tx).await?;
    say(&format!(
        "{} has {} posts of @{}, and what else is theirs.",
        file.display(),
        archive.done,
        node.config.full_handle(&who)
    ));
    Ok(())
}

/// Direct messages are in it.
fn make_private(file: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
}

pub async fn import(
    settings: &Settings,
    username: &str,
    file: &Path,
    kind: Option<&str>,
    overwrite: bool,
) -> Result<(), Error> {
    let node = serve::existing(settings).await?;
    let who = local_account(&node, username).await?;
    let cannot = |e| Error::io(format!("cannot read {}", file.display()))(e);
    let mut from = std::fs::File::open(file).map_err(cannot)?;
    let mut piece = vec![0; PIECE];
    let mut read = from.read(&mut piece).map_err(cannot)?;
    let is_archive = piece.starts_with(b"PK") || piece.starts_with(&[0x1F, 0x8B]);
    if is_archive && (overwrite || kind.is_some()) {
        return Err(Error::Usage(
            "An archive of posts is added to what is there: without --overwrite and --as.".to_owned(),
        ));
    }
    let words = if is_archive {
        let mut upload = takeout::receive_archive(&node);
        while read > 0 {
            upload.write(Bytes::copy_from_slice(&piece[..read])).await?;
            read = from.read(&mut piece).map_err(cannot)?;
        }
        takeout::import_posts(&node, &who, upload).await?;
        "The posts of the archive are".to_owned()
    } else {
        let mut bytes = piece[..read].to_vec();
        let most = takeout::lists::BYTES as u64 + 1;
        from.take(most.saturating_sub(read as u64)).read_to_end(&mut bytes).map_err(cannot)?;
        let name = file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let kind = match kind.and_then(Kind::from_name) {
            Some(kind) => kind,
            None => takeout::lists::recognise(&name, &bytes).map_err(|e| match e {
                node::Error::Invalid(words) => Error::Usage(format!("{words} Say so with --as.")),
                other => other.into(),
            })?,
        };
        let mut tx = node.store.begin().await?;
        let import = takeout::import_list(&node, &mut tx, &who, kind, &bytes, overwrite).await?;
        moderate::log(&node, &mut tx, BY, "member import", &who, kind.name()).await?;
        node.commit(tx).await?;
        format!("{} rows ({}) are", import.total, kind.name())
    };
    let handle = node.config.full_handle(&who);
    say(&format!(
        "{words} taken in for @{handle} while the node runs. How far that is: outloud member imports {}",
        who.username
    ));
    Ok(())
}

pub async fn list(settings: &Settings, username: &str) -> Result<(), Error> {
    let node = serve::existing(settings).await?;
    let who = local_account(&node, username).await?;
    let imports = takeout::imports(&mut node.store.read().await?, &who).await?;
    if imports.is_empty() {
        say(&format!("@{} has brought nothing of late.", node.config.full_handle(&who)));
    }
    for i in imports {
        let why = if i.failure.is_empty() { String::new() } else { format!("\t{}", i.failure) };
        say(&format!(
            "{}\t{}\t{}\t{} done, {} failed, {} skipped of {}{why}",
            rfc3339(i.created_at),
            i.kind.name(),
            i.state.name(),
            i.done,
            i.failed,
            i.skipped,
            i.total
        ));
    }
    Ok(())
}
