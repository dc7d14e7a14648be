//! Why an export was not made.

use std::path::{Path, PathBuf};

/// Why an export was not made; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The project has no lesion.
    #[error("There is nothing to export: the project has no lesion yet. Add a lesion, then export again.")]
    NoLesion,
    /// No lesion has a visit.
    #[error(
        "There is nothing to export: no lesion of the project has a visit yet. Import a scan or add a visit, then \
         export again; a folder instead of a file takes the lesions as they are."
    )]
    NoVisit,
    /// Another kind of file.
    #[error("Tables are not written to {}: choose a name that ends in .csv or .xlsx, or a folder for all tables.", .0.display())]
    Kind(PathBuf),
    /// The disk refused.
    #[error("The table {} could not be written: {why}. Check that its folder exists, has room and may be written to; nothing was changed.", .path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// A table that could not be laid out.
    #[error("The tables could not be written: {0}. Nothing was written.")]
    Table(String),
}

impl ExportError {
    pub(super) fn cannot_write(path: &Path, why: &std::io::Error) -> Self {
        Self::Write { path: path.to_owned(), why: why.to_string() }
    }
}
