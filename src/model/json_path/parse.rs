//! Parses JSON paths into segments, by the rules of Jayway's compiler.

use super::{
    filter::{Filter, Operand},
    function::{Function, FunctionName},
    streaming,
};

/// A step from values to values inside them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PathSegment {
    /// The value of this key.
    Name(String),
    /// The values of these keys.
    Names(Vec<String>),
    /// The item at this index; counted from the end if negative.
    Index(i64),
    /// The items at these indexes.
    Indices(Vec<i64>),
    /// The items from a start index to an end index, in steps.
    Slice(Option<i64>, Option<i64>, usize),
    /// All children.
    Wildcard,
    /// The items of an array that match; or the object itself, if it matches.
    Filter(Filter),
    /// The value itself and all its descendants.
    Descendant,
}

impl PathSegment {
    /// Returns the segment as one that leads to a single value, if it is one.
    pub fn to_singular(&self) -> Option<streaming::SingularSegment> {
        match self {
            Self::Name(name) => Some(streaming::SingularSegment::Name(name.clone())),
            Self::Index(index) => Some(streaming::SingularSegment::Index(*index)),
            _ => None,
        }
    }
}

/// Why a path is invalid: the message and the byte offset of the error.
pub(super) type PathParseError = (String, usize);

/// Parses a path, which must not be empty. Returns its segments, and the function at its end.
pub(super) fn parse_path(path: &str) -> Result<(Vec<PathSegment>, Option<Function>), PathParseError> {
    let mut parser = PathParser { path, offset: 0 };
    let mut segments = Vec::new();
    let mut step = match path.as_bytes().first() {
        Some(b'$' | b'@') => {
            parser.offset = 1;
            None
        }
        Some(b'[') => None,
        _ => Some(parser.parse_step()?),
    };
    loop {
        match step.take() {
            Some(Step::Segment(segment)) => segments.push(segment),
            Some(Step::Function(name, arguments)) => {
                return match parser.peek() {
                    Some(_) => Err(("nothing may follow a function".to_owned(), parser.offset)),
                    None => Ok((segments, Some(Function { name, arguments }))),
                };
            }
            None => {}
        }
        match parser.peek() {
            Some('.') => {
                parser.offset += 1;
                if parser.peek() == Some('.') {
                    parser.offset += 1;
                    segments.push(PathSegment::Descendant);
                }
                match parser.peek() {
                    Some('[') => {}
                    Some(_) => step = Some(parser.parse_step()?),
                    None => return Err(("a name is missing after the dot".to_owned(), parser.offset - 1)),
                }
            }
            Some('[') => step = Some(Step::Segment(parser.parse_bracket()?)),
            Some(_) => return Err(parser.error_here()),
            None => return Ok((segments, None)),
        }
    }
}

/// What follows a dot.
enum Step {
    Segment(PathSegment),
    Function(FunctionName, Vec<Operand>),
}

/// Parses a text from a position on.
pub(super) struct PathParser<'a> {
    path: &'a str,
    pub(super) offset: usize,
}

impl<'a> PathParser<'a> {
    pub fn remaining(&self) -> &'a str {
        &self.path[self.offset..]
    }

    pub fn peek(&self) -> Option<char> {
        self.remaining().chars().next()
    }

    pub fn error_here(&self) -> PathParseError {
        match self.peek() {
            Some(unexpected) => (format!("invalid JSON path: unexpected `{unexpected}`"), self.offset),
            None => ("invalid JSON path: unexpected end".to_owned(), self.path.len().saturating_sub(1)),
        }
    }

    /// Consumes a text after white space, if it is there.
    pub fn consume_text(&mut self, expected: &str) -> bool {
        self.skip_whitespace();
        let matches = self.remaining().starts_with(expected);
        self.offset += if matches { expected.len() } else { 0 };
        matches
    }

    /// Consumes a character after white space.
    pub fn expect(&mut self, expected: char) -> Result<(), PathParseError> {
        self.skip_whitespace();
        if self.consume(expected) { Ok(()) } else { Err(self.error_here()) }
    }

    fn parse_step(&mut self) -> Result<Step, PathParseError> {
        let name_length = self.remaining().find(['.', '[', '(']).unwrap_or(self.remaining().len());
        let name = &self.remaining()[..name_length];
        let is_call = self.remaining()[name_length..].starts_with('(');
        if !is_call || name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return self.parse_name().map(Step::Segment);
        }
        let start = self.offset;
        let function = FunctionName::from_text(name).map_err(|message| (message, start))?;
        self.offset += name_length + 1;
        let mut arguments = Vec::new();
        self.skip_whitespace();
        if !self.consume(')') {
            loop {
                arguments.push(self.parse_operand()?);
                self.skip_whitespace();
                if self.consume(')') {
                    break;
                }
                self.expect(',')?;
            }
        }
        function.check_arguments(arguments.len()).map_err(|message| (message.to_owned(), start))?;
        Ok(Step::Function(function, arguments))
    }

    fn parse_name(&mut self) -> Result<PathSegment, PathParseError> {
        let end = self.remaining().find(['.', '[']).unwrap_or(self.remaining().len());
        let name = self.remaining()[..end].to_owned();
        if name == "*" {
            self.offset += end;
            return Ok(PathSegment::Wildcard);
        }
        let is_invalid = |c: char| c.is_whitespace() || "()'\"]?*".contains(c);
        if let Some(invalid_offset) = name.find(is_invalid).or(name.is_empty().then_some(0)) {
            self.offset += invalid_offset;
            return Err(self.error_here());
        }
        self.offset += end;
        Ok(PathSegment::Name(name))
    }

    pub fn skip_whitespace(&mut self) {
        self.offset += self.remaining().len() - self.remaining().trim_start().len();
    }

    /// Consumes the next character if it is `expected`.
    fn consume(&mut self, expected: char) -> bool {
        let matched = self.peek() == Some(expected);
        self.offset += if matched { expected.len_utf8() } else { 0 };
        matched
    }

    fn parse_bracket(&mut self) -> Result<PathSegment, PathParseError> {
        self.offset += 1;
        self.skip_whitespace();
        let segment = match self.peek() {
            Some('\'' | '"') => self.parse_names()?,
            Some('*') => {
                self.offset += 1;
                PathSegment::Wildcard
            }
            Some('?') => return self.parse_filter(),
            _ => self.parse_indices()?,
        };
        self.skip_whitespace();
        if self.consume(']') { Ok(segment) } else { Err(self.error_here()) }
    }

    fn parse_names(&mut self) -> Result<PathSegment, PathParseError> {
        let mut names = Vec::new();
        loop {
            self.skip_whitespace();
            let Some(quote @ ('\'' | '"')) = self.peek() else { return Err(self.error_here()) };
            let mut name = String::new();
            let mut escaped = false;
            let mut end = None;
            for (offset, c) in self.remaining().char_indices().skip(1) {
                match c {
                    '\\' if !escaped => escaped = true,
                    c if c == quote && !escaped => {
                        end = Some(offset + 1);
                        break;
                    }
                    c => {
                        name.push(c);
                        escaped = false;
                    }
                }
            }
            let Some(end) = end else { return Err(("the quote is not closed".to_owned(), self.offset)) };
            self.offset += end;
            names.push(name);
            self.skip_whitespace();
            if !self.consume(',') {
                break;
            }
        }
        Ok(if names.len() == 1 { PathSegment::Name(names.remove(0)) } else { PathSegment::Names(names) })
    }

    /// Parses a number, if there is one.
    fn parse_number(&mut self) -> Result<Option<i64>, PathParseError> {
        self.skip_whitespace();
        let sign = usize::from(self.remaining().starts_with('-'));
        let digits = self.remaining()[sign..].bytes().take_while(u8::is_ascii_digit).count();
        if sign + digits == 0 {
            return Ok(None);
        }
        let number = self.remaining()[..sign + digits].parse().map_err(|_| self.error_here())?;
        self.offset += sign + digits;
        self.skip_whitespace();
        Ok(Some(number))
    }

    fn parse_indices(&mut self) -> Result<PathSegment, PathParseError> {
        let first = self.parse_number()?;
        if self.consume(':') {
            let end = self.parse_number()?;
            let step = if self.consume(':') { self.parse_number()?.unwrap_or(1) } else { 1 };
            let step = usize::try_from(step).ok().filter(|step| *step > 0);
            let step =
                step.ok_or_else(|| ("the step must be greater than 0".to_owned(), self.offset.saturating_sub(1)))?;
            return Ok(PathSegment::Slice(first, end, step));
        }
        let mut indices = vec![first.ok_or_else(|| self.error_here())?];
        while self.consume(',') {
            indices.push(self.parse_number()?.ok_or_else(|| self.error_here())?);
        }
        Ok(if indices.len() == 1 { PathSegment::Index(indices[0]) } else { PathSegment::Indices(indices) })
    }

    fn parse_filter(&mut self) -> Result<PathSegment, PathParseError> {
        let start = self.offset;
        self.offset += 1;
        let filter = self.parse_condition().and_then(|filter| match self.expect(']') {
            Ok(()) => Ok(filter),
            Err(_) => Err(self.unexpected()),
        });
        let is_cut_off = |offset: usize| offset + 1 >= self.path.len() && !self.path.ends_with(']');
        match filter {
            Err((_, offset)) if is_cut_off(offset) => {
                Err(("the bracket of this filter is not closed".to_owned(), start))
            }
            filter => filter.map(PathSegment::Filter),
        }
    }
}
