//! The project that images go into when none is open: made while they are looked for and filled with what was
//! found, all in one background job, so that the first picture waits for nothing else.

use super::Workbench;
use super::opening::{PROJECT_ENDING, Ready, Surroundings, UNTITLED_FOLDER};
use super::planning::Import;
use super::scribe::{Make, Pen, Report, Task};
use super::words;
use crate::clinical::Stamp;
use crate::project::Project;
use std::path::{Path, PathBuf};

/// What a project in the user's folder is made with.
pub(super) struct Plan {
    folder: PathBuf,
    /// The beginning of its name.
    name: String,
    who: String,
    reader: Option<String>,
    at: Stamp,
    around: Surroundings,
}

/// A project in the user's folder. Its file goes when it is dropped without being kept.
pub(crate) struct Untitled {
    pen: Option<Pen>,
    path: PathBuf,
    first: Option<Report>,
    around: Surroundings,
}

impl Plan {
    /// Makes an empty project.
    ///
    /// # Errors
    /// A sentence, when the user's folder cannot be written.
    pub(super) fn make(&self) -> Result<Untitled, String> {
        std::fs::create_dir_all(&self.folder).map_err(|error| words::cannot_make_folder(&self.folder, &error))?;
        let path = self.folder.join(format!("{}{}.{PROJECT_ENDING}", self.name, self.at.format("%Y%m%d-%H%M%S%3f")));
        let project = Project::create(&path, &self.who, self.at).map_err(|error| error.to_string())?;
        let pen = Pen::new(project, self.at.date_naive());
        Ok(Untitled { pen: Some(pen), path, first: None, around: self.around.clone() })
    }

    /// Puts what was found into a project just made.
    pub(super) fn fill(&self, untitled: &mut Untitled, import: Import) {
        let folder = untitled.path.parent().map(Path::to_owned);
        if let Some(pen) = &mut untitled.pen {
            let make: Make = Box::new(move |document, _, _| import.plan(document, &[], folder.as_deref()));
            untitled.first = pen.work(Task::Change { make, at: self.at, reader: self.reader.clone() });
        }
    }
}

impl Untitled {
    /// Keeps it: the project, ready for the desk.
    pub(super) fn keep(mut self) -> Option<Ready> {
        Some(Ready::untitled(self.pen.take()?, self.first.take()).with_place(&self.around))
    }
}

impl Drop for Untitled {
    fn drop(&mut self) {
        if let Some(pen) = self.pen.take() {
            drop(pen);
            // The lock file stays, as everywhere: deleting it would let two programs lock two files of one name.
            std::fs::remove_file(&self.path).ok();
        }
    }
}

impl Workbench {
    /// How the project is made that images go into; none when one is open.
    pub(super) fn plan_untitled(&self) -> Option<Plan> {
        self.desk.is_none().then(|| Plan {
            folder: self.user_folder.join(UNTITLED_FOLDER),
            name: self.sample.as_ref().map_or_else(|| "untitled-".to_owned(), |case| format!("sample-{case}@")),
            who: self.who(),
            reader: self.reader.clone(),
            at: self.now(),
            around: self.surroundings(),
        })
    }
}
