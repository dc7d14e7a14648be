//! Arteries and veins: the named ones by hand, the small ones grown from them.

use super::item::Item;
use super::liver::liver_mm;
use super::shape::{Ellipsoid, Extent, Shape, curve, scaled, spline};
use super::tissue::Tissue;
use crate::geometry::{PatientPoint, PatientVector};
use crate::phantom::noise::uniform;

/// A vessel drawn through some places: x, y, z and the radius there, mm.
type Course = [(f64, f64, f64, f64)];

const AORTA: [(f64, f64, f64, f64); 6] = [
    (20.0, 38.0, 70.0, 11.8),
    (18.0, 31.0, 0.0, 11.4),
    (13.0, 19.0, -60.0, 10.6),
    (9.0, 14.0, -95.0, 10.0),
    (7.0, 12.0, -140.0, 9.2),
    (4.0, 18.0, -230.0, 8.6),
];
const COELIAC: [(f64, f64, f64, f64); 3] = [(10.0, 10.0, -84.0, 3.8), (9.5, 0.0, -83.0, 3.5), (9.0, -7.0, -81.0, 3.3)];
const HEPATIC_ARTERY: [(f64, f64, f64, f64); 4] =
    [(9.0, -7.0, -81.0, 2.9), (-6.0, -15.0, -86.0, 2.6), (-20.0, -18.0, -80.0, 2.2), (-32.0, -15.0, -72.0, 1.8)];
const SPLENIC_ARTERY: [(f64, f64, f64, f64); 6] = [
    (9.0, -7.0, -81.0, 3.1),
    (22.0, -12.0, -86.0, 2.8),
    (36.0, 1.0, -80.0, 2.8),
    (50.0, 4.0, -86.0, 2.6),
    (66.0, 18.0, -76.0, 2.5),
    (84.0, 26.0, -68.0, 2.0),
];
const MESENTERIC_ARTERY: [(f64, f64, f64, f64); 4] =
    [(9.0, 7.0, -97.0, 3.8), (9.0, -6.0, -106.0, 3.7), (8.0, -14.0, -150.0, 3.2), (4.0, -22.0, -205.0, 2.4)];
const MESENTERIC_VEIN: [(f64, f64, f64, f64); 3] =
    [(-2.0, -13.0, -106.0, 6.2), (-5.0, -16.0, -150.0, 5.4), (-10.0, -23.0, -205.0, 4.0)];
const SPLENIC_VEIN: [(f64, f64, f64, f64); 5] = [
    (0.0, -13.0, -104.0, 5.2),
    (20.0, -15.0, -95.0, 4.6),
    (40.0, -4.0, -90.0, 4.3),
    (62.0, 16.0, -84.0, 4.0),
    (88.0, 30.0, -72.0, 3.2),
];
const LEFT_RENAL_VEIN: [(f64, f64, f64, f64); 4] =
    [(48.0, 38.0, -120.0, 5.0), (30.0, 18.0, -116.0, 5.0), (10.0, -1.0, -114.0, 3.4), (-12.0, 10.0, -113.0, 5.0)];
const RIGHT_RENAL_VEIN: [(f64, f64, f64, f64); 2] = [(-44.0, 42.0, -128.0, 5.0), (-22.0, 18.0, -120.0, 5.0)];
const LEFT_RENAL_ARTERY: [(f64, f64, f64, f64); 3] =
    [(14.0, 17.0, -112.0, 3.0), (30.0, 29.0, -117.0, 2.7), (48.0, 44.0, -121.0, 2.4)];
const RIGHT_RENAL_ARTERY: [(f64, f64, f64, f64); 3] =
    [(2.0, 19.0, -113.0, 3.0), (-20.0, 32.0, -121.0, 2.7), (-42.0, 46.0, -131.0, 2.4)];
const PORTAL_MAIN: [(f64, f64, f64, f64); 4] =
    [(-1.0, -13.0, -105.0, 6.9), (-10.0, -12.0, -92.0, 6.9), (-22.0, -10.0, -80.0, 6.8), (-34.0, -8.0, -71.0, 6.5)];
const PORTAL_RIGHT: [(f64, f64, f64, f64); 3] =
    [(-34.0, -8.0, -71.0, 5.9), (-50.0, -7.0, -69.0, 5.6), (-63.0, -4.0, -68.0, 5.0)];
const PORTAL_VIII: [(f64, f64, f64, f64); 4] =
    [(-63.0, -4.0, -68.0, 4.3), (-74.0, -16.0, -58.0, 3.8), (-82.0, -28.0, -42.0, 3.0), (-88.0, -34.0, -24.0, 1.6)];
const PORTAL_V: [(f64, f64, f64, f64); 4] =
    [(-63.0, -4.0, -68.0, 4.0), (-74.0, -20.0, -80.0, 3.4), (-86.0, -34.0, -96.0, 2.6), (-92.0, -44.0, -112.0, 1.4)];
const PORTAL_VII: [(f64, f64, f64, f64); 4] =
    [(-63.0, -4.0, -68.0, 4.2), (-80.0, 12.0, -66.0, 3.4), (-94.0, 30.0, -56.0, 2.6), (-100.0, 46.0, -44.0, 1.4)];
const PORTAL_VI: [(f64, f64, f64, f64); 4] =
    [(-63.0, -4.0, -68.0, 4.2), (-80.0, 12.0, -82.0, 3.5), (-94.0, 20.0, -104.0, 2.7), (-104.0, 24.0, -126.0, 1.4)];
const PORTAL_LEFT: [(f64, f64, f64, f64); 5] = [
    (-34.0, -8.0, -71.0, 5.4),
    (-20.0, -20.0, -68.0, 4.9),
    (-4.0, -34.0, -65.0, 4.9),
    (8.0, -46.0, -62.0, 5.2),
    (11.0, -62.0, -61.0, 4.6),
];
const PORTAL_II: [(f64, f64, f64, f64); 3] =
    [(8.0, -44.0, -62.0, 3.3), (30.0, -46.0, -50.0, 2.8), (62.0, -54.0, -40.0, 1.5)];
const PORTAL_III: [(f64, f64, f64, f64); 3] =
    [(11.0, -61.0, -61.0, 3.2), (30.0, -68.0, -60.0, 2.5), (52.0, -72.0, -56.0, 1.4)];
const PORTAL_IV: [(f64, f64, f64, f64); 3] =
    [(10.0, -60.0, -61.0, 3.2), (-6.0, -66.0, -64.0, 2.6), (-26.0, -72.0, -72.0, 1.4)];
const HEPATIC_RIGHT: [(f64, f64, f64, f64); 5] = [
    (-24.0, 16.0, -30.0, 6.0),
    (-46.0, 15.0, -28.0, 5.2),
    (-74.0, 10.0, -36.0, 4.4),
    (-98.0, 2.0, -58.0, 3.4),
    (-112.0, -2.0, -96.0, 1.7),
];
const HEPATIC_MIDDLE: [(f64, f64, f64, f64); 5] = [
    (-22.0, 8.0, -29.0, 5.4),
    (-32.0, -12.0, -31.0, 4.9),
    (-42.0, -34.0, -42.0, 4.2),
    (-52.0, -50.0, -64.0, 3.2),
    (-60.0, -60.0, -92.0, 1.6),
];
const HEPATIC_LEFT: [(f64, f64, f64, f64); 5] = [
    (-18.0, 8.0, -29.0, 5.0),
    (-8.0, -12.0, -30.0, 4.5),
    (10.0, -32.0, -32.0, 3.8),
    (36.0, -50.0, -37.0, 2.8),
    (66.0, -58.0, -42.0, 1.4),
];

fn nodes(course: &Course) -> Vec<(PatientPoint, f64)> {
    spline(&course.iter().map(|(x, y, z, mm)| (PatientPoint::new(*x, *y, *z), *mm)).collect::<Vec<_>>(), 4)
}

fn draw(items: &mut Vec<Item>, course: &Course, tissue: Tissue) {
    for pair in nodes(course).windows(2) {
        items.push(Item::new(Shape::tube(pair[0].0, pair[1].0, pair[0].1, pair[1].1), tissue));
    }
}

/// The caval vein behind the liver and below it: an oval tube.
fn caval(items: &mut Vec<Item>) {
    fn caval_mm(p: PatientPoint, _: [f64; 3]) -> f64 {
        let x = curve(&[(-220.0, -15.0), (-110.0, -18.0), (-60.0, -21.0), (-20.0, -22.0), (20.0, -22.0)], p.z);
        let y = curve(&[(-220.0, 17.0), (-110.0, 13.5), (-60.0, 16.5), (-25.0, 13.0), (0.0, 3.0), (20.0, -8.0)], p.z);
        scaled([p.x - x, p.y - y], [13.2, 9.8]).max(p.z - 14.0)
    }
    let extent = Extent::of([-40.0, -22.0, -1e9], [2.0, 42.0, 16.0]);
    let vein = Shape::Field(caval_mm, [0.0; 3], extent).rough(0.8, 20.0, 51);
    items.push(Item::new(vein.clone(), Tissue::CavalVein));
    // Above the kidneys the blood has taken contrast up.
    let high = Shape::Field(|p, _| -106.0 - p.z, [0.0; 3], Extent::of([-40.0, -22.0, -112.0], [2.0, 42.0, 16.0]));
    items.push(Item::soft(vein.within(high, 6.0), Tissue::RenalVein, 2.5).faint(0.7));
}

pub(super) fn of_the_liver(seed: u64, items: &mut Vec<Item>) {
    for (n, (course, tissue)) in [
        (&HEPATIC_RIGHT[..], Tissue::HepaticVein),
        (&HEPATIC_MIDDLE[..], Tissue::HepaticVein),
        (&HEPATIC_LEFT[..], Tissue::HepaticVein),
        (&PORTAL_RIGHT[..], Tissue::PortalVein),
        (&PORTAL_VIII[..], Tissue::PortalVein),
        (&PORTAL_V[..], Tissue::PortalVein),
        (&PORTAL_VII[..], Tissue::PortalVein),
        (&PORTAL_VI[..], Tissue::PortalVein),
        (&PORTAL_LEFT[..], Tissue::PortalVein),
        (&PORTAL_II[..], Tissue::PortalVein),
        (&PORTAL_III[..], Tissue::PortalVein),
        (&PORTAL_IV[..], Tissue::PortalVein),
    ]
    .into_iter()
    .enumerate()
    {
        branches(items, course, tissue, seed.wrapping_mul(64).wrapping_add(n as u64));
        draw(items, course, tissue);
    }
    draw(items, &HEPATIC_ARTERY, Tissue::SmallArtery);
}

pub(super) fn great(items: &mut Vec<Item>) {
    caval(items);
    for (course, tissue) in [
        (&LEFT_RENAL_VEIN[..], Tissue::RenalVein),
        (&RIGHT_RENAL_VEIN[..], Tissue::RenalVein),
        (&LEFT_RENAL_ARTERY[..], Tissue::SmallArtery),
        (&RIGHT_RENAL_ARTERY[..], Tissue::SmallArtery),
        (&MESENTERIC_VEIN[..], Tissue::PortalVein),
        (&SPLENIC_VEIN[..], Tissue::PortalVein),
        (&PORTAL_MAIN[..], Tissue::PortalVein),
        (&COELIAC[..], Tissue::Aorta),
        (&SPLENIC_ARTERY[..], Tissue::SmallArtery),
        (&MESENTERIC_ARTERY[..], Tissue::Aorta),
        (&AORTA[..], Tissue::Aorta),
    ] {
        draw(items, course, tissue);
    }
    for (x, y, z) in [(0.5, 17.0, -92.0), (15.0, 17.0, -126.0), (-1.5, 16.0, -168.0), (12.0, 18.0, -190.0)] {
        let plaque = Ellipsoid::new(PatientPoint::new(x, y, z), [1.4, 2.2, 4.0]);
        items.push(Item::new(Shape::Ellipsoid(plaque).rough(0.5, 3.0, 61), Tissue::Calcification));
    }
    // Azygos and hemiazygos veins.
    for (x, y) in [(-3.0, 36.0), (20.0, 42.0)] {
        let (from, to) = (PatientPoint::new(x, y, 70.0), PatientPoint::new(x + 1.0, y - 3.0, -96.0));
        items.push(Item::new(Shape::tube(from, to, 3.0, 1.8), Tissue::CavalVein));
    }
}

/// Vessels of the mesentery: from the trunk to the loops.
pub(super) fn mesenteric(seed: u64, items: &mut Vec<Item>) {
    for n in 0..80u64 {
        let draw = |k| uniform(seed ^ 0x3e5e, n * 16 + k);
        let part = draw(0);
        let from = PatientPoint::new(3.0 - 8.0 * part, -13.0 - 10.0 * part, -122.0 - 84.0 * part);
        let to = PatientPoint::new(-66.0 + 160.0 * draw(1), -72.0 + 64.0 * draw(2), from.z + 12.0 - 34.0 * draw(3));
        let bend = PatientPoint::new(
            from.x + (to.x - from.x) * 0.5 + 16.0 * (draw(4) - 0.5),
            from.y + (to.y - from.y) * 0.5 + 16.0 * (draw(5) - 0.5),
            from.z + (to.z - from.z) * 0.5 + 16.0 * (draw(6) - 0.5),
        );
        let thick = 1.1 + 1.3 * draw(7) * draw(7);
        let tissue = if n % 3 == 0 { Tissue::SmallArtery } else { Tissue::PortalVein };
        for pair in spline(&[(from, thick + 0.5), (bend, thick), (to, 0.7)], 5).windows(2) {
            items.push(Item::new(Shape::tube(pair[0].0, pair[1].0, pair[0].1, pair[1].1), tissue));
        }
    }
}

/// Side branches along a course and beyond its end.
fn branches(items: &mut Vec<Item>, course: &Course, tissue: Tissue, seed: u64) {
    let mut grower = Grower { items, tissue, seed, drawn: 0 };
    let line = nodes(course);
    for (n, pair) in line.windows(2).enumerate().skip(2).step_by(2) {
        let (from, to) = (pair[0], pair[1]);
        let more = if n + 4 > line.len() { 3 } else { 2 };
        grower.grow(from.0, to.0 - from.0, (from.1 * 0.55).clamp(1.0, 2.3), more);
    }
}

struct Grower<'a> {
    items: &'a mut Vec<Item>,
    tissue: Tissue,
    seed: u64,
    drawn: u64,
}

impl Grower<'_> {
    fn number(&mut self) -> f64 {
        self.drawn += 1;
        uniform(self.seed, self.drawn)
    }

    fn aside(&mut self) -> PatientVector {
        PatientVector::new(self.number() - 0.5, self.number() - 0.5, self.number() - 0.5)
    }

    /// A branch from a place, roughly onwards, gently bent, that divides `more` times and stays inside the liver.
    fn grow(&mut self, from: PatientPoint, onwards: PatientVector, radius_mm: f64, more: u32) {
        let Some(onwards) = onwards.direction() else { return };
        for _ in 0..2 {
            let (aside, bend) = (self.aside(), self.aside());
            let length = (10.0 + 7.0 * radius_mm) * (0.8 + 0.5 * self.number());
            let Some(direction) = (onwards.vector() * 0.6 + aside * 1.6).direction() else { continue };
            let to = from + direction.times_mm(length);
            let thin = radius_mm * 0.72;
            if liver_mm(to) > -4.5 {
                continue;
            }
            let middle = from + direction.times_mm(length * 0.5) + bend * (length * 0.22);
            for pair in spline(&[(from, radius_mm), (middle, (radius_mm + thin) / 2.0), (to, thin)], 2).windows(2) {
                self.items.push(Item::new(Shape::tube(pair[0].0, pair[1].0, pair[0].1, pair[1].1), self.tissue));
            }
            if more > 1 && thin > 0.6 {
                self.grow(to, direction.vector(), thin, more - 1);
            }
        }
    }
}
