//! The window by label, without a screen: the whole story on the sample, single behaviours, bad input.
//!
//! Everything is done as a person does it, with keys, clicks, drags and the wheel. Background work runs at
//! once on the test's own thread, the clock stands still until it is moved, and nothing sleeps.

mod bad_input;
mod behaviour;
mod disks;
mod flow;
mod hangings;
mod images;
mod kinds;
mod many_patients;
mod outlining;
mod patients;
mod person;
mod planes;
mod safety;
mod samples;
mod screens;
mod story;
