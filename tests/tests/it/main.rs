//! The tests of the whole: one binary, one module for each part.

#[cfg(test)]
mod apps;
#[cfg(test)]
mod attack;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod federation;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod house;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod live;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod news;
#[cfg(test)]
mod push;
#[cfg(test)]
mod scale;
#[cfg(test)]
mod start;
