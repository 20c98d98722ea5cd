//! Hats that are worn, and what could be said to everybody. Whether a hat is off is read from the clock, never from a chore.

use model::clock::Millis;
use model::hat::{Hat, Worn};
use model::id::Id;
use model::subject::Subject;

use crate::{Error, Tx};

row!(Worn, hat_columns, "h.": id, account_id, hat, subject_id, since, until, confirmed);

/// A hat counts as long as whoever wears it is there.
macro_rules! worn {
    ($now:literal) => {
        concat!(
            "h.until > ",
            $now,
            " and exists (select 1 from accounts w where w.id = h.account_id and w.suspended_at is null and w.deleted_at is null)"
        )
    };
}

impl Tx {
    /// Puts a hat on, or says anew how long it is worn; one that is on stays on since when it is, and confirmed as it is.
    pub async fn put_hat(&mut self, w: &Worn, by: Option<Id>, now: Millis) -> Result<(), Error> {
        self.run(
            "insert into hats (id, account_id, hat, subject_id, since, until, confirmed, confirmed_by) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (account_id, hat, subject_id) do update set \
             since = case when hats.until > $9 then hats.since else excluded.since end, \
             confirmed = excluded.confirmed or (hats.confirmed and hats.until > $9), \
             confirmed_by = case when hats.confirmed and hats.until > $9 then hats.confirmed_by else excluded.confirmed_by end, \
             until = excluded.until",
            args![w.id, w.account_id, w.hat, w.subject_id, w.since, w.until, w.confirmed, by, now],
        )
        .await?;
        Ok(())
    }

    /// A hat that somebody wears.
    pub async fn hat(&mut self, id: Id, now: Millis) -> Result<Option<Worn>, Error> {
        self.one(concat!("select ", hat_columns!(), " from hats h where h.id = $1 and ", worn!("$2")), args![id, now])
            .await
    }

    /// This one of somebody, on this subject.
    pub async fn hat_on(
        &mut self,
        account: Id,
        hat: Hat,
        subject: Subject,
        now: Millis,
    ) -> Result<Option<Worn>, Error> {
        self.one(
            concat!(
                "select ",
                hat_columns!(),
                " from hats h where h.account_id = $1 and h.hat = $2 and h.subject_id = $3 and ",
                worn!("$4")
            ),
            args![account, hat, subject.id(), now],
        )
        .await
    }

    /// All that somebody wears, the last one first.
    pub async fn hats_of(&mut self, account: Id, now: Millis) -> Result<Vec<Worn>, Error> {
        let mut found: Vec<Worn> = self
            .all(
                concat!(
                    "select ",
                    hat_columns!(),
                    " from hats h where h.account_id = $1 and ",
                    worn!("$2"),
                    " limit 500"
                ),
                args![account, now],
            )
            .await?;
        found.sort_by_key(|h| -h.id);
        Ok(found)
    }

    /// All that are worn on a subject, by hat, who put it on first before the others: at most 500.
    pub async fn hats_on(&mut self, subject: Subject, now: Millis) -> Result<Vec<Worn>, Error> {
        self.all(
            concat!(
                "select ",
                hat_columns!(),
                " from hats h where h.subject_id = $1 and ",
                worn!("$2"),
                " order by h.hat, h.id limit 500"
            ),
            args![subject.id(), now],
        )
        .await
    }

    /// Those who keep a subject, the first one first.
    pub async fn keepers_of(&mut self, subject: Subject, now: Millis) -> Result<Vec<Id>, Error> {
        self.list(
            concat!(
                "select h.account_id from hats h where h.subject_id = $1 and h.hat = 'community_keeper' and h.confirmed and ",
                worn!("$2"),
                " order by h.id limit 100"
            ),
            args![subject.id(), now],
        )
        .await
    }

    /// Some of all that are worn, those before `before` (an id), the last one first.
    pub async fn all_hats(&mut self, before: Id, now: Millis, limit: i64) -> Result<Vec<Worn>, Error> {
        self.all(
            concat!(
                "select ",
                hat_columns!(),
                " from hats h where h.id < $1 and ",
                worn!("$2"),
                " order by h.id desc limit $3"
            ),
            args![before, now, limit],
        )
        .await
    }

    pub async fn confirm_hat(&mut self, id: Id, by: Option<Id>) -> Result<(), Error> {
        self.run("update hats set confirmed = true, confirmed_by = $2 where id = $1 and not confirmed", args![id, by])
            .await?;
        Ok(())
    }

    pub async fn delete_hat(&mut self, id: Id) -> Result<bool, Error> {
        Ok(self.run("delete from hats where id = $1", args![id]).await? > 0)
    }

    /// Hats that were off before `before` are forgotten.
    pub async fn forget_hats(&mut self, before: Millis, limit: i64) -> Result<u64, Error> {
        self.run(
            "delete from hats where id in (select h.id from hats h where h.until < $1 order by h.until limit $2)",
            args![before, limit],
        )
        .await
    }

    // What could go public.

    pub async fn mark_could_go_public(&mut self, post: Id, account: Id, at: Millis) -> Result<(), Error> {
        self.run(
            "insert into could_go_public (post_id, account_id, created_at) values ($1, $2, $3) on conflict do nothing",
            args![post, account, at],
        )
        .await?;
        Ok(())
    }

    /// Takes one's own mark back.
    pub async fn unmark_could_go_public(&mut self, post: Id, account: Id) -> Result<(), Error> {
        self.run("delete from could_go_public where post_id = $1 and account_id = $2", args![post, account]).await?;
        Ok(())
    }

    /// Takes all marks from a post.
    pub async fn settle_could_go_public(&mut self, post: Id) -> Result<(), Error> {
        self.run("delete from could_go_public where post_id = $1", args![post]).await?;
        Ok(())
    }
}
