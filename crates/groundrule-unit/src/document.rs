//! Documents: configuration and contract files as one tree with places.

use std::sync::Arc;

use crate::{Comment, LineIndex, Name, Place, Span};

/// A configuration file in the notation-neutral form.
#[derive(Clone, Debug)]
pub struct Document {
    pub path: Arc<str>,
    pub kind: DocumentKind,
    /// One for most; YAML may hold several, separated by `---`.
    pub roots: Vec<Node>,
    /// Comments that address groundrule, each alone on its line, and no others.
    pub comments: Vec<Comment>,
    pub unread: Vec<Span>,
    pub lines: LineIndex,
}

/// The notation of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    Yaml,
    Json,
    Toml,
    /// Elements become entries (repeated ones repeat), attributes entries named `@name`, and an
    /// element that holds text alone becomes a scalar. Text beside attributes or elements is an
    /// entry named `#text`.
    Xml,
    /// Java `.properties` and `.env`: a flat map with dotted keys.
    Properties,
    /// One map entry an instruction, the keyword in upper case, its arguments as one scalar;
    /// continued lines are joined by a space.
    Dockerfile,
    /// One scalar a statement that declares something (`CREATE …`, `ALTER …`), comments left out.
    Sql,
}

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Node {
    pub value: NodeValue,
    pub span: Span,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub enum NodeValue {
    Scalar(Name),
    List(Vec<Node>),
    Map(Vec<Entry>),
    Null,
}

/// An entry of a map.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: Name,
    pub key_span: Span,
    pub value: Node,
}

impl Document {
    /// Where a span of this file stands.
    pub fn place(&self, span: Span) -> Place {
        Place {
            path: self.path.clone(),
            line: self.lines.line(span.start),
            end_line: self.lines.line(span.end.saturating_sub(1).max(span.start)),
            span,
        }
    }
}

impl Node {
    /// The entries of a map; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            NodeValue::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            NodeValue::List(items) => items,
            _ => &[],
        }
    }

    /// The scalar's text.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            NodeValue::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The value of the first entry with that key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The first entry with that key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The node at a dotted path, in which flat dotted keys (`server.port`) and nested maps count
    /// alike, as Spring reads them. Parts are compared without case, `-` and `_`, since Spring's
    /// relaxed binding and .NET's configuration do.
    pub fn at(&self, path: &str) -> Option<&Entry> {
        self.entries().iter().find_map(|entry| {
            let rest = strip_relaxed(path, &entry.key)?;
            if rest.is_empty() { Some(entry) } else { entry.value.at(rest) }
        })
    }
}

/// What is left of `path` after `key`, when `path` starts with it at a part's border.
fn strip_relaxed<'a>(path: &'a str, key: &str) -> Option<&'a str> {
    let mut wanted = key.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase);
    let mut rest = path.char_indices();
    loop {
        let at = rest.clone().next();
        match (wanted.next(), at) {
            (None, None) => return Some(""),
            (None, Some((at, '.'))) => return Some(&path[at + 1..]),
            (None, Some((_, '-' | '_'))) => return None,
            (None, Some(_)) => return None,
            (Some(_), None) => return None,
            (Some(want), Some(_)) => loop {
                match rest.next() {
                    Some((_, '-' | '_')) => {}
                    Some((_, have)) if have.to_lowercase().eq([want]) => break,
                    _ => return None,
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(text: &str) -> Node {
        Node { value: NodeValue::Scalar(text.into()), span: Span::default() }
    }

    fn map(entries: Vec<(&str, Node)>) -> Node {
        let entries = entries
            .into_iter()
            .map(|(key, value)| Entry { key: key.into(), key_span: Span::default(), value })
            .collect();
        Node { value: NodeValue::Map(entries), span: Span::default() }
    }

    #[test]
    fn flat_and_nested_keys_are_one_path() {
        let nested = map(vec![(
            "server",
            map(vec![("servlet", map(vec![("contextPath", scalar("/v1"))]))]),
        )]);
        let flat = map(vec![("server.servlet.context-path", scalar("/v1"))]);
        let mixed = map(vec![("server.servlet", map(vec![("context_path", scalar("/v1"))]))]);
        for tree in [nested, flat, mixed] {
            let found = tree.at("server.servlet.context-path").and_then(|e| e.value.text());
            assert_eq!(found, Some("/v1"));
            assert!(tree.at("server.servlet.context").is_none());
        }
    }
}
