//! Which notifications members get as letters, and how far they were told.

use model::clock::Millis;
use model::id::Id;
use model::notification::Digest;

use crate::row::json;
use crate::{Error, Tx};

/// What a member wants of letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterWishes {
    pub account_id: Id,
    /// `kinds` is what they chose; else they get what is usual.
    pub chosen: bool,
    /// Names of the kinds of notifications that are told at once.
    pub kinds: Vec<String>,
    /// Also while they are here.
    pub always: bool,
    pub digest: Digest,
    /// Whoever has it can end the letters.
    pub secret: String,
    /// What is not behind this id is told, or will not be.
    pub told: Id,
    /// When the first of the letters was written that count against the bound of an hour, and how many do.
    pub hour_began: Millis,
    pub hour_count: i64,
    /// When the next digest is due; it tells of what is behind `digest_told`.
    pub digest_at: Millis,
    pub digest_told: Id,
}

row!(LetterWishes, letter_wishes_columns, "w.": account_id, chosen, kinds, always, digest, secret, told, hour_began, hour_count,
    digest_at, digest_told);

impl Tx {
    pub async fn letter_wishes(&mut self, account: Id) -> Result<Option<LetterWishes>, Error> {
        let sql = concat!("select ", letter_wishes_columns!(), " from letter_wishes w where w.account_id = $1");
        self.one(sql, args![account]).await
    }

    /// By the secret that stands in the letters.
    pub async fn letter_wishes_by_secret(&mut self, secret: &str) -> Result<Option<LetterWishes>, Error> {
        let sql = concat!("select ", letter_wishes_columns!(), " from letter_wishes w where w.secret = $1");
        self.one(sql, args![secret]).await
    }

    /// Keeps what a member who has no row begins with; one that is there stays as it is.
    pub async fn begin_letter_wishes(&mut self, w: &LetterWishes) -> Result<(), Error> {
        self.run(
            "insert into letter_wishes (account_id, chosen, kinds, always, digest, secret, told) values ($1, $2, $3, $4, $5, $6, $7) \
             on conflict (account_id) do nothing",
            &[
                w.account_id.into(),
                w.chosen.into(),
                json(&w.kinds),
                w.always.into(),
                w.digest.into(),
                (&w.secret).into(),
                w.told.into(),
            ],
        )
        .await?;
        Ok(())
    }

    /// Changes what a member wants: what came until now is not told any more, since whoever chooses is here.
    pub async fn choose_letters(&mut self, w: &LetterWishes) -> Result<(), Error> {
        self.run(
            "update letter_wishes set chosen = true, kinds = $2, always = $3, digest = $4, told = $5, digest_at = $6, digest_told = $7 \
             where account_id = $1",
            &[
                w.account_id.into(),
                json(&w.kinds),
                w.always.into(),
                w.digest.into(),
                w.told.into(),
                w.digest_at.into(),
                w.digest_told.into(),
            ],
        )
        .await?;
        Ok(())
    }

    /// A letter was written of what came up to `told`.
    pub async fn told_by_letter(&mut self, account: Id, told: Id, hour: (Millis, i64)) -> Result<(), Error> {
        self.run(
            "update letter_wishes set told = $2, hour_began = $3, hour_count = $4 where account_id = $1",
            args![account, told, hour.0, hour.1],
        )
        .await?;
        Ok(())
    }

    /// The member whose digest is due the longest.
    pub async fn due_digest(&mut self, now: Millis) -> Result<Option<LetterWishes>, Error> {
        let sql = concat!(
            "select ",
            letter_wishes_columns!(),
            " from letter_wishes w where w.digest <> 'never' and w.digest_at <= $1 order by w.digest_at limit 1"
        );
        self.one(sql, args![now]).await
    }

    /// A digest was written, or there was nothing to say: the next is due then.
    pub async fn put_next_digest(&mut self, account: Id, told: Id, at: Millis) -> Result<(), Error> {
        self.run(
            "update letter_wishes set digest_told = $2, digest_at = $3 where account_id = $1",
            args![account, told, at],
        )
        .await?;
        Ok(())
    }
}
