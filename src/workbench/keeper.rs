//! The keeper: a small file in the user's folder with where the reader is and what is half typed, so that both
//! are there again after a crash, a kill or a power cut.
//!
//! It is written on a thread of its own, only when something changed and at most once a second, into a temporary
//! file that is synced and renamed. It holds no names and no paths: it is known by a digest of the project's path
//! and of its first change. A file beside it is locked while the window is open; the operating system ends that
//! lock with the process, so a file that is not marked as closed and not locked was left by a program that died.

use super::place::Place;
use crate::clinical::Stamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

/// The format that is written; another one is not read.
const FORMAT: u32 = 1;
/// Nothing larger is read, bytes.
const MOST_BYTES: u64 = 4 << 20;
/// Between two writes passes at least so long.
const BETWEEN: Duration = Duration::from_secs(1);
/// So many projects are remembered.
const MOST_FILES: usize = 64;

/// What is kept of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    format: u32,
    /// Tells projects apart that take turns at one path: a digest of the first change.
    token: String,
    /// Whether the project was closed as it should be.
    pub(super) clean: bool,
    /// The reader's initials.
    pub(super) reader: Option<String>,
    /// How many changes were not on disk.
    pub(super) unsaved: usize,
    pub(super) place: Place,
    /// What is half typed, as the window writes it.
    pub(super) forms: serde_json::Value,
}

impl Kept {
    /// Without forms, which are large and rarely change.
    pub(super) fn new(token: &str, reader: Option<String>, unsaved: usize, place: Place) -> Self {
        let forms = serde_json::Value::Null;
        Self { format: FORMAT, token: token.to_owned(), clean: false, reader, unsaved, place, forms }
    }

    pub(super) fn with_forms(self, forms: &serde_json::Value) -> Self {
        Self { forms: forms.clone(), ..self }
    }

    /// Whether this is the same as another one with these forms.
    pub(super) fn is(&self, other: &Self, forms: &serde_json::Value) -> bool {
        self.forms == *forms
            && (&self.token, self.clean, &self.reader, self.unsaved)
                == (&other.token, other.clean, &other.reader, other.unsaved)
            && self.place == other.place
    }
}

/// What was found when a project was opened.
pub(super) struct Found {
    pub(super) kept: Kept,
    /// Whether the program that wrote it died.
    pub(super) died: bool,
}

/// Where what is kept of projects is.
fn folder(user_folder: &Path) -> PathBuf {
    user_folder.join("places")
}

/// The name of a project's file: a digest of its path, so that the path is not in clear.
fn file_of(user_folder: &Path, project: &Path) -> PathBuf {
    let path = project.canonicalize().unwrap_or_else(|_| project.to_owned());
    folder(user_folder).join(format!("{}.json", digest(path.as_os_str().as_encoded_bytes())))
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// What tells a project from another one that had its path before.
pub(super) fn token(first_change: Option<(Stamp, &str)>) -> String {
    first_change.map_or_else(String::new, |(at, label)| digest(format!("{} {label}", at.to_rfc3339()).as_bytes()))
}

/// Whether a project was open when the program died: kept as open, and nobody has it now.
#[must_use]
pub fn was_left_open(user_folder: &Path, project: &Path) -> bool {
    let file = file_of(user_folder, project);
    read(&file).is_some_and(|kept| !kept.clean) && lock(&file).is_some()
}

/// What is kept as read from its file; a damaged one is ignored.
fn read(file: &Path) -> Option<Kept> {
    let mut text = String::new();
    let read = File::open(file).and_then(|file| file.take(MOST_BYTES).read_to_string(&mut text));
    match read {
        Ok(_) => {}
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return None,
        Err(why) => {
            tracing::warn!(kind = ?why.kind(), "where the reader was could not be read and is ignored");
            return None;
        }
    }
    match serde_json::from_str::<Kept>(&text) {
        Ok(kept) if kept.format == FORMAT => Some(kept),
        Ok(_) => None,
        Err(why) => {
            // Not its message: that may quote what was typed.
            tracing::warn!(line = why.line(), "where the reader was is damaged and is ignored");
            None
        }
    }
}

/// The lock beside a file; none while another window has it.
fn lock(file: &Path) -> Option<File> {
    let path = file.with_extension("lock");
    let lock = private().create(true).truncate(false).write(true).open(path).ok()?;
    lock.try_lock().ok().map(|()| lock)
}

/// For the user alone.
fn private() -> OpenOptions {
    #[allow(unused_mut)] // only some systems know such rights
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn write(file: &Path, kept: &Kept) -> std::io::Result<()> {
    let temporary = file.with_extension("new");
    let text = serde_json::to_vec(kept)?;
    let mut new = private().create(true).truncate(true).write(true).open(&temporary)?;
    new.write_all(&text)?;
    new.sync_data()?;
    drop(new);
    std::fs::rename(&temporary, file)
}

/// Writes what is kept of one project, for as long as it is open.
pub(super) struct Keeper {
    token: String,
    last: Option<Kept>,
    pen: KeeperPen,
}

enum KeeperPen {
    Thread { sender: Option<Sender<Kept>>, thread: Option<std::thread::JoinHandle<()>> },
    Inline { file: PathBuf, _lock: File },
}

impl Keeper {
    /// Takes a project up, with what was kept of it. `None` when another window keeps it, or when nothing can be
    /// kept here: then the reading goes on without.
    pub(super) fn take_up(
        user_folder: &Path,
        project: &Path,
        token: String,
        inline: bool,
    ) -> Option<(Self, Option<Found>)> {
        let folder = folder(user_folder);
        std::fs::create_dir_all(&folder).ok()?;
        let file = file_of(user_folder, project);
        let lock = lock(&file)?;
        let kept = read(&file).filter(|kept| kept.token == token || kept.token.is_empty());
        let found = kept.map(|kept| Found { died: !kept.clean, kept });
        forget_oldest(&folder, &file);
        let pen = if inline { KeeperPen::Inline { file, _lock: lock } } else { KeeperPen::on_a_thread(file, lock) };
        Some((Self { token, last: None, pen }, found))
    }

    /// What tells the project from others.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Keeps something, of the project that is known by this token now.
    pub(super) fn keep(&mut self, kept: Kept) {
        self.token.clone_from(&kept.token);
        self.pen.put(&kept);
        self.last = Some(kept);
    }

    /// What was kept last.
    pub(super) fn last(&self) -> Option<&Kept> {
        self.last.as_ref()
    }

    /// The project is closed as it should be. What is typed is kept all the same, and given back.
    pub(super) fn close(mut self) -> Option<Kept> {
        let closed = Kept { clean: true, unsaved: 0, ..self.last.take()? };
        self.pen.put(&closed);
        Some(closed)
    }
}

impl KeeperPen {
    fn on_a_thread(file: PathBuf, lock: File) -> Self {
        let (sender, inbox) = channel::<Kept>();
        let thread = std::thread::Builder::new().name("keeper".into()).spawn(move || {
            let _lock = lock;
            let mut before: Option<Instant> = None;
            while let Ok(mut kept) = inbox.recv() {
                // What comes within a second of the last write waits for its end; only the newest is written.
                let until = before.map(|before| before + BETWEEN);
                while let Some(left) = until.and_then(|until| until.checked_duration_since(Instant::now())) {
                    match inbox.recv_timeout(left) {
                        Ok(newer) => kept = newer,
                        Err(_) => break,
                    }
                }
                if let Err(why) = write(&file, &kept) {
                    tracing::warn!(kind = ?why.kind(), "where the reader is could not be kept");
                }
                before = Some(Instant::now());
            }
        });
        Self::Thread { sender: Some(sender), thread: thread.ok() }
    }

    fn put(&mut self, kept: &Kept) {
        match self {
            Self::Thread { sender, .. } => {
                if let Some(sender) = sender {
                    sender.send(kept.clone()).ok(); // without its thread nothing is kept
                }
            }
            Self::Inline { file, .. } => {
                write(file, kept).ok();
            }
        }
    }
}

impl Drop for KeeperPen {
    /// Waits until the newest is written: at most a moment, for nothing is waited out once the sender is gone.
    fn drop(&mut self) {
        if let Self::Thread { sender, thread } = self {
            drop(sender.take());
            if let Some(thread) = thread.take() {
                thread.join().ok();
            }
        }
    }
}

/// Keeps the folder small: the projects that were open longest ago are forgotten.
fn forget_oldest(folder: &Path, but: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut files: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json") && path != but)
        .filter_map(|path| Some((std::fs::metadata(&path).ok()?.modified().ok()?, path)))
        .collect();
    files.sort();
    let many = files.len().saturating_sub(MOST_FILES);
    for (_, file) in files.into_iter().take(many) {
        if lock(&file).is_some() {
            std::fs::remove_file(&file).ok();
            std::fs::remove_file(file.with_extension("lock")).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(token: &str, typed: &str) -> Kept {
        Kept { forms: serde_json::json!({ "comment": typed }), ..Kept::new(token, None, 0, Place::default()) }
    }

    fn take_up(folder: &Path, project: &Path, inline: bool) -> (Keeper, Option<Found>) {
        Keeper::take_up(folder, project, "t".to_owned(), inline).unwrap()
    }

    #[test]
    fn what_a_dead_program_kept_is_told_from_what_was_closed() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("Doe John.ablation");
        for inline in [true, false] {
            let (mut keeper, _) = take_up(folder.path(), &project, inline);
            keeper.keep(kept("t", "half a sen"));
            drop(keeper); // the process ends here
            assert!(was_left_open(folder.path(), &project));
            let (mut keeper, found) = take_up(folder.path(), &project, inline);
            let found = found.unwrap();
            assert!(found.died);
            assert_eq!(found.kept.forms["comment"], "half a sen");
            keeper.keep(Kept { clean: false, ..found.kept });
            keeper.close().unwrap();
            assert!(!was_left_open(folder.path(), &project));
            let (_, found) = take_up(folder.path(), &project, inline);
            let found = found.unwrap();
            assert!(!found.died);
            assert_eq!(found.kept.forms["comment"], "half a sen", "what was typed is there all the same");
        }
    }

    #[test]
    fn another_window_keeps_out_and_is_not_taken_for_dead() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("study.ablation");
        let (mut keeper, _) = take_up(folder.path(), &project, true);
        keeper.keep(kept("t", ""));
        assert!(!was_left_open(folder.path(), &project), "it is open still");
        assert!(Keeper::take_up(folder.path(), &project, "t".to_owned(), true).is_none());
    }

    #[test]
    fn another_project_at_the_same_path_starts_anew() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("study.ablation");
        let (mut keeper, _) = take_up(folder.path(), &project, true);
        keeper.keep(kept("t", "x"));
        drop(keeper);
        let other = Keeper::take_up(folder.path(), &project, "another".to_owned(), true).unwrap().1;
        assert!(other.is_none());
    }

    #[test]
    fn a_damaged_file_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("study.ablation");
        let (mut keeper, _) = take_up(folder.path(), &project, true);
        keeper.keep(kept("t", "x"));
        drop(keeper);
        let file = file_of(folder.path(), &project);
        let whole = std::fs::read(&file).unwrap();
        for damage in [&whole[..whole.len() / 2], b"", b"null", b"[[[[", b"{\"format\": 1}", b"\xff\xfe"] {
            std::fs::write(&file, damage).unwrap();
            let (_, found) = take_up(folder.path(), &project, true);
            assert!(found.is_none());
        }
    }

    #[cfg(unix)]
    #[test]
    fn it_is_for_the_user_alone_and_names_nobody() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("Doe John.ablation");
        std::fs::write(&project, "").unwrap();
        let (mut keeper, _) = take_up(folder.path(), &project, true);
        keeper.keep(kept("t", ""));
        let file = file_of(folder.path(), &project);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains("Doe") && !file.display().to_string().contains("Doe John.ablation"), "{text}");
    }

    #[test]
    fn the_newest_of_many_is_what_is_there_in_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("study.ablation");
        let (mut keeper, _) = take_up(folder.path(), &project, false);
        for n in 0..1000 {
            keeper.keep(kept("t", &n.to_string()));
        }
        drop(keeper);
        assert_eq!(read(&file_of(folder.path(), &project)).unwrap().forms["comment"], "999");
    }
}
