//! Two hundred random edits through the forms, down to the file: it still loads and says what the
//! screen says, each edit touches the lines that it means and no other, and taking all of them back
//! gives the very bytes of the beginning.

use std::{fs, path::PathBuf};

use super::{keep::Desk, lines_tests as lines};
use crate::{
    app::{
        Action, App, DashboardFile, EditAction, Effect, Event, OpenedDashboards,
        editing::{EditEffect, EditResult},
    },
    config::{self, AppPaths},
    model::{connection::ConnectionId, grid::Direction, kind, profile::Profile, time::Time},
};

const NOW: Time = Time::from_millis(1_000);

struct Bench {
    app: App,
    desk: Desk,
    pasts: std::collections::HashMap<std::path::PathBuf, super::keep::Past>,
    random: fastrand::Rng,
    path: PathBuf,
    /// How many edits were saved.
    saved: usize,
}

impl Bench {
    /// Wishes something, carries the chores out, and gives what was done back.
    fn act(&mut self, action: Action) {
        let mut commands = self.app.update(Event::Action(action), NOW);
        while let Some(command) = commands.pop() {
            if let Effect::Edit(chore @ (EditEffect::EditDashboard(_) | EditEffect::Undo(_))) = command {
                let edit = match &chore {
                    EditEffect::EditDashboard(change) => Some(change.edit.clone()),
                    _ => None,
                };
                let old = self.text();
                for done in self.desk.carry_out(chore, &mut self.pasts) {
                    assert!(matches!(done, EditResult::Saved { .. }), "{done:?}");
                    commands.extend(self.app.update(Event::EditFinished(Box::new(done)), NOW));
                }
                if let Some(edit) = edit {
                    let new = self.text();
                    self.saved += usize::from(new != old);
                    let stray = lines::stray(&old, &new, &edit);
                    assert_eq!(stray, None, "{edit:?}\n{old}\n-----\n{new}");
                }
            }
        }
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.path).unwrap()
    }

    fn wish(&mut self, wish: EditAction) {
        self.act(Action::Edit(wish));
    }

    fn way(&mut self) -> Direction {
        [Direction::Left, Direction::Right, Direction::Up, Direction::Down, Direction::First, Direction::Last]
            [self.random.usize(0..6)]
    }

    /// Changes some fields of the form that is open, and saves it or, where something is wrong,
    /// leaves it.
    fn fill(&mut self) {
        const TEXTS: [&str; 8] = ["a/b", "x", "$.a", "7", "2.5", "#ff8000", "light1_on", "it's \"so\" #no comment"];
        for _ in 0..self.random.usize(1..4) {
            for _ in 0..self.random.usize(0..20) {
                self.act(Action::CycleFocus(1));
            }
            let text = TEXTS[self.random.usize(0..TEXTS.len())];
            let typed = self
                .app
                .form()
                .and_then(|form| form.focused_field())
                .is_some_and(crate::app::form::FormField::accepts_text);
            if typed {
                self.act(Action::EditInput(tui_input::InputRequest::GoToEnd));
                self.act(Action::EditInput(tui_input::InputRequest::DeleteFromStart));
                self.act(Action::Paste(text.into()));
            } else {
                self.act(Action::MoveInDialog(Direction::Right));
            }
        }
        self.act(Action::Accept);
        while self.app.form().is_some() {
            self.act(Action::Cancel);
        }
    }

    fn edit(&mut self) {
        let way = self.way();
        self.act(Action::MoveSelection(way));
        match self.random.u8(0..10) {
            0..5 => {
                self.wish(EditAction::Edit);
                if self.app.form().is_some() {
                    self.fill();
                }
            }
            5 => {
                self.wish(EditAction::Copy);
                self.wish(EditAction::Edit);
                self.act(Action::Paste(" copied".into()));
                self.act(Action::Accept);
            }
            6 => {
                self.wish(EditAction::Delete);
                self.act(Action::Accept);
            }
            7 => {
                self.wish(EditAction::MoveTile);
                for _ in 0..self.random.usize(1..5) {
                    let way = self.way();
                    self.act(Action::MoveInDialog(way));
                }
                let drops = self.random.bool();
                self.act(if drops { Action::Accept } else { Action::Cancel });
            }
            8 => {
                self.wish(EditAction::Add);
                for _ in 0..self.random.usize(0..kind::all().count()) {
                    self.act(Action::MoveInDialog(Direction::Down));
                }
                self.act(Action::Accept);
                self.fill();
            }
            _ => {
                self.wish(EditAction::ListDashboards);
                self.wish(EditAction::Edit);
                for _ in 0..2 {
                    self.act(Action::CycleFocus(1));
                }
                self.act(Action::MoveInDialog(Direction::Right));
                self.act(Action::Accept);
            }
        }
        self.act(Action::Cancel);
    }
}

/// A file as a person keeps it: comments above each tile, behind its keys, between them, and loose
/// ones between the tiles.
fn kept() -> String {
    let tile = |(number, kind): (usize, Box<dyn kind::TileKind>)| {
        format!(
            "# tile {number}\n[[tile]] # begins {number}\nkind   = '{}' # kind of {number}\n# inside {number}\n\
             name = \"keep {number}\" # name of {number}\n\n# loose {number}\n\n",
            kind.name()
        )
    };
    let tiles: Vec<String> = kind::all().chain(kind::all()).enumerate().map(tile).collect();
    format!("# the head\ntitle = \"T\" # its title\n\n{}", tiles.concat())
}

/// The comments of tiles that are still there, and those that belong to none.
fn comments(bench: &Bench, kept: &str) {
    let now = bench.text();
    let named =
        |number| bench.app.dashboards[0].definition.tiles.iter().any(|tile| tile.name == format!("keep {number}"));
    assert!(now.contains("# the head\n") && now.contains("# its title\n"), "{now}");
    for number in 0..2 * kind::all().count() {
        assert!(now.contains(&format!("# loose {number}\n")), "{number}\n{now}");
        let own = kept.lines().filter(|line| line.starts_with('#') && line.ends_with(&format!(" {number}")));
        for line in own.filter(|_| named(number)) {
            assert!(now.contains(&format!("{line}\n")), "{line}\n{now}");
        }
    }
}

/// Two hundred edits with this seed, and all of them back.
fn two_hundred(seed: u64) {
    const EDITS: usize = 200;
    let text = kept();
    let folder = tempfile::tempdir().unwrap();
    let places = AppPaths::in_folder(folder.path());
    let path = places.dashboard_file("x");
    config::write_atomic(&path, text.as_bytes()).unwrap();
    let mut app = App::new((80, 24));
    let dashboard = config::load_dashboard(&path).unwrap();
    let sheets = vec![DashboardFile { name: "x".into(), path: Some(path.clone()), definition: dashboard }];
    app.update(
        Event::DashboardsOpened(Box::new(OpenedDashboards {
            connection: ConnectionId(0),
            profile: Profile::default(),
            files: sheets,
        })),
        NOW,
    );
    let random = fastrand::Rng::with_seed(seed);
    let desk = Desk { places };
    let mut bench = Bench { app, desk, pasts: std::collections::HashMap::new(), random, path, saved: 0 };
    // One round may save two.
    while bench.saved < EDITS - 1 {
        bench.edit();
        let now = bench.text();
        let loaded = config::read_dashboard("x", &now).unwrap_or_else(|wrong| panic!("{seed}\n{wrong}\n{now}"));
        assert_eq!(loaded, bench.app.dashboards[0].definition, "{seed}");
        comments(&bench, &text);
    }
    assert!(bench.app.undo_counts().0 >= EDITS - 1);
    while bench.app.undo_counts().0 > 0 {
        bench.wish(EditAction::Undo);
    }
    assert_eq!(bench.text(), text, "{seed}");
}

#[test]
fn two_hundred_random_edits_touch_the_lines_that_they_mean() {
    for seed in [7, 1, 2] {
        two_hundred(seed);
    }
}
