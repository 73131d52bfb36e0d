//! From the text of a script to a function in the realm, and back from a stack to a line.

use super::realm::{Realm, Scope, Stop, Verb};
use crate::model::script::{ScriptKind, TileId};

/// The longest script, in bytes.
pub const MOST_SCRIPT: usize = 64 << 10;

/// Reads a script and gives it to its tile.
///
/// # Errors
/// Says where it cannot be read.
pub(super) fn read(realm: &mut Realm, tile: TileId, script: ScriptKind, text: &str) -> Result<(), Stop> {
    if text.len() > MOST_SCRIPT {
        return Err(said(format!("the script is longer than {} KiB", MOST_SCRIPT >> 10)));
    }
    if script != ScriptKind::Blink {
        return give(realm, tile, script, &handler(script, text));
    }
    give(realm, tile, script, &expression(text)).or_else(|wrong| {
        // Not an expression, but perhaps statements: their last value counts, as that of any script.
        give(realm, tile, script, &function(script, text))?;
        give(realm, tile, script, &statements(text).ok_or(wrong)?)
    })
}

fn said(message: String) -> Stop {
    Stop::Threw { message, stack: String::new() }
}

/// The text begins on the first line of the function, so that lines are counted as its author does.
fn handler(script: ScriptKind, text: &str) -> String {
    format!("function {script}(app, event) {{{text}\n}}")
}

fn function(script: ScriptKind, text: &str) -> String {
    format!("function {script}(val, secs) {{{text}\n}}")
}

fn expression(text: &str) -> String {
    let text = text.trim_end_matches(|c: char| c == ';' || c.is_whitespace());
    function(ScriptKind::Blink, &format!("return ({text}\n)"))
}

fn statements(text: &str) -> Option<String> {
    let quoted = serde_json::to_string(text).ok()?;
    Some(function(ScriptKind::Blink, &format!("return eval({quoted})")))
}

fn give(realm: &mut Realm, tile: TileId, script: ScriptKind, source: &str) -> Result<(), Stop> {
    let give = |scope: &Scope<'_, '_>| {
        if !scope.ask::<bool>(Verb::Sweep, |_| Ok(()))? {
            return Ok(None);
        }
        let function = scope.read(script.key(), source)?;
        let taken = scope.ask::<bool>(Verb::Set, |args| {
            args.push_arg(tile.0)?;
            args.push_arg(script.key())?;
            args.push_arg(function)?;
            args.push_arg(source)
        })?;
        Ok(Some(taken))
    };
    match realm.within_limits(give)? {
        Some(true) => Ok(()),
        Some(false) => Err(said("SyntaxError: it closes a bracket that it does not open".to_owned())),
        None => Err(Stop::Spoiled),
    }
}

/// The line of a script that a stack names first.
pub(super) fn line(script: ScriptKind, stack: &str) -> Option<u32> {
    let mark = format!("{script}:");
    stack.match_indices(&mark).find_map(|(at, _)| {
        let rest = &stack[at + mark.len()..];
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    })
}
