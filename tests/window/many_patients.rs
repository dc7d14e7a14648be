//! The cohort of a thousand patients: opened, scrolled and filtered.

#[path = "../../benches/support/thousand.rs"]
mod thousand;

use super::person::Person;
use ablation_review::workbench::Request;
use ablation_review::workbench::cohort_rows::CohortFilter;
use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use std::time::{Duration, Instant};
use thousand::{PATIENTS, write};

#[test]
fn a_thousand_patients_open_and_scroll() {
    let mut person = Person::at_the_window();
    let path = person.folder().join("thousand.ablation");
    write(&path);
    person.bench_mut().ask(Request::Open(vec![path]));
    person.until("open", |person| person.bench().desk().is_some() && !person.bench().is_busy());

    let start = Instant::now();
    person.ctrl(Key::Home);
    let opened = start.elapsed();
    person.reads("1000 patients");
    person.nothing_is_clipped();

    let rows = person.bench().cohort_rows();
    assert_eq!(rows.len(), PATIENTS as usize);
    assert_eq!(rows.iter().filter(|row| row.lesions.len() == 2 && row.visits.len() == 4).count(), rows.len());
    let to_read = rows.iter().filter(|row| row.is(CohortFilter::ToRead)).count();
    assert_eq!(to_read, rows.len(), "the odd ones at 3 months, the even ones at 4-6 weeks");
    assert_eq!(rows.iter().filter(|row| row.is(CohortFilter::Done)).count(), 0);

    // Scrolling draws what is seen and works nothing out anew.
    let start = Instant::now();
    const FRAMES: u32 = 60;
    for frame in 0..FRAMES {
        person.harness.hover_at(eframe::egui::pos2(600.0, 400.0));
        person.harness.event(eframe::egui::Event::MouseWheel {
            unit: eframe::egui::MouseWheelUnit::Point,
            delta: eframe::egui::vec2(0.0, -300.0 - frame as f32),
            phase: eframe::egui::TouchPhase::Move,
            source: eframe::egui::MouseWheelSource::Wheel,
            modifiers: eframe::egui::Modifiers::NONE,
        });
        person.harness.step();
    }
    let a_frame = start.elapsed() / FRAMES;
    println!("1,000 patients: cohort opened in {opened:?}, {a_frame:?} a frame of scrolling (this build)");
    // Without optimisation this is many times slower than in the program that people get.
    assert!(opened < Duration::from_secs(8), "{opened:?}");
    assert!(a_frame < Duration::from_millis(400), "{a_frame:?}");

    person.type_into("Search patients", "P0777");
    person.reads("1 of 1000 patients");
    person.click(Role::Button, "Open P0777");
    let chosen = person.bench().selection().patient.unwrap();
    assert_eq!(person.document().patient(chosen).unwrap().code, "P0777");
}
