//! Pixels between decoder and encoder: scaling, cropping, encoding, and the blurred hash.

use std::borrow::Cow;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelType, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ExtendedColorType, ImageEncoder};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::error::MediaError;

/// A picture of eight bits a part, without or with transparency.
#[derive(Debug, Clone)]
pub(super) struct Raster {
    pub width: u32,
    pub height: u32,
    /// Whether there are four parts to a pixel rather than three.
    pub alpha: bool,
    pub pixels: Vec<u8>,
}

/// One encoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    pub mime: &'static str,
    /// File name extension without the dot.
    pub extension: &'static str,
    pub bytes: Vec<u8>,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// JPEG quality from 1 to 100. At 85 the loss is not seen, and the file has a third of the size of one at 95.
const JPEG_QUALITY: u8 = 85;

/// Side of the square the blurred hash is computed from: twelve components need no more.
const HASH_SIDE: u32 = 32;

impl Raster {
    /// Keeps the fourth part only of pictures that show something through.
    pub fn new(picture: DynamicImage) -> Self {
        let (width, height) = (picture.width(), picture.height());
        if picture.color().has_alpha() {
            let rgba = picture.into_rgba8();
            if rgba.pixels().any(|pixel| pixel.0[3] != u8::MAX) {
                return Self { width, height, alpha: true, pixels: rgba.into_raw() };
            }
            let rgb = DynamicImage::ImageRgba8(rgba).into_rgb8();
            return Self { width, height, alpha: false, pixels: rgb.into_raw() };
        }
        Self { width, height, alpha: false, pixels: picture.into_rgb8().into_raw() }
    }

    /// Scales down to at most so many pixels, keeping the shape; smaller pictures stay as they are.
    pub fn within(self, pixels: u64) -> Result<Self, MediaError> {
        let (width, height) = fit_area(self.width, self.height, pixels);
        if (width, height) == (self.width, self.height) { Ok(self) } else { self.resized(width, height) }
    }

    /// Cuts the middle out in the shape of `width` by `height` and scales it down to that; never enlarges.
    pub fn cropped(self, width: u32, height: u32) -> Result<Self, MediaError> {
        let (width, height) = fit_shape(self.width, self.height, width, height);
        if (width, height) == (self.width, self.height) { Ok(self) } else { self.resized(width, height) }
    }

    /// Scales to exactly this size; what does not fit its shape is cut off evenly at both sides.
    fn resized(&self, width: u32, height: u32) -> Result<Self, MediaError> {
        // The library is built for pixels of four parts alone: with every kind that it knows it takes a tenth of the program.
        let four = if self.alpha { Cow::Borrowed(&self.pixels) } else { Cow::Owned(self.on_white(4)) };
        let source = ImageRef::new(self.width, self.height, &four, PixelType::U8x4);
        let source = source.map_err(|_| MediaError::NotPrepared)?;
        let mut target = Image::new(width, height, PixelType::U8x4);
        let options = ResizeOptions::new().fit_into_destination(Some((0.5, 0.5))).use_alpha(self.alpha);
        Resizer::new().resize(&source, &mut target, &options).map_err(|_| MediaError::NotPrepared)?;
        let pixels = target.into_vec();
        let pixels = if self.alpha {
            pixels
        } else {
            pixels.chunks_exact(4).flat_map(|pixel| pixel.iter().take(3)).copied().collect()
        };
        Ok(Self { width, height, alpha: self.alpha, pixels })
    }

    /// Brings the colours of a profile into sRGB, so that the profile can be left out of the file. A profile that is
    /// not understood, or not one of red, green and blue, changes nothing.
    pub fn into_srgb(mut self, profile: &ColorProfile) -> Self {
        if profile.color_space != DataColorSpace::Rgb {
            return self;
        }
        let layout = if self.alpha { Layout::Rgba } else { Layout::Rgb };
        let srgb = ColorProfile::new_srgb();
        if let Ok(transform) = profile.create_transform_8bit(layout, &srgb, layout, TransformOptions::default()) {
            let mut converted = vec![0; self.pixels.len()];
            if transform.transform(&self.pixels, &mut converted).is_ok() {
                self.pixels = converted;
            }
        }
        self
    }

    pub fn jpeg(&self) -> Result<Rendition, MediaError> {
        let flat;
        let pixels = if self.alpha {
            flat = self.on_white(3);
            &flat
        } else {
            &self.pixels
        };
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
            .write_image(pixels, self.width, self.height, ExtendedColorType::Rgb8)
            .map_err(|_| MediaError::NotPrepared)?;
        Ok(self.rendition("image/jpeg", "jpg", bytes))
    }

    pub fn png(&self) -> Result<Rendition, MediaError> {
        let colours = if self.alpha { ExtendedColorType::Rgba8 } else { ExtendedColorType::Rgb8 };
        let mut bytes = Vec::new();
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive)
            .write_image(&self.pixels, self.width, self.height, colours)
            .map_err(|_| MediaError::NotPrepared)?;
        Ok(self.rendition("image/png", "png", bytes))
    }

    /// The blurred hash of four by three components that clients show while a picture loads (<https://blurha.sh>).
    pub fn blurhash(&self) -> Result<String, MediaError> {
        let small = self.resized(self.width.min(HASH_SIDE), self.height.min(HASH_SIDE))?;
        blurhash::encode(4, 3, small.width, small.height, &small.on_white(4)).map_err(|_| MediaError::NotPrepared)
    }

    /// The pixels before a white background, in three or four parts: see-through black would come out as black.
    fn on_white(&self, parts: usize) -> Vec<u8> {
        let white = u16::from(u8::MAX);
        let mut flat = Vec::with_capacity(self.pixels.len());
        for pixel in self.pixels.chunks_exact(if self.alpha { 4 } else { 3 }) {
            let alpha = pixel.get(3).map_or(white, |alpha| u16::from(*alpha));
            let mixed = |part: u8| (u16::from(part) * alpha + white * (white - alpha)).div_ceil(white).min(white) as u8;
            flat.extend(pixel.iter().take(3).map(|part| mixed(*part)));
            if parts == 4 {
                flat.push(u8::MAX);
            }
        }
        flat
    }

    fn rendition(&self, mime: &'static str, extension: &'static str, bytes: Vec<u8>) -> Rendition {
        Rendition { mime, extension, bytes, width: self.width, height: self.height }
    }
}

/// The largest size of the same shape with at most `pixels` pixels.
fn fit_area(width: u32, height: u32, pixels: u64) -> (u32, u32) {
    let area = u64::from(width) * u64::from(height);
    if area <= pixels {
        return (width, height);
    }
    let scale = (pixels as f64 / area as f64).sqrt();
    let scaled = |side: u32| ((f64::from(side) * scale) as u32).max(1);
    let (scaled_width, scaled_height) = (scaled(width), scaled(height));
    // A strip one pixel thin is not scaled on its thin side, so its long side has to give way.
    let longest = u32::try_from(pixels).unwrap_or(u32::MAX);
    (scaled_width.min(longest / scaled_height).max(1), scaled_height.min(longest / scaled_width).max(1))
}

/// The largest size in the shape of `target` that fits into both `target` and the source.
fn fit_shape(width: u32, height: u32, target_width: u32, target_height: u32) -> (u32, u32) {
    let scale = (f64::from(width) / f64::from(target_width)).min(f64::from(height) / f64::from(target_height)).min(1.0);
    let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
    (scaled(target_width), scaled(target_height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_is_kept_when_it_is_scaled_down() {
        assert_eq!(fit_area(640, 360, 230_400), (640, 360));
        assert_eq!(fit_area(4000, 3000, 8_294_400), (3325, 2494));
        assert_eq!(fit_area(60_000, 1, 230_400), (60_000, 1));
        assert_eq!(fit_area(1_000_000, 1, 230_400), (230_400, 1));
    }

    #[test]
    fn a_crop_never_enlarges() {
        assert_eq!(fit_shape(1000, 800, 400, 400), (400, 400));
        assert_eq!(fit_shape(100, 80, 400, 400), (80, 80));
        assert_eq!(fit_shape(600, 500, 1500, 500), (600, 200));
        assert_eq!(fit_shape(1, 500, 1500, 500), (1, 1));
    }

    #[test]
    fn what_shows_through_is_flattened_on_white() {
        let raster = Raster { width: 2, height: 1, alpha: true, pixels: vec![0, 0, 0, 0, 10, 20, 30, 255] };
        assert_eq!(raster.on_white(3), [255, 255, 255, 10, 20, 30]);
    }
}
