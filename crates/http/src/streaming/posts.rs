//! Posts in streams: whom a new one concerns is asked once for all who are connected, as their timelines ask; then it is rendered
//! for each.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use model::audience::{Audience, Viewer};
use model::id::Id;
use model::post::Post;
use storage::{Place, Reach, Tx};

use super::dispatch::{Round, is_user, written};
use super::listeners::Listener;
use super::others;
use super::stream::{Stream, Subscription};
use crate::ApiError;
use crate::mastodon::entities::status;

/// What is known of some posts: in whose streams they belong.
#[derive(Default)]
struct Reached {
    posts: HashMap<Id, Post>,
    /// (member, post): in their home.
    homes: HashSet<(Id, Id)>,
    /// (list, post).
    lists: HashSet<(Id, Id)>,
    /// Those that public timelines have.
    public: HashSet<Id>,
    /// Normalised names of the tags, of those that timelines of tags have.
    tags: HashMap<Id, Vec<String>>,
    with_media: HashSet<Id>,
    /// (member, post): shown to them in timelines of either kind.
    shown: HashSet<(Id, Id)>,
}

/// Pairs of a member and a post that are looked up by one statement: on SQLite nobody else has this thread meanwhile.
const PAIRS: usize = 20_000;

/// Tells of new posts, or of new versions of them.
pub(super) async fn tell(round: &Round<'_>, ids: &[Id], event: &'static str) -> Result<(), ApiError> {
    for some in ids.chunks((PAIRS / round.all.len().max(1)).max(1)) {
        tell_some(round, some, event).await?;
        // Those who are told take it before there is more.
        tokio::task::yield_now().await;
    }
    Ok(())
}

async fn tell_some(round: &Round<'_>, ids: &[Id], event: &'static str) -> Result<(), ApiError> {
    let reached = Reached::ask(round, ids).await?;
    for (account, listeners) in &round.all {
        let concerns = |stream: &Stream, post: Id| reached.belongs(stream, *account, post);
        let is_wanted = |post: Id| {
            let hears = |l: &Arc<Listener>| l.subscriptions().iter().any(|s| concerns(&s.stream, post));
            listeners.iter().any(hears)
        };
        let wanted = ids.iter().filter(|id| is_wanted(**id)).filter_map(|id| reached.posts.get(id).cloned());
        let wanted: Vec<Post> = wanted.collect();
        if wanted.is_empty() {
            continue;
        }
        let mut tx = round.read().await?;
        let rendered = status::list(round.app, &mut tx, wanted, Viewer::Member(*account)).await?;
        drop(tx);
        for one in &rendered {
            let (id, payload) = (one.id.parse().unwrap_or_default(), written(one)?);
            for listener in listeners.iter().filter(|l| l.scopes.allow("read:statuses")) {
                listener.tell(event, Some(&payload), |stream| concerns(stream, id));
            }
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}

impl Reached {
    async fn ask(round: &Round<'_>, ids: &[Id]) -> Result<Self, ApiError> {
        let mut tx = round.read().await?;
        let posts = tx.posts(ids).await?;
        let mut reached = Self::default();
        let users = round.who_hear(is_user);
        if !users.is_empty() {
            reached.homes = tx.shown_in_homes(&users, ids).await?.into_iter().collect();
        }
        let lists = lists(round);
        if !lists.is_empty() {
            reached.lists = others::reached_lists(&mut tx, &lists, &posts).await?.into_iter().collect();
        }
        reached.posts = posts.into_iter().map(|p| (p.id, p)).collect();
        reached.ask_public(round, &mut tx).await?;
        Ok(reached)
    }

    /// As the public timelines and those of tags have it.
    async fn ask_public(&mut self, round: &Round<'_>, tx: &mut Tx) -> Result<(), ApiError> {
        let is_public = |s: &Stream| matches!(s, Stream::Public { .. });
        let is_tag = |s: &Stream| matches!(s, Stream::Tag { .. });
        let hear = round.who_hear(|s| is_public(s) || is_tag(s));
        if hear.is_empty() {
            return Ok(());
        }
        let own_thread = |p: &Post| p.in_reply_to_uri.is_empty() || p.in_reply_to_account_id == Some(p.account_id);
        let originals = || self.posts.values().filter(|p| p.boost_of_id.is_none());
        let is_public = |p: &Post| p.audience == Audience::Public || (p.local && p.audience.is_for_all_members());
        self.public = originals().filter(|p| is_public(p) && own_thread(p)).map(|p| p.id).collect();
        let tagged = originals().filter(|p| p.audience == Audience::Team || p.audience.is_for_all_members());
        let tagged: Vec<Id> = tagged.map(|p| p.id).collect();
        if !round.who_hear(is_tag).is_empty() && !tagged.is_empty() {
            for (post, tag) in tx.tags_of(&tagged).await? {
                self.tags.entry(post).or_default().push(tag.name);
            }
        }
        let candidates: HashSet<Id> = self.public.iter().chain(self.tags.keys()).copied().collect();
        let candidates: Vec<Id> = candidates.into_iter().collect();
        if candidates.is_empty() {
            return Ok(());
        }
        if !round.who_hear(|s| matches!(s, Stream::Public { only_media: true, .. })).is_empty() {
            self.with_media = tx.with_media(&candidates).await?.into_iter().collect();
        }
        self.shown = tx.shown_in_public(&hear, &candidates).await?.into_iter().collect();
        Ok(())
    }

    fn belongs(&self, stream: &Stream, account: Id, post: Id) -> bool {
        let is_local = self.posts.get(&post).is_some_and(|p| p.local);
        let is_open = self.posts.get(&post).is_some_and(|p| p.audience == Audience::Public);
        match stream {
            Stream::User => self.homes.contains(&(account, post)),
            Stream::List(list) => self.lists.contains(&(*list, post)),
            Stream::Public { reach, only_media } => {
                self.public.contains(&post)
                    && is_within(*reach, is_local)
                    && (is_open || *reach == Reach::Local)
                    && (!only_media || self.with_media.contains(&post))
                    && self.shown.contains(&(account, post))
            }
            Stream::Tag { key, local } => {
                self.tags.get(&post).is_some_and(|tags| tags.contains(key))
                    && (!local || is_local)
                    && self.shown.contains(&(account, post))
            }
            Stream::Notifications | Stream::Direct => false,
        }
    }
}

fn is_within(reach: Reach, is_local: bool) -> bool {
    match reach {
        Reach::All => true,
        Reach::Local => is_local,
        Reach::Remote => !is_local,
    }
}

/// The lists that are listened to, with whose they are.
fn lists(round: &Round<'_>) -> Vec<(Id, Id)> {
    let of = |l: &Arc<Listener>| {
        let subscriptions = l.subscriptions();
        let list = |s: &Subscription| match s.stream {
            Stream::List(list) => Some((list, l.account)),
            _ => None,
        };
        subscriptions.iter().filter_map(list).collect::<Vec<_>>()
    };
    let lists: HashSet<(Id, Id)> = round.all.values().flatten().flat_map(of).collect();
    lists.into_iter().collect()
}

/// Tells that posts are gone, wherever they were.
pub(super) async fn tell_removed(round: &Round<'_>, removed: &[(Id, Place)]) -> Result<(), ApiError> {
    let mut tags: Option<HashMap<Id, String>> = None;
    for (post, place) in removed {
        let payload: Arc<str> = post.to_string().into();
        let tell = |accounts: &[Id], concerns: &dyn Fn(&Stream) -> bool| {
            for listener in accounts.iter().flat_map(|account| round.of(*account)) {
                if listener.scopes.allow("read:statuses") {
                    listener.tell("delete", Some(&payload), concerns);
                }
            }
        };
        match place {
            Place::Homes { author } => {
                let mut tx = round.read().await?;
                let users = round.who_hear(is_user);
                let users = if users.is_empty() { users } else { tx.had_in_homes(&users, *post).await? };
                tell(&users, &is_user);
                let lists = lists(round);
                if !lists.is_empty() {
                    let gone = others::lists_with(&mut tx, &lists, *author).await?;
                    let owners: Vec<Id> = lists.iter().filter(|l| gone.contains(&l.0)).map(|l| l.1).collect();
                    tell(&owners, &|s| matches!(s, Stream::List(list) if gone.contains(list)));
                }
            }
            Place::Member { account } => {
                // Whoever has it in their home as well is told because of that.
                if !round.of(*account).is_empty()
                    && round.read().await?.had_in_homes(&[*account], *post).await?.is_empty()
                {
                    tell(&[*account], &is_user);
                }
            }
            Place::Public { local } => {
                let is_public = |s: &Stream| matches!(s, Stream::Public { reach, .. } if is_within(*reach, *local));
                tell(&round.who_hear(is_public), &is_public);
            }
            Place::Inside => {
                let is_local = |s: &Stream| matches!(s, Stream::Public { reach: Reach::Local, .. });
                tell(&round.who_hear(is_local), &is_local);
            }
            Place::Tag { tag, local } => {
                if tags.is_none() {
                    tags = Some(tags_by_id(round).await?);
                }
                let Some(name) = tags.as_ref().and_then(|known| known.get(tag)) else { continue };
                let is_tagged = |s: &Stream| matches!(s, Stream::Tag { key, local: only_local } if key == name && (!only_local || *local));
                tell(&round.who_hear(is_tagged), &is_tagged);
            }
        }
    }
    Ok(())
}

/// The tags that are listened to.
async fn tags_by_id(round: &Round<'_>) -> Result<HashMap<Id, String>, ApiError> {
    let mut names: HashSet<String> = HashSet::new();
    for listener in round.all.values().flatten() {
        names.extend(listener.subscriptions().iter().filter_map(|s| match &s.stream {
            Stream::Tag { key, .. } => Some(key.clone()),
            _ => None,
        }));
    }
    let mut tx = round.read().await?;
    let mut known = HashMap::new();
    for name in names {
        if let Some(tag) = tx.tag(&name).await? {
            known.insert(tag.id, tag.name);
        }
    }
    Ok(known)
}
