//! Each call of the store to the system fails once, or from some call on: an error of the disk, a full disk. What was
//! acknowledged is there, nothing else is, no panic, and the next try goes through.

use super::child::{can_trace, run, strace};
use super::said::{Known, Said};
use super::session::{Session, say};
use super::{FIXTURE, fixture, scratch};
use crate::project::scene::{at, date, delta, import, part, runs, split};
use crate::support::without;
use ablation_review::clinical::*;
use ablation_review::project::*;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const BEGIN: &str = "/ablation-review-fire-begins";
const END: &str = "/ablation-review-fire-ends";

/// In the child: a reading with every kind of step, the same each time, on a copy of the first format's fixture.
pub fn script(path: &Path, tries: usize) {
    // Faults are counted for each thread. The loader's calls are on the first one: past their number, a fault is
    // this thread's alone.
    for _ in 0..16 {
        rusqlite::Connection::open_with_flags("/no/such/file", rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap_err();
        let zero = std::fs::File::open("/dev/zero").unwrap();
        std::os::unix::fs::FileExt::read_at(&zero, &mut [0], 0).unwrap();
    }
    std::fs::metadata(BEGIN).unwrap_err();
    let none = Sidecar::default();
    let mut session = Session::open(path, 1, tries);
    session.hold_as("MN");
    let reader = ReaderId(1);
    let post = VisitId(2);
    let with = |session: &mut Session, edit: &dyn Fn(&Document) -> Option<NamedEdit>| {
        if let Some(edit) = session.document().and_then(edit) {
            session.commit(edit, &none);
        }
    };
    let stroke = delta(&[(0, runs(&[(70, 5), (134, 6)])), (1, runs(&[(100, 4)]))]);
    with(&mut session, &|document| edits::mark_stroke(document, MarkId(1), stroke.clone(), None).ok());
    session.undo();
    session.redo();
    if let Some(document) = session.document().cloned() {
        let (edit, sidecar) = import(&document, None, date("2026-03-09"), 1, 3);
        session.commit(edit, &sidecar);
    }
    with(&mut session, &|document| {
        let finding = document.findings_at(post).next()?.clone();
        Some(edits::finding(document, Finding { answer: Some(Answer::NoViable), ..finding }))
    });
    with(&mut session, &|document| edits::sign_visit(document, post, Track::Main, reader, at(70)).ok());
    let reason = AmendmentReason::Slip;
    with(&mut session, &|document| edits::amend_visit(document, post, Track::Main, reader, at(71), reason, "x").ok());
    with(&mut session, &|document| {
        let stack = document.stacks().max_by_key(|stack| stack.info.frames.len())?;
        let (half, all) = (stack.info.frames.len() / 2, stack.info.frames.len());
        let parts = [part(stack, 0, half), part(stack, half, all)];
        edits::group_by_hand(document, split(document, stack), &parts).ok()
    });
    with(&mut session, &|document| edits::archive_patient(document, document.patients().last()?.id, true).ok());
    with(&mut session, &|document| {
        let mut patients = document.patients().map(|patient| patient.id);
        let into = patients.next()?;
        edits::merge_patients(document, patients.last()?, into).ok()
    });
    session.move_files();
    session.copy();
    session.reopen();
    session.undo();
    session.close();
    let fresh = path.with_file_name("fresh.ablation");
    for _ in 0..tries {
        match Project::create(&fresh, "NU", at(0)) {
            Ok(_) => break,
            Err(OpenError::Exists { .. }) => break, // made, and then not opened
            Err(why) => say(&format!("refused {why}")),
        }
    }
    std::fs::metadata(END).ok();
}

/// How often each call is made before the script begins, and how often until it ends.
fn calls(log: &str) -> BTreeMap<String, (usize, usize)> {
    let thread = |line: &str| line.split_whitespace().next().map(str::to_owned);
    let begin = log.lines().find(|line| line.contains(BEGIN)).and_then(thread).expect("the script did not begin");
    let mut calls: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let (mut begun, mut ended) = (false, false);
    for line in log.lines().filter(|line| thread(line).as_ref() == Some(&begin)) {
        let call = line.split_whitespace().nth(1).unwrap_or_default();
        let Some((call, _)) = call.split_once('(') else { continue };
        ended |= line.contains(END);
        let count = calls.entry(call.to_owned()).or_default();
        count.0 += usize::from(!begun);
        count.1 += usize::from(!ended);
        begun |= line.contains(BEGIN);
    }
    calls.into_iter().filter(|(_, (before, after))| after > before).collect()
}

/// One call that fails.
#[derive(Debug, Clone)]
struct Fault {
    call: String,
    n: usize,
    error: &'static str,
    /// Whether all calls of that name fail from there on: the disk is gone.
    for_good: bool,
}

const WATCHED: &str =
    "pwrite64,pread64,fsync,fdatasync,ftruncate,unlink,rename,openat,fcntl,flock,newfstatat,statx,readlink,fchown";

/// The sound run, and every call in it that can fail.
fn plan(folder: &Path) -> (u64, Vec<Fault>) {
    let path = folder.join("plan.ablation");
    std::fs::copy(fixture(), &path).unwrap();
    let log = folder.join("log");
    let trace = format!("trace={WATCHED}");
    let wrapper = ["strace", "-f", "--seccomp-bpf", "-o", log.to_str().unwrap(), "-e", &trace].map(str::to_owned);
    let (lines, status) = run(&wrapper, "script", &path, 3);
    let said = Said::all(&lines);
    assert!(status.success() && said.done && said.refused.is_empty(), "{status}: {:#?}", said.lines);
    let mut faults = Vec::new();
    for (call, (before, after)) in calls(&std::fs::read_to_string(log).unwrap()) {
        for n in before + 1..=after {
            let fault = |error, for_good| Fault { call: call.clone(), n, error, for_good };
            faults.push(fault("EIO", false));
            if matches!(call.as_str(), "pwrite64" | "openat" | "fsync" | "rename") {
                faults.push(fault("ENOSPC", false));
                faults.push(fault("EIO", true));
            }
            if call == "pwrite64" {
                faults.push(fault("ENOSPC", true));
            }
        }
    }
    (said.acknowledged, faults)
}

#[test]
fn each_call_to_the_system_fails_once() {
    const NAME: &str = "fire::faults::each_call_to_the_system_fails_once";
    if !can_trace() {
        return without("strace that may trace", NAME);
    }
    let folder = scratch();
    let (all_changes, faults) = plan(folder.path());
    let all = std::env::var("ABLATION_REVIEW_FIRE").is_ok_and(|what| what == "all");
    // A number that shares no divisor with the three faults of a write, so that each kind comes up.
    let step = if all { 1 } else { (faults.len() / 150).max(1) | 1 };
    let chosen: Vec<&Fault> = faults.iter().step_by(step).collect();
    let failed: Vec<String> = chosen
        .par_iter()
        .enumerate()
        .filter_map(|(n, fault)| {
            let folder = folder.path().join(n.to_string());
            std::fs::create_dir(&folder).unwrap();
            let found = suffer(&folder, fault, all_changes);
            std::fs::remove_dir_all(&folder).unwrap();
            // Told at once, for all of them take an hour.
            found.err().map(|what| format!("{fault:?}: {what}")).inspect(|what| println!("{what}"))
        })
        .collect();
    println!("{} faults of {} that there are; {} failed", chosen.len(), faults.len(), failed.len());
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
}

/// Runs the script with one fault.
fn suffer(folder: &Path, fault: &Fault, all_changes: u64) -> Result<(), String> {
    let path = folder.join("study.ablation");
    std::fs::copy(fixture(), &path).unwrap();
    let for_good = if fault.for_good { "+" } else { "" };
    let what = format!("error={}:when={}{for_good}", fault.error, fault.n);
    let log = folder.join("log");
    let (lines, status) = run(&strace(&fault.call, &what, &log), "script", &path, 3);
    if !std::fs::read_to_string(log).unwrap().contains("(INJECTED)") {
        return Err("it did not come".to_owned());
    }
    let said = Said::all(&lines);
    let told = |what: String| format!("{what}\n  {}", said.lines.join("\n  "));
    if !status.success() || !said.done {
        return Err(told(format!("the child ended with {status}: {}", lines.join("\n"))));
    }
    let lies: BTreeSet<&String> =
        said.refused.iter().filter(|why| why.contains("damaged") || why.contains("is not a project")).collect();
    if !lies.is_empty() {
        return Err(told(format!("a fault of the disk is told as {lies:?}")));
    }
    let mut known = Known::of(FIXTURE);
    known.hold(&path, &said, false).map_err(told)?;
    if known.length != said.acknowledged.max(FIXTURE) {
        return Err(told(format!("{} changes in the file, {} acknowledged", known.length, said.acknowledged)));
    }
    if !fault.for_good && said.acknowledged != all_changes {
        return Err(told(format!("{} of {all_changes} changes after one fault", said.acknowledged)));
    }
    let fresh = path.with_file_name("fresh.ablation");
    if fresh.exists() {
        Project::open(&fresh, OpenAs::Writer, "NU", at(0)).map_err(|why| told(why.to_string()))?;
    } else if !fault.for_good {
        return Err(told("no new project was made".to_owned()));
    }
    Ok(())
}
