//! What is wrong with a file: each problem with its place, in plain sentences and as a report with
//! carets.

use std::{fmt::Write as _, ops::Range, sync::Arc};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::source::{SourceText, sanitize_for_terminal};
pub use miette::Severity;

/// The most problems of one file that are told one by one.
const MAX_LISTED: usize = 100;

/// One thing that is wrong with a file.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    message: String,
    help: Option<String>,
    severity: Severity,
    span: Option<Range<usize>>,
    source_text: Arc<SourceText>,
}

impl Problem {
    /// An error about these bytes of a file, or about the file as a whole.
    pub(super) fn new(source: &Arc<SourceText>, span: Option<Range<usize>>, message: &str) -> Self {
        let span = span.map(|span| source.clip_to_line(&span));
        Self {
            message: sanitize_for_terminal(message),
            help: None,
            severity: Severity::Error,
            span,
            source_text: Arc::clone(source),
        }
    }

    /// The same, with what to do about it.
    pub(super) fn with_help(mut self, help: Option<String>) -> Self {
        self.help = help.map(|help| sanitize_for_terminal(&help));
        self
    }

    /// The same, as something that can be lived with.
    pub(super) fn into_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// What is wrong, as a sentence without its full stop.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    #[must_use]
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Whether the file can be used all the same.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        self.severity == Severity::Warning
    }

    /// The file that it is about.
    #[must_use]
    pub fn file(&self) -> &str {
        self.source_text.name()
    }

    /// The line and the column (in characters), both from 1; `None` when it is about the whole file.
    #[must_use]
    pub fn position(&self) -> Option<(usize, usize)> {
        self.span.as_ref().map(|span| self.source_text.line_and_column(span.start))
    }

    /// File, place, what is wrong and what to do, on one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut text = self.file().to_owned();
        if let Some((line, column)) = self.position() {
            let _ = write!(text, ":{line}:{column}");
        }
        let _ = write!(text, ": {}", self.message);
        if let Some(help) = &self.help {
            let _ = write!(text, " ({help})");
        }
        text
    }
}

impl Diagnostic for Problem {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn std::fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.span.as_ref().map(|_| &*self.source_text as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.span.clone()?;
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(None, span))))
    }
}

/// All that is wrong with a file, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    list: Vec<Problem>,
    omitted: usize,
}

impl Problems {
    /// Adds a problem; past a hundred they are only counted.
    pub(super) fn push(&mut self, problem: Problem) {
        if self.is_full() {
            self.omitted += 1;
        } else {
            self.list.push(problem);
        }
    }

    /// Whether further problems are only counted.
    pub(super) fn is_full(&self) -> bool {
        self.list.len() >= MAX_LISTED
    }

    /// Puts them in the order of the file.
    pub(super) fn sort(&mut self) {
        self.list.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
    }

    /// The problems, at most a hundred of a file.
    #[must_use]
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// How many more there are than [`list`](Self::list) holds.
    #[must_use]
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many errors there are.
    #[must_use]
    pub fn error_count(&self) -> usize {
        self.list.iter().filter(|problem| !problem.is_warning()).count() + self.omitted
    }

    /// How many warnings there are.
    #[must_use]
    pub fn warning_count(&self) -> usize {
        self.list.iter().filter(|problem| problem.is_warning()).count()
    }

    /// A report for people: the lines of the file with carets under what is wrong. `width` is that
    /// of the terminal, in cells.
    #[must_use]
    pub fn render_report(&self, colors: bool, width: usize) -> String {
        let theme = if colors { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(width).without_syntax_highlighting();
        let mut text = String::new();
        for problem in &self.list {
            let _ = handler.render_report(&mut text, problem);
            if problem.span.is_none() {
                let _ = writeln!(text, "   {}", problem.file());
            }
            text.push('\n');
        }
        if self.omitted > 0 {
            let _ = writeln!(text, "… and {} more", self.omitted);
        }
        text
    }
}

/// The first problem as a sentence, and how many there are beside it.
impl std::fmt::Display for Problems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Some(first) = self.list.iter().find(|problem| !problem.is_warning()).or(self.list.first()) else {
            return f.write_str("there is no problem");
        };
        f.write_str(&first.summary())?;
        match self.list.len() + self.omitted - 1 {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl std::error::Error for Problems {}

impl Diagnostic for Problems {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.list.iter().map(|problem| problem as &dyn Diagnostic)))
    }
}
