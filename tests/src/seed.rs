//! A database with as many posts as are wanted, as if they had come in over the last days.

use model::clock::{Clock, Millis};
use model::id::Id;
use sqlx::{AssertSqlSafe, Connection, Executor};

use crate::db::{Db, Engine};

/// Accounts elsewhere that wrote the posts; alice follows them all.
const AUTHORS: i64 = 50;
/// Answers below the post of the conversation that is read.
const REPLIES: i64 = 50;
/// Milliseconds between two posts.
const STEP: Millis = 1_000;

/// What is read of a seeded database.
#[derive(Clone, Copy, Debug)]
pub struct Seeded {
    /// A post with many answers.
    pub root: Id,
    /// One of the authors.
    pub author: Id,
}

/// A store of its own with so many posts, and the member who follows their authors.
pub async fn filled(engine: Engine, posts: i64) -> (Db, Id, Seeded) {
    let db = Db::fresh(engine).await;
    let (statements, seeded) = statements(posts);
    let alice = "insert into accounts (id, uri, username, domain, host, kind, created_at, updated_at) \
        values (1, 'https://node.example/users/alice', 'alice', '', '', 'Person', 0, 0)";
    let member = "insert into members (account_id, email, password_hash, role, state, created_at) \
        values (1, 'alice@example.org', '', 'member', 'active', 0)";
    let all = [alice.to_owned(), member.to_owned()].into_iter().chain(statements);
    match engine {
        Engine::Sqlite => run(db.sqlite().await, all).await,
        Engine::Postgres => run(db.postgres().await, all).await,
    }
    (db, 1, seeded)
}

async fn run<C>(mut connection: C, statements: impl Iterator<Item = String>)
where
    C: Connection,
    for<'c> &'c mut C: Executor<'c>,
{
    for sql in statements {
        (&mut connection).execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
    }
    connection.close().await.unwrap();
}

/// The SQL that fills a database of either engine in which the member alice is, and what there is then.
pub fn statements(posts: i64) -> (Vec<String>, Seeded) {
    let begin = Clock::System.now() - posts * STEP - 60_000;
    // The id of post `i`, as SQL: of its time, and no other has it.
    let id = |i: &str| format!("((({begin} + {i} * {STEP}) << 16) | ({i} & 65535))");
    let root = ((begin + (posts - REPLIES) * STEP) << 16) | ((posts - REPLIES) & 65_535);
    let numbers = |n: i64| {
        format!("with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n where i < {n})")
    };
    let (authors, all) = (numbers(AUTHORS), numbers(posts));
    let first_reply = posts - REPLIES + 1;
    let is_reply = format!("i >= {first_reply}");
    let root_author = 1_000 + (posts - REPLIES) % AUTHORS;
    let paragraph = "we asked three wards to phone before the letter goes out, and compared who came to the appointment. \
        The first numbers look better than we thought, and two teams want to try the same next month.";
    let sql = vec![
        format!(
            "insert into accounts (id, uri, username, domain, host, kind, display_name, note, url, inbox, shared_inbox, inbox_host, followers, avatar, \
             created_at, updated_at, fetched_at) {authors} select 999 + i, 'https://s' || i || '.fedi.localhost/users/p' || i, 'p' || i, \
             's' || i || '.fedi.localhost', 's' || i || '.fedi.localhost', 'Person', 'Person ' || i, '<p>Writes about work.</p>', 'https://s' || i || '.fedi.localhost/@p' || i, \
             'https://s' || i || '.fedi.localhost/users/p' || i || '/inbox', 'https://s' || i || '.fedi.localhost/inbox', \
             's' || i || '.fedi.localhost', 'https://s' || i || '.fedi.localhost/users/p' || i || '/followers', \
             'https://s' || i || '.fedi.localhost/avatar.png', {begin}, {begin}, {} from n",
            Clock::System.now()
        ),
        format!(
            "insert into posts (id, uri, url, account_id, local, audience, in_reply_to_id, in_reply_to_account_id, in_reply_to_uri, root_id, content, \
             language, created_at, replies_count) {all} select {0}, 'https://s' || (1 + i % {AUTHORS}) || '.fedi.localhost/statuses/' || i, \
             'https://s' || (1 + i % {AUTHORS}) || '.fedi.localhost/@p/' || i, 1000 + i % {AUTHORS}, false, 70, \
             case when {is_reply} then {root} end, case when {is_reply} then {root_author} end, \
             case when {is_reply} then 'https://s' || (1 + {1} % {AUTHORS}) || '.fedi.localhost/statuses/' || {1} else '' end, \
             case when {is_reply} then {root} else {0} end, \
             '<p>Post ' || i || ': {paragraph} <a href=\"https://s1.fedi.localhost/tags/load\" class=\"mention hashtag\" rel=\"tag\">#<span>load</span></a></p>', \
             'en', {begin} + i * {STEP}, case when i = {1} then {REPLIES} else 0 end from n",
            id("i"),
            posts - REPLIES,
        ),
        format!("insert into tags (id, name, display, created_at, last_used_at) values (1, 'load', 'load', {begin}, {begin})"),
        format!("insert into post_tags (tag_id, post_id) {all} select 1, {} from n where i % 10 = 0", id("i")),
        format!(
            "insert into media (id, account_id, post_id, kind, mime, remote_url, width, height, blurhash, description, created_at) {all} \
             select i, 1000 + i % {AUTHORS}, {}, 'image', 'image/jpeg', 'https://s1.fedi.localhost/media/' || i || '.jpg', 1200, 800, \
             'LEHV6nWB2yk8pyo0adR*.7kCMdnj', 'A table with two columns', {begin} from n where i % 7 = 0",
            id("i")
        ),
        format!(
            "insert into follows (id, follower_id, target_id, accepted, uri, created_at) {authors} \
             select i, (select id from accounts where domain = '' and username = 'alice'), 999 + i, true, 'https://localhost/follows/' || i, {begin} from n"
        ),
        format!("update accounts set following_count = {AUTHORS} where domain = '' and username = 'alice'"),
        "insert into home_entries (account_id, post_id) select (select id from accounts where domain = '' and username = 'alice'), p.id \
         from posts p where p.in_reply_to_id is null order by p.id desc limit 800"
            .to_owned(),
        "analyze".to_owned(),
    ];
    (sql, Seeded { root, author: 1_001 })
}

/// The SQL that makes alice's circle out of the posts of a filled database, so that what is hers grows with them: one in ten mentions her, one
/// in ten favours, a hundredth is a conversation of hers, one in twenty she keeps, and all can be found by their words.
pub fn circle() -> Vec<String> {
    let alice = "(select id from accounts where domain = '' and username = 'alice')";
    let posts = "(select n.*, min(n.id) over (partition by n.i / 50) as about from \
         (select p.*, row_number() over (order by p.id) as i from posts p where not p.local) n) n";
    let notification = format!(
        "insert into notifications (id, account_id, kind, from_account_id, post_id, group_key, created_at) select n.id, {alice},"
    );
    vec![
        format!("{notification} 'mention', n.account_id, n.id, '', n.created_at from {posts} where n.i % 10 = 0"),
        format!(
            "{notification} 'favourite', n.account_id, n.about, 'favourite-' || n.about || '-1', n.created_at from {posts} where n.i % 10 = 5"
        ),
        format!(
            "insert into conversations (id, account_id, root_id, participants, last_post_id, unread) \
             select n.id, {alice}, n.root_id, '[' || n.account_id || ']', n.id, false from {posts} where n.i % 50 = 0 and n.root_id = n.id"
        ),
        "insert into conversation_posts (account_id, post_id, conversation_id) select c.account_id, c.last_post_id, c.id from conversations c"
            .to_owned(),
        format!("insert into bookmarks (id, account_id, post_id) select n.id, {alice}, n.id from {posts} where n.i % 20 = 0"),
        "update accounts set indexable = true".to_owned(),
        format!(
            "insert into post_texts (post_id, words) select n.id, 'we asked three wards to phone before the letter goes out' || \
             case when n.i % 50 = 0 then ' kettle' else '' end || ' zqpublic zqlangen zqfrom' || n.account_id || ' zqday' || ((n.id >> 16) / 86400000) || ' zqhour' || ((n.id >> 16) / 3600000) \
             from {posts}"
        ),
        "analyze".to_owned(),
    ]
}
