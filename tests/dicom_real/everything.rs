//! Every file of others, one by one, and every series that is a volume, against independent readers
//! (`tests/fixtures/everything/make.py`).

use super::{found, slice};
use crate::support::real;
use ablation_review::dicom::{FoundStack, Limits, Shape, find, read_grid_slice};
use ablation_review::volume::{SliceData, Unit};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// One file as pydicom sees it.
#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    Image(Box<Image>),
    NoImage { sop_class: String },
}

#[derive(Deserialize)]
struct Image {
    sop: String,
    series: String,
    patient: String,
    modality: String,
    /// Columns, rows, frames.
    size: [u32; 3],
    syntax: String,
    unit: String,
    spacing: Option<[f64; 2]>,
    cosines: Option<[f64; 6]>,
    /// Where the first and the last frame lie.
    places: Vec<Option<[f64; 3]>>,
    /// Least, greatest, sum, of both.
    values: Vec<Option<[f64; 3]>>,
}

/// Files of which one of both readers makes something else, and why ours is right.
const OTHERWISE: [(&str, &str); 3] = [
    ("ExplVR_BigEndNoMeta.dcm", "pydicom refuses files without a preamble"),
    ("ExplVR_LitEndNoMeta.dcm", "pydicom refuses files without a preamble"),
    ("MR_truncated.dcm", "cut short: pydicom gives nothing, ours the rows that are there"),
];

/// Lossy decoders may differ by rounding.
const LOSSY: [&str; 5] = [
    "1.2.840.10008.1.2.4.50",
    "1.2.840.10008.1.2.4.51",
    "1.2.840.10008.1.2.4.91",
    "1.2.840.10008.1.2.4.203",
    "1.2.840.10008.1.2.4.112",
];

fn fixture<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/everything").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Values of a frame after rescale: least, greatest, sum, and how many there are.
fn values(stack: &FoundStack, k: usize) -> Option<([f64; 3], f64)> {
    let data = slice(stack, k).ok()?;
    if matches!(data, SliceData::Rgb8(_)) {
        return None;
    }
    let rescale = stack.info.rescale[k];
    let all = (0..data.len()).map(|n| rescale.apply(data.stored(n).unwrap()));
    let sum = all.clone().sum();
    Some(([all.clone().fold(f64::INFINITY, f64::min), all.fold(f64::NEG_INFINITY, f64::max), sum], data.len() as f64))
}

fn near(ours: f64, theirs: f64, within: f64) -> bool {
    (ours - theirs).abs() <= within
}

/// What differs between a file here and there.
fn differences(stack: &FoundStack, image: &Image) -> Vec<String> {
    let info = &stack.info;
    let mut wrong = Vec::new();
    let mut same = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            wrong.push(format!("{what}: {ours}, pydicom {theirs}"));
        }
    };
    same("sop", info.frames[0].sop_uid.clone(), image.sop.clone());
    if !image.series.is_empty() {
        same("series", info.series_uid.clone(), image.series.clone());
    }
    same("patient", stack.identity.dicom_patient_id.clone(), image.patient.clone());
    same("modality", info.modality_text.clone(), image.modality.clone());
    same("syntax", info.transfer_syntaxes.join(","), image.syntax.clone());
    same("unit", info.unit.code().to_owned(), image.unit.clone());
    same("size", format!("{:?}", [info.columns, info.rows, info.frames.len() as u32]), format!("{:?}", image.size));
    if let (Some(ours), Some(theirs)) = (info.pixel_spacing_mm, image.spacing) {
        same("spacing", format!("{ours:?}"), format!("{theirs:?}"));
    }
    let ends = [0, image.size[2] - 1];
    for (n, frame) in ends.iter().take(image.places.len()).enumerate() {
        let Some(k) = info.frames.iter().position(|f| f.frame == *frame) else {
            wrong.push(format!("frame {frame} is not there"));
            continue;
        };
        if let (Some([x, y, z]), Some([a, b, c, d, e, f]), Some(ours)) =
            (image.places[n], image.cosines, info.frames[k].position_mm)
        {
            let theirs = x * (b * f - c * e) + y * (c * d - a * f) + z * (a * e - b * d);
            if !near(ours, theirs, 1e-3) {
                wrong.push(format!("position {ours}, pydicom {theirs}"));
            }
        }
        let Some(theirs) = image.values[n] else { continue };
        let Some((ours, count)) = values(stack, k) else {
            wrong.push(format!("frame {frame} was not read: {:?}", slice(stack, k).err().map(|e| e.to_string())));
            continue;
        };
        let lossy = LOSSY.contains(&image.syntax.as_str());
        // Rounding in lossy decoders: few units at an end, far less than one on average.
        let (end, sum) = if lossy { (4.0, count * 0.5) } else { (1e-6 * theirs[1].abs(), 1e-9 * theirs[2].abs()) };
        if !(near(ours[0], theirs[0], end) && near(ours[1], theirs[1], end) && near(ours[2], theirs[2], sum.max(1e-3)))
        {
            wrong.push(format!("values {ours:?}, pydicom {theirs:?}"));
        }
    }
    wrong
}

#[test]
fn every_file_is_what_an_independent_reader_sees() {
    let Some(readme) = real("README.md", "every_file_is_what_an_independent_reader_sees") else { return };
    let root = readme.parent().unwrap();
    let files: BTreeMap<String, Option<File>> = fixture("files.json");
    let all = super::volumes::all_files(root);
    assert_eq!(all.len(), files.len(), "make.py is to be run again");
    let (mut wrong, mut images) = (Vec::new(), 0);
    for (name, about) in &files {
        let found = found(&root.join(name));
        let otherwise = OTHERWISE.iter().any(|(end, _)| name.ends_with(end))
            || name.contains("/DICOMDIR")
            || name.ends_with(".zip");
        match about {
            Some(File::Image(image)) => {
                images += 1;
                let Some(stack) = found.stacks.first() else {
                    wrong.push(format!("{name}: {:?}", found.skipped));
                    continue;
                };
                wrong.extend(differences(stack, image).into_iter().map(|what| format!("{name}: {what}")));
            }
            Some(File::NoImage { sop_class }) if !found.stacks.is_empty() && !otherwise => {
                wrong.push(format!("{name}: pydicom sees no image in {sop_class}"));
            }
            None if !found.stacks.is_empty() && !otherwise => wrong.push(format!("{name}: pydicom sees no DICOM")),
            Some(File::NoImage { .. }) | None => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(images > 200, "{images} images");
}

/// A series as SimpleITK reads it.
#[derive(Deserialize)]
struct Series {
    files: Vec<String>,
    shape_kji: [u32; 3],
    affine_lps: [[f64; 4]; 3],
    sum: f64,
    /// Place in k, j, i order, and value.
    samples: Vec<(usize, f64)>,
}

#[test]
fn every_volume_equals_simpleitk() {
    let Some(readme) = real("README.md", "every_volume_equals_simpleitk") else { return };
    let all: Vec<Series> = fixture("volumes.json");
    assert!(all.len() > 12);
    for series in all {
        let paths: Vec<_> = series.files.iter().map(|name| readme.with_file_name(name)).collect();
        let name = &series.files[0];
        let found = find(&paths, &Limits::default(), &|_, _| {}, &|| false);
        let [stack] = found.stacks.as_slice() else { panic!("{name}: {} stacks", found.stacks.len()) };
        let Shape::Volume(grid) = &stack.info.shape else { panic!("{name}: {:?}", stack.info.shape) };
        let [slices, rows, columns] = series.shape_kji;
        assert_eq!(grid.dims, [columns, rows, slices], "{name}");
        for (ours, theirs) in grid.affine_lps().as_flattened().iter().zip(series.affine_lps.as_flattened()) {
            assert!(near(*ours, *theirs, 1e-3), "{name}: {ours} {theirs}");
        }
        let mut voxels = Vec::new();
        for k in 0..slices {
            let data = read_grid_slice(&stack.info, k, &stack.sources, &Limits::default()).unwrap();
            let rescale = stack.info.rescale[k as usize];
            voxels.extend((0..data.len()).map(|n| rescale.apply(data.stored(n).unwrap())));
        }
        let sum: f64 = voxels.iter().sum();
        assert!(near(sum, series.sum, 1e-6 * series.sum.abs()), "{name}: {sum} {}", series.sum);
        for (place, value) in series.samples {
            let whole = stack.info.unit == Unit::Hu;
            let within = if whole { 0.0 } else { 1e-4 * value.abs() };
            assert!(near(voxels[place], value, within), "{name} at {place}: {} {value}", voxels[place]);
        }
    }
}
