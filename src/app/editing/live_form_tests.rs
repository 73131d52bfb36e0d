//! Tests of what messages and presets change in an open form.

use super::tests::{EditingFixture, edits_in, tile};
use crate::{
    app::{
        Action, EditAction, Effect, MqttEffect,
        form::{FormPopup, PickList},
    },
    model::{
        dashboard::Dashboard,
        edit::DashboardEdit,
        grid::Direction,
        schema::{DynFields as _, set_fields},
        value::Value,
    },
};

impl EditingFixture {
    fn list(&self) -> &PickList {
        match &self.app.form().unwrap().popup {
            Some(FormPopup::List(list)) => list,
            popup => panic!("{popup:?}"),
        }
    }

    /// Returns the value and the detail of the selected row.
    fn selected_row(&self) -> (&str, &str) {
        let row = self.list().matching_rows()[self.list().selected];
        (&row.value, &row.detail)
    }

    /// Selects the row with this label in the open list, and accepts it.
    fn choose(&mut self, label: &str) {
        let index = self.list().rows.iter().position(|row| row.label == label).unwrap();
        self.action(Action::AcceptOption(index));
    }

    fn text_of(&self, key: &str) -> Option<Value> {
        self.app.form().unwrap().fields.iter().find(|field| field.key.0 == key).unwrap().value()
    }
}

/// Returns an app with a form of a tile of this kind on the topic `t`, with the focus on this field.
fn form_with_focus_on(kind: &str, key: &str) -> EditingFixture {
    let tiles = vec![tile(kind, "A", "t")];
    let mut fixture = EditingFixture::with_dashboard(Dashboard { tiles, ..Dashboard::default() }, Some("/x.toml"));
    fixture.edit_action(EditAction::Edit);
    fixture.focus_field(key);
    fixture
}

#[test]
fn preview_of_a_topic_that_no_tile_shows_is_live() {
    let mut fixture = form_with_focus_on("text", "topic");
    let subscribed = |fixture: &EditingFixture| -> Option<String> {
        let (_, subscriptions) = fixture.app.focus.subscriptions(&fixture.app)?;
        Some(subscriptions[0].filter.as_str().to_owned())
    };
    for (topic, expected) in
        [("t", None), ("tele/rssi", Some("tele/rssi")), ("#", None), ("a/+", Some("a/+")), ("", None)]
    {
        fixture.focus_field("topic");
        fixture.clear_field();
        fixture.type_text(topic);
        assert_eq!(subscribed(&fixture), None, "{topic} while it is typed");
        let effects = fixture.action(Action::CycleFocus(1));
        assert_eq!(subscribed(&fixture).as_deref(), expected, "{topic}");
        let is_requested =
            effects.iter().any(|effect| matches!(effect, Effect::Mqtt(MqttEffect::SetSubscriptions(..))));
        assert_eq!(is_requested, expected.is_some(), "{topic} {effects:?}");
        for payload in ["-61", "-62"].into_iter().filter(|_| topic == "tele/rssi") {
            fixture.receive_message(topic, payload);
            let preview = fixture.app.preview(fixture.app.form().unwrap()).unwrap();
            assert_eq!(preview.payload.as_deref(), Some(payload));
        }
    }
}

#[test]
fn list_of_topics_is_made_again_only_for_new_topics() {
    let mut fixture = form_with_focus_on("text", "topic");
    fixture.receive_message("t", "1");
    fixture.edit_action(EditAction::OpenPicker);
    let mark = |fixture: &mut EditingFixture| {
        let Some(FormPopup::List(list)) = &mut fixture.app.form_mut().unwrap().popup else { panic!() };
        "marked".clone_into(&mut list.rows[0].label);
    };
    mark(&mut fixture);
    fixture.receive_message("t", "2");
    assert_eq!((&*fixture.list().rows[0].label, &*fixture.list().rows[0].detail), ("marked", "2"));
    fixture.receive_message("u", "3");
    let rows: Vec<_> = fixture.list().rows.iter().map(|row| (&*row.label, &*row.detail)).collect();
    assert_eq!(rows, [("t", "2"), ("u", "3")]);
}

#[test]
fn preset_fills_fields_says_which_and_is_taken_back() {
    let mut fixture = form_with_focus_on("switch", "off_label");
    fixture.type_text("zu");
    fixture.focus_field("preset");
    fixture.receive_message("t", r#"{"battery":90,"contact":true}"#);
    let form = fixture.app.form().unwrap();
    assert_eq!(form.proposed_preset_of(&fixture.app.preview(form).unwrap()).map(|preset| preset.name), Some("Contact"));
    fixture.edit_action(EditAction::NextValue);
    assert_eq!(
        fixture.selected_row(),
        ("Contact", "fits: false = open, true = closed · zigbee2mqtt · at $.contact"),
        "what fits is first"
    );
    fixture.action(Action::Accept);
    let values = |fixture: &EditingFixture| {
        ["on", "off", "on_label", "off_label", "json_path"].map(|key| match fixture.text_of(key) {
            Some(Value::String(text)) => text,
            other => format!("{other:?}"),
        })
    };
    assert_eq!(values(&fixture), ["false", "true", "open", "closed", "$.contact"]);
    let notice = "Contact: Part of the JSON $.contact, Payload for on false, Payload for off true, Text when on open, \
        Text when off closed (was zu)";
    assert_eq!(fixture.notice(), notice);
    let form = fixture.app.form().unwrap();
    assert_eq!(form.applied_preset().map(|preset| preset.name), Some("Contact"));
    assert_eq!(form.proposed_preset_of(&fixture.app.preview(form).unwrap()), None, "it fits now");
    fixture.edit_action(EditAction::OpenPicker);
    fixture.choose("As it was");
    assert_eq!(values(&fixture), ["1", "0", "None", "zu", "None"]);
}

#[test]
fn tile_that_only_shows_is_offered_the_topic_that_its_device_listens_to() {
    use crate::app::{form::TARGET_KEY, input_edit::InputEdit};
    let right = || Action::EditInput(InputEdit::Key(tui_input::InputRequest::GoToNextChar));
    for (topic, json_path, expected) in [
        ("stat/plug/POWER", "", Some("cmnd/plug/POWER")),
        ("zigbee2mqtt/plug", "$.state", Some("zigbee2mqtt/plug/set/state")),
        ("zigbee2mqtt/door", "$.contact", None),
        ("own/thing", "$.on", None),
    ] {
        let mut fixture = form_with_focus_on("switch", "topic");
        fixture.clear_field();
        fixture.type_text(topic);
        fixture.focus_field("json_path");
        fixture.type_text(json_path);
        fixture.focus_field("preset");
        fixture.edit_action(EditAction::NextValue);
        fixture.choose("ON / OFF");
        let notice = match (expected, json_path) {
            (Some(command), _) => {
                format!("It only shows: a device reports on {topic}; \"Publishes to\" proposes {command}")
            }
            // No device can be told what a contact is.
            (None, "$.contact") => "Payload for off OFF".to_owned(),
            (None, _) => format!("It only shows: a device reports on {topic}"),
        };
        assert!(fixture.notice().ends_with(&notice), "{}", fixture.notice());
        fixture.action(right());
        assert_eq!(fixture.app.form().unwrap().typed_text(TARGET_KEY), "", "another field has the focus");
        fixture.focus_field("publish_topic");
        fixture.action(right());
        let form = fixture.app.form().unwrap();
        assert_eq!(form.typed_text(TARGET_KEY), expected.unwrap_or_default(), "{topic}");
        let (tile, _) = form.draft_tile().unwrap();
        assert_eq!(tile.is_control(), expected.is_some(), "{topic}");
        assert_eq!(form.missing_target_of(&tile).is_some(), expected.is_none(), "{topic}");
    }
}

#[test]
fn enter_takes_the_proposed_target_only_where_one_is_required() {
    use crate::app::form::TARGET_KEY;
    for controls in [None, Some(true)] {
        let mut fixture = form_with_focus_on("switch", "topic");
        fixture.app.open_new_tile_form(1, controls);
        for (key, text) in [("name", "Plug"), ("topic", "stat/plug/POWER")] {
            fixture.focus_field(key);
            fixture.type_text(text);
        }
        fixture.focus_field("publish_topic");
        fixture.action(Action::Accept);
        let target = fixture.app.form().map(|form| form.typed_text(TARGET_KEY).to_owned());
        let expected = controls.map(|_| "cmnd/plug/POWER");
        assert_eq!(target.as_deref(), expected, "without one, the form is saved as it is");
    }
}

#[test]
fn preset_leaves_nothing_of_the_one_before() {
    let mut fixture = form_with_focus_on("switch", "preset");
    for preset in ["Lock", "ON / OFF"] {
        fixture.edit_action(EditAction::NextValue);
        fixture.choose(preset);
    }
    let effects = fixture.action(Action::Accept);
    let edits = edits_in(&effects);
    let [DashboardEdit::ReplaceTile(_, tile)] = edits.as_slice() else { panic!("{edits:?}") };
    let set: Vec<_> = tile.fields().into_iter().filter(|field| tile.get(field.name) != field.default).collect();
    assert_eq!(set.iter().map(|field| field.name).collect::<Vec<_>>(), ["name", "topic", "on", "off"]);
}

#[test]
fn limits_are_proposed_from_numbers_seen() {
    let mut fixture = form_with_focus_on("range", "max");
    for payload in ["30", "254", "12", "warm"] {
        fixture.receive_message("t", payload);
    }
    let form = fixture.app.form().unwrap();
    assert_eq!((form.seen_beyond("min"), form.seen_beyond("max").as_deref()), (None, Some("254")));
    fixture.focus_field("preset");
    fixture.edit_action(EditAction::NextValue);
    fixture.choose("12 to 254");
    assert_eq!((fixture.text_of("min"), fixture.text_of("max")), (Some(Value::Integer(12)), Some(Value::Integer(254))));
    assert_eq!(fixture.app.form().unwrap().seen_beyond("max"), None);
    fixture.focus_field("topic");
    fixture.type_text("x");
    assert_eq!(fixture.app.form().unwrap().seen_beyond("max"), None, "another topic has other numbers");
}

#[test]
fn limits_are_proposed_from_the_history_of_a_tile() {
    let mut range = tile("range", "A", "t");
    set_fields(&mut range, &[("json_path".into(), "$.v".into()), ("publish".into(), Value::Bool(false))]).unwrap();
    let dashboard = Dashboard { tiles: vec![range], ..Dashboard::default() };
    let mut fixture = EditingFixture::with_dashboard(dashboard, Some("/x.toml"));
    for payload in [r#"{"v":-5}"#, r#"{"v":500}"#, r#"{"v":7}"#] {
        fixture.receive_message("t", payload);
    }
    fixture.edit_action(EditAction::Edit);
    fixture.app.resolve_values(fixture.now);
    let form = fixture.app.form().unwrap();
    assert_eq!([form.seen_beyond("min").unwrap(), form.seen_beyond("max").unwrap()], ["-5", "500"]);
}

#[test]
fn open_list_of_json_parts_follows_the_newest_payload() {
    let mut fixture = form_with_focus_on("text", "json_path");
    fixture.receive_message("t", r#"{"b":1,"c":2}"#);
    fixture.edit_action(EditAction::OpenPicker);
    fixture.action(Action::MoveInDialog(Direction::Down));
    assert_eq!(fixture.selected_row(), ("$.c", "2"));
    fixture.receive_message("t", r#"{"a":0,"b":1,"c":3}"#);
    assert_eq!((fixture.selected_row(), fixture.list().selected), (("$.c", "3"), 2), "the path stays selected");
    fixture.receive_message("t", r#"{"a":0,"b":1}"#);
    assert_eq!(fixture.selected_row(), ("$.c", "no longer listed"));
    fixture.receive_message("t", "offline");
    assert_eq!(fixture.selected_row().0, "$.c", "a payload without parts leaves the list as it is");
    fixture.receive_message("t", r#"{"a":0,"b":1,"c":4}"#);
    assert_eq!((fixture.selected_row(), fixture.list().rows.len()), (("$.c", "4"), 3));
    fixture.action(Action::Accept);
    assert_eq!(fixture.text_of("json_path"), Some("$.c".into()));
}

#[test]
fn open_list_of_topics_shows_the_newest_payloads() {
    let mut fixture = form_with_focus_on("text", "topic");
    fixture.receive_message("m", "1");
    fixture.edit_action(EditAction::OpenPicker);
    assert_eq!(fixture.selected_row(), ("m", "1"));
    fixture.app.take_dirty();
    fixture.receive_message("a", "x");
    fixture.receive_message("m", "2");
    assert_eq!((fixture.selected_row(), fixture.list().rows.len()), (("m", "2"), 2));
    assert!(fixture.app.take_dirty(), "it is drawn, though no tile shows the topics");
}

#[test]
fn topic_that_arrives_while_a_form_is_open_is_completed() {
    let mut fixture = form_with_focus_on("text", "topic");
    fixture.clear_field();
    fixture.receive_message("hall/lamp", "1");
    fixture.type_text("hall");
    assert_eq!(fixture.app.completion(fixture.app.form().unwrap()), Some("/lamp"));
}

#[test]
fn icons_are_found_by_other_words() {
    let mut fixture = form_with_focus_on("color", "icon");
    fixture.edit_action(EditAction::OpenPicker);
    for (word, names) in [
        ("lamp", &["light_bulb_01", "table_light_01", "led"][..]),
        ("heat", &["heater_01", "thermometer_01", "fire_01"]),
        ("socket", &["power_plug_01"]),
        ("outlet electr", &["power_plug_01"]),
    ] {
        fixture.clear_field();
        fixture.type_text(word);
        let found: Vec<&str> = fixture.list().matching_rows().iter().map(|row| &*row.label).collect();
        assert!(names.iter().all(|name| found.contains(name)), "{word}: {found:?}");
    }
    fixture.clear_field();
    fixture.type_text("heat");
    assert!(fixture.list().matching_rows()[0].label.starts_with("heat"), "names come first");
}

#[test]
fn color_picker_starts_at_the_current_color_and_keeps_its_name() {
    let mut fixture = form_with_focus_on("text", "text_color");
    fixture.type_text("bright-blue");
    fixture.edit_action(EditAction::OpenPicker);
    let Some(FormPopup::Color(picker)) = &fixture.app.form().unwrap().popup else { panic!() };
    assert_eq!((picker.before, picker.rgb().to_string()), (Some(picker.rgb()), "#5C5CFF".to_owned()));
    fixture.action(Action::Accept);
    assert_eq!(fixture.text_of("text_color"), Some("bright-blue".into()));
    fixture.edit_action(EditAction::OpenPicker);
    fixture.action(Action::MoveInDialog(Direction::Right));
    fixture.action(Action::Accept);
    assert_ne!(fixture.text_of("text_color"), Some("bright-blue".into()));
}

#[test]
fn rows_of_a_list_are_shown_while_they_are_edited() {
    let mut fixture = form_with_focus_on("led", "states");
    let shown = |fixture: &EditingFixture| -> String {
        let (tile, _) = fixture.app.form().unwrap().draft_tile().unwrap();
        format!("{:?}", tile.get("states").unwrap())
    };
    let before = shown(&fixture);
    fixture.edit_action(EditAction::NextValue);
    fixture.type_text("1");
    assert!(fixture.app.form().unwrap().errors.is_empty());
    for (offset, text) in [(2, "Open"), (1, "red"), (2, "no")] {
        (0..offset).for_each(|_| drop(fixture.action(Action::CycleFocus(1))));
        fixture.type_text(text);
    }
    let with_state = shown(&fixture);
    for part in ["\"1\"", "\"Open\"", "\"red\"", "Bool(false)"] {
        assert!(with_state.contains(part), "{part} in {with_state}");
    }
    (0..2).for_each(|_| drop(fixture.action(Action::CycleFocus(-1))));
    fixture.type_text("x");
    let message = fixture.app.form().unwrap().errors[0].1.message.clone();
    assert!(message.contains("redx"), "{message}");
    fixture.action(Action::Cancel);
    assert_eq!(shown(&fixture), before);
}

#[test]
fn press_of_a_switch_without_a_state_says_what_was_sent() {
    let tiles = vec![tile("switch", "Lamp", "lamp")];
    let mut fixture = EditingFixture::with_dashboard(Dashboard { tiles, ..Dashboard::default() }, Some("/x.toml"));
    fixture.action(Action::Press);
    assert_eq!(fixture.notice(), "Lamp: no state known yet, 1 was sent");
    let tiles = vec![tile("switch", "Lamp", "lamp")];
    let mut fixture = EditingFixture::with_dashboard(Dashboard { tiles, ..Dashboard::default() }, Some("/x.toml"));
    fixture.receive_message("lamp", "0");
    fixture.action(Action::Press);
    assert_eq!(fixture.notice(), "");
}
