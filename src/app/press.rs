//! Pressing and stepping tiles: what is refused, what asks first, what must be held, and what follows.

use std::sync::Arc;

use crate::model::{
    content::TileAction, id::TileId, press::PressConfirmation, tile::Tile, tile_value::TileValue, time::Time,
};

use super::{
    Action, App, Effect,
    held_press::HeldPress,
    key_repetition::KeyPress,
    pointer::Pointer,
    press_mark::PressMark,
    press_notice::{guess_notice, no_step_reason, read_only_reason},
    screens::{enlarged_image::EnlargedImage, open_url::ConfirmOpenUrl, prompt::Prompt},
};

/// The state of keys and mouse buttons that press tiles.
#[derive(Debug, Default)]
pub(super) struct Pressing {
    pub(super) held: Option<HeldPress>,
    /// The last press of `Enter`, until another key comes.
    pub(super) last_key: Option<KeyPress>,
    pub(super) pointer: Pointer,
}

impl App {
    pub(super) fn selected_id(&self) -> Option<TileId> {
        let dashboard = self.current_dashboard()?;
        dashboard.tile_id(dashboard.selected)
    }

    /// Returns the verb for pressing the selected tile; `None` if pressing does nothing.
    pub(crate) fn press_label(&self) -> Option<&'static str> {
        let (tile, _) = self.selected_tile()?;
        let is_refused = tile.is_control() && self.current_dashboard()?.definition.locked.locks_presses();
        tile.action_label().filter(|_| !is_refused)
    }

    /// Returns whether step keys change the selected tile. A tile that asks before it publishes has no steps: each would
    /// have to ask.
    pub(crate) fn can_step(&self) -> bool {
        let tile_and_dashboard = self.selected_tile().zip(self.current_dashboard());
        tile_and_dashboard.is_some_and(|((tile, state), dashboard)| {
            tile.is_steppable() && PressMark::of(dashboard, tile, state) == Some(PressMark::Direct)
        })
    }

    /// Returns how much of the time has passed for which the press of a tile must be held, 0 to 1.
    pub(crate) fn hold_progress(&self, id: TileId, now: Time) -> Option<f64> {
        self.pressing.held.and_then(|held| held.progress(id, now))
    }

    /// Returns the value that the next press starts from: the unconfirmed one if there is one, else the
    /// received one.
    fn effective_value(&self, id: TileId) -> Option<TileValue> {
        let (_, state) = self.tile(id)?;
        match &state.unconfirmed {
            Some(sent) => Some(TileValue::published(Arc::clone(&sent.text), sent.published_at)),
            None => state.value.clone(),
        }
    }

    /// Handles an action that comes once, by a click or from a list, and so cannot hold a tile that must be held.
    pub(in crate::app) fn handle_single_action(&mut self, action: Action, now: Time) -> Vec<Effect> {
        if action == Action::Press && self.selected_id().is_some_and(|id| self.must_hold(id)) {
            self.notify("This tile is pressed by holding the key or the mouse button on it for a second", now);
            return Vec::new();
        }
        self.handle_action(action, now)
    }

    /// Presses the selected tile: once for each press of the key, and for each repetition of a key that is held.
    pub(super) fn press_selected(&mut self, now: Time) -> Vec<Effect> {
        let mut effects = self.resolve_values(now);
        let Some(id) = self.selected_id() else {
            return effects;
        };
        if self.show_selected_tile(now) {
            return effects;
        }
        let must_hold = self.must_hold(id);
        if must_hold {
            let held = self.pressing.held.get_or_insert(HeldPress::of_key(id, now));
            if !held.repeat(id, now) {
                return effects;
            }
            self.pressing.held = None;
        }
        self.pressing.last_key = Some(KeyPress { tile: Some(id), at: now, is_held: must_hold });
        effects.extend(self.press_tile(id, now));
        effects
    }

    /// Presses a tile whose key was held, if it must be; asks first if the tile does.
    pub(super) fn press_tile(&mut self, id: TileId, now: Time) -> Vec<Effect> {
        let Some((tile, _)) = self.tile(id) else { return Vec::new() };
        let is_control = tile.is_control();
        let reason = self.reason_not_to_publish(id, None).or_else(|| self.cooldown_refusal(id, now));
        if let Some(reason) = reason.filter(|_| is_control) {
            self.notify(reason, now);
            return Vec::new();
        }
        let has_tap_script = self.has_tap_script(id);
        if let Some(PressConfirmation::Ask(question)) = self.press_confirmation(id).filter(|_| is_control) {
            if has_tap_script || self.tile(id).is_some_and(|(tile, _)| tile.steering().is_some()) {
                self.confirm_press(id, question, None);
                return Vec::new();
            }
            if let Some(payload) = self.payload_of_press(id) {
                self.confirm_press(id, question, Some(payload));
                return Vec::new();
            }
        }
        self.run_tap_script(id, now)
    }

    /// Runs the tap script of a tile, which decides whether the press follows; without one, presses the tile.
    pub(super) fn run_tap_script(&mut self, id: TileId, now: Time) -> Vec<Effect> {
        match self.request_tap_script(id, None) {
            Some(effect) => vec![effect],
            None => self.press_without_script(id, now),
        }
    }

    /// Returns what a press of a tile publishes; `None` if it does something else, such as opening a prompt.
    fn payload_of_press(&self, id: TileId) -> Option<String> {
        let (tile, _) = self.tile(id)?;
        match tile.press_action(self.effective_value(id).as_ref()) {
            TileAction::Publish(payload) => Some(payload),
            _ => None,
        }
    }

    /// Presses a tile without running its tap script.
    pub(super) fn press_without_script(&mut self, id: TileId, now: Time) -> Vec<Effect> {
        let value = self.effective_value(id);
        let Some((tile, _)) = self.tile(id) else {
            return Vec::new();
        };
        match tile.press_action(value.as_ref()) {
            TileAction::Publish(payload) => {
                let guess = tile.kind.guesses_press(value.as_ref()).then(|| guess_notice(tile, &payload));
                let effects = self.publish(id, payload, now);
                if let Some(notice) = guess.filter(|_| !effects.is_empty()) {
                    self.notify(notice, now);
                }
                return effects;
            }
            TileAction::Prompt(spec) => {
                let prompt = Prompt::new(id, tile.clone(), spec);
                self.open(prompt);
            }
            TileAction::Steer => self.begin_steering(id, false, now),
            TileAction::OpenUrl(url) => self.open(ConfirmOpenUrl::new(url)),
            TileAction::Enlarge => self.open(EnlargedImage),
            TileAction::FoldSection => self.fold_section(id),
            TileAction::Nothing if tile.scripts().any(|(key, _)| key == "on_tap") => {}
            TileAction::Nothing => {
                let reason = read_only_reason(tile, self.editable());
                self.notify(reason, now);
            }
        }
        Vec::new()
    }

    /// Publishes the input of a prompt, after a question if the tile asks one. `definition` is the tile for which the
    /// prompt was opened.
    pub(super) fn publish_input(&mut self, id: TileId, definition: &Tile, payload: String, now: Time) -> Vec<Effect> {
        if let Some(reason) = self.reason_not_to_publish(id, Some(definition)) {
            self.notify(reason, now);
            return Vec::new();
        }
        if let Some(PressConfirmation::Ask(question)) = self.press_confirmation(id) {
            self.confirm_press(id, question, Some(payload));
            return Vec::new();
        }
        self.publish(id, payload, now)
    }

    /// Presses a tile after the user has answered its question: publishes what the question has named, or runs the tap
    /// script. `definition` is the tile about which it was asked.
    pub(super) fn press_confirmed(
        &mut self,
        id: TileId,
        definition: &Tile,
        payload: Option<String>,
        now: Time,
    ) -> Vec<Effect> {
        let reason = self.reason_not_to_publish(id, Some(definition)).or_else(|| self.cooldown_refusal(id, now));
        if let Some(reason) = reason {
            self.notify(reason, now);
            return Vec::new();
        }
        match payload {
            Some(payload) => self.publish(id, payload, now),
            None => self.run_tap_script(id, now),
        }
    }

    pub(super) fn step_selected(&mut self, steps: i32, now: Time) -> Vec<Effect> {
        let mut effects = self.resolve_values(now);
        let Some(id) = self.selected_id() else {
            return effects;
        };
        if self.payload_of_step(id, steps).is_none() {
            let reason = self.tile(id).and_then(|(tile, _)| no_step_reason(tile, self.editable()));
            if let Some(reason) = reason {
                self.notify(reason, now);
            }
            return effects;
        }
        if self.show_selected_tile(now) {
            return effects;
        }
        if let Some(reason) = self.press_refusal(id) {
            self.notify(reason, now);
        } else if self.press_confirmation(id).is_some() {
            self.notify("This tile asks before it publishes: press Enter to set its value", now);
        } else {
            match self.request_tap_script(id, Some(steps)) {
                Some(effect) => effects.push(effect),
                None => effects.extend(self.step_without_script(id, steps, now)),
            }
        }
        effects
    }

    /// Steps a tile without running its tap script.
    pub(super) fn step_without_script(&mut self, id: TileId, steps: i32, now: Time) -> Vec<Effect> {
        self.payload_of_step(id, steps).map(|payload| self.publish(id, payload, now)).unwrap_or_default()
    }

    /// Returns what steps of a tile publish, if anything.
    fn payload_of_step(&self, id: TileId, steps: i32) -> Option<String> {
        match self.tile(id)?.0.step_action(self.effective_value(id).as_ref(), steps) {
            TileAction::Publish(payload) => Some(payload),
            _ => None,
        }
    }

    /// Scrolls to the selected tile if it is not on the screen: a key must not act on what the user does not see. Returns
    /// whether it was out of sight.
    fn show_selected_tile(&mut self, now: Time) -> bool {
        let Some(id) = self.selected_id().filter(|id| !self.is_tile_visible(*id)) else {
            return false;
        };
        let name = self.tile(id).map(|(tile, _)| tile.display_name().to_owned()).unwrap_or_default();
        if let Some(dashboard) = self.current_dashboard() {
            self.select_tile(dashboard.selected);
        }
        self.notify(format!("{name} was not on the screen: press again"), now);
        true
    }
}
