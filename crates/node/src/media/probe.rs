//! Films and sound: what the container says of them, within limits. The files are passed on as they are.
//!
//! Only headers are read, and only as far as the size of the picture and the length need it. A file in which nothing to
//! see or hear is found is refused, so that a name like "MP4" is no cloak for something else.
//!
//! Films from phones say where they were taken. [`blank_metadata`] removes that without touching anything else.

use super::boxes::{self, Reader, boxes, find};
use super::ebml;
use super::error::MediaError;
use super::limits::Limits;
use super::sniff::{Container, Sniffed, sniff};

/// Whether there is something to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Video,
    Audio,
}

/// What is known of a film or sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    pub kind: Kind,
    /// The type to store and serve it under, whatever its sender declared.
    pub mime: &'static str,
    /// File name extension without the dot.
    pub extension: &'static str,
    /// Pixels across as shown, turned films included; not all containers say.
    pub width: Option<u32>,
    /// Pixels down.
    pub height: Option<u32>,
    /// Milliseconds; not all containers say.
    pub duration_ms: Option<u64>,
}

/// A film's tracks, summed up.
#[derive(Debug, Default)]
struct Tracks {
    video: bool,
    audio: bool,
    /// Of the first picture track.
    size: Option<(u32, u32)>,
}

/// Checks the size of a film or sound file and reads its header.
///
/// # Errors
/// [`MediaError::TooManyBytes`], [`MediaError::TooManyPixels`], [`MediaError::Unreadable`] where the container has no
/// readable track; [`MediaError::UnsupportedType`] for pictures and everything else.
pub fn probe(bytes: &[u8], limits: &Limits) -> Result<Probe, MediaError> {
    let Sniffed::Recording(container) = sniff(bytes)? else { return Err(MediaError::UnsupportedType) };
    let probe = match container {
        Container::Mp4 => iso_media(bytes, "video/mp4", "mp4")?,
        Container::QuickTime => iso_media(bytes, "video/quicktime", "mov")?,
        Container::WebM => matroska(bytes, ["video/webm", "audio/webm"], ["webm", "webm"])?,
        Container::Matroska => matroska(bytes, ["video/x-matroska", "audio/x-matroska"], ["mkv", "mka"])?,
        Container::Ogg => ogg(bytes)?,
        Container::Mp3 => Probe::sound("audio/mpeg", "mp3", None),
        Container::Aac => Probe::sound("audio/aac", "aac", None),
        Container::Flac => Probe::sound("audio/flac", "flac", flac_duration(bytes)),
        Container::Wav => Probe::sound("audio/wav", "wav", wav_duration(bytes)),
    };
    let allowed = match probe.kind {
        Kind::Video => limits.video_bytes,
        Kind::Audio => limits.audio_bytes,
    };
    let actual = bytes.len() as u64;
    if actual > allowed {
        return Err(MediaError::TooManyBytes { allowed, actual });
    }
    if let (Some(width), Some(height)) = (probe.width, probe.height)
        && u64::from(width) * u64::from(height) > limits.video_pixels
    {
        return Err(MediaError::TooManyPixels { allowed: limits.video_pixels, width, height });
    }
    Ok(probe)
}

/// Blanks, in an MP4 or QuickTime file, what it says about its making: the place, the device, titles and comments (the
/// boxes `udta`, `meta` and `uuid` of the file, the film and its tracks). They become free space of the same length, so
/// nothing moves and everything plays as before. Other formats are left as they are.
pub fn blank_metadata(bytes: &mut [u8]) {
    let is_iso = matches!(sniff(bytes), Ok(Sniffed::Recording(Container::Mp4 | Container::QuickTime)));
    if is_iso {
        blank_boxes(bytes, 2);
    }
}

fn blank_boxes(mut bytes: &mut [u8], depth: u8) {
    while let Some((size, kind, header)) = boxes::header(bytes) {
        let Some((this, next)) = bytes.split_at_mut_checked(size) else { return };
        match &kind {
            b"udta" | b"meta" | b"uuid" => {
                this[4..8].copy_from_slice(b"free");
                this[header..].fill(0);
            }
            b"moov" | b"trak" if depth > 0 => blank_boxes(&mut this[header..], depth - 1),
            _ => {}
        }
        bytes = next;
    }
}

fn iso_media(bytes: &[u8], mime: &'static str, extension: &'static str) -> Result<Probe, MediaError> {
    let moov = find(bytes, b"moov").ok_or(MediaError::Unreadable)?;
    let mut tracks = Tracks::default();
    for track in boxes(moov).filter(|found| &found.kind == b"trak") {
        tracks.add(track.body);
    }
    let duration_ms = movie_duration(moov);
    match tracks {
        Tracks { video: true, size, .. } => Ok(Probe {
            kind: Kind::Video,
            mime,
            extension,
            width: size.map(|(width, _)| width),
            height: size.map(|(_, height)| height),
            duration_ms,
        }),
        Tracks { audio: true, .. } => Ok(Probe::sound("audio/mp4", "m4a", duration_ms)),
        _ => Err(MediaError::Unreadable),
    }
}

/// ISO/IEC 14496-12 section 8.2.2; a film in fragments says it in `mehd` (section 8.8.2) instead.
fn movie_duration(moov: &[u8]) -> Option<u64> {
    let mut reader = Reader::new(find(moov, b"mvhd")?);
    let (version, _) = reader.version()?;
    let wide = if version == 1 { 8 } else { 4 };
    reader.take(2 * wide)?;
    let timescale = u64::from(reader.u32()?);
    let mut duration = known(reader.number(wide)?, wide);
    if duration.is_none() {
        let mut reader = Reader::new(find(find(moov, b"mvex")?, b"mehd")?);
        let wide = if reader.version()?.0 == 1 { 8 } else { 4 };
        duration = known(reader.number(wide)?, wide);
    }
    milliseconds(duration?, timescale)
}

/// Zero, and all bits set, both mean that nobody knows.
fn known(duration: u64, width: usize) -> Option<u64> {
    (duration != 0 && duration != u64::MAX >> (64 - 8 * width)).then_some(duration)
}

fn milliseconds(count: u64, per_second: u64) -> Option<u64> {
    u64::try_from(u128::from(count) * 1000 / u128::from(per_second).max(1)).ok().filter(|_| per_second > 0)
}

impl Probe {
    fn sound(mime: &'static str, extension: &'static str, duration_ms: Option<u64>) -> Self {
        Self { kind: Kind::Audio, mime, extension, width: None, height: None, duration_ms }
    }
}

impl Tracks {
    fn add(&mut self, track: &[u8]) {
        let handler = find(track, b"mdia").and_then(|media| find(media, b"hdlr")).and_then(|body| body.get(8..12));
        match handler {
            Some(b"vide") => {
                self.video = true;
                self.size = self.size.or_else(|| shown_size(track));
            }
            Some(b"soun") => self.audio = true,
            _ => {}
        }
    }
}

/// The size of a track as shown: a film held upright is stored lying, with a matrix that turns it
/// (ISO/IEC 14496-12 section 8.3.2).
fn shown_size(track: &[u8]) -> Option<(u32, u32)> {
    let mut reader = Reader::new(find(track, b"tkhd")?);
    let (version, _) = reader.version()?;
    let times = if version == 1 { 32 } else { 20 };
    reader.take(times + 16)?;
    let across = reader.u32()?;
    let turned = across == 0 && reader.u32()? != 0;
    reader.take(if across == 0 { 28 } else { 32 })?;
    let (width, height) = (reader.u32()? >> 16, reader.u32()? >> 16);
    let size = if turned { (height, width) } else { (width, height) };
    (width > 0 && height > 0).then_some(size)
}

fn matroska(bytes: &[u8], mimes: [&'static str; 2], extensions: [&'static str; 2]) -> Result<Probe, MediaError> {
    let head = ebml::head(bytes).ok_or(MediaError::Unreadable)?;
    let [video_mime, audio_mime] = mimes;
    let [video_extension, audio_extension] = extensions;
    if head.video {
        Ok(Probe {
            kind: Kind::Video,
            mime: video_mime,
            extension: video_extension,
            width: head.width,
            height: head.height,
            duration_ms: head.duration_ms,
        })
    } else if head.audio {
        Ok(Probe::sound(audio_mime, audio_extension, head.duration_ms))
    } else {
        Err(MediaError::Unreadable)
    }
}

/// Each stream of an Ogg file begins with a page of its own, all of them before anything else (RFC 3533 section 4);
/// the first bytes in it name the codec.
fn ogg(bytes: &[u8]) -> Result<Probe, MediaError> {
    let mut sound = None;
    let mut rest = bytes;
    while let Some((packet, next)) = ogg_first_packet(rest) {
        if packet.starts_with(b"\x80theora") {
            let film = Probe { kind: Kind::Video, ..Probe::sound("video/ogg", "ogv", None) };
            return Ok(film);
        }
        if packet.starts_with(b"OpusHead") {
            sound = Some(Probe::sound("audio/ogg", "opus", ogg_duration(bytes, Some(48_000))));
        } else if packet.starts_with(b"\x01vorbis") {
            let rate = packet.get(12..16).and_then(|rate| rate.try_into().ok()).map(u32::from_le_bytes);
            sound = Some(Probe::sound("audio/ogg", "ogg", ogg_duration(bytes, rate)));
        } else if packet.starts_with(b"\x7FFLAC") || packet.starts_with(b"Speex   ") {
            sound = Some(Probe::sound("audio/ogg", "ogg", None));
        }
        rest = next;
    }
    sound.ok_or(MediaError::Unreadable)
}

/// The body of a page that begins a stream, and what follows it.
fn ogg_first_packet(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let begins = bytes.starts_with(b"OggS") && bytes.get(5)? & 2 != 0;
    let segments = usize::from(*bytes.get(26)?);
    let length: usize = bytes.get(27..27 + segments)?.iter().map(|lace| usize::from(*lace)).sum();
    let (packet, next) = bytes.get(27 + segments..)?.split_at_checked(length)?;
    begins.then_some((packet, next))
}

/// The last page says how many samples there were until its end.
fn ogg_duration(bytes: &[u8], rate: Option<u32>) -> Option<u64> {
    let tail = &bytes[bytes.len().saturating_sub(1 << 16)..];
    let last = tail.windows(4).rposition(|window| window == b"OggS")?;
    let samples = u64::from_le_bytes(tail.get(last + 6..last + 14)?.try_into().ok()?);
    milliseconds(known(samples, 8)?, u64::from(rate?))
}

/// RFC 9639 section 8.2: the number of samples follows sample rate, channels and bits in one word of eight bytes.
fn flac_duration(bytes: &[u8]) -> Option<u64> {
    let word = Reader::new(bytes.get(18..)?).u64()?;
    milliseconds(known(word & 0xF_FFFF_FFFF, 8)?, word >> 44)
}

fn wav_duration(bytes: &[u8]) -> Option<u64> {
    let mut rest = bytes.get(12..)?;
    let mut bytes_per_second = None;
    loop {
        let (header, body) = rest.split_at_checked(8)?;
        let size = u32::from_le_bytes(header.get(4..)?.try_into().ok()?);
        match header.get(..4)? {
            b"fmt " => bytes_per_second = Some(u32::from_le_bytes(body.get(8..12)?.try_into().ok()?)),
            b"data" => {
                let present = u64::from(size).min(body.len() as u64);
                return milliseconds(known(present, 8)?, u64::from(bytes_per_second?));
            }
            _ => {}
        }
        // Chunks begin at even places.
        rest = body.get(usize::try_from(size).ok()?.checked_next_multiple_of(2)?..)?;
    }
}
