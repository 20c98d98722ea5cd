//! Teams of members, what of theirs was opened up, and for whom was what somebody deleted a moment ago.

use model::account::Account;
use model::audience::{Audience, Viewer};
use model::clock::Millis;
use model::experiment::Form;
use model::id::Id;
use model::page::Page;
use model::post::Post;

use crate::audience::{not_hidden, visible};
use crate::timelines::paged;
use crate::{Error, Tx};

/// Members who say something among themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    pub id: Id,
    pub name: String,
    pub made_by: Id,
    pub created_at: Millis,
}

row!(Team, team_columns, "t.": id, name, made_by, created_at);

/// What a member's post was that they deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    pub post_id: Id,
    pub account_id: Id,
    pub audience: Audience,
    pub team_id: Option<Id>,
    /// Marks by which its words are known again.
    pub words: Vec<String>,
    /// Of an experiment what was kept beside its sentences.
    pub form: Option<Form>,
    pub deleted_at: Millis,
}

row!(Withdrawn, withdrawn_columns, "w.": post_id, account_id, audience, team_id, words, form, deleted_at);

impl Tx {
    pub async fn insert_team(&mut self, t: &Team) -> Result<(), Error> {
        self.run(
            "insert into teams (id, name, made_by, created_at) values ($1, $2, $3, $4)",
            args![t.id, &t.name, t.made_by, t.created_at],
        )
        .await?;
        Ok(())
    }

    pub async fn rename_team(&mut self, id: Id, name: &str) -> Result<(), Error> {
        self.run("update teams set name = $2 where id = $1", args![id, name]).await?;
        Ok(())
    }

    /// A team with everybody in it; what was said there is its authors' alone from then on.
    pub async fn delete_team(&mut self, id: Id) -> Result<bool, Error> {
        Ok(self.run("delete from teams where id = $1", args![id]).await? > 0)
    }

    pub async fn team(&mut self, id: Id) -> Result<Option<Team>, Error> {
        self.one(concat!("select ", team_columns!(), " from teams t where t.id = $1"), args![id]).await
    }

    /// Nobody else changes who is in a team until this work ends; nothing if it is gone.
    pub async fn hold_team(&mut self, id: Id) -> Result<Option<Team>, Error> {
        if !self.is_sqlite() {
            self.run("select t.id from teams t where t.id = $1 for update", args![id]).await?;
        }
        self.team(id).await
    }

    /// The teams that a member is in, the oldest first.
    pub async fn teams_of(&mut self, account: Id) -> Result<Vec<Team>, Error> {
        self.all(
            concat!(
                "select ",
                team_columns!(),
                " from team_members x cross join teams t where x.account_id = $1 and t.id = x.team_id order by t.id limit 1000"
            ),
            args![account],
        )
        .await
    }

    /// Some of all teams, those after `after`.
    pub async fn all_teams(&mut self, after: Id, limit: i64) -> Result<Vec<Team>, Error> {
        self.all(
            concat!("select ", team_columns!(), " from teams t where t.id > $1 order by t.id limit $2"),
            args![after, limit],
        )
        .await
    }

    /// Those that are called so: several may be.
    pub async fn teams_called(&mut self, name: &str) -> Result<Vec<Team>, Error> {
        self.all(
            concat!("select ", team_columns!(), " from teams t where t.name = $1 order by t.id limit 100"),
            args![name],
        )
        .await
    }

    /// How many of the teams that there are somebody made.
    pub async fn count_teams_made_by(&mut self, account: Id) -> Result<i64, Error> {
        Ok(self.value("select count(*) from teams t where t.made_by = $1", args![account]).await?.unwrap_or(0))
    }

    /// `false` if they are in it already.
    pub async fn put_in_team(&mut self, team: Id, account: Id, by: Id, now: Millis) -> Result<bool, Error> {
        let sql = "insert into team_members (team_id, account_id, added_by, created_at) values ($1, $2, $3, $4) on conflict do nothing";
        Ok(self.run(sql, args![team, account, by, now]).await? > 0)
    }

    /// `false` if they were not in it.
    pub async fn take_out_of_team(&mut self, team: Id, account: Id) -> Result<bool, Error> {
        let sql = "delete from team_members where team_id = $1 and account_id = $2";
        Ok(self.run(sql, args![team, account]).await? > 0)
    }

    pub async fn is_in_team(&mut self, team: Id, account: Id) -> Result<bool, Error> {
        let sql = "select true from team_members x where x.team_id = $1 and x.account_id = $2";
        Ok(self.value(sql, args![team, account]).await?.unwrap_or(false))
    }

    pub async fn count_team_members(&mut self, team: Id) -> Result<i64, Error> {
        Ok(self.value("select count(*) from team_members x where x.team_id = $1", args![team]).await?.unwrap_or(0))
    }

    /// Who is in a team, by id.
    pub async fn team_members(&mut self, team: Id) -> Result<Vec<Account>, Error> {
        self.all(
            concat!(
                "select ",
                account_columns!(),
                " from team_members x cross join accounts a where x.team_id = $1 and a.id = x.account_id order by a.id limit 1000"
            ),
            args![team],
        )
        .await
    }

    /// What was said in a team, newest first.
    pub async fn team_posts(&mut self, team: Id, viewer: Viewer, page: &Page) -> Result<Vec<Post>, Error> {
        paged!(
            self,
            page,
            "p.id",
            concat!("select ", post_columns!(), " from posts p"),
            concat!(
                "p.team_id = $1 and p.audience = 25 and ",
                visible!("p", "$2", "$3"),
                " and ",
                not_hidden!("p", "$2")
            ),
            [team, viewer.id(), viewer.is_member()],
            "$4",
            "$5",
            "$6"
        )
    }

    // Partners.

    /// Whether somebody follows `author` from a node that the owner named.
    pub async fn is_partners_follower(&mut self, account: Id, author: Id) -> Result<bool, Error> {
        let sql = "select true from follows f cross join accounts a cross join peers q where f.follower_id = $1 and f.target_id = $2 \
                   and f.accepted and a.id = f.follower_id and q.host = a.host and q.discovered = false and q.ignored = false limit 1";
        Ok(self.value(sql, args![account, author]).await?.unwrap_or(false))
    }

    // What was opened up.

    /// Remembers what a post for others came of; `false` if that was opened before.
    pub async fn put_opening(&mut self, post: Id, inside: Id, now: Millis) -> Result<bool, Error> {
        let sql = "insert into openings (post_id, inside_id, created_at) values ($1, $2, $3) on conflict do nothing";
        Ok(self.run(sql, args![post, inside, now]).await? > 0)
    }

    /// What became of a post that was said inside.
    pub async fn opened_as(&mut self, inside: Id) -> Result<Option<Id>, Error> {
        self.value("select o.post_id from openings o where o.inside_id = $1", args![inside]).await
    }

    /// Of these posts: what each was opened as, and what each came of (post, the other, whether this post is the inside one), as far
    /// as the viewer may see the other.
    pub async fn openings(&mut self, posts: &[Id], viewer: Viewer) -> Result<Vec<(Id, Id, bool)>, Error> {
        self.all(
            concat!(
                "select o.inside_id, o.post_id, true from openings o cross join posts p where o.inside_id in (select value from json_each($1)) \
                 and p.id = o.post_id and ",
                visible!("p", "$2", "$3"),
                " union all select o.post_id, o.inside_id, false from openings o cross join posts p \
                 where o.post_id in (select value from json_each($1)) and p.id = o.inside_id and ",
                visible!("p", "$2", "$3")
            ),
            &[crate::row::ids(posts), viewer.id().into(), viewer.is_member().into()],
        )
        .await
    }

    // What was deleted a moment ago.

    pub async fn put_withdrawn(&mut self, w: &Withdrawn) -> Result<(), Error> {
        self.run(
            "insert into withdrawn (post_id, account_id, audience, team_id, words, form, deleted_at) values ($1, $2, $3, $4, $5, $6, $7) \
             on conflict do nothing",
            &[
                w.post_id.into(),
                w.account_id.into(),
                w.audience.into(),
                w.team_id.into(),
                crate::row::json(&w.words),
                crate::row::json(&w.form),
                w.deleted_at.into(),
            ],
        )
        .await?;
        Ok(())
    }

    /// What a member deleted since `since`, the last first.
    pub async fn withdrawn(&mut self, account: Id, since: Millis) -> Result<Vec<Withdrawn>, Error> {
        self.all(
            concat!(
                "select ",
                withdrawn_columns!(),
                " from withdrawn w where w.account_id = $1 and w.deleted_at >= $2 order by w.deleted_at desc limit 100"
            ),
            args![account, since],
        )
        .await
    }

    pub async fn forget_withdrawn(&mut self, before: Millis, limit: i64) -> Result<u64, Error> {
        self.run(
            "delete from withdrawn where post_id in \
             (select w.post_id from withdrawn w where w.deleted_at < $1 order by w.deleted_at limit $2)",
            args![before, limit],
        )
        .await
    }
}
