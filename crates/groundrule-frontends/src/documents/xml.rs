//! XML: elements as entries, attributes as entries named `@name`. Text beside attributes or
//! elements is an entry named `#text`.

use groundrule_unit::{Entry, Node, NodeValue, Span};
use roxmltree::{Document, ParsingOptions};

use super::{Read, null, scalar};
use crate::syntax::MAX_DEPTH;

/// More nodes than any configuration file has; entities cannot expand beyond it.
const MAX_NODES: u32 = 1_000_000;

pub(super) fn read(text: &str) -> Read {
    let options =
        ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let whole = Span::new(0, text.len());
    let unread = Read { roots: Vec::new(), unread: vec![whole] };
    let Ok(document) = Document::parse_with_options(text, options) else { return unread };
    let mut read = Read::default();
    let root = document.root_element();
    let entry = element(root, text, 0, &mut read.unread);
    let span = span_of(root);
    read.roots.push(Node { value: NodeValue::Map(vec![entry]), span });
    read
}

fn span_of(node: roxmltree::Node<'_, '_>) -> Span {
    let range = node.range();
    Span::new(range.start, range.end)
}

fn element(node: roxmltree::Node<'_, '_>, text: &str, depth: u32, unread: &mut Vec<Span>) -> Entry {
    let span = span_of(node);
    let value = if depth > MAX_DEPTH {
        unread.push(span);
        null(span)
    } else {
        content(node, text, depth, unread)
    };
    Entry { key: node.tag_name().name().into(), key_span: name_span(node, text), value }
}

fn content(node: roxmltree::Node<'_, '_>, text: &str, depth: u32, unread: &mut Vec<Span>) -> Node {
    let span = span_of(node);
    let mut entries: Vec<Entry> = node
        .attributes()
        .map(|attribute| {
            let name = attribute.range_qname();
            let value = attribute.range_value();
            Entry {
                key: format!("@{}", attribute.name()).into(),
                key_span: Span::new(name.start, name.end),
                value: scalar(attribute.value(), Span::new(value.start, value.end)),
            }
        })
        .collect();
    let mut said = String::new();
    let mut said_at: Option<Span> = None;
    for child in node.children() {
        if child.is_element() {
            entries.push(element(child, text, depth + 1, unread));
        } else if child.is_text()
            && let Some(part) = child.text()
            && !part.trim().is_empty()
        {
            said.push_str(part);
            let at = trimmed(span_of(child), text);
            said_at = Some(said_at.map_or(at, |all| Span { end: at.end, ..all }));
        }
    }
    let own = said_at.map(|at| scalar(said.trim(), at));
    match (entries.is_empty(), own) {
        (true, Some(own)) => own,
        (true, None) => null(span),
        (false, own) => {
            entries.extend(own.map(|value| Entry {
                key: "#text".into(),
                key_span: value.span,
                value,
            }));
            Node { value: NodeValue::Map(entries), span }
        }
    }
}

/// The name inside an opening tag.
fn name_span(node: roxmltree::Node<'_, '_>, text: &str) -> Span {
    let start = node.range().start + 1;
    let rest = text.get(start..).unwrap_or_default();
    let length = rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>'));
    Span::new(start.min(text.len()), start.min(text.len()) + length.unwrap_or(rest.len()))
}

/// A span without the white space at its ends. Text that an entity stands for has the entity's.
fn trimmed(span: Span, text: &str) -> Span {
    let said = text.get(span.start as usize..span.end as usize).unwrap_or_default();
    let start = span.start as usize + (said.len() - said.trim_start().len());
    Span::new(start, start + said.trim().len())
}
