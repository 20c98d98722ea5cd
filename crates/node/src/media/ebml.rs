//! Reading the head of a WebM or Matroska file (RFC 8794 for the elements, RFC 9559 for their meaning): which tracks
//! there are, how large the picture is, how long it lasts.
//!
//! Reading stops at the first cluster of sound or film, and only the few elements below are entered.

use super::boxes::Reader;

/// What the head of the file says.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(super) struct Head {
    pub video: bool,
    pub audio: bool,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub duration_ms: Option<u64>,
}

struct Element<'a> {
    id: u64,
    body: &'a [u8],
}

/// The elements that follow each other in `bytes`; one that runs over the end is cut off there.
struct Elements<'a> {
    reader: Reader<'a>,
}

const SEGMENT: u64 = 0x1853_8067;
const CLUSTER: u64 = 0x1F43_B675;
const INFO: u64 = 0x1549_A966;
const TIMESTAMP_SCALE: u64 = 0x2A_D7B1;
const DURATION: u64 = 0x4489;
const TRACKS: u64 = 0x1654_AE6B;
const TRACK_ENTRY: u64 = 0xAE;
const TRACK_TYPE: u64 = 0x83;
const VIDEO: u64 = 0xE0;
const PIXEL_WIDTH: u64 = 0xB0;
const PIXEL_HEIGHT: u64 = 0xBA;

/// Nanoseconds in a tick, where the file does not say.
const USUAL_SCALE: u64 = 1_000_000;

/// Reads the head; `None` if there is no segment.
pub(super) fn head(bytes: &[u8]) -> Option<Head> {
    let segment = elements(bytes).find(|element| element.id == SEGMENT)?;
    let mut head = Head::default();
    for element in elements(segment.body).take_while(|element| element.id != CLUSTER) {
        match element.id {
            INFO => head.duration_ms = duration_ms(element.body),
            TRACKS => {
                elements(element.body).filter(|entry| entry.id == TRACK_ENTRY).for_each(|entry| head.add(entry.body))
            }
            _ => {}
        }
    }
    Some(head)
}

impl Head {
    fn add(&mut self, track: &[u8]) {
        match find(track, TRACK_TYPE).and_then(number) {
            Some(1) => {
                self.video = true;
                let video = find(track, VIDEO).unwrap_or_default();
                let side = |id| find(video, id).and_then(number).and_then(|side| u32::try_from(side).ok());
                (self.width, self.height) = (side(PIXEL_WIDTH), side(PIXEL_HEIGHT));
            }
            Some(2) => self.audio = true,
            _ => {}
        }
    }
}

fn duration_ms(info: &[u8]) -> Option<u64> {
    let scale = find(info, TIMESTAMP_SCALE).and_then(number).unwrap_or(USUAL_SCALE);
    let body = find(info, DURATION)?;
    let ticks = match body.len() {
        4 => f64::from(f32::from_be_bytes(body.try_into().ok()?)),
        8 => f64::from_be_bytes(body.try_into().ok()?),
        _ => return None,
    };
    let milliseconds = ticks * scale as f64 / 1e6;
    (milliseconds.is_finite() && milliseconds >= 1.0).then_some(milliseconds as u64)
}

fn elements(bytes: &[u8]) -> Elements<'_> {
    Elements { reader: Reader::new(bytes) }
}

fn find(bytes: &[u8], id: u64) -> Option<&[u8]> {
    elements(bytes).find(|element| element.id == id).map(|element| element.body)
}

fn number(body: &[u8]) -> Option<u64> {
    Reader::new(body).number(body.len())
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let (id, _) = variable(&mut self.reader, 4, true)?;
        let (size, unknown) = variable(&mut self.reader, 8, false)?;
        let left = self.reader.rest().len();
        // A recording sent as it was made does not know its size, and neither does one cut off.
        let size = if unknown { left } else { usize::try_from(size).unwrap_or(usize::MAX).min(left) };
        Some(Element { id, body: self.reader.take(size)? })
    }
}

/// A number whose first byte says how many bytes it has (RFC 8794 section 4), and whether all its bits are set.
fn variable(reader: &mut Reader<'_>, longest: usize, keep_marker: bool) -> Option<(u64, bool)> {
    let width = reader.rest().first()?.leading_zeros() as usize + 1;
    if width > longest {
        return None;
    }
    let whole = reader.number(width)?;
    let mask = (1u64 << (7 * width)) - 1;
    Some((if keep_marker { whole } else { whole & mask }, whole & mask == mask))
}
