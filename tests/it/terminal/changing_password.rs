//! A password that its command or file changes while the program runs, such as a token that expires.

use mqtt_dash::model::profile::MqttVersion;

use crate::fixtures::{packet::prefixed, scripted_broker::ScriptedBroker, terminal_program::TerminalProgram};

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
            program.wait_text("● connected");
            if number == "2" {
                std::fs::File::create(program.path("config/locked")).expect("the file can be created");
            }
        }
        program.wait_text("no password for `p`: `sh` failed: vault locked · retry in ");
        std::fs::remove_file(program.path("config/locked")).expect("the file can be removed");
        let (mut session, connect) = broker.accept_connect().await;
        assert!(contains(&connect, "3"), "{}", connect.escape_ascii());
        session.send_connack(&[]).await;
        program.wait_text("● connected");
    }
}
