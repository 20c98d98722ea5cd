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

/// [`model::html::rewrite_links`], remembered as well. `by`: what `own` goes by, so that the same links are told apart where they lead
/// elsewhere.
pub fn linked(html: &str, by: &str, own: &dyn Fn(&str) -> Option<String>) -> String {
    // No text of the database has this character.
    let key = format!("\0{by}\0{html}");
    if let Some(known) = CLEANED.get(&key) {
        return known;
    }
    let linked = model::html::rewrite_links(html, own);
    CLEANED.insert(key, linked.clone());
    linked
}

#[cfg(test)]
mod tests {
    use super::{clean, linked};

    #[test]
    fn the_same_link_leads_where_it_should_each_time() {
        let html = "<p><a href=\"https://far.example/@ann\">@ann</a></p>";
        for to in ["/@ann@far.example", "/@other@far.example", "/@ann@far.example"] {
            let own = |_: &str| Some(to.to_owned());
            assert!(linked(html, to, &own).contains(&format!("href=\"{to}\"")), "{to}");
        }
        assert!(clean(html).contains("https://far.example/@ann"));
    }

    #[test]
    fn what_the_database_holds_is_not_believed() {
        for _ in 0..2 {
            assert_eq!(clean("<p>a<script>alert(1)</script></p>"), "<p>a</p>");
        }
    }
}
