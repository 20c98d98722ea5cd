//! Codes that change every half minute (RFC 6238, with the defaults that every authenticator app has: SHA-1, 30 seconds, six digits).

use aws_lc_rs::hmac;
use model::clock::{Millis, SECOND};

const STEP: Millis = 30 * SECOND;
/// Steps to both sides whose codes are taken, too: clocks differ, and people type slowly.
const SLACK: i64 = 1;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Base32 without padding (RFC 4648), as apps want a secret to be written.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut bits, mut count) = (0u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            text.push(char::from(ALPHABET[(bits >> count & 31) as usize]));
        }
    }
    if count > 0 {
        text.push(char::from(ALPHABET[(bits << (5 - count) & 31) as usize]));
    }
    text
}

fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for c in text.bytes() {
        let digit = ALPHABET.iter().position(|a| *a == c)?;
        bits = bits << 5 | u32::try_from(digit).ok()?;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 255).ok()?);
        }
    }
    Some(bytes)
}

fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let at = usize::from(bytes.last().copied().unwrap_or(0) & 15);
    let number = bytes.iter().skip(at).take(4).fold(0u32, |n, b| n << 8 | u32::from(*b)) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// The step whose code this is, if it is one that is taken now.
pub fn step_of(secret: &str, typed: &str, now: Millis) -> Option<i64> {
    let secret = from_base32(secret)?;
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let current = now.div_euclid(STEP);
    (current - SLACK..=current + SLACK).find(|step| {
        aws_lc_rs::constant_time::verify_slices_are_equal(code(&secret, *step).as_bytes(), typed.as_bytes()).is_ok()
    })
}

/// The code of this moment: what an app would show.
pub fn code_at(secret: &str, now: Millis) -> Option<String> {
    Some(code(&from_base32(secret)?, now.div_euclid(STEP)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = base32(b"12345678901234567890");
        assert_eq!(secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        // RFC 6238, appendix B: the last six of the eight digits there.
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(&secret, seconds * SECOND).as_deref(), Some(expected), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_taken_half_a_minute_early_or_late_and_no_more() {
        let secret = base32(b"12345678901234567890");
        let at = 1_234_567_890 * SECOND;
        let step = at / STEP;
        for (late, found) in [(0, Some(step)), (STEP, Some(step)), (-STEP, Some(step)), (2 * STEP, None)] {
            assert_eq!(step_of(&secret, "005 924", at + late), found, "{late}");
        }
        assert_eq!(step_of(&secret, "", at), None);
        assert_eq!(step_of("not base 32", "005924", at), None);
        assert_eq!((base32(&[]), base32(&[255]), base32(b"foo")), (String::new(), "74".to_owned(), "MZXW6".to_owned()));
    }
}
