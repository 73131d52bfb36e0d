//! Pictures in the protocols that some terminals have for them: kitty, sixel, iTerm2. They are hung
//! over the half blocks that are drawn everywhere, and made anew only when they change.

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

use super::{middle, panel, tile, tiles};
use crate::{
    app::{App, Focus},
    model::{media::DecodedImage, time::Time},
};

/// How large a cell is taken to be where the terminal does not say, in pixels.
const CELL: (u16, u16) = (10, 20);
/// No picture is sent with more pixels a side.
const MOST_SIDE: u32 = 2_048;

/// How pictures are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Images {
    /// In half blocks, which every terminal has.
    #[default]
    HalfBlocks,
    /// In kitty's protocol.
    Kitty,
    /// As sixels.
    Sixel,
    /// In iTerm2's protocol.
    Iterm2,
}

impl Images {
    /// What the terminal says of itself in the environment; it is not asked.
    #[must_use]
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let says = |name: &str| var(name).unwrap_or_default().to_lowercase();
        let (program, term) = (says("TERM_PROGRAM"), says("TERM"));
        if !says("KITTY_WINDOW_ID").is_empty() || term == "xterm-kitty" || program == "ghostty" {
            Self::Kitty
        } else if program == "iterm.app" || program == "wezterm" {
            Self::Iterm2
        } else if ["foot", "mlterm", "contour"].iter().any(|name| term.starts_with(name)) {
            Self::Sixel
        } else {
            Self::HalfBlocks
        }
    }
}

/// Where a picture is to hang.
struct Place<'a> {
    room: Rect,
    picture: &'a DecodedImage,
    pixels: &'a Arc<[u8]>,
    number: u32,
}

/// A picture in the words of the terminal.
struct Made {
    pixels: Arc<[u8]>,
    room: Rect,
    protocol: Protocol,
}

/// The pictures that hang on the screen.
pub struct Gallery {
    images: Images,
    cell: (u16, u16),
    tmux: bool,
    made: Vec<Made>,
}

impl std::fmt::Debug for Gallery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gallery").field("images", &self.images).field("made", &self.made.len()).finish_non_exhaustive()
    }
}

impl Gallery {
    /// A gallery for a terminal with cells of this size in pixels; `tmux` tells that it is within tmux.
    #[must_use]
    pub fn new(images: Images, cell: Option<(u16, u16)>, tmux: bool) -> Self {
        let cell = cell.filter(|(width, height)| *width > 0 && *height > 0).unwrap_or(CELL);
        Self { images, cell, tmux, made: Vec::new() }
    }

    /// Forgets what hangs: the terminal was cleared.
    pub fn forget(&mut self) {
        self.made.clear();
    }

    /// Hangs the pictures that are seen over what is drawn.
    pub fn hang(&mut self, buf: &mut Buffer, app: &App, now: Time) {
        if self.images == Images::HalfBlocks {
            return;
        }
        let mut made = Vec::new();
        for place in places(buf.area, app, now) {
            let known =
                self.made.iter().position(|one| Arc::ptr_eq(&one.pixels, place.pixels) && one.room == place.room);
            let Some(one) = known.map(|at| self.made.swap_remove(at)).or_else(|| self.make(&place)) else {
                continue;
            };
            let size = one.protocol.size();
            let Rect { x, y, width, height } = place.room;
            let left = x + width.saturating_sub(size.width) / 2;
            let top = y + height.saturating_sub(size.height) / 2;
            for cell in place.room.positions() {
                buf[cell].reset();
            }
            Image::new(&one.protocol).render(Rect::new(left, top, size.width, size.height), buf);
            made.push(one);
        }
        self.made = made;
    }

    fn make(&self, place: &Place) -> Option<Made> {
        let Place { room, picture, pixels, number } = place;
        let (size, (width, height)) = fit((picture.width, picture.height), *room, self.cell)?;
        let whole = RgbImage::from_raw(picture.width, picture.height, pixels.to_vec())?;
        let sized = DynamicImage::ImageRgb8(whole).resize_exact(width, height, FilterType::Triangle);
        let protocol = match self.images {
            Images::HalfBlocks => return None,
            Images::Kitty => Protocol::Kitty(Kitty::new(sized, size, *number, self.tmux, false).ok()?),
            Images::Sixel => Protocol::Sixel(Sixel::new(sized, size, self.tmux).ok()?),
            Images::Iterm2 => Protocol::ITerm2(Iterm2::new(sized, size, self.tmux).ok()?),
        };
        Some(Made { pixels: Arc::clone(pixels), room: *room, protocol })
    }
}

/// The largest size of a picture's shape within a room, in cells and in pixels.
fn fit((width, height): (u32, u32), room: Rect, cell: (u16, u16)) -> Option<(Size, (u32, u32))> {
    let cell = (u32::from(cell.0), u32::from(cell.1));
    let most = ((u32::from(room.width) * cell.0).min(MOST_SIDE), (u32::from(room.height) * cell.1).min(MOST_SIDE));
    if width == 0 || height == 0 || most.0 == 0 || most.1 == 0 {
        return None;
    }
    let pixels = if width * most.1 <= height * most.0 {
        ((width * most.1 / height).max(1), most.1)
    } else {
        (most.0, (height * most.0 / width).max(1))
    };
    let cells = |pixels: u32, cell: u32| u16::try_from(pixels.div_ceil(cell)).ok();
    Some((Size::new(cells(pixels.0, cell.0)?, cells(pixels.1, cell.1)?), pixels))
}

/// Where pictures hang: on their tiles, or the one that is enlarged. Nothing hangs while something
/// else is open, which may lie over them.
fn places(screen: Rect, app: &App, now: Time) -> Vec<Place<'_>> {
    let middle = middle(screen);
    let enlarged = || {
        let picture = app.selected_tile()?.1.image.as_ref()?;
        let room = panel::inside(middle, (middle.width, middle.height));
        Some(Place { room, picture, pixels: picture.pixels_at(now)?, number: 1 })
    };
    match (&app.focus, app.current_dashboard()) {
        (Focus::EnlargedPicture, _) => enlarged().into_iter().collect(),
        (Focus::Dashboard, Some(board)) => (2..)
            .zip(tiles::places(middle, app, board))
            .filter_map(|(number, (index, at))| {
                let (definition, state) = board.tile(index)?;
                let room = tile::picture_room(at, definition, state, board.permissions_granted(), now)?;
                let picture = state.image.as_ref()?;
                Some(Place { room, picture, pixels: picture.pixels_at(now)?, number })
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminal_is_known_by_what_it_says_of_itself() {
        for (name, value, wanted) in [
            ("KITTY_WINDOW_ID", "1", Images::Kitty),
            ("TERM_PROGRAM", "iTerm.app", Images::Iterm2),
            ("TERM", "foot-extra", Images::Sixel),
            ("TERM", "xterm-256color", Images::HalfBlocks),
        ] {
            assert_eq!(Images::detect(|asked| (asked == name).then(|| value.to_owned())), wanted, "{value}");
        }
    }

    #[test]
    fn a_picture_keeps_its_shape_within_its_room() {
        let room = Rect::new(0, 0, 20, 5);
        assert_eq!(fit((400, 100), room, (10, 20)), Some((Size::new(20, 3), (200, 50))));
        assert_eq!(fit((100, 400), room, (10, 20)), Some((Size::new(3, 5), (25, 100))));
        assert_eq!(fit((0, 4), room, (10, 20)), None);
        assert_eq!(fit((4, 4), Rect::default(), (10, 20)), None);
    }

    /// What goes to the terminal for the bench with a camera, frame by frame.
    fn frames(images: Images, count: usize) -> Vec<String> {
        use crate::ui::{screen::Screen, tests};
        let app = tests::alive((80, 24));
        let (mut screen, mut gallery) = (Screen::default(), Gallery::new(images, None, false));
        let mut frame = |app: &App| {
            let bytes = screen.frame(app.size, |buf| gallery.hang(buf, app, tests::NOW));
            String::from_utf8_lossy(&bytes).into_owned()
        };
        (0..count).map(|_| frame(&app)).collect()
    }

    #[test]
    fn a_picture_is_sent_once_in_the_words_of_the_terminal() {
        for (images, begins) in
            [(Images::Kitty, "\x1b_Gq=2,"), (Images::Sixel, "\x1bP"), (Images::Iterm2, "\x1b]1337;File=inline=1;")]
        {
            let sent = frames(images, 3);
            assert!(sent[0].contains(begins), "{images:?}");
            assert!(sent[1..].iter().all(|frame| !frame.contains(begins)), "{images:?}");
            assert_eq!(sent[2], "", "{images:?}");
        }
        assert!(!frames(Images::HalfBlocks, 1)[0].contains("\x1bP"));
    }

    #[test]
    fn nothing_hangs_where_something_else_is_open() {
        use crate::{app::Action, app::Event, ui::tests};
        let mut app = tests::alive((80, 24));
        let count = |app: &App| places(Rect::new(0, 0, 80, 24), app, tests::NOW).len();
        assert_eq!(count(&app), 1);
        app.update(Event::Action(Action::ShowHelp), tests::NOW);
        assert_eq!(count(&app), 0);
    }
}
