//! Patterns: what they compare with, and the variables that they bind.

use groundrule_unit::{BindingKind, ExprId, ExprKind, Name, TypeRef};
use tree_sitter::Node;

use super::{Lowering, parts, stmts::is_pattern};
use crate::syntax::span;

impl Lowering<'_> {
    /// Lowers a pattern over `subject` and binds its variables in the open scope. The value is
    /// what the subject is compared with: a constant, a type's name, or an unknown with its parts.
    pub(super) fn pattern(&mut self, node: Node<'_>, subject: Option<ExprId>) -> ExprId {
        match self.deeper(node, |this| this.pattern_inner(node, subject)) {
            Some(id) => id,
            None => self.out.unknown(Vec::new(), span(node)),
        }
    }

    fn pattern_inner(&mut self, node: Node<'_>, subject: Option<ExprId>) -> ExprId {
        match node.kind() {
            "declaration_pattern" | "var_pattern" => {
                let ty = self.declared_type(node, "type");
                self.designation(node, subject, ty.clone());
                self.type_name(ty, node)
            }
            "type_pattern" => {
                let ty = self.declared_type(node, "type");
                self.type_name(ty, node)
            }
            "recursive_pattern" => self.recursive(node, subject),
            "constant_pattern" => match parts(node).first() {
                Some(constant) => self.expr(*constant),
                None => self.out.unknown(Vec::new(), span(node)),
            },
            "relational_pattern" => {
                let op = node.child(0).map_or("", |op| op.kind());
                let operand = self.last_part(node);
                self.out.expr(ExprKind::Unary { op: Name::new(op), operand }, span(node))
            }
            "negated_pattern" => {
                let operand = self.inner(node, subject);
                let op = Name::new_static("not");
                self.out.expr(ExprKind::Unary { op, operand }, span(node))
            }
            "parenthesized_pattern" => self.inner(node, subject),
            "and_pattern" | "or_pattern" => {
                let op = if node.kind() == "and_pattern" { "and" } else { "or" };
                match (node.child_by_field_name("left"), node.child_by_field_name("right")) {
                    (Some(left), Some(right)) => {
                        let left = self.pattern(left, subject);
                        let right = self.pattern(right, subject);
                        let op = Name::new_static(op);
                        self.out.expr(ExprKind::Binary { op, left, right }, span(node))
                    }
                    _ => self.unknown(node),
                }
            }
            "list_pattern" => {
                let mut items = Vec::new();
                for part in parts(node) {
                    if is_pattern(part.kind()) {
                        let item = subject.map(|of| self.out.expr(ExprKind::Each(of), span(part)));
                        items.push(self.pattern(part, item));
                    }
                }
                self.designation(node, subject, None);
                self.out.expr(ExprKind::List(items.into()), span(node))
            }
            "discard" => self.out.name("_", span(node)),
            _ => self.expr(node),
        }
    }

    fn inner(&mut self, node: Node<'_>, subject: Option<ExprId>) -> ExprId {
        match parts(node).first() {
            Some(inner) => self.pattern(*inner, subject),
            None => self.out.unknown(Vec::new(), span(node)),
        }
    }

    fn type_name(&mut self, ty: Option<TypeRef>, node: Node<'_>) -> ExprId {
        match ty {
            Some(ty) => self.chain(&ty.name, node),
            None => self.out.name("_", span(node)),
        }
    }

    /// `Type(a, b) { X: c } name`.
    fn recursive(&mut self, node: Node<'_>, subject: Option<ExprId>) -> ExprId {
        let ty = self.declared_type(node, "type");
        let mut lowered = Vec::new();
        if let Some(ty) = &ty {
            lowered.push(self.chain(&ty.name, node));
        }
        for clause in parts(node) {
            match clause.kind() {
                "property_pattern_clause" => {
                    for part in parts(clause) {
                        lowered.extend(self.property_part(part, subject));
                    }
                }
                "positional_pattern_clause" => {
                    for (index, part) in parts(clause).into_iter().enumerate() {
                        let element = subject.map(|of| {
                            let index = index as u32;
                            self.out.expr(ExprKind::Element { of, index }, span(part))
                        });
                        if let Some(pattern) = parts(part).last() {
                            lowered.push(self.pattern(*pattern, element));
                        }
                    }
                }
                kind if is_pattern(kind) => lowered.push(self.pattern(clause, subject)),
                _ => {}
            }
        }
        self.designation(node, subject, ty);
        self.out.unknown(lowered, span(node))
    }

    /// `A.B: pattern` of a property pattern.
    fn property_part(&mut self, part: Node<'_>, subject: Option<ExprId>) -> Option<ExprId> {
        let children = parts(part);
        let (&pattern, before) = children.split_last()?;
        let member = match (before.first(), subject) {
            (Some(path), Some(subject)) => {
                let mut object = subject;
                let path_text = self.text(*path);
                for step in path_text.split('.').take(8) {
                    object = self.out.member(object, step.trim(), span(*path));
                }
                Some(object)
            }
            _ => None,
        };
        Some(self.pattern(pattern, member))
    }

    /// The variable after a pattern, or the variables in `var (a, b)`.
    fn designation(&mut self, node: Node<'_>, subject: Option<ExprId>, ty: Option<TypeRef>) {
        if let Some(name) = node.child_by_field_name("name") {
            let name = self.ident(name);
            self.out.bind(name, subject, ty, BindingKind::Variable, span(node));
        }
        let tuple =
            parts(node).into_iter().find(|c| c.kind() == "parenthesized_variable_designation");
        if let (Some(tuple), Some(subject)) = (tuple, subject) {
            self.unpack(tuple, subject, BindingKind::Variable);
        }
    }
}
