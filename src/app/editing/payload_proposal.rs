//! The payload of a tile in its form: what would be published now, and the template that fits the JSON of the topic.

use crate::{
    app::{
        editing::Preview,
        form::{PickList, PickRow},
    },
    model::{error::TileError, json_path::parse_json, payload_template::PayloadTemplate},
};

impl Preview {
    /// Returns the payload that would publish the current value, or an example of one.
    pub(crate) fn published_payload(&self) -> Result<String, TileError> {
        let current = self.state.value.as_ref().map(|value| value.text.to_string());
        let example = || self.tile.kind.fixed_payloads().into_iter().next();
        let value = current.or_else(example).unwrap_or_else(|| self.tile.kind.sample().1.to_owned());
        self.tile.payload_of(&value).map(std::borrow::Cow::into_owned)
    }

    /// Returns the template that fits the last payload: an object with the value under the name at which the tile finds it.
    pub(crate) fn proposed_payload(&self) -> Option<String> {
        let name = self.tile.json_path.as_ref()?.name()?;
        if self.tile.has_payload_template() || !self.tile.publishes_values() {
            return None;
        }
        let json = parse_json(self.payload.as_ref()?.as_bytes()).ok()?;
        let is_text = match json.as_object()?.get(name) {
            Some(value) if value.is_object() || value.is_array() => return None,
            value => value.is_some_and(serde_json::Value::is_string),
        };
        let plain = PayloadTemplate::of_member(name, false).filter(|_| !is_text);
        let fixed = self.tile.kind.fixed_payloads();
        let fits = |template: &PayloadTemplate| fixed.iter().all(|value| template.misplaced(value).is_none());
        plain
            .filter(fits)
            .or_else(|| PayloadTemplate::of_member(name, true))
            .map(|template| template.as_str().to_owned())
    }

    /// Returns the list of templates that fit.
    pub(super) fn payload_list(&self) -> PickList {
        let row = |template: String| PickRow::from_label(&template, "fits the last payload");
        let help = "no template: it needs a JSON path with one name, and a JSON payload";
        PickList::new("Payloads", help, self.proposed_payload().map(row).into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        app::{
            EditAction,
            editing::tests::{EditingFixture, tile},
        },
        model::{dashboard::Dashboard, schema::set_fields},
    };

    /// Returns an app with a form of a tile of this kind with this JSON path, after a message on its topic.
    fn form(kind: &str, path: &str, entries: &[(&str, &str)], payload: &str) -> EditingFixture {
        let mut tile = tile(kind, "A", "t");
        let entries = [("json_path", path), ("publish_topic", "t/set")].into_iter().chain(entries.iter().copied());
        let entries: Vec<_> = entries.map(|(key, text)| (key.to_owned(), text.into())).collect();
        set_fields(&mut tile, &entries).unwrap();
        let dashboard = Dashboard { tiles: vec![tile], ..Dashboard::default() };
        let mut fixture = EditingFixture::with_dashboard(dashboard, Some("/x.toml"));
        fixture.receive_message("t", payload);
        fixture.edit_action(EditAction::Edit);
        fixture.focus_field("payload");
        fixture
    }

    fn proposal(fixture: &EditingFixture) -> Option<String> {
        fixture.app.preview(fixture.app.form().unwrap()).unwrap().proposed_payload()
    }

    fn published(fixture: &EditingFixture) -> String {
        let preview = fixture.app.preview(fixture.app.form().unwrap()).unwrap();
        preview.published_payload().unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn template_is_proposed_for_json_with_the_name_of_the_path() {
        let on_off: &[(&str, &str)] = &[("on", "ON"), ("off", "OFF")];
        for (kind, path, entries, payload, expected) in [
            ("range", "$.brightness", &[][..], r#"{"brightness":120}"#, Some(r#"{"brightness": {{value}}}"#)),
            ("range", "$.brightness", &[], r#"{"state":"ON"}"#, Some(r#"{"brightness": {{value}}}"#)),
            ("text", "message", &[], r#"{"message":"x"}"#, Some(r#"{"message": "{{value}}"}"#)),
            ("switch", "$.state", on_off, r#"{"state":1}"#, Some(r#"{"state": "{{value}}"}"#)),
            ("switch", "$.state", &[], r#"{"state":1}"#, Some(r#"{"state": {{value}}}"#)),
            ("range", "$.a.b", &[], r#"{"a":{"b":1}}"#, None),
            ("range", "$['a b']", &[], r#"{"a b":1}"#, None),
            ("color", "$.color", &[], r#"{"color":{"x":0.1,"y":0.2}}"#, None),
            ("range", "$.a", &[], "21", None),
            ("range", "$.a", &[("payload", "{\"a\": {{value}}}")], r#"{"a":1}"#, None),
        ] {
            let fixture = form(kind, path, entries, payload);
            assert_eq!(proposal(&fixture).as_deref(), expected, "{kind} {path} {payload}");
        }
    }

    #[test]
    fn proposal_is_chosen_and_shows_what_it_publishes() {
        let mut fixture = form("range", "$.brightness", &[], r#"{"brightness":120}"#);
        fixture.edit_action(EditAction::OpenPicker);
        fixture.action(crate::app::Action::Accept);
        assert_eq!(fixture.app.form().unwrap().typed_text(("payload", None)), r#"{"brightness": {{value}}}"#);
        assert_eq!((proposal(&fixture), published(&fixture).as_str()), (None, r#"{"brightness": 120}"#));
        fixture.receive_message("t", r#"{"brightness":121}"#);
        assert_eq!(published(&fixture), r#"{"brightness": 121}"#, "it is live");
        fixture.focus_field("publish_topic");
        fixture.clear_field();
        assert_eq!(fixture.app.form().unwrap().errors, [], "the echo is JSON");
        let mut fixture = form("text", "$.a", &[], r#"{"a":"warm"}"#);
        fixture.type_text("{\"a\": {{value}}}");
        assert!(published(&fixture).contains("needs quotes"));
    }
}
