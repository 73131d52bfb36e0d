//! The program without its outside: a dashboard, messages, keys and time go in, frames come out.

use std::time::Duration;

use mqtt_dash::{
    app::{Action, App, Command, Event, Opened, Sheet},
    model::{
        face::Face,
        fault::Fault,
        line::{LineEvent, LineId, LineState, Message, Order, Qos},
        profile::Profile,
        time::Time,
    },
    store::read_dashboard,
    ui::{
        self, Look,
        screen::{Screen, plain},
        theme::Depth,
    },
};
use ratatui::{buffer::Buffer, layout::Rect};

/// A dashboard on a line that is up.
pub struct Stage {
    pub app: App,
    pub now: Time,
    look: Look,
    screen: Screen,
}

impl Stage {
    /// A dashboard as its file would have it.
    pub fn new(board: &str) -> Self {
        Self::on(Profile { name: "hub".into(), ..Profile::default() }, board)
    }

    /// A dashboard on the line of a profile.
    pub fn on(profile: Profile, board: &str) -> Self {
        let dashboard = read_dashboard("board.toml", board).unwrap_or_else(|problems| panic!("{problems}"));
        let sheets = vec![Sheet { name: "board".into(), path: Some("board.toml".into()), dashboard }];
        let opened = Opened { line: LineId(0), profile, sheets };
        let look = Look::plain(Depth::True);
        let now = Time::from_millis(1_700_000_000_000);
        let mut stage = Self { app: App::new((80, 24)), now, look, screen: Screen::default() };
        stage.app.update(Event::Opened(Box::new(opened)), now);
        stage.line(LineEvent::State(LineState::Connected));
        stage
    }

    /// The line says something.
    pub fn line(&mut self, said: LineEvent) -> Vec<Command> {
        self.app.update(Event::Line(LineId(0), said), self.now)
    }

    /// A message comes and is worked out.
    pub fn message(&mut self, topic: &str, payload: &[u8]) -> Vec<Command> {
        let message = Message { topic: topic.into(), payload: payload.into(), qos: Qos::AtMostOnce, retain: false };
        self.line(LineEvent::Messages([message].into()));
        self.app.settle(self.now)
    }

    /// Something is wished.
    pub fn act(&mut self, action: Action) -> Vec<Command> {
        self.app.update(Event::Action(action), self.now)
    }

    /// Time goes by.
    pub fn wait(&mut self, millis: u64) -> Vec<Command> {
        self.now = self.now.after(Duration::from_millis(millis));
        self.app.update(Event::Tick, self.now)
    }

    /// The terminal has another size.
    pub fn resize(&mut self, width: u16, height: u16) {
        self.app.update(Event::Resize(width, height), self.now);
    }

    /// What the first tile holds.
    pub fn shown(&self) -> Option<&str> {
        let (_, state) = self.app.board()?.tile(0)?;
        state.reading.as_ref().map(|reading| &*reading.text)
    }

    /// What is wrong with the first tile.
    pub fn fault(&self) -> Option<&Fault> {
        self.app.board()?.tile(0)?.1.fault.as_ref()
    }

    /// The face of the first tile.
    pub fn face(&self) -> Result<Face, Fault> {
        let (tile, state) = self.app.board().and_then(|board| board.tile(0)).expect("a tile");
        tile.face(state.reading.as_ref())
    }

    /// The picture of the screen.
    pub fn picture(&self) -> Buffer {
        let mut buf = Buffer::empty(Rect::new(0, 0, self.app.size.0, self.app.size.1));
        ui::draw(&mut buf, &self.app, &self.look, self.now);
        buf
    }

    /// The screen as text.
    pub fn text(&self) -> String {
        plain(&self.picture())
    }

    /// The words of the screen, without borders and breaks of lines.
    pub fn words(&self) -> String {
        self.text().replace(['┃', '│'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The bytes of the next frame.
    pub fn frame(&mut self) -> Vec<u8> {
        let Self { app, now, look, screen } = self;
        screen.frame(app.size, |buf| ui::draw(buf, app, look, *now))
    }
}

/// The orders among commands.
pub fn orders(commands: Vec<Command>) -> Vec<Order> {
    let order = |command| match command {
        Command::Publish(_, order) => Some(order),
        _ => None,
    };
    commands.into_iter().filter_map(order).collect()
}
