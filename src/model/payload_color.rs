//! Colors as devices write them in payloads: hexadecimal digits, decimal numbers, `r,g,b`, `hsv(…)`, JSON.

use serde_json::Value as Json;

use super::color::Rgb;

/// How to read digits that could be both hexadecimal and decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DigitBase {
    /// `123456` is `#123456`.
    Hexadecimal,
    /// `123456` is 0x01E240.
    Decimal,
}

/// Parses a color from a payload; `None` if it is not one.
pub(super) fn parse_color(text: &str, base: DigitBase) -> Option<Rgb> {
    let text = text.trim();
    if text.starts_with(['{', '[', '"']) {
        return serde_json::from_str(text).ok().and_then(|json| color_in_json(&json, base, MAX_JSON_DEPTH));
    }
    if let Some(digits) = text.strip_prefix('#') {
        return from_hex_digits(digits);
    }
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        // As in C: 0xRRGGBB, or 0xAARRGGBB.
        let is_number = matches!(digits.len(), 6 | 8) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        return is_number.then(|| u32::from_str_radix(digits, 16).ok().map(Rgb::from_u32)).flatten();
    }
    let (hex, number) = (from_hex_digits(text), from_number(text));
    let is_hex = base == DigitBase::Hexadecimal && is_hex_rather_than_decimal(text);
    from_function(text).or_else(|| from_components(text)).or(if is_hex { hex.or(number) } else { number.or(hex) })
}

/// Returns whether digits without a sign are a hexadecimal color where such a color is expected. Numbers of lengths
/// that no such color has, and eight digits that are a decimal color, are not.
fn is_hex_rather_than_decimal(text: &str) -> bool {
    match text.len() {
        3 | 4 | 6 => true,
        8 => text.starts_with('0') || text.parse::<u32>().is_ok_and(|number| number > 0x00FF_FFFF),
        _ => false,
    }
}

/// Parses `RGB`, `RGBA`, `RRGGBB`, `RRGGBBAA`, or `RRGGBBCCWW` of lamps with two whites; only the first three
/// components count.
fn from_hex_digits(digits: &str) -> Option<Rgb> {
    let values: Vec<u8> = digits.chars().map(|digit| digit.to_digit(16)?.try_into().ok()).collect::<Option<_>>()?;
    match values[..] {
        [red, green, blue] | [red, green, blue, _] => Some(Rgb(red * 17, green * 17, blue * 17)),
        [r1, r0, g1, g0, b1, b0] | [r1, r0, g1, g0, b1, b0, _, _] | [r1, r0, g1, g0, b1, b0, _, _, _, _] => {
            Some(Rgb(r1 * 16 + r0, g1 * 16 + g0, b1 * 16 + b0))
        }
        _ => None,
    }
}

/// Parses a decimal number, 0xRRGGBB, which may be negative or have an alpha value above the red one.
fn from_number(text: &str) -> Option<Rgb> {
    let number = text.parse::<i64>().ok().filter(|number| (-0x8000_0000..=0xFFFF_FFFF).contains(number))?;
    u32::try_from(number & 0x00FF_FFFF).ok().map(Rgb::from_u32)
}

/// Parses `rgb(…)`, `rgba(…)`, `hsv(…)`, `hsb(…)` or `hsl(…)`.
fn from_function(text: &str) -> Option<Rgb> {
    let (name, arguments) = text.strip_suffix(')')?.split_once('(')?;
    match name.trim().to_ascii_lowercase().as_str() {
        "rgb" | "rgba" => from_components(arguments),
        "hsv" | "hsb" => from_hsv(arguments).map(|(hue, saturation, value)| Rgb::from_hsv(hue, saturation, value)),
        "hsl" => from_hsv(arguments).map(|(hue, saturation, lightness)| {
            let value = lightness + saturation * lightness.min(1.0 - lightness);
            Rgb::from_hsv(hue, if value == 0.0 { 0.0 } else { 2.0 * (1.0 - lightness / value) }, value)
        }),
        _ => None,
    }
}

/// Splits a list at commas, semicolons, or else at spaces.
fn split_list(text: &str) -> Vec<&str> {
    let items: Vec<&str> = text.split([',', ';']).map(str::trim).collect();
    if items.len() > 1 { items } else { text.split_whitespace().collect() }
}

/// Parses three components of 0 to 255, or percentages. A fourth one, alpha or white, does not count.
fn from_components(text: &str) -> Option<Rgb> {
    match split_list(text)[..] {
        [red, green, blue] | [red, green, blue, _] => Some(Rgb(component(red)?, component(green)?, component(blue)?)),
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
fn component(text: &str) -> Option<u8> {
    let number = match text.strip_suffix('%') {
        Some(percent) => (percent.trim().parse::<f64>().ok()? * 255.0 / 100.0).round(),
        None => text.parse().ok()?,
    };
    // A fraction is of another scale.
    ((0.0..=255.0).contains(&number) && number.fract() == 0.0).then_some(number as u8)
}

/// Parses a hue in degrees, and two values in percent, or up to 1.
fn from_hsv(arguments: &str) -> Option<(f64, f64, f64)> {
    let [hue, saturation, value] = split_list(arguments)[..] else { return None };
    let number = |text: &str| text.trim_end_matches(['%', '°']).trim().parse::<f64>().ok();
    let hue = number(hue).filter(|hue| hue.is_finite())?;
    scale_hsv(hue, number(saturation)?, number(value)?, arguments.contains('%'))
}

fn scale_hsv(hue: f64, saturation: f64, value: f64, are_percentages: bool) -> Option<(f64, f64, f64)> {
    let scale = if are_percentages || saturation > 1.0 || value > 1.0 { 100.0 } else { 1.0 };
    let (saturation, value) = (saturation / scale, value / scale);
    let is_valid = |part: f64| (0.0..=1.0).contains(&part);
    (is_valid(saturation) && is_valid(value)).then_some((hue, saturation, value))
}

/// How many objects around a color are looked into.
const MAX_JSON_DEPTH: usize = 2;

/// Finds a color in JSON: `{"r":255,"g":128,"b":0}`, `{"h":30,"s":100,"v":100}`, `[255,128,0]`, a text, or an object
/// with one of them as `color`, `rgb` or `hex`.
fn color_in_json(json: &Json, base: DigitBase, depth: usize) -> Option<Rgb> {
    match json {
        Json::String(text) if !text.trim_start().starts_with(['{', '[', '"']) => parse_color(text, base),
        Json::Number(number) => from_number(&number.to_string()),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(ToString::to_string).collect();
            from_components(&items.join(",").replace('"', ""))
        }
        Json::Object(object) => {
            let get = |names: &[&str]| {
                object
                    .iter()
                    .find(|(key, _)| names.iter().any(|name| key.eq_ignore_ascii_case(name)))
                    .map(|(_, json)| json)
            };
            let number = |names: &[&str]| get(names)?.as_f64();
            let channel = |names: &[&str]| component(get(names)?.to_string().trim_matches('"'));
            if let (Some(red), Some(green), Some(blue)) =
                (channel(&["r", "red"]), channel(&["g", "green"]), channel(&["b", "blue"]))
            {
                return Some(Rgb(red, green, blue));
            }
            if let (Some(hue), Some(saturation)) = (number(&["h", "hue"]), number(&["s", "saturation"])) {
                let value =
                    number(&["v", "value", "b", "brightness"]).unwrap_or(if saturation > 1.0 { 100.0 } else { 1.0 });
                let (hue, saturation, value) = scale_hsv(hue, saturation, value, false)?;
                return Some(Rgb::from_hsv(hue, saturation, value));
            }
            let inner = get(&["color", "rgb", "hex"]).filter(|_| depth > 0)?;
            color_in_json(inner, base, depth - 1)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORANGE: Option<Rgb> = Some(Rgb(255, 128, 0));

    #[test]
    fn color_is_read_in_every_notation() {
        for text in [
            "#FF8000",
            "#ff8000",
            "ff8000",
            " FF8000\r\n",
            "#FF8000CC",
            "FF8000cc",
            "#ff80000000",
            "0xFF8000",
            "0xFFFF8000",
            "16744448",
            "-32768",
            "4294934528",
            "255,128,0",
            "255, 128, 0",
            "255;128;0",
            "255 128 0",
            "255,128,0,64",
            "rgb(255,128,0)",
            "RGBA(255, 128, 0, 0.5)",
            "rgb(100%, 50%, 0%)",
            "255.0,128.0,0.0",
            "[255,128,0]",
            "{\"r\":255,\"g\":128,\"b\":0}",
            "{\"R\":255,\"G\":128,\"B\":0,\"W\":0}",
            "{\"red\":255,\"green\":128,\"blue\":0}",
            "{\"state\":\"ON\",\"color\":{\"r\":255,\"g\":128,\"b\":0}}",
            "{\"hex\":\"#FF8000\"}",
            "{\"r\":\"255\",\"g\":\"128\",\"b\":\"0\"}",
            "\"#FF8000\"",
        ] {
            for base in [DigitBase::Hexadecimal, DigitBase::Decimal] {
                assert_eq!(parse_color(text, base), ORANGE, "{text} {base:?}");
            }
        }
        for text in ["hsv(30, 100%, 100%)", "hsb(30,100,100)", "HSV(30, 1, 1)", "hsl(30, 100%, 50%)"] {
            assert_eq!(parse_color(text, DigitBase::Hexadecimal), Some(Rgb(255, 128, 0)), "{text}");
        }
        assert_eq!(parse_color("{\"h\":30,\"s\":100,\"v\":100}", DigitBase::Decimal), ORANGE);
        assert_eq!(parse_color("{\"hue\":30,\"saturation\":100}", DigitBase::Decimal), ORANGE);
        assert_eq!(parse_color("#f80", DigitBase::Decimal), Some(Rgb(255, 136, 0)));
        assert_eq!(parse_color("F80", DigitBase::Decimal), Some(Rgb(255, 136, 0)));
        assert_eq!(parse_color("#f80c", DigitBase::Decimal), Some(Rgb(255, 136, 0)));
    }

    #[test]
    fn digits_are_read_in_the_expected_base() {
        for (text, hexadecimal, decimal) in [
            ("123456", 0x12_3456, 123_456),
            ("000255", 0x00_0255, 255),
            ("255", 0x22_5555, 255),
            ("0", 0, 0),
            ("16711680", 0xFF_0000, 0xFF_0000),
            ("80402010", 0x80_4020, 0xCA_D65A),
            ("00112233", 0x00_1122, 112_233),
        ] {
            assert_eq!(parse_color(text, DigitBase::Hexadecimal), Some(Rgb::from_u32(hexadecimal)), "{text}");
            assert_eq!(parse_color(text, DigitBase::Decimal), Some(Rgb::from_u32(decimal)), "{text}");
        }
    }

    #[test]
    fn what_is_no_color_is_refused() {
        for text in [
            "",
            "red",
            "#12345",
            "#+12345",
            "99999999999",
            "1.5",
            "256,0,0",
            "1,2",
            "1,2,3,4,5",
            "0.5,0.2,1",
            "rgb(1,2)",
            "hsv(30,200,100)",
            "hsv(nan,1,1)",
            "{}",
            "{\"r\":1,\"g\":2}",
            "[1,2]",
            "0x12",
            "-1,2,3",
            "{\"color\":{\"color\":{\"color\":[1,2,3]}}}",
        ] {
            for base in [DigitBase::Hexadecimal, DigitBase::Decimal] {
                assert_eq!(parse_color(text, base), None, "{text}");
            }
        }
    }
}
