//! Edits of handwritten files: every byte that is not edited stays.

use std::path::Path;

use mqtt_dash::{
    config::{DashboardEdit, ProfileEdit, apply_dashboard_edit, apply_profile_edit, read_dashboard, read_profiles},
    model::{
        dashboard::Dashboard,
        kind,
        press::{Lock, LockLevel},
        profile::{PasswordSource, Profile, UserProperties},
        schema::DynFields,
        tile::Tile,
        value::Value,
    },
};

const DASHBOARD: &str = r#"# My board, 2026
title = "Bench"   # short
columns = 0

# the lamp
[[tile]]
kind   = "switch"   # on or off
name   = "Lamp"
topic  = 'home/lamp'  # from the shed
on     = "ON"

# --- heating ---

[[tile]]
kind = "range"
max = 40.0          # more would be too hot
min = 0x0A
step = 5e-1
# steps are small

[[tile]]
kind = "choice"
options = [
  { label = "Slow", payload = "1" },   # for the night
  { label = "Fast", payload = "2" },   # for the day
]
"#;

const PROFILES: &str = r#"default = "hub"  # mine

# the broker at home
[profile.hub]
url = "mqtts://hub"   # TLS
keep_alive = 15

  [profile.hub.tls]
  ca = "ca.pem"   # from the router

[profile.away]
url = "mqtts://away"
tls.insecure = true   # for now
"#;

fn dashboard() -> Dashboard {
    read_dashboard("x", DASHBOARD).expect("the file is valid")
}

/// The edit that changes these keys of a tile.
fn change(at: usize, changes: &[(&str, Value)]) -> DashboardEdit {
    let mut tile = dashboard().tiles.swap_remove(at);
    for (key, value) in changes {
        assert_eq!(tile.set(key, value), Some(Ok(())), "{key}");
    }
    DashboardEdit::ReplaceTile(at, tile)
}

fn edited(edit: &DashboardEdit) -> String {
    apply_dashboard_edit("x", DASHBOARD, edit).expect("the edit can be applied")
}

fn replaced(from: &str, pieces: &[(&str, &str)]) -> String {
    pieces.iter().fold(from.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replacen(old, new, 1)
    })
}

#[test]
fn edit_without_change_keeps_every_byte() {
    for at in 0..3 {
        assert_eq!(edited(&change(at, &[])), DASHBOARD);
        assert_eq!(edited(&DashboardEdit::MoveTile(at, at)), DASHBOARD);
    }
    assert_eq!(edited(&DashboardEdit::SetFields(dashboard())), DASHBOARD);
    let unusual = "\u{feff}title='x'\r\n\r\n[[ tile ]]\r\n'kind'=\"text\"";
    let same = DashboardEdit::SetFields(read_dashboard("x", unusual).expect("the file is valid"));
    assert_eq!(apply_dashboard_edit("x", unusual, &same).as_deref(), Ok(unusual));
}

#[test]
fn changed_value_keeps_rest_of_line() {
    let edit = change(0, &[("topic", "home/lamp/2".into()), ("qos", Value::Integer(1))]);
    let expected = [("'home/lamp'", "\"home/lamp/2\""), ("on     = \"ON\"\n", "on     = \"ON\"\nqos = 1\n")];
    assert_eq!(edited(&edit), replaced(DASHBOARD, &expected));
    assert_eq!(edited(&change(1, &[("step", Value::Integer(1))])), replaced(DASHBOARD, &[("5e-1", "1")]));
}

#[test]
fn default_value_removes_line_unless_commented() {
    assert_eq!(edited(&change(1, &[("min", Value::Integer(0))])), replaced(DASHBOARD, &[("min = 0x0A\n", "")]));
    assert_eq!(edited(&change(1, &[("max", Value::Integer(100))])), replaced(DASHBOARD, &[("40.0 ", "100 ")]));
}

#[test]
fn changed_option_keeps_comments_of_all_options() {
    let option = |label: &str, payload: &str| {
        Value::Table(vec![("label".into(), label.into()), ("payload".into(), payload.into())])
    };
    let edit = change(2, &[("options", Value::Array(vec![option("Slow", "1"), option("Quick", "2")]))]);
    assert_eq!(edited(&edit), replaced(DASHBOARD, &[("\"Fast\"", "\"Quick\"")]));
}

#[test]
fn changed_kind_keeps_common_keys() {
    let mut tile = Tile::new(kind::from_name("text").expect("a kind"));
    for key in ["name", "topic"] {
        let value = dashboard().tiles[0].get(key).expect("the tile has this key");
        assert_eq!(tile.set(key, &value), Some(Ok(())));
    }
    let expected = replaced(DASHBOARD, &[("\"switch\"", "\"text\""), ("on     = \"ON\"\n", "")]);
    assert_eq!(edited(&DashboardEdit::ReplaceTile(0, tile)), expected);
}

#[test]
fn placed_tile_is_changed_and_moved() {
    let mut tile = dashboard().tiles[0].clone();
    assert_eq!(tile.set("width", &Value::Integer(2)), Some(Ok(())));
    let text = edited(&DashboardEdit::PlaceTile { from: 0, to: 1, tile: Box::new(tile) });
    let moved = edited(&DashboardEdit::MoveTile(0, 1));
    let without_width = text.replace("width = 2\n", "");
    assert_eq!((without_width, text.matches("width = 2").count()), (moved, 1));
}

#[test]
fn moved_tile_takes_its_comments_along() {
    let lamp = "# the lamp\n[[tile]]\nkind   = \"switch\"   # on or off\nname   = \"Lamp\"\ntopic  = 'home/lamp'  # from the shed\non     = \"ON\"\n";
    let range = "[[tile]]\nkind = \"range\"\nmax = 40.0          # more would be too hot\nmin = 0x0A\nstep = 5e-1\n# steps are small\n";
    let expected = replaced(DASHBOARD, &[(range, "@"), (lamp, range), ("@", lamp)]);
    assert_eq!(edited(&DashboardEdit::MoveTile(0, 1)), expected);
    assert_eq!(edited(&DashboardEdit::MoveTile(1, 0)), expected);
    assert_eq!(edited(&DashboardEdit::DeleteTile(0)), replaced(DASHBOARD, &[(lamp, "")]));
    assert_eq!(edited(&DashboardEdit::DeleteTile(1)), replaced(DASHBOARD, &[(&format!("{range}\n"), "")]));
}

#[test]
fn moved_section_takes_the_comments_between_its_tiles_along() {
    let text = "# the lamp\n[[tile]]\nkind = 'text'\nname = 'A'\n\n# --- B ---\n\n[[tile]]\nkind = 'heading'\nname = 'B'\n\n\
        # inside\n\n[[tile]]\nkind = 'text'\nname = 'b' # small\n# below\n\n# --- C ---\n\n\
        [[tile]]\nkind = 'heading'\nname = 'C'\n\n# also inside\n\n[[tile]]\nkind = 'text'\nname = 'c'";
    let edit = |text: &str, from, to| {
        apply_dashboard_edit("x", text, &DashboardEdit::MoveSection { from, len: 2, to })
            .expect("the edit can be applied")
    };
    let (start, rest) = text.split_at(text.find("[[tile]]\nkind = 'heading'").expect("a heading"));
    let (b, c) = rest.split_once("\n# --- C ---\n\n").expect("the comment");
    let moved = format!("{start}{c}\n\n# --- C ---\n\n{b}");
    assert_eq!(edit(text, 1, 3), moved);
    assert_eq!(edit(text, 3, 1), moved);
    assert_eq!(edit(&moved, 1, 3), format!("{text}\n"));
    for (from, len, to) in [(1, 0, 2), (1, 2, 4), (4, 2, 0), (1, usize::MAX, 0)] {
        apply_dashboard_edit("x", text, &DashboardEdit::MoveSection { from, len, to }).expect_err("no such place");
    }
}

#[test]
fn inserted_tile_is_separated_by_blank_line() {
    let tile = Tile::new(kind::from_name("text").expect("a kind"));
    let block = "[[tile]]\nkind = \"text\"\n";
    let lamp = "# the lamp\n";
    assert_eq!(
        edited(&DashboardEdit::InsertTile(0, tile.clone())),
        replaced(DASHBOARD, &[(lamp, &format!("{block}\n{lamp}"))])
    );
    assert_eq!(edited(&DashboardEdit::InsertTile(3, tile.clone())), format!("{DASHBOARD}\n{block}"));
    let comment = "\n# --- heating ---\n";
    assert_eq!(
        edited(&DashboardEdit::InsertTile(1, tile.clone())),
        replaced(DASHBOARD, &[(comment, &format!("\n{block}{comment}"))]),
        "a comment between two tiles stays above the second one"
    );
    let (first, second) = ("[[tile]]\nkind = 'note'\n", "# above\n[[tile]]\nkind = 'clock'\n");
    assert_eq!(
        apply_dashboard_edit("x", &format!("{first}{second}"), &DashboardEdit::InsertTile(1, tile.clone())),
        Ok(format!("{first}\n{block}\n{second}"))
    );
    assert_eq!(apply_dashboard_edit("x", "", &DashboardEdit::InsertTile(0, tile.clone())).as_deref(), Ok(block));
    assert_eq!(
        apply_dashboard_edit("x", "title = 'x'", &DashboardEdit::InsertTile(0, tile)),
        Ok(format!("title = 'x'\n\n{block}"))
    );
}

#[test]
fn dashboard_keys_are_written_above_tiles() {
    let new = Dashboard { title: None, locked: Lock(LockLevel::Layout), ..dashboard() };
    let expected = [("title = \"Bench\"   # short\n", ""), ("columns = 0\n", "columns = 0\nlocked = \"layout\"\n")];
    assert_eq!(edited(&DashboardEdit::SetFields(new.clone())), replaced(DASHBOARD, &expected));
    let bare = "# note\n\n[[tile]]\nkind = 'text'\n";
    assert_eq!(
        apply_dashboard_edit("x", bare, &DashboardEdit::SetFields(new)).as_deref(),
        Ok("# note\n\nlocked = \"layout\"\n\n[[tile]]\nkind = 'text'\n")
    );
}

#[test]
fn option_tables_are_edited_with_their_headers() {
    let text = "[[tile]]\nkind = 'choice'\n\n[[tile.options]]\nlabel = 'A'\n\n# next\n[[tile]]\nkind = 'text'\n";
    let mut tile = read_dashboard("x", text).expect("the file is valid").tiles.swap_remove(0);
    assert_eq!(tile.set("options", &Value::Array(Vec::new())), Some(Ok(())));
    let edited =
        apply_dashboard_edit("x", text, &DashboardEdit::ReplaceTile(0, tile)).expect("the edit can be applied");
    assert!(edited.ends_with("# next\n[[tile]]\nkind = 'text'\n") && !edited.contains("[[tile.options]]"), "{edited}");
    assert!(
        apply_dashboard_edit("x", text, &DashboardEdit::MoveTile(0, 1))
            .expect("the tile can be moved")
            .ends_with("[[tile.options]]\nlabel = 'A'\n")
    );
}

#[test]
fn impossible_edit_is_refused_with_reason() {
    let error = |text: &str, edit: &DashboardEdit| apply_dashboard_edit("x", text, edit).expect_err(text).to_string();
    assert_eq!(error(DASHBOARD, &DashboardEdit::DeleteTile(3)), "cannot edit x: there is no such tile");
    assert!(
        error("[[tile]]", &DashboardEdit::DeleteTile(0)).starts_with("cannot edit x: x:1:1: this tile has no `kind`")
    );
    let listed = "tile = [{ kind = 'text' }, { kind = 'text', name = 'x' }]";
    assert!(
        error(listed, &DashboardEdit::DeleteTile(0))
            .ends_with("its TOML layout is not supported; change it in a text editor")
    );
}

fn profile(name: &str, change: impl Fn(&mut Profile)) -> String {
    let (profiles, _) = read_profiles("x", PROFILES, Path::new("/c")).expect("the file is valid");
    let mut profile = profiles.by_name(name).expect("it exists").clone();
    change(&mut profile);
    apply_profile_edit("x", PROFILES, &ProfileEdit::Replace(name.into(), profile)).expect("the edit can be applied")
}

#[test]
fn profile_edit_changes_only_its_lines() {
    assert_eq!(profile("hub", |_| ()), PROFILES);
    let env = |profile: &mut Profile| {
        profile.username = Some("me".into());
        profile.password = Some(PasswordSource::Env("HUB".into()));
    };
    let keys = "keep_alive = 15\nusername = \"me\"\npassword = { env = \"HUB\" }\n";
    assert_eq!(profile("hub", env), replaced(PROFILES, &[("keep_alive = 15\n", keys)]));
    let insecure = |profile: &mut Profile| profile.tls.0.insecure = true;
    let line = "  ca = \"ca.pem\"   # from the router\n";
    assert_eq!(profile("hub", insecure), replaced(PROFILES, &[(line, &format!("{line}  insecure = true\n"))]));
    let secure = |profile: &mut Profile| profile.tls.0 = mqtt_dash::model::profile::TlsSettings::default();
    assert_eq!(profile("away", secure), replaced(PROFILES, &[("tls.insecure = true   # for now\n", "")]));
    let renamed = |profile: &mut Profile| profile.name = "my hub".into();
    let expected = [
        ("\"hub\"", "\"my hub\""),
        ("[profile.hub]", "[profile.\"my hub\"]"),
        ("profile.hub.tls", "profile.\"my hub\".tls"),
    ];
    assert_eq!(profile("hub", renamed), replaced(PROFILES, &expected));
}

#[test]
fn user_properties_of_the_will_are_edited_in_any_layout() {
    let read = |text: &str| read_profiles("x", text, Path::new("")).expect(text).0;
    for (before, after) in [
        (
            "user_properties = { unit = \"K\" }  # ours\n",
            "user_properties = { unit = \"C\", \"a b\" = \"1\" }  # ours\n",
        ),
        ("user_properties.unit = \"K\"  # ours\n", "user_properties.unit = \"C\"  # ours\n"),
        ("[profile.hub.will.user_properties]\nunit = \"K\"  # ours\n", "unit = \"C\"  # ours\n\"a b\" = \"1\"\n"),
    ] {
        let text = format!(
            "[profile.hub]\nurl = \"hub\"\nprotocol = \"5\"\n\n[profile.hub.will]\ntopic = \"t\"\n{before}\n# away\n[profile.x]\nurl = \"x\"\n"
        );
        let mut profile = read(&text).by_name("hub").expect("it exists").clone();
        let properties = [("unit", "C"), ("a b", "1")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        profile.will.as_mut().expect("it has one").0.user_properties = UserProperties(properties.to_vec());
        let edit = ProfileEdit::Replace("hub".into(), profile);
        match apply_profile_edit("x", &text, &edit) {
            Ok(edited) => assert!(edited.contains(after) && edited.contains("# away\n[profile.x]"), "{edited}"),
            Err(error) => assert!(before.contains(".unit"), "{before}: {error}"),
        }
        let mut renamed = read(&text).by_name("hub").expect("it exists").clone();
        renamed.name = "new".into();
        let edited = apply_profile_edit("x", &text, &ProfileEdit::Replace("hub".into(), renamed)).expect(&text);
        assert_eq!(edited, text.replace("profile.hub", "profile.new"));
        let deleted = apply_profile_edit("x", &text, &ProfileEdit::Delete("hub".into())).expect(&text);
        assert_eq!(deleted, "# away\n[profile.x]\nurl = \"x\"\n");
    }
}

#[test]
fn profiles_are_added_and_deleted() {
    let edit = |edit: ProfileEdit| apply_profile_edit("x", PROFILES, &edit).expect("the edit can be applied");
    let start = PROFILES.find("# the broker").expect("it exists");
    let end = PROFILES.find("[profile.away]").expect("it exists");
    assert_eq!(
        edit(ProfileEdit::Delete("hub".into())),
        format!("\n{}", &PROFILES[end..]),
        "the default profile is deleted, too"
    );
    let remaining = format!("{}{}", &PROFILES[..start], &PROFILES[end..]).replace("\"hub\"", "\"away\"");
    let away = edit(ProfileEdit::SetDefault(Some("away".into())));
    assert_eq!(apply_profile_edit("x", &away, &ProfileEdit::Delete("hub".into())), Ok(remaining));
    let new = Profile { name: "new".into(), base_dir: "/c".into(), ..Profile::default() };
    assert_eq!(edit(ProfileEdit::Add(new)), format!("{PROFILES}\n[profile.new]\nurl = \"mqtt://localhost:1883\"\n"));
}

#[test]
fn edits_of_bundled_dashboards_can_be_reverted() {
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/dashboards")).expect("it exists") {
        let path = entry.expect("the folder can be listed").path();
        let text = std::fs::read_to_string(&path).expect("the file can be read");
        let name = path.display().to_string();
        let edit = |text: &str, edit: &DashboardEdit| {
            apply_dashboard_edit(&name, text, edit).expect("the edit can be applied")
        };
        let Dashboard { tiles, templates, .. } = read_dashboard(&name, &text).expect("the file is valid");
        for (at, tile) in tiles.iter().enumerate() {
            let last = tiles.len() - 1;
            // Beside a template, there are two places with the same index.
            if templates.is_empty() {
                let moved = edit(&text, &DashboardEdit::MoveTile(at, last));
                assert_eq!(edit(&moved, &DashboardEdit::MoveTile(last, at)), text, "{name}, tile {at}");
            }
            let mut renamed = tile.clone();
            assert_eq!(renamed.set("name", &"another".into()), Some(Ok(())));
            let changed = edit(&text, &DashboardEdit::ReplaceTile(at, renamed));
            let differ = text.lines().zip(changed.lines()).filter(|(old, new)| old != new).count();
            assert_eq!(differ, 1, "{name}, tile {at}");
            assert_eq!(edit(&changed, &DashboardEdit::ReplaceTile(at, tile.clone())), text, "{name}, tile {at}");
        }
    }
}
