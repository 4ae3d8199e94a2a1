//! What the front ends share over tree-sitter: parsers, node access, unread regions, comments.

use std::cell::RefCell;

use groundrule_unit::{Span, Unit};
use tree_sitter::{Language as Grammar, Node, Parser, Tree};

use crate::comments;

/// How deeply expressions may nest before a front end stops descending and writes an unknown.
pub(crate) const MAX_DEPTH: u32 = 300;

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
}

/// Parses `text`. None only where the grammar does not fit the library's version, which a test of
/// each front end would show.
pub(crate) fn parse(grammar: &Grammar, text: &str) -> Option<Tree> {
    PARSER.with_borrow_mut(|parser| {
        parser.set_language(grammar).ok()?;
        parser.parse(text, None)
    })
}

/// A node's text.
pub(crate) fn text<'a>(node: Node<'_>, source: &'a str) -> &'a str {
    source.get(node.byte_range()).unwrap_or_default()
}

/// A node's span.
pub(crate) fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

/// A node's named children, comments left out.
pub(crate) fn children<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !is_comment(*child)).collect()
}

/// The children that stand under a field's name.
pub(crate) fn fields<'t>(node: Node<'t>, name: &str) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.children_by_field_name(name, &mut cursor).filter(|child| child.is_named()).collect()
}

/// Whether one of the direct children, named or not, is of that kind.
pub(crate) fn has(node: Node<'_>, kind: &str) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|child| child.kind() == kind)
}

fn is_comment(node: Node<'_>) -> bool {
    node.is_extra() && node.kind().contains("comment")
}

/// Notes the regions that the parser could not read and the comments that address groundrule.
pub(crate) fn note_extras(tree: &Tree, source: &str, unit: &mut Unit) {
    let speaks = source.contains(comments::ADDRESS);
    if !speaks && !tree.root_node().has_error() {
        return;
    }
    let mut cursor = tree.walk();
    'walk: loop {
        let node = cursor.node();
        let is_unread = node.is_error() || node.is_missing();
        if is_unread && !unit.unread.last().is_some_and(|last| last.contains(span(node))) {
            unit.unread.push(span(node));
        }
        if speaks && is_comment(node) {
            note_comment(node, source, unit);
        } else if (speaks || (node.has_error() && !is_unread)) && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                break 'walk;
            }
        }
    }
}

fn note_comment(node: Node<'_>, source: &str, unit: &mut Unit) {
    unit.comments.extend(comments::addressed(source, node.start_byte(), node.end_byte()));
}
