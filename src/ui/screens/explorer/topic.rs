//! The selected topic: its newest message, whole, with what has changed since the one before, and the messages before it.

use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};

use super::super::DrawContext;
use crate::{
    app::{
        explorer::{Explorer, Pane, WatchedMessage, WatchedTopic},
        payload_format::PayloadFormat,
    },
    model::{
        error::format_bytes,
        plural::pluralize,
        time::{Time, format_age},
        topic_tree::NodeId,
    },
    ui::{
        payload_lines::PayloadLines,
        payload_view::{MARK_WIDTH, PayloadView, cut_text},
        property_lines,
        text::{Alignment, draw_line, rule, truncate_start, width, wrap},
        thousands::{counted, thousands},
    },
};

type StyledLines = Vec<(String, Style)>;

/// The most rows that are kept for earlier messages.
const MAX_HISTORY_ROWS: u16 = 8;
/// The least rows above them.
const MIN_PAYLOAD_ROWS: u16 = 6;
/// The most rows of what is wrong with a message.
const MAX_PROBLEM_ROWS: usize = 3;
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
    let Some((topic, newest)) = explorer.selected_topic().and_then(|topic| Some((topic, topic.newest()?))) else {
        return draw_branch(context, area, explorer, node);
    };
    let used = draw_newest(context, area, explorer, (topic, newest), cache);
    draw_history(context, super::below(area, used), explorer, topic);
}

/// Draws what there is below a node that is no topic, and the messages that come there.
fn draw_branch(context: &mut DrawContext<'_>, area: Rect, explorer: &Explorer, node: NodeId) {
    let theme = context.config.theme;
    let totals = explorer.tree.totals(node, context.now);
    let topics = counted(totals.topics as u64, "topic");
    let messages = counted(totals.messages, "message");
    let text = format!("{topics} · {messages} · {}", super::rows::rate_text(totals.rate));
    draw_line(context.buf, area, 0, &text, theme.dim(), Alignment::Left);
    let Some(below) = explorer.below.as_ref().filter(|below| below.node == node) else { return };
    let heading = match below.paused {
        None => "─ messages below ".to_owned(),
        Some(0) => "─ paused ".to_owned(),
        Some(missed) => format!("─ paused: {} more have come ", thousands(missed)),
    };
    draw_line(context.buf, area, 1, &rule(&heading, area.width), theme.border(), Alignment::Left);
    if below.newest_first().len() == 0 {
        draw_line(context.buf, area, 2, "They appear here as they come.", theme.dim(), Alignment::Left);
    }
    let prefix = explorer.tree.path(node).len() + 1;
    for (row, message) in (2..area.height).zip(below.newest_first()) {
        let time = arrival(context, message.retain, message.received_at);
        let path = explorer.tree.path(message.node);
        let topic = path.get(prefix..).unwrap_or_default();
        let drawn = draw_line(context.buf, area, row, &time, theme.dim(), Alignment::Left);
        let topic_area = Rect { x: drawn.right() + 1, width: area.right().saturating_sub(drawn.right() + 1), ..area };
        let topic = truncate_start(topic, topic_area.width / 2);
        let drawn = draw_line(context.buf, topic_area, row, &topic, theme.accent(), Alignment::Left);
        let value = explorer.payload_row(message.node, &message.payload, message.payload_bytes);
        let value_area = Rect { x: drawn.right() + 1, width: area.right().saturating_sub(drawn.right() + 1), ..area };
        draw_line(context.buf, value_area, row, &value, theme.text(), Alignment::Left);
    }
}

/// Returns how many rows are kept for earlier messages, with their heading.
fn history_rows(topic: &WatchedTopic, height: u16) -> u16 {
    let earlier = u16::try_from(topic.newest_first().len().saturating_sub(1)).unwrap_or(u16::MAX);
    let rows = (height / 3).min(MAX_HISTORY_ROWS).min(earlier);
    if rows == 0 || height < MIN_PAYLOAD_ROWS + rows + 2 { 0 } else { rows + 2 }
}

/// Draws the newest message. Returns how many rows it takes: the earlier ones get the rest.
fn draw_newest(
    context: &mut DrawContext<'_>,
    area: Rect,
    explorer: &Explorer,
    (topic, newest): (&WatchedTopic, &WatchedMessage),
    cache: &mut Option<PayloadLines>,
) -> u16 {
    let theme = context.config.theme;
    let whole = area;
    let head = message_lines(context, area.width, explorer, newest);
    for (row, (text, style)) in (0..).zip(&head) {
        draw_line(context.buf, area, row, text, *style, Alignment::Left);
    }
    let area = super::below(area, u16::try_from(head.len()).unwrap_or(u16::MAX));
    let formats = PayloadFormat::ALL.iter().enumerate().map(|(index, format)| (index, format.title()));
    let area = context.draw_titles(area, formats, explorer.format as usize);
    let area = Rect { x: area.x + MARK_WIDTH.min(area.width), width: area.width.saturating_sub(MARK_WIDTH), ..area };
    let view = (explorer.format, &explorer.cursor.folds);
    let payload = PayloadLines::get(cache, explorer.shown_payload(newest), area.width, view);
    let tail: StyledLines = match newest.is_whole() {
        true if payload.shown_bytes >= explorer.shown_payload(newest).len() => Vec::new(),
        true => vec![(format!("* cut: these are the first {}", format_bytes(payload.shown_bytes)), theme.warning())],
        false => {
            let next = if newest.is_too_large() { "" } else { "; the next message will be whole" };
            let text = format!("{}{next}", cut_text(newest.payload.len(), newest.payload_bytes));
            wrap(&text, area.width, 3).into_iter().map(|line| (line, theme.warning())).collect()
        }
    };
    let changes = if explorer.format.has_parts() { topic.changes() } else { &[] };
    let marks: Vec<_> = changes.iter().map(|(path, before)| (path.clone(), change_mark(before.as_deref()))).collect();
    let folded_mark = |count| format!("← {}", pluralize(count, "change"));
    let view = PayloadView { head: &[], payload, tail: &tail, cursor: &explorer.cursor, marks: &marks, folded_mark };
    let lines = u16::try_from(payload.lines.len() + tail.len()).unwrap_or(u16::MAX);
    let most = area.height.saturating_sub(history_rows(topic, whole.height));
    let payload_area = Rect { height: lines.min(most), ..area };
    context.layout.scroll_extent = Some(view.draw(context, payload_area));
    payload_area.bottom() - whole.y
}

/// Returns when the message came and what it is, what it is decoded by, and its properties.
fn message_lines(
    context: &DrawContext<'_>,
    area_width: u16,
    explorer: &Explorer,
    newest: &WatchedMessage,
) -> StyledLines {
    let theme = context.config.theme;
    let age = format_age(context.now.since(newest.received_at));
    let arrival = arrival(context, newest.retain, newest.received_at);
    let when = if newest.retain { arrival } else { format!("{arrival} · {age}") };
    let state = explorer.selected.and_then(|node| explorer.tree.topic(node));
    let count = state.map_or_else(String::new, |state| format!(" · {}", counted(state.messages, "message")));
    let parts =
        [format!("{when}{count}"), format!("QoS {} · {}", newest.qos.as_u8(), format_bytes(newest.payload_bytes))];
    let one_line = parts.join(" · ");
    let mut lines: StyledLines = if width(&one_line) <= area_width { vec![one_line] } else { parts.to_vec() }
        .into_iter()
        .map(|line| (line, theme.dim()))
        .collect();
    let decoded_from = newest.decoder_names().filter(|_| explorer.format.has_parts());
    lines.extend(decoded_from.map(|names| (format!("decoded from {names}"), theme.dim())));
    let problems = newest.problems();
    let wrapped = problems.iter().flat_map(|problem| wrap(&format!("! {problem}"), area_width, MAX_PROBLEM_ROWS));
    lines.extend(wrapped.map(|line| (line, theme.error())));
    if let Some(properties) = &newest.properties {
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
fn arrival(context: &DrawContext<'_>, retain: bool, received_at: Time) -> String {
    if retain { "retained".to_owned() } else { context.config.local_time(received_at, "%H:%M:%S") }
}

/// Draws the messages before the newest one.
fn draw_history(context: &mut DrawContext<'_>, area: Rect, explorer: &Explorer, topic: &WatchedTopic) {
    if topic.newest_first().len() < 2 || area.height < 3 {
        return;
    }
    let theme = context.config.theme;
    let area = super::below(area, 1);
    draw_line(context.buf, area, 0, &rule("─ before ", area.width), theme.border(), Alignment::Left);
    for (row, message) in (1..area.height).zip(topic.newest_first().skip(1)) {
        let time = arrival(context, message.retain, message.received_at);
        let text = format!("{time}  {}", explorer.payload_row(topic.node, &message.payload, message.payload_bytes));
        draw_line(context.buf, area, row, &text, theme.dim(), Alignment::Left);
    }
}
