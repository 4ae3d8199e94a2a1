//! String literals, text blocks and string templates.

use groundrule_unit::{ExprId, ExprKind, Name, Part};
use tree_sitter::Node;

use super::Java;
use crate::{jvm, syntax};

impl Java<'_> {
    pub(super) fn string(&mut self, node: Node<'_>) -> ExprId {
        let block = self.str(node).starts_with("\"\"\"");
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut cursor = node.walk();
        let children: Vec<_> = node.named_children(&mut cursor).collect();
        for child in children {
            match child.kind() {
                "escape_sequence" => jvm::push_escape(&mut text, self.str(child)),
                "string_interpolation" => {
                    if !text.is_empty() {
                        parts.push(Part::Text(Name::new(std::mem::take(&mut text))));
                    }
                    for value in syntax::children(child) {
                        let value = self.expr(value);
                        parts.push(Part::Value { value, format: Name::default() });
                    }
                }
                _ => text.push_str(self.str(child)),
            }
        }
        let at = syntax::span(node);
        if parts.is_empty() {
            let text = if block { without_indent(&text) } else { text };
            return self.b.expr(ExprKind::String(Name::new(text)), at);
        }
        if !text.is_empty() {
            parts.push(Part::Text(Name::new(text)));
        }
        self.b.expr(ExprKind::Template(parts.into()), at)
    }

    pub(super) fn character(&mut self, node: Node<'_>) -> ExprId {
        let quoted = self.str(node);
        let inner = quoted.strip_prefix('\'').unwrap_or(quoted);
        let inner = inner.strip_suffix('\'').unwrap_or(inner);
        let mut text = String::new();
        if inner.starts_with('\\') {
            jvm::push_escape(&mut text, inner);
        } else {
            text.push_str(inner);
        }
        self.b.expr(ExprKind::String(Name::new(text)), syntax::span(node))
    }
}

/// A text block's lines without their common indentation and without the line of the opening
/// quotes.
fn without_indent(block: &str) -> String {
    let body = match block.split_once('\n') {
        Some((first, rest)) if first.trim().is_empty() => rest,
        _ => block,
    };
    let lines: Vec<&str> = body.split('\n').collect();
    let last = lines.len() - 1;
    let indent = lines
        .iter()
        .enumerate()
        .filter(|(at, line)| *at == last || !line.trim().is_empty())
        .map(|(_, line)| line.len() - line.trim_start_matches([' ', '\t']).len())
        .min()
        .unwrap_or(0);
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        text.push_str(line.get(indent..).unwrap_or_default().trim_end_matches([' ', '\t', '\r']));
    }
    text
}
