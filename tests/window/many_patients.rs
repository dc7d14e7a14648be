//! The cohort of a thousand patients: opened, scrolled and filtered.

use super::person::Person;
use ablation_review::clinical::*;
use ablation_review::project::{By, ChangeKind, NamedEdit, Op, Project, Row};
use ablation_review::workbench::Request;
use ablation_review::workbench::cohort_rows::CohortFilter;
use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use std::path::Path;
use std::time::{Duration, Instant};

const PATIENTS: u32 = 1_000;

fn date(day: i64) -> Date {
    Date::from_ymd_opt(2024, 1, 1).unwrap() + chrono::TimeDelta::days(day)
}

/// A thousand patients: two lesions and four visits each, half of them read and signed at the first follow-up.
fn write(path: &Path) {
    let at: Stamp = "2024-09-01T08:00:00Z".parse().unwrap();
    let mut project = Project::create(path, "NU", at).unwrap();
    let reader = ReaderId(1);
    let mut ops = vec![Op::Put(Row::Reader(Reader { id: reader, initials: "NU".into() }))];
    for n in 1..=PATIENTS {
        let patient = PatientId(n);
        let start = i64::from(n % 200);
        ops.push(Op::Put(Row::Patient(Patient::new(patient, format!("P{n:04}")))));
        let lesions = [2 * n - 1, 2 * n].map(LesionId);
        for (k, lesion) in lesions.into_iter().enumerate() {
            ops.push(Op::Put(Row::Lesion(Lesion::new(lesion, patient, format!("L{}", k + 1)))));
        }
        let treated =
            |lesion| SessionLesion { lesion, technical_success: TechnicalSuccess::Yes, reason: String::new() };
        ops.push(Op::Put(Row::Session(Session {
            id: SessionId(n),
            patient,
            date: date(start + 20),
            modality: AblationModality::Microwave,
            combined_of: Vec::new(),
            device: String::new(),
            lesions: lesions.map(treated).to_vec(),
            planned_before_first_follow_up: false,
            note: String::new(),
        })));
        for (k, day) in [0, 55, 112, 203].into_iter().enumerate() {
            let id = VisitId(4 * (n - 1) + k as u32 + 1);
            let source = VisitSource::ReportOnly;
            ops.push(Op::Put(Row::Visit(Visit { id, patient, date: date(start + day), source, note: String::new() })));
            if k != 1 || n % 2 == 0 {
                continue;
            }
            for lesion in lesions {
                let key = FindingKey { lesion, visit: id, reader, track: Track::Main };
                let status = FindingStatus::Signed;
                let finding = Finding {
                    answer: Some(Answer::NoViable),
                    shape: Some(Shape::None),
                    adequacy: Some(Adequacy { adequate: true, reason: "by eye".into(), by_reader: true }),
                    status,
                    ..Finding::draft(key, at)
                };
                ops.push(Op::Put(Row::Finding(finding)));
            }
            ops.push(Op::Put(Row::Signature(Signature { patient, visit: id, reader, track: Track::Main, at })));
        }
    }
    let by = By { reader: None, at };
    project.commit(NamedEdit::new(ChangeKind::Import, "a thousand patients", ops), by).unwrap();
}

#[test]
fn a_thousand_patients_open_and_scroll() {
    let mut person = Person::at_the_window();
    let path = person.folder().join("thousand.ablation");
    write(&path);
    person.bench_mut().ask(Request::Open(vec![path]));
    person.until("open", |person| person.bench().desk().is_some() && !person.bench().is_busy());

    let start = Instant::now();
    person.ctrl(Key::Home);
    let opened = start.elapsed();
    person.reads("1000 patients");
    person.nothing_is_clipped();

    let rows = person.bench().cohort_rows();
    assert_eq!(rows.len(), PATIENTS as usize);
    assert_eq!(rows.iter().filter(|row| row.lesions.len() == 2 && row.visits.len() == 4).count(), rows.len());
    let to_read = rows.iter().filter(|row| row.is(CohortFilter::ToRead)).count();
    assert_eq!(to_read, rows.len(), "the odd ones at 3 months, the even ones at 4-6 weeks");
    assert_eq!(rows.iter().filter(|row| row.is(CohortFilter::Done)).count(), 0);

    // Scrolling draws what is seen and works nothing out anew.
    let start = Instant::now();
    const FRAMES: u32 = 60;
    for frame in 0..FRAMES {
        person.harness.hover_at(eframe::egui::pos2(600.0, 400.0));
        person.harness.event(eframe::egui::Event::MouseWheel {
            unit: eframe::egui::MouseWheelUnit::Point,
            delta: eframe::egui::vec2(0.0, -300.0 - frame as f32),
            phase: eframe::egui::TouchPhase::Move,
            source: eframe::egui::MouseWheelSource::Wheel,
            modifiers: eframe::egui::Modifiers::NONE,
        });
        person.harness.step();
    }
    let a_frame = start.elapsed() / FRAMES;
    println!("1,000 patients: cohort opened in {opened:?}, {a_frame:?} a frame of scrolling (this build)");
    // Without optimisation this is many times slower than in the program that people get.
    assert!(opened < Duration::from_secs(8), "{opened:?}");
    assert!(a_frame < Duration::from_millis(400), "{a_frame:?}");

    person.type_into("Search patients", "P0777");
    person.reads("1 of 1000 patients");
    person.click(Role::Button, "Open P0777");
    let chosen = person.bench().selection().patient.unwrap();
    assert_eq!(person.document().patient(chosen).unwrap().code, "P0777");
}
