//! What may be done with posts, and the replies and boosts that wait for leave or have it.

use model::id::Id;
use model::policy::Policy;
use model::quote::Approval;

use crate::row::{ids, json};
use crate::{Error, Tx};

row!(Approval, approval_columns, "v.": post_id, decider_id, audience, approved_by);

impl Tx {
    pub async fn put_policy(&mut self, post: Id, policy: &Policy) -> Result<(), Error> {
        self.run(
            "insert into interactions (post_id, policy) values ($1, $2) on conflict (post_id) do update set policy = excluded.policy",
            &[post.into(), json(policy)],
        )
        .await?;
        Ok(())
    }

    /// The policies of these posts and how often each was quoted; those of which there is nothing to say are missing.
    pub async fn policies(&mut self, posts: &[Id]) -> Result<Vec<(Id, Policy, i64)>, Error> {
        self.all(
            "select i.post_id, i.policy, i.quotes_count from interactions i where i.post_id in (select value from json_each($1))",
            &[ids(posts)],
        )
        .await
    }

    pub async fn policy(&mut self, post: Id) -> Result<Policy, Error> {
        Ok(self.policies(&[post]).await?.pop().map(|(_, policy, _)| policy).unwrap_or_default())
    }

    pub async fn put_approval(&mut self, a: &Approval) -> Result<(), Error> {
        self.run(
            "insert into approvals (post_id, decider_id, audience, approved_by) values ($1, $2, $3, $4) \
             on conflict (post_id) do update set approved_by = excluded.approved_by",
            args![a.post_id, a.decider_id, a.audience, &a.approved_by],
        )
        .await?;
        Ok(())
    }

    /// Which of these posts somebody decides or decided about.
    pub async fn approvals(&mut self, posts: &[Id]) -> Result<Vec<Approval>, Error> {
        self.all(
            concat!(
                "select ",
                approval_columns!(),
                " from approvals v where v.post_id in (select value from json_each($1))"
            ),
            &[ids(posts)],
        )
        .await
    }

    pub async fn approval(&mut self, post: Id) -> Result<Option<Approval>, Error> {
        Ok(self.approvals(&[post]).await?.pop())
    }

    /// Whoever else gives an approval or takes it back waits until this work ends.
    pub async fn hold_approval(&mut self, approval: &str) -> Result<(), Error> {
        if !self.is_sqlite() {
            self.run("select pg_advisory_xact_lock(hashtextextended($1, 1))", args![approval]).await?;
        }
        Ok(())
    }

    /// What rests on this approval: one post, unless somebody gives the same for several.
    pub async fn approvals_by(&mut self, approval: &str) -> Result<Vec<Approval>, Error> {
        self.all(
            concat!(
                "select ",
                approval_columns!(),
                " from approvals v where v.approved_by = $1 and v.approved_by <> '' limit 100"
            ),
            args![approval],
        )
        .await
    }
}
