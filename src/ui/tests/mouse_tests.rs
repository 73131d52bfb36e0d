//! Clicks in lists choose the row under the pointer.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};

use super::{dialog_tests::add_files_and_profiles, *};
use crate::{
    app::{EditAction, Screen},
    ui::{keymap::Keymap, mouse},
};

/// Draws a frame. Returns it, and what the mouse can press.
pub(super) fn draw(app: &App) -> (Buffer, ScreenLayout) {
    let mut buf = Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1));
    let mut layout = ScreenLayout::default();
    super::super::draw(&mut buf, app, &ui_config(ColorDepth::TrueColor), NOW, &mut layout);
    (buf, layout)
}

fn mouse_action(app: &App, kind: MouseEventKind, (column, row): (u16, u16)) -> Option<Action> {
    let (_, layout) = draw(app);
    let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
    mouse::action_for_mouse(app, &layout, &Keymap::default(), event)
}

fn click_action(app: &App, position: (u16, u16)) -> Option<Action> {
    match mouse_action(app, MouseEventKind::Down(MouseButton::Left), position)? {
        Action::Click(action) => Some(*action),
        action => Some(action),
    }
}

/// Returns the screen position of the selected row of the open list.
fn selected_row_position(app: &App) -> (u16, u16) {
    let (buf, _) = draw(app);
    let is_selected = |position: &(u16, u16)| {
        buf[*position].symbol() == "▸" && buf[*position].style().add_modifier.contains(Modifier::REVERSED)
    };
    let mut positions = (0..app.size.1).flat_map(|y| (0..app.size.0).map(move |x| (x, y)));
    positions.rfind(is_selected).expect("the list has a selected row")
}

/// Asserts that a click on each row of a list accepts that row.
fn assert_click_accepts_each_row(size: (u16, u16), rows: usize, open: impl Fn(&mut App)) {
    let mut app = app_with_values(size);
    add_files_and_profiles(&mut app);
    open(&mut app);
    for row in 0..rows {
        let (x, y) = selected_row_position(&app);
        assert_eq!(click_action(&app, (x + 3, y)), Some(Action::AcceptOption(row)), "{size:?} {:?}", app.focus);
        assert_eq!(click_action(&app, (x + 3, 0)), None, "outside of the list");
        let scroll_down = mouse_action(&app, MouseEventKind::ScrollDown, (x, y)).unwrap();
        apply_actions(&mut app, &[scroll_down]);
    }
}

#[test]
fn click_in_list_accepts_row_under_pointer() {
    for size in SCREEN_SIZES {
        assert_click_accepts_each_row(size, 2, |app| apply_actions(app, &[Action::ListConnections]));
        assert_click_accepts_each_row(size, 2, |app| apply_actions(app, &[Action::Edit(EditAction::ListDashboards)]));
        assert_click_accepts_each_row(size, 6, |app| apply_actions(app, &[Action::Edit(EditAction::Add)]));
        assert_click_accepts_each_row(size, 9, |app| apply_actions(app, &[Action::FindTile]));
        assert_click_accepts_each_row(size, 7, |app| {
            apply_actions(
                app,
                &[Action::Edit(EditAction::Edit), Action::CycleFocus(1), Action::Edit(EditAction::OpenPicker)],
            );
        });
    }
}

#[test]
fn click_in_palette_runs_row_under_pointer() {
    for size in SCREEN_SIZES {
        let mut app = app_with_values(size);
        apply_actions(&mut app, &[Action::OpenCommandPalette]);
        for _ in 0..30 {
            let (x, y) = selected_row_position(&app);
            let Screen::CommandPalette(palette) = &app.focus else { panic!() };
            let expected = crate::ui::screens::resolve_action(&app, palette, &Keymap::default(), Action::Accept);
            assert!(matches!(expected, Some(Action::RunFromPalette(_))));
            assert_eq!(click_action(&app, (x + 3, y)), expected);
            let scroll_down = mouse_action(&app, MouseEventKind::ScrollDown, (x, y)).unwrap();
            apply_actions(&mut app, &[scroll_down]);
        }
    }
}

#[test]
fn wheel_and_click_do_not_act_on_screens_without_lists() {
    let mut app = app_with_values((80, 24));
    let layout_of_palette = {
        apply_actions(&mut app, &[Action::OpenCommandPalette]);
        draw(&app).1
    };
    let event = |kind| MouseEvent { kind, column: 20, row: 8, modifiers: KeyModifiers::NONE };
    let click = event(MouseEventKind::Down(MouseButton::Left));
    let keymap = Keymap::default();
    assert!(mouse::action_for_mouse(&app, &layout_of_palette, &keymap, click).is_some());
    apply_actions(&mut app, &[Action::Cancel]);
    assert_eq!(mouse::action_for_mouse(&app, &layout_of_palette, &keymap, click), None, "the palette was closed since");
    apply_actions(&mut app, &[Action::SelectTile(5), Action::Press]);
    assert!(matches!(app.focus, Screen::EnlargedImage(_)), "{:?}", app.focus);
    assert_eq!(mouse_action(&app, MouseEventKind::ScrollDown, (20, 8)), None);
    assert_eq!(click_action(&app, (20, 8)), Some(Action::Cancel));
}

#[test]
fn drag_on_a_pad_steers_to_where_the_pointer_is_and_a_release_is_never_missed() {
    let toml = "[[tile]]\nkind = \"pad\"\nx = { topic = \"x\" }\ny = { topic = \"y\" }\n";
    let mut app = app_with_dashboard((80, 24), toml);
    let (_, layout) = draw(&app);
    let id = app.current_dashboard().unwrap().tile_id(0).unwrap();
    let field = layout.pad_field(id).unwrap();
    let (right, top) = (field.right() - 1, field.y);
    let left_button = MouseButton::Left;
    let press = mouse_action(&app, MouseEventKind::Down(left_button), (right, top)).unwrap();
    assert_eq!(press, Action::PressPad(0, 1.0, 1.0));
    apply_actions(&mut app, &[press]);
    assert!(matches!(app.focus, Screen::Steer(_)));
    for (position, part) in [((field.x, field.bottom() - 1), (0.0, 0.0)), ((79, 0), (1.0, 1.0)), ((0, 23), (0.0, 0.0))]
    {
        let drag = mouse_action(&app, MouseEventKind::Drag(left_button), position);
        assert_eq!(drag, Some(Action::SteerTo(part.0, part.1)), "beyond the field is its edge");
    }
    for kind in [MouseEventKind::Up(left_button), MouseEventKind::Moved] {
        let event = MouseEvent { kind, column: 1, row: 1, modifiers: KeyModifiers::NONE };
        let before_the_next_frame = mouse::action_for_mouse(&app, &layout, &Keymap::default(), event);
        assert_eq!(before_the_next_frame, Some(Action::PointerUp(None)));
    }
    apply_actions(&mut app, &[Action::PointerUp(None)]);
    assert!(app.dashboard_has_focus());
}
