//! The right part of the bottom border of a tile: how old its value is, for how long it has been silent, or that its device
//! is offline.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{
    text::{Alignment, draw_line, width},
    tile::TileView,
};
use crate::model::{
    tile::Tile,
    tile_state::TileState,
    time::{Time, format_duration},
};

/// Returns whether a tile is silent for clearly longer than usual. Nobody knows while there is no connection.
pub(super) fn is_silent(tile: &Tile, state: &TileState, connected: bool, now: Time) -> bool {
    connected && state.silence(tile, now).is_some()
}

/// Draws the longest text that fits: the silence of the tile, or what a script says, or the age of the value.
pub(super) fn draw(buf: &mut Buffer, area: Rect, view: TileView<'_>) {
    let (texts, style) = texts(view);
    let mut padded = texts.into_iter().map(|text| format!(" {text} "));
    if let Some(text) = padded.find(|text| width(text) <= area.width) {
        draw_line(buf, area, 0, &text, style, Alignment::Right);
    }
}

/// Draws the shortest text, without spaces around it.
pub(super) fn draw_short(buf: &mut Buffer, area: Rect, view: TileView<'_>) {
    let (texts, style) = texts(view);
    if let Some(text) = texts.last() {
        draw_line(buf, area, 0, text, style, Alignment::Right);
    }
}

/// Returns the texts, the longest first.
fn texts(view: TileView<'_>) -> (Vec<String>, Style) {
    let TileView { tile, state, render_state, config, now } = view;
    let theme = config.theme;
    if let Some(device) = state.device().filter(|device| render_state.connected && !device.is_online) {
        let since = device.since.at(now).map(format_duration);
        let with_time = since.map(|since| [format!("! offline for {since}"), format!("! offline {since}")]);
        let texts = with_time.into_iter().flatten().chain(["! offline".to_owned(), "offline".to_owned()]);
        return (texts.collect(), theme.warning());
    }
    if let Some(silence) = state.silence(tile, now).filter(|_| render_state.connected) {
        return (silence.texts().into(), theme.warning());
    }
    let from_script = state.view_override.as_ref().map(|view| &view.last_activity).filter(|text| !text.is_empty());
    let texts = match (from_script, &state.value) {
        (Some(text), _) => vec![text.clone()],
        (None, Some(value)) => vec![value.age_text(now), value.short_age_text(now)],
        (None, None) => Vec::new(),
    };
    (texts, theme.dim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{availability::DeviceStatus, connection::Message, kind, message_age::MessageAge},
        ui::{
            UiConfig,
            theme::ColorDepth,
            tile::{self, TileRenderState},
        },
    };

    const NOW: u64 = 1_700_000_000_000;

    fn text_tile() -> Tile {
        Tile::new(kind::from_name("text").unwrap())
    }

    /// Returns the state of a tile that got a message every two seconds, the last one `seconds` ago.
    fn spoke(seconds: u64) -> TileState {
        let mut state = TileState::default();
        for number in 0..12 {
            let at = Time::from_millis(NOW - 1_000 * (seconds + 2 * (11 - number)));
            state.receive((&Message::new("t", b"21".as_slice())).into(), at);
        }
        state.resolve_value(&text_tile(), None);
        state
    }

    /// Draws a tile of this width. Returns its bottom border, and the styles of that text and of the value.
    fn drawn(state: &TileState, width: u16, connected: bool) -> (String, Style, Style) {
        let config = UiConfig::new(ColorDepth::TrueColor);
        let render_state =
            TileRenderState { selected: false, connected, permissions_granted: true, control: None, error: None };
        let area = Rect::new(0, 0, width, 3);
        let mut buf = Buffer::empty(area);
        let (tile, now) = (&text_tile(), Time::from_millis(NOW));
        let view = TileView { tile, state, render_state: &render_state, config: &config, now };
        tile::draw(&mut buf, area, view);
        let border: String = (0..width).map(|x| buf[(x, 2)].symbol().to_owned()).collect();
        let value = (0..width).find(|x| buf[(*x, 1)].symbol() == "2").map(|x| buf[(x, 1)].style());
        (border, buf[(width - 3, 2)].style(), value.unwrap_or_default())
    }

    #[test]
    fn silence_takes_the_place_of_the_age_in_as_many_words_as_fit() {
        for (width, border) in [
            (34, "╰── ! silent 40 s, due every 2 s ╯"),
            (22, "╰─── ! 40 s, due 2 s ╯"),
            (12, "╰── ! 40 s ╯"),
            (8, "╰──────╯"),
        ] {
            assert_eq!(drawn(&spoke(40), width, true).0, border);
        }
    }

    #[test]
    fn offline_device_takes_the_place_of_silence_and_age() {
        let mut state = spoke(40);
        let since = MessageAge::live(Time::from_millis(NOW - 13 * 60_000));
        state.set_device(Some(DeviceStatus { is_online: false, since }));
        for (width, border) in
            [(34, "╰────────── ! offline for 13 min ╯"), (22, "╰── ! offline 13 min ╯"), (15, "╰── ! offline ╯")]
        {
            assert_eq!(drawn(&state, width, true).0, border, "{width}");
        }
        state.set_device(Some(DeviceStatus { is_online: true, since }));
        assert!(drawn(&state, 34, true).0.contains("silent"));
    }

    #[test]
    fn age_is_shortened_where_it_does_not_fit() {
        let mut state = TileState::default();
        state
            .receive((&Message { retain: true, ..Message::new("t", b"21".as_slice()) }).into(), Time::from_millis(NOW));
        state.resolve_value(&text_tile(), None);
        for (width, border) in [(14, "╰── retained ╯"), (9, "╰── ret ╯"), (6, "╰────╯")] {
            assert_eq!(drawn(&state, width, true).0, border);
        }
        for (width, border) in [(14, "╰─── 5 s ago ╯"), (9, "╰── 5 s ╯")] {
            assert_eq!(drawn(&spoke(5), width, true).0, border);
        }
    }

    #[test]
    fn value_is_dimmed_and_the_border_warns_only_while_the_tile_is_silent_and_connected() {
        let theme = UiConfig::new(ColorDepth::TrueColor).theme;
        let (_, border, value) = drawn(&spoke(40), 40, true);
        assert_eq!((border.fg, value.fg), (theme.warning().fg, theme.dim().fg));
        let (_, border, value) = drawn(&spoke(5), 40, true);
        assert_eq!((border.fg, value.fg), (theme.dim().fg, theme.text().fg));
        let (text, border, _) = drawn(&spoke(40), 40, false);
        assert_eq!((border.fg, text.trim_start_matches(['╰', '─'])), (theme.dim().fg, " 40 s ago ╯"));
    }
}
