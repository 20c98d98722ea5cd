//! The key by which push services know this node (VAPID, RFC 8292). It is made once and kept in the database: whoever subscribed
//! did so with it. It also seals what subscriptions keep of tokens.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use model::clock::{HOUR, Millis, SECOND};
use serde_json::json;

use crate::{Error, Node};

/// The setting that holds the private key, base64url.
const SETTING: &str = "vapid_key";
/// How long a push service may take our word: at most a day (RFC 8292 2).
const VALID: Millis = 12 * HOUR;

pub struct Vapid {
    key: EcdsaKeyPair,
    /// The public key, uncompressed, as clients get it: base64url without padding.
    pub public: String,
    seal: LessSafeKey,
}

/// The node's key. Nobody who asks may have begun to write: it may have to be made.
pub async fn vapid(node: &Node) -> Result<Arc<Vapid>, Error> {
    let known = node.vapid.get_or_try_init(|| async {
        let known = node.store.read().await?.setting(SETTING).await?;
        let text = match known {
            Some(text) => text,
            None => {
                let mut tx = node.store.begin().await?;
                let text = tx.setting_or(SETTING, &BASE64_URL_SAFE_NO_PAD.encode(private_key(node))).await?;
                node.commit(tx).await?;
                text
            }
        };
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|e| Error::Internal(e.to_string()))?;
        Vapid::new(&bytes).map(Arc::new).map_err(|e| Error::Internal(e.to_string()))
    });
    known.await.cloned()
}

/// A private key of P-256.
pub(super) fn private_key(node: &Node) -> [u8; 32] {
    loop {
        let bytes = node.random.bytes::<32>();
        // One in four billion numbers is too large.
        if PrivateKey::from_private_key(&ECDH_P256, &bytes).is_ok() {
            return bytes;
        }
    }
}

impl Vapid {
    fn new(private: &[u8]) -> Result<Self, Unspecified> {
        let own = PrivateKey::from_private_key(&ECDH_P256, private).map_err(|_| Unspecified)?;
        let public = own.compute_public_key()?;
        let signing = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let key = EcdsaKeyPair::from_private_key_and_public_key(signing, private, public.as_ref());
        let key = key.map_err(|_| Unspecified)?;
        let info: [&[u8]; 1] = [b"the token of a subscription"];
        let seal = UnboundKey::from(Salt::new(HKDF_SHA256, b"").extract(private).expand(&info, &AES_256_GCM)?);
        let public = BASE64_URL_SAFE_NO_PAD.encode(key.public_key());
        Ok(Self { key, public, seal: LessSafeKey::new(seal) })
    }

    /// A signed word that it is us who send, for the push service at `audience` (an origin). `subject`: how to reach who runs this node.
    pub fn token(&self, audience: &str, subject: &str, now: Millis) -> Result<String, Error> {
        let part = |value: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = json!({"aud": audience, "exp": (now + VALID) / SECOND, "sub": subject});
        let text = format!("{}.{}", part(json!({"typ": "JWT", "alg": "ES256"})), part(claims));
        let signature = self.key.sign(&SystemRandom::new(), text.as_bytes());
        let signature = signature.map_err(|e| Error::Internal(e.to_string()))?;
        Ok(format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Seals a token's secret for the subscription of this token.
    pub(super) fn seal(&self, secret: &str, hash: &str, nonce: [u8; NONCE_LEN]) -> Result<String, Error> {
        let mut bytes = secret.as_bytes().to_vec();
        let sealed = Nonce::assume_unique_for_key(nonce);
        let done = self.seal.seal_in_place_append_tag(sealed, Aad::from(hash.as_bytes()), &mut bytes);
        done.map_err(|e| Error::Internal(e.to_string()))?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat()))
    }

    /// `None`: it was sealed by another key, or for another token.
    pub(super) fn open(&self, sealed: &str, hash: &str) -> Option<String> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut rest = rest.to_vec();
        let opened = self.seal.open_in_place(nonce, Aad::from(hash.as_bytes()), &mut rest).ok()?;
        String::from_utf8(opened.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn who_has_the_public_key_can_tell_that_it_is_us() {
        let vapid = Vapid::new(&[7; 32]).unwrap();
        let token = vapid.token("https://push.example", "mailto:a@example.org", 1_750_000_000_000).unwrap();
        let (text, signature) = token.rsplit_once('.').unwrap();
        let decode = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decode(&vapid.public));
        key.verify(text.as_bytes(), &decode(signature)).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&decode(text.split('.').nth(1).unwrap())).unwrap();
        let wanted = json!({"aud": "https://push.example", "exp": 1_750_043_200, "sub": "mailto:a@example.org"});
        assert_eq!(claims, wanted);
    }

    #[test]
    fn a_sealed_secret_opens_for_its_token_and_key_alone() {
        let (vapid, other) = (Vapid::new(&[7; 32]).unwrap(), Vapid::new(&[8; 32]).unwrap());
        let sealed = vapid.seal("secret", "its hash", [3; NONCE_LEN]).unwrap();
        assert_eq!(vapid.open(&sealed, "its hash").as_deref(), Some("secret"));
        assert_eq!(vapid.open(&sealed, "another hash"), None);
        assert_eq!(other.open(&sealed, "its hash"), None);
        assert_eq!(vapid.open("AAAA", "its hash"), None);
    }
}
