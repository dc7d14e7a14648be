//! Twenty times kill -9 while a program edits, draws and imports: what was acknowledged is there, and the
//! rows are what the journal makes from nothing.

use super::scene::*;
use ablation_review::clinical::PatientId;
use ablation_review::project::*;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const PROJECT: &str = "ABLATION_REVIEW_TEST_KILL";
const SEED: &str = "ABLATION_REVIEW_TEST_KILL_SEED";

/// In a process of its own: changes the project without end and says so after each change.
#[test]
fn child() {
    let (Some(path), Some(seed)) = (std::env::var_os(PROJECT), std::env::var(SEED).ok()) else { return };
    let mut project = Project::open(Path::new(&path), OpenAs::Writer, "NU", at(0)).unwrap().project;
    assert!(project.store().read_only().is_none());
    let mut walker = Walker::new(seed.parse().unwrap());
    let mut out = std::io::stdout();
    loop {
        let by = walker.by(project.document());
        let entry = match walker.random.below(8) {
            0 => project.undo(by),
            1 => project.redo(by),
            _ => {
                let (edit, sidecar) = walker.propose(project.document());
                project.commit_with(edit, by, &sidecar)
            }
        };
        match entry.map(|entry| entry.seq) {
            Ok(seq) => {
                writeln!(out, "\nacknowledged {seq}").unwrap();
                out.flush().unwrap();
            }
            Err(CommitError::Refused(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("killed.ablation");
    let journal = folder.path().join("killed.ablation-journal");
    drop(Project::create(&path, "NU", at(0)).unwrap());
    let mut random = Random(20_260_304);
    let (mut cut_short, mut acknowledged) = (0, 0u64);
    for round in 0..20 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "project::kill::child", "--nocapture"])
            .env(PROJECT, &path)
            .env(SEED, round.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut wait_for = 1 + random.below(25);
        let mut said = Vec::new();
        let read = |line: std::io::Result<String>| line.ok()?.strip_prefix("acknowledged ")?.parse::<u64>().ok();
        while wait_for > 0 {
            let line = lines.next().unwrap_or_else(|| panic!("the child of round {round} ended by itself"));
            if let Some(seq) = read(line) {
                said.push(seq);
                wait_for -= 1;
            }
        }
        std::thread::sleep(Duration::from_micros(random.below(4000) as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        said.extend(lines.filter_map(read));
        cut_short += usize::from(journal.exists());
        let last = said.last().copied().unwrap_or(acknowledged);
        assert!(last > acknowledged, "round {round} acknowledged nothing new");
        acknowledged = last;

        // Whoever comes first takes back what was cut short, also when only to read.
        if round % 2 == 0 {
            assert_eq!(check(&path).unwrap().problems, Vec::<String>::new(), "round {round}");
        }
        let project = Project::open(&path, OpenAs::Writer, "NU", at(0)).unwrap().project;
        let entries = project.history().entries();
        let found: BTreeSet<u64> = entries.iter().map(|entry| entry.seq).collect();
        assert!(said.iter().all(|seq| found.contains(seq)), "round {round} lost a change");
        // One more at most: written, but killed before it could say so.
        let length = entries.len() as u64;
        assert!(length == acknowledged || length == acknowledged + 1, "round {round}: {length} of {acknowledged}");
        acknowledged = length;
        // Names came with their import or not at all.
        let named: BTreeSet<PatientId> = project.store().identities().unwrap().into_iter().map(|(id, _)| id).collect();
        let imported: BTreeSet<PatientId> =
            entries.iter().filter(|e| e.kind == ChangeKind::Import).filter_map(|e| e.patient).collect();
        assert_eq!(named, imported);
        drop(project);
        let report = check(&path).unwrap();
        assert_eq!(report.problems, Vec::<String>::new(), "round {round}");
    }
    println!("{acknowledged} changes, {cut_short} of 20 kills inside a transaction");
    assert!(cut_short > 0, "no kill hit a transaction: the test shows too little");
}
