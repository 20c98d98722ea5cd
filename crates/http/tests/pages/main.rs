//! What browsers see and how apps come in: OAuth, signing in and up, the pages. Each test has a node of its own in this process.

#[cfg(test)]
mod about;
#[cfg(test)]
mod common;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod keeping;
#[cfg(test)]
mod letters;
#[cfg(test)]
mod members;
#[cfg(test)]
mod oauth;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod subjects;
