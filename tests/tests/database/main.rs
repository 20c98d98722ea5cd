//! What the database is asked for. A binary of its own: its last module, `written`, looks at every statement that the others ran.

#[cfg(test)]
mod storage;
