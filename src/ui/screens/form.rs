//! A form: its fields one below the other, each with its errors, and next to them a preview of the tile.
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
    style::{Modifier, Style},
    widgets::{Clear, Widget},
};

use super::{
    DrawContext, View,
    form_field::{self, LiveValues},
    form_popup, form_preview,
};
use crate::{
    app::{
        Action,
        editing::Preview,
        form::{CompletionSource, FieldEntry, Form, TARGET_KEY},
    },
    ui::{
        UiConfig,
        layout::MouseTarget,
        text::{Alignment, draw_line, truncate, wrap},
    },
};

/// The maximum width of the fields.
const MAX_FIELDS_WIDTH: u16 = 76;
/// The minimum width of a screen that shows a preview next to the fields.
const MIN_WIDTH_FOR_PREVIEW: u16 = 78;

/// A row of a form.
enum FormRow {
    Heading(&'static str),
    /// A folded section, for which its first field stands.
    Folded(usize),
    Field(usize),
    Error(String),
}

/// The areas of the parts of a form.
struct FormLayout {
    title: Rect,
    fields: Rect,
    footer: Rect,
    preview: Option<Rect>,
}

fn form_layout(area: Rect, has_preview: bool) -> FormLayout {
    let inner = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area };
    let preview_width = if has_preview && area.width >= MIN_WIDTH_FOR_PREVIEW {
        inner.width.saturating_sub(50).clamp(26, 44)
    } else {
        0
    };
    let gap = if preview_width > 0 { 3 } else { 0 };
    let fields = inner.width.saturating_sub(preview_width + gap).min(MAX_FIELDS_WIDTH);
    let left = inner.x + (inner.width - (fields + gap + preview_width)) / 2;
    let title = Rect { x: left, width: fields, height: 1.min(area.height), ..inner };
    let footer_height = if area.height >= 20 { 3 } else { 2.min(area.height.saturating_sub(2)) };
    let footer_gap = u16::from(area.height >= 16);
    let top = area.y + if area.height >= 16 { 2 } else { 1 };
    let footer = Rect { x: left, y: area.bottom().saturating_sub(footer_height), width: fields, height: footer_height };
    let height = footer.y.saturating_sub(top + footer_gap);
    let preview = (preview_width > 0).then_some(Rect { x: left + fields + gap, y: top, width: preview_width, height });
    FormLayout { title, fields: Rect { x: left, y: top, width: fields, height }, footer, preview }
}

fn form_rows(form: &Form, fields_width: u16) -> Vec<FormRow> {
    let mut rows = Vec::new();
    let mut section = "";
    for (index, field) in form.fields.iter().enumerate().filter(|(index, _)| form.is_focusable(*index)) {
        if form.is_folded(index) {
            rows.push(FormRow::Folded(index));
            continue;
        }
        if field.section != section {
            section = field.section;
            rows.push(FormRow::Heading(section));
        }
        rows.push(FormRow::Field(index));
        for error in form.errors_for(index) {
            let text = format!("! {}", error.message);
            rows.extend(wrap(&text, fields_width.saturating_sub(4), 3).into_iter().map(FormRow::Error));
        }
    }
    rows
}

/// Returns the range of visible rows.
fn visible_rows(rows: &[FormRow], selected: usize, height: u16) -> Range<usize> {
    let height = usize::from(height);
    let focused_row = rows
        .iter()
        .position(|row| matches!(row, FormRow::Field(index) | FormRow::Folded(index) if *index == selected))
        .unwrap_or_default();
    let top = focused_row.saturating_sub(height / 2).min(rows.len().saturating_sub(height));
    top..(top + height).min(rows.len())
}

impl View for Form {
    fn draw(&self, context: &mut DrawContext<'_>) {
        Clear.render(context.area, context.buf);
        let (app, config) = (context.app, context.config);
        let preview = app.preview(self);
        let layout = form_layout(context.area, preview.is_some());
        let title_style = config.theme.accent().add_modifier(Modifier::BOLD);
        draw_line(context.buf, layout.title, 0, &self.title(), title_style, Alignment::Left);
        let draft = self.draft();
        let proposed_preset = preview.as_ref().and_then(|preview| self.proposed_preset_of(preview));
        let missing_target = preview.as_ref().and_then(|preview| self.missing_target_of(&preview.tile));
        let proposed_payload = preview.as_ref().and_then(Preview::proposed_payload);
        let live = LiveValues { draft: &*draft, proposed_preset, missing_target, proposed_payload };
        draw_rows(context, self, layout.fields, &live);
        match app.completion(self).filter(|_| !self.confirming_discard) {
            Some(rest) => draw_completion_hint(context.buf, layout.footer, self, rest, config),
            None => draw_field_help(context.buf, layout.footer, self, &live, preview.as_ref(), config),
        }
        match (layout.preview, &preview) {
            (Some(area), Some(preview)) => form_preview::draw(context.buf, area, app, preview, config, context.now),
            (None, Some(preview)) if preview.state.value.is_some() => {
                let text = preview.tile.display_text(preview.state.value.as_ref());
                let text = truncate(&text, layout.title.width / 2);
                draw_line(context.buf, layout.title, 0, &text, config.theme.success(), Alignment::Right);
            }
            _ => {}
        }
        if let Some(popup) = &self.popup {
            context.layout.clear();
            form_popup::draw(context, self, popup);
        }
    }
}

/// Draws the visible fields with their headings and errors.
fn draw_rows(context: &mut DrawContext<'_>, form: &Form, area: Rect, live: &LiveValues<'_>) {
    let config = context.config;
    let rows = form_rows(form, area.width);
    let range = visible_rows(&rows, form.focused, area.height);
    for (y, row) in (area.y..).zip(&rows[range.clone()]) {
        let row_area = Rect { y, height: 1, ..area };
        if matches!(row, FormRow::Folded(index) | FormRow::Field(index) if *index == form.focused) {
            context.layout.place_cursor(row_area.as_position());
        }
        match row {
            FormRow::Heading(text) => {
                draw_line(context.buf, row_area, 0, text, config.theme.dim(), Alignment::Left);
            }
            FormRow::Folded(index) => {
                draw_folded_section(context.buf, row_area, form, *index, config);
                let whole_row = Rect { x: context.area.x, width: context.area.width, ..row_area };
                context.layout.add(whole_row, MouseTarget::Drag(Action::SelectOption(*index)));
            }
            FormRow::Field(index) => {
                let cursor = form_field::draw(context.buf, row_area, (context.app, form, live), *index, config);
                context.layout.show_cursor(cursor);
                let whole_row = Rect { x: context.area.x, width: context.area.width, ..row_area };
                context.layout.add(whole_row, MouseTarget::Drag(Action::SelectOption(*index)));
            }
            FormRow::Error(message) => {
                let indent = 2.min(row_area.width);
                let inner = Rect { x: row_area.x + indent, width: row_area.width - indent, ..row_area };
                draw_line(context.buf, inner, 0, message, config.theme.error(), Alignment::Left);
            }
        }
    }
    let accent = config.theme.accent();
    if range.start > 0 {
        draw_line(context.buf, area, 0, "▲", accent, Alignment::Right);
    }
    if range.end < rows.len() && area.height > 0 {
        draw_line(context.buf, area, area.height - 1, "▼", accent, Alignment::Right);
    }
}

/// Draws the row of a folded section.
fn draw_folded_section(buf: &mut Buffer, area: Rect, form: &Form, index: usize, config: &UiConfig) {
    let Some(field) = form.fields.get(index) else { return };
    let text = format!("{} ({})", field.section, form.labels_in_section(index).count());
    if index == form.focused {
        draw_line(buf, area, 0, &format!("▸ {text}"), config.theme.selected(), Alignment::Left);
    } else {
        draw_line(buf, area, 0, &format!("{text} …"), config.theme.dim(), Alignment::Left);
    }
}

/// Draws the help for a topic that has a completion.
fn draw_completion_hint(buf: &mut Buffer, area: Rect, form: &Form, rest: &str, config: &UiConfig) {
    let Some(FieldEntry::Text(input)) = form.focused_field().map(|field| &field.entry) else { return };
    let first_key = |name| config.keymap.first_key(name);
    let text = format!(
        "{}, {} and {} complete to {}{rest}. Backspace keeps what you typed.",
        first_key("form-next"),
        first_key("form-down"),
        first_key("form-save"),
        input.value()
    );
    for (row, text) in (0..).zip(wrap(&text, area.width, usize::from(area.height))) {
        draw_line(buf, area, row, &text, config.theme.dim(), Alignment::Left);
    }
}

/// Draws the description of the focused field, or the question whether to discard the changes.
fn draw_field_help(
    buf: &mut Buffer,
    area: Rect,
    form: &Form,
    live: &LiveValues<'_>,
    preview: Option<&Preview>,
    config: &UiConfig,
) {
    let theme = config.theme;
    if form.confirming_discard {
        let text = "Unsaved changes: Esc discards them, Enter saves them, any other key continues.";
        for (row, text) in (0..).zip(wrap(text, area.width, usize::from(area.height))) {
            draw_line(buf, area, row, &text, theme.warning(), Alignment::Left);
        }
        return;
    }
    let Some(field) = form.focused_field() else { return };
    if form.focuses_folded_section() {
        let labels: Vec<_> = form.labels_in_section(form.focused).collect();
        for (row, text) in (0..).zip(wrap(&labels.join(", "), area.width, usize::from(area.height))) {
            draw_line(buf, area, row, &text, theme.dim(), Alignment::Left);
        }
        return;
    }
    let mut lines = Vec::new();
    if let Some(value) = form_field::cut_value(form, field, live, area.width) {
        let rows = usize::from(area.height.saturating_sub(1).max(1));
        lines.extend(wrap(&value, area.width, rows).into_iter().map(|text| (text, theme.text())));
    }
    if let (CompletionSource::Json, Some(preview)) = (field.completion_source, preview)
        && let Some(payload) = &preview.payload
    {
        lines.push((json_path_result(preview, payload), theme.success()));
    }
    if let (CompletionSource::Payload, Some(preview)) = (field.completion_source, preview) {
        lines.extend(payload_lines(preview, live, config));
    }
    if field.entry == FieldEntry::Preset
        && let Some(proposed) = live.proposed_preset
    {
        lines.push((format!("fits what arrives: {}", proposed.detail), theme.success()));
    }
    if field.key == TARGET_KEY
        && let Some(missing) = &live.missing_target
    {
        let rows = usize::from(area.height.saturating_sub(1).max(1));
        lines.extend(wrap(&missing.explanation(), area.width, rows).into_iter().map(|text| (text, theme.success())));
    }
    let help = form.errors_for(form.focused).find_map(|error| error.help.clone());
    let text = help.unwrap_or_else(|| match form.file_key(field) {
        Some(key) if !form_field::shows_key_when_focused(area.width) && !key.eq_ignore_ascii_case(&field.label) => {
            format!("{key}: {}", field.description)
        }
        _ => field.description.to_owned(),
    });
    lines.extend(wrap(&text, area.width, usize::from(area.height)).into_iter().map(|text| (text, theme.dim())));
    for (row, (text, style)) in (0..area.height).zip(&lines) {
        draw_line(buf, area, row, text, *style, Alignment::Left);
    }
}

/// Returns what the template of a tile publishes now, or which template fits.
fn payload_lines(preview: &Preview, live: &LiveValues<'_>, config: &UiConfig) -> Option<(String, Style)> {
    let theme = config.theme;
    match (&live.proposed_payload, preview.published_payload()) {
        (Some(proposed), _) => Some((format!("fits what arrives: {proposed}"), theme.success())),
        (None, _) if !preview.tile.has_payload_template() => None,
        (None, Ok(payload)) => Some((format!("publishes {payload}"), theme.success())),
        (None, Err(error)) => Some((format!("! {error}"), theme.error())),
    }
}

/// Returns the result of the JSON path on the last payload.
fn json_path_result(preview: &Preview, payload: &str) -> String {
    match (&preview.state.error, &preview.state.value, &preview.tile.json_path) {
        (Some(error), ..) => format!("last payload: {error}"),
        (None, Some(value), Some(_)) => format!("result: {}", value.text),
        _ => format!("last payload: {payload}"),
    }
}
