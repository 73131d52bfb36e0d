//! The topics of a broker: a tree, and the selected topic beside it. What it shows is in
//! [`Explorer`].

mod bindings;

use super::{Component, Flow, help::Help};
use crate::{
    app::{
        Action, App, Effect, ExploreAction, ShellEffect,
        control_bindings::TEXT_INPUT,
        explorer::{Explorer, Pane, find::Find},
        key_binding::KeyContext,
        payload_format::PayloadFormat,
    },
    model::{
        grid::Direction,
        json_path::json_text,
        time::Time,
        topic_tree::{NodeId, RateUnit},
    },
};

pub(crate) use bindings::BINDINGS;
use bindings::EXPLORER;

/// The topics of a broker.
#[derive(Debug, Clone, Copy, Default)]
pub struct ExplorerScreen;

impl Component for ExplorerScreen {
    fn key_context(&self, app: &App) -> KeyContext {
        let find = app.explorer.as_ref().and_then(|explorer| explorer.find.as_ref());
        if find.is_some_and(|find| find.is_typing) { TEXT_INPUT } else { EXPLORER }
    }

    fn breadcrumb(&self, _app: &App) -> Option<String> {
        Some("Explorer".to_owned())
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        let height = app.explorer_rows();
        match &action {
            Action::ShowHelp => app.open(Help::default()),
            Action::CopyValue => return Flow::Stay(copy_payload(app, now)),
            Action::Explore(ExploreAction::CopyTopic) => return Flow::Stay(copy_topic(app, now)),
            Action::Explore(ExploreAction::AddTile) => return Flow::Stay(app.add_tile_for_topic(now)),
            Action::Explore(ExploreAction::DeleteRetained(all_found)) => app.confirm_delete_retained(*all_found, now),
            Action::Explore(ExploreAction::Publish) => return Flow::Stay(app.open_publish_prompt()),
            Action::Explore(ExploreAction::SavePayload) => app.open_save_prompt(now),
            Action::Explore(ExploreAction::ChooseDecoder) => app.open_decoder_rule(now),
            Action::Explore(ExploreAction::Refresh) => app.refresh_explorer(now),
            Action::Explore(ExploreAction::Close) if app.is_at_end_of_way_back() => {
                return Flow::Stay(vec![Effect::Shell(ShellEffect::Quit)]);
            }
            Action::Explore(ExploreAction::Close) => return self.cancel(app, now),
            Action::Explore(ExploreAction::RestoreRetained) => app.restore_retained(now),
            Action::Explore(ExploreAction::ChooseFilters) => {
                if let Some(connection) = app.explorer.as_ref().map(|explorer| explorer.connection) {
                    app.open_explorer_filters(connection);
                }
            }
            _ => {
                if let Some(explorer) = &mut app.explorer {
                    update_explorer(explorer, action, height, now);
                }
            }
        }
        Flow::STAY
    }

    /// Stops what is being deleted, goes back from the topic to the topics, from what was found to all, or closes the
    /// explorer.
    fn cancel(&mut self, app: &mut App, now: Time) -> Flow {
        if app.stop_retained_job(now) {
            return Flow::STAY;
        }
        match &mut app.explorer {
            Some(explorer) if explorer.pane == Pane::Topic => explorer.pane = Pane::Tree,
            Some(explorer) if explorer.find.is_some() => explorer.end_find(),
            _ if app.dashboards.is_empty() => app.notify("There is no dashboard to go back to: q quits", now),
            _ => return Flow::CLOSE,
        }
        Flow::STAY
    }

    fn is_returned_to(&self, app: &App) -> bool {
        app.explorer.is_some()
    }
}

impl App {
    /// Returns whether Esc leads nowhere from the explorer: it is the only screen, and shows all topics.
    pub(in crate::app) fn is_at_end_of_way_back(&self) -> bool {
        let is_outermost = |explorer: &Explorer| explorer.pane == Pane::Tree && explorer.find.is_none();
        self.dashboards.is_empty() && self.explorer.as_deref().is_none_or(is_outermost)
    }
}

/// Handles the actions that change only what is shown.
fn update_explorer(explorer: &mut Explorer, action: Action, height: usize, now: Time) {
    match action {
        Action::MoveInDialog(direction) => move_in_explorer(explorer, &action, direction, height, now),
        Action::Accept => match &mut explorer.find {
            Some(find) if find.is_typing => find.end_typing(),
            _ if explorer.pane == Pane::Tree => explorer.open_selected(),
            _ => explorer.open_message_below(),
        },
        Action::Filter => {
            explorer.pane = Pane::Tree;
            // While it is typed, `/` is a character; later it begins another search.
            explorer.find = Some(Find::new());
        }
        Action::EditInput(edit) => {
            if let Some(find) = &mut explorer.find {
                find.edit(edit);
            }
        }
        Action::CycleFocus(_) => {
            explorer.pane = if explorer.pane == Pane::Tree { Pane::Topic } else { Pane::Tree };
        }
        Action::SelectOption(index) => {
            explorer.set_format(PayloadFormat::ALL.get(index).copied().unwrap_or(explorer.format));
        }
        Action::Explore(ExploreAction::SelectRow(row)) => {
            let is_selected = explorer.pane == Pane::Tree && explorer.selected_row() == row;
            explorer.pane = Pane::Tree;
            explorer.select_row(row);
            if is_selected || explorer.selected.is_some_and(|node| !is_leaf(explorer, node)) {
                explorer.open_selected();
            }
        }
        Action::UnfoldBelow(unfold) if explorer.pane == Pane::Topic => {
            let payload = explorer.payload_with_parts();
            explorer.cursor.fold_below(!unfold, payload.as_deref());
        }
        Action::UnfoldBelow(unfold) => explorer.unfold_below(unfold),
        Action::SelectPart(path, row) => {
            explorer.pane = Pane::Topic;
            let payload = explorer.payload_with_parts();
            explorer.cursor.click(path, row, payload.as_deref());
        }
        Action::Explore(ExploreAction::Sort) => explorer.sort_by_next(),
        Action::Explore(ExploreAction::Busiest) => {
            explorer.find = Some(Find::busiest(other_unit(explorer)));
            explorer.pane = Pane::Tree;
        }
        Action::Explore(ExploreAction::ShowOlder(is_older)) => drop(explorer.show_older(is_older)),
        Action::Explore(ExploreAction::ShowMessage(number)) => explorer.show_message(number),
        Action::Explore(ExploreAction::Compare) => explorer.toggle_compared(),
        Action::Explore(ExploreAction::ListMessages) => explorer.toggle_messages_below(),
        Action::Explore(ExploreAction::PauseOrMark) => match &mut explorer.below {
            Some(below) => below.toggle_pause(),
            None if explorer.pane == Pane::Topic => explorer.cursor.toggle_marked(),
            None => {}
        },
        _ => {}
    }
}

/// Returns what the busiest topics have most of: messages, or bytes if those with the most messages are shown.
fn other_unit(explorer: &Explorer) -> RateUnit {
    let shown = explorer.find.as_ref().filter(|find| find.finds_levels()).and_then(Find::rate_unit);
    if shown == Some(RateUnit::Messages) { RateUnit::Bytes } else { RateUnit::Messages }
}

fn is_leaf(explorer: &Explorer, node: NodeId) -> bool {
    explorer.find.is_some() || !explorer.tree.has_children(node)
}

fn move_in_explorer(explorer: &mut Explorer, action: &Action, direction: Direction, height: usize, now: Time) {
    match explorer.pane {
        Pane::Topic if explorer.below.is_some() && direction != Direction::Left => {
            if let Some(below) = &mut explorer.below {
                below.move_selection(direction);
            }
        }
        Pane::Topic => {
            let payload = explorer.payload_with_parts();
            let has_moved = explorer.cursor.move_to(action, direction, payload.as_deref());
            if !has_moved {
                explorer.pane = Pane::Tree;
            }
        }
        Pane::Tree => explorer.move_selection(direction, height, now),
    }
}

fn copy_payload(app: &mut App, now: Time) -> Vec<Effect> {
    let Some(explorer) = &app.explorer else { return Vec::new() };
    let Some((topic, message)) = explorer.selected_topic().and_then(|topic| Some((&topic.topic, topic.shown()?)))
    else {
        app.notify("Select a topic that has a message", now);
        return Vec::new();
    };
    if !message.is_whole() {
        app.notify("Not copied: only the beginning of the payload is known until the next message", now);
        return Vec::new();
    }
    match (explorer.cursor.selected_part(Some(message.shown_payload())), std::str::from_utf8(message.shown_payload())) {
        (Ok(Some((path, value))), _) => app.copy_text(&path, json_text(&value), now),
        (Ok(None), Ok(text)) => {
            let (topic, text) = (topic.clone(), text.to_owned());
            app.copy_text(&topic, text, now)
        }
        (Ok(None), Err(_)) => {
            app.notify("The payload is binary, there is no text to copy: S saves it to a file", now);
            Vec::new()
        }
        (Err(sentence), _) => {
            app.notify(sentence, now);
            Vec::new()
        }
    }
}

/// Copies the path of the selected value, or else the topic.
fn copy_topic(app: &mut App, now: Time) -> Vec<Effect> {
    let Some(explorer) = &app.explorer else { return Vec::new() };
    let path = explorer.cursor.path.clone().filter(|_| explorer.pane == Pane::Topic && explorer.format.has_parts());
    match (path, explorer.selected) {
        (Some(path), _) => app.copy_text("path", path, now),
        (None, Some(node)) => {
            let topic = explorer.tree.path(node);
            app.copy_text("topic", topic, now)
        }
        (None, None) => Vec::new(),
    }
}
