//! What stands in sequences, in private elements, and in functional groups.

use super::build::{File, element, found_bytes, slice};
use crate::dicom::header::Header;
use crate::dicom::instance::open_file;
use crate::dicom::syntax::{BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT};
use crate::dicom::wanted::{GE_B_VALUE, SIEMENS_B_VALUE, WANTED};
use crate::dicom::{Limits, ReadError};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

fn header(bytes: &[u8]) -> Header {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.dcm");
    std::fs::write(&path, bytes).unwrap();
    open_file(&path, &WANTED, &Limits::default()).unwrap().0.header
}

/// A file whose first frame has its own slope and whose frames share an echo time.
fn grouped(syntax: &str) -> File {
    let mut file = slice(1, [0.0; 3]);
    file.syntax = syntax.into();
    let of = |n: u8| {
        vec![(tags::SOP_INSTANCE_UID, VR::UI, b"9.9.9".to_vec()), (tags::RESCALE_SLOPE, VR::DS, vec![b'0' + n])]
    };
    let frame = |n| (tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, vec![file.item(&of(n), &[])]);
    let frames = vec![file.item(&[], &[frame(2)]), file.item(&[], &[frame(3)])];
    let echo = file.item(&[(tags::EFFECTIVE_ECHO_TIME, VR::FD, 4.6f64.to_le_bytes().to_vec())], &[]);
    let shared = vec![file.item(&[], &[(tags::MR_ECHO_SEQUENCE, vec![echo])])];
    file.sequence(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, shared);
    file.sequence(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, frames);
    file
}

#[test]
fn a_frame_answers_before_what_is_shared_and_that_before_the_data_set() {
    for syntax in [EXPLICIT, IMPLICIT, BIG_ENDIAN, DEFLATED] {
        let header = header(&grouped(syntax).encode());
        assert_eq!(header.frame_groups(), 2, "{syntax}");
        assert_eq!(header.number(tags::RESCALE_SLOPE), Some(1.0), "the data set's own");
        assert_eq!(header.number(tags::EFFECTIVE_ECHO_TIME), None);
        for (frame, slope) in [(0, 2.0), (1, 3.0), (2, 1.0)] {
            let frame = header.frame(frame);
            assert_eq!(frame.number(tags::RESCALE_SLOPE), Some(slope), "{syntax}");
            assert_eq!(frame.number(tags::RESCALE_INTERCEPT), Some(-1024.0));
            assert_eq!(frame.number(tags::EFFECTIVE_ECHO_TIME), Some(4.6));
            assert_eq!(frame.count(tags::COLUMNS), Some(4));
        }
        let inside = header.frame(0).items(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE);
        assert_eq!((inside.len(), inside[0].number(tags::RESCALE_SLOPE)), (1, Some(2.0)));
    }
}

#[test]
fn trap_25_identifiers_are_read_at_the_top_level_only() {
    let file = grouped(EXPLICIT);
    let header = header(&file.encode());
    assert_eq!(header.frame(0).text(tags::SOP_INSTANCE_UID), "1.2.3.4.1");
    // Also where the data set itself has none.
    let mut without = slice(1, [0.0; 3]);
    let other = without.item(&[(tags::SERIES_INSTANCE_UID, VR::UI, b"6.6.6".to_vec())], &[]);
    without.sequence(tags::FRAME_CONTENT_SEQUENCE, vec![other]).without(tags::SERIES_INSTANCE_UID);
    assert_eq!(found_bytes(&without.encode()).unwrap().stacks[0].info.series_uid, "1.2.3.4.1");
}

#[test]
fn a_private_element_is_found_in_the_block_of_its_creator() {
    let with = |blocks: &[(u8, &str)], syntax: &str| {
        let mut file = slice(1, [0.0; 3]);
        file.syntax = syntax.into();
        for (n, (block, creator)) in blocks.iter().enumerate() {
            file.text(Tag(0x0019, u16::from(*block)), VR::LO, creator);
            let value = format!("{}", (n + 1) * 400);
            file.text(Tag(0x0019, u16::from(*block) << 8 | 0x0C), VR::IS, &value);
        }
        header(&file.encode()).number(SIEMENS_B_VALUE)
    };
    for syntax in [EXPLICIT, IMPLICIT] {
        assert_eq!(with(&[(0x10, "SIEMENS MR HEADER")], syntax), Some(400.0));
        // Another block, and a neighbour with the same element.
        assert_eq!(with(&[(0x10, "SOMEBODY ELSE"), (0x11, "SIEMENS MR HEADER ")], syntax), Some(800.0));
        assert_eq!(with(&[(0x10, "SOMEBODY ELSE")], syntax), None);
    }
    let mut file = slice(1, [0.0; 3]);
    file.text(Tag(0x0043, 0x0010), VR::LO, "GEMS_PARM_01");
    file.text(Tag(0x0043, 0x1039), VR::IS, "1000000800\\8\\0\\0");
    assert_eq!(header(&file.encode()).numbers(GE_B_VALUE), [1_000_000_800.0, 8.0, 0.0, 0.0]);
    // A creator reserves a block only in the item where it stands.
    let mut file = slice(1, [0.0; 3]);
    file.text(Tag(0x0019, 0x0010), VR::LO, "SIEMENS MR HEADER");
    let inner = element(Tag(0x0019, 0x100C), VR::IS, b"50", true, false);
    file.sequence(tags::MR_DIFFUSION_SEQUENCE, vec![inner]);
    let items = header(&file.encode()).items(tags::MR_DIFFUSION_SEQUENCE);
    assert_eq!((items.len(), items[0].number(SIEMENS_B_VALUE)), (1, None));
}

#[test]
fn a_sequence_that_passed_as_unknown_is_read() {
    let mut file = slice(1, [0.0; 3]);
    let mut inner = element(tags::RADIONUCLIDE_TOTAL_DOSE, VR::DS, b"350000000", false, false);
    inner.splice(0..0, [[0xFE, 0xFF, 0, 0xE0].as_slice(), &(inner.len() as u32).to_le_bytes()].concat());
    file.bytes(tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE, VR::UN, &inner);
    let items = header(&file.encode()).items(tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE);
    assert_eq!(items[0].number(tags::RADIONUCLIDE_TOTAL_DOSE), Some(3.5e8));
}

#[test]
fn what_is_kept_has_a_budget() {
    let mut file = slice(1, [0.0; 3]);
    let item = file.item(&[(tags::RESCALE_SLOPE, VR::DS, b"1".to_vec())], &[]);
    file.sequence(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, vec![item; 1_000]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.dcm");
    std::fs::write(&path, file.encode()).unwrap();
    let read = |header_bytes| open_file(&path, &WANTED, &Limits { header_bytes, ..Limits::default() });
    assert!(matches!(read(100_000), Err(ReadError::HeaderTooLarge { most: 100_000 })));
    assert_eq!(read(200_000).unwrap().0.header.frame_groups(), 1_000);
}
