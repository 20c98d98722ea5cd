//! Language tags: the check and the one spelling we keep.
//!
//! Knows nothing of translations or of which languages a node offers.

/// The tag in its usual spelling (`en`, `en-GB`, `zh-Hant-TW`), or nothing when it is not one.
///
/// Takes a primary subtag of two or three letters, then optionally a script (four letters) and a region (two letters
/// or three digits); BCP 47 (RFC 5646 section 2.1) subtags beyond these must be well formed and are left off, because
/// nobody on the fediverse filters by them. `_` is read as `-`, as `en_GB` is what many systems write.
pub fn valid_bcp47(tag: &str) -> Option<String> {
    if tag.len() > 35 {
        return None;
    }
    let mut subtags = tag.split(['-', '_']).peekable();
    let primary = subtags.next().filter(|s| (2..=3).contains(&s.len()) && all_letters(s))?;
    let mut out = primary.to_ascii_lowercase();
    if let Some(script) = subtags.next_if(|s| s.len() == 4 && all_letters(s)) {
        out.push('-');
        out.push_str(&script[..1].to_ascii_uppercase());
        out.push_str(&script[1..].to_ascii_lowercase());
    }
    let is_region =
        |s: &&str| (s.len() == 2 && all_letters(s)) || (s.len() == 3 && s.bytes().all(|b| b.is_ascii_digit()));
    if let Some(region) = subtags.next_if(is_region) {
        out.push('-');
        out.push_str(&region.to_ascii_uppercase());
    }
    let well_formed = |s: &str| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric());
    subtags.all(well_formed).then_some(out)
}

fn all_letters(subtag: &str) -> bool {
    subtag.bytes().all(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::valid_bcp47;

    #[test]
    fn a_tag_is_brought_into_its_usual_spelling() {
        for (given, kept) in [
            ("en", "en"),
            ("EN-gb", "en-GB"),
            ("cy", "cy"),
            ("en_GB", "en-GB"),
            ("ZH-hant-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("mn-MONG", "mn-Mong"),
            ("nan-TW", "nan-TW"),
            ("de-CH-1901", "de-CH"),
            ("en-x-private", "en"),
        ] {
            assert_eq!(valid_bcp47(given).as_deref(), Some(kept), "{given}");
        }
    }

    #[test]
    fn what_is_not_a_tag_is_refused() {
        for given in
            ["", "e", "english", "12", "en-", "en--GB", "en GB", "en\"", "é", "en-ümlaut", "en-toolongsubtag", "*"]
        {
            assert_eq!(valid_bcp47(given), None, "{given:?}");
        }
    }
}
