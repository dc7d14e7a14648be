//! Lesions at a visit: their regions, and how they are painted.
//!
//! A lesion has a frame of its own: its origin lies where breathing and the table put the lesion's place, its axes turn
//! with the patient. In it sizes are those of the recipe, whatever the tissue around does.

use super::motion::{Motion, two_to};
use super::region::{CAPSULE_MM, Region};
use super::{Study, point, vector};
use crate::clinical::Organ;
use crate::geometry::PatientPoint;
use crate::phantom::body::{Ellipsoid, Item, SHARP_MM, Shape, Tissue, liver_surface};
use crate::phantom::recipe::{At, Distractor, DistractorKind, Growth, Lesion, Look, Visit, Zone};

/// What a lesion is at a visit.
pub(in crate::phantom) struct Regions {
    /// Where the middle of the tumour is or was.
    pub place: PatientPoint,
    pub tumour: Option<Region>,
    pub zone: Option<Region>,
    pub viable: Option<Region>,
    pub in_retrospect: Option<Region>,
    /// The tumour as it was before treatment, in the frame of this visit.
    pub tumour_before: Ellipsoid,
}

/// The frame of a lesion at a visit.
struct Frame<'a> {
    place: PatientPoint,
    motion: &'a Motion,
}

impl Frame<'_> {
    fn at(&self, offset_mm: [f64; 3]) -> PatientPoint {
        self.place + self.motion.direction(vector(offset_mm))
    }

    fn ellipsoid(&self, offset_mm: [f64; 3], size_mm: [f64; 3], points_to: Option<[f64; 3]>) -> Ellipsoid {
        let upright = Ellipsoid::new(self.at(offset_mm), size_mm.map(|size| size / 2.0));
        let pointed = points_to.map_or(upright, |to| upright.along(vector(to)));
        Ellipsoid { axes: pointed.axes.map(|axis| self.motion.direction(axis)), ..pointed }
    }
}

/// Smaller than this a nodule is not there, mm.
const LEAST_MM: f64 = 2.0;

impl Growth {
    /// Size on a day; none while it is too small, and after it was treated.
    fn size_on(&self, day: i64) -> Option<[f64; 3]> {
        if self.until_day.is_some_and(|until| day >= until) {
            return None;
        }
        let scale = two_to((day - self.called_day) as f64 / (3.0 * self.doubling_time_days));
        let size = self.size_mm.map(|mm| mm * scale);
        size.iter().all(|mm| *mm >= LEAST_MM).then_some(size)
    }
}

impl Study {
    fn lesion(&self, label: &str) -> Option<&Lesion> {
        self.recipe.lesions.iter().find(|lesion| lesion.label == label)
    }

    /// The regions of a lesion at a visit, for a movement of that visit.
    pub(in crate::phantom) fn regions(&self, visit: &Visit, at: &At, motion: &Motion) -> Option<Regions> {
        let lesion = self.lesion(&at.label)?;
        let frame = Frame { place: motion.without_pull(point(lesion.place_mm)), motion };
        let tumour_before = frame.ellipsoid([0.0; 3], lesion.size_mm, lesion.points_to);
        let plain = |e: Ellipsoid| Region { shape: Shape::Ellipsoid(e), at_capsule: false };
        let tumour = at.tumour_percent.map(|percent| {
            let size = lesion.size_mm.map(|mm| mm * percent / 100.0);
            plain(frame.ellipsoid([0.0; 3], size, lesion.points_to))
        });
        let zone = at.zone.as_ref().map(|zone| Region { shape: zone_shape(&frame, zone), at_capsule: zone.at_capsule });
        let uncovered = zone.as_ref().filter(|_| at.uncovered).map(|zone| Region {
            shape: Shape::Ellipsoid(tumour_before).without(zone.shape.clone()),
            at_capsule: false,
        });
        let treated = self.recipe.last_session(&at.label, visit.day).is_some();
        let growth = lesion.growth.as_ref().filter(|_| treated);
        let grown = growth.and_then(|growth| {
            let size = growth.size_on(visit.day)?;
            Some((plain(frame.ellipsoid(growth.offset_mm, size, growth.points_to)), visit.day >= growth.called_day))
        });
        let (called, hidden) = match grown {
            Some((region, true)) => (Some(region), None),
            Some((region, false)) => (None, Some(region)),
            None => (None, None),
        };
        Some(Regions {
            place: frame.place,
            tumour,
            zone,
            viable: uncovered.or(called),
            in_retrospect: hidden,
            tumour_before,
        })
    }

    /// Paints the lesions and distractors of a visit over the body.
    pub(super) fn paint_lesions(&self, visit: &Visit, motion: &Motion, items: &mut Vec<Item>) {
        let here = |distractor: &&Distractor| distractor.visits.as_ref().is_none_or(|ids| ids.contains(&visit.id));
        for distractor in self.recipe.distractors.iter().filter(here) {
            paint_distractor(distractor, items);
        }
        for at in &visit.lesions {
            let (Some(lesion), Some(regions)) = (self.lesion(&at.label), self.regions(visit, at, motion)) else {
                continue;
            };
            let at_capsule = at.zone.as_ref().is_some_and(|zone| zone.at_capsule);
            let mut paint = Painter { items, at_capsule, organ: lesion.organ };
            if let Some(Region { shape: Shape::Ellipsoid(e), .. }) = &regions.tumour {
                paint.tumour(*e, lesion.look);
            }
            if let (Some(zone), Some(region)) = (&at.zone, &regions.zone) {
                let frame = Frame { place: regions.place, motion };
                paint.zone(&frame, zone, region);
            }
            for viable in [&regions.in_retrospect, &regions.viable].into_iter().flatten() {
                paint.viable(viable, lesion.look);
            }
        }
    }
}

fn zone_shape(frame: &Frame<'_>, zone: &Zone) -> Shape {
    let whole = Shape::Ellipsoid(frame.ellipsoid(zone.offset_mm, zone.size_mm, zone.points_to));
    match &zone.scallop {
        Some(s) => whole.without(Shape::tube(frame.at(s.from_mm), frame.at(s.to_mm), s.radius_mm, s.radius_mm)),
        None => whole,
    }
}

struct Painter<'a> {
    items: &'a mut Vec<Item>,
    at_capsule: bool,
    organ: Organ,
}

impl Painter<'_> {
    fn add(&mut self, shape: Shape, tissue: Tissue, edge_mm: f64) {
        let mut item = Item::soft(shape, tissue, edge_mm).at_visit();
        if self.at_capsule {
            item = item.inside(liver_surface().grown(-CAPSULE_MM));
        }
        self.items.push(item);
    }

    fn tumour(&mut self, e: Ellipsoid, look: Look) {
        let scaled = |part: f64| Shape::Ellipsoid(Ellipsoid { half_mm: e.half_mm.map(|half| half * part), ..e });
        let whole = Shape::Ellipsoid(e).rough(0.5, 4.0, 201);
        match look {
            Look::Colorectal => {
                self.add(whole, Tissue::MetastasisRim, 1.3);
                self.add(scaled(0.72).rough(0.9, 4.5, 202), Tissue::MetastasisCentre, 2.0);
            }
            Look::Hepatocellular => {
                self.add(Shape::Ellipsoid(e.grown(0.9)).rough(0.3, 5.0, 201), Tissue::Capsule, 0.9);
                self.add(whole, Tissue::Hepatocellular, 1.1);
            }
            Look::SoftTissue => {
                let tissue = if self.organ == Organ::LymphNode { Tissue::Node } else { Tissue::SoftTissue };
                self.add(Shape::Ellipsoid(e).rough(0.9, 4.0, 201), tissue, 0.9);
            }
        }
    }

    fn zone(&mut self, frame: &Frame<'_>, zone: &Zone, region: &Region) {
        if let Some(to) = zone.track_to_mm {
            let from = frame.at(zone.offset_mm);
            let tissue = if zone.late { Tissue::Track } else { Tissue::ZoneCoreEarly };
            self.add(Shape::tube(from, frame.at(to), 1.5, 1.3), tissue, 0.9);
        }
        let shape = region.shape.clone();
        if zone.rim_mm > 0.0 {
            let rim = shape.clone().grown(zone.rim_mm).rough(0.25 * zone.rim_mm, 7.0, 211);
            // In lung a halo of ground glass, in bone a hard border, else granulation.
            let tissue = match self.organ {
                Organ::Lung => Tissue::GroundGlass,
                Organ::Bone => Tissue::CalcifiedRim,
                _ => Tissue::BenignRim,
            };
            self.add(rim, tissue, if self.organ == Organ::Lung { 2.5 } else { 0.7 });
        }
        if self.organ == Organ::Lung {
            // Consolidated lung, with the frozen tumour in it: nothing to tell apart.
            self.add(shape.rough(1.4, 6.0, 213), Tissue::Consolidation, 1.2);
            if let Some(size_mm) = zone.cavity_mm {
                let hole = Shape::Ellipsoid(frame.ellipsoid(zone.offset_mm, size_mm, zone.points_to));
                self.add(hole.rough(0.8, 4.0, 214), Tissue::Gas, 0.9);
            }
            return;
        }
        let (outer, core) = if zone.late {
            (Tissue::ZoneLate, Tissue::ZoneCoreLate)
        } else {
            (Tissue::ZoneOuter, Tissue::ZoneCoreEarly)
        };
        self.add(shape.rough(0.6, 8.0, 213), outer, SHARP_MM + 0.4);
        let middle = frame.ellipsoid(zone.offset_mm, zone.size_mm.map(|mm| mm * 0.58), zone.points_to);
        self.add(Shape::Ellipsoid(middle).rough(1.6, 7.0, 212), core, 3.2);
        if let Some(s) = &zone.scallop {
            // The vessel that kept its surroundings alive runs on through the notch.
            let vessel = Shape::tube(frame.at(s.from_mm), frame.at(s.to_mm), s.radius_mm * 0.45, s.radius_mm * 0.45);
            self.add(vessel, Tissue::HepaticVein, SHARP_MM);
        }
    }

    fn viable(&mut self, region: &Region, look: Look) {
        let tissue = match look {
            Look::Colorectal => Tissue::Viable,
            Look::Hepatocellular => Tissue::Hepatocellular,
            Look::SoftTissue => Tissue::SoftTissue,
        };
        self.add(region.shape.clone().rough(0.4, 3.5, 221), tissue, 1.1);
    }
}

fn paint_distractor(distractor: &Distractor, items: &mut Vec<Item>) {
    let upright = Ellipsoid::new(point(distractor.place_mm), distractor.size_mm.map(|mm| mm / 2.0));
    let e = distractor.points_to.map_or(upright, |to| upright.along(vector(to)));
    let whole = Shape::Ellipsoid(e);
    match distractor.kind {
        DistractorKind::Cyst => items.push(Item::new(whole, Tissue::Cyst)),
        DistractorKind::FocalFat => {
            items.push(Item::soft(whole.rough(1.4, 6.0, 231).within(liver_surface(), 1.0), Tissue::FattyLiver, 2.5));
        }
        DistractorKind::VesselEndOn => items.push(Item::new(whole, Tissue::PortalVein)),
        DistractorKind::Gas => items.push(Item::soft(whole.rough(0.6, 2.5, 234), Tissue::TrackGas, 1.0)),
        DistractorKind::Granuloma => items.push(Item::new(whole.rough(0.5, 2.5, 232), Tissue::Calcification)),
        DistractorKind::SmallNodule => items.push(Item::soft(whole, Tissue::MetastasisCentre, 1.2)),
        DistractorKind::PerfusionWedge => {
            let axis = e.axes[0];
            let end = e.centre + axis * distractor.size_mm[2];
            let wedge = Shape::tube(e.centre, end, 2.0, distractor.size_mm[0] / 2.0);
            // Its far end lies beyond the capsule, where the liver cuts it off.
            items.push(Item::soft(
                wedge.rough(1.8, 9.0, 233).within(liver_surface(), 1.0),
                Tissue::PerfusionWedge,
                2.2,
            ));
        }
    }
}
