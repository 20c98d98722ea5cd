//! Messages that only the one who subscribed can read: RFC 8291 (`aes128gcm`), and its draft, which older apps and relays still
//! read (`aesgcm`: draft-ietf-webpush-encryption-04 with draft-ietf-httpbis-encryption-encoding-03).

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

/// Bytes of a message, its tag and its padding: one record holds all of it.
const RECORD: u32 = 4096;
/// Bytes of what can be said: RFC 8291 4, less what the draft needs for its padding.
pub const LONGEST: usize = 3_900;
/// Bytes of a public key, uncompressed.
const PUBLIC: usize = 65;

/// Who reads: the keys of a subscription.
#[derive(Clone, Debug)]
pub struct Reader {
    public: Vec<u8>,
    secret: Vec<u8>,
}

/// What is new for each message.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// A private key of P-256.
    pub private: [u8; 32],
    pub salt: [u8; 16],
}

/// An encrypted message, with what has to be said beside it.
#[derive(Debug)]
pub struct Encrypted {
    pub body: Vec<u8>,
    /// The public key that it was made with.
    pub public: Vec<u8>,
}

/// So many bytes of a derived key.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl Reader {
    /// `None` if this is no public key of P-256, or there is no secret.
    pub fn new(public: Vec<u8>, secret: Vec<u8>) -> Option<Self> {
        let reader = Self { public, secret };
        let is_point = reader.public.len() == PUBLIC && reader.public.first() == Some(&4);
        // A point that is not on the curve shows when it is used.
        let trial = Fresh { private: [1; 32], salt: [0; 16] };
        (is_point && !reader.secret.is_empty() && reader.aes128gcm(b"", &trial).is_ok()).then_some(reader)
    }

    /// As RFC 8291 says.
    ///
    /// # Errors
    /// If the keys are none.
    pub fn aes128gcm(&self, text: &[u8], fresh: &Fresh) -> Result<Encrypted, Unspecified> {
        let (public, shared) = self.agree(fresh)?;
        let input = expand::<32>(
            &Salt::new(HKDF_SHA256, &self.secret).extract(&shared),
            &[b"WebPush: info\0", &self.public, &public],
        )?;
        let keys = Salt::new(HKDF_SHA256, &fresh.salt).extract(&input);
        let key = expand::<16>(&keys, &[b"Content-Encoding: aes128gcm\0"])?;
        let nonce = expand::<NONCE_LEN>(&keys, &[b"Content-Encoding: nonce\0"])?;
        // The last record ends with 2 and its padding, of which there is none.
        let sealed = seal(key, nonce, [text, &[2]].concat())?;
        // RFC 8188 2.1: salt, size of a record, length and value of the key's name.
        let head = [fresh.salt.as_slice(), &RECORD.to_be_bytes(), &[PUBLIC as u8], &public].concat();
        Ok(Encrypted { body: [head, sealed].concat(), public })
    }

    /// As the draft says; salt and key go into headers.
    ///
    /// # Errors
    /// If the keys are none.
    pub fn aesgcm(&self, text: &[u8], fresh: &Fresh) -> Result<Encrypted, Unspecified> {
        let (public, shared) = self.agree(fresh)?;
        let input =
            expand::<32>(&Salt::new(HKDF_SHA256, &self.secret).extract(&shared), &[b"Content-Encoding: auth\0"])?;
        let keys = Salt::new(HKDF_SHA256, &fresh.salt).extract(&input);
        let length = (PUBLIC as u16).to_be_bytes();
        let context: [&[u8]; 5] = [b"P-256\0", &length, &self.public, &length, &public];
        let of = |name| [&[name], context.as_slice()].concat();
        let key = expand::<16>(&keys, &of(b"Content-Encoding: aesgcm\0"))?;
        let nonce = expand::<NONCE_LEN>(&keys, &of(b"Content-Encoding: nonce\0"))?;
        // It begins with the length of its padding, of which there is none.
        let body = seal(key, nonce, [&[0, 0], text].concat())?;
        Ok(Encrypted { body, public })
    }

    /// A key for this message alone, and what only the two of us know.
    fn agree(&self, fresh: &Fresh) -> Result<(Vec<u8>, Vec<u8>), Unspecified> {
        let own = PrivateKey::from_private_key(&ECDH_P256, &fresh.private).map_err(|_| Unspecified)?;
        let public = own.compute_public_key()?.as_ref().to_vec();
        let theirs = UnparsedPublicKey::new(&ECDH_P256, &self.public);
        let shared = agreement::agree(&own, theirs, Unspecified, |secret| Ok(secret.to_vec()))?;
        Ok((public, shared))
    }
}

fn expand<const N: usize>(key: &Prk, info: &[&[u8]]) -> Result<[u8; N], Unspecified> {
    let mut out = [0; N];
    key.expand(info, Length(N))?.fill(&mut out)?;
    Ok(out)
}

fn seal(key: [u8; 16], nonce: [u8; NONCE_LEN], mut text: Vec<u8>) -> Result<Vec<u8>, Unspecified> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    use super::*;

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        BASE64_URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
    }

    fn reader(public: &str, secret: &str) -> Reader {
        Reader::new(bytes::<PUBLIC>(public).to_vec(), bytes::<16>(secret).to_vec()).unwrap()
    }

    /// RFC 8291, section 5 and appendix A.
    #[test]
    fn the_example_of_rfc_8291_is_met_byte_by_byte() {
        let reader = reader(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
        );
        let fresh = Fresh {
            private: bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
            salt: bytes("DGv6ra1nlYgDCS1FRnbzlw"),
        };
        let made = reader.aes128gcm(b"When I grow up, I want to be a watermelon", &fresh).unwrap();
        assert_eq!(
            BASE64_URL_SAFE_NO_PAD.encode(made.body),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    /// draft-ietf-webpush-encryption-04, section 5 and appendix A: the draft has other keys than the RFC.
    #[test]
    fn the_example_of_the_draft_is_met_byte_by_byte() {
        let reader = reader(
            "BCEkBjzL8Z3C-oi2Q7oE5t2Np-p7osjGLg93qUP0wvqRT21EEWyf0cQDQcakQMqz4hQKYOQ3il2nNZct4HgAUQU",
            "R29vIGdvbyBnJyBqb29iIQ",
        );
        let fresh = Fresh {
            private: bytes("nCScek-QpEjmOOlT-rQ38nZzvdPlqa00Zy0i6m2OJvY"),
            salt: bytes("lngarbyKfMoi9Z75xYXmkg"),
        };
        let made = reader.aesgcm(b"I am the walrus", &fresh).unwrap();
        assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(&made.body), "6nqAQUME8hNqw5J3kl8cpVVJylXKYqZOeseZG8UueKpA");
        assert_eq!(
            BASE64_URL_SAFE_NO_PAD.encode(&made.public),
            "BNoRDbb84JGm8g5Z5CFxurSqsXWJ11ItfXEWYVLE85Y7CYkDjXsIEc4aqxYaQ1G8BqkXCJ6DPpDrWtdWj_mugHU"
        );
    }

    #[test]
    fn what_is_no_key_reads_nothing() {
        let secret = vec![1; 16];
        let point =
            bytes::<PUBLIC>("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        assert!(Reader::new(point.to_vec(), secret.clone()).is_some());
        assert!(Reader::new(point.to_vec(), Vec::new()).is_none());
        for bad in [Vec::new(), vec![4; 65], point[1..].to_vec(), [&[2], &point[1..33]].concat()] {
            assert!(Reader::new(bad, secret.clone()).is_none());
        }
    }
}
