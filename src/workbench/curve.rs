//! What a region does over the phases of a visit, and at every visit: its mean and spread in each series.
//!
//! The region is the chosen lesion's mark in the active pane, else a disc of 5 mm at a place. It is carried to each
//! series by the link to it and sampled there; a series that is still being read is waited for.

use super::jobs::Lane;
use super::room::Pane;
use super::{DISC_MM, Done, Slot, Workbench, looking_words as words};
use crate::clinical::{Modality, StackKey, StackRole};
use crate::dicom::{Shape, StackAxis};
use crate::geometry::{PatientPoint, Rigid, VoxelIndex};
use crate::marks::Mask;
use crate::project::{Document, StackRecord};
use crate::volume::{Statistics, Unit, Volume};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A region's values along an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// "L1 zone" or "5 mm at the middle of the pane".
    pub region: String,
    /// Unit of the values.
    pub unit: Unit,
    /// Over the phases of the visit that is shown.
    pub phases: Vec<CurvePoint>,
    /// At every visit, in series of the same kind.
    pub visits: Vec<CurvePoint>,
}

/// The region in one series.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePoint {
    /// "ART", "+35 s", "2024-03-18".
    pub label: String,
    /// The series.
    pub stack: StackKey,
    /// Where it stands along the axis: seconds or days after the first; none without times.
    pub at: Option<f64>,
    /// What was found; none while it is read, and where the region lies outside.
    pub values: Option<Statistics>,
    /// Why it should not be read beside the others: "100 kVp".
    pub unlike: Option<String>,
    /// Whether its place comes through a link that nobody confirmed.
    pub expected: bool,
    /// Whether it is the series that is shown.
    pub shown: bool,
}

/// The region and the series it is asked of.
#[derive(Debug, Clone)]
pub(super) struct CurveAsk {
    curve: Curve,
    /// In the space of the series that is shown.
    places: Arc<Vec<PatientPoint>>,
    /// Series that were asked, whatever they said.
    done: BTreeSet<StackKey>,
}

impl Workbench {
    /// The curve that was asked for, as far as it is worked out.
    #[must_use]
    pub fn curve(&self) -> Option<&Curve> {
        self.looking.curve.as_ref().map(|ask| &ask.curve)
    }

    /// Asks for the curve of the region at hand, or puts it away.
    pub(super) fn show_curve(&mut self, show: bool) {
        self.looking.curve = None;
        self.jobs.cancel(&Slot::Curve);
        if !show {
            return;
        }
        match self.curve_ask() {
            Ok(ask) => {
                let stacks: Vec<StackKey> = points(&ask.curve).map(|point| point.stack).collect();
                self.looking.curve = Some(ask);
                for stack in stacks {
                    let Some(record) = self.document().and_then(|d| d.stack(stack)).cloned() else { continue };
                    let middle = record.info.slices() / 2;
                    self.images.want(stack, &record.info, middle, Lane::Loading, &mut self.jobs);
                    self.pump_inline();
                }
                self.go_on_with_curve();
            }
            Err(why) => self.notices.tell(super::Level::Note, why, false),
        }
    }

    fn curve_ask(&self) -> Result<CurveAsk, &'static str> {
        let document = self.document().ok_or(super::words::NO_PROJECT)?;
        let shown = self.room.panes().get(self.room.active()).and_then(Pane::shown).filter(|shown| shown.placed);
        let shown = shown.ok_or(words::NO_OTHER_PLANES)?;
        let record = document.stack(shown.stack).ok_or(super::words::STACK_GONE)?;
        let marked = self.mark_at_hand().and_then(|mark| Some((document.mark(mark)?, document.mask(mark)?)));
        let (region, places) = match marked {
            Some((mark, mask)) => {
                let labels = mark.info.lesions.iter().filter_map(|id| document.lesion(*id)).map(|l| l.label.as_str());
                let labels: Vec<&str> = labels.collect();
                (words::region(&labels.join(", "), mark.info.role), places_in(mask))
            }
            None => (words::disc_region(DISC_MM), disc(shown.focus(), shown.grid.axes, DISC_MM)),
        };
        let point = |other: &StackRecord, label: String, at: Option<f64>| CurvePoint {
            label,
            stack: other.info.key,
            at,
            values: None,
            unlike: unlike(record, other),
            expected: self.link(record.info.key, other.info.key).is_none_or(|link| link.is_unconfirmed()),
            shown: other.info.key == record.info.key,
        };
        let curve = Curve {
            region,
            unit: record.info.unit,
            phases: phases(document, record).into_iter().map(|(other, label, at)| point(other, label, at)).collect(),
            visits: self.same_kind(document, record).into_iter().map(|(o, label, at)| point(o, label, at)).collect(),
        };
        Ok(CurveAsk { curve, places: Arc::new(places), done: BTreeSet::new() })
    }

    /// The series most alike at every visit that is not hidden, by date; none where values of two visits cannot stand
    /// beside each other (MR without a unit).
    fn same_kind<'a>(
        &self,
        document: &'a Document,
        record: &StackRecord,
    ) -> Vec<(&'a StackRecord, String, Option<f64>)> {
        if record.info.unit == Unit::None {
            return Vec::new();
        }
        let visits = document.visits_of(record.patient);
        let first = visits.first().map(|visit| visit.date);
        let here = document.visit_of_stack(record.info.key);
        let index = |other: &StackRecord| other.info.group.as_ref().map(|group| group.index);
        let step = |other: &StackRecord| other.info.grid().spacing_mm[2];
        visits
            .into_iter()
            .filter(|visit| !self.is_hidden(visit.id))
            .filter_map(|visit| {
                let of_kind = document.stacks_of(visit.id).into_iter().filter(|other| {
                    other.role == record.role
                        && other.info.unit == record.info.unit
                        && matches!(other.info.shape, Shape::Volume(_))
                });
                let alike = |other: &StackRecord| {
                    let own = Some(visit.id) == here && other.info.key == record.info.key;
                    (!own, index(other) != index(record), other.info.kernel != record.info.kernel)
                };
                let best = of_kind.min_by(|a, b| {
                    let off = |other: &StackRecord| (step(other) - step(record)).abs();
                    alike(a).cmp(&alike(b)).then(off(a).total_cmp(&off(b))).then(a.info.key.cmp(&b.info.key))
                })?;
                let days = first.map(|first| (visit.date - first).num_days() as f64);
                Some((best, visit.date.to_string(), days))
            })
            .collect()
    }

    /// Works out what can be worked out now: series that were read to their end and have no values yet.
    pub(super) fn go_on_with_curve(&mut self) {
        if self.jobs.is_running(&Slot::Curve) {
            return;
        }
        let Some(ask) = &self.looking.curve else { return };
        let Some(from) = self.room.panes().get(self.room.active()).and_then(Pane::shown).map(|s| s.stack) else {
            return;
        };
        let from = points(&ask.curve).find(|point| point.shown).map_or(from, |point| point.stack);
        let mut wanted: Vec<(StackKey, Rigid, Arc<Volume>)> = Vec::new();
        for point in points(&ask.curve).filter(|point| point.values.is_none()) {
            if ask.done.contains(&point.stack) || wanted.iter().any(|(key, ..)| *key == point.stack) {
                continue;
            }
            let volume = self.images.get(point.stack).filter(|volume| volume.is_complete());
            if let Some((volume, link)) = volume.cloned().zip(self.link(from, point.stack)) {
                wanted.push((point.stack, link.rigid_mm, volume));
            }
        }
        if wanted.is_empty() {
            return;
        }
        let places = Arc::clone(&ask.places);
        self.jobs.start(Slot::Curve, words::MEASURING, Lane::Loading, move |_| {
            let found = wanted.into_iter().map(|(key, rigid, volume)| {
                let values = places.iter().filter_map(|place| volume.sample(rigid.apply(*place)));
                (key, Statistics::of(values))
            });
            Done::Curve(found.collect())
        });
    }

    pub(super) fn take_curve(&mut self, found: Vec<(StackKey, Option<Statistics>)>) {
        let Some(ask) = &mut self.looking.curve else { return };
        for (key, values) in found {
            ask.done.insert(key);
            let curve = &mut ask.curve;
            for point in curve.phases.iter_mut().chain(&mut curve.visits).filter(|point| point.stack == key) {
                point.values = values;
            }
        }
    }
}

fn points(curve: &Curve) -> impl Iterator<Item = &CurvePoint> {
    curve.phases.iter().chain(&curve.visits)
}

/// The phases of a stack's visit, in order, with their words and seconds after the first: the stacks of its 4-D
/// series, else the phases of CT.
fn phases<'a>(document: &'a Document, record: &StackRecord) -> Vec<(&'a StackRecord, String, Option<f64>)> {
    let Some(visit) = document.visit_of_stack(record.info.key) else { return Vec::new() };
    let mut all: Vec<(&StackRecord, String, (u32, i64))> = Vec::new();
    let group = record.info.group.as_ref().filter(|g| matches!(g.axis, StackAxis::Phase | StackAxis::Time));
    for other in document.stacks_of(visit) {
        if !matches!(other.info.shape, Shape::Volume(_)) || other.info.unit != record.info.unit {
            continue;
        }
        match (group, &other.info.group) {
            (Some(group), Some(of)) if of.id == group.id => all.push((other, of.label.clone(), (of.index, 0))),
            (None, _) if record.info.modality == Modality::Ct && other.info.kernel == record.info.kernel => {
                const PHASES: [StackRole; 4] =
                    [StackRole::CtUnenhanced, StackRole::CtArterial, StackRole::CtPortalVenous, StackRole::CtDelayed];
                if let Some(n) = PHASES.iter().position(|role| *role == other.role) {
                    // Of several series of one phase the one that is shown, else the first.
                    let own = i64::from(other.info.key != record.info.key);
                    all.push((other, crate::hanging::short_role(other.role).to_owned(), (n as u32, own)));
                }
            }
            _ => {}
        }
    }
    all.sort_by_key(|(other, _, order)| (*order, other.info.key));
    all.dedup_by_key(|(_, _, (phase, _))| *phase);
    let seconds = |other: &StackRecord| {
        let how = &other.info.acquisition;
        how.after_contrast_s.or(how.time_s)
    };
    let first = all.first().and_then(|(other, ..)| seconds(other));
    let rising = all.windows(2).all(|pair| match pair {
        [(a, ..), (b, ..)] => seconds(a).zip(seconds(b)).is_some_and(|(a, b)| a < b),
        _ => false,
    });
    all.into_iter()
        .map(|(other, label, _)| {
            let at = first.zip(seconds(other)).filter(|_| rising).map(|(first, at)| at - first);
            (other, label, at)
        })
        .collect()
}

/// Why values of a series do not stand beside those of another.
fn unlike(record: &StackRecord, other: &StackRecord) -> Option<String> {
    let hu = record.info.unit == Unit::Hu;
    match (record.info.acquisition.kvp, other.info.acquisition.kvp) {
        (Some(a), Some(b)) if hu && (a - b).abs() > 0.5 => Some(format!("{b:.0} kVp")),
        _ => None,
    }
}

/// The centres of a mark's voxels.
fn places_in(mask: &Mask) -> Vec<PatientPoint> {
    let grid = mask.grid();
    let of_slice = mask.slices().iter().flat_map(|(k, runs)| {
        runs.rows(grid.dims[0]).flat_map(move |(row, first, end)| {
            let at = move |column: u32| VoxelIndex::new(f64::from(column), f64::from(row), f64::from(*k));
            (first..end).map(move |column| grid.to_patient(at(column)))
        })
    });
    of_slice.collect()
}

/// Places half a mm apart in a disc.
fn disc(
    centre: PatientPoint,
    [right, down, _]: [crate::geometry::PatientDirection; 3],
    diameter_mm: f64,
) -> Vec<PatientPoint> {
    const STEP_MM: f64 = 0.5;
    let reach = (diameter_mm / 2.0 / STEP_MM).floor() as i32;
    let offsets = move || (-reach..=reach).map(|n| f64::from(n) * STEP_MM);
    let inside = move |x: f64, y: f64| x.hypot(y) <= diameter_mm / 2.0 + 1e-9;
    offsets()
        .flat_map(move |y| offsets().map(move |x| (x, y)))
        .filter(|(x, y)| inside(*x, *y))
        .map(|(x, y)| centre + right.times_mm(x) + down.times_mm(y))
        .collect()
}
