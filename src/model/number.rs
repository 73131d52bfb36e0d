//! Numbers as text: which texts are numbers, which are the same number, and which number a person reads.
//!
//! Boards send numbers with units, decimal commas and what is left of a C string. [`read_number`] reads them:
//!
//! * A single point or comma is the decimal separator: `21,5` is 21.5 and `1,234` is 1.234.
//! * With both, the last one is the decimal separator, and the other groups three digits each: `1,234.5` and `1.234,5`.
//! * Several commas without a point group three digits each: `1,234,567`. Several points do not: that may be an address
//!   or a version.
//! * Apostrophes and no-break spaces group three digits each. Ordinary spaces do not: that may be two numbers.
//! * A unit follows, with or without a space. It has no digits but exponents: `m3`, `µg/m³`. A prefix without a unit, as
//!   in `1.5k`, is refused.
//! * White space, control characters and quotes around the number are ignored.

/// Returns whether a text is a number of strict JSON.
#[must_use]
pub(crate) fn is_json_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (integer, fraction) = match mantissa.split_once('.') {
        Some((integer, fraction)) => (integer, Some(fraction)),
        None => (mantissa, None),
    };
    is_digits(integer)
        && (integer.len() == 1 || !integer.starts_with('0'))
        && fraction.is_none_or(is_digits)
        && exponent.is_none_or(|exponent| is_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

/// Returns whether two texts are the same number in different spellings, such as `-127.00` and `-127.0`. Integers are
/// compared digit by digit, other numbers as a `double`, as in Java and JavaScript.
#[must_use]
pub(crate) fn is_same_number(one: &str, other: &str) -> bool {
    match (integer_digits(one), integer_digits(other)) {
        (Some(one), Some(other)) => one == other,
        _ => plain_number(one).is_some_and(|number| plain_number(other) == Some(number)),
    }
}

/// Returns the value of a number in decimal notation, without any unit or other text.
#[must_use]
pub(crate) fn plain_number(text: &str) -> Option<f64> {
    let is_decimal = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    text.parse::<f64>().ok().filter(|number| is_decimal && number.is_finite())
}

/// Returns whether an integer is negative, and its digits without leading zeros.
fn integer_digits(text: &str) -> Option<(bool, &str)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let significant = digits.trim_start_matches('0');
    is_digits(digits).then_some((negative && !significant.is_empty(), significant))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Returns a number with these decimals; a zero has no sign.
#[must_use]
pub(crate) fn format_number(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    if text.trim_start_matches(['-', '0', '.']).is_empty() { text.trim_start_matches('-').to_owned() } else { text }
}

/// Returns one unit of the last of these decimals.
#[must_use]
pub(crate) fn last_decimal_unit(decimals: usize) -> f64 {
    (0..decimals).fold(1.0, |unit, _| unit / 10.0)
}

/// The maximum length of a unit in characters.
const MAX_UNIT_CHARS: usize = 24;
/// More decimals are not shown, unless the number is so small that they are its first digits.
const MAX_USUAL_DECIMALS: usize = 3;

/// Returns a number of few digits and how many of them are decimals, in one pass: most messages have such a number. Digits
/// and power of ten are exact, so their quotient is the number that parsing finds.
#[must_use]
pub(crate) fn short_number(text: &str) -> Option<(f64, usize)> {
    const MAX_BYTES: usize = 15;
    let text = text.as_bytes();
    let (is_negative, digits) = text.strip_prefix(b"-").map_or((false, text), |digits| (true, digits));
    let (Some(first), Some(last)) = (digits.first(), digits.last()) else { return None };
    if digits.len() > MAX_BYTES || !first.is_ascii_digit() || !last.is_ascii_digit() {
        return None;
    }
    let (mut number, mut decimals, mut scale) = (0_u64, None, 1.0);
    for byte in digits {
        match (byte, &mut decimals) {
            (b'0'..=b'9', decimals) => {
                number = number * 10 + u64::from(byte - b'0');
                if let Some(count) = decimals {
                    *count += 1;
                    scale *= 10.0;
                }
            }
            (b'.', None) => decimals = Some(0),
            _ => return None,
        }
    }
    let decimals = decimals.unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "fifteen digits at most")]
    let number = number as f64 / scale;
    (decimals <= MAX_USUAL_DECIMALS).then_some((if is_negative { -number } else { number }, decimals))
}

/// Returns the number that a person reads in a text, if it is a number with or without a unit.
#[must_use]
pub(crate) fn read_number(text: &str) -> Option<f64> {
    if let Some((number, _)) = short_number(text) {
        return Some(number);
    }
    let is_blank = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}';
    let mut text = text.trim_matches(is_blank);
    for quote in ['"', '\''] {
        let unquoted = text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
        text = unquoted.unwrap_or(text).trim_matches(is_blank);
    }
    let (sign, unsigned) = match text.chars().next()? {
        c @ ('-' | '+' | '\u{2212}') => (if c == '+' { "" } else { "-" }, &text[c.len_utf8()..]),
        _ => ("", text),
    };
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',') || is_group_separator(c);
    let mantissa_length = unsigned.find(|c| !is_part(c)).unwrap_or(unsigned.len());
    let mantissa = unsigned[..mantissa_length].trim_end_matches(is_group_separator);
    let rest = &unsigned[mantissa.len()..];
    let exponent_length = exponent_length(rest)?;
    let (exponent, unit) = rest.split_at(exponent_length);
    if !is_unit(unit) {
        return None;
    }
    format!("{sign}{}{exponent}", plain_mantissa(mantissa)?).parse().ok().filter(|number: &f64| number.is_finite())
}

fn is_group_separator(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{a0}' | '\u{202f}' | '\u{2009}')
}

/// Returns the digits with a decimal point, and nothing else.
fn plain_mantissa(mantissa: &str) -> Option<String> {
    let points = mantissa.matches('.').count();
    let commas = mantissa.matches(',').count();
    let decimal = match (points, commas) {
        (1, 0) | (0, 1) => mantissa.rfind(['.', ',']),
        (0, _) => None,
        (_, 0) => return None,
        _ => {
            let last = mantissa.rfind(['.', ','])?;
            let count = if mantissa[last..].starts_with('.') { points } else { commas };
            if count > 1 {
                return None;
            }
            Some(last)
        }
    };
    let (whole, fraction) = decimal.map_or((mantissa, ""), |at| (&mantissa[..at], &mantissa[at + 1..]));
    let mut groups = whole.split(|c: char| !c.is_ascii_digit());
    let first = groups.next().unwrap_or_default();
    let others: Vec<&str> = groups.collect();
    let is_grouped = others.is_empty() || (1..=3).contains(&first.len()) && others.iter().all(|group| group.len() == 3);
    let is_number = fraction.bytes().all(|b| b.is_ascii_digit()) && whole.len() + fraction.len() > 0;
    (is_grouped && is_number).then(|| format!("0{first}{}.{fraction}0", others.concat()))
}

/// Returns with how many decimals a number is shown that a text contains: as many as it is written with, as far as they
/// say something.
#[must_use]
pub(crate) fn shown_decimals(text: &str) -> usize {
    const MAX_DECIMALS: usize = 10;
    let Some(number) = read_number(text).map(f64::abs) else { return 0 };
    let written = written_decimals(text).min(MAX_DECIMALS);
    let mut decimals = written.min(MAX_USUAL_DECIMALS);
    let mut scaled = (0..decimals).fold(number, |scaled, _| scaled * 10.0);
    while decimals < written && scaled < 100.0 {
        scaled *= 10.0;
        decimals += 1;
    }
    decimals
}

/// Returns the number of decimals that the number in a text is written with.
fn written_decimals(text: &str) -> usize {
    let start = text.find(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',')).unwrap_or(text.len());
    let number = &text[start..];
    let end = number.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',') || is_group_separator(c)));
    let (mantissa, rest) = number.split_at(end.unwrap_or(number.len()));
    let fraction = plain_mantissa(mantissa).and_then(|plain| Some(plain.split_once('.')?.1.len() - 1)).unwrap_or(0);
    let exponent: i64 = exponent_length(rest).and_then(|length| rest.get(1..length)?.parse().ok()).unwrap_or(0);
    let decimals = i64::try_from(fraction).unwrap_or_default().saturating_sub(exponent);
    usize::try_from(decimals).unwrap_or_default()
}

/// Returns the length of the exponent at the beginning of a text. `None` for one without digits, which is cut off.
fn exponent_length(text: &str) -> Option<usize> {
    let Some(exponent) = text.strip_prefix(['e', 'E']) else { return Some(0) };
    let sign = usize::from(exponent.starts_with(['+', '-']));
    let digits = exponent[sign..].bytes().take_while(u8::is_ascii_digit).count();
    match digits {
        // A unit, such as `eV`.
        0 if exponent.starts_with(char::is_alphabetic) => Some(0),
        0 => None,
        _ => Some(1 + sign + digits),
    }
}

/// Returns whether what follows a number is a unit, or nothing.
fn is_unit(text: &str) -> bool {
    let unit = text.trim_start();
    if unit.is_empty() {
        return true;
    }
    let begins_like_unit = !unit.starts_with(|c: char| c.is_numeric() || "+-\u{2212}.,:;/_'\"xX#([{<>=".contains(c));
    let is_prefix = matches!(unit, "k" | "M" | "G");
    let mut previous = ' ';
    let mut digits_are_exponents = true;
    for c in unit.chars() {
        let is_exponent = matches!(c, '2' | '3') && previous.is_alphabetic();
        digits_are_exponents &= !c.is_ascii_digit() || is_exponent;
        previous = c;
    }
    begins_like_unit
        && !is_prefix
        && digits_are_exponents
        && unit.chars().count() <= MAX_UNIT_CHARS
        && !text.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_number_is_the_one_that_parsing_finds() {
        let mut texts: Vec<String> =
            ["0", "-0", "007", "-12.50", "1.5", "999999999999999", "0.001", "-273.15"].map(str::to_owned).into();
        texts.extend((0..5_000).map(|number| format!("{}.{:03}", number * 7, number % 1_000)));
        for text in &texts {
            let (number, decimals) = short_number(text).unwrap();
            assert_eq!(number.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
            assert_eq!(decimals, shown_decimals(text), "{text}");
        }
        for text in ["", "-", ".", "5.", ".5", "1.2.3", "1e5", "+1", " 1", "1 %", "0.1234", "1234567890123456"] {
            assert_eq!(short_number(text), None, "{text}");
        }
    }

    #[test]
    fn json_number_is_recognized_as_serde_json_does() {
        for text in [
            "0", "-0", "10", "1.5", "-1.50e3", "1E-5", "1e+5", "", "-", "01", "1.", ".5", "+5", "1e", "1e+", "0x10",
            "1.5.2", "NaN", "--1", "1 ", "13:17", "٣", "1_0", "1f", "-.5", "00", "0.0",
        ] {
            let is_number = serde_json::from_str::<serde_json::Number>(text).is_ok() && text.trim() == text;
            assert_eq!(is_json_number(text), is_number, "{text}");
        }
    }

    #[test]
    fn same_number_in_another_spelling_is_recognized() {
        for (one, other, expected) in [
            ("-127.00", "-127.0", true),
            ("1", "1.0", true),
            ("07", "7", true),
            ("+5", "5", true),
            ("-0", "0", true),
            ("1e3", "1000", true),
            ("0.1", "0.10", true),
            ("9007199254740993", "9007199254740992", false),
            ("1", "2", false),
            ("ON", "ON", false),
            ("inf", "inf", false),
            ("", "0", false),
            ("1 ", "1", false),
        ] {
            assert_eq!(is_same_number(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn number_is_what_a_person_reads() {
        for (text, expected) in [
            ("21.5", 21.5),
            (" 21.5\r\n", 21.5),
            ("21.5\0", 21.5),
            ("21.5\0\0\n", 21.5),
            ("\u{feff}21.5", 21.5),
            ("\"21.5\"", 21.5),
            ("'21,5'", 21.5),
            ("21,5", 21.5),
            ("-21,5", -21.5),
            ("\u{2212}21,5", -21.5),
            ("+21.5", 21.5),
            ("21.5 °C", 21.5),
            ("21.5°C", 21.5),
            ("45%", 45.0),
            ("45 %", 45.0),
            ("230V", 230.0),
            ("12 km/h", 12.0),
            ("5.2 m3", 5.2),
            ("7 µg/m³", 7.0),
            ("300 K", 300.0),
            ("5 m", 5.0),
            ("21.5 degrees Celsius", 21.5),
            ("12.50 €", 12.5),
            ("21.5f", 21.5),
            ("21.5F", 21.5),
            ("1.6 eV", 1.6),
            (".5", 0.5),
            ("5.", 5.0),
            ("007", 7.0),
            ("1.2e3", 1200.0),
            ("4E-05 A", 0.00004),
            ("1,234", 1.234),
            ("1.234", 1.234),
            ("0,123 kWh", 0.123),
            ("1,234.5", 1234.5),
            ("1.234,5", 1234.5),
            ("1,234,567", 1_234_567.0),
            ("1,234,567.8", 1_234_567.8),
            ("1.234.567,8 kWh", 1_234_567.8),
            ("1'234.5", 1234.5),
            ("1\u{202f}234,5\u{a0}€", 1234.5),
            ("-0", 0.0),
        ] {
            assert_eq!(read_number(text), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn decimals_are_those_of_the_text_as_far_as_they_say_something() {
        for (text, decimals) in [
            ("21", 0),
            ("21.5", 1),
            ("21.50 °C", 2),
            ("21,5", 1),
            ("-0.25", 2),
            ("1,234.5", 1),
            ("1,234,567", 0),
            ("21.299999237", 3),
            ("0.00004", 5),
            ("0.000123456", 6),
            ("4E-05 A", 5),
            ("1.2e3", 0),
            ("1e999", 0),
            ("1e-300", 10),
            ("warm", 0),
        ] {
            assert_eq!(shown_decimals(text), decimals, "{text}");
        }
    }

    /// Separated by `|`.
    const NO_NUMBERS: &str = "| |\0|warm|ON|true|null|NaN|nan|-nan|inf|-Infinity|1e999|0x10|0x2|１２|1 2|12 345|--1|+-1|-|.|,|\
        e5|5e|5e+|13:17|2024-01-02|12/5|5-7|192.168.1.7|192.168.100.200|1.2.3|1.234.567|1,23,4|12,34.5|\
        1.23,4.5|1234,567.8|1''2|1.5k|2 M|21.5;22|21.5, 22|21.5 22.5|T=21.5|temp: 21.5|[1]|{\"t\":1}|\
        1 C2 5|5 m35|1_000|21.5\nOK|21.5 \u{1b}[2J|7 things that are longer than any unit is";

    #[test]
    fn text_that_is_no_clear_number_is_refused() {
        for text in NO_NUMBERS.split('|') {
            assert_eq!(read_number(text), None, "{text:?}");
        }
    }
}
