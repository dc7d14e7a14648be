//! What was found, as the JSON of the `inspect` command.

use super::found::{Found, FoundStack, GroupRef, Shape};
use super::text::clean;
use crate::clinical::StackRole;
use serde_json::{Value, json};

/// What was found, as the `inspect` command prints it: `{"series": [...], "skipped": [{"file", "reason"}]}`.
///
/// `role` gives the proposed role of a stack (proposals are made above this module). Numbers of a picture
/// stack that have no meaning are null: `origin_mm`, `direction`, the third of `spacing_mm`. `direction` has
/// the columns of the rotation one after another: three numbers for the direction of growing columns, of
/// growing rows, of growing slices. No text carries control characters.
#[must_use]
pub fn inspect_json(found: &Found, role: &dyn Fn(&FoundStack) -> Option<StackRole>) -> Value {
    let series: Vec<Value> = found.stacks.iter().map(|stack| stack_json(stack, role(stack))).collect();
    let skipped: Vec<Value> = found
        .skipped
        .iter()
        .map(|s| json!({ "file": clean(&s.file.to_string_lossy()), "reason": clean(&s.reason) }))
        .collect();
    json!({ "series": series, "skipped": skipped })
}

/// A length as it is told: to a millionth of a millimetre, so that rounding in binary is not seen.
fn told(mm: f64) -> f64 {
    (mm * 1e6).round() / 1e6
}

fn stack_json(stack: &FoundStack, role: Option<StackRole>) -> Value {
    let info = &stack.info;
    let (spacing, origin, direction, shape) = match &info.shape {
        Shape::Volume(grid) => {
            let o = grid.origin;
            let columns: Vec<f64> = grid.axes.iter().flat_map(|a| [a.vector().x, a.vector().y, a.vector().z]).collect();
            (json!(grid.spacing_mm.map(told)), json!([o.x, o.y, o.z].map(told)), json!(columns), "volume")
        }
        Shape::PictureStack { .. } => {
            let spacing = info.pixel_spacing_mm.map(|mm| mm.map(told));
            let spacing = spacing.map_or(Value::Null, |[along, down]| json!([along, down, null]));
            (spacing, Value::Null, Value::Null, "pictures")
        }
    };
    let mut files: Vec<_> = stack.sources.iter().map(|source| &source.path).collect();
    files.sort_unstable();
    files.dedup();
    json!({
        "id": info.id,
        "stack_key": info.key,
        "series_instance_uid": info.series_uid,
        "study_instance_uid": info.study_uid,
        "patient_id": stack.identity.dicom_patient_id,
        "modality": info.modality_text,
        "description": info.description,
        "role": role,
        "rows": info.rows,
        "columns": info.columns,
        "slices": info.slices(),
        "spacing_mm": spacing,
        "origin_mm": origin,
        "direction": direction,
        "frame_of_reference_uid": info.frame_of_reference_uid,
        "transfer_syntaxes": info.transfer_syntaxes,
        "unit": info.unit.code(),
        "shape": shape,
        "group": info.group.as_ref().map(|group| &group.id),
        "phase": info.group.as_ref().map(phase_json),
        "split_by": info.split_by,
        "suv": info.suv,
        "warnings": info.oddities.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "files": files.len(),
    })
}

/// The place in a group: its axis, its place along it from 0, and the value there, in words where it has no number.
fn phase_json(group: &GroupRef) -> Value {
    let value = group.value.map_or_else(|| json!(group.label), |value| json!(value));
    json!({ "axis": group.axis.code(), "index": group.index, "value": value })
}
