//! Emoji: which texts are one, and which `:shortcodes:` a text names. Knows nothing of which shortcodes there are.

/// Shortest and longest shortcode. Mastodon's parser wants two.
pub const SHORTCODE: std::ops::RangeInclusive<usize> = 2..=64;
/// The longest sequence that is in use (a family, a flag of a region) has ten characters.
const SEQUENCE: usize = 12;

/// What somebody reacted to a post with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// The emoji itself, or `:shortcode:`.
    pub emoji: String,
    /// The picture of a custom one; empty for others.
    pub url: String,
}

/// Whether this can be the shortcode of an emoji of ours: letters, digits and underscores, two at least.
pub fn is_shortcode(text: &str) -> bool {
    SHORTCODE.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The shortcodes that stand between colons in a text, each once, in their order. As Mastodon reads them: `a:b:c` names none.
pub fn shortcodes(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for (_, code) in places(text) {
        if !found.contains(&code) {
            found.push(code);
        }
    }
    found
}

/// Where shortcodes stand in a text: the place of the first colon, in bytes, and the code, in their order.
pub fn places(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut before = None;
    let mut done = 0;
    while let Some(at) = text[done..].find(':').map(|at| done + at) {
        before = text[done..at].chars().next_back().or(before);
        let after = &text[at + 1..];
        let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
        let (code, follows) = after.split_at(end);
        let next = follows.strip_prefix(':').map(|f| f.chars().next());
        let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != ':');
        done = at + 1;
        if let Some(next) = next
            && is_shortcode(code)
            && apart(before)
            && apart(next)
        {
            found.push((at, code));
            done += end + 1;
        }
        before = Some(':');
    }
    found
}

/// Whether a text is one emoji of Unicode (or a sequence that looks like one), and nothing else.
pub fn is_unicode_emoji(text: &str) -> bool {
    let mut pictures = 0;
    for (n, c) in text.chars().enumerate() {
        if n >= SEQUENCE {
            return false;
        }
        match c {
            // Joiners, variants, tags of flags, skin tones, the frame of a key.
            '\u{200D}' | '\u{FE0E}' | '\u{FE0F}' | '\u{E0020}'..='\u{E007F}' | '\u{1F3FB}'..='\u{1F3FF}' if n > 0 => {}
            '\u{20E3}' if n > 0 => pictures += 1,
            '0'..='9' | '#' | '*' if n == 0 && text.ends_with('\u{20E3}') => {}
            c if is_picture(c) => pictures += 1,
            _ => return false,
        }
    }
    pictures > 0
}

fn is_picture(c: char) -> bool {
    matches!(c,
        '\u{1F000}'..='\u{1FAFF}' | '\u{2190}'..='\u{21FF}' | '\u{2300}'..='\u{23FF}' | '\u{24C2}' | '\u{25A0}'..='\u{27BF}'
        | '\u{2934}' | '\u{2935}' | '\u{2B00}'..='\u{2BFF}' | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}' | '©' | '®' | '‼'
        | '⁉' | '™' | 'ℹ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcodes_stand_apart_from_words() {
        assert_eq!(shortcodes("so :blobcat: and :tea_2:, :blobcat:"), ["blobcat", "tea_2"]);
        assert_eq!(shortcodes("(:ok:) \n:yes:"), ["ok", "yes"]);
        for none in [
            "",
            "a:b:c",
            "10:30:45",
            "::",
            ":x:",
            ":a-b:",
            "mailto:ok:then",
            ":ok:ok",
            "https://x.example:ab:",
            "é:ok:",
        ] {
            assert_eq!(shortcodes(none), Vec::<&str>::new(), "{none}");
        }
        assert_eq!(shortcodes(":no way:ok: :ok:"), ["ok"]);
    }

    #[test]
    fn an_emoji_is_one_picture_and_no_text() {
        for emoji in ["🔥", "❤", "❤️", "👍🏽", "1️⃣", "🇳🇿", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "⭐"]
        {
            assert!(is_unicode_emoji(emoji), "{emoji}");
        }
        for text in ["", "a", "1", "#", "ok", "🔥x", "<b>", "\u{200D}", "\u{FE0F}", "🔥 ", ":fire:", &"🔥".repeat(13)]
        {
            assert!(!is_unicode_emoji(text), "{text}");
        }
    }
}
