//! Pictures that are worked out of voxels: other planes, slabs, differences, and a second stack at the same place.
//!
//! What the panes show says what is needed; a job works it out beside the window, the latest asked for wins, and the
//! newest are kept, so that a plane just left is there at once. The next ones in the direction of scrolling are made
//! ahead while nothing else is asked for.

use super::jobs::Lane;
use super::room::{Pane, Shown};
use super::{Done, Slot, Workbench};
use crate::clinical::StackKey;
use crate::geometry::{Grid, Rigid};
use crate::volume::{Rescale, Section, Slab, SliceData, Unit, Volume, Window, auto_window, reslice};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, OnceLock};

/// Pixels kept of pictures that were worked out: 128 MB.
const KEPT_PX: usize = 32 << 20;
/// So many sections in the direction of scrolling are made ahead.
const AHEAD: i64 = 6;
/// While a stack is read, a picture is made anew when so many slices more are there.
const WORTH_A_PICTURE: usize = 8;

/// Which picture of a pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// The picture itself.
    Base,
    /// What lies over it.
    Over,
    /// One that may be asked for next.
    Ahead,
}

/// All that a picture is made of.
#[derive(Debug, Clone, PartialEq)]
struct Ask {
    stack: StackKey,
    section: Section,
    slab: Option<Slab>,
    minus: Option<(StackKey, Rigid)>,
}

/// A picture that was worked out.
pub(crate) struct Made {
    ask: Ask,
    picture: Arc<Volume>,
    /// A window over its values, for pictures that no preset fits.
    window: Option<Window>,
    complete: bool,
    /// Slices that were there when it was made.
    read: usize,
    id: u64,
}

/// Pictures that were worked out, the newest last, and what is being worked out.
#[derive(Default)]
pub(super) struct Sections {
    made: VecDeque<Made>,
    running: BTreeMap<(usize, Layer), Ask>,
    next_id: u64,
    /// Where each pane was last, to see which way it goes.
    last: BTreeMap<usize, (u32, i64)>,
}

impl Sections {
    fn find(&self, ask: &Ask) -> Option<&Made> {
        self.made.iter().rev().find(|made| made.ask == *ask)
    }

    fn keep(&mut self, made: Made) {
        self.made.retain(|other| other.ask != made.ask);
        self.made.push_back(made);
        let px = |made: &Made| made.picture.grid.slice_len();
        let mut total: usize = self.made.iter().map(px).sum();
        while total > KEPT_PX
            && let Some(oldest) = self.made.pop_front()
        {
            total -= px(&oldest);
        }
    }
}

/// The picture of a pane: a slice of a volume.
#[derive(Debug, Clone, Copy)]
pub struct PanePicture<'a> {
    /// The volume that holds it: the stack's, or one of a single slice that was worked out.
    pub volume: &'a Volume,
    /// Its slice.
    pub slice: u32,
    /// Names a picture that was worked out; none for a slice as it was read.
    pub made: Option<u64>,
    /// A window over its values, where it was worked out.
    pub window: Option<Window>,
}

impl Workbench {
    /// What a pane shows, when it is there: the slice as it was read, or the picture that was worked out.
    #[must_use]
    pub fn pane_picture(&self, pane: usize) -> Option<PanePicture<'_>> {
        let shown = self.room.panes().get(pane)?.shown()?;
        if shown.is_computed() {
            return self.made(&self.base_ask(shown)?);
        }
        let volume = self.images.get(shown.stack)?;
        volume.slice(shown.slice)?;
        Some(PanePicture { volume, slice: shown.slice, made: None, window: None })
    }

    /// What lies over a pane's picture, pixel for pixel, when it is there.
    #[must_use]
    pub fn pane_over(&self, pane: usize) -> Option<PanePicture<'_>> {
        let shown = self.room.panes().get(pane)?.shown()?;
        self.made(&self.over_ask(shown)?)
    }

    /// A picture of a pane that was worked out, to be kept while something is made of it.
    pub(super) fn computed_picture(&self, pane: usize) -> Option<Arc<Volume>> {
        let shown = self.room.panes().get(pane)?.shown()?;
        let ask = self.base_ask(shown).filter(|_| shown.is_computed())?;
        Some(Arc::clone(&self.looking.sections.find(&ask)?.picture))
    }

    fn made(&self, ask: &Ask) -> Option<PanePicture<'_>> {
        let made = self.looking.sections.find(ask)?;
        Some(PanePicture { volume: &made.picture, slice: 0, made: Some(made.id), window: made.window })
    }

    fn base_ask(&self, shown: &Shown) -> Option<Ask> {
        let section = Section::of(&shown.grid, f64::from(shown.slice));
        let minus = match shown.minus {
            Some(other) => Some((other, self.link(shown.stack, other)?.rigid_mm)),
            None => None,
        };
        Some(Ask { stack: shown.stack, section, slab: shown.slab, minus })
    }

    fn over_ask(&self, shown: &Shown) -> Option<Ask> {
        let over = shown.over?;
        let rigid = self.link(shown.stack, over.stack)?.rigid_mm;
        let section = Section::of(&shown.grid, f64::from(shown.slice)).moved(&rigid);
        Some(Ask { stack: over.stack, section, slab: shown.slab, minus: None })
    }

    /// Starts what the panes need and is not there yet.
    pub(super) fn refresh_sections(&mut self) {
        for pane in 0..self.room.panes().len() {
            let Some(shown) = self.room.panes().get(pane).and_then(Pane::shown) else { continue };
            if !shown.is_computed() && shown.over.is_none() {
                continue;
            }
            let (slice, grid) = (shown.slice, shown.grid.clone());
            let base = if shown.is_computed() { self.base_ask(shown) } else { None };
            let over = self.over_ask(shown);
            let base_there = base.clone().is_none_or(|ask| self.work_out(pane, Layer::Base, ask, grid.clone()));
            let over_there = over.is_none_or(|ask| self.work_out(pane, Layer::Over, ask, grid.clone()));
            if base_there && over_there && !self.inline {
                self.make_ahead(pane, slice, base.as_ref(), &grid);
            }
        }
    }

    fn make_ahead(&mut self, pane: usize, slice: u32, base: Option<&Ask>, grid: &Grid) {
        let (before, way) = self.looking.sections.last.get(&pane).copied().unwrap_or((slice, 1));
        let way = match slice.cmp(&before) {
            std::cmp::Ordering::Less => -1,
            std::cmp::Ordering::Equal => way,
            std::cmp::Ordering::Greater => 1,
        };
        self.looking.sections.last.insert(pane, (slice, way));
        let Some(base) = base.filter(|_| !self.jobs.is_running(&Slot::Section(pane, Layer::Ahead))) else { return };
        for n in 1..=AHEAD {
            let next = i64::from(slice) + n * way;
            if next < 0 || next >= i64::from(grid.dims[2]) {
                return;
            }
            let ask = Ask { section: Section::of(grid, next as f64), ..base.clone() };
            if !self.work_out(pane, Layer::Ahead, ask, grid.clone()) {
                return;
            }
        }
    }

    /// Whether a picture is there; starts it when it is not, or when it can be made more whole.
    fn work_out(&mut self, pane: usize, layer: Layer, ask: Ask, grid: Grid) -> bool {
        let Some(volume) = self.images.get(ask.stack).cloned() else { return false };
        let other = match ask.minus {
            None => None,
            Some((stack, rigid)) => match self.images.get(stack).cloned() {
                Some(other) => Some((other, rigid)),
                None => return false,
            },
        };
        let read = volume.loaded_slices() + other.as_ref().map_or(0, |(other, _)| other.loaded_slices());
        let all = volume.slices.len() + other.as_ref().map_or(0, |(other, _)| other.slices.len());
        if let Some(made) = self.looking.sections.find(&ask) {
            let worth = read >= made.read + WORTH_A_PICTURE || (read == all && made.read < all);
            if made.complete || !worth {
                return true;
            }
        }
        if self.looking.sections.running.get(&(pane, layer)) != Some(&ask) {
            self.looking.sections.running.insert((pane, layer), ask.clone());
            let lane = if layer == Layer::Ahead { Lane::Loading } else { Lane::Screen };
            self.jobs.start(Slot::Section(pane, layer), super::looking_words::WORKING_OUT, lane, move |_| {
                Done::Section(pane, layer, Box::new(work_out(ask, &grid, &volume, other, read)))
            });
        }
        false
    }

    pub(super) fn take_section(&mut self, pane: usize, layer: Layer, mut made: Made) {
        let sections = &mut self.looking.sections;
        sections.running.remove(&(pane, layer));
        sections.next_id += 1;
        made.id = sections.next_id;
        sections.keep(made);
    }
}

fn work_out(ask: Ask, grid: &Grid, volume: &Volume, other: Option<(Arc<Volume>, Rigid)>, read: usize) -> Made {
    let mut resliced = reslice(volume, &ask.section, ask.slab);
    if let Some((other, rigid)) = &other {
        let minus = reslice(other, &ask.section.moved(rigid), ask.slab);
        resliced.values.iter_mut().zip(&minus.values).for_each(|(value, minus)| *value -= minus);
        resliced.complete &= minus.complete;
    }
    let [columns, rows] = ask.section.size;
    let picture = Volume {
        key: ask.stack,
        grid: Grid { origin: ask.section.origin, dims: [columns, rows, 1], ..grid.clone() },
        slices: vec![OnceLock::from(SliceData::F32(resliced.values))],
        rescale: vec![Rescale::default()],
        unit: volume.unit,
        padding: None,
        small_is_bright: volume.small_is_bright,
        calibrated: volume.calibrated,
        is_volume: true,
        voi_tables: volume.voi_tables.clone(),
        overlays: Vec::new(),
    };
    let window = other.is_some().then(|| difference_window(&picture)).flatten();
    Made { ask, picture: Arc::new(picture), window, complete: resliced.complete, read, id: 0 }
}

/// The window of a difference: that of reading.md 4 for HU, else evenly about nothing, as far as its values go.
fn difference_window(picture: &Volume) -> Option<Window> {
    if picture.unit == Unit::Hu {
        return crate::volume::preset("subtraction").map(|preset| preset.window);
    }
    let (low, high) = auto_window(picture, None)?.range();
    let most = low.abs().max(high.abs()).max(1e-6);
    Some(Window::between(-most / 2.0, most))
}
