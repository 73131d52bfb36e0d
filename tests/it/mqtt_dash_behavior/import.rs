//! Importing the tiles that the app publishes.

use mqtt_dash::{
    app::{Action, Effect, Event, FilesEffect, FilesEvent, ImportResult, ImportStage, MqttEffect, Screen},
    model::{connection::ConnectionEvent, topic::TopicFilter},
};

use crate::fixtures::app::{AppFixture, CONNECTION, PATH};

fn start() -> AppFixture {
    let mut fixture = AppFixture::imported(r#"{"type":1,"name":"T","topic":"t"}"#);
    fixture.resize(60, 16);
    fixture.take_effects();
    fixture
}

/// The topic filters that the connection subscribes to now, if they have changed.
fn new_subscriptions(fixture: &mut AppFixture) -> Option<Vec<String>> {
    let filters = |effect| match effect {
        Effect::Mqtt(MqttEffect::SetSubscriptions(_, subscriptions)) => {
            Some(subscriptions.iter().map(|each| each.filter.to_string()).collect())
        }
        _ => None,
    };
    fixture.take_effects().into_iter().filter_map(filters).next_back()
}

fn start_waiting(fixture: &mut AppFixture) {
    fixture.act(Action::ImportFromMqttDash);
    fixture.assert_shows(&["Import from MQTT Dash", "metrics/exchange"]);
    fixture.act(Action::Accept);
    fixture.assert_shows(&["waiting for tiles on metrics/exchange of hub"]);
}

#[test]
fn import_topic_is_subscribed_while_waiting() {
    let mut fixture = start();
    start_waiting(&mut fixture);
    assert_eq!(new_subscriptions(&mut fixture).unwrap(), ["metrics/exchange", "t"]);
    let changed = mqtt_dash::config::read_dashboard("x", "[[tile]]\nkind = \"text\"\ntopic = \"u\"\n").unwrap();
    fixture.update(Event::Files(FilesEvent::DashboardChanged(PATH.into(), Box::new(Ok(changed)))));
    assert_eq!(new_subscriptions(&mut fixture).unwrap(), ["metrics/exchange", "u"]);
    fixture.act(Action::Cancel);
    assert_eq!(new_subscriptions(&mut fixture).unwrap(), ["u"]);
    fixture.receive("metrics/exchange", "[{}]");
    assert_eq!(fixture.take_effects(), []);
}

#[test]
fn invalid_import_topic_is_asked_for_again() {
    let mut fixture = start();
    fixture.act(Action::ImportFromMqttDash);
    fixture.act(Action::Paste("/#".to_owned()));
    fixture.act(Action::Accept);
    fixture.assert_shows(&["! "]);
    assert!(
        matches!(&fixture.app.focus, Screen::Import(import) if matches!(import.stage, ImportStage::EnterTopic(Some(_))))
    );
    assert_eq!(new_subscriptions(&mut fixture), None);
}

#[test]
fn first_received_list_is_imported_and_errors_are_shown() {
    let mut fixture = start();
    start_waiting(&mut fixture);
    fixture.take_effects();
    fixture.receive("metrics/exchange", "");
    fixture.receive("other", "[{}]");
    assert_eq!(fixture.take_effects(), []);
    fixture.receive("metrics/exchange", "[{}]");
    let import =
        |partial| Effect::Files(FilesEffect::ConvertMqttDashExport(CONNECTION, b"[{}]".as_slice().into(), partial));
    assert_eq!(fixture.take_effects(), [import(false)]);
    fixture.update(Event::Files(FilesEvent::Imported(ImportResult::Failed("the export is empty".to_owned(), false))));
    fixture.assert_shows(&["! the export is empty", "waiting for tiles"]);
    fixture.receive("metrics/exchange", "[{}]");
    fixture
        .update(Event::Files(FilesEvent::Imported(ImportResult::Failed("one tile cannot be read".to_owned(), true))));
    fixture.assert_shows(&["! one tile cannot be read", "import the rest"]);
    fixture.take_effects();
    fixture.act(Action::Accept);
    assert_eq!(fixture.take_effects(), [import(true)]);
}

#[test]
fn export_that_could_not_be_saved_is_kept_for_another_attempt() {
    let mut fixture = start();
    start_waiting(&mut fixture);
    fixture.receive("metrics/exchange", "[{}]");
    let not_saved = || Event::Files(FilesEvent::Imported(ImportResult::NotSaved("no space left".to_owned())));
    for _ in 0..2 {
        fixture.update(not_saved());
        fixture.assert_shows(&["! no space left", "try again"]);
        fixture.take_effects();
        fixture.act(Action::Accept);
        let export = b"[{}]".as_slice().into();
        let again = Effect::Files(FilesEffect::ConvertMqttDashExport(CONNECTION, export, false));
        assert_eq!(fixture.take_effects(), [again]);
    }
    fixture.act(Action::Cancel);
    fixture.update(not_saved());
    fixture.assert_shows(&["Not imported: no space left"]);
}

#[test]
fn refused_import_subscription_is_shown() {
    let mut fixture = start();
    start_waiting(&mut fixture);
    let refused =
        ConnectionEvent::SubscriptionRefused(TopicFilter::new("metrics/exchange").unwrap(), "not allowed".to_owned());
    fixture.connection_event(refused);
    fixture.assert_shows(&["! metrics/exchange: subscription refused: not allowed"]);
}

#[test]
fn kiosk_does_not_import() {
    let mut fixture = start();
    fixture.app.environment.kiosk = true;
    fixture.act(Action::ImportFromMqttDash);
    fixture.assert_shows(&["Kiosk mode: importing is disabled"]);
    assert!(matches!(fixture.app.focus, Screen::Dashboard(_)));
}
