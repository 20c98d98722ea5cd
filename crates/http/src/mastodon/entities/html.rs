//! HTML on its way out: cleaned once more, whatever the database holds.

use std::sync::LazyLock;

use moka::sync::Cache;

/// Bytes of HTML, dirty and clean, that are remembered. A timeline shows the same notes and posts again and again.
const REMEMBERED: u64 = 16 * 1024 * 1024;

static CLEANED: LazyLock<Cache<String, String>> = LazyLock::new(|| {
    let weigh = |dirty: &String, clean: &String| u32::try_from(dirty.len() + clean.len()).unwrap_or(u32::MAX);
    Cache::builder().weigher(weigh).max_capacity(REMEMBERED).build()
});

/// [`model::html::sanitise`], of which the results are remembered.
pub fn clean(html: &str) -> String {
    if html.is_empty() {
        return String::new();
    }
    if let Some(known) = CLEANED.get(html) {
        return known;
    }
    let clean = model::html::sanitise(html);
    CLEANED.insert(html.to_owned(), clean.clone());
    clean
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn what_the_database_holds_is_not_believed() {
        for _ in 0..2 {
            assert_eq!(clean("<p>a<script>alert(1)</script></p>"), "<p>a</p>");
        }
    }
}
