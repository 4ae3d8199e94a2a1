//! Statements: scopes, bindings, loops, branches, exits.

use groundrule_unit::{BindingKind, ExitKind, ExprId, ExprKind, Name, ScopeKind, Span, TypeRef};
use tree_sitter::Node;

use super::exprs::unwrapped;
use super::{Lowering, field};
use crate::syntax::{self, MAX_DEPTH};

impl Lowering<'_> {
    /// The statements inside a block, a case or a list, in the open scope.
    pub(super) fn stmts(&mut self, node: Node<'_>) {
        for child in syntax::children(node) {
            match child.kind() {
                "statement_list" => {
                    syntax::children(child).into_iter().for_each(|stmt| self.stmt(stmt));
                }
                _ => self.stmt(child),
            }
        }
    }

    pub(super) fn stmt(&mut self, node: Node<'_>) {
        if self.depth >= MAX_DEPTH {
            self.build.unknown(Vec::new(), syntax::span(node));
            return;
        }
        self.depth += 1;
        self.stmt_at(node);
        self.depth -= 1;
    }

    fn stmt_at(&mut self, node: Node<'_>) {
        let span = syntax::span(node);
        match node.kind() {
            "function_declaration" | "method_declaration" => {
                self.function(node, None);
            }
            "type_declaration" => self.type_declaration(node),
            "var_declaration" => self.var_declaration(node),
            "const_declaration" => self.const_declaration(node),
            "import_declaration" => self.import_declaration(node),
            "short_var_declaration" => self.assignment(node, BindingKind::Variable),
            "assignment_statement" => {
                let plain = field(node, "operator").is_none_or(|op| op.kind() == "=");
                let kind = if plain { BindingKind::Assign } else { BindingKind::Augment };
                self.assignment(node, kind);
            }
            "inc_statement" => self.step(node, "1"),
            "dec_statement" => self.step(node, "-1"),
            "send_statement" => {
                self.send(node);
            }
            "return_statement" => self.return_statement(node),
            "break_statement" => {
                if !self.breaks_switch || node.named_child_count() > 0 {
                    self.build.exit(ExitKind::Break, None, span);
                }
            }
            "continue_statement" => self.build.exit(ExitKind::Continue, None, span),
            "block" => {
                self.build.enter(ScopeKind::Block, span);
                self.stmts(node);
                self.build.leave();
            }
            "if_statement" => self.if_statement(node),
            "for_statement" => self.for_statement(node),
            "expression_switch_statement" | "type_switch_statement" | "select_statement" => {
                let outer = std::mem::replace(&mut self.breaks_switch, true);
                self.switch(node);
                self.breaks_switch = outer;
            }
            "labeled_statement" => {
                let label = field(node, "label");
                let stmts = syntax::children(node).into_iter();
                stmts.filter(|stmt| Some(*stmt) != label).for_each(|stmt| self.stmt(stmt));
            }
            "package_clause" | "empty_statement" | "fallthrough_statement" | "goto_statement" => {}
            "ERROR" => self.stmts(node),
            _ => {
                self.expr(node);
            }
        }
    }

    fn assignment(&mut self, node: Node<'_>, kind: BindingKind) {
        let targets = field(node, "left").map(syntax::children).unwrap_or_default();
        let values = field(node, "right").map(syntax::children).unwrap_or_default();
        self.give(&targets, &values, None, kind, syntax::span(node));
    }

    /// Gives values to targets: one each, or the results of one to all of them.
    pub(super) fn give(
        &mut self,
        targets: &[Node<'_>],
        values: &[Node<'_>],
        ty: Option<TypeRef>,
        kind: BindingKind,
        span: Span,
    ) {
        let lowered: Vec<ExprId> = values.iter().map(|value| self.expr(*value)).collect();
        for (at, target) in targets.iter().enumerate() {
            if self.is_blank(*target) {
                continue;
            }
            let value = match (values, &*lowered) {
                ([value], [whole]) if targets.len() > 1 => Some(self.result(*value, *whole, at)),
                _ => lowered.get(at).copied(),
            };
            self.give_one(*target, value, ty.clone(), kind, span);
        }
    }

    fn give_one(
        &mut self,
        target: Node<'_>,
        value: Option<ExprId>,
        ty: Option<TypeRef>,
        kind: BindingKind,
        span: Span,
    ) {
        let target = unwrapped(target);
        if target.kind() == "identifier" {
            self.build.bind(Name::new(self.str(target)), value, ty, kind, span);
        } else {
            let place = self.expr(target);
            self.build.assign(place, value, kind, span);
        }
    }

    /// The `at`th result of a value. A map's element, a type assertion and a receive give their
    /// value first, and then whether there was one.
    fn result(&mut self, value: Node<'_>, whole: ExprId, at: usize) -> ExprId {
        let comma_ok = matches!(
            unwrapped(value).kind(),
            "index_expression" | "type_assertion_expression" | "unary_expression"
        );
        if comma_ok && at == 0 {
            return whole;
        }
        let element = ExprKind::Element { of: whole, index: at as u32 };
        self.build.expr(element, syntax::span(value))
    }

    fn is_blank(&self, target: Node<'_>) -> bool {
        matches!(target.kind(), "identifier" | "blank_identifier") && self.str(target) == "_"
    }

    fn step(&mut self, node: Node<'_>, by: &'static str) {
        let span = syntax::span(node);
        if let Some(&target) = syntax::children(node).first() {
            let by = self.build.expr(ExprKind::Number(Name::new_static(by)), span);
            self.give_one(target, Some(by), None, BindingKind::Augment, span);
        }
    }

    fn send(&mut self, node: Node<'_>) -> ExprId {
        let left = self.part(node, "channel");
        let right = self.part(node, "value");
        let send = ExprKind::Binary { op: Name::new_static("<-"), left, right };
        self.build.expr(send, syntax::span(node))
    }

    fn return_statement(&mut self, node: Node<'_>) {
        let span = syntax::span(node);
        let mut values: Vec<ExprId> = syntax::children(node)
            .into_iter()
            .flat_map(syntax::children)
            .map(|value| self.expr(value))
            .collect();
        if values.is_empty()
            && let Some(frame) = &self.function
        {
            let names = frame.named_results.iter();
            values = names.map(|name| self.build.name(name.clone(), span)).collect();
        }
        let value = match values.len() {
            0 | 1 => values.pop(),
            _ => Some(self.build.expr(ExprKind::List(values.into()), span)),
        };
        self.build.exit(ExitKind::Return, value, span);
        if let (Some(value), Some(frame)) = (value, &self.function) {
            let id = frame.id;
            self.func(id).results.push(value);
        }
    }

    /// Lowers the statement before the first `;` in a scope of its own. Gives back whether there
    /// was one, and thus a scope to leave.
    fn enter_initializer(&mut self, node: Node<'_>) -> bool {
        let initializer = field(node, "initializer");
        if let Some(initializer) = initializer {
            self.build.enter(ScopeKind::Block, syntax::span(node));
            self.stmt(initializer);
        }
        initializer.is_some()
    }

    fn if_statement(&mut self, node: Node<'_>) {
        let entered = self.enter_initializer(node);
        let condition = field(node, "condition").map(|condition| self.expr(condition));
        if let Some(consequence) = field(node, "consequence") {
            self.branch(condition, consequence);
        }
        if let Some(alternative) = field(node, "alternative") {
            if alternative.kind() == "block" {
                self.branch(None, alternative);
            } else {
                self.build.enter(ScopeKind::Branch(None), syntax::span(alternative));
                self.stmt(alternative);
                self.build.leave();
            }
        }
        if entered {
            self.build.leave();
        }
    }

    fn branch(&mut self, condition: Option<ExprId>, body: Node<'_>) {
        self.build.enter(ScopeKind::Branch(condition), syntax::span(body));
        self.stmts(body);
        self.build.leave();
    }

    fn for_statement(&mut self, node: Node<'_>) {
        let span = syntax::span(node);
        let body = field(node, "body");
        let header = syntax::children(node).into_iter().find(|child| Some(*child) != body);
        let breaks_switch = std::mem::replace(&mut self.breaks_switch, false);
        let entered = match header {
            Some(header) if header.kind() == "for_clause" => {
                // The scope of the loop's variables is the whole statement.
                self.build.enter(ScopeKind::Block, span);
                if let Some(initializer) = field(header, "initializer") {
                    self.stmt(initializer);
                }
                let condition = field(header, "condition");
                let update = field(header, "update");
                let bounded = condition.is_some_and(|c| self.is_bounded(c, update, MAX_DEPTH));
                let head = condition.map(|condition| self.expr(condition));
                self.build.enter(ScopeKind::Loop { head, bounded }, span);
                if let Some(update) = update {
                    self.stmt(update);
                }
                true
            }
            Some(header) if header.kind() == "range_clause" => {
                let head = field(header, "right").map(|right| self.expr(right));
                self.build.enter(ScopeKind::Loop { head, bounded: true }, span);
                self.range_variables(header, head);
                false
            }
            Some(condition) => {
                let head = Some(self.expr(condition)).filter(|_| condition.kind() != "true");
                let bounded = self.is_bounded(condition, None, MAX_DEPTH);
                self.build.enter(ScopeKind::Loop { head, bounded }, span);
                false
            }
            None => {
                self.build.enter(ScopeKind::Loop { head: None, bounded: false }, span);
                false
            }
        };
        if let Some(body) = body {
            self.stmts(body);
        }
        self.build.leave();
        if entered {
            self.build.leave();
        }
        self.breaks_switch = breaks_switch;
    }

    /// The second variable is bound to the items. What the first is (an index, a key, an item of
    /// a channel) depends on the type: it is the element 0 of what the loop gives.
    fn range_variables(&mut self, clause: Node<'_>, over: Option<ExprId>) {
        let Some(over) = over else { return };
        let span = syntax::span(clause);
        let targets = field(clause, "left").map(syntax::children).unwrap_or_default();
        for (at, target) in targets.iter().enumerate() {
            if self.is_blank(*target) {
                continue;
            }
            let mut value = self.build.expr(ExprKind::Each(over), span);
            if at == 0 {
                value = self.build.expr(ExprKind::Element { of: value, index: 0 }, span);
            }
            self.give_one(*target, Some(value), None, BindingKind::Each, span);
        }
    }

    /// Whether a condition ends the loop after a number of rounds: it compares a counter, or
    /// walks a chain (`e != nil; e = e.Next()`). `fuel` bounds how deep it is looked into.
    fn is_bounded(&self, condition: Node<'_>, update: Option<Node<'_>>, fuel: u32) -> bool {
        let condition = unwrapped(condition);
        let (Some(left), Some(op), Some(right), Some(fuel)) = (
            field(condition, "left"),
            field(condition, "operator"),
            field(condition, "right"),
            fuel.checked_sub(1),
        ) else {
            return false;
        };
        match op.kind() {
            "<" | "<=" | ">" | ">=" => true,
            "&&" => self.is_bounded(left, update, fuel) || self.is_bounded(right, update, fuel),
            "||" => self.is_bounded(left, update, fuel) && self.is_bounded(right, update, fuel),
            "!=" => update.is_some_and(|update| match update.kind() {
                "inc_statement" | "dec_statement" => true,
                "assignment_statement" => {
                    let target = field(update, "left").map_or("", |target| self.str(target));
                    let next = field(update, "right").map_or("", |next| self.str(next));
                    next.strip_prefix(target).is_some_and(|rest| rest.starts_with('.'))
                }
                _ => false,
            }),
            _ => false,
        }
    }

    fn switch(&mut self, node: Node<'_>) {
        let entered = self.enter_initializer(node);
        let value = field(node, "value").map(|value| self.expr(value));
        let alias = field(node, "alias").and_then(|alias| syntax::children(alias).first().copied());
        for case in syntax::children(node) {
            match case.kind() {
                "expression_case" => self.expression_case(case, value),
                "type_case" => self.type_case(case, value, alias),
                "communication_case" => self.communication_case(case),
                "default_case" => {
                    self.build.enter(ScopeKind::Branch(None), syntax::span(case));
                    if let Some(alias) = alias {
                        let span = syntax::span(alias);
                        self.give_one(alias, value, None, BindingKind::Variable, span);
                    }
                    self.stmts(case);
                    self.build.leave();
                }
                _ => {}
            }
        }
        if entered {
            self.build.leave();
        }
    }

    fn expression_case(&mut self, case: Node<'_>, switched: Option<ExprId>) {
        let list = field(case, "value");
        let span = list.map_or_else(|| syntax::span(case), syntax::span);
        let values = list.map(syntax::children).unwrap_or_default();
        let mut values: Vec<ExprId> = values.into_iter().map(|value| self.expr(value)).collect();
        let any = match values.len() {
            0 | 1 => values.pop(),
            _ => Some(self.build.expr(ExprKind::Choice(values.into()), span)),
        };
        let condition = match (switched, any) {
            (Some(left), Some(right)) => {
                let op = Name::new_static("==");
                Some(self.build.expr(ExprKind::Binary { op, left, right }, span))
            }
            _ => any,
        };
        self.case_body(case, list, condition);
    }

    fn type_case(&mut self, case: Node<'_>, switched: Option<ExprId>, alias: Option<Node<'_>>) {
        let types = syntax::fields(case, "type");
        let span = types.first().map_or_else(|| syntax::span(case), |ty| syntax::span(*ty));
        let cast = match (&*types, switched) {
            ([ty], Some(operand)) if self.str(*ty) != "nil" => {
                let ty = self.type_ref(*ty);
                let cast = ExprKind::Cast { ty: ty.clone(), operand };
                Some((ty, self.build.expr(cast, span)))
            }
            _ => None,
        };
        self.build.enter(ScopeKind::Branch(cast.as_ref().map(|cast| cast.1)), syntax::span(case));
        if let Some(alias) = alias {
            let (ty, value) = match cast {
                Some((ty, cast)) => (Some(ty), Some(cast)),
                None => (None, switched),
            };
            self.give_one(alias, value, ty, BindingKind::Variable, span);
        }
        self.case_stmts(case, &types);
        self.build.leave();
    }

    fn communication_case(&mut self, case: Node<'_>) {
        let communication = field(case, "communication");
        let head = communication.map(|node| match node.kind() {
            "send_statement" => self.send(node),
            _ => self.part(node, "right"),
        });
        self.build.enter(ScopeKind::Branch(head), syntax::span(case));
        if let Some(receive) = communication.filter(|node| node.kind() == "receive_statement")
            && let (Some(head), Some(right)) = (head, field(receive, "right"))
        {
            let span = syntax::span(receive);
            let targets = field(receive, "left").map(syntax::children).unwrap_or_default();
            let plain = syntax::has(receive, "=");
            let kind = if plain { BindingKind::Assign } else { BindingKind::Variable };
            for (at, target) in targets.iter().enumerate() {
                if !self.is_blank(*target) {
                    let value = self.result(right, head, at);
                    self.give_one(*target, Some(value), None, kind, span);
                }
            }
        }
        self.case_stmts(case, communication.as_slice());
        self.build.leave();
    }

    fn case_body(&mut self, case: Node<'_>, header: Option<Node<'_>>, condition: Option<ExprId>) {
        self.build.enter(ScopeKind::Branch(condition), syntax::span(case));
        self.case_stmts(case, header.as_slice());
        self.build.leave();
    }

    fn case_stmts(&mut self, case: Node<'_>, header: &[Node<'_>]) {
        for child in syntax::children(case) {
            match child.kind() {
                _ if header.contains(&child) => {}
                "statement_list" => self.stmts(child),
                _ => self.stmt(child),
            }
        }
    }
}
