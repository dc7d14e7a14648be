//! What counts as what: the event matrix of the end points. Cells on which sources differ are settings of the study,
//! each with its default and its reason; the others are fixed.

use crate::clinical::{
    Cell::{self, Censor, Competing, Event, Exclude, Ignore},
    ChosenCell, Coded, EndPoint, Happening, StudySettings,
};
use serde::Serialize;

/// A cell of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// How it counts unless the study says otherwise.
    pub default: Cell,
    /// What a study may choose instead; empty where the cell is fixed.
    pub others: &'static [Cell],
    /// Why the default is what it is; empty where the cell is fixed.
    pub reason: &'static str,
}

impl Rule {
    /// Whether a study may choose.
    #[must_use]
    pub fn starred(&self) -> bool {
        !self.others.is_empty()
    }
}

const fn fixed(default: Cell) -> Rule {
    Rule { default, others: &[], reason: "" }
}

const fn starred(default: Cell, others: &'static [Cell], reason: &'static str) -> Rule {
    Rule { default, others, reason }
}

/// Rows by happening; cells in the order of [`EndPoint::ALL`].
#[rustfmt::skip]
const MATRIX: [(Happening, [Rule; 11]); 12] = [
    (Happening::Residual, [
        fixed(Ignore),
        fixed(Ignore),
        starred(Event, &[Ignore], "Who has residual tumour is not disease-free"),
        starred(Ignore, &[Event], "Residual tumour is not growth; some count a tumour never controlled"),
        starred(Ignore, &[Event], "Residual tumour is not growth; some count a tumour never controlled"),
        starred(Exclude, &[Event], "A tumour never complete is not at risk of progression; some count it as failed at that visit"),
        fixed(Exclude),
        fixed(Ignore),
        fixed(Event),
        fixed(Ignore),
        fixed(Ignore),
    ]),
    (Happening::Ltp, [
        fixed(Ignore),
        fixed(Ignore),
        fixed(Event),
        fixed(Event),
        fixed(Event),
        fixed(Event),
        fixed(Event),
        fixed(Ignore),
        fixed(Event),
        fixed(Ignore),
        fixed(Ignore),
    ]),
    (Happening::OrganDistant, [
        fixed(Ignore),
        fixed(Ignore),
        fixed(Event),
        fixed(Event),
        fixed(Event),
        fixed(Ignore),
        fixed(Ignore),
        fixed(Event),
        fixed(Ignore),
        fixed(Event),
        fixed(Ignore),
    ]),
    (Happening::Extrahepatic, [
        fixed(Ignore),
        fixed(Ignore),
        fixed(Event),
        fixed(Event),
        fixed(Event),
        fixed(Ignore),
        fixed(Ignore),
        fixed(Event),
        fixed(Ignore),
        fixed(Ignore),
        fixed(Event),
    ]),
    (Happening::SecondPrimary, [
        fixed(Ignore),
        fixed(Ignore),
        starred(Event, &[Ignore], "Another cancer is no progression of this one; for disease-free survival it counts by convention"),
        starred(Ignore, &[Event], "Another cancer is no progression of this one; for disease-free survival it counts by convention"),
        starred(Ignore, &[Event], "Another cancer is no progression of this one; for disease-free survival it counts by convention"),
        fixed(Ignore),
        fixed(Ignore),
        starred(Ignore, &[Event], "Another cancer is no progression of this one; for disease-free survival it counts by convention"),
        fixed(Ignore),
        fixed(Ignore),
        fixed(Ignore),
    ]),
    (Happening::DeathCancer, [
        fixed(Event),
        fixed(Event),
        fixed(Event),
        fixed(Event),
        starred(Competing, &[Censor], "Death before progression is no progression; FDA censors it, which a curve without competing risks does here as well"),
        fixed(Event),
        fixed(Competing),
        fixed(Event),
        starred(Event, &[Competing], "\"Control\" in papers counts death as failure; where it does not, it competes"),
        fixed(Competing),
        fixed(Competing),
    ]),
    (Happening::DeathTreatment, [
        fixed(Event),
        starred(Event, &[Competing], "Death from treatment is taken as due to the cancer's treatment; some count it as another cause"),
        fixed(Event),
        fixed(Event),
        starred(Competing, &[Censor], "Death before progression is no progression; FDA censors it, which a curve without competing risks does here as well"),
        fixed(Event),
        fixed(Competing),
        fixed(Event),
        starred(Event, &[Competing], "\"Control\" in papers counts death as failure; where it does not, it competes"),
        fixed(Competing),
        fixed(Competing),
    ]),
    (Happening::DeathOther, [
        fixed(Event),
        fixed(Competing),
        fixed(Event),
        fixed(Event),
        starred(Competing, &[Censor], "Death before progression is no progression; FDA censors it, which a curve without competing risks does here as well"),
        fixed(Event),
        fixed(Competing),
        fixed(Event),
        starred(Event, &[Competing], "\"Control\" in papers counts death as failure; where it does not, it competes"),
        fixed(Competing),
        fixed(Competing),
    ]),
    (Happening::DeathUnknown, [
        fixed(Event),
        starred(Competing, &[Event, Censor], "Not known to be due to the cancer; some count it so"),
        fixed(Event),
        fixed(Event),
        starred(Competing, &[Censor], "Death before progression is no progression; FDA censors it, which a curve without competing risks does here as well"),
        fixed(Event),
        fixed(Competing),
        fixed(Event),
        starred(Event, &[Competing], "\"Control\" in papers counts death as failure; where it does not, it competes"),
        fixed(Competing),
        fixed(Competing),
    ]),
    (Happening::TransplantOrResection, [
        fixed(Ignore),
        fixed(Ignore),
        starred(Censor, &[Event], "The organ is gone and cannot be looked at any more; some count it as a failure, some as competing"),
        starred(Censor, &[Event, Competing], "The organ is gone and cannot be looked at any more; some count it as a failure, some as competing"),
        starred(Censor, &[Event, Competing], "The organ is gone and cannot be looked at any more; some count it as a failure, some as competing"),
        starred(Censor, &[Competing, Event], "The organ is gone and cannot be looked at any more; some count it as a failure, some as competing"),
        starred(Competing, &[Censor], "After it progression at the site cannot be seen any more, so it competes; some censor"),
        starred(Censor, &[Competing], "The organ is gone and cannot be looked at any more; some count it as a failure, some as competing"),
        starred(Censor, &[Competing, Event], "The organ is gone and cannot be looked at any more; some count it as a failure, some as competing"),
        starred(Competing, &[Censor], "After it progression at the site cannot be seen any more, so it competes; some censor"),
        starred(Ignore, &[Censor, Competing], "Tumour outside the organ can still be seen; some stop looking"),
    ]),
    (Happening::OtherTherapy, [
        fixed(Ignore),
        fixed(Ignore),
        starred(Censor, &[Ignore, Event], "Why it was given is not proven; some ignore it"),
        starred(Censor, &[Ignore, Event], "Why it was given is not proven; some ignore it"),
        starred(Censor, &[Ignore, Competing], "Why it was given is not proven; some ignore it"),
        starred(Censor, &[Ignore, Competing], "Why it was given is not proven; some ignore it"),
        starred(Competing, &[Censor, Ignore], "Given without proven progression it hides a later one, so it competes; some censor"),
        fixed(Ignore),
        starred(Censor, &[Ignore], "Why it was given is not proven; some ignore it"),
        fixed(Ignore),
        fixed(Ignore),
    ]),
    (Happening::Lost, [
        fixed(Censor),
        fixed(Censor),
        fixed(Censor),
        fixed(Censor),
        fixed(Censor),
        fixed(Censor),
        fixed(Censor),
        fixed(Censor),
        fixed(Censor),
        fixed(Censor),
        fixed(Censor),
    ]),
];

/// The rule of a cell.
#[must_use]
pub fn rule(end_point: EndPoint, happening: Happening) -> Rule {
    let column = EndPoint::ALL.iter().position(|other| *other == end_point);
    let row = MATRIX.iter().find(|(other, _)| *other == happening);
    row.zip(column).and_then(|((_, cells), column)| cells.get(column).copied()).unwrap_or(fixed(Ignore))
}

/// How a happening counts in a study: as chosen, where the cell is starred and allows it, else by default.
#[must_use]
pub fn cell(settings: &StudySettings, end_point: EndPoint, happening: Happening) -> Cell {
    let rule = rule(end_point, happening);
    let chosen = settings
        .event_cells
        .iter()
        .find(|chosen| chosen.end_point == end_point && chosen.happening == happening)
        .map(|chosen| chosen.cell);
    chosen.filter(|cell| rule.others.contains(cell)).unwrap_or(rule.default)
}

/// Whether a choice is one that its cell allows.
#[must_use]
pub fn allows(chosen: ChosenCell) -> bool {
    let rule = rule(chosen.end_point, chosen.happening);
    rule.starred() && (rule.default == chosen.cell || rule.others.contains(&chosen.cell))
}

/// A cell as it is printed beside results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Printed {
    /// The end point.
    pub end_point: EndPoint,
    /// What happens.
    pub happening: Happening,
    /// How it counts in the study.
    pub cell: Cell,
    /// How it counts by default.
    pub default: Cell,
}

/// Every starred cell with what the study has, in the order of the matrix.
#[must_use]
pub fn printed(settings: &StudySettings) -> Vec<Printed> {
    let cells = MATRIX.iter().flat_map(|(happening, _)| EndPoint::ALL.iter().map(|end_point| (*happening, *end_point)));
    cells
        .filter(|(happening, end_point)| rule(*end_point, *happening).starred())
        .map(|(happening, end_point)| Printed {
            end_point,
            happening,
            cell: cell(settings, end_point, happening),
            default: rule(end_point, happening).default,
        })
        .collect()
}

/// The part of the guide's page of rules about end points.
#[must_use]
pub fn markdown() -> String {
    let mut page = String::from(
        "\n## End points\n\nA time to an end point begins with the first session of the index tumour (of the first index \
         tumour for a patient), and a repeat ablation never moves it. What happens first decides, by the matrix below. \
         Survival is censored at the last date known alive; what images show is censored at the last adequate study, and \
         what lies away from the treated sites at the last look at the rest of the scan. Of one day, what images show \
         comes before therapy and death. Progression is dated at the study that first shows it.\n\nLocal tumour \
         progression is always given as three curves: survival free of it (death is an event); one minus Kaplan-Meier \
         with deaths censored, which is cause-specific and overstates the risk; and cumulative incidence with death and \
         transplant competing (Aalen-Johansen), which is the one to use. A lesion is at risk once it was complete; with \
         delayed entry (a setting, off by default) only from that study on. Local control (assisted) ends with viable \
         tumour that was not treated, or whose treatment failed; a lesion never complete ends it once it was given up \
         (death, loss, transplant or resection). The disease-free interval runs from the visit that first showed every \
         treated index tumour complete (or, a setting, from the last ablation before it) to the first progression or new \
         tumour.\n\nE event, C censored at that date, K competing event (censored in Kaplan-Meier), - ignored, X not at \
         risk. Cells with * are settings; what a study may choose instead is listed below.\n\n| Happening |",
    );
    let letter = |cell: Cell| match cell {
        Event => "E",
        Censor => "C",
        Competing => "K",
        Ignore => "-",
        Exclude => "X",
    };
    for end_point in EndPoint::ALL {
        page.push_str(&format!(" {} |", end_point.code()));
    }
    page.push_str(&format!("\n|---|{}\n", "---|".repeat(EndPoint::ALL.len())));
    for (happening, cells) in &MATRIX {
        page.push_str(&format!("| {} |", happening.words()));
        for rule in cells {
            page.push_str(&format!(" {}{} |", letter(rule.default), if rule.starred() { "*" } else { "" }));
        }
        page.push('\n');
    }
    page.push_str("\n| Happening | End point | Default | May also be | Why the default |\n|---|---|---|---|---|\n");
    for (happening, cells) in &MATRIX {
        for (end_point, rule) in EndPoint::ALL.iter().zip(cells).filter(|(_, rule)| rule.starred()) {
            let others: Vec<&str> = rule.others.iter().map(|cell| cell.words()).collect();
            page.push_str(&format!(
                "| {} | {} | {} | {} | {} |\n",
                happening.words(),
                end_point.words(),
                rule.default.words(),
                others.join(", "),
                rule.reason
            ));
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_happening_has_a_row_and_stars_have_reasons() {
        assert_eq!(MATRIX.map(|(happening, _)| happening).as_slice(), Happening::ALL);
        assert_eq!(EndPoint::ALL.len(), 11);
        for (happening, cells) in &MATRIX {
            for (end_point, rule) in EndPoint::ALL.iter().zip(cells) {
                assert_eq!(rule.starred(), !rule.reason.is_empty(), "{happening} {end_point}");
                assert!(!rule.others.contains(&rule.default), "{happening} {end_point}");
            }
        }
    }

    #[test]
    fn a_choice_counts_only_where_its_cell_allows_it() {
        let chosen = |end_point, happening, cell| ChosenCell { end_point, happening, cell };
        let settings = StudySettings {
            event_cells: vec![
                chosen(EndPoint::LtpFreeSurvival, Happening::TransplantOrResection, Event),
                chosen(EndPoint::OverallSurvival, Happening::DeathOther, Ignore),
            ],
            ..StudySettings::default()
        };
        assert_eq!(cell(&settings, EndPoint::LtpFreeSurvival, Happening::TransplantOrResection), Event);
        assert_eq!(cell(&settings, EndPoint::OverallSurvival, Happening::DeathOther), Event, "fixed");
        assert!(allows(settings.event_cells[0]) && !allows(settings.event_cells[1]));
        let changed: Vec<Printed> =
            printed(&settings).into_iter().filter(|printed| printed.cell != printed.default).collect();
        assert_eq!(changed.len(), 1);
        assert!(printed(&settings).iter().all(|printed| rule(printed.end_point, printed.happening).starred()));
    }
}
