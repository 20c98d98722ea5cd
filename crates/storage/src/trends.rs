//! What is used by many: kept by day as how many different people used it, never by how often something was favourited or boosted.
//! And what went on here, by week.

use model::clock::{DAY, Millis};
use model::id::Id;
use model::post::Tag;

use crate::row::ids;
use crate::{Error, Tx};

/// What can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trending {
    Tag,
    /// A page that posts lead to: its card.
    Link,
}

impl Trending {
    fn name(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Link => "link",
        }
    }
}

/// What was used on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayOf {
    pub day: i64,
    pub subject_id: Id,
    pub uses: i64,
    /// Different people.
    pub accounts: i64,
}

row!(DayOf: day, subject_id, uses, accounts);

/// A week of the node: when it began, posts of members, members who were here, members who joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    pub week: Millis,
    pub posts: i64,
    pub logins: i64,
    pub registrations: i64,
}

row!(Week: week, posts, logins, registrations);

/// When the week of a time began: Monday (UTC), as the first day was a Thursday.
pub fn week_of(at: Millis) -> Millis {
    (at - 4 * DAY).div_euclid(7 * DAY) * 7 * DAY + 4 * DAY
}

impl Tx {
    /// Somebody used something on a day.
    pub async fn count_use(&mut self, day: i64, kind: Trending, subject: Id, account: Id) -> Result<(), Error> {
        let new = self
            .run(
                "insert into trend_users (day, kind, subject_id, account_id) values ($1, $2, $3, $4) on conflict do nothing",
                args![day, kind.name(), subject, account],
            )
            .await?;
        let new = i64::try_from(new).unwrap_or(0);
        self.run(
            "insert into trend_days (day, kind, subject_id, uses, accounts) values ($1, $2, $3, 1, $4) \
             on conflict (day, kind, subject_id) do update set uses = trend_days.uses + 1, accounts = trend_days.accounts + excluded.accounts",
            args![day, kind.name(), subject, new],
        )
        .await?;
        Ok(())
    }

    /// What the most people used on a day.
    pub async fn most_used(&mut self, day: i64, kind: Trending, limit: i64) -> Result<Vec<DayOf>, Error> {
        self.all(
            "select t.day, t.subject_id, t.uses, t.accounts from trend_days t where t.day = $1 and t.kind = $2 \
             order by t.accounts desc, t.subject_id desc limit $3",
            args![day, kind.name(), limit],
        )
        .await
    }

    /// How these were used on the days from `day` on.
    pub async fn uses_since(&mut self, day: i64, until: i64, kind: Trending, list: &[Id]) -> Result<Vec<DayOf>, Error> {
        let days: Vec<i64> = (day..=until).collect();
        self.all(
            "select t.day, t.subject_id, t.uses, t.accounts from json_each($1) d cross join json_each($3) j cross join trend_days t \
             where t.day = d.value and t.kind = $2 and t.subject_id = j.value",
            &[ids(&days), kind.name().into(), ids(list)],
        )
        .await
    }

    /// Days before `day` are forgotten, at most `limit` rows of each table.
    pub async fn forget_trends(&mut self, day: i64, limit: i64) -> Result<u64, Error> {
        let days = self
            .run(
                "delete from trend_days where (day, kind, subject_id) in \
                 (select day, kind, subject_id from trend_days where day < $1 order by day limit $2)",
                args![day, limit],
            )
            .await?;
        let users = self
            .run(
                "delete from trend_users where (day, kind, subject_id, account_id) in \
                 (select day, kind, subject_id, account_id from trend_users where day < $1 order by day limit $2)",
                args![day, limit],
            )
            .await?;
        Ok(days.max(users))
    }

    pub async fn tags_by_id(&mut self, list: &[Id]) -> Result<Vec<Tag>, Error> {
        self.all(
            concat!("select ", tag_columns!(), " from tags t where t.id in (select value from json_each($1))"),
            &[ids(list)],
        )
        .await
    }

    /// Adds to what is kept of the week in which `at` lies.
    pub async fn count_week(&mut self, at: Millis, posts: i64, logins: i64, registrations: i64) -> Result<(), Error> {
        self.run(
            "insert into activity (week, posts, logins, registrations) values ($1, $2, $3, $4) on conflict (week) do update set \
             posts = activity.posts + excluded.posts, logins = activity.logins + excluded.logins, \
             registrations = activity.registrations + excluded.registrations",
            args![week_of(at), posts, logins, registrations],
        )
        .await?;
        Ok(())
    }

    /// The weeks since `week`.
    pub async fn weeks(&mut self, week: Millis) -> Result<Vec<Week>, Error> {
        self.all(
            "select w.week, w.posts, w.logins, w.registrations from activity w where w.week >= $1 order by w.week desc",
            args![week],
        )
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_mondays() {
        // 2025-06-15 was a Sunday, 2025-06-16 a Monday.
        let monday = 1_750_032_000_000;
        assert_eq!(week_of(monday), monday);
        assert_eq!(week_of(monday - 1), monday - 7 * DAY);
        assert_eq!(week_of(monday + 7 * DAY - 1), monday);
    }
}
