//! A cohort of 10,000 lesions: all outcomes and all statistics.
//!
//! `cargo bench --bench cohort`

use ablation_review::clinical::{Date, StudySettings};
use ablation_review::cohort::{Choices, file, statistics};
use ablation_review::outcome::{LesionOutcome, PatientCourse, derive};
use std::fmt::Write;

fn main() {
    divan::main();
}

/// A table of 10,000 lesions in about 4,000 patients, with up to six visits each, made by a small generator.
fn table() -> String {
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut text =
        String::from("patient,lesion,visit,answer,sessions,technique,size_mm,technical_success,death,new_tumour\n");
    let (mut lesions, mut patient) = (0, 0);
    while lesions < 10_000 {
        patient += 1;
        let death = if draw(6) == 0 { (300 + draw(900)).to_string() } else { String::new() };
        let until = death.parse::<u64>().unwrap_or(2000);
        for lesion in 1..=1 + draw(4) {
            lesions += 1;
            let technique = ["rfa", "mwa", "cryo"][usize::try_from(draw(3)).unwrap_or(0)];
            let size = 8 + draw(40);
            let mut day = 30 + draw(15);
            for _ in 0..2 + draw(5) {
                let answer = match draw(12) {
                    0 => "viable",
                    1 => "equivocal",
                    _ => "no_viable",
                };
                if day <= until {
                    let new = if draw(30) == 0 { "in_organ" } else { "none" };
                    // One visit of a patient has one look at the rest of the scan.
                    let new = if lesion == 1 { new } else { "" };
                    writeln!(text, "P{patient},L{lesion},{day},{answer},0,{technique},{size},yes,{death},{new}").ok();
                }
                day += 60 + draw(60);
            }
        }
    }
    text
}

fn courses() -> Vec<PatientCourse> {
    file::read(table().as_bytes(), &StudySettings::default(), None).map(|file| file.courses).unwrap_or_default()
}

#[divan::bench(sample_count = 10)]
fn outcomes(bencher: divan::Bencher<'_, '_>) {
    let courses = courses();
    let settings = StudySettings::default();
    let today = Date::from_ymd_opt(2020, 1, 1).unwrap_or_default();
    bencher.bench_local(|| -> Vec<LesionOutcome> {
        let lesions = courses.iter().flat_map(|course| &course.lesions);
        lesions.map(|lesion| derive(&lesion.history, &settings, today)).collect()
    });
}

#[divan::bench(sample_count = 10)]
fn every_statistic(bencher: divan::Bencher<'_, '_>) {
    let courses = courses();
    let settings = StudySettings::default();
    bencher.bench_local(|| statistics(&courses, &settings, Choices::default()));
}

#[divan::bench(sample_count = 10)]
fn table_read_and_derived(bencher: divan::Bencher<'_, '_>) {
    let table = table();
    bencher.bench_local(|| file::read(table.as_bytes(), &StudySettings::default(), None).map(|file| file.rows).ok());
}
