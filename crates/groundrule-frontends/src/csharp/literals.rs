//! Literals: strings in their four notations, interpolation, numbers.

use groundrule_unit::{ExprId, ExprKind, Name, Part};
use tree_sitter::Node;

use super::{Lowering, parts};
use crate::syntax::span;

impl Lowering<'_> {
    pub(super) fn literal(&mut self, node: Node<'_>) -> ExprId {
        let at = span(node);
        let kind = match node.kind() {
            "integer_literal" | "real_literal" => ExprKind::Number(Name::new(self.text(node))),
            "boolean_literal" => ExprKind::Bool(self.text(node) == "true"),
            "null_literal" => ExprKind::Null,
            _ => ExprKind::String(self.constant_string(node).unwrap_or_default()),
        };
        self.out.expr(kind, at)
    }

    /// The decoded text of a string literal; none for anything else.
    pub(super) fn constant_string(&self, node: Node<'_>) -> Option<Name> {
        let text = self.text(node);
        match node.kind() {
            "string_literal" => {
                let text =
                    text.strip_suffix("u8").or_else(|| text.strip_suffix("U8")).unwrap_or(text);
                Some(Name::from(unescape(unquote(text, '"'))))
            }
            "character_literal" => Some(Name::from(unescape(unquote(text, '\'')))),
            "verbatim_string_literal" => {
                let text =
                    text.strip_suffix("u8").or_else(|| text.strip_suffix("U8")).unwrap_or(text);
                let text = text.trim_start_matches('@');
                Some(Name::from(unquote(text, '"').replace("\"\"", "\"")))
            }
            "raw_string_literal" => {
                let content = parts(node).into_iter().find(|c| c.kind() == "raw_string_content")?;
                let content = self.text(content);
                Some(Name::from(outdent(content, margin(content))))
            }
            _ => None,
        }
    }

    pub(super) fn template(&mut self, node: Node<'_>) -> ExprId {
        let children = parts(node);
        let start = children.first().map(|start| self.text(*start)).unwrap_or_default();
        let is_verbatim = start.contains('@');
        let is_raw =
            children.iter().any(|c| c.kind() == "interpolation_quote" && self.text(*c).len() >= 3);
        let last = children.iter().rfind(|c| c.kind() == "string_content");
        let margin = match last {
            Some(last) if is_raw => margin(self.text(*last)),
            _ => "",
        };
        let mut pieces: Vec<Part> = Vec::new();
        let mut pending = String::new();
        for child in children {
            match child.kind() {
                "string_content" if is_raw => {
                    let text = self.text(child);
                    pending.push_str(&text.replace(&format!("\n{margin}"), "\n"));
                }
                "string_content" => {
                    let text = self.text(child).replace("{{", "{").replace("}}", "}");
                    match is_verbatim {
                        true => pending.push_str(&text.replace("\"\"", "\"")),
                        false => pending.push_str(&text),
                    }
                }
                "escape_sequence" => pending.push_str(&unescape(self.text(child))),
                "interpolation" => {
                    if !pending.is_empty() {
                        pieces.push(Part::Text(Name::from(std::mem::take(&mut pending))));
                    }
                    pieces.extend(self.interpolated(child));
                }
                _ => {}
            }
        }
        if !pending.is_empty() {
            pieces.push(Part::Text(Name::from(pending)));
        }
        if is_raw {
            trim_raw(&mut pieces);
        }
        if pieces.iter().all(|piece| matches!(piece, Part::Text(_))) {
            let text = match pieces.into_iter().next() {
                Some(Part::Text(text)) => text,
                _ => Name::default(),
            };
            return self.out.expr(ExprKind::String(text), span(node));
        }
        self.out.expr(ExprKind::Template(pieces.into()), span(node))
    }

    fn interpolated(&mut self, node: Node<'_>) -> Option<Part> {
        let mut value = None;
        let mut format = Name::default();
        for part in parts(node) {
            match part.kind() {
                "interpolation_brace" | "interpolation_alignment_clause" => {}
                "interpolation_format_clause" => format = Name::new(self.text(part)),
                _ => value = Some(self.expr(part)),
            }
        }
        Some(Part::Value { value: value?, format })
    }
}

/// What stands between the quotes.
fn unquote(text: &str, quote: char) -> &str {
    let text = text.strip_prefix(quote).unwrap_or(text);
    text.strip_suffix(quote).unwrap_or(text)
}

/// Resolves escapes; those that are none stay as they are written.
fn unescape(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(escape) = rest.chars().next() else { break };
        rest = &rest[escape.len_utf8()..];
        let digits = match escape {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            '0' => "\0",
            'a' => "\u{7}",
            'b' => "\u{8}",
            'e' => "\u{1b}",
            'f' => "\u{c}",
            'v' => "\u{b}",
            'x' | 'u' | 'U' => {
                let most = if escape == 'U' { 8 } else { 4 };
                let len = rest.bytes().take(most).take_while(u8::is_ascii_hexdigit).count();
                let code = u32::from_str_radix(&rest[..len], 16).ok().and_then(char::from_u32);
                decoded.push(code.unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = &rest[len..];
                ""
            }
            other => {
                decoded.push(other);
                ""
            }
        };
        decoded.push_str(digits);
    }
    decoded.push_str(rest);
    decoded
}

/// The white space before a raw string's closing quotes, where they stand on a line of their own.
fn margin(content: &str) -> &str {
    match content.rsplit_once('\n') {
        Some((_, last)) if last.trim().is_empty() => last,
        _ => "",
    }
}

/// A raw string's lines without its first and last line breaks and without the margin.
fn outdent(content: &str, margin: &str) -> String {
    if !content.contains('\n') {
        return content.to_owned();
    }
    let content = content.replace(&format!("\n{margin}"), "\n").replace("\r\n", "\n");
    let content = content.strip_prefix('\n').unwrap_or(&content);
    content.strip_suffix('\n').unwrap_or(content).to_owned()
}

/// Takes the line breaks after the opening and before the closing quotes away.
fn trim_raw(pieces: &mut [Part]) {
    if let Some(Part::Text(text)) = pieces.first_mut() {
        let cut = text.strip_prefix("\r\n").or_else(|| text.strip_prefix('\n'));
        if let Some(cut) = cut {
            *text = Name::new(cut);
        }
    }
    if let Some(Part::Text(text)) = pieces.last_mut() {
        let cut = text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n'));
        if let Some(cut) = cut {
            *text = Name::new(cut);
        }
    }
}
