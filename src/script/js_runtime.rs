//! The JavaScript runtime: one `QuickJS` runtime, hardened by `js_runtime.js`, with a time and memory limit
//! on every call.
//!
//! The memory limit of a call is [`MAX_CALL_MEMORY_MIB`] above the heap size that was measured last.
//! Measuring the heap takes longer than most scripts, so after each call a small allocation, with the limit
//! slightly above the last measurement, shows whether the heap has grown and needs to be measured again.

use std::{
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use rquickjs::{
    CatchResultExt, Context, Ctx, Error, Function, Object, Persistent, Runtime, String as Text, Value,
    context::{EvalOptions, intrinsic},
    function::Args,
};

use super::{
    deadline::CallDeadline,
    js_error::{JsError, JsException},
};
use crate::model::topic::Topic;

/// The maximum duration of a call.
pub(crate) const MAX_CALL_TIME: Duration = Duration::from_millis(50);
/// The maximum memory of a call, in MiB.
pub(crate) const MAX_CALL_MEMORY_MIB: usize = 16;
/// The maximum number of messages that a call may publish, and of URLs that it may open.
pub(crate) const MAX_EFFECTS: usize = 100;
/// The maximum length of a text that a call returns, in UTF-16 code units.
pub(crate) const MAX_TEXT_LENGTH: usize = 1 << 20;

const MIB: usize = 1 << 20;
/// How much the heap may grow, in bytes, before it is measured again.
const HEAP_SLACK: usize = MIB;
/// The maximum time for describing an exception.
const MAX_DESCRIBE_TIME: Duration = Duration::from_millis(10);
/// The stack size of `QuickJS`, in bytes. The thread's stack must be larger.
const JS_STACK_BYTES: usize = 256 << 10;
/// More jobs than fit into the memory of a call.
const MAX_JOBS: usize = 1 << 20;

/// The functions that `js_runtime.js` returns, in the order of `FUNCTION_NAMES`.
#[derive(Debug, Clone, Copy)]
pub(super) enum JsFunction {
    CollectResult,
    Blink,
    ClearData,
    DescribeException,
    Display,
    RemoveTile,
    Receive,
    SetScript,
    Reset,
    Tap,
    TakeEffects,
}

/// The JavaScript names of the variants of [`JsFunction`].
const FUNCTION_NAMES: [&str; 11] = [
    "collectResult",
    "blink",
    "clearData",
    "describeException",
    "display",
    "removeTile",
    "receive",
    "setScript",
    "reset",
    "tap",
    "takeEffects",
];

type Intrinsics = (
    intrinsic::Date,
    intrinsic::Eval,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::MapSet,
    intrinsic::TypedArrays,
    intrinsic::Promise,
    intrinsic::DOMException,
);

/// A hardened `QuickJS` runtime in which all scripts run.
pub(super) struct JsRuntime {
    functions: Vec<Persistent<Function<'static>>>,
    context: Context,
    runtime: Runtime,
    deadline: Rc<CallDeadline>,
    /// The heap size before any script ran, in bytes.
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
    /// Creates a runtime and loads `js_runtime.js`. Every call is interrupted once `abandoned` is set.
    ///
    /// # Errors
    /// When `QuickJS` cannot be initialized, for example for lack of memory.
    pub fn new(abandoned: Arc<AtomicBool>) -> Result<Self, String> {
        let to_message = |error: Error| error.to_string();
        let runtime = Runtime::new().map_err(to_message)?;
        runtime.set_max_stack_size(JS_STACK_BYTES);
        let context = Context::custom::<Intrinsics>(&runtime).map_err(to_message)?;
        let functions = context.with(|ctx| load_functions(&ctx).catch(&ctx).map_err(|error| error.to_string()))?;
        let deadline = Rc::new(CallDeadline::new(abandoned));
        let shared_deadline = Rc::clone(&deadline);
        runtime.set_interrupt_handler(Some(Box::new(move || shared_deadline.should_interrupt())));
        let mut js_runtime = Self { functions, context, runtime, deadline, base_bytes: 0, used_bytes: 0 };
        js_runtime.measure_heap();
        js_runtime.base_bytes = js_runtime.used_bytes;
        Ok(js_runtime)
    }

    /// Runs `call` within the time and memory limits.
    pub fn run_within_limits<T>(
        &mut self,
        call: impl FnOnce(&JsScope<'_, '_>) -> rquickjs::Result<T>,
    ) -> Result<T, JsError> {
        self.runtime.set_memory_limit(self.used_bytes + HEAP_SLACK + MAX_CALL_MEMORY_MIB * MIB);
        self.deadline.start(MAX_CALL_TIME);
        let result = self.context.with(|ctx| {
            let scope = JsScope { ctx: &ctx, functions: &self.functions };
            call(&scope).map_err(|error| JsException::from_error(&ctx, &error))
        });
        result.map_err(|thrown| self.error_from(thrown))
    }

    /// Runs the pending jobs (promise reactions) within the rest of the time limit. Returns whether there
    /// were any.
    pub fn run_jobs(&mut self) -> Result<bool, JsError> {
        if !self.runtime.is_job_pending() {
            return Ok(false);
        }
        self.context.with(|ctx| while !self.deadline.should_interrupt() && ctx.execute_pending_job() {});
        self.drop_jobs()?;
        if self.deadline.was_interrupted() { Err(JsError::Timeout) } else { Ok(true) }
    }

    /// Discards the pending jobs by running them with no memory, so that they fail and start no other jobs.
    pub fn drop_jobs(&mut self) -> Result<(), JsError> {
        if self.runtime.is_job_pending() {
            self.runtime.set_memory_limit(1);
            self.deadline.start(MAX_CALL_TIME);
            self.context.with(|ctx| (0..MAX_JOBS).all(|_| ctx.execute_pending_job()));
        }
        if self.runtime.is_job_pending() { Err(JsError::Corrupted) } else { Ok(()) }
    }

    /// Returns the growth of the heap since it was last measured, if it is at least `HEAP_SLACK`.
    pub fn heap_growth(&mut self) -> Option<HeapGrowth> {
        self.deadline.clear();
        self.runtime.set_memory_limit(self.used_bytes + HEAP_SLACK);
        let fits = self.context.with(|ctx| {
            let fits = Text::from_str(ctx.clone(), "allocation probe").is_ok();
            if !fits {
                ctx.catch();
            }
            fits
        });
        if fits {
            return None;
        }
        let used_before = self.used_bytes;
        self.runtime.set_memory_limit(0);
        self.context.with(|ctx| {
            let scope = JsScope { ctx: &ctx, functions: &self.functions };
            scope.call(JsFunction::Reset, |_| Ok(())).unwrap_or_else(|_| drop(ctx.catch()));
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
        self.deadline.start(MAX_DESCRIBE_TIME);
        let result = self.context.with(|ctx| {
            let scope = JsScope { ctx: &ctx, functions: &self.functions };
            let description: rquickjs::Result<Option<Vec<String>>> =
                scope.call(JsFunction::DescribeException, |args| args.push_arg(value));
            description.inspect_err(|_| drop(ctx.catch()))
        });
        JsError::from_description(result)
    }
}

/// The JavaScript context of a running call.
pub(super) struct JsScope<'a, 'js> {
    pub ctx: &'a Ctx<'js>,
    functions: &'a [Persistent<Function<'static>>],
}

impl<'js> JsScope<'_, 'js> {
    /// Calls a function of `js_runtime.js`.
    ///
    /// # Errors
    /// When the function or a script it calls throws.
    pub fn call<R: rquickjs::FromJs<'js>>(
        &self,
        function: JsFunction,
        push_args: impl FnOnce(&mut Args<'js>) -> rquickjs::Result<()>,
    ) -> rquickjs::Result<R> {
        let callable = self.functions[function as usize].clone().restore(self.ctx)?;
        let mut args = Args::new_unsized(self.ctx.clone());
        push_args(&mut args)?;
        args.apply(&callable)
    }

    /// Evaluates a function expression in sloppy mode.
    ///
    /// # Errors
    /// When the source is not valid JavaScript.
    pub fn eval_function(&self, name: &str, source: &str) -> rquickjs::Result<Value<'js>> {
        let mut options = EvalOptions::default();
        options.strict = false;
        options.filename = Some(name.to_owned());
        self.ctx.eval_with_options(format!("({source})"), options)
    }
}

fn load_functions(ctx: &Ctx<'_>) -> rquickjs::Result<Vec<Persistent<Function<'static>>>> {
    let build: Function = ctx.eval(include_str!("js_runtime.js"))?;
    let topic_error = |topic: String| Topic::new(&topic).err().map(|error| error.to_string());
    let limits = Object::new(ctx.clone())?;
    limits.set("memoryBytes", MAX_CALL_MEMORY_MIB * MIB)?;
    limits.set("textLength", MAX_TEXT_LENGTH)?;
    limits.set("effects", MAX_EFFECTS)?;
    let functions: Object = build.call((Function::new(ctx.clone(), topic_error)?, limits))?;
    FUNCTION_NAMES.iter().map(|name| Ok(Persistent::save(ctx, functions.get::<_, Function>(*name)?))).collect()
}
