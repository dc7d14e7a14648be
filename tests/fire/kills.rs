//! kill -9 at seeded moments: after so many acknowledgements, a while after a backup or copy began, or at the n-th
//! write, sync, rename or removal. What was acknowledged is there, whole; the last change may be in or out.

use super::child::{can_trace, lines, start, strace};
use super::said::{Known, Said};
use super::{FIXTURE, fixture, number, scratch};
use crate::project::scene::{Random, at};
use ablation_review::project::Project;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

/// When the parent, or the system, kills.
#[derive(Debug)]
enum Moment {
    /// So long after it began to open the project for the first time.
    Opening(Duration),
    /// So long after so many acknowledgements.
    Acknowledged(usize, Duration),
    /// So long after a line that begins like this.
    Begun(&'static str, Duration),
    /// When the n-th call of this name is made.
    Call(&'static str, usize),
}

/// Rounds of each twenty that begin with a project of the first format.
const IN_THE_FIRST_FORMAT: std::ops::Range<usize> = 10..13;

impl Moment {
    fn draw(random: &mut Random, round: usize) -> Self {
        let mut micros = |most| Duration::from_micros(random.below(most) as u64);
        match round % 4 {
            // A project of the first format is brought up to date first of all.
            _ if IN_THE_FIRST_FORMAT.contains(&(round % 20)) => Self::Opening(micros(8000)),
            0 => Self::Acknowledged(1 + random.below(12), Duration::from_micros(random.below(3000) as u64)),
            1 => Self::Begun(["opening", "copying"][round / 4 % 2], micros(4000)),
            _ if !can_trace() => {
                Self::Acknowledged(1 + random.below(8), Duration::from_micros(random.below(800) as u64))
            }
            _ => {
                // How often each is called in some ten changes and a backup.
                let (call, most) =
                    [("pwrite64", 200), ("pwrite64", 40), ("fsync", 40), ("unlink", 10), ("rename", 4), ("openat", 30)]
                        [random.below(6)];
                let first = if call == "openat" { 12 } else { 1 }; // the first ones are the loader's
                Self::Call(call, first + random.below(most))
            }
        }
    }
}

#[test]
fn what_was_acknowledged_survives_every_kill() {
    let rounds = number("ABLATION_REVIEW_KILLS", 50);
    let folder = scratch();
    let mut random = Random(300);
    let mut known = Known::default();
    let (mut changes, mut in_a_change, mut in_a_backup, mut in_a_copy, mut in_a_migration) = (0, 0, 0, 0, 0);
    // What was under way, by its kind.
    let mut kinds: BTreeMap<String, u32> = BTreeMap::new();
    let mut path = folder.path().join("never.ablation");
    let (mut round, mut killed) = (0, 0);
    while killed < rounds {
        assert!(round < 3 * rounds, "{killed} kills in {round} rounds");
        let in_the_first_format = IN_THE_FIRST_FORMAT.contains(&(round % 20));
        if round % 10 == 0 || in_the_first_format {
            // Some projects begin in the first format, so that they are brought up to date under fire too.
            changes += known.length;
            known = Known::default();
            path = folder.path().join(format!("killed-{round}.ablation"));
            if !in_the_first_format {
                drop(Project::create(&path, "NU", at(0)).unwrap());
            } else {
                std::fs::copy(fixture(), &path).unwrap();
                known = Known::of(FIXTURE);
            }
        }
        let moment = Moment::draw(&mut random, round);
        let said = kill(&path, round as u64, &moment);
        killed += usize::from(!said.done);
        if !said.done {
            *kinds.entry(said.under_way()).or_default() += 1;
            in_a_migration += usize::from(format_of(&path) == 1);
        }
        for entry in std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap()) {
            let name = entry.file_name().into_string().unwrap();
            in_a_change += usize::from(path.file_name().unwrap().to_str() == name.strip_suffix("-journal"));
            in_a_backup += usize::from(name.ends_with(".backup-new") || name.ends_with(".backup-part"));
            if name.contains(".new-") {
                in_a_copy += usize::from(!name.ends_with("-journal"));
                std::fs::remove_file(entry.path()).unwrap();
            }
        }
        let told = |what: &str| format!("round {round}, {moment:?}: {what}\n{}", said.lines.join("\n"));
        // Whoever comes first takes back what was cut short, also when only to read.
        known.hold(&path, &said, round % 2 == 0).unwrap_or_else(|what| panic!("{}", told(&what)));
        round += 1;
    }
    changes += known.length;
    println!(
        "{killed} kills in {round} rounds, {changes} changes kept; {in_a_change} inside a change, {in_a_backup} inside a backup, {in_a_copy} inside a copy, {in_a_migration} before a migration was done; under way: {kinds:?}"
    );
    if rounds >= 50 {
        assert!(in_a_change > 0 && in_a_backup > 0, "the kills hit too little");
    }
}

/// The format that a file states, read past SQLite, which would tidy up.
fn format_of(path: &Path) -> u32 {
    let bytes = std::fs::read(path).unwrap();
    bytes.get(60..64).map_or(0, |four| u32::from_be_bytes(four.try_into().unwrap()))
}

/// Lets a child change the project and kills it.
fn kill(path: &Path, seed: u64, moment: &Moment) -> Said {
    let wrapper = match moment {
        Moment::Call(call, n) => strace(call, &format!("error=EIO:signal=KILL:when={n}"), Path::new("/dev/null")),
        _ => Vec::new(),
    };
    let mut child = start(&wrapper, "wander", path, seed, Stdio::null());
    let mut said = Said::default();
    let mut lines = lines(&mut child);
    let mut acknowledged = 0;
    let mut wait = Duration::ZERO;
    if !matches!(moment, Moment::Call(..)) {
        for line in lines.by_ref() {
            acknowledged += usize::from(said.hear(&line));
            let moment_is_here = match moment {
                Moment::Opening(pause) => {
                    wait = *pause;
                    line == "@opening"
                }
                Moment::Acknowledged(count, pause) => {
                    wait = *pause;
                    acknowledged >= *count
                }
                Moment::Begun(word, pause) => {
                    wait = *pause;
                    acknowledged > 0 && line.starts_with('@') && line.contains(word)
                }
                Moment::Call(..) => false,
            };
            if moment_is_here {
                break;
            }
        }
        std::thread::sleep(wait);
        child.kill().unwrap();
    }
    for line in lines {
        said.hear(&line);
    }
    let status = child.wait().unwrap();
    // A panic ends a child too, and is no kill; a call that never came lets it end well.
    assert!(!status.success() || said.done, "{status}");
    assert_ne!(status.code(), Some(101), "the child of {moment:?} panicked:\n{}", said.lines.join("\n"));
    assert!(said.refused.is_empty(), "{:?}", said.refused);
    said
}
