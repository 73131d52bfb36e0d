//! Filters in JSON paths: what selects items, as Jayway has it, and the functions of RFC 9535.

mod evaluate;
mod foreign_operators;
mod parse;

pub(super) use evaluate::{length, number};

use serde_json::Value as Json;

use super::{function::Function, parse::PathSegment, pattern::Pattern};

/// A condition on a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Filter {
    /// At least one is true.
    Or(Vec<Filter>),
    /// All are true.
    And(Vec<Filter>),
    /// The other one is false.
    Not(Box<Filter>),
    /// A path leads to something.
    Exists(Operand),
    /// Two values compare like this.
    Compare(Operand, Operator, Operand),
    /// A text matches a pattern.
    Matches(Operand, Pattern),
}

/// A value in a filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    /// What a path leads to.
    Path(FilterPath),
    /// A value that the filter contains.
    Literal(Json),
    /// The length of a text, array or object.
    Length(Box<Operand>),
    /// The number of values to which a path leads.
    Count(FilterPath),
}

/// A path in a filter, or in the arguments of a function.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FilterPath {
    /// Whether it begins at the root of the document instead of the current value.
    pub from_root: bool,
    /// Its segments.
    pub segments: Vec<PathSegment>,
    /// The function at its end.
    pub function: Option<Box<Function>>,
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    SameTypeAndValue,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    In,
    NotIn,
    All,
    Size,
    Empty,
    SubsetOf,
    AnyOf,
    NoneOf,
}

/// The operators by their names. Where one begins with another one, it comes first.
const OPERATORS: [(&str, Operator); 16] = [
    ("===", Operator::SameTypeAndValue),
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    ("<", Operator::Less),
    (">=", Operator::GreaterOrEqual),
    (">", Operator::Greater),
    ("contains", Operator::Contains),
    ("in", Operator::In),
    ("nin", Operator::NotIn),
    ("all", Operator::All),
    ("size", Operator::Size),
    ("empty", Operator::Empty),
    ("subsetof", Operator::SubsetOf),
    ("anyof", Operator::AnyOf),
    ("noneof", Operator::NoneOf),
];
