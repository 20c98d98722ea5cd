//! Everything a node keeps: one code base and one SQL text for SQLite and PostgreSQL. The only crate that knows sqlx and
//! rusqlite.
//!
//! [`Store`] opens a database; [`Tx`] is a unit of work on it, for reading or for writing. Every query is an inherent method
//! of `Tx`, one file per aggregate. What is not found is `None`, never an error. Nothing here decides what is allowed; the one
//! exception is the audience predicate (`audience.rs`), the twin of `model::audience`.

// First those whose macros the others use.
#[macro_use]
mod row;
#[macro_use]
mod accounts;
#[macro_use]
mod follows;
#[macro_use]
mod notifications;
#[macro_use]
mod posts;
#[macro_use]
mod tags;
#[macro_use]
mod members;
#[macro_use]
mod cards;
mod challenges;

mod audience;
mod bell;
mod circle;
mod cleanups;
mod conversations;
mod copy;
mod deliveries;
mod domains;
mod drafts;
mod emojis;
mod event;
mod experiments;
mod files;
mod filters;
mod gates;
mod groups;
mod hats;
mod hearing;
mod identity;
mod invites;
mod jobs;
mod letters;
mod lists;
mod live;
mod media;
mod moves;
mod oauth;
mod origins;
mod orphans;
mod oversight;
mod pairings;
mod peers;
mod policies;
mod polls;
mod postgres;
mod push;
mod quotes;
mod reactions;
mod relations;
mod relays;
mod remote_files;
mod reports;
mod requests;
mod scheduled;
mod search;
mod settings;
mod shelf;
mod sqlite;
mod store;
mod subjects;
mod sweeps;
mod tag_actors;
mod tag_ties;
mod takeouts;
mod teams;
mod texts;
mod threads;
mod timelines;
mod trends;
mod upkeep;
mod views;
mod warnings;

pub use accounts::{Key, Profile};
pub use bell::{Bell, Events};
pub use challenges::ChallengeOrder;
pub use circle::ProfileSettings;
pub use conversations::Conversation;
pub use copy::{OF_THE_PLACE, Record, TABLES};
pub use deliveries::{Deed, Delivery, Due, HostState, LOOK, Queue};
pub use domains::{Action, Bonds, DomainRule, Effect, Names};
pub use drafts::Aim;
pub use emojis::NodeEmoji;
pub use event::{Event, Live, Place};
pub use experiments::{ASKED, Shelf};
pub use files::{Bucket, FileError, FileInfo, FileReader, FileSeeker, FileWriter, Files, content_type};
pub use follows::Follow;
pub use gates::{CanonicalEmailBlock, EmailDomainBlock, IpBlock};
pub use groups::{GroupMember, Grouping};
pub use identity::{OneTime, SecondFactor, SignedIn};
pub use invites::Invite;
pub use jobs::{Job, NewJob};
pub use letters::LetterWishes;
pub use moves::Muting;
pub use oauth::{App, Code, Token};
pub use origins::{OriginCounts, Reading};
pub use orphans::{HomeEntry, ListEntry, Ties};
pub use oversight::{AccountSearch, Daily, MemberSearch, Origin};
pub use pairings::Pairing;
pub use peers::{Peer, Server, TagSubscription};
pub use push::Subscription;
pub use relays::{Relay, RelayStyle};
pub use remote_files::{Category, RemoteFile};
pub use reports::{Report, ReportFilter, Snapshot};
pub use requests::Request;
pub use row::Value;
pub use scheduled::Scheduled;
pub use search::mark;
pub use shelf::Sharing;
pub use store::{Alone, Error, Options, PLANNING, Store, Tx, Version};
pub use sweeps::Told;
pub use tag_actors::BlockedTag;
pub use tag_ties::FeaturedTag;
pub use takeouts::{Circle, Counted, Tied};
pub use teams::{Team, Withdrawn};
pub use texts::{Announcement, Rule, Text};
pub use timelines::{AccountFilter, PublicFilter, Reach};
pub use trends::{DayOf, Trending, Week, week_of};
pub use upkeep::{AccountCounts, PollCounts, PostCounts, Schema, newest_schema};
pub use views::Span;
pub use warnings::{AccountWarning, Severance, TiesOf};
