//! Members of types: declared, assigned, filled by literals, inherited, added by extensions.

use groundrule_unit::{ExprKind, Language, Name, Target};

use crate::models::last_part;
use crate::program::{ExprRef, FunctionRef, Program, TypeIxRef, UnitIx};
use crate::resolve::{ALTERNATIVES, Entity, STEPS, TYPE_STEPS};

impl Program<'_> {
    /// A field's type, else what is assigned to it.
    pub(crate) fn field(&self, (ix, ty): TypeIxRef, index: usize, steps: u32) -> Vec<Entity> {
        let decl = self.unit(ix).type_decl(ty);
        let field = &decl.fields[index];
        if let Some(declared) = &field.ty {
            let typed = self.instance(ix, decl.scope, declared);
            if !self.is_vague(&typed) || steps < 2 {
                return typed;
            }
            let given = self.field_values((ix, ty), &field.name, field.default, steps);
            return if given.is_empty() { typed } else { given };
        }
        self.field_values((ix, ty), &field.name, field.default, steps)
    }

    fn field_values(
        &self,
        (ix, ty): TypeIxRef,
        name: &str,
        default: Option<groundrule_unit::ExprId>,
        steps: u32,
    ) -> Vec<Entity> {
        let default = default.map(|value| (ix, value));
        let assigned = self.assigned_to_member((ix, ty), name);
        default
            .into_iter()
            .chain(assigned)
            .chain(self.filled_by_literals((ix, ty), name))
            .take(ALTERNATIVES)
            .flat_map(|value| self.entities_within(value, steps - 1))
            .collect()
    }

    /// What is assigned to a member of a type through its receiver, in the type's own file.
    pub(crate) fn assigned_to_member(&self, (ix, ty): TypeIxRef, name: &str) -> Vec<ExprRef> {
        let unit = self.unit(ix);
        let bindings = self.unit_index(ix).members.get(name).map_or(&[][..], Vec::as_slice);
        let in_literals = self.in_literals((ix, ty), name);
        bindings
            .iter()
            .filter_map(|&id| {
                let binding = &unit.bindings[id as usize];
                let Target::Place(place) = binding.target else { return None };
                let ExprKind::Member { object, .. } = unit.expr(place).kind else { return None };
                let own = self.is_receiver((ix, object))
                    && unit
                        .function_around(binding.scope)
                        .is_none_or(|f| self.type_of_function((ix, f)) == Some((ix, ty)));
                own.then_some((ix, binding.value?))
            })
            .chain(in_literals)
            .collect()
    }

    /// What object literals of a type give a field: Go and Rust construct by them.
    fn in_literals(&self, (ix, ty): TypeIxRef, name: &str) -> Vec<ExprRef> {
        let language = self.unit(ix).language;
        if !matches!(language, Language::Go | Language::Rust) {
            return Vec::new();
        }
        let decl = self.unit(ix).type_decl(ty);
        let mut found = Vec::new();
        for &(rx, record) in self.records_named(&decl.name).iter().take(64) {
            let unit = self.unit(rx);
            let ExprKind::Record(literal) = &unit.expr(record).kind else { continue };
            let Some(field) = literal.fields.iter().find(|field| field.name == name) else {
                continue;
            };
            let scope = unit.expr(record).scope;
            if unit.language == language
                && let Some(written) = &literal.ty
                && self.repository_type_in(rx, scope, written) == Some((ix, ty))
            {
                found.push((rx, field.value));
            }
        }
        found.truncate(ALTERNATIVES);
        found
    }

    /// What composite literals of a type fill a field with, at most a handful.
    pub(crate) fn filled_by_literals(&self, (ix, ty): TypeIxRef, field: &str) -> Vec<ExprRef> {
        let decl = self.unit(ix).type_decl(ty);
        self.literals_named(&decl.name)
            .iter()
            .filter_map(|&(lx, literal)| {
                let ExprKind::Record(record) = self.kind((lx, literal)) else { return None };
                let filled = record.fields.iter().find(|filled| filled.name == field)?;
                let scope = self.unit(lx).expr(literal).scope;
                let own = self.repository_type_in(lx, scope, record.ty.as_ref()?) == Some((ix, ty));
                own.then_some((lx, filled.value))
            })
            .take(8)
            .collect()
    }

    /// The type whose method encloses a function.
    fn type_of_function(&self, (ix, function): FunctionRef) -> Option<TypeIxRef> {
        let unit = self.unit(ix);
        if let Some(owner) = self.owner_of((ix, function)) {
            return Some(owner);
        }
        unit.type_around(unit.function(function).declared_in).map(|ty| (ix, ty)).or_else(|| {
            let outer = unit.function_around(unit.function(function).declared_in)?;
            self.type_of_function((ix, outer))
        })
    }

    /// A member of an entity.
    pub(crate) fn member(&self, object: Entity, name: &str, ix: UnitIx, steps: u32) -> Vec<Entity> {
        if steps == 0 {
            return Vec::new();
        }
        match object {
            Entity::Path(path) => {
                if self.is_own_module(&path, self.unit(ix).language) {
                    self.want_declared(name);
                }
                vec![Entity::Path(Name::new(format!("{path}.{name}")))]
            }
            Entity::Instance(ty) => {
                let mut all = vec![Entity::Path(Name::new(format!("{ty}.{name}")))];
                let models = self.models.of(self.unit(ix).language);
                if let Some(model) = models.types.get(&ty) {
                    let bases = model.extends.iter();
                    all.extend(bases.map(|b| Entity::Path(Name::new(format!("{b}.{name}")))));
                }
                let language = self.unit(ix).language;
                all.extend(self.extension(last_part(&ty), name, language).map(Entity::Function));
                all
            }
            Entity::Module(module) => {
                self.item_of_module(ix, &module, name, steps - 1).unwrap_or_else(|| {
                    // A package of Go may hold generated files beside others.
                    let language = self.unit(ix).language;
                    let path = Name::new(format!("{module}.{name}"));
                    let is_known =
                        language == Language::Go || self.generated(&path, language).is_some();
                    if is_known { vec![Entity::Path(path)] } else { Vec::new() }
                })
            }
            Entity::Type(ty) | Entity::Object(ty) => self.member_of_type(ty, name, ix, steps),
            Entity::Function(function) => {
                // A static of a function object, or a decorated function: `app.get` where `app`
                // is made by a function of the repository without a known result.
                let _ = function;
                Vec::new()
            }
            Entity::Value(at) => match self.kind(at) {
                ExprKind::Record(record) => record
                    .fields
                    .iter()
                    .filter(|field| field.name == name)
                    .flat_map(|field| self.entities_within((at.0, field.value), steps - 1))
                    .collect(),
                ExprKind::List(_) => Vec::new(),
                _ => Vec::new(),
            },
        }
    }

    fn member_of_type(&self, ty: TypeIxRef, name: &str, ix: UnitIx, steps: u32) -> Vec<Entity> {
        if let Some(definition) = self.member_definition(ty, name, 0) {
            return self.defined(definition, ix, name, steps - 1);
        }
        let assigned = self.assigned_to_member(ty, name);
        if !assigned.is_empty() {
            return assigned
                .into_iter()
                .take(ALTERNATIVES)
                .flat_map(|value| self.entities_within(value, steps - 1))
                .collect();
        }
        // What a base outside the repository brings along.
        let mut inherited = Vec::new();
        for base in self.outside_bases(ty) {
            inherited.extend(self.member(Entity::Instance(base), name, ix, steps - 1));
        }
        if inherited.is_empty() {
            let (tx, id) = ty;
            let decl = &self.unit(tx).type_decl(id).name;
            let language = self.unit(ix).language;
            inherited.extend(self.extension(decl, name, language).map(Entity::Function));
        }
        inherited
    }

    /// The extension function of that name, where the repository has no other function so named:
    /// what it is called on need not be known.
    pub(crate) fn only_extension(&self, name: &str, language: Language) -> Option<FunctionRef> {
        if language == Language::Rust || !language.has_extensions() {
            return None;
        }
        match self.functions_named(name) {
            &[(fx, function)] if self.unit(fx).language == language => {
                self.unit(fx).function(function).is_extension.then_some((fx, function))
            }
            _ => None,
        }
    }

    /// An extension function on a type named so.
    fn extension(&self, ty: &str, name: &str, language: Language) -> Option<FunctionRef> {
        if !language.has_extensions() {
            return None;
        }
        self.functions_named(name).iter().copied().find(|&(fx, function)| {
            let unit = self.unit(fx);
            let function = unit.function(function);
            let general = |owner: &str| {
                matches!(owner, "Any" | "object")
                    || function.type_params.iter().any(|param| param.name == owner)
            };
            function.is_extension
                && unit.language == language
                && matches!(&function.owner, Some(groundrule_unit::Owner::Named(owner))
                    if last_part(&owner.name) == ty || general(&owner.name))
        })
    }

    /// The bases of a type, its bases' included, that the repository does not declare.
    pub(crate) fn outside_bases(&self, ty: TypeIxRef) -> Vec<Name> {
        let mut found = Vec::new();
        let mut open = vec![ty];
        let mut seen = Vec::new();
        while let Some((ix, id)) = open.pop() {
            if seen.contains(&(ix, id)) || seen.len() > 16 {
                continue;
            }
            seen.push((ix, id));
            let decl = self.unit(ix).type_decl(id);
            for base in &decl.supers {
                for entity in self.type_entities(ix, decl.declared_in, base) {
                    match entity {
                        Entity::Type(base) => open.push(base),
                        Entity::Path(path) => found.push(path),
                        _ => {}
                    }
                }
            }
        }
        found
    }

    /// The bases of a type that the repository declares.
    pub(crate) fn super_types(&self, ty: TypeIxRef) -> Vec<TypeIxRef> {
        self.super_types_within(ty, STEPS)
    }

    pub(crate) fn super_types_within(&self, (ix, id): TypeIxRef, steps: u32) -> Vec<TypeIxRef> {
        let decl = self.unit(ix).type_decl(id);
        decl.supers
            .iter()
            .filter_map(|base| {
                let denoted =
                    self.type_entities_within(ix, decl.declared_in, base, steps.min(TYPE_STEPS));
                denoted.into_iter().find_map(Entity::declared_type)
            })
            .filter(|&base| base != (ix, id))
            .collect()
    }
}
