//! The type of an expression as far as declarations tell, with its type arguments: what is inside
//! a list matters to what printing it shows.

use groundrule_unit::{ExprId, ExprKind, Name, Owner, ScopeId, ScopeKind, TypeKind, TypeRef};

use crate::define::Definition;
use crate::models::last_part;
use crate::program::{ExprRef, FunctionRef, Program, TypeIxRef, UnitIx, last_name};
use crate::resolve::{Entity, TRANSPARENT};
use crate::written_types::item_type;

/// How far an expression is followed to something with a type.
pub(crate) const STEPS: u32 = 8;

/// A type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    /// As written, with the place it is read at.
    Written(UnitIx, ScopeId, TypeRef),
    Repository(TypeIxRef),
    /// The qualified name of a type outside the repository.
    Outside(Name),
    /// A collection.
    Many(Box<Type>),
    /// One of several.
    OneOf(Vec<Type>),
    /// That of a literal without a declared type.
    Literal(ExprRef),
}

/// A type whose name has been looked up.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Resolved {
    Repository(TypeIxRef),
    Outside(Name),
    /// A collection, an optional, a tuple: it shows what it holds.
    Holds(Vec<Type>),
    Literal(ExprRef),
}

impl Program<'_> {
    /// The type of an expression.
    pub(crate) fn type_of(&self, at: ExprRef) -> Option<Type> {
        self.type_within(at, STEPS)
    }

    pub(crate) fn type_within(&self, at: ExprRef, steps: u32) -> Option<Type> {
        if steps == 0 {
            return None;
        }
        let (ix, id) = at;
        let unit = self.unit(ix);
        match self.kind(at) {
            ExprKind::Name(name) => self.type_of_definition(self.definition(at, name), steps),
            ExprKind::This => self.type_of_this(ix, unit.expr(id).scope),
            ExprKind::Member { object, name } => match self.type_within((ix, *object), steps - 1) {
                Some(owner) => self.type_of_member(&owner, name, steps),
                None => None,
            }
            .or_else(|| self.type_of_entity(at)),
            ExprKind::Call(call) => self.type_of_call(at, call, steps),
            ExprKind::Cast { ty, .. } => Some(Type::Written(ix, unit.expr(id).scope, ty.clone())),
            ExprKind::Record(record) => Some(match &record.ty {
                Some(ty) => Type::Written(ix, unit.expr(id).scope, ty.clone()),
                None => Type::Literal(at),
            }),
            ExprKind::List(items) => {
                let item = items.first().and_then(|&item| self.type_within((ix, item), steps - 1));
                item.map(|item| Type::Many(Box::new(item)))
            }
            ExprKind::Each(of) => self.item_of(&self.type_within((ix, *of), steps - 1)?),
            ExprKind::Index { object, .. } => {
                self.item_of(&self.type_within((ix, *object), steps - 1)?)
            }
            ExprKind::Element { of, index } => self.type_of_part((ix, *of), *index, steps),
            ExprKind::Choice(options) => {
                options.iter().take(4).find_map(|&option| self.type_within((ix, option), steps - 1))
            }
            ExprKind::String(_) | ExprKind::Template(_) => Some(Type::Outside("string".into())),
            ExprKind::Number(_) => Some(Type::Outside("number".into())),
            ExprKind::Bool(_) => Some(Type::Outside("bool".into())),
            ExprKind::Binary { op, left, right } => match op.as_str() {
                "+" => {
                    let left = self.type_within((ix, *left), steps - 1);
                    left.or_else(|| self.type_within((ix, *right), steps - 1))
                }
                "-" | "*" | "/" => self.type_within((ix, *left), steps - 1),
                _ => Some(Type::Outside("bool".into())),
            },
            _ => None,
        }
    }

    /// One of several results of a value.
    fn type_of_part(&self, of: ExprRef, index: u32, steps: u32) -> Option<Type> {
        let unit = self.unit(of.0);
        if let ExprKind::Each(collection) = self.kind(of)
            && unit.language == groundrule_unit::Language::Go
        {
            // `for i, item := range items`
            let items = self.type_within((of.0, *collection), steps - 1)?;
            return match (index, &items) {
                (0, Type::Written(ix, scope, ty)) if ty.name == "{}" => {
                    Some(Type::Written(*ix, *scope, ty.args.first()?.clone()))
                }
                (0, _) => None,
                _ => self.item_of(&items),
            };
        }
        let components = self.components(of, index);
        let known = components.into_iter().find_map(|part| self.type_within(part, steps - 1));
        if known.is_some() {
            return known;
        }
        match self.type_within(of, steps - 1)? {
            Type::Written(ix, scope, ty)
                if matches!(ty.name.as_str(), "(,)" | "{}" | "Pair" | "Triple" | "Entry") =>
            {
                let part = ty.args.get(index as usize)?;
                Some(Type::Written(ix, scope, part.clone()))
            }
            ty => match self.resolve_type(&ty) {
                // A data class or record comes apart into its components.
                Some(Resolved::Repository((tx, id)))
                    if matches!(
                        self.unit(tx).type_decl(id).kind,
                        TypeKind::DataClass | TypeKind::Record
                    ) =>
                {
                    let fields = self.unit(tx).type_decl(id).fields.iter().enumerate();
                    let mut header = fields.filter(|(_, field)| field.in_header);
                    let (at, _) = header.nth(index as usize)?;
                    self.type_of_field((tx, id), at, steps - 1)
                }
                _ => (index == 0).then_some(ty),
            },
        }
    }

    fn type_of_definition(&self, definition: Definition, steps: u32) -> Option<Type> {
        match &definition {
            Definition::Bindings(ix, bindings) => {
                let unit = self.unit(*ix);
                bindings.iter().rev().take(4).find_map(|&id| {
                    let binding = &unit.bindings[id as usize];
                    match (&binding.ty, binding.value) {
                        (Some(ty), _) => Some(Type::Written(*ix, binding.scope, ty.clone())),
                        (None, Some(value)) => self.type_within((*ix, value), steps - 1),
                        (None, None) => None,
                    }
                })
            }
            Definition::Param(function, index) => self.type_of_param(*function, *index, steps),
            Definition::Receiver(function) => self.owner_of(*function).map(Type::Repository),
            Definition::Field(ty, index) => self.type_of_field(*ty, *index, steps),
            Definition::Import(ix, import) => {
                let import = self.unit(*ix).imports[*import as usize].clone();
                self.imported(*ix, &import, steps.min(6)).into_iter().find_map(
                    |entity| match entity {
                        Entity::Value(value) => self.type_within(value, steps - 1),
                        Entity::Object(ty) => Some(Type::Repository(ty)),
                        Entity::Instance(path) => Some(Type::Outside(path)),
                        _ => None,
                    },
                )
            }
            _ => None,
        }
    }

    fn type_of_param(&self, (ix, id): FunctionRef, index: usize, steps: u32) -> Option<Type> {
        let unit = self.unit(ix);
        let function = unit.function(id);
        let param = function.params.get(index)?;
        if let Some(ty) = &param.ty {
            let declared = Type::Written(ix, function.scope, ty.clone());
            if is_vague(ty) && steps > 3 {
                let passed = self.arguments_for((ix, id), index, 6);
                let types: Vec<Type> =
                    passed.into_iter().filter_map(|at| self.type_within(at, 3)).collect();
                return Some(if types.is_empty() { declared } else { Type::OneOf(types) });
            }
            return Some(declared);
        }
        if let Some(&lambda) = self.unit_index(ix).lambdas.get(&id) {
            return self.type_handed_to((ix, lambda), steps);
        }
        let entity = self.parameter((ix, id), index, 4).into_iter().next()?;
        match entity {
            // `def f(sent=0)`
            Entity::Value(at) if matches!(self.kind(at), ExprKind::Number(_)) => {
                self.type_within(at, steps - 1)
            }
            entity => type_of_denoted(entity),
        }
    }

    /// What a lambda that is handed to a method of a collection, or of any value, gets.
    fn type_handed_to(&self, (ix, lambda): ExprRef, steps: u32) -> Option<Type> {
        let unit = self.unit(ix);
        let parent = unit.expr(lambda).parent?;
        let ExprKind::Call(call) = &unit.expr(parent).kind else { return None };
        let ExprKind::Member { object, .. } = &unit.expr(call.callee).kind else { return None };
        let ty = self.type_within((ix, *object), steps - 1)?;
        // The items of a map are its entries.
        if let Type::Written(tx, scope, map) = &ty
            && map.args.len() == 2
            && last_part(&map.name).ends_with("Map")
        {
            let entry = TypeRef { name: "Entry".into(), args: map.args.clone() };
            return Some(Type::Written(*tx, *scope, entry));
        }
        Some(self.item_of(&ty).unwrap_or(ty))
    }

    fn type_of_this(&self, ix: UnitIx, scope: ScopeId) -> Option<Type> {
        let unit = self.unit(ix);
        unit.scopes_around(scope).find_map(|(_, around)| match around.kind {
            ScopeKind::Function(function) => match &unit.function(function).owner {
                Some(Owner::Named(ty)) => {
                    Some(Type::Written(ix, unit.function(function).declared_in, ty.clone()))
                }
                _ => None,
            },
            ScopeKind::Type(ty) => Some(Type::Repository((ix, ty))),
            _ => None,
        })
    }

    pub(crate) fn type_of_field(
        &self,
        (ix, ty): TypeIxRef,
        index: usize,
        steps: u32,
    ) -> Option<Type> {
        let decl = self.unit(ix).type_decl(ty);
        let field = decl.fields.get(index)?;
        if let Some(declared) = &field.ty {
            return Some(Type::Written(ix, decl.scope, declared.clone()));
        }
        if steps == 0 {
            return None;
        }
        let getter = field.getter.map(|getter| self.unit(ix).function(getter));
        let given = getter.and_then(|getter| getter.results.first().copied());
        if let Some(value) = field.default.or(given) {
            return self.type_within((ix, value), steps - 1);
        }
        let assigned = self.assigned_to_member((ix, ty), &field.name);
        assigned.into_iter().take(3).find_map(|value| self.type_within(value, steps - 1))
    }

    fn type_of_member(&self, owner: &Type, name: &str, steps: u32) -> Option<Type> {
        if let Type::Written(ix, scope, ty) = owner
            && let Some(index) = component_of(last_part(&ty.name), name)
        {
            let part = ty.args.get(index)?;
            return Some(Type::Written(*ix, *scope, part.clone()));
        }
        if let Type::OneOf(parts) = owner
            && let Some(index) = component_of("Pair", name)
        {
            return parts.get(index).cloned();
        }
        match self.resolve_type(owner)? {
            Resolved::Repository(ty) => match self.member_definition(ty, name, 0)? {
                Definition::Field(ty, index) => self.type_of_field(ty, index, steps - 1),
                _ => None,
            },
            Resolved::Literal((ix, id)) => {
                let ExprKind::Record(record) = &self.unit(ix).expr(id).kind else { return None };
                let field = record.fields.iter().find(|field| field.name == name)?;
                self.type_within((ix, field.value), steps - 1)
            }
            _ => None,
        }
    }

    fn type_of_call(&self, at: ExprRef, call: &groundrule_unit::Call, steps: u32) -> Option<Type> {
        let (ix, id) = at;
        let unit = self.unit(ix);
        let printing = &self.models.of(unit.language).printing;
        let name = last_name(unit, call.callee).map_or("", Name::as_str);
        if printing.derived.contains(name) {
            return Some(Type::Outside("number".into()));
        }
        if printing.serialisers.contains(name) || printing.builders.contains_key(name) {
            return Some(Type::Outside("string".into()));
        }
        if printing.deserialisers.contains(name)
            && let Some(ty) = self.type_that_is_told((ix, id), call)
        {
            return Some(ty);
        }
        if printing.pairs.contains(name) {
            return Some(self.type_of_pair(ix, call, steps));
        }
        for entity in self.entities_within((ix, call.callee), steps.min(6)) {
            let found = match entity {
                Entity::Function(function) => self.type_of_result(function, steps),
                Entity::Type(ty) => Some(Type::Repository(ty)),
                _ => None,
            };
            if found.is_some() {
                return found;
            }
        }
        let receiver = match &unit.expr(call.callee).kind {
            ExprKind::Member { object, .. } => Some((ix, *object)),
            _ => None,
        };
        let from_receiver = || self.type_within(receiver?, steps - 1);
        if printing.maps.contains(name) {
            let given = call.args.iter().find_map(|arg| self.type_given_by((ix, arg.value), steps));
            if let Some(given) = given {
                return Some(Type::Many(Box::new(given)));
            }
        }
        if printing.picks.contains(name) {
            return self.item_of(&from_receiver()?);
        }
        if printing.through.contains(name) {
            let first = call.args.first().map(|arg| (ix, arg.value));
            return from_receiver()
                .or_else(|| self.type_within(first.filter(|_| receiver.is_none())?, steps - 1));
        }
        // A record's accessor has its component's name.
        if let Some(owner) = from_receiver()
            && let Some(ty) = self.type_of_member(&owner, name, steps)
        {
            return Some(ty);
        }
        if let Some(field) = property_of_getter(name)
            && let Some(owner) = from_receiver()
            && let Some(ty) = self.type_of_member(&owner, &field, steps)
        {
            return Some(ty);
        }
        if call.form == groundrule_unit::CallForm::New
            && let Some(name) = last_name(unit, call.callee)
        {
            let ty = TypeRef { name: name.clone(), args: call.type_args.clone() };
            return Some(Type::Written(ix, unit.expr(id).scope, ty));
        }
        self.type_of_entity(at)
    }

    /// `readValue<Order>(json)`, `readValue(json, Order.class)`.
    fn type_that_is_told(&self, (ix, id): ExprRef, call: &groundrule_unit::Call) -> Option<Type> {
        let unit = self.unit(ix);
        if let Some(ty) = call.type_args.first() {
            return Some(Type::Written(ix, unit.expr(id).scope, ty.clone()));
        }
        call.args.iter().find_map(|arg| {
            let mut at = arg.value;
            while let ExprKind::Member { object, name } = &unit.expr(at).kind
                && matches!(name.as_str(), "class" | "java" | "javaClass")
            {
                at = *object;
            }
            self.entities_within((ix, at), 4).into_iter().find_map(|entity| match entity {
                Entity::Type(ty) => Some(Type::Repository(ty)),
                _ => None,
            })
        })
    }

    /// `Pair(a, b)`, `a to b`.
    fn type_of_pair(&self, ix: UnitIx, call: &groundrule_unit::Call, steps: u32) -> Type {
        let receiver = match &self.unit(ix).expr(call.callee).kind {
            ExprKind::Member { object, .. } => Some(*object),
            _ => None,
        };
        let parts = receiver.into_iter().chain(call.args.iter().map(|arg| arg.value));
        let unknown = || Type::Outside(Name::default());
        let types = parts.map(|at| self.type_within((ix, at), steps - 1).unwrap_or_else(unknown));
        Type::OneOf(types.collect())
    }

    /// What a lambda or method reference gives for each item.
    fn type_given_by(&self, (ix, id): ExprRef, steps: u32) -> Option<Type> {
        let ExprKind::Lambda(function) = self.kind((ix, id)) else { return None };
        let results = &self.unit(ix).function(*function).results;
        results.iter().find_map(|&result| self.type_within((ix, result), steps - 1))
    }

    /// What a function of the repository gives back.
    fn type_of_result(&self, (ix, id): FunctionRef, steps: u32) -> Option<Type> {
        let function = self.unit(ix).function(id);
        if function.is_constructor {
            return self.owner_of((ix, id)).map(Type::Repository);
        }
        if let Some(ty) = &function.returns {
            return Some(Type::Written(ix, function.scope, ty.clone()));
        }
        let results = function.results.iter().take(3);
        results.copied().find_map(|result: ExprId| self.type_within((ix, result), steps - 1))
    }

    fn type_of_entity(&self, at: ExprRef) -> Option<Type> {
        self.entities_within(at, 6).into_iter().find_map(type_of_denoted)
    }

    /// The type of a collection's items.
    pub(crate) fn item_of(&self, ty: &Type) -> Option<Type> {
        match ty {
            Type::Many(item) => Some((**item).clone()),
            Type::Written(ix, scope, ty) => {
                if let [inner] = &*ty.args
                    && TRANSPARENT.contains(&last_part(&ty.name))
                {
                    return self.item_of(&Type::Written(*ix, *scope, inner.clone()));
                }
                item_type(ty).map(|item| Type::Written(*ix, *scope, item.clone()))
            }
            Type::Literal(at) => match self.kind(*at) {
                ExprKind::Record(record) => {
                    let first = record.fields.first()?;
                    self.type_within((at.0, first.value), 3)
                }
                _ => None,
            },
            Type::Repository(_) | Type::Outside(_) | Type::OneOf(_) => None,
        }
    }

    /// Looks a type's name up.
    pub(crate) fn resolve_type(&self, ty: &Type) -> Option<Resolved> {
        match ty {
            Type::Repository(ty) => Some(Resolved::Repository(*ty)),
            Type::Outside(name) => Some(Resolved::Outside(name.clone())),
            Type::Many(item) => Some(Resolved::Holds(vec![(**item).clone()])),
            Type::OneOf(types) => Some(Resolved::Holds(types.clone())),
            Type::Literal(at) => Some(Resolved::Literal(*at)),
            Type::Written(ix, scope, ty) => {
                let name = last_part(&ty.name);
                let printing = &self.models.of(self.unit(*ix).language).printing;
                let inner = || {
                    let inner = ty.args.iter();
                    inner.map(|arg| Type::Written(*ix, *scope, arg.clone())).collect()
                };
                if matches!(ty.name.as_str(), "[]" | "{}" | "(,)" | "|" | "&")
                    || printing.containers.contains(name)
                    || (!ty.args.is_empty() && TRANSPARENT.contains(&name))
                {
                    return Some(Resolved::Holds(inner()));
                }
                let entities = self.type_entities(*ix, *scope, ty);
                entities.into_iter().find_map(|entity| match entity {
                    Entity::Type(ty) => Some(Resolved::Repository(ty)),
                    Entity::Path(path) => Some(Resolved::Outside(path)),
                    _ => None,
                })
            }
        }
    }
}

/// A declared type that says nothing.
pub(crate) fn is_vague(ty: &TypeRef) -> bool {
    matches!(last_part(&ty.name), "Any" | "Object" | "object" | "any" | "unknown")
}

fn type_of_denoted(entity: Entity) -> Option<Type> {
    match entity {
        Entity::Object(ty) => Some(Type::Repository(ty)),
        Entity::Instance(path) => Some(Type::Outside(path)),
        Entity::Value(at) => Some(Type::Literal(at)),
        _ => None,
    }
}

/// The position of a part of a pair or of a map's entry.
fn component_of(ty: &str, member: &str) -> Option<usize> {
    match (ty, member) {
        ("Pair" | "Triple", "first") | ("Entry", "key" | "getKey") => Some(0),
        ("Pair" | "Triple", "second") | ("Entry", "value" | "getValue") => Some(1),
        ("Triple", "third") => Some(2),
        _ => None,
    }
}

/// The property that a getter is for: `getEmail` and `GetEmail` are `email`.
pub(crate) fn property_of_getter(name: &str) -> Option<Name> {
    let rest = name.strip_prefix("get").or_else(|| name.strip_prefix("Get"))?;
    let rest = rest.strip_prefix('_').unwrap_or(rest);
    let mut chars = rest.chars();
    let first = chars.next()?;
    if !first.is_uppercase() && name.as_bytes().get(3) != Some(&b'_') {
        return None;
    }
    Some(Name::new(first.to_lowercase().chain(chars).collect::<String>()))
}
