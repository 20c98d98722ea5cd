//! Each format there and back, shapes and sizes, and what must not come along.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageFormat};
use moxcms::ColorProfile;

use super::*;

const ORIENTED: &[u8] =
    b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0GPS 48.2082 N 16.3738 E";

/// Puts a segment right behind the start of a JPEG file.
fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, body, &jpeg[2..]].concat()
}

#[test]
fn a_jpeg_stays_a_jpeg() {
    let processed = attach(&encoded(quarters(64, 48), ImageFormat::Jpeg)).unwrap();
    assert_eq!((processed.mime, processed.extension), ("image/jpeg", "jpg"));
    assert_eq!((processed.width, processed.height, processed.animated), (64, 48, false));
    assert_eq!(processed.blurhash.len(), 28, "four by three components are 28 characters");
    assert_corners(&processed.bytes, [RED, GREEN, BLUE, WHITE]);
    assert_corners(&processed.small.bytes, [RED, GREEN, BLUE, WHITE]);
}

#[test]
fn a_png_keeps_every_pixel() {
    let processed = attach(&encoded(quarters(64, 48), ImageFormat::Png)).unwrap();
    assert_eq!(processed.mime, "image/png");
    assert_eq!(processed.small.mime, "image/jpeg");
    assert_eq!(corners(&decoded(&processed.bytes)), [RED, GREEN, BLUE, WHITE]);

    let processed = attach(&encoded(see_through(64, 48), ImageFormat::Png)).unwrap();
    assert_eq!((processed.mime, processed.small.mime), ("image/png", "image/png"));
    assert_eq!(decoded(&processed.bytes), see_through(64, 48));
}

#[test]
fn a_png_of_sixteen_bits_or_in_grey_is_read() {
    let deep = DynamicImage::ImageRgb8(quarters(64, 48)).into_rgb16();
    assert_corners(&attach(&encoded(deep, ImageFormat::Png)).unwrap().bytes, [RED, GREEN, BLUE, WHITE]);
    let grey = DynamicImage::ImageRgb8(quarters(64, 48)).into_luma8();
    let processed = attach(&encoded(grey, ImageFormat::Png)).unwrap();
    assert_eq!(corners(&decoded(&processed.bytes))[3], WHITE);
}

#[test]
fn a_large_png_without_transparency_becomes_a_jpeg() {
    let limits = Limits { lossless_bytes: 100, ..Limits::default() };
    let processed = process(&encoded(quarters(640, 480), ImageFormat::Png), &limits, Purpose::Attachment).unwrap();
    assert_eq!(processed.mime, "image/jpeg");
    assert_corners(&processed.bytes, [RED, GREEN, BLUE, WHITE]);
}

#[test]
fn a_png_with_transparency_shrinks_until_it_is_small_enough() {
    // Noise in 256 colours takes a byte a pixel in a GIF, and several in a PNG.
    let mut seed = 7u32;
    let mut byte = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    };
    let palette: Vec<u8> = (0..768).map(|_| byte()).collect();
    let mut frame = gif::Frame { width: 600, height: 600, transparent: Some(255), ..gif::Frame::default() };
    frame.buffer = (0..360_000).map(|_| byte()).collect();
    let mut encoder = gif::Encoder::new(Vec::new(), 600, 600, &palette).unwrap();
    encoder.write_frame(&frame).unwrap();
    let sent = encoder.into_inner().unwrap();

    assert!(attach(&sent).unwrap().bytes.len() > sent.len());
    let limits = Limits { image_bytes: sent.len() as u64, small_pixels: 10_000, ..Limits::default() };
    let processed = process(&sent, &limits, Purpose::Attachment).unwrap();
    assert_eq!(processed.mime, "image/png");
    assert!(processed.bytes.len() <= sent.len());
    assert!((100..600).contains(&processed.width) && processed.width == processed.height);
}

#[test]
fn a_webp_becomes_what_every_server_reads() {
    let processed = attach(&encoded(quarters(64, 48), ImageFormat::WebP)).unwrap();
    assert_eq!(processed.mime, "image/jpeg");
    assert_corners(&processed.bytes, [RED, GREEN, BLUE, WHITE]);
    let processed = attach(&encoded(see_through(64, 48), ImageFormat::WebP)).unwrap();
    assert_eq!(processed.mime, "image/png");
    assert_eq!(decoded(&processed.bytes), see_through(64, 48));
}

#[test]
fn a_picture_with_an_unused_alpha_channel_counts_as_opaque() {
    let opaque = DynamicImage::ImageRgb8(quarters(64, 48)).into_rgba8();
    assert_eq!(attach(&encoded(opaque, ImageFormat::WebP)).unwrap().mime, "image/jpeg");
}

#[test]
fn an_avif_is_decoded_in_all_its_depths() {
    for (name, bytes) in [
        ("8 bits, 4:2:0, full range", include_bytes!("../fixtures/opaque.avif").as_slice()),
        ("12 bits, 4:2:2, limited range", include_bytes!("../fixtures/limited12.avif")),
        ("lossless, with the identity matrix", include_bytes!("../fixtures/lossless.avif")),
    ] {
        let processed = attach(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((processed.mime, processed.width, processed.height), ("image/jpeg", 64, 48), "{name}");
        assert_corners(&processed.bytes, [RED, GREEN, BLUE, WHITE]);
    }
}

#[test]
fn an_avif_keeps_its_transparency() {
    for bytes in [include_bytes!("../fixtures/alpha.avif").as_slice(), include_bytes!("../fixtures/premul.avif")] {
        let processed = attach(bytes).unwrap();
        assert_eq!(processed.mime, "image/png");
        assert_corners(&processed.bytes, [RED, GREEN, BLUE, WHITE]);
        let picture = decoded(&processed.bytes);
        assert!(picture.get_pixel(8, 24).0[3] >= 250 && picture.get_pixel(56, 24).0[3].abs_diff(64) <= 6);
    }
}

#[test]
fn an_avif_without_colour_is_grey() {
    let processed = attach(include_bytes!("../fixtures/grey.avif")).unwrap();
    assert_corners(&processed.bytes, [[76; 3], [150; 3], [29; 3], WHITE]);
}

#[test]
fn an_avif_is_turned_and_mirrored_as_it_says() {
    // A quarter against the clock makes green, white over red, blue; the mirror then swaps left and right.
    let processed = attach(include_bytes!("../fixtures/turned10.avif")).unwrap();
    assert_eq!((processed.width, processed.height), (48, 64));
    assert_corners(&processed.bytes, [WHITE, GREEN, BLUE, RED]);
}

#[test]
fn a_photograph_is_turned_upright_and_its_place_forgotten() {
    let plain = encoded(quarters(64, 48), ImageFormat::Jpeg);
    let sent = with_segment(&with_segment(&plain, 0xFE, b"a comment"), 0xE1, ORIENTED);
    assert!(contains(&sent, b"Exif") && contains(&sent, b"GPS") && contains(&sent, b"a comment"));
    let processed = attach(&sent).unwrap();
    assert_eq!((processed.width, processed.height), (48, 64));
    assert_corners(&processed.bytes, [BLUE, RED, WHITE, GREEN]);
    for bytes in [&processed.bytes, &processed.small.bytes] {
        assert!(!contains(bytes, b"Exif") && !contains(bytes, b"GPS") && !contains(bytes, b"a comment"));
    }
}

#[test]
fn a_damaged_exif_block_does_not_hide_the_picture() {
    let plain = encoded(quarters(64, 48), ImageFormat::Jpeg);
    for end in [6, 8, 12, 20, 28] {
        assert!(attach(&with_segment(&plain, 0xE1, &ORIENTED[..end])).is_ok(), "cut at {end}");
    }
}

#[test]
fn colours_of_a_profile_come_out_in_srgb_without_it() {
    // This is green as bright as a usual screen shows it, said in the words of a better screen.
    let display_p3 = RgbImage::from_pixel(16, 16, Rgb([117, 251, 76]));
    let mut sent = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut sent, 100);
    encoder.set_icc_profile(ColorProfile::new_display_p3().encode().unwrap()).unwrap();
    encoder.write_image(display_p3.as_raw(), 16, 16, ExtendedColorType::Rgb8).unwrap();
    let processed = attach(&sent).unwrap();
    assert!(contains(&sent, b"ICC_PROFILE") && !contains(&processed.bytes, b"ICC_PROFILE"));
    assert_corners(&processed.bytes, [GREEN; 4]);
}

#[test]
fn a_large_picture_is_scaled_down_in_its_shape() {
    let limits = Limits { kept_pixels: 20_000, small_pixels: 5_000, ..Limits::default() };
    let processed = process(&encoded(quarters(400, 200), ImageFormat::Jpeg), &limits, Purpose::Attachment).unwrap();
    assert_eq!((processed.width, processed.height), (200, 100));
    assert_eq!((processed.small.width, processed.small.height), (100, 50));
    assert_corners(&processed.small.bytes, [RED, GREEN, BLUE, WHITE]);
}

#[test]
fn a_thin_strip_is_a_picture_too() {
    for (width, height) in [(1, 1), (5000, 1), (1, 5000)] {
        for purpose in [Purpose::Attachment, Purpose::Avatar, Purpose::Header] {
            let bytes = encoded(quarters(width, height), ImageFormat::Png);
            let processed = process(&bytes, &Limits { small_pixels: 1000, ..Limits::default() }, purpose).unwrap();
            assert!(processed.small.width * processed.small.height <= 1000);
        }
    }
}

#[test]
fn an_avatar_is_a_square_of_the_middle() {
    let sent = encoded(quarters(1000, 600), ImageFormat::Png);
    let processed = process(&sent, &Limits::default(), Purpose::Avatar).unwrap();
    assert_eq!((processed.width, processed.height), (400, 400));
    assert_corners(&processed.bytes, [RED, GREEN, BLUE, WHITE]);
}

#[test]
fn a_header_is_three_to_one() {
    let sent = encoded(quarters(2000, 1600), ImageFormat::Jpeg);
    let processed = process(&sent, &Limits::default(), Purpose::Header).unwrap();
    assert_eq!((processed.width, processed.height), (1500, 500));
    assert_corners(&processed.bytes, [RED, GREEN, BLUE, WHITE]);
    let sent = encoded(quarters(300, 300), ImageFormat::Jpeg);
    let processed = process(&sent, &Limits::default(), Purpose::Header).unwrap();
    assert_eq!((processed.width, processed.height), (300, 100), "a small picture is not enlarged");
}
