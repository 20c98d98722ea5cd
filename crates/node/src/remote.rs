//! Files of other servers, as far as somebody here looked at them: which address leads to which, what is kept, for how long,
//! and what is not kept. Knows nothing of how they are fetched.

mod link;

use model::account::Account;
use model::clock::{DAY, MINUTE, Millis};
use model::id::Id;
use model::post::MediaKind;
use storage::{Category, RemoteFile, Tx};

pub use link::{LinkKey, Owner};

use crate::config::{authority, host_of};
use crate::housekeeping::Step;
use crate::media::foreign::Wanted;
use crate::{Error, Node, cards, jobs, random};

/// Rows that are evicted or looked through in one go.
const STEP: i64 = 200;
/// What could not be had is asked for again after this time: if that may pass, and if not.
const SOON: Millis = 15 * MINUTE;
const LATE: Millis = DAY;
/// What could not be had is forgotten when nobody asked for it for so long.
const FORGOTTEN: Millis = 7 * DAY;

/// A file of another server that one of our addresses leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub url: String,
    /// SHA-256 of the URL, hexadecimal: by that it is kept.
    pub hash: String,
    /// Of the handle of the account it belongs to.
    pub domain: String,
    /// The authority of that account's id.
    pub server: String,
    pub wanted: Wanted,
}

/// Makes sure that addresses can be made: reads the node's secret, or makes one up.
pub async fn prepare(node: &Node) -> Result<(), Error> {
    let mut tx = node.store.begin().await?;
    let secret = tx.setting_or("remote_media_secret", &node.random.secret()).await?;
    tx.commit().await?;
    node.config.links.set(&secret);
    Ok(())
}

/// What an address leads to. `None` if we never gave it out, if what it led to is gone, and if it is of an account or a server
/// of which nothing is shown.
pub async fn source(node: &Node, tx: &mut Tx, owner: Owner, id: Id, seal: &str) -> Result<Option<Source>, Error> {
    let (urls, account, wanted) = match owner {
        Owner::File => {
            let Some(media) = tx.media(id).await?.filter(|m| !m.remote_url.is_empty()) else { return Ok(None) };
            let wanted = match media.kind {
                MediaKind::Image => Wanted::Picture,
                MediaKind::Gifv | MediaKind::Video => Wanted::Film,
                MediaKind::Audio => Wanted::Sound,
                MediaKind::Unknown => Wanted::Anything,
            };
            (vec![media.remote_url], tx.account(media.account_id).await?, wanted)
        }
        Owner::Avatar | Owner::Header => {
            let account = tx.account(id).await?;
            let of = |a: &Account| if owner == Owner::Avatar { a.avatar.clone() } else { a.header.clone() };
            (account.iter().map(of).collect(), account, Wanted::ProfilePicture)
        }
        Owner::AccountEmoji => {
            let account = tx.account(id).await?;
            let urls = account.iter().flat_map(|a| a.emojis.iter().map(|e| e.url.clone())).collect();
            (urls, account, Wanted::Emoji)
        }
        Owner::PostEmoji => {
            let Some(post) = tx.post(id).await? else { return Ok(None) };
            let urls = post.emojis.into_iter().map(|e| e.url).collect();
            (urls, tx.account(post.account_id).await?, Wanted::Emoji)
        }
        Owner::Card => {
            let Some(card) = tx.card(id).await?.filter(|c| cards::shows_picture(node, c)) else { return Ok(None) };
            let names = [authority(&card.image); 2];
            return Ok(sealed(node, owner, id, std::slice::from_ref(&card.image), seal, names, Wanted::Picture));
        }
    };
    // Ours are served from where they lie.
    let account = account.filter(|a| !a.is_local() && !a.is_suspended());
    Ok(account.and_then(|a| sealed(node, owner, id, &urls, seal, a.names(), wanted)))
}

fn sealed(
    node: &Node,
    owner: Owner,
    id: Id,
    urls: &[String],
    seal: &str,
    names: [&str; 2],
    wanted: Wanted,
) -> Option<Source> {
    let url = urls.iter().find(|url| node.config.is_sealed(owner, id, url, seal))?;
    let [domain, server] = names.map(str::to_owned);
    let source = Source { url: url.clone(), hash: random::hash(url), domain, server, wanted };
    (!is_refused(node, &row(node, &source))).then_some(source)
}

/// What is known of a file: kept, or not to be had for now. One that is looked at is remembered as such.
pub async fn known(node: &Node, source: &Source) -> Result<Option<RemoteFile>, Error> {
    let now = node.now();
    let known = node.store.read().await?.remote_file(&source.hash).await?;
    let Some(file) = known.filter(|f| !f.path.is_empty() || f.retry_at > now) else { return Ok(None) };
    if !file.path.is_empty() && file.seen_at < now - DAY {
        let mut tx = node.store.begin().await?;
        tx.see_remote_file(&source.hash, now).await?;
        node.commit(tx).await?;
    }
    Ok(Some(file))
}

/// A key for a file that is to be kept; the name says nothing and cannot be guessed.
pub fn new_key(node: &Node, extension: &str) -> String {
    let chance = node.random.bytes::<12>().iter().map(|b| format!("{b:02x}")).collect::<String>();
    format!("{}/{}/{}/{chance}.{extension}", Category::Remote.name(), &chance[..2], &chance[2..4])
}

/// A file was fetched and lies under `key`. Others give way to it. Answers the key under which it is to be found: somebody
/// else may have been faster, and then ours goes.
pub async fn keep(node: &Node, source: &Source, key: &str, size: i64) -> Result<String, Error> {
    let mut tx = node.store.begin().await?;
    let row = RemoteFile { path: key.to_owned(), size, ..row(node, source) };
    if tx.put_remote_file(&row).await? {
        tx.count_bytes(Category::Remote, size).await?;
        evict_step(node, &mut tx).await?;
        node.commit(tx).await?;
        return Ok(key.to_owned());
    }
    let known = tx.remote_file(&source.hash).await?;
    jobs::enqueue(node, &mut tx, &jobs::Job::DeleteFiles { keys: vec![key.to_owned()] }).await?;
    node.commit(tx).await?;
    known.map(|f| f.path).ok_or(Error::NotFound)
}

/// A file could not be had; `may_pass`: for a reason that may.
pub async fn fail(node: &Node, source: &Source, may_pass: bool) -> Result<(), Error> {
    let retry_at = node.now() + if may_pass { SOON } else { LATE };
    let mut tx = node.store.begin().await?;
    tx.put_remote_file(&RemoteFile { retry_at, ..row(node, source) }).await?;
    node.commit(tx).await
}

/// A file that should be there is not: nothing is known of it any more.
pub async fn forget(node: &Node, source: &Source) -> Result<(), Error> {
    let mut tx = node.store.begin().await?;
    drop_files(node, &mut tx, std::slice::from_ref(&source.hash)).await?;
    node.commit(tx).await
}

fn row(node: &Node, source: &Source) -> RemoteFile {
    RemoteFile {
        url_hash: source.hash.clone(),
        domain: source.domain.clone(),
        server: source.server.clone(),
        host: host_of(&source.url),
        path: String::new(),
        size: 0,
        seen_at: node.now(),
        retry_at: 0,
    }
}

/// Whether a rule for its owner, or for where it lies, says that there is to be no such file here.
fn is_refused(node: &Node, file: &RemoteFile) -> bool {
    [&file.domain, &file.server, &file.host]
        .into_iter()
        .any(|name| node.is_domain_blocked(name) || node.rejects_media_of(name))
}

async fn drop_files(node: &Node, tx: &mut Tx, hashes: &[String]) -> Result<(), Error> {
    let (keys, bytes) = tx.delete_remote_files(hashes).await?;
    if !keys.is_empty() {
        tx.count_bytes(Category::Remote, -bytes).await?;
        jobs::enqueue(node, tx, &jobs::Job::DeleteFiles { keys }).await?;
    }
    Ok(())
}

/// Drops what nobody looked at for the longest time until the budget is kept, some of it at a time.
async fn evict_step(node: &Node, tx: &mut Tx) -> Result<Step, Error> {
    let budget = i64::try_from(node.config.remote_media_budget).unwrap_or(i64::MAX);
    let excess = tx.disk_use(Category::Remote).await? - budget;
    if excess <= 0 {
        return Ok(Step { gone: 0, next: None });
    }
    let (mut freed, mut hashes) = (0, Vec::new());
    for file in tx.unseen_remote_files(STEP).await? {
        if freed >= excess {
            break;
        }
        freed += file.size;
        hashes.push(file.url_hash);
    }
    drop_files(node, tx, &hashes).await?;
    let is_kept = freed >= excess || hashes.is_empty();
    Ok(Step { gone: u64::try_from(hashes.len()).unwrap_or(0), next: (!is_kept).then_some(0) })
}

/// A step towards the budget (it may have become smaller), and of forgetting old failures.
pub(crate) async fn sweep(node: &Node, tx: &mut Tx) -> Result<Step, Error> {
    let forgotten = tx.forget_failed_files(node.now() - FORGOTTEN, STEP).await?;
    let evicted = evict_step(node, tx).await?;
    let more = (forgotten >= u64::try_from(STEP).unwrap_or(0)).then_some(0);
    Ok(Step { gone: forgotten + evicted.gone, next: evicted.next.or(more) })
}

/// Drops what is kept of these addresses: what they belonged to is gone.
pub(crate) async fn drop_urls(node: &Node, tx: &mut Tx, urls: &[String]) -> Result<(), Error> {
    let hashes: Vec<String> = urls.iter().map(|url| random::hash(url)).collect();
    drop_files(node, tx, &hashes).await
}

/// Drops what is kept of servers of which a rule says that nothing is.
pub async fn drop_rejected(node: &Node) -> Result<(), Error> {
    // The rule that caused this may be newer than what this process knows.
    node.read_domain_rules().await?;
    let mut after = String::new();
    loop {
        let mut tx = node.store.begin().await?;
        let step = tx.remote_files_after(&after, STEP).await?;
        let Some(last) = step.last() else { return Ok(()) };
        after.clone_from(&last.url_hash);
        let gone = step.into_iter().filter(|f| is_refused(node, f)).map(|f| f.url_hash);
        drop_files(node, &mut tx, &gone.collect::<Vec<_>>()).await?;
        node.commit(tx).await?;
    }
}
