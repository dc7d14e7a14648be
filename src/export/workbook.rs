//! Tables as one Excel workbook: a sheet for each, the data dictionary, and what the numbers rest on.
//!
//! Cells are typed: numbers are numbers and dates are dates, so that nothing is guessed on opening. The head is frozen and
//! carries meaning and unit as a note. The same document gives the same bytes on any day: the workbook says of itself the
//! day that outcomes were derived for.

use super::table::{Kind, Table};
use super::{Dates, ExportError, Options};
use crate::clinical::{Coded, Date, Organ, StudySettings};
use crate::outcome::{RULE_SET, RULE_SET_VERSION, RULES, event_matrix};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Note, Workbook, Worksheet, XlsxError};

/// Longest text of a cell; Excel takes 32,767 characters.
const LONGEST: usize = 32_000;
/// Most rows of a sheet below its head.
const MOST_ROWS: usize = 1_048_575;
/// Widest column, in characters.
const WIDEST: f64 = 60.0;

/// The workbook's bytes.
pub(super) fn workbook_of(
    tables: &[&Table],
    settings: &StudySettings,
    options: Options,
) -> Result<Vec<u8>, ExportError> {
    if let Some(table) = tables.iter().find(|table| table.rows.len() > MOST_ROWS) {
        return Err(ExportError::Table(format!(
            "the table {} has {} rows, and a sheet holds {MOST_ROWS}; export a folder of CSV files",
            table.name,
            table.rows.len()
        )));
    }
    build(tables, settings, options).map_err(|why| ExportError::Table(why.to_string()))
}

fn build(tables: &[&Table], settings: &StudySettings, options: Options) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = match options.dates {
        Dates::Iso => excel_day(options.today)?,
        Dates::DaysSinceFirstAblation => ExcelDateTime::from_ymd(2000, 1, 1)?,
    };
    book.set_properties(&DocProperties::new().set_title("Ablation Review").set_creation_datetime(&made));
    let head = Format::new().set_bold().set_align(FormatAlign::Left);
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for table in tables {
        sheet_of(book.add_worksheet(), table, &head, &day)?;
    }
    dictionary(book.add_worksheet(), tables, &head)?;
    about(book.add_worksheet(), settings, options, &head)?;
    book.save_to_buffer()
}

fn sheet_of(sheet: &mut Worksheet, table: &Table, head: &Format, day: &Format) -> Result<(), XlsxError> {
    sheet.set_name(table.name)?;
    let mut widths: Vec<f64> = Vec::new();
    for (column, at) in table.columns.iter().zip(0_u16..) {
        sheet.write_string_with_format(0, at, &column.name, head)?;
        let unit = if column.unit.is_empty() { String::new() } else { format!("\nUnit: {}", column.unit) };
        sheet.insert_note(0, at, &Note::new(format!("{}{unit}", column.meaning)).add_author_prefix(false))?;
        widths.push(width(&column.name));
    }
    for ((row, kinds), line) in table.rows.iter().zip(&table.kinds).zip(1_u32..) {
        for (((text, kind), at), widest) in row.iter().zip(kinds).zip(0_u16..).zip(&mut widths) {
            *widest = widest.max(width(text));
            match kind {
                Kind::Blank => {}
                Kind::Number => match text.parse::<f64>() {
                    Ok(number) => sheet.write_number(line, at, number).map(drop)?,
                    Err(_) => sheet.write_string(line, at, cut(text)).map(drop)?,
                },
                Kind::Day => match text.parse::<Date>() {
                    Ok(date) => sheet.write_datetime_with_format(line, at, excel_day(date)?, day).map(drop)?,
                    Err(_) => sheet.write_string(line, at, cut(text)).map(drop)?,
                },
                Kind::Text => sheet.write_string(line, at, cut(text)).map(drop)?,
            }
        }
    }
    for (widest, at) in widths.into_iter().zip(0_u16..) {
        sheet.set_column_width(at, widest.min(WIDEST))?;
    }
    finish(sheet, table.rows.len(), table.columns.len())
}

/// Freezes the head and lets every column be filtered.
fn finish(sheet: &mut Worksheet, rows: usize, columns: usize) -> Result<(), XlsxError> {
    sheet.set_freeze_panes(1, 0)?;
    if let (Ok(last), Ok(columns)) = (u32::try_from(rows), u16::try_from(columns))
        && columns > 0
    {
        sheet.autofilter(0, 0, last, columns - 1)?;
    }
    Ok(())
}

fn lines(
    sheet: &mut Worksheet,
    head: &Format,
    names: &[&str],
    widths: &[f64],
    rows: &[Vec<String>],
) -> Result<(), XlsxError> {
    for ((name, at), width) in names.iter().zip(0_u16..).zip(widths) {
        sheet.write_string_with_format(0, at, *name, head)?;
        sheet.set_column_width(at, *width)?;
    }
    for (row, line) in rows.iter().zip(1_u32..) {
        for (text, at) in row.iter().zip(0_u16..) {
            sheet.write_string(line, at, cut(text))?;
        }
    }
    finish(sheet, rows.len(), names.len())
}

fn dictionary(sheet: &mut Worksheet, tables: &[&Table], head: &Format) -> Result<(), XlsxError> {
    sheet.set_name("dictionary")?;
    let rows: Vec<Vec<String>> = tables
        .iter()
        .flat_map(|table| {
            table.columns.iter().map(|column| {
                vec![
                    table.name.to_owned(),
                    column.name.clone(),
                    column.meaning.to_owned(),
                    column.unit.to_owned(),
                    column.allowed(),
                ]
            })
        })
        .collect();
    lines(sheet, head, &super::write::DICTIONARY_HEAD, &[20.0, 34.0, 60.0, 18.0, 60.0], &rows)
}

/// What the numbers rest on: program, rule set, settings, conventions, and every rule in words.
fn about(sheet: &mut Worksheet, settings: &StudySettings, options: Options, head: &Format) -> Result<(), XlsxError> {
    sheet.set_name("about")?;
    lines(sheet, head, &ABOUT_HEAD, &[16.0, 52.0, 100.0], &about_rows(settings, options))
}

/// The head of what exports rest on.
pub(super) const ABOUT_HEAD: [&str; 3] = ["kind", "name", "value"];

/// What an export rests on, one row a fact.
pub(super) fn about_rows(settings: &StudySettings, options: Options) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut say = |kind: &str, name: &str, value: String| rows.push(vec![kind.to_owned(), name.to_owned(), value]);
    say("program", "name", "Ablation Review".to_owned());
    say("program", "version", env!("CARGO_PKG_VERSION").to_owned());
    say("program", "purpose", "research and teaching; not for primary diagnosis".to_owned());
    say("rules", "rule_set", RULE_SET.to_owned());
    say("rules", "rule_set_version", RULE_SET_VERSION.to_string());
    match options.dates {
        Dates::Iso => say("export", "as_of", options.today.to_string()),
        Dates::DaysSinceFirstAblation => {}
    }
    for organ in Organ::ALL {
        let window = settings.efficacy_window(*organ);
        let late = window.late_from_days.map(|days| format!(", late from {days}")).unwrap_or_default();
        let words = format!("day {}-{} after the last session{late}", window.from_days, window.to_days);
        say("window", organ.code(), words);
    }
    let yes_no = |value: bool| if value { "yes" } else { "no" }.to_owned();
    say("setting", "early_before_days", settings.early_before_days.to_string());
    say("setting", "visit_span_days", settings.visit_span_days.to_string());
    say("setting", "max_sessions_primary_course", settings.max_sessions_primary_course.to_string());
    say("setting", "rates_from_signed_only", yes_no(settings.rates_from_signed_only));
    say("setting", "pre_scan_old_after_days", settings.pre_scan_old_after_days.to_string());
    say("setting", "read_in_time_order", yes_no(settings.read_in_time_order));
    say("setting", "rim_until_days", settings.rim_until_days.to_string());
    say("setting", "rim_until_kidney_days", settings.rim_until_kidney_days.to_string());
    say("setting", "growth_percent", settings.growth_percent.to_string());
    say("setting", "growth_mm", settings.growth_mm.to_string());
    say("setting", "delayed_entry", yes_no(settings.delayed_entry));
    say("setting", "disease_free_from", settings.disease_free_from.code().to_owned());
    for cell in event_matrix::printed(settings) {
        let default = if cell.cell == cell.default { "default" } else { "chosen by the study" };
        let name = format!("{} in {}", cell.happening.code(), cell.end_point.code());
        say("event_matrix", &name, format!("{} ({default})", cell.cell.code()));
    }
    for rule in RULES {
        say("rule", Coded::code(rule.id), rule.wording.to_owned());
    }
    rows
}

fn excel_day(date: Date) -> Result<ExcelDateTime, XlsxError> {
    use chrono::Datelike;
    let year = u16::try_from(date.year()).unwrap_or(1900);
    ExcelDateTime::from_ymd(year, u8::try_from(date.month()).unwrap_or(1), u8::try_from(date.day()).unwrap_or(1))
}

#[allow(clippy::cast_precision_loss)] // a few hundred characters at most matter
fn width(text: &str) -> f64 {
    text.chars().count().min(200) as f64 + 2.0
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let kept: String = text.chars().take(LONGEST).collect();
    format!("{kept} [cut]")
}
