//! Challenges, what came of them, and who has no say in them.

use model::account::Account;
use model::audience::Viewer;
use model::challenge::{Challenge, Contribution, Standing, State};
use model::clock::Millis;
use model::id::Id;
use model::page::Page;
use model::post::Post;

use crate::audience::visible;
use crate::timelines::paged;
use crate::{Error, Tx};

row!(Challenge, challenge_columns, "c.": account_id, question, owner_id, adoptable, tag_id, state, answer, opens_at, closes_at,
    opening_id, harvest_id, answer_id, contributions_count, last_contribution_at, created_at);

row!(Contribution, contribution_columns, "n.": challenge_id, post_id, account_id, state, by_mention, decided_by, decided_at, created_at);

/// In which order challenges are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeOrder {
    Newest,
    /// Those first for which nothing came for the longest time.
    Neglected,
    /// Those first that most follow.
    Followed,
}

macro_rules! listed {
    ($order:literal) => {
        concat!(
            "select ",
            challenge_columns!(),
            " from challenges c join accounts a on a.id = c.account_id where c.state = $1 and a.suspended_at is null and a.deleted_at is null order by ",
            $order,
            " limit $2"
        )
    };
}

impl Tx {
    pub async fn put_challenge(&mut self, c: &Challenge) -> Result<(), Error> {
        self.run(
            "insert into challenges (account_id, question, owner_id, adoptable, tag_id, state, answer, opens_at, closes_at, opening_id, \
             harvest_id, answer_id, contributions_count, last_contribution_at, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, null, $13) \
             on conflict (account_id) do update set question = excluded.question, owner_id = excluded.owner_id, \
             adoptable = excluded.adoptable, tag_id = excluded.tag_id, state = excluded.state, answer = excluded.answer, \
             opens_at = excluded.opens_at, closes_at = excluded.closes_at, opening_id = excluded.opening_id, \
             harvest_id = excluded.harvest_id, answer_id = excluded.answer_id",
            &[
                c.account_id.into(),
                (&c.question).into(),
                c.owner_id.into(),
                c.adoptable.into(),
                c.tag_id.into(),
                c.state.name().into(),
                (&c.answer).into(),
                c.opens_at.into(),
                c.closes_at.into(),
                c.opening_id.into(),
                c.harvest_id.into(),
                c.answer_id.into(),
                c.created_at.into(),
            ],
        )
        .await?;
        Ok(())
    }

    /// By its actor.
    pub async fn challenge(&mut self, account: Id) -> Result<Option<Challenge>, Error> {
        self.one(concat!("select ", challenge_columns!(), " from challenges c where c.account_id = $1"), args![account])
            .await
    }

    /// Nobody else changes it until this work ends.
    pub async fn lock_challenge(&mut self, account: Id) -> Result<Option<Challenge>, Error> {
        if !self.is_sqlite() {
            self.run("select c.account_id from challenges c where c.account_id = $1 for update", args![account])
                .await?;
        }
        self.challenge(account).await
    }

    /// Those in a state.
    pub async fn challenges(
        &mut self,
        state: State,
        order: ChallengeOrder,
        limit: i64,
    ) -> Result<Vec<Challenge>, Error> {
        let sql = match order {
            ChallengeOrder::Newest => listed!("c.account_id desc"),
            ChallengeOrder::Neglected => listed!("coalesce(c.last_contribution_at, c.opens_at), c.account_id"),
            ChallengeOrder::Followed => listed!("a.followers_count desc, c.account_id desc"),
        };
        self.all(sql, args![state.name(), limit]).await
    }

    /// Those of all states, newest first.
    pub async fn all_challenges(&mut self, page: &Page) -> Result<Vec<Challenge>, Error> {
        paged!(
            self,
            page,
            "c.account_id",
            concat!("select ", challenge_columns!(), " from challenges c"),
            "true",
            [],
            "$1",
            "$2",
            "$3"
        )
    }

    /// Challenges that have one of a post's hashtags: those that are open, as far as the node carries it, and those to which it
    /// contributes already.
    pub async fn challenges_of_tags(&mut self, post: Id) -> Result<Vec<Id>, Error> {
        self.list(
            "select c.account_id from post_tags y join challenges c on c.tag_id = y.tag_id where y.post_id = $1 and (c.state = 'open' \
             and not exists (select 1 from tags t join blocked_tags b on b.name = t.name where t.id = y.tag_id) or exists (select 1 from contributions n where n.challenge_id = c.account_id and n.post_id = $1))",
            args![post],
        )
        .await
    }

    /// Challenges of somebody's.
    pub async fn challenges_owned_by(&mut self, member: Id) -> Result<Vec<Challenge>, Error> {
        self.all(
            concat!(
                "select ",
                challenge_columns!(),
                " from challenges c where c.owner_id = $1 order by c.account_id desc"
            ),
            args![member],
        )
        .await
    }

    /// How many of somebody's were asked since then.
    pub async fn count_challenges_since(&mut self, member: Id, since: Millis) -> Result<i64, Error> {
        let sql = "select count(*) from challenges c where c.owner_id = $1 and c.created_at > $2";
        Ok(self.value(sql, args![member, since]).await?.unwrap_or(0))
    }

    /// A post of a challenge's own goes: it is named no more.
    pub async fn forget_post_of_challenge(&mut self, challenge: Id, post: Id) -> Result<(), Error> {
        self.run(
            "update challenges set opening_id = nullif(opening_id, $2), harvest_id = nullif(harvest_id, $2), answer_id = nullif(answer_id, $2) \
             where account_id = $1",
            args![challenge, post],
        )
        .await?;
        Ok(())
    }

    // What came, as it was said.

    /// Remembers that a challenge said in a post what came.
    pub async fn put_harvest(&mut self, challenge: Id, post: Id) -> Result<(), Error> {
        self.run("insert into harvests (post_id, challenge_id) values ($1, $2)", args![post, challenge]).await?;
        Ok(())
    }

    /// Posts in which it did, those behind one.
    pub async fn harvests(&mut self, challenge: Id, after: Id, limit: i64) -> Result<Vec<Id>, Error> {
        let sql =
            "select h.post_id from harvests h where h.challenge_id = $1 and h.post_id > $2 order by h.post_id limit $3";
        self.list(sql, args![challenge, after, limit]).await
    }

    /// How much was accepted of what was posted until then (the id of a post).
    pub async fn count_accepted(&mut self, challenge: Id, until: Id) -> Result<i64, Error> {
        let sql = "select count(*) from contributions n where n.challenge_id = $1 and n.state = 'accepted' and n.post_id <= $2";
        Ok(self.value(sql, args![challenge, until]).await?.unwrap_or(0))
    }

    /// Whoever owned something is gone: it is there for somebody else.
    pub async fn leave_challenges(&mut self, member: Id) -> Result<(), Error> {
        self.run("update challenges set owner_id = null where owner_id = $1", args![member]).await?;
        Ok(())
    }

    // Contributions.

    pub async fn contribution(&mut self, challenge: Id, post: Id) -> Result<Option<Contribution>, Error> {
        self.one(
            concat!(
                "select ",
                contribution_columns!(),
                " from contributions n where n.challenge_id = $1 and n.post_id = $2"
            ),
            args![challenge, post],
        )
        .await
    }

    /// Nobody else changes it until this work ends. Whoever wants that holds its post first, as who removes the post does.
    pub async fn lock_contribution(&mut self, challenge: Id, post: Id) -> Result<Option<Contribution>, Error> {
        if !self.is_sqlite() {
            let sql = "select n.post_id from contributions n where n.challenge_id = $1 and n.post_id = $2 for update";
            self.run(sql, args![challenge, post]).await?;
        }
        self.contribution(challenge, post).await
    }

    pub async fn contributions_of_post(&mut self, post: Id) -> Result<Vec<Contribution>, Error> {
        self.all(
            concat!(
                "select ",
                contribution_columns!(),
                " from contributions n where n.post_id = $1 order by n.challenge_id"
            ),
            args![post],
        )
        .await
    }

    /// Adds a contribution or writes what became of it.
    pub async fn put_contribution(&mut self, n: &Contribution) -> Result<(), Error> {
        self.run(
            "insert into contributions (challenge_id, post_id, account_id, state, by_mention, decided_by, decided_at, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (challenge_id, post_id) do update set state = excluded.state, \
             by_mention = excluded.by_mention, decided_by = excluded.decided_by, decided_at = excluded.decided_at",
            args![
                n.challenge_id,
                n.post_id,
                n.account_id,
                n.state.name(),
                n.by_mention,
                n.decided_by,
                n.decided_at,
                n.created_at
            ],
        )
        .await?;
        Ok(())
    }

    pub async fn delete_contribution(&mut self, challenge: Id, post: Id) -> Result<bool, Error> {
        let sql = "delete from contributions where challenge_id = $1 and post_id = $2";
        Ok(self.run(sql, args![challenge, post]).await? > 0)
    }

    /// Adds to the kept count of what was accepted; `at` moves the time of the last forward.
    pub async fn count_contribution(&mut self, challenge: Id, by: i64, at: Option<Millis>) -> Result<(), Error> {
        self.run(
            "update challenges set contributions_count = contributions_count + $2, \
             last_contribution_at = case when coalesce(last_contribution_at, 0) < coalesce($3, 0) then $3 else last_contribution_at end \
             where account_id = $1",
            args![challenge, by, at],
        )
        .await?;
        Ok(())
    }

    /// Whether something of theirs was accepted.
    pub async fn has_contributed(&mut self, challenge: Id, account: Id) -> Result<bool, Error> {
        let sql = "select true from contributions n where n.challenge_id = $1 and n.account_id = $2 and n.state = 'accepted' limit 1";
        Ok(self.value(sql, args![challenge, account]).await?.unwrap_or(false))
    }

    /// How many of theirs came since then.
    pub async fn count_contributions_of(&mut self, challenge: Id, account: Id, since: Id) -> Result<i64, Error> {
        let sql = "select count(*) from contributions n where n.challenge_id = $1 and n.account_id = $2 and n.created_at >= $3";
        Ok(self.value(sql, args![challenge, account, since]).await?.unwrap_or(0))
    }

    /// Somebody's, in the order in which they came: those behind one (when it came, and its post).
    pub async fn contributions_by(
        &mut self,
        challenge: Id,
        account: Id,
        after: (Millis, Id),
        limit: i64,
    ) -> Result<Vec<Contribution>, Error> {
        self.all(
            concat!(
                "select ",
                contribution_columns!(),
                " from contributions n where n.challenge_id = $1 and n.account_id = $2 and (n.created_at, n.post_id) > ($3, $4) \
                 order by n.created_at, n.post_id limit $5"
            ),
            args![challenge, account, after.0, after.1, limit],
        )
        .await
    }

    /// Posts that contribute, in a state, newest first, as far as the viewer may see them.
    pub async fn contributed(
        &mut self,
        challenge: Id,
        state: Standing,
        viewer: Viewer,
        page: &Page,
    ) -> Result<Vec<Post>, Error> {
        paged!(
            self,
            page,
            "n.post_id",
            concat!("select ", post_columns!(), " from contributions n join posts p on p.id = n.post_id"),
            concat!("n.challenge_id = $1 and n.state = $2 and ", visible!("p", "$3", "$4")),
            [challenge, state.name(), viewer.id(), viewer.is_member()],
            "$5",
            "$6",
            "$7"
        )
    }

    /// Contributions in the order of their keys, in steps: those behind one.
    pub async fn contributions_after(
        &mut self,
        challenge: Id,
        post: Id,
        limit: i64,
    ) -> Result<Vec<Contribution>, Error> {
        self.all(
            concat!(
                "select ",
                contribution_columns!(),
                " from contributions n where (n.challenge_id, n.post_id) > ($1, $2) order by n.challenge_id, n.post_id limit $3"
            ),
            args![challenge, post, limit],
        )
        .await
    }

    /// How many wait for a decision: nobody decides about those of who is suspended.
    pub async fn count_waiting(&mut self, challenge: Id) -> Result<i64, Error> {
        let sql = "select count(*) from contributions n join accounts a on a.id = n.account_id where n.challenge_id = $1 \
                   and n.state = 'waiting' and a.suspended_at is null";
        Ok(self.value(sql, args![challenge]).await?.unwrap_or(0))
    }

    /// From how many people and servers something was accepted: of the last thousand that were posted until then (the id of a post).
    pub async fn contributors(&mut self, challenge: Id, until: Id) -> Result<(i64, i64), Error> {
        let sql = "select count(distinct n.account_id), count(distinct a.domain) from (select * from contributions m \
                   where m.challenge_id = $1 and m.state = 'accepted' and m.post_id <= $2 order by m.post_id desc limit 1000) n join accounts a on a.id = n.account_id \
                   where a.suspended_at is null and a.deleted_at is null";
        Ok(self.one(sql, args![challenge, until]).await?.unwrap_or((0, 0)))
    }

    // Who is not carried.

    pub async fn refuse_carrier(&mut self, carrier: Id, account: Id, now: Millis) -> Result<(), Error> {
        let sql = "insert into carrier_refusals (carrier_id, account_id, created_at) values ($1, $2, $3) on conflict do nothing";
        self.run(sql, args![carrier, account, now]).await?;
        Ok(())
    }

    pub async fn forget_refusal(&mut self, carrier: Id, account: Id) -> Result<(), Error> {
        let sql = "delete from carrier_refusals where carrier_id = $1 and account_id = $2";
        self.run(sql, args![carrier, account]).await?;
        Ok(())
    }

    /// Whether somebody wants not to be carried by this actor of ours, or blocks it.
    pub async fn refuses_carrier(&mut self, carrier: Id, account: Id) -> Result<bool, Error> {
        let sql = "select exists (select 1 from carrier_refusals r where r.carrier_id = $1 and r.account_id = $2) \
                   or exists (select 1 from blocks b where b.account_id = $2 and b.target_id = $1)";
        Ok(self.value(sql, args![carrier, account]).await?.unwrap_or(false))
    }

    pub async fn block_contributor(&mut self, challenge: Id, account: Id, now: Millis) -> Result<(), Error> {
        let sql = "insert into challenge_blocks (challenge_id, account_id, created_at) values ($1, $2, $3) on conflict do nothing";
        self.run(sql, args![challenge, account, now]).await?;
        Ok(())
    }

    pub async fn unblock_contributor(&mut self, challenge: Id, account: Id) -> Result<bool, Error> {
        let sql = "delete from challenge_blocks where challenge_id = $1 and account_id = $2";
        Ok(self.run(sql, args![challenge, account]).await? > 0)
    }

    pub async fn is_contributor_blocked(&mut self, challenge: Id, account: Id) -> Result<bool, Error> {
        let sql = "select true from challenge_blocks k where k.challenge_id = $1 and k.account_id = $2";
        Ok(self.value(sql, args![challenge, account]).await?.unwrap_or(false))
    }

    pub async fn blocked_contributors(&mut self, challenge: Id, limit: i64) -> Result<Vec<Account>, Error> {
        self.all(
            concat!(
                "select ",
                account_columns!(),
                " from challenge_blocks k join accounts a on a.id = k.account_id where k.challenge_id = $1 order by k.account_id limit $2"
            ),
            args![challenge, limit],
        )
        .await
    }

    /// Kept counts of challenges beside what is there, in steps: name, what is kept, what is there.
    pub async fn challenge_counts(&mut self, after: Id, limit: i64) -> Result<Vec<(Id, String, i64, i64)>, Error> {
        self.all(
            "select c.account_id, a.username, c.contributions_count, \
             (select count(*) from contributions n where n.challenge_id = c.account_id and n.state = 'accepted') \
             from challenges c join accounts a on a.id = c.account_id where c.account_id > $1 order by c.account_id limit $2",
            args![after, limit],
        )
        .await
    }
}
