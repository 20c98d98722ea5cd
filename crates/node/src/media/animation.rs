//! Re-encoding an animated GIF without loss.
//!
//! Every frame is unpacked to its palette indices and packed again. Colours are not quantised anew, which would make
//! the file larger and worse; comments, application blocks other than the loop count, and whatever follows the last
//! frame do not come along.

use std::num::NonZeroU64;

use gif::{DecodeOptions, Encoder, MemoryLimit, Repeat};

use super::error::MediaError;
use super::limits::Limits;

/// The re-encoded file, or nothing if there is only one frame.
///
/// # Errors
/// [`MediaError::TooManyPixels`], [`MediaError::TooManyFrames`], [`MediaError::AnimationTooLarge`], before the frame
/// in question is unpacked; [`MediaError::Unreadable`]; [`MediaError::TooManyBytes`] of the result.
pub(super) fn reencode(bytes: &[u8], limits: &Limits) -> Result<Option<Vec<u8>>, MediaError> {
    let mut options = DecodeOptions::new();
    options.check_frame_consistency(true);
    options.set_memory_limit(NonZeroU64::new(limits.image_pixels).map_or(MemoryLimit::Unlimited, MemoryLimit::Bytes));
    let mut decoder = options.read_info(bytes).map_err(|_| MediaError::Unreadable)?;
    let (width, height) = (decoder.width(), decoder.height());
    let palette = decoder.global_palette().unwrap_or_default().to_vec();
    let mut encoder = Encoder::new(Vec::new(), width, height, &palette).map_err(|_| MediaError::NotPrepared)?;
    let mut repeat = Repeat::default();
    let (mut frames, mut pixels) = (0u32, 0u64);
    while let Some(info) = decoder.next_frame_info().map_err(|_| MediaError::Unreadable)? {
        let mut frame = info.clone();
        frames += 1;
        pixels += u64::from(frame.width) * u64::from(frame.height);
        check(limits, (width, height), frames, pixels)?;
        let mut indices = vec![0; decoder.buffer_size()];
        decoder.read_into_buffer(&mut indices).map_err(|_| MediaError::Unreadable)?;
        if decoder.repeat() != repeat {
            repeat = decoder.repeat();
            encoder.set_repeat(repeat).map_err(|_| MediaError::NotPrepared)?;
        }
        frame.buffer = indices.into();
        // The rows were put in order when they were unpacked.
        frame.interlaced = false;
        encoder.write_frame(&frame).map_err(|_| MediaError::NotPrepared)?;
    }
    if frames < 2 {
        return Ok(None);
    }
    let bytes = encoder.into_inner().map_err(|_| MediaError::NotPrepared)?;
    if bytes.len() as u64 > limits.image_bytes {
        return Err(MediaError::TooManyBytes { allowed: limits.image_bytes, actual: bytes.len() as u64 });
    }
    Ok(Some(bytes))
}

fn check(limits: &Limits, canvas: (u16, u16), frames: u32, pixels: u64) -> Result<(), MediaError> {
    let (width, height) = (u32::from(canvas.0), u32::from(canvas.1));
    // A still may be larger, and is scaled down; so the canvas counts from the second frame on.
    if frames > 1 && u64::from(width) * u64::from(height) > limits.kept_pixels {
        return Err(MediaError::TooManyPixels { allowed: limits.kept_pixels, width, height });
    }
    if frames > limits.animation_frames {
        return Err(MediaError::TooManyFrames { allowed: limits.animation_frames });
    }
    if pixels > limits.animation_pixels {
        return Err(MediaError::AnimationTooLarge);
    }
    Ok(())
}
