//! A tile in full: its value with its statistics, and below it the values, the payload, or the tile itself.

use std::sync::Arc;

use super::{Component, Flow, command_palette::CommandPalette, help::Help};
use crate::{
    app::{
        Action, App, EditAction, Effect,
        key_binding::{KeyBinding, KeyContext, key_bindings},
        list::{Scroll, next_in},
        payload_cursor::PayloadCursor,
        payload_part::PayloadPart,
    },
    model::{
        grid::Direction, id::TileId, json_path::json_text, schema::DynFields as _, tile::Tile, tile_state::TileState,
        tile_value::TimedMessage, time::Time,
    },
};

/// A tile in full.
pub(crate) const DETAIL: KeyContext = KeyContext::new("In a tile in full").with_place_keys();

fn cursor_hint(app: &App) -> Option<&'static str> {
    let super::Screen::Detail(detail) = &app.focus else { return None };
    Some(if detail.part == DetailPart::Payload { "part" } else { "scroll" })
}

fn edit_hint(app: &App) -> Option<&'static str> {
    app.editable().then_some("edit")
}

fn add_hint(app: &App) -> Option<&'static str> {
    let super::Screen::Detail(detail) = &app.focus else { return None };
    (app.editable() && detail.payload.path.is_some()).then_some("add as tile")
}

fn other_tile_hint(app: &App) -> Option<&'static str> {
    (app.current_dashboard()?.tile_count() > 1).then_some("tile")
}

/// The key bindings, in the order of the footer.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    DETAIL {
        "detail-up" ["Up", "k"] |_| Action::MoveInDialog(Direction::Up),
            "scroll up, or select the previous part", (cursor_hint);
        "detail-down" ["Down", "j"] |_| Action::MoveInDialog(Direction::Down),
            "scroll down, or select the next part", (cursor_hint);
        "detail-fold" ["Left", "h"] |_| Action::MoveInDialog(Direction::Left),
            "fold the part, or go to what it is in";
        "detail-unfold" ["Right", "l"] |_| Action::MoveInDialog(Direction::Right),
            "unfold the part, or go into it";
        "detail-fold-all" ["-"] |_| Action::UnfoldBelow(false), "fold everything in the part";
        "detail-unfold-all" ["*"] |_| Action::UnfoldBelow(true), "unfold everything in the part";
        "detail-first" ["Home"] |_| Action::MoveInDialog(Direction::First), "scroll to the beginning";
        "detail-last" ["End"] |_| Action::MoveInDialog(Direction::Last), "scroll to the end";
        "detail-page-up" ["PageUp"] |_| Action::MoveInDialog(Direction::PageUp), "scroll one page up";
        "detail-page-down" ["PageDown"] |_| Action::MoveInDialog(Direction::PageDown), "scroll one page down";
        "detail-next-part" ["Tab"] |_| Action::CycleFocus(1), "go to the values, payload or settings",
            "next part";
        "detail-previous-part" ["Shift-Tab"] |_| Action::CycleFocus(-1), "go back to the part before";
        "tile-next" ["J"] |_| Action::CycleTile(1), "select the next tile", (other_tile_hint);
        "tile-previous" ["K"] |_| Action::CycleTile(-1), "select the previous tile", (other_tile_hint);
        "copy-value" ["y"] |_| Action::CopyValue, "copy the value to the clipboard", "copy";
        "detail-add" ["a"] |_| Action::Edit(EditAction::Add), "add a tile for the selected part",
            (add_hint);
        "edit" ["e"] |_| Action::Edit(EditAction::Edit), "edit the tile", (edit_hint);
        "palette" [":"] |_| Action::OpenCommandPalette, "open the command palette";
        "help" ["?"] |_| Action::ShowHelp, "show this help", "help";
        "detail-close" ["q", "Enter", "i"] |_| Action::Cancel, "close";
    }
};

/// A part of the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DetailPart {
    /// The last values.
    Values,
    /// The newest payload.
    Payload,
    /// The settings of the tile, and what is wrong with it.
    Tile,
}

impl DetailPart {
    /// All parts, in their order.
    pub(crate) const ALL: [Self; 3] = [Self::Values, Self::Payload, Self::Tile];

    /// Returns the heading of the part.
    #[must_use]
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Values => "Values",
            Self::Payload => "Payload",
            Self::Tile => "Tile",
        }
    }
}

/// A tile in full.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The tile.
    pub(crate) tile: TileId,
    /// The part that has the keys.
    pub(crate) part: DetailPart,
    values: Scroll,
    settings: Scroll,
    /// The scroll position of the payload, and the selected part of it.
    pub(crate) payload: PayloadCursor,
}

impl Detail {
    /// Creates the view of a tile.
    pub(in crate::app) fn new(tile: TileId) -> Self {
        Self {
            tile,
            part: DetailPart::Values,
            values: Scroll::default(),
            settings: Scroll::default(),
            payload: PayloadCursor::default(),
        }
    }

    /// Returns the scroll position of a part.
    #[must_use]
    pub(crate) const fn scroll_of(&self, part: DetailPart) -> Scroll {
        match part {
            DetailPart::Values => self.values,
            DetailPart::Payload => self.payload.scroll,
            DetailPart::Tile => self.settings,
        }
    }

    const fn scroll_mut(&mut self) -> &mut Scroll {
        match self.part {
            DetailPart::Values => &mut self.values,
            DetailPart::Payload => &mut self.payload.scroll,
            DetailPart::Tile => &mut self.settings,
        }
    }

    /// Scrolls, selects another part of the payload, or folds it.
    fn move_to(&mut self, action: &Action, direction: Direction, app: &App) {
        if self.part == DetailPart::Payload {
            self.payload.move_to(action, direction, self.newest_payload(app).as_deref());
        } else if !matches!(direction, Direction::Left | Direction::Right) {
            self.scroll_mut().update(action);
        }
    }

    fn newest_payload(&self, app: &App) -> Option<Arc<[u8]>> {
        app.tile(self.tile)?.1.last_message().map(|TimedMessage { message, .. }| message.payload)
    }

    /// Returns the selected part of the payload; `None` if none is selected. If it has gone, a sentence says so.
    fn selected_part(&self, app: &App) -> Result<Option<PayloadPart>, String> {
        if self.part != DetailPart::Payload {
            return Ok(None);
        }
        let shown = self.tile(app).and_then(|(tile, state)| Some((tile, state.last_message()?.message)));
        let selected = self.payload.selected_part(shown.as_ref().map(|(_, message)| &*message.payload))?;
        Ok(selected.zip(shown).map(|((path, value), (tile, message))| PayloadPart {
            topic: message.topic.to_string(),
            path,
            value,
            decode: tile.get("decode"),
            device: String::new(),
            publish_topic: None,
        }))
    }

    fn copy(&self, app: &mut App, now: Time) -> Vec<Effect> {
        match self.selected_part(app) {
            Ok(Some(part)) => app.copy_text(&part.path, json_text(&part.value), now),
            Ok(None) => app.copy_value(self.tile, now),
            Err(missing) => {
                app.notify(missing, now);
                Vec::new()
            }
        }
    }

    /// Returns the tile and its state.
    pub(crate) fn tile<'a>(&self, app: &'a App) -> Option<(&'a Tile, &'a TileState)> {
        app.tile(self.tile)
    }
}

impl Component for Detail {
    fn key_context(&self, _app: &App) -> KeyContext {
        DETAIL
    }

    fn breadcrumb(&self, app: &App) -> Option<String> {
        self.tile(app).map(|(tile, _)| tile.display_name().to_owned())
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        match action {
            Action::MoveInDialog(direction) => self.move_to(&action, direction, app),
            Action::UnfoldBelow(unfold) if self.part == DetailPart::Payload => {
                self.payload.fold_below(!unfold, self.newest_payload(app).as_deref());
            }
            Action::SelectPart(path, row) => {
                self.part = DetailPart::Payload;
                self.payload.click(path, row, self.newest_payload(app).as_deref());
            }
            Action::CycleFocus(offset) => self.part = next_in(&DetailPart::ALL, self.part, offset),
            Action::SelectOption(index) => self.part = DetailPart::ALL.get(index).copied().unwrap_or(self.part),
            Action::CycleTile(offset) => {
                app.cycle_tile(offset);
                if let Some(tile) = app.selected_id().filter(|tile| *tile != self.tile) {
                    *self = Self { part: self.part, ..Self::new(tile) };
                }
            }
            Action::CopyValue => return Flow::Stay(self.copy(app, now)),
            Action::Edit(EditAction::Add) => match self.selected_part(app) {
                Ok(Some(part)) => app.open_form_for_part(&part),
                Ok(None) => return Flow::Stay(app.handle_tile_action(EditAction::Add, now)),
                Err(missing) => app.notify(missing, now),
            },
            Action::Edit(EditAction::Edit) => return Flow::Stay(app.handle_tile_action(EditAction::Edit, now)),
            Action::OpenCommandPalette => app.open(CommandPalette::default()),
            Action::ShowHelp => app.open(Help::default()),
            _ => {}
        }
        Flow::STAY
    }

    fn scroll(&mut self) -> Option<&mut Scroll> {
        Some(self.scroll_mut())
    }

    fn tile(&self) -> Option<TileId> {
        Some(self.tile)
    }

    fn is_returned_to(&self, app: &App) -> bool {
        app.selected_id() == Some(self.tile)
    }

    fn closes_with_dashboard(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::{
        app::{
            DashboardFile, Event, FilesEvent, MqttEvent, OpenedDashboards, Screen, ShellEffect,
            tests::{AppFixture, tile},
        },
        decode,
        model::{
            connection::ConnectionId,
            dashboard::Dashboard,
            press::{Lock, LockLevel},
            profile::Profile,
            value::Value,
        },
    };

    const PATH: &str = "/dashboards/home.toml";
    const PAYLOAD: &[u8] =
        br##"{"temperature":21.4,"state":"ON","color":"#ff8800","nested":{"battery_low":false,"list":[1,2]}}"##;

    fn climate(name: &str) -> Tile {
        let publish = ("publish", Value::Bool(false));
        tile(
            "text",
            &[("name", name.into()), ("topic", "climate/+".into()), ("json_path", "temperature".into()), publish],
        )
    }

    fn open(definition: Dashboard) -> AppFixture {
        let mut fixture = AppFixture::new(Vec::new());
        let file = DashboardFile { name: "home".into(), path: Some(PathBuf::from(PATH)), definition };
        let profile = Profile { name: "hub".into(), ..Profile::default() };
        let opened = OpenedDashboards { connection: ConnectionId(0), profile, files: vec![file], explore: None };
        fixture.app.update(Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(opened))), fixture.now);
        fixture.receive_message("climate/room", PAYLOAD);
        fixture.dispatch(Action::ShowDetail);
        fixture
    }

    fn fixture() -> AppFixture {
        open(Dashboard { tiles: vec![climate("Room"), climate("Hall")], ..Dashboard::default() })
    }

    fn select_part(fixture: &mut AppFixture, path: &str) {
        fixture.dispatch(Action::SelectOption(DetailPart::Payload as usize));
        for _ in 0..20 {
            fixture.dispatch(Action::MoveInDialog(Direction::Down));
            if matches!(&fixture.app.focus, Screen::Detail(detail) if detail.payload.path.as_deref() == Some(path)) {
                return;
            }
        }
        panic!("{path} was not selected: {:?}", fixture.app.focus);
    }

    fn copied(fixture: &mut AppFixture) -> Option<String> {
        match fixture.dispatch(Action::CopyValue).pop() {
            Some(Effect::Shell(ShellEffect::CopyToClipboard(text))) => Some(text),
            None => None,
            other => panic!("{other:?}"),
        }
    }

    fn notice(fixture: &AppFixture) -> &str {
        fixture.app.notice().map_or("", |notice| &notice.text)
    }

    #[test]
    fn value_is_copied_and_in_the_payload_the_selected_part() {
        let mut fixture = fixture();
        assert_eq!(copied(&mut fixture).as_deref(), Some("21.4"));
        assert_eq!(notice(&fixture), "Copied temperature = 21.4");
        select_part(&mut fixture, "$.state");
        assert_eq!(copied(&mut fixture).as_deref(), Some("ON"));
        assert_eq!(notice(&fixture), "Copied $.state = ON");
        select_part(&mut fixture, "$.nested");
        assert_eq!(copied(&mut fixture).as_deref(), Some(r#"{"battery_low":false,"list":[1,2]}"#));
        fixture.dispatch(Action::Cancel);
        assert_eq!(copied(&mut fixture).as_deref(), Some("21.4"), "on the dashboard");
    }

    #[test]
    fn tile_for_a_part_decodes_as_the_tile_does() {
        let mut hall = climate("Hall");
        hall.set("decode", &"hex".into()).unwrap().unwrap();
        let hex = hall.decoders().to_vec();
        let mut fixture = open(Dashboard { tiles: vec![hall], ..Dashboard::default() });
        let hexadecimal = decode::encode(&hex, br#"{"state":"ON"}"#, 0).unwrap().into_owned();
        fixture.receive_message("climate/room", &hexadecimal);
        select_part(&mut fixture, "$.state");
        fixture.dispatch(Action::Edit(EditAction::Add));
        let (draft, _) = fixture.app.form().unwrap().draft_tile().unwrap();
        assert_eq!(draft.get("decode"), Some("hex".into()));
    }

    #[test]
    fn part_that_the_newest_message_has_not_is_neither_copied_nor_added() {
        let mut fixture = fixture();
        select_part(&mut fixture, "$.state");
        fixture.receive_message("climate/room", br#"{"temperature":77}"#);
        assert_eq!(copied(&mut fixture), None);
        assert_eq!(notice(&fixture), "The message has no $.state: select another part");
        fixture.dispatch(Action::Edit(EditAction::Add));
        assert!(matches!(fixture.app.focus, Screen::Detail(_)), "{:?}", fixture.app.focus);
    }

    #[test]
    fn screen_that_was_opened_from_it_leads_back_to_it() {
        let is_open = |fixture: &AppFixture| matches!(fixture.app.focus, Screen::Detail(_));
        for open in [
            Action::Edit(EditAction::Edit),
            Action::Edit(EditAction::Add),
            Action::OpenCommandPalette,
            Action::ShowHelp,
        ] {
            let mut fixture = fixture();
            select_part(&mut fixture, "$.state");
            fixture.dispatch(open.clone());
            assert!(!is_open(&fixture), "{open:?}");
            fixture.dispatch(Action::Cancel);
            if fixture.app.form().is_some() {
                fixture.dispatch(Action::Cancel);
            }
            let Screen::Detail(detail) = &fixture.app.focus else { panic!("{open:?}") };
            assert_eq!(detail.payload.path.as_deref(), Some("$.state"), "{open:?}");
            fixture.dispatch(Action::Cancel);
            assert!(fixture.app.dashboard_has_focus());
        }
        // A form that is saved, too, and one that is opened from another screen.
        let mut fixture = fixture();
        fixture.dispatch(Action::OpenCommandPalette);
        fixture.dispatch(Action::RunFromPalette(Box::new(Action::Edit(EditAction::Edit))));
        assert!(fixture.app.form().is_some());
        fixture.dispatch(Action::Accept);
        assert!(is_open(&fixture), "{:?}", fixture.app.focus);
        // What shows another tile does not.
        select_part(&mut fixture, "$.state");
        fixture.dispatch(Action::Edit(EditAction::Add));
        fixture.dispatch(Action::Accept);
        assert!(fixture.app.dashboard_has_focus(), "the new tile is selected: {:?}", fixture.app.focus);
        fixture.dispatch(Action::ShowDetail);
        fixture.dispatch(Action::OpenCommandPalette);
        fixture.dispatch(Action::RunFromPalette(Box::new(Action::ShowTab(0))));
        assert!(fixture.app.dashboard_has_focus(), "{:?}", fixture.app.focus);
    }

    #[test]
    fn large_value_is_not_copied() {
        let mut fixture = fixture();
        let payload = format!("{{\"temperature\":\"{}\"}}", "x".repeat(70_000));
        fixture.receive_message("climate/room", payload.as_bytes());
        assert_eq!(copied(&mut fixture), None);
        assert!(notice(&fixture).starts_with("Not copied: 68.4 KiB is too large"), "{}", notice(&fixture));
    }

    #[test]
    fn selected_part_becomes_a_tile_of_a_fitting_kind() {
        for (path, kind, name, on) in [
            ("$.temperature", "text", "Temperature", None),
            ("$.state", "switch", "State", Some("ON")),
            ("$.color", "color", "Color", None),
            ("$.nested.battery_low", "switch", "Battery low", Some("true")),
            ("$.nested.list[1]", "text", "List 1", None),
        ] {
            let mut fixture = fixture();
            select_part(&mut fixture, path);
            fixture.dispatch(Action::Edit(EditAction::Add));
            let form = fixture.app.form().unwrap_or_else(|| panic!("{path}: {:?}", fixture.app.focus));
            assert!(form.errors.is_empty(), "{path}: {:?}", form.errors);
            assert!(!form.changed(), "{path}: there is nothing to lose");
            let (tile, _) = form.draft_tile().unwrap();
            assert_eq!((tile.kind.name(), tile.name.as_str()), (kind, name));
            assert_eq!(tile.topic.as_ref().unwrap().to_string(), "climate/room");
            assert_eq!(tile.json_path.as_ref().unwrap().as_str(), path);
            assert_eq!(tile.target_topic(), None, "{path}: it only shows");
            let payload = tile.kind.get("on");
            assert_eq!(payload, on.map(Value::from).filter(|_| kind == "switch"), "{path}");
            let effects = fixture.dispatch(Action::Accept);
            assert!(matches!(effects.as_slice(), [.., Effect::Files(_)] | [Effect::Files(_), ..]), "{effects:?}");
        }
    }

    #[test]
    fn locked_dashboard_says_why_it_is_not_edited() {
        let mut fixture =
            open(Dashboard { tiles: vec![climate("Room")], locked: Lock(LockLevel::Layout), ..Dashboard::default() });
        select_part(&mut fixture, "$.state");
        for action in [EditAction::Add, EditAction::Edit] {
            fixture.dispatch(Action::Edit(action));
            assert!(matches!(fixture.app.focus, Screen::Detail(_)));
            assert!(notice(&fixture).starts_with("This dashboard is locked"), "{}", notice(&fixture));
        }
    }

    #[test]
    fn view_closes_when_its_tile_is_gone_and_follows_it_when_it_moves() {
        let mut fixture = fixture();
        let reload = |fixture: &mut AppFixture, tiles: Vec<Tile>| {
            let definition = Dashboard { tiles, ..Dashboard::default() };
            let changed = FilesEvent::DashboardChanged(PathBuf::from(PATH), Box::new(Ok(definition)));
            fixture.app.update(Event::Files(changed), fixture.now);
            fixture.app.focus.breadcrumb(&fixture.app)
        };
        assert_eq!(reload(&mut fixture, vec![climate("Hall"), climate("Room")]).as_deref(), Some("Room"));
        assert_eq!(fixture.app.dashboards[1].selected, 1);
        assert_eq!(reload(&mut fixture, vec![climate("Hall")]), None);
        assert!(notice(&fixture).contains("deleted meanwhile"), "{}", notice(&fixture));
    }
}
