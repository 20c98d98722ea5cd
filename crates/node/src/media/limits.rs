//! How much of anything is accepted, and the lists the instance document shows to clients.

/// What `process` and `probe` accept and produce. `Limits::default()` follows Mastodon, so that what passes here is
/// also fetched and shown elsewhere; tests and small machines may lower any figure.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Largest picture file in bytes, as sent and as stored. 16 MiB: Mastodon refuses to fetch larger ones.
    pub image_bytes: u64,
    /// Most pixels in a still picture as sent (`image_matrix_limit`). 33 177 600, that is 7680 by 4320.
    pub image_pixels: u64,
    /// Most bytes a decoder may take for one picture. 384 MiB: `image_pixels` at 16 bits and four channels is 254 MiB.
    pub decode_bytes: u64,
    /// Most pixels kept of a still picture; larger ones are scaled down. 8 294 400, that is 3840 by 2160.
    /// An animation is never scaled, so for its canvas this is a hard limit.
    pub kept_pixels: u64,
    /// Most pixels kept of an emoji. 16 384, that is 128 by 128, more than any client shows.
    pub emoji_pixels: u64,
    /// Most pixels in the small version. 230 400, that is 640 by 360.
    pub small_pixels: u64,
    /// Largest lossless file in bytes kept for an opaque picture, before JPEG takes its place. 4 MiB.
    pub lossless_bytes: u64,
    /// Most frames in an animated GIF. 1000.
    pub animation_frames: u32,
    /// Most pixels in all frames of an animated GIF together. 200 million, a few seconds of work.
    pub animation_pixels: u64,
    /// Largest film in bytes. 99 MiB, as Mastodon.
    pub video_bytes: u64,
    /// Most pixels in a frame of a film (`video_matrix_limit`). 8 294 400: Mastodon refuses larger ones.
    pub video_pixels: u64,
    /// Largest sound file in bytes. 99 MiB, as Mastodon.
    pub audio_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            image_bytes: 16 << 20,
            image_pixels: 7680 * 4320,
            decode_bytes: 384 << 20,
            kept_pixels: 3840 * 2160,
            emoji_pixels: 128 * 128,
            small_pixels: 640 * 360,
            lossless_bytes: 4 << 20,
            animation_frames: 1000,
            animation_pixels: 200_000_000,
            video_bytes: 99 << 20,
            video_pixels: 3840 * 2160,
            audio_bytes: 99 << 20,
        }
    }
}

/// Most frames per second of a film, for `configuration.media_attachments.video_frame_rate_limit`. Told to clients as
/// Mastodon does; it is not checked, because films are passed on as they are.
pub const VIDEO_FRAME_RATE: u32 = 120;

/// Types of picture accepted, for `configuration.media_attachments.supported_mime_types`.
pub const IMAGE_TYPES: &[&str] = &["image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"];

/// Types of film accepted, for the same list.
pub const VIDEO_TYPES: &[&str] =
    &["video/mp4", "video/x-m4v", "video/quicktime", "video/webm", "video/x-matroska", "video/ogg"];

/// Types of sound accepted, for the same list. Several are other names of the same format: clients compare the type
/// their own system gives a file with this list, before they send it.
pub const AUDIO_TYPES: &[&str] = &[
    "audio/mpeg",
    "audio/mp3",
    "audio/mp4",
    "audio/m4a",
    "audio/x-m4a",
    "audio/aac",
    "audio/ogg",
    "audio/vorbis",
    "audio/opus",
    "audio/webm",
    "audio/flac",
    "audio/x-flac",
    "audio/wav",
    "audio/wave",
    "audio/x-wav",
    "audio/vnd.wave",
];

/// All three lists, in the order of the instance document.
#[must_use]
pub fn supported_types() -> Vec<&'static str> {
    [IMAGE_TYPES, VIDEO_TYPES, AUDIO_TYPES].concat()
}
