//! The event loop of the terminal: passes keys and other events to the [`Dispatcher`], and draws frames.

use std::io;

use crossterm::event::{Event as Input, EventStream};
use futures_util::StreamExt;
use tokio::time::{Instant, sleep_until};

use super::{
    ContinueSignal, ExitReason, Signals,
    dispatcher::Dispatcher,
    external_editor::{EditorError, ExternalEditor},
    renderer::Renderer,
    runtime_event::RuntimeEvent,
    shell_effects::LoopAction,
};
use crate::{
    app::{Action, App, Event, ExploreAction, ShellEvent},
    ui::{
        key_bindings, mouse,
        terminal::{Terminal, TerminalError},
    },
};

/// The loop and the event sources that belong to the terminal.
pub(super) struct EventLoop {
    dispatcher: Dispatcher,
    renderer: Renderer,
    signals: Signals,
    continue_signal: ContinueSignal,
    /// The keyboard and the mouse; `None` while an external editor reads them.
    input: Option<EventStream>,
    editor: ExternalEditor,
    needs_redraw: bool,
}

/// Why the loop goes on.
enum Wake {
    Signal(i32),
    /// The process was stopped and continues.
    Continued,
    /// The external editor has exited; why it failed.
    EditorClosed(Option<EditorError>),
    Input(Option<io::Result<Input>>),
    /// An event, or the timer.
    Event(Option<RuntimeEvent>),
    /// The terminal is ready for a frame, or the time of the next frame has come.
    Frame,
}

impl EventLoop {
    pub(super) fn new(
        dispatcher: Dispatcher,
        renderer: Renderer,
        signals: Signals,
        continue_signal: ContinueSignal,
    ) -> Self {
        let input = Some(EventStream::new());
        let editor = ExternalEditor::default();
        Self { dispatcher, renderer, signals, continue_signal, input, editor, needs_redraw: true }
    }

    /// Runs until the program ends. Returns the dispatcher, which is still to be closed; the terminal is restored.
    pub(super) async fn run(mut self) -> (Result<ExitReason, TerminalError>, Dispatcher) {
        loop {
            match self.turn().await {
                Ok(None) => {}
                Ok(Some(reason)) => return (Ok(reason), self.dispatcher),
                Err(error) => return (Err(error), self.dispatcher),
            }
        }
    }

    /// Draws a frame if it is time, waits for something to happen, and handles it.
    async fn turn(&mut self) -> Result<Option<ExitReason>, TerminalError> {
        self.needs_redraw |= self.renderer.update_sleep_inhibitor(&mut self.dispatcher.app, &self.dispatcher.clock);
        // Read once per turn: if the terminal becomes ready later, `frame_written` wakes the loop.
        let is_ready = self.renderer.terminal.is_ready();
        let may_draw = self.needs_redraw && is_ready && !self.editor.is_open();
        if may_draw && self.renderer.next_frame_at <= Instant::now() {
            self.renderer.render_frame(&mut self.dispatcher);
            self.needs_redraw = false;
            return Ok(None);
        }
        if self.renderer.terminal.is_closed() {
            return Ok(Some(ExitReason::TerminalGone));
        }
        // The timer is planned again after the frame, which is due in some milliseconds.
        if !may_draw {
            self.dispatcher.plan_timer();
            self.dispatcher.save_changed_tabs();
        }
        let wake = self.wait(may_draw, is_ready).await;
        self.handle(wake).await
    }

    async fn wait(&mut self, may_draw: bool, is_ready: bool) -> Wake {
        let next_frame_at = self.renderer.next_frame_at;
        tokio::select! {
            biased;
            signal = self.signals.next() => Wake::Signal(signal),
            () = self.continue_signal.next(), if !self.editor.is_open() => Wake::Continued,
            error = self.editor.wait_closed() => Wake::EditorClosed(error),
            input = next_input(&mut self.input) => Wake::Input(input),
            event = self.dispatcher.wait() => Wake::Event(event),
            () = self.renderer.terminal.frame_written(), if !is_ready => Wake::Frame,
            () = sleep_until(next_frame_at), if may_draw => Wake::Frame,
        }
    }

    /// Handles why the loop goes on. Returns why it ends, if it does.
    async fn handle(&mut self, wake: Wake) -> Result<Option<ExitReason>, TerminalError> {
        let mut actions = Vec::new();
        let mut event = None;
        match wake {
            Wake::Signal(signal) if self.editor.owns_keyboard_signals() && Signals::is_from_keyboard(signal) => {}
            Wake::Signal(signal) => return Ok(Some(ExitReason::Signal(signal))),
            Wake::Continued => self.resume()?,
            Wake::EditorClosed(error) => actions = self.return_from_editor(error)?,
            Wake::Input(Some(Ok(input))) => actions = self.handle_input(&input),
            Wake::Input(Some(Err(_)) | None) => return Ok(Some(ExitReason::TerminalGone)),
            Wake::Event(received) => event = received,
            Wake::Frame => {}
        }
        actions.extend(self.dispatcher.handle(event));
        for action in actions {
            if let Some(reason) = self.execute(action).await? {
                return Ok(Some(reason));
            }
        }
        Ok(None)
    }

    fn handle_input(&mut self, input: &Input) -> Vec<LoopAction> {
        if let Input::Resize(..) = input {
            // Also when the size is the same in the end: the contents may be damaged.
            self.renderer.invalidate();
        }
        let event = input_to_event(&self.dispatcher.app, &self.renderer, input);
        if self.dispatcher.is_congested() && event.as_ref().is_some_and(needs_files) {
            self.dispatcher
                .app
                .notify("Files are still being saved: try again in a moment", self.dispatcher.clock.now());
            return Vec::new();
        }
        event.map(|event| self.dispatcher.dispatch(event)).unwrap_or_default()
    }

    /// Takes the terminal back and draws everything.
    fn resume(&mut self) -> Result<(), TerminalError> {
        Terminal::resume()?;
        let resize = self.renderer.invalidate_screen()?;
        self.dispatcher.dispatch(resize);
        Ok(())
    }

    /// Continues after the external editor, which failed for this reason, if any. Returns what is left to do.
    fn return_from_editor(&mut self, error: Option<EditorError>) -> Result<Vec<LoopAction>, TerminalError> {
        self.resume()?;
        self.editor.record_return();
        self.input = Some(EventStream::new());
        let text = self.editor.take_text().filter(|_| error.is_none());
        let error = match text {
            Some(Ok(text)) => return Ok(self.dispatcher.dispatch(Event::Shell(ShellEvent::TextEdited(text)))),
            Some(Err(error)) => Some(error),
            None => error,
        };
        if let Some(error) = error {
            self.dispatcher.app.report_failure(error.to_string(), self.dispatcher.clock.now());
        }
        Ok(Vec::new())
    }

    /// Leaves the terminal to an editor: this process and the editor must not both read the keyboard.
    async fn leave_terminal_to_editor(&mut self) {
        self.input = None;
        self.renderer.terminal.suspend().await;
    }

    fn return_if_not_open(&mut self, opened: Result<(), EditorError>) -> Result<(), TerminalError> {
        match opened {
            Ok(()) => Ok(()),
            Err(error) => self.return_from_editor(Some(error)).map(drop),
        }
    }

    /// Executes what an effect has left for the loop. Returns why the loop ends, if it does.
    async fn execute(&mut self, action: LoopAction) -> Result<Option<ExitReason>, TerminalError> {
        match action {
            LoopAction::Continue => {}
            LoopAction::Redraw => self.renderer.invalidate(),
            LoopAction::CopyToClipboard(text) => {
                self.renderer.copy_to_clipboard(text);
                self.needs_redraw = true;
            }
            LoopAction::ApplySettings(settings) => {
                self.renderer.apply_settings(&settings);
                self.needs_redraw = true;
            }
            LoopAction::Suspend => {
                Terminal::suspend_process()?;
                let resize = self.renderer.invalidate_screen()?;
                self.dispatcher.dispatch(resize);
            }
            // The user asked twice before the editor was open.
            LoopAction::EditFile(..) | LoopAction::EditText(_) if self.editor.is_open() => {}
            LoopAction::EditFile(path, line) => {
                self.leave_terminal_to_editor().await;
                let opened = self.editor.open(&path, line);
                self.return_if_not_open(opened)?;
            }
            LoopAction::EditText(text) => {
                self.leave_terminal_to_editor().await;
                let opened = self.editor.open_text(&text);
                self.return_if_not_open(opened)?;
            }
            LoopAction::Quit => return Ok(Some(ExitReason::Quit)),
        }
        Ok(None)
    }
}

/// Returns the next terminal event; waits forever while an external editor reads the keyboard.
async fn next_input(input: &mut Option<EventStream>) -> Option<io::Result<Input>> {
    match input {
        Some(input) => input.next().await,
        None => std::future::pending().await,
    }
}

/// Returns whether an event may need the file service.
fn needs_files(event: &Event) -> bool {
    let Event::Action(action) = event else { return false };
    let action = if let Action::Click(action) = action { action } else { action };
    matches!(
        action,
        Action::Edit(_)
            | Action::Accept
            | Action::AcceptOption(_)
            | Action::RunFromPalette(_)
            | Action::OpenInEditor
            | Action::Explore(ExploreAction::DeleteSavedMessage)
    )
}

/// Turns a terminal event into an event of the app.
fn input_to_event(app: &App, renderer: &Renderer, input: &Input) -> Option<Event> {
    let keymap = &renderer.ui_config.keymap;
    match input {
        Input::Key(key) => key_bindings::action_for_key(app, keymap, key).map(Event::Action),
        Input::Mouse(mouse) => mouse::action_for_mouse(app, &renderer.layout, keymap, *mouse).map(Event::Action),
        Input::Paste(text) => Some(Event::Action(Action::Paste(text.clone()))),
        Input::Resize(width, height) => Some(Event::Shell(ShellEvent::Resize(*width, *height))),
        Input::FocusGained => Some(Event::Shell(ShellEvent::FocusGained)),
        Input::FocusLost => Some(Event::Shell(ShellEvent::FocusLost)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_of_files_wait_until_the_others_are_saved() {
        let needs = |action: Action| needs_files(&Event::Action(action));
        assert!(needs(Action::Accept) && needs(Action::Click(Box::new(Action::Accept))));
        assert!(needs(Action::Explore(ExploreAction::DeleteSavedMessage)));
        assert!(!needs(Action::Explore(ExploreAction::ListSavedMessages)));
    }
}
