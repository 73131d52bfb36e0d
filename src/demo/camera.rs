//! The demo's camera: draws a small image of the simulated room. The firmware has no camera; this one exists
//! so that an image tile has something to show.

use image::{ImageFormat, Rgb as Pixel, RgbImage};

use super::{board::LampColor, environment::RoomView};

/// The width of the image in pixels.
pub(crate) const IMAGE_WIDTH: u32 = 64;
/// The height of the image in pixels.
pub(crate) const IMAGE_HEIGHT: u32 = 48;

const WINDOW: (f32, f32, f32, f32) = (6.0, 6.0, 28.0, 25.0);
const TABLE_TOP: f32 = 38.0;
const BULB: (f32, f32) = (47.0, 21.0);

type FloatRgb = [f32; 3];

/// Draws the room and returns the image as a PNG file.
#[must_use]
pub(crate) fn render_png(view: &RoomView) -> Vec<u8> {
    let image = RgbImage::from_fn(IMAGE_WIDTH, IMAGE_HEIGHT, |column, row| {
        let (x, y) = (cell_center(column), cell_center(row));
        Pixel(pixel_color(view, x, y).map(channel_to_u8))
    });
    encode_png(&image)
}

/// Returns an image as a PNG file.
pub(super) fn encode_png(image: &RgbImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    match image.write_to(&mut bytes, ImageFormat::Png) {
        Ok(()) => bytes.into_inner(),
        Err(error) => {
            tracing::error!(%error, "cannot encode the camera image");
            Vec::new()
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "the image has fewer than 2^24 columns")]
fn cell_center(cell: u32) -> f32 {
    cell as f32 + 0.5
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range of u8")]
fn channel_to_u8(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0) as u8
}

fn mix(from: FloatRgb, to: FloatRgb, ratio: f32) -> FloatRgb {
    std::array::from_fn(|i| from[i] + (to[i] - from[i]) * ratio)
}

fn illuminate(surface: FloatRgb, light: FloatRgb) -> FloatRgb {
    std::array::from_fn(|i| surface[i] * light[i])
}

fn pixel_color(view: &RoomView, x: f32, y: f32) -> FloatRgb {
    let (left, top, right, bottom) = WINDOW;
    if (left..right).contains(&x) && (top..bottom).contains(&y) {
        return window_color(view, x, y);
    }
    let LampColor(red, green, blue) = view.color;
    let hue = [red, green, blue].map(|channel| f32::from(channel) / 255.0);
    let distance = (x - BULB.0).hypot(y - BULB.1);
    if distance < 4.5 {
        return mix([0.22, 0.21, 0.2], mix(hue, [1.0; 3], 0.8 - 0.15 * distance), view.lamp.sqrt());
    }
    let daylight = 0.10 + 0.65 * view.daylight;
    let glow = 1.1 * view.lamp / (1.0 + (distance / 12.0).powi(2));
    let light: FloatRgb = std::array::from_fn(|i| daylight + glow * hue[i]);
    let stand = (x - BULB.0).abs() < 0.9 && y > BULB.1;
    let foot = (x - BULB.0).abs() < 4.0 && (y - TABLE_TOP + 1.0).abs() < 1.0;
    let surface = if y >= TABLE_TOP {
        [0.55, 0.38, 0.24]
    } else if stand || foot {
        [0.3, 0.3, 0.33]
    } else {
        [0.72, 0.74, 0.70]
    };
    illuminate(surface, light)
}

fn window_color(view: &RoomView, x: f32, y: f32) -> FloatRgb {
    let (left, top, right, bottom) = WINDOW;
    let frame = x - left < 1.0 || right - x < 1.0 || y - top < 1.0 || bottom - y < 1.0;
    let bar = (x - f32::midpoint(left, right)).abs() < 0.6;
    if frame || bar {
        return illuminate([0.9, 0.9, 0.88], [0.25 + 0.7 * view.daylight; 3]);
    }
    let depth = (y - top) / (bottom - top);
    if view.sun < 1.0 {
        let sun = (left + view.sun * (right - left), bottom - (view.sun * std::f32::consts::PI).sin() * 15.0);
        if (x - sun.0).hypot(y - sun.1) < 2.6 {
            return [1.0, 0.9, 0.55];
        }
    }
    let day = mix([0.30, 0.58, 0.92], [0.75, 0.86, 0.95], depth);
    mix([0.03, 0.04, 0.12], day, view.daylight.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(lamp_brightness: f32) -> RoomView {
        RoomView { daylight: 0.0, sun: 1.5, lamp: lamp_brightness, color: LampColor(255, 0, 0) }
    }

    fn bulb_pixel(lamp_brightness: f32) -> [u8; 3] {
        let image = image::load_from_memory_with_format(&render_png(&view(lamp_brightness)), ImageFormat::Png)
            .unwrap()
            .to_rgb8();
        assert_eq!(image.dimensions(), (IMAGE_WIDTH, IMAGE_HEIGHT));
        image.get_pixel(47, 21).0
    }

    #[test]
    fn camera_image_shows_lamp_color_and_brightness() {
        let [dark, bright] = [bulb_pixel(0.0), bulb_pixel(1.0)];
        assert!(dark.iter().all(|channel| *channel < 80), "{dark:?}");
        assert!(bright[0] > 240 && bright[1] < 210, "{bright:?}");
    }

    #[test]
    fn camera_image_file_is_small() {
        let noon = RoomView { daylight: 1.0, sun: 0.5, ..view(1.0) };
        assert!(render_png(&noon).len() < 8_000, "{} bytes", render_png(&noon).len());
    }
}
