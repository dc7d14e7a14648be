//! One value of a table, and how it is written so that a spreadsheet, R and Python read the same.

use crate::clinical::{Coded, Date};

/// A value before it is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Nothing is known; blank is not zero.
    Blank,
    /// A code, label or number given by the project.
    Code(String),
    /// A whole number.
    Whole(i64),
    /// A number with so many decimals.
    Real(f64, usize),
    /// A calendar date, written as the table's dates are.
    Day(Date),
    /// Words that the program wrote; dates in them are ISO.
    Reason(String),
    /// Words that a person typed.
    Typed(String),
}

impl Cell {
    /// A coded value.
    pub(super) fn code<T: Coded>(value: T) -> Self {
        Self::Code(value.code().to_owned())
    }

    /// A coded value that may be missing.
    pub(super) fn code_or_blank<T: Coded>(value: Option<T>) -> Self {
        value.map_or(Self::Blank, Self::code)
    }

    /// Several coded values in one cell.
    pub(super) fn codes<T: Coded>(values: impl IntoIterator<Item = T>) -> Self {
        Self::list(values.into_iter().map(|value| value.code().to_owned()))
    }

    /// Several codes or labels in one cell, parted by a semicolon.
    pub(super) fn list(values: impl IntoIterator<Item = String>) -> Self {
        Self::Code(values.into_iter().collect::<Vec<_>>().join(";"))
    }

    /// "yes" or "no".
    pub(super) fn yes_no(value: bool) -> Self {
        Self::Code(if value { "yes" } else { "no" }.to_owned())
    }

    /// A count.
    pub(super) fn count(n: usize) -> Self {
        Self::Whole(i64::try_from(n).unwrap_or(i64::MAX))
    }

    /// A whole number that may be missing.
    pub(super) fn whole(value: Option<i64>) -> Self {
        value.map_or(Self::Blank, Self::Whole)
    }

    /// A number with one decimal: millimetres, values, per cent.
    pub(super) fn tenths(value: Option<f64>) -> Self {
        value.map_or(Self::Blank, |value| Self::Real(value, 1))
    }

    /// A number with two decimals: millilitres.
    pub(super) fn hundredths(value: Option<f64>) -> Self {
        value.map_or(Self::Blank, |value| Self::Real(value, 2))
    }

    /// A date that may be missing.
    pub(super) fn day(date: Option<Date>) -> Self {
        date.map_or(Self::Blank, Self::Day)
    }

    /// Words of a person.
    pub(super) fn typed(text: &str) -> Self {
        Self::Typed(text.to_owned())
    }

    /// Words of the program.
    pub(super) fn reason(text: &str) -> Self {
        Self::Reason(text.to_owned())
    }
}

/// A number with so many decimals, half away from zero (rule R29), never "-0".
pub(super) fn decimal(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let scale = 10f64.powi(i32::try_from(decimals).unwrap_or(0));
    // The nudge undoes binary fractions that lie just below a half: 0.15 is stored as 0.1499999...
    let scaled = value.abs() * scale;
    let rounded = (scaled + scaled * f64::EPSILON).round() / scale;
    let sign = if value < 0.0 && rounded > 0.0 { "-" } else { "" };
    format!("{sign}{rounded:.decimals$}")
}

/// Makes text safe for a spreadsheet: control characters become spaces, and a cell that would be run as a
/// formula gets an apostrophe in front (=, +, -, @ and their wide forms, also after white space).
pub(super) fn defuse(text: &str) -> String {
    let began_with_control = text.starts_with(['\t', '\r', '\n']);
    let flat: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let runs = flat.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if runs || began_with_control { format!("'{flat}") } else { flat }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_defused() {
        for evil in ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =cmd|' /C calc'!A0", "＝1"] {
            let safe = defuse(evil);
            assert!(safe.starts_with('\''), "{evil:?} became {safe:?}");
            assert!(!safe.contains(['\t', '\r', '\n']), "{safe:?}");
        }
        assert_eq!(defuse("dome, next to IVC"), "dome, next to IVC");
        assert_eq!(defuse("a\nb"), "a b");
        assert_eq!(defuse("\u{0}x"), " x");
    }

    #[test]
    fn numbers_round_half_away_from_zero() {
        assert_eq!(decimal(0.25, 1), "0.3");
        assert_eq!(decimal(-0.25, 1), "-0.3");
        assert_eq!(decimal(0.15, 1), "0.2");
        assert_eq!(decimal(2.675, 2), "2.68");
        assert_eq!(decimal(-0.04, 1), "0.0");
        assert_eq!(decimal(15.9, 2), "15.90");
        assert_eq!(decimal(f64::NAN, 1), "");
    }
}
