//! Values inside values: parts of pairs, what a serialiser writes, variables that are set later,
//! addresses that carry a password.

use groundrule_unit::{BindingKind, ExprKind, Name};

use crate::define::Definition;
use crate::program::{ExprRef, Program, last_name};
use crate::resolve::Entity;

/// How far a value is followed back.
const STEPS: u32 = 6;
/// How many alternatives are followed at each step.
const ALTERNATIVES: usize = 4;

impl Program<'_> {
    /// The expressions that a part of several values at once comes from: `Pair(a, b)`, `[a, b]`.
    pub(crate) fn components(&self, of: ExprRef, index: u32) -> Vec<ExprRef> {
        let mut found = Vec::new();
        for source in self.sources(of).into_iter().take(ALTERNATIVES) {
            let (sx, _) = source;
            match self.kind(source) {
                ExprKind::List(items) => {
                    found.extend(items.get(index as usize).map(|&item| (sx, item)));
                }
                ExprKind::Call(call) => {
                    let unit = self.unit(sx);
                    let name = last_name(unit, call.callee).map_or("", Name::as_str);
                    let made = self.printing_at(source).pairs.contains(name)
                        || (unit.language.constructs_by_call()
                            && name.starts_with(char::is_uppercase)
                            && source != of);
                    if !made {
                        continue;
                    }
                    let receiver = match &unit.expr(call.callee).kind {
                        ExprKind::Member { object, .. } => Some(*object),
                        _ => None,
                    };
                    let parts = receiver.into_iter().chain(call.args.iter().map(|arg| arg.value));
                    found.extend(parts.skip(index as usize).take(1).map(|part| (sx, part)));
                }
                _ => {}
            }
        }
        found
    }

    /// What functions assign to a variable of the whole file that is declared without a value.
    pub(crate) fn set_later(&self, ix: crate::program::UnitIx, bindings: &[u32]) -> Vec<ExprRef> {
        let unit = self.unit(ix);
        let [only] = bindings else { return Vec::new() };
        let declared = &unit.bindings[*only as usize];
        let groundrule_unit::Target::Name(name) = &declared.target else { return Vec::new() };
        if declared.value.is_some() || unit.function_around(declared.scope).is_some() {
            return Vec::new();
        }
        let all = self.unit_index(ix).names.get(name).into_iter().flatten();
        all.map(|&id| &unit.bindings[id as usize])
            .filter(|binding| binding.kind == BindingKind::Assign)
            .filter_map(|binding| Some((ix, binding.value?)))
            .take(ALTERNATIVES)
            .collect()
    }

    /// Whether a value is an address that carries a password: `amqp://user:password@host`.
    pub(crate) fn carries_password(&self, at: ExprRef) -> bool {
        let sources = self.sources(at);
        sources.into_iter().take(ALTERNATIVES).any(|source| {
            let later = match self.kind(source) {
                ExprKind::Name(name) => match self.definition(source, name) {
                    Definition::Bindings(ix, bindings) => self.set_later(ix, &bindings),
                    _ => Vec::new(),
                },
                _ => Vec::new(),
            };
            let mut all = std::iter::once(source).chain(later);
            all.any(|source| has_user_info(&self.text_with_holes(source)))
        })
    }

    /// The value whose fields an expression writes as JSON or the like.
    pub(crate) fn serialised(&self, at: ExprRef) -> Option<ExprRef> {
        self.serialised_within(at, STEPS)
    }

    fn serialised_within(&self, at: ExprRef, steps: u32) -> Option<ExprRef> {
        if steps == 0 {
            return None;
        }
        let (ix, _) = at;
        let unit = self.unit(ix);
        match self.kind(at) {
            ExprKind::Name(name) => match self.definition(at, name) {
                Definition::Bindings(bx, bindings) => bindings.iter().find_map(|&id| {
                    let value = self.unit(bx).bindings[id as usize].value?;
                    self.serialised_within((bx, value), steps - 1)
                }),
                _ => None,
            },
            ExprKind::Element { of, index: 0 } => self.serialised_within((ix, *of), steps - 1),
            ExprKind::Cast { operand, .. } => self.serialised_within((ix, *operand), steps - 1),
            ExprKind::Call(call) => {
                let name = last_name(unit, call.callee)?;
                let printing = self.printing_at(at);
                let receiver = match &unit.expr(call.callee).kind {
                    ExprKind::Member { object, .. } => Some((ix, *object)),
                    _ => None,
                };
                let first = call.args.first().map(|arg| (ix, arg.value));
                let module = receiver.and_then(|(_, object)| last_name(unit, object));
                if printing.serialisers.contains(name)
                    || (name == "to_string" && module.is_some_and(|module| module == "serde_json"))
                {
                    return first.or(receiver);
                }
                if printing.through.contains(name) {
                    let value = receiver.filter(|&at| !self.is_type_or_module(at)).or(first)?;
                    return self.serialised_within(value, steps - 1);
                }
                let entities = self.entities_within((ix, call.callee), 5);
                let Some(&Entity::Function((fx, function))) = entities.first() else { return None };
                let declared = self.unit(fx).function(function);
                let [result] = *declared.results.as_slice() else { return None };
                let inner = self.serialised_within((fx, result), steps.min(3) - 1)?;
                match self.kind(inner) {
                    ExprKind::This => receiver,
                    ExprKind::Name(name) => match self.definition(inner, name) {
                        Definition::Param(of, index) if of == (fx, function) => {
                            call.args.get(index).map(|arg| (ix, arg.value))
                        }
                        _ => Some(inner),
                    },
                    _ => Some(inner),
                }
            }
            _ => None,
        }
    }
}

/// Whether a text is an address with a user and a password in it.
fn has_user_info(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', ' ']).next().unwrap_or_default();
    authority.rsplit_once('@').is_some_and(|(user, _)| {
        user.split_once(':').is_some_and(|(_, password)| !password.is_empty())
    })
}
