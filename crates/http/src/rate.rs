//! Rate limits: how often one member, or one address, may do what costs.

use crate::Settings;

#[derive(Debug)]
pub struct Limits {
    pub on: bool,
}

impl Limits {
    pub fn new(settings: &Settings) -> Self {
        Self { on: settings.rate_limits }
    }
}
