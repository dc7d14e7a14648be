//! Tables with their data dictionary, and volumes as NIfTI.

pub mod nifti;
