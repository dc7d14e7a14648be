//! The statistics screen.

pub const RATES: &str = "Rates";
pub const FLOW: &str = "Flow of index lesions";
pub const LESIONS: &str = "Lesions";
pub const PATIENTS: &str = "Patients";
pub const END_POINT: &str = "End point";
pub const GROUPS: &str = "Groups of lesions";
pub const EVERYBODY: &str = "Everybody";
pub const INCIDENCE: &str = "Cumulative incidence";
pub const INCIDENCE_TOOLTIP: &str =
    "Aalen-Johansen: deaths and transplants compete. The curve to use for local progression";
pub const SURVIVAL: &str = "Kaplan-Meier";
pub const SURVIVAL_TOOLTIP: &str =
    "Competing events are censored. For time to progression one minus this curve overstates the risk";
pub const AT_RISK: &str = "At risk";
pub const DAYS: &str = "Days after the first session";
pub const COUNTING: &str = "Counting …";
pub const NOBODY_LEAD: &str = "Nobody is at risk yet";
pub const NOBODY: &str = "A lesion enters this curve once it was treated and assessed on an adequate study.";
pub const BEHIND: &str = "Behind the number";
pub const CHOOSE: &str =
    "Choose a number on the left, or \"not in it\" below a curve, to see which lesions are behind it.";
pub const OPEN: &str = "Open in the reading room";
pub const NOT_IN_IT: &str = "Not in it";
pub const RECURRENCES: &str = "Recurrences by time point";
pub const NOTHING_LEAD: &str = "There is nothing to count yet";
pub const NOTHING: &str = "Once lesions were treated and answers signed, rates and curves stand here.";

pub fn clustered(low: f64, high: f64) -> String {
    format!("by patient {low:.1}-{high:.1} %")
}

pub fn curve_counts(n: u32, events: u32, competing: u32, censored: u32) -> String {
    format!("{n} at risk, {events} events, {competing} competing, {censored} censored")
}

pub fn not_in_it(n: usize) -> String {
    format!("Not in it: {n}")
}

pub fn behind(words: &str, n: usize) -> String {
    format!("{words}: {n}")
}

pub fn median(day: Option<f64>, low: Option<f64>, high: Option<f64>) -> String {
    let days = |day: Option<f64>| day.map_or_else(|| "not reached".to_owned(), |day| format!("{day:.0} d"));
    format!("Median {} (95 % {} to {})", days(day), days(low), days(high))
}

pub fn follow_up(day: Option<f64>) -> String {
    day.map_or_else(|| "Median follow-up not reached".to_owned(), |day| format!("Median follow-up {day:.0} d"))
}

pub fn on_day(day: i64, survival: f64, incidence: f64) -> String {
    format!("Day {day}: {:.1} % free, {:.1} % cumulative incidence", survival * 100.0, incidence * 100.0)
}

pub fn p_value(name: &str, p: f64) -> String {
    if p < 0.001 { format!("{name}: p < 0.001") } else { format!("{name}: p = {p:.3}") }
}

pub fn rule_set(set: &str, version: u32, signed_only: bool, drafts: u32) -> String {
    let drafts = match (signed_only, drafts) {
        (true, 0) => "signed answers only".to_owned(),
        (true, 1) => "signed answers only, 1 draft left out".to_owned(),
        (true, drafts) => format!("signed answers only, {drafts} drafts left out"),
        (false, _) => "drafts count".to_owned(),
    };
    format!("Rule set {set} {version}; {drafts}")
}

pub const GRAY: &str = "Cumulative incidence of local progression, Gray's test";
pub const LOG_RANK: &str = "Survival free of it, log-rank test";
pub const CHI_SQUARE: &str = "Primary technique efficacy, chi-square";
pub const FISHER: &str = "Primary technique efficacy, Fisher's exact test";
