//! The values at several places of a JSON document, found while it is read once: nothing is built of
//! what no path asks for.

use std::ops::Range;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hop {
    /// Into an object.
    Name(String),
    /// Into a list; from its end where it is negative.
    Index(i64),
}

/// What one hop leads to, in a value that is in memory.
pub(super) fn step<'a>(json: &'a Json, hop: &Hop) -> Option<&'a Json> {
    match (json, hop) {
        (Json::Object(entries), Hop::Name(name)) => entries.get(name),
        (Json::Array(items), Hop::Index(at)) => {
            let at = if *at < 0 {
                items.len().checked_sub(usize::try_from(-at).ok()?)?
            } else {
                usize::try_from(*at).ok()?
            };
            items.get(at)
        }
        _ => None,
    }
}

/// A place that is asked for, and the number of what is found there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Route<'a> {
    hops: &'a [Hop],
    slot: usize,
}

impl<'a> Route<'a> {
    /// A way to a place; `None` for one that can only be gone with the whole document in memory.
    pub(super) fn new(hops: &'a [Hop], slot: usize) -> Option<Self> {
        (!hops.iter().any(|hop| matches!(hop, Hop::Index(..0)))).then_some(Self { hops, slot })
    }
}

/// Reads the document and fills what is found into the slots of the routes. `None`: it is no JSON, or
/// a route led through something that is no object or list; it takes another look to tell which.
///
/// What lies beside the routes is read as loosely as JSON allows: neither how deep it is nor halves
/// of surrogate pairs in it are looked at.
pub(super) fn walk(text: &str, mut routes: Vec<Route<'_>>) -> Option<Vec<Option<Json>>> {
    routes.sort_unstable();
    let mut found = vec![None; routes.len()];
    let mut source = serde_json::Deserializer::from_str(text);
    Walk { routes: &routes, depth: 0, found: &mut found }.deserialize(&mut source).ok()?;
    source.end().ok()?;
    Some(found)
}

/// What is asked of one value of the document: the routes that lead into it. They are in order, so
/// those that go on in the same way stand side by side.
struct Walk<'a> {
    routes: &'a [Route<'a>],
    depth: usize,
    found: &'a mut [Option<Json>],
}

impl Walk<'_> {
    /// The routes that go on by this hop.
    fn by(&self, compare: impl Fn(&Hop) -> std::cmp::Ordering) -> Range<usize> {
        let hop = |route: &Route<'_>| compare(&route.hops[self.depth]);
        let first = self.routes.partition_point(|route| hop(route).is_lt());
        first..first + self.routes[first..].partition_point(|route| hop(route).is_eq())
    }

    fn inside(&mut self, range: Range<usize>) -> Walk<'_> {
        Walk { routes: &self.routes[range], depth: self.depth + 1, found: self.found }
    }
}

impl<'de, 'a> DeserializeSeed<'de> for Walk<'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        let hop = |route: Option<&Route<'a>>| route.and_then(|route| route.hops.get(self.depth));
        match (hop(self.routes.first()), hop(self.routes.last())) {
            (Some(Hop::Name(_)), Some(Hop::Name(_))) => source.deserialize_map(self),
            (Some(Hop::Index(_)), Some(Hop::Index(_))) => source.deserialize_seq(self),
            // One ends here, or they do not agree on what this is.
            _ => {
                let json = Json::deserialize(source)?;
                for Route { hops, slot } in self.routes {
                    self.found[*slot] = hops[self.depth..].iter().try_fold(&json, step).cloned();
                }
                Ok(())
            }
        }
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("what the paths lead through")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        while let Some(range) = entries.next_key_seed(Which(&self))? {
            if range.is_empty() {
                entries.next_value::<IgnoredAny>()?;
                continue;
            }
            // Of two equal keys the last one counts, also when it leads nowhere.
            for route in &self.routes[range.clone()] {
                self.found[route.slot] = None;
            }
            entries.next_value_seed(self.inside(range))?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        for at in 0_i64.. {
            let range = self.by(|hop| match hop {
                Hop::Index(index) => index.cmp(&at),
                Hop::Name(_) => std::cmp::Ordering::Less,
            });
            let more = if range.is_empty() {
                items.next_element::<IgnoredAny>()?.is_some()
            } else {
                items.next_element_seed(self.inside(range))?.is_some()
            };
            if !more {
                break;
            }
        }
        Ok(())
    }
}

/// Which routes go on by the key that is read.
struct Which<'a, 'b>(&'b Walk<'a>);

impl<'de> DeserializeSeed<'de> for Which<'_, '_> {
    type Value = Range<usize>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Range<usize>, D::Error> {
        source.deserialize_str(self)
    }
}

impl Visitor<'_> for Which<'_, '_> {
    type Value = Range<usize>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Range<usize>, E> {
        Ok(self.0.by(|hop| match hop {
            Hop::Name(name) => name.as_str().cmp(key),
            Hop::Index(_) => std::cmp::Ordering::Greater,
        }))
    }
}
