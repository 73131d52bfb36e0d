//! The functions at the end of a path, as Jayway has them: `$.list.length()`, `$.n.avg()`, `$.concat($.a, "/", $.b)`.

use serde_json::{Number, Value as Json};

use super::{
    evaluate::{Evaluator, LimitExceeded, PathMatch, count_values, is_definite},
    filter::{Operand, length, number},
    parse::PathSegment,
    text,
};

/// A function and its arguments.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Function {
    pub name: FunctionName,
    pub arguments: Vec<Operand>,
}

/// What a function computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FunctionName {
    Length,
    Min,
    Max,
    Average,
    Sum,
    StandardDeviation,
    Concat,
    Append,
    Keys,
}

/// The functions by their names.
const FUNCTIONS: [(&str, FunctionName); 10] = [
    ("length", FunctionName::Length),
    ("size", FunctionName::Length),
    ("min", FunctionName::Min),
    ("max", FunctionName::Max),
    ("avg", FunctionName::Average),
    ("sum", FunctionName::Sum),
    ("stddev", FunctionName::StandardDeviation),
    ("concat", FunctionName::Concat),
    ("append", FunctionName::Append),
    ("keys", FunctionName::Keys),
];

impl FunctionName {
    /// Returns the function with this name.
    ///
    /// # Errors
    /// If there is none: a sentence without a period.
    pub fn from_text(text: &str) -> Result<Self, String> {
        FUNCTIONS.iter().find(|(name, _)| *name == text).map(|(_, function)| *function).ok_or_else(|| {
            let names: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
            format!("unknown function `{text}`: there are {}", names.join(", "))
        })
    }

    /// Checks how many arguments the function has.
    ///
    /// # Errors
    /// If it has too many or too few: a sentence without a period.
    pub fn check_arguments(self, count: usize) -> Result<(), &'static str> {
        match self {
            Self::Keys if count > 0 => Err("this function has no arguments"),
            Self::Length if count > 1 => Err("this function has one argument at most"),
            Self::Append if count == 0 => Err("what to append is missing: write it like append(1)"),
            _ => Ok(()),
        }
    }
}

impl Evaluator<'_> {
    /// Calls a function on the matches of the path in front of it, which begins at `start`. Returns `None` if there is
    /// nothing to compute.
    ///
    /// It gets the value of a definite path. Of any other path, it gets each match, or a list of them if none is an
    /// array or object, or if the path begins with `..`.
    pub fn call(
        &mut self,
        function: &Function,
        segments: &[PathSegment],
        start: &Json,
        current: &Json,
    ) -> Result<Option<Json>, LimitExceeded> {
        let matches = self.evaluate(segments, start)?;
        let mut arguments = Vec::with_capacity(function.arguments.len());
        for argument in &function.arguments {
            let value = self.operand_value(argument, current)?;
            self.count_visits(value.as_deref().map_or(0, count_values))?;
            arguments.extend(value.map(std::borrow::Cow::into_owned));
        }
        if is_definite(segments) {
            let Some(found) = matches.first() else { return Ok(None) };
            self.count_visits(count_values(found.as_json()))?;
            return Ok(function.name.apply(found.as_json(), arguments));
        }
        let is_scan = segments.first() == Some(&PathSegment::Descendant);
        let is_list = is_scan || !matches.iter().any(|found| is_container(found.as_json()));
        if is_list {
            let list = self.list(matches)?;
            return Ok(function.name.apply(&list, arguments).filter(|_| list != Json::Array(Vec::new())));
        }
        let mut results = Vec::new();
        for found in &matches {
            self.count_visits(count_values(found.as_json()) + arguments.iter().map(count_values).sum::<usize>())?;
            results.extend(function.name.apply(found.as_json(), arguments.clone()));
        }
        Ok((!results.is_empty()).then_some(Json::Array(results)))
    }

    /// Returns a list of matches.
    pub fn list(&mut self, matches: Vec<PathMatch<'_>>) -> Result<Json, LimitExceeded> {
        let mut list = Vec::with_capacity(matches.len());
        for found in matches {
            self.count_visits(count_values(found.as_json()))?;
            list.push(found.0.into_owned());
        }
        Ok(Json::Array(list))
    }
}

impl FunctionName {
    fn apply(self, value: &Json, arguments: Vec<Json>) -> Option<Json> {
        match self {
            Self::Length => length(arguments.first().unwrap_or(value)).map(Json::from),
            Self::Keys => Some(value.as_object()?.keys().map(|key| Json::from(key.as_str())).collect()),
            Self::Append => {
                let mut items = value.as_array()?.clone();
                items.extend(arguments);
                Some(Json::Array(items))
            }
            Self::Concat => {
                let own = value.as_array().into_iter().flatten().filter(|item| item.is_string());
                let others = arguments.iter().flat_map(|argument| match argument {
                    Json::Array(items) => items.as_slice(),
                    other => std::slice::from_ref(other),
                });
                let others = others.filter(|item| !item.is_null());
                let texts: Result<Vec<String>, _> = own.chain(others).map(text::from_value).collect();
                texts.ok().map(|texts| texts.concat().into())
            }
            Self::Min | Self::Max | Self::Average | Self::Sum | Self::StandardDeviation => {
                let values = std::iter::once(value).filter(|value| value.is_array()).chain(&arguments);
                let numbers: Vec<f64> = values.flat_map(numbers).collect();
                self.aggregate(&numbers).and_then(Number::from_f64).map(Json::Number)
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a document has far fewer numbers than 2^53")]
    fn aggregate(self, numbers: &[f64]) -> Option<f64> {
        let count = numbers.len() as f64;
        let sum: f64 = numbers.iter().sum();
        let result = match self {
            Self::Min => numbers.iter().copied().reduce(f64::min)?,
            Self::Max => numbers.iter().copied().reduce(f64::max)?,
            Self::Sum => sum,
            Self::StandardDeviation => {
                let mean = sum / count;
                (numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / count).sqrt()
            }
            _ => sum / count,
        };
        (!numbers.is_empty()).then_some(result)
    }
}

/// Returns the numbers in a list, or the number that a value is.
fn numbers(json: &Json) -> impl Iterator<Item = f64> {
    let items = json.as_array().map_or(std::slice::from_ref(json), Vec::as_slice);
    items.iter().filter_map(number)
}

fn is_container(json: &Json) -> bool {
    json.is_array() || json.is_object()
}
