//! Why an upload was refused, in words its author can act on.

/// A refused upload. Every message is written for the member who sent the file, so it may be shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    #[error("This file is empty.")]
    Empty,
    /// The bytes are of no kind on the list, whatever the file's name or declared type says.
    #[error(
        "This file is not a picture, sound or film we can read. We accept JPEG, PNG, GIF, WebP and AVIF pictures; \
         MP4, QuickTime, WebM, Matroska and Ogg films; MP3, M4A, AAC, Ogg, WebM, FLAC and WAV sound."
    )]
    UnsupportedType,
    #[error(
        "This picture is in HEIC format, which we cannot read. Please save it as JPEG and send it again \
         (on an iPhone: Settings, Camera, Formats, Most Compatible)."
    )]
    Heic,
    /// The container is right, but uses something in it that we do not read.
    #[error("We cannot read this kind of picture: {0}. Please save it as JPEG or PNG and send it again.")]
    UnsupportedVariant(&'static str),
    #[error("This file is too large: {} are allowed, and it has {}.", size(*.allowed), size(*.actual))]
    TooManyBytes {
        /// Bytes.
        allowed: u64,
        /// Bytes.
        actual: u64,
    },
    /// Also the answer to a decompression bomb, found in the header before anything is unpacked.
    #[error(
        "This picture or film is too large: {width} by {height} is {} megapixels, and {} are allowed.",
        megapixels(u64::from(*.width) * u64::from(*.height)),
        megapixels(*.allowed)
    )]
    TooManyPixels {
        /// Pixels.
        allowed: u64,
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    #[error("This moving picture has more than {allowed} frames. Please shorten it, or send it as a film.")]
    TooManyFrames {
        /// Frames.
        allowed: u32,
    },
    /// All frames together hold more pixels than we re-encode.
    #[error("This moving picture is too long or too large. Please shorten it, make it smaller, or send it as a film.")]
    AnimationTooLarge,
    /// A decoder would have taken more than `Limits::decode_bytes`.
    #[error("This picture takes too much memory to unpack. Please make it smaller and send it again.")]
    TooMuchMemory,
    /// Truncated, damaged, or only dressed up as what it claims to be.
    #[error("This file is damaged or incomplete, so we cannot read it.")]
    Unreadable,
    /// Our own encoder failed on a picture that was read well.
    #[error("We could not prepare this picture. Please save it in another format and send it again.")]
    NotPrepared,
}

fn size(bytes: u64) -> String {
    if bytes < 1024 * 1024 { format!("{} KB", bytes.div_ceil(1024)) } else { format!("{} MB", tenths(bytes, 1 << 20)) }
}

fn megapixels(pixels: u64) -> String {
    tenths(pixels, 1_000_000)
}

fn tenths(value: u64, unit: u64) -> String {
    let tenths = (u128::from(value) * 10).div_ceil(u128::from(unit));
    if tenths.is_multiple_of(10) { format!("{}", tenths / 10) } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_told_in_round_figures() {
        let error = MediaError::TooManyBytes { allowed: 16 << 20, actual: (20 << 20) + 400_000 };
        assert_eq!(error.to_string(), "This file is too large: 16 MB are allowed, and it has 20.4 MB.");
        let error = MediaError::TooManyPixels { allowed: 33_177_600, width: 60_000, height: 60_000 };
        assert!(error.to_string().contains("60000 by 60000 is 3600 megapixels, and 33.2 are allowed"), "{error}");
    }
}
