//! What members take along and bring, as far as accounts and posts have to be looked up for it, or documents written and read.

mod lists;
mod posts;
mod write;
