//! Back where one was: after a crash, a kill or a power cut, and after a plain restart too.

use super::Workbench;
use super::keeper::{self, Found, Keeper, Kept};
use crate::clinical::Stamp;

/// What there is to say after the program did not end as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// The last change that is on disk, and when it was made; none in an empty project.
    pub last_saved: Option<(String, Stamp)>,
    /// Changes that were not on disk when it ended, and are lost.
    pub lost: usize,
    /// Where the reading goes on: "L2, +92 d".
    pub back_at: Option<String>,
    /// Who read; to be said again by whoever reads now.
    pub reader: Option<String>,
}

impl Workbench {
    /// Keeps where the reader is and what is half typed, when either changed. Called once a frame; writes nothing
    /// itself.
    pub fn keep(&mut self, forms: &serde_json::Value) {
        let Some((desk, keeper)) = self.desk.as_ref().zip(self.safety.keeper.as_ref()) else { return };
        if self.safety.forms.is_some() {
            return; // what came back was not taken up yet
        }
        let token = match keeper.token() {
            "" => keeper::token(desk.first_change()),
            known => known.to_owned(),
        };
        let now = Kept::new(&token, self.reader.clone(), desk.unsaved().len(), self.place());
        if keeper.last().is_some_and(|last| last.is(&now, forms)) {
            return;
        }
        if let Some(keeper) = &mut self.safety.keeper {
            keeper.keep(now.with_forms(forms));
        }
    }

    /// What was half typed when the project was open last; given once.
    pub fn take_forms(&mut self) -> Option<serde_json::Value> {
        self.safety.forms.take()
    }

    /// What there is to say of the end of the program before.
    #[must_use]
    pub fn recovered(&self) -> Option<&Recovered> {
        self.safety.recovered.as_ref()
    }

    /// Closes everything as it should be, and waits until it is on disk. For the end of the program.
    pub fn leave(&mut self) {
        self.close_project();
        for leaving in self.safety.leaving.drain(..) {
            leaving.join().ok();
        }
    }

    /// The project was taken over: from now on the place is kept here.
    pub(super) fn keep_from_now_on(&mut self) {
        let Some(desk) = self.desk.as_ref().filter(|_| self.safety.keeper.is_none()) else { return };
        let token = keeper::token(desk.first_change());
        self.safety.keeper =
            Keeper::take_up(&self.user_folder, desk.path(), token, self.inline).map(|(keeper, _)| keeper);
    }

    /// What is read now: "L2, +92 d".
    #[must_use]
    pub fn reading_name(&self) -> Option<String> {
        let (lesion, visit) = self.selection.lesion.zip(self.selection.visit)?;
        Some(crate::project::edits::lesion_at(self.document()?, lesion, visit))
    }

    /// Goes back to the place that was kept.
    pub(super) fn take_place(&mut self, kept: Option<(Keeper, Option<Found>)>) {
        let Some((keeper, found)) = kept else { return };
        self.safety.keeper = Some(keeper);
        let Some(Found { kept, died }) = found else { return };
        self.go_back_to(&kept.place);
        self.safety.forms = Some(kept.forms).filter(|forms| !forms.is_null());
        let back_at = self.reading_name();
        if let Some(place) = back_at.as_ref().filter(|_| !died) {
            self.notices.tell(super::Level::Note, super::words::back_at(place), false);
        }
        if died {
            let last = self.desk.as_ref().and_then(|desk| desk.last_saved());
            self.safety.recovered = Some(Recovered {
                last_saved: last.map(|last| (last.label.clone(), last.at)),
                lost: kept.unsaved,
                back_at,
                reader: kept.reader,
            });
        }
    }
}
