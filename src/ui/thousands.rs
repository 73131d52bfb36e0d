//! Large numbers that are read on the screen.

/// Returns a number with a comma after each three digits: `1,204,311`.
#[must_use]
pub(super) fn thousands(number: u64) -> String {
    group_digits(&number.to_string())
}

/// Returns a number of things: `1 topic`, `1,204 topics`.
#[must_use]
pub(super) fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// Returns digits with a comma after each three from the right.
#[must_use]
pub(super) fn group_digits(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_counted() {
        assert_eq!([1, 1_204].map(|number| counted(number, "topic")), ["1 topic", "1,204 topics"]);
    }

    #[test]
    fn digits_are_grouped() {
        let texts = [0, 999, 1_000, 12_345, 1_204_311].map(thousands);
        assert_eq!(texts, ["0", "999", "1,000", "12,345", "1,204,311"]);
    }
}
