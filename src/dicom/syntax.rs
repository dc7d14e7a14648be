//! Transfer syntaxes: how a data set is laid out and how its pixels are packed (PS3.5 annex A).

use super::codec::Family;
use dicom_core::VR;
use dicom_transfer_syntax_registry::{TransferSyntaxIndex, TransferSyntaxRegistry};

/// Layout of the elements of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// Value representations are written in each element.
    pub explicit: bool,
    /// Big endian.
    pub big_endian: bool,
    /// Deflated after the file meta group.
    pub deflated: bool,
}

/// How pixels are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// Pixel after pixel.
    Native,
    /// Pixel after pixel, in a fragment (Encapsulated Uncompressed).
    NativeInFragments,
    /// RLE Lossless (PS3.5 annex G).
    Rle,
    /// A code stream.
    Coded {
        /// Of which family.
        family: Family,
        /// Whether the process always loses information; others may, and then the header says so.
        lossy: bool,
    },
    /// Not read.
    NotRead,
}

/// A transfer syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Syntax {
    /// Its UID; for a file that states none, the UID of what was found.
    pub uid: String,
    /// Layout of the data set.
    pub layout: Layout,
    /// Packing of the pixels.
    pub packing: Packing,
}

pub(super) const IMPLICIT: &str = "1.2.840.10008.1.2";
pub(super) const EXPLICIT: &str = "1.2.840.10008.1.2.1";
pub(super) const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
pub(super) const BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";

impl Syntax {
    /// The syntax with this UID. An unknown one is laid out as explicit little endian (as every encapsulated
    /// syntax is) and not read.
    pub fn from_uid(uid: &str) -> Self {
        let explicit = Layout { explicit: true, big_endian: false, deflated: false };
        let coded = |family, lossy| (explicit, Packing::Coded { family, lossy });
        let (layout, packing) = match uid {
            IMPLICIT => (Layout { explicit: false, ..explicit }, Packing::Native),
            EXPLICIT => (explicit, Packing::Native),
            DEFLATED => (Layout { deflated: true, ..explicit }, Packing::Native),
            BIG_ENDIAN => (Layout { big_endian: true, ..explicit }, Packing::Native),
            "1.2.840.10008.1.2.1.98" => (explicit, Packing::NativeInFragments),
            "1.2.840.10008.1.2.5" => (explicit, Packing::Rle),
            // Baseline, extended, progressive (retired); lossless process 14, and with selection value 1.
            "1.2.840.10008.1.2.4.50"
            | "1.2.840.10008.1.2.4.51"
            | "1.2.840.10008.1.2.4.53"
            | "1.2.840.10008.1.2.4.55" => coded(Family::Jpeg, true),
            "1.2.840.10008.1.2.4.57" | "1.2.840.10008.1.2.4.70" => coded(Family::Jpeg, false),
            "1.2.840.10008.1.2.4.80" => coded(Family::JpegLs, false),
            "1.2.840.10008.1.2.4.81" => coded(Family::JpegLs, true),
            "1.2.840.10008.1.2.4.90" | "1.2.840.10008.1.2.4.91" => coded(Family::Jpeg2000, false),
            // High throughput: lossless, lossless with progression by resolution, either.
            "1.2.840.10008.1.2.4.201" | "1.2.840.10008.1.2.4.202" | "1.2.840.10008.1.2.4.203" => {
                coded(Family::Jpeg2000, false)
            }
            // JPEG XL: lossless, JPEG repacked, either.
            "1.2.840.10008.1.2.4.110" | "1.2.840.10008.1.2.4.112" => coded(Family::JpegXl, false),
            "1.2.840.10008.1.2.4.111" => coded(Family::JpegXl, true),
            // GE private: implicit header, big endian pixels.
            "1.2.840.113619.5.2" => (Layout { explicit: false, ..explicit }, Packing::NotRead),
            _ => (explicit, Packing::NotRead),
        };
        Self { uid: uid.to_owned(), layout, packing }
    }

    /// The name in the standard, or "an unknown format".
    pub fn name(&self) -> String {
        TransferSyntaxRegistry.get(&self.uid).map_or_else(|| "an unknown format".to_owned(), |ts| ts.name().to_owned())
    }
}

/// Whether an explicit element of this kind has a four-byte length after two reserved bytes (PS3.5 7.1.2).
pub(super) fn has_long_length(vr: VR) -> bool {
    use VR::{OB, OD, OF, OL, OV, OW, SQ, SV, UC, UN, UR, UT, UV};
    matches!(vr, OB | OD | OF | OL | OV | OW | SQ | SV | UC | UN | UR | UT | UV)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_syntax_is_named() {
        let video = Syntax::from_uid("1.2.840.10008.1.2.4.102");
        assert_eq!(video.packing, Packing::NotRead);
        assert!(video.name().contains("MPEG-4"), "{}", video.name());
        assert_eq!(Syntax::from_uid("1.2.3").name(), "an unknown format");
    }

    #[test]
    fn the_guide_lists_what_is_read() {
        let guide = include_str!("../../assets/guide/formats.md");
        let listed: Vec<&str> = guide
            .lines()
            .filter_map(|line| {
                line.strip_prefix("| ")?.split(" |").next().filter(|uid| uid.starts_with("1.2.840.10008.1.2"))
            })
            .collect();
        assert!(listed.len() > 20);
        for uid in &listed {
            assert_ne!(Syntax::from_uid(uid).packing, Packing::NotRead, "{uid}");
        }
        let read = TransferSyntaxRegistry.iter().filter(|ts| Syntax::from_uid(ts.uid()).packing != Packing::NotRead);
        for syntax in read {
            assert!(listed.contains(&syntax.uid()), "{} is read and not listed", syntax.name());
        }
    }
}
