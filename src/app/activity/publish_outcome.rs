//! What became of what the user has published.

use std::{fmt, time::Duration};

use crate::model::time::format_delay;

/// What became of a value that the user has published.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PublishOutcome {
    /// It is not yet written to the socket.
    Queued,
    /// It is written to the socket.
    Sent,
    /// The broker has acknowledged it.
    Acknowledged,
    /// The broker has delivered it to the tile, which reads the topic that it publishes to. Whether a device got it is
    /// unknown.
    Delivered,
    /// The device has confirmed it after this time.
    Confirmed(Duration),
    /// The device has answered this value instead.
    Answered(Box<str>),
    /// It was not sent or not answered, for this reason.
    Failed(Box<str>),
    /// The user has canceled it before it was sent.
    Canceled,
}

impl PublishOutcome {
    /// Returns whether nothing else will become of it.
    pub(super) const fn is_final(&self) -> bool {
        matches!(self, Self::Delivered | Self::Confirmed(_) | Self::Answered(_) | Self::Failed(_) | Self::Canceled)
    }

    pub(super) const fn text(&self) -> &str {
        match self {
            Self::Answered(text) | Self::Failed(text) => text,
            Self::Queued | Self::Sent | Self::Acknowledged | Self::Delivered | Self::Confirmed(_) | Self::Canceled => {
                ""
            }
        }
    }
}

impl fmt::Display for PublishOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Queued => f.write_str("waiting to be sent"),
            Self::Sent => f.write_str("sent"),
            Self::Acknowledged => f.write_str("sent, at broker"),
            Self::Delivered => f.write_str("delivered by the broker"),
            Self::Confirmed(after) => write!(f, "✓ confirmed {}", format_delay(*after)),
            Self::Answered(value) => write!(f, "the device answered: {value}"),
            Self::Failed(reason) => f.write_str(reason),
            Self::Canceled => f.write_str("canceled, not sent"),
        }
    }
}
