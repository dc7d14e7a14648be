//! Faults in decoders of others, which the program catches (`dicom/guard.rs`): they cost a slice there, and must not
//! end a run here. A fault of our own ends it.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, Once};

/// Lets faults of others pass from here on, each told once on standard error.
pub fn let_pass() {
    static ONCE: Once = Once::new();
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    ONCE.call_once(|| {
        let ends_the_run = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            // What cargo fetched lies in its registry; what cannot be told is taken for ours.
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            let Some((_, in_crate)) = place.split_once("/registry/src/") else { return ends_the_run(info) };
            if TOLD.lock().is_ok_and(|mut told| told.insert(in_crate.to_owned())) {
                eprintln!("A FAULT OF OTHERS: {info}");
            }
        }));
    });
}

/// Runs a decoder; `None` when it has a fault that is not ours.
#[allow(dead_code)]
pub fn caught<T>(run: impl FnOnce() -> T) -> Option<T> {
    let_pass();
    catch_unwind(AssertUnwindSafe(run)).ok()
}
