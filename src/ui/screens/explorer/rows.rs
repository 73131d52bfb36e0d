//! The rows of the tree, or of what was found in it: the names, the values, and in columns on the right what is retained,
//! how many topics are below, and how many messages come.

use std::borrow::Cow;

use ratatui::{layout::Rect, style::Style};

use super::super::DrawContext;
use crate::{
    app::{
        Action, ExploreAction,
        explorer::{Explorer, Pane, Row, find::Find},
    },
    model::{
        error::format_bytes,
        time::Time,
        topic_tree::{NodeId, RateUnit, TopicTree, Totals},
    },
    ui::{
        layout::MouseTarget,
        text::{Alignment, draw_line, truncate, truncate_start, width},
        thousands::{group_digits, thousands},
    },
};

/// The cells of the mark of the selected row.
const MARK_WIDTH: u16 = 2;
/// The cells by which each level is indented, and the most of them.
const INDENT: usize = 2;
const MAX_INDENT: usize = 24;
/// The widths of the columns on the right.
const RATE_WIDTH: u16 = 7;
const BYTE_RATE_WIDTH: u16 = 11;
const COUNT_WIDTH: u16 = 9;
const RETAINED_WIDTH: u16 = 2;
const SHARE_WIDTH: u16 = 6;
/// Narrower rows have no column of counts.
const COUNT_FROM: u16 = 56;
/// Narrower rows have no column of rates.
const RATE_FROM: u16 = 34;
/// The least and the greatest width of names, if there are values beside them.
const MIN_NAME_WIDTH: u16 = 8;
/// A value that is newer than this is drawn bold.
const NEW_MILLIS: u64 = 1_500;

/// Draws the visible rows.
pub(super) fn draw(context: &mut DrawContext<'_>, area: Rect, explorer: &Explorer) {
    if explorer.rows.is_empty() {
        let text = empty_text(context, explorer);
        for (row, line) in (1..).zip(crate::ui::text::wrap(&text, area.width, 6)) {
            draw_line(context.buf, area, row, &line, context.config.theme.dim(), Alignment::Left);
        }
        return;
    }
    let columns = Columns::new(area.width, explorer, context.now);
    for ((y, row), index) in (area.y..area.bottom()).zip(&explorer.rows).zip(0..) {
        let row_area = Rect { y, height: 1, ..area };
        let is_selected = explorer.selected == Some(row.node);
        draw_row(context, row_area, explorer, *row, &columns, is_selected);
        context.layout.add(row_area, MouseTarget::Click(Action::Explore(ExploreAction::SelectRow(index))));
    }
}

/// Returns why there are no rows.
fn empty_text(context: &DrawContext<'_>, explorer: &Explorer) -> String {
    let connection = context.app.connection(explorer.connection);
    match (&explorer.find, connection) {
        (Some(find), _) if find.is_searching(&explorer.tree) => String::new(),
        (Some(_), _) => "Nothing matches. Words, re:regex, a/+/#, =payload, >5/s, age<10s, size>1k and retained find \
                         topics; several together narrow the search."
            .to_owned(),
        (None, Some(connection)) if !connection.is_connected() => {
            format!("The topics appear here when {} is connected.", connection.name)
        }
        (None, _) => {
            "No message has arrived yet. Retained messages come at once, others when they are published.".to_owned()
        }
    }
}

/// Where the columns of the rows are.
struct Columns {
    name: u16,
    has_rate: bool,
    has_count: bool,
    /// Whether the rows are whole topics.
    is_found: bool,
    /// What the rates count.
    unit: RateUnit,
    /// The rate of all messages, if the part of it is told that each row has.
    whole: Option<f32>,
}

impl Columns {
    fn new(area_width: u16, explorer: &Explorer, now: Time) -> Self {
        let is_found = explorer.find.is_some();
        let tree = &explorer.tree;
        let name_width = |row: &Row| {
            let indent = u16::try_from(indent(row.depth)).unwrap_or_default();
            let is_topic = tree.topic(row.node).is_some();
            if is_found {
                width(&found_name(tree, row.node))
            } else if is_topic {
                indent + 2 + width(tree.name(row.node))
            } else {
                0
            }
        };
        let widest = explorer.rows.iter().map(name_width).max().unwrap_or_default();
        let most = if is_found { area_width * 3 / 5 } else { area_width * 2 / 5 };
        let (has_rate, has_count) = (area_width >= RATE_FROM, area_width >= COUNT_FROM && !is_found);
        let tells_parts = has_rate && explorer.find.as_ref().is_some_and(Find::finds_levels);
        let unit = explorer.find.as_ref().and_then(Find::rate_unit).unwrap_or_default();
        let whole = tells_parts.then(|| tree.totals(NodeId::ROOT, now).rate_of(unit));
        let name = widest.clamp(MIN_NAME_WIDTH, most.max(MIN_NAME_WIDTH));
        Self { name, has_rate, has_count, is_found, unit, whole }
    }
}

fn indent(depth: usize) -> usize {
    (depth * INDENT).min(MAX_INDENT)
}

fn draw_row(
    context: &mut DrawContext<'_>,
    area: Rect,
    explorer: &Explorer,
    row: Row,
    columns: &Columns,
    is_selected: bool,
) {
    let (tree, theme) = (&explorer.tree, context.config.theme);
    let has_focus = is_selected && explorer.pane == Pane::Tree;
    let highlight = theme.highlight();
    let style = |style: Style| if has_focus { highlight } else { style };
    if is_selected {
        context.layout.place_cursor(area.as_position());
        if has_focus {
            context.buf.set_style(area, highlight);
        }
        draw_line(context.buf, area, 0, "›", style(theme.accent()), Alignment::Left);
    }
    let mut rest =
        Rect { x: area.x + MARK_WIDTH.min(area.width), width: area.width.saturating_sub(MARK_WIDTH), ..area };
    let totals = tree.totals(row.node, context.now);
    rest = draw_columns(context, rest, explorer, row.node, (totals, columns), &style);
    let has_children = tree.has_children(row.node) && !columns.is_found;
    let name = name_text(explorer, row, columns);
    let last = tree.topic(row.node);
    // A name without a value may be as long as the row.
    let name_width = if last.is_some() { columns.name.min(rest.width) } else { rest.width };
    let name = if columns.is_found { truncate_start(&name, name_width) } else { truncate(&name, name_width) };
    let name_style =
        if has_children { theme.text() } else { theme.accent().remove_modifier(ratatui::style::Modifier::BOLD) };
    draw_line(context.buf, rest, 0, &name, style(name_style), Alignment::Left);
    let Some(last) = last else { return };
    let x = rest.x + name_width + 2;
    let value_area = Rect { x, width: rest.right().saturating_sub(x + 1), ..rest };
    let is_new = context.now.since(last.received_at).as_millis() < u128::from(NEW_MILLIS) && totals.messages > 1;
    let value_style = if is_new { theme.text().add_modifier(ratatui::style::Modifier::BOLD) } else { theme.text() };
    let value = explorer.payload_row(row.node, last.payload, last.payload_bytes);
    draw_line(context.buf, value_area, 0, &value, style(value_style), Alignment::Left);
}

/// Returns the name with its indentation and the mark whether it is unfolded, or the whole topic.
fn name_text(explorer: &Explorer, row: Row, columns: &Columns) -> String {
    let tree = &explorer.tree;
    if columns.is_found {
        return found_name(tree, row.node);
    }
    let mark = match (tree.has_children(row.node), tree.is_unfolded(row.node)) {
        (false, _) => " ",
        (true, true) => "▾",
        (true, false) => "▸",
    };
    let name = tree.name(row.node);
    let name: Cow<'_, str> = if name.is_empty() { Cow::Borrowed("(empty)") } else { Cow::Borrowed(name) };
    format!("{}{mark} {name}", " ".repeat(indent(row.depth)))
}

/// Returns the topic that was found; for a level that is none, with a wildcard behind it.
fn found_name(tree: &TopicTree, node: NodeId) -> String {
    let path = tree.path(node);
    if tree.topic(node).is_some() { path } else { format!("{path}/#") }
}

/// Returns which part a rate is of the whole, in percent.
fn share_text(rate: f32, whole: f32) -> String {
    match rate / whole * 100.0 {
        percent if percent.is_nan() => String::new(),
        ..0.5 => "<1 %".to_owned(),
        percent => format!("{:.0} %", percent.min(100.0)),
    }
}

/// Draws the columns on the right. Returns the rest of the area.
fn draw_columns(
    context: &mut DrawContext<'_>,
    area: Rect,
    explorer: &Explorer,
    node: NodeId,
    (totals, columns): (Totals, &Columns),
    style: &dyn Fn(Style) -> Style,
) -> Rect {
    let theme = context.config.theme;
    let mut rest = area;
    let mut column = |context: &mut DrawContext<'_>, column_width: u16, text: &str, text_style: Style| {
        let right = Rect {
            x: rest.right().saturating_sub(column_width).max(rest.x),
            width: column_width.min(rest.width),
            ..rest
        };
        draw_line(context.buf, right, 0, text, style(text_style), Alignment::Right);
        rest.width = rest.width.saturating_sub(column_width);
    };
    if columns.has_rate {
        let (column_width, text) = match columns.unit {
            RateUnit::Messages => (RATE_WIDTH, rate_text(totals.rate)),
            RateUnit::Bytes => (BYTE_RATE_WIDTH, byte_rate_text(totals.byte_rate)),
        };
        column(context, column_width, &text, theme.dim());
    }
    if let Some(whole) = columns.whole {
        column(context, SHARE_WIDTH, &share_text(totals.rate_of(columns.unit), whole), theme.text());
    }
    if columns.has_count {
        let is_branch = explorer.tree.has_children(node);
        let count = if is_branch { thousands(totals.topics as u64) } else { String::new() };
        column(context, COUNT_WIDTH, &count, theme.dim());
    }
    let is_retained = explorer.tree.topic(node).is_some_and(|topic| topic.is_retained);
    column(context, RETAINED_WIDTH, if is_retained { "R" } else { "" }, theme.dim());
    rest
}

/// Returns a rate in few cells; a dash if hardly anything comes.
pub(super) fn rate_text(rate: f32) -> String {
    match rate {
        ..0.05 => "–".to_owned(),
        ..9.95 => format!("{rate:.1}/s"),
        ..99_999.5 => format!("{}/s", group_digits(&format!("{rate:.0}"))),
        _ => format!("{:.0}k/s", rate / 1_000.0),
    }
}

/// Returns a rate of bytes; a dash if hardly any come.
fn byte_rate_text(rate: f32) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate is not negative")]
    let bytes = rate.round() as usize;
    if bytes == 0 { "–".to_owned() } else { format!("{}/s", format_bytes(bytes)) }
}
