//! Finds several values of a JSON document in one pass: values that no path leads to are skipped without
//! being built in memory.

use std::ops::Range;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Value as Json, value::RawValue};

use crate::model::lenient_json::MAX_DEPTH;

/// A step of a path that leads to a single value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SingularSegment {
    /// The value of this key of an object.
    Name(String),
    /// The item of an array at this index; counted from the end if negative.
    Index(i64),
}

/// Returns the child of a value that is in memory.
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

/// A path to a value, and the index of its result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PathTarget<'a> {
    segments: &'a [SingularSegment],
    slot: usize,
}

impl<'a> PathTarget<'a> {
    /// Creates a target; `None` if the path has a negative index, which needs the whole array in memory.
    pub(super) fn new(segments: &'a [SingularSegment], slot: usize) -> Option<Self> {
        (!segments.iter().any(|segment| matches!(segment, SingularSegment::Index(..0))))
            .then_some(Self { segments, slot })
    }

    /// Returns the index of the result.
    pub(super) const fn slot(&self) -> usize {
        self.slot
    }
}

/// A value that was found.
#[derive(Debug, Clone)]
pub(super) enum FoundValue {
    /// A number, as it was sent.
    Number(Box<str>),
    /// Any other value.
    Json(Json),
}

impl FoundValue {
    /// Reads a value at this depth of the document. Returns `None` if it is not valid, or perhaps nested too deeply.
    fn from_raw(raw: &RawValue, depth: usize) -> Option<Self> {
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'-' | b'0'..=b'9') => Some(Self::Number(text.into())),
            Some(b'{' | b'[') if depth + max_nesting(text) > MAX_DEPTH => None,
            _ => serde_json::from_str(text).ok().map(Self::Json),
        }
    }
}

/// Returns an upper limit of how deeply objects and arrays are nested in a document.
fn max_nesting(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut max_depth = 0;
    for byte in text.bytes() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        max_depth = max_depth.max(depth);
    }
    max_depth
}

/// Reads the document once and returns as many values as there are slots, with that of each target in its slot. Returns `None` if the
/// text is not JSON or if a path leads through a value that is not an object or array. Only a full parse can
/// tell which.
///
/// The targets must be sorted. Values that no path leads to are only checked for JSON syntax: neither their nesting depth nor unpaired
/// surrogates in their strings are checked.
pub(super) fn find_targets(text: &str, targets: &[PathTarget<'_>], slots: usize) -> Option<Vec<Option<FoundValue>>> {
    let mut values = vec![None; slots];
    let mut deserializer = serde_json::Deserializer::from_str(text);
    TargetVisitor { targets, depth: 0, values: &mut values }.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(values)
}

/// Visits one value of the document. `targets` are the paths that lead into it; they are sorted, so those
/// with the same next segment are adjacent.
struct TargetVisitor<'a> {
    targets: &'a [PathTarget<'a>],
    depth: usize,
    values: &'a mut [Option<FoundValue>],
}

impl TargetVisitor<'_> {
    /// Returns the range of targets whose next segment matches.
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
            // All paths end here.
            (_, None) => {
                let raw = <&RawValue>::deserialize(deserializer)?;
                let value = FoundValue::from_raw(raw, self.depth);
                let value = value.ok_or_else(|| D::Error::custom("only a full parse can tell what is wrong"))?;
                for PathTarget { slot, .. } in self.targets {
                    self.values[*slot] = Some(value.clone());
                }
                Ok(())
            }
            // Only some paths end here, or the paths disagree on whether this is an object or an array.
            _ => {
                let json = Json::deserialize(deserializer)?;
                for PathTarget { segments, slot } in self.targets {
                    let found = segments[self.depth..].iter().try_fold(&json, child);
                    self.values[*slot] = found.cloned().map(FoundValue::Json);
                }
                Ok(())
            }
        }
    }
}

impl<'de> Visitor<'de> for TargetVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object or array that the paths lead through")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        while let Some(range) = entries.next_key_seed(KeyTargets(&self))? {
            if range.is_empty() {
                entries.next_value::<IgnoredAny>()?;
                continue;
            }
            // Of duplicate keys the last one counts, even if the path matches nothing in it.
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

/// Finds the targets whose next segment is the key that is read.
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
