//! The colors of scripts: text to and from [`Color`].

use crate::model::{
    color::{Color, Rgb},
    schema::FieldValue as _,
    value::Value,
};

/// Returns a color in the form that scripts get: `#rrggbb`, a name, or the empty string.
#[must_use]
pub(super) fn color_to_script(color: Option<Color>) -> String {
    match color.and_then(|color| color.to_value()) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    }
}

/// Parses a color from a script: `#rrggbb`, `#aarrggbb` (the alpha value is ignored), a name in upper or
/// lower case, or the empty string for no color.
///
/// # Errors
/// If the text is not a color; the error is the text itself.
pub(super) fn color_from_script(text: &str) -> Result<Option<Color>, String> {
    let normalized = text.trim().to_lowercase();
    if normalized.is_empty() {
        return Ok(None);
    }
    let rgb = match normalized.strip_prefix('#') {
        Some(digits) if digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            Rgb::from_hex(&digits[2..])
        }
        Some(digits) => Rgb::from_hex(digits),
        None => None,
    };
    match rgb {
        Some(rgb) => Ok(Some(Color::Rgb(rgb))),
        None => Color::from_value(&normalized.as_str().into()).map(Some).map_err(|_| text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_color_text_is_parsed() {
        assert_eq!(color_from_script("#FF8000"), Ok(Some(Color::Rgb(Rgb(255, 128, 0)))));
        assert_eq!(color_from_script("#80FF8000"), Ok(Some(Color::Rgb(Rgb(255, 128, 0)))));
        assert_eq!(color_from_script("Red"), Ok(Some(Color::Ansi(1))));
        assert_eq!(color_from_script(""), Ok(None));
        for bad in ["bleu", "#ff80", "#gg8000ff", "#é12345"] {
            assert_eq!(color_from_script(bad), Err(bad.to_owned()));
        }
        let orange = Some(Color::Rgb(Rgb(255, 128, 0)));
        assert_eq!(color_from_script(&color_to_script(orange)), Ok(orange));
        assert_eq!(color_to_script(None), "");
    }
}
