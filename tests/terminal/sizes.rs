//! The terminal takes other sizes, down to a single cell.

use crate::{desk::Desk, pty::Key};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_size_the_screen_fits_it() {
    let mut desk = Desk::new().await;
    desk.keep("bench/temperature", "23.4").await;
    desk.keep("bench/lamp/state", "1").await;
    let mut program = desk.bench().start();
    program.wait_text("23.4 °C");
    program.wait_text("ON   ●");
    let first = program.look(tiles);
    for ((columns, rows), text) in
        [((40, 12), "23.4 °C"), ((200, 60), "Colour"), ((30, 5), "too small"), ((14, 6), "Temp"), ((500, 200), "Note")]
    {
        program.resize(columns, rows);
        program.wait_text(text);
        let last = usize::from(rows) - 1;
        program.wait_for("a screen as large as the terminal", |screen| {
            let rows: Vec<String> = screen.rows(0, columns).collect();
            rows.iter().all(|row| row.chars().count() <= usize::from(columns))
                && (rows[last].contains("quit") || columns < 40)
        });
    }
    program.resize(1, 1);
    program.wait_for("a single cell", |screen| screen.contents().trim().chars().count() <= 1);
    program.key(Key::Right);
    program.key(Key::Left);
    program.resize(80, 24);
    // Whatever size those keys met: the first tile is selected again.
    program.type_text("g");
    program.wait_for("the first picture again", |screen| tiles(screen) == first);
    program.type_text("q");
    assert_eq!(program.ended(), 0);
    program.assert_restored();
}

/// The rows of a screen but for those that tell an age.
fn tiles(screen: &vt100::Screen) -> Vec<String> {
    let rows = screen.rows(0, 80).map(|row| row.trim_end().to_owned());
    rows.filter(|row| !row.contains("ago") && !row.contains("just now")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_sizes_while_a_prompt_is_open() {
    let mut desk = Desk::new().await;
    desk.keep("bench/level/state", "40").await;
    let mut program = desk.bench().start();
    program.wait_text("● connected");
    program.type_text("jl");
    program.key(Key::Enter);
    program.wait_text("Saturation");
    for step in 0..200_u16 {
        program.resize(1 + (step * 37) % 220, 1 + (step * 23) % 70);
    }
    program.resize(80, 24);
    program.wait_text("Saturation");
    program.wait_text("→ bench/color/set");
    program.key(Key::Escape);
    program.wait_no_text("Saturation");
    program.type_text("q");
    assert_eq!(program.ended(), 0);
    program.assert_restored();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_and_sizes_that_come_together_are_both_heard() {
    let mut desk = Desk::new().await;
    desk.keep("bench/temperature", "23.4").await;
    let mut program = desk.bench().start();
    program.wait_text("23.4 °C");
    for step in 0..100_u16 {
        let (columns, rows) = (60 + step, 12 + step % 30);
        program.type_text("/");
        program.resize(columns, rows);
        program.type_text("x");
        program.wait_for("the dialog on the whole screen", |screen| {
            let rows: Vec<String> = screen.rows(0, columns).collect();
            rows.iter().any(|row| row.contains("│ x")) && rows[rows.len() - 1].contains("take it")
        });
        program.key(Key::Escape);
        program.wait_text("quit");
    }
    program.type_text("q");
    assert_eq!(program.ended(), 0);
}
