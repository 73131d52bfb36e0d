//! Random edits through the forms, down to the file. After each edit the file loads and matches the app,
//! and only the intended lines have changed. Undoing all edits restores the original bytes.

use std::{fs, path::PathBuf, time::Duration};

use super::{edited_lines_tests, file_writer::EditExecutor};
use crate::{
    app::{
        Action, App, DashboardFile, EditAction, Effect, Event, FilesEffect, FilesEvent, MqttEvent, OpenedDashboards,
    },
    config::{self, AppPaths},
    model::{connection::ConnectionId, grid::Direction, kind, profile::Profile, time::Time},
};

struct RandomEditFixture {
    app: App,
    executor: EditExecutor,
    undo_history: super::undo_history::UndoHistory,
    random: fastrand::Rng,
    path: PathBuf,
    /// The number of edits that were saved.
    saved: usize,
    now: Time,
}

impl RandomEditFixture {
    /// Dispatches an action, executes the edit effects it causes, and passes their results to the app.
    fn dispatch(&mut self, action: Action) {
        // A key that comes sooner counts as held.
        self.now = self.now.saturating_add(Duration::from_millis(150));
        let mut effects = self.app.update(Event::Action(action), self.now);
        while let Some(effect) = effects.pop() {
            if let Effect::Files(edit_effect @ (FilesEffect::EditDashboard(_) | FilesEffect::Undo(_))) = effect {
                let edit = match &edit_effect {
                    FilesEffect::EditDashboard(change) => Some(change.edit.clone()),
                    _ => None,
                };
                let old = self.text();
                for result in self.executor.execute(edit_effect, &mut self.undo_history) {
                    assert!(matches!(result, FilesEvent::Saved { .. }), "{result:?}");
                    effects.extend(self.app.update(Event::Files(result), self.now));
                }
                if let Some(edit) = edit {
                    let new = self.text();
                    self.saved += usize::from(new != old);
                    let unexpected = edited_lines_tests::unexpected_change(&old, &new, &edit);
                    assert_eq!(unexpected, None, "{edit:?}\n{old}\n-----\n{new}");
                }
            }
        }
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.path).unwrap()
    }

    fn dispatch_edit(&mut self, action: EditAction) {
        self.dispatch(Action::Edit(action));
    }

    fn random_direction(&mut self) -> Direction {
        [Direction::Left, Direction::Right, Direction::Up, Direction::Down, Direction::First, Direction::Last]
            [self.random.usize(0..6)]
    }

    /// Changes random fields of the open form, then saves it, or cancels it if a field is invalid.
    fn fill_form(&mut self) {
        const TEXTS: [&str; 8] = ["a/b", "x", "$.a", "7", "2.5", "#ff8000", "light1_on", "it's \"so\" #no comment"];
        for _ in 0..self.random.usize(1..4) {
            for _ in 0..self.random.usize(0..20) {
                self.dispatch(Action::CycleFocus(1));
            }
            let text = TEXTS[self.random.usize(0..TEXTS.len())];
            let accepts_text = self
                .app
                .form()
                .and_then(|form| form.focused_field())
                .is_some_and(crate::app::form::FormField::accepts_text);
            if accepts_text {
                self.dispatch(Action::EditInput(tui_input::InputRequest::GoToEnd.into()));
                self.dispatch(Action::EditInput(tui_input::InputRequest::DeleteFromStart.into()));
                self.dispatch(Action::Paste(text.into()));
            } else {
                self.dispatch(Action::MoveInDialog(Direction::Right));
            }
        }
        self.dispatch(Action::Accept);
        while self.app.form().is_some() {
            self.dispatch(Action::Cancel);
        }
    }

    fn make_random_edit(&mut self) {
        let direction = self.random_direction();
        self.dispatch(Action::MoveSelection(direction));
        match self.random.u8(0..10) {
            0..5 => {
                self.dispatch_edit(EditAction::Edit);
                if self.app.form().is_some() {
                    self.fill_form();
                }
            }
            5 => {
                self.dispatch_edit(EditAction::Copy);
                self.dispatch_edit(EditAction::Edit);
                self.dispatch(Action::Paste(" copied".into()));
                self.dispatch(Action::Accept);
            }
            6 => {
                self.dispatch_edit(EditAction::Delete);
                self.dispatch(Action::Accept);
            }
            7 => {
                self.dispatch_edit(EditAction::MoveTile);
                for _ in 0..self.random.usize(1..5) {
                    let direction = self.random_direction();
                    self.dispatch(Action::MoveInDialog(direction));
                }
                let accepts = self.random.bool();
                self.dispatch(if accepts { Action::Accept } else { Action::Cancel });
            }
            8 => {
                self.dispatch_edit(EditAction::Add);
                for _ in 0..self.random.usize(0..kind::all().count()) {
                    self.dispatch(Action::MoveInDialog(Direction::Down));
                }
                self.dispatch(Action::Accept);
                self.fill_form();
            }
            _ => {
                self.dispatch_edit(EditAction::ListDashboards);
                self.dispatch_edit(EditAction::Edit);
                for _ in 0..2 {
                    self.dispatch(Action::CycleFocus(1));
                }
                self.dispatch(Action::MoveInDialog(Direction::Right));
                self.dispatch(Action::Accept);
            }
        }
        self.dispatch(Action::Cancel);
    }
}

/// Returns a file as users write it, with comments above each tile, after its keys, between them, and
/// loose ones between the tiles.
fn commented_dashboard() -> String {
    let tile = |(number, kind): (usize, Box<dyn kind::TileKind>)| {
        let source = match kind.rows() {
            Some(_) => "rows = [{kind = 'text', name = \"row\", topic = \"t\"}]",
            None => "topic = \"t\"",
        };
        format!(
            "# tile {number}\n[[tile]] # begins {number}\nkind   = '{}' # kind of {number}\n# inside {number}\n\
             name = \"keep {number}\" # name of {number}\n{source}\n\n# loose {number}\n\n",
            kind.name()
        )
    };
    let tiles: Vec<String> = kind::all().chain(kind::all()).enumerate().map(tile).collect();
    format!("# the head\ntitle = \"T\" # its title\n\n{}", tiles.concat())
}

/// Asserts that loose comments and the comments of the remaining tiles are still in the file.
fn assert_comments_preserved(fixture: &RandomEditFixture, original: &str) {
    let current = fixture.text();
    let tile_exists =
        |number| fixture.app.dashboards[0].definition.tiles.iter().any(|tile| tile.name == format!("keep {number}"));
    assert!(current.contains("# the head\n") && current.contains("# its title\n"), "{current}");
    for number in 0..2 * kind::all().count() {
        assert!(current.contains(&format!("# loose {number}\n")), "{number}\n{current}");
        let comments = original.lines().filter(|line| line.starts_with('#') && line.ends_with(&format!(" {number}")));
        for line in comments.filter(|_| tile_exists(number)) {
            assert!(current.contains(&format!("{line}\n")), "{line}\n{current}");
        }
    }
}

/// Makes 200 random edits with this seed and undoes all of them.
fn run_random_edits(seed: u64) {
    const EDITS: usize = 200;
    let text = commented_dashboard();
    let folder = tempfile::tempdir().unwrap();
    let paths = AppPaths::in_folder(folder.path());
    let path = paths.dashboard_file("x");
    config::write_atomic(&path, text.as_bytes()).unwrap();
    let now = Time::from_millis(1_000);
    let mut app = App::new((80, 24));
    let definition = config::load_dashboard(&path).unwrap();
    let files = vec![DashboardFile { name: "x".into(), path: Some(path.clone()), definition }];
    app.update(
        Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(OpenedDashboards {
            connection: ConnectionId(0),
            profile: Profile::default(),
            files,
            explore: None,
        }))),
        now,
    );
    let random = fastrand::Rng::with_seed(seed);
    let executor = EditExecutor { paths };
    let mut fixture = RandomEditFixture {
        app,
        executor,
        undo_history: super::undo_history::UndoHistory::default(),
        random,
        path,
        saved: 0,
        now,
    };
    // One call may save two edits.
    while fixture.saved < EDITS - 1 {
        fixture.make_random_edit();
        let current = fixture.text();
        let loaded =
            config::read_dashboard("x", &current).unwrap_or_else(|problems| panic!("{seed}\n{problems}\n{current}"));
        assert_eq!(loaded, fixture.app.dashboards[0].definition, "{seed}");
        assert_comments_preserved(&fixture, &text);
    }
    assert!(fixture.app.undo_counts().0 >= EDITS - 1);
    while fixture.app.undo_counts().0 > 0 {
        fixture.dispatch_edit(EditAction::Undo);
    }
    assert_eq!(fixture.text(), text, "{seed}");
}

#[test]
fn random_edits_touch_only_intended_lines_and_undo_completely() {
    for seed in [7, 1, 2] {
        run_random_edits(seed);
    }
}
