//! The way of one experiment, from what a council says among its own people to what two others made of it elsewhere: three of our nodes
//! and a server that shares no code with ours, all of it done as an app does it, and by owners as they do it.

use model::clock::{Clock, DAY, MINUTE, rfc3339};
use serde_json::{Value, json};
use suite::db::Engine;
use suite::node::{Options, TestNode, eventually};
use suite::on_both;
use suite::peer::Peer;
use suite::process::client;

const X: &str = "/api/outloud/v1/experiments";
const TAG: &str = "/api/outloud/v1/tags/LFFdigital";

/// A member with an app.
struct Voice<'n> {
    on: &'n TestNode,
    http: reqwest::Client,
    token: String,
    handle: String,
}

impl<'n> Voice<'n> {
    /// The owner issues a token, and the member tells an app of it.
    async fn of(on: &'n TestNode, name: &str) -> Self {
        let person = on.member(name).await;
        let token = on.run(&["token", "issue", name]).await;
        Self { on, http: client(), token, handle: person.handle().await }
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> Value {
        let url = format!("http://{}{path}", self.on.address());
        let method = method.parse().unwrap();
        let request =
            self.http.request(method, url).bearer_auth(&self.token).header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await.unwrap();
        let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        let url = format!("http://{}{path}", self.on.address());
        let answer = self.http.get(url).bearer_auth(&self.token).send().await.unwrap();
        let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.call("POST", path, body).await
    }

    async fn says(&self, body: Value) -> Value {
        self.post("/api/v1/statuses", body).await
    }

    async fn wears(&self, hat: &str) {
        self.post(&format!("{TAG}/hats"), json!({"hat": hat, "days": 60})).await;
    }

    /// That they are told so, in this order, and of nothing else since they were asked last: the type that every app knows, ours, and
    /// from whom.
    async fn hears(&self, wanted: &[&str]) {
        let told = || async {
            let list = self.get("/api/v1/notifications?limit=80").await;
            let told: Vec<String> = list.as_array().unwrap().iter().rev().map(notification).collect();
            (told.len() >= wanted.len()).then_some(told)
        };
        assert_eq!(eventually(&format!("{} is told {wanted:?}", self.handle), told).await, wanted);
        self.post("/api/v1/notifications/clear", json!({})).await;
    }
}

fn notification(of: &Value) -> String {
    let own = of["outloud"]["type"].as_str().map(|own| format!(" ({own})")).unwrap_or_default();
    format!("{}{own} from {}", text(&of["type"]), text(&of["account"]["username"]))
}

fn text(of: &Value) -> &str {
    of.as_str().unwrap_or_else(|| panic!("no text: {of}"))
}

fn id(of: &Value) -> &str {
    text(&of["id"])
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| id(one).to_owned()).collect()
}

/// A post as somebody reads it.
fn read(of: &Value) -> String {
    model::html::to_text(text(&of["content"]))
}

fn reads(of: &Value, wanted: &str) {
    assert_eq!(read(of), wanted.trim());
    assert!(of["summary"].is_null() && of["name"].is_null(), "no warning and no title: {of:#}");
}

/// A document that the council sent, with nothing left out but what its words mean (`@context`) and who may do what with it; the number of
/// the experiment, and that of a second post, are `:id` and `:other`.
fn exactly(document: &Value, council: &TestNode, opened: &Value, other: &Value, wanted: Value) {
    let mut document = document.clone();
    let kept = document.as_object_mut().unwrap();
    for name in ["@context", "interactionPolicy"] {
        kept.remove(name);
    }
    let plain = document.to_string().replace(&council.origin, "https://council").replace(id(opened), ":id");
    let plain = if other.is_null() { plain } else { plain.replace(id(other), ":other") };
    let mut plain: Value = serde_json::from_str(&plain).unwrap();
    let (context, talk) = (plain["context"].take(), plain["conversation"].take());
    assert!(context == talk && text(&context).starts_with("https://council/contexts/"), "{context}");
    assert_eq!(plain, wanted, "{plain:#}");
}

async fn node(engine: Engine, name: &'static str, clock: &Clock) -> TestNode {
    TestNode::start_with(engine, Options { name: Some(name), clock: Some(clock.clone()), ..Options::default() }).await
}

const SIX_WEEKS: i64 = 42 * DAY;

/// Time passes, for everybody.
async fn passes(time: i64, clock: &Clock, peers: [&Peer; 2]) {
    clock.advance(time);
    for peer in peers {
        peer.does("clock", json!({"ahead": clock.now() - Clock::System.now()})).await;
    }
}

/// Steps 1 and 2, as far as they are about hashtags: the trust gets those that its members follow from the council, too, and on a server of
/// another kind somebody follows one as one follows a person, and somebody follows Sam.
async fn hashtags_travel(council: &TestNode, nia: &Voice<'_>, sam: &Voice<'_>, social: &Peer) {
    nia.on.run(&["peer", "add", &council.origin]).await;
    nia.post("/api/v1/tags/LFFdigital/follow", json!({})).await;
    let actor = format!("{}/tags/lffdigital/actor", council.origin);
    let handle = format!("@tag-lffdigital@{}", council.host());
    let found = social.does("lookup", json!({"as": "ana", "handle": handle})).await;
    assert_eq!(found["object"]["id"], json!(actor), "{found:#}");
    social.does("follow", json!({"as": "ana", "actor": actor})).await;
    social.received("Accept", &actor).await;
    let actor = format!("{}/users/sam", council.origin);
    social.does("follow", json!({"as": "carol", "actor": actor})).await;
    social.received("Accept", &actor).await;
    sam.hears(&["follow from carol"]).await;
    let path = format!("{}/tags/lffdigital/followers", council.origin);
    eventually("the trust follows the hashtag", || async {
        let followers = social.does("fetch", json!({"as": "ana", "url": path})).await;
        (followers["document"]["totalItems"] == json!(2)).then_some(())
    })
    .await;
}

/// Step 3: Sam says it inside, from the four starters.
async fn inside(sam: &Voice<'_>, look_again_on: &str) -> Value {
    let form = json!({
        "believe": "phone tenants such as the Millers of 12 Kirkgate Lane before the letter",
        "leads_to": "fewer missed visits", "test": "forty calls in March", "share": "a post in June and #LFFdigital",
        "place": "Leeds", "organisation": "Leeds City Council", "asks": ["critical_friend"],
        "look_again_on": look_again_on,
    });
    let post = sam.says(json!({"visibility": "organisation", "outloud": {"experiment": form}})).await;
    assert_eq!((&post["visibility"], &post["outloud"]["visibility"]), (&json!("private"), &json!("organisation")));
    post
}

/// Step 4: a colleague with a hat on finds it and asks two questions, and Sam changes the test. Answers the post's source.
async fn a_critical_friend_asks(cleo: &Voice<'_>, sam: &Voice<'_>, inside: &Value) -> String {
    cleo.wears("critical_friend").await;
    assert_eq!(ids(&cleo.get(&format!("{X}?tag=CriticalFriend")).await), [id(inside)]);
    for question in ["@sam I wondered: what if nobody answers?", "@sam Have you tried calls in the evening?"] {
        let own = json!({"hat": "critical_friend"});
        let asked = cleo.says(json!({"status": question, "in_reply_to_id": id(inside), "outloud": own})).await;
        assert_eq!(asked["outloud"]["visibility"], json!("organisation"));
        assert!(read(&asked).ends_with("(as critical friend) #CriticalFriend"), "{}", read(&asked));
    }
    sam.hears(&["mention from cleo", "mention from cleo"]).await;
    let path = format!("/api/v1/statuses/{}", id(inside));
    let source = sam.get(&format!("{path}/source")).await;
    let source = text(&source["text"]).replace("calls in March", "calls in March, half of them in the evening");
    let changed = sam.call("PUT", &path, json!({"status": source})).await;
    assert_eq!(changed["outloud"]["experiment"]["test"], json!("forty calls in March, half of them in the evening"));
    source
}

/// Step 5: a messenger says that others should hear of it; the checklist finds the street; and it is opened up.
async fn opened_up(mo: &Voice<'_>, sam: &Voice<'_>, inside: &Value, source: &str) -> Value {
    mo.post(&format!("/api/outloud/v1/statuses/{}/could_go_public", id(inside)), json!({})).await;
    mo.wears("external_messenger").await;
    let view = mo.get(&format!("{TAG}/views/external_messenger")).await;
    assert_eq!(ids(&view["lists"][0]["statuses"]), [id(inside)]);
    let path = format!("/api/outloud/v1/statuses/{}/open_up", id(inside));
    let list = sam.get(&path).await["items"].take();
    let [street] = list.as_array().unwrap().as_slice() else { panic!("{list:#}") };
    assert_eq!((&street["kind"], &street["text"]), (&json!("address"), &json!("12 Kirkgate Lane")));
    let words = source.replace(" such as the Millers of 12 Kirkgate Lane", "");
    let opened = sam.post(&path, json!({"status": words, "confirmed": ids(&list)})).await;
    assert_eq!((&opened["visibility"], &opened["outloud"]["opened_from"]), (&json!("public"), &inside["id"]));
    opened
}

/// Step 6: the hashtag carries it; who follows the hashtag reads it, here and there; and some pass it on.
async fn carried(sam: &Voice<'_>, nia: &Voice<'_>, social: &Peer, chaos: &Peer, opened: &Value) {
    let (council, uri) = (sam.on, text(&opened["uri"]));
    let announce = social.received("Announce", uri).await;
    assert_eq!(announce["actor"], json!(format!("{}/tags/lffdigital/actor", council.origin)));
    let note = social.does("fetch", json!({"as": "ana", "url": uri})).await["document"].take();
    let said = SAID.replace(":day", text(&opened["outloud"]["experiment"]["look_again_on"]));
    reads(&note, &said);
    exactly(&note, council, opened, &Value::Null, note_said(opened));
    let there =
        eventually("it is at the trust", || async { nia.get("/api/v1/timelines/home").await.get(0).cloned() }).await;
    assert_eq!((&there["uri"], &there["outloud"]["experiment"]), (&opened["uri"], &opened["outloud"]["experiment"]));
    reads(&there, &said);
    social.does("announce", json!({"as": "ana", "object": uri})).await;
    // Somebody who follows nobody of the council's.
    chaos.does("announce", json!({"as": "dee", "object": uri})).await;
    nia.post(&format!("/api/v1/statuses/{}/reblog", id(&there)), json!({})).await;
    sam.hears(&["reblog from ana", "reblog from dee", "reblog from nia"]).await;
}

/// Step 7: Sam has a cuppa with a nurse of the trust, who asked for it with a post from there; nobody else hears of it.
async fn a_cuppa(clock: &Clock, sam: &Voice<'_>, noor: &Voice<'_>) {
    let council = sam.on;
    sam.call("PUT", "/api/outloud/v1/pairings/seeking/cuppa", json!({"about": "Housing officer in Leeds"})).await;
    let asks = format!("@cuppa@{} cuppa. I nurse, and phone patients at home", council.host());
    noor.says(json!({"status": asks, "visibility": "direct"})).await;
    noor.hears(&["mention from cuppa"]).await;
    assert_eq!(council.run(&["cuppa", "round"]).await, "1 pair");
    // The owner's clock went on.
    clock.advance(MINUTE);
    for who in [sam, noor] {
        who.hears(&["mention from cuppa"]).await;
        let talk = who.get("/api/v1/conversations").await[0]["last_status"].take();
        let said = read(&talk);
        assert_eq!(talk["visibility"], json!("direct"));
        assert!(said.starts_with("@sam @noor meet somebody new:") || said.starts_with("@noor @sam meet"), "{said}");
        for line in [
            format!("• sam, {}: Housing officer in Leeds", council.host()),
            format!("• noor, {}: I nurse, and phone patients at home", noor.on.host()),
        ] {
            assert!(said.lines().any(|said| said == line), "{line} in {said}");
        }
    }
    let pairs = sam.get("/api/outloud/v1/pairings").await;
    assert_eq!(
        (pairs.as_array().unwrap().len(), format!("@{}", text(&pairs[0]["account"]["acct"]))),
        (1, noor.handle.clone())
    );
    let same = format!("{} With us nobody picks up, either, when the number is withheld", sam.handle);
    noor.says(json!({"status": same, "visibility": "direct"})).await;
    sam.hears(&["mention from noor"]).await;
}

/// Step 8: Sam is asked, once, and says what came of it; whoever passed it on gets the new version, and whoever follows Sam the answer.
async fn learned(sam: &Voice<'_>, nia: &Voice<'_>, social: &Peer, chaos: &Peer, opened: &Value) {
    let (council, uri) = (sam.on, text(&opened["uri"]));
    sam.hears(&["status (look_again) from sam"]).await;
    assert_eq!(ids(&sam.get(&format!("{X}/due")).await), [id(opened)]);
    let words = json!({
        "outcome": "didnt", "learning": "Text first: calls from a withheld number were not answered.",
        "so_what": "Nobody needs forty calls to learn that.",
    });
    let learned = sam.post(&format!("{X}/{}/outcome", id(opened)), words).await;
    let answer = text(&learned["outloud"]["experiment"]["outcome_status_id"]);
    let answer = sam.get(&format!("/api/v1/statuses/{answer}")).await;
    for peer in [social, chaos] {
        let update = peer.received("Update", uri).await["activity"].take();
        reads(&update["object"], LEARNED);
        exactly(&update["object"], council, opened, &answer, note_learned(&learned));
    }
    let create = social.received("Create", text(&answer["uri"])).await["activity"].take();
    reads(&create["object"], ANSWER);
    exactly(&create["object"], council, opened, &answer, note_answer(&answer));
    nia.hears(&["update (outcome) from sam"]).await;
    assert_eq!(sam.get(&format!("{X}/due")).await, json!([]));
    let home = nia.get("/api/v1/timelines/home").await;
    let there = home.as_array().unwrap().iter().find(|s| s["uri"] == opened["uri"]).unwrap();
    reads(there, LEARNED);
    assert_eq!(same(there), same(&learned));
}

/// What of an experiment is the same on every node, whichever of its posts that has.
fn same(status: &Value) -> Value {
    let mut x = status["outloud"]["experiment"].clone();
    x.as_object_mut().unwrap().remove("outcome_status_id");
    x
}

/// Step 9: Ravi, in another country, finds it and says that he tries it; so does somebody on a server of another kind. Sam says that it is so,
/// and writes down where. Answers Ravi's post, on his node.
async fn tried(clock: &Clock, sam: &Voice<'_>, ravi: &Voice<'_>, peers: [&Peer; 2], opened: &Value) -> Value {
    let uri = text(&opened["uri"]);
    let feed = file(sam.on, "/library.rss?outcome=didnt").await;
    let (_, item) = feed.split_once("<item>").unwrap();
    let link = item.split_once("<link>").unwrap().1.split_once("</link>").unwrap().0;
    assert!(item.contains("Text first: calls from a withheld number were not answered."), "{feed}");
    let escaped: String = url::form_urlencoded::byte_serialize(link.as_bytes()).collect();
    let found = ravi.get(&format!("/api/v2/search?resolve=true&type=statuses&q={escaped}")).await["statuses"][0].take();
    reads(&found, LEARNED);
    assert_eq!(ids(&ravi.get(&format!("{X}?outcome=didnt&untried=true")).await), [id(&found)]);
    let words = format!("{} We are trying this in Ghent with a text first #TryingThis", sam.handle);
    let tried = ravi.says(json!({"status": words, "in_reply_to_id": id(&found)})).await;
    sam.hears(&["mention (trying) from ravi"]).await;
    passes(MINUTE, clock, peers).await;
    let words = json!({
        "as": "carol", "content": "<p>We try it with a postcard #TryingThis</p>", "inReplyTo": uri,
        "mentions": [format!("{}/users/sam", sam.on.origin)], "hashtags": ["TryingThis"],
    });
    peers[0].does("note", words).await;
    sam.hears(&["mention (trying) from carol"]).await;
    let path = format!("{X}/{}/replications", id(opened));
    assert_eq!(sam.get(&path).await, json!([]));
    let waiting = sam.get(&format!("{path}?standing=waiting")).await;
    let waiting: Vec<&str> = waiting.as_array().unwrap().iter().map(|one| id(&one["status"])).collect();
    for post in &waiting {
        sam.post(&format!("{path}/{post}/confirm"), json!({})).await;
    }
    let [carols, ravis] = waiting[..] else { panic!("{waiting:?}") };
    let bath =
        json!({"place": "Bath", "changed": "a postcard first", "outcome": "mixed", "learning": "Postcards are slow."});
    sam.call("PATCH", &format!("{path}/{carols}"), bath).await;
    let ghent = json!({"place": "Ghent", "organisation": "Stad Gent", "changed": "a text first"});
    sam.call("PATCH", &format!("{path}/{ravis}"), ghent).await;
    assert_eq!(
        chain(sam, opened).await,
        [
            json!(["Ghent", "Stad Gent", "a text first", null, ""]),
            json!(["Bath", "", "a postcard first", "mixed", "Postcards are slow."]),
        ]
    );
    tried
}

/// Who tries it again, as somebody sees it: where, who, what is different, what came of it, and what they tell the next team.
async fn chain(who: &Voice<'_>, original: &Value) -> Vec<Value> {
    let chain = who.get(&format!("{X}/{}/replications", id(original))).await;
    let told = |link: &Value| {
        let x = &link["status"]["outloud"]["experiment"];
        json!([x["place"], x["organisation"], x["changed"], x["outcome"], x["learning"]])
    };
    chain.as_array().unwrap().iter().map(told).collect()
}

/// Step 9, six weeks later: it worked in Ghent; and whoever opens the experiment, on whichever node, sees what failed first, and then the
/// others.
async fn it_worked_elsewhere(sam: &Voice<'_>, ravi: &Voice<'_>, nia: &Voice<'_>, opened: &Value, tried: &Value) {
    let words = json!({"outcome": "hoped", "learning": "A text at noon."});
    let worked = ravi.post(&format!("{X}/{}/outcome", id(tried)), words).await;
    reads(&worked, WORKED);
    sam.hears(&["update (outcome) from ravi"]).await;
    assert_eq!(
        chain(sam, opened).await,
        [
            json!(["Ghent", "Stad Gent", "a text first", "hoped", "A text at noon."]),
            json!(["Bath", "", "a postcard first", "mixed", "Postcards are slow."]),
        ]
    );
    let now = sam.get(&format!("/api/v1/statuses/{}", id(opened))).await;
    let x = &now["outloud"]["experiment"];
    assert_eq!((&x["outcome"], &x["tries_count"]), (&json!("didnt"), &json!(2)));
    let home = nia.get("/api/v1/timelines/home").await;
    let there = home.as_array().unwrap().iter().find(|s| s["uri"] == opened["uri"]).unwrap();
    nia.get(&format!("/api/v1/statuses/{}/context", id(there))).await;
    let seen = eventually("the chain is at the trust", || async {
        Some(chain(nia, there).await).filter(|chain| chain.len() == 2)
    })
    .await;
    assert_eq!(seen, [json!(["", "", "", "hoped", "A text at noon."]), json!(["", "", "", null, ""])]);
}

/// What anybody gets there.
async fn file(node: &TestNode, path: &str) -> String {
    let answer = client().get(format!("http://{}{path}", node.address())).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200, "{path}");
    answer.text().await.unwrap()
}

/// Step 10: what a broker takes to a director is one page, the failure first, and the same as a file: one experiment that failed, tried
/// twice, in two countries.
async fn brief(sam: &Voice<'_>, ravi: &Voice<'_>, opened: &Value) {
    let chosen = format!("id[]={}", id(opened));
    let page = file(sam.on, &format!("/library/brief?{chosen}")).await;
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words} in {page}"));
    assert!(
        at("Text first: calls from a withheld number") < at("A text at noon.")
            && at("A text at noon.") < at("Postcards are slow.")
    );
    assert!(!page.contains("Kirkgate") && page.contains(&ravi.on.origin), "{page}");
    let markdown = file(sam.on, &format!("/library.md?{chosen}")).await;
    let chain = sam.get(&format!("{X}/{}/replications", id(opened))).await;
    let [ravis, carols] = chain.as_array().unwrap().as_slice() else { panic!("{chain:#}") };
    let mut plain = markdown.replace(sam.on.host(), "council").replace(ravi.on.host(), "ghent");
    for (post, name) in [(opened, "sam"), (&ravis["status"], "ravi")] {
        plain = plain
            .replace(&format!("/@{name}/{}", text(&post["url"]).rsplit('/').next().unwrap()), &format!("/@{name}/:id"));
    }
    let carol = text(&carols["status"]["account"]["acct"]).strip_prefix("carol@").unwrap();
    plain = plain.replace(text(&carols["status"]["url"]), "https://social/@carol/:id").replace(carol, "social");
    // Days differ by run.
    let lines = plain.lines().filter(|line| !line.starts_with("- Said on"));
    let lines: Vec<&str> = lines.map(|line| line.split_once(" knows. ").map_or(line, |(_, rest)| rest)).collect();
    assert_eq!(lines.join("\n").trim(), BRIEF.trim());
    let csv = file(sam.on, &format!("/library.csv?{chosen}")).await;
    let lines: Vec<&str> = csv.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 4, "{csv}");
    let now = sam.get(&format!("/api/v1/statuses/{}", id(opened))).await;
    let shown = [(lines[1], &now, "", 2), (lines[2], &ravis["status"], "", 0), (lines[3], &carols["status"], "sam", 0)];
    for (line, post, noted, tried) in shown {
        let x = &post["outloud"]["experiment"];
        let days = format!(",{},{},", &text(&post["created_at"])[..10], &text(&x["learned_at"])[..10]);
        let said = format!(",{},{},{},", text(&x["state"]), text(&x["outcome"]), text(&x["learning"]));
        assert!(line.starts_with(text(&post["url"])) && line.contains(&days) && line.contains(&said), "{line}");
        assert!(line.contains(&format!(",{},{noted},{tried},", text(&x["changed"]))), "{line}");
    }
}

/// What was said inside is nowhere else, and nothing came twice or was refused.
async fn nothing_else_left(council: &TestNode, others: [&TestNode; 2], peers: [&Peer; 2], inside: &Value, uri: &str) {
    for node in others {
        assert!(node.post_by_uri(text(&inside["uri"])).await.is_none());
    }
    for peer in peers {
        let all = peer.get("received").await.to_string();
        assert!(
            !all.contains("Kirkgate")
                && !all.contains("cuppa")
                && !all.contains("I wondered")
                && !all.contains(id(inside)),
            "{all}"
        );
        assert_eq!(peer.count("Update", uri).await, 1);
        assert_eq!(peer.get("refused").await["refused"], json!([]));
        let refused = peer.tries("fetch", json!({"url": inside["uri"]})).await;
        assert_eq!(refused["status"], json!(404), "{refused:#}");
    }
    let page = client().get(format!("http://{}/@sam/{}", council.address(), id(inside))).send().await.unwrap();
    assert_eq!(page.status().as_u16(), 404);
}

on_both! {
    async fn an_experiment_goes_from_inside_to_another_country_and_its_failure_comes_back_to_all(db: Db) {
        if !Peer::is_there() {
            return;
        }
        let clock = Clock::manual(Clock::System.now());
        let (council, trust) = (node(db.engine, "council", &clock).await, node(db.engine, "trust", &clock).await);
        let ghent = node(db.engine, "ghent", &clock).await;
        let social = Peer::start_with(&[("PEER_ACTORS", "ana,carol,bob")]).await;
        let chaos = Peer::start_with(&[("PEER_ACTORS", "dee,bob")]).await;
        let (sam, cleo) = (Voice::of(&council, "sam").await, Voice::of(&council, "cleo").await);
        let (mo, nia) = (Voice::of(&council, "mo").await, Voice::of(&trust, "nia").await);
        let (noor, ravi) = (Voice::of(&trust, "noor").await, Voice::of(&ghent, "ravi").await);

        hashtags_travel(&council, &nia, &sam, &social).await;
        let look_again_at = rfc3339(clock.now() + SIX_WEEKS);
        let inside = inside(&sam, &look_again_at[..10]).await;
        let source = a_critical_friend_asks(&cleo, &sam, &inside).await;
        let opened = opened_up(&mo, &sam, &inside, &source).await;
        carried(&sam, &nia, &social, &chaos, &opened).await;
        a_cuppa(&clock, &sam, &noor).await;
        passes(SIX_WEEKS, &clock, [&social, &chaos]).await;
        learned(&sam, &nia, &social, &chaos, &opened).await;
        let tried = tried(&clock, &sam, &ravi, [&social, &chaos], &opened).await;
        passes(SIX_WEEKS, &clock, [&social, &chaos]).await;
        it_worked_elsewhere(&sam, &ravi, &nia, &opened, &tried).await;

        brief(&sam, &ravi, &opened).await;
        nothing_else_left(&council, [&trust, &ghent], [&social, &chaos], &inside, text(&opened["uri"])).await;
        for (who, heard) in [(&sam, 0), (&cleo, 0), (&mo, 0), (&nia, 0), (&noor, 0), (&ravi, 0)] {
            assert_eq!(ids(&who.get("/api/v1/notifications").await).len(), heard, "{}", who.handle);
        }
        for node in [council, trust, ghent] {
            node.running.stop().await;
        }
    }
}

/// What the documents of Sam's posts have in common.
fn note_of(post: &Value, number: &str, content: &str, source: &str, replies: i64, shares: i64) -> Value {
    let here = format!("https://council/users/sam/posts/{number}");
    json!({
        "id": here, "type": "Note", "summary": null, "inReplyTo": null, "published": post["created_at"],
        "url": format!("https://council/@sam/{number}"), "attributedTo": "https://council/users/sam",
        "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": ["https://council/users/sam/followers"],
        "sensitive": false, "context": null, "conversation": null,
        "content": content, "contentMap": {"en": content}, "attachment": [],
        "tag": [{"type": "Hashtag", "href": "https://council/tags/lffdigital", "name": "#LFFdigital"}],
        "source": {"content": source, "mediaType": "text/markdown"},
        "replies": {
            "id": format!("{here}/replies"), "type": "Collection", "totalItems": replies,
            "first": {
                "type": "CollectionPage", "partOf": format!("{here}/replies"), "next": format!("{here}/replies?page=true"), "items": [],
            },
        },
        "likes": {"id": format!("{here}/likes"), "type": "Collection", "totalItems": 0},
        "shares": {"id": format!("{here}/shares"), "type": "Collection", "totalItems": shares},
    })
}

const HASHTAG: &str =
    "<a href=\"https://council/tags/lffdigital\" class=\"mention hashtag\" rel=\"tag\">#<span>LFFdigital</span></a>";
const SOURCE: &str = "**We believe that if we** phone tenants before the letter\n\n**Then this will lead to** fewer missed visits\n\n\
    **We are going to test this by** forty calls in March, half of them in the evening\n\n\
    **We will share the learning by** a post in June and #LFFdigital";

/// The four sentences, as they are sent.
fn sentences() -> String {
    format!(
        "<p><strong>We believe that if we</strong> phone tenants before the letter</p>\
         <p><strong>Then this will lead to</strong> fewer missed visits</p>\
         <p><strong>We are going to test this by</strong> forty calls in March, half of them in the evening</p>\
         <p><strong>We will share the learning by</strong> a post in June and {HASHTAG}</p>"
    )
}

/// What travels beside the post.
fn beside(opened: &Value) -> Value {
    json!({
        "type": "Experiment", "state": "planned", "believe": "phone tenants before the letter", "leadsTo": "fewer missed visits",
        "test": "forty calls in March, half of them in the evening", "share": "a post in June and #LFFdigital",
        "asks": ["critical-friend"], "place": "Leeds", "organisation": "Leeds City Council",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "lookAgain": opened["outloud"]["experiment"]["look_again_on"],
        "replications": "https://council/users/sam/posts/:id/replications",
    })
}

fn note_said(opened: &Value) -> Value {
    let day = text(&opened["outloud"]["experiment"]["look_again_on"]);
    let content = format!(
        "<p><strong>Experiment, planned</strong></p>{}<p>Looking for a <a href=\"https://council/tags/criticalfriend\" \
         class=\"mention hashtag\" rel=\"tag\">#<span>CriticalFriend</span></a>.</p>\
         <p>Leeds · Leeds City Council · Look again on {day} · Licence: CC BY 4.0</p>",
        sentences()
    );
    let mut note = note_of(opened, ":id", &content, SOURCE, 0, 0);
    note["experiment"] = beside(opened);
    let call = json!({"type": "Hashtag", "href": "https://council/tags/criticalfriend", "name": "#CriticalFriend"});
    note["tag"].as_array_mut().unwrap().push(call);
    note
}

fn note_learned(learned: &Value) -> Value {
    let content = format!(
        "<p><strong>Experiment: it didn’t do what we hoped</strong></p>{}<p><strong>What we’d tell the next team:</strong> Text first: \
         calls from a withheld number were not answered.</p><p><strong>So what?</strong> Nobody needs forty calls to learn that.</p>\
         <p>Leeds · Leeds City Council · Licence: CC BY 4.0</p>",
        sentences()
    );
    let mut note = note_of(learned, ":id", &content, SOURCE, 1, 3);
    note["updated"] = learned["edited_at"].clone();
    let mut beside = beside(learned);
    beside["state"] = json!("learned");
    beside["outcome"] = json!("didnt");
    beside["learning"] = json!("Text first: calls from a withheld number were not answered.");
    beside["soWhat"] = json!("Nobody needs forty calls to learn that.");
    beside["learned"] = learned["edited_at"].clone();
    beside["outcomePost"] = json!("https://council/users/sam/posts/:other");
    note["experiment"] = beside;
    note
}

fn note_answer(answer: &Value) -> Value {
    let content = format!(
        "<p><strong>It didn’t do what we hoped.</strong></p><p><strong>What we’d tell the next team:</strong> Text first: calls from a \
         withheld number were not answered.</p><p><strong>So what?</strong> Nobody needs forty calls to learn that.</p><p>{HASHTAG}</p>"
    );
    let source = "**It didn’t do what we hoped.**\n\n**What we’d tell the next team:** Text first: calls from a withheld number were not \
        answered.\n\n**So what?** Nobody needs forty calls to learn that.\n\n#LFFdigital";
    let mut note = note_of(answer, ":other", &content, source, 0, 0);
    note["inReplyTo"] = json!("https://council/users/sam/posts/:id");
    note
}

const SAID: &str = "
Experiment, planned

We believe that if we phone tenants before the letter

Then this will lead to fewer missed visits

We are going to test this by forty calls in March, half of them in the evening

We will share the learning by a post in June and #LFFdigital

Looking for a #CriticalFriend.

Leeds · Leeds City Council · Look again on :day · Licence: CC BY 4.0
";
const LEARNED: &str = "
Experiment: it didn’t do what we hoped

We believe that if we phone tenants before the letter

Then this will lead to fewer missed visits

We are going to test this by forty calls in March, half of them in the evening

We will share the learning by a post in June and #LFFdigital

What we’d tell the next team: Text first: calls from a withheld number were not answered.

So what? Nobody needs forty calls to learn that.

Leeds · Leeds City Council · Licence: CC BY 4.0
";
const ANSWER: &str = "
It didn’t do what we hoped.

What we’d tell the next team: Text first: calls from a withheld number were not answered.

So what? Nobody needs forty calls to learn that.

#LFFdigital
";
const WORKED: &str = "
We tried this too: it did what we hoped

@sam We are trying this in Ghent with a text first #TryingThis

What we’d tell the next team: A text at noon.
";
const BRIEF: &str = "
# Evidence brief: 1 experiment

It didn’t do what we hoped: 1 · tried again: 2

## Phone tenants before the letter

**Experiment: it didn’t do what we hoped**

- **We believe that if we** phone tenants before the letter
- **Then this will lead to** fewer missed visits
- **We are going to test this by** forty calls in March, half of them in the evening
- **We will share the learning by** a post in June and \\#LFFdigital
- **What they’d tell the next team:** Text first: calls from a withheld number were not answered.
- **So what?** Nobody needs forty calls to learn that.
- sam (@sam@council), Leeds City Council, Leeds
- <https://council/@sam/:id>
- Licence: CC BY 4.0 <https://creativecommons.org/licenses/by/4.0/>

### A text first

**We tried this too: it did what we hoped**

- **What they do differently:** a text first
- **What they’d tell the next team:** A text at noon.
- Tries again: Phone tenants before the letter <https://council/@sam/:id>
- ravi (@ravi@ghent), Stad Gent, Ghent
- <https://ghent/@ravi/:id>

### A postcard first

**We tried this too: mixed: some of it did what we hoped, some didn’t**

- **What they do differently:** a postcard first
- **What they told of it:** Postcards are slow.
- As sam wrote it down
- Tries again: Phone tenants before the letter <https://council/@sam/:id>
- Carol (@carol@social), Bath
- <https://social/@carol/:id>
";
