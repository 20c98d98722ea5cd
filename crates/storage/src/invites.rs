//! Invitations: links that let somebody sign up, with a role.

use model::account::Role;
use model::clock::Millis;
use model::id::Id;

use crate::{Error, Tx};

#[derive(Clone, Debug)]
pub struct Invite {
    /// SHA-256 of the code, hexadecimal: the link itself is shown once and not kept.
    pub code_hash: String,
    pub role: Role,
    pub uses_left: i64,
    pub expires_at: Millis,
    pub created_by: Option<Id>,
    pub created_at: Millis,
}

row!(Invite, invite_columns, "i.": code_hash, role, uses_left, expires_at, created_by, created_at);

impl Tx {
    pub async fn insert_invite(&mut self, i: &Invite) -> Result<(), Error> {
        self.run(
            "insert into invites (code_hash, role, uses_left, expires_at, created_by, created_at) values ($1, $2, $3, $4, $5, $6)",
            args![&i.code_hash, i.role, i.uses_left, i.expires_at, i.created_by, i.created_at],
        )
        .await?;
        Ok(())
    }

    /// An invitation that can still be used.
    pub async fn invite(&mut self, code_hash: &str, now: Millis) -> Result<Option<Invite>, Error> {
        self.one(
            concat!(
                "select ",
                invite_columns!(),
                " from invites i where i.code_hash = $1 and i.uses_left > 0 and i.expires_at > $2"
            ),
            args![code_hash, now],
        )
        .await
    }

    /// Those that can still be used, the oldest first.
    pub async fn open_invites(&mut self, now: Millis) -> Result<Vec<Invite>, Error> {
        let sql = concat!(
            "select ",
            invite_columns!(),
            " from invites i where i.uses_left > 0 and i.expires_at > $1 order by i.created_at, i.code_hash"
        );
        self.all(sql, args![now]).await
    }

    pub async fn delete_invite(&mut self, code_hash: &str) -> Result<bool, Error> {
        Ok(self.run("delete from invites where code_hash = $1", args![code_hash]).await? > 0)
    }

    /// Takes one use; `false` if none was left.
    pub async fn use_invite(&mut self, code_hash: &str, now: Millis) -> Result<bool, Error> {
        let changed = self
            .run(
                "update invites set uses_left = uses_left - 1 where code_hash = $1 and uses_left > 0 and expires_at > $2",
                args![code_hash, now],
            )
            .await?;
        Ok(changed > 0)
    }

    /// Ends the invitations of a role that nobody in particular gave: the first-start link, when a new one is made.
    pub async fn drop_unsigned_invites(&mut self, role: Role) -> Result<(), Error> {
        self.run("delete from invites where role = $1 and created_by is null", args![role]).await?;
        Ok(())
    }
}
