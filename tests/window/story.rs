//! The whole story on the sample, and one lesion-visit with the fewest hands.

use super::person::{LEFT, Person, RIGHT, at_visit, truth};
use ablation_review::app::DialogKind;
use ablation_review::clinical::{AmendmentReason, Answer, Coded, MarkRole, Shape, StackRole, TechnicalSuccess, Track};
use ablation_review::outcome::Word;
use ablation_review::phantom::Truth;
use ablation_review::workbench::{Request, Tool, VisitState};
use eframe::egui::accesskit::{Role, Toggled};
use eframe::egui::{Key, Modifiers, PointerButton, vec2};
use egui_kittest::kittest::NodeT;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const PRE: &str = "2024-02-20";
const MONTH_1: &str = "2024-04-16";
const MONTH_3: &str = "2024-06-12";
const MONTH_6: &str = "2024-09-11";

/// The rows of a written table: column to value.
fn rows(file: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(file).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn portal_venous<'a>(truth: &'a Truth, visit: &str) -> &'a str {
    let visit = truth.visits.iter().find(|v| v.id == visit).unwrap();
    &visit.series.iter().find(|series| series.role == StackRole::CtPortalVenous).unwrap().uid
}

/// Drops the first two visits on the window and says who reads.
fn open_first_visits(person: &mut Person) {
    let folders = person.copy_of_visits(&["pre", "d35"]);
    person.drop_files(&folders);
    person.type_into("Reader's initials", "abc");
    person.reads("Reader ABC");
}

/// Patient, lesions and session of the sample as its truth has them, in the forms.
fn enter_clinical(person: &mut Person, labels: &[&str]) {
    let truth = truth();
    person.ctrl(Key::Num2);
    person.pick("Primary cancer", "Colorectal");
    for label in labels {
        let row = truth.lesions.iter().find(|lesion| lesion.label == *label).unwrap();
        person.click_button(&format!("Lesion {label}"));
        person.click(Role::CheckBox, &format!("Segment {}", row.segment.unwrap().words()));
        person.pick("Tumour type", row.tumour_type.words());
        person.type_into("Long axis", &row.long_axis_mm.to_string());
        person.nothing_is_clipped();
    }
    enter_session(person, 0, labels);
    let lesion = person.document().lesion(person.lesion_named(labels[0])).unwrap();
    let row = &truth.lesions[0];
    assert_eq!((lesion.segments.as_slice(), lesion.long_axis_mm), (row.segment.as_slice(), Some(row.long_axis_mm)));
    person.ctrl(Key::Num1);
}

/// Enters a session of the truth in its form.
fn enter_session(person: &mut Person, nth: usize, labels: &[&str]) {
    let session = &truth().sessions[nth];
    if person.has(Role::Button, "New session") {
        person.click_button("New session");
    }
    person.type_into("Session date", &session.date.to_string());
    person.pick("Modality", session.modality.words());
    for label in labels {
        let treated = format!("Treated {label}");
        if person.node(Role::CheckBox, &treated).accesskit_node().toggled() != Some(Toggled::True) {
            person.click(Role::CheckBox, &treated);
        }
        person.pick(&format!("Technical success {label}"), "Yes");
    }
    person.nothing_is_clipped();
    person.click_button("Add session");
    let patient = person.document().patients().next().unwrap().id;
    let kept = person.document().sessions_of(patient)[nth].clone();
    assert_eq!((kept.date, kept.modality, kept.lesions.len()), (session.date, session.modality, labels.len()));
    assert!(kept.lesions.iter().all(|treated| treated.technical_success == TechnicalSuccess::Yes));
}

#[test]
fn the_whole_story() {
    let truth = truth();
    let mut person = Person::at_the_window();
    person.reads("Drop a folder of DICOM images");
    person.nothing_is_clipped();

    open_first_visits(&mut person);
    right_images_are_up(&mut person, &truth);
    scrolls_and_matches(&mut person, &truth);
    adds_lesions_where_they_are(&mut person, &truth);
    enter_clinical(&mut person, &["L1", "L2", "L3"]);
    for (key, screen) in [(Key::Num2, "patient"), (Key::Num3, "images"), (Key::Num4, "table"), (Key::Num1, "reading")] {
        person.ctrl(key); // settling checks that each control has a name
        println!("screen {screen}");
        person.nothing_is_clipped();
    }

    answers_what_is_complete(&mut person, &truth);
    marks_and_answers_the_residual(&mut person, &truth);
    undoes_and_redoes(&mut person);
    signs_and_amends(&mut person);
    exports(&mut person, &truth);
    finds_it_again(&mut person);
    imports_the_later_visits(&mut person);
    reads_the_progression(&mut person, &truth);
}

fn right_images_are_up(person: &mut Person, truth: &Truth) {
    assert_eq!(person.bench().visits().len(), 2);
    assert_eq!(person.series(LEFT), portal_venous(truth, "pre"));
    assert_eq!(person.series(RIGHT), portal_venous(truth, "d35"));
    // The window of the portal venous phase, width and centre; the middle slice, counted from the top.
    assert_eq!(person.pane_value(LEFT), "slice 23 of 45, 160/100");
    person.node(Role::Button, &format!("Visit {PRE}"));
    person.node(Role::Button, &format!("Visit {MONTH_1}"));
    assert!(person.bench().pane_link(RIGHT).unwrap().is_unconfirmed());
    person.reads("No lesion yet");
    person.nothing_is_clipped();
}

fn scrolls_and_matches(person: &mut Person, truth: &Truth) {
    person.wheel(LEFT, 3);
    assert_eq!(person.pane_value(LEFT), "slice 26 of 45, 160/100");
    let half = person.shown(RIGHT).grid.spacing_mm[2] / 2.0;
    let apart = |person: &Person| person.shown(RIGHT).focus().z - person.shown(LEFT).focus().z;
    assert!(apart(person).abs() <= half + 1e-6, "{} mm apart", apart(person));

    // Each pane alone to the same place of the patient, then matched.
    let lesion = &truth.lesions[0];
    let (before, after) = (at_visit(lesion, "pre").place, at_visit(lesion, "d35").place);
    person.press(Key::L);
    person.scroll_to(LEFT, before);
    person.scroll_to(RIGHT, after);
    person.press(Key::M);
    let link = person.bench().pane_link(RIGHT).unwrap();
    assert!(!link.is_unconfirmed(), "{}", link.words());
    let matched = apart(person);
    assert!((matched - (after.z - before.z)).abs() <= 2.0 * half + 1e-6, "{matched} mm apart");
    person.wheel(LEFT, -4);
    assert!((apart(person) - matched).abs() <= half + 1e-6, "{} mm apart", apart(person));
    person.wheel(LEFT, 4);
}

fn adds_lesions_where_they_are(person: &mut Person, truth: &Truth) {
    for (n, lesion) in truth.lesions.iter().enumerate() {
        let place = at_visit(lesion, "pre").place;
        if n == 0 {
            // By hand: a click makes the pane active, the middle button moves the place to the middle.
            let rect = person.pane(LEFT).rect();
            person.scroll_to(LEFT, place);
            let from = person.on_screen(LEFT, place);
            person.drag(PointerButton::Middle, &[from, from + vec2(1.0, 1.0), rect.center()]);
            person.drag(PointerButton::Primary, &[rect.center()]);
        } else {
            person.bench_mut().ask(Request::ActivatePane(LEFT));
            person.bench_mut().ask(Request::GoTo { pane: LEFT, point: place });
        }
        person.press(Key::A);
        let (stack, kept) = person.bench().place_of(person.lesion_named(&lesion.label)).unwrap();
        assert_eq!(stack, person.shown(LEFT).stack);
        let within_mm = person.shown(LEFT).grid.spacing_mm[2] / 2.0 + 1.0;
        assert!(kept.distance_mm(place) <= within_mm, "{}: {kept:?} for {place:?}", lesion.label);
        assert_eq!(person.bench().selection().lesion, Some(person.lesion_named(&lesion.label)));
    }
    person.reads("Not treated before this visit");
}

fn answers_what_is_complete(person: &mut Person, truth: &Truth) {
    person.press(Key::N);
    let first = person.lesion_named("L1");
    assert_eq!(person.bench().selection().lesion, Some(first));
    assert_eq!(person.bench().selection().visit, Some(person.visit_on(MONTH_1)));
    assert_eq!(person.bench().room().field_mm(), Some(120.0));
    let place = at_visit(&truth.lesions[0], "pre").place;
    assert!(person.shown(LEFT).focus().distance_mm(place) < 4.0);
    assert!(person.bench().finding().is_none(), "nothing is preselected");
    for (label, answer, word) in [("L1", Key::Num1, Word::Complete), ("L2", Key::Num1, Word::Complete)] {
        assert_eq!(person.bench().selection().lesion, Some(person.lesion_named(label)));
        person.press(Key::S);
        person.press(answer);
        person.press(Key::Num2);
        assert_eq!(person.bench().finding().unwrap().shape, Some(Shape::ThinSmoothRim));
        assert_eq!(person.bench().visit_outcome().unwrap().word.value, word, "{label}");
        person.reads(word.words());
        person.nothing_is_clipped();
        person.press(Key::Enter);
    }
}

fn marks_and_answers_the_residual(person: &mut Person, truth: &Truth) {
    assert_eq!(person.bench().selection().lesion, Some(person.lesion_named("L3")));
    let nodule = at_visit(&truth.lesions[2], "d35").viable_tumour.as_ref().unwrap().centre;
    person.press(Key::R);
    person.press(Key::B);
    assert_eq!(person.bench().tool(), Tool::Brush(MarkRole::ViableTumour));
    person.scroll_to(RIGHT, nodule);
    person.paint_round(RIGHT, nodule, 4.0);
    person.wheel(RIGHT, 1);
    person.paint_round(RIGHT, nodule, 2.0);
    assert_eq!(person.document().marks().count(), 1, "a stroke on the next slice goes on with the same mark");
    person.press(Key::Enter);
    assert_eq!(person.bench().tool(), Tool::Scroll);

    let mark = person.document().marks().next().unwrap().clone();
    assert_eq!((mark.info.role, mark.info.visit), (MarkRole::ViableTumour, person.visit_on(MONTH_1)));
    let measured = mark.measured.clone().unwrap();
    // Two discs: the brush's 6 mm and the ring's 4 or 2 mm, on slices 5 mm apart.
    let (step_mm, area) = (mark.grid.spacing_mm[2], |r: f64| std::f64::consts::PI * r * r);
    let ml = (area(10.0) + area(8.0)) * step_mm / 1000.0;
    assert!((measured.volume_ml.unwrap() / ml - 1.0).abs() < 0.1, "{measured:?} for {ml} ml");
    let longest_mm = measured.longest_axial_mm.unwrap();
    assert!((longest_mm - 20.0).abs() < 2.0, "{measured:?}");
    assert!((40.0..110.0).contains(&measured.mean.unwrap()), "{measured:?}");
    let middle = ablation_review::marks::measure(person.document().mask(mark.info.id).unwrap()).unwrap().centroid;
    assert!(middle.distance_mm(nodule) < step_mm, "{middle:?} for {nodule:?}");
    person.reads(&format!("Viable tumour {longest_mm:.0} × "));
    person.reads(&format!(", {:.1} ml", measured.volume_ml.unwrap()));

    person.press(Key::S);
    person.press(Key::Num2);
    person.press(Key::Num8);
    let finding = person.bench().finding().unwrap();
    assert_eq!((finding.answer, finding.shape), (Some(Answer::Viable), Some(Shape::HypoattenuatingNodule)));
    let at = person.bench().visit_outcome().unwrap().clone();
    assert_eq!(at.word.value, Word::Incomplete);
    assert_eq!(at.viable_ld.unwrap().from_mark, Some(mark.info.id));
    assert!(at.missing.is_empty(), "{:?}", at.missing);
    person.reads("Incomplete");
    person.reads(&at.word.because);
    person.reads(&format!("Rule {}", at.word.rule));
    person.press(Key::W);
    person.reads("Source:");
    person.nothing_is_clipped();
    person.press(Key::W);
    assert!(!person.says("Source:"));
}

fn undoes_and_redoes(person: &mut Person) {
    let before = person.document().clone();
    person.ctrl(Key::Z);
    assert_eq!(person.bench().finding().unwrap().shape, None);
    person.ctrl(Key::Z);
    assert_eq!(person.bench().finding().and_then(|f| f.answer), None);
    person.ctrl(Key::Z); // the second stroke
    person.ctrl(Key::Z); // the first: the mark is gone
    assert_eq!(person.document().marks().count(), 0);
    for _ in 0..4 {
        person.ctrl(Key::Y);
    }
    assert!(person.document().same_content(&before), "redo brings back all of it, voxel by voxel");
}

fn signs_and_amends(person: &mut Person) {
    let visit = person.visit_on(MONTH_1);
    assert_eq!(person.bench().visit_state(visit), VisitState::Reading { answered: 3, of: 3 });
    person.press_with(Modifiers::COMMAND, Key::Enter);
    person.press(Key::Num1);
    person.press(Key::Num1);
    assert!(person.bench().before_signing().is_empty(), "{:?}", person.bench().before_signing());
    person.press(Key::Enter);
    assert_eq!(person.bench().visit_state(visit), VisitState::Signed);
    person.reads("This visit is signed · ABC · 2024-10-01");
    person.nothing_is_clipped();

    // Signed: answers and marks stay as they are, and a sentence says so.
    let signed = person.document().clone();
    person.press(Key::S);
    person.press(Key::Num1);
    person.reads("This visit was signed by ABC on 2024-10-01. Amend it to change it.");
    person.press(Key::Escape);
    person.click_button("Close");
    person.press(Key::R);
    person.press(Key::B);
    let at = person.pane(RIGHT).rect().center();
    person.drag(PointerButton::Primary, &[at, at + vec2(10.0, 0.0)]);
    person.reads("This visit was signed by ABC on 2024-10-01. Amend it to change it.");
    person.press(Key::Escape);
    person.click_button("Close");
    assert!(person.document().same_content(&signed));

    person.wait_minutes(5);
    person.click(Role::ComboBox, "Amend because");
    person.click_button("New information");
    person.click_button("Amend");
    assert_eq!(person.bench().visit_state(visit), VisitState::Reading { answered: 3, of: 3 });
    let amendment = person.document().amendments_of(visit).next().unwrap();
    assert_eq!((amendment.reason, amendment.before.len()), (AmendmentReason::NewInformation, 3));
    person.press(Key::S);
    person.press(Key::Num2); // the same answer changes nothing, the shape does
    person.press(Key::Num5);
    let finding = person.bench().finding().unwrap();
    assert_eq!((finding.answer, finding.shape), (Some(Answer::Viable), Some(Shape::Nodular)));
    person.press_with(Modifiers::COMMAND, Key::Enter);
    person.reads("Sign this visit?");
    person.press(Key::Enter);
    assert_eq!(person.bench().visit_state(visit), VisitState::Signed);
    let kept = person.document().amendments_of(visit).next().unwrap();
    let before = kept.before.iter().find(|f| f.answer == Some(Answer::Viable)).unwrap();
    assert_eq!(before.shape, Some(Shape::HypoattenuatingNodule), "both values are kept");
}

fn exports(person: &mut Person, truth: &Truth) {
    let folder = person.folder().join("tables");
    std::fs::create_dir(&folder).unwrap();
    person.dialogs.answer(DialogKind::ExportFolder, &folder);
    person.ctrl(Key::E);
    person.see();
    assert!(person.dialogs.asked().contains(&DialogKind::ExportFolder));
    person.reads("tables written to");
    let all = rows(&folder.join("lesion_visit.csv"));
    let row = all.iter().find(|row| row["lesion"] == "L3" && row["visit_date"] == MONTH_1).unwrap();
    let mark = person.document().marks().next().unwrap().measured.clone().unwrap();
    let expected = [
        ("patient", "P001".to_owned()),
        ("days_since_last_session", "35".to_owned()),
        ("time_point", "week_4_6".to_owned()),
        ("adequacy", "adequate".to_owned()),
        ("answer", "viable".to_owned()),
        ("shape", "nodular".to_owned()),
        ("viable_ld_mm", format!("{:.1}", mark.longest_axial_mm.unwrap())),
        ("viable_ld_source", "mark".to_owned()),
        ("derived_word", at_visit(&truth.lesions[2], "d35").key.as_ref().unwrap().derived.code().to_owned()),
        ("derived_from_draft", "no".to_owned()),
        ("finding_status", "signed".to_owned()),
        ("reader", "ABC".to_owned()),
    ];
    for (column, value) in expected {
        assert_eq!(row[column], value, "{column} of {row:?}");
    }
    assert!(folder.join("dictionary.csv").is_file());
    person.ctrl(Key::Num1);
}

fn finds_it_again(person: &mut Person) {
    // A change after the signature that undo can still take back after the restart.
    person.click(Role::CheckBox, "Read in time order");
    assert!(!person.document().settings().read_in_time_order);
    let (before, path) = (person.document().clone(), person.bench().desk().unwrap().path().to_owned());
    let undo = person.bench().desk().unwrap().can_undo().unwrap().to_owned();
    person.ctrl(Key::W);
    assert!(person.bench().desk().is_none());
    person.reads("Drop a folder of DICOM images");

    person.type_into("Path of a folder or project", &path.display().to_string());
    person.until("open again", |person| person.bench().desk().is_some() && !person.bench().is_busy());
    assert!(person.document().same_content(&before), "every mark, answer and signature is there");
    let visit = person.visit_on(MONTH_1);
    assert_eq!(person.bench().visit_state(visit), VisitState::Signed);
    person.reads("Reader ABC"); // asked once per start
    assert!(person.bench().volume(person.shown(RIGHT).stack).unwrap().slice(0).is_some(), "the pixels are found again");
    assert_eq!(person.bench().desk().unwrap().can_undo(), Some(undo.as_str()));
    person.ctrl(Key::Z);
    assert!(person.document().settings().read_in_time_order, "undo works after a restart");
}

fn imports_the_later_visits(person: &mut Person) {
    let before = person.document().clone();
    let folders: Vec<PathBuf> = person.copy_of_visits(&["d92", "d183"]);
    person.drop_files(&folders);
    let after = person.document();
    let patient = after.patients().next().unwrap().id;
    let dates: Vec<String> = after.visits_of(patient).iter().map(|visit| visit.date.to_string()).collect();
    assert_eq!(dates, [PRE, MONTH_1, MONTH_3, MONTH_6]);
    assert_eq!(after.patients().count(), 1);
    assert!(after.findings().eq(before.findings()));
    assert!(after.marks().eq(before.marks()));
    for mark in before.marks() {
        assert_eq!(after.mask(mark.info.id), before.mask(mark.info.id));
    }
    let visit = person.visit_on(MONTH_1);
    assert_eq!(after.signature(visit, Track::Main), before.signature(visit, Track::Main));
    assert!(after.amendments_of(visit).eq(before.amendments_of(visit)));
    assert!(after.placements().eq(before.placements()));
    // Read in time order: the last visit waits for the one before it.
    assert_eq!(person.bench().visit_state(person.visit_on(MONTH_3)), VisitState::Reading { answered: 0, of: 3 });
    assert_eq!(person.bench().visit_state(person.visit_on(MONTH_6)), VisitState::Hidden);
    person.nothing_is_clipped();
}

fn reads_the_progression(person: &mut Person, truth: &Truth) {
    person.ctrl(Key::Num2);
    enter_session(person, 1, &["L3"]);
    person.press(Key::N);
    assert_eq!(person.bench().selection().lesion, Some(person.lesion_named("L1")));
    assert_eq!(person.bench().selection().visit, Some(person.visit_on(MONTH_3)));
    // From the second scan on the first one after the session hangs between.
    let right = person.bench().room().panes().len() - 1;
    assert_eq!((right, person.series(1)), (2, portal_venous(truth, "d35")));
    assert_eq!(person.series(right), portal_venous(truth, "d92"));
    let nodule = at_visit(&truth.lesions[0], "d92").viable_tumour.as_ref().unwrap();
    person.press(Key::S);
    person.press(Key::Num2);
    person.press(Key::Num8);
    person.press(Key::R);
    person.press(Key::B);
    person.scroll_to(right, nodule.centre);
    while person.bench().brush_radius_mm() > nodule.longest_axial_mm / 2.0 {
        person.press(Key::OpenBracket);
    }
    let at = person.on_screen(right, nodule.centre);
    person.drag(PointerButton::Primary, &[at]);
    person.press(Key::Enter);
    let word = &person.bench().visit_outcome().unwrap().word;
    assert_eq!(word.value, Word::LocalTumourProgression);
    let because = word.because.clone();
    for part in ["+35 d", "+92 d"] {
        assert!(because.contains(part), "{part} is not in {because:?}");
    }
    person.reads(&because);
    let outcome = person.bench().outcome(person.lesion_named("L1")).unwrap();
    let date = outcome.standing.progression.as_ref().map(|event| event.value.date.to_string());
    assert_eq!(date.as_deref(), Some(MONTH_3));
    person.nothing_is_clipped();
}

#[test]
fn one_lesion_visit_takes_at_most_ten_inputs() {
    let truth = truth();
    let mut person = Person::at_the_window();
    open_first_visits(&mut person);
    person.bench_mut().ask(Request::GoTo { pane: LEFT, point: at_visit(&truth.lesions[0], "pre").place });
    person.bench_mut().ask(Request::AddLesion { pane: LEFT });
    enter_clinical(&mut person, &["L1"]);

    person.inputs = 0;
    person.press(Key::N);
    person.wheel(RIGHT, 5);
    person.press(Key::S);
    person.press(Key::Num1);
    person.press(Key::Num2);
    person.press(Key::Enter);
    person.press_with(Modifiers::COMMAND, Key::Enter);
    person.press(Key::Num1);
    person.press(Key::Num1);
    person.press(Key::Enter);
    assert!(person.inputs <= 10, "{} inputs", person.inputs);
    let visit = person.visit_on(MONTH_1);
    assert_eq!(person.bench().visit_state(visit), VisitState::Signed);
    assert_eq!(person.bench().visit_outcome().unwrap().word.value, Word::Complete);
}
