//! Compiles the text of a script to a function, and finds the line of an error in a stack trace.

use std::sync::Arc;

use rquickjs::Exception;

use super::{
    js_error::JsError,
    js_runtime::JsRuntime,
    realm::{JsFunction, JsScope},
};
use crate::model::{
    id::TileId,
    script::{ScriptKind, TileScripts},
};

/// The maximum length of a script, in bytes.
pub(crate) const MAX_SCRIPT_BYTES: usize = 64 << 10;

/// Compiles a script and installs it for its tile.
///
/// # Errors
/// When the script is too long or is not valid JavaScript.
pub(super) fn compile_script(
    runtime: &mut JsRuntime,
    tile: TileId,
    script: ScriptKind,
    text: &str,
) -> Result<(), JsError> {
    if text.len() > MAX_SCRIPT_BYTES {
        return Err(thrown(format!("the script is longer than {} KiB", MAX_SCRIPT_BYTES >> 10)));
    }
    if script != ScriptKind::Blink {
        return install(runtime, tile, script, &handler_source(script, text));
    }
    install(runtime, tile, script, &expression_source(text)).or_else(|_| {
        // Not an expression, so try statements. The value of the last one counts, as `eval` defines it.
        install(runtime, tile, script, &function_source(script, text))?;
        runtime.run_within_limits(|scope| {
            scope.call::<()>(JsFunction::SetStatements, |args| {
                args.push_arg(tile.0)?;
                args.push_arg(script.key())?;
                args.push_arg(text)
            })
        })
    })
}

/// Returns the scripts, with a text that is too long cut off where [`compile_script`] still refuses it.
pub(super) fn bounded_scripts(scripts: TileScripts) -> TileScripts {
    let TileScripts { dashboard, on_receive, on_display, on_tap, blink } = scripts;
    let bounded = |text: Option<Arc<str>>| {
        text.map(|text| {
            if text.len() > MAX_SCRIPT_BYTES {
                text[..text.ceil_char_boundary(MAX_SCRIPT_BYTES + 1)].into()
            } else {
                text
            }
        })
    };
    TileScripts {
        dashboard,
        on_receive: bounded(on_receive),
        on_display: bounded(on_display),
        on_tap: bounded(on_tap),
        blink: bounded(blink),
    }
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

/// Returns the source with `@` in everything that looks like a `BigInt` literal, or like a class of characters by Unicode
/// property. That is a syntax error if it is one, and none within a text or a comment. `None` if nothing looks like one.
///
/// Neither can be limited in time: arithmetic with large numbers is one step, and such a class takes a millisecond to
/// compile.
fn mask_unavailable(source: &str) -> Option<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut masked = String::with_capacity(source.len());
    for word in source.split_inclusive(|c| !is_name(c)) {
        let name = word.trim_end_matches(|c| !is_name(c));
        match name.strip_suffix('n') {
            Some(digits) if digits.starts_with(|c: char| c.is_ascii_digit()) => {
                masked.push_str(digits);
                masked.push('@');
                masked.push_str(&word[name.len()..]);
            }
            _ => masked.push_str(word),
        }
    }
    let masked = masked.replace("\\p{", "\\p@").replace("\\P{", "\\P@");
    (masked != source).then_some(masked)
}

fn install(runtime: &mut JsRuntime, tile: TileId, script: ScriptKind, source: &str) -> Result<(), JsError> {
    let install = |scope: &JsScope<'_, '_>| {
        if !scope.call::<bool>(JsFunction::Reset, |_| Ok(()))? {
            return Ok(None);
        }
        let function = scope.eval_function(script.key(), source)?;
        if let Some(masked) = mask_unavailable(source) {
            // Not called: compiling it is enough.
            let compiled = scope.eval_function(script.key(), &masked);
            compiled.map_err(|_| Exception::throw_syntax(scope.ctx, "BigInt and \\p{…} are not available"))?;
        }
        let is_installed = scope.call::<bool>(JsFunction::SetScript, |args| {
            args.push_arg(tile.0)?;
            args.push_arg(script.key())?;
            args.push_arg(function)?;
            args.push_arg(source)
        })?;
        Ok(Some(is_installed))
    };
    match runtime.run_within_limits(install)? {
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
