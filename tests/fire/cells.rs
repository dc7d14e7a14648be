//! Changes single values of a project file through SQLite, so that its pages stay sound and the values reach the
//! program. Names nothing of the crate, so that `fuzz/` damages projects with it too.

use rusqlite::Connection;
use rusqlite::types::{Value, ValueRef};

/// A table that a project keeps, with the columns that can be written.
pub struct Table {
    name: String,
    columns: Vec<String>,
    rows: Vec<i64>,
}

/// The tables of a project that hold rows. Rows are told by their order, for not every table has numbers.
pub fn tables(connection: &Connection) -> Vec<Table> {
    let names: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' ORDER BY name")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let table = |name: String| {
        // Computed columns are left out by table_info.
        let columns = connection
            .prepare(&format!("SELECT name FROM pragma_table_info('{name}')"))
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let count: i64 = connection.query_row(&format!("SELECT count(*) FROM \"{name}\""), [], |r| r.get(0)).unwrap();
        Table { name, columns, rows: (0..count).collect() }
    };
    names.into_iter().map(table).filter(|table| !table.rows.is_empty()).collect()
}

/// Which value: table, row and column; each number is taken modulo how many there are.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    pub table: usize,
    pub row: usize,
    pub column: usize,
}

/// Changes one value: `change` gets its bytes (text and blobs) or its number and gives another. What the table
/// does not take (it is strict) stays as it was.
pub fn change(connection: &Connection, tables: &[Table], cell: Cell, change: &mut dyn FnMut(Value) -> Value) {
    let Some(table) = tables.get(cell.table % tables.len().max(1)) else { return };
    let (Some(row), Some(column)) = (
        table.rows.get(cell.row % table.rows.len().max(1)),
        table.columns.get(cell.column % table.columns.len().max(1)),
    ) else {
        return;
    };
    let name = &table.name;
    let all = table.columns.join(", ");
    let select = format!("SELECT \"{column}\", {all} FROM \"{name}\" LIMIT 1 OFFSET {row}");
    let Ok((old, keys)) = connection.query_row(&select, [], |found| {
        let keys: Vec<Value> = (1..=table.columns.len()).map(|at| found.get(at)).collect::<Result<_, _>>()?;
        Ok((owned(found.get_ref(0)?), keys))
    }) else {
        return;
    };
    let new = change(old);
    let same: Vec<String> = (2..).zip(&table.columns).map(|(n, column)| format!("\"{column}\" IS ?{n}")).collect();
    let update = format!("UPDATE \"{name}\" SET \"{column}\" = ?1 WHERE {}", same.join(" AND "));
    let values = std::iter::once(new).chain(keys);
    connection.execute(&update, rusqlite::params_from_iter(values)).ok();
}

fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Text(bytes) => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        other => Value::try_from(other).unwrap_or(Value::Null),
    }
}
