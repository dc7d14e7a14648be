//! The organs beside the liver: spleen, stomach, pancreas, kidneys, adrenal glands, bowel.

use super::chest::{INSIDE, belly_mm};
use super::item::Item;
use super::shape::{Ellipsoid, Extent, Shape, curve, spline, step, tube_mm};
use super::tissue::Tissue;
use crate::geometry::{PatientPoint, PatientVector};
use crate::phantom::noise::uniform;

const fn at(x: f64, y: f64, z: f64) -> PatientPoint {
    PatientPoint::new(x, y, z)
}

fn belly(gap_mm: f64) -> Shape {
    let extent = Extent { high: at(136.0, 96.0, 6.0), ..INSIDE };
    Shape::Field(|p, [gap, ..]| belly_mm(p) + gap, [gap_mm, 0.0, 0.0], extent)
}

fn ellipsoid(x: f64, y: f64, z: f64, half: [f64; 3]) -> Shape {
    Shape::Ellipsoid(Ellipsoid::new(at(x, y, z), half))
}

pub(super) fn spleen(items: &mut Vec<Item>) {
    let outer = ellipsoid(92.0, 36.0, -64.0, [52.0, 58.0, 50.0]);
    let hollow = Shape::Ellipsoid(
        Ellipsoid::new(at(50.0, 6.0, -62.0), [38.0, 62.0, 80.0]).along(PatientVector::new(0.90, -0.44, 0.0)),
    );
    let spleen = outer.within(belly(1.6), 6.0).without(hollow).rough(1.6, 17.0, 71);
    items.push(Item::new(spleen, Tissue::Spleen));
}

pub(super) fn stomach(items: &mut Vec<Item>) {
    let bag = Shape::Any(
        vec![
            ellipsoid(58.0, 22.0, -42.0, [33.0, 34.0, 24.0]),
            ellipsoid(64.0, -14.0, -64.0, [30.0, 33.0, 30.0]),
            Shape::tube(at(64.0, -28.0, -76.0), at(42.0, -46.0, -104.0), 24.0, 16.0),
            Shape::tube(at(42.0, -46.0, -104.0), at(4.0, -46.0, -108.0), 16.0, 12.0),
            Shape::tube(at(4.0, -46.0, -108.0), at(-20.0, -34.0, -104.0), 12.0, 8.0),
        ],
        18.0,
    )
    .within(belly(2.5), 6.0)
    .rough(1.8, 19.0, 81);
    let inside = bag.clone().grown(-4.6).rough(3.0, 7.0, 82);
    items.push(Item::new(bag.clone().grown(1.5), Tissue::Mesentery));
    items.push(Item::new(bag, Tissue::StomachWall));
    items.push(Item::soft(inside.clone(), Tissue::StomachContent, 1.2));
    items.push(Item::new(inside.in_front_of(-41.0), Tissue::Gas));
}

pub(super) fn pancreas(items: &mut Vec<Item>) {
    let line = spline(
        &[
            (at(-6.0, 4.0, -138.0), 8.0),
            (at(-21.0, -2.0, -126.0), 13.0),
            (at(-18.0, -10.0, -112.0), 12.5),
            (at(-3.0, -25.0, -104.0), 7.5),
            (at(16.0, -27.0, -99.0), 8.5),
            (at(38.0, -16.0, -94.0), 9.0),
            (at(58.0, 4.0, -88.0), 9.5),
            (at(77.0, 22.0, -80.0), 8.0),
        ],
        3,
    );
    let gland = Shape::Path { nodes: line }.rough(2.6, 7.5, 91);
    items.push(Item::soft(gland, Tissue::Pancreas, 0.9));
    for pair in
        [at(-22.0, -3.0, -122.0), at(-4.0, -25.0, -103.0), at(16.0, -27.0, -98.0), at(58.0, 4.0, -87.0)].windows(2)
    {
        items.push(Item::new(Shape::tube(pair[0], pair[1], 1.0, 0.9), Tissue::BowelContent).faint(0.8));
    }
}

pub(super) fn kidneys(items: &mut Vec<Item>) {
    for (side, centre) in [(-1.0, at(-58.0, 52.0, -138.0)), (1.0, at(62.0, 48.0, -122.0))] {
        let axis = PatientVector::new(0.22 * side, -0.14, -1.0);
        let whole = Ellipsoid::new(centre, [53.0, 25.0, 28.0]).along(axis);
        // The hilum faces inwards and to the front.
        let inwards = PatientVector::new(-0.82 * side, -0.57, 0.0);
        let notch = Ellipsoid::new(centre + inwards * 21.0, [23.0, 13.0, 13.0]).along(axis);
        let sinus = Ellipsoid::new(centre + inwards * 6.5, [30.0, 9.5, 11.5]).along(axis);
        let kidney = Shape::Ellipsoid(whole).without(Shape::Ellipsoid(notch)).rough(1.3, 15.0, 101);
        items.push(Item::new(Shape::Ellipsoid(whole.grown(9.0)).within(belly(1.0), 6.0), Tissue::Fat));
        fascia(whole, items);
        items.push(Item::new(kidney.clone(), Tissue::KidneyCortex));
        pyramids(whole, kidney, side, items);
        let fat = Shape::Any(vec![Shape::Ellipsoid(sinus), Shape::Ellipsoid(notch)], 8.0);
        items.push(Item::soft(fat.rough(2.6, 8.0, 103), Tissue::Fat, 1.0));
        // Calices and vessels in the fat.
        let pelvis = centre + inwards * 13.0;
        items.push(Item::soft(
            Shape::Ellipsoid(Ellipsoid::new(pelvis, [9.0, 4.0, 5.0]).along(axis)),
            Tissue::RenalPelvis,
            1.0,
        ));
        for n in 0..9u64 {
            let draw = |k| uniform(0x6c1d ^ (side > 0.0) as u64, n * 8 + k);
            let far = axis * (36.0 * (draw(0) - 0.5)) + inwards * (-10.0 + 6.0 * draw(1));
            let far = far + PatientVector::new(inwards.y, -inwards.x, 0.0) * (20.0 * (draw(2) - 0.5));
            let tissue = [Tissue::RenalVein, Tissue::SmallArtery, Tissue::RenalPelvis][n as usize % 3];
            items.push(Item::new(Shape::tube(pelvis + inwards * 2.0, centre + far, 2.4, 1.4), tissue));
        }
        let ureter = [pelvis, centre + PatientVector::new(-24.0 * side, -12.0, -38.0), at(34.0 * side, 34.0, -232.0)];
        for pair in ureter.windows(2) {
            items.push(Item::new(Shape::tube(pair[0], pair[1], 2.2, 1.9), Tissue::RenalPelvis));
        }
    }
    // A small cyst that everybody has.
    items.push(Item::new(ellipsoid(82.0, 40.0, -140.0, [5.5, 5.5, 5.5]), Tissue::Cyst));
}

/// The renal fascia: a thin line in the fat.
fn fascia(whole: Ellipsoid, items: &mut Vec<Item>) {
    let shell = Shape::Ellipsoid(whole.grown(12.0)).rough(2.0, 22.0, 104);
    let line = shell.clone().grown(0.35).without(shell.grown(-0.35)).within(belly(3.0), 1.0);
    items.push(Item::soft(line, Tissue::Strand, 0.5).faint(0.5));
}

fn pyramids(whole: Ellipsoid, kidney: Shape, side: f64, items: &mut Vec<Item>) {
    /// Along a diagonal, to the five digits that files of samples were made with.
    const DIAGONAL: f64 = 70_711.0 / 100_000.0;
    /// Eight directions around the long axis.
    const AROUND: [(f64, f64); 8] = [
        (1.0, 0.0),
        (DIAGONAL, DIAGONAL),
        (0.0, 1.0),
        (-DIAGONAL, DIAGONAL),
        (-1.0, 0.0),
        (-DIAGONAL, -DIAGONAL),
        (0.0, -1.0),
        (DIAGONAL, -DIAGONAL),
    ];
    let [a, b, c] = whole.axes;
    for level in -3..=3i32 {
        let t = f64::from(level) * 0.26;
        let narrow = (1.0 - t * t).sqrt();
        for (n, (u, v)) in AROUND.into_iter().enumerate() {
            if (n as i32 + level).rem_euclid(2) == 0 {
                continue; // staggered
            }
            let radial = b * (u * whole.half_mm[1]) + c * (v * whole.half_mm[2]);
            let middle = whole.centre + a * (t * whole.half_mm[0]) + radial * (0.56 * narrow);
            // Not where the hilum opens.
            let from = middle - whole.centre;
            if from.x * -0.82 * side + from.y * -0.57 > 8.0 {
                continue;
            }
            let pyramid = Ellipsoid::new(middle, [7.6, 5.4, 6.4]).along(radial + a * (t * 20.0));
            let shape = Shape::Ellipsoid(pyramid).within(kidney.clone().grown(-4.5), 2.0);
            items.push(Item::soft(shape, Tissue::KidneyMedulla, 1.1));
        }
    }
}

pub(super) fn adrenals(items: &mut Vec<Item>) {
    /// Limbs of a gland on a plane: the body and two legs, as flat bands.
    fn gland_mm(p: PatientPoint, [side, thick, _]: [f64; 3]) -> f64 {
        let flat = at(p.x, p.y, 0.0);
        let band = |from: PatientPoint, to: PatientPoint| tube_mm(flat, from, to, thick, thick * 0.8);
        if side < 0.0 {
            // Right: a line behind the caval vein, forked below.
            let z = p.z + 84.0;
            let open = step(8.0, -16.0, z) * 7.0;
            let limbs = band(at(-25.0, 34.0, 0.0), at(-31.0, 46.0, 0.0))
                .min(band(at(-31.0, 46.0, 0.0), at(-31.0 - open, 61.0, 0.0)))
                .min(band(at(-31.0, 46.0, 0.0), at(-31.0 + open * 0.6, 60.0, 0.0)));
            limbs.max(z.abs() - 15.0)
        } else {
            // Left: an upturned Y before the kidney's upper pole.
            let z = p.z + 90.0;
            let limbs = band(at(33.0, 26.0, 0.0), at(36.0, 38.0, 0.0))
                .min(band(at(36.0, 38.0, 0.0), at(33.0, 51.0, 0.0)))
                .min(band(at(36.0, 38.0, 0.0), at(47.0, 46.0, 0.0)));
            limbs.max(z.abs() - 16.0)
        }
    }
    for side in [-1.0, 1.0] {
        let (low, high) = if side < 0.0 {
            ([-46.0, 28.0, -102.0], [-18.0, 68.0, -66.0])
        } else {
            ([26.0, 20.0, -108.0], [56.0, 58.0, -72.0])
        };
        let shape = Shape::Field(gland_mm, [side, 2.4, 0.0], Extent::of(low, high));
        items.push(Item::soft(shape.rough(0.6, 5.0, 111), Tissue::Adrenal, 0.7));
    }
}

pub(super) fn bowel(seed: u64, items: &mut Vec<Item>) {
    colon(seed, items);
    duodenum(items);
    for (n, (low, high)) in [
        (at(26.0, -66.0, -172.0), at(98.0, -2.0, -112.0)),
        (at(-64.0, -66.0, -240.0), at(92.0, -16.0, -172.0)),
        (at(58.0, -20.0, -240.0), at(96.0, 24.0, -166.0)),
        (at(-54.0, -66.0, -150.0), at(20.0, -36.0, -122.0)),
    ]
    .into_iter()
    .enumerate()
    {
        small_bowel(seed.wrapping_mul(8).wrapping_add(n as u64), low, high, items);
    }
}

/// Between neighbouring loops of small bowel, mm.
const BETWEEN_MM: f64 = 24.0;

fn small_bowel(seed: u64, low: PatientPoint, high: PatientPoint, items: &mut Vec<Item>) {
    // Through the cells of a box, each layer back and forth, so that the loops fill it.
    let mut nodes = Vec::new();
    let size = high - low;
    let count = |long: f64| (long / BETWEEN_MM).round().max(1.0) as u64;
    let (across, deep, layers) = (count(size.x), count(size.y), count(size.z));
    for n in 0..across * deep * layers {
        let (layer, rest) = (n / (across * deep), n % (across * deep));
        let (row, column) = (rest / across, rest % across);
        let row = if layer % 2 == 0 { row } else { deep - 1 - row };
        let column = if (row + layer) % 2 == 0 { column } else { across - 1 - column };
        let draw = |k| uniform(seed ^ 0x6b0e, n * 8 + k);
        let part = |at: u64, of: u64, k| (at as f64 + 0.5 + 0.9 * (draw(k) - 0.5)) / of as f64;
        let place = at(
            low.x + size.x * part(column, across, 0),
            low.y + size.y * part(row, deep, 1),
            low.z + size.z * (1.0 - part(layer, layers, 2)),
        );
        nodes.push((place, 8.0 + 5.0 * draw(4)));
    }
    let line = spline(&nodes, 4);
    for (n, part) in line.chunks(4).enumerate() {
        // Pieces with one node in common, so that the tube goes on.
        let mut piece = part.to_vec();
        piece.extend(line.get((n + 1) * 4));
        let open = 2.4 + 3.0 * uniform(seed ^ 0x11, n as u64);
        let lumen: Vec<_> = piece.iter().map(|(p, mm)| (*p, (mm - open).max(1.0))).collect();
        items.push(Item::new(Shape::Path { nodes: piece }.rough(1.5, 6.0, seed), Tissue::BowelWall));
        let inside = Shape::Path { nodes: lumen }.rough(1.7, 4.5, seed + 1);
        items.push(Item::soft(inside.clone(), Tissue::BowelContent, 0.9));
        if uniform(seed ^ 0x22, n as u64) < 0.28 {
            let level = part.first().map_or(0.0, |(p, _)| p.y) - 3.5;
            items.push(Item::new(inside.in_front_of(level), Tissue::Gas));
        }
    }
}

fn duodenum(items: &mut Vec<Item>) {
    let line = spline(
        &[
            (at(-22.0, -33.0, -104.0), 9.0),
            (at(-36.0, -20.0, -104.0), 11.0),
            (at(-41.0, 2.0, -116.0), 11.0),
            (at(-41.0, 8.0, -142.0), 11.5),
            (at(-24.0, 4.0, -155.0), 10.5),
            (at(6.0, -3.0, -154.0), 8.0),
            (at(30.0, -4.0, -142.0), 9.5),
            (at(35.0, -14.0, -124.0), 10.0),
        ],
        4,
    );
    let lumen: Vec<_> = line.iter().map(|(p, mm)| (*p, mm - 4.0)).collect();
    items.push(Item::new(Shape::Path { nodes: line }.rough(1.3, 7.0, 121), Tissue::BowelWall));
    let inside = Shape::Path { nodes: lumen }.rough(1.7, 5.0, 122);
    items.push(Item::soft(inside.clone(), Tissue::BowelContent, 0.9));
    let bulb = ellipsoid(-36.0, -24.0, -104.0, [8.0, 8.0, 8.0]);
    items.push(Item::new(inside.within(bulb, 2.0).in_front_of(-24.0), Tissue::Gas));
}

fn colon(seed: u64, items: &mut Vec<Item>) {
    let line = spline(
        &[
            (at(-88.0, 18.0, -240.0), 21.0),
            (at(-92.0, 12.0, -190.0), 20.0),
            (at(-84.0, -16.0, -166.0), 19.0),
            (at(-66.0, -50.0, -150.0), 18.0),
            (at(-34.0, -66.0, -160.0), 17.0),
            (at(8.0, -68.0, -166.0), 16.0),
            (at(48.0, -66.0, -152.0), 16.0),
            (at(82.0, -54.0, -124.0), 17.0),
            (at(102.0, -16.0, -100.0), 17.0),
            (at(106.0, 22.0, -122.0), 15.0),
            (at(104.0, 34.0, -170.0), 13.0),
            (at(100.0, 34.0, -240.0), 13.0),
        ],
        6,
    );
    // Haustra: the tube is drawn in every other node.
    let outer: Vec<_> =
        line.iter().enumerate().map(|(n, (p, mm))| (*p, if n % 2 == 0 { *mm } else { mm * 0.74 })).collect();
    let lumen: Vec<_> = outer.iter().map(|(p, mm)| (*p, mm - 2.6)).collect();
    for (n, (outer, lumen)) in outer.windows(7).step_by(6).zip(lumen.windows(7).step_by(6)).enumerate() {
        let wall = Shape::Path { nodes: outer.to_vec() }.rough(1.5, 10.0, 131).within(belly(1.5), 4.0);
        items.push(Item::new(wall, Tissue::BowelWall));
        let inside = Shape::Path { nodes: lumen.to_vec() }.rough(1.3, 8.0, 132).within(belly(4.0), 4.0);
        items.push(Item::new(inside.clone(), Tissue::Stool));
        let y = curve(&[(0.0, outer[0].0.y), (6.0, outer[6].0.y)], 2.0);
        let share = uniform(seed ^ 0xc01, n as u64);
        // Gas collects where the tube lies in front.
        let level = y + if y < -40.0 { 8.0 - 9.0 * share } else { -4.0 - 8.0 * share };
        items.push(Item::new(inside.clone().in_front_of(level), Tissue::Gas));
        for k in 0..14u64 {
            let draw = |m| uniform(seed ^ 0xb0b, (n as u64 * 14 + k) * 8 + m);
            let (place, mm) = lumen[(draw(0) * 6.0) as usize];
            let off = PatientVector::new(draw(1) - 0.5, draw(2) - 0.5, draw(3) - 0.5) * (1.7 * mm);
            let bubble = Shape::Ellipsoid(Ellipsoid::new(place + off, [1.0 + 2.2 * draw(4), 1.0 + 1.6 * draw(5), 2.0]));
            items.push(Item::new(bubble.within(inside.clone(), 0.5), Tissue::Gas));
        }
    }
}

/// What hangs in the fat in front of the bowel: a few vessels of the omentum.
pub(super) fn omentum(seed: u64, items: &mut Vec<Item>) {
    for n in 0..22u64 {
        let draw = |k| uniform(seed ^ 0x0e41, n * 8 + k);
        let from = at(-60.0 + 130.0 * draw(0), -80.0 + 8.0 * draw(1), -118.0 - 60.0 * draw(2));
        let to = from + PatientVector::new(36.0 * (draw(3) - 0.5), 10.0 * (draw(4) - 0.3), -30.0 * draw(5));
        items.push(Item::new(Shape::tube(from, to, 0.9, 0.6), Tissue::PortalVein));
    }
}
