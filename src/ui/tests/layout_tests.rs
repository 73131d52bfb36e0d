//! The layout of a dashboard: spans, sections, tiles of wide or narrow screens, and how they are changed on the screen.

use std::time::Duration;

use super::*;
use crate::{
    app::{EditAction, Effect, FilesEffect, FilesEvent},
    model::edit::DashboardEdit,
};

/// A dashboard, the time, and what edits of it were saved.
struct Fixture {
    app: App,
    now: Time,
    edits: Vec<DashboardEdit>,
}

impl Fixture {
    fn new(dashboard: &str) -> Self {
        let mut app = app_with_dashboard((80, 24), dashboard);
        app.dashboards[0].path = Some("home.toml".into());
        Self { app, now: NOW, edits: Vec::new() }
    }

    fn act(&mut self, action: Action) {
        for effect in self.app.update(Event::Action(action), self.now) {
            if let Effect::Files(FilesEffect::EditDashboard(change)) = effect {
                self.edits.push(change.edit);
            }
        }
    }

    /// Presses the selected tile, after a pause as between two presses of a user.
    fn press(&mut self) {
        self.now = self.now.saturating_add(Duration::from_secs(1));
        self.act(Action::Press);
    }

    fn receive(&mut self, topic: &str, payload: &str) {
        let messages = ConnectionEvent::messages([message(topic, payload.as_bytes())]);
        self.app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), messages)), self.now);
        self.app.resolve_values(self.now);
    }

    fn resize(&mut self, width: u16, height: u16) {
        self.app.update(Event::Shell(ShellEvent::Resize(width, height)), self.now);
    }

    fn selected(&self) -> &str {
        &self.app.selected_tile().expect("a selected tile").0.name
    }

    fn screen(&self) -> String {
        render_with(&self.app, &ui_config(ColorDepth::TrueColor), self.now)
    }

    fn assert_shows(&self, texts: &[&str]) {
        let screen = self.screen();
        for text in texts {
            assert!(screen.contains(text), "{text} is not on the screen:\n{screen}");
        }
    }

    fn assert_hides(&self, texts: &[&str]) {
        let screen = self.screen();
        for text in texts {
            assert!(!screen.contains(text), "{text} is on the screen:\n{screen}");
        }
    }
}

const HOUSE: &str = r#"
    [[tile]]
    kind = "heading"
    name = "Climate"
    note = "ground floor"
    [[tile]]
    kind = "text"
    name = "Kitchen"
    topic = "kitchen"
    [[tile]]
    kind = "text"
    name = "Bath"
    topic = "bath"
    [[tile]]
    kind = "heading"
    name = "Garden"
    folded = true
    [[tile]]
    kind = "switch"
    name = "Pump"
    topic = "pump"
    [[tile]]
    kind = "text"
    name = "Rain"
    topic = "rain"
"#;

#[test]
fn section_is_folded_and_unfolded_by_pressing_its_heading() {
    let mut app = Fixture::new(HOUSE);
    app.assert_shows(&["▾ Climate ─", " ground floor ─", "Kitchen", "Bath", "▸ Garden ─", " 2 tiles ─"]);
    app.assert_hides(&["Pump", "Rain"]);
    app.press();
    app.assert_shows(&["▸ Climate ─", " 2 tiles ─"]);
    app.assert_hides(&["Kitchen"]);
    app.press();
    app.assert_shows(&["▾ Climate ─", "Kitchen"]);
}

#[test]
fn folded_tiles_keep_their_values() {
    let mut app = Fixture::new(HOUSE);
    app.receive("rain", "heavy showers");
    app.act(Action::MoveSelection(Direction::Last));
    assert_eq!(app.selected(), "Garden");
    app.press();
    app.assert_shows(&["Rain", "heavy showers"]);
}

#[test]
fn selection_skips_hidden_tiles() {
    let mut app = Fixture::new(HOUSE);
    let mut walk = Vec::new();
    for _ in 0..5 {
        walk.push(app.selected().to_owned());
        app.act(Action::CycleTile(1));
    }
    assert_eq!(walk, ["Climate", "Kitchen", "Bath", "Garden", "Kitchen"]);
    app.act(Action::CycleTile(-1));
    app.act(Action::MoveSelection(Direction::Left));
    assert_eq!(app.selected(), "Climate", "the arrows reach it");
}

#[test]
fn tile_that_is_found_by_search_is_unfolded() {
    let mut app = Fixture::new(HOUSE);
    app.act(Action::SelectTile(5));
    assert_eq!(app.selected(), "Rain");
    app.assert_shows(&["▾ Garden", "Rain"]);
}

#[test]
fn heading_shows_the_value_of_its_topic() {
    let mut app = Fixture::new("[[tile]]\nkind = \"heading\"\nname = \"Power\"\ntopic = \"watts\"\npostfix = \" W\"");
    app.receive("watts", "230");
    app.assert_shows(&["▾ Power ─", "─ 230 W ─"]);
}

#[test]
fn tile_is_shown_on_screens_of_its_shape_only() {
    let mut app = Fixture::new(
        "[[tile]]\nkind = \"text\"\nname = \"Both\"\ntopic = \"a\"\n\
         [[tile]]\nkind = \"text\"\nname = \"Phone\"\ntopic = \"a\"\nonly = \"narrow\"\n\
         [[tile]]\nkind = \"text\"\nname = \"Desk\"\ntopic = \"a\"\nonly = \"wide\"\n",
    );
    app.assert_shows(&["Both", "Desk"]);
    app.assert_hides(&["Phone"]);
    app.act(Action::MoveSelection(Direction::Last));
    app.resize(40, 12);
    app.assert_shows(&["Both", "Phone"]);
    app.assert_hides(&["Desk"]);
    assert_eq!(app.selected(), "Phone", "the nearest tile that is shown");
}

#[test]
fn list_shows_headings_between_its_rows() {
    let mut app = Fixture::new(HOUSE);
    app.resize(40, 8);
    app.assert_shows(&["▾ Climate", "  Kitchen", "  Bath", "▸ Garden"]);
}

const PAIR: &str =
    "[[tile]]\nkind = \"text\"\nname = \"A\"\ntopic = \"a\"\n[[tile]]\nkind = \"text\"\nname = \"B\"\ntopic = \"b\"\n";

#[test]
fn tile_is_resized_while_it_is_moved() {
    let mut app = Fixture::new(PAIR);
    let width = |app: &Fixture| app.screen().lines().nth(1).map_or(0, |line| line.find('┓').unwrap_or(0));
    let before = width(&app);
    app.act(Action::Edit(EditAction::MoveTile));
    app.act(Action::Edit(EditAction::GrowTile(1, 0)));
    assert!(width(&app) > before, "{}", app.screen());
    app.act(Action::Accept);
    let [DashboardEdit::PlaceTile { from: 0, to: 0, tile }] = &app.edits[..] else { panic!("{:?}", app.edits) };
    assert_eq!(tile.name, "A");
    app.assert_shows(&["A", "B"]);
}

#[test]
fn cancelled_resize_and_move_leave_everything_as_it_was() {
    let mut app = Fixture::new(PAIR);
    let before = app.screen();
    app.act(Action::Edit(EditAction::MoveTile));
    app.act(Action::Edit(EditAction::GrowTile(2, 3)));
    app.act(Action::MoveInDialog(Direction::Right));
    assert_ne!(app.screen(), before);
    app.act(Action::Cancel);
    assert_eq!(app.screen(), before);
    assert_eq!(app.edits, []);
}

impl Fixture {
    fn names(&self) -> Vec<&str> {
        self.app.dashboards[0].tiles().map(|tile| tile.name.as_str()).collect()
    }

    fn move_mode(&mut self, index: usize, directions: &[Direction]) {
        self.act(Action::SelectTile(index));
        self.act(Action::Edit(EditAction::MoveTile));
        for direction in directions {
            self.act(Action::MoveInDialog(*direction));
        }
    }
}

#[test]
fn folded_section_is_moved_as_a_whole() {
    for direction in [Direction::Up, Direction::Left, Direction::First, Direction::PageUp] {
        let mut app = Fixture::new(HOUSE);
        let before = app.screen();
        app.move_mode(3, &[direction]);
        assert_eq!(app.names(), ["Garden", "Pump", "Rain", "Climate", "Kitchen", "Bath"], "{direction:?}");
        app.assert_shows(&["▸ Garden ─", " 2 tiles ─", "Kitchen"]);
        app.act(Action::Cancel);
        assert_eq!(app.names(), ["Climate", "Kitchen", "Bath", "Garden", "Pump", "Rain"]);
        app.act(Action::SelectTile(0));
        assert_eq!(app.screen(), before);
        app.move_mode(3, &[direction, Direction::Right, direction, direction]);
        app.act(Action::Edit(EditAction::GrowTile(1, 0)));
        app.act(Action::Accept);
        assert_eq!(app.names(), ["Garden", "Pump", "Rain", "Climate", "Kitchen", "Bath"], "{direction:?}");
        assert_eq!(app.edits, [DashboardEdit::MoveSection { from: 3, len: 3, to: 0 }]);
    }
}

#[test]
fn folded_section_takes_no_tiles_that_are_above_all_sections() {
    let mut app = Fixture::new(&format!("[[tile]]\nkind = \"text\"\nname = \"Top\"\ntopic = \"t\"\n{HOUSE}"));
    app.move_mode(4, &[Direction::Up, Direction::Up, Direction::First]);
    assert_eq!(app.names(), ["Top", "Garden", "Pump", "Rain", "Climate", "Kitchen", "Bath"]);
}

#[test]
fn tile_that_is_moved_into_a_folded_section_shows_it() {
    let mut app = Fixture::new(HOUSE);
    app.move_mode(2, &[Direction::Right]);
    assert_eq!(app.names(), ["Climate", "Kitchen", "Garden", "Bath", "Pump", "Rain"]);
    app.assert_shows(&["▾ Garden", "Bath", "Pump"]);
    app.act(Action::MoveInDialog(Direction::Left));
    assert_eq!(app.names(), ["Climate", "Kitchen", "Bath", "Garden", "Pump", "Rain"]);
    app.assert_shows(&["▸ Garden", "Bath"]);
    app.assert_hides(&["Pump"]);
    app.act(Action::MoveInDialog(Direction::Right));
    app.act(Action::Accept);
    app.assert_shows(&["▾ Garden", "Bath", "Pump"]);
    assert_eq!((app.selected(), &app.edits[..]), ("Bath", &[DashboardEdit::MoveTile(2, 3)][..]));
}

#[test]
fn open_heading_takes_no_tiles_of_a_folded_section() {
    let mut app = Fixture::new(HOUSE);
    app.move_mode(0, &[Direction::Last]);
    assert_eq!(app.names(), ["Kitchen", "Bath", "Garden", "Pump", "Rain", "Climate"]);
    app.assert_shows(&["▸ Garden ─", " 2 tiles ─", "▾ Climate"]);
    app.act(Action::MoveInDialog(Direction::Up));
    assert_eq!(app.names(), ["Kitchen", "Bath", "Climate", "Garden", "Pump", "Rain"]);
}

#[test]
fn clone_of_a_heading_takes_no_tiles_of_its_section() {
    let mut app = Fixture::new(HOUSE);
    app.act(Action::Edit(EditAction::Copy));
    assert_eq!(app.names(), ["Climate", "Kitchen", "Bath", "Climate", "Garden", "Pump", "Rain"]);
    app.act(Action::SelectTile(4));
    app.act(Action::Edit(EditAction::Copy));
    assert_eq!(app.names()[4..], ["Garden", "Pump", "Rain", "Garden"]);
    assert_eq!(app.app.current_dashboard().unwrap().selected, 7);
}

/// Adds a tile through the list of kinds and the form, and returns the index of its edit.
fn add_text_tile(app: &mut Fixture) -> usize {
    app.act(Action::Edit(EditAction::Add));
    while app.app.form().is_none() {
        app.act(Action::Accept);
    }
    app.act(Action::Paste("New".into()));
    while app.app.form().unwrap().focused_field().unwrap().key.0 != "topic" {
        app.act(Action::CycleFocus(1));
    }
    app.act(Action::Paste("new".into()));
    app.act(Action::Accept);
    match app.edits.pop() {
        Some(DashboardEdit::InsertTile(index, _)) => index,
        edit => panic!("{edit:?}\n{}", app.screen()),
    }
}

#[test]
fn new_tile_goes_after_the_selected_one_and_is_shown() {
    let mut app = Fixture::new(HOUSE);
    for (selected, expected) in [(1, 2), (0, 1), (5, 6), (7, 8)] {
        app.act(Action::SelectTile(selected));
        assert_eq!(add_text_tile(&mut app), expected, "{selected}");
        assert_eq!(app.app.current_dashboard().unwrap().selected, expected);
        app.assert_shows(&["New"]);
    }
}

#[test]
fn sparkline_is_in_tiles_of_the_usual_size_and_survives_a_reload() {
    for kind in ["text", "range", "gauge"] {
        for (tile_size, count, is_shown) in [("small", 20, false), ("medium", 9, true), ("large", 4, true)] {
            // As many as fill the screen, so that no tile is larger.
            let others = "[[tile]]\nkind = \"note\"\ntext = \"x\"\n".repeat(count - 1);
            let text = format!(
                "tile_size = \"{tile_size}\"\n[[tile]]\nkind = \"{kind}\"\nname = \"Heat\"\ntopic = \"t\"\nspark = true\n{others}"
            );
            let mut app = Fixture::new(&text);
            for number in 1..=4 {
                app.receive("t", &(number * 10).to_string());
                app.now = app.now.saturating_add(Duration::from_secs(2));
            }
            assert_eq!(app.screen().contains("▁▁▁▁"), is_shown, "{kind} {tile_size}\n{}", app.screen());
            let mut definition = app.app.dashboards[0].definition.clone();
            definition.tiles[0].name = "Warmth".into();
            let changed = FilesEvent::DashboardChanged("home.toml".into(), Box::new(Ok(definition)));
            app.app.update(Event::Files(changed), app.now);
            app.app.resolve_values(app.now);
            assert_eq!(app.screen().contains("▁▁▁▁"), is_shown, "{kind} {tile_size}\n{}", app.screen());
            app.assert_shows(&["Warmth"]);
            app.act(Action::ShowDetail);
            app.assert_shows(&["bars: last 8 s"]);
        }
    }
}
