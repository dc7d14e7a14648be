//! Dates in tables: as they are, or as days since the patient's first ablation with no calendar date left.

use crate::clinical::{Date, days_between, may_hold_date};

/// How tables write dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dates {
    /// ISO 8601 calendar dates.
    #[default]
    Iso,
    /// Days since the patient's first ablation; no calendar date remains anywhere, also not in words.
    DaysSinceFirstAblation,
}

/// Stands where words were left out because they may hold a date.
pub(super) const LEFT_OUT: &str = "[left out: may hold a date]";

impl Dates {
    /// The name of a date column from its stem: "visit" becomes "visit_date".
    pub(super) fn column_name(self, stem: &str) -> String {
        match self {
            Self::Iso => format!("{stem}_date"),
            Self::DaysSinceFirstAblation => format!("{stem}_days_since_first_ablation"),
        }
    }

    /// What the dictionary says of a date column's unit.
    pub(super) const fn unit(self) -> &'static str {
        match self {
            Self::Iso => "ISO 8601 date",
            Self::DaysSinceFirstAblation => "days since the patient's first ablation",
        }
    }

    /// A date; blank where days are wanted and the patient was never treated.
    pub(super) fn day(self, date: Date, first_ablation: Option<Date>) -> String {
        match self {
            Self::Iso => date.to_string(),
            Self::DaysSinceFirstAblation => {
                first_ablation.map_or_else(String::new, |first| days_between(first, date).to_string())
            }
        }
    }

    /// Words of the program, whose dates are ISO.
    pub(super) fn reason(self, text: &str, first_ablation: Option<Date>) -> String {
        match self {
            Self::Iso => text.to_owned(),
            // A reader's words may stand inside: only their sentence is left out.
            Self::DaysSinceFirstAblation => {
                let text = iso_to_days(text, first_ablation);
                sentences(&text).into_iter().map(|sentence| self.typed(sentence)).collect::<Vec<_>>().join(" ")
            }
        }
    }

    /// Words of a person: kept as they are, or left out where they may hold a date and none may remain.
    pub(super) fn typed(self, text: &str) -> String {
        match self {
            Self::DaysSinceFirstAblation if may_hold_date(text) => LEFT_OUT.to_owned(),
            _ => text.to_owned(),
        }
    }
}

/// Words of the program with every calendar date as the day after `zero`: "day 35".
#[must_use]
pub fn dates_as_days(text: &str, zero: Date) -> String {
    iso_to_days(text, Some(zero))
}

/// Replaces every ISO date by "day N".
fn iso_to_days(text: &str, first_ablation: Option<Date>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let inside_number = out.ends_with(|before: char| before.is_ascii_digit());
        let date =
            rest.get(..10).filter(|iso| !inside_number && looks_iso(iso)).and_then(|iso| iso.parse::<Date>().ok());
        if let Some(date) = date {
            match first_ablation {
                Some(first) => out.push_str(&format!("day {}", days_between(first, date))),
                None => out.push_str("[date]"),
            }
            rest = rest.get(10..).unwrap_or("");
        } else {
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or("");
        }
    }
    out
}

/// The sentences of a text. One ends at ". " after a letter or a bracket and before a capital, so that a date
/// with blanks in it ("12. 3. 26") is never cut apart.
fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut rest = text;
    let ends = |text: &str, at: usize| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + 2..).and_then(|after| after.chars().next());
        before.is_some_and(|c| c.is_alphabetic() || c == ')') && after.is_some_and(char::is_uppercase)
    };
    while let Some((at, _)) = rest.match_indices(". ").find(|(at, _)| ends(rest, *at)) {
        sentences.extend(rest.get(..=at));
        rest = rest.get(at + 2..).unwrap_or("");
    }
    sentences.push(rest);
    sentences
}

/// Four digits, two and two, parted by hyphens, and nothing else: a parser may be more generous.
fn looks_iso(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first() -> Option<Date> {
        Date::from_ymd_opt(2026, 1, 1)
    }

    #[test]
    fn the_programs_words_lose_their_dates() {
        let days = Dates::DaysSinceFirstAblation;
        let text = "complete on 2026-02-05, viable on 2026-04-03 (R01)";
        assert_eq!(days.reason(text, first()), "complete on day 35, viable on day 92 (R01)");
        assert_eq!(days.reason("scan of 2025-12-11", first()), "scan of day -21");
        assert_eq!(days.reason("scan of 2025-12-11", None), "scan of [date]");
        assert_eq!(days.reason("not adequate: see 12.3.26 film", first()), LEFT_OUT);
        assert_eq!(Dates::Iso.reason(text, first()), text);
        let mixed = "Complete on 2026-02-05 (+35 d). Called adequate, see 12. 3. 26. Draft.";
        assert_eq!(days.reason(mixed, first()), format!("Complete on day 35 (+35 d). {LEFT_OUT}"));
        let mixed = "Complete on 2026-02-05. The study is called adequate, film of 3/14/26 (old). Draft: not signed.";
        let kept = format!("{LEFT_OUT} Draft: not signed.");
        assert_eq!(days.reason(mixed, first()), kept, "a sentence that ends in a number is not cut");
        // Letters of more than one byte before and after.
        assert_eq!(days.reason("é2026-01-02é", first()), "éday 1é");
    }

    #[test]
    fn what_may_hold_a_date_is_found() {
        for text in [
            "12.3.26",
            "12.03.2026",
            "3/4",
            "3/14/26",
            "2026",
            "20260304",
            "seen 040326",
            "March",
            "4 mar",
            "Mar 4th",
            "12-3-26",
            "im Dezember",
            "12. 3. 26",
            "12. Aug.",
            "2026年3月4日",
            "3月",
            "12.3. re-scan",
        ] {
            assert!(may_hold_date(text), "{text}");
        }
        for text in [
            "dome, next to IVC",
            "rim 3.5 mm",
            "10-15 mm",
            "segment 8",
            "may be a vessel",
            "2450 MHz, 100 W",
            "1.25",
            "mars",
            "margin 5 mm",
            "L2",
            "",
        ] {
            assert!(!may_hold_date(text), "{text}");
        }
    }

    #[test]
    fn days_and_dates() {
        let day = Date::from_ymd_opt(2026, 2, 5).unwrap();
        assert_eq!(Dates::Iso.day(day, first()), "2026-02-05");
        assert_eq!(Dates::DaysSinceFirstAblation.day(day, first()), "35");
        assert_eq!(Dates::DaysSinceFirstAblation.day(day, None), "");
        assert_eq!(Dates::DaysSinceFirstAblation.column_name("visit"), "visit_days_since_first_ablation");
    }
}
