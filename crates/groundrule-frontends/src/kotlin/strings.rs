//! String literals and templates.

use groundrule_unit::{ExprId, ExprKind, Name, Part, Span};
use tree_sitter::Node;

use super::Kotlin;
use crate::{jvm, syntax};

/// The parts of a string so far.
#[derive(Default)]
struct Parts {
    parts: Vec<Part>,
    text: String,
}

impl Parts {
    fn value(&mut self, value: ExprId) {
        self.flush();
        self.parts.push(Part::Value { value, format: Name::default() });
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(Part::Text(Name::new(&self.text)));
            self.text.clear();
        }
    }
}

impl Kotlin<'_> {
    pub(super) fn string(&mut self, node: Node<'_>) -> ExprId {
        let is_raw = node.kind() == "multiline_string_literal";
        let mut parts = Parts::default();
        // The grammar gives `"$x"` as the text `$` followed by the text `x`.
        // It gives `"\u0041"` as the text `\u` followed by the text `0041`.
        let mut after_dollar = false;
        let mut after_unicode = false;
        let mut cursor = node.walk();
        let children: Vec<_> = node.named_children(&mut cursor).collect();
        for child in children {
            let is_dollar = child.kind() == "string_content" && self.str(child) == "$";
            let is_unicode = child.kind() == "string_content" && self.str(child) == "\\u";
            match child.kind() {
                "escape_sequence" => jvm::push_escape(&mut parts.text, self.str(child)),
                "interpolation" => {
                    let values = syntax::children(child);
                    if let Some(&value) = values.first() {
                        let value = self.expr(value);
                        parts.value(value);
                    }
                }
                _ if after_dollar && !is_dollar => self.after_dollar(child, &mut parts),
                _ if is_unicode && !is_raw => {}
                _ if after_unicode && !is_raw => self.after_unicode(child, &mut parts),
                _ => parts.text.push_str(self.str(child)),
            }
            after_dollar = is_dollar;
            after_unicode = is_unicode;
        }
        let at = syntax::span(node);
        if parts.parts.is_empty() {
            return self.b.expr(ExprKind::String(Name::new(parts.text)), at);
        }
        parts.flush();
        self.b.expr(ExprKind::Template(parts.parts.into()), at)
    }

    /// Text after a dollar sign: where it starts with a name, that is interpolated.
    fn after_dollar(&mut self, node: Node<'_>, parts: &mut Parts) {
        let text = self.str(node);
        let length = name_length(text);
        if length == 0 {
            parts.text.push_str(text);
            return;
        }
        // The dollar sign was taken for text.
        parts.text.pop();
        let start = node.start_byte();
        let at = Span::new(start, start + length);
        let value = match &text[..length] {
            "this" => self.b.expr(ExprKind::This, at),
            name => self.b.name(name.trim_matches('`'), at),
        };
        parts.value(value);
        parts.text.push_str(&text[length..]);
    }

    /// Text after `\u`: its first four digits are a character's number.
    fn after_unicode(&mut self, node: Node<'_>, parts: &mut Parts) {
        let text = self.str(node);
        match text.get(..4) {
            Some(digits) => jvm::push_escape(&mut parts.text, &format!("\\u{digits}")),
            None => parts.text.push_str("\\u"),
        }
        parts.text.push_str(text.get(4..).unwrap_or(text));
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

/// How many bytes of the text's start are a name; none for text that starts otherwise.
fn name_length(text: &str) -> usize {
    if let Some(quoted) = text.strip_prefix('`') {
        return quoted.find('`').map_or(0, |end| end + 2);
    }
    match text.chars().next() {
        Some(first) if first.is_alphabetic() || first == '_' => {
            text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
        }
        _ => 0,
    }
}
