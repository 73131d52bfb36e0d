//! The world that scripts run in: one `QuickJS`, hardened by `js_runtime.js`, with a limit of time and of
//! memory on everything that is asked of it.
//!
//! Memory is counted from a mark: all that is alive between calls stays below it, and a call may take
//! [`MAX_CALL_MEMORY_MIB`] on top. Whether that still holds is probed after each call by allocating a little with
//! the limit at the mark, for to measure the heap exactly would take longer than most scripts.

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

use super::deadline::CallDeadline;
use crate::model::topic::Topic;

/// How long a call may take.
pub const MAX_CALL_TIME: Duration = Duration::from_millis(50);
/// How much memory a call may take, in MiB.
pub const MAX_CALL_MEMORY_MIB: usize = 16;
/// How many messages a call may publish, and how many links it may open.
pub const MAX_EFFECTS: usize = 100;
/// The longest text that a call may give, in UTF-16 units.
pub const MAX_TEXT_LENGTH: usize = 1 << 20;

const MIB: usize = 1 << 20;
/// What may be allocated between two measurements.
const HEAP_SLACK: usize = MIB;
/// How long describing what was thrown may take.
const MAX_DESCRIBE_TIME: Duration = Duration::from_millis(10);
/// The stack of `QuickJS`, in bytes; the thread's must be larger.
const JS_STACK_BYTES: usize = 256 << 10;
/// More jobs than fit into the memory of a call.
const MAX_JOBS: usize = 1 << 20;

/// Why a call came to no good end.
#[derive(Debug, PartialEq)]
pub(super) enum JsError {
    /// It ran for too long.
    Timeout,
    /// It took too much memory.
    OutOfMemory,
    /// It threw null, or there was no memory for an error.
    ThrewNull,
    /// It threw something.
    Threw { message: String, stack: String },
    /// What it left behind cannot be taken away: the realm is of no more use.
    Corrupted,
}

/// Everything that can be asked of `js_runtime.js`.
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

const FUNCTION_NAMES: [&str; 11] =
    ["answer", "blink", "clear", "describe", "display", "forget", "receive", "set", "sweep", "tap", "wishes"];

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

/// The world that scripts run in.
pub(super) struct JsRuntime {
    functions: Vec<Persistent<Function<'static>>>,
    context: Context,
    runtime: Runtime,
    deadline: Rc<CallDeadline>,
    /// Bytes in use when it was built, and when they were last measured.
    base_bytes: usize,
    used_bytes: usize,
}

/// What is alive after a call, when it is notably more than before.
pub(super) struct HeapGrowth {
    /// More than at the last measurement, in bytes.
    pub since_measured: usize,
    /// More than before any script ran, in bytes.
    pub since_start: usize,
}

impl JsRuntime {
    /// Builds one. Everything in it stops once `given_up` is set.
    ///
    /// # Errors
    /// Says why there is none, such as too little memory.
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

    /// Runs something within the limits.
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

    /// Runs the jobs that are waiting, within what is left of the time. Whether there were any.
    pub fn run_jobs(&mut self) -> Result<bool, JsError> {
        if !self.runtime.is_job_pending() {
            return Ok(false);
        }
        self.context.with(|ctx| while !self.deadline.should_interrupt() && ctx.execute_pending_job() {});
        self.drop_jobs()?;
        if self.deadline.was_interrupted() { Err(JsError::Timeout) } else { Ok(true) }
    }

    /// Ends the jobs that are waiting: without memory a job comes to nothing and starts no other one.
    pub fn drop_jobs(&mut self) -> Result<(), JsError> {
        if self.runtime.is_job_pending() {
            self.runtime.set_memory_limit(1);
            self.deadline.start(MAX_CALL_TIME);
            self.context.with(|ctx| (0..MAX_JOBS).all(|_| ctx.execute_pending_job()));
        }
        if self.runtime.is_job_pending() { Err(JsError::Corrupted) } else { Ok(()) }
    }

    /// How much more is alive than when it was last measured, if that is much.
    pub fn heap_growth(&mut self) -> Option<HeapGrowth> {
        self.deadline.clear();
        self.runtime.set_memory_limit(self.used_bytes + HEAP_SLACK);
        let fits = self.context.with(|ctx| {
            let fits = Text::from_str(ctx.clone(), "a text that needs memory").is_ok();
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
            scope.ask(JsFunction::Reset, |_| Ok(())).unwrap_or_else(|_| drop(ctx.catch()));
        });
        self.measure_heap();
        let since_measured = self.used_bytes.saturating_sub(used_before);
        (since_measured >= HEAP_SLACK)
            .then(|| HeapGrowth { since_measured, since_start: self.used_bytes.saturating_sub(self.base_bytes) })
    }

    /// Measures what is alive.
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
        let description = self.context.with(|ctx| {
            let scope = JsScope { ctx: &ctx, functions: &self.functions };
            let described: rquickjs::Result<Option<Vec<String>>> =
                scope.ask(JsFunction::DescribeException, |args| args.push_arg(value));
            described.inspect_err(|_| drop(ctx.catch()))
        });
        match description {
            Ok(None) => JsError::Corrupted,
            Ok(Some(parts)) => match <[String; 2]>::try_from(parts) {
                Ok([message, _]) if is_out_of_memory(&message) => JsError::OutOfMemory,
                Ok([message, stack]) => JsError::Threw { message, stack },
                Err(_) => JsError::Corrupted,
            },
            Err(_) => JsError::Threw { message: "threw something that has no text".to_owned(), stack: String::new() },
        }
    }
}

fn is_out_of_memory(message: &str) -> bool {
    message.starts_with("InternalError: out of memory")
}

/// What came instead of a result.
enum JsException {
    Null,
    Value(Persistent<Value<'static>>),
    Engine(String),
}

impl JsException {
    fn from_error(ctx: &Ctx<'_>, error: &Error) -> Self {
        match error {
            Error::Exception => match ctx.catch() {
                value if value.is_null() => Self::Null,
                value => Self::Value(Persistent::save(ctx, value)),
            },
            other => Self::Engine(other.to_string()),
        }
    }
}

/// The realm, while something runs in it.
pub(super) struct JsScope<'a, 'js> {
    pub ctx: &'a Ctx<'js>,
    functions: &'a [Persistent<Function<'static>>],
}

impl<'js> JsScope<'_, 'js> {
    /// Asks `js_runtime.js` for something.
    ///
    /// # Errors
    /// What a script threw.
    pub fn ask<R: rquickjs::FromJs<'js>>(
        &self,
        function: JsFunction,
        push_args: impl FnOnce(&mut Args<'js>) -> rquickjs::Result<()>,
    ) -> rquickjs::Result<R> {
        let callable = self.functions[function as usize].clone().restore(self.ctx)?;
        let mut args = Args::new_unsized(self.ctx.clone());
        push_args(&mut args)?;
        args.apply(&callable)
    }

    /// Reads a function, as sloppy code.
    ///
    /// # Errors
    /// It is not JavaScript.
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
    limits.set("memory", MAX_CALL_MEMORY_MIB * MIB)?;
    limits.set("text", MAX_TEXT_LENGTH)?;
    limits.set("orders", MAX_EFFECTS)?;
    let functions: Object = build.call((Function::new(ctx.clone(), topic_error)?, limits))?;
    FUNCTION_NAMES.iter().map(|name| Ok(Persistent::save(ctx, functions.get::<_, Function>(*name)?))).collect()
}
