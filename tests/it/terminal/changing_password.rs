//! A password that its command or file changes while the program runs, such as a token that expires.

use mqtt_dash::{
    app::{Action, Effect, MqttEffect},
    model::{
        connection::{ConnectionEvent, ConnectionState},
        profile::{MqttVersion, PasswordSource, SecretKey},
    },
};

use crate::fixtures::{
    app::{AppFixture, CONNECTION, named_profile},
    file_mode::set_mode,
    key::Key,
    packet::prefixed,
    scripted_broker::ScriptedBroker,
    terminal_program::TerminalProgram,
};

const DASHBOARD: &str = "[[tile]]\nkind = \"text\"\nname = \"x\"\ntopic = \"a\"\n";

fn contains(connect: &[u8], password: &str) -> bool {
    let password = prefixed(password);
    connect.windows(password.len()).any(|window| window == password)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn password_command_runs_before_each_attempt_and_its_failure_is_retried() {
    for protocol in [MqttVersion::V311, MqttVersion::V5] {
        let broker = ScriptedBroker::start(protocol).await;
        let version = if protocol == MqttVersion::V5 { "5" } else { "3.1.1" };
        // Each run prints the next number, unless there is the file `locked`.
        let command =
            "test ! -e locked || { echo vault locked >&2; exit 1; }; echo x >> runs; wc -l < runs | tr -d ' '";
        let profiles = format!(
            "[profile.p]\nurl = \"{}\"\nprotocol = \"{version}\"\nusername = \"u\"\n\
             password = {{ command = [\"sh\", \"-c\", \"{command}\"] }}\n",
            broker.url()
        );
        let program = TerminalProgram::new(&["open", "b", "--profile", "p"])
            .file("profiles.toml", &profiles)
            .file("dashboards/b.toml", DASHBOARD)
            .size(120, 24)
            .start();
        for number in ["1", "2"] {
            let (mut session, connect) = broker.accept_connect().await;
            assert!(contains(&connect, number), "attempt {number}: {}", connect.escape_ascii());
            session.send_connack(&[]).await;
            program.wait_connected("");
            if number == "2" {
                std::fs::File::create(program.path("config/locked")).expect("the file can be created");
            }
        }
        program.wait_text("no password for `p`: `sh` failed: vault locked · retry in ");
        std::fs::remove_file(program.path("config/locked")).expect("the file can be removed");
        let (mut session, connect) = broker.accept_connect().await;
        assert!(contains(&connect, "3"), "{}", connect.escape_ascii());
        session.send_connack(&[]).await;
        program.wait_connected("");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn password_that_the_broker_has_refused_is_asked_for_again() {
    for (protocol, version, refusal) in [
        (MqttVersion::V311, "3.1.1", &[0x20, 2, 0, 5][..]),
        (MqttVersion::V311, "3.1.1", &[0x20, 2, 0, 4]),
        (MqttVersion::V5, "5", &[0x20, 3, 0, 0x86, 0]),
    ] {
        for kiosk in [false, true] {
            let broker = ScriptedBroker::start(protocol).await;
            let profiles = format!(
                "[profile.p]\nurl = \"{}\"\nprotocol = \"{version}\"\nusername = \"u\"\npassword = {{ prompt = true }}\n",
                broker.url()
            );
            let arguments = ["open", "b", "--profile", "p", "--kiosk"];
            let mut program = TerminalProgram::new(&arguments[..if kiosk { 5 } else { 4 }])
                .file("profiles.toml", &profiles)
                .file("dashboards/b.toml", DASHBOARD)
                .size(120, 24)
                .start();
            program.wait_text("Password of `u` for profile `p`:");
            program.type_text("wrong1");
            program.press(Key::Enter);
            for (typed, next) in [("wrong1", "wrong2"), ("wrong2", "right3")] {
                let (mut session, connect) = broker.accept_connect().await;
                assert!(contains(&connect, typed), "{typed}: {}", connect.escape_ascii());
                session.send(refusal).await;
                program.wait_text("r: enter the password");
                program.type_text("r");
                program.wait_text("Password for p");
                program.type_text(next);
                program.press(Key::Enter);
                program.wait_no_text("Password for p");
            }
            let (mut session, connect) = broker.accept_connect().await;
            assert!(contains(&connect, "right3"), "{}", connect.escape_ascii());
            session.send_connack(&[]).await;
            program.wait_no_text("r: enter the password");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kiosk_opens_without_its_password_and_reads_it_again() {
    let command = "test -e token || { echo vault locked >&2; exit 1; }; cat token";
    for (source, reason) in [
        (format!("{{ command = [\"sh\", \"-c\", \"{command}\"] }}"), "`sh` failed: vault locked"),
        ("{ file = \"token\" }".to_owned(), "cannot read "),
    ] {
        let broker = ScriptedBroker::start(MqttVersion::V311).await;
        let profiles = format!("[profile.p]\nurl = \"{}\"\nusername = \"u\"\npassword = {source}\n", broker.url());
        let start = |arguments: &[&str]| {
            let program = TerminalProgram::new(arguments).size(120, 24);
            program.file("profiles.toml", &profiles).file("dashboards/b.toml", DASHBOARD).start()
        };
        let mut ended = start(&["open", "b", "--profile", "p"]);
        assert_ne!(ended.wait_exit(), 0, "without --kiosk, the reason is printed");
        assert!(ended.screen_text().contains(reason), "{}", ended.screen_text());
        let mut program = start(&["open", "b", "--profile", "p", "--kiosk"]);
        program.wait_text(&format!("no password for `p`: {reason}"));
        program.wait_text("Retry in ");
        let text = program.screen_text();
        let (_, seconds) = text.split_once("Retry in ").expect("the time of the next attempt");
        let seconds: u64 = seconds.split(' ').next().and_then(|number| number.parse().ok()).expect("a number");
        assert!((40..=75).contains(&seconds), "{seconds}");
        let token = program.path("config/token");
        mqtt_dash::config::write_atomic(&token, b"s3cret\n").expect("the file can be written");
        set_mode(&token, 0o600);
        program.type_text("r");
        let (mut session, connect) = broker.accept_connect().await;
        assert!(contains(&connect, "s3cret"), "{}", connect.escape_ascii());
        session.send_connack(&[]).await;
        program.wait_no_text("Retry in ");
    }
}

#[test]
fn refused_secret_is_asked_for_again_only_if_the_user_has_typed_it() {
    for (key, hint) in
        [(SecretKey::Password, "r: enter the password"), (SecretKey::KeyPassword, "r: enter the password of the key")]
    {
        for (source, is_asked_for) in [(PasswordSource::Prompt, true), (PasswordSource::Env("X".to_owned()), false)] {
            let mut profile = named_profile("hub");
            match key {
                SecretKey::KeyPassword => profile.tls.0.key_password = Some(source),
                _ => profile.password = Some(source),
            }
            let mut fixture = AppFixture::with_profile(profile, DASHBOARD);
            let stopped = ConnectionState::Stopped {
                reason: "no".to_owned(),
                cause: mqtt_dash::model::connection::FailureCause::LoginRefused,
                refused_secret: Some(key.clone()),
            };
            fixture.connection_event(ConnectionEvent::State(stopped));
            assert_eq!(fixture.screen_text().contains(hint), is_asked_for, "{}", fixture.screen_text());
            fixture.take_effects();
            fixture.act(Action::Reconnect);
            let again = Effect::Mqtt(MqttEffect::ReconnectWithProfile(CONNECTION, "hub".to_owned()));
            let as_before = Effect::Mqtt(MqttEffect::Reconnect(CONNECTION));
            assert_eq!(fixture.take_effects(), [if is_asked_for { again } else { as_before }]);
        }
    }
}
