//! The doors: what is let in (to come)
