//! Accounts of this node and of others, and their keys.

use model::account::{Account, Emoji, Field};
use model::clock::Millis;
use model::id::Id;
use model::page::Page;

use crate::row::{ids, json};
use crate::{Error, Tx};

row!(Account, account_columns, "a.": id, uri, username, domain, kind, display_name, note, note_source, url, inbox, shared_inbox,
    inbox_host, outbox, followers, following, featured, avatar, avatar_description, header, header_description, fields, emojis,
    also_known_as, moved_to, locked, discoverable, indexable, memorial, hide_collections, created_at, updated_at, fetched_at, suspended_at,
    suspended_by, limited_at, deleted_at, followers_count, following_count, posts_count, last_post_at);

/// A public key, and the private one where it is ours.
#[derive(Clone, Debug)]
pub struct Key {
    /// The keyId of signatures.
    pub id: String,
    pub account_id: Id,
    pub public_pem: String,
    pub private_pem: Option<String>,
    pub created_at: Millis,
    pub fetched_at: Millis,
}

row!(Key, key_columns, "k.": id, account_id, public_pem, private_pem, created_at, fetched_at);

/// What a member can change about their profile.
#[derive(Clone, Debug)]
pub struct Profile {
    pub display_name: String,
    pub note: String,
    pub note_source: String,
    pub fields: Vec<Field>,
    pub emojis: Vec<Emoji>,
    pub avatar: String,
    pub avatar_description: String,
    pub header: String,
    pub header_description: String,
    pub kind: model::account::ActorKind,
    pub locked: bool,
    pub discoverable: bool,
    pub indexable: bool,
    pub hide_collections: bool,
}

/// Local and remote accounts each from their index, no more than can be on the page, so that one letter costs no more than
/// ten. `$collate` is the engine's way to compare character by character.
macro_rules! by_prefix {
    ($collate:literal) => {
        concat!(
            "select ",
            account_columns!(),
            " from (select * from (",
            by_prefix!(0, "=", $collate),
            ") ours union all select * from (",
            by_prefix!(1, "<>", $collate),
            ") theirs) a order by a.place, lower(a.username), a.id limit $4 offset $5"
        )
    };
    ($place:literal, $is:literal, $collate:literal) => {
        concat!(
            "select ",
            $place,
            " as place, x.* from accounts x where x.domain ",
            $is,
            " '' and lower(x.username)",
            $collate,
            " >= $1 and lower(x.username)",
            $collate,
            " < $2 and x.suspended_at is null and x.limited_at is null and x.deleted_at is null and x.inbox <> '' \
             order by lower(x.username)",
            $collate,
            " limit $3"
        )
    };
}

impl Tx {
    pub async fn account(&mut self, id: Id) -> Result<Option<Account>, Error> {
        self.one(concat!("select ", account_columns!(), " from accounts a where a.id = $1"), args![id]).await
    }

    /// By ActivityPub id.
    pub async fn account_by_uri(&mut self, uri: &str) -> Result<Option<Account>, Error> {
        self.one(concat!("select ", account_columns!(), " from accounts a where a.uri = $1"), args![uri]).await
    }

    /// By handle, whatever its case; `domain` is empty for accounts of this node. Of several remote accounts that had the
    /// handle one after the other, the one last read has it.
    pub async fn account_by_handle(&mut self, username: &str, domain: &str) -> Result<Option<Account>, Error> {
        self.one(
            concat!(
                "select ",
                account_columns!(),
                " from accounts a where lower(a.username) = lower($1) and a.domain = $2 order by coalesce(a.fetched_at, a.id) desc limit 1"
            ),
            args![username, domain],
        )
        .await
    }

    pub async fn accounts(&mut self, list: &[Id]) -> Result<Vec<Account>, Error> {
        self.all(
            concat!("select ", account_columns!(), " from accounts a where a.id in (select value from json_each($1))"),
            &[ids(list)],
        )
        .await
    }

    /// Accounts whose handle begins with `prefix` (lower case), those of this node first; none that is suspended or limited.
    pub async fn accounts_by_prefix(&mut self, prefix: &str, limit: i64, offset: i64) -> Result<Vec<Account>, Error> {
        // The highest character, so that an index bounds the search from both sides.
        let end = format!("{prefix}\u{10FFFF}");
        let sql = if self.is_sqlite() { by_prefix!("") } else { by_prefix!(" collate \"C\"") };
        self.all(sql, args![prefix, end, limit + offset, limit, offset]).await
    }

    /// Accounts that moderators suspended or limited, one by one and not with their whole server, in steps by id.
    pub async fn restricted_accounts(&mut self, after: Id, limit: i64) -> Result<Vec<Account>, Error> {
        self.all(
            concat!(
                "select ",
                account_columns!(),
                " from accounts a where (a.suspended_by = 'moderator' or a.limited_at is not null) and a.id > $1 order by a.id limit $2"
            ),
            args![after, limit],
        )
        .await
    }

    /// Adds an account; `false` if its id (uri) is known already.
    pub async fn insert_account(&mut self, a: &Account) -> Result<bool, Error> {
        let host = if a.is_local() { String::new() } else { a.host().to_lowercase() };
        let changed = self
            .run(
                "insert into accounts (id, uri, username, domain, host, kind, display_name, note, note_source, url, inbox, shared_inbox, \
                 inbox_host, outbox, followers, following, featured, avatar, avatar_description, header, header_description, fields, \
                 emojis, also_known_as, moved_to, locked, discoverable, indexable, memorial, hide_collections, created_at, updated_at, fetched_at, \
                 followers_count, following_count, posts_count) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, \
                 $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36) on conflict (uri) do nothing",
                &[
                    a.id.into(),
                    (&a.uri).into(),
                    (&a.username).into(),
                    (&a.domain).into(),
                    host.into(),
                    a.kind.into(),
                    (&a.display_name).into(),
                    (&a.note).into(),
                    (&a.note_source).into(),
                    (&a.url).into(),
                    (&a.inbox).into(),
                    (&a.shared_inbox).into(),
                    (&a.inbox_host).into(),
                    (&a.outbox).into(),
                    (&a.followers).into(),
                    (&a.following).into(),
                    (&a.featured).into(),
                    (&a.avatar).into(),
                    (&a.avatar_description).into(),
                    (&a.header).into(),
                    (&a.header_description).into(),
                    json(&a.fields),
                    json(&a.emojis),
                    json(&a.also_known_as),
                    (&a.moved_to).into(),
                    a.locked.into(),
                    a.discoverable.into(),
                    a.indexable.into(),
                    a.memorial.into(),
                    a.hide_collections.into(),
                    a.created_at.into(),
                    a.updated_at.into(),
                    a.fetched_at.into(),
                    a.followers_count.into(),
                    a.following_count.into(),
                    a.posts_count.into(),
                ],
            )
            .await?;
        Ok(changed > 0)
    }

    /// Writes what a remote actor's document says now. Counts are those the other server names; what we decided about the
    /// account (suspended, limited) stays.
    pub async fn update_remote_account(&mut self, a: &Account) -> Result<(), Error> {
        self.run(
            "update accounts set username = $2, domain = $3, kind = $4, display_name = $5, note = $6, url = $7, inbox = $8, \
             shared_inbox = $9, inbox_host = $10, outbox = $11, followers = $12, following = $13, featured = $14, avatar = $15, \
             avatar_description = $16, header = $17, header_description = $18, fields = $19, emojis = $20, also_known_as = $21, \
             moved_to = $22, locked = $23, discoverable = $24, indexable = $25, hide_collections = $26, updated_at = $27, \
             fetched_at = $28, memorial = $29 where id = $1",
            &[
                a.id.into(),
                (&a.username).into(),
                (&a.domain).into(),
                a.kind.into(),
                (&a.display_name).into(),
                (&a.note).into(),
                (&a.url).into(),
                (&a.inbox).into(),
                (&a.shared_inbox).into(),
                (&a.inbox_host).into(),
                (&a.outbox).into(),
                (&a.followers).into(),
                (&a.following).into(),
                (&a.featured).into(),
                (&a.avatar).into(),
                (&a.avatar_description).into(),
                (&a.header).into(),
                (&a.header_description).into(),
                json(&a.fields),
                json(&a.emojis),
                json(&a.also_known_as),
                (&a.moved_to).into(),
                a.locked.into(),
                a.discoverable.into(),
                a.indexable.into(),
                a.hide_collections.into(),
                a.updated_at.into(),
                a.fetched_at.into(),
                a.memorial.into(),
            ],
        )
        .await?;
        Ok(())
    }

    pub async fn update_profile(&mut self, id: Id, p: &Profile, now: Millis) -> Result<(), Error> {
        self.run(
            "update accounts set display_name = $2, note = $3, note_source = $4, fields = $5, avatar = $6, avatar_description = $7, \
             header = $8, header_description = $9, kind = $10, locked = $11, discoverable = $12, indexable = $13, \
             hide_collections = $14, updated_at = $15, emojis = $16 where id = $1",
            &[
                id.into(),
                (&p.display_name).into(),
                (&p.note).into(),
                (&p.note_source).into(),
                json(&p.fields),
                (&p.avatar).into(),
                (&p.avatar_description).into(),
                (&p.header).into(),
                (&p.header_description).into(),
                p.kind.into(),
                p.locked.into(),
                p.discoverable.into(),
                p.indexable.into(),
                p.hide_collections.into(),
                now.into(),
                json(&p.emojis),
            ],
        )
        .await?;
        Ok(())
    }

    /// Replaces the profile fields alone, as the `rel="me"` check does.
    pub async fn set_fields(&mut self, id: Id, fields: &[Field]) -> Result<(), Error> {
        self.run("update accounts set fields = $2 where id = $1", &[id.into(), json(fields)]).await?;
        Ok(())
    }

    pub async fn set_display_name(&mut self, id: Id, name: &str, now: Millis) -> Result<(), Error> {
        self.run("update accounts set display_name = $2, updated_at = $3 where id = $1", args![id, name, now]).await?;
        Ok(())
    }

    /// What stands on a profile: HTML, and what it was made of.
    pub async fn set_note(&mut self, id: Id, html: &str, source: &str, now: Millis) -> Result<(), Error> {
        let sql = "update accounts set note = $2, note_source = $3, updated_at = $4 where id = $1";
        self.run(sql, args![id, html, source, now]).await?;
        Ok(())
    }

    /// Suspends an account (`by`: moderator, domain, origin), or with no time lifts it.
    pub async fn set_suspended(&mut self, id: Id, at: Option<Millis>, by: &str) -> Result<(), Error> {
        self.run("update accounts set suspended_at = $2, suspended_by = $3 where id = $1", args![id, at, by]).await?;
        Ok(())
    }

    pub async fn set_limited(&mut self, id: Id, at: Option<Millis>) -> Result<(), Error> {
        self.run("update accounts set limited_at = $2 where id = $1", args![id, at]).await?;
        Ok(())
    }

    /// A remote account has this handle now: whoever else had it loses it, because two never share one. Answers their ids (uri).
    pub async fn take_handle(&mut self, username: &str, domain: &str, holder: Id) -> Result<Vec<String>, Error> {
        self.list(
            "update accounts set username = username || '.' || cast(id as text) where lower(username) = lower($1) and domain = $2 \
             and domain <> '' and id <> $3 returning uri",
            args![username, domain, holder],
        )
        .await
    }

    /// The account is gone for good: its texts go, its name stays taken.
    pub async fn mark_account_deleted(&mut self, id: Id, now: Millis) -> Result<(), Error> {
        self.run(
            "update accounts set deleted_at = $2, display_name = '', note = '', note_source = '', fields = '[]', emojis = '[]', \
             avatar = '', avatar_description = '', header = '', header_description = '', also_known_as = '[]', moved_to = '', followers_count = 0, following_count = 0, posts_count = 0 where id = $1",
            args![id, now],
        )
        .await?;
        Ok(())
    }

    pub async fn set_hidden_inbox(&mut self, id: Id) -> Result<(), Error> {
        self.run("update accounts set inbox = '', shared_inbox = '', inbox_host = '' where id = $1", args![id]).await?;
        Ok(())
    }

    /// Nobody else changes the account until this work ends: what is read of it now is still true when it is written. Whatever an
    /// account may have only so many of is counted after this. Others may go on naming it meanwhile.
    pub async fn hold_account(&mut self, id: Id) -> Result<(), Error> {
        if !self.is_sqlite() {
            self.run("select a.id from accounts a where a.id = $1 for no key update", args![id]).await?;
        }
        Ok(())
    }

    /// Adds to the kept count of posts; `posted_at` moves the last-post time forward.
    pub async fn count_post(&mut self, account: Id, by: i64, posted_at: Option<Millis>) -> Result<(), Error> {
        self.run(
            "update accounts set posts_count = posts_count + $2, \
             last_post_at = case when coalesce(last_post_at, 0) < coalesce($3, 0) then $3 else last_post_at end where id = $1",
            args![account, by, posted_at],
        )
        .await?;
        Ok(())
    }

    /// Members of this node that want to be found, newest first: the directory and the front page.
    pub async fn local_people(&mut self, page: &Page) -> Result<Vec<Account>, Error> {
        // Members first, of whom there are few among all accounts: SQLite reads a cross join from left to right.
        self.all(
            concat!(
                "select ",
                account_columns!(),
                " from members m cross join accounts a where a.id = m.account_id and m.state = 'active' and a.discoverable \
                 and a.suspended_at is null and a.deleted_at is null and a.limited_at is null and m.account_id < $1 order by m.account_id desc limit $2"
            ),
            args![page.below(), page.limit],
        )
        .await
    }

    /// Removes the node's own actors: they are made again under another origin. Only while there are no members.
    pub async fn drop_own_actors(&mut self) -> Result<(), Error> {
        self.run("delete from accounts where domain = '' and not exists (select 1 from members m where m.account_id = accounts.id)", args![])
            .await?;
        Ok(())
    }

    // Keys.

    pub async fn key(&mut self, id: &str) -> Result<Option<Key>, Error> {
        self.one(concat!("select ", key_columns!(), " from keys k where k.id = $1"), args![id]).await
    }

    /// The newest key of an account of ours that we can sign with.
    pub async fn signing_key(&mut self, account: Id) -> Result<Option<Key>, Error> {
        self.one(
            concat!(
                "select ",
                key_columns!(),
                " from keys k where k.account_id = $1 and k.private_pem is not null order by k.created_at desc limit 1"
            ),
            args![account],
        )
        .await
    }

    /// The key with which an account of ours signs what it did at `at`: the newest of that time, or else the oldest that is left.
    pub async fn signing_key_at(&mut self, account: Id, at: Millis) -> Result<Option<Key>, Error> {
        let then = self
            .one(
                concat!(
                    "select ",
                    key_columns!(),
                    " from keys k where k.account_id = $1 and k.created_at <= $2 and k.private_pem is not null order by k.created_at desc limit 1"
                ),
                args![account, at],
            )
            .await?;
        if then.is_some() {
            return Ok(then);
        }
        self.one(
            concat!(
                "select ",
                key_columns!(),
                " from keys k where k.account_id = $1 and k.private_pem is not null order by k.created_at limit 1"
            ),
            args![account],
        )
        .await
    }

    /// Forgets a key of our own that a newer one of the same account has replaced.
    pub async fn drop_replaced_key(&mut self, id: &str) -> Result<bool, Error> {
        let sql = "delete from keys where id = $1 and private_pem is not null and exists (select 1 from keys n \
             where n.account_id = keys.account_id and n.private_pem is not null and n.created_at > keys.created_at)";
        Ok(self.run(sql, args![id]).await? > 0)
    }

    /// Adds a key or writes it anew. One of our own is never replaced by one without its private half.
    pub async fn put_key(&mut self, k: &Key) -> Result<(), Error> {
        self.run(
            "insert into keys (id, account_id, public_pem, private_pem, created_at, fetched_at) values ($1, $2, $3, $4, $5, $6) \
             on conflict (id) do update set account_id = excluded.account_id, public_pem = excluded.public_pem, \
             private_pem = excluded.private_pem, fetched_at = excluded.fetched_at \
             where keys.private_pem is null or excluded.private_pem is not null",
            args![&k.id, k.account_id, &k.public_pem, k.private_pem.clone(), k.created_at, k.fetched_at],
        )
        .await?;
        Ok(())
    }

    /// Forgets keys of a remote account that its document no longer names.
    pub async fn drop_other_keys(&mut self, account: Id, keep: &str) -> Result<(), Error> {
        self.run("delete from keys where account_id = $1 and id <> $2 and private_pem is null", args![account, keep])
            .await?;
        Ok(())
    }
}
