//! What members take along when they go, and bring when they come: lists of accounts, servers and posts, as Mastodon writes and reads
//! them, and archives of their own posts.

use crate::clock::Millis;
use crate::id::Id;

/// What can be taken in, by Mastodon's names (its settings, Import), and an archive of posts, which Mastodon does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Following,
    Lists,
    Muting,
    Blocking,
    DomainBlocking,
    Bookmarks,
    Posts,
}

impl Kind {
    pub const ALL: [Self; 7] = [
        Self::Following,
        Self::Lists,
        Self::Muting,
        Self::Blocking,
        Self::DomainBlocking,
        Self::Bookmarks,
        Self::Posts,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Following => "following",
            Self::Lists => "lists",
            Self::Muting => "muting",
            Self::Blocking => "blocking",
            Self::DomainBlocking => "domain_blocking",
            Self::Bookmarks => "bookmarks",
            Self::Posts => "posts",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }
}

/// What can be given out as a list. Nobody takes in who follows a member: they have to come along themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    Following,
    Followers,
    Lists,
    Muting,
    Blocking,
    DomainBlocking,
    Bookmarks,
}

impl Export {
    pub const ALL: [Self; 7] = [
        Self::Following,
        Self::Followers,
        Self::Lists,
        Self::Muting,
        Self::Blocking,
        Self::DomainBlocking,
        Self::Bookmarks,
    ];

    /// The name of its file, as Mastodon gives it (GoToSocial that of followers).
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Following => "following_accounts.csv",
            Self::Followers => "followers.csv",
            Self::Lists => "lists.csv",
            Self::Muting => "muted_accounts.csv",
            Self::Blocking => "blocked_accounts.csv",
            Self::DomainBlocking => "blocked_domains.csv",
            Self::Bookmarks => "bookmarks.csv",
        }
    }

    /// Its first line; empty where Mastodon writes none.
    pub fn header(self) -> &'static [&'static str] {
        match self {
            Self::Following => &["Account address", "Show boosts", "Notify on new posts", "Languages"],
            Self::Followers => &["Account address"],
            Self::Muting => &["Account address", "Hide notifications"],
            Self::Lists | Self::Blocking | Self::DomainBlocking | Self::Bookmarks => &[],
        }
    }
}

/// How far something is that takes its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Waiting,
    Running,
    Finished,
    /// By the member.
    Stopped,
    Failed,
}

impl Progress {
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Running, Self::Finished, Self::Stopped, Self::Failed]
            .into_iter()
            .find(|p| p.name() == name)
    }

    /// There is nothing more to come.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Stopped | Self::Failed)
    }
}

/// What is done of an import now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// What is not in the file goes, of what has bounds of its own: servers, and whole lists.
    Clear,
    /// What is in the file comes.
    Rows,
    /// What is not in the file goes, of everything else: by now it is known who is meant by what.
    Leave,
    /// What is not needed any more goes.
    Tidy,
}

impl Stage {
    pub fn name(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Rows => "rows",
            Self::Leave => "leave",
            Self::Tidy => "tidy",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Clear, Self::Rows, Self::Leave, Self::Tidy].into_iter().find(|s| s.name() == name)
    }
}

/// Something that a member takes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub id: Id,
    pub account_id: Id,
    pub kind: Kind,
    /// What is not in the file goes.
    pub overwrite: bool,
    pub state: Progress,
    pub stage: Stage,
    /// How far the stage is.
    pub cursor: i64,
    /// Rows of the list; posts of the archive, as far as it says.
    pub total: i64,
    pub done: i64,
    pub failed: i64,
    /// Of an archive: boosts, direct messages, what others wrote, and what was taken in before.
    pub skipped: i64,
    /// Of an archive: its key in the file store, as long as it is needed.
    pub path: String,
    /// Of an archive: whose it is, by actor id.
    pub origin: String,
    /// Why it did not come to its end, in words for the member.
    pub failure: String,
    pub created_at: Millis,
    pub finished_at: Option<Millis>,
}

/// A row of a list that is taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    pub import_id: Id,
    pub position: i64,
    /// What it names, as names are compared: a handle, a domain, an address; of a list its title and a handle.
    pub name: String,
    pub cells: Vec<String>,
    pub state: RowState,
    /// Not tried before.
    pub retry_at: Millis,
    pub attempts: i64,
    /// Why it could not be done, in words for the member.
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
    Waiting,
    Done,
    Failed,
}

impl RowState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Done, Self::Failed].into_iter().find(|s| s.name() == name)
    }
}

/// An archive of all that is a member's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    pub id: Id,
    pub account_id: Id,
    pub state: Progress,
    /// Its key in the file store.
    pub path: String,
    /// Bytes, once it is finished.
    pub size: i64,
    /// Posts that are to be in it, and those that are already.
    pub total: i64,
    pub done: i64,
    pub created_at: Millis,
    pub finished_at: Option<Millis>,
}
