//! Seeded damage to images and to project files, thousands of times in a process with little memory: each is read or
//! refused in a sentence, none takes long, none is a fault of the reader. The seed of each run is told before it, so
//! that what ends the process is known.

use super::cells::{self, Cell};
use super::child::{lines, start};
use super::damage::{Dice, damage};
use super::session::say;
use super::{fixture, kinds, next_to, number, scratch};
use crate::project::scene::{Walker, at, by, delta, runs};
use ablation_review::dicom::{FoundStack, Limits, find, inspect_json, read_grid_slice, read_overlays};
use ablation_review::project::{CommitError, OpenAs, Project, Sidecar, check, edits};
use rusqlite::Connection;
use rusqlite::types::Value;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What a run may take of a processor's time.
const LONGEST: Duration = Duration::from_secs(2);
/// What all runs of a child may take beyond what it takes for sound files, kilobytes.
const MEMORY_KB: u64 = 512 << 10;

#[test]
fn damaged_images() {
    hammer("headers", number("ABLATION_REVIEW_MUTANTS", 20_000) * 4 / 5);
}

#[test]
fn damaged_projects() {
    hammer("projects", number("ABLATION_REVIEW_MUTANTS", 20_000) / 5);
}

/// Which seeds a child runs: the first one and how many.
const fn range(first: u64, count: u64) -> u64 {
    first << 32 | count
}

fn hammer(role: &str, count: usize) {
    let folder = scratch();
    let value = |line: &str, word: &str| line.strip_prefix(word)?.parse::<u64>().ok();
    let sound: Vec<String> = lines(&mut start(&[], role, folder.path(), range(0, 0), Stdio::null())).collect();
    let base = sound.iter().find_map(|line| value(line, "@memory ")).expect("the child told its memory");
    let limited = format!("ulimit -v {} && exec \"$@\"", base + MEMORY_KB);
    let wrapper = ["sh", "-c", &limited, "limited"].map(str::to_owned);
    let (mut next, mut bad, mut told) = (1u64, Vec::new(), Vec::new());
    let last = count as u64;
    let started = Instant::now();
    while next <= last && bad.len() < 20 {
        let mut child = start(&wrapper, role, folder.path(), range(next, last + 1 - next), Stdio::piped());
        let (mut seed, mut done) = (next, false);
        for line in lines(&mut child) {
            if let Some(n) = value(&line, "@seed ") {
                seed = n;
            } else if let Some(what) = line.strip_prefix("@bad ") {
                bad.push(format!("seed {seed}: {what}"));
            } else if let Some(what) = line.strip_prefix("@told ") {
                told.push(what.to_owned());
            }
            done |= line == "@done";
        }
        let output = child.wait_with_output().unwrap();
        if !done {
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            bad.push(format!("seed {seed}: the process ended with {}: {why}", output.status));
        }
        next = if done { last + 1 } else { seed + 1 };
    }
    println!("{count} damaged {role} in {} s: {}", started.elapsed().as_secs(), told.join("; "));
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Faults that were caught in decoders of others.
static FAULTS_OF_OTHERS: AtomicUsize = AtomicUsize::new(0);

/// In the child: runs each seed, and says what is wrong with it. A fault of ours is said by the hook.
fn each(seed: u64, mut run: impl FnMut(u64)) {
    std::panic::set_hook(Box::new(|info| {
        // A decoder of others may have a fault, which costs a slice (`dicom/guard.rs`); cargo keeps it in its registry.
        if info.location().is_some_and(|place| place.file().contains("/registry/src/")) {
            FAULTS_OF_OTHERS.fetch_add(1, Ordering::Relaxed);
        } else {
            say(&format!("bad panic at {:?}: {info}", info.location()).replace('\n', " "));
        }
    }));
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmPeak:")).unwrap();
    say(&format!("memory {}", peak.split_whitespace().next().unwrap()));
    let (first, count) = (seed >> 32, seed & 0xFFFF_FFFF);
    for seed in first..first + count {
        say(&format!("seed {seed}"));
        let before = busy();
        run(seed);
        let took = busy().saturating_sub(before);
        if took > LONGEST {
            say(&format!("bad took {} ms", took.as_millis()));
        }
    }
}

/// The time that processors worked for this process: a machine that is busy with other things does not count.
fn busy() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // User and system time, in hundredths of a second, after the name in brackets (proc(5)).
    let fields = stat.rsplit_once(") ").unwrap().1;
    let hundredths: u64 = fields.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_millis(10 * hundredths)
}

// Images.

/// In the child: damages images.
pub fn headers(folder: &Path, seed: u64) {
    let sound = kinds::all();
    let (mut stacks, mut refused, mut slices) = (0, 0, 0);
    // A folder for each: the reader keeps headers by name, size and second.
    let mut count = 0;
    let mut read = |images: &[Vec<u8>]| {
        count += 1;
        let folder = folder.join(count.to_string());
        std::fs::create_dir(&folder).unwrap();
        for (n, bytes) in images.iter().enumerate() {
            std::fs::write(folder.join(format!("{n}.dcm")), bytes).unwrap();
        }
        let result = read_images(&folder);
        std::fs::remove_dir_all(folder).unwrap();
        result
    };
    for images in &sound {
        read(images);
    }
    each(seed, |seed| {
        let mut dice = Dice(seed);
        let mut images = sound[dice.roll(sound.len())].clone();
        let other = sound[dice.roll(sound.len())][0].clone();
        let which = dice.roll(images.len());
        let image = &mut images[which];
        match dice.roll(3) {
            0 => damage(image, &mut dice),
            1 => (0..=dice.roll(3)).for_each(|_| elements(image, &other, &mut dice)),
            _ => {
                elements(image, &other, &mut dice);
                damage(image, &mut dice);
            }
        }
        image.truncate(1 << 20);
        let (found, left_out, shown) = read(&images);
        stacks += found;
        refused += left_out;
        slices += shown;
    });
    let others = FAULTS_OF_OTHERS.load(Ordering::Relaxed);
    say(&format!(
        "told {stacks} stacks, {slices} slices read, {refused} files refused, {others} faults of others caught"
    ));
}

/// Reads everything as the program would; how many stacks, refused files and slices there were.
pub fn read_images(folder: &Path) -> (usize, usize, usize) {
    let limits = Limits::default();
    let found = find(&[folder.to_owned()], &limits, &|_, _| {}, &|| false);
    inspect_json(&found, &|_| None).to_string();
    for skipped in &found.skipped {
        if skipped.reason.chars().any(char::is_control) {
            say("bad a reason with control characters");
        }
    }
    let mut slices = 0;
    for FoundStack { info, sources, .. } in &found.stacks {
        let size = info.slice_size();
        for k in 0..info.slices() {
            match read_grid_slice(info, k, sources, &limits) {
                Ok(data) if data.len() as u64 == u64::from(size[0]) * u64::from(size[1]) => slices += 1,
                Ok(data) => say(&format!("bad a slice of {} pixels", data.len())),
                Err(_) => {}
            }
        }
        if info.overlays {
            (0..).zip(sources).for_each(|(k, source)| drop(read_overlays(info, k, source, &limits)));
        }
    }
    (found.stacks.len(), found.skipped.len(), slices)
}

/// Changes elements where they are: value representation, length, value, place; and takes pieces of another file.
fn elements(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    let starts = |bytes: &[u8]| -> Vec<usize> {
        let like = |at: &usize| {
            bytes.get(at + 4..at + 6).is_some_and(|vr| vr.iter().all(u8::is_ascii_uppercase)) && bytes[at + 1] < 0x80
        };
        (132..bytes.len().min(6_000)).step_by(2).filter(like).collect()
    };
    let places = starts(bytes);
    let Some(&at) = places.get(dice.roll(places.len())) else { return damage(bytes, dice) };
    let next = places.iter().copied().find(|place| *place > at).unwrap_or(bytes.len());
    match dice.roll(6) {
        0 => bytes[at + 4..at + 6].copy_from_slice(b"OBUNSQDSISFDULUSUTATOWPNOF".chunks(2).nth(dice.roll(13)).unwrap()),
        1 => {
            let length = [0u16, 1, 2, 0x7FFF, 0xFFFE, 0xFFFF][dice.roll(6)].to_le_bytes();
            bytes.iter_mut().skip(at + 6).zip(length).for_each(|(b, v)| *b = v);
        }
        2 => {
            // A value of the same length that no scanner writes.
            let hostile: [&[u8]; 8] =
                [b"1e308\\", b"-1\\", b"NaN\\", b"\\", b"4294967296\\", b"0.0000000000001\\", b"\x1b[2J", b"99999999"];
            let value = hostile[dice.roll(8)];
            for (n, byte) in bytes.iter_mut().skip(at + 8).take(next.saturating_sub(at + 8)).enumerate() {
                *byte = value[n % value.len()];
            }
        }
        3 => {
            let piece = bytes[at..next].to_vec();
            let to = places[dice.roll(places.len())];
            bytes.splice(to..to, piece);
        }
        4 => drop(bytes.drain(at..next)),
        _ => {
            let from = starts(other);
            if let Some(&from) = from.get(dice.roll(from.len())) {
                let end = (from + dice.roll(400)).min(other.len());
                bytes.splice(at..next, other[from..end].iter().copied());
            }
        }
    }
}

// Projects.

/// A sound project, with a journal of SQLite beside it when it was cut short in a change.
struct Sound {
    bytes: Vec<u8>,
    journal: Option<Vec<u8>>,
}

fn sound_projects(folder: &Path) -> Vec<Sound> {
    let made = folder.join("made.ablation");
    let mut project = Project::create(&made, "NU", at(0)).unwrap();
    let mut walker = Walker::new(11);
    while project.history().entries().len() < 80 || project.document().marks().count() < 2 {
        assert!(project.history().entries().len() < 1_000, "the walker made no marks");
        let by = walker.by(project.document());
        let (edit, sidecar) = walker.propose(project.document());
        project.commit_with(edit, by, &sidecar).ok();
    }
    drop(project);
    let mut all: Vec<Sound> =
        [&fixture(), &made].map(|path| Sound { bytes: std::fs::read(path).unwrap(), journal: None }).into();
    // A change that overflows SQLite's cache is in the file before it is whole.
    let connection = Connection::open(&made).unwrap();
    connection.pragma_update(None, "cache_size", 2).unwrap();
    connection
        .execute_batch("BEGIN; UPDATE journal SET label = label || 'x'; UPDATE stack SET data = data || ' '")
        .unwrap();
    let journal = std::fs::read(next_to(&made, "-journal")).unwrap();
    all.push(Sound { bytes: std::fs::read(&made).unwrap(), journal: Some(journal) });
    drop(connection);
    std::fs::remove_file(made).unwrap();
    all
}

/// In the child: damages projects.
pub fn projects(folder: &Path, seed: u64) {
    let sound = sound_projects(folder);
    let folder = folder.join("one");
    let (mut refused, mut opened, mut changed) = (0, 0, 0);
    let mut run = |one: &Sound, harm: &mut dyn FnMut(&Path)| {
        std::fs::remove_dir_all(&folder).ok();
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join("a.ablation");
        std::fs::write(&path, &one.bytes).unwrap();
        if let Some(journal) = &one.journal {
            std::fs::write(next_to(&path, "-journal"), journal).unwrap();
        }
        harm(&path);
        match work(&path) {
            Outcome::Refused => refused += 1,
            Outcome::Opened => opened += 1,
            Outcome::Changed => changed += 1,
        }
    };
    for one in &sound {
        run(one, &mut |_| {});
    }
    each(seed, |seed| {
        let mut dice = Dice(seed);
        let one = &sound[dice.roll(sound.len())];
        run(one, &mut |path| harm(path, &mut dice));
    });
    say(&format!("told {refused} refused, {opened} opened, {changed} changed"));
}

fn harm(path: &Path, dice: &mut Dice) {
    let journal = next_to(path, "-journal");
    let rewrite = |path: &Path, dice: &mut Dice| {
        let mut bytes = std::fs::read(path).unwrap();
        match dice.roll(4) {
            0 => damage(&mut bytes, dice),
            1 => (0..1 + dice.roll(40)).for_each(|_| {
                let at = dice.roll(bytes.len());
                let bit = 1 << dice.roll(8);
                bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= bit);
            }),
            2 => {
                // A page in the place of another.
                let (from, to) = (4096 * dice.roll(bytes.len() / 4096), 4096 * dice.roll(bytes.len() / 4096));
                if from + 4096 <= bytes.len() && to + 4096 <= bytes.len() {
                    bytes.copy_within(from..from + 4096, to);
                }
            }
            _ => bytes.truncate(dice.roll(bytes.len())),
        }
        std::fs::write(path, bytes).unwrap();
    };
    if journal.exists() {
        return rewrite(if dice.roll(3) == 0 { path } else { &journal }, dice);
    }
    if dice.roll(4) == 0 {
        return rewrite(path, dice);
    }
    // Values, one or a few: the pages stay sound, so that they reach the program.
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "synchronous", "OFF").unwrap();
    connection.execute_batch("BEGIN").unwrap();
    let tables = cells::tables(&connection);
    let mut last = String::from("[[[[1e999]]]]");
    for _ in 0..=dice.roll(3) {
        let cell = Cell { table: dice.roll(1000), row: dice.roll(100_000), column: dice.roll(1000) };
        cells::change(&connection, &tables, cell, &mut |old| match old {
            Value::Text(text) => {
                let new = hostile_text(&text, &last, dice);
                last = text;
                Value::Text(new)
            }
            Value::Blob(mut blob) => {
                damage(&mut blob, dice);
                Value::Blob(blob)
            }
            Value::Integer(n) => Value::Integer(
                [
                    0,
                    -1,
                    n.wrapping_add(1),
                    n.wrapping_sub(1),
                    1 << 31,
                    (1 << 32) - 1,
                    1 << 32,
                    i64::MAX,
                    i64::MIN,
                    2,
                    3,
                ][dice.roll(11)],
            ),
            other => other,
        });
    }
    connection.execute_batch("COMMIT").unwrap();
}

/// Text, mostly JSON, that nobody wrote.
fn hostile_text(text: &str, other: &str, dice: &mut Dice) -> String {
    let at = |text: &str, dice: &mut Dice| {
        (0..=dice.roll(text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
    };
    let (from, to) = (at(text, dice), at(text, dice));
    let (from, to) = (from.min(to), from.max(to));
    let (head, piece, tail) = (&text[..from], &text[from..to], &text[to..]);
    let number = |text: &str, dice: &mut Dice| {
        let digits: Vec<usize> = text.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
        let Some(&at) = digits.get(dice.roll(digits.len())) else { return text.to_owned() };
        let end = text[at..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |n| at + n);
        let new = [
            "-1",
            "0",
            "1",
            "4294967295",
            "4294967296",
            "18446744073709551616",
            "1e308",
            "1e-320",
            "null",
            "[]",
            "\"\"",
        ];
        format!("{}{}{}", &text[..at], new[dice.roll(new.len())], &text[end..])
    };
    match dice.roll(8) {
        0..=2 => number(text, dice),
        3 => format!("{head}{tail}"),
        4 => format!("{head}{}{tail}", piece.repeat(dice.roll(50))),
        5 => format!(
            "{head}{}{tail}",
            ["[", "{\"a\":", "\"", "\u{1b}", "\0", "'; DROP"][dice.roll(6)].repeat(1 + dice.roll(3000))
        ),
        6 => other.to_owned(),
        _ => {
            let mut bytes = text.as_bytes().to_vec();
            damage(&mut bytes, dice);
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }
}

enum Outcome {
    Refused,
    Opened,
    Changed,
}

/// Checks, opens, changes, undoes and opens again.
fn work(path: &Path) -> Outcome {
    match check(path) {
        Ok(report) if report.problems.iter().any(|what| what.chars().any(char::is_control)) => {
            say("bad a problem with control characters");
        }
        Err(why) if why.to_string().chars().any(char::is_control) => say("bad a reason with control characters"),
        _ => {}
    }
    let opened = match Project::open(path, OpenAs::Writer, "NU", at(0)) {
        Ok(opened) => opened,
        Err(why) => {
            if why.to_string().chars().any(char::is_control) {
                say("bad a reason with control characters");
            }
            return Outcome::Refused;
        }
    };
    let writer = opened.read_only.is_none();
    let mut project = opened.project;
    let mut changes = vec![edits::settings(project.document().settings())];
    let mark = project.document().marks().next().map(|mark| mark.info.id);
    changes.extend(
        mark.and_then(|mark| edits::mark_stroke(project.document(), mark, delta(&[(0, runs(&[(1, 2)]))]), None).ok()),
    );
    let mut kept = true;
    for change in changes {
        if let Err(CommitError::NotSaved(_)) = project.commit_with(change, by(None, 1), &Sidecar::default()) {
            kept = false;
        }
    }
    project.undo(by(None, 2)).ok();
    for key in project.document().stacks().map(|stack| stack.info.key) {
        project.store().paths_of(key).ok();
    }
    project.store().identities().ok();
    let shown = project.document().clone();
    drop(project);
    match Project::open(path, OpenAs::ReadOnly, "", at(3)) {
        Ok(again) if *again.project.document() == shown => {}
        Ok(_) => say("bad the file does not hold what was shown"),
        Err(why) if kept && writer => say(&format!("bad what was changed does not open again: {why}")),
        Err(_) => {}
    }
    if kept && writer { Outcome::Changed } else { Outcome::Opened }
}
