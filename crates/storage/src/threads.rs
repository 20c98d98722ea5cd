//! Conversations: what stands above a post and what hangs below it.

use model::audience::Viewer;
use model::id::Id;
use model::post::Post;

use crate::audience::{not_hidden, visible};
use crate::{Error, Tx};

/// Replies below one post that are looked at for those that may be shown.
const LOOKED_AT: i64 = 20_000;

/// `shown!("q")`: the viewer ($2, a member: $3) may see post `q` and does not hide it.
macro_rules! shown {
    ($p:literal) => {
        concat!(visible!($p, "$2", "$3"), " and ", not_hidden!($p, "$2"))
    };
}

impl Tx {
    /// The posts above this one that the viewer may see and does not hide, the first of the conversation first.
    pub async fn ancestors(&mut self, post: Id, viewer: Viewer, limit: i64) -> Result<Vec<Post>, Error> {
        self.all(
            concat!(
                "with recursive up (id, depth) as ( \
                 select q.in_reply_to_id, cast(1 as bigint) from posts q where q.id = $1 and q.in_reply_to_id is not null \
                 union all select q.in_reply_to_id, up.depth + 1 from up cross join posts q \
                 where q.id = up.id and q.in_reply_to_id is not null and up.depth < $4) \
                 select ",
                post_columns!(),
                // A cross join is read from left to right by SQLite, which would walk through all posts otherwise.
                " from up cross join posts p where p.id = up.id and ",
                visible!("p", "$2", "$3"),
                " and ",
                not_hidden!("p", "$2"),
                " order by up.depth desc"
            ),
            args![post, viewer.id(), viewer.is_member(), limit],
        )
        .await
    }

    /// The replies below this one that the viewer may see and does not hide, in an order in which every reply stands after its
    /// parent: `limit` of them, those nearest to the top first. What hangs below a post that is not shown is not shown either, and
    /// is not walked through. Of at most 20,000 replies it is asked whether they may be shown.
    pub async fn descendants(&mut self, post: Id, viewer: Viewer, depth: i64, limit: i64) -> Result<Vec<Post>, Error> {
        let found: Vec<Post> = self
            .all(
                concat!(
                    "with recursive down (id, depth, shown) as ( \
                     select q.id, cast(1 as bigint), (",
                    shown!("q"),
                    ") from posts q where q.in_reply_to_id = $1 union all select q.id, down.depth + 1, (",
                    shown!("q"),
                    ") from posts q join down on q.in_reply_to_id = down.id where down.shown and down.depth < $4) select ",
                    post_columns!(),
                    " from (select id from (select id, shown from down limit $6) l where shown limit $5) d cross join posts p where p.id = d.id"
                ),
                args![post, viewer.id(), viewer.is_member(), depth, limit, LOOKED_AT],
            )
            .await?;
        Ok(in_thread_order(post, found))
    }

    pub async fn mute_thread(&mut self, account: Id, root: Id) -> Result<(), Error> {
        self.run(
            "insert into thread_mutes (account_id, root_id) values ($1, $2) on conflict do nothing",
            args![account, root],
        )
        .await?;
        Ok(())
    }

    pub async fn unmute_thread(&mut self, account: Id, root: Id) -> Result<(), Error> {
        self.run("delete from thread_mutes where account_id = $1 and root_id = $2", args![account, root]).await?;
        Ok(())
    }

    pub async fn is_thread_muted(&mut self, account: Id, root: Id) -> Result<bool, Error> {
        Ok(self
            .value("select true from thread_mutes where account_id = $1 and root_id = $2", args![account, root])
            .await?
            .unwrap_or(false))
    }
}

/// Depth first, older siblings first; what hangs below a post that may not be seen is left out.
fn in_thread_order(top: Id, mut found: Vec<Post>) -> Vec<Post> {
    found.sort_by_key(|p| std::cmp::Reverse(p.id));
    let mut children: std::collections::HashMap<Id, Vec<Post>> = std::collections::HashMap::new();
    for post in found {
        children.entry(post.in_reply_to_id.unwrap_or(0)).or_default().push(post);
    }
    // Newest first in each list, so that popping takes the oldest.
    let mut ordered = Vec::new();
    let mut open = children.remove(&top).unwrap_or_default();
    while let Some(post) = open.pop() {
        let below = children.remove(&post.id);
        ordered.push(post);
        open.extend(below.into_iter().flatten());
    }
    ordered
}
