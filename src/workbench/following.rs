//! Reading along while somebody else has the project, and taking it over when they are gone.

use super::Workbench;
use super::notices::Level;
use super::scribe::Task;
use crate::project::ReadOnly;

/// Why nothing can be changed, as the window shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingOnly {
    /// The whole reason, as a sentence.
    pub why: String,
    /// Who has it and since when, when somebody has: "NU has it since 09:12 UTC".
    pub held: Option<String>,
    /// Whether whoever had it is gone, so that it can be taken over.
    pub free: bool,
}

impl ReadingOnly {
    pub(super) fn new(why: &ReadOnly, free: bool) -> Self {
        let held = match why {
            ReadOnly::Held(Some(holder)) => {
                let who = if holder.who.is_empty() { "somebody" } else { &holder.who };
                Some(format!("{who} has it since {} UTC", holder.since.format("%Y-%m-%d %H:%M")))
            }
            ReadOnly::Held(None) => Some("another program has it".to_owned()),
            _ => None,
        };
        Self { why: super::words::read_only(why), held, free }
    }
}

impl Workbench {
    /// Looks now whether somebody else has written or is gone; the scribe does it by itself every few seconds.
    pub(super) fn look_again(&mut self) {
        if let Some(desk) = &mut self.desk {
            desk.send(Task::Look);
        }
        self.take_acknowledged();
    }

    /// Becomes the one who writes, when whoever had the project is gone.
    pub(super) fn take_over(&mut self) {
        let (at, who) = (self.now(), self.reader.clone().unwrap_or_default());
        let cache = self.cache_folder();
        let Some(desk) = &mut self.desk else { return };
        if desk.reading_only().is_none() {
            self.notices.tell(Level::Note, super::words::OPEN_TO_WRITE, false);
            return;
        }
        desk.send(Task::TakeOver { at, who, cache });
        self.take_acknowledged();
    }

    /// Where copies of projects on disks that cannot be written are put right.
    pub(super) fn cache_folder(&self) -> std::path::PathBuf {
        self.user_folder.join("cache")
    }
}
