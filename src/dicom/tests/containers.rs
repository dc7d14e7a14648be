//! Archives: the same stacks as from a folder, and nothing else.

use super::archive::{Member, zip};
use super::build::{search, series};
use crate::dicom::{Limits, find, is_there, read_slice};

#[test]
fn an_archive_gives_the_stacks_of_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    std::fs::create_dir(&plain).unwrap();
    let files: Vec<Vec<u8>> = series(4, 2.5).iter().map(super::build::File::encode).collect();
    let mut members = vec![Member::stored("DISC/README.TXT", b"not an image"), Member::stored("DISC/empty", b"")];
    for (n, bytes) in files.iter().enumerate() {
        std::fs::write(plain.join(format!("{n}")), bytes).unwrap();
        let name = format!("DISC/IMAGES/S{}/I{n}", n % 2);
        members.push(if n % 2 == 0 { Member::stored(&name, bytes) } else { Member::deflated(&name, bytes) });
    }
    members.push(Member::stored("DISC/inner.zip", &zip(&[Member::stored("x", &files[0])])));
    members.push(Member::stored("../../outside.dcm", &files[0]));
    let path = folder.path().join("Disc (1).ZIP");
    std::fs::write(&path, zip(&members)).unwrap();

    let expected = search(&plain);
    let limits = Limits::default();
    // The archive itself, and the folder it lies in.
    let given = find(std::slice::from_ref(&path), &limits, &|_, _| {}, &|| false);
    assert_eq!(given.stacks.len(), 1);
    assert_eq!(given.stacks[0].info, expected.stacks[0].info);
    let reasons: Vec<_> =
        given.skipped.iter().map(|s| (s.file.file_name().unwrap().to_str().unwrap(), &*s.reason)).collect();
    assert!(reasons.iter().any(|(file, why)| *file == "outside.dcm" && why.contains("leads out")), "{reasons:?}");
    assert!(reasons.iter().any(|(file, why)| *file == "README.TXT" && why.contains("not a DICOM")), "{reasons:?}");
    assert!(reasons.iter().any(|(file, why)| *file == "inner.zip" && why.contains("inside an archive")), "{reasons:?}");
    assert_eq!(reasons.len(), 4, "{reasons:?}");

    for (n, (source, other)) in given.stacks[0].sources.iter().zip(&expected.stacks[0].sources).enumerate() {
        assert!(source.path.starts_with(&path) && is_there(&source.path));
        let slice =
            |stack: &crate::dicom::FoundStack, source| read_slice(&stack.info, n as u32, source, &limits).unwrap();
        assert_eq!(slice(&given.stacks[0], source), slice(&expected.stacks[0], other));
    }
    let around = search(folder.path());
    assert_eq!(around.stacks.len(), 1, "the copies in the archive are copies");
}
