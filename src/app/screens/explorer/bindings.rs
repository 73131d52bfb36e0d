//! The key bindings of the explorer.

use crate::{
    app::{
        Action, App, ExploreAction,
        explorer::Pane,
        key_binding::{KeyBinding, KeyContext, key_bindings},
    },
    model::grid::Direction,
};

/// The explorer.
pub(super) const EXPLORER: KeyContext = KeyContext::new("In the explorer").with_place_keys();

fn find_hint(app: &App) -> Option<&'static str> {
    app.explorer.as_ref()?.find.is_none().then_some("find")
}

fn topic_hint(app: &App, hint: &'static str) -> Option<&'static str> {
    app.explorer.as_ref()?.selected_topic().map(|_| hint)
}

fn open_hint(app: &App) -> Option<&'static str> {
    let explorer = app.explorer.as_ref()?;
    let node = explorer.selected.filter(|_| explorer.pane == Pane::Tree)?;
    Some(match explorer.tree.has_children(node) && explorer.find.is_none() {
        true if explorer.tree.is_unfolded(node) => "fold",
        true => "unfold",
        false => "topic",
    })
}

fn space_hint(app: &App) -> Option<&'static str> {
    let explorer = app.explorer.as_ref()?;
    match &explorer.below {
        Some(below) if below.paused.is_some() => Some("go on"),
        Some(_) => Some("pause"),
        None => (explorer.pane == Pane::Topic && explorer.cursor.path.is_some()).then_some("mark"),
    }
}

fn compare_hint(app: &App) -> Option<&'static str> {
    let explorer = app.explorer.as_ref().filter(|explorer| explorer.pane == Pane::Topic)?;
    let topic = explorer.selected_topic().filter(|topic| topic.newest_first().len() > 1)?;
    Some(if topic.compared_number() == Some(topic.shown_number()) { "compare no more" } else { "compare" })
}

fn delete_hint(app: &App) -> Option<&'static str> {
    let explorer = app.explorer.as_ref()?;
    explorer.tree.topic(explorer.selected?)?.is_retained.then_some("delete")
}

/// Returns the hint where only this key leaves: elsewhere Esc goes back, too.
fn quit_hint(app: &App) -> Option<&'static str> {
    app.is_at_end_of_way_back().then_some("quit")
}

/// The key bindings, in the order of the footer.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    EXPLORER {
        "explorer-open" ["Enter"] |_| Action::Accept, "fold or unfold, or go to the topic", (open_hint);
        "explorer-tile" ["t"] |_| Action::Explore(ExploreAction::AddTile), "add a tile for the topic or the value",
            (|app| topic_hint(app, "tile").filter(|_| !app.dashboards.is_empty()));
        "explorer-publish" ["p"] |_| Action::Explore(ExploreAction::Publish), "publish a message", "publish";
        "explorer-find" ["/"] |_| Action::Filter, "find topics by words, rate or payload",
            (find_hint);
        "explorer-help" ["?"] |_| Action::ShowHelp, "show this help", "help";
        "explorer-back" ["q"] |_| Action::Explore(ExploreAction::Close), "go back, or quit", (quit_hint);
        "explorer-copy" ["y"] |_| Action::CopyValue,
            "copy the payload, or the selected value", (|app| topic_hint(app, "copy"));
        "explorer-copy-topic" ["Y"] |_| Action::Explore(ExploreAction::CopyTopic), "copy the topic, or the selected path";
        "explorer-save" ["S"] |_| Action::Explore(ExploreAction::SavePayload), "save the payload to a file";
        "explorer-decoder" ["w"] |_| Action::Explore(ExploreAction::ChooseDecoder), "choose how payloads are decoded";
        "explorer-delete" ["x"] |_| Action::Explore(ExploreAction::DeleteRetained(false)),
            "delete what is retained here and below", (delete_hint);
        "explorer-delete-found" ["X"] |_| Action::Explore(ExploreAction::DeleteRetained(true)),
            "delete it of all topics found";
        "explorer-restore" ["u"] |_| Action::Explore(ExploreAction::RestoreRetained), "restore what was deleted last";
        "explorer-busiest" ["F"] |_| Action::Explore(ExploreAction::Busiest),
            "find the topics with most messages, or bytes", "busiest";
        "explorer-older" ["<"] |_| Action::Explore(ExploreAction::ShowOlder(true)), "show the message before";
        "explorer-newer" [">"] |_| Action::Explore(ExploreAction::ShowOlder(false)), "show the message after it";
        "explorer-compare" ["d"] |_| Action::Explore(ExploreAction::Compare), "compare others with this message",
            (compare_hint);
        "explorer-messages" ["L"] |_| Action::Explore(ExploreAction::ListMessages), "list all messages here and below";
        "explorer-pause" ["Space"] |_| Action::Explore(ExploreAction::PauseOrMark),
            "pause the list, or mark a value for a tile", (space_hint);
        "explorer-refresh" ["r"] |_| Action::Explore(ExploreAction::Refresh), "ask for the retained messages again";
        "explorer-sort" ["o"] |_| Action::Explore(ExploreAction::Sort),
            "sort by name, rate, messages, or newest", "sort";
        "explorer-filters" ["s"] |_| Action::Explore(ExploreAction::ChooseFilters),
            "choose what to subscribe to", "subscribe";
        "explorer-other-pane" ["Tab", "Shift-Tab"] |_| Action::CycleFocus(1),
            "go from the topics to the topic, and back";
        "explorer-up" ["Up", "k"] |_| Action::MoveInDialog(Direction::Up), "select the previous row or value";
        "explorer-down" ["Down", "j"] |_| Action::MoveInDialog(Direction::Down), "select the next row or value";
        "explorer-fold" ["Left", "h"] |_| Action::MoveInDialog(Direction::Left), "fold, or go to what is above";
        "explorer-unfold" ["Right", "l"] |_| Action::MoveInDialog(Direction::Right), "unfold, or go to what is below";
        "explorer-first" ["Home", "g"] |_| Action::MoveInDialog(Direction::First), "select the first row";
        "explorer-last" ["End", "G"] |_| Action::MoveInDialog(Direction::Last), "select the last row";
        "explorer-page-up" ["PageUp"] |_| Action::MoveInDialog(Direction::PageUp), "move one page up";
        "explorer-page-down" ["PageDown"] |_| Action::MoveInDialog(Direction::PageDown), "move one page down";
        "explorer-unfold-all" ["*"] |_| Action::UnfoldBelow(true), "unfold everything below";
        "explorer-fold-all" ["-"] |_| Action::UnfoldBelow(false), "fold everything below";
        "explorer-format" ["1", "2", "3", "4"] Action::SelectOption, "show JSON, text, bytes, or a tree";
    }
};
