//! Images that are no longer where they were, found again by UID; places that are asked about first.

use super::scene::*;
use ablation_review::clinical::StackKey;
use ablation_review::dicom;
use ablation_review::project::moved::*;
use ablation_review::project::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn at_path(relative: Option<&str>, absolute: &str) -> InstancePath {
    InstancePath {
        sop_uid: "1.2".into(),
        frame: 0,
        relative: relative.map(str::to_owned),
        absolute: absolute.into(),
        size: 1,
        mtime: 1,
    }
}

#[test]
fn beside_the_project_is_looked_first_and_nothing_leads_out_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::create_dir(here.join("ct")).unwrap();
    std::fs::write(here.join("ct/1.dcm"), "x").unwrap();
    std::fs::write(here.parent().unwrap().join("outside-of-the-project"), "x").ok();
    assert_eq!(place(&at_path(Some("ct/1.dcm"), "/old/ct/1.dcm"), here), Place::Beside(here.join("ct/1.dcm")));
    for relative in
        ["../outside-of-the-project", "/etc/hostname", "ct/../../outside-of-the-project", "//host/x", "\\\\host\\x"]
    {
        let place = place(&at_path(Some(relative), "/old/1.dcm"), here);
        assert_eq!(place, Place::Elsewhere("/old/1.dcm".into()), "{relative}");
    }
    for network in ["\\\\host\\share\\1.dcm", "//host/share/1.dcm", "smb://host/1.dcm", "\\/host/1.dcm"] {
        assert!(matches!(place(&at_path(None, network), here), Place::Network(_)), "{network}");
    }
    let sneaking = here.join("..").join("x.dcm");
    assert!(matches!(place(&at_path(None, &sneaking.to_string_lossy()), here), Place::Elsewhere(_)));
    std::fs::remove_file(here.parent().unwrap().join("outside-of-the-project")).ok();
}

#[test]
fn each_place_is_asked_about_once() {
    let (a, b) = (StackKey([1; 16]), StackKey([2; 16]));
    let records: Records = BTreeMap::from([
        (a, vec![at_path(None, "/scans/liver/v1/1.dcm"), at_path(None, "/scans/liver/v1/2.dcm")]),
        (b, vec![at_path(None, "/scans/liver/v2/1.dcm"), at_path(None, "//host/share/x/2.dcm")]),
    ]);
    let here = Path::new("/projects");
    let asks = to_ask(&records, here, &[]);
    let told: Vec<(&str, bool, usize)> =
        asks.iter().map(|ask| (ask.folder.to_str().unwrap(), ask.network, ask.stacks.len())).collect();
    assert_eq!(told, [("/host/share", true, 1), ("/scans/liver", false, 2)]);
    assert!(sources(&records, here, &[]).is_empty(), "nothing is read before that");
    let allowed = [PathBuf::from("/scans/liver")];
    assert_eq!(to_ask(&records, here, &allowed).len(), 1);
    assert_eq!(sources(&records, here, &allowed).keys().copied().collect::<Vec<_>>(), [a]);
    let sneaking: Records = BTreeMap::from([(a, vec![at_path(None, "/scans/liver/../../etc/1.dcm")])]);
    assert!(sources(&sneaking, here, &allowed).is_empty());
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn moved_and_renamed_files_are_found_again_by_uid() {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("study");
    copy_folder(&crate::sample_study::folder(), &study);
    let look = |place: &Path| dicom::find(&[place.to_owned()], &dicom::Limits::default(), &|_, _| {}, &|| false);
    let found = look(&study);
    let path = folder.path().join("project.ablation");
    let mut project = Project::create(&path, "NU", at(0)).unwrap();
    let (edit, mut sidecar) = import(project.document(), None, date("2026-03-04"), 0, 1);
    let (patient, visit) = (edit.patient.unwrap(), edit.visit.unwrap());
    let mut ops = edit.edit.ops;
    let mut uids = std::collections::BTreeSet::new();
    for stack in &found.stacks {
        if uids.insert(stack.study.uid.clone()) {
            ops.push(Op::Put(Row::Study(ablation_review::clinical::Study {
                uid: stack.study.uid.clone(),
                patient,
                visit,
                date: stack.study.date,
                description: String::new(),
            })));
        }
        ops.push(Op::Put(Row::Stack(StackRecord {
            info: std::sync::Arc::new(stack.info.clone()),
            patient,
            role: ablation_review::clinical::StackRole::Other,
            role_because: String::new(),
            role_by_reader: false,
            hangs_for: None,
        })));
        let frames = stack.info.frames.iter().zip(&stack.sources);
        let paths = frames.map(|(frame, source)| InstancePath {
            sop_uid: frame.sop_uid.clone(),
            frame: frame.frame,
            relative: None,
            absolute: source.path.to_string_lossy().into_owned(),
            size: source.size,
            mtime: source.mtime,
        });
        sidecar.paths.push((stack.info.key, paths.collect()));
    }
    project.commit_with(NamedEdit::new(ChangeKind::Import, "images", ops), by(None, 1), &sidecar).unwrap();
    let records = project.store().paths().unwrap();
    assert_eq!(records.len(), found.stacks.len());
    // The project lies apart, so that what was written down is asked about first.
    let here = folder.path().join("apart");
    let allowed = [folder.path().to_owned()];
    let there = |path: &Path| path.is_file();
    assert_eq!(missing_stacks(project.document(), &records, &here, &allowed, &there), []);
    let asked = std::cell::Cell::new(0);
    let ask = |_: &Path| {
        asked.set(asked.get() + 1);
        false
    };
    assert_eq!(missing_stacks(project.document(), &records, &here, &[], &ask), []);
    assert_eq!(asked.get(), 0, "no place was touched without asking");

    // Moved, every file under another name, and the files of one slice of the first stack lost.
    let first = found.stacks[0].info.key;
    let moved = folder.path().join("moved/deep/er");
    std::fs::create_dir_all(&moved).unwrap();
    let lost = found.stacks[0].sources[0].path.clone();
    let mut n = 0;
    for stack in &found.stacks {
        for source in &stack.sources {
            if source.path != lost && source.path.exists() {
                n += 1;
                std::fs::rename(&source.path, moved.join(format!("{n}"))).unwrap();
            }
        }
    }
    std::fs::remove_file(&lost).unwrap();
    let missing = missing_stacks(project.document(), &records, &here, &allowed, &there);
    assert_eq!(missing.len(), found.stacks.len());
    assert!(missing.iter().all(|stack| stack.missing == stack.slices && stack.patient == patient));

    let again = find_again(project.document(), &records, &missing, &look(&folder.path().join("moved")), folder.path());
    assert_eq!(again.still_missing, [(first, 1)]);
    assert_eq!(again.found.len(), found.stacks.len() - 1);
    project.write_sidecar(&again.sidecar).unwrap();
    let records = project.store().paths().unwrap();
    let missing = missing_stacks(project.document(), &records, &here, &allowed, &there);
    assert_eq!(missing.iter().map(|stack| (stack.stack, stack.missing)).collect::<Vec<_>>(), [(first, 1)]);
    let relative = &records[&again.found[0]][0].relative;
    assert!(relative.as_ref().unwrap().starts_with("moved/deep/er/"), "{relative:?}");
    assert_eq!(project.history().entries().len(), 1, "no change: nothing to undo");
}
