//! Templates of YAML: what stands in `{{ … }}`, `{% … %}` or Terraform's `%{ … }` is masked by as
//! many bytes, so that the rest can be read and every place stays where it is.

use std::borrow::Cow;
use std::ops::Range;

use groundrule_unit::Span;

/// A text with its templates masked, and the way back to the original.
pub(super) struct Masked<'t> {
    original: &'t str,
    masked: Cow<'t, str>,
    /// Templates inside values and keys, in order.
    words: Vec<Range<usize>>,
    /// The byte at which each character of the masked text starts; empty where all are bytes.
    starts: Vec<u32>,
}

impl<'t> Masked<'t> {
    /// Masks templates. Those alone on their lines become blanks, others become a word: they
    /// stand inside a value or a key.
    pub(super) fn new(text: &'t str) -> Self {
        let (masked, words) = mask(text);
        let mut starts = Vec::new();
        if !masked.is_ascii() {
            starts.extend(masked.char_indices().map(|(at, _)| at as u32));
            starts.push(masked.len() as u32);
        }
        Self { original: text, masked, words, starts }
    }

    pub(super) fn text(&self) -> &str {
        &self.masked
    }

    pub(super) fn original(&self, span: Span) -> &'t str {
        self.original.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// The span between two characters, without the white space at its end.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let byte = |at: usize| match self.starts.get(at) {
            Some(&byte) => byte as usize,
            None => at.min(self.masked.len()),
        };
        let (start, end) = (byte(start), byte(end));
        let said = self.masked.get(start..end).unwrap_or_default().trim_end();
        Span::new(start, start + said.len())
    }

    /// A decoded scalar with the templates that stand in its span put back.
    pub(super) fn restored<'v>(&self, value: &'v str, span: Span) -> Cow<'v, str> {
        let templated = matches!(self.masked, Cow::Owned(_));
        let value = if templated { value.trim_start_matches('\n') } else { value };
        let from = self.words.partition_point(|word| word.start < span.start as usize);
        let words = self.words[from..].iter().take_while(|word| word.end <= span.end as usize);
        let mut out = String::new();
        let mut rest = value;
        for word in words {
            // Words of one line are masked by that many underscores and nothing else.
            let mask = &self.masked[word.clone()];
            if let Some(at) = rest.find(mask) {
                out.push_str(&rest[..at]);
                out.push_str(&self.original[word.clone()]);
                rest = &rest[at + mask.len()..];
            }
        }
        if out.is_empty() {
            return Cow::Borrowed(value);
        }
        out.push_str(rest);
        Cow::Owned(out)
    }

    /// The span of a 1-based line.
    pub(super) fn line(&self, line: usize) -> Span {
        let text = self.masked.as_ref();
        let start = match line.checked_sub(2) {
            Some(before) => {
                text.match_indices('\n').nth(before).map_or(text.len(), |(at, _)| at + 1)
            }
            None => 0,
        };
        let length = text[start..].find('\n').unwrap_or(text.len() - start);
        Span::new(start, start + length)
    }

    pub(super) fn is_blank(&self, span: Span) -> bool {
        let said = self.masked.get(span.start as usize..span.end as usize);
        said.unwrap_or_default().trim().is_empty()
    }

    /// Whether a line starts with the end of a flow collection. The grammar wants such lines
    /// indented, most readers do not.
    pub(super) fn closes(&self, line: Span) -> bool {
        let said = self.masked.get(line.start as usize..line.end as usize).unwrap_or_default();
        line.start > 0 && said.trim_start().starts_with([']', '}'])
    }

    /// Joins a line to the one before.
    pub(super) fn join(&mut self, line: Span) {
        let before = &self.masked[..line.start as usize];
        let length = before.len() - before.trim_end_matches(['\r', '\n']).len();
        self.replace(Span::new(before.len() - length, before.len()));
    }

    /// Takes a line out of the masked text.
    pub(super) fn blank(&mut self, line: Span) {
        self.replace(line);
    }

    fn replace(&mut self, span: Span) {
        let blanks = " ".repeat((span.end - span.start) as usize);
        let masked = self.masked.to_mut();
        masked.replace_range(span.start as usize..span.end as usize, &blanks);
        // Blanks are bytes: what was all bytes stays so.
        if !self.starts.is_empty() {
            self.starts = masked.char_indices().map(|(at, _)| at as u32).collect();
            self.starts.push(masked.len() as u32);
        }
    }
}

fn mask(text: &str) -> (Cow<'_, str>, Vec<Range<usize>>) {
    let templates = templates(text);
    if templates.is_empty() {
        return (Cow::Borrowed(text), Vec::new());
    }
    let mut out = String::with_capacity(text.len());
    let mut words = Vec::new();
    let mut after_header = false;
    for group in templates.chunk_by(|a, b| !text[a.end..b.start].contains('\n')) {
        let alone = alone_on_their_lines(text, group);
        let before = group.first().map_or("", |first| &text[out.len()..first.start]).trim_end();
        if !before.is_empty() {
            after_header = ends_with_header(before);
        }
        // The first lines of a block scalar must not be blanks deeper than its text.
        let blank = if after_header { '\n' } else { ' ' };
        after_header &= alone;
        for template in group {
            let between = &text[out.len()..template.start];
            let kept = if alone { between.trim_end_matches([' ', '\t']) } else { between };
            out.push_str(kept);
            out.extend(std::iter::repeat_n(blank, between.len() - kept.len()));
            out.extend(text[template.clone()].bytes().map(|byte| match byte {
                b'\n' => '\n',
                _ if alone => blank,
                _ => '_',
            }));
            if !alone {
                words.push(template.clone());
            }
        }
    }
    out.push_str(&text[out.len()..]);
    (Cow::Owned(out), words)
}

/// Where the templates stand. One that is never closed ends with its line.
fn templates(text: &str) -> Vec<Range<usize>> {
    let last = |close: &str| text.rfind(close).unwrap_or_default();
    let (last_value, last_tag, last_brace) = (last("}}"), last("%}"), last("}"));
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(brace) = text[at..].find('{').map(|brace| at + brace) {
        let (start, close, last) = match text.as_bytes().get(brace + 1) {
            Some(b'{') => (brace, "}}", last_value),
            Some(b'%') => (brace, "%}", last_tag),
            _ if brace > at && text.as_bytes()[brace - 1] == b'%' => (brace - 1, "}", last_brace),
            _ => {
                at = brace + 1;
                continue;
            }
        };
        let inside = &text[start + 2..];
        // Searching only where there is something to find keeps the work linear.
        let closed = if start + 2 <= last { inside.find(close) } else { None };
        let length = match closed {
            Some(length) => length + close.len(),
            None => inside.find('\n').unwrap_or(inside.len()),
        };
        at = start + 2 + length;
        found.push(start..at);
    }
    found
}

/// Whether a text ends with the header of a block scalar: `|`, `>-`, `|2+`.
fn ends_with_header(text: &str) -> bool {
    let last = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    let rest = last.strip_prefix(['|', '>']);
    rest.is_some_and(|rest| rest.chars().all(|c| matches!(c, '+' | '-' | '0'..='9')))
}

/// Whether the templates of a group, each on a line with the next, share their lines with nothing.
fn alone_on_their_lines(text: &str, group: &[Range<usize>]) -> bool {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return false };
    let line_start = text[..first.start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[last.end..].find('\n').map_or(text.len(), |at| last.end + at);
    let blank = |range: Range<usize>| text[range].trim().is_empty();
    blank(line_start..first.start)
        && blank(last.end..line_end)
        && group.windows(2).all(|pair| blank(pair[0].end..pair[1].start))
}
