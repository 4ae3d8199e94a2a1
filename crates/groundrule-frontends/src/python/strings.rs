//! Strings: prefixes, escapes, f-strings, and adjacent strings joined into one.

use groundrule_unit::{ExprId, ExprKind, Name, Part};
use tree_sitter::Node;

use super::{Lowering, children, field, first};
use crate::syntax::{fields, has, span};

/// The parts of a string so far; text is collected until a value ends it.
#[derive(Default)]
struct Parts {
    done: Vec<Part>,
    text: String,
}

impl Parts {
    fn value(&mut self, value: ExprId, format: &str) {
        if !self.text.is_empty() {
            self.done.push(Part::Text(Name::new(std::mem::take(&mut self.text))));
        }
        self.done.push(Part::Value { value, format: format.into() });
    }

    fn finish(mut self) -> ExprKind {
        if self.done.is_empty() {
            return ExprKind::String(Name::new(self.text));
        }
        if !self.text.is_empty() {
            self.done.push(Part::Text(Name::new(self.text)));
        }
        ExprKind::Template(self.done.into())
    }
}

impl Lowering<'_> {
    /// A string, or several that stand side by side.
    pub(super) fn string(&mut self, node: Node<'_>) -> ExprId {
        let mut parts = Parts::default();
        if node.kind() == "concatenated_string" {
            for string in children(node) {
                self.string_parts(string, &mut parts);
            }
        } else {
            self.string_parts(node, &mut parts);
        }
        self.build.expr(parts.finish(), span(node))
    }

    fn string_parts(&mut self, node: Node<'_>, parts: &mut Parts) {
        let mut prefix = "";
        for part in children(node) {
            match part.kind() {
                "string_start" => prefix = self.text(part),
                "string_content" => decode(self.text(part), prefix, &mut parts.text),
                "interpolation" => self.interpolation(part, parts),
                _ => {}
            }
        }
    }

    fn interpolation(&mut self, node: Node<'_>, parts: &mut Parts) {
        let Some(inner) = field(node, "expression") else { return };
        let conversion = field(node, "type_conversion");
        let specifier = field(node, "format_specifier");
        if has(node, "=") {
            let end = conversion.or(specifier).map_or(node.end_byte() - 1, |n| n.start_byte());
            let said = self.source.get(node.start_byte() + 1..end).unwrap_or_default();
            parts.text.push_str(said);
        }
        let value = self.expr(inner);
        let start = conversion.or(specifier).map_or(node.end_byte(), |n| n.start_byte());
        let end = specifier.or(conversion).map_or(start, |n| n.end_byte());
        parts.value(value, self.source.get(start..end).unwrap_or_default());
        for nested in specifier.map(children).unwrap_or_default() {
            for width in fields(nested, "expression") {
                self.expr(width);
            }
        }
    }

    /// The text of a string node without values in it; none for any other.
    pub(super) fn plain_string(&self, node: Node<'_>) -> Option<String> {
        let strings = match node.kind() {
            "string" => vec![node],
            "concatenated_string" => children(node),
            _ => return None,
        };
        let mut text = String::new();
        for string in strings {
            let mut prefix = "";
            for part in children(string) {
                match part.kind() {
                    "string_start" => prefix = self.text(part),
                    "string_content" => decode(self.text(part), prefix, &mut text),
                    "string_end" => {}
                    _ => return None,
                }
            }
        }
        Some(text)
    }

    /// The first string inside a node, decoded: what a quoted annotation says.
    pub(super) fn quoted(&self, node: Node<'_>) -> String {
        self.plain_string(node)
            .or_else(|| first(node).and_then(|inner| self.plain_string(inner)))
            .unwrap_or_default()
    }
}

/// Writes what the text between the quotes stands for. `prefix` is what stands before, with the
/// opening quotes.
fn decode(text: &str, prefix: &str, out: &mut String) {
    let flag = |wanted: [char; 2]| prefix.chars().any(|c| wanted.contains(&c));
    let raw = flag(['r', 'R']);
    let braces = flag(['f', 'F']) || flag(['t', 'T']);
    if (raw || !text.contains('\\')) && !(braces && text.contains(['{', '}'])) {
        out.push_str(text);
        return;
    }
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if !raw => escape(&mut chars, out),
            '{' | '}' if braces => {
                out.push(c);
                if chars.as_str().starts_with(c) {
                    chars.next();
                }
            }
            _ => out.push(c),
        }
    }
}

fn escape(chars: &mut std::str::Chars<'_>, out: &mut String) {
    let Some(c) = chars.next() else { return out.push('\\') };
    let plain = match c {
        '\n' => return,
        '\\' | '\'' | '"' => c,
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        '0'..='7' => {
            let mut code = c.to_digit(8).unwrap_or_default();
            for _ in 0..2 {
                let Some(digit) = chars.clone().next().and_then(|c| c.to_digit(8)) else { break };
                code = code * 8 + digit;
                chars.next();
            }
            char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        'x' | 'u' | 'U' => {
            let length = match c {
                'x' => 2,
                'u' => 4,
                _ => 8,
            };
            let code = chars.as_str().get(..length).and_then(|s| u32::from_str_radix(s, 16).ok());
            let Some(code) = code else {
                out.push('\\');
                return out.push(c);
            };
            chars.nth(length - 1);
            char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        _ => {
            out.push('\\');
            c
        }
    };
    out.push(plain);
}
