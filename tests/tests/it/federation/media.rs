//! Files of other servers: fetched when somebody looks, kept under a budget, shown as what they are or not at all. Tests named
//! `sNN_…` hold lesson NN of the list of security lessons: 6 and 25 types, 13 to 17 addresses, time and size, 27 schemes,
//! 37 who decides what is fetched.

use bytes::Bytes;
use model::clock::{Clock, DAY, HOUR};
use model::post::Media;
use node::remote::Owner;
use node::{domains, moderate};
use serde_json::{Value, json};
use storage::{Category, DomainRule};
use suite::db::Engine;
use suite::fediverse::{Answer, Letter, Reply, Server, Stage};
use suite::node::{Options, TestNode, eventually};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// One pixel.
const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// A picture of so many bytes.
fn picture(size: usize) -> Reply {
    let mut body = GIF.to_vec();
    body.resize(size.max(GIF.len()), 0);
    bytes("image/gif", body)
}

fn bytes(kind: &str, body: impl Into<Bytes>) -> Reply {
    Reply::Bytes { kind: kind.to_owned(), body: body.into() }
}

/// Bob, whom alice follows, and a note of his with these files.
struct Gallery {
    stage: Stage,
    bob: Value,
    notes: usize,
}

impl Gallery {
    async fn open() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
        let bob = stage.server.person("bob");
        stage.alice_follows(&bob).await;
        Self { stage, bob, notes: 0 }
    }

    fn node(&self) -> &TestNode {
        &self.stage.node
    }

    /// A file on bob's server, in a note that is taken in.
    async fn shows(&mut self, path: &str, kind: &str) -> Media {
        self.shows_at(&self.stage.server.url(path), kind).await.expect("it has a file")
    }

    async fn shows_at(&mut self, url: &str, kind: &str) -> Option<Media> {
        self.notes += 1;
        let attachment = json!([{"type": "Document", "mediaType": kind, "url": url}]);
        let path = format!("/notes/{}", self.notes);
        let note = self.stage.server.note(&self.bob, &path, "Look", json!({"attachment": attachment}));
        self.stage.takes(&self.stage.server.activity("Create", &self.bob, note.clone())).await;
        let post = self.stage.stored(&note).await.expect("the note is taken in");
        let mut tx = self.node().node().store.read().await.unwrap();
        tx.media_of(&[post.id]).await.unwrap().pop()
    }

    fn link(&self, media: &Media) -> String {
        self.link_of(Owner::File, media.id, &media.remote_url)
    }

    fn link_of(&self, owner: Owner, id: i64, url: &str) -> String {
        let link = self.node().node().config.remote_url(owner, id, url);
        link.strip_prefix(&self.node().origin).expect("it is ours").to_owned()
    }

    async fn look(&self, media: &Media) -> Answer {
        self.get(&self.link(media)).await
    }

    async fn get(&self, target: &str) -> Answer {
        Letter::get(self.node(), target).with("accept", "image/*").send(self.node()).await
    }

    /// How often bob's server was asked for this.
    fn asked(&self, path: &str) -> usize {
        self.stage.server.gets().iter().filter(|t| *t == path).count()
    }

    async fn kept_bytes(&self) -> i64 {
        self.node().node().store.read().await.unwrap().disk_use(Category::Remote).await.unwrap()
    }

    async fn kept_files(&self) -> usize {
        self.node().node().files.list_folder("remote").await.unwrap().len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_fetched_when_it_is_first_looked_at_and_never_again() {
    let mut gallery = Gallery::open().await;
    gallery.stage.server.serve("/cat.gif", picture(1_000));
    let cat = gallery.shows("/cat.gif", "image/png").await;
    gallery.node().idle().await;
    assert_eq!(gallery.asked("/cat.gif"), 0, "nobody looked yet");
    let links = [gallery.link(&cat), gallery.link(&cat), gallery.link(&cat)];
    for answer in futures::future::join_all(links.iter().map(|l| gallery.get(l))).await {
        assert_eq!((answer.status, answer.header("content-length")), (200, "1000"));
        assert_eq!(answer.header("content-type"), "image/gif", "what it is, not what was said of it");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox");
    }
    gallery.stage.server.answers(Some(Reply::Status(500)));
    assert_eq!(gallery.look(&cat).await.status, 200);
    assert_eq!(gallery.asked("/cat.gif"), 1, "once for all who look");
    assert_eq!((gallery.kept_bytes().await, gallery.kept_files().await), (1_000, 1));
    let part = Letter::get(gallery.node(), &gallery.link(&cat)).with("range", "bytes=0-5").send(gallery.node()).await;
    assert_eq!((part.status, part.body.as_str()), (206, "GIF89a"));
    gallery.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn avatars_headers_and_emojis_come_from_here_as_well() {
    let gallery = Gallery::open().await;
    let (server, mut bob) = (&gallery.stage.server, gallery.bob.clone());
    server.serve("/face.gif", picture(100));
    server.serve("/smile.gif", picture(100));
    bob["icon"] = json!({"type": "Image", "url": server.url("/face.gif")});
    bob["image"] = json!({"type": "Image", "url": server.url("/missing.gif")});
    bob["tag"] =
        json!([{"type": "Emoji", "name": ":smile:", "icon": {"type": "Image", "url": server.url("/smile.gif")}}]);
    bob["updated"] = json!(model::clock::rfc3339(Clock::System.now()));
    server.publish(&bob);
    gallery.stage.takes(&server.activity("Update", &bob, bob.clone())).await;
    let known = gallery.stage.known(&bob).await;
    let face = gallery.link_of(Owner::Avatar, known.id, &known.avatar);
    assert_eq!(gallery.get(&face).await.status, 200);
    let smile = gallery.link_of(Owner::AccountEmoji, known.id, &server.url("/smile.gif"));
    assert_eq!(gallery.get(&smile).await.status, 200);
    let missing = gallery.get(&gallery.link_of(Owner::Header, known.id, &known.header)).await;
    let place = format!("{}/assets/header.png", gallery.node().origin);
    assert_eq!((missing.status, missing.header("location")), (307, place.as_str()), "ours, never theirs");
    gallery.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s37_nobody_makes_us_fetch_what_we_did_not_give_out() {
    let mut gallery = Gallery::open().await;
    gallery.stage.server.serve("/cat.gif", picture(100));
    gallery.stage.server.serve("/other.gif", picture(100));
    let cat = gallery.shows("/cat.gif", "image/gif").await;
    let link = gallery.link(&cat);
    let (place, seal) = link.rsplit_once('/').unwrap();
    let other = gallery.link_of(Owner::File, cat.id, &gallery.stage.server.url("/other.gif"));
    let mut bent = seal.to_owned().into_bytes();
    bent[3] = if bent[3] == b'A' { b'B' } else { b'A' };
    let bent = String::from_utf8(bent).unwrap();
    for forged in [
        other,
        format!("{place}/{bent}"),
        format!("{place}/"),
        format!("{place}/x"),
        format!("/media/remote/file/{}/{seal}", cat.id + 1),
        format!("/media/remote/avatar/{}/{seal}", cat.account_id),
        format!("/media/remote/proxy/{}/{seal}", cat.id),
        format!("{place}/{seal}?url={}", gallery.stage.server.url("/other.gif")).replace(seal, &bent),
    ] {
        assert_eq!(gallery.get(&forged).await.status, 404, "{forged}");
    }
    let asked: Vec<String> = gallery.stage.server.gets().into_iter().filter(|t| t.ends_with(".gif")).collect();
    assert_eq!(asked, [""; 0]);
    // By its key in the store it is not to be had, either.
    assert_eq!(gallery.get(&link).await.status, 200);
    let key = gallery.node().node().files.list_folder("remote").await.unwrap().pop().unwrap();
    assert_eq!(gallery.get(&format!("/media/{key}")).await.status, 404);
    gallery.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s06_what_is_no_picture_film_or_sound_is_not_shown_whatever_it_is_called() {
    let mut gallery = Gallery::open().await;
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let cases = [
        ("/a.png", "image/png", "<!doctype html><script>alert(1)</script>"),
        ("/b.svg", "image/svg+xml", svg),
        ("/c.png", "image/png", svg),
        ("/d.png", "text/html", "GIF89a<script>alert(1)</script>"),
        ("/e.png", "application/activity+json", "{\"@context\":\"https://www.w3.org/ns/activitystreams\"}"),
        ("/f.png", "image/png", ""),
    ];
    for (path, kind, body) in cases {
        gallery.stage.server.serve(path, bytes(kind, body));
        let media = gallery.shows(path, "image/png").await;
        let answer = gallery.look(&media).await;
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
        assert!(!answer.body.contains("alert"));
        assert_eq!(gallery.asked(path), 1);
    }
    assert_eq!((gallery.kept_bytes().await, gallery.kept_files().await), (0, 0));
    gallery.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s17_a_file_that_does_not_end_and_a_picture_that_is_a_bomb_are_given_up() {
    let mut gallery = Gallery::open().await;
    let endless = Reply::Endless { kind: "image/gif".to_owned(), begins: Bytes::from_static(GIF) };
    gallery.stage.server.serve("/endless.gif", endless);
    let mut bomb = GIF.to_vec();
    bomb[6..10].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    bomb.resize(10_000_000, 0);
    gallery.stage.server.serve("/bomb.gif", bytes("image/gif", bomb));
    for path in ["/endless.gif", "/bomb.gif"] {
        let media = gallery.shows(path, "image/gif").await;
        assert_eq!(gallery.look(&media).await.status, 404, "{path}");
        assert_eq!(gallery.look(&media).await.status, 404, "{path}");
        assert_eq!(gallery.asked(path), 1, "it is remembered that {path} is not to be had");
    }
    gallery.node().idle().await;
    assert_eq!((gallery.kept_bytes().await, gallery.kept_files().await), (0, 0), "nothing of it stays");
    gallery.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s13_no_file_is_fetched_from_an_address_that_is_not_allowed() {
    let mut gallery = Gallery::open().await;
    let secret = Server::start("secret").await;
    secret.serve("/x.gif", picture(100));
    let elsewhere = [
        "https://169.254.169.254/latest",
        "https://10.0.0.1/x.gif",
        "https://[::ffff:192.168.0.1]/x.gif",
        "https://[::1]/x.gif",
    ];
    for (n, url) in elsewhere.iter().enumerate() {
        if let Some(direct) = gallery.shows_at(url, "image/gif").await {
            assert_eq!(gallery.look(&direct).await.status, 404, "{url}");
        }
        let path = format!("/r{n}.gif");
        gallery.stage.server.serve(&path, Reply::Redirect((*url).to_owned()));
        let redirected = gallery.shows(&path, "image/gif").await;
        assert_eq!(gallery.look(&redirected).await.status, 404, "redirected to {url}");
        assert_eq!(gallery.asked(&path), 1);
    }
    // s16: in circles, and away from https.
    gallery.stage.server.serve("/circle.gif", Reply::Redirect(gallery.stage.server.url("/circle.gif")));
    let plain = secret.url("/x.gif").replacen("https", "http", 1);
    gallery.stage.server.serve("/plain.gif", Reply::Redirect(plain));
    for path in ["/circle.gif", "/plain.gif"] {
        let media = gallery.shows(path, "image/gif").await;
        assert_eq!(gallery.look(&media).await.status, 404, "{path}");
    }
    assert_eq!(secret.connections(), 0);
    gallery.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s27_an_address_that_is_not_of_the_web_is_none() {
    let gallery = Gallery::open().await;
    for url in ["file:///etc/passwd", "data:image/gif;base64,AAAA", "javascript:alert(1)", "ftp://x.example/a.gif"] {
        assert_eq!(gallery.node().node().config.remote_url(Owner::File, 1, url), "");
    }
    gallery.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_had_is_asked_for_again_after_a_while() {
    let clock = Clock::manual(Clock::System.now());
    let mut gallery = Gallery::with(Options { clock: Some(clock.clone()), ..Options::default() }).await;
    gallery.stage.server.serve("/busy.gif", Reply::Status(503));
    let (busy, gone) = (gallery.shows("/busy.gif", "image/gif").await, gallery.shows("/gone.gif", "image/gif").await);
    for media in [&busy, &gone, &busy, &gone] {
        assert_eq!(gallery.look(media).await.status, 404);
    }
    assert_eq!((gallery.asked("/busy.gif"), gallery.asked("/gone.gif")), (1, 1));
    gallery.stage.server.serve("/busy.gif", picture(100));
    gallery.stage.server.serve("/gone.gif", picture(100));
    clock.advance(HOUR);
    assert_eq!((gallery.look(&busy).await.status, gallery.look(&gone).await.status), (200, 404));
    clock.advance(DAY);
    assert_eq!(gallery.look(&gone).await.status, 200);
    gallery.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_budget_is_kept_and_what_nobody_looked_at_for_longest_goes_first() {
    let clock = Clock::manual(Clock::System.now());
    let change: fn(&mut outloud::Settings) = |s| s.node.remote_media_budget = 2_500;
    let options = Options { clock: Some(clock.clone()), change: Some(change), ..Options::default() };
    let mut gallery = Gallery::with(options).await;
    let mut files = Vec::new();
    for n in 0..4 {
        let path = format!("/{n}.gif");
        gallery.stage.server.serve(&path, picture(1_000));
        files.push(gallery.shows(&path, "image/gif").await);
    }
    for file in [0, 1, 0, 2] {
        clock.advance(DAY + 1);
        assert_eq!(gallery.look(&files[file]).await.status, 200);
        assert!(gallery.kept_bytes().await <= 2_500);
    }
    gallery.node().idle().await;
    eventually("the evicted file is gone", || async { (gallery.kept_files().await == 2).then_some(()) }).await;
    assert_eq!(gallery.kept_bytes().await, 2_000);
    for (file, asked) in [(0, 1), (2, 1), (1, 2)] {
        assert_eq!(gallery.look(&files[file]).await.status, 200);
        assert_eq!(gallery.asked(&format!("/{file}.gif")), asked, "file {file}");
    }
    gallery.stage.server.serve("/3.gif", picture(3_000));
    assert_eq!(gallery.look(&files[3]).await.status, 404, "for this there is no room at all");
    gallery.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_budget_files_are_passed_on_and_none_is_kept() {
    let change: fn(&mut outloud::Settings) = |s| s.node.remote_media_budget = 0;
    let mut gallery = Gallery::with(Options { change: Some(change), ..Options::default() }).await;
    gallery.stage.server.serve("/cat.gif", picture(200_000));
    gallery.stage.server.serve("/page.gif", bytes("image/gif", "<script>"));
    let (cat, page) = (gallery.shows("/cat.gif", "image/gif").await, gallery.shows("/page.gif", "image/gif").await);
    for asked in [1, 2] {
        let answer = gallery.look(&cat).await;
        assert_eq!((answer.status, answer.header("content-length")), (200, "200000"));
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(answer.body.len(), String::from_utf8_lossy(GIF).len() + 200_000 - GIF.len(), "all of it");
        assert_eq!(gallery.asked("/cat.gif"), asked);
        assert_eq!(gallery.look(&page).await.status, 404);
    }
    assert_eq!((gallery.kept_files().await, gallery.asked("/page.gif")), (0, 1));
    gallery.stage.end().await;
}

/// A reader who takes nothing but the first line of the answer.
async fn stalls(node: &TestNode, target: &str, from: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    let mut stream = socket.connect(node.address()).await.unwrap();
    let asks = format!(
        "GET {target} HTTP/1.1\r\nhost: {}\r\nx-forwarded-for: {from}\r\nconnection: close\r\n\r\n",
        node.host()
    );
    stream.write_all(asks.as_bytes()).await.unwrap();
    let mut line = [0; 15];
    stream.read_exact(&mut line).await.unwrap();
    assert_eq!(&line, b"HTTP/1.1 200 OK");
    stream
}

/// More than all the buffers on the way hold.
const LARGE: usize = 15_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn b50_a_reader_who_takes_nothing_loses_a_file_that_is_passed_on() {
    let change: fn(&mut outloud::Settings) = |s| {
        s.node.remote_media_budget = 0;
        s.node.reader_patience = 300;
    };
    let mut gallery = Gallery::with(Options { change: Some(change), ..Options::default() }).await;
    gallery.stage.server.serve("/large.gif", picture(LARGE));
    gallery.stage.server.serve("/cat.gif", picture(1_000));
    let (large, cat) = (gallery.shows("/large.gif", "image/gif").await, gallery.shows("/cat.gif", "image/gif").await);
    let mut stalled = Vec::new();
    for _ in 0..6 {
        stalled.push(stalls(gallery.node(), &gallery.link(&large), "203.0.113.7").await);
    }
    assert_eq!(gallery.look(&cat).await.status, 200, "there is room for others");
    assert_eq!(gallery.look(&large).await.body.len(), String::from_utf8_lossy(GIF).len() + LARGE - GIF.len());
    let mut lost = 0;
    for mut stream in stalled {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        lost += usize::from(rest.len() < LARGE);
    }
    // Not all of them, perhaps, before this began to read.
    assert!(lost > 0, "the rest does not come");
    gallery.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b50_files_that_are_passed_on_to_one_address_leave_room_for_others() {
    let change: fn(&mut outloud::Settings) = |s| {
        s.node.remote_media_budget = 0;
        s.node.reader_patience = HOUR;
        s.rate_limits = true;
        s.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    };
    let mut gallery = Gallery::with(Options { change: Some(change), ..Options::default() }).await;
    for path in ["/cat.gif", "/dog.gif"] {
        gallery.stage.server.serve(path, picture(1_000));
    }
    let (cat, dog) = (gallery.shows("/cat.gif", "image/gif").await, gallery.shows("/dog.gif", "image/gif").await);
    // Somebody follows the pictures of several servers, so that none of these is busy.
    let (mut stalled, mut servers) = (Vec::new(), Vec::new());
    for name in ["one", "two"] {
        let server = Server::start(name).await;
        let ann = server.person("ann");
        gallery.stage.alice_follows_there(&server, &ann).await;
        server.serve("/large.gif", picture(LARGE));
        let attachment = json!([{"type": "Document", "mediaType": "image/gif", "url": server.url("/large.gif")}]);
        let note = server.note(&ann, "/notes/1", "Look", json!({"attachment": attachment}));
        gallery.stage.send_from(&server, &server.activity("Create", &ann, note.clone())).await;
        let post = gallery.stage.stored(&note).await.expect("the note is taken in");
        let large = gallery.node().node().store.read().await.unwrap().media_of(&[post.id]).await.unwrap().remove(0);
        for _ in 0..4 {
            stalled.push(stalls(gallery.node(), &gallery.link(&large), "203.0.113.7").await);
        }
        // One that is gone ends what it was sending.
        servers.push(server);
    }
    let from = async |address: &str, media: &Media| {
        let letter = Letter::get(gallery.node(), &gallery.link(media)).with("x-forwarded-for", address);
        letter.send(gallery.node()).await.status
    };
    let mut ninth = Box::pin(from("203.0.113.7", &cat));
    tokio::select! {
        status = &mut ninth => panic!("a ninth at the same time: {status}"),
        status = from("203.0.113.8", &dog) => assert_eq!(status, 200, "others are served at once"),
    }
    assert_eq!(gallery.asked("/cat.gif"), 0);
    drop(stalled.pop());
    assert_eq!(ninth.await, 200, "there is room again");
    gallery.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_server_whose_media_are_rejected_nothing_is_fetched_and_what_is_kept_goes() {
    let (handles, cdn) = (Server::start("handles").await, Server::start("cdn").await);
    for by in 0..3 {
        let mut gallery = Gallery::open().await;
        gallery.bob = gallery.stage.server.person_of(&handles, "carol");
        gallery.stage.alice_follows(&gallery.bob).await;
        cdn.serve("/1.gif", picture(100));
        cdn.forget();
        let mut files = Vec::new();
        for path in ["/1.gif", "/2.gif"] {
            files.push(gallery.shows_at(&cdn.url(path), "image/gif").await.unwrap());
        }
        assert_eq!(gallery.look(&files[0]).await.status, 200);
        let node = gallery.node().node();
        let domain = [gallery.stage.server.host(), handles.host(), cdn.host()][by];
        let rule = DomainRule { reject_media: true, ..DomainRule::new(domain, "none", node.now()) };
        let mut tx = node.store.begin().await.unwrap();
        domains::set(node, &mut tx, "test", &rule).await.unwrap();
        node.commit(tx).await.unwrap();
        node.read_domain_rules().await.unwrap();
        for media in &files {
            assert_eq!(gallery.look(media).await.status, 404, "{domain}");
        }
        assert_eq!(cdn.gets(), ["/1.gif"], "{domain}");
        eventually("what was kept is gone", || async { (gallery.kept_files().await == 0).then_some(()) }).await;
        assert_eq!(gallery.kept_bytes().await, 0);
        gallery.stage.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_somebody_who_is_suspended_or_a_post_that_is_gone_nothing_is_shown() {
    let mut gallery = Gallery::open().await;
    gallery.stage.server.serve("/1.gif", picture(100));
    gallery.stage.server.serve("/2.gif", picture(100));
    let (first, second) = (gallery.shows("/1.gif", "image/gif").await, gallery.shows("/2.gif", "image/gif").await);
    assert_eq!(gallery.look(&first).await.status, 200);
    let deleted = json!({"type": "Tombstone", "id": gallery.stage.server.url("/notes/1")});
    gallery.stage.takes(&gallery.stage.server.activity("Delete", &gallery.bob, deleted)).await;
    assert_eq!(gallery.look(&first).await.status, 404, "the post is gone");
    assert_eq!(gallery.look(&second).await.status, 200);
    let node = gallery.node().node();
    let bob = gallery.stage.known(&gallery.bob).await;
    let mut tx = node.store.begin().await.unwrap();
    moderate::suspend(node, &mut tx, "test", &bob).await.unwrap();
    node.commit(tx).await.unwrap();
    assert_eq!(gallery.look(&second).await.status, 404);
    gallery.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_file_that_the_disk_lost_is_fetched_anew() {
    let mut gallery = Gallery::open().await;
    gallery.stage.server.serve("/1.gif", picture(100));
    let media = gallery.shows("/1.gif", "image/gif").await;
    assert_eq!(gallery.look(&media).await.status, 200);
    let files = &gallery.node().node().files;
    for key in files.list_folder("remote").await.unwrap() {
        files.delete(&key).await.unwrap();
    }
    assert_eq!(gallery.look(&media).await.status, 200);
    assert_eq!((gallery.asked("/1.gif"), gallery.kept_bytes().await), (2, 100));
    gallery.stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_account_cannot_keep_the_pictures_of_all_others_waiting() {
    let mut gallery = Gallery::open().await;
    let other = Server::start("other").await;
    let ann = other.person("ann");
    gallery.stage.alice_follows_there(&other, &ann).await;
    other.serve("/cat.gif", picture(100));
    let attachment = json!([{"type": "Document", "mediaType": "image/gif", "url": other.url("/cat.gif")}]);
    let note = other.note(&ann, "/notes/1", "Look", json!({"attachment": attachment}));
    gallery.stage.send_from(&other, &other.activity("Create", &ann, note.clone())).await;
    let post = gallery.stage.stored(&note).await.expect("the note is taken in");
    let cat = gallery.node().node().store.read().await.unwrap().media_of(&[post.id]).await.unwrap().remove(0);
    // Bob's files lie on as many hosts as he likes, none of which ever answers.
    let (mut silent, mut links) = (Vec::new(), Vec::new());
    for n in 0..7 {
        let server = Server::start(&format!("silent{n}")).await;
        server.answers(Some(Reply::Silence));
        for m in 0..6 {
            let media = gallery.shows_at(&server.url(&format!("/{m}.gif")), "image/gif").await.expect("a file");
            links.push(gallery.link(&media));
        }
        silent.push(server);
    }
    let looking = futures::future::join_all(links.iter().map(|link| gallery.get(link)));
    let of_ann = async {
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        (gallery.look(&cat).await.status, silent.iter().map(|s| s.gets().len()).sum::<usize>())
    };
    tokio::select! {
        seen = of_ann => assert_eq!(seen, (200, 6), "few of bob's at a time, and ann's at once"),
        _ = looking => panic!("ann's came last"),
    }
    gallery.stage.end().await;
}
