//! Masks, brush, deltas and measurements.
