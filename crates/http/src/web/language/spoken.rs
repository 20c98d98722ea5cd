//! Languages that posts are written in, as those who speak them call them. Any other can be said in the API, and stays as it was said.

/// Code (ISO 639-1) and own name, in the order of the names.
const SPOKEN: [(&str, &str); 62] = [
    ("af", "Afrikaans"),
    ("sq", "Shqip"),
    ("az", "Azərbaycan dili"),
    ("id", "Bahasa Indonesia"),
    ("ms", "Bahasa Melayu"),
    ("bs", "Bosanski"),
    ("br", "Brezhoneg"),
    ("ca", "Català"),
    ("cs", "Čeština"),
    ("cy", "Cymraeg"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("et", "Eesti"),
    ("en", "English"),
    ("es", "Español"),
    ("eo", "Esperanto"),
    ("eu", "Euskara"),
    ("fr", "Français"),
    ("fy", "Frysk"),
    ("ga", "Gaeilge"),
    ("gv", "Gaelg"),
    ("gd", "Gàidhlig"),
    ("gl", "Galego"),
    ("hr", "Hrvatski"),
    ("is", "Íslenska"),
    ("it", "Italiano"),
    ("sw", "Kiswahili"),
    ("kw", "Kernewek"),
    ("lv", "Latviešu"),
    ("lb", "Lëtzebuergesch"),
    ("lt", "Lietuvių"),
    ("hu", "Magyar"),
    ("mt", "Malti"),
    ("nl", "Nederlands"),
    ("no", "Norsk"),
    ("oc", "Occitan"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("sk", "Slovenčina"),
    ("sl", "Slovenščina"),
    ("so", "Soomaali"),
    ("fi", "Suomi"),
    ("sv", "Svenska"),
    ("tl", "Tagalog"),
    ("vi", "Tiếng Việt"),
    ("tr", "Türkçe"),
    ("el", "Ελληνικά"),
    ("bg", "Български"),
    ("ru", "Русский"),
    ("sr", "Српски"),
    ("uk", "Українська"),
    ("he", "עברית"),
    ("ar", "العربية"),
    ("fa", "فارسی"),
    ("ur", "اردو"),
    ("hi", "हिन्दी"),
    ("bn", "বাংলা"),
    ("pa", "ਪੰਜਾਬੀ"),
    ("zh", "中文"),
    ("ja", "日本語"),
    ("ko", "한국어"),
];

/// A language that can be chosen: code, own name, and whether it is the one.
pub type Spoken = (String, String, bool);

/// What can be chosen where `now` was said before; that stays, whatever it is.
pub fn choices(now: &str) -> Vec<Spoken> {
    let mut list: Vec<Spoken> =
        SPOKEN.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned(), *code == now)).collect();
    if !now.is_empty() && !list.iter().any(|(_, _, chosen)| *chosen) {
        // Of one that is spoken in a country of its own: its name, and where.
        let of_region = |(code, region): (&str, &str)| {
            let (_, name) = SPOKEN.iter().find(|(known, _)| *known == code)?;
            Some(format!("{name} ({region})"))
        };
        let name = now.split_once('-').and_then(of_region).unwrap_or_else(|| now.to_owned());
        list.insert(0, (now.to_owned(), name, true));
    }
    list
}

#[cfg(test)]
mod tests {
    use super::{SPOKEN, choices};

    #[test]
    fn each_language_can_be_chosen_once_and_others_stay() {
        let codes: std::collections::HashSet<&str> = SPOKEN.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes.len(), SPOKEN.len());
        let chosen = |now: &str| choices(now).into_iter().find(|c| c.2).map(|c| c.1);
        assert_eq!(chosen("cy").as_deref(), Some("Cymraeg"));
        assert_eq!(chosen("nds").as_deref(), Some("nds"));
        assert_eq!(chosen("en-GB").as_deref(), Some("English (GB)"));
        assert_eq!((chosen(""), choices("").len()), (None, SPOKEN.len()));
    }
}
