//! Stacks merged and split by hand: applied to what the rules made.

use super::find::in_order;
use super::found::Found;
use super::limits::Limits;
use super::stack::stacks_by_hand;
use crate::clinical::FrameName;
use std::collections::BTreeSet;

/// Groups what was found anew: each of `groups` becomes one stack, and every frame that none of them names is
/// grouped by the rules. Where two name a frame, the later one has it; frames that were not found are left
/// out, so that a stack lives on when a file is missing. No header is read again.
///
/// The stacks of `groups` are said to be split by hand. Their shape is asked as for any other: frames that make
/// no grid are pictures, and say why.
#[must_use]
pub fn regroup(found: Found, groups: &[Vec<FrameName>], limits: &Limits) -> Found {
    let names: Vec<BTreeSet<(&str, u32)>> =
        groups.iter().map(|group| group.iter().map(|name| (name.sop_uid.as_str(), name.frame)).collect()).collect();
    let instances = found.stacks.into_iter().flat_map(|stack| stack.instances).collect();
    let mut skipped = found.skipped;
    let stacks = stacks_by_hand(instances, &names, limits, &mut skipped);
    in_order(Found { stacks, skipped, cancelled: found.cancelled })
}
