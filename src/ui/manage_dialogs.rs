//! The management dialogs: lists, questions, and prompts for names and passwords. Forms are in [`form`].

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};
use tui_input::Input;

use super::{
    UiConfig, controls, dialog, form,
    text::{Alignment, draw_line, width, wrap},
    tile::{self, TileRenderState},
};
use crate::{
    app::{
        App, HiddenInput, ManageDialog,
        editing::{Confirm, EditConflict, NamePrompt, NamePurpose},
    },
    model::{
        connection::Message, kind, media::DecodedImage, tile::Tile, tile_state::TileState, time::Time, value::Value,
    },
};

/// Draws a management dialog. Returns how many lines it can be scrolled, if it can.
pub(crate) fn draw(
    buf: &mut Buffer,
    area: Rect,
    app: &App,
    dialog: &ManageDialog,
    config: &UiConfig,
    now: Time,
) -> Option<usize> {
    match dialog {
        ManageDialog::Form(form) => form::draw(buf, area, app, form, config, now),
        ManageDialog::KindList(selected) => draw_kinds(buf, area, *selected, config, now),
        ManageDialog::DashboardList(selected) => draw_dashboards(buf, area, app, *selected, config),
        ManageDialog::MoveTile { .. } => {}
        ManageDialog::Confirm(confirm) => draw_confirm(buf, area, confirm, config),
        ManageDialog::NamePrompt(prompt) => draw_name_prompt(buf, area, prompt, config),
        ManageDialog::PasswordPrompt(profile_name, HiddenInput(input)) => {
            draw_password(buf, area, profile_name, input, config);
        }
        ManageDialog::Conflict(conflict) => return Some(draw_edit_conflict(buf, area, conflict, config)),
    }
    None
}

/// Returns a sample tile of each kind.
fn sample_tiles(now: Time) -> Vec<(Tile, TileState)> {
    let sample_tile = |kind: Box<dyn kind::TileKind>| {
        let payload = match kind.name() {
            "range" => "62",
            "color" => "#00C0FF",
            "choice" => "Auto",
            "switch" => "1",
            _ => "23.4",
        };
        let is_image = kind.name() == "image";
        let mut tile = Tile::new(kind);
        let fields: &mut dyn crate::model::schema::DynFields = &mut tile;
        if is_image {
            let _ = fields.set("source", &"payload".into());
        }
        let option = Value::Table(vec![("label".into(), "Auto".into()), ("payload".into(), "Auto".into())]);
        // Kinds without these fields keep their defaults.
        let _ = fields.set("options", &Value::Array(vec![option]));
        let _ = fields.set("text_size", &"medium".into());
        let message = Message {
            topic: "sample".into(),
            payload: payload.as_bytes().into(),
            qos: crate::model::connection::Qos::AtMostOnce,
            retain: false,
        };
        let mut state = TileState::resolved_from(&tile, (&message).into(), now);
        state.image = is_image.then(sample_image);
        (tile, state)
    };
    kind::all().map(sample_tile).collect()
}

/// Returns an image of a hill below the sun.
fn sample_image() -> DecodedImage {
    const SIZE: u32 = 32;
    let pixel = |index: u32| {
        let (x, y) = (index % SIZE, index / SIZE);
        let sun_distance_squared = x.abs_diff(23).pow(2) + y.abs_diff(8).pow(2);
        let hill = 14 + x.abs_diff(12).pow(2) / 16;
        match () {
            () if y >= hill => [0x4a, 0x8c, 0x3f],
            () if sun_distance_squared < 20 => [0xff, 0xd2, 0x4a],
            () => [0x7d, 0xb8, 0xe8],
        }
    };
    DecodedImage::still(SIZE, SIZE, (0..SIZE * SIZE).flat_map(pixel).collect())
}

/// Returns the inner size of the dialog with the tile kinds, and the area of the list in it.
fn kinds_layout(screen: Rect) -> ((u16, u16), Rect) {
    let count = u16::try_from(kind::all().count()).unwrap_or_default();
    let size = (if screen.width >= 44 { 52 } else { 30 }, count + 3);
    let area = dialog::inner_area(screen, size);
    (size, Rect { width: area.width.min(14), height: area.height.min(count), ..area })
}

/// Returns the index of the tile kind at a screen position.
#[must_use]
pub(crate) fn kind_at(screen: Rect, selected: usize, position: (u16, u16)) -> Option<usize> {
    controls::row_at(kinds_layout(screen).1, selected, kind::all().count(), position)
}

/// Draws the list of tile kinds with a sample of the selected one.
fn draw_kinds(buf: &mut Buffer, screen: Rect, selected: usize, config: &UiConfig, now: Time) {
    const SAMPLE_SIZE: (u16, u16) = (20, 5);
    let samples = sample_tiles(now);
    let rows: Vec<&str> = samples.iter().map(|(tile, _)| tile.kind.name()).collect();
    let count = u16::try_from(rows.len()).unwrap_or_default();
    let is_wide = screen.width >= 44;
    let (size, list_area) = kinds_layout(screen);
    let area = dialog::draw_frame(buf, screen, "Which kind of tile?", size, config);
    controls::draw_list(buf, list_area, &rows, selected, config);
    let Some((tile, state)) = samples.get(selected) else {
        return;
    };
    let sample_area =
        Rect { x: area.x + 16, width: area.width.saturating_sub(16).min(SAMPLE_SIZE.0), height: SAMPLE_SIZE.1, ..area };
    if is_wide && sample_area.bottom() <= area.bottom() {
        let render_state = TileRenderState { selected: false, connected: true, permissions_granted: true };
        tile::draw(buf, sample_area, tile, state, render_state, config, now);
    }
    let description_area =
        Rect { y: area.y + count.min(area.height) + 1, height: area.height.saturating_sub(count + 1), ..area };
    for (row, text) in
        (0..).zip(wrap(tile.kind.description(), description_area.width, usize::from(description_area.height)))
    {
        draw_line(buf, description_area, row, &text, config.theme.dim(), Alignment::Left);
    }
}

/// Returns the inner size of the dialog with this number of dashboards.
fn dashboards_size(count: usize) -> (u16, u16) {
    (60, u16::try_from(count).unwrap_or(u16::MAX).clamp(3, 16))
}

/// Returns the index of the dashboard at a screen position.
#[must_use]
pub(crate) fn dashboard_at(screen: Rect, app: &App, selected: usize, position: (u16, u16)) -> Option<usize> {
    let count = app.dashboard_rows().len();
    controls::row_at(dialog::inner_area(screen, dashboards_size(count)), selected, count, position)
}

fn draw_dashboards(buf: &mut Buffer, screen: Rect, app: &App, selected: usize, config: &UiConfig) {
    let rows = app.dashboard_rows();
    let area = dialog::draw_frame(buf, screen, "Dashboards", dashboards_size(rows.len()), config);
    if rows.is_empty() {
        let text = "No dashboards yet: press n to add one.";
        draw_line(buf, area, 0, text, config.theme.dim(), Alignment::Left);
        return;
    }
    let labels: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {}  {}", if row.tab_index.is_some() { "●" } else { " " }, row.title, row.detail))
        .collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    controls::draw_list(buf, area, &labels, selected, config);
}

/// Returns the lines of wrapped paragraphs.
fn wrap_paragraphs(text: &[String], max_width: u16) -> Vec<String> {
    text.iter().flat_map(|text| wrap(text, max_width, 8)).collect()
}

fn draw_confirm(buf: &mut Buffer, screen: Rect, confirm: &Confirm, config: &UiConfig) {
    let dialog_width = screen.width.saturating_sub(6).min(64);
    let lines = wrap_paragraphs(&confirm.text, dialog_width);
    let height = u16::try_from(lines.len()).unwrap_or_default();
    let area = dialog::draw_frame(buf, screen, &confirm.title, (dialog_width, height), config);
    let lines: Vec<(String, Style)> = lines.into_iter().map(|text| (text, config.theme.text())).collect();
    dialog::draw_lines(buf, area, &lines, 0, config);
}

fn draw_name_prompt(buf: &mut Buffer, screen: Rect, prompt: &NamePrompt, config: &UiConfig) {
    let (title, label) = match &prompt.purpose {
        NamePurpose::New => ("New dashboard", "Name of the dashboard:"),
        NamePurpose::Copy(_) => ("Duplicate dashboard", "Name of the copy:"),
        NamePurpose::Rename(_) => ("Rename dashboard", "New name of the file:"),
        NamePurpose::SaveAs(..) => (
            "Save dashboard",
            "This dashboard has no file yet. To edit it, save it in your dashboards folder under this name:",
        ),
    };
    let dialog_width = screen.width.saturating_sub(6).min(50);
    let lines = wrap(label, dialog_width, 3);
    let rows = u16::try_from(lines.len()).unwrap_or_default();
    let area = dialog::draw_frame(buf, screen, title, (dialog_width, rows + 2), config);
    for (row, text) in (0..).zip(&lines) {
        draw_line(buf, area, row, text, config.theme.text(), Alignment::Left);
    }
    let input_area = Rect { y: area.y + rows.min(area.height), height: area.height.saturating_sub(rows), ..area };
    controls::draw_text_input(buf, input_area, &prompt.input, true, config);
    if let Some(error) = &prompt.error {
        draw_line(buf, input_area, 1, &format!("! {error}"), config.theme.error(), Alignment::Left);
    }
}

fn draw_password(buf: &mut Buffer, screen: Rect, profile_name: &str, input: &Input, config: &UiConfig) {
    let area = dialog::draw_frame(buf, screen, &format!("Password for {profile_name}"), (46, 2), config);
    controls::draw_text_input(buf, area, &mask_input(input), true, config);
    draw_line(buf, area, 1, "The password is not stored.", config.theme.dim(), Alignment::Left);
}

/// Returns a text input with each character masked.
pub(crate) fn mask_input(input: &Input) -> Input {
    let shown: String = input.value().chars().map(|_| '•').collect();
    Input::new(shown).with_cursor(input.cursor())
}

fn draw_edit_conflict(buf: &mut Buffer, screen: Rect, conflict: &EditConflict, config: &UiConfig) -> usize {
    let theme = config.theme;
    let dialog_width = screen.width.saturating_sub(6).min(90);
    let file = conflict.change.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let message = match conflict.theirs {
        Some(_) => format!("{file} was modified outside mqtt-dash. Overwriting it makes these changes:"),
        None => format!("{file} was deleted or is unreadable. Overwriting it makes these changes:"),
    };
    let mut lines: Vec<(String, Style)> =
        wrap(&message, dialog_width, 4).into_iter().map(|line| (line, theme.text())).collect();
    lines.push((String::new(), theme.text()));
    lines.extend(conflict.diff.iter().map(|text| {
        let style = match text.as_bytes().first() {
            Some(b'+') => theme.success(),
            Some(b'-') => theme.error(),
            _ => theme.dim(),
        };
        (text.clone(), style)
    }));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(screen.height.saturating_sub(2));
    let area = dialog::draw_frame(buf, screen, "Not saved", (dialog_width, height), config);
    dialog::draw_lines(buf, area, &lines, conflict.scroll, config)
}

/// Draws a heading and returns its width.
pub(crate) fn draw_heading(buf: &mut Buffer, area: Rect, row: u16, text: &str, config: &UiConfig) -> u16 {
    let style = config.theme.accent().add_modifier(Modifier::BOLD);
    width(text).min(draw_line(buf, area, row, text, style, Alignment::Left).width)
}
