//! What the accounts of the broker may do: client IDs, permissions, and logins during an attack.

use std::{io::Write as _, net::SocketAddr};

use mqtt_dash::{
    demo::{Access, Demo, DemoOptions, EmbeddedBroker, accounts::account_line, broker::loopback_any_port},
    model::profile::PasswordSource,
};

use crate::fixtures::{
    client::within_timeout,
    packet::{PUBLISH, RETAIN},
    raw_client::{BAD_LOGIN, CLIENT_ID_NOT_VALID, NOT_AUTHORIZED, RawClient, RawConnect},
};

const QOS1: u8 = 0b010;
const PASSWORD: &str = "open sesame";

fn accounts_file(accounts: &[(&str, &str)]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for (user, permissions) in accounts {
        writeln!(file, "{}\n{permissions}", account_line(user, PASSWORD).unwrap()).unwrap();
    }
    file
}

async fn start(file: &tempfile::NamedTempFile) -> EmbeddedBroker {
    EmbeddedBroker::start(loopback_any_port(), Access::Accounts(file.path().to_owned())).await.unwrap()
}

/// Connects as a user whose session stays for an hour.
async fn connect(address: SocketAddr, user: &str, client_id: &str) -> Result<RawClient, u8> {
    let credentials = Some((user, PASSWORD));
    RawClient::connect(address, RawConnect { client_id, keep_session: true, credentials, will: None }).await
}

#[tokio::test]
async fn client_id_of_another_account_is_refused_while_connected_and_while_its_session_is_stored() {
    let file = accounts_file(&[("anna", ""), ("bert", "")]);
    let broker = start(&file).await;
    let address = broker.address();
    let mut anna = connect(address, "anna", "lamp").await.unwrap();
    assert_eq!(anna.subscribe("secret", 1).await, 1);
    let take_over = |keep_session| RawConnect {
        client_id: "lamp",
        keep_session,
        credentials: Some(("bert", PASSWORD)),
        will: None,
    };
    for keep_session in [true, false] {
        let refused = RawClient::connect(address, take_over(keep_session)).await;
        assert_eq!(refused.err(), Some(CLIENT_ID_NOT_VALID));
    }
    let mut bert = connect(address, "bert", "bert").await.unwrap();
    bert.publish(QOS1, 1, "secret", b"1").await;
    assert!(anna.expect(PUBLISH | QOS1).await.ends_with(b"1"), "anna is still connected");
    drop(anna);
    for keep_session in [true, false] {
        let refused = RawClient::connect(address, take_over(keep_session)).await;
        assert_eq!(refused.err(), Some(CLIENT_ID_NOT_VALID), "the session of anna is stored");
    }
    bert.publish(QOS1, 2, "secret", b"2").await;
    let mut anna = connect(address, "anna", "lamp").await.unwrap();
    while !anna.expect(PUBLISH | QOS1).await.ends_with(b"2") {}
    let mut other = connect(address, "anna", "lamp").await.unwrap();
    anna.wait_closed().await;
    assert_eq!(other.subscribe("x", 0).await, 0, "an account takes over from itself");
    broker.stop().await;
}

#[tokio::test]
async fn clients_cannot_take_the_place_of_the_demos_board_and_dashboard() {
    let demo = Demo::start(DemoOptions::default()).await.unwrap();
    let address = demo.broker().address();
    let named = |client_id| RawConnect { client_id, ..RawConnect::default() };
    assert_eq!(RawClient::connect(address, named("esp32-demo")).await.err(), Some(CLIENT_ID_NOT_VALID));
    let profile = demo.profile();
    let (Some(user), Some(PasswordSource::Plain(password))) = (&profile.username, &profile.password) else {
        panic!("the demo has no login")
    };
    let dashboard =
        RawConnect { client_id: "dashboard", credentials: Some((user, password.as_str())), ..RawConnect::default() };
    let mut dashboard = RawClient::connect(address, dashboard).await.unwrap();
    let without_password = RawConnect { credentials: Some((user, "")), ..named("other") };
    assert_eq!(RawClient::connect(address, without_password).await.err(), Some(BAD_LOGIN));
    assert_eq!(RawClient::connect(address, named("dashboard")).await.err(), Some(CLIENT_ID_NOT_VALID));
    assert_eq!(dashboard.subscribe("esp32/demo/status", 1).await, 1);
    assert!(dashboard.expect(PUBLISH | QOS1 | RETAIN).await.ends_with(b"online"));
    assert!(RawClient::connect(address, named("guest")).await.is_ok());
    demo.stop().await;
}

#[tokio::test]
async fn access_rules_apply_to_subscriptions_messages_and_wills() {
    let file = accounts_file(&[
        ("teacher", ""),
        ("anna", "topic read class/#\ntopic readwrite home/%u/#\ntopic deny class/answers"),
    ]);
    let broker = start(&file).await;
    let address = broker.address();
    let mut teacher = connect(address, "teacher", "teacher").await.unwrap();
    assert_eq!(teacher.subscribe("#", 1).await, 1);
    for topic in ["class/questions", "class/answers", "other"] {
        teacher.publish(QOS1 | RETAIN, 1, topic, topic.as_bytes()).await;
        teacher.expect(PUBLISH | QOS1).await;
    }
    let mut anna = connect(address, "anna", "anna").await.unwrap();
    for filter in ["#", "+/#", "other", "$share/x/#", "$share/x/other", "class/#", "class/+", "class/answers", "$SYS/#"]
    {
        assert_eq!(anna.subscribe(filter, 1).await, NOT_AUTHORIZED, "{filter}");
    }
    assert_eq!(anna.subscribe("class/questions", 1).await, 1);
    assert!(anna.expect(PUBLISH | QOS1 | RETAIN).await.ends_with(b"class/questions"));
    for topic in ["class/questions", "other", "home/bert/lamp", "$SYS/broker/version"] {
        assert_eq!(anna.publish(QOS1 | RETAIN, 1, topic, b"forged").await, NOT_AUTHORIZED, "{topic}");
    }
    assert!(anna.publish(QOS1 | RETAIN, 1, "home/anna/lamp", b"on").await < 0x80);
    assert!(teacher.expect(PUBLISH | QOS1).await.ends_with(b"on"), "nothing of what was forged");
    assert_eq!(teacher.publish(QOS1, 2, "$SYS/broker/version", b"forged").await, NOT_AUTHORIZED);

    let with_will = |topic| RawConnect {
        client_id: "mortal",
        credentials: Some(("anna", PASSWORD)),
        will: Some((topic, "gone")),
        keep_session: false,
    };
    assert_eq!(RawClient::connect(address, with_will("class/questions")).await.err(), Some(NOT_AUTHORIZED));
    drop(RawClient::connect(address, with_will("home/anna/state")).await.unwrap());
    assert!(teacher.expect(PUBLISH).await.ends_with(b"gone"));
    broker.stop().await;
}

#[tokio::test]
async fn right_password_gets_in_during_and_after_an_attack_from_the_same_address() {
    let file = accounts_file(&[("anna", ""), ("bert", "")]);
    let broker = start(&file).await;
    let address = broker.address();
    drop(connect(address, "anna", "first").await.unwrap());
    let attack: Vec<_> = (0..60)
        .map(|number| {
            tokio::spawn(async move {
                let (client_id, password) = (format!("guess-{number}"), format!("guess {number}"));
                let credentials = Some((["anna", "bert", "zoe"][number % 3], password.as_str()));
                let options = RawConnect { client_id: &client_id, credentials, ..RawConnect::default() };
                RawClient::connect(address, options).await.err()
            })
        })
        .collect();
    assert!(connect(address, "anna", "second").await.is_ok(), "a password that was right before");
    for guess in attack {
        let refused = within_timeout(guess).await.unwrap();
        assert!(matches!(refused, Some(BAD_LOGIN | 0x89)), "{refused:?}");
    }
    assert!(connect(address, "bert", "bert").await.is_ok(), "after the attack");
    broker.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn accounts_file_that_others_can_read_is_refused_with_the_command_that_repairs_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let file = accounts_file(&[("anna", "")]);
    for mode in [0o644, 0o604, 0o622] {
        file.as_file().set_permissions(std::fs::Permissions::from_mode(mode)).unwrap();
        let access = Access::Accounts(file.path().to_owned());
        let error = EmbeddedBroker::start(loopback_any_port(), access).await.unwrap_err().to_string();
        let path = file.path().display();
        assert!(error.starts_with("other users can "), "{error}");
        assert!(error.ends_with(&format!(" {path}; run: chmod 600 {path}")), "{error}");
    }
    file.as_file().set_permissions(std::fs::Permissions::from_mode(0o400)).unwrap();
    start(&file).await.stop().await;
}
