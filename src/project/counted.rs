//! The project as it is counted: without patients that were put away.

use super::document::Document;
use super::row::{Row, RowKey};
use crate::clinical::{MarkId, Patient, PatientId};
use std::collections::BTreeSet;

impl Document {
    /// Patients that are not put away, by number.
    pub fn active_patients(&self) -> impl Iterator<Item = &Patient> {
        self.patients().filter(|patient| !patient.archived)
    }

    /// How many patients are put away.
    #[must_use]
    pub fn archived_patients(&self) -> usize {
        self.patients().filter(|patient| patient.archived).count()
    }

    /// A snapshot without what belongs to patients that were put away: what cohort and tables count. It gives the
    /// same numbers next, and is not to be written.
    #[must_use]
    pub fn without_archived(&self) -> Self {
        let away: BTreeSet<PatientId> = self.patients().filter(|patient| patient.archived).map(|p| p.id).collect();
        let mut counted = self.clone();
        if away.is_empty() {
            return counted;
        }
        let is_away = |patient: Option<PatientId>| patient.is_some_and(|patient| away.contains(&patient));
        let of_lesion = |lesion| self.lesion(lesion).map(|lesion| lesion.patient);
        let gone = |row: &Row| match row {
            Row::Finding(row) => is_away(of_lesion(row.key.lesion)),
            Row::Park(row) => is_away(of_lesion(row.lesion)),
            Row::Placement(row) => is_away(self.stack(row.from).map(|stack| stack.patient)),
            row => is_away(row.patient()),
        };
        for row in self.tables.rows().filter(gone) {
            let key = row.key();
            if let RowKey::Mark(MarkId(id)) = key {
                counted.set_mask(MarkId(id), None);
            }
            counted.tables.remove(&key);
        }
        counted
    }
}
