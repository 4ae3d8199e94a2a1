//! Routes that one declaration makes of many values: a loop over a table of routes, a function of
//! the repository that declares a route of what it is given.

use groundrule_unit::{ExprKind, Language, Name};

use crate::define::Definition;
use crate::program::{ExprRef, FunctionRef, Program, last_name};
use crate::resolve::Entity;

/// How many steps from expression to expression are followed.
const STEPS: u32 = 8;
/// How many functions may hand a route on to each other.
const DEPTH: u32 = 3;
/// Methods of collections that call a function with each item.
const EACH: &[&str] = &["forEach", "map", "each", "flatMap"];

/// The expressions that say what a route is, and where it is declared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) at: ExprRef,
    pub(crate) path: ExprRef,
    pub(crate) method: Option<ExprRef>,
    pub(crate) handler: Option<ExprRef>,
}

/// What a declaration's values come from.
enum Source {
    /// The items of a collection.
    Items(ExprRef),
    /// What a function is called with.
    Calls(FunctionRef),
}

/// The values of one turn: an item of a collection, or the arguments of a call.
#[derive(Clone, Copy)]
enum Given {
    Item(ExprRef),
    Call(FunctionRef, ExprRef),
}

impl Program<'_> {
    /// The routes that a declaration makes whose path and handler or method come from a table or
    /// from the callers of the function that it stands in; empty where it makes only one.
    pub(crate) fn route_rows(&self, declared: Row) -> Vec<Row> {
        self.rows_within(declared, DEPTH)
    }

    fn rows_within(&self, declared: Row, depth: u32) -> Vec<Row> {
        if depth == 0 {
            return Vec::new();
        }
        let given = match self.source_of(declared.path, STEPS) {
            Some(Source::Items(collection)) => {
                self.items_of(collection).into_iter().map(Given::Item).collect()
            }
            Some(Source::Calls(function)) => {
                let name = self.unit(function.0).function(function.1).name.clone();
                let body = self.unit(function.0).function(function.1).span;
                // A method of a library that is called like the function it stands in is no caller.
                let is_other = |&(cx, call): &ExprRef| {
                    cx != function.0 || !body.contains(self.unit(cx).expr(call).span)
                };
                let calls = self.all_callers(function, &name).into_iter().filter(is_other);
                calls.map(|call| Given::Call(function, call)).collect()
            }
            None => Vec::new(),
        };
        let rows = given.into_iter().filter_map(|given| {
            let value = |at: ExprRef| self.value_in(at, given, STEPS);
            let method = declared.method.and_then(value);
            let handler = declared.handler.and_then(value);
            let path = value(declared.path)?;
            let at = match given {
                Given::Item(item) => item,
                Given::Call(_, call) => call,
            };
            (method.is_some() || handler.is_some()).then_some(Row {
                at,
                path,
                method: method.or(declared.method),
                handler: handler.or(declared.handler),
            })
        });
        rows.flat_map(|row| {
            let further = self.rows_within(row, depth - 1);
            if further.is_empty() { vec![row] } else { further }
        })
        .collect()
    }

    /// Where the value of an expression comes from, if that is another place each time.
    fn source_of(&self, at: ExprRef, steps: u32) -> Option<Source> {
        let (ix, id) = at;
        let unit = self.unit(ix);
        let steps = steps.checked_sub(1)?;
        match self.kind(at) {
            ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => {
                self.source_of((ix, *object), steps)
            }
            ExprKind::Cast { operand, .. } => self.source_of((ix, *operand), steps),
            ExprKind::Each(collection) => Some(Source::Items((ix, *collection))),
            ExprKind::Element { of, .. } => self.source_of((ix, *of), steps),
            ExprKind::Name(name) if destructured(name).is_some() => {
                let function = unit.function_around(unit.expr(id).scope)?;
                self.source_of_function((ix, function))
            }
            ExprKind::Name(name) => match self.definition(at, name) {
                Definition::Param(function, _) => self.source_of_function(function),
                Definition::Bindings(bx, bindings) => {
                    let last = bindings.last()?;
                    let value = self.unit(bx).bindings[*last as usize].value?;
                    self.source_of((bx, value), steps)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A function given to a method of a collection gets its items, any other what callers pass.
    fn source_of_function(&self, function: FunctionRef) -> Option<Source> {
        let (ix, id) = function;
        let unit = self.unit(ix);
        let Some(&lambda) = self.unit_index(ix).lambdas.get(&id) else {
            let declared = unit.function(id);
            return (!declared.is_constructor).then_some(Source::Calls(function));
        };
        let Some(parent) = unit.expr(lambda).parent else { return Some(Source::Calls(function)) };
        let ExprKind::Call(call) = &unit.expr(parent).kind else {
            return Some(Source::Calls(function));
        };
        let ExprKind::Member { object, name } = &unit.expr(call.callee).kind else { return None };
        EACH.contains(&name.as_str()).then_some(Source::Items((ix, *object)))
    }

    /// The items of a list that the repository writes out.
    fn items_of(&self, collection: ExprRef) -> Vec<ExprRef> {
        let mut found = Vec::new();
        for (ix, source) in self.sources(collection).into_iter().chain(self.given_out(collection)) {
            match self.kind((ix, source)) {
                ExprKind::List(items) => found.extend(items.iter().map(|&item| (ix, item))),
                // Go's `Routes{{…}, {…}}`, where the type is a slice by another name.
                ExprKind::Record(record) if record.fields.iter().all(|f| f.name.is_empty()) => {
                    found.extend(record.fields.iter().map(|field| (ix, field.value)));
                }
                _ => {}
            }
        }
        let mut seen = std::collections::HashSet::new();
        found.retain(|item| seen.insert(*item));
        found
    }

    /// What the module is that an expression names: `module.exports = [...]`, `export default [...]`.
    fn given_out(&self, at: ExprRef) -> Vec<ExprRef> {
        let denoted = self.entities_within(at, 6).into_iter();
        let values = denoted.flat_map(|entity| match entity {
            Entity::Module(module) => self.default_of_module(at.0, &module),
            Entity::Path(module) => {
                self.want_module(&module);
                Vec::new()
            }
            other => vec![other],
        });
        values
            .filter_map(|entity| match entity {
                Entity::Value(value) => Some(value),
                _ => None,
            })
            .take(1)
            .collect()
    }

    /// What an expression is in one turn; none where it does not depend on it.
    fn value_in(&self, at: ExprRef, given: Given, steps: u32) -> Option<ExprRef> {
        let (ix, id) = at;
        let unit = self.unit(ix);
        let steps = steps.checked_sub(1)?;
        match self.kind(at) {
            ExprKind::Member { object, name } => {
                self.field_in(self.value_in((ix, *object), given, steps)?, name)
            }
            ExprKind::Index { object, index } => {
                let key = self.constant_text((ix, *index))?;
                self.field_in(self.value_in((ix, *object), given, steps)?, &key)
            }
            ExprKind::Cast { operand, .. } => self.value_in((ix, *operand), given, steps),
            ExprKind::Each(_) => match given {
                Given::Item(item) => Some(item),
                Given::Call(..) => None,
            },
            ExprKind::Element { of, index } => {
                let whole = self.value_in((ix, *of), given, steps)?;
                let ranges = matches!(self.kind((ix, *of)), ExprKind::Each(_))
                    && unit.language == Language::Go;
                match self.kind(whole) {
                    _ if ranges => (*index == 1).then_some(whole),
                    ExprKind::List(parts) => {
                        parts.get(*index as usize).map(|&part| (whole.0, part))
                    }
                    _ => None,
                }
            }
            // A handler that is wrapped: `guarded(route.handler)`, `route.handler.bind(this)`.
            ExprKind::Call(call) => {
                let bound = match &unit.expr(call.callee).kind {
                    ExprKind::Member { object, name } if name == "bind" => Some(*object),
                    _ => None,
                };
                let parts = call.args.iter().map(|arg| arg.value).chain(bound);
                parts.into_iter().find_map(|part| self.value_in((ix, part), given, steps))
            }
            ExprKind::Name(name) => {
                if let Some(index) = destructured(name) {
                    let function = unit.function_around(unit.expr(id).scope)?;
                    return self.argument_in((ix, function), index, given);
                }
                match self.definition(at, name) {
                    Definition::Param(function, index) => self.argument_in(function, index, given),
                    Definition::Bindings(bx, bindings) => {
                        let last = bindings.last()?;
                        let value = self.unit(bx).bindings[*last as usize].value?;
                        self.value_in((bx, value), given, steps)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn argument_in(&self, function: FunctionRef, index: usize, given: Given) -> Option<ExprRef> {
        match given {
            Given::Item(item) => (index == 0).then_some(item),
            Given::Call(called, (cx, call)) if called == function => {
                let ExprKind::Call(call) = self.kind((cx, call)) else { return None };
                let declared = self.unit(function.0).function(function.1);
                self.argument(call, declared, index).map(|value| (cx, value))
            }
            Given::Call(..) => None,
        }
    }

    /// A field of an object literal, by its name or by the position that its type gives it.
    fn field_in(&self, object: ExprRef, name: &str) -> Option<ExprRef> {
        let known = match self.kind(object) {
            ExprKind::Record(_) | ExprKind::List(_) => object,
            _ => *self.sources(object).first()?,
        };
        let (ix, _) = known;
        match self.kind(known) {
            ExprKind::Record(record) => {
                if let Some(field) = record.fields.iter().find(|field| field.name == name) {
                    return Some((ix, field.value));
                }
                if !record.fields.iter().all(|field| field.name.is_empty()) {
                    return None;
                }
                let ty = self.resolve_type(&self.type_of(known)?)?;
                let crate::typed::Resolved::Repository((tx, ty)) = ty else { return None };
                let fields = &self.unit(tx).type_decl(ty).fields;
                let position = fields.iter().position(|field| field.name == name)?;
                record.fields.get(position).map(|field| (ix, field.value))
            }
            ExprKind::List(items) => {
                name.parse::<usize>().ok().and_then(|at| items.get(at)).map(|&item| (ix, item))
            }
            _ => None,
        }
    }

    /// The method that an expression of a row names.
    pub(crate) fn method_of_row(&self, at: ExprRef) -> Option<String> {
        let named = self.method_names(at).into_iter().next();
        named.or_else(|| last_name(self.unit(at.0), at.1).map(|name| name.to_uppercase()))
    }
}

/// The position of the parameter that a name for a destructured one stands for.
fn destructured(name: &Name) -> Option<usize> {
    name.strip_prefix("{}")?.parse().ok()
}
