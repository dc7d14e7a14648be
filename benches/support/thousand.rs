//! A project of a thousand patients, for the cohort's bench and its test.

use ablation_review::clinical::*;
use ablation_review::project::{By, ChangeKind, NamedEdit, Op, Project, Row};
use std::path::Path;

/// How many patients there are.
pub const PATIENTS: u32 = 1_000;

fn date(day: i64) -> Date {
    Date::from_ymd_opt(2024, 1, 1).unwrap() + chrono::TimeDelta::days(day)
}

/// A thousand patients: two lesions and four visits each, half of them read and signed at the first follow-up.
pub fn write(path: &Path) {
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
