//! A small study to act on, and a walker that makes random edits of every kind, the same for a seed.

use ablation_review::alignment::{How, Placement};
use ablation_review::clinical::*;
use ablation_review::dicom::{Acquisition, FrameRef, Shape as StackShape, StackInfo, stack_key};
use ablation_review::geometry::{Grid, PatientDirection, PatientPoint, PatientVector, Rigid, SpaceId};
use ablation_review::marks::{Mask, MaskDelta, RleSlice, Run};
use ablation_review::project::*;
use ablation_review::volume::{Rescale, Unit};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

pub const NAME: &str = "Quenneville^Ottoline";
pub const DICOM_ID: &str = "ZX-4471-Q";
pub const FOLDER: &str = "/scans/of-quenneville";

/// Small, quick and the same everywhere (splitmix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn one<T>(&mut self, of: impl IntoIterator<Item = T>) -> Option<T> {
        let mut all: Vec<T> = of.into_iter().collect();
        let at = self.below(all.len());
        (!all.is_empty()).then(|| all.swap_remove(at))
    }
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn at(minute: u64) -> Stamp {
    let start: Stamp = "2026-03-04T09:00:00Z".parse().unwrap();
    start + chrono::Duration::minutes(minute as i64)
}

pub fn by(reader: Option<ReaderId>, minute: u64) -> By {
    By { reader, at: at(minute) }
}

pub fn grid(slices: u32) -> Grid {
    Grid {
        origin: PatientPoint::new(-100.1, -120.7, 33.3),
        axes: [PatientDirection::LEFT, PatientDirection::POSTERIOR, PatientDirection::SUPERIOR],
        spacing_mm: [0.7, 0.7, 3.1],
        dims: [64, 48, slices],
        space: SpaceId("1.2.840.1".into()),
    }
}

pub fn stack_info(number: u64, study_uid: &str, slices: u32) -> StackInfo {
    let mut key = [0u8; 16];
    key[..8].copy_from_slice(&number.to_be_bytes());
    let series_uid = format!("1.2.840.113619.2.{number}");
    StackInfo {
        key: StackKey(key),
        id: series_uid.clone(),
        series_uid: series_uid.clone(),
        study_uid: study_uid.to_owned(),
        series_number: Some(number as i64),
        description: format!("AX PV {number}"),
        modality: Modality::Ct,
        modality_text: "CT".into(),
        rows: 48,
        columns: 64,
        shape: StackShape::Volume(grid(slices)),
        pixel_spacing_mm: Some([0.7, 0.7]),
        frame_of_reference_uid: Some("1.2.840.1".into()),
        frames: (0..slices)
            .map(|k| FrameRef {
                sop_uid: format!("{series_uid}.{k}"),
                frame: 0,
                position_mm: Some(33.3 + 3.1 * f64::from(k)),
            })
            .collect(),
        rescale: vec![Rescale { slope: 1.0, intercept: -1024.0 }; slices as usize],
        unit: Unit::Hu,
        padding: None,
        small_is_bright: false,
        windows: Vec::new(),
        mapped: false,
        suv: None,
        overlays: false,
        transfer_syntaxes: vec!["1.2.840.10008.1.2.1".into()],
        split_by: None,
        oddities: vec![Oddity::SpacingDisagrees { stated_mm: 3.0, actual_mm: 3.1 }],
        acquisition: Acquisition { kvp: Some(120.0), ..Acquisition::default() },
        kernel: Kernel::Soft,
        group: None,
        recipes: Vec::new(),
        pixel_aspect: None,
    }
}

/// What importing one study of a patient gives: an edit, and names and paths that go with it.
pub fn import(
    document: &Document,
    patient: Option<PatientId>,
    date: Date,
    stacks: u64,
    slices: u32,
) -> (NamedEdit, Sidecar) {
    let id = patient.unwrap_or_else(|| document.next_patient());
    let visit =
        Visit { id: document.next_visit(), patient: id, date, source: VisitSource::Images, note: String::new() };
    let uid = format!("1.2.840.7.{}", visit.id);
    let mut ops = Vec::new();
    if patient.is_none() {
        ops.push(Op::Put(Row::Patient(Patient::new(id, document.next_patient_code()))));
    }
    let study =
        Study { uid: uid.clone(), patient: id, visit: visit.id, date: Some(date), description: "CT liver".into() };
    let visit_id = visit.id;
    ops.extend([Op::Put(Row::Visit(visit)), Op::Put(Row::Study(study))]);
    let mut sidecar = Sidecar { identities: vec![(id, identity())], paths: Vec::new() };
    for n in 0..stacks {
        let info = stack_info(u64::from(visit_id.0) * 100 + n, &uid, slices);
        let path = |frame: &FrameRef| InstancePath {
            sop_uid: frame.sop_uid.clone(),
            frame: frame.frame,
            relative: Some("scans/1.dcm".into()),
            absolute: format!("{FOLDER}/{}.dcm", frame.sop_uid),
            size: 524_288,
            mtime: 1_770_000_000,
        };
        sidecar.paths.push((info.key, info.frames.iter().map(path).collect()));
        ops.push(Op::Put(Row::Stack(StackRecord {
            info: Arc::new(info),
            patient: id,
            role: StackRole::CtPortalVenous,
            role_because: "\"PV\" in the description".into(),
            role_by_reader: false,
            hangs_for: None,
        })));
    }
    let label = format!("Images of {date} imported");
    (NamedEdit::new(ChangeKind::Import, label, ops).of(id).at(visit_id), sidecar)
}

pub fn identity() -> Identity {
    Identity {
        dicom_patient_id: DICOM_ID.into(),
        issuer: "HOSP".into(),
        name: NAME.into(),
        birth_date: Some(date("1951-07-09")),
    }
}

pub fn runs(of: &[(u32, u32)]) -> RleSlice {
    RleSlice::from_runs(of.iter().map(|(start, len)| Run { start: *start, len: *len }))
}

pub fn delta(slices: &[(u32, RleSlice)]) -> MaskDelta {
    MaskDelta::try_from(slices.to_vec()).unwrap()
}

pub fn measured(volume_ml: f64) -> Measured {
    Measured {
        volume_ml: Some(volume_ml),
        longest_axial_mm: Some(12.3),
        perpendicular_mm: Some(0.1 + 0.2),
        longest_px: None,
        mean: Some(75.5),
        sd: None,
        unit: "HU".into(),
    }
}

/// Makes random edits that fit the document, of every kind.
pub struct Walker {
    pub random: Random,
    pub minute: u64,
}

impl Walker {
    pub const fn new(seed: u64) -> Self {
        Self { random: Random(seed), minute: 0 }
    }

    pub fn by(&mut self, document: &Document) -> By {
        self.minute += 1;
        by(document.readers().next().map(|reader| reader.id), self.minute)
    }

    /// The next edit; tries kinds until one fits what is there.
    pub fn propose(&mut self, document: &Document) -> (NamedEdit, Sidecar) {
        if document.readers().next().is_none() {
            return (edits::reader(document, "NU").1.unwrap(), Sidecar::default());
        }
        loop {
            match self.random.below(27) {
                0 => {
                    let date = date("2026-01-01") + chrono::Days::new(self.random.below(400) as u64);
                    let known = self.random.one(document.patients().map(|patient| patient.id));
                    let patient = known.filter(|_| self.random.below(3) > 0);
                    let (stacks, slices) = (1 + self.random.below(6) as u64, 1 + self.random.below(60) as u32);
                    return import(document, patient, date, stacks, slices);
                }
                kind => {
                    if let Some(edit) = self.small(kind, document) {
                        return (edit, Sidecar::default());
                    }
                }
            }
        }
    }

    fn small(&mut self, kind: usize, document: &Document) -> Option<NamedEdit> {
        let random = &mut self.random;
        let reader = random.one(document.readers())?.id;
        let stamp = at(self.minute + 1);
        let patient = random.one(document.patients())?;
        let visit = random.one(document.visits_of(patient.id));
        let lesion = random.one(document.lesions_of(patient.id));
        let mark = random.one(document.marks());
        Some(match kind {
            1 => {
                let initials = ["AB", "CD", "NU"][random.below(3)];
                edits::reader(document, initials).1?
            }
            2 => {
                let mut settings = document.settings();
                settings.visit_span_days = random.below(9) as i64;
                edits::settings(settings)
            }
            3 => edits::patient(document, Patient { note: random.next().to_string(), ..patient.clone() }),
            4 | 5 => {
                let label = document.next_lesion_label(patient.id);
                let mut lesion = Lesion::new(document.next_lesion(), patient.id, label);
                lesion.long_axis_mm = Some(random.below(1000) as f64 / 7.0);
                lesion.place = random.one(document.stacks().filter(|stack| stack.patient == patient.id)).map(|stack| {
                    LesionPlace { stack: stack.info.key, left_mm: 0.1, posterior_mm: -2.0 / 3.0, superior_mm: 1e-9 }
                });
                edits::lesion(document, lesion)
            }
            6 => edits::remove_lesion(document, lesion?.id).ok()?,
            7 => {
                let lesions = vec![SessionLesion {
                    lesion: lesion?.id,
                    technical_success: TechnicalSuccess::Yes,
                    reason: String::new(),
                }];
                edits::session(
                    document,
                    Session {
                        id: document.next_session(),
                        patient: patient.id,
                        date: date("2026-02-03"),
                        modality: AblationModality::Microwave,
                        combined_of: Vec::new(),
                        device: "14 G".into(),
                        lesions,
                        planned_before_first_follow_up: false,
                        note: String::new(),
                    },
                )
            }
            8 => edits::remove_session(document, random.one(document.sessions_of(patient.id))?.id).ok()?,
            9..=11 => {
                let key = FindingKey { lesion: lesion?.id, visit: visit?.id, reader, track: Track::Main };
                let mut finding = document.finding(key).cloned().unwrap_or_else(|| Finding::draft(key, stamp));
                finding.answer = random.one(Answer::ALL.iter().copied());
                finding.viable_ld_mm = Some(random.below(500) as f64 / 13.0);
                edits::finding(document, finding)
            }
            12 => {
                let new_tumour = Some(NewTumour::InOrgan("S II".into()));
                edits::rest_of_scan(
                    document,
                    RestOfScan { patient: patient.id, visit: visit?.id, new_tumour, complications: None },
                )
            }
            13 => edits::sign_visit(document, visit?.id, Track::Main, reader, stamp).ok()?,
            14 => edits::amend_visit(document, visit?.id, Track::Main, reader, stamp, AmendmentReason::Slip, "a slip")
                .ok()?,
            15 | 16 => {
                let stack = random.one(document.stacks_of(visit?.id))?;
                let StackShape::Volume(grid) = &stack.info.shape else { return None };
                let (lesion, visit, role) = (lesion?.id, visit?.id, MarkRole::ViableTumour);
                let info = MarkInfo {
                    id: document.next_mark(),
                    role,
                    lesions: vec![lesion],
                    patient: patient.id,
                    visit,
                    reader,
                    stack: stack.info.key,
                    ordinal: document.next_ordinal(lesion, visit, role),
                    primary: true,
                };
                let measured = (random.below(2) == 0).then(|| measured(1.0 / 3.0));
                edits::new_mark(document, info, grid.clone(), stroke(random, grid), measured)
            }
            17..=20 => {
                let mark = mark?;
                let measured = (random.below(2) == 0).then(|| measured(random.below(99) as f64 / 9.0));
                edits::mark_stroke(document, mark.info.id, stroke(random, &mark.grid), measured).ok()?
            }
            21 => edits::remove_mark(document, mark?.info.id).ok()?,
            22 => {
                let own = || document.stacks().filter(|stack| stack.patient == patient.id);
                let (from, to) = (random.one(own())?.info.key, random.one(own())?.info.key);
                let rigid_mm = Rigid::shift(PatientVector::new(0.1, -0.3, 9.0 / 7.0));
                let how = How::Matched { reader, at: stamp };
                let lesion = lesion.map(|lesion| lesion.id);
                (from != to).then(|| edits::placement(document, Placement { from, to, lesion, rigid_mm, how }))?
            }
            23 => {
                let stack = random.one(document.stacks().filter(|stack| stack.patient == patient.id))?;
                let half = stack.info.frames.len() / 2;
                let parts = [part(stack, 0, half), part(stack, half, stack.info.frames.len())];
                (half > 0).then(|| edits::group_by_hand(document, split(document, stack), &parts).ok())??
            }
            24 => {
                let of_one = random.one(document.stacks().filter(|stack| stack.patient == patient.id))?;
                let study = &of_one.info.study_uid;
                let other = random.one(
                    document
                        .stacks()
                        .filter(|stack| stack.info.study_uid == *study && stack.info.key != of_one.info.key),
                )?;
                edits::regroup(document, &[joined(of_one, other)]).ok()?
            }
            25 => match random.below(5) {
                0 => edits::archive_patient(document, patient.id, !patient.archived).ok()?,
                1 => {
                    let other = random.one(document.patients().filter(|other| other.id != patient.id))?.id;
                    edits::another_patient(document, patient.id, &[other]).ok()?
                }
                2 => {
                    let other = random.one(document.patients().filter(|other| other.id != patient.id))?.id;
                    edits::merge_patients(document, patient.id, other).ok()?
                }
                3 => {
                    let stack = random.one(document.stacks())?;
                    edits::move_study_to_patient(document, &stack.info.study_uid, patient.id).ok()?
                }
                _ => {
                    let stack = random.one(document.stacks())?.info.key;
                    edits::move_stack_to_patient(document, stack, patient.id).ok()?
                }
            },
            _ => match random.below(4) {
                0 => edits::park(document, lesion?.id, visit?.id, "ask the surgeon"),
                1 => {
                    let park = random.one(document.parks())?;
                    edits::unpark(document, park.lesion, park.visit)
                }
                2 => edits::event(
                    document,
                    Event {
                        id: document.next_event(),
                        patient: patient.id,
                        lesion: lesion.map(|lesion| lesion.id),
                        kind: EventKind::Resection,
                        date: date("2026-08-09"),
                        visit: visit.map(|visit| visit.id),
                        note: String::new(),
                    },
                ),
                _ => {
                    let stack = random.one(document.stacks())?.info.key;
                    edits::role(document, stack, StackRole::CtArterial).ok()?
                }
            },
        })
    }
}

/// Some of a stack's slices as a stack of their own.
pub fn part(of: &StackRecord, from: usize, to: usize) -> StackInfo {
    let mut info = (*of.info).clone();
    info.frames = info.frames[from..to].to_vec();
    info.rescale = info.rescale[from..to].to_vec();
    info.shape = StackShape::Volume(grid((to - from) as u32));
    info.key = stack_key(info.frames.iter().map(|frame| (frame.sop_uid.as_str(), frame.frame)));
    info.id = format!("{}#{from}", info.id);
    info
}

/// The slices of two stacks as one.
pub fn joined(first: &StackRecord, second: &StackRecord) -> StackInfo {
    let mut info = (*first.info).clone();
    info.frames.extend(second.info.frames.iter().cloned());
    info.rescale.extend(second.info.rescale.iter().copied());
    info.shape = StackShape::Volume(grid(info.frames.len() as u32));
    info.key = stack_key(info.frames.iter().map(|frame| (frame.sop_uid.as_str(), frame.frame)));
    info
}

/// A stack taken apart in its middle.
pub fn split(document: &Document, stack: &StackRecord) -> Grouping {
    let name = |frame: &FrameRef| FrameName { sop_uid: frame.sop_uid.clone(), frame: frame.frame };
    let frames: Vec<FrameName> = stack.info.frames.iter().map(name).collect();
    let (first, second) = frames.split_at(frames.len() / 2);
    let groups = [first, second].into_iter().filter(|half| !half.is_empty()).map(<[FrameName]>::to_vec).collect();
    Grouping {
        id: document.next_grouping(),
        patient: stack.patient,
        series_uid: stack.info.series_uid.clone(),
        kind: GroupingKind::Split,
        groups,
        note: String::new(),
    }
}

/// A random disc-like stroke over a few slices.
fn stroke(random: &mut Random, grid: &Grid) -> MaskDelta {
    let mut mask = Mask::new(grid.clone()).unwrap();
    let empty = mask.clone();
    for _ in 0..1 + random.below(3) {
        let k = random.below(grid.dims[2] as usize) as u32;
        let start = random.below(40) as u32;
        let rows: Vec<_> =
            (0..1 + random.below(8) as u32).map(|row| ((5 + row) * 64 + start, 1 + (row * 7) % 20)).collect();
        mask.add(k, &runs(&rows)).unwrap();
    }
    empty.delta_to(&mask).unwrap()
}

/// Another program: this test binary, in which the test `name` finds `path` in the environment variable `variable`.
pub fn another_program(name: &str, variable: &str, path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(variable, path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
