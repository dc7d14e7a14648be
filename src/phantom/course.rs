//! What happens to the sample patient: visits, lesions, sessions, and what a reader should answer.
//!
//! Lesion shapes are in the coordinates of [`super::anatomy`]; a visit shifts the whole patient.

use super::anatomy::{Item, SHARP_MM};
use super::shape::{Along, Ellipsoid, Shape};
use super::tissue::Tissue;
use super::Phase;
use crate::clinical::{self, Answer, Date, LiverSegment};
use crate::geometry::{PatientPoint, PatientVector};
use crate::outcome::Word;

/// A sample study as planned.
pub(super) struct Case {
    pub info: &'static CaseText,
    pub patient_name: &'static str,
    pub patient_id: &'static str,
    pub sex: &'static str,
    pub age_years: i64,
    pub first_session: Date,
    pub visits: Vec<VisitPlan>,
    pub lesions: Vec<LesionPlan>,
    pub sessions: Vec<SessionPlan>,
}

/// One scan.
pub(super) struct VisitPlan {
    pub id: &'static str,
    pub title: &'static str,
    /// Days after the first session.
    pub day: i64,
    /// How the patient lies, seen from the anatomy's own coordinates, mm.
    pub shift: PatientVector,
    /// Height of the top slice, mm.
    pub top_mm: f64,
    /// First series, seconds since midnight.
    pub start_s: u32,
    pub phases: &'static [Phase],
}

/// A session.
pub(super) struct SessionPlan {
    /// Days after the first session.
    pub day: i64,
    pub lesions: &'static [&'static str],
}

/// A lesion through time.
pub(super) struct LesionPlan {
    pub label: &'static str,
    pub segment: LiverSegment,
    pub tumour: Ellipsoid,
    /// One per visit, in the same order.
    pub at: Vec<LesionAt>,
}

/// How a lesion looks at one visit.
pub(super) struct LesionAt {
    pub zone: Option<Zone>,
    /// Viable tumour of an ablated lesion.
    pub viable: Option<Shape>,
    /// Viable tumour that is there but cannot be told from the margin.
    pub hidden: Option<Ellipsoid>,
    /// What a reader should answer; none before ablation.
    pub key: Option<Key>,
}

/// An ablation zone.
pub(super) struct Zone {
    pub shape: Ellipsoid,
    pub core: Tissue,
    pub rim_mm: Option<f64>,
    pub track: Option<Track>,
}

/// The path of an applicator, from the zone to the skin side of the liver.
#[derive(Clone, Copy)]
pub(super) struct Track {
    pub to: PatientPoint,
    pub tissue: Tissue,
}

/// The answer key.
#[derive(Clone, Copy)]
pub(super) struct Key {
    pub answer: Answer,
    pub also_accepted: &'static [Answer],
    pub shape: clinical::Shape,
    /// What history makes of it.
    pub derived: Word,
    pub look_at: Phase,
    pub sign: &'static str,
    pub trap: &'static str,
}

impl LesionPlan {
    /// The shapes to paint at a visit, over the body.
    pub fn paint(&self, visit: usize, items: &mut Vec<Item>) {
        let Some(at) = self.at.get(visit) else { return };
        if at.key.is_none() {
            let core = Ellipsoid { half_mm: self.tumour.half_mm.map(|h| h * 0.72), ..self.tumour };
            items.push(Item::soft(Shape::Ellipsoid(self.tumour), Tissue::TumourRim, 1.5));
            items.push(Item::soft(Shape::Ellipsoid(core), Tissue::TumourCentre, 2.2));
        }
        if let Some(hidden) = at.hidden {
            items.push(Item::soft(Shape::Ellipsoid(hidden), Tissue::Viable, 1.5));
        }
        if let Some(zone) = &at.zone {
            let shape = zone.shape;
            if let Some(track) = zone.track {
                let tube = Shape::Tube { from: shape.centre, to: track.to, from_mm: 1.6, to_mm: 1.6 };
                items.push(Item::new(tube, track.tissue));
            }
            if let Some(rim_mm) = zone.rim_mm {
                items.push(Item::new(Shape::Ellipsoid(shape.grown(rim_mm)), Tissue::BenignRim));
            }
            let core = Ellipsoid { half_mm: shape.half_mm.map(|h| h * 0.58), ..shape };
            items.push(Item::soft(Shape::Ellipsoid(shape), Tissue::ZoneOuter, SHARP_MM + 0.3));
            items.push(Item::soft(Shape::Ellipsoid(core), zone.core, 4.0));
        }
        if let Some(viable) = &at.viable {
            items.push(Item::soft(viable.clone(), Tissue::Viable, 1.5));
        }
    }
}

/// What the sample is called and shows.
pub(super) const FIRST_LOOK: CaseText = CaseText {
    id: "first-look",
    title: "First look: three metastases after microwave ablation",
    summary: "A synthetic patient with three colorectal liver metastases in segments VII, IVa and VI, CT before \
              ablation, at 4-6 weeks, 3 months and 6 months. One stays complete, one comes back at its thinnest \
              margin, one is left incomplete and is ablated again.",
};

/// A case in words.
pub(super) struct CaseText {
    pub id: &'static str,
    pub title: &'static str,
    pub summary: &'static str,
}

/// The plan of the case; none for another name.
pub(super) fn plan(id: &str) -> Option<Case> {
    if id == FIRST_LOOK.id { first_look(&FIRST_LOOK) } else { None }
}

/// Both contrast phases, as a liver protocol takes them.
const BOTH: &[Phase] = &[Phase::Arterial, Phase::PortalVenous];

const fn at(x: f64, y: f64, z: f64) -> PatientPoint {
    PatientPoint::new(x, y, z)
}

const fn shift(x: f64, y: f64, z: f64) -> PatientVector {
    PatientVector::new(x, y, z)
}

const BEFORE: LesionAt = LesionAt { zone: None, viable: None, hidden: None, key: None };

fn first_look(info: &'static CaseText) -> Option<Case> {
    let visit =
        |id, title, day, shift, top_mm, start_s, phases| VisitPlan { id, title, day, shift, top_mm, start_s, phases };
    Some(Case {
        info,
        patient_name: "Sample^One",
        patient_id: "SAMPLE-001",
        sex: "M",
        age_years: 63,
        first_session: Date::from_ymd_opt(2024, 3, 12)?,
        visits: vec![
            visit("pre", "Pre-procedure", -21, shift(0.0, 0.0, -40.0), -30.5, 33_133, BOTH),
            visit("d35", "4-6 weeks", 35, shift(2.0, -3.0, -52.0), -41.0, 38_522, BOTH),
            visit("d92", "3 months", 92, shift(-1.5, 2.5, -31.0), -23.0, 49_207, BOTH),
            visit("d183", "6 months", 183, shift(1.0, -2.0, -46.5), -37.5, 31_364, &[Phase::PortalVenous]),
        ],
        lesions: vec![segment_vii(), segment_iva(), segment_vi()],
        sessions: vec![SessionPlan { day: 0, lesions: &["L1", "L2", "L3"] }, SessionPlan { day: 49, lesions: &["L3"] }],
    })
}

fn early(shape: Ellipsoid, to: PatientPoint) -> Option<Zone> {
    let track = Some(Track { to, tissue: Tissue::Track });
    Some(Zone { shape, core: Tissue::ZoneCoreEarly, rim_mm: Some(1.9), track })
}

fn late(shape: Ellipsoid, to: Option<PatientPoint>) -> Option<Zone> {
    let track = to.map(|to| Track { to, tissue: Tissue::TrackLate });
    Some(Zone { shape, core: Tissue::ZoneCoreLate, rim_mm: None, track })
}

/// L1: complete at +35 d, back at the thinnest margin at +92 d, larger at +183 d.
fn segment_vii() -> LesionPlan {
    // The thinnest margin faces forward and inward.
    let (towards, along) = ((0.6, -0.8), Along::new(0.8, 0.6));
    let tumour = Ellipsoid::new(at(-80.0, 34.0, -57.0), [9.0, 8.0, 8.5]).turned(along);
    let beside = |from: PatientPoint, by_mm: f64| from + PatientVector::new(towards.0 * by_mm, towards.1 * by_mm, 0.0);
    let centre = beside(tumour.centre, -8.5);
    let zone = |half_mm| Ellipsoid::new(centre, half_mm).turned(along);
    let nodule = |by_mm, half_mm| Ellipsoid::new(beside(centre, by_mm), half_mm).turned(along);
    let to = at(-118.0, 38.0, -66.0);
    let progression = Key {
        answer: Answer::Viable,
        also_accepted: &[],
        shape: clinical::Shape::HypoattenuatingNodule,
        derived: Word::LocalTumourProgression,
        look_at: Phase::PortalVenous,
        sign: "A nodule of about 75 HU at the front inner margin, where the margin was thinnest: below the liver \
               (110 HU), well above the zone (40 HU), and not there at 4-6 weeks.",
        trap: "The zone as a whole has shrunk; looking only at its size hides the nodule.",
    };
    LesionPlan {
        label: "L1",
        segment: LiverSegment::VII,
        tumour,
        at: vec![
            BEFORE,
            LesionAt {
                zone: early(zone([21.0, 17.0, 17.0]), to),
                viable: None,
                hidden: Some(nodule(16.8, [3.9, 3.1, 3.1])),
                key: Some(Key {
                    answer: Answer::NoViable,
                    also_accepted: &[Answer::Equivocal],
                    shape: clinical::Shape::ThinSmoothRim,
                    derived: Word::Complete,
                    look_at: Phase::Arterial,
                    sign: "The zone covers the tumour; a thin smooth rim in the arterial phase.",
                    trap: "In retrospect the margin is slightly blurred at the front inner side, where the nodule of \
                           the next scan starts; it cannot be called at this visit.",
                }),
            },
            LesionAt {
                zone: late(zone([18.0, 14.5, 14.5]), Some(to)),
                viable: Some(Shape::Ellipsoid(nodule(18.5, [5.5, 5.0, 5.5]))),
                hidden: None,
                key: Some(progression),
            },
            LesionAt {
                zone: late(zone([15.0, 12.0, 12.0]), None),
                viable: Some(Shape::Ellipsoid(nodule(19.0, [9.5, 8.0, 8.5]))),
                hidden: None,
                key: Some(Key {
                    shape: clinical::Shape::Masslike,
                    sign: "The nodule at the front inner margin has grown from 11 to 19 mm.",
                    trap: "Progression is dated at +92 d, when it was first seen, not here.",
                    ..progression
                }),
            },
        ],
    }
}

/// L2: complete at each visit.
fn segment_iva() -> LesionPlan {
    let along = Along::new(1.0, 0.3);
    let tumour = Ellipsoid::new(at(-17.0, -54.0, -46.0), [6.0, 5.5, 5.5]).turned(along);
    let zone = |half_mm| Ellipsoid::new(at(-18.0, -54.0, -45.0), half_mm).turned(along);
    let to = at(-30.0, -84.0, -58.0);
    let complete = Key {
        answer: Answer::NoViable,
        also_accepted: &[],
        shape: clinical::Shape::None,
        derived: Word::Complete,
        look_at: Phase::PortalVenous,
        sign: "A smooth, shrinking zone without enhancement.",
        trap: "The centre is denser than the outer zone at first, in both phases alike: dried tissue, not enhancement.",
    };
    LesionPlan {
        label: "L2",
        segment: LiverSegment::IVa,
        tumour,
        at: vec![
            BEFORE,
            LesionAt {
                zone: early(zone([18.0, 15.0, 14.0]), to),
                viable: None,
                hidden: None,
                key: Some(Key {
                    shape: clinical::Shape::ThinSmoothRim,
                    look_at: Phase::Arterial,
                    sign: "A zone well beyond the tumour on all sides; a thin, smooth, even rim in the arterial phase.",
                    ..complete
                }),
            },
            LesionAt { zone: late(zone([15.0, 12.5, 12.0]), None), viable: None, hidden: None, key: Some(complete) },
            LesionAt { zone: late(zone([12.0, 10.0, 10.0]), None), viable: None, hidden: None, key: Some(complete) },
        ],
    }
}

/// L3: a crescent is left behind, and ablated again on day 49.
fn segment_vi() -> LesionPlan {
    let (towards, along) = ((0.28, -0.96), Along::new(0.96, 0.28));
    let tumour = Ellipsoid::new(at(-98.0, 20.0, -104.0), [11.0, 10.0, 10.0]).turned(along);
    let beside = |by_mm: f64| tumour.centre + PatientVector::new(towards.0 * by_mm, towards.1 * by_mm, 0.0);
    let first = Ellipsoid::new(beside(15.5), [19.0, 16.0, 17.0]).turned(along);
    let again = |half_mm| Ellipsoid::new(beside(4.0), half_mm).turned(along);
    let complete = Key {
        answer: Answer::NoViable,
        also_accepted: &[],
        shape: clinical::Shape::None,
        derived: Word::CompleteAssisted,
        look_at: Phase::PortalVenous,
        sign: "After the second session the zone covers the crescent; nothing at its margin.",
        trap: "This is +43 d after the second session: late for 4-6 weeks, but it counts.",
    };
    LesionPlan {
        label: "L3",
        segment: LiverSegment::VI,
        tumour,
        at: vec![
            BEFORE,
            LesionAt {
                zone: early(first, at(-119.0, -12.0, -112.0)),
                viable: Some(Shape::Outside(tumour, first)),
                hidden: None,
                key: Some(Key {
                    answer: Answer::Viable,
                    shape: clinical::Shape::HypoattenuatingNodule,
                    derived: Word::Incomplete,
                    sign: "A crescent of about 75 HU behind the zone, where the tumour was before ablation.",
                    trap: "The zone is larger than the tumour was, but it lies too far to the front.",
                    ..complete
                }),
            },
            LesionAt {
                zone: early(again([20.0, 18.5, 18.0]), at(-122.0, 34.0, -110.0)),
                viable: None,
                hidden: None,
                key: Some(complete),
            },
            LesionAt {
                zone: late(again([16.0, 14.0, 14.0]), None),
                viable: None,
                hidden: None,
                key: Some(Key { trap: "The track of the applicator is not tumour.", ..complete }),
            },
        ],
    }
}
