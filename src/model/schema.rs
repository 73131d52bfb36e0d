//! The keys of a table in a file. Each key is a [`FieldSpec`]: its name, type and description. Loading,
//! saving, forms and the generated reference `docs/files.md` all use these specifications.

use std::borrow::Cow;

use super::value::{ValidationError, Value, ValuePathSegment, did_you_mean};

/// The type of a key's value, for messages and forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// `true` or `false`.
    Bool,
    /// An integer between these limits, both inclusive.
    Integer(i64, i64),
    /// Any number.
    Float,
    /// Any text.
    String,
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// Another type, with its description.
    Custom(&'static str),
    /// A table whose keys the user chooses, with its description.
    Table(&'static str),
    /// A list of tables.
    List(ListType),
    /// A list of texts, with its description.
    TextList(&'static str),
    /// A list of tables with the keys of tiles, with its description.
    Rows(&'static str),
}

/// The type of a list of tables.
#[derive(Debug, Clone, Copy)]
pub struct ListType {
    /// What the value is: `a list such as …`.
    pub(crate) description: &'static str,
    /// Whether the first two columns are texts that stand for each other where one of them is empty.
    pub(crate) is_mirrored: bool,
    /// Returns the keys of each table.
    pub(crate) columns: fn() -> Vec<FieldInfo>,
}

impl ListType {
    /// Returns the keys of each table.
    #[must_use]
    pub fn columns(self) -> Vec<FieldInfo> {
        (self.columns)()
    }
}

/// Lists of the same description have the same keys.
impl PartialEq for ListType {
    fn eq(&self, other: &Self) -> bool {
        self.description == other.description
    }
}

impl Eq for ListType {}

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
            Self::Custom(description)
            | Self::Table(description)
            | Self::TextList(description)
            | Self::Rows(description)
            | Self::List(ListType { description, .. }) => f.write_str(description),
        }
    }
}

/// A type that can be the value of a key.
pub trait FieldValue: Sized {
    /// The type of the value in a file.
    const VALUE_TYPE: ValueType;

    /// Converts a file's value.
    ///
    /// # Errors
    /// All errors in the value.
    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>>;

    /// Returns the value to write, or `None` if the key is left out.
    fn to_value(&self) -> Option<Value>;
}

/// The specification of a key of `T`.
#[derive(Debug)]
pub(crate) struct FieldSpec<T> {
    /// The name of the key.
    pub name: &'static str,
    /// What forms call it; `None`: the name in words.
    pub label: Option<&'static str>,
    /// What the key means: a short sentence without a final period.
    pub description: &'static str,
    /// The type of the value in a file.
    pub value_type: ValueType,
    /// Returns the value to write.
    pub get: fn(&T) -> Option<Value>,
    /// Sets the field from a file's value.
    pub set: fn(&mut T, &Value) -> Result<(), Vec<ValidationError>>,
}

impl<T> FieldSpec<T> {
    /// Returns the specification without the access to `T`, whose default is `default`.
    pub(crate) fn info(&self, default: Option<&T>) -> FieldInfo {
        FieldInfo {
            name: self.name,
            label: self.label.map_or_else(|| words_of(self.name).into(), Cow::Borrowed),
            description: self.description,
            value_type: self.value_type,
            default: default.and_then(self.get),
        }
    }
}

/// Returns the name of a key in words: `wait_timeout` is `Wait timeout`.
fn words_of(name: &str) -> String {
    capitalized(&name.replace('_', " "))
}

/// Returns a text with a capital first letter.
#[must_use]
pub(crate) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Defines a row of [`Schema::FIELDS`]: the type, the field, its label in forms if that is not its name in words, and
/// what it means.
macro_rules! field {
    ($type:ty, $field:ident, $description:literal) => {
        $crate::model::schema::field!(@row $type, $field, None, $description)
    };
    ($type:ty, $field:ident as $label:literal, $description:literal) => {
        $crate::model::schema::field!(@row $type, $field, Some($label), $description)
    };
    (@row $type:ty, $field:ident, $label:expr, $description:literal) => {
        $crate::model::schema::FieldSpec::<Self> {
            name: stringify!($field),
            label: $label,
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

/// A struct with keys in a file. A missing key has the default value of its field.
pub(crate) trait Schema: Default + 'static {
    /// The keys, in the order in which they are written.
    const FIELDS: &'static [FieldSpec<Self>];

    /// Returns the errors of keys that contradict each other.
    fn validate(&self) -> Vec<ValidationError> {
        Vec::new()
    }

    /// Returns what applies while the key is left out, if the default of its field does not say it.
    fn implied(&self, _key: &str) -> Option<String> {
        None
    }
}

/// The specification of a key, independent of the struct it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldInfo {
    /// The name of the key.
    pub name: &'static str,
    /// What forms call it.
    pub label: Cow<'static, str>,
    /// What the key means.
    pub description: &'static str,
    /// The type of the value in a file.
    pub value_type: ValueType,
    /// The value of a missing key; `None` if it has no value.
    pub default: Option<Value>,
}

/// Access to the keys of a struct at run time.
pub trait DynFields {
    /// Returns the keys.
    fn fields(&self) -> Vec<FieldInfo>;

    /// Returns the value of a key, or `None` if it has no value to write.
    fn get(&self, key: &str) -> Option<Value>;

    /// Sets a key; returns `None` if there is no such key.
    fn set(&mut self, key: &str, value: &Value) -> Option<Result<(), Vec<ValidationError>>>;

    /// Returns the errors of keys that contradict each other.
    fn validate(&self) -> Vec<ValidationError>;

    /// Returns what applies while the key is left out, if [`FieldInfo::default`] does not say it: because it depends
    /// on other keys, or is no value that a file can have. A key in a nested table has the name of that before it: `x.step`.
    fn implied(&self, _key: &str) -> Option<String> {
        None
    }
}

impl<T: Schema> DynFields for T {
    fn fields(&self) -> Vec<FieldInfo> {
        let default = T::default();
        T::FIELDS.iter().map(|spec| spec.info(Some(&default))).collect()
    }

    fn get(&self, key: &str) -> Option<Value> {
        T::FIELDS.iter().find(|spec| spec.name == key).and_then(|spec| (spec.get)(self))
    }

    fn set(&mut self, key: &str, value: &Value) -> Option<Result<(), Vec<ValidationError>>> {
        T::FIELDS.iter().find(|spec| spec.name == key).map(|spec| (spec.set)(self, value))
    }

    fn validate(&self) -> Vec<ValidationError> {
        Schema::validate(self)
    }

    fn implied(&self, key: &str) -> Option<String> {
        Schema::implied(self, key)
    }
}

/// Returns the keys whose value is not the default, in the order of the schema.
pub(crate) fn non_default_fields(table: &(impl DynFields + ?Sized)) -> Vec<(String, Value)> {
    table
        .fields()
        .into_iter()
        .filter_map(|field| {
            let value = table.get(field.name)?;
            (field.default.as_ref() != Some(&value)).then(|| (field.name.to_owned(), value))
        })
        .collect()
}

/// Sets the keys of a table from names and values. Continues after an error, to report all of them.
///
/// # Errors
/// Unknown keys, wrong values and contradictions, each with its path.
pub(crate) fn set_fields(
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
    ValidationError::new(format!("unknown key `{name}`"))
        .with_help(
            did_you_mean(name, known.iter().copied()).unwrap_or_else(|| format!("the keys are {}", known.join(", "))),
        )
        .prepend_path(ValuePathSegment::KeyName(name.to_owned()))
}
