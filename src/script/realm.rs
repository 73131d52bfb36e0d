//! The world that scripts run in: one `QuickJS`, hardened by `realm.js`, with a limit of time and of
//! memory on everything that is asked of it.
//!
//! Memory is counted from a mark: all that is alive between calls stays below it, and a call may take
//! [`MEMORY`] on top. Whether that still holds is probed after each call by allocating a little with
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

use super::watch::Watch;
use crate::model::topic::Topic;

/// How long a call may take.
pub const TIME: Duration = Duration::from_millis(50);
/// How much memory a call may take, in MiB.
pub const MEMORY: usize = 16;
/// How many messages a call may publish, and how many links it may open.
pub const MOST_ORDERS: usize = 100;
/// The longest text that a call may give, in UTF-16 units.
pub const MOST_TEXT: usize = 1 << 20;

const MIB: usize = 1 << 20;
/// What may be allocated between two measurements.
const SLACK: usize = MIB;
/// How long describing what was thrown may take.
const DESCRIBING: Duration = Duration::from_millis(10);
/// The stack of `QuickJS`, in bytes; the thread's must be larger.
const STACK: usize = 256 << 10;
/// More jobs than fit into the memory of a call.
const MOST_JOBS: usize = 1 << 20;

/// Why a call came to no good end.
#[derive(Debug, PartialEq)]
pub(super) enum Stop {
    /// It ran for too long.
    Time,
    /// It took too much memory.
    Memory,
    /// It threw null, or there was no memory for an error.
    Null,
    /// It threw something.
    Threw { message: String, stack: String },
    /// What it left behind cannot be taken away: the realm is of no more use.
    Spoiled,
}

/// Everything that can be asked of `realm.js`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Verb {
    Answer,
    Blink,
    Clear,
    Describe,
    Display,
    Forget,
    Receive,
    Set,
    Sweep,
    Tap,
    Wishes,
}

const VERBS: [&str; 11] =
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
pub(super) struct Realm {
    verbs: Vec<Persistent<Function<'static>>>,
    context: Context,
    runtime: Runtime,
    watch: Rc<Watch>,
    /// Bytes in use when it was built, and when they were last measured.
    base: usize,
    used: usize,
}

/// What is alive after a call, when it is notably more than before.
pub(super) struct Growth {
    /// More than at the last measurement, in bytes.
    pub by: usize,
    /// More than before any script ran, in bytes.
    pub all: usize,
}

impl Realm {
    /// Builds one. Everything in it stops once `given_up` is set.
    ///
    /// # Errors
    /// Says why there is none, such as too little memory.
    pub fn new(given_up: Arc<AtomicBool>) -> Result<Self, String> {
        let wrong = |error: Error| error.to_string();
        let runtime = Runtime::new().map_err(wrong)?;
        runtime.set_max_stack_size(STACK);
        let context = Context::custom::<Intrinsics>(&runtime).map_err(wrong)?;
        let verbs = context.with(|ctx| prepare(&ctx).catch(&ctx).map_err(|caught| caught.to_string()))?;
        let watch = Rc::new(Watch::new(given_up));
        let asked = Rc::clone(&watch);
        runtime.set_interrupt_handler(Some(Box::new(move || asked.is_over())));
        let mut realm = Self { verbs, context, runtime, watch, base: 0, used: 0 };
        realm.measure();
        realm.base = realm.used;
        Ok(realm)
    }

    /// Runs something within the limits.
    pub fn within_limits<T>(&mut self, work: impl FnOnce(&Scope<'_, '_>) -> rquickjs::Result<T>) -> Result<T, Stop> {
        self.runtime.set_memory_limit(self.used + SLACK + MEMORY * MIB);
        self.watch.start(TIME);
        let done = self.context.with(|ctx| {
            let scope = Scope { ctx: &ctx, verbs: &self.verbs };
            work(&scope).map_err(|error| Thrown::of(&ctx, &error))
        });
        done.map_err(|thrown| self.stop(thrown))
    }

    /// Runs the jobs that are waiting, within what is left of the time. Whether there were any.
    pub fn run_jobs(&mut self) -> Result<bool, Stop> {
        if !self.runtime.is_job_pending() {
            return Ok(false);
        }
        self.context.with(|ctx| while !self.watch.is_over() && ctx.execute_pending_job() {});
        self.drop_jobs()?;
        if self.watch.has_stopped() { Err(Stop::Time) } else { Ok(true) }
    }

    /// Ends the jobs that are waiting: without memory a job comes to nothing and starts no other one.
    pub fn drop_jobs(&mut self) -> Result<(), Stop> {
        if self.runtime.is_job_pending() {
            self.runtime.set_memory_limit(1);
            self.watch.start(TIME);
            self.context.with(|ctx| (0..MOST_JOBS).all(|_| ctx.execute_pending_job()));
        }
        if self.runtime.is_job_pending() { Err(Stop::Spoiled) } else { Ok(()) }
    }

    /// How much more is alive than when it was last measured, if that is much.
    pub fn growth(&mut self) -> Option<Growth> {
        self.watch.rest();
        self.runtime.set_memory_limit(self.used + SLACK);
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
        let before = self.used;
        self.runtime.set_memory_limit(0);
        self.context.with(|ctx| {
            let scope = Scope { ctx: &ctx, verbs: &self.verbs };
            scope.ask(Verb::Sweep, |_| Ok(())).unwrap_or_else(|_| drop(ctx.catch()));
        });
        self.measure();
        let by = self.used.saturating_sub(before);
        (by >= SLACK).then(|| Growth { by, all: self.used.saturating_sub(self.base) })
    }

    /// Measures what is alive.
    pub fn measure(&mut self) {
        self.runtime.set_memory_limit(0);
        self.runtime.run_gc();
        self.used = usize::try_from(self.runtime.memory_usage().malloc_size).unwrap_or_default();
        self.runtime.set_gc_threshold(self.used + SLACK);
    }

    fn stop(&self, thrown: Thrown) -> Stop {
        if self.watch.has_stopped() {
            return Stop::Time;
        }
        let value = match thrown {
            Thrown::Null => return Stop::Null,
            Thrown::Value(value) => value,
            Thrown::Engine(message) => return Stop::Threw { message, stack: String::new() },
        };
        self.runtime.set_memory_limit(self.used + 2 * MEMORY * MIB);
        self.watch.start(DESCRIBING);
        let said = self.context.with(|ctx| {
            let scope = Scope { ctx: &ctx, verbs: &self.verbs };
            let said: rquickjs::Result<Option<Vec<String>>> = scope.ask(Verb::Describe, |args| args.push_arg(value));
            said.inspect_err(|_| drop(ctx.catch()))
        });
        match said {
            Ok(None) => Stop::Spoiled,
            Ok(Some(said)) => match <[String; 2]>::try_from(said) {
                Ok([message, _]) if is_out_of_memory(&message) => Stop::Memory,
                Ok([message, stack]) => Stop::Threw { message, stack },
                Err(_) => Stop::Spoiled,
            },
            Err(_) => Stop::Threw { message: "threw something that has no text".to_owned(), stack: String::new() },
        }
    }
}

fn is_out_of_memory(message: &str) -> bool {
    message.starts_with("InternalError: out of memory")
}

/// What came instead of a result.
enum Thrown {
    Null,
    Value(Persistent<Value<'static>>),
    Engine(String),
}

impl Thrown {
    fn of(ctx: &Ctx<'_>, error: &Error) -> Self {
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
pub(super) struct Scope<'a, 'js> {
    pub ctx: &'a Ctx<'js>,
    verbs: &'a [Persistent<Function<'static>>],
}

impl<'js> Scope<'_, 'js> {
    /// Asks `realm.js` for something.
    ///
    /// # Errors
    /// What a script threw.
    pub fn ask<R: rquickjs::FromJs<'js>>(
        &self,
        verb: Verb,
        with: impl FnOnce(&mut Args<'js>) -> rquickjs::Result<()>,
    ) -> rquickjs::Result<R> {
        let function = self.verbs[verb as usize].clone().restore(self.ctx)?;
        let mut args = Args::new_unsized(self.ctx.clone());
        with(&mut args)?;
        args.apply(&function)
    }

    /// Reads a function, as sloppy code.
    ///
    /// # Errors
    /// It is not JavaScript.
    pub fn read(&self, name: &str, source: &str) -> rquickjs::Result<Value<'js>> {
        let mut options = EvalOptions::default();
        options.strict = false;
        options.filename = Some(name.to_owned());
        self.ctx.eval_with_options(format!("({source})"), options)
    }
}

fn prepare(ctx: &Ctx<'_>) -> rquickjs::Result<Vec<Persistent<Function<'static>>>> {
    let build: Function = ctx.eval(include_str!("realm.js"))?;
    let fault = |topic: String| Topic::new(&topic).err().map(|fault| fault.to_string());
    let most = Object::new(ctx.clone())?;
    most.set("memory", MEMORY * MIB)?;
    most.set("text", MOST_TEXT)?;
    most.set("orders", MOST_ORDERS)?;
    let verbs: Object = build.call((Function::new(ctx.clone(), fault)?, most))?;
    VERBS.iter().map(|verb| Ok(Persistent::save(ctx, verbs.get::<_, Function>(*verb)?))).collect()
}
