//! `/@name`: somebody of this node, for readers and, where the client asks for it, as their ActivityPub document.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use model::account::{Account, ActorKind};
use model::audience::{Audience, Viewer};
use model::challenge::{self, Challenge};
use model::clock::{DAY, Millis};
use model::handle::Handle;
use model::html;
use model::id::Id;
use model::page::Page;
use model::post::Tag;
use model::subject::Subject;
use node::accounts::INSTANCE_ACTOR;
use node::library::{self, Question};
use node::remote::Owner;
use storage::{AccountFilter, Tx};

use super::frame::{Frame, readable};
use super::front::{POSTS, older};
use super::language::{Language, When};
use super::people;
use super::view::{Emojis, Person, PostView, Reader, posts};
use super::visitor::Visitor;
use crate::activitypub::{Asker, actor, local_account, wants_document};
use crate::feeds::{self, Feed, Form};
use crate::mastodon::entities::html::clean;
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
    /// Address, words, and whether it is this part of the page.
    tabs: Vec<(String, String, bool)>,
    /// How whoever reads stands to them; nothing for oneself and for strangers.
    ties: Option<Ties>,
    is_me: bool,
    is_local: bool,
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
    let part = Part::of(params.text("show").as_deref(), params.flag("replies").unwrap_or(false));
    let reader = visitor.reader(&app, "account");
    let account = match name.contains('@') {
        true => elsewhere(&app, &reader, &name).await?,
        false => local_account(&mut app.node.store.read().await?, &name).await?,
    };
    let mut tx = app.node.store.read().await?;
    if account.is_local() && account.url != app.node.config.profile_url(&account.username) {
        // A hashtag's page is another.
        return Ok(([(header::VARY, "Accept")], Redirect::to(&account.url)).into_response());
    }
    let page = Page { max_id: params.number("max_id"), ..Page::first(POSTS) };
    let found = match part {
        Part::Experiments => {
            let question = Question { author: Some(account.id), ..Question::default() };
            library::find(&app.node, &mut tx, &question, visitor.viewer(), &page).await?
        }
        _ => {
            let filter = AccountFilter {
                exclude_replies: part == Part::Posts,
                only_media: part == Part::Media,
                ..AccountFilter::default()
            };
            tx.account_posts(account.id, &filter, visitor.viewer(), &page).await?
        }
    };
    let is_first = page.max_id.is_none();
    let pinned =
        if is_first && part == Part::Posts { tx.pinned(account.id, visitor.viewer()).await? } else { Vec::new() };
    let base = if account.is_local() { format!("/@{}", account.username) } else { format!("/@{name}") };
    let path = format!("{base}?{}", part.query());
    let mut shown = page_of(&app, &visitor, &account);
    shown.tabs =
        Part::ALL.iter().map(|p| (format!("{base}{}", p.address()), p.words(visitor.language), *p == part)).collect();
    shown.tabs.push((format!("{base}/followers"), visitor.language.say("tab-followers").into_owned(), false));
    shown.tabs.push((format!("{base}/following"), visitor.language.say("tab-following").into_owned(), false));
    if let Some(signed) = &visitor.signed {
        shown.ties = ties(&reader, &mut tx, signed.account.id, &account).await?;
    }
    if let Some(challenge) = tx.challenge(account.id).await? {
        shown.kind = stage(visitor.language, &challenge, app.node.now());
        shown.challenge = Some(about(&app, &mut tx, &challenge).await?);
    }
    shown.is_first = is_first;
    shown.older = older(&path, &found);
    shown.pinned = posts(&reader, &mut tx, pinned).await?;
    // What is a draft yet stands among the drafts.
    let said = found.into_iter().filter(|post| post.audience != Audience::Draft).collect();
    shown.posts = posts(&reader, &mut tx, said).await?;
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
    let bio = html::to_text(&clean(&account.note));
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
    let bio = clean(&account.note);
    let emojis = Emojis::of_account(app, account);
    let t = visitor.language;
    let counts = vec![
        t.one("count-posts", "count", account.posts_count),
        t.one("count-following", "count", account.following_count),
        t.one("count-followers", "count", account.followers_count),
    ];
    ProfilePage {
        frame: Frame::new(app, visitor),
        person: Person::seen(&visitor.reader(app, ""), account),
        uri: account.uri.clone(),
        path: format!("/@{}", account.username),
        about: html::truncate(&html::to_text(&bio).split_whitespace().collect::<Vec<_>>().join(" "), 200),
        bio: emojis.draw(&bio),
        avatar_description: account.avatar_description.clone(),
        header: match account.header.as_str() {
            "" => String::new(),
            key if account.is_local() => app.node.config.media_url(key),
            url => app.node.config.remote_url(Owner::Header, account.id, url),
        },
        header_description: account.header_description.clone(),
        fields: account.fields.iter().map(|f| line(t, f, &emojis)).collect(),
        counts,
        joined: t.day(account.created_at),
        kind: match account.kind {
            ActorKind::Person => String::new(),
            ActorKind::Service | ActorKind::Application => t.say("kind-automated").into_owned(),
            ActorKind::Group => t.say("kind-group").into_owned(),
            ActorKind::Organization => t.say("kind-organisation").into_owned(),
        },
        challenge: None,
        moved_to: account.moved_to.clone(),
        may_be_found: account.discoverable,
        tabs: Vec::new(),
        ties: None,
        is_me: visitor.signed.as_ref().is_some_and(|s| s.account.id == account.id),
        is_local: account.is_local(),
        pinned: Vec::new(),
        posts: Vec::new(),
        older: String::new(),
        is_first: true,
    }
}

/// A part of somebody's page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Posts,
    Replies,
    Media,
    Experiments,
}

impl Part {
    const ALL: [Self; 4] = [Self::Posts, Self::Replies, Self::Media, Self::Experiments];

    /// `replies`: it was asked for as it was before there were others.
    fn of(name: Option<&str>, replies: bool) -> Self {
        match name {
            Some("replies") => Self::Replies,
            Some("media") => Self::Media,
            Some("experiments") => Self::Experiments,
            _ if replies => Self::Replies,
            _ => Self::Posts,
        }
    }

    /// Ends with `&`, if it is anything.
    fn query(self) -> &'static str {
        match self {
            Self::Posts => "",
            Self::Replies => "show=replies&",
            Self::Media => "show=media&",
            Self::Experiments => "show=experiments&",
        }
    }

    fn address(self) -> String {
        match self.query() {
            "" => String::new(),
            query => format!("?{}", query.trim_end_matches('&')),
        }
    }

    fn words(self, t: Language) -> String {
        match self {
            Self::Posts => t.say("tab-posts"),
            Self::Replies => t.say("tab-replies"),
            Self::Media => t.say("tab-media"),
            Self::Experiments => t.say("tab-experiments"),
        }
        .into_owned()
    }
}

/// How a member stands to somebody.
#[expect(clippy::struct_excessive_bools, reason = "each stands for itself")]
struct Ties {
    id: Id,
    following: bool,
    requested: bool,
    followed_by: bool,
    boosts: bool,
    bell: bool,
    muting: bool,
    /// Nothing: until it is taken back.
    muted_until: Option<When>,
    blocking: bool,
    blocked_by: bool,
    /// The server, if all of it is shut out.
    domain: String,
    domain_blocking: bool,
    /// What the member noted for themselves.
    note: String,
    /// Lists: id, name, and whether they are in it.
    lists: Vec<(Id, String, bool)>,
}

async fn ties(reader: &Reader<'_>, tx: &mut Tx, who: Id, account: &Account) -> Result<Option<Ties>, ApiError> {
    if who == account.id {
        return Ok(None);
    }
    let Some(tie) = tx.relationships(who, &[account.id]).await?.pop() else { return Ok(None) };
    let note = tx.account_notes(who, &[account.id]).await?.pop().map_or_else(String::new, |(_, note)| note);
    let mut lists = Vec::new();
    if tie.following {
        let with = tx.lists_with(who, account.id).await?;
        let is_in = |id: Id| with.iter().any(|l| l.id == id);
        lists = tx.lists(who).await?.into_iter().map(|l| (l.id, l.title, is_in(l.id))).collect();
    }
    Ok(Some(Ties {
        id: account.id,
        following: tie.following,
        requested: tie.requested,
        followed_by: tie.followed_by,
        boosts: tie.showing_boosts,
        bell: tie.notifying,
        muting: tie.muting,
        muted_until: tie.muting_expires_at.map(|at| reader.t.when(at, reader.app.node.now())),
        blocking: tie.blocking,
        blocked_by: tie.blocked_by,
        domain: account.domain.clone(),
        domain_blocking: tie.domain_blocking,
        note,
        lists,
    }))
}

/// Somebody of another server, for members; they are looked for there if nothing is known yet.
async fn elsewhere(app: &App, reader: &Reader<'_>, name: &str) -> Result<Account, ApiError> {
    match people::named(app, reader, name).await {
        Err(error) if error.status == StatusCode::NOT_FOUND && reader.viewer.is_member() => {
            let handle = Handle::parse(name).map_err(|_| ApiError::not_found())?;
            let found = app.federation.find_handle(&handle).await.map_err(|_| ApiError::not_found())?;
            if found.is_suspended() { Err(ApiError::not_found()) } else { Ok(found) }
        }
        known => known,
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
fn stage(t: Language, challenge: &Challenge, now: Millis) -> String {
    let came = challenge.contributions_count;
    let until = challenge.closes_at.map(|at| if at - now <= DAY { t.when(at, now).full } else { t.day(at) });
    match (challenge.state, until) {
        (challenge::State::Planned, _) => t.one("stage-planned", "day", t.day(challenge.opens_at)),
        (challenge::State::Open, Some(until)) => t.two("stage-open-until", "day", until, "count", came),
        (challenge::State::Open, None) => t.one("stage-open", "count", came),
        (challenge::State::Closed, _) => t.one("stage-closed", "count", came),
        (challenge::State::Answered, _) => t.one("stage-answered", "count", came),
    }
}

/// A link of one's own says that it is (`rel="me"`), so that the site it leads to can say so, too.
fn line(t: Language, field: &model::account::Field, emojis: &Emojis<'_>) -> Line {
    let is_link = field.source.starts_with("https://") && !field.source.contains(char::is_whitespace);
    let value = if is_link {
        let (link, shown) = (html::escape(&field.source), html::escape(field.source.trim_start_matches("https://")));
        format!("<a href=\"{link}\" rel=\"me nofollow noopener\">{shown}</a>")
    } else {
        field.value.clone()
    };
    Line {
        name: emojis.draw(&html::escape(&field.name)),
        value: emojis.draw(&clean(&value)),
        verified: field.verified_at.map_or_else(String::new, |at| t.day(at)),
    }
}
