//! Files that lie, break off, explode, or are two things at once.

use image::ImageFormat;

use super::super::{Sniffed, probe, sniff};
use super::*;

const FIXTURES: &[&[u8]] = &[
    include_bytes!("../fixtures/opaque.avif"),
    include_bytes!("../fixtures/alpha.avif"),
    include_bytes!("../fixtures/turned10.avif"),
    include_bytes!("../fixtures/film.mp4"),
    include_bytes!("../fixtures/film.mov"),
    include_bytes!("../fixtures/film.webm"),
    include_bytes!("../fixtures/film.ogv"),
    include_bytes!("../fixtures/sound.ogg"),
    include_bytes!("../fixtures/sound.flac"),
    include_bytes!("../fixtures/sound.mp3"),
];

/// One of each picture format that the image crate can write.
fn pictures() -> Vec<Vec<u8>> {
    let formats = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP];
    formats.map(|format| encoded(quarters(64, 48), format)).to_vec()
}

/// A PNG file with the sizes of its header replaced, its checksum set right.
fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut png = encoded(quarters(4, 4), ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = png[12..29].iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 })
    });
    png[29..33].copy_from_slice(&(!sum).to_be_bytes());
    png
}

#[test]
fn an_empty_file_is_called_empty() {
    assert_eq!(attach(b"").unwrap_err(), MediaError::Empty);
    assert_eq!(probe(b"", &Limits::default()).unwrap_err(), MediaError::Empty);
}

#[test]
fn what_is_no_picture_sound_or_film_is_refused_with_the_list_of_what_is() {
    for bytes in [
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
        "<?xml version=\"1.0\"?><svg/>",
        "<!DOCTYPE html><html><body>hello",
        "{\"@context\":\"https://www.w3.org/ns/activitystreams\",\"type\":\"Person\"}",
        "%PDF-1.7\n",
        "BM\x10\0\0\0\0\0\0\0\x36\0\0\0",
        "II*\0\x08\0\0\0",
        "PK\x03\x04\x14\0\0\0",
        "MZ\0\0",
        "just words",
        "\0",
    ] {
        let error = attach(bytes.as_bytes()).unwrap_err();
        assert_eq!(error, MediaError::UnsupportedType, "{bytes}");
        assert_eq!(probe(bytes.as_bytes(), &Limits::default()).unwrap_err(), MediaError::UnsupportedType, "{bytes}");
        assert!(error.to_string().contains("We accept JPEG, PNG, GIF, WebP and AVIF"));
    }
}

#[test]
fn a_heic_picture_is_refused_by_its_name() {
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\0";
    assert_eq!(attach(heic).unwrap_err(), MediaError::Heic);
    let other = b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic\0\0\0\0";
    assert_eq!(attach(other).unwrap_err(), MediaError::Heic);
}

#[test]
fn an_avif_of_a_kind_we_do_not_read_is_refused_by_what_it_is() {
    let mut tiled = include_bytes!("../fixtures/opaque.avif").to_vec();
    let kind = tiled.windows(4).position(|kind| kind == b"infe").unwrap() + 12;
    assert_eq!(&tiled[kind..kind + 4], b"av01");
    tiled[kind..kind + 4].copy_from_slice(b"grid");
    assert!(attach(&tiled).unwrap_err().to_string().contains("an AVIF picture made of tiles"));
}

#[test]
fn a_film_is_no_picture_and_a_picture_no_film() {
    assert_eq!(attach(include_bytes!("../fixtures/film.mp4")).unwrap_err(), MediaError::UnsupportedType);
    assert_eq!(probe(&pictures()[0], &Limits::default()).unwrap_err(), MediaError::UnsupportedType);
}

#[test]
fn a_bomb_is_seen_in_its_header() {
    let error = attach(&png_claiming(60_000, 60_000)).unwrap_err();
    assert_eq!(error, MediaError::TooManyPixels { allowed: 33_177_600, width: 60_000, height: 60_000 });
    // Within the pixels of a file, and much more than there is in it.
    assert_eq!(attach(&png_claiming(5000, 5000)).unwrap_err(), MediaError::Unreadable);
    for (width, height) in [(0, 0), (0, 5), (u32::MAX, u32::MAX), (i32::MAX as u32, 1)] {
        assert!(attach(&png_claiming(width, height)).is_err(), "{width} by {height}");
    }

    let mut jpeg = encoded(quarters(16, 16), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
    assert!(matches!(attach(&jpeg).unwrap_err(), MediaError::TooManyPixels { width: 65_535, height: 65_535, .. }));

    let mut gif = encoded(quarters(16, 16), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xFF; 4]);
    assert!(matches!(attach(&gif).unwrap_err(), MediaError::TooManyPixels { width: 65_535, height: 65_535, .. }));
}

#[test]
fn an_avif_bomb_is_seen_in_its_container_and_in_its_data() {
    let honest = include_bytes!("../fixtures/opaque.avif");
    let mut claiming = honest.to_vec();
    let ispe = claiming.windows(4).position(|kind| kind == b"ispe").unwrap();
    claiming[ispe + 8..ispe + 16].copy_from_slice(&[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]);
    assert!(matches!(attach(&claiming).unwrap_err(), MediaError::TooManyPixels { width: 65_535, .. }));

    let mut hiding = honest.to_vec();
    hiding[ispe + 8..ispe + 16].copy_from_slice(&[0, 0, 0, 1, 0, 0, 0, 1]);
    let limits = Limits { image_pixels: 63 * 48, ..Limits::default() };
    let refused = process(&hiding, &limits, Purpose::Attachment);
    assert_eq!(refused.unwrap_err(), MediaError::Unreadable);
}

#[test]
fn s25_a_decoder_may_not_take_more_memory_than_it_is_given() {
    let limits = Limits { decode_bytes: 64 * 48 * 3 - 1, ..Limits::default() };
    for bytes in pictures() {
        assert_eq!(process(&bytes, &limits, Purpose::Attachment).unwrap_err(), MediaError::TooMuchMemory);
    }
}

#[test]
fn a_file_too_large_is_not_even_opened() {
    let limits = Limits { image_bytes: 10, ..Limits::default() };
    let bytes = [b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 20]].concat();
    let refused = process(&bytes, &limits, Purpose::Attachment);
    assert_eq!(refused.unwrap_err(), MediaError::TooManyBytes { allowed: 10, actual: 28 });
}

#[test]
fn half_a_file_is_refused_or_shows_what_is_there() {
    for whole in pictures().iter().map(Vec::as_slice).chain(FIXTURES.iter().copied()) {
        for end in 1..whole.len() {
            let part = &whole[..end];
            match sniff(part) {
                // A JPEG cut off after its headers shows its upper part, as in a browser.
                Ok(Sniffed::Picture(_)) if end < whole.len() / 4 => {
                    assert!(
                        attach(part).is_err() || whole.starts_with(&[0xFF, 0xD8]),
                        "{:?} cut at {end}",
                        &whole[..16]
                    );
                }
                Ok(Sniffed::Picture(_)) => drop(attach(part)),
                Ok(Sniffed::Recording(_)) => drop(probe(part, &Limits::default())),
                Err(_) => {}
            }
        }
    }
}

#[test]
fn a_page_dressed_up_as_a_picture_is_refused() {
    for head in [b"GIF89a".as_slice(), b"\x89PNG\r\n\x1a\n", b"\xFF\xD8\xFF", b"RIFF\x20\0\0\0WEBP"] {
        let bytes = [head, b"/*<html><script>alert(document.domain)</script>*/=1;".as_slice()].concat();
        assert!(matches!(sniff(&bytes), Ok(Sniffed::Picture(_))));
        assert!(attach(&bytes).is_err(), "{head:?}");
    }
}

#[test]
fn what_is_hidden_behind_a_picture_is_left_behind() {
    let payload = b"<html><script>alert(document.domain)</script></html>{\"type\":\"Person\"}";
    for picture in pictures().iter().map(Vec::as_slice).chain([include_bytes!("../fixtures/opaque.avif").as_slice()]) {
        if let Ok(processed) = attach(&[picture, payload].concat()) {
            assert!(!contains(&processed.bytes, b"script") && !contains(&processed.bytes, b"Person"));
            assert_eq!((processed.width, processed.height), (64, 48));
        }
    }
    // At least here it must work, or the above would say nothing.
    assert!(attach(&[pictures()[0].as_slice(), payload].concat()).is_ok());
}

#[test]
fn s25_mutated_files_never_bring_the_program_down() {
    let mut seed = 0x2545_F491_4F6C_DD1Du64;
    let mut next = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let limits = Limits { image_pixels: 100_000, animation_pixels: 100_000, ..Limits::default() };
    let (mut read, mut refused) = (0, 0);
    for whole in pictures().iter().map(Vec::as_slice).chain(FIXTURES.iter().copied()) {
        for _ in 0..60 {
            let mut bytes = whole.to_vec();
            for _ in 0..=next(6) {
                let place = next(bytes.len());
                bytes[place] = next(256) as u8;
            }
            let is_ok = match sniff(&bytes) {
                Ok(Sniffed::Picture(_)) => process_unguarded(&bytes, &limits, Purpose::Attachment).is_ok(),
                Ok(Sniffed::Recording(_)) => probe(&bytes, &limits).is_ok(),
                Err(_) => false,
            };
            super::super::probe::blank_metadata(&mut bytes);
            if is_ok { read += 1 } else { refused += 1 }
        }
    }
    assert!(read > 100 && refused > 100, "{read} read, {refused} refused: both ways were walked");
    for _ in 0..500 {
        let bytes: Vec<u8> = (0..next(200)).map(|_| next(256) as u8).collect();
        drop((sniff(&bytes), attach(&bytes), probe(&bytes, &limits)));
    }
}
