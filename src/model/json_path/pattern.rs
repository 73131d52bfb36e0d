//! Regular expressions in filters, with limits.

use regex::{Regex, RegexBuilder};

/// The maximum size of a compiled expression in bytes.
const MAX_COMPILED_BYTES: usize = 256 << 10;
/// The maximum nesting of an expression.
const MAX_NESTING: u32 = 32;

/// A regular expression.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    source: String,
    regex: Regex,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Pattern {
    /// Compiles an expression with these flags of Java: `i`, `m`, `s`, `x`, `u` and `d`. With `whole`, it must match a
    /// whole text, as in Jayway.
    ///
    /// # Errors
    /// If it is invalid or too large: a sentence without a period.
    pub fn new(expression: &str, flags: &str, whole: bool) -> Result<Self, String> {
        if let Some(unknown) = flags.chars().find(|flag| !"imsxud".contains(*flag)) {
            return Err(format!("unknown flag `{unknown}` of a regular expression: use i, m, s or x"));
        }
        let source = if whole { format!("^(?:{expression})$") } else { expression.to_owned() };
        let regex = RegexBuilder::new(&source)
            .case_insensitive(flags.contains('i'))
            .multi_line(flags.contains('m') && !whole)
            .dot_matches_new_line(flags.contains('s'))
            .ignore_whitespace(flags.contains('x'))
            .size_limit(MAX_COMPILED_BYTES)
            .dfa_size_limit(MAX_COMPILED_BYTES)
            .nest_limit(MAX_NESTING)
            .build();
        match regex {
            Ok(regex) => Ok(Self { source: format!("{flags}/{source}"), regex }),
            Err(regex::Error::CompiledTooBig(_)) => Err("the regular expression is too large".to_owned()),
            Err(error) => {
                let text = error.to_string();
                let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
                Err(format!("invalid regular expression: {reason}"))
            }
        }
    }

    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}
