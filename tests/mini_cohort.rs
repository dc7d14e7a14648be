//! The mini-cohort of ten lesions in six patients, entered through the project file and read back from the
//! exported tables: its words, dates and technique efficacy are known by hand.

#![allow(clippy::unwrap_used, clippy::panic)] // what enters the cohort is not inside a test function

use ablation_review::clinical::{
    AblationModality, Adequacy, Answer, Date, DeathCause, Event, EventKind, Finding, FindingKey, Lesion, LesionId,
    NewTumour, Organ, Patient, PatientId, PrimaryCancer, ReaderId, RestOfScan, Session, SessionLesion, Shape, Stamp,
    TechnicalSuccess, Track, TumourType, Visit, VisitId, VisitSource, VitalStatus,
};
use ablation_review::cohort::{Choices, file, statistics};
use ablation_review::export::{Dates, Options, Table, tables, write};
use ablation_review::project::{By, NamedEdit, Project, edits, patient_courses};
use chrono::{Days, TimeZone, Utc};
use std::collections::BTreeMap;

fn day(n: u64) -> Date {
    Date::from_ymd_opt(2025, 1, 1).unwrap().checked_add_days(Days::new(n)).unwrap()
}

fn noon(n: u64) -> Stamp {
    Utc.from_utc_datetime(&day(n).and_hms_opt(12, 0, 0).unwrap())
}

/// Enters a cohort by edits alone, as the window does.
struct Entry {
    project: Project,
    reader: ReaderId,
    visits: BTreeMap<(PatientId, u64), VisitId>,
}

impl Entry {
    fn new(folder: &std::path::Path) -> Self {
        let project = Project::create(&folder.join("mini.ablation"), "NU", noon(0)).unwrap();
        let (reader, edit) = edits::reader(project.document(), "NU");
        let mut entry = Self { project, reader, visits: BTreeMap::new() };
        entry.commit(edit.unwrap());
        entry
    }

    fn commit(&mut self, edit: NamedEdit) {
        self.project.commit(edit, By { reader: Some(self.reader), at: noon(365) }).unwrap();
    }

    fn patient(&mut self, change: impl FnOnce(&mut Patient)) -> PatientId {
        let document = self.project.document();
        let mut patient = Patient::new(document.next_patient(), document.next_patient_code());
        patient.primary = PrimaryCancer::Colorectal;
        change(&mut patient);
        let (id, edit) = (patient.id, edits::patient(document, patient));
        self.commit(edit);
        id
    }

    fn lesion(&mut self, patient: PatientId, label: &str) -> LesionId {
        let document = self.project.document();
        let mut lesion = Lesion::new(document.next_lesion(), patient, label);
        lesion.organ = Organ::Liver;
        lesion.tumour_type = TumourType::Metastasis;
        let (id, edit) = (lesion.id, edits::lesion(document, lesion));
        self.commit(edit);
        id
    }

    fn ablate(&mut self, patient: PatientId, on: u64, lesions: &[LesionId]) {
        let document = self.project.document();
        let treated = |lesion: &LesionId| SessionLesion {
            lesion: *lesion,
            technical_success: TechnicalSuccess::Yes,
            reason: String::new(),
        };
        let session = Session {
            id: document.next_session(),
            patient,
            date: day(on),
            modality: AblationModality::Microwave,
            combined_of: Vec::new(),
            device: String::new(),
            lesions: lesions.iter().map(treated).collect(),
            planned_before_first_follow_up: false,
            note: String::new(),
        };
        let edit = edits::session(document, session);
        self.commit(edit);
    }

    /// Answers for a lesion: c complete, r residual or L progression (both "viable" to the reader), e equivocal.
    fn answers(&mut self, patient: PatientId, lesion: LesionId, course: &[(u64, char)]) {
        for (on, letter) in course {
            let visit = self.visit(patient, *on);
            let key = FindingKey { lesion, visit, reader: self.reader, track: Track::Main };
            let mut finding = Finding::draft(key, noon(365));
            finding.adequacy = Some(Adequacy { adequate: true, reason: "portal venous phase".into(), by_reader: true });
            let (answer, shape) = match letter {
                'c' => (Answer::NoViable, Shape::None),
                'r' | 'L' => (Answer::Viable, Shape::Nodular),
                _ => (Answer::Equivocal, Shape::Eccentric),
            };
            finding.answer = Some(answer);
            finding.shape = Some(shape);
            finding.viable_ld_mm = (answer == Answer::Viable).then_some(11.0);
            let edit = edits::finding(self.project.document(), finding);
            self.commit(edit);
        }
    }

    fn visit(&mut self, patient: PatientId, on: u64) -> VisitId {
        if let Some(known) = self.visits.get(&(patient, on)) {
            return *known;
        }
        let document = self.project.document();
        let id = document.next_visit();
        let visit = Visit { id, patient, date: day(on), source: VisitSource::ReportOnly, note: String::new() };
        let edit = edits::visit(document, visit);
        self.commit(edit);
        self.visits.insert((patient, on), id);
        id
    }

    fn sign_everything(&mut self) {
        for visit in self.visits.clone().into_values() {
            let edit = edits::sign_visit(self.project.document(), visit, Track::Main, self.reader, noon(365)).unwrap();
            self.commit(edit);
        }
    }
}

/// clinical.md 6.7.
fn mini_cohort(folder: &std::path::Path) -> Entry {
    let mut entry = Entry::new(folder);
    let plain = |_: &mut Patient| {};
    let p1 = entry.patient(plain);
    let p2 = entry.patient(plain);
    let p3 = entry.patient(|patient| {
        patient.vital_status = VitalStatus::Dead;
        patient.death_date = Some(day(120));
        patient.death_cause = DeathCause::Other;
    });
    let p4 = entry.patient(plain);
    let p5 = entry.patient(|patient| patient.transplant_date = Some(day(150)));
    let p6 = entry.patient(plain);
    let owners = [p1, p1, p2, p2, p3, p4, p5, p6, p6, p6];
    let lesions: Vec<LesionId> =
        owners.iter().zip(1..).map(|(owner, n)| entry.lesion(*owner, &format!("L{n}"))).collect();
    for patient in [p1, p2, p3, p4, p5, p6] {
        let own: Vec<LesionId> =
            lesions.iter().zip(owners).filter(|(_, owner)| *owner == patient).map(|(lesion, _)| *lesion).collect();
        entry.ablate(patient, 0, &own);
    }
    entry.ablate(p1, 100, &[lesions[1]]);
    entry.ablate(p2, 49, &[lesions[2]]);
    let courses: [&[(u64, char)]; 10] = [
        &[(35, 'c'), (92, 'c'), (183, 'c')],
        &[(35, 'c'), (92, 'L'), (135, 'c'), (190, 'c')],
        &[(35, 'r'), (84, 'c'), (175, 'c')],
        &[(35, 'c'), (92, 'c'), (183, 'L')],
        &[(35, 'c')],
        &[(35, 'r'), (92, 'r')],
        &[(35, 'c'), (92, 'c')],
        &[(35, 'c'), (92, 'c')],
        &[(35, 'e'), (92, 'c')],
        &[],
    ];
    for ((lesion, owner), course) in lesions.iter().zip(owners).zip(courses) {
        entry.answers(owner, *lesion, course);
    }
    let document = entry.project.document();
    let lost = Event {
        id: document.next_event(),
        patient: p6,
        lesion: None,
        kind: EventKind::Lost,
        date: day(92),
        visit: None,
        note: String::new(),
    };
    let edit = edits::event(document, lost);
    entry.commit(edit);
    entry
}

fn options(dates: Dates) -> Options {
    Options { dates, today: day(365) }
}

/// The rows of a table as maps from column to cell.
fn rows_of(tables: &[Table], name: &str) -> Vec<BTreeMap<String, String>> {
    let table = tables.iter().find(|table| table.name == name).unwrap_or_else(|| panic!("no table {name}"));
    let head: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    table.rows.iter().map(|row| head.iter().cloned().zip(row.iter().cloned()).collect()).collect()
}

#[test]
fn the_words_of_the_mini_cohort() {
    let folder = tempfile::tempdir().unwrap();
    let mut entry = mini_cohort(folder.path());
    entry.sign_everything();
    let tables = tables(entry.project.document(), options(Dates::Iso));
    let rows = rows_of(&tables, "lesion_visit");
    let word = |lesion: &str, on: i64| {
        let row = rows.iter().find(|row| row["lesion"] == lesion && row["days_since_first_session"] == on.to_string());
        row.unwrap_or_else(|| panic!("{lesion} has no visit on day {on}"))["derived_word"].clone()
    };
    let expected: &[(&str, &[(i64, &str)])] = &[
        ("L1", &[(35, "complete"), (92, "complete"), (183, "complete")]),
        ("L2", &[(35, "complete"), (92, "ltp"), (135, "ltp_retreated_complete"), (190, "ltp_retreated_complete")]),
        ("L3", &[(35, "incomplete"), (84, "complete_assisted"), (175, "complete_assisted")]),
        ("L4", &[(35, "complete"), (92, "complete"), (183, "ltp")]),
        ("L5", &[(35, "complete")]),
        ("L6", &[(35, "incomplete"), (92, "incomplete")]),
        ("L7", &[(35, "complete"), (92, "complete")]),
        ("L8", &[(35, "complete"), (92, "complete")]),
        ("L9", &[(35, "equivocal"), (92, "complete")]),
        ("L10", &[(35, "none"), (92, "none")]),
    ];
    for (lesion, course) in expected {
        for (on, wanted) in *course {
            assert_eq!(word(lesion, *on), *wanted, "{lesion} on day {on}");
        }
    }
    assert!(rows.iter().filter(|row| !row["answer"].is_empty()).all(|row| row["finding_status"] == "signed"));

    let lesions = rows_of(&tables, "lesions");
    let of = |lesion: &str, column: &str| lesions.iter().find(|row| row["lesion"] == lesion).unwrap()[column].clone();
    assert_eq!((of("L2", "ltp_days"), of("L4", "ltp_days")), ("92".into(), "183".into()));
    assert_eq!(lesions.iter().filter(|row| !row["ltp_days"].is_empty()).count(), 2);
    let entry_days: Vec<String> = (1..=10).map(|n| of(&format!("L{n}"), "first_complete_days")).collect();
    assert_eq!(entry_days, ["35", "35", "84", "35", "35", "", "35", "35", "92", ""]);

    let events: Vec<(String, String, String)> = rows_of(&tables, "events")
        .into_iter()
        .map(|row| (row["patient"].clone(), row["event"].clone(), row["days_since_first_session"].clone()))
        .collect();
    let expected = [
        ("P001", "ltp", "92"),
        ("P001", "repeat_ablation", "100"),
        ("P002", "repeat_ablation", "49"),
        ("P002", "ltp", "183"),
        ("P003", "death", "120"),
        ("P005", "transplant", "150"),
        ("P006", "lost", "92"),
    ];
    let expected: Vec<_> = expected.iter().map(|(p, e, d)| (p.to_string(), e.to_string(), d.to_string())).collect();
    assert_eq!(events, expected);
}

/// "6/8" and the interval, by measure.
fn rates(tables: &[Table]) -> BTreeMap<String, String> {
    rows_of(tables, "efficacy")
        .into_iter()
        .map(|row| {
            let text = format!(
                "{}/{} {} ({}-{})",
                row["complete_n"],
                row["denominator_n"],
                row["percent"],
                row["wilson_low_percent"],
                row["wilson_high_percent"]
            );
            (row["measure"].clone(), text)
        })
        .collect()
}

#[test]
fn the_efficacy_of_the_mini_cohort() {
    let folder = tempfile::tempdir().unwrap();
    let mut entry = mini_cohort(folder.path());

    // Nothing is signed yet: rates count nothing and say what they leave out.
    let drafts = tables(entry.project.document(), options(Dates::Iso));
    assert!(rates(&drafts)["primary_evaluable"].starts_with("0/0 "), "{:?}", rates(&drafts));
    assert!(rows_of(&drafts, "efficacy").iter().all(|row| row["drafts_left_out_n"] == "22"));

    entry.sign_everything();
    let tables = tables(entry.project.document(), options(Dates::Iso));
    let rates = rates(&tables);
    // The intervals were worked out apart from this program, in the form p + z2/2n +- z sqrt(pq/n + z2/4n2).
    assert_eq!(rates["primary_evaluable"], "6/8 75.0 (40.9-92.9)");
    assert_eq!(rates["primary_equivocal_fails"], "6/9 66.7 (35.4-87.9)");
    assert_eq!(rates["primary_all_treated"], "6/10 60.0 (31.3-83.2)");
    assert_eq!(rates["assisted"], "7/8 87.5 (52.9-97.8)");
    assert_eq!(rates["assisted_with_later_complete"], "8/9 88.9 (56.5-98.0)");
    assert_eq!(rates["patients"], "3/6 50.0 (18.8-81.2)");
    let first = &rows_of(&tables, "efficacy")[0];
    assert_eq!(first["window"], "liver: day 21-56, late from 43");
    assert_eq!((first["drafts_left_out_n"].as_str(), first["signed_only"].as_str()), ("0", "yes"));

    let counts: BTreeMap<String, String> = rows_of(&tables, "efficacy_counts")
        .into_iter()
        .map(|row| (row["category"].clone(), row["lesions_n"].clone()))
        .collect();
    for (category, n) in
        [("complete", "6"), ("incomplete", "2"), ("equivocal", "1"), ("not_assessed", "1"), ("treated", "10")]
    {
        assert_eq!(counts[category], n, "{category}");
    }
    let out = rows_of(&tables, "not_in_denominator");
    let who: Vec<&str> = out.iter().map(|row| row["lesion"].as_str()).collect();
    assert_eq!(who, ["L9", "L10"]);
    assert!(out.iter().all(|row| !row["reason"].is_empty() && !row["rule"].is_empty()));
}

#[test]
fn the_mini_cohort_as_files_with_days_holds_no_calendar_date() {
    let folder = tempfile::tempdir().unwrap();
    let mut entry = mini_cohort(folder.path());
    entry.sign_everything();
    let out = folder.path().join("tables");
    let written = write(entry.project.document(), options(Dates::DaysSinceFirstAblation), &out).unwrap();
    assert_eq!(written.files.len(), 17);
    assert_eq!(written.rows["lesion_visit"], 5 + 5 + 5 + 5 + 1 + 2 + 2 + 2 + 2 + 2);
    for file in &written.files {
        let text = std::fs::read_to_string(file).unwrap();
        assert!(!text.contains('\r'));
        // The cohort lives from December 2024 to January 2026: no year may be left.
        for year in ["2024", "2025", "2026"] {
            assert!(!text.contains(year), "{} in {}", year, file.display());
        }
        let mut reader = csv::Reader::from_path(file).unwrap();
        let width = reader.headers().unwrap().len();
        assert!(reader.records().all(|record| record.unwrap().len() == width));
    }
    let dictionary = std::fs::read_to_string(out.join("dictionary.csv")).unwrap();
    assert!(dictionary.contains("technique efficacy (technical effectiveness)"));

    // Days keep the intervals that the dates have.
    let days = rows_of(&tables(entry.project.document(), options(Dates::DaysSinceFirstAblation)), "lesion_visit");
    let dates = rows_of(&tables(entry.project.document(), options(Dates::Iso)), "lesion_visit");
    for (with_days, with_date) in days.iter().zip(&dates) {
        let date: Date = with_date["visit_date"].parse().unwrap();
        assert_eq!(with_days["visit_days_since_first_ablation"], (date - day(0)).num_days().to_string());
    }
}

/// What is printed, without the reasons (whose dates are those of the source) and numbers of visits.
fn numbers(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Array(all) => all.iter_mut().for_each(numbers),
        serde_json::Value::Object(all) => {
            for name in ["because", "patient"] {
                if all.get(name).is_some_and(|value| value.is_string() || value.is_u64()) {
                    all.remove(name);
                }
            }
            all.values_mut().for_each(numbers);
        }
        _ => {}
    }
}

#[test]
fn the_cohort_table_gives_the_same_statistics_as_the_project() {
    let folder = tempfile::tempdir().unwrap();
    let mut entry = mini_cohort(folder.path());
    entry.sign_everything();
    let document = entry.project.document();
    let settings = document.settings();
    let of = |courses: &[ablation_review::outcome::PatientCourse]| {
        let mut all = serde_json::to_value(statistics(courses, &settings, Choices::default())).unwrap();
        numbers(&mut all);
        // Numbers of lesions and visits are the project's own.
        all["efficacy"]["left_out"] = serde_json::Value::Null;
        all
    };
    let direct = of(&patient_courses(document, day(2000)));
    for dates in [Dates::Iso, Dates::DaysSinceFirstAblation] {
        let out = folder.path().join(format!("{dates:?}"));
        write(document, options(dates), &out).unwrap();
        let bytes = std::fs::read(out.join("cohort.csv")).unwrap();
        let read = file::read(&bytes, &settings, None).unwrap();
        assert!(read.ignored_columns.is_empty());
        assert_eq!(of(&read.courses), direct, "{dates:?}");
        let head = String::from_utf8(bytes).unwrap().lines().next().unwrap().to_owned();
        let wanted: Vec<&str> = file::COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(head, wanted.join(","));
    }
}

#[test]
fn the_workbook_is_the_same_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let entry = mini_cohort(folder.path());
    let bytes = |name: &str| {
        let out = folder.path().join(name);
        write(entry.project.document(), options(Dates::Iso), &out).unwrap();
        std::fs::read(out).unwrap()
    };
    let first = bytes("a.xlsx");
    assert!(first.starts_with(b"PK") && first == bytes("b.xlsx"));
}

/// A cohort of random courses with deaths, transplants, re-ablations, other therapy, loss and new tumours.
fn random_cohort(folder: &std::path::Path) -> Entry {
    let mut state = 20_251_120_u64;
    let mut draw = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut entry = Entry::new(folder);
    for _ in 0..24 {
        let death = (draw(4) == 0).then(|| 100 + draw(300));
        let transplant = (draw(8) == 0).then(|| 120 + draw(100));
        let cause = [DeathCause::Cancer, DeathCause::Treatment, DeathCause::Other, DeathCause::Unknown]
            [usize::try_from(draw(4)).unwrap()];
        let alive = draw(700);
        let patient = entry.patient(|patient| {
            patient.death_date = death.map(day);
            patient.death_cause = cause;
            patient.transplant_date = transplant.map(day);
            patient.last_known_alive = death.is_none().then(|| day(alive));
            if draw(3) == 0 {
                patient.primary = PrimaryCancer::Breast;
            }
        });
        let until = death.unwrap_or(2000);
        let lesions: Vec<LesionId> = (0..=draw(3)).map(|n| entry.lesion(patient, &format!("L{}", n + 1))).collect();
        for lesion in &lesions {
            let mut row = entry.project.document().lesion(*lesion).unwrap().clone();
            row.long_axis_mm = (draw(5) > 0).then(|| 8.0 + f64::from(u32::try_from(draw(350)).unwrap()) / 10.0);
            row.organ = [Organ::Liver, Organ::Liver, Organ::Kidney][usize::try_from(draw(3)).unwrap()];
            let edit = edits::lesion(entry.project.document(), row);
            entry.commit(edit);
        }
        entry.ablate(patient, 0, &lesions);
        let days: Vec<u64> = [30 + draw(30), 80 + draw(50), 150 + draw(100), 300 + draw(60)]
            .into_iter()
            .filter(|day| *day < until)
            .collect();
        for lesion in &lesions {
            if draw(4) == 0 {
                let again = 45 + draw(150);
                if again < until {
                    entry.ablate(patient, again, &[*lesion]);
                }
            }
            let mut kept: Vec<(u64, char)> = Vec::new();
            for day in &days {
                let letter = ['c', 'c', 'c', 'c', 'r', 'e'][usize::try_from(draw(6)).unwrap()];
                if draw(6) > 0 {
                    kept.push((*day, letter));
                }
            }
            entry.answers(patient, *lesion, &kept);
        }
        let kinds = [
            EventKind::Lost,
            EventKind::Extrahepatic,
            EventKind::IntrahepaticDistant,
            EventKind::SecondPrimary,
            EventKind::OtherTherapy,
            EventKind::Resection,
        ];
        for kind in kinds {
            if draw(6) == 0 {
                let of_lesion = matches!(kind, EventKind::OtherTherapy | EventKind::Resection);
                let document = entry.project.document();
                let event = Event {
                    id: document.next_event(),
                    patient,
                    lesion: of_lesion.then(|| lesions[0]),
                    kind,
                    date: day(60 + draw(250)),
                    visit: None,
                    note: String::new(),
                };
                let edit = edits::event(document, event);
                entry.commit(edit);
            }
        }
        for day in days {
            if draw(3) > 0
                && let Some(visit) = entry.visits.get(&(patient, day)).copied()
            {
                let new_tumour = match draw(8) {
                    0 => NewTumour::InOrgan("segment II".into()),
                    1 => NewTumour::Outside("lung".into()),
                    2 => NewTumour::NotAssessed,
                    _ => NewTumour::None,
                };
                let rest = RestOfScan { patient, visit, new_tumour: Some(new_tumour), complications: None };
                let edit = edits::rest_of_scan(entry.project.document(), rest);
                entry.commit(edit);
            }
        }
    }
    entry
}

/// Asks the script that makes every figure of an export again. Without Python there is nothing to ask.
fn recomputed(folder: &std::path::Path) -> Option<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/recompute/recompute.py");
    let output = std::process::Command::new("python3").arg(script).arg(folder).output().ok()?;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {said}", folder.display());
    Some(said)
}

#[test]
fn another_program_makes_every_figure_of_an_export_again() {
    let folder = tempfile::tempdir().unwrap();
    for (name, random) in [("mini", false), ("random", true)] {
        let place = folder.path().join(name);
        std::fs::create_dir(&place).unwrap();
        let mut entry = if random { random_cohort(&place) } else { mini_cohort(&place) };
        entry.sign_everything();
        for dates in [Dates::Iso, Dates::DaysSinceFirstAblation] {
            let out = place.join(format!("{dates:?}"));
            write(entry.project.document(), Options { dates, today: day(2000) }, &out).unwrap();
            match recomputed(&out) {
                Some(said) => println!("{name}, {dates:?}: {said}"),
                None => println!("no python3 here: the figures were not made again"),
            }
        }
    }
}
