//! What goes when its time has come: one bounded step of each kind of housekeeping. When which of them is due is decided by `node`.

use model::clock::Millis;
use model::id::{Id, first_id};

use crate::row::ids;
use crate::{Error, Tx};

/// `kept!("q", "$2", "$3")`: post `q` stays with the conversation that it is in: it is ours, not old yet (`$2`: the first id, `$3`:
/// the time), or somebody here had to do with it. One that another conversation leans on stays, too, until that is gone.
macro_rules! kept {
    ($q:literal, $id:literal, $at:literal) => {
        concat!(
            "(", $q, ".local or ", $q, ".id >= ", $id,
            kept!(any "late_posts w where w.post_id = ", $q, ".id and w.arrived_at >= ", $at),
            kept!(any "post_origins w where w.post_id = ", $q, ".id and w.opened_at >= ", $at),
            kept!(any "favourites w cross join members b where w.post_id = ", $q, ".id and b.account_id = w.account_id", ""),
            kept!(any "poll_votes w cross join members b where w.post_id = ", $q, ".id and b.account_id = w.account_id", ""),
            kept!(any "mentions w cross join members b where w.post_id = ", $q, ".id and b.account_id = w.account_id", ""),
            kept!(any "bookmarks w where w.post_id = ", $q, ".id", ""),
            kept!(any "notifications w where w.post_id = ", $q, ".id", ""),
            kept!(any "held_notifications w where w.post_id = ", $q, ".id", ""),
            kept!(any "experiments w where w.post_id = ", $q, ".id", ""),
            kept!(any "thread_mutes w where w.root_id = ", $q, ".root_id", ""),
            kept!(any "posts w where w.boost_of_id = ", $q, ".id and (w.local or w.root_id <> ", kept!(root $q), ")"),
            kept!(any "posts w where w.in_reply_to_id = ", $q, ".id and w.root_id <> ", kept!(root $q)),
            kept!(any "quotes w cross join posts o where w.quoted_id = ", $q, ".id and o.id = w.post_id and o.root_id <> ", kept!(root $q)),
            kept!(any "quotes w cross join posts o where w.post_id = ", $q, ".id and o.id = w.quoted_id and o.local", ""),
            kept!(any "reports w where w.target_id = ", $q, ".account_id and (w.closed_at is null or replace(w.posts, ", $q, ".uri, '') <> w.posts)"),
            // What only few may see cannot be fetched again; of who is followed it stays, as do their pins and what is in a home or a list.
            kept!(any "follows w where w.target_id = ", $q, ".account_id and w.accepted and (", $q, ".boost_of_id is null and ", $q,
                ".audience < 60 or exists (select 1 from pins n where n.post_id = ", $q,
                ".id) or exists (select 1 from home_entries e where e.account_id = w.follower_id and e.post_id = ", $q,
                ".id) or exists (select 1 from list_accounts x cross join list_entries e where x.account_id = ", $q,
                ".account_id and x.owner_id = w.follower_id and e.list_id = x.list_id and e.post_id = ", $q, ".id))"),
            kept!(any "post_tags w cross join tag_follows t cross join home_entries e where w.post_id = ", $q,
                ".id and t.tag_id = w.tag_id and e.account_id = t.account_id and e.post_id = ", $q, ".id"),
            ")"
        )
    };
    // With an offset PostgreSQL looks each time along an index, instead of once through a whole table that it takes for small.
    (any $($piece:expr),+) => { concat!(" or exists (select 1 from ", $($piece),+, " limit 1 offset 0)") };
    (root $q:literal) => { concat!($q, ".root_id") };
}

/// Something hangs on post `q` that was not there when the end of its conversation was looked up (`$1`): the rest is older.
macro_rules! came_meanwhile {
    ($rows:literal, $id:literal) => {
        concat!(
            " or exists (select 1 from ",
            $rows,
            " = q.id and ",
            $id,
            " not in (select value from json_each($1)) and ",
            $id,
            " > (select min(value) from json_each($1)))"
        )
    };
}

/// `unseen!("a", "$2")`: account `a` is of another server, was not read since `$2`, and has nothing to do with anybody here. Whom a
/// moderator or a rule suspended or limited stays, or it would come back as if nothing had been.
macro_rules! unseen {
    ($a:literal, $at:literal) => {
        concat!(
            $a, ".domain <> '' and coalesce(", $a, ".fetched_at, 0) < ", $at, " and ", $a, ".suspended_at is null and ", $a, ".limited_at is null",
            unseen!(none $a, "posts w where w.account_id"),
            unseen!(none $a, "posts w where w.in_reply_to_id is null and w.in_reply_to_account_id"),
            unseen!(none $a, "stamps w where w.actor_id"),
            unseen!(none $a, "follows w where w.follower_id"),
            unseen!(none $a, "follows w where w.target_id"),
            unseen!(none $a, "blocks w where w.account_id"),
            unseen!(none $a, "blocks w where w.target_id"),
            unseen!(none $a, "mutes w where w.target_id"),
            unseen!(none $a, "mentions w where w.account_id"),
            unseen!(none $a, "favourites w where w.account_id"),
            unseen!(none $a, "reactions w where w.account_id"),
            unseen!(none $a, "poll_votes w where w.account_id"),
            unseen!(none $a, "notifications w where w.from_account_id"),
            unseen!(none $a, "held_notifications w where w.from_account_id"),
            unseen!(none $a, "notification_requests w where w.from_account_id"),
            unseen!(none $a, "reports w where w.target_id"),
            unseen!(none $a, "moves w where w.target_id"),
            unseen!(none $a, "account_notes w where w.target_id"),
            unseen!(none $a, "endorsements w where w.target_id"),
            unseen!(none $a, "dismissed_suggestions w where w.target_id"),
            unseen!(none $a, "carrier_refusals w where w.account_id"),
            unseen!(none $a, "challenge_blocks w where w.account_id"),
            unseen!(none $a, "pairing_seekers w where w.account_id"),
            unseen!(none $a, "pairings w where w.account_id"),
            unseen!(none $a, "tag_subscriptions w where w.account_id"),
            unseen!(none $a, "relays w where w.account_id")
        )
    };
    (none $a:literal, $rows:literal) => { concat!(" and not exists (select 1 from ", $rows, " = ", $a, ".id)") };
}

/// Deletes the rows of a table whose time lies before `$1`, the oldest first, at most `$2` of them.
macro_rules! forget {
    ($tx:expr, $table:literal, $key:literal, $where:literal, $time:literal, $before:expr, $limit:expr) => {
        $tx.run(
            concat!(
                "delete from ",
                $table,
                " where (",
                $key,
                ") in (select ",
                $key,
                " from ",
                $table,
                " where ",
                $where,
                $time,
                " < $1 order by ",
                $time,
                " limit $2)"
            ),
            args![$before, $limit],
        )
        .await
    };
}

/// What is told in notifications and kept beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Warnings,
    Severances,
}

/// How a step of them is found, and which of it goes. It comes from the member themselves, as their notification does.
macro_rules! untold {
    ($table:literal, $kind:literal) => {
        (
            concat!("select w.id from ", $table, " w where w.id > $1 and w.id < $3 order by w.id limit $2"),
            concat!(
                "delete from ",
                $table,
                " where id in (select value from json_each($1)) and not exists (select 1 from notifications n where n.account_id = ",
                $table,
                ".account_id and n.kind = '",
                $kind,
                "' and n.from_account_id = ",
                $table,
                ".account_id and coalesce(n.post_id, n.report_id, n.event_id, 0) = ",
                $table,
                ".id)"
            ),
        )
    };
}

impl Tx {
    /// Begins a round of housekeeping; `false` if somebody did within the last `pause`.
    pub async fn begin_round(&mut self, now: Millis, pause: Millis) -> Result<bool, Error> {
        let begun = self
            .run(
                "insert into settings (name, value) values ('housekeeping', $1) on conflict (name) do update set value = excluded.value \
                 where not (cast(settings.value as bigint) > $2 and cast(settings.value as bigint) <= $3)",
                args![now.to_string(), now - pause, now],
            )
            .await?;
        Ok(begun > 0)
    }

    /// When the last round began; 0 if there was none.
    pub async fn last_round(&mut self) -> Result<Millis, Error> {
        Ok(self.setting("housekeeping").await?.and_then(|at| at.parse().ok()).unwrap_or(0))
    }

    /// Forgets which activities came before `before`.
    pub async fn forget_seen(&mut self, before: Millis, limit: i64) -> Result<u64, Error> {
        forget!(self, "inbox_seen", "signer_host, activity_id", "", "received_at", before, limit)
    }

    pub async fn forget_idempotency_keys(&mut self, before: Millis, limit: i64) -> Result<u64, Error> {
        forget!(self, "idempotency_keys", "account_id, key", "", "created_at", before, limit)
    }

    /// Forgets what others deleted before `before`. That ours is gone is said for ever.
    pub async fn forget_tombstones(&mut self, before: Millis, limit: i64) -> Result<u64, Error> {
        forget!(self, "tombstones", "uri, account_uri", "not local and ", "deleted_at", before, limit)
    }

    /// Servers that were not asked what they run since `before`.
    pub async fn forget_servers(&mut self, before: Millis, limit: i64) -> Result<u64, Error> {
        forget!(self, "servers", "host", "", "asked_at", before, limit)
    }

    /// Tokens that ran out.
    pub async fn forget_tokens(&mut self, before: Millis, limit: i64) -> Result<u64, Error> {
        forget!(self, "tokens", "id", "", "expires_at", before, limit)
    }

    /// Codes and invitations that ran out: there are never many.
    pub async fn forget_codes(&mut self, before: Millis) -> Result<u64, Error> {
        let codes = self.run("delete from oauth_codes where expires_at < $1", args![before]).await?;
        let codes = codes + self.drop_expired_one_time(before).await?;
        Ok(codes + self.run("delete from invites where expires_at < $1", args![before]).await?)
    }

    /// Strangers to whom no member gave an answer and who were not heard of since `before`, with what they said.
    pub async fn forget_requests(&mut self, before: Millis, limit: i64) -> Result<u64, Error> {
        let requests: Vec<(Id, Id)> = self
            .all(
                "select r.account_id, r.from_account_id from notification_requests r where not r.accepted and r.updated_at < $1 \
                 order by r.updated_at limit $2",
                args![before, limit],
            )
            .await?;
        for (account, from) in &requests {
            self.drop_request(*account, *from).await?;
        }
        Ok(u64::try_from(requests.len()).unwrap_or(0))
    }

    /// Takes the oldest of a member's notifications away, if there are more than `keep`, at most `limit`.
    pub async fn trim_notifications(&mut self, account: Id, keep: i64, limit: i64) -> Result<u64, Error> {
        self.run(
            "delete from notifications where id in (select n.id from notifications n where n.account_id = $1 and n.id <= \
             (select m.id from notifications m where m.account_id = $1 order by m.id desc limit 1 offset $2) order by n.id limit $3)",
            args![account, keep, limit],
        )
        .await
    }

    /// Tags from `after` on, in steps: those that no post and no member has and that were last used before `before` go. Answers the last that was
    /// looked at, if that was a whole step, and how many went.
    pub async fn drop_unused_tags(
        &mut self,
        after: Id,
        before: Millis,
        limit: i64,
    ) -> Result<(Option<Id>, u64), Error> {
        let step: Vec<Id> =
            self.list("select n.id from tags n where n.id > $1 order by n.id limit $2", args![after, limit]).await?;
        let gone = self
            .run(
                "delete from tags where id in (select value from json_each($1)) and last_used_at < $2 \
                 and not exists (select 1 from post_tags y where y.tag_id = tags.id) \
                 and not exists (select 1 from tag_follows y where y.tag_id = tags.id) \
                 and not exists (select 1 from tag_actors y where y.tag_id = tags.id) \
                 and not exists (select 1 from challenges y where y.tag_id = tags.id) \
                 and not exists (select 1 from tag_subscriptions y where y.tag_id = tags.id) \
                 and not exists (select 1 from featured_tags y where y.tag_id = tags.id) \
                 and not exists (select 1 from subjects y where y.tag_id = tags.id and y.tended)",
                &[ids(&step), before.into()],
            )
            .await?;
        Ok((last_of(&step, limit), gone))
    }

    /// Steps through what members were told of moderators, as [`Self::drop_unused_tags`] does: what was told before `before`, and no
    /// notification tells any more, goes.
    pub async fn drop_untold(
        &mut self,
        of: Told,
        after: Id,
        before: Millis,
        limit: i64,
    ) -> Result<(Option<Id>, u64), Error> {
        let (list, delete) = match of {
            Told::Warnings => untold!("account_warnings", "moderation_warning"),
            Told::Severances => untold!("severances", "severed_relationships"),
        };
        let step: Vec<Id> = self.list(list, args![after, limit, first_id(before)]).await?;
        let gone = self.run(delete, &[ids(&step)]).await?;
        Ok((last_of(&step, limit), gone))
    }

    /// The same with apps that were registered before `before`: those with which nobody is signed in and nobody has posted.
    pub async fn drop_unused_apps(
        &mut self,
        after: Id,
        before: Millis,
        limit: i64,
    ) -> Result<(Option<Id>, u64), Error> {
        let step: Vec<Id> =
            self.list("select p.id from apps p where p.id > $1 order by p.id limit $2", args![after, limit]).await?;
        let gone = self
            .run(
                "delete from apps where id in (select value from json_each($1)) and created_at < $2 \
                 and not exists (select 1 from tokens t where t.app_id = apps.id) \
                 and not exists (select 1 from oauth_codes c where c.app_id = apps.id) \
                 and not exists (select 1 from posts p where p.app_id = apps.id)",
                &[ids(&step), before.into()],
            )
            .await?;
        Ok((last_of(&step, limit), gone))
    }

    // Posts of other servers.

    /// A post that was made long before it came: what counts is when it came.
    pub async fn note_late_post(&mut self, post: Id, now: Millis) -> Result<(), Error> {
        self.run(
            "insert into late_posts (post_id, arrived_at) values ($1, $2) on conflict do nothing",
            args![post, now],
        )
        .await?;
        Ok(())
    }

    /// A post was found before anybody sent it, so that whom it concerns was told nothing of it.
    pub async fn note_unheard(&mut self, post: Id) -> Result<(), Error> {
        self.run("insert into unheard_posts (post_id) values ($1) on conflict do nothing", args![post]).await?;
        Ok(())
    }

    /// They are told now; `false` if they were before. Of two who ask at once, one is to tell them.
    pub async fn hear(&mut self, post: Id) -> Result<bool, Error> {
        Ok(self.run("delete from unheard_posts where post_id = $1", args![post]).await? > 0)
    }

    /// Whether a post is here, and whom it concerns was told.
    pub async fn is_heard(&mut self, uri: &str) -> Result<bool, Error> {
        let sql = "select true from posts p where p.uri = $1 and not exists (select 1 from unheard_posts u where u.post_id = p.id)";
        Ok(self.value(sql, args![uri]).await?.unwrap_or(false))
    }

    /// What was made before `before` is sent by nobody any more.
    pub async fn forget_unheard(&mut self, before: Millis, limit: i64) -> Result<u64, Error> {
        forget!(self, "unheard_posts", "post_id", "", "post_id", first_id(before), limit)
    }

    /// Posts made before `before`, in steps by id, each with the conversation it is in.
    pub async fn posts_before(&mut self, after: Id, before: Millis, limit: i64) -> Result<Vec<(Id, Id)>, Error> {
        self.all(
            "select p.id, p.root_id from posts p where p.id > $1 and p.id < $2 order by p.id limit $3",
            args![after, first_id(before), limit],
        )
        .await
    }

    /// Which of these conversations have a post that was made or came since `since`, or with which somebody here had to do.
    pub async fn kept_conversations(&mut self, roots: &[Id], since: Millis) -> Result<Vec<Id>, Error> {
        self.list(
            concat!(
                "select r.value from json_each($1) r where exists (select 1 from posts q where q.root_id = r.value and ",
                kept!("q", "$2", "$3"),
                ")"
            ),
            &[ids(roots), first_id(since).into(), since.into()],
        )
        .await
    }

    /// The last posts of a conversation, the newest first.
    pub async fn end_of_conversation(&mut self, root: Id, limit: i64) -> Result<Vec<Id>, Error> {
        self.list("select p.id from posts p where p.root_id = $1 order by p.id desc limit $2", args![root, limit]).await
    }

    /// Removes posts of other servers with all that hangs on them, but for those whose conversation is kept because of one of these
    /// posts. Counts that stand beside rows are counted down: they say what is here. No tombstone: whoever asks for such a post
    /// gets it anew. Answers how many went, and the addresses of their files.
    pub async fn drop_posts(&mut self, posts: &[Id], since: Millis) -> Result<(u64, Vec<String>), Error> {
        // Whoever is about to have to do with one of them is waited for, or waits.
        self.lock_posts(posts).await?;
        let going: Vec<Id> = self
            .list(
                concat!(
                    "select p.id from posts p where p.id in (select value from json_each($1)) and p.root_id not in \
                     (select q.root_id from posts q where q.id in (select value from json_each($1)) and (",
                    kept!("q", "$2", "$3"),
                    came_meanwhile!("posts w where w.in_reply_to_id", "w.id"),
                    came_meanwhile!("posts w where w.boost_of_id", "w.id"),
                    came_meanwhile!("quotes w where w.quoted_id", "w.post_id"),
                    "))"
                ),
                &[ids(posts), first_id(since).into(), since.into()],
            )
            .await?;
        if going.is_empty() {
            return Ok((0, Vec::new()));
        }
        let going = [ids(&going)];
        self.uncount(&going).await?;
        // Links of which nobody said anything leave the shelves with their last posts.
        self.run(
            "delete from shelf_links where (subject_id, card_id) in \
             (select x.subject_id, x.card_id from shelf_posts x where x.post_id in (select value from json_each($1))) \
             and note = '' and heading = '' and not pinned and not hidden and not exists (select 1 from shelf_posts o \
             where o.subject_id = shelf_links.subject_id and o.card_id = shelf_links.card_id \
             and o.post_id not in (select value from json_each($1)))",
            &going,
        )
        .await?;
        let cards: Vec<Id> = self
            .list("delete from post_cards where post_id in (select value from json_each($1)) returning card_id", &going)
            .await?;
        if !cards.is_empty() {
            self.run(
                "delete from cards where id in (select value from json_each($1)) \
                 and not exists (select 1 from post_cards o where o.card_id = cards.id)",
                &[ids(&cards)],
            )
            .await?;
        }
        let files = self
            .list(
                "select x.remote_url from media x where x.post_id in (select value from json_each($1)) and x.remote_url <> ''",
                &going,
            )
            .await?;
        let gone = self.run("delete from posts where id in (select value from json_each($1))", &going).await?;
        Ok((gone, files))
    }

    /// Takes posts out of all that counts or names them.
    async fn uncount(&mut self, going: &[crate::Value<'_>]) -> Result<(), Error> {
        for sql in [
            "update interactions set quotes_count = quotes_count - (select count(*) from quotes q cross join posts p \
             where q.post_id in (select value from json_each($1)) and q.quoted_id = interactions.post_id and q.state = 'accepted' \
             and p.id = q.post_id and p.audience >= 60) \
             where post_id in (select q.quoted_id from quotes q where q.post_id in (select value from json_each($1)))",
            // It is not known to be deleted.
            "update quotes set quoted_id = null, checked_at = 0, state = case when state = 'accepted' then 'pending' else state end \
             where quoted_id in (select value from json_each($1))",
            "update posts set replies_count = replies_count - (select count(*) from posts r where r.in_reply_to_id = posts.id \
             and r.id in (select value from json_each($1)) and r.audience >= 60) \
             where id in (select c.in_reply_to_id from posts c where c.id in (select value from json_each($1)))",
            "update posts set boosts_count = boosts_count - (select count(*) from posts r where r.boost_of_id = posts.id \
             and r.kind <> 'carried' and r.id in (select value from json_each($1))) \
             where id in (select c.boost_of_id from posts c where c.id in (select value from json_each($1)))",
            "update posts set in_reply_to_id = null where in_reply_to_id in (select value from json_each($1))",
            "update accounts set posts_count = accounts.posts_count - c.n from (select p.account_id, count(*) as n from posts p \
             where p.id in (select value from json_each($1)) and p.audience >= 50 group by p.account_id) c where accounts.id = c.account_id",
        ] {
            self.run(sql, going).await?;
        }
        Ok(())
    }

    // Accounts of other servers.

    /// Accounts that became known before `before`, in steps by id.
    pub async fn accounts_before(&mut self, after: Id, before: Millis, limit: i64) -> Result<Vec<Id>, Error> {
        self.list(
            "select a.id from accounts a where a.id > $1 and a.id < $2 order by a.id limit $3",
            args![after, first_id(before), limit],
        )
        .await
    }

    /// Those of these accounts that were not read since `since` and have to do with nobody here.
    pub async fn unseen_accounts(&mut self, list: &[Id], since: Millis) -> Result<Vec<Id>, Error> {
        self.list(
            concat!(
                "select a.id from accounts a where a.id in (select value from json_each($1)) and ",
                unseen!("a", "$2")
            ),
            &[ids(list), since.into()],
        )
        .await
    }

    /// Removes those of them with their keys. Answers how many went, and the addresses of their pictures.
    pub async fn drop_accounts(&mut self, list: &[Id], since: Millis) -> Result<(u64, Vec<String>), Error> {
        if !self.is_sqlite() {
            let lock =
                "select a.id from accounts a where a.id in (select value from json_each($1)) order by a.id for update";
            self.run(lock, &[ids(list)]).await?;
        }
        let going = self.unseen_accounts(list, since).await?;
        let gone: Vec<(String, String)> = self
            .all(
                "delete from accounts where id in (select value from json_each($1)) returning avatar, header",
                &[ids(&going)],
            )
            .await?;
        let count = u64::try_from(gone.len()).unwrap_or(0);
        let files = gone.into_iter().flat_map(|(avatar, header)| [avatar, header]).filter(|url| !url.is_empty());
        Ok((count, files.collect()))
    }
}

/// Where the next step begins; `None` if this one came to the end.
fn last_of(step: &[Id], limit: i64) -> Option<Id> {
    step.last().copied().filter(|_| i64::try_from(step.len()).unwrap_or(0) >= limit)
}
