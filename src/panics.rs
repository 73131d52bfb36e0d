//! Which panics end the program: all of them, except those in a task that [`contain`]s them.
//!
//! The panic hook (`ui::terminal::restore_on_panic`) ends the program, because it would not work without the
//! thread or the task that has panicked. It asks [`are_contained`] first: code that handles untrusted data, and
//! whose failure costs only that data, must neither end the program nor write on its screen.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
};

#[cfg(panic = "abort")]
compile_error!("build with panic = \"unwind\": a decoder that panics must cost only its image");

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// A contained task has panicked. The log has the message.
#[derive(Debug, thiserror::Error)]
#[error("the task has panicked")]
pub struct Panicked;

/// Runs a task whose panic neither ends the program nor is written to the terminal. The task must own its data:
/// what it shares with the rest of the program may be left half changed.
///
/// # Errors
/// When the task has panicked.
pub fn contain<T>(task: impl FnOnce() -> T) -> Result<T, Panicked> {
    let outer = CONTAINED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(task));
    CONTAINED.set(outer);
    result.map_err(|_| Panicked)
}

/// Returns whether a panic of this thread is contained now.
pub(crate) fn are_contained() -> bool {
    CONTAINED.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panic_is_contained_only_inside_of_the_task() {
        assert_eq!(contain(are_contained).ok(), Some(true));
        assert!(contain(|| panic!("in a task")).is_err());
        assert!(!are_contained());
    }

    #[test]
    fn inner_task_does_not_end_containment_of_outer_task() {
        let outer = contain(|| {
            assert!(contain(|| panic!("in the inner task")).is_err());
            are_contained()
        });
        assert_eq!(outer.ok(), Some(true));
    }
}
