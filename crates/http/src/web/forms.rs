//! What forms have in common: the errors beside their fields, and where to go on afterwards.

/// Errors of a form, by field.
#[derive(Clone, Debug, Default)]
pub struct Errors(pub Vec<(&'static str, String)>);

impl Errors {
    pub fn one(field: &'static str, words: impl Into<String>) -> Self {
        Self(vec![(field, words.into())])
    }

    /// The first error of a field; empty if it has none.
    pub fn of(&self, field: &str) -> &str {
        self.0.iter().find(|(f, _)| *f == field).map_or("", |(_, words)| words)
    }

    pub fn any(&self) -> bool {
        !self.0.is_empty()
    }
}

/// A path on this node to go on to: never another site, whatever a link says.
pub fn own_path(next: &str) -> String {
    let is_path = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    let is_plain = next.len() <= 8_000 && next.chars().all(|c| c.is_ascii_graphic());
    if is_path && is_plain { next.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn going_on_stays_on_this_node() {
        assert_eq!(own_path("/oauth/authorize?a=b&c=%2F"), "/oauth/authorize?a=b&c=%2F");
        for bad in [
            "",
            "x",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb: c",
            "\t//evil.example",
            "/é",
        ] {
            assert_eq!(own_path(bad), "/", "{bad:?}");
        }
    }
}
