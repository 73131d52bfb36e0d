//! The topics of the templates of a dashboard, in which variables are replaced, and the devices that appear on them.

use std::collections::BTreeMap;

use crate::model::{
    dashboard::Dashboard,
    template::{DeviceList, Template, pattern::TopicPattern},
    topic::TopicFilter,
};

/// The topics of a template, in which variables are replaced.
#[derive(Debug, Clone, Default)]
pub(crate) struct TemplateTopics {
    /// The topic on which devices appear.
    pub device: Option<TopicPattern>,
    /// The topic on which their names come.
    pub name: Option<TopicPattern>,
}

impl TemplateTopics {
    /// Returns the topics of the templates of a dashboard. `chosen` is what the user has chosen for its variables.
    pub fn all_of(definition: &Dashboard, chosen: &BTreeMap<String, String>) -> Vec<Self> {
        let variables = definition.variable_bindings(chosen);
        let topics =
            |template: &Template| Self { device: template.topic(&variables), name: template.name_topic(&variables) };
        definition.templates.iter().map(topics).collect()
    }

    /// Returns the topic on which devices appear as text.
    pub fn device_text(&self) -> Option<&str> {
        self.device.as_ref().map(TopicPattern::as_str)
    }

    /// Returns the filter that matches the topics on which devices appear.
    pub fn device_filter(&self) -> Option<TopicFilter> {
        self.device.as_ref()?.filter()
    }
}

/// Takes the devices of each template that it shows out of those that are known by the topic on which they appear. Several
/// templates may have the same topic, and show different devices.
pub(super) fn take_devices(
    definition: &Dashboard,
    chosen: &BTreeMap<String, String>,
    known: &mut BTreeMap<String, DeviceList>,
) -> Vec<DeviceList> {
    let topics = TemplateTopics::all_of(definition, chosen);
    let devices = topics.iter().zip(&definition.templates).map(|(topics, template)| {
        let mut devices = topics.device_text().and_then(|topic| known.get(topic)).cloned().unwrap_or_default();
        let mut count = 0..template.limit();
        devices.retain(|device| template.shows(device) && count.next().is_some());
        devices
    });
    let devices = devices.collect();
    known.retain(|topic, _| topics.iter().all(|topics| topics.device_text() != Some(topic)));
    devices
}

/// Returns, for each of the new templates, the index of the old one with the same topic. Of several with the same topic, the
/// first continues the first one, and so on.
pub(super) fn continued_templates(old: &[TemplateTopics], new: &[TemplateTopics]) -> Vec<Option<usize>> {
    let mut unused: Vec<usize> = (0..old.len()).collect();
    let continued = |new: &TemplateTopics| {
        let place = unused.iter().position(|index| old[*index].device_text() == new.device_text())?;
        Some(unused.remove(place))
    };
    new.iter().map(continued).collect()
}
