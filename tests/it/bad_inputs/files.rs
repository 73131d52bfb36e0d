//! What may be wrong with files.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::Command,
};

use mqtt_dash::{
    app::Event,
    model::{
        extract::JsonPath,
        profile::{Profile, Secret},
    },
    store::{
        Edit, Places, apply, check, load_profiles, read_dashboard, read_profiles, resolve, write_private, write_whole,
    },
};

use crate::fixtures::{app::AppFixture, process};

/// Everything that is said of a file.
fn said(problems: &mqtt_dash::store::Problems) -> Vec<String> {
    problems.list().iter().map(mqtt_dash::store::Problem::sentence).collect()
}

pub fn mistakes_have_places() {
    let board = "[[tile]]\nkind = \"range\"\ntopic = \"a/b#\"\nmin = 10\nmax = 5\n";
    let problems = said(&read_dashboard("b.toml", board).expect_err("mistakes"));
    assert!(problems.iter().any(|problem| problem.starts_with("b.toml:3:")), "{problems:?}");
    let problems = said(&read_dashboard("b.toml", &board.replace("b#", "b")).expect_err("a contradiction"));
    assert!(
        problems.iter().any(|problem| problem.starts_with("b.toml:4:") || problem.starts_with("b.toml:5:")),
        "{problems:?}"
    );
    for (line, keep_alive) in [(3, 0), (3, 70_000)] {
        let profiles = format!("[profile.a]\nurl = \"x\"\nkeep_alive = {keep_alive}\n");
        let problems = said(&read_profiles("p.toml", &profiles, Path::new("")).expect_err("a mistake"));
        assert!(problems[0].starts_with(&format!("p.toml:{line}:")), "{problems:?}");
    }
    let twice = "[profile.a]\nurl = \"x\"\n[profile.a]\nurl = \"y\"\n";
    let problems = said(&read_profiles("p.toml", twice, Path::new("")).expect_err("a name twice"));
    assert!(problems[0].starts_with("p.toml:3:"), "{problems:?}");
}

pub fn half_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let places = Places::below(folder.path());
    let board = "title = \"Whole\"\n[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t\"\n";
    write_whole(&places.dashboard_file("whole"), board.as_bytes()).expect("a file");
    write_whole(&places.dashboard_file("half"), &board.as_bytes()[..board.len() - 4]).expect("a file");
    let report = check(&places, &[], &|_| Vec::new());
    assert_eq!((report.files.len(), report.errors), (2, 1));
    let bad: Vec<String> = report.files.iter().flat_map(|(_, problems)| said(problems)).collect();
    assert!(bad.len() == 1 && bad[0].contains("half.toml:5:"), "{bad:?}");
}

/// The variable that tells a child where to save.
const SAVE: &str = "MQTT_DASH_TEST_SAVE";

/// What a child does: saves once, and says what is said of that.
pub fn save_as_child() {
    let Some(file) = std::env::var_os(SAVE) else { return };
    match write_whole(Path::new(&file), &vec![b'n'; 100_000]) {
        Ok(()) => println!("saved"),
        Err(fault) => println!("{fault}"),
    }
}

/// Saves where the disk is full after so many blocks. A shell sets the limit: whoever writes is told
/// that there is no more room, as on a full disk.
fn save_with_room_for(blocks: u32, file: &Path) -> String {
    let script = "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"";
    let this = std::env::current_exe().expect("this program");
    let mut command = Command::new("sh");
    command
        .args(["-c", script, "sh", &blocks.to_string()])
        .arg(this)
        .args(["--ignored", "--exact", "bad_inputs::saving_child", "--nocapture"])
        .env(SAVE, file);
    let output = process::output(&mut command);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn no_room_to_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("home.toml");
    write_whole(&file, b"title = \"Old\"\n").expect("the old one");
    for blocks in [0, 1, 7, 60] {
        let said = save_with_room_for(blocks, &file);
        assert!(
            said.contains("home.toml cannot be written: ") && said.contains("; it is as it was"),
            "{blocks}: {said}"
        );
        assert_eq!(fs::read(&file).expect("the file"), b"title = \"Old\"\n");
    }
    assert!(save_with_room_for(100_000, &file).contains("saved"));
    assert_eq!(fs::read(&file).expect("the file"), vec![b'n'; 100_000]);
    let left: Vec<_> =
        fs::read_dir(folder.path()).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["home.toml"], "nothing half written is left");

    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).expect("its mode");
    let said = write_whole(&file, b"new").expect_err("it is read-only").to_string();
    assert!(said.ends_with("it is read-only; it is as it was"), "{said}");
}

pub fn a_symlink() {
    let folder = tempfile::tempdir().expect("a folder");
    let (real, link) = (folder.path().join("dotfiles/home.toml"), folder.path().join("home.toml"));
    write_whole(&real, b"old").expect("a file");
    symlink("dotfiles/home.toml", &link).expect("a link");
    for text in [b"one", b"two"] {
        write_whole(&link, text).expect("it is written");
        assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
        assert_eq!(fs::read(&real).expect("the file behind it"), text);
    }
}

pub fn another_hand() {
    let ours = "title = \"Home\"\n[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t\"\n";
    let mut tile = read_dashboard("b.toml", ours).expect("a dashboard").tiles.remove(0);
    "Renamed".clone_into(&mut tile.name);
    // Another hand has added a tile and a comment meanwhile.
    let theirs = format!("{ours}# mine\n[[tile]]\nkind = \"switch\"\nname = \"New\"\ntopic = \"n\"\n");
    let edited = apply("b.toml", &theirs, &Edit::Change(0, tile.clone())).expect("the edit is made there");
    assert!(edited.contains("Renamed") && edited.contains("# mine") && edited.contains("\"New\""), "{edited}");
    // It has made a mistake, or taken the tile away.
    for broken in ["title = \"Home\n", "title = \"Home\"\n"] {
        let said = apply("b.toml", broken, &Edit::Change(0, tile.clone())).expect_err("no edit").to_string();
        assert!(said.starts_with("b.toml is not changed: "), "{said}");
    }
}

pub fn an_invalid_save() {
    let mut fixture = AppFixture::new("[[tile]]\nkind = \"text\"\nname = \"Good\"\ntopic = \"t\"\n");
    fixture.receive("t", b"23");
    let problem = "home.toml line 3: there is no key `nmae` here";
    fixture.update(Event::Reloaded("home.toml".into(), Box::new(Err(problem.to_owned()))));
    let text = fixture.screen_text();
    assert!(text.contains(problem) && text.contains("Good") && fixture.first_tile_text() == Some("23"), "{text}");
}

pub fn a_readable_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("its mode");
    let profiles = folder.path().join("profiles.toml");
    write_private(&profiles, b"[profile.a]\nurl = 'x'\nusername = 'u'\npassword = 'geheim'\n").expect("a file");
    assert!(load_profiles(&profiles).is_ok());
    for mode in [0o640, 0o604, 0o666] {
        open(&profiles, mode);
        let said = load_profiles(&profiles).expect_err("it is refused").to_string();
        assert!(said.contains(&format!("run: chmod 600 {}", profiles.display())) && !said.contains("geheim"), "{said}");
    }
    let word = folder.path().join("a word");
    write_private(&word, b"geheim\n").expect("a file");
    let profile = Profile { password: Some(Secret::File(word.clone())), ..Profile::default() };
    let mut ask = |_: &str| -> std::io::Result<String> { panic!("nobody is to be asked") };
    assert_eq!(resolve(&profile, &mut ask), Ok(Some("geheim".to_owned())));
    open(&word, 0o644);
    let said = resolve(&profile, &mut ask).expect_err("it is refused").to_string();
    assert!(said.contains(&format!("run: chmod 600 '{}'", word.display())) && !said.contains("geheim"), "{said}");
}

pub fn paths_that_explode() {
    let nested = |open: &str, close: &str| format!("$.a{}1{}", open.repeat(40), close.repeat(40));
    for path in
        [nested("[?(@.b", ")]"), nested("[?(", ")]"), "[".repeat(100_000), "$".to_owned() + &".a".repeat(10_000)]
    {
        assert!(JsonPath::parse(&path).is_err(), "{path:.40}");
    }
    // What is allowed ends in time, on what it likes least.
    let json = serde_json::json!({ "a": vec!["x".repeat(1_000) + "y"; 50] });
    for path in ["$..a..a..a", "$.a[?(match(@, '(x+x+)+z'))]", "$.a[?(search(@, '(x*)*z'))]"] {
        if let Ok(path) = JsonPath::parse(path) {
            let begin = std::time::Instant::now();
            let _ = path.find(&json);
            assert!(begin.elapsed() < std::time::Duration::from_secs(5), "{path:?}");
        }
    }
}

pub fn brackets() {
    for text in
        ["a = ".to_owned() + &"[".repeat(100_000), "[".repeat(100_000), "a = ".to_owned() + &"{a=".repeat(100_000)]
    {
        let problems = said(&read_dashboard("b.toml", &text).expect_err("it is refused"));
        assert!(problems[0].starts_with("b.toml:1:"), "{problems:?}");
    }
}
