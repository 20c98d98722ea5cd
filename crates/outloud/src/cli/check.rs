//! Is everything as it should be.

use super::{say, words};
use crate::check::{self, Finding};
use crate::progress::Progress;
use crate::{Error, Settings};

/// Prints a line for each check.
pub async fn run(settings: &Settings, deep: bool, offline: bool) -> Result<(), Error> {
    let mut progress = Progress::default();
    let mut bad = 0;
    let mut tell = |finding: Finding| match finding {
        Finding { what, problem: None } => say(&format!("ok      {what}")),
        Finding { what, problem: Some(problem) } => {
            bad += 1;
            say(&format!("FAILED  {what}: {problem}"));
        }
    };
    // Settings that cannot be read never get here: they are refused with the name of the setting.
    tell(Finding::good(format!("settings: {}, handles end in @{}", settings.node.origin, settings.node.handle_domain)));
    match check::here(settings, &mut tell).await {
        Ok(node) => {
            if !offline {
                check::reach(settings, &node, &mut tell).await?;
            }
            if deep {
                check::deep::all(&node, &mut tell, &mut progress).await?;
            }
        }
        Err(error) => tell(Finding::bad("database", words(&error))),
    }
    if bad > 0 { Err(Error::Checks) } else { Ok(()) }
}
