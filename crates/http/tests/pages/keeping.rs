//! The pages of those who look after the node: who may be there, and that each form does its deed.

use axum::http::StatusCode;
use model::account::{Account, MemberState, Role};
use model::audience::{Audience, Viewer};
use model::id::Id;
use model::page::Page;
use model::post::{Draft, Media, MediaKind, Post};
use node::accounts::{KeyPair, SignUp};
use node::report::NewReport;
use storage::{Report, Tx};

use super::common::{Answer, Browser, Here, PASSWORD, keys};

const PICTURE: &[u8] = include_bytes!("../../assets/card.png");
const EMOJI_PAGE: &str = "/keeping/emoji";

async fn with_role(here: &Here, name: &str, role: Role) -> Account {
    let account = here.member(name).await;
    let node = &here.app.node;
    let mut tx = node.store.begin().await.unwrap();
    node::accounts::set_role(node, &mut tx, "test", &account, role).await.unwrap();
    node.commit(tx).await.unwrap();
    account
}

/// Who there is: an owner, an admin, a moderator, and two members.
struct Crew {
    moderator: Account,
    bad: Account,
    ben: Account,
}

async fn crew(here: &Here) -> Crew {
    with_role(here, "olga", Role::Owner).await;
    with_role(here, "adam", Role::Admin).await;
    Crew {
        moderator: with_role(here, "mona", Role::Moderator).await,
        bad: here.member("bad").await,
        ben: here.member("ben").await,
    }
}

async fn as_<'a>(here: &'a Here, name: &str) -> Signed<'a> {
    let mut browser = here.browser();
    assert_eq!(browser.log_in(name, PASSWORD).await.status, StatusCode::SEE_OTHER);
    let csrf = browser.get("/me").await.field("csrf");
    Signed { browser, csrf }
}

struct Signed<'a> {
    browser: Browser<'a>,
    csrf: String,
}

impl Signed<'_> {
    async fn get(&mut self, path: &str) -> Answer {
        self.browser.get(path).await
    }

    async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.browser.post(path, &all).await
    }

    /// Refused without the sign of our page, and done with it. Answers where it leads.
    async fn does(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let without = self.browser.post(path, fields).await;
        assert_eq!(without.status, StatusCode::FORBIDDEN, "{path} without csrf: {}", without.text);
        let done = self.send(path, fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{path}: {}", done.text);
        done.header("location").to_owned()
    }
}

async fn report(here: &Here, crew: &Crew, posts: &[&Post]) -> Report {
    let node = &here.app.node;
    let asked = NewReport {
        post_ids: posts.iter().map(|p| p.id).collect(),
        comment: "They shout at people".to_owned(),
        category: "spam".to_owned(),
        ..NewReport::default()
    };
    let mut tx = node.store.begin().await.unwrap();
    let report = node::report::file(node, &mut tx, &crew.ben, &crew.bad, &asked).await.unwrap();
    node.commit(tx).await.unwrap();
    report
}

async fn says(here: &Here, who: &Account, text: &str) -> Post {
    here.post(who, Draft { text: text.to_owned(), audience: Some(Audience::Public), ..Draft::default() }).await
}

async fn read(here: &Here) -> Tx {
    here.app.node.store.read().await.unwrap()
}

async fn asks_to_join(here: &Here, name: &str) -> Account {
    let node = &here.app.node;
    let form = SignUp {
        username: name.to_owned(),
        email: format!("{name}@mail.example"),
        password: String::new(),
        role: Role::Member,
        state: MemberState::Pending,
        reason: "To learn <how>".to_owned(),
        locale: "en".to_owned(),
    };
    let hash = node::login::hash_password(node, PASSWORD).unwrap();
    let keys: KeyPair = keys();
    let mut tx = node.store.begin().await.unwrap();
    let account = node::accounts::add_member(node, &mut tx, "sign-up", &form, &hash, &keys).await.unwrap();
    node.commit(tx).await.unwrap();
    account
}

#[tokio::test]
async fn each_page_is_there_for_those_who_may_do_something_on_it() {
    let here = Here::start().await;
    let crew = crew(&here).await;
    let found = report(&here, &crew, &[]).await;
    let people = [
        "/keeping".to_owned(),
        "/keeping/reports".to_owned(),
        "/keeping/reports?resolved=true".to_owned(),
        format!("/keeping/reports/{}", found.id),
        "/keeping/accounts".to_owned(),
        "/keeping/accounts?origin=remote&status=suspended".to_owned(),
        "/keeping/accounts?origin=all&q=%40b".to_owned(),
        format!("/keeping/accounts/{}", crew.bad.id),
        "/keeping/waiting".to_owned(),
        "/keeping/invitations".to_owned(),
        "/keeping/log".to_owned(),
        "/keeping/log?who=bad&which=about".to_owned(),
    ];
    let node = [
        "/keeping/servers",
        "/keeping/servers/rule?domain=bad.example",
        "/keeping/servers/list.csv",
        "/keeping/rules",
        "/keeping/texts",
        "/keeping/texts/privacy-policy",
        "/keeping/texts/terms-of-service",
        "/keeping/announcements",
        EMOJI_PAGE,
        "/keeping/tags",
        "/keeping/peers",
    ];
    for path in people.iter().map(String::as_str).chain(node) {
        let answer = here.browser().get(path).await;
        assert!(answer.header("location").starts_with("/login?next=%2Fkeeping"), "{path} for a stranger: {answer:?}");
    }
    for (name, sees_people, sees_node) in
        [("ben", false, false), ("mona", true, false), ("adam", true, true), ("olga", true, true)]
    {
        let mut signed = as_(&here, name).await;
        let expected = |is: bool| if is { StatusCode::OK } else { StatusCode::NOT_FOUND };
        for path in &people {
            assert_eq!(signed.get(path).await.status, expected(sees_people), "{path} for {name}");
        }
        for path in node {
            assert_eq!(signed.get(path).await.status, expected(sees_node), "{path} for {name}");
        }
    }
}

#[tokio::test]
async fn no_form_does_anything_for_those_who_may_not() {
    let here = Here::start().await;
    let crew = crew(&here).await;
    let found = report(&here, &crew, &[]).await;
    let people = [
        format!("/keeping/reports/{}/close", found.id),
        format!("/keeping/reports/{}/posts", found.id),
        format!("/keeping/accounts/{}", crew.bad.id),
        "/keeping/invitations".to_owned(),
        "/keeping/invitations/revoke".to_owned(),
    ];
    let node = [
        "/keeping/servers/rule",
        "/keeping/servers/remove",
        "/keeping/servers/import",
        "/keeping/servers/publish",
        "/keeping/rules",
        "/keeping/rules/change",
        "/keeping/rules/remove",
        "/keeping/texts/privacy-policy",
        "/keeping/texts/privacy-policy/remove",
        "/keeping/announcements",
        "/keeping/announcements/1/remove",
        EMOJI_PAGE,
        "/keeping/emoji/remove",
        "/keeping/tags",
        "/keeping/tags/unblock",
        "/keeping/peers/remove",
        "/keeping/relays/remove",
    ];
    let fields = [("deed", "suspend"), ("domain", "bad.example"), ("text", "x"), ("role", "member"), ("to", "all")];
    for path in people.iter().map(String::as_str).chain(node) {
        let stranger = here.browser().post(path, &fields).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND, "{path} by a stranger");
    }
    let mut ben = as_(&here, "ben").await;
    for path in people.iter().map(String::as_str).chain(node) {
        assert_eq!(ben.send(path, &fields).await.status, StatusCode::NOT_FOUND, "{path} by a member");
    }
    let mut mona = as_(&here, "mona").await;
    for path in node {
        assert_eq!(mona.send(path, &fields).await.status, StatusCode::NOT_FOUND, "{path} by a moderator");
    }
    let mut tx = read(&here).await;
    assert!(tx.rules().await.unwrap().is_empty() && tx.domain_rules().await.unwrap().is_empty());
    assert!(!tx.account(crew.bad.id).await.unwrap().unwrap().is_suspended());
}

fn picture(post: Id, account: Id) -> Media {
    Media {
        id: post + 1,
        account_id: account,
        post_id: Some(post),
        position: 0,
        kind: MediaKind::Image,
        mime: "image/webp".to_owned(),
        path: "shout.webp".to_owned(),
        small_path: "shout-small.webp".to_owned(),
        remote_url: String::new(),
        size: 9,
        width: Some(8),
        height: Some(8),
        small_width: Some(4),
        small_height: Some(4),
        duration_ms: None,
        blurhash: String::new(),
        description: "A fist".to_owned(),
        focus_x: 0.0,
        focus_y: 0.0,
        created_at: 1,
    }
}

#[tokio::test]
async fn a_report_is_read_with_what_was_there_before_and_settled() {
    let here = Here::start().await;
    let crew = crew(&here).await;
    let (one, two) = (says(&here, &crew.bad, "SHOUT <b>one").await, says(&here, &crew.bad, "SHOUT two").await);
    let mut tx = here.app.node.store.begin().await.unwrap();
    tx.insert_media(&picture(one.id, crew.bad.id)).await.unwrap();
    here.app.node.commit(tx).await.unwrap();
    let first = report(&here, &crew, &[&one]).await;
    let second = report(&here, &crew, &[&one, &two]).await;
    let mut mona = as_(&here, "mona").await;
    let path = format!("/keeping/reports/{}", second.id);

    let list = mona.get("/keeping/reports").await.text;
    assert!(list.contains(&format!("href=\"{path}\"")) && list.contains("They shout at people"), "{list}");
    let page = mona.get(&path).await.text;
    assert!(page.contains("SHOUT &#60;b&#62;one") && page.contains("SHOUT two"), "{page}");
    assert!(page.contains(&format!("/keeping/reports/{}", first.id)), "the earlier one");
    assert!(page.contains("A file is attached") && page.contains("media/shout-small.webp\" alt=\"A fist\""), "{page}");
    assert!(mona.get("/keeping").await.text.contains("Reports <b class=\"n\">2<span"));

    let took = mona.does(&format!("/do/api/v1/admin/reports/{}/assign_to_self", second.id), &[("next", &path)]).await;
    assert_eq!(took, path);
    assert_eq!(read(&here).await.report(second.id).await.unwrap().unwrap().assigned_id, Some(crew.moderator.id));

    let posts = format!("{path}/posts");
    let id = one.id.to_string();
    assert_eq!(mona.does(&posts, &[("deed", "sensitive"), ("posts[]", &id)]).await, path);
    assert!(read(&here).await.post(one.id).await.unwrap().unwrap().sensitive);
    assert!(mona.get(&path).await.text.contains("Marked as sensitive: what is attached"), "it is said what was done");
    let words_alone = mona.send(&posts, &[("deed", "sensitive"), ("posts[]", &two.id.to_string())]).await;
    assert!(words_alone.status == StatusCode::UNPROCESSABLE_ENTITY && words_alone.text.contains("anything attached"));
    assert!(!read(&here).await.post(two.id).await.unwrap().unwrap().sensitive);
    let fields =
        [("deed", "delete"), ("posts[]", id.as_str()), ("text", "Be quiet"), ("letter", "true"), ("sure", "true")];
    assert_eq!(mona.send(&posts, &fields[..4]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody said sure");
    mona.does(&posts, &fields).await;
    let mut tx = read(&here).await;
    assert!(tx.post(one.id).await.unwrap().is_none() && tx.post(two.id).await.unwrap().is_some());
    let told = tx.warnings_of(crew.bad.id, &Page::first(5)).await.unwrap();
    assert_eq!((told.len(), told[0].text.as_str(), told[0].report_id), (1, "Be quiet", Some(second.id)));
    drop(tx);
    assert_eq!(
        mona.send(&posts, &[("deed", "delete"), ("sure", "true")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "which?"
    );

    let act = format!("/keeping/accounts/{}", crew.bad.id);
    let report_id = second.id.to_string();
    let fields =
        [("deed", "limit"), ("text", "Less of that"), ("report_id", report_id.as_str()), ("next", path.as_str())];
    assert_eq!(mona.does(&act, &fields).await, path);
    let closed = read(&here).await.report(second.id).await.unwrap().unwrap();
    assert_eq!((closed.closed_by.as_str(), closed.closed_by_id), ("mona@here.example", Some(crew.moderator.id)));
    let page = mona.get(&path).await.text;
    assert!(page.contains("Limited") && page.contains("Less of that") && page.contains("Closed a report"), "{page}");
    assert!(
        page.contains("Deleted a post of") && page.contains("Marked a post as sensitive"),
        "all that was done: {page}"
    );
    // Whom it is about reads it, and not who did it.
    let mut bad = as_(&here, "bad").await;
    let told = bad.get("/notifications").await.text;
    for words in ["Be quiet", "Less of that", "<strong>Limited</strong>", "write to them"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains("@mona"), "{told}");
    // What it is about, what it means, and that it is over once it is.
    assert!(told.contains("SHOUT two") && told.contains("Only those who follow you") && !told.contains("That is over"));
    mona.does(&act, &[("deed", "unlimit")]).await;
    assert!(mona.get(&act).await.text.contains("That is taken back."));
    let told = bad.get("/notifications").await.text;
    assert!(told.contains("<strong>Limited</strong> <b>That is over.</b>"), "{told}");
    let none = [("deed", "warn"), ("text", " ")];
    assert_eq!(mona.send(&act, &none).await.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing is told");

    let close = format!("/keeping/reports/{}/close", first.id);
    mona.does(&close, &[("note", "The same again")]).await;
    assert!(mona.get(&format!("/keeping/reports/{}", first.id)).await.text.contains("The same again"));
    mona.does(&format!("/do/api/v1/admin/reports/{}/reopen", first.id), &[("next", "/keeping/reports")]).await;
    assert!(read(&here).await.report(first.id).await.unwrap().unwrap().closed_at.is_none());
    assert!(mona.get("/keeping/reports?resolved=true").await.text.contains(&path));
}

#[tokio::test]
async fn what_waits_is_counted_where_it_is_seen_and_strangers_sign_in_first() {
    let here = Here::start().await;
    let crew = crew(&here).await;
    let post = says(&here, &crew.bad, "SHOUT").await;
    let path = format!("/keeping/reports/{}", report(&here, &crew, &[&post]).await.id);
    let mut mona = as_(&here, "mona").await;
    let page = mona.get("/home").await.text;
    assert!(page.contains("Look after this server <b class=\"n\">1<span"), "{page}");
    let told = mona.get("/notifications").await.text;
    assert!(told.contains("reported @bad@here.example"), "{told}");
    let answer = here.browser().get(&path).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, format!("/login?next={}", path.replace('/', "%2F")).as_str())
    );
    // Who looks after it no more knows of nothing more.
    let mut tx = here.app.node.store.begin().await.unwrap();
    node::accounts::set_role(&here.app.node, &mut tx, "olga", &crew.moderator, Role::Member).await.unwrap();
    here.app.node.commit(tx).await.unwrap();
    let told = mona.get("/notifications").await.text;
    assert!(!told.contains("reported") && !told.contains("signed up"), "{told}");
    let mut ben = as_(&here, "ben").await;
    assert_eq!(ben.get(&path).await.status, StatusCode::NOT_FOUND);
    assert!(!ben.get("/home").await.text.contains("/keeping"));
}

#[tokio::test]
async fn what_is_said_often_is_ready_to_be_chosen() {
    let here = Here::start().await;
    let crew = crew(&here).await;
    let path = format!("/keeping/accounts/{}", crew.bad.id);
    let mut mona = as_(&here, "mona").await;
    assert!(!mona.get(&path).await.text.contains("name=\"ready\""));
    let mut adam = as_(&here, "adam").await;
    adam.does("/keeping/texts/ready-words", &[("text", "Please read our rules.\r\n\r\n\r\nThis is <loud>.")]).await;
    let page = mona.get(&path).await.text;
    assert!(page.contains("<option>Please read our rules.</option><option>This is &#60;loud&#62;.</option>"), "{page}");
    mona.does(&path, &[("deed", "warn"), ("ready", "Please read our rules."), ("text", "")]).await;
    mona.does(&path, &[("deed", "warn"), ("ready", "Please read our rules."), ("text", "All of them.")]).await;
    let told = read(&here).await.warnings_of(crew.bad.id, &Page::first(5)).await.unwrap();
    let told: Vec<&str> = told.iter().map(|w| w.text.as_str()).collect();
    assert_eq!(told, ["Please read our rules.\n\nAll of them.", "Please read our rules."]);
    for path in ["/about", "/how-it-works", "/privacy-policy"] {
        assert!(!here.browser().get(path).await.text.contains("read our rules"), "{path}");
    }
}

#[tokio::test]
async fn measures_are_taken_and_lifted_by_those_above() {
    let here = Here::start().await;
    let crew = crew(&here).await;
    let path = format!("/keeping/accounts/{}", crew.bad.id);
    let mut mona = as_(&here, "mona").await;
    let steps = [
        ("warn", "warn"),
        ("freeze", "freeze"),
        ("unfreeze", "unfreeze"),
        ("disable", "disable"),
        ("enable", "enable"),
        ("limit", "limit"),
        ("unlimit", "unlimit"),
        ("suspend", "suspend"),
    ];
    for (deed, logged) in steps {
        assert_eq!(mona.does(&path, &[("deed", deed), ("text", "Because")]).await, path);
        let last = read(&here).await.actions_by("mona@here.example", &Page::first(1)).await.unwrap();
        assert_eq!((last[0].action.as_str(), last[0].subject.as_str()), (logged, "bad@here.example"));
    }
    let page = mona.get(&path).await.text;
    assert!(page.contains("Lift the suspension") && !page.contains("Delete for good"), "{page}");
    // Who is shut out reads why, with the right password alone.
    let why = here.browser().log_in("bad", PASSWORD).await;
    assert!(why.status == StatusCode::FORBIDDEN && why.text.contains("and say: “Because”"), "{}", why.text);
    assert!(!here.browser().log_in("bad", "another password").await.text.contains("Because"));
    let sure = [("deed", "delete"), ("sure", "true")];
    assert_eq!(mona.send(&path, &sure).await.status, StatusCode::FORBIDDEN, "a moderator deletes nobody");

    let above = format!("/keeping/accounts/{}", crew.moderator.id);
    assert_eq!(
        mona.send(&above, &[("deed", "warn"), ("text", "No")]).await.status,
        StatusCode::FORBIDDEN,
        "nobody of their own rank"
    );
    let role = [("deed", "role"), ("role", "admin")];
    assert_eq!(as_(&here, "adam").await.send(&above, &role).await.status, StatusCode::FORBIDDEN);
    let mut olga = as_(&here, "olga").await;
    assert!(olga.get(&above).await.text.contains("Give another role"));
    olga.does(&above, &role).await;
    assert_eq!(read(&here).await.member(crew.moderator.id).await.unwrap().unwrap().role, Role::Admin);

    assert_eq!(olga.send(&path, &[("deed", "delete")]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "not sure");
    assert_eq!(olga.does(&path, &sure).await, "/keeping/accounts");
    assert!(read(&here).await.account(crew.bad.id).await.unwrap().unwrap().deleted_at.is_some());
    assert_eq!(olga.get(&path).await.status, StatusCode::NOT_FOUND);
    let log = olga.get("/keeping/log?who=@bad&which=about").await.text;
    assert!(log.contains("Let a frozen account go on") && !log.contains("Gave a role"), "{log}");
    assert!(olga.get("/keeping/log?who=olga").await.text.contains("Gave a role to"));
}

#[tokio::test]
async fn accounts_are_found_by_what_is_typed() {
    let here = Here::start().await;
    crew(&here).await;
    let mut mona = as_(&here, "mona").await;
    for (query, found) in [
        ("q=be", vec!["ben"]),
        ("q=ben%40mail.example", vec!["ben"]),
        ("q=%40ben%40here.example", vec!["ben"]),
        ("status=staff", vec!["olga", "adam", "mona"]),
        ("q=nobody", vec![]),
    ] {
        let page = mona.get(&format!("/keeping/accounts?{query}")).await.text;
        for name in ["olga", "adam", "mona", "bad", "ben"] {
            let is_there = page.contains(&format!("@{name}@here.example</span>"));
            assert_eq!(is_there, found.contains(&name), "{name} by {query}");
        }
    }
}

#[tokio::test]
async fn people_are_let_in_or_refused_or_invited() {
    let here = Here::start().await;
    crew(&here).await;
    let (ann, bob) = (asks_to_join(&here, "ann").await, asks_to_join(&here, "bob").await);
    let mut mona = as_(&here, "mona").await;
    let page = mona.get("/keeping/waiting").await.text;
    assert!(page.contains("To learn &#60;how&#62;") && page.contains("bob@mail.example"), "{page}");
    let waiting = "/keeping/waiting";
    for (who, deed) in [(&ann, "approve"), (&bob, "reject")] {
        let path = format!("/keeping/accounts/{}", who.id);
        assert_eq!(mona.does(&path, &[("deed", deed), ("next", waiting)]).await, waiting);
    }
    let mut tx = read(&here).await;
    assert_eq!(tx.member(ann.id).await.unwrap().unwrap().state, MemberState::Active);
    assert!(tx.account(bob.id).await.unwrap().is_none());
    drop(tx);

    let path = "/keeping/invitations";
    let wanted = [("role", "member"), ("uses", "3"), ("days", "5")];
    assert_eq!(mona.browser.post(path, &wanted).await.status, StatusCode::FORBIDDEN, "without csrf");
    let made = mona.send(path, &wanted).await;
    let at = made.text.find("https://here.example/invite/").expect("the link") + "https://here.example".len();
    let link = made.text[at..].split('"').next().unwrap().to_owned();
    assert_eq!(here.browser().get(&link).await.status, StatusCode::OK);
    for wrong in
        [[("role", "member"), ("uses", "0"), ("days", "5")], [("role", "member"), ("uses", "1"), ("days", "x")]]
    {
        assert_eq!(mona.send(path, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let higher = [("role", "moderator"), ("uses", "1"), ("days", "5")];
    assert_eq!(mona.send(path, &higher).await.status, StatusCode::FORBIDDEN, "not of their own rank");
    let mut adam = as_(&here, "adam").await;
    assert_eq!(adam.send(path, &higher).await.status, StatusCode::OK);

    let open = read(&here).await.open_invites(here.app.node.now()).await.unwrap();
    let id = |role: Role| node::invite::id(open.iter().find(|i| i.role == role).unwrap()).to_owned();
    let (own, other) = (id(Role::Member), id(Role::Moderator));
    let revoke = "/keeping/invitations/revoke";
    assert_eq!(mona.send(revoke, &[("id", &other)]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(mona.does(revoke, &[("id", &own)]).await, path);
    assert_eq!(here.browser().get(&link).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn rules_for_servers_are_made_changed_listed_and_removed() {
    let here = Here::start().await;
    crew(&here).await;
    let mut adam = as_(&here, "adam").await;
    let page = adam.get("/keeping/servers/rule?domain=Bad.Example").await.text;
    assert!(page.contains("<h1>bad.example</h1>") && page.contains("A block cuts 0 follows"), "{page}");
    for wrong in ["here.example", "no%20domain", ""] {
        let path = format!("/keeping/servers/rule?domain={wrong}");
        assert_eq!(adam.get(&path).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let fields = [("domain", "bad.example"), ("severity", "suspend"), ("private_comment", "Spam <from> there")];
    assert_eq!(adam.does("/keeping/servers/rule", &fields).await, "/keeping/servers");
    assert!(here.app.node.is_domain_blocked("bad.example"), "at once");
    let fields = [("domain", "bad.example"), ("severity", "silence"), ("reject_media", "true")];
    adam.does("/keeping/servers/rule", &fields).await;
    let rules = read(&here).await.domain_rules().await.unwrap();
    assert_eq!((rules[0].severity.as_str(), rules[0].reject_media, rules[0].allowed), ("limit", true, false));
    assert_eq!(rules[0].private_comment, "Spam <from> there", "what is not sent stays");
    let nothing = [("domain", "bad.example"), ("severity", "noop")];
    assert_eq!(adam.send("/keeping/servers/rule", &nothing).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let list = adam.get("/keeping/servers?q=bad").await.text;
    assert!(list.contains("limited · no media") && list.contains("Spam &#60;from&#62; there"), "{list}");

    let csv = "#domain,#severity\nbad.example,suspend\nworse.example,suspend\nnonsense,suspend\n";
    let import = "/keeping/servers/import";
    let without = adam.browser.post_file(import, &[], "list", csv.as_bytes()).await;
    assert_eq!(without.status, StatusCode::FORBIDDEN);
    let csrf = adam.csrf.clone();
    let done = adam.browser.post_file(import, &[("csrf", &csrf)], "list", csv.as_bytes()).await;
    assert!(done.text.contains("One rule was made.") && done.text.contains("<li>line 4: "), "{}", done.text);
    assert!(here.app.node.is_domain_blocked("worse.example") && !here.app.node.is_domain_blocked("bad.example"));
    let none = adam.browser.post_file(import, &[("csrf", &csrf)], "list", b"").await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let saved = adam.get("/keeping/servers/list.csv").await;
    assert!(saved.text.contains("worse.example,suspend") && saved.header("content-type").starts_with("text/csv"));

    let how = here.browser().get("/how-it-works").await.text;
    assert!(!how.contains("server is blocked"), "the node does not say: {how}");
    adam.does("/keeping/servers/publish", &[("to", "all")]).await;
    let how = here.browser().get("/how-it-works").await.text;
    assert!(how.contains("One server is blocked, and 1 limited"), "{how}");
    assert!(how.contains("<li>bad.example: limited") && !how.contains("Spam"), "what is private stays so: {how}");
    let hidden = [("domain", "secretname.example"), ("severity", "suspend"), ("obfuscate", "true")];
    adam.does("/keeping/servers/rule", &hidden).await;
    let how = here.browser().get("/how-it-works").await.text;
    assert!(!how.contains("secretname") && how.contains("secr******"), "as in the API: {how}");
    adam.does("/keeping/servers/remove", &[("domain", "secretname.example")]).await;
    adam.does("/keeping/servers/remove", &[("domain", "bad.example")]).await;
    assert_eq!(read(&here).await.domain_rules().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_node_says_what_its_admins_write() {
    let here = Here::start().await;
    crew(&here).await;
    let mut adam = as_(&here, "adam").await;
    adam.does("/keeping/rules", &[("text", "Be kind"), ("hint", "Also on Mondays")]).await;
    assert!(here.browser().get("/about").await.text.contains("Be kind"));
    let id = read(&here).await.rules().await.unwrap()[0].id.to_string();
    adam.does("/keeping/rules", &[("text", "Be brief")]).await;
    adam.does("/keeping/rules/change", &[("id", &id), ("text", "Be kinder"), ("hint", "")]).await;
    let wrong = adam.send("/keeping/rules/change", &[("id", &id), ("text", "Again")]).await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND, "it was changed meanwhile");
    let held = read(&here).await.rules().await.unwrap();
    let texts: Vec<&str> = held.iter().map(|r| r.text.as_str()).collect();
    assert_eq!(texts, ["Be kinder", "Be brief"]);
    let about = here.browser().get("/about").await.text;
    let (now, before) = about.split_once("Rules that held before").unwrap();
    assert!(now.contains("Be kinder") && !now.contains("Be kind<") && before.contains("Be kind<"), "{about}");
    for rule in held {
        adam.does("/keeping/rules/remove", &[("id", &rule.id.to_string())]).await;
    }
    assert!(read(&here).await.rules().await.unwrap().is_empty());

    let terms = "/keeping/texts/terms-of-service";
    adam.does(terms, &[("text", "## Be fair\r\nAlways."), ("from", "2025-01-31")]).await;
    let page = here.browser().get("/terms-of-service").await.text;
    assert!(page.contains("Be fair") && page.contains("31 January 2025"), "{page}");
    assert_eq!(adam.send(terms, &[("text", "x"), ("from", "soon")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(adam.get(terms).await.text.contains("## Be fair"));
    let remove = format!("{terms}/remove");
    assert_eq!(adam.send(&remove, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "not sure");
    adam.does(&remove, &[("sure", "true")]).await;
    assert_eq!(here.browser().get("/terms-of-service").await.status, StatusCode::NOT_FOUND);
    assert_eq!(adam.get("/keeping/texts/nothing").await.status, StatusCode::NOT_FOUND);

    let told = "/keeping/announcements";
    adam.does(told, &[("text", "We **move**"), ("until", "2099-01-01")]).await;
    assert!(adam.get(told).await.text.contains("We <strong>move</strong>"));
    let id = read(&here).await.announcements().await.unwrap()[0].id;
    adam.does(&format!("{told}/{id}/remove"), &[]).await;
    assert!(read(&here).await.announcements().await.unwrap().is_empty());

    adam.does("/keeping/tags", &[("name", "#Secret"), ("comment", "A name")]).await;
    assert!(adam.get("/keeping/tags").await.text.contains("#secret"));
    adam.does("/keeping/tags/unblock", &[("name", "secret")]).await;
    assert!(!read(&here).await.is_tag_blocked("secret").await.unwrap());
    assert_eq!(adam.send("/keeping/peers/remove", &[("host", "x.example")]).await.status.as_u16() / 100, 4);
    assert_eq!(adam.send("/keeping/relays/remove", &[("url", "https://x.example")]).await.status.as_u16() / 100, 4);
}

#[tokio::test]
async fn emoji_come_with_their_picture() {
    let here = Here::start().await;
    crew(&here).await;
    let mut adam = as_(&here, "adam").await;
    let csrf = adam.csrf.clone();
    let fields = [("csrf", csrf.as_str()), ("shortcode", ":card:"), ("category", "Things")];
    assert_eq!(
        adam.browser.post_file(EMOJI_PAGE, &fields[1..], "picture", PICTURE).await.status,
        StatusCode::FORBIDDEN
    );
    let done = adam.browser.post_file(EMOJI_PAGE, &fields, "picture", PICTURE).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, EMOJI_PAGE), "{}", done.text);
    assert!(adam.get(EMOJI_PAGE).await.text.contains(":card:"));
    let wrong = adam.browser.post_file(EMOJI_PAGE, &fields, "picture", b"no picture").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(adam.send(EMOJI_PAGE, &fields[1..]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "without a file");
    adam.does("/keeping/emoji/remove", &[("shortcode", "card")]).await;
    assert!(read(&here).await.emojis().await.unwrap().is_empty());
}

#[tokio::test]
async fn everybody_may_read_how_the_node_works() {
    let here = Here::with(|c| c.keep_remote_posts = None, false).await;
    let crew = crew(&here).await;
    let page = here.browser().get("/how-it-works").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("with an invitation") && page.text.contains("Posts of other servers stay"));
    assert!(page.text.contains("nothing was reported") && page.text.contains("@mona@here.example"), "{}", page.text);
    assert!(here.browser().get("/about").await.text.contains("href=\"/how-it-works\""));

    let post = says(&here, &crew.bad, "Something").await;
    report(&here, &crew, &[&post]).await;
    let path = format!("/keeping/accounts/{}", crew.bad.id);
    let mut mona = as_(&here, "mona").await;
    mona.does(&path, &[("deed", "suspend")]).await;
    let page = here.browser().get("/how-it-works").await.text;
    assert!(page.contains("one report came") && page.contains("Accounts that were suspended: 1"), "{page}");
    let mut tx = read(&here).await;
    assert!(tx.visible_posts(&[post.id], Viewer::Anyone).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_owner_sees_what_is_left_before_others_come_and_tries_it() {
    let here = Here::with(|c| c.mail = true, false).await;
    crew(&here).await;
    for (name, status) in [("adam", StatusCode::NOT_FOUND), ("mona", StatusCode::NOT_FOUND), ("olga", StatusCode::OK)] {
        let mut who = as_(&here, name).await;
        assert_eq!(who.get("/keeping/start").await.status, status, "{name}");
        let is_shown = who.get("/keeping").await.text.contains("href=\"/keeping/start\"");
        assert_eq!(is_shown, name == "olga", "{name}");
        if name != "olga" {
            assert_eq!(who.send("/keeping/start/letter", &[]).await.status, status, "{name}");
            assert_eq!(who.send("/keeping/start/reach", &[]).await.status, status, "{name}");
        }
    }
    let mut olga = as_(&here, "olga").await;
    let page = olga.get("/keeping/start").await;
    assert_eq!(page.text.matches(">still open").count(), 5, "{}", page.text);
    assert_eq!(page.text.matches(">done").count(), 2, "an address, and people: {}", page.text);
    assert!(page.text.contains("outloud backup outloud.tar") && page.text.contains("olga@mail.example"));
    assert_eq!(olga.browser.post("/keeping/start/letter", &[("csrf", "no")]).await.status, StatusCode::FORBIDDEN);

    // The first letter is refused.
    let node = &here.app.node;
    let caught = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = std::sync::Arc::clone(&caught);
    let carrier: node::mail::Carrier = std::sync::Arc::new(move |mail| {
        kept.lock().unwrap().push(mail);
        let is_first = kept.lock().unwrap().len() == 1;
        let words = "the mail server: 550".to_owned();
        Box::pin(async move { if is_first { Err(node::mail::Refused { words, temporary: false }) } else { Ok(()) } })
    });
    assert!(node.carrier.set(carrier).is_ok());
    let page = olga.send("/keeping/start/letter", &[]).await;
    assert!(
        page.text.contains("The letter was not taken: ") && page.text.contains("the mail server: 550"),
        "{}",
        page.text
    );
    assert_eq!(page.text.matches(">done").count(), 2);
    let page = olga.send("/keeping/start/letter", &[]).await;
    assert!(page.text.contains("took the letter to olga@mail.example"), "{}", page.text);
    assert_eq!(page.text.matches(">done").count(), 3);
    assert_eq!(caught.lock().unwrap()[1].to, "olga@mail.example");

    // Nothing answers at here.example, as far as this machine knows.
    let page = olga.send("/keeping/start/reach", &[]).await;
    assert_eq!(page.text.matches("class=\"error\"").count(), 3, "{}", page.text);
    assert!(page.text.contains("no answer from https://here.example/actor"), "{}", page.text);
    assert_eq!(page.text.matches(">done").count(), 3);

    assert!(olga.get("/keeping").await.text.contains("None was made yet."));
    node::start::backed_up(node).await.unwrap();
    node::start::reached(node).await.unwrap();
    assert!(!olga.get("/keeping").await.text.contains("None was made yet."));
    let page = olga.get("/keeping/start").await;
    assert_eq!(page.text.matches(">done").count(), 5, "{}", page.text);
}
