//! How panes are hung: which hanging, which rows and columns, in which order of time; what a reader chose for a pane;
//! and hangings of a reader's own.

use super::desk::{Intent, NoEdit};
use super::hung::Arrangement;
use super::notices::Level;
use super::room::{Over, Pane};
use super::selecting::{first_session, last_session};
use super::{PaneLook, Workbench, words};
use crate::clinical::{OwnHanging, PanePlan, PaneVisit, StackKey, VisitId};
use crate::geometry::main_plane;
use crate::hanging::{HangStack, Hanging, Layout, View, describe};
use crate::project::{Document, edits};
use crate::render::ColourMap;

/// What can be asked of how panes are hung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hang {
    /// Hang so.
    Use(Hanging),
    /// Rows and columns; none as the hanging has them.
    Layout(Option<Layout>),
    /// Visits with the latest on the left, or with the earliest.
    LatestFirst(bool),
    /// Show a stack in a pane, and remember it for its visit and what would have hung there.
    Choose {
        /// The pane.
        pane: usize,
        /// The stack.
        stack: StackKey,
    },
    /// Forget what was chosen for a pane.
    Forget {
        /// The pane.
        pane: usize,
    },
    /// Keep what hangs now under a name; one of the same name is replaced.
    Keep(String),
    /// Delete a hanging of one's own.
    Delete(String),
}

/// A stack that can be shown in a pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaneChoice {
    /// The stack.
    pub stack: StackKey,
    /// "PV, 3 mm, soft · 4 · Abdomen portal venous".
    pub words: String,
    /// Whether it is shown now.
    pub shown: bool,
}

impl Workbench {
    pub(super) fn arrange(&mut self, what: Hang) {
        match what {
            Hang::Use(hanging) => {
                self.arrangement.layout = None;
                self.arrangement.hanging = hanging;
                self.rehang();
            }
            Hang::Layout(layout) => {
                self.arrangement.layout = layout;
                self.rehang();
            }
            Hang::LatestFirst(on) => {
                self.arrangement.latest_first = on;
                self.rehang();
            }
            Hang::Choose { pane, stack } => self.choose(pane, stack),
            Hang::Forget { pane } => self.forget_choice(pane),
            Hang::Keep(name) => self.keep_hanging(&name),
            Hang::Delete(name) => self.delete_hanging(name),
        }
    }

    /// Hangs anew at the place that is looked at.
    fn rehang(&mut self) {
        let active = self.room.panes().get(self.room.active()).and_then(Pane::shown);
        let at = active.filter(|shown| shown.placed).map(|shown| (shown.stack, shown.focus()));
        let field = self.room.field_mm();
        self.peek = None;
        self.looking.hung_anew();
        self.hang();
        self.room.set_field_alone(field);
        if let Some((stack, point)) = at {
            self.centre_on(stack, point);
        }
    }

    /// Lets a pane look at its stack as its hanging says.
    pub(super) fn view_as(&mut self, pane: usize, view: View) {
        let Some(shown) = self.room.panes().get(pane).and_then(Pane::shown) else { return };
        match view {
            View::AsAcquired => {}
            // Slices that lie in the plane already are shown as they are.
            View::Plane(plane) if main_plane(shown.grid.normal()) == plane => {}
            View::Plane(plane) => self.look(PaneLook::Plane { pane, plane: Some(plane) }),
            View::Under(stack) => {
                let over = Over { stack, opacity: 0.6, map: ColourMap::default() };
                self.look(PaneLook::Over { pane, over: Some(over) });
            }
            View::Less(_) => {
                let stack = shown.stack;
                match self.document().map(|document| super::looking::minuend(document, stack)) {
                    Some(Ok(other)) => {
                        self.arrangement.differences.push(pane);
                        self.room.change(pane, |shown| shown.minus = Some(other));
                    }
                    Some(Err(why)) => self.room.put_back(pane, Pane::Empty(why)),
                    None => {}
                }
            }
        }
    }

    fn choose(&mut self, pane: usize, stack: StackKey) {
        let wanted = self.wanted_in(pane);
        self.show_stack(pane, stack);
        let Some(document) = self.document() else { return };
        let Some((visit, Some(role))) = wanted.filter(|(visit, _)| document.visit_of_stack(stack) == Some(*visit))
        else {
            return;
        };
        if self.desk().is_some_and(|desk| desk.read_only().is_some()) {
            return; // it is shown, and remembered until the project is closed
        }
        // From here on the project remembers it.
        self.by_hand.roles.remove(&(visit, role));
        self.edit(move |document| {
            let kept = document.stack(stack).is_some_and(|record| record.hangs_for == Some(role));
            if kept { Err(NoEdit::Nothing) } else { Ok(edits::hangs(document, stack, Some(role))?) }
        });
    }

    fn forget_choice(&mut self, pane: usize) {
        let Some((visit, Some(role))) = self.wanted_in(pane) else { return };
        let stepped = self.by_hand.roles.remove(&(visit, role)).is_some();
        let kept = |record: &&crate::project::StackRecord| record.hangs_for == Some(role);
        let chosen = self.document().and_then(|document| {
            let stacks = document.stacks_of(visit);
            stacks.into_iter().find(kept).map(|record| record.info.key)
        });
        match chosen {
            Some(stack) => self.edit(move |document| Ok(edits::hangs(document, stack, None)?)),
            None if stepped => self.rehang(),
            None => self.notices.tell(Level::Note, words::NOTHING_CHOSEN, false),
        }
    }

    /// The stacks that can be shown in a pane: all of the visit it shows, or of the one that is read.
    #[must_use]
    pub fn pane_choices(&self, pane: usize) -> Vec<PaneChoice> {
        let Some(document) = self.document() else { return Vec::new() };
        let here = self.room.panes().get(pane).and_then(Pane::shown).map(|shown| shown.stack);
        let visit = here.and_then(|stack| document.visit_of_stack(stack)).or(self.selection.visit);
        let Some(visit) = visit.filter(|visit| !self.is_hidden(*visit)) else { return Vec::new() };
        let mut stacks = document.stacks_of(visit);
        stacks.sort_by_key(|record| (record.info.series_number, record.info.id.clone()));
        let choice = |record: &&crate::project::StackRecord| {
            let info = &record.info;
            let what = describe(&HangStack::new(info, record.role));
            let words = format!("{what} · {}", words::series_name(record));
            PaneChoice { stack: info.key, words, shown: here == Some(info.key) }
        };
        stacks.iter().map(choice).collect()
    }

    /// Whether what a pane shows was chosen by a reader and is kept.
    #[must_use]
    pub fn is_chosen(&self, pane: usize) -> bool {
        let shown = self.room.panes().get(pane).and_then(Pane::shown);
        let record = shown.zip(self.document()).and_then(|(shown, document)| document.stack(shown.stack));
        record.is_some_and(|record| record.hangs_for.is_some())
    }

    /// Hangings of one's own, by name.
    #[must_use]
    pub fn own_hangings(&self) -> Vec<OwnHanging> {
        self.document().map(|document| document.settings().hangings).unwrap_or_default()
    }

    /// What hangs now as a hanging of one's own.
    fn as_own(&self, name: &str) -> Option<OwnHanging> {
        let document = self.document()?;
        let layout = self.layout();
        let plan = |pane: &Pane| {
            let record = document.stack(pane.shown()?.stack)?;
            let visit = document.visit_of_stack(record.info.key)?;
            Some(PanePlan { visit: self.seen_from_this(document, visit), role: Some(record.role) })
        };
        let mut panes: Vec<PanePlan> = self.room.panes().iter().filter_map(plan).collect();
        // Where all panes show one role, it is the phase they have in common, whichever that is at another patient.
        if panes.iter().all(|pane| pane.role == panes.first().and_then(|first| first.role)) {
            panes.iter_mut().for_each(|pane| pane.role = None);
        }
        (!panes.is_empty()).then(|| OwnHanging {
            name: name.to_owned(),
            rows: layout.rows(),
            columns: layout.columns(),
            panes,
        })
    }

    /// What a visit is to the one that is read.
    fn seen_from_this(&self, document: &Document, visit: VisitId) -> PaneVisit {
        let dates = || {
            let (row, this) = (document.visit(visit)?, document.visit(self.selection.visit?)?);
            let lesion = self.selection.lesion;
            let first = first_session(document, row.patient, lesion);
            let last = last_session(document, row.patient, lesion, this.date);
            Some((row.date, this.date, first, last))
        };
        match dates() {
            _ if Some(visit) == self.selection.visit => PaneVisit::This,
            Some((date, _, Some(first), _)) if date < first => PaneVisit::Pre,
            Some((date, this, _, Some(last))) if date > last && date < this => PaneVisit::FirstAfter,
            Some((date, this, ..)) if date < this => PaneVisit::Previous,
            _ => PaneVisit::This,
        }
    }

    fn keep_hanging(&mut self, name: &str) {
        let name = name.trim().to_owned();
        let Some(own) = self.as_own(&name).filter(|_| !name.is_empty()) else {
            self.notices.tell(Level::Problem, words::HANGING_NEEDS_NAME, false);
            return;
        };
        self.arrangement = Arrangement { hanging: Hanging::Own(own.clone()), layout: None, ..self.arrangement.clone() };
        self.change(move |document, _, _| {
            let mut settings = document.settings();
            settings.hangings.retain(|other| other.name != own.name);
            settings.hangings.push(own.clone());
            settings.hangings.sort_by(|a, b| a.name.cmp(&b.name));
            let mut named = edits::settings(settings);
            named.label = words::hanging_kept(&own.name);
            Ok(Intent::tell(named))
        });
    }

    fn delete_hanging(&mut self, name: String) {
        if matches!(&self.arrangement.hanging, Hanging::Own(own) if own.name == name) {
            self.arrange(Hang::Use(Hanging::FollowUp));
        }
        self.change(move |document, _, _| {
            let mut settings = document.settings();
            settings.hangings.retain(|other| other.name != name);
            if settings == document.settings() {
                return Err(NoEdit::Nothing);
            }
            let mut named = edits::settings(settings);
            named.label = words::hanging_deleted(&name);
            Ok(Intent::tell(named))
        });
    }
}
