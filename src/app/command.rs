//! Everything a person can do, in one table: behind menus, shortcuts, the palette, the key sheet and tests.
//!
//! A command is an intention in the window. What it does stands in `perform.rs`; when it cannot be done
//! just now, and why, in `why_disabled` there.

use super::keys::Stroke;
use eframe::egui::Key;

/// Something a person can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Command {
    /// Make a project file.
    NewProject,
    /// Open a project file.
    OpenProject,
    /// Open a folder of images.
    OpenFolder,
    /// Show the sample cases.
    OpenSample,
    /// Show keys and truth of samples before signing, or after it.
    TruthAtOnce,
    /// Show or hide the truth of a sample on its images.
    ShowTruth,
    /// Save the project under another name and go on there.
    SaveAs,
    /// Close the project.
    CloseProject,
    /// Become the one who can change the project.
    TakeOver,
    /// Check the project in full.
    CheckProject,
    /// Find images that were moved.
    FindImages,
    /// Write a copy without identity.
    CopyWithoutIdentity,
    /// Show the reading room.
    ShowReading,
    /// Show patient, lesions and sessions.
    ShowPatient,
    /// Show the table of image stacks.
    ShowImages,
    /// Show the lesion table.
    ShowTable,
    /// Show the statistics.
    ShowStatistics,
    /// Show every change.
    ShowHistory,
    /// Show all patients and their visits.
    ShowCohort,
    /// Show what is set.
    ShowSettings,
    /// Show the guide.
    ShowGuide,
    /// Everything about the pixel under the pointer.
    PixelInspector,
    /// The header of the shown slice.
    SliceHeader,
    /// Hide or show names and identifiers.
    HideNames,
    /// Dark or light.
    ToggleLook,
    /// Larger text and controls.
    LargerInterface,
    /// Smaller text and controls.
    SmallerInterface,
    /// Write the lesion table.
    Export,
    /// Take back the last change.
    Undo,
    /// Do it again.
    Redo,
    /// Next unread lesion at a visit.
    NextUnread,
    /// The one before.
    PreviousUnread,
    /// Next lesion of the visit.
    NextLesion,
    /// The one before.
    PreviousLesion,
    /// A later visit.
    NextVisit,
    /// An earlier visit.
    PreviousVisit,
    /// Next stack of the visit in the active pane.
    NextSeries,
    /// The one before.
    PreviousSeries,
    /// Next pane.
    NextPane,
    /// Add a lesion at the middle of the pane.
    AddLesion,
    /// Set the lesion's place at the pointer.
    PlaceLesion,
    /// Mark the ablation zone.
    MarkZone,
    /// Mark the tumour.
    MarkTumour,
    /// Mark viable tumour.
    MarkViable,
    /// Brush.
    Brush,
    /// Eraser.
    Eraser,
    /// Smaller brush.
    BrushSmaller,
    /// Larger brush.
    BrushLarger,
    /// Delete the chosen mark.
    DeleteMark,
    /// Answer with digits.
    Answer,
    /// These two slices are the same place.
    Match,
    /// Drop the match.
    Unmatch,
    /// Link or unlink the panes.
    ToggleLink,
    /// Before the procedure, first scan after it, and now.
    HangFollowUp,
    /// Every visit in one phase.
    HangTimeCourse,
    /// The phases of this visit.
    HangPhases,
    /// One series in three planes.
    HangPlanes,
    /// T1, T2, diffusion and ADC of this visit.
    HangMri,
    /// CT, PET, and both in one, of this visit.
    HangPetCt,
    /// Before contrast, after it, and the difference.
    HangSubtraction,
    /// The next hanging of one's own.
    HangOwn,
    /// One layout smaller.
    FewerPanes,
    /// One layout larger.
    MorePanes,
    /// The latest visit on the left, or the earliest.
    LatestFirst,
    /// One pane in the room of all.
    PaneAlone,
    /// Place landmarks in two panes.
    Landmarks,
    /// Let panes zoom together, or each alone.
    LinkZoom,
    /// Let pictures move together, or each alone.
    LinkPan,
    /// Let CT of one phase share a window, or not.
    LinkWindow,
    /// Hide marks while held.
    HideMarks,
    /// Show the previous visit while held.
    PreviousHere,
    /// Show the picture less the phase without contrast while held.
    Subtract,
    /// Another plane.
    NextPlane,
    /// Three planes there, and back.
    ThreePlanes,
    /// One point in every pane.
    Crosshair,
    /// Another slab.
    NextSlab,
    /// The one before.
    PreviousSlab,
    /// Turn the plane, its top towards the reader.
    TiltForwards,
    /// Turn it back.
    TiltBackwards,
    /// Turn the plane, its left towards the reader.
    TiltLeft,
    /// Turn it the other way.
    TiltRight,
    /// Another series over the picture.
    Fuse,
    /// Keep the picture with the answer.
    KeepPicture,
    /// Save a picture of the panes.
    SavePicture,
    /// Copy the active pane.
    CopyPicture,
    /// The region over phases and visits.
    RegionCurve,
    /// Run through the slices.
    Cine,
    /// Run through the phases.
    CinePhases,
    /// Show or hide the text on the images.
    ToggleText,
    /// Show or hide what the files draw over their images.
    ToggleOverlays,
    /// The window of the file.
    FileWindow,
    /// Invert grey.
    Invert,
    /// Zoom in.
    ZoomIn,
    /// Zoom out.
    ZoomOut,
    /// Next phase, b-value, echo or time of a 4-D series.
    NextPhase,
    /// The one before.
    PreviousPhase,
    /// Next in every pane.
    NextPhaseAll,
    /// The one before in every pane.
    PreviousPhaseAll,
    /// Make one of two patients.
    MergePatient,
    /// Put the patient away.
    ArchivePatient,
    /// Take the patient up again.
    BringBackPatient,
    /// List and count archived patients, or not.
    ShowArchived,
    /// Ask again whose images are.
    WhoseImages,
    /// Show what is odd about the series.
    OddImages,
    /// Fit the picture.
    Fit,
    /// Fit, and forget windows.
    ResetView,
    /// One slice up.
    SliceUp,
    /// One slice down.
    SliceDown,
    /// Ten slices up.
    SliceUpTen,
    /// Ten slices down.
    SliceDownTen,
    /// First slice.
    FirstSlice,
    /// Last slice.
    LastSlice,
    /// Say yes to what is asked, go on.
    Accept,
    /// Cancel the gesture, back to scrolling.
    Cancel,
    /// Put the reading aside with a question.
    Park,
    /// Sign the visit.
    Sign,
    /// Reopen a signed visit.
    Amend,
    /// Why this word?
    Why,
    /// Show or hide the patient's context.
    ToggleContext,
    /// Set how much memory images may take.
    ImageMemory,
    /// Search all commands.
    Palette,
    /// All keys.
    Help,
}

/// A command's place in the table.
#[derive(Debug, Clone, Copy)]
pub struct Info {
    /// The command.
    pub command: Command,
    /// Its id in the key settings.
    pub id: &'static str,
    /// Its name on buttons and in menus.
    pub label: &'static str,
    /// What it does, for a tooltip.
    pub tooltip: &'static str,
    /// Its keys unless rebound.
    pub keys: &'static [Stroke],
    /// Where it stands in the key sheet.
    pub group: Group,
}

/// Groups of the key sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Going from one reading to the next.
    Reading,
    /// Looking.
    Looking,
    /// Marking.
    Marking,
    /// Answering.
    Answering,
    /// Project and window.
    Project,
}

impl Group {
    /// All groups, in the order of the key sheet.
    pub const ALL: [Self; 5] = [Self::Reading, Self::Looking, Self::Marking, Self::Answering, Self::Project];

    /// Its name.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Reading => "Reading",
            Self::Looking => "Looking",
            Self::Marking => "Marking",
            Self::Answering => "Answering",
            Self::Project => "Project",
        }
    }
}

const fn key(key: Key) -> Stroke {
    Stroke { ctrl: false, shift: false, alt: false, key }
}
const fn ctrl(key: Key) -> Stroke {
    Stroke { ctrl: true, shift: false, alt: false, key }
}
const fn shift(key: Key) -> Stroke {
    Stroke { ctrl: false, shift: true, alt: false, key }
}
const fn ctrl_shift(key: Key) -> Stroke {
    Stroke { ctrl: true, shift: true, alt: false, key }
}

macro_rules! table {
    ($($group:ident { $($command:ident $id:literal $label:literal $tooltip:literal [$($keys:expr),*];)+ })+) => {
        /// The table.
        pub const TABLE: &[Info] = &[$($(Info {
            command: Command::$command, id: $id, label: $label, tooltip: $tooltip, keys: &[$($keys),*], group: Group::$group,
        },)+)+];
    };
}

table! {
    Reading {
        NextUnread "next_unread" "Next to read" "Hang the next lesion and visit that has no answer yet" [key(Key::N)];
        PreviousUnread "previous_unread" "Previous to read" "Hang the one before" [shift(Key::N)];
        NextLesion "next_lesion" "Next lesion" "Centre on the next lesion of this patient" [key(Key::J)];
        PreviousLesion "previous_lesion" "Previous lesion" "Centre on the lesion before" [shift(Key::J)];
        NextVisit "next_visit" "Later visit" "Show the visit after this one" [key(Key::PageDown)];
        PreviousVisit "previous_visit" "Earlier visit" "Show the visit before this one" [key(Key::PageUp)];
        AddLesion "add_lesion" "Add a lesion" "Make a lesion at the middle of the active pane" [key(Key::A)];
        PlaceLesion "place_lesion" "Set the lesion's place" "Put the chosen lesion at the middle of the active pane" [shift(Key::A)];
    }
    Looking {
        SliceUp "slice_up" "Slice up" "One slice up" [key(Key::ArrowUp)];
        SliceDown "slice_down" "Slice down" "One slice down" [key(Key::ArrowDown)];
        SliceUpTen "slice_up_ten" "Ten slices up" "Ten slices up" [shift(Key::ArrowUp)];
        SliceDownTen "slice_down_ten" "Ten slices down" "Ten slices down" [shift(Key::ArrowDown)];
        FirstSlice "first_slice" "First slice" "First slice of the series" [key(Key::Home)];
        LastSlice "last_slice" "Last slice" "Last slice of the series" [key(Key::End)];
        NextSeries "next_series" "Next series" "Show the next series of this visit in the active pane" [ctrl(Key::PageDown)];
        PreviousSeries "previous_series" "Previous series" "Show the series before in the active pane" [ctrl(Key::PageUp)];
        NextPhase "next_phase" "Next phase" "Next phase, b-value, echo or time of a 4-D series at the same slice; else the next series" [key(Key::Period), shift(Key::PageDown)];
        PreviousPhase "previous_phase" "Previous phase" "The phase before at the same slice; else the series before" [key(Key::Comma), shift(Key::PageUp)];
        NextPhaseAll "next_phase_all" "Next phase in all panes" "Every pane that shows a 4-D series steps" [key(Key::Period).alt()];
        PreviousPhaseAll "previous_phase_all" "Previous phase in all panes" "Every pane that shows a 4-D series steps back" [key(Key::Comma).alt()];
        NextPane "next_pane" "Next pane" "Make the next pane the active one" [ctrl(Key::Tab)];
        Match "match" "Match slices" "These slices are the same place: link the panes so, and keep it for this lesion" [key(Key::M)];
        Unmatch "unmatch" "Drop the match" "Link by table position again" [shift(Key::M)];
        ToggleLink "toggle_link" "Link panes" "Let the panes move together, or each alone" [key(Key::L)];
        PreviousHere "previous_here" "Previous visit, held" "Show the visit before in the active pane while the key is held" [key(Key::V)];
        HangFollowUp "hang_follow_up" "Before and now" "Before ablation, the first scan after the last session, and this visit" [key(Key::F1)];
        HangTimeCourse "hang_time_course" "Time course" "Every visit in one phase and plane" [key(Key::F2)];
        HangPhases "hang_phases" "Phases" "The phases of this visit side by side" [key(Key::F3)];
        HangPlanes "hang_planes" "Planes of this visit" "Axial, coronal and sagittal of this visit" [key(Key::F4)];
        HangMri "hang_mri" "MRI set" "T1 after contrast, T2, diffusion and ADC of this visit" [key(Key::F5)];
        HangPetCt "hang_pet_ct" "PET-CT" "CT, PET, and PET over CT of this visit" [key(Key::F6)];
        HangSubtraction "hang_subtraction" "Subtraction of this visit" "Before contrast, after it, and the difference" [key(Key::F7)];
        HangOwn "hang_own" "Own hanging" "The next hanging that you kept; keep one in the list of hangings over the panes" [key(Key::F8)];
        FewerPanes "fewer_panes" "Fewer panes" "The next smaller layout" [key(Key::F9)];
        MorePanes "more_panes" "More panes" "The next larger layout" [key(Key::F10)];
        LatestFirst "latest_first" "Latest on the left" "Visits stand from the latest to the earliest, or the other way" [shift(Key::F2)];
        PaneAlone "pane_alone" "One pane alone" "The active pane in the room of all, or all again; also by a double click" [key(Key::F11)];
        Landmarks "landmarks" "Landmarks" "Place three or more pairs of landmarks in the active pane and another, and link by them" [ctrl(Key::M)];
        LinkZoom "link_zoom" "Link zoom" "Panes zoom together, or each alone" [];
        LinkPan "link_pan" "Link pictures" "Pictures are moved together, or each alone" [];
        LinkWindow "link_window" "Link windows" "CT of one phase shares its window, or each series has its own" [];
        Subtract "subtract" "Subtraction, held" "Take the images without contrast, or the earliest phase, away while the key is held" [key(Key::D)];
        ThreePlanes "three_planes" "Three planes" "Axial, coronal and sagittal of this series at this place; the same key goes back" [key(Key::Q)];
        Crosshair "crosshair" "One point in every pane" "Show the place under the pointer in every pane, or stop" [key(Key::X)];
        NextPlane "next_plane" "Next plane" "Cut the series in the next plane of the body, then as acquired again" [key(Key::P)];
        TiltForwards "tilt_forwards" "Turn the plane forwards" "Turn the plane by 5 degrees, the top of the picture towards you" [ctrl(Key::ArrowDown)];
        TiltBackwards "tilt_backwards" "Turn the plane backwards" "Turn the plane by 5 degrees, the top of the picture away from you" [ctrl(Key::ArrowUp)];
        TiltLeft "tilt_left" "Turn the plane to the left" "Turn the plane by 5 degrees about the upright axis of the picture" [ctrl(Key::ArrowLeft)];
        TiltRight "tilt_right" "Turn the plane to the right" "Turn the plane by 5 degrees about the upright axis of the picture" [ctrl(Key::ArrowRight)];
        NextSlab "next_slab" "Thicker slab" "Look through a thickness: mean, maximum, minimum; then thin slices again" [key(Key::Y)];
        PreviousSlab "previous_slab" "Thinner slab" "The slab before" [shift(Key::Y)];
        Fuse "fuse" "Fuse" "Lay PET over CT, or diffusion over MR, or take it away; a right click offers all others" [shift(Key::F)];
        KeepPicture "keep_picture" "Keep the picture" "Keep what the active pane shows with the answer for this lesion and visit" [key(Key::K)];
        CopyPicture "copy_picture" "Copy the picture" "Put the active pane on the clipboard as it is seen, without dates" [shift(Key::K)];
        SavePicture "save_picture" "Save a picture" "Write the active pane or all panes as a PNG file, in a size of your choice" [ctrl(Key::P)];
        RegionCurve "region_curve" "Region over time" "The chosen lesion's mark, else the middle of the pane: its values over the phases and at every visit" [key(Key::U)];
        Cine "cine" "Cine" "Run through the slices of the active pane, or stop" [key(Key::C)];
        CinePhases "cine_phases" "Cine of phases" "Run through the phases or times of the active pane, or stop" [shift(Key::C)];
        HideMarks "hide_marks" "Hide marks, held" "Hide all marks while the key is held" [key(Key::G)];
        ToggleText "toggle_text" "Text on images" "Show or hide the text in the corners" [key(Key::I)];
        ToggleOverlays "toggle_overlays" "Overlays of the file" "Show or hide what the file itself draws over its images" [key(Key::O)];
        ShowTruth "show_truth" "Truth on images" "Show or hide the outlines of what is true of a sample, once they may be shown" [shift(Key::G)];
        FileWindow "file_window" "Window of the file" "Set the window that the file brings; a right click lists them all" [shift(Key::Num1), shift(Key::Exclamationmark)];
        ToggleContext "toggle_context" "Show or hide the context" "Primary, sessions and therapy of the patient; hidden for a blinded read" [];
        PixelInspector "pixel_inspector" "Pixel inspector" "Stored value, unit, grey, voxel and place of the pixel under the pointer" [shift(Key::P)];
        SliceHeader "slice_header" "Header of this slice" "Everything the file of the shown slice says, searched" [ctrl(Key::H)];
        Invert "invert" "Invert grey" "Swap black and white" [shift(Key::I)];
        ZoomIn "zoom_in" "Zoom in" "Zoom in" [key(Key::Plus), shift(Key::Plus)];
        ZoomOut "zoom_out" "Zoom out" "Zoom out" [key(Key::Minus)];
        Fit "fit" "Fit" "Show the whole picture" [key(Key::Equals)];
        ResetView "reset_view" "Reset the view" "Whole picture, windows as proposed" [key(Key::Equals).alt()];
    }
    Marking {
        MarkTumour "mark_tumour" "Tumour" "Click on the tumour, or drag its long axis: it is outlined in 3-D; Enter keeps it" [key(Key::T)];
        MarkZone "mark_zone" "Ablation zone" "Click on the ablation zone, or drag its long axis: it is outlined in 3-D; Enter keeps it" [key(Key::Z)];
        MarkViable "mark_viable" "Viable tumour" "Click on viable tumour: it is outlined in 3-D; Enter keeps it" [key(Key::R)];
        Brush "brush" "Brush" "Paint the mark at hand slice by slice" [key(Key::B)];
        Eraser "eraser" "Eraser" "Erase" [key(Key::E)];
        BrushSmaller "brush_smaller" "Smaller brush" "Smaller brush" [key(Key::OpenBracket)];
        BrushLarger "brush_larger" "Larger brush" "Larger brush" [key(Key::CloseBracket)];
        DeleteMark "delete_mark" "Delete mark" "Delete the mark of the chosen role; undo brings it back" [key(Key::Delete), key(Key::Backspace)];
    }
    Answering {
        Answer "answer" "Answer" "Answer with digits" [key(Key::S)];
        Accept "accept" "Next" "Keep the answer and go on" [key(Key::Enter)];
        Park "park" "Put aside" "Put this reading aside with what is to be asked; next skips it" [key(Key::F)];
        Sign "sign" "Sign visit" "Sign all answers of this visit; later changes are amendments" [ctrl(Key::Enter)];
        Amend "amend" "Amend" "Reopen a signed visit; what was signed is kept beside" [ctrl_shift(Key::Enter)];
        Why "why" "Why?" "Why this word: the rule and what it saw" [key(Key::W)];
    }
    Project {
        Undo "undo" "Undo" "Take back the last change, also after a restart" [ctrl(Key::Z)];
        Redo "redo" "Redo" "Do it again" [ctrl(Key::Y), ctrl_shift(Key::Z)];
        ShowReading "show_reading" "Reading room" "Images and answers" [ctrl(Key::Num1)];
        ShowPatient "show_patient" "Patient" "Patient, lesions and sessions" [ctrl(Key::Num2)];
        ShowImages "show_images" "Images" "All series with their role and visit" [ctrl(Key::Num3)];
        ShowTable "show_table" "Lesion table" "The lesion table, efficacy, and export" [ctrl(Key::Num4)];
        ShowStatistics "show_statistics" "Statistics" "Rates with intervals, curves with numbers at risk, the flow of lesions, and who is behind each number" [ctrl(Key::Num7)];
        ShowHistory "show_history" "History" "Every change: when, by whom, before and after; take back from there" [ctrl(Key::Num5)];
        ShowCohort "show_cohort" "Cohort" "All patients and their visits: due, imaged, read, signed, put aside" [ctrl(Key::Home)];
        ShowSettings "show_settings" "Settings" "Look, keys, privacy, memory; windows and thresholds of the project" [ctrl(Key::Comma)];
        ShowGuide "show_guide" "Guide" "How to read, the rules, files and tables" [shift(Key::F1)];
        HideNames "hide_names" "Hide or show names" "Names, identifiers, and the project's name and place" [shift(Key::H)];
        ToggleLook "toggle_look" "Dark or light" "Change between the dark and the light theme; images stay on black" [];
        LargerInterface "larger_interface" "Larger text and controls" "Everything but images a tenth larger" [ctrl(Key::Plus), ctrl(Key::Equals)];
        SmallerInterface "smaller_interface" "Smaller text and controls" "Everything but images a tenth smaller" [ctrl(Key::Minus)];
        WhoseImages "whose_images" "Whose images are these?" "Ask again whose images are where it is not sure" [];
        OddImages "odd_images" "What is odd about the images" "The series that need a look before they are trusted" [];
        MergePatient "merge_patient" "Merge the patient into another" "Choose a patient, see what moves, and make one of two; undo takes it back" [];
        ArchivePatient "archive_patient" "Archive the patient" "Put the patient away: in no list, cohort or table; brought back at any time" [];
        BringBackPatient "bring_back_patient" "Bring the patient back" "Take an archived patient up again" [];
        ShowArchived "show_archived" "Show archived patients" "List, read and count patients that were put away, or not" [];
        OpenFolder "open_folder" "Open images" "Read a folder of images; nothing in it is changed" [ctrl(Key::I)];
        OpenProject "open_project" "Open project" "Open a project file" [ctrl(Key::O)];
        NewProject "new_project" "New project" "Make a project file" [ctrl(Key::N)];
        SaveAs "save_as" "Save as" "Save the project under another name and go on there" [ctrl_shift(Key::S)];
        Export "export" "Export" "Write the tables with their data dictionary" [ctrl(Key::E)];
        OpenSample "open_sample" "Sample cases" "Made-up patients whose truth is known, to learn and to try" [];
        TruthAtOnce "truth_at_once" "Truth at once, for teachers" "Show answer keys and truth of samples before a visit is signed, or after it again; kept in the project" [];
        CloseProject "close_project" "Close project" "Back to the start; everything is already saved" [ctrl(Key::W)];
        TakeOver "take_over" "Take over" "Become the one who can change the project, once whoever had it is gone" [ctrl(Key::T)];
        CheckProject "check_project" "Check the project" "Check the project file in full, beside the reading" [];
        FindImages "find_images" "Find moved images" "Choose a folder: every missing image below it is found by its UID, whatever its name" [];
        CopyWithoutIdentity "copy_without_identity" "Copy without identity" "Write a copy without names, identifiers and paths" [];
        ImageMemory "image_memory" "Memory for images" "How much memory series may take before the one shown longest ago is let go" [];
        Cancel "cancel" "Back to scrolling" "Cancel the gesture, close what is open, back to scrolling" [key(Key::Escape)];
        Palette "palette" "Commands" "Search all commands" [ctrl(Key::K)];
        Help "help" "Keys" "All keys on one sheet" [key(Key::Questionmark)];
    }
}

impl Command {
    /// Its row of the table.
    #[must_use]
    pub fn info(self) -> &'static Info {
        // A test holds that each command has a row.
        TABLE.iter().find(|info| info.command == self).unwrap_or(&TABLE[0])
    }

    /// Whether it acts while its key is held, as against once.
    #[must_use]
    pub const fn is_held(self) -> bool {
        matches!(self, Self::HideMarks | Self::PreviousHere | Self::Subtract)
    }
}
