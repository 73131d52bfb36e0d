//! Pictures of forms, lists and questions at three sizes.

use super::*;
use crate::{
    app::{
        EditAction,
        editing::{ConnectionTest, DashboardChange, EditConflict, EditResult},
    },
    model::{
        edit::{DashboardEdit, Profiles},
        profile::{BrokerUrl, CertificatePin},
    },
};

/// The dashboard with a file and two connections, one of them its own.
pub(super) fn managed(app: &mut App) {
    app.dashboards[0].path = Some("/home/ann/.config/mqtt-dash/dashboards/bench.toml".into());
    let hub = Profile { name: "hub".into(), ..Profile::default() };
    let url = BrokerUrl::parse("mqtts://broker.example:8883").unwrap();
    let far = Profile { name: "far".into(), url, username: Some("ann".into()), ..Profile::default() };
    app.set_profiles(Profiles { default: Some("hub".into()), profiles: vec![hub, far] });
    app.editor_state.dashboard_files = vec!["bench".into(), "cellar".into()];
}

fn wish(app: &mut App, wish: EditAction) {
    act(app, &[Action::Edit(wish)]);
}

fn to_field(app: &mut App, key: &str) {
    for _ in 0..60 {
        if app.form().unwrap().focused_field().unwrap().key.0 == key {
            return;
        }
        act(app, &[Action::CycleFocus(1)]);
    }
    panic!("there is no field {key}");
}

#[test]
fn the_form_of_each_kind_of_tile() {
    for (index, kind) in ["switch", "range", "text", "choice", "color", "image"].iter().enumerate() {
        at_all_sizes(&format!("form-{kind}"), |app| {
            managed(app);
            act(app, &vec![Action::MoveSelection(Direction::Right); index]);
            wish(app, EditAction::Edit);
        });
    }
}

#[test]
fn a_form_with_something_wrong() {
    at_all_sizes("form-wrong", |app| {
        managed(app);
        wish(app, EditAction::Edit);
        to_field(app, "topic");
        act(app, &[Action::Paste("/#/x".into())]);
    });
}

#[test]
fn a_json_path_shows_what_it_gives() {
    at_all_sizes("form-json", |app| {
        managed(app);
        act(app, &vec![Action::MoveSelection(Direction::Right); 6]);
        wish(app, EditAction::Edit);
        to_field(app, "json_path");
    });
    at_all_sizes("form-tree", |app| {
        managed(app);
        act(app, &vec![Action::MoveSelection(Direction::Right); 6]);
        wish(app, EditAction::Edit);
        to_field(app, "json_path");
        wish(app, EditAction::OpenPicker);
    });
}

#[test]
fn what_lies_over_a_form() {
    at_all_sizes("form-icons", |app| {
        managed(app);
        wish(app, EditAction::Edit);
        to_field(app, "on_icon");
        wish(app, EditAction::OpenPicker);
        act(app, &[Action::Paste("light".into())]);
    });
    at_all_sizes("form-topics", |app| {
        managed(app);
        wish(app, EditAction::Edit);
        to_field(app, "topic");
        wish(app, EditAction::OpenPicker);
    });
    at_all_sizes("form-options", |app| {
        managed(app);
        act(app, &vec![Action::MoveSelection(Direction::Right); 3]);
        wish(app, EditAction::Edit);
        to_field(app, "options");
        wish(app, EditAction::NextValue);
    });
}

#[test]
fn a_form_that_is_left_asks() {
    at_all_sizes("form-leaving", |app| {
        managed(app);
        wish(app, EditAction::Edit);
        act(app, &[Action::Paste("x".into()), Action::Cancel]);
    });
}

#[test]
fn the_list_of_kinds() {
    at_all_sizes("kinds", |app| {
        managed(app);
        wish(app, EditAction::Add);
        act(app, &[Action::MoveInDialog(Direction::Down), Action::MoveInDialog(Direction::Down)]);
    });
}

#[test]
fn dashboards_and_their_form() {
    at_all_sizes("boards", |app| {
        managed(app);
        wish(app, EditAction::ListDashboards);
    });
    at_all_sizes("form-board", |app| {
        managed(app);
        wish(app, EditAction::ListDashboards);
        wish(app, EditAction::Edit);
    });
}

#[test]
fn connections_and_their_form() {
    at_all_sizes("connections", |app| {
        managed(app);
        act(app, &[Action::ListConnections, Action::MoveInDialog(Direction::Down)]);
        let said = "the broker's certificate is signed by nobody trusted here".to_owned();
        let trial = ConnectionTest {
            summary: said,
            success: false,
            untrusted_pin: Some(CertificatePin([7; 32])),
            messages: Vec::new(),
        };
        app.update(Event::EditFinished(Box::new(EditResult::TestFinished("far".into(), trial))), NOW);
    });
    at_all_sizes("form-profile", |app| {
        managed(app);
        act(app, &[Action::ListConnections, Action::MoveInDialog(Direction::Down)]);
        wish(app, EditAction::Edit);
        to_field(app, "password");
        act(app, &[Action::MoveInDialog(Direction::Left)]);
        act(app, &[Action::CycleFocus(1), Action::Paste("s3cret".into())]);
    });
}

#[test]
fn questions() {
    at_all_sizes("delete", |app| {
        managed(app);
        wish(app, EditAction::Delete);
    });
    at_all_sizes("clear", |app| {
        managed(app);
        wish(app, EditAction::ClearRetained);
    });
    at_all_sizes("certificate", |app| {
        managed(app);
        let state = ConnectionState::WaitingToRetry {
            reason: "the broker's certificate is signed by nobody trusted here".into(),
            retry_in: std::time::Duration::from_secs(8),
            failed_attempts: 3,
            untrusted_certificate: Some(CertificatePin([0xab; 32])),
        };
        app.update(Event::Connection(ConnectionId(0), ConnectionEvent::State(state)), NOW);
        wish(app, EditAction::TrustCertificate);
    });
    at_all_sizes("clash", |app| {
        managed(app);
        let before = app.dashboards[0].definition.clone();
        let change = DashboardChange {
            path: "/x/bench.toml".into(),
            before,
            edit: DashboardEdit::DeleteTile(0),
            overwrite: None,
        };
        let diff = ["  [[tile]]", "- name = \"Lamp\"", "+ name = \"Light\""].map(str::to_owned).into();
        let clash =
            EditConflict { change, theirs: Some(Dashboard::default()), file_text: String::new(), diff, scroll: 0 };
        app.update(Event::EditFinished(Box::new(EditResult::Conflict(Box::new(clash)))), NOW);
    });
}

#[test]
fn a_board_without_a_file_asks_for_one() {
    at_all_sizes("save-as", |app| wish(app, EditAction::Edit));
}

#[test]
fn a_tile_that_is_carried() {
    at_all_sizes("carry", |app| {
        managed(app);
        wish(app, EditAction::MoveTile);
        act(app, &[Action::MoveInDialog(Direction::Right)]);
    });
}

#[test]
fn a_password_is_never_on_the_screen() {
    for size in SIZES {
        let mut app = alive(size);
        managed(&mut app);
        app.update(Event::EditFinished(Box::new(EditResult::PasswordRequired("far".into()))), NOW);
        act(&mut app, &[Action::Paste("s3cret".into())]);
        let shown = picture(&app, Depth::True);
        assert!(shown.contains("••••••") && !shown.contains("s3cret"), "{shown}");
    }
}
