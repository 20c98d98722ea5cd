//! Files that rows name, and files that nothing names.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use model::clock::DAY;
use node::Node;
use node::jobs::Job;

use super::super::Finding;
use super::{Found, STEP};
use crate::progress::Progress;
use crate::{Error, serve};

/// Keys that something names. Of each only a hash is kept: of a million files these are 16 MB.
#[derive(Default)]
pub struct Named(HashSet<u64>);

impl Named {
    fn hash(key: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        hasher.finish()
    }

    fn add(&mut self, key: &str) {
        self.0.insert(Self::hash(key));
    }

    fn has(&self, key: &str) -> bool {
        self.0.contains(&Self::hash(key))
    }
}

/// Whether the files are there that rows name; answers what is named.
pub async fn named(node: &Node, progress: &mut Progress, tell: &mut impl FnMut(Finding)) -> Result<Named, Error> {
    let (mut found, mut named) = (Found::default(), Named::default());
    for of in ["posts", "profiles", "emoji"] {
        let mut after = 0;
        loop {
            let mut tx = node.store.read().await?;
            let step = match of {
                "profiles" => tx.profile_files(after, STEP).await?,
                "emoji" => tx.emoji_files(after, STEP).await?,
                _ => tx.media_files(after, STEP).await?,
            };
            drop(tx);
            let Some((last, ..)) = step.last() else { break };
            after = *last;
            for key in step.iter().flat_map(|(_, one, other)| [one, other]).filter(|k| !k.is_empty()) {
                found.looked_at += 1;
                named.add(key);
                if !node.files.has(key).await? {
                    found.add(|| key.clone());
                }
                progress.show(&format!("{} files", found.looked_at));
            }
        }
    }
    progress.clear();
    tell(found.finding("media files are there", "are missing"));
    copies(node, &mut named).await?;
    takeouts(node, &mut named).await?;
    condemned(node, &mut named).await?;
    Ok(named)
}

/// What is kept of other servers: one that is missing is fetched again when somebody looks.
async fn copies(node: &Node, named: &mut Named) -> Result<(), Error> {
    let mut after = String::new();
    loop {
        let step = node.store.read().await?.remote_files_after(&after, STEP).await?;
        let Some(last) = step.last() else { return Ok(()) };
        after.clone_from(&last.url_hash);
        step.iter().for_each(|f| named.add(&f.path));
    }
}

/// Archives that members take along, of which none may be there yet, and those that they bring. A tarball is made a zip beside it.
async fn takeouts(node: &Node, named: &mut Named) -> Result<(), Error> {
    let mut after = 0;
    loop {
        let step = node.store.read().await?.archives_after(after, STEP).await?;
        let Some(last) = step.last() else { break };
        after = last.id;
        step.iter().for_each(|a| named.add(&a.path));
    }
    after = 0;
    loop {
        let step = node.store.read().await?.imports_after(after, STEP).await?;
        let Some(last) = step.last() else { return Ok(()) };
        after = last.id;
        for import in step.iter().filter(|i| !i.path.is_empty()) {
            named.add(&import.path);
            named.add(&node::takeout::unpacked_key(&import.path));
        }
    }
}

/// What is about to be deleted. Read last: the files of a row that went meanwhile are here, or are gone.
async fn condemned(node: &Node, named: &mut Named) -> Result<(), Error> {
    let mut after = i64::MIN;
    loop {
        let step = node.store.read().await?.payloads(Job::DELETE_FILES, after, STEP).await?;
        let Some((last, _)) = step.last() else { return Ok(()) };
        after = *last;
        for (_, payload) in &step {
            if let Ok(Job::DeleteFiles { keys }) = serde_json::from_str(payload) {
                keys.iter().for_each(|key| named.add(key));
            }
        }
    }
}

/// Files that nothing names. An upload has its file before it has its row, so that those of the last day are only told of.
pub async fn strays(node: &Node, named: &Named, progress: &mut Progress) -> Result<Finding, Error> {
    progress.step("looking for files that nothing names");
    let (mut found, mut young) = (Found::default(), 0);
    let files = [node.files.list().await?, node.files.unfinished().await?].concat();
    for file in files.into_iter().filter(|f| !f.key.starts_with(serve::PROBE)) {
        found.looked_at += 1;
        if named.has(&file.key) {
            continue;
        }
        if file.modified_at > node.now() - DAY {
            young += 1;
        } else {
            found.add(|| file.key);
        }
    }
    let what = match young {
        0 => "files are named by something".to_owned(),
        n => format!("files are named by something, but for {n} of the last day"),
    };
    Ok(found.finding(&what, "are named by nothing, and may be removed"))
}
