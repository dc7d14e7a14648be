//! From placements and frames of reference to the link between two stacks.

use super::Placement;
use crate::clinical::{LesionId, StackKey, Stamp, VisitId};
use crate::geometry::{Rigid, SpaceId};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What there is to know about a stack in order to line it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The stack.
    pub key: StackKey,
    /// The visit it belongs to.
    pub visit: VisitId,
    /// Its space.
    pub space: SpaceId,
    /// Whether the space is a Frame of Reference UID of the file; otherwise it is the stack's own.
    pub has_frame_of_reference: bool,
}

/// How two stacks line up.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Takes a place of the first stack to the second, LPS mm.
    pub rigid_mm: Rigid,
    /// Why.
    pub kind: LinkKind,
}

/// Why two stacks line up the way they do, best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkKind {
    /// The same stack.
    SameStack,
    /// The reader matched them.
    Matched {
        /// The stacks between, when they were matched by way of others; empty for a direct match.
        through: Vec<StackKey>,
        /// Whether a match was made at another lesion, because this one has none.
        at_other_lesion: bool,
        /// When the latest of the matches was made.
        at: Stamp,
    },
    /// Same Frame of Reference UID.
    SameSpace {
        /// The stacks belong to different visits. The patient got up in between, so an equal UID is a habit
        /// of the scanner or of whoever made the files anonymous, not a registration.
        across_visits: bool,
    },
    /// Nothing is known: the same position in mm, which is the same place on the table.
    TablePosition,
}

impl Link {
    /// Whether the pane has to show the link in amber.
    #[must_use]
    pub fn is_unconfirmed(&self) -> bool {
        matches!(self.kind, LinkKind::TablePosition | LinkKind::SameSpace { across_visits: true })
    }

    /// The sentence for the pane; empty for a stack with itself.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.kind {
            LinkKind::SameStack => String::new(),
            LinkKind::Matched { through, at_other_lesion, .. } => {
                let place = if *at_other_lesion { " at another lesion" } else { "" };
                let way = match through.len() {
                    0 => String::new(),
                    1 => " through 1 other series".to_owned(),
                    n => format!(" through {n} other series"),
                };
                format!("linked · matched{place}{way}, {}", shift_words(&self.rigid_mm))
            }
            LinkKind::SameSpace { across_visits: false } => "linked · same scan space".to_owned(),
            LinkKind::SameSpace { across_visits: true } => "linked by frame of reference, not registered".to_owned(),
            LinkKind::TablePosition => "linked by table position only".to_owned(),
        }
    }
}

/// The shift in whole mm: "z +9 mm"; x and y only where they are not zero.
fn shift_words(rigid: &Rigid) -> String {
    let shift = rigid.shift_mm();
    let part = |name: &str, v: f64| {
        let mm = v.round();
        let sign = if mm > 0.0 {
            "+"
        } else if mm < 0.0 {
            "\u{2212}"
        } else {
            ""
        };
        format!("{name} {sign}{:.0}", mm.abs())
    };
    let mut parts: Vec<String> =
        [("x", shift.x), ("y", shift.y)].iter().filter(|(_, v)| v.round() != 0.0).map(|(n, v)| part(n, *v)).collect();
    if parts.is_empty() || shift.z.round() != 0.0 {
        parts.push(part("z", shift.z));
    }
    format!("{} mm", parts.join(" "))
}

/// The link from one stack to another.
///
/// A match of the two counts before everything else, so that phases of one visit can be nudged; then the same
/// space within a visit; then the shortest chain of matches and shared spaces within a visit; then the same
/// space across visits; then table position. Matches count in both directions. Of a pair's matches one made
/// at `lesion` counts first, then one for the whole stack, then one made at another lesion; among those the
/// latest. Of equally short chains the one with fewest matches at other lesions counts, then the one with the
/// latest match.
///
/// `stacks` are the stacks of the patient; placements that name others are left aside.
#[must_use]
pub fn resolve(
    from: &Placed,
    to: &Placed,
    lesion: Option<LesionId>,
    placements: &[Placement],
    stacks: &[Placed],
) -> Link {
    if from.key == to.key {
        return Link { rigid_mm: Rigid::IDENTITY, kind: LinkKind::SameStack };
    }
    if let Some(path) = shortest(from, to, &edges(lesion, placements), stacks) {
        let kind = match path.latest {
            Some(at) => LinkKind::Matched { through: path.through, at_other_lesion: path.at_other_lesions > 0, at },
            None => LinkKind::SameSpace { across_visits: false },
        };
        return Link { rigid_mm: path.rigid_mm, kind };
    }
    let kind = if share_space(from, to) {
        LinkKind::SameSpace { across_visits: from.visit != to.visit }
    } else {
        LinkKind::TablePosition
    };
    Link { rigid_mm: Rigid::IDENTITY, kind }
}

fn share_space(a: &Placed, b: &Placed) -> bool {
    a.has_frame_of_reference && b.has_frame_of_reference && a.space == b.space
}

/// The match that counts for a pair, in the direction it is asked for.
#[derive(Clone, Copy)]
struct Edge {
    rigid_mm: Rigid,
    at_other_lesion: bool,
    at: Stamp,
}

/// For each pair of stacks, in both directions, the match that counts.
fn edges(lesion: Option<LesionId>, placements: &[Placement]) -> BTreeMap<(StackKey, StackKey), Edge> {
    let mut best: BTreeMap<(StackKey, StackKey), ((u8, Stamp, usize), Edge)> = BTreeMap::new();
    for (n, placement) in placements.iter().enumerate() {
        let fits = match placement.lesion {
            Some(own) if Some(own) == lesion => 2,
            None => 1,
            Some(_) => 0,
        };
        let at = placement.how.at();
        let rank = (fits, at, n);
        let edge = Edge { rigid_mm: placement.rigid_mm, at_other_lesion: fits == 0 && lesion.is_some(), at };
        let back = Edge { rigid_mm: placement.rigid_mm.inverse(), ..edge };
        for (pair, edge) in [((placement.from, placement.to), edge), ((placement.to, placement.from), back)] {
            if best.get(&pair).is_none_or(|(other, _)| rank > *other) {
                best.insert(pair, (rank, edge));
            }
        }
    }
    best.into_iter().map(|(pair, (_, edge))| (pair, edge)).collect()
}

/// A way from the first stack to another.
#[derive(Clone)]
struct Path {
    rigid_mm: Rigid,
    through: Vec<StackKey>,
    at_other_lesions: u32,
    latest: Option<Stamp>,
}

/// The best of the shortest ways (breadth first, one step at a time), if there is any.
fn shortest(
    from: &Placed,
    to: &Placed,
    edges: &BTreeMap<(StackKey, StackKey), Edge>,
    stacks: &[Placed],
) -> Option<Path> {
    let mut ahead: BTreeMap<StackKey, &Placed> = stacks.iter().map(|stack| (stack.key, stack)).collect();
    ahead.insert(to.key, to);
    ahead.remove(&from.key);
    let start = Path { rigid_mm: Rigid::IDENTITY, through: Vec::new(), at_other_lesions: 0, latest: None };
    let mut border: Vec<(&Placed, Path)> = vec![(from, start)];
    while !border.is_empty() {
        let mut next: Vec<(&Placed, Path)> = Vec::new();
        for stack in ahead.values() {
            let best = border
                .iter()
                .filter_map(|(at, path)| step(at, stack, path, edges))
                .min_by_key(|path| (path.at_other_lesions, Reverse(path.latest), path.through.clone()));
            if let Some(path) = best {
                next.push((stack, path));
            }
        }
        if let Some((_, path)) = next.iter().find(|(stack, _)| stack.key == to.key) {
            return Some(path.clone());
        }
        for (stack, path) in &mut next {
            ahead.remove(&stack.key);
            path.through.push(stack.key);
        }
        border = next;
    }
    None
}

/// One step further along a match or, within a visit, a shared space.
fn step(at: &Placed, next: &Placed, path: &Path, edges: &BTreeMap<(StackKey, StackKey), Edge>) -> Option<Path> {
    if let Some(edge) = edges.get(&(at.key, next.key)) {
        return Some(Path {
            rigid_mm: path.rigid_mm.then(&edge.rigid_mm),
            through: path.through.clone(),
            at_other_lesions: path.at_other_lesions + u32::from(edge.at_other_lesion),
            latest: path.latest.max(Some(edge.at)),
        });
    }
    (share_space(at, next) && at.visit == next.visit).then(|| path.clone())
}
