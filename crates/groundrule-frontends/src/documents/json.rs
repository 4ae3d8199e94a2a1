//! JSON, with the comments and trailing commas that configuration files have.

use groundrule_unit::{Entry, Name, Node, NodeValue};
use tree_sitter::Node as Syntax;

use super::{Read, null, scalar, unicode_escape, unread_of};
use crate::syntax::{self, MAX_DEPTH, children, span};

pub(super) fn read(text: &str) -> Read {
    let Some(tree) = syntax::parse(&tree_sitter_json::LANGUAGE.into(), text) else {
        return Read::default();
    };
    let mut read = Read { roots: Vec::new(), unread: unread_of(&tree) };
    read.unread.retain(|span| text.get(span.start as usize..span.end as usize) != Some(","));
    for part in children(tree.root_node()) {
        if !part.is_error() {
            let root = value(part, text, 0, &mut read);
            read.roots.push(root);
        }
    }
    read
}

fn value(node: Syntax<'_>, text: &str, depth: u32, read: &mut Read) -> Node {
    let at = span(node);
    if depth > MAX_DEPTH {
        read.unread.push(at);
        return null(at);
    }
    match node.kind() {
        "object" => {
            let pairs = children(node).into_iter().filter(|part| part.kind() == "pair");
            let entries = pairs.filter_map(|pair| {
                let key = pair.child_by_field_name("key")?;
                let value = match pair.child_by_field_name("value") {
                    Some(node) => value(node, text, depth + 1, read),
                    None => null(span(pair)),
                };
                Some(Entry { key: Name::new(string(key, text)), key_span: span(key), value })
            });
            Node { value: NodeValue::Map(entries.collect()), span: at }
        }
        "array" => {
            let items = children(node)
                .into_iter()
                .filter(|item| !item.is_error())
                .map(|item| value(item, text, depth + 1, read))
                .collect();
            Node { value: NodeValue::List(items), span: at }
        }
        "string" if !node.is_missing() => scalar(string(node, text), at),
        "null" => null(at),
        _ if node.is_missing() => null(at),
        _ => scalar(syntax::text(node, text), at),
    }
}

/// What a string stands for; the text of anything else.
fn string(node: Syntax<'_>, text: &str) -> String {
    let said = syntax::text(node, text);
    let Some(inside) = said.strip_prefix('"') else { return said.to_owned() };
    let inside = inside.strip_suffix('"').unwrap_or(inside);
    let mut out = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(c) = rest.chars().next() else { break };
        rest = &rest[c.len_utf8()..];
        match c {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'u' => match unicode_escape(rest) {
                Some((c, length)) => {
                    out.push(c);
                    rest = &rest[length..];
                }
                None => out.push_str("\\u"),
            },
            c => out.push(c),
        }
    }
    out.push_str(rest);
    out
}
