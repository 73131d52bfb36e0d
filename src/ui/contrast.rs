//! How well a colour can be read on another one, and how it is changed until it can.

use crate::model::color::Rgb;

/// How light a colour is, 0.05 to 1.05.
fn light(rgb: Rgb) -> f64 {
    let part = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(rgb.0) + 0.7152 * part(rgb.1) + 0.0722 * part(rgb.2) + 0.05
}

/// How well a colour can be read on another one (WCAG 2, 1 to 21).
#[must_use]
pub fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (light(one), light(other));
    one.max(other) / one.min(other)
}

/// The colour, made lighter or darker until it can be read on this background. Its hue stays.
#[must_use]
pub fn readable(rgb: Rgb, background: Rgb, least: f64) -> Rgb {
    const STEPS: u16 = 32;
    let (white, black) = (Rgb(255, 255, 255), Rgb(0, 0, 0));
    let end = if contrast(white, background) > contrast(black, background) { white } else { black };
    let mixed = |step: u16| {
        let part = |from: u8, to: u8| {
            let sum = u16::from(from) * (STEPS - step) + u16::from(to) * step;
            u8::try_from(sum / STEPS).unwrap_or(to)
        };
        Rgb(part(rgb.0, end.0), part(rgb.1, end.1), part(rgb.2, end.2))
    };
    (0..=STEPS).map(mixed).find(|mixed| contrast(*mixed, background) >= least).unwrap_or(end)
}
