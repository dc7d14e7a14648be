//! Everything a person can ask of the workbench, with what it needs to be done.

use super::{Hang, Joining, Outlining, PaneLook, Regroup, SavePicture, Whose};
use crate::clinical::{
    AmendmentReason, Answer, Complications, Date, Event, EventId, Lesion, LesionId, MarkId, MarkRole, NewTumour,
    NotDoneReason, NotEvaluableReason, OverrideReason, Patient, PatientId, Session, SessionId, Shape, StackKey,
    StackRole, StudySettings, VisitId,
};
use crate::export::Dates;
use crate::geometry::PatientPoint;
use crate::project::HistoryRow;
use crate::volume::Window;
use std::path::PathBuf;
use std::sync::Arc;

/// What the left button does on a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Tool {
    /// Nothing but choosing; the wheel scrolls.
    #[default]
    Scroll,
    /// Outlines in 3-D what is clicked on.
    Outline(MarkRole),
    /// Paints a mark of a role.
    Brush(MarkRole),
    /// Takes away from the mark of a role.
    Eraser(MarkRole),
}

impl Tool {
    /// The role that is outlined, painted or erased.
    #[must_use]
    pub const fn role(self) -> Option<MarkRole> {
        match self {
            Self::Scroll => None,
            Self::Outline(role) | Self::Brush(role) | Self::Eraser(role) => Some(role),
        }
    }
}

/// Which way to step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// On.
    Next,
    /// Back.
    Previous,
}

/// An intention of the person at the window or of a script.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Open what these paths hold: a project, or images to import.
    Open(Vec<PathBuf>),
    /// Make a project file.
    NewProject(PathBuf),
    /// Open a project when the program died with it open; else nothing.
    OpenIfLeft(PathBuf),
    /// Look whether somebody else has written or closed the project.
    LookAgain,
    /// Become the one who writes, when whoever had the project is gone.
    TakeOver,
    /// Check the project in full.
    CheckProject,
    /// Open the last good backup of the damaged project, to be read.
    OpenBackup,
    /// Put the last good backup in the place of the damaged project, which stays beside it.
    RestoreBackup,
    /// The line about damage was read.
    DismissDamage,
    /// Look for images in a place that the project names.
    AllowPlace(PathBuf),
    /// Leave a place that the project names alone for now.
    NotNow(PathBuf),
    /// Look for all missing images below a folder.
    FindMissing(PathBuf),
    /// Write a copy of the project without what tells who its patients are.
    CopyWithoutIdentity {
        /// Where to.
        path: PathBuf,
        /// Dates moved, so that days between them stay.
        dates_as_offsets: bool,
    },
    /// Open a sample case; it is made first when it is not there yet.
    OpenSample(String),
    /// Stop making a sample case.
    StopSample,
    /// Look which sample cases are made.
    LookAtSamples,
    /// Go to the image that shows the expected answer of a lesion at the chosen visit.
    LookAtKey(LesionId),
    /// Save the project as another file and go on there.
    SaveAs(PathBuf),
    /// Close the project.
    CloseProject,
    /// Stop looking for images; what was found so far is kept.
    StopImport,
    /// Say who reads.
    SetReader(String),
    /// Memory for images, bytes; none for a third of the machine's. A setting of the user, not of the project.
    SetImageMemory(Option<u64>),
    /// Take back the last change.
    Undo,
    /// Do it again.
    Redo,
    /// Read on in the audit trail.
    ReadTrail,
    /// Work out what taking back a change would do.
    PlanUndo(u64),
    /// Take back a change of the audit trail.
    TakeBack {
        /// Its number.
        seq: u64,
        /// The change alone, as against everything from there on.
        alone: bool,
    },
    /// Write changes of the audit trail as CSV.
    ExportTrail {
        /// A `.csv` file.
        path: PathBuf,
        /// The changes, in the order they are written.
        rows: Vec<Arc<HistoryRow>>,
        /// How dates are written.
        dates: Dates,
    },
    /// Try to write again what could not be written.
    SaveAgain,
    /// Give up what could not be written, and show the project as it is on disk.
    GiveUpUnsaved,

    /// Read this patient.
    SelectPatient(PatientId),
    /// Read this visit.
    SelectVisit(VisitId),
    /// Read this lesion.
    SelectLesion(LesionId),
    /// Next or previous lesion and visit without an answer.
    StepUnread(Step),
    /// Next or previous lesion of the patient.
    StepLesion(Step),
    /// Later or earlier visit.
    StepVisit(Step),
    /// Next or previous stack of the same visit in the active pane.
    StepSeries(Step),
    /// Next or previous phase, b-value, echo or time of a 4-D series; where there is none, of the visit's series.
    StepGroup {
        /// Which way.
        step: Step,
        /// In every pane that shows such a series, as against the active one.
        all_panes: bool,
    },
    /// Show another stack of the 4-D series that a pane shows, at the same slice.
    ShowMember {
        /// The pane.
        pane: usize,
        /// The stack.
        stack: StackKey,
    },

    /// Make a pane the active one.
    ActivatePane(usize),
    /// Make the next pane the active one.
    NextPane,
    /// Show a stack in a pane, and remember the choice for its role and visit.
    ShowStack {
        /// The pane.
        pane: usize,
        /// The stack.
        stack: StackKey,
    },
    /// Scroll by slices.
    Scroll {
        /// The pane.
        pane: usize,
        /// Slices, positive towards the end.
        by: i64,
    },
    /// Show a slice.
    SetSlice {
        /// The pane.
        pane: usize,
        /// The slice.
        slice: u32,
    },
    /// Move the picture.
    Pan {
        /// The pane.
        pane: usize,
        /// To the right of the picture, mm.
        right_mm: f64,
        /// Down the picture, mm.
        down_mm: f64,
    },
    /// Zoom about a place.
    Zoom {
        /// The pane.
        pane: usize,
        /// The field as it is now, mm across.
        now_mm: f64,
        /// How much closer.
        factor: f64,
        /// What keeps its place: offset from the middle in fractions of the field's width.
        about: (f64, f64),
    },
    /// Set the field, mm across; none shows the whole picture.
    SetField(Option<f64>),
    /// Whole picture, windows as proposed.
    ResetView,
    /// Set the window of a pane.
    SetWindow {
        /// The pane.
        pane: usize,
        /// The window.
        window: Window,
    },
    /// Set a preset by its id.
    Preset {
        /// The pane.
        pane: usize,
        /// The preset's id.
        id: &'static str,
    },
    /// Set one of the windows that the file brings.
    FileWindow {
        /// The pane.
        pane: usize,
        /// Its place in the list of the stack, from 0.
        index: usize,
    },
    /// Choose the window from the values.
    AutoWindow(usize),
    /// Invert grey.
    ToggleInverted,
    /// Bring a place into the middle of all linked panes.
    GoTo {
        /// The pane whose space the place is in.
        pane: usize,
        /// The place.
        point: PatientPoint,
    },
    /// The slices in the two panes are the same place.
    Match,
    /// Drop that match.
    Unmatch,
    /// Let panes move together, or each alone.
    ToggleLink,
    /// Change what panes have in common, or link them by hand.
    Join(Joining),
    /// Change how panes are hung.
    Hang(Hang),
    /// Show the previous visit in the active pane, or take it back.
    PreviousHere(bool),
    /// Change how panes look at their volumes.
    Look(PaneLook),
    /// Write a picture to a file.
    SavePicture(Box<SavePicture>),

    /// Take up a tool.
    Use(Tool),
    /// Set the brush radius, mm.
    BrushRadius(f64),
    /// Put the brush down.
    BeginStroke {
        /// The pane.
        pane: usize,
        /// Column and row, fractions allowed.
        at: (f64, f64),
    },
    /// Move the brush.
    ExtendStroke {
        /// Column and row, fractions allowed.
        at: (f64, f64),
    },
    /// Lift the brush: one change, one undo.
    EndStroke,
    /// Forget the stroke; leaves no trace.
    CancelStroke,
    /// Outline what is clicked on, correct it, keep or drop it.
    Outline(Outlining),
    /// Delete a mark.
    DeleteMark(MarkId),

    /// Change or add a patient.
    PutPatient(Box<Patient>),
    /// Change or add a lesion.
    PutLesion(Box<Lesion>),
    /// Add a lesion at the middle of a pane.
    AddLesion {
        /// The pane.
        pane: usize,
    },
    /// Put the chosen lesion at the middle of a pane.
    PlaceLesion {
        /// The pane.
        pane: usize,
    },
    /// Remove a lesion that has nothing recorded.
    RemoveLesion(LesionId),
    /// Change or add a session.
    PutSession(Box<Session>),
    /// Remove a session.
    RemoveSession(SessionId),
    /// Change or add an event.
    PutEvent(Box<Event>),
    /// Remove an event.
    RemoveEvent(EventId),
    /// Say what a stack shows.
    SetRole {
        /// The stack.
        stack: StackKey,
        /// What it shows.
        role: StackRole,
    },
    /// Move a study to another visit of the patient.
    MoveStudy {
        /// Its UID.
        study: String,
        /// The visit; none makes a new one.
        visit: Option<VisitId>,
    },
    /// Make small pictures of a patient's series that is not the chosen one.
    Thumbnails(PatientId),
    /// Say whose images are, or put a patient away.
    Whose(Whose),
    /// Merge stacks of a series or take one apart.
    Regroup(Regroup),
    /// Change the study's settings.
    PutSettings(Box<StudySettings>),

    /// What is seen at the chosen lesion and visit.
    Answer(Answer),
    /// Main shape.
    Shape(Option<Shape>),
    /// Second shape.
    SecondShape(Option<Shape>),
    /// Why it is not evaluable.
    NotEvaluable(NotEvaluableReason),
    /// Why it was not done.
    NotDone(NotDoneReason),
    /// Longest diameter of the viable part, mm, by hand.
    ViableLd(Option<f64>),
    /// Adequate or not, with a reason.
    Adequacy {
        /// Adequate.
        adequate: bool,
        /// Why, in words.
        reason: String,
    },
    /// Set a rule aside.
    Override {
        /// The rule's id.
        rule: String,
        /// Picked reason.
        reason: OverrideReason,
        /// More, in words.
        text: String,
    },
    /// Free text.
    Comment(String),
    /// New tumour elsewhere at the chosen visit.
    NewTumour(Option<NewTumour>),
    /// Complications at the chosen visit.
    Complications(Option<Complications>),
    /// Put the chosen lesion aside at the chosen visit, with what is to be asked; "next" skips it.
    Park(String),
    /// Take a lesion up again that was put aside.
    Unpark {
        /// The lesion.
        lesion: LesionId,
        /// The visit.
        visit: VisitId,
    },
    /// Read the header of a slice's file, to be looked up in.
    ReadHeader {
        /// The stack.
        stack: StackKey,
        /// The slice.
        slice: u32,
    },
    /// Add a visit of the chosen patient that is known from a report only.
    AddReportVisit(Date),
    /// At which earlier visit the viable tumour can be seen in retrospect; alters no earlier answer.
    FirstVisible(Option<VisitId>),
    /// Sign the chosen visit.
    Sign,
    /// Reopen the signed visit.
    Amend {
        /// Picked reason.
        reason: AmendmentReason,
        /// More, in words.
        text: String,
    },

    /// Count the cohort, unless that was done since the last change.
    CountCohort,
    /// Write the tables.
    Export {
        /// A `.csv` file or a folder.
        path: PathBuf,
        /// How dates are written.
        dates: Dates,
    },
    /// The line about an unclean end was read.
    DismissRecovered,
    /// Put a notice away.
    Dismiss(u64),
}
