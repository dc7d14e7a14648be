//! The wall of chest and belly: skin, fat, muscles, ribs, spine; and the table.

use super::item::Item;
use super::shape::{Ellipsoid, Extent, Shape, curve, scaled, smooth_max, step};
use super::tissue::Tissue;
use crate::geometry::PatientPoint;
use std::cell::Cell;
use std::sync::OnceLock;

const fn at(x: f64, y: f64, z: f64) -> PatientPoint {
    PatientPoint::new(x, y, z)
}

/// Distance from a rounded section of the trunk, mm: half width, front and back of an ellipse with full corners.
fn section_mm(p: PatientPoint, half_x_mm: f64, front_mm: f64, back_mm: f64, square: f64) -> f64 {
    const MIDDLE_MM: f64 = -4.0;
    let half_y = if p.y < MIDDLE_MM { MIDDLE_MM - front_mm } else { back_mm - MIDDLE_MM };
    let (u, v) = (p.x / half_x_mm, (p.y - MIDDLE_MM) / half_y);
    let (u2, v2) = (u * u, v * v);
    // Beyond the corner the full form folds back: keep it monotone there.
    let near2 = u2 + v2 - square * u2.min(1.2) * v2.min(1.2);
    let near = near2.max(1e-9).sqrt();
    let along_x = u * (1.0 - square * v2.min(1.2)) / half_x_mm;
    let along_y = v * (1.0 - square * u2.min(1.2)) / half_y;
    let slope = (along_x * along_x + along_y * along_y).sqrt() / near;
    if near < 0.3 || slope < 1e-6 {
        return -(1.0 - near) * half_x_mm.min(half_y);
    }
    (near - 1.0) / slope
}

/// How the trunk's section changes from feet to head.
#[derive(Clone, Copy)]
struct Section {
    /// Half width, front and back of the cavity, then of the skin, mm.
    cavity: [f64; 3],
    skin: [f64; 3],
}

/// Sections every millimetre, worked out once: they are asked for at every pixel.
fn section_at(z: f64) -> Section {
    const LOWEST_MM: f64 = -300.0;
    static SECTIONS: OnceLock<Vec<Section>> = OnceLock::new();
    let sections = SECTIONS.get_or_init(|| {
        let at = |points: [f64; 6], z| {
            curve(&[-240.0, -180.0, -120.0, -60.0, 0.0, 60.0].into_iter().zip(points).collect::<Vec<_>>(), z)
        };
        (0..450)
            .map(|n| LOWEST_MM + f64::from(n))
            .map(|z| Section {
                cavity: [
                    at([121.0, 122.0, 127.0, 131.0, 127.0, 117.0], z),
                    at([-72.0, -76.0, -85.0, -92.0, -90.0, -80.0], z),
                    at([76.0, 78.0, 83.0, 88.0, 90.0, 88.0], z),
                ],
                skin: [
                    at([157.0, 154.0, 158.0, 162.0, 160.0, 158.0], z),
                    at([-104.0, -104.0, -108.0, -111.0, -107.0, -101.0], z),
                    at([119.0, 117.0, 118.0, 121.0, 121.0, 120.0], z),
                ],
            })
            .collect()
    });
    let place = (z - LOWEST_MM).clamp(0.0, sections.len() as f64 - 1.001);
    let n = place as usize;
    let t = place - n as f64;
    let (a, b) = (sections[n], sections[n + 1]);
    let mix = |a: [f64; 3], b: [f64; 3]| [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
    Section { cavity: mix(a.cavity, b.cavity), skin: mix(a.skin, b.skin) }
}

thread_local! {
    /// The last place asked about, its distance from the cavity: many shapes of the wall ask about the same place.
    static LAST: Cell<(PatientPoint, f64)> = const { Cell::new((PatientPoint::new(f64::NAN, 0.0, 0.0), 0.0)) };
    /// The same for the skin, with the thickness of the fat.
    static LAST_SKIN: Cell<(PatientPoint, f64, f64)> = const { Cell::new((PatientPoint::new(f64::NAN, 0.0, 0.0), 0.0, 0.0)) };
}

/// The inside of the ribs and of the belly's muscles: distance, mm.
pub(in crate::phantom) fn cavity_mm(p: PatientPoint) -> f64 {
    LAST.with(|last| {
        let (at, far) = last.get();
        if at == p {
            return far;
        }
        let [half_x, front, back] = section_at(p.z).cavity;
        let far = section_mm(p, half_x, front, back, 0.34);
        last.set((p, far));
        far
    })
}

/// Distance from the skin's outside, mm; `fat_mm` more than a lean patient has.
fn skin_mm(p: PatientPoint, fat_mm: f64) -> f64 {
    LAST_SKIN.with(|last| {
        let (at, fat, far) = last.get();
        if at == p && fat == fat_mm {
            return far;
        }
        let [half_x, front, back] = section_at(p.z).skin;
        let trunk = section_mm(p, half_x + fat_mm, front - fat_mm, back + 0.6 * fat_mm, 0.38);
        // The furrow over the spine, and a shallow one in front over the white line.
        let furrow = |wide: f64| {
            let t = (1.0 - (p.x / wide) * (p.x / wide)).max(0.0);
            t * t
        };
        let deep = if p.y > 40.0 {
            9.0 * furrow(26.0)
        } else if p.y < -60.0 {
            3.0 * furrow(34.0)
        } else {
            0.0
        };
        last.set((p, fat_mm, trunk + deep));
        trunk + deep
    })
}

/// Height of the costal arch at a distance from the midline, mm.
fn arch_mm(x: f64) -> f64 {
    let x = x.abs();
    -26.0 - 0.55 * x - 0.0036 * x * x
}

/// 1 in front below the costal arch, where the wall is sinew and straight muscle only.
fn frontal(p: PatientPoint) -> f64 {
    step(0.0, 24.0, arch_mm(p.x) - p.z) * step(-30.0, -66.0, p.y)
}

/// Where the inner layer of wall muscles ends, mm outside the cavity.
fn inner_layer_mm(p: PatientPoint) -> f64 {
    let chest = step(30.0, -30.0, arch_mm(p.x) - p.z).max(step(-30.0, 60.0, p.y) * step(-168.0, -120.0, p.z));
    9.5 - 4.2 * chest - 6.0 * frontal(p) * step(96.0, 60.0, p.x.abs())
}

/// Where the outer layer ends.
fn outer_layer_mm(p: PatientPoint) -> f64 {
    let side = step(40.0, 100.0, p.x.abs());
    let high = step(-140.0, -70.0, p.z);
    // In the chest only serratus at the side and latissimus behind it; in the loin a thick outer muscle.
    let latissimus = step(4.0, 40.0, p.y) * step(88.0, 58.0, p.y);
    let serratus = step(-58.0, -34.0, p.y) * step(14.0, -12.0, p.y) * step(60.0, -20.0, p.z);
    let chest = 0.6 + 9.5 * latissimus + 6.0 * serratus + 2.0 * super::shape::bumps(73, p, 26.0);
    let loin = 9.5 - 4.0 * step(60.0, 92.0, p.y);
    let outer = (chest + (loin - chest) * (1.0 - high)) * (0.35 + 0.65 * side);
    let frontal = frontal(p) * step(96.0, 62.0, p.x.abs());
    inner_layer_mm(p) + outer * (1.0 - frontal) + 0.6 * frontal
}

fn wall_mm(p: PatientPoint, [which, ..]: [f64; 3]) -> f64 {
    let inside = cavity_mm(p);
    if which < 1.0 { inside - inner_layer_mm(p) } else { (inside - outer_layer_mm(p)) * 0.8 }
}

/// The cleft between two layers: thin fat with gaps.
fn cleft_mm(p: PatientPoint, [wide_mm, which, _]: [f64; 3]) -> f64 {
    let inside = cavity_mm(p);
    let middle = if which < 1.0 { inner_layer_mm(p) + 0.8 } else { 4.6 };
    // Wider between ribs and chest muscles than between the muscles of the loin.
    let uneven =
        0.7 * super::shape::bumps(71, p, 16.0) + if which < 1.0 { 1.1 * step(-140.0, -80.0, p.z) } else { 0.0 };
    // The lower cleft parts the two inner muscles below the ribs only.
    let gone = if which < 1.0 { 0.0 } else { 4.0 * step(-140.0, -115.0, p.z + 0.3 * p.y) };
    (inside - middle).abs() - wide_mm * (0.75 + uneven) + gone
}

fn rectus_mm(p: PatientPoint, _: [f64; 3]) -> f64 {
    let x = p.x.abs();
    let t = (x - 33.0) / 30.0;
    let over_ribs = 7.0 * step(-20.0, 6.0, p.z - arch_mm(p.x));
    let from = 1.6 + over_ribs;
    let thick = 10.5 * (1.0 - t * t).max(0.0) * step(10.0, -36.0, p.z) + 0.2;
    let w = cavity_mm(p);
    (from - w).max(w - from - thick).max(3.5 - x).max(x - 64.0).max(p.y + 30.0)
}

const RIB_FALL: f64 = 0.62;

/// A rib: side, height at y = 0, where it ends in front (y).
fn rib_mm(p: PatientPoint, [side, at_z_mm, front_mm]: [f64; 3]) -> f64 {
    let line = at_z_mm + RIB_FALL * p.y - 0.0014 * p.y * p.y;
    let band = scaled([cavity_mm(p) - 3.3, (p.z - line) * 0.80], [3.4, 6.8]);
    smooth_max(band, (front_mm - p.y).max(18.0 - p.x * side), 2.0)
}

/// Cartilage that goes on from a rib and rises towards the breastbone.
fn cartilage_mm(p: PatientPoint, [side, at_z_mm, front_mm]: [f64; 3]) -> f64 {
    let start = at_z_mm + RIB_FALL * front_mm - 0.0014 * front_mm * front_mm;
    let x = p.x * side;
    let line = start + 0.75 * (front_mm - p.y) + 0.30 * (92.0 - x).max(0.0);
    let band = scaled([cavity_mm(p) - 3.6, (p.z - line) * 0.70], [3.8, 6.5]);
    smooth_max(band, (p.y - front_mm).max(16.0 - x).max(p.y + 40.0), 2.0)
}

pub(super) fn table(items: &mut Vec<Item>) {
    fn arc_mm(p: PatientPoint, [top, thick, half]: [f64; 3]) -> f64 {
        let surface = top - p.x * p.x / 1150.0;
        (p.y - surface - thick).max(surface - p.y).max(p.x.abs() - half)
    }
    let arc = |top: f64, thick: f64, half: f64, tissue: Tissue| {
        let extent = Extent::of([-half, top - 40.0, -1e9], [half, top + thick + 1.0, 1e9]);
        Item::new(Shape::Field(arc_mm, [top, thick, half], extent), tissue)
    };
    items.extend([
        arc(124.0, 16.0, 186.0, Tissue::Mattress),
        arc(141.0, 40.0, 200.0, Tissue::TableShell),
        arc(144.5, 40.0, 204.0, Tissue::TableFoam),
    ]);
}

const ALL_ROUND: Extent = Extent::of([-215.0, -165.0, -1e9], [215.0, 150.0, 1e9]);

pub(super) fn wall(fat_mm: f64, items: &mut Vec<Item>) {
    let skin = |by: f64| Shape::Field(|p, [fat, by, _]| skin_mm(p, fat) + by, [fat_mm, by, 0.0], ALL_ROUND);
    let layer = |which: f64| Shape::Field(wall_mm, [which, 0.0, 0.0], ALL_ROUND);
    items.push(Item::new(skin(0.0), Tissue::Skin));
    items.push(Item::new(skin(1.9), Tissue::Fat));
    strands(fat_mm, items);
    items.push(Item::new(layer(1.0), Tissue::Muscle));
    items.push(Item::soft(Shape::Field(cleft_mm, [0.9, 0.0, 0.0], ALL_ROUND), Tissue::Fat, 0.9));
    items.push(Item::new(layer(0.0), Tissue::Muscle));
    items.push(Item::soft(Shape::Field(cleft_mm, [0.5, 1.0, 0.0], ALL_ROUND), Tissue::Fat, 0.8));
    let front = Extent::of([-66.0, -130.0, -1e9], [66.0, -28.0, 12.0]);
    items.push(Item::new(Shape::Field(rectus_mm, [0.0; 3], front).grown(1.2), Tissue::Fat));
    items.push(Item::new(Shape::Field(rectus_mm, [0.0; 3], front), Tissue::Muscle));
    ribs(items);
    for side in [-1.0, 1.0] {
        // Erector spinae, three columns in one sheath, and latissimus fat behind the ribs.
        let column = |x: f64, half: [f64; 2], tissue: Tissue| {
            fn column_mm(p: PatientPoint, [x, a, b]: [f64; 3]) -> f64 {
                // The outer part lies further forward, along the ribs; in the chest all is thinner.
                let forward = 0.20 * (p.x.abs() - 24.0).max(0.0) + 0.004 * (p.x.abs() - 34.0).max(0.0).powi(2);
                let thin = 1.0 - 0.24 * step(-90.0, 0.0, p.z);
                scaled([p.x - x * thin, p.y - back_y(p.z) + forward - 1.0], [a * thin, b * thin])
            }
            let x = x * side;
            let extent = Extent::of([x - half[0], 50.0, -1e9], [x + half[0], 130.0, 1e9]);
            Item::new(Shape::Field(column_mm, [x, half[0], half[1]], extent).rough(1.1, 11.0, 5), tissue)
        };
        items.push(column(38.0, [38.5, 16.6], Tissue::Fat));
        items.push(column(38.0, [37.5, 15.6], Tissue::Muscle));
        items.push(column(14.0, [11.0, 15.0], Tissue::Muscle));
        // Fat between the bundles.
        fn streak_mm(p: PatientPoint, [x, ..]: [f64; 3]) -> f64 {
            let forward = 0.20 * (p.x.abs() - 24.0).max(0.0) + 0.004 * (p.x.abs() - 34.0).max(0.0).powi(2);
            let thin = 1.0 - 0.24 * step(-90.0, 0.0, p.z);
            let inside = scaled([p.x - x * thin, p.y - back_y(p.z) + forward - 1.0], [36.0 * thin, 14.5 * thin]);
            let long = PatientPoint::new(p.x, p.y, 0.22 * p.z);
            let sheet = (super::shape::bumps(75, long, 10.5) + 0.5 * super::shape::bumps(76, long, 5.0)).abs() * 5.0;
            (sheet - 0.42).max(inside + 0.8)
        }
        let extent = Extent::of([38.0 * side - 38.0, 50.0, -1e9], [38.0 * side + 38.0, 130.0, 1e9]);
        items.push(Item::soft(Shape::Field(streak_mm, [38.0 * side, 0.0, 0.0], extent), Tissue::Fat, 0.8).faint(0.55));
    }
}

/// Middle of the long back muscles, mm.
fn back_y(z: f64) -> f64 {
    curve(&[(-230.0, 93.0), (-170.0, 92.0), (-100.0, 95.0), (-20.0, 98.0), (60.0, 97.0)], z)
}

/// Thin septa and veins under the skin.
fn strands(fat_mm: f64, items: &mut Vec<Item>) {
    fn septum_mm(p: PatientPoint, [fat, ..]: [f64; 3]) -> f64 {
        let in_fat = skin_mm(p, fat);
        let sheet = (super::shape::bumps(9, p, 19.0) * 9.0).abs();
        (sheet - 0.5).max(in_fat + 3.0)
    }
    let shape = Shape::Field(septum_mm, [fat_mm, 0.0, 0.0], ALL_ROUND);
    items.push(Item::soft(shape, Tissue::Strand, 0.6).faint(0.3));
}

fn ribs(items: &mut Vec<Item>) {
    for n in 0..9 {
        // Ribs 6 to 12 and above; the lower, the earlier they end.
        let at_z = 68.0 - 27.0 * f64::from(n);
        let front = match n {
            0 => -66.0,
            1 => -62.0,
            2 => -58.0,
            3 => -50.0,
            4 => -38.0,
            5 => -18.0,
            6 => 12.0,
            _ => 200.0,
        };
        if front > 100.0 {
            continue;
        }
        for side in [-1.0, 1.0] {
            let z = |y: f64| at_z + RIB_FALL * y - 0.0014 * y * y;
            let (low, high) = if side < 0.0 { (-160.0, -14.0) } else { (14.0, 160.0) };
            let extent = Extent::of([low, front - 5.0, z(front) - 14.0], [high, 104.0, z(96.0) + 14.0]);
            let rib = Shape::Field(rib_mm, [side, at_z, front], extent);
            if front < -36.0 {
                let extent = Extent::of([low, -112.0, z(front) - 14.0], [high, front + 4.0, z(front) + 70.0]);
                let cartilage = Shape::Field(cartilage_mm, [side, at_z, front], extent);
                items.push(Item::new(cartilage.clone(), Tissue::CalcifiedRim));
                items.push(Item::soft(cartilage.grown(-1.3).rough(0.6, 6.0, 14), Tissue::Cartilage, 0.9));
            }
            items.push(Item::new(rib.clone(), Tissue::CorticalBone));
            items.push(Item::new(rib.grown(-1.5), Tissue::RibMarrow));
        }
    }
    // The end of the breastbone.
    let sternum = Ellipsoid::new(at(0.0, -98.0, 34.0), [17.0, 5.5, 46.0]);
    items.push(Item::new(Shape::Ellipsoid(sternum), Tissue::CorticalBone));
    items.push(Item::new(Shape::Ellipsoid(sternum.grown(-1.6)), Tissue::RibMarrow));
    let xiphoid = Ellipsoid::new(at(0.0, -97.0, -18.0), [7.0, 3.0, 18.0]);
    items.push(Item::new(Shape::Ellipsoid(xiphoid), Tissue::Cartilage));
}

/// Middle and half height of the vertebral bodies from the eighth thoracic to the fourth lumbar one.
pub(in crate::phantom) const VERTEBRAE: [(&str, f64, f64); 9] = [
    ("T8", 34.0, 10.5),
    ("T9", 8.5, 10.8),
    ("T10", -17.0, 11.0),
    ("T11", -43.5, 11.5),
    ("T12", -71.0, 12.0),
    ("L1", -99.5, 12.5),
    ("L2", -129.5, 13.0),
    ("L3", -160.5, 13.5),
    ("L4", -192.5, 13.5),
];

/// Middle of the vertebral bodies (y), mm.
pub(in crate::phantom) fn spine_y(z: f64) -> f64 {
    curve(&[(-220.0, 46.0), (-160.0, 41.0), (-100.0, 42.0), (-40.0, 48.0), (40.0, 54.0)], z)
}

/// Half width and half depth of the bodies, mm.
fn body_half(z: f64) -> [f64; 2] {
    [
        curve(&[(-192.0, 24.5), (-130.0, 22.5), (-70.0, 20.0), (-17.0, 17.0), (34.0, 15.5)], z),
        curve(&[(-192.0, 17.5), (-130.0, 17.0), (-70.0, 16.0), (-17.0, 15.5), (34.0, 15.0)], z),
    ]
}

/// Distance from the section of a vertebral body: an ellipse, flat behind.
fn bean_mm(p: PatientPoint, narrower: f64) -> f64 {
    let [a, b] = body_half(p.z);
    let y = p.y - spine_y(p.z);
    let ellipse = scaled([p.x, y], [a * narrower, b * narrower.max(0.94)]);
    // The back is flat and slightly hollow.
    smooth_max(ellipse, y - 0.72 * b + 0.006 * p.x * p.x * 0.3, 5.0)
}

fn body_mm(p: PatientPoint, [z, half, inset]: [f64; 3]) -> f64 {
    let dz = (p.z - z) / half;
    let waist = 0.90 + 0.10 * (dz * dz).min(1.0);
    smooth_max(bean_mm(p, waist), (p.z - z).abs() - half, 2.0) + inset
}

/// Middle of the canal (y), mm.
fn canal_y(z: f64) -> f64 {
    spine_y(z) + 0.72 * body_half(z)[1] + 8.5
}

pub(super) fn spine(items: &mut Vec<Item>) {
    let column = |half: f64, low: f64| Extent::of([-half, 20.0, low], [half, 118.0, low + 40.0]);
    // Fat around the spine, then discs as one column under the bodies.
    let everywhere = Extent::of([-26.0, 18.0, -1e9], [26.0, 70.0, 1e9]);
    items.push(Item::new(Shape::Field(|p, _| bean_mm(p, 1.02), [0.0; 3], everywhere), Tissue::Disc));
    for (n, (_, z, half)) in VERTEBRAE.into_iter().enumerate() {
        let place = column(30.0, z - 20.0);
        items.push(Item::new(Shape::Field(body_mm, [z, half, 0.0], place), Tissue::CorticalBone));
        items.push(Item::new(Shape::Field(body_mm, [z, half, 1.15], place), Tissue::Marrow));
        let lumbar = n >= 5;
        let canal = canal_y(z);
        // Arch: laminae behind, pedicles above the foramina.
        fn arch_mm(p: PatientPoint, [z, half, inset]: [f64; 3]) -> f64 {
            let y = p.y - canal_y(p.z);
            let roof = scaled([p.x, y + 1.5], [16.5, 13.5]);
            let dz = p.z - z;
            // Behind, the lamina reaches down over the disc; at the side only the pedicle is there.
            let behind = step(-3.0, 5.0, y);
            let (low, high) = (-half - 5.0 * behind + 14.0 * (1.0 - behind), half * 0.62);
            roof.max(low - dz).max(dz - high).max(-y - 14.0) + inset
        }
        let arch = |inset: f64| Shape::Field(arch_mm, [z, half, inset], column(22.0, z - 22.0));
        items.push(Item::new(arch(0.0), Tissue::CorticalBone));
        items.push(Item::new(arch(1.7), Tissue::RibMarrow));
        for side in [-1.0, 1.0] {
            // Joints of the arches.
            let facet = Ellipsoid::new(at(15.0 * side, canal + 7.5, z - half - 3.0), [5.6, 6.5, 9.5]);
            items.push(Item::new(Shape::Ellipsoid(facet).rough(1.0, 6.0, 12), Tissue::CorticalBone));
            items.push(Item::new(Shape::Ellipsoid(facet.grown(-1.9)), Tissue::RibMarrow));
            let gap = Ellipsoid::new(at(15.5 * side, canal + 6.5, z - half - 4.0), [0.7, 5.0, 6.0]);
            items.push(Item::new(Shape::Ellipsoid(gap), Tissue::Cartilage));
            // Transverse processes: outwards and back in the chest, outwards in the loin.
            let (long, back) = if lumbar { (41.0, 3.0) } else { (31.0, 13.0) };
            let (from, to) = (at(14.0 * side, canal + 2.0, z + 3.0), at(long * side, canal + back, z + 5.0));
            let process = Shape::tube(from, to, 3.9, if lumbar { 2.6 } else { 3.0 }).rough(1.0, 5.0, 4);
            items.push(Item::new(process.clone(), Tissue::CorticalBone));
            items.push(Item::new(process.grown(-1.9), Tissue::RibMarrow));
        }
        // Spinous process, sloping down more in the chest.
        let drop = if lumbar { 9.0 } else { 17.0 };
        let (from, to) = (at(0.0, canal + 10.0, z - 4.0), at(0.6, canal + 33.0, z - drop));
        let spinous = Shape::Any(
            vec![
                Shape::tube(from, to, 3.6, 3.4),
                Shape::tube(at(0.0, canal + 11.0, z - 12.0), at(0.6, canal + 32.0, z - drop - 10.0), 3.2, 4.2),
            ],
            8.0,
        );
        items.push(Item::new(spinous.clone(), Tissue::CorticalBone));
        items.push(Item::new(spinous.grown(-1.7), Tissue::RibMarrow));
    }
    let canal = Extent::of([-14.0, 50.0, -1e9], [14.0, 110.0, 1e9]);
    let tube = |numbers: [f64; 3]| {
        Shape::Field(|p, [a, b, forward]| scaled([p.x, p.y - canal_y(p.z) + forward], [a, b]), numbers, canal)
    };
    items.push(Item::new(tube([11.0, 8.4, 0.0]), Tissue::Fat));
    items.push(Item::new(tube([9.4, 7.0, 0.6]), Tissue::ThecalSac));
    let cord = Extent::of([-8.0, 50.0, -112.0], [8.0, 110.0, 1e9]);
    let cord =
        Shape::Field(|p, _| scaled([p.x, p.y - canal_y(p.z) + 0.2], [5.2, 4.0]).max(-104.0 - p.z), [0.0; 3], cord);
    items.push(Item::new(cord, Tissue::Cord));
}

/// Muscles along the spine inside the belly, and the pillars of the diaphragm.
pub(super) fn psoas(items: &mut Vec<Item>) {
    fn psoas_mm(p: PatientPoint, [side, ..]: [f64; 3]) -> f64 {
        let thick = curve(&[(-230.0, 25.0), (-190.0, 22.0), (-150.0, 15.0), (-115.0, 8.5), (-84.0, 3.0)], p.z);
        let x = curve(&[(-230.0, 43.0), (-190.0, 39.0), (-150.0, 34.0), (-115.0, 28.0), (-84.0, 24.0)], p.z);
        scaled([p.x - x * side, p.y - spine_y(p.z) - 4.0], [thick * 0.82, thick * 1.05]).max(p.z + 80.0)
    }
    fn quadratus_mm(p: PatientPoint, [side, ..]: [f64; 3]) -> f64 {
        let (u, v) = (p.x - 54.0 * side, p.y - 73.0 + 0.25 * (p.x * side - 54.0));
        let wide = curve(&[(-230.0, 20.0), (-160.0, 17.0), (-105.0, 9.0)], p.z);
        scaled([u, v], [wide, wide * 0.45]).max(p.z + 96.0)
    }
    for side in [-1.0, 1.0] {
        let (low, high) = if side < 0.0 { (-80.0, -8.0) } else { (8.0, 80.0) };
        let extent = Extent::of([low, 10.0, -1e9], [high, 95.0, -78.0]);
        items.push(Item::new(Shape::Field(quadratus_mm, [side, 0.0, 0.0], extent), Tissue::Muscle));
        items.push(Item::new(Shape::Field(psoas_mm, [side, 0.0, 0.0], extent), Tissue::Muscle));
    }
}
