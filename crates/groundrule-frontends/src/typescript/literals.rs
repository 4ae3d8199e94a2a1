//! Literals: strings and their escapes, templates, objects, arrays.

use groundrule_unit::{ExprId, ExprKind, Name, Part, Record, RecordField};
use tree_sitter::Node;

use super::{
    Lowering, field, first,
    functions::{Head, Place},
};
use crate::syntax::{children, span};

impl Lowering<'_> {
    pub(super) fn string(&mut self, node: Node<'_>) -> ExprId {
        let value = constant(self.text(node));
        self.build.expr(ExprKind::String(value), span(node))
    }

    /// A template literal; one without substitutions is a string.
    pub(super) fn template(&mut self, node: Node<'_>) -> ExprId {
        let text = self.source.text;
        let mut parts = Vec::new();
        let mut from = node.start_byte() + 1;
        let push_text = |parts: &mut Vec<Part>, from: usize, to: usize| {
            let raw = text.get(from..to).unwrap_or_default();
            if !raw.is_empty() {
                parts.push(Part::Text(decode(raw)));
            }
        };
        for child in children(node) {
            if child.kind() != "template_substitution" {
                continue;
            }
            push_text(&mut parts, from, child.start_byte());
            from = child.end_byte();
            if let Some(value) = first(child) {
                let value = self.expr(value);
                parts.push(Part::Value { value, format: Name::default() });
            }
        }
        let end =
            if self.text(node).ends_with('`') { node.end_byte() - 1 } else { node.end_byte() };
        push_text(&mut parts, from, end);
        let kind = match parts.as_slice() {
            [] => ExprKind::String(Name::default()),
            [Part::Text(text)] => ExprKind::String(text.clone()),
            _ => ExprKind::Template(parts.into()),
        };
        self.build.expr(kind, span(node))
    }

    pub(super) fn object(&mut self, node: Node<'_>) -> ExprId {
        let mut fields = Vec::new();
        let mut spreads = Vec::new();
        for child in children(node) {
            let at = span(child);
            let (name, key, value) = match child.kind() {
                "pair" => {
                    let (Some(key), Some(value)) = (field(child, "key"), field(child, "value"))
                    else {
                        continue;
                    };
                    let (name, key) = self.key(key);
                    (name, key, self.expr(value))
                }
                "method_definition" => {
                    let (name, key) = match field(child, "name") {
                        Some(key) => self.key(key),
                        None => continue,
                    };
                    (name, key, self.lambda(child))
                }
                "spread_element" => {
                    if let Some(value) = first(child) {
                        spreads.push(self.expr(value));
                    }
                    continue;
                }
                "shorthand_property_identifier" => {
                    (self.name(child), None, self.build.name(self.text(child), at))
                }
                _ => (Name::default(), None, self.expr(child)),
            };
            fields.push(RecordField { name, key, value, span: at });
        }
        let record = Record { ty: None, fields: fields.into(), spreads: spreads.into() };
        self.build.expr(ExprKind::Record(Box::new(record)), span(node))
    }

    /// An array. The items of one that is spread into it are each one of that one's.
    pub(super) fn array(&mut self, node: Node<'_>) -> ExprId {
        let items = children(node)
            .into_iter()
            .map(|child| match (child.kind(), first(child)) {
                ("spread_element", Some(inner)) => {
                    let inner = self.expr(inner);
                    self.build.expr(ExprKind::Each(inner), span(child))
                }
                _ => self.expr(child),
            })
            .collect();
        self.build.expr(ExprKind::List(items), span(node))
    }

    /// The key of a property: its name where that is constant, else the expression.
    pub(super) fn key(&mut self, node: Node<'_>) -> (Name, Option<ExprId>) {
        match node.kind() {
            "string" => (constant(self.text(node)), None),
            "computed_property_name" => match first(node) {
                Some(inner) if inner.kind() == "string" => (constant(self.text(inner)), None),
                Some(inner) => (Name::default(), Some(self.expr(inner))),
                None => (Name::default(), None),
            },
            _ => (self.name(node), None),
        }
    }

    /// A function as a value.
    pub(super) fn lambda(&mut self, node: Node<'_>) -> ExprId {
        // An object's method is reached through the object, not by its name.
        let name = match node.kind() {
            "method_definition" => None,
            _ => field(node, "name"),
        };
        let id = self.function(Head { node, name, place: Place::Free, annotations: Vec::new() });
        self.build.expr(ExprKind::Lambda(id), span(node))
    }
}

/// The value of a string literal or of a template literal without substitutions.
pub(super) fn constant(literal: &str) -> Name {
    let inner = match literal.as_bytes() {
        [open @ (b'"' | b'\'' | b'`'), .., close] if open == close => {
            &literal[1..literal.len() - 1]
        }
        [b'"' | b'\'' | b'`', ..] => &literal[1..],
        _ => literal,
    };
    decode(inner)
}

/// Resolves escapes.
fn decode(raw: &str) -> Name {
    if !raw.contains('\\') {
        return Name::new(raw);
    }
    let mut decoded = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(sign) = rest.chars().next() else { break };
        rest = &rest[sign.len_utf8()..];
        match sign {
            'n' => decoded.push('\n'),
            't' => decoded.push('\t'),
            'r' => decoded.push('\r'),
            'b' => decoded.push('\u{8}'),
            'f' => decoded.push('\u{c}'),
            'v' => decoded.push('\u{b}'),
            '0' => decoded.push('\0'),
            // A line that goes on.
            '\n' => {}
            '\r' => rest = rest.strip_prefix('\n').unwrap_or(rest),
            'x' => decoded.push(char_of(take_hex(&mut rest, 2))),
            'u' => decoded.push(unicode(&mut rest)),
            other => decoded.push(other),
        }
    }
    decoded.push_str(rest);
    Name::from(decoded)
}

/// What follows `\u`: four digits, perhaps a second half, or digits in braces.
fn unicode(rest: &mut &str) -> char {
    if let Some(inner) = rest.strip_prefix('{') {
        let digits = inner.find('}').unwrap_or(0);
        let code = u32::from_str_radix(&inner[..digits], 16).ok();
        *rest = inner.get(digits + 1..).unwrap_or_default();
        return char_of(code);
    }
    let first = take_hex(rest, 4);
    if let Some(high @ 0xD800..=0xDBFF) = first
        && let Some(mut behind) = rest.strip_prefix("\\u")
        && let Some(low @ 0xDC00..=0xDFFF) = take_hex(&mut behind, 4)
    {
        *rest = behind;
        return char_of(Some(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)));
    }
    char_of(first)
}

fn take_hex(rest: &mut &str, digits: usize) -> Option<u32> {
    let code = rest.get(..digits).and_then(|hex| u32::from_str_radix(hex, 16).ok())?;
    *rest = &rest[digits..];
    Some(code)
}

fn char_of(code: Option<u32>) -> char {
    code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(constant(r#""a\tb\x41\u00e9\u{1F600}\ud83d\ude00\q""#), "a\tbAé😀😀q");
        assert_eq!(constant("'a\\\nb'"), "ab");
    }

    #[test]
    fn broken_escapes_do_no_harm() {
        assert_eq!(constant(r#""\u{""#), "\u{FFFD}");
        assert_eq!(constant("\"\\xé\""), "\u{FFFD}é");
        assert_eq!(constant("'"), "");
        assert_eq!(constant("\"abc\\"), "abc");
    }
}
