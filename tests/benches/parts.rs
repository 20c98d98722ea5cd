//! What the parts cost: `cargo bench -p suite`. The whole under load is `cargo run --release -p suite --bin load`.
#![expect(clippy::unwrap_used, reason = "what fails here fails the measurement")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use federation::documents::note;
use federation::signature::{Outgoing, OutgoingBody, PrivateKey, PublicKey, Request, Scheme, Signer, claims, sign};
use http::{HeaderMap, HeaderValue, Method};
use model::account::Account;
use model::audience::{Audience, Tie, Viewer, may_see};
use model::clock::Millis;
use model::html;
use model::page::Page;
use serde_json::Value;
use storage::{AccountFilter, PublicFilter, Store};
use suite::db::Engine;
use suite::node::test_keys;
use suite::seed;
use tokio::runtime::Runtime;
use url::Url;

const NOW: Millis = 1_795_000_000_000;

/// Making and verifying, in both schemes.
fn signatures(c: &mut Criterion) {
    let keys = test_keys();
    let signer = Signer {
        key_id: "https://node.example/users/alice#main-key".to_owned(),
        key: PrivateKey::from_pem(&keys.private_pem).unwrap(),
    };
    let public = PublicKey::from_pem(&keys.public_pem).unwrap();
    let url = Url::parse("https://elsewhere.example/inbox").unwrap();
    let body = include_bytes!("../fixtures/mastodon/create_note.json");
    let outgoing = Outgoing {
        method: &Method::POST,
        url: &url,
        body: Some(OutgoingBody { content_type: "application/activity+json", bytes: body }),
        synchronisation: None,
        asked: None,
    };
    for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
        c.bench_function(&format!("sign, {}", scheme.name()), |b| {
            b.iter(|| sign(scheme, &signer, &outgoing, NOW).unwrap())
        });
        let mut headers: HeaderMap = sign(scheme, &signer, &outgoing, NOW).unwrap();
        headers.insert("host", HeaderValue::from_static("elsewhere.example"));
        let authorities = ["elsewhere.example".to_owned()];
        let request = Request {
            method: &Method::POST,
            target: "/inbox",
            headers: &headers,
            scheme: "https",
            authorities: &authorities,
        };
        c.bench_function(&format!("verify, {}", scheme.name()), |b| {
            b.iter(|| claims(&headers).unwrap()[0].verify(&request, body, &public, NOW).unwrap())
        });
    }
}

/// A post as servers send it, and the longest that is taken.
fn sanitiser(c: &mut Criterion) {
    let short = r##"<p><span class="h-card" translate="no"><a href="https://node.example/@alice" class="u-url mention">@<span>alice</span></a></span> we asked three wards to phone before the letter goes out. <a href="https://elsewhere.example/tags/trust" class="mention hashtag" rel="tag">#<span>trust</span></a></p><p>See <a href="https://www.example.org/a/long/path/that/is/cut" rel="nofollow noopener" translate="no" target="_blank"><span class="invisible">https://www.</span><span class="ellipsis">example.org/a/long/path/that</span><span class="invisible">/is/cut</span></a></p>"##;
    let clean = html::sanitise(short);
    let long = short.repeat(100);
    c.bench_function("sanitise a post", |b| b.iter(|| html::sanitise(black_box(short))));
    c.bench_function("sanitise a clean post", |b| b.iter(|| html::sanitise(black_box(&clean))));
    c.bench_function("sanitise 60 kB", |b| b.iter(|| html::sanitise(black_box(&long))));
}

/// From the bytes of an activity to what `node` is given.
fn notes(c: &mut Criterion) {
    let text = include_str!("../fixtures/mastodon/create_note.json");
    let activity: Value = serde_json::from_str(text).unwrap();
    let runtime = Runtime::new().unwrap();
    let (db, _, seeded) = runtime.block_on(seed::filled(Engine::Sqlite, 100));
    let author =
        runtime.block_on(async { db.store.read().await.unwrap().account(seeded.author).await.unwrap().unwrap() });
    let author = Account { uri: activity["actor"].as_str().unwrap().to_owned(), ..author };
    c.bench_function("note to model", |b| {
        b.iter_batched(
            || text,
            |text| {
                let activity: Value = serde_json::from_str(text).unwrap();
                note::read(&activity["object"], &author, Some(&activity), NOW).unwrap()
            },
            BatchSize::SmallInput,
        )
    });
}

/// Who may see what, in Rust and in SQL, and the timelines of a node with ten thousand posts.
fn timelines(c: &mut Criterion) {
    c.bench_function("audience, in Rust", |b| {
        b.iter(|| {
            may_see(
                black_box(Audience::Followers),
                black_box(1),
                black_box(Viewer::Member(2)),
                black_box(Tie::default()),
            )
        })
    });
    let runtime = Runtime::new().unwrap();
    let (db, member, seeded) = runtime.block_on(seed::filled(Engine::Sqlite, 10_000));
    let store = &db.store;
    let viewer = Viewer::Member(member);
    let page = Page::first(20);
    let mut read = |name: &str, look: &dyn Fn(&Store) -> usize| {
        assert!(look(store) > 0, "{name}");
        c.bench_function(name, |b| b.iter(|| look(store)));
    };
    read("audience, in SQL", &|store| {
        let post =
            runtime.block_on(async { store.read().await.unwrap().visible_post(seeded.root, viewer).await.unwrap() });
        usize::from(post.is_some())
    });
    read("home, 20 posts", &|store| {
        runtime.block_on(async { store.read().await.unwrap().home(member, &page).await.unwrap().len() })
    });
    read("public, 20 posts", &|store| {
        runtime.block_on(async {
            store.read().await.unwrap().public(PublicFilter::default(), viewer, &page).await.unwrap().len()
        })
    });
    read("tag, 20 posts", &|store| {
        runtime.block_on(async {
            store.read().await.unwrap().tagged(1, PublicFilter::default(), viewer, &page).await.unwrap().len()
        })
    });
    read("account, 20 posts", &|store| {
        runtime.block_on(async {
            let filter = AccountFilter::default();
            store.read().await.unwrap().account_posts(seeded.author, &filter, viewer, &page).await.unwrap().len()
        })
    });
}

criterion_group!(parts, signatures, sanitiser, notes, timelines);
criterion_main!(parts);
