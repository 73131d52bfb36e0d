//! The app's colors: signed 32-bit numbers, 0xAARRGGBB.

use crate::model::{
    color::{Color, Rgb},
    schema::FieldValue as _,
    value::Value,
};

/// White, the app's default color. It means that no color is set.
const DEFAULT_COLOR: u32 = 0xFF_FFFF;

/// The RGB values of the sixteen terminal colors in the VGA palette, in the order of their numbers.
const NAMED_COLORS: [u32; 16] = [
    0x00_0000, 0x80_0000, 0x00_8000, 0x80_8000, 0x00_0080, 0x80_0080, 0x00_8080, 0xC0_C0C0, 0x80_8080, 0xFF_0000,
    0x00_FF00, 0xFF_FF00, 0x00_00FF, 0xFF_00FF, 0x00_FFFF, 0xFF_FFFF,
];

/// Converts a color of the app to a color (`None` for the default color) and its opacity. Returns `None` if
/// the number has more than 32 bits.
pub(super) fn color_from_argb(argb: i64) -> Option<(Option<Color>, u8)> {
    let bits = match u32::try_from(argb) {
        Ok(bits) => bits,
        Err(_) => i32::try_from(argb).ok()?.cast_unsigned(),
    };
    let [alpha, ..] = bits.to_be_bytes();
    let rgb = Rgb::from_u32(bits);
    let color = match (0..).zip(NAMED_COLORS).find(|(_, named)| *named == rgb.to_u32()) {
        Some((number, _)) => Color::Ansi(number),
        None => Color::Rgb(rgb),
    };
    Some(((rgb.to_u32() != DEFAULT_COLOR).then_some(color), alpha))
}

/// Converts the color value of a tile to a color of the app.
pub(super) fn argb_from_value(value: Option<&Value>) -> i32 {
    let rgb = match value.and_then(|value| Color::from_value(value).ok()) {
        Some(Color::Ansi(number)) => NAMED_COLORS[usize::from(number) % NAMED_COLORS.len()],
        Some(Color::Rgb(rgb)) => rgb.to_u32(),
        None => DEFAULT_COLOR,
    };
    (rgb | 0xFF00_0000).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn argb_converts_to_named_color_where_exact() {
        for (argb, expected) in [
            (-1, None),
            (-65_536, Some("bright-red")),
            (-8_355_712, Some("bright-black")),
            (-16_384, Some("#ffc000")),
            (-12_517_632, Some("#40ff00")),
            (-16_777_216, Some("black")),
        ] {
            let (color, alpha) = color_from_argb(argb.into()).unwrap();
            assert_eq!(color.and_then(|color| color.to_value()), expected.map(Value::from));
            assert_eq!(alpha, 255);
            assert_eq!(argb_from_value(expected.map(Value::from).as_ref()), argb);
        }
        assert_eq!(color_from_argb(0xFFFF_0000), color_from_argb(-65_536), "an unsigned number must be accepted");
        assert_eq!(color_from_argb(0x8000_0000).map(|(_, alpha)| alpha), Some(0x80));
        assert_eq!(color_from_argb(0x1_0000_0000), None);
        assert_eq!(color_from_argb(-0x1_0000_0000), None);
    }
}
