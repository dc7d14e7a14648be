//! Arteries and veins: the named ones by hand, the small ones of the liver grown from them.

use super::anatomy::{Item, liver_mm};
use super::noise::uniform;
use super::shape::Shape;
use super::tissue::Tissue;
use crate::geometry::{PatientPoint, PatientVector};

/// A vessel drawn through some places, each with the radius there, mm.
type Course = [(f64, f64, f64, f64)];

pub(super) fn paint(items: &mut Vec<Item>) {
    let mut seed = 0x5eed;
    for (course, tissue) in [
        // Right, middle and left portal branches after the bifurcation, with the umbilical part of the left.
        (&PORTAL_RIGHT[..], Tissue::PortalVein),
        (&PORTAL_VIII[..], Tissue::PortalVein),
        (&PORTAL_V[..], Tissue::PortalVein),
        (&PORTAL_VII[..], Tissue::PortalVein),
        (&PORTAL_VI[..], Tissue::PortalVein),
        (&PORTAL_LEFT[..], Tissue::PortalVein),
        (&PORTAL_II[..], Tissue::PortalVein),
        (&PORTAL_III[..], Tissue::PortalVein),
        (&PORTAL_IV[..], Tissue::PortalVein),
        (&HEPATIC_RIGHT[..], Tissue::HepaticVein),
        (&HEPATIC_MIDDLE[..], Tissue::HepaticVein),
        (&HEPATIC_LEFT[..], Tissue::HepaticVein),
    ] {
        seed += 1;
        branches(items, course, tissue, seed);
        draw(items, course, tissue);
    }
    items.push(Item::new(Shape::Column { x: -19.0, y: 22.0, half_x_mm: 13.5, half_y_mm: 10.0 }, Tissue::CavalVein));
    for (course, tissue) in [
        (&PORTAL_MAIN[..], Tissue::PortalVein),
        (&SPLENIC_VEIN[..], Tissue::PortalVein),
        (&MESENTERIC_VEIN[..], Tissue::PortalVein),
        (&LEFT_RENAL_VEIN[..], Tissue::CavalVein),
        (&AORTA[..], Tissue::Aorta),
        (&COELIAC[..], Tissue::Aorta),
        (&HEPATIC_ARTERY[..], Tissue::Aorta),
        (&SPLENIC_ARTERY[..], Tissue::Aorta),
        (&MESENTERIC_ARTERY[..], Tissue::Aorta),
    ] {
        draw(items, course, tissue);
    }
}

const AORTA: [(f64, f64, f64, f64); 3] =
    [(13.0, 27.0, 60.0, 11.5), (11.0, 24.0, -80.0, 10.5), (7.0, 22.0, -180.0, 9.0)];
const COELIAC: [(f64, f64, f64, f64); 2] = [(11.0, 18.0, -84.0, 3.8), (9.0, 2.0, -81.0, 3.4)];
const HEPATIC_ARTERY: [(f64, f64, f64, f64); 3] =
    [(9.0, 2.0, -81.0, 3.0), (-10.0, -8.0, -84.0, 2.6), (-24.0, -14.0, -74.0, 2.0)];
const SPLENIC_ARTERY: [(f64, f64, f64, f64); 4] =
    [(9.0, 2.0, -81.0, 3.0), (34.0, 6.0, -78.0, 2.8), (58.0, 8.0, -82.0, 2.6), (84.0, 26.0, -66.0, 2.2)];
const MESENTERIC_ARTERY: [(f64, f64, f64, f64); 3] =
    [(10.0, 16.0, -96.0, 3.8), (9.0, 2.0, -106.0, 3.6), (8.0, -2.0, -170.0, 3.2)];
const MESENTERIC_VEIN: [(f64, f64, f64, f64); 2] = [(2.0, -4.0, -104.0, 6.0), (-4.0, -8.0, -170.0, 5.5)];
const SPLENIC_VEIN: [(f64, f64, f64, f64); 4] =
    [(2.0, -4.0, -102.0, 5.0), (26.0, -2.0, -92.0, 4.4), (52.0, 6.0, -86.0, 4.0), (86.0, 28.0, -70.0, 3.4)];
const LEFT_RENAL_VEIN: [(f64, f64, f64, f64); 3] =
    [(44.0, 38.0, -118.0, 4.5), (22.0, 18.0, -114.0, 4.5), (-14.0, 16.0, -112.0, 4.0)];
const PORTAL_MAIN: [(f64, f64, f64, f64); 3] =
    [(2.0, -4.0, -104.0, 6.8), (-18.0, -4.0, -84.0, 6.8), (-32.0, -8.0, -71.0, 6.6)];
const PORTAL_RIGHT: [(f64, f64, f64, f64); 2] = [(-32.0, -8.0, -71.0, 5.8), (-62.0, -4.0, -68.0, 5.0)];
const PORTAL_VIII: [(f64, f64, f64, f64); 3] =
    [(-62.0, -4.0, -68.0, 4.2), (-78.0, -24.0, -54.0, 3.4), (-88.0, -34.0, -36.0, 2.2)];
const PORTAL_V: [(f64, f64, f64, f64); 3] =
    [(-62.0, -4.0, -68.0, 3.8), (-80.0, -24.0, -84.0, 3.0), (-92.0, -34.0, -104.0, 2.0)];
const PORTAL_VII: [(f64, f64, f64, f64); 3] =
    [(-62.0, -4.0, -68.0, 4.0), (-84.0, 14.0, -66.0, 3.0), (-104.0, 30.0, -62.0, 2.0)];
const PORTAL_VI: [(f64, f64, f64, f64); 3] =
    [(-62.0, -4.0, -68.0, 4.0), (-86.0, 12.0, -84.0, 3.2), (-100.0, 20.0, -112.0, 2.0)];
const PORTAL_LEFT: [(f64, f64, f64, f64); 4] =
    [(-32.0, -8.0, -71.0, 5.2), (-12.0, -26.0, -65.0, 4.8), (7.0, -42.0, -61.0, 4.8), (10.0, -60.0, -60.0, 4.4)];
const PORTAL_II: [(f64, f64, f64, f64); 3] =
    [(7.0, -42.0, -61.0, 3.2), (30.0, -42.0, -48.0, 2.8), (62.0, -46.0, -44.0, 1.8)];
const PORTAL_III: [(f64, f64, f64, f64); 3] =
    [(10.0, -60.0, -60.0, 3.0), (32.0, -66.0, -56.0, 2.4), (54.0, -66.0, -52.0, 1.6)];
const PORTAL_IV: [(f64, f64, f64, f64); 2] = [(10.0, -58.0, -60.0, 3.0), (-22.0, -68.0, -68.0, 1.8)];
const HEPATIC_RIGHT: [(f64, f64, f64, f64); 4] =
    [(-22.0, 16.0, -31.0, 5.6), (-60.0, 9.0, -31.0, 4.6), (-96.0, -2.0, -54.0, 3.6), (-112.0, 2.0, -90.0, 2.0)];
const HEPATIC_MIDDLE: [(f64, f64, f64, f64); 4] =
    [(-18.0, 14.0, -31.0, 5.2), (-39.0, -22.0, -33.0, 4.4), (-52.0, -48.0, -60.0, 3.4), (-60.0, -58.0, -84.0, 1.8)];
const HEPATIC_LEFT: [(f64, f64, f64, f64); 4] =
    [(-14.0, 14.0, -32.0, 4.8), (6.0, -22.0, -32.0, 4.2), (34.0, -46.0, -37.0, 3.0), (64.0, -54.0, -45.0, 1.6)];

fn place(point: (f64, f64, f64, f64)) -> PatientPoint {
    PatientPoint::new(point.0, point.1, point.2)
}

fn draw(items: &mut Vec<Item>, course: &Course, tissue: Tissue) {
    for pair in course.windows(2) {
        if let [a, b] = pair {
            let shape = Shape::Tube { from: place(*a), to: place(*b), from_mm: a.3, to_mm: b.3 };
            items.push(Item::new(shape, tissue));
        }
    }
}

/// Side branches along a course and beyond its end.
fn branches(items: &mut Vec<Item>, course: &Course, tissue: Tissue, seed: u64) {
    let mut grower = Grower { items, tissue, seed, drawn: 0 };
    for (n, pair) in course.windows(2).enumerate() {
        let [a, b] = pair else { continue };
        let (from, to) = (place(*a), place(*b));
        for part in [0.45, 0.95] {
            let radius = (a.3 + (b.3 - a.3) * part) * 0.55;
            grower.grow(from + (to - from) * part, to - from, radius.clamp(1.1, 2.4), if n == 0 { 2 } else { 3 });
        }
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

    /// A branch from a place, roughly onwards, that divides `more` times and stays inside the liver.
    fn grow(&mut self, from: PatientPoint, onwards: PatientVector, radius_mm: f64, more: u32) {
        let Some(onwards) = onwards.direction() else { return };
        for _ in 0..2 {
            let aside = PatientVector::new(self.number() - 0.5, self.number() - 0.5, self.number() - 0.5);
            let length = (9.0 + 6.0 * radius_mm) * (0.8 + 0.5 * self.number());
            let Some(direction) = (onwards.vector() * 0.55 + aside * 1.7).direction() else { continue };
            let to = from + direction.times_mm(length);
            let thin = radius_mm * 0.72;
            if liver_mm(to) > -5.0 {
                continue;
            }
            let shape = Shape::Tube { from, to, from_mm: radius_mm, to_mm: thin };
            self.items.push(Item::new(shape, self.tissue));
            if more > 1 && thin > 0.75 {
                self.grow(to, direction.vector(), thin, more - 1);
            }
        }
    }
}
