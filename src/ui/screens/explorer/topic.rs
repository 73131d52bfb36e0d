//! The selected topic: one of its messages, whole, with what differs from another one, and the list of its messages.

use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};

use super::super::DrawContext;
use super::messages_below;
use crate::{
    app::{
        Action, ExploreAction,
        explorer::{Explorer, Pane, RecentNumbers, WatchedMessage, WatchedTopic},
        payload_format::PayloadFormat,
    },
    model::{
        error::format_bytes,
        plural::pluralize,
        time::{Time, format_age},
    },
    ui::{
        layout::MouseTarget,
        payload_lines::PayloadLines,
        payload_view::{MARK_WIDTH, PayloadView, cut_text},
        property_lines,
        text::{Alignment, draw_line, rule, truncate_start, width, wrap},
        thousands::{counted, thousands},
        widgets::draw_sparkline,
    },
};

type StyledLines = Vec<(String, Style)>;

/// The most rows that are kept for the list of messages.
const MAX_LIST_ROWS: u16 = 8;
/// The least rows above them.
const MIN_PAYLOAD_ROWS: u16 = 6;
/// The most rows of what is wrong with a message.
const MAX_PROBLEM_ROWS: usize = 3;
/// The most bars of the recent past of a number, and the least width of the heading beside it.
const MAX_SPARKLINE_WIDTH: u16 = 24;
const MIN_HEADING_WIDTH: u16 = 12;
/// The most characters of a value that a mark of a change shows.
const MAX_OLD_CHARS: usize = 24;

/// Draws the selected topic, or what is below the selected node.
pub(super) fn draw(context: &mut DrawContext<'_>, area: Rect, explorer: &Explorer, cache: &mut Option<PayloadLines>) {
    let Some(node) = explorer.selected else { return };
    let has_focus = explorer.pane == Pane::Topic;
    let theme = context.config.theme;
    let title_style = if has_focus { theme.selected() } else { theme.text().add_modifier(Modifier::BOLD) };
    let title = truncate_start(&explorer.tree.path(node), area.width);
    draw_line(context.buf, area, 0, &title, title_style, Alignment::Left);
    let area = super::below(area, 1);
    let topic = explorer.selected_topic().filter(|_| explorer.below.is_none());
    let Some((topic, shown)) = topic.and_then(|topic| Some((topic, topic.shown()?))) else {
        return messages_below::draw(context, area, explorer, node);
    };
    let used = draw_message(context, area, explorer, (topic, shown), cache);
    draw_messages(context, super::below(area, used), explorer, topic);
}

/// Returns how many rows are kept for the list of messages, with its heading.
fn list_rows(topic: &WatchedTopic, height: u16) -> u16 {
    let messages = u16::try_from(topic.newest_first().len()).unwrap_or(u16::MAX);
    let rows = (height / 3).min(MAX_LIST_ROWS).min(messages);
    if messages < 2 || rows == 0 || height < MIN_PAYLOAD_ROWS + rows + 2 { 0 } else { rows + 2 }
}

/// Draws the message that is shown. Returns how many rows it takes: the list of messages gets the rest.
fn draw_message(
    context: &mut DrawContext<'_>,
    area: Rect,
    explorer: &Explorer,
    (topic, shown): (&WatchedTopic, &WatchedMessage),
    cache: &mut Option<PayloadLines>,
) -> u16 {
    let theme = context.config.theme;
    let whole = area;
    let head = message_lines(context, area.width, explorer, (topic, shown));
    for (row, (text, style)) in (0..).zip(&head) {
        draw_line(context.buf, area, row, text, *style, Alignment::Left);
    }
    let area = super::below(area, u16::try_from(head.len()).unwrap_or(u16::MAX));
    let formats = PayloadFormat::ALL.iter().enumerate().map(|(index, format)| (index, format.title()));
    let titles = area;
    let area = context.draw_titles(area, formats, explorer.format as usize);
    draw_path(context, super::below(titles, 1), explorer);
    let area = Rect { x: area.x + MARK_WIDTH.min(area.width), width: area.width.saturating_sub(MARK_WIDTH), ..area };
    let view = (explorer.format, &explorer.cursor.folds);
    let payload = PayloadLines::get(cache, explorer.shown_payload(shown), area.width, view);
    let tail: StyledLines = match shown.is_whole() {
        true if payload.shown_bytes >= explorer.shown_payload(shown).len() => Vec::new(),
        true => vec![(format!("* cut: these are the first {}", format_bytes(payload.shown_bytes)), theme.warning())],
        false => {
            let next = if shown.is_too_large() { "" } else { "; the next message will be whole" };
            let text = format!("{}{next}", cut_text(shown.payload.len(), shown.payload_bytes));
            wrap(&text, area.width, 3).into_iter().map(|line| (line, theme.warning())).collect()
        }
    };
    let changes = if explorer.format.has_parts() { topic.changes() } else { &[] };
    let marks: Vec<_> = changes.iter().map(|(path, before)| (path.clone(), change_mark(before.as_deref()))).collect();
    let folded_mark = |count| format!("← {}", pluralize(count, "change"));
    let view = PayloadView { head: &[], payload, tail: &tail, cursor: &explorer.cursor, marks: &marks, folded_mark };
    let lines = u16::try_from(payload.lines.len() + tail.len()).unwrap_or(u16::MAX);
    let most = area.height.saturating_sub(list_rows(topic, whole.height));
    let payload_area = Rect { height: lines.min(most), ..area };
    context.layout.scroll_extent = Some(view.draw(context, payload_area));
    payload_area.bottom() - whole.y
}

/// Returns when the message came and what it is, what it is decoded by, and its properties.
fn message_lines(
    context: &DrawContext<'_>,
    area_width: u16,
    explorer: &Explorer,
    (topic, shown): (&WatchedTopic, &WatchedMessage),
) -> StyledLines {
    let theme = context.config.theme;
    let age = format_age(context.now.since(shown.received_at));
    let arrival = arrival(context, shown.retain, shown.received_at);
    let when = if shown.retain { arrival } else { format!("{arrival} · {age}") };
    let state = explorer.selected.and_then(|node| explorer.tree.topic(node));
    let count = state.map_or_else(String::new, |state| format!(" · {}", counted(state.messages, "message")));
    let parts =
        [format!("{when}{count}"), format!("QoS {} · {}", shown.qos.as_u8(), format_bytes(shown.payload_bytes))];
    let one_line = parts.join(" · ");
    let mut lines: StyledLines = if width(&one_line) <= area_width { vec![one_line] } else { parts.to_vec() }
        .into_iter()
        .map(|line| (line, theme.dim()))
        .collect();
    let newer = topic.newer_messages();
    let newer = (newer > 0).then(|| format!("older message, {} newer", thousands(newer)));
    lines.extend(newer.map(|text| (text, theme.accent())));
    let decoded_from = shown.decoder_names().filter(|_| explorer.format.has_parts());
    lines.extend(decoded_from.map(|names| (format!("decoded from {names}"), theme.dim())));
    let problems = shown.problems();
    let wrapped = problems.iter().flat_map(|problem| wrap(&format!("! {problem}"), area_width, MAX_PROBLEM_ROWS));
    lines.extend(wrapped.map(|line| (line, theme.error())));
    if let Some(properties) = &shown.properties {
        lines
            .extend(property_lines::property_lines(properties, area_width).into_iter().map(|line| (line, theme.dim())));
    }
    lines
}

/// Returns what stands behind a part of the JSON that has changed.
fn change_mark(before: Option<&str>) -> String {
    let Some(before) = before else { return "← new".to_owned() };
    let end = before.char_indices().nth(MAX_OLD_CHARS).map_or(before.len(), |(end, _)| end);
    format!("← {}", &before[..end])
}

/// Returns when a message came, or that the broker had kept it.
pub(super) fn arrival(context: &DrawContext<'_>, retain: bool, received_at: Time) -> String {
    if retain { "retained".to_owned() } else { context.config.local_time(received_at, "%H:%M:%S") }
}

/// Draws the path of the selected part into the rule below the formats.
fn draw_path(context: &mut DrawContext<'_>, area: Rect, explorer: &Explorer) {
    let Some(path) = explorer.cursor.path.as_ref().filter(|_| explorer.format.has_parts()) else { return };
    let x = area.x + MARK_WIDTH.min(area.width);
    let area = Rect { x, width: area.right() - x, ..area };
    let path = format!(" {} ", truncate_start(path, area.width.saturating_sub(3)));
    draw_line(context.buf, area, 0, &path, context.config.theme.accent(), Alignment::Left);
}

/// Draws the list of messages: the one that is shown has a mark, and so has the one that others are compared with.
fn draw_messages(context: &mut DrawContext<'_>, area: Rect, explorer: &Explorer, topic: &WatchedTopic) {
    let messages = topic.newest_first();
    if messages.len() < 2 || area.height < 3 {
        return;
    }
    let theme = context.config.theme;
    let area = super::below(area, 1);
    draw_line(context.buf, area, 0, &rule("─ messages ", area.width), theme.border(), Alignment::Left);
    draw_recent_numbers(context, area, explorer);
    let rows = usize::from(area.height) - 1;
    let newer = usize::try_from(topic.newer_messages()).unwrap_or(usize::MAX);
    let first = newer.saturating_sub(rows / 2).min(messages.len().saturating_sub(rows));
    for (row, (number, message)) in (1..area.height).zip(messages.skip(first)) {
        let is_shown = number == topic.shown_number();
        let mark = if is_shown { "› " } else { "  " };
        let is_compared = topic.compared_number() == Some(number);
        let compared = if is_compared { "= " } else { "" };
        let time = arrival(context, message.retain, message.received_at);
        let payload = explorer.payload_row(topic.node, &message.payload, message.payload_bytes);
        let style = if is_shown || is_compared { theme.text() } else { theme.dim() };
        draw_line(context.buf, area, row, &format!("{mark}{time}  {compared}{payload}"), style, Alignment::Left);
        let target = MouseTarget::Click(Action::Explore(ExploreAction::ShowMessage(number)));
        context.layout.add(Rect { y: area.y + row, height: 1, ..area }, target);
    }
}

/// Draws the recent past of the selected number into the right part of a row, between the least and the greatest one.
fn draw_recent_numbers(context: &mut DrawContext<'_>, area: Rect, explorer: &Explorer) {
    let Some(RecentNumbers { sparkline, limits: (min, max) }) = explorer.recent_numbers() else { return };
    let (min, max) = (format!(" {min} "), format!(" {max} "));
    let bars = (area.width / 3).min(MAX_SPARKLINE_WIDTH);
    let needed = width(&min) + bars + width(&max);
    if needed + MIN_HEADING_WIDTH > area.width {
        return;
    }
    let theme = context.config.theme;
    let area = Rect { x: area.right() - needed, width: needed, height: 1, ..area };
    draw_line(context.buf, area, 0, &" ".repeat(needed.into()), theme.text(), Alignment::Left);
    let drawn = draw_line(context.buf, area, 0, &min, theme.dim(), Alignment::Left);
    let bars = Rect { x: drawn.right(), width: bars, ..area };
    draw_sparkline(context.buf, bars, &sparkline, context.config, false, context.now);
    let rest = Rect { x: bars.right(), width: area.right() - bars.right(), ..area };
    draw_line(context.buf, rest, 0, &max, theme.dim(), Alignment::Left);
}
