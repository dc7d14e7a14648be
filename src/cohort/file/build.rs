//! From lines to patients: values are gathered, checked against each other, and put before the rules.

use super::cells::{Line, Sheet};
use super::{BadCell, Clock, CohortFile, FileError};
use crate::clinical::{
    AblationModality, Adequacy, Answer, Coded, Date, DeathCause, Event, EventId, EventKind, Finding, FindingKey,
    FindingStatus, LesionId, NewTumour, Organ, PatientId, PrimaryCancer, ReaderId, SessionId, Stamp, StudySettings,
    TechnicalSuccess, Track, VisitId, VisitSource, YesNoUnknown,
};
use crate::outcome::{
    CourseLesion, LesionFacts, LesionHistory, LesionVisit, NewTumourSeen, PatientCourse, StudyContent, TreatedSession,
    derive,
};
use std::collections::{BTreeMap, BTreeSet};

/// A value that every row of a patient or lesion repeats, or leaves blank.
struct Repeated<T> {
    value: Option<(T, u64)>,
}

impl<T> Default for Repeated<T> {
    fn default() -> Self {
        Self { value: None }
    }
}

impl<T: PartialEq + Clone> Repeated<T> {
    fn say(&mut self, line: &Line, column: &'static str, value: Option<T>, bad: &mut Vec<BadCell>) {
        let Some(value) = value else { return };
        match &self.value {
            Some((before, at)) if *before != value => {
                bad.push(line.bad(column, format!("Line {at} has another value for the same patient or lesion.")));
            }
            Some(_) => {}
            None => self.value = Some((value, line.number)),
        }
    }

    fn get(&self) -> Option<T> {
        self.value.as_ref().map(|(value, _)| value.clone())
    }

    /// The line that said it first.
    fn line(&self) -> Option<u64> {
        self.value.as_ref().map(|(_, line)| *line)
    }
}

#[derive(Default)]
struct LesionRows {
    sessions: Repeated<Vec<Date>>,
    technical_success: Repeated<Vec<TechnicalSuccess>>,
    planned: Repeated<Vec<bool>>,
    index: Repeated<bool>,
    organ: Repeated<Organ>,
    technique: Repeated<AblationModality>,
    size_mm: Repeated<f64>,
    subcapsular: Repeated<YesNoUnknown>,
    perivascular: Repeated<YesNoUnknown>,
    other_therapy: Repeated<Vec<Date>>,
    resection: Repeated<Date>,
    /// Answer, adequate, status, and the line.
    visits: BTreeMap<Date, (Option<Answer>, bool, FindingStatus, u64)>,
}

#[derive(Default)]
struct PatientRows {
    primary: Repeated<PrimaryCancer>,
    idr: Repeated<Date>,
    extrahepatic: Repeated<Date>,
    second_primary: Repeated<Date>,
    death: Repeated<Date>,
    death_cause: Repeated<DeathCause>,
    last_known_alive: Repeated<Date>,
    transplant: Repeated<Date>,
    lost: Repeated<Date>,
    new_tumour: BTreeMap<Date, Repeated<NewTumour>>,
    lesions: BTreeMap<String, LesionRows>,
}

/// Puts a cell's value where it belongs, or remembers what is wrong.
fn keep<T>(result: Result<T, BadCell>, bad: &mut Vec<BadCell>) -> Option<T> {
    result.map_err(|cell| bad.push(cell)).ok()
}

pub(super) fn cohort(sheet: &Sheet, settings: &StudySettings, today: Option<Date>) -> Result<CohortFile, FileError> {
    let mut bad = Vec::new();
    let mut patients: BTreeMap<String, PatientRows> = BTreeMap::new();
    for line in &sheet.lines {
        let (patient, lesion) = (line.text("patient"), line.text("lesion"));
        for (column, text) in [("patient", patient), ("lesion", lesion)] {
            if text.is_empty() {
                bad.push(line.bad(column, "Blank: every row needs a patient and a lesion."));
            }
        }
        if patient.is_empty() || lesion.is_empty() {
            continue;
        }
        gather(line, sheet.clock, patients.entry(patient.to_owned()).or_default(), lesion, &mut bad);
    }
    for rows in patients.values() {
        check(rows, today, &mut bad);
    }
    if !bad.is_empty() {
        bad.sort();
        bad.dedup();
        return Err(FileError::Cells(bad));
    }
    let last = patients.values().flat_map(dates).max().unwrap_or_default();
    // Where no day is given every window is taken as closed: no window is longer than ten years.
    let today = today.unwrap_or(last + chrono::Duration::days(3653));
    let mut lesion_number = 0;
    let courses = patients
        .iter()
        .zip(1..)
        .map(|((code, rows), number)| course(code, PatientId(number), rows, &mut lesion_number, settings, today))
        .collect();
    Ok(CohortFile {
        courses,
        clock: sheet.clock,
        rows: sheet.lines.len() as u64,
        ignored_columns: sheet.ignored_columns.clone(),
    })
}

fn gather(line: &Line, clock: Clock, rows: &mut PatientRows, label: &str, bad: &mut Vec<BadCell>) {
    macro_rules! say {
        ($to:expr, $column:literal, $value:expr) => {
            if let Some(value) = keep($value, bad) {
                $to.say(line, $column, value, bad);
            }
        };
    }
    say!(rows.primary, "primary", line.code("primary"));
    say!(rows.idr, "idr", line.day("idr", clock));
    say!(rows.extrahepatic, "extrahepatic", line.day("extrahepatic", clock));
    say!(rows.second_primary, "second_primary", line.day("second_primary", clock));
    say!(rows.death, "death", line.day("death", clock));
    say!(rows.death_cause, "death_cause", line.code("death_cause"));
    say!(rows.last_known_alive, "last_known_alive", line.day("last_known_alive", clock));
    say!(rows.transplant, "transplant", line.day("transplant", clock));
    say!(rows.lost, "lost", line.day("lost", clock));
    let visit = keep(line.day("visit", clock), bad);
    let no_visit = visit == Some(None);
    let visit = visit.flatten();
    let new_tumour = keep(new_tumour(line), bad).flatten();
    match (visit, new_tumour) {
        (Some(visit), Some(seen)) => rows.new_tumour.entry(visit).or_default().say(line, "new_tumour", Some(seen), bad),
        (None, Some(_)) if no_visit => bad.push(line.bad("new_tumour", "There is no visit in this row.")),
        _ => {}
    }
    let lesion = rows.lesions.entry(label.to_owned()).or_default();
    let many = |column: &'static str| {
        line.days(column, clock).map(|mut dates| {
            dates.sort_unstable();
            (!dates.is_empty()).then_some(dates)
        })
    };
    say!(lesion.sessions, "sessions", many("sessions"));
    say!(lesion.other_therapy, "other_therapy", many("other_therapy"));
    say!(
        lesion.technical_success,
        "technical_success",
        several(line, "technical_success", TechnicalSuccess::from_code)
    );
    let yes_no = |text: &str| match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    say!(lesion.planned, "planned", several(line, "planned", yes_no));
    say!(lesion.index, "index", line.yes_no("index"));
    say!(lesion.organ, "organ", line.code("organ"));
    say!(lesion.technique, "technique", line.code("technique"));
    say!(lesion.size_mm, "size_mm", line.size("size_mm"));
    say!(lesion.subcapsular, "subcapsular", line.code("subcapsular"));
    say!(lesion.perivascular, "perivascular", line.code("perivascular"));
    say!(lesion.resection, "resection", line.day("resection", clock));
    let answer = keep(line.code::<Answer>("answer"), bad).flatten();
    let adequate = keep(line.yes_no("adequate"), bad).flatten().unwrap_or(true);
    let status = keep(line.code::<FindingStatus>("status"), bad).flatten().unwrap_or(FindingStatus::Signed);
    let Some(visit) = visit else {
        if answer.is_some() && no_visit {
            bad.push(line.bad("visit", "Blank, but the row has an answer: on which day?"));
        }
        return;
    };
    if let Some((.., before)) = lesion.visits.get(&visit) {
        bad.push(line.bad("visit", format!("Line {before} is of the same lesion and day.")));
        return;
    }
    lesion.visits.insert(visit, (answer, adequate, status, line.number));
}

fn several<T>(line: &Line, column: &'static str, of: impl Fn(&str) -> Option<T>) -> Result<Option<Vec<T>>, BadCell> {
    let values: Option<Vec<T>> = line.list(column).map(|part| of(&part.to_ascii_lowercase())).collect();
    let values = values.ok_or_else(|| line.bad(column, "Not yes or no for each session, parted by semicolons."))?;
    Ok((!values.is_empty()).then_some(values))
}

fn new_tumour(line: &Line) -> Result<Option<NewTumour>, BadCell> {
    Ok(Some(match line.text("new_tumour") {
        "" => return Ok(None),
        "none" => NewTumour::None,
        "in_organ" => NewTumour::InOrgan(String::new()),
        "outside" => NewTumour::Outside(String::new()),
        "in_organ_and_outside" => NewTumour::InOrganAndOutside(String::new()),
        "not_assessed" => NewTumour::NotAssessed,
        _ => {
            let reason = "Not one of: none, in_organ, outside, in_organ_and_outside, not_assessed.";
            return Err(line.bad("new_tumour", reason));
        }
    }))
}

/// R07, R26, R27: what cannot be, given the other dates.
fn check(rows: &PatientRows, today: Option<Date>, bad: &mut Vec<BadCell>) {
    let mut wrong = |line: u64, column: &str, value: String, reason: String| {
        bad.push(BadCell { line, column: column.to_owned(), value, reason });
    };
    let death = rows.death.get();
    let dead = |date: Date| death.is_some_and(|death| date > death);
    for lesion in rows.lesions.values() {
        let sessions = lesion.sessions.get().unwrap_or_default();
        let of_sessions = lesion.sessions.line().unwrap_or(0);
        let first = sessions.first().copied();
        for (date, (answer, .., line)) in &lesion.visits {
            let judged = answer.is_some_and(|answer| answer != Answer::NotDone);
            if judged && first.is_none() {
                wrong(
                    *line,
                    "answer",
                    String::new(),
                    "The lesion has no session, so there is nothing to judge.".to_owned(),
                );
            } else if judged && first.is_some_and(|first| *date < first) {
                wrong(
                    *line,
                    "visit",
                    date.to_string(),
                    "Before the first session of the lesion, but with an answer.".to_owned(),
                );
            }
            if judged && dead(*date) {
                wrong(*line, "visit", date.to_string(), "After the patient's death, but with an answer.".to_owned());
            }
            if today.is_some_and(|today| *date > today) {
                wrong(*line, "visit", date.to_string(), "In the future.".to_owned());
            }
        }
        for session in sessions.iter().filter(|session| dead(**session)) {
            wrong(of_sessions, "sessions", session.to_string(), "After the patient's death.".to_owned());
        }
        let lengths = [
            ("technical_success", lesion.technical_success.get().map(|all| all.len()), lesion.technical_success.line()),
            ("planned", lesion.planned.get().map(|all| all.len()), lesion.planned.line()),
        ];
        for (column, length, line) in lengths {
            if let (Some(length), Some(line)) = (length, line)
                && length != sessions.len()
            {
                wrong(line, column, String::new(), format!("{length} values for {} sessions.", sessions.len()));
            }
        }
    }
    let first = rows.lesions.values().filter_map(|lesion| lesion.sessions.get()).flatten().min();
    if let (Some(death), Some(first), Some(line)) = (death, first, rows.death.line())
        && death < first
    {
        wrong(line, "death", death.to_string(), "Before the first session.".to_owned());
    }
    if let (Some(alive), Some(death), Some(line)) = (rows.last_known_alive.get(), death, rows.last_known_alive.line())
        && alive > death
    {
        wrong(line, "last_known_alive", alive.to_string(), "After the death.".to_owned());
    }
}

fn dates(rows: &PatientRows) -> Vec<Date> {
    let lesions = rows
        .lesions
        .values()
        .flat_map(|lesion| lesion.visits.keys().copied().chain(lesion.sessions.get().unwrap_or_default()));
    let own = [
        &rows.death,
        &rows.last_known_alive,
        &rows.transplant,
        &rows.lost,
        &rows.idr,
        &rows.extrahepatic,
        &rows.second_primary,
    ];
    lesions.chain(own.iter().filter_map(|repeated| repeated.get())).collect()
}

fn course(
    code: &str,
    patient: PatientId,
    rows: &PatientRows,
    lesion_number: &mut u32,
    settings: &StudySettings,
    today: Date,
) -> PatientCourse {
    let visits: BTreeSet<Date> = rows.lesions.values().flat_map(|lesion| lesion.visits.keys().copied()).collect();
    let ids: BTreeMap<Date, VisitId> = visits.iter().copied().zip((1..).map(VisitId)).collect();
    let numbered: Vec<(LesionId, &String, &LesionRows)> = rows
        .lesions
        .iter()
        .map(|(label, lesion)| {
            *lesion_number += 1;
            (LesionId(*lesion_number), label, lesion)
        })
        .collect();
    let mut events = Vec::new();
    let mut happens = |kind, date: Option<Date>, lesion| {
        if let Some(date) = date {
            let id = EventId(u32::try_from(events.len() + 1).unwrap_or(u32::MAX));
            events.push(Event { id, patient, lesion, kind, date, visit: None, note: String::new() });
        }
    };
    happens(EventKind::Lost, rows.lost.get(), None);
    happens(EventKind::IntrahepaticDistant, rows.idr.get(), None);
    happens(EventKind::Extrahepatic, rows.extrahepatic.get(), None);
    happens(EventKind::SecondPrimary, rows.second_primary.get(), None);
    for (id, _, lesion) in &numbered {
        happens(EventKind::Resection, lesion.resection.get(), Some(*id));
        for date in lesion.other_therapy.get().unwrap_or_default() {
            happens(EventKind::OtherTherapy, Some(date), Some(*id));
        }
    }
    let lesions = numbered
        .into_iter()
        .map(|(id, label, lesion)| {
            let mut history = LesionHistory::new(patient, id, label.clone());
            history.organ = lesion.organ.get().unwrap_or(Organ::Liver);
            history.index = lesion.index.get().unwrap_or(true);
            history.primary_cancer = rows.primary.get().unwrap_or(PrimaryCancer::Unknown);
            history.sessions = sessions(lesion);
            history.visits = lesion.visits.iter().map(|(date, row)| visit(id, ids[date], *date, *row)).collect();
            history.death_date = rows.death.get();
            history.transplant_date = rows.transplant.get();
            history.events =
                events.iter().filter(|event| event.lesion.is_none_or(|about| about == id)).cloned().collect();
            CourseLesion {
                outcome: derive(&history, settings, today),
                facts: LesionFacts {
                    technique: lesion.technique.get().unwrap_or(AblationModality::Unknown),
                    size_mm: lesion.size_mm.get(),
                    subcapsular: lesion.subcapsular.get().unwrap_or(YesNoUnknown::Unknown),
                    perivascular: lesion.perivascular.get().unwrap_or(YesNoUnknown::Unknown),
                },
                history,
            }
        })
        .collect();
    PatientCourse {
        patient,
        code: code.to_owned(),
        primary: rows.primary.get().unwrap_or(PrimaryCancer::Unknown),
        death_date: rows.death.get(),
        death_cause: rows.death_cause.get().unwrap_or(DeathCause::Unknown),
        last_known_alive: rows.last_known_alive.get(),
        transplant_date: rows.transplant.get(),
        events,
        rest: rows
            .new_tumour
            .iter()
            .filter_map(|(date, seen)| Some(NewTumourSeen { date: *date, seen: seen.get()? }))
            .collect(),
        visits: visits.into_iter().collect(),
        lesions,
    }
}

fn sessions(lesion: &LesionRows) -> Vec<TreatedSession> {
    let success = lesion.technical_success.get().unwrap_or_default();
    let planned = lesion.planned.get().unwrap_or_default();
    let dates = lesion.sessions.get().unwrap_or_default();
    dates
        .into_iter()
        .enumerate()
        .map(|(at, date)| TreatedSession {
            id: SessionId(u32::try_from(at + 1).unwrap_or(u32::MAX)),
            date,
            modality: lesion.technique.get().unwrap_or(AblationModality::Unknown),
            technical_success: success.get(at).copied().unwrap_or(TechnicalSuccess::Unknown),
            planned_before_first_follow_up: planned.get(at).copied().unwrap_or(false),
        })
        .collect()
}

fn visit(
    lesion: LesionId,
    id: VisitId,
    date: Date,
    (answer, adequate, status, _): (Option<Answer>, bool, FindingStatus, u64),
) -> LesionVisit {
    let finding = answer.map(|answer| {
        let key = FindingKey { lesion, visit: id, reader: ReaderId(1), track: Track::Main };
        Finding {
            answer: Some(answer),
            status,
            adequacy: Some(Adequacy { adequate, reason: "as the table says".to_owned(), by_reader: true }),
            ..Finding::draft(key, Stamp::UNIX_EPOCH)
        }
    });
    LesionVisit { id, date, source: VisitSource::Images, study: StudyContent::unknown(), finding, marks: Vec::new() }
}
