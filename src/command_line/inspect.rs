//! `inspect`: what is below some paths.

use super::console::{Console, Progress};
use super::{REFUSED, Refused};
use crate::clinical::{Identity, PatientId, StackKey, StackRole};
use crate::dicom::{self, Found, Limits, Skipped};
use crate::intake::{self, PatientMatch};
use clap::Args;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct Inspect {
    /// Folders or files.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

impl Inspect {
    pub fn run(&self, console: &Console<'_>) -> Result<u8, Refused> {
        let found = find(&self.paths, console);
        let roles = roles(&found);
        let mut json = dicom::inspect_json(&found, &|stack| roles.get(&stack.info.key).copied());
        add_doubts(&mut json, &found);
        let printed = console.json(&json);
        if found.stacks.is_empty() {
            // The list of what was skipped is printed all the same.
            console.say(&nothing(&self.paths, &found.skipped).to_string());
            return Ok(REFUSED);
        }
        Ok(printed)
    }
}

/// Looks for images and says how far it is.
pub(super) fn find(paths: &[PathBuf], console: &Console<'_>) -> Found {
    let progress = Progress::new(console, "Read the headers of", "files");
    dicom::find(paths, &Limits::default(), &|done, total| progress.tell(done, total), &|| false)
}

/// Says that there are no images, and why.
pub(super) fn nothing(paths: &[PathBuf], skipped: &[Skipped]) -> Refused {
    let places: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    let places = places.join(", ");
    let advice = "Name a folder or a file with DICOM images.";
    Refused(match skipped {
        [] => format!("There is no file in {places}. {advice}"),
        [only] => format!("{} was not used. {} {advice}", only.file.display(), only.reason),
        [first, ..] => format!(
            "None of the {} files in {places} was used. The first is {}: {} {advice}",
            skipped.len(),
            first.file.display(),
            first.reason
        ),
    })
}

/// The role that is proposed for each stack, seen beside the others of its study.
fn roles(found: &Found) -> BTreeMap<StackKey, StackRole> {
    let infos: Vec<_> = found.stacks.iter().map(|stack| &stack.info).collect();
    let proposals = intake::propose_roles(&infos);
    infos.iter().zip(proposals).map(|(info, proposal)| (info.key, proposal.value)).collect()
}

/// Adds a warning to each stack whose Patient ID other images carry with another name or birth date: what an import
/// would ask about.
fn add_doubts(json: &mut Value, found: &Found) {
    /// Ways to write one person that are compared with every other.
    const COMPARED: usize = 8;
    let mut of_id: BTreeMap<&str, Vec<&Identity>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for identity in found.stacks.iter().map(|stack| &stack.identity) {
        if !identity.dicom_patient_id.is_empty() && seen.insert(identity) {
            of_id.entry(&identity.dicom_patient_id).or_default().push(identity);
        }
    }
    let doubt = |identities: &Vec<&Identity>| {
        let known = identities.iter().take(COMPARED).map(|identity| (PatientId(1), (*identity).clone()));
        let known: Vec<_> = known.collect();
        identities.iter().find_map(|identity| {
            known.iter().find_map(|known| {
                let proposal = intake::propose_patient(std::slice::from_ref(known), identity);
                (proposal.value == PatientMatch::Ask)
                    .then(|| format!("other images here have the {}", proposal.because))
            })
        })
    };
    let doubts: BTreeMap<&str, String> =
        of_id.iter().filter_map(|(id, identities)| Some((*id, doubt(identities)?))).collect();
    let Some(series) = json.get_mut("series").and_then(Value::as_array_mut) else { return };
    for (stack, json) in found.stacks.iter().zip(series) {
        let doubt = doubts.get(stack.identity.dicom_patient_id.as_str());
        if let (Some(doubt), Some(warnings)) = (doubt, json.get_mut("warnings").and_then(Value::as_array_mut)) {
            warnings.push(doubt.as_str().into());
        }
    }
}
