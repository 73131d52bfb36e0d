//! The views of the screens of [`app::screens`](crate::app::screens): one file each. A view draws its screen and
//! says where it has put what the mouse can act on.

mod activity;
mod command_palette;
mod confirm;
mod conflict;
mod connections;
mod dashboard;
mod dashboard_list;
mod decoder_rule;
mod detail;
mod enlarged_image;
mod explorer;
mod explorer_filters;
mod form;
mod form_field;
mod form_popup;
mod form_preview;
mod help;
mod import;
mod kind_list;
mod lock_list;
mod name_prompt;
mod open_url;
mod password_prompt;
mod permissions;
mod prompt;
mod publish;
mod save_payload;
mod tile_menu;
mod tile_search;
mod variable_list;

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};
use tui_input::Input;

pub(super) use self::{command_palette::resolve_action, tile_menu::action_for_key as action_in_tile_menu};
use super::{
    UiConfig, controls,
    dialog::{self, Lines},
    layout::{MouseTarget, ScreenLayout},
    text::{Alignment, draw_line, rule},
};
use crate::{
    app::{Action, App, Screen, list::Scroll},
    model::time::Time,
};

/// What stands in place of the messages of a topic before the first one.
const NO_MESSAGE: &str = "No message has arrived on this topic yet.";

/// What a view draws with.
pub(super) struct DrawContext<'a> {
    /// The cells of the terminal.
    pub buf: &'a mut Buffer,
    /// The area between the header and the footer.
    pub area: Rect,
    pub app: &'a App,
    pub config: &'a UiConfig,
    pub now: Time,
    /// Takes the places of what the view draws.
    pub layout: &'a mut ScreenLayout,
}

/// The drawing of a screen.
pub(super) trait View {
    /// Draws the screen and adds to the layout what the mouse can act on.
    fn draw(&self, context: &mut DrawContext<'_>);
}

/// Draws the dashboard and, above it, the screen that has the focus.
pub(super) fn draw(context: &mut DrawContext<'_>) {
    context.layout.set_screen(context.app);
    dashboard::draw(context);
    if let Some(view) = context.app.screen_below().and_then(view) {
        view.draw(context);
    }
    if let Some(view) = view(&context.app.focus) {
        context.layout.clear();
        view.draw(context);
    }
}

/// Returns the view of a screen above the dashboard.
fn view(screen: &Screen) -> Option<&dyn View> {
    Some(match screen {
        // A tile that is moved or steered is shown on the dashboard.
        Screen::Dashboard(_) | Screen::MoveTile(_) | Screen::Steer(_) => return None,
        Screen::Prompt(screen) => &**screen,
        Screen::Detail(screen) => &**screen,
        Screen::EnlargedImage(screen) => &**screen,
        Screen::ConfirmOpenUrl(screen) => &**screen,
        Screen::Help(screen) => &**screen,
        Screen::TileMenu(screen) => &**screen,
        Screen::Explorer(screen) => &**screen,
        Screen::ExplorerFilters(screen) => &**screen,
        Screen::DecoderRule(screen) => &**screen,
        Screen::Publish(screen) => &**screen,
        Screen::SavePayload(screen) => &**screen,
        Screen::Activity(screen) => &**screen,
        Screen::TileSearch(screen) => &**screen,
        Screen::Permissions(screen) => &**screen,
        Screen::CommandPalette(screen) => &**screen,
        Screen::Import(screen) => &**screen,
        Screen::Connections(screen) => &**screen,
        Screen::DashboardList(screen) => &**screen,
        Screen::Form(screen) => &**screen,
        Screen::KindList(screen) => &**screen,
        Screen::LockList(screen) => &**screen,
        Screen::VariableList(screen) => &**screen,
        Screen::Confirm(screen) => &**screen,
        Screen::NamePrompt(screen) => &**screen,
        Screen::PasswordPrompt(screen) => &**screen,
        Screen::Conflict(screen) => &**screen,
    })
}

impl DrawContext<'_> {
    /// Draws the frame of a dialog with this title and inner size, and returns its inner area.
    fn draw_dialog(&mut self, title: &str, size: (u16, u16)) -> Rect {
        dialog::draw_frame(self.buf, self.area, title, size, self.config)
    }

    /// Draws a dialog with a text that can be scrolled.
    fn draw_text_dialog(&mut self, title: &str, width: u16, lines: &[(String, Style)], scroll: Scroll) {
        self.draw_lines_dialog(title, width, &Lines::new(lines), scroll);
    }

    /// Draws a dialog with a text that may have very many lines.
    fn draw_lines_dialog(&mut self, title: &str, width: u16, lines: &Lines<'_>, scroll: Scroll) {
        let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(self.area.height.saturating_sub(2));
        let area = self.draw_dialog(title, (width, height));
        self.layout.scroll_extent = Some(dialog::draw_lines(self.buf, area, lines, scroll.lines, self.config));
    }

    /// Draws a list, with the selected row if there is one. A click on a row does what `action` returns for its index.
    fn draw_list(
        &mut self,
        area: Rect,
        rows: &[&str],
        selected: impl Into<Option<usize>>,
        action: impl Fn(usize) -> Action,
    ) {
        let selected = selected.into();
        controls::draw_list(self.buf, area, rows, selected, self.config);
        let first = controls::first_visible_row(selected.unwrap_or_default(), area.height);
        for (y, index) in (area.y..area.bottom()).zip(first..rows.len()) {
            if selected == Some(index) {
                self.layout.place_cursor(Position::new(area.x, y));
            }
            self.layout.add(Rect { y, height: 1, ..area }, MouseTarget::Click(action(index)));
        }
    }

    /// Draws the rows that a search has found.
    fn draw_matches(&mut self, area: Rect, rows: &[&str], selected: usize, action: impl Fn(usize) -> Action) {
        if rows.is_empty() {
            draw_line(self.buf, area, 0, "nothing matches", self.config.theme.dim(), Alignment::Left);
        } else {
            self.draw_list(area, rows, selected, action);
        }
    }

    /// Draws what can be shown of something, which a click chooses by its index, and a rule below it. Returns the area below.
    fn draw_titles<'t>(&mut self, area: Rect, titles: impl Iterator<Item = (usize, &'t str)>, current: usize) -> Rect {
        let theme = self.config.theme;
        let mut x = area.x;
        for (index, title) in titles {
            let is_current = index == current;
            let text = if is_current { format!("[{title}]") } else { format!(" {title} ") };
            let style = if is_current { theme.selected() } else { theme.dim() };
            let rest = Rect { x, width: area.right().saturating_sub(x), ..area };
            let drawn = draw_line(self.buf, rest, 0, &text, style, Alignment::Left);
            self.layout.add(drawn, MouseTarget::Click(Action::SelectOption(index)));
            x = drawn.right() + 1;
        }
        draw_line(self.buf, area, 1, &rule("", area.width), theme.border(), Alignment::Left);
        below(area, 2)
    }

    /// Draws the text input that has the focus.
    fn draw_input(&mut self, area: Rect, input: &Input) {
        let cursor = controls::draw_text_input(self.buf, area, input);
        self.layout.show_cursor(cursor);
    }
}

/// Returns the area below the first rows of another one.
fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}

/// Returns a text input with each character masked.
fn mask_input(input: &Input) -> Input {
    let shown: String = input.value().chars().map(|_| '•').collect();
    Input::new(shown).with_cursor(input.cursor())
}
