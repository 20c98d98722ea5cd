//! Moving and still GIF files.

use std::borrow::Cow;

use gif::{Encoder, ExtensionData, Frame, Repeat};
use image::AnimationDecoder;
use image::codecs::gif::GifDecoder;

use super::*;

/// As many frames, each of one colour of two, with a comment in it.
fn gif(width: u16, height: u16, frames: u16) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new(), width, height, &[255, 0, 0, 0, 0, 255]).unwrap();
    encoder.set_repeat(Repeat::Infinite).unwrap();
    encoder.write_raw_extension(gif::AnyExtension(0xFE), &[b"taken at home"]).unwrap();
    for number in 0..frames {
        let colour = (number % 2) as u8;
        let buffer = Cow::Owned(vec![colour; usize::from(width) * usize::from(height)]);
        encoder.write_extension(ExtensionData::new_control_ext(7, gif::DisposalMethod::Any, false, None)).unwrap();
        encoder.write_frame(&Frame { width, height, buffer, delay: 7, ..Frame::default() }).unwrap();
    }
    encoder.into_inner().unwrap()
}

fn frames(bytes: &[u8]) -> Vec<image::Frame> {
    GifDecoder::new(Cursor::new(bytes)).unwrap().into_frames().collect_frames().unwrap()
}

#[test]
fn a_moving_gif_keeps_its_frames_and_loses_its_comments() {
    let sent = gif(20, 10, 5);
    let processed = attach(&sent).unwrap();
    assert_eq!((processed.mime, processed.extension, processed.animated), ("image/gif", "gif", true));
    assert_eq!((processed.width, processed.height), (20, 10));
    assert!(contains(&sent, b"taken at home") && !contains(&processed.bytes, b"taken at home"));
    assert!(contains(&processed.bytes, b"NETSCAPE2.0"), "it goes on forever, as before");
    let (before, after) = (frames(&sent), frames(&processed.bytes));
    assert_eq!((before.len(), after.len()), (5, 5));
    for (before, after) in before.iter().zip(&after) {
        assert_eq!((before.delay(), before.buffer()), (after.delay(), after.buffer()));
    }
    assert_eq!(processed.small.mime, "image/jpeg");
    assert_corners(&processed.small.bytes, [RED; 4]);
}

#[test]
fn a_still_gif_becomes_a_png() {
    let processed = attach(&gif(20, 10, 1)).unwrap();
    assert_eq!((processed.mime, processed.animated), ("image/png", false));
    assert_corners(&processed.bytes, [RED; 4]);
}

#[test]
fn a_moving_avatar_stands_still() {
    let processed = process(&gif(20, 10, 3), &Limits::default(), Purpose::Avatar).unwrap();
    assert_eq!((processed.mime, processed.width, processed.height), ("image/png", 10, 10));
}

#[test]
fn too_many_frames_are_refused_in_clear_words() {
    let limits = Limits { animation_frames: 4, ..Limits::default() };
    assert!(process(&gif(20, 10, 4), &limits, Purpose::Attachment).is_ok());
    let error = process(&gif(20, 10, 5), &limits, Purpose::Attachment).unwrap_err();
    assert_eq!(error, MediaError::TooManyFrames { allowed: 4 });
    assert!(error.to_string().contains("more than 4 frames"));
}

#[test]
fn too_many_pixels_in_all_frames_together_are_refused() {
    let limits = Limits { animation_pixels: 999, ..Limits::default() };
    let refused = process(&gif(20, 10, 5), &limits, Purpose::Attachment);
    assert_eq!(refused.unwrap_err(), MediaError::AnimationTooLarge);
}

#[test]
fn a_moving_gif_larger_than_the_screen_is_refused_and_a_still_one_scaled() {
    let limits = Limits { kept_pixels: 50, ..Limits::default() };
    let refused = process(&gif(20, 10, 2), &limits, Purpose::Attachment);
    assert_eq!(refused.unwrap_err(), MediaError::TooManyPixels { allowed: 50, width: 20, height: 10 });
    let still = process(&gif(20, 10, 1), &limits, Purpose::Attachment).unwrap();
    assert_eq!((still.width, still.height), (10, 5));
}

#[test]
fn a_thousand_tiny_frames_are_within_the_budget_and_one_more_is_not() {
    assert!(attach(&gif(2, 2, 1000)).is_ok());
    assert_eq!(attach(&gif(2, 2, 1001)).unwrap_err(), MediaError::TooManyFrames { allowed: 1000 });
}

#[test]
fn an_interlaced_gif_comes_out_with_its_rows_in_order() {
    // Eight rows of one pixel; interlaced they are written as rows 0, 4, 2, 6, 1, 3, 5, 7.
    let palette: Vec<u8> = (0..8).flat_map(|row| [row * 30; 3]).collect();
    let mut encoder = Encoder::new(Vec::new(), 1, 8, &palette).unwrap();
    for _ in 0..2 {
        let buffer = Cow::Borrowed([0u8, 4, 2, 6, 1, 3, 5, 7].as_slice());
        encoder.write_frame(&Frame { width: 1, height: 8, interlaced: true, buffer, ..Frame::default() }).unwrap();
    }
    let processed = attach(&encoder.into_inner().unwrap()).unwrap();
    let rows: Vec<u8> = frames(&processed.bytes)[1].buffer().pixels().map(|pixel| pixel.0[0] / 30).collect();
    assert_eq!(rows, [0, 1, 2, 3, 4, 5, 6, 7]);
}
