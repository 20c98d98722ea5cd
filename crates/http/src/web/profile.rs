//! `/@name`: somebody of this node, for readers and, where the client asks for it, as their ActivityPub document.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use model::account::{Account, ActorKind};
use model::audience::{Audience, Viewer};
use model::challenge::{self, Challenge};
use model::clock::{DAY, Millis};
use model::html;
use model::id::Id;
use model::page::Page;
use model::post::Tag;
use model::subject::Subject;
use node::accounts::INSTANCE_ACTOR;
use storage::{AccountFilter, Tx};

use super::frame::{Frame, readable};
use super::front::{POSTS, older};
use super::view::{Emojis, Person, PostView, posts};
use super::visitor::Visitor;
use super::words::{When, day, many};
use crate::activitypub::{Asker, actor, local_account, wants_document};
use crate::feeds::{self, Feed, Form};
use crate::{ApiError, App};

/// A line of a profile, as HTML.
struct Line {
    name: String,
    value: String,
    /// When the link was found to link back, or empty.
    verified: String,
}

/// What there is to say of a challenge.
struct About {
    /// Who looks after it.
    owner: Option<Person>,
    /// Any member can take it over.
    is_offered: bool,
    /// What is posted with it contributes: its name and its page.
    tag: Option<(String, String)>,
    /// Hashtags that it is linked with.
    links: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage {
    frame: Frame,
    person: Person,
    uri: String,
    /// Of the page itself, without a query.
    path: String,
    bio: String,
    /// The same as text, for previews.
    about: String,
    avatar_description: String,
    header: String,
    header_description: String,
    fields: Vec<Line>,
    counts: Vec<String>,
    joined: String,
    kind: String,
    challenge: Option<About>,
    moved_to: String,
    may_be_found: bool,
    with_replies: bool,
    pinned: Vec<PostView>,
    posts: Vec<PostView>,
    older: String,
    is_first: bool,
}

/// `GET /@{name}`.
pub async fn profile(
    State(app): State<App>,
    Path(name): Path<String>,
    asker: Asker,
    visitor: Visitor,
) -> Result<Response, ApiError> {
    if let Some((of, form)) = Form::of_path(&name) {
        let mut tx = app.node.store.read().await?;
        // There are dots in usernames, too.
        if tx.account_by_handle(&name, "").await?.is_none() {
            return feed(&app, &mut tx, of, form, &asker.headers).await;
        }
    }
    if wants_document(&asker.headers) {
        return actor(&app, &name, &asker).await;
    }
    if name == INSTANCE_ACTOR {
        return Ok(([(header::VARY, "Accept")], Redirect::to("/about")).into_response());
    }
    let params = asker.params();
    let with_replies = params.flag("replies").unwrap_or(false);
    let mut tx = app.node.store.read().await?;
    let account = local_account(&mut tx, &name).await?;
    if account.url != app.node.config.profile_url(&account.username) {
        // A hashtag's page is another.
        return Ok(([(header::VARY, "Accept")], Redirect::to(&account.url)).into_response());
    }
    let page = Page { max_id: params.number("max_id"), ..Page::first(POSTS) };
    let filter = AccountFilter { exclude_replies: !with_replies, ..AccountFilter::default() };
    let found = tx.account_posts(account.id, &filter, Viewer::Anyone, &page).await?;
    let is_first = page.max_id.is_none();
    let pinned = if is_first && !with_replies { tx.pinned(account.id, Viewer::Anyone).await? } else { Vec::new() };
    let path = format!("/@{}?{}", account.username, if with_replies { "replies=1&" } else { "" });
    let mut shown = page_of(&app, &visitor, &account);
    if let Some(challenge) = tx.challenge(account.id).await? {
        shown.kind = stage(&challenge, app.node.now());
        shown.challenge = Some(about(&app, &mut tx, &challenge).await?);
    }
    shown.with_replies = with_replies;
    shown.is_first = is_first;
    shown.older = older(&path, &found);
    shown.pinned = posts(&app, &mut tx, pinned).await?;
    shown.posts = posts(&app, &mut tx, found).await?;
    shown.posts.retain(|post| shown.pinned.iter().all(|pinned| pinned.cursor != post.cursor));
    let mut response = readable(&app, &visitor, &asker.headers, &shown)?;
    alternate(&mut response, &account.uri);
    Ok(response)
}

/// What somebody said for everybody, but for answers to others and boosts.
async fn feed(app: &App, tx: &mut Tx, name: &str, form: Form, asked: &HeaderMap) -> Result<Response, ApiError> {
    if name == INSTANCE_ACTOR {
        return Err(ApiError::not_found());
    }
    let account = local_account(tx, name).await?;
    let filter = AccountFilter { exclude_replies: true, exclude_boosts: true, ..AccountFilter::default() };
    // Among them are unlisted ones, which a feed would list.
    let page = Page::first(2 * feeds::ITEMS);
    let mut found = tx.account_posts(account.id, &filter, Viewer::Anyone, &page).await?;
    found.retain(|post| post.audience == Audience::Public);
    found.truncate(usize::try_from(feeds::ITEMS).unwrap_or(0));
    let config = &app.node.config;
    let bio = html::to_text(&html::sanitise(&account.note));
    let feed = Feed {
        title: format!("{} (@{})", account.shown_name().trim(), config.full_handle(&account)),
        about: if bio.trim().is_empty() { format!("Public posts of @{}", config.full_handle(&account)) } else { bio },
        page: config.profile_url(&account.username),
        icon: if account.avatar.is_empty() { String::new() } else { config.media_url(&account.avatar) },
    };
    feeds::answer(app, tx, form, &feed, &found, asked).await
}

/// Says where the same is as a document, for servers that only look at headers.
pub fn alternate(response: &mut Response, uri: &str) {
    if let Ok(value) = HeaderValue::from_str(&format!("<{uri}>; rel=\"alternate\"; type=\"application/activity+json\""))
    {
        response.headers_mut().insert(header::LINK, value);
    }
}

/// Everything but the posts.
fn page_of(app: &App, visitor: &Visitor, account: &Account) -> ProfilePage {
    let bio = html::sanitise(&account.note);
    let emojis = Emojis::of_account(app, account);
    let counts = vec![
        many(account.posts_count, "post"),
        format!("Follows {}", account.following_count),
        many(account.followers_count, "follower"),
    ];
    ProfilePage {
        frame: Frame::new(app, visitor),
        person: Person::new(app, account),
        uri: account.uri.clone(),
        path: format!("/@{}", account.username),
        about: html::truncate(&html::to_text(&bio).split_whitespace().collect::<Vec<_>>().join(" "), 200),
        bio: emojis.draw(&bio),
        avatar_description: account.avatar_description.clone(),
        header: if account.header.is_empty() { String::new() } else { app.node.config.media_url(&account.header) },
        header_description: account.header_description.clone(),
        fields: account.fields.iter().map(|f| line(f, &emojis)).collect(),
        counts,
        joined: day(account.created_at),
        kind: match account.kind {
            ActorKind::Person => "",
            ActorKind::Service | ActorKind::Application => "Automated account",
            ActorKind::Group => "Group",
            ActorKind::Organization => "Organisation",
        }
        .to_owned(),
        challenge: None,
        moved_to: account.moved_to.clone(),
        may_be_found: account.discoverable,
        with_replies: false,
        pinned: Vec::new(),
        posts: Vec::new(),
        older: String::new(),
        is_first: true,
    }
}

async fn about(app: &App, tx: &mut Tx, challenge: &Challenge) -> Result<About, ApiError> {
    let owner = node::challenge::owner(tx, challenge).await?;
    let own: Vec<Id> = challenge.tag_id.into_iter().collect();
    let linked = tx.subject_links(Subject::Challenge(challenge.account_id)).await?;
    let linked: Vec<Id> = linked.iter().map(|l| l.other_id).collect();
    let shown = |tags: Vec<Tag>| -> Vec<(String, String)> {
        tags.into_iter().map(|t| (t.display, app.node.config.tag_url(&t.name))).collect()
    };
    Ok(About {
        is_offered: challenge.adoptable || owner.is_none(),
        owner: owner.map(|o| Person::new(app, &o)),
        tag: shown(tx.tags_by_id(&own).await?).pop(),
        links: shown(tx.tags_by_id(&linked).await?),
    })
}

/// How far a challenge is, in words.
fn stage(challenge: &Challenge, now: Millis) -> String {
    let came = many(challenge.contributions_count, "contribution");
    let until = challenge.closes_at.map(|at| if at - now <= DAY { When::new(at, now).full } else { day(at) });
    match (challenge.state, until) {
        (challenge::State::Planned, _) => format!("A challenge that opens on {}", day(challenge.opens_at)),
        (challenge::State::Open, Some(until)) => format!("A challenge, open until {until}: {came} so far"),
        (challenge::State::Open, None) => format!("A challenge that is open: {came} so far"),
        (challenge::State::Closed, _) => format!("A challenge that is closed: {came}"),
        (challenge::State::Answered, _) => format!("A challenge that was answered: {came}"),
    }
}

/// A link of one's own says that it is (`rel="me"`), so that the site it leads to can say so, too.
fn line(field: &model::account::Field, emojis: &Emojis<'_>) -> Line {
    let is_link = field.source.starts_with("https://") && !field.source.contains(char::is_whitespace);
    let value = if is_link {
        let (link, shown) = (html::escape(&field.source), html::escape(field.source.trim_start_matches("https://")));
        format!("<a href=\"{link}\" rel=\"me nofollow noopener\">{shown}</a>")
    } else {
        field.value.clone()
    };
    Line {
        name: emojis.draw(&html::escape(&field.name)),
        value: emojis.draw(&html::sanitise(&value)),
        verified: field.verified_at.map_or_else(String::new, day),
    }
}
