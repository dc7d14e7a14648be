//! The list of a patient's lesions and the form of one.

use super::fields::{self, Cell, Drafts, Line, Typed};
use crate::app::text::patient as text;
use crate::app::theme::{self, colour};
use crate::clinical::{Coded, Lesion, LesionId, LiverSegment, MarkRole, MarkSummary, Organ, PatientId};
use crate::project::Document;
use eframe::egui::Ui;
use serde::{Deserialize, Serialize};

/// Fields of a lesion that are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    /// "L1".
    Label,
    /// In words.
    Site,
    /// Millimetres.
    LongAxis,
    /// Millimetres.
    ShortAxis,
    /// Free text.
    Note,
}

impl Typed for Lesion {
    type Id = LesionId;
    type Field = Field;

    fn id(&self) -> LesionId {
        self.id
    }

    fn text(&self, field: Field) -> String {
        match field {
            Field::Label => self.label.clone(),
            Field::Site => self.site.clone(),
            Field::LongAxis => fields::written(self.long_axis_mm),
            Field::ShortAxis => fields::written(self.short_axis_mm),
            Field::Note => self.note.clone(),
        }
    }

    fn set(&mut self, field: Field, typed: &str) -> Result<(), &'static str> {
        match field {
            Field::Label if typed.trim().is_empty() => return Err(text::NEEDS_LABEL),
            Field::Label => self.label = typed.trim().to_owned(),
            Field::Site => self.site = typed.trim().to_owned(),
            Field::LongAxis => self.long_axis_mm = fields::read_mm(typed)?,
            Field::ShortAxis => self.short_axis_mm = fields::read_mm(typed)?,
            Field::Note => self.note = typed.trim_end().to_owned(),
        }
        Ok(())
    }
}

/// "Liver VII, dome", "Lung, right", "Kidney".
pub fn place_words(lesion: &Lesion) -> String {
    let segments: Vec<&str> = lesion.segments.iter().map(|segment| segment.words()).collect();
    let mut words = lesion.organ.words().to_owned();
    if lesion.organ == Organ::Liver && !segments.is_empty() {
        words = format!("{words} {}", segments.join(", "));
    }
    if !lesion.site.is_empty() {
        words = format!("{words}, {}", lesion.site);
    }
    words
}

/// The tumour mark of the earliest visit that has one.
fn marked(document: &Document, lesion: &Lesion) -> Option<MarkSummary> {
    let visits = document.visits_of(lesion.patient);
    visits.iter().find_map(|visit| document.mark_for(lesion.id, visit.id, MarkRole::Tumour)?.summary())
}

/// "20 × 18 mm" by hand, else by mark; empty when neither.
fn size_words(document: &Document, lesion: &Lesion) -> String {
    let by_mark = || marked(document, lesion).map(|mark| (mark.longest_axial_mm, mark.perpendicular_mm));
    let by_hand = lesion.long_axis_mm.map(|long| (Some(long), lesion.short_axis_mm));
    match by_hand.or_else(by_mark) {
        Some((Some(long), Some(short))) => format!("{long:.0} × {short:.0} mm"),
        Some((Some(long), None)) => format!("{long:.0} mm"),
        _ => String::new(),
    }
}

/// The lesions to choose from; the one that was clicked.
pub fn list(ui: &mut Ui, document: &Document, patient: PatientId, chosen: Option<LesionId>) -> Option<LesionId> {
    let mut clicked = None;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        for lesion in document.lesions_of(patient) {
            let (place, size) = (place_words(lesion), size_words(document, lesion));
            let cells: [Cell<'_>; 4] = [
                (&lesion.label, 0.0, colour::TEXT),
                (&place, 0.13, colour::TEXT),
                (&size, 0.56, colour::SOFT),
                (lesion.status.words(), 0.79, colour::SOFT),
            ];
            let name = format!("{} {}", text::LESION, lesion.label);
            if fields::list_row(ui, Some(lesion.id) == chosen, &name, &cells).clicked() {
                clicked = Some(lesion.id);
            }
        }
    });
    clicked
}

/// The form.
pub fn form(ui: &mut Ui, drafts: &mut Drafts<Lesion>, lesion: &mut Lesion, document: &Document) {
    drafts.row(ui, lesion, Field::Label, Line::new(text::LABEL));
    let before = lesion.organ;
    fields::choice_row(ui, text::ORGAN, &mut lesion.organ);
    if lesion.organ != before {
        lesion.segments.clear(); // the liver's; one undo brings organ and segments back
    }
    if lesion.organ == Organ::Liver {
        fields::chips_row(ui, text::SEGMENTS, text::SEGMENT, LiverSegment::ALL, &mut lesion.segments);
    }
    drafts.row(ui, lesion, Field::Site, Line::new(text::SITE).hint(text::SITE_HINT));
    fields::choice_row(ui, text::SIDE, &mut lesion.side);
    fields::choice_row(ui, text::TUMOUR_TYPE, &mut lesion.tumour_type);
    let mark = marked(document, lesion).and_then(|mark| Some((mark.longest_axial_mm?, mark.perpendicular_mm)));
    let after = mark
        .map_or_else(|| text::MM.to_owned(), |(long, short)| format!("{} · {}", text::MM, text::marked(long, short)));
    drafts.row(ui, lesion, Field::LongAxis, Line::number(text::LONG_AXIS, &after)).on_hover_text(text::AXIS_TOOLTIP);
    drafts
        .row(ui, lesion, Field::ShortAxis, Line::number(text::SHORT_AXIS, text::MM))
        .on_hover_text(text::AXIS_TOOLTIP);
    fields::choice_row(ui, text::SUBCAPSULAR, &mut lesion.subcapsular).on_hover_text(text::SUBCAPSULAR_TOOLTIP);
    fields::choice_row(ui, text::PERIVASCULAR, &mut lesion.perivascular).on_hover_text(text::PERIVASCULAR_TOOLTIP);
    fields::choice_row(ui, text::STATUS, &mut lesion.status);
    fields::form_row(ui, text::INDEX_OR_NEW, |ui, _| {
        for (index, words, tooltip) in [(true, text::INDEX, text::INDEX_TOOLTIP), (false, text::NEW, text::NEW_TOOLTIP)]
        {
            if fields::chip(ui, lesion.index == index, words, words).on_hover_text(tooltip).clicked() {
                lesion.index = index;
            }
        }
    });
    drafts.row(ui, lesion, Field::Note, Line::note(text::LESION_NOTE));
    ui.add_space(theme::UNIT);
}
