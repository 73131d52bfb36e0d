//! Types into a terminal on a thread of its own: writing to a program that does not read blocks.

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Sender, channel},
    },
    thread::{self, JoinHandle},
};

/// How many bytes are written at once.
const CHUNK: usize = 4_096;

/// What types into a terminal.
pub struct Typist {
    queue: Sender<Vec<u8>>,
    waiting: Arc<AtomicUsize>,
    thread: JoinHandle<()>,
}

impl Typist {
    /// Starts the thread.
    pub fn start(mut keyboard: Box<dyn Write + Send>) -> Self {
        let (queue, receiver) = channel::<Vec<u8>>();
        let waiting = Arc::new(AtomicUsize::new(0));
        let thread = thread::spawn({
            let waiting = Arc::clone(&waiting);
            move || {
                for bytes in receiver {
                    for chunk in bytes.chunks(CHUNK) {
                        // Writing fails once the program has ended.
                        let _ = keyboard.write_all(chunk).and_then(|()| keyboard.flush());
                        waiting.fetch_sub(chunk.len(), Ordering::SeqCst);
                    }
                }
            }
        });
        Self { queue, waiting, thread }
    }

    /// Queues bytes.
    pub fn type_bytes(&self, bytes: Vec<u8>) {
        self.waiting.fetch_add(bytes.len(), Ordering::SeqCst);
        self.queue.send(bytes).expect("the thread that types runs");
    }

    /// How many bytes are not written yet.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }

    /// Waits until everything is written, and closes this side of the terminal.
    pub fn stop(self) {
        drop(self.queue);
        self.thread.join().expect("the thread that types ends");
    }
}
