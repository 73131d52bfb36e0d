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
use crate::{config, model::unsafe_char::replace_unsafe};

/// Writes events of the log without what could control the terminal on which the log is read.
struct SanitizingWriter<W>(W);

impl<W: Write> Write for SanitizingWriter<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        self.0.write_all(replace_unsafe(&String::from_utf8_lossy(event)).as_bytes())?;
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
