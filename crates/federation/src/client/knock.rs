//! Knocking twice: a signed request that is refused is made once more in the other scheme, and what worked is told.

use bytes::Bytes;
use http::header::ACCEPT;
use http::{HeaderValue, Method};
use reqwest::Response;
use url::{Position, Url};

use super::{ACTIVITY_JSON, Budget, Client, FetchError};
use crate::signature::{Asked, Outgoing, OutgoingBody, Scheme, Signer, sign};

/// A signed request, as often as it takes.
pub(super) struct Knock<'a> {
    pub(super) method: Method,
    pub(super) url: &'a Url,
    pub(super) accept: Option<HeaderValue>,
    pub(super) body: Option<Bytes>,
    pub(super) synchronisation: Option<&'a str>,
    pub(super) signer: &'a Signer,
    /// Of which the second knock is paid; the first was.
    pub(super) budget: Option<&'a Budget>,
    pub(super) now_ms: i64,
}

impl Client {
    /// Knocks in the scheme that this server took last time, and remembers another one that it took instead.
    pub(super) async fn knock_as_remembered(&self, knock: &Knock<'_>) -> Result<Response, FetchError> {
        let host = &knock.url[Position::BeforeHost..Position::AfterPort];
        let first = self.schemes.get(host).unwrap_or(Scheme::Cavage);
        let (response, scheme) = self.knock(knock, first).await?;
        if scheme != first {
            self.schemes.insert(host.to_owned(), scheme);
        }
        Ok(response)
    }

    /// Knocks, and where the signature may be what displeased (400, 401, 403) once more in the other scheme, or as the
    /// server asked for. Answers what came, and the scheme it came for: of two refusals the first.
    pub(super) async fn knock(&self, knock: &Knock<'_>, first: Scheme) -> Result<(Response, Scheme), FetchError> {
        let response = self.knock_once(knock, first, None).await?;
        let status = response.status().as_u16();
        if !matches!(status, 400 | 401 | 403) || knock.budget.is_some_and(|budget| budget.spend().is_err()) {
            return Ok((response, first));
        }
        let asked = if status == 401 { Asked::read(response.headers()) } else { None };
        let second = if asked.is_some() { Scheme::Rfc9421 } else { first.other() };
        match self.knock_once(knock, second, asked.as_ref()).await {
            Ok(better) if !matches!(better.status().as_u16(), 400 | 401 | 403 | 500..) => Ok((better, second)),
            _ => Ok((response, first)),
        }
    }

    async fn knock_once(
        &self,
        knock: &Knock<'_>,
        scheme: Scheme,
        asked: Option<&Asked>,
    ) -> Result<Response, FetchError> {
        let url = knock.url;
        let body = knock.body.as_ref().map(|bytes| OutgoingBody { content_type: ACTIVITY_JSON, bytes });
        let outgoing = Outgoing { method: &knock.method, url, body, synchronisation: knock.synchronisation, asked };
        let headers = sign(scheme, knock.signer, &outgoing, knock.now_ms)?;
        let mut request = self.transport_for(url)?.request(knock.method.clone(), url.clone()).headers(headers);
        if let Some(accept) = &knock.accept {
            request = request.header(ACCEPT, accept.clone());
        }
        if let Some(body) = &knock.body {
            request = request.body(body.clone());
        }
        self.send(request, url).await
    }
}
