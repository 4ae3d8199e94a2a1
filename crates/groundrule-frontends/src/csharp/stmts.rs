//! Statements: blocks, branches, loops, resources, ways out, and local variables.

use groundrule_unit::{BindingKind, ExitKind, ExprId, ExprKind, ScopeKind, TypeRef};
use tree_sitter::Node;

use super::{Lowering, decls, included, members::initializer, parts};
use crate::syntax::{has, span};

impl Lowering<'_> {
    pub(super) fn statements(&mut self, block: Node<'_>) {
        for child in parts(block) {
            self.statement(child);
        }
    }

    pub(super) fn statement(&mut self, node: Node<'_>) {
        self.deeper(node, |this| this.statement_inner(node));
    }

    fn statement_inner(&mut self, node: Node<'_>) {
        match node.kind() {
            "block" | "checked_statement" | "unsafe_statement" | "fixed_statement" => {
                self.within(ScopeKind::Block, node, |this| this.statements(node));
            }
            "expression_statement" | "labeled_statement" | "ERROR" => self.statements(node),
            "local_declaration_statement" => self.local(node),
            "variable_declaration" => self.variables(node, BindingKind::Variable),
            "local_function_statement" | "method_declaration" => self.method(node),
            "if_statement" => self.if_else(node),
            "switch_statement" => self.switch(node),
            "for_statement" => self.for_loop(node),
            "foreach_statement" => self.foreach(node),
            "while_statement" | "do_statement" => self.while_loop(node),
            "return_statement" => self.give_back(node),
            "yield_statement" => self.give_one(node),
            "throw_statement" => {
                let value = parts(node).first().map(|value| self.expr(*value));
                self.out.exit(ExitKind::Throw, value, span(node));
            }
            "break_statement" => self.out.exit(ExitKind::Break, None, span(node)),
            "continue_statement" => self.out.exit(ExitKind::Continue, None, span(node)),
            "try_statement" => self.try_catch(node),
            "using_statement" => self.using_resource(node),
            "lock_statement" => self.lock(node),
            "preproc_if" | "preproc_elif" | "preproc_else" => {
                included(node).into_iter().for_each(|child| self.statement(child));
            }
            "empty_statement" | "goto_statement" => {}
            "global_statement" => self.statements(node),
            kind if decls::is_declaration(kind) => self.declaration(node),
            _ => {
                self.expr(node);
            }
        }
    }

    fn each_expr(&mut self, nodes: &[Node<'_>]) {
        for node in nodes {
            self.expr(*node);
        }
    }

    fn local(&mut self, node: Node<'_>) {
        let kind = if has(node, "using") {
            BindingKind::Resource
        } else if self.modifiers(&parts(node)).is_const {
            BindingKind::Constant
        } else {
            BindingKind::Variable
        };
        for child in parts(node) {
            if child.kind() == "variable_declaration" {
                self.variables(child, kind);
            }
        }
    }

    fn variables(&mut self, declaration: Node<'_>, kind: BindingKind) {
        let ty = self.declared_type(declaration, "type");
        for declarator in parts(declaration) {
            if declarator.kind() == "variable_declarator" {
                let value = initializer(declarator).map(|value| self.expr_as(value, ty.as_ref()));
                self.declare(declarator, value, ty.clone(), kind);
            }
        }
    }

    fn declare(
        &mut self,
        declarator: Node<'_>,
        value: Option<ExprId>,
        ty: Option<TypeRef>,
        kind: BindingKind,
    ) {
        match declarator.child_by_field_name("name") {
            Some(name) => {
                let name = self.ident(name);
                self.out.bind(name, value, ty, kind, span(declarator));
            }
            None => {
                let tuple = parts(declarator).into_iter().find(|c| c.kind() == "tuple_pattern");
                if let (Some(tuple), Some(value)) = (tuple, value) {
                    self.unpack(tuple, value, kind);
                }
            }
        }
    }

    /// `(a, (b, _))`: each part is an element of the value.
    pub(super) fn unpack(&mut self, tuple: Node<'_>, value: ExprId, kind: BindingKind) {
        self.deeper(tuple, |this| {
            for (index, part) in parts(tuple).into_iter().enumerate() {
                let at = span(part);
                let element = ExprKind::Element { of: value, index: index as u32 };
                match part.kind() {
                    "identifier" => {
                        let element = this.out.expr(element, at);
                        let name = this.ident(part);
                        this.out.bind(name, Some(element), None, kind, at);
                    }
                    "tuple_pattern" | "parenthesized_variable_designation" => {
                        let element = this.out.expr(element, at);
                        this.unpack(part, element, kind);
                    }
                    _ => {}
                }
            }
        });
    }

    fn branch(&mut self, condition: Option<ExprId>, node: Node<'_>) {
        let kind = ScopeKind::Branch(condition);
        self.within(kind, node, |this| match node.kind() {
            "block" => this.statements(node),
            _ => this.statement(node),
        });
    }

    fn if_else(&mut self, node: Node<'_>) {
        let condition = node.child_by_field_name("condition").map(|c| self.expr(c));
        if let Some(consequence) = node.child_by_field_name("consequence") {
            self.branch(condition, consequence);
        }
        if let Some(alternative) = node.child_by_field_name("alternative") {
            match alternative.kind() {
                "if_statement" => self.statement(alternative),
                _ => self.branch(condition, alternative),
            }
        }
    }

    fn switch(&mut self, node: Node<'_>) {
        let value = node.child_by_field_name("value").map(|value| self.expr(value));
        let Some(body) = node.child_by_field_name("body") else { return };
        for section in parts(body) {
            self.within(ScopeKind::Branch(value), section, |this| {
                for child in parts(section) {
                    if is_pattern(child.kind()) {
                        this.pattern(child, value);
                    } else if child.kind() == "when_clause" {
                        this.each_expr(&parts(child));
                    } else {
                        this.statement(child);
                    }
                }
            });
        }
    }

    fn for_loop(&mut self, node: Node<'_>) {
        self.within(ScopeKind::Block, node, |this| {
            let mut cursor = node.walk();
            let mut updates = Vec::new();
            for (at, child) in node.children(&mut cursor).enumerate() {
                match node.field_name_for_child(at as u32) {
                    Some("initializer") if child.kind() == "variable_declaration" => {
                        this.variables(child, BindingKind::Variable);
                    }
                    Some("initializer") if child.is_named() => {
                        this.expr(child);
                    }
                    Some("update") if child.is_named() => updates.push(child),
                    _ => {}
                }
            }
            let condition = node.child_by_field_name("condition");
            let bounded = condition.is_some_and(|c| is_limit(c, 0));
            let head = condition.map(|c| this.expr(c));
            if let Some(body) = node.child_by_field_name("body") {
                this.loop_body(head, bounded, body, &updates);
            }
        });
    }

    fn loop_body(
        &mut self,
        head: Option<ExprId>,
        bounded: bool,
        body: Node<'_>,
        updates: &[Node<'_>],
    ) {
        self.within(ScopeKind::Loop { head, bounded }, body, |this| {
            match body.kind() {
                "block" => this.statements(body),
                _ => this.statement(body),
            }
            this.each_expr(updates);
        });
    }

    fn while_loop(&mut self, node: Node<'_>) {
        let condition = node
            .child_by_field_name("condition")
            .filter(|condition| self.text(*condition) != "true");
        let bounded = condition.is_some_and(|c| is_limit(c, 0));
        let head = condition.map(|c| self.expr(c));
        if let Some(body) = node.child_by_field_name("body") {
            self.loop_body(head, bounded, body, &[]);
        }
    }

    fn foreach(&mut self, node: Node<'_>) {
        let Some(right) = node.child_by_field_name("right") else { return };
        let head = self.expr(right);
        let kind = ScopeKind::Loop { head: Some(head), bounded: true };
        self.within(kind, node, |this| {
            let ty = this.declared_type(node, "type");
            if let Some(left) = node.child_by_field_name("left") {
                let item = this.out.expr(ExprKind::Each(head), span(left));
                match left.kind() {
                    "identifier" => {
                        let name = this.ident(left);
                        this.out.bind(name, Some(item), ty, BindingKind::Each, span(left));
                    }
                    "tuple_pattern" => this.unpack(left, item, BindingKind::Each),
                    _ => this.assign_to(left, item, BindingKind::Each),
                }
            }
            match node.child_by_field_name("body") {
                Some(body) if body.kind() == "block" => this.statements(body),
                Some(body) => this.statement(body),
                None => {}
            }
        });
    }

    fn give_back(&mut self, node: Node<'_>) {
        let expected = self.returns.last().cloned().flatten();
        let value = parts(node).first().map(|v| self.expr_as(*v, expected.as_ref()));
        self.out.exit(ExitKind::Return, value, span(node));
        if let (Some(results), Some(value)) = (self.results.last_mut(), value) {
            results.push(value);
        }
    }

    fn give_one(&mut self, node: Node<'_>) {
        match parts(node).first().map(|value| self.expr(*value)) {
            Some(value) => {
                if let Some(results) = self.results.last_mut() {
                    results.push(value);
                }
            }
            None => self.out.exit(ExitKind::Return, None, span(node)),
        }
    }

    fn try_catch(&mut self, node: Node<'_>) {
        for part in parts(node) {
            match part.kind() {
                "block" => {
                    self.within(ScopeKind::Try, part, |this| this.statements(part));
                }
                "catch_clause" => {
                    self.within(ScopeKind::Catch, part, |this| this.catch(part));
                }
                "finally_clause" => {
                    self.within(ScopeKind::Finally, part, |this| {
                        parts(part).into_iter().for_each(|block| this.statements(block));
                    });
                }
                _ => self.statement(part),
            }
        }
    }

    fn catch(&mut self, clause: Node<'_>) {
        for part in parts(clause) {
            match part.kind() {
                "catch_declaration" => {
                    let ty = self.declared_type(part, "type");
                    let name = part.child_by_field_name("name").map(|name| self.ident(name));
                    let name = name.unwrap_or_default();
                    self.out.bind(name, None, ty, BindingKind::Caught, span(part));
                }
                "catch_filter_clause" => {
                    self.each_expr(&parts(part));
                }
                "block" => self.statements(part),
                _ => self.statement(part),
            }
        }
    }

    fn using_resource(&mut self, node: Node<'_>) {
        let body = node.child_by_field_name("body");
        let resource = parts(node).into_iter().find(|part| Some(*part) != body);
        let Some(resource) = resource else { return };
        let kind = BindingKind::Resource;
        if resource.kind() != "variable_declaration" {
            let value = self.expr(resource);
            self.within(ScopeKind::With(value), node, |this| this.resource_body(body));
            return;
        }
        let ty = self.declared_type(resource, "type");
        let declared: Vec<_> = parts(resource)
            .into_iter()
            .filter(|part| part.kind() == "variable_declarator")
            .filter_map(|part| {
                let value = initializer(part)?;
                Some((part, self.expr_as(value, ty.as_ref())))
            })
            .collect();
        let Some(&(_, first)) = declared.first() else { return };
        self.within(ScopeKind::With(first), node, |this| {
            for (declarator, value) in declared {
                this.declare(declarator, Some(value), ty.clone(), kind);
            }
            this.resource_body(body);
        });
    }

    fn resource_body(&mut self, body: Option<Node<'_>>) {
        match body {
            Some(body) if body.kind() == "block" => self.statements(body),
            Some(body) => self.statement(body),
            None => {}
        }
    }

    fn lock(&mut self, node: Node<'_>) {
        let mut inside = parts(node).into_iter();
        let Some(on) = inside.next() else { return };
        let on = self.expr(on);
        self.within(ScopeKind::With(on), node, |this| {
            inside.for_each(|body| this.resource_body(Some(body)));
        });
    }
}

pub(super) fn is_pattern(kind: &str) -> bool {
    kind.ends_with("_pattern") || kind == "discard"
}

/// Whether a loop's condition sets it a limit: it compares by order, as one with a counter or a
/// clock does. `depth` bounds the descent.
fn is_limit(condition: Node<'_>, depth: u32) -> bool {
    if depth > 8 {
        return false;
    }
    let side =
        |name| condition.child_by_field_name(name).is_some_and(|side| is_limit(side, depth + 1));
    match condition.kind() {
        "parenthesized_expression" => {
            parts(condition).first().is_some_and(|inner| is_limit(*inner, depth + 1))
        }
        "binary_expression" => {
            match condition.child_by_field_name("operator").map(|op| op.kind()) {
                Some("<" | "<=" | ">" | ">=") => true,
                Some("&&") => side("left") || side("right"),
                Some("||") => side("left") && side("right"),
                _ => false,
            }
        }
        _ => false,
    }
}
