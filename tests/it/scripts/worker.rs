//! The engine behind its thread: order, latest display wins, and what happens when it hangs.

use std::time::Duration;

use mqtt_dash::{
    model::script::{Answer, Call, Fault, Look, Moment, Outcome, Scripts, Showing, Shown, TileId},
    script::{Request, Worker},
};
use tokio::{
    sync::mpsc::Receiver,
    time::{Instant, timeout_at},
};

const PATIENCE: Duration = Duration::from_mins(1);
const A: TileId = TileId(1);
const B: TileId = TileId(2);

fn message(tile: TileId, ticket: u64) -> Call {
    Call { tile, ticket, moment: Moment::Receive { topic: "t".into(), payload: "x".into() } }
}

fn display(tile: TileId, ticket: u64) -> Call {
    let look = Look::Text { text: ticket.to_string(), color: None };
    let shown = Shown { look, last_activity: String::new(), name: String::new(), blink: false };
    let showing = Showing { value: "".into(), last_payload: None, seconds_since: None, shown };
    Call { tile, ticket, moment: Moment::Display(Box::new(showing)) }
}

fn receives(script: &str) -> Scripts {
    Scripts { on_receive: Some(script.into()), ..Scripts::default() }
}

async fn hear(outcomes: &mut Receiver<Vec<Outcome>>, count: usize) -> Vec<Outcome> {
    let until = Instant::now() + PATIENCE;
    let mut all = Vec::new();
    while all.len() < count {
        all.extend(timeout_at(until, outcomes.recv()).await.expect("in time").expect("an outcome"));
    }
    all
}

fn payloads(outcomes: &[Outcome]) -> Vec<&str> {
    outcomes
        .iter()
        .map(|outcome| match &outcome.answer {
            Ok(Answer::Receive(payload)) => payload.as_deref().unwrap_or_default(),
            _ => "fault",
        })
        .collect()
}

#[tokio::test]
async fn results_arrive_in_order_of_requests() {
    let (worker, mut outcomes) = Worker::start().unwrap();
    let count = "event.data = (event.data || 0) + 1; event.payload = event.data";
    worker.send(Request::Set(vec![(A, receives(count)), (B, receives("event.payload = 'b'"))])).unwrap();
    worker.send(Request::Ask(vec![message(A, 1), message(B, 2), message(A, 3)])).unwrap();
    worker.send(Request::Ask(vec![message(A, 4)])).unwrap();
    let heard = hear(&mut outcomes, 4).await;
    assert_eq!(heard.iter().map(|outcome| outcome.ticket).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(payloads(&heard), ["1", "b", "2", "3"]);
    worker.send(Request::Forget(vec![A])).unwrap();
    worker.send(Request::Ask(vec![message(A, 5)])).unwrap();
    assert_eq!(payloads(&hear(&mut outcomes, 1).await), [""]);
}

#[tokio::test]
async fn only_last_pending_display_request_is_answered() {
    let (worker, mut outcomes) = Worker::start().unwrap();
    let scripts = Scripts { on_display: Some("event.name = 'x'".into()), ..Scripts::default() };
    worker.send(Request::Set(vec![(A, scripts.clone()), (B, scripts)])).unwrap();
    worker.send(Request::Ask((0..100).map(|ticket| display(A, ticket)).chain([display(B, 100)]).collect())).unwrap();
    let heard = hear(&mut outcomes, 2).await;
    assert_eq!(heard.iter().map(|outcome| outcome.ticket).collect::<Vec<_>>(), [99, 100]);
}

#[tokio::test]
async fn hanging_engine_is_replaced_and_its_tile_disabled() {
    let (worker, mut outcomes) = Worker::start().unwrap();
    let hang = "var b = 3n ** 400000n; for (var i = 0; i < 1000; i++) String(b)";
    worker.send(Request::Set(vec![(A, receives(hang)), (B, receives("event.payload = 'b'"))])).unwrap();
    worker.send(Request::Ask(vec![message(B, 1), message(A, 2), message(B, 3), message(A, 4)])).unwrap();
    let heard = hear(&mut outcomes, 4).await;
    let of = |ticket: u64| heard.iter().find(|outcome| outcome.ticket == ticket).unwrap().answer.clone();
    assert_eq!((of(2), of(4)), (Err(Fault::Off), Err(Fault::Off)));
    assert_eq!((of(1), of(3)), (Ok(Answer::Receive(Some("b".into()))), Ok(Answer::Receive(Some("b".into())))));
    worker.send(Request::Ask(vec![message(A, 5)])).unwrap();
    assert_eq!(hear(&mut outcomes, 1).await[0].answer, Err(Fault::Off));
    worker.send(Request::Set(vec![(A, receives("event.payload = 'a'"))])).unwrap();
    worker.send(Request::Ask(vec![message(A, 6)])).unwrap();
    assert_eq!(payloads(&hear(&mut outcomes, 1).await), ["a"]);
}

#[tokio::test]
async fn worker_threads_end_when_dropped() {
    let (worker, mut outcomes) = Worker::start().unwrap();
    drop(worker);
    assert_eq!(outcomes.recv().await, None);
}
