//! Discs with a DICOMDIR, by other makers.

use crate::support::real;
use ablation_review::dicom::{Found, Limits, find};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn files(found: &Found) -> BTreeSet<PathBuf> {
    found.stacks.iter().flat_map(|stack| &stack.sources).map(|source| source.path.clone()).collect()
}

/// Discs of other makers, in the layouts that there are: each lists the images that its folders hold.
#[test]
fn a_dicomdir_stands_for_what_it_lists() {
    let Some(discs) = real("pydicom_testfiles/dicomdirtests", "a_dicomdir_stands_for_what_it_lists") else { return };
    let limits = Limits::default();
    let search = |path: &Path| find(&[path.to_owned()], &limits, &|_, _| {}, &|| false);
    let images = files(&search(&discs));
    for name in ["DICOMDIR", "DICOMDIR-bigEnd", "DICOMDIR-implicit", "DICOMDIR-nooffset", "DICOMDIR-reordered"] {
        let found = search(&discs.join(name));
        let listed = files(&found);
        assert_eq!(listed.len(), 31, "{name}");
        assert!(listed.is_subset(&images), "{name}");
        assert!(found.skipped.is_empty(), "{name}: {:?}", found.skipped);
    }
    // The objects of this disc lost their pixels: each of the fifty is named with that reason.
    let tiny = discs.join("TINY_ALPHA");
    let without_pixels = |found: &Found| found.skipped.iter().filter(|s| s.reason.contains("holds no images")).count();
    let listed = search(&tiny.join("DICOMDIR"));
    assert_eq!((without_pixels(&listed), listed.skipped.len()), (50, 50));
    // In its folder the list adds nothing, and is no file that could not be read.
    let whole = search(&tiny);
    assert_eq!((without_pixels(&whole), whole.skipped.len()), (50, 51), "{:?}", whole.skipped);
    assert!(whole.skipped.iter().any(|s| s.file.ends_with("README")));
    let empty = search(&discs.join("DICOMDIR-empty.dcm"));
    assert_eq!(empty.skipped[0].reason, "The DICOMDIR lists no images.");
}
