//! What a member keeps about others: notes, endorsements, whole servers they want to hear nothing of, suggestions they do not want;
//! and whom they might want to know.

use model::account::Account;
use model::id::Id;
use model::page::Page;

use crate::follows::WithRow;
use crate::row::{FromRow, Row, from_row_at, ids, json};
use crate::timelines::paged;
use crate::{Error, Tx};

/// Somebody with whom they were found by.
struct By(Id, Account);

impl FromRow for By {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let id: (Id,) = FromRow::from_row(row)?;
        Ok(Self(id.0, from_row_at(row, 1)?))
    }
}

/// How a member's profile is shown, and what else they set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileSettings {
    pub show_media: bool,
    pub show_media_replies: bool,
    pub show_featured: bool,
    /// Of pages that may name the member as their author.
    pub attribution_domains: Vec<String>,
    /// Name of a `model::policy::QuotePolicy`, or empty.
    pub quote_policy: String,
}

row!(ProfileSettings: show_media, show_media_replies, show_featured, attribution_domains, quote_policy);

impl Default for ProfileSettings {
    fn default() -> Self {
        Self {
            show_media: true,
            show_media_replies: true,
            show_featured: true,
            attribution_domains: Vec::new(),
            quote_policy: String::new(),
        }
    }
}

/// `may_be_met!("a", "$1")`: nothing stands between the member and this account.
macro_rules! may_be_met {
    ($a:literal, $who:literal) => {
        concat!(
            $a,
            ".discoverable and ",
            $a,
            ".suspended_at is null and ",
            $a,
            ".deleted_at is null and ",
            $a,
            ".limited_at is null and ",
            $a,
            ".moved_to = '' and ",
            $a,
            ".inbox <> '' and ",
            $a,
            ".kind <> 'Application' and ",
            $a,
            ".id <> ",
            $who,
            " and not exists (select 1 from follows sf where sf.follower_id = ",
            $who,
            " and sf.target_id = ",
            $a,
            ".id)",
            " and not exists (select 1 from blocks sb where sb.account_id = ",
            $who,
            " and sb.target_id = ",
            $a,
            ".id)",
            " and not exists (select 1 from blocks sc where sc.account_id = ",
            $a,
            ".id and sc.target_id = ",
            $who,
            ")",
            " and not exists (select 1 from mutes sm where sm.account_id = ",
            $who,
            " and sm.target_id = ",
            $a,
            ".id)",
            " and not exists (select 1 from domain_mutes sd where sd.account_id = ",
            $who,
            " and sd.domain = ",
            $a,
            ".domain)",
            " and not exists (select 1 from dismissed_suggestions ss where ss.account_id = ",
            $who,
            " and ss.target_id = ",
            $a,
            ".id)"
        )
    };
}

/// Accounts of some that want to be found, in an order.
macro_rules! directory {
    ($from:literal, $order:literal) => {
        concat!(
            "select ",
            account_columns!(),
            " from ",
            $from,
            " and a.discoverable and a.suspended_at is null and a.deleted_at is null \
             and a.limited_at is null and a.moved_to = '' and a.kind <> 'Application' order by ",
            $order,
            " limit $1 offset $2"
        )
    };
}

impl Tx {
    pub async fn profile_settings(&mut self, account: Id) -> Result<ProfileSettings, Error> {
        let found = self
            .one(
                "select s.show_media, s.show_media_replies, s.show_featured, s.attribution_domains, s.quote_policy \
                 from profile_settings s where s.account_id = $1",
                args![account],
            )
            .await?;
        Ok(found.unwrap_or_default())
    }

    pub async fn put_profile_settings(&mut self, account: Id, s: &ProfileSettings) -> Result<(), Error> {
        self.run(
            "insert into profile_settings (account_id, show_media, show_media_replies, show_featured, attribution_domains, quote_policy) \
             values ($1, $2, $3, $4, $5, $6) on conflict (account_id) do update set show_media = excluded.show_media, \
             show_media_replies = excluded.show_media_replies, show_featured = excluded.show_featured, \
             attribution_domains = excluded.attribution_domains, quote_policy = excluded.quote_policy",
            &[
                account.into(),
                s.show_media.into(),
                s.show_media_replies.into(),
                s.show_featured.into(),
                json(&s.attribution_domains),
                (&s.quote_policy).into(),
            ],
        )
        .await?;
        Ok(())
    }

    // Notes.

    /// Writes a note about somebody; an empty one takes it away.
    pub async fn put_account_note(&mut self, account: Id, target: Id, note: &str) -> Result<(), Error> {
        if note.is_empty() {
            self.run("delete from account_notes where account_id = $1 and target_id = $2", args![account, target])
                .await?;
        } else {
            self.run(
                "insert into account_notes (account_id, target_id, note) values ($1, $2, $3) \
                 on conflict (account_id, target_id) do update set note = excluded.note",
                args![account, target, note],
            )
            .await?;
        }
        Ok(())
    }

    // Endorsements.

    pub async fn put_endorsement(&mut self, id: Id, account: Id, target: Id) -> Result<bool, Error> {
        let sql = "insert into endorsements (id, account_id, target_id) values ($1, $2, $3) on conflict do nothing";
        Ok(self.run(sql, args![id, account, target]).await? > 0)
    }

    pub async fn delete_endorsement(&mut self, account: Id, target: Id) -> Result<bool, Error> {
        let sql = "delete from endorsements where account_id = $1 and target_id = $2";
        Ok(self.run(sql, args![account, target]).await? > 0)
    }

    /// Whom an account shows on its profile, the last one first.
    pub async fn endorsed_by(&mut self, account: Id, page: &Page) -> Result<Vec<(Id, Account)>, Error> {
        let list: Result<Vec<WithRow>, Error> = paged!(
            self,
            page,
            "e.id",
            concat!("select e.id, ", account_columns!(), " from endorsements e join accounts a on a.id = e.target_id"),
            "e.account_id = $1 and a.suspended_at is null and a.deleted_at is null",
            [account],
            "$2",
            "$3",
            "$4"
        );
        Ok(list?.into_iter().map(|r| (r.0, r.1)).collect())
    }

    // Servers.

    pub async fn put_domain_mute(&mut self, id: Id, account: Id, domain: &str) -> Result<bool, Error> {
        let sql = "insert into domain_mutes (id, account_id, domain) values ($1, $2, $3) on conflict do nothing";
        Ok(self.run(sql, args![id, account, domain]).await? > 0)
    }

    pub async fn delete_domain_mute(&mut self, account: Id, domain: &str) -> Result<bool, Error> {
        let sql = "delete from domain_mutes where account_id = $1 and domain = $2";
        Ok(self.run(sql, args![account, domain]).await? > 0)
    }

    pub async fn mutes_domain(&mut self, account: Id, domain: &str) -> Result<bool, Error> {
        let sql = "select true from domain_mutes where account_id = $1 and domain = $2";
        Ok(self.value(sql, args![account, domain]).await?.unwrap_or(false))
    }

    pub async fn count_domain_mutes(&mut self, account: Id) -> Result<i64, Error> {
        let sql = "select count(*) from domain_mutes where account_id = $1";
        Ok(self.value(sql, args![account]).await?.unwrap_or(0))
    }

    /// Servers that a member wants to hear nothing of, the last one first.
    pub async fn domain_mutes(&mut self, account: Id, page: &Page) -> Result<Vec<(Id, String)>, Error> {
        paged!(
            self,
            page,
            "d.id",
            "select d.id, d.domain from domain_mutes d",
            "d.account_id = $1",
            [account],
            "$2",
            "$3",
            "$4"
        )
    }

    /// People of a server whom a member follows, and who follow them (or asked to).
    pub async fn ties_with_domain(
        &mut self,
        account: Id,
        domain: &str,
        limit: i64,
    ) -> Result<(Vec<Account>, Vec<Account>), Error> {
        let followed = self
            .all(
                concat!(
                    "select ",
                    account_columns!(),
                    " from follows f cross join accounts a where f.follower_id = $1 and a.id = f.target_id and a.domain = $2 limit $3"
                ),
                args![account, domain, limit],
            )
            .await?;
        let followers = self
            .all(
                concat!(
                    "select ",
                    account_columns!(),
                    " from follows f cross join accounts a where f.target_id = $1 and a.id = f.follower_id and a.domain = $2 limit $3"
                ),
                args![account, domain, limit],
            )
            .await?;
        Ok((followed, followers))
    }

    /// What a member was told by people of a server.
    pub async fn drop_notifications_of_domain(&mut self, account: Id, domain: &str) -> Result<(), Error> {
        self.run(
            "delete from notifications where account_id = $1 and id in (select n.id from notifications n cross join accounts a \
             where n.account_id = $1 and a.id = n.from_account_id and a.domain = $2)",
            args![account, domain],
        )
        .await?;
        Ok(())
    }

    // Whom one might want to know.

    /// Who follows each of these accounts and is followed by the member: (account, who), at most `limit` of each.
    pub async fn familiar_followers(
        &mut self,
        who: Id,
        targets: &[Id],
        limit: i64,
    ) -> Result<Vec<(Id, Account)>, Error> {
        let mut found = Vec::new();
        for target in targets {
            let list: Vec<By> = self
                .all(
                    concat!(
                        "select f.target_id, ",
                        account_columns!(),
                        " from follows g cross join follows f cross join accounts a where g.follower_id = $1 and g.accepted \
                         and f.follower_id = g.target_id and f.target_id = $2 and f.accepted and a.id = g.target_id \
                         and a.suspended_at is null and a.deleted_at is null and not a.hide_collections order by g.id desc limit $3"
                    ),
                    args![who, *target, limit],
                )
                .await?;
            found.extend(list.into_iter().map(|b| (b.0, b.1)));
        }
        Ok(found)
    }

    /// Members of this node whom a member does not follow yet, those who came last first.
    pub async fn colleagues(&mut self, who: Id, limit: i64) -> Result<Vec<Account>, Error> {
        self.all(
            concat!(
                "select ",
                account_columns!(),
                " from members m cross join accounts a where a.id = m.account_id and m.state = 'active' and ",
                may_be_met!("a", "$1"),
                " order by m.account_id desc limit $2"
            ),
            args![who, limit],
        )
        .await
    }

    /// The hashtags of a member's own newest posts.
    pub async fn own_tags(&mut self, who: Id, posts: i64) -> Result<Vec<Id>, Error> {
        self.list(
            "select distinct x.tag_id from (select q.id from posts q where q.account_id = $1 and q.audience >= 50 order by q.id desc limit $2) p \
             cross join post_tags x where x.post_id = p.id",
            args![who, posts],
        )
        .await
    }

    /// Who posts on a hashtag, and is nobody the member knows: its newest public posts with their authors, the last one first.
    pub async fn people_on_tag(&mut self, who: Id, tag: Id, posts: i64) -> Result<Vec<(Id, Account)>, Error> {
        let list: Result<Vec<By>, Error> = self
            .all(
            concat!(
                "select t.post_id, ",
                account_columns!(),
                " from (select x.post_id from post_tags x where x.tag_id = $2 order by x.post_id desc limit $3) t \
                 cross join posts p cross join accounts a where p.id = t.post_id and p.audience = 70 and a.id = p.account_id and ",
                may_be_met!("a", "$1"),
                " order by t.post_id desc"
            ),
            args![who, tag, posts],
        )
        .await;
        Ok(list?.into_iter().map(|b| (b.0, b.1)).collect())
    }

    /// The newest entries of a home behind `after` and up to `until`: (entry, who said it, their server), of a boost who said what it
    /// boosts.
    pub async fn read_at_home(
        &mut self,
        who: Id,
        after: Id,
        until: Id,
        limit: i64,
    ) -> Result<Vec<(Id, Id, String)>, Error> {
        self.all(
            "select n.post_id, a.id, a.host from (select e.post_id from home_entries e where e.account_id = $1 and e.post_id > $2 \
             and e.post_id <= $3 order by e.post_id desc limit $4) n cross join posts p left join posts o on o.id = p.boost_of_id \
             cross join accounts a where p.id = n.post_id and a.id = coalesce(o.account_id, p.account_id) order by n.post_id desc",
            args![who, after, until, limit],
        )
        .await
    }

    /// Who named the member in the newest posts that name them, and whom the member named in their newest posts.
    pub async fn talked_with(&mut self, who: Id, posts: i64) -> Result<Vec<Id>, Error> {
        self.list(
            "select q.account_id from (select n.post_id from mentions n where n.account_id = $1 order by n.post_id desc limit $2) m \
             cross join posts q where q.id = m.post_id union all select n.account_id from (select q.id from posts q \
             where q.account_id = $1 order by q.id desc limit $2) p cross join mentions n where n.post_id = p.id",
            args![who, posts],
        )
        .await
    }

    pub async fn dismiss_suggestion(&mut self, who: Id, target: Id) -> Result<(), Error> {
        self.run(
            "insert into dismissed_suggestions (account_id, target_id) values ($1, $2) on conflict do nothing",
            args![who, target],
        )
        .await?;
        Ok(())
    }

    /// Those who want to be found: of this node or of everywhere, by when they posted last or came.
    pub async fn directory(
        &mut self,
        local: bool,
        newest: bool,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<Account>, Error> {
        let sql = match (local, newest) {
            (true, true) => directory!("members m cross join accounts a where a.id = m.account_id", "a.id desc"),
            (true, false) => directory!(
                "members m cross join accounts a where a.id = m.account_id",
                "coalesce(a.last_post_at, 0) desc, a.id desc"
            ),
            // Of everywhere: among those who came last, and those who posted in public last.
            (false, true) => directory!(
                "(select * from accounts n where n.id > 0 order by n.id desc limit 2000) a where true",
                "a.id desc"
            ),
            (false, false) => directory!(
                "(select q.account_id, max(q.id) as last from (select p.id, p.account_id from posts p where p.audience = 70 \
                 and p.boost_of_id is null order by p.id desc limit 2000) q group by q.account_id) l cross join accounts a where a.id = l.account_id",
                "l.last desc"
            ),
        };
        self.all(sql, args![limit, offset]).await
    }

    /// Domains that begin so, of people who are known here.
    pub async fn domains_by_prefix(&mut self, prefix: &str, limit: i64) -> Result<Vec<String>, Error> {
        let end = format!("{prefix}\u{10FFFF}");
        let mut found: Vec<String> = Vec::new();
        let mut from = prefix.to_owned();
        // From one domain to the next, however many people each has.
        while i64::try_from(found.len()).unwrap_or(limit) < limit {
            let sql = if self.is_sqlite() {
                "select a.domain from accounts a where a.domain <> '' and a.domain >= $1 and a.domain < $2 order by a.domain limit 1"
            } else {
                "select a.domain from accounts a where a.domain <> '' and a.domain collate \"C\" >= $1 and a.domain collate \"C\" < $2 \
                 order by a.domain collate \"C\" limit 1"
            };
            let Some(next) = self.value::<String>(sql, args![&from, &end]).await? else { break };
            from = format!("{next}\u{1}");
            found.push(next);
        }
        Ok(found)
    }

    /// All domains of people who are known here, from one to the next along the index.
    pub async fn domains(&mut self, limit: i64) -> Result<Vec<String>, Error> {
        self.list(
            "with recursive d (domain) as (select min(a.domain) from accounts a where a.domain <> '' union all \
             select (select min(b.domain) from accounts b where b.domain <> '' and b.domain > d.domain) from d where d.domain is not null) \
             select domain from d where domain is not null limit $1",
            args![limit],
        )
        .await
    }

    /// What a member noted about these accounts.
    pub async fn account_notes(&mut self, who: Id, targets: &[Id]) -> Result<Vec<(Id, String)>, Error> {
        self.all(
            "select n.target_id, n.note from account_notes n where n.account_id = $1 and n.target_id in (select value from json_each($2))",
            &[who.into(), ids(targets)],
        )
        .await
    }
}
