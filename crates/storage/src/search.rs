//! Finding posts by their words, and accounts by their names. What is kept for it is the same on both engines (`post_texts`); the
//! index over it is FTS5 on SQLite, and GIN over `tsvector` on PostgreSQL.
//!
//! Beside its own words a post has some that stand for what can be asked of it (`zqfrom12`, `zqhasmedia`, `zqlib7`: it is in the
//! library of 7), so that the index alone says what fits, however the question is put. Who may see a post is asked of the post.

use model::account::Account;
use model::audience::Viewer;
use model::clock::{DAY, Millis};
use model::id::{Id, first_id, made_at};
use model::page::Page;
use model::post::Post;
use model::search::{Question, Scope, Term};

use crate::audience::{not_hidden, visible};
use crate::row::ids;
use crate::{Error, Tx};

/// Beside the page so many posts are looked at that fit a question, for those that the viewer may not see.
const MORE: i64 = 300;
/// Accounts that fit by their displayed name, of which a page is made.
const NAMES: i64 = 200;

/// SQLite's indexes, kept by triggers: a row that goes with its post goes from the index as well.
pub(crate) const ONLY_SQLITE: &str = "\
    create virtual table if not exists post_words using fts5 (words, content = 'post_texts', content_rowid = 'post_id'); \
    create trigger if not exists post_texts_added after insert on post_texts begin \
    insert into post_words (rowid, words) values (new.post_id, new.words); end; \
    create trigger if not exists post_texts_gone after delete on post_texts begin \
    insert into post_words (post_words, rowid, words) values ('delete', old.post_id, old.words); end; \
    create trigger if not exists post_texts_changed after update on post_texts begin \
    insert into post_words (post_words, rowid, words) values ('delete', old.post_id, old.words); \
    insert into post_words (rowid, words) values (new.post_id, new.words); end; \
    create virtual table if not exists account_words using fts5 (display_name, content = 'accounts', content_rowid = 'id', prefix = '2 3'); \
    create trigger if not exists account_named after insert on accounts when new.display_name <> '' begin \
    insert into account_words (rowid, display_name) values (new.id, new.display_name); end; \
    create trigger if not exists account_gone after delete on accounts when old.display_name <> '' begin \
    insert into account_words (account_words, rowid, display_name) values ('delete', old.id, old.display_name); end; \
    create trigger if not exists account_renamed after update of display_name on accounts when old.display_name <> new.display_name begin \
    insert into account_words (account_words, rowid, display_name) select 'delete', old.id, old.display_name where old.display_name <> ''; \
    insert into account_words (rowid, display_name) select new.id, new.display_name where new.display_name <> ''; end;";

/// The same on PostgreSQL.
pub(crate) const ONLY_POSTGRES: &str = "\
    create index if not exists post_texts_words on post_texts using gin (to_tsvector('simple', words)); \
    create index if not exists accounts_words on accounts using gin (to_tsvector('simple', display_name));";

/// `library!("p", "$4")`: the post is the viewer's own, or they had to do with it.
macro_rules! library {
    ($p:literal, $viewer:literal) => {
        concat!(
            "(",
            $p,
            ".account_id = ",
            $viewer,
            " or exists (select 1 from favourites lf where lf.post_id = ",
            $p,
            ".id and lf.account_id = ",
            $viewer,
            ") or exists (select 1 from bookmarks lb where lb.post_id = ",
            $p,
            ".id and lb.account_id = ",
            $viewer,
            ") or exists (select 1 from mentions lm where lm.post_id = ",
            $p,
            ".id and lm.account_id = ",
            $viewer,
            ") or exists (select 1 from posts lo where lo.boost_of_id = ",
            $p,
            ".id and lo.account_id = ",
            $viewer,
            "))"
        )
    };
}

/// Posts by what an engine's index finds (`$1` the expression, `$2` and `$3` the bounds). The index may be a moment behind: that it is still so is asked again.
macro_rules! found_posts {
    ($found:literal) => {
        concat!(
            "select ", post_columns!(), " from (", $found, ") w cross join posts p where p.id = w.id and ",
            visible!("p", "$4", "true"), " and ", not_hidden!("p", "$4"),
            " and ($5 <> 1 and p.audience = 70 and exists (select 1 from accounts ia where ia.id = p.account_id and ia.indexable and \
             (ia.limited_at is null or exists (select 1 from follows lw where lw.follower_id = $4 and lw.target_id = ia.id and lw.accepted))) \
             or $5 <> 2 and ", library!("p", "$4"), ") order by p.id desc limit $6 offset $7"
        )
    };
}

/// Ids of accounts by words of their displayed names.
macro_rules! in_sqlite {
    () => {
        "select rowid as id from account_words where account_words match $1 order by rowid desc limit $2"
    };
}

macro_rules! in_postgres {
    () => {
        "select x.id from accounts x where to_tsvector('simple', x.display_name) @@ to_tsquery('simple', $1) order by x.id + 0 desc limit $2"
    };
}

/// Of these, those who want to be found, and everybody here.
macro_rules! named_accounts {
    ($found:expr) => {
        concat!(
            "select ", account_columns!(), " from (", $found, ") w cross join accounts a where a.id = w.id and a.suspended_at is null \
             and a.limited_at is null and a.deleted_at is null and a.inbox <> '' and (a.discoverable or a.domain = '') order by a.id desc"
        )
    };
}

impl Tx {
    /// A post is to be looked at for the index; `fresh`: it was just made.
    pub async fn queue_for_search(&mut self, post: Id, fresh: bool) -> Result<(), Error> {
        self.run(
            "insert into search_queue (post_id, fresh) values ($1, $2) on conflict (post_id) do nothing",
            args![post, fresh],
        )
        .await?;
        Ok(())
    }

    /// The same with the newest public posts of somebody who lets themselves be searched from now on, or no longer.
    pub async fn queue_posts_of(&mut self, account: Id, limit: i64) -> Result<(), Error> {
        self.run(
            "insert into search_queue (post_id, fresh) select p.id, false from posts p where p.account_id = $1 and p.audience = 70 \
             and p.boost_of_id is null order by p.id desc limit $2 on conflict (post_id) do nothing",
            args![account, limit],
        )
        .await?;
        Ok(())
    }

    /// Whether posts wait to be looked at.
    pub async fn has_queue(&mut self) -> Result<bool, Error> {
        Ok(self.value("select true from search_queue limit 1", args![]).await?.unwrap_or(false))
    }

    /// Takes posts out of the queue, each with whether it is new. They stay until this work ends, so that what is written of them
    /// has something to hang on; what somebody else holds is left for later.
    pub async fn take_queue(&mut self, limit: i64) -> Result<Vec<(Id, bool)>, Error> {
        let mut list: Vec<Id> =
            self.list("select q.post_id from search_queue q order by q.post_id limit $1", args![limit]).await?;
        if !self.is_sqlite() {
            list = self
                .list(
                    "select p.id from posts p where p.id in (select value from json_each($1)) order by p.id for key share skip locked",
                    &[ids(&list)],
                )
                .await?;
            list = self
                .list(
                    "select q.post_id from search_queue q where q.post_id in (select value from json_each($1)) \
                     order by q.post_id for update skip locked",
                    &[ids(&list)],
                )
                .await?;
        }
        self.all(
            "delete from search_queue where post_id in (select value from json_each($1)) returning post_id, fresh",
            &[ids(&list)],
        )
        .await
    }

    /// The posts themselves, for the index.
    pub async fn posts_to_index(&mut self, list: &[Id]) -> Result<Vec<Post>, Error> {
        self.posts(list).await
    }

    /// Which members have which of these posts in their library: (post, member).
    pub async fn libraries(&mut self, posts: &[Id]) -> Result<Vec<(Id, Id)>, Error> {
        self.all(
            "select f.post_id, m.account_id from json_each($1) j cross join favourites f cross join members m \
             where f.post_id = j.value and m.account_id = f.account_id \
             union select b.post_id, b.account_id from json_each($1) j cross join bookmarks b where b.post_id = j.value \
             union select n.post_id, m.account_id from json_each($1) j cross join mentions n cross join members m \
             where n.post_id = j.value and m.account_id = n.account_id \
             union select o.boost_of_id, o.account_id from json_each($1) j cross join posts o where o.boost_of_id = j.value and o.local \
             union select p.id, p.account_id from json_each($1) j cross join posts p where p.id = j.value and p.local",
            &[ids(posts)],
        )
        .await
    }

    pub async fn put_text(&mut self, post: Id, words: &str) -> Result<(), Error> {
        self.run(
            "insert into post_texts (post_id, words) values ($1, $2) on conflict (post_id) do update set words = excluded.words \
             where post_texts.words <> excluded.words",
            args![post, words],
        )
        .await?;
        Ok(())
    }

    /// Nobody may find it any more.
    pub async fn drop_texts(&mut self, posts: &[Id]) -> Result<(), Error> {
        self.run("delete from post_texts where post_id in (select value from json_each($1))", &[ids(posts)]).await?;
        Ok(())
    }

    /// Posts that fit a question and that the member may see, newest first. `page` bounds their ids. `authors` are those of each
    /// [`Term::From`] of the question, in their order, first those wanted.
    pub async fn search_posts(
        &mut self,
        question: &Question,
        authors: &[Id],
        viewer: Viewer,
        page: &Page,
        offset: i64,
    ) -> Result<Vec<Post>, Error> {
        let expression = expression(question, authors, viewer.id(), self.is_sqlite());
        if self.is_sqlite() {
            // It walks back from the newest post by itself.
            let bounds = (page.above(), page.below());
            return self.found(&expression, question.scope, viewer, bounds, (page.limit, offset)).await;
        }
        if page.below().saturating_sub(1) <= page.above() {
            return Ok(Vec::new());
        }
        // GIN finds all that fits before it sorts: what is asked for most are the newest, so these are looked at first.
        let newest: Option<Id> = self.value("select max(t.post_id) from post_texts t", args![]).await?;
        let Some(newest) = newest.map(|id| id.min(page.below() - 1)) else { return Ok(Vec::new()) };
        let (mut below, mut found) = (page.below(), Vec::new());
        let wanted = page.limit + offset;
        let last = slot(newest);
        for oldest in [Some(last), Some(last - 3), Some(last - 15), None] {
            let above = oldest.map_or(page.above(), |slot| page.above().max(first_id(slot * SLOT) - 1));
            let missing = wanted - i64::try_from(found.len()).unwrap_or(wanted);
            if missing <= 0 || below - 1 <= page.above() {
                break;
            }
            let narrowed = match oldest {
                Some(oldest) => {
                    let slots: Vec<String> = (oldest.max(0)..=slot(below.min(newest + 1) - 1))
                        .map(|s| format!("'{}'", mark::slot(s)))
                        .collect();
                    format!("({expression}) & ({})", slots.join(" | "))
                }
                None => expression.clone(),
            };
            found.extend(self.found(&narrowed, question.scope, viewer, (above, below), (missing, 0)).await?);
            below = above + 1;
        }
        Ok(found.into_iter().skip(usize::try_from(offset).unwrap_or(0)).collect())
    }

    /// What an expression finds between two ids.
    async fn found(
        &mut self,
        expression: &str,
        scope: Scope,
        viewer: Viewer,
        (above, below): (Id, Id),
        (limit, offset): (i64, i64),
    ) -> Result<Vec<Post>, Error> {
        let scope = match scope {
            Scope::Any => 0,
            Scope::Library => 1,
            Scope::Public => 2,
        };
        let sql = if self.is_sqlite() {
            found_posts!(
                "select rowid as id from post_words where post_words match $1 and rowid > $2 and rowid < $3 order by rowid desc limit $8"
            )
        } else {
            // Sorted by what has no index, so that the index of the words is taken.
            found_posts!(
                "select t.post_id as id from post_texts t where to_tsvector('simple', t.words) @@ to_tsquery('simple', $1) \
                 and t.post_id + 0 > $2 and t.post_id + 0 < $3 order by t.post_id + 0 desc limit $8"
            )
        };
        self.all(sql, args![expression, above, below, viewer.id(), scope, limit, offset, limit + offset + MORE]).await
    }

    /// Accounts with words in their displayed name that begin so, those that became known last first.
    pub async fn accounts_by_name(&mut self, words: &[String]) -> Result<Vec<Account>, Error> {
        let sql = if self.is_sqlite() { named_accounts!(in_sqlite!()) } else { named_accounts!(in_postgres!()) };
        let expression = self.expression(words);
        self.all(sql, args![expression, NAMES]).await
    }

    /// The same of all accounts, whatever stands with them: their ids.
    pub async fn ids_by_name(&mut self, words: &[String], limit: i64) -> Result<Vec<Id>, Error> {
        let sql = if self.is_sqlite() { in_sqlite!() } else { in_postgres!() };
        let expression = self.expression(words);
        self.list(sql, args![expression, limit]).await
    }

    /// All of these words, as the engine wants to be asked.
    fn expression(&self, words: &[String]) -> String {
        let is_sqlite = self.is_sqlite();
        let word = |w: &String| if is_sqlite { format!("\"{w}\"*") } else { format!("'{w}':*") };
        words.iter().map(word).collect::<Vec<_>>().join(if is_sqlite { " AND " } else { " & " })
    }

    /// Whom a member follows whose handle, or a word of whose displayed name, begins so (lower case).
    pub async fn followed_by_prefix(&mut self, who: Id, prefix: &str, limit: i64) -> Result<Vec<Account>, Error> {
        self.all(
            concat!(
                "select ",
                account_columns!(),
                " from follows f cross join accounts a where f.follower_id = $1 and f.accepted and a.id = f.target_id \
                 and a.suspended_at is null and a.deleted_at is null and (substr(lower(a.username), 1, cast($3 as integer)) = $2 \
                 or replace(' ' || lower(a.display_name), ' ' || $2, '') <> ' ' || lower(a.display_name)) order by f.id desc limit $4"
            ),
            args![who, prefix, i64::try_from(prefix.chars().count()).unwrap_or(0), limit],
        )
        .await
    }
}

/// The word that stands for a term, or the words themselves.
fn marked(term: &Term, authors: &mut impl Iterator<Item = Id>) -> String {
    match term {
        Term::Words(words) => words.clone(),
        Term::From(_) => mark::from(authors.next().unwrap_or(0)),
        Term::Trait(wanted) => mark::of(wanted.name()),
        Term::Language(tag) => mark::language(tag),
    }
}

/// A question in the language of an engine's index. All of it is made of words without signs, within quotes.
fn expression(question: &Question, authors: &[Id], viewer: Id, is_sqlite: bool) -> String {
    let quoted = |words: &str| if is_sqlite { format!("\"{words}\"") } else { format!("'{words}'") };
    let (and, or) = if is_sqlite { (" AND ", " OR ") } else { (" & ", " | ") };
    let (public, library) = (quoted(mark::PUBLIC), quoted(&mark::library(viewer)));
    let scope = match question.scope {
        Scope::Any => format!("({public}{or}{library})"),
        Scope::Library => library,
        Scope::Public => public,
    };
    let mut authors = authors.iter().copied();
    let mut parts: Vec<String> = question.must.iter().map(|t| quoted(&marked(t, &mut authors))).collect();
    parts.push(scope);
    let mut all = parts.join(and);
    for term in &question.not {
        let not = quoted(&marked(term, &mut authors));
        all = if is_sqlite { format!("({all}) NOT {not}") } else { format!("({all}) & !{not}") };
    }
    all
}

/// Thirty days: posts are also marked by when they were made.
const SLOT: Millis = 30 * DAY;

/// The thirty days in which a post was made, by its id.
fn slot(id: Id) -> i64 {
    made_at(id).div_euclid(SLOT)
}

/// Words that stand for what can be asked of a post.
pub mod mark {
    use model::id::Id;

    /// When it was made.
    pub fn time(post: Id) -> String {
        slot(super::slot(post))
    }

    pub(super) fn slot(slot: i64) -> String {
        format!("zqtime{slot}")
    }

    pub const PUBLIC: &str = "zqpublic";

    pub fn from(account: Id) -> String {
        format!("zqfrom{account}")
    }

    pub fn library(account: Id) -> String {
        format!("zqlib{account}")
    }

    pub fn of(name: &str) -> String {
        format!("zqis{name}")
    }

    pub fn language(tag: &str) -> String {
        format!("zqlang{tag}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_becomes_an_expression_of_each_engine() {
        let q = Question::parse("tea \"hot water\" -coffee from:me -from:bob in:public");
        assert_eq!(
            expression(&q, &[7, 8], 7, true),
            "((\"tea\" AND \"hot water\" AND \"zqfrom7\" AND \"zqpublic\") NOT \"coffee\") NOT \"zqfrom8\""
        );
        assert_eq!(
            expression(&q, &[7, 8], 7, false),
            "(('tea' & 'hot water' & 'zqfrom7' & 'zqpublic') & !'coffee') & !'zqfrom8'"
        );
        assert_eq!(expression(&Question::parse("a"), &[], 3, true), "\"a\" AND (\"zqpublic\" OR \"zqlib3\")");
    }
}
