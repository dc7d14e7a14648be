//! The generated parts of `assets/guide/formats.md`: every column and every coded value.

use super::gathered::Gathered;
use super::{Dates, Table, Values, every_table, history_table};
use crate::clinical::{
    AmendmentReason, Cell as EventCell, Coded, Date, DiseaseFreeFrom, EndPoint, EventKind, GroupingKind, Happening,
    Kernel, MarkRole, Modality, OverrideReason, StackRole, Track,
};
use crate::cohort::{Factor, FlowStep, Level as StatisticLevel};
use crate::outcome::{ObjectionClass, RuleClass};
use crate::project::Document;
use std::collections::BTreeMap;

/// The tables without a row: their columns alone.
fn empty_tables() -> Vec<Table> {
    let nothing = Document::default();
    let mut tables = every_table(&Gathered::new(&nothing, Date::default()), Dates::Iso);
    tables.push(history_table(&nothing, &[], Dates::Iso));
    tables
}

fn escape(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Every table with its columns, as Markdown.
#[must_use]
pub fn columns_markdown() -> String {
    let mut page = String::new();
    for table in empty_tables() {
        page.push_str(&format!("### {}\n\n", table.name));
        page.push_str(&format!(
            "{}{}.\n\n",
            table.meaning.chars().take(1).flat_map(char::to_uppercase).collect::<String>(),
            table.meaning.chars().skip(1).collect::<String>()
        ));
        page.push_str("| Column | Meaning | Unit | Values |\n|---|---|---|---|\n");
        for column in &table.columns {
            let values = match &column.values {
                Values::Any | Values::Day => String::new(),
                Values::Typed => "free text".to_owned(),
                Values::YesNo => "yes, no".to_owned(),
                Values::Codes { list, several: false, .. } => format!("one of `{list}`"),
                Values::Codes { list, several: true, .. } => format!("of `{list}`, parted by `;`"),
            };
            page.push_str(&format!(
                "| `{}` | {} | {} | {values} |\n",
                column.name,
                escape(column.meaning),
                column.unit
            ));
        }
        page.push('\n');
    }
    page
}

/// Every coded list, as Markdown: those of the tables and those of JSON results and project files.
#[must_use]
pub fn coded_lists_markdown() -> String {
    fn add<T: Coded>(lists: &mut BTreeMap<&'static str, Vec<(&'static str, &'static str)>>, name: &'static str) {
        lists.insert(name, super::table::codes_of::<T>());
    }
    let mut lists = BTreeMap::new();
    for table in empty_tables() {
        for column in table.columns {
            if let Values::Codes { list, codes, .. } = column.values {
                lists.insert(list, codes);
            }
        }
    }
    add::<Modality>(&mut lists, "modality");
    add::<StackRole>(&mut lists, "stack_role");
    add::<Kernel>(&mut lists, "kernel");
    add::<MarkRole>(&mut lists, "mark_role");
    add::<OverrideReason>(&mut lists, "override_reason");
    add::<AmendmentReason>(&mut lists, "amendment_reason");
    add::<EventKind>(&mut lists, "event_kind");
    add::<Track>(&mut lists, "track");
    add::<GroupingKind>(&mut lists, "grouping_kind");
    add::<ObjectionClass>(&mut lists, "objection_class");
    add::<RuleClass>(&mut lists, "rule_class");
    add::<EndPoint>(&mut lists, "end_point");
    add::<Happening>(&mut lists, "happening");
    add::<EventCell>(&mut lists, "event_cell");
    add::<DiseaseFreeFrom>(&mut lists, "disease_free_from");
    add::<FlowStep>(&mut lists, "flow_step");
    add::<Factor>(&mut lists, "factor");
    add::<StatisticLevel>(&mut lists, "statistic_level");
    let mut page = String::new();
    for (name, codes) in lists {
        page.push_str(&format!("### {name}\n\n| Code | Words |\n|---|---|\n"));
        for (code, words) in codes {
            page.push_str(&format!("| `{code}` | {} |\n", escape(words)));
        }
        page.push('\n');
    }
    page
}
