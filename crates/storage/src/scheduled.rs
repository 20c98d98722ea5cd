//! Posts that are to be made later, and the uploads that wait with them.

use model::clock::Millis;
use model::id::Id;
use model::page::Page;
use model::post::Draft;

use crate::row::{ids, json};
use crate::timelines::paged;
use crate::{Error, Tx};

#[derive(Clone, Debug)]
pub struct Scheduled {
    pub id: Id,
    pub account_id: Id,
    pub scheduled_at: Millis,
    pub draft: Draft,
    /// Why it could not be made when its time came; empty before.
    pub failure: String,
}

row!(Scheduled, scheduled_columns, "s.": id, account_id, scheduled_at, draft, failure);

impl Tx {
    pub async fn insert_scheduled(&mut self, s: &Scheduled, now: Millis) -> Result<(), Error> {
        self.run(
            "insert into scheduled_posts (id, account_id, scheduled_at, draft, created_at) values ($1, $2, $3, $4, $5)",
            &[s.id.into(), s.account_id.into(), s.scheduled_at.into(), json(&s.draft), now.into()],
        )
        .await?;
        self.run(
            "insert into scheduled_media (media_id, scheduled_id) select x.id, $2 from media x \
             where x.id in (select value from json_each($1)) on conflict do nothing",
            &[ids(&s.draft.media_ids), s.id.into()],
        )
        .await?;
        Ok(())
    }

    /// One that waits; whoever asks in a work that writes has it to themselves.
    pub async fn scheduled(&mut self, id: Id) -> Result<Option<Scheduled>, Error> {
        if !self.is_sqlite() {
            self.run("select s.id from scheduled_posts s where s.id = $1 for update", args![id]).await?;
        }
        self.seen_scheduled(id).await
    }

    /// The same, to look at.
    pub async fn seen_scheduled(&mut self, id: Id) -> Result<Option<Scheduled>, Error> {
        self.one(concat!("select ", scheduled_columns!(), " from scheduled_posts s where s.id = $1"), args![id]).await
    }

    /// A member's, the last one first.
    pub async fn scheduled_by(&mut self, account: Id, page: &Page) -> Result<Vec<Scheduled>, Error> {
        paged!(
            self,
            page,
            "s.id",
            concat!("select ", scheduled_columns!(), " from scheduled_posts s"),
            "s.account_id = $1",
            [account],
            "$2",
            "$3",
            "$4"
        )
    }

    /// How many of a member's wait in all, and for a time from `from` to `until`.
    pub async fn count_scheduled(&mut self, account: Id, from: Millis, until: Millis) -> Result<(i64, i64), Error> {
        let all = self
            .value("select count(*) from scheduled_posts s where s.account_id = $1", args![account])
            .await?
            .unwrap_or(0);
        let within = self
            .value(
                "select count(*) from scheduled_posts s where s.account_id = $1 and s.scheduled_at >= $2 and s.scheduled_at < $3",
                args![account, from, until],
            )
            .await?
            .unwrap_or(0);
        Ok((all, within))
    }

    /// Another time; what went wrong before is forgotten.
    pub async fn reschedule(&mut self, id: Id, at: Millis) -> Result<(), Error> {
        self.run("update scheduled_posts set scheduled_at = $2, failure = '' where id = $1", args![id, at]).await?;
        Ok(())
    }

    pub async fn fail_scheduled(&mut self, id: Id, why: &str) -> Result<(), Error> {
        self.run("update scheduled_posts set failure = $2 where id = $1", args![id, why]).await?;
        Ok(())
    }

    pub async fn delete_scheduled(&mut self, id: Id) -> Result<bool, Error> {
        Ok(self.run("delete from scheduled_posts where id = $1", args![id]).await? > 0)
    }

    /// Whether these uploads wait with a post that is to be made later.
    pub async fn is_scheduled_media(&mut self, media: &[Id]) -> Result<bool, Error> {
        Ok(self
            .value(
                "select true from scheduled_media s where s.media_id in (select value from json_each($1)) limit 1",
                &[ids(media)],
            )
            .await?
            .unwrap_or(false))
    }
}
