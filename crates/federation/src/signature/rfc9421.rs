//! RFC 9421 HTTP Message Signatures, the profile of the fediverse: one signature, `rsa-v1_5-sha256`, with `keyid` and
//! `created`.
//!
//! The parameters of components (`sf`, `key`, `bs`, `req`, `tr`) and `@query-param` are not spoken; nobody sends them.

use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use sfv::{
    BareItem, DictSerializer, Dictionary, FieldType as _, InnerList, Item, KeyRef, ListEntry, Parser, StringRef,
};
use url::Url;

use super::digest::{check_content_digest, content_digest_value};
use super::message::{
    check_window, header, header_value, needs_digest, our_authority, text_header, url_authority, url_target,
};
use super::{Asked, Checked, KeyError, Outgoing, Request, SYNCHRONISATION, SignatureError, Signer};

pub(super) const ALGORITHM: &str = "rsa-v1_5-sha256";
const LABEL: &str = "sig1";

/// More components than any real program lists.
const MAX_COMPONENTS: usize = 32;

#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) key_id: String,
    components: Vec<String>,
    /// The value of `@signature-params`.
    params: String,
    signature: Vec<u8>,
    created: i64,
    expires: Option<i64>,
}

/// Reads `Signature-Input` and the member of `Signature` it speaks of.
pub(super) fn parse(headers: &HeaderMap) -> Result<Claim, SignatureError> {
    let (label, list) = the_input(headers)?;
    let params = signature_params(&list).ok_or(SignatureError::Malformed("signature parameters"))?;
    let components = component_names(&list)?;
    if let Some(algorithm) = list.params.get("alg")
        && algorithm.as_string().map(StringRef::as_str) != Some(ALGORITHM)
    {
        return Err(SignatureError::Unsupported("algorithm"));
    }
    let key_id = list.params.get("keyid").and_then(|id| id.as_string());
    let key_id = key_id.ok_or(SignatureError::Malformed("keyid is missing"))?.as_str().to_owned();
    let created = whole_seconds(&list, "created")?.ok_or(SignatureError::Malformed("created is missing"))?;
    let expires = whole_seconds(&list, "expires")?;
    let signature = the_signature(headers, &label)?;
    if key_id.is_empty() || signature.is_empty() {
        return Err(SignatureError::Malformed("keyid or signature is empty"));
    }
    Ok(Claim { key_id, components, params, signature, created, expires })
}

/// Signs `@method @target-uri`, and with a body also `content-digest`: what Mastodon signs and demands; and whatever else the
/// server asked for.
pub(super) fn sign(signer: &Signer, request: &Outgoing<'_>, now_ms: i64) -> Result<HeaderMap, KeyError> {
    let mut target = request.url.clone();
    target.set_fragment(None);
    let mut lines = vec![("@method", request.method.as_str().to_owned()), ("@target-uri", target.to_string())];
    let mut headers = HeaderMap::new();
    if let Some(synchronisation) = request.synchronisation {
        headers.insert(HeaderName::from_static(SYNCHRONISATION), header_value(synchronisation)?);
        lines.push((SYNCHRONISATION, synchronisation.to_owned()));
    }
    if let Some(body) = &request.body {
        let digest = content_digest_value(body.bytes);
        headers.insert(HeaderName::from_static("content-digest"), header_value(&digest)?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(body.content_type));
        lines.push(("content-digest", digest));
    }
    for name in request.asked.iter().flat_map(|asked| &asked.components) {
        if !lines.iter().any(|(known, _)| known == name) {
            lines.push((name, asked_value(name, &target, request)?));
        }
    }
    let params = our_params(&lines, signer, request.asked, now_ms).ok_or(KeyError::Operation)?;
    let mut base = String::new();
    for (name, value) in &lines {
        base.push_str(&format!("\"{name}\": {value}\n"));
    }
    base.push_str(&format!("\"@signature-params\": {params}"));
    let signature = signer.key.sign(base.as_bytes())?;
    let mut member = DictSerializer::new();
    let label = request.asked.map_or(LABEL, |asked| &asked.label);
    let key = KeyRef::from_str(label).map_err(|_| KeyError::Operation)?;
    let _ = member.bare_item(key, signature.as_slice());
    let signature = member.finish().ok_or(KeyError::Operation)?;
    headers.insert(HeaderName::from_static("signature-input"), header_value(&format!("{label}={params}"))?);
    headers.insert(HeaderName::from_static("signature"), header_value(&signature)?);
    Ok(headers)
}

impl Claim {
    pub(super) fn check(&self, request: &Request<'_>, body: &[u8], now_ms: i64) -> Result<Checked, SignatureError> {
        self.require_coverage(request, body)?;
        let base = self.base(request)?;
        check_window(self.created, self.expires, now_ms)?;
        if self.covers("content-digest") {
            let digest = text_header(request.headers, "content-digest")?.unwrap_or_default();
            check_content_digest(&digest, body)?;
        }
        Ok(Checked {
            key_id: self.key_id.clone(),
            covered: self.components.clone(),
            bases: vec![base],
            signature: self.signature.clone(),
        })
    }

    /// Method, authority, path and query must be covered, by `@target-uri` or one by one, or a signature could be
    /// moved to another request.
    fn require_coverage(&self, request: &Request<'_>, body: &[u8]) -> Result<(), SignatureError> {
        let whole = self.covers("@target-uri");
        let target = whole || self.covers("@request-target");
        if !self.covers("@method") {
            return Err(SignatureError::Uncovered("@method"));
        }
        if !whole && !self.covers("@authority") && !self.covers("host") {
            return Err(SignatureError::Uncovered("@target-uri or @authority"));
        }
        if !target && !self.covers("@path") {
            return Err(SignatureError::Uncovered("@target-uri or @path"));
        }
        if !target && request.target.contains('?') && !self.covers("@query") {
            return Err(SignatureError::Uncovered("@target-uri or @query"));
        }
        if needs_digest(request.method, body) && !self.covers("content-digest") {
            return Err(SignatureError::Uncovered("content-digest"));
        }
        Ok(())
    }

    /// The signature base of RFC 9421, section 2.5.
    fn base(&self, request: &Request<'_>) -> Result<Vec<u8>, SignatureError> {
        let authority = our_authority(request)?;
        let (path, query) = match request.target.split_once('?') {
            Some((path, query)) => (path, query),
            None => (request.target, ""),
        };
        let mut base = Vec::new();
        for name in &self.components {
            let value = match name.as_str() {
                "@method" => request.method.as_str().as_bytes().to_vec(),
                "@target-uri" => format!("{}://{authority}{}", request.scheme, request.target).into_bytes(),
                "@authority" => authority.clone().into_bytes(),
                "@scheme" => request.scheme.as_bytes().to_vec(),
                "@request-target" => request.target.as_bytes().to_vec(),
                "@path" => path.as_bytes().to_vec(),
                "@query" => format!("?{query}").into_bytes(),
                name if name.starts_with('@') => return Err(SignatureError::Unsupported("component")),
                name => header(request.headers, name)?.ok_or_else(|| SignatureError::MissingHeader(name.to_owned()))?,
            };
            base.extend_from_slice(format!("\"{name}\": ").as_bytes());
            base.extend_from_slice(&value);
            base.push(b'\n');
        }
        base.extend_from_slice(format!("\"@signature-params\": {}", self.params).as_bytes());
        Ok(base)
    }

    fn covers(&self, name: &str) -> bool {
        self.components.iter().any(|component| component == name)
    }
}

/// The one label of `Signature-Input` and its list.
fn the_input(headers: &HeaderMap) -> Result<(String, InnerList), SignatureError> {
    let raw = text_header(headers, "signature-input")?.ok_or(SignatureError::Missing)?;
    let input: Dictionary =
        Parser::new(&raw).parse().map_err(|_| SignatureError::Malformed("signature-input header"))?;
    // Structured fields let a repeated key silently win over the first; only the canonical form has no such hiding
    // places.
    let canonical = input.serialize().unwrap_or_default();
    if without_blanks(&canonical) != without_blanks(&raw) {
        return Err(SignatureError::Malformed("signature-input repeats itself or is not canonical"));
    }
    if input.len() > 1 {
        return Err(SignatureError::Malformed("more than one signature"));
    }
    match input.into_iter().next() {
        Some((label, ListEntry::InnerList(list))) => Ok((label.as_str().to_owned(), list)),
        _ => Err(SignatureError::Malformed("signature-input header")),
    }
}

fn the_signature(headers: &HeaderMap, label: &str) -> Result<Vec<u8>, SignatureError> {
    let raw = text_header(headers, "signature")?.ok_or(SignatureError::Malformed("signature header is missing"))?;
    let members: Dictionary = Parser::new(&raw).parse().map_err(|_| SignatureError::Malformed("signature header"))?;
    if members.len() != 1 || raw.contains(',') {
        return Err(SignatureError::Malformed("more than one signature"));
    }
    let Some(ListEntry::Item(item)) = members.get(label) else {
        return Err(SignatureError::Malformed("signature header has not the label of its input"));
    };
    item.bare_item.as_byte_sequence().map(<[u8]>::to_vec).ok_or(SignatureError::Malformed("signature is not bytes"))
}

fn component_names(list: &InnerList) -> Result<Vec<String>, SignatureError> {
    let mut names: Vec<String> = Vec::new();
    for item in &list.items {
        let name = item.bare_item.as_string().ok_or(SignatureError::Malformed("component name"))?.as_str();
        if !item.params.is_empty() {
            return Err(SignatureError::Unsupported("component parameter"));
        }
        if name.is_empty() || name.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii_graphic()) {
            return Err(SignatureError::Malformed("component name"));
        }
        if names.len() == MAX_COMPONENTS || names.iter().any(|known| known == name) {
            return Err(SignatureError::Malformed("components are repeated or too many"));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

fn whole_seconds(list: &InnerList, name: &str) -> Result<Option<i64>, SignatureError> {
    let Some(value) = list.params.get(name) else { return Ok(None) };
    value.as_integer().map(|seconds| Some(seconds.into())).ok_or(SignatureError::Malformed("a time is not an integer"))
}

/// The list in its canonical form, without a label in front.
fn signature_params(list: &InnerList) -> Option<String> {
    vec![ListEntry::InnerList(list.clone())].serialize()
}

/// What we can say about a request of ours beside what we sign anyway.
///
/// # Errors
/// [`KeyError::Operation`] for anything else: the request cannot be signed as asked.
fn asked_value(name: &str, target: &Url, request: &Outgoing<'_>) -> Result<String, KeyError> {
    Ok(match (name, &request.body) {
        ("@authority" | "host", _) => url_authority(target),
        ("@scheme", _) => target.scheme().to_owned(),
        ("@request-target", _) => url_target(target),
        ("@path", _) => target.path().to_owned(),
        ("@query", _) => format!("?{}", target.query().unwrap_or_default()),
        ("content-type", Some(body)) => body.content_type.to_owned(),
        ("content-length", Some(body)) => body.bytes.len().to_string(),
        _ => return Err(KeyError::Operation),
    })
}

fn our_params(lines: &[(&str, String)], signer: &Signer, asked: Option<&Asked>, now_ms: i64) -> Option<String> {
    let mut list = InnerList::default();
    for (name, _) in lines {
        list.items.push(Item::new(StringRef::from_str(name).ok()?.to_owned()));
    }
    let parameters: [(&str, BareItem); 3] = [
        ("created", BareItem::Integer(now_ms.div_euclid(1000).try_into().ok()?)),
        ("keyid", BareItem::String(StringRef::from_str(&signer.key_id).ok()?.to_owned())),
        ("alg", BareItem::String(StringRef::from_str(ALGORITHM).ok()?.to_owned())),
    ];
    for (name, value) in parameters {
        list.params.insert(KeyRef::from_str(name).ok()?.to_owned(), value);
    }
    for (name, value) in asked.into_iter().flat_map(|asked| [("nonce", &asked.nonce), ("tag", &asked.tag)]) {
        if let Some(value) = value {
            let value = BareItem::String(StringRef::from_str(value).ok()?.to_owned());
            list.params.insert(KeyRef::from_str(name).ok()?.to_owned(), value);
        }
    }
    signature_params(&list)
}

fn without_blanks(text: &str) -> String {
    text.chars().filter(|letter| !matches!(letter, ' ' | '\t')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::PublicKey;
    use http::Method;

    /// `test-key-rsa` of RFC 9421, section B.1.1.
    const KEY: &str = "-----BEGIN RSA PUBLIC KEY-----\n\
        MIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrw\n\
        WEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq\n\
        MGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZg\n\
        kne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P\n\
        uKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQ\n\
        PSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB\n-----END RSA PUBLIC KEY-----\n";

    /// The signature of the proxy in RFC 9421, section 4.3, the only `rsa-v1_5-sha256` one in that document.
    fn example() -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("host", "origin.host.internal.example"),
            ("content-type", "application/json"),
            ("content-length", "18"),
            ("forwarded", "for=192.0.2.123;host=example.com;proto=https"),
            (
                "content-digest",
                "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
            ),
            (
                "signature-input",
                "proxy_sig=(\"@method\" \"@authority\" \"@path\" \"content-digest\" \"content-type\" \"content-length\" \
                \"forwarded\");created=1618884480;keyid=\"test-key-rsa\";alg=\"rsa-v1_5-sha256\";expires=1618884540",
            ),
            (
                "signature",
                "proxy_sig=:S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaY\
                mdkDcnL9cCpXJleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmp\
                v7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowt\
                znbLVdp770I6VHR6WfgS9ddzirrswsE1w5o0LV/g==:",
            ),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn the_rsa_example_of_the_rfc_verifies() {
        let (headers, authorities) = (example(), ["origin.host.internal.example".to_owned()]);
        let key = PublicKey::from_pem(KEY).unwrap();
        let claim = parse(&headers).unwrap();
        assert_eq!(
            (claim.key_id.as_str(), claim.created, claim.expires),
            ("test-key-rsa", 1_618_884_480, Some(1_618_884_540))
        );
        let verifies = |method: &Method| {
            let target = "/foo?param=Value&Pet=dog";
            let request = Request { method, target, headers: &headers, scheme: "https", authorities: &authorities };
            key.verify(&claim.base(&request).unwrap(), &claim.signature)
        };
        assert!(verifies(&Method::POST));
        assert!(!verifies(&Method::PUT));
        check_content_digest(headers["content-digest"].to_str().unwrap(), b"{\"hello\": \"world\"}").unwrap();
    }

    #[test]
    fn derived_components_follow_the_rfc() {
        // The values of RFC 9421, sections 2.2.1 to 2.2.7.
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("WWW.example.com:443"));
        headers.append("x-list", HeaderValue::from_static(" one "));
        headers.append("x-list", HeaderValue::from_static("two"));
        let input = "s=(\"@method\" \"@target-uri\" \"@authority\" \"@scheme\" \"@request-target\" \"@path\" \"@query\" \
            \"x-list\");created=1;keyid=\"k\"";
        headers.insert("signature-input", HeaderValue::from_static(input));
        headers.insert("signature", HeaderValue::from_static("s=:AAAA:"));
        let claim = parse(&headers).unwrap();
        let request = Request {
            method: &Method::POST,
            target: "/path?param=value",
            headers: &headers,
            scheme: "https",
            authorities: &["www.example.com".to_owned()],
        };
        let expected = "\"@method\": POST\n\
            \"@target-uri\": https://www.example.com/path?param=value\n\
            \"@authority\": www.example.com\n\
            \"@scheme\": https\n\
            \"@request-target\": /path?param=value\n\
            \"@path\": /path\n\
            \"@query\": ?param=value\n\
            \"x-list\": one, two\n\
            \"@signature-params\": (\"@method\" \"@target-uri\" \"@authority\" \"@scheme\" \"@request-target\" \"@path\" \
            \"@query\" \"x-list\");created=1;keyid=\"k\"";
        assert_eq!(String::from_utf8(claim.base(&request).unwrap()).unwrap(), expected);
    }
}
