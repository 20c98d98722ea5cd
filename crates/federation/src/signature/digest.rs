//! Digests of bodies: the old `Digest` header (RFC 3230) and `Content-Digest` (RFC 9530).
//!
//! Only the raw bytes of the body count; nothing here parses them.

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sfv::{Dictionary, ListEntry, Parser};

use super::SignatureError;

/// The value of a `Digest` header for `body`.
pub(super) fn digest_value(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(digest(&SHA256, body)))
}

/// The value of a `Content-Digest` header for `body`.
pub(super) fn content_digest_value(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(digest(&SHA256, body)))
}

/// Compares a received `Digest` value with the body. Other algorithms beside SHA-256 may stand in the list and are
/// passed over, but SHA-256 must be there exactly once.
pub(super) fn check_digest(value: &str, body: &[u8]) -> Result<(), SignatureError> {
    let mut found = None;
    for part in value.split(',') {
        let (algorithm, encoded) = part.trim().split_once('=').ok_or(SignatureError::Malformed("digest header"))?;
        if algorithm.eq_ignore_ascii_case("sha-256") && found.replace(encoded).is_some() {
            return Err(SignatureError::Malformed("digest header lists SHA-256 twice"));
        }
    }
    let encoded = found.ok_or(SignatureError::Unsupported("digest algorithm"))?;
    let claimed = STANDARD.decode(encoded).map_err(|_| SignatureError::Malformed("digest is not base64"))?;
    if claimed.len() != SHA256.output_len {
        return Err(SignatureError::Malformed("digest length"));
    }
    if claimed == digest(&SHA256, body).as_ref() { Ok(()) } else { Err(SignatureError::DigestMismatch) }
}

/// Compares a received `Content-Digest` value with the body: every SHA-256 and SHA-512 in it must be right, and there
/// must be at least one of them.
pub(super) fn check_content_digest(value: &str, body: &[u8]) -> Result<(), SignatureError> {
    let members: Dictionary =
        Parser::new(value).parse().map_err(|_| SignatureError::Malformed("content-digest header"))?;
    let mut known = false;
    for (name, entry) in &members {
        let algorithm = match name.as_str() {
            "sha-256" => &SHA256,
            "sha-512" => &SHA512,
            _ => continue,
        };
        let ListEntry::Item(item) = entry else {
            return Err(SignatureError::Malformed("content-digest header"));
        };
        let claimed =
            item.bare_item.as_byte_sequence().ok_or(SignatureError::Malformed("content-digest is not bytes"))?;
        if claimed != digest(algorithm, body).as_ref() {
            return Err(SignatureError::DigestMismatch);
        }
        known = true;
    }
    if known { Ok(()) } else { Err(SignatureError::Unsupported("content-digest algorithm")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"{\"hello\": \"world\"}";

    #[test]
    fn a_digest_is_found_among_other_algorithms_and_in_any_case() {
        for value in [
            "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
            "sha-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
            "unixsum=30637, Sha-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=,MD5=Sd/dVLAcvNLSq16eXua5uQ==",
        ] {
            assert_eq!(check_digest(value, BODY), Ok(()), "{value}");
            assert_eq!(check_digest(value, b"{}"), Err(SignatureError::DigestMismatch), "{value}");
        }
        assert_eq!(digest_value(BODY), "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=");
    }

    #[test]
    fn a_digest_that_says_nothing_or_two_things_is_refused() {
        let good = "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=";
        for value in
            ["".to_owned(), good.replace('=', ""), format!("SHA-256={good},sha-256={good}"), "SHA-256=AAAA".to_owned()]
        {
            assert!(matches!(check_digest(&value, BODY), Err(SignatureError::Malformed(_))), "{value}");
        }
        assert!(matches!(check_digest("MD5=Sd/dVLAcvNLSq16eXua5uQ==", BODY), Err(SignatureError::Unsupported(_))));
    }

    #[test]
    fn every_known_content_digest_must_be_right() {
        // RFC 9421, section B.2 gives the SHA-512 of this body.
        let sha512 =
            "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
        let both = format!("{}, {sha512}", content_digest_value(BODY));
        for value in [sha512.to_owned(), both.clone(), content_digest_value(BODY)] {
            assert_eq!(check_content_digest(&value, BODY), Ok(()), "{value}");
            assert_eq!(check_content_digest(&value, b"{}"), Err(SignatureError::DigestMismatch), "{value}");
        }
        let one_wrong = format!("{}, {sha512}", content_digest_value(b"{}"));
        assert_eq!(check_content_digest(&one_wrong, BODY), Err(SignatureError::DigestMismatch));
        assert!(matches!(check_content_digest("md5=:AAAA:", BODY), Err(SignatureError::Unsupported(_))));
        assert!(matches!(check_content_digest("sha-256=text", BODY), Err(SignatureError::Malformed(_))));
    }
}
