//! From the dashboard to the board: every tile publishes every value that it can, the board obeys, and the
//! tile shows its answer.

use mqtt_dash::{
    app::{Action, COLOR_PALETTE, PromptInput},
    model::grid::Direction,
};
use tui_input::InputRequest;

use super::contract::{BASE, CONTRACT, Payload};
use crate::fixtures::demo_app::{DemoAppFixture, topic};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_tile_value_is_obeyed_by_board_and_shown() {
    let mut fixture = DemoAppFixture::start().await;
    for index in 0..fixture.tile_count() {
        let (tile, _) = fixture.tile(index);
        if tile.target_topic().is_some() {
            assert!(
                !tile.update_on_publish && !tile.retain,
                "{} shows a value that the board has not published",
                tile.name
            );
            publish_all_values(&mut fixture, index).await;
        }
    }
    let errors =
        (0..fixture.tile_count()).find(|index| topic(fixture.tile(*index).0) == format!("{BASE}/error")).unwrap();
    assert_eq!(fixture.tile(errors).1.message_count, 0, "the board has refused a command");
    assert_complete(&fixture);
    fixture.stop().await;
}

/// Fails unless everything that the contract allows was published, and nothing else.
fn assert_complete(fixture: &DemoAppFixture) {
    let commands: Vec<String> =
        CONTRACT.iter().filter_map(|row| row.command).map(|command| format!("{BASE}/{command}")).collect();
    for topic in fixture.published.keys() {
        assert!(commands.contains(topic), "a tile publishes on {topic}, which is not in the contract");
    }
    for (topic, row) in commands.iter().zip(CONTRACT.iter().filter(|row| row.command.is_some())) {
        let values = fixture.published.get(topic).unwrap_or_else(|| panic!("no tile publishes on {topic}"));
        match row.payload {
            Payload::Words(words) => {
                assert_eq!(values.iter().map(String::as_str).collect::<Vec<_>>(), sorted(words), "{topic}");
            }
            Payload::Number(min, max) => {
                let numbers: Vec<u32> = values.iter().map(|value| value.parse().unwrap()).collect();
                assert_eq!((numbers.iter().min(), numbers.iter().max()), (Some(&min), Some(&max)), "{topic}");
                assert_eq!(u32::try_from(numbers.len()), Ok(max - min + 1), "{topic}");
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

async fn publish_all_values(fixture: &mut DemoAppFixture, index: usize) {
    if let Some(payload) = fixture.press_tile(index) {
        fixture.wait_answered(index, &payload).await;
        let other = fixture.press_tile(index).unwrap();
        fixture.wait_answered(index, &other).await;
        assert_ne!(payload, other);
        return;
    }
    let entry = fixture.prompt().map(|prompt| prompt.input.clone());
    match entry {
        Some(PromptInput::Choice { options, .. }) => {
            for option in 0..options.len() {
                enter(fixture, index, &[Action::SelectOption(option)]).await;
            }
        }
        Some(PromptInput::Number(slider)) => {
            step_numbers(fixture, index).await;
            type_numbers(fixture, index, slider.min, slider.max).await;
        }
        Some(PromptInput::Color(_)) => enter_colors(fixture, index).await,
        other => panic!("{}: {other:?}", fixture.tile(index).0.name),
    }
}

/// Opens the prompt of a tile, enters a value with these actions, and waits for the board.
async fn enter(fixture: &mut DemoAppFixture, index: usize, actions: &[Action]) {
    if fixture.prompt().is_none() {
        fixture.press_tile(index);
    }
    for action in actions {
        fixture.act(action.clone());
    }
    let payload = fixture.act(Action::Accept).unwrap_or_else(|| panic!("{actions:?}: {:?}", fixture.prompt()));
    fixture.wait_answered(index, &payload).await;
}

/// The limits, the steps of the prompt, and the steps of the tile from one limit to the other and back.
async fn step_numbers(fixture: &mut DemoAppFixture, index: usize) {
    for direction in [
        Direction::First,
        Direction::Right,
        Direction::Up,
        Direction::Last,
        Direction::Left,
        Direction::Down,
        Direction::First,
    ] {
        enter(fixture, index, &[Action::MoveInDialog(direction)]).await;
    }
    for by in [1, -1] {
        let mut steps = 0;
        fixture.act(Action::SelectTile(index));
        while let Some(payload) = fixture.act(Action::Step(by)) {
            fixture.wait_answered(index, &payload).await;
            steps += 1;
            if steps == 100 {
                enter(fixture, index, &[Action::MoveInDialog(if by > 0 { Direction::Last } else { Direction::First })])
                    .await;
            }
        }
        assert!(steps >= 20, "{} has only {steps} steps", fixture.tile(index).0.name);
    }
}

/// Every number, typed into the prompt.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the limits of these tiles are small")]
async fn type_numbers(fixture: &mut DemoAppFixture, index: usize, min: f64, max: f64) {
    let (min, max) = (min as u32, max as u32);
    for number in min..=max {
        let digits = number.to_string();
        let actions: Vec<Action> =
            digits.chars().map(|digit| Action::EditInput(InputRequest::InsertChar(digit).into())).collect();
        enter(fixture, index, &actions).await;
    }
}

/// The palette, the limits and some steps of each slider, and typed digits.
async fn enter_colors(fixture: &mut DemoAppFixture, index: usize) {
    for index_in_palette in 0..COLOR_PALETTE.len() {
        enter(fixture, index, &[Action::SelectOption(index_in_palette)]).await;
    }
    for slider in [1, 2, 3] {
        for direction in [Direction::First, Direction::Last, Direction::Left, Direction::PageDown] {
            enter(
                fixture,
                index,
                &[Action::SelectOption(25), Action::CycleFocus(slider), Action::MoveInDialog(direction)],
            )
            .await;
        }
        for steps in 1..24 {
            let mut actions =
                vec![Action::SelectOption(25), Action::CycleFocus(slider), Action::MoveInDialog(Direction::First)];
            actions.extend(vec![Action::MoveInDialog(Direction::Right); steps * 3]);
            enter(fixture, index, &actions).await;
        }
    }
    for digits in ["000000", "ffffff", "0a0B0c", "FFB454", "012345", "6789ab", "CDEF01"] {
        let mut actions = vec![Action::EditInput(InputRequest::DeletePrevChar.into()); 7];
        actions.extend(digits.chars().map(|digit| Action::EditInput(InputRequest::InsertChar(digit).into())));
        enter(fixture, index, &actions).await;
    }
}
