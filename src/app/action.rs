//! A user intent, independent of keys and clicks.

use super::{activity::ActivitySubject, input_edit::InputEdit, palette_entry::PaletteEntry};
use crate::model::grid::Direction;

/// A user intent, whatever key or click it came from.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Select the next tile in this direction.
    MoveSelection(Direction),
    /// Press the selected tile.
    Press,
    /// Show the log of what just happened.
    ShowActivity,
    /// Go to what an entry of that log is about.
    GoTo(ActivitySubject),
    /// Select this tile, or without one keep the selected one, and list what can be done with it.
    OpenTileMenu(Option<usize>),
    /// Select this tile.
    SelectTile(usize),
    /// The mouse button was pressed on this tile.
    PointerDown(usize),
    /// The mouse button was released on this tile, or elsewhere.
    PointerUp(Option<usize>),
    /// The mouse button was pressed on the pad of this tile, at this part of its width and its height, from the bottom.
    PressPad(usize, f64, f64),
    /// Move the pad that is steered to this part of its width and its height, from the bottom.
    SteerTo(f64, f64),
    /// Move the pad that is steered to its center.
    SteerToCenter,
    /// The pointer was dragged to this tile, or off the tiles.
    DragTile(Option<usize>),
    /// A click on something else than a tile, which does this.
    Click(Box<Action>),
    /// The mouse wheel was turned up or down, over this tile or elsewhere.
    TurnWheel(Option<usize>, Direction),
    /// Step the selected tile up or, with a negative number, down.
    Step(i32),
    /// Show the dashboard on the tab with this index.
    ShowTab(usize),
    /// Move this number of tabs forward or, if negative, backward, with wraparound.
    CycleTab(isize),
    /// Move the current tab this number of places to the right or, if negative, to the left, with wraparound.
    MoveTab(isize),
    /// Close the current tab.
    CloseTab,
    /// Open the screen this number of screens after the open one or, if negative, before it, with wraparound.
    WalkScreens(isize),
    /// Show the detail view of the selected tile.
    ShowDetail,
    /// Select the tile this number of tiles after the selected one or, if negative, before it, with wraparound.
    CycleTile(isize),
    /// Copy the value of the selected tile, or what is selected of its payload, to the clipboard of the terminal.
    CopyValue,
    /// Enlarge the image of the selected tile to the screen.
    EnlargeImage,
    /// Show the list of key bindings.
    ShowHelp,
    /// Open the command palette.
    OpenCommandPalette,
    /// Close the command palette and run this action.
    RunFromPalette(Box<Action>),
    /// Select this entry of the command palette.
    SelectInPalette(PaletteEntry),
    /// Open the tile search.
    FindTile,
    /// Show only the lines of the text that match what is typed next.
    Filter,
    /// List what the variables of the dashboard can stand for.
    ListVariables,
    /// Show the permissions that the dashboard asks for, and offer to grant them.
    ReviewPermissions,
    /// List the connections.
    ListConnections,
    /// Import tiles from the Android app MQTT Dash.
    ImportFromMqttDash,
    /// Manage tiles, dashboards or connections.
    Edit(EditAction),
    /// Show the topics of a broker.
    Explore(ExploreAction),
    /// Start the demo.
    StartDemo,
    /// Open the file of the dashboard in the user's editor.
    OpenInEditor,
    /// Edit the text of the prompt in the user's editor.
    EditText,
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
    /// Quit the program, which kiosk mode refuses: whoever passes a wall display may touch its keyboard.
    QuitFromDashboard,
    /// Close the open prompt, dialog or view.
    Cancel,
    /// Accept the input or the selection.
    Accept,
    /// Move in the open dialog in this direction.
    MoveInDialog(Direction),
    /// Move the focus to the next part of the dialog or, with -1, to the previous one.
    CycleFocus(isize),
    /// Edit the focused input.
    EditInput(InputEdit),
    /// Paste this text into the focused input.
    Paste(String),
    /// Select the part of the payload with this path, which was clicked on this row of the view, or fold or unfold it.
    SelectPart(String, usize),
    /// Show everything below what is selected, or nothing.
    UnfoldBelow(bool),
    /// Select the option with this index.
    SelectOption(usize),
    /// Select the option with this index and accept it.
    AcceptOption(usize),
    /// Set the slider to this fraction of its range, 0 to 1.
    SetSlider(f64),
}

impl Action {
    /// Returns whether it is about the mouse button that is pressed on a tile.
    pub(super) const fn is_of_pointer(&self) -> bool {
        matches!(self, Self::PointerDown(_) | Self::PressPad(..) | Self::PointerUp(_) | Self::DragTile(_))
    }

    /// Returns whether the action must not run because of an inexact name: it deletes or takes back something, quits,
    /// or acts on a device.
    #[must_use]
    pub(crate) const fn is_risky(&self) -> bool {
        matches!(
            self,
            Self::Press
                | Self::Step(_)
                | Self::PressDemoButton(_)
                | Self::Quit
                | Self::QuitFromDashboard
                | Self::Edit(EditAction::Delete | EditAction::ClearRetained | EditAction::Undo | EditAction::Redo)
        )
    }
}

/// A user intent in the explorer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExploreAction {
    /// Open the explorer.
    Open,
    /// Choose what to subscribe to.
    ChooseFilters,
    /// Select the row that is visible there, and fold or unfold it.
    SelectRow(usize),
    /// Sort by something else.
    Sort,
    /// Copy the topic.
    CopyTopic,
    /// Delete the retained messages of the selected topic and of those below it, or of all topics that were found.
    DeleteRetained(bool),
    /// Restore the retained messages that were deleted last.
    RestoreRetained,
    /// Show the topics with the most messages per second.
    Busiest,
    /// Show no newer messages, or go on; in a payload, mark the selected value for a tile.
    PauseOrMark,
    /// Show an older message of the topic, or a newer one.
    ShowOlder(bool),
    /// Show the message with this number, or select it in a list.
    ShowMessage(u64),
    /// Compare with the message that is shown, or with the one before.
    Compare,
    /// List the messages of the topic and of those below it, or show the topic again.
    ListMessages,
    /// Publish a message to the topic, or to another one.
    Publish,
    /// List the saved messages.
    ListSavedMessages,
    /// Save what is typed as a message.
    SaveMessage,
    /// Delete the selected saved message.
    DeleteSavedMessage,
    /// Save the payload to a file.
    SavePayload,
    /// Choose how the payloads of the topic are decoded.
    ChooseDecoder,
    /// Ask the broker for all retained messages again.
    Refresh,
    /// Close the explorer, or the program if there is nothing else.
    Close,
    /// Add a tile for the topic, or for the selected part of its payload.
    AddTile,
}

/// A user intent about tiles, dashboards or connections.
#[derive(Debug, Clone, PartialEq)]
pub enum EditAction {
    /// Add a tile, a connection or a dashboard.
    Add,
    /// Edit the selected item.
    Edit,
    /// Edit the panel whose row is selected.
    EditPanel,
    /// Move the selected row of a panel up or down, in the form of the panel.
    MoveRow(isize),
    /// Copy the selected item.
    Copy,
    /// Delete the selected item.
    Delete,
    /// Rename the file of the selected dashboard.
    Rename,
    /// Choose what is locked of the selected dashboard.
    ChooseLock,
    /// Undo the last edit of the dashboard.
    Undo,
    /// Redo the last undone edit.
    Redo,
    /// Start moving the selected tile.
    MoveTile,
    /// Move the tile to this index.
    MoveTileTo(usize),
    /// Let the tile that is being moved take this many more columns and rows.
    GrowTile(i64, i64),
    /// Delete the retained messages on the topics of the selected tile.
    ClearRetained,
    /// Open the list of dashboards.
    ListDashboards,
    /// Add a connection profile.
    NewConnection,
    /// Make the selected connection the default at startup, or remove it as the default.
    ToggleDefault,
    /// Test the selected connection or the one in the form.
    TestConnection,
    /// Open the popup of the focused field.
    OpenPicker,
    /// Change the focused field to its next value, or open its popup.
    NextValue,
    /// Overwrite the file that was modified outside mqtt-dash.
    Overwrite,
    /// Discard the edit and reload the file.
    Reload,
    /// Ask whether to trust the certificate that failed verification.
    TrustCertificate,
}

impl EditAction {
    /// Returns whether the action, on the dashboard screen, edits the dashboard or the retained messages
    /// of its topics.
    #[must_use]
    pub(crate) const fn modifies_dashboard(&self) -> bool {
        !matches!(self, Self::ListDashboards | Self::NewConnection | Self::TrustCertificate | Self::ChooseLock)
    }
}
