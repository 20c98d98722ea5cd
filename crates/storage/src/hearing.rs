//! Whom members want to hear: their notification policies.

use model::clock::Millis;
use model::id::Id;
use model::notification::{Policy, Verdict};

use crate::{Error, Tx};

impl Tx {
    /// A member's policy; all is left to the node where they have none.
    pub async fn notification_policy(&mut self, account: Id) -> Result<Policy, Error> {
        let found: Option<(String, String, String, String, String)> = self
            .one(
                "select not_following, not_followers, new_accounts, private_mentions, limited_accounts from notification_policies \
                 where account_id = $1",
                args![account],
            )
            .await?;
        Ok(found.map_or_else(Policy::default, |p| Policy {
            not_following: Verdict::from_name(&p.0),
            not_followers: Verdict::from_name(&p.1),
            new_accounts: Verdict::from_name(&p.2),
            private_mentions: Verdict::from_name(&p.3),
            limited_accounts: Verdict::from_name(&p.4),
        }))
    }

    pub async fn put_notification_policy(&mut self, account: Id, policy: &Policy) -> Result<(), Error> {
        let name = |verdict: Option<Verdict>| verdict.map_or("", Verdict::name);
        self.run(
            "insert into notification_policies (account_id, not_following, not_followers, new_accounts, private_mentions, limited_accounts) \
             values ($1, $2, $3, $4, $5, $6) on conflict (account_id) do update set not_following = excluded.not_following, \
             not_followers = excluded.not_followers, new_accounts = excluded.new_accounts, \
             private_mentions = excluded.private_mentions, limited_accounts = excluded.limited_accounts",
            args![
                account,
                name(policy.not_following),
                name(policy.not_followers),
                name(policy.new_accounts),
                name(policy.private_mentions),
                name(policy.limited_accounts)
            ],
        )
        .await?;
        Ok(())
    }

    /// How many wait to be heard by a member, and how much they said; no more than `most` of each are counted.
    pub async fn count_requests(&mut self, account: Id, most: i64) -> Result<(i64, i64), Error> {
        let requests = "select count(*) from (select 1 from notification_requests r where r.account_id = $1 and not r.accepted limit $2) x";
        let held = "select count(*) from (select 1 from held_notifications h where h.account_id = $1 limit $2) x";
        Ok((
            self.value(requests, args![account, most]).await?.unwrap_or(0),
            self.value(held, args![account, most]).await?.unwrap_or(0),
        ))
    }

    /// Since when somebody follows somebody, if they do.
    pub async fn followed_since(&mut self, follower: Id, target: Id) -> Result<Option<Millis>, Error> {
        self.value(
            "select created_at from follows where follower_id = $1 and target_id = $2 and accepted",
            args![follower, target],
        )
        .await
    }
}
