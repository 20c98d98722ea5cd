//! Members: the private half of local accounts.

use model::account::{Account, Member, MemberState, Role};
use model::audience::Audience;
use model::clock::Millis;
use model::id::Id;

use crate::row::{FromRow, Row, from_row_at};
use crate::{Error, Tx};

row!(Member, member_columns, "m.": account_id, email, password_hash, role, state, reason, locale, default_audience, default_sensitive,
    default_language, tag_sharing, confirmed, created_at, last_active_at);

struct NamedMember(String, Member);

impl FromRow for NamedMember {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let name: (String,) = FromRow::from_row(row)?;
        Ok(Self(name.0, from_row_at(row, 1)?))
    }
}

impl Tx {
    pub async fn member(&mut self, account: Id) -> Result<Option<Member>, Error> {
        self.one(concat!("select ", member_columns!(), " from members m where m.account_id = $1"), args![account]).await
    }

    /// By e-mail address (lower case).
    pub async fn member_by_email(&mut self, email: &str) -> Result<Option<Member>, Error> {
        self.one(concat!("select ", member_columns!(), " from members m where m.email = $1"), args![email]).await
    }

    /// Accounts of members with just this role.
    pub async fn members_with_role(&mut self, role: Role) -> Result<Vec<Account>, Error> {
        self.all(
            concat!(
                "select ",
                account_columns!(),
                " from members m join accounts a on a.id = m.account_id where m.role = $1 order by a.id limit 100"
            ),
            args![role],
        )
        .await
    }

    pub async fn insert_member(&mut self, m: &Member) -> Result<(), Error> {
        self.run(
            "insert into members (account_id, email, password_hash, role, state, reason, locale, default_audience, default_sensitive, \
             default_language, tag_sharing, confirmed, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            args![
                m.account_id,
                &m.email,
                &m.password_hash,
                m.role,
                m.state,
                &m.reason,
                &m.locale,
                m.default_audience,
                m.default_sensitive,
                &m.default_language,
                m.tag_sharing,
                m.confirmed,
                m.created_at
            ],
        )
        .await?;
        Ok(())
    }

    pub async fn set_role(&mut self, account: Id, role: Role) -> Result<(), Error> {
        self.run("update members set role = $2 where account_id = $1", args![account, role]).await?;
        Ok(())
    }

    pub async fn set_password(&mut self, account: Id, hash: &str) -> Result<(), Error> {
        self.run("update members set password_hash = $2 where account_id = $1", args![account, hash]).await?;
        Ok(())
    }

    /// Who asked to join and waits for a decision, the first to ask first: with their reason and when they asked.
    pub async fn waiting_members(&mut self, limit: i64) -> Result<Vec<(String, String, String, Millis)>, Error> {
        self.all(
            "select a.username, m.email, m.reason, m.created_at from members m join accounts a on a.id = m.account_id \
             where m.state = 'pending' order by m.account_id limit $1",
            args![limit],
        )
        .await
    }

    /// Removes somebody who was never let in: nobody can have met them.
    pub async fn remove_waiting_account(&mut self, account: Id) -> Result<(), Error> {
        self.run("delete from notifications where from_account_id = $1", args![account]).await?;
        self.run("delete from accounts where id = $1", args![account]).await?;
        Ok(())
    }

    /// Members with their usernames, in the order of their ids.
    pub async fn members(&mut self, after: Id, limit: i64) -> Result<Vec<(String, Member)>, Error> {
        let rows: Vec<NamedMember> = self
            .all(
                concat!(
                    "select a.username, ",
                    member_columns!(),
                    " from members m join accounts a on a.id = m.account_id where m.account_id > $1 order by m.account_id limit $2"
                ),
                args![after, limit],
            )
            .await?;
        Ok(rows.into_iter().map(|r| (r.0, r.1)).collect())
    }

    /// Members in the order of their ids, for going through them all.
    pub async fn member_ids(&mut self, after: Id, limit: i64) -> Result<Vec<Id>, Error> {
        self.list(
            "select account_id from members where account_id > $1 order by account_id limit $2",
            args![after, limit],
        )
        .await
    }

    /// Members who joined before `before` and have not confirmed their address.
    pub async fn unconfirmed_members(&mut self, before: Millis, limit: i64) -> Result<Vec<Id>, Error> {
        self.list(
            "select account_id from members where not confirmed and created_at < $1 order by created_at limit $2",
            args![before, limit],
        )
        .await
    }

    pub async fn set_unconfirmed(&mut self, account: Id) -> Result<(), Error> {
        self.run("update members set confirmed = false where account_id = $1", args![account]).await?;
        Ok(())
    }

    pub async fn set_member_state(&mut self, account: Id, state: MemberState) -> Result<(), Error> {
        self.run("update members set state = $2 where account_id = $1", args![account, state]).await?;
        Ok(())
    }

    pub async fn set_posting_defaults(
        &mut self,
        account: Id,
        audience: Audience,
        sensitive: bool,
        language: &str,
    ) -> Result<(), Error> {
        self.run(
            "update members set default_audience = $2, default_sensitive = $3, default_language = $4 where account_id = $1",
            args![account, audience, sensitive, language],
        )
        .await?;
        Ok(())
    }

    /// The language that the node speaks to a member (BCP 47).
    pub async fn set_locale(&mut self, account: Id, locale: &str) -> Result<(), Error> {
        self.run("update members set locale = $2 where account_id = $1", args![account, locale]).await?;
        Ok(())
    }

    /// Remembers that a member was here; at most once an hour, so that reading costs no write.
    pub async fn touch_member(&mut self, account: Id, now: Millis, not_since: Millis) -> Result<bool, Error> {
        let sql = "update members set last_active_at = $2 where account_id = $1 and coalesce(last_active_at, 0) < $3";
        Ok(self.run(sql, args![account, now, not_since]).await? > 0)
    }

    /// Members in all, and those seen since `month` and since `half_year`.
    pub async fn member_counts(&mut self, month: Millis, half_year: Millis) -> Result<(i64, i64, i64), Error> {
        Ok(self
            .one(
                "select count(*), cast(coalesce(sum(case when last_active_at >= $1 then 1 else 0 end), 0) as bigint), \
                 cast(coalesce(sum(case when last_active_at >= $2 then 1 else 0 end), 0) as bigint) from members where state = 'active'",
                args![month, half_year],
            )
            .await?
            .unwrap_or_default())
    }
}
