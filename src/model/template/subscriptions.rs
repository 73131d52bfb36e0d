//! What a dashboard subscribes to for the devices of a template, whichever there are: a wildcard for each topic of its
//! tiles, so that ten thousand devices need as few subscriptions as one, and are known before they have tiles.

use std::borrow::Cow;

use super::{
    Template,
    pattern::TopicPattern,
    placeholder::{Bindings, placeholders},
};
use crate::model::{
    availability::Availability,
    subscription::{Subscription, SubscriptionOptions},
    tile::Tile,
    topic::TopicFilter,
};

impl Template {
    /// Returns what to subscribe to.
    pub(crate) fn subscriptions(&self, variables: &Bindings<'_>) -> Vec<Subscription> {
        let mut subscriptions = Vec::new();
        for topic in [self.topic(variables), self.name_topic(variables)] {
            let filter = topic.as_ref().and_then(TopicPattern::filter);
            subscriptions.extend(filter.map(|filter| Subscription::new(filter, SubscriptionOptions::default())));
        }
        let mut add = |filter: Option<TopicFilter>, options| {
            let filter = filter.and_then(|filter| self.wildcard(filter.as_str(), variables));
            subscriptions.extend(filter.map(|filter| Subscription::new(filter, options)));
        };
        let rows = self.tiles.iter().flat_map(Tile::rows).map(Cow::Owned);
        for tile in self.tiles.iter().map(Cow::Borrowed).chain(rows) {
            let options = SubscriptionOptions { retain_handling: tile.retain_handling, ..tile.qos.into() };
            add(tile.topic.clone(), options);
            add(tile.availability().and_then(Availability::topic), SubscriptionOptions::default());
        }
        add(self.availability.0.topic(), SubscriptionOptions::default());
        subscriptions
    }

    /// Returns the filter that matches a topic with placeholders for each device.
    fn wildcard(&self, topic: &str, variables: &Bindings<'_>) -> Option<TopicFilter> {
        let topic = variables.apply(topic);
        let rest = self.topic.as_ref().and_then(TopicPattern::rest);
        let mut levels = Vec::new();
        for level in topic.split('/') {
            match placeholders(level).next() {
                Some(placeholder) if Some(placeholder.name) == rest => {
                    levels.push("#");
                    break;
                }
                Some(_) => levels.push("+"),
                None => levels.push(level),
            }
        }
        TopicFilter::new(&levels.join("/")).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{kind, schema::set_fields, tile::Tile, value::Value};

    fn filters(topic: &str, tiles: &[&str]) -> Vec<String> {
        let mut template = Template::default();
        let availability = Value::Table(vec![("topic".to_owned(), "tele/{id}/LWT".into())]);
        let entries = [("topic".to_owned(), topic.into()), ("availability".to_owned(), availability)];
        set_fields(&mut template, &entries).unwrap();
        for topic in tiles {
            let mut tile = Tile::new(kind::from_name("text").unwrap());
            set_fields(&mut tile, &[("topic".to_owned(), (*topic).into())]).unwrap();
            template.tiles.push(tile);
        }
        let mut variables = Bindings::default();
        variables.bind("site", "a/b");
        let subscriptions = template.subscriptions(&variables);
        subscriptions.iter().map(|subscription| subscription.filter.as_str().to_owned()).collect()
    }

    #[test]
    fn wildcards_stand_for_the_devices() {
        assert_eq!(
            filters("stat/{id}/POWER", &["tele/{id}/SENSOR", "x/plug-{id}", "fixed", "{site}/{id}/+/y"]),
            ["stat/+/POWER", "tele/+/SENSOR", "x/+", "fixed", "a/b/+/+/y", "tele/+/LWT"]
        );
        assert_eq!(filters("a/{id...}", &["b/{id}/set", "{id}"]), ["a/#", "b/#", "#", "tele/#"]);
    }
}
