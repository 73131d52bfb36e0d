//! The list of what can be done with a tile, with the keys that do the same on the dashboard.
//!
//! ```text
//! ╭ Kitchen lamp ──────────────────────╮
//! │ ▸ press the tile       Enter Space │
//! │   edit the tile                  e │
//! ╰────────────────────────────────────╯
//! ```

use super::{DrawContext, View};
use crate::{
    app::{Action, screens::tile_menu::TileMenu},
    ui::{key_bindings::row_with_keys, keymap::Keymap},
};

/// The width of the dialog.
const DIALOG_WIDTH: u16 = 62;

impl View for TileMenu {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let name = context.app.selected_tile().map_or("", |(tile, _)| tile.display_name());
        let height = u16::try_from(self.items.len()).unwrap_or(u16::MAX);
        let area = context.draw_dialog(name, (DIALOG_WIDTH, height.min(context.area.height.saturating_sub(2))));
        let inner_width = area.width.saturating_sub(2);
        let keymap = &context.config.keymap;
        let rows: Vec<String> = self
            .items
            .iter()
            .map(|item| row_with_keys(item.help, &keys_of(keymap, item.name).join(" "), inner_width))
            .collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        context.draw_list(area, &rows, self.selected, Action::AcceptOption);
    }
}

/// Returns the keys of an action.
fn keys_of<'a>(keymap: &'a Keymap, name: &str) -> &'a [String] {
    keymap.rows().iter().find(|row| row.binding.name == name).map_or(&[], |row| &row.keys)
}

/// Returns the action for a key that is not one of the list: it does what it does on the dashboard, if that is listed.
pub(in crate::ui) fn action_for_key(menu: &TileMenu, keymap: &Keymap, key: &str) -> Option<Action> {
    let has_key = |name: &str| keys_of(keymap, name).iter().any(|candidate| candidate == key);
    menu.items.iter().position(|item| has_key(item.name)).map(Action::AcceptOption)
}
