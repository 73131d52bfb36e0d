//! The values at several places of a JSON document, found while it is read once: nothing is built of
//! what no path asks for.

use std::ops::Range;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SingularSegment {
    /// Into an object.
    Name(String),
    /// Into a list; from its end where it is negative.
    Index(i64),
}

/// What one hop leads to, in a value that is in memory.
pub(super) fn child<'a>(json: &'a Json, segment: &SingularSegment) -> Option<&'a Json> {
    match (json, segment) {
        (Json::Object(entries), SingularSegment::Name(name)) => entries.get(name),
        (Json::Array(items), SingularSegment::Index(index)) => {
            let index = if *index < 0 {
                items.len().checked_sub(usize::try_from(-index).ok()?)?
            } else {
                usize::try_from(*index).ok()?
            };
            items.get(index)
        }
        _ => None,
    }
}

/// A place that is asked for, and the number of what is found there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PathTarget<'a> {
    segments: &'a [SingularSegment],
    slot: usize,
}

impl<'a> PathTarget<'a> {
    /// A way to a place; `None` for one that can only be gone with the whole document in memory.
    pub(super) fn new(segments: &'a [SingularSegment], slot: usize) -> Option<Self> {
        (!segments.iter().any(|segment| matches!(segment, SingularSegment::Index(..0))))
            .then_some(Self { segments, slot })
    }
}

/// Reads the document and fills what is found into the slots of the routes. `None`: it is no JSON, or
/// a route led through something that is no object or list; it takes another look to tell which.
///
/// What lies beside the routes is read as loosely as JSON allows: neither how deep it is nor halves
/// of surrogate pairs in it are looked at.
pub(super) fn find_targets(text: &str, mut targets: Vec<PathTarget<'_>>) -> Option<Vec<Option<Json>>> {
    targets.sort_unstable();
    let mut values = vec![None; targets.len()];
    let mut deserializer = serde_json::Deserializer::from_str(text);
    TargetVisitor { targets: &targets, depth: 0, values: &mut values }.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(values)
}

/// What is asked of one value of the document: the routes that lead into it. They are in order, so
/// those that go on in the same way stand side by side.
struct TargetVisitor<'a> {
    targets: &'a [PathTarget<'a>],
    depth: usize,
    values: &'a mut [Option<Json>],
}

impl TargetVisitor<'_> {
    /// The routes that go on by this hop.
    fn matching_targets(&self, compare: impl Fn(&SingularSegment) -> std::cmp::Ordering) -> Range<usize> {
        let compare_segment = |target: &PathTarget<'_>| compare(&target.segments[self.depth]);
        let first = self.targets.partition_point(|target| compare_segment(target).is_lt());
        first..first + self.targets[first..].partition_point(|target| compare_segment(target).is_eq())
    }

    fn descend(&mut self, range: Range<usize>) -> TargetVisitor<'_> {
        TargetVisitor { targets: &self.targets[range], depth: self.depth + 1, values: self.values }
    }
}

impl<'de, 'a> DeserializeSeed<'de> for TargetVisitor<'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let segment_of = |target: Option<&PathTarget<'a>>| target.and_then(|target| target.segments.get(self.depth));
        match (segment_of(self.targets.first()), segment_of(self.targets.last())) {
            (Some(SingularSegment::Name(_)), Some(SingularSegment::Name(_))) => deserializer.deserialize_map(self),
            (Some(SingularSegment::Index(_)), Some(SingularSegment::Index(_))) => deserializer.deserialize_seq(self),
            // One ends here, or they do not agree on what this is.
            _ => {
                let json = Json::deserialize(deserializer)?;
                for PathTarget { segments, slot } in self.targets {
                    self.values[*slot] = segments[self.depth..].iter().try_fold(&json, child).cloned();
                }
                Ok(())
            }
        }
    }
}

impl<'de> Visitor<'de> for TargetVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("what the paths lead through")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        while let Some(range) = entries.next_key_seed(KeyTargets(&self))? {
            if range.is_empty() {
                entries.next_value::<IgnoredAny>()?;
                continue;
            }
            // Of two equal keys the last one counts, also when it leads nowhere.
            for target in &self.targets[range.clone()] {
                self.values[target.slot] = None;
            }
            entries.next_value_seed(self.descend(range))?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        for position in 0_i64.. {
            let range = self.matching_targets(|segment| match segment {
                SingularSegment::Index(index) => index.cmp(&position),
                SingularSegment::Name(_) => std::cmp::Ordering::Less,
            });
            let has_more = if range.is_empty() {
                items.next_element::<IgnoredAny>()?.is_some()
            } else {
                items.next_element_seed(self.descend(range))?.is_some()
            };
            if !has_more {
                break;
            }
        }
        Ok(())
    }
}

/// Which routes go on by the key that is read.
struct KeyTargets<'a, 'b>(&'b TargetVisitor<'a>);

impl<'de> DeserializeSeed<'de> for KeyTargets<'_, '_> {
    type Value = Range<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Range<usize>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyTargets<'_, '_> {
    type Value = Range<usize>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Range<usize>, E> {
        Ok(self.0.matching_targets(|segment| match segment {
            SingularSegment::Name(name) => name.as_str().cmp(key),
            SingularSegment::Index(_) => std::cmp::Ordering::Greater,
        }))
    }
}
