//! Operators of other languages, which filters do not have: what to write instead.

/// What other languages have in place of the operators of filters. Where one begins with another one, it comes first.
const FOREIGN_OPERATORS: [(&str, &str); 25] = [
    ("=>", "write >= for `greater or equal`"),
    ("=<", "write <= for `less or equal`"),
    ("=", "write == to compare"),
    ("<>", "write != for `not equal`"),
    ("!==", "write != for `not equal`"),
    ("&", "write && for `and`"),
    ("|", "write || for `or`"),
    ("and", "write && for `and`"),
    ("or", "write || for `or`"),
    ("not", "write ! before a condition for `not`"),
    ("like", "write =~ and a regular expression, such as =~ /on.*/i"),
    ("ilike", "write =~ and a regular expression, such as =~ /on.*/i"),
    ("matches", "write =~ and a regular expression, such as =~ /on.*/i"),
    ("regex", "write =~ and a regular expression, such as =~ /on.*/i"),
    ("regexp", "write =~ and a regular expression, such as =~ /on.*/i"),
    ("startswith", "write =~ and a regular expression, such as =~ /on.*/i"),
    ("endswith", "write =~ and a regular expression, such as =~ /.*on/i"),
    ("is", "write == to compare"),
    ("eq", "write == to compare"),
    ("equals", "write == to compare"),
    ("ne", "write != for `not equal`"),
    ("lt", "write < for `less`"),
    ("le", "write <= for `less or equal`"),
    ("gt", "write > for `greater`"),
    ("ge", "write >= for `greater or equal`"),
];

/// Returns what to write instead of an operator of another language at the beginning of a text.
pub(super) fn intended(text: &str) -> Option<&'static str> {
    let begins = |name: &str| {
        let is_word = name.starts_with(|c: char| c.is_ascii_alphabetic());
        text.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name))
            && (!is_word || !text[name.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    FOREIGN_OPERATORS.iter().find(|(name, _)| begins(name)).map(|(_, hint)| *hint)
}
