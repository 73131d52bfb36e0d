//! The question whether to open a URL outside the terminal.

use super::{Component, Flow, enlarged_image::EnlargedImage};
use crate::{
    app::{
        Action, App, Effect, ShellEffect,
        key_binding::{KeyBinding, KeyContext, key_bindings},
        list::Scroll,
    },
    model::{grid::Direction, time::Time},
};

/// The question whether to open a URL.
const OPEN_URL: KeyContext = KeyContext::new("Before a URL is opened");

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    OPEN_URL {
        "browse-accept" ["Enter"] |_| Action::Accept, "open the URL in the browser", "open";
        "browse-up" ["Up", "k"] |_| Action::MoveInDialog(Direction::Up), "scroll a long URL up";
        "browse-down" ["Down", "j"] |_| Action::MoveInDialog(Direction::Down), "scroll a long URL down";
        "browse-enlarge" ["z"] |_| Action::EnlargeImage, "enlarge the image instead",
            (|app| app.selected_tile()?.1.image.as_ref().map(|_| "enlarge"));
    }
};

/// The question whether to open a URL outside the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmOpenUrl {
    /// The URL.
    pub url: String,
    /// The scroll position.
    pub(crate) scroll: Scroll,
}

impl ConfirmOpenUrl {
    /// Asks whether to open this URL.
    pub(in crate::app) fn new(url: String) -> Self {
        Self { url, scroll: Scroll::default() }
    }
}

impl Component for ConfirmOpenUrl {
    fn key_context(&self, _app: &App) -> KeyContext {
        OPEN_URL
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        self.scroll.update(&action);
        match action {
            Action::Accept if !self.scroll.has_shown_all() => {
                app.notify("Scroll through the whole URL first", now);
                Flow::STAY
            }
            Action::Accept => Flow::Close(vec![Effect::Shell(ShellEffect::OpenUrl(std::mem::take(&mut self.url)))]),
            Action::EnlargeImage if app.selected_tile().is_some() => {
                app.open(EnlargedImage);
                Flow::CLOSE
            }
            _ => Flow::STAY,
        }
    }

    fn scroll(&mut self) -> Option<&mut Scroll> {
        Some(&mut self.scroll)
    }

    fn closes_with_dashboard(&self) -> bool {
        true
    }
}
