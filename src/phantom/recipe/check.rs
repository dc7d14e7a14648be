//! Whether a recipe makes sense: every value in its range, every name known, every day in order.

use super::{At, Ct, Lesion, Mr, Phase, Recipe, RecipeError, Visit};
use crate::clinical::{Answer, Organ};
use std::collections::BTreeSet;

struct Checker<'a> {
    file: &'a str,
}

impl Checker<'_> {
    fn say(&self, key: &str, problem: impl Into<String>, remedy: impl Into<String>) -> Result<(), RecipeError> {
        Err(RecipeError::Value {
            file: self.file.into(),
            key: key.into(),
            problem: problem.into(),
            remedy: remedy.into(),
        })
    }

    fn between(&self, key: &str, value: f64, low: f64, high: f64) -> Result<(), RecipeError> {
        if value.is_finite() && (low..=high).contains(&value) {
            return Ok(());
        }
        self.say(key, format!("{value} is out of range"), format!("Give a number from {low} to {high}"))
    }

    fn place(&self, key: &str, place: [f64; 3], reach: f64) -> Result<(), RecipeError> {
        place.iter().try_for_each(|v| self.between(key, *v, -reach, reach))
    }

    fn size(&self, key: &str, size: [f64; 3]) -> Result<(), RecipeError> {
        size.iter().try_for_each(|v| self.between(key, *v, 1.0, 150.0))
    }

    fn direction(&self, key: &str, direction: Option<[f64; 3]>) -> Result<(), RecipeError> {
        let Some(v) = direction else { return Ok(()) };
        if v.iter().map(|v| v * v).sum::<f64>() > 1e-6 && v.iter().all(|v| v.is_finite()) {
            return Ok(());
        }
        self.say(key, "a direction needs a length", "Give three numbers that are not all zero")
    }

    fn text(&self, key: &str, text: &str, most: usize) -> Result<(), RecipeError> {
        if text.trim().is_empty() {
            return self.say(key, "it is empty", "Write a sentence");
        }
        if text.chars().count() > most {
            return self.say(key, format!("it is longer than {most} characters"), "Shorten it");
        }
        Ok(())
    }

    /// A name that can be a folder on every system.
    fn name(&self, key: &str, name: &str) -> Result<(), RecipeError> {
        let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !name.is_empty() && name.len() <= 32 && name.chars().all(fine) {
            return Ok(());
        }
        self.say(
            key,
            format!("{name:?} cannot be a folder everywhere"),
            "Use up to 32 small letters, digits and hyphens",
        )
    }
}

/// Seconds since midnight of "HH:MM:SS".
pub(super) fn clock_s(text: &str) -> Option<u32> {
    let mut parts = text.split(':').map(|part| (part.len() == 2).then(|| part.parse::<u32>().ok()).flatten());
    let (h, m, s) = (parts.next()??, parts.next()??, parts.next()??);
    (parts.next().is_none() && h < 24 && m < 60 && s < 60).then_some(h * 3600 + m * 60 + s)
}

pub(super) fn check(file: &str, recipe: &Recipe) -> Result<(), RecipeError> {
    let c = Checker { file };
    c.text("title", &recipe.title, 80)?;
    c.text("summary", &recipe.summary, 600)?;
    c.text("teaching_point", &recipe.teaching_point, 1500)?;
    c.text("not_shown", &recipe.not_shown, 1500)?;
    c.between("seed", recipe.seed as f64, 0.0, 1e9)?;
    c.text("patient.id", &recipe.patient.id, 64)?;
    c.between("patient.age_years", f64::from(recipe.patient.age_years), 18.0, 110.0)?;
    c.between("patient.fat_mm", recipe.patient.fat_mm, 0.0, 40.0)?;
    recipe.patient.build.iter().try_for_each(|part| c.between("patient.build", *part, 0.8, 1.3))?;
    lesions(&c, recipe)?;
    for (n, session) in recipe.sessions.iter().enumerate() {
        let key = format!("sessions[{n}]");
        if session.lesions.is_empty() {
            c.say(&format!("{key}.lesions"), "no lesion is treated", "Name the lesions, such as [\"L1\"]")?;
        }
        for label in &session.lesions {
            known(&c, recipe, &format!("{key}.lesions"), label)?;
        }
    }
    if recipe.sessions.first().is_none_or(|session| session.day != 0) {
        c.say("sessions[0].day", "the first session is not day 0", "Days count from the first session: write day = 0")?;
    }
    if !recipe.sessions.is_sorted_by_key(|session| session.day) {
        c.say("sessions", "they are not in order of time", "Sort them by day")?;
    }
    visits(&c, recipe)?;
    for (n, distractor) in recipe.distractors.iter().enumerate() {
        let key = format!("distractors[{n}]");
        c.place(&format!("{key}.place_mm"), distractor.place_mm, 300.0)?;
        c.size(&format!("{key}.size_mm"), distractor.size_mm)?;
        c.direction(&format!("{key}.points_to"), distractor.points_to)?;
        for id in distractor.visits.iter().flatten() {
            if !recipe.visits.iter().any(|visit| visit.id == *id) {
                c.say(&format!("{key}.visits"), format!("there is no visit {id:?}"), "Use the id of a visit")?;
            }
        }
    }
    Ok(())
}

fn known(c: &Checker<'_>, recipe: &Recipe, key: &str, label: &str) -> Result<(), RecipeError> {
    if recipe.lesions.iter().any(|lesion| lesion.label == label) {
        return Ok(());
    }
    let labels: Vec<_> = recipe.lesions.iter().map(|lesion| lesion.label.as_str()).collect();
    c.say(key, format!("there is no lesion {label:?}"), format!("Use one of {}", labels.join(", ")))
}

fn lesions(c: &Checker<'_>, recipe: &Recipe) -> Result<(), RecipeError> {
    let mut labels = BTreeSet::new();
    if recipe.lesions.is_empty() {
        c.say("lesions", "there is none", "Add a [[lesions]] table")?;
    }
    for (n, lesion) in recipe.lesions.iter().enumerate() {
        let key = |name: &str| format!("lesions[{n}].{name}");
        c.text(&key("label"), &lesion.label, 8)?;
        if !labels.insert(&lesion.label) {
            c.say(&key("label"), format!("{:?} is used twice", lesion.label), "Give each lesion a label of its own")?;
        }
        c.place(&key("place_mm"), lesion.place_mm, 300.0)?;
        c.size(&key("size_mm"), lesion.size_mm)?;
        c.direction(&key("points_to"), lesion.points_to)?;
        segment(c, lesion, &key("segment"))?;
        if let Some(growth) = &lesion.growth {
            c.size(&key("growth.size_mm"), growth.size_mm)?;
            c.place(&key("growth.offset_mm"), growth.offset_mm, 100.0)?;
            c.direction(&key("growth.points_to"), growth.points_to)?;
            c.between(&key("growth.doubling_time_days"), growth.doubling_time_days, 5.0, 2000.0)?;
        }
    }
    Ok(())
}

fn segment(c: &Checker<'_>, lesion: &Lesion, key: &str) -> Result<(), RecipeError> {
    match (lesion.organ == Organ::Liver, lesion.segment) {
        (true, None) => c.say(key, "a liver lesion needs a segment", "Write I to VIII, or IVa, IVb"),
        (false, Some(_)) => c.say(key, "only the liver has segments", "Leave it out"),
        _ => Ok(()),
    }
}

fn visits(c: &Checker<'_>, recipe: &Recipe) -> Result<(), RecipeError> {
    let mut ids = BTreeSet::new();
    if recipe.visits.is_empty() {
        c.say("visits", "there is none", "Add a [[visits]] table")?;
    }
    if !recipe.visits.is_sorted_by_key(|visit| visit.day) {
        c.say("visits", "they are not in order of time", "Sort them by day")?;
    }
    for (n, visit) in recipe.visits.iter().enumerate() {
        let key = |name: &str| format!("visits[{n}].{name}");
        c.name(&key("id"), &visit.id)?;
        if !ids.insert(&visit.id) {
            c.say(&key("id"), format!("{:?} is used twice", visit.id), "Give each visit an id of its own")?;
        }
        c.text(&key("title"), &visit.title, 64)?;
        if clock_s(&visit.start).is_none() {
            c.say(&key("start"), format!("{:?} is no time of day", visit.start), "Write it as \"09:30:00\"")?;
        }
        c.place(&key("lie.shift_mm"), visit.lie.shift_mm, 100.0)?;
        c.place(&key("lie.turn_deg"), visit.lie.turn_deg, 10.0)?;
        // Beyond this the organs would fold over themselves between ribs and spine.
        c.place(&key("lie.breath_mm"), visit.lie.breath_mm, 25.0)?;
        if visit.ct.is_none() && visit.mr.is_none() && visit.pet.is_none() {
            c.say(&key("ct"), "nothing was scanned", "Add ct, mr or pet")?;
        }
        if let Some(scan) = &visit.ct {
            ct(c, scan, n)?;
        }
        if let Some(scan) = &visit.mr {
            mr(c, scan, n)?;
        }
        if let Some(pet) = &visit.pet {
            let key = |name: &str| format!("visits[{n}].pet.{name}");
            c.between(&key("top_mm"), pet.top_mm, -200.0, 80.0)?;
            c.between(&key("deep_mm"), pet.deep_mm, 20.0, 400.0)?;
            c.between(&key("noise_percent"), pet.noise_percent, 0.0, 50.0)?;
            c.between(&key("breath_mm"), pet.breath_mm, -20.0, 20.0)?;
            c.between(&key("dose.dose_mbq"), pet.dose.dose_mbq, 50.0, 800.0)?;
            c.between(&key("dose.weight_kg"), pet.dose.weight_kg, 30.0, 200.0)?;
            c.between(&key("dose.uptake_min"), pet.dose.uptake_min, 30.0, 150.0)?;
        }
        for lesion in &recipe.lesions {
            if visit.lesions.iter().filter(|at| at.label == lesion.label).count() != 1 {
                let problem = format!("{} must be described once", lesion.label);
                c.say(&key("lesions"), problem, "Give each lesion one [[visits.lesions]] table at each visit")?;
            }
        }
        for (m, at) in visit.lesions.iter().enumerate() {
            lesion_at(c, recipe, visit, at, &format!("visits[{n}].lesions[{m}]"))?;
        }
    }
    Ok(())
}

fn ct(c: &Checker<'_>, ct: &Ct, n: usize) -> Result<(), RecipeError> {
    let key = |name: &str| format!("visits[{n}].ct.{name}");
    if ct.phases.is_empty() || !ct.phases.is_sorted() || ct.phases.windows(2).any(|pair| pair[0] == pair[1]) {
        c.say(
            &key("phases"),
            "phases must be there once each, in order of time",
            "Write for example [\"arterial\", \"portal_venous\"]",
        )?;
    }
    c.between(&key("matrix"), f64::from(ct.matrix), 32.0, 1024.0)?;
    c.between(&key("pixel_mm"), ct.pixel_mm, 0.3, 15.0)?;
    c.between(&key("slice_mm"), ct.slice_mm, 0.5, 12.0)?;
    c.between(&key("slices"), f64::from(ct.slices), 2.0, 400.0)?;
    c.between(&key("top_mm"), ct.top_mm, -200.0, 80.0)?;
    c.between(&key("noise_hu"), ct.noise_hu, 0.0, 80.0)?;
    c.between(&key("odd.tilt_deg"), ct.odd.tilt_deg, -30.0, 30.0)?;
    c.between(&key("odd.motion_mm"), ct.odd.motion_mm, 0.0, 12.0)?;
    for number in &ct.odd.missing_slices {
        if *number < 2 || *number >= ct.slices {
            c.say(
                &key("odd.missing_slices"),
                format!("slice {number} is not inside the stack"),
                "Name inner slices, 1 is the top",
            )?;
        }
    }
    if ct.phases.iter().chain(ct.phase_breath_mm.keys()).any(|phase| !phase.is_ct()) {
        c.say(
            &key("phases"),
            "there is a sequence of MR among them",
            "Use unenhanced, arterial, portal_venous, delayed",
        )?;
    }
    ct.phase_breath_mm.values().try_for_each(|mm| c.between(&key("phase_breath_mm"), *mm, -20.0, 20.0))
}

fn mr(c: &Checker<'_>, mr: &Mr, n: usize) -> Result<(), RecipeError> {
    let key = |name: &str| format!("visits[{n}].mr.{name}");
    let known = "t1, t1_arterial, t1_portal_venous, t1_delayed, t2, dwi50, dwi400, dwi800, adc";
    if mr.sequences.is_empty() || !mr.sequences.is_sorted() || mr.sequences.windows(2).any(|pair| pair[0] == pair[1]) {
        c.say(&key("sequences"), "sequences must be there once each, in their usual order", format!("Use {known}"))?;
    }
    if mr.sequences.iter().chain(mr.phase_breath_mm.keys()).any(|phase| phase.is_ct() || *phase == Phase::Pet) {
        c.say(&key("sequences"), "there is a phase of CT or PET among them", format!("Use {known}"))?;
    }
    let has = |phase: Phase| mr.sequences.contains(&phase);
    if has(Phase::Adc) && !(has(Phase::Dwi50) && has(Phase::Dwi800)) {
        c.say(&key("sequences"), "an ADC map needs two diffusion weightings", "Add dwi50 and dwi800")?;
    }
    c.between(&key("top_mm"), mr.top_mm, -200.0, 80.0)?;
    c.between(&key("deep_mm"), mr.deep_mm, 20.0, 400.0)?;
    c.between(&key("noise_percent"), mr.noise_percent, 0.0, 30.0)?;
    mr.phase_breath_mm.values().try_for_each(|mm| c.between(&key("phase_breath_mm"), *mm, -20.0, 20.0))
}

fn lesion_at(c: &Checker<'_>, recipe: &Recipe, visit: &Visit, at: &At, key: &str) -> Result<(), RecipeError> {
    known(c, recipe, &format!("{key}.label"), &at.label)?;
    if let Some(percent) = at.tumour_percent {
        c.between(&format!("{key}.tumour_percent"), percent, 10.0, 400.0)?;
    }
    let treated = recipe.last_session(&at.label, visit.day).is_some();
    if treated && at.answer.is_none() {
        c.say(
            &format!("{key}.answer"),
            "a treated lesion needs an expected answer",
            "Write no_viable, viable, equivocal, not_evaluable or not_done",
        )?;
    }
    if treated != at.word.is_some() {
        c.say(
            &format!("{key}.word"),
            "what history makes of the answer belongs to treated lesions, and to all of them",
            "Write a word such as complete, or leave it out before the first session",
        )?;
    }
    if !treated && (at.answer.is_some() || at.zone.is_some()) {
        c.say(
            &format!("{key}.zone"),
            "it was not treated before this visit",
            "Add a session, or leave out zone and answer",
        )?;
    }
    if at.uncovered && at.zone.is_none() {
        c.say(&format!("{key}.uncovered"), "without a zone nothing is left uncovered", "Add a zone")?;
    }
    match at.answer {
        Some(Answer::NoViable | Answer::Viable | Answer::Equivocal) if at.shape.is_none() => {
            c.say(&format!("{key}.shape"), "an answer needs a shape", "Write one such as none or thin_smooth_rim")?;
        }
        Some(Answer::NotEvaluable | Answer::NotDone)
            if at.reason.is_none() && at.answer == Some(Answer::NotEvaluable) =>
        {
            c.say(&format!("{key}.reason"), "it says not why", "Write one such as phase_missing")?;
        }
        _ => {}
    }
    if let Some(phase) = at.look_at.filter(|phase| !visit.phases().contains(phase)) {
        c.say(
            &format!("{key}.look_at"),
            format!("{phase:?} was not scanned at this visit"),
            "Name one of the visit's phases",
        )?;
    }
    if at.answer.is_some() {
        c.text(&format!("{key}.sign"), &at.sign, 600)?;
        c.text(&format!("{key}.trap"), &at.trap, 600)?;
        c.text(&format!("{key}.would_change"), &at.would_change, 600)?;
    }
    if let Some(zone) = &at.zone {
        c.size(&format!("{key}.zone.size_mm"), zone.size_mm)?;
        c.place(&format!("{key}.zone.offset_mm"), zone.offset_mm, 60.0)?;
        c.direction(&format!("{key}.zone.points_to"), zone.points_to)?;
        if let Some(size) = zone.cavity_mm {
            c.size(&format!("{key}.zone.cavity_mm"), size)?;
        }
        c.between(&format!("{key}.zone.rim_mm"), zone.rim_mm, 0.0, 12.0)?;
        c.between(&format!("{key}.zone.shrinkage_mm"), zone.shrinkage_mm, 0.0, 5.0)?;
    }
    Ok(())
}
