//! The samples that come with the program: their recipes, their small pictures, and what a list says of them.

use super::recipe::{Recipe, Visit};
use super::study::Study;
use crate::clinical::{Modality, Organ};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A sample study that can be written. Nothing here gives away what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseInfo {
    /// Short name, also the folder.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What it holds, in a few sentences.
    pub summary: String,
    /// Organs with lesions.
    pub organs: Vec<Organ>,
    /// Kinds of images.
    pub modalities: Vec<Modality>,
    /// Number of visits.
    pub visits: usize,
    /// Number of lesions that are treated.
    pub lesions: usize,
    /// A small picture of the first visit: grey, 8 bits, PNG.
    pub picture: &'static [u8],
}

/// A recipe of the program.
pub(super) struct BuiltIn {
    pub id: &'static str,
    pub text: &'static str,
    pub picture: &'static [u8],
}

macro_rules! built_in {
    ($($id:literal),* $(,)?) => {
        [$(BuiltIn {
            id: $id,
            text: include_str!(concat!("../../sample_data/cases/", $id, ".toml")),
            picture: include_bytes!(concat!("../../assets/samples/", $id, ".png")),
        }),*]
    };
}

/// The sample that a newcomer is offered.
pub const FIRST_CASE: &str = "first-look";

/// Samples whose files lie ready in the repository, below `sample_data`.
pub const READY_CASES: [&str; 2] = [FIRST_CASE, "second-look"];

/// The recipes that come with the program.
pub(super) static BUILT_IN: [BuiltIn; 13] = built_in![
    "first-look",
    "second-look",
    "liver-01",
    "liver-02",
    "liver-03",
    "liver-04",
    "liver-05",
    "liver-06",
    "liver-07",
    "liver-08",
    "liver-09",
    "liver-10",
    "body-01",
];

impl BuiltIn {
    /// The recipe made ready; none when it cannot be read (a test holds that there is none).
    fn study(&self) -> Option<Study> {
        let recipe = Recipe::read(&format!("{}.toml", self.id), self.text).ok()?;
        Some(Study { id: self.id.into(), recipe })
    }
}

/// The samples there are. Cheap: nothing is made.
#[must_use]
pub fn cases() -> &'static [CaseInfo] {
    static CASES: OnceLock<Vec<CaseInfo>> = OnceLock::new();
    CASES.get_or_init(|| {
        let info = |built_in: &BuiltIn| {
            let Study { id, recipe } = built_in.study()?;
            let mut organs: Vec<Organ> = recipe.lesions.iter().map(|lesion| lesion.organ).collect();
            organs.sort();
            organs.dedup();
            let has = |of: fn(&Visit) -> bool| recipe.visits.iter().any(of);
            let kinds = [
                (has(|visit| visit.ct.is_some()), Modality::Ct),
                (has(|visit| visit.mr.is_some()), Modality::Mr),
                (has(|visit| visit.pet.is_some()), Modality::Pet),
            ];
            let modalities = kinds.into_iter().filter(|(there, _)| *there).map(|(_, kind)| kind).collect();
            Some(CaseInfo {
                id,
                organs,
                modalities,
                visits: recipe.visits.len(),
                lesions: recipe.lesions.iter().filter(|lesion| recipe.treats(&lesion.label)).count(),
                title: recipe.title,
                summary: recipe.summary,
                picture: built_in.picture,
            })
        };
        BUILT_IN.iter().filter_map(info).collect()
    })
}

/// The sample of the program that a series belongs to, by its Series Instance UID: the name of the case and the id of
/// the visit.
#[must_use]
pub fn case_of_series(series_uid: &str) -> Option<(&'static str, &'static str)> {
    static SERIES: OnceLock<BTreeMap<String, (&'static str, String)>> = OnceLock::new();
    let series = SERIES.get_or_init(|| {
        let all = BUILT_IN.iter().filter_map(|built_in| Some((built_in.id, built_in.study()?)));
        let of_case = |(id, study): (&'static str, Study)| {
            let visits = study.recipe.visits.iter();
            let of_visit = |visit: &Visit| {
                let uid = |phase| (study.series_uid(visit, phase), (id, visit.id.clone()));
                visit.phases().into_iter().map(uid).collect::<Vec<_>>()
            };
            visits.flat_map(of_visit).collect::<Vec<_>>()
        };
        all.flat_map(of_case).collect()
    });
    series.get(series_uid).map(|(case, visit)| (*case, visit.as_str()))
}
