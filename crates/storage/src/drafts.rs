//! Posts that only their authors see yet, and for whom they are to be.

use model::audience::Audience;
use model::clock::Millis;
use model::id::Id;
use model::post::Post;

use crate::row::ids;
use crate::{Error, Tx};

/// What is to become of a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aim {
    pub post_id: Id,
    /// Nothing: as usual.
    pub audience: Option<Audience>,
    pub team_id: Option<Id>,
    /// `public`, `followers`, `nobody`; empty: as usual.
    pub quote_policy: String,
    /// Nothing: at once.
    pub scheduled_at: Option<Millis>,
}

row!(Aim: post_id, audience, team_id, quote_policy, scheduled_at);

impl Tx {
    /// For whom a draft is to be. What was said of it before is forgotten.
    pub async fn aim_draft(&mut self, aim: &Aim) -> Result<(), Error> {
        self.run(
            "insert into draft_aims (post_id, audience, team_id, quote_policy, scheduled_at) values ($1, $2, $3, $4, $5) \
             on conflict (post_id) do update set audience = excluded.audience, team_id = excluded.team_id, \
             quote_policy = excluded.quote_policy, scheduled_at = excluded.scheduled_at",
            args![aim.post_id, aim.audience, aim.team_id, &aim.quote_policy, aim.scheduled_at],
        )
        .await?;
        Ok(())
    }

    /// Of these drafts, as far as somebody said.
    pub async fn draft_aims(&mut self, posts: &[Id]) -> Result<Vec<Aim>, Error> {
        self.all(
            "select d.post_id, d.audience, d.team_id, d.quote_policy, d.scheduled_at from draft_aims d \
             where d.post_id in (select value from json_each($1))",
            &[ids(posts)],
        )
        .await
    }

    /// What only its author sees yet, the newest first; at most 200.
    pub async fn drafts_of(&mut self, account: Id) -> Result<Vec<Post>, Error> {
        self.all(
            concat!(
                "select ",
                post_columns!(),
                " from posts p where p.account_id = $1 and p.audience = 0 order by p.id desc limit 200"
            ),
            args![account],
        )
        .await
    }
}
