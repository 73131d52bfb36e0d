//! An image in half blocks: each cell shows two pixels, one above the other; with the fonts of the console, one pixel.
//! Without colors and in ASCII, characters of different density stand for shades of gray.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use crate::{
    model::{color::Rgb, media::DecodedImage, time::Time},
    ui::{UiConfig, glyph_set::GlyphSet, theme::ColorDepth},
};

/// Characters from dark to bright.
const GRAY_RAMP: &[u8] = b" .:-=+*#%@";

/// Draws an image in the middle of an area, as large as its aspect ratio allows.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, image: &DecodedImage, config: &UiConfig, now: Time) {
    let Some(pixels) = image.pixels_at(now) else {
        return;
    };
    let (width, height) = (image.width.max(1), image.height.max(1));
    let (max_width, max_height) = (u32::from(area.width), 2 * u32::from(area.height));
    if max_width == 0 || max_height == 0 {
        return;
    }
    // The largest size with this aspect ratio within the area; a pixel is half a cell.
    let (target_width, target_height) = if width * max_height <= height * max_width {
        ((width * max_height / height).max(1), max_height)
    } else {
        (max_width, (height * max_width / width).max(1))
    };
    let rows = target_height.div_ceil(2);
    let left = area.x + u16::try_from((max_width - target_width) / 2).unwrap_or_default();
    let top = area.y + u16::try_from((u32::from(area.height) - rows) / 2).unwrap_or_default();
    for (y, row) in (top..).zip(0..rows) {
        for (x, column) in (left..).zip(0..target_width) {
            let pixel = |row, height| mean_color(image, pixels, (column, row), (target_width, height));
            let color = |row, height| config.theme.nearest_color(pixel(row, height));
            let cell = &mut buf[(x, y)];
            if config.theme.depth == ColorDepth::None {
                cell.set_char(gray_char(pixel(2 * row, target_height)));
            } else if config.glyphs == GlyphSet::Ascii {
                let gray = gray_char(pixel(row, rows));
                cell.set_char(gray).set_style(Style::new().fg(color(row, rows)));
            } else if config.glyphs == GlyphSet::Basic {
                cell.set_char('█').set_style(Style::new().fg(color(row, rows)));
            } else {
                let style = Style::new().fg(color(2 * row, target_height));
                let has_below = 2 * row + 1 < target_height;
                cell.set_char('▀').set_style(if has_below {
                    style.bg(color(2 * row + 1, target_height))
                } else {
                    style
                });
            }
        }
    }
}

/// Returns the mean color of the part of the image that a pixel of the scaled image covers.
fn mean_color(
    image: &DecodedImage,
    pixels: &[u8],
    (x, y): (u32, u32),
    (target_width, target_height): (u32, u32),
) -> Rgb {
    let source_range = |index: u32, count: u32, total: u32| {
        let start = index * total / count;
        start..((index + 1) * total / count).clamp(start + 1, total.max(start + 1))
    };
    let mut sums = [0_u32; 3];
    let mut count = 0;
    for row in source_range(y, target_height, image.height) {
        for column in source_range(x, target_width, image.width) {
            let offset = (row * image.width + column) as usize * 3;
            if let Some(pixel) = pixels.get(offset..offset + 3) {
                for (sum, channel) in sums.iter_mut().zip(pixel) {
                    *sum += u32::from(*channel);
                }
                count += 1;
            }
        }
    }
    let mean = sums.map(|sum| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX));
    Rgb(mean[0], mean[1], mean[2])
}

fn gray_char(rgb: Rgb) -> char {
    let level = (usize::from(rgb.0) * 2 + usize::from(rgb.1) * 5 + usize::from(rgb.2)) / 8;
    char::from(GRAY_RAMP[level * (GRAY_RAMP.len() - 1) / 255])
}
