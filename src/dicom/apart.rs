//! How a reader can take a stack apart by hand.

use super::found::FoundStack;
use super::instance::Instance;
use crate::clinical::FrameName;
use std::collections::BTreeMap;

/// What the frames of a stack are sorted by when a reader takes it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SplitBy {
    /// Acquisition Number (0020,0012).
    Acquisition,
    /// Temporal position, else the time at which a frame was measured, whole seconds.
    Time,
    /// Diffusion b-value.
    BValue,
    /// Echo time.
    Echo,
    /// Image Type (0008,0008).
    ImageType,
    /// Which of the frames at one position: the first of each, the second of each, and so on, as numbered.
    Repeat,
    /// The first and the second half along the normal.
    Halves,
}

impl SplitBy {
    /// Every way, in the order in which they are offered.
    pub const ALL: [Self; 7] =
        [Self::Acquisition, Self::Time, Self::BValue, Self::Echo, Self::ImageType, Self::Repeat, Self::Halves];

    /// The words after "split by".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Acquisition => "acquisition number",
            Self::Time => "time",
            Self::BValue => "b-value",
            Self::Echo => "echo time",
            Self::ImageType => "image type",
            Self::Repeat => "repeats of a position",
            Self::Halves => "halves along the slices",
        }
    }
}

impl FoundStack {
    /// The frames of this stack, taken apart; one list where they do not differ in what they are sorted by.
    #[must_use]
    pub fn taken_apart(&self, by: SplitBy) -> Vec<Vec<FrameName>> {
        let half = self.instances.len().div_ceil(2);
        let mut seen: BTreeMap<i64, usize> = BTreeMap::new();
        let mut parts: BTreeMap<String, Vec<FrameName>> = BTreeMap::new();
        let normal = self.instances.first().and_then(Instance::normal);
        let times = self.instances.iter().any(|i| i.temporal_position.is_some());
        for (n, instance) in self.instances.iter().enumerate() {
            let key = match by {
                SplitBy::Acquisition => number(instance.acquisition_number),
                SplitBy::Time if times => number(instance.temporal_position),
                SplitBy::Time => number(instance.moment_s().map(|s| s.round() as i64)),
                SplitBy::BValue => number(instance.acquisition.b_value.map(|b| (b * 10.0).round() as i64)),
                SplitBy::Echo => number(instance.acquisition.echo_time_ms.map(|ms| (ms * 1e3).round() as i64)),
                SplitBy::ImageType => instance.acquisition.image_type.join("\\"),
                SplitBy::Repeat => {
                    let at =
                        normal.and_then(|normal| instance.along_mm(normal)).map_or(0, |mm| (mm * 10.0).round() as i64);
                    let nth = seen.entry(at).or_default();
                    *nth += 1;
                    format!("{nth:08}")
                }
                SplitBy::Halves => number(Some(i64::from(n >= half))),
            };
            let name = FrameName { sop_uid: instance.file.sop_uid.clone(), frame: instance.frame };
            parts.entry(key).or_default().push(name);
        }
        parts.into_values().collect()
    }
}

/// A number so that texts are in the order of numbers; what has none comes first.
fn number(value: Option<i64>) -> String {
    value.map_or_else(String::new, |value| format!("{:020}", i128::from(value) - i128::from(i64::MIN)))
}
