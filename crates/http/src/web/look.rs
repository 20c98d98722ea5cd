//! How the pages look in a browser, as whoever sits there chose: words in one cookie, which stay when they sign in or out.

/// What can be chosen, in groups of which each has one; the first is what the system or the browser says.
pub const CHOICES: [(&str, &[&str]); 5] = [
    ("theme", &["auto", "light", "dark"]),
    ("size", &["usual", "large", "larger"]),
    ("density", &["roomy", "tight"]),
    ("motion", &["moving", "still"]),
    ("keys", &["keys-on", "keys-off"]),
];

/// One choice of each group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look([usize; CHOICES.len()]);

impl Look {
    /// Reads a cookie; what is not known is left as it is.
    pub fn read(text: &str) -> Self {
        let mut look = Self::default();
        for word in text.split('.').take(8) {
            look.choose(word);
        }
        look
    }

    /// Takes a choice of some group.
    pub fn choose(&mut self, word: &str) {
        for (chosen, (_, words)) in self.0.iter_mut().zip(CHOICES) {
            if let Some(i) = words.iter().position(|w| *w == word) {
                *chosen = i;
            }
        }
    }

    /// What was chosen, by group.
    pub fn words(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        CHOICES.iter().zip(self.0).map(|((group, words), i)| (*group, words.get(i).copied().unwrap_or_default()))
    }

    pub fn has(self, word: &str) -> bool {
        self.words().any(|(_, w)| w == word)
    }

    /// Classes of the page; the cookie with dots.
    pub fn classes(self) -> String {
        self.words().map(|(_, word)| word).collect::<Vec<_>>().join(" ")
    }

    pub fn cookie(self) -> String {
        self.classes().replace(' ', ".")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_read_again() {
        let mut look = Look::default();
        assert_eq!(look.cookie(), "auto.usual.roomy.moving.keys-on");
        look.choose("dark");
        look.choose("still");
        look.choose("<script>");
        assert_eq!(Look::read(&look.cookie()), look);
        assert_eq!(look.classes(), "dark usual roomy still keys-on");
        assert!(look.has("dark") && !look.has("auto"));
        assert_eq!(Look::read("x.y..light"), Look::read("light"));
    }
}
