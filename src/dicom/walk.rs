//! Finding files below the given paths.

use super::found::Skipped;
use super::limits::Limits;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What a walk gives.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// Plain files, each once, sorted.
    pub files: Vec<PathBuf>,
    /// What was passed over, with reasons.
    pub skipped: Vec<Skipped>,
    /// Whether it was cancelled.
    pub cancelled: bool,
}

/// Lists the plain files below some paths, each once however often it is linked or given.
///
/// Devices, pipes and sockets are passed over without being opened. Linked folders are followed once, and
/// never when they lead to a folder above a given path.
pub(super) fn walk(
    paths: &[PathBuf],
    limits: &Limits,
    found: &mut dyn FnMut(usize),
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Walked {
    let mut walker = Walker { limits, walked: Walked::default(), folders: BTreeSet::new(), files: BTreeSet::new() };
    let mut sorted: Vec<&PathBuf> = paths.iter().collect();
    sorted.sort_unstable();
    // Each with its depth, and the true path of the folder it is in where that is known.
    let mut open: Vec<(PathBuf, usize, Option<Rc<PathBuf>>)> =
        sorted.into_iter().rev().map(|path| (path.clone(), 0, None)).collect();
    let given: Vec<PathBuf> = paths.iter().filter_map(|path| path.canonicalize().ok()).collect();
    while let Some((path, depth, folder)) = open.pop() {
        if cancelled() {
            walker.walked.cancelled = true;
            break;
        }
        if walker.walked.files.len() >= limits.files {
            walker.skip(&path, format!("More than {} files were found; the rest was left out.", limits.files));
            break;
        }
        if let Some((real, mut inside)) = walker.step(path, depth, folder.as_deref(), &given) {
            inside.sort_unstable();
            let real = Some(Rc::new(real));
            open.extend(inside.into_iter().rev().map(|path| (path, depth + 1, real.clone())));
        }
        found(walker.walked.files.len());
    }
    walker.walked.files.sort_unstable();
    walker.walked
}

struct Walker<'a> {
    limits: &'a Limits,
    walked: Walked,
    /// Folders entered and files taken, by their true path.
    folders: BTreeSet<PathBuf>,
    files: BTreeSet<PathBuf>,
}

impl Walker<'_> {
    fn skip(&mut self, file: &Path, reason: impl Into<String>) {
        self.walked.skipped.push(Skipped { file: file.to_owned(), reason: reason.into() });
    }

    /// Takes a file, or gives a folder's true path and what it holds.
    fn step(
        &mut self,
        path: PathBuf,
        depth: usize,
        folder: Option<&PathBuf>,
        given: &[PathBuf],
    ) -> Option<(PathBuf, Vec<PathBuf>)> {
        let about = match path.symlink_metadata() {
            Ok(about) => about,
            Err(error) => {
                self.skip(&path, not_opened("It", &error));
                return None;
            }
        };
        let linked = about.is_symlink();
        // What a link leads to; a link into nothing or in a circle fails here.
        let target = if linked { path.metadata() } else { Ok(about) };
        // What is no link is in its folder: asking the system for each file takes longer than reading its header.
        let real = || match (folder, path.file_name()) {
            (Some(folder), Some(name)) if !linked => Ok(folder.join(name)),
            _ => path.canonicalize(),
        };
        let (target, real) = match target.and_then(|about| Ok((about, real()?))) {
            Ok(both) => both,
            Err(error) => {
                self.skip(&path, not_opened("It", &error));
                return None;
            }
        };
        if target.is_file() {
            if self.files.insert(real) {
                self.walked.files.push(path);
            }
            return None;
        }
        if !target.is_dir() {
            self.skip(&path, "This is a device, pipe or socket, not a file.");
            return None;
        }
        let above = linked && depth > 0 && given.iter().any(|given| given.starts_with(&real));
        if above || !self.folders.insert(real.clone()) {
            return None;
        }
        if depth >= self.limits.folders {
            self.skip(&path, format!("Folders more than {} deep are not searched.", self.limits.folders));
            return None;
        }
        match std::fs::read_dir(&path) {
            Ok(entries) => Some((real, entries.flatten().map(|entry| entry.path()).collect())),
            Err(error) => {
                self.skip(&path, not_opened("The folder", &error));
                None
            }
        }
    }
}

/// Why a file or folder could not be opened, and what to do, without the system's own words where they are
/// known.
fn not_opened(what: &str, error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => format!("{what} could not be opened: nothing is there. Check the path."),
        std::io::ErrorKind::PermissionDenied => {
            format!("{what} could not be opened: you may not read it. Ask its owner, or copy it where you may.")
        }
        _ => format!("{what} could not be opened: {error}."),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn names(paths: &[PathBuf], root: &Path) -> Vec<String> {
        let walked = walk(paths, &Limits::default(), &mut |_| {}, &|| false);
        walked.files.iter().map(|p| p.strip_prefix(root).unwrap().display().to_string()).collect()
    }

    #[test]
    fn each_file_once_and_no_loop() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        std::fs::create_dir_all(at("given/b")).unwrap();
        std::fs::create_dir_all(at("outside")).unwrap();
        for name in ["given/2", "given/10", "given/b/1", "outside/x"] {
            std::fs::write(at(name), b"x").unwrap();
        }
        symlink(at("given"), at("given/b/loop")).unwrap();
        symlink(root.path(), at("given/above")).unwrap();
        symlink(at("outside"), at("given/linked")).unwrap();
        symlink(at("given/2"), at("given/zwei")).unwrap();
        symlink(at("nowhere"), at("given/broken")).unwrap();
        std::os::unix::net::UnixListener::bind(at("given/socket")).unwrap();
        let walked = walk(&[at("given"), at("given/b")], &Limits::default(), &mut |_| {}, &|| false);
        assert_eq!(
            names(&[at("given"), at("given/b")], root.path()),
            ["given/10", "given/2", "given/b/1", "given/linked/x"]
        );
        let skipped: Vec<_> = walked.skipped.iter().filter_map(|s| s.file.file_name()?.to_str()).collect();
        assert_eq!(skipped, ["broken", "socket"]);
    }

    #[test]
    fn a_path_that_is_not_there_is_named() {
        let walked = walk(&["/no/such/place".into()], &Limits::default(), &mut |_| {}, &|| false);
        assert!(walked.files.is_empty());
        assert!(walked.skipped[0].reason.starts_with("It could not be opened"), "{:?}", walked.skipped);
    }

    #[test]
    fn too_many_files_are_said() {
        let root = tempfile::tempdir().unwrap();
        for n in 0..5 {
            std::fs::write(root.path().join(n.to_string()), b"x").unwrap();
        }
        let limits = Limits { files: 3, ..Limits::default() };
        let walked = walk(&[root.path().into()], &limits, &mut |_| {}, &|| false);
        assert_eq!((walked.files.len(), walked.skipped.len()), (3, 1));
    }
}
