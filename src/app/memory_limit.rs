//! The limit of what the tiles keep of messages. A broker decides how much arrives; it must not decide how much memory
//! the program takes.

use std::collections::HashMap;

use super::{App, tile_position::TilePosition};
use crate::model::{tile_memory::KeptBlock, tile_state::TileState, time::Time};

/// The maximum size of the large payloads and texts that all tiles keep together, in bytes.
const MAX_PAYLOAD_BYTES: usize = 64 << 20;
/// The maximum size of the last messages that all tiles keep together, in bytes.
const MAX_HISTORY_BYTES: usize = 64 << 20;
/// The maximum size of the messages that tiles keep because their kinds show them, in bytes.
const MAX_KEPT_MESSAGES_BYTES: usize = 64 << 20;
/// The maximum size of the animated images that all tiles keep together, in bytes.
const MAX_ANIMATION_BYTES: usize = 128 << 20;
/// What is kept is counted when this many bytes have been received since the last time.
const COUNTING_INTERVAL_BYTES: usize = 8 << 20;

/// When to count again what the tiles keep.
#[derive(Debug, Default)]
pub(super) struct MemoryLimit {
    bytes_since_count: usize,
}

/// A block that at least one tile keeps.
struct SharedBlock {
    bytes: usize,
    /// Whether a tile of the dashboard on the screen keeps it.
    is_shown: bool,
    /// When the newest of its tiles received it.
    used_at: Time,
    tiles: Vec<TilePosition>,
}

impl App {
    /// Notes that this many bytes came in that tiles may keep. From time to time, limits what they keep: dashboards in
    /// the background and old messages come first.
    pub(super) fn count_kept_bytes(&mut self, bytes: usize) {
        self.memory_limit.bytes_since_count += bytes;
        if self.memory_limit.bytes_since_count >= COUNTING_INTERVAL_BYTES {
            self.memory_limit.bytes_since_count = 0;
            self.limit_kept(MAX_PAYLOAD_BYTES, |state| state.large_payloads().collect(), TileState::cut_payloads);
            self.limit_kept(MAX_ANIMATION_BYTES, |state| state.animation().collect(), TileState::stop_animation);
            let own_block =
                |state: &TileState, bytes| vec![KeptBlock { address: std::ptr::from_ref(state).addr(), bytes }];
            let history = |state: &TileState| own_block(state, state.history_bytes());
            self.limit_kept(MAX_HISTORY_BYTES, history, TileState::cut_history);
            let kept = |state: &TileState| own_block(state, state.kept_bytes());
            self.limit_kept(MAX_KEPT_MESSAGES_BYTES, kept, TileState::cut_kept);
        }
    }

    /// Makes tiles give blocks back until those that remain are within the limit.
    fn limit_kept(
        &mut self,
        limit: usize,
        blocks: impl Fn(&TileState) -> Vec<KeptBlock>,
        cut: impl Fn(&mut TileState),
    ) {
        let mut shared = self.shared_blocks(blocks);
        let mut total: usize = shared.iter().map(|block| block.bytes).sum();
        if total <= limit {
            return;
        }
        shared.sort_by_key(|block| (block.is_shown, block.used_at));
        for block in shared {
            if total <= limit {
                break;
            }
            total -= block.bytes;
            for position in block.tiles {
                if let Some((_, state)) = self.dashboards[position.dashboard].tile_mut(position.tile) {
                    cut(state);
                }
            }
        }
        self.display.dirty = true;
    }

    fn shared_blocks(&self, blocks: impl Fn(&TileState) -> Vec<KeptBlock>) -> Vec<SharedBlock> {
        let current_tab = self.current_tab();
        let mut shared: HashMap<KeptBlock, SharedBlock> = HashMap::new();
        for (index, dashboard) in self.dashboards.iter().enumerate() {
            for (tile, (_, state)) in dashboard.tiles_with_states().enumerate() {
                let used_at = state.last_received_at();
                for block in blocks(state) {
                    let new = || SharedBlock { bytes: block.bytes, is_shown: false, used_at, tiles: Vec::new() };
                    let entry = shared.entry(block).or_insert_with(new);
                    entry.is_shown |= index == current_tab;
                    entry.used_at = entry.used_at.max(used_at);
                    entry.tiles.push(TilePosition { dashboard: index, tile });
                }
            }
        }
        shared.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, sync::Arc};

    use super::*;
    use crate::{
        app::{
            Effect, Event, MediaEvent, OpenDashboard, ScriptsEffect,
            tests::{AppFixture, tile},
        },
        model::{
            connection::Message,
            error::TileError,
            media::{DecodedImage, ImageFrame},
            message_properties::{MessageProperties, ReceivedProperties},
            value::Value,
        },
    };

    fn text_tile(topic: &str) -> crate::model::tile::Tile {
        tile("text", &[("topic", topic.into())])
    }

    /// Returns the number of bytes of all different payloads and texts that tiles keep.
    fn kept_bytes(fixture: &AppFixture) -> usize {
        let tiles = fixture.app.dashboards.iter().flat_map(OpenDashboard::tiles_with_states);
        let blocks: HashSet<KeptBlock> = tiles.flat_map(|(_, state)| state.large_payloads()).collect();
        blocks.iter().map(|block| block.bytes).sum()
    }

    #[test]
    fn tiles_share_the_payload_that_they_show() {
        const BYTES: usize = 15 << 20;
        let mut fixture = AppFixture::new((0..40).map(|_| text_tile("t")).collect());
        fixture.receive_message("t", &vec![b'x'; BYTES]);
        assert_eq!(kept_bytes(&fixture), BYTES);
        fixture.receive_message("t", &vec![0xff; BYTES]);
        assert_eq!(kept_bytes(&fixture), BYTES);
    }

    #[test]
    fn scripts_do_not_get_large_payloads_and_their_tiles_share_them() {
        const BYTES: usize = 2 << 20;
        let scripted =
            || tile("text", &[("topic", "t".into()), ("on_receive", "x".into()), ("on_display", "x".into())]);
        let mut fixture = AppFixture::new((0..40).map(|_| scripted()).collect());
        fixture.grant_permissions();
        fixture.receive_message("t", &vec![b'x'; BYTES]);
        assert_eq!(kept_bytes(&fixture), BYTES);
        let (_, state) = fixture.app.dashboards[0].tile(0).unwrap();
        assert_eq!(state.script_errors.text().unwrap(), "payload too large for a script: 2.0 MiB (at most 1.0 MiB)");
    }

    #[test]
    fn display_scripts_get_large_payloads_only_on_the_screen() {
        let scripted = || tile("text", &[("topic", "t".into()), ("on_display", "x".into())]);
        let mut fixture = AppFixture::new((0..200).map(|_| scripted()).collect());
        fixture.grant_permissions();
        let visible = fixture.app.visible_tile_ids().len();
        for (bytes, requests) in [(100, 200), (1 << 20, visible)] {
            let mut fixture = AppFixture::new((0..200).map(|_| scripted()).collect());
            fixture.grant_permissions();
            for id in fixture.app.dashboards[0].tile_ids().to_vec() {
                fixture.app.script_registry.tiles.get_mut(&id).unwrap().display_pending = false;
            }
            fixture.receive_unresolved(Message::new("t", vec![b'x'; bytes]));
            let effects = fixture.app.resolve_values(fixture.now);
            let runs = effects.iter().filter(|effect| matches!(effect, Effect::Scripts(ScriptsEffect::Run(_))));
            assert_eq!(runs.count(), requests, "{bytes}");
        }
    }

    #[test]
    fn tiles_share_the_result_of_the_same_json_path() {
        let with_path = |path: &str| {
            tile("text", &[("topic", "t".into()), ("json_path", path.into()), ("publish", Value::Bool(false))])
        };
        let mut fixture = AppFixture::new((0..40).map(|number| with_path(["$.a", "$.b"][number % 2])).collect());
        fixture.receive_message("t", format!(r#"{{"a":"{0}","b":"{0}"}}"#, "x".repeat(1 << 20)).as_bytes());
        assert_eq!(kept_bytes(&fixture) >> 20, 4, "the payload and two results");
    }

    #[test]
    fn results_of_many_json_paths_are_limited() {
        let with_path = |number: usize| {
            let path = format!("$['a','none{number}']");
            let fields = [("topic", "t".into()), ("json_path", path.as_str().into()), ("publish", Value::Bool(false))];
            tile("text", &fields)
        };
        let mut fixture = AppFixture::new((0..40).map(with_path).collect());
        fixture.receive_message("t", format!(r#"{{"a":"{}"}}"#, "x".repeat(3 << 20)).as_bytes());
        assert!(kept_bytes(&fixture) <= MAX_PAYLOAD_BYTES, "{}", kept_bytes(&fixture));
        let refused = fixture.app.dashboards[0]
            .tiles_with_states()
            .filter(|(_, state)| matches!(state.error, Some(TileError::TooMuchAtPath(_))));
        assert_eq!(refused.count(), 19, "21 results of 3 MiB fit into 64 MiB");
    }

    #[test]
    fn payloads_of_many_topics_are_limited_and_the_oldest_are_cut() {
        let tiles = || (0..100).map(|number| text_tile(&format!("t/{number}"))).collect();
        for resolves in [true, false] {
            let mut fixture = AppFixture::new(tiles());
            for number in 0..100 {
                fixture.advance(1_000);
                fixture.receive_unresolved(Message::new(format!("t/{number}"), vec![b'x'; 2 << 20]));
                if resolves {
                    fixture.app.resolve_values(fixture.now);
                }
                assert!(kept_bytes(&fixture) <= MAX_PAYLOAD_BYTES + COUNTING_INTERVAL_BYTES);
            }
            fixture.app.resolve_values(fixture.now);
            let length = |index| fixture.app.dashboards[0].tile(index).unwrap().1.value.as_ref().unwrap().text.len();
            assert!(length(0) < 5_000, "{}", length(0));
            assert_eq!(length(99), 2 << 20);
        }
    }

    #[test]
    fn properties_of_many_topics_are_limited_and_the_oldest_are_cut() {
        const TOPICS: usize = 1_500;
        let mut fixture = AppFixture::new((0..TOPICS).map(|number| text_tile(&format!("t/{number}"))).collect());
        let user_properties = vec![("name".to_owned(), "x".repeat(10_000)); 20];
        let received = ReceivedProperties { user_properties: &user_properties, ..ReceivedProperties::default() };
        for number in 0..TOPICS {
            fixture.advance(1_000);
            let properties = MessageProperties::new(&received).map(Arc::new);
            fixture.receive_unresolved(Message { properties, ..Message::new(format!("t/{number}"), *b"1") });
        }
        assert!(kept_bytes(&fixture) <= MAX_PAYLOAD_BYTES + COUNTING_INTERVAL_BYTES, "{}", kept_bytes(&fixture));
        let properties = |index| fixture.app.dashboards[0].tile(index).unwrap().1.last_message().unwrap();
        let properties = |index| properties(index).message.properties.unwrap();
        assert!(properties(0).memory_bytes() < 5_000 && properties(0).is_cut());
        assert!(properties(TOPICS - 1).memory_bytes() > 60_000);
        assert!(TOPICS * properties(TOPICS - 1).memory_bytes() > MAX_PAYLOAD_BYTES + COUNTING_INTERVAL_BYTES);
    }

    #[test]
    fn dashboards_in_the_background_give_back_first() {
        let mut fixture = AppFixture::new((0..30).map(|number| text_tile(&format!("a/{number}"))).collect());
        fixture.open_dashboard("hub", (0..30).map(|number| text_tile(&format!("b/{number}"))).collect());
        for topic in ["b", "a"].iter().flat_map(|name| (0..30).map(move |number| format!("{name}/{number}"))) {
            fixture.advance(1_000);
            fixture.receive_message(&topic, &vec![b'x'; 2 << 20]);
        }
        let current = fixture.app.current_tab();
        let whole = |dashboard: usize| {
            let tiles = fixture.app.dashboards[dashboard].tiles_with_states();
            tiles.filter(|(_, state)| state.large_payloads().next().is_some()).count()
        };
        assert!(whole(current) > whole(1 - current), "{} {}", whole(current), whole(1 - current));
    }

    #[test]
    fn history_of_all_tiles_is_limited() {
        let mut fixture = AppFixture::new((0..1_500).map(|_| text_tile("t")).collect());
        let history = |fixture: &AppFixture| -> usize {
            fixture.app.dashboards[0].tiles_with_states().map(|(_, state)| state.history_bytes()).sum()
        };
        let mut most = 0;
        for _ in 0..40 {
            fixture.receive_unresolved(Message::new("t", [b'x'; 4_000]));
            most = most.max(history(&fixture));
        }
        let bound = MAX_HISTORY_BYTES + 3 * COUNTING_INTERVAL_BYTES;
        assert!(most <= bound, "{most}");
        assert!(1_500 * 20 * 4_000 > bound, "it would be more without the limit");
    }

    #[test]
    fn images_are_shared_and_animations_limited() {
        let animation = |byte: u8| {
            let frame = |_| ImageFrame { pixels: vec![byte; 1 << 20].into(), duration: std::time::Duration::MAX };
            DecodedImage { width: 512, height: 682, frames: (0..10).map(frame).collect(), warning: None }
        };
        let image_tile = || tile("image", &[("topic", "t".into()), ("source", "payload".into())]);
        let mut fixture = AppFixture::new((0..40).map(|_| image_tile()).collect());
        let bytes = |fixture: &AppFixture| {
            let tiles = fixture.app.dashboards[0].tiles_with_states();
            let blocks: HashSet<KeptBlock> = tiles.flat_map(|(_, state)| state.animation()).collect();
            blocks.iter().map(|block| block.bytes).sum::<usize>() >> 20
        };
        for (different, most) in [(false, 10), (true, 138)] {
            for index in 0..40 {
                let id = fixture.app.dashboards[0].tile_id(index).unwrap();
                let byte = if different { u8::try_from(index).unwrap() } else { 77 };
                fixture.app.update(Event::Media(MediaEvent::Decoded(id, Ok(animation(byte)))), fixture.now);
            }
            assert!((10..=most).contains(&bytes(&fixture)), "{}", bytes(&fixture));
        }
    }
}
