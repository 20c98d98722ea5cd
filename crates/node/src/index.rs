//! Looking at what was posted: for the index that posts are found by, and for what many people use. That is done beside, some
//! hundred posts at a time, within a second or two: whoever posts or delivers only writes down that there is something to look at.

use std::collections::HashMap;

use model::account::Account;
use model::audience::Audience;
use model::clock::DAY;
use model::html;
use model::id::Id;
use model::post::{Media, MediaKind, Post};
use model::search::{Trait, words};
use storage::{Trending, Tx, mark};

use crate::{Error, Node};

/// Posts that are looked at in one go.
pub const STEP: i64 = 200;
/// Of somebody who lets themselves be searched from now on, or no longer, so many posts are looked at again.
const BACK: i64 = 2_000;
/// What is older when it comes is no news.
const NEWS: i64 = 2 * DAY;

/// A post is new, or something was done with it that may change who finds it. Nobody finds a post that is neither public and by
/// somebody who lets themselves be searched, nor of a member, nor names one.
pub(crate) async fn note_new(tx: &mut Tx, author: &Account, post: &Post, names_us: bool) -> Result<(), Error> {
    let is_public = post.audience == Audience::Public && author.limited_at.is_none();
    let is_found = post.local || names_us || author.indexable && post.audience == Audience::Public;
    if post.boost_of_id.is_none() && (is_found || is_public && may_trend(post)) {
        tx.queue_for_search(post.id, true).await?;
    }
    Ok(())
}

/// Whether a post uses what may be used by many: a hashtag or a link is in its text.
fn may_trend(post: &Post) -> bool {
    post.content.contains("<a ")
}

/// A member did something with a post, or it has a new version.
pub(crate) async fn note_changed(tx: &mut Tx, post: Id) -> Result<(), Error> {
    Ok(tx.queue_for_search(post, false).await?)
}

/// Somebody lets themselves be searched, or no longer.
pub(crate) async fn note_indexable(tx: &mut Tx, before: bool, account: &Account) -> Result<(), Error> {
    if account.indexable != before {
        tx.queue_posts_of(account.id, BACK).await?;
    }
    Ok(())
}

/// Looks at some of the posts that wait for it; how many those were.
pub async fn step(node: &Node) -> Result<usize, Error> {
    if !node.store.read().await?.has_queue().await? {
        return Ok(0);
    }
    let mut tx = node.store.begin().await?;
    let taken = tx.take_queue(STEP).await?;
    let ids: Vec<Id> = taken.iter().map(|(id, _)| *id).collect();
    let posts = tx.posts_to_index(&ids).await?;
    let authors = authors(&mut tx, &posts).await?;
    index(&mut tx, &posts, &authors).await?;
    tx.shelve(&ids).await?;
    let fresh: Vec<&Post> = posts.iter().filter(|p| taken.contains(&(p.id, true))).collect();
    count(node, &mut tx, &fresh, &authors).await?;
    node.commit(tx).await?;
    Ok(taken.len())
}

/// Looks until nothing waits.
pub async fn catch_up(node: &Node) -> Result<(), Error> {
    while step(node).await? > 0 {}
    Ok(())
}

async fn authors(tx: &mut Tx, posts: &[Post]) -> Result<HashMap<Id, Account>, Error> {
    let mut ids: Vec<Id> = posts.iter().map(|p| p.account_id).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(tx.accounts(&ids).await?.into_iter().map(|a| (a.id, a)).collect())
}

/// Writes down the words of those that somebody may find, and takes out the others.
async fn index(tx: &mut Tx, posts: &[Post], authors: &HashMap<Id, Account>) -> Result<(), Error> {
    let ids: Vec<Id> = posts.iter().map(|p| p.id).collect();
    let mut libraries: HashMap<Id, Vec<Id>> = HashMap::new();
    for (post, member) in tx.libraries(&ids).await? {
        libraries.entry(post).or_default().push(member);
    }
    let is_public =
        |p: &Post| p.audience == Audience::Public && authors.get(&p.account_id).is_some_and(|a| a.indexable);
    let experiments: Vec<Id> = tx.experiments(&ids).await?.into_iter().map(|x| x.post_id).collect();
    // An experiment that is for everybody is in the library of experiments, whoever wrote it.
    let is_shared = |p: &Post| p.audience == Audience::Public && experiments.contains(&p.id);
    let is_found =
        |p: &Post| p.boost_of_id.is_none() && (is_public(p) || is_shared(p) || libraries.contains_key(&p.id));
    let (found, others): (Vec<&Post>, Vec<&Post>) = posts.iter().partition(|p| is_found(p));
    if !others.is_empty() {
        tx.drop_texts(&others.iter().map(|p| p.id).collect::<Vec<_>>()).await?;
    }
    let ids: Vec<Id> = found.iter().map(|p| p.id).collect();
    let files = tx.media_of(&ids).await?;
    for post in found {
        let marks = Marks {
            post,
            is_public: is_public(post),
            members: libraries.get(&post.id).map(Vec::as_slice).unwrap_or_default(),
            media: files.iter().filter(|m| m.post_id == Some(post.id)).collect(),
            poll: tx.poll(post.id).await?.map(|p| p.titles()),
            has_quote: tx.quote(post.id).await?.is_some(),
            is_experiment: experiments.contains(&post.id),
        };
        tx.put_text(post.id, &marks.text()).await?;
    }
    Ok(())
}

/// What is written down of a post.
struct Marks<'a> {
    post: &'a Post,
    is_public: bool,
    members: &'a [Id],
    media: Vec<&'a Media>,
    poll: Option<Vec<String>>,
    has_quote: bool,
    is_experiment: bool,
}

impl Marks<'_> {
    fn text(&self) -> String {
        let mut all = vec![mark::from(self.post.account_id), mark::time(self.post.id)];
        if self.is_public {
            all.push(mark::PUBLIC.to_owned());
        }
        all.extend(self.members.iter().map(|m| mark::library(*m)));
        all.extend(self.traits().into_iter().map(|t| mark::of(t.name())));
        let language: String = self.post.language.split('-').next().unwrap_or_default().to_lowercase();
        if !language.is_empty() {
            all.push(mark::language(&language));
        }
        let mut texts = vec![self.post.summary.clone(), html::to_text(&self.post.content)];
        texts.extend(self.media.iter().map(|m| m.description.clone()));
        texts.extend(self.poll.iter().flatten().cloned());
        all.extend(texts.iter().map(|t| words(t)).filter(|w| !w.is_empty()));
        all.join(" ")
    }

    fn traits(&self) -> Vec<Trait> {
        let of_kind = |kinds: &[MediaKind]| self.media.iter().any(|m| kinds.contains(&m.kind));
        let links = html::post_links(&self.post.content);
        [
            (Trait::Media, !self.media.is_empty()),
            (Trait::Image, of_kind(&[MediaKind::Image])),
            (Trait::Video, of_kind(&[MediaKind::Video, MediaKind::Gifv])),
            (Trait::Audio, of_kind(&[MediaKind::Audio])),
            (Trait::Poll, self.poll.is_some()),
            (Trait::Link, links.iter().any(|l| !l.names_somebody_or_a_tag)),
            (Trait::Quote, self.has_quote),
            (Trait::Reply, !self.post.in_reply_to_uri.is_empty()),
            (Trait::Sensitive, self.post.sensitive),
            (Trait::Experiment, self.is_experiment),
        ]
        .into_iter()
        .filter_map(|(of, is_so)| is_so.then_some(of))
        .collect()
    }
}

/// Counts who uses which hashtag and leads to which page, and what is posted here.
async fn count(node: &Node, tx: &mut Tx, fresh: &[&Post], authors: &HashMap<Id, Account>) -> Result<(), Error> {
    let ours = fresh.iter().filter(|p| p.local).count();
    if ours > 0 {
        tx.count_week(node.now(), i64::try_from(ours).unwrap_or(0), 0, 0).await?;
    }
    let counts = |p: &Post| {
        let author = authors.get(&p.account_id);
        p.audience == Audience::Public
            && p.created_at > node.now() - NEWS
            && author.is_some_and(|a| a.limited_at.is_none() && !a.is_suspended())
    };
    let public: HashMap<Id, &Post> = fresh.iter().filter(|p| counts(p)).map(|p| (p.id, *p)).collect();
    if public.is_empty() {
        return Ok(());
    }
    let ids: Vec<Id> = public.keys().copied().collect();
    let mut used: Vec<(Id, Trending, Id)> = Vec::new();
    used.extend(tx.tags_of(&ids).await?.into_iter().map(|(post, tag)| (post, Trending::Tag, tag.id)));
    for post in &ids {
        used.extend(tx.card_of(*post).await?.map(|card| (*post, Trending::Link, card)));
    }
    // In one order for everybody, so that two who count never wait for each other.
    used.sort_by_key(|(_, kind, subject)| (*kind == Trending::Link, *subject));
    for (post, kind, subject) in used {
        if let Some(post) = public.get(&post) {
            tx.count_use(node.now() / DAY, kind, subject, post.account_id).await?;
        }
    }
    Ok(())
}
