//! Clicks in lists: what is under the mouse is what is chosen.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};

use super::{form_tests::managed, *};
use crate::{
    app::{EditAction, Focus},
    ui::{hit, keymap::Keymap},
};

fn mouse(app: &App, kind: MouseEventKind, (column, row): (u16, u16)) -> Option<Action> {
    hit::action(app, &Keymap::default(), MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

fn click(app: &App, place: (u16, u16)) -> Option<Action> {
    mouse(app, MouseEventKind::Down(MouseButton::Left), place)
}

/// Where the marked row of the list that is open is drawn.
fn marked(app: &App) -> (u16, u16) {
    let mut buf = Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1));
    super::super::draw(&mut buf, app, &look(Depth::True), NOW);
    let is_marked = |place: &(u16, u16)| {
        buf[*place].symbol() == "▸" && buf[*place].style().add_modifier.contains(Modifier::REVERSED)
    };
    let mut places = (0..app.size.1).flat_map(|y| (0..app.size.0).map(move |x| (x, y)));
    places.rfind(is_marked).expect("a row is marked")
}

/// Every row of a list that is reached by going down is the one that a click there takes.
fn every_row(size: (u16, u16), rows: usize, open: impl Fn(&mut App)) {
    let mut app = alive(size);
    managed(&mut app);
    open(&mut app);
    for row in 0..rows {
        let (x, y) = marked(&app);
        assert_eq!(click(&app, (x + 3, y)), Some(Action::AcceptOption(row)), "{size:?} {:?}", app.focus);
        assert_eq!(click(&app, (x + 3, app.size.1 - 1)), None, "outside of the list");
        let on = mouse(&app, MouseEventKind::ScrollDown, (x, y)).unwrap();
        act(&mut app, &[on]);
    }
}

#[test]
fn a_click_in_a_list_takes_the_row_under_it() {
    for size in SIZES {
        every_row(size, 2, |app| act(app, &[Action::ListConnections]));
        every_row(size, 2, |app| act(app, &[Action::Edit(EditAction::ListDashboards)]));
        every_row(size, 6, |app| act(app, &[Action::Edit(EditAction::Add)]));
        every_row(size, 9, |app| act(app, &[Action::FindTile]));
        every_row(size, 7, |app| {
            act(app, &[Action::Edit(EditAction::Edit), Action::CycleFocus(1), Action::Edit(EditAction::OpenPicker)]);
        });
    }
}

#[test]
fn a_click_in_the_palette_does_what_stands_there() {
    for size in SIZES {
        let mut app = alive(size);
        act(&mut app, &[Action::OpenCommandPalette]);
        for _ in 0..30 {
            let (x, y) = marked(&app);
            let Focus::CommandPalette(open) = &app.focus else { panic!() };
            let wanted = crate::ui::palette::action(&app, open, &Keymap::default(), Action::Accept);
            assert!(matches!(wanted, Some(Action::RunFromPalette(_))));
            assert_eq!(click(&app, (x + 3, y)), wanted);
            let on = mouse(&app, MouseEventKind::ScrollDown, (x, y)).unwrap();
            act(&mut app, &[on]);
        }
    }
}
