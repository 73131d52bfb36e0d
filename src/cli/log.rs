//! The log, which goes to a file in the state folder and never to the terminal.

use std::io::{self, Write};

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::{
    Layer as _,
    filter::{ParseError, Targets},
    fmt,
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use super::{CliError, GlobalArgs};
use crate::{
    config,
    model::{credentials::mask_urls, unsafe_char::escape_unsafe},
};

/// Writes events of the log without what could control the terminal on which the log is read, without the user names and
/// passwords of URLs, and each on one line: what an event quotes cannot look like another event.
struct SanitizingWriter<W>(W);

impl<W: Write> Write for SanitizingWriter<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let (line, end) = text.strip_suffix('\n').map_or((&*text, ""), |line| (line, "\n"));
        let line = escape_unsafe(&mask_urls(line), |c, line| match c {
            '\t' => line.push(c),
            '\n' => line.push('⏎'),
            _ => line.push(char::REPLACEMENT_CHARACTER),
        });
        self.0.write_all((line + end).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Starts the log if the options ask for one. Dropping the returned guard writes the rest of the log.
///
/// # Errors
/// When the filter is invalid or there is no folder for the file.
pub(crate) fn init(global: &GlobalArgs) -> Result<Option<WorkerGuard>, CliError> {
    let filter = match (&global.log_filter, global.verbose) {
        (Some(filter), _) => filter.as_str(),
        (None, 0) => return Ok(None),
        (None, 1) => "mqtt_dash=debug",
        (None, _) => "mqtt_dash=trace",
    };
    let filter: Targets = filter
        .parse()
        .map_err(|error: ParseError| CliError::Usage(format!("invalid filter `--log {filter}`: {error}")))?;
    let file = config::open_state_log(&global.paths()?.log_file())?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let writer = move || SanitizingWriter(writer.clone());
    let layer = fmt::layer().with_ansi(false).with_writer(writer).with_filter(filter);
    tracing_subscriber::registry().with(layer).init();
    Ok(Some(guard))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Sink(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn no_field_of_an_event_controls_the_terminal_or_shows_a_password() {
        let sink = Sink::default();
        let writer = {
            let sink = sink.clone();
            move || SanitizingWriter(sink.clone())
        };
        let subscriber = tracing_subscriber::registry().with(fmt::layer().with_ansi(false).with_writer(writer));
        let hostile = "a\u{202e}b\u{2066}c\u{1b}[2Jd\u{200f}\n2026-01-01 ERROR forged\r";
        let url = "mqtt://me:geheim@host";
        tracing::subscriber::with_default(subscriber, || {
            let _span = tracing::info_span!("span", field = hostile, shown = %hostile).entered();
            tracing::info!(text = hostile, display = %hostile, debug = ?hostile, %url, "{hostile} {url}");
        });
        let log = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        assert_eq!(log.matches('\n').count(), 1, "{log:?}");
        assert!(log.contains("forged") && log.contains("mqtt://***@host"), "{log:?}");
        assert!(
            !log.contains(['\u{202e}', '\u{2066}', '\u{200f}', '\u{1b}', '\r']) && !log.contains("geheim"),
            "{log:?}"
        );
    }
}
