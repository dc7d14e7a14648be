//! A small study for tests of screens: two visits with two series of two slices each, and a file that is no image.

use crate::clinical::{
    AblationModality, Answer, Complications, Lesion, LesionId, NewTumour, PatientId, Session, SessionId, SessionLesion,
    Shape, TechnicalSuccess, VisitId,
};
use crate::workbench::{Executor, Request, Setup, Workbench};
use chrono::TimeZone;
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use std::path::Path;
use std::sync::Arc;

/// A workbench that does all work at once, with its project in a folder that vanishes.
pub fn bench() -> (Workbench, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Workbench::new(Setup {
        executor: Executor::Inline,
        wake: Arc::new(|| {}),
        clock: Arc::new(|| chrono::Utc.with_ymd_and_hms(2026, 6, 1, 8, 0, 0).unwrap()),
        user_folder: folder.path().join("user"),
        budget_bytes: 1 << 26,
    });
    bench.ask(Request::NewProject(folder.path().join("study.ablation")));
    settle(&mut bench);
    (bench, folder)
}

/// The same with the study imported.
pub fn bench_with_images() -> (Workbench, tempfile::TempDir) {
    let (mut bench, folder) = bench();
    let images = folder.path().join("images");
    std::fs::create_dir(&images).unwrap();
    for date in ["20260101", "20260310"] {
        for (series, description) in [(3, "Liver arterial"), (4, "Liver portal venous")] {
            for slice in 0..2 {
                write_slice(&images, date, series, description, slice);
            }
        }
    }
    std::fs::write(images.join("notes.txt"), "no image").unwrap();
    bench.ask(Request::Open(vec![images]));
    settle(&mut bench);
    assert_eq!(bench.document().unwrap().stacks().count(), 4, "{:?}", bench.notices());
    (bench, folder)
}

/// A workbench with one study that carries no date.
pub fn bench_with_undated_images() -> (Workbench, tempfile::TempDir) {
    let (mut bench, folder) = bench();
    let images = folder.path().join("images");
    std::fs::create_dir(&images).unwrap();
    for slice in 0..2 {
        write_slice(&images, UNDATED, 4, "Liver portal venous", slice);
    }
    bench.ask(Request::Open(vec![images]));
    settle(&mut bench);
    (bench, folder)
}

/// The same with a lesion that was treated between the visits, and read as complete and signed.
pub fn bench_with_reading() -> (Workbench, tempfile::TempDir) {
    let (mut bench, folder) = bench_with_images();
    let patient = PatientId(1);
    let after = bench.document().unwrap().visits_of(patient).last().map(|visit| visit.id).unwrap();
    bench.ask(Request::SetReader("AB".to_owned()));
    bench.ask(Request::PutLesion(Box::new(Lesion::new(LesionId(1), patient, "L1"))));
    bench.ask(Request::PutSession(Box::new(Session {
        id: SessionId(1),
        patient,
        date: chrono::NaiveDate::from_ymd_opt(2026, 2, 3).unwrap(),
        modality: AblationModality::Microwave,
        combined_of: Vec::new(),
        device: String::new(),
        lesions: vec![SessionLesion {
            lesion: LesionId(1),
            technical_success: TechnicalSuccess::Yes,
            reason: String::new(),
        }],
        planned_before_first_follow_up: false,
        note: String::new(),
    })));
    settle(&mut bench);
    for request in [
        Request::SelectVisit(after),
        Request::SelectLesion(LesionId(1)),
        Request::Answer(Answer::NoViable),
        Request::Shape(Some(Shape::None)),
        Request::Adequacy { adequate: true, reason: "portal venous phase is there".to_owned() },
        Request::NewTumour(Some(NewTumour::None)),
        Request::Complications(Some(Complications::None)),
    ] {
        bench.ask(request);
        settle(&mut bench);
    }
    (bench, folder)
}

/// Signs the chosen visit.
pub fn sign(bench: &mut Workbench) {
    bench.ask(Request::Sign);
    settle(bench);
    let visit = bench.selection().visit.unwrap();
    let document = bench.document().unwrap();
    assert!(document.signature(visit, crate::clinical::Track::Main).is_some(), "{:?}", bench.notices());
}

/// The visit that was read.
pub fn second_visit(bench: &Workbench) -> VisitId {
    bench.document().unwrap().visits_of(PatientId(1)).last().unwrap().id
}

/// Takes in what was done.
pub fn settle(bench: &mut Workbench) {
    for _ in 0..8 {
        bench.pump();
    }
}

/// Instead of a date: the study carries none.
pub const UNDATED: &str = "0";

fn write_slice(folder: &Path, date: &str, series: u32, description: &str, slice: u32) {
    let series_uid = format!("1.2.3.{date}.{series}");
    let sop_uid = format!("{series_uid}.{}", slice + 1);
    let position = format!("{}", slice * 5);
    let mut object = InMemDicomObject::new_empty();
    let mut put = |tag: Tag, vr: VR, value: PrimitiveValue| {
        object.put(DataElement::new(tag, vr, value));
    };
    let several = |values: &[&str]| PrimitiveValue::Strs(values.iter().map(ToString::to_string).collect());
    put(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE.into());
    put(tags::SOP_INSTANCE_UID, VR::UI, sop_uid.as_str().into());
    if date != UNDATED {
        put(tags::STUDY_DATE, VR::DA, date.into());
    }
    put(tags::MODALITY, VR::CS, "CT".into());
    put(tags::SERIES_DESCRIPTION, VR::LO, description.into());
    put(tags::PATIENT_NAME, VR::PN, "Sample^Patient".into());
    put(tags::PATIENT_ID, VR::LO, "S1".into());
    put(tags::SLICE_THICKNESS, VR::DS, "5".into());
    put(tags::STUDY_INSTANCE_UID, VR::UI, format!("1.2.3.{date}").as_str().into());
    put(tags::SERIES_INSTANCE_UID, VR::UI, series_uid.as_str().into());
    put(tags::SERIES_NUMBER, VR::IS, series.to_string().as_str().into());
    put(tags::INSTANCE_NUMBER, VR::IS, (slice + 1).to_string().as_str().into());
    put(tags::IMAGE_POSITION_PATIENT, VR::DS, several(&["0", "0", &position]));
    put(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, several(&["1", "0", "0", "0", "1", "0"]));
    put(tags::FRAME_OF_REFERENCE_UID, VR::UI, format!("1.2.3.{date}.1").as_str().into());
    put(tags::SAMPLES_PER_PIXEL, VR::US, 1u16.into());
    put(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2".into());
    put(tags::ROWS, VR::US, 8u16.into());
    put(tags::COLUMNS, VR::US, 8u16.into());
    put(tags::PIXEL_SPACING, VR::DS, several(&["1", "1"]));
    put(tags::BITS_ALLOCATED, VR::US, 16u16.into());
    put(tags::BITS_STORED, VR::US, 16u16.into());
    put(tags::HIGH_BIT, VR::US, 15u16.into());
    put(tags::PIXEL_REPRESENTATION, VR::US, 1u16.into());
    put(tags::RESCALE_INTERCEPT, VR::DS, "0".into());
    put(tags::RESCALE_SLOPE, VR::DS, "1".into());
    put(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(vec![40u16; 64].into()));
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .media_storage_sop_class_uid(uids::CT_IMAGE_STORAGE)
        .media_storage_sop_instance_uid(sop_uid.as_str());
    object.with_meta(meta).unwrap().write_to_file(folder.join(format!("{sop_uid}.dcm"))).unwrap();
}
