//! Edits of the file of the profiles.

use std::path::Path;

use toml::Spanned;

use super::{
    super::{
        fault::StoreFault,
        profiles::read_profiles,
        read::{Document, Node},
        text::profiles_text,
    },
    head,
    keys::Splices,
    layout::{Form, Layout, end_of},
};
use crate::model::edit::{ProfileEdit, Profiles};

/// The text of the file of the profiles after an edit; only the lines that the edit is about differ.
/// `name` stands for the file in problems.
///
/// # Errors
/// That the text holds no profiles, has no such profile, or is written in a way that is not edited
/// here.
pub fn apply_to_profiles(name: &str, text: &str, edit: &ProfileEdit) -> Result<String, StoreFault> {
    let refused = |why: String| StoreFault::Edit { file: name.to_owned(), why };
    let load = |text: &str| read_profiles(name, text, Path::new("")).map(|(profiles, _)| profiles);
    let old = load(text).map_err(|problems| refused(problems.to_string()))?;
    let mut wanted =
        edit.apply_to(&old).ok_or_else(|| refused("there is no such profile, or another has its name".into()))?;
    for profile in &mut wanted.profiles {
        profile.base_dir.clear();
    }
    if wanted == old {
        return Ok(text.to_owned());
    }
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let edited = changed(bare, &old, &wanted, edit);
    let edited = edited.map(|edited| format!("{}{edited}", &text[..text.len() - bare.len()]));
    match edited.filter(|edited| load(edited).is_ok_and(|loaded| loaded == wanted)) {
        Some(edited) => Ok(edited),
        None => Err(refused("it is written in a way that only an editor can change".to_owned())),
    }
}

fn changed(text: &str, old: &Profiles, wanted: &Profiles, edit: &ProfileEdit) -> Option<String> {
    let layout = Layout::new(text);
    let root = Document::parse("", text).root();
    let mut splices = Splices::new(layout);
    if let ProfileEdit::Replace(name, profile) = edit
        && *name != profile.name
    {
        rename(&mut splices, &root, name, &profile.name)?;
        let mut old = old.clone();
        old.profiles.iter_mut().find(|profile| profile.name == *name)?.name.clone_from(&profile.name);
        return changed(&splices.finish(), &old, wanted, &ProfileEdit::Replace(profile.name.clone(), profile.clone()));
    }
    if old.default != wanted.default {
        let floor = layout.own_keys(&root).iter().map(|(_, end)| *end).max().unwrap_or(0);
        let first = layout.blocks(&headers(layout, &root), floor).first().map(|block| block.start);
        head(&mut splices, &root, first, |splices, floor| splices.keys(&root, floor, old, wanted, &[]));
    }
    match edit {
        ProfileEdit::SetDefault(_) => {}
        ProfileEdit::Add(profile) => {
            let fresh = profiles_text(&Profiles { default: None, profiles: vec![profile.clone()] });
            let gap = if layout.is_blank(0..text.len()) { "" } else { layout.eol };
            splices.lines(text.len(), format!("{gap}{fresh}"));
        }
        ProfileEdit::Replace(name, profile) => {
            let node = root.get_ref().get("profile")?.get_ref().get(name.as_str())?;
            let floor = layout.line_end(node.span().end);
            splices.keys(node, floor, old.by_name(name)?, profile, &["url"]);
        }
        ProfileEdit::Delete(name) => delete(&mut splices, &root, name)?,
    }
    Some(splices.finish())
}

/// All headers of the file below `profile`, each with the byte behind its last key.
fn headers(layout: Layout<'_>, root: &Node<'_>) -> Vec<(usize, usize)> {
    let profiles = root.get_ref().get("profile").and_then(|all| all.get_ref().as_table());
    let mut headers: Vec<_> =
        profiles.into_iter().flatten().flat_map(|(key, node)| sections(layout, key, node)).collect();
    headers.sort_unstable();
    headers
}

/// The headers of one profile and of the tables in it.
fn sections(layout: Layout<'_>, key: &Spanned<toml::de::DeString<'_>>, node: &Node<'_>) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let own = layout.own_keys(node).iter().map(|(_, end)| *end).max().unwrap_or_else(|| node.span().end);
    if layout.form(key, node) == Form::Sections {
        found.push((node.span().start, own));
    }
    for (key, inside) in node.get_ref().as_table().into_iter().flatten() {
        if layout.form(key, inside) == Form::Sections {
            found.push((inside.span().start, end_of(inside)));
        }
    }
    found
}

/// Gives a profile another name, in each header that holds it.
fn rename(splices: &mut Splices<'_>, root: &Node<'_>, old: &str, new: &str) -> Option<()> {
    let layout = splices.layout;
    let (key, node) = root.get_ref().get("profile")?.get_ref().as_table()?.get_key_value(old)?;
    let written = layout.text.get(key.span())?;
    let fresh = toml_edit::Key::new(new).to_string();
    for (header, _) in sections(layout, key, node) {
        let line = header..layout.line_end(header);
        let at = layout.text[line.clone()].find(&format!(".{written}"))? + line.start + 1;
        splices.replace(at..at + written.len(), fresh.clone());
    }
    Some(())
}

/// Takes all blocks of a profile out, each with the empty lines behind it.
fn delete(splices: &mut Splices<'_>, root: &Node<'_>, name: &str) -> Option<()> {
    let layout = splices.layout;
    let (key, node) = root.get_ref().get("profile")?.get_ref().as_table()?.get_key_value(name)?;
    let gone: Vec<usize> = sections(layout, key, node).iter().map(|(header, _)| *header).collect();
    let floor = layout.own_keys(root).iter().map(|(_, end)| *end).max().unwrap_or(0);
    let all = headers(layout, root);
    let blocks = layout.blocks(&all, floor);
    for (at, block) in blocks.iter().enumerate().filter(|(at, _)| gone.contains(&all[*at].0)) {
        let next = blocks.get(at + 1).map_or(layout.text.len(), |next| next.start);
        let end = if layout.is_blank(block.end..next) { next } else { block.end };
        splices.replace(block.start..end, "");
    }
    Some(())
}
