//! A mosquitto of one's own: on a free port of this machine, with its files in a folder that goes
//! with it. Killed when dropped.

use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::TempDir;

/// How long the broker may take to come up.
const START: Duration = Duration::from_secs(10);

/// What a broker offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offer {
    pub tls: Tls,
    /// WebSocket instead of plain MQTT.
    pub web: bool,
    /// Only the user `ann` with the password `s3cret`.
    pub login: bool,
}

/// What certificate a broker shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tls {
    #[default]
    None,
    /// One signed by the authority in `ca.pem`.
    Authority,
    /// The same, and it wants one of the client too.
    Mutual,
    /// One signed by itself.
    SelfSigned,
    /// One signed by the authority, for another host.
    ForAnotherName,
}

/// A running mosquitto.
pub struct Mosquitto {
    pub port: u16,
    folder: TempDir,
    child: Child,
    log: Receiver<String>,
    offer: Offer,
}

impl Mosquitto {
    /// Starts one and waits until it runs.
    pub fn start(offer: Offer) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        if offer.tls != Tls::None {
            certificates(folder.path(), offer.tls);
        }
        if offer.login {
            let file = folder.path().join("passwords");
            run(Command::new(program("mosquitto_passwd")).arg("-b").arg("-c").arg(&file).args(["ann", "s3cret"]));
        }
        // Another test may take the port in between: then another one is tried.
        for _ in 0..20 {
            let port = free_port();
            configure(folder.path(), port, offer);
            if let Some((child, log)) = spawn(folder.path()) {
                return Self { port, folder, child, log, offer };
            }
        }
        panic!("mosquitto does not start");
    }

    /// The address of it, with this host.
    pub fn url(&self, host: &str) -> String {
        let scheme = match (self.offer.tls == Tls::None, self.offer.web) {
            (true, false) => "mqtt",
            (false, false) => "mqtts",
            (true, true) => "ws",
            (false, true) => "wss",
        };
        format!("{scheme}://{host}:{}", self.port)
    }

    /// One of its files.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Kills it, as the kernel does when memory runs out.
    pub fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it is gone");
    }

    /// Starts it again on the same port.
    pub fn restart(&mut self) {
        for _ in 0..20 {
            if let Some((child, log)) = spawn(self.folder.path()) {
                (self.child, self.log) = (child, log);
                return;
            }
        }
        panic!("mosquitto does not start again");
    }

    /// Stops or continues it without its noticing.
    pub fn signal(&self, signal: &str) {
        run(Command::new("kill").arg(format!("-{signal}")).arg(self.child.id().to_string()));
    }

    /// Publishes with `mosquitto_pub`.
    pub fn publish(&self, arguments: &[&str]) {
        run(self.client("mosquitto_pub").args(arguments));
    }

    /// Subscribes with `mosquitto_sub`; gives what it prints.
    pub fn subscribe(&self, arguments: &[&str]) -> String {
        run(self.client("mosquitto_sub").args(["-W", "10"]).args(arguments))
    }

    fn client(&self, name: &str) -> Command {
        let mut command = Command::new(program(name));
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]);
        command
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            for line in self.log.try_iter() {
                eprintln!("mosquitto: {line}");
            }
        }
    }
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// A program of mosquitto's.
fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into(), "/opt/homebrew/sbin".into()])
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
        .unwrap_or_else(|| {
            panic!("`{name}` is missing: these tests want mosquitto (`apt-get install mosquitto mosquitto-clients`)")
        })
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("the program runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn write(path: &Path, text: &str) {
    File::create(path).and_then(|mut file| file.write_all(text.as_bytes())).expect("a file can be written");
}

fn configure(folder: &Path, port: u16, offer: Offer) {
    let at = |name: &str| folder.join(name).display().to_string();
    let mut lines = vec!["user root".to_owned(), "log_dest stderr".to_owned(), "log_type all".to_owned()];
    if offer.web {
        // A mosquitto that listens for nothing but WebSockets ends at once.
        lines.push(format!("listener {} 127.0.0.1", free_port()));
    }
    lines.push(format!("listener {port} 127.0.0.1"));
    if offer.web {
        lines.push("protocol websockets".to_owned());
    }
    if offer.tls != Tls::None {
        lines.extend([format!("certfile {}", at("broker.pem")), format!("keyfile {}", at("broker.key"))]);
    }
    if offer.tls == Tls::Mutual {
        lines.extend([format!("cafile {}", at("ca.pem")), "require_certificate true".to_owned()]);
    }
    lines.push(if offer.login {
        format!("password_file {}", at("passwords"))
    } else {
        "allow_anonymous true".to_owned()
    });
    write(&folder.join("mosquitto.conf"), &(lines.join("\n") + "\n"));
}

/// Starts it; nothing when it ends at once.
fn spawn(folder: &Path) -> Option<(Child, Receiver<String>)> {
    let mut child = Command::new(program("mosquitto"))
        .arg("-c")
        .arg(folder.join("mosquitto.conf"))
        .stderr(Stdio::piped())
        .spawn()
        .expect("mosquitto starts");
    let errors = BufReader::new(child.stderr.take().expect("its messages"));
    let (said, log) = channel();
    std::thread::spawn(move || errors.lines().map_while(Result::ok).try_for_each(|line| said.send(line)));
    loop {
        match log.recv_timeout(START) {
            Ok(line) if line.ends_with(" running") => return Some((child, log)),
            Ok(_) => {}
            Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}

/// OpenSSL takes a certificate for one signed by itself when it has its authority's name.
fn named(name: &str, hosts: &[&str]) -> CertificateParams {
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut params = CertificateParams::new(hosts).expect("names of hosts");
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn certificates(folder: &Path, tls: Tls) {
    let names: &[&str] = if tls == Tls::ForAnotherName { &["broker.example"] } else { &["localhost", "127.0.0.1"] };
    let broker = KeyPair::generate().expect("a key");
    let params = named("broker", names);
    let save = |name: &str, text: String| write(&folder.join(name), &text);
    save("broker.key", broker.serialize_pem());
    if tls == Tls::SelfSigned {
        save("broker.pem", params.self_signed(&broker).expect("a certificate").pem());
        return;
    }
    let mut authority = named("authority", &[]);
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key")).expect("an authority");
    save("ca.pem", authority.pem());
    save("broker.pem", params.signed_by(&broker, &authority).expect("a certificate").pem());
    let client = KeyPair::generate().expect("a key");
    let params = named("me", &["me"]);
    save("client.key", client.serialize_pem());
    save("client.pem", params.signed_by(&client, &authority).expect("a certificate").pem());
}
