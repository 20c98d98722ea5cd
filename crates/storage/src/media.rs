//! Media rows: pictures, sound and film, ours (with files) and others' (with URLs).

use model::clock::Millis;
use model::id::Id;
use model::post::Media;

use crate::row::ids;
use crate::{Error, Tx};

row!(Media, media_columns, "x.": id, account_id, post_id, position, kind, mime, path, small_path, remote_url, size, width, height,
    small_width, small_height, duration_ms, blurhash, description, focus_x, focus_y, created_at);

impl Tx {
    pub async fn insert_media(&mut self, m: &Media) -> Result<(), Error> {
        self.run(
            "insert into media (id, account_id, post_id, position, kind, mime, path, small_path, remote_url, size, width, height, \
             small_width, small_height, duration_ms, blurhash, description, focus_x, focus_y, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
            args![
                m.id,
                m.account_id,
                m.post_id,
                m.position,
                m.kind,
                &m.mime,
                &m.path,
                &m.small_path,
                &m.remote_url,
                m.size,
                m.width,
                m.height,
                m.small_width,
                m.small_height,
                m.duration_ms,
                &m.blurhash,
                &m.description,
                m.focus_x,
                m.focus_y,
                m.created_at
            ],
        )
        .await?;
        Ok(())
    }

    pub async fn media(&mut self, id: Id) -> Result<Option<Media>, Error> {
        self.one(concat!("select ", media_columns!(), " from media x where x.id = $1"), args![id]).await
    }

    pub async fn media_list(&mut self, list: &[Id]) -> Result<Vec<Media>, Error> {
        self.all(
            concat!("select ", media_columns!(), " from media x where x.id in (select value from json_each($1))"),
            &[ids(list)],
        )
        .await
    }

    /// The media of posts, in their order. What an edit took out of a post stays with it for its history, and is not among them.
    pub async fn media_of(&mut self, posts: &[Id]) -> Result<Vec<Media>, Error> {
        self.all(
            concat!(
                "select ",
                media_columns!(),
                " from media x where x.post_id in (select value from json_each($1)) and x.position >= 0 order by x.post_id, x.position, x.id"
            ),
            &[ids(posts)],
        )
        .await
    }

    /// All files that hang on a post, those of earlier versions too.
    pub async fn all_media_of(&mut self, post: Id) -> Result<Vec<Media>, Error> {
        self.all(
            concat!("select ", media_columns!(), " from media x where x.post_id = $1 order by x.position, x.id"),
            args![post],
        )
        .await
    }

    pub async fn describe_media(&mut self, id: Id, description: &str, focus: (f64, f64)) -> Result<(), Error> {
        self.run(
            "update media set description = $2, focus_x = $3, focus_y = $4 where id = $1",
            args![id, description, focus.0, focus.1],
        )
        .await?;
        Ok(())
    }

    /// Hangs a file on a post, unless another post has it: then `false`.
    pub async fn attach_media(&mut self, id: Id, post: Id, position: i64) -> Result<bool, Error> {
        let sql = "update media set post_id = $2, position = $3 where id = $1 and (post_id is null or post_id = $2)";
        Ok(self.run(sql, args![id, post, position]).await? > 0)
    }

    /// A new version of its post does without this file; the earlier ones still have it.
    pub async fn retire_media(&mut self, id: Id) -> Result<(), Error> {
        self.run("update media set position = -1 where id = $1", args![id]).await?;
        Ok(())
    }

    /// Lets go of the files of a post that is about to be deleted, so that their owner can post them again. They count as
    /// uploaded now.
    pub async fn release_media(&mut self, post: Id, now: Millis) -> Result<(), Error> {
        self.run("update media set post_id = null, position = 0, created_at = $2 where post_id = $1", args![post, now])
            .await?;
        Ok(())
    }

    /// Removes an upload that no post has; `false` if one has taken it meanwhile.
    pub async fn delete_media(&mut self, id: Id) -> Result<bool, Error> {
        Ok(self.run("delete from media where id = $1 and post_id is null", args![id]).await? > 0)
    }

    /// Uploads that no post took and none that waits for its time wants, older than `before`.
    pub async fn unattached_media(&mut self, before: Millis, limit: i64) -> Result<Vec<Media>, Error> {
        self.all(
            concat!(
                "select ",
                media_columns!(),
                " from media x where x.post_id is null and x.created_at < $1 \
                 and not exists (select 1 from scheduled_media s where s.media_id = x.id) order by x.created_at limit $2"
            ),
            args![before, limit],
        )
        .await
    }
}
