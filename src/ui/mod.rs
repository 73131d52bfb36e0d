//! What it looks like: ratatui and crossterm. [`draw`] is a pure function of the app, the look and
//! the time; keys and clicks become [`Action`](crate::app::Action)s here.

mod browse;
mod connections;
mod detail;
mod face;
mod find;
pub mod gallery;
mod help;
mod hints;
pub mod hit;
pub mod keys;
mod panel;
mod picker;
mod prompt;
pub mod screen;
pub mod svg;
pub mod terminal;
pub mod text;
pub mod theme;
mod tile;
mod tiles;
mod top;
mod trust;
mod welcome;

use jiff::tz::TimeZone;
use ratatui::{buffer::Buffer, layout::Rect};

use self::theme::{Depth, Theme};
use crate::{
    app::{App, BOTTOM, Mode, TOP},
    model::{icon::Icon, time::Time},
};

/// How the screen is to look, whatever it shows.
#[derive(Debug, Clone)]
pub struct Look {
    /// The colours.
    pub theme: Theme,
    /// Where the person is, for times of day.
    pub zone: TimeZone,
    /// Whether icons are drawn in ASCII.
    pub ascii: bool,
}

impl Look {
    /// What the environment asks for; `color` is false where the command line says so.
    #[must_use]
    pub fn detect(color: bool, var: impl Fn(&str) -> Option<String>) -> Self {
        let depth = if color { Depth::detect(&var) } else { Depth::None };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| var(name).filter(|value| !value.is_empty()));
        let ascii = locale.is_some_and(|locale| {
            let locale = locale.to_lowercase();
            !locale.contains("utf-8") && !locale.contains("utf8")
        });
        Self { theme: Theme { depth }, zone: TimeZone::system(), ascii }
    }

    /// An icon, as the terminal can show it.
    #[must_use]
    pub fn icon(&self, icon: Icon) -> &'static str {
        if self.ascii { icon.ascii() } else { icon.glyph() }
    }
}

/// Draws the whole screen.
pub fn draw(buf: &mut Buffer, app: &App, look: &Look, now: Time) {
    let screen = buf.area;
    if screen.width == 0 || screen.height == 0 {
        return;
    }
    let top = Rect { height: TOP.min(screen.height), ..screen };
    let bottom = Rect { y: screen.bottom().saturating_sub(BOTTOM), height: BOTTOM.min(screen.height), ..screen };
    let middle = middle(screen);
    match app.board() {
        Some(board) => {
            tiles::draw(buf, middle, app, board, look, now);
            top::draw(buf, top, app, look, now);
        }
        None => welcome::draw(buf, middle, app, look),
    }
    match &app.mode {
        Mode::Board => {}
        Mode::Prompt(open) => prompt::draw(buf, middle, app, open, look),
        Mode::Detail(lines) => detail::draw(buf, middle, app, *lines, look, now),
        Mode::Enlarged => enlarged(buf, middle, app, look, now),
        Mode::Browse(address) => browse::draw(buf, middle, address, look),
        Mode::Help(lines) => help::draw(buf, middle, *lines, look),
        Mode::Trust(lines) => trust::draw(buf, middle, app, *lines, look),
        Mode::Find(find) => find::draw(buf, middle, app, find, look),
        Mode::Connections(at) => connections::draw(buf, middle, app, *at, look),
    }
    if screen.height > 1 {
        hints::draw(buf, bottom, app, look);
    }
}

/// The screen without its first and its last line.
fn middle(screen: Rect) -> Rect {
    Rect { y: screen.y + TOP, height: screen.height.saturating_sub(TOP + BOTTOM), ..screen }
}

fn enlarged(buf: &mut Buffer, area: Rect, app: &App, look: &Look, now: Time) {
    let Some((tile, state)) = app.selected() else {
        return;
    };
    let inside = panel::open(buf, area, &tile.name, (area.width, area.height), look);
    match &state.picture {
        Some(picture) => face::picture(buf, inside, picture, look, now),
        None => panel::sentence(buf, inside, "there is no picture yet", look.theme.dim()),
    }
}

#[cfg(test)]
mod tests;
