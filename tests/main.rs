//! One integration binary: every binary links the window again.

mod dicom_real;
mod ranks;
mod support;
