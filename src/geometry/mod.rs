//! Patient space: points, directions, planes, affines and grids.
//!
//! Everything is LPS in millimetres (DICOM PS3.3 C.7.6.2.1.1: x grows to the patient's left, y to the
//! back, z to the head). Spaces have their own types, so that a voxel index is never taken for a place.
//! This module knows nothing about images, files or medicine.

mod grid;
mod orientation;
mod point;
mod rigid;

pub use grid::{Grid, GridError, Plane, SpaceId, VoxelIndex};
pub use orientation::{Anatomical, letters, main_plane, short_letter};
pub use point::{PatientDirection, PatientPoint, PatientVector};
pub use rigid::Rigid;
