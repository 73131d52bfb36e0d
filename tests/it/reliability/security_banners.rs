//! Warnings about connections that are not secure.

use std::time::Duration;

use mqtt_dash::model::{
    field_value::Nested,
    profile::{BrokerUrl, Profile, TlsSettings},
};

use crate::fixtures::{app::AppFixture, terminal_program::TerminalProgram};

const DASHBOARD: &str = "[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t\"\n";

#[test]
fn unchecked_certificate_has_permanent_banner() {
    let banner = "insecure = true: the broker's certificate is not checked";
    let profile =
        |insecure| Profile { tls: Nested(TlsSettings { insecure, ..TlsSettings::default() }), ..Profile::default() };
    let mut fixture = AppFixture::with_profile(profile(true), DASHBOARD);
    assert!(fixture.screen_words().contains(banner), "{}", fixture.screen_text());
    // Also on a dashboard without header and footer, and after a long time.
    fixture.app.dashboards[0].header_hidden = true;
    fixture.skip(Duration::from_secs(100_000));
    assert!(fixture.screen_words().contains(banner), "{}", fixture.screen_text());
    assert!(!AppFixture::with_profile(profile(false), DASHBOARD).screen_words().contains("insecure"));
}

#[test]
fn unencrypted_password_is_warned_about_once() {
    // Nothing answers at this address (RFC 5737); the warning does not wait for the connection.
    let warning = "is sent unencrypted";
    let prepare = |program: TerminalProgram, url: &str| {
        let url = BrokerUrl::parse(url).expect("a valid URL");
        let profiles = format!("[profile.hub]\nurl = \"{url}\"\nusername = \"u\"\npassword = {{ env = \"WORD\" }}\n");
        program.env("WORD", "x").file("profiles.toml", &profiles).file("dashboards/b.toml", DASHBOARD).size(120, 24)
    };
    let new = || TerminalProgram::new(&["open", "b", "--profile", "hub"]);
    let mut first = prepare(new(), "mqtt://192.0.2.1").start();
    first.wait_text(warning);
    first.quit();
    let config = first.path("config").display().to_string();
    let mut again = prepare(new(), "mqtt://192.0.2.1").env("MQTT_DASH_CONFIG_DIR", &config).start();
    again.wait_text("? help");
    again.quit();
    assert!(!again.output_text().contains(warning), "the warning is repeated");
    for url in ["mqtts://192.0.2.1", "wss://192.0.2.1", "mqtt://127.0.0.1:1", "mqtt://localhost:1", "mqtt://[::1]:1"] {
        let mut program = prepare(new(), url).start();
        program.wait_text("? help");
        program.quit();
        assert!(!program.output_text().contains(warning), "{url}");
    }
}
