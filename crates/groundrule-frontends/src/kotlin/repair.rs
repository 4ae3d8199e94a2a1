//! Valid Kotlin that the grammar cannot read, made readable without moving a byte: spans stay what
//! they are, and strings and names are still taken from the original.

use std::borrow::Cow;
use std::ops::Range;

use groundrule_unit::Span;
use tree_sitter::{Language, Tree};

use crate::syntax;

/// Parses `text`, and where that fails, its readable form, if that fails less.
pub(super) fn parse(grammar: &Language, text: &str) -> Option<Tree> {
    let labelled = with_plain_classes(with_ascii_labels(text));
    let tree = syntax::parse(grammar, &labelled)?;
    if !tree.root_node().has_error() {
        return Some(tree);
    }
    let repaired = with_plain_ends(&labelled);
    if repaired == labelled.as_bytes() {
        return Some(tree);
    }
    let Ok(repaired) = String::from_utf8(repaired) else { return Some(tree) };
    let second = syntax::parse(grammar, &repaired)?;
    Some(if unread(&second) < unread(&tree) { second } else { tree })
}

/// Without a body, `annotation class A` reads like the expression `annotation.class(A)`.
fn with_plain_classes(text: Cow<'_, str>) -> Cow<'_, str> {
    const KEYWORDS: &str = "annotation class ";
    if !text.contains(KEYWORDS) {
        return text;
    }
    Cow::Owned(text.replace(KEYWORDS, "           class "))
}

/// Labels may hold any letter, but the grammar knows ASCII alone, and loses the whole file at any
/// other.
fn with_ascii_labels(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut labels: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices('@') {
        let before = text[..at].trim_end_matches(|c: char| c.is_alphanumeric() || c == '_');
        let label = before.len()..at;
        let is_label = text[at + 1..].starts_with([' ', '{', '\n', '\r', '\t']);
        if is_label && !text[label.clone()].is_ascii() {
            labels.push(label);
        }
    }
    if labels.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut copy = String::with_capacity(text.len());
    let mut done = 0;
    for label in labels {
        copy.push_str(&text[done..label.start]);
        for char in text[label.clone()].chars() {
            if char.is_ascii() {
                copy.push(char);
            } else {
                (0..char.len_utf8()).for_each(|_| copy.push('x'));
            }
        }
        done = label.end;
    }
    copy.push_str(&text[done..]);
    Cow::Owned(copy)
}

/// What the grammar does not know becomes white space, or what it knows: it wants a line's end
/// after the last member of a type (`{ val x = 1 }`), takes a call of `get` below a property for
/// the property's getter, and has no guards of `when`, no context parameters, no `suspend` lambdas,
/// no commas at the end of type arguments and indices, and no strings behind several dollars.
fn with_plain_ends(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    let mut code = Code::default();
    let mut at = 0;
    while at < bytes.len() {
        if code.is_code() {
            mend(&mut bytes, at);
        }
        at += code.step(&bytes[at..]);
    }
    bytes
}

/// Mends what starts at a place in code.
fn mend(bytes: &mut [u8], at: usize) {
    let rest = &bytes[at..];
    match rest[0] {
        b'}' if at > 0 && matches!(bytes[at - 1], b' ' | b'\t') => bytes[at - 1] = b'\n',
        b',' => {
            let next = rest[1..].iter().find(|byte| !byte.is_ascii_whitespace());
            if matches!(next, Some(b'>' | b']')) {
                bytes[at] = b' ';
            }
        }
        b'$' if rest.starts_with(b"$$") => single_dollars(&mut bytes[at..]),
        b's' if starts_word(bytes, at) && is_suspend_lambda(rest) => {
            bytes[at..at + b"suspend".len()].fill(b' ');
        }
        b'c' if starts_line(bytes, at) => {
            if let Some(length) = context_parameters(rest) {
                blank(&mut bytes[at..at + length]);
            }
        }
        b'g' if starts_line(bytes, at)
            && rest.starts_with(b"get(")
            && !rest.starts_with(b"get()")
            && at > 0
            && bytes[at - 1] != b'\n' =>
        {
            bytes[at - 1] = b';';
        }
        _ if starts_line(bytes, at) => {
            let end = rest.iter().position(|&b| b == b'\n').map_or(bytes.len(), |n| at + n);
            if let Some(guard) = guard(&bytes[at..end]) {
                bytes[at + guard.start..at + guard.end].fill(b' ');
            }
        }
        _ => {}
    }
}

/// `$$"a $b ${c} $${d}"`: as many dollars as stand before the string mark a value in it, and fewer
/// are text. What is text loses them for the grammar, what is a value keeps one.
fn single_dollars(bytes: &mut [u8]) {
    let count = bytes.iter().take_while(|&&byte| byte == b'$').count();
    let rest = &bytes[count..];
    let quotes: &[u8] = if rest.starts_with(b"\"\"\"") { b"\"\"\"" } else { b"\"" };
    if !rest.starts_with(quotes) {
        return;
    }
    let start = count + quotes.len();
    let Some(length) = bytes[start..].windows(quotes.len()).position(|end| end == quotes) else {
        return;
    };
    bytes[..count].fill(b' ');
    let inside = &mut bytes[start..start + length];
    let mut at = 0;
    while at < inside.len() {
        let run = inside[at..].iter().take_while(|&&byte| byte == b'$').count();
        let text = if run >= count { run - 1 } else { run };
        inside[at..at + text].fill(b' ');
        at += run.max(1);
    }
}

fn is_suspend_lambda(rest: &[u8]) -> bool {
    rest.strip_prefix(b"suspend").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"))
}

/// The length of `context(…)` in front of a declaration.
fn context_parameters(rest: &[u8]) -> Option<usize> {
    const DECLARATIONS: &[&[u8]] = &[
        b"fun ",
        b"suspend ",
        b"inline ",
        b"private ",
        b"internal ",
        b"public ",
        b"override ",
        b"val ",
        b"operator ",
        b"protected ",
        b"infix ",
        b"tailrec ",
        b"@",
        b"open ",
        b"abstract ",
    ];
    rest.strip_prefix(b"context(")?;
    let mut depth = 0usize;
    let end = rest.iter().take(1000).position(|&byte| {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        byte == b')' && depth == 0
    })? + 1;
    let next = rest[end..].trim_ascii_start();
    DECLARATIONS.iter().any(|word| next.starts_with(word)).then_some(end)
}

/// Makes white space of it; lines stay lines.
fn blank(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
}

fn starts_word(bytes: &[u8], at: usize) -> bool {
    at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
}

fn starts_line(bytes: &[u8], at: usize) -> bool {
    let is_blank = |byte: u8| matches!(byte, b' ' | b'\t');
    !is_blank(bytes[at])
        && bytes[..at].iter().rfind(|&&byte| !is_blank(byte)).is_none_or(|&byte| byte == b'\n')
}

/// Where the guard stands in a line that starts an entry of a `when`.
fn guard(line: &[u8]) -> Option<Range<usize>> {
    let line = std::str::from_utf8(line).ok()?;
    if !["is ", "!is ", "in ", "else "].iter().any(|word| line.starts_with(word)) {
        return None;
    }
    let start = line.find(" if ")?;
    let end = start + line[start..].find("->")?;
    (!line[..end].contains(['{', '"'])).then_some(start..end)
}

/// What a place in the text is part of.
#[derive(Default)]
struct Code {
    /// What is open: a string (with the number of its quotes), or code in braces.
    open: Vec<Open>,
}

#[derive(Clone, Copy, PartialEq)]
enum Open {
    Brace,
    Quote,
    Quotes,
}

impl Code {
    fn is_code(&self) -> bool {
        self.open.last().is_none_or(|&open| open == Open::Brace)
    }

    /// Reads what stands at the start of `rest`, and gives its length.
    fn step(&mut self, rest: &[u8]) -> usize {
        match self.open.last() {
            Some(Open::Quote) => match rest[0] {
                b'\\' => 2,
                b'"' | b'\n' => self.close(1),
                _ if rest.starts_with(b"${") => self.enter(Open::Brace, 2),
                _ => 1,
            },
            Some(Open::Quotes) => {
                if rest.starts_with(b"\"\"\"\"") {
                    1
                } else if rest.starts_with(b"\"\"\"") {
                    self.close(3)
                } else if rest.starts_with(b"${") {
                    self.enter(Open::Brace, 2)
                } else {
                    1
                }
            }
            Some(Open::Brace) | None => match rest[0] {
                b'{' => self.enter(Open::Brace, 1),
                b'}' => self.close(1),
                b'"' if rest.starts_with(b"\"\"\"") => self.enter(Open::Quotes, 3),
                b'"' => self.enter(Open::Quote, 1),
                b'\'' if rest.starts_with(b"'\\") => 3,
                b'\'' if rest.get(2) == Some(&b'\'') => 3,
                b'/' if rest.starts_with(b"//") => {
                    rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len())
                }
                b'/' if rest.starts_with(b"/*") => {
                    rest.windows(2).position(|end| end == b"*/").map_or(rest.len(), |at| at + 2)
                }
                _ => 1,
            },
        }
    }

    fn enter(&mut self, open: Open, length: usize) -> usize {
        self.open.push(open);
        length
    }

    fn close(&mut self, length: usize) -> usize {
        self.open.pop();
        length
    }
}

/// How many bytes lie in regions that were not read.
fn unread(tree: &Tree) -> usize {
    let mut sum = 0;
    let mut cursor = tree.walk();
    'walk: loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            sum += node.byte_range().len() + 1;
        } else if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                break 'walk;
            }
        }
    }
    sum
}

/// Whether the span is something that the grammar misses and the language does not: an item in
/// `[]`, a line's end before a type's closing brace.
pub(super) fn is_complete(text: &str, span: Span) -> bool {
    let (start, end) = (span.start as usize, span.end as usize);
    let Some((before, after)) = text.get(..start).zip(text.get(end..)) else { return false };
    let after = after.trim_start();
    start == end
        && (after.starts_with('}') || (after.starts_with(']') && before.trim_end().ends_with('[')))
}
