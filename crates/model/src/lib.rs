pub mod handle;
pub mod hashtag;
pub mod html;
pub mod language;
