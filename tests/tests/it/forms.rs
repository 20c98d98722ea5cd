//! Every form of the pages, filled in as nobody means it: nothing breaks, nothing leads elsewhere, no word becomes markup, and the
//! database is whole in the end.
//!
//! A small sample, always the same, by default; 20,000 forms of each person with `OUTLOUD_TEST_FULL=1` (`OUTLOUD_TEST_SEED` says which).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use outloud::progress::Progress;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use suite::node::TestNode;

use crate::browser::world::{PASSWORD, World};

/// Pages of one person that are walked through for forms, and of one kind.
const PAGES: usize = 140;
const OF_A_KIND: usize = 2;
/// Forms that one person sends in a short run.
const SENT: usize = 400;

/// What is written into fields.
const ODD: [&str; 18] = [
    "",
    "-1",
    "0",
    "9223372036854775807",
    "99999999999999999999",
    "2026-13-45",
    "9999-12-31T23:59",
    "0001-01-01T00:00",
    "Europe/Nowhere",
    "null",
    "\u{202e}<script>alert(1)</script>\"'&",
    "\0",
    "//elsewhere.example/x",
    "https://elsewhere.example",
    "/\\elsewhere.example",
    "/home\r\nSet-Cookie: x=1",
    "javascript:alert(1)",
    "@@@###",
];

/// Where somebody would end what the walk needs: their session, their password, their account.
const SPARED: [&str; 5] = ["/logout", "/settings/password", "/settings/factor", "/settings/sessions", "/settings/move"];

/// A form of a page, with what stands in it. `None`: a box that is not ticked.
#[derive(Clone, Debug)]
struct Form {
    action: String,
    fields: Vec<(String, Option<String>)>,
    buttons: Vec<(String, String)>,
}

/// Keeps cookies, and follows nothing by itself.
struct Person<'n> {
    node: &'n TestNode,
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

struct Answer {
    status: u16,
    location: String,
    text: String,
}

impl<'n> Person<'n> {
    #[expect(clippy::disallowed_methods, reason = "a test is no node")]
    async fn of(node: &'n TestNode, name: &str) -> Self {
        let redirect = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().tls_certs_only([]).redirect(redirect).build().unwrap();
        let mut person = Self { node, http, cookies: BTreeMap::new() };
        let page = person.get("/login").await;
        let form = forms(&page.text).into_iter().find(|f| f.action == "/login").unwrap();
        let mut fields = filled(&form);
        fields.retain(|(name, _)| name != "login" && name != "password");
        fields.extend([("login", name), ("password", PASSWORD)].map(|(n, v)| (n.to_owned(), v.to_owned())));
        assert_eq!(person.send("/login", &fields, "").await.status, 303, "{name}");
        person
    }

    async fn answer(&mut self, request: reqwest::RequestBuilder) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let answer = request.header("cookie", cookies.join("; ")).header("accept", "text/html").send().await.unwrap();
        for line in answer.headers().get_all("set-cookie") {
            let (name, value) = line.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            match value {
                "" => drop(self.cookies.remove(name)),
                value => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        let location = answer.headers().get("location").map_or("", |l| l.to_str().unwrap()).to_owned();
        Answer { status: answer.status().as_u16(), location, text: answer.text().await.unwrap() }
    }

    async fn get(&mut self, path: &str) -> Answer {
        let request = self.http.get(format!("http://{}{path}", self.node.address()));
        self.answer(request).await
    }

    /// `end`: bytes behind the form, as they are.
    async fn send(&mut self, path: &str, fields: &[(String, String)], end: &str) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish() + end;
        let request = self.http.post(format!("http://{}{path}", self.node.address()));
        self.answer(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
    }

    /// The forms of the pages that lead to one another, one of each kind.
    async fn forms(&mut self) -> Vec<Form> {
        let starts = [
            "/home",
            "/write",
            "/me",
            "/settings",
            "/keeping",
            "/drafts",
            "/scheduled",
            "/lists",
            "/teams",
            "/library",
        ];
        let mut waiting: VecDeque<String> = starts.map(str::to_owned).into();
        let (mut seen, mut kinds) = (BTreeSet::new(), BTreeMap::<String, usize>::new());
        let mut found = BTreeMap::new();
        while let Some(path) = waiting.pop_front().filter(|_| seen.len() < PAGES) {
            let kind = kinds.entry(kind(&path)).or_default();
            if *kind >= OF_A_KIND || !seen.insert(path.clone()) {
                continue;
            }
            *kind += 1;
            let page = self.get(&path).await;
            assert!(page.status < 500, "{path}: {}", page.status);
            for form in forms(&page.text).into_iter().filter(|f| !SPARED.iter().any(|s| f.action.starts_with(s))) {
                let names: BTreeSet<&String> = form.fields.iter().map(|(name, _)| name).collect();
                found.entry(format!("{} {names:?} {}", self::kind(&form.action), form.buttons.len())).or_insert(form);
            }
            waiting.extend(tags(&page.text, "a").filter_map(|a| attribute(a, "href")).filter(|to| to.starts_with('/')));
        }
        found.into_values().collect()
    }
}

/// The opening tags of an element.
fn tags<'t>(html: &'t str, name: &'t str) -> impl Iterator<Item = &'t str> {
    let open = format!("<{name} ");
    html.match_indices(&open)
        .map(|(at, _)| &html[at..])
        .map(|rest| &rest[..rest.find('>').unwrap_or(rest.len())])
        .collect::<Vec<_>>()
        .into_iter()
}

/// Of our own pages, whose attributes are all written alike.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = &rest[..rest.find('"')?];
    Some(
        value
            .replace("&#34;", "\"")
            .replace("&#39;", "'")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&#38;", "&"),
    )
}

fn forms(html: &str) -> Vec<Form> {
    let mut found = Vec::new();
    for part in html.split("<form ").skip(1) {
        let (head, rest) = part.split_once('>').unwrap();
        let head = format!(" {head}");
        let (Some(action), Some("post")) = (attribute(&head, "action"), attribute(&head, "method").as_deref()) else {
            continue;
        };
        let inside = &rest[..rest.find("</form>").unwrap()];
        let mut form = Form { action, fields: Vec::new(), buttons: Vec::new() };
        for tag in tags(inside, "input") {
            let Some(name) = attribute(tag, "name") else { continue };
            let kind = attribute(tag, "type").unwrap_or_default();
            let is_off = ["checkbox", "radio"].contains(&kind.as_str()) && !tag.contains(" checked");
            form.fields.push((name, (!is_off).then(|| attribute(tag, "value").unwrap_or_default())));
        }
        for tag in tags(inside, "textarea").chain(tags(inside, "select")) {
            form.fields.extend(attribute(tag, "name").map(|name| (name, Some(String::new()))));
        }
        for tag in tags(inside, "button") {
            form.buttons.extend(attribute(tag, "name").map(|name| (name, attribute(tag, "value").unwrap_or_default())));
        }
        found.push(form);
    }
    found
}

/// As it stands on the page.
fn filled(form: &Form) -> Vec<(String, String)> {
    form.fields.iter().filter_map(|(name, value)| Some((name.clone(), value.clone()?))).collect()
}

/// An address without what tells one thing of a kind from another.
fn kind(path: &str) -> String {
    let path = path.split('#').next().unwrap();
    let mut out = String::new();
    for part in path.split_inclusive(['/', '=', '&', '?']) {
        let word = part.trim_end_matches(['/', '=', '&', '?']);
        let is_id = word.len() > 5 && word.chars().all(|c| c.is_ascii_digit());
        out.push_str(if is_id { part.trim_start_matches(|c: char| c.is_ascii_digit()) } else { part });
    }
    out
}

/// Some fields go, come twice, or say something odd; boxes are ticked; a button is pressed.
fn spoilt(form: &Form, random: &mut StdRng) -> (Vec<(String, String)>, &'static str) {
    let mut fields: Vec<(String, String)> = Vec::new();
    for (name, value) in &form.fields {
        match value {
            Some(value) => fields.push((name.clone(), value.clone())),
            None if random.random() => fields.push((name.clone(), "true".to_owned())),
            None => {}
        }
    }
    fields.extend(form.buttons.choose(random).cloned());
    let names: Vec<String> = fields.iter().map(|(name, _)| name.clone()).filter(|name| name != "csrf").collect();
    for _ in 0..random.random_range(0..4) {
        let Some(name) = names.choose(random) else { break };
        let odd =
            if random.random_ratio(1, 20) { "a".repeat(70_000) } else { (*ODD.choose(random).unwrap()).to_owned() };
        match random.random_range(0..5) {
            0 => fields.retain(|(n, _)| n != name),
            1 => fields.push((name.clone(), odd)),
            _ => fields.iter_mut().filter(|(n, _)| n == name).for_each(|(_, value)| value.clone_from(&odd)),
        }
    }
    (fields, if random.random_ratio(1, 10) { "&text=%ff%fe&status=%00%ff" } else { "" })
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_breaks_anything_however_it_is_filled_in() {
    let told = std::env::var("OUTLOUD_TEST_SEED").ok().and_then(|s| s.parse().ok());
    let mut random = StdRng::seed_from_u64(told.unwrap_or(1));
    let sent = if suite::is_full() { 20_000 } else { SENT };
    let world = World::make().await;
    let origin = &world.node.origin;
    for name in ["ada", "olga"] {
        let mut person = Person::of(&world.node, name).await;
        let all = person.forms().await;
        assert!(all.len() > 25, "{name} has {} forms", all.len());
        let (mut done, mut refused) = (0, 0);
        for _ in 0..sent {
            let form = all.choose(&mut random).unwrap();
            let (fields, end) = spoilt(form, &mut random);
            let answer = person.send(&form.action, &fields, end).await;
            let what = || format!("{name} sends {} {fields:?}{end}", form.action);
            assert!(answer.status < 500, "{}: {} {}", what(), answer.status, answer.text);
            assert!(!answer.text.contains("<script>alert"), "{}", what());
            match answer.status {
                302 | 303 => done += 1,
                _ => refused += 1,
            }
            let to = answer.location.strip_prefix(origin).unwrap_or(&answer.location);
            if !to.is_empty() {
                assert!(to.starts_with('/') && !to.starts_with("//") && !to.contains('\\'), "{} leads to {to}", what());
                assert!(!to.starts_with("/login"), "{} ends the session", what());
                let next = person.get(to.split('#').next().unwrap()).await;
                assert!(
                    next.status < 500 && !next.text.contains("<script>alert"),
                    "{} leads to {to}: {}",
                    what(),
                    next.status
                );
            }
        }
        assert!(done > sent / 10 && refused > sent / 10, "{name}: {done} of {sent} did something, {refused} did not");
    }
    let mut wrong = Vec::new();
    let mut tell = |finding: outloud::check::Finding| wrong.extend(finding.problem);
    outloud::check::deep::all(world.node.node(), &mut tell, &mut Progress::default()).await.unwrap();
    assert!(wrong.is_empty(), "{wrong:?}");
}
