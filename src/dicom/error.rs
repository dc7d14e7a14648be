//! Why a file or a slice was not read, as sentences for a person.

use dicom_core::Tag;

/// Why a file or a slice was not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The system refused.
    #[error("{}", io_words(.0))]
    Io(#[source] std::io::Error),
    /// Nothing in it.
    #[error("The file is empty.")]
    Empty,
    /// No DICOM.
    #[error("This is not a DICOM file.")]
    NotDicom,
    /// Larger than the budget.
    #[error("The file has {bytes} bytes; more than {most} are not read.")]
    FileTooLarge {
        /// Size.
        bytes: u64,
        /// Budget.
        most: u64,
    },
    /// The end came too early.
    #[error("The file ends in the middle of its header, at byte {at}. Copy it again from where it came.")]
    CutShort {
        /// Where.
        at: u64,
    },
    /// An element that is longer than what is left.
    #[error(
        "The element {tag} at byte {at} claims {claimed} bytes, but only {left} are left. The file is damaged; copy it again from where it came."
    )]
    Length {
        /// Which element.
        tag: Tag,
        /// Where.
        at: u64,
        /// What it claims.
        claimed: u64,
        /// What there is.
        left: u64,
    },
    /// Broken structure.
    #[error("The header is broken at byte {at}: {what}. Copy the file again from where it came.")]
    Structure {
        /// Where.
        at: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// Nested too deep.
    #[error("The header nests sequences more than {most} deep. No scanner does that; the file was not read.")]
    TooDeep {
        /// Budget.
        most: usize,
    },
    /// More elements than the budget.
    #[error("The header has more than {most} elements. No scanner does that; the file was not read.")]
    TooManyElements {
        /// Budget.
        most: u64,
    },
    /// More in it than the budget.
    #[error("The header holds more than {most} bytes to keep. No scanner does that; the file was not read.")]
    HeaderTooLarge {
        /// Budget.
        most: u64,
    },
    /// A deflated file that unfolds beyond the budget.
    #[error("The compressed file unfolds to more than {most} bytes and was not read.")]
    Inflates {
        /// Budget.
        most: u64,
    },
    /// An object without an image.
    #[error("{what} holds no images to show.")]
    NoImage {
        /// The kind of object, as the beginning of a sentence.
        what: String,
    },
    /// An image header without pixels.
    #[error("The file describes an image of {columns} x {rows} pixels but holds no pixel data.")]
    NoPixels {
        /// Columns as stated.
        columns: u32,
        /// Rows as stated.
        rows: u32,
    },
    /// An object for a later version.
    #[error("{what} cannot be read by this version.")]
    NotSupported {
        /// What it is, as the beginning of a sentence.
        what: String,
    },
    /// Compressed in a way that is not read.
    #[error(
        "The image is compressed as {name} ({uid}), which this version does not read. Ask for an uncompressed copy, or convert it."
    )]
    Syntax {
        /// Name of the transfer syntax.
        name: String,
        /// Its UID.
        uid: String,
    },
    /// A tag that an image must have.
    #[error("The image lacks {name} {tag}, without which its pixels cannot be understood.")]
    Missing {
        /// Name of the element.
        name: &'static str,
        /// Its tag.
        tag: Tag,
    },
    /// Numbers that contradict each other.
    #[error("The image cannot be understood: {what}.")]
    Contradiction {
        /// What contradicts.
        what: String,
    },
    /// More pixels than the budget.
    #[error("The image claims {pixels} pixels; more than {most} are not read.")]
    TooManyPixels {
        /// What it claims.
        pixels: u64,
        /// Budget.
        most: u64,
    },
    /// Fewer bytes than the image needs.
    #[error(
        "The file is cut short: an image of this size needs {needed} bytes of pixels, the file has {found}. Copy it again from where it came."
    )]
    PixelsCutShort {
        /// Needed for the frame.
        needed: u64,
        /// There.
        found: u64,
    },
    /// Rows are missing at the end.
    #[error("The file is cut short: {rows} of {of} rows are there. Copy it again from where it came.")]
    RowsMissing {
        /// Rows that are there.
        rows: u32,
        /// Rows of the image.
        of: u32,
    },
    /// The decoder refused.
    #[error("The compressed image could not be decoded: {why}.")]
    Decode {
        /// What the decoder said.
        why: String,
    },
    /// The file is not what it was when it was listed.
    #[error("The file has changed since it was listed: it now holds another image. Open the folder again.")]
    Changed,
    /// No such slice in the stack.
    #[error("There is no slice {number} in this stack.")]
    NoSuchSlice {
        /// Slice number, from 1.
        number: u64,
    },
    /// A fault of the reader itself.
    #[error("The file made the reader fail and was left out. Please report it with the file.")]
    Fault,
}

impl From<std::io::Error> for ReadError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// What the system said, as a sentence without its numbers.
fn io_words(why: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match why.kind() {
        ErrorKind::NotFound => NOT_THERE.to_owned(),
        ErrorKind::PermissionDenied => "The file may not be read by you. Ask for the right to read it.".to_owned(),
        _ => {
            let words = why.to_string();
            format!("The file could not be read: {}.", words.split(" (os error").next().unwrap_or_default())
        }
    }
}

/// What is said of a file that is gone.
pub const NOT_THERE: &str = "The file is not where it was.";
