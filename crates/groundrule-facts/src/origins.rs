//! Where a value came from: the names it had on its way, what was done to it, and what kind of
//! value it is. What its type prints is another module's matter.

use groundrule_unit::{BindingKind, Call, ExprKind, Name, TypeKind};

use crate::Treatment;
use crate::define::Definition;
use crate::models::{Printing, ShapeModel};
use crate::program::{ExprRef, FunctionRef, Program, last_name};
use crate::resolve::Entity;
use crate::values::Value;

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
    fn is_property_through(&self, at: ExprRef, name: &str) -> bool {
        let language = self.unit(at.0).language;
        matches!(language, groundrule_unit::Language::Kotlin | groundrule_unit::Language::CSharp)
            && self.printing_at(at).through.contains(name)
    }

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

    /// What was done to a value before it is printed.
    pub(crate) fn treatment_of(&self, at: ExprRef) -> Treatment {
        self.treatment_within(at, STEPS)
    }

    fn treatment_within(&self, at: ExprRef, steps: u32) -> Treatment {
        if steps == 0 {
            return Treatment::Plain;
        }
        let (ix, _) = at;
        let printing = self.printing_at(at);
        match self.kind(at) {
            ExprKind::Name(name) => {
                let Definition::Bindings(ix, bindings) = self.definition(at, name) else {
                    return Treatment::Plain;
                };
                let unit = self.unit(ix);
                let mut all = bindings.iter().filter_map(|&id| unit.bindings[id as usize].value);
                let Some(first) = all.next() else { return Treatment::Plain };
                let treatment = self.treatment_within((ix, first), steps - 1);
                if all.all(|value| self.treatment_within((ix, value), steps - 1) == treatment) {
                    treatment
                } else {
                    Treatment::Plain
                }
            }
            ExprKind::Member { object, name } => {
                if printing.derived.contains(name) {
                    return Treatment::Derived;
                }
                self.treatment_within((ix, *object), steps - 1)
            }
            ExprKind::Call(call) => self.treatment_by_call(at, call, steps),
            ExprKind::Binary { op, left, right } => match op.as_str() {
                "+" | "-" | "*" | "/" | "|" | "&" | ".." => {
                    let left = self.treatment_within((ix, *left), steps - 1);
                    let right = self.treatment_within((ix, *right), steps - 1);
                    if left == right { left } else { Treatment::Plain }
                }
                _ => Treatment::Derived,
            },
            ExprKind::Unary { op, operand } => match op.as_str() {
                "!" | "not" | "typeof" | "instanceof" => Treatment::Derived,
                _ => self.treatment_within((ix, *operand), steps - 1),
            },
            ExprKind::Index { object, index } => match self.kind((ix, *index)) {
                // A slice.
                ExprKind::Binary { op, .. } if matches!(op.as_str(), ":" | ".." | "..=") => {
                    Treatment::Masked
                }
                ExprKind::String(_) => Treatment::Plain,
                _ => self.treatment_within((ix, *object), steps - 1),
            },
            ExprKind::Cast { operand, .. } => self.treatment_within((ix, *operand), steps - 1),
            ExprKind::Element { of, .. } | ExprKind::Each(of) => {
                self.treatment_within((ix, *of), steps - 1)
            }
            ExprKind::Choice(options) => {
                let mut treated = options
                    .iter()
                    .filter(|&&option| !self.is_constant_value((ix, option)))
                    .map(|&option| self.treatment_within((ix, option), steps - 1));
                match treated.next() {
                    Some(first) if treated.all(|next| next == first) => first,
                    _ => Treatment::Plain,
                }
            }
            _ => Treatment::Plain,
        }
    }

    fn treatment_by_call(&self, at: ExprRef, call: &Call, steps: u32) -> Treatment {
        let (ix, _) = at;
        let unit = self.unit(ix);
        let printing = self.printing_at(at);
        let Some(name) = last_name(unit, call.callee) else { return Treatment::Plain };
        if printing.derived.contains(name) {
            return Treatment::Derived;
        }
        if is_mask(printing, name) {
            return Treatment::Masked;
        }
        let receiver = match &unit.expr(call.callee).kind {
            ExprKind::Member { object, .. } => Some((ix, *object)),
            _ => None,
        };
        if printing.cuts.contains(name) && !call.args.is_empty() {
            return Treatment::Masked;
        }
        for arg in &call.args {
            if let ExprKind::Lambda(function) = self.kind((ix, arg.value))
                && printing.maps.contains(name)
            {
                let results = &unit.function(*function).results;
                if let Some(&result) = results.first() {
                    return self.treatment_within((ix, result), steps - 1);
                }
            }
        }
        if printing.through.contains(name) || printing.picks.contains(name) {
            let from_type = receiver.is_some_and(|receiver| self.is_type_or_module(receiver));
            let first = call.args.first().map(|arg| (ix, arg.value));
            if let Some(inner) = receiver.filter(|_| !from_type).or(first) {
                return self.treatment_within(inner, steps - 1);
            }
        }
        if let Some(receiver) = receiver {
            match self.treatment_within(receiver, steps - 1) {
                Treatment::Plain => {}
                treatment => return treatment,
            }
        }
        for entity in self.entities_within((ix, call.callee), 5).into_iter().take(1) {
            if let Entity::Function((fx, function)) = entity {
                let results = &self.unit(fx).function(function).results;
                if let [result] = **results {
                    return self.treatment_within((fx, result), steps.min(3) - 1);
                }
            }
        }
        Treatment::Plain
    }

    /// Whether an expression is a literal, a constant, or one of an enumeration's values: printing
    /// it says nothing.
    pub(crate) fn is_constant_value(&self, at: ExprRef) -> bool {
        self.is_constant_within(at, 5)
    }

    fn is_constant_within(&self, at: ExprRef, steps: u32) -> bool {
        if steps == 0 {
            return false;
        }
        let (ix, _) = at;
        match self.kind(at) {
            ExprKind::String(_) | ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Null => true,
            ExprKind::Choice(options) => {
                options.iter().all(|&option| self.is_constant_within((ix, option), steps - 1))
            }
            ExprKind::Cast { operand, .. } | ExprKind::Unary { operand, .. } => {
                self.is_constant_within((ix, *operand), steps - 1)
            }
            ExprKind::Binary { left, right, .. } => {
                self.is_constant_within((ix, *left), steps - 1)
                    && self.is_constant_within((ix, *right), steps - 1)
            }
            ExprKind::Name(name) => match self.definition(at, name) {
                Definition::Bindings(bx, bindings) => bindings.iter().all(|&id| {
                    let binding = &self.unit(bx).bindings[id as usize];
                    binding
                        .value
                        .is_some_and(|value| self.is_constant_within((bx, value), steps - 1))
                }),
                Definition::Field((tx, ty), index) => self.is_constant_field((tx, ty), index),
                Definition::Import(..) if is_capital(name) => self.has_constant_values(at),
                Definition::Type(_) => true,
                _ => false,
            },
            ExprKind::Member { object, name } => {
                self.entities_within((ix, *object), 4).iter().any(|entity| match entity {
                    Entity::Type((tx, ty)) => {
                        let decl = self.unit(*tx).type_decl(*ty);
                        match self.field_of((*tx, *ty), name) {
                            Some(index) => self.is_constant_field((*tx, *ty), index),
                            None => decl.kind == TypeKind::Enum,
                        }
                    }
                    Entity::Module(_) if is_capital(name) => self.has_constant_values(at),
                    _ => false,
                })
            }
            _ => false,
        }
    }

    fn is_constant_field(
        &self,
        (tx, ty): (crate::program::UnitIx, groundrule_unit::TypeId),
        index: usize,
    ) -> bool {
        let decl = self.unit(tx).type_decl(ty);
        let field = &decl.fields[index];
        if decl.kind == TypeKind::Enum && field.is_static {
            return true;
        }
        (field.is_static || is_capital(&field.name))
            && field.default.is_some_and(|value| self.is_constant_within((tx, value), 3))
    }

    fn has_constant_values(&self, at: ExprRef) -> bool {
        let values = self.values(at);
        !values.is_empty()
            && values.iter().all(|value| {
                matches!(value, Value::Text(_) | Value::Number(_) | Value::Bool(_) | Value::Null)
            })
    }

    /// What kind of value an expression gives, by the models: a request, its body, headers, …
    pub(crate) fn given_shape(&self, at: ExprRef) -> Option<ShapeModel> {
        self.given_shape_within(at, STEPS)
    }

    fn given_shape_within(&self, at: ExprRef, steps: u32) -> Option<ShapeModel> {
        if steps == 0 {
            return None;
        }
        let (ix, _) = at;
        let printing = self.printing_at(at);
        match self.kind(at) {
            ExprKind::Name(name) => match self.definition(at, name) {
                Definition::Bindings(bx, bindings) => {
                    let unit = self.unit(bx);
                    bindings.iter().rev().take(ALTERNATIVES).find_map(|&id| {
                        let binding = &unit.bindings[id as usize];
                        match binding.kind {
                            BindingKind::Caught => Some(ShapeModel::Exception),
                            _ => self.given_shape_within((bx, binding.value?), steps - 1),
                        }
                    })
                }
                Definition::Param((fx, function), index) => {
                    let unit = self.unit(fx);
                    let param = &unit.function(function).params[index];
                    let annotated = param.annotations.iter().find_map(|annotation| {
                        let name = last_name(unit, annotation.callee)?;
                        printing.shape_annotations.get(name).copied()
                    });
                    match annotated {
                        Some(shape) if self.is_untyped(param.ty.as_ref()) => Some(shape),
                        _ if param.ty.is_none() && steps > 2 => self
                            .arguments_for((fx, function), index, 2)
                            .into_iter()
                            .find_map(|value| self.given_shape_within(value, steps.min(5) - 1)),
                        _ => None,
                    }
                }
                _ => None,
            }
            .or_else(|| self.shape_by_type(at)),
            ExprKind::Member { object, name } => {
                if self.is_property_through(at, name) {
                    return self.given_shape_within((ix, *object), steps - 1);
                }
                self.shape_by_path(at, (ix, *object), name).or_else(|| self.shape_by_type(at))
            }
            ExprKind::Call(call) => {
                let unit = self.unit(ix);
                let name = last_name(unit, call.callee)?;
                if let ExprKind::Member { object, .. } = &unit.expr(call.callee).kind
                    && let Some(shape) = self.shape_by_path((ix, call.callee), (ix, *object), name)
                {
                    return Some(shape);
                }
                if let ExprKind::Name(_) = &unit.expr(call.callee).kind
                    && printing.shape_gives.may_match(name)
                    && let Some(shape) = self
                        .paths((ix, call.callee))
                        .iter()
                        .find_map(|path| printing.shape_gives.find(path).next().copied())
                {
                    return Some(shape);
                }
                if printing.through.contains(name) || printing.serialisers.contains(name) {
                    let receiver = match &unit.expr(call.callee).kind {
                        ExprKind::Member { object, .. } => Some((ix, *object)),
                        _ => None,
                    };
                    let first = call.args.first().map(|arg| (ix, arg.value));
                    return receiver
                        .and_then(|receiver| self.given_shape_within(receiver, steps - 1))
                        .or_else(|| self.given_shape_within(first?, steps - 1));
                }
                self.shape_by_type(at)
            }
            ExprKind::Cast { operand, .. } => self.given_shape_within((ix, *operand), steps - 1),
            ExprKind::Element { of, index: 0 } => self.given_shape_within((ix, *of), steps - 1),
            ExprKind::Choice(options) => {
                options.iter().find_map(|&o| self.given_shape_within((ix, o), steps - 1))
            }
            // A comprehension over a request's fields holds them all.
            ExprKind::Record(_) => {
                let head = self.comprehended(at)?;
                self.given_shape_within((ix, head), steps - 1)
            }
            _ => None,
        }
    }

    /// The collection that a dictionary comprehension goes over.
    fn comprehended(&self, (ix, id): ExprRef) -> Option<groundrule_unit::ExprId> {
        let unit = self.unit(ix);
        let ExprKind::Record(record) = &unit.expr(id).kind else { return None };
        let [field] = &*record.fields else { return None };
        field.key?;
        let outer = unit.expr(id).scope;
        unit.scopes_around(unit.expr(field.value).scope)
            .take_while(|&(scope, _)| scope != outer)
            .find_map(|(_, scope)| match scope.kind {
                groundrule_unit::ScopeKind::Loop { head, .. } => head,
                _ => None,
            })
    }

    /// A declared type that says nothing of what it holds.
    fn is_untyped(&self, ty: Option<&groundrule_unit::TypeRef>) -> bool {
        ty.is_none_or(|ty| {
            matches!(
                crate::models::last_part(&ty.name),
                "String"
                    | "string"
                    | "str"
                    | "any"
                    | "unknown"
                    | "object"
                    | "Object"
                    | "Any"
                    | "{}"
                    | "Map"
                    | "dict"
                    | "JsonNode"
                    | "JsonElement"
                    | "byte"
                    | "[]"
            )
        })
    }

    fn shape_by_path(&self, at: ExprRef, object: ExprRef, name: &str) -> Option<ShapeModel> {
        let printing = self.printing_at(at);
        if printing.shape_gives.may_match(name) {
            let paths = self.paths(at);
            if let Some(shape) =
                paths.iter().find_map(|path| printing.shape_gives.find(path).next().copied())
            {
                return Some(shape);
            }
        }
        let owner = match self.kind(object) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => name,
            _ => return None,
        };
        let habits = &printing.shape_habits;
        let shape = habits.get(format!("{owner}.{name}").as_str());
        let shape = shape.or_else(|| habits.get(format!("*.{name}").as_str())).copied()?;
        // A type of the repository says itself what it is.
        let declared = self
            .entities_within(object, 5)
            .iter()
            .any(|entity| matches!(entity, Entity::Object(_) | Entity::Value(_) | Entity::Type(_)));
        (!declared).then_some(shape)
    }

    fn shape_by_type(&self, at: ExprRef) -> Option<ShapeModel> {
        let printing = self.printing_at(at);
        self.entities_within(at, 6).into_iter().find_map(|entity| match entity {
            Entity::Instance(path) => printing.shape_types.find(&path).next().copied(),
            Entity::Path(path) => printing.shape_gives.find(&path).next().copied(),
            _ => None,
        })
    }
}

fn push(names: &mut Vec<Name>, name: &Name) {
    let empty = name.is_empty() || name.starts_with("{}") || name == "it" || name == "_";
    if !empty && !names.contains(name) {
        names.push(name.clone());
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

fn is_capital(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}

/// Whether one of the words of a function's name says that it masks.
pub(crate) fn is_mask(printing: &Printing, name: &str) -> bool {
    words(name).iter().any(|word| printing.masks.contains(word.as_str()))
}

/// The words of a name, in lower case.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before_lower = false;
    for c in name.chars() {
        let ends = !c.is_alphanumeric() || (c.is_uppercase() && before_lower);
        if ends && !word.is_empty() {
            all.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        before_lower = c.is_lowercase() || c.is_numeric();
    }
    if !word.is_empty() {
        all.push(word);
    }
    all
}
