//! Formats: what every one of them is given, and the table of them all.

use std::io::{self, Write};
use std::sync::Arc;

use groundrule_unit::Place;

use crate::columns::Region;
use crate::{Report, counts, github, gitlab, human, json, junit, markdown, sarif};

/// The texts of the repository, for excerpts, columns and hashes.
pub trait Sources {
    /// The text of the file at a path of the report, as it was judged; none when it cannot be had.
    fn text(&self, path: &str) -> Option<Arc<str>>;
}

/// How a report is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Passes, reviews and exempt places are shown too.
    pub evidence: bool,
    /// Failures that the base has too are listed, not only counted.
    pub old: bool,
    /// Colours and styles may be used.
    pub color: bool,
    /// How many columns a line may have.
    pub width: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { evidence: false, old: false, color: false, width: 100 }
    }
}

/// One way to write a report. A format decides nothing: what it shows is in the report.
pub trait Format: Sync {
    /// The name by which it is asked for.
    fn name(&self) -> &'static str;

    /// The ending of a file's name that asks for it, with its dot.
    fn ending(&self) -> &'static str;

    /// Writes the whole report.
    ///
    /// # Errors
    /// Those of `out`.
    fn write(
        &self,
        report: &Report,
        sources: &dyn Sources,
        options: &Options,
        out: &mut dyn Write,
    ) -> io::Result<()>;
}

/// Every format.
pub static FORMATS: &[&dyn Format] = &[
    &human::Human,
    &sarif::Sarif,
    &json::Json,
    &github::GitHub,
    &gitlab::GitLab,
    &junit::JUnit,
    &markdown::Markdown,
    &counts::CountsFormat,
];

/// The format with that name.
pub fn format_named(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

/// The format that a file's name asks for: the one with the longest ending that it has.
pub fn format_for_file(file_name: &str) -> Option<&'static dyn Format> {
    let fits = |format: &&dyn Format| file_name.ends_with(format.ending());
    FORMATS.iter().copied().filter(fits).max_by_key(|format| format.ending().len())
}

/// The text of the file that was asked for last: findings come sorted by path.
pub(crate) struct LastText<'a> {
    sources: &'a dyn Sources,
    last: Option<(Arc<str>, Option<Arc<str>>)>,
}

impl<'a> LastText<'a> {
    pub(crate) fn new(sources: &'a dyn Sources) -> Self {
        Self { sources, last: None }
    }

    pub(crate) fn get(&mut self, path: &Arc<str>) -> Option<Arc<str>> {
        match &self.last {
            Some((known, text)) if known == path => text.clone(),
            _ => {
                let text = self.sources.text(path);
                self.last = Some((path.clone(), text.clone()));
                text
            }
        }
    }
}

/// The region of a place. A place without a span, or without a text, is its whole line.
pub(crate) fn region_of(place: &Place, text: Option<&str>) -> Region {
    let Some(text) = text else {
        return Region {
            start_line: place.line,
            start_column: 1,
            end_line: place.line,
            end_column: 2,
        };
    };
    if place.span.start < place.span.end {
        Region::of(text, place.span)
    } else {
        Region::of_line(text, place.line)
    }
}
