//! Becoming a member: the common part of the API and the pages.
