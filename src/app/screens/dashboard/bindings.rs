//! The key bindings of dashboards and of the welcome screen.

use crate::{
    app::{
        Action, App, EditAction,
        key_binding::{KeyBinding, KeyContext, key_bindings},
    },
    model::grid::Direction,
};

/// A dashboard.
pub(crate) const DASHBOARD: KeyContext = KeyContext::new("On a dashboard").with_place_keys();
/// The welcome screen, shown while no dashboard is open.
pub(crate) const WELCOME: KeyContext = KeyContext::new("On the welcome screen");

fn has_editable_tile(app: &App) -> bool {
    app.editable() && app.selected_tile().is_some()
}

fn selects_row(app: &App) -> bool {
    app.current_dashboard().is_some_and(|dashboard| dashboard.is_row(dashboard.selected))
}

fn move_hint(app: &App) -> Option<&'static str> {
    let dashboard = app.current_dashboard()?;
    (has_editable_tile(app) && dashboard.selects_own_tile() && dashboard.tile_count() > 1).then_some("move")
}

/// Returns the hint for stepping if the selected tile can be stepped.
fn step_hint(app: &App) -> Option<&'static str> {
    app.can_step().then_some("step")
}

fn reconnect_hint(app: &App) -> Option<&'static str> {
    (!app.current_connection()?.is_connected()).then_some("reconnect")
}

fn permissions_hint(app: &App) -> Option<&'static str> {
    app.current_dashboard()?.permissions.asks_for_more().then_some("permissions")
}

/// The key bindings, in the order of the footer, which merges adjacent rows with the same hint.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    DASHBOARD {
        Tile "press" ["Enter", "Space"] |_| Action::Press, "press the tile", (App::press_label);
        Tile "step-down" ["-", "<", "_"] |_| Action::Step(-1), "decrease a range by one step", (step_hint);
        Tile "step-up" ["+", ">", "="] |_| Action::Step(1), "increase a range by one step", (step_hint);
        Tile "edit" ["e"] |_| Action::Edit(EditAction::Edit), "edit the tile",
            (|app| has_editable_tile(app).then_some("edit"));
        Tile "edit-panel" ["Ctrl-E"] |_| Action::Edit(EditAction::EditPanel), "edit the panel of the row",
            (|app| (has_editable_tile(app) && selects_row(app)).then_some("panel"));
        Dashboard "add" ["a"] |_| Action::Edit(EditAction::Add), "add a tile", (|app| app.editable().then_some("add"));
        Tile "clone" ["c"] |_| Action::Edit(EditAction::Copy), "clone the tile; the copy comes right after it";
        Tile "delete" ["d"] |_| Action::Edit(EditAction::Delete), "delete the tile (asks first)";
        Tile "move" ["m"] |_| Action::Edit(EditAction::MoveTile), "move the tile with arrow keys or the mouse",
            (move_hint);
        Dashboard "undo" ["u"] |_| Action::Edit(EditAction::Undo), "undo the last edit of the dashboard",
            (|app| (app.editable() && app.undo_counts().0 > 0).then_some("undo"));
        Dashboard "redo" ["Ctrl-R"] |_| Action::Edit(EditAction::Redo), "redo the last undone edit",
            (|app| (app.editable() && app.undo_counts().1 > 0).then_some("redo"));
        Tile "clear-retained" ["x"] |_| Action::Edit(EditAction::ClearRetained),
            "delete retained messages (asks first)";
        Program "certificate" ["t"] |_| Action::Edit(EditAction::TrustCertificate), "review the untrusted certificate",
            (|app| app.untrusted_certificate().map(|_| "certificate"));
        GoTo "dashboards" ["D"] |_| Action::Edit(EditAction::ListDashboards), "open, add, edit, copy, or delete dashboards";
        Dashboard "lock" ["L"] |_| Action::Edit(EditAction::ChooseLock), "lock or unlock the dashboard",
            (|app| {
                let is_locked = app.current_dashboard()?.definition.locked.locks_layout();
                (!app.environment.kiosk && is_locked).then_some("unlock")
            });
        GoTo "connections" ["C"] |_| Action::ListConnections, "open, add, edit, test, or delete connections";
        GoTo "activity" ["N"] |_| Action::ShowActivity, "show what just happened";
        Dashboard "import" ["M"] |_| Action::ImportFromMqttDash, "import the tiles that MQTT Dash publishes";
        GoTo "left" ["Left", "h"] |_| Action::MoveSelection(Direction::Left), "select the tile to the left";
        GoTo "down" ["Down", "j"] |_| Action::MoveSelection(Direction::Down), "select the tile below";
        GoTo "up" ["Up", "k"] |_| Action::MoveSelection(Direction::Up), "select the tile above";
        GoTo "right" ["Right", "l"] |_| Action::MoveSelection(Direction::Right), "select the tile to the right";
        GoTo "tile-next" ["J"] |_| Action::CycleTile(1), "select the next tile";
        GoTo "tile-previous" ["K"] |_| Action::CycleTile(-1), "select the previous tile";
        GoTo "first" ["Home", "g"] |_| Action::MoveSelection(Direction::First), "select the first tile";
        GoTo "last" ["End", "G"] |_| Action::MoveSelection(Direction::Last), "select the last tile";
        GoTo "page-up" ["PageUp"] |_| Action::MoveSelection(Direction::PageUp), "move one screen up";
        GoTo "page-down" ["PageDown"] |_| Action::MoveSelection(Direction::PageDown), "move one screen down";
        GoTo "next-tab" ["Tab"] |_| Action::CycleTab(1), "show the next dashboard",
            (|app| (app.dashboards.len() > 1).then_some("next"));
        GoTo "previous-tab" ["Shift-Tab"] |_| Action::CycleTab(-1), "show the previous dashboard";
        GoTo "tab" ["1", "2", "3", "4", "5", "6", "7", "8", "9"] Action::ShowTab, "show the dashboard with this number";
        Dashboard "tab-left" ["Shift-Left"] |_| Action::MoveTab(-1), "move the tab to the left";
        Dashboard "tab-right" ["Shift-Right"] |_| Action::MoveTab(1), "move the tab to the right";
        Dashboard "close-tab" ["Ctrl-W"] |_| Action::CloseTab, "close the tab";
        Tile "detail" ["i"] |_| Action::ShowDetail, "show tile details: values, payload, settings",
            (|app| app.selected_tile().map(|_| "detail"));
        Tile "copy-value" ["y"] |_| Action::CopyValue, "copy the value to the clipboard";
        Tile "tile-menu" ["."] |_| Action::OpenTileMenu(None), "list what can be done with the tile";
        GoTo "find" ["/"] |_| Action::FindTile, "find a tile by name or topic", (|app| app.selected_tile().map(|_| "find"));
        Program "reconnect" ["r"] |_| Action::Reconnect, "reconnect now", (reconnect_hint);
        Dashboard "trust" ["T"] |_| Action::ReviewPermissions, "review what the dashboard may do",
            (permissions_hint);
        Dashboard "variables" ["v"] |_| Action::ListVariables, "choose what variables stand for",
            (|app| app.current_dashboard()?.has_choices().then_some("variables"));
        Dashboard "open-file" ["o"] |_| Action::OpenInEditor, "open the dashboard file in your editor";
        Program "button" ["b"] |_| Action::PressDemoButton(false), "press the button of the demo board",
            (|app| app.environment.demo_running.then_some("button"));
        Program "button-long" ["B"] |_| Action::PressDemoButton(true), "hold the button of the demo board",
            (|app| app.environment.demo_running.then_some("button"));
        Program "quit" ["q"] |_| Action::QuitFromDashboard, "quit", (|app| (!app.environment.kiosk).then_some("quit"));
        Program "palette" [":"] |_| Action::OpenCommandPalette, "find any action by name",
            (|app| (!app.environment.kiosk).then_some("all"));
        Program "help" ["?"] |_| Action::ShowHelp, "show this help", "help";
    }
    WELCOME {
        "new-connection" ["n"] |_| Action::Edit(EditAction::NewConnection), "add a connection", "new connection";
        "connections" ["C", "Enter"] |_| Action::ListConnections, "open, add, edit, test, or delete connections",
            (|app| (!app.editor_state.connection_entries.is_empty()).then_some("connections"));
        "demo" ["d"] |_| Action::StartDemo, "start the demo", (|app| app.environment.demo_available.then_some("demo"));
        "palette" [":"] |_| Action::OpenCommandPalette, "find any action by name";
        "help" ["?"] |_| Action::ShowHelp, "show this help", "help";
        "quit" ["q"] |_| Action::Quit, "quit", "quit";
    }
};
