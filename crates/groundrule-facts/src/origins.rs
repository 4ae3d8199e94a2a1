//! Where a value came from: the names it had on its way. What was done to it, what kind of value it
//! is, and what its type prints are other modules' matters.

use groundrule_unit::{BindingKind, Call, ExprKind, Name};

use crate::define::Definition;
use crate::models::Printing;
use crate::program::{ExprRef, FunctionRef, Program, last_name};
use crate::resolve::Entity;

/// How far a value is followed back.
const STEPS: u32 = 6;
/// How many names are enough.
const MOST_NAMES: usize = 10;
/// How many alternatives are followed at each step.
const ALTERNATIVES: usize = 4;

impl Program<'_> {
    pub(crate) fn printing_at(&self, (ix, _): ExprRef) -> &Printing {
        &self.models.of(self.unit(ix).language).printing
    }

    /// The names that say what a value is, most telling first: its own last name, the key it is
    /// printed under, the names it had where it came from.
    pub(crate) fn names_of(&self, at: ExprRef, key: Option<&Name>) -> Vec<Name> {
        let mut found = Vec::new();
        self.collect_names(at, STEPS, &mut found);
        if let Some(key) = key.filter(|key| !key.is_empty() && !found.contains(key)) {
            found.insert(found.len().min(1), key.clone());
        }
        found.truncate(MOST_NAMES);
        found
    }

    fn collect_names(&self, at: ExprRef, steps: u32, names: &mut Vec<Name>) {
        if steps == 0 || names.len() >= MOST_NAMES {
            return;
        }
        let (ix, _) = at;
        match self.kind(at) {
            ExprKind::Name(name) => {
                push(names, name);
                self.names_of_definition(self.definition(at, name), steps, names);
            }
            ExprKind::Member { object, name } => {
                let through = self.is_property_through(at, name);
                if !through {
                    push(names, name);
                }
                if through {
                    self.collect_names((ix, *object), steps, names);
                } else if steps > 2 {
                    self.names_behind_member((ix, *object), name, steps, names);
                }
            }
            ExprKind::Call(call) => self.names_of_call(at, call, steps, names),
            ExprKind::Index { object, index } => match self.constant_text((ix, *index)) {
                Some(key) => push(names, &Name::new(key)),
                None => self.collect_names((ix, *object), steps, names),
            },
            ExprKind::Each(of) => self.collect_names((ix, *of), steps, names),
            ExprKind::Element { of, index } => {
                let components = self.components((ix, *of), *index);
                for &component in components.iter().take(ALTERNATIVES) {
                    self.collect_names(component, steps - 1, names);
                }
                let item = matches!(self.kind((ix, *of)), ExprKind::Each(_));
                if components.is_empty() && *index == u32::from(item) {
                    self.collect_names((ix, *of), steps, names);
                }
            }
            ExprKind::Cast { operand, .. } => self.collect_names((ix, *operand), steps, names),
            ExprKind::Choice(options) => {
                let said = options.iter().filter(|&&option| !self.is_constant_value((ix, option)));
                for &option in said.take(ALTERNATIVES) {
                    self.collect_names((ix, option), steps - 1, names);
                }
            }
            ExprKind::List(items) => {
                for &item in items.iter().take(ALTERNATIVES) {
                    self.collect_names((ix, item), steps - 1, names);
                }
            }
            _ => {}
        }
    }

    fn names_of_definition(&self, definition: Definition, steps: u32, names: &mut Vec<Name>) {
        match definition {
            Definition::Bindings(ix, bindings) => {
                let unit = self.unit(ix);
                for &id in bindings.iter().rev().take(ALTERNATIVES) {
                    let binding = &unit.bindings[id as usize];
                    if let Some(value) = binding.value
                        && binding.kind != BindingKind::Caught
                    {
                        self.collect_names((ix, value), steps - 1, names);
                    }
                }
                for value in self.set_later(ix, &bindings) {
                    self.collect_names(value, steps - 1, names);
                }
            }
            Definition::Param((ix, id), index) => {
                let unit = self.unit(ix);
                if let Some(&lambda) = self.unit_index(ix).lambdas.get(&id) {
                    // The item of a collection is named after the collection.
                    if let Some(parent) = unit.expr(lambda).parent
                        && let ExprKind::Call(call) = &unit.expr(parent).kind
                        && let ExprKind::Member { object, .. } = &unit.expr(call.callee).kind
                        && index == 0
                    {
                        self.collect_names((ix, *object), steps - 1, names);
                    }
                    return;
                }
                if steps < 3 {
                    return;
                }
                for value in self.arguments_for((ix, id), index, ALTERNATIVES) {
                    if self.names_itself(value) {
                        self.collect_names(value, steps.min(3) - 1, names);
                    }
                }
            }
            Definition::Field((ix, ty), index) if steps > 1 => {
                let field = &self.unit(ix).type_decl(ty).fields[index];
                let default = field.default.map(|value| (ix, value));
                let assigned = self.assigned_to_member((ix, ty), &field.name);
                for value in default.into_iter().chain(assigned).take(ALTERNATIVES) {
                    if self.names_itself(value) {
                        self.collect_names(value, steps.min(4) - 1, names);
                    }
                }
                if let Some(getter) = field.getter {
                    self.names_of_results((ix, getter), steps, names);
                }
            }
            Definition::Import(ix, import) => {
                let import = self.unit(ix).imports[import as usize].clone();
                for entity in self.imported(ix, &import, 4).into_iter().take(ALTERNATIVES) {
                    if let Entity::Value(value) = entity {
                        self.collect_names(value, steps - 1, names);
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether an expression says by its names what it is.
    fn names_itself(&self, at: ExprRef) -> bool {
        matches!(
            self.kind(at),
            ExprKind::Name(_)
                | ExprKind::Member { .. }
                | ExprKind::Call(_)
                | ExprKind::Index { .. }
                | ExprKind::Choice(_)
                | ExprKind::Cast { .. }
        )
    }

    fn names_behind_member(&self, object: ExprRef, name: &str, steps: u32, names: &mut Vec<Name>) {
        for entity in self.entities_within(object, 4).into_iter().take(2) {
            match entity {
                Entity::Object(ty) | Entity::Type(ty) => {
                    if let Some(definition @ Definition::Field(..)) =
                        self.member_definition(ty, name, 0)
                    {
                        self.names_of_definition(definition, steps.min(3), names);
                    }
                }
                Entity::Value(value) => {
                    if let ExprKind::Record(record) = self.kind(value) {
                        for field in record.fields.iter().filter(|field| field.name == name) {
                            self.collect_names((value.0, field.value), steps - 1, names);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn names_of_call(&self, at: ExprRef, call: &Call, steps: u32, names: &mut Vec<Name>) {
        let (ix, _) = at;
        let unit = self.unit(ix);
        let printing = self.printing_at(at);
        let Some(name) = last_name(unit, call.callee) else { return };
        let receiver = match &unit.expr(call.callee).kind {
            ExprKind::Member { object, .. } => Some((ix, *object)),
            _ => None,
        };
        let first = call.args.first().map(|arg| (ix, arg.value));
        if printing.pairs.contains(name) {
            for part in receiver.into_iter().chain(call.args.iter().map(|arg| (ix, arg.value))) {
                self.collect_names(part, steps - 1, names);
            }
            return;
        }
        let key = call.args.first().filter(|_| printing.getters.contains(name));
        let key = key.map(|key| (ix, key.value));
        let key_text = key.and_then(|key| self.constant_text(key));
        if let Some(text) = &key_text {
            push(names, &Name::new(text));
            if let Some(constant) = key.and_then(|(_, key)| last_name(unit, key)) {
                push(names, constant);
            }
        }
        if printing.maps.contains(name) {
            for arg in &call.args {
                if let ExprKind::Lambda(function) = self.kind((ix, arg.value)) {
                    self.names_of_results((ix, *function), steps, names);
                } else {
                    self.collect_names((ix, arg.value), steps - 1, names);
                }
            }
        }
        let pass = printing.maps.contains(name)
            || printing.picks.contains(name)
            || printing.through.contains(name)
            || printing.serialisers.contains(name);
        if pass {
            let from_type = receiver.is_some_and(|receiver| self.is_type_or_module(receiver));
            match (receiver.filter(|_| !from_type), first) {
                (Some(receiver), _) if !printing.serialisers.contains(name) => {
                    self.collect_names(receiver, steps, names);
                }
                (_, Some(first)) => self.collect_names(first, steps, names),
                (Some(receiver), None) => self.collect_names(receiver, steps, names),
                (None, None) => {}
            }
            return;
        }
        if key_text.is_some() {
            return;
        }
        let entities = self.entities_within((ix, call.callee), 6);
        let language = unit.language;
        let constructs = call.form == groundrule_unit::CallForm::New
            || entities.iter().any(|entity| matches!(entity, Entity::Type(_)))
            || (language.constructs_by_call() && name.starts_with(char::is_uppercase));
        if constructs {
            // A wrapper of one value is that value.
            if let [only] = &*call.args {
                self.collect_names((ix, only.value), steps - 1, names);
            }
            return;
        }
        push(names, name);
        if steps < 3 {
            return;
        }
        for entity in entities.into_iter().take(2) {
            if let Entity::Function((fx, function)) = entity {
                self.names_of_results((fx, function), steps.min(4), names);
                if self.extends_text((fx, function))
                    && let Some(receiver) = receiver
                {
                    self.collect_names(receiver, steps - 1, names);
                }
            }
        }
    }

    /// Whether a function of the repository extends strings: it gives back a variant of one.
    fn extends_text(&self, (fx, function): FunctionRef) -> bool {
        let function = self.unit(fx).function(function);
        let text = |ty: &groundrule_unit::TypeRef| matches!(ty.name.as_str(), "String" | "string");
        function.is_extension
            && matches!(&function.owner, Some(groundrule_unit::Owner::Named(owner)) if text(owner))
            && function.returns.as_ref().is_none_or(text)
    }

    /// A property that hands its object through: Kotlin's `map.values`, C#'s `task.Result`.
    pub(crate) fn is_property_through(&self, at: ExprRef, name: &str) -> bool {
        let language = self.unit(at.0).language;
        matches!(language, groundrule_unit::Language::Kotlin | groundrule_unit::Language::CSharp)
            && self.printing_at(at).through.contains(name)
    }

    /// Whether an expression is a type or a module, not a value that a method is called on.
    pub(crate) fn is_type_or_module(&self, at: ExprRef) -> bool {
        let mut base = at;
        while let ExprKind::Member { object, .. } = self.kind(base) {
            base = (at.0, *object);
        }
        let entities = self.entities_within(at, 4);
        !entities.is_empty()
            && entities.iter().all(|entity| match entity {
                Entity::Type(_) | Entity::Module(_) => true,
                Entity::Path(path) => {
                    !path.ends_with("()")
                        && matches!(self.kind(base), ExprKind::Name(name)
                        if match self.definition(base, name) {
                            Definition::Import(..) => true,
                            // A path that is written out in full.
                            Definition::Outside => {
                                name.starts_with(char::is_uppercase)
                                    || (base != at
                                        && self.unit(at.0).language
                                            == groundrule_unit::Language::Rust)
                            }
                            _ => false,
                        })
                }
                _ => false,
            })
    }

    fn names_of_results(&self, (ix, id): FunctionRef, steps: u32, names: &mut Vec<Name>) {
        if steps == 0 {
            return;
        }
        let function = self.unit(ix).function(id);
        if function.is_constructor {
            return;
        }
        for &result in function.results.iter().take(ALTERNATIVES) {
            if self.names_itself((ix, result)) {
                self.collect_names((ix, result), steps - 1, names);
            }
        }
    }
}

fn push(names: &mut Vec<Name>, name: &Name) {
    let empty = name.is_empty() || name.starts_with("{}") || name == "it" || name == "_";
    if !empty && !names.contains(name) {
        names.push(name.clone());
    }
}
