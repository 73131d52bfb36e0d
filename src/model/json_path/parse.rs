//! Parses JSON paths into segments, by the rules of Jayway's compiler.

use super::{
    filter::{self, FilterPredicate},
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
    Filter(FilterPredicate),
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

/// Parses a path, which must not be empty.
pub(super) fn parse_segments(path: &str) -> Result<Vec<PathSegment>, PathParseError> {
    let mut parser = PathParser { path, offset: 0 };
    let mut segments = Vec::new();
    match path.as_bytes().first() {
        Some(b'$' | b'@') => parser.offset = 1,
        Some(b'[') => {}
        _ => segments.push(parser.parse_name()?),
    }
    while let Some(next) = parser.peek() {
        match next {
            '.' => {
                parser.offset += 1;
                if parser.peek() == Some('.') {
                    parser.offset += 1;
                    segments.push(PathSegment::Descendant);
                }
                match parser.peek() {
                    Some('[') => {}
                    Some(_) => segments.push(parser.parse_name()?),
                    None => return Err(("a name is missing after the dot".to_owned(), parser.offset - 1)),
                }
            }
            '[' => segments.push(parser.parse_bracket()?),
            _ => return Err(parser.error_here()),
        }
    }
    Ok(segments)
}

struct PathParser<'a> {
    path: &'a str,
    offset: usize,
}

impl PathParser<'_> {
    fn remaining(&self) -> &str {
        &self.path[self.offset..]
    }

    fn peek(&self) -> Option<char> {
        self.remaining().chars().next()
    }

    fn error_here(&self) -> PathParseError {
        match self.peek() {
            Some(unexpected) => (format!("invalid JSON path: unexpected `{unexpected}`"), self.offset),
            None => ("invalid JSON path: unexpected end".to_owned(), self.path.len().saturating_sub(1)),
        }
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

    fn skip_whitespace(&mut self) {
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
        let Some(length) = filter::filter_len(self.remaining()) else {
            return Err(("the bracket of this filter is not closed".to_owned(), self.offset));
        };
        let text = &self.remaining()[..length];
        let predicate = FilterPredicate::parse(text).map_err(|offset| self.filter_error(text, offset))?;
        self.offset += length + 1;
        Ok(PathSegment::Filter(predicate))
    }

    /// Returns the error of the filter that begins here, at this byte offset in its text if that is known.
    fn filter_error(&self, text: &str, offset_in_filter: Option<usize>) -> PathParseError {
        let offset = offset_in_filter
            .map(|offset| self.offset + offset)
            .filter(|offset| self.path.is_char_boundary(*offset) && *offset < self.path.len());
        match offset {
            Some(offset) => Self { path: self.path, offset }.error_here(),
            None => (format!("invalid filter `{text}`: write it like ?(@.level > 1)"), self.offset),
        }
    }
}
