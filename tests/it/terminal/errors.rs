//! Errors at the start: a message and an exit status, and nothing is drawn.

use std::io::Write;

use mqtt_dash::demo::{Access, EmbeddedBroker, accounts, broker::loopback_any_port};

use crate::fixtures::{broker::free_port, embedded_broker::DASHBOARD, key::Key, terminal_program::TerminalProgram};

#[test]
fn invalid_dashboard_is_reported_with_positions() {
    let dashboard = "title = \"Bench\"\n[[tile]]\nkind = \"swich\"\n[[tile]]\nkind = \"text\"\ntopci = \"lamp\"\n";
    let mut program = TerminalProgram::new(&["open", "bench", "--url", "mqtt://localhost"])
        .file("dashboards/bench.toml", dashboard)
        .start();
    assert_eq!(program.wait_exit(), 1);
    for text in ["bench.toml:3:8", "swich", "did you mean", "switch", "bench.toml:6:1", "topci", "topic"] {
        program.wait_text(text);
    }
    assert!(!program.with_screen(vt100::Screen::alternate_screen));
    assert!(!program.output_text().contains("\x1b[?1049h"));
}

#[test]
fn unknown_names_and_arguments_are_rejected() {
    for (arguments, status, sentence) in [
        (&["open", "bensch"][..], 1, "there is no dashboard `bensch`"),
        (&["open", "bensch"], 1, "did you mean `bench`?"),
        (&["open", "bench", "--profile", "hub"], 1, "there is no profile `hub`"),
        (&["open", "bench"], 1, "bench has no profile: set `profile` in it, or open it with --profile NAME"),
        (&["open", "bench", "--url", "http://x"], 2, "mqtt"),
        (&["open", "--url", "mqtt://localhost"], 2, "--url needs a dashboard"),
        (&["opne"], 2, "open"),
        (&["demo", "--listen", "0.0.0.0:0"], 1, "use `--accounts FILE` to require passwords"),
    ] {
        let mut program =
            TerminalProgram::new(arguments).file("dashboards/bench.toml", DASHBOARD).size(300, 24).start();
        assert_eq!(program.wait_exit(), status, "{arguments:?}");
        program.wait_text(sentence);
    }
}

#[test]
fn proxy_of_the_environment_is_used_by_dashboards_and_tests_of_connections() {
    let address = format!("127.0.0.1:{}", free_port());
    let start = |proxy: &str, exceptions: &str| {
        TerminalProgram::new(&["open", "bench", "--profile", "hub"])
            .file("profiles.toml", "[profile.hub]\nurl = \"mqtt://192.0.2.2\"\n")
            .file("dashboards/bench.toml", DASHBOARD)
            .env("ALL_PROXY", proxy)
            .env("NO_PROXY", exceptions)
            .size(160, 24)
            .start()
    };
    let reason = format!("nothing listens on the proxy {address} (of the environment variables)");
    let mut program = start(&format!("http://{address}"), "192.0.3.0/24");
    program.wait_text(&reason);
    program.type_text("C");
    program.wait_text("192.0.2.2");
    program.type_text("t");
    let is_tested =
        |screen: &vt100::Screen| screen.contents().matches(&format!("{address} (of the environment")).count() == 2;
    program.wait_for_screen("the result of the test", is_tested);
    program.press(Key::Escape);
    program.wait_no_text("╭ Connections");
    program.quit();
    let mut program = start("junk://ann:s3cret@proxy", "");
    assert_eq!(program.wait_exit(), 1);
    program.wait_text("the proxy of the environment variable ALL_PROXY cannot be used: unknown kind of proxy");
    assert!(!program.screen_text().contains("s3cret"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_port_in_use_is_reported() {
    let broker = EmbeddedBroker::start(loopback_any_port(), Access::LoopbackOnly).await.expect("the broker starts");
    let address = broker.address().to_string();
    let mut program = TerminalProgram::new(&["demo", "--listen", &address]).size(200, 24).start();
    assert_eq!(program.wait_exit(), 1);
    program.wait_text(&format!("port {} on 127.0.0.1 is in use", broker.address().port()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_password_is_reported_but_not_shown() {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    let account = accounts::account_line("alice", "open sesame").expect("an account");
    writeln!(file, "{account}").expect("the file can be written");
    let access = Access::Accounts(file.path().to_owned());
    let broker = EmbeddedBroker::start(loopback_any_port(), access).await.expect("the broker starts");
    let profiles = |protocol: &str, password: &str| {
        let address = broker.address();
        format!(
            "[profile.hub]\nurl = \"mqtt://{address}\"\nprotocol = \"{protocol}\"\nusername = \"alice\"\npassword = \"{password}\"\n"
        )
    };
    let start = |protocol: &str, password: &str| {
        TerminalProgram::new(&["open", "bench", "--profile", "hub"])
            .file("profiles.toml", &profiles(protocol, password))
            .file("dashboards/bench.toml", DASHBOARD)
            .size(120, 24)
            .start()
    };
    for protocol in ["3.1.1", "5"] {
        let mut program = start(protocol, "open barley");
        program.wait_text("refused: bad user name or password");
        program.wait_text("stopped");
        program.quit();
        let bytes = program.output();
        assert!(!String::from_utf8_lossy(&bytes).contains("barley"));
        start(protocol, "open sesame").wait_connected("");
    }
}
