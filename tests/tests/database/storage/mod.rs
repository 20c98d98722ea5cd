//! What the database is asked for, on both engines.

mod accounts;
mod audience;
mod bell;
mod campaign;
mod cards;
mod carriers;
mod challenges;
mod circle;
mod cleanups;
mod conversations;
mod copy;
mod deliveries;
mod emojis;
mod experiments;
mod filters;
mod follows;
mod group_commit;
mod housekeeping;
mod identity;
mod jobs;
mod letters;
mod lists;
mod live;
mod meanwhile;
mod moderation;
mod moves;
mod notifications;
mod origins;
mod orphans;
mod oversight;
mod pairings;
mod peers;
mod polls;
mod posts;
mod push;
mod quotes;
mod races;
mod reactions;
mod remote_files;
mod scheduled;
mod search;
mod sign_in;
mod subjects;
mod sweeps;
mod tag_ties;
mod takeouts;
mod teams;
mod texts;
mod threads;
mod timelines;
mod trends;
mod upkeep;
mod written;

use model::account::{Account, ActorKind, Member, MemberState, Role};
use model::audience::Audience;
use model::id::Id;
use model::post::{Media, MediaKind, Post};
use model::text::Format;
use storage::{Follow, Tx};

/// When it is, in most tests.
const NOW: i64 = 1_700_000_000_000;

/// An account of another server.
fn remote(id: Id, name: &str, domain: &str) -> Account {
    Account {
        uri: format!("https://{domain}/users/{name}"),
        domain: domain.to_owned(),
        inbox: format!("https://{domain}/users/{name}/inbox"),
        shared_inbox: format!("https://{domain}/inbox"),
        inbox_host: domain.to_owned(),
        fetched_at: Some(NOW),
        ..local(id, name)
    }
}

fn local(id: Id, name: &str) -> Account {
    Account {
        id,
        uri: format!("https://here.example/users/{name}"),
        username: name.to_owned(),
        domain: String::new(),
        kind: ActorKind::Person,
        display_name: String::new(),
        note: String::new(),
        note_source: String::new(),
        url: String::new(),
        inbox: format!("https://here.example/users/{name}/inbox"),
        shared_inbox: String::new(),
        inbox_host: String::new(),
        outbox: String::new(),
        followers: String::new(),
        following: String::new(),
        featured: String::new(),
        avatar: String::new(),
        avatar_description: String::new(),
        header: String::new(),
        header_description: String::new(),
        fields: Vec::new(),
        emojis: Vec::new(),
        also_known_as: Vec::new(),
        moved_to: String::new(),
        locked: false,
        discoverable: true,
        indexable: false,
        memorial: false,
        hide_collections: false,
        created_at: NOW,
        updated_at: NOW,
        fetched_at: None,
        suspended_at: None,
        suspended_by: String::new(),
        limited_at: None,
        deleted_at: None,
        followers_count: 0,
        following_count: 0,
        posts_count: 0,
        last_post_at: None,
    }
}

fn membership(account: Id, role: Role) -> Member {
    Member {
        account_id: account,
        email: format!("{account}@mail.example"),
        password_hash: "hash".to_owned(),
        role,
        state: MemberState::Active,
        reason: "tea".to_owned(),
        locale: "en".to_owned(),
        default_audience: Audience::Public,
        default_sensitive: false,
        default_language: "en".to_owned(),
        tag_sharing: true,
        confirmed: true,
        created_at: NOW,
        last_active_at: None,
    }
}

/// A member of this node.
async fn member(tx: &mut Tx, id: Id, name: &str) -> Account {
    let account = local(id, name);
    assert!(tx.insert_account(&account).await.unwrap());
    tx.insert_member(&membership(id, Role::Member)).await.unwrap();
    account
}

/// Somebody elsewhere.
async fn stranger(tx: &mut Tx, id: Id, name: &str, domain: &str) -> Account {
    let account = remote(id, name, domain);
    assert!(tx.insert_account(&account).await.unwrap());
    account
}

/// A public post.
fn post(id: Id, author: &Account) -> Post {
    Post {
        id,
        uri: format!("{}/posts/{id}", author.uri),
        url: format!("{}/posts/{id}/page", author.uri),
        account_id: author.id,
        local: author.is_local(),
        kind: "note".to_owned(),
        audience: Audience::Public,
        in_reply_to_id: None,
        in_reply_to_account_id: None,
        in_reply_to_uri: String::new(),
        root_id: id,
        context: String::new(),
        boost_of_id: None,
        content: format!("<p>{id}</p>"),
        source: format!("{id}"),
        format: Format::Plain,
        summary: String::new(),
        sensitive: false,
        language: "en".to_owned(),
        emojis: Vec::new(),
        app_id: None,
        created_at: NOW + id,
        edited_at: None,
        replies_count: 0,
        boosts_count: 0,
        favourites_count: 0,
        team_id: None,
    }
}

fn reply(id: Id, author: &Account, parent: &Post) -> Post {
    Post {
        in_reply_to_id: Some(parent.id),
        in_reply_to_account_id: Some(parent.account_id),
        in_reply_to_uri: parent.uri.clone(),
        root_id: parent.root_id,
        ..post(id, author)
    }
}

fn boost(id: Id, who: &Account, what: &Post) -> Post {
    Post { boost_of_id: Some(what.id), root_id: what.root_id, kind: "boost".to_owned(), ..post(id, who) }
}

/// Stores a post.
async fn put(tx: &mut Tx, post: Post) -> Post {
    assert!(tx.insert_post(&post).await.unwrap());
    post
}

/// Makes `follower` follow `target`.
async fn follow(tx: &mut Tx, follower: &Account, target: &Account) -> Follow {
    let follow = Follow {
        id: follower.id * 1_000 + target.id,
        follower_id: follower.id,
        target_id: target.id,
        accepted: true,
        uri: format!("{}#follows/{}", follower.uri, target.id),
        show_boosts: true,
        notify: false,
        languages: Vec::new(),
        created_at: NOW,
    };
    tx.put_follow(&follow).await.unwrap();
    follow
}

fn picture(id: Id, owner: &Account, post: Option<Id>) -> Media {
    Media {
        id,
        account_id: owner.id,
        post_id: post,
        position: 0,
        kind: MediaKind::Image,
        mime: "image/png".to_owned(),
        path: format!("media/{id}.png"),
        small_path: String::new(),
        remote_url: String::new(),
        size: 1_234,
        width: Some(640),
        height: Some(480),
        small_width: None,
        small_height: None,
        duration_ms: None,
        blurhash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj".to_owned(),
        description: String::new(),
        focus_x: 0.0,
        focus_y: 0.0,
        created_at: NOW,
    }
}

fn ids(posts: &[Post]) -> Vec<Id> {
    posts.iter().map(|p| p.id).collect()
}

fn account_ids(accounts: &[Account]) -> Vec<Id> {
    accounts.iter().map(|a| a.id).collect()
}
