//! A small picture of a case for lists.

use super::recipe::Scan;
use super::sheet::{Sheet, window};
use super::study::{self, Session, Study};
use crate::geometry::PatientPoint;

/// Size of the picture, pixels.
const SIZE: [usize; 2] = [160, 120];
/// Side of a pixel, mm.
const PIXEL_MM: f64 = 2.2;
/// Rows of the scan above those that are shown: the table is cut off, not the belly.
const FROM_ROW: usize = 12;
/// Grey levels are this far apart: it is a picture, and noise does not pack.
const STEP: u8 = 8;

/// The first visit in its main phase, through the first lesion.
pub(super) fn picture(study: &Study) -> Sheet {
    let [width, height] = SIZE;
    let mut sheet = Sheet { width, height, grey: vec![0; width * height], rows: Vec::new(), columns: Vec::new() };
    let (Some(visit), Some(lesion)) = (study.recipe.visits.first(), study.recipe.lesions.first()) else { return sheet };
    let phase = Study::main_phase(visit);
    let motion = study.motion(visit, phase);
    let [x, y, z] = lesion.place_mm;
    let place = motion.to_visit(PatientPoint::new(x, y, z));
    let own = visit.scan(phase);
    let scan = Scan {
        matrix: width as u32,
        pixel_mm: PIXEL_MM,
        slices: 1,
        top_mm: place.z - visit.lie.shift_mm[2],
        // As if the pixels that one of these holds had been averaged.
        noise: own.noise * (own.pixel_mm / PIXEL_MM).min(1.0),
        ..own
    };
    let session = Session { visit, seed: study::visit_seed(study, visit) };
    let slices = session.slice_of(&scan, &study.scene(visit, phase), &motion, &[phase], 0);
    let (zero, (centre, wide)) = if phase.is_ct() { (1024, (50.0, 350.0)) } else { (0, window(phase)) };
    let stored = slices.iter().flatten().skip(FROM_ROW * width);
    for (to, value) in sheet.grey.iter_mut().zip(stored) {
        let part = (f64::from(value.saturating_sub(zero)) - centre) / wide + 0.5;
        *to = (part * 255.0).clamp(0.0, 255.0) as u8 / STEP * STEP;
    }
    sheet
}
