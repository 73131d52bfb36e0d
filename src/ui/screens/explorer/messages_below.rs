//! What there is below a node of the tree, and the messages that come there.

use ratatui::layout::Rect;

use super::{super::DrawContext, topic::arrival};
use crate::{
    app::{
        Action, ExploreAction,
        explorer::{Explorer, MessageBelow, Pane},
    },
    model::topic_tree::NodeId,
    ui::{
        layout::MouseTarget,
        text::{Alignment, draw_line, rule, truncate_start},
        thousands::{counted, thousands},
    },
};

/// Draws what there is at a node and below it, and the messages that come there.
pub(super) fn draw(context: &mut DrawContext<'_>, area: Rect, explorer: &Explorer, node: NodeId) {
    let theme = context.config.theme;
    let totals = explorer.tree.totals(node, context.now);
    let topics = counted(totals.topics as u64, "topic");
    let messages = counted(totals.messages, "message");
    let text = format!("{topics} · {messages} · {}", super::rows::rate_text(totals.rate));
    draw_line(context.buf, area, 0, &text, theme.dim(), Alignment::Left);
    let Some(below) = explorer.below.as_ref().filter(|below| below.node == node) else { return };
    let heading = match below.paused {
        None => "─ messages here and below ".to_owned(),
        Some(0) => "─ paused ".to_owned(),
        Some(missed) => format!("─ paused: {} more have come ", thousands(missed)),
    };
    draw_line(context.buf, area, 1, &rule(&heading, area.width), theme.border(), Alignment::Left);
    if below.newest_first().len() == 0 {
        draw_line(context.buf, area, 2, "They appear here as they come.", theme.dim(), Alignment::Left);
    }
    let list = super::below(area, 2);
    let prefix = explorer.tree.path(node).len() + 1;
    let first = below.first_row(list.height.into());
    for (row, (number, message)) in (0..list.height).zip(below.newest_first().skip(first)) {
        let row_area = Rect { y: list.y + row, height: 1, ..list };
        let path = explorer.tree.path(message.node);
        let topic = path.get(prefix..).unwrap_or("(here)");
        draw_row(context, row_area, explorer, (topic, message), below.selected_number() == Some(number));
        context.layout.add(row_area, MouseTarget::Click(Action::Explore(ExploreAction::ShowMessage(number))));
    }
}

/// Draws when a message came, its topic and its payload.
fn draw_row(
    context: &mut DrawContext<'_>,
    area: Rect,
    explorer: &Explorer,
    (topic, message): (&str, &MessageBelow),
    is_selected: bool,
) {
    let theme = context.config.theme;
    let has_keys = explorer.pane == Pane::Topic;
    let style = if is_selected && has_keys { theme.highlight() } else { theme.dim() };
    let time =
        format!("{} {}", if is_selected { "›" } else { " " }, arrival(context, message.retain, message.received_at));
    let drawn = draw_line(context.buf, area, 0, &time, style, Alignment::Left);
    let rest = |drawn: Rect| {
        let x = drawn.right() + 1;
        Rect { x, width: area.right().saturating_sub(x), ..area }
    };
    let topic_area = rest(drawn);
    let topic = truncate_start(topic, topic_area.width / 2);
    let drawn = draw_line(context.buf, topic_area, 0, &topic, theme.accent(), Alignment::Left);
    let value = explorer.payload_row(message.node, &message.payload, message.payload_bytes);
    draw_line(context.buf, rest(drawn), 0, &value, theme.text(), Alignment::Left);
}
