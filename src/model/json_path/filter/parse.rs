//! Parses filters and the operands of functions.

use serde_json::Value as Json;

use super::{
    super::{
        parse::{PathParseError, PathParser, parse_path},
        pattern::Pattern,
    },
    Filter, FilterPath, OPERATORS, Operand, Operator,
    foreign_operators::intended,
};
use crate::model::{lenient_json, number::is_json_number};

/// What a side of a comparison is.
enum Side {
    Operand(Operand),
    Pattern(Pattern),
}

impl PathParser<'_> {
    /// Parses conditions that are connected by `||`.
    pub fn parse_condition(&mut self) -> Result<Filter, PathParseError> {
        let mut any = vec![self.parse_all()?];
        while self.consume_text("||") {
            any.push(self.parse_all()?);
        }
        Ok(if any.len() == 1 { any.remove(0) } else { Filter::Or(any) })
    }

    fn parse_all(&mut self) -> Result<Filter, PathParseError> {
        let mut all = vec![self.parse_negation()?];
        while self.consume_text("&&") {
            all.push(self.parse_negation()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Filter::And(all) })
    }

    fn parse_negation(&mut self) -> Result<Filter, PathParseError> {
        let mut negated = false;
        while self.consume_text("!") {
            negated = !negated;
        }
        let filter = if self.consume_text("(") {
            let filter = self.parse_condition()?;
            self.expect(')').map_err(|_| self.unexpected())?;
            filter
        } else {
            self.parse_comparison()?
        };
        Ok(if negated { Filter::Not(Box::new(filter)) } else { filter })
    }

    fn parse_comparison(&mut self) -> Result<Filter, PathParseError> {
        for (name, whole) in [("match", true), ("search", false)] {
            if self.consume_call(name) {
                return self.parse_match_call(whole);
            }
        }
        let left = match self.parse_side()? {
            Side::Operand(operand) => operand,
            Side::Pattern(pattern) => {
                if !self.consume_text("=~") {
                    return Err(self.error_here());
                }
                return Ok(Filter::Matches(self.parse_operand()?, pattern));
            }
        };
        if self.consume_text("=~") {
            self.skip_whitespace();
            let offset = self.offset;
            return match self.parse_side()? {
                Side::Pattern(pattern) => Ok(Filter::Matches(left, pattern)),
                Side::Operand(Operand::Literal(Json::String(text))) => {
                    Ok(Filter::Matches(left, Pattern::new(&text, "", true).map_err(|message| (message, offset))?))
                }
                Side::Operand(_) => Err(("a regular expression such as /on/i must follow =~".to_owned(), offset)),
            };
        }
        match self.parse_operator() {
            Some(Operator::Empty) if self.ends_condition() => {
                Ok(Filter::Compare(left, Operator::Empty, Operand::Literal(Json::Bool(true))))
            }
            Some(operator) => {
                self.skip_whitespace();
                let offset = self.offset;
                let right = self.parse_operand()?;
                check_right_side(operator, &right).map_err(|message| (message.to_owned(), offset))?;
                Ok(Filter::Compare(left, operator, right))
            }
            None if matches!(left, Operand::Path(_)) && self.ends_condition() => Ok(Filter::Exists(left)),
            None => Err(self.unexpected()),
        }
    }

    /// Returns whether a condition can end here.
    fn ends_condition(&mut self) -> bool {
        self.skip_whitespace();
        let rest = self.remaining();
        rest.is_empty() || rest.starts_with([')', ']']) || rest.starts_with("&&") || rest.starts_with("||")
    }

    fn parse_operator(&mut self) -> Option<Operator> {
        self.skip_whitespace();
        let rest = self.remaining();
        if rest.starts_with("<>") || rest.starts_with("!==") {
            return None;
        }
        for (name, operator) in OPERATORS {
            let Some(begin) = rest.get(..name.len()).filter(|begin| begin.eq_ignore_ascii_case(name)) else { continue };
            let is_word = begin.starts_with(|c: char| c.is_ascii_alphabetic());
            if !is_word || !rest[begin.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_') {
                self.offset += begin.len();
                return Some(operator);
            }
        }
        None
    }

    /// Parses the arguments of the functions `match` and `search` of RFC 9535.
    fn parse_match_call(&mut self, whole: bool) -> Result<Filter, PathParseError> {
        let text = self.parse_operand()?;
        self.expect(',')?;
        self.skip_whitespace();
        let offset = self.offset;
        let Operand::Literal(Json::String(expression)) = self.parse_operand()? else {
            return Err(("write the regular expression as a text in quotes".to_owned(), offset));
        };
        self.expect(')')?;
        let pattern = Pattern::new(&expression, "", whole).map_err(|message| (message, offset))?;
        Ok(Filter::Matches(text, pattern))
    }

    /// Parses a value.
    pub fn parse_operand(&mut self) -> Result<Operand, PathParseError> {
        self.skip_whitespace();
        let offset = self.offset;
        match self.parse_side()? {
            Side::Operand(operand) => Ok(operand),
            Side::Pattern(_) => Err(("a regular expression needs =~ before or after it".to_owned(), offset)),
        }
    }

    fn parse_side(&mut self) -> Result<Side, PathParseError> {
        self.skip_whitespace();
        let operand = match self.peek() {
            Some('@' | '$') => Operand::Path(self.parse_filter_path()?),
            Some('\'' | '"' | '[' | '{') => Operand::Literal(self.parse_literal()?),
            Some('/') => return self.parse_pattern().map(Side::Pattern),
            _ if self.consume_call("length") => {
                let operand = self.parse_operand()?;
                self.expect(')')?;
                Operand::Length(Box::new(operand))
            }
            _ if self.consume_call("count") => {
                let path = self.parse_filter_path()?;
                self.expect(')')?;
                Operand::Count(path)
            }
            _ if self.consume_call("value") => {
                let path = self.parse_filter_path()?;
                self.expect(')')?;
                Operand::Path(path)
            }
            _ => Operand::Literal(self.parse_word()?),
        };
        Ok(Side::Operand(operand))
    }

    fn parse_word(&mut self) -> Result<Json, PathParseError> {
        let rest = self.remaining();
        let is_end = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '+' | '_');
        let word = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        let json = match word {
            "true" | "false" | "null" => serde_json::from_str(word).ok(),
            word if is_json_number(word) => serde_json::from_str(word).ok(),
            _ => None,
        };
        self.offset += if json.is_some() { word.len() } else { 0 };
        json.ok_or_else(|| match word {
            word if word.starts_with(|c: char| c.is_ascii_alphabetic()) && intended(word).is_none() => {
                let message = format!("write '{word}' for a text, or @.{word} for a value of the item");
                (message, self.offset)
            }
            _ => self.unexpected(),
        })
    }

    /// Returns the error that something else must be here, and what may have been meant.
    pub fn unexpected(&self) -> PathParseError {
        let (message, offset) = self.error_here();
        (intended(self.remaining()).map_or_else(|| message.clone(), |hint| format!("{message}: {hint}")), offset)
    }

    /// Parses a text in quotes, an array or an object.
    fn parse_literal(&mut self) -> Result<Json, PathParseError> {
        let rest = self.remaining();
        let length = match rest.chars().next() {
            Some(quote @ ('\'' | '"')) => quoted_length(rest, quote),
            _ => lenient_json::read(rest).ok().map(|document| document.length),
        };
        let Some(length) = length else {
            return Err(("the quote or bracket is not closed".to_owned(), self.offset));
        };
        let list = lenient_json::read(&format!("[{}]", &rest[..length]));
        let list = list.ok().and_then(|list| serde_json::from_str::<Vec<Json>>(&list.json).ok());
        let Some(json) = list.and_then(|list| <[Json; 1]>::try_from(list).ok()) else {
            return Err(self.error_here());
        };
        self.offset += length;
        let [json] = json;
        Ok(json)
    }

    fn parse_pattern(&mut self) -> Result<Pattern, PathParseError> {
        let start = self.offset;
        let rest = &self.remaining()[1..];
        let Some(length) = unescaped_position(rest, '/') else {
            return Err(("the regular expression is not closed".to_owned(), start));
        };
        let after = &rest[length + 1..];
        let flags = &after[..after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len())];
        let pattern = Pattern::new(&rest[..length].replace("\\/", "/"), flags, true);
        self.offset += 1 + length + 1 + flags.len();
        pattern.map_err(|message| (message, start))
    }

    /// Parses a path that begins with `@` or `$`, up to the operator or bracket that follows it.
    fn parse_filter_path(&mut self) -> Result<FilterPath, PathParseError> {
        self.skip_whitespace();
        let start = self.offset;
        let rest = self.remaining();
        if !rest.starts_with(['@', '$']) {
            return Err(self.error_here());
        }
        let text = &rest[..path_length(rest)];
        let (segments, function) = parse_path(text).map_err(|(message, offset)| (message, start + offset))?;
        self.offset += text.len();
        Ok(FilterPath { from_root: text.starts_with('$'), segments, function: function.map(Box::new) })
    }

    /// Consumes the name of a function and the parenthesis after it.
    fn consume_call(&mut self, name: &str) -> bool {
        let matches = self.remaining().strip_prefix(name).is_some_and(|rest| rest.starts_with('('));
        self.offset += if matches { name.len() + 1 } else { 0 };
        matches
    }
}

/// Checks the right side of an operator that accepts only certain values.
fn check_right_side(operator: Operator, right: &Operand) -> Result<(), &'static str> {
    let Operand::Literal(json) = right else { return Ok(()) };
    match operator {
        Operator::Size if !json.is_u64() => Err("a number must follow size"),
        Operator::Empty if !json.is_boolean() => Err("true, false or nothing must follow empty"),
        Operator::In | Operator::NotIn | Operator::All | Operator::SubsetOf | Operator::AnyOf | Operator::NoneOf
            if !json.is_array() =>
        {
            Err("a list such as ['a', 'b'] must follow this operator")
        }
        _ => Ok(()),
    }
}

/// Returns the length of a string with its quotes.
fn quoted_length(text: &str, quote: char) -> Option<usize> {
    unescaped_position(&text[1..], quote).map(|position| position + 2)
}

/// Returns the offset of a character that no backslash precedes.
fn unescaped_position(text: &str, wanted: char) -> Option<usize> {
    let mut escaped = false;
    text.find(|c| {
        let is_escaped = std::mem::take(&mut escaped);
        escaped = c == '\\' && !is_escaped;
        c == wanted && !is_escaped
    })
}

/// Returns the length of the path at the beginning of a text.
fn path_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    for (offset, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') if depth > 0 => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') if depth > 0 => depth -= 1,
            (None, c) if depth == 0 && (c.is_whitespace() || ")]=!<>&|,~\"'".contains(c)) => return offset,
            _ => {}
        }
    }
    text.len()
}
