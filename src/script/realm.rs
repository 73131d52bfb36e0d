//! The JavaScript scope of a dashboard: a `QuickJS` context, hardened by `js_runtime.js`.

use rquickjs::{
    CatchResultExt, Context, Ctx, Function, Object, Persistent, Runtime, Value,
    context::{EvalOptions, intrinsic},
    function::Args,
};

use super::{
    engine_data::MAX_SAVED_LENGTH,
    js_runtime::{
        MAX_CALL_MEMORY_MIB, MAX_EFFECTS, MAX_PATTERN_LENGTH, MAX_SHOWN_LENGTH, MAX_SOURCE_LENGTH, MAX_TEXT_LENGTH,
    },
};
use crate::model::topic::Topic;

/// The functions that `js_runtime.js` returns, in the order of `FUNCTION_NAMES`.
#[derive(Debug, Clone, Copy)]
pub(super) enum JsFunction {
    CollectResult,
    Blink,
    ClearData,
    DescribeException,
    Display,
    PlainData,
    RemoveTile,
    Receive,
    SetData,
    SetScript,
    SetStatements,
    Reset,
    Tap,
    TakeEffects,
}

/// The JavaScript names of the variants of [`JsFunction`].
const FUNCTION_NAMES: [&str; 14] = [
    "collectResult",
    "blink",
    "clearData",
    "describeException",
    "display",
    "plainData",
    "removeTile",
    "receive",
    "setData",
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

const LOAD_TIME_ZONE: &str = "void new Date(0).getTimezoneOffset()";

/// A JavaScript scope with its own built-in objects, hardened by `js_runtime.js`.
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
        // At the first use, the system reads the time zone from a file. Later, an engine process can open none.
        context.with(|ctx| ctx.eval::<(), _>(LOAD_TIME_ZONE)).map_err(|error| error.to_string())?;
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
    limits.set("shownLength", MAX_SHOWN_LENGTH)?;
    limits.set("effects", MAX_EFFECTS)?;
    limits.set("savedLength", MAX_SAVED_LENGTH)?;
    limits.set("sourceLength", MAX_SOURCE_LENGTH)?;
    limits.set("patternLength", MAX_PATTERN_LENGTH)?;
    let functions: Object = build.call((Function::new(ctx.clone(), topic_error)?, limits))?;
    FUNCTION_NAMES.iter().map(|name| Ok(Persistent::save(ctx, functions.get::<_, Function>(*name)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{
            id::TileId,
            script::{ScriptKind, ViewInput, ViewOverride},
            script_view::ScriptView,
        },
        script::convert::{RawResult, parse_effects, push_display_args},
    };

    /// Returns what `realm_tests.js` finds in a script of this kind. There is no time limit: it visits more than a script
    /// can within its time.
    fn findings(script: ScriptKind) -> String {
        let runtime = Runtime::new().unwrap();
        let realm = Realm::new(&runtime).unwrap();
        let walk = include_str!("realm_tests.js");
        let source =
            format!("function {script}(app, event) {{const report = (text) => app.publish('t', text);{walk}\n}}");
        let result = realm.with(|scope| {
            let run = || {
                let function = scope.eval_function(script.key(), &source)?;
                let is_set: bool = scope.call(JsFunction::SetScript, |args| {
                    args.push_arg(1)?;
                    args.push_arg(script.key())?;
                    args.push_arg(function)?;
                    args.push_arg(&*source)
                })?;
                assert!(is_set);
                let _: RawResult = match script {
                    ScriptKind::OnReceive => scope.call(JsFunction::Receive, |args| {
                        args.push_arg(1)?;
                        args.push_arg("topic")?;
                        args.push_arg("payload")
                    }),
                    ScriptKind::OnTap => scope.call(JsFunction::Tap, |args| args.push_arg(1)),
                    _ => {
                        let view = ScriptView::of_text("text".to_owned(), None);
                        let view_override =
                            ViewOverride { view, last_activity: String::new(), name: String::new(), blink: false };
                        let view_input = ViewInput {
                            value: "value".into(),
                            last_payload: Some("payload".into()),
                            seconds_since_message: Some(1.0),
                            defaults: view_override.clone(),
                        };
                        scope.call(JsFunction::Display, |args| {
                            push_display_args(args, TileId(1), &view_input, &view_override)
                        })
                    }
                }?;
                scope.call(JsFunction::TakeEffects, |_| Ok(()))
            };
            run().catch(scope.ctx).map_err(|error| error.to_string())
        });
        let (published, _) = parse_effects(result.unwrap());
        published.into_iter().map(|publish| publish.payload).collect()
    }

    #[test]
    fn script_reaches_only_frozen_objects_and_known_functions() {
        let known: Vec<&str> = include_str!("known_functions.txt").lines().collect();
        for (script, of_event) in [
            (ScriptKind::OnReceive, &[][..]),
            (ScriptKind::OnTap, &[]),
            (ScriptKind::OnDisplay, &["event.getLastPayload", "event.getSecondsSinceLastActivity"]),
        ] {
            let findings = findings(script);
            let (functions, faults): (Vec<_>, Vec<_>) =
                findings.lines().partition(|line| line.starts_with("function "));
            assert_eq!(faults, [""; 0], "{script}");
            let mut functions: Vec<&str> = functions.iter().filter_map(|line| line.strip_prefix("function ")).collect();
            functions.sort_unstable();
            let mut known = [&known, of_event].concat();
            known.sort_unstable();
            let unknown: Vec<_> = functions.iter().filter(|name| !known.contains(name)).collect();
            assert!(unknown.is_empty(), "new in QuickJS, check what they reach and how long they run: {unknown:#?}");
            assert_eq!(functions, known, "{script}");
        }
    }
}
