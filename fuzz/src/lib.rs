//! The lower half of the house, as the package has it: what reads files. The window is left out, so that a build takes
//! minutes; that these modules name none above them is what ranks are for.

#[path = "../../src/alignment/mod.rs"]
pub mod alignment;
#[path = "../../src/clinical/mod.rs"]
pub mod clinical;
#[path = "../../src/dicom/mod.rs"]
pub mod dicom;
#[path = "../../src/geometry/mod.rs"]
pub mod geometry;
#[path = "../../src/marks/mod.rs"]
pub mod marks;
#[path = "../../src/outcome/mod.rs"]
pub mod outcome;
#[path = "../../src/project/mod.rs"]
pub mod project;
#[path = "../../src/volume/mod.rs"]
pub mod volume;
