//! Reading `settings.toml`, and its diagnostics.

use mqtt_dash::{
    config::{load_settings, read_settings},
    model::{color::Color, settings::ThemeName},
    ui::keymap::Keymap,
};

#[test]
fn settings_file_is_read() {
    let text =
        "[theme]\nname = \"high-contrast\"\naccent = \"#ff8800\"\nwarn = \"bright-yellow\"\n[keys]\nfind = \"f\"\n";
    let settings = read_settings("settings.toml", text, &Keymap::validate_overrides).unwrap();
    assert_eq!(settings.theme.0.name, ThemeName::HighContrast);
    assert_eq!(settings.theme.0.warn, Some(Color::Ansi(11)));
    assert_eq!(settings.keys.0, [("find".to_owned(), vec!["f".to_owned()])]);
    let missing = load_settings(std::path::Path::new("/there/is/none.toml"), &Keymap::validate_overrides).unwrap();
    assert_eq!(missing.theme.0.name, ThemeName::Terminal);
}

#[test]
fn settings_errors_have_position_and_advice() {
    for (text, expected) in [
        ("[theme]\nname = \"drak\"\n", "settings.toml:2:8: "),
        ("[theme]\naccnt = \"red\"\n", "settings.toml:2:1: unknown key `accnt` (did you mean `accent`?)"),
        ("[theme]\naccent = \"#ff88\"\n", "settings.toml:2:10: `#ff88` is not a color"),
        ("theme = \"dark\"\n", "settings.toml:1:9: "),
        ("[kyes]\n", "settings.toml:1:2: unknown key `kyes` (did you mean `keys`?)"),
        ("[keys]\nfnd = \"f\"\n", "settings.toml:2:1: unknown action `fnd` (did you mean `find`?)"),
        (
            "[keys]\nfind = [\"f\", \"ctrl-f\"]\n",
            "settings.toml:2:14: unknown key name `ctrl-f` (did you mean `Ctrl-F`?)",
        ),
        (
            "[keys]\nfind = [\"f\",\n  \"i\"]\n",
            "settings.toml:3:3: `i` is already bound to `detail` (use another key, or rebind",
        ),
        ("[keys]\nfind = \"i\"\n", "settings.toml:2:8: `i` is already bound to `detail`"),
        ("[keys]\nfind = 3\n", "settings.toml:2:8: "),
        ("[keys]\nfind = [\"f\", 3]\n", "settings.toml:2:14: "),
        ("[keys]\ncancel = []\n", "settings.toml:2:10: `cancel` needs a key"),
    ] {
        let problems = read_settings("settings.toml", text, &Keymap::validate_overrides).unwrap_err();
        assert_eq!(problems.list().len(), 1, "{problems:?}");
        let sentence = problems.list()[0].summary();
        assert!(sentence.starts_with(expected), "{sentence}\n{expected}");
    }
}

#[test]
fn all_settings_errors_are_reported() {
    let text = "[theme]\nname = \"drak\"\ntext = 3\n[keys]\nfnd = \"f\"\nfind = \"i\"\n";
    let problems = read_settings("settings.toml", text, &Keymap::validate_overrides).unwrap_err();
    let lines: Vec<_> = problems.list().iter().filter_map(|problem| Some(problem.position()?.0)).collect();
    assert_eq!(lines, [2, 3, 5, 6]);
}
