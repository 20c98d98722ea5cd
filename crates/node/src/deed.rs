//! Deeds: what is told to other servers. `node` writes who did what to what and who is to be told; `federation` makes the
//! document from it when it is first sent.

use model::id::Id;
use serde::{Deserialize, Serialize};
use storage::{Deed, RelayStyle, Tx};

use crate::{Error, Node};

/// The activities that we send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Create,
    UpdatePost,
    /// New totals of a poll, which are no new version of its post.
    UpdatePoll,
    DeletePost,
    /// A choice in another's poll.
    Vote,
    Announce,
    UndoAnnounce,
    /// A post of a member's, by the node's own actor, to relays.
    RelayAnnounce,
    Like,
    UndoLike,
    Follow,
    UndoFollow,
    AcceptFollow,
    RejectFollow,
    Block,
    UndoBlock,
    AddPin,
    RemovePin,
    AddTag,
    RemoveTag,
    UpdateActor,
    Move,
    DeleteActor,
    Flag,
    QuoteRequest,
    AcceptRequest,
    RejectRequest,
    RevokeStamp,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::UpdatePost => "update_post",
            Self::UpdatePoll => "update_poll",
            Self::DeletePost => "delete_post",
            Self::Vote => "vote",
            Self::Announce => "announce",
            Self::UndoAnnounce => "undo_announce",
            Self::RelayAnnounce => "relay_announce",
            Self::Like => "like",
            Self::UndoLike => "undo_like",
            Self::Follow => "follow",
            Self::UndoFollow => "undo_follow",
            Self::AcceptFollow => "accept_follow",
            Self::RejectFollow => "reject_follow",
            Self::Block => "block",
            Self::UndoBlock => "undo_block",
            Self::AddPin => "add_pin",
            Self::RemovePin => "remove_pin",
            Self::AddTag => "add_tag",
            Self::RemoveTag => "remove_tag",
            Self::UpdateActor => "update_actor",
            Self::Move => "move",
            Self::DeleteActor => "delete_actor",
            Self::Flag => "flag",
            Self::QuoteRequest => "quote_request",
            Self::AcceptRequest => "accept_request",
            Self::RejectRequest => "reject_request",
            Self::RevokeStamp => "revoke_stamp",
        }
    }

    /// It takes something back, so that others know less of its actor: that is sent even for who may say nothing more.
    pub fn takes_back(self) -> bool {
        matches!(
            self,
            Self::DeletePost
                | Self::UndoAnnounce
                | Self::UndoLike
                | Self::UndoFollow
                | Self::RejectFollow
                | Self::Block
                | Self::RemovePin
                | Self::RemoveTag
                | Self::DeleteActor
                | Self::RejectRequest
                | Self::RevokeStamp
        )
    }

    pub fn from_name(name: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
    }
}

/// What a document needs and the database may no longer have when it is made.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Data {
    /// Id of the activity that is undone or answered, or of the object that is gone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub uri: String,
    /// Its object.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub object: String,
    /// The name that the object has: the option that was chosen, the hashtag.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its actor, where that is not who does the deed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub actor: String,
    /// Of a request that is answered: its type, its instrument, and the stamp that is given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub request: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instrument: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub result: String,
    /// Recipients, where they cannot be derived.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<String>,
    /// What is reported: an account, then posts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<String>,
    /// What is said of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

/// A deed that is being enqueued: say who is to be told, then [`Telling::done`].
#[must_use = "nobody is told before `done`"]
pub struct Telling<'a> {
    node: &'a Node,
    pub deed: Id,
    account: Id,
    recipients: u64,
}

impl Node {
    /// Begins to tell other servers that `account` did something to `subject`.
    pub async fn tell(
        &self,
        tx: &mut Tx,
        kind: Kind,
        account: Id,
        subject: Option<Id>,
        data: &Data,
    ) -> Result<Telling<'_>, Error> {
        let deed = self.note_deed(tx, kind, account, subject, data).await?;
        Ok(Telling { node: self, deed, account, recipients: 0 })
    }

    /// A deed that nobody is told of yet.
    pub(crate) async fn note_deed(
        &self,
        tx: &mut Tx,
        kind: Kind,
        account: Id,
        subject: Option<Id>,
        data: &Data,
    ) -> Result<Id, Error> {
        let deed = Deed {
            id: self.id(),
            kind: kind.name().to_owned(),
            account_id: account,
            subject_id: subject,
            data: serde_json::to_string(data).map_err(|e| Error::Internal(e.to_string()))?,
            document: None,
            created_at: self.now(),
        };
        tx.insert_deed(&deed).await?;
        Ok(deed.id)
    }

    /// Tells of several deeds at once, each the followers of who did it.
    pub(crate) async fn tell_followers_of_each(&self, tx: &mut Tx, deeds: &[Id]) -> Result<(), Error> {
        if deeds.is_empty() {
            return Ok(());
        }
        let now = self.now();
        tx.deliver_each_to_followers(deeds, now).await?;
        for deed in deeds {
            tx.wake_hosts(*deed, now).await?;
        }
        Ok(())
    }
}

impl Telling<'_> {
    pub async fn followers(mut self, tx: &mut Tx) -> Result<Self, Error> {
        self.recipients += tx.deliver_to_followers(self.deed, self.account, self.node.now()).await?;
        Ok(self)
    }

    /// Those of the followers who are on a node that the owner named; `former`: or had named.
    pub async fn partners(mut self, tx: &mut Tx, former: bool) -> Result<Self, Error> {
        self.recipients += tx.deliver_to_partners(self.deed, self.account, former, self.node.now()).await?;
        Ok(self)
    }

    pub async fn followers_of(mut self, tx: &mut Tx, account: Id) -> Result<Self, Error> {
        self.recipients += tx.deliver_to_followers(self.deed, account, self.node.now()).await?;
        Ok(self)
    }

    /// The followers of the actors of ours that carry a post.
    pub async fn followers_of_carriers(mut self, tx: &mut Tx, post: Id) -> Result<Self, Error> {
        self.recipients += tx.deliver_to_followers_of_carriers(self.deed, post, self.node.now()).await?;
        Ok(self)
    }

    /// These accounts, each in its own inbox, unless their server gets it in its shared one anyway.
    pub async fn accounts(mut self, tx: &mut Tx, accounts: &[Id]) -> Result<Self, Error> {
        self.recipients += tx.deliver_to_accounts(self.deed, accounts, false, self.node.now()).await?;
        Ok(self)
    }

    /// Those who boosted, favourited, answered or quoted a post.
    pub async fn engaged(mut self, tx: &mut Tx, post: Id) -> Result<Self, Error> {
        self.recipients += tx.deliver_to_engaged(self.deed, post, self.node.now()).await?;
        Ok(self)
    }

    /// Those who voted in a poll.
    pub async fn voters(mut self, tx: &mut Tx, post: Id) -> Result<Self, Error> {
        self.recipients += tx.deliver_to_voters(self.deed, post, self.node.now()).await?;
        Ok(self)
    }

    pub async fn everybody(mut self, tx: &mut Tx) -> Result<Self, Error> {
        self.recipients += tx.deliver_to_all_known(self.deed, self.node.now()).await?;
        Ok(self)
    }

    /// One inbox, of no account that is known: its lane and its address.
    pub async fn inbox(mut self, tx: &mut Tx, lane: &str, inbox: &str) -> Result<Self, Error> {
        self.recipients += tx.deliver_to_inbox(self.deed, lane, inbox, self.node.now()).await?;
        Ok(self)
    }

    /// The relays of this style that have let the node in.
    pub async fn relays(mut self, tx: &mut Tx, style: RelayStyle) -> Result<Self, Error> {
        self.recipients += tx.deliver_to_relays(self.deed, style, self.node.now()).await?;
        Ok(self)
    }

    /// Ends the telling; without any recipient elsewhere nothing is kept.
    pub async fn done(self, tx: &mut Tx) -> Result<(), Error> {
        match self.recipients {
            0 => tx.drop_deed(self.deed).await?,
            _ => drop(tx.wake_hosts(self.deed, self.node.now()).await?),
        }
        Ok(())
    }
}
