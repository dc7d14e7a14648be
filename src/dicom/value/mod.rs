//! What turns stored values into values with a unit.

mod moment;
mod suv;

pub use suv::{Suv, SuvInputs, SuvSource};
