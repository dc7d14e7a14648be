//! A fault of the program: the report says where and what came before, and nothing of a patient.

use ablation_review::workbench::fault;
use std::path::Path;
use std::process::Command;

const FOLDER: &str = "ABLATION_REVIEW_TEST_FAULT";
const NAME: &str = "Mustermann^Erika";
const ID: &str = "PID-4711";
const PATH: &str = "/scans/Mustermann/liver.dcm";

/// In a process of its own: fails in three ways, as a program with a patient's data in hand would.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    fault::watch(Path::new(&folder));
    for n in 0..30 {
        fault::note(if n % 2 == 0 { "next_lesion" } else { "sign" });
    }
    let nothing: Vec<u8> = Vec::new();
    let name = std::thread::Builder::new().name("scribe".into());
    let thread = name.spawn(|| panic!("{NAME} of {PATH} cannot be {ID}")).unwrap();
    thread.join().unwrap_err();
    std::panic::catch_unwind(|| panic!("a sentence of our own")).unwrap_err();
    let at = ID.len();
    std::panic::catch_unwind(|| nothing[at]).unwrap_err();
    let said: Vec<String> = fault::reports().iter().map(|report| fault::said(Some(report))).collect();
    println!("{}", said.join("\n"));
}

#[test]
fn a_report_tells_where_and_nothing_of_a_patient() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "faults::child", "--nocapture"])
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    assert!(output.status.success());
    let reports: Vec<_> = std::fs::read_dir(folder.path().join("reports"))
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .collect();
    assert_eq!(reports.len(), 3);
    let texts: Vec<String> = reports.iter().map(|report| std::fs::read_to_string(report).unwrap()).collect();
    let printed = [output.stdout, output.stderr].concat();
    for text in texts.iter().map(String::as_bytes).chain([printed.as_slice()]) {
        for secret in [NAME, "Mustermann", ID, PATH] {
            assert!(!text.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        }
    }
    for text in &texts {
        assert!(text.contains("Where: ") && text.contains("faults.rs:"), "{text}");
        assert!(text.contains(env!("CARGO_PKG_VERSION")) && text.contains(std::env::consts::OS));
        let commands = text.lines().find(|line| line.starts_with("Commands before: ")).unwrap();
        assert_eq!(commands.matches(", ").count(), 19, "the last twenty: {commands}");
    }
    assert_eq!(texts.iter().filter(|text| text.contains("What: a sentence of our own")).count(), 1);
    assert_eq!(texts.iter().filter(|text| text.contains("not said here")).count(), 2);
    assert!(texts.iter().any(|text| text.contains("Thread: scribe")));
    // The newest is told of once.
    let untold = fault::untold(folder.path()).unwrap();
    assert!(reports.contains(&untold));
    assert!(fault::untold(folder.path()).is_none());
}
