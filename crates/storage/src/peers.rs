//! Servers that have an account for each hashtag, and those of these accounts that the node follows. What servers say they run.

use model::clock::Millis;
use model::id::Id;

use crate::{Error, Names, Tx};

/// What a server says that it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Authority, in lower case.
    pub host: String,
    /// Empty where it did not say.
    pub software: String,
    pub version: String,
    pub asked_at: Millis,
}

row!(Server: host, software, version, asked_at);

/// A server with accounts for hashtags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Authority, in lower case.
    pub host: String,
    /// Where it is asked.
    pub origin: String,
    /// How the accounts are called, with the hashtag as `{slug}` or `{tag}`.
    pub handles: String,
    /// They pass on posts of their own server alone.
    pub origin_only: bool,
    pub discovered: bool,
    /// The owner does not want it.
    pub ignored: bool,
    pub created_at: Millis,
}

row!(Peer, peer_columns, "p.": host, origin, handles, origin_only, discovered, ignored, created_at);

/// The account of a hashtag at a peer, as far as it was found and followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagSubscription {
    pub id: Id,
    pub tag_id: Id,
    /// Normalised.
    pub tag: String,
    /// Host of the peer.
    pub peer: String,
    pub account_id: Option<Id>,
    /// wanted, asked, accepted, rejected, missing.
    pub state: String,
    /// Id of our `Follow`.
    pub uri: String,
    pub due_at: Millis,
}

row!(TagSubscription: id, tag_id, tag, peer, account_id, state, uri, due_at);

/// The columns of a [`TagSubscription`].
macro_rules! subscriptions {
    ($where:literal) => {
        concat!(
            "select s.id, s.tag_id, t.name, s.peer, s.account_id, s.state, s.uri, s.due_at \
             from tag_subscriptions s cross join tags t where t.id = s.tag_id and ",
            $where
        )
    };
}

impl Tx {
    /// Whether a server is to be asked what it runs: it was not since `before`. It counts as asked now.
    pub async fn look_at_server(&mut self, host: &str, now: Millis, before: Millis) -> Result<bool, Error> {
        let asked = "insert into servers (host, asked_at) values ($1, $2) \
                     on conflict (host) do update set asked_at = excluded.asked_at where servers.asked_at < $3";
        Ok(self.run(asked, args![host, now, before]).await? > 0)
    }

    /// Remembers what a server says.
    pub async fn put_server(&mut self, server: &Server) -> Result<(), Error> {
        self.run(
            "insert into servers (host, software, version, asked_at) values ($1, $2, $3, $4) on conflict (host) do update \
             set software = excluded.software, version = excluded.version, asked_at = excluded.asked_at",
            args![&server.host, &server.software, &server.version, server.asked_at],
        )
        .await?;
        Ok(())
    }

    pub async fn server(&mut self, host: &str) -> Result<Option<Server>, Error> {
        self.one("select v.host, v.software, v.version, v.asked_at from servers v where v.host = $1", args![host]).await
    }

    /// All peers, ignored ones too, by host. There are some dozens.
    pub async fn peers(&mut self) -> Result<Vec<Peer>, Error> {
        self.all(concat!("select ", peer_columns!(), " from peers p order by p.host"), args![]).await
    }

    pub async fn peer(&mut self, host: &str) -> Result<Option<Peer>, Error> {
        self.one(concat!("select ", peer_columns!(), " from peers p where p.host = $1"), args![host]).await
    }

    /// Puts a peer in the place of the one with its host.
    pub async fn put_peer(&mut self, peer: &Peer) -> Result<(), Error> {
        self.run(
            "insert into peers (host, origin, handles, origin_only, discovered, ignored, created_at) values ($1, $2, $3, $4, $5, $6, $7) \
             on conflict (host) do update set origin = excluded.origin, handles = excluded.handles, origin_only = excluded.origin_only, \
             discovered = excluded.discovered, ignored = excluded.ignored",
            args![
                &peer.host,
                &peer.origin,
                &peer.handles,
                peer.origin_only,
                peer.discovered,
                peer.ignored,
                peer.created_at
            ],
        )
        .await?;
        Ok(())
    }

    /// A peer that was found by itself is one no more. What its server runs is asked again when somebody follows somebody there.
    pub async fn drop_peer(&mut self, host: &str) -> Result<(), Error> {
        self.run("delete from peers where host = $1 and discovered = true and ignored = false", args![host]).await?;
        self.run("delete from servers where host = $1", args![host]).await?;
        Ok(())
    }

    /// Whether a member follows anybody of these names.
    pub async fn is_anybody_followed_of(&mut self, of: &Names) -> Result<bool, Error> {
        let sql = "select exists (select 1 from accounts a cross join follows f cross join members m where a.domain <> '' \
                   and a.domain = $1 and a.host = $2 and f.target_id = a.id and f.accepted = true and m.account_id = f.follower_id)";
        Ok(self.value(sql, args![&of.domain, &of.host]).await?.unwrap_or(false))
    }

    // Which hashtags are followed.

    /// Makes whoever else settles what is followed of this hashtag wait.
    pub async fn hold_tag(&mut self, tag: Id) -> Result<(), Error> {
        if !self.is_sqlite() {
            self.run("select t.id from tags t where t.id = $1 for no key update", args![tag]).await?;
        }
        Ok(())
    }

    /// Whether a member follows a hashtag who is not suspended, or a challenge has it that is not over.
    pub async fn is_tag_followed(&mut self, tag: Id) -> Result<bool, Error> {
        let sql = "select exists (select 1 from tag_follows f cross join accounts a where f.tag_id = $1 and a.id = f.account_id \
                   and a.suspended_at is null and a.deleted_at is null) \
                   or exists (select 1 from challenges c where c.tag_id = $1 and c.state in ('planned', 'open'))";
        Ok(self.value(sql, args![tag]).await?.unwrap_or(false))
    }

    /// Hashtags that somebody follows, or a challenge has, in steps by id. One look for each, however many follow it.
    pub async fn tags_with_followers(&mut self, after: Id, limit: i64) -> Result<Vec<Id>, Error> {
        let next = "select min(n.tag_id) from (select (select f.tag_id from tag_follows f where f.tag_id > $1 order by f.tag_id limit 1) as tag_id \
                    union all select (select c.tag_id from challenges c where c.tag_id > $1 order by c.tag_id limit 1)) n";
        let mut tags: Vec<Id> = Vec::new();
        for _ in 0..limit {
            let last = tags.last().copied().unwrap_or(after);
            let found: Option<Option<Id>> = self.value(next, args![last]).await?;
            match found.flatten() {
                Some(tag) => tags.push(tag),
                None => break,
            }
        }
        Ok(tags)
    }

    /// Hashtags that a member follows, in steps by the ids of the follows, which come first.
    pub async fn tag_follows_of(&mut self, account: Id, after: Id, limit: i64) -> Result<Vec<(Id, Id)>, Error> {
        self.all(
            "select f.id, f.tag_id from tag_follows f where f.account_id = $1 and f.id > $2 order by f.id limit $3",
            args![account, after, limit],
        )
        .await
    }

    /// Ends some of the follows of hashtags of an account that goes; answers of which.
    pub async fn drop_tag_follows(&mut self, account: Id, limit: i64) -> Result<Vec<Id>, Error> {
        self.list(
            "delete from tag_follows where id in (select f.id from tag_follows f where f.account_id = $1 order by f.id limit $2) \
             returning tag_id",
            args![account, limit],
        )
        .await
    }

    /// At how many peers a hashtag is followed.
    pub async fn count_subscriptions_of_tag(&mut self, tag: Id) -> Result<i64, Error> {
        let sql = "select count(*) from tag_subscriptions s where s.tag_id = $1 and s.state = 'accepted'";
        Ok(self.value(sql, args![tag]).await?.unwrap_or(0))
    }

    // Posts that came by somebody's word.

    /// Remembers who gave word of a post.
    pub async fn put_relayed(&mut self, uri: &str, account: Id, now: Millis) -> Result<(), Error> {
        let sql = "insert into relayed_posts (uri, account_id, created_at) values ($1, $2, $3) on conflict do nothing";
        self.run(sql, args![uri, account, now]).await?;
        Ok(())
    }

    /// Whether a post came, or is to come, by somebody's word.
    pub async fn is_relayed(&mut self, uri: &str) -> Result<bool, Error> {
        Ok(self.value("select true from relayed_posts r where r.uri = $1 limit 1", args![uri]).await?.unwrap_or(false))
    }

    /// Whoever gave word of it takes that back; `false` if they had not.
    pub async fn delete_relayed(&mut self, uri: &str, account: Id) -> Result<bool, Error> {
        let sql = "delete from relayed_posts where uri = $1 and account_id = $2";
        Ok(self.run(sql, args![uri, account]).await? > 0)
    }

    /// Forgets words of posts that are not here, given between `after` and `before`, in steps by time; where the next step begins.
    pub async fn forget_relayed(
        &mut self,
        after: Millis,
        before: Millis,
        limit: i64,
    ) -> Result<(Option<Millis>, u64), Error> {
        let step: Vec<Millis> = self
            .list(
                "select r.created_at from relayed_posts r where r.created_at > $1 and r.created_at < $2 order by r.created_at limit $3",
                args![after, before, limit],
            )
            .await?;
        let Some(last) = step.last().copied() else { return Ok((None, 0)) };
        let gone = self
            .run(
                "delete from relayed_posts where created_at > $1 and created_at <= $2 \
                 and not exists (select 1 from posts p where p.uri = relayed_posts.uri)",
                args![after, last],
            )
            .await?;
        let is_full = i64::try_from(step.len()).is_ok_and(|n| n >= limit);
        Ok((Some(last).filter(|_| is_full), gone))
    }

    /// Whether a member has to do with a post of somebody elsewhere: they follow its author, are named in it, or did something with it.
    pub async fn is_touched_here(&mut self, post: Id) -> Result<bool, Error> {
        let sql = "select exists (select 1 from posts p cross join follows f cross join members m where p.id = $1 \
                   and f.target_id = p.account_id and f.accepted and m.account_id = f.follower_id) \
                   or exists (select 1 from favourites v cross join members m where v.post_id = $1 and m.account_id = v.account_id) \
                   or exists (select 1 from bookmarks b where b.post_id = $1) \
                   or exists (select 1 from mentions n cross join accounts a where n.post_id = $1 and a.id = n.account_id and a.domain = '') \
                   or exists (select 1 from poll_votes v cross join members m where v.post_id = $1 and m.account_id = v.account_id) \
                   or exists (select 1 from posts r where r.in_reply_to_id = $1 and r.local) \
                   or exists (select 1 from posts b where b.boost_of_id = $1) \
                   or exists (select 1 from quotes q where q.quoted_id = $1) \
                   or exists (select 1 from contributions c where c.post_id = $1)";
        Ok(self.value(sql, args![post]).await?.unwrap_or(false))
    }

    // Accounts of hashtags.

    /// `false` if there is one.
    pub async fn insert_tag_subscription(
        &mut self,
        id: Id,
        tag: Id,
        peer: &str,
        due_at: Millis,
    ) -> Result<bool, Error> {
        let put = "insert into tag_subscriptions (id, tag_id, peer, state, due_at) values ($1, $2, $3, 'wanted', $4) \
                   on conflict (tag_id, peer) do nothing";
        Ok(self.run(put, args![id, tag, peer, due_at]).await? > 0)
    }

    pub async fn tag_subscription(&mut self, id: Id) -> Result<Option<TagSubscription>, Error> {
        self.one(subscriptions!("s.id = $1"), args![id]).await
    }

    pub async fn tag_subscriptions_of_tag(&mut self, tag: Id) -> Result<Vec<TagSubscription>, Error> {
        self.all(subscriptions!("s.tag_id = $1"), args![tag]).await
    }

    /// Of one account: a service may have one for several hashtags.
    pub async fn tag_subscriptions_of_account(&mut self, account: Id) -> Result<Vec<TagSubscription>, Error> {
        self.all(subscriptions!("s.account_id = $1"), args![account]).await
    }

    pub async fn tag_subscriptions_of_peer(&mut self, peer: &str, limit: i64) -> Result<Vec<TagSubscription>, Error> {
        self.all(subscriptions!("s.peer = $1 order by s.id limit $2"), args![peer, limit]).await
    }

    /// Those that are to be looked at, the longest due first.
    pub async fn due_tag_subscriptions(&mut self, now: Millis, limit: i64) -> Result<Vec<TagSubscription>, Error> {
        self.all(subscriptions!("s.due_at <= $1 order by s.due_at limit $2"), args![now, limit]).await
    }

    /// How many hashtags of a peer are followed: those it accepted, and all.
    pub async fn count_tag_subscriptions(&mut self, peer: &str) -> Result<(i64, i64), Error> {
        let sql = "select cast(coalesce(sum(case when s.state = 'accepted' then 1 else 0 end), 0) as bigint), count(*) \
                   from tag_subscriptions s where s.peer = $1";
        Ok(self.one(sql, args![peer]).await?.unwrap_or_default())
    }

    /// Keeps what became of a subscription: account, state, id of the `Follow` and when it is due.
    pub async fn set_tag_subscription(&mut self, s: &TagSubscription) -> Result<(), Error> {
        self.run(
            "update tag_subscriptions set account_id = $2, state = $3, uri = $4, due_at = $5 where id = $1",
            args![s.id, s.account_id, &s.state, &s.uri, s.due_at],
        )
        .await?;
        Ok(())
    }

    pub async fn delete_tag_subscription(&mut self, id: Id) -> Result<(), Error> {
        self.run("delete from tag_subscriptions where id = $1", args![id]).await?;
        Ok(())
    }

    /// Forgets that an activity came, so that it counts when it comes again.
    pub async fn unmark_seen(&mut self, host: &str, activity: &str) -> Result<(), Error> {
        self.run("delete from inbox_seen where signer_host = $1 and activity_id = $2", args![host, activity]).await?;
        Ok(())
    }
}
