//! The help screen, generated from the key bindings.
//!
//! ```text
//! ╭ Keys ──────────────────────────────╮
//! │ This tile                          │
//! │ Enter Space   press the tile       │
//! │ e             edit the tile        │
//! ╰────────────────────────────────────╯
//! ```

use ratatui::style::{Modifier, Style};

use super::{DrawContext, View, below};
use crate::{
    app::{
        Action,
        control_bindings::PLACE_KEYS,
        key_binding::KeyBinding,
        screens::{
            dashboard::{DASHBOARD, WELCOME},
            help::Help,
        },
    },
    ui::{
        UiConfig,
        dialog::{self, Lines},
        key_bindings::{display_keys, section_title, section_titles},
        text::{Alignment, draw_line, wrap},
        word_match::WordQuery,
    },
};

/// The width of the dialog.
const DIALOG_WIDTH: u16 = 70;
/// The columns at the right, where arrows show that there are more lines.
const ARROW_WIDTH: u16 = 2;
/// The width of the column of keys, and what it is where the text is narrower than this.
const KEYS_WIDTH: u16 = 22;
const NARROW_KEYS_WIDTH: u16 = 12;
const NARROW_TEXT_WIDTH: u16 = 56;
/// The rows above the text while it is filtered.
const INPUT_ROWS: u16 = 2;
/// The maximum number of lines of a binding.
const MAX_LINES: usize = 8;
/// What the mouse does.
const MOUSE: [(&str, &str); 4] = [
    ("click", "select a tile, press the selected one, show a tab, choose an option, press a key of the footer"),
    ("right click", "list what can be done with a tile"),
    ("drag", "move a tile"),
    ("wheel", "scroll, or step the selected range"),
];

impl View for Help {
    fn draw(&self, context: &mut DrawContext<'_>) {
        context.layout.click_anywhere = Some(Action::Cancel);
        let query = WordQuery::new(self.filter.as_ref().map_or("", |filter| filter.value()));
        let text_width = DIALOG_WIDTH.min(context.area.width.saturating_sub(4)).saturating_sub(ARROW_WIDTH);
        let on_welcome = context.app.current_dashboard().is_none();
        let welcome = || on_welcome.then_some(WELCOME.title);
        let first = context.app.key_context_below().map(|context| context.title).or_else(welcome);
        let lines = help_lines(context.config, &query, text_width, (first, on_welcome));
        let Some(filter) = &self.filter else {
            return context.draw_text_dialog("Keys", DIALOG_WIDTH, &lines, self.scroll);
        };
        let area = context.draw_dialog("Keys", (DIALOG_WIDTH, context.area.height.saturating_sub(2)));
        context.draw_input(area, filter);
        let area = below(area, INPUT_ROWS);
        if lines.is_empty() {
            draw_line(context.buf, area, 0, "no key matches", context.config.theme.dim(), Alignment::Left);
        }
        let extent = dialog::draw_lines(context.buf, area, &Lines::new(&lines), self.scroll.lines, context.config);
        context.layout.scroll_extent = Some(extent);
    }
}

/// Returns the keys that match a query, in their sections: those of the screen that is shown come first. On the welcome
/// screen, those of dashboards are left out: they do nothing.
fn help_lines(
    config: &UiConfig,
    query: &WordQuery,
    width: u16,
    (first, on_welcome): (Option<&str>, bool),
) -> Vec<(String, Style)> {
    let mut lines = Vec::new();
    let mut titles = section_titles();
    titles.sort_by_key(|title| first != Some(*title));
    let works = |binding: &KeyBinding| !(on_welcome && [DASHBOARD, PLACE_KEYS].contains(&binding.context));
    for title in titles {
        let rows = config.keymap.rows().iter().filter(|row| section_title(row.binding) == title && works(row.binding));
        let rows = rows.filter_map(|row| {
            let keys = display_keys(&row.keys).join(" ");
            let found = query.rank(row.binding.name, &format!("{} {keys}", row.binding.help));
            found.map(|_| (keys, row.binding.help))
        });
        push_section(&mut lines, title, rows, width, config);
    }
    let mouse = MOUSE.iter().filter(|(input, help)| query.rank(input, help).is_some());
    push_section(&mut lines, "Mouse", mouse.map(|(input, help)| ((*input).to_owned(), *help)), width, config);
    lines
}

/// Appends the heading and the rows of a section, if there are rows.
fn push_section(
    lines: &mut Vec<(String, Style)>,
    title: &str,
    rows: impl Iterator<Item = (String, &'static str)>,
    width: u16,
    config: &UiConfig,
) {
    let keys_width = if width < NARROW_TEXT_WIDTH { NARROW_KEYS_WIDTH } else { KEYS_WIDTH };
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return;
    }
    if !lines.is_empty() {
        lines.push((String::new(), Style::new()));
    }
    lines.push((title.to_owned(), config.theme.accent().add_modifier(Modifier::BOLD)));
    for (keys, help) in rows {
        let keys = wrap(&keys, keys_width - 1, MAX_LINES);
        let help = wrap(help, width.saturating_sub(keys_width), MAX_LINES);
        let column = |lines: &[String], index: usize| lines.get(index).cloned().unwrap_or_default();
        lines.extend((0..keys.len().max(help.len())).map(|index| {
            let line =
                format!("{:<width$}{}", column(&keys, index), column(&help, index), width = usize::from(keys_width));
            (line, config.theme.text())
        }));
    }
}
