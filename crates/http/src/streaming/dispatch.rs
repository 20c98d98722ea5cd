//! From the bell to those who are connected: what was rung in one go is looked at together, with one question for all of them, and
//! rendered for each.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use model::audience::Viewer;
use model::id::Id;
use model::notification::Notification;
use node::gates::Severity;
use storage::{Event, Live, Tx};
use tokio::time::MissedTickBehavior;

use super::listeners::Listener;
use super::stream::Stream;
use super::{others, posts};
use crate::mastodon::entities::notification;
use crate::{ApiError, App};

/// Events that are looked at together.
const BATCH: usize = 500;

/// Tells those who are connected to this process what is rung, for as long as it is polled.
pub async fn run(app: App) {
    let mut bell = app.node.store.bell().listen_live();
    let mut looks = tokio::time::interval(app.streams.pace.look);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let first = tokio::select! {
            event = bell.next() => event,
            // On SQLite nobody rings for a command beside the node; and time ends tokens without a word.
            _ = looks.tick() => Event::Live(Live::Access),
        };
        let events: Vec<Event> = std::iter::once(first).chain(bell.waiting(BATCH)).collect();
        if app.streams.count() == 0 {
            continue;
        }
        // Others read them as well, but maybe only after they are asked here.
        if events.contains(&Event::Rules)
            && let Err(error) = app.node.read_networks().await
        {
            tracing::warn!(%error, "the blocks of networks could not be read");
        }
        let live: BTreeSet<Live> = events.into_iter().filter_map(told).collect();
        let round = Round::new(&app);
        if let Err(error) = round.tell(&live).await {
            tracing::warn!(error = %error.body, events = live.len(), "some of what is new was not told to those who listen");
        }
    }
}

/// What an event says to those who listen. What was missed is missed, but for who may not listen any more.
fn told(event: Event) -> Option<Live> {
    match event {
        Event::Live(live) => Some(live),
        Event::Gap | Event::Rules => Some(Live::Access),
        Event::Work => None,
    }
}

/// Those who are connected at a moment, by account.
pub(super) struct Round<'a> {
    pub app: &'a App,
    pub all: HashMap<Id, Vec<Arc<Listener>>>,
}

impl<'a> Round<'a> {
    fn new(app: &'a App) -> Self {
        let mut all: HashMap<Id, Vec<Arc<Listener>>> = HashMap::new();
        for listener in app.streams.all() {
            all.entry(listener.account).or_default().push(listener);
        }
        Self { app, all }
    }

    pub fn of(&self, account: Id) -> &[Arc<Listener>] {
        self.all.get(&account).map(Vec::as_slice).unwrap_or_default()
    }

    /// Accounts of which some connection listens to such a stream.
    pub fn who_hear(&self, is_wanted: impl Fn(&Stream) -> bool) -> Vec<Id> {
        let hears = |l: &Arc<Listener>| l.subscriptions().iter().any(|s| is_wanted(&s.stream));
        self.all.iter().filter(|(_, listeners)| listeners.iter().any(hears)).map(|(account, _)| *account).collect()
    }

    async fn tell(&self, live: &BTreeSet<Live>) -> Result<(), ApiError> {
        // First, so that nobody is told anything who may not listen any more.
        if live.contains(&Live::Access) {
            self.cut_off().await?;
        }
        let posted = live.iter().filter_map(|l| if let Live::Posted { post } = l { Some(*post) } else { None });
        posts::tell(self, &posted.collect::<Vec<_>>(), "update").await?;
        let edited = live.iter().filter_map(|l| if let Live::Edited { post } = l { Some(*post) } else { None });
        posts::tell(self, &edited.collect::<Vec<_>>(), "status.update").await?;
        let removed = live.iter().filter_map(|l| match l {
            Live::Removed { post, place } => Some((*post, *place)),
            _ => None,
        });
        posts::tell_removed(self, &removed.collect::<Vec<_>>()).await?;
        self.tell_notifications(live).await?;
        for event in live {
            self.tell_other(event).await?;
        }
        Ok(())
    }

    /// Ends the connections of tokens that were revoked, or whose members may not act any more, and those that come from a network
    /// to which nothing is answered.
    async fn cut_off(&self) -> Result<(), ApiError> {
        let (networks, now) = (self.app.node.networks(), self.app.node.now());
        for listener in self.all.values().flatten() {
            if networks.severity(listener.from, now) == Some(Severity::NoAccess) {
                listener.end.cancel();
            }
        }
        let tokens: HashSet<Id> = self.all.values().flatten().map(|l| l.token).collect();
        let tokens: Vec<Id> = tokens.into_iter().collect();
        let open = self.app.node.store.read().await?.open_tokens(&tokens, self.app.node.now()).await?;
        let open: HashSet<Id> = open.into_iter().collect();
        for listener in self.all.values().flatten().filter(|l| !open.contains(&l.token)) {
            listener.end.cancel();
        }
        Ok(())
    }

    async fn tell_notifications(&self, live: &BTreeSet<Live>) -> Result<(), ApiError> {
        let mut new: HashMap<Id, Vec<Id>> = HashMap::new();
        for event in live {
            if let Live::Notified { account, notification } = event {
                new.entry(*account).or_default().push(*notification);
            }
        }
        let hear = self.who_hear(is_for_notifications);
        for account in hear.into_iter().filter(|account| new.contains_key(account)) {
            let mut tx = self.app.node.store.read().await?;
            let mut list: Vec<Notification> = Vec::new();
            for id in &new[&account] {
                list.extend(tx.notification(account, *id).await?);
            }
            let rendered = notification::render(self.app, &mut tx, list, Viewer::Member(account)).await?;
            drop(tx);
            for one in &rendered {
                self.tell_of_notifications(account, "notification", &written(one)?);
            }
        }
        Ok(())
    }

    fn tell_of_notifications(&self, account: Id, event: &'static str, payload: &Arc<str>) {
        for listener in self.of(account).iter().filter(|l| l.scopes.allow("read:notifications")) {
            listener.tell(event, Some(payload), is_for_notifications);
        }
    }

    async fn tell_other(&self, live: &Live) -> Result<(), ApiError> {
        match live {
            Live::Merged { account } => self.tell_of_notifications(*account, "notifications_merged", &"1".into()),
            Live::Filters { account } => {
                for listener in self.of(*account) {
                    listener.tell("filters_changed", None, is_user);
                }
            }
            Live::Conversation { account, conversation } if !self.of(*account).is_empty() => {
                let mut tx = self.app.node.store.read().await?;
                let shown = others::conversation(self.app, &mut tx, *account, *conversation).await?;
                for listener in self.of(*account) {
                    if let Some(shown) = &shown {
                        listener.tell("conversation", Some(shown), |s| *s == Stream::Direct);
                    }
                }
            }
            Live::Announced { announcement } => {
                let mut tx = self.app.node.store.read().await?;
                for account in self.who_hear(is_user) {
                    if let Some(shown) = others::announcement(self.app, &mut tx, account, *announcement).await? {
                        self.tell_users(&[account], "announcement", &shown);
                    }
                }
            }
            Live::Reacted { announcement, name } => {
                let mut tx = self.app.node.store.read().await?;
                if let Some(shown) = others::reaction(self.app, &mut tx, *announcement, name).await? {
                    self.tell_users(&self.who_hear(is_user), "announcement.reaction", &shown);
                }
            }
            Live::Unannounced { announcement } => {
                let id = announcement.to_string().into();
                self.tell_users(&self.who_hear(is_user), "announcement.delete", &id);
            }
            _ => {}
        }
        Ok(())
    }

    pub fn tell_users(&self, accounts: &[Id], event: &'static str, payload: &Arc<str>) {
        for listener in accounts.iter().flat_map(|account| self.of(*account)) {
            listener.tell(event, Some(payload), is_user);
        }
    }

    pub async fn read(&self) -> Result<Tx, ApiError> {
        Ok(self.app.node.store.read().await?)
    }
}

pub(super) fn is_user(stream: &Stream) -> bool {
    *stream == Stream::User
}

fn is_for_notifications(stream: &Stream) -> bool {
    matches!(stream, Stream::User | Stream::Notifications)
}

pub(super) fn written(entity: &impl serde::Serialize) -> Result<Arc<str>, ApiError> {
    let text = serde_json::to_string(entity).map_err(|e| node::Error::Internal(e.to_string()))?;
    Ok(text.into())
}
