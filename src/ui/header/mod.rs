//! The header: on the left where the user is, on the right the connections and, on wide screens, the time.
//!
//! ```text
//!  1 Home  2 Energy  3 Shed                                          hub ● 14 msg/s
//!  Home › Connections                            shed ○ retry in 8 s  hub ● 14 msg/s
//!  2/3 Energy                       ●                          (under 60 columns)
//! ```

mod status;
mod tabs;

use ratatui::layout::Rect;

use super::{
    layout::MouseTarget,
    screens::DrawContext,
    text::{Alignment, draw_line, width},
};
use crate::app::{CLOCK_WIDTH, NARROW_HEADER, screens::places::PLACES};

/// On wider screens, the header lists the other screens with their keys.
const PLACES_WIDTH: u16 = 140;
/// The cells between two parts of the header.
const GAP: u16 = 2;

/// Draws the header. The mouse can show its tabs and open the screens that it lists.
pub(super) fn draw(context: &mut DrawContext<'_>, area: Rect) {
    let left = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area };
    let used = match context.app.focus.breadcrumb(context.app) {
        Some(breadcrumb) => draw_breadcrumb(context, left, &breadcrumb),
        None if area.width < NARROW_HEADER => tabs::draw_current(context, left),
        None => tabs::draw(context, left),
    };
    let mut right = Rect { x: used.right() + GAP, width: left.right().saturating_sub(used.right() + GAP), ..left };
    // Why a connection is down needs the room.
    let is_connected = context.app.connections_by_urgency().first().is_none_or(|first| first.is_connected());
    if area.width >= PLACES_WIDTH && is_connected {
        right = draw_places(context, right);
    }
    if area.width >= CLOCK_WIDTH && !context.app.dashboards.is_empty() {
        let time = context.config.local_time(context.now, "%H:%M");
        let clock = draw_line(context.buf, right, 0, &time, context.config.theme.dim(), Alignment::Right);
        right.width = right.width.saturating_sub(clock.width + GAP);
    }
    status::draw(context, right, area.width < NARROW_HEADER);
}

/// Draws the names of the dashboard and of the screen above it. Returns the used area.
fn draw_breadcrumb(context: &mut DrawContext<'_>, area: Rect, screen: &str) -> Rect {
    let theme = context.config.theme;
    let title = context.app.current_dashboard().map_or("mqtt-dash", |dashboard| dashboard.title());
    let title_area = Rect { width: tabs::title_width(title).min(area.width / 2), ..area };
    let title_area = draw_line(context.buf, title_area, 0, title, theme.dim(), Alignment::Left);
    let rest = Rect { x: title_area.right(), width: area.right() - title_area.right(), ..area };
    let separator = draw_line(context.buf, rest, 0, " › ", theme.dim(), Alignment::Left);
    let room = (area.width * 2 / 3).saturating_sub(separator.right() - area.x);
    let screen_area = Rect { x: separator.right(), width: room.min(area.right() - separator.right()), ..area };
    let screen_area = draw_line(context.buf, screen_area, 0, screen, tabs::current_style(theme), Alignment::Left);
    Rect { width: screen_area.right() - area.x, ..area }
}

/// Draws the other screens with their keys, as far as there is room beside the connections. Returns the rest of the area.
fn draw_places(context: &mut DrawContext<'_>, area: Rect) -> Rect {
    let theme = context.config.theme;
    let mut rest = area;
    for (index, place) in PLACES.iter().filter(|place| context.app.can_open(place)).enumerate() {
        let key = context.config.keymap.first_key(place.binding);
        let text = format!("{}{key} {}", if index == 0 { "│ " } else { "" }, place.title);
        if rest.width < area.width / 2 + width(&text) {
            break;
        }
        let place_area = draw_line(context.buf, rest, 0, &text, theme.dim(), Alignment::Left);
        context.layout.add(place_area, MouseTarget::Click(place.action.clone()));
        rest = Rect { x: place_area.right() + GAP, width: rest.right() - place_area.right() - GAP, ..rest };
    }
    rest
}
