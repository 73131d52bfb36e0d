//! A field of a form: its label, a sample of its color or icon, its value, its key in the file, and the completion of
//! what is typed.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::mask_input;
use crate::{
    app::{
        App, HiddenInput,
        form::{CompletionSource, FieldEntry, Form, FormField, MissingTarget, TARGET_KEY},
    },
    model::{
        color::Color,
        icon::Icon,
        preset::Preset,
        schema::{DynFields, FieldValue as _},
        tile::read_row,
    },
    ui::{
        UiConfig, controls,
        text::{Alignment, draw_line, truncate_start, width},
    },
};

/// The width of the labels.
const LABEL_WIDTH: u16 = 20;
/// The minimum width of a row that shows its key while its text is edited.
const MIN_WIDTH_FOR_KEY_WHEN_FOCUSED: u16 = 60;

/// What the fields of a form show besides what is typed, computed once for a frame.
pub(super) struct LiveValues<'a> {
    /// What the form describes.
    pub draft: &'a dyn DynFields,
    /// The preset that fits what the topic carries.
    pub proposed_preset: Option<&'static Preset>,
    /// What the tile lacks to control something.
    pub missing_target: Option<MissingTarget>,
    /// The template of the payload that fits what the topic carries.
    pub proposed_payload: Option<String>,
}

/// Returns the text that a field shows, and whether its value is set.
fn shown_value(form: &Form, field: &FormField, live: &LiveValues<'_>) -> (String, bool) {
    let (mut text, is_set) = entry_text(field, live.draft);
    if field.entry == FieldEntry::Preset {
        text = form.applied_preset().map_or_else(|| "–".to_owned(), |preset| preset.name.to_owned());
        if let Some(proposed) = live.proposed_preset {
            text = format!("{text} · fits: {}", proposed.name);
        }
    } else if let Some(missing) = live.missing_target.as_ref().filter(|_| field.key == TARGET_KEY) {
        let proposal = missing.command.as_ref().map(|command| format!("{} (proposed)", command.topic));
        text = proposal.unwrap_or_else(|| "–, only shows".to_owned());
    } else if let (CompletionSource::Payload, Some(proposed)) = (field.completion_source, &live.proposed_payload) {
        text = format!("{text} · fits: {proposed}");
    } else if let Some(seen) = form.seen_beyond(field.key.0) {
        text = format!("{text} · {seen} seen");
    }
    (text, is_set)
}

/// Returns the text of the focused field if its row, which has this width, does not show all of it.
pub(super) fn cut_value(form: &Form, field: &FormField, live: &LiveValues<'_>, row_width: u16) -> Option<String> {
    /// The marks of a value that is changed, or the cursor behind a text, and a space.
    const AROUND_VALUE: u16 = 4;
    if matches!(field.entry, FieldEntry::HiddenText(_)) {
        return None;
    }
    let (text, is_set) = shown_value(form, field, live);
    if !is_set && field.completion_source == CompletionSource::Payload {
        return None;
    }
    let room = row_width.saturating_sub(LABEL_WIDTH.min(row_width / 2) + 2 + AROUND_VALUE);
    (width(&text) > room).then_some(text)
}

/// Draws a field. `live` is what the form describes now. Returns where the cursor is in its text, if the field has the
/// focus.
pub(super) fn draw(
    buf: &mut Buffer,
    area: Rect,
    (app, form, live): (&App, &Form, &LiveValues<'_>),
    index: usize,
    config: &UiConfig,
) -> Option<Position> {
    let field = form.fields.get(index)?;
    let theme = config.theme;
    let active = index == form.focused;
    let (marker, style) = if active { ("▸", theme.selected()) } else { (" ", theme.text()) };
    let label_width = LABEL_WIDTH.min(area.width / 2);
    let label_area = Rect { width: label_width, ..area };
    draw_line(buf, label_area, 0, &format!("{marker} {}", field.label), style, Alignment::Left);
    let value_area = Rect { x: area.x + label_width, width: area.width.saturating_sub(label_width + 2), ..area };
    let (text, is_set) = shown_value(form, field, live);
    let value_area = draw_key(buf, value_area, form, field, active.then_some(area.width), width(&text), config);
    let value_area = draw_value_sample(buf, value_area, field, config);
    match &field.entry {
        FieldEntry::Text(input) if active && form.popup.is_none() => {
            let cursor = controls::draw_text_input(buf, value_area, input);
            if form.is_untouched_default(index) {
                let text_area = Rect { width: width(input.value()).min(value_area.width), height: 1, ..value_area };
                buf.set_style(text_area, theme.highlight());
            }
            match live.missing_target.as_ref().filter(|_| field.key == TARGET_KEY && app.completion(form).is_none()) {
                Some(MissingTarget { command: Some(command), .. }) => {
                    draw_line(buf, value_area, 0, &command.topic, config.theme.dim(), Alignment::Left);
                }
                _ => draw_completion(buf, value_area, app, form, width(input.value()), config),
            }
            cursor
        }
        FieldEntry::HiddenText(HiddenInput(input)) if active => {
            controls::draw_text_input(buf, value_area, &mask_input(input))
        }
        entry => {
            let style = if active {
                theme.selected()
            } else if is_set && !field.is_default() {
                theme.text()
            } else {
                theme.dim()
            };
            let is_changeable = !field.accepts_text() && !matches!(entry, FieldEntry::InFile(_));
            let text = if active && is_changeable { format!("‹ {text} ›") } else { text };
            let text = if field.completion_source == CompletionSource::Topic {
                truncate_start(&text, value_area.width)
            } else {
                text
            };
            draw_line(buf, value_area, 0, &text, style, Alignment::Left);
            None
        }
    }
}

/// Returns whether the row of the focused field shows its key.
pub(super) const fn shows_key_when_focused(row_width: u16) -> bool {
    row_width >= MIN_WIDTH_FOR_KEY_WHEN_FOCUSED
}

/// Draws the key of the field in its file at the right of its row, if the value leaves room. `focused` is the width of
/// the row if it has the focus. Returns the area in front of the key.
fn draw_key(
    buf: &mut Buffer,
    area: Rect,
    form: &Form,
    field: &FormField,
    focused: Option<u16>,
    value_width: u16,
    config: &UiConfig,
) -> Rect {
    let Some(key) = form.file_key(field) else { return area };
    let taken = width(&key) + 2;
    // The marks of a value that is changed, or the sample of a color or an icon.
    let around_value = match field.completion_source {
        _ if focused.is_some() => 4,
        CompletionSource::Color | CompletionSource::Icon => 2,
        _ => 0,
    };
    let has_room = value_width.saturating_add(around_value + taken) <= area.width;
    if !has_room || focused.is_some_and(|row_width| !shows_key_when_focused(row_width)) {
        return area;
    }
    draw_line(buf, area, 0, &key, config.theme.dim(), Alignment::Right);
    Rect { width: area.width - taken, ..area }
}

/// Draws the completion of the topic behind the typed text.
fn draw_completion(buf: &mut Buffer, area: Rect, app: &App, form: &Form, typed_width: u16, config: &UiConfig) {
    if let Some(rest) = app.completion(form)
        && typed_width + 1 < area.width
    {
        let completion_area = Rect { x: area.x + typed_width, width: area.width - typed_width, ..area };
        draw_line(buf, completion_area, 0, rest, config.theme.dim(), Alignment::Left);
    }
}

/// Draws a sample of the color or icon in a field. Returns the area behind it.
fn draw_value_sample(buf: &mut Buffer, area: Rect, field: &FormField, config: &UiConfig) -> Rect {
    let Some(value) = field.value().filter(|_| area.width > 6) else {
        return area;
    };
    let sample = match field.completion_source {
        CompletionSource::Color => Color::from_value(&value)
            .ok()
            .map(|color| ("■", config.theme.custom_color(Some(color), config.theme.text()))),
        CompletionSource::Icon => Icon::from_value(&value).ok().map(|icon| (config.icon(icon), config.theme.text())),
        _ => None,
    };
    match sample {
        Some((symbol, style)) => {
            let symbol_width = draw_line(buf, area, 0, symbol, style, Alignment::Left).width + 1;
            Rect { x: area.x + symbol_width, width: area.width - symbol_width, ..area }
        }
        None => area,
    }
}

/// Returns the value of a field as text, and whether it is set. What applies by default is marked as such.
fn entry_text(field: &FormField, draft: &dyn DynFields) -> (String, bool) {
    let unset = || {
        let text = field.implied(draft).map_or_else(|| "–".to_owned(), |implied| format!("{implied} (default)"));
        (text, false)
    };
    let set = |text: &str| {
        let is_default = field.is_default() && field.part.is_none();
        (if is_default { format!("{text} (default)") } else { text.to_owned() }, true)
    };
    match &field.entry {
        FieldEntry::Flag(Some(true)) => set("yes"),
        FieldEntry::Flag(Some(false)) => set("no"),
        FieldEntry::Flag(None) | FieldEntry::Preset => unset(),
        FieldEntry::Choice(values, index) => set(values.get(*index).copied().unwrap_or_default()),
        FieldEntry::Text(input) | FieldEntry::HiddenText(HiddenInput(input)) if input.value().is_empty() => unset(),
        FieldEntry::Text(input) => set(input.value()),
        FieldEntry::HiddenText(HiddenInput(input)) => set(mask_input(input).value()),
        FieldEntry::Rows(rows) if rows.is_empty() => {
            let is_list = field.completion_source == CompletionSource::Rows;
            (if is_list { format!("no {}", field.key.0) } else { "–".to_owned() }, false)
        }
        FieldEntry::PanelRows(rows) if rows.is_empty() => ("no rows".to_owned(), false),
        FieldEntry::PanelRows(rows) => {
            (rows.iter().map(|row| read_row(row).0.name).collect::<Vec<_>>().join(", "), true)
        }
        FieldEntry::InFile(None) => ("–, only in the file".to_owned(), false),
        FieldEntry::InFile(Some(_)) => ("set, only in the file".to_owned(), true),
        FieldEntry::Rows(rows) => {
            let first_texts = rows.iter().filter_map(|row| row.iter().find(|text| !text.is_empty()));
            (first_texts.map(String::as_str).collect::<Vec<_>>().join(", "), true)
        }
    }
}
