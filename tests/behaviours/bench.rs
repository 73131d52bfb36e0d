//! A dashboard on a screen of paper, with its scripts in a real engine and a clock that is moved by hand.

use std::{sync::Arc, time::Duration};

use mqtt_dash::{
    app::{Action, App, Command, Event, Opened, Sheet},
    exchange,
    model::{
        dashboard::Dashboard,
        line::{LineEvent, LineId, LineState, Message, Order, Qos},
        profile::Profile,
        time::Time,
    },
    script::Engine,
    store,
    ui::{self, Look, theme::Depth},
};
use ratatui::{buffer::Buffer, layout::Rect};

const BEGIN: Time = Time::from_millis(1_700_000_000_000);

/// A dashboard that is open and connected.
pub struct Bench {
    pub app: App,
    engine: Engine,
    now: Time,
    orders: Vec<Order>,
    owed: Vec<Command>,
}

impl Bench {
    /// Opens what the app exported: the tiles of a JSON list, or a single one.
    pub fn exported(tiles: &str) -> Self {
        let list = if tiles.starts_with('[') { tiles.to_owned() } else { format!("[{tiles}]") };
        let imported = exchange::import(list.as_bytes(), false).expect("an export");
        // What is opened is the file that an import writes; low tiles, so that no letter is a picture.
        let low = "tile_size = \"small\"\ncolumns = 1\n";
        Self::file(&format!("{low}{}", exchange::imported_text(&imported)))
    }

    /// Opens a dashboard's file.
    pub fn file(text: &str) -> Self {
        let dashboard = store::read_dashboard("bench.toml", text).expect("a dashboard");
        let mut bench = Self {
            app: App::new((60, 16)),
            engine: Engine::new(Arc::default()).expect("an engine"),
            now: BEGIN,
            orders: Vec::new(),
            owed: Vec::new(),
        };
        bench.app.agreed.extend(dashboard.fingerprint());
        bench.open(dashboard);
        bench
    }

    fn open(&mut self, dashboard: Dashboard) {
        let profile = Profile { name: "hub".into(), ..Profile::default() };
        let path = Some("bench.toml".into());
        let sheets = vec![Sheet { name: "bench".into(), path, dashboard }];
        self.happens(Event::Opened(Box::new(Opened { line: LineId(0), profile, sheets })));
        self.happens(Event::Line(LineId(0), LineEvent::State(LineState::Connected)));
    }

    pub fn happens(&mut self, event: Event) {
        let mut commands = self.app.update(event, self.now);
        commands.extend(self.app.settle(self.now));
        while !commands.is_empty() {
            for command in std::mem::take(&mut commands) {
                match command {
                    Command::Scripts(tile, scripts) => self.engine.set(tile, scripts),
                    Command::Ask(call) => {
                        let outcome = Box::new(self.engine.run(&call));
                        commands.extend(self.app.update(Event::Scripted(outcome), self.now));
                    }
                    Command::Publish(_, order) => self.orders.push(order),
                    other => self.owed.push(other),
                }
            }
            commands.extend(self.app.settle(self.now));
        }
    }

    /// A message comes.
    pub fn comes(&mut self, topic: &str, payload: &str) {
        let message =
            Message { topic: topic.into(), payload: payload.as_bytes().into(), qos: Qos::AtMostOnce, retain: false };
        self.happens(Event::Line(LineId(0), LineEvent::Messages([message].into())));
    }

    pub fn act(&mut self, action: Action) {
        self.happens(Event::Action(action));
    }

    /// Presses the first tile, a second after what was last.
    pub fn press(&mut self) {
        self.wait(Duration::from_secs(1));
        self.act(Action::PressTile(0));
    }

    /// Time goes by, and with it all that is due.
    pub fn wait(&mut self, time: Duration) {
        let until = self.now.after(time);
        while let Some(due) = self.app.wake(self.now).filter(|due| *due <= until) {
            self.now = due.max(self.now);
            self.happens(Event::Tick);
        }
        self.now = until;
        self.happens(Event::Tick);
    }

    /// What was published since this was last asked: topic and payload.
    pub fn published(&mut self) -> Vec<(String, String)> {
        let text = |order: Order| {
            let payload = String::from_utf8(order.payload.to_vec()).expect("text");
            (order.topic.to_string(), payload)
        };
        self.orders.drain(..).map(text).collect()
    }

    /// The orders since this was last asked.
    pub fn orders(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.orders)
    }

    /// What else is owed since this was last asked.
    pub fn owed(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.owed)
    }

    /// What the screen shows now, line by line.
    pub fn screen(&self) -> String {
        let mut buf = Buffer::empty(Rect::new(0, 0, self.app.size.0, self.app.size.1));
        ui::draw(&mut buf, &self.app, &Look::plain(Depth::True), self.now);
        ui::screen::plain(&buf)
    }

    /// Whether all of these stand on the screen.
    pub fn shows(&self, texts: &[&str]) {
        let screen = self.screen();
        for text in texts {
            assert!(screen.contains(text), "{text} is not on the screen:\n{screen}");
        }
    }

    /// Whether none of these stands on the screen.
    pub fn hides(&self, texts: &[&str]) {
        let screen = self.screen();
        for text in texts {
            assert!(!screen.contains(text), "{text} is on the screen:\n{screen}");
        }
    }
}
