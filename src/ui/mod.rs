//! The terminal user interface, built on ratatui and crossterm. [`draw`] is a pure function of the app, the
//! configuration of the user interface and the time. Key and mouse events become
//! [`Action`](crate::app::Action)s here.

mod activity_rows;
mod banner;
mod color_picker;
mod contrast;
mod controls;
mod dialog;
mod footer;
pub mod frame;
pub(crate) mod glyph_set;
pub(crate) mod graphics_protocol;
mod header;
mod heading;
#[cfg_attr(not(feature = "images"), path = "image_layer_disabled.rs")]
pub(crate) mod image_layer;
mod json_text;
pub mod key_bindings;
pub mod keymap;
pub mod keystroke;
pub mod layout;
pub(crate) mod mouse;
mod panel;
mod panel_row;
mod payload_lines;
mod payload_view;
mod property_lines;
mod screens;
mod source_text;
pub(crate) mod svg;
pub mod terminal;
pub mod text;
pub mod theme;
mod thousands;
mod tile;
mod tile_age;
mod tile_frame;
mod tile_grid;
mod tile_row;
mod welcome;
mod widgets;
mod word_match;

use jiff::{Timestamp, tz::TimeZone};
use ratatui::{buffer::Buffer, layout::Rect};

use self::{
    glyph_set::GlyphSet,
    graphics_protocol::GraphicsProtocol,
    keymap::Keymap,
    layout::ScreenLayout,
    screens::DrawContext,
    theme::{ColorDepth, Theme},
};
use crate::{
    app::{App, FOOTER_ROWS, HEADER_ROWS},
    model::{
        icon::Icon,
        settings::{ExplorerLimits, GlyphLevel, ImageProtocol, Settings, ThemeName, ThemeOverrides},
        time::Time,
    },
};

/// The configuration of the user interface: how the screen looks, independent of its content.
#[derive(Debug, Clone)]
pub struct UiConfig {
    /// The colors.
    pub(crate) theme: Theme,
    /// The time zone for times of day.
    pub(crate) time_zone: TimeZone,
    /// The theme and its overrides, independent of the color depth.
    pub(crate) theme_overrides: ThemeOverrides,
    /// The theme from the command line, which takes precedence over the settings.
    pub(crate) cli_theme: Option<ThemeName>,
    /// How images are drawn.
    pub(crate) graphics_protocol: GraphicsProtocol,
    /// The image protocol from the command line, which takes precedence over the settings.
    pub(crate) cli_image_protocol: Option<ImageProtocol>,
    /// The graphics protocol that was detected from the environment.
    pub(crate) detected_graphics_protocol: GraphicsProtocol,
    /// The glyphs that are drawn.
    pub(crate) glyphs: GlyphSet,
    /// The level of glyphs from the command line, which takes precedence over the settings.
    pub(crate) cli_glyph_level: Option<GlyphLevel>,
    /// The glyphs that the terminal has.
    pub(crate) detected_glyphs: GlyphSet,
    /// The key bindings.
    pub(crate) keymap: Keymap,
    /// How much the explorer remembers.
    pub(crate) explorer_limits: ExplorerLimits,
}

impl UiConfig {
    /// Returns the default configuration: the terminal's own colors, the default key bindings, and UTC.
    #[must_use]
    pub fn new(depth: ColorDepth) -> Self {
        Self {
            theme: Theme::new(depth),
            time_zone: TimeZone::UTC,
            theme_overrides: ThemeOverrides::default(),
            cli_theme: None,
            graphics_protocol: GraphicsProtocol::default(),
            cli_image_protocol: None,
            detected_graphics_protocol: GraphicsProtocol::default(),
            glyphs: GlyphSet::default(),
            cli_glyph_level: None,
            detected_glyphs: GlyphSet::default(),
            keymap: Keymap::default(),
            explorer_limits: ExplorerLimits::default(),
        }
    }

    /// Detects color depth, glyphs, time zone and graphics protocol from the environment variables. `color`
    /// is false if the command line disables colors.
    #[must_use]
    pub(crate) fn detect(color: bool, var: impl Fn(&str) -> Option<String>) -> Self {
        let depth = if color { ColorDepth::detect(&var) } else { ColorDepth::None };
        Self {
            time_zone: TimeZone::system(),
            detected_glyphs: GlyphSet::detect(&var),
            detected_graphics_protocol: GraphicsProtocol::detect(var),
            ..Self::new(depth)
        }
    }

    /// Applies the user's settings.
    pub(crate) fn apply_settings(&mut self, settings: &Settings) {
        self.explorer_limits = settings.explorer.0.clone();
        self.theme_overrides = match self.cli_theme {
            Some(name) if name != settings.theme.0.name => ThemeOverrides { name, ..ThemeOverrides::default() },
            _ => settings.theme.0.clone(),
        };
        self.theme = Theme::from_overrides(self.theme.depth, &self.theme_overrides);
        self.graphics_protocol = match self.cli_image_protocol.unwrap_or(settings.images) {
            ImageProtocol::HalfBlocks => GraphicsProtocol::HalfBlocks,
            ImageProtocol::Auto => self.detected_graphics_protocol,
            ImageProtocol::Kitty => GraphicsProtocol::Kitty,
            ImageProtocol::Sixel => GraphicsProtocol::Sixel,
            ImageProtocol::Iterm2 => GraphicsProtocol::Iterm2,
        };
        self.glyphs = GlyphSet::of_level(self.cli_glyph_level.unwrap_or(settings.glyphs), self.detected_glyphs);
        // Invalid overrides were reported when the settings were read.
        self.keymap = Keymap::from_overrides(&settings.keys).unwrap_or_default();
    }

    /// Returns the configuration with another color depth.
    #[must_use]
    pub(crate) fn with_color_depth(mut self, depth: ColorDepth) -> Self {
        self.theme = Theme::from_overrides(depth, &self.theme_overrides);
        self
    }

    /// Formats a time in the user's time zone, as `strftime` does.
    #[must_use]
    pub(crate) fn local_time(&self, at: Time, format: &str) -> String {
        format_time(&self.time_zone, at, format)
    }

    /// Formats a time in a time zone, as `strftime` does. `None` is the user's zone.
    ///
    /// # Errors
    /// A sentence, if there is no such zone.
    pub(crate) fn time_in_zone(&self, zone: Option<&str>, at: Time, format: &str) -> Result<String, String> {
        let Some(name) = zone else { return Ok(self.local_time(at, format)) };
        let time_zone = TimeZone::get(name).map_err(|_| format!("there is no time zone {name}"))?;
        Ok(format_time(&time_zone, at, format))
    }

    /// Returns an icon as the terminal can show it: a glyph, or ASCII.
    #[must_use]
    pub(crate) fn icon(&self, icon: Icon) -> &'static str {
        if self.glyphs == GlyphSet::Full { icon.glyph() } else { icon.ascii() }
    }
}

/// Draws the whole screen. The layout takes the places of what the mouse can act on, and how many lines the text that
/// has the focus can be scrolled, which [`App::limit_scroll`] applies.
pub fn draw(buf: &mut Buffer, app: &App, config: &UiConfig, now: Time, layout: &mut ScreenLayout) {
    let screen = buf.area;
    layout.clear();
    if screen.width == 0 || screen.height == 0 {
        return;
    }
    buf.set_style(screen, config.theme.base());
    screens::draw(&mut DrawContext { buf, area: content_area(screen), app, config, now, layout });
    if !app.dashboard_has_focus() {
        clear_clipped_wide_chars(buf);
    }
    if screen.height > 1 {
        let height = FOOTER_ROWS.min(screen.height);
        footer::draw(buf, Rect { y: screen.bottom() - height, height, ..screen }, app, config, layout);
    }
    config.glyphs.replace_missing(buf);
}

/// Formats a time in this time zone, as `strftime` does; empty if it is too far away for a date.
fn format_time(time_zone: &TimeZone, at: Time, format: &str) -> String {
    let millis = i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(millis)
        .map(|stamp| time_zone.to_datetime(stamp).strftime(format).to_string())
        .unwrap_or_default()
}

/// Clears wide characters that are partly covered by something else: half a character cannot be displayed,
/// and the whole one would hide the neighboring cell.
fn clear_clipped_wide_chars(buf: &mut Buffer) {
    let width = usize::from(buf.area.width);
    for index in 0..buf.content.len() {
        let cell_width = usize::from(text::width(buf.content[index].symbol())).min(width - index % width);
        if (index + 1..index + cell_width).any(|next_index| buf.content[next_index].symbol() != " ") {
            buf.content[index].set_symbol(" ");
        }
    }
}

/// Returns the screen without the header and the footer.
fn content_area(screen: Rect) -> Rect {
    Rect { y: screen.y + HEADER_ROWS, height: screen.height.saturating_sub(HEADER_ROWS + FOOTER_ROWS), ..screen }
}

#[cfg(test)]
mod tests;
