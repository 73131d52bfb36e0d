//! What the person is told about whom they trust.

use mqtt_dash::model::{
    field::Inner,
    profile::{Address, Profile, Tls},
};

use crate::{pty::Program, stage::Stage};

const BOARD: &str = "[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t\"\n";

#[test]
fn a_certificate_that_nobody_looks_at_has_a_banner() {
    let banner = "insecure = true: the broker's certificate is not checked";
    let of = |insecure| Profile { tls: Inner(Tls { insecure, ..Tls::default() }), ..Profile::default() };
    let mut stage = Stage::on(of(true), BOARD);
    assert!(stage.words().contains(banner), "{}", stage.text());
    // On a screen on a wall too, and however long it lasts.
    stage.app.boards[0].bare = true;
    stage.wait(100_000_000);
    assert!(stage.words().contains(banner), "{}", stage.text());
    assert!(!Stage::on(of(false), BOARD).words().contains("insecure"));
}

#[test]
fn a_password_in_clear_is_warned_of_once() {
    // Nobody answers there (RFC 5737); what is said does not wait for that.
    let warning = "goes there unencrypted";
    let start = |program: Program, url: &str| {
        let url = Address::parse(url).expect("an address");
        let profiles = format!("[profile.hub]\nurl = \"{url}\"\nusername = \"u\"\npassword = {{ env = \"WORD\" }}\n");
        program.env("WORD", "x").file("profiles.toml", &profiles).file("dashboards/b.toml", BOARD).size(120, 24)
    };
    let new = || Program::new(&["open", "b", "--profile", "hub"]);
    let mut first = start(new(), "mqtt://192.0.2.1").start();
    first.wait_text(warning);
    first.type_text("q");
    assert_eq!(first.ended(), 0);
    let config = first.path("config").display().to_string();
    let mut again = start(new(), "mqtt://192.0.2.1").env("MQTT_DASH_CONFIG_DIR", &config).start();
    again.wait_text("? help");
    again.type_text("q");
    assert_eq!(again.ended(), 0);
    assert!(!String::from_utf8_lossy(&again.bytes()).contains(warning), "it is said once");
    for url in ["mqtts://192.0.2.1", "wss://192.0.2.1", "mqtt://127.0.0.1:1", "mqtt://localhost:1", "mqtt://[::1]:1"] {
        let mut program = start(new(), url).start();
        program.wait_text("? help");
        program.type_text("q");
        assert_eq!(program.ended(), 0);
        assert!(!String::from_utf8_lossy(&program.bytes()).contains(warning), "{url}");
    }
}
