//! Direct messages as conversations: each member has a row for everybody with whom they speak in a thread (Mastodon's
//! AccountConversation), and in it what was said.

use model::id::Id;
use model::page::Page;
use model::post::Post;

use crate::audience::{not_hidden, visible};
use crate::row::{ids, json};
use crate::timelines::paged;
use crate::{Error, Tx};

/// A member's conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    pub id: Id,
    pub account_id: Id,
    /// The others, in the order of their ids.
    pub participants: Vec<Id>,
    pub last_post_id: Id,
    pub unread: bool,
}

row!(Conversation, conversation_columns, "c.": id, account_id, participants, last_post_id, unread);

impl Tx {
    /// Puts a post into the conversation of a member with these others, made if need be (then with this id); answers which it is, nothing if
    /// the post is there already.
    pub async fn put_in_conversation(
        &mut self,
        id: Id,
        account: Id,
        post: &Post,
        participants: &[Id],
    ) -> Result<Option<Id>, Error> {
        let known = "select true from conversation_posts where account_id = $1 and post_id = $2";
        if self.value(known, args![account, post.id]).await?.unwrap_or(false) {
            return Ok(None);
        }
        let conversation: Option<Id> = self
            .value(
                "insert into conversations (id, account_id, root_id, participants, last_post_id, unread) values ($1, $2, $3, $4, $5, $6) \
                 on conflict (account_id, root_id, participants) do update set unread = excluded.unread, last_post_id = \
                 case when conversations.last_post_id < excluded.last_post_id then excluded.last_post_id else conversations.last_post_id end \
                 returning id",
                &[
                    id.into(),
                    account.into(),
                    post.root_id.into(),
                    json(participants),
                    post.id.into(),
                    (post.account_id != account).into(),
                ],
            )
            .await?;
        let put = "insert into conversation_posts (account_id, post_id, conversation_id) values ($1, $2, $3) on conflict do nothing";
        let is_new = self.run(put, args![account, post.id, conversation]).await? > 0;
        Ok(conversation.filter(|_| is_new))
    }

    /// A member's conversations, the one with the newest post first; the page runs over the ids of those posts.
    pub async fn conversations(&mut self, account: Id, page: &Page) -> Result<Vec<Conversation>, Error> {
        paged!(
            self,
            page,
            "c.last_post_id",
            concat!("select ", conversation_columns!(), " from conversations c"),
            "c.account_id = $1",
            [account],
            "$2",
            "$3",
            "$4"
        )
    }

    pub async fn conversation(&mut self, account: Id, id: Id) -> Result<Option<Conversation>, Error> {
        self.one(
            concat!("select ", conversation_columns!(), " from conversations c where c.id = $2 and c.account_id = $1"),
            args![account, id],
        )
        .await
    }

    pub async fn set_unread(&mut self, conversation: Id, unread: bool) -> Result<(), Error> {
        self.run("update conversations set unread = $2 where id = $1", args![conversation, unread]).await?;
        Ok(())
    }

    /// Takes a conversation from its member's list. What was said in it stays where it is.
    pub async fn delete_conversation(&mut self, id: Id) -> Result<(), Error> {
        self.run("delete from conversations where id = $1", args![id]).await?;
        Ok(())
    }

    /// Takes a post out of all conversations, before it goes itself. One in which nothing is left goes, too.
    pub async fn leave_conversations(&mut self, post: Id) -> Result<(), Error> {
        let left: Vec<Id> = self
            .list("delete from conversation_posts where post_id = $1 returning conversation_id", args![post])
            .await?;
        if left.is_empty() {
            return Ok(());
        }
        self.run(
            "delete from conversations where id in (select value from json_each($1)) \
             and not exists (select 1 from conversation_posts x where x.conversation_id = conversations.id)",
            &[ids(&left)],
        )
        .await?;
        self.run(
            "update conversations set last_post_id = coalesce((select max(x.post_id) from conversation_posts x where x.conversation_id = conversations.id), last_post_id) \
             where id in (select value from json_each($1))",
            &[ids(&left)],
        )
        .await?;
        Ok(())
    }

    /// Two threads prove to be one: so are the conversations in them, as far as they are with the same people.
    pub(crate) async fn join_conversations(&mut self, root: Id, into: Id) -> Result<(), Error> {
        let doubled: Vec<(Id, Id)> = self
            .all(
                "select c.id, k.id from conversations c join conversations k on k.account_id = c.account_id and k.root_id = $2 \
                 and k.participants = c.participants where c.root_id = $1",
                args![root, into],
            )
            .await?;
        for (gone, kept) in doubled {
            self.run(
                "update conversation_posts set conversation_id = $2 where conversation_id = $1",
                args![gone, kept],
            )
            .await?;
            self.run(
                "update conversations set last_post_id = coalesce((select max(x.post_id) from conversation_posts x where x.conversation_id = $2), last_post_id), \
                 unread = unread or (select g.unread from conversations g where g.id = $1) where id = $2",
                args![gone, kept],
            )
            .await?;
            self.delete_conversation(gone).await?;
        }
        self.run("update conversations set root_id = $2 where root_id = $1", args![root, into]).await?;
        Ok(())
    }

    /// Everything that was said to a member or by them in private, newest first.
    pub async fn direct_posts(&mut self, account: Id, page: &Page) -> Result<Vec<Post>, Error> {
        paged!(
            self,
            page,
            "x.post_id",
            concat!("select ", post_columns!(), " from conversation_posts x cross join posts p"),
            concat!(
                "x.account_id = $1 and p.id = x.post_id and ",
                visible!("p", "$1", "true"),
                " and ",
                not_hidden!("p", "$1")
            ),
            [account],
            "$2",
            "$3",
            "$4"
        )
    }
}
