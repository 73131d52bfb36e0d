//! What it looks like: ratatui and crossterm. [`draw`] is a pure function of the app, the look and
//! the time; keys and clicks become [`Action`](crate::app::Action)s here.

mod banner;
mod browse;
mod connections;
mod contrast;
mod detail;
mod entry;
mod face;
mod find;
mod form;
mod form_keys;
mod form_over;
pub mod gallery;
mod help;
mod hints;
pub mod hit;
mod import;
pub mod keymap;
pub mod keys;
pub mod keystroke;
mod manage;
mod manage_hit;
mod manage_keys;
mod palette;
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

use self::{
    gallery::Images,
    keymap::Keymap,
    theme::{Depth, Theme},
};
use crate::{
    app::{App, FOOTER_ROWS, Focus, HEADER_ROWS},
    model::{
        icon::Icon,
        settings::{ImageProtocol, Settings, ThemeName, ThemeOverrides},
        time::Time,
    },
};

/// How the screen is to look, whatever it shows.
#[derive(Debug, Clone)]
pub struct Look {
    /// The colours.
    pub theme: Theme,
    /// Where the person is, for times of day.
    pub zone: TimeZone,
    /// The colours that the person wants, whatever the terminal has.
    pub shades: ThemeOverrides,
    /// The theme of the command line, which goes before the one of the settings.
    pub named: Option<ThemeName>,
    /// How pictures are drawn.
    pub images: Images,
    /// How the command line wants them drawn, which goes before the settings.
    pub drawn: Option<ImageProtocol>,
    /// How they are drawn as the terminal says of itself.
    pub known: Images,
    /// Whether icons are drawn in ASCII.
    pub ascii: bool,
    /// Which key does what.
    pub keys: Keymap,
}

impl Look {
    /// The terminal's own colours and the usual keys; times of day in UTC.
    #[must_use]
    pub fn plain(depth: Depth) -> Self {
        Self {
            theme: Theme::new(depth),
            zone: TimeZone::UTC,
            shades: ThemeOverrides::default(),
            named: None,
            images: Images::default(),
            drawn: None,
            known: Images::default(),
            ascii: false,
            keys: Keymap::default(),
        }
    }

    /// What the environment asks for; `color` is false where the command line says so.
    #[must_use]
    pub fn detect(color: bool, var: impl Fn(&str) -> Option<String>) -> Self {
        let depth = if color { Depth::detect(&var) } else { Depth::None };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| var(name).filter(|value| !value.is_empty()));
        let ascii = locale.is_some_and(|locale| {
            let locale = locale.to_lowercase();
            !locale.contains("utf-8") && !locale.contains("utf8")
        });
        Self { zone: TimeZone::system(), ascii, known: Images::detect(var), ..Self::plain(depth) }
    }

    /// Takes over what the person has set.
    pub fn take(&mut self, settings: &Settings) {
        self.shades = match self.named {
            Some(name) if name != settings.theme.0.name => ThemeOverrides { name, ..ThemeOverrides::default() },
            _ => settings.theme.0.clone(),
        };
        self.theme = Theme::of(self.theme.depth, &self.shades);
        self.images = match self.drawn.unwrap_or(settings.images) {
            ImageProtocol::HalfBlocks => Images::HalfBlocks,
            ImageProtocol::Auto => self.known,
            ImageProtocol::Kitty => Images::Kitty,
            ImageProtocol::Sixel => Images::Sixel,
            ImageProtocol::Iterm2 => Images::Iterm2,
        };
        // A patch that is wrong was told when it was read.
        self.keys = Keymap::patched(&settings.keys).unwrap_or_default();
    }

    /// The same with so many colours.
    #[must_use]
    pub fn at(mut self, depth: Depth) -> Self {
        self.theme = Theme::of(depth, &self.shades);
        self
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
    buf.set_style(screen, look.theme.base());
    let top = Rect { height: HEADER_ROWS.min(screen.height), ..screen };
    let bottom =
        Rect { y: screen.bottom().saturating_sub(FOOTER_ROWS), height: FOOTER_ROWS.min(screen.height), ..screen };
    let middle = middle(screen);
    match app.current_dashboard() {
        Some(board) => {
            let above = board.rows_above_grid().min(screen.height);
            let tiles = screen.height.saturating_sub(above + FOOTER_ROWS);
            tiles::draw(buf, Rect { y: screen.y + above, height: tiles, ..screen }, app, board, look, now);
            if let Some(problem) = board.banner().filter(|_| above > 0) {
                banner::draw(buf, Rect { y: screen.y + above - 1, height: 1, ..screen }, problem, look);
            }
            if !board.header_hidden {
                top::draw(buf, top, app, look, now);
            }
        }
        None => welcome::draw(buf, middle, app, look),
    }
    match &app.focus {
        Focus::Dashboard => {}
        Focus::Manage(task) => manage::draw(buf, middle, app, task, look, now),
        Focus::Prompt(open) => prompt::draw(buf, middle, app, open, look),
        Focus::Detail(lines) => detail::draw(buf, middle, app, *lines, look, now),
        Focus::EnlargedPicture => enlarged(buf, middle, app, look, now),
        Focus::ConfirmOpenUrl(address) => browse::draw(buf, middle, address, look),
        Focus::Help(lines) => help::draw(buf, middle, *lines, look),
        Focus::Permissions(lines) => trust::draw(buf, middle, app, *lines, look),
        Focus::Import(open) => import::draw(buf, middle, app, open, look),
        Focus::CommandPalette(open) => palette::draw(buf, middle, app, open, look),
        Focus::TileSearch(find) => find::draw(buf, middle, app, find, look),
        Focus::Connections(at) => connections::draw(buf, middle, app, *at, look),
    }
    if !matches!(app.focus, Focus::Dashboard) {
        whole(buf);
    }
    if screen.height > 1 {
        hints::draw(buf, bottom, app, look);
    }
}

/// Takes away what takes several cells where something else was drawn over a part of them: half of it
/// can be shown nowhere, and the other half would hide what is there.
fn whole(buf: &mut Buffer) {
    let width = usize::from(buf.area.width);
    for at in 0..buf.content.len() {
        let taken = usize::from(text::width(buf.content[at].symbol())).min(width - at % width);
        if (at + 1..at + taken).any(|behind| buf.content[behind].symbol() != " ") {
            buf.content[at].set_symbol(" ");
        }
    }
}

/// The screen without its first and its last line.
fn middle(screen: Rect) -> Rect {
    Rect { y: screen.y + HEADER_ROWS, height: screen.height.saturating_sub(HEADER_ROWS + FOOTER_ROWS), ..screen }
}

fn enlarged(buf: &mut Buffer, area: Rect, app: &App, look: &Look, now: Time) {
    let Some((tile, state)) = app.selected_tile() else {
        return;
    };
    let inside = panel::open(buf, area, &tile.name, (area.width, area.height), look);
    match &state.image {
        Some(picture) => face::picture(buf, inside, picture, look, now),
        None => panel::sentence(buf, inside, "there is no picture yet", look.theme.dim()),
    }
}

#[cfg(test)]
mod tests;
