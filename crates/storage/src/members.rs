//! Members: the private half of local accounts.

use model::account::{Account, Member, MemberState, Role};
use model::audience::Audience;
use model::clock::Millis;
use model::id::Id;

use crate::{Error, Tx};

row!(Member, member_columns, "m.": account_id, email, password_hash, role, state, reason, locale, default_audience, default_sensitive,
    default_language, tag_sharing, created_at, last_active_at);

impl Tx {
    pub async fn member(&mut self, account: Id) -> Result<Option<Member>, Error> {
        self.one(concat!("select ", member_columns!(), " from members m where m.account_id = $1"), args![account]).await
    }

    /// By e-mail address (lower case).
    pub async fn member_by_email(&mut self, email: &str) -> Result<Option<Member>, Error> {
        self.one(concat!("select ", member_columns!(), " from members m where m.email = $1"), args![email]).await
    }

    /// Accounts of members with this role or a higher one of those given.
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
             default_language, tag_sharing, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
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
                m.created_at
            ],
        )
        .await?;
        Ok(())
    }

    pub async fn set_password(&mut self, account: Id, hash: &str) -> Result<(), Error> {
        self.run("update members set password_hash = $2 where account_id = $1", args![account, hash]).await?;
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

    /// Remembers that a member was here; at most once an hour, so that reading costs no write.
    pub async fn touch_member(&mut self, account: Id, now: Millis, not_since: Millis) -> Result<(), Error> {
        self.run(
            "update members set last_active_at = $2 where account_id = $1 and coalesce(last_active_at, 0) < $3",
            args![account, now, not_since],
        )
        .await?;
        Ok(())
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
