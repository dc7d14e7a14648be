//! Seeded damage to real files, in a process of its own with a limit to its memory.

use super::{found, slice};
use crate::fire::damage::{Dice, damage};
use crate::support::real;
use std::process::Command;

const CHILD: &str = "ABLATION_REVIEW_DAMAGE_CHILD";
/// Address space of the child, kilobytes: its own code, two threads and a few frames.
const MEMORY_KB: u32 = 1_500_000;

#[test]
fn damaged_real_files_cost_a_sentence() {
    const NAME: &str = "dicom_real::damage::damaged_real_files_cost_a_sentence";
    let Some(data) = real("pydicom_testfiles", NAME) else { return };
    if std::env::var_os(CHILD).is_none() && cfg!(unix) {
        let limited = format!("ulimit -v {MEMORY_KB} && exec \"$0\" --exact {NAME} --nocapture");
        let mut child = Command::new("sh");
        child.arg("-c").arg(limited).arg(std::env::current_exe().unwrap());
        let output = child.env(CHILD, "1").env("RAYON_NUM_THREADS", "2").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let folders = ["", "../syntaxes", "../syntaxes/one_image", "../enhanced_mr/philips_t1"].map(|name| data.join(name));
    let mut files: Vec<_> = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "dcm"))
        .collect();
    files.sort();
    assert!(files.len() > 100);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.dcm");
    let mut dice = Dice(7);
    let (mut refused, mut read) = (0, 0);
    for file in files {
        let whole = std::fs::read(&file).unwrap();
        for _ in 0..if whole.len() < 100_000 { 12 } else { 3 } {
            let mut damaged = whole.clone();
            damage(&mut damaged, &mut dice);
            std::fs::write(&path, &damaged).unwrap();
            let found = found(&path);
            for skipped in &found.skipped {
                refused += 1;
                assert!(!skipped.reason.contains("made the reader fail"), "{}: {skipped:?}", file.display());
            }
            for stack in &found.stacks {
                for k in 0..stack.sources.len().min(2) {
                    read += 1;
                    if let Err(error) = slice(stack, k) {
                        let said = error.to_string();
                        assert!(!said.contains("made the reader fail"), "{}: {said}", file.display());
                    }
                }
            }
        }
    }
    assert!(refused > 100 && read > 100, "{refused} refused, {read} read");
}
