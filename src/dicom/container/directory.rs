//! DICOMDIR: the list of files of a disc (PS3.3 annex F), whatever its file is called.
//!
//! Its offsets are not followed: many writers get them wrong, and all records stand one behind the other. Files
//! are found by comparing names with what is in the folders, upper and lower case alike, so that no path is
//! ever made from what a file says.

use super::super::found::Skipped;
use super::super::header::Header;
use super::super::kept::Wanted;
use super::super::limits::Limits;
use super::super::scan::scan;
use super::super::text::clean;
use super::source;
use dicom_dictionary_std::tags;
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Media Storage Directory Storage.
const DIRECTORY: &str = "1.2.840.10008.1.3.10";
/// The deepest reference that the standard allows (PS3.10 8.2).
const DEEPEST: usize = 8;

static WANTED: LazyLock<Wanted> = LazyLock::new(|| {
    let mut tags = vec![
        tags::MEDIA_STORAGE_SOP_CLASS_UID,
        tags::SPECIFIC_CHARACTER_SET,
        tags::DIRECTORY_RECORD_SEQUENCE,
        tags::REFERENCED_FILE_ID,
    ];
    tags.sort_unstable();
    Wanted { tags, private: &[], everything: false }
});

/// What a DICOMDIR lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Listed {
    /// Files that are there, in the order of the list.
    pub files: Vec<PathBuf>,
    /// Names that are listed and not there, as they are written.
    pub missing: Vec<String>,
}

/// What a file lists when it is a DICOMDIR; `None` when it is something else.
pub(in super::super) fn read(path: &Path, limits: &Limits) -> Option<Listed> {
    let file = source::open(path, limits).ok()?;
    let mut scanned = scan(&mut BufReader::new(file.source), file.size, &WANTED, limits).ok()?;
    let header = Header::new(&mut scanned);
    if header.text(tags::MEDIA_STORAGE_SOP_CLASS_UID) != DIRECTORY {
        return None;
    }
    let mut folders = Folders::default();
    let base = path.parent().map(Path::to_owned).unwrap_or_default();
    let mut listed = Listed::default();
    let mut seen = BTreeSet::new();
    for record in header.items(tags::DIRECTORY_RECORD_SEQUENCE) {
        let parts = record.texts(tags::REFERENCED_FILE_ID);
        if parts.iter().all(String::is_empty) {
            continue;
        }
        match folders.find(&base, &parts) {
            Some(file) if !seen.insert(file.clone()) => {}
            Some(file) => listed.files.push(file),
            None => listed.missing.push(clean(&parts.join("/"))),
        }
    }
    Some(listed)
}

/// What is in the folders of a disc, each looked at once.
#[derive(Default)]
struct Folders(BTreeMap<PathBuf, Entries>);

/// The entries of a folder by name: exact, in lower case, and without what discs add to names. Of several, the
/// first by name.
#[derive(Default)]
struct Entries {
    exact: BTreeMap<String, PathBuf>,
    lower: BTreeMap<String, PathBuf>,
    bare: BTreeMap<String, PathBuf>,
}

impl Entries {
    fn of(folder: &Path) -> Self {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let exact: BTreeMap<String, PathBuf> =
            entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path())).collect();
        let mut all = Self::default();
        for (name, path) in &exact {
            all.lower.entry(name.to_ascii_lowercase()).or_insert_with(|| path.clone());
            all.bare.entry(bare(name)).or_insert_with(|| path.clone());
        }
        all.bare.remove("");
        all.exact = exact;
        all
    }
}

/// A name in lower case without what discs add (";1", a lone point at the end, an ending ".dcm").
fn bare(name: &str) -> String {
    let name = name.split(';').next().unwrap_or_default().to_ascii_lowercase();
    name.strip_suffix(".dcm").unwrap_or(&name).trim_end_matches('.').to_owned()
}

impl Folders {
    fn find(&mut self, base: &Path, parts: &[String]) -> Option<PathBuf> {
        if parts.len() > DEEPEST {
            return None;
        }
        let mut here = base.to_owned();
        for part in parts {
            here = self.entry(&here, part)?;
        }
        here.is_file().then_some(here)
    }

    /// The entry of this name: exact, else in another case, else as discs change names.
    fn entry(&mut self, folder: &Path, name: &str) -> Option<PathBuf> {
        let entries = self.0.entry(folder.to_owned()).or_insert_with(|| Entries::of(folder));
        let found = entries.exact.get(name).or_else(|| entries.lower.get(&name.to_ascii_lowercase()));
        found.or_else(|| entries.bare.get(&bare(name))).cloned()
    }
}

/// A listed file that is missing, as it is told.
pub(in super::super) fn not_there(directory: &Path, name: &str) -> Skipped {
    // Shown beside its list; this path is never opened.
    let reason = "The DICOMDIR lists it, but it is not there. Copy the whole disc again.".to_owned();
    Skipped { file: directory.with_file_name(name), reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::syntax::EXPLICIT;
    use crate::dicom::tests::build::File;
    use dicom_core::VR;

    fn empty() -> File {
        File { elements: BTreeMap::new(), syntax: EXPLICIT.into() }
    }

    /// A DICOMDIR that lists these names.
    fn dicomdir(names: &[&str]) -> Vec<u8> {
        let record = |name: &&str| {
            let mut record = empty();
            record.text(tags::DIRECTORY_RECORD_TYPE, VR::CS, "IMAGE").text(tags::REFERENCED_FILE_ID, VR::CS, name);
            record.data_set()
        };
        let mut file = empty();
        file.text(tags::MEDIA_STORAGE_SOP_CLASS_UID, VR::UI, DIRECTORY)
            .sequence(tags::DIRECTORY_RECORD_SEQUENCE, names.iter().map(record).collect());
        file.encode()
    }

    #[test]
    fn names_are_found_in_any_case_and_none_leads_outside() {
        let folder = tempfile::tempdir().unwrap();
        let disc = folder.path().join("disc");
        std::fs::create_dir_all(disc.join("images/ct")).unwrap();
        for name in ["images/ct/IM01", "images/ct/im02.dcm", "images/ct/im03;1"] {
            std::fs::write(disc.join(name), b"x").unwrap();
        }
        std::fs::write(folder.path().join("outside"), b"x").unwrap();
        let names = ["IMAGES\\CT\\IM01", "IMAGES\\CT\\IM02 ", "IMAGES\\CT\\IM03", "IMAGES\\CT\\IM04 "];
        let more = ["..\\OUTSIDE", "IMAGES\\CT\\IM01", "/etc/passwd ", "IMAGES\\CT"];
        let path = disc.join("dicomdir");
        std::fs::write(&path, dicomdir(&[names.as_slice(), more.as_slice()].concat())).unwrap();
        let listed = read(&path, &Limits::default()).unwrap();
        let found: Vec<_> = listed.files.iter().map(|f| f.strip_prefix(&disc).unwrap().to_str().unwrap()).collect();
        assert_eq!(found, ["images/ct/IM01", "images/ct/im02.dcm", "images/ct/im03;1"]);
        assert_eq!(listed.missing, ["IMAGES/CT/IM04", "../OUTSIDE", "/etc/passwd", "IMAGES/CT"]);
        assert_eq!(read(&disc.join("images/ct/IM01"), &Limits::default()), None);
    }
}
