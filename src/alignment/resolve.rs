//! From placements and frames of reference to the link between two stacks.

use super::{How, Placement};
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
#[derive(Debug, Clone, PartialEq)]
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
        /// How many pairs of landmarks it rests on, and what is left of them, mm; none where slices were matched.
        landmarks: Option<(usize, f64)>,
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
            LinkKind::Matched { through, at_other_lesion, landmarks, .. } => {
                let place = if *at_other_lesion { " at another lesion" } else { "" };
                let way = match through.len() {
                    0 => String::new(),
                    1 => " through 1 other series".to_owned(),
                    n => format!(" through {n} other series"),
                };
                let how = match landmarks {
                    Some((pairs, rms_mm)) => format!("{pairs} landmarks, {rms_mm:.1} mm left"),
                    None => "matched".to_owned(),
                };
                format!("linked · {how}{place}{way}, {}", movement_words(&self.rigid_mm))
            }
            LinkKind::SameSpace { across_visits: false } => "linked · same scan space".to_owned(),
            LinkKind::SameSpace { across_visits: true } => "linked by frame of reference, not registered".to_owned(),
            LinkKind::TablePosition => "linked by table position only".to_owned(),
        }
    }
}

/// How a stack is moved onto another: its shift, and its turn where there is one.
fn movement_words(rigid: &Rigid) -> String {
    let turn = rigid.angle_deg();
    // With a turn the shift is that of a far away corner of patient space and says nothing.
    if turn < 0.05 { shift_words(rigid) } else { format!("turned {turn:.1} degrees") }
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
/// with matches made at other lesions; then the same space across visits; then table position. Matches count
/// in both directions. Of a pair's matches one made at `lesion` counts first, then one for the whole stack;
/// among those the latest. Of equally short chains the one with the fewest matches
/// at other lesions, then the one with the latest match counts.
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
    let (elsewhere, here): (Vec<&Placement>, Vec<&Placement>) =
        placements.iter().partition(|placement| is_elsewhere(placement, lesion));
    let path_by = |matches: Vec<&Placement>| shortest(from, to, &edges(lesion, matches), stacks);
    if let Some(path) = path_by(here.clone()).or_else(|| path_by([elsewhere, here].concat())) {
        let kind = match path.latest {
            Some(at) => LinkKind::Matched {
                landmarks: path.landmarks.filter(|_| path.through.is_empty()),
                through: path.through,
                at_other_lesion: path.at_other_lesions > 0,
                at,
            },
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
    landmarks: Option<(usize, f64)>,
}

/// The match that counts, by pair and direction.
type Edges = BTreeMap<(StackKey, StackKey), Edge>;

/// Whether a match was made at another lesion than the one in question.
fn is_elsewhere(placement: &Placement, lesion: Option<LesionId>) -> bool {
    lesion.is_some() && placement.lesion.is_some() && placement.lesion != lesion
}

/// Of the matches of each pair the one that counts, in both directions.
fn edges(lesion: Option<LesionId>, mut placements: Vec<&Placement>) -> Edges {
    let fit = |placement: &Placement| match placement.lesion {
        Some(own) if Some(own) == lesion => 2,
        None => 1,
        Some(_) => 0,
    };
    placements.sort_by_key(|placement| (fit(placement), placement.how.at())); // keeps the order of equals
    let mut edges = Edges::new();
    for placement in placements {
        let edge = Edge {
            rigid_mm: placement.rigid_mm,
            at_other_lesion: is_elsewhere(placement, lesion),
            at: placement.how.at(),
            landmarks: match &placement.how {
                How::Matched { .. } => None,
                How::Landmarks { pairs, rms_mm, .. } => Some((pairs.len(), *rms_mm)),
            },
        };
        edges.insert((placement.from, placement.to), edge);
        edges.insert((placement.to, placement.from), Edge { rigid_mm: placement.rigid_mm.inverse(), ..edge });
    }
    edges
}

/// A way from the first stack to another.
#[derive(Clone)]
struct Path {
    rigid_mm: Rigid,
    through: Vec<StackKey>,
    at_other_lesions: u32,
    latest: Option<Stamp>,
    /// Of the last match on the way.
    landmarks: Option<(usize, f64)>,
}

/// The best of the shortest ways (breadth first, one step at a time), if there is any.
fn shortest(from: &Placed, to: &Placed, edges: &Edges, stacks: &[Placed]) -> Option<Path> {
    let mut ahead: BTreeMap<StackKey, &Placed> = stacks.iter().map(|stack| (stack.key, stack)).collect();
    ahead.insert(to.key, to);
    ahead.remove(&from.key);
    let start =
        Path { rigid_mm: Rigid::IDENTITY, through: Vec::new(), at_other_lesions: 0, latest: None, landmarks: None };
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
fn step(at: &Placed, next: &Placed, path: &Path, edges: &Edges) -> Option<Path> {
    if let Some(edge) = edges.get(&(at.key, next.key)) {
        return Some(Path {
            rigid_mm: path.rigid_mm.then(&edge.rigid_mm),
            through: path.through.clone(),
            at_other_lesions: path.at_other_lesions + u32::from(edge.at_other_lesion),
            latest: path.latest.max(Some(edge.at)),
            landmarks: edge.landmarks,
        });
    }
    (share_space(at, next) && at.visit == next.visit).then(|| path.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alignment::How;
    use crate::clinical::ReaderId;
    use crate::geometry::{PatientDirection, PatientPoint, PatientVector};
    use proptest::prelude::*;

    fn stack(key: u8, visit: u32, space: &str) -> Placed {
        Placed {
            key: StackKey([key; 16]),
            visit: VisitId(visit),
            space: SpaceId(space.into()),
            has_frame_of_reference: !space.starts_with("own"),
        }
    }

    fn at(second: i64) -> Stamp {
        Stamp::from_timestamp(second, 0).unwrap()
    }

    fn matched(from: &Placed, to: &Placed, z_mm: f64, second: i64, lesion: Option<u32>) -> Placement {
        Placement {
            from: from.key,
            to: to.key,
            lesion: lesion.map(LesionId),
            rigid_mm: Rigid::shift(PatientVector::new(0.0, 0.0, z_mm)),
            how: How::Matched { reader: ReaderId(1), at: at(second) },
        }
    }

    fn z_mm(link: &Link) -> f64 {
        link.rigid_mm.shift_mm().z
    }

    fn through(link: &Link) -> usize {
        match &link.kind {
            LinkKind::Matched { through, .. } => through.len(),
            other => panic!("not matched: {other:?}"),
        }
    }

    #[test]
    fn the_four_kinds_and_their_words() {
        let pre = stack(1, 1, "A");
        let pre_phase = stack(2, 1, "A");
        let post = stack(3, 2, "B");
        let post_same_uid = stack(4, 2, "A");
        let stacks = [pre.clone(), pre_phase.clone(), post.clone(), post_same_uid.clone()];
        let link = |from: &Placed, to: &Placed| resolve(from, to, None, &[], &stacks);

        let same = link(&pre, &pre);
        assert_eq!((same.kind.clone(), same.words().as_str(), same.is_unconfirmed()), (LinkKind::SameStack, "", false));
        let phases = link(&pre, &pre_phase);
        assert_eq!(phases.kind, LinkKind::SameSpace { across_visits: false });
        assert_eq!((phases.words().as_str(), phases.is_unconfirmed()), ("linked · same scan space", false));
        let visits = link(&pre, &post_same_uid);
        assert_eq!(visits.kind, LinkKind::SameSpace { across_visits: true });
        assert_eq!(visits.words(), "linked by frame of reference, not registered");
        assert!(visits.is_unconfirmed());
        let table = link(&pre, &post);
        assert_eq!((table.kind.clone(), table.rigid_mm), (LinkKind::TablePosition, Rigid::IDENTITY));
        assert_eq!(table.words(), "linked by table position only");
        assert!(table.is_unconfirmed());
    }

    #[test]
    fn stacks_without_a_frame_of_reference_share_no_space() {
        let (a, mut b) = (stack(1, 1, "own 1"), stack(2, 1, "own 2"));
        b.space = a.space.clone();
        assert_eq!(resolve(&a, &b, None, &[], &[]).kind, LinkKind::TablePosition);
    }

    #[test]
    fn a_match_counts_both_ways_and_the_latest_counts() {
        let (a, b) = (stack(1, 1, "A"), stack(2, 2, "B"));
        let placements = [matched(&a, &b, 9.0, 20, None), matched(&b, &a, 100.0, 10, None)];
        let link = resolve(&a, &b, None, &placements, &[]);
        assert_eq!((z_mm(&link), through(&link)), (9.0, 0));
        assert_eq!(link.words(), "linked · matched, z +9 mm");
        assert!(!link.is_unconfirmed());
        let back = resolve(&b, &a, None, &placements, &[]);
        assert_eq!(back.words(), "linked · matched, z \u{2212}9 mm");
        // Made at the same second: the one recorded later.
        let twice = [matched(&a, &b, 1.0, 20, None), matched(&a, &b, 2.0, 20, None)];
        assert_eq!(z_mm(&resolve(&a, &b, None, &twice, &[])), 2.0);
    }

    #[test]
    fn a_match_beats_a_shared_space() {
        let (arterial, portal) = (stack(1, 1, "A"), stack(2, 1, "A"));
        let nudged = [matched(&arterial, &portal, 4.0, 1, None)];
        assert_eq!(z_mm(&resolve(&arterial, &portal, None, &nudged, &[])), 4.0);
    }

    #[test]
    fn a_match_serves_the_other_phases_of_both_visits() {
        let (pre, pre_art) = (stack(1, 1, "A"), stack(2, 1, "A"));
        let (post, post_art) = (stack(3, 2, "B"), stack(4, 2, "B"));
        let stacks = [pre.clone(), pre_art.clone(), post.clone(), post_art.clone()];
        let placements = [matched(&pre, &post, 9.0, 1, None)];
        let one = resolve(&pre, &post_art, None, &placements, &stacks);
        assert_eq!((z_mm(&one), through(&one)), (9.0, 1));
        assert_eq!(one.words(), "linked · matched through 1 other series, z +9 mm");
        let two = resolve(&post_art, &pre_art, None, &placements, &stacks);
        assert_eq!((z_mm(&two), through(&two)), (-9.0, 2));
        assert_eq!(
            two.kind,
            LinkKind::Matched { through: vec![post.key, pre.key], at_other_lesion: false, at: at(1), landmarks: None }
        );
    }

    #[test]
    fn an_equal_uid_across_visits_is_no_step_of_a_chain() {
        let (pre, post, later) = (stack(1, 1, "A"), stack(2, 2, "A"), stack(3, 3, "C"));
        let stacks = [pre.clone(), post.clone(), later.clone()];
        let placements = [matched(&post, &later, 5.0, 1, None)];
        assert_eq!(resolve(&pre, &later, None, &placements, &stacks).kind, LinkKind::TablePosition);
        // But a chain of matches beats the equal UID.
        let both = [matched(&post, &later, 5.0, 1, None), matched(&pre, &later, 12.0, 2, None)];
        assert_eq!(z_mm(&resolve(&pre, &post, None, &both, &stacks)), 7.0);
    }

    #[test]
    fn of_equally_short_chains_the_latest_match_counts() {
        let (pre, pre_art) = (stack(9, 1, "A"), stack(8, 1, "A"));
        let (post, post_art) = (stack(3, 2, "B"), stack(4, 2, "B"));
        let stacks = [pre.clone(), pre_art.clone(), post.clone(), post_art.clone()];
        for (first, second, expected) in [(1, 2, 6.0), (2, 1, 3.0)] {
            let placements = [matched(&pre, &post, 3.0, first, None), matched(&pre_art, &post_art, 6.0, second, None)];
            assert_eq!(z_mm(&resolve(&pre, &post_art, None, &placements, &stacks)), expected);
        }
    }

    #[test]
    fn the_lesions_own_match_first_then_the_stacks_then_anothers() {
        let (a, b) = (stack(1, 1, "A"), stack(2, 2, "B"));
        let own = matched(&a, &b, 9.0, 1, Some(1));
        let whole = matched(&a, &b, 5.0, 2, None);
        let other = matched(&a, &b, -4.0, 3, Some(2));
        let resolved = |placements: &[Placement]| resolve(&a, &b, Some(LesionId(1)), placements, &[]);
        assert_eq!(z_mm(&resolved(&[own.clone(), whole.clone(), other.clone()])), 9.0);
        assert_eq!(z_mm(&resolved(&[whole.clone(), other.clone()])), 5.0);
        let borrowed = resolved(std::slice::from_ref(&other));
        assert_eq!(borrowed.words(), "linked · matched at another lesion, z \u{2212}4 mm");
        // With no lesion in question the match for the whole stack counts, else any.
        assert_eq!(z_mm(&resolve(&a, &b, None, &[own, whole, other.clone()], &[])), 5.0);
        assert_eq!(resolve(&a, &b, None, &[other], &[]).words(), "linked · matched, z \u{2212}4 mm");
    }

    #[test]
    fn a_detour_by_the_lesions_own_match_beats_anothers() {
        let (pre, post, post_art) = (stack(1, 1, "A"), stack(2, 2, "B"), stack(3, 2, "B"));
        let stacks = [pre.clone(), post.clone(), post_art.clone()];
        let placements = [matched(&pre, &post_art, 9.0, 1, Some(1)), matched(&pre, &post, -4.0, 2, Some(2))];
        let link = resolve(&pre, &post, Some(LesionId(1)), &placements, &stacks);
        assert_eq!((z_mm(&link), through(&link)), (9.0, 1));
        // Phases nudged at another lesion only keep their common space.
        let nudged = [matched(&post, &post_art, 3.0, 1, Some(2))];
        let kept = resolve(&post, &post_art, Some(LesionId(1)), &nudged, &stacks);
        assert_eq!(kept.kind, LinkKind::SameSpace { across_visits: false });
    }

    #[test]
    fn landmarks_say_how_many_and_what_is_left() {
        let (a, b) = (stack(1, 1, "A"), stack(2, 2, "B"));
        let mut placement = matched(&a, &b, 9.0, 1, None);
        placement.how = How::Landmarks { reader: ReaderId(1), at: at(1), pairs: Vec::new(), rms_mm: 1.84 };
        assert_eq!(
            resolve(&a, &b, None, std::slice::from_ref(&placement), &[]).words(),
            "linked · 0 landmarks, 1.8 mm left, z +9 mm"
        );
        placement.rigid_mm =
            Rigid::rotation_about(PatientPoint::new(1.0, 2.0, 3.0), PatientDirection::SUPERIOR, 2.5f64.to_radians());
        assert_eq!(
            resolve(&b, &a, None, &[placement], &[]).words(),
            "linked · 0 landmarks, 1.8 mm left, turned 2.5 degrees"
        );
    }

    #[test]
    fn the_words_name_every_shift_that_shows() {
        let words = |x, y, z| shift_words(&Rigid::shift(PatientVector::new(x, y, z)));
        assert_eq!(words(0.0, 0.0, 0.2), "z 0 mm");
        assert_eq!(words(0.4, -0.4, -0.4), "z 0 mm");
        assert_eq!(words(2.6, -1.0, 8.9), "x +3 y \u{2212}1 z +9 mm");
        assert_eq!(words(0.0, 6.0, 0.0), "y +6 mm");
    }

    proptest! {
        #[test]
        fn there_and_back_is_the_same_place_and_order_does_not_matter(
            pairs in prop::collection::vec((0u8..6, 0u8..6, -20.0..20.0f64, 0.0..0.3f64), 0..8), from in 0u8..6, to in 0u8..6,
        ) {
            let stacks: Vec<Placed> = (0..6).map(|n| stack(n, u32::from(n) / 2, ["A", "B", "C"][usize::from(n / 2)])).collect();
            let placements: Vec<Placement> = (0..).zip(&pairs).filter(|(_, (a, b, ..))| a != b).map(|(n, (a, b, z, angle))| {
                let turn = Rigid::rotation_about(PatientPoint::new(1.0, 2.0, 3.0), PatientDirection::SUPERIOR, *angle);
                let mut one = matched(&stacks[usize::from(*a)], &stacks[usize::from(*b)], *z, n, None);
                one.rigid_mm = turn.then(&one.rigid_mm);
                one
            }).collect();
            let (a, b) = (&stacks[usize::from(from)], &stacks[usize::from(to)]);
            let link = resolve(a, b, None, &placements, &stacks);
            let mut turned_round = stacks.clone();
            turned_round.reverse();
            prop_assert_eq!(&resolve(a, b, None, &placements, &turned_round), &link);
            let back = resolve(b, a, None, &placements, &stacks);
            prop_assert_eq!(through_or_none(&link), through_or_none(&back), "equally long both ways");
            if through_or_none(&link) == Some(0) {
                let p = PatientPoint::new(10.0, -4.0, 7.0);
                prop_assert!(back.rigid_mm.apply(link.rigid_mm.apply(p)).distance_mm(p) < 1e-6);
            }
        }
    }

    fn through_or_none(link: &Link) -> Option<usize> {
        match &link.kind {
            LinkKind::Matched { through, .. } => Some(through.len()),
            _ => None,
        }
    }
}
