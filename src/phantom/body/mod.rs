//! The body: an abdomen with its neighbours, made of analytic shapes.
//!
//! Its own coordinates: LPS in mm, x = 0 in the middle, z = 0 at the top of the right dome of the diaphragm. Where the
//! patient lies at a visit and how breathing moves the organs is the business of [`super::motion`].

mod chest;
mod item;
mod liver;
mod scene;
mod shape;
mod tissue;
mod tissue_mr;
mod tissue_pet;
mod trunk;
mod vessels;
mod viscera;

pub(super) use item::{Item, SHARP_MM};
pub(super) use liver::surface as liver_surface;
pub(super) use scene::{PlaneOfPixels, ToBody, paint};
pub(super) use shape::{Ellipsoid, Shape, bumps, coverage, smooth_max, step};
pub(super) use tissue::{CT_PHASES, Ct as CtScanner, Tissue};
pub(super) use tissue_mr::{MR_CHANNELS, Mr as MrScanner};
pub(super) use tissue_pet::Pet as PetScanner;
pub(super) use trunk::{VERTEBRAE, cavity_mm, spine_y};

/// What makes one patient differ from another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Build {
    /// Fat under the skin beyond that of a lean patient, mm.
    pub fat_mm: f64,
    /// Which small vessels, bowel loops and lobules.
    pub seed: u64,
}

/// The whole patient without lesions, in the order of painting.
pub(super) fn body(build: &Build) -> Vec<Item> {
    let mut items = vec![Item::new(Shape::Everywhere, Tissue::Air)];
    trunk::table(&mut items);
    trunk::wall(build.fat_mm, &mut items);
    chest::cavities(&mut items);
    trunk::psoas(&mut items);
    chest::chest(&mut items);
    trunk::spine(&mut items);
    chest::crura(&mut items);
    vessels::mesenteric(build.seed, &mut items);
    viscera::omentum(build.seed, &mut items);
    viscera::bowel(build.seed, &mut items);
    viscera::stomach(&mut items);
    viscera::spleen(&mut items);
    liver::liver(&mut items);
    viscera::kidneys(&mut items);
    viscera::adrenals(&mut items);
    viscera::pancreas(&mut items);
    vessels::great(&mut items);
    vessels::of_the_liver(build.seed, &mut items);
    items
}
