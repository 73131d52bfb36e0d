//! stand-in
use super::{
    field::parsed,
    key::{Field, Wants},
    value::{Complaint, Value},
};
/// x
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Icon(u16);
impl Icon {
    /// x
    pub fn glyph(self) -> &'static str {
        "●"
    }
    /// x
    pub fn ascii(self) -> &'static str {
        "(*)"
    }
}
impl Field for Icon {
    const WANTS: Wants = Wants::Text;
    fn read(v: &Value) -> Result<Self, Vec<Complaint>> {
        parsed(v, Self::WANTS, |_| Ok(Icon(0)))
    }
    fn write(&self) -> Option<Value> {
        None
    }
}
