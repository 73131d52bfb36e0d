//! The 256 colors of xterm.

use ratatui::style::Color as TerminalColor;

use crate::model::color::Rgb;

/// Returns the exact or probable RGB value of a color. `None` if only the terminal knows it.
pub(super) const fn approximate_rgb(color: TerminalColor) -> Option<Rgb> {
    match color {
        TerminalColor::Rgb(red, green, blue) => Some(Rgb(red, green, blue)),
        TerminalColor::Indexed(number) => Some(xterm_rgb(number)),
        _ => None,
    }
}

/// Returns the index of the nearest xterm color among the candidates.
pub(super) fn nearest_index(rgb: Rgb, candidates: impl Iterator<Item = u8>) -> u8 {
    let distance = |number: &u8| {
        let other = xterm_rgb(*number);
        let squared_difference = |a: u8, b: u8| (i32::from(a) - i32::from(b)).pow(2);
        2 * squared_difference(rgb.0, other.0)
            + 4 * squared_difference(rgb.1, other.1)
            + 3 * squared_difference(rgb.2, other.2)
    };
    candidates.min_by_key(distance).unwrap_or_default()
}

/// Returns the RGB value of an xterm color: sixteen ANSI colors, a color cube with six levels per channel, 24
/// grays.
#[must_use]
pub(crate) const fn xterm_rgb(number: u8) -> Rgb {
    const CUBE_LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    match number {
        0..16 => Rgb::from_ansi(number),
        16..232 => {
            let cube_index = (number - 16) as usize;
            Rgb(CUBE_LEVELS[cube_index / 36], CUBE_LEVELS[cube_index / 6 % 6], CUBE_LEVELS[cube_index % 6])
        }
        232.. => {
            let gray = 8 + 10 * (number - 232);
            Rgb(gray, gray, gray)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_index_finds_exact_palette_color() {
        for number in 16..=255 {
            assert_eq!(xterm_rgb(nearest_index(xterm_rgb(number), 16..=255)), xterm_rgb(number));
        }
    }
}
