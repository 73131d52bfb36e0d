//! Dashboards: a named set of tiles, as defined in `dashboards/NAME.toml`.

use std::borrow::Cow;

use super::{
    availability::Availability,
    field_value::{BoundedInt, Nested, string_enum},
    press::{Lock, PressMode},
    schema::{FieldSpec, Schema, field},
    template::{Template, variables::Variables},
    tile::Tile,
};

string_enum! {
    /// The size of tiles.
    TileSize {
        Medium = "medium" "24×7 cells.",
        Small = "small" "16×5 cells.",
        Large = "large" "32×9 cells.",
    }
}

string_enum! {
    /// How the tiles are shown.
    DashboardView {
        Auto = "auto" "As tiles; as a list on a small screen on which not all tiles fit.",
        Tiles = "tiles" "As tiles.",
        List = "list" "As a list of names, values and ages.",
    }
}

impl TileSize {
    /// Returns width and height in cells, including the border. The width is a minimum: tiles fill the row.
    #[must_use]
    pub const fn cells(self) -> (u16, u16) {
        match self {
            Self::Small => (16, 5),
            Self::Medium => (24, 7),
            Self::Large => (32, 9),
        }
    }
}

/// What the tiles of a dashboard take of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DashboardLayout {
    /// Each takes one place, on every terminal.
    Plain,
    /// They take different places, or none on some terminals or in a folded section.
    Mixed,
}

/// A named set of tiles.
#[derive(Debug, Clone, PartialEq)]
pub struct Dashboard {
    /// The title; `None`: the name of the file.
    pub title: Option<String>,
    /// The name of the profile to connect with.
    pub profile: Option<String>,
    /// The size of the tiles.
    pub tile_size: TileSize,
    /// Whether the tiles are shown as a list.
    pub view: DashboardView,
    /// The number of tiles per row; 0: as many as fit.
    pub columns: BoundedInt<0, 100>,
    /// The number of tiles per row on a narrow terminal; 0: the same as `columns`.
    pub columns_narrow: BoundedInt<0, 100>,
    /// What is disabled on the screen.
    pub locked: Lock,
    /// What a press asks for before it publishes.
    pub press: PressMode,
    /// Where the device of all tiles that name none says whether it is online.
    pub availability: Nested<Availability>,
    /// What names in braces stand for.
    pub vars: Variables,
    /// The tiles that are shown once for each device.
    pub templates: Vec<Template>,
    /// The tiles, in the order in which they are shown.
    pub tiles: Vec<Tile>,
}

/// Returns a tile and its rows.
pub(super) fn with_rows(tile: &Tile) -> impl Iterator<Item = Cow<'_, Tile>> {
    std::iter::once(Cow::Borrowed(tile)).chain(tile.shown_rows().map(Cow::Owned))
}

impl Dashboard {
    /// Returns its tiles, each panel with the rows behind it, as they are shown.
    pub(crate) fn tiles_and_rows(&self) -> impl Iterator<Item = Cow<'_, Tile>> {
        self.tiles.iter().flat_map(with_rows)
    }

    /// Returns everything that it defines: its tiles and those of its templates, each panel with the rows behind it.
    pub(crate) fn defined_tiles(&self) -> impl Iterator<Item = Cow<'_, Tile>> {
        let of_templates = self.templates.iter().flat_map(|template| template.tiles.iter().flat_map(with_rows));
        self.tiles_and_rows().chain(of_templates)
    }
}

impl Default for Dashboard {
    fn default() -> Self {
        Self {
            title: None,
            profile: None,
            tile_size: TileSize::Medium,
            view: DashboardView::Auto,
            columns: BoundedInt::clamped(0),
            columns_narrow: BoundedInt::clamped(0),
            locked: Lock::default(),
            press: PressMode::default(),
            availability: Nested::default(),
            vars: Variables::default(),
            templates: Vec::new(),
            tiles: Vec::new(),
        }
    }
}

impl Schema for Dashboard {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(Option<String>, title, "the title; if not set, the name of the file"),
        field!(Option<String>, profile as "Connection", "the profile to connect with; if not set, the one it is opened with"),
        field!(TileSize, tile_size as "Size of tiles", "the size of tiles: small 16×5 cells, medium 24×7, large 32×9"),
        field!(
            DashboardView,
            view,
            "tiles, or a list of names, values and ages; auto: a list on a screen below 60×16 on which not all tiles fit"
        ),
        field!(BoundedInt<0, 100>, columns as "Tiles per row", "the number of tiles per row; 0: as many as fit"),
        field!(BoundedInt<0, 100>, columns_narrow as "Tiles if narrow", "`columns` for a narrow terminal: of less than 60 columns, or taller than wide; 0: the same"),
        field!(
            Lock,
            locked,
            "layout: the dashboard cannot be edited on the screen; presses: its tiles publish nothing either; `true` is \
             the same as layout"
        ),
        field!(PressMode, press as "Presses", "guarded: each press asks before it publishes"),
        field!(
            Nested<Availability>,
            availability,
            "where the device of all tiles without `availability` says whether it is online"
        ),
        field!(
            Variables,
            vars as "Variables",
            "names that tiles have in braces, such as {site} in a topic, and what they stand for: `default`, and `choices` \
             from which the key v and the option --set choose another text"
        ),
    ];

    fn implied(&self, key: &str) -> Option<String> {
        let text = match key {
            "title" => "name of the file",
            "profile" => "the one it is opened with",
            _ => return None,
        };
        Some(text.to_owned())
    }
}
