//! The rows of a project: one list of all tables, from which the row, its key and the tables are made.

use super::Refusal;
use super::document::Ids;
use crate::alignment::Placement;
use crate::clinical::{
    Amendment, AmendmentId, Event, EventId, Finding, FindingKey, Grouping, GroupingId, Lesion, LesionId, MarkId,
    MarkInfo, MarkSummary, Patient, PatientId, Reader, ReaderId, RestOfScan, Session, SessionId, Signature, StackKey,
    StackRole, Study, StudySettings, Track, Visit, VisitId,
};
use crate::dicom::{Shape, StackInfo};
use crate::geometry::Grid;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A stack of the project: what its headers tell, whose it is, and what it shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StackRecord {
    /// What the headers tell; shared, because it is long and never changes.
    #[serde(with = "shared")]
    pub info: Arc<StackInfo>,
    /// Whose it is.
    pub patient: PatientId,
    /// What it shows.
    pub role: StackRole,
    /// Why, in words.
    pub role_because: String,
    /// Whether the reader said so, as against the program's proposal.
    pub role_by_reader: bool,
    /// Where this role would hang at its visit, this stack does: a reader's choice. Not written without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hangs_for: Option<StackRole>,
}

/// A lesion put aside at a visit, to be looked at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Park {
    /// The lesion.
    pub lesion: LesionId,
    /// The visit.
    pub visit: VisitId,
    /// Why, in words.
    pub text: String,
}

/// A mark without its voxels: what it belongs to, the grid it was drawn on, and what was measured of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MarkRecord {
    /// What it belongs to.
    pub info: MarkInfo,
    /// The grid its mask is drawn on; fixed for the life of the mark.
    pub grid: Grid,
    /// What was measured when the mask was as it is now; dropped when the mask changes.
    pub measured: Option<Measured>,
}

/// The measurements of a mark, kept so that tables can be written where the images are not at hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Volume, ml; none on a picture stack.
    pub volume_ml: Option<f64>,
    /// Longest axial (in-slice) diameter, mm; none where pixels are not calibrated.
    pub longest_axial_mm: Option<f64>,
    /// Longest diameter at right angles to it in the same slice, mm.
    pub perpendicular_mm: Option<f64>,
    /// Longest in-slice diameter, pixels, where pixels are not calibrated.
    pub longest_px: Option<f64>,
    /// Mean value inside, in `unit`, when the pixels were read.
    pub mean: Option<f64>,
    /// Standard deviation inside (n - 1).
    pub sd: Option<f64>,
    /// The unit of `mean` and `sd`.
    pub unit: String,
}

impl From<MarkSummary> for Measured {
    fn from(of: MarkSummary) -> Self {
        Self {
            volume_ml: of.volume_ml,
            longest_axial_mm: of.longest_axial_mm,
            perpendicular_mm: of.perpendicular_mm,
            longest_px: of.longest_px,
            mean: of.mean,
            sd: of.sd,
            unit: of.unit,
        }
    }
}

impl MarkRecord {
    /// The mark with its measurements, as rules and tables see it; `None` until it was measured.
    #[must_use]
    pub fn summary(&self) -> Option<MarkSummary> {
        let of = self.measured.clone()?;
        Some(MarkSummary {
            info: self.info.clone(),
            volume_ml: of.volume_ml,
            longest_axial_mm: of.longest_axial_mm,
            perpendicular_mm: of.perpendicular_mm,
            longest_px: of.longest_px,
            mean: of.mean,
            sd: of.sd,
            unit: of.unit,
        })
    }
}

/// What names a placement: the stack it takes points from, the stack it takes them to, and the lesion it
/// was made for.
pub type PlacementKey = (StackKey, StackKey, Option<LesionId>);

macro_rules! tables {
    ($($kind:ident($row:ty) by $key:ty as $table:ident, $words:literal: |$r:ident| $of:expr;)+) => {
        /// One row of the project.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[allow(clippy::large_enum_variant)] // rows are moved a few at a time, and a box each would cost more
        pub enum Row { $(#[doc = concat!("A ", $words, ".")] $kind($row),)+ }

        /// What names a row of the project.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RowKey { $(#[doc = concat!("A ", $words, ".")] $kind($key),)+ }

        /// The kinds of row, in the order in which each refers only to those before it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum RowKind { $(#[doc = concat!("A ", $words, ".")] $kind,)+ }

        impl RowKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// The table in the project file.
            #[must_use]
            pub const fn table(self) -> &'static str { match self { $(Self::$kind => stringify!($table),)+ } }

            /// What a row of this kind is, in words.
            #[must_use]
            pub const fn words(self) -> &'static str { match self { $(Self::$kind => $words,)+ } }

            /// A row of this kind from its JSON.
            pub(super) fn read(self, json: &str) -> Result<Row, serde_json::Error> {
                Ok(match self { $(Self::$kind => Row::$kind(serde_json::from_str(json)?),)+ })
            }
        }

        impl Row {
            /// What names this row.
            #[must_use]
            pub fn key(&self) -> RowKey {
                match self { $(Self::$kind($r) => RowKey::$kind($of),)+ }
            }

            /// The row's JSON, as it is kept in its table.
            pub(super) fn write(&self) -> Result<String, serde_json::Error> {
                match self { $(Self::$kind(row) => serde_json::to_string(row),)+ }
            }
        }

        impl RowKey {
            /// The kind of row it names.
            #[must_use]
            pub const fn kind(&self) -> RowKind { match self { $(Self::$kind(_) => RowKind::$kind,)+ } }
        }

        /// Every table in memory. A clone is cheap: a table is copied when it is first changed.
        #[derive(Debug, Clone, PartialEq, Default)]
        pub(super) struct Tables { $(pub(super) $table: Arc<BTreeMap<$key, $row>>,)+ }

        impl Tables {
            /// Puts a row, returning the one it replaces.
            pub(super) fn put(&mut self, row: Row) -> Option<Row> {
                match row { $(Row::$kind(row) => {
                    let $r = &row;
                    let key = $of;
                    Arc::make_mut(&mut self.$table).insert(key, row).map(Row::$kind)
                })+ }
            }

            /// Takes a row out.
            pub(super) fn remove(&mut self, key: &RowKey) -> Option<Row> {
                match key { $(RowKey::$kind(key) => Arc::make_mut(&mut self.$table).remove(key).map(Row::$kind),)+ }
            }

            /// Whether there is such a row.
            pub(super) fn contains(&self, key: &RowKey) -> bool {
                match key { $(RowKey::$kind(key) => self.$table.contains_key(key),)+ }
            }

            /// A copy of a row.
            pub(super) fn get(&self, key: &RowKey) -> Option<Row> {
                match key { $(RowKey::$kind(key) => self.$table.get(key).cloned().map(Row::$kind),)+ }
            }

            /// Every row, table by table in key order.
            pub(super) fn rows(&self) -> impl Iterator<Item = Row> + '_ {
                std::iter::empty()$(.chain(self.$table.values().cloned().map(Row::$kind)))+
            }

            /// How many rows each table has.
            pub(super) fn counts(&self) -> BTreeMap<&'static str, usize> {
                BTreeMap::from([$((stringify!($table), self.$table.len()),)+])
            }
        }
    };
}

tables! {
    Settings(StudySettings) by () as setting, "settings row": |_r| ();
    Reader(Reader) by ReaderId as reader, "reader": |r| r.id;
    Patient(Patient) by PatientId as patient, "patient": |r| r.id;
    Visit(Visit) by VisitId as visit, "visit": |r| r.id;
    Study(Study) by String as study, "study": |r| r.uid.clone();
    Stack(StackRecord) by StackKey as stack, "stack": |r| r.info.key;
    Lesion(Lesion) by LesionId as lesion, "lesion": |r| r.id;
    Session(Session) by SessionId as session, "session": |r| r.id;
    Finding(Finding) by FindingKey as finding, "finding": |r| r.key;
    Signature(Signature) by (PatientId, VisitId, Track) as signature, "signature": |r| (r.patient, r.visit, r.track);
    Amendment(Amendment) by AmendmentId as amendment, "amendment": |r| r.id;
    Event(Event) by EventId as event, "event": |r| r.id;
    RestOfScan(RestOfScan) by (PatientId, VisitId) as rest_of_scan, "rest of a scan": |r| (r.patient, r.visit);
    Park(Park) by (LesionId, VisitId) as park, "parked lesion": |r| (r.lesion, r.visit);
    Mark(MarkRecord) by MarkId as mark, "mark": |r| r.info.id;
    Placement(Placement) by PlacementKey as placement, "match of two stacks": |r| (r.from, r.to, r.lesion);
    Grouping(Grouping) by GroupingId as grouping, "grouping by hand": |r| r.id;
}

/// Rows and columns of a DICOM image are 16-bit numbers (0028,0010 and 0028,0011).
const MOST_PIXELS_ALONG: u32 = 65_535;
/// More slices than any scanner makes.
const MOST_SLICES: u32 = 1_000_000;
/// More entries than any list of an image file has that does not go by slices.
const MOST_LISTED: usize = 1_000;

impl Row {
    /// Whether the row comes back from its JSON as it is. A number that JSON cannot hold does not.
    pub(super) fn check_written(&self) -> Result<(), Refusal> {
        let kind = self.key().kind();
        match self.write().and_then(|json| kind.read(&json)) {
            Ok(back) if back == *self => Ok(()),
            _ => Err(Refusal::Unusable { what: kind.words(), why: "it holds a number that is not finite".into() }),
        }
    }

    /// Whether the row makes sense by itself: it has a name, its grid is usable, its sizes are in bounds.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let bad = |why: &str| Err(Refusal::Unusable { what: self.key().kind().words(), why: why.to_owned() });
        // 0 and the highest number are never given: 0 stands for "none" and after the highest there is no next.
        if Ids::of(&self.key()).is_some_and(|(_, number)| number == 0 || number == u32::MAX) {
            return bad("its number is out of range");
        }
        match self {
            Self::Stack(stack) => {
                let info = &stack.info;
                let lists = [
                    (info.transfer_syntaxes.len(), MOST_LISTED),
                    (info.windows.len(), MOST_LISTED),
                    (info.acquisition.image_type.len(), MOST_LISTED),
                    (info.oddities.len(), MOST_LISTED + info.frames.len()),
                ];
                if lists.iter().any(|(n, most)| n > most) {
                    return bad("it lists more than any image file does");
                }
                if info.rescale.len() != info.frames.len() || info.frames.is_empty() {
                    return bad("it does not say how each of its slices is to be read");
                }
                if let Shape::Volume(grid) = &info.shape {
                    if let Err(why) = usable(grid) {
                        return bad(&why);
                    }
                    let grown = !info.recipes.is_empty() && grid.dims[0] >= info.columns && grid.dims[1] >= info.rows;
                    if !(grown || grid.dims[..2] == [info.columns, info.rows]) || grid.dims[2] != info.slices() {
                        return bad("its size disagrees with its slices");
                    }
                }
                if (0..info.slices()).any(|slice| !info.has_frames_for(slice)) {
                    return bad("a slice is made of frames that it does not have");
                }
            }
            Self::Mark(mark) => {
                if let Err(why) = usable(&mark.grid) {
                    return bad(&why);
                }
            }
            Self::Patient(patient) if patient.code.trim().is_empty() => return bad("it has no code"),
            Self::Reader(reader) if reader.initials.trim().is_empty() => return bad("the initials are empty"),
            Self::Lesion(lesion) if lesion.label.trim().is_empty() => return bad("it has no label"),
            Self::Grouping(grouping) if grouping.groups.is_empty() || grouping.groups.iter().any(Vec::is_empty) => {
                return bad("it names a stack without a frame");
            }
            Self::Placement(placement) if placement.from == placement.to => {
                return bad("it places a stack on itself");
            }
            _ => {}
        }
        Ok(())
    }

    /// The patient it is about, when it is about one.
    #[must_use]
    pub fn patient(&self) -> Option<PatientId> {
        match self {
            Self::Patient(row) => Some(row.id),
            Self::Visit(row) => Some(row.patient),
            Self::Study(row) => Some(row.patient),
            Self::Stack(row) => Some(row.patient),
            Self::Lesion(row) => Some(row.patient),
            Self::Session(row) => Some(row.patient),
            Self::Signature(row) => Some(row.patient),
            Self::Amendment(row) => Some(row.patient),
            Self::Event(row) => Some(row.patient),
            Self::RestOfScan(row) => Some(row.patient),
            Self::Mark(row) => Some(row.info.patient),
            Self::Grouping(row) => Some(row.patient),
            Self::Settings(_) | Self::Reader(_) | Self::Finding(_) | Self::Park(_) | Self::Placement(_) => None,
        }
    }

    /// Every row that this one names, given to `visit` one by one.
    pub(super) fn references(&self, name: &mut dyn FnMut(RowKey)) {
        match self {
            Self::Settings(_) | Self::Reader(_) | Self::Patient(_) => {}
            Self::Visit(row) => name(RowKey::Patient(row.patient)),
            Self::Grouping(row) => name(RowKey::Patient(row.patient)),
            Self::Study(row) => {
                name(RowKey::Patient(row.patient));
                name(RowKey::Visit(row.visit));
            }
            Self::Stack(row) => {
                name(RowKey::Patient(row.patient));
                name(RowKey::Study(row.info.study_uid.clone()));
            }
            Self::Lesion(row) => {
                name(RowKey::Patient(row.patient));
                row.place.iter().for_each(|place| name(RowKey::Stack(place.stack)));
            }
            Self::Session(row) => {
                name(RowKey::Patient(row.patient));
                row.lesions.iter().for_each(|treated| name(RowKey::Lesion(treated.lesion)));
            }
            Self::Finding(row) => {
                name(RowKey::Lesion(row.key.lesion));
                name(RowKey::Visit(row.key.visit));
                name(RowKey::Reader(row.key.reader));
                row.first_visible_at.iter().for_each(|visit| name(RowKey::Visit(*visit)));
            }
            Self::Signature(row) => {
                name(RowKey::Patient(row.patient));
                name(RowKey::Visit(row.visit));
                name(RowKey::Reader(row.reader));
            }
            Self::Amendment(row) => {
                name(RowKey::Patient(row.patient));
                name(RowKey::Visit(row.visit));
                name(RowKey::Reader(row.reader));
            }
            Self::Event(row) => {
                name(RowKey::Patient(row.patient));
                row.lesion.iter().for_each(|lesion| name(RowKey::Lesion(*lesion)));
                row.visit.iter().for_each(|visit| name(RowKey::Visit(*visit)));
            }
            Self::RestOfScan(row) => {
                name(RowKey::Patient(row.patient));
                name(RowKey::Visit(row.visit));
            }
            Self::Park(row) => {
                name(RowKey::Lesion(row.lesion));
                name(RowKey::Visit(row.visit));
            }
            Self::Mark(row) => {
                let info = &row.info;
                name(RowKey::Patient(info.patient));
                name(RowKey::Visit(info.visit));
                name(RowKey::Reader(info.reader));
                name(RowKey::Stack(info.stack));
                info.lesions.iter().for_each(|lesion| name(RowKey::Lesion(*lesion)));
            }
            Self::Placement(row) => {
                name(RowKey::Stack(row.from));
                name(RowKey::Stack(row.to));
                row.lesion.iter().for_each(|lesion| name(RowKey::Lesion(*lesion)));
                let reader = row.how.reader();
                name(RowKey::Reader(reader));
            }
        }
    }
}

fn usable(grid: &Grid) -> Result<(), String> {
    grid.check().map_err(|why| why.to_string())?;
    if grid.dims[0] > MOST_PIXELS_ALONG || grid.dims[1] > MOST_PIXELS_ALONG || grid.dims[2] > MOST_SLICES {
        return Err(format!("the image size {:?} is not usable", grid.dims));
    }
    Ok(())
}

/// `Arc<T>` as plain `T` in JSON.
mod shared {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::sync::Arc;

    pub(super) fn serialize<T: Serialize, S: Serializer>(value: &Arc<T>, to: S) -> Result<S::Ok, S::Error> {
        value.as_ref().serialize(to)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Arc<T>, D::Error> {
        T::deserialize(from).map(Arc::new)
    }
}
