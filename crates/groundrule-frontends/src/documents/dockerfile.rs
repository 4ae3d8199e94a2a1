//! Dockerfiles: one entry an instruction, continued lines and here-documents joined.

use groundrule_unit::{Entry, Name, Node, NodeValue, Span};

use super::{Read, scalar};

pub(super) fn read(text: &str) -> Read {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lines = Lines { text, at: start };
    let escape = escape_sign(&text[start..]);
    let mut entries = Vec::new();
    while let Some(line) = lines.next() {
        let trimmed = line.text.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        entries.push(instruction(line, escape, &mut lines));
    }
    let root = Node { value: NodeValue::Map(entries), span: Span::new(0, text.len()) };
    Read { roots: vec![root], unread: Vec::new() }
}

#[derive(Clone, Copy)]
struct Line<'t> {
    text: &'t str,
    start: usize,
}

struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Lines<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').unwrap_or(rest.len());
        let line = Line { text: rest[..length].trim_end_matches('\r'), start: self.at };
        self.at += length + 1;
        Some(line)
    }
}

/// The directive `# escape=` among the first comments may choose the back quote.
fn escape_sign(text: &str) -> char {
    let directives = text.split('\n').map_while(|line| line.trim().strip_prefix('#'));
    for directive in directives {
        if let Some((name, value)) = directive.split_once('=')
            && name.trim().eq_ignore_ascii_case("escape")
        {
            return value.trim().chars().next().unwrap_or('\\');
        }
    }
    '\\'
}

fn instruction(first: Line<'_>, escape: char, lines: &mut Lines<'_>) -> Entry {
    let start = first.start + first.text.len() - first.text.trim_start().len();
    let said = first.text.trim_start();
    let length = said.find(char::is_whitespace).unwrap_or(said.len());
    let (keyword, rest) = said.split_at(length);
    let args = rest.trim_start();
    let args_start = start + said.len() - args.len();
    let mut end = args_start + args.trim_end().len();
    let (mut joined, mut more) = continued(args, escape);
    while more {
        let Some(line) = lines.next() else { break };
        let trimmed = line.text.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let (part, goes_on) = continued(trimmed, escape);
        if !joined.is_empty() && !part.is_empty() {
            joined.push(' ');
        }
        joined.push_str(&part);
        end = line.start + line.text.trim_end().len();
        more = goes_on;
    }
    for delimiter in here_documents(keyword, &joined) {
        for line in lines.by_ref() {
            end = line.start + line.text.len();
            if line.text.trim_start_matches('\t') == delimiter {
                break;
            }
            joined.push('\n');
            joined.push_str(line.text);
        }
    }
    Entry {
        key: Name::new(keyword.to_ascii_uppercase()),
        key_span: Span::new(start, start + length),
        value: scalar(joined, Span::new(args_start, end)),
    }
}

/// A line's text without the sign that continues it, and whether that sign is there.
fn continued(line: &str, escape: char) -> (String, bool) {
    let line = line.trim_end();
    match line.strip_suffix(escape) {
        Some(rest) => (rest.trim_end().to_owned(), true),
        None => (line.to_owned(), false),
    }
}

/// The delimiters of the here-documents that an instruction opens.
fn here_documents(keyword: &str, args: &str) -> Vec<String> {
    let takes = ["RUN", "COPY", "ADD"].iter().any(|own| keyword.eq_ignore_ascii_case(own));
    if !takes {
        return Vec::new();
    }
    args.split_whitespace()
        .filter_map(|word| word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<"))
        .map(|word| word.trim_start_matches('-').trim_matches(['"', '\'']))
        .map(|word| {
            let length = word.find(|c: char| !(c.is_alphanumeric() || c == '_'));
            word[..length.unwrap_or(word.len())].to_owned()
        })
        .filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .collect()
}
