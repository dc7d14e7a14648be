//! How the frames of a series are split into stacks: an ordered list of named rules.
//!
//! Rules of the first kind always split: they separate what can never be one volume. Rules of the second
//! kind split only where several frames share a position or positions are irregular, and only when the
//! parts are better for it, so that a series is never cut up for a tag that merely varies.

use super::found::StackAxis;
use super::instance::{Instance, Object};
use super::regular::{excess_frames, is_regular, sort_along, step_change};
use super::text::comparable_name;
use std::collections::BTreeMap;

/// A value that a rule sorts by. Numbers are compared as bits of their rounded value, so order is total.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Flag(bool),
    Number(Option<i64>),
    Numbers(Vec<i64>),
    /// Hundredths, of which a difference of one is rounding.
    Cosines(Vec<i64>),
    Text(String),
}

/// When a rule is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// To every series.
    Always,
    /// Where frames share a position or leave the grid, and the parts are better.
    PositionsClash,
}

/// One way to split.
pub(super) struct Rule {
    /// The words after "split by".
    pub words: &'static str,
    pub when: When,
    pub key: fn(&Instance) -> Key,
    /// What a reader steps along when the parts are one 4-D series.
    pub axis: Option<StackAxis>,
}

impl Rule {
    const fn always(words: &'static str, key: fn(&Instance) -> Key) -> Self {
        Self { words, when: When::Always, key, axis: None }
    }

    const fn clash(words: &'static str, key: fn(&Instance) -> Key) -> Self {
        Self { words, when: When::PositionsClash, key, axis: None }
    }

    const fn along(axis: StackAxis, words: &'static str, key: fn(&Instance) -> Key) -> Self {
        Self { words, when: When::PositionsClash, key, axis: Some(axis) }
    }
}

/// A number in steps of `1 / per_unit`.
fn scaled(value: Option<f64>, per_unit: f64) -> Key {
    Key::Number(value.map(|v| (v * per_unit).round() as i64))
}

/// Steps of the keys of a rule along an axis, for one unit of its value.
pub(super) const fn per_unit(axis: StackAxis) -> f64 {
    match axis {
        StackAxis::BValue => 10.0,
        StackAxis::Echo => 1e3,
        StackAxis::Phase | StackAxis::Time => 1.0,
    }
}

/// The rules, in the order in which they are applied.
pub(super) const RULES: &[Rule] = &[
    Rule::always("patient", patient),
    Rule::always("localizer", |i| Key::Flag(i.is_localizer())),
    Rule::always("secondary capture", |i| Key::Flag(i.is_secondary_capture())),
    Rule::always("modality", |i| Key::Text(i.file.modality_text.clone())),
    Rule::always("object with several frames", |i| {
        Key::Text(if i.file.object == Object::Frames { i.file.sop_uid.clone() } else { String::new() })
    }),
    Rule::always("image size", |i| Key::Numbers(vec![i64::from(i.file.format.columns), i64::from(i.file.format.rows)])),
    Rule::always("colour", |i| {
        Key::Numbers(vec![i64::from(i.file.format.shows_colour()), i64::from(i.small_is_bright())])
    }),
    Rule::always("unit", |i| Key::Text(i.unit.code().to_owned())),
    Rule::always("pixel spacing", |i| {
        Key::Numbers(i.pixel_spacing_mm.iter().flatten().map(|s| (s * 1e4).round() as i64).collect())
    }),
    Rule::always("frame of reference", |i| Key::Text(i.file.frame_of_reference_uid.clone().unwrap_or_default())),
    Rule::always("orientation", orientation),
    // Maps that were computed from the images of the same series come off first, for they share everything
    // with one of them.
    Rule::clash("image type", |i| Key::Text(computed_map(i).unwrap_or_default().to_owned())),
    Rule::along(StackAxis::Time, "temporal position", |i| Key::Number(i.temporal_position)),
    Rule::along(StackAxis::Phase, "contrast phase", |i| Key::Text(i.contrast_phase.clone())),
    Rule::along(StackAxis::BValue, "b-value", |i| scaled(i.acquisition.b_value, per_unit(StackAxis::BValue))),
    Rule::along(StackAxis::Echo, "echo time", |i| scaled(i.acquisition.echo_time_ms, per_unit(StackAxis::Echo))),
    Rule::along(StackAxis::Phase, "trigger time", |i| scaled(i.trigger_ms, 1.0)),
    Rule::clash("image type", |i| Key::Text(i.acquisition.image_type.join("\\"))),
    Rule::along(StackAxis::Phase, "acquisition number", |i| Key::Number(i.acquisition_number)),
    Rule::clash("convolution kernel", |i| Key::Text(i.acquisition.kernel_text.clone())),
    Rule::clash("slice thickness", |i| scaled(i.acquisition.slice_thickness_mm, 1e3)),
    Rule::along(StackAxis::Phase, "dimension index", |i| Key::Numbers(i.dimensions.clone())),
    Rule::along(StackAxis::Phase, "object", object),
    Rule::along(StackAxis::Time, "acquisition time", |i| scaled(i.moment_s(), 1.0)),
];

/// Words for a stack that a reader put together or took apart.
const BY_HAND: &str = "hand";
/// Rules that a hand cannot overrule: slices of one stack are of one patient, one size and one unit.
const HOLDS_FOR_HANDS: [&str; 5] = ["patient", "modality", "image size", "colour", "unit"];
/// Words for the rules that look at all frames of a part together.
const BY_ORDER: &str = "order of the images, for nothing else tells them apart";
const BY_STEP: &str = "slice spacing, which changes once";

/// Who it is, as far as the images say: by identifier, name and birth date, so that two persons under one
/// identifier stay apart even where they share a series.
fn patient(i: &Instance) -> Key {
    let who = &i.file.identity;
    let born = who.birth_date.map(|date| date.to_string()).unwrap_or_default();
    Key::Text([&who.dicom_patient_id, &comparable_name(&who.name).join(" "), &born].map(String::as_str).join("\n"))
}

/// What was computed from other images, by the values of Image Type that say so (PS3.3 C.7.6.1.1.2 and the
/// image types of the makers).
fn computed_map(i: &Instance) -> Option<&'static str> {
    const MAPS: [&str; 9] = ["ADC", "EADC", "EXP", "FA", "TENSOR", "SUBTRACTION", "SUB", "MPR", "MIP"];
    MAPS.into_iter().find(|map| i.acquisition.image_type.iter().any(|part| part == map))
}

/// The object that a frame of functional groups belongs to; parts of a concatenation are one.
fn object(i: &Instance) -> Key {
    Key::Text(match &i.file.object {
        Object::Enhanced { part: Some(part) } => part.uid.clone(),
        Object::Enhanced { part: None } => i.file.sop_uid.clone(),
        Object::Single | Object::Frames => String::new(),
    })
}

/// Orientation to two decimals of the cosines: enough to tell planes apart; that slices are truly parallel
/// is asked again when their grid is made.
fn orientation(i: &Instance) -> Key {
    let cosines = i.orientation.iter().flatten().flat_map(|d| {
        let v = d.vector();
        [v.x, v.y, v.z]
    });
    Key::Cosines(cosines.map(|c| (c * 1e2).round() as i64).collect())
}

/// A step on the way from a series to a part: the rule that split, and what it sorted the part by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Step {
    pub words: &'static str,
    pub axis: Option<StackAxis>,
    pub key: Key,
}

/// A part of a series, with the steps that led to it.
#[derive(Debug)]
pub(super) struct Part {
    pub instances: Vec<Instance>,
    pub steps: Vec<Step>,
}

impl Part {
    /// What a reader grouped by hand: one part, but where frames cannot be slices of one stack.
    pub fn by_hand(instances: Vec<Instance>) -> Vec<Self> {
        if instances.is_empty() {
            return Vec::new();
        }
        let step = Step { words: BY_HAND, axis: None, key: Key::Flag(true) };
        let mut parts = vec![Self { instances, steps: vec![step] }];
        for rule in RULES.iter().filter(|rule| HOLDS_FOR_HANDS.contains(&rule.words)) {
            parts = parts.into_iter().flat_map(|part| apply(rule, part)).collect();
        }
        parts
    }

    /// The rules that split, in words.
    pub fn split_by(&self) -> Option<String> {
        let mut words: Vec<&str> = Vec::new();
        for step in &self.steps {
            if !words.contains(&step.words) {
                words.push(step.words);
            }
        }
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// Splits the instances of one series; parts come in the order of the rules' keys.
pub(super) fn split(instances: Vec<Instance>) -> Vec<Part> {
    let mut parts = vec![Part { instances, steps: Vec::new() }];
    for rule in RULES {
        parts = parts.into_iter().flat_map(|part| apply(rule, part)).collect();
    }
    parts.into_iter().flat_map(by_order).flat_map(by_step).collect()
}

fn apply(rule: &Rule, part: Part) -> Vec<Part> {
    let all: Vec<&Instance> = part.instances.iter().collect();
    let clash = rule.when == When::PositionsClash;
    if clash && is_regular(&all) {
        return vec![part];
    }
    let keys: Vec<Key> = all.iter().map(|instance| (rule.key)(instance)).collect();
    let group_of = group_of(&keys);
    let mut groups: BTreeMap<&Key, Vec<&Instance>> = BTreeMap::new();
    for (key, instance) in group_of.iter().zip(&all) {
        groups.entry(key).or_default().push(instance);
    }
    if groups.len() < 2 || (clash && !better(&all, &groups.into_values().collect::<Vec<_>>())) {
        return vec![part];
    }
    take_apart(part, group_of, rule.words, rule.axis)
}

/// Takes a part apart by a key for each of its frames.
fn take_apart(part: Part, keys: Vec<Key>, words: &'static str, axis: Option<StackAxis>) -> Vec<Part> {
    let mut parts: BTreeMap<Key, Vec<Instance>> = BTreeMap::new();
    for (key, instance) in keys.into_iter().zip(part.instances) {
        parts.entry(key).or_default().push(instance);
    }
    let make = |(key, instances)| {
        let mut steps = part.steps.clone();
        steps.push(Step { words, axis, key });
        Part { instances, steps }
    };
    parts.into_iter().map(make).collect()
}

/// Where every position is there equally often and only the scanner's numbering tells frames apart: the first
/// of each position, the second, and so on.
fn by_order(part: Part) -> Vec<Part> {
    let Some(normal) = part.instances.first().and_then(Instance::normal) else { return vec![part] };
    let mut order: Vec<(f64, Option<i64>, usize)> = Vec::new();
    for (n, instance) in part.instances.iter().enumerate() {
        let Some(along) = instance.along_mm(normal) else { return vec![part] };
        order.push((along, instance.file.instance_number, n));
    }
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Positions are equal within a tenth of a millimetre of the first of them.
    let mut places: Vec<Vec<(Option<i64>, usize)>> = Vec::new();
    let mut at = f64::NEG_INFINITY;
    for (along, number, n) in order {
        if along - at >= super::regular::ON_GRID_MM {
            places.push(Vec::new());
            at = along;
        }
        if let Some(place) = places.last_mut() {
            place.push((number, n));
        }
    }
    let times = places.first().map_or(0, Vec::len);
    let told_apart = |place: &mut Vec<(Option<i64>, usize)>| {
        place.sort_unstable();
        place.len() == times && place.iter().zip(place.iter().skip(1)).all(|(a, b)| a.0.is_some() && a.0 != b.0)
    };
    if times < 2 || places.len() < 2 || !places.iter_mut().all(told_apart) {
        return vec![part];
    }
    let mut keys = vec![Key::Number(None); part.instances.len()];
    for (rank, (_, n)) in places.iter().flat_map(|place| place.iter().enumerate()) {
        if let Some(key) = keys.get_mut(*n) {
            *key = Key::Number(i64::try_from(rank + 1).ok());
        }
    }
    take_apart(part, keys, BY_ORDER, Some(StackAxis::Phase))
}

/// Where the distance between slices changes once: two parts.
fn by_step(mut part: Part) -> Vec<Part> {
    let mut sorted: Vec<&Instance> = part.instances.iter().collect();
    sort_along(&mut sorted);
    let Some(border) = step_change(&sorted) else { return vec![part] };
    part.instances = sorted.into_iter().cloned().collect();
    let keys = (0..part.instances.len()).map(|n| Key::Flag(n >= border)).collect();
    take_apart(part, keys, BY_STEP, None)
}

/// Whether parts are nearer to volumes than the whole: fewer frames share a position and none is left
/// alone; or, where no position was shared, each part is on a grid.
fn better(whole: &[&Instance], parts: &[Vec<&Instance>]) -> bool {
    let excess = excess_frames(whole);
    if excess == 0 {
        // Two slices are always even, so they prove nothing.
        return parts.iter().all(|part| part.len() > 2 && is_regular(part));
    }
    parts.iter().all(|part| part.len() > 1) && parts.iter().map(|part| excess_frames(part)).sum::<usize>() < excess
}

/// The key of the group that each frame belongs to: its own, or an earlier one that differs by rounding.
fn group_of(keys: &[Key]) -> Vec<Key> {
    // Orientations that are already known, by their row direction.
    let mut known: BTreeMap<[i64; 3], Vec<&Key>> = BTreeMap::new();
    let mut leader_of: BTreeMap<&Key, &Key> = BTreeMap::new();
    for key in keys {
        let Key::Cosines(cosines) = key else { continue };
        if leader_of.contains_key(key) {
            continue;
        }
        let row: [i64; 3] = std::array::from_fn(|n| cosines.get(n).copied().unwrap_or_default());
        let near: Option<&Key> =
            neighbours(row).filter_map(|row| known.get(&row)).flatten().copied().find(|leader| close(leader, key));
        if near.is_none() {
            known.entry(row).or_default().push(key);
        }
        leader_of.insert(key, near.unwrap_or(key));
    }
    keys.iter().map(|key| leader_of.get(key).copied().unwrap_or(key).clone()).collect()
}

/// A place on a grid of whole numbers and those next to it.
fn neighbours([x, y, z]: [i64; 3]) -> impl Iterator<Item = [i64; 3]> {
    (-1..=1).flat_map(move |a| (-1..=1).flat_map(move |b| (-1..=1).map(move |c| [x + a, y + b, z + c])))
}

/// Whether two orientations are the same but for rounding.
fn close(a: &Key, b: &Key) -> bool {
    let (Key::Cosines(a), Key::Cosines(b)) = (a, b) else { return false };
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= 1)
}
