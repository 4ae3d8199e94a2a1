//! Patterns: destructuring taken apart into one binding for each name.

use groundrule_unit::{BindingKind, ExprId, ExprKind, Name, Record, Span, TypeRef};
use tree_sitter::Node;

use super::{Lowering, field, first};
use crate::syntax::{children, span};

impl Lowering<'_> {
    /// Binds the names in a pattern to the parts of `source` that they stand for; `at` is the
    /// place of the whole declaration, which a plain name's binding gets.
    pub(super) fn bind_pattern(
        &mut self,
        pattern: Node<'_>,
        source: Option<ExprId>,
        ty: Option<TypeRef>,
        kind: BindingKind,
        at: Span,
    ) {
        if !self.descend(pattern) {
            return;
        }
        match pattern.kind() {
            "identifier" | "shorthand_property_identifier_pattern" | "undefined" => {
                self.build.bind(self.text(pattern), source, ty, kind, at);
            }
            "member_expression" | "subscript_expression" => {
                let place = self.expr(pattern);
                self.build.assign(place, source, kind, at);
            }
            "object_pattern" | "array_pattern" => {
                let whole = span(pattern);
                let source = match (source, ty) {
                    (Some(operand), Some(ty)) => {
                        Some(self.build.expr(ExprKind::Cast { ty, operand }, whole))
                    }
                    (source, _) => source,
                };
                if pattern.kind() == "object_pattern" {
                    self.object_pattern(pattern, source, kind);
                } else {
                    self.array_pattern(pattern, source, kind);
                }
            }
            "assignment_pattern" => {
                if let (Some(left), Some(right)) = (field(pattern, "left"), field(pattern, "right"))
                {
                    let source = self.with_default(source, right);
                    self.bind_pattern(left, source, ty, kind, span(pattern));
                }
            }
            "parenthesized_expression"
            | "non_null_expression"
            | "as_expression"
            | "rest_pattern" => {
                if let Some(inner) = first(pattern) {
                    self.bind_pattern(inner, source, ty, kind, at);
                }
            }
            _ => {}
        }
        self.ascend();
    }

    fn object_pattern(&mut self, pattern: Node<'_>, source: Option<ExprId>, kind: BindingKind) {
        for part in children(pattern) {
            let at = span(part);
            match part.kind() {
                "shorthand_property_identifier_pattern" => {
                    let value = self.part(source, self.name(part), at);
                    self.bind_pattern(part, value, None, kind, at);
                }
                "pair_pattern" => {
                    if let (Some(key), Some(target)) = (field(part, "key"), field(part, "value")) {
                        let value = self.keyed_part(source, key, at);
                        self.bind_pattern(target, value, None, kind, at);
                    }
                }
                "object_assignment_pattern" => {
                    if let (Some(left), Some(right)) = (field(part, "left"), field(part, "right")) {
                        let value = self.part(source, self.name(left), at);
                        let value = self.with_default(value, right);
                        self.bind_pattern(left, value, None, kind, at);
                    }
                }
                "rest_pattern" => {
                    let value = source.map(|source| {
                        let record = Record {
                            ty: None,
                            fields: Box::default(),
                            spreads: Box::new([source]),
                        };
                        self.build.expr(ExprKind::Record(Box::new(record)), at)
                    });
                    self.bind_pattern(part, value, None, kind, at);
                }
                _ => {}
            }
        }
    }

    fn array_pattern(&mut self, pattern: Node<'_>, source: Option<ExprId>, kind: BindingKind) {
        let mut cursor = pattern.walk();
        let parts: Vec<Node<'_>> = pattern.children(&mut cursor).collect();
        let mut index = 0;
        for part in parts {
            let at = span(part);
            match part.kind() {
                "," => index += 1,
                "rest_pattern" => {
                    let value = source.map(|source| {
                        let each = self.build.expr(ExprKind::Each(source), at);
                        self.build.expr(ExprKind::List(Box::new([each])), at)
                    });
                    self.bind_pattern(part, value, None, kind, at);
                }
                _ if part.is_named() && !part.is_extra() => {
                    let value =
                        source.map(|of| self.build.expr(ExprKind::Element { of, index }, at));
                    self.bind_pattern(part, value, None, kind, at);
                }
                _ => {}
            }
        }
    }

    fn part(&mut self, source: Option<ExprId>, name: Name, at: Span) -> Option<ExprId> {
        source.map(|object| self.build.member(object, name, at))
    }

    fn keyed_part(&mut self, source: Option<ExprId>, key: Node<'_>, at: Span) -> Option<ExprId> {
        let (name, computed) = self.key(key);
        let object = source?;
        Some(match computed {
            Some(index) => self.build.expr(ExprKind::Index { object, index }, at),
            None => self.build.member(object, name, at),
        })
    }

    /// The value of a part that has a default: the part first, then the default.
    fn with_default(&mut self, value: Option<ExprId>, default: Node<'_>) -> Option<ExprId> {
        let default_value = self.expr(default);
        let Some(value) = value else { return Some(default_value) };
        let choice = ExprKind::Choice(Box::new([value, default_value]));
        Some(self.build.expr(choice, span(default)))
    }
}
