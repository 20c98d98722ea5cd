//! The streams by name, and who may have them.

use model::hashtag::normalise;
use model::id::Id;
use node::login::Scopes;
use storage::Reach;

use crate::ApiError;
use crate::params::Params;

/// One that can be listened to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stream {
    /// A member's home, notifications, and what else concerns them.
    User,
    /// The notifications alone.
    Notifications,
    Public {
        reach: Reach,
        only_media: bool,
    },
    Tag {
        /// Normalised.
        key: String,
        local: bool,
    },
    List(Id),
    /// A member's conversations.
    Direct,
}

/// A stream as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub stream: Stream,
    /// Its name and parameters as the client wrote them, but for white space around them: by these it knows what it is told.
    pub echo: Vec<String>,
}

/// Reads the name of a stream (`public:local:media`) and its parameters.
pub fn read(name: &str, params: &Params) -> Result<Stream, ApiError> {
    let asks_media = params.flag("only_media").unwrap_or(false);
    let public = |reach, only_media| Stream::Public { reach, only_media: only_media || asks_media };
    Ok(match name {
        "user" => Stream::User,
        "user:notification" => Stream::Notifications,
        "public" => public(Reach::All, false),
        "public:media" => public(Reach::All, true),
        "public:local" => public(Reach::Local, false),
        "public:local:media" => public(Reach::Local, true),
        "public:remote" => public(Reach::Remote, false),
        "public:remote:media" => public(Reach::Remote, true),
        "hashtag" => tag(params, false)?,
        "hashtag:local" => tag(params, true)?,
        "list" => Stream::List(list(params)?),
        "direct" => Stream::Direct,
        _ => return Err(ApiError::bad_request("Unknown stream type")),
    })
}

fn tag(params: &Params, local: bool) -> Result<Stream, ApiError> {
    let name = params.filled("tag").ok_or_else(|| ApiError::bad_request("Missing tag name parameter"))?;
    let key = normalise(&name).ok_or_else(|| ApiError::bad_request("This is no tag"))?;
    Ok(Stream::Tag { key, local })
}

fn list(params: &Params) -> Result<Id, ApiError> {
    params.number("list").ok_or_else(|| ApiError::bad_request("Missing list name parameter"))
}

impl Stream {
    /// Whether a token with these scopes opens it. In `user` each of the two shows its part.
    pub fn is_allowed(&self, scopes: &Scopes) -> bool {
        let (statuses, notifications) = (scopes.allow("read:statuses"), scopes.allow("read:notifications"));
        match self {
            Self::User => statuses || notifications,
            Self::Notifications => notifications,
            _ => statuses,
        }
    }
}

impl Subscription {
    pub fn new(stream: Stream, name: &str, params: &Params) -> Self {
        let mut echo = vec![name.to_owned()];
        match stream {
            Stream::Tag { .. } => echo.extend(params.text("tag").map(|tag| tag.trim().to_owned())),
            Stream::List(list) => echo.push(list.to_string()),
            _ => {}
        }
        Self { stream, echo }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, query: &str) -> Result<Stream, u16> {
        read(name, &Params::from_urlencoded(query)).map_err(|e| e.status.as_u16())
    }

    #[test]
    fn streams_are_known_by_their_names() {
        assert_eq!(named("user", ""), Ok(Stream::User));
        assert_eq!(named("public", "only_media=true"), named("public:media", ""));
        assert_eq!(named("public:remote:media", ""), Ok(Stream::Public { reach: Reach::Remote, only_media: true }));
        assert_eq!(named("hashtag:local", "tag=Tea"), Ok(Stream::Tag { key: "tea".to_owned(), local: true }));
        assert_eq!(named("list", "list=12"), Ok(Stream::List(12)));
        for (name, query) in [("", ""), ("users", ""), ("hashtag", ""), ("hashtag", "tag=%21"), ("list", "list=x")] {
            assert_eq!(named(name, query), Err(400), "{name}?{query}");
        }
    }

    #[test]
    fn a_stream_is_called_as_the_client_called_it() {
        let params = Params::from_urlencoded("tag=TeaTime");
        let asked = Subscription::new(read("hashtag", &params).unwrap(), "hashtag", &params);
        assert_eq!(asked.echo, ["hashtag", "TeaTime"]);
    }

    #[test]
    fn each_stream_needs_its_scope() {
        let may = |scopes: &str, stream: Stream| stream.is_allowed(&Scopes::parse(scopes).unwrap());
        assert!(may("read", Stream::User) && may("read", Stream::Notifications) && may("read", Stream::Direct));
        assert!(may("read:notifications", Stream::User) && !may("read:notifications", Stream::Direct));
        assert!(may("read:statuses", Stream::User) && !may("read:statuses", Stream::Notifications));
        assert!(!may("write push", Stream::User) && !may("write push", Stream::List(1)));
    }
}
