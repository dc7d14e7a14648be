//! Tables of a small document made by hand.

use super::*;
use crate::clinical::{
    AblationModality, Adequacy, Answer, Complications, Finding, FindingKey, Lesion, LesionId, MarkId, MarkInfo,
    MarkRole, NewTumour, Patient, PatientId, Reader, ReaderId, RestOfScan, Session, SessionId, SessionLesion, Shape,
    StackKey, StackRole, Stamp, Study, TechnicalSuccess, Track, Visit, VisitId, VisitSource,
};
use crate::dicom::testing::stack_info;
use crate::dicom::{FrameRef, Shape as StackShape, StackInfo};
use crate::geometry::{Grid, PatientDirection, PatientPoint, SpaceId};
use crate::project::{Edit, MarkRecord, Measured, Op, Row, StackRecord};
use crate::volume::Rescale;
use chrono::TimeZone;
use std::collections::BTreeMap;
use std::sync::Arc;

fn day(n: u64) -> Date {
    Date::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Days::new(n)
}

fn at(n: u64) -> Stamp {
    chrono::Utc.from_utc_datetime(&day(n).and_hms_opt(8, 0, 0).unwrap())
}

fn options(dates: Dates) -> Options {
    Options { dates, today: day(365) }
}

fn grid() -> Grid {
    Grid {
        origin: PatientPoint::new(0.0, 0.0, 0.0),
        axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
        spacing_mm: [1.0, 1.0, 3.0],
        dims: [2, 2, 1],
        space: SpaceId("space".into()),
    }
}

fn stack(n: u8, role: StackRole) -> Row {
    let info = StackInfo {
        description: "Doe Jane portal".into(),
        rows: 2,
        columns: 2,
        shape: StackShape::Volume(grid()),
        pixel_spacing_mm: Some([1.0, 1.0]),
        frames: vec![FrameRef { sop_uid: format!("1.{n}.1"), frame: 0, position_mm: Some(0.0) }],
        rescale: vec![Rescale::default()],
        kernel: crate::clinical::Kernel::Soft,
        ..stack_info(n, crate::clinical::Modality::Ct)
    };
    Row::Stack(StackRecord {
        info: Arc::new(info),
        patient: PatientId(1),
        role,
        role_because: String::new(),
        role_by_reader: false,
        hangs_for: None,
    })
}

fn mark(id: u32, visit: u32, role: MarkRole, volume_ml: f64, longest_mm: f64) -> Row {
    let info = MarkInfo {
        id: MarkId(id),
        role,
        lesions: vec![LesionId(1)],
        patient: PatientId(1),
        visit: VisitId(visit),
        reader: ReaderId(1),
        stack: StackKey([1; 16]),
        ordinal: 1,
        primary: true,
    };
    let measured = Measured {
        volume_ml: Some(volume_ml),
        longest_axial_mm: Some(longest_mm),
        perpendicular_mm: Some(longest_mm / 2.0),
        longest_px: None,
        mean: Some(-12.34),
        sd: Some(9.96),
        unit: "HU".into(),
    };
    Row::Mark(MarkRecord { info, grid: grid(), measured: Some(measured) })
}

/// One patient, one lesion, a session on day 21, scans on days 0, 56 and 113.
fn document() -> Document {
    let mut patient = Patient::new(PatientId(1), "P001");
    patient.note = "=HYPERLINK(\"http://evil\")".into();
    let mut lesion = Lesion::new(LesionId(1), PatientId(1), "L1");
    lesion.site = "dome, \"hot\" spot\nnext line".into();
    lesion.note = "seen first on 12.12.25".into();
    let session = Session {
        id: SessionId(1),
        patient: PatientId(1),
        date: day(21),
        modality: AblationModality::Combined,
        combined_of: vec![AblationModality::Microwave, AblationModality::Ethanol],
        device: "-17 G".into(),
        lesions: vec![SessionLesion {
            lesion: LesionId(1),
            technical_success: TechnicalSuccess::No,
            reason: "@home".into(),
        }],
        planned_before_first_follow_up: false,
        note: String::new(),
    };
    let visit = |id, on| {
        Row::Visit(Visit {
            id: VisitId(id),
            patient: PatientId(1),
            date: day(on),
            source: VisitSource::Images,
            note: String::new(),
        })
    };
    let finding = |visit, answer| {
        let key = FindingKey { lesion: LesionId(1), visit: VisitId(visit), reader: ReaderId(1), track: Track::Main };
        let mut finding = Finding::draft(key, at(120));
        finding.adequacy = Some(Adequacy { adequate: true, reason: "see film of 3/14/26".into(), by_reader: true });
        finding.answer = Some(answer);
        finding.shape = Some(if answer == Answer::Viable { Shape::Nodular } else { Shape::ThinSmoothRim });
        Row::Finding(finding)
    };
    let rest = RestOfScan {
        patient: PatientId(1),
        visit: VisitId(3),
        new_tumour: Some(NewTumour::InOrgan("segment II".into())),
        complications: Some(Complications::NotAssessed),
    };
    let rows = vec![
        Row::Reader(Reader { id: ReaderId(1), initials: "NU".into() }),
        Row::Patient(patient),
        visit(1, 0),
        visit(2, 56),
        visit(3, 113),
        Row::Study(Study {
            uid: "study".into(),
            patient: PatientId(1),
            visit: VisitId(3),
            date: Some(day(113)),
            description: String::new(),
        }),
        stack(1, StackRole::CtPortalVenous),
        stack(2, StackRole::CtUnenhanced),
        Row::Lesion(lesion),
        Row::Session(session),
        finding(2, Answer::NoViable),
        finding(3, Answer::Viable),
        Row::RestOfScan(rest),
        mark(1, 2, MarkRole::AblationZone, 25.4, 42.04),
        mark(2, 3, MarkRole::AblationZone, 15.9, 36.05),
        mark(3, 3, MarkRole::ViableTumour, 0.7, 11.0),
    ];
    let edit = Edit::new(rows.into_iter().map(Op::Put).collect());
    Document::default().prepare(edit).unwrap().after
}

fn rows_of(document: &Document, dates: Dates, name: &str) -> Vec<BTreeMap<String, String>> {
    let tables = tables(document, options(dates));
    let table = tables.iter().find(|table| table.name == name).unwrap();
    let head: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    table.rows.iter().map(|row| head.iter().cloned().zip(row.iter().cloned()).collect()).collect()
}

#[test]
fn a_lesion_visit_row_says_what_was_answered_marked_and_derived() {
    let rows = rows_of(&document(), Dates::Iso, "lesion_visit");
    assert_eq!(rows.len(), 3);
    let row = &rows[2];
    for (column, wanted) in [
        ("patient", "P001"),
        ("lesion", "L1"),
        ("visit_date", "2026-04-24"),
        ("days_since_first_session", "92"),
        ("days_since_last_session", "92"),
        ("time_point", "month_3"),
        ("answer", "viable"),
        ("shape", "nodular"),
        ("second_shape", ""),
        ("derived_word", "ltp"),
        ("derived_rule", "R01"),
        ("derived_from_draft", "yes"),
        ("finding_status", "draft"),
        ("reader", "NU"),
        ("adequacy", "adequate"),
        ("adequacy_by_reader", "yes"),
        ("viable_ld_mm", "11.0"),
        ("viable_ld_source", "mark"),
        ("zone_marks_n", "1"),
        ("zone_volume_ml", "15.90"),
        ("zone_volume_change_percent", "-37.4"), // (15.9 - 25.4) / 25.4: a number stays a number
        ("zone_longest_axial_mm", "36.1"),
        ("zone_mean", "-12.3"),
        ("zone_sd", "10.0"),
        ("zone_unit", "HU"),
        ("tumour_volume_ml", ""),
    ] {
        assert_eq!(row[column], wanted, "{column}");
    }
    assert!(row["derived_reason"].contains("2026-02-26"), "{}", row["derived_reason"]);
    assert_eq!(rows[0]["time_point"], "baseline");
    assert_eq!(rows[0]["zone_volume_ml"], "", "blank is not zero");
    assert_eq!(rows[1]["zone_volume_change_percent"], "");
}

#[test]
fn the_other_tables() {
    let document = document();
    let visits = rows_of(&document, Dates::Iso, "visits");
    let row = &visits[2];
    for (column, wanted) in [
        ("visit_status", "draft"),
        ("modalities", "CT"),
        ("stack_roles", "ct_unenhanced;ct_portal_venous"),
        ("contrast", "yes"),
        ("stacks_n", "2"),
        ("thinnest_slice_step_mm", "3.00"),
        ("new_tumour_elsewhere", "in_organ"),
        ("new_tumour_where", "segment II"),
        ("complications", "not_assessed"),
        ("signed_by", ""),
    ] {
        assert_eq!(row[column], wanted, "{column}");
    }
    assert_eq!(visits[0]["visit_status"], "unread");
    assert_eq!(visits[0]["complications"], "", "blank is not none");
    let session = &rows_of(&document, Dates::Iso, "sessions")[0];
    assert_eq!((session["combined_of"].as_str(), session["lesions"].as_str()), ("mwa;ethanol", "L1"));
    let treated = &rows_of(&document, Dates::Iso, "lesion_session")[0];
    assert_eq!((treated["primary_course"].as_str(), treated["technical_success"].as_str()), ("yes", "no"));
    let patient = &rows_of(&document, Dates::Iso, "patients")[0];
    assert_eq!((patient["first_ablation_date"].as_str(), patient["death_cause"].as_str()), ("2026-01-22", ""));
    let event = rows_of(&document, Dates::Iso, "events");
    assert!(event.is_empty(), "a draft makes no event: rates count signed answers alone");
}

#[test]
fn cells_that_a_spreadsheet_would_run_are_defused() {
    let document = document();
    assert_eq!(rows_of(&document, Dates::Iso, "patients")[0]["note"], "'=HYPERLINK(\"http://evil\")");
    assert_eq!(rows_of(&document, Dates::Iso, "sessions")[0]["device"], "'-17 G");
    assert_eq!(rows_of(&document, Dates::Iso, "lesion_session")[0]["technical_failure_reason"], "'@home");
    for table in tables(&document, options(Dates::Iso)) {
        for cell in table.rows.iter().flatten() {
            let number = cell.parse::<f64>().is_ok();
            assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{} holds {cell:?}", table.name);
        }
    }
}

#[test]
fn with_days_no_calendar_date_is_left() {
    let document = document();
    let lesion = &rows_of(&document, Dates::DaysSinceFirstAblation, "lesions")[0];
    assert_eq!(lesion["note"], dates::LEFT_OUT);
    assert_eq!(lesion["first_session_days_since_first_ablation"], "0");
    let rows = rows_of(&document, Dates::DaysSinceFirstAblation, "lesion_visit");
    assert_eq!(rows[0]["visit_days_since_first_ablation"], "-21");
    assert_eq!(rows[2]["answered_days_since_first_ablation"], "99");
    assert_eq!(rows[2]["adequacy_reason"], dates::LEFT_OUT, "a reader's words about a film");
    assert!(rows[2]["derived_reason"].contains("day 35"), "{}", rows[2]["derived_reason"]);
    for table in tables(&document, options(Dates::DaysSinceFirstAblation)) {
        let texts = table.rows.iter().flatten().chain(table.columns.iter().map(|column| &column.name));
        for text in texts {
            assert!(!text.contains("2026") && !text.contains("2025"), "{} holds {text:?}", table.name);
        }
        assert!(table.columns.iter().all(|column| !column.name.ends_with("_date")), "{}", table.name);
    }
}

#[test]
fn nothing_of_the_person_or_the_files_gets_into_tables() {
    for table in tables(&document(), options(Dates::Iso)) {
        for cell in table.rows.iter().flatten() {
            assert!(!cell.contains("Doe") && !cell.contains("Jane"), "{} holds {cell:?}", table.name);
        }
    }
}

#[test]
fn every_column_has_a_meaning_and_every_cell_an_allowed_value() {
    for table in tables(&document(), options(Dates::Iso)) {
        let mut names: Vec<&String> = table.columns.iter().map(|column| &column.name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), table.columns.len(), "{} names a column twice", table.name);
        for (at, column) in table.columns.iter().enumerate() {
            assert!(!column.meaning.is_empty(), "{}.{}", table.name, column.name);
            let code_like = column.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            assert!(code_like, "{}.{}", table.name, column.name);
            for unit in ["mm", "ml", "days", "years", "px", "percent"] {
                let suffix = format!("_{unit}");
                let wanted = if unit == "percent" { "%" } else { unit };
                assert!(!column.name.ends_with(&suffix) || column.unit == wanted, "{}.{}", table.name, column.name);
            }
            for row in &table.rows {
                let cell = &row[at];
                match &column.values {
                    Values::YesNo => assert!(["yes", "no"].contains(&cell.as_str()), "{}: {cell}", column.name),
                    Values::Codes { codes, several, .. } => {
                        for part in cell.split(';').filter(|part| !part.is_empty()) {
                            assert!(codes.iter().any(|(code, _)| *code == part), "{}: {part}", column.name);
                        }
                        assert!(*several || !cell.contains(';'), "{}: {cell}", column.name);
                    }
                    Values::Any | Values::Day | Values::Typed => {}
                }
            }
        }
    }
}

#[test]
fn a_file_gets_the_lesion_visits_and_its_dictionary() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("follow.up.csv");
    let written = write(&document(), options(Dates::Iso), &file).unwrap();
    assert_eq!(written.files, [file.clone(), folder.path().join("follow.up.dictionary.csv")]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("patient,lesion,visit_id,") && !text.contains('\r') && text.ends_with('\n'));
    let mut dictionary = csv::Reader::from_path(&written.files[1]).unwrap();
    assert_eq!(dictionary.headers().unwrap().iter().collect::<Vec<_>>(), write::DICTIONARY_HEAD);
    let columns: Vec<String> = dictionary.records().map(|row| row.unwrap()[1].to_owned()).collect();
    let head: Vec<String> = text.lines().next().unwrap().split(',').map(str::to_owned).collect();
    assert_eq!(columns, head, "the dictionary lists the columns of the file, in order");
    assert_eq!(std::fs::read(&file).unwrap(), {
        write(&document(), options(Dates::Iso), &file).unwrap();
        std::fs::read(&file).unwrap()
    });
}

#[test]
fn what_cannot_be_exported_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |document: &Document, name: &str| {
        write(document, options(Dates::Iso), &folder.path().join(name)).unwrap_err().to_string()
    };
    assert!(refused(&Document::default(), "a.csv").contains("no lesion yet"));
    assert!(refused(&Document::default(), "folder").contains("no lesion yet"));
    assert!(refused(&document(), "a.ablation").contains("ends in .csv or .xlsx"));
    let lesion_alone = Edit::new(vec![
        Op::Put(Row::Patient(Patient::new(PatientId(1), "P001"))),
        Op::Put(Row::Lesion(Lesion::new(LesionId(1), PatientId(1), "L1"))),
    ]);
    let lesion_alone = Document::default().prepare(lesion_alone).unwrap().after;
    assert!(refused(&lesion_alone, "a.csv").contains("no lesion of the project has a visit"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a refusal writes nothing");
    write(&lesion_alone, options(Dates::Iso), &folder.path().join("folder")).unwrap();
}

#[test]
fn the_guide_lists_exactly_these_columns_and_codes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/guide/formats.md");
    let page = std::fs::read_to_string(path).unwrap();
    let with = |page: &str, part: &str, text: &str| {
        let (start, end) = (format!("<!-- {part}: made from the code -->\n\n"), format!("<!-- end of {part} -->"));
        let from = page.find(&start).unwrap_or_else(|| panic!("no {start}")) + start.len();
        let to = page.find(&end).unwrap_or_else(|| panic!("no {end}"));
        format!("{}{text}{}", &page[..from], &page[to..])
    };
    let wanted = with(&with(&page, "columns", &columns_markdown()), "codes", &coded_lists_markdown());
    let wanted = with(&wanted, "cohort file", &format!("{}\n", crate::cohort::file::columns_markdown()));
    if std::env::var_os("ABLATION_REVIEW_WRITE_GUIDE").is_some() {
        std::fs::write(path, &wanted).unwrap();
        return;
    }
    assert!(page == wanted, "run with ABLATION_REVIEW_WRITE_GUIDE=1 to write the guide anew, then look at the change");
}
