//! What people gather around (`model::subject`): what it is for, in versions, what it is linked with, and how complete it is.

use model::clock::Millis;
use model::id::Id;
use model::page::Page;
use model::subject::{Completeness, Purpose, Subject, SubjectLink};

use crate::timelines::paged;
use crate::{Error, Tx};

row!(Purpose, purpose_columns, "u.": id, account_id, is_view, source, restored_id, restored_by, created_at, gone_at, gone_by);
row!(SubjectLink, link_columns, "l.": other_id, account_id, created_at);
row!(Completeness: posts, servers, first_id, last_id);

/// The newest posts from which is worked out how complete a subject is.
macro_rules! looked_at {
    () => {
        "200"
    };
}

impl Tx {
    /// A member does something about a subject: from now on it stays. Nobody else does until this work ends.
    pub async fn tend(&mut self, subject: Subject) -> Result<(), Error> {
        let sql = match subject {
            Subject::Tag(_) => {
                "insert into subjects (id, tag_id, tended) values ($1, $1, true) on conflict (id) do update set tended = true"
            }
            Subject::Challenge(_) => {
                "insert into subjects (id, challenge_id, tended) values ($1, $1, true) on conflict (id) do update set tended = true"
            }
        };
        self.run(sql, args![subject.id()]).await?;
        Ok(())
    }

    /// What an id of [`Subject::id`] stands for, if anything was ever done about it.
    pub async fn subject(&mut self, id: Id) -> Result<Option<Subject>, Error> {
        let found: Option<(Option<Id>, Option<Id>)> =
            self.one("select s.tag_id, s.challenge_id from subjects s where s.id = $1", args![id]).await?;
        Ok(found.and_then(|(tag, challenge)| tag.map(Subject::Tag).or(challenge.map(Subject::Challenge))))
    }

    // What it is for.

    pub async fn insert_purpose(&mut self, subject: Subject, p: &Purpose) -> Result<(), Error> {
        self.run(
            "insert into purposes (id, subject_id, account_id, is_view, source, restored_id, restored_by, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![p.id, subject.id(), p.account_id, p.is_view, &p.source, p.restored_id, p.restored_by, p.created_at],
        )
        .await?;
        Ok(())
    }

    /// The version that holds: the newest one that was not taken down.
    pub async fn purpose(&mut self, subject: Subject) -> Result<Option<Purpose>, Error> {
        self.one(
            concat!(
                "select ",
                purpose_columns!(),
                " from purposes u where u.subject_id = $1 and u.is_view = false and u.gone_at is null and not exists (select 1 from accounts s where s.id = u.account_id and s.suspended_at is not null) order by u.id desc limit 1"
            ),
            args![subject.id()],
        )
        .await
    }

    /// A version, or another view.
    pub async fn purpose_by_id(&mut self, subject: Subject, id: Id) -> Result<Option<Purpose>, Error> {
        self.one(
            concat!("select ", purpose_columns!(), " from purposes u where u.id = $2 and u.subject_id = $1"),
            args![subject.id(), id],
        )
        .await
    }

    /// All versions, those that were taken down among them.
    pub async fn purpose_versions(&mut self, subject: Subject, page: &Page) -> Result<Vec<Purpose>, Error> {
        paged!(
            self,
            page,
            "u.id",
            concat!("select ", purpose_columns!(), " from purposes u"),
            "u.subject_id = $1 and u.is_view = false",
            [subject.id()],
            "$2",
            "$3",
            "$4"
        )
    }

    /// How many of the newest 100 versions were written since then.
    pub async fn count_versions_since(&mut self, subject: Subject, since: Millis) -> Result<i64, Error> {
        let sql = "select count(*) from (select u.created_at as at from purposes u where u.subject_id = $1 and u.is_view = false \
                   order by u.id desc limit 100) n where n.at > $2";
        Ok(self.value(sql, args![subject.id(), since]).await?.unwrap_or(0))
    }

    /// Other views, as far as they are shown.
    pub async fn purpose_views(&mut self, subject: Subject, page: &Page) -> Result<Vec<Purpose>, Error> {
        paged!(
            self,
            page,
            "u.id",
            concat!("select ", purpose_columns!(), " from purposes u"),
            "u.subject_id = $1 and u.is_view = true and u.gone_at is null \
             and not exists (select 1 from accounts s where s.id = u.account_id and s.suspended_at is not null)",
            [subject.id()],
            "$2",
            "$3",
            "$4"
        )
    }

    /// The same with those that others took down, for whoever wants to know that they were there.
    pub async fn all_purpose_views(&mut self, subject: Subject, page: &Page) -> Result<Vec<Purpose>, Error> {
        paged!(
            self,
            page,
            "u.id",
            concat!("select ", purpose_columns!(), " from purposes u"),
            "u.subject_id = $1 and u.is_view = true and (u.gone_at is null or u.gone_by <> u.account_id) \
             and not exists (select 1 from accounts s where s.id = u.account_id and s.suspended_at is not null)",
            [subject.id()],
            "$2",
            "$3",
            "$4"
        )
    }

    /// How many other views of a subject somebody has there.
    pub async fn count_views_of(&mut self, subject: Subject, account: Id) -> Result<i64, Error> {
        let count = self
            .value(
                "select count(*) from (select 1 from purposes u where u.account_id = $2 and u.subject_id = $1 and u.is_view = true \
                 and u.gone_at is null limit 100) n",
                args![subject.id(), account],
            )
            .await?;
        Ok(count.unwrap_or(0))
    }

    /// `false` if it is gone already.
    pub async fn take_down_purpose(&mut self, id: Id, by: Option<Id>, at: Millis) -> Result<bool, Error> {
        let sql = "update purposes set gone_at = $2, gone_by = $3 where id = $1 and gone_at is null";
        Ok(self.run(sql, args![id, at, by]).await? > 0)
    }

    // Links.

    /// What a subject is linked with, in the order in which that was done.
    pub async fn subject_links(&mut self, subject: Subject) -> Result<Vec<SubjectLink>, Error> {
        let mut links: Vec<SubjectLink> = self
            .all(
                concat!("select ", link_columns!(), " from subject_links l where l.subject_id = $1 limit 100"),
                args![subject.id()],
            )
            .await?;
        links.sort_by_key(|l| (l.created_at, l.other_id));
        Ok(links)
    }

    /// `false` if they are linked already.
    pub async fn link_subjects(&mut self, a: Subject, b: Subject, by: Id, at: Millis) -> Result<bool, Error> {
        let changed = self
            .run(
                "insert into subject_links (subject_id, other_id, account_id, created_at) values ($1, $2, $3, $4), ($2, $1, $3, $4) \
                 on conflict do nothing",
                args![a.id(), b.id(), by, at],
            )
            .await?;
        Ok(changed > 0)
    }

    /// `false` if they are not linked.
    pub async fn unlink_subjects(&mut self, a: Subject, b: Subject) -> Result<bool, Error> {
        let sql = "delete from subject_links where (subject_id = $1 and other_id = $2) or (subject_id = $2 and other_id = $1)";
        Ok(self.run(sql, args![a.id(), b.id()]).await? > 0)
    }

    // How complete it is.

    /// From how many servers the newest public posts of a subject came.
    pub async fn completeness(&mut self, subject: Subject) -> Result<Completeness, Error> {
        let found = match subject {
            Subject::Tag(tag) => {
                self.one(
                    concat!(
                        "select count(*), count(distinct a.host), min(n.id), max(n.id) from \
                         (select p.id, p.account_id from post_tags t cross join posts p where t.tag_id = $1 and p.id = t.post_id \
                         and p.audience = 70 and p.boost_of_id is null order by t.post_id desc limit ",
                        looked_at!(),
                        ") n join accounts a on a.id = n.account_id where a.suspended_at is null and a.limited_at is null"
                    ),
                    args![tag],
                )
                .await?
            }
            // Its posts are the contributions that were accepted.
            Subject::Challenge(_) => None,
        };
        Ok(found.unwrap_or_default())
    }
}
