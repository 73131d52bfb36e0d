//! Draws frames and sends them to the terminal.

use crossterm::clipboard::CopyToClipboard;
use tokio::time::Instant;

use super::{Clock, dispatcher::Dispatcher, frame_pacing, sleep_inhibitor::SleepInhibitor};
use crate::{
    app::{App, Event, ShellEvent},
    model::settings::Settings,
    ui::{
        self, UiConfig,
        frame::FrameEncoder,
        graphics_protocol::GraphicsProtocol,
        image_layer::ImageLayer,
        layout::ScreenLayout,
        terminal::{Terminal, TerminalError},
    },
};

/// Encodes frames and sends them to the terminal.
pub(super) struct Renderer {
    pub terminal: Terminal,
    pub ui_config: UiConfig,
    /// When the next frame may be drawn.
    pub next_frame_at: Instant,
    /// Where the last frame has put things.
    pub layout: ScreenLayout,
    screen: FrameEncoder,
    image_layer: ImageLayer,
    sleep_inhibitor: SleepInhibitor,
    /// The text to copy with the next frame: one thread writes to the terminal.
    clipboard: Option<String>,
}

impl Renderer {
    pub(super) fn new(terminal: Terminal, ui_config: UiConfig) -> Self {
        Self {
            terminal,
            next_frame_at: Instant::now(),
            layout: ScreenLayout::default(),
            screen: FrameEncoder::default(),
            image_layer: new_image_layer(ui_config.graphics_protocol),
            ui_config,
            sleep_inhibitor: SleepInhibitor::default(),
            clipboard: None,
        }
    }

    /// Keeps the screen on if the app asks for it. Returns whether the app needs a redraw.
    pub(super) fn update_sleep_inhibitor(&mut self, app: &mut App, clock: &Clock) -> bool {
        self.sleep_inhibitor.update(app, clock.now());
        app.take_dirty()
    }

    /// Resolves the values of the tiles and sends the next frame.
    pub(super) fn render_frame(&mut self, dispatcher: &mut Dispatcher) {
        let started = Instant::now();
        dispatcher.resolve_values();
        let app = &mut dispatcher.app;
        app.take_dirty();
        let mut bytes = self.frame_bytes(app, &dispatcher.clock);
        if let Some(text) = self.clipboard.take() {
            bytes.extend(clipboard_sequence(&text));
        }
        app.limit_scroll(self.layout.scroll_extent);
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
        self.screen.encode_with_cursor(app.size, |buf| {
            ui::draw(buf, app, &self.ui_config, now, &mut self.layout);
            self.image_layer.render(buf, app, now);
            self.layout.cursor
        })
    }

    /// Copies a text to the clipboard of the terminal, with the next frame.
    pub(super) fn copy_to_clipboard(&mut self, text: String) {
        self.clipboard = Some(text);
    }

    /// Applies changed settings.
    pub(super) fn apply_settings(&mut self, settings: &Settings) {
        let previous_protocol = self.ui_config.graphics_protocol;
        self.ui_config.apply_settings(settings);
        if self.ui_config.graphics_protocol != previous_protocol {
            self.image_layer = new_image_layer(self.ui_config.graphics_protocol);
            self.screen.invalidate();
        }
    }

    /// Marks the contents of the terminal as unknown: the next frame draws every cell.
    pub(super) fn invalidate(&mut self) {
        self.screen.invalidate();
    }

    /// Marks the contents of the terminal as unknown and returns a resize event with its current size.
    pub(super) fn invalidate_screen(&mut self) -> Result<Event, TerminalError> {
        self.screen.invalidate();
        let (width, height) = crossterm::terminal::size()?;
        Ok(Event::Shell(ShellEvent::Resize(width, height)))
    }
}

/// Returns the control sequence (OSC 52) that copies a text to the clipboard of the terminal. A terminal that does not
/// know it ignores it.
fn clipboard_sequence(text: &str) -> Vec<u8> {
    let mut sequence = Vec::new();
    // Writing to memory does not fail.
    let _ = crossterm::queue!(sequence, CopyToClipboard::to_clipboard_from(text));
    sequence
}

fn new_image_layer(graphics_protocol: GraphicsProtocol) -> ImageLayer {
    let size = crossterm::terminal::window_size().ok().filter(|size| size.columns > 0 && size.rows > 0);
    let tmux = std::env::var_os("TMUX").is_some_and(|value| !value.is_empty());
    let cell_size = size.map(|size| (size.width / size.columns, size.height / size.rows));
    ImageLayer::new(graphics_protocol, cell_size, tmux)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clipboard_gets_the_text_in_base64() {
        assert_eq!(clipboard_sequence("21.4\u{1b}"), b"\x1b]52;c;MjEuNBs=\x1b\\");
    }
}
