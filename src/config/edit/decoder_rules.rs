//! Edits `decoders.toml` in place.

use super::{
    super::{
        decoder_rules::{RULE, entries_of},
        document::Document,
        error::ConfigError,
    },
    Blocks, UNSUPPORTED_LAYOUT, delete_block, edit_after_bom, header_nodes,
    layout::TextLayout,
    text_edits::TextEdits,
};
use crate::model::{
    decoder_rule_entry::{DecoderRuleEdit, DecoderRuleEntry},
    schema::DynFields as _,
};

/// Applies an edit to the text of a file of rules. A new rule comes first: of those that match a topic, the first one
/// counts. `name` is the file name in errors.
///
/// # Errors
/// When the text is not a valid file of rules, or uses a layout that cannot be edited in place.
pub fn apply_decoder_rule_edit(name: &str, text: &str, edit: &DecoderRuleEdit) -> Result<String, ConfigError> {
    let edit_error = |reason: String| ConfigError::Edit { file: name.to_owned(), reason };
    let old = entries_of(name, text).map_err(|problems| edit_error(problems.to_string()))?;
    let expected = edit.apply_to(&old);
    if expected == old {
        return Ok(text.to_owned());
    }
    let edited = edit_after_bom(text, |text| edited_text(text, &old, edit));
    let is_right = |edited: &String| entries_of(name, edited).is_ok_and(|entries| entries == expected);
    edited.filter(is_right).ok_or_else(|| edit_error(UNSUPPORTED_LAYOUT.to_owned()))
}

fn edited_text(text: &str, old: &[DecoderRuleEntry], edit: &DecoderRuleEdit) -> Option<String> {
    let layout = TextLayout::new(text);
    let root = Document::parse("", text).root();
    let nodes = header_nodes(layout, &root, RULE)?;
    let blocks = Blocks::new(layout, &root, &nodes, &[]);
    let mut edits = TextEdits::new(layout);
    let index = old.iter().position(|entry| entry.topic.as_ref() == edit.topic());
    match (edit, index) {
        (DecoderRuleEdit::Set(entry), Some(index)) => {
            let node = nodes.get(index)?;
            let default_offset = layout.line_end(node.span().end);
            edits.update_keys(node, default_offset, old.get(index)?, entry, &["decode"]);
        }
        (DecoderRuleEdit::Set(entry), None) => insert_first(&mut edits, &blocks, entry),
        (DecoderRuleEdit::Remove(_), Some(index)) => {
            let block = blocks.tiles.get(index)?.clone();
            delete_block(&mut edits, &blocks.all, block)?;
        }
        (DecoderRuleEdit::Remove(_), None) => {}
    }
    Some(edits.finish())
}

/// Inserts a rule before the first one, and before the comment on that.
fn insert_first(edits: &mut TextEdits<'_>, blocks: &Blocks, entry: &DecoderRuleEntry) {
    let layout = edits.layout;
    let entries = entry.fields().into_iter().filter_map(|field| {
        let value = edits.toml_text(&entry.get(field.name)?);
        Some(format!("{} = {value}{}", field.name, layout.eol))
    });
    let rule = format!("[[{RULE}]]{}{}", layout.eol, entries.collect::<String>());
    if let Some(first) = blocks.all.first() {
        edits.insert_lines(first.start, rule + layout.eol);
    } else {
        let gap = if layout.is_blank(0..layout.text.len()) { "" } else { layout.eol };
        edits.insert_lines(layout.text.len(), format!("{gap}{rule}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        decode::Decoder,
        model::{decoder_rule_entry::RuleDecoders, topic::TopicFilter},
    };

    fn entry(topic: &str, name: &str) -> DecoderRuleEntry {
        let decoders = Decoder::by_name(name).into_iter().collect();
        DecoderRuleEntry {
            topic: Some(TopicFilter::new(topic).unwrap()),
            decode: RuleDecoders { decoders, then_protobuf: name == "protobuf" },
            schema: (name == "protobuf").then(|| "a.proto".to_owned()),
            message_type: (name == "protobuf").then(|| "a.B".to_owned()),
        }
    }

    fn set(text: &str, entry: DecoderRuleEntry) -> String {
        apply_decoder_rule_edit("decoders.toml", text, &DecoderRuleEdit::Set(entry)).unwrap()
    }

    #[test]
    fn rules_are_added_first_changed_and_removed_and_comments_stay() {
        let text = set("", entry("a/#", "cbor"));
        assert_eq!(text, "[[rule]]\ntopic = \"a/#\"\ndecode = \"cbor\"\n");
        let text = "# My rules.\n\n# All of a.\n[[rule]] # one\ntopic = \"a/#\" # two\ndecode = \"cbor\" # three\n";
        let added = set(text, entry("a/b", "protobuf"));
        let new = "[[rule]]\ntopic = \"a/b\"\ndecode = \"protobuf\"\nschema = \"a.proto\"\nmessage_type = \"a.B\"\n\n";
        assert_eq!(added, text.replace("# All of a.", &format!("{new}# All of a.")));
        let changed = set(&added, entry("a/#", "msgpack"));
        assert_eq!(changed, added.replace("cbor", "msgpack"));
        let changed = set(&changed, entry("a/b", "gzip"));
        assert!(!changed.contains("schema") && changed.contains("decode = \"gzip\""), "{changed}");
        let remove = DecoderRuleEdit::Remove(TopicFilter::new("a/b").unwrap());
        let removed = apply_decoder_rule_edit("decoders.toml", &changed, &remove).unwrap();
        assert_eq!(removed, text.replace("cbor", "msgpack"));
        let bom = "\u{feff}";
        assert_eq!(set(&format!("{bom}{text}"), entry("a/b", "protobuf")), format!("{bom}{added}"));
        assert_eq!(apply_decoder_rule_edit("decoders.toml", &removed, &remove).unwrap(), removed, "nothing to remove");
    }

    #[test]
    fn text_that_cannot_be_edited_is_refused() {
        let edit = DecoderRuleEdit::Set(entry("a", "cbor"));
        let error = |text: &str| apply_decoder_rule_edit("decoders.toml", text, &edit).unwrap_err().to_string();
        assert!(error("[[rule]\n").contains("decoders.toml"));
        assert!(error("rule = [{ topic = \"a\", decode = \"gzip\" }]\n").contains("text editor"));
    }
}
