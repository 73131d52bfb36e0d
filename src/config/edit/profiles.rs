//! Edits `profiles.toml` in place.

use std::path::Path;

use toml::Spanned;

use super::{
    super::{
        document::{Document, TomlNode},
        error::ConfigError,
        profiles::read_profiles,
        serialize::profiles_to_toml,
    },
    UNSUPPORTED_LAYOUT, edit_after_bom, edit_top_level_keys,
    layout::{KeySyntax, TextLayout},
    text_edits::TextEdits,
};
use crate::model::edit::{ProfileEdit, Profiles};

/// Applies an edit to the text of a profiles file. Only the lines that the edit concerns change. `name` is
/// the file name in errors.
///
/// # Errors
/// When the text is not a valid profiles file, has no such profile, the new name is already in use, or the
/// text uses a layout that cannot be edited in place.
pub fn apply_profile_edit(name: &str, text: &str, edit: &ProfileEdit) -> Result<String, ConfigError> {
    let edit_error = |reason: String| ConfigError::Edit { file: name.to_owned(), reason };
    let load = |text: &str| read_profiles(name, text, Path::new("")).map(|(profiles, _)| profiles);
    let old = load(text).map_err(|problems| edit_error(problems.to_string()))?;
    let mut expected =
        edit.apply_to(&old).ok_or_else(|| edit_error("there is no such profile, or its new name is in use".into()))?;
    for profile in &mut expected.profiles {
        profile.base_dir.clear();
    }
    if expected == old {
        return Ok(text.to_owned());
    }
    let edited = edit_after_bom(text, |text| edited_text(text, &old, &expected, edit));
    match edited.filter(|edited| load(edited).is_ok_and(|loaded| loaded == expected)) {
        Some(edited) => Ok(edited),
        None => Err(edit_error(UNSUPPORTED_LAYOUT.to_owned())),
    }
}

fn edited_text(text: &str, old: &Profiles, expected: &Profiles, edit: &ProfileEdit) -> Option<String> {
    let layout = TextLayout::new(text);
    let root = Document::parse("", text).root();
    let mut edits = TextEdits::new(layout);
    if let ProfileEdit::Replace(name, profile) = edit
        && *name != profile.name
    {
        rename_profile(&mut edits, &root, name, &profile.name)?;
        let mut old = old.clone();
        old.profiles.iter_mut().find(|profile| profile.name == *name)?.name.clone_from(&profile.name);
        return edited_text(
            &edits.finish(),
            &old,
            expected,
            &ProfileEdit::Replace(profile.name.clone(), profile.clone()),
        );
    }
    if old.default != expected.default {
        let min_start = layout.own_keys(&root).iter().map(|(_, end)| *end).max().unwrap_or(0);
        let first = layout.blocks(&profile_headers(layout, &root), min_start).first().map(|block| block.start);
        edit_top_level_keys(&mut edits, &root, first, |edits, default_offset| {
            edits.update_keys(&root, default_offset, old, expected, &[]);
        });
    }
    match edit {
        ProfileEdit::SetDefault(_) => {}
        ProfileEdit::Add(profile) => {
            let new_text = profiles_to_toml(&Profiles { default: None, profiles: vec![profile.clone()] });
            let gap = if layout.is_blank(0..text.len()) { "" } else { layout.eol };
            edits.insert_lines(text.len(), format!("{gap}{new_text}"));
        }
        ProfileEdit::Replace(name, profile) => {
            let node = root.get_ref().get("profile")?.get_ref().get(name.as_str())?;
            let default_offset = layout.line_end(node.span().end);
            edits.update_keys(node, default_offset, old.by_name(name)?, profile, &["url"]);
        }
        ProfileEdit::Delete(name) => delete_profile(&mut edits, &root, name)?,
    }
    Some(edits.finish())
}

/// Returns all headers below `profile`, each with the end of its last value, in the order of the file.
fn profile_headers(layout: TextLayout<'_>, root: &TomlNode<'_>) -> Vec<(usize, usize)> {
    let profiles = root.get_ref().get("profile").and_then(|all| all.get_ref().as_table());
    let mut headers: Vec<_> =
        profiles.into_iter().flatten().flat_map(|(key, node)| section_headers(layout, key, node)).collect();
    headers.sort_unstable();
    headers
}

/// Returns the headers of a profile and of the tables in it, at any depth, each with the end of its last value.
fn section_headers(
    layout: TextLayout<'_>,
    key: &Spanned<toml::de::DeString<'_>>,
    node: &TomlNode<'_>,
) -> Vec<(usize, usize)> {
    let mut headers = Vec::new();
    let own_end = layout.own_keys(node).iter().map(|(_, end)| *end).max().unwrap_or_else(|| node.span().end);
    if layout.key_syntax(key, node) == KeySyntax::Sections {
        headers.push((node.span().start, own_end));
    }
    for (key, child) in node.get_ref().as_table().into_iter().flatten() {
        if layout.key_syntax(key, child) == KeySyntax::Sections {
            headers.extend(section_headers(layout, key, child));
        }
    }
    headers
}

/// Renames a profile in all of its headers.
fn rename_profile(edits: &mut TextEdits<'_>, root: &TomlNode<'_>, old: &str, new: &str) -> Option<()> {
    let layout = edits.layout;
    let (key, node) = root.get_ref().get("profile")?.get_ref().as_table()?.get_key_value(old)?;
    let old_key = layout.text.get(key.span())?;
    let new_key = toml_edit::Key::new(new).to_string();
    for (header, _) in section_headers(layout, key, node) {
        let line = header..layout.line_end(header);
        let start = layout.text[line.clone()].find(&format!(".{old_key}"))? + line.start + 1;
        edits.replace(start..start + old_key.len(), new_key.clone());
    }
    Some(())
}

/// Deletes all blocks of a profile, each with the empty lines after it.
fn delete_profile(edits: &mut TextEdits<'_>, root: &TomlNode<'_>, name: &str) -> Option<()> {
    let layout = edits.layout;
    let (key, node) = root.get_ref().get("profile")?.get_ref().as_table()?.get_key_value(name)?;
    let removed: Vec<usize> = section_headers(layout, key, node).iter().map(|(header, _)| *header).collect();
    let min_start = layout.own_keys(root).iter().map(|(_, end)| *end).max().unwrap_or(0);
    let all_headers = profile_headers(layout, root);
    let blocks = layout.blocks(&all_headers, min_start);
    for (index, block) in blocks.iter().enumerate().filter(|(index, _)| removed.contains(&all_headers[*index].0)) {
        let next = blocks.get(index + 1).map_or(layout.text.len(), |next| next.start);
        let end = if layout.is_blank(block.end..next) { next } else { block.end };
        edits.replace(block.start..end, "");
    }
    Some(())
}
