//! Project files of every format, as the version that came with it wrote them. Every later version opens them.
//!
//! The newest was made once by `cargo test project::fixture::write -- --ignored` and committed; none is ever written
//! again. A new format adds a file of its own beside them.

use super::scene::*;
use ablation_review::alignment::{How, Placement};
use ablation_review::clinical::*;
use ablation_review::geometry::{PatientVector, Rigid};
use ablation_review::project::*;
use std::path::{Path, PathBuf};

pub fn fixture(format: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/project_v{format}.ablation"))
}

#[test]
#[ignore = "writes the fixture, once"]
fn write() {
    let path = fixture(2);
    let mut project = Project::create(&path, "NU", at(0)).unwrap();
    story(&mut project);
    let stack = project.document().stacks().next().unwrap().clone();
    let grouping = Op::Put(Row::Grouping(split(project.document(), &stack)));
    let edit = NamedEdit::new(ChangeKind::Grouping, "Series split by hand", vec![grouping]).of(stack.patient);
    project.commit(edit, by(None, 23)).unwrap();
    let archived = edits::archive_patient(project.document(), stack.patient, true).unwrap();
    project.commit(archived, by(None, 24)).unwrap();
    drop(project);
    std::fs::remove_file(path.with_extension("ablation.lock")).ok();
}

/// One patient, two visits, L1 treated once: read and signed before, viable and amended after.
fn story(project: &mut Project) {
    let mut minute = 0;
    let mut commit = |project: &mut Project, edit: NamedEdit, sidecar: &Sidecar| {
        minute += 1;
        let reader = project.document().readers().next().map(|reader| reader.id);
        project.commit_with(edit, by(reader, minute), sidecar).unwrap();
    };
    let plain = Sidecar::default();
    let (reader, add) = edits::reader(project.document(), "NU");
    commit(project, add.unwrap(), &plain);
    let (edit, sidecar) = import(project.document(), None, date("2025-11-20"), 1, 4);
    let (patient, pre) = (edit.patient.unwrap(), edit.visit.unwrap());
    commit(project, edit, &sidecar);
    let (edit, sidecar) = import(project.document(), Some(patient), date("2026-03-04"), 2, 4);
    let post = edit.visit.unwrap();
    commit(project, edit, &sidecar);
    let stack = |project: &Project, visit, n: usize| project.document().stacks_of(visit)[n].info.key;
    let (pre_stack, post_stack) = (stack(project, pre, 0), stack(project, post, 0));

    let mut lesion = Lesion::new(project.document().next_lesion(), patient, "L1");
    lesion.segments = vec![LiverSegment::IVa];
    lesion.long_axis_mm = Some(18.5);
    lesion.place = Some(LesionPlace { stack: pre_stack, left_mm: -31.25, posterior_mm: 12.1, superior_mm: 40.7 });
    let id = lesion.id;
    commit(project, edits::lesion(project.document(), lesion), &plain);
    let session = Session {
        id: project.document().next_session(),
        patient,
        date: date("2025-12-02"),
        modality: AblationModality::Microwave,
        combined_of: Vec::new(),
        device: "14 G antenna".into(),
        lesions: vec![SessionLesion { lesion: id, technical_success: TechnicalSuccess::Yes, reason: String::new() }],
        planned_before_first_follow_up: false,
        note: String::new(),
    };
    commit(project, edits::session(project.document(), session), &plain);
    let how = How::Matched { reader, at: at(6) };
    let rigid_mm = Rigid::shift(PatientVector::new(0.0, 0.0, 9.3));
    let placement = Placement { from: pre_stack, to: post_stack, lesion: Some(id), rigid_mm, how };
    commit(project, edits::placement(project.document(), placement), &plain);

    let info = MarkInfo {
        id: project.document().next_mark(),
        role: MarkRole::ViableTumour,
        lesions: vec![id],
        patient,
        visit: post,
        reader,
        stack: post_stack,
        ordinal: 1,
        primary: true,
    };
    let first = delta(&[(1, runs(&[(100, 10), (164, 10)])), (2, runs(&[(101, 8)]))]);
    commit(project, edits::new_mark(project.document(), info.clone(), grid(4), first, Some(measured(0.04))), &plain);
    let stroke = delta(&[(2, runs(&[(101, 8)])), (3, runs(&[(170, 3)]))]);
    let stroke = edits::mark_stroke(project.document(), info.id, stroke, None).unwrap();
    commit(project, stroke, &plain);

    let key = FindingKey { lesion: id, visit: post, reader, track: Track::Main };
    let finding = Finding { answer: Some(Answer::Equivocal), ..Finding::draft(key, at(9)) };
    commit(project, edits::finding(project.document(), finding), &plain);
    let rest = RestOfScan {
        patient,
        visit: post,
        new_tumour: Some(NewTumour::None),
        complications: Some(Complications::Present("small biloma".into())),
    };
    commit(project, edits::rest_of_scan(project.document(), rest), &plain);
    let sign = edits::sign_visit(project.document(), post, Track::Main, reader, at(11)).unwrap();
    commit(project, sign, &plain);
    let reason = AmendmentReason::NewInformation;
    let amend =
        edits::amend_visit(project.document(), post, Track::Main, reader, at(12), reason, "PET of 9 March").unwrap();
    commit(project, amend, &plain);
    let finding = Finding {
        answer: Some(Answer::Viable),
        shape: Some(Shape::Nodular),
        viable_ld_mm: Some(12.3),
        overrides: vec![Override { rule: "R10".into(), reason: OverrideReason::OtherModality, text: "PET".into() }],
        ..project.document().finding(key).unwrap().clone()
    };
    commit(project, edits::finding(project.document(), finding), &plain);
    let event = Event {
        id: project.document().next_event(),
        patient,
        lesion: Some(id),
        kind: EventKind::Resection,
        date: date("2026-05-06"),
        visit: None,
        note: String::new(),
    };
    commit(project, edits::event(project.document(), event), &plain);
    commit(project, edits::park(project.document(), id, post, "ask for the PET"), &plain);
    commit(project, edits::settings(StudySettings { visit_span_days: 5, ..StudySettings::default() }), &plain);
    project.undo(by(Some(reader), 20)).unwrap();
    project.redo(by(Some(reader), 21)).unwrap();
    commit(project, edits::role(project.document(), pre_stack, StackRole::CtArterial).unwrap(), &plain);
    project.undo(by(Some(reader), 22)).unwrap();
}

fn copy_of(format: u32, folder: &Path) -> PathBuf {
    let path = folder.join(format!("v{format}.ablation"));
    std::fs::copy(fixture(format), &path).unwrap();
    path
}

fn format_of(path: &Path) -> i32 {
    let file = rusqlite::Connection::open(path).unwrap();
    file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

#[test]
fn the_first_format_is_read_without_a_change_and_migrated_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = copy_of(1, folder.path());
    let before = std::fs::read(&path).unwrap();
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
    let read = Project::open(&path, OpenAs::ReadOnly, "NU", at(60)).unwrap().project;
    assert_eq!(full_check(&path, Default::default()).unwrap().unwrap().problems, Vec::<String>::new());
    assert!(std::fs::read(&path).unwrap() == before, "reading an older file changes nothing of it");

    let opened = Project::open(&path, OpenAs::Writer, "NU", at(60)).unwrap();
    assert_eq!(opened.read_only, None);
    assert_eq!(opened.notes.len(), 1);
    assert!(opened.notes[0].contains("was brought up to date"), "{:?}", opened.notes);
    assert!(opened.project.document() == read.document());
    assert_eq!(format_of(&path), 2);
    let backup = folder.path().join("v1.ablation.backup-1");
    assert_eq!(format_of(&backup), 1, "the backup is as the file was");
    assert!(*Project::open(&backup, OpenAs::ReadOnly, "", at(61)).unwrap().project.document() == *read.document());
    drop(read);
    holds_the_story(opened.project);
    // Another opening finds nothing to do.
    let again = Project::open(&path, OpenAs::Writer, "NU", at(63)).unwrap();
    assert_eq!((&again.read_only, &again.notes), (&None, &Vec::new()));
    drop(again);
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
}

#[test]
fn the_second_format_opens_with_all_that_was_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = copy_of(2, folder.path());
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
    let opened = Project::open(&path, OpenAs::Writer, "NU", at(60)).unwrap();
    assert_eq!((opened.read_only, opened.notes), (None, Vec::new()));
    let mut project = opened.project;
    let grouping = project.document().groupings().next().unwrap();
    assert_eq!((grouping.kind, grouping.groups.len(), grouping.groups[0].len()), (GroupingKind::Split, 2, 2));
    assert!(project.document().patients().next().unwrap().archived);
    assert_eq!(project.undo(by(None, 61)).unwrap().label, "Undo: P001 archived");
    assert_eq!(project.undo(by(None, 61)).unwrap().label, "Undo: Series split by hand");
    assert!(!project.document().patients().next().unwrap().archived);
    drop(project);
    assert_eq!(check(&path).unwrap().problems, Vec::<String>::new());
}

fn holds_the_story(mut project: Project) {
    let document = project.document();

    assert_eq!(document.patients().map(|patient| patient.code.as_str()).collect::<Vec<_>>(), ["P001"]);
    let visits = document.visits_of(PatientId(1));
    assert_eq!(visits.iter().map(|v| v.date).collect::<Vec<_>>(), [date("2025-11-20"), date("2026-03-04")]);
    let (pre, post) = (visits[0].id, visits[1].id);
    assert_eq!(document.stacks_of(pre).len(), 1);
    assert_eq!(document.stacks_of(post).len(), 2);
    let stack = document.stacks_of(post)[0];
    assert_eq!(stack.role, StackRole::CtPortalVenous);
    assert_eq!(*stack.info, stack_info(u64::from(post.0) * 100, "1.2.840.7.2", 4));
    let lesion = document.lesions_of(PatientId(1)).next().unwrap();
    assert_eq!((lesion.label.as_str(), lesion.long_axis_mm, lesion.segments[0]), ("L1", Some(18.5), LiverSegment::IVa));
    assert_eq!(lesion.place.unwrap().superior_mm, 40.7);
    assert_eq!(document.sessions_of(PatientId(1))[0].device, "14 G antenna");
    assert_eq!(document.placements().next().unwrap().rigid_mm.shift_mm(), PatientVector::new(0.0, 0.0, 9.3));

    let finding = document.finding_for(lesion.id, post, Track::Main).unwrap();
    assert_eq!((finding.answer, finding.shape), (Some(Answer::Viable), Some(Shape::Nodular)));
    assert_eq!((finding.viable_ld_mm, finding.status), (Some(12.3), FindingStatus::Draft));
    assert_eq!(finding.overrides[0].rule, "R10");
    let amendment = document.amendments_of(post).next().unwrap();
    assert_eq!(amendment.before[0].answer, Some(Answer::Equivocal));
    assert_eq!(amendment.before[0].status, FindingStatus::Signed);
    assert_eq!(document.signature(post, Track::Main), None);
    assert_eq!(document.rest_of_scan(post).unwrap().complications, Some(Complications::Present("small biloma".into())));
    assert_eq!(document.events_of(PatientId(1))[0].kind, EventKind::Resection);
    assert_eq!(document.park(lesion.id, post).unwrap().text, "ask for the PET");
    assert_eq!(document.settings().visit_span_days, 5);

    // 20 voxels on slice 1, slice 2 taken away again, 3 on slice 3.
    let mark = document.mark_for(lesion.id, post, MarkRole::ViableTumour).unwrap();
    let mask = document.mask(mark.info.id).unwrap();
    assert_eq!(mask.slices().keys().copied().collect::<Vec<_>>(), [1, 3]);
    assert_eq!(mask.voxel_count(), 23);
    assert_eq!(mark.measured, None, "dropped by the stroke");

    assert_eq!(project.store().identities().unwrap(), vec![(PatientId(1), identity())]);
    assert_eq!(project.store().paths_of(stack.info.key).unwrap().len(), 4);
    let labels: Vec<_> = project.history().entries().iter().map(|entry| entry.label.as_str()).collect();
    assert_eq!(
        labels,
        [
            "Reader NU added",
            "Images of 2025-11-20 imported",
            "Images of 2026-03-04 imported",
            "L1 added",
            "Ablation of L1 on 2025-12-02 added",
            "L1: two series matched",
            "L1, +92 d: viable tumour marked",
            "L1, +92 d: viable tumour changed",
            "L1, +92 d: equivocal",
            "P001, 2026-03-04: rest of the scan",
            "P001, 2026-03-04: signed",
            "P001, 2026-03-04: amended, new information",
            "L1, +92 d: viable tumour",
            "Resection on 2026-05-06 added",
            "L1, +92 d: parked",
            "Study settings changed",
            "Undo: Study settings changed",
            "Redo: Study settings changed",
            "Series 100 is CT arterial",
            "Undo: Series 100 is CT arterial",
        ]
    );

    // It can still be undone and changed.
    let entry = project.undo(by(None, 61)).unwrap();
    assert_eq!(entry.label, "Undo: Study settings changed");
    assert_eq!(project.document().settings(), StudySettings::default());
    assert_eq!(project.redo(by(None, 62)).unwrap().label, "Redo: Study settings changed");
}
