//! Statements: declarations of variables, branches, ways out. Loops stand in `loops`.

use groundrule_unit::{BindingKind, ExitKind, ExprId, ExprKind, ScopeKind};
use tree_sitter::Node;

use super::{
    Lowering, field, first,
    functions::{Head, Place},
};
use crate::syntax::{children, has, span};

impl Lowering<'_> {
    /// The statements directly inside a node.
    pub(super) fn statements(&mut self, node: Node<'_>) {
        for child in children(node) {
            self.statement(child);
        }
    }

    pub(super) fn statement(&mut self, node: Node<'_>) {
        if !self.descend(node) {
            return;
        }
        if !self.known_statement(node) {
            self.expr(node);
        }
        self.ascend();
    }

    /// Lowers a statement; false where the node is none that is known.
    pub(super) fn known_statement(&mut self, node: Node<'_>) -> bool {
        match node.kind() {
            "expression_statement" => {
                // The TypeScript grammar takes a namespace for an expression.
                if !self.import_for_effect(node) {
                    self.statements(node);
                }
            }
            "lexical_declaration" | "variable_declaration" | "using_declaration" => {
                self.variables(node);
            }
            "return_statement" => {
                let value = first(node).map(|value| self.expr(value));
                if let Some(value) = value {
                    self.result(value);
                }
                self.build.exit(ExitKind::Return, value, span(node));
            }
            "throw_statement" => {
                let value = first(node).map(|value| self.expr(value));
                self.build.exit(ExitKind::Throw, value, span(node));
            }
            "break_statement" => self.build.exit(ExitKind::Break, None, span(node)),
            "continue_statement" => self.build.exit(ExitKind::Continue, None, span(node)),
            "if_statement" => self.branches(node),
            "switch_statement" => self.switch(node),
            "try_statement" => self.attempt(node),
            "for_statement" => self.counted_loop(node),
            "for_in_statement" => self.each_loop(node),
            "while_statement" | "do_statement" => self.while_loop(node),
            "statement_block" => self.block(ScopeKind::Block, node),
            "labeled_statement" => {
                if let Some(body) = field(node, "body") {
                    self.statement(body);
                }
            }
            "with_statement" => {
                let object = field(node, "object").map(|object| self.expr(object));
                let kind = object.map_or(ScopeKind::Block, ScopeKind::With);
                if let Some(body) = field(node, "body") {
                    self.block(kind, body);
                }
            }
            "function_declaration" | "generator_function_declaration" => self.named_function(node),
            "function_signature" => {
                // Elsewhere it is an overload of a function that follows.
                if self.ambient {
                    self.named_function(node);
                }
            }
            "class_declaration" | "abstract_class_declaration" => {
                self.class(node, None, Vec::new());
            }
            "interface_declaration" => self.interface(node),
            "type_alias_declaration" => self.type_alias(node),
            "enum_declaration" => self.enumeration(node),
            "module" | "internal_module" => {
                if let Some(body) = field(node, "body") {
                    self.statements(body);
                }
            }
            "ambient_declaration" => {
                let around = std::mem::replace(&mut self.ambient, true);
                for child in children(node) {
                    match child.kind() {
                        "statement_block" => self.statements(child),
                        "property_identifier" => {}
                        _ => {
                            self.known_statement(child);
                        }
                    }
                }
                self.ambient = around;
            }
            "import_statement" => self.import(node),
            "import_alias" => self.import_alias(node),
            "export_statement" => self.export(node),
            "empty_statement" | "debugger_statement" | "hash_bang_line" | "decorator" => {}
            _ => return false,
        }
        true
    }

    /// Notes what the innermost function gives back.
    pub(super) fn result(&mut self, value: ExprId) {
        if let Some(results) = self.results.last_mut() {
            results.push(value);
        }
    }

    fn named_function(&mut self, node: Node<'_>) {
        let name = field(node, "name");
        self.function(Head { node, name, place: Place::Free, annotations: Vec::new() });
    }

    /// A statement in a scope of its own: the statements of a block, or the one that it is.
    pub(super) fn block(&mut self, kind: ScopeKind, node: Node<'_>) {
        self.build.enter(kind, span(node));
        self.inside(node);
        self.build.leave();
    }

    /// The statements of a block, or the one statement, in the scope that is open.
    pub(super) fn inside(&mut self, node: Node<'_>) {
        if node.kind() == "statement_block" {
            self.statements(node);
        } else {
            self.statement(node);
        }
    }

    fn variables(&mut self, node: Node<'_>) {
        let kind = match node.kind() {
            "using_declaration" => BindingKind::Resource,
            _ if has(node, "const") => BindingKind::Constant,
            _ => BindingKind::Variable,
        };
        for declarator in children(node) {
            let Some(target) = field(declarator, "name") else { continue };
            let at = span(declarator);
            let value = field(declarator, "value");
            if let Some(value) = value
                && (self.import_required(target, value, at) || self.named_class(target, value))
            {
                continue;
            }
            let ty = field(declarator, "type").and_then(|it| self.annotated_type(it));
            let value = value.map(|value| self.expr(value));
            self.bind_pattern(target, value, ty, kind, at);
        }
    }

    /// `if` with all its `else if`: every branch lies in the scope around.
    fn branches(&mut self, node: Node<'_>) {
        let mut at = node;
        loop {
            let condition = field(at, "condition").map(|it| self.condition(it));
            if let Some(consequence) = field(at, "consequence") {
                self.block(ScopeKind::Branch(condition), consequence);
            }
            match field(at, "alternative").and_then(first) {
                Some(next) if next.kind() == "if_statement" => at = next,
                Some(otherwise) => {
                    self.block(ScopeKind::Branch(None), otherwise);
                    return;
                }
                None => return,
            }
        }
    }

    /// `switch`: a case's condition is that the value equals the case's.
    fn switch(&mut self, node: Node<'_>) {
        let value = field(node, "value").map(|value| self.expr(value));
        for case in field(node, "body").map(children).unwrap_or_default() {
            let label = field(case, "value");
            let condition = match (value, label) {
                (Some(left), Some(label)) => {
                    let right = self.expr(label);
                    let equals = ExprKind::Binary { op: "===".into(), left, right };
                    Some(self.build.expr(equals, span(label)))
                }
                _ => None,
            };
            self.build.enter(ScopeKind::Branch(condition), span(case));
            for statement in children(case) {
                if Some(statement) != label {
                    self.statement(statement);
                }
            }
            self.build.leave();
        }
    }

    fn attempt(&mut self, node: Node<'_>) {
        if let Some(body) = field(node, "body") {
            self.block(ScopeKind::Try, body);
        }
        if let Some(handler) = field(node, "handler") {
            self.build.enter(ScopeKind::Catch, span(handler));
            if let Some(caught) = field(handler, "parameter") {
                let ty = field(handler, "type").and_then(|it| self.annotated_type(it));
                self.bind_pattern(caught, None, ty, BindingKind::Caught, span(caught));
            }
            if let Some(body) = field(handler, "body") {
                self.statements(body);
            }
            self.build.leave();
        }
        if let Some(body) = field(node, "finalizer").and_then(|it| field(it, "body")) {
            self.block(ScopeKind::Finally, body);
        }
    }
}
