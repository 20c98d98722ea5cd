//! Reading an AVIF still picture: the container here, the pixels in [`super::av1`].
//!
//! Only what a still picture needs is read (AV1 Image File Format 1.1; ISO/IEC 23008-12 for items and properties):
//! the primary item, its transparency, its turning and mirroring, its colour description. Exif is not even looked for:
//! AVIF says with properties how to turn the picture. Pictures put together from tiles are refused, of a sequence the
//! still picture is taken.

use image::DynamicImage;

use super::av1::{self, Nclx};
use super::boxes::{Reader, boxes, find};
use super::error::MediaError;
use super::limits::Limits;

/// A decoded picture, turned upright.
pub(super) struct Avif {
    pub picture: DynamicImage,
    /// An ICC profile that came along.
    pub icc: Option<Vec<u8>>,
    /// The colours are in Display P3, said without a profile.
    pub display_p3: bool,
}

/// How the parts of one picture lie in the file.
#[derive(Default)]
struct Item<'a> {
    data: Vec<u8>,
    properties: Vec<Property<'a>>,
}

#[derive(Clone, Copy)]
struct Property<'a> {
    kind: [u8; 4],
    body: &'a [u8],
}

/// The table of an item's pieces.
struct Extents<'a> {
    reader: Reader<'a>,
    count: usize,
}

/// The `meta` box of the file and what it points into.
struct Meta<'a> {
    file: &'a [u8],
    body: &'a [u8],
}

const ALPHA_KINDS: [&[u8]; 2] = [b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1"];
const DISPLAY_P3: u16 = 12;

/// Decodes a still AVIF picture.
///
/// # Errors
/// [`MediaError::TooManyPixels`] from the header, [`MediaError::UnsupportedVariant`], [`MediaError::Unreadable`].
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Avif, MediaError> {
    let meta =
        Meta { file: bytes, body: find(bytes, b"meta").and_then(|body| body.get(4..)).ok_or(MediaError::Unreadable)? };
    let primary = meta.primary().ok_or(MediaError::Unreadable)?;
    match &meta.kind_of(primary).ok_or(MediaError::Unreadable)? {
        b"av01" => {}
        b"grid" => return Err(MediaError::UnsupportedVariant("an AVIF picture made of tiles")),
        _ => return Err(MediaError::UnsupportedVariant("an AVIF file without an AV1 picture")),
    }
    let colour = meta.item(primary).ok_or(MediaError::Unreadable)?;
    check_pixels(&colour, limits)?;
    let alpha = match meta.alpha_of(primary) {
        Some(id) => Some(meta.item(id).ok_or(MediaError::Unreadable)?),
        None => None,
    };
    if let Some(alpha) = &alpha {
        check_pixels(alpha, limits)?;
    }
    let nclx = nclx(&colour);
    let data = av1::Still { colour: &colour.data, alpha: alpha.as_ref().map(|item| item.data.as_slice()) };
    let premultiplied = alpha.is_some() && meta.references(b"prem").any(|(from, _)| from == primary);
    let picture = av1::decode(&data, nclx, premultiplied, limits.image_pixels)?;
    Ok(Avif {
        picture: upright(picture, &colour),
        icc: icc(&colour),
        display_p3: nclx.is_some_and(|colours| colours.primaries == DISPLAY_P3),
    })
}

/// The size the container claims. The size in the AV1 data may differ, and is checked again by the decoder.
fn check_pixels(item: &Item<'_>, limits: &Limits) -> Result<(), MediaError> {
    let (width, height) = item
        .property(b"ispe")
        .and_then(|body| {
            let mut reader = Reader::new(body);
            reader.version()?;
            Some((reader.u32()?, reader.u32()?))
        })
        .ok_or(MediaError::Unreadable)?;
    if u64::from(width) * u64::from(height) > limits.image_pixels {
        return Err(MediaError::TooManyPixels { allowed: limits.image_pixels, width, height });
    }
    Ok(())
}

fn nclx(item: &Item<'_>) -> Option<Nclx> {
    let mut reader = Reader::new(item.colour_description(b"nclx")?);
    let primaries = reader.u16()?;
    reader.u16()?; // transfer characteristics
    Some(Nclx { primaries, matrix: reader.u16()?, full_range: reader.u8()? & 0x80 != 0 })
}

fn icc(item: &Item<'_>) -> Option<Vec<u8>> {
    item.colour_description(b"prof").or_else(|| item.colour_description(b"rICC")).map(<[u8]>::to_vec)
}

/// Turns first (in quarters against the clock), mirrors then, as the Multi-Image Application Format orders it.
fn upright(picture: DynamicImage, item: &Item<'_>) -> DynamicImage {
    let first_byte = |kind| item.property(kind).and_then(|body| body.first());
    let turned = match first_byte(b"irot").map_or(0, |byte| byte & 3) {
        1 => picture.rotate270(),
        2 => picture.rotate180(),
        3 => picture.rotate90(),
        _ => picture,
    };
    match first_byte(b"imir").map(|byte| byte & 1) {
        Some(0) => turned.flipv(),
        Some(_) => turned.fliph(),
        None => turned,
    }
}

impl<'a> Item<'a> {
    fn property(&self, kind: &[u8; 4]) -> Option<&'a [u8]> {
        self.properties.iter().find(|property| &property.kind == kind).map(|property| property.body)
    }

    /// There may be two descriptions of colour, one as numbers and one as a profile.
    fn colour_description(&self, kind: &[u8; 4]) -> Option<&'a [u8]> {
        let described = self.properties.iter().filter(|property| &property.kind == b"colr");
        described.filter_map(|property| property.body.strip_prefix(kind)).next()
    }
}

impl Extents<'_> {
    /// Puts the pieces together. They may overlap, but an honest item has no more than `most` bytes, those of its file.
    fn collect(&mut self, source: &[u8], base: u64, widths: [usize; 3], most: usize) -> Option<Vec<u8>> {
        let mut data = Vec::new();
        for _ in 0..self.count {
            let [_, offset, length] = widths.map(|width| self.reader.number(width));
            let start = usize::try_from(base.checked_add(offset?)?).ok()?;
            let extent = match usize::try_from(length?).ok()? {
                0 => source.get(start..)?,
                length => source.get(start..start.checked_add(length)?)?,
            };
            if data.len() + extent.len() > most {
                return None;
            }
            data.extend_from_slice(extent);
        }
        (!data.is_empty()).then_some(data)
    }
}

impl<'a> Meta<'a> {
    fn primary(&self) -> Option<u32> {
        let mut reader = Reader::new(find(self.body, b"pitm")?);
        let (version, _) = reader.version()?;
        item_id(&mut reader, version > 0)
    }

    fn kind_of(&self, id: u32) -> Option<[u8; 4]> {
        let mut reader = Reader::new(find(self.body, b"iinf")?);
        let (version, _) = reader.version()?;
        item_id(&mut reader, version > 0)?; // the number of entries, of the same width
        boxes(reader.rest()).filter(|found| &found.kind == b"infe").find_map(|entry| {
            let mut reader = Reader::new(entry.body);
            let (version, _) = reader.version()?;
            let found = item_id(&mut reader, version > 2)?;
            reader.u16()?;
            let kind = reader.four()?;
            (found == id && version >= 2).then_some(kind)
        })
    }

    fn item(&self, id: u32) -> Option<Item<'a>> {
        Some(Item { data: self.data(id)?, properties: self.properties(id)? })
    }

    /// The item's bytes, put together from its extents (ISO/IEC 14496-12 section 8.11.3).
    fn data(&self, id: u32) -> Option<Vec<u8>> {
        let mut reader = Reader::new(find(self.body, b"iloc")?);
        let (version, _) = reader.version()?;
        let widths = reader.u16()?;
        let [offset_width, length_width, base_width, index_width] =
            [widths >> 12, widths >> 8 & 15, widths >> 4 & 15, widths & 15].map(usize::from);
        let index_width = if version > 0 { index_width } else { 0 };
        for _ in 0..item_id(&mut reader, version > 1)? {
            let found = item_id(&mut reader, version > 1)?;
            let method = if version > 0 { reader.u16()? & 15 } else { 0 };
            reader.u16()?;
            let base = reader.number(base_width)?;
            let source = match method {
                0 => self.file,
                1 => find(self.body, b"idat").unwrap_or_default(),
                _ => &[],
            };
            let extents = usize::from(reader.u16()?);
            let widths = index_width + offset_width + length_width;
            let mut extents = Extents { reader: Reader::new(reader.take(extents * widths)?), count: extents };
            if found == id {
                return extents.collect(source, base, [index_width, offset_width, length_width], self.file.len());
            }
        }
        None
    }

    fn properties(&self, id: u32) -> Option<Vec<Property<'a>>> {
        let iprp = find(self.body, b"iprp")?;
        let all: Vec<_> =
            boxes(find(iprp, b"ipco")?).map(|found| Property { kind: found.kind, body: found.body }).collect();
        let mut reader = Reader::new(find(iprp, b"ipma")?);
        let (version, flags) = reader.version()?;
        for _ in 0..reader.u32()? {
            let found = item_id(&mut reader, version > 0)?;
            let mut properties = Vec::new();
            for _ in 0..reader.u8()? {
                let place = if flags & 1 == 1 { reader.u16()? & 0x7FFF } else { u16::from(reader.u8()? & 0x7F) };
                properties.extend(usize::from(place).checked_sub(1).and_then(|place| all.get(place)));
            }
            if found == id {
                return Some(properties);
            }
        }
        None
    }

    fn alpha_of(&self, primary: u32) -> Option<u32> {
        // Each of them costs a look through all properties, and an honest file has one or two.
        let auxiliaries = self.references(b"auxl").filter(|(_, to)| *to == primary).take(8);
        auxiliaries.map(|(from, _)| from).find(|id| {
            let Some(properties) = self.properties(*id) else { return false };
            let kind =
                properties.iter().find(|property| &property.kind == b"auxC").and_then(|found| found.body.get(4..));
            kind.is_some_and(|kind| ALPHA_KINDS.iter().any(|alpha| kind.starts_with(alpha)))
        })
    }

    /// All references of one kind, from item to item.
    fn references(&self, kind: &'a [u8; 4]) -> impl Iterator<Item = (u32, u32)> + 'a {
        let mut reader = Reader::new(find(self.body, b"iref").unwrap_or_default());
        let wide = reader.version().is_some_and(|(version, _)| version > 0);
        boxes(reader.rest()).filter(move |found| &found.kind == kind).flat_map(move |found| {
            let mut reader = Reader::new(found.body);
            let from = item_id(&mut reader, wide);
            let count = reader.u16().unwrap_or_default();
            (0..count).map_while(move |_| Some((from?, item_id(&mut reader, wide)?)))
        })
    }
}

/// Item numbers are two bytes wide in the older versions of each box, four in the newer.
fn item_id(reader: &mut Reader<'_>, wide: bool) -> Option<u32> {
    if wide { reader.u32() } else { reader.u16().map(u32::from) }
}
