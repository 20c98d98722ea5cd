//! Files of other servers, which are passed on as they are: what they may be shown as, told by their first bytes.
//!
//! Nothing here unpacks a picture; that is left to the reader's browser. One that says of itself that it is larger than any we
//! would read ourselves is refused, so that it does not become the reader's burden.

use std::io::Cursor;

use image::{
    ImageDecoder as _, codecs::gif::GifDecoder, codecs::jpeg::JpegDecoder, codecs::png::PngDecoder,
    codecs::webp::WebPDecoder,
};

use super::error::MediaError;
use super::limits::Limits;
use super::sniff::{Container, Picture, Sniffed, sniff};

/// So many of the first bytes are enough to tell.
pub const HEAD: usize = 64 * 1024;

/// What a file is wanted for, which says what it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Picture,
    /// With sound or without; a moving picture will do.
    Film,
    Sound,
    /// Its server did not say.
    Anything,
    ProfilePicture,
    Emoji,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// File name extension without the dot: the type to serve it under, whatever its server declared.
    pub extension: &'static str,
    /// Most bytes it may have.
    pub most: u64,
    /// A film or sound, which may take its time.
    pub is_recording: bool,
}

impl Wanted {
    /// Most bytes, whatever it turns out to be.
    pub fn most(self, limits: &Limits) -> u64 {
        match self {
            // As Mastodon.
            Self::ProfilePicture => 8 << 20,
            Self::Emoji => 2 << 20,
            Self::Picture => limits.image_bytes,
            Self::Film | Self::Sound | Self::Anything => limits.video_bytes,
        }
    }
}

/// Tells what a file is by its first bytes ([`HEAD`], or all there are). `declared` is the type that its server gave it: one
/// that is neither of a picture, a film, a sound nor of just any bytes is believed, and refused.
///
/// # Errors
/// A [`MediaError`] where it is nothing that we would show in this place.
pub fn recognise(head: &[u8], declared: &str, wanted: Wanted, limits: &Limits) -> Result<Recognised, MediaError> {
    let declared = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_bytes = ["", "application/octet-stream", "binary/octet-stream", "application/ogg", "application/mp4"];
    let is_media = ["image/", "video/", "audio/"].iter().any(|class| declared.starts_with(class));
    if !is_media && !is_bytes.contains(&declared.as_str()) {
        return Err(MediaError::UnsupportedType);
    }
    match sniff(head)? {
        Sniffed::Picture(picture) if wanted != Wanted::Sound => {
            if let Some((width, height)) = dimensions(head, picture)
                && u64::from(width) * u64::from(height) > limits.image_pixels
            {
                return Err(MediaError::TooManyPixels { allowed: limits.image_pixels, width, height });
            }
            let most = wanted.most(limits).min(limits.image_bytes);
            Ok(Recognised { extension: picture_extension(picture), most, is_recording: false })
        }
        Sniffed::Recording(container) if matches!(wanted, Wanted::Film | Wanted::Sound | Wanted::Anything) => {
            let sound = wanted == Wanted::Sound || (wanted == Wanted::Anything && declared.starts_with("audio/"));
            let most = if sound { limits.audio_bytes } else { limits.video_bytes };
            Ok(Recognised { extension: recording_extension(container, sound), most, is_recording: true })
        }
        _ => Err(MediaError::UnsupportedType),
    }
}

fn picture_extension(picture: Picture) -> &'static str {
    match picture {
        Picture::Jpeg => "jpg",
        Picture::Png => "png",
        Picture::Gif => "gif",
        Picture::WebP => "webp",
        Picture::Avif => "avif",
    }
}

fn recording_extension(container: Container, sound: bool) -> &'static str {
    match (container, sound) {
        (Container::Mp4, false) => "mp4",
        (Container::Mp4, true) => "m4a",
        (Container::QuickTime, _) => "mov",
        (Container::WebM, false) => "webm",
        (Container::WebM, true) => "weba",
        (Container::Matroska, _) => "mkv",
        (Container::Ogg, false) => "ogv",
        (Container::Ogg, true) => "ogg",
        (Container::Mp3, _) => "mp3",
        (Container::Aac, _) => "aac",
        (Container::Flac, _) => "flac",
        (Container::Wav, _) => "wav",
    }
}

/// Width and height, as far as the first bytes tell.
fn dimensions(head: &[u8], picture: Picture) -> Option<(u32, u32)> {
    let source = Cursor::new(head);
    match picture {
        Picture::Jpeg => JpegDecoder::new(source).ok().map(|d| d.dimensions()),
        Picture::Png => PngDecoder::new(source).ok().map(|d| d.dimensions()),
        Picture::Gif => GifDecoder::new(source).ok().map(|d| d.dimensions()),
        Picture::WebP => WebPDecoder::new(source).ok().map(|d| d.dimensions()),
        Picture::Avif => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

    fn shown(head: &[u8], declared: &str, wanted: Wanted) -> Result<&'static str, MediaError> {
        recognise(head, declared, wanted, &Limits::default()).map(|r| r.extension)
    }

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert_eq!(shown(GIF, "image/gif", Wanted::Picture), Ok("gif"));
        assert_eq!(shown(GIF, "image/png", Wanted::Emoji), Ok("gif"));
        assert_eq!(shown(GIF, "", Wanted::Film), Ok("gif"));
        assert_eq!(shown(b"ID3\x04 and more", "audio/mpeg", Wanted::Sound), Ok("mp3"));
        assert_eq!(shown(b"OggS\x00 and more", "application/ogg; x=y", Wanted::Sound), Ok("ogg"));
    }

    #[test]
    fn what_is_not_of_the_kind_that_is_wanted_is_refused() {
        assert!(shown(GIF, "image/gif", Wanted::Sound).is_err());
        assert!(shown(b"ID3\x04 and more", "audio/mpeg", Wanted::Picture).is_err());
        assert!(shown(b"ID3\x04 and more", "audio/mpeg", Wanted::ProfilePicture).is_err());
        for (bytes, declared) in [
            (&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], "image/svg+xml"),
            (b"<!doctype html><script>", "image/png"),
            (b"{\"@context\":1}", "image/jpeg"),
            (b"", "image/png"),
        ] {
            assert!(shown(bytes, declared, Wanted::Anything).is_err(), "{declared}");
        }
        for declared in ["text/html", "application/activity+json", "application/pdf"] {
            assert!(shown(GIF, declared, Wanted::Picture).is_err(), "{declared}");
        }
    }

    #[test]
    fn a_picture_that_says_it_is_enormous_is_refused_by_its_first_bytes() {
        let mut bomb = GIF.to_vec();
        bomb[6..10].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
        assert!(matches!(shown(&bomb, "image/gif", Wanted::Picture), Err(MediaError::TooManyPixels { .. })));
    }
}
