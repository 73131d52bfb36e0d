//! The selected topic: its newest message, whole, with what has changed since the one before, and the messages before it.

use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};

use super::super::DrawContext;
use crate::{
    app::{
        Action,
        explorer::{Explorer, Pane, WatchedMessage, WatchedTopic, one_line},
        payload_format::PayloadFormat,
        shown_json,
    },
    model::{error::format_bytes, json_path::json_text, time::format_age, topic_tree::NodeId},
    ui::{
        layout::MouseTarget,
        payload_lines::PayloadLines,
        payload_view::{MARK_WIDTH, PayloadView},
        property_lines,
        text::{Alignment, draw_line, truncate_start, width, wrap},
        thousands::{counted, thousands},
    },
};

type StyledLines = Vec<(String, Style)>;

/// The most rows that are kept for earlier messages.
const MAX_HISTORY_ROWS: u16 = 8;
/// The least rows above them.
const MIN_PAYLOAD_ROWS: u16 = 6;
/// The most characters of a value that a mark of a change shows.
const MAX_OLD_CHARS: usize = 24;
/// The largest payload whose parts are compared with those of the one before.
const MAX_COMPARED_BYTES: usize = 64 << 10;
/// The most parts that are marked.
const MAX_MARKS: usize = 200;

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
    draw_history(context, super::below(area, used), topic);
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
    let heading: String = heading.chars().chain(std::iter::repeat('─')).take(area.width.into()).collect();
    draw_line(context.buf, area, 1, &heading, theme.border(), Alignment::Left);
    if below.newest_first().len() == 0 {
        draw_line(context.buf, area, 2, "They appear here as they come.", theme.dim(), Alignment::Left);
    }
    let prefix = explorer.tree.path(node).len() + 1;
    for (row, message) in (2..area.height).zip(below.newest_first()) {
        let time = if message.retain {
            "retained".to_owned()
        } else {
            context.config.local_time(message.received_at, "%H:%M:%S")
        };
        let path = explorer.tree.path(message.node);
        let topic = path.get(prefix..).unwrap_or_default();
        let drawn = draw_line(context.buf, area, row, &time, theme.dim(), Alignment::Left);
        let topic_area = Rect { x: drawn.right() + 1, width: area.right().saturating_sub(drawn.right() + 1), ..area };
        let topic = truncate_start(topic, topic_area.width / 2);
        let drawn = draw_line(context.buf, topic_area, row, &topic, theme.accent(), Alignment::Left);
        let value = one_line(&message.payload, message.payload_bytes);
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
    let mut head = message_lines(context, area.width, explorer, newest);
    draw_formats(context, &mut head, area, explorer);
    let area = Rect { x: area.x + MARK_WIDTH.min(area.width), width: area.width.saturating_sub(MARK_WIDTH), ..area };
    let head_rows = u16::try_from(head.len()).unwrap_or(u16::MAX);
    let head_area = Rect { x: area.x - MARK_WIDTH, width: area.width + MARK_WIDTH, ..area };
    for (row, (text, style)) in (0..).zip(&head) {
        draw_line(context.buf, head_area, row, text, *style, Alignment::Left);
    }
    let payload = PayloadLines::get(cache, explorer.shown_payload(newest), area.width, explorer.format);
    let tail: StyledLines = match newest.is_whole() {
        true if payload.shown_bytes >= explorer.shown_payload(newest).len() => Vec::new(),
        true => vec![(format!("* cut: these are the first {}", format_bytes(payload.shown_bytes)), theme.warning())],
        false => {
            let (shown, all) = (format_bytes(newest.payload.len()), format_bytes(newest.payload_bytes));
            let next = if newest.is_too_large() { "" } else { "; the next message will be whole" };
            let text = format!("* cut: these are the first {shown} of {all}{next}");
            wrap(&text, area.width, 3).into_iter().map(|line| (line, theme.warning())).collect()
        }
    };
    let marks = changes(explorer, topic, newest);
    let view = PayloadView { head: &[], payload, tail: &tail, cursor: &explorer.cursor, marks: &marks };
    let lines = u16::try_from(payload.lines.len() + tail.len()).unwrap_or(u16::MAX);
    let most = area.height.saturating_sub(head_rows + history_rows(topic, area.height));
    let payload_area = Rect { y: area.y + head_rows.min(area.height), height: lines.min(most), ..area };
    context.layout.scroll_extent = Some(view.draw(context, payload_area));
    head_rows + payload_area.height
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
    let when = if newest.retain {
        "retained".to_owned()
    } else {
        format!("{} · {age}", context.config.local_time(newest.received_at, "%H:%M:%S"))
    };
    let state = explorer.selected.and_then(|node| explorer.tree.topic(node));
    let count = state.map_or_else(String::new, |state| format!(" · {}", counted(state.messages, "message")));
    let parts =
        [format!("{when}{count}"), format!("QoS {} · {}", newest.qos.as_u8(), format_bytes(newest.payload_bytes))];
    let one_line = parts.join(" · ");
    let mut lines: StyledLines = if width(&one_line) <= area_width { vec![one_line] } else { parts.to_vec() }
        .into_iter()
        .map(|line| (line, theme.dim()))
        .collect();
    if explorer.format == PayloadFormat::Auto && !newest.decoders().is_empty() {
        let names: Vec<&str> = newest.decoders().iter().map(|decoder| decoder.name()).collect();
        lines.push((format!("decoded from {}", names.join(", ")), theme.dim()));
    }
    if let Some(properties) = &newest.properties {
        lines
            .extend(property_lines::property_lines(properties, area_width).into_iter().map(|line| (line, theme.dim())));
    }
    lines
}

/// Draws how the payload is shown, which a click changes, and a rule below it.
fn draw_formats(context: &mut DrawContext<'_>, head: &mut StyledLines, area: Rect, explorer: &Explorer) {
    let theme = context.config.theme;
    let row = u16::try_from(head.len()).unwrap_or(u16::MAX);
    let mut x = area.x;
    for (index, format) in PayloadFormat::ALL.into_iter().enumerate() {
        let is_current = explorer.format == format;
        let text = if is_current { format!("[{}]", format.title()) } else { format!(" {} ", format.title()) };
        let style = if is_current { theme.selected() } else { theme.dim() };
        let rest = Rect { x, width: area.right().saturating_sub(x), ..area };
        let drawn = draw_line(context.buf, rest, row, &text, style, Alignment::Left);
        context.layout.add(drawn, MouseTarget::Click(Action::SelectOption(index)));
        x = drawn.right() + 1;
    }
    let rule = "─".repeat(area.width.into());
    draw_line(context.buf, area, row + 1, &rule, theme.border(), Alignment::Left);
    // Both rows are drawn: nothing is drawn over them.
    head.extend([(String::new(), theme.dim()), (String::new(), theme.dim())]);
}

/// Returns the parts of the JSON that have changed since the message before, and what they were.
fn changes(explorer: &Explorer, topic: &WatchedTopic, newest: &WatchedMessage) -> Vec<(String, String)> {
    let Some(previous) = topic.newest_first().nth(1).filter(|_| explorer.format == PayloadFormat::Auto) else {
        return Vec::new();
    };
    let payloads = [previous.shown_payload(), newest.shown_payload()];
    if payloads.iter().any(|payload| payload.len() > MAX_COMPARED_BYTES) {
        return Vec::new();
    }
    let [Some(old), Some(new)] = payloads.map(|payload| shown_json::parse(payload)) else { return Vec::new() };
    let is_leaf = |json: &serde_json::Value| !json.is_object() && !json.is_array();
    let old_parts: std::collections::HashMap<String, &serde_json::Value> =
        shown_json::parts(&old).into_iter().map(|part| (part.path, part.value)).collect();
    let changed = shown_json::parts(&new).into_iter().filter(|part| is_leaf(part.value)).filter_map(|part| {
        let mark = match old_parts.get(&part.path) {
            Some(old) if *old == part.value => return None,
            Some(old) => {
                let text = json_text(old);
                let end = text.char_indices().nth(MAX_OLD_CHARS).map_or(text.len(), |(end, _)| end);
                format!("← {}", &text[..end])
            }
            None => "← new".to_owned(),
        };
        Some((part.path, mark))
    });
    changed.take(MAX_MARKS).collect()
}

/// Draws the messages before the newest one.
fn draw_history(context: &mut DrawContext<'_>, area: Rect, topic: &WatchedTopic) {
    if topic.newest_first().len() < 2 || area.height < 3 {
        return;
    }
    let theme = context.config.theme;
    let area = super::below(area, 1);
    let heading: String = "─ before ".chars().chain(std::iter::repeat('─')).take(area.width.into()).collect();
    draw_line(context.buf, area, 0, &heading, theme.border(), Alignment::Left);
    for (row, message) in (1..area.height).zip(topic.newest_first().skip(1)) {
        let time = if message.retain {
            "retained".to_owned()
        } else {
            context.config.local_time(message.received_at, "%H:%M:%S")
        };
        let text = format!("{time}  {}", one_line(&message.payload, message.payload_bytes));
        draw_line(context.buf, area, row, &text, theme.dim(), Alignment::Left);
    }
}
