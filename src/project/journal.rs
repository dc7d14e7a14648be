//! A change as it is written in the journal: JSON, with the voxels of marks beside it in compact form.

use super::edit::{Edit, Op};
use super::row::{Row, RowKey};
use crate::clinical::MarkId;
use crate::marks::MaskDelta;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The `payload` column.
#[derive(Serialize, Deserialize)]
struct Payload<'a> {
    forward: Vec<WrittenOp<'a>>,
    inverse: Vec<WrittenOp<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::large_enum_variant)] // as `Op`
enum WrittenOp<'a> {
    Put(Cow<'a, Row>),
    Remove(Cow<'a, RowKey>),
    /// The voxels are in `journal_mask` under this number.
    Mask {
        mark: MarkId,
        delta: u32,
    },
}

/// The voxel changes of one journal row, by number. An edit and its inverse share theirs.
pub(super) type Deltas = BTreeMap<u32, Arc<MaskDelta>>;

/// Writes an edit and its inverse.
pub(super) fn write(forward: &Edit, inverse: &Edit) -> Result<(String, Deltas), serde_json::Error> {
    let mut deltas = Deltas::new();
    let forward = ops(forward, &mut deltas);
    let inverse = ops(inverse, &mut deltas);
    Ok((serde_json::to_string(&Payload { forward, inverse })?, deltas))
}

fn ops<'a>(edit: &'a Edit, deltas: &mut Deltas) -> Vec<WrittenOp<'a>> {
    let mut written = Vec::with_capacity(edit.ops.len());
    for op in &edit.ops {
        written.push(match op {
            Op::Put(row) => WrittenOp::Put(Cow::Borrowed(row)),
            Op::Remove(key) => WrittenOp::Remove(Cow::Borrowed(key)),
            Op::Mask { mark, delta } => WrittenOp::Mask { mark: *mark, delta: number_of(delta, deltas) },
        });
    }
    written
}

fn number_of(delta: &Arc<MaskDelta>, deltas: &mut Deltas) -> u32 {
    if let Some((number, _)) = deltas.iter().find(|(_, known)| known == &delta) {
        return *number;
    }
    let number = deltas.last_key_value().map_or(0, |(last, _)| last + 1);
    deltas.insert(number, Arc::clone(delta));
    number
}

/// Reads the edit and its inverse; the reason, in words, when they cannot be. With `dropped`, voxels that are not
/// there any more are read as none.
pub(super) fn read(payload: &str, deltas: &Deltas, dropped: bool) -> Result<(Edit, Edit), String> {
    let payload: Payload<'_> = serde_json::from_str(payload).map_err(|why| why.to_string())?;
    let edit = |ops: Vec<WrittenOp<'_>>| {
        ops.into_iter()
            .map(|op| {
                Ok(match op {
                    WrittenOp::Put(row) => Op::Put(row.into_owned()),
                    WrittenOp::Remove(key) => Op::Remove(key.into_owned()),
                    WrittenOp::Mask { mark, delta } => {
                        let voxels = match deltas.get(&delta) {
                            Some(voxels) => Arc::clone(voxels),
                            None if dropped => Arc::new(MaskDelta::default()),
                            None => return Err("the voxels of a mark are missing"),
                        };
                        Op::Mask { mark, delta: voxels }
                    }
                })
            })
            .collect::<Result<Vec<_>, &str>>()
            .map(Edit::new)
            .map_err(str::to_owned)
    };
    Ok((edit(payload.forward)?, edit(payload.inverse)?))
}
