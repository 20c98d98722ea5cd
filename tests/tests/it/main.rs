//! The tests of the whole: one binary, one module for each part.

#[cfg(test)]
mod storage;
