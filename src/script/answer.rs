//! What goes into a call and what comes out of it, between words and JavaScript values.

use rquickjs::{Array, Ctx, FromJs, Value, convert::List, function::Args};

use crate::model::{
    color::Color,
    connection::Qos,
    script::{
        ScriptPublish, ScriptResult, ScriptView, TileId, ViewInput, ViewOverride, color_from_script, color_to_script,
    },
    topic::Topic,
};

/// What a script has said, in the order in which `realm.js` gives it.
pub(super) struct Reply {
    /// How many wishes there are to be fetched.
    pub wishes: usize,
    words: Vec<Word>,
}

enum Word {
    Nothing,
    Bool(bool),
    Number(f64),
    Text(String),
}

impl<'js> FromJs<'js> for Reply {
    fn from_js(ctx: &Ctx<'js>, value: Value<'js>) -> rquickjs::Result<Self> {
        let all = Array::from_js(ctx, value)?;
        let words = all.iter::<Value>().skip(1).map(|value| word(ctx, value?)).collect::<Result<_, _>>()?;
        Ok(Self { wishes: all.get(0)?, words })
    }
}

fn word<'js>(ctx: &Ctx<'js>, value: Value<'js>) -> rquickjs::Result<Word> {
    Ok(if let Some(truth) = value.as_bool() {
        Word::Bool(truth)
    } else if let Some(number) = value.as_number() {
        Word::Number(number)
    } else if value.is_string() {
        Word::Text(String::from_js(ctx, value)?)
    } else {
        Word::Nothing
    })
}

impl Word {
    fn text(self) -> String {
        if let Self::Text(text) = self { text } else { String::new() }
    }

    fn truth(&self) -> Option<bool> {
        if let Self::Bool(truth) = self { Some(*truth) } else { None }
    }
}

/// What is to be published and opened.
pub(super) type Wishes = (Vec<ScriptPublish>, Vec<String>);

type Order = List<(String, String, bool, i64)>;

/// The wishes of a call, out of the words that `realm.js` has for them.
pub(super) fn wishes(List((orders, links)): List<(Vec<Order>, Vec<String>)>) -> Wishes {
    let publish = |List((topic, payload, retain, qos)): Order| {
        Some(ScriptPublish { topic: Topic::new(&topic).ok()?, payload, retain, qos: Qos::from_i64(qos)? })
    };
    (orders.into_iter().filter_map(publish).collect(), links)
}

/// The payload to go on with.
pub(super) fn receive(mut reply: Reply) -> ScriptResult {
    ScriptResult::Receive(match reply.words.pop() {
        Some(Word::Text(text)) => Some(text),
        _ => None,
    })
}

/// Whether the tile's own action is skipped.
pub(super) fn tap(mut reply: Reply) -> ScriptResult {
    ScriptResult::Tap { prevent_default: reply.words.pop().and_then(|word| word.truth()).unwrap_or_default() }
}

/// What a tile would show, as arguments of `display`.
pub(super) fn push_display(
    args: &mut Args<'_>,
    tile: TileId,
    showing: &ViewInput,
    shown: &ViewOverride,
) -> rquickjs::Result<()> {
    args.push_arg(tile.0)?;
    args.push_arg(match shown.view {
        ScriptView::Text { .. } => 0,
        ScriptView::Switch { .. } => 1,
        ScriptView::Range { .. } => 2,
        ScriptView::Image { .. } => 3,
        ScriptView::Color { .. } => 4,
    })?;
    args.push_arg(showing.last_payload.as_deref())?;
    args.push_arg(showing.seconds_since_message.unwrap_or(f64::INFINITY))?;
    args.push_arg(&*shown.last_activity)?;
    args.push_arg(&*shown.name)?;
    args.push_arg(shown.blink)?;
    match &shown.view {
        ScriptView::Text { text, color } => {
            args.push_arg(&**text)?;
            args.push_arg(color_to_script(*color))
        }
        ScriptView::Switch { on, color } => {
            args.push_arg(*on)?;
            args.push_arg(color_to_script(*color))
        }
        ScriptView::Range { progress, color, text } => {
            args.push_arg(*progress)?;
            args.push_arg(color_to_script(*color))?;
            args.push_arg(&**text)
        }
        ScriptView::Image { url } => args.push_arg(&**url),
        ScriptView::Color { color } => args.push_arg(color_to_script(*color)),
    }
}

/// What to show. A colour that was left alone stays the very same, name or number.
pub(super) fn display(reply: Reply, before: &ViewOverride) -> Result<ScriptResult, String> {
    let mut words = reply.words.into_iter();
    let mut next = || words.next().unwrap_or(Word::Nothing);
    let blink = next().truth().unwrap_or_default();
    let (last_activity, name) = (next().text(), next().text());
    let look = match &before.view {
        ScriptView::Text { color, .. } => {
            ScriptView::Text { text: next().text(), color: recolor("textColor", next(), *color)? }
        }
        ScriptView::Switch { color, .. } => {
            ScriptView::Switch { on: next().truth(), color: recolor("iconColor", next(), *color)? }
        }
        ScriptView::Range { color, .. } => ScriptView::Range {
            progress: progress(&next())?,
            color: recolor("progressColor", next(), *color)?,
            text: next().text(),
        },
        ScriptView::Image { .. } => ScriptView::Image { url: next().text() },
        ScriptView::Color { color } => ScriptView::Color { color: recolor("color", next(), *color)? },
    };
    Ok(ScriptResult::Display(Box::new(ViewOverride { view: look, last_activity, name, blink })))
}

fn progress(word: &Word) -> Result<f64, String> {
    match word {
        Word::Number(number) if !number.is_nan() => Ok(number.clamp(0.0, 100.0)),
        _ => Err("event.progress is not a number".to_owned()),
    }
}

fn recolor(field: &str, word: Word, before: Option<Color>) -> Result<Option<Color>, String> {
    let wanted = word.text();
    if wanted == color_to_script(before) {
        return Ok(before);
    }
    color_from_script(&wanted).map_err(|wrong| {
        let short: String = wrong.chars().take(24).collect();
        format!("event.{field}: `{short}` is not a colour; write it like #ff8000")
    })
}
