//! A field of a form: its label, a sample of its color or icon, its value, and the completion of what is typed.

use ratatui::{buffer::Buffer, layout::Rect};

use super::mask_input;
use crate::{
    app::{
        App, HiddenInput,
        form::{CompletionSource, FieldEntry, Form, FormField},
    },
    model::{color::Color, icon::Icon, schema::FieldValue as _},
    ui::{
        UiConfig, controls,
        text::{Alignment, draw_line, width},
    },
};

/// The width of the labels.
const LABEL_WIDTH: u16 = 20;

/// Draws a field.
pub(super) fn draw(buf: &mut Buffer, area: Rect, app: &App, form: &Form, index: usize, config: &UiConfig) {
    let Some(field) = form.fields.get(index) else { return };
    let theme = config.theme;
    let active = index == form.focused;
    let (marker, style) = if active { ("▸", theme.selected()) } else { (" ", theme.text()) };
    let label_width = LABEL_WIDTH.min(area.width / 2);
    let label_area = Rect { width: label_width, ..area };
    draw_line(buf, label_area, 0, &format!("{marker} {}", field.label), style, Alignment::Left);
    let value_area = Rect { x: area.x + label_width, width: area.width.saturating_sub(label_width + 2), ..area };
    let value_area = draw_value_sample(buf, value_area, field, config);
    let value_style = if field.is_default() { theme.dim() } else { theme.text() };
    match &field.entry {
        FieldEntry::Text(input) if active && form.popup.is_none() => {
            controls::draw_text_input(buf, value_area, input, true, config);
            if form.is_untouched_default(index) {
                let text_area = Rect { width: width(input.value()).min(value_area.width), height: 1, ..value_area };
                buf.set_style(text_area, theme.highlight());
            }
            draw_completion(buf, value_area, app, form, width(input.value()), config);
        }
        FieldEntry::HiddenText(HiddenInput(input)) if active => {
            controls::draw_text_input(buf, value_area, &mask_input(input), true, config);
        }
        entry => {
            let (text, is_set) = entry_text(entry, field.completion_source);
            let style = if active {
                theme.selected()
            } else if is_set {
                value_style
            } else {
                theme.dim()
            };
            let is_changeable = !field.accepts_text() && !matches!(entry, FieldEntry::InFile(_));
            let text = if active && is_changeable { format!("‹ {text} ›") } else { text };
            draw_line(buf, value_area, 0, &text, style, Alignment::Left);
        }
    }
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

/// Returns the value of a field as text, and whether it is set.
fn entry_text(entry: &FieldEntry, source: CompletionSource) -> (String, bool) {
    match entry {
        FieldEntry::Flag(Some(true)) => ("yes".to_owned(), true),
        FieldEntry::Flag(Some(false)) => ("no".to_owned(), true),
        FieldEntry::Flag(None) => ("not set".to_owned(), false),
        FieldEntry::Choice(values, index) => (values.get(*index).copied().unwrap_or_default().to_owned(), true),
        FieldEntry::Text(input) if input.value().is_empty() => ("–".to_owned(), false),
        FieldEntry::Text(input) => (input.value().to_owned(), true),
        FieldEntry::HiddenText(HiddenInput(input)) => (mask_input(input).value().to_owned(), true),
        FieldEntry::Options(options) if options.is_empty() => {
            let is_options = source == CompletionSource::Options;
            (if is_options { "no options".to_owned() } else { "–".to_owned() }, false)
        }
        FieldEntry::InFile(None) => ("not set; edit the file to set it".to_owned(), false),
        FieldEntry::InFile(Some(_)) => ("set; edit the file to change it".to_owned(), true),
        FieldEntry::Options(options) => {
            let labels: Vec<&str> = options.iter().map(|(label, _)| label.as_str()).collect();
            (labels.join(", "), true)
        }
    }
}
