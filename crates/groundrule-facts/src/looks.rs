//! Looks: what a condition or value was looked up as in a store, and what a refusal says of it.

use groundrule_unit::{ExprId, ExprKind, Name};

use crate::define::Definition;
use crate::effects::Effects;
use crate::models::{Deed, GuardWord};
use crate::program::{ExprRef, FunctionRef, UnitIx, last_name};
use crate::resolve::Entity;
use crate::words::{joined, words};

impl Effects<'_, '_> {
    /// Whether what is thrown says that something is there already.
    pub(crate) fn tells_of_repeat(&self, ix: UnitIx, value: ExprId) -> bool {
        let unit = self.program.unit(ix);
        let mut open = vec![value];
        let mut steps = 0;
        while let Some(at) = open.pop() {
            steps += 1;
            if steps > 60 {
                break;
            }
            let said = match &unit.expr(at).kind {
                ExprKind::Name(name) | ExprKind::Member { name, .. } => name.as_str(),
                ExprKind::String(text) => text.as_str(),
                ExprKind::Template(parts) => {
                    let tells = parts.iter().any(|part| match part {
                        groundrule_unit::Part::Text(text) => self.says_repeat(ix, text),
                        groundrule_unit::Part::Value { .. } => false,
                    });
                    if tells {
                        return true;
                    }
                    ""
                }
                _ => "",
            };
            if self.says_repeat(ix, said) {
                return true;
            }
            unit.expr(at).kind.for_each_part(|part| open.push(part));
        }
        false
    }

    fn says_repeat(&self, ix: UnitIx, text: &str) -> bool {
        self.says(ix, GuardWord::Check, text) && !words(text).iter().any(|w| w == "not")
    }

    /// What a look found where a condition holds.
    pub(crate) fn finds(&self, at: ExprRef, depth: u32) -> Option<Name> {
        if depth == 0 {
            return None;
        }
        let (ix, _) = at;
        let unit = self.program.unit(ix);
        let sub = |id: ExprId| self.finds((ix, id), depth - 1);
        let nothing = |id: ExprId| matches!(unit.expr(id).kind, ExprKind::Null);
        // What went wrong is not what was found.
        let failure = |id: ExprId| {
            last_name(unit, id).is_some_and(|name| {
                matches!(
                    joined(name).as_str(),
                    "err" | "error" | "e" | "ex" | "exception" | "cause"
                )
            })
        };
        match &unit.expr(at.1).kind {
            ExprKind::Binary { op, left, right } => match op.as_str() {
                "&&" | "||" | "and" | "or" => sub(*left).or_else(|| sub(*right)),
                "!=" | "!==" | "is not" if failure(*left) || failure(*right) => None,
                "!=" | "!==" | "is not" if nothing(*right) => self.looked((ix, *left), depth),
                "!=" | "!==" | "is not" if nothing(*left) => self.looked((ix, *right), depth),
                ">" | ">=" => self.looked((ix, *left), depth),
                // Go: `if err == nil { return ErrExists }` after a look.
                "==" if nothing(*right) => {
                    failure(*left).then(|| self.looked((ix, *left), depth)).flatten()
                }
                _ => None,
            },
            ExprKind::Unary { op, operand } if op == "!" || op == "not" => {
                let ExprKind::Call(call) = &unit.expr(*operand).kind else { return None };
                let empty = last_name(unit, call.callee).is_some_and(|name| {
                    matches!(joined(name).as_str(), "isempty" | "isnullorempty" | "isnone")
                });
                empty.then(|| self.looked((ix, *operand), depth)).flatten()
            }
            ExprKind::Name(_) if failure(at.1) => None,
            _ => self.looked(at, depth),
        }
    }

    /// What a value was looked up in a store as; empty where its name is not known.
    pub(crate) fn looked(&self, at: ExprRef, depth: u32) -> Option<Name> {
        if depth == 0 {
            return None;
        }
        let program = self.program;
        let (ix, id) = at;
        let unit = program.unit(ix);
        match &unit.expr(id).kind {
            ExprKind::Call(call) => {
                self.call_looks(at).or_else(|| match unit.expr(call.callee).kind {
                    ExprKind::Member { object, .. } => self.looked((ix, object), depth - 1),
                    _ => None,
                })
            }
            ExprKind::Member { object, name } => {
                let counts = matches!(
                    joined(name).as_str(),
                    "length" | "size" | "count" | "rowcount" | "ispresent" | "exists" | "any"
                );
                counts.then(|| self.looked((ix, *object), depth - 1)).flatten()
            }
            ExprKind::Element { of, .. } | ExprKind::Cast { operand: of, .. } => {
                self.looked((ix, *of), depth - 1)
            }
            ExprKind::Index { object, .. } => self
                .outlives_call((ix, *object))
                .then(|| last_name(unit, *object).cloned().unwrap_or_default()),
            ExprKind::Name(name) => match program.definition(at, name) {
                Definition::Bindings(bx, bindings) => bindings.iter().find_map(|&b| {
                    let value = program.unit(bx).bindings[b as usize].value?;
                    self.looked((bx, value), depth - 1)
                }),
                Definition::Param((fx, function), index) => {
                    self.handed_a_look((fx, function), depth).or_else(|| {
                        program
                            .arguments_for((fx, function), index, 3)
                            .into_iter()
                            .find_map(|value| self.looked(value, depth - 1))
                    })
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `find(…).then((user) => …)`: a lambda that is handed what a look gave back.
    fn handed_a_look(&self, (ix, function): FunctionRef, depth: u32) -> Option<Name> {
        let unit = self.program.unit(ix);
        let &lambda = self.program.unit_index(ix).lambdas.get(&function)?;
        let parent = unit.expr(lambda).parent?;
        let ExprKind::Call(call) = &unit.expr(parent).kind else { return None };
        let ExprKind::Member { object, .. } = unit.expr(call.callee).kind else { return None };
        if call.callee == lambda {
            return None;
        }
        self.looked((ix, object), depth - 1).or_else(|| self.call_looks((ix, parent)))
    }

    /// What a call looks up in a store: itself, or in the functions that it reaches. None where it
    /// does not, or writes.
    fn call_looks(&self, at: ExprRef) -> Option<Name> {
        let (ix, id) = at;
        let unit = self.program.unit(ix);
        let ExprKind::Call(call) = &unit.expr(id).kind else { return None };
        if let Some(function) = unit.function_around(unit.expr(id).scope) {
            let acts = &self.doing((ix, function)).acts;
            if let Some(act) = acts.iter().find(|act| act.at == at) {
                return (act.deed == Deed::Look).then(|| act.to.clone());
            }
        }
        let mut open: Vec<FunctionRef> = self
            .program
            .entities_within((ix, call.callee), 6)
            .into_iter()
            .filter_map(|entity| match entity {
                Entity::Function(function) => Some(function),
                _ => None,
            })
            .flat_map(|function| self.dispatch.bodies(self.program, function))
            .collect();
        let mut seen = 0;
        let mut looked = None;
        while let Some(function) = open.pop() {
            seen += 1;
            if seen > 12 {
                break;
            }
            let doing = self.doing(function);
            if doing.acts.iter().any(|act| act.deed.writes()) {
                return None;
            }
            let look = doing.acts.iter().find(|act| act.deed == Deed::Look);
            looked = looked.or_else(|| look.map(|act| act.to.clone()));
            open.extend(doing.callees.iter().copied());
        }
        // A function that looks somewhere unknown says by its own name what for.
        looked.map(|to| match last_name(unit, call.callee) {
            Some(name) if to.is_empty() => name.clone(),
            _ => to,
        })
    }
}
