//! Diaphragm, lungs, heart and what lies between them.

use super::item::Item;
use super::shape::{Ellipsoid, Extent, Shape, smooth_max, spline, step, tube_mm};
use super::tissue::Tissue;
use super::trunk::cavity_mm;
use crate::geometry::{PatientPoint, PatientVector};
use crate::phantom::noise::uniform;
use std::cell::Cell;

const fn at(x: f64, y: f64, z: f64) -> PatientPoint {
    PatientPoint::new(x, y, z)
}

/// Height of the diaphragm over a place, mm: right dome, left dome, and the saddle under the heart.
fn diaphragm_mm(p: PatientPoint) -> f64 {
    LAST.with(|last| {
        let (x, y, high) = last.get();
        if x == p.x && y == p.y {
            return high;
        }
        let high = domes_mm(p);
        last.set((p.x, p.y, high));
        high
    })
}

thread_local! {
    /// The last place asked about: lungs, belly and liver ask about the same one.
    static LAST: Cell<(f64, f64, f64)> = const { Cell::new((f64::NAN, 0.0, 0.0)) };
}

fn domes_mm(p: PatientPoint) -> f64 {
    // Steeper in front than behind, where the recess of the lungs reaches far down; flat towards the side.
    let dome = |top: f64, x: f64, y: f64, rx: f64, ry: f64| {
        let outwards = (p.x - x) * x > 0.0;
        let (rx, ry) = (if outwards { rx * 1.22 } else { rx }, if p.y < y { ry * 0.80 } else { ry });
        let (u, v) = ((p.x - x) / rx, (p.y - y) / ry);
        let r2 = (u * u + v * v).min(2.2);
        let r4 = r2 * r2;
        top - 34.0 * r2 - 22.0 * r4 - 26.0 * r4 * r4
    };
    let right = dome(0.0, -62.0, -10.0, 75.0, 99.0);
    let left = dome(-11.0, 66.0, 0.0, 69.0, 96.0);
    let middle = dome(-13.0, 10.0, -44.0, 62.0, 62.0);
    let lowest = -96.0 + 50.0 * step(66.0, 8.0, p.x.abs()) * step(30.0, 50.0, p.y) + 60.0 * step(10.0, -66.0, p.y);
    smooth_max(smooth_max(smooth_max(right, left, 9.0), middle, 9.0), lowest, 9.0)
}

/// Distance from the lungs' space, mm: above the diaphragm, inside the ribs, beside the mediastinum.
pub(super) fn lungs_mm(p: PatientPoint) -> f64 {
    let above = (diaphragm_mm(p) - p.z + 1.6) * 0.62;
    (cavity_mm(p) + 1.8).max(above)
}

/// Distance from the space under the diaphragm and inside the wall, mm.
pub(super) fn belly_mm(p: PatientPoint) -> f64 {
    let below = (p.z - diaphragm_mm(p) + 1.6) * 0.62;
    smooth_max(cavity_mm(p) + 2.6, below, 5.0)
}

pub(super) const INSIDE: Extent = Extent::of([-136.0, -100.0, -1e9], [136.0, 96.0, 1e9]);

/// The cavity: a muscle plate between belly and lungs, then both.
pub(super) fn cavities(items: &mut Vec<Item>) {
    items.push(Item::new(Shape::Field(|p, _| cavity_mm(p), [0.0; 3], INSIDE), Tissue::Muscle));
    let belly = Extent { high: at(136.0, 96.0, 6.0), ..INSIDE };
    items.push(Item::new(Shape::Field(|p, _| belly_mm(p), [0.0; 3], belly), Tissue::Mesentery));
}

pub(super) fn chest(items: &mut Vec<Item>) {
    let lungs = Extent { low: at(-136.0, -100.0, -125.0), ..INSIDE };
    items.push(Item::new(Shape::Field(|p, _| lungs_mm(p), [0.0; 3], lungs), Tissue::Lung));
    lung_vessels(items);
    mediastinum(items);
    heart(items);
}

fn lung_vessels(items: &mut Vec<Item>) {
    // From each lower hilum outwards, down and back, dividing.
    for side in [-1.0, 1.0] {
        let hilum = at(36.0 * side, 14.0, 62.0);
        for n in 0..54u64 {
            let draw = |k| uniform(0x1049, (n * 2 + u64::from(side > 0.0)) * 16 + k);
            let to = at((42.0 + 74.0 * draw(0)) * side, -66.0 + 142.0 * draw(1), 50.0 - 100.0 * draw(2));
            let bend =
                at(36.0 * side + (to.x - 36.0 * side) * 0.45, 14.0 + (to.y - 14.0) * 0.35, 62.0 + (to.z - 62.0) * 0.6);
            let thick = 1.1 + 1.9 * draw(3) * draw(3);
            let line = spline(&[(hilum, thick + 1.0), (bend, thick), (to, 0.5)], 4);
            let tissue = if n % 6 == 3 { Tissue::BronchusWall } else { Tissue::LungVessel };
            vessel_in_lung(items, &line, tissue);
            for k in 0..3u64 {
                let Some((from, mm)) = line.get(3 + k as usize * 2).copied() else { continue };
                let aside = PatientVector::new(draw(4 + k) - 0.5, draw(7 + k) - 0.5, draw(10 + k) - 0.7);
                let end = from + aside * 42.0;
                vessel_in_lung(items, &[(from, mm * 0.75), (end, 0.55)], Tissue::LungVessel);
            }
        }
    }
}

fn vessel_in_lung(items: &mut Vec<Item>, line: &[(PatientPoint, f64)], tissue: Tissue) {
    for pair in line.windows(2) {
        let [(from, from_mm), (to, to_mm)] = pair else { continue };
        if lungs_mm(*from) > -3.0 || lungs_mm(*to) > -3.0 {
            return;
        }
        items.push(Item::new(Shape::tube(*from, *to, *from_mm, *to_mm), tissue));
        if tissue == Tissue::BronchusWall {
            items.push(Item::new(Shape::tube(*from, *to, from_mm - 0.7, to_mm - 0.5), Tissue::Gas));
        }
    }
}

/// Fat between the lungs, gullet, and behind the pillars of the diaphragm.
fn mediastinum(items: &mut Vec<Item>) {
    // A wedge that narrows between heart and spine.
    fn between_mm(p: PatientPoint, _: [f64; 3]) -> f64 {
        let forward = (30.0 - p.y).max(0.0);
        let half = 13.0 + 0.16 * forward + 4.0 * step(-10.0, -70.0, p.z);
        let x = p.x - 7.0;
        let wedge =
            smooth_max((x.abs() - half) * 0.85, (p.y - 52.0).max(-58.0 + 62.0 * step(14.0, -16.0, p.z) - p.y), 22.0);
        wedge.max(cavity_mm(p)) * 0.8
    }
    let extent = Extent::of([-60.0, -74.0, -125.0], [70.0, 74.0, 1e9]);
    items.push(Item::new(Shape::Field(between_mm, [0.0; 3], extent), Tissue::Fat));
    let gullet = spline(
        &[
            (at(3.0, 22.0, 70.0), 7.0),
            (at(5.0, 17.0, 20.0), 7.5),
            (at(10.0, 8.0, -14.0), 7.5),
            (at(20.0, 1.0, -32.0), 8.0),
            (at(36.0, 0.0, -40.0), 9.0),
        ],
        5,
    );
    items.push(Item::new(Shape::Path { nodes: gullet.clone() }, Tissue::BowelWall));
    let lumen = gullet.into_iter().map(|(p, mm)| (p, mm - 4.6)).collect();
    items.push(Item::new(Shape::Path { nodes: lumen }, Tissue::BowelContent));
    let air = at(6.0, 14.5, 8.0);
    items.push(Item::new(Shape::Ellipsoid(Ellipsoid::new(air, [2.0, 1.3, 9.0])), Tissue::Gas));
}

fn heart(items: &mut Vec<Item>) {
    let axis = PatientVector::new(0.80, -0.55, -0.24);
    let body = Shape::Any(
        vec![
            Shape::Ellipsoid(Ellipsoid::new(at(34.0, -42.0, 24.0), [52.0, 36.0, 38.0]).along(axis)),
            Shape::Ellipsoid(Ellipsoid::new(at(-18.0, -24.0, 36.0), [26.0, 31.0, 42.0])),
            Shape::Ellipsoid(Ellipsoid::new(at(8.0, 2.0, 48.0), [36.0, 22.0, 30.0])),
        ],
        30.0,
    );
    let cavity = Shape::Field(|p, _| cavity_mm(p) + 4.0, [0.0; 3], INSIDE);
    let lungs = Shape::Field(|p, _| lungs_mm(p) + 0.5, [0.0; 3], INSIDE);
    let sac = body.clone().grown(5.5).rough(2.5, 24.0, 3).within(cavity, 3.0).within(lungs.clone(), 3.0);
    items.push(Item::new(sac, Tissue::Fat));
    let muscle = body.rough(1.5, 20.0, 4).within(lungs, 3.0);
    items.push(Item::new(muscle, Tissue::Myocardium));
    let blood = |centre, half, along, tissue, seed| {
        Item::soft(Shape::Ellipsoid(Ellipsoid::new(centre, half).along(along)).rough(2.2, 9.0, seed), tissue, 1.0)
    };
    let cross = PatientVector::new(1.0, 0.0, 0.0);
    items.extend([
        blood(at(48.0, -34.0, 24.0), [29.0, 15.0, 21.0], axis, Tissue::LeftBlood, 5),
        blood(at(20.0, -62.0, 22.0), [38.0, 13.0, 25.0], axis, Tissue::RightBlood, 6),
        blood(at(-22.0, -26.0, 36.0), [20.0, 26.0, 38.0], cross, Tissue::RightBlood, 7),
        blood(at(8.0, 4.0, 52.0), [30.0, 16.0, 24.0], cross, Tissue::LeftBlood, 8),
    ]);
    // Vessels in the grooves.
    for line in [
        [at(-2.0, -62.0, 50.0), at(-6.0, -52.0, 24.0), at(2.0, -30.0, 0.0)],
        [at(26.0, -82.0, 44.0), at(48.0, -76.0, 16.0), at(66.0, -62.0, 0.0)],
    ] {
        for pair in line.windows(2) {
            items.push(Item::new(Shape::tube(pair[0], pair[1], 1.7, 1.5), Tissue::SmallArtery));
        }
    }
}

/// Pillars of the diaphragm: flat muscles before and beside the aorta.
pub(super) fn crura(items: &mut Vec<Item>) {
    fn crus_mm(p: PatientPoint, [side, ..]: [f64; 3]) -> f64 {
        // A band that runs from in front of the aorta around its side to the spine.
        let low = step(-30.0, -120.0, p.z);
        let (front, outer) = (
            at(12.0 + 4.0 * side - 5.0 * low, 5.0 - 1.0 * low, p.z),
            at(13.0 + 16.0 * side - 5.0 * low, 20.0 + 1.0 * low, p.z),
        );
        let back = at(5.0 + 20.0 * side, 42.0 - 6.0 * low, p.z);
        let thick = 3.4 - 0.9 * low;
        let band = tube_mm(p, front, outer, thick * 0.9, thick).min(tube_mm(p, outer, back, thick, thick * 0.55));
        band.max(p.z + 26.0).max(-126.0 - p.z)
    }
    for side in [-1.0, 1.0] {
        let extent = Extent::of([-32.0, 0.0, -130.0], [44.0, 60.0, -22.0]);
        items.push(Item::new(Shape::Field(crus_mm, [side, 0.0, 0.0], extent).rough(0.8, 9.0, 6), Tissue::Muscle));
    }
}
