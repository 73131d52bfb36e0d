//! The event loop: passes events to the [`App`], executes the effects it returns, and draws frames.

mod background;
mod clock;
mod config_watch;
mod connection_plan;
mod connection_test;
#[cfg(feature = "demo")]
mod demo_setup;
mod diff;

#[cfg(test)]
mod edited_lines_tests;
mod effect_handler;
mod external_editor;
mod file_writer;
#[cfg(test)]
mod file_writer_tests;
mod frame_pacing;
mod headless;
#[cfg(not(feature = "images"))]
mod image_service_disabled;
mod import;
mod open_url;
mod opening;
mod profile_store;
#[cfg_attr(not(feature = "scripts"), path = "script_runner_disabled.rs")]
mod script_runner;
mod shell_effects;
mod signals;
mod sleep_inhibitor;
mod state_saver;
mod undo_history;

use std::time::Duration;

use crossterm::event::{Event as Input, EventStream};
use futures_util::StreamExt;
use tokio::{
    sync::mpsc::{self, Receiver},
    time::{Instant, sleep_until},
};

#[cfg(feature = "demo")]
pub(crate) use self::demo_setup::{join_instructions, start_demo};
pub use self::{
    clock::Clock,
    connection_plan::{ConnectionPlan, ConnectionPlanError},
    effect_handler::EffectHandler,
    headless::HeadlessConnection,
    profile_store::ProfileStore,
    signals::{ContinueSignal, Signals},
};
use self::{external_editor::ExternalEditor, shell_effects::LoopAction, sleep_inhibitor::SleepInhibitor};
use crate::{
    app::{Action, App, Effect, Event, MqttEvent, ShellEvent},
    model::{
        connection::{ConnectionEvent, ConnectionId},
        settings::Settings,
    },
    ui::{
        self, UiConfig,
        frame::FrameEncoder,
        graphics_protocol::GraphicsProtocol,
        image_layer::ImageLayer,
        key_bindings,
        layout::ScreenLayout,
        mouse,
        terminal::{Terminal, TerminalError},
    },
};

/// How long connection events are processed before the keyboard and the screen get their turn.
const CONNECTION_EVENT_BUDGET: Duration = Duration::from_millis(5);
/// How many events may wait for the loop. A connection event carries up to a few hundred messages.
const EVENT_QUEUE_CAPACITY: usize = 32;

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitReason {
    /// The user quit.
    Quit,
    /// The process received the signal with this number.
    Signal(i32),
    /// The terminal is closed or no longer readable.
    TerminalGone,
}

/// The event sources of the loop besides the keyboard.
struct EventSources {
    signals: Signals,
    continue_signal: ContinueSignal,
    connection_events: Receiver<(ConnectionId, ConnectionEvent)>,
    app_events: Receiver<Event>,
    settings: Receiver<Result<Settings, String>>,
}

/// The arguments of [`run`].
#[derive(Debug)]
pub(crate) struct RunOptions {
    /// The profiles and dashboards that can be opened later.
    pub profile_store: ProfileStore,
    /// The connections and dashboards that are opened at startup.
    pub plans: Vec<ConnectionPlan>,
    /// Theme, key bindings and graphics protocol.
    pub ui_config: UiConfig,
    /// Whether to run in kiosk mode: no header, no editing.
    pub kiosk: bool,
    /// The profile that is selected if no dashboard is opened.
    pub selected_profile: Option<String>,
    /// A notice to show at startup.
    pub initial_notice: Option<String>,
    /// A running demo, which [`run`] stops at the end.
    #[cfg(feature = "demo")]
    pub demo: Option<crate::demo::Demo>,
}

/// Opens dashboards in the terminal and runs until the user quits.
///
/// # Errors
/// When the terminal or a signal handler cannot be set up, or the terminal fails later.
pub(crate) async fn run(options: RunOptions) -> Result<ExitReason, TerminalError> {
    let RunOptions { profile_store, plans, ui_config, kiosk, initial_notice, .. } = options;
    let clock = Clock::start();
    // Before the terminal is opened: after that, a signal's default action would leave it in raw mode.
    let (signals, continue_signal) = (Signals::listen()?, ContinueSignal::listen()?);
    let terminal = Terminal::open()?;
    let mut app = App::new(crossterm::terminal::size()?);
    app.set_profiles(profile_store.profiles());
    app.editor_state.dashboard_files = profile_store.dashboard_names();
    app.config_dir = profile_store.config_dir();
    app.granted_fingerprints = profile_store.granted_fingerprints();
    app.kiosk = kiosk;
    app.demo_available = cfg!(feature = "demo");
    let (connection_event_sender, connection_events) = mpsc::channel(EVENT_QUEUE_CAPACITY);
    let (app_event_sender, app_events) = mpsc::channel(EVENT_QUEUE_CAPACITY);
    let mut effect_handler = EffectHandler::new(profile_store, connection_event_sender, app_event_sender.clone());
    #[cfg(feature = "demo")]
    if let Some(demo) = options.demo {
        effect_handler.attach_demo(demo);
    }
    let (settings_sender, settings) = mpsc::channel(1);
    effect_handler.watch_config(app_event_sender, settings_sender);
    for plan in plans {
        let opened = effect_handler.open_connection(plan);
        let saved_state = effect_handler.load_saved_state(opened.connection);
        let mut effects = app.update(Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(opened))), clock.now());
        effects.extend(saved_state.into_iter().flat_map(|event| app.update(event, clock.now())));
        for effect in effects {
            effect_handler.execute(effect);
        }
    }
    app.current_tab = 0;
    if app.dashboards.is_empty() && !app.connection_entries.is_empty() {
        app.open_connection_list(options.selected_profile.as_deref());
    }
    app.demo_running = effect_handler.is_demo_running();
    if let Some(notice) = initial_notice {
        app.notify(notice, clock.now());
    }
    let mut renderer = Renderer {
        terminal,
        screen: FrameEncoder::default(),
        layout: ScreenLayout::default(),
        image_layer: new_image_layer(ui_config.graphics_protocol),
        ui_config,
        next_frame_at: Instant::now(),
        sleep_inhibitor: SleepInhibitor::default(),
    };
    let exit_reason = event_loop(
        &mut app,
        &mut effect_handler,
        &mut renderer,
        &clock,
        EventSources { signals, continue_signal, connection_events, app_events, settings },
    )
    .await;
    drop(renderer);
    for effect in app.save_on_exit(clock.now()) {
        effect_handler.execute(effect);
    }
    effect_handler.close().await;
    exit_reason
}

fn new_image_layer(graphics_protocol: GraphicsProtocol) -> ImageLayer {
    let size = crossterm::terminal::window_size().ok().filter(|size| size.columns > 0 && size.rows > 0);
    let tmux = std::env::var_os("TMUX").is_some_and(|value| !value.is_empty());
    let cell_size = size.map(|size| (size.width / size.columns, size.height / size.rows));
    ImageLayer::new(graphics_protocol, cell_size, tmux)
}

/// Encodes frames and sends them to the terminal.
struct Renderer {
    terminal: Terminal,
    screen: FrameEncoder,
    /// Where the last frame has put things.
    layout: ScreenLayout,
    image_layer: ImageLayer,
    ui_config: UiConfig,
    /// When the next frame may be drawn.
    next_frame_at: Instant,
    sleep_inhibitor: SleepInhibitor,
}

impl Renderer {
    /// Keeps the screen on if the app asks for it. Returns whether the app needs a redraw.
    fn update_sleep_inhibitor(&mut self, app: &mut App, clock: &Clock) -> bool {
        self.sleep_inhibitor.update(app, clock.now());
        app.take_dirty()
    }

    /// Resolves the values of the tiles and sends the next frame.
    fn render_frame(&mut self, app: &mut App, effect_handler: &mut EffectHandler, clock: &Clock) {
        let started = Instant::now();
        for effect in app.resolve_values(clock.now()) {
            effect_handler.execute(effect);
        }
        app.take_dirty();
        let bytes = self.frame_bytes(app, clock);
        app.limit_scroll(self.layout.max_scroll);
        self.next_frame_at = started + frame_pacing::frame_gap(started.elapsed(), bytes.len());
        if !bytes.is_empty() {
            self.terminal.send_frame(bytes);
        }
    }

    /// Returns the bytes that turn the previous frame into the next one.
    fn frame_bytes(&mut self, app: &App, clock: &Clock) -> Vec<u8> {
        let now = clock.now();
        if !self.screen.is_valid_for(app.size) {
            self.image_layer.invalidate();
        }
        self.screen.encode(app.size, |buf| {
            ui::draw(buf, app, &self.ui_config, now, &mut self.layout);
            self.image_layer.render(buf, app, now);
        })
    }

    /// Applies changed settings.
    fn apply_settings(&mut self, settings: &Settings) {
        let previous_protocol = self.ui_config.graphics_protocol;
        self.ui_config.apply_settings(settings);
        if self.ui_config.graphics_protocol != previous_protocol {
            self.image_layer = new_image_layer(self.ui_config.graphics_protocol);
            self.screen.invalidate();
        }
    }

    /// Marks the contents of the terminal as unknown and returns a resize event with its current size.
    fn invalidate_screen(&mut self) -> Result<Event, TerminalError> {
        self.screen.invalidate();
        let (width, height) = crossterm::terminal::size()?;
        Ok(Event::Shell(ShellEvent::Resize(width, height)))
    }
}

async fn event_loop(
    app: &mut App,
    effect_handler: &mut EffectHandler,
    renderer: &mut Renderer,
    clock: &Clock,
    mut sources: EventSources,
) -> Result<ExitReason, TerminalError> {
    let mut input = Some(EventStream::new());
    let mut editor = ExternalEditor::default();
    let mut needs_redraw = true;
    loop {
        needs_redraw |= renderer.update_sleep_inhibitor(app, clock);
        // Read once per round: if the terminal becomes ready later, `frame_written` wakes the loop.
        let ready = renderer.terminal.is_ready();
        let may_draw = needs_redraw && ready && !editor.is_open();
        if may_draw && renderer.next_frame_at <= Instant::now() {
            renderer.render_frame(app, effect_handler, clock);
            needs_redraw = false;
            continue;
        }
        if renderer.terminal.is_closed() {
            return Ok(ExitReason::TerminalGone);
        }
        let wake_at = if may_draw {
            Some(renderer.next_frame_at)
        } else {
            app.next_wakeup(clock.now()).map(|at| clock.instant(at))
        };
        let mut effects = Vec::new();
        tokio::select! {
            biased;
            signal = sources.signals.next() => {
                // Keys such as Ctrl-C belong to the external editor while it runs.
                if !(editor.is_open() && Signals::is_from_keyboard(signal)) {
                    return Ok(ExitReason::Signal(signal));
                }
            }
            () = sources.continue_signal.next(), if !editor.is_open() => {
                Terminal::resume()?;
                effects.extend(app.update(renderer.invalidate_screen()?, clock.now()));
            }
            editor_error = editor.wait_closed() => {
                Terminal::resume()?;
                input = Some(EventStream::new());
                effects.extend(app.update(renderer.invalidate_screen()?, clock.now()));
                if let Some(notice) = editor_error {
                    app.notify(notice, clock.now());
                }
            }
            terminal_input = next_input(&mut input) => match terminal_input {
                Some(Ok(terminal_input)) => {
                    if let Input::Resize(..) = terminal_input {
                        // Also when the size is the same in the end: the contents may be damaged.
                        renderer.screen.invalidate();
                    }
                    if let Some(event) = input_to_event(app, renderer, &terminal_input) {
                        effects.extend(app.update(event, clock.now()));
                    }
                }
                Some(Err(_)) | None => return Ok(ExitReason::TerminalGone),
            },
            Some(first) = sources.connection_events.recv() => {
                effects.extend(handle_connection_events(app, first, &mut sources.connection_events, clock));
            }
            Some(event) = sources.app_events.recv() => {
                effect_handler.observe_event(&event);
                effects.extend(app.update(event, clock.now()));
            }
            Some(loaded) = sources.settings.recv() => match loaded {
                Ok(settings) => {
                    renderer.apply_settings(&settings);
                    needs_redraw = true;
                }
                Err(notice) => app.notify(notice, clock.now()),
            },
            event = effect_handler.next_service_event() => {
                app.demo_running = effect_handler.is_demo_running();
                effects.extend(app.update(event, clock.now()));
            }
            () = renderer.terminal.frame_written(), if !ready => {}
            () = wait_until(wake_at) => effects.extend(app.update(Event::Timer, clock.now())),
        }
        for effect in effects {
            match effect_handler.execute(effect) {
                LoopAction::Continue => {}
                LoopAction::Redraw => renderer.screen.invalidate(),
                LoopAction::Suspend => {
                    Terminal::suspend_process()?;
                    app.update(renderer.invalidate_screen()?, clock.now());
                }
                LoopAction::EditFile(path, line) => {
                    // This process and the editor must not both read the keyboard.
                    input = None;
                    renderer.terminal.suspend().await;
                    if let Err(notice) = editor.open(&path, line) {
                        Terminal::resume()?;
                        input = Some(EventStream::new());
                        app.update(renderer.invalidate_screen()?, clock.now());
                        app.notify(notice, clock.now());
                    }
                }
                LoopAction::Quit => return Ok(ExitReason::Quit),
            }
        }
    }
}

/// Handles a connection event and those that wait behind it, for a limited time, so that keys and frames are
/// not delayed under load.
fn handle_connection_events(
    app: &mut App,
    first: (ConnectionId, ConnectionEvent),
    events: &mut Receiver<(ConnectionId, ConnectionEvent)>,
    clock: &Clock,
) -> Vec<Effect> {
    let until = Instant::now() + CONNECTION_EVENT_BUDGET;
    let mut effects = Vec::new();
    let mut pending = Some(first);
    while let Some((connection, event)) = pending {
        effects.extend(app.update(Event::Mqtt(MqttEvent::Connection(connection, event)), clock.now()));
        pending = if Instant::now() < until { events.try_recv().ok() } else { None };
    }
    effects
}

/// Returns the next terminal event; waits forever while an external editor reads the keyboard.
async fn next_input(input: &mut Option<EventStream>) -> Option<std::io::Result<Input>> {
    match input {
        Some(input) => input.next().await,
        None => std::future::pending().await,
    }
}

async fn wait_until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Turns a terminal event into an event of the app.
fn input_to_event(app: &App, renderer: &Renderer, input: &Input) -> Option<Event> {
    let keymap = &renderer.ui_config.keymap;
    match input {
        Input::Key(key) => key_bindings::action_for_key(app, keymap, key).map(Event::Action),
        Input::Mouse(mouse) => mouse::action_for_mouse(app, &renderer.layout, keymap, *mouse).map(Event::Action),
        Input::Paste(text) => Some(Event::Action(Action::Paste(text.clone()))),
        Input::Resize(width, height) => Some(Event::Shell(ShellEvent::Resize(*width, *height))),
        Input::FocusGained | Input::FocusLost => None,
    }
}
