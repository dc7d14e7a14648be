//! A fault of a reader or decoder costs one file: it is caught here, and known to be caught.

use super::error::ReadError;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs a reader; a fault in it becomes an error of its file.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, ReadError>) -> Result<T, ReadError> {
    let before = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(ReadError::Fault));
    GUARDED.set(before);
    result
}

/// Whether a fault on this thread just now is caught here and told as a file's: no report is due for it.
#[must_use]
pub fn fault_is_a_files() -> bool {
    GUARDED.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_becomes_an_error_and_the_guard_ends_with_it() {
        assert!(!fault_is_a_files());
        let result: Result<(), _> = guarded(|| {
            assert!(fault_is_a_files());
            panic!("a fault for the test")
        });
        assert!(matches!(result, Err(ReadError::Fault)));
        assert!(!fault_is_a_files());
    }
}
