//! The dashboard and the board on a bench: the demo runs, and the app has `dashboards/esp32.toml` open
//! on a real line to it. The app's clock goes only when something is done.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use mqtt_dash::{
    app::{Action, App, Command, Event, Mode, Opened, Prompt, Sheet},
    demo::{Demo, DemoPlan},
    model::{
        face::Face,
        line::{LineEvent, LineId},
        profile::Secret,
        reading::Reading,
        state::TileState,
        tile::Tile,
        time::Time,
    },
    mqtt::{Link, Login},
    store,
};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

use crate::table::file;

/// Nothing here takes longer, even on a machine that is busy.
const LIMIT: Duration = Duration::from_secs(20);
/// What passes on the app's clock with each thing that is done: more than it holds presses back for.
const MOMENT: Duration = Duration::from_millis(200);

/// The bench.
pub struct Bench {
    pub app: App,
    pub demo: Demo,
    /// What was published, by topic.
    pub published: BTreeMap<String, BTreeSet<String>>,
    link: Link,
    heard: mpsc::Receiver<(LineId, LineEvent)>,
    now: Time,
}

impl Bench {
    /// Switches everything on and waits until every tile shows what the board says by itself.
    pub async fn new() -> Self {
        let demo = Demo::start(DemoPlan::default()).await.unwrap();
        let dashboard = store::read_dashboard("dashboards/esp32.toml", &file("dashboards/esp32.toml"));
        let dashboard = dashboard.unwrap_or_else(|wrong| panic!("{wrong}"));
        let profile = demo.profile();
        let password = profile.password.clone().map(|secret| match secret {
            Secret::Plain(password) => password,
            other => panic!("{other:?}"),
        });
        let login = Login { client_id: "bench".to_owned(), username: profile.username.clone(), password };
        let (events, heard) = mpsc::channel(32);
        let link = Link::open(LineId(0), profile.clone(), login, events);
        let (app, now) = (App::new((200, 60)), Time::from_millis(1_700_000_000_000));
        let mut bench = Self { app, demo, published: BTreeMap::new(), link, heard, now };
        let sheets = vec![Sheet { name: "esp32".to_owned(), path: None, dashboard }];
        bench.update(Event::Opened(Box::new(Opened { line: LineId(0), profile, sheets })));
        let by_itself = |tile: &Tile| !["esp32/demo/button", "esp32/demo/error"].contains(&topic(tile));
        bench
            .until("every tile shows what the board says", |app| {
                app.board()
                    .unwrap()
                    .tiles()
                    .enumerate()
                    .all(|(index, tile)| !by_itself(tile) || at(app, index).1.reading.is_some())
            })
            .await;
        bench
    }

    /// The tile with this number.
    pub fn tile(&self, index: usize) -> (&Tile, &TileState) {
        at(&self.app, index)
    }

    /// How many tiles there are.
    pub fn count(&self) -> usize {
        self.app.board().unwrap().tiles().count()
    }

    /// What is asked, if something is.
    pub fn prompt(&self) -> Option<&Prompt> {
        match &self.app.mode {
            Mode::Prompt(prompt) => Some(prompt),
            _ => None,
        }
    }

    /// Does what a key would do; gives what was published.
    pub fn act(&mut self, action: Action) -> Option<String> {
        self.now = self.now.after(MOMENT);
        self.update(Event::Action(action))
    }

    fn update(&mut self, event: Event) -> Option<String> {
        let mut payload = None;
        let mut commands = self.app.update(event, self.now);
        commands.extend(self.app.settle(self.now));
        for command in commands {
            match command {
                Command::Publish(_, order) => {
                    let text = String::from_utf8(order.payload.to_vec()).unwrap();
                    self.published.entry(order.topic.as_str().to_owned()).or_default().insert(text.clone());
                    payload = Some(text);
                    self.link.publish(order);
                }
                Command::Want(_, wanted) => self.link.want(wanted),
                // Pictures are looked at elsewhere.
                Command::Decode(..) => {}
                other => panic!("{other:?}"),
            }
        }
        payload
    }

    /// Waits until the board has answered what was published on a tile and the tile shows it.
    pub async fn answered(&mut self, index: usize, payload: &str) {
        let (tile, _) = self.tile(index);
        let (name, wanted) = (tile.name.clone(), face(tile, payload));
        self.until(&format!("{name} shows {payload}"), |app| {
            let (tile, state) = at(app, index);
            state.sent.is_none() && tile.face(state.reading.as_ref()).as_ref() == Ok(&wanted)
        })
        .await;
        let (_, state) = self.tile(index);
        assert_eq!(state.fault, None, "{name} {payload}");
    }

    /// Takes what the line says until this holds.
    pub async fn until(&mut self, what: &str, holds: impl Fn(&App) -> bool) {
        let end = Instant::now() + LIMIT;
        while !holds(&self.app) {
            let heard = timeout_at(end, self.heard.recv()).await.ok().flatten();
            let Some((line, said)) = heard.filter(|_| Instant::now() < end) else {
                panic!("not within {LIMIT:?}: {what}; without a value: {:?}", self.blank())
            };
            self.update(Event::Line(line, said));
        }
    }

    /// The tiles that have no value.
    fn blank(&self) -> Vec<&str> {
        let tiles = (0..self.count()).map(|index| self.tile(index));
        tiles.filter(|(_, state)| state.reading.is_none()).map(|(tile, _)| &*tile.name).collect()
    }

    /// Switches everything off.
    pub async fn end(self) {
        self.link.close().await;
        self.demo.stop().await;
    }
}

fn at(app: &App, index: usize) -> (&Tile, &TileState) {
    app.board().unwrap().tile(index).unwrap()
}

/// What a tile watches.
pub fn topic(tile: &Tile) -> &str {
    tile.topic.as_ref().map_or("", |topic| topic.as_str())
}

/// What a tile shows of this payload.
fn face(tile: &Tile, payload: &str) -> Face {
    // The board writes the digits of colours large.
    let text = if payload.starts_with('#') { payload.to_uppercase() } else { payload.to_owned() };
    let reading = Reading { payload: text.as_bytes().into(), text: text.into(), at: Time::default() };
    tile.face(Some(&reading)).unwrap()
}
