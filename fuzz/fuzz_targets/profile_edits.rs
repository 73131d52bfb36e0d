//! Random edits of `profiles.toml`: the result is what was asked for, and comments stay.
#![no_main]

use std::path::Path;

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use mqtt_dash::{
    config::{ProfileEdit, Profiles, apply_profile_edit, profiles_to_toml, read_profiles},
    model::{profile::Profile, schema::DynFields},
};
use mqtt_dash_fuzz::{
    edits::{comments, set_some, text},
    with_text,
};

fn read(text: &str) -> Option<Profiles> {
    read_profiles("x", text, Path::new("")).ok().map(|(profiles, _)| profiles)
}

fn edit(profiles: &Profiles, input: &mut Unstructured<'_>) -> Result<ProfileEdit> {
    let name = text(input)?;
    if profiles.profiles.is_empty() || input.ratio(1, 4)? {
        let mut profile = Profile { name, ..Profile::default() };
        let rows = profile.fields();
        set_some(&mut profile, &rows, input)?;
        return Ok(ProfileEdit::Add(profile));
    }
    let one = input.choose(&profiles.profiles)?.clone();
    Ok(match input.int_in_range(0..=3)? {
        0 => ProfileEdit::SetDefault(input.arbitrary::<bool>()?.then_some(one.name)),
        1 => ProfileEdit::Delete(one.name),
        rename => {
            let mut changed = one.clone();
            let rows = changed.fields();
            set_some(&mut changed, &rows, input)?;
            if rename == 2 {
                changed.name = name;
            }
            ProfileEdit::Replace(one.name, changed)
        }
    })
}

fn run(text: &str, input: &mut Unstructured<'_>) -> Result<()> {
    let Some(mut profiles) = read(text) else { return Ok(()) };
    assert_eq!(read(&profiles_to_toml(&profiles)).as_ref(), Some(&profiles));
    let mut text = text.to_owned();
    while !input.is_empty() {
        let edit = edit(&profiles, input)?;
        let Ok(edited) = apply_profile_edit("x", &text, &edit) else { continue };
        let expected = edit.apply_to(&profiles).expect("an edit that was applied is possible");
        assert_eq!(read(&edited).as_ref(), Some(&expected), "{edit:?}\n{text}\n---\n{edited}");
        if expected == profiles {
            assert_eq!(edited, text, "an edit that changes nothing has changed the text");
        }
        if let (false, Some(before), Some(after)) =
            (matches!(edit, ProfileEdit::Delete(_)), comments(&text), comments(&edited))
        {
            assert_eq!(before, after, "{edit:?}: the comments have changed\n{text}\n---\n{edited}");
        }
        (text, profiles) = (edited, expected);
    }
    Ok(())
}

fuzz_target!(|data: &[u8]| {
    with_text(data, run);
});
