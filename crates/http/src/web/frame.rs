//! What every page has around it, and the headers that it is sent with.

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::account::Role;
use sha2::{Digest as _, Sha256};

use super::assets::{SCRIPT, STYLE, colours_path, logo_path};
use super::language::Language;
use super::look::Look;
use super::view::PostView;
use super::visitor::Visitor;
use crate::{ApiError, App};

/// The common part of all pages.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Name of the node.
    pub node: String,
    pub origin: String,
    pub style: &'static str,
    pub script: &'static str,
    /// The style sheet of the node's own colours; empty where it has none.
    pub colours: String,
    /// The picture before its name.
    pub logo: String,
    /// What the page is said in.
    pub t: Language,
    pub look: Look,
    /// What was done just now, in words; empty: nothing.
    pub said: String,
    /// Where on the page that is: the id of an element, or empty.
    pub said_at: String,
    /// Who is signed in.
    pub me: Option<Me>,
    /// Username of who is signed in; empty if nobody is.
    pub member: String,
    /// For the forms of the page.
    pub csrf: String,
    /// Path and query of the page, for what leads back to it.
    pub here: String,
    pub may_sign_up: bool,
    /// There are terms of service.
    pub terms: bool,
}

/// Whoever is signed in, as every page shows them.
#[derive(Clone, Debug)]
pub struct Me {
    /// They look after the node, or moderate it.
    pub is_keeper: bool,
    /// Notifications that were not looked at, up to 100.
    pub unread: i64,
    /// Reports and people who ask to join, up to 100 of each, for those who look after the node.
    pub waits: i64,
}

impl Frame {
    /// Around a page for this visitor.
    pub fn new(app: &App, visitor: &Visitor) -> Self {
        use node::config::Registrations;
        let me = visitor.signed.as_ref().map(|s| Me {
            is_keeper: s.member.role >= Role::Moderator,
            unread: visitor.unread,
            waits: visitor.waits,
        });
        Self {
            member: visitor.signed.as_ref().map_or_else(String::new, |s| s.account.username.clone()),
            me,
            csrf: visitor.csrf(),
            node: app.node.config.title.clone(),
            origin: app.node.config.origin.clone(),
            style: &STYLE,
            script: &SCRIPT,
            colours: colours_path(&app.node.config),
            logo: logo_path(&app.node.config),
            t: visitor.language,
            look: visitor.look,
            said: match visitor.said.message {
                "" => String::new(),
                message => visitor.language.say(message).into_owned(),
            },
            said_at: visitor.said.at.clone(),
            here: visitor.here.clone(),
            terms: visitor.terms,
            may_sign_up: matches!(app.node.config.registrations, Registrations::Open | Registrations::Approval),
        }
    }

    /// A post, with what can be done with it.
    pub fn post<'a>(&'a self, post: &'a PostView) -> PostCard<'a> {
        PostCard { frame: self, post }
    }

    /// Where else one can go.
    pub fn nav(&self) -> Nav<'_> {
        Nav { frame: self }
    }

    pub fn foot(&self) -> Foot<'_> {
        Foot { frame: self }
    }

    /// `page`, where the page is that of this path; for `aria-current`.
    pub fn is_at(&self, path: &str) -> bool {
        self.here.split('?').next() == Some(path)
    }

    /// The page is one below that of this path.
    pub fn is_below(&self, path: &str) -> bool {
        self.here.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
    }
}

// What stands on many pages is a template of its own, so that the program has it once.

#[derive(Template)]
#[template(path = "_post.html")]
pub struct PostCard<'a> {
    frame: &'a Frame,
    post: &'a PostView,
}

impl PostCard<'_> {
    /// What was done just now was done with this post.
    fn is_said(&self) -> bool {
        self.frame.said_at.strip_prefix('p').is_some_and(|at| at == self.post.cursor.to_string())
    }
}

#[derive(Template)]
#[template(path = "_nav.html")]
pub struct Nav<'a> {
    frame: &'a Frame,
}

#[derive(Template)]
#[template(path = "_foot.html")]
pub struct Foot<'a> {
    frame: &'a Frame,
}

/// Where a form of the page may lead to in the end, beside this node. Browsers hold redirects after a form against it, too.
#[derive(Clone, Debug, Default)]
pub struct FormTarget(pub String);

fn policy(app: &App, target: &FormTarget) -> String {
    let media = &app.node.config.media_origin;
    format!(
        "default-src 'self'; script-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; \
         img-src 'self' {media}; media-src 'self' {media}; form-action 'self'{}{}",
        if target.0.is_empty() { "" } else { " " },
        target.0
    )
}

fn write<T: Template>(page: &T) -> Result<String, ApiError> {
    page.render().map_err(|e| node::Error::Internal(format!("a page could not be written: {e}")).into())
}

fn html(app: &App, status: StatusCode, body: String, target: &FormTarget) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&policy(app, target)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    response
}

/// A page that stands within those of others. It runs nothing, and is the same for everybody.
pub fn framed<T: Template>(app: &App, page: &T) -> Result<Response, ApiError> {
    let mut response = html(app, StatusCode::OK, write(page)?, &FormTarget::default());
    let policy = policy(app, &FormTarget::default())
        .replace("frame-ancestors 'none'", "frame-ancestors *")
        .replace("script-src 'self'", "script-src 'none'");
    let headers = response.headers_mut();
    headers.remove(header::X_FRAME_OPTIONS);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Language"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    Ok(response)
}

/// A page for reading. Strangers all get the same one, which they may keep and ask about again by its tag.
pub fn readable<T: Template>(
    app: &App,
    visitor: &Visitor,
    request: &HeaderMap,
    page: &T,
) -> Result<Response, ApiError> {
    let body = write(page)?;
    let stranger = visitor.signed.is_none();
    let tag: String = Sha256::digest(body.as_bytes()).iter().take(12).map(|b| format!("{b:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let known = request.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let unchanged = stranger && known.is_some_and(|k| k.split(',').any(|t| t.trim().trim_start_matches("W/") == tag));
    let mut response = html(app, StatusCode::OK, body, &FormTarget::default());
    if unchanged {
        response = StatusCode::NOT_MODIFIED.into_response();
    }
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Language, Cookie"));
    let cache = if stranger { "no-cache" } else { "private, no-store" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let (true, Ok(tag)) = (stranger, HeaderValue::from_str(&tag)) {
        headers.insert(header::ETAG, tag);
    }
    visitor.said.is_said(app, &mut response);
    Ok(response)
}

/// A page with a form: for this visitor alone, who is remembered by a cookie if they are not signed in.
pub fn form<T: Template>(app: &App, visitor: &Visitor, status: StatusCode, page: &T) -> Result<Response, ApiError> {
    form_to(app, visitor, status, page, &FormTarget::default())
}

/// The same, with a form that may lead elsewhere.
pub fn form_to<T: Template>(
    app: &App,
    visitor: &Visitor,
    status: StatusCode,
    page: &T,
    target: &FormTarget,
) -> Result<Response, ApiError> {
    let mut response = html(app, status, write(page)?, target);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    visitor.remember(app, &mut response);
    Ok(response)
}

/// A page with a few words and nothing to do.
#[derive(Template)]
#[template(path = "message.html")]
pub struct Message {
    pub frame: Frame,
    pub title: String,
    pub words: String,
    /// A link and its words; empty: the front page.
    pub next: (String, String),
    /// What was typed, where that could not be taken.
    pub typed: Vec<String>,
}

/// Answers with a few words.
pub fn message(
    app: &App,
    visitor: &Visitor,
    status: StatusCode,
    title: &str,
    words: &str,
) -> Result<Response, ApiError> {
    let page = Message {
        frame: Frame::new(app, visitor),
        title: title.to_owned(),
        words: words.to_owned(),
        next: ("/".to_owned(), visitor.language.say("to-front").into_owned()),
        typed: Vec::new(),
    };
    form(app, visitor, status, &page)
}
