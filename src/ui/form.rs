//! A form: its fields below each other, what is wrong beside them, and beside the form the tile as
//! it would be.
//!
//! ```text
//!  Edit tile
//!    kind          text                            ╭ Temperature ─────────╮
//!  ▸ name          Temperature                     │                      │
//!    topic         home/temperature                │       23.4 °C        │
//!    json_path     $.a                             │                      │
//!      ! nothing at $.a                            ╰──────────── 3 s ago ─╯
//! ```

use std::ops::Range;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    widgets::{Clear, Widget},
};

use super::{
    Look, entry, form_over as over,
    manage::{heading, masked},
    text::{Side, fit, line, width, wrap},
    tile::{self, Manner},
};
use crate::{
    app::{
        App,
        editing::Preview,
        form::{CompletionSource, FieldEntry, Form, FormField},
    },
    model::{color::Color, icon::Icon, schema::FieldValue as _, time::Time},
};

/// The width of the names of the fields.
const LABEL: u16 = 20;
/// The most cells that the fields take.
const FIELDS: u16 = 76;
/// The least width of a screen that has room for a tile beside the fields.
const BESIDE: u16 = 78;

/// A row of a form.
enum Row {
    Heading(&'static str),
    Field(usize),
    Wrong(String),
}

/// Where the parts of a form are.
struct Parts {
    title: Rect,
    fields: Rect,
    foot: Rect,
    side: Option<Rect>,
}

fn parts(area: Rect, form: &Form) -> Parts {
    let tile = form.draft_tile().is_some();
    let inside = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area };
    let side_width = if tile && area.width >= BESIDE { inside.width.saturating_sub(50).clamp(26, 44) } else { 0 };
    let gap = if side_width > 0 { 3 } else { 0 };
    let fields = inside.width.saturating_sub(side_width + gap).min(FIELDS);
    let left = inside.x + (inside.width - (fields + gap + side_width)) / 2;
    let title = Rect { x: left, width: fields, height: 1.min(area.height), ..inside };
    let foot_height = if area.height >= 20 { 3 } else { 2.min(area.height.saturating_sub(2)) };
    let gap_below = u16::from(area.height >= 16);
    let top = area.y + if area.height >= 16 { 2 } else { 1 };
    let foot = Rect { x: left, y: area.bottom().saturating_sub(foot_height), width: fields, height: foot_height };
    let height = foot.y.saturating_sub(top + gap_below);
    let side = (side_width > 0).then_some(Rect { x: left + fields + gap, y: top, width: side_width, height });
    Parts { title, fields: Rect { x: left, y: top, width: fields, height }, foot, side }
}

fn rows(form: &Form, wide: u16) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut section = "";
    for (index, field) in form.fields.iter().enumerate().filter(|(index, _)| form.is_focusable(*index)) {
        if field.section != section {
            section = field.section;
            rows.push(Row::Heading(section));
        }
        rows.push(Row::Field(index));
        for complaint in form.errors_for(index) {
            let text = format!("! {}", complaint.message);
            rows.extend(wrap(&text, wide.saturating_sub(4), 3).into_iter().map(Row::Wrong));
        }
    }
    rows
}

/// The rows that are seen.
fn seen(rows: &[Row], at: usize, height: u16) -> Range<usize> {
    let height = usize::from(height);
    let focus = rows.iter().position(|row| matches!(row, Row::Field(index) if *index == at)).unwrap_or_default();
    let top = focus.saturating_sub(height / 2).min(rows.len().saturating_sub(height));
    top..(top + height).min(rows.len())
}

/// The field in a row of the screen.
#[must_use]
pub fn field_at(area: Rect, form: &Form, y: u16) -> Option<usize> {
    let fields = parts(area, form).fields;
    let rows = rows(form, fields.width);
    let row = y.checked_sub(fields.y).filter(|row| *row < fields.height)?;
    match rows.get(seen(&rows, form.focused, fields.height).start + usize::from(row))? {
        Row::Field(index) => Some(*index),
        Row::Heading(_) | Row::Wrong(_) => None,
    }
}

/// Draws a form.
pub fn draw(buf: &mut Buffer, area: Rect, app: &App, form: &Form, look: &Look, now: Time) {
    Clear.render(area, buf);
    let parts = parts(area, form);
    heading(buf, parts.title, 0, &form.title(), look);
    let rows = rows(form, parts.fields.width);
    let range = seen(&rows, form.focused, parts.fields.height);
    for (y, row) in (0..).zip(&rows[range.clone()]) {
        let at = Rect { y: parts.fields.y + y, height: 1, ..parts.fields };
        match row {
            Row::Heading(text) => drop(line(buf, at, 0, text, look.theme.dim(), Side::Left)),
            Row::Field(index) => field(buf, at, app, form, *index, look),
            Row::Wrong(what) => {
                let inside = Rect { x: at.x + 2.min(at.width), width: at.width.saturating_sub(2), ..at };
                line(buf, inside, 0, what, look.theme.fault(), Side::Left);
            }
        }
    }
    if range.start > 0 {
        line(buf, parts.fields, 0, "▲", look.theme.accent(), Side::Right);
    }
    if range.end < rows.len() && parts.fields.height > 0 {
        line(buf, parts.fields, parts.fields.height - 1, "▼", look.theme.accent(), Side::Right);
    }
    let preview = app.preview(form);
    match app.completion(form).filter(|_| !form.confirming_discard) {
        Some(rest) => completes(buf, parts.foot, form, rest, look),
        None => foot(buf, parts.foot, form, preview.as_ref(), look),
    }
    match (parts.side, &preview) {
        (Some(side), Some(preview)) => beside(buf, side, app, preview, look, now),
        (None, Some(preview)) if preview.state.value.is_some() => {
            let text = preview.tile.display_text(preview.state.value.as_ref());
            line(buf, parts.title, 0, &fit(&text, parts.title.width / 2), look.theme.good(), Side::Right);
        }
        _ => {}
    }
    if let Some(open) = &form.popup {
        over::draw(buf, area, open, look);
    }
}

/// What becomes of a topic that is shown completed.
fn completes(buf: &mut Buffer, area: Rect, form: &Form, rest: &str, look: &Look) {
    let Some(FieldEntry::Text(input)) = form.focused_field().map(|field| &field.entry) else { return };
    let key = |name| look.keys.key(name);
    let text = format!(
        "{}, {} and {} take {}{rest}. Backspace keeps it as it is typed.",
        key("form-next"),
        key("form-down"),
        key("form-save"),
        input.value()
    );
    for (row, text) in (0..).zip(wrap(&text, area.width, usize::from(area.height))) {
        line(buf, area, row, &text, look.theme.dim(), Side::Left);
    }
}

/// What the field is for, or what is asked.
fn foot(buf: &mut Buffer, area: Rect, form: &Form, preview: Option<&Preview>, look: &Look) {
    let theme = look.theme;
    if form.confirming_discard {
        let text = "Something was changed. Esc throws it away, Enter saves it, any other key goes on.";
        for (row, text) in (0..).zip(wrap(text, area.width, usize::from(area.height))) {
            line(buf, area, row, &text, theme.warn(), Side::Left);
        }
        return;
    }
    let Some(field) = form.focused_field() else { return };
    let mut lines = Vec::new();
    if let (CompletionSource::Json, Some(preview)) = (field.completion_source, preview)
        && let Some(payload) = &preview.payload
    {
        lines.push((given(preview, payload), theme.good()));
    }
    let help = form.errors_for(form.focused).find_map(|complaint| complaint.help.clone());
    let text = help.unwrap_or_else(|| field.description.to_owned());
    lines.extend(wrap(&text, area.width, usize::from(area.height)).into_iter().map(|text| (text, theme.dim())));
    for (row, (text, style)) in (0..area.height).zip(&lines) {
        line(buf, area, row, text, *style, Side::Left);
    }
}

/// What the JSON path gives on the last payload.
fn given(preview: &Preview, payload: &str) -> String {
    match (&preview.state.error, &preview.state.value, &preview.tile.json_path) {
        (Some(fault), ..) => format!("on the last payload: {fault}"),
        (None, Some(reading), Some(_)) => format!("gives: {}", reading.text),
        _ => format!("the last payload: {payload}"),
    }
}

/// The tile with its data, and the payload that it comes from.
fn beside(buf: &mut Buffer, area: Rect, app: &App, preview: &Preview, look: &Look, now: Time) {
    let size = app.current_dashboard().map_or((24, 7), |board| board.definition.tile_size.cells());
    let place = Rect { width: size.0.min(area.width), height: size.1.min(area.height), ..area };
    let live = app.current_connection().is_some_and(crate::app::Connection::is_connected);
    let trusted = app.current_dashboard().is_some_and(|board| board.trusted);
    tile::draw(buf, place, &preview.tile, &preview.state, Manner { selected: false, live, trusted }, look, now);
    let below = Rect { y: place.bottom() + 1, height: area.bottom().saturating_sub(place.bottom() + 1), ..area };
    let theme = look.theme;
    match &preview.payload {
        Some(payload) if below.height > 1 => {
            line(buf, below, 0, "Last payload", theme.dim(), Side::Left);
            for (row, text) in (1..).zip(wrap(payload, below.width, usize::from(below.height - 1).min(12))) {
                line(buf, below, row, &text, theme.text(), Side::Left);
            }
        }
        None if preview.tile.topic.is_some() => {
            let text = "Nothing has come on this topic yet: the tile fills when it does.";
            for (row, text) in (0..).zip(wrap(text, below.width, usize::from(below.height))) {
                line(buf, below, row, &text, theme.dim(), Side::Left);
            }
        }
        _ => {}
    }
}

/// One field: its name and what stands there.
fn field(buf: &mut Buffer, area: Rect, app: &App, form: &Form, index: usize, look: &Look) {
    let Some(it) = form.fields.get(index) else { return };
    let theme = look.theme;
    let active = index == form.focused;
    let (mark, style) = if active { ("▸", theme.selected()) } else { (" ", theme.text()) };
    let names = LABEL.min(area.width / 2);
    let name = Rect { width: names, ..area };
    line(buf, name, 0, &format!("{mark} {}", it.label), style, Side::Left);
    let value = Rect { x: area.x + names, width: area.width.saturating_sub(names + 2), ..area };
    let value = sample(buf, value, it, look);
    let quiet = if it.is_default() { theme.dim() } else { theme.text() };
    match &it.entry {
        FieldEntry::Text(input) if active && form.popup.is_none() => {
            entry::entry(buf, value, input, true, look);
            ghost(buf, value, app, form, width(input.value()), look);
        }
        FieldEntry::HiddenText(input) if active => entry::entry(buf, value, &masked(input), true, look),
        entry => {
            let (text, set) = shown(entry);
            let style = if active {
                theme.selected()
            } else if set {
                quiet
            } else {
                theme.dim()
            };
            let text = if active && !it.accepts_text() { format!("‹ {text} ›") } else { text };
            line(buf, value, 0, &text, style, Side::Left);
        }
    }
}

/// What the topic that is typed would be completed by.
fn ghost(buf: &mut Buffer, area: Rect, app: &App, form: &Form, typed: u16, look: &Look) {
    if let Some(rest) = app.completion(form)
        && typed + 1 < area.width
    {
        let room = Rect { x: area.x + typed, width: area.width - typed, ..area };
        line(buf, room, 0, rest, look.theme.dim(), Side::Left);
    }
}

/// Draws the colour or the icon that stands in a field; gives the place behind it.
fn sample(buf: &mut Buffer, area: Rect, field: &FormField, look: &Look) -> Rect {
    let Some(value) = field.value().filter(|_| area.width > 6) else {
        return area;
    };
    let drawn = match field.completion_source {
        CompletionSource::Color => {
            Color::from_value(&value).ok().map(|color| ("■", look.theme.chosen(Some(color), look.theme.text())))
        }
        CompletionSource::Icon => Icon::from_value(&value).ok().map(|icon| (look.icon(icon), look.theme.text())),
        _ => None,
    };
    match drawn {
        Some((sign, style)) => {
            let used = line(buf, area, 0, sign, style, Side::Left).width + 1;
            Rect { x: area.x + used, width: area.width - used, ..area }
        }
        None => area,
    }
}

/// What stands in a field as text, and whether something does.
fn shown(entry: &FieldEntry) -> (String, bool) {
    match entry {
        FieldEntry::Flag(Some(true)) => ("yes".to_owned(), true),
        FieldEntry::Flag(Some(false)) => ("no".to_owned(), true),
        FieldEntry::Flag(None) => ("not set".to_owned(), false),
        FieldEntry::Choice(words, at) => (words.get(*at).copied().unwrap_or_default().to_owned(), true),
        FieldEntry::Text(input) if input.value().is_empty() => ("–".to_owned(), false),
        FieldEntry::Text(input) => (input.value().to_owned(), true),
        FieldEntry::HiddenText(input) => (masked(input).value().to_owned(), true),
        FieldEntry::Options(options) if options.is_empty() => ("no option yet".to_owned(), false),
        FieldEntry::Options(options) => {
            let labels: Vec<&str> = options.iter().map(|(label, _)| label.as_str()).collect();
            (labels.join(", "), true)
        }
    }
}
