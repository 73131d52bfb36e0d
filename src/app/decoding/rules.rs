//! The rules how payloads of topics are decoded: what follows when they change.

use crate::{
    app::{
        Action, App, Effect,
        screens::{Screen, decoder_rule::DecoderRuleScreen},
    },
    model::{decoder_rule_entry::DecoderRuleEdit, decoder_rules::LoadedDecoderRules, time::Time},
};

impl App {
    /// Applies the rules of `decoders.toml`. Tiles show the last messages of their topics as the new rules decode them.
    pub(crate) fn load_decoder_rules(&mut self, loaded: LoadedDecoderRules) {
        self.editor_state.decoder_rules = loaded.entries;
        let old = std::mem::replace(&mut self.decoder_rules, loaded.rules);
        if old == self.decoder_rules {
            return;
        }
        if let Some(explorer) = &mut self.explorer {
            explorer.set_decoder_rules(self.decoder_rules.clone());
        }
        let mut states = Vec::new();
        for (dashboard, open) in self.dashboards.iter().enumerate() {
            let Some(connection) = self.connection(open.connection) else { continue };
            for (index, tile) in open.tiles().enumerate() {
                let last = tile.topic.as_ref().and_then(|topic| connection.topic_cache.latest_message(topic));
                let is_affected = last.is_some_and(|(message, ..)| {
                    old.decoders_of(message.topic) != self.decoder_rules.decoders_of(message.topic)
                });
                if is_affected {
                    states.push((dashboard, index, self.known_state(connection.id, tile)));
                }
            }
        }
        for (dashboard, index, state) in states {
            self.dashboards[dashboard].set_initial_state(index, state);
        }
        self.display.dirty = true;
    }

    /// Applies the rules after a change that the user has made here.
    pub(in crate::app) fn on_decoder_rules_saved(
        &mut self,
        edit: &DecoderRuleEdit,
        loaded: LoadedDecoderRules,
        now: Time,
    ) -> Vec<Effect> {
        self.load_decoder_rules(loaded);
        self.notify("Saved in decoders.toml", now);
        let is_open = matches!(&self.focus, Screen::DecoderRule(screen) if screen.asks_for(edit));
        if is_open { self.update_screen(Action::Cancel, now) } else { Vec::new() }
    }

    /// Says why a change of the rules was not saved, where it was typed.
    pub(in crate::app) fn on_decoder_rule_not_saved(&mut self, edit: &DecoderRuleEdit, reason: String, now: Time) {
        match &mut self.focus {
            Screen::DecoderRule(screen) if screen.asks_for(edit) => screen.error = Some(reason),
            _ => self.report_failure(reason, now),
        }
    }

    /// Opens the dialog for how the selected topic of the explorer is decoded.
    pub(in crate::app) fn open_decoder_rule(&mut self, now: Time) {
        let Some(explorer) = &self.explorer else { return };
        let Some(node) = explorer.selected else { return self.notify("Select a topic", now) };
        let path = explorer.tree.path(node);
        let topic = if explorer.tree.topic(node).is_some() { path } else { format!("{path}/#") };
        let screen = DecoderRuleScreen::new(explorer.connection, &topic, &self.editor_state.decoder_rules);
        self.open(screen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::{
            Action, Effect, Event, ExploreAction, FilesEffect, FilesEvent,
            input_edit::InputEdit,
            tests::{AppFixture, tile},
        },
        decode::Decoder,
        model::{
            decoder_rule_entry::{DecoderRuleEdit, DecoderRuleEntry, RuleDecoders},
            decoder_rules::{DecoderRule, DecoderRules},
            grid::Direction,
            topic::TopicFilter,
            value::Value,
        },
    };

    fn loaded(filter: &str, decoder: &str) -> LoadedDecoderRules {
        let filter = TopicFilter::new(filter).unwrap();
        let decoders: Vec<Decoder> = Decoder::by_name(decoder).into_iter().collect();
        let decode = RuleDecoders { decoders: decoders.clone(), then_protobuf: false };
        let entry = DecoderRuleEntry { topic: Some(filter.clone()), decode, ..DecoderRuleEntry::default() };
        LoadedDecoderRules {
            rules: DecoderRules::new(vec![DecoderRule { filter, decoders: decoders.into() }]),
            entries: vec![entry],
            schemas: Vec::new(),
        }
    }

    /// The explorer with a topic whose payload is hexadecimal, beside a tile of it.
    fn fixture() -> AppFixture {
        let publish = ("publish", Value::Bool(false));
        let mut fixture = AppFixture::new(vec![tile("text", &[("topic", "hex/a".into()), publish])]);
        fixture.app.connections[0].explore = vec![TopicFilter::new("#").unwrap()];
        fixture.dispatch(Action::Explore(ExploreAction::Open));
        fixture.receive_message("hex/a", b"4f4e");
        fixture.app.prepare_explorer(fixture.now);
        fixture.dispatch(Action::UnfoldBelow(true));
        fixture.dispatch(Action::MoveInDialog(Direction::Last));
        fixture.app.prepare_explorer(fixture.now);
        fixture
    }

    fn file_event(fixture: &mut AppFixture, event: FilesEvent) {
        fixture.app.update(Event::Files(event), fixture.now);
    }

    fn screen(fixture: &AppFixture) -> &DecoderRuleScreen {
        let Screen::DecoderRule(screen) = &fixture.app.focus else { panic!("{:?}", fixture.app.focus) };
        screen
    }

    /// Chooses a decoder and saves the rule.
    fn save(fixture: &mut AppFixture, decoder: &str) -> Option<DecoderRuleEdit> {
        fixture.dispatch(Action::Explore(ExploreAction::ChooseDecoder));
        for _ in 0..20 {
            if screen(fixture).decoder_text() == decoder {
                break;
            }
            fixture.dispatch(Action::MoveInDialog(Direction::Right));
        }
        assert_eq!(screen(fixture).decoder_text(), decoder);
        accept(fixture)
    }

    fn accept(fixture: &mut AppFixture) -> Option<DecoderRuleEdit> {
        fixture.dispatch(Action::Accept).into_iter().find_map(|effect| match effect {
            Effect::Files(FilesEffect::EditDecoderRules(edit)) => Some(*edit),
            _ => None,
        })
    }

    #[test]
    fn rule_is_saved_and_applies_to_the_explorer_and_to_tiles_at_once() {
        let mut fixture = fixture();
        assert_eq!(fixture.shown_text(0), Some("4f4e"));
        let edit = save(&mut fixture, "hex");
        let expected = loaded("hex/a", "hex");
        assert_eq!(edit, Some(DecoderRuleEdit::Set(expected.entries[0].clone())));
        let other = Box::new(DecoderRuleEdit::Remove(TopicFilter::new("other").unwrap()));
        file_event(&mut fixture, FilesEvent::DecoderRuleNotSaved(other.clone(), "no".into()));
        assert_eq!(screen(&fixture).error, None, "that was another dialog");
        file_event(&mut fixture, FilesEvent::DecoderRulesSaved(other, Box::default()));
        assert!(matches!(fixture.app.focus, Screen::DecoderRule(_)));
        file_event(&mut fixture, FilesEvent::DecoderRulesSaved(Box::new(edit.unwrap()), Box::new(expected)));
        assert!(matches!(fixture.app.focus, Screen::Explorer(_)), "{:?}", fixture.app.focus);
        let shown = fixture.app.explorer.as_ref().unwrap().selected_topic().unwrap().shown().unwrap();
        assert_eq!(&**shown.shown_payload(), b"ON");
        assert_eq!(shown.decoder_names().as_deref(), Some("hex (by its topic)"));
        fixture.app.resolve_values(fixture.now);
        assert_eq!(fixture.shown_text(0), Some("ON"));
        assert!(shown_decoders_of_new_tile(&fixture).is_empty(), "the rule applies to tiles, too");
    }

    fn shown_decoders_of_new_tile(fixture: &AppFixture) -> &[Decoder] {
        let explorer = fixture.app.explorer.as_ref().unwrap();
        explorer.selected_topic().unwrap().shown().unwrap().decoders_for_tile()
    }

    #[test]
    fn rule_that_cannot_be_saved_stays_to_be_corrected_and_can_be_removed() {
        let mut fixture = fixture();
        assert_eq!(save(&mut fixture, "protobuf"), None);
        assert!(screen(&fixture).error.as_ref().unwrap().starts_with("`protobuf` needs `schema`"));
        for text in ["a.proto", "a.B"] {
            // Behind the decoder and the topic come the schema and the type.
            let fields = if text == "a.proto" { 2 } else { 1 };
            (0..fields).for_each(|_| drop(fixture.dispatch(Action::CycleFocus(1))));
            fixture.dispatch(Action::EditInput(InputEdit::Insert(text.to_owned())));
        }
        let Some(edit @ DecoderRuleEdit::Set(_)) = accept(&mut fixture) else { panic!("not saved") };
        let DecoderRuleEdit::Set(entry) = edit.clone() else { panic!() };
        assert_eq!((entry.schema.as_deref(), entry.message_type.as_deref()), (Some("a.proto"), Some("a.B")));
        file_event(&mut fixture, FilesEvent::DecoderRuleNotSaved(Box::new(edit), "a.proto cannot be read".into()));
        assert_eq!(screen(&fixture).error.as_deref(), Some("a.proto cannot be read"));
        fixture.dispatch(Action::Cancel);
        file_event(&mut fixture, FilesEvent::DecoderRulesChanged(Box::new(loaded("hex/#", "hex"))));
        let edit = save(&mut fixture, "automatic (no rule)");
        assert_eq!(edit, Some(DecoderRuleEdit::Remove(TopicFilter::new("hex/#").unwrap())));
        file_event(&mut fixture, FilesEvent::DecoderRulesSaved(Box::new(edit.unwrap()), Box::default()));
        assert_eq!(save(&mut fixture, "automatic (no rule)"), None, "there is nothing to remove");
    }

    #[test]
    fn payload_that_the_rule_does_not_fit_is_shown_as_it_is() {
        let mut fixture = fixture();
        file_event(&mut fixture, FilesEvent::DecoderRulesChanged(Box::new(loaded("hex/#", "cbor"))));
        let topic = fixture.app.explorer.as_ref().unwrap().selected_topic().unwrap().shown().unwrap();
        assert_eq!(&**topic.shown_payload(), b"4f4e");
        assert_eq!(topic.problems(), ["not CBOR: it looks like text"]);
    }

    #[test]
    fn missing_messages_and_names_of_an_edge_node_are_told() {
        let mut fixture = fixture();
        let mut problems = |payload: &[u8]| {
            fixture.receive_message("spBv1.0/G/NDATA/N", payload);
            let explorer = fixture.app.explorer.as_mut().unwrap();
            let node = explorer.tree.find("spBv1.0/G/NDATA/N").unwrap();
            explorer.select(node);
            explorer.selected_topic().unwrap().shown().unwrap().problems()
        };
        let unnamed = "1 metric without a name: only the next message of birth says it";
        assert_eq!(problems(b"\x12\x04\x10\x05\x70\x01\x18\x07"), [unnamed]);
        fixture.receive_message("spBv1.0/G/NBIRTH/N", b"\x12\x0c\x0a\x04Pump\x10\x05\x20\x0b\x70\x00\x18\x00");
        let mut problems = |payload: &[u8]| {
            fixture.receive_message("spBv1.0/G/NDATA/N", payload);
            fixture.app.explorer.as_ref().unwrap().selected_topic().unwrap().shown().unwrap().problems()
        };
        assert_eq!(problems(b"\x12\x04\x10\x05\x70\x01\x18\x01"), [""; 0]);
        let missed = "2 messages of the edge node did not arrive before this one";
        assert_eq!(problems(b"\x12\x04\x10\x05\x70\x01\x18\x04"), [missed]);
    }
}
