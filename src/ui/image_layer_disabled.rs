//! Takes the place of the image layer in builds without the feature `images`: it draws nothing.

use ratatui::buffer::Buffer;

use super::graphics_protocol::GraphicsProtocol;
use crate::{app::App, model::time::Time};

/// A layer without images.
#[derive(Debug)]
pub(crate) struct ImageLayer;

#[expect(clippy::unused_self, reason = "the signatures are those of the layer with images")]
impl ImageLayer {
    /// Creates an empty layer.
    #[must_use]
    pub fn new(_protocol: GraphicsProtocol, _cell_size: Option<(u16, u16)>, _tmux: bool) -> Self {
        Self
    }

    /// Does nothing.
    pub fn invalidate(&mut self) {}

    /// Draws nothing.
    pub fn render(&mut self, _buf: &mut Buffer, _app: &App, _now: Time) {}
}
