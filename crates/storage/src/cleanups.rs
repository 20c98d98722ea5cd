//! Old posts that their authors want to have deleted.

use model::cleanup::Cleanup;
use model::clock::Millis;
use model::id::{Id, first_id};

use crate::row::ids;
use crate::{Error, Tx};

row!(Cleanup, cleanup_columns, "c.": account_id, enabled, min_age, keep_direct, keep_pinned, keep_polls, keep_media, keep_favourited,
    keep_bookmarked, min_favourites, min_boosts, looked_at, due_at);

impl Tx {
    pub async fn cleanup(&mut self, account: Id) -> Result<Option<Cleanup>, Error> {
        let sql = concat!("select ", cleanup_columns!(), " from cleanups c where c.account_id = $1");
        self.one(sql, args![account]).await
    }

    pub async fn put_cleanup(&mut self, c: &Cleanup) -> Result<(), Error> {
        self.run(
            "insert into cleanups (account_id, enabled, min_age, keep_direct, keep_pinned, keep_polls, keep_media, keep_favourited, \
             keep_bookmarked, min_favourites, min_boosts, looked_at, due_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
             on conflict (account_id) do update set enabled = excluded.enabled, min_age = excluded.min_age, \
             keep_direct = excluded.keep_direct, keep_pinned = excluded.keep_pinned, keep_polls = excluded.keep_polls, \
             keep_media = excluded.keep_media, keep_favourited = excluded.keep_favourited, keep_bookmarked = excluded.keep_bookmarked, \
             min_favourites = excluded.min_favourites, min_boosts = excluded.min_boosts, looked_at = excluded.looked_at, \
             due_at = excluded.due_at",
            args![
                c.account_id,
                c.enabled,
                c.min_age,
                c.keep_direct,
                c.keep_pinned,
                c.keep_polls,
                c.keep_media,
                c.keep_favourited,
                c.keep_bookmarked,
                c.min_favourites,
                c.min_boosts,
                c.looked_at,
                c.due_at
            ],
        )
        .await?;
        Ok(())
    }

    /// The cleanup that is due the longest.
    pub async fn due_cleanup(&mut self, now: Millis) -> Result<Option<Cleanup>, Error> {
        self.one(
            concat!(
                "select ",
                cleanup_columns!(),
                " from cleanups c where c.enabled and c.due_at <= $1 order by c.due_at limit 1"
            ),
            args![now],
        )
        .await
    }

    /// Posts and boosts of an account that were made before `before`, from behind `after` on.
    pub async fn own_posts_before(
        &mut self,
        account: Id,
        after: Id,
        before: Millis,
        limit: i64,
    ) -> Result<Vec<Id>, Error> {
        self.list(
            "select p.id from posts p where p.account_id = $1 and p.id > $2 and p.id < $3 order by p.id limit $4",
            args![account, after, first_id(before), limit],
        )
        .await
    }

    /// Which of these posts of a member go as they want it.
    pub async fn posts_to_clean_up(&mut self, posts: &[Id], c: &Cleanup) -> Result<Vec<Id>, Error> {
        self.list(
            "select p.id from posts p where p.id in (select value from json_each($1)) and p.account_id = $2 and p.kind <> 'carried' \
             and p.audience > 0 and not ($3 and p.audience in (10, 20)) \
             and ($4 = 0 or p.favourites_count < $4) and ($5 = 0 or p.boosts_count < $5) \
             and not ($6 and exists (select 1 from pins x where x.post_id = p.id and x.account_id = $2)) \
             and not ($7 and exists (select 1 from polls x where x.post_id = p.id)) \
             and not ($8 and exists (select 1 from media x where x.post_id = p.id)) \
             and not ($9 and exists (select 1 from favourites x where x.post_id = p.id and x.account_id = $2)) \
             and not ($10 and exists (select 1 from bookmarks x where x.post_id = p.id and x.account_id = $2)) \
             and not exists (select 1 from experiments x where x.post_id = p.id) \
             and not exists (select 1 from experiments x where x.outcome_post_id = p.id) order by p.id",
            &[
                ids(posts),
                c.account_id.into(),
                c.keep_direct.into(),
                c.min_favourites.unwrap_or(0).into(),
                c.min_boosts.unwrap_or(0).into(),
                c.keep_pinned.into(),
                c.keep_polls.into(),
                c.keep_media.into(),
                c.keep_favourited.into(),
                c.keep_bookmarked.into(),
            ],
        )
        .await
    }
}
