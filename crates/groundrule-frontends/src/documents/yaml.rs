//! YAML: several documents, anchors and merge keys, and templates of YAML (Helm, Jinja) as far as
//! they can be read without running them.
//!
//! A parser in Rust reads it, and not tree-sitter's grammar, whose scanner ends the process on
//! deeply indented input.

use std::collections::{HashMap, HashSet};

use groundrule_unit::{Entry, Name, Node, NodeValue, Span};
use saphyr_parser::{Event, Parser, ScalarStyle};

use super::templates::Masked;
use super::{Read, null, scalar};
use crate::syntax::MAX_DEPTH;

/// How many nodes anchors and aliases may copy in one file. A file whose aliases multiply (the
/// billion laughs) gets null for the rest.
const MAX_COPIED: usize = 50_000;

/// How many lines that close a flow collection without indentation are mended in one file.
const MAX_JOINS: usize = 32;

/// How many lines that cannot be read are taken out before the rest of a file is given up.
const MAX_REPAIRS: usize = 8;

pub(super) fn read(text: &str) -> Read {
    let mut masked = Masked::new(text);
    let mut unread = Vec::new();
    let mut joins = 0;
    loop {
        let mut tree = Tree::new(&masked);
        let Some(line) = tree.read() else {
            unread.append(&mut tree.unread);
            return Read { roots: tree.roots, unread };
        };
        let broken = masked.line(line);
        let joins_on = joins < MAX_JOINS && masked.closes(broken);
        let spent = unread.len() >= MAX_REPAIRS || masked.is_blank(broken);
        if spent && !joins_on {
            tree.close();
            unread.push(broken);
            unread.append(&mut tree.unread);
            return Read { roots: tree.roots, unread };
        }
        drop(tree);
        if joins_on {
            joins += 1;
            masked.join(broken);
        } else {
            unread.push(broken);
            masked.blank(broken);
        }
    }
}

/// A collection that is still open.
struct Open {
    value: Collection,
    start: u32,
    anchor: usize,
}

enum Collection {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, merged: Vec<Entry>, key: Option<(Name, Span)> },
}

/// A collection that is passed over: one that stands as a key, or too deep.
struct Skipped {
    depth: u32,
    start: u32,
}

struct Tree<'m> {
    masked: &'m Masked<'m>,
    roots: Vec<Node>,
    open: Vec<Open>,
    skipped: Option<Skipped>,
    anchors: HashMap<usize, Node>,
    budget: usize,
    unread: Vec<Span>,
}

impl<'m> Tree<'m> {
    fn new(masked: &'m Masked<'m>) -> Self {
        Self {
            masked,
            roots: Vec::new(),
            open: Vec::new(),
            skipped: None,
            anchors: HashMap::new(),
            budget: MAX_COPIED,
            unread: Vec::new(),
        }
    }

    /// Reads as far as it goes; gives back the 1-based line that could not be read.
    fn read(&mut self) -> Option<usize> {
        for event in Parser::new_from_str(self.masked.text()) {
            match event {
                Ok((event, span)) => {
                    let at = self.masked.span(span.start.index(), span.end.index());
                    self.event(event, at);
                }
                Err(error) => return Some(error.marker().line()),
            }
        }
        None
    }

    /// Ends what an unreadable line left open.
    fn close(&mut self) {
        while let Some(open) = self.open.pop() {
            let end = Span { start: open.start, end: open.start };
            let node = self.closed(open, end);
            self.put(node, 0);
        }
    }

    fn event(&mut self, event: Event<'_>, at: Span) {
        if let Some(skipped) = &mut self.skipped {
            match event {
                Event::SequenceStart(..) | Event::MappingStart(..) => skipped.depth += 1,
                Event::SequenceEnd | Event::MappingEnd => skipped.depth -= 1,
                _ => {}
            }
            if skipped.depth == 0 {
                let span = Span { start: skipped.start, end: at.end.max(skipped.start) };
                self.skipped = None;
                self.put_skipped(span);
            }
            return;
        }
        match event {
            Event::DocumentStart(_) => self.anchors.clear(),
            Event::Alias(id) => self.alias(id, at),
            Event::Scalar(said, style, anchor, tag) => {
                let said = self.masked.restored(&said, at);
                let node = match said.as_ref() {
                    "~" | "null" | "Null" | "NULL" | ""
                        if style == ScalarStyle::Plain && tag.is_none() =>
                    {
                        null(at)
                    }
                    said => scalar(said, at),
                };
                self.put(node, anchor);
            }
            Event::SequenceStart(anchor, _) => {
                self.begin(Collection::List(Vec::new()), at, anchor);
            }
            Event::MappingStart(anchor, _) => {
                let map = Collection::Map { entries: Vec::new(), merged: Vec::new(), key: None };
                self.begin(map, at, anchor);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    let anchor = open.anchor;
                    let node = self.closed(open, at);
                    self.put(node, anchor);
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, value: Collection, at: Span, anchor: usize) {
        let as_key =
            matches!(self.open.last(), Some(Open { value: Collection::Map { key: None, .. }, .. }));
        if as_key || self.open.len() >= MAX_DEPTH as usize {
            if !as_key {
                self.unread.push(at);
            }
            self.skipped = Some(Skipped { depth: 1, start: at.start });
        } else {
            self.open.push(Open { value, start: at.start, anchor });
        }
    }

    /// A collection that is done. A block's end has no place of its own: the last part's counts.
    fn closed(&mut self, open: Open, end: Span) -> Node {
        let (value, last) = match open.value {
            Collection::List(items) => {
                let last = items.last().map(|item| item.span.end);
                (NodeValue::List(items), last)
            }
            Collection::Map { mut entries, merged, key } => {
                if let Some((key, key_span)) = key {
                    let value = null(key_span);
                    entries.push(Entry { key, key_span, value });
                }
                let last = entries.last().map(|entry| entry.value.span.end.max(entry.key_span.end));
                merge(&mut entries, merged);
                (NodeValue::Map(entries), last)
            }
        };
        let end = if end.start < end.end { end.end } else { last.unwrap_or(open.start) };
        Node { value, span: Span { start: open.start, end: end.max(open.start) } }
    }

    fn put_skipped(&mut self, span: Span) {
        let as_key =
            matches!(self.open.last(), Some(Open { value: Collection::Map { key: None, .. }, .. }));
        let node = if as_key { scalar(self.masked.original(span), span) } else { null(span) };
        self.put(node, 0);
    }

    /// Puts a finished node where it belongs: as a key, a value, an item or a document.
    fn put(&mut self, node: Node, anchor: usize) {
        if anchor != 0
            && let Some(copy) = self.copy(&node)
        {
            self.anchors.insert(anchor, copy);
        }
        match self.open.last_mut().map(|open| &mut open.value) {
            None => self.roots.push(node),
            Some(Collection::List(items)) => items.push(node),
            Some(Collection::Map { entries, merged, key }) => match key.take() {
                None => *key = Some((key_name(&node), node.span)),
                Some((name, _)) if name == "<<" => merged.extend(merged_from(node)),
                Some((name, key_span)) => entries.push(Entry { key: name, key_span, value: node }),
            },
        }
    }

    fn alias(&mut self, id: usize, at: Span) {
        // Taken out while it is copied, since counting changes the tree's own budget.
        let node = match self.anchors.remove(&id) {
            Some(anchored) => {
                let copy = self.copy(&anchored);
                self.anchors.insert(id, anchored);
                copy
            }
            None => None,
        };
        if node.is_none() {
            self.unread.push(at);
        }
        self.put(node.unwrap_or_else(|| null(at)), 0);
    }

    fn copy(&mut self, node: &Node) -> Option<Node> {
        let size = size_of(node, self.budget + 1);
        if size > self.budget {
            self.budget = 0;
            return None;
        }
        self.budget -= size;
        Some(node.clone())
    }
}

fn key_name(node: &Node) -> Name {
    node.text().map(Name::new).unwrap_or_default()
}

/// The entries that `<<` brings in.
fn merged_from(node: Node) -> Vec<Entry> {
    match node.value {
        NodeValue::Map(entries) => entries,
        NodeValue::List(items) => items.into_iter().flat_map(merged_from_map).collect(),
        _ => Vec::new(),
    }
}

fn merged_from_map(node: Node) -> Vec<Entry> {
    match node.value {
        NodeValue::Map(entries) => entries,
        _ => Vec::new(),
    }
}

/// A mapping's own keys win over merged ones, and earlier merged ones over later ones.
fn merge(entries: &mut Vec<Entry>, merged: Vec<Entry>) {
    if !merged.is_empty() {
        let mut own: HashSet<Name> = entries.iter().map(|entry| entry.key.clone()).collect();
        entries.extend(merged.into_iter().filter(|entry| own.insert(entry.key.clone())));
    }
}

/// The number of nodes below and including this one, counted no further than `limit`.
fn size_of(node: &Node, limit: usize) -> usize {
    let mut open = vec![node];
    let mut size = 0;
    while let Some(node) = open.pop() {
        size += 1;
        if size >= limit {
            break;
        }
        open.extend(node.items());
        open.extend(node.entries().iter().map(|entry| &entry.value));
    }
    size
}
