//! A picture, in half blocks: two pixels a cell, one above the other; grey letters where there is no
//! colour.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use crate::{
    model::{color::Rgb, media::DecodedImage, time::Time},
    ui::{Look, theme::Depth},
};

/// Letters from dark to bright.
const GREYS: &[u8] = b" .:-=+*#%@";

/// Draws a picture as large as its shape allows, in the middle of an area.
pub fn draw(buf: &mut Buffer, area: Rect, picture: &DecodedImage, look: &Look, now: Time) {
    let Some(pixels) = picture.pixels_at(now) else {
        return;
    };
    let (width, height) = (picture.width.max(1), picture.height.max(1));
    let (most_x, most_y) = (u32::from(area.width), 2 * u32::from(area.height));
    if most_x == 0 || most_y == 0 {
        return;
    }
    // The largest size of this shape within the area, in pixels of half a cell.
    let (wide, high) = if width * most_y <= height * most_x {
        ((width * most_y / height).max(1), most_y)
    } else {
        (most_x, (height * most_x / width).max(1))
    };
    let rows = high.div_ceil(2);
    let left = area.x + u16::try_from((most_x - wide) / 2).unwrap_or_default();
    let top = area.y + u16::try_from((u32::from(area.height) - rows) / 2).unwrap_or_default();
    for (y, row) in (top..).zip(0..rows) {
        for (x, column) in (left..).zip(0..wide) {
            let above = sample(picture, pixels, (column, 2 * row), (wide, high));
            let below = (2 * row + 1 < high).then(|| sample(picture, pixels, (column, 2 * row + 1), (wide, high)));
            let cell = &mut buf[(x, y)];
            if look.theme.depth == Depth::None {
                cell.set_char(grey(above));
            } else {
                let style = Style::new().fg(look.theme.shade(above));
                cell.set_char('▀').set_style(below.map_or(style, |below| style.bg(look.theme.shade(below))));
            }
        }
    }
}

/// The mean colour of the part of the picture that this pixel of a smaller one stands for.
fn sample(picture: &DecodedImage, pixels: &[u8], (x, y): (u32, u32), (wide, high): (u32, u32)) -> Rgb {
    let span = |at: u32, of: u32, all: u32| {
        let from = at * all / of;
        from..((at + 1) * all / of).clamp(from + 1, all.max(from + 1))
    };
    let mut sums = [0_u32; 3];
    let mut count = 0;
    for row in span(y, high, picture.height) {
        for column in span(x, wide, picture.width) {
            let at = (row * picture.width + column) as usize * 3;
            if let Some(pixel) = pixels.get(at..at + 3) {
                for (sum, part) in sums.iter_mut().zip(pixel) {
                    *sum += u32::from(*part);
                }
                count += 1;
            }
        }
    }
    let mean = sums.map(|sum| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX));
    Rgb(mean[0], mean[1], mean[2])
}

fn grey(rgb: Rgb) -> char {
    let level = (usize::from(rgb.0) * 2 + usize::from(rgb.1) * 5 + usize::from(rgb.2)) / 8;
    char::from(GREYS[level * (GREYS.len() - 1) / 255])
}
