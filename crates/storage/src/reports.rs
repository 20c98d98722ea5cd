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
    /// A member of ours; `None` where it was done by a command.
    pub closed_by_id: Option<Id>,
    /// The member of ours who looks after it.
    pub assigned_id: Option<Id>,
    pub updated_at: Millis,
}

/// Which reports are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportFilter {
    /// Those that somebody is done with, or those that wait; `None`: both.
    pub closed: Option<bool>,
    /// By this member of ours.
    pub reporter: Option<Id>,
    /// About this account.
    pub target: Option<Id>,
}

row!(Report, report_columns, "r.": id, uri, reporter_id, reporter, target_id, target, category, comment, rule_ids, posts, forwarded,
    created_at, closed_at, closed_by, closed_by_id, assigned_id, updated_at);

macro_rules! reports_page {
    ($tx:expr, $page:expr, $where:literal, [$($value:expr),*], $above:literal, $below:literal, $limit:literal) => {
        paged!(
            $tx,
            $page,
            "r.id",
            concat!("select ", report_columns!(), " from reports r"),
            $where,
            [$($value),*],
            $above,
            $below,
            $limit
        )
    };
}

impl Tx {
    /// Keeps a report; `false` if the same activity has already reported this account.
    pub async fn insert_report(&mut self, r: &Report) -> Result<bool, Error> {
        let made = self
            .run(
                "insert into reports (id, uri, reporter_id, reporter, target_id, target, category, comment, rule_ids, posts, forwarded, \
                 created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) on conflict (uri, target_id) do nothing",
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

    /// How much waits for those who look after the node: open reports and people who ask to join, up to 100 of each.
    pub async fn waits_for_keepers(&mut self) -> Result<i64, Error> {
        let sql = "select (select count(*) from (select 1 from reports where closed_at is null and id > 0 limit 100) r) \
                   + (select count(*) from (select 1 from members where state = 'pending' limit 100) m)";
        Ok(self.value(sql, args![]).await?.unwrap_or(0))
    }

    /// Reports, newest first.
    pub async fn reports(&mut self, by: &ReportFilter, page: &Page) -> Result<Vec<Report>, Error> {
        // A text for each, so that each finds its own by an index.
        let (wanted, closed) = (by.closed.is_none(), by.closed.unwrap_or(false));
        match (by.target, by.reporter, by.closed) {
            (Some(target), reporter, _) => reports_page!(
                self,
                page,
                "r.target_id = $1 and ($2 = 0 or r.reporter_id = $2) and ($3 or (r.closed_at is not null) = $4)",
                [target, reporter.unwrap_or(0), wanted, closed],
                "$5",
                "$6",
                "$7"
            ),
            (None, Some(reporter), _) => reports_page!(
                self,
                page,
                "r.reporter_id = $1 and ($2 or (r.closed_at is not null) = $3)",
                [reporter, wanted, closed],
                "$4",
                "$5",
                "$6"
            ),
            (None, None, None) => reports_page!(self, page, "true", [], "$1", "$2", "$3"),
            (None, None, Some(true)) => reports_page!(self, page, "r.closed_at is not null", [], "$1", "$2", "$3"),
            (None, None, Some(false)) => reports_page!(self, page, "r.closed_at is null", [], "$1", "$2", "$3"),
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

    /// Closes a report; `false` if it is closed or not there. `who`: the member who does.
    pub async fn close_report(&mut self, id: Id, by: &str, who: Option<Id>, now: Millis) -> Result<bool, Error> {
        let sql = "update reports set closed_at = $3, closed_by = $2, closed_by_id = $4, updated_at = $3 where id = $1 and closed_at is null";
        Ok(self.run(sql, args![id, by, now, who]).await? > 0)
    }

    /// Opens a report again; `false` if it is open or not there.
    pub async fn reopen_report(&mut self, id: Id, now: Millis) -> Result<bool, Error> {
        let sql = "update reports set closed_at = null, closed_by = '', closed_by_id = null, closed_note = '', updated_at = $2 where id = $1 \
                   and closed_at is not null";
        Ok(self.run(sql, args![id, now]).await? > 0)
    }

    /// What was decided about a report that is closed; empty for most.
    pub async fn report_note(&mut self, id: Id) -> Result<String, Error> {
        let note = self.value("select r.closed_note from reports r where r.id = $1", args![id]).await?;
        Ok(note.unwrap_or_default())
    }

    pub async fn set_report_note(&mut self, id: Id, note: &str) -> Result<(), Error> {
        self.run("update reports set closed_note = $2 where id = $1", args![id, note]).await?;
        Ok(())
    }

    /// Who looks after a report.
    pub async fn assign_report(&mut self, id: Id, to: Option<Id>, now: Millis) -> Result<(), Error> {
        self.run("update reports set assigned_id = $2, updated_at = $3 where id = $1", args![id, to, now]).await?;
        Ok(())
    }

    /// What a report is about.
    pub async fn file_report_under(
        &mut self,
        id: Id,
        category: &str,
        rule_ids: &[String],
        now: Millis,
    ) -> Result<(), Error> {
        self.run(
            "update reports set category = $2, rule_ids = $3, updated_at = $4 where id = $1",
            &[id.into(), category.into(), json(rule_ids), now.into()],
        )
        .await?;
        Ok(())
    }
}
