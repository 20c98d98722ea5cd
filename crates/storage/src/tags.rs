//! Hashtags and the posts that carry them.

use model::clock::{HOUR, Millis};
use model::id::Id;
use model::post::Tag;

use crate::row::{FromRow, Row, from_row_at, ids};
use crate::{Error, Tx};

row!(Tag, tag_columns, "t.": id, name, display);

struct TagOfPost(Id, Tag);

impl FromRow for TagOfPost {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let id: (Id,) = FromRow::from_row(row)?;
        Ok(Self(id.0, from_row_at(row, 1)?))
    }
}

/// `$collate` is the engine's way to compare character by character.
macro_rules! by_prefix {
    ($collate:literal) => {
        concat!(
            "select ",
            tag_columns!(),
            " from (select * from tags n where n.name",
            $collate,
            " >= $1 and n.name",
            $collate,
            " < $2 order by n.name",
            $collate,
            " limit 500) t where exists (select 1 from post_tags x where x.tag_id = t.id \
             and (select p.audience from posts p where p.id = x.post_id) = 70) \
             order by t.last_used_at desc, t.id limit $3 offset $4"
        )
    };
}

impl Tx {
    /// By normalised name.
    pub async fn tag(&mut self, name: &str) -> Result<Option<Tag>, Error> {
        self.one(concat!("select ", tag_columns!(), " from tags t where t.name = $1"), args![name]).await
    }

    /// The tag of this name, made if need be; remembers that it was used, to the hour: whoever wrote that down for each use would wait
    /// for everybody else who uses the tag at the moment. `display`: how it is spelled where everybody may read it, which stays; else
    /// `name`, so that nobody sees how a hashtag is spelled that was used only in private.
    pub async fn use_tag(&mut self, id: Id, name: &str, display: &str, now: Millis) -> Result<Id, Error> {
        let known = "select t.id from tags t where t.name = $1 and t.last_used_at > $2 and (t.display <> t.name or $3 = t.name)";
        if let Some(id) = self.value(known, args![name, now - HOUR, display]).await? {
            return Ok(id);
        }
        let id: Option<Id> = self
            .value(
                "insert into tags (id, name, display, created_at, last_used_at) values ($1, $2, $3, $4, $4) \
                 on conflict (name) do update set last_used_at = case when tags.last_used_at < excluded.last_used_at \
                 then excluded.last_used_at else tags.last_used_at end, \
                 display = case when tags.display = tags.name then excluded.display else tags.display end returning id",
                args![id, name, display, now],
            )
            .await?;
        id.ok_or_else(|| Error::Corrupt(format!("no id for tag {name}")))
    }

    pub async fn tag_post(&mut self, tag: Id, post: Id) -> Result<(), Error> {
        self.run("insert into post_tags (tag_id, post_id) values ($1, $2) on conflict do nothing", args![tag, post])
            .await?;
        Ok(())
    }

    pub async fn untag_post(&mut self, post: Id) -> Result<(), Error> {
        self.run("delete from post_tags where post_id = $1", args![post]).await?;
        Ok(())
    }

    /// Tags of posts: (post, tag).
    pub async fn tags_of(&mut self, posts: &[Id]) -> Result<Vec<(Id, Tag)>, Error> {
        let rows: Vec<TagOfPost> = self
            .all(
                concat!(
                    "select pt.post_id, ",
                    tag_columns!(),
                    " from post_tags pt join tags t on t.id = pt.tag_id where pt.post_id in (select value from json_each($1)) order by pt.post_id, t.id"
                ),
                &[ids(posts)],
            )
            .await?;
        Ok(rows.into_iter().map(|r| (r.0, r.1)).collect())
    }

    /// Tags of public posts whose name begins with `prefix` (normalised), the last used first; of very many those that come
    /// first in the alphabet. What was said in private cannot be found by the tags in it.
    pub async fn tags_by_prefix(&mut self, prefix: &str, limit: i64, offset: i64) -> Result<Vec<Tag>, Error> {
        let end = format!("{prefix}\u{10FFFF}");
        let sql = if self.is_sqlite() { by_prefix!("") } else { by_prefix!(" collate \"C\"") };
        self.all(sql, args![prefix, end, limit, offset]).await
    }
}
