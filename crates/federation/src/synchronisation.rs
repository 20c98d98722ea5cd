//! Follower lists that agree on both sides (FEP-8fcf). With what it writes for followers a server sends a digest of the
//! followers that it believes to be on the receiver's; a receiver that counts otherwise asks for the list.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use http::HeaderMap;
use model::account::Account;
use model::id::Id;
use node::follow;
use node::jobs::{self, Job};
use url::Url;

use crate::client::Budget;
use crate::collections::Reader;
use crate::json::{id_of, origin, same_origin};
use crate::signature::{Checked, SYNCHRONISATION};
use crate::{Error, Federation};

/// Accounts with more followers are not synchronised, as with Mastodon.
const MOST: i64 = 25_000;
/// Followers that are read in one go.
const STEP: i64 = 1_000;
/// Pages of a list that are read.
const PAGES: u32 = 10;

/// The digest of a set of followers: their ids hashed, all of that combined by exclusive or.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum([u8; 32]);

/// What an account's followers come to, for each origin that they live on.
pub(crate) type Digests = HashMap<String, Sum>;

impl Sum {
    fn of<'a>(ids: impl Iterator<Item = &'a str>) -> Self {
        let mut sum = Self::default();
        ids.for_each(|id| sum.add(id));
        sum
    }

    fn add(&mut self, id: &str) {
        for (mine, other) in self.0.iter_mut().zip(digest(&SHA256, id.as_bytes()).as_ref()) {
            *mine ^= other;
        }
    }
}

impl std::fmt::Display for Sum {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// What the header says.
#[derive(Debug, PartialEq, Eq)]
struct Announced<'h> {
    collection: &'h str,
    digest: &'h str,
    url: &'h str,
}

/// The header, if it has all three of its parts once.
fn read(header: &str) -> Option<Announced<'_>> {
    let part = |name: &str| {
        let mut values =
            header.split(',').filter_map(|part| part.trim().strip_prefix(name)?.strip_prefix("=\"")?.strip_suffix('"'));
        values.next().filter(|_| values.next().is_none())
    };
    let digest = part("digest").filter(|d| d.len() == 64 && d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    Some(Announced { collection: part("collectionId")?, digest, url: part("url")? })
}

impl Federation {
    /// The header for something that `account` writes for its followers, to an inbox; `None` for who has too many.
    pub(crate) async fn synchronisation_header(&self, account: Id, inbox: &Url) -> Result<Option<String>, Error> {
        let Some(account) = self.node.store.read().await?.account(account).await? else { return Ok(None) };
        let Some(digests) = self.digests_of(&account).await? else { return Ok(None) };
        let sum = digests.get(&inbox.origin().ascii_serialization()).copied().unwrap_or_default();
        let url = self.node.config.followers_synchronisation_uri(&account.uri);
        Ok(Some(format!("collectionId=\"{}\", digest=\"{sum}\", url=\"{url}\"", account.followers)))
    }

    async fn digests_of(&self, account: &Account) -> Result<Option<Arc<Digests>>, Error> {
        match self.digests.try_get_with(account.id, self.read_digests(account)).await {
            Ok(digests) => Ok(digests),
            // The error belongs to all who waited: each sees for themselves.
            Err(_) => self.read_digests(account).await,
        }
    }

    async fn read_digests(&self, account: &Account) -> Result<Option<Arc<Digests>>, Error> {
        let mut digests = Digests::new();
        let Some(followers) = self.followers_elsewhere(account).await? else { return Ok(None) };
        for uri in followers {
            if let Some(origin) = origin(&uri) {
                digests.entry(origin).or_default().add(&uri);
            }
        }
        Ok(Some(Arc::new(digests)))
    }

    async fn followers_elsewhere(&self, account: &Account) -> Result<Option<Vec<String>>, Error> {
        if account.followers_count > MOST {
            return Ok(None);
        }
        let (mut all, mut after) = (Vec::new(), 0);
        loop {
            let step = self.node.store.read().await?.followers_elsewhere(account.id, after, STEP).await?;
            let Some((last, _)) = step.last() else { return Ok(Some(all)) };
            after = *last;
            all.extend(step.into_iter().map(|(_, uri)| uri));
        }
    }

    /// The followers of an account of ours that live where `reader` (an actor id) does; `None` for who has too many.
    pub async fn followers_beside(&self, account: &Account, reader: &str) -> Result<Option<Vec<String>>, Error> {
        let followers = self.followers_elsewhere(account).await?;
        Ok(followers.map(|all| all.into_iter().filter(|uri| same_origin(uri, reader)).collect()))
    }

    /// Takes note of the header that came with what `signer` signed. Where it agrees with what we know, nothing happens.
    pub(crate) async fn heed_synchronisation(
        &self,
        checked: &Checked,
        headers: &HeaderMap,
        signer: &str,
    ) -> Result<(), Error> {
        let header = headers.get(SYNCHRONISATION).and_then(|value| value.to_str().ok());
        let Some(announced) = header.filter(|_| checked.covers(SYNCHRONISATION)).and_then(read) else { return Ok(()) };
        let mut tx = self.node.store.read().await?;
        let Some(account) = tx.account_by_uri(signer).await?.filter(|a| !a.is_local() && !a.is_suspended()) else {
            return Ok(());
        };
        let is_theirs = announced.collection == account.followers && same_origin(announced.url, &account.uri);
        let known = tx.followers_here(account.id).await?;
        drop(tx);
        let ours = Sum::of(known.iter().filter(|(_, follow)| follow.accepted).map(|(uri, _)| uri.as_str()));
        if !is_theirs || ours.to_string().eq_ignore_ascii_case(announced.digest) {
            return Ok(());
        }
        let mut tx = self.node.store.begin().await?;
        let (url, digest) = (announced.url.to_owned(), announced.digest.to_ascii_lowercase());
        jobs::enqueue(&self.node, &mut tx, &Job::SynchroniseFollowers { account: account.id, url, digest }).await?;
        self.node.commit(tx).await?;
        Ok(())
    }

    /// Reads the list that was announced, and makes our follows agree with it. They end only by a list that was read to its end
    /// and has the digest that was announced.
    pub(crate) async fn synchronise_followers(
        &self,
        account: Id,
        url: &str,
        digest: &str,
        budget: &Budget,
    ) -> Result<(), Error> {
        let account = self.node.store.read().await?.account(account).await?;
        let Some(account) = account.filter(|a| !a.is_local() && !a.is_suspended()) else { return Ok(()) };
        let (listed, whole) = self.read_list(&account, url, budget).await?;
        let complete = whole && Sum::of(listed.iter().map(String::as_str)).to_string() == digest;
        let mut tx = self.node.store.begin().await?;
        follow::synchronise(&self.node, &mut tx, &account, &listed, complete).await?;
        self.node.commit(tx).await?;
        Ok(())
    }

    /// Actor ids of ours in a collection on the server of `account`, and whether that was all of it.
    async fn read_list(
        &self,
        account: &Account,
        url: &str,
        budget: &Budget,
    ) -> Result<(BTreeSet<String>, bool), Error> {
        let most = usize::try_from(MOST).unwrap_or(0);
        let mut listed = BTreeSet::new();
        let Some(reader) = Reader::at(url, &account.uri, PAGES) else { return Ok((listed, false)) };
        let mut reader = reader.with_items(most);
        while let Some(items) = reader.page(self, budget).await? {
            listed.extend(items.iter().filter_map(id_of).filter(|item| self.is_own(item)).map(str::to_owned));
            if listed.len() > most {
                return Ok((listed, false));
            }
        }
        Ok((listed, reader.is_whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_does_not_depend_on_order_and_nobody_is_nought() {
        // The example of the FEP's reference implementation: SHA-256 of each id, combined by exclusive or.
        let ids = ["https://testing.example.org/users/1", "https://testing.example.org/users/2"];
        let sum = Sum::of(ids.into_iter());
        assert_eq!(sum, Sum::of(ids.into_iter().rev()));
        let mut expected = [0; 32];
        for (place, byte) in expected.iter_mut().enumerate() {
            *byte =
                digest(&SHA256, ids[0].as_bytes()).as_ref()[place] ^ digest(&SHA256, ids[1].as_bytes()).as_ref()[place];
        }
        assert_eq!(sum, Sum(expected));
        assert_eq!(Sum::of(std::iter::empty()).to_string(), "0".repeat(64));
    }

    #[test]
    fn the_header_is_read_whole_or_not_at_all() {
        let digest = "a".repeat(64);
        let header = format!("collectionId=\"https://a.example/f\", digest=\"{digest}\", url=\"https://a.example/s\"");
        let expected = Announced { collection: "https://a.example/f", digest: &digest, url: "https://a.example/s" };
        assert_eq!(read(&header), Some(expected));
        assert!(read(&header.replace(", ", ",")).is_some());
        for broken in
            ["", "digest", &header.replace("url", "uri"), &header.replace("aaaa", "zzzz"), &header.replace("aaaa", "")]
        {
            assert_eq!(read(broken), None, "{broken}");
        }
        assert_eq!(read(&format!("{header}, url=\"https://a.example/other\"")), None);
    }
}
