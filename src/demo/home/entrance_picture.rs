//! Draws what the camera at the entrance sees: a path to a gate in a hedge, by day and by night.

use image::{Rgb as Pixel, RgbImage};

use crate::demo::camera::{IMAGE_HEIGHT, IMAGE_WIDTH, encode_png};

/// How many pixels the picture moves when the camera turns by a degree.
const PIXELS_PER_DEGREE: f64 = 0.2;
/// The horizon, in pixels from the top.
const HORIZON: f64 = 20.0;
/// The left and the right side of the gate.
const GATE: (f64, f64) = (20.0, 44.0);
/// The upper and the lower side of the gate.
const GATE_HEIGHT: (f64, f64) = (15.0, 33.0);

type FloatRgb = [f64; 3];

/// What the camera sees.
#[derive(Debug, Clone, Copy)]
pub(super) struct EntranceView {
    /// The daylight, from 0 (night) to 1 (noon).
    pub daylight: f64,
    /// How far the gate is open, from 0 to 1.
    pub gate: f64,
    /// How far the camera is turned to the right, in degrees.
    pub pan: f64,
    /// How far the camera is turned up, in degrees.
    pub tilt: f64,
}

/// Draws the entrance and returns the image as a PNG file.
pub(super) fn render_png(view: EntranceView) -> Vec<u8> {
    let image = RgbImage::from_fn(IMAGE_WIDTH, IMAGE_HEIGHT, |column, row| {
        let x = f64::from(column) + 0.5 + view.pan * PIXELS_PER_DEGREE;
        let y = f64::from(row) + 0.5 - view.tilt * PIXELS_PER_DEGREE;
        Pixel(color_at(view, x, y).map(channel_to_u8))
    });
    encode_png(&image)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range of u8")]
fn channel_to_u8(value: f64) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0) as u8
}

fn color_at(view: EntranceView, x: f64, y: f64) -> FloatRgb {
    let is_lamp = (x - 52.0).hypot(y - 11.0) < 2.2;
    if is_lamp {
        return [1.0, 0.93, 0.7];
    }
    // By night, the lamp beside the gate lights what is near to it.
    let glow = (1.0 - view.daylight) * 0.75 / (1.0 + ((x - 52.0).hypot(y - 11.0) / 14.0).powi(2));
    let light = 0.12 + 0.83 * view.daylight + glow;
    surface_at(view, x, y).map(|channel| channel * light)
}

fn surface_at(view: EntranceView, x: f64, y: f64) -> FloatRgb {
    let is_post = (x - GATE.0).abs() < 1.5 || (x - GATE.1).abs() < 1.5 || ((x - 52.0).abs() < 0.7 && y > 11.0);
    if is_post && (11.0..GATE_HEIGHT.1 + 1.0).contains(&y) {
        return [0.62, 0.60, 0.58];
    }
    let is_in_gate = (GATE.0..GATE.1).contains(&x);
    let is_bar =
        (x + view.gate * (GATE.1 - GATE.0)).rem_euclid(4.0) < 1.6 || (y - 17.0).abs() < 1.0 || (y - 31.0).abs() < 1.0;
    let is_leaf = x < GATE.1 - view.gate * (GATE.1 - GATE.0 - 3.0);
    if is_in_gate && is_leaf && is_bar && (GATE_HEIGHT.0..GATE_HEIGHT.1).contains(&y) {
        return [0.30, 0.24, 0.20];
    }
    if !is_in_gate && (14.0..32.0).contains(&y) {
        let is_dark_leaf = (x * 1.7 + y * 2.3).sin() > 0.2;
        return if is_dark_leaf { [0.16, 0.36, 0.15] } else { [0.22, 0.45, 0.20] };
    }
    if y < HORIZON {
        return [0.45 + 0.01 * y, 0.66 + 0.006 * y, 0.92];
    }
    let is_path = (x - 32.0).abs() < 5.0 + 0.55 * (y - HORIZON);
    if is_path { [0.66, 0.61, 0.54] } else { [0.33, 0.52, 0.26] }
}

#[cfg(test)]
mod tests {
    use image::ImageFormat;

    use super::*;

    fn picture(view: EntranceView) -> RgbImage {
        let bytes = render_png(view);
        assert!(bytes.len() < 8_000, "{} bytes", bytes.len());
        image::load_from_memory_with_format(&bytes, ImageFormat::Png).unwrap().to_rgb8()
    }

    fn brightness(image: &RgbImage) -> u64 {
        image.as_raw().iter().map(|channel| u64::from(*channel)).sum()
    }

    #[test]
    fn picture_shows_daylight_gate_and_direction() {
        let noon = EntranceView { daylight: 1.0, gate: 0.0, pan: 0.0, tilt: 0.0 };
        let image = picture(noon);
        assert!(brightness(&image) > 2 * brightness(&picture(EntranceView { daylight: 0.0, ..noon })));
        for other in [
            EntranceView { gate: 1.0, ..noon },
            EntranceView { pan: 50.0, ..noon },
            EntranceView { tilt: 20.0, ..noon },
        ] {
            assert_ne!(image, picture(other), "{other:?}");
        }
    }
}
