//! The value of a tile in full, in large digits if there is room, and beside it how old it is, its statistics and where it
//! comes from.

use std::time::Duration;

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{BOLD, DrawContext, StyledLines, tile_lines::message_age};
use crate::{
    model::{
        content::{TextSize, TileContent},
        content_line::{ContentLine, LineRole},
        error::{TileError, format_bytes},
        tile::Tile,
        tile_state::TileState,
        tile_statistics::{TileStatistics, TimedNumber},
        time::{Time, format_interval},
        topic::TopicFilter,
    },
    ui::{
        UiConfig,
        text::{Alignment, draw_line, truncate},
        tile,
        widgets::{self, ContentState},
    },
};

/// A lower area has the value in one line.
const MIN_LARGE_HEIGHT: u16 = 16;
/// A higher area has two rows more for an image.
const HIGH: u16 = 36;
/// The rows of the value, and the empty one below it.
const VALUE_ROWS: u16 = 6;
const GAP_ROWS: u16 = 1;
/// From this width on, the facts stand in two columns.
const TWO_COLUMNS_WIDTH: u16 = 120;

/// Draws the head. Returns the area below.
pub(super) fn draw(context: &mut DrawContext<'_>, area: Rect, tile: &Tile, state: &TileState) -> Rect {
    let (about_value, about_source) = (value_facts(context, tile, state), source_facts(context, tile, state));
    // Rows are drawn below, where they have more room.
    let content = state.content(tile);
    let has_rows = content.as_ref().is_ok_and(|content| content.text_table().is_some());
    if area.height < MIN_LARGE_HEIGHT || has_rows {
        return draw_small(context, area, (tile, state), content, &about_value);
    }
    let rows = VALUE_ROWS + if area.height >= HIGH { 2 } else { 0 };
    let value_width = (area.width / 3).clamp(24, 44).min(area.width);
    draw_value(context, Rect { width: value_width, height: rows, ..area }, (tile, state), content);
    let x = area.x + value_width + 2;
    let facts = Rect { x, width: area.right().saturating_sub(x), height: rows, ..area };
    if facts.width + value_width >= TWO_COLUMNS_WIDTH - 4 {
        let left = Rect { width: facts.width / 2, ..facts };
        let right = Rect { x: left.right() + 1, width: facts.right() - left.right() - 1, ..facts };
        draw_facts(context.buf, left, &about_value);
        draw_facts(context.buf, right, &about_source);
    } else {
        draw_facts(context.buf, facts, &[about_value, about_source].concat());
    }
    super::super::below(area, rows + GAP_ROWS)
}

fn draw_facts(buf: &mut Buffer, area: Rect, facts: &[(String, Style)]) {
    for (row, (text, style)) in (0..area.height).zip(facts) {
        draw_line(buf, area, row, text, *style, Alignment::Left);
    }
}

/// Draws the value in one line, with its age at the right, and the other facts about it below. Returns the area below.
fn draw_small(
    context: &mut DrawContext<'_>,
    area: Rect,
    (tile, state): (&Tile, &TileState),
    content: Result<TileContent, TileError>,
    facts: &[(String, Style)],
) -> Rect {
    let mut left = area;
    if let Some((age, style)) = facts.first() {
        let room = Rect { x: area.x + area.width / 3, width: area.width - area.width / 3, ..area };
        let age = draw_line(context.buf, room, 0, age, *style, Alignment::Right);
        left.width = (age.x - area.x).saturating_sub(1);
    }
    let theme = context.config.theme;
    let (text, style) = match (content, &state.value) {
        (Ok(content), value) => match (widgets::full_line(&content, state, context.config, context.now), value) {
            (ContentLine { role: LineRole::Missing, text, .. }, _) => (text, theme.dim()),
            (line, Some(value)) if !line.has_value() => (value.text.to_string(), theme.text().patch(BOLD)),
            (line, _) => (line.text, theme.text().patch(BOLD)),
        },
        (Err(_), Some(value)) => (tile.value_label(value), theme.text().patch(BOLD)),
        (Err(_), None) => (String::new(), theme.dim()),
    };
    draw_line(context.buf, left, 0, &truncate(&text, left.width), style, Alignment::Left);
    let others: Vec<&str> = facts.iter().skip(1).map(|(text, _)| text.as_str()).collect();
    if others.is_empty() {
        return super::super::below(area, 1);
    }
    draw_line(context.buf, area, 1, &others.join("  "), theme.dim(), Alignment::Left);
    super::super::below(area, 2)
}

/// Draws the value as a large tile does.
fn draw_value(
    context: &mut DrawContext<'_>,
    area: Rect,
    (tile, state): (&Tile, &TileState),
    content: Result<TileContent, TileError>,
) {
    let is_outdated = tile::is_outdated(tile, state, context.app.is_connected(), context.now);
    let dimmed = is_outdated || state.error.is_some() && state.value.is_some();
    let content_state = ContentState { dimmed, is_control: false, span: None };
    let sparkline = state.statistics.as_ref().and_then(|statistics| statistics.sparkline.as_ref());
    let mut area = area;
    if let Some(sparkline) = sparkline.filter(|_| area.height > 1) {
        let row = Rect { y: area.bottom() - 1, height: 1, ..area };
        widgets::draw_sparkline(context.buf, row, sparkline, context.config, dimmed, context.now);
        area.height -= 1;
    }
    if let Ok(mut content) = content {
        if let TileContent::Text { size, .. } = &mut content {
            *size = TextSize::Large;
        }
        widgets::draw(context.buf, area, &content, state, content_state, context.config, context.now);
    }
}

/// Returns how old the value is and how often it comes, and its statistics.
fn value_facts(context: &DrawContext<'_>, tile: &Tile, state: &TileState) -> StyledLines {
    let (theme, now) = (context.config.theme, context.now);
    let mut facts = StyledLines::new();
    if let Some(silence) = state.silence(tile, now).filter(|_| context.app.is_connected()) {
        let [text, ..] = silence.texts();
        facts.push((text, theme.warning()));
    } else if state.history.last().is_some() || state.value.is_some() {
        let age = match (state.history.last(), &state.value) {
            (None, Some(value)) => value.age_text(now),
            _ => message_age(state, now),
        };
        let usual = state.usual_interval().map(|usual| format!(" · every {}", format_interval(usual)));
        let retained = state.history.last().filter(|last| last.message.retain).map_or("", |_| " · retained");
        let restored = if state.restored { " · saved by an earlier run" } else { "" };
        facts.push((format!("{age}{}{retained}{restored}", usual.unwrap_or_default()), theme.text()));
    }
    if let Some(statistics) = &state.statistics {
        let lines = statistics_lines(statistics, context.config, context.now);
        facts.extend(lines.into_iter().map(|line| (line, theme.text())));
    }
    facts
}

/// For how long the time of a number is its time of day; then its date says more.
const TIME_ONLY: Duration = Duration::from_hours(20);

/// Returns the statistics in two lines.
fn statistics_lines(statistics: &TileStatistics, config: &UiConfig, now: Time) -> [String; 2] {
    let decimals = statistics.decimals();
    let extreme = |TimedNumber { number, at }| {
        let format = if now.since(at) < TIME_ONLY { "%H:%M" } else { "%b %-d" };
        format!("{number:.decimals$} {}", config.local_time(at, format))
    };
    // An integer may have a mean between two of them.
    let mean_decimals = decimals.max(1);
    let deviation =
        statistics.deviation().map(|deviation| format!("   sd {deviation:.mean_decimals$}")).unwrap_or_default();
    let span = statistics.sparkline.as_ref().map(|sparkline| format_interval(sparkline.span(now)));
    let span = span.map(|span| format!("   bars: last {span}")).unwrap_or_default();
    [
        format!("min {}   max {}", extreme(statistics.min), extreme(statistics.max)),
        format!("mean {:.mean_decimals$}{deviation}   n {}{span}", statistics.mean, statistics.count),
    ]
}

/// Returns where the value comes from, and where a press goes.
fn source_facts(context: &DrawContext<'_>, tile: &Tile, state: &TileState) -> StyledLines {
    let theme = context.config.theme;
    let mut facts = StyledLines::new();
    let last = state.history.last();
    if let Some(topic) = &tile.topic {
        let path = tile.json_path.as_ref().map(|path| format!("   {}", path.as_str())).unwrap_or_default();
        facts.push((format!("{topic}{path}"), theme.text()));
    }
    if let Some(target) =
        tile.target_topic().filter(|target| Some(target.as_str()) != tile.topic.as_ref().map(TopicFilter::as_str))
    {
        facts.push((format!("publishes to {target}"), theme.text()));
    }
    if let Some(last) = last {
        let retained = if last.message.retain { "retained" } else { "not retained" };
        let (qos, bytes) = (last.message.qos.as_u8(), format_bytes(state.last_payload_bytes()));
        facts.push((format!("QoS {qos} · {retained} · {bytes}"), theme.dim()));
    }
    facts
}
