//! The keys that a thing has in a file: one row for each says its name, what it may hold and what
//! it is for. Loading, saving, the reference in the docs and forms all walk these rows.

use super::value::{ValidationError, Value, ValuePathSegment, did_you_mean};

/// What a key takes, for people and for forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// `true` or `false`.
    Bool,
    /// A whole number in these limits.
    Integer(i64, i64),
    /// Any number.
    Float,
    /// Any text.
    String,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Something else; this says what.
    Custom(&'static str),
}

impl std::fmt::Display for ValueType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool => f.write_str("true or false"),
            Self::Integer(min, max) => write!(f, "a whole number from {min} to {max}"),
            Self::Float => f.write_str("a number"),
            Self::String => f.write_str("text"),
            Self::OneOf(choices) => {
                for (i, choice) in choices.iter().enumerate() {
                    let separator = match i {
                        0 => "",
                        _ if i + 1 == choices.len() => " or ",
                        _ => ", ",
                    };
                    write!(f, "{separator}\"{choice}\"")?;
                }
                Ok(())
            }
            Self::Custom(description) => f.write_str(description),
        }
    }
}

/// A type that can stand behind a key.
pub trait FieldValue: Sized {
    /// What a file may hold there.
    const VALUE_TYPE: ValueType;

    /// Reads it from a file's value.
    ///
    /// # Errors
    /// Everything that is wrong with the value.
    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>>;

    /// The value to write; `None` when the key is to be left out.
    fn to_value(&self) -> Option<Value>;
}

/// One key of `T`.
#[derive(Debug)]
pub struct FieldSpec<T> {
    /// Its name in the file.
    pub name: &'static str,
    /// What it is for, as a short sentence without its full stop.
    pub description: &'static str,
    /// What a file may hold there.
    pub value_type: ValueType,
    /// The value to write now.
    pub get: fn(&T) -> Option<Value>,
    /// Takes a value over from a file.
    pub set: fn(&mut T, &Value) -> Result<(), Vec<ValidationError>>,
}

/// A row of a [`Schema`] table: the field, its name in the file where that differs, and what it is for.
macro_rules! field {
    ($type:ty, $field:ident, $description:literal) => {
        $crate::model::schema::field!(fn($type), $field, stringify!($field), $description)
    };
    (fn($type:ty), $field:ident, $name:expr, $description:literal) => {
        $crate::model::schema::FieldSpec::<Self> {
            name: $name,
            description: $description,
            value_type: <$type as $crate::model::schema::FieldValue>::VALUE_TYPE,
            get: |it| $crate::model::schema::FieldValue::to_value(&it.$field),
            set: |it, value| {
                it.$field = <$type as $crate::model::schema::FieldValue>::from_value(value)?;
                Ok(())
            },
        }
    };
}
pub(crate) use field;

/// A thing with keys, whose missing keys mean its default.
pub trait Schema: Default + 'static {
    /// The rows, in the order in which a person would write them.
    const FIELDS: &'static [FieldSpec<Self>];

    /// Contradictions between keys that are each right alone.
    fn validate(&self) -> Vec<ValidationError> {
        Vec::new()
    }
}

/// What is known of a key without knowing whose it is.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldInfo {
    /// Its name in the file.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// What a file may hold there.
    pub value_type: ValueType,
    /// What a missing key means; `None` when it means nothing at all.
    pub default: Option<Value>,
}

/// Anything with keys, whatever its type.
pub trait DynFields {
    /// Its keys.
    fn fields(&self) -> Vec<FieldInfo>;

    /// The value of a key; `None` where there is none to write.
    fn get(&self, key: &str) -> Option<Value>;

    /// Takes over the value of a key; `None` when there is no such key.
    fn set(&mut self, key: &str, value: &Value) -> Option<Result<(), Vec<ValidationError>>>;

    /// Contradictions between keys.
    fn validate(&self) -> Vec<ValidationError>;
}

impl<T: Schema> DynFields for T {
    fn fields(&self) -> Vec<FieldInfo> {
        let default = T::default();
        T::FIELDS
            .iter()
            .map(|spec| FieldInfo {
                name: spec.name,
                description: spec.description,
                value_type: spec.value_type,
                default: (spec.get)(&default),
            })
            .collect()
    }

    fn get(&self, key: &str) -> Option<Value> {
        T::FIELDS.iter().find(|spec| spec.name == key).and_then(|row| (row.get)(self))
    }

    fn set(&mut self, key: &str, value: &Value) -> Option<Result<(), Vec<ValidationError>>> {
        T::FIELDS.iter().find(|spec| spec.name == key).map(|row| (row.set)(self, value))
    }

    fn validate(&self) -> Vec<ValidationError> {
        Schema::validate(self)
    }
}

/// The keys of a table that say something else than their default, in the order of its rows.
pub fn non_default_fields(table: &(impl DynFields + ?Sized)) -> Vec<(String, Value)> {
    table
        .fields()
        .into_iter()
        .filter_map(|field| {
            let value = table.get(field.name)?;
            (field.default.as_ref() != Some(&value)).then(|| (field.name.to_owned(), value))
        })
        .collect()
}

/// Reads names and values into a table, to the end, and says everything that is wrong.
///
/// # Errors
/// Unknown keys, wrong values and contradictions, each with its place.
pub fn set_fields(
    table: &mut (impl DynFields + ?Sized),
    entries: &[(String, Value)],
) -> Result<(), Vec<ValidationError>> {
    let mut errors = Vec::new();
    for (name, value) in entries {
        match table.set(name, value) {
            Some(Ok(())) => {}
            Some(Err(nested)) => errors.extend(nested.into_iter().map(|error| error.prepend_key(name))),
            None => errors.push(unknown_key(name, &table.fields())),
        }
    }
    errors.extend(table.validate());
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn unknown_key(name: &str, fields: &[FieldInfo]) -> ValidationError {
    let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
    ValidationError::new(format!("there is no key `{name}` here"))
        .with_help(
            did_you_mean(name, known.iter().copied())
                .unwrap_or_else(|| format!("the keys here are {}", known.join(", "))),
        )
        .prepend_path(ValuePathSegment::KeyName(name.to_owned()))
}
