//! `sample`: studies with known truth.

use super::Refused;
use super::console::{Console, Progress};
use super::png;
use crate::clinical::MarkRole;
use crate::export::nifti;
use crate::phantom::{self, Sheet, TruthMask};
use clap::Args;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct Sample {
    /// Which sample: a name of the list, or the path of a recipe (*.toml).
    #[arg(required_unless_present = "list", conflicts_with = "list")]
    case: Option<String>,
    /// List the samples.
    #[arg(long)]
    list: bool,
    /// Folder to write into; made when it is not there.
    #[arg(long, value_name = "FOLDER", required_unless_present_any = ["list", "sheet", "picture"])]
    out: Option<PathBuf>,
    /// Write a contact sheet of all lesions, visits and phases as a picture; it shows what the case is about.
    #[arg(long, value_name = "FILE.png", conflicts_with = "list")]
    sheet: Option<PathBuf>,
    /// Write the small picture that a list of samples shows; it gives nothing away.
    #[arg(long, value_name = "FILE.png", conflicts_with = "list")]
    picture: Option<PathBuf>,
}

impl Sample {
    pub fn run(&self, console: &Console<'_>) -> Result<u8, Refused> {
        let Some(case) = &self.case else {
            let list: Vec<Value> = phantom::cases()
                .iter()
                .map(|info| {
                    json!({
                        "id": info.id,
                        "title": info.title,
                        "summary": info.summary,
                        "organs": info.organs,
                        "modalities": info.modalities,
                        "visits": info.visits,
                        "lesions": info.lesions,
                    })
                })
                .collect();
            return Ok(console.json(&json!({ "samples": list })));
        };
        let mut result = json!({ "sample": case });
        if let Some(file) = &self.sheet {
            let sheet = phantom::sheet(case).map_err(Refused::because)?;
            write_picture(&sheet, file)?;
            add(&mut result, "sheet", about_sheet(&sheet, file));
        }
        if let Some(file) = &self.picture {
            write_picture(&phantom::picture(case).map_err(Refused::because)?, file)?;
            add(&mut result, "picture", json!(file.to_string_lossy()));
        }
        if let Some(out) = &self.out {
            let progress = Progress::new(console, "Made", "images");
            let written = phantom::write(case, out, &|done, total| progress.tell(done, total), &|| false)
                .map_err(Refused::because)?;
            let masks = write_masks(&phantom::truth_masks(case).map_err(Refused::because)?, out)?;
            add(&mut result, "folder", json!(written.folder.to_string_lossy()));
            add(&mut result, "images", json!(written.images));
            add(&mut result, "bytes", json!(written.bytes));
            add(&mut result, "masks", json!(masks));
            add(&mut result, "truth", json!(written.folder.join("truth.json").to_string_lossy()));
        }
        Ok(console.json(&result))
    }
}

fn add(result: &mut Value, name: &str, value: Value) {
    if let Some(fields) = result.as_object_mut() {
        fields.insert(name.into(), value);
    }
}

/// A new picture beside nothing that is there.
fn write_picture(sheet: &Sheet, file: &Path) -> Result<(), Refused> {
    if file.exists() {
        return Err(Refused::because(format!("{file:?} is already there. Choose another name; nothing was written.")));
    }
    let bytes = png::grey(sheet.width, sheet.height, &sheet.grey).map_err(Refused::because)?;
    std::fs::write(file, bytes).map_err(|error| Refused::because(format!("{file:?} could not be written: {error}.")))
}

fn about_sheet(sheet: &Sheet, file: &Path) -> Value {
    let rows: Vec<Value> =
        sheet.rows.iter().map(|(visit, lesion)| json!({ "visit": visit, "lesion": lesion })).collect();
    json!({ "file": file.to_string_lossy(), "rows": rows, "columns": sheet.columns })
}

/// Masks as NIfTI on the grid of each series: `masks/VISIT/SERIES/LESION-ROLE.nii.gz`; how many there are.
fn write_masks(masks: &[TruthMask], folder: &Path) -> Result<usize, Refused> {
    for mask in masks {
        let role = match mask.role {
            MarkRole::Tumour => "tumour",
            MarkRole::AblationZone => "zone",
            MarkRole::ViableTumour => "viable",
            MarkRole::Organ | MarkRole::Other => "other",
        };
        let place = folder.join("masks").join(&mask.series);
        std::fs::create_dir_all(&place)
            .map_err(|error| Refused::because(format!("{place:?} could not be made: {error}.")))?;
        let inside: HashSet<[u32; 3]> = mask.voxels.iter().copied().collect();
        let [columns, rows, slices] = mask.grid.dims;
        let voxels = (0..slices)
            .flat_map(|k| (0..rows).flat_map(move |j| (0..columns).map(move |i| [i, j, k])))
            .map(|at| u8::from(inside.contains(&at)));
        let file = place.join(format!("{}-{role}.nii.gz", mask.lesion));
        // Beside it first: a file that is there and is another one stays.
        let new = place.join(format!(".{}-{role}.new.nii.gz", mask.lesion));
        nifti::write_mask(&mask.grid, voxels, &new).map_err(Refused::because)?;
        let failed = |error: std::io::Error| Refused::because(format!("{file:?} could not be written: {error}."));
        if file.exists() {
            let same = std::fs::read(&file).map_err(failed)? == std::fs::read(&new).map_err(failed)?;
            std::fs::remove_file(&new).map_err(failed)?;
            if !same {
                let why = format!("{file:?} is already there and is not part of this sample. Choose another folder.");
                return Err(Refused::because(why));
            }
        } else {
            std::fs::rename(&new, &file).map_err(failed)?;
        }
    }
    Ok(masks.len())
}
