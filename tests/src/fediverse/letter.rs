//! Requests to a node, written and signed by hand: in the order and form of each kind of server, or in whatever way a test wants
//! them wrong. And the check of what the node signs.

use std::sync::{LazyLock, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method};
use model::clock::{Clock, Millis};
use rsa::pkcs1v15::{Signature, SigningKey, VerifyingKey};
use rsa::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
use rsa::signature::{SignatureEncoding as _, Signer as _, Verifier as _};
use rsa::{RsaPrivateKey, RsaPublicKey};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::Seen;
use crate::node::{TestNode, test_keys};

/// How a kind of server signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// draft-cavage: the algorithm it names, and the names it signs, in its order, on a POST.
    Cavage { algorithm: &'static str, signed: &'static str },
    /// The same with `(created)` in place of `date`.
    Created,
    /// RFC 9421: the components it signs on a POST.
    Rfc9421 { signed: &'static [&'static str] },
}

impl Style {
    pub const MASTODON: Self =
        Self::Cavage { algorithm: "rsa-sha256", signed: "host date digest content-type (request-target)" };
    pub const MASTODON_9421: Self = Self::Rfc9421 { signed: &["@method", "@target-uri", "content-digest"] };

    /// As the server of this kind does.
    pub fn of(software: &str) -> Self {
        let cavage = |algorithm, signed| Self::Cavage { algorithm, signed };
        match software {
            "gotosocial" => cavage("hs2019", "(request-target) host date digest"),
            "misskey" => cavage("rsa-sha256", "(request-target) date host digest"),
            "pleroma" | "akkoma" => cavage("rsa-sha256", "(request-target) content-length date digest host"),
            "pixelfed" => cavage("rsa-sha256", "(request-target) host date digest content-type user-agent"),
            "peertube" => cavage("rsa-sha256", "(request-target) host date digest content-type"),
            "lemmy" => cavage("hs2019", "(request-target) content-type date digest host"),
            "wordpress" => cavage("rsa-sha256", "(request-target) host date digest"),
            "friendica" => cavage("rsa-sha256", "(request-target) date content-length digest host"),
            "mitra" => cavage("rsa-sha256", "(request-target) host digest date"),
            "fedify" => {
                Self::Rfc9421 { signed: &["@method", "@target-uri", "@authority", "host", "date", "content-digest"] }
            }
            _ => Self::MASTODON,
        }
    }
}

/// A request that is being written.
#[derive(Clone, Debug)]
pub struct Letter {
    pub method: Method,
    pub target: String,
    /// Names in lower case; a name may stand twice.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    origin: String,
}

/// What the node answered.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Letter {
    /// A POST of an activity, not yet signed.
    pub fn post(node: &TestNode, target: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::post_at(node, target, body, Clock::System.now())
    }

    pub fn post_at(node: &TestNode, target: &str, body: impl Into<Vec<u8>>, now: Millis) -> Self {
        let body = body.into();
        let digest = STANDARD.encode(Sha256::digest(&body));
        let mut letter = Self::bare(node, Method::POST, target, now);
        letter.body = body;
        let length = letter.body.len();
        letter
            .with("digest", &format!("SHA-256={digest}"))
            .with("content-digest", &format!("sha-256=:{digest}:"))
            .with("content-type", "application/activity+json")
            .with("content-length", &length.to_string())
    }

    pub fn get(node: &TestNode, target: &str) -> Self {
        Self::bare(node, Method::GET, target, Clock::System.now())
            .with("accept", "application/activity+json, application/ld+json")
    }

    fn bare(node: &TestNode, method: Method, target: &str, now: Millis) -> Self {
        let letter = Self {
            method,
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            origin: node.origin.clone(),
        };
        let date = std::time::UNIX_EPOCH + std::time::Duration::from_millis(u64::try_from(now).unwrap());
        letter
            .with("host", node.host())
            .with("date", &httpdate::fmt_http_date(date))
            .with("user-agent", "Elsewhere/1.0")
    }

    /// Puts a header in place of the one there is.
    pub fn with(self, name: &str, value: &str) -> Self {
        let mut letter = self.without(name);
        letter.headers.push((name.to_owned(), value.to_owned()));
        letter
    }

    /// Adds a header beside the one there is.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| n != name);
        self
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    /// Signs as it stands now.
    pub fn signed(self, key_id: &str, style: Style) -> Self {
        match style {
            Style::Cavage { algorithm, signed } => {
                // What is not there is not signed: a GET has no digest.
                let names: Vec<&str> = signed
                    .split(' ')
                    .filter(|n| n.starts_with('(') || self.headers.iter().any(|(name, _)| name == n))
                    .collect();
                self.cavage(key_id, &format!(r#"algorithm="{algorithm}",headers="{}""#, names.join(" ")), &names, "")
            }
            Style::Created => {
                let created = (Clock::System.now() / 1000).to_string();
                let names: &[&str] = if self.method == Method::GET {
                    &["(request-target)", "host", "(created)"]
                } else {
                    &["(request-target)", "host", "(created)", "digest"]
                };
                let rest = format!(r#"algorithm="hs2019",created={created},headers="{}""#, names.join(" "));
                self.cavage(key_id, &rest, names, &created)
            }
            Style::Rfc9421 { signed } => self.rfc9421(key_id, signed, Clock::System.now() / 1000),
        }
    }

    /// draft-cavage over these names; `rest` are the parameters besides `keyId` and `signature`.
    pub fn cavage(self, key_id: &str, rest: &str, names: &[&str], created: &str) -> Self {
        let signature = sign(&self.base(names, created));
        self.with("signature", &format!(r#"keyId="{key_id}",{rest},signature="{signature}""#))
    }

    fn base(&self, names: &[&str], created: &str) -> String {
        let line = |name: &&str| match *name {
            "(request-target)" => format!("(request-target): {} {}", self.method.as_str().to_lowercase(), self.target),
            "(created)" => format!("(created): {created}"),
            name => format!("{name}: {}", self.header(name)),
        };
        names.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// RFC 9421 over these components.
    pub fn rfc9421(self, key_id: &str, components: &[&str], created: Millis) -> Self {
        let components: Vec<&str> =
            components.iter().copied().filter(|c| c.starts_with('@') || !self.header(c).is_empty()).collect();
        let quoted = components.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(" ");
        let params = format!(r#"({quoted});created={created};keyid="{key_id}";alg="rsa-v1_5-sha256""#);
        let mut lines: Vec<String> = components
            .iter()
            .map(|c| match *c {
                "@method" => format!("\"@method\": {}", self.method),
                "@target-uri" => format!("\"@target-uri\": {}{}", self.origin, self.target),
                "@authority" => format!("\"@authority\": {}", self.header("host")),
                name => format!("\"{name}\": {}", self.header(name)),
            })
            .collect();
        lines.push(format!("\"@signature-params\": {params}"));
        let signature = sign(&lines.join("\n"));
        self.with("signature-input", &format!("sig1={params}")).with("signature", &format!("sig1=:{signature}:"))
    }

    pub async fn send(self, node: &TestNode) -> Answer {
        let mut request = http_client().request(self.method, format!("http://{}{}", node.address(), self.target));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let answer = request.body(self.body).send().await.unwrap();
        Answer {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            body: answer.text().await.unwrap(),
        }
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

/// One for all tests. Connections are not kept: the runtime of the test that made them goes.
fn http_client() -> &'static reqwest::Client {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        #[expect(clippy::disallowed_methods, reason = "plays another server, and asks none but the node of the test")]
        let builder = reqwest::Client::builder();
        builder.pool_max_idle_per_host(0).redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
    })
}

fn sign(text: &str) -> String {
    static KEY: LazyLock<SigningKey<Sha256>> =
        LazyLock::new(|| SigningKey::new(RsaPrivateKey::from_pkcs8_pem(&test_keys().private_pem).unwrap()));
    STANDARD.encode(KEY.sign(text.as_bytes()).to_bytes())
}

/// Verifies the draft-cavage signature of a request of the node with a public key, and answers its key id and the names it covers.
/// Fails where the signature is not good or the digest is not that of the body.
pub fn verified_key_id(seen: &Seen, public_pem: &str) -> (String, Vec<String>) {
    let header = seen.header("signature");
    let param = |name: &str| {
        let start =
            header.find(&format!("{name}=\"")).unwrap_or_else(|| panic!("no {name} in {header:?}")) + name.len() + 2;
        header[start..].split('"').next().unwrap().to_owned()
    };
    let names: Vec<String> = param("headers").split(' ').map(str::to_owned).collect();
    let line = |name: &String| match name.as_str() {
        "(request-target)" => format!("(request-target): {} {}", seen.method.as_str().to_lowercase(), seen.target),
        name => format!("{name}: {}", seen.header(name)),
    };
    let base = names.iter().map(line).collect::<Vec<_>>().join("\n");
    let key = VerifyingKey::<Sha256>::new(RsaPublicKey::from_public_key_pem(public_pem).unwrap());
    let signature = Signature::try_from(STANDARD.decode(param("signature")).unwrap().as_slice()).unwrap();
    key.verify(base.as_bytes(), &signature).unwrap_or_else(|e| panic!("{e}: {seen:?}"));
    if seen.method == Method::POST {
        assert!(names.iter().any(|n| n == "digest"), "{names:?}");
        assert_eq!(seen.header("digest"), format!("SHA-256={}", STANDARD.encode(Sha256::digest(&seen.body))));
    }
    (param("keyId"), names)
}

/// The same for a signature of RFC 9421; `origin` is where the request was sent. Answers `Signature-Input`, too.
pub fn verified_newer(seen: &Seen, origin: &str, public_pem: &str) -> (String, String) {
    let input = seen.header("signature-input").to_owned();
    let (label, params) = input.split_once('=').expect("a label");
    let components = params.trim_start_matches('(').split(')').next().unwrap();
    let line = |quoted: &str| {
        let name = quoted.trim_matches('"');
        let value = match name {
            "@method" => seen.method.to_string(),
            "@target-uri" => format!("{origin}{}", seen.target),
            "@authority" => origin.trim_start_matches("https://").to_owned(),
            name => seen.header(name).to_owned(),
        };
        format!("\"{name}\": {value}")
    };
    let mut lines: Vec<String> = components.split(' ').map(line).collect();
    lines.push(format!("\"@signature-params\": {params}"));
    let key = VerifyingKey::<Sha256>::new(RsaPublicKey::from_public_key_pem(public_pem).unwrap());
    let signature =
        seen.header("signature").strip_prefix(&format!("{label}=:")).unwrap().trim_end_matches(':').to_owned();
    let signature = Signature::try_from(STANDARD.decode(signature).unwrap().as_slice()).unwrap();
    key.verify(lines.join("\n").as_bytes(), &signature).unwrap_or_else(|e| panic!("{e}: {seen:?}"));
    if seen.method == Method::POST {
        assert!(components.contains("\"content-digest\""), "{input}");
        let digest = STANDARD.encode(Sha256::digest(&seen.body));
        assert_eq!(seen.header("content-digest"), format!("sha-256=:{digest}:"));
    }
    let key_id = params.split("keyid=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a keyid");
    (key_id.to_owned(), input.clone())
}
