//! The JavaScript runtime: one `QuickJS` runtime with a realm for each dashboard, and with a time and memory limit on
//! every call.
//!
//! The memory limit of a call is [`MAX_CALL_MEMORY_MIB`] above the heap size that was measured last.
//! Measuring the heap takes longer than most scripts, so after each call a small allocation, with the limit
//! slightly above the last measurement, shows whether the heap has grown and needs to be measured again.

use std::{
    collections::{HashMap, hash_map::Entry},
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use rquickjs::{Runtime, String as Text};

use super::{
    deadline::CallDeadline,
    js_error::{JsError, JsException},
    realm::{JsFunction, JsScope, Realm},
};
use crate::model::id::DashboardId;

/// The maximum duration of a call.
pub(crate) const MAX_CALL_TIME: Duration = Duration::from_millis(50);
/// The maximum memory of a call, in MiB.
pub(crate) const MAX_CALL_MEMORY_MIB: usize = 16;
/// The maximum number of messages that a call may publish, and of URLs that it may open.
pub(crate) const MAX_EFFECTS: usize = 100;
/// The maximum length of a text that a call returns, in UTF-16 code units.
pub(crate) const MAX_TEXT_LENGTH: usize = 1 << 20;
/// The maximum length of the text that `eval` or `Function` compiles, in UTF-16 code units. Compiling it cannot be
/// interrupted.
pub(crate) const MAX_SOURCE_LENGTH: usize = 4 << 10;
/// The maximum length of the text that a regular expression is created from, in UTF-16 code units.
pub(crate) const MAX_PATTERN_LENGTH: usize = 1 << 10;

const MIB: usize = 1 << 20;
/// How much the heap may grow, in bytes, before it is measured again.
const HEAP_SLACK: usize = MIB;
/// The maximum time for describing an exception.
const MAX_DESCRIBE_TIME: Duration = Duration::from_millis(10);
/// The stack size of `QuickJS`, in bytes. The thread's stack must be larger.
const JS_STACK_BYTES: usize = 256 << 10;
/// More jobs than fit into the memory of a call.
const MAX_JOBS: usize = 1 << 20;

/// The `QuickJS` runtime in which all scripts run, those of each dashboard in a realm of their own.
pub(super) struct JsRuntime {
    // Before `runtime`: a realm must be dropped before its runtime.
    realms: HashMap<DashboardId, OpenRealm>,
    runtime: Runtime,
    deadline: Rc<CallDeadline>,
    /// The heap size without what scripts have stored, in bytes.
    base_bytes: usize,
    /// The heap size at the last measurement, in bytes.
    used_bytes: usize,
}

struct OpenRealm {
    realm: Rc<Realm>,
    /// The heap size of the realm before any script ran in it, in bytes.
    bytes: usize,
}

/// How much the heap has grown.
pub(super) struct HeapGrowth {
    /// The growth since the measurement before, in bytes.
    pub since_measured: usize,
    /// The growth since before any script ran, in bytes.
    pub since_start: usize,
}

impl JsRuntime {
    /// Creates a runtime without realms. Every call is interrupted once `abandoned` is set.
    ///
    /// # Errors
    /// When `QuickJS` cannot be initialized, for example for lack of memory.
    pub fn new(abandoned: Arc<AtomicBool>) -> Result<Self, String> {
        let runtime = Runtime::new().map_err(|error| error.to_string())?;
        runtime.set_max_stack_size(JS_STACK_BYTES);
        let deadline = Rc::new(CallDeadline::new(abandoned));
        let shared_deadline = Rc::clone(&deadline);
        runtime.set_interrupt_handler(Some(Box::new(move || shared_deadline.should_interrupt())));
        let mut js_runtime = Self { realms: HashMap::new(), runtime, deadline, base_bytes: 0, used_bytes: 0 };
        js_runtime.measure_heap();
        js_runtime.base_bytes = js_runtime.used_bytes;
        Ok(js_runtime)
    }

    /// Returns the realm of a dashboard. Creates it for the first call.
    fn realm(&mut self, dashboard: DashboardId) -> Result<Rc<Realm>, JsError> {
        if let Some(open) = self.realms.get(&dashboard) {
            return Ok(Rc::clone(&open.realm));
        }
        self.deadline.clear();
        self.measure_heap();
        let used_before = self.used_bytes;
        let realm = Rc::new(Realm::new(&self.runtime).map_err(JsError::Unavailable)?);
        self.measure_heap();
        let bytes = self.used_bytes.saturating_sub(used_before);
        self.base_bytes += bytes;
        self.realms.insert(dashboard, OpenRealm { realm: Rc::clone(&realm), bytes });
        Ok(realm)
    }

    /// Drops the realm of a dashboard with all that its scripts have stored. The next call creates a new one. Returns
    /// false if pending jobs still use the realm: then the whole runtime must be replaced.
    pub fn drop_realm(&mut self, dashboard: DashboardId) -> bool {
        if self.runtime.is_job_pending() {
            return false;
        }
        if let Entry::Occupied(open) = self.realms.entry(dashboard) {
            self.base_bytes = self.base_bytes.saturating_sub(open.remove().bytes);
            self.measure_heap();
        }
        true
    }

    /// Runs `call` in the realm of a dashboard, within the time and memory limits.
    pub fn run_within_limits<T>(
        &mut self,
        dashboard: DashboardId,
        call: impl FnOnce(&JsScope<'_, '_>) -> rquickjs::Result<T>,
    ) -> Result<T, JsError> {
        let realm = self.realm(dashboard)?;
        self.runtime.set_memory_limit(self.used_bytes + HEAP_SLACK + MAX_CALL_MEMORY_MIB * MIB);
        self.deadline.start(MAX_CALL_TIME);
        let result = realm.with(|scope| call(scope).map_err(|error| JsException::from_error(scope.ctx, &error)));
        result.map_err(|thrown| self.error_from(&realm, thrown))
    }

    /// Runs the pending jobs (promise reactions) within the rest of the time limit. Returns whether there
    /// were any.
    pub fn run_jobs(&mut self, dashboard: DashboardId) -> Result<bool, JsError> {
        if !self.runtime.is_job_pending() {
            return Ok(false);
        }
        let realm = self.realm(dashboard)?;
        realm.with(|scope| while !self.deadline.should_interrupt() && scope.ctx.execute_pending_job() {});
        self.drop_jobs(dashboard)?;
        if self.deadline.was_interrupted() { Err(JsError::Timeout) } else { Ok(true) }
    }

    /// Discards the pending jobs by running them with no memory, so that they fail and start no other jobs.
    pub fn drop_jobs(&mut self, dashboard: DashboardId) -> Result<(), JsError> {
        if self.runtime.is_job_pending() {
            let realm = self.realm(dashboard)?;
            self.runtime.set_memory_limit(1);
            self.deadline.start(MAX_CALL_TIME);
            realm.with(|scope| (0..MAX_JOBS).all(|_| scope.ctx.execute_pending_job()));
        }
        if self.runtime.is_job_pending() { Err(JsError::Corrupted) } else { Ok(()) }
    }

    /// Returns the growth of the heap since it was last measured, if it is at least `HEAP_SLACK`, after a call in the
    /// realm of a dashboard.
    pub fn heap_growth(&mut self, dashboard: DashboardId) -> Option<HeapGrowth> {
        let realm = Rc::clone(&self.realms.get(&dashboard)?.realm);
        self.deadline.clear();
        self.runtime.set_memory_limit(self.used_bytes + HEAP_SLACK);
        let fits = realm.with(|scope| {
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
        realm.with(|scope| {
            scope.call(JsFunction::Reset, |_| Ok(())).unwrap_or_else(|_| drop(scope.ctx.catch()));
        });
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

    fn error_from(&self, realm: &Realm, thrown: JsException) -> JsError {
        if self.deadline.was_interrupted() {
            return JsError::Timeout;
        }
        let value = match thrown {
            JsException::Null => return JsError::ThrewNull,
            JsException::Value(value) => value,
            JsException::Engine(message) => return JsError::Threw { message, stack: String::new() },
        };
        self.runtime.set_memory_limit(self.used_bytes + 2 * MAX_CALL_MEMORY_MIB * MIB);
        self.deadline.start(MAX_DESCRIBE_TIME);
        let result = realm.with(|scope| {
            let description: rquickjs::Result<Option<Vec<String>>> =
                scope.call(JsFunction::DescribeException, |args| args.push_arg(value));
            description.inspect_err(|_| drop(scope.ctx.catch()))
        });
        JsError::from_description(result)
    }
}
