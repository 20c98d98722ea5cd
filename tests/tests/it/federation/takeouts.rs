//! What members take along and bring: lists, archives, posts.

use std::io::{Cursor, Read as _, Write as _};

use bytes::Bytes;
use model::account::Account;
use model::audience::Audience;
use model::clock::{DAY, MINUTE, parse_rfc3339};
use model::experiment::{Form, Sentences, Wanted};
use model::poll::PollDraft;
use model::post::{Draft, Post};
use model::takeout::{Archive, Export, Import, Kind, Progress};
use node::{react, takeout, upload};
use serde_json::{Value, json};
use suite::db::Engine;
use suite::fediverse::{Letter, Stage};
use suite::node::{Options, Person, TestNode};
use suite::on_both;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// One pixel.
const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

async fn brings(who: Person<'_>, kind: Kind, text: &str, overwrite: bool) -> Result<Import, node::Error> {
    let node = who.on.node();
    let account = who.account().await;
    let mut tx = node.store.begin().await.unwrap();
    let import = takeout::import_list(node, &mut tx, &account, kind, text.as_bytes(), overwrite).await?;
    node.commit(tx).await?;
    Ok(import)
}

async fn brings_archive(who: Person<'_>, bytes: Vec<u8>) -> Import {
    let node = who.on.node();
    let mut file = takeout::receive_archive(node);
    file.write(bytes.into()).await.unwrap();
    let key = file.key.clone();
    let import = takeout::import_posts(node, &who.account().await, file).await.unwrap();
    suite::node::eventually("the archive is taken in", || async {
        now(who, &import).await.state.is_over().then_some(())
    })
    .await;
    suite::node::eventually("the archive is not kept", || async {
        (!node.files.has(&key).await.unwrap()).then_some(())
    })
    .await;
    now(who, &import).await
}

async fn now(who: Person<'_>, import: &Import) -> Import {
    who.on.node().store.read().await.unwrap().import(import.id).await.unwrap().unwrap()
}

async fn failed(who: Person<'_>, import: &Import) -> String {
    let mut tx = who.on.node().store.read().await.unwrap();
    let (text, next) = takeout::failed_page(&mut tx, import, None).await.unwrap();
    assert_eq!(next, None);
    text
}

async fn exported(who: Person<'_>, what: Export) -> String {
    let node = who.on.node();
    let account = who.account().await;
    let mut tx = node.store.read().await.unwrap();
    let (text, next) = takeout::export_page(node, &mut tx, &account, what, None).await.unwrap();
    assert_eq!(next, None);
    text
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tarball_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o444);
        // Whatever it is called: the library would refuse some.
        header.as_ustar_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        tar.append(&header, *bytes).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

/// What a member of an old Mastodon server wrote, in its layout.
struct Old {
    actor: Value,
    items: Vec<Value>,
}

const OLD: &str = "https://old.example/users/anna";

impl Old {
    fn new() -> Self {
        let actor = json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": OLD, "type": "Person", "preferredUsername": "anna", "url": "https://old.example/@anna", "inbox": format!("{OLD}/inbox"),
            "outbox": "outbox.json", "likes": "likes.json", "followers": format!("{OLD}/followers"),
            "icon": {"type": "Image", "mediaType": "image/png", "url": "avatar.png"},
        });
        Self { actor, items: Vec::new() }
    }

    /// A post of hers with what is in `more`; for everybody, unless that says otherwise.
    fn says(&mut self, number: u32, content: &str, more: Value) -> &mut Self {
        let id = format!("{OLD}/statuses/{number}");
        let mut note = json!({
            "id": id, "type": "Note", "attributedTo": OLD, "content": content, "published": format!("2019-03-0{number}T10:00:00Z"),
            "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [format!("{OLD}/followers")], "url": format!("https://old.example/@anna/{number}"),
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            note[name] = value.clone();
        }
        self.items.push(json!({"id": format!("{id}/activity"), "type": "Create", "actor": OLD, "object": note}));
        self
    }

    fn outbox(&self) -> String {
        json!({"@context": "https://www.w3.org/ns/activitystreams", "id": "outbox.json", "type": "OrderedCollection",
               "totalItems": self.items.len(), "orderedItems": self.items})
        .to_string()
    }

    fn zip(&self, more: &[(&str, &[u8])]) -> Vec<u8> {
        let (actor, outbox) = (self.actor.to_string(), self.outbox());
        zip_of(&[&[("actor.json", actor.as_bytes()), ("outbox.json", outbox.as_bytes())], more].concat())
    }
}

async fn posts_of(who: Person<'_>) -> Vec<Post> {
    who.on.node().store.read().await.unwrap().all_posts_of(who.id, 0, 100).await.unwrap()
}

on_both! {
    async fn a_list_of_whom_to_follow_is_taken_in_and_given_out(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (alice, server) = (stage.alice(), &stage.server);
        let carl = stage.node.member("carl").await;
        let (bob, erin) = (server.person("bob"), server.person("erin"));
        stage.alice_follows(&erin).await;
        stage.node.idle().await;
        server.forget();
        let host = server.host();
        let file = format!(
            "\u{FEFF}Account address,Show boosts,Notify on new posts,Languages\r\n\
             @Bob@{},false,true,\"en, de\"\r\n{},true,false,\r\nnobody@{host},true,false,\r\nnot an address,,,\r\n",
            host.to_uppercase(),
            carl.handle().await,
        );
        let refused = brings(alice, Kind::Following, &file, true).await.unwrap_err();
        assert!(refused.to_string().contains("Nothing was changed"), "{refused}");
        let file = file.replace("not an address,,,\r\n", "");
        let import = brings(alice, Kind::Following, &file, true).await.unwrap();
        assert!(brings(alice, Kind::Following, &file, false).await.is_err(), "one after the other");
        stage.node.idle().await;
        let import = now(alice, &import).await;
        assert_eq!((import.state, import.total, import.done, import.failed), (Progress::Finished, 3, 2, 1));
        assert_eq!(
            failed(alice, &import).await,
            format!("Account address,Show boosts,Notify on new posts,Languages,Reason\nnobody@{host},true,false,,It was not found.\n")
        );
        let follows = server.received("Follow");
        assert_eq!(follows.len(), 1, "{follows:?}");
        assert_eq!(follows[0]["object"], bob["id"]);
        assert_eq!(server.received("Undo").len(), 1, "erin is not in the file");
        let node = stage.node.node();
        let mut tx = node.store.read().await.unwrap();
        let there = tx.account_by_uri(bob["id"].as_str().unwrap()).await.unwrap().unwrap();
        let row = tx.follow(alice.id, there.id).await.unwrap().unwrap();
        assert!(!row.show_boosts && row.notify && row.languages == ["en", "de"]);
        assert!(tx.follow(alice.id, carl.id).await.unwrap().unwrap().accepted);
        assert!(tx.waiting_rows(import.id, 9).await.unwrap().is_empty());
        drop(tx);
        let handle = carl.handle().await;
        assert_eq!(
            exported(alice, Export::Following).await,
            format!("Account address,Show boosts,Notify on new posts,Languages\n{},true,false,\n", handle.trim_start_matches('@')),
            "bob's server has not answered yet"
        );
        assert_eq!(exported(carl, Export::Followers).await.lines().count(), 2);

        // The same once more changes nothing and asks nobody.
        server.forget();
        let again = brings(alice, Kind::Following, &file.replace("nobody@", "bob@"), false).await.unwrap();
        stage.node.idle().await;
        assert_eq!((now(alice, &again).await.done, server.received("Follow").len()), (2, 0));
        stage.end().await;
    }

    async fn lists_mutes_blocks_domains_and_bookmarks_go_out_and_come_back(db: Db) {
        let stage = Stage::empty_with("elsewhere", db.engine, Options::default()).await;
        let (alice, server) = (stage.alice(), &stage.server);
        let bob = server.person("bob");
        let note = server.note(&bob, "/notes/1", "Good to know", json!({}));
        server.publish(&note);
        let host = server.host().to_owned();
        for (kind, what, text) in [
            (Kind::Muting, Export::Muting, format!("Account address,Hide notifications\nbob@{host},false\n")),
            (Kind::Bookmarks, Export::Bookmarks, format!("{}\n", note["id"].as_str().unwrap())),
            (Kind::Lists, Export::Lists, format!("\"Friends, old\",bob@{host}\n")),
            (Kind::DomainBlocking, Export::DomainBlocking, "worse.example\nbad.example\n".to_owned()),
            (Kind::Blocking, Export::Blocking, format!("bob@{host}\n")),
        ] {
            let import = brings(alice, kind, &text, false).await.unwrap();
            stage.node.idle().await;
            let import = now(alice, &import).await;
            assert_eq!((import.state, import.failed), (Progress::Finished, 0), "{kind:?}: {}", failed(alice, &import).await);
            if kind == Kind::Lists {
                stage.node.node().store.read().await.unwrap();
                assert_eq!(server.received("Follow").len(), 1, "who is in a list is followed");
            }
            let mut lines: Vec<String> = exported(alice, what).await.lines().map(str::to_owned).collect();
            let mut wanted: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            wanted.sort();
            assert_eq!(lines, wanted, "{kind:?}");
        }
        // What is not in the file goes.
        for (kind, text, what) in [
            (Kind::DomainBlocking, "bad.example\nnew.example\n", Export::DomainBlocking),
            (Kind::Muting, "carl@here.invalid.example\n", Export::Muting),
        ] {
            let import = brings(alice, kind, text, true).await.unwrap();
            let done = suite::node::eventually("the rows are done or wait", || async {
                let import = now(alice, &import).await;
                (import.state.is_over() || kind == Kind::Muting).then_some(import)
            })
            .await;
            if kind == Kind::Muting {
                // Its server does not answer, so that it would be tried again for long.
                let node = stage.node.node();
                let mut tx = node.store.begin().await.unwrap();
                let stopped = takeout::stop(node, &mut tx, &alice.account().await, done.id).await.unwrap();
                node.commit(tx).await.unwrap();
                assert_eq!(stopped.state, Progress::Stopped);
                assert_eq!(exported(alice, what).await.lines().count(), 2, "nothing went, since it did not come to that");
            } else {
                assert_eq!(exported(alice, what).await, "new.example\nbad.example\n");
            }
        }
        stage.end().await;
    }

    async fn an_archive_goes_from_one_node_to_another(db: Db) {
        let (a, b) = (TestNode::start(db.engine).await, TestNode::start(db.engine).await);
        let (alice, carl) = (a.member("alice").await, a.member("carl").await);
        let anna = b.member("anna").await;
        let node = a.node();
        let fan = b.member("fan").await;
        fan.follows(&anna.handle().await).await;
        let stored = upload::store(node, &alice.account().await, Bytes::from_static(GIF), "A dot", (0.5, -0.5)).await.unwrap();
        let mut tx = node.store.begin().await.unwrap();
        let picture = upload::attach(&mut tx, stored).await.unwrap();
        node.commit(tx).await.unwrap();
        let first = alice
            .posts(Draft {
                text: "Look at #WorkingOutLoud".to_owned(),
                summary: "A picture".to_owned(),
                language: "en".to_owned(),
                media_ids: vec![picture.id],
                ..Draft::default()
            })
            .await;
        let second = alice.replies(&first, "And more").await;
        alice.says_to(Audience::Unlisted, "Quietly").await;
        alice.says_to(Audience::Followers, "To those who follow").await;
        alice.says_to(Audience::Organisation, "Among us").await;
        alice.says_to(Audience::Direct, "Between us @carl").await;
        carl.says_to(Audience::Direct, "A secret of carl's @alice").await;
        let poll = PollDraft { options: vec!["Tea".to_owned(), "Coffee".to_owned()], expires_in: Some(DAY), ..PollDraft::default() };
        alice.posts(Draft { text: "What?".to_owned(), poll: Some(poll), ..Draft::default() }).await;
        let sentences = Sentences { believe: "phone first".to_owned(), test: "forty calls".to_owned(), ..Sentences::default() };
        let form = Form { sentences, place: "Leeds".to_owned(), ..Form::default() };
        let tried = alice.posts(Draft { experiment: Some(Wanted::Is(Box::new(form))), ..Draft::default() }).await;
        let theirs = carl.says("By carl").await;
        let mut tx = node.store.begin().await.unwrap();
        let who = alice.account().await;
        react::boost(node, &mut tx, &who, &theirs, None).await.unwrap();
        react::favourite(node, &mut tx, &who, &theirs, None).await.unwrap();
        react::bookmark(node, &mut tx, &who, &theirs).await.unwrap();
        let archive = takeout::request_archive(node, &mut tx, &who).await.unwrap();
        assert!(takeout::request_archive(node, &mut tx, &who).await.is_err(), "it is being made");
        node.commit(tx).await.unwrap();
        // The poll's end waits, too: there is always something to do.
        let archive = suite::node::eventually("the archive is made", || async {
            let archive = node.store.read().await.unwrap().archive(archive.id).await.unwrap();
            archive.filter(|a| a.state.is_over())
        })
        .await;
        assert_eq!((archive.state, archive.done), (Progress::Finished, 9), "{archive:?}");
        let mut tx = node.store.begin().await.unwrap();
        assert!(takeout::request_archive(node, &mut tx, &who).await.is_err(), "one a day");
        drop(tx);
        assert!(takeout::open_archive(node, &carl.account().await, archive.id).await.is_err(), "it is nobody else's");

        let bytes = read(node, &who, &archive).await;
        assert_eq!(bytes.len() as i64, archive.size);
        let mut zip = ZipArchive::new(Cursor::new(bytes.clone())).unwrap();
        let names: Vec<String> = zip.file_names().map(|n| n.unwrap().into_owned()).collect();
        for name in ["actor.json", "outbox.json", "likes.json", "bookmarks.json", "experiments.json", "following_accounts.csv", "lists.csv"] {
            assert!(names.iter().any(|n| n == name), "{name}: {names:?}");
        }
        assert_eq!(names.iter().filter(|n| n.starts_with("media_attachments/files/")).count(), 1);
        let mut text = |name: &str| {
            let mut text = String::new();
            zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        assert!(text("outbox.json").contains("Between us") && !text("outbox.json").contains("A secret of carl"));
        let outbox: Value = serde_json::from_str(&text("outbox.json")).unwrap();
        assert_eq!((outbox["totalItems"].as_i64(), outbox["orderedItems"].as_array().unwrap().len()), (Some(9), 9));
        let experiments: Value = serde_json::from_str(&text("experiments.json")).unwrap();
        assert_eq!((&experiments["totalItems"], &experiments["experiments"][0]["id"]), (&json!(1), &json!(tried.uri)));
        assert_eq!(experiments["experiments"][0]["believe"], "phone first");
        for list in ["likes.json", "bookmarks.json"] {
            let list: Value = serde_json::from_str(&text(list)).unwrap();
            assert_eq!((&list["totalItems"], &list["orderedItems"]), (&json!(1), &json!([theirs.uri])));
        }
        // Nobody is served it as a file, whoever knows its key.
        let reply = Letter::get(&a, &format!("/media/{}", archive.path)).send(&a).await;
        assert_eq!(reply.status, 404);

        let import = brings_archive(anna, bytes.clone()).await;
        assert_eq!((import.state, import.failure.as_str()), (Progress::Finished, ""));
        assert_eq!((import.done, import.skipped, import.failed), (6, 3, 0), "{}", failed(anna, &import).await);
        assert_eq!((import.origin, import.path.as_str()), (alice.uri().await, ""));
        let here = posts_of(anna).await;
        let audiences: Vec<Audience> = here.iter().map(|p| p.audience).collect();
        assert_eq!(audiences, [Audience::Public, Audience::Public, Audience::Unlisted, Audience::Followers, Audience::Public, Audience::Public]);
        assert_eq!((here[0].created_at, here[0].summary.as_str(), here[0].sensitive), (first.created_at, "A picture", true));
        assert_eq!((here[0].language.as_str(), here[0].source.as_str()), ("en", "Look at #WorkingOutLoud"));
        assert_eq!((here[1].in_reply_to_id, here[1].root_id, here[1].created_at), (Some(here[0].id), here[0].id, second.created_at));
        assert_eq!(here[0].replies_count, 1);
        assert!(here.iter().all(|p| p.local && p.uri.starts_with(&b.origin)));
        let mut tx = b.node().store.read().await.unwrap();
        let media = tx.media_of(&[here[0].id]).await.unwrap();
        assert_eq!((media.len(), media[0].description.as_str(), media[0].focus_x), (1, "A dot", 0.5));
        let poll = tx.poll(here[4].id).await.unwrap().unwrap();
        assert!(poll.closed_at.is_some() && poll.titles() == ["Tea", "Coffee"]);
        let known = tx.experiment(here[5].id).await.unwrap().unwrap();
        assert_eq!((known.sentences.test.as_str(), known.place.as_str()), ("forty calls", "Leeds"));
        let tags = tx.tags_of(&[here[0].id]).await.unwrap();
        assert_eq!(tags.len(), 1, "it is found by its hashtag");
        assert_eq!(tx.imported_from(&[here[0].id]).await.unwrap(), [(here[0].id, first.url)]);
        drop(tx);
        assert_eq!(anna.account().await.posts_count, 6);
        assert!(fan.home().await.is_empty() && anna.home().await.is_empty(), "it is news to nobody");
        assert!(fan.notifications().await.is_empty());
        let again = brings_archive(anna, bytes.clone()).await;
        assert_eq!((again.done, again.skipped), (0, 9), "twice makes nothing twice");
        assert_eq!(posts_of(anna).await.len(), 6);
        // Their own archive on their own node: all is there already.
        let own = brings_archive(alice, bytes.clone()).await;
        assert_eq!((own.state, own.done, own.skipped), (Progress::Finished, 0, 9));
        let others = brings_archive(carl, bytes).await;
        assert_eq!((others.state, others.failure.as_str()), (Progress::Failed, "This archive is somebody else's."));

        let mut tx = b.node().store.begin().await.unwrap();
        let who = anna.account().await;
        node::publish::delete(b.node(), &mut tx, &who, here[0].id).await.unwrap();
        b.node().commit(tx).await.unwrap();
        b.idle().await;
        assert_eq!(posts_of(anna).await.len(), 5);
        a.running.stop().await;
        b.running.stop().await;
    }
}

async fn read(node: &node::Node, who: &Account, archive: &Archive) -> Vec<u8> {
    let (name, mut reader) = takeout::open_archive(node, who, archive.id).await.unwrap();
    assert!(name.ends_with(".zip"), "{name}");
    let mut bytes = Vec::new();
    while let Some(piece) = reader.next().await.unwrap() {
        bytes.extend_from_slice(&piece);
    }
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_come_out_of_an_archive_of_mastodons_as_zip_and_as_tarball() {
    let stage = Stage::empty().await;
    let alice = stage.alice();
    let mut old = Old::new();
    // The answer stands before what it answers; what was asked for stays open there for ever.
    old.says(2, "<p>And so on</p>", json!({"inReplyTo": format!("{OLD}/statuses/1")}));
    old.says(1, "<p>It began <script>alert(1)</script><a href=\"https://old.example/tags/tea\">#tea</a></p>", json!({
        "tag": [{"type": "Hashtag", "name": "#tea"}], "sensitive": true, "summary": "Tea", "contentMap": {"de": "<p>x</p>"},
        "attachment": [
            {"type": "Document", "mediaType": "image/gif", "url": "/media_attachments/files/1/dot.gif", "name": "A dot", "focalPoint": [0.1, 0.2]},
            {"type": "Document", "mediaType": "image/gif", "url": "../../../etc/passwd", "name": "No"},
        ],
    }));
    old.says(
        3,
        "<p>To followers, like <a href=\"https://old.example/@alice\">@alice</a></p>",
        json!({"to": [format!("{OLD}/followers")], "cc": [], "tag": [{"type": "Mention", "href": "https://old.example/users/alice", "name": "@alice"}]}),
    );
    old.says(4, "<p>To alice alone</p>", json!({"to": [alice.uri().await], "cc": []}));
    old.says(
        5,
        "<p>Tea?</p>",
        json!({"type": "Question", "oneOf": [{"type": "Note", "name": "Yes", "replies": {"totalItems": 3}},
        {"type": "Note", "name": "No"}], "endTime": "2019-03-06T10:00:00Z", "votersCount": 3}),
    );
    old.says(6, "<p>Not hers</p>", json!({"attributedTo": "https://old.example/users/eve"}));
    old.items.push(json!({"type": "Announce", "actor": OLD, "object": "https://far.example/1"}));
    old.items.push(json!(7));
    old.says(7, "<p>Without a day</p>", json!({"published": "soon"}));
    old.says(8, &format!("<p>{}</p>", "long ".repeat(2_000)), json!({"inReplyTo": stage.post.uri}));
    let media: &[(&str, &[u8])] = &[("media_attachments/files/1/dot.gif", GIF)];
    let import = brings_archive(alice, old.zip(media)).await;
    assert_eq!(import.state, Progress::Finished, "{import:?}");
    assert_eq!((import.total, import.done, import.skipped, import.failed), (10, 5, 4, 1));
    let lost = failed(alice, &import).await;
    assert!(
        lost.contains("statuses/7,It does not say when it was made.")
            && lost.contains("statuses/1,One of its files is not in the archive."),
        "{lost}"
    );
    assert_eq!(import.origin, OLD);
    let posts: Vec<Post> = posts_of(alice).await.into_iter().filter(|p| p.id != stage.post.id).collect();
    let [first, second, third, asked, last] = posts.as_slice() else { panic!("{posts:?}") };
    assert_eq!(Some(first.created_at), parse_rfc3339("2019-03-01T10:00:00Z"));
    assert!(!first.content.contains("script") && first.content.contains("#tea"), "{}", first.content);
    assert_eq!((first.summary.as_str(), first.sensitive, first.language.as_str()), ("Tea", true, "de"));
    assert_eq!((second.in_reply_to_id, second.root_id, first.replies_count), (Some(first.id), first.id, 1));
    assert_eq!((third.audience, asked.source.as_str()), (Audience::Followers, "Tea?"));
    assert_eq!(third.source, "To followers, like @alice@old.example", "edited, it names nobody else");
    assert_eq!(
        (last.in_reply_to_id, last.root_id),
        (Some(stage.post.id), stage.post.id),
        "a reply to a post of this node is tied to it"
    );
    let mut tx = stage.node.node().store.read().await.unwrap();
    let media_of = tx.media_of(&[first.id]).await.unwrap();
    assert_eq!((media_of.len(), media_of[0].description.as_str()), (1, "A dot"));
    let poll = tx.poll(asked.id).await.unwrap().unwrap();
    assert_eq!((poll.closed_at, poll.votes(), poll.voters_count), (parse_rfc3339("2019-03-06T10:00:00Z"), 3, Some(3)));
    drop(tx);
    assert!(stage.server.posts().is_empty() && alice.notifications().await.is_empty());

    let other = stage.node.member("anna").await;
    let (actor, outbox) = (old.actor.to_string(), old.outbox());
    let tarball = tarball_of(&[
        ("media_attachments/files/1/dot.gif", GIF),
        ("../../escape", b"no"),
        ("outbox.json", outbox.as_bytes()),
        ("actor.json", actor.as_bytes()),
    ]);
    let import = brings_archive(other, tarball).await;
    assert_eq!((import.state, import.done, import.skipped, import.failed), (Progress::Finished, 5, 4, 1), "{import:?}");
    let again = brings_archive(other, old.zip(media)).await;
    assert_eq!((again.done, again.skipped), (0, 9));
    let first = posts_of(other).await[0].clone();
    assert_eq!(stage.node.node().store.read().await.unwrap().media_of(&[first.id]).await.unwrap().len(), 1);
    stage.node.idle().await;
    assert!(stage.node.node().files.list_folder("takeouts").await.unwrap().is_empty(), "nothing is left lying");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_archives_are_refused_with_the_reason() {
    let node = TestNode::start(Engine::Sqlite).await;
    let (alice, bob) = (node.member("alice").await, node.member("bob").await);
    let mut old = Old::new();
    old.says(1, "<p>Hello</p>", json!({"attachment": [{"type": "Document", "url": "/media_attachments/bomb.gif"}]}));
    let (actor, outbox) = (old.actor.to_string(), old.outbox());
    let theirs = {
        let mut actor = old.actor.clone();
        actor["id"] = json!(bob.uri().await);
        actor.to_string()
    };
    let both =
        |actor: &str, outbox: &str| zip_of(&[("actor.json", actor.as_bytes()), ("outbox.json", outbox.as_bytes())]);
    let deep = format!("{{\"orderedItems\": [{}", "[".repeat(100_000));
    let long = format!("{{\"orderedItems\": [{{\"type\": \"Create\", \"content\": \"{}\"}}]}}", "x".repeat(3 << 20));
    for (bytes, words) in [
        (b"PK\x03\x04 and no more".to_vec(), "cannot be read"),
        (Vec::new(), "cannot be read"),
        (b"\x1F\x8B and no more".to_vec(), "cannot be read"),
        (zip_of(&[("actor.json", actor.as_bytes())]), "no outbox.json"),
        (zip_of(&[("outbox.json", outbox.as_bytes())]), "no actor.json"),
        (both("{}", &outbox), "cannot be read"),
        (both("nothing", &outbox), "no JSON"),
        (both(&theirs, &outbox), "somebody else's"),
        (both(&actor, &deep), "recursion"),
        (both(&actor, &long), "too large"),
        (both(&actor, "[]"), "cannot be read"),
        (both(&actor, &outbox[..outbox.len() - 9]), "cannot be read"),
        (both(&actor.replace("Person", &"P".repeat(2 << 20)), &outbox), "larger than 1 MB"),
        (tarball_of(&[("../../outbox.json", outbox.as_bytes()), ("actor.json", actor.as_bytes())]), "no outbox.json"),
    ] {
        let import = brings_archive(alice, bytes).await;
        assert!(import.state == Progress::Failed && import.failure.contains(words), "{words}: {import:?}");
    }
    // Two hundred megabytes of nothing, in two hundred kilobytes.
    let bomb = vec![0; 200 << 20];
    let import = brings_archive(alice, old.zip(&[("media_attachments/bomb.gif", &bomb)])).await;
    assert_eq!((import.state, import.done), (Progress::Finished, 1), "{import:?}");
    assert!(failed(alice, &import).await.contains("larger than"), "{}", failed(alice, &import).await);
    node.idle().await;
    assert!(node.node().files.list_folder("takeouts").await.unwrap().is_empty());
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_cut_off_goes_on_where_it_was() {
    let options = Options { no_worker: true, ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    let alice = stage.alice();
    let (node, federation) = (stage.node.node(), stage.node.federation());
    let bob: Vec<String> = (0..3).map(|n| format!("b{n}@{}\n", stage.server.host())).collect();
    (0..3).for_each(|n| drop(stage.server.person(&format!("b{n}"))));
    let import = brings(alice, Kind::Muting, &bob.concat(), false).await.unwrap();
    // Whoever had it does the first row, and dies.
    let takeout::Work::Again = takeout::next(node, import.id, 5).await.unwrap() else {
        panic!("there was nothing to clear")
    };
    let takeout::Work::Rows(of, rows) = takeout::next(node, import.id, 5).await.unwrap() else { panic!("no rows") };
    let (who, known) = *of;
    assert_eq!(rows.len(), 3);
    let first = federation.find(rows[0].name.as_str()).await.unwrap();
    let federation::discover::Found::Account(first) = first else { panic!("{first:?}") };
    let target = takeout::Target::Account(first);
    assert!(takeout::settle(node, &known, &who, &rows[0], &target).await.unwrap());
    assert!(takeout::settle(node, &known, &who, &rows[0], &target).await.unwrap(), "done twice it counts once");
    assert_eq!(now(alice, &import).await.done, 1);
    for _ in 0..9 {
        for job in stage.node.takes_jobs().await {
            federation.serve_job(job).await.unwrap();
        }
        if now(alice, &import).await.state.is_over() {
            break;
        }
        let mut tx = node.store.begin().await.unwrap();
        // As if the rest were over.
        tx.bring_jobs_forward(node.now(), MINUTE, node.now()).await.unwrap();
        tx.commit().await.unwrap();
    }
    let import = now(alice, &import).await;
    assert_eq!((import.state, import.done, import.failed), (Progress::Finished, 3, 0));
    let mut tx = node.store.read().await.unwrap();
    assert_eq!(tx.circle_of(alice.id, storage::Circle::Muting, i64::MAX, 9).await.unwrap().len(), 3);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn archives_go_when_their_time_is_over_and_with_their_owner() {
    let clock = model::clock::Clock::manual(1_750_000_000_000);
    let options = Options { clock: Some(clock.clone()), no_worker: true, ..Options::default() };
    let node = TestNode::start_with(Engine::Sqlite, options).await;
    let alice = node.member("alice").await;
    let (inner, federation) = (node.node(), node.federation());
    let makes = async || {
        let mut tx = inner.store.begin().await.unwrap();
        let archive = takeout::request_archive(inner, &mut tx, &alice.account().await).await.unwrap();
        inner.commit(tx).await.unwrap();
        for job in node.takes_jobs().await {
            federation.serve_job(job).await.unwrap();
        }
        inner.store.read().await.unwrap().archive(archive.id).await.unwrap().unwrap()
    };
    let archive = makes().await;
    assert_eq!(archive.state, Progress::Finished);
    assert!(inner.files.has(&archive.path).await.unwrap());
    clock.advance(takeout::ARCHIVE_KEPT + MINUTE);
    suite::node::round(inner, || true).await;
    for job in node.takes_jobs().await {
        federation.serve_job(job).await.unwrap();
    }
    assert!(inner.store.read().await.unwrap().archive(archive.id).await.unwrap().is_none());
    assert!(!inner.files.has(&archive.path).await.unwrap());
    let archive = makes().await;
    let mut tx = inner.store.begin().await.unwrap();
    node::accounts::delete_member(inner, &mut tx, "test", &alice.account().await).await.unwrap();
    inner.commit(tx).await.unwrap();
    for job in node.takes_jobs().await {
        federation.serve_job(job).await.unwrap();
    }
    assert!(inner.store.read().await.unwrap().archive(archive.id).await.unwrap().is_none());
    assert!(!inner.files.has(&archive.path).await.unwrap());
    let used = inner.store.read().await.unwrap().disk_use(storage::Category::Takeouts).await.unwrap();
    assert_eq!(used, 0);
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_posts_go_where_their_author_wants_that() {
    let clock = model::clock::Clock::manual(1_750_000_000_000);
    let options = Options { clock: Some(clock.clone()), no_worker: true, ..Options::default() };
    let node = TestNode::start_with(Engine::Sqlite, options).await;
    let (alice, bob) = (node.member("alice").await, node.member("bob").await);
    let inner = node.node();
    let kept = alice.says("Kept").await;
    for n in 0..45 {
        clock.advance(1);
        alice.says(&format!("Old {n}")).await;
    }
    bob.says("Not hers").await;
    let who = alice.account().await;
    let mut tx = inner.store.begin().await.unwrap();
    react::bookmark(inner, &mut tx, &who, &kept).await.unwrap();
    inner.commit(tx).await.unwrap();
    clock.advance(20 * DAY);
    let fresh = alice.says("Fresh").await;
    suite::node::round(inner, || true).await;
    assert_eq!(posts_of(alice).await.len(), 47, "nobody asked for it");
    let mut tx = inner.store.begin().await.unwrap();
    let usual = node::cleanup::wanted(&mut tx, &who).await.unwrap();
    assert!(!usual.enabled);
    let odd = model::cleanup::Cleanup { min_age: DAY, ..usual.clone() };
    assert!(node::cleanup::change(&mut tx, &who, &odd).await.is_err());
    node::cleanup::change(&mut tx, &who, &model::cleanup::Cleanup { enabled: true, ..usual }).await.unwrap();
    inner.commit(tx).await.unwrap();
    clock.advance(2 * MINUTE);
    suite::node::round(inner, || true).await;
    let left: Vec<i64> = posts_of(alice).await.iter().map(|p| p.id).collect();
    assert_eq!((left, posts_of(bob).await.len()), (vec![kept.id, fresh.id], 1));
    // What is a bookmark no more goes the next time.
    let mut tx = inner.store.begin().await.unwrap();
    react::unbookmark(&mut tx, &who, &kept).await.unwrap();
    inner.commit(tx).await.unwrap();
    clock.advance(DAY + MINUTE);
    suite::node::round(inner, || true).await;
    assert_eq!(posts_of(alice).await.len(), 1);
    node.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_that_were_taken_in_before_the_process_died_are_not_taken_in_again() {
    let options = Options { no_worker: true, ..Options::default() };
    let stage = Stage::empty_with("elsewhere", Engine::Sqlite, options).await;
    let (alice, node) = (stage.alice(), stage.node.node());
    let mut old = Old::new();
    for number in 1..4 {
        old.says(number, "<p>Hello</p>", json!({}));
    }
    let mut file = takeout::receive_archive(node);
    file.write(old.zip(&[]).into()).await.unwrap();
    let import = takeout::import_posts(node, &alice.account().await, file).await.unwrap();
    assert!(
        takeout::import_posts(node, &alice.account().await, takeout::receive_archive(node)).await.is_err(),
        "one at a time"
    );
    assert!(takeout::posts::take(node, import.id, 0, takeout::posts::Item::Other, Vec::new()).await.unwrap());
    let again = takeout::posts::take(node, import.id, 0, takeout::posts::Item::Other, Vec::new()).await.unwrap();
    assert!(!again, "whoever comes too late does nothing");
    for job in stage.node.takes_jobs().await {
        stage.node.federation().serve_job(job).await.unwrap();
    }
    let import = now(alice, &import).await;
    assert_eq!((import.state, import.done, import.skipped, import.cursor), (Progress::Finished, 2, 1, 3));
    assert_eq!(posts_of(alice).await.len(), 3);
    stage.end().await;
}
