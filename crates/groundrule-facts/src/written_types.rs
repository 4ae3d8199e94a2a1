//! Types as written, and what they stand for.

use groundrule_unit::{Language, Name, ScopeId, TypeRef};

use crate::define::Definition;
use crate::models::last_part;
use crate::program::{Program, TypeIxRef, UnitIx};
use crate::resolve::{Entity, TRANSPARENT, TYPE_STEPS};

impl Program<'_> {
    /// The type as written at a definition, with the scope it is read in.
    pub(crate) fn declared_type(
        &self,
        definition: Definition,
    ) -> Option<(UnitIx, ScopeId, TypeRef)> {
        match definition {
            Definition::Bindings(ix, bindings) => {
                let binding = &self.unit(ix).bindings[*bindings.last()? as usize];
                Some((ix, binding.scope, binding.ty.clone()?))
            }
            Definition::Param((ix, function), index) => {
                let function = self.unit(ix).function(function);
                Some((ix, function.scope, function.params.get(index)?.ty.clone()?))
            }
            Definition::Field((ix, ty), index) => {
                let decl = self.unit(ix).type_decl(ty);
                Some((ix, decl.scope, decl.fields[index].ty.clone()?))
            }
            _ => None,
        }
    }

    /// Instances of a type as written.
    pub(crate) fn instance(&self, ix: UnitIx, scope: ScopeId, ty: &TypeRef) -> Vec<Entity> {
        if let [inner, ..] = &*ty.args
            && TRANSPARENT.contains(&last_part(&ty.name))
        {
            return self.instance(ix, scope, inner);
        }
        self.type_entities(ix, scope, ty)
            .into_iter()
            .filter_map(|entity| match entity {
                Entity::Type(ty) => Some(Entity::Object(ty)),
                Entity::Path(path) => {
                    let language = self.unit(ix).language;
                    let models = self.models.of(language);
                    let other = models.made_by.find(&path).next().cloned();
                    let known = other.or_else(|| self.generated(&path, language));
                    Some(Entity::Instance(known.unwrap_or(path)))
                }
                _ => None,
            })
            .collect()
    }

    /// A type as written, if the repository declares it.
    pub(crate) fn repository_type(&self, ix: UnitIx, ty: &TypeRef) -> Option<TypeIxRef> {
        self.repository_type_in(ix, ScopeId(0), ty)
    }

    pub(crate) fn repository_type_in(
        &self,
        ix: UnitIx,
        scope: ScopeId,
        ty: &TypeRef,
    ) -> Option<TypeIxRef> {
        self.type_entities(ix, scope, ty).into_iter().find_map(Entity::declared_type)
    }

    /// What a type as written denotes: types of the repository or qualified names outside it.
    pub(crate) fn type_entities(&self, ix: UnitIx, scope: ScopeId, ty: &TypeRef) -> Vec<Entity> {
        self.type_entities_within(ix, scope, ty, TYPE_STEPS)
    }

    /// The same; aliases and bounds may name each other in a circle.
    pub(crate) fn type_entities_within(
        &self,
        ix: UnitIx,
        scope: ScopeId,
        ty: &TypeRef,
        steps: u32,
    ) -> Vec<Entity> {
        if steps == 0 || ty.name.is_empty() || matches!(ty.name.as_str(), "[]" | "{}" | "()") {
            return Vec::new();
        }
        let key = (ty.name.clone(), ty.args.len(), steps);
        self.typed.get((ix, scope), key, |(name, arity, steps)| {
            self.find_type_entities(ix, scope, (name, *arity), *steps)
        })
    }

    fn find_type_entities(
        &self,
        ix: UnitIx,
        scope: ScopeId,
        (name, arity): (&Name, usize),
        steps: u32,
    ) -> Vec<Entity> {
        if let Some(bounds) = self.type_parameter(ix, scope, name) {
            return bounds
                .iter()
                .take(2)
                .filter(|bound| bound.name != *name)
                .flat_map(|bound| self.type_entities_within(ix, ScopeId(0), bound, steps - 1))
                .collect();
        }
        let mut parts = name.split('.');
        let first = parts.next().unwrap_or(name);
        let definition = match self.definition_in(ix, scope, u32::MAX, first) {
            // A variable may share a type's name (Go's `item := item.New()`).
            Definition::Bindings(..) | Definition::Param(..) | Definition::Field(..) => {
                self.type_definition(ix, first)
            }
            other => other,
        };
        let mut found = self.defined(definition, ix, first, steps.min(6));
        for part in parts {
            found = found
                .into_iter()
                .flat_map(|entity| match entity {
                    // A field is no type, and its own type may lead back here.
                    Entity::Type(outer) => match self.member_definition(outer, part, 0) {
                        Some(Definition::Type(inner)) => vec![Entity::Type(inner)],
                        _ => Vec::new(),
                    },
                    other => self.member(other, part, ix, steps.min(6)),
                })
                .collect();
        }
        let found: Vec<Entity> = found
            .into_iter()
            .map(|entity| match entity {
                Entity::Type(found) => Entity::Type(self.of_arity(found, arity)),
                other => other,
            })
            .flat_map(|entity| match entity {
                Entity::Type((tx, id)) => {
                    let decl = self.unit(tx).type_decl(id);
                    match &decl.alias_of {
                        Some(target) if target.name != *name => {
                            let aliased =
                                self.type_entities_within(tx, decl.declared_in, target, steps - 1);
                            if aliased.is_empty() { vec![Entity::Type((tx, id))] } else { aliased }
                        }
                        _ => vec![Entity::Type((tx, id))],
                    }
                }
                other => vec![other],
            })
            .collect();
        if found.iter().all(|entity| matches!(entity, Entity::Path(path) if !path.contains('.'))) {
            self.want_declared(last_part(name));
        }
        found
    }

    /// C# tells types of one name apart by the number of their parameters.
    fn of_arity(&self, (tx, id): TypeIxRef, arity: usize) -> TypeIxRef {
        let unit = self.unit(tx);
        let decl = unit.type_decl(id);
        if unit.language != Language::CSharp || decl.type_params.len() == arity {
            return (tx, id);
        }
        let fits = |&&(ox, other): &&TypeIxRef| {
            let other_unit = self.unit(ox);
            other_unit.module == unit.module
                && other_unit.type_decl(other).type_params.len() == arity
        };
        self.types_named(&decl.name).iter().find(fits).copied().unwrap_or((tx, id))
    }

    /// The definition of a type's name, variables left aside.
    fn type_definition(&self, ix: UnitIx, name: &str) -> Definition {
        let index = self.unit_index(ix);
        if let Some(ty) = index.types.get(name).and_then(|all| all.first()) {
            return Definition::Type((ix, *ty));
        }
        match index.imports.get(name).and_then(|all| all.last()) {
            Some(import) => Definition::Import(ix, *import),
            None => Definition::Outside,
        }
    }

    /// The bounds of a type parameter visible in a scope.
    fn type_parameter(&self, ix: UnitIx, scope: ScopeId, name: &str) -> Option<Vec<TypeRef>> {
        let unit = self.unit(ix);
        unit.scopes_around(scope).find_map(|(_, around)| {
            let params = match around.kind {
                groundrule_unit::ScopeKind::Function(f) => &unit.function(f).type_params,
                groundrule_unit::ScopeKind::Type(t) => &unit.type_decl(t).type_params,
                _ => return None,
            };
            params.iter().find(|param| param.name == name).map(|param| param.bounds.clone())
        })
    }
}

/// The type of a collection's items.
pub(crate) fn item_type(ty: &TypeRef) -> Option<&TypeRef> {
    match (ty.name.as_str(), &*ty.args) {
        ("{}", [_, value]) => Some(value),
        (_, [item]) => Some(item),
        (_, [_, value]) => Some(value),
        _ => None,
    }
}
