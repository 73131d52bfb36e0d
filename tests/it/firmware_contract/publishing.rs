//! From the dashboard to the board: every tile that publishes is pressed with every value that it can
//! give, the board obeys each, and the tile shows what it answers.

use mqtt_dash::{
    app::{Action, Entry, PALETTE},
    model::grid::Way,
};
use tui_input::InputRequest;

use super::contract::{BASE, CONTRACT, Payload};
use crate::fixtures::demo_app::{DemoAppFixture, topic};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_tile_value_is_obeyed_by_board_and_shown() {
    let mut fixture = DemoAppFixture::start().await;
    for index in 0..fixture.tile_count() {
        let (tile, _) = fixture.tile(index);
        if tile.target().is_some() {
            assert!(!tile.update_on_publish && !tile.retain, "{}: only what the board says is shown", tile.name);
            press(&mut fixture, index).await;
        }
    }
    let errors =
        (0..fixture.tile_count()).find(|index| topic(fixture.tile(*index).0) == format!("{BASE}/error")).unwrap();
    assert_eq!(fixture.tile(errors).1.count, 0, "nothing was refused");
    complete(&fixture);
    fixture.stop().await;
}

/// What was published is everything that the contract allows, and nothing else.
fn complete(fixture: &DemoAppFixture) {
    let told: Vec<String> = CONTRACT.iter().filter_map(|row| row.told).map(|told| format!("{BASE}/{told}")).collect();
    for topic in fixture.published.keys() {
        assert!(told.contains(topic), "a tile publishes on {topic}, which is not in the contract");
    }
    for (topic, row) in told.iter().zip(CONTRACT.iter().filter(|row| row.told.is_some())) {
        let values = fixture.published.get(topic).unwrap_or_else(|| panic!("no tile publishes on {topic}"));
        match row.payload {
            Payload::Words(words) => {
                assert_eq!(values.iter().map(String::as_str).collect::<Vec<_>>(), sorted(words), "{topic}");
            }
            Payload::Number(least, most) => {
                let numbers: Vec<u32> = values.iter().map(|value| value.parse().unwrap()).collect();
                assert_eq!((numbers.iter().min(), numbers.iter().max()), (Some(&least), Some(&most)), "{topic}");
                assert_eq!(u32::try_from(numbers.len()), Ok(most - least + 1), "{topic}");
            }
            _ => assert!(values.len() >= 80, "{topic}: {} values", values.len()),
        }
        println!("{topic}: {} values", values.len());
    }
}

fn sorted(words: &[&'static str]) -> Vec<&'static str> {
    let mut words = words.to_vec();
    words.sort_unstable();
    words
}

async fn press(fixture: &mut DemoAppFixture, index: usize) {
    if let Some(payload) = fixture.act(Action::PressTile(index)) {
        fixture.wait_answered(index, &payload).await;
        let other = fixture.act(Action::PressTile(index)).unwrap();
        fixture.wait_answered(index, &other).await;
        assert_ne!(payload, other);
        return;
    }
    let entry = fixture.prompt().map(|prompt| prompt.entry.clone());
    match entry {
        Some(Entry::Choice { options, .. }) => {
            for option in 0..options.len() {
                take(fixture, index, &[Action::Choose(option)]).await;
            }
        }
        Some(Entry::Number(slider)) => {
            number(fixture, index).await;
            typed(fixture, index, slider.min, slider.max).await;
        }
        Some(Entry::Color(_)) => color(fixture, index).await,
        other => panic!("{}: {other:?}", fixture.tile(index).0.name),
    }
}

/// Opens the tile's question, answers it like this, and waits for the board.
async fn take(fixture: &mut DemoAppFixture, index: usize, answer: &[Action]) {
    if fixture.prompt().is_none() {
        fixture.act(Action::PressTile(index));
    }
    for action in answer {
        fixture.act(action.clone());
    }
    let payload = fixture.act(Action::Accept).unwrap_or_else(|| panic!("{answer:?}: {:?}", fixture.prompt()));
    fixture.wait_answered(index, &payload).await;
}

/// The ends, the steps of the prompt, and those of the tile from one end to the other and back.
async fn number(fixture: &mut DemoAppFixture, index: usize) {
    for way in [Way::First, Way::Right, Way::Up, Way::Last, Way::Left, Way::Down, Way::First] {
        take(fixture, index, &[Action::Move(way)]).await;
    }
    for by in [1, -1] {
        let mut steps = 0;
        while let Some(payload) = fixture.act(Action::StepTile(index, by)) {
            fixture.wait_answered(index, &payload).await;
            steps += 1;
            if steps == 100 {
                take(fixture, index, &[Action::Move(if by > 0 { Way::Last } else { Way::First })]).await;
            }
        }
        assert!(steps >= 20, "{} goes in {steps} steps", fixture.tile(index).0.name);
    }
}

/// Every number, typed.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the limits of these tiles are small")]
async fn typed(fixture: &mut DemoAppFixture, index: usize, min: f64, max: f64) {
    let (min, max) = (min as u32, max as u32);
    for number in min..=max {
        let digits = number.to_string();
        let answer: Vec<Action> = digits.chars().map(|digit| Action::Type(InputRequest::InsertChar(digit))).collect();
        take(fixture, index, &answer).await;
    }
}

/// The palette, the ends and some steps of each slider, and digits that are typed.
async fn color(fixture: &mut DemoAppFixture, index: usize) {
    for place in 0..PALETTE.len() {
        take(fixture, index, &[Action::Choose(place)]).await;
    }
    for next in [1, 2, 3] {
        for way in [Way::First, Way::Last, Way::Left, Way::PageDown] {
            take(fixture, index, &[Action::Choose(25), Action::NextPart(next), Action::Move(way)]).await;
        }
        for turns in 1..24 {
            let mut answer = vec![Action::Choose(25), Action::NextPart(next), Action::Move(Way::First)];
            answer.extend(vec![Action::Move(Way::Right); turns * 3]);
            take(fixture, index, &answer).await;
        }
    }
    for digits in ["000000", "ffffff", "0a0B0c", "FFB454", "012345", "6789ab", "CDEF01"] {
        let mut answer = vec![Action::Type(InputRequest::DeletePrevChar); 7];
        answer.extend(digits.chars().map(|digit| Action::Type(InputRequest::InsertChar(digit))));
        take(fixture, index, &answer).await;
    }
}
