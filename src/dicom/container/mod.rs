//! Files that hold or name other files: archives (zip), and DICOMDIR.
//!
//! A file in an archive is named like a file in a folder, `study.zip/DICOM/IM0001`, and read where it is:
//! nothing is unpacked to disk, and no path is ever made from a name that leads outside the archive.

pub(super) mod archive;
pub(super) mod directory;
mod inside;
pub(super) mod source;

pub use source::is_there;
