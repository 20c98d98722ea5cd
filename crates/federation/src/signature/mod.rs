//! HTTP message signatures of the fediverse: draft-cavage-http-signatures-12 and RFC 9421, both over RSA with SHA-256.
//!
//! Pure functions over bytes and headers. This module must not know the network, the database or the clock: keys, the
//! time and our own host names are handed in.
//!
//! Receiving goes in three steps, so that garbage never costs a key fetch: [`claims`] finds the scheme and the key id,
//! [`Claim::check`] does everything that needs no key (structure, time window, body digest, host, covered
//! components), and [`Checked::verify`] does the maths once the caller holds the key.

mod asked;
mod cavage;
mod digest;
mod keys;
mod message;
mod rfc9421;

use http::{HeaderMap, Method};
use url::Url;

pub use asked::Asked;
pub use keys::{KeyError, PrivateKey, PublicKey, generate_key};

/// The header of FEP-8fcf.
pub const SYNCHRONISATION: &str = "collection-synchronization";

/// The two ways to sign a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// draft-cavage-http-signatures-12: what every server understands.
    Cavage,
    /// RFC 9421 with `@method`, `@target-uri` and `content-digest`.
    Rfc9421,
}

/// Who signs: the key and the id under which it is published.
#[derive(Clone, Debug)]
pub struct Signer {
    pub key_id: String,
    pub key: PrivateKey,
}

/// A request we are about to send.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    pub method: &'a Method,
    pub url: &'a Url,
    /// The body, with its content type; `None` for a GET.
    pub body: Option<OutgoingBody<'a>>,
    /// Value of the header `Collection-Synchronization` (FEP-8fcf), which is signed, too.
    pub synchronisation: Option<&'a str>,
    /// What the server wants a signature of RFC 9421 to be like.
    pub asked: Option<&'a Asked>,
}

#[derive(Clone, Copy, Debug)]
pub struct OutgoingBody<'a> {
    pub content_type: &'static str,
    pub bytes: &'a [u8],
}

/// A request we received, as far as a signature can cover it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub method: &'a Method,
    /// Path and query exactly as they stood in the request line.
    pub target: &'a str,
    pub headers: &'a HeaderMap,
    /// The scheme of our public origin, `https` or (in a lab) `http`; behind a proxy not the one of the connection.
    pub scheme: &'a str,
    /// The host names (with a port if it is not the default one) that are ours. Requests for any other are refused,
    /// or one signed for another server could be replayed here.
    pub authorities: &'a [String],
}

/// A signature that was found in the headers, nothing of it believed yet.
#[derive(Clone, Debug)]
pub struct Claim(Inner);

#[derive(Clone, Debug)]
enum Inner {
    Cavage(cavage::Claim),
    Rfc9421(rfc9421::Claim),
}

/// A claim in order in every respect that needs no key.
#[derive(Clone, Debug)]
pub struct Checked {
    key_id: String,
    /// Headers and components that are signed, lower case.
    covered: Vec<String>,
    /// The texts that may have been signed; more than one where implementations differ.
    bases: Vec<Vec<u8>>,
    signature: Vec<u8>,
}

/// Why a signature was refused. [`SignatureError::is_malformed`] tells a 400 from a 401.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the request is not signed")]
    Missing,
    #[error("malformed signature: {0}")]
    Malformed(&'static str),
    #[error("unsupported {0} in the signature")]
    Unsupported(&'static str),
    #[error("the signature must cover {0}")]
    Uncovered(&'static str),
    #[error("the signed header {0} is absent")]
    MissingHeader(String),
    #[error("the request is meant for another host")]
    WrongHost,
    #[error("the signature is too old")]
    Expired,
    #[error("the signature is dated in the future")]
    InFuture,
    #[error("the body does not have the digest it claims")]
    DigestMismatch,
    #[error("the signature does not verify")]
    Invalid,
    /// Its owner's server has no such key, or none that can be believed.
    #[error("the key of the signature could not be found")]
    UnknownKey,
}

/// Finds the signatures of a request, one at least, in the order in which they are to be tried. `Signature-Input` selects RFC
/// 9421; a `Signature` header or `Authorization: Signature …` is read as draft-cavage, also beside the other scheme: each is
/// enough by itself, so whoever wants may leave the other out.
///
/// # Errors
/// [`SignatureError::Missing`] without any, [`SignatureError::Malformed`] or [`SignatureError::Unsupported`] when none can be
/// read.
pub fn claims(headers: &HeaderMap) -> Result<Vec<Claim>, SignatureError> {
    let cavage = cavage::parse(headers).map(|claim| Claim(Inner::Cavage(claim)));
    if !headers.contains_key("signature-input") {
        return Ok(vec![cavage?]);
    }
    let newer = rfc9421::parse(headers).map(|claim| Claim(Inner::Rfc9421(claim)));
    match (newer, cavage) {
        (Ok(newer), cavage) => Ok(std::iter::once(newer).chain(cavage).collect()),
        (Err(_), Ok(cavage)) => Ok(vec![cavage]),
        (Err(error), Err(_)) => Err(error),
    }
}

/// The headers to add to an outgoing request: `Date`, `Content-Type` and the digest where there is a body, and the
/// signature. The `Host` header must be the one of the URL, as every HTTP client sets it.
///
/// # Errors
/// [`KeyError::Operation`] when signing fails or the key id cannot stand in a header.
pub fn sign(scheme: Scheme, signer: &Signer, request: &Outgoing<'_>, now_ms: i64) -> Result<HeaderMap, KeyError> {
    match scheme {
        Scheme::Cavage => cavage::sign(signer, request, now_ms),
        Scheme::Rfc9421 => rfc9421::sign(signer, request, now_ms),
    }
}

impl Scheme {
    /// As it is remembered.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cavage => "cavage",
            Self::Rfc9421 => "rfc9421",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Cavage, Self::Rfc9421].into_iter().find(|scheme| scheme.name() == name)
    }

    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Cavage => Self::Rfc9421,
            Self::Rfc9421 => Self::Cavage,
        }
    }
}

impl Claim {
    /// The id of the key as claimed: not yet verified, not even as a URL.
    #[must_use]
    pub fn key_id(&self) -> &str {
        match &self.0 {
            Inner::Cavage(claim) => &claim.key_id,
            Inner::Rfc9421(claim) => &claim.key_id,
        }
    }

    #[must_use]
    pub fn scheme(&self) -> Scheme {
        match &self.0 {
            Inner::Cavage(_) => Scheme::Cavage,
            Inner::Rfc9421(_) => Scheme::Rfc9421,
        }
    }

    /// Checks all that can be checked without the key: the request is for one of our hosts, method, target, host and
    /// time are covered, the time is within the window, and the body has the covered digest. `now_ms` is the time in
    /// milliseconds since 1970.
    ///
    /// # Errors
    /// Any [`SignatureError`] but [`SignatureError::Invalid`].
    pub fn check(&self, request: &Request<'_>, body: &[u8], now_ms: i64) -> Result<Checked, SignatureError> {
        match &self.0 {
            Inner::Cavage(claim) => claim.check(request, body, now_ms),
            Inner::Rfc9421(claim) => claim.check(request, body, now_ms),
        }
    }

    /// [`Claim::check`] and [`Checked::verify`] in one, for callers that hold the key already.
    ///
    /// # Errors
    /// Any [`SignatureError`].
    pub fn verify(
        &self,
        request: &Request<'_>,
        body: &[u8],
        key: &PublicKey,
        now_ms: i64,
    ) -> Result<(), SignatureError> {
        self.check(request, body, now_ms)?.verify(key)
    }
}

impl Checked {
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Whether a header (in lower case) or component is signed.
    #[must_use]
    pub fn covers(&self, name: &str) -> bool {
        self.covered.iter().any(|covered| covered == name)
    }

    /// Does the maths. It may be called again with a freshly fetched key after it failed with a cached one.
    ///
    /// # Errors
    /// [`SignatureError::Invalid`].
    pub fn verify(&self, key: &PublicKey) -> Result<(), SignatureError> {
        if self.bases.iter().any(|base| key.verify(base, &self.signature)) {
            Ok(())
        } else {
            Err(SignatureError::Invalid)
        }
    }
}

impl SignatureError {
    /// Whether the request itself is broken (answer 400) rather than its proof insufficient (answer 401).
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        matches!(self, Self::Malformed(_))
    }
}
