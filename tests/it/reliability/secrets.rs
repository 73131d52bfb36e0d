//! A password appears only in the file in which the user has put it.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use mqtt_dash::{
    demo::{Access, EmbeddedBroker, accounts, broker::loopback_any_port},
    model::profile::BrokerUrl,
};

use crate::fixtures::{
    key::Key,
    process,
    terminal_program::{MQTT_DASH, TerminalProgram},
};

/// The password that is searched for.
const PASSWORD: &str = "canary-7f3a9c";

const DASHBOARD: &str = "title = \"B\"\nprofile = \"hub\"\n[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t\"\n";

/// A private key that is encrypted with another password.
const ENCRYPTED_KEY: &str = "\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAj4pjjljn/vbgICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEH4P5tMK/nshO0pNPgmgSLoEgZBa
Waim/Mk6jxni9+istaKFa1zKR4q25q6aiZI4MVfgBsADdnavc6Z4qEQoysk7ltSz
ts7ytAPBc7l3nPOhTkQeYZNksLBEtAojqJUPV2ZmlUQTCAV+LhvKRlYHJujW5cYS
OPVeZhedpoNzQfpOdrogABubdmORGJk0wX7w3TgqhTAMAM2zWueY2tzKmYMp1cg=
-----END ENCRYPTED PRIVATE KEY-----
";

fn contains_password(bytes: &[u8]) -> bool {
    count_passwords(bytes) > 0
}

fn count_passwords(bytes: &[u8]) -> usize {
    bytes.windows(PASSWORD.len()).filter(|window| *window == PASSWORD.as_bytes()).count()
}

fn collect_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be listed").flatten() {
        let path = entry.path();
        if path.is_dir() { collect_files(&path, found) } else { found.push(path) }
    }
}

/// Starts a broker with an account that has the password.
async fn start_broker() -> EmbeddedBroker {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    writeln!(file, "{}", accounts::account_line("alice", PASSWORD).expect("an account"))
        .expect("the file can be written");
    EmbeddedBroker::start(loopback_any_port(), Access::Accounts(file.path().to_owned()))
        .await
        .expect("the broker starts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn password_appears_in_no_output_and_no_file() {
    let broker = start_broker().await;
    let url = format!("mqtt://{}", broker.address());
    let login = |password: &str, protocol: &str, url: &str| {
        format!(
            "[profile.hub]\nurl = \"{url}\"\nprotocol = \"{protocol}\"\nusername = \"alice\"\npassword = \"{password}\"\n"
        )
    };
    let client = rcgen::generate_simple_self_signed(["me".to_owned()]).expect("a certificate").cert.pem();
    let wrong = format!("{PASSWORD}-wrong");
    // The right and a wrong password in both versions of MQTT, a broker that does not run, and a wrong password of a key.
    for (profiles, text) in [
        (login(PASSWORD, "3.1.1", &url), "● connected"),
        (login(PASSWORD, "5", &url), "● connected"),
        (login(&wrong, "3.1.1", &url), "refused"),
        (login(&wrong, "5", &url), "refused"),
        (login(PASSWORD, "3.1.1", "mqtts://127.0.0.1:1"), "nothing listens"),
        (
            format!(
                "[profile.hub]\nurl = \"mqtts://127.0.0.1:1\"\n[profile.hub.tls]\ncert = \"client.pem\"\n\
                 key = \"client.key\"\nkey_password = \"{PASSWORD}\"\n"
            ),
            "client.key is wrong",
        ),
    ] {
        let mut program = TerminalProgram::new(&["--log", "trace", "open", "b"])
            .env("RUST_LOG", "trace")
            .file("profiles.toml", &profiles)
            .file("client.pem", &client)
            .file("client.key", ENCRYPTED_KEY)
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

/// The most copies of a password in the memory of a connected program: the login of the connection, and those of the
/// MQTT library, which are the options of the session and the CONNECT packet.
#[cfg(target_os = "linux")]
const MAX_COPIES_IN_MEMORY: usize = 4;

/// Counts the password in all memory that a process can write. `None` if the system does not let this test read it.
#[cfg(target_os = "linux")]
fn copies_in_memory(pid: i32) -> Option<usize> {
    use std::os::unix::fs::FileExt as _;
    let memory = fs::File::open(format!("/proc/{pid}/mem")).ok()?;
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
    let address = |text: &str| u64::from_str_radix(text, 16).expect("an address");
    let writable = maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|mode| mode.starts_with("rw")));
    let copies = writable.map(|line| {
        let (start, end) = line.split(' ').next().and_then(|range| range.split_once('-')).expect("a range");
        let (start, end) = (address(start), address(end));
        let mut bytes = vec![0; usize::try_from(end - start).expect("the memory of this machine is larger")];
        // Some mappings cannot be read.
        memory.read_exact_at(&mut bytes, start).map_or(0, |()| count_passwords(&bytes))
    });
    Some(copies.sum())
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connected_program_has_few_copies_of_the_password_and_no_core_dumps() {
    let broker = start_broker().await;
    for (source, protocol) in [
        ("{ file = \"word\" }", "3.1.1"),
        ("{ file = \"word\" }", "5"),
        ("{ command = [\"cat\", \"word\"] }", "5"),
        ("{ prompt = true }", "3.1.1"),
    ] {
        let profiles = format!(
            "[profile.hub]\nurl = \"mqtt://{}\"\nprotocol = \"{protocol}\"\nusername = \"alice\"\npassword = {source}\n",
            broker.address()
        );
        let mut program = TerminalProgram::new(&["open", "b"])
            .file("profiles.toml", &profiles)
            .file("word", &format!("{PASSWORD}\n"))
            .file("dashboards/b.toml", DASHBOARD)
            .size(120, 30)
            .start();
        if source.contains("prompt") {
            program.wait_text("Password of `alice` for profile `hub`:");
            program.type_text(PASSWORD);
            program.press(Key::Enter);
        }
        program.wait_connected("");
        let pid = program.pid.as_raw_nonzero().get();
        let limits = fs::read_to_string(format!("/proc/{pid}/limits")).expect("the limits of the program");
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a limit of core dumps");
        assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
        match copies_in_memory(pid) {
            // Only root may read the memory of a process without core dumps.
            None => assert!(!rustix::process::geteuid().is_root(), "the memory of the program cannot be read"),
            Some(copies) => {
                println!("{source}, MQTT {protocol}: {copies} copies");
                assert!((1..=MAX_COPIES_IN_MEMORY).contains(&copies), "{source}: {copies} copies");
            }
        }
        program.quit();
    }
    broker.stop().await;
}

/// Whatever a user passes as an argument, and whatever file the program reads, no URL is printed with its password.
#[test]
fn password_in_a_url_is_printed_by_no_subcommand() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        mqtt_dash::config::write_private(&folder.path().join(name), text.as_bytes()).expect("the file can be written");
    };
    let tile =
        format!("[[tile]]\nkind = \"image\"\nname = \"x\"\ntopic = \"t\"\nurl = \"http://me:{PASSWORD}@host/x\"\n");
    write("b.toml", &format!("{tile}nmae = 1\n"));
    write("app.json", &format!("[{{\"name\":\"x\",\"type\":9,\"topic\":\"http://me:{PASSWORD}@host/#/x\"}}]"));
    let urls = [
        format!("mqtt://me:{PASSWORD}@host"),
        format!("me:{PASSWORD}@host"),
        format!("mqtt://me:a'b\"c {PASSWORD}/d@host"),
        format!("mqtt://me:{PASSWORD}@host:port"),
        format!("http://me:{PASSWORD}@host"),
    ];
    let mut commands: Vec<Vec<String>> =
        vec![vec!["check".into(), "b.toml".into()], vec!["import".into(), "app.json".into()]];
    for url in &urls {
        for arguments in [
            &["open", "b.toml", "--url", url][..],
            &["snapshot", "b.toml", "--url", url],
            &["snapshot", "b.toml", &format!("--url={url}")],
            &["import", "--topic", "t", "--url", url],
            &["demo", "--headless", "--url", url],
            &["open", url],
            &["check", url],
            &["import", url],
            &["export", url],
            &["open", "b.toml", "--profile", url],
            &["--theme", url],
            &["completions", url],
            &["--log", url, "check"],
            &[url],
        ] {
            commands.push(arguments.iter().map(|&argument| argument.to_owned()).collect());
        }
    }
    for arguments in commands {
        let mut command = Command::new(MQTT_DASH);
        command.args(&arguments).env("MQTT_DASH_CONFIG_DIR", folder.path()).current_dir(folder.path());
        let output = process::output(&mut command);
        let text = [output.stdout, output.stderr].concat();
        let shown = String::from_utf8_lossy(&text);
        assert!(!text.is_empty(), "{arguments:?} prints nothing");
        assert!(!contains_password(&text), "{arguments:?} prints {shown}");
        if arguments.iter().any(|argument| argument == "--url") {
            assert!(shown.contains("--profile NAME"), "{shown}");
        }
    }
}

/// Mistakes in an address with a password: characters that are missing, doubled, exchanged, or of another kind.
fn addresses_with_mistakes() -> Vec<String> {
    let address = format!("mqtt://anna:{PASSWORD}@broker.example:1883/x");
    let boundaries: Vec<usize> = address.char_indices().map(|(at, _)| at).collect();
    let mut addresses = Vec::new();
    for at in boundaries {
        let (before, after) = address.split_at(at);
        let rest = &after[after.chars().next().map_or(0, char::len_utf8)..];
        addresses.push(format!("{before}{rest}"));
        for inserted in ["/", ":", " ", "\"", "["] {
            addresses.push(format!("{before}{inserted}{after}"));
            addresses.push(format!("{before}{inserted}{rest}"));
        }
    }
    addresses.extend([format!("anna:{PASSWORD}"), format!("{PASSWORD}://host"), format!("mqtt://host/{PASSWORD}")]);
    addresses
}

/// Only an address that is valid may be printed: a password in it would be a host name, a path or a port.
#[test]
fn address_that_is_not_valid_is_not_printed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for address in addresses_with_mistakes() {
        if BrokerUrl::parse(&address).is_ok() {
            continue;
        }
        let mut command = Command::new(MQTT_DASH);
        command.args(["export", "x", "--topic", "t", "--url", &address]).current_dir(folder.path());
        let output = process::output(command.env("MQTT_DASH_CONFIG_DIR", folder.path()));
        let shown = String::from_utf8_lossy(&output.stderr).into_owned();
        let part = PASSWORD.as_bytes().windows(5).find(|part| shown.as_bytes().windows(5).any(|shown| shown == *part));
        assert_eq!(part.map(String::from_utf8_lossy), None, "{address}: {shown}");
        assert!(shown.contains("--url"), "{address}: {shown}");
    }
}
