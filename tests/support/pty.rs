//! A terminal of one's own: a program runs on a pseudo-terminal, a picture of its screen is kept, and
//! everything is waited for, with a limit. What still runs when it is dropped is killed.

use std::{
    fs::{self, File},
    io::{Read, Write},
    num::NonZeroU16,
    os::{fd::OwnedFd, unix::fs::PermissionsExt},
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::{
    fs::{Mode, OFlags},
    process::{Pid, Signal, kill_process},
    termios::{Action, Termios, tcflow, tcgetattr},
};
use tempfile::TempDir;
use vt100::{MouseProtocolMode, Parser, Screen};

/// How long anything may take: it only guards against never.
pub const LIMIT: Duration = Duration::from_secs(30);

/// The program under test.
pub const MQTT_DASH: &str = env!("CARGO_BIN_EXE_mqtt-dash");

/// A program that is about to be started, with a home that is empty but for what is put there.
pub struct Program {
    command: CommandBuilder,
    size: (u16, u16),
    home: TempDir,
}

impl Program {
    /// `mqtt-dash` with these arguments.
    pub fn new(arguments: &[&str]) -> Self {
        Self::of(Path::new(MQTT_DASH), arguments)
    }

    /// Another program.
    pub fn of(program: &Path, arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a home");
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.cwd(home.path());
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", home.path());
        for (name, folder) in
            [("XDG_CONFIG_HOME", "xdg/config"), ("XDG_STATE_HOME", "xdg/state"), ("XDG_DATA_HOME", "xdg/data")]
        {
            command.env(name, home.path().join(folder));
        }
        command.env("MQTT_DASH_CONFIG_DIR", home.path().join("config"));
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        Self { command, size: (80, 24), home }
    }

    /// On a terminal of this size, in columns and rows.
    pub fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    /// With this in its environment.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// With this file in its folder of configuration.
    pub fn file(self, name: &str, text: &str) -> Self {
        let path = self.home.path().join("config").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        let mut file = File::create(&path).expect("a file");
        file.set_permissions(fs::Permissions::from_mode(0o600)).expect("its permissions");
        file.write_all(text.as_bytes()).expect("it can be written");
        self
    }

    /// Starts it.
    pub fn start(self) -> Pty {
        let Self { command, size, home } = self;
        let pair = native_pty_system().openpty(pty_size(size)).expect("a pseudo-terminal");
        let name = pair.master.tty_name().expect("its name");
        let slave = rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())
            .expect("its other side");
        let before = tcgetattr(&slave).expect("its modes");
        let mut child = pair.slave.spawn_command(command).expect("it starts");
        drop(pair.slave);
        let pid = child.process_id().and_then(|id| Pid::from_raw(id.cast_signed())).expect("its number");
        let (columns, rows) = (nonzero(size.0), nonzero(size.1));
        let shared = Arc::new(Shared {
            seen: Mutex::new(Seen { parser: Parser::new(rows, columns, 0), slave: Some(slave), ..Seen::default() }),
            news: Condvar::new(),
        });
        let source = pair.master.try_clone_reader().expect("its output");
        let reader = thread::spawn({
            let shared = Arc::clone(&shared);
            move || read(source, &shared)
        });
        thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                let status = child.wait().expect("its end");
                shared.change(|seen| {
                    seen.ended = Some((status, Instant::now()));
                    // Without this side, reading the other comes to an end.
                    seen.after = seen.slave.take().map(|slave| tcgetattr(slave).expect("its modes"));
                });
            }
        });
        let keyboard = pair.master.take_writer().expect("its keyboard");
        let open = Some(Open { keyboard, master: pair.master, reader });
        Pty { shared, open, before, pid, home }
    }
}

/// A running program and its terminal.
pub struct Pty {
    shared: Arc<Shared>,
    open: Option<Open>,
    before: Termios,
    /// The program's number.
    pub pid: Pid,
    home: TempDir,
}

/// The side of the person at the terminal.
struct Open {
    keyboard: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    reader: JoinHandle<()>,
}

struct Shared {
    seen: Mutex<Seen>,
    news: Condvar,
}

/// What was seen of a program.
#[derive(Default)]
struct Seen {
    parser: Parser,
    bytes: Vec<u8>,
    /// Whether nothing is read from it for now.
    /// Whether nobody wants to read from it any more.
    closing: bool,
    /// Whether all of its output was read.
    over: bool,
    /// The program's side of the terminal, while it runs.
    slave: Option<OwnedFd>,
    /// The modes of the terminal at the end of the program.
    after: Option<Termios>,
    ended: Option<(ExitStatus, Instant)>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("no thread has panicked with it")
    }

    fn change(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.lock());
        self.news.notify_all();
    }
}

/// What stands on the screen for U+FFFD: the parser would pass over it, as no terminal does.
pub const UNKNOWN: char = '▯';

/// Puts [`UNKNOWN`] for U+FFFD; what may be its beginning is left for the next piece.
fn known(bytes: &mut Vec<u8>) -> Vec<u8> {
    let sign = "\u{fffd}".as_bytes();
    let left = (1..sign.len()).rev().find(|count| bytes.ends_with(&sign[..*count])).unwrap_or_default();
    let rest = bytes.split_off(bytes.len() - left);
    let whole = std::mem::replace(bytes, rest);
    let mut known = Vec::with_capacity(whole.len());
    let mut at = 0;
    while at < whole.len() {
        if whole[at..].starts_with(sign) {
            known.extend_from_slice(UNKNOWN.encode_utf8(&mut [0; 4]).as_bytes());
            at += sign.len();
        } else {
            known.push(whole[at]);
            at += 1;
        }
    }
    known
}

fn read(mut source: Box<dyn Read + Send>, shared: &Shared) {
    let mut piece = vec![0; 64 << 10];
    let mut rest = Vec::new();
    loop {
        if shared.lock().closing {
            return;
        }
        let count = source.read(&mut piece).unwrap_or_default();
        rest.extend_from_slice(&piece[..count]);
        let shown = known(&mut rest);
        shared.change(|seen| {
            seen.over = count == 0;
            seen.bytes.extend_from_slice(&piece[..count]);
            seen.parser.process(&shown);
        });
        if count == 0 {
            return;
        }
    }
}

impl Pty {
    /// A file below the program's home.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Waits until the screen fits.
    pub fn wait_for(&self, what: &str, mut fits: impl FnMut(&Screen) -> bool) {
        self.wait_until(what, |seen| fits(seen.parser.screen()));
    }

    /// Waits until all that was written fits.
    pub fn wait_bytes(&self, what: &str, mut fits: impl FnMut(&[u8]) -> bool) {
        self.wait_until(what, |seen| fits(&seen.bytes));
    }

    /// Waits until this text is on the screen.
    pub fn wait_text(&self, text: &str) {
        self.wait_for(text, |screen| screen.contents().contains(text));
    }

    /// Waits until this text is not on the screen.
    pub fn wait_no_text(&self, text: &str) {
        self.wait_for(&format!("no {text}"), |screen| !screen.contents().contains(text));
    }

    fn wait_until(&self, what: &str, mut fits: impl FnMut(&Seen) -> bool) {
        let end = Instant::now() + LIMIT;
        let mut seen = self.shared.lock();
        while !fits(&seen) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || (seen.over && seen.ended.is_some()) {
                let screen = seen.parser.screen().contents();
                let ended = seen.ended.as_ref().map(|(status, _)| status.to_string());
                drop(seen);
                panic!("waited in vain for: {what}\nthe program has ended: {ended:?}\n{screen}");
            }
            seen = self.shared.news.wait_timeout(seen, left).expect("no thread has panicked with it").0;
        }
    }

    /// What the screen shows, as text.
    pub fn text(&self) -> String {
        self.shared.lock().parser.screen().contents()
    }

    /// Looks at the screen.
    pub fn look<T>(&self, look: impl FnOnce(&Screen) -> T) -> T {
        look(self.shared.lock().parser.screen())
    }

    /// All bytes that it has written so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.shared.lock().bytes.clone()
    }

    /// How many bytes it has written so far.
    pub fn count(&self) -> usize {
        self.shared.lock().bytes.len()
    }

    /// Types this text, or presses the keys that send it.
    pub fn type_text(&mut self, text: &str) {
        let keyboard = &mut self.open.as_mut().expect("the terminal is open").keyboard;
        keyboard.write_all(text.as_bytes()).and_then(|()| keyboard.flush()).expect("it can be typed");
    }

    /// Presses a key.
    pub fn key(&mut self, key: Key) {
        self.type_text(key.sends());
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.shared.change(|seen| seen.parser.set_size(nonzero(rows), nonzero(columns)));
        let master = &self.open.as_ref().expect("the terminal is open").master;
        master.resize(pty_size((columns, rows))).expect("another size");
    }

    /// From now on the terminal takes nothing, as after Ctrl-S.
    pub fn pause(&self) {
        self.flow(Action::OOff);
    }

    /// It takes again what comes.
    pub fn go_on(&self) {
        self.flow(Action::OOn);
    }

    fn flow(&self, action: Action) {
        let seen = self.shared.lock();
        tcflow(seen.slave.as_ref().expect("the terminal is open"), action).expect("it can be told");
    }

    /// Sends a signal to the program.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).expect("it takes a signal");
    }

    /// Closes the terminal, as when a connection is dropped.
    pub fn close(&mut self) {
        let open = self.open.take().expect("the terminal is open");
        self.shared.change(|seen| seen.closing = true);
        // The reader holds the terminal open until something comes: another size is always answered.
        let size = open.master.get_size().expect("its size");
        open.master.resize(PtySize { cols: size.cols + 1, ..size }).expect("another size");
        open.reader.join().expect("the reader ends");
        self.shared.lock().slave.take();
    }

    /// Waits for the end of the program and of its output; gives its exit status.
    pub fn ended(&mut self) -> u32 {
        self.wait_until("the end of the program", |seen| seen.ended.is_some() && seen.over);
        let (status, _) = self.shared.lock().ended.clone().expect("it has ended");
        assert_eq!(status.signal(), None, "killed, not ended");
        status.exit_code()
    }

    /// When it ended.
    pub fn ended_at(&mut self) -> Instant {
        self.wait_until("the end of the program", |seen| seen.ended.is_some());
        self.shared.lock().ended.as_ref().map(|(_, at)| *at).expect("it has ended")
    }

    /// Checks that the terminal is as it was before the program began, as far as a program can
    /// change it: nothing of its output is outstanding then.
    pub fn assert_restored(&self) {
        self.wait_for("the terminal as it was", is_plain);
        let now = self.modes();
        assert_eq!(now.input_modes, self.before.input_modes);
        assert_eq!(now.output_modes, self.before.output_modes);
        assert_eq!(now.local_modes, self.before.local_modes);
        let written = String::from_utf8_lossy(&self.bytes()).into_owned();
        for (on, off) in [
            ("\x1b[?1049h", "\x1b[?1049l"),
            ("\x1b[?25l", "\x1b[?25h"),
            ("\x1b[?1000h", "\x1b[?1000l"),
            ("\x1b[?1003h", "\x1b[?1003l"),
            ("\x1b[?1006h", "\x1b[?1006l"),
            ("\x1b[?2004h", "\x1b[?2004l"),
            ("\x1b[?2026h", "\x1b[?2026l"),
        ] {
            assert!(written.rfind(on) <= written.rfind(off), "{on:?} is not undone");
        }
    }

    /// Whether keys come to the program one by one.
    pub fn is_raw(&self) -> bool {
        let now = self.modes();
        now.local_modes != self.before.local_modes && now.input_modes != self.before.input_modes
    }

    fn modes(&self) -> Termios {
        let seen = self.shared.lock();
        let now = seen.slave.as_ref().map(|slave| tcgetattr(slave).expect("its modes"));
        now.or_else(|| seen.after.clone()).expect("the terminal is open")
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if self.shared.lock().ended.is_none() {
            let _ = kill_process(self.pid, Signal::KILL);
        }
    }
}

/// Whether a screen is as a shell wants it.
pub fn is_plain(screen: &Screen) -> bool {
    !screen.alternate_screen()
        && !screen.hide_cursor()
        && !screen.bracketed_paste()
        && screen.mouse_protocol_mode() == MouseProtocolMode::None
}

/// A key that sends more, or other, than its letter.
#[derive(Debug, Clone, Copy)]
pub enum Key {
    Enter,
    Escape,
    Tab,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    Control(char),
}

impl Key {
    fn sends(self) -> &'static str {
        match self {
            Self::Enter => "\r",
            Self::Escape => "\x1b",
            Self::Tab => "\t",
            Self::Left => "\x1b[D",
            Self::Right => "\x1b[C",
            Self::Up => "\x1b[A",
            Self::Down => "\x1b[B",
            Self::Home => "\x1b[H",
            Self::End => "\x1b[F",
            Self::Control('c') => "\x03",
            Self::Control('l') => "\x0c",
            Self::Control('p') => "\x10",
            Self::Control('u') => "\x15",
            Self::Control('z') => "\x1a",
            Self::Control(other) => panic!("Ctrl-{other} is not known here"),
        }
    }
}

fn nonzero(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).expect("a size")
}

fn pty_size((columns, rows): (u16, u16)) -> PtySize {
    PtySize { cols: columns, rows, pixel_width: 0, pixel_height: 0 }
}
