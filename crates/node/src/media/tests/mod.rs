//! Whole files through the front door, good ones and bad ones.

mod animations;
mod hostile;
mod pictures;
mod recordings;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::image::process_unguarded;
use super::{Limits, MediaError, ProcessedImage, Purpose, process};

const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];
const WHITE: [u8; 3] = [255, 255, 255];

/// Without the net for panics, so that a panic fails the test.
fn attach(bytes: &[u8]) -> Result<ProcessedImage, MediaError> {
    process_unguarded(bytes, &Limits::default(), Purpose::Attachment)
}

/// Red and green above, blue and white below, as in the AVIF files beside.
fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => Rgb(RED),
        (false, true) => Rgb(GREEN),
        (true, false) => Rgb(BLUE),
        (false, false) => Rgb(WHITE),
    })
}

/// The same, half of it see-through.
fn see_through(width: u32, height: u32) -> RgbaImage {
    let opaque = quarters(width, height);
    RgbaImage::from_fn(width, height, |x, y| {
        let [red, green, blue] = opaque.get_pixel(x, y).0;
        Rgba([red, green, blue, if x < width / 2 { 255 } else { 64 }])
    })
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn decoded(bytes: &[u8]) -> RgbaImage {
    image::load_from_memory(bytes).unwrap().into_rgba8()
}

/// The colours in the middle of the four quarters, in reading order.
fn corners(picture: &RgbaImage) -> [[u8; 3]; 4] {
    let (width, height) = picture.dimensions();
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| {
        let [red, green, blue, _] = picture.get_pixel(width * x / 4, height * y / 4).0;
        [red, green, blue]
    })
}

#[track_caller]
fn assert_corners(bytes: &[u8], expected: [[u8; 3]; 4]) {
    let found = corners(&decoded(bytes));
    let near = found.as_flattened().iter().zip(expected.as_flattened()).all(|(a, b)| a.abs_diff(*b) <= 12);
    assert!(near, "found {found:?}, expected {expected:?}");
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}
