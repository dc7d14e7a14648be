//! The rules, shown on histories written as days and letters.

mod checks;
mod efficacy;
mod hints;
mod section_8;
mod time;
