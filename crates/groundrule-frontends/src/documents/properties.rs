//! Java properties and `.env` files: a flat map.

use groundrule_unit::{Entry, Node, NodeValue, Span};

use super::{Read, scalar, unicode_escape};

/// Reads a properties file, or an environment file by its own rules (`export`, quotes).
pub(super) fn read(text: &str, environment: bool) -> Read {
    let mut entries = Vec::new();
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    while at < text.len() {
        let end = if environment { env_end(text, at) } else { logical_end(text, at) };
        let line = &text[at..end];
        let start = at + (line.len() - line.trim_start().len());
        let line = text[start..end].trim_end();
        let comment = line.starts_with('#') || (!environment && line.starts_with('!'));
        if !line.is_empty() && !comment {
            let entry = if environment { env_entry(line, start) } else { entry(line, start) };
            entries.push(entry);
        }
        at = end + 1;
    }
    let root = Node { value: NodeValue::Map(entries), span: Span::new(0, text.len()) };
    Read { roots: vec![root], unread: Vec::new() }
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |length| at + length)
}

/// The end of a line with those that a backslash joins to it. Comments are never continued.
fn logical_end(text: &str, start: usize) -> usize {
    let mut at = start;
    loop {
        let end = line_end(text, at);
        let line = text[at..end].trim_end_matches('\r');
        let comment = at == start && line.trim_start().starts_with(['#', '!']);
        let slashes = line.len() - line.trim_end_matches('\\').len();
        if comment || slashes.is_multiple_of(2) || end == text.len() {
            return end;
        }
        at = end + 1;
    }
}

/// The end of an environment file's line: quotes may hold several.
fn env_end(text: &str, start: usize) -> usize {
    let end = line_end(text, start);
    let line = &text[start..end];
    let value = line.split_once('=').map(|(_, value)| value.trim_start());
    let Some(quote) = value.and_then(|value| value.chars().next()) else { return end };
    if !matches!(quote, '"' | '\'') || line.trim_start().starts_with('#') {
        return end;
    }
    let opened = start + line.find('=').unwrap_or_default();
    let Some(from) = text[opened..].find(quote).map(|at| opened + at + 1) else { return end };
    match closing(&text[from..], quote) {
        Some(length) => line_end(text, from + length),
        None => end,
    }
}

fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && quote == '"' && !escaped;
        ends.then_some(at)
    })
}

/// `key=value`, `key: value`, `key value`.
fn entry(line: &str, start: usize) -> Entry {
    let mut escaped = false;
    let ends = line.char_indices().find(|&(_, c)| {
        let ends = !escaped && (matches!(c, '=' | ':') || c.is_whitespace());
        escaped = c == '\\' && !escaped;
        ends
    });
    let key_end = ends.map_or(line.len(), |(at, _)| at);
    let rest = &line[key_end..];
    let after = rest.trim_start();
    let value = after.strip_prefix(['=', ':']).unwrap_or(after).trim_start();
    let value_start = start + line.len() - value.len();
    Entry {
        key: unescape(&line[..key_end]).into(),
        key_span: Span::new(start, start + key_end),
        value: scalar(unescape(value), Span::new(value_start, value_start + value.len())),
    }
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(c) = rest.chars().next() else { break };
        rest = &rest[c.len_utf8()..];
        match c {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' if rest.starts_with('\n') => rest = rest.trim_start(),
            'r' => out.push('\r'),
            'f' => out.push('\u{c}'),
            '\n' | '\r' => rest = rest.trim_start(),
            'u' => match unicode_escape(rest) {
                Some((c, length)) => {
                    out.push(c);
                    rest = &rest[length..];
                }
                None => out.push('u'),
            },
            c => out.push(c),
        }
    }
    out.push_str(rest);
    out
}

/// `export KEY="value"`, `KEY=value # comment`.
fn env_entry(line: &str, start: usize) -> Entry {
    let bare = line.strip_prefix("export ").map_or(line, str::trim_start);
    let start = start + line.len() - bare.len();
    let (key, raw) = bare.split_once('=').unwrap_or((bare, ""));
    let value = raw.trim_start();
    let at = start + bare.len() - value.len();
    let key = key.trim_end();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let quoted = quote.and_then(|quote| {
        let inside = &value[1..];
        closing(inside, quote).map(|length| (quote, &inside[..length]))
    });
    let value = match quoted {
        Some((quote, inside)) => {
            let said = if quote == '"' { unescape(inside) } else { inside.to_owned() };
            scalar(said, Span::new(at + 1, at + 1 + inside.len()))
        }
        None => {
            let plain = value.find(" #").map_or(value, |comment| &value[..comment]).trim_end();
            scalar(plain, Span::new(at, at + plain.len()))
        }
    };
    Entry { key: key.into(), key_span: Span::new(start, start + key.len()), value }
}
