//! The event loop: passes events to the [`App`], executes the effects it returns, and draws frames.

mod background;
mod clock;
mod config_watch;
mod connection_plan;
mod connection_test;
mod connections;
#[cfg(feature = "demo")]
mod demo_setup;
mod diff;
mod dispatcher;
#[cfg(test)]
mod edited_lines_tests;
mod effect_handler;
mod event_loop;
mod external_editor;
mod file_service;
mod file_writer;
#[cfg(test)]
mod file_writer_tests;
mod frame_pacing;
mod headless;
#[cfg(not(feature = "images"))]
mod image_service_disabled;
mod import;
mod kept_session;
mod open_url;
mod opening;
mod profile_dashboards;
mod profile_login;
mod profile_store;
mod read_payload;
mod renderer;
mod restored_tabs;
mod runtime_event;
mod save_payload;
#[cfg_attr(not(feature = "scripts"), path = "script_runner_disabled.rs")]
mod script_runner;
mod shell_effects;
mod signals;
mod sleep_inhibitor;
mod undo_history;

use std::collections::BTreeMap;

#[cfg(feature = "demo")]
pub(crate) use self::demo_setup::{join_instructions, start_demo};
pub use self::{
    clock::Clock,
    connection_plan::{ConnectionPlan, ConnectionPlanError},
    effect_handler::EffectHandler,
    profile_store::ProfileStore,
    signals::{ContinueSignal, Signals},
};
pub(crate) use self::{
    dispatcher::Dispatcher,
    headless::{Headless, HeadlessError, stop_reason},
    profile_dashboards::ProfileDashboards,
    profile_login::SecretReading,
    restored_tabs::RestoredTabs,
};
use self::{event_loop::EventLoop, renderer::Renderer};
use crate::{
    app::App,
    model::open_tabs::OpenTabs,
    ui::{
        UiConfig,
        terminal::{Terminal, TerminalError},
    },
};

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

/// The arguments of [`run`].
#[derive(Debug)]
pub(crate) struct RunOptions {
    /// The profiles and dashboards that can be opened later.
    pub profile_store: ProfileStore,
    /// The connections and dashboards that are opened at startup.
    pub plans: Vec<ConnectionPlan>,
    /// What the variables of dashboards stand for, whatever is remembered.
    pub variable_choices: BTreeMap<String, String>,
    /// Theme, key bindings and graphics protocol.
    pub ui_config: UiConfig,
    /// The tabs of the last run, if this one continues it and saves its own ones.
    pub last_tabs: Option<OpenTabs>,
    /// Whether to run in kiosk mode: no header, no editing.
    pub kiosk: bool,
    /// The profile that is selected if no dashboard is opened.
    pub selected_profile: Option<String>,
    /// A notice to show at startup.
    pub initial_notice: Option<String>,
    /// What could not be opened, each in a sentence.
    pub problems: Vec<String>,
    /// A running demo, which [`run`] stops at the end.
    #[cfg(feature = "demo")]
    pub demo: Option<crate::demo::Demo>,
}

/// Opens dashboards in the terminal and runs until the user quits.
///
/// # Errors
/// When the terminal or a signal handler cannot be set up, or the terminal fails later.
pub(crate) async fn run(options: RunOptions) -> Result<ExitReason, TerminalError> {
    // Before the terminal is opened: after that, a signal's default action would leave it in raw mode.
    let (signals, continue_signal) = (Signals::listen()?, ContinueSignal::listen()?);
    let terminal = Terminal::open()?;
    let (dispatcher, ui_config) = start(options, crossterm::terminal::size()?);
    let event_loop = EventLoop::new(dispatcher, Renderer::new(terminal, ui_config), signals, continue_signal);
    let (exit_reason, mut dispatcher) = event_loop.run().await;
    dispatcher.save_state();
    dispatcher.save_tabs();
    dispatcher.close(|_| {}).await;
    exit_reason
}

/// Opens what is open at startup, on a screen of this size.
fn start(options: RunOptions, screen_size: (u16, u16)) -> (Dispatcher, UiConfig) {
    let RunOptions { profile_store, plans, ui_config, kiosk, initial_notice, .. } = options;
    let (decoder_rules, decoder_problem) = profile_store.decoder_rules();
    let problems = profile_store.grants_problem().into_iter().chain(decoder_problem);
    let problems: Vec<String> = problems.chain(options.problems).collect();
    let mut app = new_app(&profile_store, screen_size, kiosk);
    let schemas = decoder_rules.schemas.clone();
    app.load_decoder_rules(decoder_rules);
    app.variable_choices = options.variable_choices;
    app.explorer_limits = ui_config.explorer_limits.clone();
    let mut dispatcher = Dispatcher::new(app, profile_store, Clock::start());
    #[cfg(feature = "demo")]
    let has_saved_state = options.demo.is_none();
    #[cfg(not(feature = "demo"))]
    let has_saved_state = true;
    #[cfg(feature = "demo")]
    if let Some(demo) = options.demo {
        dispatcher.attach_demo(demo);
    }
    dispatcher.effect_handler.watch_config();
    dispatcher.effect_handler.watch_schemas(&schemas);
    if kiosk {
        // Nobody may be there to ask for another attempt.
        dispatcher.effect_handler.connections.retry_refused_logins();
    }
    for plan in plans {
        if has_saved_state {
            dispatcher.open_with_saved_state(plan);
        } else {
            dispatcher.open(plan);
        }
    }
    let app = &mut dispatcher.app;
    app.set_current_tab(0);
    if let Some(tabs) = &options.last_tabs {
        app.arrange_tabs(tabs);
        dispatcher.keep_tabs(tabs.clone());
    }
    let app = &mut dispatcher.app;
    if app.dashboards.is_empty() && app.dashboard_has_focus() && !app.editor_state.connection_entries.is_empty() {
        app.open_connection_list(options.selected_profile.as_deref());
    }
    if let Some(notice) = initial_notice {
        app.notify(notice, dispatcher.clock.now());
    }
    for problem in problems {
        app.report_failure(problem, dispatcher.clock.now());
    }
    (dispatcher, ui_config)
}

fn new_app(profile_store: &ProfileStore, screen_size: (u16, u16), kiosk: bool) -> App {
    let mut app = App::new(screen_size);
    app.set_profiles(profile_store.profiles());
    app.editor_state.dashboard_files = profile_store.dashboard_names();
    app.environment.config_dir = profile_store.config_dir();
    app.grants = profile_store.grants();
    app.remembered = profile_store.remembered();
    app.environment.kiosk = kiosk;
    app.environment.demo_available = cfg!(feature = "demo");
    app
}
