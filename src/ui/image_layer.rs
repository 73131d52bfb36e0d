//! Images in the graphics protocols of some terminals: kitty, sixel, iTerm2. They replace the half blocks,
//! which work in every terminal, and are encoded only when they change.

use std::sync::Arc;

use image::{DynamicImage, RgbImage, imageops::FilterType};
use ratatui::{
    buffer::Buffer,
    layout::{Rect, Size},
    widgets::Widget,
};
use ratatui_image::{
    Image,
    protocol::{Protocol, iterm2::Iterm2, kitty::Kitty, sixel::Sixel},
};

use super::{content_area, dialog, graphics_protocol::GraphicsProtocol, tile, tile_grid};
use crate::{
    app::{App, Screen},
    model::{media::DecodedImage, time::Time},
};

/// The assumed size of a cell in pixels if the terminal does not report it.
const DEFAULT_CELL_SIZE: (u16, u16) = (10, 20);
/// The maximum width and height of an encoded image in pixels.
const MAX_SIDE_PIXELS: u32 = 2_048;

/// The image to draw in an area.
struct ImagePlacement<'a> {
    area: Rect,
    image: &'a DecodedImage,
    pixels: &'a Arc<[u8]>,
    image_id: u32,
}

/// An image encoded in a graphics protocol.
struct EncodedImage {
    pixels: Arc<[u8]>,
    area: Rect,
    protocol: Protocol,
}

/// The images on the screen.
pub(crate) struct ImageLayer {
    protocol: GraphicsProtocol,
    cell_size: (u16, u16),
    tmux: bool,
    encoded: Vec<EncodedImage>,
}

impl std::fmt::Debug for ImageLayer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImageLayer")
            .field("protocol", &self.protocol)
            .field("encoded", &self.encoded.len())
            .finish_non_exhaustive()
    }
}

impl ImageLayer {
    /// Creates an image layer for a terminal with this cell size in pixels. `tmux` is whether it runs inside
    /// tmux.
    #[must_use]
    pub fn new(protocol: GraphicsProtocol, cell_size: Option<(u16, u16)>, tmux: bool) -> Self {
        let cell_size = cell_size.filter(|(width, height)| *width > 0 && *height > 0).unwrap_or(DEFAULT_CELL_SIZE);
        Self { protocol, cell_size, tmux, encoded: Vec::new() }
    }

    /// Forgets the encoded images, because the terminal was cleared.
    pub fn invalidate(&mut self) {
        self.encoded.clear();
    }

    /// Draws the visible images over the content of the buffer.
    pub fn render(&mut self, buf: &mut Buffer, app: &App, now: Time) {
        if self.protocol == GraphicsProtocol::HalfBlocks {
            return;
        }
        let mut encoded = Vec::new();
        for placement in image_placements(buf.area, app, now) {
            let cached_index = self
                .encoded
                .iter()
                .position(|image| Arc::ptr_eq(&image.pixels, placement.pixels) && image.area == placement.area);
            let Some(image) =
                cached_index.map(|index| self.encoded.swap_remove(index)).or_else(|| self.encode(&placement))
            else {
                continue;
            };
            let size = image.protocol.size();
            let Rect { x, y, width, height } = placement.area;
            let left = x + width.saturating_sub(size.width) / 2;
            let top = y + height.saturating_sub(size.height) / 2;
            for cell in placement.area.positions() {
                buf[cell].reset();
            }
            Image::new(&image.protocol).render(Rect::new(left, top, size.width, size.height), buf);
            encoded.push(image);
        }
        self.encoded = encoded;
    }

    fn encode(&self, placement: &ImagePlacement) -> Option<EncodedImage> {
        let ImagePlacement { area, image, pixels, image_id } = placement;
        let (size, (width, height)) = fit_image((image.width, image.height), *area, self.cell_size)?;
        let full_image = RgbImage::from_raw(image.width, image.height, pixels.to_vec())?;
        let resized = DynamicImage::ImageRgb8(full_image).resize_exact(width, height, FilterType::Triangle);
        let protocol = match self.protocol {
            GraphicsProtocol::HalfBlocks => return None,
            GraphicsProtocol::Kitty => Protocol::Kitty(Kitty::new(resized, size, *image_id, self.tmux, false).ok()?),
            GraphicsProtocol::Sixel => Protocol::Sixel(Sixel::new(resized, size, self.tmux).ok()?),
            GraphicsProtocol::Iterm2 => Protocol::ITerm2(Iterm2::new(resized, size, self.tmux).ok()?),
        };
        Some(EncodedImage { pixels: Arc::clone(pixels), area: *area, protocol })
    }
}

/// Returns the largest size within an area that keeps the aspect ratio of the image, in cells and in pixels.
fn fit_image((width, height): (u32, u32), area: Rect, cell_size: (u16, u16)) -> Option<(Size, (u32, u32))> {
    let cell_size = (u32::from(cell_size.0), u32::from(cell_size.1));
    let max_size = (
        (u32::from(area.width) * cell_size.0).min(MAX_SIDE_PIXELS),
        (u32::from(area.height) * cell_size.1).min(MAX_SIDE_PIXELS),
    );
    if width == 0 || height == 0 || max_size.0 == 0 || max_size.1 == 0 {
        return None;
    }
    let pixels = if width * max_size.1 <= height * max_size.0 {
        ((width * max_size.1 / height).max(1), max_size.1)
    } else {
        (max_size.0, (height * max_size.0 / width).max(1))
    };
    let to_cells = |pixels: u32, cell: u32| u16::try_from(pixels.div_ceil(cell)).ok();
    Some((Size::new(to_cells(pixels.0, cell_size.0)?, to_cells(pixels.1, cell_size.1)?), pixels))
}

/// Returns the visible images and their areas: those of the tiles, or the enlarged one. There are none while
/// a dialog is open, because it may cover them.
fn image_placements(screen: Rect, app: &App, now: Time) -> Vec<ImagePlacement<'_>> {
    let content_area = content_area(screen);
    let enlarged = || {
        let image = app.selected_tile()?.1.image.as_ref()?;
        let area = dialog::inner_area(content_area, (content_area.width, content_area.height));
        Some(ImagePlacement { area, image, pixels: image.pixels_at(now)?, image_id: 1 })
    };
    match (&app.focus, app.current_dashboard()) {
        (Screen::EnlargedImage(_), _) => enlarged().into_iter().collect(),
        (Screen::Dashboard(_), Some(dashboard)) => (2..)
            .zip(tile_grid::tile_areas(content_area, app, dashboard))
            .filter_map(|(image_id, (index, tile_area))| {
                let (tile, state) = dashboard.tile(index)?;
                let error = app.tile_error(dashboard, tile, state);
                let area =
                    tile::image_area(tile_area, tile, state, error.as_deref(), dashboard.permissions.granted, now)?;
                let image = state.image.as_ref()?;
                Some(ImagePlacement { area, image, pixels: image.pixels_at(now)?, image_id })
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphics_protocol_is_detected_from_environment() {
        for (name, value, expected) in [
            ("KITTY_WINDOW_ID", "1", GraphicsProtocol::Kitty),
            ("TERM_PROGRAM", "iTerm.app", GraphicsProtocol::Iterm2),
            ("TERM", "foot-extra", GraphicsProtocol::Sixel),
            ("TERM", "xterm-256color", GraphicsProtocol::HalfBlocks),
        ] {
            assert_eq!(
                GraphicsProtocol::detect(|requested| (requested == name).then(|| value.to_owned())),
                expected,
                "{value}"
            );
        }
    }

    #[test]
    fn fit_image_keeps_aspect_ratio() {
        let area = Rect::new(0, 0, 20, 5);
        assert_eq!(fit_image((400, 100), area, (10, 20)), Some((Size::new(20, 3), (200, 50))));
        assert_eq!(fit_image((100, 400), area, (10, 20)), Some((Size::new(3, 5), (25, 100))));
        assert_eq!(fit_image((0, 4), area, (10, 20)), None);
        assert_eq!(fit_image((4, 4), Rect::default(), (10, 20)), None);
    }

    /// Returns the output for a dashboard with an image, frame by frame.
    fn encoded_frames(protocol: GraphicsProtocol, count: usize) -> Vec<String> {
        use crate::ui::{frame::FrameEncoder, tests};
        let app = tests::app_with_values((80, 24));
        let (mut encoder, mut image_layer) = (FrameEncoder::default(), ImageLayer::new(protocol, None, false));
        let mut frame = |app: &App| {
            let bytes = encoder.encode(app.size, |buf| image_layer.render(buf, app, tests::NOW));
            String::from_utf8_lossy(&bytes).into_owned()
        };
        (0..count).map(|_| frame(&app)).collect()
    }

    #[test]
    fn image_is_sent_once_in_graphics_protocol() {
        for (protocol, prefix) in [
            (GraphicsProtocol::Kitty, "\x1b_Gq=2,"),
            (GraphicsProtocol::Sixel, "\x1bP"),
            (GraphicsProtocol::Iterm2, "\x1b]1337;File=inline=1;"),
        ] {
            let sent = encoded_frames(protocol, 3);
            assert!(sent[0].contains(prefix), "{protocol:?}");
            assert!(sent[1..].iter().all(|frame| !frame.contains(prefix)), "{protocol:?}");
            assert_eq!(sent[2], "", "{protocol:?}");
        }
        assert!(!encoded_frames(GraphicsProtocol::HalfBlocks, 1)[0].contains("\x1bP"));
    }

    #[test]
    fn image_layer_is_empty_while_dialog_is_open() {
        use crate::{app::Action, app::Event, ui::tests};
        let mut app = tests::app_with_values((80, 24));
        let placement_count = |app: &App| image_placements(Rect::new(0, 0, 80, 24), app, tests::NOW).len();
        assert_eq!(placement_count(&app), 1);
        app.update(Event::Action(Action::ShowHelp), tests::NOW);
        assert_eq!(placement_count(&app), 0);
    }
}
