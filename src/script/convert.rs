//! Converts the arguments and the results of calls between Rust types and JavaScript values.

use rquickjs::{Array, Ctx, FromJs, Value, convert::List, function::Args};

use super::color::{color_from_script, color_to_script};
use crate::model::{
    color::Color,
    connection::Qos,
    id::TileId,
    script::{ScriptError, ScriptKind, ScriptPublish, ScriptResult, ViewInput, ViewOverride},
    script_view::{ScriptValue, ScriptView},
    topic::Topic,
};

/// The result of a call, with its values in the order of `collectResult` in `js_runtime.js`.
pub(super) struct RawResult {
    /// The number of publish requests and URLs to fetch with `takeEffects`.
    pub effect_count: usize,
    values: Vec<JsValue>,
}

enum JsValue {
    Other,
    Bool(bool),
    Number(f64),
    Text(String),
}

impl<'js> FromJs<'js> for RawResult {
    fn from_js(ctx: &Ctx<'js>, value: Value<'js>) -> rquickjs::Result<Self> {
        let all = Array::from_js(ctx, value)?;
        let values = all.iter::<Value>().skip(1).map(|value| to_js_value(ctx, value?)).collect::<Result<_, _>>()?;
        Ok(Self { effect_count: all.get(0)?, values })
    }
}

fn to_js_value<'js>(ctx: &Ctx<'js>, value: Value<'js>) -> rquickjs::Result<JsValue> {
    Ok(if let Some(boolean) = value.as_bool() {
        JsValue::Bool(boolean)
    } else if let Some(number) = value.as_number() {
        JsValue::Number(number)
    } else if value.is_string() {
        JsValue::Text(String::from_js(ctx, value)?)
    } else {
        JsValue::Other
    })
}

impl JsValue {
    fn into_text(self) -> String {
        if let Self::Text(text) = self { text } else { String::new() }
    }

    fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(boolean) = self { Some(*boolean) } else { None }
    }
}

/// The messages to publish and the URLs to open.
pub(super) type ScriptEffects = (Vec<ScriptPublish>, Vec<String>);

type JsPublish = List<(String, String, bool, i64)>;

/// Converts the result of `takeEffects`.
pub(super) fn parse_effects(List((publishes, urls)): List<(Vec<JsPublish>, Vec<String>)>) -> ScriptEffects {
    let publish = |List((topic, payload, retain, qos)): JsPublish| {
        Some(ScriptPublish { topic: Topic::new(&topic).ok()?, payload, retain, qos: Qos::from_i64(qos)? })
    };
    (publishes.into_iter().filter_map(publish).collect(), urls)
}

/// Converts the result of `on_receive`: the payload that replaces the received one, if any.
pub(super) fn parse_receive(mut raw_result: RawResult) -> ScriptResult {
    ScriptResult::Receive(match raw_result.values.pop() {
        Some(JsValue::Text(text)) => Some(text),
        _ => None,
    })
}

/// Converts the result of `on_tap`: whether to skip the tile's own action.
pub(super) fn parse_tap(mut raw_result: RawResult) -> ScriptResult {
    ScriptResult::Tap { prevent_default: raw_result.values.pop().and_then(|value| value.as_bool()).unwrap_or_default() }
}

/// How `collectResult` in `js_runtime.js` converts a field that a script has changed.
const TEXT: i32 = 0;
const NUMBER: i32 = 1;
const BOOL: i32 = 2;

/// Pushes what the tile shows without a script, as arguments of `display` in `js_runtime.js`: the fields of the view
/// come last, each with its name, its conversion and its value.
pub(super) fn push_display_args(
    args: &mut Args<'_>,
    tile: TileId,
    view_input: &ViewInput,
    view_override: &ViewOverride,
) -> rquickjs::Result<()> {
    args.push_arg(tile.0)?;
    args.push_arg(view_input.last_payload.as_deref())?;
    args.push_arg(view_input.seconds_since_message.unwrap_or(f64::INFINITY))?;
    args.push_arg(&*view_override.last_activity)?;
    args.push_arg(&*view_override.name)?;
    args.push_arg(view_override.blink)?;
    for (name, value) in view_override.view.fields() {
        args.push_arg(&**name)?;
        match value {
            ScriptValue::Text(text) => {
                args.push_arg(TEXT)?;
                args.push_arg(&**text)?;
            }
            ScriptValue::Number(number) => {
                args.push_arg(NUMBER)?;
                args.push_arg(*number)?;
            }
            ScriptValue::Bool(on) => {
                args.push_arg(BOOL)?;
                args.push_arg(*on)?;
            }
            ScriptValue::Color(color) => {
                args.push_arg(TEXT)?;
                args.push_arg(color_to_script(*color))?;
            }
        }
    }
    Ok(())
}

/// Converts the result of `on_display`. A color that the script did not change keeps its original [`Color`], whether a
/// name or a number. A field with an invalid value keeps its original one, and has an error.
pub(super) fn parse_display(raw_result: RawResult, original: &ViewOverride) -> ScriptResult {
    let mut values = raw_result.values.into_iter();
    let mut next = || values.next().unwrap_or(JsValue::Other);
    let blink = next().as_bool().unwrap_or_default();
    let (last_activity, name) = (next().into_text(), next().into_text());
    let mut fields = Vec::new();
    let mut invalid = Vec::new();
    for (field, value) in original.view.fields() {
        let changed = match value {
            ScriptValue::Text(_) => Ok(ScriptValue::Text(next().into_text())),
            ScriptValue::Number(_) => parse_number(field, &next()).map(ScriptValue::Number),
            ScriptValue::Bool(_) => Ok(ScriptValue::Bool(next().as_bool())),
            ScriptValue::Color(color) => parse_color(field, next(), *color).map(ScriptValue::Color),
        };
        let changed = changed.unwrap_or_else(|message| {
            invalid.push(message);
            value.clone()
        });
        fields.push((field.clone(), changed));
    }
    let script = ScriptKind::OnDisplay;
    let error = |message| ScriptError::Exception { script, line: None, message };
    let errors = if invalid.is_empty() { Vec::new() } else { vec![error(invalid.join(", "))] };
    let view = ScriptView::new(fields);
    ScriptResult::Display(Box::new(ViewOverride { view, last_activity, name, blink }), errors)
}

fn parse_number(field: &str, value: &JsValue) -> Result<f64, String> {
    match value {
        JsValue::Number(number) if !number.is_nan() => Ok(*number),
        _ => Err(format!("event.{field} is not a number")),
    }
}

fn parse_color(field: &str, value: JsValue, original: Option<Color>) -> Result<Option<Color>, String> {
    let text = value.into_text();
    if text == color_to_script(original) {
        return Ok(original);
    }
    color_from_script(&text).map_err(|invalid| {
        let excerpt: String = invalid.chars().take(24).collect();
        format!("event.{field}: `{excerpt}` is not a color; write it like #ff8000")
    })
}
