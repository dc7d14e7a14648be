//! A damaged project: what is wrong, which backup there is, and putting it back. The full check runs in the
//! background after opening.

use super::jobs::Lane;
use super::notices::Level;
use super::opening::OpenWhat;
use super::{Done, Slot, Workbench, words};
use crate::project::{BackupInfo, OpenError, Report, full_check, last_good_backup, restore};
use std::path::{Path, PathBuf};

/// A project that does not pass its checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The project.
    pub project: PathBuf,
    /// What is wrong, as sentences.
    pub what: String,
    /// The newest backup that passes every check.
    pub backup: Option<BackupInfo>,
}

impl Damage {
    /// What an error of opening tells of damage; `None` when it is none.
    pub(super) fn of(error: &OpenError, project: &Path) -> Option<Self> {
        let OpenError::Damaged { file, what, .. } = error else { return None };
        let what = format!("{file} is damaged: {what}.");
        Some(Self { backup: last_good_backup(project), project: project.to_owned(), what })
    }
}

/// What the background check found.
pub(crate) struct Checked {
    pub(super) project: PathBuf,
    pub(super) result: Result<Option<Report>, OpenError>,
    pub(super) backup: Option<BackupInfo>,
    /// Whether a person asked and waits for a word.
    pub(super) asked: bool,
}

impl Workbench {
    /// The project that does not pass its checks.
    #[must_use]
    pub fn damage(&self) -> Option<&Damage> {
        self.safety.damage.as_ref()
    }

    /// Checks the open project in full, beside the reading.
    pub(super) fn check_project(&mut self, asked: bool) {
        let Some(path) = self.desk.as_ref().map(|desk| desk.path().to_owned()) else { return };
        self.jobs.start(Slot::Check, words::CHECKING, Lane::Loading, move |context| {
            let result = full_check(&path, context.stop_flag());
            let sound = matches!(&result, Ok(None))
                || result.as_ref().is_ok_and(|r| r.as_ref().is_some_and(|r| r.problems.is_empty()));
            let backup = if sound { None } else { last_good_backup(&path) };
            Done::Checked(Box::new(Checked { project: path, result, backup, asked }))
        });
        self.pump_inline();
    }

    pub(super) fn take_checked(&mut self, checked: Checked) {
        let Checked { project, result, backup, asked } = checked;
        if self.desk.as_ref().is_none_or(|desk| desk.path() != project) {
            return;
        }
        let what = match result {
            Ok(None) => return,
            Ok(Some(report)) if report.problems.is_empty() => {
                if asked {
                    self.notices.tell(Level::Note, words::sound(report.changes, report.backups), false);
                }
                return;
            }
            Ok(Some(report)) => report.problems.join(" "),
            Err(OpenError::Damaged { what, .. }) => format!("{what}."),
            Err(other) => {
                // It could not be looked at just now, which is no damage.
                if asked {
                    self.notices.tell(Level::Problem, other.to_string(), false);
                }
                return;
            }
        };
        self.safety.damage = Some(Damage { project, what: words::damaged(&what), backup });
    }

    /// Opens the last good backup, to be read.
    pub(super) fn open_backup(&mut self) {
        let Some(backup) = self.safety.damage.as_ref().and_then(|damage| damage.backup.clone()) else { return };
        if self.may_leave() {
            self.open_file(OpenWhat::Backup(backup.path));
        }
    }

    /// Puts the last good backup in the place of the damaged project, which stays beside it.
    pub(super) fn restore_backup(&mut self) {
        let Some(damage) = self.safety.damage.clone() else { return };
        let Some(backup) = damage.backup else { return };
        if !self.may_leave() {
            return;
        }
        if self.desk.is_some() {
            self.close_project();
        }
        self.open_file(OpenWhat::Restored { backup: backup.path, project: damage.project });
    }
}

/// Puts the backup back; what to tell of it.
pub(super) fn put_back(backup: &Path, project: &Path) -> Result<String, String> {
    let aside = restore(backup, project).map_err(|error| error.to_string())?;
    Ok(words::restored(aside.as_deref()))
}
