//! The main screens on terminals of usual sizes between the smallest and the largest one, and the dashboard in every theme
//! and with every set of glyphs.

use std::fmt::Write as _;

use ratatui::style::{Color, Style};

use super::*;
use crate::{
    app::EditAction,
    model::settings::{ThemeName, ThemeOverrides},
    ui::{frame::cell_rows, text, theme::Theme},
};

/// The sizes, besides those of all screens.
const SIZES: [(u16, u16); 2] = [(120, 40), (160, 45)];

#[test]
fn main_screens_render_on_terminals_of_usual_sizes() {
    assert_snapshots_at(&SIZES, "dashboard", |_| {});
    assert_snapshots_at(&SIZES, "form", |app| {
        dialog_tests::add_files_and_profiles(app);
        dialog_tests::apply_edit_action(app, EditAction::Edit);
    });
    assert_snapshots_at(&SIZES, "connections", |app| {
        dialog_tests::add_files_and_profiles(app);
        apply_actions(app, &[Action::ListConnections]);
    });
    assert_snapshots_at(&SIZES, "help", |app| apply_actions(app, &[Action::ShowHelp]));
}

#[test]
fn dashboard_renders_with_every_set_of_glyphs() {
    for (name, glyphs) in [("full", GlyphSet::Full), ("basic", GlyphSet::Basic), ("ascii", GlyphSet::Ascii)] {
        let config = UiConfig { glyphs, ..ui_config(ColorDepth::None) };
        assert_snapshot!(format!("glyphs-{name}"), render_with(&app_with_values((80, 24)), &config, NOW));
    }
}

/// The letters that stand for styles.
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

fn letter(index: usize) -> char {
    char::from(LETTERS.get(index).copied().unwrap_or(b'?'))
}

/// Returns the styles of a screen: a letter for each cell, and what the letters mean.
pub(super) fn style_map(buf: &Buffer) -> String {
    let mut styles: Vec<Style> = Vec::new();
    let mut map = String::new();
    for cells in cell_rows(buf) {
        for (_, symbol, style) in cells {
            let index = styles.iter().position(|known| *known == style).unwrap_or_else(|| {
                styles.push(style);
                styles.len() - 1
            });
            map.extend(std::iter::repeat_n(letter(index), usize::from(text::width(symbol).max(1))));
        }
        map.push('\n');
    }
    assert!(styles.len() <= LETTERS.len(), "{}", styles.len());
    for (index, style) in styles.iter().enumerate() {
        let color = |color: Option<Color>| color.map_or_else(|| "-".to_owned(), |color| color.to_string());
        let _ = writeln!(map, "{}: {} on {} {:?}", letter(index), color(style.fg), color(style.bg), style.add_modifier);
    }
    map
}

/// Returns every theme with its name.
pub(super) fn themes() -> impl Iterator<Item = (ThemeName, Theme)> {
    [ThemeName::Terminal, ThemeName::Dark, ThemeName::Light, ThemeName::HighContrast].into_iter().map(|name| {
        let overrides = ThemeOverrides { name, ..ThemeOverrides::default() };
        (name, Theme::from_overrides(ColorDepth::TrueColor, &overrides))
    })
}

#[test]
fn dashboard_has_the_styles_of_every_theme() {
    for (name, theme) in themes() {
        // An image would have a style for each cell.
        let app = app_without_image((80, 24));
        let config = UiConfig { theme, ..ui_config(ColorDepth::TrueColor) };
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        terminal
            .draw(|frame| {
                crate::ui::draw(frame.buffer_mut(), &app, &config, NOW, &mut ScreenLayout::default());
            })
            .unwrap();
        assert_snapshot!(format!("theme-{name:?}"), style_map(terminal.backend().buffer()));
    }
}
