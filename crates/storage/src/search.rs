//! Finding posts by their words, and accounts by their names. What is kept for it is the same on both engines (`post_texts`); the
//! index over it is FTS5 on SQLite, and GIN over `tsvector` on PostgreSQL.
//!
//! Beside its own words a post has some that stand for what can be asked of it (`zqfrom12`, `zqhasmedia`, `zqlib7`: it is in the
//! library of 7), so that the index alone says what fits, however the question is put. Who may see a post is asked of the post.

use model::account::Account;
use model::audience::Viewer;
use model::id::Id;
use model::page::Page;
use model::post::Post;
use model::search::{Question, Scope, Term};

use crate::audience::{not_hidden, visible};
use crate::row::ids;
use crate::{Error, Tx};

/// Beside the page so many posts are looked at that fit a question, for those that the viewer may not find: at once, and if need be.
const SPARE: i64 = 10;
const MORE: i64 = 300;
/// So many of the newest posts are searched before the others where all that fits is sorted, as far as so many marks name their time.
const NEWEST: i64 = 1_000;
const MARKS: i64 = 200;
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

/// Those of some posts (`$1`) that an index found which the viewer (`$2`) may find. The index may be a moment behind: that it is still so is asked again.
macro_rules! findable {
    () => {
        concat!(
            "select ", post_columns!(), " from json_each($1) j cross join posts p where p.id = j.value and ",
            visible!("p", "$2", "true"), " and ", not_hidden!("p", "$2"),
            " and ($3 <> 1 and p.audience = 70 and exists (select 1 from accounts ia where ia.id = p.account_id and ia.indexable and \
             (ia.limited_at is null or exists (select 1 from follows lw where lw.follower_id = $2 and lw.target_id = ia.id and lw.accepted))) \
             or $3 <> 2 and ", library!("p", "$2"), ") order by p.id desc"
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
        let wanted = page.limit + offset;
        let (mut found, mut looked): (Vec<Post>, i64) = (Vec::new(), 0);
        'ranges: for (expression, above, mut below) in self.ranges(expression, page.above(), page.below()).await? {
            loop {
                let missing = wanted - i64::try_from(found.len()).unwrap_or(wanted);
                if missing <= 0 || looked > wanted + MORE {
                    break 'ranges;
                }
                if below.saturating_sub(1) <= above {
                    break;
                }
                let fitting = self.fitting(&expression, (above, below), missing + SPARE).await?;
                found.extend(self.findable(&fitting, question.scope, viewer).await?);
                let count = i64::try_from(fitting.len()).unwrap_or(0);
                looked += count;
                let Some(oldest) = fitting.last().filter(|_| count == missing + SPARE) else { break };
                below = *oldest;
            }
        }
        let (limit, offset) = (usize::try_from(page.limit), usize::try_from(offset));
        Ok(found.into_iter().skip(offset.unwrap_or(0)).take(limit.unwrap_or(0)).collect())
    }

    /// What to ask for, one after the other, each between two ids. FTS5 walks back from the newest post by itself; GIN finds all that fits before
    /// it sorts, and what is asked for most are the newest, so these are asked for first, by the hours or days in which they were made.
    async fn ranges(&mut self, expression: String, above: Id, below: Id) -> Result<Vec<(String, Id, Id)>, Error> {
        if self.is_sqlite() {
            return Ok(vec![(expression, above, below)]);
        }
        let sql = "select coalesce(min(x.post_id), 0), coalesce(max(x.post_id), 0), count(*) from (select t.post_id from post_texts t \
            where t.post_id > $1 and t.post_id < $2 order by t.post_id desc limit $3) x";
        let newest: Option<(Id, Id, i64)> = self.one(sql, args![above, below, NEWEST]).await?;
        let Some((oldest, newest, count)) = newest.filter(|(.., count)| *count > 0) else { return Ok(Vec::new()) };
        // The shorter the time, the less is found beside them.
        let Some(time) =
            [mark::Time::Hour, mark::Time::Day].into_iter().find(|t| t.number(newest) - t.number(oldest) < MARKS)
        else {
            return Ok(vec![(expression, above, below)]);
        };
        let start = time.begin(time.number(oldest)) - 1;
        if count < NEWEST || start <= above {
            return Ok(vec![(expression, above, below)]);
        }
        let times: Vec<String> =
            (time.number(oldest)..=time.number(newest)).map(|n| format!("'{}'", time.mark(n))).collect();
        let first = format!("({expression}) & ({})", times.join(" | "));
        Ok(vec![(first, start, below), (expression, above, start + 1)])
    }

    /// What the index finds between two ids, newest first.
    pub(crate) async fn fitting(
        &mut self,
        expression: &str,
        (above, below): (Id, Id),
        limit: i64,
    ) -> Result<Vec<Id>, Error> {
        let sql = if self.is_sqlite() {
            "select rowid from post_words where post_words match $1 and rowid > $2 and rowid < $3 order by rowid desc limit $4"
        } else {
            // Sorted by what has no index, so that the index of the words is taken.
            "select t.post_id from post_texts t where to_tsvector('simple', t.words) @@ to_tsquery('simple', $1) \
             and t.post_id + 0 > $2 and t.post_id + 0 < $3 order by t.post_id + 0 desc limit $4"
        };
        self.list(sql, args![expression, above, below, limit]).await
    }

    /// Those of these posts that the viewer may find, newest first.
    async fn findable(&mut self, posts: &[Id], scope: Scope, viewer: Viewer) -> Result<Vec<Post>, Error> {
        let scope = match scope {
            Scope::Any => 0,
            Scope::Library => 1,
            Scope::Public => 2,
        };
        self.all(findable!(), &[ids(posts), viewer.id().into(), scope.into()]).await
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

/// Words that stand for what can be asked of a post.
pub mod mark {
    use model::clock::{DAY, HOUR, Millis};
    use model::id::{Id, first_id, made_at};

    /// How long a time one word stands for.
    #[derive(Clone, Copy)]
    pub(super) enum Time {
        Hour,
        Day,
    }

    impl Time {
        fn length(self) -> Millis {
            match self {
                Self::Hour => HOUR,
                Self::Day => DAY,
            }
        }

        /// Of the time in which a post was made, since the epoch.
        pub(super) fn number(self, post: Id) -> i64 {
            made_at(post).div_euclid(self.length())
        }

        /// The first id there can be in it.
        pub(super) fn begin(self, number: i64) -> Id {
            first_id(number * self.length())
        }

        pub(super) fn mark(self, number: i64) -> String {
            let name = match self {
                Self::Hour => "zqhour",
                Self::Day => "zqday",
            };
            format!("{name}{number}")
        }
    }

    /// When it was made.
    pub fn time(post: Id) -> String {
        [Time::Hour, Time::Day].map(|time| time.mark(time.number(post))).join(" ")
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
