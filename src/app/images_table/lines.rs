//! What the table of stacks says, worked out from the document.

use crate::app::text;
use crate::clinical::{Coded, Kernel, Modality, PatientId, StackKey, StackRole, VisitId};
use crate::dicom::{Shape, StackInfo, Suv};
use crate::project::{Document, StackRecord};
use crate::workbench::needs_a_look;
use crate::workbench::words::{capital, oddity, pictures_because};
use std::collections::BTreeMap;

/// One stack as its row shows it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StackLine {
    pub(super) stack: StackKey,
    pub(super) patient: PatientId,
    /// Code of the patient.
    pub(super) code: String,
    pub(super) study_uid: String,
    pub(super) series_uid: String,
    pub(super) visit: Option<VisitId>,
    pub(super) visit_date: String,
    pub(super) study_date: String,
    /// Series number, for the eye.
    pub(super) number: String,
    /// "series 4"; with its visit and place where several would have the same name.
    pub(super) name: String,
    pub(super) description: String,
    pub(super) modality: String,
    pub(super) role: StackRole,
    pub(super) because: String,
    pub(super) slices: String,
    /// Thickness / step, mm.
    pub(super) step: String,
    pub(super) kernel: &'static str,
    pub(super) matrix: String,
    /// What the unit of its values was made of; empty where there is nothing to tell.
    pub(super) values: String,
    /// What was odd, one sentence each; why it is pictures only comes first.
    pub(super) odd: Vec<String>,
    /// Whether that should be looked at before the stack is trusted.
    pub(super) needs_a_look: bool,
}

/// All rows in the order patient, visit, study, series; and the visits to choose from.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Lines {
    pub(super) lines: Vec<StackLine>,
    visits: BTreeMap<PatientId, Vec<(VisitId, String)>>,
    /// Every patient with code, to give images to.
    pub(super) patients: Vec<(PatientId, String)>,
}

impl Lines {
    /// The stacks of a patient, or of all patients.
    pub(super) fn new(document: &Document, patient: Option<PatientId>) -> Self {
        let mut records: Vec<&StackRecord> =
            document.stacks().filter(|record| patient.is_none_or(|wanted| wanted == record.patient)).collect();
        records.sort_by_cached_key(|record| {
            let visit = document.visit_of_stack(record.info.key).and_then(|id| document.visit(id));
            let info = &record.info;
            let visit = visit.map(|visit| (visit.date, visit.id));
            (record.patient, visit, info.study_uid.clone(), info.series_number, info.id.clone(), info.key)
        });
        let mut lines: Vec<StackLine> = records.into_iter().map(|record| line(document, record)).collect();
        tell_apart(&mut lines);
        let mut visits = BTreeMap::new();
        for line in &lines {
            visits.entry(line.patient).or_insert_with(|| {
                let visits = document.visits_of(line.patient);
                visits.into_iter().map(|visit| (visit.id, visit.date.to_string())).collect()
            });
        }
        let patients = document.active_patients().map(|patient| (patient.id, patient.code.clone())).collect();
        Self { lines, visits, patients }
    }

    /// The visits of a patient with their dates, by date.
    pub(super) fn visits_of(&self, patient: PatientId) -> &[(VisitId, String)] {
        self.visits.get(&patient).map(Vec::as_slice).unwrap_or_default()
    }
}

fn line(document: &Document, record: &StackRecord) -> StackLine {
    let info = &record.info;
    let study = document.study(&info.study_uid);
    let visit = study.and_then(|study| document.visit(study.visit));
    let split = info.split_by.as_deref().map(text::split_by);
    let parts: Vec<String> =
        [Some(info.description.clone()), info.group.as_ref().map(|group| group.label.clone()), split]
            .into_iter()
            .flatten()
            .filter(|s| !s.is_empty())
            .collect();
    StackLine {
        stack: info.key,
        patient: record.patient,
        code: document.patient(record.patient).map(|patient| patient.code.clone()).unwrap_or_default(),
        study_uid: info.study_uid.clone(),
        series_uid: info.series_uid.clone(),
        visit: visit.map(|visit| visit.id),
        visit_date: visit.map_or_else(|| text::NO_DATE.to_owned(), |visit| visit.date.to_string()),
        study_date: study
            .and_then(|study| study.date)
            .map_or_else(|| text::NO_DATE.to_owned(), |date| date.to_string()),
        number: info.series_number.map(|number| number.to_string()).unwrap_or_default(),
        name: text::series_name(info.series_number, &info.description),
        description: parts.join(" · "),
        modality: kind(info),
        role: record.role,
        because: record.role_because.clone(),
        slices: info.slices().to_string(),
        step: thickness_and_step(record),
        kernel: if info.kernel == Kernel::Unknown { "" } else { info.kernel.words() },
        matrix: format!("{} x {}", info.columns, info.rows),
        values: values(record),
        odd: odd(record),
        needs_a_look: needs_a_look(info),
    }
}

/// "CT"; of another kind as its file calls it, "US", if it does.
fn kind(info: &StackInfo) -> String {
    match info.modality {
        Modality::Other => info.modality_text.trim().to_owned(),
        known => known.words().to_owned(),
    }
}

/// "5 / 2.5": as stated, and from the positions; only what is known.
fn thickness_and_step(record: &StackRecord) -> String {
    let step = match &record.info.shape {
        Shape::Volume(grid) if record.info.slices() > 1 => Some(grid.spacing_mm[2]),
        _ => None,
    };
    match (record.info.acquisition.slice_thickness_mm, step) {
        (Some(thickness), Some(step)) => format!("{} / {}", mm(thickness), mm(step)),
        (Some(thickness), None) => mm(thickness),
        (None, Some(step)) => format!("? / {}", mm(step)),
        (None, None) => String::new(),
    }
}

/// At most two decimals, none that are zero.
fn mm(value: f64) -> String {
    format!("{}", (value * 100.0).round() / 100.0)
}

/// The inputs of SUV in one line: "SUVbw computed from weight and dose · Weight 70.0 kg · ...".
fn values(record: &StackRecord) -> String {
    match &record.info.suv {
        Some(Suv::From(inputs)) => {
            let lines = inputs.lines().into_iter();
            lines.map(|(label, value)| format!("{label} {value}")).collect::<Vec<_>>().join(" · ")
        }
        Some(Suv::None { .. }) | None => String::new(), // said among what is odd
    }
}

fn odd(record: &StackRecord) -> Vec<String> {
    let info = &record.info;
    let mut lines = Vec::new();
    let mut said = &[][..];
    if let Shape::PictureStack { why } = &info.shape {
        said = why;
        let because = pictures_because(record).map(|why| capital(&why)).unwrap_or_default();
        lines.push(format!("{}. {because}", text::PICTURES_ONLY_BECAUSE).trim_end_matches(". ").to_owned());
    }
    lines.extend(info.oddities.iter().filter(|odd| !said.contains(odd)).map(|odd| oddity(record, odd)));
    lines
}

/// Names that several rows share get the visit, and then a number.
fn tell_apart(lines: &mut [StackLine]) {
    let marks: [fn(&StackLine, usize) -> String; 2] =
        [|line, _| format!("{}, {}", line.name, line.visit_date), |line, n| format!("{}, part {n}", line.name)];
    for mark in marks {
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for line in lines.iter() {
            *times.entry(line.name.clone()).or_default() += 1;
        }
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for line in lines.iter_mut().filter(|line| times.get(&line.name).is_some_and(|times| *times > 1)) {
            let nth = seen.entry(line.name.clone()).or_default();
            *nth += 1;
            line.name = mark(line, *nth);
        }
    }
}
