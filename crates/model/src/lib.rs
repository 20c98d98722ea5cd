pub mod handle;
pub mod hashtag;
pub mod html;
pub mod language;
pub mod text;
