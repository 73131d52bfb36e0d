//! Files on a real file system: saving, finding and checking them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use mqtt_dash::{
    config::{
        AppPaths, ConfigError, Problem, SecretRequest, check_files, claim_client_id, generate_client_id,
        load_dashboard, load_profiles, resolve_secrets, write_atomic, write_private,
    },
    model::profile::{BrokerUrl, PasswordSource, Profile, Secrets},
};
use tempfile::TempDir;

fn temporary_paths() -> (TempDir, AppPaths) {
    let folder = TempDir::new().unwrap();
    let paths = AppPaths::in_folder(folder.path());
    (folder, paths)
}

fn write(path: &Path, text: &str) {
    write_private(path, text.as_bytes()).unwrap();
}

fn files_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn save_replaces_file_and_leaves_no_other() {
    let (folder, _) = temporary_paths();
    let path = folder.path().join("new/x.toml");
    write_atomic(&path, b"one").unwrap();
    write_atomic(&path, b"two").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"two");
    assert_eq!(files_in(path.parent().unwrap()), ["x.toml"]);
}

#[test]
fn failed_save_keeps_file_and_names_it() {
    let (folder, _) = temporary_paths();
    let path = folder.path().join("x.toml");
    write_atomic(&path, b"one").unwrap();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let error = write_atomic(&path, b"two").unwrap_err().to_string();
    assert_eq!(error, format!("cannot write {}: it is read-only; the file is unchanged", path.display()));
    assert_eq!(fs::read(&path).unwrap(), b"one");
    let error = write_atomic(&path.join("below"), b"").expect_err("a file used as folder").to_string();
    assert!(!error.contains("unchanged"), "there is no such file: {error}");
    assert!(write_atomic(folder.path(), b"").is_err(), "a folder used as file");
    assert_eq!(files_in(folder.path()), ["x.toml"]);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt as _, symlink};

    use super::*;
    use crate::fixtures::{file_mode::set_mode, process::output, terminal_program::MQTT_DASH};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn save_through_symlink_replaces_its_target() {
        let (folder, _) = temporary_paths();
        let target = folder.path().join("real/x.toml");
        let link = folder.path().join("link.toml");
        symlink("real/x.toml", &link).unwrap();
        write_atomic(&link, b"one").unwrap();
        write_atomic(&link, b"two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&target).unwrap(), b"two");
        let cycle = folder.path().join("cycle");
        symlink("cycle", &cycle).unwrap();
        assert!(write_atomic(&cycle, b"").unwrap_err().to_string().contains("its symlinks form a loop"));
    }

    #[test]
    fn save_keeps_mode_and_private_save_restricts_it() {
        let (folder, _) = temporary_paths();
        let path = folder.path().join("x.toml");
        write_atomic(&path, b"one").unwrap();
        assert_eq!(mode(&path), 0o644);
        set_mode(&path, 0o640);
        write_atomic(&path, b"two").unwrap();
        assert_eq!(mode(&path), 0o640);
        write_private(&path, b"three").unwrap();
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn new_shared_file_follows_the_umask() {
        let (folder, _) = temporary_paths();
        let script = "umask 027; exec \"$0\" export x.toml -o new.toml";
        write(&folder.path().join("x.toml"), "[[tile]]\nkind = 'text'\ntopic = 't'\n");
        let mut command = std::process::Command::new("sh");
        command.args(["-c", script, MQTT_DASH]).current_dir(folder.path());
        assert!(output(command.env("MQTT_DASH_CONFIG_DIR", folder.path())).status.success());
        assert_eq!(mode(&folder.path().join("new.toml")), 0o640);
    }

    #[test]
    fn log_and_its_folder_are_private_whatever_the_umask() {
        let (folder, paths) = temporary_paths();
        let log = folder.path().join("state/mqtt-dash.log");
        let check_with_log = || {
            let mut command = std::process::Command::new("sh");
            command.args(["-c", "umask 000; exec \"$0\" check --log debug", MQTT_DASH]);
            output(command.env("MQTT_DASH_CONFIG_DIR", paths.profiles_file().parent().unwrap())).status.success()
        };
        assert!(check_with_log());
        assert_eq!((mode(log.parent().unwrap()), mode(&log)), (0o700, 0o600));
        set_mode(log.parent().unwrap(), 0o755);
        set_mode(&log, 0o644);
        assert!(check_with_log());
        assert_eq!((mode(log.parent().unwrap()), mode(&log)), (0o700, 0o600));
        fs::remove_file(&log).unwrap();
        symlink(folder.path().join("elsewhere"), &log).unwrap();
        assert!(!check_with_log(), "the log of somebody else is not written");
        assert!(!folder.path().join("elsewhere").exists());
    }

    #[test]
    fn password_readable_by_others_is_refused_with_chmod_command() {
        let (_folder, paths) = temporary_paths();
        let path = paths.profiles_file();
        for (lines, warning) in [
            ("url = 'x'\nusername = 'u'\npassword = 'geheim'", "the password is stored as plain text"),
            (
                "url = 'mqtts://x'\ntls = { cert = 'a.p12', key_password = 'geheim' }",
                "the password of the key is stored",
            ),
        ] {
            write(&path, &format!("[profile.a]\n{lines}\n"));
            let (_, warnings) = load_profiles(&path).unwrap();
            assert!(warnings.to_string().contains(warning), "{warnings}");
            set_mode(&path, 0o644);
            let error = load_profiles(&path).unwrap_err().to_string();
            assert!(error.contains("this file contains a password, and other users can read it"), "{error}");
            assert!(error.contains(&format!("run: chmod 600 {}", path.display())), "{error}");
        }
        write_atomic(&path, b"[profile.a]\nurl = 'x'\n").unwrap();
        assert!(load_profiles(&path).is_ok(), "a file without password may be readable");
    }

    #[test]
    fn profiles_that_others_can_write_are_refused_with_chmod_command_if_they_decide_about_trust() {
        let (folder, paths) = temporary_paths();
        let path = paths.profiles_file();
        let pin = "ab".repeat(32);
        for (lines, line, what) in [
            (format!("tls.pin = 'sha256:{pin}'"), 3, "says which certificate is trusted"),
            ("tls.insecure = true".to_owned(), 3, "turns off the check of certificates"),
            ("tls.ca = 'ca.pem'".to_owned(), 3, "says which certificates are trusted"),
            ("username = 'u'\npassword = { command = ['true'] }".to_owned(), 4, "names a program to run"),
            ("username = 'u'\npassword = { env = 'X' }".to_owned(), 4, "says where a password is sent"),
            (
                "[profile.a.tls]\ncert = 'a.p12'\nkey_password = { command = ['true'] }".to_owned(),
                5,
                "names a program to run",
            ),
        ] {
            write(&path, &format!("[profile.a]\nurl = 'mqtts://x'\n{lines}\n"));
            assert!(load_profiles(&path).is_ok(), "{lines}");
            set_mode(&path, 0o644);
            assert!(load_profiles(&path).is_ok(), "{lines}");
            for (changed, too_open, reason) in [
                (&path, 0o646, "other users can write it".to_owned()),
                (
                    &folder.path().to_owned(),
                    0o757,
                    format!("other users can write the folder {}", folder.path().display()),
                ),
            ] {
                let before = mode(changed);
                set_mode(changed, too_open);
                let problems = load_profiles(&path).unwrap_err();
                let [problem] = problems.list() else { panic!("{problems}") };
                assert_eq!(problem.message(), format!("this file {what}, and {reason}"));
                assert_eq!(problem.help_text(), Some(&*format!("run: chmod go-w {}", changed.display())));
                assert_eq!(problem.position().unwrap().0, line);
                set_mode(changed, before);
            }
        }
        write(&path, "[profile.a]\nurl = 'mqtts://x'\n");
        set_mode(&path, 0o646);
        let (_, warnings) = load_profiles(&path).unwrap();
        assert!(warnings.to_string().contains("other users can write it"), "{warnings}");
    }

    #[test]
    fn agreements_that_others_can_write_are_ignored_with_a_notice() {
        let (folder, _) = temporary_paths();
        write(&folder.path().join("b.toml"), "[[tile]]\nkind = 'text'\nname = 'x'\ntopic = 't'\n");
        let agreed = folder.path().join("state/agreed.txt");
        write(&agreed, "a\n");
        let notice = || {
            let mut command = std::process::Command::new(MQTT_DASH);
            command.args(["snapshot", "b.toml", "--url", "mqtt://127.0.0.1:1", "--wait", "0"]);
            let result = output(command.current_dir(folder.path()).env("MQTT_DASH_CONFIG_DIR", folder.path()));
            String::from_utf8(result.stderr).unwrap()
        };
        assert!(!notice().contains("is ignored"));
        set_mode(&agreed, 0o606);
        let notice = notice();
        assert!(notice.contains("What you have allowed is ignored: other users can write "), "{notice}");
        assert!(notice.contains("; run: chmod go-w "), "{notice}");
    }

    #[test]
    fn password_file_is_relative_to_profile_folder() {
        let (folder, _) = temporary_paths();
        let path = folder.path().join("password");
        write(&path, "geheim\r\nsecond line\n");
        let profile = Profile {
            name: "hub".into(),
            base_dir: folder.path().into(),
            password: Some(PasswordSource::File("password".into())),
            ..Profile::default()
        };
        let mut ask = |_: SecretRequest<'_>| panic!("the user is not to be asked");
        assert_eq!(resolve_secrets(&profile, &mut ask), Ok(Secrets::password_only("geheim".into())));
        set_mode(&path, 0o604);
        let error = resolve_secrets(&profile, &mut ask).unwrap_err().to_string();
        assert!(error.contains("run: chmod 600") && !error.contains("geheim"), "{error}");
    }
}

#[test]
fn dashboards_are_found_by_name_and_path() {
    let (folder, paths) = temporary_paths();
    assert_eq!(paths.list_dashboards(), Ok(Vec::new()));
    for name in ["zoo", "garden", ".hidden"] {
        write(&paths.dashboard_file(name), "");
    }
    write(&paths.dashboards_dir().join("notes.txt"), "");
    assert_eq!(paths.list_dashboards(), Ok(vec!["garden".into(), "zoo".into()]));
    assert_eq!(paths.find_dashboard("zoo"), Ok(paths.dashboard_file("zoo")));
    assert_eq!(paths.find_dashboard("zoo.toml"), Ok(paths.dashboard_file("zoo")));
    let other = folder.path().join("other.toml");
    write(&other, "");
    assert_eq!(paths.find_dashboard(other.to_str().unwrap()), Ok(other));
    let error = paths.find_dashboard("gardne").unwrap_err().to_string();
    assert!(error.ends_with("gardne.toml does not exist); did you mean `garden`?"), "{error}");
    assert!(matches!(paths.find_dashboard("./no/such.toml"), Err(ConfigError::DashboardNotFound { .. })));
}

#[test]
fn client_id_is_generated_once() {
    let (_folder, paths) = temporary_paths();
    let [a, b] = ["a", "b"].map(|name| Profile { name: name.into(), ..Profile::default() });
    let id = |profile: &Profile| claim_client_id(&paths, profile, &[]).id;
    let first = id(&a);
    assert!(first.strip_prefix("mqtt-dash-").is_some_and(|random| random.len() == 8), "{first}");
    assert_eq!(id(&a), first);
    assert_ne!(id(&b), first);
    assert_ne!(generate_client_id(), generate_client_id());
    let own = Profile { client_id: Some("app_1".into()), ..Profile::default() };
    assert_eq!(id(&own), "app_1");
}

#[test]
fn connection_that_is_opened_again_keeps_the_claim_of_its_client_id() {
    let (_folder, paths) = temporary_paths();
    for client_id in [None, Some("app_1".to_owned())] {
        let profile = Profile { name: "a".into(), client_id, ..Profile::default() };
        let first = claim_client_id(&paths, &profile, &[]);
        let held = [first.claim.clone().expect("nobody else uses it")];
        let again = claim_client_id(&paths, &profile, &held);
        assert_eq!((&again.id, again.conflict), (&first.id, None));
        assert!(again.claim.is_some_and(|claim| Arc::ptr_eq(&claim, &held[0])));
        // The connection is not open yet.
        let pending = claim_client_id(&paths, &profile, &[]);
        assert_eq!((pending.id, pending.conflict), (first.id, None));
    }
}

#[test]
fn client_id_that_two_profiles_name_is_told_if_it_is_the_same_broker() {
    let (_folder, paths) = temporary_paths();
    let profile = |name: &str, url: &str| Profile {
        name: name.into(),
        client_id: Some("twin".into()),
        ..Profile::from_broker_url(BrokerUrl::parse(url).expect("a valid URL"))
    };
    let first = claim_client_id(&paths, &profile("a", "mqtt://localhost"), &[]);
    assert_eq!(first.conflict, None);
    let second = claim_client_id(&paths, &profile("b", "mqtt://127.0.0.1"), &[]);
    assert_eq!(second.id, "twin");
    assert_eq!(
        second.conflict.map(|conflict| conflict.to_string()).as_deref(),
        Some(
            "the profiles b and a have the same client ID twin: the broker serves only one of them; \
             give each a `client_id` of its own"
        )
    );
    assert_eq!(claim_client_id(&paths, &profile("c", "mqtt://other.example"), &[]).conflict, None);
    drop(first);
    assert_eq!(claim_client_id(&paths, &profile("b", "mqtt://localhost"), &[]).conflict, None, "released");
}

#[test]
fn damaged_state_folder_gives_a_client_id_for_this_run_only() {
    let (folder, paths) = temporary_paths();
    write(&folder.path().join("state"), "a file, not a folder");
    let profile = Profile { name: "a".into(), ..Profile::default() };
    let [one, other] = [0, 1].map(|_| claim_client_id(&paths, &profile, &[]).id);
    assert!(one.starts_with("mqtt-dash-") && one != other, "{one} {other}");
}

#[test]
fn non_text_files_are_rejected() {
    let (folder, _) = temporary_paths();
    let path = folder.path().join("x.toml");
    let error = |bytes: &[u8]| {
        write_atomic(&path, bytes).unwrap();
        load_dashboard(&path).unwrap_err().list()[0].summary().replace(path.to_str().unwrap(), "x")
    };
    assert_eq!(error(b"title = 'a'\nx = '\xff'"), "x:2:6: invalid UTF-8 from here on (save the file as UTF-8)");
    assert_eq!(error(&vec![b'#'; 5 << 20]), "x: this file is larger than 4 MiB (is it the right file?)");
    let folder = load_dashboard(folder.path()).unwrap_err();
    assert!(folder.render_report(false, 80).contains("this is a folder"));
    assert!(load_dashboard(Path::new("/no/such.toml")).unwrap_err().to_string().contains("no such file"));
    assert_eq!(load_profiles(Path::new("/no/such.toml")).unwrap().0.profiles.len(), 0);
}

#[test]
fn check_validates_all_files_and_their_references() {
    let (folder, paths) = temporary_paths();
    write(
        &paths.profiles_file(),
        "[profile.hub]\nurl = 'x'\ndashboard = 'hme'\n[profile.b]\nurl = 'y'\ndashboard = 'home'\n",
    );
    write(&paths.dashboard_file("home"), "profile = 'hib'\n");
    write(&paths.dashboard_file("bad"), "[[tile]]\nkind = 'swich'\n");
    let error = |files: &[PathBuf]| -> (usize, usize, Vec<String>) {
        let report = check_files(&paths, files, &|_| Vec::new());
        let sentences = report.files.iter().flat_map(|(_, problems)| problems.list()).map(Problem::summary);
        let short = format!("{}/", folder.path().display());
        (report.errors, report.warnings, sentences.map(|sentence| sentence.replace(&short, "")).collect())
    };
    let expected = [
        "profiles.toml:3:13: there is no dashboard `hme` (did you mean `home`?)",
        "dashboards/bad.toml:2:8: unknown tile kind `swich` (did you mean `switch`?)",
        "dashboards/home.toml:1:11: there is no profile `hib` (did you mean `hub`?)",
    ];
    assert_eq!(error(&[]), (1, 2, expected.map(str::to_owned).to_vec()));
    let other = folder.path().join("mine.toml");
    write(&other, "[profile.hib]\nurl = 'ftp://x'\n");
    assert_eq!(error(&[paths.dashboard_file("home"), other]).0, 1, "the kind of a file is recognized by its content");
    assert_eq!(error(&["/no/such.toml".into()]).0, 1);
}

#[test]
fn check_warns_that_a_shared_subscription_takes_messages_away() {
    let (_folder, paths) = temporary_paths();
    let tile = |topic: &str| format!("[[tile]]\nkind = 'text'\ntopic = '{topic}'\n");
    let file = paths.dashboard_file("plant");
    write(&file, &["speed", "$share/g1/plant/+/speed", "$queue/a", "a/$queue/b"].map(tile).concat());
    let report = check_files(&paths, &[file], &|_| Vec::new());
    assert_eq!((report.errors, report.warnings), (0, 2));
    let warnings: Vec<_> =
        report.files[0].1.list().iter().map(|problem| (problem.position(), problem.help_text())).collect();
    let help = |topic| Some(format!("to see all messages and take none, subscribe to `{topic}`"));
    let expected = [(Some((6, 9)), help("plant/+/speed")), (Some((9, 9)), help("a"))];
    assert_eq!(warnings, expected.each_ref().map(|(position, help)| (*position, help.as_deref())));
}

#[test]
fn check_warns_of_tiles_that_do_nothing() {
    let (_folder, paths) = temporary_paths();
    let file = paths.dashboard_file("plant");
    let tiles = [
        "kind = 'text'\nname = 'a'",
        "kind = 'text'\ntopic = 'a'",
        "kind = 'switch'\npublish_topic = 'a'",
        "kind = 'image'\nurl = 'https://a'",
        "kind = 'image'",
        "kind = 'text'\non_display = '1'",
    ];
    write(&file, &tiles.map(|tile| format!("[[tile]]\n{tile}\n")).concat());
    let report = check_files(&paths, &[file], &|_| Vec::new());
    assert_eq!((report.errors, report.warnings), (0, 2));
    let warnings: Vec<String> = report.files[0].1.list().iter().map(Problem::summary).collect();
    assert!(warnings[0].contains(":1:1: the tile needs a `topic`"), "{warnings:?}");
    assert!(warnings[1].contains(":13:1: the image needs a `url`"), "{warnings:?}");
}

#[test]
fn check_warns_of_a_time_zone_that_does_not_exist() {
    let (_folder, paths) = temporary_paths();
    let file = paths.dashboard_file("clocks");
    write(&file, &["UTC", "Mars/Olympus"].map(|zone| format!("[[tile]]\nkind = 'clock'\nzone = '{zone}'\n")).concat());
    let report = check_files(&paths, &[file], &|_| Vec::new());
    let warnings: Vec<String> = report.files[0].1.list().iter().map(Problem::summary).collect();
    assert_eq!((report.errors, warnings.len()), (0, 1), "{warnings:?}");
    assert!(warnings[0].contains(":6:8: there is no time zone `Mars/Olympus`"), "{warnings:?}");
}
