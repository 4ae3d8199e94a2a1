//! Expressions. Those that never have a value (`return`, `throw`, `break`) yield none.

use groundrule_unit::{BindingKind, ExitKind, ExprId, ExprKind, Name};
use tree_sitter::Node;

use super::{Kotlin, types::is_type};
use crate::syntax;

impl Kotlin<'_> {
    /// An expression; unknown where it has no value.
    pub(super) fn expr(&mut self, node: Node<'_>) -> ExprId {
        match self.value(node) {
            Some(value) => value,
            None => self.b.unknown(Vec::new(), syntax::span(node)),
        }
    }

    /// An expression's value, if it can have one.
    pub(super) fn value(&mut self, node: Node<'_>) -> Option<ExprId> {
        let Some(value) = self.deeper(|kotlin| kotlin.value_inner(node)) else {
            self.b.unit().unread.push(syntax::span(node));
            return Some(self.b.unknown(Vec::new(), syntax::span(node)));
        };
        value
    }

    fn value_inner(&mut self, node: Node<'_>) -> Option<ExprId> {
        let at = syntax::span(node);
        Some(match node.kind() {
            "identifier" => return self.identifier(node),
            "return_expression" | "throw_expression" => {
                self.exit(node);
                return None;
            }
            "if_expression" => return self.if_expr(node, true),
            "when_expression" => return self.when_expr(node, true),
            "try_expression" => return self.try_expr(node, true),
            "labeled_expression" => return self.labeled(node),
            "parenthesized_expression" => return self.inner(node),
            "annotated_expression" => {
                self.modifiers(node);
                return self.inner(node);
            }
            "binary_expression" => return self.binary(node),
            "this_expression" | "super_expression" => self.b.expr(ExprKind::This, at),
            "string_literal" | "multiline_string_literal" => self.string(node),
            "character_literal" => self.character(node),
            "number_literal" | "float_literal" => {
                self.b.expr(ExprKind::Number(Name::new(self.str(node))), at)
            }
            "navigation_expression" => self.navigation(node),
            "callable_reference" => self.callable_reference(node),
            "call_expression" => self.call_expr(node),
            "infix_expression" => self.infix(node),
            "index_expression" => self.index(node),
            "unary_expression" => self.unary(node),
            "in_expression" | "is_expression" | "range_expression" => self.comparison(node),
            "as_expression" => self.cast(node),
            "collection_literal" => {
                // The grammar wants an item even in `[]`.
                let items = syntax::children(node).into_iter().filter(|item| !item.is_missing());
                let items = items.map(|item| self.expr(item)).collect();
                self.b.expr(ExprKind::List(items), at)
            }
            "spread_expression" => return self.inner(node),
            "lambda_literal" => self.lambda(node, None),
            "anonymous_function" => self.anonymous_function(node),
            "object_literal" => self.object_literal(node),
            _ if is_type(node) => self.type_as_value(node),
            _ if is_statement(node) => {
                self.stmt(node);
                return None;
            }
            _ => {
                let parts = syntax::children(node).into_iter().map(|child| self.expr(child));
                let parts = parts.collect();
                self.b.unknown(parts, at)
            }
        })
    }

    /// The grammar takes some keywords for names.
    fn identifier(&mut self, node: Node<'_>) -> Option<ExprId> {
        let at = syntax::span(node);
        let kind = match self.str(node) {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null" => ExprKind::Null,
            "this" => ExprKind::This,
            "break" => {
                self.b.exit(ExitKind::Break, None, at);
                return None;
            }
            "continue" => {
                self.b.exit(ExitKind::Continue, None, at);
                return None;
            }
            _ => ExprKind::Name(Name::new(self.ident(node))),
        };
        Some(self.b.expr(kind, at))
    }

    /// `label@ x`, and `break@label`, which the grammar takes for one.
    fn labeled(&mut self, node: Node<'_>) -> Option<ExprId> {
        let children = syntax::children(node);
        let label = children.first().map(|label| self.str(*label));
        let kind = match label {
            Some("break@") => ExitKind::Break,
            Some("continue@") => ExitKind::Continue,
            _ => return self.inner(node),
        };
        self.b.exit(kind, None, syntax::span(node));
        None
    }

    /// What a wrapper hands through: its last part.
    fn inner(&mut self, node: Node<'_>) -> Option<ExprId> {
        let inner = *syntax::children(node).last()?;
        self.value(inner)
    }

    fn exit(&mut self, node: Node<'_>) {
        let is_return = node.kind() == "return_expression";
        let label = node.child_by_field_name("label");
        let value = syntax::children(node)
            .into_iter()
            .find(|child| Some(child.id()) != label.map(|label| label.id()))
            .and_then(|value| self.value(value));
        let kind = if is_return { ExitKind::Return } else { ExitKind::Throw };
        self.b.exit(kind, value, syntax::span(node));
        if let (true, Some(value)) = (is_return, value) {
            self.returned(value, label.map(|label| self.ident(label)));
        }
    }

    /// A binary operation; `a ?: b` is a choice, or `a` alone where `b` leaves.
    fn binary(&mut self, node: Node<'_>) -> Option<ExprId> {
        let at = syntax::span(node);
        let op = node.child_by_field_name("operator").map_or("", |op| op.kind());
        let left = node.child_by_field_name("left");
        let right = node.child_by_field_name("right");
        if op == "?:" {
            let left = left.and_then(|left| self.value(left));
            let right = right.and_then(|right| self.value(right));
            return self.choice([left, right].into_iter().flatten().collect(), node);
        }
        let left = self.expr(left.unwrap_or(node));
        let right = self.expr(right.unwrap_or(node));
        Some(self.b.expr(ExprKind::Binary { op: Name::new(op), left, right }, at))
    }

    /// One of several values; none if there are none.
    pub(super) fn choice(&mut self, mut values: Vec<ExprId>, node: Node<'_>) -> Option<ExprId> {
        if values.len() < 2 {
            return values.pop();
        }
        Some(self.b.expr(ExprKind::Choice(values.into()), syntax::span(node)))
    }

    /// `a.b`, `a?.b`, `a::b`.
    fn navigation(&mut self, node: Node<'_>) -> ExprId {
        let children = syntax::children(node);
        let at = syntax::span(node);
        let (Some(&object), Some(&name)) = (children.first(), children.get(1)) else {
            let parts = children.into_iter().map(|child| self.expr(child)).collect();
            return self.b.unknown(parts, at);
        };
        let object = self.expr(object);
        self.b.member(object, self.ident(name), at)
    }

    /// `::f` is the name, `List<T>::f` a member.
    fn callable_reference(&mut self, node: Node<'_>) -> ExprId {
        let mut object = None;
        let mut name = "class";
        for child in syntax::children(node) {
            if is_type(child) {
                object = Some(self.type_as_value(child));
            } else if child.kind() == "identifier" {
                name = self.ident(child);
            }
        }
        let at = syntax::span(node);
        match object {
            Some(object) => self.b.member(object, name, at),
            None => self.b.name(name, at),
        }
    }

    fn index(&mut self, node: Node<'_>) -> ExprId {
        let at = syntax::span(node);
        let mut parts: Vec<_> =
            syntax::children(node).into_iter().map(|child| self.expr(child)).collect();
        match parts.len() {
            2 => self.b.expr(ExprKind::Index { object: parts[0], index: parts[1] }, at),
            0 | 1 => self.b.unknown(parts, at),
            _ => {
                let object = parts.remove(0);
                let index = self.b.expr(ExprKind::List(parts.into()), at);
                self.b.expr(ExprKind::Index { object, index }, at)
            }
        }
    }

    fn unary(&mut self, node: Node<'_>) -> ExprId {
        let at = syntax::span(node);
        let op = node.child_by_field_name("operator").map_or("", |op| op.kind());
        let operand = match node.child_by_field_name("argument") {
            Some(operand) => self.expr(operand),
            None => self.b.unknown(Vec::new(), at),
        };
        match op {
            "!!" => return operand,
            "++" | "--" => self.give(operand, None, BindingKind::Augment, node),
            _ => {}
        }
        self.b.expr(ExprKind::Unary { op: Name::new(op), operand }, at)
    }

    /// Gives a value to what an expression stands for: a variable or a place.
    fn give(&mut self, to: ExprId, value: Option<ExprId>, kind: BindingKind, node: Node<'_>) {
        let at = syntax::span(node);
        match &self.b.unit().expr(to).kind {
            ExprKind::Name(name) => {
                let name = name.clone();
                self.b.bind(name, value, None, kind, at);
            }
            _ => self.b.assign(to, value, kind, at),
        }
    }

    /// `in`, `is`, `..` and their kin.
    fn comparison(&mut self, node: Node<'_>) -> ExprId {
        let at = syntax::span(node);
        let children = syntax::children(node);
        let mut cursor = node.walk();
        let op = node.children(&mut cursor).find(|child| !child.is_named()).map(|op| op.kind());
        let mut sides = children.into_iter();
        let left = sides.next().map(|left| self.expr(left));
        let right = sides.next().map(|right| self.expr(right));
        match (left, right) {
            (Some(left), Some(right)) => {
                let op = Name::new(op.unwrap_or_default());
                self.b.expr(ExprKind::Binary { op, left, right }, at)
            }
            (left, right) => self.b.unknown(left.into_iter().chain(right).collect(), at),
        }
    }

    fn cast(&mut self, node: Node<'_>) -> ExprId {
        let at = syntax::span(node);
        let operand = node.child_by_field_name("left").map(|left| self.expr(left));
        let ty = node.child_by_field_name("right").map(|right| self.type_ref(right));
        match (operand, ty) {
            (Some(operand), Some(ty)) => self.b.expr(ExprKind::Cast { ty, operand }, at),
            (operand, _) => self.b.unknown(operand.into_iter().collect(), at),
        }
    }

    pub(super) fn assignment(&mut self, node: Node<'_>) {
        let operator = node.child_by_field_name("operator").map_or("=", |op| op.kind());
        let kind = if operator == "=" { BindingKind::Assign } else { BindingKind::Augment };
        let Some(left) = node.child_by_field_name("left") else { return };
        let right = node.child_by_field_name("right");
        if left.kind() == "identifier" {
            let value = right.and_then(|right| self.value(right));
            self.b.bind(self.ident(left), value, None, kind, syntax::span(node));
        } else {
            let place = self.expr(left);
            let value = right.and_then(|right| self.value(right));
            self.give(place, value, kind, node);
        }
    }
}

/// Whether the node is a statement that is no expression.
fn is_statement(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "assignment"
            | "block"
            | "for_statement"
            | "while_statement"
            | "do_while_statement"
            | "class_declaration"
            | "object_declaration"
            | "function_declaration"
            | "property_declaration"
            | "type_alias"
            | "ERROR"
    )
}
