//! How the frames of a series are split into stacks: an ordered list of named rules.
//!
//! Rules of the first kind always split: they separate what can never be one volume. Rules of the second
//! kind split only where several frames share a position or positions are irregular, and only when the
//! parts are better for it, so that a series is never cut up for a tag that merely varies.

use super::instance::Instance;
use super::regular::{excess_frames, is_regular};
use std::collections::BTreeMap;

/// A value that a rule sorts by. Numbers are compared as bits of their rounded value, so order is total.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Flag(bool),
    Number(Option<i64>),
    Numbers(Vec<i64>),
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
}

fn scaled(value: Option<f64>, per_unit: f64) -> Key {
    Key::Number(value.map(|v| (v * per_unit).round() as i64))
}

/// The rules, in the order in which they are applied.
pub(super) const RULES: &[Rule] = &[
    Rule { words: "patient", when: When::Always, key: |i| Key::Text(i.identity.dicom_patient_id.clone()) },
    Rule { words: "localizer", when: When::Always, key: |i| Key::Flag(i.is_localizer()) },
    Rule { words: "secondary capture", when: When::Always, key: |i| Key::Flag(i.is_secondary_capture()) },
    Rule { words: "modality", when: When::Always, key: |i| Key::Text(i.modality_text.clone()) },
    Rule {
        words: "object with several frames",
        when: When::Always,
        key: |i| Key::Text(if i.format.frames > 1 || i.enhanced { i.sop_uid.clone() } else { String::new() }),
    },
    Rule {
        words: "image size",
        when: When::Always,
        key: |i| Key::Numbers(vec![i64::from(i.format.columns), i64::from(i.format.rows)]),
    },
    Rule {
        words: "colour",
        when: When::Always,
        key: |i| Key::Numbers(vec![i64::from(i.format.is_colour()), i64::from(i.small_is_bright())]),
    },
    Rule { words: "unit", when: When::Always, key: |i| Key::Text(i.unit.code().to_owned()) },
    Rule {
        words: "pixel spacing",
        when: When::Always,
        key: |i| Key::Numbers(i.pixel_spacing_mm.iter().flatten().map(|s| (s * 1e4).round() as i64).collect()),
    },
    Rule {
        words: "frame of reference",
        when: When::Always,
        key: |i| Key::Text(i.frame_of_reference_uid.clone().unwrap_or_default()),
    },
    Rule { words: "orientation", when: When::Always, key: orientation },
    Rule { words: "temporal position", when: When::PositionsClash, key: |i| Key::Number(i.temporal_position) },
    Rule { words: "b-value", when: When::PositionsClash, key: |i| scaled(i.acquisition.b_value, 10.0) },
    Rule { words: "echo time", when: When::PositionsClash, key: |i| scaled(i.acquisition.echo_time_ms, 1e3) },
    Rule { words: "image type", when: When::PositionsClash, key: |i| Key::Text(i.acquisition.image_type.join("\\")) },
    Rule { words: "acquisition number", when: When::PositionsClash, key: |i| Key::Number(i.acquisition_number) },
    Rule {
        words: "convolution kernel",
        when: When::PositionsClash,
        key: |i| Key::Text(i.acquisition.kernel_text.clone()),
    },
    Rule {
        words: "slice thickness",
        when: When::PositionsClash,
        key: |i| scaled(i.acquisition.slice_thickness_mm, 1e3),
    },
    Rule { words: "acquisition time", when: When::PositionsClash, key: |i| scaled(i.acquisition.time_s, 1.0) },
];

/// Orientation to two decimals of the cosines: enough to tell planes apart; that slices are truly parallel
/// is asked again when their grid is made.
fn orientation(i: &Instance) -> Key {
    let cosines = i.orientation.iter().flatten().flat_map(|d| {
        let v = d.vector();
        [v.x, v.y, v.z]
    });
    Key::Numbers(cosines.map(|c| (c * 1e2).round() as i64).collect())
}

/// A part of a series, with the rules that made it.
#[derive(Debug)]
pub(super) struct Part {
    pub instances: Vec<Instance>,
    pub split_by: Vec<&'static str>,
}

/// Splits the instances of one series; parts come in the order of the rules' keys.
pub(super) fn split(instances: Vec<Instance>) -> Vec<Part> {
    let mut parts = vec![Part { instances, split_by: Vec::new() }];
    for rule in RULES {
        parts = parts.into_iter().flat_map(|part| apply(rule, part)).collect();
    }
    parts
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
    let mut parts: BTreeMap<Key, Vec<Instance>> = BTreeMap::new();
    for (key, instance) in group_of.into_iter().zip(part.instances) {
        parts.entry(key).or_default().push(instance);
    }
    let mut split_by = part.split_by;
    split_by.push(rule.words);
    parts.into_values().map(|instances| Part { instances, split_by: split_by.clone() }).collect()
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
    let mut seen: BTreeMap<&Key, &Key> = BTreeMap::new();
    let mut leaders: Vec<&Key> = Vec::new();
    for key in keys {
        if seen.contains_key(key) {
            continue;
        }
        let leader = leaders.iter().find(|leader| close(leader, key)).copied();
        if leader.is_none() {
            leaders.push(key);
        }
        seen.insert(key, leader.unwrap_or(key));
    }
    keys.iter().map(|key| seen.get(key).map_or_else(|| key.clone(), |leader| (*leader).clone())).collect()
}

/// Whether two orientations (six cosines) are the same but for rounding.
fn close(a: &Key, b: &Key) -> bool {
    let (Key::Numbers(a), Key::Numbers(b)) = (a, b) else { return false };
    a.len() == 6 && b.len() == 6 && a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= 1)
}
