//! Client certificates as operators have them: encrypted private keys and PKCS#12 files, which the real `openssl` makes
//! and a real server asks for.

use std::{
    error::Error,
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use mqtt_dash::{
    config::write_private,
    model::profile::{MqttVersion, Profile, SecretKey, Secrets, TlsSettings},
    mqtt::{Login, SecretReader, install_crypto_provider},
};
use tempfile::TempDir;

use crate::fixtures::{
    broker::{BrokerConfig, BrokerFixture, free_port},
    broker_certificates::Certificate,
    connection::{ConnectionFixture, login, profile, short_retry_limits},
    file_mode::set_mode,
    key::Key,
    openssl::{Openssl, old_certificates, run},
    process,
    terminal_program::TerminalProgram,
};

/// The password of all files; the arguments of openssl for it.
const PASSWORD: &str = "geheim";
const OUT: &str = "-passout pass:geheim";

/// What is said after a handshake that succeeded: `s_server` does not speak MQTT.
const CONNECTED: &str = " speaks TLS, but closed the connection ";

/// A server that requires a client certificate of `ca.pem`, and the folder of the files that clients use.
struct Server {
    openssl: Openssl,
    folder: TempDir,
}

impl Server {
    fn start() -> Self {
        install_crypto_provider();
        let arguments = "-Verify 3 -verify_return_error -CAfile ca.pem -cipher ALL:@SECLEVEL=0";
        Self { openssl: Openssl::serve_in(old_certificates(2048), arguments), folder: old_certificates(2048) }
    }

    /// Creates a file with `openssl`, readable for its owner only.
    fn create(&self, arguments: &str, name: &str) {
        run(&self.folder, &format!("{arguments} -out {name}"));
        set_mode(&self.folder.path().join(name), 0o600);
    }

    /// Why a connection with these files ends; without `key`, the file of `cert` has it.
    async fn reason(&self, cert: &str, key: Option<&str>, password: Option<&str>) -> String {
        reason_at(self.openssl.port, self.folder.path(), cert, key, password).await
    }
}

async fn reason_at(port: u16, folder: &Path, cert: &str, key: Option<&str>, password: Option<&str>) -> String {
    let login = Login { secrets: password.map(key_password).unwrap_or_default(), ..login("me") };
    let profile = profile_with_key(port, folder, cert, key);
    ConnectionFixture::open_with(profile, login, short_retry_limits()).wait_disconnected().await
}

fn profile_with_key(port: u16, folder: &Path, cert: &str, key: Option<&str>) -> Profile {
    let mut profile = profile(&format!("mqtts://localhost:{port}"), MqttVersion::V311);
    profile.tls.0 = TlsSettings {
        cert: Some(folder.join(cert)),
        key: key.map(|key| folder.join(key)),
        insecure: true,
        ..TlsSettings::default()
    };
    profile
}

fn key_password(password: &str) -> Secrets {
    Secrets::from_iter([(SecretKey::KeyPassword, password.into())])
}

#[tokio::test]
async fn encrypted_keys_of_every_kind_are_presented() {
    let server = Server::start();
    let pkcs8 = format!("pkcs8 -topk8 -in client.key {OUT}");
    let traditional = format!("rsa -traditional -in client.key {OUT}");
    let legacy = "-provider legacy -provider default";
    for (number, arguments) in [
        pkcs8.clone(),
        format!("{pkcs8} -v2 aes-128-cbc -v2prf hmacWithSHA1"),
        format!("{pkcs8} -v2 aes-192-cbc -v2prf hmacWithSHA384"),
        format!("{pkcs8} -v2 aes-256-cbc -v2prf hmacWithSHA512"),
        format!("{pkcs8} -v2 des3"),
        format!("{pkcs8} -v2 des {legacy}"),
        format!("{pkcs8} -iter 100000"),
        format!("{pkcs8} -scrypt"),
        format!("{pkcs8} -outform der"),
        format!("{traditional} -aes128"),
        format!("{traditional} -aes192"),
        format!("{traditional} -aes256"),
        format!("{traditional} -des3"),
        format!("{traditional} -des {legacy}"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("{number}.key");
        server.create(&arguments, &name);
        let reason = server.reason("client.pem", Some(&name), Some(PASSWORD)).await;
        assert!(reason.contains(CONNECTED), "{arguments}: {reason}");
        let reason = server.reason("client.pem", Some(&name), Some("falsch")).await;
        assert!(reason.contains(&format!("/{name} is wrong: check `key_password`")), "{arguments}: {reason}");
        let reason = server.reason("client.pem", Some(&name), None).await;
        assert!(reason.contains(&format!("/{name} is encrypted: set `key_password` under")), "{arguments}: {reason}");
    }
}

#[tokio::test]
async fn traditional_keys_of_ssh_keygen_and_of_elliptic_curves_are_presented() {
    let server = Server::start();
    let folder = server.folder.path();
    std::fs::copy(folder.join("client.key"), folder.join("ssh.key")).expect("the key can be copied");
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-p", "-m", "PEM", "-N", PASSWORD, "-f", "ssh.key"]).current_dir(folder);
    assert!(process::output(&mut command).status.success(), "ssh-keygen encrypts a key");
    assert!(server.reason("client.pem", Some("ssh.key"), Some(PASSWORD)).await.contains(CONNECTED));

    run(&server.folder, "ecparam -genkey -name prime256v1 -noout -out ec.plain");
    run(&server.folder, "req -new -key ec.plain -subj /CN=me -out ec.csr");
    run(&server.folder, "x509 -req -in ec.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out ec.pem");
    server.create(&format!("ec -in ec.plain -aes256 {OUT}"), "traditional.key");
    server.create(&format!("pkcs8 -topk8 -in ec.plain {OUT}"), "pkcs8.key");
    // As Java writes it: the public key is only in the certificate.
    server.create("ec -in ec.plain -no_public", "sec1.bare");
    server.create(&format!("pkcs8 -topk8 -in sec1.bare {OUT}"), "bare.key");
    server.create(&format!("pkcs12 -export -in ec.pem -inkey sec1.bare {OUT}"), "bare.p12");
    let curve = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    run(&server.folder, &format!("req -x509 {curve} -keyout other.key -out other.pem -days 2 -subj /CN=other"));
    for key in ["sec1.bare", "bare.key", "bare.p12"] {
        let reason = server.reason("ec.pem", Some(key), Some(PASSWORD)).await;
        assert!(reason.contains(CONNECTED), "{key}: {reason}");
        for other in ["other.pem", "client.pem"] {
            let reason = server.reason(other, Some(key), Some(PASSWORD)).await;
            assert!(reason.contains("does not belong to the certificate in"), "{key} {other}: {reason}");
        }
    }
    for key in ["traditional.key", "pkcs8.key"] {
        // As Windows would save it.
        let text = std::fs::read_to_string(folder.join(key)).expect("the key can be read");
        write_private(&folder.join("crlf.key"), text.replace('\n', "\r\n").as_bytes()).expect("it can be written");
        for key in [key, "crlf.key"] {
            let reason = server.reason("ec.pem", Some(key), Some(PASSWORD)).await;
            assert!(reason.contains(CONNECTED), "{key}: {reason}");
        }
    }
}

#[tokio::test]
async fn pkcs12_files_are_presented_with_the_certificate_of_their_key() {
    let server = Server::start();
    let export = format!("pkcs12 -export -in client.pem -inkey client.key {OUT}");
    for (number, arguments) in [
        export.clone(),
        format!("{export} -name mine -certfile server.pem"),
        format!("{export} -legacy -name mine -certfile ca.pem"),
        format!("{export} -legacy -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1"),
        format!("{export} -certpbe AES-128-CBC -keypbe AES-256-CBC -macalg sha512"),
        format!("{export} -nomac"),
        format!("{export} -certpbe NONE -keypbe NONE"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("{number}.p12");
        server.create(&arguments, &name);
        for (cert, key) in
            [(&*name, None), (&name, Some(&*name)), (&name, Some("client.key")), ("client.pem", Some(&name))]
        {
            let reason = server.reason(cert, key, Some(PASSWORD)).await;
            assert!(reason.contains(CONNECTED), "{arguments} {cert} {key:?}: {reason}");
        }
        let reason = server.reason(&name, None, Some("falsch")).await;
        assert!(reason.contains(&format!("/{name} is wrong: check `key_password`")), "{arguments}: {reason}");
        let reason = server.reason(&name, None, None).await;
        assert!(reason.contains(&format!("/{name} is encrypted: set `key_password` under")), "{arguments}: {reason}");
    }
    server.create("pkcs12 -export -in client.pem -inkey client.key -passout pass:", "empty.p12");
    let reason = server.reason("empty.p12", None, None).await;
    assert!(reason.contains(CONNECTED), "{reason}");
    server.create("pkcs12 -export -in client.pem -inkey client.key -passout pass:gehéim…", "unicode.p12");
    let reason = server.reason("unicode.p12", None, Some("gehéim…")).await;
    assert!(reason.contains(CONNECTED), "{reason}");
}

/// The server knows the root only, so it needs the certificate between.
#[tokio::test]
async fn chain_of_a_file_is_presented_in_its_order() {
    let server = Server::start();
    for name in ["between", "leaf"] {
        let request = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        run(&server.folder, &format!("req -new {request} -keyout {name}.key -out {name}.csr -subj /CN={name}"));
    }
    write_private(&server.folder.path().join("ca.ext"), b"basicConstraints=critical,CA:true")
        .expect("it can be written");
    let sign = |name: &str, by: &str, more: &str| {
        let by = format!("-CA {by}.pem -CAkey {by}.key -CAcreateserial -days 2");
        run(&server.folder, &format!("x509 -req -in {name}.csr {by} -out {name}.pem{more}"));
    };
    sign("between", "ca", " -extfile ca.ext");
    sign("leaf", "between", "");
    let export = format!("pkcs12 -export -in leaf.pem -inkey leaf.key {OUT}");
    server.create(&export, "alone.p12");
    let reason = server.reason("alone.p12", None, Some(PASSWORD)).await;
    assert!(!reason.contains(CONNECTED), "{reason}");
    server.create(&format!("{export} -certfile between.pem"), "chain.p12");
    server.create(&format!("{export} -legacy -certfile between.pem"), "old.p12");
    // What openssl makes of it: attributes, an encrypted key and certificates in one file, the leaf last.
    let convert = format!("pkcs12 -in chain.p12 -passin pass:{PASSWORD}");
    server.create(&format!("{convert} {OUT}"), "all.pem");
    server.create(&format!("{convert} -cacerts -nokeys"), "authorities.pem");
    server.create(&format!("{convert} -clcerts {OUT}"), "own.pem");
    let read = |name: &str| std::fs::read(server.folder.path().join(name)).expect("the file can be read");
    let leaf_last = [read("authorities.pem"), read("own.pem")].concat();
    write_private(&server.folder.path().join("last.pem"), &leaf_last).expect("it can be written");
    server.create(&format!("ec -in leaf.key -aes128 {OUT}"), "traditional.key");
    let traditional = [read("leaf.pem"), read("between.pem"), read("traditional.key")].concat();
    write_private(&server.folder.path().join("traditional.pem"), &traditional).expect("it can be written");
    for name in ["chain.p12", "old.p12", "all.pem", "last.pem", "traditional.pem"] {
        let reason = server.reason(name, Some(name), Some(PASSWORD)).await;
        assert!(reason.contains(CONNECTED), "{name}: {reason}");
    }
}

#[tokio::test]
async fn files_of_keys_that_cannot_be_used_are_told_with_what_to_do() {
    let server = Server::start();
    let folder = server.folder.path();
    let write = |name: &str, contents: &[u8]| write_private(&folder.join(name), contents).expect("it can be written");
    let read = |name: &str| std::fs::read(folder.join(name)).expect("the file can be read");
    let export = format!("pkcs12 -export {OUT}");
    server.create(&format!("pkcs8 -topk8 -in client.key {OUT}"), "encrypted.key");
    server.create(&format!("rsa -traditional -in client.key -aes256 {OUT}"), "traditional.key");
    server.create(&format!("{export} -in client.pem -inkey client.key"), "client.p12");
    server.create(&format!("{export} -in ca.pem -nokeys"), "certificates.p12");
    server.create(&format!("{export} -in client.pem -inkey client.key -iter 1000001"), "costly.p12");
    server.create(&format!("pkcs8 -topk8 -in client.key {OUT} -iter 10000001"), "costly.key");
    server.create("pkey -in client.key -outform der", "client.der");
    server.create("x509 -in client.pem -outform der", "client.crt");
    write("cut.key", &read("encrypted.key")[..800]);
    write("cut-traditional.key", &read("traditional.key")[..800]);
    write("cut.p12", &read("client.p12")[..1_000]);
    let no_initialization =
        String::from_utf8_lossy(&read("traditional.key")).replace("DEK-Info: AES-256-CBC,", "DEK-Info: ");
    write("no-cipher.key", no_initialization.as_bytes());
    write("ssh.key", b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----\n");
    run(&server.folder, "ecparam -genkey -name secp256k1 -noout -out curve.key");
    run(&server.folder, "req -new -x509 -key curve.key -out curve.crt -days 2 -subj /CN=me");
    run(&server.folder, "req -x509 -newkey rsa:1024 -noenc -keyout weak.key -out weak.crt -days 2 -subj /CN=authority");
    write("chain.pem", &[read("curve.crt"), read("weak.crt")].concat());
    server.create("rsa -traditional -in weak.key", "weak-pkcs1.key");
    server.create(&format!("{export} -in weak.crt -inkey weak.key"), "weak.p12");
    let closed = free_port();
    let (right, none) = (Some(PASSWORD), None);
    for (cert, key, password, expected) in [
        ("client.pem", Some("encrypted.key"), none, "/encrypted.key is encrypted: set `key_password` under [tls]"),
        ("client.pem", Some("encrypted.key"), Some(""), "/encrypted.key is wrong: check `key_password` under [tls]"),
        (
            "client.pem",
            Some("costly.key"),
            right,
            "/costly.key wants too many rounds or too much memory for its password;",
        ),
        ("costly.p12", None, right, "/costly.p12 wants too many rounds or too much memory for its password;"),
        ("client.pem", Some("cut.key"), right, "/cut.key is damaged: copy or create it again"),
        ("client.pem", Some("cut-traditional.key"), right, "/cut-traditional.key is damaged: copy or create it again"),
        ("client.pem", Some("no-cipher.key"), right, "/no-cipher.key is damaged: copy or create it again"),
        ("cut.p12", None, right, "/cut.p12 is damaged: copy or create it again"),
        ("certificates.p12", None, right, "/certificates.p12 contains no usable key"),
        ("server.pem", Some("encrypted.key"), right, "does not belong to the certificate in"),
        ("server.pem", Some("client.p12"), right, "does not belong to the certificate in"),
        ("client.p12", Some("server.key"), right, "does not belong to the certificate in"),
        ("client.pem", Some("ssh.key"), none, "/ssh.key is not a valid key"),
        // The key is no RSA key, whatever the other certificates have.
        ("chain.pem", Some("curve.key"), none, "/curve.key is of a type that cannot be used: create an RSA, an ECDSA "),
        ("weak.crt", Some("curve.key"), none, "/curve.key is of a type that cannot be used: create an RSA, an ECDSA "),
        ("curve.crt", Some("weak.key"), none, "/weak.key has 1024 bits, which is too weak: create one of 2048 bits"),
        ("weak.crt", Some("weak-pkcs1.key"), none, "/weak-pkcs1.key has 1024 bits, which is too weak"),
        ("weak.p12", None, right, "/weak.p12 has 1024 bits, which is too weak"),
        ("client.pem", Some("server.key"), none, "does not belong to the certificate"),
        ("client.key", Some("client.key"), none, "contains no certificate"),
        ("client.pem", Some("client.pem"), none, "contains no usable key"),
        ("client.pem", Some("client.crt"), right, "client.crt is not a valid key"),
        // A password that is not needed does no harm.
        ("client.crt", Some("client.der"), right, "nothing listens on"),
        ("client.pem", Some("client.key"), right, "nothing listens on"),
        ("client.p12", None, right, "nothing listens on"),
    ] {
        let reason = reason_at(closed, folder, cert, key, password).await;
        println!("{reason}");
        assert!(reason.contains(expected) && !reason.contains(PASSWORD), "{expected}: {reason}");
    }
    let reason = reason_at(closed, Path::new("/"), "dev/zero", Some("dev/null"), none).await;
    assert!(reason.contains("/dev/zero is larger than 16 MiB"), "{reason}");
    let mut profile = profile(&format!("mqtts://localhost:{closed}"), MqttVersion::V311);
    profile.tls.0.ca = Some(folder.join("certificates.p12"));
    let reason = ConnectionFixture::open(profile, "me").wait_disconnected().await;
    assert!(reason.contains("is a PKCS#12 file, but `ca` needs its certificates: openssl pkcs12 -in "), "{reason}");
    // Both files contain a private key.
    set_mode(&folder.join("client.p12"), 0o644);
    for (cert, key) in [("client.p12", None), ("client.p12", Some("client.key")), ("client.pem", Some("client.p12"))] {
        let reason = reason_at(closed, folder, cert, key, right).await;
        assert!(reason.contains("other users can read ") && reason.contains("chmod 600 "), "{reason}");
    }
}

/// The command of the sentence about a file that is encrypted in an unknown way, with the passwords that it would ask
/// for.
fn conversion(reason: &str) -> String {
    let (_, command) = reason.split_once("convert it: ").unwrap_or_else(|| panic!("no command: {reason}"));
    let (command, _) = command.split_once("; then set ").expect("what to do then");
    format!("{command} -passin pass:{PASSWORD} {OUT}")
}

#[tokio::test]
async fn what_cannot_be_read_can_be_converted_with_the_command_of_the_sentence() {
    let server = Server::start();
    let folder = server.folder.path();
    let pkcs8 = format!("pkcs8 -topk8 -in client.key {OUT}");
    let export = format!("pkcs12 -export -legacy -in client.pem -inkey client.key {OUT}");
    for (name, arguments) in [
        ("md5.key", format!("{pkcs8} -v1 PBE-MD5-DES -provider legacy -provider default")),
        ("sha1.key", format!("{pkcs8} -v1 PBE-SHA1-3DES")),
        ("my camellia.key", format!("{pkcs8} -v2 camellia-256-cbc")),
        ("rc2.key", format!("{pkcs8} -v2 rc2-cbc -provider legacy -provider default")),
        ("traditional.key", format!("rsa -traditional -in client.key -camellia128 {OUT}")),
        ("rc2.p12", format!("{export} -certpbe PBE-SHA1-RC2-128 -keypbe PBE-SHA1-RC2-128")),
        ("rc4.p12", format!("{export} -certpbe PBE-SHA1-RC4-128 -keypbe PBE-SHA1-2DES")),
    ] {
        server.create(&arguments, "made");
        std::fs::rename(folder.join("made"), folder.join(name)).expect("the file can be renamed");
        let reason = server.reason("client.pem", Some(name), Some(PASSWORD)).await;
        assert!(reason.contains(&format!("/{name} is encrypted in a way that is not supported; ")), "{reason}");
        let mut command = Command::new("sh");
        command.args(["-c", &conversion(&reason)]).current_dir(folder);
        let output = process::output(&mut command);
        assert!(output.status.success(), "{reason}: {}", String::from_utf8_lossy(&output.stderr));
        let cert = if arguments.starts_with("pkcs12") { "NEW.pem" } else { "client.pem" };
        let reason = server.reason(cert, Some("NEW.pem"), Some(PASSWORD)).await;
        assert!(reason.contains(CONNECTED), "{name}: {reason}");
        std::fs::remove_file(folder.join("NEW.pem")).expect("the command has made it");
    }
}

/// What `ssh-keygen` writes can be used after the command of the sentence, which depends on the type of the key.
#[tokio::test]
async fn keys_of_openssh_can_be_replaced_with_the_command_of_the_sentence() {
    let server = Server::start();
    let folder = server.folder.path();
    let key = folder.join("my ssh.key");
    for (arguments, conversion) in
        [("-t rsa -b 2048", true), ("-t ecdsa -b 256", true), ("-t ecdsa -b 384", true), ("-t ed25519", false)]
    {
        for password in ["", PASSWORD] {
            let mut command = Command::new("ssh-keygen");
            command.arg("-q").args(arguments.split(' ')).args(["-N", password, "-f"]).arg(&key);
            assert!(process::output(&mut command).status.success(), "ssh-keygen creates a key");
            let reason = server.reason("client.pem", Some("my ssh.key"), Some(PASSWORD)).await;
            let (before, advice) = reason.rsplit_once(": ").expect("a command");
            assert!(before.contains("has the format of OpenSSH, which TLS does not use"), "{reason}");
            let (passwords, file) =
                if conversion { (format!(" -P '{password}' -N ''"), "my ssh.key") } else { (String::new(), "NEW.key") };
            let mut command = Command::new("sh");
            command.args(["-c", &format!("{advice}{passwords}")]).current_dir(folder);
            assert!(process::output(&mut command).status.success(), "{reason}");
            std::fs::rename(folder.join(file), folder.join("used.key")).expect("the command has made it");
            run(&server.folder, "req -new -key used.key -subj /CN=me -out ssh.csr");
            run(&server.folder, "x509 -req -in ssh.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out ssh.pem");
            let reason = server.reason("ssh.pem", Some("used.key"), None).await;
            assert!(reason.contains(CONNECTED), "{arguments}: {reason}");
            for file in ["my ssh.key", "my ssh.key.pub"] {
                let _ = std::fs::remove_file(folder.join(file));
            }
        }
    }
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-t", "ecdsa", "-b", "521", "-N", "", "-f"]).arg(&key);
    assert!(process::output(&mut command).status.success(), "ssh-keygen creates a key");
    let reason = server.reason("client.pem", Some("my ssh.key"), None).await;
    assert!(reason.contains("is of a type that cannot be used: create "), "{reason}");
}

/// Has the new password, and notes that it was asked for.
#[derive(Debug, Default)]
struct NewPassword(AtomicBool);

impl SecretReader for NewPassword {
    fn read(&self, _: &Secrets) -> Result<Secrets, Box<dyn Error + Send + Sync>> {
        self.0.store(true, Ordering::SeqCst);
        Ok(key_password("new"))
    }
}

#[tokio::test]
async fn password_of_a_renewed_key_is_read_again() {
    let server = Server::start();
    let create = |password: &str| {
        server.create(&format!("pkcs8 -topk8 -in client.key -passout pass:{password}"), "made.key");
        let path = |name: &str| server.folder.path().join(name);
        std::fs::rename(path("made.key"), path("renewed.key")).expect("the file can be renamed");
    };
    create("old");
    let reader = Arc::new(NewPassword::default());
    let secret_reader: Arc<dyn SecretReader> = Arc::<NewPassword>::clone(&reader);
    let login = Login { secrets: key_password("old"), secret_reader: Some(secret_reader), ..login("me") };
    // The broker cannot be reached, so the old password stays.
    let profile = profile_with_key(free_port(), server.folder.path(), "client.pem", Some("renewed.key"));
    let mut connection = ConnectionFixture::open_with(profile, login, short_retry_limits());
    let reason = connection.wait_disconnected().await;
    assert!(reason.starts_with("nothing listens on"), "{reason}");
    create("new");
    let mut reasons_after = 0;
    while reasons_after < 2 {
        let reason = connection.wait_disconnected().await;
        assert!(reason.starts_with("nothing listens on"), "{reason}");
        reasons_after += usize::from(reader.0.load(Ordering::SeqCst));
    }
}

/// The program resolves the password as that of the login, and says what it asks for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn password_of_a_key_comes_from_each_source() {
    let broker =
        BrokerFixture::start(BrokerConfig { certificate: Some(Certificate::Mutual), ..BrokerConfig::default() });
    let (ca, p12) = (broker.path("ca.pem"), broker.path("client.p12"));
    let mut command = Command::new("openssl");
    command.args(["pkcs12", "-export", "-in", "client.pem", "-inkey", "client.key", "-out", "client.p12"]);
    command.args(OUT.split(' ')).current_dir(broker.path(""));
    assert!(process::output(&mut command).status.success(), "openssl makes a PKCS#12 file");
    for source in [
        "\"geheim\"",
        "{ env = \"KEY_PASSWORD\" }",
        "{ command = [\"echo\", \"geheim\"] }",
        "{ file = \"word\" }",
        "{ prompt = true }",
    ] {
        let profiles = format!(
            "[profile.hub]\nurl = \"{}\"\nusername = \"anna\"\npassword = {{ prompt = true }}\n[profile.hub.tls]\n\
             ca = \"{}\"\ncert = \"{}\"\nkey_password = {source}\n",
            broker.url("localhost"),
            ca.display(),
            p12.display(),
        );
        let mut program = TerminalProgram::new(&["open", "b"])
            .env("KEY_PASSWORD", PASSWORD)
            .file("profiles.toml", &profiles)
            .file("word", &format!("{PASSWORD}\n"))
            .file("dashboards/b.toml", "profile = \"hub\"\n[[tile]]\nkind = \"text\"\nname = \"T\"\ntopic = \"t\"\n")
            .size(120, 30)
            .start();
        program.wait_text("Password of `anna` for profile `hub`:");
        program.type_text("of the login");
        program.press(Key::Enter);
        if source.contains("prompt") {
            program.wait_text("Password of the key for profile `hub`:");
            program.type_text(PASSWORD);
            program.press(Key::Enter);
        }
        program.wait_connected("");
        assert!(!program.screen_text().contains(PASSWORD), "{}", program.screen_text());
        program.quit();
    }
}
