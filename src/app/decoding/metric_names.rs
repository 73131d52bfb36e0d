//! Messages of Sparkplug on their way to the tiles: their metrics get the names that the last message of birth has said.

use std::borrow::Cow;

use crate::{
    app::App,
    model::batch::{Batch, MessageRef},
};

impl App {
    /// Returns the messages of a batch with the names of their metrics.
    pub(in crate::app) fn with_metric_names<'a>(&mut self, connection: usize, messages: &'a Batch) -> Cow<'a, Batch> {
        let Some(open) = self.connections.get_mut(connection) else { return Cow::Borrowed(messages) };
        let mut receive = |message: MessageRef<'_>| open.edge_nodes.receive(message.topic, message.payload)?.completed;
        let completed: Vec<(usize, Vec<u8>)> =
            messages.iter().enumerate().filter_map(|(index, message)| Some((index, receive(message)?))).collect();
        if completed.is_empty() {
            return Cow::Borrowed(messages);
        }
        let mut completed = completed.iter().peekable();
        let with_names = |(index, message)| match completed.next_if(|(other, _)| *other == index) {
            Some((_, payload)) => MessageRef { payload, ..message },
            None => message,
        };
        Cow::Owned(messages.iter().enumerate().map(with_names).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::{
        app::{
            Action,
            states_by_topic::StatesByTopic,
            tests::{AppFixture, payloads, publish_requests, tile},
        },
        decode::{self, Decoder},
        model::{
            connection::{ConnectionEvent, Message},
            decoder_rules::{DecoderRule, DecoderRules},
            tile::Tile,
            topic::TopicFilter,
            value::Value,
        },
    };

    /// A message of birth of the metrics Level (Int8, alias 4, value 7) and Pump (Boolean, alias 5, value false).
    const BIRTH: &[u8] =
        b"\x12\x0d\x0a\x05Level\x10\x04\x20\x01\x50\x07\x12\x0c\x0a\x04Pump\x10\x05\x20\x0b\x70\x00\x18\x00";
    /// Level is -2, by its alias alone.
    const LEVEL: &[u8] = b"\x12\x08\x10\x04\x50\xfe\xff\xff\xff\x0f\x18\x01";
    /// Pump is true.
    const PUMP: &[u8] = b"\x12\x04\x10\x05\x70\x01\x18\x02";

    fn metric_tile(topic: &str, metric: &str) -> Tile {
        let path = format!("$.metrics.{metric}");
        tile("text", &[("topic", topic.into()), ("json_path", path.as_str().into()), ("publish", Value::Bool(false))])
    }

    #[test]
    fn tiles_get_values_by_the_names_of_the_birth_and_keep_those_that_have_not_changed() {
        let topic = "spBv1.0/G/DDATA/N/D";
        let mut fixture = AppFixture::new(vec![metric_tile(topic, "Level"), metric_tile(topic, "Pump")]);
        let subscribed = fixture.app.connections[0].subscriptions.tile_filters();
        let subscribed: Vec<&str> = subscribed.iter().map(TopicFilter::as_str).collect();
        assert_eq!(subscribed, ["spBv1.0/G/DBIRTH/N/D", topic, "spBv1.0/G/NBIRTH/N"]);
        let state =
            |fixture: &AppFixture, index| fixture.app.current_dashboard().unwrap().tile(index).unwrap().1.clone();
        fixture.receive_message(topic, LEVEL);
        let error = state(&fixture, 0).error.map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("its metrics have no names until the edge node is born again"));
        fixture.receive_message("spBv1.0/G/DBIRTH/N/D", BIRTH);
        fixture.receive_message(topic, LEVEL);
        assert_eq!((fixture.shown_text(0), fixture.shown_text(1)), (Some("-2"), None));
        fixture.receive_message(topic, PUMP);
        assert_eq!((fixture.shown_text(0), fixture.shown_text(1)), (Some("-2"), Some("true")));
        assert!((0..2).all(|index| state(&fixture, index).error.is_none()), "only what has changed is sent");
    }

    #[test]
    fn new_tile_shows_the_last_value_that_was_sent_of_its_metric() {
        let topic = "spBv1.0/G/+/N/D";
        let mut fixture = AppFixture::new(vec![metric_tile(topic, "Pump")]);
        fixture.receive_message("spBv1.0/G/DBIRTH/N/D", BIRTH);
        fixture.receive_message("spBv1.0/G/DDATA/N/D", PUMP);
        let tile = metric_tile(topic, "Level");
        let connection = fixture.app.connections[0].id;
        let states = StatesByTopic::of(&fixture.app.dashboards, connection);
        let mut state = fixture.app.initial_state(&states, connection, &tile);
        state.resolve_value(&tile, None);
        assert_eq!(state.value.map(|value| value.text.to_string()).as_deref(), Some("7"), "of the birth");
    }

    #[test]
    fn messages_that_arrive_together_say_more_than_the_last_one() {
        let topic = "spBv1.0/G/DDATA/N/D";
        let mut fixture = AppFixture::new(vec![metric_tile(topic, "Level"), metric_tile(topic, "Pump")]);
        fixture.receive_message("spBv1.0/G/DBIRTH/N/D", BIRTH);
        // More than is decoded at a time.
        let filler = (0..20).map(|_| Message::new(topic, &b"\xff"[..]));
        let messages = filler.chain([Message::new(topic, LEVEL), Message::new(topic, PUMP)]);
        fixture.connection_event(ConnectionEvent::messages(messages));
        fixture.app.resolve_values(fixture.now);
        assert_eq!((fixture.shown_text(0), fixture.shown_text(1)), (Some("-2"), Some("true")));
    }

    #[test]
    fn one_tile_shows_the_value_of_the_birth_and_later_ones() {
        let mut fixture = AppFixture::new(vec![metric_tile("spBv1.0/G/+/N/D", "Level")]);
        fixture.receive_message("spBv1.0/G/DBIRTH/N/D", BIRTH);
        assert_eq!(fixture.shown_text(0), Some("7"));
        fixture.receive_message("spBv1.0/G/DDATA/N/D", LEVEL);
        assert_eq!(fixture.shown_text(0), Some("-2"));
    }

    #[test]
    fn switch_publishes_a_command_and_shows_the_answer() {
        let mut fixture = AppFixture::new(vec![tile(
            "switch",
            &[
                ("topic", "spBv1.0/G/DDATA/N/D".into()),
                ("json_path", "$.metrics.Pump".into()),
                ("publish_topic", "spBv1.0/G/DCMD/N/D".into()),
                ("payload", r#"{"metrics":{"Pump":{{value}}}}"#.into()),
                ("on", "true".into()),
                ("off", "false".into()),
            ],
        )]);
        let requests = publish_requests(fixture.press_tile(0));
        let sent = decode::decode(&[Decoder::sparkplug().unwrap()], &requests[0].payload).unwrap().into_owned();
        assert!(sent.starts_with(br#"{"metrics":{"Pump":true},"types":{"Pump":"Boolean"},"timestamp":"#));
        fixture.receive_message("spBv1.0/G/DBIRTH/N/D", BIRTH);
        fixture.receive_message("spBv1.0/G/DDATA/N/D", PUMP);
        assert_eq!(fixture.shown_text(0), Some("true"));
    }

    #[test]
    fn rule_decodes_for_all_tiles_of_a_topic_and_encodes_what_they_publish() {
        let entries = |topic: &'static str| -> Vec<(&'static str, Value)> {
            vec![("topic", topic.into()), ("json_path", "$.t".into()), ("payload", r#"{"t":{{value}}}"#.into())]
        };
        let mut fixture = AppFixture::new(vec![tile("range", &entries("hex/a")), tile("range", &entries("plain/a"))]);
        let decoders: Arc<[Decoder]> = Decoder::by_name("hex").into_iter().collect();
        let rule = DecoderRule { filter: TopicFilter::new("hex/#").unwrap(), decoders };
        fixture.app.decoder_rules = DecoderRules::new(vec![rule]);
        fixture.receive_message("hex/a", b"7b2274223a357d");
        fixture.receive_message("plain/a", b"{\"t\":6}");
        assert_eq!((fixture.shown_text(0), fixture.shown_text(1)), (Some("5"), Some("6")));
        let requests = fixture.dispatch_for_publishes(Action::Step(1));
        assert_eq!(payloads(&requests), ["7b2274223a367d"]);
        fixture.receive_message("hex/a", b"ON");
        let error = fixture.app.current_dashboard().unwrap().tile(0).unwrap().1.error.clone();
        assert_eq!(error.unwrap().to_string(), "not hexadecimal: it has other characters");
    }
}
