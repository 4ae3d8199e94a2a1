//! A text with the starts of its lines, to name places in build files.

use std::sync::Arc;

use groundrule_unit::{LineIndex, Place, Span};

/// The text of one file.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    path: Arc<str>,
    pub(crate) text: &'a str,
    lines: LineIndex,
}

impl<'a> Text<'a> {
    pub(crate) fn new(path: &Arc<str>, text: &'a str) -> Self {
        Self { path: path.clone(), text, lines: LineIndex::new(text) }
    }

    pub(crate) fn path(&self) -> &Arc<str> {
        &self.path
    }

    /// The place of a range of bytes.
    pub(crate) fn place(&self, range: std::ops::Range<usize>) -> Place {
        let span = Span::new(range.start, range.end);
        Place {
            path: self.path.clone(),
            line: self.lines.line(span.start),
            end_line: self.lines.line(span.end.saturating_sub(1).max(span.start)),
            span,
        }
    }

    /// The place of the first occurrence of `needle`; the file's top when there is none.
    pub(crate) fn find(&self, needle: &str) -> Place {
        match memchr::memmem::find(self.text.as_bytes(), needle.as_bytes()) {
            Some(at) => self.place(at..at + needle.len()),
            None => Place::top_of(self.path.clone()),
        }
    }

    /// The lines with the offset at which each starts, without line ends.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &'a str)> {
        let mut at = 0;
        self.text.split_inclusive('\n').map(move |line| {
            let start = at;
            at += line.len();
            (start, line.trim_end_matches(['\n', '\r']))
        })
    }
}
