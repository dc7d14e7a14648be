//! The table of rules, and the page of the guide that is made from it.

use crate::clinical::{Coded, coded};

coded! {
    /// A written rule; the numbers are those of the study's rule book and are never given anew.
    RuleId {
        R01 = "R01", "R01";
        R02 = "R02", "R02";
        R03 = "R03", "R03";
        R04 = "R04", "R04";
        R05 = "R05", "R05";
        R06 = "R06", "R06";
        R07 = "R07", "R07";
        R10 = "R10", "R10";
        R15 = "R15", "R15";
        R16 = "R16", "R16";
        R23 = "R23", "R23";
        R24 = "R24", "R24";
        R25 = "R25", "R25";
        R27 = "R27", "R27";
        R28 = "R28", "R28";
        R29 = "R29", "R29";
        R30 = "R30", "R30";
    }
}

coded! {
    /// What a rule does.
    RuleClass {
        Derives = "derives", "Derives";
        Hard = "hard", "Hard";
        Ask = "ask", "Asks";
        Warn = "warn", "Warns";
        Counts = "counts", "Counts";
    }
}

/// One written rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// What it says.
    pub wording: &'static str,
    /// What it does.
    pub class: RuleClass,
    /// The settings it depends on, with their defaults; empty when fixed.
    pub setting: &'static str,
    /// Where it comes from.
    pub source: &'static str,
}
