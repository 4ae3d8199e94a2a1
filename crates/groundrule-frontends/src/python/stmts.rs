//! Statements: control flow with its scopes, exits, assignments.

use groundrule_unit::{
    Arg, BindingKind, CallForm, ExitKind, ExprId, ExprKind, ScopeKind, Span, TypeRef,
};
use tree_sitter::Node;

use super::{Lowering, children, field, first};
use crate::syntax::{self, fields, span};

impl Lowering<'_> {
    /// Lowers a statement, or an expression that stands in a statement's place.
    pub(super) fn stmt(&mut self, node: Node<'_>) {
        if self.descend(span(node)) {
            self.stmt_inside(node);
            self.rise();
        }
    }

    fn stmt_inside(&mut self, node: Node<'_>) {
        match node.kind() {
            "expression_statement" => self.expression_statement(node),
            "return_statement" => self.return_statement(node),
            "if_statement" => self.if_statement(node),
            "for_statement" => self.for_statement(node),
            "while_statement" => self.while_statement(node),
            "try_statement" => self.try_statement(node),
            "with_statement" => self.with_statement(node),
            "match_statement" => self.match_statement(node),
            "function_definition" => {
                self.function(node, Vec::new(), span(node));
            }
            "class_definition" => self.class(node, Vec::new(), span(node)),
            "decorated_definition" => self.decorated(node),
            "raise_statement" => self.raise_statement(node),
            "break_statement" => self.build.exit(ExitKind::Break, None, span(node)),
            "continue_statement" => self.build.exit(ExitKind::Continue, None, span(node)),
            "import_statement" => self.import(node),
            "import_from_statement" => self.import_from(node),
            "global_statement" => self.outer_names(node, true),
            "nonlocal_statement" => self.outer_names(node, false),
            "type_alias_statement" => self.type_alias(node),
            "print_statement" => self.print_statement(node),
            "assert_statement" => self.assert_statement(node),
            "delete_statement" | "exec_statement" => self.parts(node),
            "future_import_statement" | "pass_statement" => {}
            "block" | "ERROR" => self.block(node),
            _ => {
                self.expr(node);
            }
        }
    }

    /// The statements of a block.
    pub(super) fn block(&mut self, node: Node<'_>) {
        for statement in children(node) {
            self.stmt(statement);
        }
    }

    fn scoped(&mut self, kind: ScopeKind, block: Option<Node<'_>>) {
        if let Some(block) = block {
            self.build.enter(kind, span(block));
            self.block(block);
            self.build.leave();
        }
    }

    fn parts(&mut self, node: Node<'_>) {
        for part in children(node) {
            self.expr(part);
        }
    }

    fn expression_statement(&mut self, node: Node<'_>) {
        let parts = children(node);
        if let [only] = parts[..]
            && is_docstring(only)
        {
            return;
        }
        for part in parts {
            if matches!(part.kind(), "assignment" | "augmented_assignment") {
                self.assignment(part);
            } else {
                self.expr(part);
            }
        }
    }

    fn return_statement(&mut self, node: Node<'_>) {
        let value = first(node).map(|value| self.expr(value));
        if let (Some(value), Some(frame)) = (value, self.frames.last_mut()) {
            frame.results.push(value);
        }
        self.build.exit(ExitKind::Return, value, span(node));
    }

    fn raise_statement(&mut self, node: Node<'_>) {
        let cause = field(node, "cause");
        let value = first(node).filter(|value| Some(*value) != cause);
        let value = value.map(|value| self.expr(value));
        if let Some(cause) = cause {
            self.expr(cause);
        }
        self.build.exit(ExitKind::Throw, value, span(node));
    }

    fn assert_statement(&mut self, node: Node<'_>) {
        for (at, part) in children(node).into_iter().enumerate() {
            if at == 0 {
                self.condition(part)
            } else {
                self.expr(part)
            };
        }
    }

    /// Python 2's `print x` is a call like Python 3's.
    fn print_statement(&mut self, node: Node<'_>) {
        let at = span(node);
        let callee = Span { start: at.start, end: at.start + 5 };
        let callee = self.build.name("print", callee);
        let args = fields(node, "argument")
            .into_iter()
            .map(|argument| {
                let value = self.expr(argument);
                Arg { name: None, value, spread: false, sigil: None }
            })
            .collect();
        self.build.call(callee, args, CallForm::Call, at);
    }

    fn outer_names(&mut self, node: Node<'_>, global: bool) {
        for name in children(node) {
            let name = self.text(name).into();
            if let Some(frame) = self.frames.last_mut() {
                if global { frame.globals.push(name) } else { frame.nonlocals.push(name) }
            }
        }
    }

    fn if_statement(&mut self, node: Node<'_>) {
        let condition = field(node, "condition").map(|condition| self.condition(condition));
        self.scoped(ScopeKind::Branch(condition), field(node, "consequence"));
        for alternative in fields(node, "alternative") {
            let condition =
                field(alternative, "condition").map(|condition| self.condition(condition));
            let block = field(alternative, "consequence").or_else(|| field(alternative, "body"));
            self.scoped(ScopeKind::Branch(condition), block);
        }
    }

    fn for_statement(&mut self, node: Node<'_>) {
        let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) else {
            return self.parts(node);
        };
        let head = self.expr(right);
        let bounded = self.ends(head);
        let kind = ScopeKind::Loop { head: Some(head), bounded };
        let body = field(node, "body");
        self.build.enter(kind, body.map_or(span(node), span));
        let item = self.build.expr(ExprKind::Each(head), span(left));
        self.assign(left, Some(item), None, BindingKind::Each, span(left));
        if let Some(body) = body {
            self.block(body);
        }
        self.build.leave();
        self.else_clause(node);
    }

    fn while_statement(&mut self, node: Node<'_>) {
        let condition = field(node, "condition").map(|condition| self.condition(condition));
        let head = condition.filter(|&id| !self.is_constant(id));
        let kind = ScopeKind::Loop { head, bounded: false };
        let scope = self.build.enter(kind, field(node, "body").map_or(span(node), span));
        let before = self.build.unit().bindings.len();
        if let Some(body) = field(node, "body") {
            self.block(body);
        }
        self.build.leave();
        let bounded = head.is_some_and(|head| self.counts(head, before));
        self.set_scope_kind(scope, ScopeKind::Loop { head, bounded });
        self.else_clause(node);
    }

    fn is_constant(&mut self, id: ExprId) -> bool {
        matches!(self.build.unit().expr(id).kind, ExprKind::Bool(_) | ExprKind::Number(_))
    }

    /// The `else` of a loop.
    fn else_clause(&mut self, node: Node<'_>) {
        let block = field(node, "alternative").and_then(|clause| field(clause, "body"));
        self.scoped(ScopeKind::Block, block);
    }

    fn try_statement(&mut self, node: Node<'_>) {
        for part in children(node) {
            match part.kind() {
                "block" => self.scoped(ScopeKind::Try, Some(part)),
                "except_clause" | "except_group_clause" => self.except_clause(part),
                "else_clause" => self.scoped(ScopeKind::Block, field(part, "body")),
                "finally_clause" => self.scoped(ScopeKind::Finally, first(part)),
                _ => self.stmt(part),
            }
        }
    }

    /// `except (A, B) as e`. What is caught without a name is a binding with an empty one, so
    /// that its type is known.
    fn except_clause(&mut self, node: Node<'_>) {
        let mut caught = Vec::new();
        let mut alias = field(node, "alias");
        for value in fields(node, "value") {
            match value.kind() {
                "as_pattern" => {
                    caught.extend(first(value));
                    alias = field(value, "alias").or(alias);
                }
                _ => caught.push(value),
            }
        }
        let body = children(node).into_iter().rfind(|part| part.kind() == "block");
        let types: Vec<TypeRef> =
            caught.iter().map(|&node| self.type_ref(node, &mut Vec::new())).collect();
        for &node in &caught {
            self.expr(node);
        }
        self.build.enter(ScopeKind::Catch, body.map_or(span(node), span));
        if !types.is_empty() {
            let name = alias.map(|alias| self.text(alias)).unwrap_or_default();
            let at = alias.or(caught.first().copied()).map_or(span(node), span);
            let ty = super::types::union_of(types);
            self.bind(name, None, Some(ty), BindingKind::Caught, at);
        }
        if let Some(body) = body {
            self.block(body);
        }
        self.build.leave();
    }

    fn with_statement(&mut self, node: Node<'_>) {
        let clause = children(node).into_iter().find(|part| part.kind() == "with_clause");
        let body = field(node, "body");
        let at = body.map_or(span(node), span);
        let mut opened = 0;
        for item in clause.map(children).unwrap_or_default() {
            let Some(value) = field(item, "value") else { continue };
            let (value, alias) = match value.kind() {
                "as_pattern" => (first(value).unwrap_or(value), field(value, "alias")),
                _ => (value, None),
            };
            let resource = self.expr(value);
            self.build.enter(ScopeKind::With(resource), at);
            opened += 1;
            if let Some(alias) = alias {
                let at = span(item);
                self.assign(alias, Some(resource), None, BindingKind::Resource, at);
            }
        }
        if let Some(body) = body {
            self.block(body);
        }
        for _ in 0..opened {
            self.build.leave();
        }
    }

    fn match_statement(&mut self, node: Node<'_>) {
        let subjects: Vec<ExprId> =
            fields(node, "subject").into_iter().map(|subject| self.expr(subject)).collect();
        let subject = match subjects[..] {
            [only] => only,
            _ => self.build.expr(ExprKind::List(subjects.into()), span(node)),
        };
        for clause in field(node, "body").map(children).unwrap_or_default() {
            if clause.kind() == "case_clause" {
                self.case_clause(clause, subject);
            } else {
                self.stmt(clause);
            }
        }
    }

    fn case_clause(&mut self, clause: Node<'_>, subject: ExprId) {
        let body = field(clause, "consequence");
        let scope = self.build.enter(ScopeKind::Branch(None), span(clause));
        let patterns: Vec<_> =
            children(clause).into_iter().filter(|part| part.kind() == "case_pattern").collect();
        let test = match patterns[..] {
            [only] => self.pattern(only, subject),
            _ => {
                self.sequence_pattern(&patterns, subject);
                None
            }
        };
        let guard = field(clause, "guard").and_then(first).map(|guard| self.condition(guard));
        self.set_scope_kind(scope, ScopeKind::Branch(test.or(guard)));
        if let Some(body) = body {
            self.block(body);
        }
        self.build.leave();
    }
}

/// A lone string that is no f-string: documentation.
fn is_docstring(node: Node<'_>) -> bool {
    node.kind() == "string" && !syntax::has(node, "interpolation")
}
