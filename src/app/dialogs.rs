//! File dialogs, behind a trait: a path field stands beside every one of them, and tests bring their own.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialogKind {
    /// A folder of images.
    OpenFolder,
    /// A project file.
    OpenProject,
    /// A name for a new project.
    NewProject,
    /// A name for a copy.
    SaveAs,
    /// A folder for the tables.
    ExportFolder,
    /// A folder with images that were moved.
    FindImages,
    /// A name for a copy without identity.
    IdentityCopy,
    /// A CSV file for the history.
    HistoryFile,
    /// A PNG file for a picture.
    PictureFile,
}

/// Asks for a file or folder without stopping the window.
pub trait Dialogs {
    /// Opens a dialog; its answer comes through [`Dialogs::answers`].
    fn ask(&mut self, kind: DialogKind);
    /// The answers since last time.
    fn answers(&mut self) -> Vec<(DialogKind, PathBuf)>;
}

/// The system's own dialogs (XDG portal on Linux). Where no portal runs they give no answer, and the path
/// field beside the button serves.
pub struct NativeDialogs {
    wake: std::sync::Arc<dyn Fn() + Send + Sync>,
    sender: Sender<(DialogKind, PathBuf)>,
    inbox: Receiver<(DialogKind, PathBuf)>,
}

impl NativeDialogs {
    /// Dialogs that wake the window when answered.
    #[must_use]
    pub fn new(wake: std::sync::Arc<dyn Fn() + Send + Sync>) -> Self {
        let (sender, inbox) = channel();
        Self { wake, sender, inbox }
    }
}

impl Dialogs for NativeDialogs {
    fn ask(&mut self, kind: DialogKind) {
        let (sender, wake) = (self.sender.clone(), std::sync::Arc::clone(&self.wake));
        std::thread::spawn(move || {
            let dialog = rfd::FileDialog::new().set_title(title(kind));
            let project = |dialog: rfd::FileDialog| dialog.add_filter(super::text::PROJECT_FILES, &["ablation"]);
            let answer = match kind {
                DialogKind::OpenFolder | DialogKind::ExportFolder | DialogKind::FindImages => dialog.pick_folder(),
                DialogKind::HistoryFile => {
                    dialog.add_filter("CSV", &["csv"]).set_file_name(super::text::HISTORY_NAME).save_file()
                }
                DialogKind::PictureFile => {
                    let name = super::text::looking::PICTURE_NAME;
                    dialog.add_filter("PNG", &["png"]).set_file_name(name).save_file()
                }
                DialogKind::OpenProject => project(dialog).pick_file(),
                DialogKind::NewProject | DialogKind::SaveAs | DialogKind::IdentityCopy => {
                    project(dialog).set_file_name(super::text::NEW_PROJECT_NAME).save_file()
                }
            };
            if let Some(path) = answer {
                sender.send((kind, path)).ok();
                wake();
            }
        });
    }

    fn answers(&mut self) -> Vec<(DialogKind, PathBuf)> {
        self.inbox.try_iter().collect()
    }
}

pub(super) fn title(kind: DialogKind) -> &'static str {
    match kind {
        DialogKind::OpenFolder => super::text::OPEN_FOLDER_TITLE,
        DialogKind::OpenProject => super::text::OPEN_PROJECT_TITLE,
        DialogKind::NewProject => super::text::NEW_PROJECT_TITLE,
        DialogKind::SaveAs => super::text::SAVE_AS_TITLE,
        DialogKind::ExportFolder => super::text::EXPORT_TITLE,
        DialogKind::FindImages => super::text::safety::FIND_PATH,
        DialogKind::IdentityCopy => super::text::safety::IDENTITY_LEAD,
        DialogKind::HistoryFile => super::text::HISTORY_TITLE,
        DialogKind::PictureFile => super::text::looking::PICTURE,
    }
}

/// No dialogs: for tests and where nothing may open.
#[derive(Debug, Default)]
pub struct NoDialogs {
    /// What was asked for.
    pub asked: Vec<DialogKind>,
    /// Answers to give.
    pub prepared: Vec<(DialogKind, PathBuf)>,
}

impl Dialogs for NoDialogs {
    fn ask(&mut self, kind: DialogKind) {
        self.asked.push(kind);
    }

    fn answers(&mut self) -> Vec<(DialogKind, PathBuf)> {
        std::mem::take(&mut self.prepared)
    }
}
