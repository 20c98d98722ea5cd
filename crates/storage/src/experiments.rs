//! Experiments: what is kept beside their posts, who tries them again, and the library in which they are found.
//!
//! What can be asked for stands in a table of facets (`outcome:didnt`, `place:leeds`), so that each list walks along the rows that fit
//! its rarest word, newest first.

use model::audience::{Audience, Viewer};
use model::clock::Millis;
use model::experiment::{Experiment, Licence, Outcome, Sentences, Standing, State};
use model::id::Id;
use model::page::Page;
use model::post::Post;

use crate::audience::{not_hidden, not_limited, visible};
use crate::row::{Column, Columns, FromColumns, FromRow, Row, from_row_at, ids};
use crate::timelines::paged;
use crate::{Error, Tx};

macro_rules! experiment_columns {
    () => {
        "x.post_id, x.account_id, x.state, x.believe, x.leads_to, x.test, x.share, x.testers, x.critical_friend, x.place, x.organisation, \
         x.licence, x.look_again_at, x.asked, x.outcome, x.learning, x.so_what, x.outcome_post_id, x.outcome_at, x.tries_uri, x.tries_id, \
         x.changed, x.standing, x.by_words, x.kept_by, x.tries_count, x.gone_at"
    };
}

impl FromColumns for Experiment {
    fn from_columns(c: &mut Columns<'_>) -> Result<Self, Error> {
        Ok(Self {
            post_id: c.next()?,
            account_id: c.next()?,
            state: c.next()?,
            sentences: Sentences { believe: c.next()?, leads_to: c.next()?, test: c.next()?, share: c.next()? },
            testers: c.next()?,
            critical_friend: c.next()?,
            place: c.next()?,
            organisation: c.next()?,
            licence: c.next()?,
            look_again_at: c.next()?,
            asked: c.next()?,
            outcome: c.next()?,
            learning: c.next()?,
            so_what: c.next()?,
            outcome_post_id: c.next()?,
            outcome_at: c.next()?,
            tries_uri: c.next()?,
            tries_id: c.next()?,
            changed: c.next()?,
            standing: c.next()?,
            by_words: c.next()?,
            kept_by: c.next()?,
            tries_count: c.next()?,
            gone_at: c.next()?,
        })
    }
}

impl FromRow for Experiment {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        from_row_at(row, 0)
    }
}

macro_rules! named_or_empty {
    ($($type:ty),*) => {
        $(impl Column for Option<$type> {
            fn read(row: &Row<'_>, at: usize) -> Result<Self, Error> {
                let name = String::read(row, at)?;
                let wrong = || Error::Corrupt(format!("“{name}” as {}", stringify!($type)));
                if name.is_empty() { Ok(None) } else { <$type>::from_name(&name).map(Some).ok_or_else(wrong) }
            }
        })*
    };
}
named_or_empty!(Licence, Outcome, Standing);

/// What is asked of the library; all of it has to fit.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    pub state: Option<State>,
    pub outcome: Option<Outcome>,
    pub tag: Option<Id>,
    /// Whose they are.
    pub author: Option<Id>,
    /// Words as [`model::search::words`] makes them; the name has to be the same.
    pub organisation: String,
    pub place: String,
    /// Those that were to be looked at again before that time, and of which nothing was said yet.
    pub due_before: Option<Millis>,
    /// Those that nobody else tried yet.
    pub untried: bool,
}

const PUBLIC: i64 = Audience::Public as i64;
const PARTNERS: i64 = Audience::Partners as i64;
const FOLLOWERS: i64 = Audience::Followers as i64;
/// An author is asked so often what came of it.
pub const ASKED: i64 = 2;
/// Most of what is asked at once.
const FACETS: usize = 8;

impl Shelf {
    /// What has to fit, the rarest first: of what is public, or of all else.
    fn facets(&self, of: Of) -> Vec<String> {
        let named = |kind: &str, name: &str| (!name.is_empty()).then(|| format!("{kind}:{name}"));
        let wanted = [
            self.author.map(|id| format!("author:{id}")),
            named("place", &self.place),
            named("organisation", &self.organisation),
            self.tag.map(|id| format!("tag:{id}")),
            self.due_before.map(|_| "look_again".to_owned()),
            self.outcome.map(|o| format!("outcome:{}", o.name())),
            self.state.map(|s| format!("state:{}", s.name())),
            self.untried.then(|| "untried".to_owned()),
        ];
        let mut wanted: Vec<String> = wanted.into_iter().flatten().collect();
        if wanted.is_empty() {
            wanted.push("all".to_owned());
        }
        wanted.into_iter().map(|facet| of.name(facet)).collect()
    }

    /// The same, as many as a statement has places for.
    fn asked(&self, of: Of) -> Vec<String> {
        let mut facets = self.facets(of);
        facets.resize(FACETS, String::new());
        facets
    }
}

/// Which experiments: what is not public stands by itself, so that nobody looks through what they cannot see to find what they can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Public,
    Others,
}

impl Of {
    fn name(self, facet: String) -> String {
        if self == Self::Public { facet } else { format!("in {facet}") }
    }
}

/// By what an experiment is found.
fn facets_of(x: &Experiment, tags: &[Id]) -> Vec<String> {
    // A word of somebody elsewhere counts when it is confirmed.
    if x.gone_at.is_some() || x.by_words && x.standing != Some(Standing::Confirmed) {
        return Vec::new();
    }
    let key = |kind: &str, name: &str| {
        Some(model::search::words(name)).filter(|k| !k.is_empty()).map(|k| format!("{kind}:{k}"))
    };
    let mut all = vec!["all".to_owned(), format!("state:{}", x.state.name())];
    all.extend(x.account_id.map(|id| format!("author:{id}")));
    all.extend(x.outcome.map(|o| format!("outcome:{}", o.name())));
    all.extend(key("place", &x.place));
    all.extend(key("organisation", &x.organisation));
    all.extend(tags.iter().map(|id| format!("tag:{id}")));
    // Who does not want to be asked any more is not waited for.
    if x.look_again_at.is_some() && x.state != State::Learned && x.asked < ASKED {
        all.push("look_again".to_owned());
    }
    if x.tries_count == 0 {
        all.push("untried".to_owned());
    }
    all
}

/// `fits!("$3")`: one more facet, or none.
macro_rules! fits {
    ($($facet:literal),+) => {
        concat!($(" and (", $facet, " = '' or exists (select 1 from experiment_facets g where g.facet = ", $facet, " and g.post_id = f.post_id))"),+)
    };
}

/// Those that the viewer may see (`$1`, `$2`), with the facets `$3` to `$10`, due before `$11`. What is said to a few, or quietly, is in
/// nobody else's library.
macro_rules! in_library {
    () => {
        concat!(
            "x.post_id = f.post_id and p.id = x.post_id and ($11 = 0 or x.look_again_at < $11) \
             and (p.audience in (25, 30, 40, 50, 70) or p.account_id = $1) and ",
            visible!("p", "$1", "$2"),
            " and ",
            not_hidden!("p", "$1"),
            " and ",
            not_limited!("p"),
            fits!("$4", "$5", "$6", "$7", "$8", "$9", "$10")
        )
    };
}

impl Tx {
    /// Writes what is kept of an experiment, and by what it is found; `tags` are those of its post.
    pub async fn put_experiment(&mut self, x: &Experiment, tags: &[Id]) -> Result<(), Error> {
        let of: Option<(i64, bool)> =
            self.one("select p.audience, p.local from posts p where p.id = $1", args![x.post_id]).await?;
        let of = match of {
            Some((PUBLIC, _)) => Some(Of::Public),
            // Of others nobody finds what was not said to followers at least.
            Some((audience, is_local)) if is_local || (PARTNERS..=FOLLOWERS).contains(&audience) => Some(Of::Others),
            _ => None,
        };
        let facets = if of.is_some() { facets_of(x, tags) } else { Vec::new() };
        let s = &x.sentences;
        self.run(
            "insert into experiments (post_id, account_id, state, believe, leads_to, test, share, testers, critical_friend, place, \
             organisation, licence, look_again_at, asked, outcome, learning, so_what, outcome_post_id, outcome_at, tries_uri, tries_id, \
             changed, standing, by_words, kept_by, tries_count, gone_at, learned_for_all) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
             $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28) on conflict (post_id) do update set \
             account_id = excluded.account_id, state = excluded.state, believe = excluded.believe, leads_to = excluded.leads_to, \
             test = excluded.test, share = excluded.share, testers = excluded.testers, critical_friend = excluded.critical_friend, \
             place = excluded.place, organisation = excluded.organisation, licence = excluded.licence, \
             look_again_at = excluded.look_again_at, asked = excluded.asked, outcome = excluded.outcome, learning = excluded.learning, \
             so_what = excluded.so_what, outcome_post_id = excluded.outcome_post_id, outcome_at = excluded.outcome_at, \
             tries_uri = excluded.tries_uri, tries_id = excluded.tries_id, changed = excluded.changed, standing = excluded.standing, \
             by_words = excluded.by_words, kept_by = excluded.kept_by, tries_count = excluded.tries_count, gone_at = excluded.gone_at, \
             learned_for_all = excluded.learned_for_all",
            args![
                x.post_id,
                x.account_id,
                x.state.name(),
                &s.believe,
                &s.leads_to,
                &s.test,
                &s.share,
                x.testers,
                x.critical_friend,
                &x.place,
                &x.organisation,
                x.licence.map_or("", Licence::name),
                x.look_again_at,
                x.asked,
                x.outcome.map_or("", Outcome::name),
                &x.learning,
                &x.so_what,
                x.outcome_post_id,
                x.outcome_at,
                &x.tries_uri,
                x.tries_id,
                &x.changed,
                x.standing.map_or("", Standing::name),
                x.by_words,
                x.kept_by,
                x.tries_count,
                x.gone_at,
                of == Some(Of::Public) && x.outcome_at.is_some() && !facets.is_empty(),
            ],
        )
        .await?;
        let wanted: Vec<String> = facets.into_iter().map(|f| of.map_or(String::new(), |of| of.name(f))).collect();
        let had: Vec<String> =
            self.list("select f.facet from experiment_facets f where f.post_id = $1", args![x.post_id]).await?;
        for gone in had.iter().filter(|f| !wanted.contains(f)) {
            self.run("delete from experiment_facets where facet = $1 and post_id = $2", args![gone, x.post_id]).await?;
        }
        for new in wanted.iter().filter(|f| !had.contains(f)) {
            let sql = "insert into experiment_facets (facet, post_id) values ($1, $2) on conflict do nothing";
            self.run(sql, args![new, x.post_id]).await?;
        }
        Ok(())
    }

    /// How many public experiments have an outcome, of those whose posts have this id or a higher one; at most `most` are counted.
    pub async fn count_outcome(&mut self, outcome: Outcome, from: Id, most: i64) -> Result<i64, Error> {
        let sql = "select count(*) from (select 1 from experiment_facets f where f.facet = $1 and f.post_id >= $2 limit $3) x";
        let facet = Of::Public.name(format!("outcome:{}", outcome.name()));
        Ok(self.value(sql, args![facet, from, most]).await?.unwrap_or(0))
    }

    /// Those of these posts that are experiments, in no order.
    pub async fn experiments(&mut self, posts: &[Id]) -> Result<Vec<Experiment>, Error> {
        self.all(
            concat!(
                "select ",
                experiment_columns!(),
                " from experiments x where x.post_id in (select value from json_each($1))"
            ),
            &[ids(posts)],
        )
        .await
    }

    pub async fn experiment(&mut self, post: Id) -> Result<Option<Experiment>, Error> {
        let sql = concat!("select ", experiment_columns!(), " from experiments x where x.post_id = $1");
        self.one(sql, args![post]).await
    }

    /// The same for somebody who is going to change it: nobody else does before the end of this work.
    pub async fn lock_experiment(&mut self, post: Id) -> Result<Option<Experiment>, Error> {
        if self.is_sqlite() {
            return self.experiment(post).await;
        }
        let sql = concat!("select ", experiment_columns!(), " from experiments x where x.post_id = $1 for update");
        self.one(sql, args![post]).await
    }

    pub async fn delete_experiment(&mut self, post: Id) -> Result<(), Error> {
        self.run("delete from experiments where post_id = $1", args![post]).await?;
        Ok(())
    }

    /// Those that try an experiment again and of which its author says this, oldest first, from behind `after` on.
    pub async fn tries_of(
        &mut self,
        original: Id,
        standing: Standing,
        after: Id,
        limit: i64,
    ) -> Result<Vec<Experiment>, Error> {
        self.all(
            concat!(
                "select ",
                experiment_columns!(),
                " from experiments x where x.tries_id = $1 and x.standing = $2 and x.post_id > $3 order by x.post_id limit $4"
            ),
            args![original, standing.name(), after, limit],
        )
        .await
    }

    /// Members of this node that try an experiment again, each once: those whom its author confirmed, and of one of another server also
    /// those of whom that server says nothing yet.
    pub async fn local_triers(&mut self, original: Id) -> Result<Vec<Id>, Error> {
        let sql = "select distinct x.account_id from experiments x join accounts a on a.id = x.account_id \
                   where x.tries_id = $1 and a.domain = '' and (x.standing = 'confirmed' or x.standing = 'waiting' \
                   and exists (select 1 from posts p where p.id = $1 and not p.local))";
        self.list(sql, args![original]).await
    }

    /// Those of these that somebody tries again, confirmed.
    pub async fn tried_among(&mut self, originals: &[Id]) -> Result<Vec<Id>, Error> {
        let sql = "select j.value from json_each($1) j where exists \
                   (select 1 from experiments x where x.tries_id = j.value and x.standing = 'confirmed')";
        self.list(sql, &[ids(originals)]).await
    }

    /// Those that are confirmed, as far as the viewer may see them and wants to, with what is gone; oldest first.
    pub async fn shown_tries(&mut self, original: Id, viewer: Viewer, limit: i64) -> Result<Vec<Experiment>, Error> {
        self.all(
            concat!(
                "select ",
                experiment_columns!(),
                " from experiments x left join posts p on p.id = x.post_id where x.tries_id = $1 and x.standing = 'confirmed' \
                 and (x.gone_at is not null or p.id is not null and ",
                visible!("p", "$2", "$3"),
                " and ",
                not_hidden!("p", "$2"),
                " and ",
                not_limited!("p"),
                ") order by x.post_id limit $4"
            ),
            args![original, viewer.id(), viewer.is_member(), limit],
        )
        .await
    }

    /// How many people try an experiment again, as far as its author confirmed them and as many may know of it as of that.
    pub async fn count_tries(&mut self, original: Id) -> Result<i64, Error> {
        let sql = "select count(distinct x.account_id) from experiments x join posts p on p.id = x.post_id \
                   left join posts o on o.id = x.tries_id join accounts a on a.id = x.account_id \
                   where x.tries_id = $1 and x.standing = 'confirmed' and x.gone_at is null and p.audience >= coalesce(o.audience, 60) \
                   and a.suspended_at is null and a.limited_at is null and a.deleted_at is null";
        Ok(self.value(sql, args![original]).await?.unwrap_or(0))
    }

    /// How many of somebody's wait for a word, or got a bad one.
    pub async fn count_waiting_tries(&mut self, original: Id, account: Id) -> Result<i64, Error> {
        let sql = "select count(*) from experiments x where x.tries_id = $1 and x.standing in ('waiting', 'refused') and x.account_id = $2";
        Ok(self.value(sql, args![original, account]).await?.unwrap_or(0))
    }

    /// Those of which its author says this, as far as they may see them, newest first.
    pub async fn tries_by_standing(
        &mut self,
        original: Id,
        standing: Standing,
        author: Id,
        page: &Page,
    ) -> Result<Vec<Post>, Error> {
        paged!(
            self,
            page,
            "x.post_id",
            concat!("select ", post_columns!(), " from experiments x cross join posts p"),
            concat!("x.tries_id = $1 and x.standing = $2 and p.id = x.post_id and ", visible!("p", "$3", "true")),
            [original, standing.name(), author],
            "$4",
            "$5",
            "$6"
        )
    }

    /// Those that name an experiment which was not here yet.
    pub async fn lost_tries(&mut self, uri: &str, limit: i64) -> Result<Vec<Experiment>, Error> {
        self.all(
            concat!(
                "select ",
                experiment_columns!(),
                " from experiments x where x.tries_uri = $1 and x.tries_id is null and x.tries_uri <> '' order by x.post_id limit $2"
            ),
            args![uri, limit],
        )
        .await
    }

    /// Posts of experiments that the viewer may find, newest first.
    pub async fn library(&mut self, shelf: &Shelf, viewer: Viewer, page: &Page) -> Result<Vec<Post>, Error> {
        let mut found = self.library_part(shelf, Of::Public, viewer, page).await?;
        if viewer.is_member() {
            found.extend(self.library_part(shelf, Of::Others, viewer, page).await?);
            found.sort_unstable_by_key(|p| std::cmp::Reverse(p.id));
        }
        let limit = usize::try_from(page.limit).unwrap_or(0);
        if page.upwards() && found.len() > limit {
            return Ok(found.split_off(found.len() - limit));
        }
        found.truncate(limit);
        Ok(found)
    }

    async fn library_part(&mut self, shelf: &Shelf, of: Of, viewer: Viewer, page: &Page) -> Result<Vec<Post>, Error> {
        let facets = shelf.asked(of);
        paged!(
            self,
            page,
            "f.post_id",
            concat!(
                "select ",
                post_columns!(),
                " from experiment_facets f cross join experiments x cross join posts p"
            ),
            concat!("f.facet = $3 and ", in_library!()),
            [
                viewer.id(),
                viewer.is_member(),
                &facets[0],
                &facets[1],
                &facets[2],
                &facets[3],
                &facets[4],
                &facets[5],
                &facets[6],
                &facets[7],
                shelf.due_before.unwrap_or(0)
            ],
            "$12",
            "$13",
            "$14"
        )
    }

    /// The same of these posts alone.
    pub async fn library_of(&mut self, posts: &[Id], shelf: &Shelf, viewer: Viewer) -> Result<Vec<Post>, Error> {
        let mut found = Vec::new();
        for of in [Of::Public, Of::Others] {
            if of == Of::Others && !viewer.is_member() {
                continue;
            }
            let facets = shelf.asked(of);
            let mut values = args![
                viewer.id(),
                viewer.is_member(),
                &facets[0],
                &facets[1],
                &facets[2],
                &facets[3],
                &facets[4],
                &facets[5],
                &facets[6],
                &facets[7],
                shelf.due_before.unwrap_or(0)
            ]
            .to_vec();
            values.push(ids(posts));
            let part: Vec<Post> = self
                .all(
                    concat!(
                        "select ",
                        post_columns!(),
                        " from json_each($12) j cross join experiment_facets f cross join experiments x cross join posts p \
                         where f.facet = $3 and f.post_id = j.value and ",
                        in_library!(),
                        " order by f.post_id desc"
                    ),
                    &values,
                )
                .await?;
            found.extend(part);
        }
        found.sort_unstable_by_key(|p| std::cmp::Reverse(p.id));
        Ok(found)
    }

    /// Ids of public experiments of which something was learned, with when, the last one first; from behind `before` on.
    pub async fn lately_learned(&mut self, before: (Millis, Id), limit: i64) -> Result<Vec<(Millis, Id)>, Error> {
        self.all(
            "select x.outcome_at, x.post_id from experiments x where x.learned_for_all \
             and (x.outcome_at < $1 or x.outcome_at = $1 and x.post_id < $2) order by x.outcome_at desc, x.post_id desc limit $3",
            args![before.0, before.1, limit],
        )
        .await
    }

    /// Ids of experiments with these words in their posts, newest first.
    pub async fn experiments_by_words(&mut self, words: &[String], page: &Page) -> Result<Vec<Id>, Error> {
        let quoted = |w: &String| if self.is_sqlite() { format!("\"{w}\"") } else { format!("'{w}'") };
        let mark = crate::mark::of("experiment");
        let all: Vec<String> = words.iter().chain([&mark]).map(quoted).collect();
        let expression = all.join(if self.is_sqlite() { " AND " } else { " & " });
        self.fitting(&expression, (page.above(), page.below()), page.limit).await
    }
}
