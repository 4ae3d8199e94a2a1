//! TOML: tables and arrays with the places that the parser gives.

use std::ops::Range;

use groundrule_unit::{Entry, Node, NodeValue, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Read, scalar};

pub(super) fn read(text: &str) -> Read {
    let (root, errors) = DeTable::parse_recoverable(text);
    let within = |range: Range<usize>| inside(range, text);
    let unread = errors.iter().filter_map(toml::de::Error::span).map(within).collect();
    let root = Node { value: table(root.get_ref(), text), span: Span::new(0, text.len()) };
    Read { roots: vec![root], unread }
}

/// Entries in the order of the file: the parser sorts them by name.
fn table(table: &DeTable<'_>, text: &str) -> NodeValue {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, item)| Entry {
            key: key.get_ref().as_ref().into(),
            key_span: inside(key.span(), text),
            value: value(item, text),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span);
    NodeValue::Map(entries)
}

/// The parser itself bounds how deeply values nest.
fn value(item: &Spanned<DeValue<'_>>, text: &str) -> Node {
    let span = inside(item.span(), text);
    match item.get_ref() {
        DeValue::String(said) => scalar(said, span),
        DeValue::Boolean(true) => scalar("true", span),
        DeValue::Boolean(false) => scalar("false", span),
        DeValue::Integer(_) | DeValue::Float(_) => {
            scalar(text.get(span.start as usize..span.end as usize).unwrap_or_default(), span)
        }
        DeValue::Datetime(date) => scalar(date.to_string(), span),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| value(item, text)).collect();
            Node { value: NodeValue::List(items), span }
        }
        DeValue::Table(inner) => Node { value: table(inner, text), span },
    }
}

fn inside(range: Range<usize>, text: &str) -> Span {
    let end = text.floor_char_boundary(range.end.min(text.len()));
    Span::new(text.floor_char_boundary(range.start.min(end)), end)
}
