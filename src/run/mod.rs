//! The only loop: events in, commands out, frames.

mod alone;
mod awake;
mod background;
mod browse;
mod chores;
mod clock;
mod diff;
mod editor;
mod files;
mod import;
mod keep;
#[cfg(test)]
mod keep_tests;
#[cfg(test)]
mod lines_tests;
mod notebook;
mod opening;
mod outside;
mod pace;
mod scripts;
mod signals;
#[cfg(feature = "demo")]
mod staging;
mod trial;

use std::time::Duration;

use crossterm::event::{Event as Input, EventStream};
use futures_util::StreamExt;
use tokio::{
    sync::mpsc::{self, Receiver},
    time::{Instant, sleep_until},
};

#[cfg(feature = "demo")]
pub use self::staging::{how_to_join, stage_demo};
pub use self::{
    alone::Alone,
    clock::Clock,
    opening::{Opening, OpeningFault, Shelf},
    outside::Outside,
    signals::{Continued, Signals},
};
use self::{awake::Awake, editor::Editor, outside::Next};
use crate::{
    app::{Action, App, Event, Focus},
    model::{
        connection::{ConnectionEvent, ConnectionId},
        settings::Settings,
    },
    ui::{
        self, Look,
        gallery::{Gallery, Images},
        hit, keys,
        screen::Screen,
        terminal::{NoScreen, Terminal},
    },
};

/// How long events of lines are taken between two looks at the keyboard and the screen.
const TURN: Duration = Duration::from_millis(5);
/// Events that wait for the loop: each carries up to some hundred messages.
const WAITING: usize = 32;

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The person quit.
    Quit,
    /// A signal with this number.
    Signal(i32),
    /// The terminal is gone.
    Gone,
}

/// What the loop listens to besides the keyboard.
struct Ears {
    signals: Signals,
    continued: Continued,
    lines: Receiver<(ConnectionId, ConnectionEvent)>,
    others: Receiver<Event>,
    settings: Receiver<Result<Settings, String>>,
}

/// What to begin with.
#[derive(Debug)]
pub struct Start {
    /// What can be opened later.
    pub shelf: Shelf,
    /// What is opened at once.
    pub openings: Vec<Opening>,
    /// How it looks.
    pub look: Look,
    /// Whether it is a screen on a wall.
    pub kiosk: bool,
    /// A sentence to begin with.
    pub greeting: Option<String>,
    /// The demo behind it.
    #[cfg(feature = "demo")]
    pub demo: Option<crate::demo::Demo>,
}

/// Opens dashboards on the screen and runs until the person quits.
///
/// # Errors
/// Says why there is no screen.
pub async fn run(start: Start) -> Result<Ending, NoScreen> {
    let Start { shelf, openings, look, kiosk, greeting, .. } = start;
    let clock = Clock::start();
    // Before the terminal is taken: from then on no signal may end the program by itself.
    let (signals, continued) = (Signals::listen()?, Continued::listen()?);
    let terminal = Terminal::take()?;
    let mut app = App::new(crossterm::terminal::size()?);
    app.set_profiles(shelf.profiles());
    app.editor_state.dashboard_files = shelf.files();
    app.config_dir = shelf.folder();
    app.trusted_fingerprints = shelf.agreed();
    app.kiosk = kiosk;
    app.demo_available = cfg!(feature = "demo");
    let (line_events, lines) = mpsc::channel(WAITING);
    let (other_events, others) = mpsc::channel(WAITING);
    let mut outside = Outside::new(shelf, line_events, other_events.clone());
    #[cfg(feature = "demo")]
    if let Some(demo) = start.demo {
        outside.keep(demo);
    }
    let (new_settings, settings) = mpsc::channel(1);
    outside.watch(other_events, new_settings);
    for opening in openings {
        let opened = outside.open(opening);
        let remembered = outside.remembered(opened.connection);
        let mut commands = app.update(Event::DashboardsOpened(Box::new(opened)), clock.now());
        commands.extend(remembered.into_iter().flat_map(|event| app.update(event, clock.now())));
        for command in commands {
            outside.owe(command);
        }
    }
    app.current_tab = 0;
    if app.dashboards.is_empty() && !app.connection_entries.is_empty() {
        app.focus = Focus::Connections(0);
    }
    app.demo_running = outside.runs_demo();
    if let Some(greeting) = greeting {
        app.notify(greeting, clock.now());
    }
    let mut stage = Stage {
        terminal,
        screen: Screen::default(),
        gallery: gallery(look.images),
        look,
        next: Instant::now(),
        awake: Awake::default(),
    };
    let ending =
        turn(&mut app, &mut outside, &mut stage, &clock, Ears { signals, continued, lines, others, settings }).await;
    drop(stage);
    for command in app.save_on_exit(clock.now()) {
        outside.owe(command);
    }
    outside.close().await;
    ending
}

fn gallery(images: Images) -> Gallery {
    let size = crossterm::terminal::window_size().ok().filter(|size| size.columns > 0 && size.rows > 0);
    let tmux = std::env::var_os("TMUX").is_some_and(|value| !value.is_empty());
    Gallery::new(images, size.map(|size| (size.width / size.columns, size.height / size.rows)), tmux)
}

/// What frames go to.
struct Stage {
    terminal: Terminal,
    screen: Screen,
    gallery: Gallery,
    look: Look,
    /// When the next frame may be drawn.
    next: Instant,
    awake: Awake,
}

impl Stage {
    /// Keeps the screen on, if that is wished; whether something visible has changed.
    fn tend(&mut self, app: &mut App, clock: &Clock) -> bool {
        self.awake.tend(app, clock.now());
        app.take_dirty()
    }

    /// Works out what there is to show, and shows it.
    fn show(&mut self, app: &mut App, outside: &mut Outside, clock: &Clock) {
        let begun = Instant::now();
        for command in app.resolve_values(clock.now()) {
            outside.owe(command);
        }
        app.take_dirty();
        let bytes = self.draw(app, clock);
        self.next = begun + pace::gap(begun.elapsed(), bytes.len());
        if !bytes.is_empty() {
            self.terminal.send(bytes);
        }
    }

    /// The bytes that bring the terminal from the last frame to the next one.
    fn draw(&mut self, app: &App, clock: &Clock) -> Vec<u8> {
        let now = clock.now();
        if !self.screen.knows(app.size) {
            self.gallery.forget();
        }
        self.screen.frame(app.size, |buf| {
            ui::draw(buf, app, &self.look, now);
            self.gallery.hang(buf, app, now);
        })
    }

    /// Takes over what the person has set.
    fn take(&mut self, settings: &Settings) {
        let images = self.look.images;
        self.look.take(settings);
        if self.look.images != images {
            self.gallery = gallery(self.look.images);
            self.screen.forget();
        }
    }

    /// Nothing is known any more of what the terminal shows, nor how large it is: it is asked.
    fn anew(&mut self) -> Result<Event, NoScreen> {
        self.screen.forget();
        let (width, height) = crossterm::terminal::size()?;
        Ok(Event::Resize(width, height))
    }
}

async fn turn(
    app: &mut App,
    outside: &mut Outside,
    stage: &mut Stage,
    clock: &Clock,
    mut ears: Ears,
) -> Result<Ending, NoScreen> {
    let mut input = Some(EventStream::new());
    let mut editor = Editor::default();
    let mut stale = true;
    loop {
        stale |= stage.tend(app, clock);
        // Asked once: if it becomes ready from here on, it says so.
        let ready = stage.terminal.ready();
        let may_draw = stale && ready && !editor.is_open();
        if may_draw && stage.next <= Instant::now() {
            stage.show(app, outside, clock);
            stale = false;
            continue;
        }
        if stage.terminal.gone() {
            return Ok(Ending::Gone);
        }
        let wake = if may_draw { Some(stage.next) } else { app.next_wakeup(clock.now()).map(|at| clock.instant(at)) };
        let mut commands = Vec::new();
        tokio::select! {
            biased;
            signal = ears.signals.next() => {
                // What is typed in an editor is meant for the editor.
                if !(editor.is_open() && Signals::is_typed(signal)) {
                    return Ok(Ending::Signal(signal));
                }
            }
            () = ears.continued.next(), if !editor.is_open() => {
                stage.terminal.retake()?;
                commands.extend(app.update(stage.anew()?, clock.now()));
            }
            wrong = editor.closed() => {
                stage.terminal.retake()?;
                input = Some(EventStream::new());
                commands.extend(app.update(stage.anew()?, clock.now()));
                if let Some(sentence) = wrong {
                    app.notify(sentence, clock.now());
                }
            }
            key = struck(&mut input) => match key {
                Some(Ok(key)) => {
                    if let Input::Resize(..) = key {
                        // Also when it comes back to the same size: what it shows has suffered.
                        stage.screen.forget();
                    }
                    if let Some(event) = heard(app, &stage.look, &key) {
                        commands.extend(app.update(event, clock.now()));
                    }
                }
                Some(Err(_)) | None => return Ok(Ending::Gone),
            },
            Some((line, said)) = ears.lines.recv() => {
                let until = Instant::now() + TURN;
                let mut next = Some((line, said));
                while let Some((line, said)) = next {
                    commands.extend(app.update(Event::Connection(line, said), clock.now()));
                    next = if Instant::now() < until { ears.lines.try_recv().ok() } else { None };
                }
            }
            Some(event) = ears.others.recv() => {
                outside.note(&event);
                commands.extend(app.update(event, clock.now()));
            }
            Some(said) = ears.settings.recv() => match said {
                Ok(settings) => {
                    stage.take(&settings);
                    stale = true;
                }
                Err(sentence) => app.notify(sentence, clock.now()),
            },
            event = outside.arrival() => {
                app.demo_running = outside.runs_demo();
                commands.extend(app.update(event, clock.now()));
            }
            () = stage.terminal.taken(), if !ready => {}
            () = until(wake) => commands.extend(app.update(Event::Tick, clock.now())),
        }
        for command in commands {
            match outside.owe(command) {
                Next::GoOn => {}
                Next::Redraw => stage.screen.forget(),
                Next::Suspend => {
                    stage.terminal.suspend()?;
                    app.update(stage.anew()?, clock.now());
                }
                Next::Edit(path, line) => {
                    // Two must not read one keyboard.
                    input = None;
                    stage.terminal.lend().await;
                    if let Err(sentence) = editor.open(&path, line) {
                        stage.terminal.retake()?;
                        input = Some(EventStream::new());
                        app.update(stage.anew()?, clock.now());
                        app.notify(sentence, clock.now());
                    }
                }
                Next::Quit => return Ok(Ending::Quit),
            }
        }
    }
}

/// The next thing that the terminal says, while it is listened to.
async fn struck(input: &mut Option<EventStream>) -> Option<std::io::Result<Input>> {
    match input {
        Some(input) => input.next().await,
        None => std::future::pending().await,
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// What the keyboard, the mouse and the terminal say.
fn heard(app: &App, look: &Look, input: &Input) -> Option<Event> {
    match input {
        Input::Key(key) => keys::action(app, &look.keys, key).map(Event::Action),
        Input::Mouse(mouse) => hit::action(app, &look.keys, *mouse).map(Event::Action),
        Input::Paste(text) => Some(Event::Action(Action::Paste(text.clone()))),
        Input::Resize(width, height) => Some(Event::Resize(*width, *height)),
        Input::FocusGained | Input::FocusLost => None,
    }
}
