//! What is kept of other servers' files, and how much room all files take.

use model::clock::{DAY, Millis};

use crate::{Error, Tx};

/// What a file of the file store is for, which its key says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// Uploads.
    Media,
    /// Avatars and headers of members.
    Profiles,
    /// Copies of what lies on other servers.
    Remote,
    /// Archives that members take along, and those that they bring. Nobody is served one by its key.
    Takeouts,
}

impl Category {
    pub const ALL: [Self; 4] = [Self::Media, Self::Profiles, Self::Remote, Self::Takeouts];

    pub fn name(self) -> &'static str {
        match self {
            Self::Media => "media",
            Self::Profiles => "profiles",
            Self::Remote => "remote",
            Self::Takeouts => "takeouts",
        }
    }

    /// Of a key: uploads lie in folders of two digits, everything else in one of its category's name.
    pub fn of_key(key: &str) -> Self {
        let folder = key.split('/').next().unwrap_or_default();
        [Self::Profiles, Self::Remote, Self::Takeouts].into_iter().find(|c| c.name() == folder).unwrap_or(Self::Media)
    }
}

/// A file of another server: kept, or not to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    /// SHA-256 of its URL, hexadecimal.
    pub url_hash: String,
    /// Of the handle of the account it belongs to.
    pub domain: String,
    /// The authority of that account's id.
    pub server: String,
    /// That it lies on.
    pub host: String,
    /// Key in the file store; empty where there is none.
    pub path: String,
    /// Bytes.
    pub size: i64,
    pub seen_at: Millis,
    /// Where there is none: not asked for again before.
    pub retry_at: Millis,
}

row!(RemoteFile, remote_columns, "r.": url_hash, domain, server, host, path, size, seen_at, retry_at);

impl Tx {
    pub async fn remote_file(&mut self, url_hash: &str) -> Result<Option<RemoteFile>, Error> {
        self.one(concat!("select ", remote_columns!(), " from remote_files r where r.url_hash = $1"), args![url_hash])
            .await
    }

    /// Writes down what became of a file, unless it is kept already: then `false`.
    pub async fn put_remote_file(&mut self, f: &RemoteFile) -> Result<bool, Error> {
        let changed = self
            .run(
                "insert into remote_files (url_hash, domain, server, host, path, size, seen_at, retry_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (url_hash) do update set domain = excluded.domain, \
                 server = excluded.server, host = excluded.host, path = excluded.path, size = excluded.size, seen_at = excluded.seen_at, retry_at = excluded.retry_at where remote_files.path = ''",
                args![&f.url_hash, &f.domain, &f.server, &f.host, &f.path, f.size, f.seen_at, f.retry_at],
            )
            .await?;
        Ok(changed > 0)
    }

    /// Somebody looked at it. Nothing is written if somebody did within the last day.
    pub async fn see_remote_file(&mut self, url_hash: &str, now: Millis) -> Result<(), Error> {
        self.run(
            "update remote_files set seen_at = $2 where url_hash = $1 and seen_at < $3",
            args![url_hash, now, now - DAY],
        )
        .await?;
        Ok(())
    }

    /// Those that nobody looked at for the longest time.
    pub async fn unseen_remote_files(&mut self, limit: i64) -> Result<Vec<RemoteFile>, Error> {
        self.all(
            concat!(
                "select ",
                remote_columns!(),
                " from remote_files r where r.path <> '' order by r.seen_at limit $1"
            ),
            args![limit],
        )
        .await
    }

    /// All, in steps by hash.
    pub async fn remote_files_after(&mut self, url_hash: &str, limit: i64) -> Result<Vec<RemoteFile>, Error> {
        self.all(
            concat!(
                "select ",
                remote_columns!(),
                " from remote_files r where r.url_hash > $1 order by r.url_hash limit $2"
            ),
            args![url_hash, limit],
        )
        .await
    }

    /// Forgets these; answers the keys of the files that were theirs and their bytes together.
    pub async fn delete_remote_files(&mut self, hashes: &[String]) -> Result<(Vec<String>, i64), Error> {
        let (mut keys, mut bytes) = (Vec::new(), 0);
        for hash in hashes {
            let sql = "delete from remote_files where url_hash = $1 returning path, size";
            let gone: Option<(String, i64)> = self.one(sql, args![hash]).await?;
            if let Some((path, size)) = gone.filter(|(path, _)| !path.is_empty()) {
                keys.push(path);
                bytes += size;
            }
        }
        Ok((keys, bytes))
    }

    /// Forgets what could not be had before `before`, a step at a time.
    pub async fn forget_failed_files(&mut self, before: Millis, limit: i64) -> Result<u64, Error> {
        self.run(
            "delete from remote_files where url_hash in \
             (select r.url_hash from remote_files r where r.path = '' and r.seen_at < $1 order by r.seen_at limit $2)",
            args![before, limit],
        )
        .await
    }

    /// Bytes of a category came (or went).
    pub async fn count_bytes(&mut self, category: Category, bytes: i64) -> Result<(), Error> {
        self.run(
            "insert into disk_use (category, bytes) values ($1, $2) on conflict (category) do update set bytes = disk_use.bytes + excluded.bytes",
            args![category.name(), bytes],
        )
        .await?;
        Ok(())
    }

    /// Bytes that the files of a category take.
    pub async fn disk_use(&mut self, category: Category) -> Result<i64, Error> {
        let sql = "select d.bytes from disk_use d where d.category = $1";
        Ok(self.value::<i64>(sql, args![category.name()]).await?.unwrap_or(0).max(0))
    }

    /// Bytes that the database takes.
    pub async fn database_size(&mut self) -> Result<i64, Error> {
        let sql = if self.is_sqlite() {
            "select c.page_count * s.page_size from pragma_page_count() c cross join pragma_page_size() s"
        } else {
            "select pg_database_size(current_database())"
        };
        Ok(self.value(sql, args![]).await?.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::Category;

    #[test]
    fn a_key_says_what_its_file_is_for() {
        for (key, category) in [
            ("ab/cd/1-abcd.png", Category::Media),
            ("profiles/ab/cd/1-abcd.png", Category::Profiles),
            ("remote/ab/cd/abcd.png", Category::Remote),
            ("remote-ab/x.png", Category::Media),
        ] {
            assert_eq!(Category::of_key(key), category, "{key}");
        }
    }
}
