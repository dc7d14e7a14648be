//! From the instances of a series to its stacks.

use super::found::{Acquisition, FoundStack, FrameRef, FrameSource, Shape, Skipped, SliceRecipe, StackInfo};
use super::group::group;
use super::instance::{Instance, Object};
use super::kernel::kernel;
use super::limits::Limits;
use super::regular::ON_GRID_MM;
use super::rules::{Part, split};
use super::shape::{Shaped, shape};
use super::value::{PetTags, set_series_start, to_suv};
use crate::clinical::{Oddity, StackKey};
use crate::geometry::{Grid, PatientDirection, SpaceId};
use crate::volume::Rescale;
use sha2::{Digest, Sha256};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// How the name of a space begins that is no place in a patient.
const PICTURES: &str = "pictures:";

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
    stacks_by_hand(instances, &[], limits, skipped)
}

/// Groups instances into stacks: first those that were grouped by hand, the rest by the rules. A frame is
/// named by its SOP Instance UID and its number.
pub(super) fn stacks_by_hand(
    instances: Vec<Instance>,
    by_hand: &[BTreeSet<(&str, u32)>],
    limits: &Limits,
    skipped: &mut Vec<Skipped>,
) -> Vec<FoundStack> {
    let mut series: BTreeMap<(String, String), Vec<Instance>> = BTreeMap::new();
    for instance in instances {
        let uids = (instance.file.study.uid.clone(), instance.file.series_uid.clone());
        series.entry(uids).or_default().push(instance);
    }
    let mut repeated = BTreeSet::new();
    let mut hand: Vec<Vec<Instance>> = by_hand.iter().map(|_| Vec::new()).collect();
    for instances in series.values_mut() {
        instances.sort_by(order_of_files);
        set_series_start(instances.iter_mut().filter_map(|i| i.pet.as_deref_mut()));
        repeated.append(&mut take_copies(instances, skipped));
        let (rest, chosen): (Vec<_>, Vec<_>) =
            instances.drain(..).map(|i| (group_by_hand(&i, by_hand), i)).partition(|(group, _)| group.is_none());
        instances.extend(rest.into_iter().map(|(_, instance)| instance));
        for (group, instance) in chosen {
            if let Some(members) = group.and_then(|group| hand.get_mut(group)) {
                members.push(instance);
            }
        }
    }
    // What was put together by hand belongs to the series of its first frame.
    let mut extra: BTreeMap<(String, String), Vec<Part>> = BTreeMap::new();
    for part in hand.into_iter().flat_map(Part::by_hand) {
        if let Some(first) = part.instances.first() {
            let uids = (first.file.study.uid.clone(), first.file.series_uid.clone());
            extra.entry(uids).or_default().push(part);
        }
    }
    let mut stacks = Vec::new();
    for (uids, instances) in series {
        let mut parts = if instances.is_empty() { Vec::new() } else { split(instances) };
        parts.append(&mut extra.remove(&uids).unwrap_or_default());
        let series_uid = uids.1;
        let mut of_series = Vec::new();
        for (ordinal, part) in parts.into_iter().enumerate() {
            let id = if ordinal == 0 { series_uid.clone() } else { format!("{series_uid}#{}", ordinal + 1) };
            let copies = part.instances.iter().filter(|i| repeated.contains(&i.file.sop_uid)).count();
            let steps = part.steps.clone();
            match stack(id, &series_uid, part, copies, limits) {
                Ok(stack) => of_series.push((stack, steps)),
                Err(too_large) => skipped.extend(too_large),
            }
        }
        group(&series_uid, &mut of_series);
        stacks.extend(of_series.into_iter().map(|(stack, _)| stack));
    }
    stacks.sort_by_cached_key(|s| {
        (s.study.date, s.info.study_uid.clone(), s.info.series_number, s.info.series_uid.clone(), ordinal(&s.info.id))
    });
    stacks
}

/// The last group by hand that names a frame.
fn group_by_hand(instance: &Instance, by_hand: &[BTreeSet<(&str, u32)>]) -> Option<usize> {
    by_hand.iter().rposition(|names| names.contains(&(instance.file.sop_uid.as_str(), instance.frame)))
}

fn ordinal(id: &str) -> usize {
    id.rsplit_once('#').and_then(|(_, n)| n.parse().ok()).unwrap_or(1)
}

/// By number and UID as the scanner wrote them, of copies the best first, then by file: the same whatever order
/// files were found in.
fn order_of_files(a: &Instance, b: &Instance) -> Ordering {
    let key = |i: &Instance| (i.acquisition_number, i.file.instance_number);
    // What is whole comes before what is cut short, and what lost nothing before what is lossy.
    let quality = |i: &Instance| {
        (i.file.format.cut_short.is_some() || i.file.compressed_cut_short.is_some(), i.file.lossy.is_some())
    };
    key(a)
        .cmp(&key(b))
        .then_with(|| a.file.sop_uid.cmp(&b.file.sop_uid))
        .then_with(|| quality(a).cmp(&quality(b)))
        .then_with(|| a.file.path.cmp(&b.file.path))
        .then_with(|| a.frame.cmp(&b.frame))
}

/// Takes out all but the first file of each instance. Files that share a UID but show another place or time
/// are no copies (some de-identifying tools give every file one UID) and stay. Gives the UIDs with copies.
fn take_copies(instances: &mut Vec<Instance>, skipped: &mut Vec<Skipped>) -> BTreeSet<String> {
    let mut kept: Vec<Instance> = Vec::with_capacity(instances.len());
    let mut seen: BTreeMap<(String, u32), BTreeMap<ShownBy, usize>> = BTreeMap::new();
    let mut repeated = BTreeSet::new();
    let mut copies: BTreeMap<PathBuf, String> = BTreeMap::new();
    for instance in instances.drain(..) {
        let same = seen.entry((instance.file.sop_uid.clone(), instance.frame)).or_default();
        let shown = ShownBy::of(&instance);
        if let Some(first) = same.get(&shown).and_then(|n| kept.get(*n)) {
            let first = beside(&first.file.path, &instance.file.path);
            let reason = format!("A copy of \"{}\": the same image, used once.", super::text::clean(&first));
            copies.insert(instance.file.path.clone(), reason);
            repeated.insert(instance.file.sop_uid.clone());
        } else {
            same.insert(shown, kept.len());
            kept.push(instance);
        }
    }
    for used in &kept {
        copies.remove(&used.file.path);
    }
    skipped.extend(copies.into_iter().map(|(file, reason)| Skipped { file, reason }));
    *instances = kept;
    repeated
}

/// What two files of one SOP Instance UID must share to show the same image.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct ShownBy {
    place: Option<[u64; 3]>,
    number: Option<i64>,
    size: [u32; 3],
    patient: String,
    time: Option<u64>,
}

impl ShownBy {
    fn of(i: &Instance) -> Self {
        // Minus zero is zero.
        let bits = |value: f64| (value + 0.0).to_bits();
        Self {
            place: i.position.map(|p| [p.x, p.y, p.z].map(bits)),
            number: i.file.instance_number,
            size: [i.file.format.rows, i.file.format.columns, i.file.format.frames],
            patient: i.file.identity.dicom_patient_id.clone(),
            time: i.acquisition.time_s.map(bits),
        }
    }
}

/// The name of a file as it is told beside another: from where their folders part.
fn beside(path: &Path, other: &Path) -> String {
    let shared = path.components().zip(other.components()).take_while(|(a, b)| a == b).count();
    path.components().skip(shared).collect::<PathBuf>().to_string_lossy().into_owned()
}

/// Builds one stack of a series (by hand, also of frames of others), or gives the files of one that is too large.
fn stack(id: String, series_uid: &str, part: Part, copies: usize, limits: &Limits) -> Result<FoundStack, Vec<Skipped>> {
    let split_by = part.split_by();
    let mut instances = part.instances;
    let normal = instances.first().and_then(Instance::normal);
    if let Some(normal) = normal {
        // Stable: frames without a position, or at the same one, stay in the order of their numbers.
        instances.sort_by(|a, b| {
            let along = |i: &Instance| i.along_mm(normal).unwrap_or(f64::INFINITY);
            along(a).total_cmp(&along(b))
        });
    }
    let pixels: u64 = instances.iter().map(|i| i.file.format.frame_pixels()).sum();
    if pixels > limits.stack_pixels {
        let reason = super::ReadError::TooManyPixels { pixels, most: limits.stack_pixels }.to_string();
        let files: BTreeSet<PathBuf> = instances.into_iter().map(|i| i.file.path.clone()).collect();
        return Err(files.into_iter().map(|file| Skipped { file, reason: reason.clone() }).collect());
    }
    let key = stack_key(instances.iter().map(|i| (i.file.sop_uid.as_str(), i.frame)));
    // A tag that varies through the stack is taken from its middle, where the patient surely is.
    let Some(middle) = instances.get(instances.len() / 2) else { return Err(Vec::new()) };
    let Shaped { shape, mut oddities, recipes, outside } = shape(&instances, key, limits);
    oddities.extend(more_oddities(&instances, &shape, &recipes, copies));
    let padding = middle.padding.filter(|_| instances.iter().all(|i| i.padding == middle.padding));
    let syntaxes: BTreeSet<&String> = instances.iter().map(|i| &i.file.syntax).collect();
    let mut acquisition = Acquisition::clone(&middle.acquisition);
    acquisition.time_s = instances.iter().filter_map(|i| i.acquisition.time_s).min_by(f64::total_cmp);
    acquisition.after_contrast_s =
        instances.iter().filter_map(|i| i.acquisition.after_contrast_s).min_by(f64::total_cmp);
    let file = &middle.file;
    let mut rescale: Vec<Rescale> = instances.iter().map(|i| i.rescale).collect();
    let (mut unit, mut windows) = (middle.unit, middle.windows.clone());
    let pet: Vec<&PetTags> = instances.iter().filter_map(|i| i.pet.as_deref()).collect();
    let suv = if pet.len() == instances.len() {
        to_suv(&pet, &mut rescale, &mut unit, &mut windows, &mut oddities)
    } else {
        None
    };
    let info = StackInfo {
        key,
        id,
        series_uid: series_uid.to_owned(),
        study_uid: file.study.uid.clone(),
        series_number: file.series_number,
        description: file.description.clone(),
        modality: file.modality,
        modality_text: file.modality_text.clone(),
        rows: file.format.rows,
        columns: file.format.columns,
        shape,
        pixel_spacing_mm: middle.pixel_spacing_mm,
        frame_of_reference_uid: file.frame_of_reference_uid.clone(),
        rescale,
        unit,
        padding: outside.or(padding),
        small_is_bright: middle.small_is_bright(),
        windows,
        mapped: middle.mapped,
        suv,
        overlays: instances.iter().any(|i| i.file.overlays),
        transfer_syntaxes: syntaxes.into_iter().cloned().collect(),
        split_by,
        oddities,
        kernel: kernel(&acquisition.kernel_text),
        acquisition,
        frames: instances.iter().map(|i| frame_ref(i, normal)).collect(),
        group: None,
        recipes,
        pixel_aspect: file.pixel_aspect.filter(|_| middle.pixel_spacing_mm.is_none()),
    };
    Ok(FoundStack {
        info,
        identity: file.identity.clone(),
        sex: file.sex,
        study: file.study.clone(),
        sources: instances.iter().map(source).collect(),
        instances,
    })
}

fn frame_ref(instance: &Instance, normal: Option<PatientDirection>) -> FrameRef {
    let position_mm = normal.and_then(|normal| instance.along_mm(normal));
    FrameRef { sop_uid: instance.file.sop_uid.clone(), frame: instance.frame, position_mm }
}

fn source(instance: &Instance) -> FrameSource {
    let file = &instance.file;
    FrameSource { path: file.path.clone(), frame: instance.frame, size: file.size, mtime: file.mtime }
}

/// What is odd although it does not decide the shape.
fn more_oddities(instances: &[Instance], shape: &Shape, recipes: &[SliceRecipe], copies: usize) -> Vec<Oddity> {
    let mut odd = Vec::new();
    let Some(middle) = instances.get(instances.len() / 2) else { return odd };
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    if copies > 0 {
        odd.push(Oddity::DuplicateInstances { count: count(copies) });
    }
    odd.extend(parts_missing(instances));
    let names: BTreeSet<(&str, u32)> = instances.iter().map(|i| (i.file.sop_uid.as_str(), i.frame)).collect();
    if names.len() < instances.len() {
        odd.push(Oddity::Other { text: "different images carry the same SOP Instance UID".into() });
    }
    if let Shape::Volume(grid) = shape {
        if middle.file.frame_of_reference_uid.is_none() {
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
    let lossy: Vec<_> = instances.iter().filter_map(|i| i.file.lossy).collect();
    if !lossy.is_empty() {
        odd.push(Oddity::Lossy { ratio: lossy.iter().filter_map(|l| l.ratio).max_by(f64::total_cmp) });
    }
    let notes: BTreeSet<&String> = instances.iter().flat_map(|i| i.value_notes.iter()).collect();
    odd.extend(notes.into_iter().map(|text| Oddity::Other { text: text.clone() }));
    if instances.iter().any(|i| i.unit != middle.unit || i.mapped != middle.mapped) {
        odd.push(Oddity::Other { text: "the unit of the values differs between slices".into() });
    }
    odd.extend(cut_short(instances, recipes));
    if instances.iter().any(|i| i.padding != middle.padding) {
        odd.push(Oddity::Other { text: "the padding value differs between slices and was left in".into() });
    }
    odd
}

/// Files that end before their pixels do: the first three by name of the slice, and how many more there are.
fn cut_short(instances: &[Instance], recipes: &[SliceRecipe]) -> Vec<Oddity> {
    const NAMED: usize = 3;
    let mut seen = BTreeSet::new();
    // A slice that was put in between moves those after it up.
    let before = |number: usize| {
        let made = recipes.iter().take(number).any(|recipe| matches!(recipe, SliceRecipe::Between { .. }));
        number + usize::from(made)
    };
    let missing = |i: &Instance| i.file.format.cut_short.or(i.file.compressed_cut_short);
    let cut = (1..).zip(instances).filter_map(|(number, i)| Some((before(number), i, missing(i)?)));
    // An object of several frames is one file.
    let cut: Vec<_> = cut.filter(|(_, i, _)| seen.insert(&i.file.path)).collect();
    let named = cut.iter().take(NAMED).map(|(slice, i, (there, claimed))| match i.file.format.frames {
        _ if i.file.compressed_cut_short.is_some() => {
            format!("slice {slice} is cut short: {there} of {claimed} compressed bytes are there")
        }
        1 => format!("slice {slice} is cut short: {there} of {claimed} rows are there"),
        _ => format!("the file of slice {slice} is cut short: {there} of the {claimed} rows of its frames are there"),
    });
    let more = cut.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| format!("{more} more {} cut short", if more == 1 { "file is" } else { "files are" }));
    named.chain(more).map(|text| Oddity::Other { text }).collect()
}

/// The files of concatenations that are not there.
fn parts_missing(instances: &[Instance]) -> Option<Oddity> {
    let mut parts: BTreeMap<&str, (u32, BTreeSet<u32>)> = BTreeMap::new();
    for instance in instances {
        if let Object::Enhanced { part: Some(part) } = &instance.file.object {
            let (of, there) = parts.entry(&part.uid).or_default();
            *of = (*of).max(part.of.unwrap_or_default()).max(part.number);
            there.insert(part.number);
        }
    }
    let count = |there: &BTreeSet<u32>| u32::try_from(there.len()).unwrap_or(u32::MAX);
    let of: u32 = parts.values().map(|(of, _)| *of).fold(0, u32::saturating_add);
    let missing = parts.values().map(|(of, there)| of.saturating_sub(count(there))).fold(0, u32::saturating_add);
    (missing > 0).then_some(Oddity::PartsMissing { missing, of })
}

impl StackInfo {
    /// A volume for this stack with no slice read yet.
    ///
    /// Pictures get a space of their own, with the pixel spacing in plane and a step of 1.0: their places mean
    /// nothing in the patient. When not calibrated, a pixel is 1.0 wide and as high as its aspect says.
    #[must_use]
    pub fn empty_volume(&self) -> crate::volume::Volume {
        let (grid, is_volume) = (self.grid(), matches!(self.shape, Shape::Volume(_)));
        crate::volume::Volume {
            key: self.key,
            slices: (0..self.slices()).map(|_| std::sync::OnceLock::new()).collect(),
            rescale: (0..self.slices()).map(|slice| self.rescale_of(slice)).collect(),
            unit: self.unit,
            padding: self.padding,
            small_is_bright: self.small_is_bright,
            calibrated: self.pixel_spacing_mm.is_some(),
            grid,
            is_volume,
            voi_tables: self.windows.iter().filter_map(|window| window.table.clone()).collect(),
            overlays: (0..self.slices()).filter(|_| self.overlays).map(|_| std::sync::OnceLock::new()).collect(),
        }
    }

    /// The grid of the slices: that of the volume; pictures get a space of their own, with the pixel spacing in plane
    /// and a step of 1.0: their places mean nothing in the patient. When not calibrated, a pixel is 1.0 wide and as
    /// high as its aspect says.
    #[must_use]
    pub fn grid(&self) -> Grid {
        use crate::geometry::PatientPoint;
        let why = match &self.shape {
            Shape::Volume(grid) => return grid.clone(),
            Shape::PictureStack { why } => why,
        };
        let [along, down] = self.pixel_spacing_mm.unwrap_or([1.0, self.pixel_aspect.unwrap_or(1.0)]);
        // Slices are counted from the head, as they are read; pages from the first.
        let pages = why.contains(&Oddity::NoPosition) || self.oddities.contains(&Oddity::NoPosition);
        let third = if pages { -PatientDirection::SUPERIOR } else { PatientDirection::SUPERIOR };
        Grid {
            origin: PatientPoint::new(0.0, 0.0, 0.0),
            axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, third],
            spacing_mm: [along, down, 1.0],
            dims: [self.columns, self.rows, self.slices()],
            space: SpaceId(format!("{PICTURES}{}", self.key)),
        }
    }

    /// Whether a grid is that of pictures one by one, and no place in a patient.
    #[must_use]
    pub fn is_of_pictures(grid: &Grid) -> bool {
        grid.space.0.starts_with(PICTURES)
    }

    /// Stored value to value, for a slice: that of its frame.
    fn rescale_of(&self, slice: u32) -> Rescale {
        let frame = self.frame_of(slice).and_then(|frame| self.rescale.get(frame as usize));
        frame.copied().unwrap_or_default()
    }
}
