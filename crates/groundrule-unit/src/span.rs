//! Where things stand: byte ranges inside a file, lines, and places a report can name.

use std::sync::Arc;

use serde::Serialize;

/// A half-open range of bytes in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`, both in bytes. Files are limited to 1 MiB by default, and
    /// always to 4 GiB, so positions fit.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// Whether `other` lies inside this span.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// The starts of a file's lines, to turn byte offsets into line numbers.
#[derive(Clone, Debug, Default)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes `text`; a line ends after LF.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(
            text.bytes()
                .enumerate()
                .filter(|&(_, byte)| byte == b'\n')
                .map(|(at, _)| at as u32 + 1),
        );
        Self { starts }
    }

    /// The 1-based line that holds the byte at `offset`.
    pub fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset).max(1) as u32
    }

    /// The byte at which the 1-based `line` starts, if the file has that line.
    pub fn start(&self, line: u32) -> Option<u32> {
        self.starts.get((line as usize).checked_sub(1)?).copied()
    }
}

/// A place in the repository that a report can name. Lines are 1-based; `path` is relative to the
/// repository's root, with forward slashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Place {
    pub path: Arc<str>,
    pub line: u32,
    pub end_line: u32,
    pub span: Span,
}

impl Place {
    /// The first line of a file: for what has no better place.
    pub fn top_of(path: Arc<str>) -> Self {
        Self { path, line: 1, end_line: 1, span: Span::default() }
    }
}
