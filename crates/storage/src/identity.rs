//! What shows that members are who they say: secrets that were sent to them, second factors, and what they are signed in with. Of
//! what works once only SHA-256 (hexadecimal) is kept.

use model::clock::Millis;
use model::id::Id;

use crate::{Error, Tx};

/// A secret that works once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTime {
    pub secret_hash: String,
    pub account_id: Id,
    /// What it is for: confirm, change, reset, factor.
    pub purpose: String,
    /// The address it is about.
    pub email: String,
    pub expires_at: Millis,
}

row!(OneTime, one_time_columns, "o.": secret_hash, account_id, purpose, email, expires_at);

/// A member's second factor (RFC 6238).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// Base32.
    pub secret: String,
    /// Not before the member has shown that it works.
    pub on_since: Option<Millis>,
}

row!(SecondFactor: secret, on_since);

/// What a member is signed in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Of the token.
    pub id: Id,
    /// The app's name and home; both empty for a browser.
    pub app: String,
    pub website: String,
    pub is_app: bool,
    /// Which browser, on what system; empty if that is not known.
    pub agent: String,
    pub scopes: String,
    pub created_at: Millis,
    /// Within an hour.
    pub last_used_at: Option<Millis>,
}

row!(SignedIn: id, app, website, is_app, agent, scopes, created_at, last_used_at);

impl Tx {
    /// Keeps a secret; those of the same member for the same purpose end.
    pub async fn put_one_time(&mut self, o: &OneTime) -> Result<(), Error> {
        self.run(
            "delete from one_time_secrets where account_id = $1 and purpose = $2",
            args![o.account_id, &o.purpose],
        )
        .await?;
        self.run(
            "insert into one_time_secrets (secret_hash, account_id, purpose, email, expires_at) values ($1, $2, $3, $4, $5)",
            args![&o.secret_hash, o.account_id, &o.purpose, &o.email, o.expires_at],
        )
        .await?;
        Ok(())
    }

    pub async fn one_time(&mut self, hash: &str, purpose: &str, now: Millis) -> Result<Option<OneTime>, Error> {
        self.one(
            concat!(
                "select ",
                one_time_columns!(),
                " from one_time_secrets o where o.secret_hash = $1 and o.purpose = $2 and o.expires_at > $3"
            ),
            args![hash, purpose, now],
        )
        .await
    }

    /// Takes a secret: `false` if somebody else just did.
    pub async fn take_one_time(&mut self, hash: &str) -> Result<bool, Error> {
        Ok(self.run("delete from one_time_secrets where secret_hash = $1", args![hash]).await? > 0)
    }

    pub async fn drop_one_time_of(&mut self, account: Id) -> Result<(), Error> {
        self.run("delete from one_time_secrets where account_id = $1", args![account]).await?;
        Ok(())
    }

    pub async fn drop_expired_one_time(&mut self, before: Millis) -> Result<u64, Error> {
        self.run("delete from one_time_secrets where expires_at < $1", args![before]).await
    }

    pub async fn set_confirmed(&mut self, account: Id) -> Result<(), Error> {
        self.run("update members set confirmed = true where account_id = $1", args![account]).await?;
        Ok(())
    }

    pub async fn set_email(&mut self, account: Id, email: &str) -> Result<(), Error> {
        self.run("update members set email = $2 where account_id = $1", args![account, email]).await?;
        Ok(())
    }

    pub async fn second_factor(&mut self, account: Id) -> Result<Option<SecondFactor>, Error> {
        self.one("select secret, on_since from second_factors where account_id = $1", args![account]).await
    }

    /// Keeps a secret that is not in use yet. One that is in use stays.
    pub async fn put_second_factor(&mut self, account: Id, secret: &str) -> Result<(), Error> {
        self.run(
            "insert into second_factors (account_id, secret, last_step) values ($1, $2, 0) \
             on conflict (account_id) do update set secret = excluded.secret where second_factors.on_since is null",
            args![account, secret],
        )
        .await?;
        Ok(())
    }

    /// Remembers that the code of a step was used: `false` if that one, or a later one, was before.
    pub async fn use_step(&mut self, account: Id, step: i64) -> Result<bool, Error> {
        let sql = "update second_factors set last_step = $2 where account_id = $1 and last_step < $2";
        Ok(self.run(sql, args![account, step]).await? > 0)
    }

    pub async fn start_second_factor(&mut self, account: Id, now: Millis) -> Result<(), Error> {
        self.run("update second_factors set on_since = $2 where account_id = $1", args![account, now]).await?;
        Ok(())
    }

    pub async fn drop_second_factor(&mut self, account: Id) -> Result<(), Error> {
        self.run("delete from second_factors where account_id = $1", args![account]).await?;
        self.run("delete from recovery_codes where account_id = $1", args![account]).await?;
        Ok(())
    }

    /// Gives a member these recovery codes instead of those they had.
    pub async fn put_recovery_codes(&mut self, account: Id, hashes: &[String]) -> Result<(), Error> {
        self.run("delete from recovery_codes where account_id = $1", args![account]).await?;
        for hash in hashes {
            self.run("insert into recovery_codes (account_id, code_hash) values ($1, $2)", args![account, hash])
                .await?;
        }
        Ok(())
    }

    /// Takes a recovery code: it works once.
    pub async fn take_recovery_code(&mut self, account: Id, hash: &str) -> Result<bool, Error> {
        let sql = "delete from recovery_codes where account_id = $1 and code_hash = $2";
        Ok(self.run(sql, args![account, hash]).await? > 0)
    }

    pub async fn count_recovery_codes(&mut self, account: Id) -> Result<i64, Error> {
        let sql = "select count(*) from recovery_codes where account_id = $1";
        Ok(self.value(sql, args![account]).await?.unwrap_or(0))
    }

    /// What a member is signed in with, in the order of its beginning; no more than `limit`.
    pub async fn signed_in(&mut self, account: Id, now: Millis, limit: i64) -> Result<Vec<SignedIn>, Error> {
        let mut list: Vec<SignedIn> = self
            .all(
                "select t.id, coalesce(p.name, ''), coalesce(p.website, ''), t.app_id is not null, t.agent, t.scopes, t.created_at, \
                 t.last_used_at from tokens t \
                 left join apps p on p.id = t.app_id where t.account_id = $1 and coalesce(t.expires_at, $2 + 1) > $2 limit $3",
                args![account, now, limit],
            )
            .await?;
        list.sort_by_key(|s| s.id);
        Ok(list)
    }

    /// Ends one of the things that an account is signed in with.
    pub async fn delete_token_of(&mut self, account: Id, token: Id) -> Result<bool, Error> {
        Ok(self.run("delete from tokens where id = $2 and account_id = $1", args![account, token]).await? > 0)
    }

    /// Ends all but one of them, and what apps were promised.
    pub async fn delete_other_tokens(&mut self, account: Id, but: Id) -> Result<u64, Error> {
        self.run("delete from oauth_codes where account_id = $1", args![account]).await?;
        self.run("delete from tokens where account_id = $1 and id <> $2", args![account, but]).await
    }
}
