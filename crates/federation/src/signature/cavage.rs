//! draft-cavage-http-signatures-12, as the fediverse speaks it: `rsa-sha256` and `hs2019`, both RSASSA-PKCS1-v1_5 with
//! SHA-256.
//!
//! Stricter than the draft where a looser reading let forged requests through elsewhere: parameters and signed headers
//! stand only once, and target, host, time and (with a body) digest must be covered.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderName, HeaderValue};

use super::digest::{check_digest, digest_value};
use super::message::{
    check_window, header, header_value, needs_digest, our_authority, text_header, url_authority, url_target,
};
use super::{Checked, KeyError, Outgoing, Request, SYNCHRONISATION, SignatureError, Signer};

const TARGET: &str = "(request-target)";
const CREATED: &str = "(created)";
const EXPIRES: &str = "(expires)";

/// More signed headers than any real program lists.
const MAX_SIGNED: usize = 32;

#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) key_id: String,
    /// Lower-case names in the order they were signed.
    signed: Vec<String>,
    signature: Vec<u8>,
    created: Option<String>,
    expires: Option<String>,
}

/// Reads the `Signature` header, or `Authorization: Signature …`.
pub(super) fn parse(headers: &HeaderMap) -> Result<Claim, SignatureError> {
    let mut params = Params::default();
    params.read(&raw_signature(headers)?)?;
    let key_id = params.key_id.ok_or(SignatureError::Malformed("keyId is missing"))?;
    let signature = params.signature.ok_or(SignatureError::Malformed("signature is missing"))?;
    let signature = STANDARD.decode(signature).map_err(|_| SignatureError::Malformed("signature is not base64"))?;
    if key_id.is_empty() || signature.is_empty() {
        return Err(SignatureError::Malformed("keyId or signature is empty"));
    }
    let algorithm = params.algorithm.as_deref().unwrap_or("hs2019");
    if !matches!(algorithm, "rsa-sha256" | "hs2019") {
        return Err(SignatureError::Unsupported("algorithm"));
    }
    let signed = signed_names(params.headers.as_deref().unwrap_or("date"))?;
    if algorithm != "hs2019" && signed.iter().any(|name| name == CREATED || name == EXPIRES) {
        return Err(SignatureError::Malformed("(created) and (expires) need algorithm hs2019"));
    }
    Ok(Claim { key_id, signed, signature, created: params.created, expires: params.expires })
}

/// Signs `(request-target) host date`, with a body also `digest content-type`, and what else is to be signed: what the strictest verifiers
/// demand and the oldest understand.
pub(super) fn sign(signer: &Signer, request: &Outgoing<'_>, now_ms: i64) -> Result<HeaderMap, KeyError> {
    let date = http_date(now_ms);
    let method = request.method.as_str().to_ascii_lowercase();
    let mut lines = vec![
        (TARGET, format!("{method} {}", url_target(request.url))),
        ("host", url_authority(request.url)),
        ("date", date.clone()),
    ];
    let mut headers = HeaderMap::new();
    headers.insert(DATE, header_value(&date)?);
    if let Some(body) = &request.body {
        let digest = digest_value(body.bytes);
        headers.insert(HeaderName::from_static("digest"), header_value(&digest)?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(body.content_type));
        lines.push(("digest", digest));
        lines.push(("content-type", body.content_type.to_owned()));
    }
    if let Some(synchronisation) = request.synchronisation {
        headers.insert(HeaderName::from_static(SYNCHRONISATION), header_value(synchronisation)?);
        lines.push((SYNCHRONISATION, synchronisation.to_owned()));
    }
    let base = lines.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n");
    let names = lines.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" ");
    let signature = STANDARD.encode(signer.key.sign(base.as_bytes())?);
    if signer.key_id.contains(['"', '\\']) {
        return Err(KeyError::Operation);
    }
    let value =
        format!(r#"keyId="{}",algorithm="rsa-sha256",headers="{names}",signature="{signature}""#, signer.key_id);
    headers.insert(HeaderName::from_static("signature"), header_value(&value)?);
    Ok(headers)
}

impl Claim {
    pub(super) fn check(&self, request: &Request<'_>, body: &[u8], now_ms: i64) -> Result<Checked, SignatureError> {
        self.require(TARGET, "(request-target)")?;
        self.require("host", "host")?;
        if !self.covers("date") && !self.covers(CREATED) {
            return Err(SignatureError::Uncovered("date or (created)"));
        }
        if needs_digest(request.method, body) {
            self.require("digest", "digest")?;
        }
        let bases = self.bases(request)?;
        our_authority(request)?;
        self.check_time(request.headers, now_ms)?;
        if self.covers("digest") {
            let digest = text_header(request.headers, "digest")?.unwrap_or_default();
            check_digest(&digest, body)?;
        }
        Ok(Checked {
            key_id: self.key_id.clone(),
            covered: self.signed.clone(),
            bases,
            signature: self.signature.clone(),
        })
    }

    /// The texts that may have been signed: over the target with its query, and (old senders) without it.
    fn bases(&self, request: &Request<'_>) -> Result<Vec<Vec<u8>>, SignatureError> {
        let mut bases = vec![self.base(request, request.target)?];
        if let Some((path, _)) = request.target.split_once('?')
            && self.covers(TARGET)
        {
            bases.push(self.base(request, path)?);
        }
        Ok(bases)
    }

    fn base(&self, request: &Request<'_>, target: &str) -> Result<Vec<u8>, SignatureError> {
        let mut base = Vec::new();
        for name in &self.signed {
            let value = match name.as_str() {
                TARGET => format!("{} {target}", request.method.as_str().to_ascii_lowercase()).into_bytes(),
                CREATED => timestamp_text(self.created.as_deref())?.as_bytes().to_vec(),
                EXPIRES => timestamp_text(self.expires.as_deref())?.as_bytes().to_vec(),
                name => header(request.headers, name)?.ok_or_else(|| SignatureError::MissingHeader(name.to_owned()))?,
            };
            if !base.is_empty() {
                base.push(b'\n');
            }
            base.extend_from_slice(name.as_bytes());
            base.extend_from_slice(b": ");
            base.extend_from_slice(&value);
        }
        Ok(base)
    }

    /// Only signed times count: an unsigned `created` could be set to anything by whoever replays the request.
    fn check_time(&self, headers: &HeaderMap, now_ms: i64) -> Result<(), SignatureError> {
        let expires = if self.covers(EXPIRES) { Some(seconds(self.expires.as_deref())?) } else { None };
        if self.covers(CREATED) {
            check_window(seconds(self.created.as_deref())?, expires, now_ms)?;
        }
        if self.covers("date") {
            let date = text_header(headers, "date")?.unwrap_or_default();
            let date = httpdate::parse_http_date(&date).map_err(|_| SignatureError::Malformed("date header"))?;
            let date = date.duration_since(UNIX_EPOCH).map_err(|_| SignatureError::Expired)?.as_secs();
            check_window(i64::try_from(date).unwrap_or(i64::MAX), expires, now_ms)?;
        }
        Ok(())
    }

    fn covers(&self, name: &str) -> bool {
        self.signed.iter().any(|signed| signed == name)
    }

    fn require(&self, name: &str, shown: &'static str) -> Result<(), SignatureError> {
        if self.covers(name) { Ok(()) } else { Err(SignatureError::Uncovered(shown)) }
    }
}

/// The parameters of the signature header; others are read, kept from repeating, and ignored.
#[derive(Default)]
struct Params {
    seen: Vec<String>,
    key_id: Option<String>,
    signature: Option<String>,
    algorithm: Option<String>,
    headers: Option<String>,
    created: Option<String>,
    expires: Option<String>,
}

impl Params {
    /// Reads `name=value` pairs between commas, values bare or quoted (RFC 9110 `auth-param`).
    fn read(&mut self, raw: &str) -> Result<(), SignatureError> {
        let mut rest = raw.trim_start();
        loop {
            let (name, after) = rest.split_once('=').ok_or(SignatureError::Malformed("parameter without a value"))?;
            let name = name.trim_end();
            if name.is_empty() || !name.chars().all(is_token) {
                return Err(SignatureError::Malformed("parameter name"));
            }
            let (value, after) = take_value(after.trim_start())?;
            self.set(name, value)?;
            rest = after.trim_start();
            if rest.is_empty() {
                return Ok(());
            }
            rest = rest.strip_prefix(',').ok_or(SignatureError::Malformed("parameters need a comma"))?.trim_start();
        }
    }

    fn set(&mut self, name: &str, value: String) -> Result<(), SignatureError> {
        let name = name.to_ascii_lowercase();
        if self.seen.contains(&name) {
            return Err(SignatureError::Malformed("a parameter is repeated"));
        }
        match name.as_str() {
            "keyid" => self.key_id = Some(value),
            "signature" => self.signature = Some(value),
            "algorithm" => self.algorithm = Some(value.to_ascii_lowercase()),
            "headers" => self.headers = Some(value),
            "created" => self.created = Some(value),
            "expires" => self.expires = Some(value),
            _ => {}
        }
        self.seen.push(name);
        Ok(())
    }
}

/// The text after an optional `Signature ` prefix, which old programs write even into the `Signature` header. Beside a
/// `Signature-Input` that header is the other scheme's.
fn raw_signature(headers: &HeaderMap) -> Result<String, SignatureError> {
    let mut lines = headers.get_all("signature").iter();
    let other_scheme = headers.contains_key("signature-input") && headers.contains_key(AUTHORIZATION);
    if let Some(line) = lines.next().filter(|_| !other_scheme) {
        if lines.next().is_some() {
            return Err(SignatureError::Malformed("more than one signature"));
        }
        let text = line.to_str().map_err(|_| SignatureError::Malformed("signature header is not text"))?;
        return Ok(without_prefix(text).unwrap_or(text).to_owned());
    }
    let Some(value) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()) else {
        return Err(SignatureError::Missing);
    };
    without_prefix(value).map(str::to_owned).ok_or(SignatureError::Missing)
}

fn without_prefix(text: &str) -> Option<&str> {
    let (scheme, rest) = text.trim_start().split_once(' ')?;
    scheme.eq_ignore_ascii_case("signature").then_some(rest)
}

/// One value and what follows it.
fn take_value(text: &str) -> Result<(String, &str), SignatureError> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(|letter| !is_token(letter)).unwrap_or(text.len());
        if end == 0 {
            return Err(SignatureError::Malformed("parameter value"));
        }
        let (value, rest) = text.split_at(end);
        return Ok((value.to_owned(), rest));
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((index, letter)) = letters.next() {
        match letter {
            '"' => return Ok((value, quoted.get(index + 1..).unwrap_or_default())),
            '\\' => value.extend(letters.next().map(|(_, escaped)| escaped)),
            _ => value.push(letter),
        }
    }
    Err(SignatureError::Malformed("unterminated quotes"))
}

fn signed_names(list: &str) -> Result<Vec<String>, SignatureError> {
    let mut names: Vec<String> = Vec::new();
    for name in list.split_ascii_whitespace() {
        let name = name.to_ascii_lowercase();
        if names.contains(&name) {
            return Err(SignatureError::Malformed("a signed header is repeated"));
        }
        if names.len() == MAX_SIGNED {
            return Err(SignatureError::Malformed("too many signed headers"));
        }
        names.push(name);
    }
    if names.is_empty() { Err(SignatureError::Malformed("no signed headers")) } else { Ok(names) }
}

/// A time parameter as it was written, which is also how it was signed.
fn timestamp_text(text: Option<&str>) -> Result<&str, SignatureError> {
    let text = text.ok_or(SignatureError::Malformed("a signed time parameter is missing"))?;
    let digits = !text.is_empty() && text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { Ok(text) } else { Err(SignatureError::Malformed("a time parameter is not in whole seconds")) }
}

fn seconds(text: Option<&str>) -> Result<i64, SignatureError> {
    timestamp_text(text)?.parse().map_err(|_| SignatureError::Malformed("time parameter"))
}

/// `tchar` of RFC 9110.
fn is_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter)
}

/// An IMF-fixdate; times before 1970 do not occur and give 1970.
fn http_date(now_ms: i64) -> String {
    let since = Duration::from_millis(u64::try_from(now_ms).unwrap_or(0));
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + since)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Method;

    /// draft-cavage-http-signatures-12, appendix C. Its key has 1024 bits, so the maths is done by another library.
    const KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3\n\
        6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6\n\
        Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw\n\
        oYi+1hqp1fIekaxsyQIDAQAB\n-----END PUBLIC KEY-----\n";

    /// Whether the draft's example with this signature header verifies over the texts we would verify.
    fn example_verifies(signature: &'static str, target: &str) -> bool {
        use rsa::pkcs8::DecodePublicKey as _;
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("host", "example.com"),
            ("date", "Sun, 05 Jan 2014 21:31:40 GMT"),
            ("content-type", "application/json"),
            ("digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="),
            ("content-length", "18"),
            ("signature", signature),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let claim = parse(&headers).unwrap();
        let request = Request { method: &Method::POST, target, headers: &headers, scheme: "https", authorities: &[] };
        let key = rsa::RsaPublicKey::from_public_key_pem(KEY).unwrap();
        claim.bases(&request).unwrap().iter().any(|base| {
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, base);
            key.verify(rsa::Pkcs1v15Sign::new::<rsa::sha2::Sha256>(), digest.as_ref(), &claim.signature).is_ok()
        })
    }

    #[test]
    fn the_examples_of_the_draft_verify() {
        // C.1, where the draft forgets to say that only the date is signed: our default when no list is given.
        let default = "keyId=\"Test\",algorithm=\"rsa-sha256\",\
            signature=\"SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25WqS\
            +lavg7T8hc0GppauB6hbgEKTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5WozsbM=\"";
        // C.2
        let basic = "keyId=\"Test\",algorithm=\"rsa-sha256\",headers=\"(request-target) host date\", \
            signature=\"qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdK\
            FYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0=\"";
        // C.3, whose printed header list names (created) and (expires) though they were not signed.
        let all = "keyId=\"Test\",algorithm=\"rsa-sha256\",\
            headers=\"(request-target) host date content-type digest content-length\",\
            signature=\"vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120\
            V01IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE=\"";
        let target = "/foo?param=value&pet=dog";
        assert!(example_verifies(default, target));
        assert!(example_verifies(basic, target));
        assert!(example_verifies(all, target));
        assert!(!example_verifies(basic, "/foo?param=value&pet=cat"));
        assert!(!example_verifies(all, "/foo"));
    }

    fn params(raw: &str) -> Result<Params, SignatureError> {
        let mut params = Params::default();
        params.read(raw).map(|()| params)
    }

    #[test]
    fn parameters_are_read_with_blanks_bare_values_and_escapes() {
        let read =
            params("keyId=\"https://a.example/x,y=z\" , algorithm=hs2019,created=1402170695, odd=\"a\\\"b\"").unwrap();
        assert_eq!(read.key_id.as_deref(), Some("https://a.example/x,y=z"));
        assert_eq!(read.algorithm.as_deref(), Some("hs2019"));
        assert_eq!(read.created.as_deref(), Some("1402170695"));
        assert_eq!(read.seen, ["keyid", "algorithm", "created", "odd"]);
    }

    #[test]
    fn broken_parameters_are_malformed() {
        for raw in [
            "",
            "keyId",
            "keyId=",
            "=x",
            "keyId=\"x",
            "keyId=\"x\\\"",
            "keyId=\"x\" algorithm=\"y\"",
            "keyId=\"x\",",
            "keyId=\"x\",,a=b",
            "keyId=\"x\",keyId=\"y\"",
            "keyId=\"x\",KEYID=\"y\"",
            "odd=1,odd=2",
            "key id=\"x\"",
        ] {
            assert!(matches!(params(raw), Err(SignatureError::Malformed(_))), "{raw}");
        }
    }
}
