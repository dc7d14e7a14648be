//! A project file with damage: opened, checked, changed, opened again.
//!
//! A first byte under 64 and the rest are the file. Otherwise values of a sound project change, of the first format
//! when the byte is even: table, row, column, how, how many bytes, bytes.
#![no_main]

#[path = "../../tests/fire/cells.rs"]
mod cells;
mod scratch;

use ablation_review::project::{By, OpenAs, Project, check, edits};
use rusqlite::Connection;
use rusqlite::types::Value;

const SOUND: [&[u8]; 2] = [
    include_bytes!("../../tests/fixtures/project_v1.ablation"),
    include_bytes!("../../tests/fixtures/project_v2.ablation"),
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let folder = scratch::folder();
    let path = folder.join("a.ablation");
    for old in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        std::fs::remove_file(old.path()).ok();
    }
    match bytes.split_first() {
        Some((0..64, rest)) => std::fs::write(&path, rest).expect("the file"),
        first => {
            let (first, rest) = first.unwrap_or((&64, &[]));
            std::fs::write(&path, SOUND[usize::from(first % 2)]).expect("the file");
            change(&path, rest);
        }
    }
    let at = "2026-03-04T09:00:00Z".parse().expect("a time");
    check(&path).ok();
    let Ok(mut opened) = Project::open(&path, OpenAs::Writer, "NU", at) else { return };
    let by = By { reader: None, at };
    let edit = edits::settings(opened.project.document().settings());
    opened.project.commit(edit, by).ok();
    opened.project.undo(by).ok();
    let shown = opened.project.document().clone();
    let written = opened.read_only.is_none();
    drop(opened);
    // What was opened and changed opens again, and is what was shown.
    let again = Project::open(&path, OpenAs::ReadOnly, "", at).expect("the project opens again");
    assert!(!written || *again.project.document() == shown);
});

fn change(path: &std::path::Path, bytes: &[u8]) {
    let connection = Connection::open(path).expect("the project");
    connection.pragma_update(None, "synchronous", "OFF").ok();
    let tables = cells::tables(&connection);
    let mut bytes = bytes.iter().copied();
    while let Some(table) = bytes.next() {
        let mut next = || usize::from(bytes.next().unwrap_or(0));
        let cell = cells::Cell { table: usize::from(table), row: next(), column: next() };
        let (how, from, length) = (next(), next(), next());
        let new: Vec<u8> = bytes.by_ref().take(length).collect();
        cells::change(&connection, &tables, cell, &mut |old| match old {
            Value::Text(text) => {
                let mut text = text.into_bytes();
                splice(&mut text, how, from, &new);
                Value::Text(String::from_utf8_lossy(&text).into_owned())
            }
            Value::Blob(mut blob) => {
                splice(&mut blob, how, from, &new);
                Value::Blob(blob)
            }
            _ => {
                let mut number = [0; 8];
                number.iter_mut().zip(&new).for_each(|(to, from)| *to = *from);
                Value::Integer(i64::from_le_bytes(number))
            }
        });
    }
}

/// Replaces, inserts or cuts at a place in the first 2,048 bytes.
fn splice(bytes: &mut Vec<u8>, how: usize, from: usize, new: &[u8]) {
    let at = (from + 256 * (how >> 5)).min(bytes.len());
    let end = match how % 4 {
        0 => (at + new.len()).min(bytes.len()),
        1 => at,
        2 => (at + (how >> 2)).min(bytes.len()),
        _ => bytes.len(),
    };
    bytes.splice(at..end, new.iter().copied());
}
