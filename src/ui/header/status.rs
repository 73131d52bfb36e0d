//! The connections in the header: the name, a symbol for the state, and the rate of messages, or why there are none.
//! The one that needs attention comes first.

use std::time::Duration;

use ratatui::{layout::Rect, style::Style};

use super::GAP;
use crate::{
    app::{CLOCK_WIDTH, Connection},
    model::{
        connection::{ConnectionState, FailureCause},
        time::{Time, format_age, format_delay},
    },
    ui::{
        UiConfig, banner,
        screens::DrawContext,
        text::{Alignment, draw_line, sanitize, width},
    },
};

/// A part of the line, with its style.
type Part = (String, Style);

/// Draws the connections at the right end of the area, on narrow screens without names.
pub(super) fn draw(context: &mut DrawContext<'_>, area: Rect, is_narrow: bool) {
    let DrawContext { app, config, now, .. } = *context;
    let shows_round_trip = app.size.0 >= CLOCK_WIDTH;
    let statuses: Vec<ConnectionStatus<'_>> = app
        .connections_by_urgency()
        .into_iter()
        .map(|connection| ConnectionStatus::of(connection, config, now, shows_round_trip))
        .collect();
    let mut rest = area;
    for (text, style) in parts(&statuses, area.width, is_narrow, config).into_iter().rev() {
        let part_area = draw_line(context.buf, rest, 0, &text, style, Alignment::Right);
        rest.width = part_area.x.saturating_sub(rest.x);
    }
}

/// Returns the line, as detailed as fits into this number of cells. The first connection is shown as detailed as possible.
fn parts(statuses: &[ConnectionStatus<'_>], cells: u16, is_narrow: bool, config: &UiConfig) -> Vec<Part> {
    let Some((first, others)) = statuses.split_first() else { return Vec::new() };
    let detail_key = config.keymap.first_key("detail");
    let dim = config.theme.dim();
    let parts_of = |form| others.iter().flat_map(|status| status.parts(form, dim)).collect::<Vec<_>>();
    for form in [Form::Full, Form::Name].into_iter().filter(|_| !is_narrow) {
        let other_parts = parts_of(form);
        if line_width(&first.parts(Form::Full, dim)) <= cells.saturating_sub(line_width(&other_parts)) {
            return [first.parts(Form::Full, dim), other_parts].concat();
        }
    }
    // A symbol belongs to the name in front of it. Names are left out only where there is no room for any.
    let named = parts_of(Form::Name);
    let name = if others.is_empty() { String::new() } else { format!("{} ", sanitize(first.name)) };
    let has_room = line_width(&named) + width(&name) + first.least_width(is_narrow) <= cells;
    let (name, other_parts) = if has_room { (name, named) } else { (String::new(), parts_of(Form::Symbol)) };
    let room = cells.saturating_sub(line_width(&other_parts) + width(&name));
    let text = if is_narrow && first.is_connected { first.symbol.to_owned() } else { first.fit(room, detail_key) };
    [vec![(name, dim), (text, first.style)], other_parts].concat()
}

fn line_width(parts: &[Part]) -> u16 {
    parts.iter().map(|(text, _)| width(text)).sum()
}

/// How much is shown of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The name, the symbol, and the text.
    Full,
    /// The name and the symbol.
    Name,
    /// The symbol.
    Symbol,
}

/// The state of a connection as the header shows it.
struct ConnectionStatus<'a> {
    name: &'a str,
    /// Recognizable without color.
    symbol: &'static str,
    text: String,
    /// The text in few words, where it does not fit; empty if it is short.
    short_text: &'static str,
    /// What is shown however long the text is: when the next attempt is, or what to do.
    time: String,
    style: Style,
    is_connected: bool,
}

impl<'a> ConnectionStatus<'a> {
    fn of(connection: &'a Connection, config: &UiConfig, now: Time, shows_round_trip: bool) -> Self {
        let theme = config.theme;
        let short_text = connection.state.failure_cause().map_or("", FailureCause::label);
        let (symbol, text, time, style) = match &connection.state {
            ConnectionState::Connected => {
                let round_trip = connection.round_trip.filter(|_| shows_round_trip).map(format_round_trip);
                let text = traffic(connection, now) + &round_trip.unwrap_or_default();
                ("●", text, String::new(), theme.success())
            }
            ConnectionState::Connecting { attempt: 1 } => {
                ("◌", "connecting".to_owned(), String::new(), theme.warning())
            }
            ConnectionState::Connecting { attempt } => {
                ("◌", format!("connecting, attempt {attempt}"), String::new(), theme.warning())
            }
            ConnectionState::WaitingToRetry { reason, .. } => {
                let seconds = connection.seconds_to_next_attempt(now).unwrap_or(1);
                ("○", reason.clone(), format!("retry in {seconds} s"), theme.warning())
            }
            ConnectionState::Stopped { reason, .. } => {
                ("✕", reason.clone(), format!("stopped {}", format_age(now.since(connection.since))), theme.error())
            }
        };
        let time = match (banner::secret_hint(connection, config), &connection.state) {
            (Some(hint), ConnectionState::WaitingToRetry { .. }) => format!("{time} · {hint}"),
            (Some(hint), _) => hint,
            (None, _) => time,
        };
        Self { name: &connection.name, symbol, text, short_text, time, style, is_connected: connection.is_connected() }
    }

    /// Returns what is shown, with a gap in front of it.
    fn parts(&self, form: Form, dim: Style) -> Vec<Part> {
        let gap = " ".repeat(usize::from(GAP));
        let text = if form == Form::Full { self.fit(u16::MAX, "") } else { self.symbol.to_owned() };
        let name = if form == Form::Symbol { String::new() } else { format!("{} ", sanitize(self.name)) };
        vec![(format!("{gap}{name}"), dim), (text, self.style)]
    }

    /// Returns the width of the text that is shown at least.
    fn least_width(&self, is_narrow: bool) -> u16 {
        match (is_narrow && self.is_connected, self.time.as_str()) {
            (true, _) => width(self.symbol),
            (false, "") => width(self.symbol) + 1 + width(&sanitize(&self.text)),
            (false, time) => width(self.symbol) + 1 + width(time),
        }
    }

    /// Returns the text for this number of cells. If the reason does not fit, its cause is shown in few words, the time
    /// stays, and the key is named that shows all.
    fn fit(&self, cells: u16, detail_key: &str) -> String {
        let Self { symbol, text, short_text, time, .. } = self;
        if time.is_empty() {
            return format!("{symbol} {text}");
        }
        let candidates = [
            format!("{symbol} {text} · {time}"),
            format!("{symbol} {short_text} · {time} · {detail_key}: why"),
            format!("{symbol} {short_text} · {time}"),
        ];
        let fits = |candidate: &String| width(&sanitize(candidate)) <= cells;
        candidates.into_iter().find(fits).unwrap_or_else(|| format!("{symbol} {time}"))
    }
}

/// Returns the time that the broker takes to answer, behind a gap.
fn format_round_trip(round_trip: Duration) -> String {
    match round_trip.as_millis() {
        0 => "  <1 ms".to_owned(),
        millis @ 1..1_000 => format!("  {millis} ms"),
        _ => format!("  {}", format_delay(round_trip)),
    }
}

/// Returns how many messages arrive; if it is less than one in a second, that the connection is up.
fn traffic(connection: &Connection, now: Time) -> String {
    match connection.message_rate.per_second(now) {
        0 => "connected".to_owned(),
        rate => format!("{rate} msg/s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::ColorDepth;

    fn status<'a>(name: &'a str, symbol: &'static str, text: &str, time: &str) -> ConnectionStatus<'a> {
        let (text, time) = (text.to_owned(), time.to_owned());
        let short_text = if symbol == "●" { "" } else { "certificate" };
        ConnectionStatus { name, symbol, text, short_text, time, style: Style::new(), is_connected: symbol == "●" }
    }

    #[test]
    fn time_of_next_attempt_is_shown_however_long_the_reason_is() {
        let status = |text| status("hub", "○", text, "retry in 60 s");
        let long = status("the broker's certificate is self-signed; if … is its fingerprint, trust it");
        assert_eq!(long.fit(100, "i"), format!("○ {} · retry in 60 s", long.text));
        assert_eq!(long.fit(60, "i"), "○ certificate · retry in 60 s · i: why");
        assert_eq!(long.fit(37, "i"), "○ certificate · retry in 60 s");
        assert_eq!(long.fit(28, "i"), "○ retry in 60 s");
        assert_eq!(status("no").fit(20, "i"), "○ no · retry in 60 s");
        for cells in 0..120 {
            let text = long.fit(cells, "i");
            assert!(text.contains("retry in 60 s") && (width(&text) <= cells || cells < 15), "{text}");
        }
    }

    #[test]
    fn connection_that_needs_attention_gets_the_room() {
        let statuses =
            [status("shed", "○", "nothing listens on shed:1883", "retry in 8 s"), status("hub", "●", "14 msg/s", "")];
        let line = |cells, is_narrow| -> String {
            let parts = parts(&statuses, cells, is_narrow, &UiConfig::new(ColorDepth::None));
            parts.into_iter().map(|(text, _)| text).collect()
        };
        let reason = "○ nothing listens on shed:1883 · retry in 8 s";
        assert_eq!(line(80, false), format!("  shed {reason}  hub ● 14 msg/s"));
        assert_eq!(line(62, false), format!("  shed {reason}  hub ●"));
        assert_eq!(line(55, false), "shed ○ certificate · retry in 8 s · i: why  hub ●");
        assert_eq!(line(40, false), "shed ○ certificate · retry in 8 s  hub ●");
        assert_eq!(line(30, true), "shed ○ retry in 8 s  hub ●");
        assert_eq!(line(20, true), "○ retry in 8 s  ●", "no room for any name");
    }

    #[test]
    fn narrow_screen_shows_connected_brokers_as_dots_behind_their_names() {
        let statuses = [status("hub", "●", "14 msg/s", ""), status("shed", "●", "connected", "")];
        let line = |cells| -> String {
            let parts = parts(&statuses, cells, true, &UiConfig::new(ColorDepth::None));
            parts.into_iter().map(|(text, _)| text).collect()
        };
        assert_eq!(line(30), "hub ●  shed ●");
        assert_eq!(line(12), "●  ●");
    }
}
