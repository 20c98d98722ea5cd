//! Pictures: decoded under limits, turned upright, stripped of everything but their pixels, and encoded anew.
//!
//! Nothing of the file that was sent is passed on but what its pixels look like: no Exif (place, device, time), no
//! comments, no profiles, nothing appended. That protects the member who did not know what their camera writes, and
//! everybody from files that are a picture and a script at once.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder, ImageError};
use moxcms::ColorProfile;

use super::animation;
use super::avif;
use super::error::MediaError;
use super::limits::Limits;
use super::raster::{Raster, Rendition};
use super::sniff::{Picture, Sniffed, sniff};

/// What a picture is for, which decides its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Attached to a post: the shape is kept, an animation stays one.
    Attachment,
    /// A profile picture: the middle, square, at most 400 by 400.
    Avatar,
    /// The banner of a profile: the middle, three to one, at most 1500 by 500.
    Header,
    /// An emoji: small, the shape is kept, what shows through stays so, an animation stays one.
    Emoji,
}

/// A picture ready to be stored and served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessedImage {
    /// `image/jpeg`, `image/png`, or `image/gif` for an animation; all of them known to every server.
    pub mime: &'static str,
    /// File name extension without the dot.
    pub extension: &'static str,
    pub bytes: Vec<u8>,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// A still version for lists, of at most `Limits::small_pixels`.
    pub small: Rendition,
    /// The blurred hash of four by three components.
    pub blurhash: String,
    /// Whether the file has more than one frame.
    pub animated: bool,
}

/// A decoded picture, upright, and what is known of it.
struct Decoded {
    picture: DynamicImage,
    profile: Option<ColorProfile>,
    /// Whether its format keeps every pixel, so that drawings and screenshots are likely.
    lossless: bool,
}

/// Decodes a picture of any format that `sniff` knows and encodes it anew: JPEG as JPEG, PNG and still GIF as PNG,
/// WebP and AVIF as JPEG or, if something shows through, PNG; an animated GIF as an attachment stays one. Animated
/// WebP, PNG and AVIF become their first picture, as do animations sent as avatar or header.
///
/// Takes up to a few seconds of one core and a few hundred megabytes: to be called on a thread that may block.
///
/// # Errors
/// Any [`MediaError`]; all are the file's fault save [`MediaError::NotPrepared`].
pub fn process(bytes: &[u8], limits: &Limits, purpose: Purpose) -> Result<ProcessedImage, MediaError> {
    // The decoders are large and not ours. Where one trips over a file, that file is damaged, and nothing else is.
    catch_unwind(AssertUnwindSafe(|| process_unguarded(bytes, limits, purpose))).unwrap_or(Err(MediaError::Unreadable))
}

/// `process` without the net under it, so that tests see a fall.
pub(super) fn process_unguarded(bytes: &[u8], limits: &Limits, purpose: Purpose) -> Result<ProcessedImage, MediaError> {
    let Sniffed::Picture(format) = sniff(bytes)? else { return Err(MediaError::UnsupportedType) };
    let actual = bytes.len() as u64;
    if actual > limits.image_bytes {
        return Err(MediaError::TooManyBytes { allowed: limits.image_bytes, actual });
    }
    let decoded = decode(bytes, format, limits)?;
    let (lossless, profile) = (decoded.lossless, decoded.profile);
    let (canvas_width, canvas_height) = (decoded.picture.width(), decoded.picture.height());
    let mut raster = Raster::new(decoded.picture);
    raster = match purpose {
        Purpose::Attachment => raster.within(limits.kept_pixels)?,
        Purpose::Avatar => raster.cropped(400, 400)?,
        Purpose::Header => raster.cropped(1500, 500)?,
        Purpose::Emoji => raster.within(limits.emoji_pixels)?,
    };
    if let Some(profile) = profile {
        raster = raster.into_srgb(&profile);
    }
    let moving = match (format, purpose) {
        (Picture::Gif, Purpose::Attachment | Purpose::Emoji) => animation::reencode(bytes, limits)?,
        _ => None,
    };
    let animated = moving.is_some();
    let full = match moving {
        Some(bytes) => {
            Rendition { mime: "image/gif", extension: "gif", bytes, width: canvas_width, height: canvas_height }
        }
        None if purpose == Purpose::Emoji => raster.png()?,
        None => encode(&raster, lossless, limits)?,
    };
    let thumbnail = raster.within(limits.small_pixels)?;
    let small = if thumbnail.alpha || purpose == Purpose::Emoji { thumbnail.png()? } else { thumbnail.jpeg()? };
    Ok(ProcessedImage {
        mime: full.mime,
        extension: full.extension,
        bytes: full.bytes,
        width: full.width,
        height: full.height,
        blurhash: thumbnail.blurhash()?,
        small,
        animated,
    })
}

fn decode(bytes: &[u8], format: Picture, limits: &Limits) -> Result<Decoded, MediaError> {
    let source = Cursor::new(bytes);
    match format {
        Picture::Jpeg => unpack(JpegDecoder::new(source).map_err(refused)?, false, limits),
        Picture::Png => {
            let decoder = PngDecoder::with_limits(source, decoder_limits(limits)).map_err(refused)?;
            unpack(decoder, true, limits)
        }
        Picture::Gif => unpack(GifDecoder::new(source).map_err(refused)?, true, limits),
        Picture::WebP => unpack(WebPDecoder::new(source).map_err(refused)?, false, limits),
        Picture::Avif => {
            let decoded = avif::decode(bytes, limits)?;
            let profile = match decoded.icc {
                Some(icc) => ColorProfile::new_from_slice(&icc).ok(),
                None => decoded.display_p3.then(ColorProfile::new_display_p3),
            };
            Ok(Decoded { picture: decoded.picture, profile, lossless: false })
        }
    }
}

/// The header is read when a decoder is made, so everything is weighed before the first pixel is unpacked.
fn unpack(mut decoder: impl ImageDecoder, lossless: bool, limits: &Limits) -> Result<Decoded, MediaError> {
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.image_pixels {
        return Err(MediaError::TooManyPixels { allowed: limits.image_pixels, width, height });
    }
    let mut budget = decoder_limits(limits);
    budget.reserve(decoder.total_bytes()).map_err(refused)?;
    decoder.set_limits(budget).map_err(refused)?;
    let orientation = decoder.orientation().map_err(refused)?;
    let profile = decoder.icc_profile().ok().flatten().and_then(|icc| ColorProfile::new_from_slice(&icc).ok());
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    picture.apply_orientation(orientation);
    Ok(Decoded { picture, profile, lossless })
}

fn decoder_limits(limits: &Limits) -> image::Limits {
    let mut budget = image::Limits::no_limits();
    budget.max_alloc = Some(limits.decode_bytes);
    budget
}

fn refused(error: ImageError) -> MediaError {
    match error {
        ImageError::Limits(_) => MediaError::TooMuchMemory,
        ImageError::Unsupported(_) => MediaError::UnsupportedVariant("its way of storing pixels is rare"),
        _ => MediaError::Unreadable,
    }
}

/// PNG where it keeps what JPEG would spoil and is not too large, JPEG otherwise.
fn encode(raster: &Raster, lossless: bool, limits: &Limits) -> Result<Rendition, MediaError> {
    if raster.alpha {
        return encode_alpha(raster, limits);
    }
    if lossless {
        let png = raster.png()?;
        if png.bytes.len() as u64 <= limits.lossless_bytes {
            return Ok(png);
        }
    }
    raster.jpeg()
}

/// Only PNG can show something through, so a picture too large for it becomes smaller in steps of half its pixels.
fn encode_alpha(raster: &Raster, limits: &Limits) -> Result<Rendition, MediaError> {
    let mut png = raster.png()?;
    let mut pixels = u64::from(raster.width) * u64::from(raster.height);
    while png.bytes.len() as u64 > limits.image_bytes && pixels > limits.small_pixels {
        pixels /= 2;
        png = raster.clone().within(pixels)?.png()?;
    }
    Ok(png)
}
