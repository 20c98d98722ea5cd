//! Reports: what was brought before the moderators, by members and by other servers.

use model::clock::Millis;
use model::id::Id;
use model::page::Page;
use serde::{Deserialize, Serialize};

use crate::row::json;
use crate::timelines::paged;
use crate::{Error, Tx};

/// A post as it was when it was reported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub id: Id,
    pub uri: String,
    pub created_at: Millis,
    /// Content warning.
    pub summary: String,
    /// Plain text.
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub id: Id,
    /// The id of the `Flag`, ours or another server's.
    pub uri: String,
    /// A member of ours; `None` where another server reports.
    pub reporter_id: Option<Id>,
    /// Their handle, or the host of the other server.
    pub reporter: String,
    pub target_id: Id,
    /// The handle of who is reported.
    pub target: String,
    /// spam, legal, violation, other.
    pub category: String,
    pub comment: String,
    pub rule_ids: Vec<String>,
    pub posts: Vec<Snapshot>,
    /// Sent on to the server of who is reported.
    pub forwarded: bool,
    pub created_at: Millis,
    pub closed_at: Option<Millis>,
    pub closed_by: String,
}

row!(Report, report_columns, "r.": id, uri, reporter_id, reporter, target_id, target, category, comment, rule_ids, posts, forwarded,
    created_at, closed_at, closed_by);

impl Tx {
    /// Keeps a report; `false` if the same activity has already reported this account.
    pub async fn insert_report(&mut self, r: &Report) -> Result<bool, Error> {
        let made = self
            .run(
                "insert into reports (id, uri, reporter_id, reporter, target_id, target, category, comment, rule_ids, posts, forwarded, \
                 created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (uri, target_id) do nothing",
                &[
                    r.id.into(),
                    (&r.uri).into(),
                    r.reporter_id.into(),
                    (&r.reporter).into(),
                    r.target_id.into(),
                    (&r.target).into(),
                    (&r.category).into(),
                    (&r.comment).into(),
                    json(&r.rule_ids),
                    json(&r.posts),
                    r.forwarded.into(),
                    r.created_at.into(),
                ],
            )
            .await?;
        Ok(made > 0)
    }

    pub async fn report(&mut self, id: Id) -> Result<Option<Report>, Error> {
        self.one(concat!("select ", report_columns!(), " from reports r where r.id = $1"), args![id]).await
    }

    /// Several by id, in no particular order.
    pub async fn reports_by_id(&mut self, list: &[Id]) -> Result<Vec<Report>, Error> {
        self.all(
            concat!("select ", report_columns!(), " from reports r where r.id in (select value from json_each($1))"),
            &[crate::row::ids(list)],
        )
        .await
    }

    /// Reports that wait, newest first; or all.
    pub async fn reports(&mut self, closed_too: bool, page: &Page) -> Result<Vec<Report>, Error> {
        // A text for each, so that the few open ones are found by their own index.
        if closed_too {
            paged!(
                self,
                page,
                "r.id",
                concat!("select ", report_columns!(), " from reports r"),
                "true",
                [],
                "$1",
                "$2",
                "$3"
            )
        } else {
            paged!(
                self,
                page,
                "r.id",
                concat!("select ", report_columns!(), " from reports r"),
                "r.closed_at is null",
                [],
                "$1",
                "$2",
                "$3"
            )
        }
    }

    /// How many reports a server sent since then, and how many of its reports are open; no more than `most` are counted.
    pub async fn count_reports_of(&mut self, host: &str, since: Millis, most: i64) -> Result<(i64, i64), Error> {
        let sql = "select count(*) from (select 1 from reports r where r.reporter_id is null and r.reporter = $1 and r.created_at > $2 \
                   limit $3) x";
        let sent = self.value(sql, args![host, since, most]).await?.unwrap_or(0);
        let sql = "select count(*) from (select 1 from reports r where r.closed_at is null and r.reporter_id is null \
                   and r.reporter = $1 limit $2) x";
        Ok((sent, self.value(sql, args![host, most]).await?.unwrap_or(0)))
    }

    /// What a server reports of an account that nobody is done with, in no particular order.
    pub async fn open_reports_of(&mut self, host: &str, target: Id) -> Result<Vec<Report>, Error> {
        let sql = concat!(
            "select ",
            report_columns!(),
            " from reports r where r.closed_at is null and r.reporter_id is null and r.reporter = $1 and r.target_id = $2"
        );
        self.all(sql, args![host, target]).await
    }

    /// Closes a report; `false` if it is closed or not there.
    pub async fn close_report(&mut self, id: Id, by: &str, now: Millis) -> Result<bool, Error> {
        Ok(self
            .run(
                "update reports set closed_at = $3, closed_by = $2 where id = $1 and closed_at is null",
                args![id, by, now],
            )
            .await?
            > 0)
    }
}
