//! Colours of pages: how far two are apart, and what a node's own colour has to be so that everybody can read it.

use std::fmt;

/// The least contrast of text and what is behind it (WCAG 2.2, 1.4.3).
pub const READABLE: f64 = 4.5;

/// What the pages are written on, by light and in the dark: paper, and what lies on it.
const LIGHT: [Colour; 2] = [Colour([0xfb, 0xfa, 0xf6]), Colour([0xff, 0xff, 0xff])];
const DARK: [Colour; 2] = [Colour([0x15, 0x17, 0x1a]), Colour([0x1d, 0x20, 0x24])];
/// What stands on the colour itself, by light and in the dark.
pub const ON_LIGHT: Colour = Colour([0xff, 0xff, 0xff]);
pub const ON_DARK: Colour = Colour([0x10, 0x20, 0x1f]);
const BLACK: Colour = Colour([0, 0, 0]);

/// Red, green and blue in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl Colour {
    /// Reads `#0b5d5e`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    /// As WCAG 2.2 has it ("relative luminance").
    fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// From 1 to 21 (WCAG 2.2, "contrast ratio").
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// This much of another in a hundred parts of both.
    fn mixed(self, other: Self, parts: u16) -> Self {
        let mix = |i: usize| {
            let sum = u16::from(self.0[i]) * (100 - parts) + u16::from(other.0[i]) * parts;
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        Self([mix(0), mix(1), mix(2)])
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// A node's own colour as the pages have it: that of links and buttons, and a breath of it behind what is set apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent {
    pub light: Colour,
    pub light_soft: Colour,
    pub dark: Colour,
    pub dark_soft: Colour,
}

impl Accent {
    /// # Errors
    /// The nearest that can be read, where this one cannot be by light. In the dark it is made as light as it has to be.
    pub fn of(colour: Colour) -> Result<Self, Colour> {
        if !is_readable(colour, soft(colour, LIGHT[0], 10), &LIGHT, ON_LIGHT) {
            let darker = (1..=100).map(|parts| colour.mixed(BLACK, parts));
            let fit = |c: &Colour| is_readable(*c, soft(*c, LIGHT[0], 10), &LIGHT, ON_LIGHT);
            return Err(darker.into_iter().find(fit).unwrap_or(BLACK));
        }
        let lighter = (0..=100).map(|parts| colour.mixed(ON_LIGHT, parts));
        let fit = |c: &Colour| is_readable(*c, soft(*c, DARK[0], 18), &DARK, ON_DARK);
        let dark = lighter.into_iter().find(fit).unwrap_or(ON_LIGHT);
        Ok(Self { light: colour, light_soft: soft(colour, LIGHT[0], 10), dark, dark_soft: soft(dark, DARK[0], 18) })
    }
}

fn soft(colour: Colour, paper: Colour, parts: u16) -> Colour {
    paper.mixed(colour, parts)
}

fn is_readable(colour: Colour, soft: Colour, behind: &[Colour], on: Colour) -> bool {
    behind.iter().chain([&soft, &on]).all(|other| colour.contrast(*other) >= READABLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn contrasts_are_those_of_wcag() {
        let about = |a: &str, b: &str, expected: f64| {
            let found = colour(a).contrast(colour(b));
            assert!((found - expected).abs() < 0.01, "{a} on {b}: {found}");
        };
        about("#000000", "#ffffff", 21.0);
        about("#777777", "#ffffff", 4.48);
        about("#0b5d5e", "#0b5d5e", 1.0);
        for wrong in ["", "0b5d5e", "#0b5d5", "#0b5d5g", "#0b5d5ee", "red", "#é12345"] {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
        assert_eq!(colour(" #0B5D5E ").to_string(), "#0b5d5e");
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_the_nearest_that_can() {
        let accent = Accent::of(colour("#0b5d5e")).unwrap();
        assert_eq!(accent.light, colour("#0b5d5e"));
        let yellow = Accent::of(colour("#ffd500")).unwrap_err();
        assert_eq!(Accent::of(yellow).map(|a| a.light), Ok(yellow));
        assert!(yellow.0[0] > 0x60 && yellow.0[2] == 0, "it still is a yellow: {yellow}");
        for pale in ["#ffffff", "#ff0000", "#00ff00", "#777777", "#808080", "#00aaff"] {
            let nearest = Accent::of(colour(pale)).unwrap_err();
            assert!(Accent::of(nearest).is_ok(), "{pale}: {nearest}");
        }
        assert!(Accent::of(BLACK).is_ok());
    }

    #[test]
    fn in_the_dark_it_can_be_read_as_well() {
        for text in ["#000000", "#0b5d5e", "#7a0019", "#1d1da0", "#2f4f2f"] {
            let accent = Accent::of(colour(text)).unwrap();
            for behind in [DARK[0], DARK[1], accent.dark_soft, ON_DARK] {
                assert!(accent.dark.contrast(behind) >= READABLE, "{text}: {} on {behind}", accent.dark);
            }
        }
    }
}
