//! What a stack shows, from what its tags say: words first, then times, then contrast, each with its reason.

use super::Proposal;
use super::phrases::{Hit, Meaning, hits, phase_of_delay};
use super::words::words;
use crate::clinical::{Date, Modality, Oddity, StackRole};
use crate::dicom::{StackAxis, StackInfo};
use std::collections::BTreeMap;

/// Proposes what a stack shows, from its tags and from the other stacks of the same study.
#[must_use]
pub fn propose_role(stack: &StackInfo, others: &[&StackInfo]) -> Proposal<StackRole> {
    let of_study = others.iter().copied().filter(|other| other.study_uid == stack.study_uid && other.key != stack.key);
    propose(stack, &CtStudy::of(of_study.chain([stack])))
}

/// Proposes what each of these stacks shows, in their order, seen beside the others of its study. What the
/// series of a study say together is worked out once: a morning of CT-guided punctures has hundreds.
#[must_use]
pub fn propose_roles(stacks: &[&StackInfo]) -> Vec<Proposal<StackRole>> {
    let mut members: BTreeMap<&str, Vec<&StackInfo>> = BTreeMap::new();
    for stack in stacks {
        members.entry(&stack.study_uid).or_default().push(stack);
    }
    let studies: BTreeMap<&str, CtStudy> =
        members.into_iter().map(|(uid, members)| (uid, CtStudy::of(members))).collect();
    let alone = CtStudy::default();
    stacks.iter().map(|stack| propose(stack, studies.get(stack.study_uid.as_str()).unwrap_or(&alone))).collect()
}

fn propose(stack: &StackInfo, study: &CtStudy) -> Proposal<StackRole> {
    if let Some(early) = not_read(stack) {
        return early;
    }
    match stack.modality {
        Modality::Ct => ct(stack, study),
        Modality::Mr => mr(stack),
        Modality::Pet => Proposal::new(StackRole::Pet, "the modality is PET"),
        Modality::Other => Proposal::new(StackRole::Other, "the modality is neither CT nor MR nor PET".to_owned()),
    }
}

/// Where a reason's words stand.
#[derive(Clone, Copy)]
enum Field {
    Description,
    Protocol,
}

impl Field {
    const BOTH: [Self; 2] = [Self::Description, Self::Protocol];

    fn words(self, stack: &StackInfo) -> Vec<String> {
        match self {
            Self::Description => words(&stack.description),
            Self::Protocol => words(&stack.acquisition.protocol),
        }
    }

    fn says(self, hit: &Hit) -> String {
        let name = match self {
            Self::Description => "series description",
            Self::Protocol => "protocol name",
        };
        format!("{name} says '{}'", hit.words)
    }
}

fn image_type_has(stack: &StackInfo, wanted: &str) -> bool {
    stack.acquisition.image_type.iter().any(|part| part.trim().eq_ignore_ascii_case(wanted))
}

fn find(found: &[Hit], meanings: &[Meaning]) -> Option<Hit> {
    found.iter().find(|hit| meanings.contains(&hit.meaning)).cloned()
}

/// Localizers, report pages and other stacks that nobody reads.
fn not_read(stack: &StackInfo) -> Option<Proposal<StackRole>> {
    if image_type_has(stack, "LOCALIZER") {
        return Some(Proposal::new(StackRole::Localizer, "the image type is LOCALIZER"));
    }
    if stack.oddities.contains(&Oddity::Localizer) {
        return Some(Proposal::new(StackRole::Localizer, "the images are a localizer"));
    }
    let found = hits(&Field::Description.words(stack), stack.modality == Modality::Ct);
    if let Some(hit) = find(&found, &[Meaning::Report]) {
        return Some(Proposal::new(StackRole::Report, Field::Description.says(&hit)));
    }
    // A picture of a screen: secondary, and neither a slice of the scanner nor rebuilt from such slices.
    let secondary = stack.oddities.contains(&Oddity::SecondaryCapture) || image_type_has(stack, "SCREEN SAVE");
    if secondary || (stack.modality == Modality::Other && image_type_has(stack, "SECONDARY")) {
        return Some(Proposal::new(StackRole::Report, "the images are secondary captures, pictures of a screen"));
    }
    if let Some(hit) = find(&found, &[Meaning::Localizer]) {
        return Some(Proposal::new(StackRole::Localizer, Field::Description.says(&hit)));
    }
    if let Some(hit) = find(&found, &[Meaning::NotRead]) {
        return Some(Proposal::new(StackRole::Other, Field::Description.says(&hit)));
    }
    for projection in ["MIP", "MINIP", "PROJECTION IMAGE", "VOLUME_RENDERED"] {
        if image_type_has(stack, projection) {
            return Some(Proposal::new(StackRole::Other, "the image type is a projection, not a slice"));
        }
    }
    None
}

/// What the words say about contrast in CT.
enum CtWords {
    /// One thing.
    Says(Meaning, String),
    /// Two phases that exclude each other.
    Conflict(String),
    /// Nothing that helps.
    Nothing,
}

const PHASES: [Meaning; 4] = [Meaning::Unenhanced, Meaning::Arterial, Meaning::PortalVenous, Meaning::Delayed];

fn ct_words(stack: &StackInfo) -> CtWords {
    let mut generic = None;
    for field in Field::BOTH {
        let found = hits(&field.words(stack), true);
        let mut phases: Vec<&Hit> = Vec::new();
        for hit in found.iter().filter(|hit| PHASES.contains(&hit.meaning)) {
            if phases.iter().all(|seen| seen.meaning != hit.meaning) {
                phases.push(hit);
            }
        }
        match (phases.as_slice(), field) {
            ([one], _) => return CtWords::Says(one.meaning, field.says(one)),
            ([first, second, ..], Field::Description) => {
                let text = format!("{} and '{}'", field.says(first), second.words);
                let enhanced = phases.iter().all(|hit| hit.meaning != Meaning::Unenhanced);
                return if enhanced { CtWords::Says(Meaning::Enhanced, text) } else { CtWords::Conflict(text) };
            }
            // A protocol often names every phase of the examination; that says nothing about one series.
            ([_, _, ..], Field::Protocol) => {}
            ([], _) => {
                let both = found.iter().any(|hit| hit.meaning == Meaning::Both);
                if generic.is_none() && !both {
                    generic = find(&found, &[Meaning::Enhanced]).map(|hit| (Meaning::Enhanced, field.says(&hit)));
                }
            }
        }
    }
    generic.map_or(CtWords::Nothing, |(meaning, text)| CtWords::Says(meaning, text))
}

fn ct_role(meaning: Meaning) -> StackRole {
    match meaning {
        Meaning::Unenhanced => StackRole::CtUnenhanced,
        Meaning::Arterial => StackRole::CtArterial,
        Meaning::PortalVenous => StackRole::CtPortalVenous,
        Meaning::Delayed => StackRole::CtDelayed,
        Meaning::Enhanced => StackRole::CtEnhanced,
        _ => StackRole::CtUnknown,
    }
}

/// Whether the Contrast/Bolus Agent tag names an agent; `None` when the tag is absent or empty.
fn agent_given(stack: &StackInfo) -> Option<bool> {
    let agent = words(stack.acquisition.contrast_agent.as_deref()?);
    let first = agent.first()?;
    let none = matches!(first.as_str(), "no" | "none" | "non" | "n" | "nil" | "without" | "w" | "ohne" | "0" | "kein");
    let oral_only = agent.len() == 1 && matches!(first.as_str(), "oral" | "po" | "peroral");
    Some(!(none || oral_only))
}

/// The phase of one of several stacks of a series, where the words name as many phases as there are stacks:
/// contrast passes in the order unenhanced, arterial, portal venous, delayed, whatever the order of the words.
fn ct_from_group(stack: &StackInfo) -> Option<Proposal<StackRole>> {
    let group = stack.group.as_ref().filter(|g| matches!(g.axis, StackAxis::Phase | StackAxis::Time))?;
    Field::BOTH.into_iter().find_map(|field| {
        let found = hits(&field.words(stack), true);
        let named: Vec<Meaning> =
            PHASES.into_iter().filter(|phase| found.iter().any(|hit| hit.meaning == *phase)).collect();
        if named.len() < 2 || named.len() != group.of as usize {
            return None;
        }
        let phase = *named.get(group.index as usize)?;
        let (place, of) = (group.index + 1, group.of);
        let words: Vec<String> = named
            .iter()
            .filter_map(|phase| found.iter().find(|hit| hit.meaning == *phase))
            .map(|hit| format!("'{}'", hit.words))
            .collect();
        let text = format!("phase {place} of {of} in one series, whose words say {}", words.join(", "));
        Some(Proposal::new(ct_role(phase), text))
    })
}

fn ct(stack: &StackInfo, study: &CtStudy) -> Proposal<StackRole> {
    if let Some(proposal) = ct_from_group(stack) {
        return proposal;
    }
    let (from_words, generic) = match ct_words(stack) {
        CtWords::Says(Meaning::Enhanced, text) => (None, Some(text)),
        CtWords::Says(meaning, text) => (Some(Proposal::new(ct_role(meaning), text)), None),
        CtWords::Conflict(text) => (Some(Proposal::new(StackRole::CtUnknown, text)), None),
        CtWords::Nothing => (None, None),
    };
    if let Some(proposal) = from_words {
        return proposal;
    }
    let agent = agent_given(stack);
    if let Some(after_s) = stack.acquisition.after_contrast_s
        && agent != Some(false)
        && let Some(phase) = phase_of_delay(after_s)
    {
        let text = format!("acquired {after_s:.0} s after the start of contrast");
        return Proposal::new(ct_role(phase), text);
    }
    if generic.is_some() || agent == Some(true) {
        if let Some(proposal) = ct_from_times(stack, study) {
            return proposal;
        }
        let text = generic.unwrap_or_else(|| "a contrast agent is stated, but no phase".to_owned());
        return Proposal::new(StackRole::CtEnhanced, text);
    }
    if agent == Some(false) {
        return Proposal::new(StackRole::CtUnenhanced, "the contrast agent tag says that none was given");
    }
    // Not here, so elsewhere.
    if study.agent_stated {
        let text = "no contrast agent is stated here, while other series of the study state one";
        return Proposal::new(StackRole::CtUnenhanced, text);
    }
    Proposal::new(StackRole::CtUnknown, "the images do not say whether contrast was given")
}

/// What the CT stacks of a study that are slices of the patient say together.
#[derive(Debug, Default)]
struct CtStudy {
    /// Whether one of them states that contrast was given.
    agent_stated: bool,
    days: BTreeMap<Option<Date>, Passes>,
}

/// When passes of one day were acquired.
#[derive(Debug, Default)]
struct Passes {
    /// Those whose phase is known by words, in the order of their times.
    known: Vec<(f64, Meaning)>,
    /// All with contrast, in order.
    enhanced_s: Vec<f64>,
}

impl CtStudy {
    fn of<'a>(stacks: impl IntoIterator<Item = &'a StackInfo>) -> Self {
        let mut study = Self::default();
        for stack in stacks.into_iter().filter(|stack| stack.modality == Modality::Ct && not_read(stack).is_none()) {
            let agent = agent_given(stack) == Some(true);
            study.agent_stated |= agent;
            let Some(at_s) = time_s(stack) else { continue };
            let passes = study.days.entry(stack.acquisition.date).or_default();
            match ct_words(stack) {
                CtWords::Says(Meaning::Unenhanced, _) | CtWords::Conflict(_) => {}
                CtWords::Says(Meaning::Enhanced, _) => passes.enhanced_s.push(at_s),
                CtWords::Says(phase, _) => {
                    passes.known.push((at_s, phase));
                    passes.enhanced_s.push(at_s);
                }
                CtWords::Nothing if agent => passes.enhanced_s.push(at_s),
                CtWords::Nothing => {}
            }
        }
        for passes in study.days.values_mut() {
            passes.known.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            passes.enhanced_s.sort_by(f64::total_cmp);
        }
        study
    }
}

/// Seconds since the midnight of the acquisition day.
fn time_s(stack: &StackInfo) -> Option<f64> {
    stack.acquisition.time_s
}

/// The phase of an enhanced stack from acquisition times within the study: after a series whose phase is known
/// by its words, else after the first enhanced one.
fn ct_from_times(stack: &StackInfo, study: &CtStudy) -> Option<Proposal<StackRole>> {
    /// Acquisitions closer than this are one pass of the table, reconstructed twice.
    const SAME_PASS_S: f64 = 3.0;
    let own_s = time_s(stack)?;
    let Passes { known, enhanced_s } = study.days.get(&stack.acquisition.date)?;
    if let Some((_, phase)) = known.iter().find(|(at_s, _)| (at_s - own_s).abs() <= SAME_PASS_S) {
        let name = phase_name(*phase);
        return Some(Proposal::new(ct_role(*phase), format!("acquired together with the {name} series")));
    }
    for (at_s, phase) in known {
        let usual_s = match phase {
            Meaning::Arterial => 35.0,
            Meaning::PortalVenous => 70.0,
            _ => continue,
        };
        let apart_s = own_s - at_s;
        if let Some(own) = phase_of_delay(usual_s + apart_s).filter(|own| own != phase) {
            let (name, side) = (phase_name(*phase), if apart_s > 0.0 { "after" } else { "before" });
            let text = format!("acquired {:.0} s {side} the {name} series", apart_s.abs());
            return Some(Proposal::new(ct_role(own), text));
        }
    }
    if known.is_empty() {
        return ct_from_order(own_s, enhanced_s, SAME_PASS_S);
    }
    None
}

/// With no phase named anywhere: an enhanced pass that another follows within 20 to 60 s is the arterial one,
/// the follower portal venous; what comes 90 s or more after the first is delayed.
fn ct_from_order(own_s: f64, enhanced_s: &[f64], same_pass_s: f64) -> Option<Proposal<StackRole>> {
    let first_s = *enhanced_s.first()?;
    let after_s = own_s - first_s;
    let follower_s = enhanced_s.iter().map(|at| at - first_s).find(|apart| (20.0..=60.0).contains(apart));
    if after_s <= same_pass_s {
        let apart_s = follower_s?;
        let text = format!("first enhanced series of the study; another follows after {apart_s:.0} s");
        return Some(Proposal::new(StackRole::CtArterial, text));
    }
    let text = format!("acquired {after_s:.0} s after the first enhanced series of the study");
    match after_s {
        s if (20.0..=60.0).contains(&s) => Some(Proposal::new(StackRole::CtPortalVenous, text)),
        s if (90.0..=1800.0).contains(&s) => Some(Proposal::new(StackRole::CtDelayed, text)),
        _ => None,
    }
}

fn phase_name(phase: Meaning) -> &'static str {
    match phase {
        Meaning::Arterial => "arterial",
        Meaning::PortalVenous => "portal venous",
        Meaning::Delayed => "delayed",
        _ => "enhanced",
    }
}

/// "pre" and "post" on their own mean contrast in MR, unless the procedure follows.
fn mr_pre_post(words: &[String]) -> Option<(bool, &'static str)> {
    words.iter().enumerate().find_map(|(at, word)| {
        let (enhanced, name) = match word.as_str() {
            "pre" => (false, "pre"),
            "post" => (true, "post"),
            _ => return None,
        };
        let next = words.get(at + 1).map_or("", String::as_str);
        let procedure = matches!(
            next,
            "rfa"
                | "mwa"
                | "ablation"
                | "op"
                | "tace"
                | "cryo"
                | "ire"
                | "treatment"
                | "therapy"
                | "interv"
                | "intervention"
                | "chemo"
                | "sirt"
                | "biopsy"
                | "surgery"
        );
        (!procedure).then_some((enhanced, name))
    })
}

fn is_b_value(word: &str) -> bool {
    word.strip_prefix('b').is_some_and(|digits| {
        (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && digits != "0"
    })
}

fn mr(stack: &StackInfo) -> Proposal<StackRole> {
    if image_type_has(stack, "ADC") {
        return Proposal::new(StackRole::MrAdc, "the image type is ADC");
    }
    if let Some(group) = stack.group.as_ref().filter(|group| group.axis == StackAxis::BValue) {
        let text = format!("one of {} diffusion weightings in one series: {}", group.of, group.label);
        return Proposal::new(StackRole::MrDwi, text);
    }
    for field in Field::BOTH {
        let text = field.words(stack);
        let found = hits(&text, false);
        // Specific before general: a map before its sequence, diffusion before T2, T2 before T1.
        let order = [
            Meaning::MrOther,
            Meaning::Adc,
            Meaning::Dwi,
            Meaning::T2,
            Meaning::T1,
            Meaning::Enhanced,
            Meaning::Arterial,
        ];
        for meaning in order {
            if meaning == Meaning::Dwi
                && let Some(word) = text.iter().find(|word| is_b_value(word))
                && !found.iter().any(|hit| hit.meaning == Meaning::Dwi)
            {
                let hit = Hit { meaning, words: word.clone(), next: None };
                return Proposal::new(StackRole::MrDwi, field.says(&hit));
            }
            let Some(hit) = find(&found, &[meaning]) else { continue };
            return match meaning {
                Meaning::Adc => Proposal::new(StackRole::MrAdc, field.says(&hit)),
                Meaning::Dwi => Proposal::new(StackRole::MrDwi, field.says(&hit)),
                Meaning::T2 => Proposal::new(StackRole::MrT2, field.says(&hit)),
                Meaning::MrOther => Proposal::new(StackRole::MrOther, field.says(&hit)),
                _ => mr_t1(stack, field, &hit, &found, &text),
            };
        }
        // A phase alone ("portal", "20 min") is a T1 series after contrast.
        if let Some(hit) = find(&found, &[Meaning::PortalVenous, Meaning::Delayed]) {
            return mr_t1(stack, field, &hit, &found, &text);
        }
    }
    mr_from_times(stack)
}

/// T1, and whether after contrast.
fn mr_t1(stack: &StackInfo, field: Field, hit: &Hit, found: &[Hit], text: &[String]) -> Proposal<StackRole> {
    const ENHANCED: [Meaning; 4] = [Meaning::Enhanced, Meaning::Arterial, Meaning::PortalVenous, Meaning::Delayed];
    let unenhanced = find(found, &[Meaning::Unenhanced]);
    let enhanced = find(found, &ENHANCED);
    if let Some(without) = unenhanced {
        return Proposal::new(StackRole::MrT1, field.says(&without));
    }
    if let Some(proposal) = mr_dynamic(stack) {
        return proposal;
    }
    if let Some((enhanced, word)) = mr_pre_post(text) {
        let role = if enhanced { StackRole::MrT1Enhanced } else { StackRole::MrT1 };
        return Proposal::new(role, field.says(&Hit { meaning: hit.meaning, words: word.to_owned(), next: None }));
    }
    if let Some(with) = enhanced {
        return Proposal::new(StackRole::MrT1Enhanced, field.says(&with));
    }
    if agent_given(stack) == Some(true) {
        return Proposal::new(StackRole::MrT1Enhanced, format!("{}, and a contrast agent is stated", field.says(hit)));
    }
    Proposal::new(StackRole::MrT1, field.says(hit))
}

/// Times of one T1 series: the first of three or more is taken before contrast, unless the file says when
/// contrast started.
fn mr_dynamic(stack: &StackInfo) -> Option<Proposal<StackRole>> {
    let group = stack.group.as_ref().filter(|g| matches!(g.axis, StackAxis::Phase | StackAxis::Time) && g.of >= 3)?;
    let (place, of) = (group.index + 1, group.of);
    let before = match stack.acquisition.after_contrast_s {
        Some(after_s) => after_s <= 0.0,
        None => group.index == 0,
    };
    let role = if before { StackRole::MrT1 } else { StackRole::MrT1Enhanced };
    Some(Proposal::new(role, format!("time {place} of {of} in one dynamic series")))
}

/// Weighting from repetition and echo time, for descriptions that say nothing.
fn mr_from_times(stack: &StackInfo) -> Proposal<StackRole> {
    let acquisition = &stack.acquisition;
    if let Some(b) = acquisition.b_value.filter(|b| *b > 0.0) {
        return Proposal::new(StackRole::MrDwi, format!("the diffusion b-value is {b:.0}"));
    }
    if image_type_has(stack, "DIFFUSION") {
        return Proposal::new(StackRole::MrDwi, "the image type is DIFFUSION");
    }
    let sequence = words(&acquisition.sequence_name);
    if let Some(word) = sequence.iter().find(|word| is_b_value(word)) {
        return Proposal::new(StackRole::MrDwi, format!("the sequence name says '{word}'"));
    }
    let (Some(tr), Some(te)) = (acquisition.repetition_time_ms, acquisition.echo_time_ms) else {
        return Proposal::new(StackRole::MrOther, "neither words nor repetition and echo time tell the weighting");
    };
    let times = format!("repetition time {tr:.0} ms, echo time {te:.1} ms");
    let gradient = acquisition.scanning_sequence.split('\\').any(|part| part.trim() == "GR");
    let t1 = if gradient { tr < 300.0 && te < 10.0 } else { tr < 1000.0 && te < 30.0 };
    if t1 {
        let role = if agent_given(stack) == Some(true) { StackRole::MrT1Enhanced } else { StackRole::MrT1 };
        let agent = if role == StackRole::MrT1Enhanced { ", and a contrast agent is stated" } else { "" };
        return Proposal::new(role, format!("{times}{agent}"));
    }
    if te >= 60.0 && tr >= 800.0 {
        return Proposal::new(StackRole::MrT2, times);
    }
    Proposal::new(StackRole::MrOther, times)
}
