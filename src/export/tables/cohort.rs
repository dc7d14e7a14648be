//! The whole cohort as `ablation-review cohort FILE.csv` reads it, so that its statistics can be made again from the file.

use super::super::cell::Cell;
use super::super::dates::Dates;
use super::super::gathered::Gathered;
use super::super::table::{Column, Table, Values, column, number};
use crate::clinical::{
    AblationModality, Answer, Date, DeathCause, Event, EventKind, FindingStatus, Organ, Patient, PrimaryCancer,
    TechnicalSuccess, Track, VisitId, YesNoUnknown,
};
use crate::outcome::{CourseLesion, PatientCourse, VisitOutcome, Word};
use crate::project::patient_course;

struct Row<'a> {
    all: &'a Gathered<'a>,
    dates: Dates,
    patient: &'a Patient,
    course: &'a PatientCourse,
    lesion: &'a CourseLesion,
    visit: Option<&'a VisitOutcome>,
}

impl Row<'_> {
    fn day(&self, date: Option<Date>) -> Cell {
        let first = self.all.first_ablation(self.patient.id);
        date.map_or(Cell::Blank, |date| Cell::Code(self.dates.day(date, first)))
    }

    fn days(&self, dates: impl IntoIterator<Item = Date>) -> Cell {
        let first = self.all.first_ablation(self.patient.id);
        Cell::list(dates.into_iter().map(|date| self.dates.day(date, first)))
    }

    fn first(&self, kind: EventKind) -> Option<Date> {
        let own = |event: &&Event| event.kind == kind && event.lesion.is_none();
        self.course.events.iter().filter(own).map(|event| event.date).min()
    }

    fn of_lesion(&self, kind: EventKind) -> impl Iterator<Item = Date> {
        let lesion = self.lesion.history.lesion;
        let mut dates: Vec<Date> = self
            .course
            .events
            .iter()
            .filter(|event| event.kind == kind && event.lesion == Some(lesion))
            .map(|event| event.date)
            .collect();
        dates.sort_unstable();
        dates.into_iter()
    }

    /// The answer, where it has a word: what no rule lets count is no answer of a table.
    fn answer(&self) -> Option<Answer> {
        self.visit.filter(|visit| visit.word.value != Word::None).and_then(|visit| visit.answer)
    }

    /// Whether a definite answer counts.
    fn adequate(&self) -> Cell {
        match self.answer() {
            Some(Answer::NoViable | Answer::Viable | Answer::Equivocal) => {
                Cell::yes_no(self.visit.is_some_and(|visit| visit.word.value != Word::NotEvaluable))
            }
            _ => Cell::Blank,
        }
    }

    fn status(&self) -> Option<FindingStatus> {
        self.answer()?;
        let visit: VisitId = self.visit?.visit;
        self.all.document.finding_for(self.lesion.history.lesion, visit, Track::Main).map(|finding| finding.status)
    }

    fn sessions(&self) -> Vec<&crate::outcome::TreatedSession> {
        let mut sessions: Vec<_> = self.lesion.history.sessions.iter().collect();
        sessions.sort_by_key(|session| (session.date, session.id));
        sessions
    }

    fn new_tumour(&self) -> Cell {
        let seen = self.visit.and_then(|visit| self.course.rest.iter().find(|rest| rest.date == visit.date));
        seen.map_or(Cell::Blank, |rest| Cell::Code(super::visits::new_tumour_code(&rest.seen).to_owned()))
    }
}

#[rustfmt::skip]
fn columns<'a>() -> Vec<Column<Row<'a>>> {
    vec![
        column("patient", "the study's own code of the patient", Values::Any, |r| Cell::Code(r.patient.code.clone())),
        column("lesion", "label of the lesion, unique in its patient", Values::Any, |r| Cell::Code(r.lesion.outcome.label.clone())),
        column("visit", "day of the study, as date or days; blank for a lesion never imaged", Values::Any, |r| r.day(r.visit.map(|visit| visit.date))),
        column("answer", "what is seen at the site; blank where nobody answered, or no rule lets the answer count", Values::one::<Answer>("answer"),
            |r| Cell::code_or_blank(r.answer())),
        column("sessions", "ablations of the lesion, as dates or days parted by a semicolon", Values::Any, |r| r.days(r.sessions().iter().map(|session| session.date))),
        column("adequate", "whether the answer counts: the study is adequate for organ and tumour", Values::YesNo, Row::adequate),
        column("status", "drafts are left out of rates", Values::one::<FindingStatus>("finding_status"), |r| Cell::code_or_blank(r.status())),
        column("technical_success", "of each session, in the order of sessions", Values::several::<TechnicalSuccess>("technical_success"),
            |r| Cell::codes(r.sessions().iter().map(|session| session.technical_success))),
        column("planned", "of each session: planned before the first follow-up scan (yes; no)", Values::Any,
            |r| Cell::list(r.sessions().iter().map(|session| if session.planned_before_first_follow_up { "yes" } else { "no" }.to_owned()))),
        column("index", "aimed at in the first treatment, as against new later", Values::YesNo, |r| Cell::yes_no(r.lesion.outcome.index)),
        column("organ", "organ, which sets the window", Values::one::<Organ>("organ"), |r| Cell::code(r.lesion.outcome.organ)),
        column("technique", "how tissue was destroyed in the first session", Values::one::<AblationModality>("ablation_modality"), |r| Cell::code(r.lesion.facts.technique)),
        number("size_mm", "longest axial diameter before treatment", "mm", |r| Cell::tenths(r.lesion.facts.size_mm)),
        column("subcapsular", "within 5 mm of the capsule", Values::one::<YesNoUnknown>("yes_no_unknown"), |r| Cell::code(r.lesion.facts.subcapsular)),
        column("perivascular", "within 5 mm of a vessel of 3 mm or more", Values::one::<YesNoUnknown>("yes_no_unknown"), |r| Cell::code(r.lesion.facts.perivascular)),
        column("other_therapy", "other local therapy of the lesion, as dates or days parted by a semicolon", Values::Any, |r| r.days(r.of_lesion(EventKind::OtherTherapy))),
        column("resection", "resection of the lesion", Values::Any, |r| r.day(r.of_lesion(EventKind::Resection).next())),
        column("primary", "primary cancer", Values::one::<PrimaryCancer>("primary_cancer"), |r| Cell::code(r.course.primary)),
        column("new_tumour", "new tumour away from the treated sites at this visit; blank is not assessed",
            Values::of("new_tumour", super::visits::NEW_TUMOUR), Row::new_tumour),
        column("idr", "first new tumour in the treated organ that was entered as an event", Values::Any, |r| r.day(r.first(EventKind::IntrahepaticDistant))),
        column("extrahepatic", "first new tumour outside the organ that was entered as an event", Values::Any, |r| r.day(r.first(EventKind::Extrahepatic))),
        column("second_primary", "first sign of another cancer", Values::Any, |r| r.day(r.first(EventKind::SecondPrimary))),
        column("death", "death", Values::Any, |r| r.day(r.course.death_date)),
        column("death_cause", "what of", Values::one::<DeathCause>("death_cause"),
            |r| Cell::code_or_blank(r.course.death_date.map(|_| r.course.death_cause))),
        column("last_known_alive", "last sign of life, as entered", Values::Any, |r| r.day(r.course.last_known_alive)),
        column("transplant", "liver transplant", Values::Any, |r| r.day(r.course.transplant_date)),
        column("lost", "lost to follow-up", Values::Any, |r| r.day(r.first(EventKind::Lost))),
    ]
}

/// The table. Columns are those of `cohort::file::COLUMNS`, in their order.
pub(in super::super) fn table(all: &Gathered<'_>, dates: Dates) -> Table {
    let courses: Vec<(&Patient, PatientCourse)> = all
        .patients()
        .into_iter()
        .filter_map(|patient| Some((patient, patient_course(all.document, patient.id, all.today)?)))
        .collect();
    let mut rows = Vec::new();
    for (patient, course) in &courses {
        for lesion in &course.lesions {
            let row = |visit| Row { all, dates, patient, course, lesion, visit };
            if lesion.outcome.visits.is_empty() {
                rows.push(row(None));
            }
            rows.extend(lesion.outcome.visits.iter().map(|visit| row(Some(visit))));
        }
    }
    Table::build(
        "cohort",
        "one row a lesion and visit with all that outcomes rest on: what `ablation-review cohort FILE.csv` reads",
        &columns(),
        &rows,
        dates,
        |r| r.all.first_ablation(r.patient.id),
    )
}
