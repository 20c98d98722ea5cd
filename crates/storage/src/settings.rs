//! What the node remembers about itself, by name.

use crate::{Error, Tx};

impl Tx {
    pub async fn setting(&mut self, name: &str) -> Result<Option<String>, Error> {
        self.value("select value from settings where name = $1", args![name]).await
    }

    pub async fn put_setting(&mut self, name: &str, value: &str) -> Result<(), Error> {
        self.run(
            "insert into settings (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
            args![name, value],
        )
        .await?;
        Ok(())
    }

    /// The value of a setting, which is `value` if it had none: of several who ask at the same time all get the same.
    pub async fn setting_or(&mut self, name: &str, value: &str) -> Result<String, Error> {
        self.run(
            "insert into settings (name, value) values ($1, $2) on conflict (name) do nothing",
            args![name, value],
        )
        .await?;
        Ok(self.setting(name).await?.unwrap_or_else(|| value.to_owned()))
    }

    /// Whether any member exists: before that the origin may still change.
    pub async fn has_members(&mut self) -> Result<bool, Error> {
        Ok(self.value("select true from members limit 1", args![]).await?.unwrap_or(false))
    }

    /// The database answers.
    pub async fn ping(&mut self) -> Result<(), Error> {
        self.value::<i64>("select cast(1 as bigint)", args![]).await?;
        Ok(())
    }

    /// Posts of this node's members.
    pub async fn count_local_posts(&mut self) -> Result<i64, Error> {
        Ok(self
            .value(
                "select cast(coalesce(sum(a.posts_count), 0) as bigint) from members m cross join accounts a where a.id = m.account_id",
                args![],
            )
            .await?
            .unwrap_or(0))
    }
}
