//! A change: an edit that was made, by whom, when, and what takes it back. One row of the journal.

use super::edit::{Edit, MarkWrites, Op};
use crate::clinical::{PatientId, ReaderId, Stamp, VisitId};
use std::sync::Arc;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $code:literal;)+) => {
        /// What kind of change a row of the journal is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ChangeKind { $($(#[$doc])* $kind,)+ }

        impl ChangeKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// The code in the journal.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $(Self::$kind => $code,)+ } }

            /// The kind with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.code() == code)
            }
        }
    };
}

kinds! {
    /// Images came in.
    Import = "import";
    /// What a stack shows, or whose it is.
    Stack = "stack";
    /// A patient's data.
    Patient = "patient";
    /// A reader.
    Reader = "reader";
    /// A visit or its studies.
    Visit = "visit";
    /// A lesion.
    Lesion = "lesion";
    /// An ablation session.
    Session = "session";
    /// An event.
    Event = "event";
    /// An answer.
    Finding = "finding";
    /// The rest of a scan.
    RestOfScan = "rest_of_scan";
    /// A lesion put aside.
    Park = "park";
    /// A mark.
    Mark = "mark";
    /// A match of two stacks.
    Placement = "placement";
    /// A signature.
    Sign = "sign";
    /// The reopening of a signed visit.
    Amend = "amend";
    /// The study's choices.
    Settings = "settings";
    /// Stacks merged or split, by hand or because their images changed.
    Grouping = "grouping";
    /// The first row of a project that was made from another: without identity, or from what was in memory.
    Copy = "copy";
}

/// What the journal says of a change beside the edit itself. It never names a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Number of the change, from 1, without gaps.
    pub seq: u64,
    /// When.
    pub at: Stamp,
    /// By whom.
    pub reader: Option<ReaderId>,
    /// About which patient, when about one.
    pub patient: Option<PatientId>,
    /// About which visit, when about one.
    pub visit: Option<VisitId>,
    /// What kind of change; an undo has the kind of what it undoes.
    pub kind: ChangeKind,
    /// What was done, as a plain sentence: "L2, +92 d: viable tumour".
    pub label: String,
    /// The change that this one takes back: an undo, or, when that is an undo itself, a redo.
    pub undoes: Option<u64>,
}

/// A change that was checked and is ready to be written.
#[derive(Debug, Clone)]
pub struct Change {
    /// Number, time, reader and words.
    pub entry: Entry,
    /// What is done.
    pub forward: Edit,
    /// What takes it back; shared with the history.
    pub inverse: Arc<Edit>,
    pub(super) marks: MarkWrites,
}

/// Who makes a change, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    /// The reader; none where a command made the change.
    pub reader: Option<ReaderId>,
    /// The time of the change.
    pub at: Stamp,
}

/// An edit with the words that the journal keeps of it.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedEdit {
    /// What to do.
    pub edit: Edit,
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// A plain sentence without any name of a person.
    pub label: String,
    /// About which patient, when about one.
    pub patient: Option<PatientId>,
    /// About which visit, when about one.
    pub visit: Option<VisitId>,
    /// The change that it takes back; only [`History`](super::History) sets it.
    pub(super) undoes: Option<u64>,
}

impl NamedEdit {
    /// An edit with its words, about no patient in particular.
    #[must_use]
    pub fn new(kind: ChangeKind, label: impl Into<String>, ops: Vec<Op>) -> Self {
        Self { edit: Edit::new(ops), kind, label: label.into(), patient: None, visit: None, undoes: None }
    }

    /// The same, about a patient.
    #[must_use]
    pub fn of(self, patient: PatientId) -> Self {
        Self { patient: Some(patient), ..self }
    }

    /// The same, about a visit.
    #[must_use]
    pub fn at(self, visit: VisitId) -> Self {
        Self { visit: Some(visit), ..self }
    }
}
