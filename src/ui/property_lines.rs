//! The properties of a message (MQTT 5) in the detail view: a row for each, whose value may take several lines.

use super::payload_lines::text_lines;
use crate::model::{
    error::format_bytes,
    message_properties::{MessageProperties, correlation_text},
};

/// The width of the names; a value begins after them.
const NAME_WIDTH: u16 = 16;

/// Returns the rows of all properties.
pub(crate) fn property_lines(properties: &MessageProperties, width: u16) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add_row = |name: &str, value: &str| {
        let (values, _) = text_lines(&one_line(value), width.saturating_sub(NAME_WIDTH).max(1));
        let mut values = values.into_iter();
        let name_width = usize::from(NAME_WIDTH);
        lines.push(format!("{name:<name_width$}{}", values.next().unwrap_or_default()));
        lines.extend(values.map(|value| format!("{:name_width$}{value}", "")));
    };
    if let Some(content_type) = &properties.content_type {
        add_row("content type", content_type);
    }
    match properties.payload_format {
        Some(0) => add_row("payload format", "any bytes"),
        Some(1) => add_row("payload format", "UTF-8 text"),
        Some(other) => add_row("payload format", &format!("{other}, which MQTT does not define")),
        None => {}
    }
    if let Some(seconds) = properties.expiry_seconds {
        add_row("expires", &format!("{seconds} s after it arrived"));
    }
    if let Some(topic) = &properties.response_topic {
        add_row("response topic", topic);
    }
    if let Some(data) = &properties.correlation_data {
        add_row("correlation", &correlation_text(data));
    }
    for (name, value) in &properties.user_properties {
        add_row("user property", &format!("{name} = {value}"));
    }
    lines
}

/// Returns the text with its line ends visible: those of a name or a value must not look like another row.
fn one_line(text: &str) -> String {
    text.replace('\n', "␊").replace('\r', "␍")
}

/// Returns what is missing of the properties, if something is.
pub(crate) fn missing(properties: &MessageProperties) -> Option<String> {
    let (kept, all) = (format_bytes(properties.kept_bytes), format_bytes(properties.received_bytes));
    let omitted = match properties.omitted {
        0 => String::new(),
        omitted => format!("; user properties left out: {omitted}"),
    };
    properties.is_cut().then(|| format!("* cut: these are {kept} of {all} of properties{omitted}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::message_properties::ReceivedProperties;

    fn lines(received: &ReceivedProperties<'_>, width: u16) -> (Vec<String>, Option<String>) {
        let properties = MessageProperties::new(received).unwrap();
        (property_lines(&properties, width), missing(&properties))
    }

    #[test]
    fn long_values_continue_below_their_beginning() {
        let user_properties = [("source".to_owned(), "the sensor below the roof".to_owned())];
        let received = ReceivedProperties { user_properties: &user_properties, ..ReceivedProperties::default() };
        let expected = ["user property   source = the", "                sensor below", "                the roof"]
            .map(str::to_owned);
        assert_eq!(lines(&received, 30), (expected.to_vec(), None));
    }

    #[test]
    fn value_cannot_look_like_another_row_or_act_on_the_terminal() {
        let user_properties = [("a\nuser property   b".to_owned(), "\u{1b}[2J\u{202e}".to_owned())];
        let received = ReceivedProperties {
            user_properties: &user_properties,
            content_type: Some("x\ny"),
            response_topic: Some("x\r\n\ty"),
            correlation_data: Some(b"\x00\n"),
            ..ReceivedProperties::default()
        };
        let expected = [
            "content type    x␊y",
            "response topic  x␍␊␉y",
            "correlation     00 0A",
            "user property   a␊user property   b = ␛[2J\u{fffd}",
        ];
        assert_eq!(lines(&received, 200).0, expected);
    }

    #[test]
    fn what_is_missing_is_said() {
        let user_properties = vec![("n".to_owned(), "v".repeat(9_000)); 10];
        let received = ReceivedProperties { user_properties: &user_properties, ..ReceivedProperties::default() };
        let (_, missing) = lines(&received, 80);
        assert_eq!(
            missing.unwrap(),
            "* cut: these are 63.8 KiB of 87.9 KiB of properties; user properties left out: 2"
        );
    }
}
