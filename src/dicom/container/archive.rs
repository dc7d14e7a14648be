//! Zip archives: what is in them, checked before anything is believed, and opening one file in them.

use super::super::found::Skipped;
use super::super::limits::Limits;
use super::inside::Inside;
use super::source::{self, OpenedFile, Source, seconds};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use zip::{CompressionMethod, ZipArchive};

/// Archives whose lists of contents are kept, the latest first.
const KEPT: usize = 4;
/// An archive may unfold to so many times its size before it is taken for a bomb, once it is large.
const MOST_RATIO: u64 = 200;
/// Below this size an archive may unfold as much as deflate can (slices of air are small), bytes.
const SMALL: u64 = 1 << 30;

/// One file in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    /// First byte of its data in the archive.
    at: u64,
    packed: u64,
    size: u64,
    deflated: bool,
}

/// What is in an archive.
#[derive(Debug)]
struct Contents {
    archive: PathBuf,
    /// Size and modification time of the archive, so that another one under its name is noticed.
    size: u64,
    mtime: i64,
    entries: BTreeMap<String, Entry>,
    skipped: Vec<Skipped>,
}

/// The files in an archive, each by its path below the archive, and those passed over, with reasons.
pub(in super::super) fn list(archive: &Path, limits: &Limits) -> Result<(Vec<PathBuf>, Vec<Skipped>), String> {
    let contents = contents(archive, limits)?;
    let files = contents.entries.keys().map(|name| archive.join(name)).collect();
    Ok((files, contents.skipped.clone()))
}

/// Why an archive in an archive is not opened.
pub(in super::super) const NESTED: &str = "An archive inside an archive is not opened. Unpack the outer one first.";

/// Whether a file, on its own or in an archive, begins as zip archives do.
pub(in super::super) fn is_archive(path: &Path, limits: &Limits) -> bool {
    let mut head = [0; 4];
    let read = source::open(path, limits).and_then(|mut file| file.source.read_exact(&mut head));
    read.is_ok() && (head == *b"PK\x03\x04" || head == *b"PK\x05\x06")
}

/// Whether a file's name says that it is a zip archive.
pub(in super::super) fn is_named_so(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"))
}

/// The archive that a path leads into, and the name in it.
pub(super) fn around(path: &Path) -> Option<(&Path, String)> {
    let archive = path.ancestors().skip(1).find(|above| above.is_file())?;
    Some((archive, normal(path.strip_prefix(archive).ok()?)?))
}

/// Opens a file in an archive.
pub(super) fn open(archive: &Path, name: &str, limits: &Limits) -> io::Result<OpenedFile> {
    let contents = contents(archive, limits).map_err(io::Error::other)?;
    let entry = contents.entries.get(name).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    let mut file = File::open(archive)?;
    file.seek(SeekFrom::Start(entry.at))?;
    let inside = if entry.deflated {
        Inside::deflated(file, entry.packed, entry.size)
    } else {
        Inside::stored(file, entry.size)
    };
    Ok(OpenedFile { source: Source::Inside(inside), size: entry.size, mtime: contents.mtime })
}

/// Whether an archive holds a file.
pub(super) fn holds(archive: &Path, name: &str) -> bool {
    contents(archive, &Limits::default()).is_ok_and(|contents| contents.entries.contains_key(name))
}

/// The list of contents, read once for each archive.
fn contents(archive: &Path, limits: &Limits) -> Result<Arc<Contents>, String> {
    static LATEST: LazyLock<Mutex<Vec<Arc<Contents>>>> = LazyLock::new(Mutex::default);
    let about = std::fs::metadata(archive).map_err(|why| unreadable(&why.to_string()))?;
    let (size, mtime) = (about.len(), seconds(&about));
    let latest = || LATEST.lock().unwrap_or_else(PoisonError::into_inner);
    let same = |c: &&Arc<Contents>| c.archive == archive && (c.size, c.mtime) == (size, mtime);
    if let Some(known) = latest().iter().find(same) {
        return Ok(Arc::clone(known));
    }
    let contents = Arc::new(read(archive, size, mtime, limits)?);
    let mut latest = latest();
    latest.retain(|c| c.archive != archive);
    latest.insert(0, Arc::clone(&contents));
    latest.truncate(KEPT);
    Ok(contents)
}

fn unreadable(why: &str) -> String {
    format!("The archive could not be read: {why}. Unpack it and open the folder instead.")
}

fn read(archive: &Path, size: u64, mtime: i64, limits: &Limits) -> Result<Contents, String> {
    let file = File::open(archive).map_err(|why| unreadable(&why.to_string()))?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|why| unreadable(&why.to_string()))?;
    if zip.len() > limits.files {
        return Err(format!("The archive claims {} files; more than {} are not read.", zip.len(), limits.files));
    }
    let mut entries = BTreeMap::new();
    let mut skipped = Vec::new();
    let (mut packed, mut unfolded) = (0u64, 0u64);
    for n in 0..zip.len() {
        let skip = |name: &str, reason: String| {
            let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
            Skipped { file: PathBuf::from(format!("{}/{name}", archive.display())), reason }
        };
        let entry = match zip.by_index_raw(n) {
            Ok(entry) => entry,
            Err(why) => {
                skipped.push(skip(&format!("file {}", n + 1), format!("It is damaged in the archive: {why}.")));
                continue;
            }
        };
        let name = entry.name().map_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into_owned(), Into::into);
        if entry.is_dir() {
            continue;
        }
        packed = packed.saturating_add(entry.compressed_size());
        unfolded = unfolded.saturating_add(entry.size());
        // Some programs write the separators of their own system.
        let inside = normal(Path::new(&name.replace('\\', "/")));
        let reason = match (&inside, entry.compression(), entry.data_start()) {
            (None, ..) => "Its name leads out of the archive; it was not read.".to_owned(),
            _ if entry.encrypted() => "It is encrypted. Unpack the archive with its password first.".to_owned(),
            _ if entry.size() > limits.archived_bytes => {
                format!(
                    "It has {} bytes; in an archive no more than {} are read. Unpack the archive first.",
                    entry.size(),
                    limits.archived_bytes
                )
            }
            (Some(name), CompressionMethod::Stored | CompressionMethod::Deflated, Some(at)) => {
                let deflated = entry.compression() == CompressionMethod::Deflated;
                let whole = Entry { at, packed: entry.compressed_size(), size: entry.size(), deflated };
                if entries.insert(name.clone(), whole).is_none() {
                    continue;
                }
                "The archive holds two files of this name; the last is used.".to_owned()
            }
            (_, method, _) => {
                format!("It is compressed in a way that is not read ({method}). Unpack the archive first.")
            }
        };
        skipped.push(skip(&name, reason));
    }
    // Files that share bytes, or unfold to far more than images do, are how archives are made into bombs.
    if packed > size || (unfolded > SMALL && unfolded / MOST_RATIO > size) {
        return Err("The archive unfolds to far more than it holds and was not read.".into());
    }
    skipped.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(Contents { archive: archive.to_owned(), size, mtime, entries, skipped })
}

/// A name as it is looked up: parts with "/" between; `None` when it leads outside.
fn normal(name: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for part in name.components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str().filter(|part| !part.contains(['\0', ':']))?),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dicom::tests::archive::{Member, zip};

    fn names(path: &Path) -> (Vec<String>, Vec<Skipped>) {
        let (files, skipped) = list(path, &Limits::default()).unwrap();
        (files.iter().map(|f| f.strip_prefix(path).unwrap().display().to_string()).collect(), skipped)
    }

    #[test]
    fn names_are_listed_sorted_and_none_leads_outside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.zip");
        let members = [
            Member::stored("b/2", b"two"),
            Member::deflated("a/./1", b"one"),
            Member::stored("windows\\3", b"three"),
            Member::stored("../outside", b"x"),
            Member::stored("/absolute", b"x"),
            Member::stored("c:/drive", b"x"),
            Member::stored("deep/../../outside", b"x"),
            Member::stored("./b/2", b"again"),
        ];
        std::fs::write(&path, zip(&members)).unwrap();
        let (files, skipped) = names(&path);
        assert_eq!(files, ["a/1", "b/2", "windows/3"]);
        assert_eq!(skipped.len(), 5, "{skipped:?}");
        assert_eq!(skipped.iter().filter(|s| s.reason.contains("leads out")).count(), 4);
        let read = |name: &str| {
            let mut bytes = Vec::new();
            open(&path, name, &Limits::default()).unwrap().source.read_to_end(&mut bytes).unwrap();
            bytes
        };
        assert_eq!((read("a/1"), read("b/2"), read("windows/3")), (b"one".into(), b"again".into(), b"three".into()));
        assert!(super::super::source::is_there(&path.join("a/1")));
        assert!(!super::super::source::is_there(&path.join("a/2")));
        assert!(!super::super::source::is_there(&path.join("../study.zip/a/1/x")));
    }

    #[test]
    fn another_archive_under_the_same_name_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.zip");
        std::fs::write(&path, zip(&[Member::stored("1", b"x")])).unwrap();
        assert_eq!(names(&path).0, ["1"]);
        std::fs::write(&path, zip(&[Member::stored("2", b"longer")])).unwrap();
        assert_eq!(names(&path).0, ["2"]);
    }

    #[test]
    fn bombs_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bomb.zip");
        // Claims 60 GB in a few bytes.
        let members: Vec<_> =
            (0..150).map(|n| Member { claimed: 400 << 20, ..Member::deflated(&format!("{n}"), b"x") }).collect();
        std::fs::write(&path, zip(&members)).unwrap();
        assert!(list(&path, &Limits::default()).unwrap_err().contains("far more"));
        // One file too large.
        std::fs::write(&path, zip(&[Member { claimed: 3 << 30, ..Member::deflated("1", b"x") }])).unwrap();
        let told = list(&path, &Limits::default());
        assert!(told.as_ref().is_err_and(|why| why.contains("far more")), "{told:?}");
        // Many names for the same bytes.
        let mut shared = zip(&[Member::stored("1", &[7; 5000]), Member::stored("2", &[7; 5000])]);
        let second = shared.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
        let end = shared.windows(4).rposition(|w| w == b"PK\x05\x06").unwrap();
        let (central, tail) = (shared[second..end].to_vec(), shared[end..].to_vec());
        shared.truncate(end);
        for _ in 0..9 {
            shared.extend_from_slice(&central);
        }
        let mut tail = tail;
        for count in [8, 10] {
            tail[count..count + 2].copy_from_slice(&11u16.to_le_bytes());
        }
        let size = u32::from_le_bytes(tail[12..16].try_into().unwrap()) + 9 * central.len() as u32;
        tail[12..16].copy_from_slice(&size.to_le_bytes());
        shared.extend_from_slice(&tail);
        std::fs::write(&path, &shared).unwrap();
        let told = list(&path, &Limits::default());
        assert!(told.is_err() || told.is_ok_and(|(files, _)| files.len() <= 2));
    }

    #[test]
    fn garbage_after_the_mark_is_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("broken.zip");
        std::fs::write(&path, b"PK\x03\x04 and then nothing of an archive").unwrap();
        assert!(is_archive(&path, &Limits::default()));
        let why = list(&path, &Limits::default()).unwrap_err();
        assert!(why.starts_with("The archive could not be read"), "{why}");
    }
}
