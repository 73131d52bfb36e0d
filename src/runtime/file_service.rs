//! The thread that edits and saves the files of the program, one request at a time and in their order. The event
//! loop never waits for a disk: it only queues requests, and the results come back as events. What is opened or
//! imported is read on the threads of [`background`](super::background).

use std::{collections::VecDeque, path::PathBuf, thread::JoinHandle};

use tokio::sync::mpsc::{self, Receiver, Sender, error::TrySendError};

use super::{
    background::failure,
    file_writer::EditExecutor,
    runtime_event::{EventSender, RuntimeEvent},
    undo_history::UndoHistory,
};
use crate::{
    app::{Event, FilesEffect, FilesEvent, ShellEvent},
    config::{self, AppPaths, KeptDeletions},
    model::{expansion::TileOrigin, open_tabs::OpenTabs, state_cache::StateCache},
};

/// How many requests may wait for the thread.
const CAPACITY: usize = 64;

/// What the thread does.
#[derive(Debug)]
pub(super) enum FileRequest {
    /// Execute an effect.
    Execute(FilesEffect),
    /// Save the tile state of the profile of this name.
    SaveState(String, StateCache),
    /// Save the open tabs for the next start.
    SaveTabs(OpenTabs),
    /// Show this notice, unless it was shown before, in this run or an earlier one.
    ShowOnce(String),
    /// Find the line on which the tile begins in a file that is defined there, to open it in the user's editor.
    FindTile(PathBuf, TileOrigin),
}

/// What the thread remembers from one request to the next.
#[derive(Default)]
struct KeptEdits {
    undo_history: UndoHistory,
    deletions: KeptDeletions,
}

/// Queues requests for the thread.
pub(super) struct FileService {
    requests: Sender<FileRequest>,
    /// The requests that did not fit into the queue, in order. While there are any, the event loop refuses what the
    /// user could add, so that there are never many.
    backlog: VecDeque<FileRequest>,
    thread: JoinHandle<()>,
}

impl FileRequest {
    /// Returns whether an earlier request need not be executed if this one is.
    fn replaces(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (Self::SaveTabs(_), Self::SaveTabs(_)) => true,
            (Self::SaveState(name, _), Self::SaveState(other, _)) => name == other,
            (
                Self::Execute(FilesEffect::RememberDashboard(path, _)),
                Self::Execute(FilesEffect::RememberDashboard(other, _)),
            ) => path == other,
            _ => false,
        }
    }
}

impl FileService {
    /// Starts the thread.
    pub(super) fn start(paths: AppPaths, events: EventSender) -> Self {
        let (requests, receiver) = mpsc::channel(CAPACITY);
        let thread = std::thread::spawn(move || run(&EditExecutor { paths }, receiver, &events));
        Self { requests, backlog: VecDeque::new(), thread }
    }

    /// Queues a request. Of the states of a profile, and of the tabs, only the last ones must be saved.
    pub(super) fn enqueue(&mut self, request: FileRequest) {
        self.backlog.retain(|earlier| !request.replaces(earlier));
        self.backlog.push_back(request);
        self.send_backlog();
    }

    /// Returns whether requests wait for a place in the queue.
    pub(super) fn is_congested(&self) -> bool {
        !self.backlog.is_empty()
    }

    /// Moves as many requests to the queue as there is room for.
    pub(super) fn send_backlog(&mut self) {
        while let Some(request) = self.backlog.pop_front() {
            if let Err(TrySendError::Full(request)) = self.requests.try_send(request) {
                self.backlog.push_front(request);
                return;
            }
        }
    }

    /// Waits until the queue has room. Cancel safe.
    pub(super) async fn wait_for_room(&self) {
        // The thread is gone: `send_backlog` drops the requests.
        let _ = self.requests.reserve().await;
    }

    /// Waits until all requests are executed.
    pub(super) async fn finish(self) {
        for request in self.backlog {
            // The thread is gone.
            let _ = self.requests.send(request).await;
        }
        drop(self.requests);
        // A thread that panicked has left the files whole.
        let _ = tokio::task::spawn_blocking(|| self.thread.join()).await;
    }
}

fn run(executor: &EditExecutor, mut requests: Receiver<FileRequest>, events: &EventSender) {
    let mut kept = KeptEdits::default();
    while let Some(request) = requests.blocking_recv() {
        for event in execute(executor, request, &mut kept) {
            // If the receiver is gone, the program is shutting down. Queued requests are still executed.
            let _ = events.blocking_send(event);
        }
    }
}

fn execute(executor: &EditExecutor, request: FileRequest, kept: &mut KeptEdits) -> Vec<RuntimeEvent> {
    let paths = &executor.paths;
    match request {
        FileRequest::Execute(FilesEffect::SaveGrant(line)) => report_failure(config::save_grant(paths, &line)),
        FileRequest::Execute(FilesEffect::RevokeGrants(lines)) => report_failure(config::revoke_grants(paths, &lines)),
        FileRequest::Execute(FilesEffect::RememberDashboard(path, remembered)) => {
            if let Err(error) = config::save_remembered(paths, &path, *remembered) {
                // Only logged: the devices appear again with their messages.
                tracing::warn!("the devices of a dashboard are not saved: {error}");
            }
            Vec::new()
        }
        FileRequest::Execute(FilesEffect::LoadSentMessages(profile)) => {
            match config::load_sent_messages(paths, &profile) {
                Ok(history) => vec![Event::Files(FilesEvent::SentMessagesLoaded(profile, history)).into()],
                Err(error) => vec![failure(error.to_string())],
            }
        }
        FileRequest::Execute(FilesEffect::SaveSentMessage(profile, sent)) => {
            report_failure(config::save_sent_message(paths, &profile, *sent))
        }
        FileRequest::Execute(FilesEffect::LoadDeletion(profile, broker)) => {
            let (loaded, failed) = match kept.deletions.load(paths, &profile, &broker) {
                Ok(loaded) => (loaded, None),
                Err(error) => (None, Some(failure(error.to_string()))),
            };
            let loaded = FilesEvent::DeletionLoaded(profile, loaded.map(Box::new));
            std::iter::once(Event::Files(loaded).into()).chain(failed).collect()
        }
        FileRequest::Execute(FilesEffect::KeepDeletion(profile, step)) => {
            let result = kept.deletions.keep(paths, &profile, &step).map_err(|error| error.to_string());
            vec![Event::Files(FilesEvent::DeletionKept(step.serial, result)).into()]
        }
        FileRequest::Execute(FilesEffect::RemoveDeletion(profile)) => {
            report_failure(kept.deletions.remove(paths, &profile))
        }
        FileRequest::Execute(effect) => executor
            .execute(effect, &mut kept.undo_history)
            .into_iter()
            .map(|event| Event::Files(event).into())
            .collect(),
        FileRequest::SaveState(profile, state_cache) => {
            if let Err(error) = config::save_state_cache(paths, &profile, &state_cache) {
                // Only logged: the values on the screen do not depend on it.
                tracing::warn!("tile state is not saved: {error}");
            }
            Vec::new()
        }
        FileRequest::SaveTabs(tabs) => {
            if let Err(error) = config::save_open_tabs(paths, tabs) {
                // Only logged: the next start does without.
                tracing::warn!("the tabs are not saved: {error}");
            }
            Vec::new()
        }
        FileRequest::ShowOnce(notice) => show_once(paths, notice).into_iter().collect(),
        FileRequest::FindTile(path, tile) => {
            let line = config::tile_line_number(&path, &tile);
            vec![RuntimeEvent::TileFound(path, line)]
        }
    }
}

/// Returns the event that tells the user of an error, if there is one.
fn report_failure(result: Result<(), impl std::error::Error>) -> Vec<RuntimeEvent> {
    result.err().map(|error| failure(error.to_string())).into_iter().collect()
}

fn show_once(paths: &AppPaths, notice: String) -> Option<RuntimeEvent> {
    let key = format!("notice: {}", notice.replace(['\n', '\r'], " "));
    if config::load_grants(paths).contains(&key) {
        return None;
    }
    if let Err(error) = config::save_grant(paths, &key) {
        tracing::debug!("cannot save that a notice was shown, it will be shown again: {error}");
    }
    Some(Event::Shell(ShellEvent::Notice(notice)).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::runtime_event;

    fn grant(number: usize) -> FileRequest {
        FileRequest::Execute(FilesEffect::SaveGrant(format!("{number:04}")))
    }

    #[tokio::test]
    async fn requests_beyond_the_capacity_are_executed_before_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        let (events, receiver) = runtime_event::channel();
        let mut service = FileService::start(paths.clone(), events);
        for number in 0..3 * CAPACITY {
            service.enqueue(grant(number));
        }
        drop(receiver);
        service.finish().await;
        assert_eq!(config::load_grants(&paths).to_text().lines().count(), 3 * CAPACITY);
    }

    #[tokio::test]
    async fn full_event_channel_blocks_neither_the_queue_nor_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let (events, mut receiver) = runtime_event::channel();
        let mut service = FileService::start(AppPaths::in_folder(folder.path()), events);
        let requests = 2 * CAPACITY + 40;
        for number in 0..requests {
            service.enqueue(FileRequest::FindTile("/there/is/none".into(), TileOrigin::Tile(number)));
        }
        assert!(service.is_congested(), "the thread waits for the receiver of its results");
        let mut received = 0;
        while service.is_congested() {
            tokio::select! {
                _ = receiver.recv() => received += 1,
                () = service.wait_for_room() => service.send_backlog(),
            }
        }
        assert!(received > 0);
        drop(receiver);
        service.finish().await;
    }

    #[test]
    fn one_time_notice_is_shown_once() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        let shown = |text: &str| show_once(&paths, text.to_owned()).is_some();
        assert_eq!([shown("a"), shown("b"), shown("a")], [true, true, false]);
    }
}
