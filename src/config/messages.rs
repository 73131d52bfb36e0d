//! Reads `messages.toml`.

use std::path::Path;

use super::{
    document::{Document, TomlNode},
    file::read_text,
    problem::Problems,
    toml_value::items,
};
use crate::model::{
    saved_message::{SavedMessage, SavedMessages},
    value::ValidationError,
};

/// The key of the tables.
pub(super) const MESSAGE: &str = "message";

/// Loads the saved messages from a file. A file that does not exist has none.
///
/// # Errors
/// All problems of the file.
pub(crate) fn load_messages(path: &Path) -> Result<SavedMessages, Problems> {
    if matches!(path.try_exists(), Ok(false)) {
        return Ok(SavedMessages::default());
    }
    read_messages(&path.display().to_string(), &read_text(path)?)
}

/// Parses the text of a file of messages. `name` is the file name in problems.
///
/// # Errors
/// All problems of the text.
pub fn read_messages(name: &str, text: &str) -> Result<SavedMessages, Problems> {
    let mut document = Document::parse(name, text);
    let root = document.root();
    let mut messages = SavedMessages::default();
    document.read_into(&root, &mut messages, &[MESSAGE]);
    let all = root.get_ref().get(MESSAGE).map(toml::Spanned::get_ref);
    if all.is_some_and(|all| !all.is_array()) {
        let error = ValidationError::new("this is not a list of messages").with_help("write [[message]]");
        document.add_validation_error(&root, error.prepend_key(MESSAGE));
    }
    for node in items(&root, MESSAGE) {
        let Some(message) = read_message(&mut document, node) else { continue };
        if messages.by_name(&message.name).is_some() {
            let error = ValidationError::new(format!("another message has the name `{}`", message.name));
            document.add_validation_error(node, error.with_help("give each message another name").prepend_key("name"));
        }
        messages.messages.push(message);
    }
    let mut problems = document.problems;
    problems.sort();
    if problems.error_count() == 0 { Ok(messages) } else { Err(problems) }
}

fn read_message(document: &mut Document<'_>, node: &TomlNode<'_>) -> Option<SavedMessage> {
    if !node.get_ref().is_table() {
        let error = ValidationError::new("this is not a message");
        document.add_validation_error(node, error.with_help("write [[message]] and its keys below"));
        return None;
    }
    let mut message = SavedMessage::default();
    document.read_into(node, &mut message, &[]);
    Some(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::check::check_messages, model::edit::Profiles};

    const TEXT: &str = r#"# What I often need.
[[message]]
name = "Restart a board"
topic = "esp32/{{device}}/command"
payload = "{\"restart\": {{seconds}}}"

[[message]]
name = "Blink"
topic = "esp32/blink"
payload = "00 ff"
encoding = "hex"
qos = 1
retain = true
profile = "hub"
"#;

    fn errors(text: &str) -> Vec<(Option<(usize, usize)>, String)> {
        let problems = read_messages("messages.toml", text).unwrap_err();
        problems.list().iter().map(|problem| (problem.position(), problem.message().to_owned())).collect()
    }

    #[test]
    fn messages_are_read() {
        let messages = read_messages("messages.toml", TEXT).unwrap().messages;
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[0].holes(), ["device", "seconds"]);
        assert_eq!((messages[1].qos.as_u8(), messages[1].profile.as_deref()), (1, Some("hub")));
        assert_eq!(read_messages("messages.toml", "").unwrap(), SavedMessages::default());
    }

    #[test]
    fn mistakes_are_reported_where_they_are() {
        for (text, line, expected) in [
            ("[[message]]\nname = \"a\"\n", 1, "a message needs a `topic`"),
            ("[[message]]\nname = \"a\"\ntopic = \"a/#\"\n", 3, "a topic to publish to must not contain wildcards"),
            ("[[message]]\nname = \"a\"\ntopic = \"a\"\nqos = 3\n", 4, "3 is not a quality of service"),
            ("[[message]]\nname = \"a\"\ntopic = \"a\"\ncolour = \"\"\n", 4, "unknown key `colour`"),
            ("[message]\nname = \"a\"\n", 1, "this is not a list of messages"),
            ("message = [1]\n", 1, "this is not a message"),
            ("messages = 1\n", 1, "unknown key `messages`"),
        ] {
            let found = errors(text);
            let [(position, message)] = found.as_slice() else { panic!("{text}: {found:?}") };
            assert_eq!((position.map(|(line, _)| line), message.contains(expected)), (Some(line), true), "{found:?}");
        }
        let twice = TEXT.replace("\"Blink\"", "\"Restart a board\"");
        assert_eq!(errors(&twice), [(Some((8, 8)), "another message has the name `Restart a board`".to_owned())]);
        let not_hex = TEXT.replace("00 ff", "zz");
        assert!(errors(&not_hex)[0].1.starts_with("not hexadecimal"), "{:?}", errors(&not_hex));
    }

    #[test]
    fn unknown_profile_is_a_warning() {
        let problems = |names: &[&str]| {
            let profile = |name: &&str| crate::model::profile::Profile { name: (*name).into(), ..Default::default() };
            let profiles = Profiles { default: None, profiles: names.iter().map(profile).collect() };
            check_messages(Path::new("messages.toml"), TEXT, Some(&profiles))
        };
        assert!(problems(&["hub"]).list().is_empty());
        let found = problems(&["hob"]);
        assert_eq!((found.error_count(), found.list()[0].position()), (0, Some((14, 11))));
    }
}
