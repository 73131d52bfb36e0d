//! What identifies an entry of the command palette.

use crate::model::id::DashboardId;

/// What identifies an entry of the palette, wherever it is in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaletteEntry {
    /// The name of the key binding.
    pub(crate) name: &'static str,
    /// The dashboard that the entry shows, if it is one of several with this name.
    pub(crate) dashboard: Option<DashboardId>,
}
