//! Errors of a tile, as the user sees them on the tile.

/// Why a tile cannot show its value or publish.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// The tile has a JSON path, but the payload is not JSON.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// The JSON of the payload is nested too deeply.
    #[error("the JSON is nested too deeply (over 127 levels)")]
    JsonTooDeep,
    /// The payload is too large for a JSON path: its size and the limit, in bytes.
    #[error("payload too large for a JSON path: {} (at most {})", format_bytes(*.0), format_bytes(*.1))]
    JsonTooLarge(usize, usize),
    /// The JSON path matches nothing.
    #[error("nothing at {0}")]
    NothingAtPath(String),
    /// The result of the JSON path is too large, or evaluating it takes too many steps.
    #[error("too much data at {0}")]
    TooMuchAtPath(String),
    /// The text is not a number.
    #[error("`{}` is not a number", truncate(.0))]
    NotANumber(String),
    /// The number is outside its limits: the number, the lower and the upper limit.
    #[error("{0} is out of range ({1} to {2})")]
    OutOfRange(String, String, String),
    /// The text is not a color.
    #[error("`{}` is not a color", truncate(.0))]
    NotAColor(String),
    /// The image cannot be shown; why.
    #[error("no image: {0}")]
    ImageUnavailable(String),
    /// The broker refused the subscription; why.
    #[error("subscription refused: {0}")]
    SubscriptionRefused(String),
    /// A publish request did not reach the broker; a whole sentence.
    #[error("{0}")]
    NotSent(String),
    /// A script of the tile failed; a whole sentence.
    #[error("{0}")]
    Script(String),
    /// No message within `wait_timeout`, in seconds.
    #[error("no answer within {0} s")]
    EchoTimeout(u64),
}

/// Formats a number of bytes for people: `3 B`, `20.0 KiB`.
#[must_use]
pub(crate) fn format_bytes(count: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let in_unit = |unit: usize| count as f64 / unit as f64;
    match count {
        0..1_024 => format!("{count} B"),
        1_024..1_048_576 => format!("{:.1} KiB", in_unit(1 << 10)),
        _ => format!("{:.1} MiB", in_unit(1 << 20)),
    }
}

fn truncate(text: &str) -> String {
    const MAX_CHARS: usize = 24;
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
