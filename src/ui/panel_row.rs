//! The row of a panel: its name, its value or its control, and a mark: how far the last press got, that something is wrong,
//! or that the row can be pressed.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{
    text::{Alignment, draw_line, truncate, width},
    tile::{TileView, is_blinked_off},
    tile_age,
    tile_frame::publish_status,
    tile_row::{AGE_WIDTH, press_status, value_text},
    widgets::draw_bar,
};
use crate::model::content::TileContent;

/// The mark of a row that can be pressed.
const PRESS_MARK: &str = "⏎";
/// The smallest width of a row with the age of its value.
const MIN_WIDTH_WITH_AGE: u16 = 34;
/// The cells of the bar of a number, at least and at most.
const BAR_WIDTH: std::ops::RangeInclusive<u16> = 5..=12;
/// The cells of a number with a bar: the numbers of several rows stand below each other, so that their bars do, too.
const MIN_NUMBER_WIDTH: u16 = 6;

/// The value of a row, or its control.
struct RowValue {
    /// The text, in shorter and shorter forms.
    texts: Vec<String>,
    /// The switch after the text; empty for everything else.
    switch: &'static str,
    style: Style,
    /// Whether it says that there is no value, which is less than the name says.
    is_missing: bool,
    /// The position of a number between its limits, 0 to 1, and the style of its bar.
    bar: Option<(f64, Style)>,
}

/// Draws a row. `name_width` is that of the longest name of the panel.
pub(super) fn draw(buf: &mut Buffer, area: Rect, view: TileView<'_>, name: &str, name_width: u16, is_selected: bool) {
    let theme = view.config.theme;
    if is_selected {
        // Between the border and the name.
        buf.set_string(area.x.saturating_sub(1), area.y, "▸", theme.selected());
    }
    let name = view.scripted_name().unwrap_or(name);
    let shows_age = area.width >= MIN_WIDTH_WITH_AGE;
    let right_width = 2 + if shows_age { AGE_WIDTH + 1 } else { 0 };
    let text_area = Rect { width: area.width.saturating_sub(right_width), ..area };
    let value = row_value(view);
    let value_width = draw_value(buf, text_area, &value, width(name), name_width, view);
    let name_area = Rect { width: text_area.width.saturating_sub(value_width + 1), ..area };
    let style = if is_selected { theme.selected() } else { theme.text() };
    draw_line(buf, name_area, 0, name, style, Alignment::Left);
    let mark_area = Rect { x: area.right().saturating_sub(1), width: area.width.min(1), ..area };
    let status = press_status(view).filter(|(status, _)| shows_age && width(status) <= AGE_WIDTH);
    let (mark, mark_style) = mark(view, status.is_some());
    draw_line(buf, mark_area, 0, &mark, mark_style, Alignment::Left);
    if shows_age {
        let age_area = Rect { x: text_area.right() + 1, width: AGE_WIDTH, ..area };
        match status {
            Some((status, style)) => {
                draw_line(buf, age_area, 0, &status, style, Alignment::Right);
            }
            None => tile_age::draw_short(buf, age_area, view),
        }
    }
}

/// Returns the mark at the right of a row, and its style. `shows_status` is whether there is more room for how far the last
/// press got.
fn mark(view: TileView<'_>, shows_status: bool) -> (String, Style) {
    let TileView { state, render_state, config, .. } = view;
    let theme = config.theme;
    let (status, style) = publish_status(view);
    if let Some(first) = status.chars().next().filter(|_| !shows_status) {
        return (first.to_string(), style);
    }
    if render_state.error.is_some() || state.script_errors.text().is_some() {
        return ("!".to_owned(), theme.error());
    }
    if render_state.connected && (state.is_offline() || state.silence(view.tile, view.now).is_some()) {
        return ("!".to_owned(), theme.warning());
    }
    match render_state.control.and_then(|control| control.mark) {
        Some(_) => (PRESS_MARK.to_owned(), theme.accent()),
        None => (String::new(), theme.text()),
    }
}

/// Draws a value at the right of an area, so that the name has room, too. Returns the width of the value.
fn draw_value(
    buf: &mut Buffer,
    area: Rect,
    value: &RowValue,
    own_name: u16,
    longest_name: u16,
    view: TileView<'_>,
) -> u16 {
    /// The cells of a name that the value leaves, if there are so many.
    const MIN_NAME_WIDTH: u16 = 4;
    let least = if value.is_missing { area.width.saturating_sub(2) } else { MIN_NAME_WIDTH.max(area.width / 3) };
    let most = area.width.saturating_sub(own_name.min(least) + 1);
    let tail = if value.switch.is_empty() { 0 } else { width(value.switch) + 1 };
    let fits = |text: &&String| width(text) + tail <= most;
    let text = value.texts.iter().find(fits).or(value.texts.last()).map_or("", String::as_str);
    let text = truncate(text, most.saturating_sub(tail));
    let line = match (text.as_str(), value.switch) {
        ("", switch) => switch.to_owned(),
        (text, "") => text.to_owned(),
        (text, switch) => format!("{text} {switch}"),
    };
    let taken = width(&line).min(most);
    let value_area = Rect { x: area.right() - taken, width: taken, ..area };
    draw_line(buf, value_area, 0, &line, value.style, Alignment::Right);
    if let Some((ratio, style)) = value.bar {
        let right = taken.max(MIN_NUMBER_WIDTH) + 1;
        let bar_width = area.width.saturating_sub(longest_name + 1 + right).min(*BAR_WIDTH.end());
        if bar_width >= *BAR_WIDTH.start() {
            let bar_area = Rect { x: area.right() - right - bar_width, width: bar_width, ..area };
            draw_bar(buf, bar_area, ratio, style, view.config);
            return right + bar_width;
        }
    }
    taken
}

/// Returns the value of a row, what is wrong with it, or its control.
fn row_value(view: TileView<'_>) -> RowValue {
    let TileView { state, render_state, config, now, .. } = view;
    let theme = config.theme;
    let content = view.content();
    let (text, style) = value_text(view, &content);
    let mut value = RowValue { texts: vec![text], switch: "", style, is_missing: false, bar: None };
    if is_blinked_off(state, now) {
        return value;
    }
    if let Some(error) = render_state.error.as_deref() {
        value.texts.extend(error.short_texts().into_iter().map(|text| format!("! {text}")));
        return value;
    }
    let bar_style = |color| if view.is_outdated() { theme.dim() } else { theme.custom_color(color, theme.accent()) };
    match content {
        Ok(TileContent::Toggle { on: Some(on), text, .. }) if render_state.control.is_some() => {
            value.switch = switch_symbol(on, state.unconfirmed.is_none());
            value.texts = vec![text, String::new()];
        }
        Ok(TileContent::Button { label, .. }) => value.texts = vec![format!("[{label}]")],
        Ok(
            TileContent::Meter { prefix_suffix, ratio, text, color, .. }
            | TileContent::Progress { prefix_suffix, ratio, text, color, .. },
        ) => {
            value.texts.extend([prefix_suffix.around(&text), text]);
            value.bar = Some((ratio, bar_style(color)));
        }
        Ok(TileContent::Gauge(gauge)) => {
            value.texts.extend([gauge.prefix_suffix.around(&gauge.text), gauge.text]);
            value.bar = Some((gauge.ratio, bar_style(gauge.color)));
        }
        Ok(TileContent::Placeholder(_)) => {
            value.texts.push("–".to_owned());
            value.is_missing = true;
        }
        Ok(TileContent::Text { prefix_suffix, text, .. }) => value.texts.extend([prefix_suffix.around(&text), text]),
        _ => {}
    }
    value
}

/// Returns a switch, whose thumb is filled when the state is on, and confirmed.
const fn switch_symbol(on: bool, is_confirmed: bool) -> &'static str {
    match (on, is_confirmed) {
        (true, true) => "[─●]",
        (true, false) => "[─○]",
        (false, _) => "[○─]",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{UiConfig, frame::to_plain_text, glyph_set::GlyphSet, theme::ColorDepth};

    #[test]
    fn states_of_a_switch_differ_without_color_and_with_few_glyphs() {
        for glyphs in [GlyphSet::Full, GlyphSet::Basic, GlyphSet::Ascii] {
            let config = UiConfig { glyphs, ..UiConfig::new(ColorDepth::None) };
            let drawn = [(true, true), (true, false), (false, true)].map(|(on, is_confirmed)| {
                let mut buf = Buffer::empty(Rect::new(0, 0, 4, 1));
                buf.set_string(0, 0, switch_symbol(on, is_confirmed), Style::default());
                config.glyphs.replace_missing(&mut buf);
                to_plain_text(&buf)
            });
            assert!(drawn[0] != drawn[1] && drawn[1] != drawn[2] && drawn[0] != drawn[2], "{drawn:?}");
        }
    }
}
