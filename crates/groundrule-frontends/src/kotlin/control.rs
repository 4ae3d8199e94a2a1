//! Statements, blocks, branches, loops and `try`, as statements and as values.

use groundrule_unit::{BindingKind, ExprId, ExprKind, Name, ScopeKind, TypeRef};
use tree_sitter::Node;

use super::{Kotlin, types::is_type};
use crate::{jvm, syntax};

impl Kotlin<'_> {
    pub(super) fn stmt(&mut self, node: Node<'_>) {
        self.tail(node, false);
    }

    /// Statements in the scope that is open; gives the last one's value if it is wanted.
    pub(super) fn stmts(&mut self, nodes: &[Node<'_>], wanted: bool) -> Option<ExprId> {
        let mut value = None;
        for (at, &node) in nodes.iter().enumerate() {
            value = self.tail(node, wanted && at + 1 == nodes.len());
        }
        value.filter(|_| wanted)
    }

    /// A statement; gives its value if it is wanted and the statement has one.
    fn tail(&mut self, node: Node<'_>, wanted: bool) -> Option<ExprId> {
        let lowered = self.deeper(|kotlin| kotlin.tail_inner(node, wanted));
        if lowered.is_none() {
            self.b.unit().unread.push(syntax::span(node));
        }
        lowered.flatten()
    }

    fn tail_inner(&mut self, node: Node<'_>, wanted: bool) -> Option<ExprId> {
        match node.kind() {
            "if_expression" => return self.if_expr(node, wanted),
            "when_expression" => return self.when_expr(node, wanted),
            "try_expression" => return self.try_expr(node, wanted),
            "block" => {
                self.b.enter(ScopeKind::Block, syntax::span(node));
                let value = self.stmts(&syntax::children(node), wanted);
                self.b.leave();
                return value;
            }
            "package_header" => self.package(node),
            "import" => self.import(node),
            "class_declaration" | "object_declaration" => self.type_decl(node),
            "type_alias" => self.type_alias(node),
            "function_declaration" => self.function_decl(node, None),
            "property_declaration" => self.property(node),
            "assignment" => self.assignment(node),
            "for_statement" => self.for_statement(node),
            "while_statement" | "do_while_statement" => self.while_statement(node),
            "ERROR" => {
                self.stmts(&syntax::children(node), false);
            }
            "getter" | "setter" | "file_annotation" | "modifiers" | "shebang" | "label" => {}
            _ => return self.value(node),
        }
        None
    }

    /// Lowers a body in a scope of its own; a block's statements need no second one.
    fn in_scope(
        &mut self,
        kind: ScopeKind,
        node: Node<'_>,
        body: Option<Node<'_>>,
        wanted: bool,
    ) -> Option<ExprId> {
        self.b.enter(kind, syntax::span(node));
        let value = body.and_then(|body| self.body(body, wanted));
        self.b.leave();
        value
    }

    fn body(&mut self, body: Node<'_>, wanted: bool) -> Option<ExprId> {
        if body.kind() == "block" {
            self.stmts(&syntax::children(body), wanted)
        } else {
            self.tail(body, wanted)
        }
    }

    /// `if`: a choice where both ways have a value.
    pub(super) fn if_expr(&mut self, node: Node<'_>, wanted: bool) -> Option<ExprId> {
        let condition = node.child_by_field_name("condition");
        let head = condition.map(|condition| self.expr(condition));
        let mut values = Vec::new();
        let mut is_else = false;
        let mut cursor = node.walk();
        let children: Vec<_> = node.children(&mut cursor).collect();
        for child in children {
            if child.kind() == "else" {
                is_else = true;
            } else if child.is_named() && !child.is_extra() && Some(child) != condition {
                let kind = ScopeKind::Branch(head.filter(|_| !is_else));
                values.extend(self.in_scope(kind, child, Some(child), wanted));
            }
        }
        if wanted && is_else { self.choice(values, node) } else { None }
    }

    /// `when`: a choice of the values of its entries.
    pub(super) fn when_expr(&mut self, node: Node<'_>, wanted: bool) -> Option<ExprId> {
        self.b.enter(ScopeKind::Block, syntax::span(node));
        let mut subject = None;
        let mut values = Vec::new();
        for child in syntax::children(node) {
            match child.kind() {
                "when_subject" => subject = Some(self.subject(child)),
                "when_entry" => values.extend(self.entry(child, subject, wanted)),
                _ => self.stmt(child),
            }
        }
        self.b.leave();
        if wanted { self.choice(values, node) } else { None }
    }

    fn subject(&mut self, node: Node<'_>) -> ExprId {
        let mut declared = None;
        let mut value = None;
        for child in syntax::children(node) {
            match child.kind() {
                "variable_declaration" => declared = Some(child),
                "annotation" => {}
                _ => value = Some(self.expr(child)),
            }
        }
        let at = syntax::span(node);
        let value = value.unwrap_or_else(|| self.b.unknown(Vec::new(), at));
        if let Some(declared) = declared {
            let (name, ty) = self.variable(declared);
            self.b.bind(name, Some(value), ty, BindingKind::Constant, syntax::span(declared));
        }
        value
    }

    fn entry(&mut self, node: Node<'_>, subject: Option<ExprId>, wanted: bool) -> Option<ExprId> {
        let conditions = syntax::fields(node, "condition");
        let mut head = None;
        for &condition in &conditions {
            let lowered = match condition.kind() {
                "type_test" | "range_test" => self.test(condition, subject),
                _ => self.expr(condition),
            };
            head = head.or(Some(lowered));
        }
        let body = syntax::children(node).into_iter().rfind(|child| !conditions.contains(child));
        self.in_scope(ScopeKind::Branch(head), node, body, wanted)
    }

    /// `is T` and `in xs` compare the subject.
    fn test(&mut self, node: Node<'_>, subject: Option<ExprId>) -> ExprId {
        let at = syntax::span(node);
        let right = match syntax::children(node).first() {
            Some(&right) => self.expr(right),
            None => self.b.unknown(Vec::new(), at),
        };
        let op = node.child(0).map_or("", |op| op.kind());
        match subject {
            Some(left) => self.b.expr(ExprKind::Binary { op: Name::new(op), left, right }, at),
            None => right,
        }
    }

    pub(super) fn try_expr(&mut self, node: Node<'_>, wanted: bool) -> Option<ExprId> {
        let mut values = Vec::new();
        for child in syntax::children(node) {
            match child.kind() {
                "block" => values.extend(self.in_scope(ScopeKind::Try, child, Some(child), wanted)),
                "catch_block" => values.extend(self.catch(child, wanted)),
                "finally_block" => {
                    let body = syntax::children(child).into_iter().next();
                    self.in_scope(ScopeKind::Finally, child, body, false);
                }
                _ => self.stmt(child),
            }
        }
        if wanted { self.choice(values, node) } else { None }
    }

    fn catch(&mut self, node: Node<'_>, wanted: bool) -> Option<ExprId> {
        self.b.enter(ScopeKind::Catch, syntax::span(node));
        let mut name = None;
        let mut ty = None;
        let mut body = None;
        for child in syntax::children(node) {
            match child.kind() {
                "identifier" => name = Some(child),
                "block" => body = Some(child),
                _ if is_type(child) => ty = Some(self.type_ref(child)),
                _ => {}
            }
        }
        if let Some(name) = name {
            let at = syntax::span(name);
            self.b.bind(self.ident(name), None, ty, BindingKind::Caught, at);
        }
        let value = body.and_then(|body| self.body(body, wanted));
        self.b.leave();
        value
    }

    fn for_statement(&mut self, node: Node<'_>) {
        let mut variable = None;
        let mut rest = Vec::new();
        for child in syntax::children(node) {
            match child.kind() {
                "variable_declaration" | "multi_variable_declaration" if variable.is_none() => {
                    variable = Some(child);
                }
                "label" | "annotation" => {}
                _ => rest.push(child),
            }
        }
        let mut rest = rest.into_iter();
        let head = rest.next().map(|collection| self.expr(collection));
        self.b.enter(ScopeKind::Loop { head, bounded: true }, syntax::span(node));
        if let (Some(variable), Some(head)) = (variable, head) {
            let at = syntax::span(variable);
            let item = self.b.expr(ExprKind::Each(head), at);
            if variable.kind() == "multi_variable_declaration" {
                self.destructure(variable, item, BindingKind::Each);
            } else {
                let (name, ty) = self.variable(variable);
                self.b.bind(name, Some(item), ty, BindingKind::Each, at);
            }
        }
        for body in rest {
            self.body(body, false);
        }
        self.b.leave();
    }

    /// The condition is lowered inside the loop: it runs in every round.
    fn while_statement(&mut self, node: Node<'_>) {
        let mark = self.b.unit().bindings.len();
        let kind = ScopeKind::Loop { head: None, bounded: false };
        let scope = self.b.enter(kind, syntax::span(node));
        let condition = node.child_by_field_name("condition");
        let mut head = None;
        // In source order: the condition of `do … while` comes last.
        for child in syntax::children(node) {
            if Some(child) == condition {
                head = Some(self.expr(child));
            } else {
                self.body(child, false);
            }
        }
        self.b.leave();
        jvm::close_loop(&mut self.b, scope, head, mark);
    }

    /// The name and type of a variable's declaration.
    pub(super) fn variable(&mut self, node: Node<'_>) -> (Name, Option<TypeRef>) {
        let mut name = Name::default();
        let mut ty = None;
        for child in syntax::children(node) {
            if child.kind() == "identifier" {
                name = Name::new(self.ident(child));
            } else if is_type(child) {
                ty = Some(self.type_ref(child));
            }
        }
        (name, ty)
    }

    /// `(a, b)`: each is an element of the whole.
    pub(super) fn destructure(&mut self, node: Node<'_>, whole: ExprId, kind: BindingKind) {
        for (index, part) in syntax::children(node).into_iter().enumerate() {
            let (name, ty) = self.variable(part);
            if name == "_" {
                continue;
            }
            let at = syntax::span(part);
            let value = self.b.expr(ExprKind::Element { of: whole, index: index as u32 }, at);
            self.b.bind(name, Some(value), ty, kind, at);
        }
    }
}
