//! What members are told of deeds of the moderators: what was done about them, and which follows it cut off.

use model::clock::Millis;
use model::id::Id;
use model::page::Page;

use crate::domains::Names;
use crate::row::ids;
use crate::timelines::paged;
use crate::{Error, Tx};

/// What a member was told that the moderators did about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountWarning {
    pub id: Id,
    pub account_id: Id,
    /// none, freeze, disable, silence, suspend.
    pub action: String,
    /// What the moderators say.
    pub text: String,
    /// That it settled.
    pub report_id: Option<Id>,
    pub created_at: Millis,
}

row!(AccountWarning, warning_columns, "w.": id, account_id, action, text, report_id, created_at);

/// Follows of a member that were cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Severance {
    pub id: Id,
    pub account_id: Id,
    /// domain_block, user_domain_block, account_suspension.
    pub kind: String,
    /// The domain, or the handle.
    pub target: String,
    /// Who followed the member.
    pub followers: i64,
    /// Whom the member followed.
    pub following: i64,
    pub created_at: Millis,
}

row!(Severance, severance_columns, "s.": id, account_id, kind, target, followers, following, created_at);

/// How many ties a member has with somebody or with a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TiesOf {
    pub account_id: Id,
    pub followers: i64,
    pub following: i64,
}

row!(TiesOf: account_id, followers, following);

impl Tx {
    pub async fn insert_warning(&mut self, w: &AccountWarning) -> Result<(), Error> {
        self.run(
            "insert into account_warnings (id, account_id, action, text, report_id, created_at) values ($1, $2, $3, $4, $5, $6)",
            args![w.id, w.account_id, &w.action, &w.text, w.report_id, w.created_at],
        )
        .await?;
        Ok(())
    }

    /// Several by id, in no particular order.
    pub async fn warnings(&mut self, list: &[Id]) -> Result<Vec<AccountWarning>, Error> {
        let sql = concat!(
            "select ",
            warning_columns!(),
            " from account_warnings w where w.id in (select value from json_each($1))"
        );
        self.all(sql, &[ids(list)]).await
    }

    /// What somebody was told that was done about them, newest first.
    pub async fn warnings_of(&mut self, account: Id, page: &Page) -> Result<Vec<AccountWarning>, Error> {
        paged!(
            self,
            page,
            "w.id",
            concat!("select ", warning_columns!(), " from account_warnings w"),
            "w.account_id = $1",
            [account],
            "$2",
            "$3",
            "$4"
        )
    }

    pub async fn insert_severance(&mut self, s: &Severance) -> Result<(), Error> {
        self.run(
            "insert into severances (id, account_id, kind, target, followers, following, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
            args![s.id, s.account_id, &s.kind, &s.target, s.followers, s.following, s.created_at],
        )
        .await?;
        Ok(())
    }

    /// Several by id, in no particular order.
    pub async fn severances(&mut self, list: &[Id]) -> Result<Vec<Severance>, Error> {
        let sql = concat!(
            "select ",
            severance_columns!(),
            " from severances s where s.id in (select value from json_each($1))"
        );
        self.all(sql, &[ids(list)]).await
    }

    /// Members who have ties with accounts of these names that are not suspended yet, and how many.
    pub async fn ties_with_names(&mut self, of: &Names) -> Result<Vec<TiesOf>, Error> {
        self.all(
            "select t.member, cast(sum(t.back) as bigint), cast(sum(t.forth) as bigint) from (\
             select f.target_id as member, 1 as back, 0 as forth from accounts a cross join follows f cross join members m \
             where a.domain <> '' and a.domain = $1 and a.host = $2 and a.suspended_at is null and f.follower_id = a.id \
             and f.accepted = true and m.account_id = f.target_id \
             union all select f.follower_id, 0, 1 from accounts a cross join follows f cross join members m \
             where a.domain <> '' and a.domain = $1 and a.host = $2 and a.suspended_at is null and f.target_id = a.id \
             and f.accepted = true and m.account_id = f.follower_id) t group by t.member",
            args![&of.domain, &of.host],
        )
        .await
    }

    /// Members who have ties with an account.
    pub async fn ties_with_account(&mut self, account: Id) -> Result<Vec<TiesOf>, Error> {
        self.all(
            "select t.member, cast(sum(t.back) as bigint), cast(sum(t.forth) as bigint) from (\
             select f.target_id as member, 1 as back, 0 as forth from follows f cross join members m where f.follower_id = $1 \
             and f.accepted = true and m.account_id = f.target_id \
             union all select f.follower_id, 0, 1 from follows f cross join members m where f.target_id = $1 \
             and f.accepted = true and m.account_id = f.follower_id) t group by t.member",
            args![account],
        )
        .await
    }

    /// How many ties a member has with people of a domain.
    pub async fn count_ties_with_domain(&mut self, account: Id, domain: &str) -> Result<TiesOf, Error> {
        Ok(self
            .one(
                "select $1, (select count(*) from follows f cross join accounts a where f.target_id = $1 and f.accepted = true \
                 and a.id = f.follower_id and a.domain = $2), (select count(*) from follows f cross join accounts a \
                 where f.follower_id = $1 and f.accepted = true and a.id = f.target_id and a.domain = $2)",
                args![account, domain],
            )
            .await?
            .unwrap_or_default())
    }
}
