//! Rules for other servers, what they concern, and the log of what moderators did.
//!
//! Which rule covers which server is decided in `node`; here the names of accounts are always exactly those that are given, so that
//! each statement finds its rows by an index.

use model::clock::Millis;
use model::id::Id;
use model::page::Page;

use crate::timelines::paged;
use crate::{Error, Event, Tx};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainRule {
    pub domain: String,
    /// By which apps name it. One that replaces another keeps that one's.
    pub id: Id,
    /// suspend, limit, none.
    pub severity: String,
    /// It may federate where only those do that are named.
    pub allowed: bool,
    pub reject_media: bool,
    pub reject_reports: bool,
    /// Its name is not to be shown in full to everybody.
    pub obfuscate: bool,
    pub private_comment: String,
    pub public_comment: String,
    pub created_at: Millis,
}

row!(DomainRule, domain_columns, "d.": domain, id, severity, allowed, reject_media, reject_reports, obfuscate, private_comment,
    public_comment, created_at);

impl DomainRule {
    /// A rule that says nothing but this.
    pub fn new(domain: &str, severity: &str, created_at: Millis) -> Self {
        Self {
            domain: domain.to_owned(),
            id: 0,
            severity: severity.to_owned(),
            allowed: false,
            reject_media: false,
            reject_reports: false,
            obfuscate: false,
            private_comment: String::new(),
            public_comment: String::new(),
            created_at,
        }
    }
}

/// The names by which rules find accounts: those of an account are the domain of its handle and the authority of its id, both in
/// lower case. Mostly they are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    pub domain: String,
    pub host: String,
}

row!(Names: domain, host);

impl Names {
    pub fn each(&self) -> [&str; 2] {
        [&self.domain, &self.host]
    }
}

/// What a rule for a domain concerns, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Accounts that are known here.
    pub accounts: i64,
    /// Follows from here to there.
    pub following: i64,
    /// Follows from there to here.
    pub followers: i64,
    pub posts: i64,
    pub media: i64,
}

row!(Effect: accounts, following, followers, posts, media);

/// What ties members to a server, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bonds {
    /// Accounts that are known here.
    pub accounts: i64,
    /// Follows from here to there.
    pub following: i64,
    /// Follows from there to here.
    pub followers: i64,
}

row!(Bonds: accounts, following, followers);

/// A line of the moderators' log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    pub id: Id,
    /// Handle of a member, or `command line`.
    pub actor: String,
    pub action: String,
    pub subject: String,
    pub detail: String,
    pub created_at: Millis,
}

row!(Action, action_columns, "l.": id, actor, action, subject, detail, created_at);

impl Tx {
    pub async fn domain_rules(&mut self) -> Result<Vec<DomainRule>, Error> {
        self.all(concat!("select ", domain_columns!(), " from domain_rules d order by d.domain"), args![]).await
    }

    pub async fn put_domain_rule(&mut self, r: &DomainRule) -> Result<(), Error> {
        self.run(
            "insert into domain_rules (domain, severity, allowed, reject_media, reject_reports, obfuscate, private_comment, \
             public_comment, created_at, id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (domain) do update set \
             severity = excluded.severity, allowed = excluded.allowed, reject_media = excluded.reject_media, \
             reject_reports = excluded.reject_reports, obfuscate = excluded.obfuscate, private_comment = excluded.private_comment, \
             public_comment = excluded.public_comment",
            args![
                &r.domain,
                &r.severity,
                r.allowed,
                r.reject_media,
                r.reject_reports,
                r.obfuscate,
                &r.private_comment,
                &r.public_comment,
                r.created_at,
                r.id
            ],
        )
        .await?;
        self.ring(Event::Rules);
        Ok(())
    }

    pub async fn delete_domain_rule(&mut self, domain: &str) -> Result<bool, Error> {
        self.ring(Event::Rules);
        Ok(self.run("delete from domain_rules where domain = $1", args![domain]).await? > 0)
    }

    /// All names under which somebody is known: as many steps along an index as there are of them, however many accounts.
    pub async fn known_names(&mut self) -> Result<Vec<Names>, Error> {
        self.all(
            "with recursive k(domain) as (select min(a.domain) from accounts a where a.domain <> '' and a.domain > '' \
             union all select (select min(b.domain) from accounts b where b.domain <> '' and b.domain > k.domain) from k \
             where k.domain is not null), \
             n(domain, host) as (select k.domain, (select min(c.host) from accounts c where c.domain <> '' and c.domain = k.domain) \
             from k where k.domain is not null \
             union all select n.domain, (select min(e.host) from accounts e where e.domain <> '' and e.domain = n.domain \
             and e.host > n.host) from n where n.host is not null) \
             select n.domain, n.host from n where n.host is not null",
            args![],
        )
        .await
    }

    /// All hosts for which something waits, in the same way.
    pub async fn waiting_hosts(&mut self) -> Result<Vec<String>, Error> {
        self.list(
            "with recursive k(host) as (select min(v.host) from deliveries v where v.host > '' \
             union all select (select min(w.host) from deliveries w where w.host > k.host) from k \
             where k.host is not null) select k.host from k where k.host is not null",
            args![],
        )
        .await
    }

    /// What a rule for exactly these names would concern.
    pub async fn effect_on(&mut self, of: &Names) -> Result<Effect, Error> {
        Ok(self
            .one(
                "select (select count(*) from accounts a where a.domain <> '' and a.domain = $1 and a.host = $2), \
                 (select count(*) from accounts a cross join follows f cross join members m where a.domain <> '' and a.domain = $1 \
                  and a.host = $2 and f.target_id = a.id and f.accepted = true and m.account_id = f.follower_id), \
                 (select count(*) from accounts a cross join follows f cross join members m where a.domain <> '' and a.domain = $1 \
                  and a.host = $2 and f.follower_id = a.id and f.accepted = true and m.account_id = f.target_id), \
                 (select count(*) from accounts a cross join posts p where a.domain <> '' and a.domain = $1 and a.host = $2 \
                  and p.account_id = a.id), \
                 (select count(*) from accounts a cross join posts p cross join media x where a.domain <> '' and a.domain = $1 \
                  and a.host = $2 and p.account_id = a.id and x.post_id = p.id)",
                args![&of.domain, &of.host],
            )
            .await?
            .unwrap_or_default())
    }

    /// Suspends every account of these names that is not suspended yet; with no time lifts what the block of a domain suspended.
    pub async fn suspend_accounts_of(&mut self, of: &Names, at: Option<Millis>) -> Result<u64, Error> {
        match at {
            Some(at) => {
                self.run(
                    "update accounts set suspended_at = $3, suspended_by = 'domain' where domain <> '' and domain = $1 \
                     and host = $2 and suspended_at is null",
                    args![&of.domain, &of.host, at],
                )
                .await
            }
            None => {
                self.run(
                    "update accounts set suspended_at = null, suspended_by = '' where domain <> '' and domain = $1 \
                     and host = $2 and suspended_by = 'domain'",
                    args![&of.domain, &of.host],
                )
                .await
            }
        }
    }

    /// Limits every account of these names that is not limited yet. `at` marks whose limit it is.
    pub async fn limit_accounts_of(&mut self, of: &Names, at: Millis) -> Result<u64, Error> {
        self.run(
            "update accounts set limited_at = $3 where domain <> '' and domain = $1 and host = $2 and limited_at is null",
            args![&of.domain, &of.host, at],
        )
        .await
    }

    /// Who of these names follows the actor of a hashtag of ours.
    pub async fn followers_of_hashtags_of(&mut self, of: &Names) -> Result<Vec<Id>, Error> {
        let sql = "select distinct a.id from accounts a cross join follows f cross join tag_actors x where a.domain <> '' \
                   and a.domain = $1 and a.host = $2 and f.follower_id = a.id and x.account_id = f.target_id";
        self.list(sql, args![&of.domain, &of.host]).await
    }

    /// Lifts what [`Tx::limit_accounts_of`] did with the same mark.
    pub async fn unlimit_accounts_of(&mut self, of: &Names, at: Millis) -> Result<u64, Error> {
        self.run(
            "update accounts set limited_at = null where domain <> '' and domain = $1 and host = $2 and limited_at = $3",
            args![&of.domain, &of.host, at],
        )
        .await
    }

    /// Forgets where the pictures of the accounts of these names lie, and that their documents were ever read: whoever is met
    /// again is read again.
    pub async fn forget_pictures_of(&mut self, of: &Names) -> Result<u64, Error> {
        self.run(
            "update accounts set avatar = '', avatar_description = '', header = '', header_description = '', emojis = '[]', \
             fetched_at = 0 where domain <> '' and domain = $1 and host = $2",
            args![&of.domain, &of.host],
        )
        .await
    }

    /// Actor ids of those of these names whom members follow.
    pub async fn followed_of(&mut self, of: &Names, limit: i64) -> Result<Vec<String>, Error> {
        self.list(
            "select distinct a.uri from accounts a cross join follows f cross join members m where a.domain <> '' and a.domain = $1 \
             and a.host = $2 and f.target_id = a.id and f.accepted = true and m.account_id = f.follower_id limit $3",
            args![&of.domain, &of.host, limit],
        )
        .await
    }

    pub async fn log_action(
        &mut self,
        id: Id,
        actor: &str,
        action: &str,
        subject: &str,
        detail: &str,
        now: Millis,
    ) -> Result<(), Error> {
        self.run(
            "insert into audit_log (id, actor, action, subject, detail, created_at) values ($1, $2, $3, $4, $5, $6)",
            args![id, actor, action, subject, detail, now],
        )
        .await?;
        Ok(())
    }

    /// What one of them did, newest first. `actor`: as it stands in the log.
    pub async fn actions_by(&mut self, actor: &str, page: &Page) -> Result<Vec<Action>, Error> {
        paged!(
            self,
            page,
            "l.id",
            concat!("select ", action_columns!(), " from audit_log l"),
            "l.actor = $1",
            [actor],
            "$2",
            "$3",
            "$4"
        )
    }

    /// What they did about somebody or something, newest first. `subject`: as it stands in the log.
    pub async fn actions_about(&mut self, subject: &str, page: &Page) -> Result<Vec<Action>, Error> {
        paged!(
            self,
            page,
            "l.id",
            concat!("select ", action_columns!(), " from audit_log l"),
            "l.subject = $1",
            [subject],
            "$2",
            "$3",
            "$4"
        )
    }

    /// How often each kind of deed was done after that id; `most` deeds are looked at.
    pub async fn count_actions(&mut self, after: Id, most: i64) -> Result<Vec<(String, i64)>, Error> {
        let sql = "select x.action, count(*) from (select l.action from audit_log l where l.id > $1 order by l.id desc limit $2) x \
                   group by x.action";
        self.all(sql, args![after, most]).await
    }

    /// Accounts of exactly these names, and follows between them and members; `most` accounts are looked at.
    pub async fn bonds_up_to(&mut self, of: &Names, most: i64) -> Result<Bonds, Error> {
        Ok(self
            .one(
                "select (select count(*) from (select 1 from accounts a where a.domain <> '' and a.domain = $1 and a.host = $2 limit $3) x), \
                 (select count(*) from (select a.id from accounts a where a.domain <> '' and a.domain = $1 and a.host = $2 limit $3) y \
                  cross join follows f cross join members m where f.target_id = y.id and f.accepted = true and m.account_id = f.follower_id), \
                 (select count(*) from (select a.id from accounts a where a.domain <> '' and a.domain = $1 and a.host = $2 limit $3) z \
                  cross join follows f cross join members m where f.follower_id = z.id and f.accepted = true and m.account_id = f.target_id)",
                args![&of.domain, &of.host, most],
            )
            .await?
            .unwrap_or_default())
    }

    /// What the moderators did, newest first.
    pub async fn actions(&mut self, page: &Page) -> Result<Vec<Action>, Error> {
        paged!(
            self,
            page,
            "l.id",
            concat!("select ", action_columns!(), " from audit_log l"),
            "true",
            [],
            "$1",
            "$2",
            "$3"
        )
    }
}
