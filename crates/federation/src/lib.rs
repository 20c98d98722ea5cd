pub mod client;
pub mod signature;
