//! The question whether to open a URL outside the terminal.

use super::{Component, Flow, enlarged_image::EnlargedImage};
use crate::{
    app::{Action, App, Effect, ShellEffect},
    model::time::Time,
};

/// The question whether to open a URL outside the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmOpenUrl {
    /// The URL.
    pub url: String,
}

impl Component for ConfirmOpenUrl {
    fn update(&mut self, action: Action, app: &mut App, _now: Time) -> Flow {
        match action {
            Action::Accept => Flow::Close(vec![Effect::Shell(ShellEffect::OpenUrl(std::mem::take(&mut self.url)))]),
            Action::EnlargeImage if app.selected_tile().is_some() => {
                app.open(EnlargedImage);
                Flow::CLOSE
            }
            Action::Cancel => Flow::CLOSE,
            _ => Flow::STAY,
        }
    }

    fn closes_with_dashboard(&self) -> bool {
        true
    }
}
