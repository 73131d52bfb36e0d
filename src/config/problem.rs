//! Errors and warnings about a file, as one-line messages and as a report that marks the text.

use std::{fmt::Write as _, ops::Range, sync::Arc};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::source::{SourceText, sanitize_for_terminal};
use crate::model::credentials::mask_urls;
pub(crate) use miette::Severity;

/// The maximum number of problems that are kept of one file; more are only counted.
const MAX_LISTED: usize = 100;

/// An error or a warning about a file.
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
    /// Creates an error about a span of the file, or about the whole file.
    pub(super) fn new(source: &Arc<SourceText>, span: Option<Range<usize>>, message: &str) -> Self {
        let span = span.map(|span| source.clip_to_line(&span));
        Self {
            message: sanitize_for_terminal(&mask_urls(message)),
            help: None,
            severity: Severity::Error,
            span,
            source_text: Arc::clone(source),
        }
    }

    /// Sets the help text.
    pub(super) fn with_help(mut self, help: Option<String>) -> Self {
        self.help = help.map(|help| sanitize_for_terminal(&mask_urls(&help)));
        self
    }

    /// Turns the error into a warning.
    pub(super) fn into_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Returns the message, without a final period.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns what to do about the problem.
    #[must_use]
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Returns whether this is a warning: the file can be used.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        self.severity == Severity::Warning
    }

    /// Returns the name of the file.
    #[must_use]
    pub(crate) fn file(&self) -> &str {
        self.source_text.name()
    }

    /// Returns the line and the column (in characters), both from 1; `None` if it is about the whole file.
    #[must_use]
    pub fn position(&self) -> Option<(usize, usize)> {
        self.span.as_ref().map(|span| self.source_text.line_and_column(span.start))
    }

    /// Returns file, position, message and help on one line.
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

/// The problems of a file.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    list: Vec<Problem>,
    omitted: usize,
}

impl Problems {
    /// Adds a problem, or only counts it if the list is full.
    pub(super) fn push(&mut self, problem: Problem) {
        if self.is_full() {
            self.omitted += 1;
        } else {
            self.list.push(problem);
        }
    }

    /// Returns whether further problems are only counted.
    pub(super) fn is_full(&self) -> bool {
        self.list.len() >= MAX_LISTED
    }

    /// Sorts the problems by their position in the file.
    pub(super) fn sort(&mut self) {
        self.list.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
    }

    /// Returns the problems, at most 100.
    #[must_use]
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// Returns whether there is no problem.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns the number of errors.
    #[must_use]
    pub fn error_count(&self) -> usize {
        self.list.iter().filter(|problem| !problem.is_warning()).count() + self.omitted
    }

    /// Returns the number of warnings.
    #[must_use]
    pub fn warning_count(&self) -> usize {
        self.list.iter().filter(|problem| problem.is_warning()).count()
    }

    /// Renders a report that shows the lines of the file and marks the problems in them. `width` is the width
    /// of the terminal in cells.
    #[must_use]
    pub fn render_report(&self, colors: bool, width: usize) -> String {
        self.render(if colors { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() }, width)
    }

    /// Renders the report for a terminal that may have only the characters of ASCII.
    #[must_use]
    pub fn render_ascii_report(&self, colors: bool, width: usize) -> String {
        self.render(if colors { GraphicalTheme::ascii() } else { GraphicalTheme::none() }, width)
    }

    fn render(&self, theme: GraphicalTheme, width: usize) -> String {
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
            let _ = writeln!(text, "and {} more", self.omitted);
        }
        text
    }
}

/// The summary of the first problem, and the number of further ones.
impl std::fmt::Display for Problems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Some(first) = self.list.iter().find(|problem| !problem.is_warning()).or(self.list.first()) else {
            return f.write_str("no problems");
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
