//! What a kind reads out of a message that a tile keeps.

use std::sync::Arc;

/// What a kind reads out of a message: the row of a table, the position of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What tells it apart from the other records of the message, if it is one of several.
    pub key: Option<Arc<str>>,
    /// The fields, in an order that the kind knows; `None` if the message does not have it.
    pub fields: Box<[Option<Arc<str>>]>,
}

/// The records of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extracted {
    /// The records, in the order of the payload.
    pub records: Vec<Record>,
    /// How many more the payload has.
    pub left_out: usize,
}

impl Extracted {
    /// Returns the number of bytes that the records take.
    pub(super) fn bytes(&self) -> usize {
        let field_bytes =
            |field: &Option<Arc<str>>| size_of::<Arc<str>>() + field.as_ref().map_or(0, |text| text.len());
        let record_bytes = |record: &Record| size_of::<Record>() + record.fields.iter().map(field_bytes).sum::<usize>();
        self.records.iter().map(record_bytes).sum()
    }
}
