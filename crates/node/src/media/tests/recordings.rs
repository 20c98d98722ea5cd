//! Films and sound of each container.

use super::super::probe::blank_metadata;
use super::super::{Kind, Probe, limits, probe};
use super::*;

fn probed(bytes: &[u8]) -> Probe {
    probe(bytes, &Limits::default()).unwrap()
}

fn film(mime: &'static str, extension: &'static str, size: Option<(u32, u32)>, duration_ms: Option<u64>) -> Probe {
    let (width, height) = size.unzip();
    Probe { kind: Kind::Video, mime, extension, width, height, duration_ms }
}

fn sound(mime: &'static str, extension: &'static str, duration_ms: Option<u64>) -> Probe {
    Probe { kind: Kind::Audio, mime, extension, width: None, height: None, duration_ms }
}

/// A second of silence at 8000 samples a second.
fn wav() -> Vec<u8> {
    let mut bytes = b"RIFF\x64\x1f\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0".to_vec();
    bytes.extend(b"LIST\x03\0\0\0abc\0data\x40\x1f\0\0");
    bytes.resize(bytes.len() + 8000, 128);
    bytes
}

#[test]
fn a_film_says_how_large_and_how_long_it_is() {
    let size = Some((64, 48));
    assert_eq!(probed(include_bytes!("../fixtures/film.mp4")), film("video/mp4", "mp4", size, Some(1000)));
    assert_eq!(probed(include_bytes!("../fixtures/film.mov")), film("video/quicktime", "mov", size, Some(1000)));
    assert_eq!(probed(include_bytes!("../fixtures/film.webm")), film("video/webm", "webm", size, Some(1000)));
    assert_eq!(probed(include_bytes!("../fixtures/film.mkv")), film("video/x-matroska", "mkv", size, Some(1000)));
    assert_eq!(probed(include_bytes!("../fixtures/film.ogv")), film("video/ogg", "ogv", None, None));
}

#[test]
fn a_film_made_to_be_sent_while_it_is_made_is_read_too() {
    assert_eq!(probed(include_bytes!("../fixtures/live.webm")), film("video/webm", "webm", Some((64, 48)), None));
    let fragmented = probed(include_bytes!("../fixtures/frag.mp4"));
    assert_eq!((fragmented.kind, fragmented.width), (Kind::Video, Some(64)));
}

#[test]
fn a_film_held_upright_is_high_rather_than_wide() {
    let turned = probed(include_bytes!("../fixtures/turned.mp4"));
    assert_eq!((turned.width, turned.height), (Some(48), Some(64)));
}

#[test]
fn a_container_of_films_with_only_sound_in_it_is_sound() {
    assert_eq!(probed(include_bytes!("../fixtures/sound.m4a")).mime, "audio/mp4");
    let voice = probed(include_bytes!("../fixtures/sound.webm"));
    assert_eq!((voice.kind, voice.mime, voice.extension), (Kind::Audio, "audio/webm", "webm"));
}

#[test]
fn sound_is_known_by_its_container() {
    assert_eq!(probed(&wav()), sound("audio/wav", "wav", Some(1000)));
    assert_eq!(probed(include_bytes!("../fixtures/sound.flac")), sound("audio/flac", "flac", Some(1000)));
    assert_eq!(probed(include_bytes!("../fixtures/sound.mp3")), sound("audio/mpeg", "mp3", None));
    assert_eq!(probed(include_bytes!("../fixtures/sound.aac")), sound("audio/aac", "aac", None));
    let vorbis = probed(include_bytes!("../fixtures/sound.ogg"));
    assert_eq!(vorbis, sound("audio/ogg", "ogg", Some(1000)));
    let opus = probed(include_bytes!("../fixtures/sound.opus"));
    assert_eq!((opus.mime, opus.extension), ("audio/ogg", "opus"));
    assert!(opus.duration_ms.is_some_and(|length| (1000..1020).contains(&length)), "{opus:?}");
}

#[test]
fn every_type_it_finds_is_one_the_instance_document_lists() {
    let listed = limits::supported_types();
    for bytes in [
        include_bytes!("../fixtures/film.mp4").as_slice(),
        include_bytes!("../fixtures/film.mov"),
        include_bytes!("../fixtures/film.webm"),
        include_bytes!("../fixtures/film.mkv"),
        include_bytes!("../fixtures/film.ogv"),
        include_bytes!("../fixtures/sound.m4a"),
        include_bytes!("../fixtures/sound.mp3"),
        include_bytes!("../fixtures/sound.ogg"),
        include_bytes!("../fixtures/sound.aac"),
        include_bytes!("../fixtures/sound.flac"),
        &wav(),
    ] {
        assert!(listed.contains(&probed(bytes).mime), "{}", probed(bytes).mime);
    }
}

#[test]
fn too_long_a_file_and_too_large_a_picture_are_refused() {
    let bytes = include_bytes!("../fixtures/film.mp4");
    let limits = Limits { video_bytes: 1000, ..Limits::default() };
    assert_eq!(probe(bytes, &limits).unwrap_err(), MediaError::TooManyBytes { allowed: 1000, actual: 1780 });
    let limits = Limits { video_pixels: 64 * 48 - 1, ..Limits::default() };
    assert!(matches!(probe(bytes, &limits).unwrap_err(), MediaError::TooManyPixels { width: 64, height: 48, .. }));
    let limits = Limits { audio_bytes: 100, video_bytes: 99 << 20, ..Limits::default() };
    assert!(matches!(probe(&wav(), &limits).unwrap_err(), MediaError::TooManyBytes { allowed: 100, .. }));
}

#[test]
fn a_film_without_a_track_is_refused() {
    assert_eq!(probe(b"\0\0\0\x10ftypisom\0\0\0\0", &Limits::default()).unwrap_err(), MediaError::Unreadable);
    let empty = b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x08moov";
    assert_eq!(probe(empty, &Limits::default()).unwrap_err(), MediaError::Unreadable);
}

#[test]
fn a_film_forgets_where_it_was_taken_and_plays_as_before() {
    let sent = include_bytes!("../fixtures/film.mov");
    let mut kept = sent.to_vec();
    blank_metadata(&mut kept);
    assert!(contains(sent, b"+48.2082+016.3738/") && !contains(&kept, b"+48.2082"));
    assert_eq!(kept.len(), sent.len());
    assert_eq!(probed(&kept), probed(sent));
    let start = sent.windows(4).position(|kind| kind == b"mdat").unwrap();
    assert!(contains(&kept, &sent[start..start + 100]), "the film itself has not moved or changed");
    let mut voice = include_bytes!("../fixtures/sound.ogg").to_vec();
    blank_metadata(&mut voice);
    assert_eq!(voice, include_bytes!("../fixtures/sound.ogg"), "other formats are left alone");
}
