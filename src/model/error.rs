//! Errors of a tile and of its image, as the user sees them on the tile.

use std::time::Duration;

use crate::decode::DecodeError;

/// Why a tile cannot show its value or publish.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// The payload cannot be decoded.
    #[error("{0}")]
    NotDecoded(DecodeError),
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
    /// The table has no rows at the JSON path.
    #[error("no list and no object at {0}")]
    NoRows(String),
    /// The text is not a number.
    #[error("`{}` is not a number", truncate(.0))]
    NotANumber(String),
    /// The text is not a position.
    #[error("`{}` is not a position", truncate(.0))]
    NotAPosition(String),
    /// The text is not a moment.
    #[error("`{}` is not a timestamp", truncate(.0))]
    NotATimestamp(String),
    /// The number is outside its limits: the number, the lower and the upper limit.
    #[error("{0} is out of range ({1} to {2})")]
    OutOfRange(String, String, String),
    /// The text is not a color.
    #[error("`{}` is not a color", truncate(.0))]
    NotAColor(String),
    /// The text is not JSON, and the template of the payload has no quotes around it.
    #[error("`{}` is not JSON: the template of the payload needs quotes around it", truncate(.0))]
    NotJsonForTemplate(String),
    /// The image cannot be shown; why.
    #[error("no image: {0}")]
    ImageUnavailable(ImageError),
    /// The broker refused the subscription; why.
    #[error("subscription refused: {0}")]
    SubscriptionRefused(String),
    /// A publish request did not reach the broker; a whole sentence.
    #[error("{0}")]
    NotSent(String),
    /// A script of the tile failed; a whole sentence.
    #[error("{0}")]
    Script(String),
    /// The payload is too large for the scripts of the tile: its size and the limit, in bytes.
    #[error("payload too large for a script: {} (at most {})", format_bytes(*.0), format_bytes(*.1))]
    TooLargeForScript(usize, usize),
    /// No message within `wait_timeout`, in seconds.
    #[error("no answer within {0} s")]
    EchoTimeout(u64),
}

impl TileError {
    /// Returns shorter texts than [`Display`](std::fmt::Display), the longest first, for where that does not fit. What
    /// matters comes first, and of a path its end.
    pub(crate) fn short_texts(&self) -> Vec<String> {
        let with_path = |words: &str, path: &str| {
            let ends = path.char_indices().skip(1).map(|(at, _)| format!("{words}…{}", &path[at..]));
            std::iter::once(format!("{words}{path}")).chain(ends).collect()
        };
        match self {
            Self::NothingAtPath(path) => with_path("no ", path),
            Self::TooMuchAtPath(path) => with_path("too much ", path),
            Self::NotDecoded(error) => vec![error.short_text()],
            Self::NotJson(_) => vec!["not JSON".to_owned()],
            Self::JsonTooDeep => vec!["JSON too deep".to_owned()],
            Self::JsonTooLarge(size, _) => vec![format!("JSON too large: {}", format_bytes(*size))],
            Self::NoRows(path) => with_path("no rows ", path),
            Self::NotANumber(_) => vec!["not a number".to_owned()],
            Self::NotAPosition(_) => vec!["not a position".to_owned()],
            Self::NotATimestamp(_) => vec!["not a timestamp".to_owned()],
            Self::NotAColor(_) => vec!["not a color".to_owned()],
            Self::NotJsonForTemplate(_) => vec!["not JSON: needs quotes".to_owned()],
            Self::OutOfRange(number, ..) => vec![format!("{number} is out of range"), format!("{number}?")],
            Self::TooLargeForScript(size, _) => vec![format!("too large: {}", format_bytes(*size))],
            Self::EchoTimeout(_) => vec!["no answer".to_owned()],
            Self::SubscriptionRefused(_) => vec!["refused".to_owned()],
            Self::ImageUnavailable(_) | Self::NotSent(_) | Self::Script(_) => Vec::new(),
        }
    }
}

/// Why an image cannot be shown, as a sentence without a final period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The user has not agreed to fetching from this host.
    #[error("{0} is blocked: press T to review")]
    HostBlocked(String),
    /// The payload is empty.
    #[error("it is empty")]
    Empty,
    /// The image is SVG.
    #[error("SVG is not supported: use PNG, JPEG, GIF, WebP or BMP")]
    Svg,
    /// The payload is HTML.
    #[error("it is a web page, not an image")]
    WebPage,
    /// The payload is not an image of a known format.
    #[error("it is not PNG, JPEG, GIF, WebP or BMP")]
    UnknownFormat,
    /// The data URL has no comma, and thus no data.
    #[error("the data URL has no data")]
    DataUrlWithoutData,
    /// The data URL is percent-encoded.
    #[error("the data URL is not in base64")]
    DataUrlNotBase64,
    /// The base64 of the data URL is invalid.
    #[error("the base64 of the data URL is invalid")]
    InvalidBase64,
    /// The base64 is too large: its size and the limit, in bytes.
    #[error("it is too large: {} of base64 (at most {})", format_bytes(*.0), format_bytes(*.1))]
    Base64TooLarge(usize, usize),
    /// The encoded image is too large: its size and the limit, in bytes.
    #[error("it is too large: {} (at most {})", format_bytes(*.0), format_bytes(*.1))]
    TooLarge(usize, usize),
    /// The image has too many pixels: its width and height, and the limit.
    #[error("{}×{} pixels are too many (at most {} million)", .0, .1, .2 / 1_000_000)]
    TooManyPixels(u32, u32, u64),
    /// Decoding the image needs more memory than this, in bytes.
    #[error("decoding it needs more than {}", format_bytes(*.0))]
    TooMuchMemory(usize),
    /// The image is damaged, or uses a feature that the decoder does not know; what the decoder says.
    #[error("it cannot be decoded: {0}")]
    Undecodable(String),
    /// The decoder itself failed.
    #[error("it cannot be decoded: the decoder failed")]
    DecoderFailed,
    /// This build contains no decoders.
    #[error("this build has no image support")]
    Unsupported,
    /// The image cannot be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

impl ImageError {
    /// Returns whether the reason is a host that the user has not agreed to.
    pub(crate) const fn is_blocked_host(&self) -> bool {
        matches!(self, Self::HostBlocked(_) | Self::Fetch(FetchError::RedirectToHost(_)))
    }
}

/// Why an image cannot be fetched, as a sentence without a final period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The URL is invalid.
    #[error("invalid URL: {0}")]
    InvalidUrl(#[source] url::ParseError),
    /// The URL has this scheme.
    #[error("unsupported URL scheme {0}: use http or https")]
    UnsupportedScheme(String),
    /// The server answered with another status than success: its code, and its reason or nothing.
    #[error("{}", format!("the server answered {} {}", .0, .1).trim_end())]
    Status(u16, &'static str),
    /// The server redirects, and does not say where to.
    #[error("the server redirects without a location")]
    RedirectWithoutLocation,
    /// The server redirects to something that is not a URL.
    #[error("the server redirects to an invalid location: {0}")]
    InvalidRedirect(#[source] url::ParseError),
    /// The server redirects to an unencrypted connection.
    #[error("refused to follow a redirect from https to http")]
    InsecureRedirect,
    /// The server redirects to a URL with this scheme.
    #[error("refused to follow a redirect to {0}:")]
    RedirectToScheme(String),
    /// The server redirects to this host, which the user has not agreed to.
    #[error("it redirects to {0}, which is blocked: press T to review")]
    RedirectToHost(String),
    /// The server redirects more often than this.
    #[error("more than {0} redirects")]
    TooManyRedirects(usize),
    /// The response was not complete within this time.
    #[error("no complete response within {} s", .0.as_secs_f32())]
    Timeout(Duration),
    /// The response is larger than this, in bytes.
    #[error("it is larger than {}", format_bytes(*.0))]
    TooLarge(usize),
    /// The name of the host is unknown.
    #[error("no such host: {0}")]
    HostNotFound(String),
    /// The certificate of the host is not trusted.
    #[error("the certificate of {0} is not trusted")]
    UntrustedCertificate(String),
    /// TLS failed before or after the check of the certificate.
    #[error("{0} and this program cannot agree on TLS: it may support only old versions, or want a client certificate")]
    TlsFailed(String),
    /// The connection failed: the host, and what the system says.
    #[error("cannot reach {0}: {1}")]
    Unreachable(String, String),
    /// The response is not valid HTTP, or the like: the host, and what the HTTP client says.
    #[error("{0}: {1}")]
    Protocol(String, String),
    /// The HTTP client itself failed.
    #[error("it cannot be fetched: the HTTP client failed")]
    ClientFailed,
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
