//! Waiting for the app to publish its tiles.

use mqtt_dash::{
    app::{Action, Command, Event, Imported, Mode, Stage},
    model::{
        line::{LineEvent, LineId},
        topic::Filter,
    },
};

use crate::bench::Bench;

fn bench() -> Bench {
    let mut bench = Bench::exported(r#"{"type":1,"name":"T","topic":"t"}"#);
    bench.owed();
    bench
}

/// The topics that the line is to have now, where that has changed.
fn wanted(bench: &mut Bench) -> Option<Vec<String>> {
    let wanted = |command| match command {
        Command::Want(_, wanted) => Some(wanted.iter().map(|each| each.filter.to_string()).collect()),
        _ => None,
    };
    bench.owed().into_iter().filter_map(wanted).next_back()
}

fn waits(bench: &mut Bench) {
    bench.act(Action::Import);
    bench.shows(&["Import from MQTT Dash", "metrics/exchange"]);
    bench.act(Action::Accept);
    bench.shows(&["waiting on metrics/exchange of hub"]);
}

#[test]
fn the_line_listens_for_as_long_as_it_is_waited_for() {
    let mut bench = bench();
    waits(&mut bench);
    assert_eq!(wanted(&mut bench).unwrap(), ["t", "metrics/exchange"]);
    let again = mqtt_dash::store::read_dashboard("x", "[[tile]]\nkind = \"text\"\ntopic = \"u\"\n").unwrap();
    bench.happens(Event::Reloaded("bench.toml".into(), Box::new(Ok(again))));
    assert_eq!(wanted(&mut bench).unwrap(), ["u", "metrics/exchange"]);
    bench.act(Action::Cancel);
    assert_eq!(wanted(&mut bench).unwrap(), ["u"]);
    bench.comes("metrics/exchange", "[{}]");
    assert_eq!(bench.owed(), []);
}

#[test]
fn what_is_no_topic_is_asked_for_again() {
    let mut bench = bench();
    bench.act(Action::Import);
    bench.act(Action::Paste("/#".to_owned()));
    bench.act(Action::Accept);
    bench.shows(&["! "]);
    assert!(matches!(&bench.app.mode, Mode::Import(import) if matches!(import.stage, Stage::Asking(Some(_)))));
    assert_eq!(wanted(&mut bench), None);
}

#[test]
fn the_first_list_that_comes_is_taken_and_what_is_wrong_is_said() {
    let mut bench = bench();
    waits(&mut bench);
    bench.owed();
    bench.comes("metrics/exchange", "");
    bench.comes("other", "[{}]");
    assert_eq!(bench.owed(), []);
    bench.comes("metrics/exchange", "[{}]");
    let import = |partial| Command::Import(LineId(0), b"[{}]".as_slice().into(), partial);
    assert_eq!(bench.owed(), [import(false)]);
    bench.happens(Event::Imported(Imported::Refused("there is nothing in it".to_owned(), false)));
    bench.shows(&["! there is nothing in it", "waiting on"]);
    bench.comes("metrics/exchange", "[{}]");
    bench.happens(Event::Imported(Imported::Refused("one tile cannot be read".to_owned(), true)));
    bench.shows(&["! one tile cannot be read", "take the rest"]);
    bench.owed();
    bench.act(Action::Accept);
    assert_eq!(bench.owed(), [import(true)]);
}

#[test]
fn a_broker_that_refuses_the_topic_is_named() {
    let mut bench = bench();
    waits(&mut bench);
    let refused = LineEvent::Refused(Filter::new("metrics/exchange").unwrap(), "not allowed".to_owned());
    bench.happens(Event::Line(LineId(0), refused));
    bench.shows(&["! metrics/exchange: not allowed"]);
}

#[test]
fn a_kiosk_imports_nothing() {
    let mut bench = bench();
    bench.app.kiosk = true;
    bench.act(Action::Import);
    bench.shows(&["kiosk"]);
    assert!(matches!(bench.app.mode, Mode::Board));
}
