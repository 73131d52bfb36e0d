//! The script engine in its own thread: the order of results, pending display requests, and a hanging engine.

use std::time::Duration;

use mqtt_dash::{
    model::{
        id::TileId,
        script::{ScriptError, ScriptRequest, ScriptResponse, ScriptResult},
    },
    script::{ScriptWorker, WorkerCommand},
};
use tokio::{
    sync::mpsc::Receiver,
    time::{Instant, timeout_at},
};

use crate::fixtures::scripts::{OTHER_TILE, TILE, empty_display, on_display, on_receive, received, text_view};

const TIMEOUT: Duration = Duration::from_mins(1);

fn message(tile: TileId, ticket: u64) -> ScriptRequest {
    ScriptRequest { tile_id: tile, request_id: ticket, event: received("t", "x") }
}

fn display(tile: TileId, ticket: u64) -> ScriptRequest {
    ScriptRequest { tile_id: tile, request_id: ticket, event: empty_display(text_view(&ticket.to_string())) }
}

/// Waits for this many results.
async fn receive(outcomes: &mut Receiver<Vec<ScriptResponse>>, count: usize) -> Vec<ScriptResponse> {
    let end = Instant::now() + TIMEOUT;
    let mut all = Vec::new();
    while all.len() < count {
        let received = timeout_at(end, outcomes.recv()).await.expect("no result before the timeout");
        all.extend(received.expect("the worker runs"));
    }
    all
}

fn payloads(outcomes: &[ScriptResponse]) -> Vec<&str> {
    outcomes
        .iter()
        .map(|outcome| match &outcome.result {
            Ok(ScriptResult::Receive(payload)) => payload.as_deref().unwrap_or_default(),
            _ => "error",
        })
        .collect()
}

#[tokio::test]
async fn results_arrive_in_order_of_requests() {
    let (worker, mut outcomes) = ScriptWorker::start().unwrap();
    let count = "event.data = (event.data || 0) + 1; event.payload = event.data";
    worker
        .send(WorkerCommand::SetScripts(vec![
            (TILE, on_receive(count)),
            (OTHER_TILE, on_receive("event.payload = 'b'")),
        ]))
        .unwrap();
    worker.send(WorkerCommand::Run(vec![message(TILE, 1), message(OTHER_TILE, 2), message(TILE, 3)])).unwrap();
    worker.send(WorkerCommand::Run(vec![message(TILE, 4)])).unwrap();
    let results = receive(&mut outcomes, 4).await;
    assert_eq!(results.iter().map(|outcome| outcome.request_id).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(payloads(&results), ["1", "b", "2", "3"]);
    worker.send(WorkerCommand::RemoveTiles(vec![TILE])).unwrap();
    worker.send(WorkerCommand::Run(vec![message(TILE, 5)])).unwrap();
    assert_eq!(payloads(&receive(&mut outcomes, 1).await), [""]);
}

#[tokio::test]
async fn only_last_pending_display_request_is_answered() {
    let (worker, mut outcomes) = ScriptWorker::start().unwrap();
    let scripts = on_display("event.name = 'x'");
    worker.send(WorkerCommand::SetScripts(vec![(TILE, scripts.clone()), (OTHER_TILE, scripts)])).unwrap();
    worker
        .send(WorkerCommand::Run(
            (0..100).map(|ticket| display(TILE, ticket)).chain([display(OTHER_TILE, 100)]).collect(),
        ))
        .unwrap();
    let results = receive(&mut outcomes, 2).await;
    assert_eq!(results.iter().map(|outcome| outcome.request_id).collect::<Vec<_>>(), [99, 100]);
}

#[tokio::test]
async fn hanging_engine_is_replaced_and_its_tile_disabled() {
    let (worker, mut outcomes) = ScriptWorker::start().unwrap();
    // Each conversion is one step.
    let hanging = "var s = '1'.repeat(2e5); for (;;) +s";
    worker
        .send(WorkerCommand::SetScripts(vec![
            (TILE, on_receive(hanging)),
            (OTHER_TILE, on_receive("event.payload = 'b'")),
        ]))
        .unwrap();
    worker
        .send(WorkerCommand::Run(vec![
            message(OTHER_TILE, 1),
            message(TILE, 2),
            message(OTHER_TILE, 3),
            message(TILE, 4),
        ]))
        .unwrap();
    let results = receive(&mut outcomes, 4).await;
    let answer = |ticket: u64| results.iter().find(|outcome| outcome.request_id == ticket).unwrap().result.clone();
    assert_eq!((answer(2), answer(4)), (Err(ScriptError::Disabled), Err(ScriptError::Disabled)));
    assert_eq!(
        (answer(1), answer(3)),
        (Ok(ScriptResult::Receive(Some("b".into()))), Ok(ScriptResult::Receive(Some("b".into()))))
    );
    worker.send(WorkerCommand::Run(vec![message(TILE, 5)])).unwrap();
    assert_eq!(receive(&mut outcomes, 1).await[0].result, Err(ScriptError::Disabled));
    worker.send(WorkerCommand::SetScripts(vec![(TILE, on_receive("event.payload = 'a'"))])).unwrap();
    worker.send(WorkerCommand::Run(vec![message(TILE, 6)])).unwrap();
    assert_eq!(payloads(&receive(&mut outcomes, 1).await), ["a"]);
}

#[tokio::test]
async fn worker_threads_end_when_dropped() {
    let (worker, mut outcomes) = ScriptWorker::start().unwrap();
    drop(worker);
    assert_eq!(outcomes.recv().await, None);
}
