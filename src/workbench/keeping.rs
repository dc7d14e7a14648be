//! Pictures kept with an answer: what a pane shows, and back to it.

use super::notices::Level;
use super::room::{Cut, Pane};
use super::selecting::shown;
use super::{Workbench, looking_words as words};
use crate::clinical::{KeptPlane, KeptProjection, KeyPicture};
use crate::geometry::{Anatomical, PatientPoint, Rigid};
use crate::volume::{Projection, Slab, Window};

impl Workbench {
    /// Keeps what the active pane shows with the answer for the chosen lesion and visit.
    pub(super) fn keep_picture(&mut self) {
        let pane = self.room.active();
        let Some(shown) = self.room.panes().get(pane).and_then(Pane::shown).cloned() else { return };
        if !shown.placed {
            self.notices.tell(Level::Note, words::NO_PLACE_TO_KEEP, false);
            return;
        }
        let middle = shown.focus();
        let picture = KeyPicture {
            stack: shown.stack,
            middle_mm: [middle.x, middle.y, middle.z],
            field_mm: self.room.field_mm(),
            window: self.room.window(pane).map(|window| [window.centre, window.width]),
            plane: shown.cut.map(|cut| (kept_plane(cut.plane), cut.turn.rotation())),
            slab: shown.slab.map(|slab| (slab.thickness_mm, kept_projection(slab.projection))),
        };
        let before = self.key_pictures();
        if before.contains(&picture) {
            self.notices.tell(Level::Note, words::KEPT_ALREADY, false);
            return;
        }
        self.change_key_pictures(move |all| all.push(picture));
    }

    /// Lets go of a kept picture.
    pub(super) fn drop_picture(&mut self, picture: KeyPicture) {
        self.change_key_pictures(move |all| all.retain(|other| *other != picture));
    }

    /// The pictures kept with the answer for the chosen lesion and visit.
    #[must_use]
    pub fn key_pictures(&self) -> Vec<KeyPicture> {
        self.finding().map(|finding| finding.key_pictures.clone()).unwrap_or_default()
    }

    /// "PV 2024-03-18, coronal", for each kept picture.
    #[must_use]
    pub fn key_picture_words(&self, picture: &KeyPicture) -> String {
        let Some(document) = self.document() else { return String::new() };
        let record = document.stack(picture.stack);
        let series = record.map(|record| crate::hanging::short_role(record.role).to_owned());
        let visit = document.visit_of_stack(picture.stack).and_then(|visit| document.visit(visit));
        let date = visit.map(|visit| visit.date.to_string());
        let plane = picture.plane.map(|(plane, _)| super::words::small(&plane.to_string()));
        let slab = picture.slab.map(|(mm, what)| format!("{} {mm} mm", super::words::small(&what.to_string())));
        let parts = series.into_iter().chain(date).chain(plane).chain(slab);
        parts.collect::<Vec<_>>().join(" \u{b7} ")
    }

    /// Shows a kept picture again in the active pane.
    pub(super) fn show_key_picture(&mut self, picture: &KeyPicture) {
        let pane = self.room.active();
        let Some(record) = self.document().and_then(|document| document.stack(picture.stack)).cloned() else {
            self.notices.tell(Level::Note, super::words::STACK_GONE, false);
            return;
        };
        let mut with = shown(&record);
        let own = with.grid.clone();
        let turn = picture.plane.and_then(|(plane, rotation)| {
            let turn =
                if rotation == Rigid::IDENTITY.rotation() { Rigid::IDENTITY } else { Rigid::from_rotation(rotation)? };
            Some(Cut { plane: plane_of(plane), turn })
        });
        with.recut(turn, &own);
        with.slab = picture.slab.map(|(thickness_mm, what)| Slab { thickness_mm, projection: projection(what) });
        let group = with.group;
        let [x, y, z] = picture.middle_mm;
        self.room.put_back(pane, Pane::Stack(with));
        self.room.set_field_alone(picture.field_mm);
        if let Some([centre, width]) = picture.window.filter(|window| window.iter().all(|v| v.is_finite())) {
            let like = self.room.window_of(group);
            let window = like.map_or(Window::new(centre, width), |like| like.moved(centre, width));
            self.room.set_window_of(group, window);
        }
        self.prepare_panes();
        self.with_links(|room, links| room.go_to(pane, PatientPoint::new(x, y, z), links));
    }
}

const fn kept_plane(plane: Anatomical) -> KeptPlane {
    match plane {
        Anatomical::Axial => KeptPlane::Axial,
        Anatomical::Coronal => KeptPlane::Coronal,
        Anatomical::Sagittal => KeptPlane::Sagittal,
    }
}

const fn plane_of(plane: KeptPlane) -> Anatomical {
    match plane {
        KeptPlane::Axial => Anatomical::Axial,
        KeptPlane::Coronal => Anatomical::Coronal,
        KeptPlane::Sagittal => Anatomical::Sagittal,
    }
}

const fn kept_projection(projection: Projection) -> KeptProjection {
    match projection {
        Projection::Mean => KeptProjection::Mean,
        Projection::Maximum => KeptProjection::Maximum,
        Projection::Minimum => KeptProjection::Minimum,
    }
}

const fn projection(projection: KeptProjection) -> Projection {
    match projection {
        KeptProjection::Mean => Projection::Mean,
        KeptProjection::Maximum => Projection::Maximum,
        KeptProjection::Minimum => Projection::Minimum,
    }
}
