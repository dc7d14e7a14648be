//! Stacks merged and split by hand: applied to what the rules made.

use super::find::in_order;
use super::found::Found;
use super::limits::Limits;
use super::stack::stacks_by_hand;
use crate::clinical::Grouping;
use std::collections::BTreeSet;

/// Groups what was found anew: each list of frames of each grouping becomes one stack, and every frame that none
/// of them names is grouped by the rules. Where two name a frame, the later one has it; frames that were not
/// found are left out, so that a stack lives on when a file is missing. No header is read again.
///
/// Stacks by hand are said to be split by hand. Their shape is asked as for any other: frames that make no grid
/// are pictures, and say why. Frames of different patients, sizes or units are never put together.
#[must_use]
pub fn regroup<'a>(found: Found, groupings: impl IntoIterator<Item = &'a Grouping>, limits: &Limits) -> Found {
    let lists = groupings.into_iter().flat_map(|grouping| &grouping.groups);
    let names: Vec<BTreeSet<(&str, u32)>> =
        lists.map(|list| list.iter().map(|name| (name.sop_uid.as_str(), name.frame)).collect()).collect();
    if names.is_empty() {
        return found;
    }
    let instances = found.stacks.into_iter().flat_map(|stack| stack.instances).collect();
    let mut skipped = found.skipped;
    let stacks = stacks_by_hand(instances, &names, limits, &mut skipped);
    in_order(Found { stacks, skipped, cancelled: found.cancelled })
}
