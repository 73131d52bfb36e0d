//! Snapshots of forms, lists and questions at three sizes.

use super::*;
use crate::{
    app::{
        ConnectionTest, DashboardChange, EditAction, EditConflict, EditSummary, FilesEvent, MqttEvent, SecretPrompt,
        SecretPurpose, form::Form,
    },
    model::{
        edit::{DashboardEdit, Profiles},
        profile::{BrokerUrl, CertificatePin, SecretKey, Secrets},
        topic::TopicFilter,
        value::ValidationError,
    },
};

/// Gives the dashboard a file, and adds two connection profiles, one of them that of the dashboard.
pub(super) fn add_files_and_profiles(app: &mut App) {
    app.dashboards[0].path = Some("/home/ann/.config/mqtt-dash/dashboards/bench.toml".into());
    let hub = Profile { name: "hub".into(), ..Profile::default() };
    let url = BrokerUrl::parse("mqtts://broker.example:8883").unwrap();
    let remote = Profile { name: "far".into(), url, username: Some("ann".into()), ..Profile::default() };
    app.set_profiles(Profiles { default: Some("hub".into()), profiles: vec![hub, remote] });
    app.editor_state.dashboard_files = vec!["bench".into(), "cellar".into()];
}

pub(super) fn apply_edit_action(app: &mut App, action: EditAction) {
    apply_actions(app, &[Action::Edit(action)]);
}

fn focus_field(app: &mut App, key: &str) {
    for _ in 0..60 {
        if app.form().unwrap().focuses_folded_section() {
            apply_edit_action(app, EditAction::NextValue);
        }
        if app.form().unwrap().focused_field().unwrap().key.0 == key {
            return;
        }
        apply_actions(app, &[Action::CycleFocus(1)]);
    }
    panic!("the form has no field {key}");
}

#[test]
fn form_renders_each_tile_kind() {
    for (index, kind) in ["switch", "range", "text", "choice", "color", "image"].iter().enumerate() {
        assert_snapshots_at_all_sizes(&format!("form-{kind}"), |app| {
            add_files_and_profiles(app);
            apply_actions(app, &vec![Action::MoveSelection(Direction::Right); index]);
            apply_edit_action(app, EditAction::Edit);
        });
    }
}

#[test]
fn form_shows_validation_error() {
    assert_snapshots_at_all_sizes("form-error", |app| {
        add_files_and_profiles(app);
        apply_edit_action(app, EditAction::Edit);
        focus_field(app, "topic");
        apply_actions(app, &[Action::Paste("/#/x".into())]);
    });
}

#[test]
fn form_previews_json_path_result() {
    assert_snapshots_at_all_sizes("form-json-path", |app| {
        add_files_and_profiles(app);
        apply_actions(app, &vec![Action::MoveSelection(Direction::Right); 6]);
        apply_edit_action(app, EditAction::Edit);
        focus_field(app, "json_path");
    });
    assert_snapshots_at_all_sizes("form-json-tree", |app| {
        add_files_and_profiles(app);
        apply_actions(app, &vec![Action::MoveSelection(Direction::Right); 6]);
        apply_edit_action(app, EditAction::Edit);
        focus_field(app, "json_path");
        apply_edit_action(app, EditAction::OpenPicker);
    });
}

#[test]
fn form_shows_what_the_payload_template_publishes() {
    let tile = "[[tile]]\nkind = \"range\"\nname = \"Lamp\"\ntopic = \"zigbee2mqtt/lamp\"\n\
        json_path = \"$.brightness\"\nmax = 254\n";
    let proposed = format!("{tile}publish_topic = \"zigbee2mqtt/lamp/set\"\n");
    let set = format!("{tile}payload = '{{\"brightness\": {{{{value}}}}, \"transition\": 1}}'\n");
    for (name, dashboard) in [("proposed", proposed), ("set", set)] {
        for size in [(40, 12), (80, 24)] {
            let mut app = app_with_dashboard(size, &dashboard);
            add_files_and_profiles(&mut app);
            let payload = br#"{"brightness":120,"linkquality":97,"state":"ON"}"#;
            let messages = ConnectionEvent::messages([message("zigbee2mqtt/lamp", payload)]);
            app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), messages)), NOW);
            app.resolve_values(NOW);
            apply_edit_action(&mut app, EditAction::Edit);
            focus_field(&mut app, "payload");
            assert_snapshot!(format!("form-payload-{name}-{}x{}", size.0, size.1), render(&app, ColorDepth::None));
        }
    }
}

#[test]
fn form_popups_render() {
    assert_snapshots_at_all_sizes("form-icons", |app| {
        add_files_and_profiles(app);
        apply_edit_action(app, EditAction::Edit);
        focus_field(app, "on_icon");
        apply_edit_action(app, EditAction::OpenPicker);
        apply_actions(app, &[Action::Paste("light".into())]);
    });
    assert_snapshots_at_all_sizes("form-topics", |app| {
        add_files_and_profiles(app);
        apply_edit_action(app, EditAction::Edit);
        focus_field(app, "topic");
        apply_edit_action(app, EditAction::OpenPicker);
    });
    assert_snapshots_at_all_sizes("form-options", |app| {
        add_files_and_profiles(app);
        apply_actions(app, &vec![Action::MoveSelection(Direction::Right); 3]);
        apply_edit_action(app, EditAction::Edit);
        focus_field(app, "options");
        apply_edit_action(app, EditAction::NextValue);
    });
}

#[test]
fn form_shows_the_end_of_a_long_topic_and_all_of_it_with_the_focus() {
    let topic = "zigbee2mqtt/living room/window on the left/contact/state";
    let mut app = app_with_values((40, 12));
    add_files_and_profiles(&mut app);
    app.dashboards[0].definition.tiles[0].topic = TopicFilter::new(topic).ok();
    apply_edit_action(&mut app, EditAction::Edit);
    focus_field(&mut app, "json_path");
    let screen = render(&app, ColorDepth::None);
    assert!(screen.contains("/contact/state"), "{screen}");
    focus_field(&mut app, "topic");
    let screen = render(&app, ColorDepth::None);
    assert!(screen.contains("zigbee2mqtt/living room/window on the"), "{screen}");
}

#[test]
fn form_proposes_the_topic_that_the_device_listens_to() {
    for (topic, in_field, below) in [
        ("zigbee2mqtt/lamp", "mqtt/lamp/set (proposed)", "Right sets zigbee2mqtt/lamp/set"),
        ("tele/plug/LWT", "–, only shows", "only shows: it is not known by convention"),
    ] {
        let mut app = app_with_values((80, 24));
        add_files_and_profiles(&mut app);
        app.dashboards[0].definition.tiles[0].topic = TopicFilter::new(topic).ok();
        apply_actions(&mut app, &[Action::SelectTile(0)]);
        apply_edit_action(&mut app, EditAction::Edit);
        focus_field(&mut app, "publish");
        let screen = render(&app, ColorDepth::None);
        assert!(screen.contains(in_field), "{screen}");
        focus_field(&mut app, "publish_topic");
        let screen = render(&app, ColorDepth::None);
        assert!(screen.contains(below), "{screen}");
    }
}

#[test]
fn form_asks_before_discarding_changes() {
    assert_snapshots_at_all_sizes("form-discard", |app| {
        add_files_and_profiles(app);
        apply_edit_action(app, EditAction::Edit);
        apply_actions(app, &[Action::Paste("x".into()), Action::Cancel]);
    });
}

#[test]
fn tile_kind_list_renders() {
    assert_snapshots_at_all_sizes("tile-kinds", |app| {
        add_files_and_profiles(app);
        apply_edit_action(app, EditAction::Add);
        apply_actions(app, &[Action::MoveInDialog(Direction::Down), Action::MoveInDialog(Direction::Down)]);
    });
}

#[test]
fn dashboard_list_and_form_render() {
    assert_snapshots_at_all_sizes("dashboards", |app| {
        add_files_and_profiles(app);
        apply_edit_action(app, EditAction::ListDashboards);
    });
    assert_snapshots_at_all_sizes("dashboards-broken", |app| {
        add_files_and_profiles(app);
        app.editor_state.dashboard_files.push("desk".into());
        apply_edit_action(app, EditAction::ListDashboards);
        let error = FileError::Invalid {
            file: "cellar.toml".into(),
            line: Some(12),
            message: "unknown key `nmae`".into(),
            help: Some("did you mean `name`?".into()),
            more: 2,
        };
        let checks = vec![("cellar".into(), Err(error)), ("desk".into(), Ok(Some("gone".into())))];
        app.update(Event::Files(FilesEvent::DashboardsChecked(checks)), NOW);
        apply_actions(app, &[Action::MoveInDialog(Direction::Down)]);
    });
    assert_snapshots_at_all_sizes("form-dashboard", |app| {
        add_files_and_profiles(app);
        apply_edit_action(app, EditAction::ListDashboards);
        apply_edit_action(app, EditAction::Edit);
    });
}

#[test]
fn connection_list_and_form_render() {
    assert_snapshots_at_all_sizes("connections", |app| {
        add_files_and_profiles(app);
        apply_actions(app, &[Action::ListConnections, Action::MoveInDialog(Direction::Down)]);
        let message = "the broker's certificate is not signed by a trusted CA".to_owned();
        let test = ConnectionTest {
            summary: message,
            success: false,
            untrusted_pin: Some(CertificatePin([7; 32])),
            messages: Vec::new(),
        };
        app.update(Event::Mqtt(MqttEvent::TestFinished("far".into(), test)), NOW);
    });
    assert_snapshots_at_all_sizes("form-profile", |app| {
        add_files_and_profiles(app);
        apply_actions(app, &[Action::ListConnections, Action::MoveInDialog(Direction::Down)]);
        apply_edit_action(app, EditAction::Edit);
        focus_field(app, "password");
        apply_actions(app, &[Action::Paste("s3cret".into())]);
    });
    assert_snapshots_at_all_sizes("form-login-refused", |app| {
        add_files_and_profiles(app);
        let far = app.editor_state.profiles.by_name("far").unwrap().clone();
        let reason = ValidationError::new("refused: bad user name or password");
        app.open(Form::for_profile(Some("far"), &far, Vec::new()).with_failure(("password", None), reason));
    });
    assert_snapshots_at_all_sizes("form-key-password", |app| {
        add_files_and_profiles(app);
        apply_actions(app, &[Action::ListConnections, Action::MoveInDialog(Direction::Down)]);
        apply_edit_action(app, EditAction::Edit);
        // The fields of `password` stay as they are.
        focus_field(app, "tls");
        while app.form().unwrap().focused_field().unwrap().key.1 != Some("key_password") {
            apply_actions(app, &[Action::CycleFocus(1)]);
        }
        apply_actions(app, &[Action::Paste("s3cret".into())]);
    });
}

#[test]
fn confirm_dialogs_render() {
    assert_snapshots_at_all_sizes("delete", |app| {
        add_files_and_profiles(app);
        apply_edit_action(app, EditAction::Delete);
    });
    assert_snapshots_at_all_sizes("clear", |app| {
        add_files_and_profiles(app);
        apply_edit_action(app, EditAction::ClearRetained);
    });
    assert_snapshots_at_all_sizes("certificate", |app| {
        add_files_and_profiles(app);
        let state = ConnectionState::WaitingToRetry {
            reason: "the broker's certificate is not signed by a trusted CA".into(),
            cause: crate::model::connection::FailureCause::Certificate,
            retry_in: std::time::Duration::from_secs(8),
            failed_attempts: 3,
            untrusted_certificate: Some(CertificatePin([0xab; 32])),
            session_taken_over: false,
            refused_secret: None,
        };
        app.update(Event::Mqtt(MqttEvent::Connection(ConnectionId(0), ConnectionEvent::State(state))), NOW);
        apply_edit_action(app, EditAction::TrustCertificate);
    });
    assert_snapshots_at_all_sizes("edit-conflict", |app| {
        add_files_and_profiles(app);
        let original = app.dashboards[0].definition.clone();
        let change = DashboardChange {
            path: "/x/bench.toml".into(),
            before: original,
            edit: DashboardEdit::DeleteTile(0),
            summary: EditSummary::DeletedTile("Lamp".into()),
            overwrite: None,
        };
        let diff = ["  [[tile]]", "- name = \"Lamp\"", "+ name = \"Light\""].map(str::to_owned).into();
        let conflict = EditConflict { change, theirs: Some(Dashboard::default()), file_text: String::new(), diff };
        app.update(Event::Files(FilesEvent::Conflict(Box::new(conflict))), NOW);
    });
}

#[test]
fn dashboard_without_file_asks_for_name() {
    assert_snapshots_at_all_sizes("save-as", |app| apply_edit_action(app, EditAction::Edit));
}

#[test]
fn move_tile_renders_tile_at_new_position() {
    assert_snapshots_at_all_sizes("move-tile", |app| {
        add_files_and_profiles(app);
        apply_edit_action(app, EditAction::MoveTile);
        apply_actions(app, &[Action::MoveInDialog(Direction::Right)]);
    });
}

#[test]
fn password_is_never_rendered() {
    for (size, key) in
        SCREEN_SIZES.into_iter().flat_map(|size| [(size, SecretKey::Password), (size, SecretKey::KeyPassword)])
    {
        let mut app = app_with_values(size);
        add_files_and_profiles(&mut app);
        let heading = format!("{} for far", key.heading());
        let purpose = SecretPurpose::Open(None);
        let prompt = SecretPrompt { profile: "far".into(), purpose, key, entered: Secrets::default() };
        app.update(Event::Mqtt(MqttEvent::SecretRequired(Box::new(prompt))), NOW);
        apply_actions(&mut app, &[Action::Paste("s3cret".into())]);
        let screen = render(&app, ColorDepth::TrueColor);
        assert!(screen.contains("••••••") && screen.contains(&heading) && !screen.contains("s3cret"), "{screen}");
    }
}

#[test]
fn footer_says_how_many_failures_follow() {
    let mut app = app_with_values((80, 24));
    app.report_failure("Lamp: not sent", NOW);
    app.report_failure("the disk is full", NOW);
    let screen = render(&app, ColorDepth::None);
    assert!(screen.contains("✕ the disk is full (1 more: press a key)"), "{screen}");
    apply_actions(&mut app, &[Action::Redraw]);
    let screen = render(&app, ColorDepth::None);
    assert!(screen.contains("✕ Lamp: not sent") && !screen.contains("more: press"), "{screen}");
}

#[test]
fn enter_on_a_list_opens_its_rows_and_then_goes_on() {
    let mut app =
        app_with_dashboard((80, 24), "[[tile]]\nkind = \"text\"\nname = \"A\"\ntopic = \"a\"\nunit = \"W\"\n");
    app.dashboards[0].path = Some("home.toml".into());
    apply_edit_action(&mut app, EditAction::Edit);
    focus_field(&mut app, "zones");
    apply_actions(&mut app, &[Action::Accept]);
    assert!(app.form().is_some_and(|form| form.popup.is_some()), "{}", render(&app, ColorDepth::None));
    apply_actions(&mut app, &[Action::Accept]);
    let form = app.form().expect("the form stays open");
    assert!(form.popup.is_none() && form.focused_field().unwrap().key.0 == "stale");
    apply_actions(&mut app, &[Action::Accept]);
    assert!(app.form().is_none(), "it is saved");
}
