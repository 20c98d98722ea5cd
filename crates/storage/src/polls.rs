//! Polls: what they ask, how they stand, and who chose what.

use std::collections::HashMap;

use model::clock::Millis;
use model::id::Id;
use model::poll::{Poll, PollOption};

use crate::row::ids;
use crate::{Error, Tx};

/// A poll without its options.
struct Head {
    post_id: Id,
    multiple: bool,
    hide_totals: bool,
    expires_at: Option<Millis>,
    closed_at: Option<Millis>,
    voters_count: Option<i64>,
    synced_at: Option<Millis>,
}

row!(Head, head_columns, "l.": post_id, multiple, hide_totals, expires_at, closed_at, voters_count, synced_at);

impl Tx {
    /// The polls of these posts, in no order; posts without one are missing.
    pub async fn polls(&mut self, posts: &[Id]) -> Result<Vec<Poll>, Error> {
        let heads: Vec<Head> = self
            .all(
                concat!(
                    "select ",
                    head_columns!(),
                    " from polls l where l.post_id in (select value from json_each($1))"
                ),
                &[ids(posts)],
            )
            .await?;
        if heads.is_empty() {
            return Ok(Vec::new());
        }
        let found: Vec<Id> = heads.iter().map(|h| h.post_id).collect();
        let rows: Vec<(Id, String, i64)> = self
            .all(
                "select o.post_id, o.title, o.votes_count from poll_options o \
                 where o.post_id in (select value from json_each($1)) order by o.post_id, o.position",
                &[ids(&found)],
            )
            .await?;
        let mut options: HashMap<Id, Vec<PollOption>> = HashMap::new();
        for (post, title, votes) in rows {
            options.entry(post).or_default().push(PollOption { title, votes });
        }
        let poll = |h: Head| Poll {
            post_id: h.post_id,
            multiple: h.multiple,
            hide_totals: h.hide_totals,
            expires_at: h.expires_at,
            closed_at: h.closed_at,
            voters_count: h.voters_count,
            synced_at: h.synced_at,
            options: options.remove(&h.post_id).unwrap_or_default(),
        };
        Ok(heads.into_iter().map(poll).collect())
    }

    pub async fn poll(&mut self, post: Id) -> Result<Option<Poll>, Error> {
        Ok(self.polls(&[post]).await?.pop())
    }

    /// The poll of a post, for somebody who is going to change it: nobody else does before the end of this work.
    pub async fn hold_poll(&mut self, post: Id) -> Result<Option<Poll>, Error> {
        self.run("update polls set multiple = multiple where post_id = $1", args![post]).await?;
        self.poll(post).await
    }

    /// Writes a poll as it is given, its counts included; votes stay. Of its options only those that differ are written.
    pub async fn put_poll(&mut self, poll: &Poll) -> Result<(), Error> {
        let before = self.poll(poll.post_id).await?.map(|p| p.options).unwrap_or_default();
        self.run(
            "insert into polls (post_id, multiple, hide_totals, expires_at, closed_at, voters_count, synced_at) \
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (post_id) do update set multiple = excluded.multiple, \
             hide_totals = excluded.hide_totals, expires_at = excluded.expires_at, closed_at = excluded.closed_at, \
             voters_count = excluded.voters_count, synced_at = excluded.synced_at",
            args![
                poll.post_id,
                poll.multiple,
                poll.hide_totals,
                poll.expires_at,
                poll.closed_at,
                poll.voters_count,
                poll.synced_at
            ],
        )
        .await?;
        for (position, option) in (0..).zip(&poll.options) {
            if usize::try_from(position).ok().and_then(|at| before.get(at)) != Some(option) {
                self.run(
                    "insert into poll_options (post_id, position, title, votes_count) values ($1, $2, $3, $4) \
                     on conflict (post_id, position) do update set title = excluded.title, votes_count = excluded.votes_count",
                    args![poll.post_id, position, &option.title, option.votes],
                )
                .await?;
            }
        }
        if before.len() > poll.options.len() {
            let count = i64::try_from(poll.options.len()).unwrap_or(i64::MAX);
            self.run("delete from poll_options where post_id = $1 and position >= $2", args![poll.post_id, count])
                .await?;
        }
        Ok(())
    }

    /// Takes a poll away from its post, with its votes.
    pub async fn delete_poll(&mut self, post: Id) -> Result<(), Error> {
        self.run("delete from polls where post_id = $1", args![post]).await?;
        Ok(())
    }

    /// Closes a poll that is open; `false` if it is not, or is none.
    pub async fn close_poll(&mut self, post: Id, at: Millis) -> Result<bool, Error> {
        Ok(self
            .run("update polls set closed_at = $2 where post_id = $1 and closed_at is null", args![post, at])
            .await?
            > 0)
    }

    pub async fn set_poll_synced(&mut self, post: Id, at: Millis) -> Result<(), Error> {
        self.run("update polls set synced_at = $2 where post_id = $1", args![post, at]).await?;
        Ok(())
    }

    /// Files a vote and counts it; `false` if this account chose this option before.
    pub async fn put_vote(
        &mut self,
        id: Id,
        post: Id,
        account: Id,
        position: i64,
        uri: &str,
        now: Millis,
    ) -> Result<bool, Error> {
        let changed = self
            .run(
                "insert into poll_votes (id, post_id, account_id, position, uri, created_at) values ($1, $2, $3, $4, $5, $6) \
                 on conflict (post_id, account_id, position) do nothing",
                args![id, post, account, position, uri, now],
            )
            .await?;
        if changed == 0 {
            return Ok(false);
        }
        self.run(
            "update poll_options set votes_count = votes_count + 1 where post_id = $1 and position = $2",
            args![post, position],
        )
        .await?;
        Ok(true)
    }

    /// One more has voted; a number that is not known stays unknown.
    pub async fn count_voter(&mut self, post: Id) -> Result<(), Error> {
        self.run("update polls set voters_count = voters_count + 1 where post_id = $1", args![post]).await?;
        Ok(())
    }

    /// Forgets all votes, so that everybody may vote anew. The counts are the caller's.
    pub async fn forget_votes(&mut self, post: Id) -> Result<(), Error> {
        self.run("delete from poll_votes where post_id = $1", args![post]).await?;
        Ok(())
    }

    /// What an account chose in the polls of these posts: (post, position), in the order of the positions.
    pub async fn votes_of(&mut self, account: Id, posts: &[Id]) -> Result<Vec<(Id, i64)>, Error> {
        self.all(
            "select v.post_id, v.position from poll_votes v where v.account_id = $1 \
             and v.post_id in (select value from json_each($2)) order by v.post_id, v.position",
            &[account.into(), ids(posts)],
        )
        .await
    }

    /// Members of this node who voted, from `after` on.
    pub async fn local_voters(&mut self, post: Id, after: Id, limit: i64) -> Result<Vec<Id>, Error> {
        self.list(
            "select distinct v.account_id from poll_votes v join accounts a on a.id = v.account_id \
             where v.post_id = $1 and v.account_id > $2 and a.domain = '' order by v.account_id limit $3",
            args![post, after, limit],
        )
        .await
    }
}
