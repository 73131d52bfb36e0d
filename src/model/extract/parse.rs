//! The text of a JSON path as hops, by the rules of Jayway's compiler. What stands in a filter is
//! read by `jsonpath-rust`.

use jsonpath_rust::parser::{
    errors::JsonPathError,
    model::{Filter, Segment, Selector},
    parse_json_path,
};

use pest::error::InputLocation;

use super::stream;

/// One hop from values to values inside them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Hop {
    /// The value of this key.
    Name(String),
    /// The values of these keys.
    Names(Vec<String>),
    /// The item at this place; from the end, where it is below 0.
    Index(i64),
    /// The items at these places.
    Indexes(Vec<i64>),
    /// The items from a place up to another one, all or every so many.
    Slice(Option<i64>, Option<i64>, usize),
    /// Everything inside.
    Any,
    /// The items that pass; or the table itself, if it does.
    Pass(Sieve),
    /// The value itself and all that is inside, at any depth.
    Deep,
}

impl Hop {
    /// The same as a hop to one place, if it is one.
    pub fn single(&self) -> Option<stream::Hop> {
        match self {
            Self::Name(name) => Some(stream::Hop::Name(name.clone())),
            Self::Index(at) => Some(stream::Hop::Index(*at)),
            _ => None,
        }
    }
}

/// A filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sieve {
    /// What decides.
    pub filter: Filter,
    /// How often it may look at all of a value in turn.
    pub looks: u32,
    /// Whether it may look at the whole document, too.
    pub whole: bool,
}

/// Why a path cannot be read: what is wrong, and the byte where.
pub(super) type Wrong = (String, usize);

/// The hops of a path, which is not empty.
pub(super) fn hops(path: &str) -> Result<Vec<Hop>, Wrong> {
    let mut reader = Reader { path, at: 0 };
    let mut hops = Vec::new();
    match path.as_bytes().first() {
        Some(b'$' | b'@') => reader.at = 1,
        Some(b'[') => {}
        _ => hops.push(reader.name()?),
    }
    while let Some(next) = reader.peek() {
        match next {
            '.' => {
                reader.at += 1;
                if reader.peek() == Some('.') {
                    reader.at += 1;
                    hops.push(Hop::Deep);
                }
                match reader.peek() {
                    Some('[') => {}
                    Some(_) => hops.push(reader.name()?),
                    None => return Err(("a name is missing behind the dot".to_owned(), reader.at - 1)),
                }
            }
            '[' => hops.push(reader.bracket()?),
            _ => return Err(reader.wrong()),
        }
    }
    Ok(hops)
}

struct Reader<'a> {
    path: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.path[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn wrong(&self) -> Wrong {
        match self.peek() {
            Some(here) => (format!("this is no JSON path: it cannot be read from `{here}` on"), self.at),
            None => ("this is no JSON path: it ends too early".to_owned(), self.path.len().saturating_sub(1)),
        }
    }

    fn name(&mut self) -> Result<Hop, Wrong> {
        let end = self.rest().find(['.', '[']).unwrap_or(self.rest().len());
        let name = self.rest()[..end].to_owned();
        if name == "*" {
            self.at += end;
            return Ok(Hop::Any);
        }
        let odd = |c: char| c.is_whitespace() || "()'\"]?*".contains(c);
        if let Some(odd) = name.find(odd).or(name.is_empty().then_some(0)) {
            self.at += odd;
            return Err(self.wrong());
        }
        self.at += end;
        Ok(Hop::Name(name))
    }

    fn skip(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Takes this character if it is the next one.
    fn take(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        self.at += if there { wanted.len_utf8() } else { 0 };
        there
    }

    fn bracket(&mut self) -> Result<Hop, Wrong> {
        self.at += 1;
        self.skip();
        let hop = match self.peek() {
            Some('\'' | '"') => self.names()?,
            Some('*') => {
                self.at += 1;
                Hop::Any
            }
            Some('?') => return self.filter(),
            _ => self.places()?,
        };
        self.skip();
        if self.take(']') { Ok(hop) } else { Err(self.wrong()) }
    }

    fn names(&mut self) -> Result<Hop, Wrong> {
        let mut names = Vec::new();
        loop {
            self.skip();
            let Some(quote @ ('\'' | '"')) = self.peek() else { return Err(self.wrong()) };
            let mut name = String::new();
            let mut escaped = false;
            let mut end = None;
            for (at, c) in self.rest().char_indices().skip(1) {
                match c {
                    '\\' if !escaped => escaped = true,
                    c if c == quote && !escaped => {
                        end = Some(at + 1);
                        break;
                    }
                    c => {
                        name.push(c);
                        escaped = false;
                    }
                }
            }
            let Some(end) = end else { return Err(("the quote is not closed".to_owned(), self.at)) };
            self.at += end;
            names.push(name);
            self.skip();
            if !self.take(',') {
                break;
            }
        }
        Ok(if names.len() == 1 { Hop::Name(names.remove(0)) } else { Hop::Names(names) })
    }

    /// A number, if one stands here.
    fn number(&mut self) -> Result<Option<i64>, Wrong> {
        self.skip();
        let sign = usize::from(self.rest().starts_with('-'));
        let digits = self.rest()[sign..].bytes().take_while(u8::is_ascii_digit).count();
        if sign + digits == 0 {
            return Ok(None);
        }
        let number = self.rest()[..sign + digits].parse().map_err(|_| self.wrong())?;
        self.at += sign + digits;
        self.skip();
        Ok(Some(number))
    }

    fn places(&mut self) -> Result<Hop, Wrong> {
        let first = self.number()?;
        if self.take(':') {
            let end = self.number()?;
            let step = if self.take(':') { self.number()?.unwrap_or(1) } else { 1 };
            let step = usize::try_from(step).ok().filter(|step| *step > 0);
            let step = step.ok_or_else(|| ("a step must be above 0".to_owned(), self.at.saturating_sub(1)))?;
            return Ok(Hop::Slice(first, end, step));
        }
        let mut places = vec![first.ok_or_else(|| self.wrong())?];
        while self.take(',') {
            places.push(self.number()?.ok_or_else(|| self.wrong())?);
        }
        Ok(if places.len() == 1 { Hop::Index(places[0]) } else { Hop::Indexes(places) })
    }

    /// What the library has to say of a filter that begins here, at the byte where that is known.
    fn bad_filter(&self, text: &str, fault: &JsonPathError) -> Wrong {
        let at = match fault {
            JsonPathError::PestError(inside) if plain(text) == text => match inside.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => at.checked_sub("$[".len()),
            },
            _ => None,
        };
        let at = at.map(|at| self.at + at).filter(|at| self.path.is_char_boundary(*at) && *at < self.path.len());
        match at {
            Some(at) => Self { path: self.path, at }.wrong(),
            None => (format!("this filter cannot be read: `{text}`; one is written like ?(@.level > 1)"), self.at),
        }
    }

    fn filter(&mut self) -> Result<Hop, Wrong> {
        let begin = self.at;
        let mut quote = None;
        let mut escaped = false;
        let mut depth = 0_usize;
        let mut end = None;
        for (at, c) in self.rest().char_indices() {
            match (quote, c) {
                (Some(_), _) if escaped => escaped = false,
                (Some(_), '\\') => escaped = true,
                (Some(open), c) if c == open => quote = None,
                (None, '\'' | '"') => quote = Some(c),
                (None, '[') => depth += 1,
                (None, ']') if depth == 0 => {
                    end = Some(at);
                    break;
                }
                (None, ']') => depth -= 1,
                _ => {}
            }
        }
        let Some(end) = end else { return Err(("the bracket of this filter is not closed".to_owned(), begin)) };
        let text = self.rest()[..end].to_owned();
        let read = parse_json_path(&format!("$[{}]", plain(&text)));
        let query = read.map_err(|fault| self.bad_filter(&text, &fault))?;
        let Ok([Segment::Selector(Selector::Filter(filter))]) = <[Segment; 1]>::try_from(query.segments) else {
            return Err(self.wrong());
        };
        let looks = text.matches("..").count() + text.matches('*').count() + text.matches('?').count() - 1;
        let whole = text.contains('$');
        self.at += end + 1;
        Ok(Hop::Pass(Sieve { filter, looks: u32::try_from(looks).unwrap_or(u32::MAX), whole }))
    }
}

/// A filter with the names in it quoted where the library wants them so: `@.level-1`.
fn plain(filter: &str) -> String {
    let mut plain = String::new();
    let mut rest = filter;
    let mut in_path = false;
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        match c {
            '\'' | '"' => {
                taken = quoted(rest, c);
                plain.push_str(&rest[..taken]);
            }
            '.' if in_path => {
                let name = &rest[1..];
                let end = name.find(|c: char| c.is_whitespace() || ".[]()=!<>&|,*~".contains(c)).unwrap_or(name.len());
                let name = &name[..end];
                let shorthand = name.chars().all(|c| c.is_alphanumeric() || c == '_' || !c.is_ascii())
                    && !name.starts_with(|c: char| c.is_ascii_digit());
                if shorthand {
                    plain.push('.');
                    plain.push_str(name);
                } else {
                    plain.push_str("['");
                    plain.push_str(&name.replace('\'', "\\'"));
                    plain.push_str("']");
                }
                taken += end;
            }
            c => {
                in_path = matches!(c, '@' | '$') || in_path && matches!(c, '[' | ']' | '0'..='9' | '-');
                plain.push(c);
            }
        }
        rest = &rest[taken..];
    }
    plain
}

/// How many bytes a quoted text at the beginning has, with its quotes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}
