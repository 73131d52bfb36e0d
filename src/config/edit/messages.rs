//! Edits `messages.toml` in place.

use super::{
    super::{
        document::Document,
        error::ConfigError,
        messages::{MESSAGE, read_messages},
        serialize::messages_to_toml,
    },
    Blocks, UNSUPPORTED_LAYOUT, delete_block, edit_after_bom, header_nodes,
    layout::TextLayout,
    text_edits::TextEdits,
};
use crate::model::saved_message::{MessageEdit, SavedMessages};

/// Applies an edit to the text of a file of messages. Only the lines that the edit concerns change. `name` is the file name in
/// errors.
///
/// # Errors
/// When the text is not a valid file of messages, has no such message, the name of a new one is in use, or the text uses a
/// layout that cannot be edited in place.
pub(crate) fn apply_message_edit(name: &str, text: &str, edit: &MessageEdit) -> Result<String, ConfigError> {
    let edit_error = |reason: String| ConfigError::Edit { file: name.to_owned(), reason };
    let old = read_messages(name, text).map_err(|problems| edit_error(problems.to_string()))?;
    let expected = edit.apply_to(&old).ok_or_else(|| {
        edit_error(match edit {
            MessageEdit::Add(message) => format!("there is a message `{}` already", message.name),
            MessageEdit::Replace(_) | MessageEdit::Delete(_) => format!("there is no message `{}`", edit.name()),
        })
    })?;
    let edited = edit_after_bom(text, |text| edited_text(text, &old, edit));
    match edited.filter(|edited| read_messages(name, edited).is_ok_and(|loaded| loaded == expected)) {
        Some(edited) => Ok(edited),
        None => Err(edit_error(UNSUPPORTED_LAYOUT.to_owned())),
    }
}

fn edited_text(text: &str, old: &SavedMessages, edit: &MessageEdit) -> Option<String> {
    let layout = TextLayout::new(text);
    let root = Document::parse("", text).root();
    let nodes = header_nodes(layout, &root, MESSAGE)?;
    let mut edits = TextEdits::new(layout);
    let index = old.messages.iter().position(|message| message.name == edit.name());
    match edit {
        MessageEdit::Add(message) => {
            let new_text = messages_to_toml(&SavedMessages { messages: vec![message.clone()] });
            let gap = if layout.is_blank(0..text.len()) { "" } else { layout.eol };
            edits.insert_lines(text.len(), format!("{gap}{new_text}"));
        }
        MessageEdit::Replace(message) => {
            let (node, old) = (*nodes.get(index?)?, old.messages.get(index?)?);
            let default_offset = layout.line_end(node.span().end);
            edits.update_keys(node, default_offset, old, message, &["name", "topic"]);
        }
        MessageEdit::Delete(_) => {
            let blocks = Blocks::new(layout, &root, &nodes, &[]);
            delete_block(&mut edits, &blocks.all, blocks.tiles.get(index?)?.clone())?;
        }
    }
    Some(edits.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::saved_message::SavedMessage;

    const TEXT: &str = "# What I often need.\n\n# Careful: at night only.\n[[message]]\nname = \"a\" # the first\ntopic = \
                        \"a/{{x}}\"\nqos = 1\n\n# The second one.\n[[message]]\nname = \"b\"\ntopic = \"b\"\n";

    fn message(name: &str, topic: &str) -> SavedMessage {
        SavedMessage { name: name.into(), topic: topic.into(), ..SavedMessage::default() }
    }

    fn edited(text: &str, edit: &MessageEdit) -> String {
        apply_message_edit("messages.toml", text, edit).unwrap()
    }

    #[test]
    fn edits_keep_comments_and_what_they_do_not_concern() {
        let added = "[[message]]\nname = \"c\"\ntopic = \"c\"\npayload = '''\n{\n}'''\n";
        let new = SavedMessage { payload: "{\n}".to_owned(), ..message("c", "c") };
        assert_eq!(edited(TEXT, &MessageEdit::Add(new.clone())), format!("{TEXT}\n{added}"));
        assert_eq!(edited("", &MessageEdit::Add(new)), added);
        let replaced = edited(TEXT, &MessageEdit::Replace(SavedMessage { retain: true, ..message("a", "new") }));
        let expected = TEXT.replace("\"a/{{x}}\"\nqos = 1\n", "\"new\"\nretain = true\n");
        assert_eq!(replaced, expected);
        let deleted = edited(TEXT, &MessageEdit::Delete("b".to_owned()));
        assert_eq!(deleted, TEXT[..TEXT.find("\n# The second").unwrap()]);
    }

    #[test]
    fn nothing_is_overwritten_or_guessed() {
        let error =
            |text: &str, edit: MessageEdit| apply_message_edit("messages.toml", text, &edit).unwrap_err().to_string();
        let add = || MessageEdit::Add(message("a", "a"));
        assert_eq!(error(TEXT, add()), "cannot edit messages.toml: there is a message `a` already");
        let delete = MessageEdit::Delete("c".to_owned());
        assert_eq!(error(TEXT, delete), "cannot edit messages.toml: there is no message `c`");
        assert!(error("[[message]\n", add()).starts_with("cannot edit messages.toml: "));
        let inline = "message = [{ name = \"b\", topic = \"b\" }]\n";
        assert!(error(inline, add()).ends_with(UNSUPPORTED_LAYOUT));
    }
}
