//! What the node says about itself: rules, texts, announcements.

use model::clock::Millis;
use model::id::Id;

use crate::{Error, Tx};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub id: Id,
    pub text: String,
    /// What it means, in more words; may be empty.
    pub hint: String,
    pub created_at: Millis,
    /// Since when it holds no longer.
    pub removed_at: Option<Millis>,
}

row!(Rule, rule_columns, "r.": id, text, hint, created_at, removed_at);

/// A version of one of the node's texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub id: Id,
    /// Markdown.
    pub source: String,
    pub effective_at: Millis,
    pub created_at: Millis,
}

row!(Text, text_columns, "t.": id, source, effective_at, created_at);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    pub id: Id,
    /// Markdown.
    pub source: String,
    /// HTML.
    pub content: String,
    pub starts_at: Option<Millis>,
    pub ends_at: Option<Millis>,
    pub all_day: bool,
    pub created_at: Millis,
    pub updated_at: Millis,
}

row!(Announcement, announcement_columns, "n.": id, source, content, starts_at, ends_at, all_day, created_at, updated_at);

impl Tx {
    // Rules.

    /// Those that hold, in their order.
    pub async fn rules(&mut self) -> Result<Vec<Rule>, Error> {
        self.all(
            concat!("select ", rule_columns!(), " from rules r where r.removed_at is null order by r.position, r.id"),
            args![],
        )
        .await
    }

    /// Those that held before, the last to go first; at most 100.
    pub async fn former_rules(&mut self) -> Result<Vec<Rule>, Error> {
        self.all(
            concat!(
                "select ",
                rule_columns!(),
                " from rules r where r.removed_at is not null order by r.removed_at desc, r.id desc limit 100"
            ),
            args![],
        )
        .await
    }

    /// A rule stands after the others, or, if it is what another is changed to, in that one's place.
    pub async fn insert_rule(&mut self, rule: &Rule, replaces: Option<Id>) -> Result<(), Error> {
        self.run(
            "insert into rules (id, position, text, hint, created_at) \
             select $1, case when $5 = 0 then coalesce(max(r.position), 0) + 1 else max(r.position) end, $2, $3, $4 \
             from rules r where $5 = 0 or r.id = $5",
            args![rule.id, &rule.text, &rule.hint, rule.created_at, replaces.unwrap_or(0)],
        )
        .await?;
        Ok(())
    }

    /// A rule no longer holds. Reports name it still.
    pub async fn remove_rule(&mut self, id: Id, at: Millis) -> Result<bool, Error> {
        let sql = "update rules set removed_at = $2 where id = $1 and removed_at is null";
        Ok(self.run(sql, args![id, at]).await? > 0)
    }

    // Texts.

    /// The version of a text that holds at a moment.
    pub async fn text_at(&mut self, name: &str, at: Millis) -> Result<Option<Text>, Error> {
        self.one(
            concat!(
                "select ",
                text_columns!(),
                " from texts t where t.name = $1 and t.effective_at <= $2 order by t.effective_at desc, t.id desc limit 1"
            ),
            args![name, at],
        )
        .await
    }

    /// Whether there is a text that holds at a moment.
    pub async fn has_text(&mut self, name: &str, at: Millis) -> Result<bool, Error> {
        let found = self
            .value("select true from texts t where t.name = $1 and t.effective_at <= $2 limit 1", args![name, at])
            .await?;
        Ok(found.unwrap_or(false))
    }

    /// The version that comes after that.
    pub async fn text_after(&mut self, name: &str, at: Millis) -> Result<Option<Text>, Error> {
        self.one(
            concat!(
                "select ",
                text_columns!(),
                " from texts t where t.name = $1 and t.effective_at > $2 order by t.effective_at, t.id desc limit 1"
            ),
            args![name, at],
        )
        .await
    }

    pub async fn insert_text(&mut self, name: &str, t: &Text) -> Result<(), Error> {
        self.run(
            "insert into texts (id, name, source, effective_at, created_at) values ($1, $2, $3, $4, $5)",
            args![t.id, name, &t.source, t.effective_at, t.created_at],
        )
        .await?;
        Ok(())
    }

    /// Takes a text away with all its versions.
    pub async fn drop_text(&mut self, name: &str) -> Result<bool, Error> {
        Ok(self.run("delete from texts where name = $1", args![name]).await? > 0)
    }

    // Announcements.

    pub async fn insert_announcement(&mut self, a: &Announcement) -> Result<(), Error> {
        self.run(
            "insert into announcements (id, source, content, starts_at, ends_at, all_day, created_at, updated_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![a.id, &a.source, &a.content, a.starts_at, a.ends_at, a.all_day, a.created_at, a.updated_at],
        )
        .await?;
        Ok(())
    }

    pub async fn delete_announcement(&mut self, id: Id) -> Result<bool, Error> {
        Ok(self.run("delete from announcements where id = $1", args![id]).await? > 0)
    }

    pub async fn announcement(&mut self, id: Id) -> Result<Option<Announcement>, Error> {
        self.one(concat!("select ", announcement_columns!(), " from announcements n where n.id = $1"), args![id]).await
    }

    /// Nobody else reacts to an announcement until this work ends; `false` if it is gone.
    pub async fn hold_announcement(&mut self, id: Id) -> Result<bool, Error> {
        let sql = if self.is_sqlite() {
            "select true from announcements where id = $1"
        } else {
            "select true from announcements where id = $1 for no key update"
        };
        Ok(self.value(sql, args![id]).await?.unwrap_or(false))
    }

    /// All of them, the first one first.
    pub async fn announcements(&mut self) -> Result<Vec<Announcement>, Error> {
        self.all(concat!("select ", announcement_columns!(), " from announcements n order by n.id"), args![]).await
    }

    /// Which announcements a member is done with.
    pub async fn read_announcements(&mut self, account: Id) -> Result<Vec<Id>, Error> {
        self.list("select r.announcement_id from announcement_reads r where r.account_id = $1", args![account]).await
    }

    pub async fn read_announcement(&mut self, id: Id, account: Id) -> Result<(), Error> {
        self.run(
            "insert into announcement_reads (announcement_id, account_id) values ($1, $2) on conflict do nothing",
            args![id, account],
        )
        .await?;
        Ok(())
    }

    /// How members reacted to an announcement: (emoji, how many, whether this one did), those that most used first.
    pub async fn announcement_reactions(&mut self, id: Id, account: Id) -> Result<Vec<(String, i64, bool)>, Error> {
        let rows: Vec<(String, i64, i64)> = self
            .all(
                "select r.name, count(*), cast(sum(case when r.account_id = $2 then 1 else 0 end) as bigint) \
                 from announcement_reactions r where r.announcement_id = $1 group by r.name order by count(*) desc, r.name",
                args![id, account],
            )
            .await?;
        Ok(rows.into_iter().map(|(name, count, own)| (name, count, own > 0)).collect())
    }

    pub async fn put_announcement_reaction(&mut self, id: Id, account: Id, name: &str) -> Result<(), Error> {
        self.run(
            "insert into announcement_reactions (announcement_id, account_id, name) values ($1, $2, $3) on conflict do nothing",
            args![id, account, name],
        )
        .await?;
        Ok(())
    }

    pub async fn delete_announcement_reaction(&mut self, id: Id, account: Id, name: &str) -> Result<(), Error> {
        self.run(
            "delete from announcement_reactions where announcement_id = $1 and account_id = $2 and name = $3",
            args![id, account, name],
        )
        .await?;
        Ok(())
    }
}
