//! A node that is more than one process and one folder.

mod bucket;
mod leases;
mod processes;
mod rolling;
