//! The reading flow: where digits go, what is signed, what is put aside, and how many inputs a reading takes.

use super::person::{LEFT, Person, RIGHT, at_visit, truth};
use ablation_review::clinical::{
    Answer, Coded, Lesion, LesionPlace, MarkRole, Session, SessionLesion, Shape, TechnicalSuccess,
};
use ablation_review::phantom::Truth;
use ablation_review::workbench::{Request, Tool, VisitState};
use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};

const DIGITS: [Key; 10] =
    [Key::Num0, Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];

/// The sample with its lesions and sessions, and initials; nothing is read yet.
fn sample(visits: &[&str]) -> Person {
    let truth = truth();
    let mut person = Person::at_the_window();
    let folders = person.copy_of_visits(visits);
    person.drop_files(&folders);
    person.type_into("Reader's initials", "abc");
    let patient = person.bench().selection().patient.unwrap();
    let stack = person.shown(LEFT).stack;
    for truth in &truth.lesions {
        let id = person.document().next_lesion();
        let place = at_visit(truth, "pre").place;
        let mut lesion = Lesion::new(id, patient, truth.label.as_str());
        lesion.segments = truth.segment.into_iter().collect();
        lesion.place = Some(LesionPlace { stack, left_mm: place.x, posterior_mm: place.y, superior_mm: place.z });
        person.bench_mut().ask(Request::PutLesion(Box::new(lesion)));
        person.see();
    }
    for session in &truth.sessions {
        let treated = session.lesions.iter().map(|label| SessionLesion {
            lesion: person.lesion_named(label),
            technical_success: TechnicalSuccess::Yes,
            reason: String::new(),
        });
        let lesions = treated.collect();
        let session = Session {
            id: person.document().next_session(),
            patient,
            date: session.date,
            modality: session.modality,
            combined_of: Vec::new(),
            device: String::new(),
            lesions,
            planned_before_first_follow_up: false,
            note: String::new(),
        };
        person.bench_mut().ask(Request::PutSession(Box::new(session)));
        person.see();
    }
    person
}

/// The label of the lesion that is read, and the visit's name in the truth.
fn read_now(person: &Person, truth: &Truth) -> (String, String) {
    let (lesion, visit) = person.bench().selection().lesion.zip(person.bench().selection().visit).unwrap();
    let date = person.document().visit(visit).unwrap().date;
    let visit = truth.visits.iter().find(|visit| visit.date == date).unwrap();
    (person.document().lesion(lesion).unwrap().label.clone(), visit.id.clone())
}

fn shape_key(shape: Shape) -> Key {
    let place = Shape::ALL.iter().position(|other| *other == shape).unwrap();
    DIGITS[(place + 1) % 10]
}

/// Reads what is hung as the truth has it, with keys alone. The inputs it took, and whether it was viable.
fn read_by_keys(person: &mut Person, truth: &Truth) -> (u32, bool) {
    let (label, visit) = read_now(person, truth);
    let lesion = truth.lesions.iter().find(|lesion| lesion.label == label).unwrap();
    let at = at_visit(lesion, &visit);
    let key = at.key.as_ref().unwrap();
    person.inputs = 0;
    person.wheel(RIGHT, 1); // a look at the images
    person.press(Key::S);
    let answer = Answer::ALL.iter().position(|answer| *answer == key.answer).unwrap();
    person.press(DIGITS[answer + 1]);
    person.press(shape_key(key.shape));
    let viable = key.answer == Answer::Viable;
    if viable {
        let mm = at.viable_tumour.as_ref().unwrap().longest_axial_mm.round();
        for digit in format!("{mm}").chars() {
            person.press(DIGITS[digit.to_digit(10).unwrap() as usize]);
        }
        person.press(Key::Enter);
        assert_eq!(person.bench().finding().unwrap().viable_ld_mm, Some(mm), "{label} at {visit}");
    }
    let finding = person.bench().finding().unwrap();
    assert_eq!((finding.answer, finding.shape), (Some(key.answer), Some(key.shape)), "{label} at {visit}");
    let at = person.bench().visit_outcome().unwrap();
    assert!(at.missing.is_empty(), "{label} at {visit}: {:?}", at.missing);
    assert_eq!(at.word.value, key.derived, "{label} at {visit}");
    person.press(Key::Enter); // on to the next
    (person.inputs, viable)
}

fn sign_by_keys(person: &mut Person) -> u32 {
    person.inputs = 0;
    let visit = person.bench().selection().visit.unwrap();
    person.press_with(Modifiers::COMMAND, Key::Enter);
    person.press(Key::Num1);
    person.press(Key::Num1);
    person.reads("Sign this visit?");
    person.press(Key::Enter);
    assert_eq!(person.bench().visit_state(visit), VisitState::Signed);
    person.inputs
}

#[test]
fn ten_lesion_visits_by_keys_alone() {
    let truth = truth();
    let mut counts = Vec::new();
    let mut person = sample(&["pre", "d35", "d92", "d183"]);
    for _ in 0..3 {
        person.press(Key::N);
        let visit = person.bench().selection().visit.unwrap();
        while matches!(person.bench().visit_state(visit), VisitState::Reading { answered, of } if answered < of) {
            counts.push(read_by_keys(&mut person, &truth));
        }
        assert!(sign_by_keys(&mut person) <= 4);
    }
    person.press(Key::N);
    person.reads("Everything that can be read is read.");
    // The tenth: the first visit of a reading room that has only that one.
    let mut person = sample(&["pre", "d35"]);
    person.press(Key::N);
    counts.push(read_by_keys(&mut person, &truth));

    assert_eq!(counts.len(), 10);
    for (inputs, viable) in &counts {
        let most = if *viable { 16 } else { 10 };
        assert!(inputs <= &most, "{inputs} inputs: {counts:?}");
    }
    println!("inputs of ten lesion-visits: {counts:?}");
}

#[test]
fn what_is_signed_is_shown_first_and_every_refusal_with_it() {
    let truth = truth();
    let mut person = sample(&["pre", "d35"]);
    let first = person.bench().selection().visit.unwrap();
    while read_now(&person, &truth).0 != "L1" {
        person.press(Key::J);
    }
    read_by_keys(&mut person, &truth);
    person.ctrl(Key::Enter);
    person.reads("Not ready to be signed");
    for open in ["L2 is not answered", "L3 is not answered", "new tumour elsewhere is not answered"] {
        person.reads(open);
    }
    person.nothing_is_clipped();
    // A line leads to what it names; Enter to the first.
    person.click_button("L3 is not answered");
    assert_eq!(person.bench().selection().lesion, Some(person.lesion_named("L3")));
    person.ctrl(Key::Enter);
    person.press(Key::Enter);
    assert_eq!(person.bench().selection().lesion, Some(person.lesion_named("L2")));
    person.reads("1-5: what is seen of L2");
    person.press(Key::Escape);
    read_by_keys(&mut person, &truth);
    read_by_keys(&mut person, &truth);
    person.ctrl(Key::Enter);
    person.press(Key::Num1);
    person.press(Key::Num1);
    person.reads("Sign this visit?");
    for said in ["No viable tumour, thin smooth rim", "Viable tumour, hypoattenuating nodule or crescent, LD 22 mm"] {
        person.reads(said);
    }
    person.reads("Complications none");
    person.nothing_is_clipped();
    // Looking signs nothing.
    person.press(Key::Escape);
    assert_eq!(person.bench().visit_state(first), VisitState::Reading { answered: 3, of: 3 });
    person.ctrl(Key::Enter);
    person.ctrl(Key::Enter);
    assert_eq!(person.bench().visit_state(first), VisitState::Signed);
}

#[test]
fn it_is_always_said_where_digits_go() {
    let mut person = sample(&["pre", "d35"]);
    person.press(Key::N);
    let label = read_now(&person, &truth()).0;
    person.reads("1-9 0: windows");
    assert!(!person.says("Digits answer here"));
    person.press(Key::S);
    person.reads(&format!("1-5: what is seen of {label}"));
    person.reads("Digits answer here");
    person.press(Key::Num2);
    person.reads(&format!("1-9 0: shape of {label}"));
    person.press(Key::Num5);
    person.reads(&format!("viable diameter, mm of {label}"));
    person.press(Key::Num1);
    person.press(Key::Num2);
    person.press(Key::Backspace);
    person.press(Key::Num4);
    person.press(Key::Period);
    person.press(Key::Num5);
    person.press(Key::Enter);
    assert_eq!(person.bench().finding().unwrap().viable_ld_mm, Some(14.5));
    person.reads("1-9 0: windows");
    let before = person.pane_value(RIGHT);
    person.press(Key::Num7);
    assert_ne!(person.pane_value(RIGHT), before, "digits are windows again");
    // Half an answer does not count as one, and says what it lacks.
    person.press(Key::J);
    let label = read_now(&person, &truth()).0;
    person.press(Key::S);
    person.press(Key::Num1);
    person.press(Key::Escape);
    let visit = person.bench().selection().visit.unwrap();
    let lacking = person.bench().lacking(visit);
    assert_eq!(lacking.len(), 1);
    assert!(lacking[0].starts_with(&format!("{label}: ")), "{lacking:?}");
}

#[test]
fn an_answer_that_changes_names_the_shape_it_takes_along() {
    let mut person = sample(&["pre", "d35"]);
    person.press(Key::N);
    for key in [Key::S, Key::Num1, Key::Num2, Key::S, Key::Num3] {
        person.press(key);
    }
    assert_eq!(person.bench().finding().unwrap().shape, None);
    person.reads("the shape \"thin smooth rim\" went with the answer before");
    person.ctrl(Key::Z);
    let finding = person.bench().finding().unwrap();
    assert_eq!((finding.answer, finding.shape), (Some(Answer::NoViable), Some(Shape::ThinSmoothRim)));
}

#[test]
fn a_reading_is_put_aside_and_taken_up_again() {
    let mut person = sample(&["pre", "d35"]);
    person.press(Key::N);
    let (lesion, visit) = person.bench().selection().lesion.zip(person.bench().selection().visit).unwrap();
    let label = person.document().lesion(lesion).unwrap().label.clone();
    person.press(Key::F);
    person.type_into("What is to be asked", "vessel or nodule?");
    assert!(person.bench().is_parked(lesion, visit));
    assert_ne!(person.bench().selection().lesion, Some(lesion), "on to the next");
    person.reads("1 put aside");
    for _ in 0..4 {
        person.press(Key::N);
        assert_ne!(person.bench().selection().lesion, Some(lesion), "next skips what is put aside");
    }
    person.click_button(&format!("Put aside P001 {label}, +35 d"));
    assert_eq!(person.bench().selection().lesion, Some(lesion));
    person.reads("Put aside: vessel or nodule?");
    person.nothing_is_clipped();
    person.click_button("Take up again");
    assert!(!person.bench().is_parked(lesion, visit));
    person.ctrl(Key::Z);
    assert!(person.bench().is_parked(lesion, visit), "undo is for this too");
    // Esc leaves it as it was.
    person.press(Key::F);
    person.focus_field("What is to be asked");
    person.press(Key::Escape);
    assert!(!person.has(Role::TextInput, "What is to be asked"));
}

#[test]
fn the_form_of_another_lesion_starts_at_its_top() {
    let mut person = sample(&["pre", "d35"]);
    person.press(Key::N);
    for key in [Key::S, Key::Num1, Key::Num2] {
        person.press(key);
    }
    let top = |person: &Person| person.node(Role::RadioButton, "No viable tumour").rect().top();
    let before = top(&person);
    person.node(Role::TextInput, "Comment").scroll_to_me();
    person.see();
    let scrolled = top(&person);
    person.press(Key::J);
    person.press(Key::S);
    person.press(Key::Escape);
    person.press_with(Modifiers::SHIFT, Key::J);
    assert!((top(&person) - before).abs() < 2.0, "{before} {scrolled} {}", top(&person));
}

#[test]
fn a_visit_known_from_a_report_can_be_read() {
    let mut person = sample(&["pre", "d35"]);
    person.click_button("Visit from a report");
    person.type_into("Date of the report's scan", "2024-06-20");
    let visit = person.visit_on("2024-06-20");
    let mut settings = person.document().settings();
    settings.read_in_time_order = false;
    person.bench_mut().ask(Request::PutSettings(Box::new(settings)));
    person.see();
    person.reads("no images: known from a report");
    person.click_button("Visit 2024-06-20");
    assert_eq!(person.bench().selection().visit, Some(visit));
    for key in [Key::S, Key::Num2, Key::Num5, Key::Num1, Key::Num1, Key::Enter] {
        person.press(key);
    }
    assert_eq!(person.bench().finding().unwrap().viable_ld_mm, Some(11.0));
    // And where it can be seen now that it is known.
    person.pick("In retrospect first visible", "2024-04-16");
    assert_eq!(person.bench().finding().unwrap().first_visible_at, Some(person.visit_on("2024-04-16")));
    assert!(person.document().findings_at(person.visit_on("2024-04-16")).next().is_none(), "no earlier answer");
    person.nothing_is_clipped();
}

#[test]
fn the_context_is_hidden_for_a_blinded_read_and_stays_so() {
    let mut person = sample(&["pre", "d35"]);
    person.press(Key::N);
    person.click_button("Hide the context");
    assert!(person.has(Role::Button, "Show the context"));
    person.close_and_start_again();
    let path = person.folder().join("user");
    assert!(path.join("settings.json").is_file());
    let text = std::fs::read_to_string(path.join("settings.json")).unwrap();
    assert!(text.contains("\"context_hidden\": true"), "{text}");
}

#[test]
fn the_tools_are_seen_and_say_their_keys() {
    let mut person = sample(&["pre", "d35"]);
    person.press(Key::N);
    for tool in ["Scroll", "Ablation zone", "Tumour", "Viable tumour", "Eraser", "Match slices"] {
        assert!(person.has(Role::Button, &format!("Tools: {tool}")), "{tool}");
    }
    person.click_button("Tools: Ablation zone");
    assert_eq!(person.bench().tool(), Tool::Outline(MarkRole::AblationZone));
    person.nothing_is_clipped();
    person.click_button("Tools: Done");
    assert_eq!(person.bench().tool(), Tool::Scroll);
}
