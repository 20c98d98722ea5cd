//! Timelines: home (kept as entries), public, tag, and the posts of an account.

use model::audience::{Audience, Viewer};
use model::id::Id;
use model::page::Page;
use model::post::Post;

use crate::audience::{not_hidden, not_limited, visible};
use crate::lists::not_set_apart;
use crate::tag_ties::by_tag;
use crate::{Error, Tx};

/// Of which servers' posts a timeline is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    #[default]
    All,
    Local,
    Remote,
}

/// What a public or tag timeline shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct PublicFilter {
    pub reach: Reach,
    pub only_media: bool,
}

/// Runs a query of keyset paging. `$first`, `$second` are the bounds; the text is made twice, once for each direction.
macro_rules! paged {
    ($tx:expr, $page:expr, $id:literal, $select:expr, $where:expr, [$($value:expr),*], $above:literal, $below:literal, $limit:literal) => {{
        let page = $page;
        if page.upwards() {
            let mut list = $tx
                .all(
                    concat!($select, " where ", $where, " and ", $id, " > ", $above, " and ", $id, " < ", $below, " order by ", $id, " limit ", $limit),
                    args![$($value,)* page.above(), page.below(), page.limit],
                )
                .await?;
            list.reverse();
            Ok(list)
        } else {
            $tx.all(
                concat!($select, " where ", $where, " and ", $id, " > ", $above, " and ", $id, " < ", $below, " order by ", $id, " desc limit ", $limit),
                args![$($value,)* page.above(), page.below(), page.limit],
            )
            .await
        }
    }};
}
pub(crate) use paged;

macro_rules! public_posts {
    ($tx:expr, $filter:expr, $viewer:expr, $page:expr, $reach:literal) => {
        public_posts!($tx, $filter, $viewer, $page, "p.audience = 70", $reach)
    };
    ($tx:expr, $filter:expr, $viewer:expr, $page:expr, $audience:literal, $reach:literal) => {
        paged!(
            $tx,
            $page,
            "p.id",
            concat!("select ", post_columns!(), " from posts p"),
            concat!(
                $audience,
                " and p.boost_of_id is null and ",
                $reach,
                " and (p.in_reply_to_uri = '' or p.in_reply_to_account_id = p.account_id) \
                 and (not $3 or exists (select 1 from media x where x.post_id = p.id and x.position >= 0)) and ",
                visible!("p", "$1", "$2"),
                " and ",
                not_hidden!("p", "$1"),
                " and ",
                not_limited!("p")
            ),
            [$viewer.id(), $viewer.is_member(), $filter.only_media],
            "$4",
            "$5",
            "$6"
        )
    };
}

/// `wanted!(is_boost, reply_to, language, author)`: the follow `f` wants such a post of the author in its home.
macro_rules! wanted {
    ($is_boost:literal, $reply_to:literal, $language:literal, $author:literal) => {
        concat!(
            "(f.show_boosts or not (",
            $is_boost,
            ")) and (",
            $reply_to,
            " in (0, f.follower_id, ",
            $author,
            ") or exists (select 1 from follows g where g.follower_id = f.follower_id and g.target_id = ",
            $reply_to,
            " and g.accepted)) and (f.languages = '[]' or ",
            $language,
            " = '' or f.languages like '%\"' || ",
            $language,
            " || '\"%')"
        )
    };
}
pub(crate) use wanted;

impl Tx {
    /// Puts a post into the homes of the author's local followers (who want boosts, if it is one, and its language), and of the
    /// author. An answer goes to those alone who also follow whom it answers, and to these; one to somebody we do not know to
    /// nobody. Whoever mutes the conversation does not get it; whoever mutes the author does not see it ([`Tx::home`]). Whoever has the
    /// author in an exclusive list finds it only there. What is said in a team comes to those who are in it. A public post comes into the homes of those, too, who follow one of its hashtags.
    /// Answers how many entries it made, those of lists among them.
    ///
    /// `language`: that of the post, of a boost that of what it boosts; empty where it is not known.
    pub async fn fan_out_home(&mut self, post: &Post, language: &str) -> Result<u64, Error> {
        let is_boost = post.boost_of_id.is_some();
        let answers_a_stranger = !post.in_reply_to_uri.is_empty() && post.in_reply_to_account_id.is_none();
        let is_direct = matches!(post.audience, Audience::Direct | Audience::Inside);
        // Whoever follows a hashtag finds what is for everybody, and nobody's answers to others.
        let answers_another = post.in_reply_to_account_id.is_some_and(|to| to != post.account_id);
        let comes_by_tag = post.audience == Audience::Public && !is_boost && !answers_another;
        let mut changed = 0;
        if !answers_a_stranger {
            changed += self
                .run(
                    concat!(
                        "insert into home_entries (account_id, post_id) select f.follower_id, $1 from follows f \
                         join members m on m.account_id = f.follower_id where f.target_id = $2 and f.accepted and ",
                        wanted!("$3", "$4", "$7", "$2"),
                        " and ",
                        not_set_apart!("f.follower_id", "$2"),
                        " and ($5 or exists (select 1 from mentions n where n.post_id = $1 and n.account_id = f.follower_id)) \
                         and not exists (select 1 from blocks b where b.account_id = f.follower_id and b.target_id = $2) \
                         and not exists (select 1 from thread_mutes t where t.account_id = f.follower_id and t.root_id = $6) \
                         and ($9 = 0 or exists (select 1 from team_members z where z.team_id = $9 and z.account_id = f.follower_id)) \
                         union all ",
                        by_tag!(),
                        " on conflict do nothing"
                    ),
                    args![
                        post.id,
                        post.account_id,
                        is_boost,
                        post.in_reply_to_account_id.unwrap_or(0),
                        !is_direct,
                        post.root_id,
                        language,
                        comes_by_tag,
                        post.team_id.unwrap_or(0)
                    ],
                )
                .await?;
            changed += self.fan_out_lists(post, language).await?;
        }
        if post.local {
            // Actors of ours that are no members have no home.
            changed += self
                .run(
                    "insert into home_entries (account_id, post_id) select m.account_id, $2 from members m where m.account_id = $1 \
                     on conflict do nothing",
                    args![post.account_id, post.id],
                )
                .await?;
        }
        Ok(changed)
    }

    pub async fn put_home_entry(&mut self, account: Id, post: Id) -> Result<u64, Error> {
        self.run(
            "insert into home_entries (account_id, post_id) values ($1, $2) on conflict do nothing",
            args![account, post],
        )
        .await
    }

    /// Fills a home with what the newest posts of somebody just followed have for it.
    pub async fn fill_home(&mut self, account: Id, author: Id, limit: i64) -> Result<u64, Error> {
        self.run(
            concat!(
                "insert into home_entries (account_id, post_id) select $1, p.id from \
                 (select * from posts q where q.account_id = $2 and q.audience >= 50 order by q.id desc limit $3) p \
                 join follows f on f.follower_id = $1 and f.target_id = $2 where (p.in_reply_to_uri = '' or p.in_reply_to_account_id is not null) and ",
                wanted!("p.boost_of_id is not null", "coalesce(p.in_reply_to_account_id, 0)", "p.language", "$2"),
                " and ",
                not_set_apart!("$1", "$2"),
                " and not exists (select 1 from thread_mutes t where t.account_id = $1 and t.root_id = p.root_id) on conflict do nothing"
            ),
            args![account, author, limit],
        )
        .await
    }

    /// Takes an author's posts out of a home: after an unfollow or a block.
    pub async fn clear_home_of(&mut self, account: Id, author: Id) -> Result<u64, Error> {
        self.run(
            "delete from home_entries where account_id = $1 and post_id in \
             (select e.post_id from home_entries e join posts p on p.id = e.post_id where e.account_id = $1 and p.account_id = $2)",
            args![account, author],
        )
        .await
    }

    /// Keeps the newest `keep` entries of a home.
    pub async fn trim_home(&mut self, account: Id, keep: i64) -> Result<u64, Error> {
        self.run(
            "delete from home_entries where account_id = $1 and post_id <= \
             (select e.post_id from home_entries e where e.account_id = $1 order by e.post_id desc limit 1 offset $2)",
            args![account, keep],
        )
        .await
    }

    /// A member's home, newest first. A boost shows only if what it boosts does.
    pub async fn home(&mut self, account: Id, page: &Page) -> Result<Vec<Post>, Error> {
        paged!(
            self,
            page,
            "e.post_id",
            concat!("select ", post_columns!(), " from home_entries e join posts p on p.id = e.post_id"),
            concat!(
                "e.account_id = $1 and ",
                visible!("p", "$1", "true"),
                " and ",
                not_hidden!("p", "$1"),
                " and (p.boost_of_id is null or exists (select 1 from posts o where o.id = p.boost_of_id and ",
                visible!("o", "$1", "true"),
                " and ",
                not_hidden!("o", "$1"),
                "))"
            ),
            [account],
            "$2",
            "$3",
            "$4"
        )
    }

    /// Public posts that are no boosts and no replies to others. Among local ones members have what is said to the organisation and for
    /// partners, too.
    pub async fn public(&mut self, filter: PublicFilter, viewer: Viewer, page: &Page) -> Result<Vec<Post>, Error> {
        // A text for each reach: a few local posts among millions of others are found only by their own index.
        match filter.reach {
            Reach::All => public_posts!(self, filter, viewer, page, "true"),
            Reach::Local if viewer.is_member() => {
                public_posts!(self, filter, viewer, page, "p.audience in (30, 40, 70)", "p.local")
            }
            Reach::Local => public_posts!(self, filter, viewer, page, "p.local"),
            Reach::Remote => public_posts!(self, filter, viewer, page, "not p.local"),
        }
    }

    /// Posts with a tag. Strangers see public ones; members also those inside that they may see.
    pub async fn tagged(
        &mut self,
        tag: Id,
        filter: PublicFilter,
        viewer: Viewer,
        page: &Page,
    ) -> Result<Vec<Post>, Error> {
        paged!(
            self,
            page,
            "t.post_id",
            concat!("select ", post_columns!(), " from post_tags t join posts p on p.id = t.post_id"),
            concat!(
                "t.tag_id = $3 and (p.audience = 70 or (p.audience in (25, 30, 40) and $2)) and p.boost_of_id is null \
                 and ($4 = 0 or p.local = ($4 = 1)) and (not $5 or exists (select 1 from media x where x.post_id = p.id and x.position >= 0)) and ",
                visible!("p", "$1", "$2"),
                " and ",
                not_hidden!("p", "$1"),
                " and ",
                not_limited!("p")
            ),
            [viewer.id(), viewer.is_member(), tag, reach(filter.reach), filter.only_media],
            "$6",
            "$7",
            "$8"
        )
    }

    /// An account's posts and boosts that the viewer may see, boosts only of what they may see. Direct posts and drafts are left out, unless one asks for
    /// one's own.
    pub async fn account_posts(
        &mut self,
        account: Id,
        filter: &AccountFilter<'_>,
        viewer: Viewer,
        page: &Page,
    ) -> Result<Vec<Post>, Error> {
        paged!(
            self,
            page,
            "p.id",
            concat!("select ", post_columns!(), " from posts p"),
            concat!(
                "p.account_id = $3 and (p.audience >= 25 or p.account_id = $1) and (not $4 or exists (select 1 from media x where x.post_id = p.id and x.position >= 0)) \
                 and (not $5 or p.in_reply_to_uri = '' or p.in_reply_to_account_id = p.account_id) and (not $6 or p.boost_of_id is null) \
                 and ($7 = '' or exists (select 1 from post_tags y join tags z on z.id = y.tag_id where y.post_id = p.id and z.name = $7)) and ",
                visible!("p", "$1", "$2"),
                " and (p.boost_of_id is null or exists (select 1 from posts o where o.id = p.boost_of_id and ",
                visible!("o", "$1", "$2"),
                "))"
            ),
            [
                viewer.id(),
                viewer.is_member(),
                account,
                filter.only_media,
                filter.exclude_replies,
                filter.exclude_boosts,
                filter.tag
            ],
            "$8",
            "$9",
            "$10"
        )
    }
}

/// What of an account's posts is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct AccountFilter<'a> {
    pub only_media: bool,
    pub exclude_replies: bool,
    pub exclude_boosts: bool,
    /// Normalised name, or empty.
    pub tag: &'a str,
}

fn reach(reach: Reach) -> i64 {
    match reach {
        Reach::All => 0,
        Reach::Local => 1,
        Reach::Remote => 2,
    }
}
