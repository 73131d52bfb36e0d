//! The template of the tile that a form edits.

use crate::model::{
    expansion::TileOrigin,
    template::{Template, variables::Variables},
};

/// The template of the tile that a form edits.
#[derive(Debug, Clone)]
pub struct TemplateOfForm {
    /// Where the tile is defined.
    pub(in crate::app) origin: TileOrigin,
    /// The template without its tiles.
    pub(in crate::app) template: Template,
    /// What else the tile can have in braces.
    pub(in crate::app) variables: Variables,
    /// For how many devices the tile is shown.
    pub(in crate::app) device_count: usize,
}
