//! Who calls a function of the repository, with what: what its parameters are.

use groundrule_unit::{Call, ExprKind};

use crate::define::Definition;
use crate::program::{ExprRef, FunctionRef, Program, TypeIxRef};
use crate::resolve::{Entity, STEPS};

impl Program<'_> {
    /// A parameter: its declared type, the type that a framework hands to a callback, or what the
    /// repository's callers pass.
    pub(crate) fn parameter(&self, function: FunctionRef, index: usize, steps: u32) -> Vec<Entity> {
        let (ix, id) = function;
        let unit = self.unit(ix);
        let declared = unit.function(id);
        let Some(param) = declared.params.get(index) else { return Vec::new() };
        if let Some(ty) = &param.ty {
            return self.instance(ix, declared.scope, ty);
        }
        let handed = self.handed_by_library(function, index, steps);
        if !handed.is_empty() || !unit.language.is_dynamic() {
            return handed;
        }
        let passed = self.arguments_within(function, index, 3, steps - 1);
        if passed.is_empty()
            && let Some(default) = param.default
        {
            return self.entities_within((ix, default), steps - 1);
        }
        let given: Vec<Entity> = passed
            .into_iter()
            .flat_map(|value| self.entities_within(value, steps.min(6) - 1))
            .collect();
        if given.is_empty() { self.conventional(function, index) } else { given }
    }

    /// What a library hands to a function that is passed to one of its methods.
    fn handed_by_library(&self, (ix, id): FunctionRef, index: usize, steps: u32) -> Vec<Entity> {
        let unit = self.unit(ix);
        let function = unit.function(id);
        let handed_on: Vec<groundrule_unit::ExprId> = if function.name.is_empty() {
            self.unit_index(ix).lambdas.get(&id).copied().into_iter().collect()
        } else {
            self.unit_index(ix).uses.get(&function.name).cloned().unwrap_or_default()
        };
        for expr in handed_on {
            let Some(parent) = unit.expr(expr).parent else { continue };
            let ExprKind::Call(call) = &unit.expr(parent).kind else { continue };
            if call.callee == expr {
                continue;
            }
            let Some(method) = crate::program::last_name(unit, call.callee) else { continue };
            let models = self.models.of(unit.language);
            for path in self.paths_within((ix, call.callee), steps.min(8) - 1) {
                let Some((ty, _)) = path.rsplit_once('.') else { continue };
                if let Some(types) = models.types.get(ty).and_then(|m| m.callbacks.get(method))
                    && let Some(handed) = types.get(index)
                    && !handed.is_empty()
                {
                    return vec![Entity::Instance(handed.clone())];
                }
            }
        }
        Vec::new()
    }

    /// The values that callers in the repository pass for a parameter, at most `most` of them.
    pub(crate) fn arguments_for(
        &self,
        function: FunctionRef,
        index: usize,
        most: usize,
    ) -> Vec<ExprRef> {
        self.arguments_within(function, index, most, STEPS)
    }

    /// The same within a look-up: functions may hand each other what they were called with.
    fn arguments_within(
        &self,
        (ix, id): FunctionRef,
        index: usize,
        most: usize,
        steps: u32,
    ) -> Vec<ExprRef> {
        let function = self.unit(ix).function(id);
        let name = match (&function.name, function.is_constructor) {
            (_, true) => match self.owner_of((ix, id)) {
                Some((tx, ty)) => self.unit(tx).type_decl(ty).name.clone(),
                None => return Vec::new(),
            },
            (name, false) => name.clone(),
        };
        let callers = self.callers_within((ix, id), &name, steps);
        if callers.is_empty() {
            self.want_called(&name);
        }
        callers
            .into_iter()
            .filter_map(|(cx, call)| {
                let ExprKind::Call(call) = self.kind((cx, call)) else { return None };
                self.argument(call, function, index).map(|value| (cx, value))
            })
            .take(most)
            .collect()
    }

    /// Calls of a function of the repository, by name and by what is known of the receiver.
    pub(crate) fn callers(&self, function: FunctionRef, name: &str) -> Vec<ExprRef> {
        self.callers_within(function, name, STEPS)
    }

    fn callers_within(&self, function: FunctionRef, name: &str, steps: u32) -> Vec<ExprRef> {
        self.find_callers(function, name, steps, 24)
    }

    /// All calls of a function, where each of them stands for something of its own.
    pub(crate) fn all_callers(&self, function: FunctionRef, name: &str) -> Vec<ExprRef> {
        self.find_callers(function, name, STEPS, 1_000)
    }

    fn find_callers(
        &self,
        function: FunctionRef,
        name: &str,
        steps: u32,
        most: usize,
    ) -> Vec<ExprRef> {
        let (ix, id) = function;
        let own = self.unit(ix);
        let declared = own.function(id);
        let is_method = declared.owner.is_some();
        let alone = self.functions_named(&declared.name).len() <= 1;
        let renamed = match own.language.is_dynamic() && !is_method && !declared.is_constructor {
            true => self.renamed_calls(function),
            false => Vec::new(),
        };
        if name.is_empty() {
            return renamed;
        }
        self.calls_named(name)
            .iter()
            .copied()
            .filter(|at| !renamed.contains(at))
            .filter(|&(cx, call)| {
                let unit = self.unit(cx);
                if unit.language != own.language {
                    return false;
                }
                let ExprKind::Call(call) = &unit.expr(call).kind else { return false };
                match &unit.expr(call.callee).kind {
                    _ if declared.is_constructor => true,
                    ExprKind::Name(name) => match self.definition((cx, call.callee), name) {
                        Definition::Function(found) => found == function,
                        Definition::Import(..) => {
                            let denoted = self.entities_within((cx, call.callee), steps.min(4));
                            denoted.contains(&Entity::Function(function))
                        }
                        Definition::Outside => alone && !is_method,
                        _ => false,
                    },
                    ExprKind::Member { .. } if is_method && alone => true,
                    ExprKind::Member { .. } => {
                        let denoted = self.entities_within((cx, call.callee), steps.min(6));
                        denoted.iter().any(|denoted| match denoted {
                            Entity::Function(found) => {
                                *found == function || self.implements(function, *found, steps)
                            }
                            _ => false,
                        })
                    }
                    _ => false,
                }
            })
            .chain(renamed.iter().copied())
            .take(most)
            .collect()
    }

    /// Whether a method is one of a type that extends the other method's type.
    fn implements(&self, function: FunctionRef, declared: FunctionRef, steps: u32) -> bool {
        let Some(base) = self.owner_of(declared) else { return false };
        self.owner_of(function).is_some_and(|owner| self.extends(owner, base, steps.min(6)))
    }

    /// Whether a type of the repository extends another, over at most so many steps.
    fn extends(&self, ty: TypeIxRef, base: TypeIxRef, steps: u32) -> bool {
        let supers = self.super_types_within(ty, steps);
        supers.contains(&base)
            || steps > 1 && supers.into_iter().any(|above| self.extends(above, base, steps - 1))
    }

    /// The argument of a call that fills a parameter.
    pub(crate) fn argument(
        &self,
        call: &Call,
        function: &groundrule_unit::Function,
        index: usize,
    ) -> Option<groundrule_unit::ExprId> {
        let param = function.params.get(index)?;
        if let Some(arg) = call.args.iter().find(|arg| arg.name.as_ref() == Some(&param.name)) {
            return Some(arg.value);
        }
        let arg = call.args.get(index)?;
        (arg.name.is_none() && !arg.spread).then_some(arg.value)
    }
}
