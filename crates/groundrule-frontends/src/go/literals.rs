//! Strings, and composite literals with the types that they elide.

use groundrule_unit::{ExprId, ExprKind, Name, Record, RecordField, Span, TypeRef};
use tree_sitter::Node;

use super::{Lowering, field};
use crate::syntax::{self, MAX_DEPTH};

/// What a literal's type says of its elements.
struct Shape {
    /// The types of keys and values, where the literal is that of a collection.
    key: Option<TypeRef>,
    value: Option<TypeRef>,
    is_collection: bool,
}

impl Lowering<'_> {
    pub(super) fn composite(&mut self, node: Node<'_>) -> ExprId {
        let ty = field(node, "type").map(|ty| self.type_ref(ty));
        match field(node, "body") {
            Some(body) => self.literal(body, ty, syntax::span(node)),
            None => self.build.unknown(Vec::new(), syntax::span(node)),
        }
    }

    /// The value of `new(T)`.
    pub(super) fn zero(&mut self, ty: TypeRef, span: Span) -> ExprId {
        let record = Record { ty: Some(ty), fields: Box::default(), spreads: Box::default() };
        self.build.expr(ExprKind::Record(Box::new(record)), span)
    }

    fn literal(&mut self, body: Node<'_>, ty: Option<TypeRef>, span: Span) -> ExprId {
        if self.depth >= MAX_DEPTH {
            return self.build.unknown(Vec::new(), span);
        }
        self.depth += 1;
        let shape = self.shape(ty.as_ref());
        let elements = syntax::children(body);
        let is_list = ty.as_ref().is_some_and(|ty| ty.name == "[]")
            && elements.iter().all(|element| element.kind() != "keyed_element");
        let kind = if is_list {
            let items =
                elements.iter().map(|item| self.element(*item, shape.value.as_ref())).collect();
            ExprKind::List(items)
        } else {
            let fields = elements.iter().map(|element| self.record_field(*element, &shape));
            let fields = fields.collect();
            ExprKind::Record(Box::new(Record { ty, fields, spreads: Box::default() }))
        };
        self.depth -= 1;
        self.build.expr(kind, span)
    }

    fn shape(&self, ty: Option<&TypeRef>) -> Shape {
        let of = |ty: &TypeRef| match (ty.name.as_str(), &*ty.args) {
            ("[]", [value]) => {
                Some(Shape { key: None, value: Some(value.clone()), is_collection: true })
            }
            ("{}", [key, value]) => Some(Shape {
                key: Some(key.clone()),
                value: Some(value.clone()),
                is_collection: true,
            }),
            _ => None,
        };
        ty.and_then(|ty| of(ty).or_else(|| self.collections.get(&ty.name).and_then(of)))
            .unwrap_or(Shape { key: None, value: None, is_collection: false })
    }

    fn record_field(&mut self, node: Node<'_>, shape: &Shape) -> RecordField {
        let span = syntax::span(node);
        let (mut name, mut key) = (Name::default(), None);
        let mut value = node;
        if let (Some(written), Some(after)) = (field(node, "key"), field(node, "value")) {
            value = after;
            match inner(written) {
                string if is_string(string) => name = self.decoded(string),
                field if field.kind() == "identifier" && !shape.is_collection => {
                    name = Name::new(self.str(field));
                }
                _ => key = Some(self.element(written, shape.key.as_ref())),
            }
        }
        let value = self.element(value, shape.value.as_ref());
        RecordField { name, key, value, span }
    }

    /// An element; `ty` is its type where it does not say it itself.
    fn element(&mut self, node: Node<'_>, ty: Option<&TypeRef>) -> ExprId {
        let node = inner(node);
        match node.kind() {
            "literal_value" => self.literal(node, ty.cloned(), syntax::span(node)),
            _ => self.expr(node),
        }
    }

    /// A string literal's value.
    pub(super) fn decoded(&self, node: Node<'_>) -> Name {
        let text = self.str(node);
        match node.kind() {
            "raw_string_literal" => {
                let raw = text.trim_matches('`');
                // The specification drops carriage returns.
                if raw.contains('\r') { Name::from(raw.replace('\r', "")) } else { Name::new(raw) }
            }
            _ => {
                let text = text.strip_prefix('"').unwrap_or(text);
                unescape(text.strip_suffix('"').unwrap_or(text))
            }
        }
    }
}

pub(super) fn is_string(node: Node<'_>) -> bool {
    matches!(node.kind(), "interpreted_string_literal" | "raw_string_literal")
}

fn inner(node: Node<'_>) -> Node<'_> {
    match node.kind() {
        "literal_element" => syntax::children(node).first().copied().unwrap_or(node),
        _ => node,
    }
}

/// Resolves the escapes of an interpreted string. Bytes that make no character become U+FFFD.
fn unescape(text: &str) -> Name {
    if !text.contains('\\') {
        return Name::new(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        let Some(sign) = rest.chars().next() else { break };
        let (digits, radix) = match sign {
            'x' => (2, 16),
            'u' => (4, 16),
            'U' => (8, 16),
            '0'..='7' => (3, 8),
            _ => {
                let mut buffer = [0; 4];
                bytes.extend_from_slice(plain_escape(sign).encode_utf8(&mut buffer).as_bytes());
                rest = &rest[sign.len_utf8()..];
                continue;
            }
        };
        let start = usize::from(radix == 16);
        let number = rest.get(start..start + digits);
        let Some(number) = number.and_then(|digits| u32::from_str_radix(digits, radix).ok()) else {
            bytes.push(b'\\');
            continue;
        };
        rest = &rest[start + digits..];
        if matches!(sign, 'u' | 'U') {
            let decoded = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
            bytes.extend_from_slice(decoded.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            bytes.push(number as u8);
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    Name::from(String::from_utf8_lossy(&bytes))
}

fn plain_escape(sign: char) -> char {
    match sign {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(unescape(r#"a\tb\n\"c\"\\"#), "a\tb\n\"c\"\\");
        assert_eq!(unescape(r"\x41\101\u00e9\U0001F600"), "AAé😀");
        assert_eq!(unescape(r"\xc3\xa9"), "é");
    }

    #[test]
    fn broken_escapes_do_no_harm() {
        assert_eq!(unescape(r"\xff"), "\u{fffd}");
        assert_eq!(unescape(r"\uD800"), "\u{fffd}");
        assert_eq!(unescape(r"\x4"), r"\x4");
        assert_eq!(unescape("a\\"), "a");
        assert_eq!(unescape("\\é"), "é");
        assert_eq!(unescape("\\xé"), "\\xé");
    }
}
