//! The JavaScript runtime of a dashboard, with a time and memory limit for every script.
//!
//! The memory limit of a call is [`MAX_CALL_MEMORY_MIB`] above the heap size that was measured last.
//! Measuring the heap takes longer than most scripts, so after each call a small allocation, with the limit
//! slightly above the last measurement, shows whether the heap has grown and needs to be measured again.

use std::{rc::Rc, sync::Arc, time::Duration};

use rquickjs::{Runtime, String as Text};

use super::{
    deadline::Deadline,
    js_error::{JsError, JsException},
    progress::ScriptProgress,
    realm::{JsFunction, JsScope, Realm},
};

/// The processor time that a script has, together with compiling it and with the promises that it leaves.
pub(crate) const MAX_SCRIPT_TIME: Duration = Duration::from_millis(50);
/// The maximum memory of a call, in MiB.
pub(crate) const MAX_CALL_MEMORY_MIB: usize = 16;
/// The maximum number of messages that a call may publish, and of URLs that it may open.
pub(crate) const MAX_EFFECTS: usize = 100;
/// The maximum length of a text that a call returns, in UTF-16 code units.
pub(crate) const MAX_TEXT_LENGTH: usize = 1 << 20;
/// The maximum length of a text that a tile shows, in UTF-16 code units. Each tile keeps its texts.
pub(crate) const MAX_SHOWN_LENGTH: usize = 64 << 10;
/// The maximum length of the text that `eval` or `Function` compiles, in UTF-16 code units. Compiling it cannot be
/// interrupted.
pub(crate) const MAX_SOURCE_LENGTH: usize = 4 << 10;
/// The maximum length of the text that a regular expression is created from, in UTF-16 code units.
pub(crate) const MAX_PATTERN_LENGTH: usize = 1 << 10;

const MIB: usize = 1 << 20;
/// How much the heap may grow, in bytes, before it is measured again.
const HEAP_SLACK: usize = MIB;
/// The maximum time of each thing that the engine has to do after a script, such as describing an exception.
const MAX_CLEANUP_TIME: Duration = Duration::from_millis(5);
/// The stack size of `QuickJS`, in bytes. The thread's stack must be larger.
const JS_STACK_BYTES: usize = 256 << 10;
/// More jobs than fit into the memory of a call.
const MAX_JOBS: usize = 1 << 20;

/// The `QuickJS` runtime in which the scripts of a dashboard run.
pub(super) struct JsRuntime {
    // Before `runtime`: a realm must be dropped before its runtime.
    realm: Realm,
    runtime: Runtime,
    deadline: Rc<Deadline>,
    /// The heap size without what scripts have stored, in bytes.
    base_bytes: usize,
    /// The heap size at the last measurement, in bytes.
    used_bytes: usize,
}

/// How much the heap has grown.
pub(super) struct HeapGrowth {
    /// The growth since the measurement before, in bytes.
    pub since_measured: usize,
    /// The growth since before any script ran, in bytes.
    pub since_start: usize,
}

impl JsRuntime {
    /// Creates a runtime without scripts. `progress` learns of each script that runs.
    ///
    /// # Errors
    /// When `QuickJS` cannot be initialized, for example for lack of memory.
    pub fn new(progress: &Arc<ScriptProgress>) -> Result<Self, String> {
        let runtime = Runtime::new().map_err(|error| error.to_string())?;
        runtime.set_max_stack_size(JS_STACK_BYTES);
        let deadline = Rc::new(Deadline::new(Arc::clone(progress)));
        let shared_deadline = Rc::clone(&deadline);
        runtime.set_interrupt_handler(Some(Box::new(move || shared_deadline.should_interrupt())));
        let realm = Realm::new(&runtime)?;
        let mut js_runtime = Self { realm, runtime, deadline, base_bytes: 0, used_bytes: 0 };
        js_runtime.measure_heap();
        js_runtime.base_bytes = js_runtime.used_bytes;
        Ok(js_runtime)
    }

    /// Begins a script: what follows until [`end_script`](Self::end_script) shares its time.
    pub fn begin_script(&self) {
        self.deadline.begin(MAX_SCRIPT_TIME);
    }

    /// Gives the script that runs its time again, in a runtime that has replaced another one.
    pub fn continue_script(&self) {
        self.deadline.allow(MAX_SCRIPT_TIME);
    }

    /// Ends a script.
    pub fn end_script(&self) {
        self.deadline.end();
    }

    /// Runs a part of a script, within its time and with the memory of a call.
    pub fn run_within_limits<T>(
        &mut self,
        call: impl FnOnce(&JsScope<'_, '_>) -> rquickjs::Result<T>,
    ) -> Result<T, JsError> {
        self.runtime.set_memory_limit(self.used_bytes + HEAP_SLACK + MAX_CALL_MEMORY_MIB * MIB);
        let result = self.realm.with(|scope| call(scope).map_err(|error| JsException::from_error(scope.ctx, &error)));
        result.map_err(|thrown| self.error_from(thrown))
    }

    /// Runs what the engine has to do after a script, also if the time of the script is over.
    pub fn clean_up<T>(&mut self, call: impl FnOnce(&JsScope<'_, '_>) -> rquickjs::Result<T>) -> Result<T, JsError> {
        let deadline = Rc::clone(&self.deadline);
        deadline.with_time(MAX_CLEANUP_TIME, || self.run_within_limits(call))
    }

    /// Runs the pending jobs (promise reactions) within the rest of the script's time. Returns whether there were any.
    pub fn run_jobs(&mut self) -> Result<bool, JsError> {
        if !self.runtime.is_job_pending() {
            return Ok(false);
        }
        self.realm.with(|scope| while !self.deadline.should_interrupt() && scope.ctx.execute_pending_job() {});
        self.drop_jobs()?;
        if self.deadline.was_interrupted() { Err(JsError::Timeout) } else { Ok(true) }
    }

    /// Discards the pending jobs by running them with no memory, so that they fail and start no other jobs.
    pub fn drop_jobs(&mut self) -> Result<(), JsError> {
        if self.runtime.is_job_pending() {
            self.runtime.set_memory_limit(1);
            let run_all = || self.realm.with(|scope| (0..MAX_JOBS).all(|_| scope.ctx.execute_pending_job()));
            self.deadline.with_time(MAX_CLEANUP_TIME, run_all);
        }
        if self.runtime.is_job_pending() { Err(JsError::Corrupted) } else { Ok(()) }
    }

    /// Returns the growth of the heap since it was last measured, if it is at least `HEAP_SLACK`.
    pub fn heap_growth(&mut self) -> Option<HeapGrowth> {
        self.runtime.set_memory_limit(self.used_bytes + HEAP_SLACK);
        let fits = self.realm.with(|scope| {
            let fits = Text::from_str(scope.ctx.clone(), "allocation probe").is_ok();
            if !fits {
                scope.ctx.catch();
            }
            fits
        });
        if fits {
            return None;
        }
        let used_before = self.used_bytes;
        self.runtime.set_memory_limit(0);
        let reset = |scope: &JsScope<'_, '_>| {
            scope.call(JsFunction::Reset, |_| Ok(())).unwrap_or_else(|_| drop(scope.ctx.catch()));
        };
        self.deadline.with_time(MAX_CLEANUP_TIME, || self.realm.with(reset));
        self.measure_heap();
        let since_measured = self.used_bytes.saturating_sub(used_before);
        (since_measured >= HEAP_SLACK)
            .then(|| HeapGrowth { since_measured, since_start: self.used_bytes.saturating_sub(self.base_bytes) })
    }

    /// Collects garbage and measures the heap.
    pub fn measure_heap(&mut self) {
        self.runtime.set_memory_limit(0);
        self.runtime.run_gc();
        self.used_bytes = usize::try_from(self.runtime.memory_usage().malloc_size).unwrap_or_default();
        self.runtime.set_gc_threshold(self.used_bytes + HEAP_SLACK);
    }

    fn error_from(&self, thrown: JsException) -> JsError {
        if self.deadline.was_interrupted() {
            return JsError::Timeout;
        }
        let value = match thrown {
            JsException::Null => return JsError::ThrewNull,
            JsException::Value(value) => value,
            JsException::Engine(message) => return JsError::Threw { message, stack: String::new() },
        };
        self.runtime.set_memory_limit(self.used_bytes + 2 * MAX_CALL_MEMORY_MIB * MIB);
        let describe = |scope: &JsScope<'_, '_>| {
            let description: rquickjs::Result<Option<Vec<String>>> =
                scope.call(JsFunction::DescribeException, |args| args.push_arg(value));
            description.inspect_err(|_| drop(scope.ctx.catch()))
        };
        JsError::from_description(self.deadline.with_time(MAX_CLEANUP_TIME, || self.realm.with(describe)))
    }
}
