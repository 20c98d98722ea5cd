//! A node with something of everything that a page can show.

use bytes::Bytes;
use federation::discover::Found;
use model::account::Role;
use model::clock::{Clock, DAY, HOUR};
use model::experiment::{Form, Learned, Outcome, Sentences, Wanted};
use model::hat::Hat;
use model::id::Id;
use model::page::Page;
use model::poll::PollDraft;
use model::post::{Draft, Post};
use model::subject::Subject;
use node::config::Registrations;
use node::{
    accounts, carry, challenge, domains, experiment, hat, invite, moderate, publish, react, report, shelf, subject,
    tag, team, texts, upload, warn,
};
use serde_json::json;
use storage::{DomainRule, OneTime};
use suite::db::Engine;
use suite::fediverse::{Letter, Reply, Server};
use suite::node::{Options, Person, TestNode, eventually};

const CARD: &[u8] = include_bytes!("../../../../crates/http/assets/card.png");
const FILM: &[u8] = include_bytes!("../../../../crates/node/src/media/fixtures/film.mp4");
const SOUND: &[u8] = include_bytes!("../../../../crates/node/src/media/fixtures/sound.mp3");

pub const PASSWORD: &str = "correct horse";
pub const TITLE: &str = "Canalside";

pub struct World {
    pub node: TestNode,
    /// One where people join with an invitation alone, and where somebody has tried too often.
    pub strict: TestNode,
    /// A server elsewhere, which pictures come from.
    _elsewhere: Server,
    /// The first post of a conversation that is six answers deep, and the last of them.
    pub thread: Post,
    pub deepest: Post,
    pub media: Post,
    pub warned: Post,
    pub poll: Post,
    pub long: Post,
    pub right_to_left: Post,
    pub experiment: Post,
    /// It was deleted.
    pub gone: Post,
    /// `/invite/…`, which works for many.
    pub invite: String,
    /// `/oauth/authorize?…`.
    pub consent: String,
    pub remote_person: String,
    pub remote_post: String,
    /// Ben brought Ada before those who look after the node.
    pub report: Id,
    /// Ada's account.
    pub ada: Id,
    /// Ben and Ada are in it.
    pub team: Id,
}

fn open(settings: &mut outloud::Settings) {
    settings.node.title = TITLE.to_owned();
    settings.node.description = "What people of the town hall try, what happened, and what they learnt.".to_owned();
    settings.node.contact_email = "olga@example.org".to_owned();
    settings.node.registrations = Registrations::Approval;
    settings.node.mail = true;
    settings.node.card_delay = Some(0);
}

fn strict(settings: &mut outloud::Settings) {
    settings.node.title = TITLE.to_owned();
    settings.rate_limits = true;
}

impl World {
    /// What a letter for somebody who has forgotten their password has.
    pub const RESET: &str = "a-secret-of-a-letter";

    pub async fn make() -> Self {
        let node = TestNode::start_with(Engine::Sqlite, Options { change: Some(open), ..Options::default() }).await;
        let elsewhere = Server::start("elsewhere").await;
        let (ada, ben) = (node.member("ada").await, node.member("ben").await);
        let (olga, salma) = (node.member("olga").await, node.member("salma").await);
        introduce(&node, [ada, ben, olga, salma]).await;
        for n in 1..=12 {
            ada.says(&format!("Day {n}: we phoned ten tenants before the letter went out. #tea")).await;
        }
        let gone = ada.says("I take this back").await;
        delete(ada, &gone).await;
        let warned =
            posts(ben, "It smelled of fish for days.", |d| d.summary = "Food, and a photo of fish".into()).await;
        let poll = posts(ben, "When shall we meet?", |d| d.poll = Some(a_poll())).await;
        let media = with_media(ada).await;
        let long = ada.says(&long_words()).await;
        let right_to_left = salma.says("مرحبا بكم في هذا المكان الهادئ. نحن نجرب شيئا جديدا اليوم مع #tea").await;
        let experiment = an_experiment(ada, ben).await;
        gather(&node, &elsewhere, olga, ada).await;
        let (remote_person, remote_post) = hear(&node, &elsewhere, ada).await;
        let (thread, deepest) = talk(ada, ben, salma).await;
        let report = kept(&node, ada, ben, &long).await;
        let team = a_team(ben, ada).await;
        let n = node.node();
        let mut tx = n.store.begin().await.unwrap();
        react::favourite(n, &mut tx, &ben.account().await, &thread, None).await.unwrap();
        n.commit(tx).await.unwrap();
        posts(salma, "Look at this.", |d| d.quoted_id = Some(thread.id)).await;
        let ada = ada.id;
        let (invite, consent) = (invited(&node).await, consent(&node, ben).await);
        Self {
            strict: strict_node().await,
            team,
            node,
            _elsewhere: elsewhere,
            thread,
            deepest,
            media,
            warned,
            poll,
            long,
            right_to_left,
            experiment,
            gone,
            invite,
            consent,
            remote_person,
            remote_post,
            report,
            ada,
        }
    }

    pub async fn end(self) {
        self.node.running.stop().await;
        self.strict.running.stop().await;
    }
}

/// A post that is out of the ordinary.
async fn posts(who: Person<'_>, text: &str, change: impl FnOnce(&mut Draft)) -> Post {
    let mut draft = Draft { text: text.to_owned(), ..Draft::default() };
    change(&mut draft);
    who.posts(draft).await
}

async fn introduce(node: &TestNode, [ada, ben, olga, salma]: [Person<'_>; 4]) {
    let names = [
        (ada, "Ada Achterberg", "I look after the canal. Trying things with #tea and tenants."),
        (ben, "Ben", ""),
        (olga, "Olga, who keeps the keys", "Ask me."),
        (salma, "سلمى", "أكتب عن العمل والشاي."),
    ];
    let n = node.node();
    for (who, name, note) in names {
        let fields = (who.id == ada.id).then(|| {
            let field = |l: &str, v: &str| (l.to_owned(), v.to_owned());
            vec![
                field("Where", "Leeds"),
                field("A page with a long address", "https://example.org/a/very/long/address/that/does/not/end/soon"),
            ]
        });
        let change = accounts::ProfileChange {
            display_name: Some(name.to_owned()),
            note: Some(note.to_owned()),
            fields,
            discoverable: Some(true),
            ..accounts::ProfileChange::default()
        };
        let mut tx = n.store.begin().await.unwrap();
        accounts::change_profile(n, &mut tx, &who.account().await, change).await.unwrap();
        n.commit(tx).await.unwrap();
    }
    let mut tx = n.store.begin().await.unwrap();
    accounts::set_role(n, &mut tx, "outloud", &olga.account().await, Role::Owner).await.unwrap();
    texts::set(n, &mut tx, "olga", texts::About::TermsOfService, "## Terms\n\nBe kind.", n.now()).await.unwrap();
    texts::add_rule(n, &mut tx, "olga", "Be kind.", "Also on Mondays.").await.unwrap();
    texts::add_rule(n, &mut tx, "olga", "Say what you learnt.", "").await.unwrap();
    let reset = OneTime {
        secret_hash: node::random::hash(World::RESET),
        account_id: salma.id,
        purpose: "reset".to_owned(),
        email: "salma@example.org".to_owned(),
        expires_at: n.now() + HOUR,
    };
    tx.put_one_time(&reset).await.unwrap();
    n.commit(tx).await.unwrap();
}

/// Ada boosts what somebody elsewhere wrote. Answers the ids of the person and the post.
async fn hear(node: &TestNode, elsewhere: &Server, ada: Person<'_>) -> (String, String) {
    let carol = elsewhere.person("carol");
    let image = elsewhere.url("/cups.png");
    elsewhere.serve("/cups.png", Reply::Bytes { kind: "image/png".to_owned(), body: Bytes::from_static(CARD) });
    let picture = json!([{"type": "Document", "mediaType": "image/png", "url": image, "name": "Nine cups on a sill", "width": 1200, "height": 630}]);
    let note = elsewhere.note(&carol, "/notes/1", "We counted the cups, too.", json!({"attachment": picture}));
    elsewhere.publish(&note);
    let uri = note["id"].as_str().unwrap().to_owned();
    let Found::Post(post) = node.federation().find(&uri).await.unwrap() else { panic!("it is a post") };
    let n = node.node();
    let mut tx = n.store.begin().await.unwrap();
    react::boost(n, &mut tx, &ada.account().await, &post, None).await.unwrap();
    n.commit(tx).await.unwrap();
    (carol["id"].as_str().unwrap().to_owned(), uri)
}

async fn delete(who: Person<'_>, post: &Post) {
    let node = who.on.node();
    let mut tx = node.store.begin().await.unwrap();
    publish::delete(node, &mut tx, &who.account().await, post.id).await.unwrap();
    node.commit(tx).await.unwrap();
}

fn a_poll() -> PollDraft {
    let options = ["On Monday, early", "On Friday, after the last boat"].map(str::to_owned).to_vec();
    PollDraft { options, expires_in: Some(3 * DAY), multiple: false, hide_totals: false }
}

async fn with_media(who: Person<'_>) -> Post {
    let mut media_ids = Vec::new();
    for (bytes, alt) in [
        (CARD, "A card with the name of the node in large letters"),
        (FILM, "The lock fills with water"),
        (SOUND, "A bell, far away"),
    ] {
        media_ids.push(uploaded(who, bytes, alt).await);
    }
    let pictures = media_ids[..1].to_vec();
    // A post has one film or sound, or up to four pictures.
    for (id, text) in [(media_ids[1], "The lock, filmed"), (media_ids[2], "The bell, heard")] {
        posts(who, text, |d| d.media_ids = vec![id]).await;
    }
    posts(who, "The card for the door", |d| d.media_ids = pictures).await
}

async fn uploaded(who: Person<'_>, bytes: &'static [u8], alt: &str) -> Id {
    let (node, owner) = (who.on.node(), who.account().await);
    let stored = upload::store(node, &owner, Bytes::from_static(bytes), alt, (0.0, 0.0)).await.unwrap();
    let mut tx = node.store.begin().await.unwrap();
    let media = upload::attach(&mut tx, stored).await.unwrap();
    node.commit(tx).await.unwrap();
    media.id
}

fn long_words() -> String {
    let word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
    format!("{word}{word} #{word} https://example.org/{word}/{word}?{word}")
}

async fn an_experiment(ada: Person<'_>, ben: Person<'_>) -> Post {
    let form = Form {
        sentences: Sentences {
            believe: "phoning tenants before the letter helps".to_owned(),
            leads_to: "fewer missed visits".to_owned(),
            test: "forty calls in March".to_owned(),
            share: "a post in June".to_owned(),
        },
        place: "Leeds".to_owned(),
        organisation: Some("Leeds City Council".to_owned()),
        ..Form::default()
    };
    let tries = |form: Form| Draft { experiment: Some(Wanted::Is(Box::new(form))), ..Draft::default() };
    let first = ada.posts(tries(form.clone())).await;
    let again = Form { tries: Some(first.id), changed: "a text message, not a call".to_owned(), ..form };
    ben.posts(tries(again)).await;
    let learned = Learned {
        outcome: Outcome::Didnt,
        learning: Some("Nobody picks up an unknown number.".to_owned()),
        so_what: None,
        look_again_at: None,
    };
    let node = ada.on.node();
    let mut tx = node.store.begin().await.unwrap();
    experiment::learn(node, &mut tx, &ada.account().await, first.id, &learned).await.unwrap();
    node.commit(tx).await.unwrap();
    first
}

/// Olga keeps a hashtag with a shelf, and asks a challenge.
async fn gather(node: &TestNode, elsewhere: &Server, olga: Person<'_>, ada: Person<'_>) {
    let page = "<title>How to brew for forty</title><meta name='description' content='A plan.'>";
    elsewhere.serve("/brew", Reply::html(page));
    ada.says(&format!("Read this {} #tea", elsewhere.url("/brew"))).await;
    let (n, me) = (node.node(), olga.account().await);
    let mut tx = n.store.begin().await.unwrap();
    let tea = Subject::Tag(tag::named(n, &mut tx, "tea").await.unwrap().id);
    n.commit(tx).await.unwrap();
    let card = eventually("the page is on the shelf", || async {
        let first = n.store.read().await.unwrap().shelf(tea, false, &Page::first(1)).await.unwrap().pop();
        first.filter(|(_, card)| !card.title.is_empty()).map(|(link, _)| link.card_id)
    })
    .await;
    let mut tx = n.store.begin().await.unwrap();
    hat::put_on(n, &mut tx, &me, Hat::CommunityKeeper, tea, None).await.unwrap();
    subject::write(n, &mut tx, &me, tea, "What we learn over **tea**, and where.").await.unwrap();
    subject::add_view(n, &mut tx, &ada.account().await, tea, "It is about people, not tea.").await.unwrap();
    let pinned =
        shelf::Arrangement { pinned: Some(true), note: Some("Start here".to_owned()), ..shelf::Arrangement::default() };
    shelf::arrange(n, &mut tx, &me, tea, card, &pinned).await.unwrap();
    let form = challenge::Form {
        name: "trust".to_owned(),
        question: "How do we establish trust?".to_owned(),
        purpose: "We ask **everybody** who meets tenants.".to_owned(),
        ..challenge::Form::default()
    };
    challenge::open(n, &mut tx, &me, &form).await.unwrap();
    n.commit(tx).await.unwrap();
    ada.says(&format!("@trust@{} By coming back when we said we would.", node.host())).await;
}

/// Six answers, each to the one before, and one beside them.
async fn talk(ada: Person<'_>, ben: Person<'_>, salma: Person<'_>) -> (Post, Post) {
    let picture = uploaded(ada, CARD, "The poster in the hall, with tear-off strips").await;
    let first = posts(ada, "The poster is up. Who has seen it? #tea", |d| d.media_ids = vec![picture]).await;
    let mut last = first.clone();
    for (n, who) in [ben, ada, ben, salma, ben, ada].into_iter().enumerate() {
        last = who.replies(&last, &format!("Answer {}: I have, by the stairs.", n + 1)).await;
    }
    salma.replies(&first, "Not yet.").await;
    (first, last)
}

/// What those who look after the node have to do with. Answers the id of a report.
async fn kept(node: &TestNode, ada: Person<'_>, ben: Person<'_>, post: &Post) -> Id {
    let n = node.node();
    let (by, about) = (ben.account().await, ada.account().await);
    let asked = report::NewReport {
        post_ids: vec![post.id],
        comment: "That is no word that anybody uses.".to_owned(),
        ..report::NewReport::default()
    };
    let mut tx = n.store.begin().await.unwrap();
    let filed = report::file(n, &mut tx, &by, &about, &asked).await.unwrap();
    let act = moderate::Act { words: "Write shorter words", ..warn::Measure::None.into() };
    moderate::act(n, &mut tx, "olga", &about, act).await.unwrap();
    let rule = DomainRule {
        private_comment: "Three people told us.".to_owned(),
        public_comment: "Spam".to_owned(),
        ..DomainRule::new("spam.example", "suspend", n.now())
    };
    domains::set(n, &mut tx, "olga", &rule).await.unwrap();
    carry::block(n, &mut tx, "olga", "acme", "A brand").await.unwrap();
    let new = texts::NewAnnouncement { text: "We **move** on Friday.".to_owned(), ..texts::NewAnnouncement::default() };
    texts::announce(n, &mut tx, "olga", &new).await.unwrap();
    n.commit(tx).await.unwrap();
    filed.id
}

/// Two say something among themselves.
async fn a_team(ben: Person<'_>, ada: Person<'_>) -> Id {
    let (n, who) = (ben.on.node(), ben.account().await);
    let mut tx = n.store.begin().await.unwrap();
    let made = team::create(n, &mut tx, &who, "Visits", &[ada.id]).await.unwrap();
    n.commit(tx).await.unwrap();
    posts(ada, "Nobody came on Tuesday.", |d| d.team_id = Some(made.id)).await;
    made.id
}

async fn invited(node: &TestNode) -> String {
    let n = node.node();
    let mut tx = n.store.begin().await.unwrap();
    let link = invite::invite(n, &mut tx, None, Role::Member, 99, 7).await.unwrap();
    n.commit(tx).await.unwrap();
    link.strip_prefix(&node.origin).unwrap_or(&link).to_owned()
}

/// An app of somebody's asks for leave.
async fn consent(node: &TestNode, _who: Person<'_>) -> String {
    let form = "client_name=Pocket+reader&redirect_uris=https%3A%2F%2Fapp.example%2Fback&scopes=read+write+follow";
    let client = suite::process::client();
    let request = client.post(format!("{}/api/v1/apps", node.origin)).body(form);
    let answer = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    let app: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let id = app["client_id"].as_str().unwrap();
    format!(
        "/oauth/authorize?response_type=code&client_id={id}&redirect_uri=https%3A%2F%2Fapp.example%2Fback&scope=read+write"
    )
}

/// Its clock stands still, so that what was tried too often stays so.
async fn strict_node() -> TestNode {
    let clock = Clock::manual(Clock::System.now());
    let options = Options { name: Some("strict"), clock: Some(clock), change: Some(strict), ..Options::default() };
    let node = TestNode::start_with(Engine::Sqlite, options).await;
    for _ in 0..100 {
        let tried = Letter::get(&node, "/invite/none-is-so").with("accept", "text/html").send(&node).await;
        if tried.status == 429 {
            return node;
        }
    }
    panic!("nobody tries too often there")
}
