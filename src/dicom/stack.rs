//! From the instances of a series to its stacks.

use super::found::{FoundStack, FrameRef, FrameSource, Shape, Skipped, StackInfo};
use super::instance::Instance;
use super::kernel::kernel;
use super::limits::Limits;
use super::regular::{ON_GRID_MM, Stacking, stacking};
use super::rules::{Part, split};
use super::value::{PetTags, set_series_start, to_suv};
use crate::clinical::{Oddity, StackKey};
use crate::geometry::{Grid, SpaceId};
use crate::volume::Rescale;
use sha2::{Digest, Sha256};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// The key of a set of frames: the first 16 bytes of SHA-256 over its (SOP Instance UID, frame) pairs,
/// sorted by the bytes of the UID, then by frame, repeats left out. A pair is written as the UID in ASCII
/// without padding, one zero byte, and the frame number from 0 as four bytes, big endian.
#[must_use]
pub fn stack_key<'a>(frames: impl IntoIterator<Item = (&'a str, u32)>) -> StackKey {
    let sorted: BTreeSet<(&str, u32)> = frames.into_iter().collect();
    let mut hash = Sha256::new();
    for (uid, frame) in sorted {
        hash.update(uid.as_bytes());
        hash.update([0]);
        hash.update(frame.to_be_bytes());
    }
    let digest = hash.finalize();
    let mut key = [0; 16];
    key.iter_mut().zip(digest.iter()).for_each(|(to, from)| *to = *from);
    StackKey(key)
}

/// Groups instances into stacks. What is a copy of another, or too large, goes to `skipped`.
pub(super) fn stacks(instances: Vec<Instance>, limits: &Limits, skipped: &mut Vec<Skipped>) -> Vec<FoundStack> {
    let mut series: BTreeMap<(String, String), Vec<Instance>> = BTreeMap::new();
    for instance in instances {
        series.entry((instance.study.uid.clone(), instance.series_uid.clone())).or_default().push(instance);
    }
    let mut stacks = Vec::new();
    for ((_, series_uid), mut instances) in series {
        instances.sort_by(order_of_files);
        set_series_start(instances.iter_mut().filter_map(|i| i.pet.as_deref_mut()));
        let repeated = take_copies(&mut instances, skipped);
        for (ordinal, part) in split(instances).into_iter().enumerate() {
            let id = if ordinal == 0 { series_uid.clone() } else { format!("{series_uid}#{}", ordinal + 1) };
            let copies = part.instances.iter().filter(|i| repeated.contains(&i.sop_uid)).count();
            match stack(id, part, copies, limits) {
                Ok(stack) => stacks.push(stack),
                Err(too_large) => skipped.extend(too_large),
            }
        }
    }
    stacks.sort_by_cached_key(|s| {
        (s.study.date, s.info.study_uid.clone(), s.info.series_number, s.info.series_uid.clone(), ordinal(&s.info.id))
    });
    stacks
}

fn ordinal(id: &str) -> usize {
    id.rsplit_once('#').and_then(|(_, n)| n.parse().ok()).unwrap_or(1)
}

/// By number and UID as the scanner wrote them, then by file: the same whatever order files were found in.
fn order_of_files(a: &Instance, b: &Instance) -> Ordering {
    let key = |i: &Instance| (i.acquisition_number, i.instance_number);
    key(a).cmp(&key(b)).then_with(|| a.sop_uid.cmp(&b.sop_uid)).then_with(|| a.path.cmp(&b.path))
}

/// Takes out all but the first file of each instance. Files that share a UID but show another place or time
/// are no copies (some de-identifying tools give every file one UID) and stay. Gives the UIDs with copies.
fn take_copies(instances: &mut Vec<Instance>, skipped: &mut Vec<Skipped>) -> BTreeSet<String> {
    let mut kept: Vec<Instance> = Vec::with_capacity(instances.len());
    let mut seen: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut repeated = BTreeSet::new();
    for instance in instances.drain(..) {
        let same = seen.entry(instance.sop_uid.clone()).or_default();
        let first = same.iter().filter_map(|n| kept.get(*n)).find(|first| is_copy(first, &instance));
        if let Some(first) = first {
            let first = first.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let reason = format!("A copy of \"{}\": the same image, used once.", super::text::clean(&first));
            skipped.push(Skipped { file: instance.path, reason });
            repeated.insert(instance.sop_uid);
        } else {
            same.push(kept.len());
            kept.push(instance);
        }
    }
    *instances = kept;
    repeated
}

fn is_copy(a: &Instance, b: &Instance) -> bool {
    a.position == b.position
        && a.instance_number == b.instance_number
        && a.format.rows == b.format.rows
        && a.format.columns == b.format.columns
        && a.format.frames == b.format.frames
        && a.identity.dicom_patient_id == b.identity.dicom_patient_id
        && a.acquisition.time_s == b.acquisition.time_s
}

/// Builds one stack, or gives the files of one that is too large.
fn stack(id: String, part: Part, copies: usize, limits: &Limits) -> Result<FoundStack, Vec<Skipped>> {
    let Part { mut instances, split_by } = part;
    let normal = instances.first().and_then(Instance::normal);
    if let Some(normal) = normal {
        // Stable: frames without a position, or at the same one, stay in the order of their numbers.
        instances.sort_by(|a, b| {
            let along = |i: &Instance| i.along_mm(normal).unwrap_or(f64::INFINITY);
            along(a).total_cmp(&along(b))
        });
    }
    let pixels: u64 = instances.iter().map(|i| i.format.frame_pixels() * u64::from(i.format.frames)).sum();
    if pixels > limits.stack_pixels {
        let reason = super::ReadError::TooManyPixels { pixels, most: limits.stack_pixels }.to_string();
        return Err(instances.into_iter().map(|i| Skipped { file: i.path, reason: reason.clone() }).collect());
    }
    let frames = frames(&instances);
    let key = stack_key(frames.iter().map(|(frame, _, _)| (frame.sop_uid.as_str(), frame.frame)));
    // A tag that varies through the stack is taken from its middle, where the patient surely is.
    let Some(middle) = instances.get(instances.len() / 2) else { return Err(Vec::new()) };
    let shows_colour = middle.format.shows_colour();
    let (shape, mut oddities) = shape(&instances, key);
    oddities.extend(more_oddities(&instances, &shape, copies));
    let padding = middle.padding.filter(|_| instances.iter().all(|i| i.padding == middle.padding));
    let syntaxes: BTreeSet<&String> = instances.iter().map(|i| &i.syntax).collect();
    let mut acquisition = middle.acquisition.clone();
    acquisition.time_s = instances.iter().filter_map(|i| i.acquisition.time_s).min_by(f64::total_cmp);
    acquisition.after_contrast_s =
        instances.iter().filter_map(|i| i.acquisition.after_contrast_s).min_by(f64::total_cmp);
    let mut rescale: Vec<Rescale> = frames.iter().map(|(_, _, instance)| instance.rescale).collect();
    let (mut unit, mut windows) = (middle.unit, middle.windows.clone());
    let pet: Vec<&PetTags> = frames.iter().filter_map(|(_, _, instance)| instance.pet.as_deref()).collect();
    let suv = if pet.len() == frames.len() && !shows_colour {
        to_suv(&pet, &mut rescale, &mut unit, &mut windows, &mut oddities)
    } else {
        None
    };
    let info = StackInfo {
        key,
        id,
        series_uid: middle.series_uid.clone(),
        study_uid: middle.study.uid.clone(),
        series_number: middle.series_number,
        description: middle.description.clone(),
        modality: middle.modality,
        modality_text: middle.modality_text.clone(),
        rows: middle.format.rows,
        columns: middle.format.columns,
        shape,
        pixel_spacing_mm: middle.pixel_spacing_mm,
        frame_of_reference_uid: middle.frame_of_reference_uid.clone(),
        rescale,
        unit,
        padding,
        small_is_bright: middle.small_is_bright(),
        windows,
        mapped: middle.mapped,
        suv,
        overlays: instances.iter().any(|i| i.overlays),
        transfer_syntaxes: syntaxes.into_iter().cloned().collect(),
        split_by: (!split_by.is_empty()).then(|| split_by.join(", ")),
        oddities,
        kernel: kernel(&acquisition.kernel_text),
        acquisition,
        frames: frames.iter().map(|(frame, _, _)| frame.clone()).collect(),
    };
    Ok(FoundStack {
        info,
        identity: middle.identity.clone(),
        sex: middle.sex,
        study: middle.study.clone(),
        sources: frames.into_iter().map(|(_, source, _)| source).collect(),
    })
}

fn frames(instances: &[Instance]) -> Vec<(FrameRef, FrameSource, &Instance)> {
    let normal = instances.first().and_then(Instance::normal);
    let of = |instance: &Instance, frame: u32| {
        let placed = normal.filter(|_| instance.format.frames == 1 && !instance.enhanced);
        let position_mm = placed.and_then(|normal| instance.along_mm(normal));
        let source = FrameSource { path: instance.path.clone(), frame, size: instance.size, mtime: instance.mtime };
        (FrameRef { sop_uid: instance.sop_uid.clone(), frame, position_mm }, source)
    };
    instances
        .iter()
        .flat_map(|instance| {
            (0..instance.format.frames).map(move |frame| {
                let (frame, source) = of(instance, frame);
                (frame, source, instance)
            })
        })
        .collect()
}

/// Volume or pictures; with pictures, why.
fn shape(instances: &[Instance], key: StackKey) -> (Shape, Vec<Oddity>) {
    let slices: Vec<&Instance> = instances.iter().collect();
    let mut why = Vec::new();
    let Some(first) = slices.first() else { return (Shape::PictureStack { why: why.clone() }, why) };
    if first.enhanced || first.format.frames > 1 {
        let what = if first.enhanced { "Enhanced multi-frame images" } else { "Multi-frame images" };
        why.push(Oddity::NotYetAVolume { what: what.into() });
    }
    if first.is_localizer() {
        why.push(Oddity::Localizer);
    }
    if first.is_secondary_capture() {
        why.push(Oddity::SecondaryCapture);
    }
    if first.format.shows_colour() {
        why.push(Oddity::Other { text: "colour pictures carry no measured values".into() });
    }
    if why.is_empty() {
        match stacking(&slices) {
            Stacking::Odd(odd) => why.extend(odd),
            Stacking::Even { normal, step_mm } => match grid(first, slices.len(), normal, step_mm, key) {
                Ok(grid) => return (Shape::Volume(grid), Vec::new()),
                Err(odd) => why.push(odd),
            },
        }
    }
    (Shape::PictureStack { why: why.clone() }, why)
}

fn grid(
    first: &Instance,
    slices: usize,
    normal: crate::geometry::PatientDirection,
    step_mm: f64,
    key: StackKey,
) -> Result<Grid, Oddity> {
    let (Some(origin), Some([row, column])) = (first.position, first.orientation) else {
        return Err(Oddity::NoPosition);
    };
    let Some([along, down]) = first.pixel_spacing_mm else { return Err(Oddity::NotCalibrated) };
    let slices = u32::try_from(slices).unwrap_or(u32::MAX);
    let grid = Grid {
        origin,
        axes: [row, column, normal],
        spacing_mm: [along, down, step_mm],
        dims: [first.format.columns, first.format.rows, slices],
        space: SpaceId(first.frame_of_reference_uid.clone().unwrap_or_else(|| format!("stack:{key}"))),
    };
    grid.check().map_err(|error| Oddity::Other { text: error.to_string() })?;
    Ok(grid)
}

/// What is odd although it does not decide the shape.
fn more_oddities(instances: &[Instance], shape: &Shape, copies: usize) -> Vec<Oddity> {
    let mut odd = Vec::new();
    let Some(middle) = instances.get(instances.len() / 2) else { return odd };
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    if copies > 0 {
        odd.push(Oddity::DuplicateInstances { count: count(copies) });
    }
    let uids: BTreeSet<&str> = instances.iter().map(|i| i.sop_uid.as_str()).collect();
    if uids.len() < instances.len() {
        odd.push(Oddity::Other { text: "different images carry the same SOP Instance UID".into() });
    }
    if let Shape::Volume(grid) = shape {
        if middle.frame_of_reference_uid.is_none() {
            odd.push(Oddity::NoFrameOfReference);
        }
        let actual_mm = grid.spacing_mm[2];
        // Thickness is not spacing (overlapping and spaced slices are usual); only the stated spacing counts.
        if let Some(stated_mm) = middle.spacing_between_slices_mm
            && (stated_mm - actual_mm).abs() > ON_GRID_MM
        {
            odd.push(Oddity::SpacingDisagrees { stated_mm, actual_mm });
        }
    }
    if middle.pixel_spacing_mm.is_none() {
        odd.push(Oddity::NotCalibrated);
    }
    let lossy: Vec<_> = instances.iter().filter_map(|i| i.lossy).collect();
    if !lossy.is_empty() {
        odd.push(Oddity::Lossy { ratio: lossy.iter().filter_map(|l| l.ratio).max_by(f64::total_cmp) });
    }
    let notes: BTreeSet<&String> = instances.iter().flat_map(|i| &i.value_notes).collect();
    odd.extend(notes.into_iter().map(|text| Oddity::Other { text: text.clone() }));
    if instances.iter().any(|i| i.unit != middle.unit || i.mapped != middle.mapped) {
        odd.push(Oddity::Other { text: "the unit of the values differs between slices".into() });
    }
    if instances.iter().any(|i| i.padding != middle.padding) {
        odd.push(Oddity::Other { text: "the padding value differs between slices and was left in".into() });
    }
    odd
}

impl StackInfo {
    /// A volume for this stack with no slice read yet.
    ///
    /// Pictures get a space of their own, with the pixel spacing in plane (1.0 when not calibrated) and a
    /// step of 1.0: their places mean nothing in the patient.
    #[must_use]
    pub fn empty_volume(&self) -> crate::volume::Volume {
        use crate::geometry::{PatientDirection, PatientPoint};
        let (grid, is_volume) = match &self.shape {
            Shape::Volume(grid) => (grid.clone(), true),
            Shape::PictureStack { .. } => {
                let [along, down] = self.pixel_spacing_mm.unwrap_or([1.0, 1.0]);
                let pictures = Grid {
                    origin: PatientPoint::new(0.0, 0.0, 0.0),
                    axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
                    spacing_mm: [along, down, 1.0],
                    dims: [self.columns, self.rows, u32::try_from(self.frames.len()).unwrap_or(u32::MAX)],
                    space: SpaceId(format!("pictures:{}", self.key)),
                };
                (pictures, false)
            }
        };
        crate::volume::Volume {
            key: self.key,
            slices: self.frames.iter().map(|_| std::sync::OnceLock::new()).collect(),
            rescale: self.rescale.clone(),
            unit: self.unit,
            padding: self.padding,
            small_is_bright: self.small_is_bright,
            calibrated: self.pixel_spacing_mm.is_some(),
            grid,
            is_volume,
            voi_tables: self.windows.iter().filter_map(|window| window.table.clone()).collect(),
            overlays: self.frames.iter().filter(|_| self.overlays).map(|_| std::sync::OnceLock::new()).collect(),
        }
    }
}
