//! A line of bad quality: stands between a client and its broker and delays, throttles, cuts, resets
//! or swallows what goes through.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::Notify,
    time::sleep,
};

/// What happens to a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Both sides are closed.
    Cut,
    /// Both sides are reset: what was under way is gone.
    Reset,
    /// The broker is gone, and the client is not told: what it says goes nowhere.
    HalfOpen,
    /// The client is told that nothing more comes, and is listened to no more.
    HalfClosed,
}

/// How slowly everything goes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weather {
    /// How long each piece is held back.
    pub latency: Duration,
    /// The most bytes of a piece; none: as they come.
    pub piece: Option<usize>,
}

/// The line of bad quality.
pub struct Chaos {
    pub port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    connections: AtomicUsize,
    struck: AtomicUsize,
    /// What strikes in the middle of the next packet, whoever sends it.
    next: Mutex<Option<Trouble>>,
    /// What strikes at once.
    now: Mutex<Option<Trouble>>,
    told: Notify,
    weather: Mutex<Weather>,
}

impl Chaos {
    /// A line to the broker at this port of this machine.
    pub async fn start(broker: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                theirs.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(carry(client, broker, Arc::clone(&theirs)));
            }
        });
        Self { port, shared }
    }

    pub fn url(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }

    /// How many connections came.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How many of them trouble has struck.
    pub fn struck(&self) -> usize {
        self.shared.struck.load(Ordering::SeqCst)
    }

    /// From now on everything goes so slowly.
    pub fn weather(&self, weather: Weather) {
        *self.shared.weather.lock().expect("no thread has panicked with it") = weather;
    }

    /// This strikes in the middle of the next packet.
    pub fn strike_next(&self, trouble: Trouble) {
        *self.shared.next.lock().expect("no thread has panicked with it") = Some(trouble);
    }

    /// This strikes at once, also where nothing is under way.
    pub fn strike_now(&self, trouble: Trouble) {
        *self.shared.now.lock().expect("no thread has panicked with it") = Some(trouble);
        self.shared.told.notify_one();
    }
}

async fn carry(mut client: TcpStream, broker: u16, shared: Arc<Shared>) {
    let Ok(mut broker) = TcpStream::connect(("127.0.0.1", broker)).await else { return };
    for stream in [&client, &broker] {
        stream.set_nodelay(true).expect("small packets go at once");
    }
    let trouble = {
        let (mut from_client, mut to_client) = client.split();
        let (mut from_broker, mut to_broker) = broker.split();
        let both = async {
            let up = pump(&mut from_client, &mut to_broker, &shared);
            let down = pump(&mut from_broker, &mut to_client, &shared);
            tokio::try_join!(up, down).err()
        };
        let now = async {
            loop {
                shared.told.notified().await;
                let trouble = shared.now.lock().expect("no thread has panicked with it").take();
                if trouble.is_some() {
                    return trouble;
                }
            }
        };
        tokio::select! { trouble = both => trouble, trouble = now => trouble }
    };
    let Some(trouble) = trouble else { return };
    shared.struck.fetch_add(1, Ordering::SeqCst);
    match trouble {
        Trouble::Cut => {}
        Trouble::Reset => {
            for stream in [&client, &broker] {
                stream.set_zero_linger().expect("it can be reset");
            }
        }
        Trouble::HalfOpen => {
            drop(broker);
            swallow(client).await;
        }
        Trouble::HalfClosed => {
            drop(broker);
            let _ = client.shutdown().await;
            swallow(client).await;
        }
    }
}

/// Carries one direction to its end; an error is the trouble that struck.
async fn pump(from: &mut ReadHalf<'_>, to: &mut WriteHalf<'_>, shared: &Shared) -> Result<(), Trouble> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let weather = *shared.weather.lock().expect("no thread has panicked with it");
        let most = weather.piece.unwrap_or(buffer.len());
        let count = from.read(&mut buffer[..most]).await.unwrap_or_default();
        if count == 0 {
            let _ = to.shutdown().await;
            return Ok(());
        }
        if !weather.latency.is_zero() {
            sleep(weather.latency).await;
        }
        let trouble = shared.next.lock().expect("no thread has panicked with it").take();
        let whole = if trouble.is_some() { fastrand::usize(..=count) } else { count };
        if to.write_all(&buffer[..whole]).await.is_err() {
            return Ok(());
        }
        if let Some(trouble) = trouble {
            return Err(trouble);
        }
    }
}

/// Takes what comes, for as long as it comes.
async fn swallow(mut client: TcpStream) {
    let mut buffer = vec![0; 4 << 10];
    while client.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
}
