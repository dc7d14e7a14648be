//! What loading a series takes of the machine's memory, measured as the system counts it.

use ablation_review::command_line::{self, Asked};
use ablation_review::dicom::{Limits, find};
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

const FOLDER: &str = "ABLATION_REVIEW_TEST_MEMORY";
const SERIES: &str = "ABLATION_REVIEW_TEST_MEMORY_SERIES";
const PIXELS: u16 = 512;
const SLICES: u16 = 100;

fn write_slice(path: &Path, slice: u16) {
    let mut object = InMemDicomObject::new_empty();
    let mut put = |tag, vr, value: PrimitiveValue| {
        object.put(DataElement::new(tag, vr, value));
    };
    let several = |values: &[&str]| PrimitiveValue::Strs(values.iter().map(ToString::to_string).collect());
    let sop = format!("1.2.3.4.{}", slice + 1);
    let value = |n: usize| (n % 1_511) as u16 ^ slice;
    put(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE.into());
    put(tags::SOP_INSTANCE_UID, VR::UI, sop.as_str().into());
    put(tags::STUDY_INSTANCE_UID, VR::UI, "1.2.3.5".into());
    put(tags::SERIES_INSTANCE_UID, VR::UI, "1.2.3.6".into());
    put(tags::FRAME_OF_REFERENCE_UID, VR::UI, "1.2.3.7".into());
    put(tags::MODALITY, VR::CS, "CT".into());
    put(tags::IMAGE_POSITION_PATIENT, VR::DS, several(&["0", "0", &slice.to_string()]));
    put(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, several(&["1", "0", "0", "0", "1", "0"]));
    put(tags::PIXEL_SPACING, VR::DS, several(&["0.7", "0.7"]));
    put(tags::SAMPLES_PER_PIXEL, VR::US, 1u16.into());
    put(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2".into());
    put(tags::ROWS, VR::US, PIXELS.into());
    put(tags::COLUMNS, VR::US, PIXELS.into());
    put(tags::BITS_ALLOCATED, VR::US, 16u16.into());
    put(tags::BITS_STORED, VR::US, 16u16.into());
    put(tags::HIGH_BIT, VR::US, 15u16.into());
    put(tags::PIXEL_REPRESENTATION, VR::US, 1u16.into());
    put(tags::RESCALE_INTERCEPT, VR::DS, "-1024".into());
    put(tags::RESCALE_SLOPE, VR::DS, "1".into());
    put(tags::RESCALE_TYPE, VR::LO, "HU".into());
    let pixels = (0..usize::from(PIXELS) * usize::from(PIXELS)).map(value);
    put(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(pixels.collect()));
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .media_storage_sop_class_uid(uids::CT_IMAGE_STORAGE)
        .media_storage_sop_instance_uid(sop.as_str());
    object.with_meta(meta).unwrap().write_to_file(path).unwrap();
}

/// In a process of its own: runs `volume`, or nothing, and says how much memory that took at most.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    if let Some(series) = std::env::var_os(SERIES) {
        let out = Path::new(&folder).with_extension("nii").into_os_string();
        let args: [OsString; 7] =
            ["ablation-review".into(), "volume".into(), folder, "--series".into(), series, "--out".into(), out];
        let (mut told, mut said) = (Vec::new(), Vec::new());
        let done = command_line::run(args, &mut told, &mut said);
        assert!(matches!(done, Asked::Done(0)), "{}", String::from_utf8_lossy(&said));
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("\npeak {}", peak.trim());
}

/// Peak of resident memory of a process, bytes.
fn peak_bytes(folder: &Path, series: Option<&str>) -> f64 {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "memory::child", "--nocapture"]).env(FOLDER, folder);
    if let Some(series) = series {
        command.env(SERIES, series);
    }
    let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let line = said.lines().find_map(|line| line.strip_prefix("peak ")).unwrap_or_else(|| panic!("{said}"));
    line.split_whitespace().next().unwrap().parse::<f64>().unwrap() * 1_024.0
}

#[test]
fn a_volume_takes_little_more_memory_than_its_voxels() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("series");
    std::fs::create_dir(&folder).unwrap();
    for slice in 0..SLICES {
        write_slice(&folder.join(format!("{slice:03}.dcm")), slice);
    }
    let found = find(std::slice::from_ref(&folder), &Limits::default(), &|_, _| {}, &|| false);
    let series = found.stacks.first().unwrap().info.id.clone();
    let over = peak_bytes(&folder, Some(&series)) - peak_bytes(&folder, None);
    let voxels = 2.0 * f64::from(PIXELS) * f64::from(PIXELS) * f64::from(SLICES);
    println!("{:.3} of the voxels", over / voxels);
    assert!(over > voxels, "the series was not read");
    assert!(over < 1.25 * voxels, "{:.3} of the voxels", over / voxels);
}
