//! What was answered a moment ago is answered again, as long as nothing was written since: a home that is looked at by three apps
//! of one member, a public timeline that everybody reads. And what many ask at the same moment is worked out once. Nothing has to be
//! told what became untrue: whatever is committed ends all of it. Where time alone makes something untrue, the answer says when.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Bytes, HttpBody as _, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use model::clock::Millis;
use model::filter::{Keyword, Matcher};
use model::id::Id;
use moka::future::Cache;
use moka::policy::EvictionPolicy;
use node::Moment;

use crate::auth::{Caller, bearer, caller_of};
use crate::{ApiError, App};

/// Nothing is needed for longer.
const AGE: Duration = Duration::from_secs(5);
/// Bytes of all answers together.
const ANSWERS: u64 = 12 * 1024 * 1024;
/// The longest answer of a route that is remembered, in bytes.
const LONGEST: usize = 8 * 1024 * 1024;
/// Callers that are remembered.
const CALLERS: u64 = 2_000;

/// Bytes of all that looks for words in texts.
const MATCHERS: u64 = 16 * 1024 * 1024;

tokio::task_local! {
    /// Until when that is true which is being answered.
    static TRUE_UNTIL: Cell<Millis>;
}

/// What is being answered is true until then at most: it is not remembered for longer.
pub fn true_until(end: Millis) {
    // Where nothing is remembered nobody wants to know.
    let _ = TRUE_UNTIL.try_with(|until| until.set(until.get().min(end)));
}

/// Who asks for what, and when.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Question {
    /// Of the token; 0 without one.
    token: Id,
    /// Path and query.
    target: String,
    moment: Moment,
}

#[derive(Clone)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    true_until: Millis,
}

impl Answer {
    async fn make(request: Request, next: Next) -> Self {
        let answered = async {
            let response = next.run(request).await;
            (response, TRUE_UNTIL.with(Cell::get))
        };
        let (response, true_until) = TRUE_UNTIL.scope(Cell::new(Millis::MAX), answered).await;
        let (parts, body) = response.into_parts();
        match to_bytes(body, LONGEST).await {
            Ok(body) => Self { status: parts.status, headers: parts.headers, body, true_until },
            Err(_) => Self {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                headers: HeaderMap::new(),
                body: Bytes::from_static(b"{}"),
                true_until,
            },
        }
    }

    fn give(&self) -> Response {
        (self.status, self.headers.clone(), self.body.clone()).into_response()
    }
}

/// What a process remembers of its answers, within bounds.
pub struct Memory {
    answers: Cache<Question, Answer>,
    /// By what they showed, and when.
    callers: Cache<(String, Moment), Arc<Caller>>,
    /// What looks for the keywords of a member's filters: to make it takes longer than to use it.
    matchers: moka::sync::Cache<Id, Arc<Matcher>>,
}

impl Default for Memory {
    fn default() -> Self {
        let weigh = |question: &Question, answer: &Answer| {
            u32::try_from(question.target.len() + answer.body.len() + 1_024).unwrap_or(u32::MAX)
        };
        // The newest counts: what was asked often a moment ago is asked for with another moment now.
        let answers = Cache::builder().weigher(weigh).max_capacity(ANSWERS).time_to_live(AGE);
        let callers = Cache::builder().max_capacity(CALLERS).time_to_live(AGE);
        Self {
            answers: answers.eviction_policy(EvictionPolicy::lru()).build(),
            callers: callers.eviction_policy(EvictionPolicy::lru()).build(),
            matchers: moka::sync::Cache::builder()
                .weigher(|_, matcher: &Arc<Matcher>| u32::try_from(matcher.size()).unwrap_or(u32::MAX))
                .max_capacity(MATCHERS)
                .build(),
        }
    }
}

impl Memory {
    /// What finds these keywords, which are all that a member's filters look for.
    pub fn matcher(&self, of: Id, keywords: Vec<Keyword>) -> Arc<Matcher> {
        if let Some(known) = self.matchers.get(&of).filter(|known| known.keywords() == keywords) {
            return known;
        }
        let matcher = Arc::new(Matcher::new(keywords));
        self.matchers.insert(of, Arc::clone(&matcher));
        matcher
    }
}

/// Answers GETs of routes that only read from memory, where that is still true. What was written while an answer was made may be in
/// it or not; then the moment has passed, and it is not given to anybody who asks later.
pub async fn answer(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method() != Method::GET || !request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let (question, caller) = match question(&app, &parts).await {
        Ok(known) => known,
        Err(error) => return error.into_response(),
    };
    if app.memory.answers.get(&question).await.is_some_and(|known| known.true_until <= app.node.now()) {
        app.memory.answers.invalidate(&question).await;
    }
    let made = app.memory.answers.try_get_with(question, async {
        // Who asks was looked up.
        parts.extensions.insert(Caller::clone(&caller));
        let answer = Answer::make(Request::from_parts(parts, body), next).await;
        // What went wrong may go well the next time.
        if answer.status.is_server_error() { Err(answer) } else { Ok(answer) }
    });
    match made.await {
        Ok(answer) => answer.give(),
        Err(answer) => answer.give(),
    }
}

async fn question(app: &App, request: &Parts) -> Result<(Question, Arc<Caller>), ApiError> {
    let moment = match request.extensions.get::<Moment>() {
        Some(moment) => moment.clone(),
        None => app.node.moment().await?,
    };
    let caller = match (request.extensions.get::<Caller>(), bearer(&request.headers)) {
        (Some(known), _) => Arc::new(known.clone()),
        (None, None) => Arc::new(Caller::Nobody),
        (None, Some(secret)) => {
            let key = (secret.to_owned(), moment.clone());
            let found = app.memory.callers.try_get_with(key, async { caller_of(app, secret).await.map(Arc::new) });
            found.await.map_err(|error| ApiError::clone(&error))?
        }
    };
    let token = match &*caller {
        Caller::Nobody => 0,
        Caller::App { token, .. } => token.id,
        Caller::Member(signed) => signed.token.id,
    };
    let target = request.uri.path_and_query().map_or("/", |t| t.as_str()).to_owned();
    Ok((Question { token, target, moment }, caller))
}
