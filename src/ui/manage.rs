//! What is open for managing: lists, questions, names; forms are in [`form`].

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};
use tui_input::Input;

use super::{
    Look, entry, form, panel,
    text::{Side, line, width, wrap},
    tile::{self, Manner},
};
use crate::{
    app::{
        App, ManageDialog,
        editing::{Confirm, EditConflict, NamePrompt, NamePurpose},
    },
    model::{
        connection::Message, kind, media::DecodedImage, tile::Tile, tile_state::TileState, time::Time, value::Value,
    },
};

/// Draws what is open.
pub fn draw(buf: &mut Buffer, area: Rect, app: &App, task: &ManageDialog, look: &Look, now: Time) {
    match task {
        ManageDialog::Form(open) => form::draw(buf, area, app, open, look, now),
        ManageDialog::KindList(at) => kinds(buf, area, *at, look, now),
        ManageDialog::DashboardList(at) => boards(buf, area, app, *at, look),
        ManageDialog::MoveTile(_) => {}
        ManageDialog::Confirm(confirm) => question(buf, area, confirm, look),
        ManageDialog::NamePrompt(naming) => name(buf, area, naming, look),
        ManageDialog::PasswordPrompt(whose, input) => password(buf, area, whose, input, look),
        ManageDialog::Conflict(clash) => differs(buf, area, clash, look),
    }
}

/// A tile of each kind as it may look.
fn samples(now: Time) -> Vec<(Tile, TileState)> {
    let sample = |kind: Box<dyn kind::TileKind>| {
        let payload = match kind.name() {
            "range" => "62",
            "color" => "#00C0FF",
            "choice" => "Auto",
            "switch" => "1",
            _ => "23.4",
        };
        let is_image = kind.name() == "image";
        let mut tile = Tile::new(kind);
        let table: &mut dyn crate::model::schema::DynFields = &mut tile;
        if is_image {
            let _ = table.set("source", &"payload".into());
        }
        let option = Value::Table(vec![("label".into(), "Auto".into()), ("payload".into(), "Auto".into())]);
        // A kind without such a key is shown without it.
        let _ = table.set("options", &Value::Array(vec![option]));
        let _ = table.set("text_size", &"medium".into());
        let message = Message {
            topic: "sample".into(),
            payload: payload.as_bytes().into(),
            qos: crate::model::connection::Qos::AtMostOnce,
            retain: false,
        };
        let mut state = TileState::resolved_from(&tile, (&message).into(), now);
        state.image = is_image.then(landscape);
        (tile, state)
    };
    kind::all().map(sample).collect()
}

/// A picture of a hill below the sun.
fn landscape() -> DecodedImage {
    const SIZE: u32 = 32;
    let pixel = |at: u32| {
        let (x, y) = (at % SIZE, at / SIZE);
        let from_sun = x.abs_diff(23).pow(2) + y.abs_diff(8).pow(2);
        let hill = 14 + x.abs_diff(12).pow(2) / 16;
        match () {
            () if y >= hill => [0x4a, 0x8c, 0x3f],
            () if from_sun < 20 => [0xff, 0xd2, 0x4a],
            () => [0x7d, 0xb8, 0xe8],
        }
    };
    DecodedImage::still(SIZE, SIZE, (0..SIZE * SIZE).flat_map(pixel).collect())
}

/// The size of the inside of the panel with the kinds, and their list in it.
fn kinds_places(screen: Rect) -> ((u16, u16), Rect) {
    let count = u16::try_from(kind::all().count()).unwrap_or_default();
    let size = (if screen.width >= 44 { 52 } else { 30 }, count + 3);
    let area = panel::inside(screen, size);
    (size, Rect { width: area.width.min(14), height: area.height.min(count), ..area })
}

/// The kind at a place of the screen; `at` is the marked one.
#[must_use]
pub fn kind_at(screen: Rect, at: usize, place: (u16, u16)) -> Option<usize> {
    entry::row_at(kinds_places(screen).1, at, kind::all().count(), place)
}

/// The list of kinds, with a picture of the marked one.
fn kinds(buf: &mut Buffer, screen: Rect, at: usize, look: &Look, now: Time) {
    const PICTURE: (u16, u16) = (20, 5);
    let samples = samples(now);
    let rows: Vec<&str> = samples.iter().map(|(tile, _)| tile.kind.name()).collect();
    let count = u16::try_from(rows.len()).unwrap_or_default();
    let wide = screen.width >= 44;
    let (size, list) = kinds_places(screen);
    let area = panel::open(buf, screen, "Which kind of tile?", size, look);
    entry::list(buf, list, &rows, at, look);
    let Some((tile, state)) = samples.get(at) else {
        return;
    };
    let beside =
        Rect { x: area.x + 16, width: area.width.saturating_sub(16).min(PICTURE.0), height: PICTURE.1, ..area };
    if wide && beside.bottom() <= area.bottom() {
        let manner = Manner { selected: false, live: true, trusted: true };
        tile::draw(buf, beside, tile, state, manner, look, now);
    }
    let below = Rect { y: area.y + count.min(area.height) + 1, height: area.height.saturating_sub(count + 1), ..area };
    for (row, text) in (0..).zip(wrap(tile.kind.description(), below.width, usize::from(below.height))) {
        line(buf, below, row, &text, look.theme.dim(), Side::Left);
    }
}

/// The size of the inside of the panel with so many dashboards.
fn boards_size(count: usize) -> (u16, u16) {
    (60, u16::try_from(count).unwrap_or(u16::MAX).clamp(3, 16))
}

/// The dashboard at a place of the screen; `at` is the marked one.
#[must_use]
pub fn board_at(screen: Rect, app: &App, at: usize, place: (u16, u16)) -> Option<usize> {
    let count = app.dashboard_rows().len();
    entry::row_at(panel::inside(screen, boards_size(count)), at, count, place)
}

fn boards(buf: &mut Buffer, screen: Rect, app: &App, at: usize, look: &Look) {
    let rows = app.dashboard_rows();
    let area = panel::open(buf, screen, "Dashboards", boards_size(rows.len()), look);
    if rows.is_empty() {
        let text = "No dashboard yet: n makes one.";
        line(buf, area, 0, text, look.theme.dim(), Side::Left);
        return;
    }
    let shown: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {}  {}", if row.tab_index.is_some() { "●" } else { " " }, row.title, row.detail))
        .collect();
    let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
    entry::list(buf, area, &shown, at, look);
}

/// The lines of some paragraphs.
fn paragraphs(text: &[String], wide: u16) -> Vec<String> {
    text.iter().flat_map(|text| wrap(text, wide, 8)).collect()
}

fn question(buf: &mut Buffer, screen: Rect, confirm: &Confirm, look: &Look) {
    let wide = screen.width.saturating_sub(6).min(64);
    let lines = paragraphs(&confirm.text, wide);
    let height = u16::try_from(lines.len()).unwrap_or_default();
    let area = panel::open(buf, screen, &confirm.title, (wide, height), look);
    let lines: Vec<(String, Style)> = lines.into_iter().map(|text| (text, look.theme.text())).collect();
    panel::lines(buf, area, &lines, 0, look);
}

fn name(buf: &mut Buffer, screen: Rect, naming: &NamePrompt, look: &Look) {
    let (title, about) = match &naming.purpose {
        NamePurpose::New => ("New dashboard", "What is it to be called?"),
        NamePurpose::Copy(_) => ("Duplicate the dashboard", "What is the copy to be called?"),
        NamePurpose::Rename(_) => ("Rename the dashboard", "What is its file to be called?"),
        NamePurpose::SaveAs(..) => {
            ("Save the dashboard", "It has no file yet. To edit it, save it among your dashboards, named:")
        }
    };
    let wide = screen.width.saturating_sub(6).min(50);
    let lines = wrap(about, wide, 3);
    let rows = u16::try_from(lines.len()).unwrap_or_default();
    let area = panel::open(buf, screen, title, (wide, rows + 2), look);
    for (row, text) in (0..).zip(&lines) {
        line(buf, area, row, text, look.theme.text(), Side::Left);
    }
    let entry = Rect { y: area.y + rows.min(area.height), height: area.height.saturating_sub(rows), ..area };
    entry::entry(buf, entry, &naming.input, true, look);
    if let Some(wrong) = &naming.error {
        line(buf, entry, 1, &format!("! {wrong}"), look.theme.fault(), Side::Left);
    }
}

fn password(buf: &mut Buffer, screen: Rect, whose: &str, input: &Input, look: &Look) {
    let area = panel::open(buf, screen, &format!("Password of {whose}"), (46, 2), look);
    entry::entry(buf, area, &masked(input), true, look);
    line(buf, area, 1, "It is kept nowhere.", look.theme.dim(), Side::Left);
}

/// A line of which only the length is shown.
pub fn masked(input: &Input) -> Input {
    let shown: String = input.value().chars().map(|_| '•').collect();
    Input::new(shown).with_cursor(input.cursor())
}

fn differs(buf: &mut Buffer, screen: Rect, clash: &EditConflict, look: &Look) {
    let theme = look.theme;
    let wide = screen.width.saturating_sub(6).min(90);
    let file = clash.change.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let about = match clash.theirs {
        Some(_) => format!("Another hand has changed {file} meanwhile. Overwriting would change it so:"),
        None => format!("{file} is gone or cannot be read any more. Overwriting would change it so:"),
    };
    let mut lines: Vec<(String, Style)> = wrap(&about, wide, 4).into_iter().map(|line| (line, theme.text())).collect();
    lines.push((String::new(), theme.text()));
    lines.extend(clash.diff.iter().map(|text| {
        let style = match text.as_bytes().first() {
            Some(b'+') => theme.good(),
            Some(b'-') => theme.fault(),
            _ => theme.dim(),
        };
        (text.clone(), style)
    }));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(screen.height.saturating_sub(2));
    let area = panel::open(buf, screen, "Not saved yet", (wide, height), look);
    panel::lines(buf, area, &lines, clash.scroll, look);
}

/// A heading in a list or form.
pub fn heading(buf: &mut Buffer, area: Rect, row: u16, text: &str, look: &Look) -> u16 {
    let style = look.theme.accent().add_modifier(Modifier::BOLD);
    width(text).min(line(buf, area, row, text, style, Side::Left).width)
}
