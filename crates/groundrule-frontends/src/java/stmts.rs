//! Statements, and `switch` in both its forms.

use groundrule_unit::{BindingKind, ExitKind, ExprId, ExprKind, Name, ScopeId, ScopeKind};
use tree_sitter::Node;

use super::Java;
use crate::{jvm, syntax};

impl Java<'_> {
    pub(super) fn stmt(&mut self, node: Node<'_>) {
        if self.deeper(|java| java.stmt_inner(node)).is_none() {
            self.b.unit().unread.push(syntax::span(node));
        }
    }

    /// The statements of a block, in the scope that is open.
    pub(super) fn stmts(&mut self, block: Node<'_>) {
        for child in syntax::children(block) {
            self.stmt(child);
        }
    }

    fn stmt_inner(&mut self, node: Node<'_>) {
        match node.kind() {
            "package_declaration" => self.package(node),
            "import_declaration" => self.import(node),
            "class_declaration"
            | "record_declaration"
            | "enum_declaration"
            | "interface_declaration"
            | "annotation_type_declaration" => {
                self.type_decl(node);
            }
            "method_declaration" | "constructor_declaration" => self.method(None, node),
            "local_variable_declaration" | "field_declaration" => self.local(node),
            "block" => self.in_scope(ScopeKind::Block, node, node),
            "if_statement" => self.if_statement(node),
            "while_statement" | "do_statement" => self.while_statement(node),
            "for_statement" => self.for_statement(node),
            "enhanced_for_statement" => self.each_statement(node),
            "try_statement" | "try_with_resources_statement" => self.try_statement(node),
            "synchronized_statement" => self.synchronized(node),
            "return_statement" => self.exit(ExitKind::Return, node),
            "throw_statement" => self.exit(ExitKind::Throw, node),
            "break_statement" => self.b.exit(ExitKind::Break, None, syntax::span(node)),
            "continue_statement" => self.b.exit(ExitKind::Continue, None, syntax::span(node)),
            "yield_statement" => {
                let value = self.wrapped(node);
                if let Some(yields) = self.yields.last_mut() {
                    yields.push(value);
                }
            }
            "labeled_statement" => {
                if let Some(&inner) = syntax::children(node).last() {
                    self.stmt(inner);
                }
            }
            "explicit_constructor_invocation" => {
                self.constructor_call(node);
            }
            "expression_statement" | "assert_statement" => {
                for child in syntax::children(node) {
                    if child.kind() == "switch_expression" {
                        self.cases(child);
                    } else {
                        self.expr(child);
                    }
                }
            }
            "switch_expression" => {
                self.cases(node);
            }
            "ERROR" | "static_initializer" => self.stmts(node),
            "module_declaration" | ";" | "modifiers" => {}
            _ => {
                self.expr(node);
            }
        }
    }

    /// Lowers `body` in a scope of its own; a block's statements need no second one.
    fn in_scope(&mut self, kind: ScopeKind, node: Node<'_>, body: Node<'_>) {
        self.b.enter(kind, syntax::span(node));
        if body.kind() == "block" {
            self.stmts(body);
        } else {
            self.stmt(body);
        }
        self.b.leave();
    }

    fn local(&mut self, node: Node<'_>) {
        let modifiers = self.modifiers(node);
        let kind = if modifiers.is_final { BindingKind::Constant } else { BindingKind::Variable };
        let ty = node.child_by_field_name("type");
        for declarator in syntax::fields(node, "declarator") {
            let Some(name) = declarator.child_by_field_name("name") else { continue };
            let value = declarator.child_by_field_name("value").map(|value| self.expr(value));
            let ty = ty.and_then(|ty| self.declared_type(ty, declarator));
            self.b.bind(self.str(name), value, ty, kind, syntax::span(declarator));
        }
    }

    fn exit(&mut self, kind: ExitKind, node: Node<'_>) {
        let value = syntax::children(node).first().map(|&value| self.expr(value));
        self.b.exit(kind, value, syntax::span(node));
        if let (ExitKind::Return, Some(value)) = (kind, value) {
            self.result(value);
        }
    }

    /// The condition is lowered outside the branches: variables of its patterns live on.
    fn if_statement(&mut self, node: Node<'_>) {
        let condition = node.child_by_field_name("condition").map(|c| self.expr(c));
        if let Some(yes) = node.child_by_field_name("consequence") {
            self.in_scope(ScopeKind::Branch(condition), yes, yes);
        }
        if let Some(no) = node.child_by_field_name("alternative") {
            self.in_scope(ScopeKind::Branch(None), no, no);
        }
    }

    /// The condition is lowered inside the loop: it runs in every round.
    fn while_statement(&mut self, node: Node<'_>) {
        let mark = self.b.unit().bindings.len();
        let scope = self.open_loop(node);
        let condition = node.child_by_field_name("condition");
        let is_do = node.kind() == "do_statement";
        let mut head = if is_do { None } else { condition.map(|c| self.expr(c)) };
        if let Some(body) = node.child_by_field_name("body") {
            self.loop_body(body);
        }
        if is_do {
            head = condition.map(|c| self.expr(c));
        }
        self.b.leave();
        jvm::close_loop(&mut self.b, scope, head, mark);
    }

    fn for_statement(&mut self, node: Node<'_>) {
        self.b.enter(ScopeKind::Block, syntax::span(node));
        for init in syntax::fields(node, "init") {
            self.stmt(init);
        }
        let mark = self.b.unit().bindings.len();
        let scope = self.open_loop(node);
        let head = node.child_by_field_name("condition").map(|c| self.expr(c));
        if let Some(body) = node.child_by_field_name("body") {
            self.loop_body(body);
        }
        for update in syntax::fields(node, "update") {
            self.expr(update);
        }
        self.b.leave();
        jvm::close_loop(&mut self.b, scope, head, mark);
        self.b.leave();
    }

    fn each_statement(&mut self, node: Node<'_>) {
        let head = node.child_by_field_name("value").map(|value| self.expr(value));
        self.b.enter(ScopeKind::Loop { head, bounded: true }, syntax::span(node));
        if let Some(name) = node.child_by_field_name("name") {
            let at = syntax::span(name);
            let value = head.map(|head| self.b.expr(ExprKind::Each(head), at));
            let ty = node.child_by_field_name("type");
            let ty = ty.and_then(|ty| self.declared_type(ty, node));
            self.b.bind(self.str(name), value, ty, BindingKind::Each, at);
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.loop_body(body);
        }
        self.b.leave();
    }

    fn open_loop(&mut self, node: Node<'_>) -> ScopeId {
        self.b.enter(ScopeKind::Loop { head: None, bounded: false }, syntax::span(node))
    }

    fn loop_body(&mut self, body: Node<'_>) {
        if body.kind() == "block" { self.stmts(body) } else { self.stmt(body) }
    }

    fn try_statement(&mut self, node: Node<'_>) {
        self.b.enter(ScopeKind::Try, syntax::span(node));
        let mut resources = 0;
        if let Some(list) = node.child_by_field_name("resources") {
            for resource in syntax::children(list) {
                self.resource(resource);
                resources += 1;
            }
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.stmts(body);
        }
        for _ in 0..resources {
            self.b.leave();
        }
        self.b.leave();
        for clause in syntax::children(node) {
            match clause.kind() {
                "catch_clause" => self.catch_clause(clause),
                "finally_clause" => {
                    if let Some(&body) = syntax::children(clause).first() {
                        self.in_scope(ScopeKind::Finally, clause, body);
                    }
                }
                _ => {}
            }
        }
    }

    /// Opens the scope of a resource; the caller closes it.
    fn resource(&mut self, node: Node<'_>) {
        let value = match node.child_by_field_name("value") {
            Some(value) => self.expr(value),
            None => self.wrapped(node),
        };
        self.b.enter(ScopeKind::With(value), syntax::span(node));
        if let Some(name) = node.child_by_field_name("name") {
            let ty = node.child_by_field_name("type");
            let ty = ty.and_then(|ty| self.declared_type(ty, node));
            let at = syntax::span(node);
            self.b.bind(self.str(name), Some(value), ty, BindingKind::Resource, at);
        }
    }

    fn catch_clause(&mut self, node: Node<'_>) {
        self.b.enter(ScopeKind::Catch, syntax::span(node));
        for child in syntax::children(node) {
            if child.kind() != "catch_formal_parameter" {
                continue;
            }
            let ty = syntax::children(child).into_iter().find(|c| c.kind() == "catch_type");
            let ty = ty.map(|ty| self.type_ref(ty));
            let name = child.child_by_field_name("name").map(|name| Name::new(self.str(name)));
            let at = syntax::span(child);
            self.b.bind(name.unwrap_or_default(), None, ty, BindingKind::Caught, at);
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.stmts(body);
        }
        self.b.leave();
    }

    fn synchronized(&mut self, node: Node<'_>) {
        let lock = syntax::children(node).into_iter().find(|c| c.kind() != "block");
        let lock = match lock {
            Some(lock) => self.expr(lock),
            None => self.b.unknown(Vec::new(), syntax::span(node)),
        };
        if let Some(body) = node.child_by_field_name("body") {
            self.in_scope(ScopeKind::With(lock), body, body);
        }
    }

    /// A `switch` as a value: one of those that its cases yield.
    pub(super) fn switch(&mut self, node: Node<'_>) -> ExprId {
        let yields = self.cases(node);
        self.b.expr(ExprKind::Choice(yields.into()), syntax::span(node))
    }

    /// The cases of a `switch`, each a branch; gives what they yield.
    fn cases(&mut self, node: Node<'_>) -> Vec<ExprId> {
        let at = syntax::span(node);
        let subject = match node.child_by_field_name("condition") {
            Some(condition) => self.expr(condition),
            None => self.b.unknown(Vec::new(), at),
        };
        self.yields.push(Vec::new());
        let cases = node.child_by_field_name("body").map(syntax::children).unwrap_or_default();
        for case in cases {
            self.case(case, subject);
        }
        self.yields.pop().unwrap_or_default()
    }

    fn case(&mut self, node: Node<'_>, subject: ExprId) {
        let scope = self.b.enter(ScopeKind::Branch(None), syntax::span(node));
        let mut condition = None;
        for child in syntax::children(node) {
            match child.kind() {
                "switch_label" => {
                    let label = self.label(child, subject);
                    condition = condition.or(label);
                }
                "expression_statement" if node.kind() == "switch_rule" => {
                    let value = self.wrapped(child);
                    if let Some(yields) = self.yields.last_mut() {
                        yields.push(value);
                    }
                }
                "block" if node.kind() == "switch_rule" => self.stmts(child),
                _ => self.stmt(child),
            }
        }
        self.b.leave();
        if let Some(scope) = self.b.unit().scopes.get_mut(scope.0 as usize) {
            scope.kind = ScopeKind::Branch(condition);
        }
    }

    /// What a case is about: its first label, or the type of its pattern.
    fn label(&mut self, node: Node<'_>, subject: ExprId) -> Option<ExprId> {
        let mut condition = None;
        for child in syntax::children(node) {
            let lowered = match child.kind() {
                "pattern" => {
                    let inner = syntax::children(child);
                    inner.first().map(|&pattern| self.pattern(pattern, subject))
                }
                "guard" => {
                    self.wrapped(child);
                    None
                }
                _ => Some(self.expr(child)),
            };
            condition = condition.or(lowered);
        }
        condition
    }
}
