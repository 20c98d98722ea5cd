//! What a file is, told from its first bytes alone.
//!
//! Neither the file's name nor the type its sender declared is asked: both are free to lie, and a file served under a
//! wrong type is how uploads become scripts or ActivityPub documents of our own origin. What is not on the list is
//! refused, so text formats (SVG, HTML, JSON) cannot pass.

use infer::{audio, image, video};

use super::boxes;
use super::error::MediaError;

/// A picture format we decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    Jpeg,
    Png,
    Gif,
    WebP,
    Avif,
}

/// A container of film or sound that we pass on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// ISO base media (MP4, M4A, M4V and their many brands).
    Mp4,
    QuickTime,
    WebM,
    Matroska,
    Ogg,
    Mp3,
    /// AAC frames without a container (ADTS).
    Aac,
    Flac,
    Wav,
}

/// What is to be done with a file: pictures go to [`super::image::process`], the rest to [`super::probe::probe`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sniffed {
    Picture(Picture),
    Recording(Container),
}

/// Tells the kind of a file by its magic bytes; `bytes` may be the whole file or its first kilobytes.
///
/// # Errors
/// [`MediaError::Empty`], [`MediaError::Heic`], or [`MediaError::UnsupportedType`] for everything not on the list.
pub fn sniff(bytes: &[u8]) -> Result<Sniffed, MediaError> {
    if bytes.is_empty() {
        return Err(MediaError::Empty);
    }
    if let Some(picture) = picture(bytes) {
        return Ok(Sniffed::Picture(picture));
    }
    if is_heic(bytes) {
        return Err(MediaError::Heic);
    }
    recording(bytes).map(Sniffed::Recording).ok_or(MediaError::UnsupportedType)
}

fn picture(bytes: &[u8]) -> Option<Picture> {
    if image::is_jpeg(bytes) {
        Some(Picture::Jpeg)
    } else if image::is_png(bytes) {
        Some(Picture::Png)
    } else if image::is_gif(bytes) {
        Some(Picture::Gif)
    } else if image::is_webp(bytes) {
        Some(Picture::WebP)
    } else if brands(bytes).any(|brand| brand == b"avif" || brand == b"avis") {
        Some(Picture::Avif)
    } else {
        None
    }
}

fn is_heic(bytes: &[u8]) -> bool {
    brands(bytes).any(|brand| matches!(brand, b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1"))
}

fn recording(bytes: &[u8]) -> Option<Container> {
    // Every brand of ISO base media that is not a picture: the brands are too many to list, and the probe refuses a
    // file without a track of film or sound.
    if let Some(major) = brands(bytes).next() {
        return Some(if major == b"qt  " { Container::QuickTime } else { Container::Mp4 });
    }
    if is_old_quicktime(bytes) {
        Some(Container::QuickTime)
    } else if video::is_webm(bytes) {
        Some(Container::WebM)
    } else if video::is_mkv(bytes) {
        Some(Container::Matroska)
    } else if audio::is_ogg(bytes) {
        Some(Container::Ogg)
    } else if audio::is_flac(bytes) {
        Some(Container::Flac)
    } else if audio::is_wav(bytes) {
        Some(Container::Wav)
    } else if is_mp3(bytes) {
        Some(Container::Mp3)
    } else if is_adts(bytes) {
        Some(Container::Aac)
    } else {
        None
    }
}

/// The brands of an ISO base media file, the major one first (ISO/IEC 14496-12 section 4.3).
fn brands(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let body = match boxes::first(bytes) {
        Some(found) if &found.kind == b"ftyp" => found.body,
        _ => &[],
    };
    body.chunks_exact(4).enumerate().filter(|(place, _)| *place != 1).map(|(_, brand)| brand)
}

/// QuickTime from before the `ftyp` box begins with the film or its table of contents.
fn is_old_quicktime(bytes: &[u8]) -> bool {
    match bytes.get(4..8) {
        Some(b"moov" | b"mdat") => true,
        Some(b"wide" | b"free" | b"skip") => bytes.get(12..16) == Some(b"mdat"),
        _ => false,
    }
}

/// An ID3 tag, or a whole and sensible frame header of MPEG audio layer III.
fn is_mp3(bytes: &[u8]) -> bool {
    let &[first, second, third, ..] = bytes else { return false };
    if bytes.starts_with(b"ID3") {
        return true;
    }
    let synchronised = first == 0xFF && second & 0xE0 == 0xE0;
    let version = second >> 3 & 3;
    let layer = second >> 1 & 3;
    let rate = third >> 4;
    let frequency = third >> 2 & 3;
    synchronised && version != 1 && layer == 1 && !matches!(rate, 0 | 15) && frequency != 3
}

/// A frame header of AAC in ADTS: layer zero and a sampling frequency that exists.
fn is_adts(bytes: &[u8]) -> bool {
    let &[first, second, third, ..] = bytes else { return false };
    first == 0xFF && second & 0xF6 == 0xF0 && third >> 2 & 15 <= 12
}
