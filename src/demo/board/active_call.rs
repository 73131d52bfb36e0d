//! A call into C in progress.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use super::DevicePort;

/// A call into C in progress: the port that it borrows, and the panic of the port, if any.
pub(super) struct ActiveCall<'a> {
    device_port: &'a mut dyn DevicePort,
    panic: Option<Box<dyn Any + Send>>,
}

impl<'a> ActiveCall<'a> {
    /// Begins a call.
    pub(super) fn new(device_port: &'a mut dyn DevicePort) -> Self {
        Self { device_port, panic: None }
    }

    /// Runs an operation with the port, and never panics. Returns `fallback` if the port has already panicked in this
    /// call, or if it panics now.
    pub(super) fn run<T>(&mut self, fallback: T, operation: impl FnOnce(&mut dyn DevicePort) -> T) -> T {
        if self.panic.is_some() {
            return fallback;
        }
        match catch_unwind(AssertUnwindSafe(|| operation(self.device_port))) {
            Ok(result) => result,
            Err(panic) => {
                self.panic = Some(panic);
                fallback
            }
        }
    }

    /// Resumes the panic of the port, if it has panicked. C must have returned.
    pub(super) fn resume_panic(self) {
        if let Some(panic) = self.panic {
            resume_unwind(panic);
        }
    }
}
