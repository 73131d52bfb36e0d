//! The list of kinds for a new tile, with a sample of the selected one.

use ratatui::layout::Rect;

use super::{DrawContext, View};
use crate::{
    app::{Action, press_mark::PressMark, screens::kind_list::KindList},
    model::{
        connection::Message, content::TileContent, kind, media::DecodedImage, tile::Tile, tile_state::TileState,
        time::Time, topic::TopicFilter,
    },
    ui::{
        layout::MouseTarget,
        text::{Alignment, draw_line, wrap},
        tile::{self, TileControl, TileRenderState, TileView},
    },
};

/// The size of the sample in cells.
const SAMPLE_SIZE: (u16, u16) = (20, 5);
/// The minimum width of a screen that shows a sample.
const MIN_WIDTH_FOR_SAMPLE: u16 = 44;
/// The rows of the role and the empty one above it.
const ROLE_ROWS: u16 = 2;
/// The width of the names of the kinds.
const NAMES_WIDTH: u16 = 14;

impl View for KindList {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let mut samples = sample_tiles(context.now);
        let rows: Vec<&str> = samples.iter().map(|(tile, _)| tile.kind.name()).collect();
        let count = u16::try_from(rows.len()).unwrap_or_default();
        let is_wide = context.area.width >= MIN_WIDTH_FOR_SAMPLE;
        let area = context.draw_dialog("Which kind of tile?", (if is_wide { 52 } else { 36 }, count + 5));
        // The role stays below the list, which scrolls on a low screen.
        let list_rows = area.height.saturating_sub(ROLE_ROWS).min(count);
        let list_area = Rect { width: area.width.min(NAMES_WIDTH), height: list_rows, ..area };
        context.draw_list(list_area, &rows, self.selected, Action::AcceptOption);
        let Some((tile, state)) = samples.get_mut(self.selected) else {
            return;
        };
        if self.controls() == Some(false) {
            tile.make_read_only();
        }
        let (tile, state) = (&*tile, &*state);
        let left = NAMES_WIDTH + 2;
        let width = area.width.saturating_sub(left).min(SAMPLE_SIZE.0);
        let sample_area = Rect { x: area.x + left, width, height: SAMPLE_SIZE.1, ..area };
        if is_wide && sample_area.bottom() <= area.bottom() {
            let is_control = self.controls() == Some(true);
            let control =
                is_control.then_some(TileControl { mark: Some(PressMark::Direct), hold_progress: None, steered: None });
            let render_state =
                TileRenderState { selected: false, connected: true, permissions_granted: true, control, error: None };
            let (config, now) = (context.config, context.now);
            let view = TileView { tile, state, render_state: &render_state, config, now };
            tile::draw(context.buf, sample_area, view);
        }
        let role_row = list_rows + 1;
        self.draw_role(context, Rect { y: area.y + role_row, height: u16::from(role_row < area.height), ..area });
        // On a narrow screen, the description takes the place of the sample.
        let description_area = if is_wide {
            Rect { y: area.y + role_row + 1, height: area.height.saturating_sub(role_row + 1), ..area }
        } else {
            Rect { x: area.x + left, width: area.width.saturating_sub(left), height: list_area.height, ..area }
        };
        let dim = context.config.theme.dim();
        let lines = wrap(tile.kind.description(), description_area.width, usize::from(description_area.height));
        for (row, text) in (0..).zip(lines) {
            draw_line(context.buf, description_area, row, &text, dim, Alignment::Left);
        }
    }
}

impl KindList {
    /// Draws whether the tile only shows or also controls. A click chooses.
    fn draw_role(&self, context: &mut DrawContext<'_>, area: Rect) {
        let Some(controls) = self.controls().filter(|_| area.height > 0) else { return };
        let mut x = area.x;
        for (text, is_chosen) in [("shows", !controls), ("shows and sets", controls)] {
            let theme = context.config.theme;
            let (mark, style) = if is_chosen { ("●", theme.accent()) } else { ("○", theme.dim()) };
            let option_area = Rect { x, width: area.right().saturating_sub(x), ..area };
            let text = format!("{mark} {text}");
            let drawn = draw_line(context.buf, option_area, 0, &text, style, Alignment::Left);
            if !is_chosen {
                context.layout.add(drawn, MouseTarget::Click(Action::CycleFocus(1)));
            }
            x = drawn.right() + 3;
        }
    }
}

/// Returns a sample tile of each kind.
fn sample_tiles(now: Time) -> Vec<(Tile, TileState)> {
    let sample_tile = |kind: Box<dyn kind::TileKind>| {
        let (kind, payload) = kind.sample();
        let mut tile = Tile::new(kind);
        tile.topic = TopicFilter::new("sample").ok();
        let message = Message::new("sample", payload.as_bytes());
        let mut state = TileState::resolved_from(&tile, (&message).into(), now);
        let shows_image = matches!(tile.content(state.value.as_ref()), Ok(TileContent::PayloadImage));
        state.image = shows_image.then(sample_image);
        (tile, state)
    };
    kind::all().map(sample_tile).collect()
}

/// Returns an image of a hill below the sun.
fn sample_image() -> DecodedImage {
    const SIZE: u32 = 32;
    let pixel = |index: u32| {
        let (x, y) = (index % SIZE, index / SIZE);
        let sun_distance_squared = x.abs_diff(23).pow(2) + y.abs_diff(8).pow(2);
        let hill = 14 + x.abs_diff(12).pow(2) / 16;
        match () {
            () if y >= hill => [0x4a, 0x8c, 0x3f],
            () if sun_distance_squared < 20 => [0xff, 0xd2, 0x4a],
            () => [0x7d, 0xb8, 0xe8],
        }
    };
    DecodedImage::still(SIZE, SIZE, (0..SIZE * SIZE).flat_map(pixel).collect())
}
