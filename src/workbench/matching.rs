//! Links that a reader makes: slices matched, a pane nudged by itself, landmarks; and what moves together at all.

use super::desk::Intent;
use super::notices::Level;
use super::room::{Pane, Shown};
use super::{Workbench, reading_number, words};
use crate::alignment::{How, LandmarkError, LandmarkFit, LandmarkPair, Placement, fit_landmarks, match_points};
use crate::clinical::{LesionId, StackKey};
use crate::geometry::{PatientPoint, Rigid};
use crate::project::{ChangeKind, NamedEdit, Op, RowKey, edits};
use serde::{Deserialize, Serialize};

/// What can be asked of links.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Joining {
    /// Scroll one pane alone; kept as a match when it ends.
    NudgeSlices {
        /// The pane.
        pane: usize,
        /// Slices, positive towards the end.
        by: i64,
    },
    /// Move one picture alone; kept as a match when it ends.
    NudgePicture {
        /// The pane.
        pane: usize,
        /// To the right of the picture, mm.
        right_mm: f64,
        /// Down the picture, mm.
        down_mm: f64,
    },
    /// The nudge has come to its end: what is seen is kept.
    EndNudge,
    /// Let panes zoom together, or each alone.
    Zoom(bool),
    /// Let pictures move together, or each alone.
    Pan(bool),
    /// Let CT of one role share a window, or each pane have its own.
    Window(bool),
    /// Begin to place landmarks in the active pane and another; asked again, stop.
    Landmarks,
    /// Place a landmark; a second one in the same pane takes the place of the first until its partner is there.
    PlaceLandmark {
        /// The pane.
        pane: usize,
        /// The place in its space.
        point: PatientPoint,
    },
    /// Take the last landmark away.
    RemoveLandmark,
    /// Keep the landmarks and link by them.
    KeepLandmarks,
}

/// What moves together beside the slices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Together {
    /// Zoom.
    pub zoom: bool,
    /// The place of the pictures.
    pub pan: bool,
    /// Windows of CT of one role.
    pub window: bool,
}

impl Default for Together {
    fn default() -> Self {
        Self { zoom: true, pan: true, window: true }
    }
}

/// A pane that is being moved by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Nudge {
    pane: usize,
    stack: StackKey,
    from: PatientPoint,
}

/// Landmarks that are being placed in two stacks.
#[derive(Debug, Clone, PartialEq)]
pub struct Landmarks {
    /// The two stacks.
    pub stacks: [StackKey; 2],
    /// The places in each; the n-th of one is the n-th of the other.
    pub places: [Vec<PatientPoint>; 2],
}

impl Landmarks {
    /// The pairs that are whole.
    #[must_use]
    pub fn pairs(&self) -> Vec<LandmarkPair> {
        let [from, to] = &self.places;
        from.iter().zip(to).map(|(from, to)| LandmarkPair { from: *from, to: *to }).collect()
    }

    /// The movement that the pairs give.
    ///
    /// # Errors
    /// When there are too few, or they lie on a line.
    pub fn fit(&self) -> Result<LandmarkFit, LandmarkError> {
        fit_landmarks(&self.pairs())
    }

    /// The places in one of the two stacks.
    #[must_use]
    pub fn in_stack(&self, stack: StackKey) -> Option<&[PatientPoint]> {
        let at = self.stacks.iter().position(|other| *other == stack)?;
        self.places.get(at).map(Vec::as_slice)
    }
}

impl Workbench {
    pub(super) fn join(&mut self, what: Joining) {
        match what {
            Joining::NudgeSlices { pane, by } => {
                self.begin_nudge(pane);
                self.room.scroll(pane, by, &|_, _| None);
                self.prepare_panes();
            }
            Joining::NudgePicture { pane, right_mm, down_mm } => {
                self.begin_nudge(pane);
                self.room.pan(pane, right_mm, down_mm, &|_, _| None);
            }
            Joining::EndNudge => self.end_nudge(),
            Joining::Zoom(on) => {
                self.together.zoom = on;
                self.room.zoom_alone(!on);
            }
            Joining::Pan(on) => self.together.pan = on,
            Joining::Window(on) => {
                self.together.window = on;
                self.share_windows();
            }
            Joining::Landmarks => self.begin_landmarks(),
            Joining::PlaceLandmark { pane, point } => self.place_landmark(pane, point),
            Joining::RemoveLandmark => self.remove_landmark(),
            Joining::KeepLandmarks => self.keep_landmarks(),
        }
    }

    /// What moves together beside the slices.
    #[must_use]
    pub fn together(&self) -> Together {
        self.together
    }

    /// Whether a pane is being moved by itself.
    #[must_use]
    pub fn is_nudging(&self) -> bool {
        self.nudge.is_some()
    }

    fn begin_nudge(&mut self, pane: usize) {
        if self.nudge.is_some_and(|nudge| nudge.pane == pane) {
            return;
        }
        self.end_nudge();
        let shown = self.room.panes().get(pane).and_then(Pane::shown).filter(|shown| shown.placed);
        self.nudge = shown.map(|shown| Nudge { pane, stack: shown.stack, from: shown.focus() });
    }

    /// Keeps how far a pane was moved by itself, towards every other pane on the screen: for this lesion, or for the
    /// whole series where none is chosen.
    fn end_nudge(&mut self) {
        let Some(nudge) = self.nudge.take() else { return };
        let Some(shown) = self.room.panes().get(nudge.pane).and_then(Pane::shown) else { return };
        let moved = shown.focus() - nudge.from;
        if shown.stack != nudge.stack || moved.length_mm() < 1e-6 {
            return;
        }
        let shift = Rigid::shift(moved);
        let others = self.placed_panes().into_iter().filter(|other| other.stack != nudge.stack);
        let links: Vec<(StackKey, Rigid)> = others
            .filter_map(|other| Some((other.stack, self.link(other.stack, nudge.stack)?.rigid_mm.then(&shift))))
            .collect();
        if links.is_empty() {
            self.notices.tell(Level::Note, words::NUDGE_ALONE, false);
            return;
        }
        self.keep_matches(links.into_iter().map(|(from, rigid)| (from, nudge.stack, rigid)).collect(), None);
    }

    /// What the panes show that has a place, each stack once.
    fn placed_panes(&self) -> Vec<Shown> {
        let mut shown: Vec<Shown> = Vec::new();
        for pane in self.room.panes().iter().filter_map(Pane::shown).filter(|shown| shown.placed) {
            if !shown.iter().any(|other| other.stack == pane.stack) {
                shown.push(pane.clone());
            }
        }
        shown
    }

    /// The middles of the panes are the same place: kept in the project, for this lesion where one is chosen.
    pub(super) fn match_slices(&mut self) {
        if self.room.panes().iter().filter_map(Pane::shown).count() < 2 {
            self.notices.tell(Level::Problem, words::MATCH_NEEDS_TWO, false);
            return;
        }
        let shown = self.placed_panes();
        let Some((first, others)) = shown.split_first().filter(|(_, others)| !others.is_empty()) else {
            self.notices.tell(Level::Problem, words::MATCH_NEEDS_PLACES, false);
            return;
        };
        // The slices are matched along their normal; a shift within the slice is kept as it is, so that a
        // reader who scrolled one pane alone matches what is seen.
        let from = first.focus();
        let matched = |other: &Shown| {
            let link = self.link(first.stack, other.stack).map(|link| link.rigid_mm).unwrap_or_default();
            let moved = link.apply(from);
            let plane = other.grid.slice_plane(other.slice);
            let to = moved - plane.normal.times_mm(plane.distance_mm(moved));
            let slices = [first, other].map(|shown| reading_number(&shown.grid, shown.slice).0);
            let said = words::matched(slices, plane.distance_mm(moved).abs());
            ((first.stack, other.stack, match_points(from, to)), said)
        };
        let (matches, said): (_, Vec<_>) = others.iter().map(matched).unzip();
        self.linked = true; // whoever matched panes wants them to move together
        self.keep_matches(matches, Some(said.join("; ")));
    }

    /// Keeps how stacks lie to each other as the reader saw it: one change, which may say more of itself.
    fn keep_matches(&mut self, matches: Vec<(StackKey, StackKey, Rigid)>, said: Option<String>) {
        let lesion = self.selection.lesion;
        self.change_as_reader(move |document, reader, at| {
            let mut all: Option<NamedEdit> = None;
            for (from, to, rigid_mm) in matches {
                let how = How::Matched { reader, at };
                let mut named = edits::placement(document, Placement { from, to, lesion, rigid_mm, how });
                // One match a pair: the other direction would speak against it.
                if document.placement(to, from, lesion).is_some() {
                    named.edit.ops.push(Op::Remove(RowKey::Placement((to, from, lesion))));
                }
                match &mut all {
                    None => all = Some(named),
                    Some(all) => all.edit.ops.append(&mut named.edit.ops),
                }
            }
            let mut all = all.ok_or(words::MATCH_NEEDS_PLACES)?;
            if let Some(said) = said {
                all.label = format!("{}: {said}", all.label);
            }
            Ok(Intent::tell(all))
        });
    }

    /// Drops the matches between the panes: those of the chosen lesion, else those for the whole series.
    pub(super) fn unmatch(&mut self) {
        let shown: Vec<StackKey> = self.placed_panes().iter().map(|shown| shown.stack).collect();
        let lesion = self.selection.lesion;
        self.change_as_reader(move |document, _, _| {
            let first = shown.first().ok_or(words::STACK_GONE)?;
            let patient = document.stack(*first).map(|record| record.patient).ok_or(words::STACK_GONE)?;
            let of = |lesion: Option<LesionId>| -> Vec<Op> {
                let pairs = shown.iter().flat_map(|a| shown.iter().map(move |b| (*a, *b, lesion)));
                let there = pairs.filter(|(from, to, lesion)| document.placement(*from, *to, *lesion).is_some());
                there.map(|key| Op::Remove(RowKey::Placement(key))).collect()
            };
            let own = lesion.map(|lesion| of(Some(lesion))).unwrap_or_default();
            let ops = if own.is_empty() { of(None) } else { own };
            if ops.is_empty() {
                return Err(words::NO_MATCH.into());
            }
            Ok(Intent::tell(NamedEdit::new(ChangeKind::Placement, words::UNMATCHED, ops).of(patient)))
        });
    }

    /// The landmarks that are being placed.
    #[must_use]
    pub fn landmarks(&self) -> Option<&Landmarks> {
        self.landmarks.as_ref()
    }

    /// Begins with the active pane and the first other series; where the two were linked by landmarks, with those.
    fn begin_landmarks(&mut self) {
        if self.landmarks.take().is_some() {
            self.notices.tell(Level::Note, words::LANDMARKS_STOPPED, false);
            return;
        }
        let shown = self.placed_panes();
        let active = self.room.panes().get(self.room.active()).and_then(Pane::shown).map(|shown| shown.stack);
        let to = shown.iter().map(|shown| shown.stack).find(|stack| Some(*stack) == active);
        let from = shown.iter().map(|shown| shown.stack).find(|stack| Some(*stack) != to);
        let Some((from, to)) = from.zip(to) else {
            self.notices.tell(Level::Problem, words::MATCH_NEEDS_PLACES, false);
            return;
        };
        let kept = self.document().and_then(|document| {
            let placement = document.placement(from, to, None);
            match placement.map(|placement| &placement.how) {
                Some(How::Landmarks { pairs, .. }) => Some(pairs.clone()),
                _ => None,
            }
        });
        let pairs = kept.unwrap_or_default();
        let places = [pairs.iter().map(|pair| pair.from).collect(), pairs.iter().map(|pair| pair.to).collect()];
        self.landmarks = Some(Landmarks { stacks: [from, to], places });
        self.notices.tell(Level::Note, words::LANDMARKS_BEGUN, false);
    }

    fn place_landmark(&mut self, pane: usize, point: PatientPoint) {
        let stack = self.room.panes().get(pane).and_then(Pane::shown).map(|shown| shown.stack);
        let Some(landmarks) = self.landmarks.as_mut() else { return };
        let Some(at) = landmarks.stacks.iter().position(|other| Some(*other) == stack) else {
            self.notices.tell(Level::Problem, words::LANDMARK_ELSEWHERE, false);
            return;
        };
        let other = landmarks.places[1 - at].len();
        if landmarks.places[at].len() > other {
            landmarks.places[at].pop();
        }
        landmarks.places[at].push(point);
    }

    fn remove_landmark(&mut self) {
        if let Some(Landmarks { places: [from, to], .. }) = self.landmarks.as_mut() {
            match from.len().cmp(&to.len()) {
                std::cmp::Ordering::Greater => drop(from.pop()),
                std::cmp::Ordering::Less => drop(to.pop()),
                std::cmp::Ordering::Equal => {
                    from.pop();
                    to.pop();
                }
            }
        }
    }

    fn keep_landmarks(&mut self) {
        let Some(landmarks) = self.landmarks.clone() else { return };
        let fit = match landmarks.fit() {
            Ok(fit) => fit,
            Err(why) => {
                self.notices.tell(Level::Problem, format!("{}.", words::capital(&why.to_string())), false);
                return;
            }
        };
        if self.reader.is_none() {
            self.notices.tell(Level::Problem, words::NO_READER, false);
            return;
        }
        self.landmarks = None;
        self.linked = true;
        let ([from, to], pairs) = (landmarks.stacks, landmarks.pairs());
        self.change_as_reader(move |document, reader, at| {
            let (rigid_mm, rms_mm) = (fit.rigid_mm, fit.rms_mm);
            let label = words::linked_by_landmarks(pairs.len(), rms_mm);
            let how = How::Landmarks { reader, at, pairs, rms_mm };
            let mut named = edits::placement(document, Placement { from, to, lesion: None, rigid_mm, how });
            named.label = label;
            if document.placement(to, from, None).is_some() {
                named.edit.ops.push(Op::Remove(RowKey::Placement((to, from, None))));
            }
            Ok(Intent::tell(named))
        });
        let active = self.room.active();
        if let Some(slice) = self.room.panes().get(active).and_then(Pane::shown).map(|shown| shown.slice) {
            self.with_links(|room, links| room.set_slice(active, slice, links));
        }
    }

    /// Gives panes a window of their own, or one that CT of a role shares again.
    pub(super) fn share_windows(&mut self) {
        for pane in 0..self.room.panes().len() {
            let Some(stack) = self.room.panes().get(pane).and_then(Pane::shown).map(|shown| shown.stack) else {
                continue;
            };
            let Some(record) = self.document().and_then(|document| document.stack(stack)) else { continue };
            let group = self.shown_as(record).group;
            let window = self.room.window(pane);
            self.room.change(pane, |shown| shown.group = group);
            if let Some(window) = window {
                self.room.set_first_window(group, window);
            }
        }
    }
}
