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
        R08 = "R08", "R08";
        R10 = "R10", "R10";
        R15 = "R15", "R15";
        R16 = "R16", "R16";
        R18 = "R18", "R18";
        R19 = "R19", "R19";
        R20 = "R20", "R20";
        R22 = "R22", "R22";
        R23 = "R23", "R23";
        R24 = "R24", "R24";
        R25 = "R25", "R25";
        R26 = "R26", "R26";
        R27 = "R27", "R27";
        R28 = "R28", "R28";
        R29 = "R29", "R29";
        R30 = "R30", "R30";
        R38 = "R38", "R38";
        R40 = "R40", "R40";
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

/// The rule set that these words and rates come from; printed with every rate.
pub const RULE_SET: &str = "ablation-review-core";

/// Its version; raised when a rule's meaning changes.
pub const RULE_SET_VERSION: u32 = 1;

/// Every rule in force, in the order of their numbers.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::R01,
        wording: "Viable tumour after an earlier adequate study without viable tumour is local tumour progression. It \
                  is dated at the first study that shows it, and that date never moves. Equivocal is not an event; \
                  an equivocal answer right before is noted.",
        class: RuleClass::Derives,
        setting: "",
        source: "Ahmed 2014; renal consensus (PMC5114314)",
    },
    Rule {
        id: RuleId::R02,
        wording: "Viable tumour in a lesion never complete is incomplete (residual tumour), and after re-ablation \
                  incomplete after re-ablation. No viable tumour after viable tumour that nobody treated is complete, \
                  \"after viable without treatment: check\"; it is asked once and both answers stay.",
        class: RuleClass::Derives,
        setting: "",
        source: "Follows from R01",
    },
    Rule {
        id: RuleId::R03,
        wording: "A lesion whose first adequate study is not complete stays open until it is complete or given up \
                  (death, transplant, resection, loss). Equivocal and not evaluable answers change nothing.",
        class: RuleClass::Derives,
        setting: "",
        source: "Project's own",
    },
    Rule {
        id: RuleId::R04,
        wording: "Technique efficacy (technical effectiveness) is decided in the organ's window after the last session \
                  of the primary course, before any further treatment. Viable tumour first seen outside the window in \
                  a lesion never complete is a failure; no viable tumour first seen outside it is not evaluable for \
                  it. Both say \"first assessed +n d\".",
        class: RuleClass::Derives,
        setting: "Window in days after the last session: liver, adrenal gland, lymph node, bone and other 21-56, late \
                  from 43; kidney 57-135; lung 57-273",
        source: "Ahmed 2014; window by organ: practice; result depends on it (Tinguely 2021)",
    },
    Rule {
        id: RuleId::R05,
        wording: "The nominal time point belongs to lesion and visit, by days after that lesion's last session: before \
                  the first session baseline; then early post-procedure, 4-6 weeks up to day 56, 3 months 57-135, \
                  6 months 136-273, later. Targets are day 35, 91 and 183.",
        class: RuleClass::Derives,
        setting: "First day of 4-6 weeks: 21; called late from day 43",
        source: "Project's own",
    },
    Rule {
        id: RuleId::R06,
        wording: "Of several visits of one time point after the same session, the one nearest the target day is the \
                  visit and the others are interim; all of them feed the dates of events. For technique efficacy the \
                  definite answer nearest the target decides.",
        class: RuleClass::Derives,
        setting: "",
        source: "Project's own",
    },
    Rule {
        id: RuleId::R07,
        wording: "A visit is not dated after today, and there is nothing to judge before the lesion's first session. A \
                  scan earlier than day 21 after its last session is early post-procedure and establishes neither \
                  complete nor incomplete. A scan of the day of a session is taken as made after it.",
        class: RuleClass::Hard,
        setting: "Early before day: 21",
        source: "Practice; immediate CT predicts progression poorly (doi 10.1007/s00261-007-9351-9)",
    },
    Rule {
        id: RuleId::R08,
        wording: "A thin smooth rim does not count against \"no viable tumour\". Later than the limit of its organ after the last session it is pointed out, and \"equivocal\" suggested; nothing is prefilled.",
        class: RuleClass::Warn,
        setting: "Benign up to day: 183; kidney 91",
        source: "Ahmed 2014; kidney and PET: ECIO-ESOI 2020; the days are practice",
    },
    Rule {
        id: RuleId::R10,
        wording: "\"No viable tumour\" contradicts a nodular or masslike finding and a mark of viable tumour at the \
                  visit: change one, or set the rule aside with a reason. With an eccentric finding, a rim that is focally thickened, thick or irregular, or a \
                  hypoattenuating nodule or crescent, it asks.",
        class: RuleClass::Hard,
        setting: "",
        source: "ECIO-ESOI 2020 (doi 10.1186/s13244-020-00884-5); LI-RADS",
    },
    Rule {
        id: RuleId::R15,
        wording: "\"Not evaluable\" and \"not done\" need a reason.",
        class: RuleClass::Hard,
        setting: "",
        source: "LI-RADS",
    },
    Rule {
        id: RuleId::R16,
        wording: "An answer counts only from a study that is adequate for organ and tumour. Liver, kidney, adrenal \
                  gland and lymph node need contrast; a liver tumour needs a portal venous phase, hepatocellular \
                  carcinoma arterial, portal venous and delayed. Lung is judged on CT, contrast optional; bone names \
                  the modality. The program proposes, the reader decides; where nothing is known, or for PET, the \
                  reader has to say.",
        class: RuleClass::Hard,
        setting: "",
        source: "Abdallah 2025; ECIO-ESOI 2020; practice",
    },
    Rule {
        id: RuleId::R18,
        wording: "A zone that has grown in volume and in one axis since its first scan at least 21 days after the same last session is pointed out, unless viable tumour is the answer. It is a sign, not a result.",
        class: RuleClass::Warn,
        setting: "Growth: 25 %, and 3 mm",
        source: "Practice; lung: Abtin 2012",
    },
    Rule {
        id: RuleId::R19,
        wording: "\"No viable tumour\" at 4-6 weeks with a zone whose longest or perpendicular diameter is smaller than the tumour's before treatment: it asks.",
        class: RuleClass::Ask,
        setting: "",
        source: "Choi 2001",
    },
    Rule {
        id: RuleId::R20,
        wording: "A new tumour is typed: what touches a zone is viable tumour of that lesion; what lies in the same organ without touching is a new tumour in the organ; elsewhere it is outside the organ. The rest of the scan says so visit by visit, and blank is not none.",
        class: RuleClass::Counts,
        setting: "",
        source: "Puijk 2021",
    },
    Rule {
        id: RuleId::R22,
        wording: "A re-ablation after progression never takes the event back. It opens assisted control: local control ends only where viable tumour is not treated or its treatment fails.",
        class: RuleClass::Derives,
        setting: "",
        source: "Ahmed 2014; Puijk 2021",
    },
    Rule {
        id: RuleId::R23,
        wording: "The primary course is the first session, and further ones only as far as the study allows and they \
                  were planned before the first follow-up scan; scans between its sessions establish nothing. \
                  Complete after any later session is assisted.",
        class: RuleClass::Derives,
        setting: "Sessions in the primary course: 1",
        source: "Ahmed 2014; renal radiofrequency series (PMC2700242)",
    },
    Rule {
        id: RuleId::R24,
        wording: "After re-ablation the time points, the early days, the window and the baseline of sizes start anew \
                  from the new session. The clock of the end points runs on from the first session, and an earlier \
                  progression stays recorded.",
        class: RuleClass::Derives,
        setting: "",
        source: "Ahmed 2014",
    },
    Rule {
        id: RuleId::R25,
        wording: "A treated lesion without an adequate assessment is not in the denominator of evaluable lesions and \
                  is listed with its reason. While its window is open and nothing is decided it is not due and in no denominator.",
        class: RuleClass::Counts,
        setting: "Window: see R04",
        source: "Project's own; see Abdallah 2025, where 6 of 120 nodules are missing",
    },
    Rule {
        id: RuleId::R26,
        wording: "A liver transplant ends the end points of liver lesions, loss to follow-up those that images show, at the last adequate study before it. An answer on a liver lesion after the transplant is asked about.",
        class: RuleClass::Ask,
        setting: "How transplant and other treatments count: see end points",
        source: "Puijk 2021",
    },
    Rule {
        id: RuleId::R27,
        wording: "Dates are in order: baseline images, first session, visits, death. No session lies after today or \
                  after death, no visit after death. Can be set aside with a reason. A pre-procedure scan older than \
                  42 days at ablation is pointed out.",
        class: RuleClass::Hard,
        setting: "Pre-scan old after: 42 d",
        source: "Project's own",
    },
    Rule {
        id: RuleId::R28,
        wording: "A patient is a success only if every index lesion treated is complete in its window.",
        class: RuleClass::Counts,
        setting: "",
        source: "Convention; the rule is printed with the rate",
    },
    Rule {
        id: RuleId::R29,
        wording: "Percentages are computed, never typed; n/N stands beside each; one decimal, half away from zero; \
                  intervals are Wilson 95 %. Rates use signed findings and say how many drafts they leave out; a draft in the \
                  window keeps an answer outside it from deciding.",
        class: RuleClass::Counts,
        setting: "Rates from signed findings only: yes",
        source: "Wilson 1927; Newcombe 1998",
    },
    Rule {
        id: RuleId::R30,
        wording: "The counts of the categories add up to the number of treated lesions.",
        class: RuleClass::Counts,
        setting: "",
        source: "Project's own",
    },
    Rule {
        id: RuleId::R38,
        wording: "Recurrences at a time point are counted twice, each with its own denominator: new in the interval, of those free of it before and looked at in the interval; and cumulative, beside the cumulative incidence.",
        class: RuleClass::Counts,
        setting: "Intervals in days after the first session: 21-56, 57-135, 136-273",
        source: "See Abdallah 2025, where 14 and then 12 of 58 cannot be cumulative",
    },
    Rule {
        id: RuleId::R40,
        wording: "An export without dates gives days since the patient's first ablation; every interval stays as it was, and no calendar date is left in any text.",
        class: RuleClass::Counts,
        setting: "Dates: by choice of the export",
        source: "Project's own",
    },
];

/// The rule with this id.
#[must_use]
pub fn rule(id: RuleId) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// The page of the guide: `assets/guide/rules.md` is exactly this text.
#[must_use]
pub fn rules_markdown() -> String {
    let mut page = format!(
        "# Rules\n\nThe reader says what is seen; these rules name it. Rule set {RULE_SET}, version {RULE_SET_VERSION}. \
         Every derived word and number says which rule gave it.\n\n\
         | Rule | What it says | What it does | Setting and default | Source |\n|---|---|---|---|---|\n"
    );
    for rule in RULES {
        let setting = if rule.setting.is_empty() { "fixed" } else { rule.setting };
        page.push_str(&format!(
            "| {} | {} | {} | {setting} | {} |\n",
            rule.id,
            rule.wording,
            rule.class.words(),
            rule.source
        ));
    }
    page.push_str(
        "\nWhat a rule does. Derives: it gives a word, a date or a result. Hard: it has to be settled before signing. \
         Asks and Warns: it is said once and does not stop anybody. Counts: it says how rates are counted.\n",
    );
    page.push_str(&super::event_matrix::markdown());
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_in_the_table_once_and_in_order() {
        let ids: Vec<RuleId> = RULES.iter().map(|rule| rule.id).collect();
        assert_eq!(ids, RuleId::ALL);
        assert!(RULES.iter().all(|rule| !rule.wording.contains('|') && !rule.source.is_empty()));
    }

    #[test]
    fn the_printed_defaults_are_the_defaults() {
        let settings = crate::clinical::StudySettings::default();
        let window = |window: crate::clinical::EfficacyWindow| format!("{}-{}", window.from_days, window.to_days);
        let printed = |id| rule(id).unwrap().setting;
        let late = settings.window_default.late_from_days.unwrap();
        let windows = format!(
            "other {}, late from {late}; kidney {}; lung {}",
            window(settings.window_default),
            window(settings.window_kidney),
            window(settings.window_lung)
        );
        assert!(printed(RuleId::R04).ends_with(&windows), "{windows}");
        assert!(
            printed(RuleId::R05).ends_with(&format!("{}; called late from day {late}", settings.early_before_days))
        );
        assert!(printed(RuleId::R07).ends_with(&format!(" {}", settings.early_before_days)));
        assert!(printed(RuleId::R23).ends_with(&format!(" {}", settings.max_sessions_primary_course)));
        let rim = (settings.rim_until_days, settings.rim_until_kidney_days);
        assert!(printed(RuleId::R08).ends_with(&format!("{}; kidney {}", rim.0, rim.1)));
        assert!(
            printed(RuleId::R18).ends_with(&format!("{} %, and {} mm", settings.growth_percent, settings.growth_mm))
        );
        assert!(printed(RuleId::R27).ends_with(&format!(" {} d", settings.pre_scan_old_after_days)));
        assert_eq!(printed(RuleId::R29).ends_with("yes"), settings.rates_from_signed_only);
    }

    #[test]
    fn the_guide_lists_exactly_these_rules() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/guide/rules.md");
        if std::env::var_os("ABLATION_REVIEW_WRITE_GUIDE").is_some() {
            std::fs::write(path, rules_markdown()).unwrap();
        }
        let page = std::fs::read_to_string(path).unwrap();
        assert_eq!(
            page,
            rules_markdown(),
            "write the page anew: ABLATION_REVIEW_WRITE_GUIDE=1 cargo test the_guide_lists_exactly_these_rules"
        );
    }
}
