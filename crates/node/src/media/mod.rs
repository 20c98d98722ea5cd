//! What becomes of the files members send: told apart, checked, made harmless.
//!
//! Everything here is a function from bytes to bytes, on the processor alone. It must not know of accounts, posts, the
//! store or the network; where files are kept, under which name, and who may see them is decided by its callers, who
//! run it on threads that may block.
//!
//! ```text
//! match media::sniff(&bytes)? {
//!     Sniffed::Picture(_) => media::process(&bytes, &limits, Purpose::Attachment)?,   // encoded anew
//!     Sniffed::Recording(_) => media::probe(&bytes, &limits)?,                        // passed on as it is
//! }
//! ```

mod animation;
mod av1;
mod avif;
mod boxes;
mod ebml;
pub mod error;
pub mod foreign;
pub mod image;
pub mod limits;
pub mod probe;
mod raster;
pub mod sniff;
#[cfg(test)]
mod tests;

pub use error::MediaError;
pub use image::{ProcessedImage, Purpose, process};
pub use limits::Limits;
pub use probe::{Kind, Probe, probe};
pub use raster::Rendition;
pub use sniff::{Sniffed, sniff};
