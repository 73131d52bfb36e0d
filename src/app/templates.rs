//! The variables and templates of an open dashboard: what they stand for now, and what else there is to know of them.

use super::{
    OpenDashboard,
    form::{Form, TemplateOfForm},
    template_topics::TemplateTopics,
};
use crate::model::{expansion::TileOrigin, id::TileId, topic::TopicFilter};

impl OpenDashboard {
    /// Returns whether there is something to choose for its variables.
    pub(super) fn has_choices(&self) -> bool {
        self.definition.vars.0.iter().any(|variable| variable.choices.len() > 1)
    }

    /// Lets a variable stand for a text, once the definition is replaced.
    pub(super) fn choose(&mut self, variable: &str, text: &str) {
        for choices in [&mut self.input.chosen, &mut self.kept_choices] {
            choices.insert(variable.to_owned(), text.to_owned());
        }
    }

    /// Returns whether the selected tile is one of the definition, and not one that a template has made.
    pub(super) fn selects_own_tile(&self) -> bool {
        self.definition_index(self.selected).is_some()
    }

    /// Returns what it waits for if it has no tiles because no device has appeared: the topic of its first template.
    pub(crate) fn awaited_topic(&self) -> Option<TopicFilter> {
        self.template_topics.iter().find_map(TemplateTopics::device_filter)
    }

    /// Returns where the tile is defined that a form edits; `None` if it adds one. The tile of a device may be gone.
    pub(super) fn origin_in_form(&self, form: &Form, tile: Option<TileId>) -> Option<TileOrigin> {
        let in_template = form.template().map(|template| template.origin.clone());
        in_template.or_else(|| self.origin_of(self.index_of(tile?)?))
    }

    /// Returns what the form of a tile that is defined there has to know of its template; `None` if it is in none.
    pub(super) fn template_of_form(&self, origin: &TileOrigin) -> Option<TemplateOfForm> {
        let (index, _) = origin.template()?;
        let template = self.definition.templates.get(index)?.without_tiles();
        let device_count = self.input.devices.get(index)?.len();
        Some(TemplateOfForm { origin: origin.clone(), template, variables: self.definition.vars.clone(), device_count })
    }
}
