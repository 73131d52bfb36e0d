//! The key bindings of the prompt for a message, and of what opens above it.

use super::{Popup, PublishField};
use crate::{
    app::{
        Action, App, ExploreAction, Screen,
        input_edit::InputEdit,
        key_binding::{KeyBinding, KeyContext, TextInput, key_bindings},
    },
    model::grid::Direction,
};

/// The topic or the payload.
pub(super) const PUBLISH: KeyContext = KeyContext::new("In a message to publish").with_text_input(TextInput::Line);
/// The other fields. Letters do nothing there: they were meant for a text.
pub(super) const PUBLISH_OPTION: KeyContext = KeyContext::new("In an option of a message to publish");
/// The list of saved messages.
pub(super) const SAVED_MESSAGES: KeyContext = KeyContext::new("In the saved messages").with_text_input(TextInput::Line);
/// The holes of a saved message.
pub(super) const HOLES: KeyContext =
    KeyContext::new("In the holes of a saved message").with_text_input(TextInput::Line);

/// Returns what Enter does in a field.
fn send_hint(app: &App) -> Option<&'static str> {
    let Screen::Publish(prompt) = &app.focus else { return None };
    Some(match (prompt.field, prompt.unfolded) {
        (PublishField::Topic, _) => "payload",
        (PublishField::Properties, true) => "fold",
        (PublishField::Properties, false) => "unfold",
        _ => "publish",
    })
}

/// Returns what Enter does in the holes.
fn hole_hint(app: &App) -> Option<&'static str> {
    let Screen::Publish(prompt) = &app.focus else { return None };
    let Some(Popup::Holes(form)) = &prompt.popup else { return None };
    Some(if form.current + 1 < form.holes.len() { "next" } else { "take" })
}

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    PUBLISH {
        "publish-send" ["Enter"] |_| Action::Accept, "publish the message, or go to the payload", (send_hint);
        "publish-next" ["Tab"] |_| Action::CycleFocus(1), "go to the next field", "next field";
        "publish-previous" ["Shift-Tab"] |_| Action::CycleFocus(-1), "go to the previous field";
        "publish-up" ["Up"] |_| Action::MoveInDialog(Direction::Up), "line above, or an earlier message",
            "earlier";
        "publish-down" ["Down"] |_| Action::MoveInDialog(Direction::Down), "line below, or a later message";
        "publish-saved" ["Ctrl-P"] |_| Action::Explore(ExploreAction::ListSavedMessages),
            "choose a saved message", "saved";
        "publish-save" ["Ctrl-S"] |_| Action::Explore(ExploreAction::SaveMessage),
            "save what is typed under a name", "save";
        "publish-new-line" ["Ctrl-J"] |_| Action::EditInput(InputEdit::Insert("\n".to_owned())), "begin a new line",
            "new line";
    }
    PUBLISH_OPTION {
        "option-send" ["Enter"] |_| Action::Accept, "publish the message, or unfold", (send_hint);
        "option-next" ["Tab", "Down"] |_| Action::CycleFocus(1), "go to the next field", "next field";
        "option-previous" ["Shift-Tab", "Up"] |_| Action::CycleFocus(-1), "go to the previous field";
        "option-change" ["Right", "Space"] |_| Action::MoveInDialog(Direction::Right), "change it", "change";
        "option-change-back" ["Left"] |_| Action::MoveInDialog(Direction::Left), "change it back";
        "publish-saved" ["Ctrl-P"] |_| Action::Explore(ExploreAction::ListSavedMessages),
            "choose a saved message", "saved";
        "publish-save" ["Ctrl-S"] |_| Action::Explore(ExploreAction::SaveMessage),
            "save what is typed under a name", "save";
    }
    SAVED_MESSAGES {
        "saved-take" ["Enter"] |_| Action::Accept, "take the message", "take";
        "saved-up" ["Up"] |_| Action::MoveInDialog(Direction::Up), "select the message above";
        "saved-down" ["Down"] |_| Action::MoveInDialog(Direction::Down), "select the message below";
        "saved-page-up" ["PageUp"] |_| Action::MoveInDialog(Direction::PageUp), "move one page up";
        "saved-page-down" ["PageDown"] |_| Action::MoveInDialog(Direction::PageDown), "move one page down";
        "saved-delete" ["Ctrl-D"] |_| Action::Explore(ExploreAction::DeleteSavedMessage),
            "delete the message (asks first)", "delete";
    }
    HOLES {
        "hole-accept" ["Enter"] |_| Action::Accept, "go to the next hole, or take the message", (hole_hint);
        "hole-next" ["Tab", "Down"] |_| Action::CycleFocus(1), "go to the next hole";
        "hole-previous" ["Shift-Tab", "Up"] |_| Action::CycleFocus(-1), "go to the hole before";
    }
};
