//! What is measured, scene by scene. Each has nodes of its own, so that it can be played alone.

mod busy;
mod deliveries;
mod growth;
mod kills;
mod listeners;
mod opening;
mod pages;
mod reading;
mod tags;

use std::path::Path;

use crate::table::Table;
use crate::target::Engine;

/// Posts of the large database when an app is opened.
const OPENING: i64 = 100_000;

/// How large what is measured is made.
#[derive(Clone, Copy)]
pub struct Size {
    pub posts: i64,
    pub listeners: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Scene {
    /// Notes from strangers, notes from people who are followed, and posts of members.
    Busy,
    /// One post to followers on a thousand servers, and what happens when a fifth of them does not answer.
    Deliveries,
    /// One post with five hashtags whose actors have thousands of followers.
    Tags,
    /// What is lost when the node is killed.
    Kills,
    /// Many readers, at ten thousand posts.
    Reading,
    /// Timelines at a thousand posts and at a million.
    Growth,
    /// What an app asks for when it is opened, at a thousand posts and at a hundred thousand.
    Opening,
    /// Pages of the node in a browser, at a hundred thousand posts.
    Pages,
    /// Thousands who listen to streams and are told nothing, and one post to all of them.
    Listeners,
}

impl Scene {
    pub const ALL: [Self; 9] = [
        Self::Busy,
        Self::Deliveries,
        Self::Tags,
        Self::Kills,
        Self::Reading,
        Self::Growth,
        Self::Opening,
        Self::Pages,
        Self::Listeners,
    ];

    pub fn words(self) -> &'static str {
        match self {
            Self::Busy => "notes coming in, posts going out",
            Self::Deliveries => "deliveries to a thousand servers",
            Self::Tags => "five hashtags and their followers",
            Self::Kills => "killed with work in hand",
            Self::Reading => "many readers",
            Self::Growth => "a thousand posts and a million",
            Self::Opening => "an app is opened, at a thousand posts and at a hundred thousand",
            Self::Pages => "pages at a hundred thousand posts",
            Self::Listeners => "thousands who listen",
        }
    }

    pub async fn play(self, binary: &Path, engine: Engine, size: Size, table: &mut Table) {
        match self {
            Self::Busy => busy::play(binary, engine, table).await,
            Self::Deliveries => deliveries::play(binary, engine, table).await,
            Self::Tags => tags::play(binary, engine, table).await,
            Self::Kills => kills::play(binary, engine, table).await,
            Self::Reading => reading::play(binary, engine, table).await,
            Self::Growth => growth::play(binary, engine, size.posts, table).await,
            Self::Opening => opening::play(binary, engine, size.posts.min(OPENING), table).await,
            Self::Pages => pages::play(binary, engine, size.posts.min(OPENING), table).await,
            Self::Listeners => listeners::play(binary, engine, size.listeners, table).await,
        }
    }
}
