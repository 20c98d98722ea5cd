//! RSA keys of actors: reading and writing PEM, signing, verifying.
//!
//! Only RSASSA-PKCS1-v1_5 with SHA-256 is spoken, the one algorithm every server of the fediverse shares. This module
//! knows nothing of HTTP, actors or storage.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize, PublicKey as RsaPublicKey};
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaParameters,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use node::accounts::KeyPair;

/// What can be wrong with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("the text is not a PEM block of the expected kind")]
    NotPem,
    #[error("the key is not an RSA key this program can read")]
    Rejected,
    #[error("RSA keys must have 2048 to 8192 bits")]
    Size,
    #[error("the RSA operation failed")]
    Operation,
}

/// A private key, parsed once; cloning it copies a pointer.
#[derive(Clone)]
pub struct PrivateKey(Arc<RsaKeyPair>);

/// A public key, parsed once; cloning it copies a pointer.
#[derive(Clone)]
pub struct PublicKey(Arc<ParsedPublicKey>);

/// Makes an RSA key of 2048 bits, the size every implementation accepts. Takes tens of milliseconds to a second of
/// CPU: call it where blocking is allowed. The randomness is that of the cryptography library itself.
///
/// # Errors
/// [`KeyError::Operation`] when the library cannot generate or encode the key.
pub fn generate_key() -> Result<KeyPair, KeyError> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Operation)?;
    let private: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::Operation)?;
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| KeyError::Operation)?;
    Ok(KeyPair {
        private_pem: encode_pem("PRIVATE KEY", private.as_ref()),
        public_pem: encode_pem("PUBLIC KEY", public.as_ref()),
    })
}

impl PrivateKey {
    /// Reads a PKCS#8 (`BEGIN PRIVATE KEY`) or PKCS#1 (`BEGIN RSA PRIVATE KEY`) PEM block.
    ///
    /// # Errors
    /// [`KeyError::NotPem`] or [`KeyError::Rejected`].
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let key = if let Some(der) = decode_pem("PRIVATE KEY", pem) {
            RsaKeyPair::from_pkcs8(&der)
        } else {
            RsaKeyPair::from_der(&decode_pem("RSA PRIVATE KEY", pem).ok_or(KeyError::NotPem)?)
        };
        Ok(Self(Arc::new(key.map_err(|_| KeyError::Rejected)?)))
    }

    /// Signs `message` with RSASSA-PKCS1-v1_5 and SHA-256.
    ///
    /// # Errors
    /// [`KeyError::Operation`], for which no cause but exhausted memory is known.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| KeyError::Operation)?;
        Ok(signature)
    }

    /// The public half of this key.
    ///
    /// # Errors
    /// [`KeyError::Rejected`] when the public half is out of the accepted sizes.
    pub fn public_key(&self) -> Result<PublicKey, KeyError> {
        PublicKey::from_der(self.0.public_key().as_ref())
    }
}

impl PublicKey {
    /// Reads an SPKI (`BEGIN PUBLIC KEY`) or PKCS#1 (`BEGIN RSA PUBLIC KEY`) PEM block. Line lengths, line endings and
    /// blanks do not matter: actor documents carry all sorts.
    ///
    /// # Errors
    /// [`KeyError::NotPem`], [`KeyError::Rejected`] or, outside 2048 to 8192 bits, [`KeyError::Size`].
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let der = decode_pem("PUBLIC KEY", pem).or_else(|| decode_pem("RSA PUBLIC KEY", pem));
        Self::from_der(&der.ok_or(KeyError::NotPem)?)
    }

    /// Whether `signature` is this key's RSASSA-PKCS1-v1_5 SHA-256 signature of `message`.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }

    fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let pkcs1 = RsaPublicKey::from_der(der).map_err(|_| KeyError::Rejected)?;
        let bits = RsaParameters::public_modulus_len(pkcs1.as_ref()).map_err(|_| KeyError::Rejected)?;
        if !(2048..=8192).contains(&bits) {
            return Err(KeyError::Size);
        }
        let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der).map_err(|_| KeyError::Rejected)?;
        Ok(Self(Arc::new(key)))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PrivateKey")
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PublicKey")
    }
}

/// The bytes inside the first `label` block. Our own reader, because strict ones refuse PEM with long lines or
/// trailing blanks, which other servers do publish.
fn decode_pem(label: &str, pem: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once(&format!("-----BEGIN {label}-----"))?;
    let (inside, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let encoded: String = inside.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
    STANDARD.decode(encoded).ok()
}

fn encode_pem(label: &str, der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let mut pem = format!("-----BEGIN {label}-----\n");
    for (index, letter) in encoded.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            pem.push('\n');
        }
        pem.push(letter);
    }
    pem.push_str(&format!("\n-----END {label}-----\n"));
    pem
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsa::pkcs1::EncodeRsaPublicKey as _;
    use rsa::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePublicKey as _, LineEnding};

    #[test]
    fn a_generated_pair_is_read_by_an_independent_library_and_agrees_with_it() {
        let pair = generate_key().unwrap();
        let theirs = rsa::RsaPrivateKey::from_pkcs8_pem(&pair.private_pem).unwrap();
        assert_eq!(rsa::RsaPublicKey::from_public_key_pem(&pair.public_pem).unwrap(), theirs.to_public_key());

        let ours = PrivateKey::from_pem(&pair.private_pem).unwrap();
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"hello");
        let their_signature = theirs.sign(rsa::Pkcs1v15Sign::new::<rsa::sha2::Sha256>(), digest.as_ref()).unwrap();
        assert_eq!(ours.sign(b"hello").unwrap(), their_signature);
    }

    #[test]
    fn every_published_form_of_a_public_key_is_read() {
        let pair = generate_key().unwrap();
        let signature = PrivateKey::from_pem(&pair.private_pem).unwrap().sign(b"hello").unwrap();
        let public = rsa::RsaPublicKey::from_public_key_pem(&pair.public_pem).unwrap();
        let forms = [
            pair.public_pem.clone(),
            public.to_public_key_pem(LineEnding::CRLF).unwrap(),
            public.to_pkcs1_pem(LineEnding::LF).unwrap(),
            pair.public_pem.replace('\n', " \n "),
            format!("some words\n{}", pair.public_pem.trim_end()),
        ];
        for form in forms {
            let key = PublicKey::from_pem(&form).unwrap();
            assert!(key.verify(b"hello", &signature), "{form}");
            assert!(!key.verify(b"hellO", &signature), "{form}");
            assert!(!key.verify(b"hello", &[]), "{form}");
        }
    }

    #[test]
    fn keys_that_are_too_small_or_no_keys_are_refused() {
        let small = "-----BEGIN PUBLIC KEY-----\n\
            MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3\n\
            6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6\n\
            Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw\n\
            oYi+1hqp1fIekaxsyQIDAQAB\n-----END PUBLIC KEY-----\n";
        assert_eq!(PublicKey::from_pem(small).unwrap_err(), KeyError::Size);
        assert_eq!(PublicKey::from_pem("").unwrap_err(), KeyError::NotPem);
        assert_eq!(
            PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----").unwrap_err(),
            KeyError::Rejected
        );
        assert_eq!(PrivateKey::from_pem(small).unwrap_err(), KeyError::NotPem);
    }

    #[test]
    fn a_private_key_never_shows_itself() {
        let pair = generate_key().unwrap();
        assert!(!format!("{pair:?}").contains("PRIVATE"));
    }
}
