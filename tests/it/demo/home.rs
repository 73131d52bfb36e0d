//! The simulated home at the embedded broker, and the dashboards that show it.

use std::time::Duration;

use mqtt_dash::{
    app::{Action, App},
    demo::{DemoOptions, HomeOptions},
    model::{connection::Qos::AtMostOnce, profile::MqttVersion},
};

use crate::fixtures::{
    client::ClientFixture,
    demo_app::{DemoAppFixture, topic},
};

const HOME: &str = "dashboards/home.toml";
const DEVICES: &str = "dashboards/devices.toml";
/// The tiles of `devices.toml`: two headings, three tiles of each plug and four of each sensor of the ground floor.
const DEVICE_TILES: usize = 2 + 4 * 3 + 3 * 4;
/// The tile of `home.toml` whose meter is asked once the user has allowed it.
const ASKED: &str = "Battery";

/// Whether every tile with a topic has a value, except this one.
fn is_complete_except(app: &App, name: &str) -> bool {
    let dashboard = app.current_dashboard().unwrap();
    (0..dashboard.tile_count())
        .map(|index| dashboard.tile(index).unwrap())
        .all(|(tile, state)| state.value.is_some() || topic(tile).is_empty() || tile.name == name)
}

async fn start(path: &str) -> DemoAppFixture {
    DemoAppFixture::start_with(path, DemoOptions::default()).await
}

async fn start_devices(options: DemoOptions) -> DemoAppFixture {
    let mut fixture = DemoAppFixture::start_with(DEVICES, options).await;
    fixture
        .wait_until("every tile of every device has a value", |app| {
            app.current_dashboard().unwrap().tile_count() == DEVICE_TILES && is_complete_except(app, "")
        })
        .await;
    fixture
}

#[tokio::test]
async fn every_tile_of_the_home_has_a_value_and_the_meter_only_when_asked() {
    let mut fixture = start(HOME).await;
    fixture.wait_until("every tile has a value", |app| is_complete_except(app, ASKED)).await;
    let meter = fixture.tile_named(ASKED);
    assert!(fixture.tile(meter).1.value.is_none());
    fixture.grant_permissions();
    fixture.wait_until("the meter answers", |app| is_complete_except(app, "")).await;
    for index in 0..fixture.tile_count() {
        let (tile, state) = fixture.tile(index);
        assert_eq!(state.error, None, "{}", tile.name);
    }
    fixture.stop().await;
}

#[tokio::test]
async fn light_and_blinds_answer() {
    let mut fixture = start(HOME).await;
    fixture.wait_until("every tile has a value", |app| is_complete_except(app, ASKED)).await;
    let mut client = ClientFixture::connect(MqttVersion::V5, fixture.demo.broker().address(), "client").await;
    client.subscribe("home/log/light", AtMostOnce).await;
    let light = fixture.tile_named("Living room");
    for (payload, line) in [("ON", "living room on"), ("OFF", "living room off")] {
        assert_eq!(fixture.press_tile(light).as_deref(), Some(payload));
        fixture.wait_answered(light, payload).await;
        assert_eq!(client.next_payload().await, line);
    }
    let blinds = fixture.tile_named("Blinds");
    fixture.act(Action::SelectTile(blinds));
    let payload = fixture.act(Action::Step(-3)).unwrap();
    assert_eq!(payload, "40");
    fixture.wait_answered(blinds, &payload).await;
    fixture.stop().await;
}

#[tokio::test]
async fn every_tile_of_every_device_has_a_value_and_a_plug_obeys() {
    let mut fixture = start_devices(DemoOptions::default()).await;
    for index in 0..fixture.tile_count() {
        let (tile, state) = fixture.tile(index);
        assert_eq!(state.error, None, "{}", tile.name);
    }
    let plug = fixture.tile_named("Television");
    for payload in ["OFF", "ON"] {
        assert_eq!(fixture.press_tile(plug).as_deref(), Some(payload));
        fixture.wait_answered(plug, payload).await;
    }
    assert!(fixture.published.keys().all(|topic| topic == "cmnd/tv/POWER"), "{:?}", fixture.published);
    for name in ["Kitchen", "Hall", "Garage"] {
        assert!(fixture.tile(fixture.tile_named(name)).1.value.is_some());
    }
    fixture.stop().await;
}

#[tokio::test]
async fn plug_that_is_offline_is_shown_so_until_it_is_back() {
    let home = HomeOptions { outage_period: Duration::from_secs(12), ..HomeOptions::default() };
    let mut fixture = start_devices(DemoOptions { home: Some(home), ..DemoOptions::default() }).await;
    for is_offline in [true, false] {
        fixture.wait_text("! offline", is_offline).await;
    }
    fixture.stop().await;
}
