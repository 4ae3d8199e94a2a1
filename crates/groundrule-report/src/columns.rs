//! Columns: byte offsets to the UTF-16 columns that SARIF's readers count in.

use groundrule_unit::Span;

/// A region of a text: 1-based lines, 1-based columns in UTF-16 code units, the end column one
/// past the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) start_line: u32,
    pub(crate) start_column: u32,
    pub(crate) end_line: u32,
    pub(crate) end_column: u32,
}

impl Region {
    /// The region of `span` in `text`. A span outside of the text is cut to it, and one that ends
    /// inside a character is widened to hold it.
    pub(crate) fn of(text: &str, span: Span) -> Self {
        let start = floor(text, span.start as usize);
        let end = ceil(text, span.end as usize).max(start);
        let (start_line, start_column) = position(text, start);
        let (end_line, end_column) = position(text, end);
        Self { start_line, start_column, end_line, end_column }
    }

    /// The whole of a 1-based line, without its end.
    pub(crate) fn of_line(text: &str, line: u32) -> Self {
        let end_column = end_of_line(text, line);
        Self { start_line: line, start_column: 1, end_line: line, end_column }
    }

    /// The part of the region that lies on its first line: hosts show an alert on a pull request
    /// only when all of its lines were changed.
    pub(crate) fn first_line(self, text: &str) -> Self {
        if self.start_line == self.end_line {
            return self;
        }
        let end_column = end_of_line(text, self.start_line).max(self.start_column);
        Self { end_line: self.start_line, end_column, ..self }
    }
}

fn position(text: &str, offset: usize) -> (u32, u32) {
    let before = &text[..offset];
    let line = before.bytes().filter(|&byte| byte == b'\n').count() as u32 + 1;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (line, units(&before[line_start..]) + 1)
}

fn end_of_line(text: &str, line: u32) -> u32 {
    let found = text.split('\n').nth((line as usize).saturating_sub(1));
    units(found.unwrap_or_default().trim_end_matches('\r')) + 1
}

fn units(text: &str) -> u32 {
    text.encode_utf16().count() as u32
}

fn floor(text: &str, offset: usize) -> usize {
    text.floor_char_boundary(offset)
}

fn ceil(text: &str, offset: usize) -> usize {
    text.ceil_char_boundary(offset.min(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(text: &str, start: usize, end: usize) -> (u32, u32, u32, u32) {
        let region = Region::of(text, Span::new(start, end));
        (region.start_line, region.start_column, region.end_line, region.end_column)
    }

    #[test]
    fn columns_count_utf16_units() {
        // An umlaut is two bytes and one unit, an emoji four bytes and two units.
        assert_eq!(columns("äb", 2, 3), (1, 2, 1, 3));
        assert_eq!(columns("😀b", 4, 5), (1, 3, 1, 4));
        assert_eq!(columns("x\ny z", 4, 5), (2, 3, 2, 4));
    }

    #[test]
    fn spans_outside_the_text_are_cut() {
        assert_eq!(columns("ab", 0, 99), (1, 1, 1, 3));
        assert_eq!(columns("ab", 50, 99), (1, 3, 1, 3));
        assert_eq!(columns("😀", 1, 2), (1, 1, 1, 3));
        assert_eq!(columns("ab", 2, 1), (1, 3, 1, 3));
    }

    #[test]
    fn long_regions_shrink_to_their_first_line() {
        let text = "call(\r\n  a,\n)";
        let region = Region::of(text, Span::new(0, text.len())).first_line(text);
        assert_eq!((region.start_line, region.end_line), (1, 1));
        assert_eq!((region.start_column, region.end_column), (1, 6));
    }
}
