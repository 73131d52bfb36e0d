//! Compiles the text of a script to a function, and finds the line of an error in a stack trace.

use super::{
    js_error::JsError,
    js_runtime::JsRuntime,
    realm::{JsFunction, JsScope},
};
use crate::model::{
    id::{DashboardId, TileId},
    script::ScriptKind,
};

/// The maximum length of a script, in bytes.
pub(crate) const MAX_SCRIPT_BYTES: usize = 64 << 10;

/// Compiles a script in the realm of its dashboard and installs it for its tile.
///
/// # Errors
/// When the script is too long or is not valid JavaScript.
pub(super) fn compile_script(
    runtime: &mut JsRuntime,
    dashboard: DashboardId,
    tile: TileId,
    script: ScriptKind,
    text: &str,
) -> Result<(), JsError> {
    if text.len() > MAX_SCRIPT_BYTES {
        return Err(thrown(format!("the script is longer than {} KiB", MAX_SCRIPT_BYTES >> 10)));
    }
    if script != ScriptKind::Blink {
        return install(runtime, dashboard, tile, script, &handler_source(script, text));
    }
    install(runtime, dashboard, tile, script, &expression_source(text)).or_else(|error| {
        // Not an expression, so try statements. The value of the last one counts, as `eval` defines it.
        install(runtime, dashboard, tile, script, &function_source(script, text))?;
        install(runtime, dashboard, tile, script, &statements_source(text).ok_or(error)?)
    })
}

fn thrown(message: String) -> JsError {
    JsError::Threw { message, stack: String::new() }
}

/// Wraps a script in a function. The text starts on the first line, so that line numbers in errors match.
fn handler_source(script: ScriptKind, text: &str) -> String {
    format!("function {script}(app, event) {{{text}\n}}")
}

fn function_source(script: ScriptKind, text: &str) -> String {
    format!("function {script}(val, secs) {{{text}\n}}")
}

fn expression_source(text: &str) -> String {
    let text = text.trim_end_matches(|c: char| c == ';' || c.is_whitespace());
    function_source(ScriptKind::Blink, &format!("return ({text}\n)"))
}

fn statements_source(text: &str) -> Option<String> {
    let quoted = serde_json::to_string(text).ok()?;
    Some(function_source(ScriptKind::Blink, &format!("return eval({quoted})")))
}

fn install(
    runtime: &mut JsRuntime,
    dashboard: DashboardId,
    tile: TileId,
    script: ScriptKind,
    source: &str,
) -> Result<(), JsError> {
    let install = |scope: &JsScope<'_, '_>| {
        if !scope.call::<bool>(JsFunction::Reset, |_| Ok(()))? {
            return Ok(None);
        }
        let function = scope.eval_function(script.key(), source)?;
        let is_installed = scope.call::<bool>(JsFunction::SetScript, |args| {
            args.push_arg(tile.0)?;
            args.push_arg(script.key())?;
            args.push_arg(function)?;
            args.push_arg(source)
        })?;
        Ok(Some(is_installed))
    };
    match runtime.run_within_limits(dashboard, install)? {
        Some(true) => Ok(()),
        Some(false) => Err(thrown("SyntaxError: unexpected closing bracket".to_owned())),
        None => Err(JsError::Corrupted),
    }
}

/// Returns the line number of the first frame of a stack trace that is in the script.
pub(super) fn first_line_in_stack(script: ScriptKind, stack: &str) -> Option<u32> {
    let prefix = format!("{script}:");
    stack.match_indices(&prefix).find_map(|(start, _)| {
        let rest = &stack[start + prefix.len()..];
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    })
}
