//! A password appears only in the file in which the user has put it.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use mqtt_dash::demo::{Access, EmbeddedBroker, accounts, broker::loopback_any_port};

use crate::fixtures::{
    key::Key,
    process,
    terminal_program::{MQTT_DASH, TerminalProgram},
};

/// The password that is searched for.
const PASSWORD: &str = "canary-7f3a9c";

const DASHBOARD: &str = "title = \"B\"\nprofile = \"hub\"\n[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t\"\n";

fn contains_password(bytes: &[u8]) -> bool {
    bytes.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes())
}

fn collect_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be listed").flatten() {
        let path = entry.path();
        if path.is_dir() { collect_files(&path, found) } else { found.push(path) }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn password_appears_in_no_output_and_no_file() {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    writeln!(file, "{}", accounts::account_line("alice", PASSWORD).expect("an account"))
        .expect("the file can be written");
    let broker = EmbeddedBroker::start(loopback_any_port(), Access::Accounts(file.path().to_owned()))
        .await
        .expect("the broker starts");
    let url = format!("mqtt://{}", broker.address());
    // The right and a wrong password in both versions of MQTT, and a broker that does not run.
    for (password, protocol, url, text) in [
        (PASSWORD.to_owned(), "3.1.1", url.as_str(), "● connected"),
        (PASSWORD.to_owned(), "5", &url, "● connected"),
        (format!("{PASSWORD}-wrong"), "3.1.1", &url, "refused"),
        (format!("{PASSWORD}-wrong"), "5", &url, "refused"),
        (PASSWORD.to_owned(), "3.1.1", "mqtts://127.0.0.1:1", "nothing listens"),
    ] {
        let profiles = format!(
            "[profile.hub]\nurl = \"{url}\"\nprotocol = \"{protocol}\"\nusername = \"alice\"\npassword = \"{password}\"\n"
        );
        let mut program = TerminalProgram::new(&["-vv", "open", "b"])
            .env("RUST_LOG", "trace")
            .file("profiles.toml", &profiles)
            .file("dashboards/b.toml", DASHBOARD)
            .size(120, 30)
            .start();
        program.wait_text(text);
        for keys in ["i", "C", "?", ":", "T"] {
            program.type_text(keys);
            program.press(Key::Escape);
        }
        let arguments = fs::read(format!("/proc/{}/cmdline", program.pid.as_raw_nonzero())).unwrap_or_default();
        let config = program.path("config");
        let run = |arguments: &[&str]| {
            let mut command = Command::new(MQTT_DASH);
            command
                .args(arguments)
                .env("MQTT_DASH_CONFIG_DIR", &config)
                .env("XDG_STATE_HOME", program.path("xdg/state"))
                .current_dir(program.path(""));
            let output = process::output(&mut command);
            [output.stdout, output.stderr].concat()
        };
        let mut outputs = vec![
            run(&["check"]),
            run(&["snapshot", "b", "--wait", "1", "--format", "svg"]),
            run(&["snapshot", "b", "--wait", "0.1", "--format", "ansi"]),
            run(&["export", config.join("dashboards/b.toml").to_str().expect("the path is UTF-8")]),
        ];
        // Diagnostics of an invalid file quote its lines, but not this one.
        for broken in
            [format!("{profiles}nonsense"), profiles.replace("password = ", "pasword = "), profiles.replace('"', "")]
        {
            fs::remove_file(config.join("profiles.toml")).expect("the file can be removed");
            mqtt_dash::config::write_private(&config.join("profiles.toml"), broken.as_bytes())
                .expect("the file can be written");
            outputs.push(run(&["check"]));
            outputs.push(run(&["snapshot", "b"]));
            outputs.push(run(&["open", "b"]));
        }
        assert!(outputs.iter().all(|output| !output.is_empty()), "each command writes something");
        program.quit();
        outputs.extend([arguments, program.output()]);
        let mut found = Vec::new();
        collect_files(&program.path(""), &mut found);
        found.retain(|path| !path.ends_with("config/profiles.toml"));
        assert!(found.iter().any(|path| path.to_string_lossy().ends_with(".log")), "there is no log file: {found:?}");
        for path in &found {
            assert!(
                !contains_password(&fs::read(path).expect("the file can be read")),
                "the password is in {}",
                path.display()
            );
        }
        for output in outputs {
            assert!(!contains_password(&output), "the password was written: {}", String::from_utf8_lossy(&output));
        }
    }
    broker.stop().await;
}
