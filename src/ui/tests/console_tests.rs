//! What the Linux console and terminals with only ASCII show: nothing that they lack.

use std::{fmt::Write as _, time::Duration};

use super::*;
use crate::{
    app::{EditSummary, FilesEvent, UndoDirection, UndoneEdit},
    model::{
        connection::{PublishId, PublishStatus},
        icon::Icon,
    },
};

#[test]
fn console_shows_every_icon() {
    let icons: Vec<Icon> = Icon::all().collect();
    for icons in icons.chunks(60) {
        let mut text = String::from("title = \"Icons\"\n");
        for (index, icon) in icons.iter().enumerate() {
            let name = icon.name();
            let kind = match index % 3 {
                0 => format!("kind = \"switch\"\non_icon = \"{name}\"\n"),
                1 => format!("kind = \"switch\"\non = \"x\"\noff = \"x\"\non_icon = \"{name}\"\n"),
                _ => format!("kind = \"color\"\nicon = \"{name}\"\n"),
            };
            let _ = write!(text, "[[tile]]\nname = \"{index}\"\ntopic = \"{index}\"\n{kind}");
        }
        let mut app = app_with_dashboard((200, 60), &text);
        let messages =
            (0..icons.len()).map(|index| message(&index.to_string(), if index % 3 == 0 { b"1" } else { b"#00ff00" }));
        app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::messages(messages))), NOW);
        app.resolve_values(NOW);
        let screen = render_on_console(&app, NOW);
        for icon in icons {
            assert!(screen.contains(icon.ascii()), "{}:\n{screen}", icon.name());
        }
    }
}

#[test]
fn console_shows_what_becomes_of_published_values() {
    let tile = "[[tile]]\nkind = \"switch\"\nname = \"a\"\ntopic = \"a\"\nqos = 1\n";
    let mut app = app_with_dashboard((80, 24), &format!("{tile}{tile}wait_for_echo = true\nwait_timeout = 0\n"));
    apply_actions(&mut app, &[Action::SelectTile(0), Action::Press, Action::SelectTile(1), Action::Press]);
    let mut seen = String::new();
    for status in [None, Some(PublishStatus::Sent), Some(PublishStatus::Acknowledged)] {
        if let Some(status) = status {
            let event = ConnectionEvent::PublishStatus(PublishId(1), status);
            app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), event)), NOW);
        }
        for tenth in 0..80 {
            seen += &render_on_console(&app, NOW.saturating_add(Duration::from_millis(tenth * 100)));
        }
    }
    for text in ["waiting", "at broker", "unconfirmed"] {
        assert!(seen.contains(text), "{text}");
    }
}

#[test]
fn console_shows_values_of_every_ratio_as_text_and_bar() {
    let mut app = app_with_values((80, 24));
    for percent in 0..=100 {
        let messages = [message("dim", percent.to_string().as_bytes())];
        app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::messages(messages))), NOW);
        app.resolve_values(NOW);
        let screen = render_on_console(&app, NOW);
        assert!(screen.contains(&format!(" {percent} %")), "{screen}");
        assert!(percent < 10 || screen.contains('█'), "{screen}");
    }
}

#[test]
fn console_shows_what_was_undone() {
    let mut app = app_with_values((80, 24));
    for (direction, expected) in
        [(UndoDirection::Undo, "← Undone: moved Lamp (2 more)"), (UndoDirection::Redo, "→ Redone: moved Lamp (2 more)")]
    {
        let undone = Some(UndoneEdit { direction, summary: EditSummary::MovedTile("Lamp".into()) });
        let saved = FilesEvent::Saved { path: "/x.toml".into(), dashboard: None, undo_count: 2, redo_count: 2, undone };
        app.update(Event::Files(saved), NOW);
        assert!(render_on_console(&app, NOW).contains(expected), "{}", render_on_console(&app, NOW));
    }
}

#[test]
fn console_shows_question_marks_for_control_characters() {
    let mut app = app_with_values((80, 24));
    let messages = [message("mode", b"a\x1b[2J\xe2\x80\xaeb")];
    app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::messages(messages))), NOW);
    app.resolve_values(NOW);
    assert!(render_on_console(&app, NOW).contains("a?[2J?b"));
}

#[test]
fn ascii_tells_selection_and_state_by_shape() {
    let mut app = app_with_values((80, 24));
    let ascii = UiConfig { glyphs: GlyphSet::Ascii, ..ui_config(ColorDepth::None) };
    assert_snapshot!("dashboard-ascii-80x24", render_with(&app, &ascii, NOW));
    let on = render_with(&app, &ascii, NOW);
    app.update(
        Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::messages([message("lamp", b"0")]))),
        NOW,
    );
    app.resolve_values(NOW);
    let off = render_with(&app, &ascii, NOW);
    let (on_pill, off_pill) = ("# ON   * #", "| o   OFF |");
    assert!(on.contains(on_pill) && !on.contains(off_pill), "{on}");
    assert!(off.contains(off_pill) && !off.contains(on_pill), "{off}");
    apply_actions(&mut app, &[Action::SelectTile(1)]);
    let next_selected = render_with(&app, &ascii, NOW);
    assert!(off.contains("#= Lamp") || off.contains("# Lamp"), "{off}");
    assert!(next_selected.contains("+ Lamp") && next_selected.contains("# Brightness"), "{next_selected}");
}

#[test]
fn letters_and_signs_of_the_user_stay_in_ascii() {
    let mut app = app_with_values((80, 24));
    let messages = [message("mode", "Grüße 日本 °µ".as_bytes())];
    app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::messages(messages))), NOW);
    app.resolve_values(NOW);
    let ascii = UiConfig { glyphs: GlyphSet::Ascii, ..ui_config(ColorDepth::None) };
    let screen = render_with(&app, &ascii, NOW);
    assert!(screen.contains("Grüße 日本 °µ"), "{screen}");
}
