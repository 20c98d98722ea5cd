//! Chance, handed in: the system's, or a seeded one in tests.

use std::sync::{Mutex, PoisonError};

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rand::rngs::StdRng;
use rand::{RngCore as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

use crate::totp;

/// Where random numbers come from.
#[derive(Debug)]
pub enum Random {
    System,
    Seeded(Box<Mutex<StdRng>>),
}

impl Random {
    /// The same numbers every time: for tests.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Box::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            Self::System => {
                if SystemRandom::new().fill(&mut bytes).is_err() {
                    // The system's generator does not fail once it has begun; going on with a known secret would be worse than stopping.
                    std::process::abort();
                }
            }
            Self::Seeded(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes),
        }
        bytes
    }

    pub fn salt(&self) -> u16 {
        u16::from_le_bytes(self.bytes())
    }

    /// A number below `bound` (0 if that is 0).
    pub fn below(&self, bound: u64) -> u64 {
        u64::from_le_bytes(self.bytes()).checked_rem(bound).unwrap_or(0)
    }

    /// A secret of 256 bits, safe in URLs.
    pub fn secret(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }
}

/// A name that follows from a text, and from no other: SHA-256, in base32 and small letters.
pub fn name_of(text: &str) -> String {
    totp::base32(&Sha256::digest(text.as_bytes())).to_ascii_lowercase()
}

/// What is kept of a secret: SHA-256, hexadecimal.
pub fn hash(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}
