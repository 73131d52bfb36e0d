//! The tabs that the program restores from its previous run.

use std::path::Path;

use rustix::process::Signal;

use crate::fixtures::{
    embedded_broker::EmbeddedBrokerFixture, key::Key, terminal::TerminalFixture, terminal_program::TerminalProgram,
};

/// Starts the program with a configuration folder that outlives it, and waits until the header begins with these tabs.
fn start(arguments: &[&str], folder: &Path, tabs: &str) -> TerminalFixture {
    let folder = folder.to_str().expect("the path is UTF-8");
    let program = TerminalProgram::new(&[arguments, &["--config-dir", folder]].concat()).start();
    wait_tabs(&program, tabs);
    program
}

fn wait_tabs(program: &TerminalFixture, tabs: &str) {
    let tabs = format!(" {tabs}  ");
    program.wait_for_screen(&tabs, |screen| screen.contents().starts_with(&tabs));
}

/// Opens the dashboard of the other connection, which is the last one in the list.
fn open_cellar(program: &mut TerminalFixture) {
    program.type_text("D");
    program.wait_text("not open");
    program.press(Key::End);
    program.press(Key::Enter);
    wait_tabs(program, "1 Attic  2 Bath  3 Cellar");
}

/// Waits until the tile of this name has the border of the selected one.
fn wait_selected(program: &TerminalFixture, name: &str) {
    program.wait_text(&format!("┏ {name} ━"));
}

/// Writes two connections, of which the first is the default, with the dashboards `a` and `b`, and `c`.
fn config_dir(broker: &EmbeddedBrokerFixture) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        mqtt_dash::config::write_atomic(&folder.path().join(name), text.as_bytes()).expect("the file can be written");
    };
    let url = broker.url();
    write(
        "profiles.toml",
        &format!("default = \"one\"\n[profile.one]\nurl = \"{url}\"\n[profile.two]\nurl = \"{url}\"\n"),
    );
    for (file, title, profile) in [("a", "Attic", "one"), ("b", "Bath", "one"), ("c", "Cellar", "two")] {
        let tiles = ["Heat", "Light"].map(|tile| {
            format!(
                "[[tile]]\nkind = \"text\"\nname = \"{title} {tile}\"\ntopic = \"{title}/{tile}\"\npublish = false\n"
            )
        });
        let text = format!("title = \"{title}\"\nprofile = \"{profile}\"\n{}", tiles.concat());
        write(&format!("dashboards/{file}.toml"), &text);
    }
    folder
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tabs_their_order_and_their_selection_come_back() {
    let broker = EmbeddedBrokerFixture::start().await;
    let folder = config_dir(&broker);
    let mut first = start(&[], folder.path(), "1 Attic  2 Bath");
    first.press(Key::Right);
    wait_selected(&first, "Attic Light");
    // A dashboard of another connection, and Shift-Left.
    open_cellar(&mut first);
    first.type_text("\x1b[1;2D");
    wait_tabs(&first, "1 Attic  2 Cellar  3 Bath");
    first.send_signal(Signal::TERM);
    first.wait_exit_time();

    let mut again = start(&[], folder.path(), "1 Attic  2 Cellar  3 Bath");
    wait_selected(&again, "Cellar Heat");
    again.type_text("1");
    wait_selected(&again, "Attic Light");
    // Ctrl-W: the tab does not come back, although its dashboard belongs to the default connection.
    again.type_text("\x17");
    wait_tabs(&again, "1 Cellar  2 Bath");
    again.wait_text("Closed Attic: the list of dashboards opens it again");
    again.quit();
    start(&[], folder.path(), "1 Cellar  2 Bath").quit();
    // What is asked for is opened, and nothing else; the next start is not affected.
    start(&["open", "a", "b"], folder.path(), "1 Attic  2 Bath").quit();
    start(&[], folder.path(), "1 Cellar  2 Bath").quit();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tab_that_cannot_be_restored_is_told_and_the_others_open() {
    let broker = EmbeddedBrokerFixture::start().await;
    let folder = config_dir(&broker);
    let mut first = start(&[], folder.path(), "1 Attic  2 Bath");
    open_cellar(&mut first);
    first.quit();
    // A mistake in the file costs its place only until it is corrected.
    let path = folder.path().join("dashboards/c.toml");
    let text = std::fs::read(&path).expect("the file exists");
    mqtt_dash::config::write_atomic(&path, b"title = ").expect("the file can be written");
    let mut broken = start(&[], folder.path(), "1 Attic  2 Bath");
    broken.wait_text("Not opened again: ");
    broken.quit();
    mqtt_dash::config::write_atomic(&path, &text).expect("the file can be written");
    start(&[], folder.path(), "1 Attic  2 Bath  3 Cellar").quit();
    std::fs::remove_file(path).expect("the file exists");
    let mut again = start(&[], folder.path(), "1 Attic  2 Bath");
    again.wait_text("Not opened again: ");
    again.quit();
    start(&[], folder.path(), "1 Attic  2 Bath").wait_no_text("Not opened again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_dashboards_of_the_default_connection_do_not_keep_other_tabs_from_opening() {
    let broker = EmbeddedBrokerFixture::start().await;
    let folder = config_dir(&broker);
    let mut first = start(&[], folder.path(), "1 Attic  2 Bath");
    open_cellar(&mut first);
    first.quit();
    for file in ["a", "b"] {
        let path = folder.path().join(format!("dashboards/{file}.toml"));
        mqtt_dash::config::write_atomic(&path, b"title = ").expect("the file can be written");
    }
    let mut broken = start(&[], folder.path(), "Cellar");
    broken.wait_text("b.toml:1:9");
    // Each file is reported once: the one because of which the profile is not opened was a tab, too.
    broken.press(Key::Escape);
    broken.wait_text("a.toml:1:9");
    broken.press(Key::Escape);
    broken.wait_no_text("Not opened");
    broken.quit();
}
