//! The keys that a thing has in a file: one row for each says its name, what it may hold and what
//! it is for. Loading, saving, the reference in the docs and forms all walk these rows.

use super::value::{Complaint, Step, Value, did_you_mean};

/// What a key takes, for people and for forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    /// `true` or `false`.
    Bool,
    /// A whole number in these limits.
    Whole(i64, i64),
    /// Any number.
    Number,
    /// Any text.
    Text,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Something else; this says what.
    Form(&'static str),
}

impl std::fmt::Display for Wants {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool => f.write_str("true or false"),
            Self::Whole(min, max) => write!(f, "a whole number from {min} to {max}"),
            Self::Number => f.write_str("a number"),
            Self::Text => f.write_str("text"),
            Self::OneOf(words) => {
                for (i, word) in words.iter().enumerate() {
                    let glue = match i {
                        0 => "",
                        _ if i + 1 == words.len() => " or ",
                        _ => ", ",
                    };
                    write!(f, "{glue}\"{word}\"")?;
                }
                Ok(())
            }
            Self::Form(what) => f.write_str(what),
        }
    }
}

/// A type that can stand behind a key.
pub trait Field: Sized {
    /// What a file may hold there.
    const WANTS: Wants;

    /// Reads it from a file's value.
    ///
    /// # Errors
    /// Everything that is wrong with the value.
    fn read(value: &Value) -> Result<Self, Vec<Complaint>>;

    /// The value to write; `None` when the key is to be left out.
    fn write(&self) -> Option<Value>;
}

/// One key of `T`.
#[derive(Debug)]
pub struct Key<T> {
    /// Its name in the file.
    pub name: &'static str,
    /// What it is for, as a short sentence without its full stop.
    pub about: &'static str,
    /// What a file may hold there.
    pub wants: Wants,
    /// The value to write now.
    pub get: fn(&T) -> Option<Value>,
    /// Takes a value over from a file.
    pub set: fn(&mut T, &Value) -> Result<(), Vec<Complaint>>,
}

/// A row of a [`Keyed`] table: the field, its name in the file where that differs, and what it is for.
macro_rules! key {
    ($type:ty, $field:ident, $about:literal) => {
        $crate::model::key::key!(fn($type), $field, stringify!($field), $about)
    };
    (fn($type:ty), $field:ident, $name:expr, $about:literal) => {
        $crate::model::key::Key::<Self> {
            name: $name,
            about: $about,
            wants: <$type as $crate::model::key::Field>::WANTS,
            get: |it| $crate::model::key::Field::write(&it.$field),
            set: |it, value| {
                it.$field = <$type as $crate::model::key::Field>::read(value)?;
                Ok(())
            },
        }
    };
}
pub(crate) use key;

/// A thing with keys, whose missing keys mean its default.
pub trait Keyed: Default + 'static {
    /// The rows, in the order in which a person would write them.
    const KEYS: &'static [Key<Self>];

    /// Contradictions between keys that are each right alone.
    fn contradictions(&self) -> Vec<Complaint> {
        Vec::new()
    }
}

/// What is known of a key without knowing whose it is.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyRow {
    /// Its name in the file.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// What a file may hold there.
    pub wants: Wants,
    /// What a missing key means; `None` when it means nothing at all.
    pub default: Option<Value>,
}

/// Anything with keys, whatever its type.
pub trait Table {
    /// Its keys.
    fn rows(&self) -> Vec<KeyRow>;

    /// The value of a key; `None` where there is none to write.
    fn get(&self, key: &str) -> Option<Value>;

    /// Takes over the value of a key; `None` when there is no such key.
    fn set(&mut self, key: &str, value: &Value) -> Option<Result<(), Vec<Complaint>>>;

    /// Contradictions between keys.
    fn contradictions(&self) -> Vec<Complaint>;
}

impl<T: Keyed> Table for T {
    fn rows(&self) -> Vec<KeyRow> {
        let plain = T::default();
        T::KEYS
            .iter()
            .map(|key| KeyRow { name: key.name, about: key.about, wants: key.wants, default: (key.get)(&plain) })
            .collect()
    }

    fn get(&self, key: &str) -> Option<Value> {
        T::KEYS.iter().find(|row| row.name == key).and_then(|row| (row.get)(self))
    }

    fn set(&mut self, key: &str, value: &Value) -> Option<Result<(), Vec<Complaint>>> {
        T::KEYS.iter().find(|row| row.name == key).map(|row| (row.set)(self, value))
    }

    fn contradictions(&self) -> Vec<Complaint> {
        Keyed::contradictions(self)
    }
}

/// The keys of a table that say something else than their default, in the order of its rows.
pub fn spoken(table: &(impl Table + ?Sized)) -> Vec<(String, Value)> {
    table
        .rows()
        .into_iter()
        .filter_map(|row| {
            let value = table.get(row.name)?;
            (row.default.as_ref() != Some(&value)).then(|| (row.name.to_owned(), value))
        })
        .collect()
}

/// Reads names and values into a table, to the end, and says everything that is wrong.
///
/// # Errors
/// Unknown keys, wrong values and contradictions, each with its place.
pub fn fill(table: &mut (impl Table + ?Sized), entries: &[(String, Value)]) -> Result<(), Vec<Complaint>> {
    let mut wrong = Vec::new();
    for (name, value) in entries {
        match table.set(name, value) {
            Some(Ok(())) => {}
            Some(Err(inside)) => wrong.extend(inside.into_iter().map(|complaint| complaint.key(name))),
            None => wrong.push(unknown_key(name, &table.rows())),
        }
    }
    wrong.extend(table.contradictions());
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn unknown_key(name: &str, rows: &[KeyRow]) -> Complaint {
    let known: Vec<&str> = rows.iter().map(|row| row.name).collect();
    Complaint::new(format!("there is no key `{name}` here"))
        .help(
            did_you_mean(name, known.iter().copied())
                .unwrap_or_else(|| format!("the keys here are {}", known.join(", "))),
        )
        .at(Step::Name(name.to_owned()))
}
