//! What the header says of the pixels: size, bits, colour, and whether they are all there.

use super::error::ReadError;
use super::header::Header;
use super::limits::Limits;
use super::scan::{PixelsAt, Scanned};
use super::syntax::Packing;
use dicom_core::Tag;
use dicom_dictionary_std::tags;

/// How colours are written (0028,0004).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    /// Grey; small values are bright when `true` (MONOCHROME1).
    Grey { small_is_bright: bool },
    /// Red, green, blue.
    Rgb,
    /// Luminance and colour differences.
    YbrFull,
    /// The same with halved colour columns; when not compressed, two pixels take four bytes.
    YbrFull422,
}

/// Size and kind of the pixels of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Format {
    pub rows: u32,
    pub columns: u32,
    pub frames: u32,
    pub bits_allocated: u32,
    pub bits_stored: u32,
    pub high_bit: u32,
    pub signed: bool,
    pub colour: Colour,
    /// Stored values are numbers of colours in a palette; the pixels themselves are read as grey.
    pub palette: bool,
    /// Colour planes one behind the other.
    pub planar: bool,
    pub pixels: PixelsAt,
    /// How many rows of all frames are there, and how many are claimed, where pixels that are not compressed end
    /// early; of others it shows only by decoding. Frames of which nothing is there are not counted.
    pub cut_short: Option<(u64, u64)>,
}

impl Format {
    /// Understands the image of a scanned file of `size` bytes, or says why it cannot be shown.
    pub fn new(header: &Header, scanned: &Scanned, size: u64, limits: &Limits) -> Result<Self, ReadError> {
        if let Some(what) = not_an_image(&header.text(tags::SOP_CLASS_UID)) {
            return Err(ReadError::NoImage { what: what.to_owned() });
        }
        let needed = |name: &'static str, tag: Tag| header.count(tag).ok_or(ReadError::Missing { name, tag });
        let Some(pixels) = scanned.pixels else {
            return Err(match (header.count(tags::ROWS), header.count(tags::COLUMNS)) {
                (Some(rows), Some(columns)) => ReadError::NoPixels { columns, rows },
                _ => ReadError::NoImage { what: object(header) },
            });
        };
        if !pixels.whole_numbers {
            return Err(ReadError::NotSupported { what: "An image of floating point numbers".into() });
        }
        if scanned.syntax.packing == Packing::NotRead {
            return Err(ReadError::Syntax { name: scanned.syntax.name(), uid: scanned.syntax.uid.clone() });
        }
        let photometric = header.text(tags::PHOTOMETRIC_INTERPRETATION);
        let samples = header.count(tags::SAMPLES_PER_PIXEL).unwrap_or(1);
        let bits_allocated = needed("Bits Allocated", tags::BITS_ALLOCATED)?;
        let bits_stored = header.count(tags::BITS_STORED).unwrap_or(bits_allocated);
        let mut format = Self {
            rows: needed("Rows", tags::ROWS)?,
            columns: needed("Columns", tags::COLUMNS)?,
            frames: header.count(tags::NUMBER_OF_FRAMES).unwrap_or(1).max(1),
            bits_allocated,
            bits_stored,
            high_bit: header.count(tags::HIGH_BIT).unwrap_or(bits_stored.saturating_sub(1)),
            signed: header.count(tags::PIXEL_REPRESENTATION) == Some(1),
            colour: colour(&photometric, samples)?,
            palette: photometric == "PALETTE COLOR",
            planar: header.count(tags::PLANAR_CONFIGURATION) == Some(1),
            pixels,
            cut_short: None,
        };
        format.check(scanned, size, limits)?;
        if let (false, Some(length)) = (scanned.syntax.layout.deflated, pixels.length) {
            let there = length.min(size.saturating_sub(pixels.offset));
            let row = (format.frame_bytes() / u64::from(format.rows)).max(1);
            let (there, claimed) = (there / row, u64::from(format.rows) * u64::from(format.frames));
            if there < claimed {
                format.cut_short = Some((there, claimed));
                format.frames = u32::try_from(there.div_ceil(u64::from(format.rows))).unwrap_or(format.frames);
            }
        }
        Ok(format)
    }

    /// Samples of one pixel.
    pub fn samples(&self) -> u32 {
        if self.is_colour() { 3 } else { 1 }
    }

    pub fn is_colour(&self) -> bool {
        !matches!(self.colour, Colour::Grey { .. })
    }

    /// Whether the picture is in colour: its pixels are, or a palette makes them so.
    pub fn shows_colour(&self) -> bool {
        self.palette || self.is_colour()
    }

    /// Pixels of one frame.
    pub fn frame_pixels(&self) -> u64 {
        u64::from(self.rows) * u64::from(self.columns)
    }

    /// Bytes of one frame that is not compressed.
    pub fn frame_bytes(&self) -> u64 {
        let bytes = match self.colour {
            Colour::YbrFull422 => 2 * u64::from(self.bits_allocated / 8),
            _ => u64::from(self.samples()) * u64::from(self.bits_allocated / 8),
        };
        self.frame_pixels() * bytes
    }

    fn check(&self, scanned: &Scanned, size: u64, limits: &Limits) -> Result<(), ReadError> {
        let wrong = |what: String| Err(ReadError::Contradiction { what });
        if self.rows == 0 || self.columns == 0 || self.rows > 65_535 || self.columns > 65_535 {
            return wrong(format!("it claims {} x {} pixels", self.columns, self.rows));
        }
        if !matches!(self.bits_allocated, 8 | 16 | 32) {
            return wrong(format!("{} bits for each sample are not read", self.bits_allocated));
        }
        if self.bits_stored == 0 || self.bits_stored > self.bits_allocated {
            return wrong(format!("it stores {} bits in {}", self.bits_stored, self.bits_allocated));
        }
        if self.high_bit >= self.bits_allocated || self.high_bit + 1 < self.bits_stored {
            return wrong(format!("its highest bit is {} of {} stored", self.high_bit, self.bits_stored));
        }
        if self.colour == Colour::YbrFull422 && self.columns % 2 == 1 && scanned.syntax.packing == Packing::Native {
            return wrong("colours are shared by pairs of pixels, but its rows have an odd number".into());
        }
        if self.frames > limits.frames {
            return wrong(format!("it claims {} frames", self.frames));
        }
        if self.frame_pixels() > limits.frame_pixels {
            return Err(ReadError::TooManyPixels { pixels: self.frame_pixels(), most: limits.frame_pixels });
        }
        let pixels = self.frame_pixels().saturating_mul(u64::from(self.frames));
        if pixels > limits.stack_pixels {
            return Err(ReadError::TooManyPixels { pixels, most: limits.stack_pixels });
        }
        match (scanned.syntax.packing, self.pixels.length) {
            (Packing::Native, Some(length)) => {
                let needed = self.frame_bytes().saturating_mul(u64::from(self.frames));
                let left = if scanned.syntax.layout.deflated {
                    // How much there is shows only by unfolding; how much there can be is known.
                    let most = limits.unfolded(size.saturating_sub(scanned.data_set_at));
                    if self.pixels.offset.saturating_add(needed) > most {
                        return Err(ReadError::Inflates { most });
                    }
                    length
                } else {
                    length.min(size.saturating_sub(self.pixels.offset))
                };
                // A file that is cut short shows the rows that are there.
                let row = self.frame_bytes() / u64::from(self.rows);
                if left < needed && (left < row || self.planar) {
                    return Err(ReadError::PixelsCutShort { needed, found: left });
                }
                Ok(())
            }
            (Packing::Native, None) => {
                wrong("its pixels are in fragments although the file says they are not compressed".into())
            }
            (_, Some(_)) => wrong("its pixels are not in fragments although the file says they are compressed".into()),
            (_, None) => Ok(()),
        }
    }
}

fn colour(name: &str, samples: u32) -> Result<Colour, ReadError> {
    match (name, samples) {
        ("MONOCHROME1", 1) => Ok(Colour::Grey { small_is_bright: true }),
        ("MONOCHROME2" | "PALETTE COLOR" | "", 1) => Ok(Colour::Grey { small_is_bright: false }),
        // What JPEG 2000 and JPEG XL do to colours inside their streams they undo themselves.
        ("RGB" | "YBR_ICT" | "YBR_RCT" | "XYB", 3) => Ok(Colour::Rgb),
        ("YBR_FULL", 3) => Ok(Colour::YbrFull),
        ("YBR_FULL_422", 3) => Ok(Colour::YbrFull422),
        _ => Err(ReadError::Contradiction {
            what: format!("its colours are written as \"{name}\" with {samples} samples for each pixel"),
        }),
    }
}

/// Objects that are not images, although some have pixel data.
fn not_an_image(sop_class: &str) -> Option<&'static str> {
    let kind = sop_class.strip_prefix("1.2.840.10008.5.1.4.1.1.");
    Some(match (sop_class, kind?) {
        (_, "66.4" | "66.7") => "A segmentation",
        (_, "66") => "A file of raw data",
        (_, "67") => "A real world value mapping",
        (_, "66.1" | "66.2" | "66.3" | "66.5") => "A registration, fiducial or surface object",
        (_, "104.1" | "104.2" | "104.3") => "An encapsulated document",
        (_, "481.3") => "A radiotherapy structure set",
        (_, "481.5" | "481.8") => "A radiotherapy plan",
        (_, kind) if kind.starts_with("88.") => "A structured report",
        (_, kind) if kind.starts_with("11.") => "A presentation state",
        (_, kind) if kind.starts_with("9.") => "A waveform",
        _ => return None,
    })
}

/// Words for an object without pixels.
fn object(header: &Header) -> String {
    if header.text(tags::MEDIA_STORAGE_SOP_CLASS_UID) == "1.2.840.10008.1.3.10" {
        return "A DICOMDIR index".into();
    }
    let named = [tags::SOP_CLASS_UID, tags::SERIES_INSTANCE_UID, tags::MODALITY];
    match header.text(tags::MODALITY).as_str() {
        "" if !named.into_iter().any(|tag| header.has(tag)) => {
            "The file has the beginning of a DICOM object and no more of it; it".into()
        }
        "" => "This DICOM object".into(),
        modality => format!("This DICOM object ({modality})"),
    }
}
