//! Whether a loop ends by itself: what it counts, what it runs over.

use groundrule_unit::{BindingKind, ExprId, ExprKind, Target, Unit};

use super::Lowering;

/// Functions that tell the time: a comparison with one is a limit too.
const CLOCKS: &[&str] =
    &["time", "monotonic", "perf_counter", "process_time", "now", "utcnow", "today"];

impl Lowering<'_> {
    /// Whether a `for` over this collection ends: all but the standard library's endless ones do.
    pub(super) fn ends(&mut self, head: ExprId) -> bool {
        let unit = self.build.unit();
        let ExprKind::Call(call) = &unit.expr(head).kind else { return true };
        match &unit.expr(call.callee).kind {
            ExprKind::Member { object, name } => {
                let itertools = matches!(&unit.expr(*object).kind,
                    ExprKind::Name(module) if module == "itertools");
                !(itertools && is_endless(name, call.args.len()))
            }
            ExprKind::Name(name) => !is_endless(name, call.args.len()),
            _ => true,
        }
    }

    /// Whether a `while` condition compares with a counter that the body moves (its bindings
    /// start at `before`), or with the clock.
    pub(super) fn counts(&mut self, condition: ExprId, before: usize) -> bool {
        counts(self.build.unit(), condition, before)
    }
}

fn is_endless(name: &str, args: usize) -> bool {
    match name {
        "count" | "cycle" => true,
        "repeat" => args == 1,
        "iter" => args == 2,
        _ => false,
    }
}

fn counts(unit: &Unit, condition: ExprId, before: usize) -> bool {
    match &unit.expr(condition).kind {
        ExprKind::Binary { op, left, right } => match op.as_str() {
            "and" => counts(unit, *left, before) || counts(unit, *right, before),
            "or" => counts(unit, *left, before) && counts(unit, *right, before),
            "<" | "<=" | ">" | ">=" | "!=" => {
                moves(unit, *left, before) || moves(unit, *right, before)
            }
            _ => false,
        },
        ExprKind::Unary { op, operand } if op == "not" => counts(unit, *operand, before),
        ExprKind::Name(_) | ExprKind::Member { .. } => moves(unit, condition, before),
        _ => false,
    }
}

/// Whether a value grows or shrinks from round to round.
fn moves(unit: &Unit, id: ExprId, before: usize) -> bool {
    match &unit.expr(id).kind {
        ExprKind::Name(_) | ExprKind::Member { .. } => is_counter(unit, id, before),
        ExprKind::Call(call) => match &unit.expr(call.callee).kind {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => CLOCKS.contains(&name.as_str()),
            _ => false,
        },
        ExprKind::Binary { left, right, .. } => {
            moves(unit, *left, before) || moves(unit, *right, before)
        }
        _ => false,
    }
}

fn is_counter(unit: &Unit, id: ExprId, before: usize) -> bool {
    unit.bindings[before..].iter().any(|binding| {
        let same = match (&binding.target, &unit.expr(id).kind) {
            (Target::Name(name), ExprKind::Name(own)) => name == own,
            (Target::Place(place), _) => same_place(unit, *place, id),
            _ => false,
        };
        let steps = || match binding.value.map(|value| &unit.expr(value).kind) {
            Some(ExprKind::Binary { op, left, right }) => {
                matches!(op.as_str(), "+" | "-")
                    && (same_place(unit, *left, id) || same_place(unit, *right, id))
            }
            _ => false,
        };
        same && (binding.kind == BindingKind::Augment || steps())
    })
}

fn same_place(unit: &Unit, a: ExprId, b: ExprId) -> bool {
    match (&unit.expr(a).kind, &unit.expr(b).kind) {
        (ExprKind::Name(a), ExprKind::Name(b)) => a == b,
        (ExprKind::This, ExprKind::This) => true,
        (ExprKind::Member { object: x, name: a }, ExprKind::Member { object: y, name: b }) => {
            a == b && same_place(unit, *x, *y)
        }
        _ => false,
    }
}
