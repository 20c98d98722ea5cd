//! What those who look after a node look for: accounts by what stands with them, and numbers by day.

use model::account::{Account, Member, Role};
use model::clock::{DAY, Millis};
use model::id::{Id, first_id};
use model::page::Page;

use crate::row::ids;
use crate::timelines::paged;
use crate::{Error, Tx};

/// How many accounts elsewhere are looked through that have a name which begins so.
const NAMED: i64 = 500;

/// Where accounts are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    #[default]
    Any,
    Remote,
}

/// What is wanted of members; what is empty does not count.
#[derive(Clone, Debug, Default)]
pub struct MemberSearch {
    /// active, pending, disabled, silenced, suspended.
    pub status: String,
    /// How the username begins, in lower case; the others the same.
    pub username: String,
    /// How a word of the displayed name begins.
    pub display_name: String,
    pub email: String,
    pub roles: Vec<Role>,
}

/// What is wanted of accounts, members or not; what is empty does not count.
#[derive(Clone, Debug, Default)]
pub struct AccountSearch {
    pub origin: Origin,
    /// active, silenced, suspended.
    pub status: String,
    pub username: String,
    pub display_name: String,
    pub domain: String,
}

/// How much of something there was on a day (days since the epoch).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Daily {
    pub day: i64,
    pub count: i64,
}

row!(Daily: day, count);

/// `named!("$2", "$3")`: the account's username, and a word of its displayed name, begin so.
macro_rules! named {
    ($username:literal, $display_name:literal) => {
        concat!(
            "substr(lower(a.username), 1, length(",
            $username,
            ")) = ",
            $username,
            " and (",
            $display_name,
            " = '' or replace(' ' || lower(a.display_name), ' ' || ",
            $display_name,
            ", '') <> ' ' || lower(a.display_name))"
        )
    };
}

/// A page of accounts: `$from` is where they are looked for, so that each kind is found by an index of its own.
macro_rules! accounts_page {
    ($tx:expr, $by:expr, $ids:expr, $page:expr, $from:literal) => {
        paged!(
            $tx,
            $page,
            "a.id",
            concat!("select ", account_columns!(), " from accounts a"),
            concat!(
                "a.deleted_at is null and a.inbox <> '' and (a.domain <> '' or not $1 and a.kind <> 'Application') and ($2 = '' \
                 or $2 = 'active' and a.suspended_at is null or $2 = 'silenced' and a.limited_at is not null \
                 or $2 = 'suspended' and a.suspended_at is not null and a.suspended_by <> 'approval') and ",
                named!("$3", "$4"),
                " and ($5 = '' or a.domain = $5) and ($6 = '[]' or a.id in (select value from json_each($6))) and ",
                $from
            ),
            [$by.origin == Origin::Remote, &$by.status, &$by.username, &$by.display_name, &$by.domain, $ids],
            "$7",
            "$8",
            "$9"
        )
    };
}

/// Accounts whose username begins so; `$collate` is the engine's way to compare character by character.
macro_rules! by_username {
    ($collate:literal) => {
        concat!(
            "select x.id from accounts x where lower(x.username)",
            $collate,
            " >= $1 and lower(x.username)",
            $collate,
            " < $2 order by lower(x.username)",
            $collate,
            " limit $3"
        )
    };
}

impl Tx {
    /// Members, newest first. There are few among all accounts, so they are gone through.
    pub async fn search_members(&mut self, by: &MemberSearch, page: &Page) -> Result<Vec<Account>, Error> {
        let roles: String = by.roles.iter().map(|r| format!("|{}|", r.name())).collect();
        paged!(
            self,
            page,
            "m.account_id",
            concat!("select ", account_columns!(), " from members m cross join accounts a"),
            concat!(
                "a.id = m.account_id and a.deleted_at is null and ($1 = '' \
                 or $1 = 'active' and a.suspended_at is null and m.state in ('active', 'frozen') \
                 or $1 = 'pending' and m.state = 'pending' or $1 = 'disabled' and m.state = 'disabled' \
                 or $1 = 'silenced' and a.limited_at is not null \
                 or $1 = 'suspended' and a.suspended_at is not null and a.suspended_by <> 'approval') and ",
                named!("$2", "$3"),
                " and substr(m.email, 1, length($4)) = $4 and ($5 = '' or replace($5, '|' || m.role || '|', '') <> $5)"
            ),
            [&by.status, &by.username, &by.display_name, &by.email, &roles],
            "$6",
            "$7",
            "$8"
        )
    }

    /// Accounts of here and elsewhere, newest first. Of those that a name finds, the first some hundred of that name.
    pub async fn search_accounts(&mut self, by: &AccountSearch, page: &Page) -> Result<Vec<Account>, Error> {
        let names = match (by.username.as_str(), by.display_name.as_str()) {
            ("", "") => None,
            ("", name) => {
                let words = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
                let words: Vec<String> = words.map(str::to_owned).collect();
                Some(if words.is_empty() { Vec::new() } else { self.ids_by_name(&words, NAMED).await? })
            }
            (name, _) => {
                let end = format!("{name}\u{10FFFF}");
                let sql = if self.is_sqlite() { by_username!("") } else { by_username!(" collate \"C\"") };
                Some(self.list(sql, args![name, end, NAMED]).await?)
            }
        };
        let none = "[]".to_owned();
        match names {
            Some(list) => {
                let list = serde_json::to_string(&list).unwrap_or_else(|_| "[]".to_owned());
                accounts_page!(self, by, &list, page, "a.id in (select value from json_each($6))")
            }
            None if by.status == "suspended" => {
                accounts_page!(self, by, &none, page, "a.suspended_at is not null")
            }
            None if by.status == "silenced" => accounts_page!(self, by, &none, page, "a.limited_at is not null"),
            None if !by.domain.is_empty() => {
                accounts_page!(self, by, &none, page, "a.domain <> '' and a.domain = $5")
            }
            None => accounts_page!(self, by, &none, page, "true"),
        }
    }

    /// Of several accounts, those that are members.
    pub async fn members_of(&mut self, list: &[Id]) -> Result<Vec<Member>, Error> {
        let sql = concat!(
            "select ",
            member_columns!(),
            " from members m where m.account_id in (select value from json_each($1))"
        );
        self.all(sql, &[ids(list)]).await
    }

    /// Of several accounts, those of members with a role that is shown.
    pub async fn roles_of(&mut self, list: &[Id]) -> Result<Vec<(Id, Role)>, Error> {
        let sql = "select m.account_id, m.role from members m where m.account_id in (select value from json_each($1)) \
                   and m.role <> 'member'";
        self.all(sql, &[ids(list)]).await
    }

    /// Who joined between two days, `until` included: when, and when they were last here.
    pub async fn joined(&mut self, since: i64, until: i64) -> Result<Vec<(Millis, Option<Millis>)>, Error> {
        let sql = "select m.created_at, m.last_active_at from members m where m.account_id >= $1 and m.account_id < $2 \
                   order by m.account_id";
        self.all(sql, args![first_id(since * DAY), first_id((until + 1) * DAY)]).await
    }

    /// Reports that came on each of these days.
    pub async fn reports_opened(&mut self, since: i64, until: i64) -> Result<Vec<Daily>, Error> {
        let sql = "select (r.id / 65536) / 86400000, count(*) from reports r where r.id >= $1 and r.id < $2 group by 1";
        self.all(sql, args![first_id(since * DAY), first_id((until + 1) * DAY)]).await
    }

    /// Reports that were settled on each of these days.
    pub async fn reports_settled(&mut self, since: i64, until: i64) -> Result<Vec<Daily>, Error> {
        let sql = "select r.closed_at / 86400000, count(*) from reports r where r.closed_at is not null and r.closed_at >= $1 \
                   and r.closed_at < $2 group by 1";
        self.all(sql, args![since * DAY, (until + 1) * DAY]).await
    }

    /// Accounts of a domain that became known on each of these days.
    pub async fn accounts_met(&mut self, domain: &str, since: i64, until: i64) -> Result<Vec<Daily>, Error> {
        let sql = "select (a.id / 65536) / 86400000, count(*) from accounts a where a.domain <> '' and a.domain = $1 \
                   and a.id >= $2 and a.id < $3 group by 1";
        self.all(sql, args![domain, first_id(since * DAY), first_id((until + 1) * DAY)]).await
    }

    /// The languages of members who were last here between two days, `until` included, and how many have each.
    pub async fn languages_of_members(&mut self, since: i64, until: i64) -> Result<Vec<(String, i64)>, Error> {
        let sql = "select m.locale, count(*) from members m where m.last_active_at >= $1 and m.last_active_at < $2 \
                   group by m.locale order by 2 desc, 1";
        self.all(sql, args![since * DAY, (until + 1) * DAY]).await
    }

    /// Hashtags of posts that everybody may see, in the order in which they were first used, newest first.
    pub async fn all_tags(&mut self, page: &Page) -> Result<Vec<model::post::Tag>, Error> {
        paged!(
            self,
            page,
            "t.id",
            concat!("select ", tag_columns!(), " from tags t"),
            concat!(
                "exists (select 1 from post_tags x join posts p on p.id = x.post_id ",
                "where x.tag_id = t.id and p.audience >= 60)"
            ),
            [],
            "$1",
            "$2",
            "$3"
        )
    }
}
