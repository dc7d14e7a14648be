//! The columns of a cohort file.

use crate::clinical::{AblationModality, Answer, Coded, DeathCause, FindingStatus, Organ, PrimaryCancer};

/// Whose value a column holds: it is the same in every row of that patient or lesion, or blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The patient's.
    Patient,
    /// The lesion's.
    Lesion,
    /// That of a patient's visit.
    Visit,
    /// That of a lesion at a visit.
    LesionVisit,
}

impl Level {
    const fn words(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Lesion => "lesion",
            Self::Visit => "visit",
            Self::LesionVisit => "lesion and visit",
        }
    }
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnOfFile {
    /// Its name in the head.
    pub name: &'static str,
    /// Whose value it is.
    pub level: Level,
    /// Whether the file must have it.
    pub required: bool,
    /// What it means.
    pub meaning: &'static str,
    /// What may stand in it.
    pub values: &'static str,
}

const fn column(name: &'static str, level: Level, meaning: &'static str, values: &'static str) -> ColumnOfFile {
    ColumnOfFile { name, level, required: false, meaning, values }
}

const fn required(name: &'static str, level: Level, meaning: &'static str, values: &'static str) -> ColumnOfFile {
    ColumnOfFile { name, level, required: true, meaning, values }
}

const DAY: &str = "date or days";
const DAYS: &str = "dates or days, parted by `;`";
const YES_NO: &str = "`yes`, `no`";
const YES_NO_UNKNOWN: &str = "`yes`, `no`, `unknown`";

/// Every column, in the order in which the program writes them.
#[rustfmt::skip]
pub const COLUMNS: &[ColumnOfFile] = &[
    required("patient", Level::Patient, "code of the patient", "text"),
    required("lesion", Level::Lesion, "label of the lesion, unique in its patient", "text"),
    required("visit", Level::LesionVisit, "day of the study; blank for a lesion never imaged", DAY),
    required("answer", Level::LesionVisit, "what is seen at the site; blank where nobody answered", "answer"),
    required("sessions", Level::Lesion, "ablations of the lesion; blank when it was not treated", DAYS),
    column("adequate", Level::LesionVisit, "whether the study can answer the question; blank is yes", YES_NO),
    column("status", Level::LesionVisit, "drafts are left out of rates; blank is signed", "finding_status"),
    column("technical_success", Level::Lesion, "of each session, in the order of `sessions`", "`yes`, `no`, `unknown`, parted by `;`"),
    column("planned", Level::Lesion, "of each session: planned before the first follow-up scan, so that it may belong to the primary course", "`yes`, `no`, parted by `;`"),
    column("index", Level::Lesion, "aimed at in the first treatment, as against new later; blank is yes", YES_NO),
    column("organ", Level::Lesion, "organ, which sets the window; blank is liver", "organ"),
    column("technique", Level::Lesion, "how tissue was destroyed in the first session", "ablation_modality"),
    column("size_mm", Level::Lesion, "longest axial diameter before treatment, mm", "number above 0"),
    column("subcapsular", Level::Lesion, "within 5 mm of the capsule", YES_NO_UNKNOWN),
    column("perivascular", Level::Lesion, "within 5 mm of a vessel of 3 mm or more", YES_NO_UNKNOWN),
    column("other_therapy", Level::Lesion, "other local therapy of the lesion", DAYS),
    column("resection", Level::Lesion, "resection of the lesion", DAY),
    column("primary", Level::Patient, "primary cancer", "primary_cancer"),
    column("new_tumour", Level::Visit, "new tumour away from the treated sites; blank is not assessed", "`none`, `in_organ`, `outside`, `in_organ_and_outside`, `not_assessed`"),
    column("idr", Level::Patient, "first new tumour in the treated organ, where no visit of the table shows it", DAY),
    column("extrahepatic", Level::Patient, "first new tumour outside the organ, where no visit of the table shows it", DAY),
    column("second_primary", Level::Patient, "first sign of another cancer", DAY),
    column("death", Level::Patient, "death", DAY),
    column("death_cause", Level::Patient, "what of", "death_cause"),
    column("last_known_alive", Level::Patient, "last sign of life; a later visit or session counts as one", DAY),
    column("transplant", Level::Patient, "liver transplant", DAY),
    column("lost", Level::Patient, "lost to follow-up", DAY),
];

/// The columns as Markdown.
#[must_use]
pub fn columns_markdown() -> String {
    fn codes<T: Coded>() -> String {
        T::ALL.iter().map(|value| format!("`{}`", value.code())).collect::<Vec<_>>().join(", ")
    }
    let mut page = String::from("| Column | Needed | Of | Meaning | Values |\n|---|---|---|---|---|\n");
    for column in COLUMNS {
        let values = match column.values {
            "answer" => codes::<Answer>(),
            "finding_status" => codes::<FindingStatus>(),
            "organ" => codes::<Organ>(),
            "ablation_modality" => codes::<AblationModality>(),
            "primary_cancer" => codes::<PrimaryCancer>(),
            "death_cause" => codes::<DeathCause>(),
            other => other.to_owned(),
        };
        page.push_str(&format!(
            "| `{}` | {} | {} | {} | {values} |\n",
            column.name,
            if column.required { "yes" } else { "" },
            column.level.words(),
            column.meaning
        ));
    }
    page
}
