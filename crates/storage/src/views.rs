//! What each hat looks at (`model::hat`): some posts, or people, of a subject, each list of one bounded query. Public posts, as a
//! member may see them, but for what was said inside where that is asked for. Nothing here counts who is liked.

use model::account::Account;
use model::clock::Millis;
use model::id::Id;
use model::post::Post;
use model::subject::Subject;

use crate::audience::{not_hidden, not_limited, visible};
use crate::{Error, Tx};

/// `of_subject!(tx, subject, shown, select, where, [values])`: the newest 1,000 posts `p` of a subject between the ids `$2` and `$3`, as
/// far as `shown` says that the member `$4` sees them; further values from `$5` on. `$1` is the subject's id. The posts of a
/// challenge are the contributions that were accepted. With two texts for `where` the second is that of challenges.
macro_rules! of_subject {
    ($tx:expr, $subject:expr, $shown:expr, $select:expr, $rest:expr, [$($value:expr),*]) => {
        of_subject!($tx, $subject, $shown, $select, $rest, $rest, [$($value),*])
    };
    ($tx:expr, $subject:expr, $shown:expr, $select:expr, $of_tag:expr, $of_challenge:expr, [$($value:expr),*]) => {
        match $subject {
            Subject::Tag(tag) => {
                $tx.all(
                    concat!(
                        $select,
                        " from (select t.post_id from post_tags t where t.tag_id = $1 and t.post_id > $2 and t.post_id < $3 \
                         order by t.post_id desc limit 1000) n cross join posts p where p.id = n.post_id and ",
                        $shown,
                        $of_tag
                    ),
                    args![tag, $($value),*],
                )
                .await
            }
            Subject::Challenge(challenge) => {
                $tx.all(
                    concat!(
                        $select,
                        " from (select k.post_id from contributions k where k.challenge_id = $1 and k.state = 'accepted' and k.post_id > $2 \
                         and k.post_id < $3 order by k.post_id desc limit 1000) n cross join posts p where p.id = n.post_id and ",
                        $shown,
                        $of_challenge
                    ),
                    args![challenge, $($value),*],
                )
                .await
            }
        }
    };
}

/// The post `p` is for one of these audiences, as a rule for everybody, and the member `$4` sees it.
macro_rules! shown {
    () => {
        shown!("70")
    };
    ($audiences:expr) => {
        concat!(
            "p.audience in (",
            $audiences,
            ") and p.boost_of_id is null and ",
            visible!("p", "$4", "true"),
            " and ",
            not_hidden!("p", "$4"),
            " and ",
            not_limited!("p")
        )
    };
}

/// A time, as the ids of what was made in it: after, before.
pub type Span = (Id, Id);

impl Tx {
    /// First posts with a subject: their authors had not used it in the 500 posts before.
    pub async fn newcomers(&mut self, subject: Subject, span: Span, viewer: Id) -> Result<Vec<Post>, Error> {
        of_subject!(
            self,
            subject,
            shown!(),
            concat!("select ", post_columns!()),
            " and not exists (select 1 from (select z.id from posts z where z.account_id = p.account_id and z.id < p.id \
             order by z.id desc limit 500) o cross join post_tags x where x.tag_id = $1 and x.post_id = o.id) \
             order by p.id desc limit 40",
            " and not exists (select 1 from contributions x where x.challenge_id = $1 and x.account_id = p.account_id and x.post_id < p.id) \
             order by p.id desc limit 40",
            [span.0, span.1, viewer]
        )
    }

    /// Posts that answer nobody, and that nobody but their author answered, here or, as its server says, there.
    pub async fn unanswered(&mut self, subject: Subject, span: Span, viewer: Id) -> Result<Vec<Post>, Error> {
        of_subject!(
            self,
            subject,
            shown!(),
            concat!("select ", post_columns!()),
            " and p.in_reply_to_uri = '' and not exists (select 1 from posts r where r.in_reply_to_id = p.id and r.audience >= 60 \
             and r.account_id <> p.account_id) and not exists (select 1 from post_origins o where o.post_id = p.id \
             and o.replies > p.replies_count) order by p.id desc limit 40",
            [span.0, span.1, viewer]
        )
    }

    /// People who posted three times at least in the time, and nothing since.
    pub async fn gone_quiet(&mut self, subject: Subject, span: Span, viewer: Id) -> Result<Vec<Account>, Error> {
        of_subject!(
            self,
            subject,
            shown!(),
            concat!("select ", account_columns!(), " from (select p.account_id as author_id, max(p.id) as last_id"),
            " group by p.account_id having count(*) >= 3) q cross join accounts a where a.id = q.author_id and a.deleted_at is null \
             and not exists (select 1 from posts r cross join post_tags x where r.account_id = q.author_id and r.id >= $3 \
             and x.tag_id = $1 and x.post_id = r.id) order by q.last_id desc limit 40",
            " group by p.account_id having count(*) >= 3) q cross join accounts a where a.id = q.author_id and a.deleted_at is null \
             and not exists (select 1 from contributions x where x.challenge_id = $1 and x.account_id = q.author_id and x.post_id >= $3) \
             order by q.last_id desc limit 40",
            [span.0, span.1, viewer]
        )
    }

    /// Posts that answer nobody and have the hashtag `call` as well, which nobody answered with it. Who writes with that hat on does not
    /// ask for one: `unlike` is a pattern of what stands in their posts. What was said inside counts as well.
    pub async fn calls(
        &mut self,
        subject: Subject,
        span: Span,
        viewer: Id,
        call: Id,
        unlike: &str,
    ) -> Result<Vec<Post>, Error> {
        of_subject!(
            self,
            subject,
            shown!("25, 30, 40, 70"),
            concat!("select ", post_columns!()),
            " and p.in_reply_to_uri = '' and (exists (select 1 from post_tags c where c.tag_id = $5 and c.post_id = p.id) \
             or exists (select 1 from experiments x where x.post_id = p.id and x.critical_friend and x.state <> 'learned')) \
             and not exists (select 1 from openings o where o.inside_id = p.id) \
             and not exists (select 1 from posts r cross join post_tags c where r.in_reply_to_id = p.id \
             and (r.audience >= 60 or r.audience = p.audience) and r.account_id <> p.account_id and c.tag_id = $5 and c.post_id = r.id) and p.content not like $6 order by p.id desc limit 40",
            [span.0, span.1, viewer, call, unlike]
        )
    }

    /// Of threads with three posts at least the first post with the subject, the longest thread first. Beyond 200 posts all are as long.
    pub async fn long_threads(&mut self, subject: Subject, span: Span, viewer: Id) -> Result<Vec<Post>, Error> {
        of_subject!(
            self,
            subject,
            shown!(),
            concat!(
                "select ",
                post_columns!(),
                " from (select f.first_id, (select count(*) from (select 1 from posts q where q.root_id = f.root_id \
                 and q.boost_of_id is null and q.audience >= 60 limit 200) c) as long from \
                 (select min(p.id) as first_id, p.root_id"
            ),
            " group by p.root_id) f) g cross join posts p where p.id = g.first_id and g.long >= 3 \
             order by g.long desc, p.id desc limit 20",
            [span.0, span.1, viewer]
        )
    }

    /// Posts for the members of this node that one of them marked: they could be said to everybody.
    pub async fn could_go_public(&mut self, subject: Subject, after: Id, viewer: Id) -> Result<Vec<Post>, Error> {
        match subject {
            Subject::Tag(tag) => {
                self.all(
                    concat!(
                        "select ",
                        post_columns!(),
                        " from (select distinct c.post_id from could_go_public c where c.post_id > $2 \
                         order by c.post_id desc limit 1000) n cross join post_tags t cross join posts p where t.tag_id = $1 \
                         and t.post_id = n.post_id and p.id = n.post_id and p.audience in (25, 30, 40) and p.boost_of_id is null and ",
                        visible!("p", "$3", "true"),
                        " and ",
                        not_hidden!("p", "$3"),
                        " order by p.id desc limit 40"
                    ),
                    args![tag, after, viewer],
                )
                .await
            }
            // What is said inside is no contribution.
            Subject::Challenge(_) => Ok(Vec::new()),
        }
    }

    /// Posts that answer nobody else, whose authors said nothing in their thread since.
    pub async fn never_looked_at_again(
        &mut self,
        subject: Subject,
        span: Span,
        viewer: Id,
    ) -> Result<Vec<Post>, Error> {
        of_subject!(
            self,
            subject,
            shown!(),
            concat!("select ", post_columns!()),
            " and (p.in_reply_to_uri = '' or p.in_reply_to_account_id = p.account_id) and not exists (select 1 from posts q \
             where q.root_id = p.root_id and q.id > p.id and q.account_id = p.account_id and q.boost_of_id is null) \
             order by p.id desc limit 40",
            [span.0, span.1, viewer]
        )
    }

    /// Experiments whose author wanted to look again by now, and of which nobody said what came: also of what was said inside.
    pub async fn past_look_again(
        &mut self,
        subject: Subject,
        span: Span,
        viewer: Id,
        now: Millis,
    ) -> Result<Vec<Post>, Error> {
        of_subject!(
            self,
            subject,
            shown!("25, 30, 40, 70"),
            concat!("select ", post_columns!()),
            " and exists (select 1 from experiments x where x.post_id = p.id and x.look_again_at <= $5 and x.outcome = '') \
             and not exists (select 1 from openings o where o.inside_id = p.id) order by p.id desc limit 40",
            [span.0, span.1, viewer, now]
        )
    }

    /// Posts of a subject by people who had nothing to do with `other`: a hashtag in their last 300 posts, or a challenge.
    pub async fn strangers_to(
        &mut self,
        subject: Subject,
        span: Span,
        viewer: Id,
        other: Subject,
    ) -> Result<Vec<Post>, Error> {
        match other {
            Subject::Tag(other) => of_subject!(
                self,
                subject,
                shown!(),
                concat!("select ", post_columns!()),
                " and not exists (select 1 from (select z.id from posts z where z.account_id = p.account_id order by z.id desc limit 300) o \
                 cross join post_tags x where x.tag_id = $5 and x.post_id = o.id) order by p.id desc limit 20",
                [span.0, span.1, viewer, other]
            ),
            Subject::Challenge(other) => of_subject!(
                self,
                subject,
                shown!(),
                concat!("select ", post_columns!()),
                " and p.account_id <> $5 and not exists (select 1 from contributions x where x.challenge_id = $5 \
                 and x.account_id = p.account_id) order by p.id desc limit 20",
                [span.0, span.1, viewer, other]
            ),
        }
    }
}
