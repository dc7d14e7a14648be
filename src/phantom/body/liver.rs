//! The liver: its surface as it lies between diaphragm, wall and neighbours, its clefts and the gallbladder.

use super::chest::belly_mm;
use super::item::Item;
use super::shape::{Ellipsoid, Extent, Shape, curve, smooth_max, smooth_min, step};
use super::tissue::Tissue;
use crate::geometry::{PatientPoint, PatientVector};

const fn at(x: f64, y: f64, z: f64) -> PatientPoint {
    PatientPoint::new(x, y, z)
}

/// Height of the lower (visceral) face over a place, mm.
fn visceral_mm(x: f64, y: f64) -> f64 {
    // Hollowed by the colon and the kidney: further to the right half way back.
    let t = 1.0 - ((y + 2.0) / 62.0) * ((y + 2.0) / 62.0);
    let x = x + 17.0 * t.max(-0.6) * step(-40.0, -78.0, x) + 5.0 * super::shape::bumps(24, at(0.0, y, 0.0), 38.0);
    let low = curve(
        &[
            (-135.0, -160.0),
            (-108.0, -153.0),
            (-80.0, -137.0),
            (-56.0, -116.0),
            (-34.0, -101.0),
            (0.0, -97.0),
            (22.0, -92.0),
            (46.0, -74.0),
            (72.0, -56.0),
            (100.0, -38.0),
        ],
        x,
    );
    // Near the midline the face rises towards the hilum.
    low + 0.42 * (y + 56.0).max(0.0) * step(-82.0, -30.0, x) - 0.10 * (y + 56.0).max(0.0) * step(-70.0, -100.0, x)
}

/// How far back it reaches, mm.
fn posterior_mm(x: f64, z: f64) -> f64 {
    let back = curve(
        &[
            (-130.0, 100.0),
            (-72.0, 98.0),
            (-56.0, 86.0),
            (-43.0, 62.0),
            (-33.0, 42.0),
            (-24.0, 28.0),
            (-8.0, 15.0),
            (5.0, 5.0),
            (14.0, -16.0),
            (30.0, -30.0),
            (60.0, -36.0),
            (100.0, -48.0),
        ],
        x,
    );
    // The right kidney and the gland above it keep the lower right lobe off the spine.
    let kidney = step(-70.0, -118.0, z) * step(-96.0, -44.0, x);
    back - 40.0 * kidney
}

/// Distance from the liver without its clefts, mm.
pub(in crate::phantom) fn liver_mm(p: PatientPoint) -> f64 {
    let under = belly_mm(p) + 0.5;
    if under > 12.0 {
        return under;
    }
    let lower = (visceral_mm(p.x, p.y) - p.z) * 0.66;
    let behind = (p.y - posterior_mm(p.x, p.z)) * 0.62;
    let left = (p.x - 97.0) * 0.8;
    let hull = smooth_max(smooth_max(lower, behind, 15.0), left, 12.0);
    // The caudate lobe between the cleft of the venous ligament, the caval vein and the hilum.
    let caudate = Ellipsoid::new(at(-13.0, 2.0, -58.0), [19.0, 15.0, 27.0]).distance_mm(p);
    smooth_max(smooth_min(hull, caudate, 8.0), under, 4.0)
}

pub(in crate::phantom) const LIVER_BOX: Extent = Extent::of([-134.0, -98.0, -168.0], [102.0, 96.0, 4.0]);

/// The liver's surface.
pub(in crate::phantom) fn surface() -> Shape {
    Shape::Field(|p, _| liver_mm(p), [0.0; 3], LIVER_BOX).rough(2.2, 30.0, 21)
}

pub(super) fn liver(items: &mut Vec<Item>) {
    items.push(Item::new(surface(), Tissue::Liver));
    // Fatty change beside the falciform ligament.
    let focal = Ellipsoid::new(at(1.0, -80.0, -60.0), [6.0, 7.0, 12.0]);
    items.push(Item::soft(Shape::Ellipsoid(focal).rough(1.5, 7.0, 3).within(surface(), 1.0), Tissue::FattyLiver, 2.6));
    clefts(items);
    gallbladder(items);
}

fn clefts(items: &mut Vec<Item>) {
    // Round ligament: a wedge of fat from the front edge to the umbilical part of the left portal vein.
    let teres = Shape::Any(
        vec![
            Shape::Ellipsoid(Ellipsoid::new(at(12.0, -84.0, -86.0), [6.5, 17.0, 21.0])),
            Shape::Ellipsoid(Ellipsoid::new(at(11.0, -70.0, -76.0), [3.8, 14.0, 15.0])),
        ],
        6.0,
    );
    items.push(Item::new(teres.rough(1.4, 8.0, 31), Tissue::Mesentery));
    items.push(Item::new(Shape::tube(at(12.0, -62.0, -66.0), at(13.0, -88.0, -100.0), 2.2, 2.6), Tissue::SoftTissue));
    // Venous ligament: a slit in front of the caudate lobe.
    let venosum = Ellipsoid::new(at(0.0, -16.0, -55.0), [22.0, 1.5, 23.0]).along(PatientVector::new(1.0, -0.55, 0.0));
    items.push(Item::new(Shape::Ellipsoid(venosum).rough(1.3, 11.0, 32), Tissue::Mesentery));
    // Fat of the hilum.
    let hilum = Shape::Any(
        vec![
            Shape::tube(at(-6.0, -6.0, -88.0), at(-34.0, -10.0, -72.0), 13.0, 9.0),
            Shape::tube(at(-34.0, -10.0, -72.0), at(-50.0, -8.0, -70.0), 8.0, 5.5),
            Shape::tube(at(-32.0, -10.0, -72.0), at(-8.0, -28.0, -67.0), 7.5, 6.0),
            Shape::tube(at(-8.0, -28.0, -67.0), at(8.0, -44.0, -63.0), 6.0, 5.5),
        ],
        5.0,
    );
    items.push(Item::new(hilum.rough(1.6, 8.0, 33), Tissue::Mesentery));
}

fn gallbladder(items: &mut Vec<Item>) {
    let axis = PatientVector::new(-14.0, -46.0, -26.0);
    let bag = Shape::Any(
        vec![
            Shape::Ellipsoid(Ellipsoid::new(at(-46.0, -54.0, -110.0), [28.0, 13.5, 14.5]).along(axis)),
            Shape::tube(at(-37.0, -26.0, -95.0), at(-31.0, -16.0, -86.0), 5.0, 2.6),
        ],
        7.0,
    )
    .rough(0.9, 14.0, 41);
    items.push(Item::new(bag.clone().grown(3.2), Tissue::Mesentery));
    items.push(Item::new(bag.clone().grown(0.8), Tissue::GallbladderWall));
    items.push(Item::new(bag, Tissue::Bile));
    let duct = [at(-31.0, -12.0, -84.0), at(-27.0, -9.0, -96.0), at(-26.0, 4.0, -118.0), at(-30.0, 8.0, -134.0)];
    for pair in duct.windows(2) {
        items.push(Item::new(Shape::tube(pair[0], pair[1], 3.4, 3.2), Tissue::GallbladderWall));
        items.push(Item::new(Shape::tube(pair[0], pair[1], 2.6, 2.4), Tissue::Bile));
    }
}
