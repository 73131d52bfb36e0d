//! Masks user names and passwords that somebody has written into a URL, in texts that are shown or logged.

use std::borrow::Cow;

/// What stands for a user name and a password.
const MASK: &str = "***";

/// Returns a URL without its user name and password, or `None` if it has none. They may contain every character: in
/// doubt, a path up to its last `@` is masked, too. The scheme may be missing.
#[must_use]
pub(crate) fn mask_url(url: &str) -> Option<String> {
    let start = url.find("://").map_or(0, |at| at + 3);
    let at = start + url[start..].rfind('@')?;
    // `user@host` without a scheme and a password may be anything, such as a mail address.
    (start > 0 || url[..at].contains(':')).then(|| format!("{}{MASK}{}", &url[..start], &url[at..]))
}

/// Returns the text with the user names and passwords of its URLs masked. A URL ends at a blank or a quote.
#[must_use]
pub(crate) fn mask_urls(text: &str) -> Cow<'_, str> {
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let is_separator = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '(' | ')' | ',');
    let masked = text.split_inclusive(is_separator).map(|word| mask_url(word).map_or(Cow::Borrowed(word), Cow::Owned));
    Cow::Owned(masked.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_and_passwords_of_urls_are_masked() {
        for (text, expected) in [
            ("cannot reach mqtt://me:geheim@host:1883/x, again", "cannot reach mqtt://***@host:1883/x, again"),
            ("invalid value 'me:ge/he@im@host' for", "invalid value '***@host' for"),
            ("https://a/b.png `wss://me@host`", "https://a/b.png `wss://***@host`"),
        ] {
            assert_eq!(mask_urls(text), expected);
        }
        for text in ["mail me@example.org", "a:b c@d", "/home/me/a@b.toml:3:4: no", "né 23 °C", ""] {
            assert_eq!(mask_urls(text), text);
        }
    }

    #[test]
    fn a_url_may_contain_any_character() {
        assert_eq!(mask_url("mqtt://me:ge \"h'e@im@host").as_deref(), Some("mqtt://***@host"));
        assert_eq!(mask_url("mqtt://host:1883"), None);
    }
}
