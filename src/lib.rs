//! Ablation Review: judge follow-up scans after image-guided tumour ablation.
//!
//! Research and teaching; not for primary diagnosis.
//!
//! The house, from the ground up. A module names only modules of lower rank (`tests/ranks.rs` holds it):
//!
//! | rank | modules |
//! |---|---|
//! | 0 | [`geometry`] patient space; [`clinical`] the vocabulary |
//! | 1 | [`volume`] a 3-D image |
//! | 2 | [`dicom`] files to stacks to volumes; [`marks`] masks and measurements; [`alignment`] how images line up; [`outcome`] the rules |
//! | 3 | [`render`] slices to pixels; [`cohort`] statistics; [`intake`] proposals with reasons; [`project`] the project file |
//! | 4 | [`phantom`] sample studies; [`export`] tables; [`hanging`] which stack goes into which pane |
//! | 5 | [`workbench`] a reading in progress, without a window |
//! | 6 | [`app`] the window; [`command_line`] headless commands |
//!
//! `main.rs` above them parses the command line and does nothing else. `ARCHITECTURE.md` tells the rest.

pub mod alignment;
pub mod app;
pub mod clinical;
pub mod cohort;
pub mod command_line;
pub mod dicom;
pub mod export;
pub mod geometry;
pub mod hanging;
pub mod intake;
pub mod marks;
pub mod outcome;
pub mod phantom;
pub mod project;
pub mod render;
pub mod volume;
pub mod workbench;
