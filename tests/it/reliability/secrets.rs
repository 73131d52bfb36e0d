//! A password is nowhere but where its owner has put it.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use mqtt_dash::demo::{Access, Broker, accounts, broker::anywhere_here};

use crate::fixtures::{
    key::Key,
    process,
    terminal_program::{MQTT_DASH, TerminalProgram},
};

/// The password that is looked for.
const CANARY: &str = "canary-7f3a9c";

const BOARD: &str = "title = \"B\"\nprofile = \"hub\"\n[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t\"\n";

fn holds(bytes: &[u8]) -> bool {
    bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes())
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn password_appears_in_no_output_and_no_file() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    writeln!(file, "{}", accounts::line("alice", CANARY).expect("an account")).expect("it can be written");
    let broker = Broker::start(anywhere_here(), Access::Accounts(file.path().to_owned())).await.expect("a broker");
    let url = format!("mqtt://{}", broker.address());
    // Right, wrong, and for a broker that is not there; in each version of MQTT.
    for (password, protocol, url, text) in [
        (CANARY.to_owned(), "3.1.1", url.as_str(), "● connected"),
        (CANARY.to_owned(), "5", &url, "● connected"),
        (format!("{CANARY}-wrong"), "3.1.1", &url, "refused"),
        (format!("{CANARY}-wrong"), "5", &url, "refused"),
        (CANARY.to_owned(), "3.1.1", "mqtts://127.0.0.1:1", "nothing listens"),
    ] {
        let profiles = format!(
            "[profile.hub]\nurl = \"{url}\"\nprotocol = \"{protocol}\"\nusername = \"alice\"\npassword = \"{password}\"\n"
        );
        let mut program = TerminalProgram::new(&["-vv", "open", "b"])
            .env("RUST_LOG", "trace")
            .file("profiles.toml", &profiles)
            .file("dashboards/b.toml", BOARD)
            .size(120, 30)
            .start();
        program.wait_text(text);
        for keys in ["i", "C", "?", ":", "T"] {
            program.type_text(keys);
            program.press(Key::Escape);
        }
        let arguments = fs::read(format!("/proc/{}/cmdline", program.pid.as_raw_nonzero())).unwrap_or_default();
        let config = program.path("config");
        let cli = |arguments: &[&str]| {
            let mut command = Command::new(MQTT_DASH);
            command
                .args(arguments)
                .env("MQTT_DASH_CONFIG_DIR", &config)
                .env("XDG_STATE_HOME", program.path("xdg/state"))
                .current_dir(program.path(""));
            let output = process::output(&mut command);
            [output.stdout, output.stderr].concat()
        };
        let mut said = vec![
            cli(&["check"]),
            cli(&["snapshot", "b", "--wait", "1", "--format", "svg"]),
            cli(&["snapshot", "b", "--wait", "0.1", "--format", "ansi"]),
            cli(&["export", config.join("dashboards/b.toml").to_str().expect("a path")]),
        ];
        // A file that cannot be read shows its lines, but not this one.
        for broken in
            [format!("{profiles}nonsense"), profiles.replace("password = ", "pasword = "), profiles.replace('"', "")]
        {
            fs::remove_file(config.join("profiles.toml")).expect("it goes");
            mqtt_dash::store::write_private(&config.join("profiles.toml"), broken.as_bytes()).expect("a broken file");
            said.push(cli(&["check"]));
            said.push(cli(&["snapshot", "b"]));
            said.push(cli(&["open", "b"]));
        }
        assert!(said.iter().all(|said| !said.is_empty()), "each of them says something");
        program.quit();
        said.extend([arguments, program.output()]);
        let mut found = Vec::new();
        files(&program.path(""), &mut found);
        found.retain(|path| !path.ends_with("config/profiles.toml"));
        assert!(found.iter().any(|path| path.to_string_lossy().ends_with(".log")), "there is a log: {found:?}");
        for path in &found {
            assert!(!holds(&fs::read(path).expect("a file")), "it is in {}", path.display());
        }
        for said in said {
            assert!(!holds(&said), "it was said: {}", String::from_utf8_lossy(&said));
        }
    }
    broker.stop().await;
}
