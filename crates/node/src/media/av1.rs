//! Decoding one AV1 frame and turning its planes of brightness and colour difference into RGB.

use image::{DynamicImage, RgbImage, RgbaImage};
use rav1d_safe::{ColorRange, Decoder, Frame, PixelLayout, Planes, Settings};

use super::error::MediaError;

/// The coded pictures of one still.
pub(super) struct Still<'a> {
    pub colour: &'a [u8],
    pub alpha: Option<&'a [u8]>,
}

/// The colour description of the container as code points of ITU-T H.273 (the transfer
/// characteristics are not used). It goes before the one in the AV1 data.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nclx {
    pub primaries: u16,
    pub matrix: u16,
    pub full_range: bool,
}

/// From the samples of a frame to red, green and blue.
#[derive(Debug, Clone, Copy)]
enum Matrix {
    /// The planes are green, blue and red already.
    Identity,
    YCgCo,
    /// The weights of red and blue in brightness.
    Weights {
        red: f32,
        blue: f32,
    },
}

/// From the numbers of a frame to brightness from 0 to 1 and colour difference from -0.5 to 0.5.
#[derive(Debug, Clone, Copy)]
struct Scale {
    black: f32,
    luma: f32,
    neutral: f32,
    chroma: f32,
}

/// The three planes of one row, widened to numbers and to the full width.
#[derive(Default)]
struct Row {
    y: Vec<u16>,
    u: Vec<u16>,
    v: Vec<u16>,
}

const UNSPECIFIED: u16 = 2;

/// Decodes the first frame of each, and puts the two together.
///
/// # Errors
/// [`MediaError::Unreadable`], also for more than `pixels` in a frame; [`MediaError::UnsupportedVariant`].
pub(super) fn decode(
    still: &Still<'_>,
    nclx: Option<Nclx>,
    premultiplied: bool,
    pixels: u64,
) -> Result<DynamicImage, MediaError> {
    let rgb = to_rgb(&first_frame(still.colour, pixels)?, nclx)?;
    let Some(alpha) = still.alpha else { return Ok(DynamicImage::ImageRgb8(rgb)) };
    let alpha = first_frame(alpha, pixels)?;
    if (alpha.width(), alpha.height()) != rgb.dimensions() {
        return Err(MediaError::Unreadable);
    }
    Ok(DynamicImage::ImageRgba8(with_alpha(&rgb, &alpha, premultiplied)))
}

fn first_frame(data: &[u8], pixels: u64) -> Result<Frame, MediaError> {
    let mut settings = Settings::default();
    settings.threads = 1;
    settings.max_frame_delay = 1;
    settings.all_layers = false;
    // Zero would mean no limit at all.
    settings.frame_size_limit = u32::try_from(pixels).unwrap_or(u32::MAX).max(1);
    let mut decoder = Decoder::with_settings(settings).map_err(|_| MediaError::NotPrepared)?;
    let frame = match decoder.decode(data).map_err(|_| MediaError::Unreadable)? {
        Some(frame) => Some(frame),
        None => decoder.get_frame().map_err(|_| MediaError::Unreadable)?,
    };
    frame.ok_or(MediaError::Unreadable)
}

fn to_rgb(frame: &Frame, nclx: Option<Nclx>) -> Result<RgbImage, MediaError> {
    let info = frame.color_info();
    let full = nclx.map_or(info.color_range == ColorRange::Full, |colours| colours.full_range);
    let matrix = match frame.pixel_layout() {
        // Without planes of colour every matrix comes to grey, save those that look for colour in them.
        PixelLayout::I400 => matrix(UNSPECIFIED)?,
        _ => matrix(nclx.map_or(info.matrix_coefficients as u16, |colours| colours.matrix))?,
    };
    let scale = Scale::new(frame.bit_depth(), full);
    let chroma_scale = if matches!(matrix, Matrix::Identity) {
        Scale { neutral: scale.black, chroma: scale.luma, ..scale }
    } else {
        scale
    };
    let mut rgb = RgbImage::new(frame.width(), frame.height());
    let mut row = Row::default();
    for (line, pixels) in rgb.rows_mut().enumerate() {
        row.read(frame, line);
        for (((pixel, y), u), v) in pixels.zip(&row.y).zip(&row.u).zip(&row.v) {
            let y = (f32::from(*y) - scale.black) * scale.luma;
            let u = (f32::from(*u) - chroma_scale.neutral) * chroma_scale.chroma;
            let v = (f32::from(*v) - chroma_scale.neutral) * chroma_scale.chroma;
            pixel.0 = matrix.apply(y, u, v).map(to_byte);
        }
    }
    Ok(rgb)
}

/// The matrix behind a code point of ITU-T H.273 table 4. Unspecified is read as BT.601, as other readers of AVIF do.
fn matrix(code: u16) -> Result<Matrix, MediaError> {
    Ok(match code {
        0 => Matrix::Identity,
        1 | 12 => Matrix::Weights { red: 0.2126, blue: 0.0722 },
        4 => Matrix::Weights { red: 0.30, blue: 0.11 },
        UNSPECIFIED | 5 | 6 => Matrix::Weights { red: 0.299, blue: 0.114 },
        7 => Matrix::Weights { red: 0.212, blue: 0.087 },
        8 => Matrix::YCgCo,
        9 => Matrix::Weights { red: 0.2627, blue: 0.0593 },
        _ => return Err(MediaError::UnsupportedVariant("an AVIF picture with rare colours")),
    })
}

fn with_alpha(rgb: &RgbImage, alpha: &Frame, premultiplied: bool) -> RgbaImage {
    let scale = Scale::new(alpha.bit_depth(), alpha.color_info().color_range == ColorRange::Full);
    let mut rgba = RgbaImage::new(rgb.width(), rgb.height());
    let mut row = Row::default();
    for (line, (pixels, colours)) in rgba.rows_mut().zip(rgb.rows()).enumerate() {
        row.read(alpha, line);
        for ((pixel, colour), y) in pixels.zip(colours).zip(&row.y) {
            let alpha = ((f32::from(*y) - scale.black) * scale.luma).clamp(0.0, 1.0);
            let [red, green, blue] = colour
                .0
                .map(|part| if premultiplied && alpha > 0.0 { to_byte(f32::from(part) / 255.0 / alpha) } else { part });
            pixel.0 = [red, green, blue, to_byte(alpha)];
        }
    }
    rgba
}

fn to_byte(part: f32) -> u8 {
    // A cast from float saturates, so that what lies outside needs no clamp.
    (part * 255.0 + 0.5) as u8
}

impl Matrix {
    fn apply(self, y: f32, u: f32, v: f32) -> [f32; 3] {
        match self {
            Self::Identity => [v, y, u],
            Self::YCgCo => [y - u + v, y + u, y - u - v],
            Self::Weights { red, blue } => {
                let r = y + 2.0 * (1.0 - red) * v;
                let b = y + 2.0 * (1.0 - blue) * u;
                [r, (y - red * r - blue * b) / (1.0 - red - blue), b]
            }
        }
    }
}

impl Scale {
    fn new(depth: u8, full: bool) -> Self {
        let top = f32::from((1u16 << depth.min(12)) - 1);
        let unit = f32::from(1u16 << (depth.clamp(8, 12) - 8));
        let neutral = 128.0 * unit;
        if full {
            Self { black: 0.0, luma: 1.0 / top, neutral, chroma: 1.0 / top }
        } else {
            Self { black: 16.0 * unit, luma: 1.0 / (219.0 * unit), neutral, chroma: 1.0 / (224.0 * unit) }
        }
    }
}

impl Row {
    fn read(&mut self, frame: &Frame, line: usize) {
        let (halve_across, halve_down) = match frame.pixel_layout() {
            PixelLayout::I420 => (true, true),
            PixelLayout::I422 => (true, false),
            PixelLayout::I400 | PixelLayout::I444 => (false, false),
        };
        let chroma_line = if halve_down { line / 2 } else { line };
        let neutral = 1u16 << (frame.bit_depth() - 1);
        match frame.planes() {
            Planes::Depth8(planes) => {
                fill(&mut self.y, planes.y().row(line), false);
                match (planes.u(), planes.v()) {
                    (Some(u), Some(v)) => {
                        fill(&mut self.u, u.row(chroma_line), halve_across);
                        fill(&mut self.v, v.row(chroma_line), halve_across);
                    }
                    _ => self.grey(neutral),
                }
            }
            Planes::Depth16(planes) => {
                fill(&mut self.y, planes.y().row(line), false);
                match (planes.u(), planes.v()) {
                    (Some(u), Some(v)) => {
                        fill(&mut self.u, u.row(chroma_line), halve_across);
                        fill(&mut self.v, v.row(chroma_line), halve_across);
                    }
                    _ => self.grey(neutral),
                }
            }
        }
    }

    fn grey(&mut self, neutral: u16) {
        for plane in [&mut self.u, &mut self.v] {
            plane.clear();
            plane.resize(self.y.len(), neutral);
        }
    }
}

/// Copies a row, each sample twice where the plane has half the width.
fn fill<T: Copy + Into<u16>>(row: &mut Vec<u16>, samples: &[T], twice: bool) {
    row.clear();
    if twice {
        row.extend(samples.iter().flat_map(|sample| [(*sample).into(), (*sample).into()]));
    } else {
        row.extend(samples.iter().map(|sample| (*sample).into()));
    }
}
