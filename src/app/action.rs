//! A user intent, independent of keys and clicks.

use tui_input::InputRequest;

use super::editing::EditAction;
use crate::model::grid::Direction;

/// A user intent, whatever key or click it came from.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Select the next tile in this direction.
    MoveSelection(Direction),
    /// Press the selected tile.
    Press,
    /// Select this tile and press it.
    PressTile(usize),
    /// Step the selected tile up or, with a negative number, down.
    Step(i32),
    /// Select this tile and step it.
    StepTile(usize, i32),
    /// Show the dashboard on the tab with this index.
    ShowTab(usize),
    /// Move this number of tabs forward or, if negative, backward, with wraparound.
    CycleTab(isize),
    /// Show the detail view of the selected tile.
    ShowDetail,
    /// Enlarge the image of the selected tile to the screen.
    EnlargeImage,
    /// Show the list of key bindings.
    ShowHelp,
    /// Open the command palette.
    OpenCommandPalette,
    /// Close the command palette and run this action.
    RunFromPalette(Box<Action>),
    /// Open the tile search.
    FindTile,
    /// Show the permissions that the dashboard asks for, and offer to grant them.
    ReviewPermissions,
    /// List the connections.
    ListConnections,
    /// Import tiles from the Android app MQTT Dash.
    ImportFromMqttDash,
    /// Manage tiles, dashboards or connections.
    Edit(EditAction),
    /// Start the demo.
    StartDemo,
    /// Open the file of the dashboard in the user's editor.
    OpenInEditor,
    /// Press the button of the simulated board; `true` is a long press.
    PressDemoButton(bool),
    /// Reconnect now.
    Reconnect,
    /// Redraw the whole screen.
    Redraw,
    /// Suspend the program and return to the shell.
    Suspend,
    /// Quit the program.
    Quit,
    /// Close the open prompt, dialog or view.
    Cancel,
    /// Accept the input or the selection.
    Accept,
    /// Move in the open dialog in this direction.
    MoveInDialog(Direction),
    /// Move the focus to the next part of the dialog or, with -1, to the previous one.
    CycleFocus(isize),
    /// Edit the focused input.
    EditInput(InputRequest),
    /// Paste this text into the focused input.
    Paste(String),
    /// Select the option with this index.
    SelectOption(usize),
    /// Select the option with this index and accept it.
    AcceptOption(usize),
    /// Set the slider to this fraction of its range, 0 to 1.
    SetSlider(f64),
}
