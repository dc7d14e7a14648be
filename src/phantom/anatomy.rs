//! The body of the sample patient, as a list of shapes painted one over the other.
//!
//! Its own coordinates: LPS in mm, x = 0 in the middle, z = 0 at the top of the right dome of the diaphragm.

use super::noise::{smooth, uniform};
use super::shape::{Along, Ellipsoid, Rib, Shape, Trunk, smooth_max, smooth_min};
use super::tissue::Tissue;
use super::vessels;
use crate::geometry::PatientPoint;

/// One thing to paint: later items cover earlier ones.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub shape: Shape,
    pub tissue: Tissue,
    /// Half the width of the edge, mm.
    pub edge_mm: f64,
}

/// Half the edge of a sharp border: pixel and point spread together, mm.
pub(super) const SHARP_MM: f64 = 1.15;

impl Item {
    pub fn new(shape: Shape, tissue: Tissue) -> Self {
        Self { shape, tissue, edge_mm: SHARP_MM }
    }

    pub fn soft(shape: Shape, tissue: Tissue, edge_mm: f64) -> Self {
        Self { shape, tissue, edge_mm }
    }
}

const fn trunk(half_x_mm: f64, half_y_mm: f64, centre_y_mm: f64) -> Trunk {
    Trunk { half_x_mm, half_y_mm, centre_y_mm }
}

const SKIN: Trunk = trunk(166.0, 117.0, 1.0);
const FAT: Trunk = trunk(164.0, 115.0, 1.0);
const WALL: Trunk = trunk(149.0, 101.0, 2.0);
const WALL_CLEFT: Trunk = trunk(145.5, 97.5, 1.5);
const WALL_INNER: Trunk = trunk(144.0, 96.0, 1.0);
const RIBS: Trunk = trunk(138.5, 91.5, 0.0);
/// The inside of the chest and belly wall.
pub(super) const CAVITY: Trunk = trunk(131.0, 85.0, -1.0);

const fn at(x: f64, y: f64, z: f64) -> PatientPoint {
    PatientPoint::new(x, y, z)
}

fn ellipsoid(x: f64, y: f64, z: f64, half_mm: [f64; 3]) -> Ellipsoid {
    Ellipsoid::new(at(x, y, z), half_mm)
}

/// Height of the diaphragm over a place, mm: right dome, left dome, and the saddle under the heart.
fn diaphragm_mm(p: PatientPoint) -> f64 {
    let dome = |top: f64, x: f64, y: f64, rx: f64, ry: f64| {
        let (u, v) = ((p.x - x) / rx, (p.y - y) / ry);
        let r2 = u * u + v * v;
        top - 40.0 * r2 - 22.0 * r2 * r2
    };
    let right = dome(0.0, -66.0, -14.0, 74.0, 96.0);
    let left = dome(-12.0, 70.0, -8.0, 66.0, 92.0);
    let middle = dome(-14.0, 8.0, -46.0, 56.0, 50.0);
    smooth_max(smooth_max(right, left, 8.0), middle, 8.0)
}

/// Distance from the lungs, mm.
pub(super) fn lungs_mm(p: PatientPoint) -> f64 {
    (CAVITY.distance_mm(p) + 2.0).max(diaphragm_mm(p) - p.z + 2.0)
}

/// Distance from the space under the diaphragm and inside the wall, mm.
pub(super) fn belly_mm(p: PatientPoint) -> f64 {
    smooth_max(CAVITY.distance_mm(p) + 2.5, p.z - diaphragm_mm(p) + 2.0, 6.0)
}

/// Distance from the liver, mm: right lobe, left lobe and caudate, melted together, gently lobulated, and
/// moulded by wall and diaphragm.
pub(super) fn liver_mm(p: PatientPoint) -> f64 {
    // The visceral face recedes to the right on the way down.
    let slant = 0.40 * (p.z + 58.0).min(0.0);
    let right = ellipsoid(-78.0, 2.0, -62.0, [84.0, 104.0, 79.0]).distance_mm(at(p.x - slant, p.y, p.z));
    let left = ellipsoid(16.0, -52.0, -41.0, [76.0, 35.0, 32.0]).distance_mm(at(p.x, p.y, p.z + 0.10 * p.x));
    let caudate = ellipsoid(-14.0, 2.0, -57.0, [21.0, 19.0, 27.0]).distance_mm(p);
    let lobes = smooth_min(smooth_min(right, left, 16.0), caudate, 9.0);
    if lobes.abs() > 8.0 {
        return smooth_max(lobes, belly_mm(p), 5.0); // far from the surface the lobules do not matter
    }
    let lobulated = lobes + 2.6 * smooth(0x11fe, [p.x, p.y, p.z], 33.0);
    smooth_max(lobulated, belly_mm(p), 5.0)
}

/// The whole patient without lesions.
pub(super) fn body() -> Vec<Item> {
    let mut items = vec![Item::new(Shape::Everywhere, Tissue::Air)];
    table(&mut items);
    wall(&mut items);
    chest(&mut items);
    spine(&mut items);
    upper_abdomen(&mut items);
    retroperitoneum(&mut items);
    gut(&mut items);
    liver(&mut items);
    items
}

fn table(items: &mut Vec<Item>) {
    items.push(Item::new(Shape::Table { gap_mm: 2.0, thick_mm: 26.0 }, Tissue::TableShell));
    items.push(Item::new(Shape::Table { gap_mm: 4.0, thick_mm: 22.0 }, Tissue::TableFoam));
}

fn wall(items: &mut Vec<Item>) {
    items.extend([
        Item::new(Shape::Trunk(SKIN), Tissue::Skin),
        Item::new(Shape::Trunk(FAT), Tissue::Fat),
        Item::new(Shape::Trunk(WALL), Tissue::Muscle),
        Item::soft(Shape::Trunk(WALL_CLEFT), Tissue::Fat, 1.6),
        Item::new(Shape::Trunk(WALL_INNER), Tissue::Muscle),
        Item::new(Shape::Trunk(CAVITY), Tissue::Fat),
    ]);
    for side in [-1.0, 1.0] {
        // Erector spinae in its fat sheath.
        let x = 31.0 * side;
        items.push(Item::new(Shape::Column { x, y: 92.0, half_x_mm: 26.5, half_y_mm: 15.5 }, Tissue::Fat));
        items.push(Item::new(Shape::Column { x, y: 92.0, half_x_mm: 25.0, half_y_mm: 14.0 }, Tissue::Muscle));
    }
    for (n, at_z_mm) in (0..10).map(|n| (n, 44.0 - 25.0 * f64::from(n))) {
        // The lower a rib, the earlier it ends.
        let front_mm = if n < 6 { -48.0 } else { -48.0 + 22.0 * f64::from(n - 5) };
        for side in [-1.0, 1.0] {
            let rib = |half_thick_mm, half_high_mm, front_mm, back_mm| {
                Shape::Rib(Rib { ring: RIBS, side, at_z_mm, front_mm, back_mm, half_thick_mm, half_high_mm })
            };
            if n < 6 {
                items.push(Item::new(rib(4.0, 6.5, -88.0, -47.0), Tissue::Cartilage));
            }
            items.push(Item::new(rib(4.6, 7.0, front_mm, 90.0), Tissue::CorticalBone));
            items.push(Item::new(rib(2.4, 4.6, front_mm + 2.0, 88.0), Tissue::Marrow));
        }
    }
}

fn chest(items: &mut Vec<Item>) {
    items.push(Item::new(Shape::Lungs, Tissue::Lung));
    for n in 0..70u64 {
        let draw = |k| uniform(0x1049, n * 8 + k);
        let side = if n % 2 == 0 { -1.0 } else { 1.0 };
        let from = at(side * (40.0 + 75.0 * draw(0)), -70.0 + 140.0 * draw(1), -50.0 + 75.0 * draw(2));
        let to = at(from.x + side * 16.0 * draw(3), from.y + 30.0 * (draw(4) - 0.4), from.z - 26.0 * draw(5));
        if lungs_mm(from) < -5.0 && lungs_mm(to) < -4.0 {
            let from_mm = 1.0 + 1.6 * draw(6);
            items.push(Item::new(Shape::Tube { from, to, from_mm, to_mm: 0.6 }, Tissue::Heart));
        }
    }
    let heart = ellipsoid(24.0, -44.0, 36.0, [60.0, 38.0, 46.0]).turned(Along::new(1.0, 0.25));
    items.extend([
        Item::new(Shape::Ellipsoid(heart.grown(6.0)), Tissue::Fat),
        Item::new(Shape::Ellipsoid(heart), Tissue::Heart),
        Item::new(Shape::Ellipsoid(ellipsoid(46.0, -36.0, 38.0, [27.0, 20.0, 38.0])), Tissue::HeartBlood),
        Item::new(Shape::Ellipsoid(ellipsoid(2.0, -56.0, 36.0, [30.0, 17.0, 38.0])), Tissue::HeartBlood),
        Item::new(Shape::Column { x: 2.0, y: 58.0, half_x_mm: 44.0, half_y_mm: 34.0 }, Tissue::Fat),
    ]);
}

fn spine(items: &mut Vec<Item>) {
    const STEP_MM: f64 = 31.0;
    let column = |y, half_x_mm, half_y_mm| Shape::Column { x: 0.0, y, half_x_mm, half_y_mm };
    items.push(Item::new(column(79.0, 16.0, 13.0), Tissue::CorticalBone));
    items.push(Item::new(column(53.0, 23.0, 17.5), Tissue::CorticalBone));
    items.push(Item::new(column(53.0, 21.0, 15.5), Tissue::Marrow));
    let disc = Shape::Discs {
        x: 0.0,
        y: 53.0,
        half_x_mm: 23.5,
        half_y_mm: 18.0,
        first_z_mm: 8.0,
        step_mm: STEP_MM,
        half_high_mm: 4.0,
    };
    items.push(Item::new(disc, Tissue::Disc));
    for n in 0..7 {
        let z = 22.0 - STEP_MM * f64::from(n);
        let spinous = ellipsoid(0.0, 97.0, z - 8.0, [4.0, 12.0, 11.0]);
        items.push(Item::new(Shape::Ellipsoid(spinous), Tissue::CorticalBone));
        items.push(Item::new(Shape::Ellipsoid(spinous.grown(-1.8)), Tissue::Marrow));
        for side in [-1.0, 1.0] {
            let (from, to) = (at(12.0 * side, 76.0, z), at(37.0 * side, 83.0, z));
            items.push(Item::new(Shape::Tube { from, to, from_mm: 5.0, to_mm: 4.0 }, Tissue::CorticalBone));
            items.push(Item::new(Shape::Tube { from, to, from_mm: 2.6, to_mm: 1.8 }, Tissue::Marrow));
        }
    }
    items.push(Item::new(column(78.0, 10.5, 8.0), Tissue::Fat));
    items.push(Item::new(column(78.0, 8.5, 6.8), Tissue::ThecalSac));
}

fn upper_abdomen(items: &mut Vec<Item>) {
    let spleen = ellipsoid(95.0, 36.0, -58.0, [50.0, 23.0, 43.0]).turned(Along::new(0.5, -0.87));
    items.push(Item::new(Shape::Belly(spleen), Tissue::Spleen));
    items.push(Item::new(Shape::Ellipsoid(ellipsoid(97.0, 46.0, -54.0, [2.2; 3])), Tissue::Calcification));
    let stomach = ellipsoid(68.0, -32.0, -56.0, [40.0, 42.0, 42.0]).turned(Along::new(1.0, 0.3));
    let inside = stomach.grown(-4.0);
    items.extend([
        Item::new(Shape::Belly(stomach.grown(1.0)), Tissue::Fat),
        Item::new(Shape::Belly(stomach), Tissue::GutWall),
        Item::new(Shape::Belly(inside), Tissue::Fluid),
        Item::new(Shape::InFrontOf(inside, -40.0), Tissue::Gas),
    ]);
    tube(items, at(54.0, -40.0, -84.0), at(4.0, -36.0, -98.0), [17.0, 13.0], Tissue::GutWall);
    tube(items, at(54.0, -40.0, -84.0), at(4.0, -36.0, -98.0), [13.0, 9.0], Tissue::Fluid);
    tube(items, at(10.0, 16.0, 40.0), at(12.0, 8.0, -34.0), [6.5, 6.5], Tissue::GutWall);
    tube(items, at(12.0, 8.0, -34.0), at(38.0, -10.0, -42.0), [6.5, 9.0], Tissue::GutWall);
}

fn tube(items: &mut Vec<Item>, from: PatientPoint, to: PatientPoint, mm: [f64; 2], tissue: Tissue) {
    let [from_mm, to_mm] = mm;
    items.push(Item::new(Shape::Tube { from, to, from_mm, to_mm }, tissue));
}

fn retroperitoneum(items: &mut Vec<Item>) {
    for (side, centre) in [(-1.0, at(-52.0, 50.0, -134.0)), (1.0, at(60.0, 46.0, -120.0))] {
        let kidney = Ellipsoid::new(centre, [27.0, 24.0, 52.0]).turned(Along::new(0.8, 0.6 * side));
        let sinus = Ellipsoid::new(at(centre.x - 11.0 * side, centre.y - 6.0, centre.z), [15.0, 9.0, 26.0]);
        items.extend([
            Item::new(Shape::Ellipsoid(kidney.grown(7.0)), Tissue::Fat),
            Item::new(Shape::Ellipsoid(kidney), Tissue::KidneyCortex),
            Item::soft(Shape::Ellipsoid(kidney.grown(-7.0)), Tissue::KidneyMedulla, 2.0),
            Item::soft(Shape::Ellipsoid(sinus.turned(Along::new(0.8, 0.6 * side))), Tissue::Fat, 2.0),
        ]);
        tube(items, at(30.0 * side, 56.0, -100.0), at(37.0 * side, 54.0, -170.0), [4.0, 20.0], Tissue::Muscle);
    }
    // Crura of the diaphragm.
    tube(items, at(-7.0, 28.0, -18.0), at(-10.0, 36.0, -120.0), [4.0, 3.0], Tissue::Muscle);
    tube(items, at(24.0, 26.0, -18.0), at(20.0, 38.0, -110.0), [5.0, 3.0], Tissue::Muscle);
    tube(items, at(27.0, 40.0, -18.0), at(24.0, 46.0, -100.0), [4.0, 3.0], Tissue::Muscle);
    // Adrenal glands.
    tube(items, at(-28.0, 34.0, -70.0), at(-36.0, 52.0, -80.0), [2.6, 2.0], Tissue::Adrenal);
    tube(items, at(32.0, 30.0, -74.0), at(36.0, 48.0, -84.0), [2.6, 2.0], Tissue::Adrenal);
    tube(items, at(32.0, 30.0, -74.0), at(46.0, 40.0, -84.0), [2.6, 2.0], Tissue::Adrenal);
    // Pancreas: head, neck, body, tail.
    tube(items, at(-14.0, 2.0, -116.0), at(-4.0, -8.0, -102.0), [13.0, 11.0], Tissue::Pancreas);
    tube(items, at(-4.0, -8.0, -102.0), at(16.0, -16.0, -92.0), [11.0, 8.0], Tissue::Pancreas);
    tube(items, at(16.0, -16.0, -92.0), at(46.0, -4.0, -86.0), [8.0, 10.0], Tissue::Pancreas);
    tube(items, at(46.0, -4.0, -86.0), at(78.0, 20.0, -74.0), [10.0, 8.0], Tissue::Pancreas);
}

fn gut(items: &mut Vec<Item>) {
    // Duodenum.
    tube(items, at(4.0, -36.0, -98.0), at(-32.0, -10.0, -102.0), [12.0, 12.0], Tissue::GutWall);
    tube(items, at(-32.0, -10.0, -102.0), at(-33.0, 2.0, -150.0), [13.0, 13.0], Tissue::GutWall);
    tube(items, at(-32.0, -10.0, -102.0), at(-33.0, 2.0, -150.0), [9.0, 9.0], Tissue::Fluid);
    // Small bowel.
    for n in 0..26u64 {
        let draw = |k| uniform(0x6b0e, n * 8 + k);
        let (x, y, z) = (5.0 + 82.0 * draw(0), -58.0 + 62.0 * draw(1), -108.0 - 48.0 * draw(2));
        let loops = ellipsoid(x, y, z, [13.0 + 8.0 * draw(3), 10.0 + 4.0 * draw(4), 12.0]);
        let loops = loops.turned(Along::new(1.0, 2.0 * draw(5) - 1.0));
        items.push(Item::new(Shape::Ellipsoid(loops), Tissue::GutWall));
        items.push(Item::new(Shape::Ellipsoid(loops.grown(-3.0)), Tissue::Fluid));
    }
    // Colon: hepatic flexure, transverse colon, splenic flexure, descending colon.
    let colon = [
        at(-62.0, -40.0, -160.0),
        at(-56.0, -62.0, -142.0),
        at(-14.0, -68.0, -130.0),
        at(38.0, -66.0, -124.0),
        at(88.0, -46.0, -116.0),
        at(108.0, -8.0, -110.0),
        at(106.0, 24.0, -160.0),
    ];
    for pair in colon.windows(2) {
        if let [from, to] = pair {
            tube(items, *from, *to, [16.0, 16.0], Tissue::GutWall);
        }
    }
    for pair in colon.windows(2) {
        if let [from, to] = pair {
            tube(items, *from, *to, [13.5, 13.5], Tissue::Stool);
        }
    }
    for n in 0..14u64 {
        let draw = |k| uniform(0xc010, n * 4 + k);
        let (start, part) = ((n as usize * 3) % 6, draw(0));
        if let (Some(a), Some(b)) = (colon.get(start), colon.get(start + 1)) {
            let middle = *a + (*b - *a) * part;
            let gas = Ellipsoid::new(middle, [9.0 + 4.0 * draw(1), 11.5, 10.0 + 4.0 * draw(2)]);
            items.push(Item::new(Shape::InFrontOf(gas, middle.y - 2.0), Tissue::Gas));
        }
    }
}

fn liver(items: &mut Vec<Item>) {
    items.push(Item::new(Shape::Liver, Tissue::Liver));
    // Fissures: ligamentum teres, ligamentum venosum.
    items.push(Item::new(Shape::Ellipsoid(ellipsoid(11.0, -76.0, -66.0, [3.2, 17.0, 20.0])), Tissue::Fat));
    let venosum = ellipsoid(0.0, -19.0, -52.0, [25.0, 1.8, 20.0]).turned(Along::new(1.0, -0.35));
    items.push(Item::new(Shape::Ellipsoid(venosum), Tissue::Fat));
    let focal_fat = ellipsoid(3.0, -76.0, -48.0, [6.0, 7.0, 8.0]);
    items.push(Item::soft(Shape::Ellipsoid(focal_fat), Tissue::FattyLiver, 3.0));
    // Gallbladder in its fossa.
    let gallbladder = ellipsoid(-44.0, -50.0, -100.0, [14.0, 25.0, 19.0]).turned(Along::new(1.0, 0.25));
    items.push(Item::new(Shape::Ellipsoid(gallbladder.grown(1.6)), Tissue::GutWall));
    items.push(Item::new(Shape::Ellipsoid(gallbladder), Tissue::Bile));
    // Fat at the hilum, then the vessels.
    items.push(Item::soft(Shape::Ellipsoid(ellipsoid(-26.0, -8.0, -78.0, [17.0, 10.0, 9.0])), Tissue::Fat, 2.5));
    vessels::paint(items);
    // A simple cyst in segment V, 11 mm.
    items.push(Item::new(Shape::Ellipsoid(ellipsoid(-84.0, -46.0, -84.0, [5.5; 3])), Tissue::Cyst));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_liver_is_where_it_should_be() {
        for inside in
            [at(-84.0, 34.0, -56.0), at(-18.0, -54.0, -44.0), at(-104.0, 18.0, -104.0), at(45.0, -52.0, -40.0)]
        {
            assert!(liver_mm(inside) < -8.0, "{inside:?} {}", liver_mm(inside));
        }
        for outside in [at(0.0, 53.0, -60.0), at(95.0, 36.0, -58.0), at(-60.0, 0.0, 6.0), at(60.0, 46.0, -120.0)] {
            assert!(liver_mm(outside) > 0.0, "{outside:?}");
        }
    }

    #[test]
    fn lung_and_belly_do_not_overlap() {
        for n in 0..4000u64 {
            let draw = |k| uniform(1, n * 3 + k);
            let p = at(-150.0 + 300.0 * draw(0), -110.0 + 220.0 * draw(1), -150.0 + 160.0 * draw(2));
            assert!(lungs_mm(p) > 0.0 || belly_mm(p) > 0.0);
        }
    }
}
