//! Terminals that change their size, down to a single cell.

use crate::fixtures::{embedded_broker::EmbeddedBrokerFixture, key::Key};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn screen_fits_terminal_of_any_size() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("bench/temperature", "23.4").await;
    broker.publish_retained("bench/lamp/state", "1").await;
    let mut program = broker.default_program().start();
    program.wait_text("23.4 °C");
    program.wait_text("ON   ●");
    let first = program.with_screen(tiles);
    for ((columns, rows), text) in
        [((40, 12), "23.4 °C"), ((200, 60), "Color"), ((30, 5), "too small"), ((14, 6), "▸ Te"), ((500, 200), "Note")]
    {
        program.resize(columns, rows);
        program.wait_text(text);
        let last = usize::from(rows) - 1;
        program.wait_for_screen("a screen as large as the terminal", |screen| {
            let rows: Vec<String> = screen.rows(0, columns).collect();
            rows.iter().all(|row| row.chars().count() <= usize::from(columns))
                && (rows[last].contains("? help") || columns < 40)
        });
    }
    program.resize(1, 1);
    program.wait_for_screen("a single cell", |screen| screen.contents().trim().chars().count() <= 1);
    program.press(Key::Right);
    program.press(Key::Left);
    program.resize(80, 24);
    // Whatever was selected at the small size: the first tile is selected again.
    program.type_text("g");
    program.wait_for_screen("the first screen again", |screen| tiles(screen) == first);
    program.quit();
    program.assert_restored();
}

/// The rows of a screen without those that show an age.
fn tiles(screen: &vt100::Screen) -> Vec<String> {
    let rows = screen.rows(0, 80).map(|row| row.trim_end().to_owned());
    rows.filter(|row| !row.contains("ago") && !row.contains("just now")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prompt_survives_rapid_resizes() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("bench/level/state", "40").await;
    let mut program = broker.default_program().start();
    program.wait_connected("");
    program.type_text("jl");
    program.press(Key::Enter);
    program.wait_text("Saturation");
    for step in 0..200_u16 {
        program.resize(1 + (step * 37) % 220, 1 + (step * 23) % 70);
    }
    program.resize(80, 24);
    program.wait_text("Saturation");
    program.wait_text("→ bench/color/set");
    program.press(Key::Escape);
    program.wait_no_text("Saturation");
    program.quit();
    program.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_and_resizes_arriving_together_are_both_handled() {
    let mut broker = EmbeddedBrokerFixture::start().await;
    broker.publish_retained("bench/temperature", "23.4").await;
    let mut program = broker.default_program().start();
    program.wait_text("23.4 °C");
    for step in 0..100_u16 {
        let (columns, rows) = (60 + step, 12 + step % 30);
        program.type_text("/");
        program.resize(columns, rows);
        program.type_text("x");
        program.wait_for_screen("the dialog on the resized screen", |screen| {
            let rows: Vec<String> = screen.rows(0, columns).collect();
            rows.iter().any(|row| row.contains("│ x")) && rows[rows.len() - 1].contains("choose")
        });
        program.press(Key::Escape);
        program.wait_text("? help");
    }
    program.quit();
}
