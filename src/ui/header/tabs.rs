//! The tabs of the header: the open dashboards with the numbers of the keys that show them.

use std::ops::Range;

use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};

use super::GAP;
use crate::{
    app::{Action, App, OpenDashboard},
    model::press::LockLevel,
    ui::{
        layout::MouseTarget,
        screens::DrawContext,
        text::{Alignment, draw_line, truncate, width},
        theme::Theme,
    },
};

/// The maximum width of a dashboard title in cells.
const MAX_TITLE_WIDTH: u16 = 24;
/// The number of tabs that a key shows.
const NUMBERED_TABS: usize = 9;

/// Draws the tabs. The current one is always among them. Returns the used area.
pub(super) fn draw(context: &mut DrawContext<'_>, area: Rect) -> Rect {
    let app = context.app;
    let max_width = (area.width / 2).max(MAX_TITLE_WIDTH.min(area.width));
    let tabs = tab_ranges(app, max_width);
    for (columns, index) in &tabs {
        let tab_area = Rect { x: area.x + columns.start, width: columns.end - columns.start, ..area };
        draw_tab(context, tab_area, *index, &number(app, *index));
        context.layout.add(tab_area, MouseTarget::Tab(app.dashboards[*index].id));
    }
    Rect { width: tabs.last().map_or(0, |(columns, _)| columns.end), ..area }
}

/// Draws the current tab only, with the number of tabs. A click on it shows the next one. Returns the used area.
pub(super) fn draw_current(context: &mut DrawContext<'_>, area: Rect) -> Rect {
    let (index, count) = (context.app.current_tab(), context.app.dashboards.len());
    let Some(dashboard) = context.app.dashboards.get(index) else { return Rect { width: 0, ..area } };
    let number = if count > 1 { format!("{}/{count} ", index + 1) } else { String::new() };
    let wanted = width(&number) + title_width(dashboard.title()) + width(lock_text(dashboard));
    let tab_area = Rect { width: wanted.min(area.width * 2 / 3), ..area };
    draw_tab(context, tab_area, index, &number);
    let target = if count > 1 { MouseTarget::Click(Action::CycleTab(1)) } else { MouseTarget::Tab(dashboard.id) };
    context.layout.add(tab_area, target);
    tab_area
}

/// Draws the number, the title and the lock of a dashboard.
fn draw_tab(context: &mut DrawContext<'_>, area: Rect, index: usize, number: &str) {
    let DrawContext { app, config, .. } = *context;
    let (theme, dashboard) = (config.theme, &app.dashboards[index]);
    let is_current = index == app.current_tab();
    let (number_style, style) =
        if is_current { (theme.accent(), current_style(theme)) } else { (theme.dim(), theme.dim()) };
    let number_area = draw_line(context.buf, area, 0, number, number_style, Alignment::Left);
    let rest = Rect { x: number_area.right(), width: area.right() - number_area.right(), ..area };
    let lock_width = width(lock_text(dashboard)).min(rest.width);
    let title_area = Rect { width: rest.width - lock_width, ..rest };
    let title_area = draw_line(context.buf, title_area, 0, dashboard.title(), style, Alignment::Left);
    let lock_area = Rect { x: title_area.right(), width: lock_width, ..rest };
    draw_line(context.buf, lock_area, 0, lock_text(dashboard), theme.dim(), Alignment::Left);
}

/// Returns the style of where the user is.
pub(super) fn current_style(theme: Theme) -> Style {
    theme.accent().add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
}

/// Returns how many cells a title takes.
pub(super) fn title_width(title: &str) -> u16 {
    width(&truncate(title, MAX_TITLE_WIDTH))
}

/// Returns the number in front of a title; none if there is only one dashboard, or no key for this one.
fn number(app: &App, index: usize) -> String {
    if app.dashboards.len() > 1 && index < NUMBERED_TABS { format!("{} ", index + 1) } else { String::new() }
}

/// Returns what the tab of a locked dashboard says after its title.
fn lock_text(dashboard: &OpenDashboard) -> &'static str {
    match dashboard.definition.locked.0 {
        LockLevel::None => "",
        LockLevel::Layout => " (locked)",
        LockLevel::Presses => " (view only)",
    }
}

/// Returns the columns and the dashboard index of each visible tab, in at most this number of cells unless the current
/// one needs more.
#[must_use]
fn tab_ranges(app: &App, max_width: u16) -> Vec<(Range<u16>, usize)> {
    let tab_width = |index: usize| {
        let dashboard = &app.dashboards[index];
        let text_width = title_width(dashboard.title()) + width(lock_text(dashboard));
        (width(&number(app, index)) + text_width).min(max_width)
    };
    let current_tab = app.current_tab();
    let mut first = current_tab.min(app.dashboards.len());
    let mut used_width = 0;
    for index in (0..app.dashboards.len().min(current_tab + 1)).rev() {
        used_width += tab_width(index) + GAP;
        if used_width > max_width + GAP {
            break;
        }
        first = index;
    }
    let mut start = 0;
    let mut ranges = Vec::new();
    for index in first..app.dashboards.len() {
        let end = start + tab_width(index);
        if end > max_width && index > current_tab {
            break;
        }
        ranges.push((start..end, index));
        start = end + GAP;
    }
    ranges
}
