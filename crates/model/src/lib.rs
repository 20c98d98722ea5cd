//! What a node talks about: accounts, posts, audiences, texts. No I/O, no async, no database, no HTTP.

pub mod account;
pub mod audience;
pub mod clock;
pub mod emoji;
pub mod handle;
pub mod hashtag;
pub mod html;
pub mod id;
pub mod language;
pub mod notification;
pub mod page;
pub mod post;
pub mod text;
