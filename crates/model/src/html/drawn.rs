//! Pictures in the place of `:shortcodes:`.

use super::tidy::{write_attribute, write_text};
use crate::emoji::places;

/// How large they are drawn, in pixels, where no style sheet says so.
const SIZE: u32 = 20;

/// HTML in which `:shortcodes:` are pictures. `picture` gives the address of a shortcode's, or nothing to leave it as it is. The HTML must
/// have been sanitised (or be escaped text), and is not to be afterwards: this is the last step before a page. What is code stays.
pub fn draw_emoji(clean: &str, picture: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(clean.len());
    let (mut rest, mut code) = (clean, 0_usize);
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        write(&mut out, text, code > 0, picture);
        let (tag, after) = tag.split_at(tag_end(tag));
        if ["<code", "<pre"].iter().any(|start| tag.starts_with(start)) {
            code += 1;
        } else if ["</code", "</pre"].iter().any(|start| tag.starts_with(start)) {
            code = code.saturating_sub(1);
        }
        out.push_str(tag);
        rest = after;
    }
    write(&mut out, rest, code > 0, picture);
    out
}

/// Where a tag ends: behind the first `>` that is not within quotes.
fn tag_end(tag: &str) -> usize {
    let mut quoted = false;
    for (at, c) in tag.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return at + 1,
            _ => {}
        }
    }
    tag.len()
}

fn write(out: &mut String, text: &str, is_code: bool, picture: &dyn Fn(&str) -> Option<String>) {
    let mut done = 0;
    let found = if is_code { Vec::new() } else { places(text) };
    for (at, code) in found {
        let Some(url) = picture(code) else { continue };
        out.push_str(&text[done..at]);
        done = at + code.len() + 2;
        out.push_str("<img class=\"emoji\" src=\"");
        write_attribute(out, &url);
        out.push_str("\" alt=\":");
        write_text(out, code);
        out.push_str(":\" title=\":");
        write_text(out, code);
        out.push_str(&format!(":\" width=\"{SIZE}\" height=\"{SIZE}\" loading=\"lazy\">"));
    }
    out.push_str(&text[done..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(html: &str) -> String {
        let known = |code: &str| (code == "cat").then(|| "https://m.example/c?a=1&b=\"2\"".to_owned());
        let drawn = draw_emoji(html, &known);
        let img = "<img class=\"emoji\" src=\"https://m.example/c?a=1&amp;b=&quot;2&quot;\" alt=\":cat:\" title=\":cat:\" \
                   width=\"20\" height=\"20\" loading=\"lazy\">";
        drawn.replace(img, "*")
    }

    #[test]
    fn shortcodes_that_have_a_picture_become_it() {
        assert_eq!(draw("<p>a :cat: :dog: :cat:</p>"), "<p>a * :dog: *</p>");
        assert_eq!(draw(":cat::cat: x:cat: :cat:"), ":cat::cat: x:cat: *");
        assert_eq!(draw("&lt;:cat:&gt;"), "&lt;*&gt;");
    }

    #[test]
    fn tags_and_code_stay_as_they_are() {
        let html =
            "<a href=\"https://x.example/ > :cat: \" title=\":cat:\">:cat:</a><pre><code>:cat:</code> :cat:</pre>:cat:";
        assert_eq!(
            draw(html),
            "<a href=\"https://x.example/ > :cat: \" title=\":cat:\">*</a><pre><code>:cat:</code> :cat:</pre>*"
        );
        assert_eq!(draw("<p :cat:"), "<p :cat:");
    }
}
