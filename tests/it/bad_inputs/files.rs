//! Invalid, damaged and unsafe files.

use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

use mqtt_dash::{
    app::{Event, FileError, FilesEvent},
    config::{
        AppPaths, DashboardEdit, SecretRequest, apply_dashboard_edit, check_files, load_profiles, read_dashboard,
        read_profiles, resolve_secrets, write_atomic, write_private,
    },
    model::{
        json_path::JsonPath,
        profile::{PasswordSource, Profile, Secrets},
    },
};

use crate::fixtures::{app::AppFixture, cpu_lock::CpuLock, file_mode::set_mode, process};

/// All diagnostics of a file.
fn sentences(problems: &mqtt_dash::config::Problems) -> Vec<String> {
    problems.list().iter().map(mqtt_dash::config::Problem::summary).collect()
}

pub fn invalid_value_is_reported_with_its_position() {
    let board = "[[tile]]\nkind = \"range\"\ntopic = \"a/b#\"\nmin = 10\nmax = 5\n";
    let problems = sentences(&read_dashboard("b.toml", board).expect_err("invalid"));
    assert!(problems.iter().any(|problem| problem.starts_with("b.toml:3:")), "{problems:?}");
    let problems = sentences(&read_dashboard("b.toml", &board.replace("b#", "b")).expect_err("invalid"));
    assert!(
        problems.iter().any(|problem| problem.starts_with("b.toml:4:") || problem.starts_with("b.toml:5:")),
        "{problems:?}"
    );
    for (line, keep_alive) in [(3, 0), (3, 70_000)] {
        let profiles = format!("[profile.a]\nurl = \"x\"\nkeep_alive = {keep_alive}\n");
        let problems = sentences(&read_profiles("p.toml", &profiles, Path::new("")).expect_err("invalid"));
        assert!(problems[0].starts_with(&format!("p.toml:{line}:")), "{problems:?}");
    }
    let twice = "[profile.a]\nurl = \"x\"\n[profile.a]\nurl = \"y\"\n";
    let problems = sentences(&read_profiles("p.toml", twice, Path::new("")).expect_err("invalid"));
    assert!(problems[0].starts_with("p.toml:3:"), "{problems:?}");
}

pub fn half_written_file_is_reported_and_others_load() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths = AppPaths::in_folder(folder.path());
    let board = "title = \"Complete\"\n[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t\"\n";
    write_atomic(&paths.dashboard_file("complete"), board.as_bytes()).expect("the file can be written");
    write_atomic(&paths.dashboard_file("half"), &board.as_bytes()[..board.len() - 4]).expect("the file can be written");
    let report = check_files(&paths, &[], &|_| Vec::new());
    assert_eq!((report.files.len(), report.errors), (2, 1));
    let found: Vec<String> = report.files.iter().flat_map(|(_, problems)| sentences(problems)).collect();
    assert!(found.len() == 1 && found[0].contains("half.toml:5:"), "{found:?}");
}

/// The variable with the path of the file that the child process saves.
const SAVE: &str = "MQTT_DASH_TEST_SAVE";

/// The child process: saves a file once and prints the result.
pub fn save_in_child() {
    let Some(file) = std::env::var_os(SAVE) else { return };
    match write_atomic(Path::new(&file), &vec![b'n'; 100_000]) {
        Ok(()) => println!("saved"),
        Err(error) => println!("{error}"),
    }
}

/// Saves in a child process with a limit on the size of files, in blocks of the shell: writing beyond it
/// fails as on a full disk. Returns the output.
fn save_with_limit(blocks: u32, file: &Path) -> String {
    let script = "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"";
    let executable = std::env::current_exe().expect("the path of this binary");
    let mut command = Command::new("sh");
    command
        .args(["-c", script, "sh", &blocks.to_string()])
        .arg(executable)
        .args(["--ignored", "--exact", "bad_inputs::saving_child", "--nocapture"])
        .env(SAVE, file);
    let output = process::output(&mut command);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn full_disk_and_read_only_file_keep_old_content() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("home.toml");
    write_atomic(&file, b"title = \"Old\"\n").expect("the file can be written");
    for blocks in [0, 1, 7, 60] {
        let output = save_with_limit(blocks, &file);
        assert!(
            output.contains("cannot write ")
                && output.contains("home.toml: ")
                && output.contains("; the file is unchanged"),
            "{blocks}: {output}"
        );
        assert_eq!(fs::read(&file).expect("the file can be read"), b"title = \"Old\"\n");
    }
    assert!(save_with_limit(100_000, &file).contains("saved"));
    assert_eq!(fs::read(&file).expect("the file can be read"), vec![b'n'; 100_000]);
    let files: Vec<_> = fs::read_dir(folder.path())
        .expect("the folder can be listed")
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(files, ["home.toml"], "no temporary file is left");

    set_mode(&file, 0o444);
    let error = write_atomic(&file, b"new").expect_err("the file is read-only").to_string();
    assert!(error.ends_with("it is read-only; the file is unchanged"), "{error}");
}

pub fn symlink_stays_symlink_after_save() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (target, link) = (folder.path().join("dotfiles/home.toml"), folder.path().join("home.toml"));
    write_atomic(&target, b"old").expect("the file can be written");
    symlink("dotfiles/home.toml", &link).expect("the symlink can be created");
    for text in [b"one", b"two"] {
        write_atomic(&link, text).expect("the file can be written");
        assert!(fs::symlink_metadata(&link).expect("the symlink exists").is_symlink());
        assert_eq!(fs::read(&target).expect("the target can be read"), text);
    }
}

pub fn edit_keeps_concurrent_changes_of_file() {
    let original = "title = \"Home\"\n[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t\"\n";
    let mut tile = read_dashboard("b.toml", original).expect("a valid dashboard").tiles.remove(0);
    "Renamed".clone_into(&mut tile.name);
    // Another program has added a comment and a tile.
    let changed = format!("{original}# mine\n[[tile]]\nkind = \"switch\"\nname = \"New\"\ntopic = \"n\"\n");
    let edited = apply_dashboard_edit("b.toml", &changed, &DashboardEdit::ReplaceTile(0, tile.clone()))
        .expect("the edit can be applied");
    assert!(edited.contains("Renamed") && edited.contains("# mine") && edited.contains("\"New\""), "{edited}");
    // It has broken the file, or deleted the tile.
    for broken in ["title = \"Home\n", "title = \"Home\"\n"] {
        let error = apply_dashboard_edit("b.toml", broken, &DashboardEdit::ReplaceTile(0, tile.clone()))
            .expect_err("not applied")
            .to_string();
        assert!(error.starts_with("cannot edit b.toml: "), "{error}");
    }
}

pub fn invalid_save_keeps_last_valid_dashboard() {
    let mut fixture = AppFixture::new("[[tile]]\nkind = \"text\"\nname = \"Good\"\ntopic = \"t\"\n");
    fixture.receive("t", b"23");
    let error = FileError::Invalid {
        file: "home.toml".to_owned(),
        line: Some(3),
        message: "unknown key `nmae`".to_owned(),
        help: None,
        more: 0,
    };
    let problem = "home.toml line 3: unknown key `nmae`";
    fixture.update(Event::Files(FilesEvent::DashboardChanged("home.toml".into(), Box::new(Err(error)))));
    let text = fixture.screen_text();
    assert!(text.contains(problem) && text.contains("Good") && fixture.first_tile_text() == Some("23"), "{text}");
}

pub fn secret_readable_by_others_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let profiles = folder.path().join("profiles.toml");
    write_private(&profiles, b"[profile.a]\nurl = 'x'\nusername = 'u'\npassword = 'geheim'\n")
        .expect("the file can be written");
    assert!(load_profiles(&profiles).is_ok());
    for mode in [0o640, 0o604, 0o666] {
        set_mode(&profiles, mode);
        let error = load_profiles(&profiles).expect_err("refused").to_string();
        assert!(
            error.contains(&format!("run: chmod 600 {}", profiles.display())) && !error.contains("geheim"),
            "{error}"
        );
    }
    let file = folder.path().join("a file");
    write_private(&file, b"geheim\n").expect("the file can be written");
    let profile = Profile { password: Some(PasswordSource::File(file.clone())), ..Profile::default() };
    let mut ask = |_: SecretRequest<'_>| panic!("the user is not to be asked");
    assert_eq!(resolve_secrets(&profile, &mut ask), Ok(Secrets::password_only("geheim".into())));
    set_mode(&file, 0o644);
    let error = resolve_secrets(&profile, &mut ask).expect_err("refused").to_string();
    assert!(error.contains(&format!("run: chmod 600 '{}'", file.display())) && !error.contains("geheim"), "{error}");
}

pub fn expensive_json_path_is_refused_or_bounded() {
    let _lock = CpuLock::exclusive();
    let nested = |open: &str, close: &str| format!("$.a{}1{}", open.repeat(40), close.repeat(40));
    for path in
        [nested("[?(@.b", ")]"), nested("[?(", ")]"), "[".repeat(100_000), "$".to_owned() + &".a".repeat(10_000)]
    {
        assert!(JsonPath::parse(&path).is_err(), "{path:.40}");
    }
    // A path that is allowed is evaluated in bounded time, also on its worst input.
    let json = serde_json::json!({ "a": vec!["x".repeat(1_000) + "y"; 50] });
    for path in ["$..a..a..a", "$.a[?(match(@, '(x+x+)+z'))]", "$.a[?(search(@, '(x*)*z'))]"] {
        if let Ok(path) = JsonPath::parse(path) {
            let begin = std::time::Instant::now();
            let _ = path.find(&json);
            assert!(begin.elapsed() < std::time::Duration::from_secs(5), "{path:?}");
        }
    }
}

pub fn toml_of_100000_brackets_is_rejected() {
    for text in
        ["a = ".to_owned() + &"[".repeat(100_000), "[".repeat(100_000), "a = ".to_owned() + &"{a=".repeat(100_000)]
    {
        let problems = sentences(&read_dashboard("b.toml", &text).expect_err("refused"));
        assert!(problems[0].starts_with("b.toml:1:"), "{problems:?}");
    }
}
