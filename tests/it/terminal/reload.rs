//! Files that change while they are open.

use std::fs;

use mqtt_dash::config::write_atomic;

use crate::fixtures::{
    embedded_broker::EmbeddedBrokerFixture, key::Key, terminal::TerminalFixture, terminal_program::TerminalProgram,
};

fn tile(name: &str, topic: &str) -> String {
    format!("[[tile]]\nkind = \"text\"\nname = \"{name}\"\ntopic = \"{topic}\"\ntext_size = \"small\"\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn saved_dashboard_is_reloaded_and_values_stay() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("a", "first").await;
    broker.publish_retained("b", "second").await;
    let mut program = broker.program(&tile("One", "a")).start();
    program.wait_text("first");
    // Not retained: only the tile has this value.
    broker.publish("a", "newer").await;
    program.wait_text("newer");
    let file = program.path("config/dashboards/bench.toml");
    write_atomic(&file, (tile("Two", "b") + &tile("One", "a")).as_bytes()).unwrap();
    program.wait_text("second");
    assert!(program.screen_text().contains("newer"));

    write_atomic(&file, (tile("Two", "b") + "[[tile]]\nkind = \"txt\"\n").as_bytes()).unwrap();
    program.wait_text("! bench.toml line 7: unknown tile kind");
    assert!(program.screen_text().contains("newer"), "the last valid dashboard stays");
    broker.publish("b", "lively").await;
    program.wait_text("lively");

    write_atomic(&file, tile("Two", "b").as_bytes()).unwrap();
    program.wait_no_text("! bench.toml line 7");
    program.wait_no_text("╭ One");
    program.quit();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changed_profile_is_used_after_confirmation() {
    let (mut one, mut two) = (EmbeddedBrokerFixture::start().await, EmbeddedBrokerFixture::start().await);
    one.publish_retained("a", "from the first").await;
    two.publish_retained("a", "from the second").await;
    let profile = |broker: &EmbeddedBrokerFixture| format!("[profile.hub]\nurl = \"{}\"\n", broker.url());
    let mut program = TerminalProgram::new(&["open", "bench", "--profile", "hub"])
        .file("profiles.toml", &profile(&one))
        .file("dashboards/bench.toml", &tile("One", "a"))
        .start();
    program.wait_text("from the first");
    let file = program.path("config/profiles.toml");
    let new = fs::read_to_string(&file).unwrap().replace(&one.url(), &two.url());
    write_atomic(&file, new.as_bytes()).unwrap();
    program.wait_text("The profile hub has changed");
    assert!(program.screen_text().contains("from the first"));
    program.type_text("r");
    program.wait_text("from the second");
    program.wait_connected("hub");
    program.quit();
}

/// A replacement for an editor: it shows the name of the file and adds a tile when Enter is pressed.
const EDITOR: &str = r#"
printf 'EDITING %s in the terminal %s\n' "${1##*/}" "$(stty -a | grep -o ' -*icanon')"
read -r _
printf '[[tile]]\nkind = "text"\nname = "Added"\n' >> "$1"
exit "${STATUS:-0}"
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn external_editor_gets_terminal_and_returns_it() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("a", "first").await;
    let mut program = broker
        .program(&tile("One", "a"))
        .file("editor", EDITOR)
        .env("VISUAL", "sh \"$MQTT_DASH_CONFIG_DIR/editor\"")
        .env("STATUS", "3")
        .start();
    program.wait_text("first");
    program.type_text("o");
    program.wait_text("EDITING bench.toml in the terminal  icanon");
    broker.publish("a", "while away").await;
    assert!(!program.screen_text().contains("while away"), "the program draws over the editor");
    program.type_text("\r");
    program.wait_text("Added");
    program.wait_text("while away");
    program.wait_no_text("EDITING");
    program.wait_text("failed with exit status: 3");
    program.type_text("/");
    program.wait_text("Find a tile");
    program.type_text("add");
    program.wait_text("▸ Added");
    program.type_text("\x1b");
    program.wait_no_text("Find a tile");
    program.quit();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_of_a_prompt_is_edited_in_the_external_editor() {
    const TEXT_EDITOR: &str = r#"
printf 'EDITING %s\n' "${1##*.}"
read -r _
sed 's/1/2/' "$1" > "$1.new" && mv "$1.new" "$1"
"#;
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.device.subscribe(&[("a/set", mqtt_dash::model::connection::Qos::AtLeastOnce)]).await;
    let definition = format!("{}publish_topic = \"a/set\"\n", tile("One", "a"));
    let mut program = broker
        .program(&definition)
        .file("editor", TEXT_EDITOR)
        .env("VISUAL", "exec sh \"$MQTT_DASH_CONFIG_DIR/editor\"")
        .start();
    program.wait_text("connected");
    program.type_text("\r");
    program.wait_text("→ a/set");
    program.type_text("{\"on\": 1");
    program.type_text("\n}");
    program.wait_text("}");
    program.type_text("\x05");
    program.wait_text("EDITING json");
    program.type_text("\r");
    program.wait_no_text("EDITING");
    program.wait_text("{\"on\": 2");
    program.type_text("\x7f");
    program.type_text("\r");
    program.wait_text("not JSON: line 2 ends too early");
    program.type_text("}");
    program.wait_no_text("not JSON");
    program.type_text("\r");
    assert_eq!(broker.next_command().await, "a/set {\"on\": 2\n}");
    program.quit();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_ends_only_the_external_editor() {
    let broker = EmbeddedBrokerFixture::start().await;
    let mut program = broker
        .program(&tile("One", "a"))
        .file("editor", EDITOR)
        .env("VISUAL", "exec sh \"$MQTT_DASH_CONFIG_DIR/editor\"")
        .start();
    program.wait_text("One");
    for number in 1..=3 {
        program.type_text("o");
        // What the earlier editors have written is still on the main screen.
        let is_started = |screen: &vt100::Screen| screen.contents().matches("EDITING bench.toml").count() == number;
        program.wait_for_screen("the editor", is_started);
        program.type_text("\x03");
        program.wait_text("failed with signal: 2");
        program.wait_no_text("EDITING");
    }
    program.quit();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn saved_settings_are_applied_at_once() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("a", "first").await;
    let mut program = broker
        .program(&tile("One", "a"))
        .file("settings.toml", "[theme]\nname = \"dark\"\n[keys]\nhelp = \"F\"\n")
        .env("COLORTERM", "truecolor")
        .start();
    program.wait_text("first");
    program.wait_text("F help");
    let background = |program: &TerminalFixture| program.with_screen(|screen| screen.cell(3, 40).unwrap().bgcolor());
    assert_eq!(background(&program), vt100::Color::Rgb(0x14, 0x18, 0x1f));
    let file = program.path("config/settings.toml");
    write_atomic(&file, b"[theme]\nname = \"light\"\n").unwrap();
    program.wait_text("? help");
    program.wait_for_screen("another background", |screen| {
        screen.cell(3, 40).is_some_and(|cell| cell.bgcolor() == vt100::Color::Rgb(0xfb, 0xfa, 0xf7))
    });
    write_atomic(&file, b"[keys]\nfind = \"i\"\n").unwrap();
    program.wait_text("settings.toml line 2: `i` is already bound to `detail`");
    write_atomic(&file, b"[keys]\nfind = \"i\"\nundo = [\"U\", \"D\"]\n").unwrap();
    program.wait_text("line 3: `D`");
    assert!(
        program.screen_text().contains("settings.toml line 2: `i` is already bound to `detail`;"),
        "{}",
        program.screen_text()
    );
    program.quit();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_created_in_new_config_folder_are_loaded() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("a", "first").await;
    let mut program = TerminalProgram::new(&[]).start();
    program.wait_text("a new connection");
    assert!(!program.path("config").exists());
    write_atomic(&program.path("config/dashboards/hub.toml"), tile("One", "a").as_bytes()).unwrap();
    write_atomic(&program.path("config/dashboards/cellar.toml"), tile("Two", "b").as_bytes()).unwrap();
    let profile = format!("[profile.hub]\nurl = \"{}\"\ndashboard = \"hub\"\n", broker.url());
    write_atomic(&program.path("config/profiles.toml"), profile.as_bytes()).unwrap();
    program.wait_text("C connections");
    program.type_text("C");
    program.wait_text("hub  mqtt://");
    program.press(Key::Enter);
    program.wait_text("first");
    program.type_text("D");
    program.wait_text("cellar  not open");
    program.press(Key::Escape);
    program.wait_no_text("cellar  not open");
    program.quit();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kiosk_shows_tiles_but_edits_nothing() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("a", "first").await;
    let mut program = TerminalProgram::new(&["open", "bench", "--url", &broker.url(), "--kiosk"])
        .file("dashboards/bench.toml", &tile("One", "a"))
        .start();
    program.wait_text("first");
    let text = program.screen_text();
    assert!(text.starts_with("┏ One"), "{text}");
    assert!(!text.contains("quit"), "{text}");
    program.type_text("o");
    program.wait_text("editing is disabled");
    program.press(Key::Control('z'));
    program.wait_text("suspending is disabled");
    program.type_text("q");
    program.wait_text("only Ctrl-C quits");
    program.press(Key::Control('c'));
    assert_eq!(program.wait_exit(), 0);
}
