//! The audit trail as the window lists it: read from the project a part at a time, newest first, by the scribe
//! between other tasks, so that neither the window nor a change waits for a long one.

use super::jobs::{Lane, Wake};
use super::scribe::Task;
use super::{Done, Slot, Workbench, words};
use crate::export::{self, Dates};
use crate::project::{HistoryFilter, HistoryRow, UndoPlan};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

/// So many rows are read at once: some ten milliseconds.
const PART: usize = 400;

/// The rows that were read so far.
pub struct Trail {
    rows: BTreeMap<u64, Arc<HistoryRow>>,
    /// The number of the last change when it was asked last.
    last: u64,
    revision: u64,
    version: u64,
    asked: bool,
    problem: Option<String>,
    plan: Option<(u64, Result<UndoPlan, String>)>,
    sender: Sender<Part>,
    inbox: Receiver<Part>,
}

enum Part {
    Rows { revision: u64, anew: bool, last: u64, rows: Result<Vec<HistoryRow>, String> },
    Plan { seq: u64, plan: Result<UndoPlan, String> },
}

impl Default for Trail {
    fn default() -> Self {
        let (sender, inbox) = channel();
        Self {
            rows: BTreeMap::new(),
            last: 0,
            revision: 0,
            version: 0,
            asked: false,
            problem: None,
            plan: None,
            sender,
            inbox,
        }
    }
}

impl Trail {
    /// The rows read so far, newest first.
    pub fn rows(&self) -> impl Iterator<Item = &Arc<HistoryRow>> {
        self.rows.values().rev()
    }

    /// A row by its number.
    #[must_use]
    pub fn row(&self, seq: u64) -> Option<&Arc<HistoryRow>> {
        self.rows.get(&seq)
    }

    /// How many changes there are, read or not.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.last
    }

    /// Whether everything was read.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.rows.first_key_value().map_or(self.last == 0, |(first, _)| *first == 1)
    }

    /// Grows whenever a row comes or changes; for caches.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Why it could not be read.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// What taking back a change would do, once it was worked out, or why it cannot be taken back.
    #[must_use]
    pub fn plan(&self, seq: u64) -> Option<&Result<UndoPlan, String>> {
        self.plan.as_ref().filter(|(of, _)| *of == seq).map(|(_, plan)| plan)
    }

    fn take_in(&mut self, revision: u64, anew: bool, last: u64, rows: Result<Vec<HistoryRow>, String>) {
        self.asked = false;
        self.version += 1;
        let rows = match rows {
            Ok(rows) => rows,
            Err(why) => {
                self.problem = Some(why);
                return;
            }
        };
        self.problem = None;
        if anew {
            self.rows.clear();
        }
        let newest = self.rows.last_key_value().map_or(0, |(newest, _)| *newest);
        (self.revision, self.last) = (revision, last);
        // A new row may have taken an earlier one back, or an undo of it.
        for (seq, undoes) in rows.iter().rev().filter(|row| row.seq > newest).map(|row| (row.seq, row.undoes)) {
            let Some(undone) = undoes else { continue };
            let of = self.rows.get(&undone).and_then(|row| row.undoes);
            self.set_undone(undone, Some(seq));
            if let Some(of) = of {
                self.set_undone(of, None);
            }
        }
        for row in rows {
            self.rows.insert(row.seq, Arc::new(row));
        }
    }

    fn set_undone(&mut self, seq: u64, by: Option<u64>) {
        if let Some(row) = self.rows.get_mut(&seq).filter(|row| row.undoes.is_none()) {
            Arc::make_mut(row).undone_by = by;
        }
    }
}

impl Workbench {
    /// The audit trail as far as it was read.
    #[must_use]
    pub fn trail(&self) -> &Trail {
        &self.safety.trail
    }

    /// Reads on in the audit trail: what is new first, then what is older. Asked again and again while it is shown.
    pub(super) fn read_trail(&mut self) {
        let Some(desk) = self.desk.as_mut() else { return };
        let revision = desk.revision();
        let fresh = self.safety.trail.revision == revision;
        if self.safety.trail.asked
            || self.safety.trail.problem.is_some() && fresh
            || fresh && self.safety.trail.is_complete()
        {
            return;
        }
        self.safety.trail.asked = true;
        let newest = self.safety.trail.rows.last_key_value().map_or(0, |(newest, _)| *newest);
        let oldest = self.safety.trail.rows.first_key_value().map(|(oldest, _)| *oldest);
        let (sender, wake) = (self.safety.trail.sender.clone(), Arc::clone(&self.wake));
        desk.with_project(move |project| {
            let all = HistoryFilter::default();
            let last = project.history().entries().last().map_or(0, |entry| entry.seq);
            let new = usize::try_from(last.saturating_sub(newest)).unwrap_or(usize::MAX);
            let anew = newest == 0 || last < newest || new > PART;
            let rows = match (anew, new) {
                (true, _) => project.history_rows(all, None, PART),
                (false, 0) => project.history_rows(all, oldest, PART),
                (false, new) => project.history_rows(all, None, new),
            };
            let rows = rows.map_err(|error| error.to_string());
            send(&sender, &wake, Part::Rows { revision, anew, last, rows });
        });
        self.take_trail();
    }

    /// Works out what taking back a change would do.
    pub(super) fn plan_undo(&mut self, seq: u64) {
        let Some(desk) = self.desk.as_mut() else { return };
        let (sender, wake) = (self.safety.trail.sender.clone(), Arc::clone(&self.wake));
        desk.with_project(move |project| {
            let plan = project.undo_plan(seq).map_err(|why| why.to_string());
            send(&sender, &wake, Part::Plan { seq, plan });
        });
        self.take_trail();
    }

    /// Takes back a change, alone or with everything after it.
    pub(super) fn take_back(&mut self, seq: u64, alone: bool) {
        let (at, reader) = (self.now(), self.reader.clone());
        self.step_history(Task::TakeBack { seq, alone, at, reader }, words::NOTHING_TO_UNDO, |_| true);
    }

    /// Takes in what the scribe has read.
    pub(super) fn take_trail(&mut self) {
        while let Ok(part) = self.safety.trail.inbox.try_recv() {
            match part {
                Part::Rows { revision, anew, last, rows } => self.safety.trail.take_in(revision, anew, last, rows),
                Part::Plan { seq, plan } => self.safety.trail.plan = Some((seq, plan)),
            }
        }
    }

    /// Writes the rows of these changes as CSV.
    pub(super) fn export_trail(&mut self, path: PathBuf, rows: Vec<Arc<HistoryRow>>, dates: Dates) {
        let Some(document) = self.document().cloned() else { return };
        self.jobs.start(Slot::Export, words::EXPORTING, Lane::Loading, move |_| {
            let rows: Vec<HistoryRow> = rows.iter().map(|row| HistoryRow::clone(row)).collect();
            let written = export::write_history(&document, &rows, dates, &path);
            Done::Exported(written.map(|()| words::exported(&[path])).map_err(|error| error.to_string()))
        });
        self.pump_inline();
    }
}

fn send(sender: &Sender<Part>, wake: &Wake, part: Part) {
    sender.send(part).ok(); // nobody listens once the window has closed
    wake();
}
