//! A table with its columns: each column carries its cell, its meaning, its unit and its allowed values, so
//! that the data dictionary cannot differ from the data.

use super::cell::{Cell, decimal, defuse};
use super::dates::Dates;
use crate::clinical::{Coded, Date};

/// What may stand in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Values {
    /// Text, a label or a number.
    Any,
    /// A calendar date, or days (the option of the export decides).
    Day,
    /// Free text typed by a person.
    Typed,
    /// "yes" or "no".
    YesNo,
    /// One of these codes, or several parted by a semicolon.
    Codes {
        /// Name of the list in the guide.
        list: &'static str,
        /// Codes and their words.
        codes: Vec<(&'static str, &'static str)>,
        /// Whether several may stand in one cell.
        several: bool,
    },
}

impl Values {
    /// One code of a coded list.
    pub(super) fn one<T: Coded>(list: &'static str) -> Self {
        Self::Codes { list, codes: codes_of::<T>(), several: false }
    }

    /// Several codes of a coded list.
    pub(super) fn several<T: Coded>(list: &'static str) -> Self {
        Self::Codes { list, codes: codes_of::<T>(), several: true }
    }

    /// One code of a list that is only used here.
    pub(super) fn of(list: &'static str, codes: &[(&'static str, &'static str)]) -> Self {
        Self::Codes { list, codes: codes.to_vec(), several: false }
    }
}

/// Codes and words of a coded list.
pub(super) fn codes_of<T: Coded>() -> Vec<(&'static str, &'static str)> {
    T::ALL.iter().map(|value| (value.code(), value.words())).collect()
}

/// A column and how its cell is made from a row.
pub(super) struct Column<R> {
    /// Name; for a date the stem, to which "_date" or "_days_since_first_ablation" is added.
    pub name: &'static str,
    /// What it means, as a phrase.
    pub meaning: &'static str,
    /// Unit; empty where there is none.
    pub unit: &'static str,
    /// What may stand in it.
    pub values: Values,
    /// Its cell.
    pub cell: fn(&R) -> Cell,
}

/// A column without a unit.
pub(super) fn column<R>(name: &'static str, meaning: &'static str, values: Values, cell: fn(&R) -> Cell) -> Column<R> {
    Column { name, meaning, unit: "", values, cell }
}

/// A column of numbers.
pub(super) fn number<R>(
    name: &'static str,
    meaning: &'static str,
    unit: &'static str,
    cell: fn(&R) -> Cell,
) -> Column<R> {
    Column { name, meaning, unit, values: Values::Any, cell }
}

/// What the dictionary says of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnInfo {
    /// Name in the head of the table.
    pub name: String,
    /// What it means.
    pub meaning: &'static str,
    /// Unit; empty where there is none.
    pub unit: &'static str,
    /// What may stand in it.
    pub values: Values,
}

impl ColumnInfo {
    /// The allowed values in words: "yes; no", or every code with what it means.
    #[must_use]
    pub fn allowed(&self) -> String {
        match &self.values {
            Values::Any | Values::Day => String::new(),
            Values::Typed => "free text".to_owned(),
            Values::YesNo => "yes; no".to_owned(),
            Values::Codes { codes, several, .. } => {
                let list: Vec<String> = codes.iter().map(|(code, words)| format!("{code} = {words}")).collect();
                let many = if *several { "several, parted by a semicolon: " } else { "" };
                format!("{many}{}", list.join("; "))
            }
        }
    }
}

/// What a cell is, for files whose cells are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Blank,
    /// Text, a code or a label.
    Text,
    /// A number.
    Number,
    /// A calendar date, ISO 8601.
    Day,
}

/// A table ready to be written: names, meanings, and cells as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Name, also of its file: "lesion_visit".
    pub name: &'static str,
    /// What one row is.
    pub meaning: &'static str,
    /// Its columns.
    pub columns: Vec<ColumnInfo>,
    /// Its rows, each with one text a column.
    pub rows: Vec<Vec<String>>,
    /// What each cell of the rows is.
    pub kinds: Vec<Vec<Kind>>,
}

impl Table {
    /// Makes the table. `clock` gives the date that days are counted from for a row.
    pub(super) fn build<R>(
        name: &'static str,
        meaning: &'static str,
        columns: &[Column<R>],
        rows: &[R],
        dates: Dates,
        clock: fn(&R) -> Option<Date>,
    ) -> Self {
        let mut table = Self {
            name,
            meaning,
            columns: columns.iter().map(|column| info(column, dates)).collect(),
            rows: Vec::with_capacity(rows.len()),
            kinds: Vec::with_capacity(rows.len()),
        };
        for row in rows {
            let cells: Vec<Cell> = columns.iter().map(|column| (column.cell)(row)).collect();
            table.kinds.push(cells.iter().map(|cell| kind(cell, dates)).collect());
            table.rows.push(cells.into_iter().map(|cell| text(cell, dates, clock(row))).collect());
        }
        table
    }

    /// The place of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

fn info<R>(column: &Column<R>, dates: Dates) -> ColumnInfo {
    let day = column.values == Values::Day;
    ColumnInfo {
        name: if day { dates.column_name(column.name) } else { column.name.to_owned() },
        meaning: column.meaning,
        unit: if day { dates.unit() } else { column.unit },
        values: column.values.clone(),
    }
}

fn kind(cell: &Cell, dates: Dates) -> Kind {
    match cell {
        Cell::Blank => Kind::Blank,
        Cell::Code(_) | Cell::Reason(_) | Cell::Typed(_) => Kind::Text,
        Cell::Whole(_) | Cell::Real(..) => Kind::Number,
        Cell::Day(_) if dates == Dates::Iso => Kind::Day,
        Cell::Day(_) => Kind::Number,
    }
}

fn text(cell: Cell, dates: Dates, first_ablation: Option<Date>) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Code(code) => defuse(&code),
        Cell::Whole(n) => n.to_string(),
        Cell::Real(value, decimals) => decimal(value, decimals),
        Cell::Day(date) => dates.day(date, first_ablation),
        Cell::Reason(words) => defuse(&dates.reason(&words, first_ablation)),
        Cell::Typed(words) => defuse(&dates.typed(&words)),
    }
}
