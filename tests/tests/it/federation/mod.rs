//! Federation: between our own nodes, with an independent peer, and against what must not work.

mod peer;
mod two_nodes;
