//! Loops, and whether something limits how often they run.

use groundrule_unit::{BindingKind, ExprId, ExprKind, Name, ScopeKind, Target, Unit};
use tree_sitter::Node;

use super::{Lowering, field};
use crate::syntax::{has, span};

impl Lowering<'_> {
    /// `for (const x of xs)`, `for (const key in object)`.
    pub(super) fn each_loop(&mut self, node: Node<'_>) {
        let head = field(node, "right").map(|right| self.expr(right));
        self.build.enter(ScopeKind::Loop { head, bounded: true }, span(node));
        if let Some(left) = field(node, "left") {
            let at = span(left);
            let keys = has(node, "in");
            let value = head.map(|collection| {
                if keys {
                    self.build.unknown(vec![collection], at)
                } else {
                    self.build.expr(ExprKind::Each(collection), at)
                }
            });
            self.bind_pattern(left, value, None, BindingKind::Each, at);
        }
        if let Some(body) = field(node, "body") {
            self.inside(body);
        }
        self.build.leave();
    }

    /// `for (init; condition; step)`: what comes first runs once, outside the loop.
    pub(super) fn counted_loop(&mut self, node: Node<'_>) {
        self.build.enter(ScopeKind::Block, span(node));
        if let Some(first) = field(node, "initializer") {
            self.statement(first);
        }
        // The TypeScript grammar wraps the condition into a statement, `;` alone is an empty one.
        let condition = field(node, "condition").filter(|it| it.kind() != "empty_statement");
        self.conditional_loop(node, condition);
        self.build.leave();
    }

    pub(super) fn while_loop(&mut self, node: Node<'_>) {
        self.conditional_loop(node, field(node, "condition"));
    }

    fn conditional_loop(&mut self, node: Node<'_>, condition: Option<Node<'_>>) {
        let open = ScopeKind::Loop { head: None, bounded: false };
        let scope = self.build.enter(open, span(node));
        let bound = self.build.unit().bindings.len();
        let condition = condition.map(|condition| self.condition(condition));
        if let Some(body) = field(node, "body") {
            self.inside(body);
        }
        if let Some(step) = field(node, "increment") {
            self.expr(step);
        }
        let unit = self.build.unit();
        let head = condition.filter(|&it| !always(unit, it));
        let bounded = head.is_some_and(|head| is_limited(unit, head, bound));
        unit.scopes[scope.0 as usize].kind = ScopeKind::Loop { head, bounded };
        self.build.leave();
    }
}

/// Whether a condition is a constant that holds.
fn always(unit: &Unit, condition: ExprId) -> bool {
    match &unit.expr(condition).kind {
        ExprKind::Bool(value) => *value,
        ExprKind::Number(value) => value != "0",
        _ => false,
    }
}

/// Whether a condition compares a counter that the loop moves on (by the bindings from `bound`
/// on), or the clock.
fn is_limited(unit: &Unit, condition: ExprId, bound: usize) -> bool {
    match &unit.expr(condition).kind {
        ExprKind::Binary { op, left, right } => match op.as_str() {
            "&&" => is_limited(unit, *left, bound) || is_limited(unit, *right, bound),
            "||" => is_limited(unit, *left, bound) && is_limited(unit, *right, bound),
            "<" | "<=" | ">" | ">=" | "!=" | "!==" => {
                [*left, *right].into_iter().any(|side| is_counter(unit, side, bound))
            }
            _ => false,
        },
        // `while (n--)`
        ExprKind::Unary { op, .. } => op == "--",
        _ => false,
    }
}

fn is_counter(unit: &Unit, side: ExprId, bound: usize) -> bool {
    match &unit.expr(side).kind {
        ExprKind::Name(name) => {
            moved(unit, bound, |target| matches!(target, Target::Name(it) if it == name))
        }
        ExprKind::Member { name, .. } => moved(unit, bound, |target| match target {
            Target::Place(place) => member(unit, *place) == Some(name),
            Target::Name(_) => false,
        }),
        ExprKind::Unary { op, .. } => op == "++" || op == "--",
        // `Date.now() - start < limit`
        ExprKind::Binary { op, left, right } if op == "-" || op == "+" => {
            is_counter(unit, *left, bound) || is_counter(unit, *right, bound)
        }
        ExprKind::Call(call) => member(unit, call.callee).is_some_and(|name| name == "now"),
        _ => false,
    }
}

fn member(unit: &Unit, place: ExprId) -> Option<&Name> {
    match &unit.expr(place).kind {
        ExprKind::Member { name, .. } => Some(name),
        _ => None,
    }
}

/// Whether the loop itself changes the target step by step.
fn moved(unit: &Unit, bound: usize, is_target: impl Fn(&Target) -> bool) -> bool {
    unit.bindings.get(bound..).unwrap_or_default().iter().any(|binding| {
        let steps = match binding.kind {
            BindingKind::Augment => true,
            // `attempt = attempt + 1`
            BindingKind::Assign => binding.value.is_some_and(|value| {
                matches!(&unit.expr(value).kind, ExprKind::Binary { op, .. } if op == "+" || op == "-")
            }),
            _ => false,
        };
        steps && is_target(&binding.target)
    })
}
