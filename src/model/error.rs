//! What can be wrong with a tile, in sentences for the person who looks at it.

/// Why a tile cannot show or do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// The payload is not JSON, but a JSON path is set.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// The payload is JSON, nested too deep.
    #[error("the JSON is nested too deep (more than 127 levels)")]
    JsonTooDeep,
    /// The payload is too large to be read as JSON: its bytes, and the most that are read.
    #[error("{} of JSON is too much for a path (at most {})", format_bytes(*.0), format_bytes(*.1))]
    JsonTooLarge(usize, usize),
    /// The JSON path finds nothing.
    #[error("nothing at {0}")]
    NothingAtPath(String),
    /// The JSON path finds more than can be shown, or has too much to look at.
    #[error("too much at {0}")]
    TooMuchAtPath(String),
    /// A number is wanted.
    #[error("`{}` is not a number", truncate(.0))]
    NotANumber(String),
    /// A number outside its limits.
    #[error("{0} is outside {1} to {2}")]
    OutOfRange(String, String, String),
    /// A colour is wanted.
    #[error("`{}` is not a colour", truncate(.0))]
    NotAColor(String),
    /// The picture cannot be shown; why.
    #[error("no picture: {0}")]
    ImageUnavailable(String),
    /// The broker does not give the tile its topic; why.
    #[error("subscription refused: {0}")]
    SubscriptionRefused(String),
    /// What was pressed did not reach the broker, in a whole sentence.
    #[error("{0}")]
    NotSent(String),
    /// A script of the tile failed, in a whole sentence.
    #[error("{0}")]
    Script(String),
    /// No answer within the tile's time.
    #[error("no answer within {0} s")]
    EchoTimeout(u64),
}

/// A number of bytes as people read it.
#[must_use]
pub fn format_bytes(count: usize) -> String {
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
