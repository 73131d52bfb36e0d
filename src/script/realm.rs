//! The JavaScript scope of a dashboard: a `QuickJS` context, hardened by `js_runtime.js`.

use rquickjs::{
    CatchResultExt, Context, Ctx, Function, Object, Persistent, Runtime, Value,
    context::{EvalOptions, intrinsic},
    function::Args,
};

use super::js_runtime::{MAX_CALL_MEMORY_MIB, MAX_EFFECTS, MAX_PATTERN_LENGTH, MAX_SOURCE_LENGTH, MAX_TEXT_LENGTH};
use crate::model::topic::Topic;

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
    SetStatements,
    Reset,
    Tap,
    TakeEffects,
}

/// The JavaScript names of the variants of [`JsFunction`].
const FUNCTION_NAMES: [&str; 12] = [
    "collectResult",
    "blink",
    "clearData",
    "describeException",
    "display",
    "removeTile",
    "receive",
    "setScript",
    "setStatements",
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
    intrinsic::Promise,
);

/// A JavaScript scope with its own built-in objects, hardened by `js_runtime.js`. The scripts of one dashboard run in
/// it: nothing that they can reach or change belongs to another dashboard.
pub(super) struct Realm {
    functions: Vec<Persistent<Function<'static>>>,
    context: Context,
}

impl Realm {
    /// Creates a realm and loads `js_runtime.js`.
    ///
    /// # Errors
    /// When `QuickJS` cannot create it, for example for lack of memory.
    pub fn new(runtime: &Runtime) -> Result<Self, String> {
        let context = Context::custom::<Intrinsics>(runtime).map_err(|error| error.to_string())?;
        let functions = context.with(|ctx| load_functions(&ctx).catch(&ctx).map_err(|error| error.to_string()))?;
        Ok(Self { functions, context })
    }

    /// Gives access to the functions of the realm.
    pub fn with<T>(&self, run: impl FnOnce(&JsScope<'_, '_>) -> T) -> T {
        self.context.with(|ctx| run(&JsScope { ctx: &ctx, functions: &self.functions }))
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
    limits.set("memoryBytes", MAX_CALL_MEMORY_MIB << 20)?;
    limits.set("textLength", MAX_TEXT_LENGTH)?;
    limits.set("effects", MAX_EFFECTS)?;
    limits.set("sourceLength", MAX_SOURCE_LENGTH)?;
    limits.set("patternLength", MAX_PATTERN_LENGTH)?;
    let functions: Object = build.call((Function::new(ctx.clone(), topic_error)?, limits))?;
    FUNCTION_NAMES.iter().map(|name| Ok(Persistent::save(ctx, functions.get::<_, Function>(*name)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::script::{ScriptKind, ScriptResult},
        script::convert::{RawResult, parse_receive},
    };

    /// Returns what `realm_tests.js` finds. There is no time limit: it visits more than a script can within its time.
    fn findings() -> String {
        let runtime = Runtime::new().unwrap();
        let realm = Realm::new(&runtime).unwrap();
        let source = format!("function on_receive(app, event) {{{}\n}}", include_str!("realm_tests.js"));
        let result = realm.with(|scope| {
            let receive = || {
                let function = scope.eval_function(ScriptKind::OnReceive.key(), &source)?;
                let is_set: bool = scope.call(JsFunction::SetScript, |args| {
                    args.push_arg(1)?;
                    args.push_arg(ScriptKind::OnReceive.key())?;
                    args.push_arg(function)?;
                    args.push_arg(&*source)
                })?;
                assert!(is_set);
                scope.call::<RawResult>(JsFunction::Receive, |args| {
                    args.push_arg(1)?;
                    args.push_arg("topic")?;
                    args.push_arg("payload")
                })
            };
            receive().catch(scope.ctx).map_err(|error| error.to_string())
        });
        match parse_receive(result.unwrap()) {
            ScriptResult::Receive(Some(lines)) => lines,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn script_reaches_only_frozen_objects_and_known_functions() {
        let findings = findings();
        let (functions, faults): (Vec<_>, Vec<_>) = findings.lines().partition(|line| line.starts_with("function "));
        assert_eq!(faults, [""; 0]);
        let mut functions: Vec<&str> = functions.iter().filter_map(|line| line.strip_prefix("function ")).collect();
        functions.sort_unstable();
        let known: Vec<&str> = include_str!("known_functions.txt").lines().collect();
        let unknown: Vec<_> = functions.iter().filter(|name| !known.contains(name)).collect();
        assert!(unknown.is_empty(), "new in QuickJS, check what they reach and how long they run: {unknown:#?}");
        assert_eq!(functions, known);
    }
}
