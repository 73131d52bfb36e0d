//! The topics of a broker, between the header and the footer: a row about all of them, the tree, and on wide screens the
//! selected topic beside it.
//!
//! ```text
//!  1,204 topics   312/s   14.1 MiB                                      #   by name
//!  ▾ home                                871    94/s │ home/kitchen/climate
//!    ▾ kitchen                           112    12/s │ 14:02:11 · 4 s ago · retained
//! ▸    climate      {"t":21.4,"h":48}  R        0.2/s │
//!      motion       OFF                R           – │ {
//!  ▸ zigbee2mqtt                         301   160/s │   "t": 21.4,  ← 21.2
//! ```

mod messages_below;
mod rows;
mod topic;

use ratatui::{
    layout::Rect,
    widgets::{Clear, Widget},
};

use super::{DrawContext, View, below};
use crate::{
    app::{
        explorer::{Explorer, Pane, find::Find},
        screens::explorer::ExplorerScreen,
    },
    model::{error::format_bytes, plural::pluralize, topic::TopicFilter, topic_tree::NodeId},
    ui::{
        text::{Alignment, draw_line, truncate_start, width},
        thousands::{counted, thousands},
    },
};

/// From this width on, the tree and the topic stand side by side.
const SIDE_BY_SIDE_WIDTH: u16 = 76;
/// The cells between the tree and the topic: a line with a space on both sides.
const SEPARATOR_WIDTH: u16 = 3;
/// Narrower rows about all topics do not say how they are sorted.
const SORT_WIDTH: u16 = 60;

impl View for ExplorerScreen {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let Some(explorer) = &context.app.explorer else { return };
        let whole = context.area;
        Clear.render(whole, context.buf);
        context.buf.set_style(whole, context.config.theme.base());
        let area = Rect { x: whole.x + 1.min(whole.width), width: whole.width.saturating_sub(2), ..whole };
        draw_status(context, area, explorer);
        let mut area = below(area, 1);
        if let Some(find) = &explorer.find {
            draw_find(context, area, explorer, find);
            area = below(area, 1);
        }
        // Taken out of the layout, which takes what is drawn.
        let mut cache = context.layout.payload_lines.take();
        if area.width >= SIDE_BY_SIDE_WIDTH {
            let tree = Rect { width: area.width * 11 / 20, ..area };
            let x = tree.right() + SEPARATOR_WIDTH;
            rows::draw(context, tree, explorer);
            draw_separator(context, Rect { x: tree.right() + 1, width: 1, ..area });
            topic::draw(context, Rect { x, width: area.right() - x, ..area }, explorer, &mut cache);
        } else if explorer.pane == Pane::Tree {
            rows::draw(context, area, explorer);
        } else {
            topic::draw(context, area, explorer, &mut cache);
        }
        context.layout.payload_lines = cache;
    }
}

/// Draws a vertical line.
fn draw_separator(context: &mut DrawContext<'_>, area: Rect) {
    for row in 0..area.height {
        draw_line(context.buf, area, row, "│", context.config.theme.border(), Alignment::Left);
    }
}

/// Draws how many topics there are, what is subscribed to, and what is wrong.
fn draw_status(context: &mut DrawContext<'_>, area: Rect, explorer: &Explorer) {
    let theme = context.config.theme;
    if let Some(progress) = context.app.retained_progress() {
        draw_line(context.buf, area, 0, &progress, theme.accent(), Alignment::Left);
        return;
    }
    if let Some(warning) = warning(context, explorer) {
        draw_line(context.buf, area, 0, &format!("! {warning}"), theme.warning(), Alignment::Left);
        return;
    }
    let totals = explorer.tree.totals(NodeId::ROOT, context.now);
    let count = counted(totals.topics as u64, "topic");
    let counts = format!("{count}   {}   {}", rows::rate_text(totals.rate), format_bytes(explorer.tree.memory_bytes()));
    let left = draw_line(context.buf, area, 0, &counts, theme.text(), Alignment::Left);
    let sort = format!("   by {}", explorer.tree.sort_key().title());
    let sort = if area.width >= SORT_WIDTH && explorer.find.is_none() { sort } else { String::new() };
    let room = area.width.saturating_sub(left.width + 2 + width(&sort));
    let filters = format!("{}{sort}", filters_text(explorer.filters(), room));
    let right = Rect { x: left.right() + 2, width: area.right().saturating_sub(left.right() + 2), ..area };
    draw_line(context.buf, right, 0, &filters, theme.dim(), Alignment::Right);
}

/// Returns what is subscribed to, in this width.
fn filters_text(filters: &[TopicFilter], room: u16) -> String {
    let all = filters.iter().map(TopicFilter::as_str).collect::<Vec<_>>().join(", ");
    if width(&all) <= room { all } else { pluralize(filters.len(), "topic filter") }
}

/// Returns what the user has to know about all topics.
fn warning(context: &DrawContext<'_>, explorer: &Explorer) -> Option<String> {
    let (app, key) = (context.app, context.config.keymap.first_key("explorer-filters"));
    let refused = |filter: &&TopicFilter| app.subscription_refusal(explorer.connection, filter).is_some();
    if let Some(filter) = explorer.filters().iter().find(refused) {
        return Some(format!("The broker refuses {filter}: {key} chooses other topic filters"));
    }
    if explorer.dropped > 0 {
        let (dropped, key) =
            (counted(explorer.dropped, "message"), context.config.keymap.first_key("explorer-refresh"));
        return Some(format!(
            "{dropped} came too fast and were dropped, topics may be missing: {key} asks for them again"
        ));
    }
    let left_out = explorer.tree.left_out();
    (left_out > 0).then(|| {
        let shown = thousands(explorer.tree.totals(NodeId::ROOT, context.now).topics as u64);
        format!("Only {shown} topics are shown; {} messages of others were only counted", thousands(left_out))
    })
}

/// Draws what is searched for, and how much was found.
fn draw_find(context: &mut DrawContext<'_>, area: Rect, explorer: &Explorer, find: &Find) {
    let theme = context.config.theme;
    let (text, style) = match find.error() {
        Some(error) => (format!("! {error}"), theme.warning()),
        None if find.is_searching(&explorer.tree) => (format!("{} …", thousands(find.count() as u64)), theme.dim()),
        None => (format!("{} found", thousands(find.count() as u64)), theme.dim()),
    };
    let slash = draw_line(context.buf, area, 0, "/", theme.accent(), Alignment::Left);
    let text = truncate_start(&text, area.width * 2 / 3);
    let found = draw_line(context.buf, area, 0, &text, style, Alignment::Right);
    let x = slash.right() + 1;
    let input = Rect { x, width: found.x.saturating_sub(x + 1), height: 1, ..area };
    if find.is_typing {
        context.draw_input(input, &find.input);
    } else {
        draw_line(context.buf, input, 0, find.input.value(), theme.text(), Alignment::Left);
    }
}
