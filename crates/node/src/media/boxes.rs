//! Reading the nested boxes of ISO base media files (ISO/IEC 14496-12 section 4.2), which AVIF, MP4 and QuickTime
//! share, and the big-endian numbers in them.
//!
//! Nothing is copied, and every step consumes at least the eight bytes of a header: reading is bounded by the file's
//! length whatever the file claims.

/// One box, its header taken off.
#[derive(Debug, Clone, Copy)]
pub(super) struct BoxRef<'a> {
    pub kind: [u8; 4],
    pub body: &'a [u8],
}

/// The boxes that follow each other in `bytes`. Ends at the first header that makes no sense.
#[derive(Debug, Clone)]
pub(super) struct Boxes<'a> {
    rest: &'a [u8],
}

/// Takes big-endian numbers from the front; `None` once the bytes run out.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

pub(super) fn boxes(bytes: &[u8]) -> Boxes<'_> {
    Boxes { rest: bytes }
}

/// The first box of a file. Unlike the later ones it may be cut off, so that the first kilobytes suffice.
pub(super) fn first(bytes: &[u8]) -> Option<BoxRef<'_>> {
    let (size, kind, header) = header(bytes)?;
    let end = size.min(bytes.len());
    Some(BoxRef { kind, body: bytes.get(header..end)? })
}

/// The first box of that kind among those in `bytes`.
pub(super) fn find<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find(|found| &found.kind == kind).map(|found| found.body)
}

/// Size of the first box as a whole (which may claim more than there is), its kind, size of its header.
pub(super) fn header(bytes: &[u8]) -> Option<(usize, [u8; 4], usize)> {
    let mut reader = Reader::new(bytes);
    let short = reader.u32()?;
    let kind = reader.four()?;
    let (size, header) = match short {
        0 => (bytes.len(), 8),
        1 => (usize::try_from(reader.u64()?).ok()?, 16),
        size => (usize::try_from(size).ok()?, 8),
    };
    (size >= header).then_some((size, kind, header))
}

impl<'a> Iterator for Boxes<'a> {
    type Item = BoxRef<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let (size, kind, header) = header(self.rest)?;
        let body = self.rest.get(header..size)?;
        self.rest = &self.rest[size..];
        Some(BoxRef { kind, body })
    }
}

impl<'a> Reader<'a> {
    pub fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    pub fn four(&mut self) -> Option<[u8; 4]> {
        self.take(4)?.try_into().ok()
    }

    /// A number of so many bytes; none at all is zero, more than eight is refused.
    pub fn number(&mut self, width: usize) -> Option<u64> {
        let bytes = self.take(width)?;
        (width <= 8).then(|| bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    pub fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.four()?))
    }

    pub fn u64(&mut self) -> Option<u64> {
        self.number(8)
    }

    /// The version and flags every "full" box begins with.
    pub fn version(&mut self) -> Option<(u8, u32)> {
        let word = self.u32()?;
        Some(((word >> 24) as u8, word & 0xFF_FFFF))
    }
}
