//! The contrast between two colors, and the adjustment of a color to a minimum contrast.

use crate::model::color::Rgb;

/// Returns the relative luminance of a color (WCAG 2) plus 0.05: 0.05 to 1.05.
fn relative_luminance(rgb: Rgb) -> f64 {
    let linearize = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linearize(rgb.0) + 0.7152 * linearize(rgb.1) + 0.0722 * linearize(rgb.2) + 0.05
}

/// Returns the contrast ratio of two colors (WCAG 2): 1 to 21.
#[must_use]
pub(crate) fn contrast_ratio(first: Rgb, second: Rgb) -> f64 {
    let (first_luminance, second_luminance) = (relative_luminance(first), relative_luminance(second));
    first_luminance.max(second_luminance) / first_luminance.min(second_luminance)
}

/// Returns the color, made lighter or darker until its contrast with the background is at least
/// `min_contrast`. The hue does not change.
#[must_use]
pub(crate) fn ensure_contrast(rgb: Rgb, background: Rgb, min_contrast: f64) -> Rgb {
    const STEPS: u16 = 32;
    let (white, black) = (Rgb(255, 255, 255), Rgb(0, 0, 0));
    let target = if contrast_ratio(white, background) > contrast_ratio(black, background) { white } else { black };
    let blend = |step: u16| {
        let blend_channel = |from: u8, to: u8| {
            let sum = u16::from(from) * (STEPS - step) + u16::from(to) * step;
            u8::try_from(sum / STEPS).unwrap_or(to)
        };
        Rgb(blend_channel(rgb.0, target.0), blend_channel(rgb.1, target.1), blend_channel(rgb.2, target.2))
    };
    (0..=STEPS).map(blend).find(|color| contrast_ratio(*color, background) >= min_contrast).unwrap_or(target)
}
