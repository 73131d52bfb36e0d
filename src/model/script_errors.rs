//! The errors of a tile's scripts: one for each script, so that a script that works hides no error of another one.

use super::{error::TileError, script::ScriptKind};

/// The last error of each script of a tile. Few tiles have any, so without them it takes one pointer.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ScriptErrors(Option<Box<ErrorList>>);

/// The errors, each with the script that has failed; `None`: all of them.
#[derive(Debug, Clone, Default, PartialEq)]
struct ErrorList(Vec<(Option<ScriptKind>, TileError)>);

impl ScriptErrors {
    /// Sets the error of a script; with `None`, of all of them.
    pub fn set(&mut self, script: Option<ScriptKind>, error: TileError) {
        let ErrorList(errors) = &mut **self.0.get_or_insert_default();
        match errors.iter_mut().find(|(other, _)| *other == script) {
            Some((_, old)) => *old = error,
            None => errors.push((script, error)),
        }
    }

    /// Removes the error of a script that has worked, and that of all scripts.
    pub fn clear(&mut self, script: ScriptKind) {
        if let Some(list) = &mut self.0 {
            list.0.retain(|(other, _)| other.is_some_and(|other| other != script));
        }
        self.0.take_if(|list| list.0.is_empty());
    }

    /// Returns all errors as one sentence without a period; `None` if there are none.
    pub fn text(&self) -> Option<String> {
        let texts: Vec<String> = self.0.as_ref()?.0.iter().map(|(_, error)| error.to_string()).collect();
        (!texts.is_empty()).then(|| texts.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_that_works_hides_no_error_of_another_one() {
        let error = |text: &str| TileError::Script(text.to_owned());
        let mut errors = ScriptErrors::default();
        assert_eq!(errors.text(), None);
        errors.set(Some(ScriptKind::OnReceive), error("a"));
        errors.set(Some(ScriptKind::OnReceive), error("b"));
        errors.set(None, error("c"));
        assert_eq!(errors.text().as_deref(), Some("b; c"));
        errors.clear(ScriptKind::OnDisplay);
        assert_eq!(errors.text().as_deref(), Some("b"));
        errors.clear(ScriptKind::OnReceive);
        assert_eq!(errors, ScriptErrors::default());
    }
}
